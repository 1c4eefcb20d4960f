/*
 * Tests of maker: the way of one point, and scenarios that the points of a mix share.
 */
#include "engine_world.h"

static const struct rule good = {.few = 0};

enum { TURNS = 1000000 };

/* ---- one point, step by step */

/* A world with one point under way and its first question open. */
static void one_begin(struct world *o, bool dual, bool complexified)
{
    world_init(o, 1, 1, &good);
    free(o->spec);
    o->spec = xstrdup(complexified ? "draws 1 2\n3+ 10 50\n" : "draws 1 2\n3- 10 50\n");
    common_clear(&o->common);
    common_init(&o->common, dual);
}

static void one_start(struct world *o)
{
    world_begin(o);
    world_feed(o);
}

static struct question *waiting(struct world *o, const char *key)
{
    for (size_t i = 0; i < o->post.count; i++) {
        if (strcmp(o->post.open[i]->key, key) == 0) {
            return o->post.open[i];
        }
    }
    fail_msg("%s is not open", key);
    return NULL;
}

/* Answer one open question. */
static void answer_as(struct world *o, const char *key, enum reply_outcome outcome,
                      const char *text)
{
    struct post *p = &o->post;
    struct question *q = waiting(o, key);
    struct reply r = {.task = q->task, .final = true, .tries = 1, .outcome = outcome, .cost = 0.5};
    snprintf(r.key, sizeof r.key, "%s", key);
    snprintf(r.error, sizeof r.error, "%s", outcome != REPLY_OK ? "so it is" : "");
    r.text = xstrdup(text);
    for (size_t i = 0; i < p->count; i++) {
        if (p->open[i] == q) {
            p->open[i] = p->open[--p->count];
        }
    }
    question_free(q);
    told_answer(&o->memory, &r);
    assert_true(world_reply(o, &r));
}

static void answer(struct world *o, const char *key, const char *text)
{
    answer_as(o, key, REPLY_OK, text);
}

static const char *story_of(const struct world *o, const char *what)
{
    for (size_t i = 0; i < o->stories; i++) {
        if (strcmp(o->story[i].what, what) == 0) {
            return o->story[i].text;
        }
    }
    return "";
}

static void assert_outcome(const struct world *o, enum point_state outcome, const char *reason)
{
    const struct point *p = &o->point[0];
    assert_int_equal(p->outcome, outcome);
    assert_int_equal(p->state, outcome);
    assert_string_equal(p->reason != NULL ? p->reason : "", reason);
    if (outcome != POINT_ASKED) {
        assert_int_equal(maker_active(o->maker), 0);
        for (int t = 0; t < TASK_COUNT; t++) {
            assert_int_equal(maker_stages(o->maker)[t].asked, 0);
        }
    }
}

#define SCENARIOS "{\"scenarios\":[\"first\",\"second\",\"third\",\"fourth\"]}"
#define RECORD(n) "{\"question\":\"q" n "\",\"answer\":\"a\"}"
#define MET       "{\"reason\":\"all there\",\"ok\":true}"
#define UNMET(n)  "{\"reason\":\"lacks " n "\",\"ok\":false}"
#define YES       "{\"reason\":\"sure\",\"answer\":\"yes\"}"
#define NO        "{\"reason\":\"sure\",\"answer\":\"no\"}"

static void up_to_critics(struct world *o)
{
    one_start(o);
    answer(o, "p1.0.scenarios.0", SCENARIOS);
    answer(o, "p1.0.generate.0", RECORD("0"));
    answer(o, "p1.0.requirements.0", MET);
}

/* The way of a point when all goes well, with what each question is given. */
static void test_the_way_of_a_point(void **state)
{
    (void)state;
    struct world o;
    one_begin(&o, true, true);
    one_start(&o);
    assert_outcome(&o, POINT_ASKED, "");
    const cJSON *in = waiting(&o, "p1.0.scenarios.0")->inputs;
    assert_int_equal(json_num_or(in, "count", 0), 4);
    assert_null(cJSON_GetObjectItem(in, "earlier"));
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(in, "mix")), 2);
    int first = waiting(&o, "p1.0.scenarios.0")->priority;
    answer(&o, "p1.0.scenarios.0", SCENARIOS);
    assert_int_equal(o.scenarios, 4);
    const char *used = o.scenario[0].text;
    in = waiting(&o, "p1.0.complexify.0")->inputs;
    assert_string_equal(json_str_or(in, "scenario", ""), used);
    answer(&o, "p1.0.complexify.0", "{\"scenario\":\"harder\"}");
    in = waiting(&o, "p1.0.generate.0")->inputs;
    assert_string_equal(json_str_or(in, "scenario", ""), "harder");
    assert_true(json_bool_or(in, "complexified", false));
    answer(&o, "p1.0.generate.0", RECORD("0"));
    in = waiting(&o, "p1.0.requirements.0")->inputs;
    assert_string_equal(json_str_or(cJSON_GetObjectItem(in, "record"), "question", ""), "q0");
    assert_string_equal(json_str_or(in, "scenario", ""), "harder");
    answer(&o, "p1.0.requirements.0", MET);
    for (int i = 0; i < 2; i++) { /* independent: neither sees the mix nor the other */
        struct question *q =
            waiting(&o, i == 0 ? "p1.0.critic-correct.0" : "p1.0.critic-incorrect.0");
        assert_true(q->priority > first);
        assert_string_equal(json_str_or(q->inputs, "answer_field", ""), "answer");
        assert_null(cJSON_GetObjectItem(q->inputs, "mix"));
        assert_null(cJSON_GetObjectItem(q->inputs, "scenario"));
    }
    answer(&o, "p1.0.critic-incorrect.0", NO);
    assert_outcome(&o, POINT_ASKED, "");
    answer(&o, "p1.0.critic-correct.0", YES);
    assert_outcome(&o, POINT_ACCEPTED, "");
    const struct point *p = &o.point[0];
    assert_string_equal(p->plain, used);
    assert_string_equal(p->scenario, "harder");
    assert_string_equal(p->record, RECORD("0"));
    assert_int_equal(p->attempts, 1);
    assert_true(p->cost > 2.9 && p->cost < 3.1); /* six replies */
    assert_string_equal(story_of(&o, "verdict requirements 0"), "yes: all there");
    assert_string_equal(story_of(&o, "verdict correct 0"), "yes: sure");
    assert_string_equal(story_of(&o, "verdict incorrect 0"), "no: sure");
    assert_string_equal(story_of(&o, "attempt 0"), "generate: " RECORD("0"));
    assert_int_equal(maker_stages(o.maker)[TASK_GENERATE].done, 1);
    world_free(&o);
}

/* Without an answer field there is nothing for the dual critic to judge. */
static void test_no_answer_field(void **state)
{
    (void)state;
    struct world o;
    one_begin(&o, false, false);
    up_to_critics(&o);
    assert_outcome(&o, POINT_ACCEPTED, "");
    assert_int_equal(o.post.count, 0);
    assert_null(o.point[0].plain);
    world_free(&o);
}

/* R refinements, then the point is rejected with the last reason. */
static void test_refinements(void **state)
{
    (void)state;
    for (int r = 0; r <= 3; r++) {
        struct world o;
        one_begin(&o, true, false);
        o.common.refinements = r;
        one_start(&o);
        answer(&o, "p1.0.scenarios.0", SCENARIOS);
        answer(&o, "p1.0.generate.0", RECORD("0"));
        for (int i = 0; i < r; i++) {
            char key[64];
            snprintf(key, sizeof key, "p1.0.requirements.%d", i);
            answer(&o, key, UNMET("rhyme"));
            snprintf(key, sizeof key, "p1.0.refine.%d", i);
            const cJSON *in = waiting(&o, key)->inputs;
            assert_string_equal(json_str_or(in, "reason", ""), "lacks rhyme");
            assert_non_null(cJSON_GetObjectItem(in, "record"));
            answer(&o, key, RECORD("better"));
        }
        char key[64];
        snprintf(key, sizeof key, "p1.0.requirements.%d", r);
        answer(&o, key, UNMET("reason"));
        assert_outcome(&o, POINT_REJECTED, "requirements: lacks reason");
        assert_int_equal(o.point[0].attempts, r + 1);
        assert_string_equal(o.point[0].record, r > 0 ? RECORD("better") : RECORD("0"));
        assert_string_equal(story_of(&o, "attempt 1"), r > 0 ? "refine: " RECORD("better") : "");
        snprintf(key, sizeof key, "verdict requirements %d", r);
        assert_string_equal(story_of(&o, key), "no: lacks reason");
        assert_int_equal(o.post.count, 0);
        world_free(&o);
    }
}

/* A refined record that holds goes on to the critics. */
static void test_refined(void **state)
{
    (void)state;
    struct world o;
    one_begin(&o, true, false);
    one_start(&o);
    answer(&o, "p1.0.scenarios.0", SCENARIOS);
    answer(&o, "p1.0.generate.0", RECORD("0"));
    answer(&o, "p1.0.requirements.0", UNMET("rhyme"));
    answer(&o, "p1.0.refine.0", RECORD("1"));
    answer(&o, "p1.0.requirements.1", MET);
    const cJSON *in = waiting(&o, "p1.0.critic-correct.0")->inputs;
    assert_string_equal(json_str_or(cJSON_GetObjectItem(in, "record"), "question", ""), "q1");
    answer(&o, "p1.0.critic-correct.0", YES);
    answer(&o, "p1.0.critic-incorrect.0", NO);
    assert_outcome(&o, POINT_ACCEPTED, "");
    world_free(&o);
}

static void test_policies(void **state)
{
    (void)state;
    static const enum point_state queued[] = {POINT_DISPUTED, POINT_REJECTED, POINT_ACCEPTED};
    static const char *const correct[] = {YES, NO, NO}, *const incorrect[] = {YES, NO, YES};
    static const char *const why[] = {"the critics contradict each other: yes/yes",
                                      "the critics contradict each other: no/no",
                                      "both critics say that the answer is wrong"};
    static const enum policy policy[] = {POLICY_QUEUE, POLICY_REJECT, POLICY_ACCEPT};
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 6; k++) {
            struct world o;
            one_begin(&o, true, false);
            /* The policy for the other kind must not matter. */
            o.common.disputed = policy[i < 2 ? k % 3 : (k + 1) % 3];
            o.common.rejected = policy[i < 2 ? (k + 1) % 3 : k % 3];
            up_to_critics(&o);
            if (k < 3) {
                answer(&o, "p1.0.critic-correct.0", correct[i]);
                answer(&o, "p1.0.critic-incorrect.0", incorrect[i]);
            } else {
                answer(&o, "p1.0.critic-incorrect.0", incorrect[i]);
                answer(&o, "p1.0.critic-correct.0", correct[i]);
            }
            assert_outcome(&o, queued[k % 3], why[i]);
            world_free(&o);
        }
    }
}

/* One critic is lost: the point is the same whichever was first, and no verdict is missing. */
static void test_lost_critics(void **state)
{
    (void)state;
    static const char *const key[] = {"p1.0.critic-correct.0", "p1.0.critic-incorrect.0"};
    static const char *const text[] = {YES, NO};
    for (int lost = 0; lost < 4;
         lost++) { /* the first, the second, both, both and one unanswered */
        for (int first = 0; first < 2; first++) {
            struct world o;
            one_begin(&o, true, false);
            up_to_critics(&o);
            for (int n = 0; n < 2; n++) {
                int i = n == 0 ? first : 1 - first;
                if (lost < 2 && i != lost) {
                    answer(&o, key[i], text[i]);
                } else {
                    answer_as(&o, key[i], lost == 3 && i == 1 ? REPLY_TRANSPORT : REPLY_REFUSED,
                              "");
                }
            }
            assert_outcome(&o, lost == 3 ? POINT_FAILED : POINT_INVALID,
                           lost == 1 ? "critic-incorrect: refused: so it is"
                                     : "critic-correct: refused: so it is");
            assert_string_equal(story_of(&o, "verdict correct 0"), lost == 1 ? "yes: sure" : "");
            assert_string_equal(story_of(&o, "verdict incorrect 0"), lost == 0 ? "no: sure" : "");
            assert_int_equal(maker_stages(o.maker)[TASK_CRITIC_CORRECT].lost, lost != 1);
            world_free(&o);
        }
    }
}

/* Repair, room and refusal at each stage; a record that was repaired says so. */
static void test_remedies(void **state)
{
    (void)state;
    struct world o;
    one_begin(&o, false, false);
    one_start(&o);
    answer_as(&o, "p1.0.scenarios.0", REPLY_LENGTH, "{\"scena");
    assert_int_equal(waiting(&o, "p1.0.scenarios.0.l")->max_tokens,
                     2 * task_at(TASK_SCENARIOS)->max_tokens);
    answer(&o, "p1.0.scenarios.0.l", SCENARIOS);
    answer(&o, "p1.0.generate.0", "{\"question\":\"q0\",\"answer\":\"neither\"}");
    answer(&o, "p1.0.generate.0.r", RECORD("0"));
    assert_string_equal(story_of(&o, "attempt 0"), "repair: " RECORD("0"));
    answer(&o, "p1.0.requirements.0", "fine with me");
    answer(&o, "p1.0.requirements.0.r", MET);
    assert_outcome(&o, POINT_ACCEPTED, "");
    assert_int_equal(maker_stages(o.maker)[TASK_GENERATE].again, 1);
    assert_int_equal(maker_stages(o.maker)[TASK_SCENARIOS].again, 1);
    world_free(&o);
}

static void test_invalid(void **state)
{
    (void)state;
    struct world o;
    one_begin(&o, true, false);
    one_start(&o);
    answer(&o, "p1.0.scenarios.0", SCENARIOS);
    answer(&o, "p1.0.generate.0", "no");
    answer(&o, "p1.0.generate.0.r", "no");
    assert_int_equal(o.point[0].outcome, POINT_INVALID);
    assert_memory_equal(o.point[0].reason, "generate: ", 10);
    assert_null(o.point[0].record);
    world_feed(&o); /* a replacement with the same mix takes the next unused scenario */
    assert_int_equal(o.points, 2);
    assert_int_equal(o.point[1].serial, 1);
    const cJSON *in = waiting(&o, "p2.0.generate.0")->inputs;
    assert_string_equal(json_str_or(in, "scenario", ""), o.scenario[1].text);
    world_free(&o);
}

/* No answer at any stage: failed, and later begun again under the same keys. */
static void test_transport(void **state)
{
    (void)state;
    static const char *const key[] = {"p1.0.scenarios.0", "p1.0.complexify.0", "p1.0.generate.0",
                                      "p1.0.requirements.0", "p1.0.critic-correct.0"};
    static const char *const text[] = {SCENARIOS, "{\"scenario\":\"harder\"}", RECORD("0"), MET,
                                       YES};
    for (size_t stage = 0; stage < sizeof key / sizeof *key; stage++) {
        struct world o;
        one_begin(&o, true, true);
        one_start(&o);
        for (size_t i = 0; i < stage; i++) {
            answer(&o, key[i], text[i]);
        }
        if (stage == 4) {
            answer(&o, "p1.0.critic-incorrect.0", NO);
        }
        answer_as(&o, key[stage], REPLY_TRANSPORT, "");
        assert_int_equal(o.point[0].outcome, POINT_FAILED);
        assert_non_null(strstr(o.point[0].reason, ": so it is"));
        assert_int_equal(run_to_start(o.run), 0); /* it holds its place */
        size_t known = o.memory.count;
        again_push(&o, 1);
        world_feed(&o); /* answered keys are answered from memory */
        assert_outcome(&o, POINT_ASKED, "");
        assert_int_equal(o.post.count, 1);
        assert_int_equal(o.memory.count, known);
        for (size_t i = stage; i < sizeof key / sizeof *key; i++) {
            answer(&o, key[i], text[i]);
        }
        if (stage < 4) {
            answer(&o, "p1.0.critic-incorrect.0", NO);
        }
        assert_outcome(&o, POINT_ACCEPTED, "");
        assert_int_equal(o.points, 1);
        world_free(&o);
    }
}

/* A fatal reply stops all and loses nothing: the point is still open. */
static void test_fatal(void **state)
{
    (void)state;
    struct world o;
    one_begin(&o, false, false);
    one_start(&o);
    struct question *q = waiting(&o, "p1.0.scenarios.0");
    struct reply r = {.task = q->task, .final = true, .tries = 1, .outcome = REPLY_FATAL};
    memcpy(r.key, q->key, sizeof r.key);
    snprintf(r.error, sizeof r.error, "401: no such key");
    assert_true(maker_reply(o.maker, &r, &o.step));
    assert_true(o.step.fatal);
    assert_string_equal(o.step.reason, "401: no such key");
    assert_int_equal(o.step.change_count, 0);
    assert_int_equal(o.step.question_count, 0);
    step_reset(&o.step);
    maker_clear(o.maker);
    post_free(&o.post);
    again_push(&o, 1);
    world_feed(&o);
    answer(&o, "p1.0.scenarios.0", SCENARIOS);
    answer(&o, "p1.0.generate.0", RECORD("0"));
    answer(&o, "p1.0.requirements.0", MET);
    assert_outcome(&o, POINT_ACCEPTED, "");
    world_free(&o);
}

/* A point that is under way is not begun twice; replies for others are nobody's. */
static void test_strangers(void **state)
{
    (void)state;
    struct world o;
    one_begin(&o, false, false);
    one_start(&o);
    struct point p = o.point[0];
    p.plain = p.scenario = p.record = p.reason = NULL;
    struct maker_start s = {.point = &p, .mix = mix_of(&p), .earlier = cJSON_CreateArray()};
    maker_start(o.maker, &s, &o.step);
    assert_int_equal(o.step.change_count, 0);
    assert_int_equal(o.step.question_count, 0);
    assert_int_equal(maker_active(o.maker), 1);
    static const char *const key[] = {"p2.0.scenarios.0", "p1.0.generate.0",  "p1.1.scenarios.0",
                                      "j1.factors.0",     "p1.0.scenarios.4", ""};
    for (size_t i = 0; i < sizeof key / sizeof *key; i++) {
        struct reply r = {.outcome = REPLY_OK, .final = true, .tries = 1};
        snprintf(r.key, sizeof r.key, "%s", key[i]);
        assert_false(maker_reply(o.maker, &r, &o.step));
        assert_int_equal(o.step.change_count, 0);
    }
    world_free(&o);
}

/* ---- scenarios of one mix */

/* 30 points of one mix: K for each call, each scenario used once, 12 earlier ones shown at most. */
static void test_scenarios_shared(void **state)
{
    (void)state;
    for (int k = 1; k <= 5; k++) {
        struct world w;
        world_init(&w, 30, 1, &good);
        set_common(&w, 3, k);
        w.window = 30;
        w.post.order = ORDER_RANDOM;
        world_begin(&w);
        assert_true(world_run(&w, TURNS));
        assert_finished(&w);
        int calls = 0;
        for (size_t i = 0; i < w.memory.count; i++) {
            calls += w.memory.item[i].task == TASK_SCENARIOS;
        }
        assert_int_equal(calls, (30 + k - 1) / k);
        assert_int_equal(w.scenarios, calls * k);
        assert_int_equal(w.earlier_max, MAKER_EARLIER);
        for (size_t i = 0; i < w.points; i++) {
            const struct point *p = &w.point[i];
            assert_int_equal(p->serial, i);
            assert_string_equal(p->complexified ? p->plain : p->scenario,
                                scenario_at(&w, p->mix_hash, (int32_t)i));
        }
        world_free(&w);
    }
}

/* The order of use is a shuffle of what came, another one for another seed. */
static void test_scenarios_shuffled(void **state)
{
    (void)state;
    int moved = 0;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct world o;
        one_begin(&o, false, false);
        o.common.seed = seed;
        one_start(&o);
        answer(&o, "p1.0.scenarios.0", SCENARIOS);
        unsigned seen = 0;
        for (size_t i = 0; i < o.scenarios; i++) {
            static const char *const name[] = {"first", "second", "third", "fourth"};
            for (unsigned n = 0; n < 4; n++) {
                seen |= strcmp(o.scenario[i].text, name[n]) == 0 ? 1u << n : 0u;
            }
        }
        assert_int_equal(o.scenarios, 4);
        assert_int_equal(seen, 15);
        moved += strcmp(o.scenario[0].text, "first") != 0;
        world_free(&o);
    }
    assert_true(moved > 2 && moved < 8);
}

/*
 * The point that asks is lost: the next one asks, and takes its own serial, not the lost one's.
 * When a batch does not reach so far, the point asks again under a key of its own.
 */
static void test_scenarios_after_a_loss(void **state)
{
    (void)state;
    struct world o;
    one_begin(&o, false, false);
    free(o.spec);
    o.spec = xstrdup("draws 3 2\n3- 10 50\n3- 10 50\n3- 10 50\n");
    o.common.scenarios = 1;
    o.window = 3;
    one_start(&o);
    assert_int_equal(o.post.count, 1);
    answer_as(&o, "p1.0.scenarios.0", REPLY_REFUSED, "");
    assert_int_equal(o.post.count, 1);
    answer(&o, "p2.0.scenarios.0", "{\"scenarios\":[\"zero\"]}");
    assert_int_equal(o.post.count, 1);
    const cJSON *in = waiting(&o, "p2.0.scenarios.1")->inputs;
    const cJSON *earlier = cJSON_GetObjectItem(in, "earlier");
    assert_int_equal(cJSON_GetArraySize(earlier), 1);
    assert_string_equal(cJSON_GetArrayItem(earlier, 0)->valuestring, "zero");
    answer(&o, "p2.0.scenarios.1", "{\"scenarios\":[\"one\"]}");
    in = waiting(&o, "p2.0.generate.0")->inputs;
    assert_string_equal(json_str_or(in, "scenario", ""), "one");
    answer_as(&o, "p3.0.scenarios.2", REPLY_TRANSPORT, "");
    assert_int_equal(o.point[2].outcome, POINT_FAILED);
    answer(&o, "p2.0.generate.0", RECORD("0"));
    answer(&o, "p2.0.requirements.0", MET);
    assert_int_equal(o.point[1].outcome, POINT_ACCEPTED);
    world_free(&o);
}

/* Points under way go on with what they were asked for; new ones get the new settings. */
static void test_configure(void **state)
{
    (void)state;
    struct world o;
    one_begin(&o, false, false);
    one_start(&o);
    free(o.common.description);
    o.common.description = xstrdup("Something else");
    maker_configure(o.maker, &o.common);
    answer(&o, "p1.0.scenarios.0", "no");
    const cJSON *in = cJSON_GetObjectItem(waiting(&o, "p1.0.scenarios.0.r")->inputs, "inputs");
    assert_string_equal(json_str_or(in, "description", ""), "Questions for the test");
    answer(&o, "p1.0.scenarios.0.r", SCENARIOS);
    in = waiting(&o, "p1.0.generate.0")->inputs;
    assert_string_equal(json_str_or(in, "description", ""), "Something else");
    world_free(&o);
}

/* Stop by hand: the same maker goes on with the same points. */
static void test_clear(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, 6, 2, &good);
    w.window = 6;
    world_begin(&w);
    assert_false(world_run(&w, 9));
    assert_true(maker_active(w.maker) > 0);
    maker_clear(w.maker);
    assert_int_equal(maker_active(w.maker), 0);
    size_t late = w.post.count;
    assert_true(late > 0);
    for (size_t i = 0; i < late; i++) { /* nobody waits for them; they are stored all the same */
        struct question *q = post_take(&w.post);
        struct reply r = rule_reply(&w.rule, q, ++told_get(&w.memory, q->key)->tries);
        told_answer(&w.memory, &r);
        assert_false(world_reply(&w, &r));
        question_free(q);
    }
    for (size_t i = 0; i < w.points; i++) {
        if (w.point[i].outcome == POINT_ASKED) {
            again_push(&w, w.point[i].id);
        }
    }
    assert_true(world_run(&w, TURNS));
    assert_finished(&w);
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_way_of_a_point), cmocka_unit_test(test_no_answer_field),
        cmocka_unit_test(test_refinements),        cmocka_unit_test(test_refined),
        cmocka_unit_test(test_policies),           cmocka_unit_test(test_lost_critics),
        cmocka_unit_test(test_remedies),           cmocka_unit_test(test_invalid),
        cmocka_unit_test(test_transport),          cmocka_unit_test(test_fatal),
        cmocka_unit_test(test_strangers),          cmocka_unit_test(test_scenarios_shared),
        cmocka_unit_test(test_scenarios_shuffled), cmocka_unit_test(test_scenarios_after_a_loss),
        cmocka_unit_test(test_configure),          cmocka_unit_test(test_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
