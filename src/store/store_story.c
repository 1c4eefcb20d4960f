/*
 * store_story - how a point came to be: scenarios, attempts, verdicts, and what a person said.
 *
 * After a restart the engine goes through stored replies again and writes the same things a second
 * time; each row therefore has an identity (call, number, serial) by which it replaces itself.
 */
#include "store/store_private.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ verdicts */

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/*
 * The critics' last word on the row of the point, for filters: 3 * correct + incorrect, 1 no, 2
 * yes.
 */
static enum status mark_verdict(struct store *s, const struct verdict *v, struct err *e)
{
    bool correct = strcmp(v->critic, "correct") == 0;
    if (!correct && strcmp(v->critic, "incorrect") != 0) {
        return ST_OK;
    }
    struct sql q =
        correct ? sql_use(s, "UPDATE point SET verdict = ?2 * 3 + verdict % 3 WHERE id = ?1")
                : sql_use(s, "UPDATE point SET verdict = verdict / 3 * 3 + ?2 WHERE id = ?1");
    sql_int(&q, v->point);
    sql_int(&q, v->yes ? 2 : 1);
    return sql_run(&q, e);
}

static enum status put_verdict(struct store *s, const struct verdict *v, struct err *e)
{
    struct sql q = sql_use(
        s, "INSERT INTO verdict(point, round, call, yes, critic, teacher, model, prompt, reason) "
           "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET "
           "yes = excluded.yes, teacher = excluded.teacher, model = excluded.model, "
           "prompt = excluded.prompt, reason = excluded.reason");
    sql_int(&q, v->point);
    sql_int(&q, v->round);
    sql_int(&q, v->call);
    sql_int(&q, v->yes);
    sql_text(&q, v->critic);
    sql_text(&q, or_empty(v->teacher));
    sql_text(&q, or_empty(v->model));
    sql_text(&q, or_empty(v->prompt));
    sql_text(&q, or_empty(v->reason));
    enum status st = sql_run(&q, e);
    if (st == ST_OK) {
        st = mark_verdict(s, v, e);
    }
    s->dirty |= DIRTY_POINTS;
    return st;
}

enum status store_verdict_put(struct store *s, const struct verdict *v, struct err *e)
{
    bool own = false;
    enum status st = tx_enter(s, &own, e);
    return st == ST_OK ? tx_leave(s, own, put_verdict(s, v, e), e) : st;
}

enum status store_verdicts(struct store *s, int64_t point,
                           bool (*visit)(void *ctx, const struct verdict *v), void *ctx,
                           struct err *e)
{
    struct sql q = sql_use(s, "SELECT round, call, yes, critic, teacher, model, prompt, reason "
                              "FROM verdict WHERE point = ?1 ORDER BY id");
    sql_int(&q, point);
    while (sql_row(&q)) {
        struct verdict v = {
            .point = point,
            .round = (int32_t)sql_col_int(&q, 0),
            .call = sql_col_int(&q, 1),
            .yes = sql_col_int(&q, 2) != 0,
            .critic = sql_col_string(&q, 3),
            .teacher = sql_col_string(&q, 4),
            .model = sql_col_string(&q, 5),
            .prompt = sql_col_string(&q, 6),
            .reason = sql_col_string(&q, 7),
        };
        if (!visit(ctx, &v)) {
            break;
        }
    }
    return sql_end(&q, e);
}

/* ------------------------------------------------------------------ attempts */

enum status store_attempt_put(struct store *s, const struct attempt *a, struct err *e)
{
    bool own = false;
    enum status st = tx_enter(s, &own, e);
    if (st != ST_OK) {
        return st;
    }
    /* Numbers start over when a point is retried; the epoch keeps the earlier ones. */
    struct sql q =
        sql_use(s, "INSERT INTO attempt(point, epoch, number, task, problem, text) VALUES "
                   "(?1, coalesce((SELECT epoch FROM point WHERE id = ?1), 0), ?2, ?3, ?4, ?5) "
                   "ON CONFLICT DO UPDATE SET task = excluded.task, problem = excluded.problem, "
                   "text = excluded.text");
    sql_int(&q, a->point);
    sql_int(&q, a->number);
    sql_text(&q, or_empty(a->task));
    sql_text(&q, or_empty(a->problem));
    sql_text(&q, or_empty(a->text));
    s->dirty |= DIRTY_POINTS;
    return tx_leave(s, own, sql_run(&q, e), e);
}

enum status store_attempts(struct store *s, int64_t point,
                           bool (*visit)(void *ctx, const struct attempt *a), void *ctx,
                           struct err *e)
{
    struct sql q = sql_use(s, "SELECT number, task, problem, text FROM attempt WHERE point = ?1 "
                              "ORDER BY epoch, number");
    sql_int(&q, point);
    while (sql_row(&q)) {
        struct attempt a = {
            .point = point,
            .number = (int32_t)sql_col_int(&q, 0),
            .task = sql_col_string(&q, 1),
            .problem = sql_col_string(&q, 2),
            .text = sql_col_string(&q, 3),
        };
        if (!visit(ctx, &a)) {
            break;
        }
    }
    return sql_end(&q, e);
}

/* ------------------------------------------------------------------ scenarios */

enum status store_scenario_put(struct store *s, int64_t mix_hash, int32_t serial, const char *text,
                               int32_t batch, struct err *e)
{
    bool own = false;
    enum status st = tx_enter(s, &own, e);
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "INSERT INTO scenario(mix_hash, serial, batch, text) VALUES "
                              "(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET batch = excluded.batch, "
                              "text = excluded.text");
    sql_int(&q, mix_hash);
    sql_int(&q, serial);
    sql_int(&q, batch);
    sql_text(&q, text);
    return tx_leave(s, own, sql_run(&q, e), e);
}

enum status store_scenarios(struct store *s, int64_t mix_hash, int32_t from, int32_t limit,
                            cJSON **array, struct err *e)
{
    *array = cJSON_CreateArray();
    struct sql q = sql_use(s, "SELECT serial, text, batch FROM scenario WHERE mix_hash = ?1 AND "
                              "serial >= ?2 ORDER BY serial LIMIT ?3");
    sql_int(&q, mix_hash);
    sql_int(&q, from);
    sql_int(&q, limit);
    while (sql_row(&q)) {
        cJSON *item = cJSON_CreateObject();
        cJSON_AddNumberToObject(item, "serial", (double)sql_col_int(&q, 0));
        cJSON_AddStringToObject(item, "text", sql_col_string(&q, 1));
        cJSON_AddNumberToObject(item, "batch", (double)sql_col_int(&q, 2));
        cJSON_AddItemToArray(*array, item);
    }
    enum status st = sql_end(&q, e);
    if (st != ST_OK) {
        cJSON_Delete(*array);
        *array = NULL;
    }
    return st;
}

int32_t store_scenario_count(struct store *s, int64_t mix_hash)
{
    int64_t n = 0;
    struct sql q = sql_use(s, "SELECT count(*) FROM scenario WHERE mix_hash = ?1");
    sql_int(&q, mix_hash);
    (void)sql_end_int(&q, 0, &n, NULL);
    return (int32_t)n;
}

/* ------------------------------------------------------------------ reviews */

static enum status check_review(struct store *s, const struct review *r, int64_t *epoch,
                                struct err *e)
{
    static const char *const known[] = {"accept", "reject", "edit", "retry", "note", "skip"};
    bool is = false;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        is = is || strcmp(known[i], r->decision) == 0;
    }
    if (!is) {
        return err_set(e, ST_INTERNAL, "\"%s\" is not a decision", r->decision);
    }
    if (strcmp(r->decision, "edit") == 0 && or_empty(r->after)[0] == '\0') {
        return err_set(e, ST_INVALID, "an edit needs the new record");
    }
    struct sql q = sql_use(s, "SELECT epoch FROM point WHERE id = ?1");
    sql_int(&q, r->point);
    enum status st = sql_end_int(&q, -1, epoch, e);
    if (st == ST_OK && *epoch < 0) {
        st = err_set(e, ST_NOT_FOUND, "there is no point %lld", (long long)r->point);
    }
    return st;
}

enum status store_review_put(struct store *s, const struct review *r, struct err *e)
{
    int64_t epoch = 0;
    enum status st = op_need(s, DIRTY_POINTS, e);
    if (st == ST_OK) {
        st = check_review(s, r, &epoch, e);
    }
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "INSERT INTO review(point, epoch, at_us, who, decision, note, "
                              "before, after) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    sql_int(&q, r->point);
    sql_int(&q, epoch);
    sql_int(&q, r->at_us);
    sql_text(&q, or_empty(r->who));
    sql_text(&q, r->decision);
    sql_text(&q, or_empty(r->note));
    sql_text(&q, or_empty(r->before));
    sql_text(&q, or_empty(r->after));
    st = sql_run(&q, e);
    return st == ST_OK ? point_refresh(s, r->point, e) : st;
}

enum status store_reviews(struct store *s, int64_t point,
                          bool (*visit)(void *ctx, const struct review *r), void *ctx,
                          struct err *e)
{
    struct sql q = sql_use(s, "SELECT at_us, who, decision, note, before, after FROM review "
                              "WHERE point = ?1 ORDER BY id");
    sql_int(&q, point);
    while (sql_row(&q)) {
        struct review r = {
            .point = point,
            .at_us = sql_col_int(&q, 0),
            .who = sql_col_string(&q, 1),
            .decision = sql_col_string(&q, 2),
            .note = sql_col_string(&q, 3),
            .before = sql_col_string(&q, 4),
            .after = sql_col_string(&q, 5),
        };
        if (!visit(ctx, &r)) {
            break;
        }
    }
    return sql_end(&q, e);
}
