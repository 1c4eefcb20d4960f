/* The line editor: clusters, words, history, completion, pastes. */
#include "ui/prompt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct given {
    int count, changes;
    bool accepted;
    char text[256];
};

static void done(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    (void)ui;
    struct given *g = ctx;
    g->count++;
    g->accepted = accepted;
    snprintf(g->text, sizeof g->text, "%s", text);
}

static void change(struct ui *ui, void *ctx, const char *text)
{
    (void)ui;
    (void)text;
    ((struct given *)ctx)->changes++;
}

static void press(struct prompt *p, uint32_t code)
{
    struct key k = {.code = code};
    prompt_key(p, NULL, &k);
}

static void type(struct prompt *p, const char *s)
{
    for (; *s != '\0'; s++) {
        press(p, (uint32_t)(unsigned char)*s);
    }
}

static void paste(struct prompt *p, const char *s)
{
    struct key k = {.code = K_PASTE, .paste = s};
    prompt_key(p, NULL, &k);
}

static void typing_replaces_a_suggestion(void **state)
{
    (void)state;
    struct prompt p;
    struct given g = {0};
    prompt_init(&p);
    prompt_start(&p, "points: ", "1000", done, &g);
    prompt_suggest(&p);
    type(&p, "250");
    assert_string_equal(p.text.data, "250");
    prompt_start(&p, "points: ", "1000", done, &g);
    prompt_suggest(&p);
    press(&p, K_END);
    type(&p, "0");
    assert_string_equal(p.text.data, "10000");
    prompt_start(&p, "points: ", "1000", done, &g);
    prompt_suggest(&p);
    press(&p, K_BACKSPACE);
    assert_string_equal(p.text.data, "");
    assert_true(p.active);
    prompt_start(&p, "points: ", "1000", done, &g);
    prompt_suggest(&p);
    paste(&p, "7");
    assert_string_equal(p.text.data, "7");
    prompt_start(&p, "points: ", "1000", done, &g);
    prompt_suggest(&p);
    press(&p, K_ENTER);
    assert_string_equal(g.text, "1000");
    prompt_end(&p);
}

static void a_line_is_edited_and_given(void **state)
{
    (void)state;
    struct prompt p;
    struct given g = {0};
    prompt_init(&p);
    prompt_start(&p, ": ", "two three", done, &g);
    p.change = change;
    press(&p, K_HOME);
    type(&p, "one ");
    press(&p, K_END);
    press(&p, K_CTRL('w'));
    type(&p, "3");
    assert_string_equal(p.text.data, "one two 3");
    press(&p, K_WORD_LEFT);
    press(&p, K_WORD_LEFT);
    press(&p, K_CTRL('k'));
    assert_string_equal(p.text.data, "one ");
    press(&p, K_CTRL('u'));
    assert_string_equal(p.text.data, "");
    type(&p, "done");
    assert_int_equal(g.count, 0);
    assert_true(g.changes > 5);
    press(&p, K_ENTER);
    assert_int_equal(g.count, 1);
    assert_true(g.accepted);
    assert_string_equal(g.text, "done");
    assert_false(p.active);
    prompt_end(&p);
}

static void backspace_takes_what_a_person_sees_as_one(void **state)
{
    (void)state;
    struct prompt p;
    struct given g = {0};
    prompt_init(&p);
    prompt_start(&p, ": ", "xe\xcc\x81", done, &g);
    press(&p, K_BACKSPACE);
    assert_string_equal(p.text.data, "x");
    press(&p, 0x65E5); /* a wide sign */
    press(&p, K_LEFT);
    press(&p, K_DELETE);
    assert_string_equal(p.text.data, "x");
    press(&p, K_BACKSPACE);
    press(&p, K_BACKSPACE); /* on an empty line: give up, as in vi */
    assert_int_equal(g.count, 1);
    assert_false(g.accepted);
    prompt_end(&p);
}

static void a_paste_is_text_and_never_a_key(void **state)
{
    (void)state;
    struct prompt p;
    struct given g = {0};
    prompt_init(&p);
    prompt_start(&p, ": ", "", done, &g);
    paste(&p, "one\r\ntwo\nthree\tfour\x1b[31m\x03");
    assert_int_equal(g.count, 0);
    assert_string_equal(p.text.data, "one two three four[31m");
    press(&p, K_CTRL('c'));
    assert_int_equal(g.count, 1);
    assert_false(g.accepted);
    prompt_end(&p);
}

static void history_is_walked_and_keeps_what_was_typed(void **state)
{
    (void)state;
    struct prompt p;
    struct history h;
    struct given g = {0};
    history_init(&h);
    history_add(&h, "first");
    history_add(&h, "second");
    history_add(&h, "first"); /* moves to the end */
    history_add(&h, " not kept");
    assert_int_equal(h.count, 2);
    prompt_init(&p);
    prompt_start(&p, ":", "typ", done, &g);
    p.history = &h;
    p.history_at = h.count;
    press(&p, K_UP);
    assert_string_equal(p.text.data, "first");
    press(&p, K_UP);
    press(&p, K_UP);
    assert_string_equal(p.text.data, "second");
    press(&p, K_DOWN);
    press(&p, K_DOWN);
    assert_string_equal(p.text.data, "typ");
    press(&p, K_DOWN);
    assert_string_equal(p.text.data, "typ");
    prompt_end(&p);
    history_free(&h);
}

static void history_survives_in_the_state_folder(void **state)
{
    (void)state;
    char folder[] = "/tmp/taxa-history-XXXXXX", path[128];
    assert_non_null(mkdtemp(folder));
    setenv("XDG_STATE_HOME", folder, 1);
    struct history h, again;
    history_init(&h);
    history_init(&again);
    history_load(&h);
    assert_int_equal(h.count, 0);
    history_add(&h, "node add @1 \"a b\"");
    history_add(&h, "undo");
    history_save(&h);
    history_load(&again);
    assert_int_equal(again.count, 2);
    assert_string_equal(again.lines[0], "node add @1 \"a b\"");
    history_free(&h);
    history_free(&again);
    snprintf(path, sizeof path, "%s/taxa/history", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/taxa", folder);
    rmdir(path);
    rmdir(folder);
}

static void tab_completes_and_then_chooses(void **state)
{
    (void)state;
    struct prompt p;
    struct given g = {0};
    prompt_init(&p);
    prompt_start(&p, ":", "", done, &g);
    p.complete = true;
    type(&p, "gener");
    assert_true(p.popup);
    press(&p, K_TAB);
    assert_string_equal(p.text.data, "generate ");
    assert_non_null(strstr(p.typed_help, "generate"));
    press(&p, K_CTRL('u'));
    type(&p, "node ");
    assert_true(p.completion.count > 5);
    press(&p, K_TAB);
    char first[64];
    snprintf(first, sizeof first, "node %s", p.completion.items[0]);
    assert_string_equal(p.text.data, first);
    press(&p, K_TAB);
    snprintf(first, sizeof first, "node %s", p.completion.items[1]);
    assert_string_equal(p.text.data, first);
    press(&p, K_BACKTAB);
    snprintf(first, sizeof first, "node %s", p.completion.items[0]);
    assert_string_equal(p.text.data, first);
    prompt_end(&p);
}

static void long_lines_scroll_and_show_the_cursor(void **state)
{
    (void)state;
    struct prompt p;
    struct given g = {0};
    struct cells c;
    cells_init(&c, 20, 4);
    prompt_init(&p);
    prompt_start(&p, "name: ", "", done, &g);
    type(&p, "abcdefghijklmnopqrstuvwxyz");
    prompt_draw(&p, &c, (struct rect){0, 3, 20, 1}, true);
    assert_true(c.cursor_shown);
    assert_true(c.cursor_x < 20);
    assert_memory_equal(cells_get(&c, c.cursor_x - 1, 3)->text, "z", 1);
    press(&p, K_HOME);
    cells_clear(&c);
    prompt_draw(&p, &c, (struct rect){0, 3, 20, 1}, true);
    assert_int_equal(c.cursor_x, 6);
    assert_memory_equal(cells_get(&c, 6, 3)->text, "a", 1);
    prompt_end(&p);
    cells_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_edited_and_given),
        cmocka_unit_test(typing_replaces_a_suggestion),
        cmocka_unit_test(backspace_takes_what_a_person_sees_as_one),
        cmocka_unit_test(a_paste_is_text_and_never_a_key),
        cmocka_unit_test(history_is_walked_and_keeps_what_was_typed),
        cmocka_unit_test(history_survives_in_the_state_folder),
        cmocka_unit_test(tab_completes_and_then_chooses),
        cmocka_unit_test(long_lines_scroll_and_show_the_cursor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
