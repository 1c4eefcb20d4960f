/*
 * `teacher test` against a server that answers: latency, JSON mode as it was found out, models.
 */
#include "server_fixture.h"

#include "mock_process.inc"

static void add(struct fixture *f, const struct mock *m, const char *model)
{
    char *line = xasprintf("teacher add local %s model=%s key-env=TAXA_TEST_KEY", m->url, model);
    does(f, line);
    free(line);
}

static void a_server_is_described(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    struct mock m;
    MOCK(&m, "--latency", "5", "--key", "sk-mock-secret-123456");
    assert_int_equal(setenv("TAXA_TEST_KEY", "sk-mock-secret-123456", 1), 0);
    add(&f, &m, "m2");
    cJSON *list = run_json(&f, "teacher test local --json");
    const cJSON *o = cJSON_GetArrayItem(list, 0), *models = NULL;
    assert_true(json_bool_or(o, "usable", false));
    assert_true(json_num_or(o, "seconds", 0) >= 0.004);
    assert_string_equal(json_str_or(o, "json_mode", ""), "json_schema");
    assert_true(json_bool_or(o, "json_right", false));
    assert_int_equal(json_get_array(o, "models", &models, NULL), ST_OK);
    assert_int_equal(cJSON_GetArraySize(models), 2);
    assert_string_equal(cJSON_GetArrayItem(models, 0)->valuestring, "m1");
    assert_true(json_bool_or(o, "model_listed", false));
    cJSON_Delete(list);
    does(&f, "teacher set local model=other");
    char *text = run(&f, "teacher test local");
    contains(text, "native schema (json_schema)");
    contains(text, "2 models are there: m1, m2");
    contains(text, "\"other\" is not among them");
    assert_null(strstr(text, "secret"));
    free(text);
    assert_int_equal(unsetenv("TAXA_TEST_KEY"), 0);
    mock_stop(&m);
    fixture_free(&f);
}

static void the_json_mode_is_what_the_server_took(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    struct mock m;
    MOCK(&m, "--refuse-format", "json_schema");
    assert_int_equal(setenv("TAXA_TEST_KEY", "sk-mock-secret-123456", 1), 0);
    add(&f, &m, "m1");
    char *text = run(&f, "teacher test local");
    contains(text, "any JSON (json_object)");
    free(text);
    assert_int_equal(unsetenv("TAXA_TEST_KEY"), 0);
    mock_stop(&m);
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_is_described),
        cmocka_unit_test(the_json_mode_is_what_the_server_took),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
