/*
 * store_queue - what waits for a person.
 *
 * Each kind is a condition over points and a key; a page is the points whose (key, id) comes behind
 * that of the last one, so ties stand in the order of their numbers and nothing is shown twice.
 * Conditions begin with the indexed outcome, or with the reviews, which are as few as a person can
 * make; only the audit looks at every accepted point, by its number alone.
 */
#include "store/queue.h"

#include "base/rng.h"
#include "store/store_private.h"

#include <stdlib.h>
#include <string.h>

#define SUSPICION                                                                                  \
    "CASE WHEN p.outcome = 2 THEN 0.0 WHEN p.verdict = 8 THEN 0.9 WHEN p.verdict = 4 THEN 0.7 "    \
    "WHEN p.outcome = 5 THEN 0.2 WHEN p.verdict = 5 THEN 0.3 ELSE 0.4 END"
#define SKIPPED                                                                                    \
    "EXISTS (SELECT 1 FROM review r WHERE r.point = p.id AND r.epoch = p.epoch AND "               \
    "r.decision = 'skip')"
#define WAITS "p.decision = 0 AND NOT " SKIPPED
#define LAST  "-(SELECT max(r.id) FROM review r WHERE r.point = p.id AND r.epoch = p.epoch"

_Static_assert(POINT_ACCEPTED == 2 && POINT_REJECTED == 3 && POINT_DISPUTED == 4 &&
                   POINT_INVALID == 5,
               "the numbers in the conditions");

static const struct kind {
    const char *name, *condition, *key;
    int key_seeds; /* how often the key takes the seed */
} kinds[QUEUE_KINDS] = {
    [QUEUE_ALL] = {"all", "p.outcome IN (3, 4, 5) AND p.decision = 0",
                   "CASE WHEN " SKIPPED " THEN 10.0 ELSE 0.0 END - " SUSPICION, 0},
    [QUEUE_DISPUTED] = {"disputed", "p.outcome = 4 AND " WAITS, "-" SUSPICION, 0},
    [QUEUE_REJECTED] = {"rejected", "p.outcome = 3 AND p.verdict > 0 AND " WAITS, "-" SUSPICION, 0},
    [QUEUE_CHECK] = {"check", "p.outcome = 3 AND p.verdict = 0 AND " WAITS, "-" SUSPICION, 0},
    [QUEUE_INVALID] = {"invalid", "p.outcome = 5 AND " WAITS, "-" SUSPICION, 0},
    [QUEUE_AUDIT] = {"audit", "p.outcome = 2 AND taxa_sample(?, p.id) < ? AND " WAITS,
                     "taxa_sample(?, p.id)", 1},
    [QUEUE_NOTED] = {"noted",
                     "p.id IN (SELECT point FROM review WHERE decision = 'note') AND EXISTS "
                     "(SELECT 1 FROM review r WHERE r.point = p.id AND r.epoch = p.epoch AND "
                     "r.decision = 'note')",
                     LAST " AND r.decision = 'note')", 0},
    [QUEUE_SKIPPED] = {"skipped",
                       "p.id IN (SELECT point FROM review WHERE decision = 'skip') AND "
                       "p.outcome IN (2, 3, 4, 5) AND p.decision = 0 AND " SKIPPED,
                       "-" SUSPICION, 0},
    [QUEUE_DONE] = {"done", "p.decision > 0 AND p.id IN (SELECT point FROM review)",
                    LAST " AND r.decision IN ('accept', 'reject'))", 0},
};

const char *queue_kind_name(enum queue_kind k)
{
    return kinds[k].name;
}

bool queue_kind_by_name(const char *name, enum queue_kind *out)
{
    for (int k = 0; k < QUEUE_KINDS; k++) {
        if (strcmp(kinds[k].name, name) == 0) {
            *out = (enum queue_kind)k;
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------ the sample */

static double sample(uint64_t seed, int64_t point)
{
    return rng_unit(seed, rng_id("audit"), (uint64_t)point);
}

bool queue_sampled(uint64_t seed, double share, int64_t point)
{
    return sample(seed, point) < share;
}

static void sql_sample(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n;
    uint64_t seed = (uint64_t)sqlite3_value_int64(v[0]);
    sqlite3_result_double(ctx, sample(seed, sqlite3_value_int64(v[1])));
}

int queue_functions(struct store *s)
{
    return sqlite3_create_function(s->db, "taxa_sample", 2,
                                   SQLITE_UTF8 | SQLITE_DIRECTONLY | SQLITE_DETERMINISTIC, NULL,
                                   sql_sample, NULL, NULL);
}

static int64_t seed_of(struct store *s)
{
    return (int64_t)store_setting_num(s, SETTING_SEED, 0);
}

static void bind_condition(struct store *s, enum queue_kind kind, struct sql *q)
{
    if (kind == QUEUE_AUDIT) {
        sql_int(q, seed_of(s));
        sql_real(q, store_setting_num(s, SETTING_AUDIT, 0.1));
    }
}

static void bind_key(struct store *s, enum queue_kind kind, struct sql *q)
{
    for (int i = 0; i < kinds[kind].key_seeds; i++) {
        sql_int(q, seed_of(s));
    }
}

/* ------------------------------------------------------------------ lists */

static enum answer answer_of(int64_t v)
{
    return v == 2 ? ANSWER_YES : v == 1 ? ANSWER_NO : ANSWER_NONE;
}

static enum point_state state_of(int64_t v)
{
    return v >= 0 && v < POINT_STATES ? (enum point_state)v : POINT_FAILED;
}

/* The key of the point that the page follows; one that is gone: from the start. */
static enum status start_key(struct store *s, const struct queue_page *page, double *key,
                             bool *found, struct err *e)
{
    *found = false;
    if (page->after == 0) {
        return ST_OK;
    }
    struct buf sql;
    buf_init(&sql, WHERE_MAX);
    buf_printf(&sql, "SELECT %s FROM point p WHERE p.id = ?", kinds[page->kind].key);
    struct sql q = sql_once(s, sql.data);
    buf_free(&sql);
    bind_key(s, page->kind, &q);
    sql_int(&q, page->after);
    *found = sql_row(&q);
    *key = *found ? sql_col_real(&q, 0) : 0;
    return sql_end(&q, e);
}

static enum status read_page(struct store *s, const struct queue_page *page, const struct where *w,
                             bool (*visit)(void *ctx, const struct queue_item *i), void *ctx,
                             struct err *e)
{
    const struct kind *k = &kinds[page->kind];
    double key = 0;
    bool after = false;
    enum status st = start_key(s, page, &key, &after, e);
    if (st != ST_OK) {
        return st;
    }
    struct buf sql;
    buf_init(&sql, WHERE_MAX + 8000);
    buf_printf(&sql,
               "SELECT * FROM (SELECT p.id AS id, %s AS k, %s, p.outcome, p.state, p.verdict, "
               "p.decision, %s FROM point p %s WHERE %s AND %s) %s ORDER BY k, id LIMIT ?",
               k->key, SUSPICION, SKIPPED, w->bodies ? "LEFT JOIN body b ON b.point = p.id" : "",
               k->condition, w->sql.data, after ? "WHERE (k, id) > (?, ?)" : "");
    struct sql q = sql_once(s, sql.data);
    buf_free(&sql);
    bind_key(s, page->kind, &q);
    bind_condition(s, page->kind, &q);
    where_bind(w, &q);
    if (after) {
        sql_real(&q, key);
        sql_int(&q, page->after);
    }
    sql_int(&q, page->limit);
    bool more = true;
    while (more && sql_row(&q)) {
        int64_t verdict = sql_col_int(&q, 5);
        const struct queue_item item = {.point = sql_col_int(&q, 0),
                                        .suspicion = sql_col_real(&q, 2),
                                        .outcome = state_of(sql_col_int(&q, 3)),
                                        .state = state_of(sql_col_int(&q, 4)),
                                        .correct = answer_of(verdict / 3),
                                        .incorrect = answer_of(verdict % 3),
                                        .decided = sql_col_int(&q, 6) != 0,
                                        .skipped = sql_col_int(&q, 7) != 0};
        more = visit(ctx, &item);
    }
    return sql_end(&q, e);
}

enum status store_queue(struct store *s, const struct queue_page *page,
                        bool (*visit)(void *ctx, const struct queue_item *i), void *ctx,
                        struct err *e)
{
    struct where w;
    where_init(&w);
    enum status st = where_points(s, page->filter, &w, e);
    if (st == ST_OK) {
        st = read_page(s, page, &w, visit, ctx, e);
    }
    where_free(&w);
    return st;
}

enum status store_queue_count(struct store *s, enum queue_kind kind, const struct filter *f,
                              int64_t *n, struct err *e)
{
    struct where w;
    where_init(&w);
    enum status st = where_points(s, f, &w, e);
    *n = 0;
    if (st == ST_OK) {
        struct buf sql;
        buf_init(&sql, WHERE_MAX + 4000);
        buf_printf(&sql, "SELECT count(*) FROM point p %s WHERE %s AND %s",
                   w.bodies ? "LEFT JOIN body b ON b.point = p.id" : "", kinds[kind].condition,
                   w.sql.data);
        struct sql q = sql_once(s, sql.data);
        buf_free(&sql);
        bind_condition(s, kind, &q);
        where_bind(&w, &q);
        st = sql_end_int(&q, 0, n, e);
    }
    where_free(&w);
    return st;
}

/* ------------------------------------------------------------------ words */

const char *queue_verdict(const struct queue_item *i)
{
    if (i->correct == ANSWER_NONE || i->incorrect == ANSWER_NONE) {
        return "";
    }
    return i->correct == ANSWER_YES ? (i->incorrect == ANSWER_YES ? "yes/yes" : "yes/no")
                                    : (i->incorrect == ANSWER_YES ? "no/yes" : "no/no");
}

const char *queue_reason(const struct queue_item *i)
{
    bool asked = i->correct != ANSWER_NONE && i->incorrect != ANSWER_NONE;
    if (i->outcome == POINT_INVALID) {
        return "invalid: it does not fit the schema";
    }
    if (i->outcome == POINT_ACCEPTED) {
        return "accepted, drawn for an audit";
    }
    if (!asked) {
        return i->outcome == POINT_REJECTED ? "check failed: a requirement is missed"
                                            : "waits for a person";
    }
    return i->correct == i->incorrect
               ? (i->correct == ANSWER_YES ? "yes/yes: the critics contradict themselves"
                                           : "no/no: the critics contradict themselves")
           : i->correct == ANSWER_NO ? "no/yes: both critics are against it"
                                     : "yes/no: both critics are for it";
}

/* ------------------------------------------------------------------ what was decided */

enum status store_agreement(struct store *s, struct agreement *out, struct err *e)
{
    uint64_t seed = (uint64_t)seed_of(s);
    double audit = store_setting_num(s, SETTING_AUDIT, 0.1);
    *out = (struct agreement){0};
    struct sql q = sql_use(s, "SELECT id, outcome, verdict, decision, edit FROM point WHERE "
                              "decision > 0 AND id IN (SELECT point FROM review)");
    while (sql_row(&q)) {
        int64_t verdict = sql_col_int(&q, 2);
        const struct judged j = {
            .correct = answer_of(verdict / 3),
            .incorrect = answer_of(verdict % 3),
            .right = sql_col_int(&q, 3) == 1 && sql_col_int(&q, 4) == 0,
            .sampled = state_of(sql_col_int(&q, 1)) == POINT_ACCEPTED &&
                       queue_sampled(seed, audit, sql_col_int(&q, 0)),
            .n = 1,
        };
        agreement_add(out, &j);
    }
    return sql_end(&q, e);
}

#define OVERTURNED                                                                                 \
    "sum(CASE WHEN p.outcome = 2 THEN p.decision = 2 OR p.edit > 0 "                               \
    "ELSE p.decision = 1 AND p.edit = 0 END)"
#define JUDGED "p.decision > 0 AND p.outcome IN (2, 3) AND p.id IN (SELECT point FROM review)"

enum status store_overturned(struct store *s, bool nodes, int64_t limit,
                             bool (*visit)(void *ctx, const struct overturned *o), void *ctx,
                             struct err *e)
{
    struct sql q =
        nodes
            ? sql_use(s, "SELECT n.node, " OVERTURNED " AS k, count(*) AS all_of FROM point p JOIN "
                         "point_node n ON n.point = p.id WHERE " JUDGED " GROUP BY n.node "
                         "ORDER BY k * 1.0 / all_of DESC, all_of DESC, 1 LIMIT ?1")
            : sql_use(s, "SELECT p.strategy, " OVERTURNED " AS k, count(*) AS all_of FROM point p "
                         "WHERE " JUDGED " GROUP BY p.strategy "
                         "ORDER BY k * 1.0 / all_of DESC, all_of DESC, 1 LIMIT ?1");
    sql_int(&q, limit);
    bool more = true;
    while (more && sql_row(&q)) {
        const struct overturned o = {.id = sql_col_int(&q, 0),
                                     .share = {sql_col_int(&q, 1), sql_col_int(&q, 2)}};
        more = visit(ctx, &o);
    }
    return sql_end(&q, e);
}

enum status store_decisions(struct store *s, int64_t limit,
                            bool (*visit)(void *ctx, const struct decision_row *d), void *ctx,
                            struct err *e)
{
    struct sql q = sql_use(s, "SELECT point, at_us, who, decision, note FROM review "
                              "ORDER BY id DESC LIMIT ?1");
    sql_int(&q, limit);
    bool more = true;
    while (more && sql_row(&q)) {
        const struct decision_row d = {.point = sql_col_int(&q, 0),
                                       .at_us = sql_col_int(&q, 1),
                                       .who = sql_col_string(&q, 2),
                                       .decision = sql_col_string(&q, 3),
                                       .note = sql_col_string(&q, 4)};
        more = visit(ctx, &d);
    }
    return sql_end(&q, e);
}
