/*
 * store_factor - proposals for taxonomies.
 *
 * A factor is a proposal and its fate; its taxonomy is a node like any other. Rejecting an accepted
 * factor takes its taxonomy away again, which undo brings back.
 */
#include "store/store_private.h"

#include "base/utf8.h"

#include <string.h>

enum { FACTORS_MAX = 1000 };

enum status store_factors(struct store *s, bool (*visit)(void *ctx, const struct factor_row *row),
                          void *ctx, struct err *e)
{
    struct sql q = sql_use(s, "SELECT f.id, coalesce(n.id, 0), f.state, f.origin, f.name, f.desc, "
                              "f.reason FROM factor f LEFT JOIN node n ON n.id = f.node AND "
                              "n.deleted = 0 ORDER BY f.id");
    while (sql_row(&q)) {
        int64_t state = sql_col_int(&q, 2);
        struct factor_row row = {
            .id = sql_col_int(&q, 0),
            .node = sql_col_int(&q, 1),
            .state = state == FACTOR_ACCEPTED   ? FACTOR_ACCEPTED
                     : state == FACTOR_REJECTED ? FACTOR_REJECTED
                                                : FACTOR_PROPOSED,
            .origin = sql_col_int(&q, 3) == NODE_BY_MODEL ? NODE_BY_MODEL : NODE_BY_HUMAN,
            .name = sql_col_string(&q, 4),
            .desc = sql_col_string(&q, 5),
            .reason = sql_col_string(&q, 6),
        };
        if (!visit(ctx, &row)) {
            break;
        }
    }
    return sql_end(&q, e);
}

static enum status check(const char *name, const char *desc, const char *reason, struct err *e)
{
    enum status st = tree_name_check(name, e);
    if (st != ST_OK) {
        return st;
    }
    if (strlen(desc) > TREE_DESC_MAX || strlen(reason) > TREE_DESC_MAX) {
        return err_set(e, ST_LIMIT, "the description or reason of \"%s\" is over %d bytes", name,
                       TREE_DESC_MAX);
    }
    if (!utf8_valid(desc, strlen(desc)) || !utf8_valid(reason, strlen(reason))) {
        return err_set(e, ST_INVALID, "the description or reason of \"%s\" is not valid UTF-8",
                       name);
    }
    return ST_OK;
}

enum status store_factor_add(struct store *s, const char *name, const char *desc,
                             enum node_origin origin, const char *reason, struct err *e)
{
    int64_t same = 0;
    int64_t count = 0;
    desc = desc != NULL ? desc : "";
    reason = reason != NULL ? reason : "";
    enum status st = check(name, desc, reason, e);
    if (st == ST_OK) {
        st = op_need(s, DIRTY_TREE, e);
    }
    if (st == ST_OK) {
        struct sql q = sql_use(s, "SELECT count(*) FROM factor WHERE name = ?1");
        sql_text(&q, name);
        st = sql_end_int(&q, 0, &same, e);
    }
    if (st == ST_OK && same > 0) {
        st = err_set(e, ST_EXISTS, "there is a factor \"%s\" already", name);
    }
    if (st == ST_OK) {
        struct sql q = sql_use(s, "SELECT count(*) FROM factor");
        st = sql_end_int(&q, 0, &count, e);
    }
    if (st == ST_OK && count >= FACTORS_MAX) {
        st = err_set(e, ST_LIMIT, "there are %d factors already", FACTORS_MAX);
    }
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "INSERT INTO factor(node, state, origin, name, desc, reason) "
                              "VALUES (0, ?1, ?2, ?3, ?4, ?5)");
    sql_int(&q, FACTOR_PROPOSED);
    sql_int(&q, origin);
    sql_text(&q, name);
    sql_text(&q, desc);
    sql_text(&q, reason);
    return sql_run(&q, e);
}

/* The taxonomy of an accepted factor: the one of that name, else a new one. */
static enum status make_taxonomy(struct store *s, int64_t factor, const char *name, int64_t *node,
                                 struct err *e)
{
    struct sql q = sql_use(s, "SELECT id FROM node WHERE parent = 0 AND name = ?1 AND deleted = 0");
    sql_text(&q, name);
    enum status st = sql_end_int(&q, 0, node, e);
    if (st != ST_OK || *node != 0) {
        return st;
    }
    struct buf desc;
    buf_init(&desc, TREE_DESC_MAX + 1);
    struct node model = {.weight = 1, .state = NODE_UNEXPANDED, .name = name};
    q = sql_use(s, "SELECT desc, origin FROM factor WHERE id = ?1");
    sql_int(&q, factor);
    if (sql_row(&q)) {
        buf_adds(&desc, sql_col_string(&q, 0));
        model.origin = sql_col_int(&q, 1) == NODE_BY_MODEL ? NODE_BY_MODEL : NODE_BY_HUMAN;
    }
    st = sql_end(&q, e);
    model.desc = desc.data;
    if (st == ST_OK) {
        st = store_node_add(s, 0, &model, 0, node, e);
    }
    buf_free(&desc);
    return st;
}

enum status store_factor_set(struct store *s, const char *name, enum factor_state state,
                             const char *reason, struct err *e)
{
    reason = reason != NULL ? reason : "";
    int64_t id = 0;
    int64_t node = 0;
    enum status st = check(name, "", reason, e);
    if (st == ST_OK) {
        st = op_need(s, DIRTY_TREE, e);
    }
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "SELECT f.id, coalesce(n.id, 0) FROM factor f LEFT JOIN node n ON "
                              "n.id = f.node AND n.deleted = 0 WHERE f.name = ?1");
    sql_text(&q, name);
    if (sql_row(&q)) {
        id = sql_col_int(&q, 0);
        node = sql_col_int(&q, 1);
    }
    st = sql_end(&q, e);
    if (st == ST_OK && id == 0) {
        st = err_set(e, ST_NOT_FOUND, "there is no factor \"%s\"", name);
    }
    if (st == ST_OK && state == FACTOR_ACCEPTED && node == 0) {
        st = make_taxonomy(s, id, name, &node, e);
    } else if (st == ST_OK && state != FACTOR_ACCEPTED && node != 0) {
        st = store_node_delete(s, node, e);
        node = 0;
    }
    if (st != ST_OK) {
        return st;
    }
    q = sql_use(s, "UPDATE factor SET state = ?2, node = ?3, reason = ?4 WHERE id = ?1");
    sql_int(&q, id);
    sql_int(&q, state);
    sql_int(&q, node);
    sql_text(&q, reason);
    return sql_run(&q, e);
}

enum status store_factor_edit(struct store *s, const char *name, const char *new_name,
                              const char *desc, struct err *e)
{
    int64_t id = 0, state = 0, same = 0;
    new_name = new_name != NULL ? new_name : name;
    enum status st = check(new_name, desc != NULL ? desc : "", "", e);
    if (st == ST_OK) {
        st = op_need(s, DIRTY_TREE, e);
    }
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "SELECT id, state FROM factor WHERE name = ?1");
    sql_text(&q, name);
    if (sql_row(&q)) {
        id = sql_col_int(&q, 0);
        state = sql_col_int(&q, 1);
    }
    st = sql_end(&q, e);
    if (st == ST_OK && id == 0) {
        st = err_set(e, ST_NOT_FOUND, "there is no factor \"%s\"", name);
    } else if (st == ST_OK && state != FACTOR_PROPOSED) {
        st = err_set(e, ST_INVALID, "\"%s\" is no proposal any more: node rename, node describe",
                     name);
    }
    if (st == ST_OK) {
        q = sql_use(s, "SELECT count(*) FROM factor WHERE name = ?1 AND id <> ?2");
        sql_text(&q, new_name);
        sql_int(&q, id);
        st = sql_end_int(&q, 0, &same, e);
    }
    if (st == ST_OK && same > 0) {
        st = err_set(e, ST_EXISTS, "there is a factor \"%s\" already", new_name);
    }
    if (st != ST_OK) {
        return st;
    }
    q = sql_use(s, "UPDATE factor SET name = ?2, desc = coalesce(?3, desc) WHERE id = ?1");
    sql_int(&q, id);
    sql_text(&q, new_name);
    sql_text(&q, desc);
    return sql_run(&q, e);
}
