/*
 * What waits for a person, and what a person decides. A decision lies on top of what the critics
 * said; it is a row of its own, so undo takes it back.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "domain/schema.h"
#include "server/exec_table.h"
#include "server/live.h"
#include "server/story.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct waiting {
    int64_t point;
    double suspicion;
    bool skipped; /* a person put it off: behind all others */
    char verdict[16];
    char reason[200];
};

struct queue {
    struct store *store;
    struct waiting *items;
    size_t count, cap;
};

struct standing {
    bool decided, skipped;
};

/* A note changes nothing; a retry makes the point a new one, about which nobody has decided. */
static bool look(void *ctx, const struct review *r)
{
    struct standing *s = ctx;
    if (strcmp(r->decision, "retry") == 0) {
        *s = (struct standing){0};
    } else if (strcmp(r->decision, "skip") == 0) {
        s->skipped = true;
    } else if (strcmp(r->decision, "note") != 0) {
        s->decided = true;
    }
    return true;
}

/*
 * How likely the machine was wrong, for the order of the queue only: critics that contradict
 * themselves first, then records that failed a requirement, then plain rejections.
 */
static double suspicion(const struct point *p, const char *verdict)
{
    if (strcmp(verdict, "yes/yes") == 0) {
        return 0.9;
    }
    if (strcmp(verdict, "no/no") == 0) {
        return 0.7;
    }
    if (p->outcome == POINT_INVALID) {
        return 0.2;
    }
    return strcmp(verdict, "no/yes") == 0 ? 0.3 : 0.4;
}

static bool enqueue(void *ctx, const struct point *p)
{
    struct queue *q = ctx;
    struct standing standing = {0};
    store_reviews(q->store, p->id, look, &standing, NULL);
    if (standing.decided) {
        return true;
    }
    q->items = vec_grow(q->items, &q->cap, q->count + 1, sizeof *q->items);
    struct waiting *w = &q->items[q->count++];
    w->point = p->id;
    w->skipped = standing.skipped;
    story_verdict(q->store, p->id, w->verdict);
    w->suspicion = suspicion(p, w->verdict);
    snprintf(w->reason, sizeof w->reason, "%s", p->reason != NULL ? p->reason : "");
    return true;
}

static int more_suspicious(const void *a, const void *b)
{
    const struct waiting *x = a, *y = b;
    if (x->skipped != y->skipped) {
        return x->skipped ? 1 : -1;
    }
    if (x->suspicion < y->suspicion || x->suspicion > y->suspicion) {
        return x->suspicion > y->suspicion ? -1 : 1;
    }
    return x->point < y->point ? -1 : x->point > y->point;
}

enum status exec_queue(struct exec *x, struct err *e)
{
    struct queue q = {.store = x->store};
    static const enum point_state states[] = {POINT_DISPUTED, POINT_REJECTED, POINT_INVALID};
    enum status st = ST_OK;
    for (size_t i = 0; st == ST_OK && i < 3; i++) {
        st = store_points_in(x->store, states[i], 0, INT64_MAX, enqueue, &q, e);
    }
    if (q.count > 1) {
        qsort(q.items, q.count, sizeof *q.items, more_suspicious);
    }
    cJSON *list = x->call->json ? cJSON_CreateArray() : NULL;
    for (size_t i = 0; st == ST_OK && i < q.count; i++) {
        const struct waiting *w = &q.items[i];
        if (list == NULL) {
            exec_printf(x, "%7" PRId64 "  %.2f  %-8s %s%s\n", w->point, w->suspicion, w->verdict,
                        w->skipped ? "(skipped) " : "", w->reason);
            continue;
        }
        cJSON *o = cJSON_CreateObject();
        cJSON_AddNumberToObject(o, "point", (double)w->point);
        cJSON_AddStringToObject(o, "reason", w->reason);
        cJSON_AddStringToObject(o, "verdict", w->verdict);
        cJSON_AddNumberToObject(o, "suspicion", w->suspicion);
        cJSON_AddBoolToObject(o, "skipped", w->skipped);
        cJSON_AddItemToArray(list, o);
    }
    if (list != NULL) {
        exec_json(x, list);
    } else if (st == ST_OK && q.count == 0) {
        exec_text(x, "nothing waits for you\n");
    }
    free(q.items);
    return st;
}

/* ---- decisions */

static void text_of(const struct call *c, struct buf *out)
{
    for (int k = 0; k < c->arg_count[2]; k++) {
        buf_printf(out, "%s%s", k > 0 ? " " : "", c->args[2][k]);
    }
}

/* The new record, checked against the schema, in its canonical form. */
static enum status edited_record(struct exec *x, const char *text, struct buf *out, struct err *e)
{
    struct buf json, schema_text;
    buf_init(&json, 4u << 20);
    buf_init(&schema_text, 8u << 20);
    struct record_schema *schema = NULL;
    cJSON *record = NULL;
    enum status st = exec_json_arg(x, text, &json, e);
    if (st == ST_OK) {
        st = json_parse(json.data, json.len, &json_limits_reply, &record, e);
    }
    if (st == ST_OK) {
        st = store_text(x->store, "schema", &schema_text, e);
    }
    if (st == ST_OK && schema_text.len == 0) {
        st = err_set(e, ST_INVALID, "no record schema yet: set one with `schema JSON`");
    }
    if (st == ST_OK) {
        st = record_schema_new(schema_text.data, schema_text.len, &schema, e);
    }
    if (st == ST_OK) {
        st = record_schema_check(schema, record, e);
    }
    if (st == ST_OK) {
        char *canonical = json_text(record);
        buf_adds(out, canonical);
        free(canonical);
    }
    record_schema_free(schema);
    cJSON_Delete(record);
    buf_free(&json);
    buf_free(&schema_text);
    return st;
}

/* One review command: the same decision about each of its points. */
struct decision {
    struct exec *x;
    const char *what, *note, *who;
    const char *after; /* of an edit: the new record */
};

static bool is(const struct decision *d, const char *what)
{
    return strcmp(d->what, what) == 0;
}

static enum status check_point(const struct decision *d, int64_t id, struct err *e)
{
    struct point p;
    enum status st = store_point(d->x->store, id, &p, e);
    if (st != ST_OK) {
        return st;
    }
    if (p.state == POINT_ASKED || p.state == POINT_PLANNED) {
        st = err_set(e, ST_BUSY, "point %" PRId64 " is still in work", id);
    } else if (p.record == NULL && is(d, "accept")) {
        st = err_set(e, ST_INVALID, "point %" PRId64 " has no record that could be accepted", id);
    }
    point_clear(&p);
    return st;
}

static enum status put_review(const struct decision *d, const struct point *p, const char *what,
                              struct err *e)
{
    bool edit = strcmp(what, "edit") == 0;
    struct review r = {.point = p->id,
                       .at_us = clock_wall_us(),
                       .who = d->who,
                       .decision = what,
                       .note = d->note,
                       .before = edit && p->record != NULL ? p->record : "",
                       .after = edit ? d->after : ""};
    return store_review_put(d->x->store, &r, e);
}

static enum status review_one(const struct decision *d, int64_t id, struct err *e)
{
    struct point p;
    enum status st = store_point(d->x->store, id, &p, e);
    if (st != ST_OK) {
        return st;
    }
    bool again = p.state == POINT_ASKED; /* named twice in one retry */
    if (!again) {
        st = put_review(d, &p, d->what, e);
    }
    if (st == ST_OK && is(d, "edit")) {
        st = put_review(d, &p, "accept", e); /* who corrects a record wants it */
    }
    if (st == ST_OK && is(d, "retry") && !again) {
        st = live_retry_point(d->x->live, id, e);
    }
    point_clear(&p);
    return st;
}

/*
 * All points are looked at before the first is touched: a retry starts at once and cannot be called
 * back.
 */
static enum status review_all(const struct decision *d, struct err *e)
{
    const struct call *c = d->x->call;
    enum status st = ST_OK;
    if (is(d, "retry") && d->x->live == NULL) {
        return err_set(e, ST_INTERNAL, "review retry needs the server of the session");
    }
    for (int i = 0; st == ST_OK && i < c->arg_count[1]; i++) {
        st = check_point(d, strtoll(c->args[1][i], NULL, 10), e);
    }
    for (int i = 0; st == ST_OK && i < c->arg_count[1]; i++) {
        st = review_one(d, strtoll(c->args[1][i], NULL, 10), e);
    }
    return st;
}

enum status exec_review(struct exec *x, struct err *e)
{
    struct buf text, record, who;
    buf_init(&text, 4u << 20);
    buf_init(&record, 8u << 20);
    buf_init(&who, 65536);
    text_of(x->call, &text);
    struct decision d = {.x = x, .what = call_arg(x->call, 0), .note = text.data};
    enum status st = store_setting(x->store, SETTING_REVIEWER, &who, e);
    d.who = who.len > 0 ? who.data : x->who;
    if (st == ST_OK && is(&d, "edit")) {
        d.note = "";
        st = x->call->arg_count[1] != 1 || text.len == 0
                 ? err_set(e, ST_USAGE,
                           "review edit takes one POINT and its new record as JSON or @FILE")
                 : edited_record(x, text.data, &record, e);
    }
    d.after = record.data;
    if (st == ST_OK) {
        st = review_all(&d, e);
    }
    buf_free(&text);
    buf_free(&record);
    buf_free(&who);
    return st;
}
