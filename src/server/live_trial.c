/*
 * Trials: one scenario or record written for a drawn mix. A trial is a job whose number belongs to
 * what is asked (mix, description, schema, teacher ... as a hash in its line): asking the same
 * again finds the same job, and its keys find the replies that were paid for. Its calls are stored
 * and counted like all others; nothing else of it is in the data.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "server/drawing.h"
#include "server/live_private.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct live_trial *find(struct live *l, int64_t job)
{
    for (int i = 0; i < LIVE_TRIALS; i++) {
        if (l->trial[i].job == job && job != 0) {
            return &l->trial[i];
        }
    }
    return NULL;
}

static void clear(struct live_trial *t)
{
    trial_free(t->trial);
    free(t->line);
    cJSON_Delete(t->result);
    memset(t, 0, sizeof *t);
}

void live_trials_free(struct live *l)
{
    for (int i = 0; i < LIVE_TRIALS; i++) {
        clear(&l->trial[i]);
    }
}

/* A place: an unused one, else that of the trial that ended first. */
static struct live_trial *place(struct live *l, struct err *e)
{
    struct live_trial *best = NULL;
    for (int i = 0; i < LIVE_TRIALS; i++) {
        struct live_trial *t = &l->trial[i];
        if (t->trial == NULL && (best == NULL || t->ended_at < best->ended_at)) {
            best = t;
        }
    }
    if (best == NULL) {
        err_set(e, ST_BUSY, "%d scenarios are being written already: wait for one", LIVE_TRIALS);
        return NULL;
    }
    clear(best);
    return best;
}

/* ---- what is asked */

/* All that the teacher's answer depends on. */
static uint64_t identity(struct live *l, const cJSON *mix, bool complexified)
{
    cJSON *in = common_inputs(&l->common);
    cJSON_AddItemToObject(in, "mix", cJSON_Duplicate(mix, true));
    cJSON_AddBoolToObject(in, "complexified", complexified);
    struct buf shown;
    bool offline = false;
    buf_init(&shown, 4096);
    teachers_shown(l->teachers, ROLE_WRITER, &shown, &offline);
    cJSON_AddStringToObject(in, "teacher", shown.data);
    cJSON_AddStringToObject(in, "prompt", prompts_version(l->prompts, TASK_SCENARIOS));
    char *text = json_text(in);
    uint64_t h = rng_hash(text, strlen(text), l->common.seed);
    free(text);
    buf_free(&shown);
    cJSON_Delete(in);
    return h;
}

static char *line_of(const struct trial_wish *w, uint64_t hash)
{
    char number[32], mark[32];
    const char *words[8] = {"try", "--mix", number};
    int n = 3;
    snprintf(number, sizeof number, "%" PRId64, w->number);
    snprintf(mark, sizeof mark, "#%016" PRIx64, hash);
    if (w->strategy != NULL) {
        words[n++] = "--strategy";
        words[n++] = w->strategy;
    }
    if (w->record) {
        words[n++] = "--record";
    }
    struct buf line;
    buf_init(&line, 1u << 16);
    words_join(&line, n, words);
    buf_printf(&line, " %s", mark); /* last, and a comment to whoever parses it */
    char *text = buf_take(&line);
    buf_free(&line);
    return text;
}

/* An earlier job for the same, by the mark at the end of its line. */
struct earlier {
    const char *mark;
    int64_t id;
    bool done, has_record;
};

static bool earlier_visit(void *ctx, const struct job_row *row)
{
    struct earlier *f = ctx;
    const char *mark = strrchr(row->line, '#');
    if (strncmp(row->line, "try ", 4) == 0 && mark != NULL && strcmp(mark, f->mark) == 0) {
        f->id = row->id;
        f->done = strcmp(row->state, "done") == 0;
        f->has_record = row->result != NULL && strstr(row->result, "\"record\":") != NULL;
    }
    return true;
}

static enum status begin(struct live *l, const struct trial_wish *w, cJSON *mix, cJSON *result,
                         bool complexified, struct trial_found *out, struct err *e)
{
    char *line = line_of(w, identity(l, mix, complexified));
    struct earlier f = {.mark = strrchr(line, '#')};
    struct live_trial *t = NULL;
    enum status st = store_jobs(l->store, NULL, earlier_visit, &f, e);
    struct live_trial *old = find(l, f.id);
    bool going_on = st == ST_OK && old != NULL && old->trial != NULL;
    if (going_on && w->record && !old->record) {
        st = err_set(e, ST_BUSY, "its scenario is being written: ask for the record afterwards");
    }
    out->job = f.id;
    out->known = st == ST_OK && f.done && (f.has_record || !w->record);
    if (st == ST_OK && !out->known && !going_on) {
        if (old != NULL) {
            clear(old);
        }
        t = place(l, e);
        st = t != NULL ? live_job_put(l, &out->job, line, "running", "", e) : ST_BUSY;
    }
    if (st == ST_OK && t != NULL) {
        t->job = out->job;
        t->trial =
            trial_new(out->job, &l->common, cJSON_Duplicate(mix, true), complexified, w->record);
        t->line = line;
        t->record = w->record;
        t->result = cJSON_Duplicate(result, true);
        t->wants_turn = true;
        line = NULL;
        live_event(l, "started: %.*s", (int)(strrchr(t->line, '#') - t->line - 1), t->line);
    }
    free(line);
    return st;
}

enum status live_try(struct live *l, const struct trial_wish *w, struct trial_found *out,
                     struct err *e)
{
    struct drawing d;
    int strategy = -1;
    size_t at = 0;
    memset(out, 0, sizeof *out);
    enum status st = live_follow(l, e);
    if (st == ST_OK && l->common.description[0] == '\0') {
        st =
            err_set(e, ST_INVALID, "no description yet: say what the data is with `describe TEXT`");
    }
    if (st == ST_OK && w->record && l->common.schema == NULL) {
        st = err_set(e, ST_INVALID, "no record schema yet: set one with `schema JSON`");
    }
    if (st == ST_OK) {
        st = drawing_make(l->store, &l->tree, 0, &d, e);
    }
    if (st != ST_OK) {
        return st;
    }
    if (w->strategy != NULL) {
        st = drawing_strategy(&d, w->strategy, &strategy, e);
    }
    if (st == ST_OK) {
        st = drawing_find(&d, strategy, w->number, &at, e);
    }
    if (st == ST_OK) {
        cJSON *nodes = drawing_nodes(&d, at), *node = NULL, *result = cJSON_CreateObject();
        int64_t ids[PLAN_MAX_TAXONOMIES];
        int n = 0;
        cJSON_ArrayForEach(node, nodes)
        {
            ids[n++] = (int64_t)json_num_or(node, "id", 0);
        }
        cJSON *mix = live_mix_json(l, ids, n);
        bool complexified = d.draws.complexified[at] != 0;
        cJSON_AddNumberToObject(result, "mix", (double)w->number);
        cJSON_AddStringToObject(result, "strategy",
                                d.design.d.strategies[d.draws.strategy[at]].name);
        cJSON_AddBoolToObject(result, "complexified", complexified);
        cJSON_AddItemToObject(result, "nodes", nodes);
        st = begin(l, w, mix, result, complexified, out, e);
        cJSON_Delete(result);
        cJSON_Delete(mix);
    }
    drawing_free(&d);
    return st;
}

/* ---- going on */

struct sums {
    double cost, seconds, tokens_in, tokens_out;
};

static bool sum_call(void *ctx, const struct call_row *c)
{
    struct sums *s = ctx;
    s->cost += c->cost;
    s->seconds += c->seconds;
    s->tokens_in += (double)c->tokens_in;
    s->tokens_out += (double)c->tokens_out;
    return false;
}

/* What it took, from the stored calls. */
static void add_sums(struct live *l, cJSON *result)
{
    struct sums s = {0};
    const cJSON *id = NULL;
    cJSON_ArrayForEach(id, cJSON_GetObjectItemCaseSensitive(result, "calls"))
    {
        (void)store_call(l->store, (int64_t)id->valuedouble, sum_call, &s, NULL);
    }
    cJSON *tokens = cJSON_AddObjectToObject(result, "tokens");
    cJSON_AddNumberToObject(tokens, "input", s.tokens_in);
    cJSON_AddNumberToObject(tokens, "output", s.tokens_out);
    cJSON_AddNumberToObject(result, "cost", s.cost);
    cJSON_AddNumberToObject(result, "seconds", s.seconds);
}

static enum status end(struct live *l, struct live_trial *t, bool ok, const char *message,
                       struct err *e)
{
    trial_result(t->trial, t->result);
    add_sums(l, t->result);
    cJSON_AddNumberToObject(t->result, "at_us", (double)clock_wall_us());
    if (!ok) {
        cJSON_AddStringToObject(t->result, "problem", message);
    }
    char *text = json_text(t->result);
    enum status st = live_job_put(l, &t->job, t->line, ok ? "done" : "failed", text, e);
    free(text);
    t->ok = ok;
    snprintf(t->message, sizeof t->message, "%s", ok ? "" : message);
    t->ended_at = clock_ms();
    live_event(l, "%.*s: %s", (int)(strrchr(t->line, '#') - t->line - 1), t->line,
               ok ? "written (`tried` shows it)" : message);
    trial_free(t->trial);
    t->trial = NULL;
    l->changed++;
    return st;
}

static void note_call(struct live_trial *t, int64_t call)
{
    cJSON *calls = cJSON_GetObjectItemCaseSensitive(t->result, "calls");
    if (calls == NULL) {
        calls = cJSON_AddArrayToObject(t->result, "calls");
    }
    if (call != 0) {
        cJSON_AddItemToArray(calls, cJSON_CreateNumber((double)call));
    }
}

static enum status call_of(struct live *l, const struct reply *r, int64_t *call, struct err *e)
{
    if (r->tries > 0) {
        live_count(l, 0, 1);
        return live_store_call(l, r, call, e);
    }
    struct buf text; /* answered before: only its number is wanted */
    char outcome[16];
    buf_init(&text, 8u << 20);
    enum status st = store_call_reply(l->store, r->key, call, &text, outcome, e);
    buf_free(&text);
    return st;
}

enum status live_trials_reply(struct live *l, const struct reply *r, bool *taken, struct err *e)
{
    struct live_trial *t = find(l, strtoll(r->key + 1, NULL, 10));
    *taken = t != NULL && t->trial != NULL;
    if (!*taken) {
        return ST_OK; /* of a trial that ended: stored with the others */
    }
    int64_t call = 0;
    bool ok = false;
    enum status st = store_begin(l->store, e);
    if (st == ST_OK) {
        st = call_of(l, r, &call, e);
        if (st == ST_OK) {
            note_call(t, call);
        }
        if (st == ST_OK && r->final && trial_reply(t->trial, r, &l->step) &&
            trial_ended(t->trial, &ok)) {
            char message[600];
            snprintf(message, sizeof message, "%s", trial_problem(t->trial));
            st = end(l, t, ok, message, e);
        }
        if (st == ST_OK) {
            st = store_commit(l->store, e);
        } else {
            store_rollback(l->store);
        }
    }
    l->step.fatal = false; /* its own failure: a run finds out by itself */
    if (st == ST_OK) {
        live_dispatch(l);
    } else {
        step_reset(&l->step);
        *taken = false; /* kept, so that it is stored when the disk allows */
    }
    l->changed++;
    return st;
}

void live_trials_turn(struct live *l)
{
    for (int i = 0; i < LIVE_TRIALS; i++) {
        if (l->trial[i].wants_turn) {
            l->trial[i].wants_turn = false;
            trial_begin(l->trial[i].trial, &l->step);
            live_dispatch(l);
        }
    }
}

bool live_trial_done(const struct live *l, int64_t job, bool *ok, char message[600])
{
    for (int i = 0; i < LIVE_TRIALS; i++) {
        const struct live_trial *t = &l->trial[i];
        if (t->job == job && job != 0 && t->trial == NULL) {
            *ok = t->ok;
            if (message != NULL) {
                snprintf(message, 600, "%s", t->message);
            }
            return true;
        }
    }
    return false;
}

bool live_trial_progress(const struct live *l, int64_t job, char text[160])
{
    for (int i = 0; i < LIVE_TRIALS; i++) {
        const struct live_trial *t = &l->trial[i];
        if (t->job == job && t->trial != NULL) {
            snprintf(text, 160, "%s", trial_stage(t->trial));
            return true;
        }
    }
    return false;
}

bool live_trials_busy(const struct live *l)
{
    for (int i = 0; i < LIVE_TRIALS; i++) {
        if (l->trial[i].trial != NULL) {
            return true;
        }
    }
    return false;
}

int live_trials_stop(struct live *l, const char *reason)
{
    int stopped = 0;
    for (int i = 0; i < LIVE_TRIALS; i++) {
        if (l->trial[i].trial != NULL) {
            struct err e = {0};
            l->trial[i].wants_turn = false;
            if (end(l, &l->trial[i], false, reason, &e) != ST_OK) {
                live_event(l, "%s", e.msg);
            }
            stopped++;
        }
    }
    return stopped;
}

/* ---- after a restart */

struct resume {
    int count;
    char *line[LIVE_TRIALS];
};

static bool resume_visit(void *ctx, const struct job_row *row)
{
    struct resume *r = ctx;
    if (strncmp(row->line, "try ", 4) == 0 && r->count < LIVE_TRIALS) {
        r->line[r->count++] = xstrdup(row->line);
    }
    return true;
}

/* The words of a stored line; what is behind the # is a comment to the splitter. */
static enum status resume_one(struct live *l, const char *line, struct err *e)
{
    int argc = 0;
    char **argv = NULL;
    struct trial_found found;
    struct trial_wish w = {.number = 1};
    enum status st = words_split(line, &argc, &argv, e);
    for (int i = 1; st == ST_OK && i < argc; i++) {
        if (strcmp(argv[i], "--mix") == 0 && i + 1 < argc) {
            w.number = strtoll(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--strategy") == 0 && i + 1 < argc) {
            w.strategy = argv[++i];
        } else if (strcmp(argv[i], "--record") == 0) {
            w.record = true;
        }
    }
    if (st == ST_OK) {
        st = live_try(l, &w, &found, e);
    }
    words_free(argc, argv);
    return st;
}

void live_trials_resume(struct live *l)
{
    struct resume r = {0};
    struct err e = {0};
    if (store_jobs(l->store, "running", resume_visit, &r, &e) != ST_OK) {
        live_event(l, "%s", e.msg);
    }
    for (int i = 0; i < r.count; i++) {
        if (resume_one(l, r.line[i], &e) != ST_OK) {
            live_event(l, "%s", e.msg); /* the design has changed since */
        }
        free(r.line[i]);
    }
}
