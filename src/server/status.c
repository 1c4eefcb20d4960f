/*
 * `status` in two layers: what the store alone knows (any process can say it), and what only the
 * running session knows.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "server/live_private.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_nums(cJSON *o, const char *const *names, const double *values, int n)
{
    for (int i = 0; i < n; i++) {
        cJSON_AddNumberToObject(o, names[i], values[i]);
    }
}

static int64_t positive(int64_t n)
{
    return n > 0 ? n : 0;
}

/* Money for what is missing, by what points cost so far. */
static double expected_cost(const struct call_totals *t, const int64_t n[POINT_STATES],
                            int64_t missing)
{
    return n[POINT_ACCEPTED] > 0 ? t->cost / (double)n[POINT_ACCEPTED] * (double)missing : 0;
}

/* Who writes: data of the rule-based teacher must be known as such wherever it is shown. */
static void add_teacher(struct store *s, cJSON *o)
{
    struct teacher_config *list = NULL;
    int count = 0;
    struct buf role;
    buf_init(&role, 4096);
    bool offline = false;
    if (store_role(s, ROLE_WRITER, &role, NULL) == ST_OK) {
        store_teachers(s, &list, &count, NULL);
    }
    for (int i = 0; i < count; i++) {
        if (strcmp(list[i].name, role.data) == 0) {
            offline = strcmp(teacher_config_text(&list[i], TK_DIALECT), "offline") == 0;
        }
        teacher_config_free(&list[i]);
    }
    free(list);
    cJSON_AddStringToObject(o, "teacher", offline ? "offline teacher (rule-based)" : role.data);
    cJSON_AddBoolToObject(o, "offline", offline);
    buf_free(&role);
}

enum status status_json(struct store *s, cJSON **out, struct err *e)
{
    int64_t n[POINT_STATES];
    struct call_totals t;
    struct plan_row plan;
    *out = NULL;
    enum status st = store_point_counts(s, n, e);
    if (st == ST_OK) {
        st = store_call_totals(s, &t, e);
    }
    if (st == ST_OK) {
        st = store_plan(s, &plan, e);
    }
    if (st != ST_OK) {
        return st;
    }
    int64_t holding = n[POINT_ACCEPTED] + n[POINT_ASKED] + n[POINT_FAILED];
    int64_t missing = positive(plan.target - n[POINT_ACCEPTED]);
    cJSON *o = cJSON_CreateObject();
    static const char *const points[] = {"target",   "planned",  "asked",   "accepted",
                                         "rejected", "disputed", "invalid", "failed"};
    const double values[] = {(double)plan.target,       (double)positive(plan.target - holding),
                             (double)n[POINT_ASKED],    (double)n[POINT_ACCEPTED],
                             (double)n[POINT_REJECTED], (double)n[POINT_DISPUTED],
                             (double)n[POINT_INVALID],  (double)n[POINT_FAILED]};
    add_nums(o, points, values, 8);
    cJSON_AddBoolToObject(o, "running", false);
    cJSON_AddNumberToObject(o, "short", (double)missing);
    cJSON *calls = cJSON_AddObjectToObject(o, "calls");
    static const char *const call_names[] = {"made", "ok", "failed", "retried", "in_flight"};
    const double call_values[] = {(double)t.made, (double)t.ok, (double)t.failed, (double)t.retried,
                                  0};
    add_nums(calls, call_names, call_values, 5);
    cJSON *tokens = cJSON_AddObjectToObject(o, "tokens");
    static const char *const token_names[] = {"input", "cached", "output"};
    const double token_values[] = {(double)t.tokens_in, (double)t.tokens_cached,
                                   (double)t.tokens_out};
    add_nums(tokens, token_names, token_values, 3);
    cJSON *cost = cJSON_AddObjectToObject(o, "cost");
    static const char *const cost_names[] = {"spent", "expected"};
    const double cost_values[] = {t.cost, t.cost + expected_cost(&t, n, missing)};
    add_nums(cost, cost_names, cost_values, 2);
    cJSON_AddNumberToObject(o, "seconds", 0);
    cJSON_AddStringToObject(o, "run",
                            strcmp(plan.run, "running") == 0 ? "interrupted"
                            : plan.run[0] != '\0'            ? plan.run
                                                             : "idle");
    cJSON_AddStringToObject(o, "reason", plan.reason != NULL ? plan.reason : "");
    add_teacher(s, o);
    plan_row_clear(&plan);
    *out = o;
    return ST_OK;
}

/* ---- the running session's part */

static double rate(const struct live *l, const int *counts)
{
    int64_t now = clock_ms() / 1000;
    int sum = 0, seconds = 0;
    for (int64_t s = now - 10; s < now; s++) {
        size_t i = (size_t)(s % LIVE_RATE);
        sum += l->rate_second[i] == s ? counts[i] : 0;
        seconds++;
    }
    return (double)sum / seconds;
}

static void add_history(const struct live *l, cJSON *o)
{
    int64_t now = clock_ms() / 1000;
    cJSON *list = cJSON_AddArrayToObject(o, "history");
    for (int64_t s = now - LIVE_RATE + 1; s < now; s++) {
        size_t i = (size_t)((s + LIVE_RATE) % LIVE_RATE);
        cJSON_AddItemToArray(list,
                             cJSON_CreateNumber(l->rate_second[i] == s ? l->rate_points[i] : 0));
    }
}

/* Answered calls by task over the whole session: what a restart of the server must not forget. */
struct answered {
    int64_t n[TASK_COUNT];
};

static void count_task(void *ctx, const char *task, const struct estimate_task *sum)
{
    struct answered *a = ctx;
    enum task_id id = TASK_FACTORS;
    if (task_by_name(task, &id)) {
        a->n[id] = sum->calls;
    }
}

static const struct stage_row {
    const char *name;
    enum task_id tasks[2];
    int count;
} stage_rows[] = {{"scenario", {TASK_SCENARIOS}, 1},
                  {"complexify", {TASK_COMPLEXIFY}, 1},
                  {"write", {TASK_GENERATE, TASK_REFINE}, 2},
                  {"requirements", {TASK_REQUIREMENTS}, 1},
                  {"two critics", {TASK_CRITIC_CORRECT, TASK_CRITIC_INCORRECT}, 2}};
enum { STAGES = sizeof stage_rows / sizeof *stage_rows, LIMITED_MS = 10000 };

/* asked: handed to the teachers; waiting: of them, not sent yet. */
static void add_stages(const struct live *l, const struct teachers_state *t, cJSON *o)
{
    const struct maker_stage *stage = maker_stages(l->maker);
    struct answered answered = {{0}};
    store_call_by_task(l->store, count_task, &answered, NULL);
    cJSON *list = cJSON_AddArrayToObject(o, "stages");
    for (size_t i = 0; i < STAGES; i++) {
        int64_t asked = 0, waiting = 0, done = 0, again = 0, lost = 0;
        for (int k = 0; k < stage_rows[i].count; k++) {
            enum task_id task = stage_rows[i].tasks[k];
            const struct maker_stage *s = &stage[task];
            asked += s->asked;
            waiting += t->waiting_of[task];
            done += answered.n[task];
            again += s->again;
            lost += s->lost;
        }
        cJSON *row = cJSON_CreateObject();
        cJSON_AddStringToObject(row, "name", stage_rows[i].name);
        cJSON_AddNumberToObject(row, "asked", (double)asked);
        cJSON_AddNumberToObject(row, "waiting", (double)(waiting < asked ? waiting : asked));
        cJSON_AddNumberToObject(row, "done", (double)done);
        cJSON_AddNumberToObject(row, "again", (double)again);
        cJSON_AddNumberToObject(row, "lost", (double)lost);
        cJSON_AddItemToArray(list, row);
    }
}

/* Which stage holds most of the questions, and what they wait for. */
static void add_bottleneck(const struct live *l, const struct teachers_state *t, cJSON *o)
{
    const struct maker_stage *stage = maker_stages(l->maker);
    const char *name = NULL;
    int64_t most = 0;
    for (size_t i = 0; i < STAGES; i++) {
        int64_t asked = 0;
        for (int k = 0; k < stage_rows[i].count; k++) {
            asked += stage[stage_rows[i].tasks[k]].asked;
        }
        if (asked > most) {
            most = asked;
            name = stage_rows[i].name;
        }
    }
    if (l->state != RUN_RUNNING || name == NULL) {
        cJSON_AddNullToObject(o, "bottleneck");
        return;
    }
    char why[160];
    bool limited = l->limited > 0 && clock_ms() - l->limited_ms < LIMITED_MS;
    if (t->metered) {
        snprintf(why, sizeof why, "rate-limited: the calls or tokens of this minute are used up");
    } else if (t->in_flight >= t->limit && t->waiting > t->retrying) {
        snprintf(why, sizeof why, "slot-limited: %d of %d in flight, %d wait%s", t->in_flight,
                 t->limit, t->waiting - t->retrying,
                 limited && t->limit_auto ? "; rate limits keep it low" : "");
    } else if (limited && t->retrying > 0) {
        snprintf(why, sizeof why, "rate-limited: the server says so, %d wait to try again",
                 t->retrying);
    } else {
        snprintf(why, sizeof why, "waits for answers, %.1f s each", t->p50);
    }
    cJSON *b = cJSON_AddObjectToObject(o, "bottleneck");
    cJSON_AddStringToObject(b, "stage", name);
    cJSON_AddStringToObject(b, "why", why);
}

static void add_events(const struct live *l, cJSON *o)
{
    cJSON *list = cJSON_AddArrayToObject(o, "events");
    for (size_t i = 0; i < l->event_count; i++) {
        char at[32];
        clock_iso(at, l->event[i].at_us);
        cJSON *row = cJSON_CreateObject();
        cJSON_AddStringToObject(row, "at", at);
        cJSON_AddStringToObject(row, "text", l->event[i].text);
        cJSON_AddItemToArray(list, row);
    }
}

static void add_working(void *ctx, int64_t node)
{
    cJSON_AddItemToArray(ctx, cJSON_CreateNumber((double)node));
}

static void add_jobs(const struct live *l, cJSON *o)
{
    cJSON *nodes = cJSON_AddArrayToObject(o, "expanding");
    const char *line = NULL;
    for (int i = 0; i < LIVE_JOBS; i++) {
        if (l->grow[i].grow != NULL) {
            grow_working(l->grow[i].grow, add_working, nodes);
            line = l->grow[i].title;
        } else if (l->grow[i].advise != NULL) {
            advise_working(l->grow[i].advise, add_working, nodes);
            line = l->grow[i].title;
        }
    }
    if (line != NULL) {
        cJSON_AddStringToObject(o, "job", line);
    } else {
        cJSON_AddNullToObject(o, "job");
    }
}

static void add_journal(struct live *l, cJSON *o)
{
    struct buf line;
    buf_init(&line, 65536);
    if (store_undo_line(l->store, &line)) {
        cJSON_AddStringToObject(o, "undo", line.data);
    } else {
        cJSON_AddNullToObject(o, "undo");
    }
    buf_clear(&line);
    if (store_redo_line(l->store, &line)) {
        cJSON_AddStringToObject(o, "redo", line.data);
    } else {
        cJSON_AddNullToObject(o, "redo");
    }
    buf_free(&line);
}

static void add_revision(struct live *l, cJSON *o)
{
    struct store_revision rev;
    if (store_revision(l->store, &rev, NULL) == ST_OK) {
        cJSON *r = cJSON_AddObjectToObject(o, "revision");
        cJSON_AddNumberToObject(r, "tree", (double)rev.tree);
        cJSON_AddNumberToObject(r, "points", (double)rev.points);
        cJSON_AddNumberToObject(r, "settings", (double)rev.settings);
    }
}

static void set(cJSON *o, const char *name, cJSON *value)
{
    cJSON_DeleteItemFromObject(o, name);
    cJSON_AddItemToObject(o, name, value);
}

void live_status(struct live *l, cJSON *o, bool full)
{
    struct teachers_state t;
    teachers_state(l->teachers, &t);
    int64_t ms = l->run_ms + (l->state == RUN_RUNNING ? clock_ms() - l->run_began_ms : 0);
    set(o, "running", cJSON_CreateBool(l->state == RUN_RUNNING));
    set(cJSON_GetObjectItem(o, "calls"), "in_flight", cJSON_CreateNumber(t.in_flight));
    set(o, "seconds", cJSON_CreateNumber((double)ms / 1000));
    set(o, "run", cJSON_CreateString(live_run_name(l->state)));
    set(o, "reason", cJSON_CreateString(l->reason));
    double points = rate(l, l->rate_points), calls = rate(l, l->rate_calls);
    cJSON *r = cJSON_AddObjectToObject(o, "rate");
    cJSON_AddNumberToObject(r, "points_per_s", points);
    cJSON_AddNumberToObject(r, "calls_per_s", calls);
    double left = json_num_or(o, "short", 0);
    if (l->state == RUN_RUNNING && points > 0) {
        cJSON_AddNumberToObject(o, "eta", left / points);
    } else {
        cJSON_AddNullToObject(o, "eta");
    }
    add_jobs(l, o);
    if (!full) {
        return;
    }
    cJSON_AddNumberToObject(o, "in_flight_limit", t.limit);
    cJSON_AddBoolToObject(o, "limit_auto", t.limit_auto);
    cJSON_AddNumberToObject(o, "waiting", t.waiting);
    cJSON *latency = cJSON_AddObjectToObject(o, "latency");
    cJSON_AddNumberToObject(latency, "p50", t.p50);
    cJSON_AddNumberToObject(latency, "p95", t.p95);
    cJSON_AddNumberToObject(latency, "p99", t.p99);
    cJSON_AddNumberToObject(o, "retrying", t.retrying);
    add_history(l, o);
    live_recent_json(l, o);
    add_stages(l, &t, o);
    add_bottleneck(l, &t, o);
    add_events(l, o);
    add_journal(l, o);
    add_revision(l, o);
    if (l->teacher_keys != NULL) {
        cJSON_AddItemToObject(o, "teachers", cJSON_Duplicate(l->teacher_keys, true));
    }
    struct buf shown;
    buf_init(&shown, 512);
    bool offline = false;
    teachers_shown(l->teachers, ROLE_WRITER, &shown, &offline);
    set(o, "teacher", cJSON_CreateString(shown.data));
    set(o, "offline", cJSON_CreateBool(offline));
    buf_free(&shown);
}
