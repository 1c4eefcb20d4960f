/*
 * quota - whole numbers out of weights.
 *
 * Largest-remainder apportionment with floors: what exists already is never taken away. The sum is
 * always exactly n. Ties go by a seeded order, so no item is favoured for standing first.
 */
#ifndef TAXA_DOMAIN_QUOTA_H
#define TAXA_DOMAIN_QUOTA_H

#include "base/status.h"
#include <stddef.h>
#include <stdint.h>

/*
 * Split n over `count` items by weights (>= 0). floors may be NULL; sum(floors) <= n is required.
 * An item whose fair share is below its floor gets its floor and the rest is split over the others
 * (repeated until stable). All weights 0 and n above the sum of floors: ST_INVALID. out[i] >=
 * floors[i], sum(out) == n.
 */
enum status quota_split(const double *weights, const int64_t *floors, size_t count, int64_t n,
                        uint64_t seed, uint64_t identity, int64_t *out, struct err *e);

#endif
