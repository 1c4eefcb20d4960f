/*
 * The steps of a new session without a terminal: which is next, what each opens, what its choices
 * send; the sheets of factors, teachers and colours.
 */
#include "base/utf8.h"
#include "ui/panels/overview.h"
#include "ui/panels/teachers_menu.h"
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

static char fresh[128];
static char sent[8192]; /* the commands, one a line; scripts as they are */
static link_ended_fn *ended;
static void *ended_ctx;

static bool record(struct ui *ui, const struct link_line *what)
{
    (void)ui;
    struct buf line;
    buf_init(&line, sizeof sent - 1);
    buf_adds(&line, sent);
    if (what->script != NULL) {
        buf_printf(&line, "[%s]\n%s", what->argv[0], what->script);
    } else {
        words_join(&line, what->argc, what->argv);
        buf_addc(&line, '\n');
    }
    snprintf(sent, sizeof sent, "%s", line.data);
    buf_free(&line);
    ended = what->ended;
    ended_ctx = what->ctx;
    return true;
}

static void open_ui(struct ui *ui, const char *file)
{
    struct err e = {0};
    if (ui_open(ui, file, &e) != ST_OK) {
        fail_msg("%s", e.msg);
    }
    ui->send = record;
    ui->model.wants_tree = true;
    ui_refresh(ui);
    sent[0] = '\0';
}

static void screen(struct ui *ui, struct buf *out)
{
    struct cells c;
    buf_init(out, 1u << 20);
    cells_init(&c, ui->cols, ui->rows);
    ui_draw(ui, &c);
    cells_dump(&c, out);
    cells_free(&c);
}

static void keys(struct ui *ui, const char *s)
{
    for (; *s != '\0'; s++) {
        struct key k = {.code = (uint32_t)(unsigned char)(*s == '\n' ? '\r' : *s)};
        ui_key(ui, &k);
        struct buf b;
        screen(ui, &b); /* drawing sets the height of lists, as on a terminal */
        buf_free(&b);
    }
}

static void expect_sent(struct ui *ui, const char *typed, const char *commands)
{
    sent[0] = '\0';
    keys(ui, typed);
    assert_string_equal(sent, commands);
}

static void expect_seen(struct ui *ui, const char *text)
{
    struct buf b;
    screen(ui, &b);
    if (strstr(b.data, text) == NULL) {
        fail_msg("\"%s\" is not in\n%s", text, b.data);
    }
    buf_free(&b);
}

/* What the loop would give back to the one who asked for a reading command. */
static void answer(struct ui *ui, const char *command, int code, const char *text)
{
    struct buf line;
    buf_init(&line, 4096);
    for (int i = 0; i < ui->run_argc; i++) {
        buf_printf(&line, "%s%s", i > 0 ? " " : "", ui->run_argv[i]);
    }
    assert_string_equal(line.data, command);
    buf_free(&line);
    ui_read_fn *done = ui->run_done;
    ui->run_done = NULL;
    ui->wishes &= ~(unsigned)WISH_RUN;
    assert_non_null(done);
    done(ui, ui->run_ctx, code, text);
}

/* ---- */

static void a_new_session_begins_with_its_description(void **state)
{
    (void)state;
    struct ui ui;
    char none[128];
    session_path(none, "none.taxa");
    open_ui(&ui, none);
    expect_seen(&ui, "1 → describe the data");
    expect_sent(&ui, "\nmaths\n", "describe maths\n");
    /* what comes too early says why, in the text and to the key */
    keys(&ui, "jjj");
    expect_seen(&ui, "Not yet: the data is not described yet (step 1).");
    expect_sent(&ui, "\n", "");
    assert_non_null(strstr(ui.message, "the data is not described yet"));
    keys(&ui, "jjj");
    expect_seen(&ui, "not yet");
    expect_sent(&ui, "\n", "");
    ui_close(&ui);
}

static void a_shape_is_chosen_from_the_templates(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, fresh);
    expect_seen(&ui, "2 → shape of a record");
    expect_sent(&ui, "\njj\n", "schema --template numeric-answer\n");
    expect_sent(&ui, "s/tool\n\n", "schema --template tool-call\n");
    expect_sent(&ui, "s/your own$\n\nmine.json\n", "schema @mine.json\n");
    ui_close(&ui);
}

static void a_refused_schema_is_kept_for_the_editor(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, fresh);
    keys(&ui, "sG\n"); /* the last row: in the editor */
    assert_true((ui.wishes & WISH_EDIT) != 0);
    assert_non_null(strstr(ui.edit_text, "\"x-answer\"")); /* a template to start from */
    sent[0] = '\0';
    ui.edited(&ui, ui.edit_ctx, "{\"type\": 7}");
    assert_string_equal(sent, "schema '{\"type\": 7}'\n");
    assert_non_null(ended);
    ended(&ui, ended_ctx, 1, "type is no type", "");
    assert_non_null(strstr(ui.message, "your text is kept"));
    ui.wishes = 0;
    keys(&ui, "s");
    expect_seen(&ui, "the text that was refused");
    keys(&ui, "G\n");
    assert_string_equal(ui.edit_text, "{\"type\": 7}");
    ui.edited(&ui, ui.edit_ctx, "{}");
    ended(&ui, ended_ctx, 0, "", "");
    keys(&ui, "sG\n");
    assert_non_null(strstr(ui.edit_text, "\"x-answer\""));
    ui_close(&ui);
}

static void factors_are_edited_and_decided(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, fresh);
    keys(&ui, "P");
    expect_seen(&ui, "3 wait for you");
    expect_sent(&ui, "e2\n", "factor edit operation --name operation2\n");
    expect_sent(&ui, "e\025operation\n", ""); /* the same name is no change */
    expect_sent(&ui, "D\025why\n", "factor edit operation -d why\n");
    expect_sent(&ui, "y", "factor accept operation\n");
    expect_sent(&ui, "jn", "factor reject 'everyday setting'\n");
    expect_sent(&ui, "Y", "factor accept operation 'everyday setting' steps\n");
    expect_sent(&ui, "aown\n", "factor add own\n");
    expect_sent(&ui, "P", "factor propose\n");
    keys(&ui, "q");
    expect_seen(&ui, "4   factors");
    ui_close(&ui);
}

static void a_server_that_was_found_becomes_the_teacher(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, fresh);
    keys(&ui, "t");
    expect_seen(&ui, "looking for servers");
    answer(&ui, "teacher find --json", 0,
           "[{\"base-url\":\"http://127.0.0.1:8080/v1\",\"server\":\"llama.cpp\","
           "\"preset\":\"llama.cpp\",\"wants-key\":false,\"models\":[\"/m/small one.gguf\"]}]\n");
    expect_seen(&ui, "found     small one.gguf");
    assert_null(strstr(ui.message, "/m/")); /* a file's name is enough on the screen */
    expect_sent(&ui, "j\n",
                "[teacher llama.cpp]\n"
                "teacher add llama.cpp base-url=http://127.0.0.1:8080/v1 "
                "'model=/m/small one.gguf'\n"
                "role architect llama.cpp\nrole writer llama.cpp\nrole critic llama.cpp\n"
                "role critic-correct llama.cpp\nrole critic-incorrect llama.cpp\n"
                "role judge llama.cpp\n");
    ended(&ui, ended_ctx, 0, "", "");
    expect_seen(&ui, "asking llama.cpp one small question");
    answer(&ui, "teacher test llama.cpp", 0, "it answers in 0.9 s\n");
    expect_seen(&ui, "it answers in 0.9 s");
    ui_close(&ui);
}

static void a_service_asks_for_its_model(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, fresh);
    setenv("OPENAI_API_KEY", "sk-not-shown", 1);
    keys(&ui, "t");
    answer(&ui, "teacher find --json", 0, "[]\n");
    expect_seen(&ui, "no model server answers on this machine");
    expect_seen(&ui, "OPENAI_API_KEY (set)");
    struct buf b;
    screen(&ui, &b);
    assert_null(strstr(b.data, "sk-not"));
    buf_free(&b);
    sent[0] = '\0';
    keys(&ui, "j\n");
    expect_seen(&ui, "model, for example gpt");
    keys(&ui, "m1\n");
    assert_non_null(strstr(sent, "teacher add openai --preset openai model=m1\n"));
    unsetenv("OPENAI_API_KEY");
    keys(&ui, "G\n");
    keys(&ui, "\025http://h/v1\n\n"); /* an address; it serves one model */
    assert_non_null(strstr(sent, "teacher add local base-url=http://h/v1\n"));
    ui_close(&ui);
}

/* Its models are not told without a key, and where the key is only the person knows. */
static void a_server_that_wants_a_key_is_shown(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, fresh);
    keys(&ui, "t");
    answer(&ui, "teacher find --json", 0,
           "[{\"base-url\":\"http://127.0.0.1:8000/v1\",\"server\":\"vLLM\",\"preset\":"
           "\"vllm\",\"wants-key\":true,\"models\":[]}]\n");
    expect_seen(&ui, "wants a key");
    expect_sent(&ui, "j\n", "");
    expect_sent(&ui, "MY_KEY\n",
                "teacher add local base-url=http://127.0.0.1:8000/v1 model= key-env=MY_KEY\n");
    ui_close(&ui);
}

/* An answer that comes when the sheet is closed finds nobody, and harms nobody. */
static void late_answers_are_dropped(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, fresh);
    keys(&ui, "t\n"); /* the offline teacher */
    link_ended_fn *taken = ended;
    keys(&ui, "q");
    assert_int_equal(ui.sheet_count, 0);
    answer(&ui, "teacher find --json", 0, "[]\n");
    taken(&ui, ended_ctx, 0, "", "");
    expect_seen(&ui, "A new session");
    ui_close(&ui);
}

static void colours_are_looked_at_and_taken(void **state)
{
    (void)state;
    struct ui ui;
    open_ui(&ui, fresh);
    expect_sent(&ui, "Tj", "");
    assert_string_equal(ui.preview, "light");
    assert_true((ui.wishes & WISH_THEME) != 0);
    expect_sent(&ui, "q", "");
    assert_string_equal(ui.preview, "");
    expect_sent(&ui, "Tjj\n", "set theme mono\n");
    assert_string_equal(ui.preview, "");
    assert_int_equal(ui.sheet_count, 0);
    ui_close(&ui);
}

static void sheets_fit_every_size(void **state)
{
    (void)state;
    static const int sizes[][2] = {{60, 16}, {80, 24}, {200, 50}, {300, 100}};
    static const char *const opened[] = {"s", "t", "P", "T", "t?"};
    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < sizeof opened / sizeof opened[0]; k++) {
            struct ui ui;
            struct buf b;
            open_ui(&ui, fresh);
            ui_resize(&ui, sizes[i][0], sizes[i][1]);
            keys(&ui, opened[k]);
            keys(&ui, "jGgk");
            screen(&ui, &b);
            int rows = 0;
            for (const char *s = b.data; *s != '\0'; rows++) {
                size_t n = strcspn(s, "\n");
                assert_true(utf8_columns(s, n) <= sizes[i][0]);
                s += n + 1;
            }
            assert_int_equal(rows, sizes[i][1]);
            buf_free(&b);
            ui_close(&ui);
        }
    }
}

static int setup(void **state)
{
    (void)state;
    setlocale(LC_ALL, "C.UTF-8");
    session_begin();
    session_path(fresh, "fresh.taxa");
    session_make(fresh, false);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    session_remove("fresh.taxa");
    session_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_session_begins_with_its_description),
        cmocka_unit_test(a_shape_is_chosen_from_the_templates),
        cmocka_unit_test(a_refused_schema_is_kept_for_the_editor),
        cmocka_unit_test(factors_are_edited_and_decided),
        cmocka_unit_test(a_server_that_was_found_becomes_the_teacher),
        cmocka_unit_test(a_service_asks_for_its_model),
        cmocka_unit_test(a_server_that_wants_a_key_is_shown),
        cmocka_unit_test(late_answers_are_dropped),
        cmocka_unit_test(colours_are_looked_at_and_taken),
        cmocka_unit_test(sheets_fit_every_size),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
