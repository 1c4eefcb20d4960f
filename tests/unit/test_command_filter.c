/*
 * The FILTER language: terms, quoting, and messages that say what is known.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "command/filter.h"

#include <string.h>

/* "field op text" of every term, with '!' in front of a negated one. */
static void describe(const struct filter *f, struct buf *out)
{
    static const char *const names[] = {
        [FILTER_STATE] = "state",     [FILTER_NODE] = "node",       [FILTER_STRATEGY] = "strategy",
        [FILTER_COMPLEX] = "complex", [FILTER_VERDICT] = "verdict", [FILTER_REVIEWED] = "reviewed",
        [FILTER_REGEX] = "regex",     [FILTER_ID] = "id",           [FILTER_TASK] = "task",
        [FILTER_TEACHER] = "teacher", [FILTER_OUTCOME] = "outcome", [FILTER_POINT] = "point",
    };
    for (size_t i = 0; i < f->count; i++) {
        const struct filter_term *t = &f->terms[i];
        buf_printf(out, "%s%s%s%c%s", i > 0 ? "; " : "", t->negated ? "!" : "", names[t->field],
                   t->op == FILTER_IS      ? '='
                   : t->op == FILTER_ABOVE ? '>'
                                           : '<',
                   t->text);
    }
}

static void expect(const char *text, bool calls, const char *want)
{
    struct filter f;
    struct err e = {ST_OK, ""};
    struct buf got;
    buf_init(&got, 10000);
    if (filter_parse(text, calls, &f, &e) != ST_OK) {
        fail_msg("%s: %s", text, e.msg);
    }
    describe(&f, &got);
    assert_string_equal(got.data, want);
    buf_free(&got);
    filter_free(&f);
}

static void expect_error(const char *text, bool calls, const char *part)
{
    struct filter f;
    struct err e = {ST_OK, ""};
    assert_int_equal(filter_parse(text, calls, &f, &e), ST_USAGE);
    if (strstr(e.msg, part) == NULL) {
        fail_msg("\"%s\" gave \"%s\", not \"%s\"", text, e.msg, part);
    }
    assert_null(f.terms);
    assert_int_equal(f.count, 0);
}

static void terms(void **state)
{
    (void)state;
    expect("", false, "");
    expect("  \n ", false, "");
    expect("state:accepted", false, "state=accepted");
    expect("state:accepted and complex:yes", false, "state=accepted; complex=yes");
    expect("state:accepted complex:no\treviewed:yes", false,
           "state=accepted; complex=no; reviewed=yes");
    expect("!state:failed !/x/", false, "!state=failed; !regex=x");
    expect("verdict:yes/no strategy:everyday", false, "verdict=yes/no; strategy=everyday");
    expect("id:412 id>400 id<500", false, "id=412; id>400; id<500");
    expect("node:@31", false, "node=@31");
    expect("node:operation/a\\/b", false, "node=operation/a\\/b");
}

static void quoting(void **state)
{
    (void)state;
    expect("node:\"operation/with carrying\" complex:yes", false,
           "node=operation/with carrying; complex=yes");
    expect("strategy:\"say \\\"hi\\\" \\\\ \\/\"", false, "strategy=say \"hi\" \\ \\/");
    expect("node:\"state:failed and x\"", false, "node=state:failed and x");
    expect("/two words and more/", false, "regex=two words and more");
    expect("/a\\/b\\d\\\\/", false, "regex=a/b\\d\\\\");
    expect_error("node:\"a", false, "never closed");
    expect_error("node:\"a\"b", false, "a blank must stand before \"b\"");
    expect_error("/a", false, "never closed");
    expect_error("/a\\/", false, "never closed");
    expect_error("/a/b", false, "a blank must stand before");
    expect_error("//", false, "empty");
    expect_error("/(/", false, "");
}

static void calls_have_their_own_words(void **state)
{
    (void)state;
    expect("task:generate teacher:\"my model\" outcome:transport point:412 id>7", true,
           "task=generate; teacher=my model; outcome=transport; point=412; id>7");
    expect_error("state:accepted", true, "known are id:N, task:NAME");
    expect_error("task:generate", false, "known are state:NAME");
    expect_error("outcome:bad", true, "transport or fatal, found \"bad\"");
    expect_error("point:x", true, "whole number");
}

static void mistakes(void **state)
{
    (void)state;
    expect_error("rating>450", false, "unknown word \"rating>450\"");
    expect_error("flag:duplicate", false, "/regex/");
    expect_error("hello", false, "unknown word \"hello\"");
    expect_error("State:accepted", false, "unknown word");
    expect_error("state", false, "unknown word");
    expect_error("state:", false, "a value is missing");
    expect_error("node:\"\"", false, "a value is missing");
    expect_error("state:acepted", false, "did you mean accepted?");
    expect_error("state>accepted", false, "can only be compared");
    expect_error("complex:maybe", false, "yes or no, found \"maybe\"");
    expect_error("verdict:yes", false, "yes/yes");
    expect_error("id:1.5", false, "whole number");
    expect_error("id:-1", false, "whole number");
    expect_error("and state:failed", false, "unknown word \"and\"");
    expect_error("state:failed and", false, "nothing follows");
    expect_error("state:failed and and id:1", false, "unknown word \"and\"");
    expect_error("!", false, "unknown word");
    expect_error("!!id:1", false, "unknown word");
}

static void numbers_are_read(void **state)
{
    (void)state;
    struct filter f;
    assert_int_equal(filter_parse("id>1000000", false, &f, NULL), ST_OK);
    assert_float_equal(f.terms[0].number, 1e6, 1e-9);
    filter_free(&f);
}

static void terms_are_capped(void **state)
{
    (void)state;
    struct buf many;
    buf_init(&many, 10000);
    for (int i = 0; i < 65; i++) {
        buf_adds(&many, "id:1 ");
    }
    expect_error(many.data, false, "at most 64");
    buf_cut(&many, 64 * 5);
    struct filter f;
    assert_int_equal(filter_parse(many.data, false, &f, NULL), ST_OK);
    assert_int_equal(f.count, 64);
    filter_free(&f);
    buf_free(&many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms),
        cmocka_unit_test(quoting),
        cmocka_unit_test(mistakes),
        cmocka_unit_test(calls_have_their_own_words),
        cmocka_unit_test(numbers_are_read),
        cmocka_unit_test(terms_are_capped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
