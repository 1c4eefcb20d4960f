/*
 * entry - one teacher entry in force: its configuration, what was learnt about its server, and its
 * queue. Private to src/teacher.
 *
 * Counted references: a request in flight keeps the entry it was started under, also when the
 * person changes the configuration meanwhile.
 */
#ifndef TAXA_TEACHER_ENTRY_H
#define TAXA_TEACHER_ENTRY_H

#include "teacher/heap.h"
#include "teacher/http.h"
#include "teacher/key.h"
#include "teacher/limit.h"
#include "teacher/offline.h"
#include "teacher/openai.h"
#include "teacher/replay.h"

enum entry_kind { ENTRY_HTTP, ENTRY_OFFLINE, ENTRY_REPLAY };

struct entry_url {
    char *url; /* of the call, not only the base */
    struct http_place place;
    int outstanding;
    int64_t avoid_until_us; /* after a failed connection, while there are others */
};

struct entry {
    int refs;
    enum entry_kind kind;
    struct teacher_config config;
    const char *model;  /* borrowed from config */
    struct err problem; /* what is wrong with the configuration; code ST_OK: nothing */

    struct heap waiting; /* not sent yet, or to be sent again now */
    int retrying;        /* wait for their next try */
    int in_flight;
    struct limit limit;
    struct bucket requests, tokens;

    /* http */
    struct entry_url urls[TEACHER_BASE_URLS];
    int url_count;
    struct key key;
    bool key_warned;
    enum structured structured;
    bool structured_auto;
    unsigned quirks;
    bool answered;          /* the server has answered something since we know it */
    int unconnected;        /* consecutive failures to connect */
    int64_t unconnected_us; /* when the first of them was */
    int declined;           /* consecutive 400s */

    struct offline_rates rates;
    struct replay *replay;
};

struct entry *entry_new(const struct teacher_config *c, heap_before_fn *before);
struct entry *entry_ref(struct entry *e);
/* NULL is fine. The queue must be empty when the last reference goes. */
void entry_unref(struct entry *e);
bool entry_same(const struct entry *e, const struct teacher_config *c);
/* concurrency 0: automatic, with at most `most` in flight. */
void entry_set_limit(struct entry *e, int concurrency, int most);

int entry_room(const struct entry *e); /* how many more may be in flight */
int entry_max_tokens(const struct entry *e, enum task_id task, int asked);
double entry_cost(const struct entry *e, int64_t in, int64_t cached, int64_t out);
/* The address with the least outstanding calls that is not known to be down. */
int entry_pick_url(const struct entry *e, int64_t now_us);
/* "offline teacher (rule-based)", "MODEL at HOST", "recorded answers from FILE" */
void entry_shown(const struct entry *e, struct buf *out);

#endif
