/*
 * The run: from a target to a plan, from the plan to points under way, to the end. The store is
 * what a run is resumed from: the plan row, its draws, and the outcomes of the points that were
 * started.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "server/live_private.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *live_run_name(enum run_state s)
{
    static const char *const name[] = {"idle", "running", "paused", "stopped", "interrupted"};
    return name[s];
}

static enum status save_run(struct live *l, struct err *e)
{
    struct plan_row row;
    enum status st = store_plan(l->store, &row, e);
    if (st != ST_OK) {
        return st;
    }
    snprintf(row.run, sizeof row.run, "%s",
             live_run_name(l->state == RUN_INTERRUPTED ? RUN_RUNNING : l->state));
    free(row.reason);
    row.reason = l->reason[0] != '\0' ? xstrdup(l->reason) : NULL;
    free(row.counts);
    row.counts = NULL; /* stays as it is */
    row.started = l->run != NULL ? run_started(l->run) : row.started;
    bool own = !store_in_transaction(l->store);
    if (own) {
        st = store_begin(l->store, e);
    }
    if (st == ST_OK) {
        st = store_plan_put(l->store, &row, e);
    }
    if (own && st == ST_OK) {
        st = store_commit(l->store, e);
    } else if (own) {
        store_rollback(l->store);
    }
    plan_row_clear(&row);
    return st;
}

static void set_state(struct live *l, enum run_state state, const char *reason)
{
    if (l->state == RUN_RUNNING && state != RUN_RUNNING) {
        l->run_ms += clock_ms() - l->run_began_ms;
    } else if (l->state != RUN_RUNNING && state == RUN_RUNNING) {
        l->run_began_ms = clock_ms();
    }
    l->turned += l->state != state;
    l->state = state;
    snprintf(l->reason, sizeof l->reason, "%s", reason != NULL ? reason : "");
    struct err e = {0};
    if (save_run(l, &e) != ST_OK) {
        live_event(l, "the state of the run could not be stored: %s", e.msg);
    }
    l->changed++;
}

/* ---- points to start again */

static void again_push(struct live *l, int64_t id)
{
    l->again = vec_grow(l->again, &l->again_cap, l->again_count + 1, sizeof *l->again);
    l->again[l->again_count++] = id;
}

static bool again_visit(void *ctx, const struct point *p)
{
    again_push(ctx, p->id);
    return true;
}

static int compare_ids(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Points that were under way or failed, in the order of their ids. */
static enum status gather_open(struct live *l, struct err *e)
{
    l->again_to_target = false;
    l->again_count = l->again_next = 0;
    enum status st = store_points_in(l->store, POINT_ASKED, 0, INT64_MAX, again_visit, l, e);
    if (st == ST_OK) {
        st = store_points_in(l->store, POINT_FAILED, 0, INT64_MAX, again_visit, l, e);
    }
    if (l->again_count > 1) { /* of none there is no array, which qsort must not be given */
        qsort(l->again, l->again_count, sizeof *l->again, compare_ids);
    }
    return st;
}

/* ---- opening a session */

static void restore_visit(void *ctx, int64_t id, enum point_state outcome)
{
    struct live *l = ctx;
    struct point p;
    if (!run_replaces(l->run, id) || store_point(l->store, id, &p, NULL) != ST_OK) {
        run_restore(l->run, id, outcome);
        return;
    }
    struct run_draw made = {
        .id = id, .strategy = p.strategy, .nodes = p.nodes, .complexified = p.complexified};
    memcpy(made.node, p.node, sizeof made.node);
    run_restore_as(l->run, &made, outcome);
    point_clear(&p);
}

/* Read the stored plan again and replay the outcomes of its points. */
static enum status load_run(struct live *l, int64_t first, struct err *e)
{
    struct buf spec;
    buf_init(&spec, LIVE_SPEC_MAX);
    enum status st = store_plan_spec(l->store, &spec, e);
    if (st == ST_OK && spec.len > 0) {
        char *end = NULL;
        l->fingerprint = strtoull(spec.data, &end, 10);
        if (*end == '\n') {
            end++;
        }
        size_t skipped = (size_t)(end - spec.data);
        st = run_read(end, spec.len - skipped, first, &l->run, e);
    }
    buf_free(&spec);
    if (st == ST_OK && l->run != NULL) {
        st = store_outcomes(l->store, first, restore_visit, l, e);
    }
    return st;
}

enum status live_run_load(struct live *l, struct err *e)
{
    struct plan_row row;
    enum status st = store_plan(l->store, &row, e);
    if (st != ST_OK) {
        return st;
    }
    l->target = row.target;
    l->series = row.series;
    if (strcmp(row.run, "running") == 0) {
        l->state = RUN_INTERRUPTED;
        snprintf(l->reason, sizeof l->reason, "the server ended while the run went on");
    } else if (strcmp(row.run, "paused") == 0) {
        l->state = RUN_PAUSED;
        snprintf(l->reason, sizeof l->reason, "%s", row.reason != NULL ? row.reason : "");
    } else if (strcmp(row.run, "stopped") == 0) {
        l->state = RUN_STOPPED;
        snprintf(l->reason, sizeof l->reason, "%s", row.reason != NULL ? row.reason : "");
    }
    if (row.target > 0 && l->state != RUN_IDLE) {
        st = load_run(l, row.first, e);
    }
    plan_row_clear(&row);
    return st;
}

/* ---- control */

static enum status accepted_now(struct live *l, int64_t n[POINT_STATES], struct err *e)
{
    return store_point_counts(l->store, n, e);
}

static void begin_running(struct live *l, int64_t missing)
{
    double limit = store_setting_num(l->store, SETTING_MAX_ATTEMPTS, 0);
    l->attempt_limit = limit > 0 ? (int64_t)limit : missing * 10 + 100;
    l->started_in_run = 0;
    l->passes = 0;
    set_state(l, RUN_RUNNING, NULL);
}

enum status live_generate(struct live *l, int64_t target, struct err *e)
{
    if (l->state == RUN_RUNNING && target == l->target) {
        return ST_OK;
    }
    enum status st = live_follow(l, e);
    if (st != ST_OK) {
        return st;
    }
    if (l->common.schema == NULL) {
        return err_set(e, ST_INVALID, "no record schema yet: set one with `schema JSON`");
    }
    int64_t n[POINT_STATES];
    st = accepted_now(l, n, e);
    if (st != ST_OK) {
        return st;
    }
    bool same = l->run != NULL && target == l->target && maker_active(l->maker) == 0;
    if (same) { /* interrupted, paused or stopped: go on with its plan if the design is what it was
                 */
        return live_resume(l, e);
    }
    int64_t added = 0;
    st = live_plan_make(l, target, &added, e);
    if (st == ST_OK && maker_active(l->maker) == 0) {
        st = gather_open(l, e);
        l->again_to_target = true; /* it may be lower than the one they were started for */
    }
    if (st == ST_OK) {
        int64_t missing = target - n[POINT_ACCEPTED];
        if (l->state != RUN_RUNNING) {
            l->run_ms = 0;
        }
        live_event(l, "generate %" PRId64 ": %" PRId64 " %s to be made", target, added,
                   added == 1 ? "point" : "points");
        begin_running(l, missing > 0 ? missing : 0);
    }
    return st;
}

void live_came_back(struct live *l, const char *key, enum task_id task)
{
    keyset_remove(&l->on_way, key);
    l->reserved -= teachers_max_cost(l->teachers, task, 8192);
    if (l->reserved < 0) {
        l->reserved = 0;
    }
}

struct dropped {
    struct live *l;
    struct question **kept; /* of jobs: these go on */
    size_t count, cap;
};

static void drop_question(void *ctx, struct question *q)
{
    struct dropped *d = ctx;
    if (q->key[0] == 'j' || q->key[0] == 't') {
        d->kept = vec_grow(d->kept, &d->cap, d->count + 1, sizeof(struct question *));
        d->kept[d->count++] = q;
        return;
    }
    live_came_back(d->l, q->key, q->task);
    question_free(q);
}

/*
 * Forget the points under way. Their replies that still come are stored, so that a later start goes
 * through them without asking again.
 */
static void let_go(struct live *l)
{
    struct dropped d = {.l = l};
    teachers_drop_waiting(l->teachers, drop_question, &d);
    for (size_t i = 0; i < d.count; i++) {
        teachers_ask(l->teachers, d.kept[i]);
    }
    free(d.kept);
    maker_clear(l->maker);
    step_reset(&l->step);
    l->again_count = l->again_next = 0;
}

enum status live_pause(struct live *l, const char *reason, struct err *e)
{
    if (l->state != RUN_RUNNING) {
        return err_set(e, ST_INVALID, "nothing is running (the run is %s)",
                       live_run_name(l->state));
    }
    let_go(l);
    l->paused_by_hand = reason == NULL;
    set_state(l, RUN_PAUSED, reason != NULL ? reason : "by hand");
    live_event(l, "paused: %s", l->reason);
    return ST_OK;
}

enum status live_resume(struct live *l, struct err *e)
{
    int jobs = 0;
    enum status st = live_jobs_resume(l, &jobs, e);
    if (st != ST_OK) {
        return st;
    }
    live_trials_resume(l);
    if (l->state == RUN_RUNNING || l->state == RUN_IDLE) {
        if (jobs > 0 || l->state == RUN_RUNNING) {
            return ST_OK;
        }
        return err_set(e, ST_INVALID, "nothing to resume: start with `generate N`");
    }
    if (l->run == NULL || live_plan_outdated(l)) {
        st = live_plan_again(l, e);
    }
    if (st == ST_OK && maker_active(l->maker) == 0) {
        st = gather_open(l, e);
    }
    int64_t n[POINT_STATES] = {0};
    if (st == ST_OK) {
        st = accepted_now(l, n, e);
    }
    if (st == ST_OK) {
        begin_running(l, l->target > n[POINT_ACCEPTED] ? l->target - n[POINT_ACCEPTED] : 0);
        live_event(l, "resumed");
    }
    return st;
}

enum status live_stop(struct live *l, struct err *e)
{
    int jobs = live_jobs_stop(l, "stopped by hand") + live_trials_stop(l, "stopped by hand");
    if (l->state == RUN_IDLE || l->state == RUN_STOPPED) {
        return jobs > 0 ? ST_OK : err_set(e, ST_INVALID, "nothing is running");
    }
    let_go(l);
    set_state(l, RUN_STOPPED, "by hand");
    live_event(l, "stopped");
    return ST_OK;
}

void live_run_fatal(struct live *l, const char *reason)
{
    let_go(l);
    if (l->state == RUN_RUNNING) {
        l->paused_by_hand = false;
        set_state(l, RUN_PAUSED, reason);
    }
    live_event(l, "paused: %s", reason);
}

bool live_running(const struct live *l)
{
    return l->state == RUN_RUNNING;
}

int64_t live_turned(const struct live *l)
{
    return l->turned;
}

bool live_goes_on(const struct live *l)
{
    return l->state == RUN_RUNNING || (l->state == RUN_PAUSED && l->paused_by_hand);
}

void live_edited(struct live *l)
{
    struct err e = {0};
    l->turned++;
    if (live_follow(l, &e) != ST_OK) {
        live_event(l, "%s", e.msg);
        return;
    }
    if (l->state == RUN_RUNNING && live_plan_outdated(l) && live_plan_again(l, &e) != ST_OK) {
        live_pause(l, e.msg, NULL);
    }
}

/* ---- budget */

bool live_budget_allows(struct live *l, const struct question *q, double *cost, char why[160])
{
    *cost = teachers_max_cost(l->teachers, q->task, 8192);
    double budget = l->budget;
    double tokens = l->budget_tokens;
    if (budget <= 0 && tokens <= 0) {
        return true;
    }
    struct call_totals t;
    if (store_call_totals(l->store, &t, NULL) != ST_OK) {
        return true;
    }
    if (budget > 0 && t.cost + l->reserved + *cost > budget) {
        snprintf(why, 160, "budget: $%.4f are spent, the next call could pass $%.2f", t.cost,
                 budget);
        return false;
    }
    if (tokens > 0 && (double)(t.tokens_in + t.tokens_out) >= tokens) {
        snprintf(why, 160, "budget-tokens: %lld tokens are used of %.0f",
                 (long long)t.tokens_in + t.tokens_out, tokens);
        return false;
    }
    return true;
}

void live_budget_stop(struct live *l, const char *why)
{
    live_jobs_stop(l, why);
    live_trials_stop(l, why);
    if (l->state == RUN_RUNNING) {
        let_go(l);
        set_state(l, RUN_STOPPED, why);
        live_event(l, "stopped: %s", why);
    }
}

/* ---- feeding */

cJSON *live_mix_json(struct live *l, const int64_t *nodes, int n)
{
    cJSON *mix = cJSON_CreateArray();
    struct buf path;
    buf_init(&path, TREE_PATH_MAX);
    for (int i = 0; i < n; i++) {
        cJSON *o = cJSON_CreateObject();
        uint32_t at = tree_by_id(&l->tree, nodes[i]);
        buf_clear(&path);
        if (at != TREE_NONE) {
            tree_path(&l->tree, at, &path);
            const struct node *node = &l->tree.nodes[at];
            cJSON_AddStringToObject(o, "taxonomy", l->tree.nodes[tree_taxonomy(&l->tree, at)].name);
            cJSON_AddStringToObject(o, "path", path.data);
            cJSON_AddStringToObject(o, "name", node->name);
            cJSON_AddStringToObject(o, "description", node->desc);
        } else {
            store_node_path(l->store, nodes[i], &path, NULL);
            cJSON_AddStringToObject(o, "taxonomy", "");
            cJSON_AddStringToObject(o, "path", path.data);
            cJSON_AddStringToObject(o, "name", path.data);
            cJSON_AddStringToObject(o, "description", "");
        }
        cJSON_AddItemToArray(mix, o);
    }
    buf_free(&path);
    return mix;
}

static void start_point(struct live *l, const struct point *p)
{
    struct maker_start s = {.point = p, .mix = live_mix_json(l, p->node, p->nodes)};
    cJSON *found = NULL;
    s.available = store_scenario_count(l->store, p->mix_hash);
    if (p->serial < s.available) {
        store_scenarios(l->store, p->mix_hash, p->serial, 1, &found, NULL);
        s.scenario = json_str_or(cJSON_GetArrayItem(found, 0), "text", NULL);
        s.available = s.scenario != NULL ? s.available : p->serial; /* lost: written again */
    } else if (s.available > 0) {
        int32_t from = s.available > MAKER_EARLIER ? s.available - MAKER_EARLIER : 0;
        cJSON *rows = NULL;
        store_scenarios(l->store, p->mix_hash, from, MAKER_EARLIER, &rows, NULL);
        s.earlier = cJSON_CreateArray();
        const cJSON *row = NULL;
        cJSON_ArrayForEach(row, rows)
        {
            cJSON_AddItemToArray(s.earlier, cJSON_CreateString(json_str_or(row, "text", "")));
        }
        cJSON_Delete(rows);
    }
    maker_start(l->maker, &s, &l->step);
    cJSON_Delete(found);
    struct err e = {0};
    if (live_apply(l, NULL, 0, 0, &e) != ST_OK) {
        live_event(l, "%s", e.msg);
    }
}

static void start_draw(struct live *l, const struct run_draw *d)
{
    struct point p = {.id = d->id,
                      .strategy = d->strategy,
                      .nodes = d->nodes,
                      .complexified = d->complexified,
                      .outcome = POINT_ASKED,
                      .state = POINT_ASKED,
                      .seed = rng_at(l->common.seed, (uint64_t)d->id, 0)};
    memcpy(p.node, d->node, sizeof p.node);
    p.mix_hash = mix_hash(d->strategy, d->node, d->nodes);
    p.serial = (int32_t)store_mix_used(l->store, p.mix_hash);
    start_point(l, &p);
    l->started_in_run++;
}

void live_feed(struct live *l)
{
    int room = teachers_room(l->teachers);
    int64_t n[POINT_STATES];
    if (room <= 0 || store_point_counts(l->store, n, NULL) != ST_OK) {
        return;
    }
    while (room > 0 && maker_active(l->maker) < LIVE_WINDOW) {
        bool enough = n[POINT_ACCEPTED] + (int64_t)maker_active(l->maker) >= l->target;
        room--;
        if (l->again_next < l->again_count) {
            if (enough && l->again_to_target) {
                break;
            }
            struct point p;
            if (store_point(l->store, l->again[l->again_next++], &p, NULL) == ST_OK) {
                start_point(l, &p);
                point_clear(&p);
            }
            continue;
        }
        /* A person's acceptance counts at once: the run makes one less. */
        if (l->started_in_run >= l->attempt_limit || enough) {
            break;
        }
        struct run_draw d;
        if (l->run == NULL || !run_next(l->run, &d)) {
            break;
        }
        start_draw(l, &d);
    }
}

void live_settled(struct live *l, const struct point *p)
{
    if (l->run != NULL) {
        run_settled(l->run, p->id, p->outcome);
    }
    live_count(l, 1, 0);
}

/* ---- the end */

static void finish(struct live *l, const char *reason)
{
    set_state(l, RUN_IDLE, reason);
    run_free(l->run);
    l->run = NULL;
    l->again_count = l->again_next = 0;
    live_event(l, reason != NULL ? "the run is over: %s" : "the run is over%s",
               reason != NULL ? reason : "");
}

void live_run_end_check(struct live *l)
{
    bool again = l->again_next < l->again_count;
    if (maker_active(l->maker) > 0 || l->reply_count > 0 || (again && !l->again_to_target)) {
        return;
    }
    int64_t n[POINT_STATES];
    struct err e = {0};
    if (accepted_now(l, n, &e) != ST_OK || (again && n[POINT_ACCEPTED] < l->target)) {
        return;
    }
    if (n[POINT_ACCEPTED] >= l->target) {
        finish(l, NULL);
        return;
    }
    char reason[300];
    if (l->started_in_run >= l->attempt_limit) {
        snprintf(reason, sizeof reason,
                 "short: %" PRId64 " of %" PRId64 " accepted after %" PRId64
                 " points were tried (setting max-attempts)",
                 n[POINT_ACCEPTED], l->target, l->started_in_run);
        finish(l, reason);
        return;
    }
    if (l->run != NULL && run_to_start(l->run) > 0) {
        return; /* room will come */
    }
    if (n[POINT_FAILED] > 0) {
        if (l->passes++ < LIVE_PASSES) {
            l->again_count = l->again_next = 0;
            store_points_in(l->store, POINT_FAILED, 0, INT64_MAX, again_visit, l, NULL);
            return;
        }
        if (l->run != NULL && run_give_up(l->run)) {
            return; /* those behind the failed ones have replacements to make */
        }
        snprintf(reason, sizeof reason,
                 "short: %" PRId64 " of %" PRId64 " accepted, %" PRId64
                 " points got no answer; `generate` tries them again",
                 n[POINT_ACCEPTED], l->target, n[POINT_FAILED]);
        finish(l, reason);
        return;
    }
    /* Settled points of an earlier plan, or a person's decisions, left a gap: plan it. */
    if (live_plan_again(l, &e) != ST_OK) {
        finish(l, e.msg);
    }
}

enum status live_run_result(struct live *l, struct err *e)
{
    int64_t n[POINT_STATES];
    enum status st = accepted_now(l, n, e);
    if (st != ST_OK || l->target == 0) {
        return st;
    }
    if (l->state == RUN_PAUSED || l->state == RUN_INTERRUPTED) {
        return err_set(e, ST_SHORT, "%s: %s (%" PRId64 " of %" PRId64 " accepted)",
                       live_run_name(l->state), l->reason, n[POINT_ACCEPTED], l->target);
    }
    if (n[POINT_ACCEPTED] < l->target) {
        return err_set(e, ST_SHORT,
                       "%" PRId64 " of %" PRId64 " accepted, %" PRId64 " rejected, %" PRId64
                       " disputed, %" PRId64 " invalid, %" PRId64 " failed%s%s",
                       n[POINT_ACCEPTED], l->target, n[POINT_REJECTED], n[POINT_DISPUTED],
                       n[POINT_INVALID], n[POINT_FAILED], l->reason[0] != '\0' ? ": " : "",
                       l->reason);
    }
    return ST_OK;
}

/* ---- retry */

struct retry {
    struct live *l;
    int64_t count;
};

static enum status retry_one(struct live *l, struct point *p, struct err *e)
{
    p->epoch++;
    p->outcome = p->state = POINT_ASKED;
    free(p->record);
    free(p->reason);
    p->record = p->reason = NULL;
    enum status st = store_point_put(l->store, p, e);
    if (st == ST_OK) {
        again_push(l, p->id);
    }
    return st;
}

static bool retry_visit(void *ctx, const struct point *p)
{
    struct retry *r = ctx;
    if (p->outcome != POINT_ASKED && p->outcome != POINT_PLANNED) {
        again_push(r->l, p->id);
        r->count++;
    }
    return true;
}

static enum status retry_ids(struct live *l, size_t from, struct err *e)
{
    bool own = !store_in_transaction(l->store); /* `review retry` has its operation open */
    enum status st = own ? store_begin(l->store, e) : ST_OK;
    size_t count = l->again_count;
    l->again_count = from; /* retry_one pushes them again */
    int64_t *ids = xcalloc(count - from, sizeof *ids);
    memcpy(ids, l->again + from, (count - from) * sizeof *ids);
    for (size_t i = 0; st == ST_OK && i < count - from; i++) {
        struct point p;
        st = store_point(l->store, ids[i], &p, e);
        if (st == ST_OK) {
            st = retry_one(l, &p, e);
            point_clear(&p);
        }
    }
    free(ids);
    if (own && st == ST_OK) {
        st = store_commit(l->store, e);
    } else if (own) {
        store_rollback(l->store);
    }
    if (st != ST_OK) {
        l->again_count = from;
    }
    return st;
}

static void retry_begin(struct live *l)
{
    l->again_to_target = false;
    if (l->state != RUN_RUNNING) {
        begin_running(l, (int64_t)l->again_count);
    }
}

enum status live_retry(struct live *l, const struct filter *f, int64_t *count, struct err *e)
{
    struct retry r = {.l = l};
    struct point_page page = {.filter = f, .sort = SORT_ID, .limit = INT64_MAX};
    if (l->again_next >= l->again_count) {
        l->again_next = l->again_count = 0;
    }
    size_t from = l->again_count;
    enum status st = store_points(l->store, &page, retry_visit, &r, e);
    if (st == ST_OK && r.count > 0) {
        st = retry_ids(l, from, e);
    }
    if (st == ST_OK && r.count > 0) {
        retry_begin(l);
    }
    *count = r.count;
    return st;
}

enum status live_retry_point(struct live *l, int64_t point, struct err *e)
{
    size_t from = l->again_count;
    again_push(l, point);
    enum status st = retry_ids(l, from, e);
    if (st == ST_OK) {
        retry_begin(l);
    }
    return st;
}
