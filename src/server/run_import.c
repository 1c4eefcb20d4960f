/*
 * A tree from a file, united with what is there.
 *
 * The file is read into a tree of its own, below a copy of the path to where it goes, so that depth
 * and names are judged line by line. Then each of its nodes either is one that the session has
 * (same name, same parent), or it is new with all below it. Looking comes first and writes nothing:
 * that is the dry run.
 */
#include "base/file.h"
#include "base/mem.h"
#include "domain/treefmt.h"
#include "server/exec_table.h"
#include "server/nodes.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES_TOLD 1000 /* changes listed one by one */

struct import {
    struct exec *x;
    const char *file;
    struct tree parsed; /* the way down to where it goes, then what the file says */
    uint32_t top;       /* index of the node that it goes below; 0: above the taxonomies */
    int64_t under, before;
    struct treefmt_report report;
    struct buf text;
    int64_t *id;        /* by index: the session's node, 0 when new */
    unsigned char *set; /* by index: enum value that the file changes */
    size_t added, changed;
    bool dry;
};

enum value { SET_DESC = 1, SET_WEIGHT = 2, SET_LOCK = 4 };

/* ---- reading */

enum status tree_text(struct exec *x, const char *file, struct buf *text, struct err *e)
{
    if (strcmp(file, "-") == 0) {
        if (x->stdin_text == NULL) {
            return err_set(e, ST_USAGE, "nothing on standard input");
        }
        return buf_add(text, x->stdin_text, x->stdin_len)
                   ? ST_OK
                   : err_set(e, ST_LIMIT, "standard input is too long");
    }
    char *path = exec_path(x, file);
    enum status st = file_read(path, text, e);
    free(path);
    return st;
}

/* Copy the way from the top down to `under` into the parsed tree. */
static enum status way_down(struct import *m, struct err *e)
{
    struct node_row *row = NULL;
    size_t count = 0, cap = 0;
    enum status st = ST_OK;
    for (int64_t at = m->under; st == ST_OK && at != 0; at = row[count++].parent) {
        row = vec_grow(row, &cap, count + 1, sizeof *row);
        st = store_node_row(m->x->store, at, &row[count], e);
        if (st != ST_OK) {
            break;
        }
    }
    for (size_t i = count; i-- > 0;) {
        struct node model = {.name = row[i].name, .weight = 1};
        m->top = st == ST_OK ? tree_add(&m->parsed, m->top, &model) : m->top;
        node_row_clear(&row[i]);
    }
    free(row);
    return st;
}

static enum status parse(struct import *m, struct err *e)
{
    enum treefmt f = TREEFMT_TEXT;
    const char *format = call_opt(m->x->call, "--format");
    struct buf plain;
    buf_init(&plain, m->text.max);
    enum status st = ST_OK;
    if (format != NULL && strcmp(format, "auto") == 0) {
        f = treefmt_pasted(m->text.data, m->text.len, &plain);
    } else {
        st = tree_format(m->x, m->file, &f, e);
    }
    const struct buf *text = plain.len > 0 ? &plain : &m->text;
    if (st == ST_OK && (m->text.over || plain.over)) {
        st = err_set(e, ST_LIMIT, "%s is too long", m->file);
    }
    if (st == ST_OK) {
        st = treefmt_parse(f, text->data, text->len, &m->parsed, m->top, &m->report, e);
        if (st != ST_OK) {
            err_prefix(e, "%s", m->file);
        }
    }
    buf_free(&plain);
    return st;
}

/* ---- looking */

/* What the file says of a node that is there and that differs from it. */
static enum status compare(struct import *m, uint32_t at, struct err *e)
{
    const struct node *n = &m->parsed.nodes[at];
    struct node_row row;
    enum status st = store_node_row(m->x->store, m->id[at], &row, e);
    if (st != ST_OK) {
        return st;
    }
    bool one = !(n->weight < 1) && !(n->weight > 1);
    bool weighs = n->weight < row.weight || n->weight > row.weight;
    m->set[at] =
        (unsigned char)((n->desc[0] != '\0' && strcmp(n->desc, row.desc) != 0) * SET_DESC +
                        (!one && weighs) * SET_WEIGHT + (n->locked && !row.locked) * SET_LOCK);
    m->changed += m->set[at] != 0;
    node_row_clear(&row);
    return ST_OK;
}

static enum status look(struct import *m, struct err *e)
{
    const struct tree *p = &m->parsed;
    enum status st = ST_OK;
    m->id = xcalloc(p->count, sizeof *m->id);
    m->set = xcalloc(p->count, 1);
    m->id[m->top] = m->under;
    for (uint32_t at = tree_next(p, m->top, m->top); st == ST_OK && at != TREE_NONE;
         at = tree_next(p, m->top, at)) {
        uint32_t parent = p->nodes[at].parent;
        if (parent == m->top || m->id[parent] != 0) {
            st = store_node_child(m->x->store, m->id[parent], p->nodes[at].name, &m->id[at], e);
        }
        if (st == ST_OK && m->id[at] != 0) {
            st = compare(m, at, e);
        } else {
            m->added++;
        }
    }
    return st;
}

/* ---- writing */

struct find_factor {
    const char *name;
    bool found;
    int64_t node;
};

static bool find_factor(void *ctx, const struct factor_row *row)
{
    struct find_factor *f = ctx;
    f->found = strcmp(row->name, f->name) == 0;
    f->node = f->found ? row->node : 0;
    return !f->found;
}

enum status taxonomy_add(struct exec *x, const struct tree *t, uint32_t root, int64_t before,
                         int64_t *ids, struct err *e)
{
    const struct node *n = &t->nodes[root];
    struct find_factor f = {.name = n->name};
    struct store *s = x->store;
    enum status st = store_factors(s, find_factor, &f, e);
    if (st == ST_OK && f.node != 0) {
        return err_set(e, ST_EXISTS, "there is a taxonomy \"%.*s\" (@%" PRId64 ") already",
                       tree_name_shown(n->name), n->name, f.node);
    }
    if (st == ST_OK && !f.found) {
        st = store_factor_add(s, n->name, n->desc, n->origin, "", e);
    }
    if (st == ST_OK) {
        st = store_factor_set(s, n->name, FACTOR_ACCEPTED, "", e);
    }
    if (st == ST_OK) {
        st = store_node_child(s, 0, n->name, &ids[root], e);
    }
    if (st == ST_OK && f.found && n->desc[0] != '\0') {
        st = store_node_describe(s, ids[root], n->desc, e);
    }
    if (st == ST_OK && (n->weight < 1 || n->weight > 1)) {
        st = store_node_weight(s, ids[root], n->weight, e);
    }
    if (st == ST_OK && n->locked) {
        st = store_node_lock(s, ids[root], true, e);
    }
    for (uint32_t c = n->first; st == ST_OK && c != TREE_NONE; c = t->nodes[c].next) {
        st = store_nodes_add(s, ids[root], t, c, 0, ids, e);
    }
    return st == ST_OK && before != 0 ? store_node_move(s, ids[root], 0, before, e) : st;
}

static enum status change(struct import *m, uint32_t at, struct err *e)
{
    const struct node *n = &m->parsed.nodes[at];
    struct store *s = m->x->store;
    enum status st = ST_OK;
    if ((m->set[at] & SET_DESC) != 0) {
        st = store_node_describe(s, m->id[at], n->desc, e);
    }
    if (st == ST_OK && (m->set[at] & SET_WEIGHT) != 0) {
        st = store_node_weight(s, m->id[at], n->weight, e);
    }
    if (st == ST_OK && (m->set[at] & SET_LOCK) != 0) {
        st = store_node_lock(s, m->id[at], true, e);
    }
    return st;
}

static enum status apply(struct import *m, struct err *e)
{
    struct tree *p = &m->parsed;
    enum status st = ST_OK;
    for (uint32_t at = tree_next(p, m->top, m->top); st == ST_OK && at != TREE_NONE;) {
        uint32_t parent = p->nodes[at].parent;
        int64_t before = parent == m->top ? m->before : 0;
        if (m->id[at] != 0) {
            st = change(m, at, e);
            at = tree_next(p, m->top, at);
            continue;
        }
        st = parent == 0 ? taxonomy_add(m->x, p, at, before, m->id, e)
                         : store_nodes_add(m->x->store, m->id[parent], p, at, before, m->id, e);
        at = tree_skip(p, m->top, at);
    }
    return st;
}

/* ---- telling */

/* Finds lines of a text; cheap for lines that come one after the other. */
struct line_finder {
    const char *text, *at;
    size_t line;
};

/* The line, cut at a whole character. */
static char *line_of(struct line_finder *f, size_t line)
{
    if (line < f->line) {
        f->at = f->text;
        f->line = 1;
    }
    while (f->line < line && *f->at != '\0') {
        f->at = strchrnul(f->at, '\n');
        f->at += *f->at != '\0';
        f->line++;
    }
    char *copy = xstrndup(f->at, strcspn(f->at, "\r\n"));
    copy[tree_name_shown(copy)] = '\0';
    return copy;
}

cJSON *refusals_json(const struct treefmt_report *r, const struct buf *text)
{
    cJSON *list = cJSON_CreateArray();
    struct line_finder finder = {text->data, text->data, 1};
    for (size_t i = 0; i < r->refused_count && i < NODES_TOLD; i++) {
        char *found = line_of(&finder, r->refused[i].line);
        cJSON *o = cJSON_CreateObject();
        cJSON_AddNumberToObject(o, "line", (double)r->refused[i].line);
        cJSON_AddStringToObject(o, "found", r->refused[i].line > 0 ? found : "");
        cJSON_AddStringToObject(o, "expected", r->refused[i].why);
        cJSON_AddItemToArray(list, o);
        free(found);
    }
    return list;
}

void refusals_tell(struct exec *x, const char *file, const struct treefmt_report *r)
{
    for (size_t i = 0; i < r->refused_count && i < NODES_TOLD; i++) {
        exec_printf(x, "%s, line %zu: refused: %s\n", file, r->refused[i].line, r->refused[i].why);
    }
}

static void tell_nodes(struct import *m, cJSON *list)
{
    const struct tree *p = &m->parsed;
    struct buf path;
    buf_init(&path, TREE_PATH_MAX);
    size_t told = 0;
    for (uint32_t at = tree_next(p, m->top, m->top); at != TREE_NONE && told < NODES_TOLD;
         at = tree_next(p, m->top, at)) {
        if (m->id[at] != 0 && m->set[at] == 0) {
            continue;
        }
        const char *what = m->id[at] == 0 ? "added" : "changed";
        buf_clear(&path);
        tree_path(p, at, &path);
        told++;
        if (list == NULL) {
            exec_printf(m->x, "%s: %s\n", what, path.data);
            continue;
        }
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "path", path.data);
        cJSON_AddStringToObject(o, "what", what);
        cJSON_AddItemToArray(list, o);
    }
    buf_free(&path);
}

static void tell(struct import *m)
{
    if (!m->x->call->json) {
        refusals_tell(m->x, m->file, &m->report);
        if (m->dry) {
            tell_nodes(m, NULL);
        }
        return;
    }
    cJSON *o = cJSON_CreateObject(), *nodes = cJSON_CreateArray();
    cJSON_AddNumberToObject(o, "added", (double)m->added);
    cJSON_AddNumberToObject(o, "changed", (double)m->changed);
    cJSON_AddItemToObject(o, "refused", refusals_json(&m->report, &m->text));
    cJSON_AddNumberToObject(o, "refused_count", (double)m->report.refused_count);
    tell_nodes(m, nodes);
    cJSON_AddItemToObject(o, "nodes", nodes);
    exec_json(m->x, o);
}

static enum status import(struct import *m, struct err *e)
{
    enum status st = parse(m, e);
    if (st == ST_OK) {
        st = look(m, e);
    }
    if (st != ST_OK) {
        return st;
    }
    tell(m);
    const struct treefmt_report *r = &m->report;
    bool skip = call_opt(m->x->call, "--skip-refused") != NULL;
    if (r->refused_count > 0 && !skip) {
        return err_set(e, ST_INVALID, "%s, line %zu: %s (%zu lines refused in all)", m->file,
                       r->refused[0].line, r->refused[0].why, r->refused_count);
    }
    if (!m->dry) {
        st = apply(m, e);
    }
    buf_printf(&m->x->note, "%s%zu added, %zu changed, %zu refused",
               m->dry ? "nothing is changed yet: " : "", m->added, m->changed, r->refused_count);
    return st;
}

enum status exec_tree_import(struct exec *x, struct err *e)
{
    const char *word = call_opt(x->call, "--under");
    struct import m = {.x = x,
                       .file = call_arg(x->call, 0),
                       .under = word != NULL ? 0 : -1,
                       .dry = call_opt(x->call, "--dry-run") != NULL};
    buf_init(&m.text, TREE_FILE_MAX);
    tree_init(&m.parsed);
    enum status st = word != NULL ? store_node_find(x->store, word, &m.under, e) : ST_OK;
    if (st == ST_OK) {
        st = node_before(x, &m.under, &m.before, e);
    }
    m.under = m.under < 0 ? 0 : m.under;
    if (st == ST_OK) {
        st = tree_text(x, m.file, &m.text, e);
    }
    if (st == ST_OK) {
        st = way_down(&m, e);
    }
    if (st == ST_OK) {
        st = import(&m, e);
    }
    treefmt_report_free(&m.report);
    tree_free(&m.parsed);
    buf_free(&m.text);
    free(m.id);
    free(m.set);
    return st;
}
