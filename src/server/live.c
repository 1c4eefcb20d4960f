/*
 * The cycle of a session. Replies collect while the loop sleeps or commits; each turn takes what is
 * there, lets the engine step, writes calls and changes in one transaction, and only after the
 * commit hands the next questions over. So a reply is stored before it is used, replies batch by
 * themselves when the disk is slow, and kill -9 can lose only what was still on the wire.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "server/live_private.h"
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void live_event(struct live *l, const char *fmt, ...)
{
    if (l->event_count == LIVE_EVENTS) {
        memmove(l->event, l->event + 1, (LIVE_EVENTS - 1) * sizeof *l->event);
        l->event_count--;
    }
    struct live_event *ev = &l->event[l->event_count++];
    ev->at_us = clock_wall_us();
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(ev->text, sizeof ev->text, fmt, ap);
    va_end(ap);
    l->changed++;
    log_line(LOG_INFO, "%s", ev->text);
}

void live_count(struct live *l, int points, int calls)
{
    int64_t second = clock_ms() / 1000;
    size_t i = (size_t)(second % LIVE_RATE);
    if (l->rate_second[i] != second) {
        l->rate_second[i] = second;
        l->rate_points[i] = l->rate_calls[i] = 0;
    }
    live_recent_count(l, points);
    l->rate_points[i] += points;
    l->rate_calls[i] += calls;
}

static void on_reply(void *ctx, struct reply *r)
{
    struct live *l = ctx;
    l->replies = vec_grow(l->replies, &l->reply_cap, l->reply_count + 1, sizeof *l->replies);
    l->replies[l->reply_count++] = *r;
    r->text = r->system = r->user = NULL;
}

static void on_event(void *ctx, const char *text)
{
    live_event(ctx, "%s", text);
}

/* ---- configuration */

static enum policy policy_of(struct store *s, enum setting_id id)
{
    return store_setting_is(s, id, "accept")   ? POLICY_ACCEPT
           : store_setting_is(s, id, "reject") ? POLICY_REJECT
                                               : POLICY_QUEUE;
}

static enum status load_common(struct store *s, struct engine_common *c, struct err *e)
{
    memset(c, 0, sizeof *c);
    c->seed = (uint64_t)store_setting_num(s, SETTING_SEED, 0);
    c->scenarios = (int)store_setting_num(s, SETTING_SCENARIOS, 4);
    c->refinements = (int)store_setting_num(s, SETTING_REFINEMENTS, 2);
    c->proposals = (int)store_setting_num(s, SETTING_PROPOSALS, 3);
    c->disputed = policy_of(s, SETTING_DISPUTED);
    c->rejected = policy_of(s, SETTING_REJECTED);
    struct buf text;
    buf_init(&text, 1 << 20);
    struct record_schema *schema = NULL;
    cJSON *examples = NULL;
    enum status st = store_text(s, "description", &text, e);
    if (st != ST_OK) {
        goto out;
    }
    c->description = buf_take(&text);
    st = store_text(s, "schema", &text, e);
    if (st == ST_OK && text.len > 0) {
        st = record_schema_new(text.data, text.len, &schema, e);
        if (st == ST_OK) {
            c->schema = cJSON_Duplicate(record_schema_json(schema), true);
            const char *answer = record_schema_answer(schema);
            c->answer = answer != NULL ? xstrdup(answer) : NULL;
        }
    }
    if (st == ST_OK) {
        st = store_examples(s, &examples, e);
    }
    if (st == ST_OK) {
        c->examples = cJSON_CreateArray();
        const cJSON *item = NULL;
        cJSON_ArrayForEach(item, examples)
        {
            cJSON_AddItemToArray(c->examples,
                                 cJSON_Duplicate(cJSON_GetObjectItem(item, "record"), true));
        }
    }
out:
    cJSON_Delete(examples);
    record_schema_free(schema);
    buf_free(&text);
    return st;
}

static enum status load_teachers(struct live *l, struct err *e)
{
    struct teacher_config *list = NULL;
    int count = 0;
    struct buf role[ROLE_COUNT];
    const char *roles[ROLE_COUNT] = {0};
    enum status st = store_teachers(l->store, &list, &count, e);
    for (int r = 0; r < ROLE_COUNT; r++) {
        buf_init(&role[r], 4096);
        if (st == ST_OK) {
            st = store_role(l->store, (enum role_id)r, &role[r], e);
        }
        roles[r] = role[r].data;
    }
    if (st == ST_OK) {
        int concurrency = (int)store_setting_num(l->store, SETTING_CONCURRENCY, 0);
        teachers_configure(l->teachers, list, count, roles, concurrency);
        live_tell_teachers(l, list, count);
        struct buf shown;
        buf_init(&shown, 256);
        teachers_shown(l->teachers, ROLE_WRITER, &shown, &l->offline);
        buf_free(&shown);
    }
    for (int r = 0; r < ROLE_COUNT; r++) {
        buf_free(&role[r]);
    }
    for (int i = 0; i < count; i++) {
        teacher_config_free(&list[i]);
    }
    free(list);
    return st;
}

/* Watchers want to know what they have to read again. */
static void remember(struct live *l, bool known, const int64_t *ids, size_t count)
{
    l->written_many = l->written_many || !known || l->written_count + count > LIVE_TOLD;
    for (size_t i = 0; !l->written_many && i < count; i++) {
        l->written =
            vec_grow(l->written, &l->written_cap, l->written_count + 1, sizeof *l->written);
        l->written[l->written_count++] = ids[i];
    }
}

/* The whole tree is read once; after that only what was written since. */
static enum status follow_tree(struct live *l, struct err *e)
{
    const int64_t *ids = NULL;
    size_t count = 0;
    bool known = store_touched(l->store, &ids, &count);
    remember(l, known, ids, count);
    if (l->tree_loaded && known) {
        enum status st = store_tree_patch(l->store, true, &l->tree, ids, count, e);
        l->tree_loaded = st == ST_OK;
        return st;
    }
    struct tree fresh;
    enum status st = store_tree(l->store, true, &fresh, e);
    if (st == ST_OK) {
        tree_free(&l->tree);
        l->tree = fresh;
    }
    l->tree_loaded = st == ST_OK;
    return st;
}

enum status live_follow(struct live *l, struct err *e)
{
    struct store_revision now;
    enum status st = store_revision(l->store, &now, e);
    if (st == ST_OK) {
        st = follow_tree(l, e);
    }
    if (st == ST_OK && now.settings != l->seen.settings) {
        struct engine_common fresh;
        st = load_common(l->store, &fresh, e);
        if (st == ST_OK) {
            common_clear(&l->common);
            l->common = fresh;
            maker_configure(l->maker, &l->common);
            st = load_teachers(l, e);
        } else {
            common_clear(&fresh);
        }
        if (st == ST_OK) {
            l->budget = store_setting_num(l->store, SETTING_BUDGET, 0);
            l->budget_tokens = store_setting_num(l->store, SETTING_BUDGET_TOKENS, 0);
            live_tell_settings(l);
            l->seen.settings = now.settings;
        }
    }
    l->changed++;
    return st;
}

enum status live_tree(struct live *l, const struct tree **t, struct err *e)
{
    enum status st = live_follow(l, e);
    *t = &l->tree;
    return st;
}

void live_tell_touched(struct live *l, cJSON *o)
{
    struct store_revision now;
    if (store_in_transaction(l->store)) {
        return; /* what an open operation wrote is told when others can see it */
    }
    if (live_follow(l, NULL) != ST_OK || store_revision(l->store, &now, NULL) != ST_OK) {
        l->written_many = true;
        return;
    }
    if (!l->written_many) {
        cJSON *touched = cJSON_AddObjectToObject(o, "touched");
        cJSON_AddNumberToObject(touched, "from", (double)l->written_from);
        cJSON *list = cJSON_AddArrayToObject(touched, "nodes");
        for (size_t i = 0; i < l->written_count; i++) {
            cJSON_AddItemToArray(list, cJSON_CreateNumber((double)l->written[i]));
        }
    }
    l->written_from = now.tree;
    l->written_count = 0;
    l->written_many = false;
}

/* ---- open and close */

enum status live_open(struct store *s, struct live **out, struct err *e)
{
    struct live *l = xcalloc(1, sizeof *l);
    l->store = s;
    l->seen.settings = -1;
    l->written_many = true; /* what was written before is not known */
    tree_init(&l->tree);
    step_init(&l->step);
    l->maker = maker_new();
    struct buf dir;
    buf_init(&dir, 4096);
    enum status st = dir_config(&dir, e);
    if (st == ST_OK) {
        buf_adds(&dir, "/prompts");
        st = prompts_load(dir.data, &l->prompts, e);
    }
    buf_free(&dir);
    if (st == ST_OK) {
        l->teachers = teachers_new(l->prompts, on_reply, on_event, l);
        st = live_follow(l, e);
    }
    if (st == ST_OK) {
        st = live_run_load(l, e);
    }
    if (st != ST_OK) {
        l->store = NULL; /* still the caller's */
        live_close(l);
        return st;
    }
    *out = l;
    return ST_OK;
}

void live_close(struct live *l)
{
    if (l == NULL) {
        return;
    }
    if (l->teachers != NULL) {
        teachers_free(l->teachers);
    }
    for (size_t i = 0; i < l->reply_count; i++) {
        reply_clear(&l->replies[i]);
    }
    free(l->replies);
    for (int i = 0; i < LIVE_JOBS; i++) {
        grow_free(l->grow[i].grow);
        advise_free(l->grow[i].advise);
        free(l->grow[i].line);
        free(l->grow[i].title);
    }
    live_trials_free(l);
    step_free(&l->step);
    keyset_free(&l->on_way);
    maker_free(l->maker);
    run_free(l->run);
    free(l->again);
    if (l->prompts != NULL) {
        prompts_free(l->prompts);
    }
    tree_free(&l->tree);
    free(l->written);
    common_clear(&l->common);
    live_told_free(l);
    if (l->store != NULL) {
        store_close(l->store);
    }
    free(l);
}

struct store *live_store(struct live *l)
{
    return l->store;
}

/* ---- the cycle */

static bool fill_answerer(void *ctx, const struct call_row *c)
{
    struct reply *r = ctx;
    snprintf(r->teacher, sizeof r->teacher, "%s", c->teacher);
    snprintf(r->model, sizeof r->model, "%s", c->model);
    r->cost = c->cost;
    snprintf(r->error, sizeof r->error, "%s", c->error != NULL ? c->error : "");
    return false;
}

/* A question that was answered before is answered from the store: nothing is paid twice. */
static bool answer_from_store(struct live *l, const struct question *q)
{
    struct buf text;
    buf_init(&text, 8u << 20);
    char outcome[16];
    int64_t id = 0;
    bool found = store_call_reply(l->store, q->key, &id, &text, outcome, NULL) == ST_OK;
    if (found) {
        struct reply r = {0};
        snprintf(r.key, sizeof r.key, "%s", q->key);
        r.task = q->task;
        r.final = true;
        r.tries = 0; /* marks a stored reply: it is not stored again */
        r.outcome = strcmp(outcome, "length") == 0    ? REPLY_LENGTH
                    : strcmp(outcome, "refused") == 0 ? REPLY_REFUSED
                                                      : REPLY_OK;
        r.text = buf_take(&text);
        store_call(l->store, id, fill_answerer, &r, NULL);
        on_reply(l, &r);
    }
    buf_free(&text);
    return found;
}

void live_dispatch(struct live *l)
{
    char why[160] = "";
    store_reads_begin(l->store);
    for (size_t i = 0; i < l->step.question_count; i++) {
        struct question *q = l->step.questions[i];
        double cost = 0;
        if (answer_from_store(l, q) || !keyset_add(&l->on_way, q->key)) {
            question_free(q);
        } else if (why[0] == '\0' && live_budget_allows(l, q, &cost, why)) {
            l->reserved += cost;
            teachers_ask(l->teachers, q);
        } else {
            keyset_remove(&l->on_way, q->key);
            question_free(q);
        }
    }
    store_reads_end(l->store);
    l->step.question_count = 0;
    step_reset(&l->step);
    if (why[0] != '\0') {
        live_budget_stop(l, why);
    }
}

static enum status take_reply(struct live *l, const struct reply *r, struct err *e)
{
    int64_t call = 0;
    enum status st = ST_OK;
    if (r->tries > 0) {
        st = live_store_call(l, r, &call, e);
        live_count(l, 0, 1);
    } else {
        struct buf text; /* only the number of the stored call is wanted */
        char outcome[16];
        buf_init(&text, 8u << 20);
        st = store_call_reply(l->store, r->key, &call, &text, outcome, e);
        buf_free(&text);
    }
    if (st != ST_OK || !r->final) {
        return st;
    }
    const struct maker_stage *stage = &maker_stages(l->maker)[r->task];
    int64_t again = stage->again, lost = stage->lost;
    if (maker_reply(l->maker, r, &l->step)) {
        st = live_apply(l, r, call, 0, e);
        if (r->outcome == REPLY_OK && stage->again + stage->lost > again + lost) {
            live_fault(l, r, call, "the reply was not what was asked for; %s",
                       stage->lost > lost ? "given up" : "asked again");
        }
    }
    return st;
}

/* The disk is full or broken: nothing of this cycle is kept, the run waits for a person. */
static void cycle_failed(struct live *l, const struct err *e)
{
    store_rollback(l->store);
    step_reset(&l->step);
    maker_clear(l->maker);
    live_run_fatal(l, e->msg);
    l->retry_at_ms = clock_ms() + 2000; /* the replies are kept and tried again */
}

/* Replies to growing jobs first, each an undo step of its own. Returns how many others come first
 * in the list now. */
static size_t take_job_replies(struct live *l)
{
    struct err e = {0};
    size_t kept = 0, n = l->reply_count < LIVE_BATCH ? l->reply_count : LIVE_BATCH;
    for (size_t i = 0; i < n; i++) {
        bool taken = false;
        if (l->replies[i].key[0] == 'j') {
            if (live_jobs_reply(l, &l->replies[i], &taken, &e) != ST_OK) {
                live_event(l, "%s", e.msg);
            }
        } else if (l->replies[i].key[0] == 't') {
            if (live_trials_reply(l, &l->replies[i], &taken, &e) != ST_OK) {
                live_event(l, "%s", e.msg);
            }
        }
        if (taken) {
            reply_clear(&l->replies[i]);
        } else {
            l->replies[kept++] = l->replies[i];
        }
    }
    size_t rest = l->reply_count - n;
    if (kept < n) { /* also: before the first reply there is no array */
        memmove(l->replies + kept, l->replies + n, rest * sizeof *l->replies);
    }
    l->reply_count = kept + rest;
    return kept;
}

static void cycle(struct live *l)
{
    struct err e = {0};
    size_t kept = take_job_replies(l);
    if (kept == 0 && l->state != RUN_RUNNING) {
        return;
    }
    enum status st = store_begin(l->store, &e);
    for (size_t i = 0; i < kept && st == ST_OK; i++) {
        st = take_reply(l, &l->replies[i], &e);
    }
    if (st == ST_OK && l->state == RUN_RUNNING && !l->step.fatal && !l->draining) {
        live_feed(l);
    }
    if (st == ST_OK) {
        st = store_commit(l->store, &e);
    }
    if (st == ST_OK) {
        for (size_t i = 0; i < kept; i++) {
            reply_clear(&l->replies[i]);
        }
        if (kept > 0) {
            memmove(l->replies, l->replies + kept, (l->reply_count - kept) * sizeof *l->replies);
        }
        l->reply_count -= kept;
        if (l->step.fatal) {
            char reason[400];
            snprintf(reason, sizeof reason, "%s", l->step.reason);
            step_reset(&l->step);
            live_run_fatal(l, reason);
        }
        live_dispatch(l);
    } else {
        cycle_failed(l, &e);
    }
    l->changed++;
}

void live_turn(struct live *l)
{
    int64_t until = clock_ms() + 20;
    do {
        teachers_turn(l->teachers);
        live_jobs_turn(l);
        live_trials_turn(l);
        bool room = l->state == RUN_RUNNING && teachers_room(l->teachers) > 0;
        if (clock_ms() < l->retry_at_ms) {
            break;
        }
        if (l->reply_count > 0 || room) {
            cycle(l);
        }
        if (l->state == RUN_RUNNING) {
            live_run_end_check(l);
        }
    } while (clock_ms() < until && (l->reply_count > 0 || teachers_timeout(l->teachers) == 0));
}

void live_drain(struct live *l, int ms)
{
    int64_t deadline = clock_ms() + ms;
    struct teachers_state t;
    l->draining = true;
    teachers_hold(l->teachers, true);
    teachers_state(l->teachers, &t);
    while ((t.in_flight > 0 || l->reply_count > 0) && clock_ms() < deadline) {
        struct pollfd p = {.fd = teachers_fd(l->teachers), .events = POLLIN};
        poll(&p, 1, l->reply_count > 0 ? 0 : 50);
        teachers_turn(l->teachers);
        cycle(l);
        teachers_state(l->teachers, &t);
    }
}

int live_fd(const struct live *l)
{
    return teachers_fd(l->teachers);
}

int live_timeout(const struct live *l)
{
    int64_t wait = l->retry_at_ms - clock_ms();
    if (wait > 0) {
        return (int)wait;
    }
    return l->reply_count > 0 ? 0 : teachers_timeout(l->teachers);
}

bool live_busy(const struct live *l)
{
    if (l->state == RUN_RUNNING || maker_active(l->maker) > 0 || live_trials_busy(l)) {
        return true;
    }
    for (int i = 0; i < LIVE_JOBS; i++) {
        if (l->grow[i].grow != NULL || l->grow[i].advise != NULL) {
            return true;
        }
    }
    return false;
}

int64_t live_changed(const struct live *l)
{
    return l->changed;
}
