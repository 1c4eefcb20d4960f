/*
 * store_merge - one node becomes part of another: its name stays as an alias, and what named it
 * (points, exclusions, strategies) names the other from now on.
 */
#include "store/store_private.h"

#include "base/mem.h"

#include <stdlib.h>

/* In a list of ids "3,17,5" put `into` for `from`, once. Returns a new string. */
static char *replace_id(const char *list, int64_t from, int64_t into)
{
    int64_t old[PLAN_MAX_TAXONOMIES];
    int n = nodes_parse(list, old);
    struct buf out;
    buf_init(&out, POINT_NODES_TEXT);
    bool have_into = false;
    for (int i = 0; i < n; i++) {
        int64_t id = old[i] == from ? into : old[i];
        if (id != into || !have_into) {
            buf_printf(&out, "%s%lld", out.len > 0 ? "," : "", (long long)id);
        }
        have_into = have_into || id == into;
    }
    char *text = buf_take(&out);
    buf_free(&out); /* taking leaves a new, empty one */
    return text;
}

static enum status merge_in_strategies(struct store *s, int64_t into, int64_t from, struct err *e)
{
    enum status st = ST_OK;
    int64_t after = 0;
    for (;;) {
        char *list = NULL;
        struct sql q = sql_use(s, "SELECT id, taxonomies FROM strategy WHERE id > ?1 AND "
                                  "',' || taxonomies || ',' LIKE '%,' || ?2 || ',%' "
                                  "ORDER BY id LIMIT 1");
        sql_int(&q, after);
        sql_int(&q, from);
        if (sql_row(&q)) {
            after = sql_col_int(&q, 0);
            list = replace_id(sql_col_string(&q, 1), from, into);
        }
        st = sql_end(&q, e);
        if (st != ST_OK || list == NULL) {
            free(list);
            return st;
        }
        q = sql_use(s, "UPDATE strategy SET taxonomies = ?2 WHERE id = ?1");
        sql_int(&q, after);
        sql_text(&q, list);
        st = sql_run(&q, e);
        free(list);
        if (st != ST_OK) {
            return st;
        }
    }
}

static enum status run_pair(struct store *s, const char *literal, int64_t into, int64_t from,
                            struct err *e)
{
    struct sql q = sql_use(s, literal);
    sql_int(&q, into);
    sql_int(&q, from);
    return sql_run(&q, e);
}

enum status store_node_alias(struct store *s, int64_t into, int64_t from, struct err *e)
{
    static const char *const changes[] = {
        "UPDATE node_alias SET into_id = ?1 WHERE into_id = ?2", /* chains stay flat */
        "INSERT INTO node_alias(into_id, from_id) VALUES (?1, ?2)",
        "UPDATE exclusion SET a = ?1 WHERE a = ?2",
        "UPDATE exclusion SET b = ?1 WHERE b = ?2",
        "DELETE FROM exclusion WHERE a = b AND a = ?1 AND ?2 <> 0",
        "UPDATE node SET deleted = 1 WHERE id = ?2 AND id <> ?1",
    };
    int64_t child = 0;
    enum status st = op_need(s, DIRTY_TREE, e);
    if (st == ST_OK) {
        st = node_exists(s, into, e);
    }
    if (st == ST_OK) {
        st = node_exists(s, from, e);
    }
    if (st == ST_OK && into == from) {
        st = err_set(e, ST_INVALID, "a node cannot be merged into itself");
    }
    if (st == ST_OK) {
        struct sql q = sql_use(s, "SELECT id FROM node WHERE parent = ?1 AND deleted = 0 LIMIT 1");
        sql_int(&q, from);
        st = sql_end_int(&q, 0, &child, e);
    }
    if (st == ST_OK && child != 0) {
        st = err_set(e, ST_INVALID, "node @%lld still has children", (long long)from);
    }
    for (size_t i = 0; st == ST_OK && i < sizeof changes / sizeof changes[0]; i++) {
        st = run_pair(s, changes[i], into, from, e);
    }
    if (st == ST_OK) {
        s->dirty |= DIRTY_SETTINGS | DIRTY_POINTS;
        st = merge_in_strategies(s, into, from, e);
    }
    return st;
}
