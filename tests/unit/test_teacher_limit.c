/*
 * Tests of the arithmetic behind sending: limits that adapt, rates, retries, queues.
 */
#include "teacher/heap.h"
#include "teacher/limit.h"
#include "teacher/retry.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_near(double a, double b)
{
    if (fabs(a - b) > 1e-9) {
        fail_msg("%g is not %g", a, b);
    }
}

static void fixed_never_moves(void **state)
{
    struct limit l;
    (void)state;
    limit_init(&l, 20, 8, 256);
    for (int i = 0; i < 1000; i++) {
        limit_success(&l, 0.1, true);
    }
    assert_int_equal(limit_now(&l), 20);
    assert_false(limit_overloaded(&l, 10, 20));
    assert_int_equal(limit_now(&l), 20);
}

static void grows_only_while_more_waits(void **state)
{
    struct limit l;
    (void)state;
    limit_init(&l, 0, 8, 256);
    for (int i = 0; i < 100; i++) {
        limit_success(&l, 0.1, false);
    }
    assert_int_equal(limit_now(&l), 8);
    for (int i = 0; i < 1000; i++) {
        limit_success(&l, 0.1, true);
    }
    assert_int_equal(limit_now(&l), 256);
}

static void halves_once_per_latency_and_recovers(void **state)
{
    struct limit l;
    (void)state;
    limit_init(&l, 0, 8, 256);
    for (int i = 0; i < 92; i++) {
        limit_success(&l, 0.5, true);
    }
    assert_int_equal(limit_now(&l), 100);
    int64_t now = 100000000;
    assert_true(limit_overloaded(&l, now - 1000, now));
    assert_int_equal(limit_now(&l), 50);
    /* The others of the same round: started before the cut, or too soon after it. */
    assert_false(limit_overloaded(&l, now - 500, now + 600000));
    assert_false(limit_overloaded(&l, now + 1000, now + 400000));
    assert_int_equal(limit_now(&l), 50);
    assert_true(limit_overloaded(&l, now + 1000, now + 600000));
    assert_int_equal(limit_now(&l), 25);
    for (int i = 0; i < 5000; i++) {
        limit_success(&l, 0.5, true);
    }
    assert_true(limit_now(&l) > 100);
}

static void is_careful_beyond_where_it_broke(void **state)
{
    struct limit l;
    (void)state;
    limit_init(&l, 0, 64, 256);
    assert_true(limit_overloaded(&l, 1000000, 1000001));
    assert_int_equal(limit_now(&l), 32);
    for (int i = 0; i < 16; i++) {
        limit_success(&l, 0.1, true);
    }
    assert_int_equal(limit_now(&l), 48);
    for (int i = 0; i < 48; i++) {
        limit_success(&l, 0.1, true);
    }
    assert_in_range(limit_now(&l), 48, 50); /* one round, one more */
}

static void never_below_one(void **state)
{
    struct limit l;
    (void)state;
    limit_init(&l, 0, 8, 256);
    for (int64_t i = 1; i < 20; i++) {
        (void)limit_overloaded(&l, i * 10000000, i * 10000000 + 1);
    }
    assert_int_equal(limit_now(&l), 1);
}

static void stops_growing_when_replies_get_slower(void **state)
{
    struct limit l;
    (void)state;
    limit_init(&l, 0, 8, 256);
    /* A server with 16 places: beyond that the latency grows with what is in flight. */
    for (int i = 0; i < 5000; i++) {
        int n = limit_now(&l);
        limit_success(&l, n <= 16 ? 0.5 : 0.5 * n / 16, true);
    }
    assert_in_range(limit_now(&l), 16, 64);
    assert_true(l.slow || limit_now(&l) < 40);
}

static void bucket_keeps_its_rate(void **state)
{
    struct bucket b;
    int taken = 0;
    (void)state;
    bucket_init(&b, 600, 0);
    for (int64_t now = 0; now <= 60000000; now += 10000) {
        while (bucket_wait(&b, 1, now) == 0) {
            bucket_take(&b, 1, now);
            taken++;
        }
    }
    assert_in_range(taken, 600, 611);
    /* No limit never waits. */
    bucket_init(&b, 0, 0);
    bucket_take(&b, 1e9, 0);
    assert_int_equal(bucket_wait(&b, 1e9, 0), 0);
}

static void bucket_goes_into_debt_once(void **state)
{
    struct bucket b;
    (void)state;
    bucket_init(&b, 6000, 0);
    assert_int_equal(bucket_wait(&b, 1, 0), 0);
    bucket_take(&b, 1100, 0); /* 100 were saved up: 1,000 in debt is ten seconds */
    int64_t wait = bucket_wait(&b, 1, 0);
    assert_in_range(wait, 10000000, 10100000);
    bucket_take(&b, -1000, 0);
    assert_in_range(bucket_wait(&b, 1, 0), 0, 20000);
}

static void latencies_of_the_last_200(void **state)
{
    struct latencies r = {.count = 0};
    (void)state;
    assert_near(latencies_quantile(&r, 0.5), 0);
    for (int i = 0; i < 1000; i++) {
        latencies_add(&r, 99);
    }
    for (int i = 1; i <= 200; i++) {
        latencies_add(&r, i);
    }
    assert_near(latencies_quantile(&r, 0), 1);
    assert_near(latencies_quantile(&r, 1), 200);
    assert_in_range((int)latencies_quantile(&r, 0.5), 100, 101);
    assert_in_range((int)latencies_quantile(&r, 0.95), 190, 191);
}

static void classes_of_failures(void **state)
{
    static const int again[] = {408, 409, 425, 429, 500, 502, 503, 504, 529};
    static const int fatal[] = {401, 402, 403, 404, 302};
    static const int no[] = {400, 405, 413, 422};
    (void)state;
    for (size_t i = 0; i < sizeof again / sizeof again[0]; i++) {
        assert_int_equal(retry_class(again[i], ""), RETRY_AGAIN);
    }
    for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++) {
        assert_int_equal(retry_class(fatal[i], ""), RETRY_FATAL);
    }
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
        assert_int_equal(retry_class(no[i], ""), RETRY_NO);
    }
    assert_int_equal(retry_class(429, "insufficient_quota"), RETRY_FATAL);
    assert_int_equal(retry_class(429, "rate_limit_exceeded"), RETRY_AGAIN);
    assert_int_equal(retry_class(429, "enforced_spend_limit_reached"), RETRY_FATAL);
    assert_int_equal(retry_class(400, "content_filter"), RETRY_REFUSED);
}

static void seconds_of_every_dialect(void **state)
{
    (void)state;
    assert_near(retry_seconds("2"), 2);
    assert_near(retry_seconds("0.5"), 0.5);
    assert_near(retry_seconds("31s"), 31);
    assert_near(retry_seconds("12ms"), 0.012);
    assert_near(retry_seconds("6m0s"), 360);
    assert_near(retry_seconds("1h2m3.5s"), 3723.5);
    assert_near(retry_seconds(NULL), -1);
    assert_near(retry_seconds(""), -1);
    assert_near(retry_seconds("-5"), -1);
    assert_near(retry_seconds("Wed, 21 Oct 2026 07:28:00 GMT"), -1);
    assert_near(retry_seconds("12 parsecs"), 12); /* what follows a space is no unit */
    assert_near(retry_seconds("12x"), -1);
    assert_true(retry_seconds("99999999999999999999999999") > 1e11);
}

static void waits_grow_with_jitter(void **state)
{
    static const double most[] = {0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60};
    (void)state;
    for (int tries = 1; tries <= 10; tries++) {
        double low = 1e9;
        double high = 0;
        for (uint64_t seed = 0; seed < 2000; seed++) {
            double w = retry_wait(-1, tries, seed);
            low = w < low ? w : low;
            high = w > high ? w : high;
        }
        assert_true(low >= 0 && low < most[tries - 1] * 0.05);
        assert_true(high <= most[tries - 1] && high > most[tries - 1] * 0.95);
    }
    assert_near(retry_wait(30, 1, 1), 30);
    assert_near(retry_wait(1e9, 1, 1), 600);
    assert_near(retry_wait(0, 3, 9), retry_backoff(3, 9));
}

/* The heap only orders pointers: numbers at these places stand for asks. */
static bool smaller(const struct ask *a, const struct ask *b)
{
    return *(const int *)(const void *)a < *(const int *)(const void *)b;
}

static void heap_sorts(void **state)
{
    static int values[500];
    struct heap h;
    (void)state;
    heap_init(&h, smaller);
    assert_null(heap_top(&h));
    assert_null(heap_pop(&h));
    for (int i = 0; i < 500; i++) {
        values[i] = i * 7919 % 500;
        heap_push(&h, (struct ask *)(void *)&values[i]);
    }
    for (int i = 0; i < 500; i++) {
        assert_int_equal(*(int *)(void *)heap_top(&h), i);
        assert_int_equal(*(int *)(void *)heap_pop(&h), i);
    }
    assert_null(heap_pop(&h));
    heap_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_never_moves),
        cmocka_unit_test(grows_only_while_more_waits),
        cmocka_unit_test(halves_once_per_latency_and_recovers),
        cmocka_unit_test(is_careful_beyond_where_it_broke),
        cmocka_unit_test(never_below_one),
        cmocka_unit_test(stops_growing_when_replies_get_slower),
        cmocka_unit_test(bucket_keeps_its_rate),
        cmocka_unit_test(bucket_goes_into_debt_once),
        cmocka_unit_test(latencies_of_the_last_200),
        cmocka_unit_test(classes_of_failures),
        cmocka_unit_test(seconds_of_every_dialect),
        cmocka_unit_test(waits_grow_with_jitter),
        cmocka_unit_test(heap_sorts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
