/*
 * store_call - every question that was asked, and its reply.
 *
 * A reply is stored before it is used, and a key is answered at most once: after a crash the
 * engine asks the store first. Failed tries may repeat a key. The system prompt is the same for
 * thousands of calls and is stored once per text; the sums over all calls are kept, never
 * counted.
 */
#include "store/store_private.h"

#include "base/mem.h"
#include "base/rng.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* ------------------------------------------------------------------ system prompts */

static enum status find_text(struct store *s, uint64_t hash, const char *text, int64_t *id,
                             struct err *e)
{
    struct sql q = sql_use(s, "SELECT id FROM text WHERE hash = ?1 AND body = ?2");
    sql_int(&q, (int64_t)hash);
    sql_text(&q, text);
    return sql_end_int(&q, 0, id, e);
}

/*
 * Two texts with the same 64-bit hash in one session are not expected; the file would still be
 * right for all but the later one, and find_text compares whole texts whenever the memory is
 * cold.
 */
static enum status text_id(struct store *s, const char *text, int64_t *id, struct err *e)
{
    *id = 0;
    if (text == NULL) {
        return ST_OK;
    }
    uint64_t hash = rng_hash(text, strlen(text), 0);
    for (int i = 0; i < TEXT_SEEN; i++) {
        if (s->seen[i].id != 0 && s->seen[i].hash == hash) {
            *id = s->seen[i].id;
            return ST_OK;
        }
    }
    enum status st = find_text(s, hash, text, id, e);
    if (st == ST_OK && *id == 0) {
        struct sql q = sql_use(s, "INSERT INTO text(hash, body) VALUES (?1, ?2)");
        sql_int(&q, (int64_t)hash);
        sql_text(&q, text);
        st = sql_run(&q, e);
        *id = sqlite3_last_insert_rowid(s->db);
    }
    if (st == ST_OK) {
        s->seen[s->seen_next++ % TEXT_SEEN] = (struct text_seen){.hash = hash, .id = *id};
    }
    return st;
}

/* ------------------------------------------------------------------ writing */

static bool is_answer(const char *outcome)
{
    return strcmp(outcome, "ok") == 0 || strcmp(outcome, "length") == 0 ||
           strcmp(outcome, "refused") == 0;
}

static enum status add_up(struct store *s, const struct call_row *c, struct err *e)
{
    struct call_sum *sum = call_sum_of(s, or_empty(c->task), e);
    if (sum == NULL) {
        return ST_IO;
    }
    sum->made++;
    if (is_answer(c->outcome)) {
        sum->ok++;
    } else if (strcmp(c->outcome, "retried") == 0) {
        sum->retried++;
    } else {
        sum->failed++;
    }
    sum->tokens_in += c->tokens_in;
    sum->tokens_cached += c->tokens_cached;
    sum->tokens_out += c->tokens_out;
    sum->cost += c->cost;
    sum->seconds += c->seconds;
    return ST_OK;
}

static void bind_call(struct sql *q, const struct call_row *c, int64_t system)
{
    sql_text(q, or_empty(c->key));
    sql_int(q, c->point);
    sql_int(q, is_answer(c->outcome));
    sql_text(q, or_empty(c->task));
    sql_text(q, or_empty(c->prompt));
    sql_text(q, or_empty(c->teacher));
    sql_text(q, or_empty(c->model));
    sql_text(q, c->outcome);
    sql_int(q, (int64_t)c->seed);
    sql_int(q, c->http_status);
    sql_int(q, c->tries);
    sql_int(q, c->tokens_in);
    sql_int(q, c->tokens_cached);
    sql_int(q, c->tokens_out);
    sql_real(q, c->cost);
    sql_real(q, c->seconds);
    sql_real(q, c->retry_after);
    sql_int(q, c->started_us);
    sql_text(q, c->error);
    sql_int(q, system);
    sql_text(q, c->user);
    sql_text(q, c->reply);
}

static enum status put(struct store *s, const struct call_row *c, int64_t *id, struct err *e)
{
    int64_t system = 0;
    int64_t answered = 0;
    enum status st = ST_OK;
    if (is_answer(c->outcome)) {
        struct sql q = sql_use(s, "SELECT id FROM call WHERE key = ?1 AND answered = 1");
        sql_text(&q, or_empty(c->key));
        st = sql_end_int(&q, 0, &answered, e);
    }
    if (st == ST_OK && answered != 0) {
        st = err_set(e, ST_EXISTS, "question %s is answered already (call %" PRId64 ")", c->key,
                     answered);
    }
    if (st == ST_OK) {
        st = text_id(s, c->system, &system, e);
    }
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(
        s, "INSERT INTO call(key, point, answered, task, prompt, teacher, model, outcome, seed, "
           "http_status, tries, tokens_in, tokens_cached, tokens_out, cost, seconds, retry_after, "
           "started_us, error, system, user, reply) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
           "?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)");
    bind_call(&q, c, system);
    st = sql_run(&q, e);
    if (st == ST_OK && id != NULL) {
        *id = sqlite3_last_insert_rowid(s->db);
    }
    s->dirty |= DIRTY_POINTS;
    return st == ST_OK ? add_up(s, c, e) : st;
}

enum status store_call_put(struct store *s, const struct call_row *c, int64_t *id, struct err *e)
{
    if (c->outcome == NULL || c->key == NULL) {
        return err_set(e, ST_INTERNAL, "a call without a key or an outcome");
    }
    bool own = false;
    enum status st = tx_enter(s, &own, e);
    return st == ST_OK ? tx_leave(s, own, put(s, c, id, e), e) : st;
}

/* ------------------------------------------------------------------ reading */

enum status store_call_reply(struct store *s, const char *key, int64_t *id, struct buf *reply,
                             char outcome[16], struct err *e)
{
    buf_clear(reply);
    outcome[0] = '\0';
    struct sql q =
        sql_use(s, "SELECT id, outcome, reply FROM call WHERE key = ?1 AND answered = 1");
    sql_text(&q, key);
    bool found = sql_row(&q);
    if (found) {
        if (id != NULL) {
            *id = sql_col_int(&q, 0);
        }
        snprintf(outcome, 16, "%s", sql_col_string(&q, 1));
        buf_adds(reply, sql_col_string(&q, 2));
    }
    enum status st = sql_end(&q, e);
    if (st == ST_OK && !found) {
        st = err_set(e, ST_NOT_FOUND, "question %s is not answered yet", key);
    }
    if (st == ST_OK && reply->over) {
        st = err_set(e, ST_LIMIT, "the reply to %s is longer than the %zu bytes expected here", key,
                     reply->max);
    }
    return st;
}

static void read_call(struct sql *q, struct call_row *out)
{
    *out = (struct call_row){
        .id = sql_col_int(q, 0),
        .key = sql_col_string(q, 1),
        .point = sql_col_int(q, 2),
        .task = sql_col_string(q, 3),
        .prompt = sql_col_string(q, 4),
        .teacher = sql_col_string(q, 5),
        .model = sql_col_string(q, 6),
        .outcome = sql_col_string(q, 7),
        .seed = (uint64_t)sql_col_int(q, 8),
        .http_status = (int)sql_col_int(q, 9),
        .tries = (int)sql_col_int(q, 10),
        .tokens_in = sql_col_int(q, 11),
        .tokens_cached = sql_col_int(q, 12),
        .tokens_out = sql_col_int(q, 13),
        .cost = sql_col_real(q, 14),
        .seconds = sql_col_real(q, 15),
        .retry_after = sql_col_real(q, 16),
        .started_us = sql_col_int(q, 17),
        .error = sql_col_text(q, 18),
    };
}

enum status store_call(struct store *s, int64_t id,
                       bool (*visit)(void *ctx, const struct call_row *c), void *ctx, struct err *e)
{
    struct sql q = sql_use(s, "SELECT " CALL_COLUMNS ", t.body, c.user, c.reply FROM call c "
                              "LEFT JOIN text t ON t.id = c.system WHERE c.id = ?1");
    sql_int(&q, id);
    bool found = sql_row(&q);
    if (found) {
        struct call_row c;
        read_call(&q, &c);
        c.system = sql_col_text(&q, CALL_COLUMN_COUNT);
        c.user = sql_col_text(&q, CALL_COLUMN_COUNT + 1);
        c.reply = sql_col_text(&q, CALL_COLUMN_COUNT + 2);
        (void)visit(ctx, &c);
    }
    enum status st = sql_end(&q, e);
    if (st == ST_OK && !found) {
        st = err_set(e, ST_NOT_FOUND, "there is no call %lld", (long long)id);
    }
    return st;
}

enum status store_calls(struct store *s, const struct filter *f, int64_t before, int64_t limit,
                        bool (*visit)(void *ctx, const struct call_row *c), void *ctx,
                        struct err *e)
{
    struct where w;
    where_init(&w);
    enum status st = where_calls(s, f, &w, e);
    if (st != ST_OK) {
        where_free(&w);
        return st;
    }
    struct buf text;
    buf_init(&text, WHERE_MAX + 1000);
    buf_printf(&text, "SELECT " CALL_COLUMNS " FROM call c WHERE %s%s ORDER BY c.id DESC LIMIT ?",
               w.sql.data, before > 0 ? " AND c.id < ?" : "");
    struct sql q = sql_once(s, text.data);
    where_bind(&w, &q);
    if (before > 0) {
        sql_int(&q, before);
    }
    sql_int(&q, limit);
    while (sql_row(&q)) {
        struct call_row c;
        read_call(&q, &c);
        if (!visit(ctx, &c)) {
            break;
        }
    }
    st = sql_end(&q, e);
    buf_free(&text);
    where_free(&w);
    return st;
}

enum status store_call_last(struct store *s, int64_t *id, struct err *e)
{
    struct sql q = sql_use(s, "SELECT max(id) FROM call");
    return sql_end_int(&q, 0, id, e);
}

enum status store_call_keys(struct store *s, const struct filter *f, enum call_sort sort,
                            int64_t from, int64_t to,
                            bool (*visit)(void *ctx, int64_t id, double key), void *ctx,
                            struct err *e)
{
    /* a task by its place among the tasks */
    static const char *const columns[CALL_SORTS] = {
        [CALLS_ID] = "c.id",
        [CALLS_SECONDS] = "c.seconds",
        [CALLS_TOKENS] = "c.tokens_in + c.tokens_out",
        [CALLS_COST] = "c.cost",
        [CALLS_TASK] = "(SELECT count(*) FROM call_sum t WHERE t.task < c.task)",
    };
    struct where w;
    where_init(&w);
    enum status st = where_calls(s, f, &w, e);
    if (st == ST_OK) {
        struct buf sql;
        buf_init(&sql, WHERE_MAX + 1000);
        buf_printf(&sql, "SELECT c.id, %s FROM call c WHERE %s AND c.id >= ? AND c.id < ?",
                   columns[sort], w.sql.data);
        struct sql q = sql_once(s, sql.data);
        buf_free(&sql);
        where_bind(&w, &q);
        sql_int(&q, from);
        sql_int(&q, to);
        for (bool more = true; more && sql_row(&q);) {
            more = visit(ctx, sql_col_int(&q, 0), sql_col_real(&q, 1));
        }
        st = sql_end(&q, e);
    }
    where_free(&w);
    return st;
}

/* ------------------------------------------------------------------ sums */

static enum status settle(struct store *s, struct err *e)
{
    return s->in_tx && sqlite3_get_autocommit(s->db) == 0 ? pending_flush(s, e) : ST_OK;
}

enum status store_call_totals(struct store *s, struct call_totals *out, struct err *e)
{
    *out = (struct call_totals){0};
    enum status st = settle(s, e);
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "SELECT made, ok, failed, retried, tokens_in, tokens_cached, "
                              "tokens_out, cost FROM call_sum");
    while (sql_row(&q)) {
        out->made += sql_col_int(&q, 0);
        out->ok += sql_col_int(&q, 1);
        out->failed += sql_col_int(&q, 2);
        out->retried += sql_col_int(&q, 3);
        out->tokens_in += sql_col_int(&q, 4);
        out->tokens_cached += sql_col_int(&q, 5);
        out->tokens_out += sql_col_int(&q, 6);
        out->cost += sql_col_real(&q, 7);
    }
    return sql_end(&q, e);
}

enum status store_call_by_task(struct store *s,
                               void (*visit)(void *ctx, const char *task,
                                             const struct estimate_task *sum),
                               void *ctx, struct err *e)
{
    enum status st = settle(s, e);
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "SELECT task, made, tokens_in, tokens_cached, tokens_out, cost, "
                              "seconds FROM call_sum ORDER BY task");
    while (sql_row(&q)) {
        struct estimate_task sum = {
            .calls = sql_col_int(&q, 1),
            .tokens_in = (double)sql_col_int(&q, 2),
            .tokens_cached = (double)sql_col_int(&q, 3),
            .tokens_out = (double)sql_col_int(&q, 4),
            .cost = sql_col_real(&q, 5),
            .seconds = sql_col_real(&q, 6),
        };
        visit(ctx, sql_col_string(&q, 0), &sum);
    }
    return sql_end(&q, e);
}
