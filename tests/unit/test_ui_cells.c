/*
 * Cells and pens: clipping by columns, wide clusters, sanitising, stand-ins, wrapping, charts,
 * layout, lists.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ui/cells.h"
#include "ui/chart.h"
#include "ui/layout.h"
#include "ui/list.h"
#include <locale.h>
#include <string.h>

static void assert_screen(struct cells *c, const char *expected)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    cells_dump(c, &b);
    assert_string_equal(b.data, expected);
    buf_free(&b);
}

static void text_is_clipped_by_columns(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 6, 2);
    struct pen p = pen_at(&c, 1, 0, 4);
    assert_int_equal(pen_put(&p, ROLE_TEXT, "abcdef"), 4);
    p = pen_at(&c, 3, 1, 99);
    assert_int_equal(pen_put(&p, ROLE_TEXT, "xyz123"), 3);
    assert_screen(&c, " abcd\n   xyz\n");
    p = pen_at(&c, 0, 7, 6);
    pen_put(&p, ROLE_TEXT, "below");
    p = pen_at(&c, -3, 0, 6);
    pen_put(&p, ROLE_TEXT, "123456");
    assert_screen(&c, "456cd\n   xyz\n");
    cells_free(&c);
}

static void wide_clusters_are_never_cut_in_half(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 6, 1);
    struct pen p = pen_at(&c, 0, 0, 5);
    assert_int_equal(pen_put(&p, ROLE_TEXT, "日本語"), 4);
    assert_screen(&c, "日本\n");
    assert_int_equal(cells_get(&c, 0, 0)->width, 2);
    assert_int_equal(cells_get(&c, 1, 0)->width, 0);
    /* drawing over one half leaves a space, not half a sign */
    p = pen_at(&c, 1, 0, 1);
    pen_put(&p, ROLE_TEXT, "x");
    assert_screen(&c, " x本\n");
    p = pen_at(&c, 2, 0, 1);
    pen_put(&p, ROLE_TEXT, "y");
    assert_screen(&c, " xy\n");
    cells_free(&c);
}

static void clusters_stay_whole(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 10, 1);
    struct pen p = pen_at(&c, 0, 0, 10);
    pen_put(&p, ROLE_TEXT, "e\xcc\x81n");
    assert_int_equal(p.x, 2);
    assert_int_equal(cells_get(&c, 0, 0)->len, 3);
    assert_memory_equal(cells_get(&c, 1, 0)->text, "n", 1);
    cells_free(&c);
}

/* Nothing that is drawn can command a terminal, whatever it was. */
static void nothing_dangerous_gets_into_a_cell(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 40, 1);
    struct pen p = pen_at(&c, 0, 0, 40);
    pen_put(&p, ROLE_TEXT,
            "a\x1b]0;title\x07\xe2\x80\xae"
            "b\x9b\xc2\x9b\xff\n\tc");
    for (int x = 0; x < 40; x++) {
        const struct cell *cell = cells_get(&c, x, 0);
        for (size_t i = 0; i < cell->len; i++) {
            unsigned char byte = (unsigned char)cell->text[i];
            assert_true(byte >= 0x20 && byte != 0x7f);
        }
        assert_false(cell->len == 2 && memcmp(cell->text, "\xc2\x9b", 2) == 0);
        assert_false(cell->len == 3 && memcmp(cell->text, "\xe2\x80\xae", 3) == 0);
    }
    cells_free(&c);
}

static void fields_are_cut_with_an_ellipsis_and_padded(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 20, 1);
    struct pen p = pen_at(&c, 0, 0, 20);
    pen_field(&p, ROLE_TEXT, 6, "abcdefgh");
    pen_right(&p, ROLE_TEXT, 6, "42");
    pen_right(&p, ROLE_TEXT, 4, "12345");
    pen_field(&p, ROLE_TEXT, 4, "日本語");
    assert_screen(&c, "abcde…    42123…日…\n");
    cells_free(&c);
}

static void plain_terminals_get_signs_of_the_same_width(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 20, 1);
    c.plain_signs = true;
    struct pen p = pen_at(&c, 0, 0, 20);
    pen_put(&p, ROLE_TEXT, "▾ ● ä 日 …");
    assert_screen(&c, "v * ä 日 ~\n");
    c.plain_text = true;
    cells_clear(&c);
    p = pen_at(&c, 0, 0, 20);
    pen_put(&p, ROLE_TEXT, "▾ ● ä 日 …|");
    assert_screen(&c, "v * ? ?  ~|\n");
    cells_free(&c);
}

static void blocks_wrap_and_say_when_cut(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 12, 3);
    int rows =
        cells_block(&c, (struct rect){1, 0, 10, 2}, ROLE_TEXT, "one two three four five six");
    assert_true(rows >= 3);
    assert_screen(&c, " one two\n three fou…\n\n");
    /* what is left out is said right behind the text, not at the far edge */
    cells_clear(&c);
    cells_block(&c, (struct rect){1, 0, 10, 1}, ROLE_TEXT, "one two three");
    assert_screen(&c, " one two…\n\n\n");
    cells_free(&c);
}

static void bars_grow_in_eighths(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 8, 5);
    const double shares[] = {0, 0.0001, 0.5, 1, 7};
    for (int y = 0; y < 5; y++) {
        struct pen p = pen_at(&c, 0, y, 8);
        chart_bar(&p, ROLE_BAR, 4, shares[y]);
        assert_int_equal(p.x, 4);
        pen_put(&p, ROLE_TEXT, "|");
    }
    assert_screen(&c, "    |\n▏   |\n██  |\n████|\n████|\n");
    cells_clear(&c);
    c.plain_signs = true;
    struct pen p = pen_at(&c, 0, 0, 8);
    chart_bar(&p, ROLE_BAR, 8, 0.45);
    assert_screen(&c, "###=\n\n\n\n\n");
    p = pen_at(&c, 0, 0, 8);
    chart_bar(&p, ROLE_BAR, 8, 0.4375); /* half a cell is no cursor */
    assert_screen(&c, "###=\n\n\n\n\n");
    cells_free(&c);
}

static void sparklines_scale_to_their_greatest_value(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 10, 1);
    const double values[] = {100, 0, 1, 4, 8};
    struct pen p = pen_at(&c, 0, 0, 10);
    chart_spark(&p, ROLE_SPARK, 4, values, 5);
    pen_put(&p, ROLE_TEXT, "|");
    assert_screen(&c, " ▁▄█|\n");
    cells_free(&c);
}

static void parts_of_a_bar_fill_its_width(void **state)
{
    (void)state;
    struct cells c;
    cells_init(&c, 12, 1);
    const struct chart_part parts[] = {{0.5, ROLE_ACCEPTED}, {0.001, ROLE_FAILED}};
    struct pen p = pen_at(&c, 0, 0, 12);
    chart_parts(&p, 10, parts, 2);
    assert_screen(&c, "██████░░░░\n");
    assert_int_equal(cells_get(&c, 4, 0)->role, ROLE_ACCEPTED);
    assert_int_equal(cells_get(&c, 5, 0)->role, ROLE_FAILED);
    cells_free(&c);
}

static void the_screen_is_divided_at_every_size(void **state)
{
    (void)state;
    assert_true(layout_screen(59, 30).too_small);
    assert_true(layout_screen(100, 15).too_small);
    for (int cols = 60; cols < 260; cols += 7) {
        for (int rows = 16; rows < 90; rows += 3) {
            struct layout l = layout_screen(cols, rows);
            assert_false(l.too_small);
            assert_int_equal(l.header.h + l.body.h + l.message.h + l.hints.h, rows);
            struct split s = layout_split(l.body, 4);
            assert_int_equal(s.beside, cols >= LAYOUT_WIDE);
            if (s.beside) {
                assert_true(s.list.w >= 80 && s.details.w >= 36);
                assert_true(s.details.x + s.details.w <= cols);
            } else if (s.details.h > 0) {
                assert_int_equal(s.list.h + 1 + s.details.h, l.body.h);
            }
        }
    }
}

static void lists_keep_the_cursor_in_sight(void **state)
{
    (void)state;
    struct list l = {0};
    list_set(&l, 100, 10);
    list_move(&l, 7);
    assert_int_equal(l.top, 0);
    list_move(&l, 1);
    assert_int_equal(l.top, 1); /* two rows of context below */
    list_go(&l, 99);
    assert_int_equal(l.top, 90);
    list_page(&l, -1);
    assert_int_equal(l.cursor, 90);
    list_move(&l, -1000);
    assert_int_equal(l.cursor, 0);
    assert_int_equal(l.top, 0);
    list_set(&l, 0, 10);
    list_move(&l, 5);
    assert_int_equal(l.cursor, 0);
}

static void a_followed_row_keeps_its_place_on_the_screen(void **state)
{
    (void)state;
    struct list l = {0};
    list_set(&l, 100, 10);
    list_go(&l, 50);
    size_t offset = l.cursor - l.top;
    list_follow(&l, 57, 120); /* seven rows came in above */
    assert_int_equal(l.cursor, 57);
    assert_int_equal(l.cursor - l.top, offset);
    list_follow(&l, 0, 3);
    assert_int_equal(l.top, 0);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_clipped_by_columns),
        cmocka_unit_test(wide_clusters_are_never_cut_in_half),
        cmocka_unit_test(clusters_stay_whole),
        cmocka_unit_test(nothing_dangerous_gets_into_a_cell),
        cmocka_unit_test(fields_are_cut_with_an_ellipsis_and_padded),
        cmocka_unit_test(plain_terminals_get_signs_of_the_same_width),
        cmocka_unit_test(blocks_wrap_and_say_when_cut),
        cmocka_unit_test(bars_grow_in_eighths),
        cmocka_unit_test(sparklines_scale_to_their_greatest_value),
        cmocka_unit_test(parts_of_a_bar_fill_its_width),
        cmocka_unit_test(the_screen_is_divided_at_every_size),
        cmocka_unit_test(lists_keep_the_cursor_in_sight),
        cmocka_unit_test(a_followed_row_keeps_its_place_on_the_screen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
