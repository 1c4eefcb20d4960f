/*
 * The panels without a terminal: screens at three sizes against the texts in tests/unit/golden, and
 * what each key sends. TAXA_GOLDEN=write makes the texts again (look at the difference before
 * committing it).
 */
#include "base/file.h"
#include "base/utf8.h"
#include "ui/dump.h"
#include "ui/ui.h"

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

static char full[128], fresh[128];
static char sent[4096]; /* the commands, one a line */

static bool record(struct ui *ui, const struct link_line *what)
{
    struct buf line;
    buf_init(&line, sizeof sent - 1);
    buf_adds(&line, sent);
    if (what->script != NULL) {
        buf_adds(&line, what->script);
    } else {
        words_join(&line, what->argc, what->argv);
        buf_addc(&line, '\n');
    }
    snprintf(sent, sizeof sent, "%s", line.data);
    buf_free(&line);
    if (what->ended != NULL) {
        what->ended(ui, what->ctx, 0, "", "");
    }
    return true;
}

static void open_ui(struct ui *ui, const char *file)
{
    struct err e = {0};
    if (ui_open(ui, file, &e) != ST_OK) {
        fail_msg("%s", e.msg);
    }
    ui->send = record;
    sent[0] = '\0';
}

static void draw(struct ui *ui, struct cells *c)
{
    cells_init(c, ui->cols, ui->rows);
    ui_draw(ui, c);
}

static void keys(struct ui *ui, const char *s)
{
    for (; *s != '\0'; s++) {
        struct key k = {.code = (uint32_t)(unsigned char)(*s == '\n' ? '\r' : *s)};
        ui_key(ui, &k);
        struct cells c; /* drawing sets the height of lists, as on a terminal */
        draw(ui, &c);
        cells_free(&c);
    }
}

static void expect_sent(struct ui *ui, const char *typed, const char *commands)
{
    sent[0] = '\0';
    keys(ui, typed);
    assert_string_equal(sent, commands);
}

/* ---- screens */

static void compare(const char *name, const char *screen)
{
    char path[160];
    struct buf want;
    struct err e = {0};
    snprintf(path, sizeof path, "tests/unit/golden/%s.txt", name);
    const char *mode = getenv("TAXA_GOLDEN");
    if (mode != NULL && strcmp(mode, "write") == 0) {
        assert_int_equal(file_write(path, screen, strlen(screen), 0644, NULL), ST_OK);
    }
    buf_init(&want, 1u << 20);
    if (file_read(path, &want, &e) != ST_OK) {
        fail_msg("%s", e.msg);
    }
    if (strcmp(want.data, screen) != 0) {
        print_error("%s differs; now it is\n%s", name, screen);
    }
    assert_string_equal(screen, want.data);
    buf_free(&want);
}

/* Rows fit the width by our own measure and hold no control character. */
static void assert_sound(const char *screen, int cols, int rows)
{
    int lines = 0;
    while (*screen != '\0') {
        size_t n = strcspn(screen, "\n");
        assert_true(utf8_columns(screen, n) <= cols);
        for (size_t i = 0; i < n; i++) {
            assert_true((unsigned char)screen[i] >= 0x20 && screen[i] != 0x7f);
        }
        screen += n + 1;
        lines++;
    }
    assert_int_equal(lines, rows);
}

static void screens_are_as_drawn_before(void **state)
{
    (void)state;
    static const struct {
        const char *name, *panel;
        bool is_new;
        int cols, rows;
    } screens[] = {
        {"overview-80x24", "Overview", false, 80, 24},
        {"overview-60x16", "Overview", false, 60, 16},
        {"overview-160x40", "Overview", false, 160, 40},
        {"overview-200x50", "Overview", false, 200, 50},
        {"overview-new", "Overview", true, 80, 24},
        {"taxonomy-80x24", "Taxonomy:jjjjj", false, 80, 24},
        {"taxonomy-60x16", "Taxonomy", false, 60, 16},
        {"taxonomy-160x40", "Taxonomy:jjjjj", false, 160, 40},
        {"taxonomy-new", "Taxonomy", true, 80, 24},
        {"taxonomy-folded", "Taxonomy:Z2", false, 80, 24},
        {"taxonomy-marked-80x24", "Taxonomy:j  jVj", false, 80, 24},
        {"taxonomy-filter-80x24", "Taxonomy:fing|shop\n", false, 80, 24},
        {"taxonomy-filtering-80x24", "Taxonomy:fing", false, 80, 24},
        {"taxonomy-focus-80x24", "Taxonomy:jF/in\n", false, 80, 24},
        {"taxonomy-focus-60x16", "Taxonomy:jFfin\n", false, 60, 16},
        {"taxonomy-sides-80x24", "Taxonomy:jj |\tjj", false, 80, 24},
        {"taxonomy-sides-160x40", "Taxonomy:jj |fshop\n\tjj", false, 160, 40},
        {"taxonomy-sides-60x16", "Taxonomy:jj |\tG", false, 60, 16},
        {"taxonomy-help", "Taxonomy:?/looking\n", false, 80, 24},
        {"taxonomy-expansion", "Taxonomy:jjjjp", false, 80, 24},
        {"mix-80x24", "Mix:jj", false, 80, 24},
        {"mix-60x16", "Mix", false, 60, 16},
        {"mix-160x40", "Mix:jjjjj", false, 160, 40},
        {"mix-new", "Mix", true, 80, 24},
        {"help-mix", "Mix:?", false, 80, 24},
        {"taxonomy-expansion-60x16", "Taxonomy:jjjjpjjj", false, 60, 16},
        {"taxonomy-suggestions", "Taxonomy:jTG\n", false, 80, 24},
        {"run-80x24", "Run", false, 80, 24},
        {"run-200x50", "Run", false, 200, 50},
        {"run-new", "Run", true, 80, 24},
        {"settings-80x24", "Settings:jj", false, 80, 24},
        {"settings-60x16", "Settings", false, 60, 16},
        {"settings-200x50", "Settings:/latency\n", false, 200, 50},
        {"settings-changed", "Settings:o", false, 80, 24},
        {"settings-new", "Settings:/budget\n", true, 80, 24},
        {"help-run", "Run:?", false, 80, 24},
        {"data-80x24", "Data:jjj", false, 80, 24},
        {"data-60x16", "Data", false, 60, 16},
        {"data-200x50", "Data:G", false, 200, 50},
        {"data-filter-80x24", "Data:fstate:disputed\nj", false, 80, 24},
        {"data-find-80x24", "Data:/rolls\n", false, 80, 24},
        {"data-compare-80x24", "Data:jjj G=", false, 80, 24},
        {"data-compare-200x50", "Data:jjj G=", false, 200, 50},
        {"data-new", "Data", true, 80, 24},
        {"help-data", "Data:?", false, 80, 24},
        {"calls-80x24", "Calls", false, 80, 24},
        {"calls-new", "Calls", true, 80, 24},
        {"too-small", "Run", false, 59, 16},
        {"prompt", "Taxonomy::node ", false, 80, 24},
    };
    for (size_t i = 0; i < sizeof screens / sizeof screens[0]; i++) {
        struct buf b;
        struct err e = {0};
        buf_init(&b, 1u << 20);
        const char *file = screens[i].is_new ? fresh : full;
        if (ui_dump(file, screens[i].panel, screens[i].cols, screens[i].rows, &b, &e) != ST_OK) {
            fail_msg("%s", e.msg);
        }
        assert_sound(b.data, screens[i].cols, screens[i].rows);
        compare(screens[i].name, b.data);
        buf_free(&b);
    }
}

/* Every panel at every size: nothing outside, nothing unsafe, nothing that ends the program. */
static void every_size_is_sound(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, full);
    ui.model.wants_tree = true;
    ui_refresh(&ui);
    for (size_t panel = 0; panel < panel_count(); panel++) {
        ui_go(&ui, panel);
        for (int cols = 1; cols < 210; cols += cols < 130 ? 3 : 19) {
            for (int rows = 1; rows < 60; rows += 5) {
                ui_resize(&ui, cols, rows);
                struct cells c;
                struct buf b;
                draw(&ui, &c);
                buf_init(&b, 1u << 20);
                cells_dump(&c, &b);
                assert_sound(b.data, cols, rows);
                buf_free(&b);
                cells_free(&c);
            }
        }
    }
    ui_close(&ui);
}

static void unknown_panels_are_named(void **state)
{
    (void)state;
    struct buf b;
    struct err e = {0};
    buf_init(&b, 1000);
    assert_int_equal(ui_dump(full, "Nonsense", 80, 24, &b, &e), ST_NOT_FOUND);
    assert_non_null(strstr(e.msg, "Taxonomy"));
    buf_free(&b);
}

/* ---- keys */

static void taxonomy_keys_send_commands(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, full);
    keys(&ui, "2j"); /* addition and subtraction, weight 2 */
    expect_sent(&ui, "atimes \"x\"\n", "node add @3 'times \"x\"'\n");
    expect_sent(&ui, "+", "node weight @3 3\n");
    expect_sent(&ui, "-", "node weight @3 1\n");
    expect_sent(&ui, "o", "node weight @3 0\n");
    expect_sent(&ui,
                "=\x15"
                "0.5\n",
                "node weight @3 0.5\n");
    expect_sent(&ui, "e more\n", "node rename @3 'addition and subtraction more'\n");
    expect_sent(&ui, "D\x15plus\n", "node describe @3 plus\n");
    expect_sent(&ui, "x", "expand @3\n");
    expect_sent(&ui,
                "X\x15"
                "3\n",
                "expand @3 --depth 3\n");
    expect_sent(&ui, "L", "node lock @3\n");
    expect_sent(&ui, "d", "node delete @3\n");
    expect_sent(&ui, "u\x12", "undo\n"); /* there is nothing to redo */
    expect_sent(&ui, "Aone more\n", "node add @1 'one more' --before @6\n");
    expect_sent(&ui, "gAsteps\n", "factor add steps\n");
    expect_sent(&ui, "P", "factor propose\n");
    expect_sent(&ui, "a\x1b", "");
    ui_close(&ui);
}

static void proposals_are_decided_where_they_stand(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, fresh);
    keys(&ui, "2");
    expect_sent(&ui, "y", "factor accept operation\n");
    expect_sent(&ui, "jn", "factor reject 'everyday setting'\n");
    expect_sent(&ui, "x", "");
    assert_non_null(strstr(ui.message, "proposal"));
    ui_close(&ui);
}

static void keys_that_cannot_work_say_why(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, full);
    keys(&ui, "2");
    static const struct {
        const char *typed, *why;
    } cases[] = {
        {"g=", "a taxonomy has no weight"},
        {"gn", "nothing was looked for"},
        {"gp", "no teacher has expanded"},
        {"gjjz", "no children"},
        {"/fractions\nx", "locked"},
        {"4s", "nothing runs"},
        {"p", "nothing runs"},
        {"8", "no panel 8"},
        {"%", "% does nothing here"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        expect_sent(&ui, cases[i].typed, "");
        assert_non_null(strstr(ui.message, cases[i].why));
        assert_int_equal(ui.level, SAY_WARN);
    }
    ui_close(&ui);
}

static void run_and_overview_keys_send_commands(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, full);
    expect_sent(&ui, "\n\n", "generate 1000\n"); /* the advice: what is missing */
    expect_sent(&ui, "dx\n",
                "describe 'Grade-school maths word problems with a numeric answerx'\n");
    expect_sent(&ui,
                "c\x15"
                "0.3\n",
                "set complexity 0.3\n");
    expect_sent(&ui,
                "4G\x15"
                "50\n",
                "generate 50\n");
    expect_sent(&ui, "+", "set concurrency 10\n");
    expect_sent(&ui,
                "b\x15"
                "2.5\n",
                "set budget 2.5\n");
    expect_sent(&ui, "t", "retry state:failed\n");
    ui_close(&ui);
}

static void expect_on_screen(struct ui *ui, const char *part, bool there)
{
    struct cells c;
    struct buf b;
    draw(ui, &c);
    buf_init(&b, 1u << 20);
    cells_dump(&c, &b);
    if ((strstr(b.data, part) != NULL) != there) {
        fail_msg("%s is %s in\n%s", part, there ? "missing" : "wrong", b.data);
    }
    buf_free(&b);
    cells_free(&c);
}

static void what_is_cut_off_or_cannot_work_is_said(void **state)
{
    (void)state;
    struct ui ui;
    char line[121];
    memset(line, 'w', 120);
    line[120] = '\0';
    open_ui(&ui, full);
    ui_show(&ui, "long", line);
    expect_on_screen(&ui, "www…", true);
    keys(&ui, "l");
    assert_int_equal(ui.view.left, 8);
    keys(&ui, "w");
    expect_on_screen(&ui, "www…", false);
    assert_int_equal(ui.view.count, 2);
    keys(&ui, "l"); /* nothing is behind the edge now */
    assert_int_equal(ui.view.left, 0);
    assert_non_null(strstr(ui.message, "wrapped"));
    ui_show(&ui, "show 5", "one\n\ntwo");
    assert_true(ui.view.wrap);
    expect_on_screen(&ui, " one\n\n two\n", true);
    keys(&ui, "q");
    ui_ask_generate(&ui);
    expect_on_screen(&ui, "Tab", false);
    keys(&ui, "\x1b:");
    expect_on_screen(&ui, "Tab", true);
    ui_close(&ui);
}

static void a_paste_is_never_keys(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, full);
    sent[0] = '\0';
    struct key paste = {.code = K_PASTE, .paste = "ddd\nd"};
    ui_key(&ui, &paste);
    assert_string_equal(sent, "");
    assert_non_null(strstr(ui.message, "pasted"));
    keys(&ui, "2ja");
    ui_key(&ui, &paste);
    assert_string_equal(sent, "");
    expect_sent(&ui, "\n", "node add @3 'ddd d'\n");
    ui_close(&ui);
}

static void small_screens_swallow_keys(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, full);
    keys(&ui, "2j");
    ui_resize(&ui, 40, 10);
    expect_sent(&ui, "dxP", "");
    assert_int_equal(ui.wishes & WISH_QUIT, 0);
    keys(&ui, "q");
    assert_int_equal(ui.wishes & WISH_QUIT, WISH_QUIT);
    ui_close(&ui);
}

static void search_finds_under_folds_and_goes_round(void **state)
{
    (void)state;
    struct ui ui;
    struct cells c;
    struct buf b;
    open_ui(&ui, full);
    keys(&ui, "2Z1/SHARING|CHESS\n");
    assert_non_null(strstr(ui.message, "no node matches"));
    keys(&ui, "/sharing|chess\n");
    assert_string_equal(ui.message, "1 of 2");
    keys(&ui, "n");
    assert_string_equal(ui.message, "2 of 2");
    keys(&ui, "n");
    assert_string_equal(ui.message, "1 of 2");
    keys(&ui, "N");
    assert_string_equal(ui.message, "2 of 2");
    draw(&ui, &c);
    buf_init(&b, 1u << 20);
    cells_dump(&c, &b);
    assert_non_null(strstr(b.data, "everyday setting › sports › chess club"));
    buf_free(&b);
    cells_free(&c);
    keys(&ui, "/[\n");
    assert_int_equal(ui.level, SAY_ERROR);
    ui_close(&ui);
}

/* ---- data that moves */

static void the_cursor_stays_on_its_node_when_the_tree_changes(void **state)
{
    (void)state;
    char path[128];
    struct err e = {0};
    struct store *s = NULL;
    struct ui ui;
    session_path(path, "moving.taxa");
    session_make(path, true);
    open_ui(&ui, path);
    keys(&ui, "2/long division\n");
    const struct panel_ops *taxonomy = panel_at(1);
    assert_string_equal(taxonomy->name, "Taxonomy");
    REQUIRE(store_open(path, STORE_WRITE, false, &s, &e));
    REQUIRE(store_op_begin(s, "other", "edits from elsewhere", 0, &e));
    struct node n = {.name = "comes first", .desc = "", .weight = 1};
    int64_t id = 0;
    REQUIRE(store_node_add(s, 1, &n, 3, &id, &e));
    REQUIRE(store_op_end(s, &e));
    ui_refresh(&ui);
    /* a key acts on the same node as before, not on the row */
    keys(&ui, "D\x15still me\n");
    assert_non_null(strstr(sent, "node describe @"));
    uint32_t at = tree_by_id(&ui.model.tree, atoll(strchr(sent, '@') + 1));
    assert_string_equal(ui.model.tree.nodes[at].name, "long division");
    store_close(s);
    ui_close(&ui);
    session_remove("moving.taxa");
}

static void a_status_from_the_server_is_shown(void **state)
{
    (void)state;
    static const char status[] =
        "{\"target\":1000,\"accepted\":700,\"asked\":31,\"rejected\":31,\"running\":true,\"run\":"
        "\"running\","
        "\"reason\":\"\",\"rate\":{\"points_per_s\":2.5,\"calls_per_s\":12.4},\"eta\":171,\"in_"
        "flight_limit\":32,"
        "\"calls\":{\"made\":3368,\"in_flight\":31},\"cost\":{\"spent\":0.22,\"expected\":0.36},"
        "\"history\":[1,2,3],\"stages\":[{\"name\":\"write\",\"asked\":11,\"done\":688,\"again\":9,"
        "\"lost\":2}],"
        "\"events\":[{\"at\":\"12:00:00\",\"text\":\"429 \\u001b[31mtoo "
        "many\"}],\"undo\":null,\"expanding\":[6]}";
    struct ui ui;
    struct cells c;
    struct buf b;
    open_ui(&ui, full);
    ui_changed(&ui, model_status(&ui.model, status, strlen(status)));
    keys(&ui, "4");
    draw(&ui, &c);
    buf_init(&b, 1u << 20);
    cells_dump(&c, &b);
    assert_sound(b.data, 80, 24);
    static const char *const parts[] = {"700 of 1,000", "2:51 left", "31/32", "write",
                                        "688",          "too many",  "▶ 70%"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strstr(b.data, parts[i]) == NULL) {
            fail_msg("%s is missing in\n%s", parts[i], b.data);
        }
    }
    assert_int_equal(model_status(&ui.model, "{broken", 7), 0);
    assert_int_equal(ui.model.live.accepted, 700);
    buf_free(&b);
    cells_free(&c);
    ui_close(&ui);
}

static void the_message_line_tells_how_a_command_went_on(void **state)
{
    (void)state;
    static const char idle[] = "{\"events\":[{\"at\":\"1\",\"text\":\"expand @6: old\"}]}";
    static const char other[] = "{\"events\":[{\"at\":\"2\",\"text\":\"expand @61: 2 nodes\"}]}";
    static const char ended[] = "{\"events\":[{\"at\":\"3\",\"text\":\"expand @6: 1 node\"}]}";
    struct ui ui;
    open_ui(&ui, full);
    ui_status(&ui, idle, strlen(idle));
    ui_say(&ui, SAY_INFO, "expand @6");
    ui.message_is_own = true;
    ui_status(&ui, idle, strlen(idle)); /* what was there before is no answer */
    assert_string_equal(ui.message, "expand @6");
    ui_status(&ui, other, strlen(other));
    assert_string_equal(ui.message, "expand @6");
    ui_status(&ui, ended, strlen(ended));
    assert_string_equal(ui.message, "expand @6: 1 node");
    assert_true(ui.message_is_own);
    ui_say(&ui, SAY_ERROR, "expand @6"); /* an error stays */
    ui_status(&ui, idle, strlen(idle));
    assert_string_equal(ui.message, "expand @6");
    ui_close(&ui);
}

static void typed_commands_are_sorted_by_what_they_do(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, full);
    expect_sent(&ui, ":node lock @3\n", "node lock @3\n");
    expect_sent(&ui, ":status\n", "");
    assert_int_equal(ui.wishes & WISH_RUN, WISH_RUN);
    assert_string_equal(ui.run_argv[0], "status");
    expect_sent(&ui, ":nonsense\n", "");
    assert_int_equal(ui.level, SAY_ERROR);
    expect_sent(&ui, ":node add\n", "");
    assert_int_equal(ui.level, SAY_ERROR);
    expect_sent(&ui, ":q\n", "");
    assert_int_equal(ui.wishes & WISH_QUIT, WISH_QUIT);
    ui_close(&ui);
}

static void a_missing_file_is_a_new_session(void **state)
{
    (void)state;
    char path[128];
    struct ui ui;
    struct cells c;
    session_path(path, "not-there.taxa");
    open_ui(&ui, path);
    keys(&ui, "124");
    draw(&ui, &c);
    cells_free(&c);
    expect_sent(&ui, "1dnew data\n", "describe 'new data'\n");
    assert_int_not_equal(access(path, F_OK), 0); /* looking makes nothing */
    ui_close(&ui);
}

static int group_setup(void **state)
{
    (void)state;
    session_begin();
    session_path(full, "gsm8k.taxa");
    session_path(fresh, "new.taxa");
    session_make(full, true);
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
        cmocka_unit_test(every_size_is_sound),
        cmocka_unit_test(unknown_panels_are_named),
        cmocka_unit_test(taxonomy_keys_send_commands),
        cmocka_unit_test(proposals_are_decided_where_they_stand),
        cmocka_unit_test(keys_that_cannot_work_say_why),
        cmocka_unit_test(run_and_overview_keys_send_commands),
        cmocka_unit_test(a_paste_is_never_keys),
        cmocka_unit_test(what_is_cut_off_or_cannot_work_is_said),
        cmocka_unit_test(small_screens_swallow_keys),
        cmocka_unit_test(search_finds_under_folds_and_goes_round),
        cmocka_unit_test(the_cursor_stays_on_its_node_when_the_tree_changes),
        cmocka_unit_test(a_status_from_the_server_is_shown),
        cmocka_unit_test(the_message_line_tells_how_a_command_went_on),
        cmocka_unit_test(typed_commands_are_sorted_by_what_they_do),
        cmocka_unit_test(a_missing_file_is_a_new_session),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
