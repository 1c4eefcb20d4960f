/*
 * Points and calls, listed and shown. Lists stream: nothing grows with the size of the session.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include "server/curl.h"
#include "server/exec_table.h"
#include "server/story.h"
#include "server/tell.h"
#include "server/totals.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct listing {
    struct exec *x;
    struct story_names names;
};

static enum status listing_open(struct exec *x, struct listing *l, struct err *e)
{
    const struct tree *t = NULL;
    l->x = x;
    enum status st = exec_tree(x, &t, e);
    return st == ST_OK ? story_names_load(x->store, t, &l->names, e) : st;
}

/* ---- points */

static cJSON *point_object(struct exec *x, const struct story_names *names, const struct point *p)
{
    char verdict[16];
    story_verdict(x->store, p->id, verdict);
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "id", (double)p->id);
    cJSON_AddStringToObject(o, "state", point_state_name(p->state));
    cJSON_AddItemToObject(o, "record", story_record(p));
    cJSON_AddStringToObject(o, "strategy", story_strategy(names, p->strategy));
    cJSON_AddItemToObject(o, "mix", story_mix(x->store, names, p));
    cJSON_AddStringToObject(o, "scenario", p->scenario != NULL ? p->scenario : "");
    cJSON_AddBoolToObject(o, "complexified", p->complexified);
    cJSON_AddStringToObject(o, "verdict", verdict);
    cJSON_AddStringToObject(o, "reason", p->reason != NULL ? p->reason : "");
    return o;
}

/* One line of text in so many columns, cut between characters; `fill`: with blanks to the end. */
static void add_cell(struct buf *out, const char *text, int columns, bool fill)
{
    struct buf safe;
    int used = 0;
    buf_init(&safe, 1u << 20);
    text_safe(&safe, text, strnlen(text, 4096), TEXT_LINE);
    size_t n = utf8_fit(safe.data, safe.len, columns, &used);
    buf_add(out, safe.data, n);
    if (fill && used < columns) {
        buf_printf(out, "%*s", columns - used, "");
    }
    buf_free(&safe);
}

/* What the record begins with: its first text; before there is a record, the scenario. */
static void add_words(struct buf *out, const struct point *p)
{
    cJSON *record = story_record(p);
    const cJSON *field = NULL, *first = NULL;
    cJSON_ArrayForEach(field, record)
    {
        if (first == NULL && cJSON_IsString(field)) {
            first = field;
        }
    }
    const char *text = first != NULL         ? first->valuestring
                       : p->record != NULL   ? p->record
                       : p->scenario != NULL ? p->scenario
                                             : "";
    add_cell(out, text, 80, false);
    cJSON_Delete(record);
}

static bool point_line(void *ctx, const struct point *p)
{
    struct listing *l = ctx;
    if (l->x->call->json) {
        return exec_json(l->x, point_object(l->x, &l->names, p));
    }
    char verdict[16];
    struct buf line;
    buf_init(&line, 65536);
    story_verdict(l->x->store, p->id, verdict);
    buf_printf(&line, "%7" PRId64 "  %-9s ", p->id, point_state_name(p->state));
    add_cell(&line, story_strategy(&l->names, p->strategy), 14, true);
    buf_printf(&line, " %c %-8s ", p->complexified ? '+' : ' ', verdict);
    add_words(&line, p);
    bool more = exec_printf(l->x, "%s\n", line.data);
    buf_free(&line);
    return more;
}

static void joined(const struct call *c, int i, struct buf *out)
{
    for (int k = 0; k < c->arg_count[i]; k++) {
        buf_printf(out, "%s%s", k > 0 ? " " : "", c->args[i][k]);
    }
}

static enum status arg_filter(struct exec *x, bool calls, struct filter *f, struct err *e)
{
    struct buf text;
    buf_init(&text, 65536);
    joined(x->call, 0, &text);
    enum status st = filter_parse(text.data, calls, f, e);
    buf_free(&text);
    return st;
}

static void sort_option(const char *key, struct point_page *page)
{
    if (key == NULL) {
        return;
    }
    page->reverse = key[0] == '-';
    key += page->reverse ? 1 : 0;
    static const char *const names[POINT_SORTS] = {
        [SORT_ID] = "id",
        [SORT_STATE] = "state",
        [SORT_STRATEGY] = "strategy",
        [SORT_TIME] = "time",
        [SORT_COST] = "cost",
        [SORT_ATTEMPTS] = "attempts",
        [SORT_SUSPICION] = "suspicion",
    };
    for (int i = 0; i < POINT_SORTS; i++) {
        page->sort = strcmp(key, names[i]) == 0 ? (enum point_sort)i : page->sort;
    }
}

enum status exec_points(struct exec *x, struct err *e)
{
    struct listing l = {0};
    struct filter f = {0};
    enum status st = arg_filter(x, false, &f, e);
    if (st != ST_OK) {
        return st;
    }
    st = listing_open(x, &l, e);
    struct point_page page = {.filter = &f,
                              .limit = (int64_t)call_opt_num(x->call, "--limit", 1e15)};
    sort_option(call_opt(x->call, "--sort"), &page);
    if (st == ST_OK) {
        st = store_points(x->store, &page, point_line, &l, e);
    }
    if (st == ST_OK && story_any_offline(x->store)) {
        buf_adds(&x->note, "written by the offline teacher (rule-based)");
    }
    story_names_free(&l.names);
    filter_free(&f);
    return st;
}

/* ---- one point */

static bool add_attempt(void *ctx, const struct attempt *a)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "number", a->number);
    cJSON_AddStringToObject(o, "task", a->task);
    cJSON_AddStringToObject(o, "text", a->text);
    cJSON_AddStringToObject(o, "problem", a->problem);
    cJSON_AddItemToArray(ctx, o);
    return true;
}

static bool add_call_id(void *ctx, const struct call_row *c)
{
    cJSON_InsertItemInArray(ctx, 0, cJSON_CreateNumber((double)c->id));
    return true;
}

static void add_calls(struct store *s, int64_t point, cJSON *into)
{
    char word[32];
    struct filter f = {0};
    snprintf(word, sizeof word, "point:%" PRId64, point);
    cJSON *list = cJSON_AddArrayToObject(into, "calls");
    if (filter_parse(word, true, &f, NULL) == ST_OK) {
        store_calls(s, &f, 0, 10000, add_call_id, list, NULL);
        filter_free(&f);
    }
}

/* All scenarios of the batch that this point's came from, with the one in use. */
static void add_scenarios(struct store *s, const struct point *p, cJSON *into)
{
    cJSON *rows = NULL, *out = cJSON_AddArrayToObject(into, "scenarios");
    int32_t from = p->serial > 16 ? p->serial - 16 : 0;
    if (store_scenarios(s, p->mix_hash, from, 40, &rows, NULL) != ST_OK) {
        return;
    }
    const cJSON *row = NULL;
    double batch = -1;
    cJSON_ArrayForEach(row, rows)
    {
        if ((int32_t)json_num_or(row, "serial", -1) == p->serial) {
            batch = json_num_or(row, "batch", -1);
        }
    }
    cJSON_ArrayForEach(row, rows)
    {
        double theirs = json_num_or(row, "batch", -2);
        if (theirs < batch || theirs > batch) {
            continue;
        }
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "text", json_str_or(row, "text", ""));
        cJSON_AddBoolToObject(o, "used", (int32_t)json_num_or(row, "serial", -1) == p->serial);
        cJSON_AddItemToArray(out, o);
    }
    cJSON_Delete(rows);
}

static cJSON *point_story(struct store *s, const struct story_names *names, const struct point *p)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "id", (double)p->id);
    cJSON_AddStringToObject(o, "state", point_state_name(p->state));
    cJSON_AddStringToObject(o, "outcome", point_state_name(p->outcome));
    cJSON_AddStringToObject(o, "reason", p->reason != NULL ? p->reason : "");
    cJSON_AddItemToObject(o, "record", story_record(p));
    cJSON_AddStringToObject(o, "strategy", story_strategy(names, p->strategy));
    cJSON_AddItemToObject(o, "mix", story_mix(s, names, p));
    if (p->plain != NULL) {
        cJSON_AddStringToObject(o, "plain", p->plain);
    }
    cJSON_AddStringToObject(o, "scenario", p->scenario != NULL ? p->scenario : "");
    add_scenarios(s, p, o);
    cJSON_AddBoolToObject(o, "complexified", p->complexified);
    cJSON *attempts = cJSON_AddArrayToObject(o, "attempts");
    store_attempts(s, p->id, add_attempt, attempts, NULL);
    cJSON_AddItemToObject(o, "verdicts", story_verdicts(s, p->id, true));
    cJSON_AddItemToObject(o, "reviews", story_reviews(s, p->id));
    cJSON_AddNullToObject(o, "rating");
    story_sources(s, p->id, o);
    cJSON_AddNumberToObject(o, "cost", p->cost);
    add_calls(s, p->id, o);
    return o;
}

static enum status show_json(struct store *s, int64_t point, cJSON **out, struct err *e)
{
    struct tree tree;
    struct story_names names = {0};
    struct point p = {0};
    enum status st = store_tree(s, false, &tree, e);
    if (st != ST_OK) {
        return st;
    }
    st = story_names_load(s, &tree, &names, e);
    if (st == ST_OK) {
        st = store_point(s, point, &p, e);
    }
    if (st == ST_OK) {
        *out = point_story(s, &names, &p);
        point_clear(&p);
    }
    story_names_free(&names);
    tree_free(&tree);
    return st;
}

enum status exec_show(struct exec *x, struct err *e)
{
    cJSON *o = NULL;
    enum status st = show_json(x->store, (int64_t)call_arg_num(x->call, 0, 0), &o, e);
    if (st == ST_OK && x->call->json) {
        exec_json(x, o);
    } else if (st == ST_OK) {
        struct buf text;
        buf_init(&text, 64u << 20);
        st = tell_story(x->store, o, &text, e);
        exec_text(x, text.data);
        buf_free(&text);
        cJSON_Delete(o);
    }
    return st;
}

/* ---- calls */

static cJSON *call_object(const struct call_row *c, bool whole)
{
    char at[32];
    clock_iso(at, c->started_us);
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "id", (double)c->id);
    cJSON_AddStringToObject(o, "key", c->key);
    cJSON_AddNumberToObject(o, "point", (double)c->point);
    cJSON_AddStringToObject(o, "task", c->task);
    cJSON_AddStringToObject(o, "prompt", c->prompt);
    cJSON_AddStringToObject(o, "teacher", c->teacher);
    cJSON_AddStringToObject(o, "model", c->model);
    cJSON_AddStringToObject(o, "outcome", c->outcome);
    cJSON_AddNumberToObject(o, "http_status", c->http_status);
    cJSON_AddStringToObject(o, "error", c->error != NULL ? c->error : "");
    cJSON_AddNumberToObject(o, "try", c->tries);
    cJSON_AddNumberToObject(o, "tokens_in", (double)c->tokens_in);
    cJSON_AddNumberToObject(o, "tokens_cached", (double)c->tokens_cached);
    cJSON_AddNumberToObject(o, "tokens_out", (double)c->tokens_out);
    cJSON_AddNumberToObject(o, "cost", c->cost);
    cJSON_AddNumberToObject(o, "seconds", c->seconds);
    cJSON_AddNumberToObject(o, "retry_after", c->retry_after);
    cJSON_AddStringToObject(o, "at", at);
    if (whole) {
        cJSON_AddStringToObject(o, "system", c->system != NULL ? c->system : "");
        cJSON_AddStringToObject(o, "user", c->user != NULL ? c->user : "");
        cJSON_AddStringToObject(o, "reply", c->reply != NULL ? c->reply : "");
    }
    return o;
}

static bool call_line(void *ctx, const struct call_row *c)
{
    struct exec *x = ctx;
    if (x->call->json) {
        return exec_json(x, call_object(c, false));
    }
    char time[32];
    text_seconds(time, c->seconds);
    return exec_printf(
        x, "%8" PRId64 "  %-18s %-9s %3d  %8s %6" PRId64 " in %5" PRId64 " out  %s%s%s\n", c->id,
        c->task, c->outcome, c->http_status, time, c->tokens_in, c->tokens_out, c->key,
        c->error != NULL && c->error[0] != '\0' ? "  " : "", c->error != NULL ? c->error : "");
}

enum status exec_calls(struct exec *x, struct err *e)
{
    struct filter f = {0};
    enum status st = arg_filter(x, true, &f, e);
    if (st != ST_OK) {
        return st;
    }
    int64_t limit = (int64_t)call_opt_num(x->call, "--limit", 1e15);
    if (call_opt(x->call, "--totals") != NULL) {
        st = totals_of_calls(x, &f, e);
        filter_free(&f);
        return st;
    }
    st = store_calls(x->store, &f, 0, limit, call_line, x, e);
    filter_free(&f);
    return st;
}

/* What became of a call that gave no answer, in words. */
static const char *fate(const struct call_row *c)
{
    static const struct {
        const char *outcome, *text;
    } fates[] = {
        {"retried", "this try failed and was made again after a wait; a later call has the answer"},
        {"transport", "no try got through, so it was given up: `retry` asks anew"},
        {"fatal", "the server will not answer this, so it was not tried again"},
        {"length", "the reply was cut at max-tokens; what there was of it was used if it could be"},
        {"refused", "the model would not answer; what needed it went on without"},
    };
    for (size_t i = 0; i < sizeof fates / sizeof fates[0]; i++) {
        if (strcmp(c->outcome, fates[i].outcome) == 0) {
            return fates[i].text;
        }
    }
    return "";
}

/* A reply that is JSON once more, laid out. */
static void laid_out(struct exec *x, const char *reply)
{
    cJSON *json = NULL;
    if (reply == NULL ||
        json_parse(reply, strlen(reply), &json_limits_file, &json, NULL) != ST_OK) {
        return;
    }
    char *text = cJSON_Print(json);
    if (text != NULL && strcmp(text, reply) != 0) {
        exec_printf(x, "\n-- reply, laid out\n%s\n", text);
    }
    cJSON_free(text);
    cJSON_Delete(json);
}

static bool call_whole(void *ctx, const struct call_row *c)
{
    struct exec *x = ctx;
    cJSON *o = call_object(c, true);
    if (x->call->json) {
        return exec_json(x, o);
    }
    const cJSON *m = NULL;
    cJSON_ArrayForEach(m, o)
    {
        char *text = cJSON_IsString(m) ? xstrdup(m->valuestring) : json_text(m);
        bool block = strcmp(m->string, "system") == 0 || strcmp(m->string, "user") == 0 ||
                     strcmp(m->string, "reply") == 0;
        exec_printf(x, block ? "\n-- %s\n%s\n" : "%-14s %s\n", m->string, text);
        if (strcmp(m->string, "error") == 0 && fate(c)[0] != '\0') {
            exec_printf(x, "%-14s %s\n", "so", fate(c));
        }
        free(text);
    }
    laid_out(x, c->reply);
    cJSON_Delete(o);
    return true;
}

struct asking {
    struct exec *x;
    struct err *e;
    enum status st;
};

static bool call_as_curl(void *ctx, const struct call_row *c)
{
    struct asking *a = ctx;
    struct buf line;
    buf_init(&line, 64u << 20);
    a->st = curl_command(a->x->store, c, &line, a->e);
    if (a->st == ST_OK) {
        exec_text(a->x, line.data);
    }
    buf_free(&line);
    return true;
}

enum status exec_call(struct exec *x, struct err *e)
{
    int64_t id = (int64_t)call_arg_num(x->call, 0, 0);
    if (call_opt(x->call, "--curl") == NULL) {
        return store_call(x->store, id, call_whole, x, e);
    }
    struct asking a = {.x = x, .e = e, .st = ST_OK};
    enum status st = store_call(x->store, id, call_as_curl, &a, e);
    return st == ST_OK ? a.st : st;
}
