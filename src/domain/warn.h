/*
 * warn - what a good colleague would say about a design before it is paid for.
 *
 * Pure: a design (plan.h), the plan made of it and what exists give a list of sentences, the most
 * serious first. Only what is true and can be acted on is said; a sentence names the strategy and
 * the node it is about. Names in the sentences are untrusted text.
 */
#ifndef TAXA_DOMAIN_WARN_H
#define TAXA_DOMAIN_WARN_H

#include "domain/plan.h"

#define WARN_MAX  64 /* sentences; a list that is full says so by `more` */
#define WARN_TEXT 400

enum warn_kind {
    WARN_NO_PARTNERS,  /* exclusions leave a branch fewer partners than it has points to make */
    WARN_ALL_OFF,      /* every child of a node has weight 0 */
    WARN_NO_TAXONOMY,  /* a taxonomy that no strategy draws from */
    WARN_STRATEGY_OFF, /* a strategy with weight 0 */
    WARN_REPEATS,      /* more points than about the number of possible mixes */
    WARN_EMPTY_NODES,  /* nodes that could be drawn and get no point */
    WARN_UNEXPANDED,   /* nodes not grown yet stand among finer ones */
    WARN_OFF_FINISHED, /* points below a node that is off */
    WARN_COMPLEXITY,   /* no point is complexified, or every one */
    WARN_ENOUGH        /* there are more points than wanted */
};

struct warning {
    enum warn_kind kind;
    int strategy;  /* index in the design, -1: none */
    uint32_t node; /* tree index, TREE_NONE: none */
    int64_t count; /* what the sentence counts */
    char text[WARN_TEXT];
};
struct warnings {
    struct warning item[WARN_MAX];
    int count;
    int more; /* that were left out */
};

/*
 * quota: points of each node, rolled up (plan_node_quota); now: points that exist, rolled up; both
 * tree->count items. depth: how many levels `expand` grows below a taxonomy.
 */
void warn_design(const struct plan_design *d, const struct plan *p, const int64_t *quota,
                 const int64_t *now, int depth, struct warnings *out);
/* "no-partners", "all-off" ...: the word for JSON. */
const char *warn_kind_name(enum warn_kind k);

#endif
