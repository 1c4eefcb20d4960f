/*
 * Tests of queues, roles, priorities and timers, with the offline teacher: no network.
 */
#include "unit/teacher_fixture.inc"

#include <math.h>

static void on_drop(void *ctx, struct question *q)
{
    struct world *w = ctx;
    w->dropped++;
    question_free(q);
}

static void answers_at_once(void **state)
{
    struct world *w = world_new();
    (void)state;
    USE(w, 0, "dialect=offline");
    struct buf b;
    bool offline = false;
    buf_init(&b, 100);
    teachers_shown(w->t, ROLE_WRITER, &b, &offline);
    assert_string_equal(b.data, "offline teacher (rule-based)");
    assert_true(offline);
    buf_free(&b);
    struct teachers_state s;
    teachers_state(w->t, &s);
    assert_int_equal(s.limit, 256);
    assert_int_equal(teachers_room(w->t), 512);
    ask_many(w, 600);
    assert_int_equal(w->count, 0); /* never inside teachers_ask */
    assert_int_equal(teachers_room(w->t), 0);
    assert_int_equal(teachers_timeout(w->t), 0);
    teachers_turn(w->t);
    assert_true(w->count > 0);
    assert_true(w->count <= 256);
    run_until(w, 600, 20);
    assert_int_equal(w->outcomes[REPLY_OK], 600);
    assert_int_equal(teachers_timeout(w->t), -1);
    assert_non_null(strstr(w->replies[0].model, "rule-based"));
    assert_string_equal(w->replies[0].teacher, "mock");
    assert_non_null(w->replies[0].user);
    assert_true(w->replies[0].started_us > 0);
    world_free(w);
}

static void the_order_of_priority(void **state)
{
    struct world *w = world_new();
    (void)state;
    USE(w, 1, "dialect=offline");
    static const int priority[] = {0, 5, 0, 9, 5};
    static const char *const expected[] = {"q3", "q1", "q4", "q0", "q2"};
    for (int i = 0; i < 5; i++) {
        char key[8];
        (void)snprintf(key, sizeof key, "q%d", i);
        teachers_ask(w->t, make_question(key, priority[i]));
    }
    run_until(w, 5, 10);
    for (int i = 0; i < 5; i++) {
        assert_string_equal(w->replies[i].key, expected[i]);
    }
    world_free(w);
}

static void latency_is_waited_for_within_the_limit(void **state)
{
    struct world *w = world_new();
    (void)state;
    USE(w, 10, "dialect=offline", "latency=20");
    ask_many(w, 100);
    int64_t start = clock_ms();
    run_until(w, 100, 20);
    /* 100 waits of 20 ms in the mean, ten at a time: 200 ms, give or take the tail. */
    assert_in_range(clock_ms() - start, 80, 5000);
    assert_int_equal(w->most_in_flight, 10);
    struct teachers_state s;
    teachers_state(w->t, &s);
    assert_int_equal(s.in_flight, 0);
    assert_true(s.p50 > 0.004 && s.p50 < 0.05);
    assert_true(s.p95 > s.p50);
    world_free(w);
}

static void simulated_failures_are_tried_again(void **state)
{
    struct world *w = world_new();
    (void)state;
    USE(w, 0, "dialect=offline", "limited=0.3", "server-error=0.1");
    ask_many(w, 200);
    run_until(w, 200, 120);
    assert_true(w->count > 240);
    assert_true(w->outcomes[REPLY_OK] >= 190);
    size_t limited = 0;
    for (size_t i = 0; i < w->count; i++) {
        limited += !w->replies[i].final && w->replies[i].http_status == 429;
        assert_true(w->replies[i].tries >= 1 && w->replies[i].tries <= 6);
    }
    assert_in_range(limited, 30, 200);
    world_free(w);
}

static void hold_and_drop(void **state)
{
    struct world *w = world_new();
    (void)state;
    USE(w, 0, "dialect=offline", "limited=1");
    ask_many(w, 30);
    teachers_turn(w->t);
    assert_int_equal(w->count, 30); /* all failed once and wait for their next try */
    struct teachers_state s;
    teachers_state(w->t, &s);
    assert_int_equal(s.waiting, 30);
    assert_int_equal(s.in_flight, 0);
    teachers_hold(w->t, true);
    ask_many(w, 5);
    int64_t end = clock_ms() + 700; /* longer than any first back-off */
    while (clock_ms() < end) {
        turn(w, 50);
    }
    assert_int_equal(w->count, 30);
    assert_int_equal(teachers_timeout(w->t), -1);
    teachers_drop_waiting(w->t, on_drop, w);
    assert_int_equal(w->dropped, 35);
    teachers_state(w->t, &s);
    assert_int_equal(s.waiting, 0);
    world_free(w);
}

static void the_callback_may_ask(void **state)
{
    struct world *w = world_new();
    (void)state;
    w->ask_again = true;
    USE(w, 0, "dialect=offline");
    ask_many(w, 1);
    run_until(w, 2, 10);
    assert_string_equal(w->replies[1].key, "again");
    world_free(w);
}

static void roles_choose_teachers(void **state)
{
    struct world *w = world_new();
    (void)state;
    const char *const offline[] = {"dialect=offline"};
    const char *const priced[] = {"dialect=offline", "price-in=1000000", "price-out=2000000",
                                  "max-tokens=100"};
    struct teacher_config list[2] = {config_of("first", offline, 1),
                                     config_of("second", priced, 4)};
    const char *roles[ROLE_COUNT] = {NULL};
    roles[ROLE_CRITIC_CORRECT] = "second";
    roles[ROLE_WRITER] = "no such teacher";
    teachers_configure(w->t, list, 2, roles, 0);
    teachers_ask(w->t, make_question("a", 0));
    struct question *q = make_question("b", 0);
    q->task = TASK_CRITIC_INCORRECT;
    teachers_ask(w->t, q);
    run_until(w, 2, 10);
    for (size_t i = 0; i < 2; i++) {
        const struct reply *r = &w->replies[i];
        bool second = strcmp(r->key, "a") == 0;
        assert_string_equal(r->teacher, second ? "second" : "first");
        double cost = second ? (double)r->tokens_in + 2 * (double)r->tokens_out : 0;
        assert_true(fabs(r->cost - cost) < 1e-9);
        assert_true(!second || r->cost > 0);
        assert_true(r->cost <=
                    teachers_max_cost(w->t, r->task, strlen(r->system) + strlen(r->user)));
    }
    assert_int_equal(teachers_room(w->t), 1024);
    assert_true(fabs(teachers_max_cost(w->t, TASK_CRITIC_CORRECT, 1000) - (516 + 200)) < 1e-6);
    teacher_config_free(&list[0]);
    teacher_config_free(&list[1]);
    world_free(w);
}

static void without_a_teacher_it_says_so(void **state)
{
    struct world *w = world_new();
    (void)state;
    ask_many(w, 1);
    run_until(w, 1, 10);
    assert_int_equal(w->replies[0].outcome, REPLY_FATAL);
    assert_non_null(strstr(w->replies[0].error, "no teacher"));
    assert_int_equal(teachers_room(w->t), 0);
    world_free(w);
}

static void a_new_configuration_takes_over_the_queue(void **state)
{
    struct world *w = world_new();
    (void)state;
    USE(w, 1, "dialect=offline", "latency=60000");
    ask_many(w, 5);
    turn(w, 0);
    assert_int_equal(w->most_in_flight, 1);
    USE(w, 1, "dialect=offline", "latency=0");
    run_until(w, 4, 10); /* all but the one under way */
    struct teachers_state s;
    teachers_state(w->t, &s);
    assert_int_equal(s.in_flight, 1);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_at_once),
        cmocka_unit_test(the_order_of_priority),
        cmocka_unit_test(latency_is_waited_for_within_the_limit),
        cmocka_unit_test(simulated_failures_are_tried_again),
        cmocka_unit_test(hold_and_drop),
        cmocka_unit_test(the_callback_may_ask),
        cmocka_unit_test(roles_choose_teachers),
        cmocka_unit_test(without_a_teacher_it_says_so),
        cmocka_unit_test(a_new_configuration_takes_over_the_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
