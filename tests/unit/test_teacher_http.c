/*
 * Tests of teachers over HTTP, against a server in a process of its own that fails as it is told.
 */
#include "unit/teacher_fixture.inc"

#include "unit/mock_process.inc"

#include "teacher/retry.h"

#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

static void on_drop(void *ctx, struct question *q)
{
    struct world *w = ctx;
    w->dropped++;
    question_free(q);
}

/* A seed whose waits between all six tries are short, for the first question asked. */
static uint64_t patient_seed(void)
{
    uint64_t seed = 0;
    double sum;
    do {
        seed++;
        sum = 0;
        for (int tries = 1; tries < RETRY_TRIES; tries++) {
            sum += retry_backoff(tries, seed);
        }
    } while (sum > 1.5);
    return seed;
}

static void assert_says(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fail_msg("'%s' does not say '%s'", text, part);
    }
}

static void ask_patiently(struct world *w)
{
    struct question *q = make_question("q0", 0);
    q->seed = patient_seed();
    teachers_ask(w->t, q);
}

static void answers(void **state)
{
    struct mock m;
    struct world *w = world_new();
    (void)state;
    MOCK(&m, "--latency", "5");
    USE(w, 0, m.url, "model=m1", "price-in=1", "price-cached=0.1", "price-out=10");
    ask_many(w, 50);
    run_until(w, 50, 20);
    assert_int_equal(w->outcomes[REPLY_OK], 50);
    const struct reply *r = &w->replies[0];
    assert_true(r->final);
    assert_int_equal(r->tries, 1);
    assert_int_equal(r->http_status, 200);
    assert_string_equal(r->teacher, "mock");
    assert_string_equal(r->model, "m1");
    assert_non_null(r->system);
    assert_non_null(strstr(r->user, "1 + 1"));
    assert_true(r->seconds >= 0.005 && r->seconds < 10);
    assert_true(r->tokens_in > 0 && r->tokens_cached > 0 && r->tokens_out > 0);
    double cost = ((double)(r->tokens_in - r->tokens_cached) + 0.1 * (double)r->tokens_cached +
                   10 * (double)r->tokens_out) /
                  1e6;
    assert_true(fabs(r->cost - cost) < 1e-12);
    cJSON *value = NULL;
    struct err e;
    struct question *q = make_question("x", 0);
    if (task_parse(r->task, q->inputs, r->text, strlen(r->text), &value, &e) != ST_OK) {
        fail_msg("%s", e.msg);
    }
    cJSON_Delete(value);
    question_free(q);
    struct teachers_state s;
    teachers_state(w->t, &s);
    assert_int_equal(s.in_flight, 0);
    assert_int_equal(s.waiting, 0);
    assert_true(s.limit_auto);
    assert_true(s.p50 >= 0.005 && s.p95 >= s.p50);
    assert_int_equal(teachers_timeout(w->t), -1);
    world_free(w);
    mock_stop(&m);
}

static void estimates_without_usage(void **state)
{
    struct mock m;
    struct world *w = world_new();
    (void)state;
    MOCK(&m, "--no-usage");
    USE(w, 0, m.url, "model=m1");
    ask_many(w, 1);
    run_until(w, 1, 10);
    const struct reply *r = &w->replies[0];
    assert_int_equal(r->tokens_in, (strlen(r->system) + strlen(r->user)) / 4);
    assert_int_equal(r->tokens_out, strlen(r->text) / 4);
    world_free(w);
    mock_stop(&m);
}

static void keeps_to_a_fixed_limit(void **state)
{
    struct mock m;
    struct world *w = world_new();
    (void)state;
    /* The server refuses a fifth one at once. */
    MOCK(&m, "--latency", "20", "--most-active", "4");
    USE(w, 4, m.url);
    ask_many(w, 40);
    run_until(w, 40, 20);
    assert_int_equal(w->outcomes[REPLY_OK], 40);
    assert_int_equal(w->count, 40);
    assert_int_equal(w->most_in_flight, 4);
    world_free(w);
    mock_stop(&m);
}

static void finds_the_limit_by_itself(void **state)
{
    struct mock m;
    struct world *w = world_new();
    (void)state;
    MOCK(&m, "--latency", "30", "--most-active", "40");
    USE(w, 0, m.url);
    ask_many(w, 1500);
    run_until(w, 1500, 60);
    /* All are answered although the limit was overshot, and it did grow. */
    assert_int_equal(w->outcomes[REPLY_OK] + w->outcomes[REPLY_TRANSPORT], 1500);
    assert_true(w->outcomes[REPLY_TRANSPORT] <= 15);
    assert_true(w->most_in_flight > 16);
    assert_true(w->most_in_flight < 120);
    assert_says(w->events, "429 too many requests, in flight");
    world_free(w);
    mock_stop(&m);
}

static void does_not_crowd_a_server_that_only_gets_slower(void **state)
{
    struct mock m;
    struct world *w = world_new();
    (void)state;
    MOCK(&m, "--latency", "10", "--slots", "4");
    USE(w, 0, m.url);
    ask_many(w, 1000);
    run_until(w, 1000, 60);
    assert_int_equal(w->outcomes[REPLY_OK], 1000);
    struct teachers_state s;
    teachers_state(w->t, &s);
    assert_in_range(s.limit, 4, 64);
    assert_true(w->most_in_flight < 160);
    world_free(w);
    mock_stop(&m);
}

static void honours_retry_after(void **state)
{
    struct mock m;
    struct world *w = world_new();
    (void)state;
    MOCK(&m, "--sequence", "429", "--retry-after", "1");
    USE(w, 1, m.url);
    int64_t start = clock_ms();
    ask_many(w, 3);
    /* The one that waits occupies no slot: the other two are answered meanwhile. */
    run_until(w, 2, 10);
    assert_true(clock_ms() - start < 900);
    run_until(w, 3, 10);
    assert_true(clock_ms() - start >= 1000);
    assert_int_equal(w->count, 4);
    const struct reply *first = &w->replies[0];
    assert_false(first->final);
    assert_int_equal(first->http_status, 429);
    assert_int_equal(first->tries, 1);
    assert_true(first->retry_after >= 1);
    assert_string_equal(first->key, "q0");
    assert_null(first->text);
    assert_non_null(first->user);
    assert_string_equal(w->replies[3].key, "q0");
    assert_int_equal(w->replies[3].tries, 2);
    assert_int_equal(w->replies[3].outcome, REPLY_OK);
    world_free(w);
    mock_stop(&m);
}

static void reads_dates_and_past_dates(void **state)
{
    struct mock m;
    struct world *w = world_new();
    char date[64];
    struct tm tm;
    time_t past = time(NULL) - 100;
    (void)state;
    (void)gmtime_r(&past, &tm);
    (void)strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    MOCK(&m, "--sequence", "503", "--retry-after", date);
    USE(w, 0, m.url);
    ask_many(w, 1);
    run_until(w, 1, 10);
    assert_true(w->replies[0].retry_after >= 0 && w->replies[0].retry_after <= 0.5);
    world_free(w);
    past = time(NULL) + 2;
    (void)gmtime_r(&past, &tm);
    (void)strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    mock_stop(&m);
    MOCK(&m, "--sequence", "503", "--retry-after", date);
    w = world_new();
    USE(w, 0, m.url);
    ask_many(w, 1);
    run_until(w, 1, 10);
    assert_true(w->replies[0].retry_after >= 0.5 && w->replies[0].retry_after <= 2);
    world_free(w);
    mock_stop(&m);
}

static void tries_again_after_each_kind_of_failure(void **state)
{
    static const char *const kinds[] = {"500", "408", "409",       "425",
                                        "529", "cut", "malformed", "drop"};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct mock m;
        struct world *w = world_new();
        MOCK(&m, "--sequence", kinds[i]);
        USE(w, 0, m.url);
        ask_many(w, 1);
        run_until(w, 1, 10);
        assert_int_equal(w->count, 2);
        assert_false(w->replies[0].final);
        assert_int_equal(w->replies[0].outcome, REPLY_TRANSPORT);
        assert_true(w->replies[0].error[0] != '\0');
        assert_int_equal(w->replies[1].outcome, REPLY_OK);
        assert_int_equal(w->replies[1].tries, 2);
        world_free(w);
        mock_stop(&m);
    }
}

/* What one word of the script ends in. */
static void expect(const char *word, enum reply_outcome outcome, size_t count, const char *says)
{
    struct mock m;
    struct world *w = world_new();
    MOCK(&m, "--sequence", word);
    USE(w, 0, m.url, "model=m1");
    ask_many(w, 1);
    run_until(w, 1, 10);
    const struct reply *r = &w->replies[w->count - 1];
    if (r->outcome != outcome || w->count != count) {
        fail_msg("%s gives %s after %zu tries: %s", word, reply_outcome_name(r->outcome), w->count,
                 r->error);
    }
    assert_says(r->error, says);
    world_free(w);
    mock_stop(&m);
}

static void ends_at_what_no_retry_changes(void **state)
{
    (void)state;
    expect("401", REPLY_FATAL, 1, "wants a key");
    expect("402", REPLY_FATAL, 1, "no credit");
    expect("403", REPLY_FATAL, 1, "does not allow model 'm1'");
    expect("404", REPLY_FATAL, 1, "knows no model 'm1'");
    expect("302", REPLY_FATAL, 1, "redirect to http://elsewhere.example/v1");
    expect("quota", REPLY_FATAL, 1, "no credit or quota");
    expect("413", REPLY_TRANSPORT, 1, "declines the request (413)");
    expect("422", REPLY_TRANSPORT, 1, "declines the request (422)");
    expect("filter", REPLY_REFUSED, 1, "filter");
    expect("refuse", REPLY_REFUSED, 1, "I will not do that");
    expect("length", REPLY_LENGTH, 1, "max-tokens");
    expect("think", REPLY_OK, 1, "");
}

static void gives_up_after_six_tries(void **state)
{
    struct mock m;
    struct world *w = world_new();
    (void)state;
    MOCK(&m, "--p500", "1");
    USE(w, 0, m.url);
    ask_patiently(w);
    run_until(w, 1, 40);
    assert_int_equal(w->count, 6);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(w->replies[i].tries, i + 1);
        assert_int_equal(w->replies[i].final, i == 5);
    }
    assert_int_equal(w->replies[5].outcome, REPLY_TRANSPORT);
    assert_says(w->replies[5].error, "answers 500");
    world_free(w);
    mock_stop(&m);
}

static void declined_by_all_is_a_person_s_matter(void **state)
{
    struct mock m;
    struct world *w = world_new();
    (void)state;
    MOCK(&m, "--sequence", "422*100");
    USE(w, 1, m.url);
    ask_many(w, 5);
    run_until(w, 5, 10);
    assert_int_equal(w->outcomes[REPLY_TRANSPORT], 4);
    assert_int_equal(w->outcomes[REPLY_FATAL], 1);
    world_free(w);
    mock_stop(&m);
}

static void steps_down_when_a_format_is_refused(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct mock m;
        struct world *w = world_new();
        MOCK(&m, "--refuse-format", i == 0 ? "json_schema" : "json_object", "--latency", "10");
        USE(w, 8, m.url);
        ask_many(w, 24);
        run_until(w, 24, 20);
        assert_int_equal(w->outcomes[REPLY_OK], 24);
        /* Eight were under way when it was learnt, per step; nobody after that. */
        assert_in_range(w->count, 25, 24 + 8 * (size_t)(i + 1));
        assert_says(w->events, i == 0 ? "by json_object" : "by prompt");
        if (i == 0) {
            assert_null(strstr(w->events, "by prompt"));
        }
        world_free(w);
        mock_stop(&m);
    }
}

static void a_set_format_is_not_changed(void **state)
{
    struct mock m;
    struct world *w = world_new();
    (void)state;
    MOCK(&m, "--refuse-format", "json_schema");
    USE(w, 8, m.url, "structured=json_schema");
    ask_many(w, 1);
    run_until(w, 1, 10);
    assert_int_equal(w->outcomes[REPLY_TRANSPORT], 1);
    world_free(w);
    mock_stop(&m);
}

static void ends_a_call_at_its_deadline(void **state)
{
    struct mock m;
    struct world *w = world_new();
    (void)state;
    MOCK(&m, "--latency", "60000");
    USE(w, 0, m.url, "timeout=1");
    ask_many(w, 1);
    int64_t start = clock_ms();
    while (w->count == 0 && clock_ms() - start < 10000) {
        turn(w, 100);
    }
    assert_int_equal(w->count, 1);
    assert_in_range(clock_ms() - start, 990, 5000);
    assert_false(w->replies[0].final);
    assert_says(w->replies[0].error, "did not answer within 1 s");
    world_free(w);
    mock_stop(&m);
}

static void reads_slow_replies_whole(void **state)
{
    struct mock m;
    struct world *w = world_new();
    (void)state;
    MOCK(&m, "--slow", "300");
    USE(w, 10, m.url);
    ask_many(w, 10);
    run_until(w, 10, 20);
    assert_int_equal(w->count, 10);
    assert_int_equal(w->outcomes[REPLY_OK], 10);
    assert_true(w->replies[0].seconds > 0.2);
    world_free(w);
    mock_stop(&m);
}

/* A port on which nobody listens. */
static int closed_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)(void *)&at, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)(void *)&at, &len), 0);
    (void)close(fd);
    return ntohs(at.sin_port);
}

static void says_that_nobody_answers(void **state)
{
    struct world *w = world_new();
    char url[64];
    char says[64];
    int port = closed_port();
    (void)state;
    (void)snprintf(url, sizeof url, "base-url=http://127.0.0.1:%d/v1", port);
    (void)snprintf(says, sizeof says, "server at 127.0.0.1:%d does not answer", port);
    USE(w, 0, url);
    ask_patiently(w);
    run_until(w, 1, 40);
    const struct reply *r = &w->replies[w->count - 1];
    assert_int_equal(r->outcome, REPLY_FATAL);
    assert_int_equal(r->tries, 5);
    assert_says(r->error, says);
    assert_says(w->events, says);
    world_free(w);
}

static void uses_the_address_that_answers(void **state)
{
    struct mock m;
    struct world *w = world_new();
    char url[64];
    (void)state;
    MOCK(&m, "--latency", "1");
    (void)snprintf(url, sizeof url, "base-url=http://127.0.0.1:%d/v1", closed_port());
    USE(w, 8, url, m.url);
    ask_many(w, 100);
    run_until(w, 100, 20);
    assert_int_equal(w->outcomes[REPLY_OK], 100);
    assert_true(w->count < 120);
    world_free(w);
    mock_stop(&m);
}

static void spreads_over_addresses(void **state)
{
    struct mock m[2];
    struct world *w = world_new();
    (void)state;
    /* Each refuses a fifth one: only when both are used evenly is nothing refused. */
    MOCK(&m[0], "--latency", "50", "--most-active", "4");
    MOCK(&m[1], "--latency", "50", "--most-active", "4");
    USE(w, 8, m[0].url, m[1].url);
    ask_many(w, 64);
    run_until(w, 64, 20);
    assert_int_equal(w->count, 64);
    struct buf b;
    bool offline = true;
    buf_init(&b, 200);
    teachers_shown(w->t, ROLE_WRITER, &b, &offline);
    assert_false(offline);
    assert_says(b.data, "127.0.0.1");
    buf_free(&b);
    world_free(w);
    mock_stop(&m[0]);
    mock_stop(&m[1]);
}

static void keys_are_sent_and_never_shown(void **state)
{
    static const char key[] = "sk-test-0123456789";
    struct mock m;
    struct world *w = world_new();
    (void)state;
    assert_int_equal(setenv("TAXA_TEST_KEY", key, 1), 0);
    MOCK(&m, "--key", key);
    USE(w, 0, m.url, "key-env=TAXA_TEST_KEY");
    ask_many(w, 5);
    run_until(w, 5, 10);
    assert_int_equal(w->outcomes[REPLY_OK], 5);
    mock_stop(&m);
    world_free(w);
    /* A server that quotes the key which it does not accept. */
    w = world_new();
    MOCK(&m, "--key", "another");
    USE(w, 0, m.url, "key-env=TAXA_TEST_KEY");
    ask_many(w, 1);
    run_until(w, 1, 10);
    const struct reply *r = &w->replies[0];
    assert_int_equal(r->outcome, REPLY_FATAL);
    assert_says(r->error, "environment variable TAXA_TEST_KEY");
    assert_says(r->error, "Incorrect API key provided: [secret]");
    assert_null(strstr(r->error, key));
    assert_null(strstr(w->events, key));
    world_free(w);
    mock_stop(&m);
}

static void a_missing_key_stops_only_once_per_turn(void **state)
{
    struct world *w = world_new();
    (void)state;
    w->hold_on_fatal = true;
    USE(w, 0, "base-url=http://127.0.0.1:9/v1", "key-env=TAXA_TEST_NO_SUCH_KEY");
    ask_many(w, 10);
    run_until(w, 1, 10);
    for (int i = 0; i < 3; i++) {
        teachers_turn(w->t);
    }
    assert_int_equal(w->finals, 1);
    assert_says(w->replies[0].error, "TAXA_TEST_NO_SUCH_KEY is not set");
    assert_int_equal(teachers_timeout(w->t), -1);
    teachers_drop_waiting(w->t, on_drop, w);
    assert_int_equal(w->dropped, 9);
    world_free(w);
}

static void a_key_command_is_waited_for(void **state)
{
    struct mock m;
    struct world *w = world_new();
    (void)state;
    MOCK(&m, "--key", "sk-from-command");
    USE(w, 0, m.url, "key-command=echo sk-from-command");
    ask_many(w, 5);
    run_until(w, 5, 10);
    assert_int_equal(w->outcomes[REPLY_OK], 5);
    assert_int_equal(w->count, 5);
    world_free(w);
    mock_stop(&m);
}

static void warns_about_plain_http(void **state)
{
    struct world *w = world_new();
    (void)state;
    assert_int_equal(setenv("TAXA_TEST_KEY", "sk-test-0123456789", 1), 0);
    USE(w, 0, "base-url=http://192.0.2.1/v1", "key-env=TAXA_TEST_KEY", "timeout=1");
    ask_many(w, 1);
    for (int i = 0; i < 3; i++) {
        turn(w, 10);
    }
    assert_says(w->events, "without encryption");
    world_free(w);
}

static void unusable_addresses_say_so(void **state)
{
    static const struct {
        const char *url, *says;
    } cases[] = {{"base-url=ftp://host/v1", "http:// or https://"},
                 {"base-url=http://user:secret@host/v1", "would be stored"},
                 {"base-url=http:// bad", "no web address"},
                 {"model=m", "has no address"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world *w = world_new();
        USE(w, 0, cases[i].url);
        ask_many(w, 1);
        run_until(w, 1, 10);
        assert_int_equal(w->replies[0].outcome, REPLY_FATAL);
        assert_says(w->replies[0].error, cases[i].says);
        assert_null(strstr(w->replies[0].error, "secret"));
        world_free(w);
    }
}

static void hold_and_drop(void **state)
{
    struct mock m;
    struct world *w = world_new();
    (void)state;
    MOCK(&m, "--latency", "200");
    USE(w, 4, m.url);
    ask_many(w, 20);
    struct teachers_state s;
    int64_t end = clock_ms() + 10000;
    do {
        turn(w, 10);
        teachers_state(w->t, &s);
    } while (s.in_flight < 4 && clock_ms() < end);
    teachers_hold(w->t, true);
    run_until(w, 4, 10); /* what is in flight goes on */
    teachers_state(w->t, &s);
    assert_int_equal(s.in_flight, 0);
    assert_int_equal(s.waiting, 16);
    assert_int_equal(teachers_timeout(w->t), -1);
    teachers_turn(w->t);
    assert_int_equal(w->finals, 4);
    teachers_drop_waiting(w->t, on_drop, w);
    assert_int_equal(w->dropped, 16);
    teachers_hold(w->t, false);
    teachers_turn(w->t);
    assert_int_equal(w->finals, 4);
    ask_many(w, 2);
    run_until(w, 6, 10);
    world_free(w);
    mock_stop(&m);
}

static void configuring_keeps_what_is_under_way(void **state)
{
    struct mock m[2];
    struct world *w = world_new();
    (void)state;
    MOCK(&m[0], "--latency", "200");
    MOCK(&m[1], "--latency", "1");
    USE(w, 4, m[0].url, "model=old");
    ask_many(w, 12);
    while (w->most_in_flight < 4) {
        turn(w, 10);
    }
    USE(w, 4, m[1].url, "model=new");
    run_until(w, 12, 10);
    size_t old = 0;
    for (size_t i = 0; i < w->count; i++) {
        old += strcmp(w->replies[i].model, "old") == 0;
    }
    assert_int_equal(old, 4);
    assert_int_equal(w->outcomes[REPLY_OK], 12);
    world_free(w);
    mock_stop(&m[0]);
    mock_stop(&m[1]);
}

static void keeps_to_requests_per_minute(void **state)
{
    struct mock m;
    struct world *w = world_new();
    (void)state;
    MOCK(&m, "--latency", "1");
    USE(w, 50, m.url, "requests-per-minute=1200");
    int64_t start = clock_ms();
    ask_many(w, 40);
    run_until(w, 40, 20);
    /* 20 a second, after a second's worth that may go at once. */
    assert_in_range(clock_ms() - start, 900, 8000);
    world_free(w);
    mock_stop(&m);
}

static void keeps_to_tokens_per_minute(void **state)
{
    struct mock m;
    struct world *w = world_new();
    (void)state;
    MOCK(&m, "--latency", "1");
    USE(w, 50, m.url, "tokens-per-minute=120000", "max-tokens=100");
    int64_t start = clock_ms();
    ask_many(w, 6);
    run_until(w, 6, 30);
    int64_t tokens = 0;
    for (size_t i = 0; i < w->count; i++) {
        tokens += w->replies[i].tokens_in + w->replies[i].tokens_out;
    }
    /* 2,000 a second; the first second's worth and the debt of the last are not waited for. */
    double seconds = (double)(tokens - 2000 - tokens / 6 - 100) / 2000;
    assert_true(seconds > 0.1);
    assert_true((double)(clock_ms() - start) / 1000 > seconds);
    world_free(w);
    mock_stop(&m);
}

static int64_t cpu_us(void)
{
    struct rusage u;
    assert_int_equal(getrusage(RUSAGE_SELF, &u), 0);
    return (int64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 + u.ru_utime.tv_usec +
           u.ru_stime.tv_usec;
}

static void waiting_costs_nothing(void **state)
{
    struct mock m;
    struct world *w = world_new();
    (void)state;
    MOCK(&m, "--latency", "4000");
    USE(w, 200, m.url);
    ask_many(w, 200);
    while (w->most_in_flight < 200) {
        turn(w, 10);
    }
    /* Let the sending be over: until the loop would sleep. */
    int64_t start = clock_ms();
    while (clock_ms() - start < 700) {
        turn(w, 100);
    }
    int64_t before = cpu_us();
    start = clock_ms();
    int turns = 0;
    while (clock_ms() - start < 1000) {
        turn(w, 1000);
        turns++;
    }
    int64_t used = cpu_us() - before;
    assert_int_equal(w->finals, 0);
    if (used > 100000 || turns > 200) {
        fail_msg("%d turns and %lld us of CPU in a second of waiting", turns, (long long)used);
    }
    run_until(w, 200, 20);
    world_free(w);
    mock_stop(&m);
}

static void freed_with_calls_under_way(void **state)
{
    struct mock m;
    struct world *w = world_new();
    (void)state;
    MOCK(&m, "--latency", "300", "--sequence", "500*3");
    USE(w, 20, m.url);
    ask_many(w, 50);
    while (w->most_in_flight < 15 || w->count < 3) {
        turn(w, 10);
    }
    world_free(w);
    mock_stop(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(estimates_without_usage),
        cmocka_unit_test(keeps_to_a_fixed_limit),
        cmocka_unit_test(finds_the_limit_by_itself),
        cmocka_unit_test(does_not_crowd_a_server_that_only_gets_slower),
        cmocka_unit_test(honours_retry_after),
        cmocka_unit_test(reads_dates_and_past_dates),
        cmocka_unit_test(tries_again_after_each_kind_of_failure),
        cmocka_unit_test(ends_at_what_no_retry_changes),
        cmocka_unit_test(gives_up_after_six_tries),
        cmocka_unit_test(declined_by_all_is_a_person_s_matter),
        cmocka_unit_test(steps_down_when_a_format_is_refused),
        cmocka_unit_test(a_set_format_is_not_changed),
        cmocka_unit_test(ends_a_call_at_its_deadline),
        cmocka_unit_test(reads_slow_replies_whole),
        cmocka_unit_test(says_that_nobody_answers),
        cmocka_unit_test(uses_the_address_that_answers),
        cmocka_unit_test(spreads_over_addresses),
        cmocka_unit_test(keys_are_sent_and_never_shown),
        cmocka_unit_test(a_missing_key_stops_only_once_per_turn),
        cmocka_unit_test(a_key_command_is_waited_for),
        cmocka_unit_test(warns_about_plain_http),
        cmocka_unit_test(unusable_addresses_say_so),
        cmocka_unit_test(hold_and_drop),
        cmocka_unit_test(configuring_keeps_what_is_under_way),
        cmocka_unit_test(keeps_to_requests_per_minute),
        cmocka_unit_test(keeps_to_tokens_per_minute),
        cmocka_unit_test(waiting_costs_nothing),
        cmocka_unit_test(freed_with_calls_under_way),
    };
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
