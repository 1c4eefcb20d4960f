/*
 * What a screen wants to know of one node. Each is a few rows by an index, whatever the session
 * holds: of a node's points only the newest are looked through.
 */
#include "store/store_private.h"

#include <string.h>

#define NEWEST "64"

enum status store_node_aliases(struct store *s, int64_t node,
                               bool (*visit)(void *ctx, int64_t id, const char *name), void *ctx,
                               struct err *e)
{
    struct sql q = sql_use(s, "SELECT n.id, n.name FROM node_alias a JOIN node n ON "
                              "n.id = a.from_id WHERE a.into_id = ?1 ORDER BY n.id LIMIT 100");
    sql_int(&q, node);
    while (sql_row(&q) && visit(ctx, sql_col_int(&q, 0), sql_col_string(&q, 1))) {
    }
    return sql_end(&q, e);
}

enum status store_node_newest(struct store *s, int64_t node, enum point_state state, int64_t *ids,
                              size_t *count, struct err *e)
{
    size_t most = *count;
    *count = 0;
    struct sql q = sql_use(s, "SELECT p.id FROM (SELECT point FROM point_node WHERE node = ?1 "
                              "ORDER BY point DESC LIMIT " NEWEST
                              ") n JOIN point p ON p.id = n.point WHERE p.state = ?2 "
                              "ORDER BY p.id DESC");
    sql_int(&q, node);
    sql_int(&q, state);
    while (*count < most && sql_row(&q)) {
        ids[(*count)++] = sql_col_int(&q, 0);
    }
    return sql_end(&q, e);
}
