/*
 * What happened lately: points at two coarser resolutions than the seconds that rates are made of,
 * and the last replies that failed, each with the call that shows what was sent and what came back.
 * Rings of fixed size: a run of weeks costs no more than one of minutes.
 */
#include "base/clock.h"
#include "server/live_private.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int span_seconds[LIVE_SPANS] = {LIVE_HOUR_STEP, LIVE_DAY_STEP};

void live_recent_count(struct live *l, int points)
{
    int64_t now = clock_ms() / 1000;
    for (int i = 0; i < LIVE_SPANS; i++) {
        int64_t slot = now / span_seconds[i];
        size_t at = (size_t)(slot % LIVE_SLOTS);
        struct live_span *s = &l->span[i];
        if (s->slot[at] != slot) {
            s->slot[at] = slot;
            s->points[at] = 0;
        }
        s->points[at] += points;
    }
}

static cJSON *span_json(const struct live_span *s, int seconds)
{
    int64_t now = clock_ms() / 1000 / seconds;
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "seconds", seconds);
    cJSON *list = cJSON_AddArrayToObject(o, "points");
    bool begun = false; /* nothing is told of the time before the first point */
    for (int64_t slot = now - LIVE_SLOTS + 1; slot <= now; slot++) {
        size_t at = (size_t)((slot + LIVE_SLOTS) % LIVE_SLOTS);
        int64_t n = s->slot[at] == slot ? s->points[at] : 0;
        begun = begun || n > 0;
        if (begun) {
            cJSON_AddItemToArray(list, cJSON_CreateNumber((double)n));
        }
    }
    return o;
}

void live_fault(struct live *l, const struct reply *r, int64_t call, const char *fmt, ...)
{
    if (l->fault_count == LIVE_FAULTS) {
        memmove(l->fault, l->fault + 1, (LIVE_FAULTS - 1) * sizeof *l->fault);
        l->fault_count--;
    }
    struct live_fault *f = &l->fault[l->fault_count++];
    f->at_us = clock_wall_us();
    f->call = call;
    f->point = r->key[0] == 'p' ? strtoll(r->key + 1, NULL, 10) : 0;
    int n = snprintf(f->text, sizeof f->text, "%s", task_at(r->task)->name);
    if (f->point > 0) {
        n += snprintf(f->text + n, sizeof f->text - (size_t)n, " #%lld", (long long)f->point);
    }
    n += snprintf(f->text + n, sizeof f->text - (size_t)n, ": ");
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(f->text + n, sizeof f->text - (size_t)n, fmt, ap);
    va_end(ap);
    l->changed++;
}

void live_fault_reply(struct live *l, const struct reply *r, int64_t call)
{
    l->limited += r->http_status == 429 || r->http_status == 503 ? 1 : 0;
    if (r->http_status == 429) {
        l->limited_ms = clock_ms();
    }
    if (!r->final) {
        live_fault(l, r, call, "%.150s; again in %.1f s", r->error, r->retry_after);
    } else if (r->outcome != REPLY_OK) {
        live_fault(l, r, call, "%s",
                   r->error[0] != '\0' ? r->error : reply_outcome_name(r->outcome));
    }
}

void live_recent_json(const struct live *l, cJSON *o)
{
    cJSON_AddItemToObject(o, "history_hour", span_json(&l->span[0], LIVE_HOUR_STEP));
    cJSON_AddItemToObject(o, "history_day", span_json(&l->span[1], LIVE_DAY_STEP));
    cJSON_AddNumberToObject(o, "limited", (double)l->limited);
    cJSON *list = cJSON_AddArrayToObject(o, "errors");
    for (size_t i = 0; i < l->fault_count; i++) {
        char at[32];
        clock_iso(at, l->fault[i].at_us);
        cJSON *row = cJSON_CreateObject();
        cJSON_AddStringToObject(row, "at", at);
        cJSON_AddStringToObject(row, "text", l->fault[i].text);
        cJSON_AddNumberToObject(row, "call", (double)l->fault[i].call);
        cJSON_AddNumberToObject(row, "point", (double)l->fault[i].point);
        cJSON_AddItemToArray(list, row);
    }
}
