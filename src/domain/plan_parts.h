/*
 * plan_parts - what plan.c and plan_draw.c share. Private to the plan.
 */
#ifndef TAXA_DOMAIN_PLAN_PARTS_H
#define TAXA_DOMAIN_PLAN_PARTS_H

#include "domain/plan.h"

/* One random stream for each purpose, strategy and node: never shared, never dependent on order. */
enum plan_stream {
    PLAN_STREAM_STRATEGIES = 1, /* points over strategies */
    PLAN_STREAM_SPLIT,          /* points of a node over its children */
    PLAN_STREAM_COMPLEX,        /* how many are complexified */
    PLAN_STREAM_NODES,          /* order of the nodes of one taxonomy */
    PLAN_STREAM_FLAGS,          /* which draws are complexified */
    PLAN_STREAM_SWAP,           /* partners of a swap */
    PLAN_STREAM_ORDER           /* of all draws */
};
uint64_t plan_identity(enum plan_stream stream, int64_t strategy, int64_t node, uint64_t series);

/* Sort tree indexes by node id (then index), so that nothing depends on the order of siblings. */
void plan_sort_nodes(const struct tree *t, uint32_t *at, size_t n);

/* The draws of one strategy: node[k][i] is the node of draw i in the strategy's taxonomy k. */
struct plan_deck {
    const struct plan_design *design;
    const struct plan_strategy *strategy;
    size_t count;
    int width; /* taxonomies */
    uint32_t *node[PLAN_MAX_TAXONOMIES];
    uint64_t series;
};

/*
 * The exclusions of one strategy. Nodes under the same sides of exclusions are one class; class 0
 * is under none. Two nodes (or one with itself) conflict when an exclusion forbids them in one
 * draw.
 */
struct plan_rules {
    size_t classes;
    uint32_t *class_of;      /* per tree node; NULL when the strategy has no exclusions */
    unsigned char *conflict; /* classes * classes */
};
enum status plan_rules_make(const struct plan_deck *deck, struct plan_rules *out, struct err *e);
void plan_rules_free(struct plan_rules *r);
static inline bool plan_conflict(const struct plan_rules *r, uint32_t a, uint32_t b)
{
    return r->conflict[a * r->classes + b] != 0;
}

/*
 * Swap nodes between draws until no draw breaks a rule. ST_INVALID when a strategy's points cannot
 * be placed so, or when this order of the deck is a dead end (*dead_end: another shuffle may do
 * better).
 */
enum status plan_exclude(struct plan_deck *deck, const struct plan_rules *rules, bool *dead_end,
                         struct err *e);

/*
 * Swap nodes between draws that repeat a mix, while there are mixes that nobody drew. Keeps the
 * rules.
 */
void plan_spread(struct plan_deck *deck, const struct plan_rules *rules);

#endif
