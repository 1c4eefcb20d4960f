/*
 * Commands for what a teacher does on trees: expanding, and what became of the proposals; asking
 * for suggestions, and deciding about them. What a person decides is an edit like any other, and
 * goes through the same functions of the store; merging even through the command itself.
 */
#include "base/mem.h"
#include "domain/expansion.h"
#include "engine/context.h"
#include "server/exec_table.h"
#include "server/live.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPANSION_MAX (4u << 20)
#define TITLE_MAX     160

/* ---- nodes of an argument */

struct nodes {
    int64_t *ids;
    size_t count, cap;
};

static void nodes_add(struct nodes *n, int64_t id)
{
    n->ids = vec_grow(n->ids, &n->cap, n->count + 1, sizeof *n->ids);
    n->ids[n->count++] = id;
}

/* The nodes that the first argument names; `children`: what is directly below them instead. */
static enum status nodes_of(struct exec *x, bool children, struct nodes *out, struct err *e)
{
    enum status st = ST_OK;
    for (int i = 0; st == ST_OK && i < x->call->arg_count[0]; i++) {
        const struct tree *t = NULL;
        uint32_t at = 0;
        const char *word = x->call->args[0][i];
        st = exec_node(x, word, &t, &at, e);
        if (st == ST_OK && at == 0) {
            st = err_set(e, ST_USAGE, "\"%s\" is not a node", word);
        }
        if (st == ST_OK && !children) {
            nodes_add(out, t->nodes[at].id);
        }
        for (uint32_t c = st == ST_OK && children ? t->nodes[at].first : TREE_NONE; c != TREE_NONE;
             c = t->nodes[c].next) {
            nodes_add(out, t->nodes[c].id);
        }
    }
    if (st == ST_OK && out->count == 0) {
        st = err_set(e, ST_INVALID, "there is nothing below it");
    }
    return st;
}

/* The command as it was typed, when that is short enough to be shown; else NULL. */
static const char *title_of(const struct exec *x, struct buf *out)
{
    const struct call *c = x->call;
    buf_adds(out, c->cmd->name);
    for (int i = 0; i < c->arg_count[0] && out->len < TITLE_MAX; i++) {
        buf_addc(out, ' ');
        words_quote(out, c->args[0][i]);
    }
    for (int i = 0; i < c->opt_count; i++) {
        buf_printf(out, " %s%s%s", c->opts[i].spec->name, c->opts[i].value[0] != '\0' ? " " : "",
                   c->opts[i].value);
    }
    return out->over || out->len > TITLE_MAX ? NULL : out->data;
}

enum status exec_expand(struct exec *x, struct err *e)
{
    struct nodes n = {0};
    struct buf title;
    buf_init(&title, 8192);
    enum status st = nodes_of(x, false, &n, e);
    if (st == ST_OK) {
        st = live_expand(x->live, n.ids, n.count, (int)call_opt_num(x->call, "--level", 0),
                         (int)call_opt_num(x->call, "--depth", 0), title_of(x, &title), &x->job,
                         &x->note, e);
    }
    buf_free(&title);
    free(n.ids);
    return st;
}

/* ---- proposals of an expansion */

struct opened { /* the record of a node's last expansion */
    const struct tree *t;
    uint32_t at;
    struct expansion rows;
    cJSON *json;
};

static void opened_free(struct opened *o)
{
    expansion_free(&o->rows);
    cJSON_Delete(o->json);
}

static enum status open_expansion(struct exec *x, struct opened *o, struct err *e)
{
    memset(o, 0, sizeof *o);
    struct buf text;
    buf_init(&text, EXPANSION_MAX);
    enum status st = exec_node(x, call_arg(x->call, 0), &o->t, &o->at, e);
    if (st == ST_OK) {
        st = store_expansion(x->store, o->t->nodes[o->at].id, &text, e);
    }
    if (st == ST_OK && text.len == 0) {
        st = err_set(e, ST_NOT_FOUND, "no teacher has expanded \"%s\" yet: expand does",
                     o->at != 0 ? o->t->nodes[o->at].name : call_arg(x->call, 0));
    }
    if (st == ST_OK) {
        st = json_parse(text.data, text.len, &json_limits_reply, &o->json, e);
    }
    if (st == ST_OK) {
        st = expansion_read(text.data, text.len, o->t, o->at, &o->rows, e);
    }
    buf_free(&text);
    return st;
}

static cJSON *row_json(const struct expansion_row *r)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", r->name);
    cJSON_AddStringToObject(o, "description", r->desc);
    cJSON_AddStringToObject(o, "fate", fate_name(r->fate));
    cJSON_AddStringToObject(o, "into", r->into);
    cJSON_AddStringToObject(o, "reason", r->reason);
    cJSON_AddStringToObject(o, "calls", r->calls);
    cJSON_AddNumberToObject(o, "votes", r->votes);
    cJSON_AddStringToObject(o, "elsewhere", r->where);
    cJSON_AddNumberToObject(o, "id", (double)r->id);
    cJSON_AddBoolToObject(o, "by_person", r->by_person);
    return o;
}

static void print_row(struct exec *x, const struct expansion_row *r)
{
    exec_printf(x, "%-8s %s", fate_name(r->fate), r->name);
    if (r->into[0] != '\0') {
        exec_printf(x, " into %s", r->into);
    }
    if (r->calls[0] != '\0') {
        exec_printf(x, "  [call %s]", r->calls);
    } else if (r->votes == 0) {
        exec_text(x, "  [added by the critic]");
    }
    if (r->reason[0] != '\0') {
        exec_printf(x, "  %s", r->reason);
    }
    if (r->where[0] != '\0') {
        exec_printf(x, "  (also: %s)", r->where);
    }
    exec_text(x, "\n");
}

enum status exec_expansion(struct exec *x, struct err *e)
{
    struct opened o;
    enum status st = open_expansion(x, &o, e);
    if (st == ST_OK && x->call->json) {
        cJSON *all = cJSON_CreateObject(), *list = cJSON_CreateArray();
        cJSON_AddNumberToObject(all, "node", (double)o.t->nodes[o.at].id);
        cJSON_AddStringToObject(all, "error", o.rows.error);
        cJSON_AddStringToObject(all, "lost", o.rows.lost);
        for (size_t i = 0; i < o.rows.count; i++) {
            cJSON_AddItemToArray(list, row_json(&o.rows.rows[i]));
        }
        cJSON_AddItemToObject(all, "proposals", list);
        exec_json(x, all);
    } else if (st == ST_OK) {
        if (o.rows.error[0] != '\0') {
            exec_printf(x, "failed: %s\n", o.rows.error);
        }
        if (o.rows.lost[0] != '\0') {
            exec_printf(x, "lost: %s\n", o.rows.lost);
        }
        for (size_t i = 0; i < o.rows.count; i++) {
            print_row(x, &o.rows.rows[i]);
        }
    }
    opened_free(&o);
    return st;
}

static cJSON *record_of(const struct opened *o, const char *list, const char *name)
{
    char key[NAME_KEY_MAX];
    name_key(name, key);
    return name_in_list(cJSON_GetObjectItemCaseSensitive(o->json, list), key);
}

/* The record of a child for a proposal that a person takes; "dropped" loses it. */
static cJSON *take_record(struct opened *o, const struct expansion_row *r)
{
    cJSON *children = cJSON_GetObjectItemCaseSensitive(o->json, "children");
    cJSON *dropped = record_of(o, "dropped", r->name);
    if (children == NULL) { /* the critic never came to a word */
        children = cJSON_AddArrayToObject(o->json, "children");
    }
    cJSON *c = cJSON_CreateObject(), *from = cJSON_CreateArray();
    cJSON_AddStringToObject(c, "name", r->name);
    cJSON_AddStringToObject(c, "description", r->desc);
    cJSON_AddItemToArray(from, cJSON_CreateString(r->name));
    cJSON_AddItemToObject(c, "from", from);
    cJSON_AddStringToObject(c, "by", "person");
    if (dropped != NULL) {
        cJSON_AddStringToObject(c, "was", json_str_or(dropped, "reason", ""));
        cJSON *list = cJSON_GetObjectItemCaseSensitive(o->json, "dropped");
        cJSON_Delete(cJSON_DetachItemViaPointer(list, dropped));
    }
    cJSON_AddItemToArray(children, c);
    return c;
}

static enum status take_one(struct exec *x, struct opened *o, const char *name, struct err *e)
{
    const struct expansion_row *r = expansion_find(&o->rows, name);
    if (r == NULL) {
        return err_set(e, ST_NOT_FOUND, "\"%s\" was not proposed for \"%s\"", name,
                       o->t->nodes[o->at].name);
    }
    if (!expansion_takes(r)) {
        return err_set(e, ST_INVALID, "\"%s\" %s", r->name,
                       r->fate == FATE_KEPT ? "is kept already" : "repeats what is there");
    }
    struct node model = {.weight = 1,
                         .state = NODE_UNEXPANDED,
                         .origin = NODE_BY_MODEL,
                         .edited = true,
                         .name = r->name,
                         .desc = r->desc};
    int64_t parent = o->t->nodes[o->at].id;
    enum status st = store_node_add(x->store, parent, &model, 0, &model.id, e);
    if (st == ST_OK && o->t->nodes[o->at].state != NODE_EXPANDED) {
        st = store_node_state(x->store, parent, NODE_EXPANDED, e);
    }
    if (st == ST_OK) {
        cJSON *c = record_of(o, "children", r->name);
        c = c != NULL ? c : take_record(o, r);
        cJSON_DeleteItemFromObjectCaseSensitive(c, "out");
        cJSON_DeleteItemFromObjectCaseSensitive(c, "refused");
        cJSON_DeleteItemFromObjectCaseSensitive(c, "id");
        cJSON_AddNumberToObject(c, "id", (double)model.id);
    }
    return st;
}

static enum status drop_one(struct exec *x, struct opened *o, const char *name, struct err *e)
{
    const struct expansion_row *r = expansion_find(&o->rows, name);
    for (size_t i = 0; i < o->rows.count; i++) { /* it may have been renamed since */
        uint32_t at = tree_by_id(o->t, o->rows.rows[i].id);
        if (o->rows.rows[i].fate == FATE_KEPT && at != TREE_NONE &&
            strcmp(o->t->nodes[at].name, name) == 0) {
            r = &o->rows.rows[i];
        }
    }
    if (r == NULL) {
        return err_set(e, ST_NOT_FOUND, "\"%s\" was not proposed for \"%s\"", name,
                       o->t->nodes[o->at].name);
    }
    if (r->fate != FATE_KEPT) {
        return err_set(e, ST_INVALID, "\"%s\" is not kept: it %s", r->name,
                       r->fate == FATE_REPEATS ? "repeats what was there" : "was dropped already");
    }
    enum status st = store_node_delete(x->store, r->id, e);
    if (st == ST_OK) {
        cJSON *c = record_of(o, "children", r->name);
        cJSON_DeleteItemFromObjectCaseSensitive(c, "out");
        cJSON_AddBoolToObject(c, "out", true);
    }
    return st;
}

static enum status change_expansion(struct exec *x,
                                    enum status (*one)(struct exec *x, struct opened *o,
                                                       const char *name, struct err *e),
                                    struct err *e)
{
    struct opened o;
    enum status st = open_expansion(x, &o, e);
    for (int i = 0; st == ST_OK && i < x->call->arg_count[1]; i++) {
        st = one(x, &o, x->call->args[1][i], e);
    }
    if (st == ST_OK) {
        char *text = json_text(o.json);
        st = store_expansion_set(x->store, o.t->nodes[o.at].id, text, e);
        free(text);
    }
    opened_free(&o);
    return st;
}

enum status exec_expansion_take(struct exec *x, struct err *e)
{
    return change_expansion(x, take_one, e);
}

enum status exec_expansion_drop(struct exec *x, struct err *e)
{
    return change_expansion(x, drop_one, e);
}

/* ---- asking for suggestions */

static enum status ask_advice(struct exec *x, enum advice what, struct err *e)
{
    struct nodes n = {0};
    enum status st = nodes_of(x, call_opt(x->call, "--children") != NULL, &n, e);
    size_t below = 0;
    const struct tree *t = NULL;
    if (st == ST_OK) {
        st = exec_tree(x, &t, e);
    }
    for (size_t i = 0; st == ST_OK && i < n.count; i++) {
        below += t->nodes[tree_by_id(t, n.ids[i])].depth > 1 ? 1 : 0;
    }
    if (st == ST_OK && what == ADVISE_SOUND && below == 0) {
        st = err_set(e, ST_INVALID,
                     "a taxonomy has no node above to judge it by: --children judges what is "
                     "below it");
    }
    if (st == ST_OK) {
        struct buf title;
        buf_init(&title, 8192);
        st = live_advise(x->live, what, n.ids, n.count, title_of(x, &title), &x->job, &x->note, e);
        buf_free(&title);
    }
    free(n.ids);
    return st;
}

enum status exec_suggest_missing(struct exec *x, struct err *e)
{
    return ask_advice(x, ADVISE_MISSING, e);
}

enum status exec_suggest_describe(struct exec *x, struct err *e)
{
    return ask_advice(x, ADVISE_DESCRIBE, e);
}

enum status exec_suggest_sound(struct exec *x, struct err *e)
{
    return ask_advice(x, ADVISE_SOUND, e);
}

/* ---- the list */

struct listing {
    struct exec *x;
    const struct tree *t;
    cJSON *list; /* --json */
    size_t count;
};

static void path_of(const struct tree *t, int64_t id, struct buf *out)
{
    uint32_t at = id != 0 ? tree_by_id(t, id) : TREE_NONE;
    buf_clear(out);
    if (at != TREE_NONE) {
        tree_path(t, at, out);
    }
}

static const char *const state_names[] = {"waiting", "accepted", "rejected"};

static bool list_json(struct listing *l, const struct suggestion *g, const char *path,
                      const char *target)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "id", (double)g->id);
    cJSON_AddStringToObject(o, "kind", suggest_kind_name(g->kind));
    cJSON_AddStringToObject(o, "state", state_names[g->state]);
    cJSON_AddNumberToObject(o, "node", (double)g->node);
    cJSON_AddStringToObject(o, "path", path);
    cJSON_AddStringToObject(o, "name", g->name);
    cJSON_AddStringToObject(o, "text", g->text);
    cJSON_AddNumberToObject(o, "target", (double)g->target);
    cJSON_AddStringToObject(o, "target_path", target);
    cJSON_AddStringToObject(o, "reason", g->reason);
    cJSON_AddStringToObject(o, "teacher", g->teacher);
    cJSON_AddStringToObject(o, "model", g->model);
    cJSON_AddItemToArray(l->list, o);
    return true;
}

static bool list_visit(void *ctx, const struct suggestion *g)
{
    struct listing *l = ctx;
    struct buf path, target;
    buf_init(&path, 1u << 16);
    buf_init(&target, 1u << 16);
    path_of(l->t, g->node, &path);
    path_of(l->t, g->target, &target);
    l->count++;
    bool more = true;
    if (l->list != NULL) {
        more = list_json(l, g, path.data, target.data);
    } else {
        const char *what = g->kind == SUGGEST_DESCRIBE ? g->text
                           : g->target != 0            ? target.data
                                                       : g->name;
        more = exec_printf(l->x, "%" PRId64 "  %s%s%s  %s%s%s%s%s\n", g->id,
                           g->state == SUGGEST_WAITING ? "" : state_names[g->state],
                           g->state == SUGGEST_WAITING ? "" : "  ", suggest_kind_name(g->kind),
                           path.data, what[0] != '\0' ? ": " : "", what,
                           g->reason[0] != '\0' ? "  -- " : "", g->reason);
    }
    buf_free(&path);
    buf_free(&target);
    return more;
}

enum status exec_suggest_list(struct exec *x, struct err *e)
{
    struct listing l = {.x = x, .list = x->call->json ? cJSON_CreateArray() : NULL};
    enum status st = exec_tree(x, &l.t, e);
    if (st == ST_OK) {
        st = store_suggestions(x->store, call_opt(x->call, "--all") != NULL, list_visit, &l, e);
    }
    if (st == ST_OK && l.list != NULL) {
        exec_json(x, l.list);
        return st;
    }
    if (st == ST_OK && l.count == 0) {
        exec_text(x, "no suggestion waits: suggest missing NODE, suggest describe NODE, suggest "
                     "sound NODE\n");
    }
    cJSON_Delete(l.list);
    return st;
}

/* ---- deciding */

struct chosen { /* a copy: the row is gone when it is acted upon */
    struct suggestion g;
    char *name, *text;
    bool all; /* of any kind */
    enum suggest_kind kind;
    int64_t *ids;
    size_t count, cap;
};

static void choose(struct chosen *c, int64_t id)
{
    c->ids = vec_grow(c->ids, &c->cap, c->count + 1, sizeof *c->ids);
    c->ids[c->count++] = id;
}

static bool choose_visit(void *ctx, const struct suggestion *g)
{
    struct chosen *c = ctx;
    if (c->all || g->kind == c->kind) {
        choose(c, g->id);
    }
    return true;
}

static bool copy_visit(void *ctx, const struct suggestion *g)
{
    struct chosen *c = ctx;
    c->g = *g;
    c->name = xstrdup(g->name);
    c->text = xstrdup(g->text);
    return false;
}

/* The numbers that are meant: those given, or all that wait of a kind. */
static enum status choose_ids(struct exec *x, struct chosen *c, struct err *e)
{
    const char *kind = call_opt(x->call, "--kind");
    enum status st = ST_OK;
    for (int i = 0; i < x->call->arg_count[0]; i++) {
        choose(c, strtoll(x->call->args[0][i], NULL, 10));
    }
    if (kind != NULL) {
        c->all = !suggest_kind_by_name(kind, &c->kind);
        st = store_suggestions(x->store, false, choose_visit, c, e);
    }
    if (st == ST_OK && c->count == 0) {
        st = kind != NULL
                 ? err_set(e, ST_NOT_FOUND, "no suggestion of that kind waits")
                 : err_set(e, ST_USAGE, "which ones? Numbers of `suggest list`, or --kind");
    }
    return st;
}

static enum status merge(struct exec *x, int64_t into, int64_t from, struct err *e)
{
    char a[TREE_REF_MAX], b[TREE_REF_MAX];
    tree_ref(into, a);
    tree_ref(from, b);
    const char *const words[] = {"node", "merge", a, b};
    const struct call *was = x->call;
    struct call sub;
    enum status st = call_parse(4, words, &sub, e);
    if (st == ST_OK) {
        x->call = &sub;
        st = exec_node_merge(x, e);
        x->call = was;
        call_free(&sub);
    }
    return st;
}

static enum status carry_out(struct exec *x, const struct chosen *c, struct err *e)
{
    struct node model = {.weight = 1,
                         .state = NODE_UNEXPANDED,
                         .origin = NODE_BY_MODEL,
                         .name = c->name,
                         .desc = c->text};
    switch (c->g.kind) {
    case SUGGEST_MISSING:
        return store_node_add(x->store, c->g.node, &model, 0, NULL, e);
    case SUGGEST_DESCRIBE:
        return store_node_describe(x->store, c->g.node, c->text, e);
    case SUGGEST_DELETE:
        return store_node_delete(x->store, c->g.node, e);
    case SUGGEST_MOVE:
        return store_node_move(x->store, c->g.node, c->g.target, 0, e);
    case SUGGEST_RENAME:
        return store_node_rename(x->store, c->g.node, c->name, e);
    case SUGGEST_MERGE:
        return merge(x, c->g.target, c->g.node, e);
    case SUGGEST_KINDS:
        break;
    }
    return err_set(e, ST_INTERNAL, "a suggestion of an unknown kind");
}

static enum status accept_one(struct exec *x, struct chosen *c, int64_t id, struct err *e)
{
    const struct tree *t = NULL;
    enum status st = store_suggest(x->store, id, copy_visit, c, e);
    if (st == ST_OK && c->g.state == SUGGEST_ACCEPTED) {
        st = err_set(e, ST_INVALID, "it was accepted already");
    }
    if (st == ST_OK) {
        st = exec_tree(x, &t, e);
    }
    uint32_t at = st == ST_OK ? tree_by_id(t, c->g.node) : TREE_NONE;
    bool done = at == TREE_NONE && c->g.kind == SUGGEST_DELETE; /* with what was above it */
    if (st == ST_OK && at == TREE_NONE && !done) {
        st = err_set(e, ST_NOT_FOUND, "its node was deleted");
    }
    if (st == ST_OK && !done && context_locked(t, at)) {
        st = err_set(e, ST_DENIED, "\"%s\" is locked against the teacher: `node unlock` first",
                     t->nodes[at].name);
    }
    if (st == ST_OK && !done) {
        st = carry_out(x, c, e);
    }
    if (st == ST_OK) {
        st = store_suggest_set(x->store, id, SUGGEST_ACCEPTED, e);
    }
    if (st != ST_OK) {
        err_prefix(e, "suggestion %" PRId64, id);
    }
    free(c->name);
    free(c->text);
    c->name = c->text = NULL;
    return st;
}

enum status exec_suggest_accept(struct exec *x, struct err *e)
{
    struct chosen c = {0};
    enum status st = choose_ids(x, &c, e);
    for (size_t i = 0; st == ST_OK && i < c.count; i++) {
        st = accept_one(x, &c, c.ids[i], e);
    }
    if (st == ST_OK) {
        buf_printf(&x->note, "%zu accepted", c.count);
    }
    free(c.ids);
    return st;
}

enum status exec_suggest_reject(struct exec *x, struct err *e)
{
    struct chosen c = {0};
    enum status st = choose_ids(x, &c, e);
    for (size_t i = 0; st == ST_OK && i < c.count; i++) {
        st = store_suggest(x->store, c.ids[i], copy_visit, &c, e);
        if (st == ST_OK && c.g.state == SUGGEST_ACCEPTED) {
            st = err_set(e, ST_INVALID,
                         "suggestion %" PRId64 " was accepted already: undo takes "
                         "it back",
                         c.ids[i]);
        }
        if (st == ST_OK) {
            st = store_suggest_set(x->store, c.ids[i], SUGGEST_REJECTED, e);
        }
        free(c.name);
        free(c.text);
        c.name = c.text = NULL;
    }
    if (st == ST_OK) {
        buf_printf(&x->note, "%zu rejected", c.count);
    }
    free(c.ids);
    return st;
}
