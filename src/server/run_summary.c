/*
 * `summary`: a run as a text that a person can paste into a report, or as JSON. Read from the
 * session file alone, so it says the same with and without a server, today and in a year. Prompt
 * versions and models are those of the calls that were made, not those that would be used now.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/channel.h"
#include "server/exec_table.h"
#include "server/live.h"
#include "task/task.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    KINDS_MAX = 256,    /* different (question, prompt, teacher, model) that are told apart */
    PAUSE_US = 60000000 /* a gap without calls that is longer counts as a pause */
};

struct kind { /* calls of one question, prompt version, teacher and model */
    char task[32], prompt[48], teacher[64], model[128];
    int64_t calls, failed, tokens_in, tokens_out;
    double cost, seconds;
};

struct summary {
    cJSON *status;
    struct kind kind[KINDS_MAX];
    size_t kinds;
    int64_t next_us; /* when the call after this one began; 0: none yet */
    double active;   /* seconds in which calls were on their way */
    int64_t by_requirements, by_critics, by_person, by_other;
    int64_t complexified, accepted; /* of the accepted points */
    double complexity;
    int64_t complex_quota, quota; /* what the plan asks for; quota 0: there is none */
};

/* ---- gathering */

static bool take_call(void *ctx, const struct call_row *c)
{
    struct summary *s = ctx;
    size_t i = 0;
    while (i < s->kinds &&
           (strcmp(s->kind[i].task, c->task) != 0 || strcmp(s->kind[i].prompt, c->prompt) != 0 ||
            strcmp(s->kind[i].teacher, c->teacher) != 0 ||
            strcmp(s->kind[i].model, c->model) != 0)) {
        i++;
    }
    if (i == KINDS_MAX) {
        i--; /* the rest is counted together */
    } else if (i == s->kinds) {
        struct kind *k = &s->kind[s->kinds++];
        snprintf(k->task, sizeof k->task, "%s", c->task);
        snprintf(k->prompt, sizeof k->prompt, "%s", c->prompt);
        snprintf(k->teacher, sizeof k->teacher, "%s", c->teacher);
        snprintf(k->model, sizeof k->model, "%s", c->model);
    }
    struct kind *k = &s->kind[i];
    k->calls++;
    k->failed += strcmp(c->outcome, "retried") == 0 || strcmp(c->outcome, "transport") == 0 ||
                 strcmp(c->outcome, "fatal") == 0;
    k->tokens_in += c->tokens_in;
    k->tokens_out += c->tokens_out;
    k->cost += c->cost;
    k->seconds += c->seconds;
    /* newest first: the time from this call to the one after it, unless there was a pause */
    int64_t end = c->started_us + (int64_t)(c->seconds * 1e6);
    int64_t until = s->next_us == 0 || s->next_us - end > PAUSE_US ? end : s->next_us;
    if (s->next_us == 0 || c->started_us < s->next_us) {
        s->active += (double)(until - c->started_us) / 1e6;
        s->next_us = c->started_us;
    }
    return true;
}

static bool take_rejected(void *ctx, const struct point *p)
{
    struct summary *s = ctx;
    const char *why = p->reason != NULL ? p->reason : "";
    if (p->outcome != POINT_REJECTED) {
        s->by_person++;
    } else if (strncmp(why, "requirements", 12) == 0) {
        s->by_requirements++;
    } else if (strstr(why, "critics") != NULL || why[0] == '\0') {
        s->by_critics++;
    } else {
        s->by_other++;
    }
    return true;
}

static enum status take_complexity(struct exec *x, struct summary *s, struct err *e)
{
    struct tally_row *rows = NULL;
    size_t count = 0;
    enum status st = store_tallies(x->store, &rows, &count, e);
    for (size_t i = 0; st == ST_OK && i < count; i++) {
        if (rows[i].node == 0 && rows[i].state == POINT_ACCEPTED) {
            s->accepted += rows[i].n;
            s->complexified += rows[i].complexified ? rows[i].n : 0;
        }
    }
    free(rows);
    s->complexity = store_setting_num(x->store, SETTING_COMPLEXITY, 0);
    return st;
}

/* What the design asks for; a session without one has nothing to say here. */
static void take_plan(struct exec *x, struct summary *s)
{
    const struct tree *t = NULL;
    struct design d;
    struct plan p;
    int64_t target = (int64_t)json_num_or(s->status, "target", 0);
    if (target <= 0 || exec_tree(x, &t, NULL) != ST_OK ||
        design_load(x->store, t, &d, NULL) != ST_OK) {
        return;
    }
    if (plan_make(&d.d, target, &p, NULL) == ST_OK) {
        s->quota = p.points;
        s->complex_quota = p.complexified;
        plan_free(&p);
    }
    design_free(&d);
}

static int compare_kinds(const void *a, const void *b)
{
    const struct kind *x = a, *y = b;
    enum task_id i = TASK_COUNT, k = TASK_COUNT;
    (void)task_by_name(x->task, &i);
    (void)task_by_name(y->task, &k);
    int by_task = (i > k) - (i < k);
    int by_prompt = by_task != 0 ? by_task : strcmp(x->prompt, y->prompt);
    int by_teacher = by_prompt != 0 ? by_prompt : strcmp(x->teacher, y->teacher);
    return by_teacher != 0 ? by_teacher : strcmp(x->model, y->model);
}

/* What the file calls running goes on only if a server is there. */
static void correct_run(struct exec *x, cJSON *status)
{
    struct channel *c = NULL;
    if (x->live != NULL) {
        live_status(x->live, status, false);
    } else if (strcmp(json_str_or(status, "run", ""), "interrupted") == 0 &&
               channel_connect(store_path(x->store), false, &c, NULL) == ST_OK) {
        channel_close(c);
        cJSON_ReplaceItemInObject(status, "run", cJSON_CreateString("running"));
    }
}

static enum status gather(struct exec *x, struct summary *s, struct err *e)
{
    enum status st = status_json(x->store, &s->status, e);
    if (st == ST_OK) {
        correct_run(x, s->status);
    }
    if (st == ST_OK) {
        st = store_calls(x->store, NULL, 0, INT64_MAX, take_call, s, e);
    }
    struct filter f;
    if (st == ST_OK) {
        st = filter_parse("state:rejected", false, &f, e);
    }
    if (st == ST_OK) {
        const struct point_page page = {.filter = &f, .sort = SORT_ID, .limit = INT64_MAX};
        st = store_points(x->store, &page, take_rejected, s, e);
        filter_free(&f);
    }
    if (st == ST_OK) {
        st = take_complexity(x, s, e);
    }
    if (st == ST_OK) {
        take_plan(x, s);
        qsort(s->kind, s->kinds, sizeof *s->kind, compare_kinds);
    }
    return st;
}

/* ---- JSON */

static void add_kinds(const struct summary *s, cJSON *list)
{
    for (size_t i = 0; i < s->kinds; i++) {
        const struct kind *k = &s->kind[i];
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "question", k->task);
        cJSON_AddStringToObject(o, "prompt", k->prompt);
        cJSON_AddStringToObject(o, "teacher", k->teacher);
        cJSON_AddStringToObject(o, "model", k->model);
        cJSON_AddNumberToObject(o, "calls", (double)k->calls);
        cJSON_AddNumberToObject(o, "failed", (double)k->failed);
        cJSON_AddNumberToObject(o, "tokens_in", (double)k->tokens_in);
        cJSON_AddNumberToObject(o, "tokens_out", (double)k->tokens_out);
        cJSON_AddNumberToObject(o, "cost", k->cost);
        cJSON_AddNumberToObject(o, "seconds_mean", k->seconds / (double)k->calls);
        cJSON_AddItemToArray(list, o);
    }
}

static enum status add_settings(struct exec *x, cJSON *o, struct err *e)
{
    struct buf value;
    buf_init(&value, 65536);
    enum status st = ST_OK;
    for (int i = 0; st == ST_OK && i < SETTING_COUNT; i++) {
        const struct setting *about = setting_at((enum setting_id)i);
        buf_clear(&value);
        st = store_setting(x->store, (enum setting_id)i, &value, e);
        if (st == ST_OK && strcmp(value.data, about->otherwise) != 0) {
            cJSON_AddStringToObject(o, about->name, value.data);
        }
    }
    buf_free(&value);
    return st;
}

static void add_complexity(const struct summary *s, cJSON *o)
{
    cJSON *c = cJSON_AddObjectToObject(o, "complexity");
    cJSON_AddNumberToObject(c, "set", s->complexity);
    cJSON_AddNumberToObject(c, "asked", (double)s->complex_quota);
    cJSON_AddNumberToObject(c, "made", (double)s->complexified);
    cJSON_AddNumberToObject(c, "share_asked",
                            s->quota > 0 ? (double)s->complex_quota / (double)s->quota : 0);
    cJSON_AddNumberToObject(c, "share_made",
                            s->accepted > 0 ? (double)s->complexified / (double)s->accepted : 0);
}

/* The status as it is and what it leaves open. */
static enum status to_json(struct exec *x, const struct summary *s, cJSON **out, struct err *e)
{
    cJSON *o = cJSON_Duplicate(s->status, true);
    cJSON *by = cJSON_AddObjectToObject(o, "rejected_by");
    cJSON_AddNumberToObject(by, "requirements", (double)s->by_requirements);
    cJSON_AddNumberToObject(by, "critics", (double)s->by_critics);
    cJSON_AddNumberToObject(by, "person", (double)s->by_person);
    cJSON_AddNumberToObject(by, "other", (double)s->by_other);
    add_complexity(s, o);
    add_kinds(s, cJSON_AddArrayToObject(o, "questions"));
    cJSON_AddNumberToObject(o, "seconds_active", s->active);
    cJSON_AddNumberToObject(o, "points_per_minute",
                            s->active > 0 ? (double)s->accepted / s->active * 60 : 0);
    cJSON_AddNumberToObject(o, "seed", store_setting_num(x->store, SETTING_SEED, 0));
    *out = o;
    return add_settings(x, cJSON_AddObjectToObject(o, "settings"), e);
}

/* ---- text */

static double num(const cJSON *o, const char *group, const char *name)
{
    return json_num_or(group != NULL ? cJSON_GetObjectItem(o, group) : o, name, 0);
}

static void text_points(struct exec *x, const cJSON *o)
{
    double accepted = num(o, NULL, "accepted"), target = num(o, NULL, "target");
    double rejected = num(o, NULL, "rejected");
    exec_printf(x, "accepted     %.0f of %.0f wanted", accepted, target);
    exec_printf(x, accepted >= target ? "\n" : " (%.0f short)\n", target - accepted);
    exec_printf(x, "rejected     %.0f", rejected);
    if (rejected > 0) {
        exec_printf(x, ": %.0f by the requirements critic, %.0f by the two critics",
                    num(o, "rejected_by", "requirements"), num(o, "rejected_by", "critics"));
        if (num(o, "rejected_by", "person") > 0) {
            exec_printf(x, ", %.0f by a person", num(o, "rejected_by", "person"));
        }
        if (num(o, "rejected_by", "other") > 0) {
            exec_printf(x, ", %.0f otherwise", num(o, "rejected_by", "other"));
        }
    }
    exec_printf(x, "\ndisputed     %.0f\ninvalid      %.0f\nfailed       %.0f\n",
                num(o, NULL, "disputed"), num(o, NULL, "invalid"), num(o, NULL, "failed"));
    const cJSON *c = cJSON_GetObjectItem(o, "complexity");
    exec_printf(x,
                "complexified %.0f of the accepted (%.1f %%), asked for %.0f of %.0f (%.1f %%), c "
                "%g\n",
                num(c, NULL, "made"), num(c, NULL, "share_made") * 100, num(c, NULL, "asked"),
                target, num(c, NULL, "share_asked") * 100, num(c, NULL, "set"));
}

static void text_traffic(struct exec *x, const cJSON *o)
{
    char in[32], out[32], money[32], time[32], each[32];
    double accepted = num(o, NULL, "accepted"), spent = num(o, "cost", "spent");
    text_short(in, num(o, "tokens", "input"));
    text_short(out, num(o, "tokens", "output"));
    text_money(money, spent);
    text_money(each, accepted > 0 ? spent / accepted * 1000 : 0);
    text_seconds(time, num(o, NULL, "seconds_active"));
    exec_printf(x, "calls        %.0f: %.0f answered, %.0f failed, %.0f tried again\n",
                num(o, "calls", "made"), num(o, "calls", "ok"), num(o, "calls", "failed"),
                num(o, "calls", "retried"));
    exec_printf(x, "tokens       %s in, %s out\n", in, out);
    exec_printf(x, "cost         %s (%s for 1,000 accepted points)\n", money, each);
    exec_printf(x, "time         %s with calls on their way, %.1f accepted points a minute\n", time,
                num(o, NULL, "points_per_minute"));
}

static void text_questions(struct exec *x, const cJSON *o)
{
    const cJSON *k = NULL;
    exec_printf(x, "\n%-20s %7s %7s %9s %9s %8s  %s\n", "question", "calls", "failed", "tokens in",
                "out", "s each", "prompt, teacher, model");
    cJSON_ArrayForEach(k, cJSON_GetObjectItem(o, "questions"))
    {
        char in[32], out[32];
        text_short(in, num(k, NULL, "tokens_in"));
        text_short(out, num(k, NULL, "tokens_out"));
        exec_printf(x, "%-20s %7.0f %7.0f %9s %9s %8.2f  %s, %s, %s\n",
                    json_str_or(k, "question", ""), num(k, NULL, "calls"), num(k, NULL, "failed"),
                    in, out, num(k, NULL, "seconds_mean"), json_str_or(k, "prompt", ""),
                    json_str_or(k, "teacher", ""), json_str_or(k, "model", ""));
    }
}

static void to_text(struct exec *x, const cJSON *o)
{
    const char *path = store_path(x->store), *slash = strrchr(path, '/');
    const char *reason = json_str_or(o, "reason", "");
    exec_printf(x, "session      %s\n", slash != NULL ? slash + 1 : path);
    exec_printf(x, "run          %s%s%s\n", json_str_or(o, "run", "idle"),
                reason[0] != '\0' ? ": " : "", reason);
    exec_printf(x, "teacher      %s\n", json_str_or(o, "teacher", ""));
    text_points(x, o);
    text_traffic(x, o);
    exec_printf(x, "seed         %.0f\n", num(o, NULL, "seed"));
    const cJSON *settings = cJSON_GetObjectItem(o, "settings"), *s = NULL;
    exec_text(x, "settings     ");
    cJSON_ArrayForEach(s, settings)
    {
        exec_printf(x, "%s%s %s", s == settings->child ? "" : ", ", s->string, s->valuestring);
    }
    exec_text(x, settings->child == NULL ? "as by default\n" : "\n");
    if (cJSON_GetArraySize(cJSON_GetObjectItem(o, "questions")) > 0) {
        text_questions(x, o);
    }
}

enum status exec_summary(struct exec *x, struct err *e)
{
    struct summary *s = xcalloc(1, sizeof *s);
    cJSON *o = NULL;
    enum status st = gather(x, s, e);
    if (st == ST_OK) {
        st = to_json(x, s, &o, e);
    }
    if (st == ST_OK && x->call->json) {
        exec_json(x, o);
        o = NULL;
    } else if (st == ST_OK) {
        to_text(x, o);
    }
    cJSON_Delete(o);
    cJSON_Delete(s->status);
    free(s);
    return st;
}
