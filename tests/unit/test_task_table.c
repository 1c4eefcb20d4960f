/* task table: complete, reachable by name, and every reply schema is bounded and closed. */
#include "unit/test_task_samples.h"

static void has_every_task(void **state)
{
    (void)state;
    for (int i = 0; i < TASK_COUNT; i++) {
        enum task_id id = (enum task_id)i;
        const struct task *t = task_at(id);
        enum task_id found = TASK_COUNT;
        assert_non_null(t);
        assert_int_equal(t->id, id);
        assert_true(task_by_name(t->name, &found));
        assert_int_equal(found, id);
        assert_non_null(t->schema);
        assert_non_null(t->check);
        assert_non_null(strstr(t->prompt, "== mix"));
        assert_in_range(t->max_tokens, 256, 8192);
        assert_in_range(t->role, 0, ROLE_COUNT - 1);
    }
    enum task_id none = TASK_COUNT;
    assert_false(task_by_name("poem", &none));
    assert_false(task_by_name("", &none));
}

static void gives_each_question_to_its_role(void **state)
{
    (void)state;
    assert_int_equal(task_role(TASK_FACTORS, NULL), ROLE_ARCHITECT);
    assert_int_equal(task_role(TASK_GENERATE, NULL), ROLE_WRITER);
    assert_int_equal(task_role(TASK_REQUIREMENTS, NULL), ROLE_CRITIC);
    assert_int_equal(task_role(TASK_CRITIC_CORRECT, NULL), ROLE_CRITIC_CORRECT);
    assert_int_equal(task_role(TASK_CRITIC_INCORRECT, NULL), ROLE_CRITIC_INCORRECT);

    cJSON *repair = sample_json("{'task':'critic-incorrect','inputs':{}}");
    assert_int_equal(task_role(TASK_REPAIR, repair), ROLE_CRITIC_INCORRECT);
    cJSON_Delete(repair);
}

/* Every object closed with all its own properties required, every array and string with a ceiling.
 */
static void audit(const cJSON *schema, bool all_required)
{
    const cJSON *open[64] = {schema};
    int count = 1;
    while (count > 0) {
        const cJSON *s = open[--count];
        const char *type = json_str_or(s, "type", "");
        if (strcmp(type, "string") == 0) {
            assert_true(cJSON_GetObjectItem(s, "enum") != NULL ||
                        cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(s, "maxLength")));
        } else if (strcmp(type, "array") == 0) {
            assert_true(cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(s, "maxItems")));
            open[count++] = cJSON_GetObjectItemCaseSensitive(s, "items");
            assert_non_null(open[count - 1]);
        } else if (strcmp(type, "object") == 0) {
            assert_true(cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(s, "additionalProperties")));
            const cJSON *p = NULL;
            int properties = 0;
            cJSON_ArrayForEach(p, cJSON_GetObjectItemCaseSensitive(s, "properties"))
            {
                assert_true(count < 64);
                open[count++] = p;
                properties++;
            }
            int required = cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(s, "required"));
            assert_true(required == properties || !all_required);
        } else {
            assert_true(strcmp(type, "boolean") == 0 || strcmp(type, "number") == 0 ||
                        strcmp(type, "integer") == 0);
        }
    }
}

static void bounds_every_reply(void **state)
{
    (void)state;
    for (int i = 0; i < TASK_COUNT; i++) {
        cJSON *inputs = sample_json(samples[i].inputs);
        cJSON *schema = task_at((enum task_id)i)->schema(inputs);
        assert_non_null(schema);
        audit(schema, i != TASK_GENERATE && i != TASK_REFINE);
        cJSON_Delete(schema);
        cJSON_Delete(inputs);
    }
}

static void asks_for_the_reason_before_the_verdict(void **state)
{
    (void)state;
    static const enum task_id verdicts[] = {TASK_REQUIREMENTS, TASK_CRITIC_CORRECT,
                                            TASK_CRITIC_INCORRECT};
    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++) {
        cJSON *schema = task_at(verdicts[i])->schema(NULL);
        const cJSON *properties = cJSON_GetObjectItemCaseSensitive(schema, "properties");
        assert_string_equal(properties->child->string, "reason");
        cJSON_Delete(schema);
    }
}

static void closes_the_sets_of_names(void **state)
{
    (void)state;
    cJSON *inputs = sample_json(samples[TASK_FACTOR_CRITIC].inputs);
    cJSON *schema = task_at(TASK_FACTOR_CRITIC)->schema(inputs);
    char *text = json_text(schema);
    assert_non_null(strstr(text, "\"enum\":[\"cat\",\"good style\"]"));
    assert_non_null(strstr(text, "\"minItems\":2,\"maxItems\":2"));
    free(text);
    cJSON_Delete(schema);
    cJSON_Delete(inputs);

    inputs = sample_json(samples[TASK_SCENARIOS].inputs);
    schema = task_at(TASK_SCENARIOS)->schema(inputs);
    text = json_text(schema);
    assert_non_null(strstr(text, "\"maxItems\":3"));
    free(text);
    cJSON_Delete(schema);
    cJSON_Delete(inputs);
}

static void names_every_outcome(void **state)
{
    (void)state;
    assert_string_equal(reply_outcome_name(REPLY_OK), "ok");
    assert_string_equal(reply_outcome_name(REPLY_FATAL), "fatal");
    struct question *q = calloc(1, sizeof *q);
    assert_non_null(q);
    q->inputs = cJSON_CreateObject();
    question_free(q);
    question_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_every_task),
        cmocka_unit_test(gives_each_question_to_its_role),
        cmocka_unit_test(bounds_every_reply),
        cmocka_unit_test(asks_for_the_reason_before_the_verdict),
        cmocka_unit_test(closes_the_sets_of_names),
        cmocka_unit_test(names_every_outcome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
