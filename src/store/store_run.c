/*
 * store_run - what goes on: the plan in force and the jobs.
 *
 * The plan's counters move with every batch of points, its long texts (the draws) only with a new
 * plan; so they are two rows, and the long one is written only when it is given.
 */
#include "store/store_private.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ plan */

void plan_row_clear(struct plan_row *p)
{
    free(p->reason);
    free(p->spec);
    free(p->counts);
    *p = (struct plan_row){0};
}

enum status store_plan(struct store *s, struct plan_row *out, struct err *e)
{
    *out = (struct plan_row){.run = "idle"};
    struct sql q = sql_use(s, "SELECT p.target, p.series, p.first, p.count, p.started, p.run, "
                              "p.reason, t.counts FROM plan p "
                              "LEFT JOIN plan_text t ON t.id = p.id WHERE p.id = 1");
    if (sql_row(&q)) {
        out->target = sql_col_int(&q, 0);
        out->series = sql_col_int(&q, 1);
        out->first = sql_col_int(&q, 2);
        out->count = sql_col_int(&q, 3);
        out->started = sql_col_int(&q, 4);
        snprintf(out->run, sizeof out->run, "%s", sql_col_string(&q, 5));
        out->reason = sql_col_copy(&q, 6);
        out->counts = sql_col_copy(&q, 7);
    }
    return sql_end(&q, e);
}

enum status store_plan_spec(struct store *s, struct buf *out, struct err *e)
{
    struct sql q = sql_use(s, "SELECT spec FROM plan_text WHERE id = 1");
    bool fits = true;
    if (sql_row(&q)) {
        fits = buf_adds(out, sql_col_string(&q, 0));
    }
    enum status st = sql_end(&q, e);
    return st == ST_OK && !fits ? err_set(e, ST_LIMIT, "the stored plan is too large") : st;
}

static enum status put_plan(struct store *s, const struct plan_row *p, struct err *e)
{
    struct sql q = sql_use(
        s, "INSERT INTO plan(id, target, series, first, count, started, run, reason) VALUES "
           "(1, ?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET target = excluded.target, "
           "series = excluded.series, first = excluded.first, count = excluded.count, "
           "started = excluded.started, run = excluded.run, reason = excluded.reason");
    sql_int(&q, p->target);
    sql_int(&q, p->series);
    sql_int(&q, p->first);
    sql_int(&q, p->count);
    sql_int(&q, p->started);
    sql_text(&q, p->run);
    sql_text(&q, p->reason);
    enum status st = sql_run(&q, e);
    if (st == ST_OK && (p->spec != NULL || p->counts != NULL)) {
        q = sql_use(s, "INSERT INTO plan_text(id, spec, counts) VALUES (1, ?1, ?2) "
                       "ON CONFLICT DO UPDATE SET spec = coalesce(excluded.spec, spec), "
                       "counts = coalesce(excluded.counts, counts)");
        sql_text(&q, p->spec);
        sql_text(&q, p->counts);
        st = sql_run(&q, e);
    }
    s->dirty |= DIRTY_POINTS;
    return st;
}

enum status store_plan_put(struct store *s, const struct plan_row *p, struct err *e)
{
    bool own = false;
    enum status st = tx_enter(s, &own, e);
    return st == ST_OK ? tx_leave(s, own, put_plan(s, p, e), e) : st;
}

enum status store_outcomes(struct store *s, int64_t first,
                           void (*visit)(void *ctx, int64_t id, enum point_state outcome),
                           void *ctx, struct err *e)
{
    struct sql q = sql_use(s, "SELECT id, outcome FROM point WHERE id >= ?1 ORDER BY id");
    sql_int(&q, first);
    while (sql_row(&q)) {
        visit(ctx, sql_col_int(&q, 0), (enum point_state)sql_col_int(&q, 1));
    }
    return sql_end(&q, e);
}

/* ------------------------------------------------------------------ jobs */

static enum status put_job(struct store *s, struct job_row *j, struct err *e)
{
    bool fresh = j->id == 0;
    struct sql q =
        fresh ? sql_use(s, "INSERT INTO job(state, line, result) VALUES (?1, ?2, ?3)")
              : sql_use(s, "UPDATE job SET state = ?1, line = ?2, result = ?3 WHERE id = ?4");
    sql_text(&q, j->state);
    sql_text(&q, j->line);
    sql_text(&q, j->result != NULL ? j->result : "");
    if (!fresh) {
        sql_int(&q, j->id);
    }
    enum status st = sql_run(&q, e);
    if (st == ST_OK && fresh) {
        j->id = sqlite3_last_insert_rowid(s->db);
    } else if (st == ST_OK && sqlite3_changes(s->db) == 0) {
        st = err_set(e, ST_NOT_FOUND, "there is no job %lld", (long long)j->id);
    }
    return st;
}

enum status store_job_put(struct store *s, struct job_row *j, struct err *e)
{
    bool own = false;
    enum status st = tx_enter(s, &own, e);
    return st == ST_OK ? tx_leave(s, own, put_job(s, j, e), e) : st;
}

enum status store_jobs(struct store *s, const char *state,
                       bool (*visit)(void *ctx, const struct job_row *j), void *ctx, struct err *e)
{
    struct sql q = sql_use(s, "SELECT id, line, state, result FROM job "
                              "WHERE ?1 IS NULL OR state = ?1 ORDER BY id");
    sql_text(&q, state);
    while (sql_row(&q)) {
        struct job_row j = {
            .id = sql_col_int(&q, 0),
            .line = sql_col_string(&q, 1),
            .state = sql_col_string(&q, 2),
            .result = sql_col_string(&q, 3),
        };
        if (!visit(ctx, &j)) {
            break;
        }
    }
    return sql_end(&q, e);
}
