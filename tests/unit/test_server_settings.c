/*
 * What `settings` and `unset` do, and `summary` of a session in which nothing ran yet.
 */
#include "server_fixture.h"

static const cJSON *named(const cJSON *list, const char *name)
{
    const cJSON *o = NULL;
    cJSON_ArrayForEach(o, list)
    {
        if (strcmp(json_str_or(o, "name", ""), name) == 0) {
            return o;
        }
    }
    fail_msg("no %s", name);
    return NULL;
}

static void settings_go_back_to_their_defaults(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    does(&f, "set complexity 0.3");
    does(&f, "set budget 5");
    char *text = run(&f, "settings");
    contains(text,
             "\n* complexity     0.3          0.5       next plan      a number from 0 to 1\n");
    contains(text,
             "\n  scenarios      4            4         next question  a whole number from 1");
    free(text);
    does(&f, "unset complexity budget");
    prints(&f, "0.5\n", "get complexity");
    prints(&f, "0\n", "get budget");
    refuses(&f, ST_USAGE, "nonsense", "unset nonsense");
    does(&f, "set complexity 0.5"); /* set, and yet no different */
    cJSON *list = run_json(&f, "settings --json");
    const cJSON *o = named(list, "complexity");
    assert_true(json_bool_or(o, "set", false));
    assert_false(json_bool_or(o, "differs", true));
    assert_string_equal(json_str_or(o, "applies", ""), "next plan");
    assert_string_equal(json_str_or(o, "group", ""), "mix");
    assert_string_equal(json_str_or(o, "range", ""), "a number from 0 to 1");
    cJSON_Delete(list);
    fixture_free(&f);
}

static void a_summary_of_nothing_says_so(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    does(&f, "set seed 7");
    char *text = run(&f, "summary");
    contains(text, "accepted     0 of 0 wanted\n");
    contains(text, "rejected     0\n");
    contains(text, "teacher      offline teacher (rule-based)\n");
    contains(text, "settings     seed 7\n");
    free(text);
    cJSON *o = run_json(&f, "summary --json");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(o, "questions")), 0);
    assert_int_equal((int)json_num_or(o, "seed", 0), 7);
    assert_true(json_bool_or(o, "offline", false));
    cJSON_Delete(o);
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_go_back_to_their_defaults),
        cmocka_unit_test(a_summary_of_nothing_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
