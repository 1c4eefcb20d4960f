/* json: ceilings hold before cJSON sees the text, errors are found where they are. */
#include "base/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static enum status parse(const char *text, const struct json_limits *limits, struct err *e)
{
    cJSON *v = NULL;
    enum status st = json_parse(text, strlen(text), limits, &v, e);
    assert_true((st == ST_OK) == (v != NULL));
    cJSON_Delete(v);
    return st;
}

static void accepts_all_of_json(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{}",
        "[]",
        " [ ] \n",
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-12.5e-3",
        "1E+2",
        "\"\"",
        "\"\\u00e9\\ud83d\\ude00\\n\\/\"",
        "[1,2,[3,{\"a\":[]}]]",
        "{\"a\":1,\"a\":2}",
        "\xEF\xBB\xBF{\"a\":null}",
        "\xEF\xBB\xBF\x30",
        "\"raw\nnewline\"",
        "[\"a\\\\\",\"]\"]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct err e = {0};
        if (parse(texts[i], &json_limits_reply, &e) != ST_OK) {
            fail_msg("%s: %s", texts[i], e.msg);
        }
    }
}

static void finds_the_place_of_an_error(void **state)
{
    (void)state;
    static const struct {
        const char *text, *where;
    } cases[] = {
        {"", "line 1, column 1: expected a value, found the end"},
        {"[1,]", "line 1, column 4: expected a value, found ']'"},
        {"[1 2]", "line 1, column 4: expected ',' or ']'"},
        {"{\"a\" 1}", "line 1, column 6: expected ':'"},
        {"{\"a\":1,}", "line 1, column 8: expected a name in double quotes"},
        {"{a:1}", "line 1, column 2: expected a name in double quotes"},
        {"{\n \"\xC3\xA9\": }", "line 2, column 7: expected a value, found '}'"},
        {"[1]]", "line 1, column 4: expected nothing after the value"},
        {"{} {}", "column 4: expected nothing after"},
        {"01", "column 2: expected nothing after"},
        {"-", "column 2: expected a digit"},
        {"1.", "column 3: expected a digit after the decimal point"},
        {"1e+", "column 4: expected a digit in the exponent"},
        {"+1", "column 1: expected a value, found '+'"},
        {"tru", "column 4: expected a value, found the end"},
        {"trux", "column 1: expected a value"},
        {"NaN", "column 1: expected a value"},
        {"'a'", "column 1: expected a value"},
        {"\"abc", "column 5: expected the closing quote"},
        {"\"a\\x\"", "column 4: expected one of"},
        {"\"\\u12g4\"", "expected four hexadecimal digits"},
        {"\"\\ud800\"", "expected the second surrogate"},
        {"\"\\ud800\\u0041\"", "expected the second surrogate"},
        {"\"\\udc00\"", "expected a first surrogate"},
        {"\"\\u0000\"", "a character other than"},
        {"[\x01]", "found byte 0x01"},
        {"[1}", "expected ',' or ']', found '}'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err e = {0};
        assert_int_equal(parse(cases[i].text, &json_limits_reply, &e), ST_INVALID);
        if (strstr(e.msg, cases[i].where) == NULL) {
            fail_msg("%s: \"%s\" lacks \"%s\"", cases[i].text, e.msg, cases[i].where);
        }
    }
    cJSON *v = NULL;
    assert_int_equal(json_parse("\"a\0b\"", 5, &json_limits_reply, &v, NULL), ST_INVALID);
    assert_null(v);
}

static void holds_the_ceilings(void **state)
{
    (void)state;
    const struct json_limits small = {.bytes = 40, .depth = 3, .items = 6};
    struct err e = {0};
    assert_int_equal(parse("[[[1]]]", &small, &e), ST_OK);
    assert_int_equal(parse("[[[[1]]]]", &small, &e), ST_LIMIT);
    assert_non_null(strstr(e.msg, "deeper than 3"));
    assert_int_equal(parse("[1,2,3,4,5]", &small, &e), ST_OK);
    assert_int_equal(parse("[1,2,3,4,5,6]", &small, &e), ST_LIMIT);
    assert_non_null(strstr(e.msg, "more than 6 values"));
    assert_int_equal(parse("{\"a\":{},\"b\":[1,2,3]}", &small, &e), ST_OK);
    assert_int_equal(parse("\"[[[[[[[[,,,,,,,,,,,,\"", &small, &e), ST_OK);
    assert_int_equal(parse("[1,                                    2]", &small, &e), ST_LIMIT);
    assert_non_null(strstr(e.msg, "at most 40"));

    struct buf deep;
    buf_init(&deep, 200000);
    for (int i = 0; i < 100000; i++) {
        buf_addc(&deep, '[');
    }
    assert_int_equal(parse(deep.data, &json_limits_file, &e), ST_LIMIT);
    const struct json_limits lax = {.bytes = 200000, .depth = 100000, .items = 100000};
    assert_int_equal(parse(deep.data, &lax, &e), ST_LIMIT);
    buf_free(&deep);
}

static void find(const char *text, const char *expected)
{
    const char *start = NULL;
    size_t len = 0;
    bool found = json_find(text, strlen(text), &start, &len);
    if (expected == NULL) {
        assert_false(found);
        return;
    }
    if (!found || len != strlen(expected) || memcmp(start, expected, len) != 0) {
        fail_msg("in <%s>: found <%.*s>, expected <%s>", text, (int)len, found ? start : "",
                 expected);
    }
}

static void finds_json_in_chatter(void **state)
{
    (void)state;
    find("{\"a\":1}", "{\"a\":1}");
    find("Sure!\n```json\n{\"a\": [1, 2]}\n```\nAnything else?", "{\"a\": [1, 2]}");
    find("<think>maybe {\"a\":0}?</think>\n{\"a\":1}", "{\"a\":1}");
    find("maybe {\"a\":0}?\n</think>[1]", "[1]");
    find("{\"a\":\"</think>\",\"b\":[2]}", "{\"a\":\"</think>\",\"b\":[2]}");
    find("As [noted] for {name}: [\"x\", \"]\"] done", "[\"x\", \"]\"]");
    find("x {\"a\":\"}\\\"}\"} y", "{\"a\":\"}\\\"}\"}");
    find("use [\"a\" then {\"ok\":true}", "{\"ok\":true}");
    find("{\"a\":1,} and {\"b\":2}", "{\"b\":2}");
    find("only {\"a\":1,} here", "{\"a\":1,}");
    find("no JSON here", NULL);
    find("", NULL);
    find("{", NULL);
    find("]}", NULL);
}

/* The inner parts of a reply that was cut off are not the reply. */
static void cut_off_json_is_none(void **state)
{
    (void)state;
    find("{\"items\":[{\"a\":1},{\"b\":2}", NULL);
    find("```json\n{\"items\":[{\"a\":1},{\"b", NULL);
    find("[[1,2],[3,4],tru", NULL);
}

static void find_ends_soon_on_hostile_text(void **state)
{
    (void)state;
    static const char *const parts[] = {"[", "{\"", "[\"", "[1,", "[\"[\\\"", "{\"a\":", "[1 ["};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct buf b;
        buf_init(&b, 400000);
        while (b.len + 8 < 400000) {
            buf_adds(&b, parts[i]);
        }
        const char *start = NULL;
        size_t len = 0;
        json_find(b.data, b.len, &start, &len);
        assert_true(start == NULL || (start >= b.data && start + len <= b.data + b.len));
        buf_free(&b);
    }
}

static void getters_name_the_member(void **state)
{
    (void)state;
    static const char text[] = "{\"s\":\"x\",\"n\":2.5,\"i\":-7,\"b\":true,\"a\":[1],\"o\":{},"
                               "\"big\":1e300,\"inf\":1e999,\"z\":null}";
    cJSON *o = NULL;
    struct err e = {0};
    assert_int_equal(json_parse(text, strlen(text), &json_limits_reply, &o, &e), ST_OK);
    const char *s = NULL;
    double n = 0;
    int64_t i = 0;
    bool b = false;
    const cJSON *v = NULL;
    assert_int_equal(json_get_str(o, "s", &s, &e), ST_OK);
    assert_string_equal(s, "x");
    assert_int_equal(json_get_num(o, "n", &n, &e), ST_OK);
    assert_true(fabs(n - 2.5) < 1e-12);
    assert_int_equal(json_get_int(o, "i", &i, &e), ST_OK);
    assert_int_equal(i, -7);
    assert_int_equal(json_get_bool(o, "b", &b, &e), ST_OK);
    assert_true(b);
    assert_int_equal(json_get_array(o, "a", &v, &e), ST_OK);
    assert_int_equal(cJSON_GetArraySize(v), 1);
    assert_int_equal(json_get_object(o, "o", &v, &e), ST_OK);

    assert_int_equal(json_get_str(o, "n", &s, &e), ST_INVALID);
    assert_string_equal(e.msg, "\"n\" must be a string, found a number");
    assert_int_equal(json_get_str(o, "S", &s, &e), ST_INVALID);
    assert_string_equal(e.msg, "\"S\" is missing (a string)");
    assert_int_equal(json_get_int(o, "n", &i, &e), ST_INVALID);
    assert_int_equal(json_get_int(o, "big", &i, &e), ST_INVALID);
    assert_int_equal(json_get_num(o, "inf", &n, &e), ST_INVALID);
    assert_int_equal(json_get_bool(o, "i", &b, &e), ST_INVALID);
    assert_int_equal(json_get_array(o, "z", &v, &e), ST_INVALID);
    assert_string_equal(e.msg, "\"z\" must be an array, found null");
    assert_int_equal(json_get_object(NULL, "z", &v, &e), ST_INVALID);
    assert_int_equal(json_get_object(cJSON_GetObjectItem(o, "a"), "z", &v, &e), ST_INVALID);

    assert_string_equal(json_str_or(o, "s", "no"), "x");
    assert_string_equal(json_str_or(o, "n", "no"), "no");
    assert_true(fabs(json_num_or(o, "n", 9) - 2.5) < 1e-12);
    assert_true(fabs(json_num_or(o, "s", 9) - 9) < 1e-12);
    assert_true(json_bool_or(o, "b", false));
    assert_true(json_bool_or(o, "none", true));
    cJSON_Delete(o);
}

static void quotes_strings(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1000);
    static const char raw[] = "a\"\\\n\t\x01\x7F\xC2\x9B\xFF\xE0\xA4\xB8\xF0\x9F\x98\x80/";
    assert_true(json_quote(&b, raw, sizeof raw - 1));
    assert_string_equal(b.data, "\"a\\\"\\\\\\n\\t\\u0001\\u007f\\u009b\xEF\xBF\xBD"
                                "\xE0\xA4\xB8\xF0\x9F\x98\x80/\"");
    assert_int_equal(parse(b.data, &json_limits_reply, NULL), ST_OK);
    buf_clear(&b);
    assert_true(json_quote(&b, "", 0));
    assert_string_equal(b.data, "\"\"");
    buf_free(&b);
}

static void number(double v, const char *expected)
{
    struct buf b;
    buf_init(&b, 64);
    assert_true(json_number(&b, v));
    assert_string_equal(b.data, expected);
    buf_free(&b);
}

static void writes_the_shortest_number(void **state)
{
    (void)state;
    number(0, "0");
    number(-3, "-3");
    number(0.1, "0.1");
    number(0.4, "0.4");
    number(123456789012345.0, "123456789012345");
    number(999999999999999.0, "999999999999999");
    number(1e15, "1e+15");
    number(1.0 / 3, "0.3333333333333333");
    number(0.1 + 0.2, "0.30000000000000004");
    number(2.5e-7, "2.5e-07");
    number((double)NAN, "null");
    number((double)INFINITY, "null");
    number(-(double)INFINITY, "null");
    for (int i = -300; i < 300; i++) {
        double v = pow(10, i) * 1.2345678901234567;
        struct buf b;
        buf_init(&b, 64);
        json_number(&b, v);
        double back = strtod(b.data, NULL);
        assert_memory_equal(&back, &v, sizeof v);
        buf_free(&b);
    }
}

static void text_of_a_value(void **state)
{
    (void)state;
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "b", 1);
    cJSON_AddStringToObject(o, "a", "x");
    char *text = json_text(o);
    assert_string_equal(text, "{\"b\":1,\"a\":\"x\"}");
    free(text);
    text = json_text(NULL);
    assert_string_equal(text, "null");
    free(text);
    cJSON_Delete(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_all_of_json),
        cmocka_unit_test(finds_the_place_of_an_error),
        cmocka_unit_test(holds_the_ceilings),
        cmocka_unit_test(finds_json_in_chatter),
        cmocka_unit_test(cut_off_json_is_none),
        cmocka_unit_test(find_ends_soon_on_hostile_text),
        cmocka_unit_test(getters_name_the_member),
        cmocka_unit_test(quotes_strings),
        cmocka_unit_test(writes_the_shortest_number),
        cmocka_unit_test(text_of_a_value),
    };
    return cmocka_run_group_tests_name("base json", tests, NULL, NULL);
}
