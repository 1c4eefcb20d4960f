/*
 * core - the state behind teacher.h, shared by teacher.c (queues and turns), send.c (starting a
 * try) and settle.c (what became of it). Private to src/teacher.
 *
 * Nothing in here calls back: replies and events go to an outbox that teachers_turn empties, so the
 * callbacks may use every function of teacher.h except teachers_free.
 */
#ifndef TAXA_TEACHER_CORE_H
#define TAXA_TEACHER_CORE_H

#include "teacher/entry.h"
#include "teacher/teacher.h"

/* One question on its way. */
struct ask {
    struct question *q;
    struct entry *entry; /* counted; set while it is queued, in flight or waiting */
    uint64_t order;      /* of arrival */
    int tries;           /* started so far */
    int failures;        /* of them, those that count against RETRY_TRIES */
    bool rendered;
    struct prompt prompt;
    int64_t started_us, started_wall_us; /* this try */
    int64_t reserved;                    /* tokens taken from the bucket for this try */
    enum structured structured;          /* as it was sent */
    unsigned quirks;
    int url;
    /* in the timers */
    int64_t due_us;
    bool arriving; /* an offline reply on its way; else the next try */
    struct reply arrival;
};

struct outgoing {
    struct outgoing *next;
    char *event; /* NULL: a reply */
    struct reply reply;
};

struct teachers {
    const struct prompts *prompts;
    teachers_reply_fn *on_reply;
    teachers_event_fn *on_event;
    void *ctx;
    int epoll;
    struct http *http; /* made at the first use */
    struct entry **entries;
    int entry_count;
    struct entry *role[ROLE_COUNT]; /* borrowed from entries; NULL: none configured */
    int concurrency, most;
    struct heap timers;
    uint64_t orders;
    int in_flight;
    bool held;
    int turn_from; /* which entry sends first, in turn */
    struct outgoing *outbox, **outbox_end;
    struct latencies latencies;
};

void core_event(struct teachers *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Into the outbox; the strings of r are taken. */
void core_reply(struct teachers *t, struct reply *r);
void core_wait(struct teachers *t, struct ask *a, int64_t due_us, bool arriving);
void core_ask_free(struct ask *a); /* with its question */

/* send.c: may the entry start a try now? Microseconds to wait, 0 now, -1 not by waiting. */
int64_t send_wait(const struct teachers *t, struct entry *e, int64_t now_us);
/* Start the first of the queue. */
void send_next(struct teachers *t, struct entry *e);

/* settle.c */
/*
 * A reply that is complete but for identity (offline, replay, local failures). Takes its strings;
 * ends or re-queues a.
 */
void settle_local(struct teachers *t, struct ask *a, struct reply *r);
/* Nothing will work until a person acts. */
void settle_fatal(struct teachers *t, struct ask *a, const char *message);
/* http_done_fn; ctx is the struct teachers, tag the struct ask. */
void settle_http(void *ctx, void *tag, const struct http_response *h);

#endif
