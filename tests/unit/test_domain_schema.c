/*
 * Tests of record schemas: what is refused when one is set, what is refused in a record, and the
 * wire form.
 */
#include "domain/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static cJSON *parse(const char *text)
{
    cJSON *v = NULL;
    assert_int_equal(json_parse(text, strlen(text), &json_limits_reply, &v, NULL), ST_OK);
    return v;
}

static struct record_schema *schema(const char *text)
{
    struct record_schema *s = NULL;
    struct err e = {.msg = ""};
    if (record_schema_new(text, strlen(text), &s, &e) != ST_OK) {
        fail_msg("%s", e.msg);
    }
    return s;
}

static const char maths[] =
    "{\"type\":\"object\",\"title\":\"Sum\",\"properties\":{"
    "\"question\":{\"type\":\"string\",\"minLength\":3,\"maxLength\":20},"
    "\"answer\":{\"type\":\"number\"},"
    "\"steps\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"text\":"
    "{\"type\":\"string\",\"pattern\":\"^[a-z]+$\"}},\"required\":[\"text\"]},\"minItems\":1,"
    "\"maxItems\":2},"
    "\"odd key\":{\"type\":[\"integer\",\"null\"],\"minimum\":0,\"exclusiveMaximum\":10}},"
    "\"required\":[\"question\",\"answer\"],\"additionalProperties\":false,\"x-answer\":"
    "\"answer\"}";

static void test_record(void **state)
{
    (void)state;
    static const struct {
        const char *record, *message; /* NULL: fits */
    } cases[] = {
        {"{\"question\":\"1+1?\",\"answer\":2}", NULL},
        {"{\"question\":\"1+1?\",\"answer\":2,\"steps\":[{\"text\":\"add\"}],\"odd key\":null}",
         NULL},
        {"{\"question\":\"1+1?\",\"answer\":\"42\"}",
         "at $.answer: expected number, found string \"42\""},
        {"{\"question\":\"1+1?\"}", "at $: expected the member \"answer\", found none"},
        {"[]", "at $: expected object, found array of 0"},
        {"{\"question\":\"1+1?\",\"answer\":2,\"extra\":true}",
         "at $.extra: expected no such member, found boolean true"},
        {"{\"question\":\"1+1?\",\"answer\":2,\"answer\":3}",
         "at $.answer: expected the member once, found number 3"},
        {"{\"question\":\"1+\",\"answer\":2}",
         "at $.question: expected characters: at least 3, found string \"1+\""},
        {"{\"question\":\"\xC3\xA9\xC3\xA9\xC3\xA9\",\"answer\":2}", NULL},
        {"{\"question\":\"123456789012345678901\",\"answer\":2}",
         "at $.question: expected characters: at most 20, found string \"123456789012345678901\""},
        {"{\"question\":\"1+1?\",\"answer\":2,\"steps\":[]}",
         "at $.steps: expected items: at least 1, found array of 0"},
        {"{\"question\":\"1+1?\",\"answer\":2,\"steps\":[{\"text\":\"a\"},{\"text\":\"B\"}]}",
         "at $.steps[1].text: expected text that matches /^[a-z]+$/, found string \"B\""},
        {"{\"question\":\"1+1?\",\"answer\":2,\"steps\":[{\"text\":\"a\"},{}]}",
         "at $.steps[1]: expected the member \"text\", found none"},
        {"{\"question\":\"1+1?\",\"answer\":2,\"odd key\":1.5}",
         "at $[\"odd key\"]: expected integer or null, found number 1.5"},
        {"{\"question\":\"1+1?\",\"answer\":2,\"odd key\":10}",
         "at $[\"odd key\"]: expected less than 10, found number 10"},
        {"{\"question\":\"1+1?\",\"answer\":2,\"odd key\":-1}",
         "at $[\"odd key\"]: expected at least 0, found number -1"},
        {"{\"question\":\"1+1?\",\"answer\":1e999}",
         "at $.answer: expected number, found number null"},
    };
    struct record_schema *s = schema(maths);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err e = {.msg = ""};
        cJSON *v = parse(cases[i].record);
        enum status st = record_schema_check(s, v, &e);
        assert_int_equal(st, cases[i].message == NULL ? ST_OK : ST_INVALID);
        assert_int_equal(record_schema_check(s, v, NULL), st);
        if (cases[i].message != NULL) {
            assert_string_equal(e.msg, cases[i].message);
        }
        cJSON_Delete(v);
    }
    assert_string_equal(record_schema_answer(s), "answer");
    assert_int_equal(record_schema_field_count(s), 4);
    assert_string_equal(record_schema_field(s, 0), "question");
    assert_string_equal(record_schema_field(s, 3), "odd key");
    assert_null(record_schema_field(s, 4));
    assert_null(record_schema_field(s, -1));
    record_schema_free(s);
}

/* Each keyword against plain values, through the check on the fly. */
static void test_keywords(void **state)
{
    (void)state;
    static const struct {
        const char *schema, *fits, *fails;
    } cases[] = {
        {"{}", "null", NULL},
        {"{\"type\":\"integer\"}", "3.0", "3.5"},
        {"{\"type\":\"null\"}", "null", "0"},
        {"{\"type\":\"boolean\"}", "false", "\"false\""},
        {"{\"enum\":[1,\"a\",[2],{\"x\":null}]}", "{\"x\":null}", "{\"x\":0}"},
        {"{\"const\":{\"a\":[1,2]}}", "{\"a\":[1,2]}", "{\"a\":[2,1]}"},
        {"{\"minimum\":2}", "2", "1.999"},
        {"{\"maximum\":2}", "2", "2.001"},
        {"{\"exclusiveMinimum\":2}", "2.001", "2"},
        {"{\"exclusiveMaximum\":2}", "1.999", "2"},
        {"{\"minimum\":2}", "\"not a number\"", NULL},
        {"{\"minLength\":2}", "\"\xF0\x9F\x98\x80\xF0\x9F\x98\x80\"", "\"\xF0\x9F\x98\x80\""},
        {"{\"maxLength\":1}", "\"\xF0\x9F\x98\x80\"", "\"ab\""},
        {"{\"maxItems\":1}", "[1]", "[1,2]"},
        {"{\"uniqueItems\":true}", "[1,\"1\",[1],{\"a\":1}]",
         "[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1}]"},
        {"{\"uniqueItems\":false}", "[1,1]", NULL},
        {"{\"pattern\":\"b\"}", "\"abc\"", "\"ABC\""},
        {"{\"items\":{\"items\":{\"type\":\"number\"}}}", "[[1],[]]", "[[1],[\"1\"]]"},
        {"{\"additionalProperties\":false}", "{}", "{\"a\":1}"},
        {"{\"additionalProperties\":true,\"properties\":{\"a\":{}}}", "{\"b\":1}", NULL},
        {"{\"anyOf\":[{\"type\":\"string\"},{\"minimum\":5}]}", "5", "4"},
        {"{\"anyOf\":[{\"anyOf\":[{\"const\":1},{\"const\":2}]},{\"const\":3}]}", "2", "4"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON *s = parse(cases[i].schema);
        cJSON *v = parse(cases[i].fits);
        struct err e = {.msg = ""};
        enum status st = schema_check(s, v, &e);
        assert_string_equal(e.msg, "");
        assert_int_equal(st, ST_OK);
        cJSON_Delete(v);
        if (cases[i].fails != NULL) {
            v = parse(cases[i].fails);
            assert_int_equal(schema_check(s, v, &e), ST_INVALID);
            assert_int_equal(strncmp(e.msg, "at $", 4), 0);
            assert_non_null(strstr(e.msg, "expected"));
            assert_non_null(strstr(e.msg, "found"));
            cJSON_Delete(v);
        }
        cJSON_Delete(s);
    }
}

static void test_refused_schemas(void **state)
{
    (void)state;
#define TOP "{\"type\":\"object\",\"properties\":{\"a\":"
    static const struct {
        const char *schema, *message;
    } cases[] = {
        {"[]", "at $: expected a schema (an object), found array of 0"},
        {"{}", "at $: a record is an object"},
        {"{\"type\":\"array\",\"items\":{}}", "a record is an object"},
        {"{\"type\":\"object\"}", "expected \"properties\""},
        {"{\"type\":\"object\",\"properties\":{}}", "expected \"properties\""},
        {TOP "{\"format\":\"date\"}}}",
         "schema at $.properties.a: \"format\": this keyword is not"},
        {TOP "{\"$ref\":\"#\"}}}", "schema at $.properties.a: \"$ref\""},
        {TOP "{\"items\":{\"oneOf\":[]}}}}", "schema at $.properties.a.items: \"oneOf\""},
        {TOP "{\"anyOf\":[{},{\"not\":{}}]}}}", "schema at $.properties.a.anyOf[1]: \"not\""},
        {TOP "{\"x-answer\":\"a\"}}}", "schema at $.properties.a: \"x-answer\""},
        {TOP "{\"x-other\":1}}}", "\"x-other\": this keyword is not supported"},
        {TOP "{\"type\":\"text\"}}}", "\"type\": expected one or a list of"},
        {TOP "{\"type\":[]}}}", "\"type\": expected"},
        {TOP "{\"type\":[\"null\",\"null\"]}}}", "\"type\": expected"},
        {TOP "{\"type\":7}}}", "\"type\": expected"},
        {TOP "true}}", "at $.properties.a: expected a schema (an object), found boolean true"},
        {TOP "{}},\"required\":[\"b\"]}",
         "schema at $.required: \"b\": is not among the properties"},
        {TOP "{}},\"required\":\"a\"}", "\"required\": expected a list"},
        {TOP "{}},\"required\":[1]}", "\"required\": expected a list"},
        {TOP "{}},\"additionalProperties\":{}}",
         "\"additionalProperties\": expected true or false"},
        {TOP "{}},\"x-answer\":\"b\"}", "\"x-answer\": expected the name of a property"},
        {TOP "{\"items\":[{}]}}}", "$.properties.a.items: expected a schema (an object)"},
        {TOP "{\"enum\":[]}}}", "\"enum\": expected a list"},
        {TOP "{\"anyOf\":[]}}}", "\"anyOf\": expected a list"},
        {TOP "{\"minimum\":\"1\"}}}", "\"minimum\": expected a number"},
        {TOP "{\"minimum\":3,\"maximum\":2}}}", "\"minimum\": is above its maximum"},
        {TOP "{\"minLength\":-1}}}", "\"minLength\": expected a whole number"},
        {TOP "{\"maxItems\":1.5}}}", "\"maxItems\": expected a whole number"},
        {TOP "{\"minItems\":3,\"maxItems\":2}}}", "\"minItems\": is above its maximum"},
        {TOP "{\"pattern\":\"(\"}}}", "\"pattern\": "},
        {TOP "{\"pattern\":1}}}", "\"pattern\": expected a string"},
        {TOP "{\"uniqueItems\":1}}}", "\"uniqueItems\": expected true or false"},
        {TOP "{\"title\":1}}}", "\"title\": expected a string"},
        {TOP "{\"type\":\"string\",\"type\":\"null\"}}}", "\"type\": the keyword is there twice"},
        {TOP "{},\"a\":{}}}", "schema at $.properties: \"a\": the property is there twice"},
        {"{\"type\":", "JSON line 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct record_schema *s = NULL;
        struct err e = {.msg = ""};
        assert_int_equal(record_schema_new(cases[i].schema, strlen(cases[i].schema), &s, &e),
                         ST_INVALID);
        assert_null(s);
        if (strstr(e.msg, cases[i].message) == NULL) {
            fail_msg("%s: %s", cases[i].schema, e.msg);
        }
        assert_int_equal(record_schema_new(cases[i].schema, strlen(cases[i].schema), &s, NULL),
                         ST_INVALID);
    }
}

/* Depth is capped when the schema is set; anyOf inside anyOf does not multiply the work. */
static void test_depth(void **state)
{
    (void)state;
    for (int depth = 28; depth <= 40; depth++) {
        struct buf text;
        buf_init(&text, 1 << 20);
        buf_adds(&text, "{\"type\":\"object\",\"properties\":{\"a\":");
        for (int i = 0; i < depth; i++) {
            buf_adds(&text, "{\"anyOf\":[{\"const\":0},");
        }
        buf_adds(&text, "{\"const\":1}");
        for (int i = 0; i < depth; i++) {
            buf_adds(&text, "]}");
        }
        buf_adds(&text, "}}");
        struct record_schema *s = NULL;
        struct err e = {.msg = ""};
        enum status st = record_schema_new(text.data, text.len, &s, &e);
        assert_int_equal(st == ST_OK, depth <= 30);
        if (st == ST_OK) {
            cJSON *v = parse("{\"a\":2}");
            assert_int_equal(record_schema_check(s, v, &e), ST_INVALID);
            cJSON_Delete(v);
            record_schema_free(s);
        } else {
            assert_true(st == ST_INVALID || st == ST_LIMIT);
        }
        buf_free(&text);
    }
}

static void test_long_text_is_cut(void **state)
{
    (void)state;
    struct record_schema *s = schema(maths);
    cJSON *v = cJSON_CreateObject();
    char longer[5000];
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    cJSON_AddStringToObject(v, "question", longer);
    cJSON_AddNumberToObject(v, "answer", 1);
    struct err e = {.msg = ""};
    assert_int_equal(record_schema_check(s, v, &e), ST_INVALID);
    assert_true(strlen(e.msg) < 160);
    assert_non_null(strstr(e.msg, "... (4999 bytes)"));
    cJSON_Delete(v);
    record_schema_free(s);
}

/* A rare answer member: the dual critic needs it even where the schema does not require it. */
static void test_answer_is_needed(void **state)
{
    (void)state;
    struct record_schema *s = schema(TOP "{\"type\":\"string\"}},\"x-answer\":\"a\"}");
    cJSON *v = parse("{}");
    struct err e = {.msg = ""};
    assert_int_equal(record_schema_check(s, v, &e), ST_INVALID);
    assert_string_equal(e.msg, "at $: expected the member \"a\", found none");
    cJSON_Delete(v);
    record_schema_free(s);
    s = schema(TOP "{\"type\":\"string\"}}}");
    assert_null(record_schema_answer(s));
    record_schema_free(s);
}

static void test_wire(void **state)
{
    (void)state;
    struct record_schema *s =
        schema("{\"$schema\":\"x\",\"type\":\"object\",\"properties\":{\"q\":{\"type\":\"string\"},"
               "\"short\":{\"type\":\"string\",\"maxLength\":5},"
               "\"list\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"t\":{"
               "\"type\":"
               "[\"string\",\"null\"]}},\"additionalProperties\":true}},"
               "\"any\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"array\",\"maxItems\":3}]}},"
               "\"x-answer\":\"q\"}");
    cJSON *wire = record_schema_wire(s);
    char *text = json_text(wire);
    assert_string_equal(
        text, "{\"$schema\":\"x\",\"type\":\"object\",\"properties\":{\"q\":{\"type\":\"string\","
              "\"maxLength\":4000},\"short\":{\"type\":\"string\",\"maxLength\":5},"
              "\"list\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"t\":{"
              "\"type\":"
              "[\"string\",\"null\"],\"maxLength\":4000}},\"additionalProperties\":false},"
              "\"maxItems\":64},"
              "\"any\":{\"anyOf\":[{\"type\":\"string\",\"maxLength\":4000},{\"type\":\"array\","
              "\"maxItems\":3}]}},\"additionalProperties\":false}");
    /* The wire form is itself a schema that this module takes; the stored one is untouched. */
    cJSON *v = parse("{\"q\":\"x\",\"any\":[1,2,3,4]}");
    struct err e = {.msg = ""};
    assert_int_equal(schema_check(wire, v, &e), ST_INVALID);
    assert_string_equal(e.msg, "at $.any: expected items: at most 3, found array of 4");
    assert_non_null(cJSON_GetObjectItemCaseSensitive(record_schema_json(s), "x-answer"));
    cJSON_Delete(v);
    free(text);
    cJSON_Delete(wire);
    record_schema_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_keywords),
        cmocka_unit_test(test_refused_schemas),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_long_text_is_cut),
        cmocka_unit_test(test_answer_is_needed),
        cmocka_unit_test(test_wire),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
