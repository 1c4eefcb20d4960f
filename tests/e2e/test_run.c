/*
 * Steering a run and changing settings on a real pseudo-terminal, with a real server and the
 * offline teacher that takes its time: what the screen shows is what `status` and `get` say.
 */
#include "base/file.h"
#include "base/json.h"
#include "ui/link.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pty_home.h"
#include "pty_screen.h"
#include "ui_session.h"

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static char file[128];

/* Run the program with these words and give its output, which the caller frees. */
static char *taxa(const char *const *words, const char *input)
{
    int out[2];
    char *argv[16] = {strdup(getenv("TAXA_BIN")), strdup(file)};
    int n = 2;
    for (; words[n - 2] != NULL && n < 15; n++) {
        argv[n] = strdup(words[n - 2]);
    }
    assert_int_equal(pipe(out), 0);
    pid_t pid = fork();
    if (pid == 0) {
        int in = open(input != NULL ? input : "/dev/null", O_RDONLY);
        dup2(in, STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        dup2(out[1], STDERR_FILENO);
        close(out[0]);
        execv(argv[0], argv);
        _exit(127);
    }
    close(out[1]);
    struct buf b;
    char bytes[65536];
    buf_init(&b, 64u << 20);
    ssize_t got;
    while ((got = read(out[0], bytes, sizeof bytes)) > 0) {
        buf_add(&b, bytes, (size_t)got);
    }
    close(out[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fail_msg("%s: %s", words[0], b.data);
    }
    for (int i = 0; i < n; i++) {
        free(argv[i]);
    }
    char *text = xstrdup(b.data);
    buf_free(&b);
    return text;
}

/* A figure of a JSON object, all of which are whole here. */
static int64_t figure(const cJSON *o, const char *name)
{
    return (int64_t)json_num_or(o, name, -1);
}

static void does(const char *const *words)
{
    free(taxa(words, NULL));
}

static cJSON *asks(const char *const *words)
{
    char *text = taxa(words, NULL);
    cJSON *o = NULL;
    struct err e = {0};
    REQUIRE(json_parse(text, strlen(text), &json_limits_reply, &o, &e));
    free(text);
    return o;
}

static double status_of(const char *name)
{
    cJSON *o = asks(WORDS("status", "--json"));
    double v = json_num_or(o, name, -1);
    cJSON_Delete(o);
    return v;
}

static void expect_setting(const char *name, const char *value)
{
    char *text = taxa(WORDS("get", name), NULL);
    text[strcspn(text, "\n")] = '\0';
    assert_string_equal(text, value);
    free(text);
}

/* A session as it is shipped, with a teacher that needs a while for each answer. */
static void begin(const char *name, const char *latency, const char *limited)
{
    session_path(file, name);
    free(taxa(WORDS("-"), "sessions/gsm8k.session"));
    does(WORDS("teacher", "set", "offline", latency, limited, "price-in=0.1", "price-out=0.4"));
    does(WORDS("set", "concurrency", "8"));
}

static void start(struct pty *p, int cols, int rows)
{
    const char *const argv[] = {getenv("TAXA_BIN"), file, NULL};
    pty_start(p, argv, cols, rows, false);
    pty_wait(p, "1 OVER");
}

static void quit(struct pty *p)
{
    pty_type(p, "q");
    assert_int_equal(pty_end(p), 0);
    pty_free(p);
}

/* ---- */

static void a_run_is_started_extended_paused_resumed_and_stopped(void **state)
{
    (void)state;
    struct pty p;
    begin("control.taxa", "latency=40", "limited=0");
    start(&p, 80, 24);
    pty_type(&p, "4");
    pty_wait(&p, "Nothing was generated yet.");
    pty_type(&p, "G\025"
                 "300\r");
    pty_wait(&p, "of 300");
    pty_wait(&p, "▶");
    pty_wait(&p, "bottleneck");
    assert_int_equal((int)status_of("target"), 300);
    pty_type(&p, "G\025"
                 "5000\r");
    pty_wait(&p, "of 5,000");
    assert_int_equal((int)status_of("target"), 5000);
    pty_type(&p, "p");
    pty_wait(&p, "‖ paused");
    cJSON *o = asks(WORDS("status", "--json"));
    assert_string_equal(json_str_or(o, "run", ""), "paused");
    cJSON_Delete(o);
    pty_wait(&p, "p resume");
    pty_type(&p, "p");
    pty_wait(&p, "▶");
    pty_type(&p, "s");
    pty_wait(&p, "■ stopped");
    o = asks(WORDS("status", "--json"));
    assert_string_equal(json_str_or(o, "run", ""), "stopped");
    assert_true(json_num_or(o, "short", 0) > 0);
    cJSON_Delete(o);
    pty_type(&p, "p");
    pty_wait(&p, "nothing runs");
    quit(&p);
}

static void what_is_changed_while_it_runs_says_when_it_is_felt(void **state)
{
    (void)state;
    struct pty p;
    begin("change.taxa", "latency=60", "limited=0");
    does(WORDS("strategy", "remove", "pure number"));
    start(&p, 100, 40);
    pty_type(&p, "4G\025"
                 "3000\r");
    pty_wait(&p, "of 3,000");
    pty_wait(&p, "▶");
    pty_wait(&p, "in flight 8/8 fixed");
    pty_type(&p, "+");
    pty_wait(&p, "concurrency 10 applies from now on");
    pty_wait(&p, "/10 fixed");
    pty_type(&p, "b20\r");
    pty_wait(&p, "budget 20 applies from now on");
    pty_wait(&p, "of $20.00");
    pty_type(&p, "c0.9\r");
    pty_wait(&p, "complexity 0.9 applies to points planned from now on; 1 strategy keeps its own");
    does(WORDS("strategy", "remove", "everyday")); /* from another shell */
    pty_wait(&p, "planned again");
    pty_type(&p, "c0.8\r");
    pty_wait(&p, "complexity 0.8 applies to points planned from now on ");
    expect_setting("concurrency", "10");
    expect_setting("budget", "20");
    expect_setting("complexity", "0.8");
    pty_type(&p, "u");
    pty_wait(&p, "complexity 0.9 applies to points planned from now on ");
    pty_type(&p, "a");
    pty_wait(&p, "concurrency auto applies from now on");
    pty_wait(&p, " auto");
    pty_type(&p, "s");
    pty_wait(&p, "■ stopped");
    quit(&p);
}

static void errors_lead_to_their_call(void **state)
{
    (void)state;
    struct pty p;
    begin("errors.taxa", "latency=30", "limited=0.3");
    start(&p, 80, 30);
    pty_type(&p, "4G\025"
                 "2000\r");
    pty_wait(&p, "errors·");
    pty_type(&p, "p");
    pty_wait(&p, "‖ paused");
    pty_type(&p, "\t");
    pty_wait(&p, "[errors·");
    pty_wait(&p, "429 too many requests");
    pty_type(&p, "\r");
    pty_wait(&p, "outcome");
    pty_wait(&p, "429");
    pty_type(&p, "q\t");
    pty_wait(&p, "[strategies]");
    pty_type(&p, "\t");
    pty_wait(&p, "by operation (1 of");
    pty_type(&p, "l");
    pty_wait(&p, "(2 of");
    quit(&p);
}

/* What the text says behind this word at the start of a line. */
static int64_t in_text(const char *text, const char *word)
{
    char key[64];
    snprintf(key, sizeof key, "\n%s", word);
    const char *at = strstr(text, key);
    return at != NULL ? strtoll(at + strlen(key), NULL, 10) : -1;
}

static void the_summary_is_what_status_says(void **state)
{
    (void)state;
    static const char *const same[] = {"target",   "accepted", "rejected",
                                       "disputed", "invalid",  "failed"};
    struct pty p;
    begin("summary.taxa", "latency=5", "limited=0.02");
    start(&p, 120, 40);
    pty_type(&p, "4G\025"
                 "60\r");
    pty_wait(&p, "✓ done");
    pty_type(&p, "S");
    pty_wait(&p, "accepted     60 of 60 wanted");
    pty_wait(&p, "offline teacher (rule-based)");
    pty_type(&p, "q");
    cJSON *status = asks(WORDS("status", "--json")), *o = asks(WORDS("summary", "--json"));
    char *text = taxa(WORDS("summary"), NULL);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        int64_t n = figure(status, same[i]);
        assert_true(n >= 0);
        assert_int_equal(figure(o, same[i]), n);
        if (i > 0) {
            assert_int_equal(in_text(text, same[i]), n);
        }
    }
    const cJSON *k = NULL, *calls = cJSON_GetObjectItem(status, "calls");
    int64_t made = 0;
    double cost = 0;
    cJSON_ArrayForEach(k, cJSON_GetObjectItem(o, "questions"))
    {
        made += figure(k, "calls");
        cost += json_num_or(k, "cost", 0);
        assert_int_equal((int)strlen(json_str_or(k, "prompt", "")), 8);
    }
    assert_int_equal(made, figure(calls, "made"));
    assert_int_equal(in_text(text, "calls"), made);
    double spent = json_num_or(cJSON_GetObjectItem(status, "cost"), "spent", 0);
    assert_true(spent > 0 && cost > spent * 0.999999 && cost < spent * 1.000001);
    const cJSON *by = cJSON_GetObjectItem(o, "rejected_by");
    assert_int_equal(figure(by, "requirements") + figure(by, "critics") + figure(by, "person") +
                         figure(by, "other"),
                     figure(o, "rejected"));
    const cJSON *c = cJSON_GetObjectItem(o, "complexity");
    assert_int_equal(figure(c, "asked"), figure(c, "made"));
    assert_string_equal(json_str_or(cJSON_GetObjectItem(o, "settings"), "concurrency", ""), "8");
    assert_true(json_bool_or(o, "offline", false));
    free(text);
    cJSON_Delete(status);
    cJSON_Delete(o);
    quit(&p);
}

/* ---- two at once */

/* Send a command and wait for its end: from then on the server knows. */
static int64_t server_knows(struct link *l, const char *word)
{
    struct err e = {0};
    const char *const argv[] = {word};
    const struct link_line line = {.argc = 1, .argv = argv};
    REQUIRE(link_send(l, file, &line, &e));
    int64_t deadline = clock_ms() + PTY_WAIT_MS;
    while (clock_ms() < deadline) {
        struct link_news news;
        for (link_read(l, &news); news.event != LINK_NOTHING; link_read(l, &news)) {
            if (news.event == LINK_EXIT) {
                assert_int_equal(news.code, 0);
                return clock_ms();
            }
        }
        struct pollfd f = {link_fd(l), POLLIN, 0};
        poll(&f, 1, 100);
    }
    fail_msg("%s was not answered", word);
    return 0;
}

/* How long until both show it. */
static int64_t until_both_show(struct pty *a, struct pty *b, const char *text, int64_t since)
{
    int64_t deadline = clock_ms() + PTY_WAIT_MS;
    while (!pty_shows(a, text) || !pty_shows(b, text)) {
        if (clock_ms() > deadline) {
            fail_msg("%s is not shown by both", text);
        }
        struct pollfd f[2] = {{a->fd, POLLIN, 0}, {b->fd, POLLIN, 0}};
        poll(f, 2, 100);
        (void)(f[0].revents != 0 && pty_read(a, 0));
        (void)(f[1].revents != 0 && pty_read(b, 0));
    }
    return clock_ms() - since;
}

static int compare_times(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

static void two_workbenches_show_one_run(void **state)
{
    (void)state;
    enum { ROUNDS = 9 };
    struct pty a, b;
    struct link l;
    int64_t took[2 * ROUNDS];
    begin("two.taxa", "latency=80", "limited=0");
    start(&a, 80, 24);
    start(&b, 100, 30);
    pty_type(&a, "4G\025"
                 "5000\r");
    pty_type(&b, "4");
    pty_wait(&a, "▶");
    pty_wait(&b, "▶");
    pty_wait(&b, "of 5,000"); /* started by the other */
    pty_type(&b, "p");
    pty_wait(&a, "‖ paused");
    pty_wait(&b, "‖ paused");
    pty_type(&a, "p");
    pty_wait(&a, "▶");
    pty_wait(&b, "▶");
    char *text = taxa(WORDS("summary"), NULL);
    assert_non_null(strstr(text, "\nrun          running\n"));
    free(text);
    link_init(&l);
    for (int i = 0; i < ROUNDS; i++) {
        took[2 * i] = until_both_show(&a, &b, "‖ paused", server_knows(&l, "pause"));
        took[2 * i + 1] = until_both_show(&a, &b, "▶", server_knows(&l, "resume"));
    }
    link_close(&l);
    qsort(took, 2 * ROUNDS, sizeof took[0], compare_times);
    print_message("both screens: median %lld ms, slowest %lld ms\n", (long long)took[ROUNDS],
                  (long long)took[2 * ROUNDS - 1]);
    assert_true(took[ROUNDS] <= 100);
    /* one leaves, the run and the other stay; it comes back to the same */
    quit(&a);
    pty_wait(&b, "▶");
    start(&a, 80, 24);
    pty_type(&a, "4");
    pty_wait(&a, "▶");
    pty_wait(&a, "of 5,000");
    pty_type(&b, "s");
    pty_wait(&a, "■ stopped");
    quit(&a);
    quit(&b);
}

/* ---- settings */

static void settings_are_changed_and_undone_to_the_same_session(void **state)
{
    (void)state;
    struct pty p;
    begin("settings.taxa", "latency=5", "limited=0");
    char *before = taxa(WORDS("save", "-"), NULL);
    start(&p, 80, 90); /* every row is seen */
    pty_type(&p, "0");
    pty_wait(&p, "0 SET");
    pty_type(&p, "/^complexity\r\r");
    pty_wait(&p, "complexity: a number from 0 to 1");
    pty_type(&p, "7\r");
    pty_wait(&p, "expected a number from 0 to 1, found \"7\"");
    pty_type(&p, "\025"
                 "0.25\r");
    pty_wait(&p, "set complexity 0.25");
    expect_setting("complexity", "0.25");
    pty_type(&p, "+");
    pty_wait(&p, "set complexity 0.3 ");
    pty_type(&p, "d");
    pty_wait(&p, "unset complexity");
    expect_setting("complexity", "0.5");
    pty_type(&p, "/^disputed\r\r");
    pty_wait(&p, "disputed: takes effect now");
    pty_type(&p, "j\r");
    pty_wait(&p, "set disputed reject");
    pty_type(&p, "/^wrong\r\r");
    pty_wait(&p, "wrong: a number from 0 to 1");
    pty_type(&p, "0.2\r");
    pty_wait(&p, "teacher set offline wrong=0.2");
    pty_type(&p, ":teacher add second dialect=offline\r");
    pty_wait(&p, "▸ second");
    pty_type(&p, "/^judge\r");
    pty_wait(&p, "judge rates points");
    pty_type(&p, "\r");
    pty_wait(&p, "Who plays the role judge");
    pty_type(&p, "j\r");
    pty_wait(&p, "role judge second");
    pty_type(&p, "/^second\rx");
    pty_wait(&p, "teacher remove second");
    pty_type(&p, "t");
    char *after = taxa(WORDS("save", "-"), NULL);
    assert_string_not_equal(after, before);
    free(after);
    for (int i = 0; i < 8; i++) {
        char *now = taxa(WORDS("undo"), NULL);
        free(now);
    }
    after = taxa(WORDS("save", "-"), NULL);
    assert_string_equal(after, before);
    free(after);
    free(before);
    quit(&p);
}

static void a_teacher_is_tested_in_the_background(void **state)
{
    (void)state;
    struct pty p;
    begin("test.taxa", "latency=1500", "limited=0");
    start(&p, 100, 50);
    pty_type(&p, "0/^offline\rt");
    pty_wait(&p, "⋯ is being asked");
    pty_type(&p, "/^seed\r"); /* keys go on working */
    pty_wait(&p, "Where all chance comes from");
    pty_wait(&p, "s · by rule");
    pty_type(&p, "/^offline\r");
    pty_wait(&p, "JSON mode: by rule; the reply was right");
    quit(&p);
}

/* ---- */

static int group_setup(void **state)
{
    (void)state;
    return home_begin();
}

static int group_teardown(void **state)
{
    (void)state;
    return home_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_is_started_extended_paused_resumed_and_stopped),
        cmocka_unit_test(what_is_changed_while_it_runs_says_when_it_is_felt),
        cmocka_unit_test(errors_lead_to_their_call),
        cmocka_unit_test(the_summary_is_what_status_says),
        cmocka_unit_test(two_workbenches_show_one_run),
        cmocka_unit_test(settings_are_changed_and_undone_to_the_same_session),
        cmocka_unit_test(a_teacher_is_tested_in_the_background),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
