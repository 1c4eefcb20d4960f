/*
 * teacher - see teacher.h: entries and roles, queues, timers and the turn.
 *
 * The queue is kept here and not in libcurl, which would count the wait into its deadline and pay
 * for every idle handle. A waiting retry holds no slot: it sits in the timers and joins the queue
 * when it is due, in its old place. The file descriptor that is handed out is an epoll set of its
 * own, so that the number of connections is nobody else's business.
 */
#include "teacher/teacher.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "teacher/core.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

enum { TURN_US = 8000, SPARE_FDS = 32, KEY_LOOK_MS = 1000, FIXED_MAX = 4096 };

static bool queue_before(const struct ask *a, const struct ask *b)
{
    if (a->q->priority != b->q->priority) {
        return a->q->priority > b->q->priority;
    }
    return a->order < b->order;
}

static bool timer_before(const struct ask *a, const struct ask *b)
{
    return a->due_us != b->due_us ? a->due_us < b->due_us : a->order < b->order;
}

/* How many connections this process may still open. */
static int descriptors_left(void)
{
    struct rlimit most;
    int used = 0;
    DIR *dir = opendir("/proc/self/fd");
    if (dir != NULL) {
        while (readdir(dir) != NULL) {
            used++;
        }
        (void)closedir(dir);
    }
    if (getrlimit(RLIMIT_NOFILE, &most) != 0 || most.rlim_cur > FIXED_MAX) {
        return FIXED_MAX;
    }
    int left = (int)most.rlim_cur - used - SPARE_FDS;
    return left > 1 ? left : 1;
}

static void add_outgoing(struct teachers *t, struct outgoing *o)
{
    *t->outbox_end = o;
    t->outbox_end = &o->next;
}

void core_event(struct teachers *t, const char *fmt, ...)
{
    char text[500];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct buf b;
    buf_init(&b, 2 * sizeof text);
    buf_adds(&b, text);
    log_redact(&b);
    struct outgoing *o = xcalloc(1, sizeof *o);
    o->event = buf_take(&b);
    buf_free(&b);
    add_outgoing(t, o);
}

void core_reply(struct teachers *t, struct reply *r)
{
    struct outgoing *o = xcalloc(1, sizeof *o);
    o->reply = *r;
    r->text = NULL;
    r->system = NULL;
    r->user = NULL;
    add_outgoing(t, o);
}

void core_ask_free(struct ask *a)
{
    question_free(a->q);
    if (a->rendered) {
        prompt_free(&a->prompt);
    }
    reply_clear(&a->arrival);
    entry_unref(a->entry);
    free(a);
}

/* Change the entry that this ask holds on to (NULL: none). */
static void hold_entry(struct ask *a, struct entry *e)
{
    struct entry *old = a->entry;
    a->entry = e != NULL ? entry_ref(e) : NULL;
    entry_unref(old);
}

/* Into the queue of the entry that is in force for its role now. False: no teacher at all. */
static bool enqueue(struct teachers *t, struct ask *a)
{
    enum role_id role = task_role(a->q->task, a->q->inputs);
    struct entry *e = t->role[role];
    hold_entry(a, e);
    if (e != NULL) {
        heap_push(&e->waiting, a);
    }
    return e != NULL;
}

void core_wait(struct teachers *t, struct ask *a, int64_t due_us, bool arriving)
{
    a->due_us = due_us;
    a->arriving = arriving;
    if (!arriving) {
        a->entry->retrying++;
    }
    heap_push(&t->timers, a);
}

struct teachers *teachers_new(const struct prompts *prompts, teachers_reply_fn *on_reply,
                              teachers_event_fn *on_event, void *ctx)
{
    struct teachers *t = xcalloc(1, sizeof *t);
    t->prompts = prompts;
    t->on_reply = on_reply;
    t->on_event = on_event;
    t->ctx = ctx;
    t->epoll = epoll_create1(EPOLL_CLOEXEC);
    t->outbox_end = &t->outbox;
    heap_init(&t->timers, timer_before);
    return t;
}

static void drop_ask(void *ctx, void *tag)
{
    (void)ctx;
    core_ask_free(tag);
}

static struct outgoing *take_outgoing(struct teachers *t)
{
    struct outgoing *o = t->outbox;
    if (o != NULL) {
        t->outbox = o->next;
        if (t->outbox == NULL) {
            t->outbox_end = &t->outbox;
        }
    }
    return o;
}

void teachers_free(struct teachers *t)
{
    if (t == NULL) {
        return;
    }
    http_free(t->http, drop_ask);
    struct ask *a;
    while ((a = heap_pop(&t->timers)) != NULL) {
        core_ask_free(a);
    }
    heap_free(&t->timers);
    for (int i = 0; i < t->entry_count; i++) {
        while ((a = heap_pop(&t->entries[i]->waiting)) != NULL) {
            core_ask_free(a);
        }
        entry_unref(t->entries[i]);
    }
    free(t->entries);
    struct outgoing *o;
    while ((o = take_outgoing(t)) != NULL) {
        reply_clear(&o->reply);
        free(o->event);
        free(o);
    }
    if (t->epoll >= 0) {
        (void)close(t->epoll);
    }
    free(t);
}

/* The entry of this configuration: the one there is, with all that it learnt, or a new one. */
static struct entry *entry_for(struct teachers *t, const struct teacher_config *c, int concurrency)
{
    for (int i = 0; i < t->entry_count; i++) {
        if (entry_same(t->entries[i], c)) {
            struct entry *e = entry_ref(t->entries[i]);
            if (concurrency != t->concurrency) {
                entry_set_limit(e, concurrency, t->most);
            }
            return e;
        }
    }
    struct entry *e = entry_new(c, queue_before);
    entry_set_limit(e, concurrency, t->most);
    return e;
}

static void set_roles(struct teachers *t, const char *const roles[ROLE_COUNT])
{
    for (int r = 0; r < ROLE_COUNT; r++) {
        t->role[r] = t->entry_count > 0 ? t->entries[0] : NULL;
        for (int i = 0; roles != NULL && roles[r] != NULL && i < t->entry_count; i++) {
            if (strcmp(t->entries[i]->config.name, roles[r]) == 0) {
                t->role[r] = t->entries[i];
            }
        }
    }
}

/* Nobody is there to ask. */
static void finish_unasked(struct teachers *t, struct ask *a)
{
    struct reply r = {.outcome = REPLY_FATAL, .final = true, .task = a->q->task};
    (void)snprintf(r.key, sizeof r.key, "%s", a->q->key);
    (void)snprintf(r.error, sizeof r.error,
                   "there is no teacher: teacher add NAME base-url=... model=...");
    r.started_us = clock_wall_us();
    core_reply(t, &r);
    core_ask_free(a);
}

void teachers_configure(struct teachers *t, const struct teacher_config *list, int count,
                        const char *const roles[ROLE_COUNT], int concurrency)
{
    struct heap queued;
    struct ask *a;
    heap_init(&queued, queue_before);
    for (int i = 0; i < t->entry_count; i++) {
        while ((a = heap_pop(&t->entries[i]->waiting)) != NULL) {
            heap_push(&queued, a);
        }
    }
    t->most = descriptors_left() + (t->http != NULL ? http_active(t->http) : 0);
    struct entry **entries = xcalloc((size_t)count + 1, sizeof(struct entry *));
    for (int i = 0; i < count; i++) {
        entries[i] = entry_for(t, &list[i], concurrency);
    }
    for (int i = 0; i < t->entry_count; i++) {
        entry_unref(t->entries[i]);
    }
    free(t->entries);
    t->entries = entries;
    t->entry_count = count;
    t->concurrency = concurrency;
    set_roles(t, roles);
    while ((a = heap_pop(&queued)) != NULL) {
        if (!enqueue(t, a)) {
            finish_unasked(t, a);
        }
    }
    heap_free(&queued);
}

void teachers_ask(struct teachers *t, struct question *q)
{
    struct ask *a = xcalloc(1, sizeof *a);
    a->q = q;
    a->order = t->orders++;
    if (!enqueue(t, a)) {
        finish_unasked(t, a);
    }
}

/* Does an earlier role use this entry too? */
static bool counted_before(const struct teachers *t, int role)
{
    for (int r = 0; r < role; r++) {
        if (t->role[r] == t->role[role]) {
            return true;
        }
    }
    return t->role[role] == NULL;
}

int teachers_room(const struct teachers *t)
{
    int64_t room = 0;
    for (int r = 0; r < ROLE_COUNT; r++) {
        if (!counted_before(t, r)) {
            const struct entry *e = t->role[r];
            room +=
                2 * limit_now(&e->limit) - e->in_flight - e->retrying - (int64_t)e->waiting.count;
        }
    }
    return room > 0 ? (int)room : 0;
}

void teachers_drop_waiting(struct teachers *t, void (*drop)(void *ctx, struct question *q),
                           void *ctx)
{
    struct heap all;
    struct heap stay;
    struct ask *a;
    heap_init(&all, queue_before);
    heap_init(&stay, timer_before);
    for (int i = 0; i < t->entry_count; i++) {
        while ((a = heap_pop(&t->entries[i]->waiting)) != NULL) {
            heap_push(&all, a);
        }
    }
    while ((a = heap_pop(&t->timers)) != NULL) {
        if (!a->arriving) {
            a->entry->retrying--;
        }
        heap_push(a->arriving ? &stay : &all, a);
    }
    heap_free(&t->timers);
    t->timers = stay;
    /* The callback may ask again: by now the queues are empty and consistent. */
    while ((a = heap_pop(&all)) != NULL) {
        struct question *q = a->q;
        a->q = NULL;
        core_ask_free(a);
        drop(ctx, q);
    }
    heap_free(&all);
}

void teachers_hold(struct teachers *t, bool hold)
{
    t->held = hold;
}

int teachers_fd(const struct teachers *t)
{
    return t->epoll;
}

int teachers_timeout(const struct teachers *t)
{
    int64_t now = clock_us();
    int64_t wait = -1;
    if (t->outbox != NULL) {
        return 0;
    }
    const struct ask *first = heap_top(&t->timers);
    if (first != NULL) {
        wait = first->due_us > now ? first->due_us - now : 0;
    }
    int64_t network = t->http != NULL ? http_wait(t->http) : -1;
    if (network >= 0 && (wait < 0 || network < wait)) {
        wait = network;
    }
    for (int i = 0; i < t->entry_count; i++) {
        int64_t until = send_wait(t, t->entries[i], now);
        if (until >= 0 && (wait < 0 || until < wait)) {
            wait = until;
        }
        bool coming = t->entries[i]->key.state == KEY_COMING;
        if (coming && (wait < 0 || wait > KEY_LOOK_MS * 1000)) {
            wait = KEY_LOOK_MS * 1000;
        }
    }
    if (wait < 0) {
        return -1;
    }
    int64_t ms = (wait + 999) / 1000;
    return ms < 3600000 ? (int)ms : 3600000;
}

static void run_timers(struct teachers *t, int64_t deadline_us)
{
    int64_t now = clock_us();
    struct ask *a = heap_top(&t->timers);
    while (a != NULL && a->due_us <= now && now < deadline_us) {
        (void)heap_pop(&t->timers);
        if (a->arriving) {
            struct reply r = a->arrival;
            memset(&a->arrival, 0, sizeof a->arrival);
            a->entry->in_flight--;
            t->in_flight--;
            settle_local(t, a, &r);
        } else {
            a->entry->retrying--;
            if (!enqueue(t, a)) {
                finish_unasked(t, a);
            }
        }
        now = clock_us();
        a = heap_top(&t->timers);
    }
}

static void run_keys(struct teachers *t)
{
    for (int i = 0; i < t->entry_count; i++) {
        if (t->entries[i]->key.state == KEY_COMING) {
            (void)key_continue(&t->entries[i]->key);
        }
    }
}

/* Send in turn from each entry, so that a long queue of one does not starve another. */
static void send_some(struct teachers *t, int64_t deadline_us)
{
    bool sent = true;
    for (int round = 0; sent && t->entry_count > 0; round++) {
        sent = false;
        for (int i = 0; i < t->entry_count; i++) {
            struct entry *e = t->entries[(t->turn_from + i) % t->entry_count];
            int64_t now = clock_us();
            if (now >= deadline_us) {
                return;
            }
            /*
             * An offline try may be over at once, so the limit is what one turn may answer. Where a
             * person must act one question a turn is answered so: the callback may stop the others.
             */
            bool stuck = e->problem.code != ST_OK || e->key.state == KEY_FAILED;
            if (round < (stuck ? 1 : limit_now(&e->limit)) && send_wait(t, e, now) == 0) {
                send_next(t, e);
                sent = true;
            }
        }
        t->turn_from = (t->turn_from + 1) % t->entry_count;
    }
}

static void deliver(struct teachers *t, int64_t deadline_us)
{
    do {
        struct outgoing *o = take_outgoing(t);
        if (o == NULL) {
            return;
        }
        if (o->event != NULL) {
            if (t->on_event != NULL) {
                t->on_event(t->ctx, o->event);
            }
            free(o->event);
        } else {
            t->on_reply(t->ctx, &o->reply);
        }
        free(o);
    } while (clock_us() < deadline_us);
}

void teachers_turn(struct teachers *t)
{
    int64_t deadline = clock_us() + TURN_US;
    if (t->http != NULL) {
        http_turn(t->http, deadline - TURN_US / 2);
    }
    run_keys(t);
    run_timers(t, deadline);
    /* What is known is told before more is sent: a callback may want to stop. */
    deliver(t, deadline);
    if (t->outbox == NULL) {
        send_some(t, deadline);
        deliver(t, deadline);
    }
}

static void count_waiting(const struct teachers *t, struct entry *e, struct teachers_state *out)
{
    for (size_t i = 0; i < e->waiting.count; i++) {
        out->waiting_of[e->waiting.items[i]->q->task]++;
    }
    out->metered = out->metered || send_wait(t, e, clock_us()) > 0;
}

void teachers_state(const struct teachers *t, struct teachers_state *out)
{
    memset(out, 0, sizeof *out);
    out->in_flight = t->in_flight;
    out->limit_auto = t->concurrency <= 0;
    out->p50 = latencies_quantile(&t->latencies, 0.5);
    out->p95 = latencies_quantile(&t->latencies, 0.95);
    out->p99 = latencies_quantile(&t->latencies, 0.99);
    for (int r = 0; r < ROLE_COUNT; r++) {
        if (!counted_before(t, r)) {
            struct entry *e = t->role[r];
            out->limit += limit_now(&e->limit);
            out->waiting += (int)e->waiting.count + e->retrying;
            out->retrying += e->retrying;
            count_waiting(t, e, out);
        }
    }
}

void teachers_shown(const struct teachers *t, enum role_id role, struct buf *out, bool *offline)
{
    const struct entry *e = t->role[role];
    if (offline != NULL) {
        *offline = e != NULL && e->kind == ENTRY_OFFLINE;
    }
    if (e == NULL) {
        buf_adds(out, "no teacher");
    } else {
        entry_shown(e, out);
    }
}

const char *teachers_structured(const struct teachers *t, enum role_id role)
{
    const struct entry *e = t->role[role];
    return e != NULL && e->kind == ENTRY_HTTP ? structured_name(e->structured) : "rules";
}

double teachers_max_cost(const struct teachers *t, enum task_id task, size_t prompt_bytes)
{
    const struct entry *e = t->role[task_at(task)->role];
    if (e == NULL) {
        return 0;
    }
    /* No tokenizer in use makes more than about one token of two bytes of running text. */
    int64_t in = (int64_t)(prompt_bytes / 2) + 16;
    int64_t out = entry_max_tokens(e, task, 0);
    double cached = entry_cost(e, in, in, out);
    double fresh = entry_cost(e, in, 0, out);
    return cached > fresh ? cached : fresh;
}
