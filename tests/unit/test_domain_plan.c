/*
 * Tests of plans: properties over random designs, and a few designs worked out by hand.
 */
#include "test_domain_plan_world.h"

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

    /*
     * All levels: a counts as one more child of itself with the mean weight of its children, 2 of
     * 1 + 3 + 2.
     */
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

/*
 * Total complexified = round(sum of c * quota), moved between strategies only where what exists
 * forces it.
 */
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

/* The share of a node is what its quota comes to, whatever strategies and levels there are. */
static void test_shares_are_quotas(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, 2, 5);
    uint32_t x = add(&w.tree, 0, 1, "x", 1);
    uint32_t a = add(&w.tree, x, 2, "a", 1);
    add(&w.tree, a, 3, "a1", 1);
    add(&w.tree, a, 4, "a2", 3);
    uint32_t off = add(&w.tree, x, 5, "off", 0);
    add(&w.tree, x, 6, "b", 3);
    uint32_t y = add(&w.tree, 0, 7, "y", 1);
    add(&w.tree, y, 8, "c", 1);
    uint32_t unused = add(&w.tree, 0, 9, "unused", 1);
    w.strategy[0] = (struct plan_strategy){.id = 1,
                                           .name = "s",
                                           .weight = 3,
                                           .levels = LEVELS_ALL,
                                           .taxonomies = {x, y},
                                           .taxonomy_count = 2};
    w.strategy[1] = (struct plan_strategy){
        .id = 2, .name = "t", .weight = 1, .levels = 1, .taxonomies = {x}, .taxonomy_count = 1};
    double share[10];
    int64_t quota[10];
    struct plan p;
    assert_int_equal(plan_make(&w.d, 1000000, &p, NULL), ST_OK);
    plan_node_quota(&w.d, &p, quota);
    plan_shares(&w.d, share);
    for (uint32_t i = 1; i < w.tree.count; i++) {
        assert_true(fabs(share[i] - (double)quota[i] / 1e6) < 1e-5);
    }
    assert_true(fabs(share[x] - 1) < 1e-9);
    assert_true(fabs(share[y] - 0.75) < 1e-9);
    assert_true(fabs(share[a] - 0.25) < 1e-9);
    assert_true(fabs(share[off] + share[unused]) < 1e-9);
    plan_free(&p);

    w.strategy[0].weight = w.strategy[1].weight = 0;
    plan_shares(&w.d, share);
    assert_true(fabs(share[x] + share[y] + share[a]) < 1e-9);
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),       cmocka_unit_test(test_taxonomy_alone),
        cmocka_unit_test(test_refusals),      cmocka_unit_test(test_gone_strategies),
        cmocka_unit_test(test_complexified),  cmocka_unit_test(test_random_plans),
        cmocka_unit_test(test_deleted_nodes), cmocka_unit_test(test_order_does_not_matter),
        cmocka_unit_test(test_independent),   cmocka_unit_test(test_shares_are_quotas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
