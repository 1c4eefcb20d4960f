/*
 * Tests of maker and run together: what becomes of points depends on the teacher's answers, never
 * on the order in which they come, and a restart changes nothing.
 */
#include "engine_world.h"

static const struct rule rough = {.malformed = 0.08,
                                  .malformed_twice = 0.3,
                                  .length = 0.05,
                                  .length_twice = 0.4,
                                  .refused = 0.03,
                                  .unmet = 0.3,
                                  .correct_no = 0.12,
                                  .incorrect_yes = 0.12,
                                  .few = 0.3};
static const struct rule good = {.few = 0};

enum { DRAWS = 60, MIXES = 9, TURNS = 1000000 };

struct result {
    char *text, *asked;
};

static struct result take_result(struct world *w)
{
    return (struct result){world_text(w), asked_text(&w->memory)};
}

static void result_free(struct result *r)
{
    free(r->text);
    free(r->asked);
}

static void assert_same(const struct result *a, const struct result *b)
{
    assert_same_text(a->text, b->text);
    assert_same_text(a->asked, b->asked);
}

/* ---- the same in any order */

struct way {
    int window;
    enum order order;
    uint64_t dice;
};

static const struct way ways[] = {
    {64, ORDER_ASKED, 0},   {64, ORDER_REVERSED, 0}, {64, ORDER_PRIORITY, 0},
    {64, ORDER_RANDOM, 1},  {64, ORDER_RANDOM, 2},   {7, ORDER_RANDOM, 3},
    {2, ORDER_REVERSED, 0}, {1000, ORDER_RANDOM, 4},
};

static struct result go(const struct rule *rule, uint64_t seed, int scenarios,
                        const struct way *way, bool without_cost)
{
    struct world w;
    world_init(&w, DRAWS, MIXES, rule);
    set_common(&w, seed, scenarios);
    w.common.rejected = POLICY_REJECT;
    w.window = way->window;
    w.post.order = way->order;
    w.post.dice = way->dice;
    w.without_cost = without_cost;
    world_begin(&w);
    assert_true(world_run(&w, TURNS));
    assert_finished(&w);
    struct result r = take_result(&w);
    world_free(&w);
    return r;
}

static void any_order(const struct rule *rule, int scenarios)
{
    static const struct way one = {1, ORDER_ASKED, 0};
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct result a = go(rule, seed, scenarios, &one, false);
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
            struct result b = go(rule, seed, scenarios, &ways[i], false);
            assert_same(&a, &b);
            result_free(&b);
        }
        result_free(&a);
    }
}

static void test_any_order(void **state)
{
    (void)state;
    any_order(&rough, 4);
}

static void test_any_order_all_well(void **state)
{
    (void)state;
    any_order(&good, 4);
}

/* One scenario for each call: the points of a mix wait for each other all the time. */
static void test_any_order_single_scenarios(void **state)
{
    (void)state;
    any_order(&rough, 1);
}

/* Points whose first questions get no answer are tried again under the same keys. */
static void test_any_order_transport(void **state)
{
    (void)state;
    struct rule r = rough;
    r.transport = 0.05;
    any_order(&r, 4);
}

/* Every kind of misfortune does happen in these tests. */
static void test_rough_is_rough(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, DRAWS, MIXES, &rough);
    w.window = 64;
    world_begin(&w);
    assert_true(world_run(&w, TURNS));
    assert_true(world_count(&w, POINT_REJECTED) > 0);
    assert_true(world_count(&w, POINT_DISPUTED) > 0);
    assert_true(world_count(&w, POINT_INVALID) > 2);
    assert_int_equal(world_count(&w, POINT_FAILED), 0);
    assert_int_equal(world_count(&w, POINT_ACCEPTED), DRAWS);
    int longer = 0, repaired = 0, lost_batches = 0;
    for (size_t i = 0; i < w.memory.count; i++) {
        longer += ends_with(w.memory.item[i].key, ".l");
        repaired += ends_with(w.memory.item[i].key, ".r");
    }
    for (size_t i = 0; i < w.points; i++) {
        lost_batches +=
            w.point[i].reason != NULL && strncmp(w.point[i].reason, "scenarios: ", 11) == 0;
    }
    assert_true(longer > 5);
    assert_true(repaired > 5);
    assert_true(lost_batches > 0);
    world_free(&w);
}

/* Another seed is another dataset. */
static void test_seed_matters(void **state)
{
    (void)state;
    static const struct way one = {1, ORDER_ASKED, 0};
    struct result a = go(&rough, 1, 4, &one, false), b = go(&rough, 2, 4, &one, false);
    assert_string_not_equal(a.text, b.text);
    result_free(&a);
    result_free(&b);
}

/* ---- restarts */

static void with_restarts(const struct rule *rule, int scenarios, bool late)
{
    static const struct way one = {1, ORDER_ASKED, 0};
    struct result whole = go(rule, 5, scenarios, &one, true);
    for (uint64_t dice = 1; dice <= 8; dice++) {
        struct world w;
        world_init(&w, DRAWS, MIXES, rule);
        set_common(&w, 5, scenarios);
        w.common.rejected = POLICY_REJECT;
        w.window = dice % 3 == 0 ? 64 : (int)dice * 3;
        w.post.order = dice % 2 == 0 ? ORDER_RANDOM : ORDER_PRIORITY;
        w.post.dice = dice;
        w.without_cost = true;
        world_begin(&w);
        for (uint64_t life = 0; life < 25; life++) {
            if (world_run(&w, (int64_t)rng_below(dice, rng_id("die"), life, 60))) {
                break;
            }
            world_restart(&w, late);
        }
        assert_true(w.life > 5);
        assert_true(world_run(&w, TURNS));
        assert_finished(&w);
        struct result r = take_result(&w);
        assert_same(&whole, &r);
        result_free(&r);
        world_free(&w);
    }
    result_free(&whole);
}

static void test_restarts(void **state)
{
    (void)state;
    with_restarts(&rough, 4, false);
    with_restarts(&good, 4, false);
}

static void test_restarts_single_scenarios(void **state)
{
    (void)state;
    with_restarts(&rough, 1, false);
}

/* Replies that came after the engine had let go are stored, and used when their keys are asked. */
static void test_restarts_with_late_replies(void **state)
{
    (void)state;
    with_restarts(&rough, 4, true);
    with_restarts(&rough, 2, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rough_is_rough),
        cmocka_unit_test(test_seed_matters),
        cmocka_unit_test(test_any_order_all_well),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_any_order_single_scenarios),
        cmocka_unit_test(test_any_order_transport),
        cmocka_unit_test(test_restarts),
        cmocka_unit_test(test_restarts_single_scenarios),
        cmocka_unit_test(test_restarts_with_late_replies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
