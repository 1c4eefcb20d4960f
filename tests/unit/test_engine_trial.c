/*
 * Tests of a trial: the questions it asks, that nothing of it is a point, and that it ends.
 */
#include "engine/trial.h"
#include "engine_script.h"

struct outcome {
    bool ended, ok;
    char asked[512]; /* keys, in order */
    cJSON *result;
    char problem[600];
    double cost;
};

/* Let the scripted teacher answer until the trial is over. */
static struct outcome play(const struct rule *rule, bool complexified, bool record)
{
    struct outcome out = {.ended = false};
    struct engine_common c;
    struct step step;
    common_init(&c, true);
    step_init(&step);
    cJSON *mix = cJSON_Parse("[{\"taxonomy\":\"t\",\"path\":\"t/n\",\"name\":\"n\"}]");
    struct trial *t = trial_new(7, &c, mix, complexified, record);
    trial_begin(t, &step);
    for (int turn = 0; turn < 20 && step.question_count > 0; turn++) {
        assert_int_equal(step.question_count, 1); /* never two at once */
        struct question *q = step.questions[0];
        step.question_count = 0;
        size_t n = strlen(out.asked);
        snprintf(out.asked + n, sizeof out.asked - n, "%s%s", n > 0 ? " " : "", q->key);
        assert_int_equal(q->point, 0);
        if (q->task == TASK_SCENARIOS) {
            assert_int_equal(json_num_or(q->inputs, "count", 0), 1);
        }
        if (q->task == TASK_GENERATE) {
            assert_int_equal(json_bool_or(q->inputs, "complexified", !complexified), complexified);
        }
        struct reply r = rule_reply(rule, q, 1);
        assert_true(trial_reply(t, &r, &step));
        assert_int_equal(step.change_count, 0); /* no row of the data */
        out.cost += r.cost;
        reply_clear(&r);
        question_free(q);
    }
    out.ended = trial_ended(t, &out.ok);
    snprintf(out.problem, sizeof out.problem, "%s", trial_problem(t));
    out.result = cJSON_CreateObject();
    trial_result(t, out.result);
    struct reply late = {.outcome = REPLY_OK, .final = true};
    snprintf(late.key, sizeof late.key, "t7.scenarios.0");
    assert_false(trial_reply(t, &late, &step)); /* it is over */
    trial_free(t);
    step_free(&step);
    common_clear(&c);
    return out;
}

static const char *text_of(const struct outcome *o, const char *name)
{
    return json_str_or(o->result, name, "");
}

static void a_plain_scenario_is_one_call(void **state)
{
    (void)state;
    struct rule rule = {0};
    struct outcome o = play(&rule, false, false);
    assert_true(o.ended && o.ok);
    assert_string_equal(o.asked, "t7.scenarios.0");
    assert_string_equal(text_of(&o, "scenario"), "scenario 0 of t7.scenarios.0");
    assert_string_equal(text_of(&o, "plain"), "");
    assert_null(cJSON_GetObjectItem(o.result, "record"));
    cJSON_Delete(o.result);
}

static void a_complexified_one_keeps_both(void **state)
{
    (void)state;
    struct rule rule = {0};
    struct outcome o = play(&rule, true, false);
    assert_true(o.ended && o.ok);
    assert_string_equal(o.asked, "t7.scenarios.0 t7.complexify.0");
    assert_string_equal(text_of(&o, "plain"), "scenario 0 of t7.scenarios.0");
    assert_string_equal(text_of(&o, "scenario"), "harder, by t7.complexify.0");
    cJSON_Delete(o.result);
}

static void a_record_is_written_on_request(void **state)
{
    (void)state;
    struct rule rule = {0};
    struct outcome o = play(&rule, true, true);
    assert_true(o.ended && o.ok);
    assert_string_equal(o.asked, "t7.scenarios.0 t7.complexify.0 t7.generate.0");
    const cJSON *record = cJSON_GetObjectItem(o.result, "record");
    assert_string_equal(json_str_or(record, "question", ""), "record of t7.generate.0");
    cJSON_Delete(o.result);
}

static void a_malformed_reply_is_repaired(void **state)
{
    (void)state;
    struct rule rule = {.malformed = 1};
    struct outcome o = play(&rule, false, true);
    assert_true(o.ended && o.ok);
    assert_string_equal(o.asked, "t7.scenarios.0 t7.scenarios.0.r t7.generate.0 t7.generate.0.r");
    cJSON_Delete(o.result);
}

static void a_failure_is_told_and_keeps_what_there_is(void **state)
{
    (void)state;
    struct rule lost = {.transport = 1}, refused = {.refused = 1}, bad = {.malformed = 1};
    struct outcome o = play(&lost, false, true);
    assert_true(o.ended && !o.ok);
    assert_non_null(strstr(o.problem, "scenarios: nobody answered"));
    cJSON_Delete(o.result);
    o = play(&refused, false, true);
    assert_true(o.ended && !o.ok);
    assert_non_null(strstr(o.problem, "refused"));
    cJSON_Delete(o.result);
    bad.malformed_twice = 1;
    o = play(&bad, false, true);
    assert_true(o.ended && !o.ok);
    assert_string_equal(text_of(&o, "scenario"), "");
    cJSON_Delete(o.result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_scenario_is_one_call),
        cmocka_unit_test(a_complexified_one_keeps_both),
        cmocka_unit_test(a_record_is_written_on_request),
        cmocka_unit_test(a_malformed_reply_is_repaired),
        cmocka_unit_test(a_failure_is_told_and_keeps_what_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
