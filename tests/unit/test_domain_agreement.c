/*
 * Agreement: intervals against published and independently computed values (Newcombe, "Two-sided
 * confidence intervals for the single proportion", Statistics in Medicine 17, 1998, table I), their
 * coverage of a known share, and what each answer counts for.
 */
#include "domain/agreement.h"

#include "base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect_near(double got, double want, double within)
{
    if (!(fabs(got - want) <= within)) {
        fail_msg("%.8f is not %.8f", got, want);
    }
}

static void intervals_are_the_published_ones(void **state)
{
    (void)state;
    static const struct {
        int64_t k, n;
        double low, high;
    } table[] = {
        {81, 263, 0.2553, 0.3662},
        {15, 148, 0.0624, 0.1605},
        {0, 20, 0, 0.1611},
        {1, 29, 0.0061, 0.1718},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct share s = {table[i].k, table[i].n};
        double low = -1, high = -1;
        share_interval(&s, &low, &high);
        expect_near(low, table[i].low, 0.00005);
        expect_near(high, table[i].high, 0.00005);
        struct share rest = {s.n - s.k, s.n}; /* what does not agree: the same from the other end */
        double l = -1, h = -1;
        share_interval(&rest, &l, &h);
        expect_near(l, 1 - high, 1e-12);
        expect_near(h, 1 - low, 1e-12);
    }
    struct share none = {0, 0}, all = {7, 7};
    double low = -1, high = -1;
    share_interval(&none, &low, &high);
    expect_near(low, 0, 0);
    expect_near(high, 1, 0);
    share_interval(&all, &low, &high);
    expect_near(high, 1, 0);
    assert_true(low > 0.6 && low < 0.7);
}

/* The ends are where the score test just does not reject: (p - x)² = z² x(1 - x) / n. */
static void ends_solve_the_score_equation(void **state)
{
    (void)state;
    const double z = 1.959963984540054;
    for (int64_t n = 1; n <= 60; n += 7) {
        for (int64_t k = 0; k <= n; k++) {
            struct share s = {k, n};
            double p = (double)k / (double)n, end[2];
            share_interval(&s, &end[0], &end[1]);
            assert_true(end[0] >= 0 && end[0] <= p && p <= end[1] && end[1] <= 1);
            for (int i = 0; i < 2; i++) {
                double x = end[i];
                expect_near((p - x) * (p - x), z * z * x * (1 - x) / (double)n, 1e-12);
            }
        }
    }
}

static void intervals_cover_the_truth(void **state)
{
    (void)state;
    static const double truths[] = {0.7, 0.9, 0.95};
    for (size_t t = 0; t < 3; t++) {
        int covered = 0;
        for (uint64_t run = 0; run < 2000; run++) {
            struct share s = {0, 150};
            for (uint64_t i = 0; i < 150; i++) {
                s.k += rng_unit(run, t, i) < truths[t] ? 1 : 0;
            }
            double low = 0, high = 0;
            share_interval(&s, &low, &high);
            covered += low <= truths[t] && truths[t] <= high ? 1 : 0;
        }
        assert_in_range(covered, 1860, 1960); /* of 2000: 93 % to 98 % */
    }
}

static void needed_is_the_first_number_that_is_enough(void **state)
{
    (void)state;
    /* counted up one by one in another language */
    struct share none = {0, 0}, most = {95, 100}, all = {40, 40}, done = {5000, 10000};
    assert_int_equal(share_needed(&none, 0.02), 2398);
    assert_int_equal(share_needed(&most, 0.02), 469 - 100);
    assert_int_equal(share_needed(&all, 0.02), 93 - 40);
    assert_int_equal(share_needed(&done, 0.02), 0);
    for (int64_t n = 20; n <= 400; n += 20) {
        struct share s = {n * 9 / 10, n};
        double low = 0, high = 0, p = (double)s.k / (double)n;
        int64_t more = share_needed(&s, 0.05);
        if (more > 0) { /* ten times as many, so that the share can stay */
            struct share then = {(int64_t)llround(p * (double)(n + more) * 1000),
                                 (n + more) * 1000};
            share_interval(&then, &low, &high);
            assert_true((high - low) / 2 < 0.05);
        }
    }
}

static void answers_count_for_whoever_gave_them(void **state)
{
    (void)state;
    static const struct judged seen[] = {
        {ANSWER_YES, ANSWER_NO, true, true, 50},   /* both right about a good one */
        {ANSWER_YES, ANSWER_NO, false, true, 3},   /* both wrong about a bad one */
        {ANSWER_YES, ANSWER_YES, true, false, 7},  /* only "correct?" is right */
        {ANSWER_YES, ANSWER_YES, false, false, 4}, /* only "incorrect?" is right */
        {ANSWER_NO, ANSWER_NO, true, false, 2},    {ANSWER_NO, ANSWER_YES, true, false, 6},
        {ANSWER_NO, ANSWER_YES, false, false, 11}, {ANSWER_NONE, ANSWER_NONE, false, false, 5},
    };
    struct agreement a;
    memset(&a, 0, sizeof a);
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        agreement_add(&a, &seen[i]);
    }
    assert_int_equal(a.decided, 88);
    assert_int_equal(a.correct.n, 83);
    assert_int_equal(a.correct.k, 50 + 7 + 11);
    assert_int_equal(a.incorrect.n, 83);
    assert_int_equal(a.incorrect.k, 50 + 4 + 2 + 11);
    assert_int_equal(a.pair.n, 70);
    assert_int_equal(a.pair.k, 50 + 11);
    assert_int_equal(a.contradicted, 13);
    assert_int_equal(a.audit.n, 53);
    assert_int_equal(a.audit.k, 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_are_the_published_ones),
        cmocka_unit_test(ends_solve_the_score_equation),
        cmocka_unit_test(intervals_cover_the_truth),
        cmocka_unit_test(needed_is_the_first_number_that_is_enough),
        cmocka_unit_test(answers_count_for_whoever_gave_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
