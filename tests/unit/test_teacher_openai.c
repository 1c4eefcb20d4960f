/*
 * Tests of the chat completions dialect: what is sent, what is understood.
 */
#include "teacher/openai.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char system_text[] = "You write. \"Quote\"\n";
static char user_text[] = "Line\nM\xC3\xBChle \xff";

static cJSON *body_of(struct openai_ask a)
{
    struct prompt p = {.system = system_text,
                       .user = user_text,
                       .schema = cJSON_Parse("{\"type\":\"object\",\"properties\":{}}"),
                       .name = "critic_correct"};
    size_t n = 0;
    a.prompt = &p;
    a.effort = a.effort != NULL ? a.effort : "";
    a.model = a.model != NULL ? a.model : "m";
    char *text = openai_body(&a, &n);
    cJSON *body = NULL;
    struct err e;
    if (json_parse(text, n, &json_limits_reply, &body, &e) != ST_OK) {
        fail_msg("%s in %s", e.msg, text);
    }
    assert_int_equal(strlen(text), n);
    free(text);
    cJSON_Delete(p.schema);
    return body;
}

static const cJSON *at(const cJSON *o, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(o, name);
}

static void sends_the_nested_schema(void **state)
{
    (void)state;
    cJSON *b = body_of((struct openai_ask){.structured = STRUCTURED_SCHEMA,
                                           .temperature = 0.7,
                                           .top_p = 1,
                                           .max_tokens = 512,
                                           .seed = 0xffffffff80000005u});
    const cJSON *format = at(b, "response_format");
    assert_string_equal(at(format, "type")->valuestring, "json_schema");
    const cJSON *schema = at(format, "json_schema");
    assert_string_equal(at(schema, "name")->valuestring, "critic_correct");
    assert_true(cJSON_IsObject(at(schema, "schema")));
    assert_null(at(schema, "strict"));
    assert_null(at(b, "top_p"));
    assert_int_equal(at(b, "max_tokens")->valueint, 512);
    assert_int_equal(at(b, "seed")->valueint, 5);
    assert_true(fabs(at(b, "temperature")->valuedouble - 0.7) < 1e-12);
    assert_null(at(b, "reasoning_effort"));
    const cJSON *messages = at(b, "messages");
    assert_int_equal(cJSON_GetArraySize(messages), 2);
    assert_string_equal(at(messages->child, "role")->valuestring, "system");
    assert_string_equal(at(messages->child, "content")->valuestring, system_text);
    assert_string_equal(at(messages->child->next, "content")->valuestring,
                        "Line\nM\xC3\xBChle \xEF\xBF\xBD");
    cJSON_Delete(b);
}

static void sends_what_the_server_takes(void **state)
{
    (void)state;
    cJSON *b = body_of((struct openai_ask){
        .structured = STRUCTURED_OBJECT, .top_p = 0.9, .max_tokens = 9, .effort = "low"});
    assert_string_equal(at(at(b, "response_format"), "type")->valuestring, "json_object");
    assert_non_null(
        strstr(at(at(b, "messages")->child, "content")->valuestring, "\"type\":\"object\""));
    assert_true(fabs(at(b, "top_p")->valuedouble - 0.9) < 1e-12);
    assert_string_equal(at(b, "reasoning_effort")->valuestring, "low");
    cJSON_Delete(b);
    b = body_of((struct openai_ask){.structured = STRUCTURED_PROMPT,
                                    .top_p = 0.9,
                                    .max_tokens = 9,
                                    .effort = "low",
                                    .model = "",
                                    .quirks = QUIRK_NO_TEMPERATURE | QUIRK_NO_TOP_P |
                                              QUIRK_NO_SEED | QUIRK_NO_EFFORT |
                                              QUIRK_COMPLETION_TOKENS});
    assert_null(at(b, "response_format"));
    assert_null(at(b, "temperature"));
    assert_null(at(b, "top_p"));
    assert_null(at(b, "seed"));
    assert_null(at(b, "reasoning_effort"));
    assert_null(at(b, "max_tokens"));
    assert_null(at(b, "model"));
    assert_int_equal(at(b, "max_completion_tokens")->valueint, 9);
    cJSON_Delete(b);
    b = body_of((struct openai_ask){.structured = STRUCTURED_SCHEMA, .top_p = 1, .strict = true});
    assert_true(cJSON_IsTrue(at(at(at(b, "response_format"), "json_schema"), "strict")));
    cJSON_Delete(b);
}

static struct openai_answer read_text(int status, const char *body)
{
    struct openai_answer a;
    openai_read(status, body, strlen(body), &a);
    return a;
}

static void reads_a_completion(void **state)
{
    (void)state;
    struct openai_answer a = read_text(
        200, "{\"model\":\"m-7\",\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":"
             "{\"role\":\"assistant\",\"content\":\"{\\\"a\\\":1}\",\"reasoning_content\":\"hm\","
             "\"refusal\":null}}],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20,"
             "\"prompt_tokens_details\":{\"cached_tokens\":64}}}");
    assert_int_equal(a.kind, OPENAI_TEXT);
    assert_string_equal(a.text, "{\"a\":1}");
    assert_string_equal(a.model, "m-7");
    assert_true(a.usage);
    assert_int_equal(a.tokens_in, 100);
    assert_int_equal(a.tokens_cached, 64);
    assert_int_equal(a.tokens_out, 20);
    openai_answer_clear(&a);
}

static void reads_parts_and_leaves_thinking_out(void **state)
{
    static const struct {
        const char *content, *text;
    } cases[] = {
        {"\"plain\"", "plain"},
        {"\" <think>a {1} b</think>\\n\\n{}\"", "{}"},
        {"\"<think>never ends {}\"", ""},
        {"\"a <think>b</think>\"", "a <think>b</think>"},
        {"[{\"type\":\"text\",\"text\":\"one \"},{\"type\":\"text\",\"text\":\"two\"}]", "one two"},
        {"null", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char body[256];
        (void)snprintf(body, sizeof body,
                       "{\"choices\":[{\"message\":{\"content\":%s}}],\"usage\":null}",
                       cases[i].content);
        struct openai_answer a = read_text(200, body);
        assert_int_equal(a.kind, OPENAI_TEXT);
        assert_string_equal(a.text, cases[i].text);
        assert_false(a.usage);
        openai_answer_clear(&a);
    }
}

static void tells_odd_ends_apart(void **state)
{
    (void)state;
    struct openai_answer a = read_text(
        200, "{\"choices\":[{\"finish_reason\":\"length\",\"message\":{\"content\":\"{\\\"a\"}}]}");
    assert_int_equal(a.kind, OPENAI_LENGTH);
    assert_string_equal(a.text, "{\"a");
    openai_answer_clear(&a);
    a = read_text(200, "{\"choices\":[{\"finish_reason\":\"content_filter\",\"message\":{}}]}");
    assert_int_equal(a.kind, OPENAI_REFUSED);
    openai_answer_clear(&a);
    a = read_text(200, "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":null,"
                       "\"refusal\":\"I can not\"}}]}");
    assert_int_equal(a.kind, OPENAI_REFUSED);
    assert_string_equal(a.text, "I can not");
    openai_answer_clear(&a);
    static const char *const bad[] = {"",
                                      "<html>",
                                      "{\"choices\":[]}",
                                      "{\"choices\":[{}]}",
                                      "{\"choices\":{\"message\":1}}",
                                      "[]",
                                      "7",
                                      "{\"choices\":[{\"message\":{\"content\":\"cut"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        a = read_text(200, bad[i]);
        assert_int_equal(a.kind, OPENAI_MALFORMED);
        assert_true(a.message[0] != '\0');
        openai_answer_clear(&a);
    }
}

static void reads_every_kind_of_error(void **state)
{
    (void)state;
    struct openai_answer a =
        read_text(429, "{\"error\":{\"message\":\"slow down\",\"type\":\"requests\",\"param\":null,"
                       "\"code\":\"rate_limit_exceeded\"}}");
    assert_int_equal(a.kind, OPENAI_ERROR);
    assert_string_equal(a.message, "slow down");
    assert_string_equal(a.code, "rate_limit_exceeded");
    a = read_text(
        401, "{\"error\":{\"code\":401,\"message\":\"no\",\"type\":\"authentication_error\"}}");
    assert_int_equal(a.status, 401);
    assert_string_equal(a.code, "authentication_error");
    a = read_text(503, "{\"error\":\"server busy\"}");
    assert_string_equal(a.message, "server busy");
    a = read_text(400, "{\"object\":\"error\",\"message\":\"too long\",\"code\":40303}");
    assert_string_equal(a.message, "too long");
    a = read_text(422, "{\"detail\":\"bad\"}");
    assert_string_equal(a.message, "bad");
    a = read_text(502, "Bad Gateway");
    assert_int_equal(a.kind, OPENAI_ERROR);
    assert_string_equal(a.message, "Bad Gateway");
    a = read_text(200, "{\"error\":{\"message\":\"upstream\",\"code\":429}}");
    assert_int_equal(a.kind, OPENAI_ERROR);
    assert_int_equal(a.status, 429);
    a = read_text(429, "[{\"error\":{\"code\":429,\"message\":\"m\",\"status\":\"RESOURCE_"
                       "EXHAUSTED\",\"details\":["
                       "{\"violations\":[{\"quotaId\":\"GenerateRequestsPerDayPerProject\"}]},"
                       "{\"retryDelay\":\"31s\"}]}}]");
    assert_string_equal(a.code, "quota_per_day");
    assert_true(fabs(a.retry_after - 31) < 1e-9);
}

static void steps_down_by_what_is_refused(void **state)
{
    enum structured s = STRUCTURED_SCHEMA;
    unsigned quirks = 0;
    char what[96];
    (void)state;
    struct openai_answer format = {.message = "'response_format.type' must be 'json_object'"};
    assert_false(openai_simplify(&format, false, &s, &quirks, what));
    assert_true(openai_simplify(&format, true, &s, &quirks, what));
    assert_int_equal(s, STRUCTURED_OBJECT);
    assert_true(openai_simplify(&format, true, &s, &quirks, what));
    assert_int_equal(s, STRUCTURED_PROMPT);
    assert_false(openai_simplify(&format, true, &s, &quirks, what));
    struct openai_answer tokens = {.param = "max_tokens", .message = "Unsupported parameter"};
    assert_true(openai_simplify(&tokens, true, &s, &quirks, what));
    assert_int_equal(quirks, QUIRK_COMPLETION_TOKENS);
    assert_false(openai_simplify(&tokens, true, &s, &quirks, what));
    struct openai_answer other = {.message = "This model's maximum context length is 4096 tokens"};
    s = STRUCTURED_SCHEMA;
    assert_false(openai_simplify(&other, true, &s, &quirks, what));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_the_nested_schema),
        cmocka_unit_test(sends_what_the_server_takes),
        cmocka_unit_test(reads_a_completion),
        cmocka_unit_test(reads_parts_and_leaves_thinking_out),
        cmocka_unit_test(tells_odd_ends_apart),
        cmocka_unit_test(reads_every_kind_of_error),
        cmocka_unit_test(steps_down_by_what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
