/*
 * store_node - editing nodes.
 *
 * Deleting marks the subtree, so that points still find their nodes and undo is a matter of a flag.
 * Everything is checked before the first row is written: a refused edit leaves the operation as
 * it was.
 */
#include "store/store_private.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ checks */

struct row {
    int64_t parent;
    enum node_origin origin;
};

static enum status get(struct store *s, int64_t id, struct row *out, struct err *e)
{
    *out = (struct row){0};
    struct sql q = sql_use(s, "SELECT parent, origin FROM node WHERE id = ?1 AND deleted = 0");
    sql_int(&q, id);
    bool found = sql_row(&q);
    if (found) {
        out->parent = sql_col_int(&q, 0);
        out->origin = sql_col_int(&q, 1) == NODE_BY_MODEL ? NODE_BY_MODEL : NODE_BY_HUMAN;
    }
    enum status st = sql_end(&q, e);
    if (st == ST_OK && !found) {
        st = err_set(e, ST_NOT_FOUND, "there is no node @%lld", (long long)id);
    }
    return st;
}

static enum status start(struct store *s, int64_t id, struct row *out, struct err *e)
{
    enum status st = op_need(s, DIRTY_TREE, e);
    return st == ST_OK ? get(s, id, out, e) : st;
}

/* `self`: the node that may have the name already. */
static enum status name_free(struct store *s, int64_t parent, const char *name, int64_t self,
                             struct err *e)
{
    int64_t other = 0;
    struct sql q = sql_use(
        s, "SELECT id FROM node WHERE parent = ?1 AND name = ?2 AND deleted = 0 AND id <> ?3");
    sql_int(&q, parent);
    sql_text(&q, name);
    sql_int(&q, self);
    enum status st = sql_end_int(&q, 0, &other, e);
    if (st == ST_OK && other != 0) {
        st = err_set(e, ST_EXISTS, "there is a \"%.*s\" (@%lld) in that place already",
                     tree_name_shown(name), name, (long long)other);
    }
    return st;
}

static enum status check_desc(const char *desc, struct err *e)
{
    size_t n = strlen(desc);
    if (n > TREE_DESC_MAX) {
        return err_set(e, ST_LIMIT, "the description has %zu bytes; at most %d are kept", n,
                       TREE_DESC_MAX);
    }
    return utf8_valid(desc, n) ? ST_OK
                               : err_set(e, ST_INVALID, "the description is not valid UTF-8");
}

static enum status check_weight(double w, struct err *e)
{
    if (!isfinite(w) || w < 0 || w > TREE_WEIGHT_MAX) {
        return err_set(e, ST_INVALID, "a weight is a number from 0 to %g, %g was found",
                       TREE_WEIGHT_MAX, w);
    }
    return ST_OK;
}

/* Depth of `at` (0 for the virtual root); also whether `below` is on the way up. */
static enum status climb(struct store *s, int64_t at, int64_t below, int *depth, bool *inside,
                         struct err *e)
{
    *depth = 0;
    *inside = false;
    while (at != 0) {
        *inside = *inside || at == below;
        struct row r;
        enum status st = get(s, at, &r, e);
        if (st != ST_OK) {
            return st;
        }
        if (++*depth > TREE_MAX_DEPTH) {
            return err_set(e, ST_DAMAGED, "the tree of %s is deeper than %d levels", s->path,
                           TREE_MAX_DEPTH);
        }
        at = r.parent;
    }
    return ST_OK;
}

/* Levels of the subtree at id, 1 for a leaf. */
static enum status height(struct store *s, int64_t id, int64_t *out, struct err *e)
{
    struct sql q = sql_use(
        s, "WITH RECURSIVE below(id, level) AS (SELECT ?1, 1 UNION ALL SELECT n.id, b.level + 1 "
           "FROM below b JOIN node n ON n.parent = b.id WHERE n.deleted = 0 AND b.level < 1000) "
           "SELECT max(level) FROM below");
    sql_int(&q, id);
    return sql_end_int(&q, 1, out, e);
}

static enum status check_depth(int64_t levels, struct err *e)
{
    /* tree.h: the virtual root has depth 0, so TREE_MAX_DEPTH levels of nodes fit below it. */
    return levels <= TREE_MAX_DEPTH
               ? ST_OK
               : err_set(e, ST_LIMIT, "a tree has at most %d levels", TREE_MAX_DEPTH);
}

static enum status check_room(struct store *s, struct err *e)
{
    int64_t n = 0;
    struct sql q = sql_use(s, "SELECT max(id) FROM node");
    enum status st = sql_end_int(&q, 0, &n, e);
    if (st == ST_OK && n >= TREE_MAX_NODES) { /* counting takes time, so only when it may matter */
        q = sql_use(s, "SELECT count(*) FROM node WHERE deleted = 0");
        st = sql_end_int(&q, 0, &n, e);
    }
    if (st == ST_OK && n >= TREE_MAX_NODES) {
        st = err_set(e, ST_LIMIT, "a session has at most %u nodes", TREE_MAX_NODES);
    }
    return st;
}

static enum status check_before(struct store *s, int64_t parent, int64_t before, struct err *e)
{
    if (before == 0) {
        return ST_OK;
    }
    struct row r;
    enum status st = get(s, before, &r, e);
    if (st == ST_OK && r.parent != parent) {
        st = err_set(e, ST_INVALID, "node @%lld is in another place", (long long)before);
    }
    return st;
}

/* ------------------------------------------------------------------ adding */

static enum status insert_node(struct store *s, int64_t parent, int64_t ordinal,
                               const struct node *m, int64_t *id, struct err *e)
{
    struct sql q = sql_use(s, "INSERT INTO node(parent, ordinal, weight, state, origin, locked, "
                              "edited, name, desc) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    sql_int(&q, parent);
    sql_int(&q, ordinal);
    sql_real(&q, m->weight);
    sql_int(&q, m->state);
    sql_int(&q, m->origin);
    sql_int(&q, m->locked);
    sql_int(&q, m->edited);
    sql_text(&q, m->name);
    sql_text(&q, m->desc != NULL ? m->desc : "");
    enum status st = sql_run(&q, e);
    if (st == ST_OK && id != NULL) {
        *id = sqlite3_last_insert_rowid(s->db);
    }
    return st;
}

enum status store_node_add(struct store *s, int64_t parent, const struct node *model,
                           int64_t before, int64_t *id, struct err *e)
{
    int depth = 0;
    bool inside = false;
    int64_t ordinal = 0;
    enum status st = op_need(s, DIRTY_TREE, e);
    if (st == ST_OK) {
        st = tree_name_check(model->name, e);
    }
    if (st == ST_OK && model->desc != NULL) {
        st = check_desc(model->desc, e);
    }
    if (st == ST_OK) {
        st = check_weight(model->weight, e);
    }
    if (st == ST_OK) {
        st = climb(s, parent, 0, &depth, &inside, e);
    }
    if (st == ST_OK) {
        st = check_depth(depth + 1, e);
    }
    if (st == ST_OK) {
        st = check_before(s, parent, before, e);
    }
    if (st == ST_OK) {
        st = name_free(s, parent, model->name, 0, e);
    }
    if (st == ST_OK) {
        st = check_room(s, e);
    }
    if (st == ST_OK) {
        st = node_place(s, parent, before, &ordinal, e);
    }
    return st == ST_OK ? insert_node(s, parent, ordinal, model, id, e) : st;
}

/* Levels of the subtree at `root` of a tree in memory, 1 for a leaf. */
static int levels_below(const struct tree *t, uint32_t root)
{
    int deepest = 0;
    for (uint32_t at = root; at != TREE_NONE; at = tree_next(t, root, at)) {
        deepest = t->nodes[at].depth > deepest ? t->nodes[at].depth : deepest;
    }
    return deepest - t->nodes[root].depth + 1;
}

enum status store_nodes_add(struct store *s, int64_t parent, const struct tree *t, uint32_t root,
                            int64_t before, int64_t *ids, struct err *e)
{
    int depth = 0;
    bool inside = false;
    enum status st = store_node_add(s, parent, &t->nodes[root], before, &ids[root], e);
    if (st == ST_OK) {
        st = climb(s, parent, 0, &depth, &inside, e);
    }
    if (st == ST_OK) {
        st = check_depth(depth + levels_below(t, root), e);
    }
    int64_t place = 0; /* grows, so that siblings keep their order */
    for (uint32_t at = tree_next(t, root, root); st == ST_OK && at != TREE_NONE;
         at = tree_next(t, root, at)) {
        const struct node *n = &t->nodes[at];
        st = tree_name_check(n->name, e);
        if (st == ST_OK) {
            st = check_desc(n->desc, e);
        }
        if (st == ST_OK) {
            st = check_weight(n->weight, e);
        }
        if (st == ST_OK && (place & 1023) == 0) {
            st = check_room(s, e);
        }
        if (st == ST_OK) {
            st = insert_node(s, ids[n->parent], ++place * NODE_GAP, n, &ids[at], e);
        }
    }
    return st;
}

/* ------------------------------------------------------------------ changing */

/* A node of the model that a person touches is marked; a job (expansion) is not a person. */
static enum status mark_edited(struct store *s, int64_t id, const struct row *r, struct err *e)
{
    if (r->origin != NODE_BY_MODEL || s->op_job != 0) {
        return ST_OK;
    }
    struct sql q = sql_use(s, "UPDATE node SET edited = 1 WHERE id = ?1");
    sql_int(&q, id);
    return sql_run(&q, e);
}

/* The factor of a taxonomy has its name. */
static enum status factor_renamed(struct store *s, int64_t id, const char *name, struct err *e)
{
    int64_t other = 0;
    struct sql q = sql_use(s, "SELECT count(*) FROM factor WHERE name = ?1 AND node <> ?2");
    sql_text(&q, name);
    sql_int(&q, id);
    enum status st = sql_end_int(&q, 0, &other, e);
    if (st == ST_OK && other != 0) {
        return err_set(e, ST_EXISTS, "there is a factor \"%.*s\" already", tree_name_shown(name),
                       name);
    }
    if (st == ST_OK) {
        q = sql_use(s, "UPDATE factor SET name = ?2 WHERE node = ?1");
        sql_int(&q, id);
        sql_text(&q, name);
        st = sql_run(&q, e);
    }
    return st;
}

enum status store_node_rename(struct store *s, int64_t id, const char *name, struct err *e)
{
    struct row r;
    enum status st = tree_name_check(name, e);
    if (st == ST_OK) {
        st = start(s, id, &r, e);
    }
    if (st == ST_OK) {
        st = name_free(s, r.parent, name, id, e);
    }
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "UPDATE node SET name = ?2 WHERE id = ?1");
    sql_int(&q, id);
    sql_text(&q, name);
    st = sql_run(&q, e);
    if (st == ST_OK && r.parent == 0) {
        st = factor_renamed(s, id, name, e);
    }
    return st == ST_OK ? mark_edited(s, id, &r, e) : st;
}

enum status store_node_park(struct store *s, int64_t id, struct err *e)
{
    struct row r;
    enum status st = start(s, id, &r, e);
    if (st != ST_OK) {
        return st;
    }
    /* No name has a control character, so none is like this one. */
    struct sql q = sql_use(s, "UPDATE node SET name = char(1) || id WHERE id = ?1");
    sql_int(&q, id);
    return sql_run(&q, e);
}

enum status store_node_unpark(struct store *s, int64_t id, const char *name, struct err *e)
{
    struct row r;
    enum status st = start(s, id, &r, e);
    if (st == ST_OK) {
        st = name_free(s, r.parent, name, id, e);
    }
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "UPDATE node SET name = ?2 WHERE id = ?1");
    sql_int(&q, id);
    sql_text(&q, name);
    return sql_run(&q, e);
}

enum status store_node_describe(struct store *s, int64_t id, const char *desc, struct err *e)
{
    struct row r;
    enum status st = check_desc(desc, e);
    if (st == ST_OK) {
        st = start(s, id, &r, e);
    }
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "UPDATE node SET desc = ?2 WHERE id = ?1");
    sql_int(&q, id);
    sql_text(&q, desc);
    st = sql_run(&q, e);
    return st == ST_OK ? mark_edited(s, id, &r, e) : st;
}

enum status store_node_weight(struct store *s, int64_t id, double weight, struct err *e)
{
    struct row r;
    enum status st = check_weight(weight, e);
    if (st == ST_OK) {
        st = start(s, id, &r, e);
    }
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "UPDATE node SET weight = ?2 WHERE id = ?1");
    sql_int(&q, id);
    sql_real(&q, weight);
    return sql_run(&q, e);
}

enum status store_node_even(struct store *s, int64_t parent, struct err *e)
{
    enum status st = op_need(s, DIRTY_TREE, e);
    if (st == ST_OK && parent != 0) {
        st = node_exists(s, parent, e);
    }
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "UPDATE node SET weight = 1 WHERE parent = ?1 AND deleted = 0 AND "
                              "weight <> 1");
    sql_int(&q, parent);
    return sql_run(&q, e);
}

enum status store_node_lock(struct store *s, int64_t id, bool locked, struct err *e)
{
    struct row r;
    enum status st = start(s, id, &r, e);
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "UPDATE node SET locked = ?2 WHERE id = ?1");
    sql_int(&q, id);
    sql_int(&q, locked);
    return sql_run(&q, e);
}

enum status store_node_state(struct store *s, int64_t id, enum node_state state, struct err *e)
{
    struct row r;
    enum status st = start(s, id, &r, e);
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "UPDATE node SET state = ?2 WHERE id = ?1");
    sql_int(&q, id);
    sql_int(&q, state);
    return sql_run(&q, e);
}

static enum status check_move(struct store *s, int64_t id, int64_t parent, struct err *e)
{
    int depth = 0;
    bool inside = false;
    int64_t levels = 0;
    enum status st = climb(s, parent, id, &depth, &inside, e);
    if (st == ST_OK && inside) {
        st = err_set(e, ST_INVALID, "a node cannot be moved below itself");
    }
    if (st == ST_OK) {
        st = height(s, id, &levels, e);
    }
    return st == ST_OK ? check_depth(depth + levels, e) : st;
}

/*
 * A taxonomy is the tree of an accepted factor. A node that comes to the top gets one, a taxonomy
 * that goes below a node has one no more.
 */
static enum status factor_follows(struct store *s, int64_t id, int64_t from, int64_t to,
                                  struct err *e)
{
    if ((from == 0) == (to == 0)) {
        return ST_OK;
    }
    struct sql q = to != 0 ? sql_use(s, "DELETE FROM factor WHERE node = ?1")
                           : sql_use(s, "UPDATE factor SET node = ?1, state = ?2 WHERE name = "
                                        "(SELECT name FROM node WHERE id = ?1)");
    sql_int(&q, id);
    if (to == 0) {
        sql_int(&q, FACTOR_ACCEPTED);
    }
    enum status st = sql_run(&q, e);
    if (st == ST_OK && to == 0 && sqlite3_changes(s->db) == 0) {
        q = sql_use(s, "INSERT INTO factor(node, state, origin, name, desc, reason) "
                       "SELECT id, ?2, origin, name, desc, '' FROM node WHERE id = ?1");
        sql_int(&q, id);
        sql_int(&q, FACTOR_ACCEPTED);
        st = sql_run(&q, e);
    }
    return st;
}

enum status store_node_move(struct store *s, int64_t id, int64_t parent, int64_t before,
                            struct err *e)
{
    struct node_row r;
    int64_t ordinal = 0;
    enum status st = op_need(s, DIRTY_TREE, e);
    if (st == ST_OK) {
        st = store_node_row(s, id, &r, e);
    }
    if (st != ST_OK) {
        return st;
    }
    if (before == id) {
        st = err_set(e, ST_INVALID, "a node cannot be moved before itself");
    }
    if (st == ST_OK) {
        st = check_move(s, id, parent, e);
    }
    if (st == ST_OK) {
        st = check_before(s, parent, before, e);
    }
    if (st == ST_OK) {
        st = name_free(s, parent, r.name, id, e);
    }
    /* Where it stands there already, a move is nothing to write and no step for undo. */
    bool there = st == ST_OK && r.parent == parent && r.next == before;
    if (st == ST_OK && !there) {
        st = node_place(s, parent, before, &ordinal, e);
    }
    if (st == ST_OK && !there) {
        struct sql q = sql_use(s, "UPDATE node SET parent = ?2, ordinal = ?3 WHERE id = ?1");
        sql_int(&q, id);
        sql_int(&q, parent);
        sql_int(&q, ordinal);
        st = sql_run(&q, e);
    }
    if (st == ST_OK) {
        st = factor_follows(s, id, r.parent, parent, e);
    }
    node_row_clear(&r);
    return st;
}

enum status store_node_delete(struct store *s, int64_t id, struct err *e)
{
    struct row r;
    enum status st = start(s, id, &r, e);
    if (st != ST_OK) {
        return st;
    }
    struct sql q =
        sql_use(s, "WITH RECURSIVE below(id) AS (SELECT ?1 UNION SELECT n.id FROM below b "
                   "JOIN node n ON n.parent = b.id WHERE n.deleted = 0) "
                   "UPDATE node SET deleted = 1 WHERE id IN (SELECT id FROM below)");
    sql_int(&q, id);
    return sql_run(&q, e);
}

/* ------------------------------------------------------------------ order */

struct children {
    int64_t *id;
    size_t count, cap;
};

static enum status children_of(struct store *s, int64_t parent, struct children *out, struct err *e)
{
    *out = (struct children){0};
    struct sql q =
        sql_use(s, "SELECT id FROM node WHERE parent = ?1 AND deleted = 0 ORDER BY ordinal, id");
    sql_int(&q, parent);
    while (sql_row(&q)) {
        out->id = vec_grow(out->id, &out->cap, out->count + 1, sizeof *out->id);
        out->id[out->count++] = sql_col_int(&q, 0);
    }
    return sql_end(&q, e);
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Sorts c. */
static bool same_set(const struct children *c, const int64_t *ids, size_t n)
{
    if (c->count != n || c->id == NULL) {
        return c->count == n;
    }
    int64_t *wanted = xreallocarray(NULL, n, sizeof *wanted);
    memcpy(wanted, ids, n * sizeof *wanted);
    qsort(wanted, n, sizeof *wanted, by_value);
    qsort(c->id, n, sizeof *c->id, by_value);
    bool same = memcmp(wanted, c->id, n * sizeof *wanted) == 0;
    free(wanted);
    return same;
}

enum status store_node_order(struct store *s, int64_t parent, const int64_t *ids, size_t n,
                             struct err *e)
{
    struct children c = {0};
    enum status st = op_need(s, DIRTY_TREE, e);
    if (st == ST_OK && parent != 0) {
        st = node_exists(s, parent, e);
    }
    if (st == ST_OK) {
        st = children_of(s, parent, &c, e);
    }
    /* The order that there is: nothing to write, so that it is no step for undo. */
    bool same =
        st == ST_OK && c.id != NULL && c.count == n && memcmp(c.id, ids, n * sizeof *ids) == 0;
    if (st == ST_OK && n > 0 && !same && !same_set(&c, ids, n)) {
        st =
            err_set(e, ST_INVALID, "a new order must name every child once (%zu of them)", c.count);
    }
    for (size_t i = 0; st == ST_OK && !same && i < n; i++) {
        st = node_set_ordinal(s, ids[i], (int64_t)(i + 1) * NODE_GAP, e);
    }
    free(c.id);
    return st;
}
