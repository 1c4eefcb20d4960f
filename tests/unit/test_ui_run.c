/*
 * The Run panel without a terminal, with a made-up status of a server: screens at three sizes, what
 * its keys send, errors that are followed and opened, strategies and branches.
 */
#include "ui/panels/run.h"

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

static char file[128], fresh[128];

static const char figures[] =
    "\"target\":1000,\"accepted\":700,\"asked\":31,\"rejected\":31,\"disputed\":14,\"invalid\":6,"
    "\"failed\":2,\"short\":300,\"running\":true,\"run\":\"running\",\"reason\":\"\","
    "\"rate\":{\"points_per_s\":2.3,\"calls_per_s\":12.4},\"eta\":171,"
    "\"in_flight_limit\":32,\"limit_auto\":true,\"waiting\":19,\"limited\":4,\"retrying\":1,"
    "\"calls\":{\"made\":3368,\"ok\":3300,\"failed\":2,\"retried\":66,\"in_flight\":32},"
    "\"tokens\":{\"input\":800000,\"output\":260000},\"cost\":{\"spent\":0.22,\"expected\":0.36},"
    "\"latency\":{\"p50\":0.9,\"p95\":2.4,\"p99\":3.1},"
    "\"history\":[0,1,2,3,4,5,4,3,2,1],\"history_hour\":{\"seconds\":30,\"points\":[10,60,120]},"
    "\"history_day\":{\"seconds\":720,\"points\":[500]},"
    "\"stages\":[{\"name\":\"scenario\",\"asked\":2,\"waiting\":0,\"done\":701,\"again\":3},"
    "{\"name\":\"complexify\",\"asked\":5,\"waiting\":1,\"done\":349,\"again\":1},"
    "{\"name\":\"write\",\"asked\":23,\"waiting\":12,\"done\":688,\"again\":9,\"lost\":2},"
    "{\"name\":\"requirements\",\"asked\":9,\"waiting\":3,\"done\":671,\"again\":22},"
    "{\"name\":\"two critics\",\"asked\":16,\"waiting\":8,\"done\":1288,\"again\":1}],"
    "\"bottleneck\":{\"stage\":\"write\",\"why\":\"slot-limited: 32 of 32 in flight, 18 wait\"},"
    "\"events\":[{\"at\":\"12:00:00\",\"text\":\"generate 1000: 1000 points to be made\"},"
    "{\"at\":\"12:03:00\",\"text\":\"complexity 0.6 applies to points planned from now on\"}]";

/* errors: the numbers of their calls, oldest first, 0 ends. */
static void tell(struct ui *ui, const int *errors)
{
    struct buf b;
    buf_init(&b, 1u << 16);
    buf_printf(&b, "{%s,\"errors\":[", figures);
    for (int i = 0; errors[i] != 0; i++) {
        buf_printf(&b,
                   "%s{\"at\":\"12:04:%02d\",\"call\":%d,\"point\":655,\"text\":\"generate #655: "
                   "429 too \\u001b[31mmany %d\"}",
                   i > 0 ? "," : "", errors[i] % 60, errors[i], errors[i]);
    }
    buf_adds(&b, "]}");
    ui_status(ui, b.data, b.len);
    buf_free(&b);
}

static void open_running(struct ui *ui)
{
    static const int errors[] = {101, 107, 112, 0};
    hand_open(ui, file, "");
    ui->model.wants_tree = true;
    ui_refresh(ui);
    hand_keys(ui, "4");
    tell(ui, errors);
}

static void screens_are_as_drawn_before(void **state)
{
    (void)state;
    static const struct {
        const char *name, *typed;
        int cols, rows;
    } screens[] = {
        {"run-live-80x24", "", 80, 24},          {"run-live-60x16", "", 60, 16},
        {"run-live-200x50", "w", 200, 50},       {"run-live-errors", "\tj", 80, 24},
        {"run-live-strategies", "\t\t", 80, 24}, {"run-live-branches", "\t\t\tl", 120, 40},
    };
    for (size_t i = 0; i < sizeof screens / sizeof screens[0]; i++) {
        struct ui ui;
        open_running(&ui);
        ui.model.last_count = 0;
        ui_resize(&ui, screens[i].cols, screens[i].rows);
        hand_keys(&ui, screens[i].typed);
        hand_golden(&ui, screens[i].name);
        ui_close(&ui);
    }
}

static void keys_send_commands_while_it_runs(void **state)
{
    (void)state;
    struct ui ui;
    open_running(&ui);
    hand_expect_sent(&ui, "p", "pause\n");
    hand_expect_sent(&ui, "s", "stop\n");
    hand_expect_sent(&ui, "G2000\n", "generate 2000\n");
    hand_expect_sent(&ui, "c0.6\n", "set complexity 0.6\n");
    hand_expect_sent(&ui, "b2.5\n", "set budget 2.5\n");
    hand_expect_sent(&ui, "+", "set concurrency 40\n");
    hand_expect_sent(&ui, "-", "set concurrency 24\n");
    hand_expect_sent(&ui, "t", "retry state:failed\n");
    hand_expect_sent(&ui, "S", "");
    assert_int_equal(ui.wishes & WISH_RUN, WISH_RUN);
    assert_string_equal(ui.run_argv[0], "summary");
    hand_expect_screen(&ui, "G extend", true);
    ui_close(&ui);
}

static void errors_are_followed_and_opened(void **state)
{
    (void)state;
    static const int more[] = {101, 107, 112, 130, 131, 0};
    struct ui ui;
    open_running(&ui);
    hand_keys(&ui, "\n");
    assert_non_null(strstr(ui.message, "Tab goes to the errors"));
    hand_keys(&ui, "\tj"); /* not the newest: 107 */
    tell(&ui, more);
    hand_keys(&ui, "\n");
    assert_string_equal(ui.run_argv[0], "call");
    assert_string_equal(ui.run_argv[1], "107");
    hand_keys(&ui, "g"); /* the newest stays the newest */
    static const int again[] = {107, 130, 131, 140, 0};
    tell(&ui, again);
    hand_keys(&ui, "\n");
    assert_string_equal(ui.run_argv[1], "140");
    static const int none[] = {0};
    tell(&ui, none);
    hand_keys(&ui, "\n");
    assert_non_null(strstr(ui.message, "no error"));
    hand_expect_screen(&ui, "no call has failed", true);
    ui_close(&ui);
}

static void a_click_selects_and_opens(void **state)
{
    (void)state;
    struct ui ui;
    open_running(&ui);
    hand_keys(&ui, "\t");
    struct cells c;
    struct buf b;
    int y = 0; /* the row of call 107, wherever it stands */
    cells_init(&c, ui.cols, ui.rows);
    buf_init(&b, 1u << 20);
    ui_draw(&ui, &c);
    cells_dump(&c, &b);
    const char *at = strstr(b.data, "call 107");
    assert_non_null(at);
    for (const char *s = b.data; s < at; s++) {
        y += *s == '\n';
    }
    buf_free(&b);
    cells_free(&c);
    struct key k = {.code = K_CLICK, .x = 20, .y = y};
    ui_key(&ui, &k);
    assert_int_equal(ui.wishes & WISH_RUN, 0);
    ui_key(&ui, &k);
    assert_string_equal(ui.run_argv[1], "107");
    ui_close(&ui);
}

static void parts_are_switched(void **state)
{
    (void)state;
    struct ui ui;
    open_running(&ui);
    hand_expect_screen(&ui, "[events]", true);
    hand_expect_screen(&ui, "complexity 0.6 applies to points planned from now on", true);
    hand_keys(&ui, "\t\t");
    hand_expect_screen(&ui, "all taxonomies", true);
    hand_expect_screen(&ui, "612", true); /* accepted by the strategy, as the file says */
    hand_keys(&ui, "\t");
    hand_expect_screen(&ui, "by operation (1 of 2", true);
    hand_expect_screen(&ui, "addition and subtraction", true);
    hand_keys(&ui, "l");
    hand_expect_screen(&ui, "by everyday setting (2 of 2", true);
    hand_keys(&ui, "l\t");
    hand_expect_screen(&ui, "[events]", true);
    hand_keys(&ui, "l");
    assert_non_null(strstr(ui.message, "nothing at the side"));
    ui_close(&ui);
}

static void the_throughput_has_three_spans(void **state)
{
    (void)state;
    struct ui ui;
    open_running(&ui);
    ui_resize(&ui, 140, 60);
    hand_expect_screen(&ui, "per second, last minute", true);
    hand_keys(&ui, "w");
    hand_expect_screen(&ui, "per 30 s, last hour", true);
    hand_expect_screen(&ui, "     120 ", true);
    hand_keys(&ui, "w");
    hand_expect_screen(&ui, "per 12:00, last day", true);
    hand_keys(&ui, "w");
    hand_expect_screen(&ui, "last minute", true);
    ui_close(&ui);
}

static void a_new_session_says_what_to_do(void **state)
{
    (void)state;
    struct ui ui;
    hand_open(&ui, fresh, "4");
    hand_expect_screen(&ui, "Nothing was generated yet.", true);
    hand_keys(&ui, "\n");
    assert_non_null(strstr(ui.message, "taxonomy"));
    hand_keys(&ui, "S");
    assert_non_null(strstr(ui.message, "nothing was generated"));
    ui_close(&ui);
}

static void a_status_may_lack_everything(void **state)
{
    (void)state;
    struct ui ui;
    hand_open(&ui, file, "4");
    ui_status(&ui, "{}", 2);
    hand_draw(&ui, NULL);
    static const char odd[] =
        "{\"target\":5,\"run\":\"running\",\"history_hour\":[1],\"bottleneck\":"
        "null,\"errors\":{\"a\":1},\"stages\":[{}],\"teachers\":[1,{}],"
        "\"history\":[null,-4,1e300]}";
    ui_status(&ui, odd, strlen(odd));
    for (int i = 0; i < RUN_PARTS; i++) {
        hand_keys(&ui, "\tjw");
    }
    ui_close(&ui);
}

/* ---- */

static int group_setup(void **state)
{
    (void)state;
    session_begin();
    session_path(file, "gsm8k.taxa");
    session_path(fresh, "new.taxa");
    session_make(file, true);
    session_make(fresh, false);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    session_remove("gsm8k.taxa");
    session_remove("new.taxa");
    session_end();
    return 0;
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(screens_are_as_drawn_before),
        cmocka_unit_test(keys_send_commands_while_it_runs),
        cmocka_unit_test(errors_are_followed_and_opened),
        cmocka_unit_test(a_click_selects_and_opens),
        cmocka_unit_test(parts_are_switched),
        cmocka_unit_test(the_throughput_has_three_spans),
        cmocka_unit_test(a_new_session_says_what_to_do),
        cmocka_unit_test(a_status_may_lack_everything),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
