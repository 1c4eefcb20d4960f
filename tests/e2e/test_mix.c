/*
 * The Mix panel on a real pseudo-terminal with a real server: what each key does is on the screen
 * and in the file, and undone the saved session is byte for byte what it was.
 */
#include "base/file.h"

#include <math.h>
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

static char file[128];

static void start(struct pty *p, int cols, int rows)
{
    const char *const argv[] = {getenv("TAXA_BIN"), file, NULL};
    pty_start(p, argv, cols, rows, false);
    pty_wait(p, "1 OVER");
    pty_type(p, "3");
    pty_wait(p, "3 MIX");
    pty_wait(p, "by operation");
}

static void quit(struct pty *p)
{
    pty_type(p, "\033q");
    assert_int_equal(pty_end(p), 0);
    pty_free(p);
}

/* The whole session as a script. */
static void saved(struct buf *out)
{
    int pipe_to_us[2];
    assert_int_equal(pipe(pipe_to_us), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(pipe_to_us[1], STDOUT_FILENO);
        close(pipe_to_us[0]);
        execl(getenv("TAXA_BIN"), "taxa", file, "save", "-", (char *)NULL);
        _exit(127);
    }
    close(pipe_to_us[1]);
    char bytes[4096];
    ssize_t n = 0;
    buf_clear(out);
    while ((n = read(pipe_to_us[0], bytes, sizeof bytes)) > 0) {
        buf_add(out, bytes, (size_t)n);
    }
    close(pipe_to_us[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_true(out->len > 100);
}

/* ---- what the file says */

struct seen {
    struct strategy_row *strategies;
    struct exclusion_row *exclusions;
    int strategy_count, exclusion_count;
    double points, complexity;
    struct call_totals calls;
    int64_t counts[POINT_STATES];
};

static void look(struct seen *seen)
{
    struct store *s = NULL;
    struct err e = {0};
    REQUIRE(store_open(file, STORE_READ, false, &s, &e));
    REQUIRE(store_strategies(s, &seen->strategies, &seen->strategy_count, &e));
    REQUIRE(store_exclusions(s, &seen->exclusions, &seen->exclusion_count, &e));
    REQUIRE(store_call_totals(s, &seen->calls, &e));
    REQUIRE(store_point_counts(s, seen->counts, &e));
    seen->points = store_setting_num(s, SETTING_POINTS, -1);
    seen->complexity = store_setting_num(s, SETTING_COMPLEXITY, -1);
    store_close(s);
}

static void forget(struct seen *seen)
{
    strategy_rows_free(seen->strategies, seen->strategy_count);
    free(seen->exclusions);
}

static bool same_number(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

/* u until nothing of ours is left: so many steps, each named. */
static void undo_all(struct pty *p, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char line[200];
        snprintf(line, sizeof line, "undone: %s", names[i]);
        pty_type(p, "u");
        pty_wait(p, line);
    }
}

/* ---- */

static void a_design_is_made_by_keys_and_undone(void **state)
{
    (void)state;
    struct pty p;
    struct buf before, after;
    struct seen seen;
    buf_init(&before, 1u << 22);
    buf_init(&after, 1u << 22);
    saved(&before);
    start(&p, 100, 30);
    pty_type(&p, "aboth\r");
    pty_wait(&p, "taxonomies of both");
    pty_type(&p, "\r");
    pty_wait(&p, "strategy add both");
    pty_type(&p, "aone only\r");
    pty_wait(&p, "taxonomies of one only");
    pty_type(&p, "j \r"); /* without the second */
    pty_wait(&p, "one only");
    pty_wait(&p, "strategy add 'one only'");
    pty_type(&p, "gg}}]");
    pty_wait(&p, "[3.1]");
    pty_wait(&p, "75.6%"); /* 3.1 of 4.1 */
    pty_type(&p, "l\r0.25\r");
    pty_wait(&p, "[0.25]");
    pty_type(&p, "jj\r64\r");
    pty_wait(&p, "[64]");
    pty_wait(&p, "strategy \"both\"");
    pty_type(&p, "x");
    pty_wait(&p, "Every node may go with every other.");
    pty_type(&p, "aoperation/div\t 'everyday setting/home and family'\r");
    pty_wait(&p, "operation/division");
    look(&seen);
    assert_int_equal(seen.strategy_count, 2);
    assert_string_equal(seen.strategies[0].name, "both");
    assert_true(same_number(seen.strategies[0].weight, 3.1));
    assert_true(same_number(seen.strategies[0].complexity, 0.25));
    assert_int_equal(seen.strategies[0].taxonomy_count, 2);
    assert_int_equal(seen.strategies[1].taxonomy_count, 1);
    assert_true(same_number(seen.points, 64));
    assert_int_equal(seen.exclusion_count, 1);
    assert_int_equal(seen.exclusions[0].strategy, 0);
    forget(&seen);
    pty_type(&p, "\033");
    pty_wait(&p, "by operation");
    static const char *const steps[] = {
        "exclude add",  "set points",   "strategy set", "strategy set",
        "strategy set", "strategy set", "strategy add", "strategy add",
    };
    undo_all(&p, steps, sizeof steps / sizeof steps[0]);
    pty_wait(&p, "everything");
    saved(&after);
    assert_string_equal(before.data, after.data);
    quit(&p);
    buf_free(&before);
    buf_free(&after);
}

static void weights_of_nodes_move_the_points(void **state)
{
    (void)state;
    struct pty p;
    struct buf before, after;
    buf_init(&before, 1u << 22);
    buf_init(&after, 1u << 22);
    saved(&before);
    start(&p, 140, 40);
    pty_type(&p, "jj=0\r");
    pty_wait(&p, "\"operation/addition and subtraction\" is off"); /* points lie below it */
    pty_type(&p, "u");
    pty_wait(&p, "undone: node weight");
    pty_wait_for(&p, "is off and", true);
    pty_type(&p, "\r");
    pty_wait(&p, "by operation/addition and subtraction");
    pty_type(&p, "h\t");
    pty_wait(&p, "by everyday setting");
    pty_type(&p, "v");
    pty_wait(&p, "expected points by taxonomy");
    pty_type(&p, "\033");
    pty_wait(&p, "by everyday setting");
    saved(&after);
    assert_string_equal(before.data, after.data);
    quit(&p);
    buf_free(&before);
    buf_free(&after);
}

static void a_mix_is_drawn_and_tried(void **state)
{
    (void)state;
    struct pty p;
    struct seen before, after;
    look(&before);
    start(&p, 100, 30);
    pty_type(&p, "d");
    pty_wait(&p, "that the next run adds");
    pty_wait(&p, "mix 1 ·");
    pty_type(&p, "d");
    pty_wait(&p, "mix 9 ·"); /* the next eight */
    pty_type(&p, "\033");
    pty_wait(&p, "by operation");
    pty_type(&p, "t");
    pty_wait(&p, "mix 1 of everything");
    pty_wait(&p, "took ");
    look(&after);
    assert_true(after.calls.made > before.calls.made);
    for (int i = 0; i < POINT_STATES; i++) {
        assert_int_equal(before.counts[i], after.counts[i]);
    }
    pty_type(&p, "q");
    pty_wait(&p, "by operation");
    forget(&before);
    before = after;
    /* the same once more from the list: shown, not paid */
    pty_type(&p, "d");
    pty_wait(&p, "mix ");
    quit(&p);
    const char *const argv[] = {getenv("TAXA_BIN"), file, "try", "--wait", NULL};
    pty_start(&p, argv, 100, 30, false);
    pty_wait(&p, "nothing was paid now");
    assert_int_equal(pty_end(&p), 0);
    pty_free(&p);
    look(&after);
    assert_int_equal(after.calls.made, before.calls.made);
    forget(&before);
    forget(&after);
}

static void a_value_that_is_refused_goes_back(void **state)
{
    (void)state;
    struct pty p;
    struct seen seen;
    start(&p, 100, 30);
    pty_type(&p, "jl\r7\r");
    pty_wait(&p, "complexity"); /* what is allowed */
    pty_wait(&p, "[0.50]");
    look(&seen);
    assert_true(same_number(seen.complexity, 0.5));
    forget(&seen);
    quit(&p);
}

/* ---- */

static int group_setup(void **state)
{
    (void)state;
    if (home_begin() != 0) {
        return 1;
    }
    session_path(file, "gsm8k.taxa");
    session_make(file, true);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    return home_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_design_is_made_by_keys_and_undone),
        cmocka_unit_test(weights_of_nodes_move_the_points),
        cmocka_unit_test(a_mix_is_drawn_and_tried),
        cmocka_unit_test(a_value_that_is_refused_goes_back),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
