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
#include "store/queue.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what waits */

struct listing {
    struct exec *x;
    cJSON *list; /* NULL: as text */
    int64_t count;
};

static bool list_item(void *ctx, const struct queue_item *i)
{
    struct listing *l = ctx;
    struct point p;
    if (store_point(l->x->store, i->point, &p, NULL) != ST_OK) {
        return true;
    }
    const char *reason = p.reason != NULL ? p.reason : "";
    l->count++;
    if (l->list == NULL) {
        exec_printf(l->x, "%7" PRId64 "  %.2f  %-8s %s%s\n", i->point, i->suspicion,
                    queue_verdict(i), i->skipped && !i->decided ? "(skipped) " : "", reason);
    } else {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddNumberToObject(o, "point", (double)i->point);
        cJSON_AddStringToObject(o, "reason", reason);
        cJSON_AddStringToObject(o, "why", queue_reason(i));
        cJSON_AddStringToObject(o, "verdict", queue_verdict(i));
        cJSON_AddNumberToObject(o, "suspicion", i->suspicion);
        cJSON_AddStringToObject(o, "state", point_state_name(i->state));
        cJSON_AddBoolToObject(o, "skipped", i->skipped);
        cJSON_AddItemToArray(l->list, o);
    }
    point_clear(&p);
    return true;
}

static enum status list_counts(struct exec *x, const struct filter *f, struct err *e)
{
    cJSON *o = x->call->json ? cJSON_CreateObject() : NULL;
    enum status st = ST_OK;
    for (int k = QUEUE_DISPUTED; st == ST_OK && k < QUEUE_KINDS; k++) {
        int64_t n = 0;
        const char *name = queue_kind_name((enum queue_kind)k);
        st = store_queue_count(x->store, (enum queue_kind)k, f, &n, e);
        if (st == ST_OK && o != NULL) {
            cJSON_AddNumberToObject(o, name, (double)n);
        } else if (st == ST_OK) {
            exec_printf(x, "%-10s %" PRId64 "\n", name, n);
        }
    }
    if (o != NULL && st == ST_OK) {
        exec_json(x, o);
    } else {
        cJSON_Delete(o);
    }
    return st;
}

static enum status list_queue(struct exec *x, const struct filter *f, struct err *e)
{
    const char *kind = call_opt(x->call, "--kind");
    struct queue_page page = {.kind = QUEUE_ALL,
                              .filter = f,
                              .after = (int64_t)call_opt_num(x->call, "--after", 0),
                              .limit = (int64_t)call_opt_num(x->call, "--limit", 9e15)};
    struct listing l = {.x = x, .list = x->call->json ? cJSON_CreateArray() : NULL};
    if (kind != NULL) {
        (void)queue_kind_by_name(kind, &page.kind);
    }
    enum status st = store_queue(x->store, &page, list_item, &l, e);
    if (l.list != NULL) {
        exec_json(x, l.list);
    } else if (st == ST_OK && l.count == 0) {
        exec_text(x, page.after == 0 ? "nothing waits for you\n" : "nothing more\n");
    }
    return st;
}

enum status exec_queue(struct exec *x, struct err *e)
{
    struct filter f = {0};
    const char *where = call_opt(x->call, "--where");
    enum status st = filter_parse(where != NULL ? where : "", false, &f, e);
    if (st == ST_OK) {
        st = call_opt(x->call, "--counts") != NULL ? list_counts(x, &f, e) : list_queue(x, &f, e);
    }
    filter_free(&f);
    return st;
}

/* ---- what decisions teach */

#define AUDIT_WITHIN 0.02

static void tell_share(struct exec *x, cJSON *o, const char *key, const char *name,
                       const struct share *s)
{
    double low = 0, high = 1, share = s->n > 0 ? (double)s->k / (double)s->n : 0;
    share_interval(s, &low, &high);
    if (o != NULL) {
        cJSON *v = cJSON_AddObjectToObject(o, key);
        cJSON_AddNumberToObject(v, "agree", (double)s->k);
        cJSON_AddNumberToObject(v, "of", (double)s->n);
        cJSON_AddNumberToObject(v, "share", share);
        cJSON_AddNumberToObject(v, "low", low);
        cJSON_AddNumberToObject(v, "high", high);
    } else if (s->n == 0) {
        exec_printf(x, "%-34s nothing decided yet\n", name);
    } else {
        exec_printf(x, "%-34s %5.1f %%  (%.1f to %.1f)  %" PRId64 " of %" PRId64 "\n", name,
                    100 * share, 100 * low, 100 * high, s->k, s->n);
    }
}

struct by {
    struct exec *x;
    struct story_names names;
    bool nodes;
    cJSON *list; /* NULL: as text */
    int64_t count;
};

static bool tell_overturned(void *ctx, const struct overturned *o)
{
    struct by *b = ctx;
    struct buf name;
    double low = 0, high = 1;
    buf_init(&name, TREE_PATH_MAX + 64);
    if (b->nodes) {
        (void)store_node_path(b->x->store, o->id, &name, NULL);
    } else {
        buf_adds(&name, story_strategy(&b->names, o->id));
    }
    share_interval(&o->share, &low, &high);
    double share = (double)o->share.k / (double)o->share.n;
    b->count++;
    if (b->list == NULL) {
        exec_printf(b->x, "%5.1f %%  (%.1f to %.1f)  %" PRId64 " of %" PRId64 "  %s\n", 100 * share,
                    100 * low, 100 * high, o->share.k, o->share.n, name.data);
    } else {
        cJSON *v = cJSON_CreateObject();
        cJSON_AddStringToObject(v, b->nodes ? "path" : "strategy", name.data);
        cJSON_AddNumberToObject(v, "id", (double)o->id);
        cJSON_AddNumberToObject(v, "overturned", (double)o->share.k);
        cJSON_AddNumberToObject(v, "of", (double)o->share.n);
        cJSON_AddNumberToObject(v, "low", low);
        cJSON_AddNumberToObject(v, "high", high);
        cJSON_AddItemToArray(b->list, v);
    }
    buf_free(&name);
    return true;
}

static enum status tell_by(struct exec *x, bool nodes, struct err *e)
{
    struct by b = {.x = x, .nodes = nodes, .list = x->call->json ? cJSON_CreateArray() : NULL};
    enum status st = story_names_load(x->store, NULL, &b.names, e);
    if (st == ST_OK) {
        st = store_overturned(x->store, nodes, 1000, tell_overturned, &b, e);
    }
    story_names_free(&b.names);
    if (b.list != NULL) {
        exec_json(x, b.list);
    } else if (st == ST_OK && b.count == 0) {
        exec_text(x, "no accepted or rejected point was decided about yet\n");
    }
    return st;
}

enum status exec_agreement(struct exec *x, struct err *e)
{
    struct agreement a;
    const char *by = call_opt(x->call, "--by");
    if (by != NULL) {
        return tell_by(x, strcmp(by, "node") == 0, e);
    }
    enum status st = store_agreement(x->store, &a, e);
    if (st != ST_OK) {
        return st;
    }
    cJSON *o = x->call->json ? cJSON_CreateObject() : NULL;
    int64_t needed = share_needed(&a.audit, AUDIT_WITHIN);
    if (o != NULL) {
        cJSON_AddNumberToObject(o, "decided", (double)a.decided);
        cJSON_AddNumberToObject(o, "contradicted", (double)a.contradicted);
    } else {
        exec_printf(x, "%" PRId64 " points decided; shares with their 95 %% intervals\n",
                    a.decided);
    }
    tell_share(x, o, "correct", "\"is it correct?\" agrees with you", &a.correct);
    tell_share(x, o, "incorrect", "\"is it incorrect?\" agrees with you", &a.incorrect);
    tell_share(x, o, "pair", "both together agree with you", &a.pair);
    tell_share(x, o, "audit", "accepted points that are right", &a.audit);
    if (o != NULL) {
        cJSON_AddNumberToObject(o, "audits_needed", (double)needed);
        cJSON_AddBoolToObject(o, "offline", story_any_offline(x->store));
        exec_json(x, o);
        return ST_OK;
    }
    exec_printf(x,
                "%" PRId64 " decided where the critics contradict themselves; %" PRId64
                " more audits give +-2 %%\n",
                a.contradicted, needed);
    if (story_any_offline(x->store)) {
        exec_text(x, "the rule-based offline teacher wrote this data\n");
    }
    return ST_OK;
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
