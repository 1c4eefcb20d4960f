/*
 * store_point - points and their counts.
 *
 * The row of a point is small and is rewritten each time it moves on; its texts stand apart and
 * are written only when they changed, which the hash of the last ones tells. What counts
 * (`state`) is the outcome of the machine unless a person decided, and a decision counts for the
 * epoch it was made in: when a point is retried, older decisions and edits become history.
 */
#include "store/store_private.h"

#include "base/mem.h"
#include "base/rng.h"

#include <stdlib.h>
#include <string.h>

enum decision { DECIDED_NOTHING, DECIDED_ACCEPT, DECIDED_REJECT };

/* What the tallies of a point depend on, and what is needed to see what changed. */
struct standing {
    bool there;
    int64_t strategy;
    bool complexified;
    enum point_state state;
    int64_t node[PLAN_MAX_TAXONOMIES];
    int nodes;
    enum point_state outcome;
    enum decision decision;
    int64_t edit, epoch, body;
};

static enum point_state state_of(int64_t v)
{
    for (int i = 0; i < POINT_STATES; i++) {
        if (v == i) {
            return (enum point_state)i;
        }
    }
    return POINT_FAILED;
}

static enum decision decision_of(int64_t v)
{
    return v == DECIDED_ACCEPT   ? DECIDED_ACCEPT
           : v == DECIDED_REJECT ? DECIDED_REJECT
                                 : DECIDED_NOTHING;
}

static enum point_state in_force(enum point_state outcome, enum decision decision)
{
    return decision == DECIDED_ACCEPT   ? POINT_ACCEPTED
           : decision == DECIDED_REJECT ? POINT_REJECTED
                                        : outcome;
}

int nodes_parse(const char *text, int64_t node[PLAN_MAX_TAXONOMIES])
{
    int n = 0;
    while (*text != '\0' && n < PLAN_MAX_TAXONOMIES) {
        char *end = NULL;
        node[n++] = strtoll(text, &end, 10);
        if (*end != ',') {
            break;
        }
        text = end + 1;
    }
    return n;
}

/* ------------------------------------------------------------------ tallies of one point */

static void count(struct store *s, const struct standing *p, int64_t n)
{
    tally_add(s, p->strategy, 0, p->complexified, p->state, n);
    for (int i = 0; i < p->nodes; i++) {
        tally_add(s, p->strategy, p->node[i], p->complexified, p->state, n);
    }
}

static bool same_nodes(const struct standing *a, const struct standing *b)
{
    return a->nodes == b->nodes &&
           memcmp(a->node, b->node, (size_t)a->nodes * sizeof a->node[0]) == 0;
}

static void recount(struct store *s, const struct standing *was, const struct standing *is)
{
    if (was->there && was->strategy == is->strategy && was->complexified == is->complexified &&
        was->state == is->state && same_nodes(was, is)) {
        return;
    }
    if (was->there) {
        count(s, was, -1);
    }
    count(s, is, 1);
}

static enum status look(struct store *s, int64_t id, struct standing *out, struct err *e)
{
    *out = (struct standing){0};
    struct sql q = sql_use(s, "SELECT strategy, complexified, state, nodes, outcome, decision, "
                              "edit, epoch, body FROM point WHERE id = ?1");
    sql_int(&q, id);
    if (sql_row(&q)) {
        out->there = true;
        out->strategy = sql_col_int(&q, 0);
        out->complexified = sql_col_int(&q, 1) != 0;
        out->state = state_of(sql_col_int(&q, 2));
        out->nodes = nodes_parse(sql_col_string(&q, 3), out->node);
        out->outcome = state_of(sql_col_int(&q, 4));
        out->decision = decision_of(sql_col_int(&q, 5));
        out->edit = sql_col_int(&q, 6);
        out->epoch = sql_col_int(&q, 7);
        out->body = sql_col_int(&q, 8);
    }
    return sql_end(&q, e);
}

/* ------------------------------------------------------------------ writing */

static uint64_t hash_text(const char *text, uint64_t basis)
{
    /* The length of a NULL differs from every real one. */
    size_t n = text != NULL ? strlen(text) : 0;
    uint64_t mark = text != NULL ? n : UINT64_MAX;
    basis = rng_hash(&mark, sizeof mark, basis);
    return rng_hash(text != NULL ? text : "", n, basis);
}

static int64_t hash_body(const struct point *p)
{
    uint64_t h = hash_text(p->plain, 1);
    h = hash_text(p->scenario, h);
    h = hash_text(p->record, h);
    h = hash_text(p->reason, h);
    return (int64_t)(h | 1); /* never 0, which means no row */
}

/*
 * Whoever read a point with an edited record writes that record back. The model's own stays in its
 * place then, so that undoing the edit finds it.
 */
static enum status is_edit(struct store *s, int64_t edit, const char *record, bool *yes,
                           struct err *e)
{
    *yes = false;
    if (edit == 0 || record == NULL) {
        return ST_OK;
    }
    int64_t found = 0;
    struct sql q = sql_use(s, "SELECT 1 FROM review WHERE id = ?1 AND after = ?2");
    sql_int(&q, edit);
    sql_text(&q, record);
    enum status st = sql_end_int(&q, 0, &found, e);
    *yes = found != 0;
    return st;
}

static enum status put_body(struct store *s, const struct point *p, int64_t edit, struct err *e)
{
    bool edited = false;
    enum status st = is_edit(s, edit, p->record, &edited, e);
    if (st != ST_OK) {
        return st;
    }
    struct sql q =
        sql_use(s, "INSERT INTO body(point, plain, scenario, record, reason) VALUES "
                   "(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET plain = excluded.plain, "
                   "scenario = excluded.scenario, reason = excluded.reason, "
                   "record = CASE WHEN ?6 THEN record ELSE excluded.record END");
    sql_int(&q, p->id);
    sql_text(&q, p->plain);
    sql_text(&q, p->scenario);
    sql_text(&q, p->record);
    sql_text(&q, p->reason);
    sql_int(&q, edited);
    return sql_run(&q, e);
}

static enum status put_nodes(struct store *s, int64_t id, const struct standing *was,
                             const struct standing *is, struct err *e)
{
    enum status st = ST_OK;
    for (int i = 0; st == ST_OK && was->there && i < was->nodes; i++) {
        struct sql q = sql_use(s, "DELETE FROM point_node WHERE node = ?1 AND point = ?2");
        sql_int(&q, was->node[i]);
        sql_int(&q, id);
        st = sql_run(&q, e);
    }
    for (int i = 0; st == ST_OK && i < is->nodes; i++) {
        struct sql q = sql_use(s, "INSERT INTO point_node(node, point) VALUES (?1, ?2) "
                                  "ON CONFLICT DO NOTHING");
        sql_int(&q, is->node[i]);
        sql_int(&q, id);
        st = sql_run(&q, e);
    }
    return st;
}

static enum status put_row(struct store *s, const struct point *p, const struct standing *is,
                           const char *nodes, struct err *e)
{
    struct sql q = sql_use(
        s, "INSERT INTO point(id, strategy, nodes, complexified, outcome, state, decision, edit, "
           "verdict, mix_hash, serial, epoch, attempts, made_us, cost, seed, body) VALUES "
           "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) "
           "ON CONFLICT DO UPDATE SET strategy = excluded.strategy, nodes = excluded.nodes, "
           "complexified = excluded.complexified, outcome = excluded.outcome, "
           "state = excluded.state, decision = excluded.decision, edit = excluded.edit, "
           "verdict = CASE WHEN epoch = excluded.epoch THEN verdict ELSE 0 END, "
           "mix_hash = excluded.mix_hash, serial = excluded.serial, epoch = excluded.epoch, "
           "attempts = excluded.attempts, made_us = excluded.made_us, cost = excluded.cost, "
           "seed = excluded.seed, body = excluded.body");
    sql_int(&q, p->id);
    sql_int(&q, p->strategy);
    sql_text(&q, nodes);
    sql_int(&q, p->complexified);
    sql_int(&q, p->outcome);
    sql_int(&q, is->state);
    sql_int(&q, is->decision);
    sql_int(&q, is->edit);
    sql_int(&q, p->mix_hash);
    sql_int(&q, p->serial);
    sql_int(&q, p->epoch);
    sql_int(&q, p->attempts);
    sql_int(&q, p->made_us);
    sql_real(&q, p->cost);
    sql_int(&q, (int64_t)p->seed);
    sql_int(&q, is->body);
    return sql_run(&q, e);
}

static void standing_after(const struct point *p, const struct standing *was, struct standing *is)
{
    *is = (struct standing){.there = true,
                            .strategy = p->strategy,
                            .complexified = p->complexified,
                            .nodes = p->nodes,
                            .outcome = p->outcome,
                            .epoch = p->epoch,
                            .body = hash_body(p)};
    memcpy(is->node, p->node, (size_t)p->nodes * sizeof is->node[0]);
    if (was->there && was->epoch == p->epoch) {
        is->decision = was->decision;
        is->edit = was->edit;
    }
    is->state = in_force(p->outcome, is->decision);
}

static enum status put(struct store *s, const struct point *p, struct err *e)
{
    struct standing was;
    struct standing is;
    enum status st = look(s, p->id, &was, e);
    if (st != ST_OK) {
        return st;
    }
    standing_after(p, &was, &is);
    struct buf nodes;
    buf_init(&nodes, POINT_NODES_TEXT);
    for (int i = 0; i < p->nodes; i++) {
        buf_printf(&nodes, "%s%lld", i > 0 ? "," : "", (long long)p->node[i]);
    }
    st = put_row(s, p, &is, nodes.data, e);
    buf_free(&nodes);
    if (st == ST_OK && !(was.there && same_nodes(&was, &is))) {
        st = put_nodes(s, p->id, &was, &is, e);
    }
    if (st == ST_OK && was.body != is.body) {
        st = put_body(s, p, is.edit, e);
    }
    if (st == ST_OK) {
        recount(s, &was, &is);
        s->dirty |= DIRTY_POINTS;
    }
    return st;
}

enum status store_point_put(struct store *s, const struct point *p, struct err *e)
{
    if (p->id < 1 || p->nodes < 0 || p->nodes > PLAN_MAX_TAXONOMIES || p->outcome >= POINT_STATES) {
        return err_set(e, ST_INTERNAL, "point %lld is not well formed", (long long)p->id);
    }
    bool own = false;
    enum status st = tx_enter(s, &own, e);
    return st == ST_OK ? tx_leave(s, own, put(s, p, e), e) : st;
}

/* ------------------------------------------------------------------ decisions */

/* The decision in force and the edit in force, of the point's epoch. A `retry` ends both. */
static enum status look_decision(struct store *s, int64_t id, struct standing *is, struct err *e)
{
    is->decision = DECIDED_NOTHING;
    is->edit = 0;
    struct sql q = sql_use(s, "SELECT CASE decision WHEN 'accept' THEN 1 WHEN 'reject' THEN 2 "
                              "ELSE 0 END FROM review WHERE point = ?1 AND epoch = ?2 AND "
                              "decision IN ('accept', 'reject', 'retry') ORDER BY id DESC LIMIT 1");
    sql_int(&q, id);
    sql_int(&q, is->epoch);
    int64_t v = 0;
    enum status st = sql_end_int(&q, 0, &v, e);
    is->decision = decision_of(v);
    if (st != ST_OK) {
        return st;
    }
    q = sql_use(s, "SELECT CASE decision WHEN 'edit' THEN id ELSE 0 END FROM review WHERE "
                   "point = ?1 AND epoch = ?2 AND decision IN ('edit', 'retry') "
                   "ORDER BY id DESC LIMIT 1");
    sql_int(&q, id);
    sql_int(&q, is->epoch);
    return sql_end_int(&q, 0, &is->edit, e);
}

enum status point_refresh(struct store *s, int64_t id, struct err *e)
{
    struct standing was;
    enum status st = look(s, id, &was, e);
    if (st != ST_OK || !was.there) {
        return st;
    }
    struct standing is = was;
    st = look_decision(s, id, &is, e);
    if (st != ST_OK) {
        return st;
    }
    is.state = in_force(is.outcome, is.decision);
    struct sql q =
        sql_use(s, "UPDATE point SET state = ?2, decision = ?3, edit = ?4 WHERE id = ?1");
    sql_int(&q, id);
    sql_int(&q, is.state);
    sql_int(&q, is.decision);
    sql_int(&q, is.edit);
    st = sql_run(&q, e);
    if (st == ST_OK) {
        recount(s, &was, &is);
        s->dirty |= DIRTY_POINTS;
    }
    return st;
}

/* ------------------------------------------------------------------ reading */

void point_read(struct sql *q, struct point *out)
{
    *out = (struct point){
        .id = sql_col_int(q, 0),
        .strategy = sql_col_int(q, 1),
        .complexified = sql_col_int(q, 3) != 0,
        .outcome = state_of(sql_col_int(q, 4)),
        .state = state_of(sql_col_int(q, 5)),
        .mix_hash = sql_col_int(q, 6),
        .serial = (int32_t)sql_col_int(q, 7),
        .epoch = (int32_t)sql_col_int(q, 8),
        .attempts = (int32_t)sql_col_int(q, 9),
        .made_us = sql_col_int(q, 10),
        .cost = sql_col_real(q, 11),
        .seed = (uint64_t)sql_col_int(q, 12),
        .plain = sql_col_copy(q, 13),
        .scenario = sql_col_copy(q, 14),
        .record = sql_col_copy(q, 15),
        .reason = sql_col_copy(q, 16),
    };
    out->nodes = nodes_parse(sql_col_string(q, 2), out->node);
}

void point_clear(struct point *p)
{
    free(p->plain);
    free(p->scenario);
    free(p->record);
    free(p->reason);
    p->plain = p->scenario = p->record = p->reason = NULL;
}

enum status store_point(struct store *s, int64_t id, struct point *out, struct err *e)
{
    *out = (struct point){0};
    struct sql q = sql_use(s, "SELECT " POINT_COLUMNS " FROM point p LEFT JOIN body b ON "
                              "b.point = p.id WHERE p.id = ?1");
    sql_int(&q, id);
    bool found = sql_row(&q);
    if (found) {
        point_read(&q, out);
    }
    enum status st = sql_end(&q, e);
    if (st == ST_OK && !found) {
        st = err_set(e, ST_NOT_FOUND, "there is no point %lld", (long long)id);
    }
    return st;
}

int64_t store_point_next_id(struct store *s)
{
    int64_t last = 0;
    struct sql q = sql_use(s, "SELECT max(id) FROM point");
    (void)sql_end_int(&q, 0, &last, NULL);
    return last + 1;
}

int64_t store_mix_used(struct store *s, int64_t mix_hash)
{
    int64_t n = 0;
    struct sql q = sql_use(s, "SELECT count(*) FROM point WHERE mix_hash = ?1");
    sql_int(&q, mix_hash);
    (void)sql_end_int(&q, 0, &n, NULL);
    return n;
}

enum status store_points_in(struct store *s, enum point_state outcome, int64_t after, int64_t limit,
                            bool (*visit)(void *ctx, const struct point *p), void *ctx,
                            struct err *e)
{
    struct sql q = sql_use(s, "SELECT " POINT_COLUMNS " FROM point p LEFT JOIN body b ON "
                              "b.point = p.id WHERE p.outcome = ?1 AND p.id > ?2 "
                              "ORDER BY p.id LIMIT ?3");
    sql_int(&q, outcome);
    sql_int(&q, after);
    sql_int(&q, limit);
    bool more = true;
    while (more && sql_row(&q)) {
        struct point p;
        point_read(&q, &p);
        more = visit(ctx, &p);
        point_clear(&p);
    }
    return sql_end(&q, e);
}

/* ------------------------------------------------------------------ counts */

/*
 * The writer's own sums are in memory until the commit: write them now, so that reading sees
 * them.
 */
static enum status settle(struct store *s, struct err *e)
{
    return s->in_tx && sqlite3_get_autocommit(s->db) == 0 ? pending_flush(s, e) : ST_OK;
}

static enum status merged(struct store *s, bool *yes, struct err *e)
{
    int64_t found = 0;
    struct sql q = sql_use(s, "SELECT 1 FROM node_alias LIMIT 1");
    enum status st = sql_end_int(&q, 0, &found, e);
    *yes = found != 0;
    return st;
}

enum status store_tallies(struct store *s, struct tally_row **rows, size_t *count_out,
                          struct err *e)
{
    size_t cap = 0;
    bool aliases = false;
    *rows = NULL;
    *count_out = 0;
    enum status st = settle(s, e);
    if (st == ST_OK) {
        st = merged(s, &aliases, e);
    }
    if (st != ST_OK) {
        return st;
    }
    struct sql q =
        aliases ? sql_use(s, "SELECT t.strategy, coalesce(a.into_id, t.node), t.complexified, "
                             "t.state, sum(t.n) FROM tally t LEFT JOIN node_alias a ON "
                             "a.from_id = t.node GROUP BY 1, 2, 3, 4 HAVING sum(t.n) <> 0")
                : sql_use(s, "SELECT strategy, node, complexified, state, n FROM tally "
                             "WHERE n <> 0 ORDER BY 1, 2, 3, 4");
    while (sql_row(&q)) {
        *rows = vec_grow(*rows, &cap, *count_out + 1, sizeof **rows);
        (*rows)[(*count_out)++] = (struct tally_row){
            .strategy = sql_col_int(&q, 0),
            .node = sql_col_int(&q, 1),
            .complexified = sql_col_int(&q, 2) != 0,
            .state = state_of(sql_col_int(&q, 3)),
            .n = sql_col_int(&q, 4),
        };
    }
    st = sql_end(&q, e);
    if (st != ST_OK) {
        free(*rows);
        *rows = NULL;
        *count_out = 0;
    }
    return st;
}

enum status store_point_counts(struct store *s, int64_t n[POINT_STATES], struct err *e)
{
    memset(n, 0, POINT_STATES * sizeof n[0]);
    enum status st = settle(s, e);
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "SELECT state, n FROM tally WHERE node = 0");
    while (sql_row(&q)) {
        n[state_of(sql_col_int(&q, 0))] += sql_col_int(&q, 1);
    }
    return sql_end(&q, e);
}
