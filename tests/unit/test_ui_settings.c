/*
 * The Settings panel without a terminal: what its keys send, values that are refused, steps,
 * search, and what a teacher's test leaves on the screen.
 */
#include "ui/panels/settings.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui_session.h"

#include "ui_hand.h"

static char file[128];
static void open_ui(struct ui *ui, const char *path)
{
    hand_open(ui, path, "0");
}

/* ---- */

static void values_are_changed_in_their_row(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, file);
    hand_keys(&ui, "/^complexity\n\n");
    assert_true(ui.prompt.active);
    assert_true(ui.prompt.in_place && ui.prompt.place.w > 0);
    hand_expect_screen(&ui, "complexity: a number from 0 to 1", true);
    hand_expect_sent(&ui, "0.7\n", "set complexity 0.7\n");
    hand_expect_sent(&ui, "/^scenarios\n\n17\n",
                     ""); /* over the range: said, and to be corrected */
    hand_expect_screen(&ui, "expected a whole number from 1 to 16, found \"17\"", true);
    assert_true(ui.prompt.active);
    hand_expect_sent(&ui,
                     "\x15"
                     "16\n",
                     "set scenarios 16\n");
    hand_expect_sent(&ui, "/^reviewer\n\nMira K.\n", "set reviewer 'Mira K.'\n");
    hand_expect_sent(&ui, "/^budget$\n\n\x1b", "");
    ui_close(&ui);
}

static void choices_come_as_a_list(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, file);
    hand_keys(&ui, "/^disputed\n\n");
    assert_int_equal(ui.sheet_count, 1);
    hand_expect_screen(&ui, "the default", true);
    hand_expect_sent(&ui, "j\n", "set disputed reject\n");
    assert_int_equal(ui.sheet_count, 0);
    ui_close(&ui);
}

static void steps_and_defaults(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, file);
    hand_expect_sent(&ui, "/^complexity\n+", "set complexity 0.35\n");
    hand_expect_sent(&ui, "-", "set complexity 0.25\n");
    hand_expect_sent(&ui, "d", "unset complexity\n");
    hand_expect_sent(&ui, "/^draws\n+", "set draws independent\n");
    hand_expect_sent(&ui, "d", "");
    assert_non_null(strstr(ui.message, "the default already"));
    hand_expect_sent(&ui, "/^refinements\n", "");
    hand_expect_sent(&ui, "/^levels\n-", "");
    assert_non_null(strstr(ui.message, "all is the lowest value of levels"));
    ui_close(&ui);
}

static void expect_step(const char *name, const char *from, int direction, const char *to)
{
    char out[32] = "", why[WHY_MAX] = "";
    const struct setting *s = setting_find(name);
    s = s != NULL ? s : teacher_key_find(name, NULL);
    bool ok = settings_step(s, from, direction, out, why);
    assert_int_equal(ok, to != NULL);
    if (to != NULL) {
        assert_string_equal(out, to);
        assert_int_equal(setting_check(s, out, NULL), ST_OK);
    } else {
        assert_true(why[0] != '\0');
    }
}

static void steps_go_through_the_whole_range(void **state)
{
    (void)state;
    expect_step("complexity", "0.5", 1, "0.55");
    expect_step("complexity", "0.98", 1, "1");
    expect_step("complexity", "1", 1, NULL);
    expect_step("complexity", "0", -1, NULL);
    expect_step("points", "1000", 1, "1100");
    expect_step("points", "1000", -1, "990");
    expect_step("points", "1", -1, NULL);
    expect_step("levels", "all", 1, "leaves");
    expect_step("levels", "leaves", 1, "1");
    expect_step("levels", "1", -1, "leaves");
    expect_step("levels", "63", 1, NULL);
    expect_step("concurrency", "auto", 1, "1");
    expect_step("concurrency", "1", -1, "auto");
    expect_step("theme", "default", -1, "colour-blind");
    expect_step("budget", "0", 1, "0.1");
    expect_step("budget", "0.3", -1, "0.2");
    expect_step("temperature", "1", 1, "1.1");
    expect_step("timeout", "120", 1, "130");
    expect_step("reviewer", "x", 1, NULL);
    /* every step of a small range, up and down again */
    char at[32] = "1", next[32], why[WHY_MAX];
    const struct setting *s = setting_find("scenarios");
    int up = 0, down = 0;
    while (settings_step(s, at, 1, next, why)) {
        memcpy(at, next, sizeof at);
        up++;
    }
    while (settings_step(s, at, -1, next, why)) {
        memcpy(at, next, sizeof at);
        down++;
    }
    assert_int_equal(up, 15);
    assert_int_equal(down, 15);
}

static void only_what_differs_is_shown_on_request(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, file);
    hand_keys(&ui, "o");
    hand_expect_screen(&ui, "* complexity", true);
    hand_expect_screen(&ui, "scenarios", false);
    hand_expect_screen(&ui, "*   price-in", true);
    hand_expect_screen(&ui, "*   latency", true);
    hand_expect_screen(&ui, "* critic ", true);
    hand_keys(&ui, "o");
    hand_expect_screen(&ui, "scenarios", true);
    ui_close(&ui);
}

static void teachers_and_their_keys(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, file);
    ui_resize(&ui, 140, 60);
    hand_keys(&ui, "/^hosted\n\n"); /* unfolds */
    hand_expect_screen(&ui, "temperature", true);
    hand_expect_screen(&ui, "incorrect-no-on-wrong", false); /* of the offline teacher only */
    hand_expect_sent(&ui, "/^temperature\n\n0.2\n", "teacher set hosted temperature=0.2\n");
    hand_expect_sent(&ui, "/^price-in\nd", "teacher set hosted price-in=\n");
    hand_expect_sent(&ui, "/^base-url\n\n\x15http://a:1/v1 http://b:2/v1\n",
                     "teacher set hosted base-url=http://a:1/v1 base-url=http://b:2/v1\n");
    hand_expect_sent(&ui, "x", "teacher remove hosted\n");
    hand_expect_sent(&ui, "h/^latency\n+",
                     "teacher set offline latency=21\n"); /* found under its fold */
    hand_expect_sent(&ui, "/^critic$\nk\x1b/^judge\n\n\n", "role judge hosted\n");
    hand_expect_sent(&ui, "/^critic$\nd", "role critic ''\n");
    hand_keys(&ui, "a");
    assert_int_equal(ui.sheet_count, 1);
    hand_expect_screen(&ui, "OpenAI", true);
    hand_keys(&ui, "\x1b/^seed\nt");
    assert_non_null(strstr(ui.message, "no teacher"));
    ui_close(&ui);
}

static void the_server_says_whether_a_key_is_there(void **state)
{
    (void)state;
    static const char status[] =
        "{\"teachers\":[{\"name\":\"hosted\",\"key\":\"not found: environment variable K is not "
        "set\"},{\"name\":\"offline\",\"key\":\"none needed\"}]}";
    struct ui ui;
    open_ui(&ui, file);
    ui_resize(&ui, 80, 50);
    hand_keys(&ui, "/^hosted\n");
    hand_expect_screen(&ui, "not known while no server runs", true);
    ui_status(&ui, status, strlen(status));
    hand_expect_screen(&ui, "✗ key not found", true);
    hand_expect_screen(&ui, "environment variable K is not set", true);
    ui_close(&ui);
}

static void a_test_runs_in_the_background(void **state)
{
    (void)state;
    static const char good[] =
        "[{\"teacher\":\"hosted\",\"usable\":true,\"seconds\":0.42,\"error\":\"\",\"json_mode\":"
        "\"json_object\",\"json_right\":true,\"models\":[\"m1\",\"m2\"],\"model_listed\":false}]\n";
    static const char bad[] = "[{\"teacher\":\"hosted\",\"usable\":false,\"error\":\"refused\","
                              "\"models\":null,\"models_error\":\"\"}]\ntaxa: cannot be used\n";
    struct ui ui;
    open_ui(&ui, file);
    ui_resize(&ui, 140, 50);
    hand_keys(&ui, "/^hosted\nt");
    assert_int_equal(ui.wishes & WISH_RUN, WISH_RUN);
    assert_string_equal(ui.run_argv[2], "hosted");
    hand_expect_screen(&ui, "⋯ is being asked", true);
    hand_keys(&ui, "t");
    assert_non_null(strstr(ui.message, "is being asked already"));
    ui.run_done(&ui, ui.run_ctx, 0, good);
    hand_expect_screen(&ui, "✓ 0.4 s · any JSON", true);
    hand_expect_screen(&ui, "2 models are there: m1, m2", true);
    hand_expect_screen(&ui, "not among those the server lists", true);
    hand_keys(&ui, "t");
    ui.run_done(&ui, ui.run_ctx, 1, bad);
    hand_expect_screen(&ui, "✗ cannot be used", true);
    hand_expect_screen(&ui, "refused", true);
    hand_keys(&ui, "t");
    ui.run_done(&ui, ui.run_ctx, 130, "");
    assert_non_null(strstr(ui.message, "given up"));
    hand_expect_screen(&ui, "is being asked", false);
    ui_close(&ui);
}

static void a_missing_file_shows_the_defaults(void **state)
{
    (void)state;
    char path[128];
    struct ui ui;
    session_path(path, "not-there.taxa");
    open_ui(&ui, path);
    hand_expect_screen(&ui, "1000 points", true);
    hand_keys(&ui, "G");
    hand_expect_screen(&ui, "offline teacher (rule-based)", true);
    hand_expect_sent(&ui, "/^seed\n\n7\n", "set seed 7\n");
    ui_close(&ui);
}

static void a_click_selects_and_opens(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, file);
    struct key k = {.code = K_CLICK, .x = 5, .y = 4};
    ui_key(&ui, &k);
    hand_expect_sent(&ui, "+", "set points 1100\n");
    ui_key(&ui, &k);
    assert_true(ui.prompt.active);
    k.y = 2; /* a heading */
    hand_keys(&ui, "\x1b");
    ui_key(&ui, &k);
    assert_false(ui.prompt.active);
    ui_close(&ui);
}

/* ---- */

static int group_setup(void **state)
{
    (void)state;
    struct err e = {0};
    struct store *s = NULL;
    static const char *const hosted[] = {"base-url=https://api.example.com/v1", "model=large",
                                         "key-env=K", "price-in=0.15"};
    static const char *const offline[] = {"dialect=offline", "latency=20"};
    session_begin();
    session_path(file, "settings.taxa");
    REQUIRE(store_open(file, STORE_WRITE, true, &s, &e));
    REQUIRE(store_op_begin(s, "tester", "made for a test", 0, &e));
    REQUIRE(store_setting_set(s, SETTING_COMPLEXITY, "0.3", &e));
    REQUIRE(store_teacher_put(s, "hosted", true, hosted, 4, &e));
    REQUIRE(store_teacher_put(s, "offline", true, offline, 2, &e));
    REQUIRE(store_role_set(s, ROLE_CRITIC, "offline", &e));
    REQUIRE(store_op_end(s, &e));
    store_close(s);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    session_remove("settings.taxa");
    session_end();
    return 0;
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_changed_in_their_row),
        cmocka_unit_test(choices_come_as_a_list),
        cmocka_unit_test(steps_and_defaults),
        cmocka_unit_test(steps_go_through_the_whole_range),
        cmocka_unit_test(only_what_differs_is_shown_on_request),
        cmocka_unit_test(teachers_and_their_keys),
        cmocka_unit_test(the_server_says_whether_a_key_is_there),
        cmocka_unit_test(a_test_runs_in_the_background),
        cmocka_unit_test(a_missing_file_shows_the_defaults),
        cmocka_unit_test(a_click_selects_and_opens),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
