/*
 * model_mix - the design of the mix with everything that follows from it, for one moment.
 *
 * Read in one go from a store that nobody else uses meanwhile, so it may be made in a thread of its
 * own: strategies, exclusions, session-wide values, the exact quotas of `preview` and `generate`
 * for N (setting points), what exists, what would be added, the estimate and the warnings. Arrays
 * by tree index are of the tree it was made with. The result owns all it holds (mix_free).
 */
#ifndef TAXA_UI_MODEL_MIX_H
#define TAXA_UI_MODEL_MIX_H

#include "domain/estimate.h"
#include "domain/warn.h"
#include "store/store.h"

struct mix_strategy {
    int64_t id; /* 0: the built-in one, when the session has none */
    char *name;
    double weight, complexity;
    bool own_complexity, own_levels; /* else the session's */
    int levels;
    int64_t taxonomy[PLAN_MAX_TAXONOMIES]; /* ids */
    int taxonomy_count;
    char *taxonomies; /* "operation × setting" */
    int exclusions;   /* that hold in it */
    int64_t quota, now, add, quota_complex;
    double mixes;
};
struct mix_exclusion {
    int64_t a, b;   /* node ids */
    char *strategy; /* name; NULL: all */
    char *path_a, *path_b;
};

struct mix {
    int refs;       /* holders; mix_free gives one up */
    int64_t points; /* N */
    int depth, scenarios, refinements;
    double complexity;
    char levels[16], seed[24];
    bool independent;

    struct mix_strategy *strategies;
    int strategy_count;
    struct mix_exclusion *exclusions;
    int exclusion_count;

    char problem[400]; /* why no plan can be made; "" and then what follows is filled */
    uint32_t nodes;    /* of the tree it was made with; items of the arrays */
    int64_t *planned, *now, *add;
    int64_t to_add, complexified;
    double mixes_possible;
    struct estimate estimate;
    struct warnings warnings;
};

/* Held once. NULL when the store cannot be read. `t` is needed during the call only. */
struct mix *mix_read(struct store *s, const struct tree *t);
struct mix *mix_hold(struct mix *m); /* one more holder, on the same thread */
void mix_free(struct mix *m);        /* the last holder frees it; NULL is fine */

#endif
