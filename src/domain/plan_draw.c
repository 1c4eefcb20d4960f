/*
 * plan_draw - single draws out of quotas (see plan.h).
 *
 * Per strategy and taxonomy there is a pile with each node as often as it is to be added. The
 * piles are shuffled, each by a stream of its own, and laid side by side: draw i is the i-th node
 * of every pile. Then exclusions are met and repeats spread by swaps inside a pile, which change
 * no count. Which draws are complexified is shuffled apart from that, and so is the order of all
 * draws; that is why the mixes do not depend on the complexified share.
 */
#include "domain/plan.h"

#include "base/mem.h"
#include "base/rng.h"
#include "domain/plan_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SHUFFLES = 8 }; /* tries to meet the exclusions */

/* ------------------------------------------------------------------ one strategy */

static enum status fill_pile(struct plan_deck *deck, int k, const int64_t *add, int shuffle,
                             struct err *e)
{
    const struct tree *t = deck->design->tree;
    uint32_t root = deck->strategy->taxonomies[k];
    uint32_t *nodes = NULL;
    size_t count = 0;
    size_t cap = 0;
    int64_t sum = 0;
    for (uint32_t at = root; at != TREE_NONE; at = tree_next(t, root, at)) {
        if (add[at] > 0) {
            nodes = vec_grow(nodes, &cap, count + 1, sizeof *nodes);
            nodes[count++] = at;
            sum += add[at];
        }
    }
    if (sum != (int64_t)deck->count) {
        free(nodes);
        return err_set(e, ST_INTERNAL, "%" PRId64 " nodes planned for %zu draws", sum, deck->count);
    }
    if (count > 0) {
        plan_sort_nodes(t, nodes, count);
    }
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        for (int64_t n = 0; n < add[nodes[i]]; n++) {
            deck->node[k][at++] = nodes[i];
        }
    }
    free(nodes);
    uint64_t identity = plan_identity(PLAN_STREAM_NODES, deck->strategy->id, t->nodes[root].id,
                                      deck->series * SHUFFLES + (uint64_t)shuffle);
    rng_shuffle_u32(deck->design->seed, identity, deck->node[k], deck->count);
    return ST_OK;
}

static enum status fill_deck(struct plan_deck *deck, const struct plan_part *part,
                             const struct plan_rules *rules, struct err *e)
{
    bool dead_end = true;
    enum status st = ST_OK;
    for (int shuffle = 0; shuffle < SHUFFLES && dead_end; shuffle++) {
        st = ST_OK;
        for (int k = 0; k < deck->width && st == ST_OK; k++) {
            st = fill_pile(deck, k, part->node_add[k], shuffle, e);
        }
        if (st != ST_OK) {
            return st;
        }
        st = plan_exclude(deck, rules, &dead_end, e);
    }
    if (st == ST_OK) {
        plan_spread(deck, rules);
    }
    return st;
}

/* ------------------------------------------------------------------ all strategies */

/*
 * order[i] is the place that draw i, counted strategy by strategy in order of id, gets in the
 * list.
 */
static uint32_t *shuffled_places(const struct plan_design *d, uint64_t series, size_t count)
{
    uint32_t *order = xcalloc(count, sizeof *order);
    for (size_t i = 0; i < count; i++) {
        order[i] = (uint32_t)i;
    }
    rng_shuffle_u32(d->seed, plan_identity(PLAN_STREAM_ORDER, 0, 0, series), order, count);
    return order;
}

static void lay_out(const struct plan_deck *deck, int strategy, int64_t complexified,
                    const uint32_t *place, struct plan_draws *out)
{
    uint32_t *flag = xcalloc(deck->count, sizeof *flag);
    for (size_t i = 0; i < deck->count; i++) {
        flag[i] = (int64_t)i < complexified;
    }
    uint64_t identity = plan_identity(PLAN_STREAM_FLAGS, deck->strategy->id, 0, deck->series);
    rng_shuffle_u32(deck->design->seed, identity, flag, deck->count);
    for (size_t i = 0; i < deck->count; i++) {
        size_t at = place[i];
        out->strategy[at] = (uint16_t)strategy;
        out->complexified[at] = (uint8_t)flag[i];
        for (size_t k = 0; k < out->stride; k++) {
            bool used = (int)k < deck->width;
            out->node[at * out->stride + k] = used ? deck->node[k][i] : TREE_NONE;
        }
    }
    free(flag);
}

static enum status draw_strategy(const struct plan_design *d, const struct plan *p, int strategy,
                                 uint64_t series, const uint32_t *place, struct plan_draws *out,
                                 struct err *e)
{
    const struct plan_part *part = &p->parts[strategy];
    struct plan_deck deck = {.design = d,
                             .strategy = &d->strategies[strategy],
                             .count = (size_t)part->add,
                             .width = d->strategies[strategy].taxonomy_count,
                             .series = series};
    struct plan_rules rules;
    enum status st = plan_rules_make(&deck, &rules, e);
    if (st != ST_OK) {
        return st;
    }
    for (int k = 0; k < deck.width; k++) {
        deck.node[k] = xcalloc(deck.count, sizeof *deck.node[k]);
    }
    st = fill_deck(&deck, part, &rules, e);
    if (st == ST_OK) {
        lay_out(&deck, strategy, part->add_complex, place, out);
    }
    for (int k = 0; k < deck.width; k++) {
        free(deck.node[k]);
    }
    plan_rules_free(&rules);
    return st;
}

/* The strategy with the next higher id than *id (all when *first); -1 after the last. */
static int next_strategy(const struct plan_design *d, int64_t *id, bool *first)
{
    int best = -1;
    for (int i = 0; i < d->strategy_count; i++) {
        int64_t at = d->strategies[i].id;
        bool after = *first || at > *id;
        if (after && (best < 0 || at < d->strategies[best].id)) {
            best = i;
        }
    }
    if (best >= 0) {
        *id = d->strategies[best].id;
        *first = false;
    }
    return best;
}

enum status plan_draw(const struct plan_design *d, const struct plan *p, uint64_t series,
                      struct plan_draws *out, struct err *e)
{
    memset(out, 0, sizeof *out);
    if (p->part_count != d->strategy_count || p->add < 0 || p->add > PLAN_MAX_POINTS) {
        return err_set(e, ST_INTERNAL, "the plan is not of this design");
    }
    size_t count = (size_t)p->add;
    out->count = count;
    for (int i = 0; i < d->strategy_count; i++) {
        size_t width = (size_t)d->strategies[i].taxonomy_count;
        out->stride = width > out->stride ? width : out->stride;
    }
    out->strategy = xcalloc(count, sizeof *out->strategy);
    out->complexified = xcalloc(count, sizeof *out->complexified);
    out->node = xcalloc(count * out->stride, sizeof *out->node);
    uint32_t *place = shuffled_places(d, series, count);
    size_t done = 0;
    int64_t id = 0;
    bool first = true;
    enum status st = ST_OK;
    for (int s = next_strategy(d, &id, &first); s >= 0 && st == ST_OK;
         s = next_strategy(d, &id, &first)) {
        st = draw_strategy(d, p, s, series, place + done, out, e);
        done += (size_t)p->parts[s].add;
    }
    free(place);
    if (st != ST_OK) {
        plan_draws_free(out);
    }
    return st;
}

void plan_draws_free(struct plan_draws *w)
{
    free(w->strategy);
    free(w->complexified);
    free(w->node);
    memset(w, 0, sizeof *w);
}
