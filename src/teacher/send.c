/*
 * send - starting one try of one question, see core.h.
 *
 * The prompt is rendered when the question is first sent, not when it is asked: a queue of
 * questions then costs little memory. A try costs from the rate buckets what it may use at most;
 * what it did not use is given back when it is settled.
 */
#include "base/clock.h"
#include "teacher/core.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum { KEY_AGAIN_US = 1000000, CONNECTIONS_KEPT = 256 };

/* Begin to fetch the key; one from a command is watched by the outer epoll. */
static void fetch_key(struct teachers *t, struct entry *e)
{
    key_fetch(&e->key, &e->config);
    if (e->key.state == KEY_COMING) {
        struct epoll_event ev = {.events = EPOLLIN, .data.fd = e->key.fd};
        (void)epoll_ctl(t->epoll, EPOLL_CTL_ADD, e->key.fd, &ev);
    }
}

int64_t send_wait(const struct teachers *t, struct entry *e, int64_t now_us)
{
    if (t->held || e->waiting.count == 0 || entry_room(e) == 0 || e->key.state == KEY_COMING) {
        return -1;
    }
    int64_t requests = bucket_wait(&e->requests, 1, now_us);
    int64_t tokens = bucket_wait(&e->tokens, 1, now_us);
    return requests > tokens ? requests : tokens;
}

static void warn_plain(struct teachers *t, struct entry *e)
{
    for (int i = 0; i < e->url_count && !e->key_warned && e->key.value != NULL; i++) {
        if (!e->urls[i].place.https && !e->urls[i].place.loopback) {
            core_event(t, "warning: teacher %s sends its key to %s without encryption (http)",
                       e->config.name, e->urls[i].place.host);
            e->key_warned = true;
        }
    }
}

static char *http_body(struct ask *a, const struct entry *e, int max_tokens, size_t *len)
{
    const struct teacher_config *c = &e->config;
    a->structured = e->structured;
    a->quirks = e->quirks;
    return openai_body(
        &(struct openai_ask){.model = e->model,
                             .prompt = &a->prompt,
                             .structured = e->structured,
                             .temperature = teacher_config_num(c, TK_TEMPERATURE),
                             .top_p = teacher_config_num(c, TK_TOP_P),
                             .max_tokens = max_tokens,
                             .seed = a->q->seed,
                             .effort = teacher_config_text(c, TK_EFFORT),
                             .strict = strcmp(e->urls[0].place.host, "api.openai.com") == 0,
                             .quirks = e->quirks},
        len);
}

static bool start_http(struct teachers *t, struct ask *a, struct err *problem)
{
    struct entry *e = a->entry;
    if (t->http == NULL) {
        t->http = http_new(settle_http, t, problem);
        if (t->http == NULL) {
            return false;
        }
        http_keep(t->http, t->most < CONNECTIONS_KEPT ? t->most : CONNECTIONS_KEPT);
        struct epoll_event ev = {.events = EPOLLIN, .data.fd = http_fd(t->http)};
        (void)epoll_ctl(t->epoll, EPOLL_CTL_ADD, http_fd(t->http), &ev);
    }
    int max_tokens = entry_max_tokens(e, a->q->task, a->q->max_tokens);
    size_t len = 0;
    char *body = http_body(a, e, max_tokens, &len);
    a->url = entry_pick_url(e, a->started_us);
    struct entry_url *u = &e->urls[a->url];
    struct http_request r = {.url = u->url,
                             .place = &u->place,
                             .body = body,
                             .body_len = len,
                             .header = "Authorization: Bearer ",
                             .key = e->key.value,
                             .timeout = teacher_config_num(&e->config, TK_TIMEOUT),
                             .tag = a};
    a->reserved = (int64_t)(len / 4) + max_tokens;
    if (!http_send(t->http, &r)) {
        a->reserved = 0;
        err_set(problem, ST_INTERNAL, "no memory for another connection");
        return false;
    }
    bucket_take(&e->tokens, (double)a->reserved, a->started_us);
    u->outstanding++;
    e->in_flight++;
    t->in_flight++;
    return true;
}

static void start_offline(struct teachers *t, struct ask *a)
{
    struct reply r = {.outcome = REPLY_OK};
    offline_answer(&a->entry->rates, a->q, a->tries, &r);
    if (r.seconds > 0) {
        a->arrival = r;
        a->entry->in_flight++;
        t->in_flight++;
        core_wait(t, a, a->started_us + (int64_t)(r.seconds * 1e6), true);
    } else {
        settle_local(t, a, &r);
    }
}

static void start_replay(struct teachers *t, struct ask *a)
{
    struct reply r = {.outcome = REPLY_OK, .final = true};
    struct err e;
    if (!replay_answer(a->entry->replay, a->q, &a->prompt, &r)) {
        r.outcome = REPLY_TRANSPORT;
        err_set(&e, ST_NOT_FOUND, "no answer is recorded for %.80s", a->q->key);
        memcpy(r.error, e.msg, sizeof r.error - 1);
        r.error[sizeof r.error - 1] = '\0';
    }
    settle_local(t, a, &r);
}

/* What stands in the way of any question to this entry; NULL nothing. */
static const char *obstacle(struct teachers *t, struct entry *e)
{
    if (e->problem.code != ST_OK) {
        return e->problem.msg;
    }
    if (e->kind != ENTRY_HTTP) {
        return NULL;
    }
    if (e->key.state == KEY_FAILED && clock_us() - e->key.failed_us > KEY_AGAIN_US) {
        key_free(&e->key);
    }
    if (e->key.state == KEY_UNKNOWN) {
        fetch_key(t, e);
    }
    if (e->key.state == KEY_READY) {
        warn_plain(t, e);
    }
    return e->key.state == KEY_FAILED ? e->key.problem.msg : NULL;
}

void send_next(struct teachers *t, struct entry *e)
{
    const char *message = obstacle(t, e);
    if (message == NULL && e->kind == ENTRY_HTTP && e->key.state != KEY_READY) {
        return; /* the key is on its way */
    }
    struct ask *a = heap_pop(&e->waiting);
    struct err problem = {.code = ST_OK};
    a->tries++;
    a->started_us = clock_us();
    a->started_wall_us = clock_wall_us();
    bucket_take(&e->requests, 1, a->started_us);
    if (message == NULL && !a->rendered) {
        a->rendered =
            task_render(t->prompts, a->q->task, a->q->inputs, &a->prompt, &problem) == ST_OK;
        message = a->rendered ? NULL : problem.msg;
    }
    if (message != NULL) {
        settle_fatal(t, a, message);
    } else if (e->kind == ENTRY_OFFLINE) {
        start_offline(t, a);
    } else if (e->kind == ENTRY_REPLAY) {
        start_replay(t, a);
    } else if (!start_http(t, a, &problem)) {
        settle_fatal(t, a, problem.msg);
    }
}
