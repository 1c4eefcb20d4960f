/*
 * Tests of ask: one question with its remedies.
 */
#include "engine_script.h"

struct fixture {
    struct ask ask;
    struct step step;
    cJSON *value;
    struct err e;
};

#define GOOD "{\"question\":\"how many?\",\"answer\":\"a\"}"

static void begin(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    step_init(&f->step);
    cJSON *in = cJSON_CreateObject();
    cJSON_AddItemToObject(in, "schema", cJSON_Parse(SCRIPT_SCHEMA));
    cJSON_AddStringToObject(in, "scenario", "of the test");
    ask_first(&f->ask, "p1.0.generate.0", TASK_GENERATE, 1, 3, 42, in, &f->step);
}

static void end(struct fixture *f)
{
    cJSON_Delete(f->value);
    ask_clear(&f->ask);
    step_free(&f->step);
}

/* The one question that is in the step, which is then emptied. */
static struct question *only_question(struct fixture *f)
{
    assert_int_equal(f->step.question_count, 1);
    struct question *q = f->step.questions[0];
    f->step.question_count = 0;
    return q;
}

static void expect_question(struct fixture *f, const char *key, enum task_id task, int max_tokens)
{
    struct question *q = only_question(f);
    assert_string_equal(q->key, key);
    assert_int_equal(q->task, task);
    assert_int_equal(q->point, 1);
    assert_int_equal(q->priority, 3);
    assert_int_equal(q->max_tokens, max_tokens);
    assert_true(q->seed == rng_at(42, rng_id(key), 0));
    const cJSON *in = task == TASK_REPAIR ? cJSON_GetObjectItem(q->inputs, "inputs") : q->inputs;
    assert_string_equal(json_str_or(in, "scenario", ""), "of the test");
    question_free(q);
}

static enum ask_result settle(struct fixture *f, const char *key, enum reply_outcome outcome,
                              const char *text)
{
    struct reply r = {.outcome = outcome, .final = true, .tries = 1};
    snprintf(r.key, sizeof r.key, "%s", key);
    r.text = text != NULL ? xstrdup(text) : NULL;
    if (outcome != REPLY_OK && outcome != REPLY_LENGTH) {
        snprintf(r.error, sizeof r.error, "so said the test");
    }
    assert_true(ask_owns(&f->ask, key));
    cJSON_Delete(f->value);
    enum ask_result result = ask_settle(&f->ask, &r, &f->value, &f->e, &f->step);
    assert_true((result == ASK_VALUE) == (f->value != NULL));
    reply_clear(&r);
    return result;
}

static void test_value(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    expect_question(&f, "p1.0.generate.0", TASK_GENERATE, 0);
    assert_int_equal(settle(&f, "p1.0.generate.0", REPLY_OK, "Here: " GOOD), ASK_VALUE);
    assert_string_equal(json_str_or(f.value, "question", ""), "how many?");
    assert_false(ask_owns(&f.ask, "p1.0.generate.0")); /* settled */
    assert_int_equal(f.step.question_count, 0);
    end(&f);
}

static void test_owns(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    assert_true(ask_owns(&f.ask, "p1.0.generate.0"));
    assert_true(ask_owns(&f.ask, "p1.0.generate.0.l"));
    assert_true(ask_owns(&f.ask, "p1.0.generate.0.r"));
    assert_false(ask_owns(&f.ask, "p1.0.generate.0.x"));
    assert_false(ask_owns(&f.ask, "p1.0.generate.01"));
    assert_false(ask_owns(&f.ask, "p1.0.generate"));
    assert_false(ask_owns(&f.ask, "p11.0.generate.0"));
    end(&f);
}

/* A malformed reply is repaired once: it is shown back with what is wrong, cut to its limit. */
static void test_repair(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    question_free(only_question(&f));
    struct buf text;
    buf_init(&text, 1u << 16);
    for (int i = 0; i < 1000; i++) {
        buf_adds(&text, "{\"answer\" ");
    }
    assert_int_equal(settle(&f, "p1.0.generate.0", REPLY_OK, text.data), ASK_AGAIN);
    struct question *q = f.step.questions[0];
    const char *shown = json_str_or(q->inputs, "reply", "");
    assert_true(strlen(shown) >= 1000 && strlen(shown) <= 4000);
    assert_memory_equal(shown, text.data, strlen(shown));
    assert_string_equal(json_str_or(q->inputs, "task", ""), "generate");
    assert_true(json_str_or(q->inputs, "problem", "")[0] != '\0');
    expect_question(&f, "p1.0.generate.0.r", TASK_REPAIR, 0);
    assert_int_equal(settle(&f, "p1.0.generate.0.r", REPLY_OK, GOOD), ASK_VALUE);
    buf_free(&text);
    end(&f);
}

static void test_repaired_in_vain(void **state)
{
    (void)state;
    static const char *const wrong[] = {"no", "", "{\"question\":1,\"answer\":\"c\"}", "{}", NULL};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct fixture f;
        begin(&f);
        question_free(only_question(&f));
        assert_int_equal(settle(&f, "p1.0.generate.0", REPLY_OK, wrong[i]), ASK_AGAIN);
        question_free(only_question(&f));
        assert_int_equal(settle(&f, "p1.0.generate.0.r", REPLY_OK, wrong[i]), ASK_INVALID);
        assert_non_null(strstr(f.e.msg, "also after a repair"));
        assert_int_equal(f.step.question_count, 0);
        assert_false(ask_owns(&f.ask, "p1.0.generate.0.r"));
        end(&f);
    }
}

/* A cut reply is asked for once more with twice the room, and what then comes may be repaired. */
static void test_length(void **state)
{
    (void)state;
    int room = task_at(TASK_GENERATE)->max_tokens * 2;
    struct fixture f;
    begin(&f);
    question_free(only_question(&f));
    assert_int_equal(settle(&f, "p1.0.generate.0", REPLY_LENGTH, "{\"quest"), ASK_AGAIN);
    expect_question(&f, "p1.0.generate.0.l", TASK_GENERATE, room);
    assert_int_equal(settle(&f, "p1.0.generate.0.l", REPLY_OK, "no"), ASK_AGAIN);
    expect_question(&f, "p1.0.generate.0.r", TASK_REPAIR, 0);
    assert_int_equal(settle(&f, "p1.0.generate.0.r", REPLY_OK, GOOD), ASK_VALUE);
    end(&f);

    begin(&f);
    question_free(only_question(&f));
    assert_int_equal(settle(&f, "p1.0.generate.0", REPLY_LENGTH, NULL), ASK_AGAIN);
    question_free(only_question(&f));
    assert_int_equal(settle(&f, "p1.0.generate.0.l", REPLY_LENGTH, "{\"quest"), ASK_INVALID);
    assert_non_null(strstr(f.e.msg, "twice the room"));
    assert_int_equal(f.step.question_count, 0);
    end(&f);

    begin(&f);
    question_free(only_question(&f));
    assert_int_equal(settle(&f, "p1.0.generate.0", REPLY_OK, "no"), ASK_AGAIN);
    question_free(only_question(&f));
    assert_int_equal(settle(&f, "p1.0.generate.0.r", REPLY_LENGTH, "{"), ASK_INVALID);
    end(&f);
}

static void test_refused(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    question_free(only_question(&f));
    assert_int_equal(settle(&f, "p1.0.generate.0", REPLY_REFUSED, "I must not"), ASK_INVALID);
    assert_string_equal(f.e.msg, "refused: so said the test");
    assert_int_equal(f.step.question_count, 0);
    assert_false(f.step.fatal);
    end(&f);
}

/* After a transport failure the same key is asked again, also when it was a remedy's. */
static void test_transport(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    question_free(only_question(&f));
    assert_int_equal(settle(&f, "p1.0.generate.0", REPLY_TRANSPORT, NULL), ASK_TRANSPORT);
    assert_string_equal(f.e.msg, "so said the test");
    ask_again(&f.ask, &f.step);
    expect_question(&f, "p1.0.generate.0", TASK_GENERATE, 0);
    assert_int_equal(settle(&f, "p1.0.generate.0", REPLY_OK, "no"), ASK_AGAIN);
    question_free(only_question(&f));
    assert_int_equal(settle(&f, "p1.0.generate.0.r", REPLY_TRANSPORT, NULL), ASK_TRANSPORT);
    ask_again(&f.ask, &f.step);
    expect_question(&f, "p1.0.generate.0", TASK_GENERATE, 0);
    assert_int_equal(settle(&f, "p1.0.generate.0", REPLY_OK, "no"), ASK_AGAIN);
    expect_question(&f, "p1.0.generate.0.r", TASK_REPAIR, 0);
    assert_int_equal(settle(&f, "p1.0.generate.0.r", REPLY_OK, GOOD), ASK_VALUE);
    end(&f);
}

static void test_fatal(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    question_free(only_question(&f));
    assert_int_equal(settle(&f, "p1.0.generate.0", REPLY_FATAL, NULL), ASK_FATAL);
    assert_true(f.step.fatal);
    assert_string_equal(f.step.reason, "so said the test");
    assert_int_equal(f.step.question_count, 0);
    step_reset(&f.step);
    assert_false(f.step.fatal);
    end(&f);
}

/* Questions that nobody took are freed with the step; strings of changes live until then. */
static void test_step(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    for (int i = 0; i < 50; i++) {
        struct change *c = step_change(&f.step, CHANGE_FACTOR);
        assert_null(c->u.factor.name);
        c->u.factor.name = arena_printf(&f.step.text, "factor %d", i);
        ask_again(&f.ask, &f.step);
    }
    assert_int_equal(f.step.change_count, 50);
    assert_int_equal(f.step.question_count, 51);
    assert_string_equal(f.step.changes[0].u.factor.name, "factor 0");
    assert_string_equal(f.step.changes[49].u.factor.name, "factor 49");
    step_reset(&f.step);
    assert_int_equal(f.step.change_count, 0);
    assert_int_equal(f.step.question_count, 0);
    end(&f);
}

/* What is empty in a session is left out of the inputs; the rest is a copy. */
static void test_common_inputs(void **state)
{
    (void)state;
    struct engine_common c;
    common_init(&c, true);
    cJSON *in = common_inputs(&c);
    assert_string_equal(json_str_or(in, "description", ""), "Questions for the test");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(in, "examples")), 1);
    assert_true(cJSON_Compare(cJSON_GetObjectItem(in, "schema"), c.schema, true));
    common_clear(&c);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(in, "examples")), 1);
    cJSON_Delete(in);
    c.examples = cJSON_CreateArray();
    in = common_inputs(&c);
    assert_int_equal(cJSON_GetArraySize(in), 1);
    assert_string_equal(json_str_or(in, "description", "none"), "");
    cJSON_Delete(in);
    common_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_value),     cmocka_unit_test(test_owns),
        cmocka_unit_test(test_repair),    cmocka_unit_test(test_repaired_in_vain),
        cmocka_unit_test(test_length),    cmocka_unit_test(test_refused),
        cmocka_unit_test(test_transport), cmocka_unit_test(test_fatal),
        cmocka_unit_test(test_step),      cmocka_unit_test(test_common_inputs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
