/*
 * The Review panel without a terminal: what each key sends, the next point at once, decisions that
 * are taken back, marks, reasons, and screens of multiple choice, law and code at three sizes.
 */
#include "ui/panels/review.h"

#include "base/clock.h"
#include "store/queue.h"

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

static char file[128], other[128], fresh[128];

static struct judging *panel(struct ui *ui)
{
    return ui->state[panel_by_key('5')];
}

static void verdict(struct store *s, int64_t point, const char *critic, bool yes,
                    const char *reason)
{
    struct err e = {0};
    const struct verdict v = {.point = point,
                              .critic = critic,
                              .yes = yes,
                              .reason = reason,
                              .teacher = "local",
                              .model = "critic-a",
                              .prompt = "3f21"};
    REQUIRE(store_verdict_put(s, &v, &e));
}

static void put_point(struct store *s, int64_t id, const char *record, const char *scenario)
{
    struct err e = {0};
    struct point p = {.id = id, .outcome = POINT_DISPUTED, .state = POINT_DISPUTED, .mix_hash = id};
    p.record = xstrdup(record);
    p.scenario = xstrdup(scenario);
    REQUIRE(store_begin(s, &e));
    REQUIRE(store_point_put(s, &p, &e));
    REQUIRE(store_commit(s, &e));
    point_clear(&p);
}

/* Multiple choice in Korean and Nepali, a long legal text, code with a table. */
static void make_other(void)
{
    struct err e = {0};
    struct store *s = NULL;
    REQUIRE(store_open(other, STORE_WRITE, true, &s, &e));
    REQUIRE(store_op_begin(s, "tester", "made for a test", 0, &e));
    REQUIRE(store_text_set(s, "description", "Questions from exams", &e));
    REQUIRE(store_text_set(
        s, "schema",
        "{\"type\":\"object\",\"properties\":{\"question\":{\"type\":\"string\"},\"options\":"
        "{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"explanation\":{\"type\":"
        "\"string\"},\"answer\":{\"type\":\"string\"}},\"x-answer\":\"answer\"}",
        &e));
    REQUIRE(store_op_end(s, &e));
    put_point(s, 1,
              "{\"question\":\"다음 중 대한민국 국회의 권한이 아닌 것은 무엇입니까?\",\"options\":["
              "\"법률안의 심의와 의결\",\"예산안의 확정\",\"대법원 판결의 취소\",\"국정 감사\"],"
              "\"explanation\":\"사법권은 법원에 속하므로 국회는 판결을 취소할 수 없습니다.\","
              "\"answer\":\"C\"}",
              "국회와 법원의 권한을 구별하는 4지선다 문제를 쓴다.");
    put_point(s, 2,
              "{\"question\":\"नेपालको संविधान कहिले जारी भयो?\",\"options\":[\"२०६३ माघ १\","
              "\"२०७२ असोज ३\",\"२०४७ कात्तिक २३\",\"२०१९ पुस १\"],\"explanation\":"
              "\"संविधान सभाले २०७२ असोज ३ गते संविधान जारी "
              "गर्‍यो।\",\"answer\":"
              "\"२०७२ असोज ३\"}",
              "नेपालको इतिहासबारे एक प्रश्न।");
    struct buf law;
    buf_init(&law, 65536);
    buf_adds(&law, "{\"question\":\"");
    for (int i = 1; i <= 12; i++) {
        buf_printf(&law,
                   "(%d) Whoever, by a declaration of intent that was made under a mistake, caused "
                   "another to rely on its validity, owes compensation for the damage that arises "
                   "from this reliance, though not beyond the interest in its validity.\\n",
                   i);
    }
    buf_adds(&law,
             "\",\"options\":[\"A may rescind\",\"A may not rescind\"],\"explanation\":\"§ 119 "
             "\\u001b[31mand \\u202egnorts\",\"answer\":\"A\"}");
    put_point(s, 3, law.data, "A long case from the law of obligations.");
    buf_free(&law);
    put_point(
        s, 4,
        "{\"question\":\"What does this print?\\n```\\nint main(void)\\n{\\n    int  a = 1;\\n"
        "\\tprintf(\\\"%d\\\", a   +  2);\\n}\\n```\\n| a | b |\\n|---|---|\\n| 1 |  22 |\","
        "\"options\":[\"3\",\"12\",\"nothing\"],\"explanation\":\"1 + 2\",\"answer\":\"A\"}",
        "Code with a table.");
    for (int64_t id = 1; id <= 4; id++) {
        verdict(s, id, "correct", true, "The marked option follows from the text of the question.");
        verdict(s, id, "incorrect", true,
                "Another option holds as well, so there is more than one right answer; the "
                "explanation leaves this open and names no source for what it claims.");
    }
    store_close(s);
}

/* The panel as if nobody had been there before. */
static void open_new(struct ui *ui, const char *session, const char *typed)
{
    session_remove("taxa/review-places");
    hand_open(ui, session, typed);
}

/* ---- */

static void screens_are_as_drawn_before(void **state)
{
    (void)state;
    static const struct {
        const char *name, *typed;
        bool other;
        int cols, rows;
    } screens[] = {
        {"review-80x24", "5", false, 80, 24},          {"review-60x16", "5", false, 60, 16},
        {"review-200x50", "5", false, 200, 50},        {"review-korean-80x24", "5", true, 80, 24},
        {"review-korean-60x16", "5", true, 60, 16},    {"review-nepali-80x24", "5j", true, 80, 24},
        {"review-nepali-200x50", "5j", true, 200, 50}, {"review-law-80x24", "5jj", true, 80, 24},
        {"review-law-200x50", "5jj", true, 200, 50},   {"review-code-80x24", "5jjj", true, 80, 24},
        {"review-code-60x16", "5jjj", true, 60, 16},   {"review-reasons", "5 r", false, 80, 24},
        {"review-audit", "5\t\t\t\t", false, 80, 24},
    };
    for (size_t i = 0; i < sizeof screens / sizeof screens[0]; i++) {
        struct ui ui;
        open_new(&ui, screens[i].other ? other : file, "");
        ui_resize(&ui, screens[i].cols, screens[i].rows);
        hand_keys(&ui, screens[i].typed);
        hand_golden(&ui, screens[i].name);
        ui_close(&ui);
    }
}

static void each_key_sends_one_command_and_the_next_point_is_there(void **state)
{
    (void)state;
    struct ui ui;
    open_new(&ui, file, "5");
    int64_t first = panel(&ui)->point;
    char want[64];
    assert_int_equal(first, 613);
    assert_int_equal(panel(&ui)->count, 14);
    hand_expect_sent(&ui, "a", "review accept 613\n");
    assert_int_equal(panel(&ui)->point, 614);
    assert_int_equal(panel(&ui)->count, 13);
    hand_expect_sent(&ui, "r", "");
    hand_expect_screen(&ui, "reject #614 because", true);
    hand_expect_sent(&ui, "9", ""); /* there are five */
    hand_expect_sent(&ui, "2", "review reject 614 'two answers are right'\n");
    hand_expect_sent(&ui, "r\n", "review reject 615\n");
    hand_expect_sent(&ui, "romine\n", "review reject 616 mine\n");
    hand_expect_sent(&ui, "rq", "");
    hand_expect_sent(&ui, "t", "review retry 617\n");
    hand_expect_sent(&ui, "s", "review skip 618\n");
    hand_expect_sent(&ui, "nlook again\n", "review note 619 'look again'\n");
    assert_int_equal(panel(&ui)->point, 619); /* a note decides nothing */
    hand_expect_sent(&ui, "\n", "");
    assert_string_equal(ui.run_argv[0], "show");
    assert_string_equal(ui.run_argv[1], "619");
    snprintf(want, sizeof want, "8 of 8");
    hand_keys(&ui, "G");
    hand_expect_screen(&ui, want, true);
    hand_expect_sent(&ui, "a", "review accept 626\n");
    assert_int_equal(panel(&ui)->point, 625); /* the last one: back to the one before */
    ui_close(&ui);
}

static void marked_points_are_decided_together_after_the_count(void **state)
{
    (void)state;
    struct ui ui;
    open_new(&ui, file, "5");
    hand_keys(&ui, "  j ");
    hand_expect_screen(&ui, "3 marked", true);
    hand_expect_sent(&ui, "a", "");
    hand_expect_screen(&ui, "accept 3 marked points", true);
    hand_expect_sent(&ui, "n\n", "");
    hand_expect_sent(&ui, "ay\n", "review accept 613 614 616\n");
    assert_int_equal(panel(&ui)->count, 11);
    hand_keys(&ui, "  e");
    assert_non_null(strstr(ui.message, "2 points are marked"));
    hand_expect_sent(&ui, "r", "");
    hand_expect_screen(&ui, "reject 2 marked points because", true);
    hand_expect_sent(&ui, "1", "review reject 617 618 'answer is wrong'\n");
    hand_keys(&ui, "U");
    assert_non_null(strstr(ui.message, "nothing is marked"));
    hand_keys(&ui, "fid>622\n"); /* the filter is a reading command */
    assert_string_equal(ui.run_argv[0], "queue");
    assert_string_equal(ui.run_argv[2], "disputed");
    assert_string_equal(ui.run_argv[4], "id>622");
    ui.run_done(&ui, ui.run_ctx, 0, "[{\"point\":623},{\"point\":624}]");
    hand_expect_screen(&ui, "2 marked", true);
    ui_close(&ui);
}

/* The edit of a record goes through the editor; what was not taken is offered again. */
static void an_edit_is_sent_and_a_bad_one_is_not_lost(void **state)
{
    (void)state;
    struct ui ui;
    open_new(&ui, file, "5e");
    assert_true((ui.wishes & WISH_EDIT) != 0);
    assert_non_null(strstr(ui.edit_text, "\"answer\":\t9"));
    hand_sent[0] = '\0';
    ui.edited(&ui, ui.edit_ctx, "{\"question\":\"?\",");
    assert_string_equal(hand_sent, "");
    assert_non_null(strstr(ui.message, "e opens your text again"));
    hand_keys(&ui, "e");
    assert_string_equal(ui.edit_text, "{\"question\":\"?\",");
    ui.edited(&ui, ui.edit_ctx, "{\"question\":\"?\",\"answer\":8}");
    assert_string_equal(hand_sent, "review edit 613 '{\"question\":\"?\",\"answer\":8}'\n");
    assert_int_equal(panel(&ui)->point, 614);
    ui_close(&ui);
}

/* What the file says later: decided points stay away, one taken back is under the cursor. */
static void a_decision_that_is_taken_back_is_here_again(void **state)
{
    (void)state;
    struct err e = {0};
    struct store *s = NULL;
    struct ui ui;
    open_new(&ui, file, "5a");
    assert_int_equal(panel(&ui)->point, 614);
    REQUIRE(store_open(file, STORE_WRITE, false, &s, &e));
    REQUIRE(store_op_begin(s, "tester", "review accept 613", 0, &e));
    const struct review r = {.point = 613, .at_us = 1, .who = "t", .decision = "accept"};
    REQUIRE(store_review_put(s, &r, &e));
    REQUIRE(store_op_end(s, &e));
    panel(&ui)->decided[0].answered = true;
    panel(&ui)->decided[0].seen = ui.model.seen.points;
    ui_refresh(&ui);
    assert_int_equal(panel(&ui)->count, 13);
    assert_int_equal(panel(&ui)->point, 614);
    hand_keys(&ui, "jj");
    struct buf undone;
    buf_init(&undone, 1000);
    REQUIRE(store_undo(s, &undone, &e));
    buf_free(&undone);
    ui_refresh(&ui);
    assert_int_equal(panel(&ui)->count, 14);
    assert_int_equal(panel(&ui)->point, 613);
    ui_close(&ui);
    store_close(s);
}

/* What another person decides must not make us decide about a point that we have not seen. */
static void a_point_that_somebody_else_decides_holds_the_next_key_off(void **state)
{
    (void)state;
    struct err e = {0};
    struct store *s = NULL;
    struct ui ui;
    open_new(&ui, file, "5j");
    assert_int_equal(panel(&ui)->point, 614);
    REQUIRE(store_open(file, STORE_WRITE, false, &s, &e));
    REQUIRE(store_op_begin(s, "other", "review reject 614", 0, &e));
    const struct review r = {.point = 614, .at_us = 1, .who = "other", .decision = "reject"};
    REQUIRE(store_review_put(s, &r, &e));
    REQUIRE(store_op_end(s, &e));
    ui_refresh(&ui);
    assert_int_equal(panel(&ui)->point, 615);
    hand_expect_sent(&ui, "a", "");
    assert_non_null(strstr(ui.message, "#614 has just left this queue"));
    panel(&ui)->shown_ms -= REVIEW_LEFT_MS; /* as if that long ago */
    hand_expect_sent(&ui, "a", "review accept 615\n");
    struct buf undone;
    buf_init(&undone, 1000);
    REQUIRE(store_undo(s, &undone, &e));
    buf_free(&undone);
    ui_close(&ui);
    store_close(s);
}

/* 10,000 options, a megabyte of control characters: laid out once, nothing raw on the screen. */
static void hostile_records_are_shown_safely(void **state)
{
    (void)state;
    struct record_text t;
    struct cells c;
    struct buf raw, out;
    cJSON *record = cJSON_CreateObject(), *options = cJSON_AddArrayToObject(record, "options");
    buf_init(&raw, 2u << 20);
    buf_init(&out, 2u << 20);
    for (int i = 0; i < 100000; i++) {
        buf_adds(&raw, "\x1b[2J\xe2\x80\xae ab\n");
    }
    cJSON_AddStringToObject(record, "te\x1b[31mxt", raw.data);
    for (int i = 0; i < 10000; i++) {
        cJSON_AddItemToArray(options, cJSON_CreateString(i % 2 == 0 ? "\x07" : "\xff\xfe bad"));
    }
    record_init(&t);
    record_lay_out(&t, NULL, record, 60);
    assert_true(t.count > 10000);
    cells_init(&c, 60, 50);
    for (size_t top = 0; top < t.count; top += 997) {
        (void)record_draw(&t, top, &c, (struct rect){0, 0, 60, 50});
        buf_clear(&out);
        cells_dump(&c, &out);
        for (size_t i = 0; i < out.len; i++) {
            assert_true(out.data[i] == '\n' || (unsigned char)out.data[i] >= 0x20);
        }
        assert_null(strstr(out.data, "\xe2\x80\xae"));
        cells_clear(&c);
    }
    record_lay_out(&t, NULL, record, 1); /* narrower than a letter of some scripts */
    cells_free(&c);
    record_free(&t);
    buf_free(&raw);
    buf_free(&out);
    cJSON_Delete(record);
}

static void queues_are_switched_and_empty_ones_say_what_to_do(void **state)
{
    (void)state;
    struct ui ui;
    open_new(&ui, file, "5");
    hand_expect_screen(&ui, "disputed 14", true);
    hand_expect_screen(&ui, "check failed 31", true);
    hand_keys(&ui, "\t");
    hand_expect_screen(&ui, "Nothing waits in this queue", true);
    hand_keys(&ui, "a");
    assert_non_null(strstr(ui.message, "no point waits here"));
    hand_keys(&ui, "r2"); /* a reason for nothing is no panel */
    assert_non_null(strstr(ui.message, "nothing was rejected"));
    assert_string_equal(panel_at(ui.panel)->name, "Review");
    hand_keys(&ui, "\t");
    hand_expect_screen(&ui, "check failed: a requirement is missed", true);
    hand_keys(&ui, "\t");
    hand_keys(&ui, "a");
    assert_non_null(strstr(ui.message, "has no record that fits"));
    hand_keys(&ui, "\t");
    hand_expect_screen(&ui, "drawn for an audit", true);
    hand_keys(&ui, "\t");
    hand_expect_screen(&ui, "No point has a note", true);
    hand_keys(&ui, "hh");
    assert_int_equal(panel(&ui)->kind, QUEUE_INVALID);
    ui_close(&ui);
    open_new(&ui, fresh, "5");
    hand_expect_screen(&ui, "Nothing was generated yet", true);
    hand_keys(&ui, "arets n f\n");
    assert_string_equal(hand_sent, "");
    ui_close(&ui);
}

static void the_place_is_kept(void **state)
{
    (void)state;
    struct ui ui;
    open_new(&ui, file, "5\t\tjjj");
    int64_t there = panel(&ui)->point;
    ui_close(&ui);
    hand_open(&ui, file, "5");
    assert_int_equal(panel(&ui)->kind, QUEUE_CHECK);
    assert_int_equal(panel(&ui)->point, there);
    ui_close(&ui);
}

static void quick_decisions_are_warned_of(void **state)
{
    (void)state;
    struct ui ui;
    open_new(&ui, file, "5aaaa");
    hand_expect_screen(&ui, "faster than one can read", false);
    hand_keys(&ui, "a");
    hand_expect_screen(&ui, "faster than one can read", true);
    ui_close(&ui);
}

static int by_size(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* What was read while nobody pressed a key needs no reading when one is pressed. */
static void the_next_point_is_there_in_a_moment(void **state)
{
    (void)state;
    struct ui ui;
    struct cells c;
    int64_t took[11];
    open_new(&ui, file, "5");
    cells_init(&c, ui.cols, ui.rows);
    for (size_t i = 0; i < 11; i++) {
        const struct key k = {.code = 'a'};
        ui_rest(&ui);
        int64_t from = clock_us();
        ui_key(&ui, &k);
        ui_draw(&ui, &c);
        took[i] = clock_us() - from;
    }
    cells_free(&c);
    ui_close(&ui);
    qsort(took, 11, sizeof took[0], by_size);
    print_message("decision to the next point drawn: median %lld us\n", (long long)took[5]);
    assert_true(took[5] < 5000);
}

static void claims(void **state)
{
    (void)state;
    cJSON *b = cJSON_CreateString("B"), *b2 = cJSON_CreateString("b)"),
          *one = cJSON_CreateNumber(1);
    cJSON *text = cJSON_CreateString("Mercury"), *venus = cJSON_CreateString("Venus");
    cJSON *from_one = cJSON_Parse("{\"minimum\":1}");
    assert_true(record_claims(b, 1, text, NULL) && !record_claims(b, 0, venus, NULL));
    assert_true(record_claims(b2, 1, text, NULL));
    assert_true(record_claims(one, 1, text, NULL) && record_claims(one, 0, venus, from_one));
    assert_true(record_claims(text, 7, text, NULL) && !record_claims(text, 7, venus, NULL));
    assert_false(record_claims(NULL, 0, text, NULL));
    cJSON *all[] = {b, b2, one, text, venus, from_one};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        cJSON_Delete(all[i]);
    }
}

/* ---- */

static int group_setup(void **state)
{
    (void)state;
    session_begin();
    setenv("XDG_STATE_HOME", session_folder, 1);
    session_path(file, "gsm8k.taxa");
    session_path(other, "exams.taxa");
    session_path(fresh, "new.taxa");
    session_make(file, true);
    session_make(fresh, false);
    make_other();
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    session_remove("gsm8k.taxa");
    session_remove("exams.taxa");
    session_remove("new.taxa");
    session_remove("taxa/review-places");
    char folder[160];
    session_path(folder, "taxa");
    rmdir(folder);
    session_end();
    return 0;
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(screens_are_as_drawn_before),
        cmocka_unit_test(each_key_sends_one_command_and_the_next_point_is_there),
        cmocka_unit_test(marked_points_are_decided_together_after_the_count),
        cmocka_unit_test(an_edit_is_sent_and_a_bad_one_is_not_lost),
        cmocka_unit_test(a_point_that_somebody_else_decides_holds_the_next_key_off),
        cmocka_unit_test(hostile_records_are_shown_safely),
        cmocka_unit_test(queues_are_switched_and_empty_ones_say_what_to_do),
        cmocka_unit_test(the_place_is_kept),
        cmocka_unit_test(quick_decisions_are_warned_of),
        cmocka_unit_test(the_next_point_is_there_in_a_moment),
        cmocka_unit_test(claims),
        cmocka_unit_test(a_decision_that_is_taken_back_is_here_again),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
