/*
 * The status comes from our own server, yet every field may be missing (an older or newer one) and
 * every list may be long: what is not there stays 0, what is too much is left out.
 */
#include "ui/live_status.h"

#include "base/json.h"
#include "base/text.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct json_limits status_limits = {4u << 20, 16, 100000};

static int64_t whole(const cJSON *o, const char *name)
{
    double v = json_num_or(o, name, 0);
    return v >= -9e15 && v <= 9e15 ? (int64_t)v : 0;
}

static void copy(char *to, size_t size, const cJSON *o, const char *name)
{
    text_safe_copy(to, size, json_str_or(o, name, ""));
}

static void read_stages(struct live_status *s, const cJSON *o)
{
    const cJSON *list = NULL, *item = NULL;
    if (json_get_array(o, "stages", &list, NULL) != ST_OK) {
        return;
    }
    cJSON_ArrayForEach(item, list)
    {
        if (s->stage_count >= LIVE_STAGES) {
            break;
        }
        struct live_stage *g = &s->stages[s->stage_count++];
        copy(g->name, sizeof g->name, item, "name");
        g->waiting = whole(item, "waiting");
        g->asked = whole(item, "asked") - g->waiting; /* on its way */
        g->done = whole(item, "done");
        g->again = whole(item, "again");
        g->lost = whole(item, "lost");
    }
}

/* "2026-11-24T08:11:05Z" as the time of day here; anything else as it is. */
static void wall_time(char out[16], const char *iso)
{
    struct tm utc = {0}, here = {0};
    const char *end = strptime(iso, "%Y-%m-%dT%H:%M:%SZ", &utc);
    if (end == NULL || *end != '\0') {
        text_safe_copy(out, 16, iso);
        return;
    }
    time_t at = timegm(&utc);
    localtime_r(&at, &here);
    strftime(out, 16, "%H:%M:%S", &here);
}

static void read_numbers(struct live_span *to, const cJSON *list)
{
    const cJSON *item = NULL;
    int skip = cJSON_GetArraySize(list) - LIVE_RATES;
    cJSON_ArrayForEach(item, list)
    {
        if (skip-- > 0) {
            continue;
        }
        to->points[to->count++] = item->valuedouble > 0 ? item->valuedouble : 0;
    }
}

static void read_history(struct live_status *s, const cJSON *o)
{
    static const char *const names[] = {"history_hour", "history_day"};
    const cJSON *list = NULL, *span = NULL;
    if (json_get_array(o, "history", &list, NULL) == ST_OK) {
        s->span[0].seconds = 1;
        read_numbers(&s->span[0], list);
    }
    for (size_t i = 0; i < 2; i++) {
        struct live_span *to = &s->span[1 + i];
        if (json_get_object(o, names[i], &span, NULL) == ST_OK &&
            json_get_array(span, "points", &list, NULL) == ST_OK) {
            int64_t seconds = whole(span, "seconds");
            to->seconds = seconds > 0 && seconds < 1000000 ? (int)seconds : 0;
            read_numbers(to, list);
        }
    }
}

/* Events and errors have the same form. */
static size_t read_events(struct live_event *to, const cJSON *o, const char *name)
{
    const cJSON *list = NULL, *item = NULL;
    size_t count = 0;
    if (json_get_array(o, name, &list, NULL) != ST_OK) {
        return 0;
    }
    cJSON_ArrayForEach(item, list)
    {
        if (count >= LIVE_EVENTS) {
            break;
        }
        struct live_event *v = &to[count++];
        wall_time(v->at, json_str_or(item, "at", ""));
        copy(v->text, sizeof v->text, item, "text");
        v->call = whole(item, "call");
    }
    return count;
}

static void read_expanding(struct live_status *s, const cJSON *o)
{
    const cJSON *list = NULL, *item = NULL;
    if (json_get_array(o, "expanding", &list, NULL) != ST_OK) {
        return;
    }
    cJSON_ArrayForEach(item, list)
    {
        if (s->expanding_count < LIVE_EXPANDING && item->valuedouble >= 1) {
            s->expanding[s->expanding_count++] = (int64_t)item->valuedouble;
        }
    }
}

static void read_touched(struct live_status *s, const cJSON *o)
{
    const cJSON *touched = NULL, *list = NULL, *item = NULL;
    if (json_get_object(o, "touched", &touched, NULL) != ST_OK ||
        json_get_array(touched, "nodes", &list, NULL) != ST_OK ||
        cJSON_GetArraySize(list) > LIVE_TOUCHED) {
        return;
    }
    s->touched_known = true;
    s->touched_from = whole(touched, "from");
    cJSON_ArrayForEach(item, list)
    {
        s->touched[s->touched_count++] = (int64_t)item->valuedouble;
    }
}

static void read_teachers(struct live_status *s, const cJSON *o)
{
    const cJSON *list = NULL, *item = NULL;
    if (json_get_array(o, "teachers", &list, NULL) != ST_OK) {
        return;
    }
    cJSON_ArrayForEach(item, list)
    {
        if (s->teacher_count < LIVE_TEACHERS) {
            struct live_teacher *t = &s->teachers[s->teacher_count++];
            copy(t->name, sizeof t->name, item, "name");
            copy(t->key, sizeof t->key, item, "key");
        }
    }
}

static void read_points(struct live_status *s, const cJSON *o)
{
    s->target = whole(o, "target");
    s->planned = whole(o, "planned");
    s->asked = whole(o, "asked");
    s->accepted = whole(o, "accepted");
    s->rejected = whole(o, "rejected");
    s->disputed = whole(o, "disputed");
    s->invalid = whole(o, "invalid");
    s->failed = whole(o, "failed");
    s->running = json_bool_or(o, "running", false);
    s->missing = whole(o, "short");
}

static void read_traffic(struct live_status *s, const cJSON *o)
{
    const cJSON *part = NULL;
    if (json_get_object(o, "calls", &part, NULL) == ST_OK) {
        s->calls_made = whole(part, "made");
        s->calls_ok = whole(part, "ok");
        s->calls_failed = whole(part, "failed");
        s->calls_retried = whole(part, "retried");
        s->in_flight = whole(part, "in_flight");
    }
    if (json_get_object(o, "tokens", &part, NULL) == ST_OK) {
        s->tokens_in = json_num_or(part, "input", 0);
        s->tokens_cached = json_num_or(part, "cached", 0);
        s->tokens_out = json_num_or(part, "output", 0);
    }
    if (json_get_object(o, "cost", &part, NULL) == ST_OK) {
        s->cost = json_num_or(part, "spent", 0);
        s->cost_expected = json_num_or(part, "expected", -1);
    }
    if (json_get_object(o, "rate", &part, NULL) == ST_OK) {
        s->points_per_s = json_num_or(part, "points_per_s", 0);
        s->calls_per_s = json_num_or(part, "calls_per_s", 0);
    }
    if (json_get_object(o, "latency", &part, NULL) == ST_OK) {
        s->p50 = json_num_or(part, "p50", 0);
        s->p95 = json_num_or(part, "p95", 0);
        s->p99 = json_num_or(part, "p99", 0);
    }
    if (json_get_object(o, "bottleneck", &part, NULL) == ST_OK) {
        copy(s->slow_stage, sizeof s->slow_stage, part, "stage");
        copy(s->slow_why, sizeof s->slow_why, part, "why");
    }
    s->limited = whole(o, "limited");
    s->retrying = whole(o, "retrying");
    s->in_flight_limit = whole(o, "in_flight_limit");
    s->limit_auto = json_bool_or(o, "limit_auto", true);
    s->waiting = whole(o, "waiting");
    s->seconds = json_num_or(o, "seconds", 0);
    s->eta = json_num_or(o, "eta", -1);
}

enum status live_status_read(struct live_status *s, const char *json, size_t n, struct err *e)
{
    cJSON *o = NULL;
    enum status st = json_parse(json, n, &status_limits, &o, e);
    if (st != ST_OK) {
        return st;
    }
    struct live_status now = {.known = true, .cost_expected = -1};
    copy(now.run, sizeof now.run, o, "run");
    copy(now.reason, sizeof now.reason, o, "reason");
    copy(now.job, sizeof now.job, o, "job");
    copy(now.undo, sizeof now.undo, o, "undo");
    copy(now.redo, sizeof now.redo, o, "redo");
    copy(now.teacher, sizeof now.teacher, o, "teacher");
    now.offline = json_bool_or(o, "offline", false);
    read_points(&now, o);
    read_traffic(&now, o);
    read_touched(&now, o);
    const cJSON *revision = NULL;
    if (json_get_object(o, "revision", &revision, NULL) == ST_OK) {
        now.revision_tree = whole(revision, "tree");
        now.revision_points = whole(revision, "points");
        now.revision_settings = whole(revision, "settings");
    }
    read_history(&now, o);
    read_stages(&now, o);
    now.event_count = read_events(now.events, o, "events");
    now.error_count = read_events(now.errors, o, "errors");
    read_expanding(&now, o);
    read_teachers(&now, o);
    cJSON_Delete(o);
    *s = now;
    return ST_OK;
}
