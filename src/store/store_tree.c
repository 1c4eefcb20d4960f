/*
 * store_tree - reading nodes: the whole skeleton, one description, one path.
 *
 * The skeleton comes from one query ordered by parent and place. A parent usually stands before
 * its children in that order; after moves it may not, so rows whose parent is not there yet wait,
 * and the waiting ones are gone through again, at most once per level of the tree. Nothing
 * recurses.
 */
#include "store/store_private.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ the skeleton */

/* false: a ceiling of the tree was reached. */
bool tree_loader_take(struct tree_loader *l, int64_t parent, const struct node *model)
{
    uint32_t at = parent == 0 ? 0 : tree_by_id(l->tree, parent);
    if (at != TREE_NONE) {
        return tree_add(l->tree, at, model) != TREE_NONE;
    }
    l->wait = vec_grow(l->wait, &l->cap, l->count + 1, sizeof *l->wait);
    struct tree_waiting *w = &l->wait[l->count++];
    *w = (struct tree_waiting){.parent = parent, .model = *model};
    w->model.name = arena_strdup(&l->text, model->name);
    w->model.desc = arena_strdup(&l->text, model->desc);
    return true;
}

/*
 * Siblings wait together or not at all, since none of them is the parent; so their order is kept.
 */
static bool take_waiting(struct tree_loader *l)
{
    for (int pass = 0; pass < TREE_MAX_DEPTH && l->count > 0; pass++) {
        size_t kept = 0;
        for (size_t i = 0; i < l->count; i++) {
            const struct tree_waiting *w = &l->wait[i];
            uint32_t at = tree_by_id(l->tree, w->parent);
            if (at == TREE_NONE) {
                l->wait[kept++] = *w;
            } else if (tree_add(l->tree, at, &w->model) == TREE_NONE) {
                return false;
            }
        }
        if (kept == l->count) {
            break;
        }
        l->count = kept;
    }
    return l->count == 0;
}

void tree_loader_begin(struct tree_loader *l, struct tree *t)
{
    *l = (struct tree_loader){.tree = t};
    tree_init(t);
    arena_init(&l->text);
}

enum status tree_loader_end(struct tree_loader *l, struct store *s, enum status st, bool fits,
                            struct err *e)
{
    if (st == ST_OK && !(fits && take_waiting(l))) {
        st =
            err_set(e, ST_DAMAGED,
                    "the tree of %s is not sound: nodes without a parent, or more than %u nodes or "
                    "%d levels",
                    s->path, TREE_MAX_NODES, TREE_MAX_DEPTH);
    }
    arena_free(&l->text);
    free(l->wait);
    if (st != ST_OK) {
        tree_free(l->tree);
        tree_init(l->tree);
    }
    return st;
}

static void read_node(struct sql *q, bool descriptions, struct node *out)
{
    *out = (struct node){
        .id = sql_col_int(q, 0),
        .weight = sql_col_real(q, 2),
        .state = (uint8_t)sql_col_int(q, 3),
        .origin = (uint8_t)sql_col_int(q, 4),
        .locked = sql_col_int(q, 5) != 0,
        .edited = sql_col_int(q, 6) != 0,
        .name = sql_col_string(q, 7),
        .desc = descriptions ? sql_col_string(q, 8) : "",
    };
}

enum status store_tree(struct store *s, bool descriptions, struct tree *out, struct err *e)
{
    struct tree_loader l;
    tree_loader_begin(&l, out);
    bool fits = true;
    struct sql q =
        descriptions
            ? sql_use(s, "SELECT id, parent, weight, state, origin, locked, edited, name, desc "
                         "FROM node WHERE deleted = 0 ORDER BY parent, ordinal, id")
            : sql_use(s, "SELECT id, parent, weight, state, origin, locked, edited, name "
                         "FROM node WHERE deleted = 0 ORDER BY parent, ordinal, id");
    while (fits && sql_row(&q)) {
        struct node model;
        read_node(&q, descriptions, &model);
        fits = tree_loader_take(&l, sql_col_int(&q, 1), &model);
    }
    enum status st = sql_end(&q, e);
    st = tree_loader_end(&l, s, st, fits, e);
    if (s->mode == STORE_READ) {
        /* a screen reads a large tree once and then only parts of the file */
        (void)sqlite3_db_release_memory(s->db);
    }
    return st;
}

enum status store_tree_below(struct store *s, int64_t id, struct tree *out, struct err *e)
{
    tree_init(out);
    enum status st = node_exists(s, id, e);
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(
        s, "WITH RECURSIVE below(id, level) AS (SELECT ?1, 0 UNION ALL SELECT n.id, b.level + 1 "
           "FROM below b JOIN node n ON n.parent = b.id WHERE n.deleted = 0 AND b.level < 1000) "
           "SELECT n.id, n.parent, weight, state, origin, locked, edited, name, desc "
           "FROM below b JOIN node n ON n.id = b.id ORDER BY b.level, n.parent, ordinal, n.id");
    bool fits = true;
    sql_int(&q, id);
    while (fits && sql_row(&q)) {
        struct node model;
        read_node(&q, true, &model);
        uint32_t at = out->count == 1 ? 0 : tree_by_id(out, sql_col_int(&q, 1));
        fits = at != TREE_NONE && tree_add(out, at, &model) != TREE_NONE;
    }
    st = sql_end(&q, e);
    return st == ST_OK && !fits ? err_set(e, ST_DAMAGED, "the tree of %s is not sound below @%lld",
                                          s->path, (long long)id)
                                : st;
}

/* ------------------------------------------------------------------ one node */

enum status node_exists(struct store *s, int64_t id, struct err *e)
{
    int64_t found = 0;
    struct sql q = sql_use(s, "SELECT 1 FROM node WHERE id = ?1 AND deleted = 0");
    sql_int(&q, id);
    enum status st = sql_end_int(&q, 0, &found, e);
    if (st == ST_OK && found == 0) {
        st = err_set(e, ST_NOT_FOUND, "there is no node @%lld", (long long)id);
    }
    return st;
}

enum status store_node_desc(struct store *s, int64_t id, struct buf *out, struct err *e)
{
    enum status st = node_exists(s, id, e);
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "SELECT desc FROM node WHERE id = ?1");
    sql_int(&q, id);
    return sql_end_text(&q, out, e);
}

static void add_escaped(struct buf *out, const char *name)
{
    for (; *name != '\0'; name++) {
        if (*name == '/' || *name == '\\') {
            buf_addc(out, '\\');
        }
        buf_addc(out, *name);
    }
}

enum status store_node_path(struct store *s, int64_t id, struct buf *out, struct err *e)
{
    char *names[TREE_MAX_DEPTH];
    int depth = 0;
    bool deleted = false;
    enum status st = ST_OK;
    int64_t at = id;
    while (st == ST_OK && at != 0 && depth < TREE_MAX_DEPTH) {
        struct sql q = sql_use(s, "SELECT parent, deleted, name FROM node WHERE id = ?1");
        sql_int(&q, at);
        if (sql_row(&q)) {
            at = sql_col_int(&q, 0);
            deleted = deleted || sql_col_int(&q, 1) != 0;
            names[depth++] = xstrdup(sql_col_string(&q, 2));
            st = sql_end(&q, e);
        } else {
            st = sql_end(&q, e);
            st = st != ST_OK ? st
                             : err_set(e, ST_NOT_FOUND, "there is no node @%lld", (long long)at);
        }
    }
    buf_clear(out);
    for (int i = depth - 1; i >= 0; i--) {
        add_escaped(out, names[i]);
        buf_adds(out, i > 0 ? "/" : "");
        free(names[i]);
    }
    if (deleted) {
        buf_adds(out, " (deleted)");
    }
    return st;
}

enum status store_expansion(struct store *s, int64_t node, struct buf *out, struct err *e)
{
    struct sql q = sql_use(s, "SELECT json FROM expansion WHERE node = ?1");
    sql_int(&q, node);
    return sql_end_text(&q, out, e);
}

enum status store_expansion_set(struct store *s, int64_t node, const char *json, struct err *e)
{
    enum status st = op_need(s, DIRTY_TREE, e);
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "INSERT INTO expansion VALUES (?1, ?2) "
                              "ON CONFLICT DO UPDATE SET json = excluded.json");
    sql_int(&q, node);
    sql_text(&q, json);
    return sql_run(&q, e);
}
