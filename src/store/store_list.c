/*
 * store_list - pages of points.
 *
 * A page starts behind a key, never at an offset, so the last page of a million costs what the
 * first does. Every order ends in the id, and has an index that does too.
 */
#include "store/store_private.h"

#include <stdio.h>

/*
 * What each order sorts by. State and strategy have an index; for the others a page looks at every
 * point that the filter leaves (half a million: about a tenth of a second), which is less than what
 * three more indexes would cost a run.
 */
#define SUSPICION                                                                                  \
    "CASE WHEN p.decision <> 0 OR p.state NOT IN (%d, %d, %d) THEN 0 WHEN p.verdict = 8 THEN 90 "  \
    "WHEN p.verdict = 4 THEN 70 WHEN p.outcome = %d THEN 20 WHEN p.verdict = 5 THEN 30 ELSE 40 "   \
    "END"

static void sort_key(enum point_sort sort, char out[400])
{
    static const char *const columns[] = {
        [SORT_ID] = "p.id",        [SORT_STATE] = "p.state", [SORT_STRATEGY] = "p.strategy",
        [SORT_TIME] = "p.made_us", [SORT_COST] = "p.cost",   [SORT_ATTEMPTS] = "p.attempts",
    };
    if (sort == SORT_SUSPICION) {
        snprintf(out, 400, SUSPICION, POINT_DISPUTED, POINT_REJECTED, POINT_INVALID, POINT_INVALID);
    } else {
        snprintf(out, 400, "%s", columns[sort]);
    }
}

/*
 * Where the page starts: the sort key of the point it follows. A point that is gone: from the
 * start.
 */
static enum status start_key(struct store *s, const struct point_page *page, const char *name,
                             double *key, bool *found, struct err *e)
{
    *found = false;
    *key = 0;
    if (page->after_id == 0) {
        return ST_OK;
    }
    char text[500];
    snprintf(text, sizeof text, "SELECT %s FROM point p WHERE p.id = ?", name);
    struct sql q = sql_once(s, text);
    sql_int(&q, page->after_id);
    *found = sql_row(&q);
    if (*found) {
        *key = sql_col_real(&q, 0);
    }
    return sql_end(&q, e);
}

/* One query of a page: `condition` takes the key (when `keyed`) and the id (when `after`). */
struct part {
    const char *condition, *order;
    bool keyed, after;
    double key;
    int64_t id;
};

struct page_run {
    struct store *s;
    const struct where *w;
    bool (*visit)(void *ctx, const struct point *p);
    void *ctx;
    int64_t left;
    bool more;
};

static enum status run_part(struct page_run *r, const struct part *part, struct err *e)
{
    struct buf sql;
    buf_init(&sql, WHERE_MAX + 2000);
    buf_printf(&sql,
               "SELECT " POINT_COLUMNS " FROM point p LEFT JOIN body b ON b.point = p.id "
               "WHERE %s%s ORDER BY %s LIMIT ?",
               r->w->sql.data, part->condition, part->order);
    struct sql q = sql_once(r->s, sql.data);
    buf_free(&sql);
    where_bind(r->w, &q);
    if (part->keyed) {
        sql_real(&q, part->key);
    }
    if (part->after) {
        sql_int(&q, part->id);
    }
    sql_int(&q, r->left);
    while (r->more && sql_row(&q)) {
        struct point p;
        point_read(&q, &p);
        r->left--;
        r->more = r->visit(r->ctx, &p);
        point_clear(&p);
    }
    return sql_end(&q, e);
}

static enum status page_by_id(struct page_run *r, const struct point_page *page, struct err *e)
{
    const struct part part = {
        .condition = page->after_id == 0 ? ""
                     : page->reverse     ? " AND p.id < ?"
                                         : " AND p.id > ?",
        .order = page->reverse ? "p.id DESC" : "p.id",
        .after = page->after_id != 0,
        .id = page->after_id,
    };
    return run_part(r, &part, e);
}

/*
 * The rest of the points with the same key, then those with the next ones: SQLite does not use an
 * index for both columns of (key, id) > (?, ?) when the id is the rowid.
 */
static enum status page_by_key(struct page_run *r, const struct point_page *page, struct err *e)
{
    const char *op = page->reverse ? "<" : ">";
    char name[400];
    char order[900];
    char same[500];
    char next[500];
    double key = 0;
    bool after = false;
    sort_key(page->sort, name);
    snprintf(order, sizeof order, page->reverse ? "%s DESC, p.id DESC" : "%s, p.id", name);
    snprintf(same, sizeof same, " AND %s = ? AND p.id %s ?", name, op);
    snprintf(next, sizeof next, " AND %s %s ?", name, op);
    enum status st = start_key(r->s, page, name, &key, &after, e);
    if (st == ST_OK && after) {
        const struct part rest = {.condition = same,
                                  .order = page->reverse ? "p.id DESC" : "p.id",
                                  .keyed = true,
                                  .after = true,
                                  .key = key,
                                  .id = page->after_id};
        st = run_part(r, &rest, e);
    }
    if (st == ST_OK && r->more && r->left > 0) {
        const struct part others = {
            .condition = after ? next : "", .order = order, .keyed = after, .key = key};
        st = run_part(r, &others, e);
    }
    return st;
}

enum status store_points(struct store *s, const struct point_page *page,
                         bool (*visit)(void *ctx, const struct point *p), void *ctx, struct err *e)
{
    struct where w;
    where_init(&w);
    enum status st = where_points(s, page->filter, &w, e);
    if (st == ST_OK) {
        struct page_run r = {
            .s = s, .w = &w, .visit = visit, .ctx = ctx, .left = page->limit, .more = true};
        st = page->sort == SORT_ID ? page_by_id(&r, page, e) : page_by_key(&r, page, e);
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

enum status store_point_last(struct store *s, int64_t *id, struct err *e)
{
    struct sql q = sql_use(s, "SELECT max(id) FROM point");
    return sql_end_int(&q, 0, id, e);
}

/* Ids and keys of the points that the filter leaves and that `rest` is true of. */
static enum status read_keys(struct store *s, const struct filter *f, enum point_sort sort,
                             const char *rest, int64_t first, int64_t second, store_key_fn *visit,
                             void *ctx, struct err *e)
{
    struct where w;
    where_init(&w);
    enum status st = where_points(s, f, &w, e);
    if (st == ST_OK) {
        char name[400];
        struct buf sql;
        sort_key(sort, name);
        buf_init(&sql, WHERE_MAX + 2000);
        buf_printf(&sql, "SELECT p.id, %s AS key, p.state FROM point p %s WHERE %s %s", name,
                   w.bodies ? "LEFT JOIN body b ON b.point = p.id" : "", w.sql.data, rest);
        struct sql q = sql_once(s, sql.data);
        buf_free(&sql);
        where_bind(&w, &q);
        sql_int(&q, first);
        if (second != 0) {
            sql_int(&q, second);
        }
        for (bool more = true; more && sql_row(&q);) {
            more = visit(ctx, sql_col_int(&q, 0), sql_col_real(&q, 1),
                         (enum point_state)sql_col_int(&q, 2));
        }
        st = sql_end(&q, e);
    }
    where_free(&w);
    return st;
}

enum status store_point_keys(struct store *s, const struct filter *f, enum point_sort sort,
                             int64_t from, int64_t to, store_key_fn *visit, void *ctx,
                             struct err *e)
{
    return read_keys(s, f, sort, "AND p.id >= ? AND p.id < ?", from, to, visit, ctx, e);
}

enum status store_point_first(struct store *s, const struct filter *f, enum point_sort sort,
                              bool reverse, int64_t limit, store_key_fn *visit, void *ctx,
                              struct err *e)
{
    return read_keys(
        s, f, sort, reverse ? "ORDER BY key DESC, p.id DESC LIMIT ?" : "ORDER BY key, p.id LIMIT ?",
        limit, 0, visit, ctx, e);
}
