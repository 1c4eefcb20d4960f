/*
 * Tests of plans and draws: properties over random designs, and a few designs worked out by hand.
 */
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

static uint32_t add(struct tree *t, uint32_t parent, int64_t id, const char *name, double weight)
{
    struct node model = {.id = id, .name = name, .weight = weight};
    uint32_t at = tree_add(t, parent, &model);
    assert_int_not_equal(at, TREE_NONE);
    return at;
}

static void world_init(struct world *w, int strategies, uint64_t seed)
{
    memset(w, 0, sizeof *w);
    tree_init(&w->tree);
    w->d = (struct plan_design){.tree = &w->tree,
                                .strategies = w->strategy,
                                .strategy_count = strategies,
                                .exclusions = w->exclusion,
                                .seed = seed};
}

static void world_free(struct world *w)
{
    tree_free(&w->tree);
    free(w->have);
}

static void have_add(struct world *w, int64_t strategy, int64_t node, int64_t plain,
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
static void flat(struct world *w, int taxonomies, int leaves, uint64_t seed)
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

static void random_world(struct world *w, uint64_t seed)
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

static int64_t sum_under(const struct world *w, uint32_t root, const int64_t *v)
{
    int64_t sum = 0;
    for (uint32_t at = root; at != TREE_NONE; at = tree_next(&w->tree, root, at)) {
        sum += v[at];
    }
    return sum;
}

/* Existing points and their complexified share, as the tally lists them. */
static int64_t have_of(const struct world *w, int64_t strategy, int64_t node, int64_t *complexified)
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

static int64_t have_total(const struct world *w)
{
    int64_t sum = 0;
    for (size_t i = 0; i < w->have_count; i++) {
        sum += w->have[i].node == 0 ? w->have[i].plain + w->have[i].complexified : 0;
    }
    return sum;
}

/* Everything that must hold of every plan. */
static void expect_plan(const struct world *w, const struct plan *p, int64_t n)
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
static void expect_draws(const struct world *w, const struct plan *p, const struct plan_draws *dr)
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
static bool breaks(const struct world *w, const struct plan_draws *dr, size_t j,
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
static void realise(struct world *w, const struct plan_draws *dr)
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

/* ------------------------------------------------------------------ by hand */

static void test_by_hand(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, 1, 5);
    uint32_t root = add(&w.tree, 0, 1, "operation", 1);
    uint32_t a = add(&w.tree, root, 2, "a", 1);
    uint32_t a1 = add(&w.tree, a, 3, "a1", 1);
    uint32_t a2 = add(&w.tree, a, 4, "a2", 3);
    uint32_t b = add(&w.tree, root, 5, "b", 3);
    uint32_t c = add(&w.tree, root, 6, "c", 1);
    uint32_t c1 = add(&w.tree, c, 7, "c1", 0);
    uint32_t off = add(&w.tree, root, 8, "off", 0);
    w.strategy[0] = (struct plan_strategy){.id = 1,
                                           .name = "s",
                                           .weight = 1,
                                           .complexity = 0.25,
                                           .levels = LEVELS_LEAVES,
                                           .taxonomies = {root},
                                           .taxonomy_count = 1};
    struct plan p;
    assert_int_equal(plan_make(&w.d, 100, &p, NULL), ST_OK);
    const int64_t *q = p.parts[0].node_quota[0];
    assert_int_equal(q[a1], 5);
    assert_int_equal(q[a2], 15);
    assert_int_equal(q[b], 60);
    assert_int_equal(q[c], 20); /* its only child is off: it stands for itself */
    assert_int_equal(q[c1] + q[off] + q[a] + q[root], 0);
    assert_int_equal(p.complexified, 25);
    assert_true(fabs(p.mixes_possible - 4) < 1e-9);
    int64_t rolled[9];
    plan_node_quota(&w.d, &p, rolled);
    assert_int_equal(rolled[a], 20);
    assert_int_equal(rolled[root], 100);
    plan_free(&p);

    w.strategy[0].levels = 1;
    assert_int_equal(plan_make(&w.d, 100, &p, NULL), ST_OK);
    assert_int_equal(p.parts[0].node_quota[0][a], 20);
    assert_int_equal(p.parts[0].node_quota[0][a1], 0);
    assert_true(fabs(p.mixes_possible - 3) < 1e-9);
    plan_free(&p);

    /* All levels: a counts as one more child of itself with the mean weight of its children, 2 of 1 + 3 + 2. */
    w.strategy[0].levels = LEVELS_ALL;
    assert_int_equal(plan_make(&w.d, 150, &p, NULL), ST_OK);
    assert_int_equal(p.parts[0].node_quota[0][a], 10);
    assert_int_equal(p.parts[0].node_quota[0][a1], 5);
    assert_int_equal(p.parts[0].node_quota[0][a2], 15);
    assert_int_equal(p.parts[0].node_quota[0][root], 0);
    assert_true(fabs(p.mixes_possible - 5) < 1e-9);
    plan_free(&p);

    /* What exists is kept: 30 points in an off branch and 10 at a node that is gone. */
    w.strategy[0].levels = LEVELS_LEAVES;
    have_add(&w, 1, 0, 40, 0);
    have_add(&w, 1, 8, 30, 0);
    have_add(&w, 1, 999, 10, 0);
    assert_int_equal(plan_make(&w.d, 140, &p, NULL), ST_OK);
    q = p.parts[0].node_quota[0];
    assert_int_equal(p.add, 100);
    assert_int_equal(q[off], 30);
    assert_int_equal(q[root], 10);
    assert_int_equal(q[a1] + q[a2], 20);
    assert_int_equal(q[b], 60);
    assert_int_equal(p.parts[0].node_add[0][off] + p.parts[0].node_add[0][root], 0);
    assert_int_equal(p.complexified, 35);
    plan_free(&p);
    world_free(&w);
}

static void test_taxonomy_alone(void **state)
{
    (void)state;
    struct world w;
    flat(&w, 2, 0, 1);
    for (int levels = -1; levels <= 2; levels++) {
        struct plan p;
        w.strategy[0].levels = levels;
        assert_int_equal(plan_make(&w.d, 7, &p, NULL), ST_OK);
        assert_int_equal(p.parts[0].node_quota[0][w.strategy[0].taxonomies[0]], 7);
        assert_true(fabs(p.mixes_possible - 1) < 1e-9);
        plan_free(&p);
    }
    world_free(&w);
}

static void test_refusals(void **state)
{
    (void)state;
    struct world w;
    struct plan p;
    struct err e;
    world_init(&w, 0, 1);
    assert_int_equal(plan_make(&w.d, 7, &p, &e), ST_INVALID);
    assert_non_null(strstr(e.msg, "no taxonomies"));
    world_free(&w);
    flat(&w, 2, 3, 1);
    w.strategy[0].weight = 0;
    assert_int_equal(plan_make(&w.d, 7, &p, &e), ST_INVALID);
    assert_non_null(strstr(e.msg, "every strategy has weight 0"));
    w.strategy[0].weight = 1;
    assert_int_equal(plan_make(&w.d, -1, &p, &e), ST_INVALID);
    assert_int_equal(plan_make(&w.d, PLAN_MAX_POINTS + 1, &p, &e), ST_INVALID);
    w.strategy[0].taxonomy_count = 0;
    assert_int_equal(plan_make(&w.d, 7, &p, &e), ST_INVALID);
    w.strategy[0].taxonomy_count = 2;
    w.strategy[0].taxonomies[1] = w.strategy[0].taxonomies[0];
    assert_int_equal(plan_make(&w.d, 7, &p, &e), ST_INVALID);
    assert_non_null(strstr(e.msg, "twice"));
    w.strategy[0].taxonomies[1] = 2;
    assert_int_equal(plan_make(&w.d, 7, &p, &e), ST_INVALID);
    w.d.strategy_count = 0;
    assert_int_equal(plan_make(&w.d, 7, &p, &e), ST_INVALID);
    world_free(&w);
}

/* Points of strategies that are gone hold places too. */
static void test_gone_strategies(void **state)
{
    (void)state;
    struct world w;
    struct plan p;
    flat(&w, 2, 3, 1);
    have_add(&w, 55, 0, 20, 5);
    have_add(&w, 55, 2, 20, 5);
    have_add(&w, 1, 0, 3, 1);
    have_add(&w, 1, 3, 3, 1);
    have_add(&w, 1, 7, 3, 1);
    assert_int_equal(plan_make(&w.d, 100, &p, NULL), ST_OK);
    assert_int_equal(p.add, 71);
    assert_int_equal(p.parts[0].quota, 75);
    plan_free(&p);
    assert_int_equal(plan_make(&w.d, 29, &p, NULL), ST_OK);
    assert_int_equal(p.add, 0);
    plan_free(&p);
    assert_int_equal(plan_make(&w.d, 10, &p, NULL), ST_OK);
    assert_int_equal(p.add, 0);
    assert_int_equal(p.parts[0].quota, 4);
    struct plan_draws dr;
    assert_int_equal(plan_draw(&w.d, &p, 1, &dr, NULL), ST_OK);
    assert_int_equal(dr.count, 0);
    plan_draws_free(&dr);
    plan_free(&p);
    world_free(&w);
}

/* Total complexified = round(sum of c * quota), moved between strategies only where what exists forces it. */
static void test_complexified(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct world w;
        struct plan p;
        random_world(&w, seed);
        int64_t n = (int64_t)rng_below(seed, 20, 0, 1000);
        assert_int_equal(plan_make(&w.d, n, &p, NULL), ST_OK);
        double ideal = 0;
        for (int i = 0; i < STRATEGIES; i++) {
            double own = w.strategy[i].complexity * (double)p.parts[i].quota;
            assert_true(fabs(own - (double)p.parts[i].quota_complex) < 1 + 1e-6);
            ideal += own;
        }
        assert_int_equal(p.complexified, llround(ideal));
        plan_free(&p);
        /* One strategy has so many plain points that the others must take over. */
        have_add(&w, 100, 0, n / 2, 0);
        w.strategy[0].complexity = 1;
        assert_int_equal(plan_make(&w.d, n, &p, NULL), ST_OK);
        ideal = 0;
        int64_t most = 0;
        for (int i = 0; i < STRATEGIES; i++) {
            ideal += w.strategy[i].complexity * (double)p.parts[i].quota;
            most += p.parts[i].quota - (i == 0 ? n / 2 : 0);
        }
        assert_int_equal(p.complexified, llround(ideal) < most ? llround(ideal) : most);
        plan_free(&p);
        world_free(&w);
    }
}

/* ------------------------------------------------------------------ properties */

static void test_random_plans(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 600; seed++) {
        struct world w;
        random_world(&w, seed);
        w.d.independent = seed % 4 == 3;
        int64_t n = 0;
        for (uint64_t step = 0; step < 4; step++) {
            struct plan p;
            struct plan_draws dr;
            n += (int64_t)rng_below(seed, 20, step, 120);
            assert_int_equal(plan_make(&w.d, n, &p, NULL), ST_OK);
            expect_plan(&w, &p, n);
            assert_int_equal(plan_draw(&w.d, &p, step, &dr, NULL), ST_OK);
            expect_draws(&w, &p, &dr);
            realise(&w, &dr);
            plan_draws_free(&dr);
            plan_free(&p);
            assert_int_equal(have_total(&w), n);
            /* Between two plans the weights change, a branch goes off, the levels change. */
            uint32_t at = 1 + (uint32_t)rng_below(seed, 21, step, w.tree.count - 1);
            w.tree.nodes[at].weight = rng_below(seed, 22, step, 2) > 0 ? 0 : 2.5;
            w.strategy[1].levels = (int)step - 1;
            w.strategy[2].weight = rng_unit(seed, 23, step);
        }
        world_free(&w);
    }
}

/* A point at a node that was deleted is held at the taxonomy itself, and the sums stay exact. */
static void test_deleted_nodes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct world w;
        struct plan p;
        random_world(&w, seed);
        for (int i = 0; i < STRATEGIES; i++) {
            int64_t known = (int64_t)rng_below(seed, 30, (uint64_t)i, 20);
            int64_t gone = (int64_t)rng_below(seed, 31, (uint64_t)i, 20);
            int64_t id = w.strategy[i].id;
            have_add(&w, id, 0, known, gone);
            have_add(&w, id, w.tree.nodes[w.strategy[i].taxonomies[0]].id, known, 0);
            have_add(&w, id, 5000 + i, 0, gone);
        }
        assert_int_equal(plan_make(&w.d, 300, &p, NULL), ST_OK);
        expect_plan(&w, &p, 300);
        plan_free(&p);
        world_free(&w);
    }
}

/* The same plan, whatever the order of strategies, tally and siblings. */
static void test_order_does_not_matter(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct world a;
        struct world b;
        random_world(&a, seed);
        world_init(&b, STRATEGIES, seed);
        uint32_t *to = xcalloc(a.tree.count, sizeof *to);
        /* b holds the same nodes, siblings in reverse. */
        for (uint32_t depth = 1; depth <= TREE_MAX_DEPTH; depth++) {
            for (uint32_t i = a.tree.count - 1; i > 0; i--) {
                const struct node *n = &a.tree.nodes[i];
                if (n->depth == depth) {
                    to[i] = add(&b.tree, to[n->parent], n->id, n->name, n->weight);
                }
            }
        }
        for (int i = 0; i < STRATEGIES; i++) {
            b.strategy[i] = a.strategy[STRATEGIES - 1 - i];
            for (int k = 0; k < b.strategy[i].taxonomy_count; k++) {
                b.strategy[i].taxonomies[k] = to[b.strategy[i].taxonomies[k]];
            }
        }
        for (int i = 0; i < 20; i++) {
            int j = 19 - i;
            have_add(&a, 97 + i % 4, i / 4, 1 + i, i % 3);
            have_add(&b, 97 + j % 4, j / 4, 1 + j, j % 3);
        }
        struct plan pa;
        struct plan pb;
        struct plan_draws da;
        struct plan_draws db;
        assert_int_equal(plan_make(&a.d, 900, &pa, NULL), ST_OK);
        assert_int_equal(plan_make(&b.d, 900, &pb, NULL), ST_OK);
        assert_int_equal(plan_draw(&a.d, &pa, 3, &da, NULL), ST_OK);
        assert_int_equal(plan_draw(&b.d, &pb, 3, &db, NULL), ST_OK);
        assert_int_equal(da.count, db.count);
        for (size_t j = 0; j < da.count; j++) {
            assert_int_equal(da.strategy[j], STRATEGIES - 1 - db.strategy[j]);
            assert_int_equal(da.complexified[j], db.complexified[j]);
            for (int k = 0; k < a.strategy[da.strategy[j]].taxonomy_count; k++) {
                size_t at = j * da.stride + (size_t)k;
                assert_int_equal(to[da.node[at]], db.node[at]);
            }
        }
        plan_draws_free(&da);
        plan_draws_free(&db);
        plan_free(&pa);
        plan_free(&pb);
        world_free(&a);
        world_free(&b);
        free(to);
    }
}

/* c = 0 and c = 1 draw the same mixes in the same order; another series draws another order. */
static void test_draws_do_not_depend_on_c(void **state)
{
    (void)state;
    struct world w;
    struct plan p[2];
    struct plan_draws dr[3];
    flat(&w, 3, 7, 11);
    for (int i = 0; i < 2; i++) {
        w.strategy[0].complexity = i;
        assert_int_equal(plan_make(&w.d, 200, &p[i], NULL), ST_OK);
        assert_int_equal(plan_draw(&w.d, &p[i], 1, &dr[i], NULL), ST_OK);
        assert_int_equal(p[i].complexified, 200 * i);
    }
    assert_int_equal(plan_draw(&w.d, &p[0], 2, &dr[2], NULL), ST_OK);
    size_t bytes = dr[0].count * dr[0].stride * sizeof *dr[0].node;
    assert_memory_equal(dr[0].node, dr[1].node, bytes);
    assert_memory_not_equal(dr[0].node, dr[2].node, bytes);
    for (int i = 0; i < 3; i++) {
        plan_draws_free(&dr[i]);
    }
    plan_free(&p[0]);
    plan_free(&p[1]);
    world_free(&w);
}

static int compare_rows(const void *a, const void *b)
{
    return memcmp(a, b, 3 * sizeof(uint32_t));
}

static size_t distinct_rows(struct plan_draws *dr)
{
    assert_int_equal(dr->stride, 3);
    qsort(dr->node, dr->count, 3 * sizeof(uint32_t), compare_rows);
    size_t distinct = dr->count > 0;
    for (size_t i = 1; i < dr->count; i++) {
        distinct += compare_rows(dr->node + 3 * i, dr->node + 3 * (i - 1)) != 0;
    }
    return distinct;
}

/* No repeats while there is room; every mix used once when the draws are as many as the mixes. */
static void test_spread(void **state)
{
    (void)state;
    static const struct {
        int64_t n;
        size_t least;
    } cases[] = {{60, 60}, {100, 100}, {216, 210}, {5000, 216}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world w;
        struct plan p;
        struct plan_draws dr;
        flat(&w, 3, 6, i);
        assert_int_equal(plan_make(&w.d, cases[i].n, &p, NULL), ST_OK);
        assert_true(fabs(p.mixes_possible - 216) < 1e-9);
        assert_int_equal(plan_draw(&w.d, &p, 1, &dr, NULL), ST_OK);
        expect_draws(&w, &p, &dr);
        size_t distinct = distinct_rows(&dr);
        assert_true(distinct >= cases[i].least);
        plan_draws_free(&dr);
        plan_free(&p);
        world_free(&w);
    }
}

/* Each strategy's independent draws follow the weights, and go on where the last plan ended. */
static void test_independent(void **state)
{
    (void)state;
    struct world w;
    struct plan p;
    flat(&w, 1, 4, 3);
    w.tree.nodes[2].weight = 7;
    w.d.independent = true;
    assert_int_equal(plan_make(&w.d, 100000, &p, NULL), ST_OK);
    int64_t all[6];
    memcpy(all, p.parts[0].node_quota[0], sizeof all);
    assert_in_range(all[2], 69300, 70700);
    assert_in_range(all[3], 9500, 10500);
    assert_int_not_equal(all[2], 70000);
    assert_in_range(p.complexified, 49300, 50700);
    plan_free(&p);
    assert_int_equal(plan_make(&w.d, 40000, &p, NULL), ST_OK);
    for (int64_t id = 2; id <= 5; id++) {
        have_add(&w, 1, id, p.parts[0].node_quota[0][id], 0);
        have_add(&w, 1, 0, p.parts[0].node_quota[0][id], 0);
    }
    plan_free(&p);
    assert_int_equal(plan_make(&w.d, 100000, &p, NULL), ST_OK);
    assert_memory_equal(p.parts[0].node_quota[0], all, sizeof all);
    plan_free(&p);
    world_free(&w);
}

/* ------------------------------------------------------------------ exclusions */

static void test_exclusions_tight(void **state)
{
    (void)state;
    /* Half of t0 may not meet half of t1: every draw is forced, and still there is a way. */
    struct world w;
    struct plan p;
    struct plan_draws dr;
    struct err e = {.msg = ""};
    flat(&w, 3, 2, 1);
    w.exclusion[0] = (struct plan_exclusion){.a = 2, .b = 5};
    w.d.exclusion_count = 1;
    assert_int_equal(plan_make(&w.d, 400, &p, NULL), ST_OK);
    assert_int_equal(plan_draw(&w.d, &p, 1, &dr, &e), ST_OK);
    expect_draws(&w, &p, &dr);
    for (size_t j = 0; j < dr.count; j++) {
        assert_false(breaks(&w, &dr, j, &w.exclusion[0]));
    }
    plan_draws_free(&dr);
    plan_free(&p);
    /* One point more under a side and there is none. */
    w.tree.nodes[2].weight = 1.1;
    assert_int_equal(plan_make(&w.d, 400, &p, NULL), ST_OK);
    assert_int_equal(plan_draw(&w.d, &p, 1, &dr, &e), ST_INVALID);
    assert_non_null(strstr(e.msg, "\"t0/n0\" and \"t1/n0\""));
    assert_int_equal(dr.count, 0);
    /* Another strategy's exclusion is not ours. */
    w.exclusion[0].strategy = 2;
    assert_int_equal(plan_draw(&w.d, &p, 1, &dr, &e), ST_OK);
    plan_draws_free(&dr);
    plan_free(&p);
    world_free(&w);
}

static void test_exclusion_inside_itself(void **state)
{
    (void)state;
    struct world w;
    struct plan p;
    struct plan_draws dr;
    struct err e;
    flat(&w, 2, 2, 1);
    w.exclusion[0] = (struct plan_exclusion){.a = 1, .b = 2};
    w.d.exclusion_count = 1;
    assert_int_equal(plan_make(&w.d, 10, &p, NULL), ST_OK);
    assert_int_equal(plan_draw(&w.d, &p, 1, &dr, &e), ST_INVALID);
    assert_non_null(strstr(e.msg, "\"t0\" and \"t0/n0\""));
    /* Two branches of one taxonomy never meet anyhow. */
    w.exclusion[0] = (struct plan_exclusion){.a = 2, .b = 3};
    assert_int_equal(plan_draw(&w.d, &p, 1, &dr, &e), ST_OK);
    plan_draws_free(&dr);
    plan_free(&p);
    world_free(&w);
}

/*
 * Cyclic: of 3 x 3 classes only the diagonal and one more cell per row are allowed. Simple swaps get stuck; for two taxonomies
 * the chains must always find the way.
 */
static void test_exclusions_chain(void **state)
{
    (void)state;
    enum { N = 5 };
    struct plan_exclusion x[N * N];
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct world w;
        struct plan p;
        struct plan_draws dr;
        struct err e = {.msg = ""};
        flat(&w, 2, N, seed);
        int count = 0;
        for (uint32_t i = 0; i < N; i++) {
            for (uint32_t j = 0; j < N; j++) {
                if (j != i && j != (i + 1) % N) {
                    x[count++] = (struct plan_exclusion){.a = 2 + i, .b = 2 + N + 1 + j};
                }
            }
        }
        w.d.exclusions = x;
        w.d.exclusion_count = count;
        assert_int_equal(plan_make(&w.d, 1000, &p, NULL), ST_OK);
        assert_int_equal(plan_draw(&w.d, &p, seed, &dr, &e), ST_OK);
        expect_draws(&w, &p, &dr);
        for (size_t j = 0; j < dr.count; j++) {
            for (int i = 0; i < count; i++) {
                assert_false(breaks(&w, &dr, j, &x[i]));
            }
        }
        plan_draws_free(&dr);
        plan_free(&p);
        world_free(&w);
    }
}

static void test_exclusions_random(void **state)
{
    (void)state;
    int met = 0;
    int refused = 0;
    for (uint64_t seed = 0; seed < 600; seed++) {
        struct world w;
        struct plan p;
        struct plan_draws dr;
        struct err e = {.msg = ""};
        random_world(&w, seed);
        w.d.exclusion_count = EXCLUSIONS;
        for (uint64_t i = 0; i < EXCLUSIONS; i++) {
            w.exclusion[i].a = 1 + (uint32_t)rng_below(seed, 40, i, w.tree.count - 1);
            w.exclusion[i].b = 1 + (uint32_t)rng_below(seed, 41, i, w.tree.count - 1);
            w.exclusion[i].strategy = i == 0 ? 0 : 100 - (int64_t)i;
        }
        assert_int_equal(plan_make(&w.d, 150, &p, NULL), ST_OK);
        enum status st = plan_draw(&w.d, &p, 1, &dr, &e);
        if (st == ST_OK) {
            met++;
            expect_draws(&w, &p, &dr);
            for (size_t j = 0; j < dr.count; j++) {
                for (int i = 0; i < EXCLUSIONS; i++) {
                    assert_false(breaks(&w, &dr, j, &w.exclusion[i]));
                }
            }
            plan_draws_free(&dr);
        } else {
            refused++;
            assert_int_equal(st, ST_INVALID);
            assert_non_null(strstr(e.msg, "cannot be kept apart"));
        }
        plan_free(&p);
        world_free(&w);
    }
    assert_true(met > 200);
    assert_true(refused > 5);
}

/* The sizes that the program promises: 512,000 draws, 100,000 nodes. */
static void test_large(void **state)
{
    (void)state;
    struct world w;
    struct plan p;
    struct plan_draws dr;
    flat(&w, 3, 33000, 1);
    w.exclusion[0] = (struct plan_exclusion){.a = 2, .b = 33003};
    w.d.exclusion_count = 1;
    assert_int_equal(plan_make(&w.d, 512000, &p, NULL), ST_OK);
    assert_int_equal(plan_draw(&w.d, &p, 1, &dr, NULL), ST_OK);
    expect_draws(&w, &p, &dr);
    assert_int_equal(distinct_rows(&dr), 512000);
    plan_draws_free(&dr);
    plan_free(&p);
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_taxonomy_alone),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_gone_strategies),
        cmocka_unit_test(test_complexified),
        cmocka_unit_test(test_random_plans),
        cmocka_unit_test(test_deleted_nodes),
        cmocka_unit_test(test_order_does_not_matter),
        cmocka_unit_test(test_draws_do_not_depend_on_c),
        cmocka_unit_test(test_spread),
        cmocka_unit_test(test_independent),
        cmocka_unit_test(test_exclusions_tight),
        cmocka_unit_test(test_exclusion_inside_itself),
        cmocka_unit_test(test_exclusions_chain),
        cmocka_unit_test(test_exclusions_random),
        cmocka_unit_test(test_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
