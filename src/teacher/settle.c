/*
 * settle - what became of one try, see core.h.
 *
 * Every try ends here in one of three ways: a final reply, a failed try that is repeated later, or
 * the same question again at once in a simpler form. A message for a person says what to do, names
 * teacher, host and where the key comes from, and never the key: the server's own words are
 * redacted, since some servers quote the key that they refuse.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "teacher/core.h"
#include "teacher/retry.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    UNCONNECTED_MAX = 5,
    DECLINED_MAX = 5,
    AVOID_US = 5000000,
    GRACE_US = 20000000 /* a server that has answered before may be restarting */
};

static void set_error(struct reply *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void set_error(struct reply *r, const char *fmt, ...)
{
    char text[1200];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct buf b;
    buf_init(&b, 2 * sizeof text);
    buf_adds(&b, text);
    log_redact(&b);
    text_safe_copy(r->error, sizeof r->error, b.data);
    buf_free(&b);
}

static void identify(struct reply *r, const struct ask *a)
{
    const struct entry *e = a->entry;
    (void)snprintf(r->key, sizeof r->key, "%s", a->q->key);
    (void)snprintf(r->teacher, sizeof r->teacher, "%s", e->config.name);
    /* The rule-based teacher has named itself, whatever model its entry claims. */
    if (e->kind != ENTRY_OFFLINE && (r->model[0] == '\0' || e->model[0] != '\0')) {
        (void)snprintf(r->model, sizeof r->model, "%s", e->model);
    }
    r->task = a->q->task;
    r->tries = a->tries;
    r->started_us = a->started_wall_us;
}

/* The last word on this question. */
static void finish(struct teachers *t, struct ask *a, struct reply *r)
{
    identify(r, a);
    r->final = true;
    r->retry_after = 0;
    r->system = a->prompt.system;
    r->user = a->prompt.user;
    a->prompt.system = NULL;
    a->prompt.user = NULL;
    core_reply(t, r);
    core_ask_free(a);
}

/* Report a failed try and come back to it after `wait` seconds. */
static void again(struct teachers *t, struct ask *a, struct reply *r, double wait)
{
    identify(r, a);
    r->outcome = REPLY_TRANSPORT;
    r->final = false;
    r->retry_after = wait;
    r->system = xstrdup(a->prompt.system);
    r->user = xstrdup(a->prompt.user);
    core_reply(t, r);
    core_wait(t, a, clock_us() + (int64_t)(wait * 1e6), false);
}

/* A failure that another try may mend, while there are tries left. */
static void again_or_finish(struct teachers *t, struct ask *a, struct reply *r, double hint)
{
    a->failures++;
    if (a->failures < RETRY_TRIES) {
        again(t, a, r, retry_wait(hint, a->failures, a->q->seed ^ a->order));
    } else {
        r->outcome = REPLY_TRANSPORT;
        finish(t, a, r);
    }
}

static void overloaded(struct teachers *t, struct ask *a, const char *why)
{
    struct entry *e = a->entry;
    int before = limit_now(&e->limit);
    if (limit_overloaded(&e->limit, a->started_us, clock_us())) {
        core_event(t, "teacher %s: %s, in flight %d -> %d", e->config.name, why, before,
                   limit_now(&e->limit));
    }
}

static const char *overload_word(int status)
{
    return status == 429 ? "429 too many requests" : "the server is overloaded";
}

static void succeeded(struct teachers *t, struct ask *a, double seconds)
{
    struct entry *e = a->entry;
    latencies_add(&t->latencies, seconds);
    limit_success(&e->limit, seconds, e->waiting.count > 0);
    e->answered = true;
    e->unconnected = 0;
    e->declined = 0;
}

void settle_fatal(struct teachers *t, struct ask *a, const char *message)
{
    struct reply r = {.outcome = REPLY_FATAL};
    set_error(&r, "%s", message);
    finish(t, a, &r);
}

void settle_local(struct teachers *t, struct ask *a, struct reply *r)
{
    if (!r->final && r->outcome == REPLY_TRANSPORT) {
        if (retry_overload(r->http_status)) {
            overloaded(t, a, overload_word(r->http_status));
        }
        again_or_finish(t, a, r, r->retry_after > 0 ? r->retry_after : -1);
        return;
    }
    if (r->outcome == REPLY_OK || r->outcome == REPLY_LENGTH || r->outcome == REPLY_REFUSED) {
        r->cost = entry_cost(a->entry, r->tokens_in, r->tokens_cached, r->tokens_out);
        succeeded(t, a, r->seconds);
    }
    finish(t, a, r);
}

/* What a person can do about a status that no retry will change. */
static void fatal_text(struct reply *r, const struct ask *a, const struct http_response *h,
                       const struct openai_answer *n)
{
    const struct entry *e = a->entry;
    const char *name = e->config.name;
    const char *host = e->urls[a->url].place.host;
    const char *said = n->message[0] != '\0' ? n->message : "no message";
    int status = r->http_status;
    if (h->location[0] != '\0') {
        set_error(r,
                  "teacher %s: %s answers %d with a redirect to %s, which is not followed; set "
                  "base-url to where the server is",
                  name, host, status, h->location);
    } else if (status == 401 && e->key.value == NULL) {
        set_error(r,
                  "teacher %s: %s wants a key (401): teacher set %s key-env=NAME, key-file or "
                  "key-command. The server says: %s",
                  name, host, name, said);
    } else if (status == 401) {
        set_error(r, "teacher %s: %s does not accept the key from %s (401). The server says: %s",
                  name, host, e->key.source, said);
    } else if (status == 403) {
        set_error(r,
                  "teacher %s: %s does not allow model '%s' with the key from %s (403). The server "
                  "says: %s",
                  name, host, e->model, e->key.source, said);
    } else if (status == 404) {
        set_error(r,
                  "teacher %s: %s knows no model '%s', or nothing is at this address (404); check "
                  "model and base-url (it ends in /v1). The server says: %s",
                  name, host, e->model, said);
    } else {
        set_error(r,
                  "teacher %s: no credit or quota left at %s for the key from %s (%d); add credit, "
                  "wait, or choose another teacher. The server says: %s",
                  name, host, e->key.source, status, said);
    }
}

/* A 4xx about the request itself. Several in a row, and no success, are about configuration. */
static void declined(struct teachers *t, struct ask *a, struct reply *r,
                     const struct openai_answer *n)
{
    struct entry *e = a->entry;
    const char *host = e->urls[a->url].place.host;
    e->declined++;
    r->outcome = REPLY_TRANSPORT;
    set_error(r, "%s declines the request (%d): %s", host, r->http_status,
              n->message[0] != '\0' ? n->message : "no message");
    if (e->declined >= DECLINED_MAX) {
        r->outcome = REPLY_FATAL;
        set_error(r,
                  "teacher %s: %s declines every request (%d); check model, max-tokens and "
                  "temperature. The server says: %s",
                  e->config.name, host, r->http_status,
                  n->message[0] != '\0' ? n->message : "no message");
    }
    finish(t, a, r);
}

/* Ask the same in the simpler form that the server was just found to need. */
static bool simplified(struct teachers *t, struct ask *a, struct reply *r,
                       const struct openai_answer *n)
{
    struct entry *e = a->entry;
    char what[96];
    bool changed = a->structured != e->structured || a->quirks != e->quirks;
    if (!changed) {
        changed = openai_simplify(n, e->structured_auto, &e->structured, &e->quirks, what);
        if (changed) {
            core_event(t, "teacher %s: the server refused the request, from now on with %s",
                       e->config.name, what);
        }
    }
    if (changed) {
        set_error(r, "%s does not take this form of request (%d): %s", e->urls[a->url].place.host,
                  r->http_status, n->message);
        again(t, a, r, 0);
    }
    return changed;
}

static void failed_status(struct teachers *t, struct ask *a, struct reply *r,
                          const struct http_response *h, const struct openai_answer *n)
{
    struct entry *e = a->entry;
    enum retry_class class = retry_class(r->http_status, n->code);
    if (class == RETRY_AGAIN && h->should_retry == 0) {
        class = RETRY_NO;
    }
    bool form = r->http_status == 400 || r->http_status == 422 || r->http_status == 501;
    if (form && class != RETRY_REFUSED && simplified(t, a, r, n)) {
        return;
    }
    switch (class) {
    case RETRY_AGAIN:
        e->declined = 0;
        set_error(r, "%s answers %d: %s", e->urls[a->url].place.host, r->http_status,
                  n->message[0] != '\0' ? n->message : "no message");
        if (retry_overload(r->http_status)) {
            overloaded(t, a, overload_word(r->http_status));
        }
        again_or_finish(t, a, r, h->retry_after >= 0 ? h->retry_after : n->retry_after);
        return;
    case RETRY_REFUSED:
        r->outcome = REPLY_REFUSED;
        r->text = xstrdup(n->message);
        set_error(r, "declined by a filter: %s", n->message);
        finish(t, a, r);
        return;
    case RETRY_FATAL:
        r->outcome = REPLY_FATAL;
        fatal_text(r, a, h, n);
        if (r->http_status == 401) {
            key_free(&e->key); /* it may be replaced: fetch it again at the next use */
        }
        finish(t, a, r);
        return;
    case RETRY_NO:
        declined(t, a, r, n);
        return;
    }
}

/* Tokens, money and text of an answer. Takes n's text. */
static void answered(struct teachers *t, struct ask *a, struct reply *r,
                     const struct http_response *h, struct openai_answer *n)
{
    r->outcome = n->kind == OPENAI_LENGTH    ? REPLY_LENGTH
                 : n->kind == OPENAI_REFUSED ? REPLY_REFUSED
                                             : REPLY_OK;
    r->text = n->text;
    n->text = NULL;
    if (n->usage) {
        r->tokens_in = n->tokens_in;
        r->tokens_cached = n->tokens_cached;
        r->tokens_out = n->tokens_out;
    } else {
        r->tokens_in = (int64_t)(strlen(a->prompt.system) + strlen(a->prompt.user)) / 4;
        r->tokens_out = (int64_t)strlen(r->text) / 4;
    }
    if (n->model != NULL) {
        (void)snprintf(r->model, sizeof r->model, "%.*s", (int)sizeof r->model - 1, n->model);
    }
    r->cost = entry_cost(a->entry, r->tokens_in, r->tokens_cached, r->tokens_out);
    if (r->outcome == REPLY_LENGTH) {
        set_error(r, "cut at max_tokens after %lld tokens; raise max-tokens of teacher %s",
                  (long long)r->tokens_out, a->entry->config.name);
    } else if (r->outcome == REPLY_REFUSED) {
        set_error(r, "declined: %s", n->message);
    }
    int64_t used = r->tokens_in + r->tokens_out;
    bucket_take(&a->entry->tokens, (double)(used - a->reserved), clock_us());
    succeeded(t, a, h->seconds);
    finish(t, a, r);
}

/* Could not connect: again, until it is clear that nobody is there. */
static void unconnected(struct teachers *t, struct ask *a, struct reply *r,
                        const struct http_response *h)
{
    struct entry *e = a->entry;
    struct entry_url *u = &e->urls[a->url];
    int64_t now = clock_us();
    if (e->unconnected++ == 0) {
        e->unconnected_us = now;
        core_event(t, "teacher %s: server at %s does not answer (%s), trying again", e->config.name,
                   u->place.host, h->problem);
    }
    u->avoid_until_us = now + AVOID_US;
    bool given_up =
        e->unconnected >= UNCONNECTED_MAX && (!e->answered || now - e->unconnected_us > GRACE_US);
    set_error(r, "server at %s does not answer: %s", u->place.host, h->problem);
    if (given_up) {
        r->outcome = REPLY_FATAL;
        set_error(
            r,
            "teacher %s: server at %s does not answer (%s); is it running, and is base-url right?",
            e->config.name, u->place.host, h->problem);
        finish(t, a, r);
    } else {
        again_or_finish(t, a, r, -1);
    }
}

static void no_reply(struct teachers *t, struct ask *a, struct reply *r,
                     const struct http_response *h)
{
    const struct entry *e = a->entry;
    const char *host = e->urls[a->url].place.host;
    switch (h->result) {
    case HTTP_NOT_CONNECTED:
        unconnected(t, a, r, h);
        return;
    case HTTP_TIMED_OUT:
        set_error(r, "%s did not answer within %.0f s (timeout of teacher %s)", host,
                  teacher_config_num(&e->config, TK_TIMEOUT), e->config.name);
        overloaded(t, a, "no answer in time");
        break;
    case HTTP_TOO_BIG:
        set_error(r, "the reply of %s is over 8 MiB", host);
        r->outcome = REPLY_TRANSPORT;
        finish(t, a, r);
        return;
    case HTTP_UNTRUSTED:
        set_error(r, "teacher %s: the certificate of %s is not trusted: %s", e->config.name, host,
                  h->problem);
        r->outcome = REPLY_FATAL;
        finish(t, a, r);
        return;
    case HTTP_BAD_URL:
        set_error(r, "teacher %s: base-url cannot be used: %s", e->config.name, h->problem);
        r->outcome = REPLY_FATAL;
        finish(t, a, r);
        return;
    case HTTP_BROKEN:
    case HTTP_DONE:
        set_error(r, "the reply of %s broke off: %s", host, h->problem);
        break;
    }
    again_or_finish(t, a, r, -1);
}

void settle_http(void *ctx, void *tag, const struct http_response *h)
{
    struct teachers *t = ctx;
    struct ask *a = tag;
    struct entry *e = entry_ref(a->entry);
    struct reply r = {.outcome = REPLY_TRANSPORT, .http_status = h->status, .seconds = h->seconds};
    e->urls[a->url].outstanding--;
    e->in_flight--;
    t->in_flight--;
    if (h->result != HTTP_DONE) {
        no_reply(t, a, &r, h);
        entry_unref(e);
        return;
    }
    struct openai_answer n;
    openai_read(h->status, h->body, h->len, &n);
    e->unconnected = 0;
    if (n.kind == OPENAI_ERROR) {
        if (n.status != 0 && h->status < 300) {
            r.http_status = n.status; /* an error that came as 200 */
        } else if (h->status < 300) {
            r.http_status = 500;
        }
        failed_status(t, a, &r, h, &n);
    } else if (n.kind == OPENAI_MALFORMED) {
        set_error(&r, "%s: %s", e->urls[a->url].place.host, n.message);
        again_or_finish(t, a, &r, -1);
    } else {
        answered(t, a, &r, h, &n);
    }
    openai_answer_clear(&n);
    entry_unref(e);
}
