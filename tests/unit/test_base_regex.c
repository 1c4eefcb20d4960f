/* regex: smart case, bad patterns, text that is no UTF-8, and patterns that would never end. */
#include "base/buf.h"
#include "base/regex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct regex *compile(const char *pattern)
{
    struct regex *re = NULL;
    struct err e = {0};
    if (regex_new(pattern, &re, &e) != ST_OK) {
        fail_msg("%s: %s", pattern, e.msg);
    }
    return re;
}

static void finds(const char *pattern, const char *text, int from, int start, int end)
{
    struct regex *re = compile(pattern);
    size_t a = 99;
    size_t b = 99;
    bool found = regex_find(re, text, strlen(text), (size_t)from, &a, &b);
    if (found != (start >= 0) || (found && ((int)a != start || (int)b != end))) {
        fail_msg("/%s/ in <%s> from %d: %d, %d-%d", pattern, text, from, found, (int)a, (int)b);
    }
    regex_free(re);
}

static void finds_the_first_match(void **state)
{
    (void)state;
    finds("rate", "unit rates and rates", 0, 5, 9);
    finds("rate", "unit rates and rates", 6, 15, 19);
    finds("rate", "unit rates and rates", 16, -1, 0);
    finds("^unit|x", "unit x", 1, 5, 6); /* an offset is not a beginning */
    finds("\\bb", "ab b", 1, 3, 4);
    finds("", "abc", 2, 2, 2);
    finds("$", "abc", 0, 3, 3);
    finds("x", "abc", 50, -1, 0);
    finds("x*", "", 0, 0, 0);
    finds("\xC3\xA9+", "caf\xC3\xA9\xC3\xA9", 0, 3, 7);
    finds("caf.$", "caf\xC3\xA9", 0, 0, 5);
    finds("\\w+", "\xE0\xA4\xB8\xE0\xA4\xAE", 0, 0, 6);
}

static void case_is_smart(void **state)
{
    (void)state;
    finds("rates", "Unit RATES", 0, 5, 10);
    finds("Rates", "Unit RATES", 0, -1, 0);
    finds("\\W", "a-B", 0, 1, 2);
    finds("\\Wb", "a-B", 0, 1, 3); /* the W of an escape is no upper-case letter */
    finds("\\p{Lu}b", "xAB", 0, 1, 3);
    finds("\xC3\xA9t\xC3\xA9", "\xC3\x89T\xC3\x89", 0, 0, 5);
    finds("\xC3\x89t\xC3\xA9", "\xC3\xA9t\xC3\xA9", 0, -1, 0);
}

static void says_what_is_wrong_with_a_pattern(void **state)
{
    (void)state;
    struct regex *re = NULL;
    struct err e = {0};
    assert_int_equal(regex_new("a(b", &re, &e), ST_INVALID);
    assert_null(re);
    assert_non_null(strstr(e.msg, "at byte 3: missing closing parenthesis"));
    assert_int_equal(regex_new("*a", &re, &e), ST_INVALID);
    assert_int_equal(regex_new("a\\Cb", &re, &e), ST_INVALID);
    assert_int_equal(regex_new("\xFF", &re, &e), ST_INVALID);
    assert_int_equal(regex_new("a", &re, NULL), ST_OK);
    regex_free(re);
    regex_free(NULL);

    struct buf b;
    buf_init(&b, 10000);
    for (int i = 0; i < 200; i++) {
        buf_adds(&b, "(");
    }
    assert_int_equal(regex_new(b.data, &re, &e), ST_INVALID);
    while (b.len < 5000) {
        buf_adds(&b, "x");
    }
    assert_int_equal(regex_new(b.data, &re, &e), ST_LIMIT);
    assert_int_equal(regex_new("(((a{1,500}){1,500}){1,500})", &re, &e) == ST_OK, false);
    assert_null(re);
    buf_free(&b);
}

static void reads_text_that_is_no_utf8(void **state)
{
    (void)state;
    finds("b",
          "a\xFF\xFE"
          "b",
          0, 3, 4);
    finds("a.+b",
          "a\xE2\x82"
          "b",
          0, 0, 4); /* bad bytes match as characters */
    finds("b",
          "\xFF"
          "b",
          1, 1, 2);
    finds("b",
          "a\xC3\xA9"
          "b",
          2, 3, 4); /* from within a character */
    finds("\xC3\xA9", "\xA9\xC3\xA9\xC3", 0, 1, 3);
    finds(".", "\x80", 0, 0, 1);
}

static void ends_on_patterns_that_explode(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 4096);
    for (int i = 0; i < 2000; i++) {
        buf_addc(&b, 'a');
    }
    buf_addc(&b, '!');
    static const char *const patterns[] = {"(a+)+$", "(a|a)*$", "(a|aa)+$", "(.*)*x(.*)*y",
                                           "(?:(?:a+)+)+b"};
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        struct regex *re = compile(patterns[i]);
        size_t start = 0;
        size_t end = 0;
        assert_false(regex_find(re, b.data, b.len, 0, &start, &end));
        regex_free(re);
    }
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_first_match),
        cmocka_unit_test(case_is_smart),
        cmocka_unit_test(says_what_is_wrong_with_a_pattern),
        cmocka_unit_test(reads_text_that_is_no_utf8),
        cmocka_unit_test(ends_on_patterns_that_explode),
    };
    return cmocka_run_group_tests_name("base regex", tests, NULL, NULL);
}
