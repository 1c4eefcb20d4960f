/* Looking for names: the short cut gives what the expression gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/regex.h"
#include "ui/needle.h"
#include <string.h>

static const char *const names[] = {
    "addition and subtraction",
    "Division",
    "division of labour",
    "within 100",
    "",
    "a",
    "A",
    "aab",
    "\xe2\x84\xaa"
    "elvin",                 /* the Kelvin sign */
    "mi\xc5\xbf\xc5\xbfing", /* long s */
    "\xc3\x9c"
    "bung",
    "छूट 日本 pizza",
    "bad \xff bytes and",
    "100% [sure]",
};
static const char *const patterns[] = {
    "a",      "aa",   "ab",  "and",   "AND",   "Division", "division", "div.*n", "kelvin",
    "Kelvin", "miss", "ing", "übung", "Übung", "日本",     "100%",     "[sure]", "\\[s",
    "^w",     "n$",   "s",   "ss",    "x|y",   "zz",       " ",
};
#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static struct needle *needle_of(const char *pattern)
{
    struct needle *n = NULL;
    struct err e = {0};
    assert_int_equal(needle_new(pattern, &n, &e), ST_OK);
    return n;
}

static void it_finds_what_the_expression_finds(void **state)
{
    (void)state;
    for (size_t p = 0; p < COUNT(patterns); p++) {
        struct regex *re = NULL;
        struct needle *n = needle_of(patterns[p]);
        assert_int_equal(regex_new(patterns[p], &re, NULL), ST_OK);
        for (size_t i = 0; i < COUNT(names); i++) {
            size_t a = 0, b = 0, c = 0, d = 0;
            bool want = regex_find(re, names[i], strlen(names[i]), 0, &a, &b);
            bool got = needle_find(n, names[i], &c, &d);
            if (want != got || (want && (a != c || b != d))) {
                fail_msg("%s in %s", patterns[p], names[i]);
            }
        }
        regex_free(re);
        needle_free(n);
    }
}

static void what_narrows_finds_less(void **state)
{
    (void)state;
    size_t narrower = 0;
    for (size_t p = 0; p < COUNT(patterns); p++) {
        for (size_t q = 0; q < COUNT(patterns); q++) {
            struct needle *now = needle_of(patterns[p]), *before = needle_of(patterns[q]);
            bool narrows = needle_narrows(now, before);
            narrower += narrows && p != q ? 1u : 0u;
            for (size_t i = 0; narrows && i < COUNT(names); i++) {
                size_t a = 0, b = 0;
                assert_true(!needle_find(now, names[i], &a, &b) ||
                            needle_find(before, names[i], &a, &b));
            }
            needle_free(now);
            needle_free(before);
        }
    }
    assert_true(narrower > 10);
}

static void a_wrong_expression_is_named(void **state)
{
    (void)state;
    struct needle *n = NULL;
    struct err e = {0};
    assert_int_equal(needle_new("a[", &n, &e), ST_INVALID);
    assert_null(n);
    assert_non_null(strstr(e.msg, "pattern"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_finds_what_the_expression_finds),
        cmocka_unit_test(what_narrows_finds_less),
        cmocka_unit_test(a_wrong_expression_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
