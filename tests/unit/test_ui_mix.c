/*
 * The Mix panel without a terminal: what its keys send, what is shown before the answer is there,
 * and that its figures are those of the plan.
 */
#include "base/rng.h"
#include "domain/plan.h"
#include "ui/ui.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui_session.h"

static char plain[128], mixed[128], fresh[128];
static char sent[4096];
static char screen[65536];

static bool record(struct ui *ui, const struct link_line *what)
{
    (void)ui;
    struct buf line;
    buf_init(&line, sizeof sent - 1);
    buf_adds(&line, sent);
    words_join(&line, what->argc, what->argv);
    buf_addc(&line, '\n');
    snprintf(sent, sizeof sent, "%s", line.data);
    buf_free(&line);
    return true;
}

static void look(struct ui *ui)
{
    struct cells c;
    struct buf b;
    cells_init(&c, ui->cols, ui->rows);
    ui_draw(ui, &c);
    buf_init(&b, sizeof screen - 1);
    cells_dump(&c, &b);
    snprintf(screen, sizeof screen, "%s", b.data);
    buf_free(&b);
    cells_free(&c);
}

static void keys(struct ui *ui, const char *s)
{
    for (; *s != '\0'; s++) {
        struct key k = {.code = (uint32_t)(unsigned char)(*s == '\n' ? '\r' : *s)};
        ui_key(ui, &k);
        look(ui);
    }
}

static void open_ui(struct ui *ui, const char *file)
{
    struct err e = {0};
    REQUIRE(ui_open(ui, file, &e));
    ui->send = record;
    ui_resize(ui, 100, 30);
    keys(ui, "3");
}

static void expect_sent(struct ui *ui, const char *typed, const char *commands)
{
    sent[0] = '\0';
    keys(ui, typed);
    assert_string_equal(sent, commands);
}

static void sees(const char *text)
{
    if (strstr(screen, text) == NULL) {
        fail_msg("\"%s\" is not on the screen:\n%s", text, screen);
    }
}

static void says(struct ui *ui, const char *typed, const char *why)
{
    expect_sent(ui, typed, "");
    if (strstr(ui->message, why) == NULL) {
        fail_msg("%s: \"%s\" instead of \"%s\"", typed, ui->message, why);
    }
}

/* ---- */

static void values_of_a_strategy_move(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, mixed);
    sees("[3]");
    expect_sent(&ui, "]", "strategy set 'pure fun' weight=3.1\n");
    sees("[3.1]"); /* at once */
    expect_sent(&ui, "]", "strategy set 'pure fun' weight=3.2\n");
    expect_sent(&ui, "{", "strategy set 'pure fun' weight=2.2\n");
    sees("68.8%"); /* 2.2 of 3.2 */
    expect_sent(&ui, "}}",
                "strategy set 'pure fun' weight=3.2\nstrategy set 'pure fun' weight=4.2\n");
    expect_sent(&ui, "\n7\n", "strategy set 'pure fun' weight=7\n");
    expect_sent(&ui, "l]", "strategy set 'pure fun' complexity=0.51\n");
    expect_sent(&ui, "{", "strategy set 'pure fun' complexity=0.41\n");
    expect_sent(&ui, "\n\x15\n", "strategy set 'pure fun' complexity=\n");
    expect_sent(&ui, "l]", "strategy set 'pure fun' levels=all\n");
    expect_sent(&ui, "]", "strategy set 'pure fun' levels=leaves\n");
    expect_sent(&ui, "[[", "strategy set 'pure fun' levels=all\nstrategy set 'pure fun' levels=\n");
    expect_sent(&ui, "j]", "strategy set places levels=1\n"); /* it had leaves */
    ui_close(&ui);
}

static void session_wide_values_move(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, mixed);
    keys(&ui, "jj");
    expect_sent(&ui, "]", "set points 1100\n");
    expect_sent(&ui, "[", "set points 1000\n");
    expect_sent(&ui, "[", "set points 990\n");
    expect_sent(&ui, "}", "set points 1090\n");
    expect_sent(&ui, "\n250\n", "set points 250\n");
    sees("[250]");
    expect_sent(&ui, "l]", "set complexity 0.51\n");
    expect_sent(&ui, "l]", "set levels leaves\n");
    expect_sent(&ui, "l]", "set scenarios 5\n");
    expect_sent(&ui, "l[", "set refinements 1\n");
    expect_sent(&ui, "l]", "set depth 4\n");
    expect_sent(&ui, "l\n42\n", "set seed 42\n");
    expect_sent(&ui, "l]", "set draws independent\n");
    expect_sent(&ui, "]", "set draws quota\n");
    ui_close(&ui);
}

static void strategies_are_added_renamed_and_removed(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, mixed);
    expect_sent(&ui, "e\x15new name\n", "strategy set 'pure fun' 'name=new name'\n");
    expect_sent(&ui, "D", "strategy remove 'pure fun'\n");
    keys(&ui, "athird one\n");
    sees("taxonomies of third one");
    expect_sent(&ui, "\n", "strategy add 'third one' @1 @2\n");
    keys(&ui, "a4th\n");
    expect_sent(&ui, " \n", "strategy add 4th @2\n");
    keys(&ui, "c");
    says(&ui, "  \n", "mark 1 to"); /* both marks taken away */
    expect_sent(&ui, "g \n", "strategy set 'pure fun' taxonomies=@1\n");
    expect_sent(&ui, "P", "strategy propose\n");
    expect_sent(&ui, "c\x1b", "");
    ui_close(&ui);
}

static void nodes_are_weighed_and_gone_into(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, mixed);
    ui_resize(&ui, 80, 20);
    keys(&ui, "jjj"); /* the first node: addition and subtraction, weight 2 */
    sees("[2]");
    expect_sent(&ui, "]", "node weight @3 2.1\n");
    sees("[2.1]");
    expect_sent(&ui, "=5\n", "node weight @3 5\n");
    expect_sent(&ui, "\n", ""); /* goes in */
    sees("by operation/addition");
    sees("within 100");
    expect_sent(&ui, "[", "node weight @4 0.9\n");
    keys(&ui, "h");
    sees("by operation ");
    keys(&ui, "\t");
    sees("by everyday setting");
    says(&ui, "h", "whole taxonomy");
    keys(&ui, "v");
    sees("expected points by taxonomy");
    keys(&ui, "k\n");
    sees("by operation ");
    keys(&ui, ">");
    sees("exact sharing");
    keys(&ui, "<");
    assert_null(strstr(screen, "exact sharing"));
    ui_close(&ui);
}

static void exclusions_are_listed_added_and_removed(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, mixed);
    keys(&ui, "x");
    sees("never drawn together");
    sees("operation/division");
    sees("everyday setting/home and family");
    expect_sent(&ui, "D", "exclude remove @6 @11\n");
    expect_sent(&ui, "jD", "exclude remove @9 @12 --strategy places\n");
    keys(&ui, "a");
    assert_string_equal(ui.prompt.text.data, "exclude add ");
    expect_sent(&ui, "@3 @12\n", "exclude add @3 @12\n");
    keys(&ui, "s\n");
    assert_string_equal(ui.prompt.text.data, "exclude add --strategy 'pure fun' ");
    keys(&ui, "\x1b\x1b");
    sees("by operation");
    keys(&ui, "jjjxa"); /* from a node: the pair begins with it */
    assert_string_equal(ui.prompt.text.data, "exclude add 'operation/addition and subtraction' ");
    keys(&ui, "\x1b\x1b");
    ui_close(&ui);
}

static void mixes_are_drawn_and_tried(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, mixed);
    expect_sent(&ui, "t", "try --mix 1 --strategy 'pure fun' --wait\n");
    expect_sent(&ui, "T", "try --mix 2 --strategy 'pure fun' --record --wait\n");
    keys(&ui, "jj");
    expect_sent(&ui, "t", "try --mix 3 --wait\n");
    keys(&ui, "d");
    sees("drawing");
    assert_int_equal(ui.wishes & WISH_RUN, WISH_RUN);
    assert_string_equal(ui.run_argv[0], "draw");
    ui.wishes = 0;
    ui.run_done(&ui, ui.run_ctx, 0,
                "{\"mixes\":388,\"afresh\":false,\"draws\":[{\"mix\":1,\"strategy\":\"places\","
                "\"complexified\":true,\"nodes\":[{\"name\":\"bakery\",\"path\":\"everyday "
                "setting/shops and markets/bakery\"}]},{\"mix\":2,\"strategy\":\"places\","
                "\"complexified\":false,\"nodes\":[]}]}");
    look(&ui);
    sees("of the 388 that the next run adds");
    sees("everyday setting/shops and markets/bakery");
    expect_sent(&ui, "jt", "try --mix 2 --wait\n");
    expect_sent(&ui, "\x1b", "");
    sees("by operation");
    /* the answer to a sheet that is closed already */
    keys(&ui, "d\x1b");
    ui.run_done(&ui, ui.run_ctx, 1, "there are no taxonomies yet\n");
    keys(&ui, "d");
    sees("drawing");
    ui_close(&ui);
}

static void what_cannot_work_says_why(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, plain);
    sees("everything");
    says(&ui, "]", "no strategy of its own");
    says(&ui, "D", "built in");
    says(&ui, "c", "built in");
    keys(&ui, "j");
    says(&ui, "e", "no strategy");
    keys(&ui, "j");
    expect_sent(&ui, "{{", "node weight @3 1\nnode weight @3 0\n");
    says(&ui, "[", "0 already");
    ui_close(&ui);
    open_ui(&ui, fresh);
    sees("There is nothing to mix yet.");
    says(&ui, "a", "no taxonomy yet");
    says(&ui, "d", "no taxonomies yet");
    says(&ui, "G", "no taxonomy yet");
    says(&ui, "w", "nothing to warn");
    ui_close(&ui);
}

/* A value that was sent is forgotten when the file says otherwise. */
static void a_refused_value_goes_back(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, mixed);
    keys(&ui, "]");
    sees("[3.1]");
    ui_say(&ui, SAY_ERROR, "weight: no");
    look(&ui);
    sees("[3]");
    ui_close(&ui);
}

static void generate_suggests_the_planned_number(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, mixed);
    keys(&ui, "jj");
    expect_sent(&ui, "\n64\n", "set points 64\n");
    expect_sent(&ui, "G\n", "generate 64\n");
    expect_sent(&ui, "u", "undo\n");
    ui_close(&ui);
}

/* The figures on the screen are those of the plan that `generate` makes. */
static void the_figures_are_the_plan_s(void **state)
{
    (void)state;
    struct ui ui;
    struct design d;
    struct plan p;
    struct err e = {0};
    open_ui(&ui, mixed);
    const struct mix *m = ui.model.mix;
    assert_non_null(m);
    REQUIRE(design_load(ui.model.store, &ui.model.tree, &d, &e));
    REQUIRE(plan_make(&d.d, 1000, &p, &e));
    int64_t *quota = xcalloc(ui.model.tree.count, sizeof *quota);
    plan_node_quota(&d.d, &p, quota);
    for (uint32_t at = 0; at < ui.model.tree.count; at++) {
        assert_int_equal(m->planned[at], quota[at]);
    }
    assert_int_equal(m->to_add, p.add);
    assert_true(p.add > 0);
    for (int i = 0; i < p.part_count; i++) {
        assert_int_equal(m->strategies[i].quota, p.parts[i].quota);
        assert_int_equal(m->strategies[i].quota_complex, p.parts[i].quota_complex);
    }
    free(quota);
    plan_free(&p);
    design_free(&d);
    ui_close(&ui);
}

/* No plan: the reason stands there, and the cursor cannot go where nothing is shown. */
static void without_a_plan_the_reason_is_shown(void **state)
{
    (void)state;
    struct ui ui;
    char path[128];
    struct err e = {0};
    struct store *s = NULL;
    session_path(path, "off.taxa");
    session_make(path, true);
    REQUIRE(store_open(path, STORE_WRITE, false, &s, &e));
    REQUIRE(store_op_begin(s, "tester", "strategies", 0, &e));
    char name[] = "off";
    struct strategy_row off = {.name = name,
                               .weight = 0,
                               .complexity = __builtin_nan(""),
                               .taxonomies = {1},
                               .taxonomy_count = 1};
    REQUIRE(store_strategy_put(s, &off, &e));
    REQUIRE(store_op_end(s, &e));
    store_close(s);
    open_ui(&ui, path);
    sees("no plan can be made");
    sees("weight 0");
    says(&ui, "d", "weight 0");
    says(&ui, "[", "0 already");
    keys(&ui, "jjj");
    expect_sent(&ui, "]", "set points 1100\n"); /* still on the values */
    ui_close(&ui);
    session_remove("off.taxa");
}

/* Another panel in front: the design is not worked out for nobody, and is there again after. */
static void it_is_read_only_while_it_is_shown(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, mixed);
    assert_non_null(ui.model.mix);
    keys(&ui, "2");
    assert_false(ui.model.wants_mix);
    keys(&ui, "3");
    assert_non_null(ui.model.mix);
    ui_close(&ui);
}

/* Whatever is pressed, at whatever size: nothing outside the screen, nothing used after its end. */
static void random_keys_do_no_harm(void **state)
{
    (void)state;
    static const uint32_t pressed[] = {
        'j', 'j', 'k',   'h',    'l',    '[',   ']',      '{',      '}', K_ENTER, K_ESC,
        'a', 'e', 'D',   'c',    'x',    'd',   't',      'T',      'w', 'v',     '<',
        '>', '=', K_TAB, K_DOWN, K_LEFT, K_END, K_HOME,   's',      ' ', 'g',     'q',
        '1', '7', '.',   'P',    'G',    '?',   K_RIGHT,  K_UP,     '2', K_CLICK, K_PAGE_DOWN,
        '3', '3', '3',   '3',    K_ESC,  'j',   K_DELETE, K_PAGE_UP};
    struct ui ui;
    open_ui(&ui, mixed);
    for (uint64_t i = 0; i < 6000; i++) {
        size_t which = (size_t)rng_below(11, 1, i, sizeof pressed / sizeof pressed[0]);
        struct key k = {.code = pressed[which],
                        .x = (int)rng_below(11, 2, i, 120),
                        .y = (int)rng_below(11, 3, i, 40)};
        if (rng_below(11, 4, i, 50) == 0) {
            ui_resize(&ui, 60 + (int)rng_below(11, 5, i, 100), 16 + (int)rng_below(11, 6, i, 40));
        }
        ui_key(&ui, &k);
        if ((ui.wishes & WISH_RUN) != 0 && rng_below(11, 7, i, 2) == 0) {
            ui.wishes = 0;
            ui_read_fn *done = ui.run_done;
            ui.run_done = NULL;
            if (done != NULL) {
                done(&ui, ui.run_ctx, (int)rng_below(11, 8, i, 2),
                     "{\"mixes\":2,\"draws\":[{\"mix\":1,\"nodes\":[{\"path\":1}]},7]}");
            }
        }
        if (i % 7 == 0) {
            ui_changed(&ui, CHANGED_ALL);
        }
        sent[0] = '\0';
        look(&ui);
    }
    ui_close(&ui);
}

static void make_mixed(const char *path)
{
    struct err e = {0};
    struct store *s = NULL;
    session_make(path, true);
    REQUIRE(store_open(path, STORE_WRITE, false, &s, &e));
    REQUIRE(store_op_begin(s, "tester", "strategies", 0, &e));
    char first[] = "pure fun", second[] = "places", levels[] = "leaves";
    struct strategy_row a = {.name = first,
                             .weight = 3,
                             .complexity = __builtin_nan(""),
                             .taxonomies = {1, 2},
                             .taxonomy_count = 2};
    REQUIRE(store_strategy_put(s, &a, &e));
    struct strategy_row b = {.name = second,
                             .weight = 1,
                             .complexity = 0.2,
                             .levels = levels,
                             .taxonomies = {1, 2},
                             .taxonomy_count = 2};
    REQUIRE(store_strategy_put(s, &b, &e));
    REQUIRE(store_exclusion_add(s, 0, 6, 11, &e));
    REQUIRE(store_exclusion_add(s, b.id, 9, 12, &e));
    REQUIRE(store_op_end(s, &e));
    store_close(s);
}

static int begin(void **state)
{
    (void)state;
    session_begin();
    session_path(plain, "plain.taxa");
    session_path(mixed, "mixed.taxa");
    session_path(fresh, "fresh.taxa");
    session_make(plain, true);
    session_make(fresh, false);
    make_mixed(mixed);
    return 0;
}

static int end(void **state)
{
    (void)state;
    session_remove("plain.taxa");
    session_remove("mixed.taxa");
    session_remove("fresh.taxa");
    session_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_a_strategy_move),
        cmocka_unit_test(session_wide_values_move),
        cmocka_unit_test(strategies_are_added_renamed_and_removed),
        cmocka_unit_test(nodes_are_weighed_and_gone_into),
        cmocka_unit_test(exclusions_are_listed_added_and_removed),
        cmocka_unit_test(mixes_are_drawn_and_tried),
        cmocka_unit_test(what_cannot_work_says_why),
        cmocka_unit_test(a_refused_value_goes_back),
        cmocka_unit_test(generate_suggests_the_planned_number),
        cmocka_unit_test(the_figures_are_the_plan_s),
        cmocka_unit_test(without_a_plan_the_reason_is_shown),
        cmocka_unit_test(it_is_read_only_while_it_is_shown),
        cmocka_unit_test(random_keys_do_no_harm),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
