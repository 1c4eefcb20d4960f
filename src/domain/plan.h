/*
 * plan - from weights to exact numbers to single draws (method.md 1.3; the floors are ours).
 *
 * Input: the tree, the mix design (strategies, exclusions), what exists already (tally), N and the
 * seed. Output: per strategy, node and complexified share the exact quota of N and what is to be
 * added; and the list of draws (one mix per new point). Pure: same input, same output.
 *
 * Within a taxonomy a strategy's points are split top-down by quota_split at every node, so each
 * split is within one point of its weights. Level policies:
 *
 * - LEVELS_LEAVES: only nodes without (switched-on) children.
 * - LEVELS_ALL: at every node below the taxonomy the node itself counts as one more child, with
 *   the mean weight of its switched-on children.
 * - n >= 1: the nodes n levels below the taxonomy (1 = its children); a leaf above that level
 *   stands for itself.
 *
 * A taxonomy without children stands for itself.
 */
#ifndef TAXA_DOMAIN_PLAN_H
#define TAXA_DOMAIN_PLAN_H

#include "domain/tree.h"

#define PLAN_MAX_STRATEGIES 256
#define PLAN_MAX_TAXONOMIES 16 /* per strategy */
#define PLAN_MAX_POINTS     10000000

#define LEVELS_ALL    0
#define LEVELS_LEAVES (-1)

struct plan_strategy {
    int64_t id; /* 0: the built-in strategy over all taxonomies, used when the session has none */
    const char *name;
    double weight;
    double complexity; /* c of this strategy, 0..1 */
    int levels;
    uint32_t taxonomies[PLAN_MAX_TAXONOMIES]; /* tree indexes of taxonomies */
    int taxonomy_count;
};
struct plan_exclusion {
    int64_t strategy; /* 0: all */
    uint32_t a, b;    /* tree indexes: no point may lie under both */
};
/* What exists: points that hold a place in the quota (accepted, or in work), by strategy and node
 * as drawn. */
struct plan_have {
    int64_t strategy;
    int64_t node; /* id; 0: the strategy's total */
    int64_t plain, complexified;
};
struct plan_design {
    const struct tree *tree;
    const struct plan_strategy *strategies;
    int strategy_count;
    const struct plan_exclusion *exclusions;
    int exclusion_count;
    const struct plan_have *have;
    size_t have_count;
    bool independent; /* independent draws by weight instead of exact quotas (setting `draws`) */
    uint64_t seed;
};

struct plan_part {      /* one strategy */
    int64_t quota, add; /* points of N; still to be made */
    int64_t quota_complex, add_complex;
    int64_t *node_quota[PLAN_MAX_TAXONOMIES]; /* per taxonomy of the strategy: tree->count items, as
                                                 drawn (not rolled up) */
    int64_t *node_add[PLAN_MAX_TAXONOMIES];
    double candidates[PLAN_MAX_TAXONOMIES]; /* nodes of each taxonomy that can be drawn */
    double mixes; /* their product: distinct mixes of this strategy, exclusions not subtracted; 0
                     when its weight is 0 */
};
struct plan {
    int64_t points, add;
    int64_t complexified;  /* of quota */
    double mixes_possible; /* V: distinct mixes, exclusions not subtracted (sum over strategies of
                              products) */
    int part_count;
    struct plan_part *parts; /* one per strategy, in design order */
};

/* Quotas. ST_INVALID with what to do next: no taxonomy, every weight 0, a strategy without
 * taxonomies ... */
enum status plan_make(const struct plan_design *d, int64_t n, struct plan *out, struct err *e);
void plan_free(struct plan *p);

/* Quota of every node over all strategies, rolled up to ancestors; quota has tree->count items. */
void plan_node_quota(const struct plan_design *d, const struct plan *p, int64_t *quota);

/*
 * The share of all points that falls to every node and what is below it, before rounding: what the
 * weights of strategies and nodes and the levels come to. 0 where no strategy draws; roots of
 * taxonomies have the share of the strategies that use them. share has tree->count items.
 */
void plan_shares(const struct plan_design *d, double *share);

struct plan_draws {
    size_t count;
    uint16_t *strategy; /* index into design->strategies */
    uint8_t *complexified;
    uint32_t *node; /* count * stride tree indexes */
    size_t stride;  /* nodes per draw (most taxonomies of any strategy) */
};
/*
 * The single draws that fill plan->add, in an order shuffled by the seed and `series` (a new number
 * for each plan of a session). node[i*stride + k] is the tree index for taxonomy k of the draw's
 * strategy (TREE_NONE beyond). Exclusions are met by swapping nodes between draws, so quotas stay
 * exact; repeats of one mix are swapped away while others are unused. Node draws do not depend on
 * the complexified share. ST_INVALID when the exclusions leave no way (the message names the two
 * subtrees).
 */
enum status plan_draw(const struct plan_design *d, const struct plan *p, uint64_t series,
                      struct plan_draws *out, struct err *e);
void plan_draws_free(struct plan_draws *w);

#endif
