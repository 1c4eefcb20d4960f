/*
 * Tests of maker and run when things stop: by hand, by a fatal reply, by the death of the process.
 * The end is the same as if nothing had stopped. When some questions get no answer as well, a stop
 * decides when they are tried again, hence who asks for the scenarios of a mix: then the quotas are
 * exact and nothing is asked twice, no more than that. And what holds for every run, seen over many
 * points: policies, refinements, no critics without an answer field.
 */
#include "engine_world.h"

static const struct rule rough = {.malformed = 0.08,
                                  .malformed_twice = 0.3,
                                  .length = 0.05,
                                  .length_twice = 0.4,
                                  .refused = 0.03,
                                  .unmet = 0.3,
                                  .correct_no = 0.12,
                                  .incorrect_yes = 0.12,
                                  .few = 0.3};

enum { DRAWS = 60, MIXES = 9, TURNS = 1000000 };

static struct rule silent(void)
{
    struct rule r = rough;
    r.transport = 0.1;
    return r;
}

static void prepare(struct world *w, const struct rule *rule, uint64_t dice)
{
    world_init(w, DRAWS, MIXES, rule);
    set_common(w, 5, 4);
    w->common.rejected = POLICY_REJECT;
    w->window = dice == 0 ? 1 : dice % 3 == 0 ? 64 : (int)dice * 5;
    w->post.order = dice == 0 ? ORDER_ASKED : dice % 2 == 0 ? ORDER_RANDOM : ORDER_REVERSED;
    w->post.dice = dice;
    w->without_cost = true;
}

/* Points, verdicts and attempts, then questions. The caller frees it. */
static char *all_of(struct world *w)
{
    char *text = world_text(w), *asked = asked_text(&w->memory);
    struct buf b;
    buf_init(&b, 64u << 20);
    buf_adds(&b, text);
    buf_adds(&b, asked);
    assert_false(b.over);
    free(text);
    free(asked);
    char *all = buf_take(&b);
    buf_free(&b);
    return all;
}

static char *without_stops(const struct rule *rule)
{
    struct world w;
    prepare(&w, rule, 0);
    world_begin(&w);
    assert_true(world_run(&w, TURNS));
    assert_finished(&w);
    char *text = all_of(&w);
    world_free(&w);
    return text;
}

/* ---- stops */

/* A run that is under way writes the plan that it was read from. */
static void assert_writes_its_plan(const struct world *w)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    assert_true(run_write(w->run, &b));
    assert_string_equal(b.data, w->spec);
    buf_free(&b);
}

/* Whoever begins again begins with these, in the order of their ids. */
static void open_and_failed_again(struct world *w)
{
    w->again_count = w->again_next = 0;
    for (size_t i = 0; i < w->points; i++) {
        if (w->point[i].outcome == POINT_ASKED || w->point[i].outcome == POINT_FAILED) {
            again_push(w, w->point[i].id);
        }
    }
}

static void stop_by_hand(struct world *w)
{
    maker_clear(w->maker);
    while (w->post.count > 0) { /* some replies still come, others are asked for again */
        struct question *q = post_take(&w->post);
        struct told *t = told_get(&w->memory, q->key);
        if (w->post.count % 3 == 0) {
            struct reply r = rule_reply(&w->rule, q, t->tries + 1);
            /* That nobody answered is not stored: it is the first try that counts again. */
            t->tries += r.outcome != REPLY_TRANSPORT ? 1 : 0;
            told_answer(&w->memory, &r);
            assert_false(world_reply(w, &r)); /* nobody waits for it */
        }
        question_free(q);
    }
    open_and_failed_again(w);
}

static void die(struct world *w)
{
    world_restart(w, false);
    open_and_failed_again(w);
}

static void die_with_late_replies(struct world *w)
{
    world_restart(w, true);
    open_and_failed_again(w);
}

/* The key is refused for one of the questions on their way; a person mends it and begins again. */
static void fatal_reply(struct world *w)
{
    if (w->post.count == 0) {
        return;
    }
    struct question *q = post_take(&w->post);
    struct reply r = {.task = q->task, .final = true, .tries = 1, .outcome = REPLY_FATAL};
    snprintf(r.key, sizeof r.key, "%s", q->key);
    size_t points = w->points, active = maker_active(w->maker);
    assert_true(world_reply(w, &r));
    question_free(q);
    assert_true(w->fatal);
    assert_int_equal(maker_active(w->maker), active); /* nothing is settled by it */
    for (int i = 0; i < 3 && w->post.count > 0; i++) {
        world_turn(w); /* those that are on their way still come in */
    }
    assert_int_equal(w->points, points); /* and nothing is begun */
    w->fatal = false;
    die_with_late_replies(w);
}

static void with_stops(const struct rule *rule, void (*stop)(struct world *w))
{
    char *whole = rule->transport > 0 ? NULL : without_stops(rule);
    for (uint64_t dice = 1; dice <= 6; dice++) {
        struct world w;
        prepare(&w, rule, dice);
        world_begin(&w);
        int stops = 0;
        while (!world_run(&w, 1 + (int64_t)rng_below(dice, rng_id("stop"), (uint64_t)stops, 50)) &&
               stops < 25) {
            stop(&w);
            assert_writes_its_plan(&w);
            stops++;
        }
        assert_true(stops > 5);
        assert_true(world_run(&w, TURNS));
        assert_finished(&w);
        char *text = all_of(&w);
        if (whole != NULL) {
            assert_same_text(whole, text);
        }
        free(text);
        world_free(&w);
    }
    free(whole);
}

static void test_stops_by_hand(void **state)
{
    (void)state;
    struct rule quiet = silent();
    with_stops(&rough, stop_by_hand);
    with_stops(&quiet, stop_by_hand);
}

static void test_deaths(void **state)
{
    (void)state;
    struct rule quiet = silent();
    with_stops(&rough, die);
    with_stops(&rough, die_with_late_replies);
    with_stops(&quiet, die);
    with_stops(&quiet, die_with_late_replies);
}

static void test_fatal_replies(void **state)
{
    (void)state;
    struct rule quiet = silent();
    with_stops(&rough, fatal_reply);
    with_stops(&quiet, fatal_reply);
}

/* ---- given up */

static void count_failed(void *ctx, int64_t id)
{
    assert_true(id > 0);
    ++*(int64_t *)ctx;
}

/* To the end without a second try: what failed is given up each time nothing else is left. */
static void run_giving_up(struct world *w)
{
    bool more = true;
    while (more) {
        world_feed(w);
        if (w->post.count > 0) {
            struct question *q = post_take(&w->post);
            struct reply r = rule_reply(&w->rule, q, ++told_get(&w->memory, q->key)->tries);
            told_answer(&w->memory, &r);
            world_reply(w, &r);
            world_replay(w);
            question_free(q);
        } else {
            assert_int_equal(maker_active(w->maker), 0); /* nobody waits for nothing */
            more = run_give_up(w->run);
        }
    }
}

/* Points that nobody tries again miss in the end, no others, whatever the order; tried again after
 * all, the quotas are exact. */
static void test_given_up(void **state)
{
    (void)state;
    struct rule quiet = silent();
    char *whole = NULL;
    for (uint64_t dice = 0; dice <= 6; dice++) {
        struct world w;
        prepare(&w, &quiet, dice);
        world_begin(&w);
        run_giving_up(&w);
        int64_t failed = 0;
        run_failed(w.run, count_failed, &failed);
        assert_true(failed > 5);
        assert_int_equal(failed, world_count(&w, POINT_FAILED));
        assert_int_equal(world_count(&w, POINT_ACCEPTED), DRAWS - failed);
        char *text = all_of(&w);
        whole = whole == NULL ? xstrdup(text) : whole;
        assert_same_text(whole, text);
        free(text);
        assert_true(world_run(&w, TURNS));
        assert_finished(&w);
        world_free(&w);
    }
    free(whole);
}

/* ---- one reply at a time */

static bool reply_to(struct world *w, const char *key, enum reply_outcome outcome, const char *text)
{
    struct reply r = {.final = true, .tries = 1, .outcome = outcome};
    snprintf(r.key, sizeof r.key, "%s", key);
    snprintf(r.error, sizeof r.error, "so it is");
    r.text = xstrdup(text);
    return world_reply(w, &r);
}

/* The question that was asked last. */
static void assert_asked_last(const struct world *w, const char *key)
{
    assert_true(w->post.count > 0);
    assert_string_equal(w->post.open[w->post.count - 1]->key, key);
}

static void three_of_a_mix(struct world *w)
{
    static const struct rule good = {.few = 0};
    world_init(w, 3, 1, &good);
    free(w->spec);
    w->spec = xstrdup("draws 3 2\n3- 10 50\n3- 10 50\n3- 10 50\n");
    w->window = 3;
    world_begin(w);
    world_feed(w);
}

/* A point that comes back waits before those with higher ids: it is the next to ask. */
static void test_back_in_its_place(void **state)
{
    (void)state;
    struct world w;
    three_of_a_mix(&w);
    assert_asked_last(&w, "p1.0.scenarios.0");
    assert_true(reply_to(&w, "p1.0.scenarios.0", REPLY_TRANSPORT, ""));
    assert_int_equal(w.point[0].outcome, POINT_FAILED);
    assert_asked_last(&w, "p2.0.scenarios.0");
    again_push(&w, 1);
    world_feed(&w);
    assert_asked_last(&w, "p2.0.scenarios.0"); /* still the only one */
    assert_true(reply_to(&w, "p2.0.scenarios.0", REPLY_REFUSED, ""));
    assert_asked_last(&w, "p1.0.scenarios.0");
    world_free(&w);
}

/* A critic has one reply: a second one under its key is nobody's. */
static void test_second_reply_of_a_critic(void **state)
{
    (void)state;
    static const enum reply_outcome lost[] = {REPLY_REFUSED, REPLY_TRANSPORT};
    static const char *const critic[] = {"p1.0.critic-correct.0", "p1.0.critic-incorrect.0"};
    for (int i = 0; i < 4; i++) {
        const char *key = critic[i / 2], *other = critic[1 - i / 2];
        struct world w;
        three_of_a_mix(&w);
        assert_true(reply_to(&w, "p1.0.scenarios.0", REPLY_OK,
                             "{\"scenarios\":[\"a\",\"b\",\"c\",\"d\"]}"));
        assert_true(
            reply_to(&w, "p1.0.generate.0", REPLY_OK, "{\"question\":\"q\",\"answer\":\"a\"}"));
        assert_true(
            reply_to(&w, "p1.0.requirements.0", REPLY_OK, "{\"reason\":\"r\",\"ok\":true}"));
        assert_true(reply_to(&w, key, lost[i % 2], ""));
        assert_false(reply_to(&w, key, lost[i % 2], ""));
        assert_false(reply_to(&w, key, REPLY_OK, "{\"reason\":\"r\",\"answer\":\"yes\"}"));
        assert_int_equal(w.point[0].outcome, POINT_ASKED);
        assert_true(reply_to(&w, other, REPLY_OK, "{\"reason\":\"r\",\"answer\":\"no\"}"));
        assert_int_equal(w.point[0].outcome, i % 2 == 0 ? POINT_INVALID : POINT_FAILED);
        world_free(&w);
    }
}

/* ---- what holds for every run */

static int count_with(const struct memory *m, const char *part)
{
    int n = 0;
    for (size_t i = 0; i < m->count; i++) {
        n += strstr(m->item[i].key, part) != NULL ? 1 : 0;
    }
    return n;
}

static bool reason_begins(const struct point *p, const char *start)
{
    return p->reason != NULL && strncmp(p->reason, start, strlen(start)) == 0;
}

/* Whatever is done with disputed and rejected points, the plan is made in full. */
static void test_policies(void **state)
{
    (void)state;
    static const enum point_state of[] = {[POLICY_QUEUE] = POINT_DISPUTED,
                                          [POLICY_REJECT] = POINT_REJECTED,
                                          [POLICY_ACCEPT] = POINT_ACCEPTED};
    for (int i = 0; i < 9; i++) {
        struct world w;
        prepare(&w, &rough, 3);
        w.rule.correct_no = w.rule.incorrect_yes = 0.25;
        w.rule.unmet = 0.5;
        w.common.disputed = (enum policy)(i / 3);
        w.common.rejected = (enum policy)(i % 3);
        world_begin(&w);
        assert_true(world_run(&w, TURNS));
        assert_finished(&w);
        int disputed = 0, wrong = 0, unmet = 0;
        for (size_t k = 0; k < w.points; k++) {
            const struct point *p = &w.point[k];
            if (reason_begins(p, "the critics contradict")) {
                assert_int_equal(p->outcome, of[w.common.disputed]);
                disputed++;
            } else if (reason_begins(p, "both critics say")) {
                assert_int_equal(p->outcome, of[w.common.rejected]);
                wrong++;
            } else if (reason_begins(p, "requirements: because")) {
                assert_int_equal(p->outcome, POINT_REJECTED); /* no policy saves these */
                unmet++;
            } else {
                assert_true(p->outcome == POINT_ACCEPTED || p->outcome == POINT_INVALID);
            }
        }
        assert_true(disputed > 2 && wrong > 0 && unmet > 0);
        world_free(&w);
    }
}

/* Never more than R refinements, and as many as that where they are needed. */
static void test_refinements(void **state)
{
    (void)state;
    for (int r = 0; r <= 3; r++) {
        struct world w;
        char last[32], over[32], check[32];
        prepare(&w, &rough, 6);
        w.rule.unmet = 0.6;
        w.rule.transport = 0.1; /* who is tried again counts from the beginning */
        w.common.refinements = r;
        world_begin(&w);
        assert_true(world_run(&w, TURNS));
        assert_finished(&w);
        snprintf(last, sizeof last, ".refine.%d", r - 1);
        snprintf(over, sizeof over, ".refine.%d", r);
        snprintf(check, sizeof check, ".requirements.%d", r + 1);
        assert_true(r == 0 || count_with(&w.memory, last) > 0);
        assert_int_equal(count_with(&w.memory, over), 0);
        assert_int_equal(count_with(&w.memory, check), 0);
        for (size_t i = 0; i < w.points; i++) {
            assert_true(w.point[i].attempts <= r + 1);
        }
        world_free(&w);
    }
}

/* Without an answer field no critic is asked, and nothing is disputed. */
static void test_no_answer_field(void **state)
{
    (void)state;
    struct world w;
    prepare(&w, &rough, 3);
    free(w.common.answer);
    w.common.answer = NULL;
    world_begin(&w);
    assert_true(world_run(&w, TURNS));
    assert_finished(&w);
    assert_int_equal(count_with(&w.memory, ".critic-"), 0);
    assert_int_equal(world_count(&w, POINT_DISPUTED), 0);
    assert_true(world_count(&w, POINT_REJECTED) > 0);
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stops_by_hand),     cmocka_unit_test(test_deaths),
        cmocka_unit_test(test_fatal_replies),     cmocka_unit_test(test_given_up),
        cmocka_unit_test(test_back_in_its_place), cmocka_unit_test(test_second_reply_of_a_critic),
        cmocka_unit_test(test_policies),          cmocka_unit_test(test_refinements),
        cmocka_unit_test(test_no_answer_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
