/*
 * Tests of the estimate: the sum of method 1.9, measured figures, ranges that hold what happens.
 */
#include "base/rng.h"
#include "domain/estimate.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fmax(1, fabs(b));
}

static struct estimate_input fresh(void)
{
    return (struct estimate_input){.scenarios = 0,
                                   .complexify = 1,
                                   .generate = 2,
                                   .requirements = 3,
                                   .critic_correct = 4,
                                   .critic_incorrect = 5,
                                   .refine = 6,
                                   .repair = 7,
                                   .add = 1000,
                                   .complexified_share = 0.5,
                                   .mixes_share = 1,
                                   .dual = true,
                                   .price_in = 1,
                                   .price_out = 2,
                                   .in_flight = 8};
}

/* So many calls of each kind as `points` written points take, without refinements or repairs. */
static void spend(struct estimate_input *in, int64_t points)
{
    for (int i = 0; i < 6; i++) {
        int64_t calls = i == 1 ? points / 2 : points;
        in->task[i] = (struct estimate_task){.calls = calls,
                                             .tokens_in = 100.0 * (double)calls,
                                             .tokens_out = 10.0 * (double)calls,
                                             .cost = 0.001 * (double)calls,
                                             .seconds = 2.0 * (double)calls};
    }
}

static void test_assumed(void **state)
{
    (void)state;
    struct estimate_input in = fresh();
    struct estimate out;
    estimate_run(&in, &out);
    assert_false(out.measured);
    assert_int_equal(out.measured_on, 0);
    assert_true(out.calls_per_point > 5.5 && out.calls_per_point < 8);
    assert_true(near(out.calls, out.calls_per_point * 1000));
    assert_true(out.calls_low < out.calls && out.calls < out.calls_high);
    assert_true(out.cost_low < out.cost && out.cost < out.cost_high);
    assert_true(out.seconds > 0 && out.tokens_in > 0 && out.tokens_out > 0);
    in.dual = false;
    struct estimate less;
    estimate_run(&in, &less);
    assert_true(less.calls < out.calls);
    in.add = 0;
    estimate_run(&in, &less);
    assert_true(near(less.calls, 0) && near(less.cost, 0) && near(less.cost_high, 0));
}

static void test_measured(void **state)
{
    (void)state;
    struct estimate_input in = fresh();
    struct estimate out;
    spend(&in, 100);
    in.finished = 100;
    in.accepted = 80;
    estimate_run(&in, &out);
    assert_true(out.measured);
    assert_int_equal(out.measured_on, 550);
    assert_true(near(out.accepted_share, 0.8));
    assert_true(near(out.calls_per_point, 5.5 / 0.8));
    assert_true(near(out.calls, 1000 * 5.5 / 0.8));
    assert_true(near(out.tokens_in, out.calls * 100));
    assert_true(near(out.tokens_out, out.calls * 10));
    assert_true(near(out.cost, out.calls * 0.001));
    assert_true(near(out.seconds, out.calls * 2 / 8));
    in.recent_points_per_s = 4;
    estimate_run(&in, &out);
    assert_true(near(out.seconds, 250));
    /* Refinements and repairs that happened will happen again. */
    in.task[6].calls = 50;
    in.task[7].calls = 60;
    estimate_run(&in, &out);
    double others = 5.5 + 2 * 0.5;
    assert_true(near(out.calls_per_point, (others + others * 60.0 / 600.0) / 0.8));
}

static void test_nothing_accepted(void **state)
{
    (void)state;
    struct estimate_input in = fresh();
    struct estimate out;
    spend(&in, 50);
    in.finished = 50;
    estimate_run(&in, &out);
    assert_true(isfinite(out.calls) && isfinite(out.cost_high) && out.calls > 100000);
    in.generate = -1;
    in.refine = ESTIMATE_TASKS;
    estimate_run(&in, &out);
    assert_true(isfinite(out.calls));
    assert_false(out.measured);
}

/* The range is about as wide as it says: it holds the outcome in about 95 of 100 simulated runs. */
static void test_range(void **state)
{
    (void)state;
    int held = 0;
    enum { RUNS = 400 };
    for (uint64_t run = 0; run < RUNS; run++) {
        struct estimate_input in = fresh();
        struct estimate out;
        double share = 0.3 + 0.65 * rng_unit(9, 9, run);
        spend(&in, 60);
        in.finished = 60;
        for (uint64_t i = 0; i < 60; i++) {
            in.accepted += rng_unit(9, run + 10, i) < share;
        }
        in.add = 200;
        estimate_run(&in, &out);
        int64_t accepted = 0;
        uint64_t written = 0;
        while (accepted < 200) {
            accepted += rng_unit(9, run + 10, 100 + written) < share;
            written++;
        }
        double calls = 5.5 * (double)written;
        held += calls >= out.calls_low - 1e-9 && calls <= out.calls_high + 1e-9;
    }
    assert_in_range(held, RUNS * 90 / 100, RUNS * 99 / 100);
}

static void test_scenario_calls(void **state)
{
    (void)state;
    assert_true(near(estimate_scenario_calls(10, 100, 4), 10)); /* every mix is new */
    assert_true(near(estimate_scenario_calls(100, 100, 4), 100));
    assert_true(near(estimate_scenario_calls(200, 100, 4), 100)); /* two of four are used */
    /* r uses of K scenarios: r/K questions, rounded up; in the mean over r half of one more */
    double calls = 0;
    for (int r = 100; r < 108; r++) {
        calls += ceil(r / 4.0);
    }
    assert_true(fabs(estimate_scenario_calls(103.5 * 10, 10, 4) - calls / 8 * 10) < 5);
    assert_true(near(estimate_scenario_calls(1000, 10, 1), 1000)); /* one scenario a question */
    assert_true(near(estimate_scenario_calls(5, 0, 4), 5));
}

static void test_every_range_holds_its_figure(void **state)
{
    (void)state;
    for (int64_t points = 0; points <= 400; points += 40) {
        struct estimate_input in = fresh();
        struct estimate out;
        spend(&in, points);
        in.finished = points;
        in.accepted = points * 4 / 5;
        estimate_run(&in, &out);
        assert_true(out.points_low <= out.points && out.points <= out.points_high);
        assert_true(out.cost_low <= out.cost && out.cost <= out.cost_high);
        assert_true(out.seconds_low <= out.seconds && out.seconds <= out.seconds_high);
        assert_int_equal(out.share_measured, points >= 20);
        assert_int_equal(out.lengths_measured, points >= 40);
        assert_int_equal(out.measured, out.share_measured && out.lengths_measured);
        assert_true(out.priced);
    }
    struct estimate_input in = fresh();
    struct estimate out;
    in.price_in = in.price_out = 0;
    estimate_run(&in, &out);
    assert_false(out.priced);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_assumed),
        cmocka_unit_test(test_scenario_calls),
        cmocka_unit_test(test_every_range_holds_its_figure),
        cmocka_unit_test(test_measured),
        cmocka_unit_test(test_nothing_accepted),
        cmocka_unit_test(test_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
