/*
 * store_list - pages of points.
 *
 * A page starts behind a key, never at an offset, so the last page of a million costs what the first
 * does. Every order ends in the id, and has an index that does too.
 */
#include "store/store_private.h"

static const char *const sort_column[] = {
    [SORT_ID] = "",
    [SORT_STATE] = "p.state",
    [SORT_STRATEGY] = "p.strategy",
};

/* Where the page starts: the sort key of the point it follows. A point that is gone: from the start. */
static enum status start_key(struct store *s, const struct point_page *page, int64_t *key,
                             bool *found, struct err *e)
{
    *found = false;
    *key = 0;
    if (page->after_id == 0) {
        return ST_OK;
    }
    struct sql q = page->sort == SORT_STRATEGY
                       ? sql_use(s, "SELECT strategy FROM point WHERE id = ?1")
                       : sql_use(s, "SELECT state FROM point WHERE id = ?1");
    sql_int(&q, page->after_id);
    *found = sql_row(&q);
    if (*found) {
        *key = sql_col_int(&q, 0);
    }
    return sql_end(&q, e);
}

static void add_order(struct buf *sql, const struct point_page *page, bool after)
{
    const char *key = sort_column[page->sort];
    const char *way = page->reverse ? " DESC" : "";
    const char *op = page->reverse ? "<" : ">";
    if (key[0] == '\0') {
        buf_printf(sql, "%s%s%s ORDER BY p.id%s LIMIT ?", after ? " AND p.id " : "",
                   after ? op : "", after ? " ?" : "", way);
        return;
    }
    if (after) {
        buf_printf(sql, " AND (%s, p.id) %s (?, ?)", key, op);
    }
    buf_printf(sql, " ORDER BY %s%s, p.id%s LIMIT ?", key, way, way);
}

static enum status visit_page(struct store *s, const struct point_page *page, const struct where *w,
                              bool (*visit)(void *ctx, const struct point *p), void *ctx,
                              struct err *e)
{
    int64_t key = 0;
    bool after = page->after_id != 0;
    if (page->sort != SORT_ID) {
        enum status st = start_key(s, page, &key, &after, e);
        if (st != ST_OK) {
            return st;
        }
    }
    struct buf sql;
    buf_init(&sql, WHERE_MAX + 2000);
    buf_printf(&sql,
               "SELECT " POINT_COLUMNS " FROM point p LEFT JOIN body b ON b.point = p.id WHERE %s",
               w->sql.data);
    add_order(&sql, page, after);
    struct sql q = sql_once(s, sql.data);
    buf_free(&sql);
    where_bind(w, &q);
    if (after && page->sort != SORT_ID) {
        sql_int(&q, key);
    }
    if (after) {
        sql_int(&q, page->after_id);
    }
    sql_int(&q, page->limit);
    bool more = true;
    while (more && sql_row(&q)) {
        struct point p;
        point_read(&q, &p);
        more = visit(ctx, &p);
        point_clear(&p);
    }
    return sql_end(&q, e);
}

enum status store_points(struct store *s, const struct point_page *page,
                         bool (*visit)(void *ctx, const struct point *p), void *ctx, struct err *e)
{
    struct where w;
    where_init(&w);
    enum status st = where_points(s, page->filter, &w, e);
    if (st == ST_OK) {
        st = visit_page(s, page, &w, visit, ctx, e);
    }
    where_free(&w);
    return st;
}

static enum status count_all(struct store *s, int64_t *n, struct err *e)
{
    int64_t by_state[POINT_STATES];
    enum status st = store_point_counts(s, by_state, e);
    *n = 0;
    for (int i = 0; st == ST_OK && i < POINT_STATES; i++) {
        *n += by_state[i];
    }
    return st;
}

enum status store_points_count(struct store *s, const struct filter *f, int64_t *n, struct err *e)
{
    *n = 0;
    if (f == NULL || f->count == 0) {
        return count_all(s, n, e);
    }
    struct where w;
    where_init(&w);
    enum status st = where_points(s, f, &w, e);
    if (st == ST_OK) {
        struct buf sql;
        buf_init(&sql, WHERE_MAX + 200);
        buf_printf(&sql, "SELECT count(*) FROM point p %s WHERE %s",
                   w.bodies ? "LEFT JOIN body b ON b.point = p.id" : "", w.sql.data);
        struct sql q = sql_once(s, sql.data);
        where_bind(&w, &q);
        st = sql_end_int(&q, 0, n, e);
        buf_free(&sql);
    }
    where_free(&w);
    return st;
}
