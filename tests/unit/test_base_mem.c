/* mem, buf, arena and status: sizes at their edges, and what is left after a ceiling. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void mem_rounds_zero_up(void **state)
{
    (void)state;
    void *a = xmalloc(0);
    void *b = xcalloc(0, 8);
    void *c = xreallocarray(NULL, 0, 8);
    assert_non_null(a);
    assert_non_null(b);
    assert_non_null(c);
    free(a);
    free(b);
    free(c);
}

static void mem_copies_strings(void **state)
{
    (void)state;
    char *a = xstrdup("taxa");
    char *b = xstrndup("taxonomy", 4);
    char *c = xstrndup("ab", 100);
    char *d = xasprintf("%s-%d", a, 7);
    assert_string_equal(a, "taxa");
    assert_string_equal(b, "taxo");
    assert_string_equal(c, "ab");
    assert_string_equal(d, "taxa-7");
    free(a);
    free(b);
    free(c);
    free(d);
}

static void mem_try_realloc_keeps_bytes(void **state)
{
    (void)state;
    char *p = mem_try_realloc(NULL, 0);
    assert_non_null(p);
    p = mem_try_realloc(p, 5);
    assert_non_null(p);
    memcpy(p, "kept", 5);
    p = mem_try_realloc(p, 100000);
    assert_non_null(p);
    assert_string_equal(p, "kept");
    free(p);
}

static void vec_grow_keeps_items(void **state)
{
    (void)state;
    size_t cap = 0;
    uint32_t *items = NULL;
    for (uint32_t i = 0; i < 1000; i++) {
        items = vec_grow(items, &cap, i + 1, sizeof *items);
        items[i] = i;
    }
    assert_true(cap >= 1000 && cap < 4000);
    for (uint32_t i = 0; i < 1000; i++) {
        assert_int_equal(items[i], i);
    }
    free(items);
}

static void buf_grows_and_takes(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 100000);
    assert_string_equal(b.data, "");
    for (int i = 0; i < 1000; i++) {
        assert_true(buf_printf(&b, "%d,", i % 10));
    }
    assert_int_equal(b.len, 2000);
    assert_int_equal(strlen(b.data), 2000);
    buf_drop(&b, 1996);
    assert_string_equal(b.data, "8,9,");
    buf_cut(&b, 3);
    buf_cut(&b, 50);
    assert_string_equal(b.data, "8,9");
    char *text = buf_take(&b);
    assert_string_equal(text, "8,9");
    assert_int_equal(b.len, 0);
    assert_int_equal(b.max, 100000);
    assert_true(buf_addc(&b, 'x'));
    assert_string_equal(b.data, "x");
    buf_drop(&b, 5);
    assert_string_equal(b.data, "");
    free(text);
    buf_free(&b);
    buf_free(&b);
}

static void buf_keeps_what_fits(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 10);
    assert_true(buf_adds(&b, "1234567"));
    assert_false(buf_adds(&b, "89abc"));
    assert_true(b.over);
    assert_string_equal(b.data, "123456789a");
    assert_false(buf_addc(&b, 'x'));
    assert_false(buf_printf(&b, "%d", 1));
    assert_string_equal(b.data, "123456789a");
    buf_clear(&b);
    assert_false(b.over);
    assert_false(buf_printf(&b, "%s", "0123456789X"));
    assert_true(b.over);
    assert_string_equal(b.data, "0123456789");
    buf_clear(&b);
    assert_true(buf_adds(&b, "0123456789"));
    assert_false(b.over);
    assert_true(buf_add(&b, "", 0));
    buf_free(&b);
}

static void buf_of_no_size(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 0);
    assert_true(buf_adds(&b, ""));
    assert_false(buf_addc(&b, 'x'));
    assert_string_equal(b.data, "");
    buf_free(&b);
}

static void arena_aligns_and_zeroes(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    for (size_t size = 0; size < 300; size++) {
        unsigned char *p = arena_alloc(&a, size);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(p[i], 0);
        }
        memset(p, 0xAA, size);
    }
    assert_true(a.used >= 299 * 300 / 2);
    arena_reset(&a);
    assert_int_equal(a.used, 0);
    unsigned char *again = arena_alloc(&a, 2000);
    for (size_t i = 0; i < 2000; i++) {
        assert_int_equal(again[i], 0);
    }
    arena_free(&a);
    arena_free(&a);
}

static void arena_keeps_neighbours_apart(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    char *names[200];
    for (int i = 0; i < 200; i++) {
        names[i] = arena_printf(&a, "%d:%0*d", i, i * 7 + 1, 0);
    }
    char *big = arena_alloc(&a, 1000000);
    memset(big, 'x', 1000000);
    char *small = arena_strndup(&a, "smaller", 5);
    for (int i = 0; i < 200; i++) {
        char *end = NULL;
        assert_int_equal(strtol(names[i], &end, 10), i);
        assert_int_equal(strlen(end), (size_t)(i * 7 + 2));
    }
    assert_string_equal(small, "small");
    assert_string_equal(arena_strdup(&a, ""), "");
    arena_free(&a);
}

static void err_says_and_quotes(void **state)
{
    (void)state;
    struct err e = {0};
    assert_int_equal(err_set(&e, ST_INVALID, "weight %d", 7), ST_INVALID);
    assert_int_equal(err_set(&e, ST_IO, "again: %s", e.msg), ST_IO);
    assert_string_equal(e.msg, "again: weight 7");
    assert_int_equal(err_prefix(&e, "line %d", 3), ST_IO);
    assert_string_equal(e.msg, "line 3: again: weight 7");
    assert_int_equal(err_set(NULL, ST_BUSY, "x"), ST_BUSY);
    assert_int_equal(err_prefix(NULL, "x"), ST_INTERNAL);
}

static void err_ends_at_a_character(void **state)
{
    (void)state;
    struct err e = {0};
    char text[600] = "";
    for (size_t i = 0; i + 3 < sizeof text; i += 3) {
        memcpy(text + i, "\xE2\x82\xAC", 4);
    }
    err_set(&e, ST_INVALID, "%s", text);
    assert_int_equal(strlen(e.msg), 510);
    err_prefix(&e, "x");
    assert_int_equal(strlen(e.msg), 3 + 507);
    err_set(&e, ST_INVALID, "%0600d", 0);
    assert_int_equal(strlen(e.msg), 511);
}

static void exit_codes(void **state)
{
    (void)state;
    assert_int_equal(status_exit_code(ST_OK), 0);
    assert_int_equal(status_exit_code(ST_USAGE), 2);
    assert_int_equal(status_exit_code(ST_SHORT), 3);
    assert_int_equal(status_exit_code(ST_CANCELLED), 130);
    assert_int_equal(status_exit_code(ST_INTERNAL), 1);
    assert_int_equal(status_exit_code(ST_NOT_FOUND), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mem_rounds_zero_up),
        cmocka_unit_test(mem_copies_strings),
        cmocka_unit_test(mem_try_realloc_keeps_bytes),
        cmocka_unit_test(vec_grow_keeps_items),
        cmocka_unit_test(buf_grows_and_takes),
        cmocka_unit_test(buf_keeps_what_fits),
        cmocka_unit_test(buf_of_no_size),
        cmocka_unit_test(arena_aligns_and_zeroes),
        cmocka_unit_test(arena_keeps_neighbours_apart),
        cmocka_unit_test(err_says_and_quotes),
        cmocka_unit_test(err_ends_at_a_character),
        cmocka_unit_test(exit_codes),
    };
    return cmocka_run_group_tests_name("base memory", tests, NULL, NULL);
}
