/*
 * `tree edit`: a branch becomes what an edited text says.
 *
 * Names are taken out of the way first and given back last, because on the way a name may still be
 * another's: swapped names, a node that goes where one of its name is about to leave. The journal
 * sees the difference between before and after only.
 */
#include "base/file.h"
#include "base/mem.h"
#include "domain/treeedit.h"
#include "server/exec_table.h"
#include "server/nodes.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES_TOLD 1000

struct job {
    struct exec *x;
    const char *file;
    struct tree branch, text, was;
    size_t *lines, *was_lines;
    struct treefmt_report report;
    struct treeedit edit;
    struct buf bytes;
    int64_t *id; /* by index in the text's tree */
    bool has_was;
};

/* ---- reading */

static enum status read_text(struct job *j, const char *file, struct tree *into, size_t **lines,
                             struct treefmt_report *report, struct err *e)
{
    buf_clear(&j->bytes);
    enum status st = tree_text(j->x, file, &j->bytes, e);
    if (st == ST_OK && j->bytes.over) {
        st = err_set(e, ST_LIMIT, "%s is too long", file);
    }
    if (st == ST_OK) {
        st = treefmt_parse_ids(j->bytes.data, j->bytes.len, into, lines, report, e);
        if (st != ST_OK) {
            err_prefix(e, "%s", file);
        }
    }
    return st;
}

/* Numbers that are not in the branch: deleted meanwhile, elsewhere, or mistyped. */
static void check_numbers(struct job *j)
{
    size_t cap = j->report.refused_count;
    struct treefmt_report *r = &j->report;
    for (uint32_t at = 1; at < j->text.count; at++) {
        int64_t found = 0, id = j->text.nodes[at].id;
        if (id == 0 || tree_by_id(&j->branch, id) != TREE_NONE) {
            continue;
        }
        char word[TREE_REF_MAX];
        struct err why = {0};
        tree_ref(id, word);
        if (r->refused_count < NODES_TOLD) {
            r->refused = vec_grow(r->refused, &cap, r->refused_count + 1, sizeof *r->refused);
            struct treefmt_refusal *refusal = &r->refused[r->refused_count];
            refusal->line = j->lines[at];
            bool there = store_node_find(j->x->store, word, &found, &why) == ST_OK;
            snprintf(refusal->why, sizeof refusal->why, "found [%s]: %.120s", word,
                     there ? "it is in another branch; expected a number of this one, or none"
                           : why.msg);
        }
        r->refused_count++;
    }
}

static enum status plan(struct job *j, int64_t root, struct err *e)
{
    const char *was = call_opt(j->x->call, "--was");
    enum status st = ST_OK;
    if (was != NULL) {
        struct treefmt_report ignored = {0};
        st = read_text(j, was, &j->was, &j->was_lines, &ignored, e);
        treefmt_report_free(&ignored);
        j->has_was = true;
    }
    if (st == ST_OK) {
        st = read_text(j, j->file, &j->text, &j->lines, &j->report, e);
    }
    if (st == ST_OK) {
        tree_free(&j->branch);
        st = store_tree_below(j->x->store, root, &j->branch, e);
    }
    if (st != ST_OK) {
        return st;
    }
    check_numbers(j);
    treeedit_plan(&j->branch, &j->text, j->lines, j->has_was ? &j->was : NULL, &j->report,
                  &j->edit);
    return ST_OK;
}

/* ---- writing */

static bool does(const struct job *j, uint32_t at, unsigned what)
{
    return (j->edit.what[at] & what) != 0;
}

/* Names that change or go elsewhere make room; everything that is kept has its number. */
static enum status make_room(struct job *j, struct err *e)
{
    enum status st = ST_OK;
    for (uint32_t at = 1; st == ST_OK && at < j->text.count; at++) {
        uint32_t old = j->edit.old[at];
        j->id[at] = old != TREE_NONE ? j->branch.nodes[old].id : 0;
        if (does(j, at, EDIT_RENAME | EDIT_MOVE)) {
            st = store_node_park(j->x->store, j->id[at], e);
        }
    }
    return st;
}

/* In the order of the text: what is above stands right already, so nothing goes below itself. */
static enum status place(struct job *j, struct err *e)
{
    enum status st = ST_OK;
    struct tree *t = &j->text;
    for (uint32_t at = tree_next(t, 0, 0); st == ST_OK && at != TREE_NONE;
         at = tree_next(t, 0, at)) {
        int64_t parent = j->id[t->nodes[at].parent];
        struct node model = t->nodes[at];
        model.id = 0;
        if (does(j, at, EDIT_ADD)) {
            st = store_node_add(j->x->store, parent, &model, 0, &j->id[at], e);
        } else if (does(j, at, EDIT_MOVE)) {
            st = store_node_move(j->x->store, j->id[at], parent, 0, e);
        }
        if (st != ST_OK) {
            err_prefix(e, "%s, line %zu", j->file, j->lines[at]);
        }
    }
    for (size_t i = 0; st == ST_OK && i < j->edit.gone_count; i++) {
        st = store_node_delete(j->x->store, j->branch.nodes[j->edit.gone[i]].id, e);
    }
    return st;
}

static enum status set_values(struct job *j, uint32_t at, struct err *e)
{
    struct store *s = j->x->store;
    const struct node *n = &j->text.nodes[at];
    enum status st = ST_OK;
    if (does(j, at, EDIT_MOVE) && !does(j, at, EDIT_RENAME)) {
        st = store_node_unpark(s, j->id[at], j->branch.nodes[j->edit.old[at]].name, e);
    } else if (does(j, at, EDIT_RENAME)) {
        st = store_node_rename(s, j->id[at], n->name, e);
    }
    if (st == ST_OK && does(j, at, EDIT_DESCRIBE)) {
        st = store_node_describe(s, j->id[at], n->desc, e);
    }
    if (st == ST_OK && does(j, at, EDIT_WEIGHT)) {
        st = store_node_weight(s, j->id[at], n->weight, e);
    }
    if (st == ST_OK && does(j, at, EDIT_LOCK)) {
        st = store_node_lock(s, j->id[at], n->locked, e);
    }
    return st;
}

static int by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Children as the text has them; those that it does not know come last, in their order. */
static enum status put_in_order(struct job *j, uint32_t at, struct err *e)
{
    int64_t *have = NULL;
    size_t count = 0, n = 0, known = 0;
    enum status st = store_node_children(j->x->store, j->id[at], &have, &count, e);
    int64_t *order = xcalloc(count + 1, sizeof *order), *sorted = xcalloc(count + 1, sizeof *order);
    if (st == ST_OK && count > 0) {
        memcpy(sorted, have, count * sizeof *have);
        qsort(sorted, count, sizeof *sorted, by_id);
        for (uint32_t c = j->text.nodes[at].first; c != TREE_NONE; c = j->text.nodes[c].next) {
            if (bsearch(&j->id[c], sorted, count, sizeof *sorted, by_id) != NULL) {
                order[n++] = j->id[c];
            }
        }
        known = n;
        memcpy(sorted, order, known * sizeof *order);
        qsort(sorted, known, sizeof *sorted, by_id);
        for (size_t i = 0; i < count; i++) {
            if (bsearch(&have[i], sorted, known, sizeof *sorted, by_id) == NULL) {
                order[n++] = have[i];
            }
        }
        st = store_node_order(j->x->store, j->id[at], order, n, e);
    }
    free(have);
    free(order);
    free(sorted);
    return st;
}

static enum status apply(struct job *j, struct err *e)
{
    j->id = xcalloc(j->text.count, sizeof *j->id);
    enum status st = make_room(j, e);
    if (st == ST_OK) {
        st = place(j, e);
    }
    for (uint32_t at = 1; st == ST_OK && at < j->text.count; at++) {
        st = set_values(j, at, e);
        if (st != ST_OK) {
            err_prefix(e, "%s, line %zu", j->file, j->lines[at]);
        }
    }
    for (uint32_t at = 1; st == ST_OK && at < j->text.count; at++) {
        if (does(j, at, EDIT_ORDER)) {
            st = put_in_order(j, at, e);
        }
    }
    return st;
}

/* ---- telling */

static void tell_one(struct job *j, cJSON *list, const struct tree *t, uint32_t at,
                     const char *what, const char *was)
{
    struct buf path;
    buf_init(&path, TREE_PATH_MAX);
    tree_path(t, at, &path);
    if (list == NULL) {
        exec_printf(j->x, "%s: %s%s%s\n", what, path.data, was[0] != '\0' ? ", was " : "", was);
    } else {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "path", path.data);
        cJSON_AddStringToObject(o, "what", what);
        if (was[0] != '\0') {
            cJSON_AddStringToObject(o, "was", was);
        }
        cJSON_AddItemToArray(list, o);
    }
    buf_free(&path);
}

static void tell_nodes(struct job *j, cJSON *list)
{
    static const struct {
        unsigned what;
        const char *name;
    } kinds[] = {{EDIT_ADD, "added"},          {EDIT_RENAME, "renamed"}, {EDIT_MOVE, "moved"},
                 {EDIT_DESCRIBE, "described"}, {EDIT_WEIGHT, "weighed"}, {EDIT_LOCK, "locked"},
                 {EDIT_ORDER, "sorted"}};
    size_t told = 0;
    for (uint32_t at = 1; at < j->text.count && told < NODES_TOLD; at++) {
        uint32_t old = j->edit.old[at];
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            if (does(j, at, kinds[k].what)) {
                const char *was = kinds[k].what == EDIT_RENAME ? j->branch.nodes[old].name : "";
                tell_one(j, list, &j->text, at, kinds[k].name, was);
                told++;
            }
        }
    }
    for (size_t i = 0; i < j->edit.gone_count && told < NODES_TOLD; i++, told++) {
        tell_one(j, list, &j->branch, j->edit.gone[i], "deleted", "");
    }
}

static void tell(struct job *j, bool dry)
{
    bool fine = j->report.refused_count == 0;
    if (!j->x->call->json) {
        refusals_tell(j->x, j->file, &j->report);
        if (dry && fine) {
            tell_nodes(j, NULL);
        }
        return;
    }
    const struct treeedit *t = &j->edit;
    cJSON *o = cJSON_CreateObject(), *nodes = cJSON_CreateArray();
    cJSON_AddNumberToObject(o, "added", (double)t->added);
    cJSON_AddNumberToObject(o, "renamed", (double)t->renamed);
    cJSON_AddNumberToObject(o, "moved", (double)t->moved);
    cJSON_AddNumberToObject(o, "deleted", (double)t->deleted);
    cJSON_AddNumberToObject(o, "described", (double)t->described);
    cJSON_AddNumberToObject(o, "weighed", (double)t->weighed);
    cJSON_AddNumberToObject(o, "locked", (double)t->locked);
    cJSON_AddNumberToObject(o, "sorted", (double)t->ordered);
    cJSON_AddItemToObject(o, "refused", refusals_json(&j->report, &j->bytes));
    if (fine) {
        tell_nodes(j, nodes);
    }
    cJSON_AddItemToObject(o, "nodes", nodes);
    exec_json(j->x, o);
}

static enum status edit(struct job *j, int64_t root, struct err *e)
{
    bool dry = call_opt(j->x->call, "--dry-run") != NULL;
    enum status st = plan(j, root, e);
    if (st != ST_OK) {
        return st;
    }
    tell(j, dry);
    const struct treefmt_report *r = &j->report;
    if (r->refused_count > 0) {
        return err_set(e, ST_INVALID, "%s, line %zu: %s; nothing was changed", j->file,
                       r->refused[0].line, r->refused[0].why);
    }
    if (!dry && !treeedit_is_empty(&j->edit)) {
        st = apply(j, e);
    }
    const char *name = j->branch.nodes[1].name;
    buf_printf(&j->x->note, "%s %.*s: ", dry ? "would edit" : "edited", tree_name_shown(name),
               name);
    treeedit_say(&j->edit, &j->x->note);
    return st;
}

enum status exec_tree_edit(struct exec *x, struct err *e)
{
    struct job j = {.x = x, .file = call_arg(x->call, 1)};
    int64_t root = 0;
    buf_init(&j.bytes, TREE_FILE_MAX);
    tree_init(&j.branch);
    tree_init(&j.text);
    tree_init(&j.was);
    enum status st = node_word(x, call_arg(x->call, 0), &root, e);
    if (st == ST_OK) {
        st = edit(&j, root, e);
    }
    treefmt_report_free(&j.report);
    treeedit_free(&j.edit);
    tree_free(&j.branch);
    tree_free(&j.text);
    tree_free(&j.was);
    buf_free(&j.bytes);
    free(j.lines);
    free(j.was_lines);
    free(j.id);
    return st;
}
