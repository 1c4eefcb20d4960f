/* rng: the same for ever, and good enough: bits avalanche, draws are uniform, bounds unbiased. */
#include "base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Stored sessions were drawn with these values: a change here is a broken promise. */
static void is_the_same_for_ever(void **state)
{
    (void)state;
    assert_true(rng_at(0, 0, 0) == 0x470519FB449C5A14u);
    assert_true(rng_at(1, 2, 3) == 0x7DC931C172306F84u);
    assert_true(rng_id("plan") == 0xB061C8BBE6BD6C01u);
    assert_true(rng_hash("", 0, 7) == 0xC7FBCB5514808AA6u);
    assert_true(rng_hash("a record of some length", 23, 0) == 0xC0AA28A5EBF898FDu);
    assert_true(rng_below(5, 6, 7, 1000) == 4u);
}

static void every_input_bit_changes_half_of_the_output(void **state)
{
    (void)state;
    enum { TRIALS = 400 };
    for (int word = 0; word < 3; word++) {
        for (int bit = 0; bit < 64; bit++) {
            long changed = 0;
            for (uint64_t i = 0; i < TRIALS; i++) {
                uint64_t in[3] = {i * 3, i * 5 + 1, i};
                uint64_t before = rng_at(in[0], in[1], in[2]);
                in[word] ^= (uint64_t)1 << bit;
                changed += __builtin_popcountll(before ^ rng_at(in[0], in[1], in[2]));
            }
            double mean = (double)changed / TRIALS;
            assert_true(mean > 30.5 && mean < 33.5);
        }
    }
}

/* Chi-square over 64 cells of two neighbours at a time, along each of the three words. */
static void neighbours_are_independent(void **state)
{
    (void)state;
    enum { DRAWS = 64000 };
    for (int word = 0; word < 3; word++) {
        unsigned cells[64] = {0};
        for (uint64_t i = 0; i < DRAWS; i++) {
            uint64_t in[3] = {11, 22, 33};
            in[word] = i;
            uint64_t a = rng_at(in[0], in[1], in[2]);
            in[word] = i + 1;
            uint64_t b = rng_at(in[0], in[1], in[2]);
            cells[(a >> 61) << 3 | b >> 61]++;
        }
        double chi = 0;
        for (int c = 0; c < 64; c++) {
            double off = cells[c] - DRAWS / 64.0;
            chi += off * off / (DRAWS / 64.0);
        }
        assert_true(chi > 25 && chi < 125); /* 63 degrees of freedom: far beyond 5 sd */
    }
}

static void units_and_normals_have_their_moments(void **state)
{
    (void)state;
    enum { DRAWS = 200000 };
    double sum = 0;
    double normal = 0;
    double square = 0;
    int beyond = 0;
    for (uint64_t i = 0; i < DRAWS; i++) {
        double u = rng_unit(1, 2, i);
        assert_true(u >= 0 && u < 1);
        sum += u;
        double z = rng_normal(1, 3, i);
        assert_true(isfinite(z));
        normal += z;
        square += z * z;
        beyond += fabs(z) > 1.959964;
    }
    assert_true(fabs(sum / DRAWS - 0.5) < 0.004);
    assert_true(fabs(normal / DRAWS) < 0.012);
    assert_true(fabs(square / DRAWS - 1) < 0.02);
    assert_true(fabs((double)beyond / DRAWS - 0.05) < 0.004);
}

static void below_is_unbiased(void **state)
{
    (void)state;
    assert_int_equal(rng_below(1, 2, 3, 1), 0);
    unsigned counts[7] = {0};
    for (uint64_t i = 0; i < 70000; i++) {
        uint64_t v = rng_below(9, 9, i, 7);
        assert_true(v < 7);
        counts[v]++;
    }
    for (int v = 0; v < 7; v++) {
        assert_true(counts[v] > 9500 && counts[v] < 10500);
    }
    /* With 2^64 modulo n left in, the lower half would be drawn twice as often. */
    const uint64_t n = (uint64_t)3 << 62;
    int low = 0;
    for (uint64_t i = 0; i < 9000; i++) {
        uint64_t v = rng_below(4, 5, i, n);
        assert_true(v < n);
        low += v < n / 3;
    }
    assert_true(low > 2800 && low < 3200);
}

static void shuffles_every_order_alike(void **state)
{
    (void)state;
    unsigned seen[24] = {0};
    for (uint64_t seed = 0; seed < 24000; seed++) {
        uint32_t items[4] = {0, 1, 2, 3};
        rng_shuffle_u32(seed, 1, items, 4);
        unsigned order = 0;
        unsigned used = 0;
        for (unsigned i = 0; i < 4; i++) {
            unsigned smaller = 0;
            for (unsigned j = i + 1; j < 4; j++) {
                smaller += items[j] < items[i];
            }
            order = order * (4 - i) + smaller;
            used |= 1u << items[i];
        }
        assert_int_equal(used, 15);
        seen[order]++;
    }
    for (int i = 0; i < 24; i++) {
        assert_true(seen[i] > 840 && seen[i] < 1160);
    }
    rng_shuffle_u32(1, 1, NULL, 0);
}

static void hash_tells_similar_bytes_apart(void **state)
{
    (void)state;
    char zeros[40] = {0};
    uint64_t hashes[41];
    for (size_t n = 0; n <= 40; n++) {
        hashes[n] = rng_hash(zeros, n, 0);
        for (size_t m = 0; m < n; m++) {
            assert_true(hashes[m] != hashes[n]);
        }
    }
    assert_true(rng_hash("abc", 3, 0) != rng_hash("abc", 3, 1));
    assert_true(rng_hash("12345678abcdefgh", 16, 0) != rng_hash("abcdefgh12345678", 16, 0));
    char copy[12] = "xabcdefghij"; /* alignment must not matter */
    assert_true(rng_hash(copy + 1, 10, 0) == rng_hash("abcdefghij", 10, 0));
    assert_true(rng_id("abc") == rng_hash("abc", 3, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_same_for_ever),
        cmocka_unit_test(every_input_bit_changes_half_of_the_output),
        cmocka_unit_test(neighbours_are_independent),
        cmocka_unit_test(units_and_normals_have_their_moments),
        cmocka_unit_test(below_is_unbiased),
        cmocka_unit_test(shuffles_every_order_alike),
        cmocka_unit_test(hash_tells_similar_bytes_apart),
    };
    return cmocka_run_group_tests_name("base rng", tests, NULL, NULL);
}
