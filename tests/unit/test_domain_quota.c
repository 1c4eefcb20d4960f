/*
 * Tests of whole-number splits: small cases in full, and properties over random ones.
 */
#include "base/rng.h"
#include "domain/quota.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 40 };

static int64_t sum_of(const int64_t *v, size_t n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += v[i];
    }
    return sum;
}

static void test_examples(void **state)
{
    (void)state;
    int64_t out[4];
    const double even[] = {1, 1, 1, 1};
    assert_int_equal(quota_split(even, NULL, 4, 8, 1, 1, out, NULL), ST_OK);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(out[i], 2);
    }
    const double some[] = {3, 0, 1, 0};
    assert_int_equal(quota_split(some, NULL, 4, 100, 1, 1, out, NULL), ST_OK);
    assert_int_equal(out[0], 75);
    assert_int_equal(out[1], 0);
    assert_int_equal(out[2], 25);
    /* The floor of the first takes its share from all others alike. */
    const int64_t floors[] = {70, 0, 0, 0};
    assert_int_equal(quota_split(even, floors, 4, 100, 1, 1, out, NULL), ST_OK);
    assert_int_equal(out[0], 70);
    for (int i = 1; i < 4; i++) {
        assert_int_equal(out[i], 10);
    }
    /* A floor below the fair share changes nothing; one at an item without weight is kept. */
    const int64_t low[] = {5, 3, 0, 0};
    assert_int_equal(quota_split(some, low, 4, 103, 1, 1, out, NULL), ST_OK);
    assert_int_equal(out[0], 75);
    assert_int_equal(out[1], 3);
    assert_int_equal(out[2], 25);
    assert_int_equal(quota_split(even, NULL, 0, 0, 1, 1, out, NULL), ST_OK);
}

static void test_refusals(void **state)
{
    (void)state;
    struct err e;
    int64_t out[3];
    const double off[] = {0, 0, 0};
    const double bad[] = {1, -1, 1};
    const double nan[] = {1, NAN, 1};
    const double one[] = {1, 1, 1};
    const int64_t floors[] = {1, 2, 3};
    const int64_t negative[] = {1, -2, 3};
    assert_int_equal(quota_split(off, NULL, 3, 1, 1, 1, out, &e), ST_INVALID);
    assert_int_equal(quota_split(off, NULL, 3, 0, 1, 1, out, &e), ST_OK);
    assert_int_equal(quota_split(off, floors, 3, 6, 1, 1, out, &e), ST_OK);
    assert_memory_equal(out, floors, sizeof floors);
    assert_int_equal(quota_split(off, floors, 3, 7, 1, 1, out, &e), ST_INVALID);
    assert_int_equal(quota_split(one, floors, 3, 5, 1, 1, out, &e), ST_INVALID);
    assert_int_equal(quota_split(one, negative, 3, 5, 1, 1, out, &e), ST_INVALID);
    assert_int_equal(quota_split(bad, NULL, 3, 5, 1, 1, out, &e), ST_INVALID);
    assert_int_equal(quota_split(nan, NULL, 3, 5, 1, 1, out, &e), ST_INVALID);
    assert_int_equal(quota_split(one, NULL, 3, -1, 1, 1, out, &e), ST_INVALID);
}

/* Fair split of real numbers with floors, by the rule as it is written: repeat until stable. */
static void ideal(const double *w, const int64_t *floors, size_t count, int64_t n, double *out)
{
    int fixed[MOST] = {0};
    int changed = 1;
    while (changed) {
        changed = 0;
        double sum = 0;
        double left = (double)n;
        for (size_t i = 0; i < count; i++) {
            sum += fixed[i] ? 0 : w[i];
            left -= fixed[i] ? (double)floors[i] : 0;
        }
        for (size_t i = 0; i < count; i++) {
            double share = sum > 0 ? left * w[i] / sum : 0;
            out[i] = fixed[i] ? (double)floors[i] : share;
            if (!fixed[i] && share < (double)floors[i] - 1e-9) {
                fixed[i] = changed = 1;
            }
        }
    }
}

static void expect_sound(const double *w, const int64_t *floors, size_t count, int64_t n,
                         uint64_t identity)
{
    int64_t out[MOST];
    double fair[MOST];
    assert_int_equal(quota_split(w, floors, count, n, 7, identity, out, NULL), ST_OK);
    assert_int_equal(sum_of(out, count), n);
    ideal(w, floors, count, n, fair);
    for (size_t i = 0; i < count; i++) {
        assert_true(out[i] >= floors[i]);
        assert_true(fabs((double)out[i] - fair[i]) < 1 + 1e-6);
        assert_true(w[i] > 0 || out[i] == floors[i]);
    }
}

/* All weights 0..3 and floors 0..2 of three items, all n up to 9. */
static void test_all_small(void **state)
{
    (void)state;
    for (int code = 0; code < 64 * 27; code++) {
        double w[3];
        int64_t floors[3];
        int weight_code = code % 64;
        int floor_code = code / 64;
        for (int i = 0; i < 3; i++) {
            w[i] = weight_code % 4;
            floors[i] = floor_code % 3;
            weight_code /= 4;
            floor_code /= 3;
        }
        for (int64_t n = sum_of(floors, 3); n <= 9 && code % 64 != 0; n++) {
            expect_sound(w, floors, 3, n, (uint64_t)code);
        }
    }
}

static void test_random(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 20000; round++) {
        double w[MOST];
        int64_t floors[MOST];
        size_t count = 1 + (size_t)rng_below(1, 1, round, MOST);
        int64_t n = (int64_t)rng_below(1, 2, round, round % 3 == 0 ? 10000000 : 200);
        int64_t left = n;
        for (size_t i = 0; i < count; i++) {
            uint64_t at = round * MOST + i;
            bool off = i > 0 && rng_below(1, 3, at, 5) == 0;
            w[i] = off ? 0 : pow(10, rng_unit(1, 4, at) * 6 - 3);
            bool held = rng_below(1, 5, at, 3) == 0;
            floors[i] = held ? (int64_t)rng_below(1, 6, at, (uint64_t)left / 2 + 1) : 0;
            left -= floors[i];
        }
        expect_sound(w, floors, count, n, round);
    }
}

/* Ties are broken by the seed and by the identity, and each item has its turn. */
static void test_ties(void **state)
{
    (void)state;
    const double w[] = {1, 1, 1, 1, 1};
    int64_t won[5] = {0};
    for (uint64_t identity = 0; identity < 5000; identity++) {
        int64_t out[5];
        int64_t again[5];
        assert_int_equal(quota_split(w, NULL, 5, 1, 3, identity, out, NULL), ST_OK);
        assert_int_equal(quota_split(w, NULL, 5, 1, 3, identity, again, NULL), ST_OK);
        assert_memory_equal(out, again, sizeof out);
        for (int i = 0; i < 5; i++) {
            won[i] += out[i];
        }
    }
    for (int i = 0; i < 5; i++) {
        assert_in_range(won[i], 850, 1150);
    }
}

/* Adding points to what was split before never takes one away. */
static void test_top_up(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 500; round++) {
        double w[MOST];
        int64_t have[MOST] = {0};
        int64_t n = 0;
        for (size_t i = 0; i < MOST; i++) {
            w[i] = rng_unit(2, round, i) + 0.01;
        }
        for (uint64_t step = 0; step < 10; step++) {
            int64_t out[MOST];
            n += (int64_t)rng_below(2, round, 100 + step, 50);
            assert_int_equal(quota_split(w, have, MOST, n, 2, round, out, NULL), ST_OK);
            assert_int_equal(sum_of(out, MOST), n);
            for (size_t i = 0; i < MOST; i++) {
                assert_true(out[i] >= have[i]);
            }
            memcpy(have, out, sizeof have);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),  cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_all_small), cmocka_unit_test(test_random),
        cmocka_unit_test(test_ties),      cmocka_unit_test(test_top_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
