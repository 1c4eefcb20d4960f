/*
 * quota - see quota.h.
 *
 * Floors are settled first by water filling: sorted by floor/weight, the items whose fair share is
 * below their floor are exactly a prefix. The others share the rest by largest remainder.
 * Remainders are compared as whole billionths, so that shares which are equal on paper tie
 * although the machine computed them differently, and the tie goes to the seeded order.
 */
#include "domain/quota.h"

#include "base/mem.h"
#include "base/rng.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static const double near = 1e-9; /* shares this close to a whole number are that number */

struct item {
    size_t at;
    double ratio; /* floor over weight; then unused */
    int64_t rest; /* remainder in billionths */
    uint64_t tie;
};

static int by_ratio_down(const void *pa, const void *pb)
{
    const struct item *a = pa;
    const struct item *b = pb;
    if (a->ratio < b->ratio || a->ratio > b->ratio) {
        return a->ratio > b->ratio ? -1 : 1;
    }
    return a->at < b->at ? -1 : a->at > b->at;
}

static int by_rest_down(const void *pa, const void *pb)
{
    const struct item *a = pa;
    const struct item *b = pb;
    if (a->rest != b->rest) {
        return a->rest > b->rest ? -1 : 1;
    }
    if (a->tie != b->tie) {
        return a->tie < b->tie ? -1 : 1;
    }
    return a->at < b->at ? -1 : a->at > b->at;
}

static enum status check(const double *weights, const int64_t *floors, size_t count, int64_t n,
                         int64_t *spare, struct err *e)
{
    double sum = 0;
    int64_t held = 0;
    for (size_t i = 0; i < count; i++) {
        if (!(weights[i] >= 0) || isinf(weights[i])) {
            return err_set(e, ST_INVALID, "weight %zu is %g: expected a number from 0 up", i + 1,
                           weights[i]);
        }
        int64_t floor = floors != NULL ? floors[i] : 0;
        if (floor < 0 || floor > n - held) {
            return err_set(e, ST_INVALID, "the floors do not fit into %" PRId64, n);
        }
        held += floor;
        sum += weights[i];
    }
    if (n < 0 || (n > held && !(sum > 0))) {
        return err_set(e, ST_INVALID, "%" PRId64 " to give and every weight is 0", n - held);
    }
    *spare = n - held;
    return ST_OK;
}

/*
 * Settle items whose floor is above their share. Returns how many at the front of `item` are
 * settled; *left and *sum are what remains for the others and their weights.
 */
static size_t settle_floors(struct item *item, size_t count, const double *weights,
                            const int64_t *floors, int64_t *left, double *sum)
{
    double *tail = xcalloc(count + 1, sizeof *tail); /* summed from the end: no cancellation */
    for (size_t i = count; i > 0; i--) {
        tail[i - 1] = tail[i] + weights[item[i - 1].at];
    }
    size_t settled = 0;
    while (settled < count) {
        size_t at = item[settled].at;
        double floor = floors != NULL ? (double)floors[at] : 0;
        bool last = !(tail[settled + 1] > 0);
        if (weights[at] > 0 && (last || floor * tail[settled] <= weights[at] * (double)*left)) {
            break;
        }
        *left -= floors != NULL ? floors[at] : 0;
        settled++;
    }
    *sum = tail[settled];
    free(tail);
    return settled;
}

/* Largest remainder over the unsettled items; never below a floor. */
static void share_out(struct item *item, size_t count, const double *weights, const int64_t *floors,
                      int64_t left, double sum, int64_t *out)
{
    int64_t given = 0;
    if (count == 0 || !(sum > 0)) {
        return; /* nothing is left for anyone */
    }
    for (size_t i = 0; i < count; i++) {
        size_t at = item[i].at;
        double share = weights[at] / sum * (double)left;
        double whole = round(share);
        if (!(fabs(share - whole) <= near * fmax(1, share))) {
            whole = floor(share);
        }
        int64_t least = floors != NULL ? floors[at] : 0;
        out[at] = (int64_t)whole > least ? (int64_t)whole : least;
        item[i].rest = (int64_t)llround((share - (double)out[at]) / near);
        given += out[at];
    }
    qsort(item, count, sizeof *item, by_rest_down);
    for (size_t i = 0; given < left; i = (i + 1) % count) {
        out[item[i].at]++;
        given++;
    }
    /* Rounding can have given one too many; the smallest remainders give it back. */
    for (size_t i = count; given > left; i = i > 1 ? i - 1 : count) {
        size_t at = item[i - 1].at;
        if (out[at] > (floors != NULL ? floors[at] : 0)) {
            out[at]--;
            given--;
        }
    }
}

enum status quota_split(const double *weights, const int64_t *floors, size_t count, int64_t n,
                        uint64_t seed, uint64_t identity, int64_t *out, struct err *e)
{
    int64_t spare = 0;
    enum status st = check(weights, floors, count, n, &spare, e);
    if (st != ST_OK) {
        return st;
    }
    for (size_t i = 0; i < count; i++) {
        out[i] = floors != NULL ? floors[i] : 0;
    }
    if (spare == 0) {
        return ST_OK;
    }
    struct item *item = xcalloc(count, sizeof *item);
    for (size_t i = 0; i < count; i++) {
        item[i].at = i;
        item[i].tie = rng_at(seed, identity, i);
        item[i].ratio = weights[i] > 0 ? (double)out[i] / weights[i] : HUGE_VAL;
    }
    qsort(item, count, sizeof *item, by_ratio_down);
    int64_t left = n;
    double sum = 0;
    size_t settled = settle_floors(item, count, weights, floors, &left, &sum);
    share_out(item + settled, count - settled, weights, floors, left, sum, out);
    free(item);
    return ST_OK;
}
