/*
 * The Data and Calls panels on a real session file: every order against one worked out here,
 * filters, a list that is read by threads while somebody writes, marks, what keys send, and points
 * that would like to command the terminal.
 */
#include "ui/panels/calls.h"
#include "ui/panels/data.h"

#include <locale.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "ui/reader.h"
#include "ui_keys.h"

enum { POINTS = 3000, DEADLINE_MS = 20000 };

static char file[128];

static void put_point(struct store *s, int64_t id)
{
    struct err e = {0};
    struct point p = {.id = id,
                      .nodes = 1,
                      .node = {1},
                      .mix_hash = id,
                      .outcome = id % 7 == 0   ? POINT_DISPUTED
                                 : id % 5 == 0 ? POINT_REJECTED
                                               : POINT_ACCEPTED,
                      .attempts = (int32_t)(id * 37 % 11),
                      .made_us = id * 7919 % 1000003,
                      .cost = (double)(id * 31 % 997) / 1000};
    p.state = p.outcome;
    p.record = xasprintf("{\"question\":\"number %lld of many\",\"answer\":%lld}", (long long)id,
                         (long long)id % 13);
    REQUIRE(store_point_put(s, &p, &e));
    free(p.record);
    if (p.outcome == POINT_DISPUTED) {
        struct verdict v = {.point = id, .critic = "correct", .yes = id % 2 == 0, .reason = ""};
        REQUIRE(store_verdict_put(s, &v, &e));
        v.critic = "incorrect";
        REQUIRE(store_verdict_put(s, &v, &e));
    }
}

static void put_call(struct store *s, int64_t id)
{
    struct err e = {0};
    char key[32];
    snprintf(key, sizeof key, "p%lld.generate", (long long)id);
    struct call_row c = {.key = key,
                         .point = id,
                         .task = "generate",
                         .prompt = "0123abcd",
                         .teacher = "offline",
                         .model = "rules",
                         .outcome = id % 50 == 0 ? "transport" : "ok",
                         .system = "the same for all",
                         .user = "write a record",
                         .reply = id == 77 ? "a needle \x1b[2J in the hay" : "{\"answer\":1}",
                         .error = id % 50 == 0 ? "connection reset" : NULL,
                         .http_status = 200,
                         .tries = 1,
                         .tokens_in = id % 17,
                         .tokens_out = 5,
                         .cost = 0.001 * (double)(id % 23),
                         .seconds = (double)(id * 13 % 101) / 10};
    REQUIRE(store_call_put(s, &c, NULL, &e));
}

static void make_session(void)
{
    struct err e = {0};
    struct store *s = NULL;
    session_path(file, "data.taxa");
    REQUIRE(store_open(file, STORE_WRITE, true, &s, &e));
    REQUIRE(store_begin(s, &e));
    for (int64_t id = 1; id <= POINTS; id++) {
        put_point(s, id);
        put_call(s, id);
    }
    REQUIRE(store_commit(s, &e));
    store_close(s);
}

/* ---- lists */

static bool collect(void *ctx, const struct point *p)
{
    int64_t **at = ctx;
    *(*at)++ = p->id;
    return true;
}

/* The list in every order is what the store pages in that order, read in one go. */
static void every_order_is_that_of_the_store(void **state)
{
    (void)state;
    struct store *s = NULL;
    struct err e = {0};
    static int64_t want[POINTS + 1];
    REQUIRE(store_open(file, STORE_READ, false, &s, &e));
    for (int order = 0; order < POINT_SORTS; order++) {
        for (int reverse = 0; reverse < 2; reverse++) {
            struct browse b;
            int64_t *at = want;
            struct point_page page = {
                .sort = (enum point_sort)order, .reverse = reverse == 1, .limit = POINTS};
            REQUIRE(store_points(s, &page, collect, &at, &e));
            REQUIRE(browse_open(&b, &data_kind, file, -1, &e));
            browse_sort(&b, order, reverse == 1);
            browse_window(&b, 20);
            assert_true(b.whole);
            assert_int_equal(b.list.count, POINTS);
            for (size_t i = 0; i < POINTS; i++) {
                assert_int_equal(browse_id(&b, i), want[i]);
            }
            browse_close(&b);
        }
    }
    store_close(s);
}

/* Pages by key give the same rows as one long page, also where keys are equal. */
static void pages_join_without_gaps(void **state)
{
    (void)state;
    struct store *s = NULL;
    struct err e = {0};
    static int64_t want[POINTS + 1], got[POINTS + 64];
    REQUIRE(store_open(file, STORE_READ, false, &s, &e));
    for (int order = 0; order < POINT_SORTS; order++) {
        struct point_page page = {.sort = (enum point_sort)order, .reverse = true, .limit = POINTS};
        int64_t *at = want;
        REQUIRE(store_points(s, &page, collect, &at, &e));
        page.limit = 499;
        int64_t *end = got;
        for (int64_t *before = NULL; before != end && end - got < POINTS;) {
            before = end;
            page.after_id = end > got ? end[-1] : 0;
            REQUIRE(store_points(s, &page, collect, &end, &e));
        }
        assert_int_equal(end - got, POINTS);
        assert_memory_equal(want, got, sizeof(int64_t) * POINTS);
    }
    store_close(s);
}

static void filters_leave_what_they_say(void **state)
{
    (void)state;
    struct browse b;
    struct err e = {0};
    REQUIRE(browse_open(&b, &data_kind, file, -1, &e));
    REQUIRE(browse_set(&b, "state:disputed", "", &e));
    browse_window(&b, 20);
    assert_int_equal(b.list.count, POINTS / 7);
    assert_int_equal(b.counts[POINT_DISPUTED], POINTS / 7);
    assert_int_equal(b.counts[POINT_ACCEPTED], 0);
    REQUIRE(browse_set(&b, "id<100", "number \\d7 of", &e));
    browse_window(&b, 20);
    assert_int_equal(b.list.count, 9);        /* 17, 27 .. 97 */
    REQUIRE(browse_set(&b, NULL, "a/b", &e)); /* a slash is no end of the expression */
    browse_window(&b, 20);
    assert_int_equal(b.list.count, 0);
    assert_true(b.whole);
    assert_int_equal(browse_set(&b, "nonsense:1", NULL, &e), ST_USAGE);
    assert_string_equal(b.filter, "id<100"); /* as it was */
    browse_close(&b);
}

/* Take answers until the list is whole and its rows are here. */
static void settle(struct browse *b, int event)
{
    int64_t end = clock_ms() + DEADLINE_MS;
    bool busy = true;
    while (busy || !b->whole || b->again || b->rows_wait ||
           (b->list.count > 0 && browse_row(b, b->list.cursor) == NULL)) {
        struct pollfd p = {.fd = event, .events = POLLIN};
        uint64_t n = 0;
        assert_true(clock_ms() < end);
        if (poll(&p, 1, 10) > 0) {
            assert_int_equal(read(event, &n, sizeof n), sizeof n);
        }
        busy = reader_busy(b->scan); /* before its answers are taken */
        browse_take(b);
        browse_window(b, 20);
    }
}

static void the_cursor_stays_on_its_point_while_a_run_writes(void **state)
{
    (void)state;
    struct browse b;
    struct err e = {0};
    struct store *s = NULL;
    int event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    REQUIRE(browse_open(&b, &data_kind, file, event, &e));
    browse_sort(&b, SORT_ID, true);
    browse_move(&b, 3); /* before anything is there */
    settle(&b, event);
    assert_int_equal(b.at, POINTS - 3);
    browse_move(&b, 37);
    settle(&b, event);
    int64_t id = b.at;
    size_t seen = b.list.cursor - b.list.top;
    assert_int_equal(id, POINTS - 40);
    REQUIRE(store_open(file, STORE_WRITE, false, &s, &e));
    for (int64_t next = POINTS + 1; next <= POINTS + 300; next += 100) {
        REQUIRE(store_begin(s, &e));
        for (int64_t i = next; i < next + 100; i++) {
            put_point(s, i);
        }
        REQUIRE(store_commit(s, &e));
        browse_changed(&b);
        settle(&b, event);
    }
    assert_int_equal(b.list.count, POINTS + 300);
    assert_int_equal(b.at, id);
    assert_int_equal(browse_id(&b, b.list.cursor), id);
    assert_int_equal(b.list.cursor - b.list.top, seen);
    const struct data_row *row = browse_row(&b, b.list.cursor);
    assert_int_equal(row->p.id, id);
    browse_close(&b);
    store_close(s);
    close(event);
}

/* A list that nobody wants any more is given up at once, and the next one is right. */
static void what_is_not_wanted_any_more_is_stopped(void **state)
{
    (void)state;
    struct browse b;
    struct err e = {0};
    int event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    REQUIRE(browse_open(&b, &data_kind, file, event, &e));
    for (int i = 0; i < 50; i++) {
        char find[32];
        snprintf(find, sizeof find, "(a+)+%d", i);
        REQUIRE(browse_set(&b, "", find, &e));
    }
    REQUIRE(browse_set(&b, "id<11", "", &e));
    settle(&b, event);
    assert_int_equal(b.list.count, 10);
    REQUIRE(browse_set(&b, "", "nothing has this", &e));
    browse_cancel(&b);
    assert_true(b.whole);
    browse_close(&b); /* also while it reads */
    close(event);
}

static void calls_are_listed_without_being_read(void **state)
{
    (void)state;
    struct browse b;
    struct err e = {0};
    REQUIRE(browse_open(&b, &calls_kind, file, -1, &e));
    browse_sort(&b, CALLS_ID, true);
    browse_window(&b, 20);
    assert_true(b.dense);
    assert_int_equal(b.list.count, POINTS);
    assert_int_equal(browse_id(&b, 0), POINTS);
    assert_true(browse_go_id(&b, 5));
    assert_int_equal(b.list.cursor, POINTS - 5);
    REQUIRE(browse_set(&b, "outcome:transport", NULL, &e));
    browse_window(&b, 20);
    assert_int_equal(b.list.count, POINTS / 50);
    const struct calls_row *row = browse_row(&b, 0);
    assert_string_equal(row->c.error, "connection reset");
    REQUIRE(browse_set(&b, "", "needle", &e));
    browse_window(&b, 20);
    assert_int_equal(b.list.count, 1);
    assert_int_equal(browse_id(&b, 0), 77);
    REQUIRE(browse_set(&b, "", "", &e));
    browse_sort(&b, CALLS_SECONDS, true);
    browse_window(&b, 20);
    double before = 1e9;
    for (size_t i = 0; i < 20; i++) {
        row = browse_row(&b, i);
        assert_true(row->c.seconds <= before);
        before = row->c.seconds;
    }
    browse_close(&b);
}

/* ---- panels */

static void open_panel(struct ui *ui, const char *key)
{
    struct err e = {0};
    REQUIRE(ui_open(ui, file, &e));
    ui->send = keys_record;
    sent[0] = '\0';
    keys(ui, key);
}

static void expect_run(const struct ui *ui, const char *line)
{
    struct buf b;
    buf_init(&b, 4096);
    words_join(&b, ui->run_argc, (const char *const *)ui->run_argv);
    assert_string_equal(b.data, line);
    buf_free(&b);
}

static void data_keys_send_commands(void **state)
{
    (void)state;
    struct ui ui;
    open_panel(&ui, "6");
    keys(&ui, "fstate:disputed\n");
    expect_on_screen(&ui, "state:disputed", true);
    keys(&ui, "\n");
    expect_run(&ui, "show 7");
    keys(&ui, "  y");
    assert_non_null(strstr(sent, "review accept "));
    assert_non_null(strstr(sent, " 14"));
    sent[0] = '\0';
    keys(&ui, "U");
    keys(&ui, "ntoo short\n");
    assert_string_equal(sent, "review reject 21 'too short'\n");
    sent[0] = '\0';
    keys(&ui, "tn\n"); /* asked, and not wanted */
    assert_string_equal(sent, "");
    keys(&ui, "ty\n");
    assert_string_equal(sent, "retry state:disputed\n");
    keys(&ui, "wout.csv\n");
    expect_run(&ui, "export out.csv --format csv --where state:disputed");
    keys(&ui, "\x1b");
    expect_on_screen(&ui, "21 of 3,000", true);
    keys(&ui, "t");
    assert_non_null(strstr(ui.message, "every point"));
    keys(&ui, "c");
    expect_on_screen(&ui, "point:21 ", true);
    ui_close(&ui);
}

static void marks_stay_through_filters(void **state)
{
    (void)state;
    struct ui ui;
    open_panel(&ui, "6");
    keys(&ui, "VjjjV");
    expect_on_screen(&ui, "4 marked", true);
    keys(&ui, "fid>10 id<20\nM");
    expect_on_screen(&ui, "13 marked", true);
    keys(&ui, "\x1bM");
    assert_non_null(strstr(ui.message, "that many"));
    keys(&ui, "U");
    expect_on_screen(&ui, "marked", false);
    ui_close(&ui);
}

static void two_points_stand_side_by_side(void **state)
{
    (void)state;
    struct ui ui;
    open_panel(&ui, "6");
    keys(&ui, "=");
    assert_non_null(strstr(ui.message, "mark two"));
    keys(&ui, " jj=");
    expect_on_screen(&ui, "#1  accepted", true);
    expect_on_screen(&ui, "#4  accepted", true);
    expect_on_screen(&ui, "number 1 of many", true);
    expect_on_screen(&ui, "number 4 of many", true);
    keys(&ui, "jGgq");
    expect_on_screen(&ui, "1 marked", true);
    keys(&ui, "L");
    expect_on_screen(&ui, "node:@1", true);
    ui_close(&ui);
}

static void columns_and_filters_are_kept(void **state)
{
    (void)state;
    struct ui ui;
    open_panel(&ui, "6");
    ui_resize(&ui, 118, 24);
    keys(&ui, "j");
    expect_on_screen(&ui, "susp", false);
    keys(&ui, "CG");        /* the last is the time */
    keys(&ui, "kkk\n\x1b"); /* suspicion */
    expect_on_screen(&ui, "susp", true);
    keys(&ui, "fstate:rejected\nF\n");
    ui_close(&ui);
    open_panel(&ui, "6");
    ui_resize(&ui, 118, 24);
    keys(&ui, "j");
    expect_on_screen(&ui, "susp", true);
    keys(&ui, "F\n");
    expect_on_screen(&ui, "Points state:rejected", true);
    ui_close(&ui);
}

static void calls_keys_send_commands(void **state)
{
    (void)state;
    struct ui ui;
    open_panel(&ui, "9");
    keys(&ui, "foutcome:transport\nG");
    keys(&ui, "\n");
    expect_run(&ui, "call 50");
    keys(&ui, "y");
    expect_run(&ui, "call 50 --curl");
    keys(&ui, "p");
    expect_run(&ui, "show 50");
    keys(&ui, "f\x15point:1 x:1\n");
    assert_non_null(strstr(ui.message, "unknown word"));
    ui_close(&ui);
}

/* Nothing of a point reaches the screen but as text that fits it, at any size. */
static void hostile_points_are_safe(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\x1b]0;owned\x07\x1b[2J\x9b[31m",
        "\xe2\x80\xae gnorw \xe2\x81\xa6",
        "\xff\xfe\x80",
        "{\"question\":\"\\u001b[31m\\u202e\",\"options\":[\"\\u0007\",\"b\"],\"answer\":\"B\"}",
        "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
    };
    struct err e = {0};
    struct store *s = NULL;
    char path[128];
    session_path(path, "hostile.taxa");
    REQUIRE(store_open(path, STORE_WRITE, true, &s, &e));
    char *long_text = xcalloc(1, (1 << 20) + 1);
    memset(long_text, 'x', 1 << 20);
    for (int i = 0; i < 6; i++) {
        struct point p = {.id = i + 1, .outcome = POINT_REJECTED, .state = POINT_REJECTED};
        p.record = xstrdup(i < 5 ? texts[i] : long_text);
        p.scenario = xstrdup(i < 5 ? texts[i] : long_text);
        p.reason = xstrdup(i < 5 ? texts[i] : long_text);
        REQUIRE(store_point_put(s, &p, &e));
        point_clear(&p);
    }
    store_close(s);
    struct ui ui;
    REQUIRE(ui_open(&ui, path, &e));
    static const int sizes[][2] = {{80, 24}, {60, 16}, {200, 50}, {121, 17}};
    for (size_t i = 0; i < 4; i++) {
        ui_resize(&ui, sizes[i][0], sizes[i][1]);
        keys(&ui, "6g");
        for (int row = 0; row < 6; row++) {
            struct buf b;
            buf_init(&b, 1u << 20);
            screen_text(&ui, &b);
            for (size_t k = 0; k < b.len; k++) {
                unsigned char c = (unsigned char)b.data[k];
                assert_true(c == '\n' || (c >= 0x20 && c != 0x7f));
            }
            assert_null(strstr(b.data, "\xe2\x80\xae"));
            buf_free(&b);
            keys(&ui, "j");
        }
    }
    ui_close(&ui);
    free(long_text);
    session_remove("hostile.taxa");
}

static int setup(void **state)
{
    (void)state;
    session_begin();
    setenv("XDG_STATE_HOME", session_folder, 1);
    make_session();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    char path[160];
    session_remove("data.taxa");
    snprintf(path, sizeof path, "%s/taxa/data", session_folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/taxa", session_folder);
    rmdir(path);
    session_end();
    return 0;
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_order_is_that_of_the_store),
        cmocka_unit_test(pages_join_without_gaps),
        cmocka_unit_test(filters_leave_what_they_say),
        cmocka_unit_test(calls_are_listed_without_being_read),
        cmocka_unit_test(what_is_not_wanted_any_more_is_stopped),
        cmocka_unit_test(data_keys_send_commands),
        cmocka_unit_test(marks_stay_through_filters),
        cmocka_unit_test(two_points_stand_side_by_side),
        cmocka_unit_test(columns_and_filters_are_kept),
        cmocka_unit_test(calls_keys_send_commands),
        cmocka_unit_test(hostile_points_are_safe),
        cmocka_unit_test(the_cursor_stays_on_its_point_while_a_run_writes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
