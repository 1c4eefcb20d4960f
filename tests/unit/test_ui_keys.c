/* The table of keys: no clashes, every action can be reached, what is generated from it. */
#include "ui/keys.h"
#include "ui/panel.h"
#include "ui/theme.h"
#include "ui/theme_find.h"

#include "base/file.h"
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void no_key_means_two_things_in_one_context(void **state)
{
    (void)state;
    size_t n = 0;
    const struct binding *t = keys_table(&n);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            for (size_t a = 0; t[i].context == t[j].context && a < 4 && t[i].keys[a] != 0; a++) {
                for (size_t b = 0; b < 4 && t[j].keys[b] != 0; b++) {
                    if (t[i].keys[a] == t[j].keys[b]) {
                        char name[16];
                        keys_name(name, t[i].keys[a]);
                        fail_msg("%s stands twice in \"%s\"", name,
                                 keys_context_title(t[i].context));
                    }
                }
            }
        }
    }
}

/* A digit is a panel's; a panel that has keys of its own must not hide it. */
static void digits_belong_to_the_panels(void **state)
{
    (void)state;
    size_t n = 0;
    const struct binding *t = keys_table(&n);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < 4 && t[i].keys[k] != 0; k++) {
            assert_false(t[i].keys[k] >= '0' && t[i].keys[k] <= '9');
        }
    }
    for (size_t i = 0; i < panel_count(); i++) {
        assert_int_equal(panel_by_key((uint32_t)panel_at(i)->key), i);
    }
    assert_null(panel_at(panel_count()));
    assert_int_equal(panel_by_key('x'), panel_count());
}

static void every_row_is_a_sentence(void **state)
{
    (void)state;
    size_t n = 0;
    const struct binding *t = keys_table(&n);
    for (size_t i = 0; i < n; i++) {
        assert_true(t[i].keys[0] != 0);
        assert_true(isupper((unsigned char)t[i].help[0]));
        assert_int_equal(t[i].help[strlen(t[i].help) - 1], '.');
        assert_true(t[i].label == NULL || strlen(t[i].label) <= 12);
    }
}

static void the_special_context_wins(void **state)
{
    (void)state;
    const enum key_context contexts[] = {CTX_PROPOSAL, CTX_TAXONOMY, CTX_TREE, CTX_MOVE,
                                         CTX_GLOBAL};
    assert_int_equal(keys_action(contexts, 5, 'n'), ACT_REJECT);
    assert_int_equal(keys_action(contexts + 1, 4, 'n'), ACT_NEXT_MATCH);
    assert_int_equal(keys_action(contexts + 1, 4, 'j'), ACT_DOWN);
    assert_int_equal(keys_action(contexts + 1, 4, 'u'), ACT_UNDO);
    assert_int_equal(keys_action(contexts, 5, 0x1F600), ACT_NONE);
    assert_string_equal(keys_row(contexts, 5, ACT_HELP)->label, "help");
}

static void keys_have_names(void **state)
{
    (void)state;
    char name[16];
    keys_name(name, K_CTRL('r'));
    assert_string_equal(name, "C-r");
    keys_name(name, K_ENTER);
    assert_string_equal(name, "Enter");
    keys_name(name, ' ');
    assert_string_equal(name, "space");
    keys_name(name, '=');
    assert_string_equal(name, "=");
}

static void manual_and_markdown_hold_every_row(void **state)
{
    (void)state;
    size_t n = 0;
    const struct binding *t = keys_table(&n);
    struct buf man, md;
    buf_init(&man, 1u << 20);
    buf_init(&md, 1u << 20);
    ui_keys_man(&man);
    ui_keys_markdown(&md);
    size_t items = 0;
    for (const char *s = man.data; (s = strstr(s, "\n.It ")) != NULL; s++) {
        items++;
    }
    assert_int_equal(items, n);
    for (size_t i = 0; i < n; i++) {
        assert_non_null(strstr(md.data, t[i].help));
    }
    buf_free(&man);
    buf_free(&md);
}

/* ---- themes */

static void a_wrong_line_is_named_and_changes_nothing(void **state)
{
    (void)state;
    struct theme t, before;
    struct err e = {0};
    theme_default(&t);
    before = t;
    assert_int_equal(theme_parse(&t, "mine", "text = red\naccepted = grean\n", &e), ST_INVALID);
    assert_non_null(strstr(e.msg, "mine"));
    assert_non_null(strstr(e.msg, "line 2"));
    assert_non_null(strstr(e.msg, "grean"));
    assert_memory_equal(&t, &before, sizeof t);
    assert_int_equal(theme_parse(&t, "mine", "nonsense = red\n", &e), ST_INVALID);
    assert_int_equal(theme_parse(&t, "mine", "text red\n", &e), ST_INVALID);
    assert_int_equal(theme_parse(&t, "mine", "text = 256\n", &e), ST_INVALID);
}

static void lines_are_read(void **state)
{
    (void)state;
    struct theme t;
    theme_default(&t);
    assert_int_equal(
        theme_parse(&t, "x",
                    "# a comment\n\ntext = bright-red on 17 bold underline\r\nkey=default on white",
                    NULL),
        ST_OK);
    assert_int_equal(t.of[ROLE_TEXT].fg, 9);
    assert_int_equal(t.of[ROLE_TEXT].bg, 17);
    assert_int_equal(t.of[ROLE_TEXT].attributes, THEME_BOLD | THEME_UNDERLINE);
    assert_int_equal(t.of[ROLE_KEY].fg, THEME_DEFAULT_COLOUR);
    assert_int_equal(t.of[ROLE_KEY].bg, 7);
}

/*
 * The themes that are shipped can be read and name every role; the two compiled-in ones are the
 * files.
 */
static void shipped_themes_are_whole(void **state)
{
    (void)state;
    static const char *const names[] = {"default", "light", "mono", "high-contrast",
                                        "colour-blind"};
    for (size_t i = 0; i < 5; i++) {
        char path[64];
        struct buf text;
        struct theme t;
        struct err e = {0};
        snprintf(path, sizeof path, "themes/%s.theme", names[i]);
        buf_init(&text, 1u << 16);
        assert_int_equal(file_read(path, &text, &e), ST_OK);
        theme_default(&t);
        if (theme_parse(&t, names[i], text.data, &e) != ST_OK) {
            fail_msg("%s", e.msg);
        }
        for (int r = 0; r < ROLE_ROLES; r++) {
            char line[64];
            snprintf(line, sizeof line, "\n%-13s = ", theme_role_name((enum ui_role)r));
            assert_non_null(strstr(text.data, line));
        }
        struct theme built_in;
        if (strcmp(names[i], "default") == 0 || strcmp(names[i], "mono") == 0) {
            strcmp(names[i], "mono") == 0 ? theme_mono(&built_in) : theme_default(&built_in);
            assert_memory_equal(&t, &built_in, sizeof t);
        }
        buf_free(&text);
    }
}

static void a_theme_name_is_no_path(void **state)
{
    (void)state;
    struct buf text;
    struct err e = {0};
    buf_init(&text, 4096);
    assert_int_equal(theme_find("../../etc/passwd", &text, &e), ST_INVALID);
    assert_int_equal(theme_find("", &text, &e), ST_INVALID);
    assert_int_equal(theme_find("no-such-theme", &text, &e), ST_NOT_FOUND);
    buf_free(&text);
}

static void colours_are_reduced_to_what_there_is(void **state)
{
    (void)state;
    assert_int_equal(theme_reduce(114, 256), 114);
    assert_int_equal(theme_reduce(THEME_DEFAULT_COLOUR, 8), THEME_DEFAULT_COLOUR);
    assert_int_equal(theme_reduce(196, 8), 1);
    assert_int_equal(theme_reduce(46, 8), 2);
    assert_int_equal(theme_reduce(8, 8), 7); /* grey must not vanish on black */
    assert_true(theme_reduce(231, 16) == 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_key_means_two_things_in_one_context),
        cmocka_unit_test(digits_belong_to_the_panels),
        cmocka_unit_test(every_row_is_a_sentence),
        cmocka_unit_test(the_special_context_wins),
        cmocka_unit_test(keys_have_names),
        cmocka_unit_test(manual_and_markdown_hold_every_row),
        cmocka_unit_test(a_wrong_line_is_named_and_changes_nothing),
        cmocka_unit_test(lines_are_read),
        cmocka_unit_test(shipped_themes_are_whole),
        cmocka_unit_test(a_theme_name_is_no_path),
        cmocka_unit_test(colours_are_reduced_to_what_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
