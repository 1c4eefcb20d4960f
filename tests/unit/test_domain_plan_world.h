/*
 * A small world to plan in, and what must hold of every plan and of every set of draws. For the
 * two tests of plans.
 */
#ifndef TAXA_TEST_DOMAIN_PLAN_WORLD_H
#define TAXA_TEST_DOMAIN_PLAN_WORLD_H

#include "base/mem.h"
#include "base/rng.h"
#include "domain/plan.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STRATEGIES = 4, TAXONOMIES = 4, EXCLUSIONS = 3 };

struct world {
    struct tree tree;
    struct plan_strategy strategy[STRATEGIES];
    struct plan_exclusion exclusion[EXCLUSIONS];
    struct plan_have *have;
    size_t have_count, have_cap;
    struct plan_design d;
};

static inline uint32_t add(struct tree *t, uint32_t parent, int64_t id, const char *name,
                           double weight)
{
    struct node model = {.id = id, .name = name, .weight = weight};
    uint32_t at = tree_add(t, parent, &model);
    assert_int_not_equal(at, TREE_NONE);
    return at;
}

static inline void world_init(struct world *w, int strategies, uint64_t seed)
{
    memset(w, 0, sizeof *w);
    tree_init(&w->tree);
    w->d = (struct plan_design){.tree = &w->tree,
                                .strategies = w->strategy,
                                .strategy_count = strategies,
                                .exclusions = w->exclusion,
                                .seed = seed};
}

static inline void world_free(struct world *w)
{
    tree_free(&w->tree);
    free(w->have);
}

static inline void have_add(struct world *w, int64_t strategy, int64_t node, int64_t plain,
                            int64_t complex)
{
    for (size_t i = 0; i < w->have_count; i++) {
        if (w->have[i].strategy == strategy && w->have[i].node == node) {
            w->have[i].plain += plain;
            w->have[i].complexified += complex;
            return;
        }
    }
    w->have = vec_grow(w->have, &w->have_cap, w->have_count + 1, sizeof *w->have);
    w->have[w->have_count++] = (struct plan_have){
        .strategy = strategy, .node = node, .plain = plain, .complexified = complex};
    w->d.have = w->have;
    w->d.have_count = w->have_count;
}

/* `taxonomies` flat taxonomies of `leaves` leaves, all in one strategy with id 1. */
static inline void flat(struct world *w, int taxonomies, int leaves, uint64_t seed)
{
    world_init(w, 1, seed);
    int64_t id = 1;
    for (int k = 0; k < taxonomies; k++) {
        char name[32];
        (void)snprintf(name, sizeof name, "t%d", k);
        uint32_t root = add(&w->tree, 0, id++, name, 1);
        w->strategy[0].taxonomies[k] = root;
        for (int i = 0; i < leaves; i++) {
            (void)snprintf(name, sizeof name, "n%d", i);
            add(&w->tree, root, id++, name, 1);
        }
    }
    w->strategy[0].id = 1;
    w->strategy[0].name = "all";
    w->strategy[0].weight = 1;
    w->strategy[0].complexity = 0.5;
    w->strategy[0].levels = LEVELS_LEAVES;
    w->strategy[0].taxonomy_count = taxonomies;
}

static inline void random_world(struct world *w, uint64_t seed)
{
    world_init(w, STRATEGIES, seed);
    uint32_t roots[TAXONOMIES];
    int64_t id = 1;
    for (int k = 0; k < TAXONOMIES; k++) {
        roots[k] = add(&w->tree, 0, id++, "taxonomy", rng_below(seed, 1, (uint64_t)k, 2) > 0);
    }
    uint32_t nodes = (uint32_t)rng_below(seed, 2, 0, 60);
    for (uint32_t i = 0; i < nodes; i++) {
        uint32_t parent = 1 + (uint32_t)rng_below(seed, 3, i, w->tree.count - 1);
        bool off = rng_below(seed, 4, i, 6) == 0;
        add(&w->tree, parent, id++, "node", off ? 0 : 0.2 + 3 * rng_unit(seed, 5, i));
    }
    for (int i = 0; i < STRATEGIES; i++) {
        struct plan_strategy *s = &w->strategy[i];
        uint64_t at = (uint64_t)i;
        s->id = 100 - i;
        s->name = "strategy";
        s->weight = i > 0 && rng_below(seed, 6, at, 5) == 0 ? 0 : 0.1 + rng_unit(seed, 7, at);
        s->complexity = rng_unit(seed, 8, at);
        s->levels = (int)rng_below(seed, 9, at, 5) - 1;
        s->taxonomy_count = 1 + (int)rng_below(seed, 10, at, TAXONOMIES);
        for (int k = 0; k < s->taxonomy_count; k++) {
            s->taxonomies[k] = roots[(k + i) % TAXONOMIES];
        }
    }
}

static inline int64_t sum_under(const struct world *w, uint32_t root, const int64_t *v)
{
    int64_t sum = 0;
    for (uint32_t at = root; at != TREE_NONE; at = tree_next(&w->tree, root, at)) {
        sum += v[at];
    }
    return sum;
}

/* Existing points and their complexified share, as the tally lists them. */
static inline int64_t have_of(const struct world *w, int64_t strategy, int64_t node,
                              int64_t *complexified)
{
    int64_t sum = 0;
    *complexified = 0;
    for (size_t i = 0; i < w->have_count; i++) {
        const struct plan_have *h = &w->have[i];
        if (h->strategy == strategy && h->node == node) {
            sum += h->plain + h->complexified;
            *complexified += h->complexified;
        }
    }
    return sum;
}

static inline int64_t have_total(const struct world *w)
{
    int64_t sum = 0;
    for (size_t i = 0; i < w->have_count; i++) {
        sum += w->have[i].node == 0 ? w->have[i].plain + w->have[i].complexified : 0;
    }
    return sum;
}

/* Everything that must hold of every plan. */
static inline void expect_plan(const struct world *w, const struct plan *p, int64_t n)
{
    int64_t existing = have_total(w);
    int64_t added = 0;
    int64_t complexified = 0;
    for (int i = 0; i < w->d.strategy_count; i++) {
        const struct plan_strategy *s = &w->strategy[i];
        const struct plan_part *part = &p->parts[i];
        int64_t have_complex = 0;
        int64_t have = have_of(w, s->id, 0, &have_complex);
        assert_true(part->add >= 0);
        assert_int_equal(part->quota, have + part->add);
        assert_true(part->add_complex >= 0 && part->add_complex <= part->add);
        assert_int_equal(part->quota_complex, have_complex + part->add_complex);
        assert_true(s->weight > 0 || part->add == 0);
        added += part->add;
        complexified += part->quota_complex;
        for (int k = 0; k < s->taxonomy_count; k++) {
            uint32_t root = s->taxonomies[k];
            assert_int_equal(sum_under(w, root, part->node_quota[k]), part->quota);
            assert_int_equal(sum_under(w, root, part->node_add[k]), part->add);
            for (uint32_t at = root; at != TREE_NONE; at = tree_next(&w->tree, root, at)) {
                assert_true(part->node_add[k][at] >= 0);
                assert_true(part->node_quota[k][at] >= part->node_add[k][at]);
                int64_t ignored = 0;
                int64_t floor = have_of(w, s->id, w->tree.nodes[at].id, &ignored);
                assert_true(part->node_quota[k][at] - part->node_add[k][at] >= floor);
                bool off = at != root && !(w->tree.nodes[at].weight > 0);
                assert_true(!off || sum_under(w, at, part->node_add[k]) == 0);
            }
        }
    }
    assert_int_equal(added, existing >= n ? 0 : n - existing);
    assert_int_equal(p->add, added);
    assert_int_equal(p->points, n);
    assert_int_equal(p->complexified, complexified);
}

/* Everything that must hold of the draws of a plan. */
static inline void expect_draws(const struct world *w, const struct plan *p,
                                const struct plan_draws *dr)
{
    int64_t complexified[STRATEGIES] = {0};
    assert_int_equal(dr->count, p->add);
    for (int i = 0; i < w->d.strategy_count; i++) {
        for (int k = 0; k < w->strategy[i].taxonomy_count; k++) {
            int64_t *seen = xcalloc(w->tree.count, sizeof *seen);
            for (size_t j = 0; j < dr->count; j++) {
                if (dr->strategy[j] == i) {
                    uint32_t at = dr->node[j * dr->stride + (size_t)k];
                    assert_true(at < w->tree.count);
                    seen[at]++;
                    complexified[i] += k == 0 && dr->complexified[j];
                }
            }
            assert_memory_equal(seen, p->parts[i].node_add[k], w->tree.count * sizeof *seen);
            free(seen);
        }
        assert_int_equal(complexified[i], p->parts[i].add_complex);
    }
    for (size_t j = 0; j < dr->count; j++) {
        for (size_t k = 0; k < dr->stride; k++) {
            bool used = (int)k < w->strategy[dr->strategy[j]].taxonomy_count;
            assert_int_equal(dr->node[j * dr->stride + k] != TREE_NONE, used);
        }
    }
}

/* Does draw j lie under both sides of the exclusion? */
static inline bool breaks(const struct world *w, const struct plan_draws *dr, size_t j,
                          const struct plan_exclusion *x)
{
    bool a = false;
    bool b = false;
    for (size_t k = 0; k < dr->stride; k++) {
        uint32_t at = dr->node[j * dr->stride + k];
        if (at != TREE_NONE) {
            a = a || tree_is_under(&w->tree, at, x->a);
            b = b || tree_is_under(&w->tree, at, x->b);
        }
    }
    bool of_it = x->strategy == 0 || x->strategy == w->strategy[dr->strategy[j]].id;
    return of_it && a && b;
}

/* The draws become points that exist: the tally the session would give for them. */
static inline void realise(struct world *w, const struct plan_draws *dr)
{
    for (size_t j = 0; j < dr->count; j++) {
        const struct plan_strategy *s = &w->strategy[dr->strategy[j]];
        int64_t complex = dr->complexified[j];
        have_add(w, s->id, 0, 1 - complex, complex);
        for (int k = 0; k < s->taxonomy_count; k++) {
            int64_t node = w->tree.nodes[dr->node[j * dr->stride + (size_t)k]].id;
            have_add(w, s->id, node, 1 - complex, complex);
        }
    }
}

#endif
