/*
 * limit - how many requests one teacher may have in flight, and how fast they may start.
 *
 * `struct limit` is additive increase, multiplicative decrease (AIMD): every success while more
 * waits adds to the limit, a reply that says "overloaded" halves it, at most once per latency. A
 * server that never says so shows overload as latency: when the median of a window is twice the
 * best one, the growth of that window is taken back and growing stops. A fixed limit never moves.
 * `struct bucket` keeps a rate per minute.
 * No I/O and no clock here: times are given, in microseconds of one monotonic clock.
 */
#ifndef TAXA_TEACHER_LIMIT_H
#define TAXA_TEACHER_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIMIT_WINDOW 64

struct limit {
    double value;   /* 1 .. max; the whole part counts */
    double ceiling; /* up to here growth is one per success, beyond it one per round */
    double best;    /* smallest window median so far, seconds; 0: none yet */
    int max;
    bool fixed;
    bool slow; /* the last window said: more would only wait */
    double window[LIMIT_WINDOW];
    int filled, size; /* of this window */
    double before;    /* the limit when this window began */
    int64_t cut_us;   /* when it was halved last */
};
/* fixed > 0: always that many. Else start at `start` and move within 1 .. max. */
void limit_init(struct limit *l, int fixed, int start, int max);
int limit_now(const struct limit *l);
/* A reply came after `seconds`; `full`: more questions wait for room. */
void limit_success(struct limit *l, double seconds, bool full);
/* "Overloaded", for a request that was started at started_us. True when the limit was lowered. */
bool limit_overloaded(struct limit *l, int64_t started_us, int64_t now_us);

/* Something that fills at `per_minute` and may go into debt by one take. */
struct bucket {
    double per_minute; /* 0: no limit */
    double level;
    int64_t at_us;
};
void bucket_init(struct bucket *b, double per_minute, int64_t now_us);
/* Microseconds until `amount` may be taken; 0 now. */
int64_t bucket_wait(struct bucket *b, double amount, int64_t now_us);
/* Take (negative: give back what was taken too much). */
void bucket_take(struct bucket *b, double amount, int64_t now_us);

/* The last 200 latencies. */
#define LATENCY_RING 200
struct latencies {
    double seconds[LATENCY_RING];
    size_t count, next;
};
void latencies_add(struct latencies *r, double seconds);
/* Quantile 0..1, nearest rank; 0 when there is none. */
double latencies_quantile(const struct latencies *r, double quantile);

#endif
