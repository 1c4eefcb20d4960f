/*
 * limit - see limit.h.
 *
 * A refusal arrives long before the answers of the same round, so the limit could fall to one
 * within milliseconds of the first 429. Two guards prevent that: a request that started before the
 * last cut tells nothing new, and two cuts are at least one best latency apart.
 */
#include "teacher/limit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Below this difference two medians are the same: loopback noise is not overload. */
#define LIMIT_NOISE_S    0.02
#define LIMIT_MIN_GAP_US 200000
#define LIMIT_LEAST      4.0 /* slowness alone never brings it lower */

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

void limit_init(struct limit *l, int fixed, int start, int max)
{
    memset(l, 0, sizeof *l);
    l->fixed = fixed > 0;
    l->max = fixed > 0 ? fixed : max < 1 ? 1 : max;
    l->value = fixed > 0 ? fixed : start < l->max ? start : l->max;
    l->ceiling = l->max;
}

int limit_now(const struct limit *l)
{
    return l->value < 1 ? 1 : (int)l->value;
}

/* Close a window of latencies: is this more than the server can do at once? */
static void judge_window(struct limit *l)
{
    qsort(l->window, (size_t)l->filled, sizeof l->window[0], compare_doubles);
    double median = l->window[l->filled / 2];
    l->filled = 0;
    if (l->best <= 0 || median < l->best) {
        l->best = median;
    }
    double most = 2 * l->best + LIMIT_NOISE_S;
    l->slow = median > most;
    if (l->slow && l->before < l->value) {
        /* In a queue latency goes with what is in flight: back to where it was bearable. */
        double bearable = l->before * most / median;
        l->value = bearable > LIMIT_LEAST ? bearable : fmin(l->before, LIMIT_LEAST);
        l->ceiling = l->value;
    }
    /* The mix of questions changes over a run: an old best fades slowly. */
    l->best *= 1.001;
}

void limit_success(struct limit *l, double seconds, bool full)
{
    if (l->fixed) {
        return;
    }
    if (l->filled == 0) {
        int size = limit_now(l);
        l->size = size < 8 ? 8 : size > LIMIT_WINDOW ? LIMIT_WINDOW : size;
        l->before = l->value;
    }
    l->window[l->filled++] = seconds;
    if (l->filled >= l->size) {
        judge_window(l);
    }
    if (!full || l->slow) {
        return;
    }
    l->value += l->value < l->ceiling ? 1 : 1 / l->value;
    if (l->value > l->max) {
        l->value = l->max;
    }
}

bool limit_overloaded(struct limit *l, int64_t started_us, int64_t now_us)
{
    int64_t gap = (int64_t)(l->best * 1e6);
    if (gap < LIMIT_MIN_GAP_US) {
        gap = LIMIT_MIN_GAP_US;
    }
    bool known = l->cut_us != 0 && (started_us < l->cut_us || now_us - l->cut_us < gap);
    if (l->fixed || known || l->value <= 1) {
        return false;
    }
    l->cut_us = now_us;
    /* Up to three quarters of where it broke the way back is quick, then careful. */
    l->ceiling = l->value * 0.75;
    l->value = l->value / 2 < 1 ? 1 : l->value / 2;
    l->filled = 0;
    l->slow = false;
    return true;
}

/* A second's worth may be saved up, and always at least one whole take. */
static double bucket_capacity(const struct bucket *b)
{
    double second = b->per_minute / 60;
    return second < 1 ? 1 : second;
}

static void bucket_fill(struct bucket *b, int64_t now_us)
{
    if (now_us > b->at_us) {
        b->level += (double)(now_us - b->at_us) * b->per_minute / 60e6;
        b->at_us = now_us;
    }
    if (b->level > bucket_capacity(b)) {
        b->level = bucket_capacity(b);
    }
}

void bucket_init(struct bucket *b, double per_minute, int64_t now_us)
{
    b->per_minute = per_minute > 0 ? per_minute : 0;
    b->at_us = now_us;
    b->level = bucket_capacity(b);
}

int64_t bucket_wait(struct bucket *b, double amount, int64_t now_us)
{
    if (b->per_minute <= 0) {
        return 0;
    }
    bucket_fill(b, now_us);
    double need = amount < bucket_capacity(b) ? amount : bucket_capacity(b);
    if (b->level >= need - 1e-9) {
        return 0;
    }
    return (int64_t)((need - b->level) * 60e6 / b->per_minute) + 1;
}

void bucket_take(struct bucket *b, double amount, int64_t now_us)
{
    if (b->per_minute > 0) {
        bucket_fill(b, now_us);
        b->level -= amount;
    }
}

void latencies_add(struct latencies *r, double seconds)
{
    r->seconds[r->next] = seconds;
    r->next = (r->next + 1) % LATENCY_RING;
    if (r->count < LATENCY_RING) {
        r->count++;
    }
}

double latencies_quantile(const struct latencies *r, double quantile)
{
    if (r->count == 0) {
        return 0;
    }
    double sorted[LATENCY_RING];
    memcpy(sorted, r->seconds, r->count * sizeof sorted[0]);
    qsort(sorted, r->count, sizeof sorted[0], compare_doubles);
    size_t rank = (size_t)(quantile * (double)(r->count - 1) + 0.5);
    return sorted[rank < r->count ? rank : r->count - 1];
}
