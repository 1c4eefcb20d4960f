/*
 * Tests of single draws: repeats, exclusions, size.
 */
#include "test_domain_plan_world.h"

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
 * Cyclic: of 3 x 3 classes only the diagonal and one more cell per row are allowed. Simple swaps
 * get stuck; for two taxonomies the chains must always find the way.
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
        cmocka_unit_test(test_draws_do_not_depend_on_c),
        cmocka_unit_test(test_spread),
        cmocka_unit_test(test_exclusions_tight),
        cmocka_unit_test(test_exclusion_inside_itself),
        cmocka_unit_test(test_exclusions_chain),
        cmocka_unit_test(test_exclusions_random),
        cmocka_unit_test(test_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
