/*
 * What is written to a terminal: a small terminal in this file reads the bytes, and must show what
 * the cells say, however one screen turns into the next.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "base/utf8.h"
#include "ui/frame.h"
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLS = 40, ROWS = 12, PARAMETERS = 16 };

/* ---- a terminal that knows what frame.c uses */
struct screen {
    char cell[ROWS][COLS][CELL_BYTES + 1];
    int fg[ROWS][COLS], bg[ROWS][COLS];
    bool bold[ROWS][COLS];
    int x, y, top, bottom, now_fg, now_bg;
    bool now_bold, shown, bce;
};

static const char *expand(const char *cap, int a, int b)
{
    static char out[64];
    switch (cap[0]) {
    case 'C':
        snprintf(out, sizeof out, "\033[%d;%dH", a + 1, b + 1);
        break;
    case 'F':
        snprintf(out, sizeof out, "\033[38;5;%dm", a);
        break;
    case 'B':
        snprintf(out, sizeof out, "\033[48;5;%dm", a);
        break;
    case 'c':
        snprintf(out, sizeof out, "\033[%dC", a);
        break;
    case 'X':
        snprintf(out, sizeof out, "\033[%dX", a);
        break;
    case 'R':
        snprintf(out, sizeof out, "\033[%d;%dr", a + 1, b + 1);
        break;
    default:
        fail_msg("unknown capability %s", cap);
    }
    return out;
}

static const struct frame_caps caps = {
    .cup = "C",
    .cuf = "c",
    .ax = true,
    .clear = "\033[H\033[2J",
    .el = "\033[K$<3>",
    .ech = "X",
    .sgr0 = "\033[0m",
    .bold = "\033[1m",
    .dim = "\033[2m",
    .smul = "\033[4m",
    .rev = "\033[7m",
    .op = "\033[39;49m",
    .setaf = "F",
    .setab = "B",
    .csr = "R",
    .ind = "\n",
    .ri = "\033M",
    .civis = "\033[?25l",
    .cnorm = "\033[?25h",
    .colours = 256,
    .expand = expand,
};

static void blank(struct screen *s, int y, int from)
{
    for (int x = from; x < COLS; x++) {
        memcpy(s->cell[y][x], " ", 2);
        s->fg[y][x] = s->bg[y][x] = -1;
        s->bold[y][x] = false;
    }
}

static void scroll(struct screen *s, int n)
{
    for (; n > 0; n--) {
        for (int y = s->top; y < s->bottom; y++) {
            memcpy(s->cell[y], s->cell[y + 1], sizeof s->cell[y]);
            memcpy(s->fg[y], s->fg[y + 1], sizeof s->fg[y]);
            memcpy(s->bg[y], s->bg[y + 1], sizeof s->bg[y]);
            memcpy(s->bold[y], s->bold[y + 1], sizeof s->bold[y]);
        }
        blank(s, s->bottom, 0);
    }
    for (; n < 0; n++) {
        for (int y = s->bottom; y > s->top; y--) {
            memcpy(s->cell[y], s->cell[y - 1], sizeof s->cell[y]);
            memcpy(s->fg[y], s->fg[y - 1], sizeof s->fg[y]);
            memcpy(s->bg[y], s->bg[y - 1], sizeof s->bg[y]);
            memcpy(s->bold[y], s->bold[y - 1], sizeof s->bold[y]);
        }
        blank(s, s->top, 0);
    }
}

static void attribute(struct screen *s, const int *n, int count)
{
    for (int i = 0; i < count; i++) {
        if ((n[i] == 38 || n[i] == 48) && i + 2 < count && n[i + 1] == 5) {
            *(n[i] == 38 ? &s->now_fg : &s->now_bg) = n[i + 2];
            i += 2;
        } else if (n[i] == 0) {
            s->now_fg = s->now_bg = -1;
            s->now_bold = false;
        } else if (n[i] == 1) {
            s->now_bold = true;
        } else if (n[i] == 39) {
            s->now_fg = -1;
        } else if (n[i] == 49) {
            s->now_bg = -1;
        } else if (n[i] != 2 && n[i] != 4 && n[i] != 7) {
            fail_msg("unknown attribute %d", n[i]);
        }
    }
}

/* A terminal without bce erases to its own background; the writer must know which one it has. */
static void erase(struct screen *s, int n)
{
    for (int x = s->x; x < s->x + n; x++) {
        memcpy(s->cell[s->y][x], " ", 2);
        s->bg[s->y][x] = s->bce ? s->now_bg : -1;
    }
}

static const char *control(struct screen *s, const char *p)
{
    int n[PARAMETERS] = {0}, count = 0;
    bool private = *p == '?';
    p += private ? 1 : 0;
    for (; (*p >= '0' && *p <= '9') || *p == ';'; p++) {
        if (*p == ';') {
            count++;
            assert_true(count < PARAMETERS);
        } else {
            n[count] = n[count] * 10 + (*p - '0');
        }
    }
    count++;
    switch (*p) {
    case 'H':
        s->y = n[0] > 0 ? n[0] - 1 : 0;
        s->x = n[1] > 0 ? n[1] - 1 : 0;
        break;
    case 'J':
        for (int y = 0; y < ROWS; y++) {
            blank(s, y, 0);
        }
        break;
    case 'K':
        erase(s, COLS - s->x);
        break;
    case 'C':
        assert_true(s->x + n[0] < COLS);
        s->x += n[0];
        break;
    case 'X':
        erase(s, n[0]);
        break;
    case 'm':
        attribute(s, n, count);
        break;
    case 'r':
        s->top = n[0] > 0 ? n[0] - 1 : 0;
        s->bottom = n[1] > 0 ? n[1] - 1 : ROWS - 1;
        break;
    case 'h':
    case 'l':
        s->shown = *p == 'h';
        break;
    default:
        fail_msg("unknown control %c", *p);
    }
    return p + 1;
}

static void feed(struct screen *s, const char *p, size_t n)
{
    const char *end = p + n;
    while (p < end) {
        if (p[0] == '\033' && p[1] == '[') {
            p = control(s, p + 2);
        } else if (p[0] == '\033' && p[1] == 'M') {
            assert_int_equal(s->y, s->top);
            scroll(s, -1);
            p += 2;
        } else if (p[0] == '\r') {
            s->x = 0;
            p++;
        } else if (p[0] == '\n' && s->y != s->bottom) {
            assert_true(s->y + 1 < ROWS);
            s->y++;
            p++;
        } else if (p[0] == '\n') {
            scroll(s, 1);
            p++;
        } else {
            int width = 0;
            size_t len = utf8_cluster(p, (size_t)(end - p), &width);
            assert_true(s->y < ROWS && s->x + width <= COLS);
            memcpy(s->cell[s->y][s->x], p, len);
            s->cell[s->y][s->x][len] = '\0';
            s->fg[s->y][s->x] = s->now_fg;
            s->bg[s->y][s->x] = s->now_bg;
            s->bold[s->y][s->x] = s->now_bold;
            if (width == 2) {
                s->cell[s->y][s->x + 1][0] = '\0';
            }
            s->x += width;
            p += len;
        }
    }
}

static void assert_shows(const struct screen *s, const struct cells *c, const struct theme *t)
{
    for (int y = 0; y < ROWS; y++) {
        for (int x = 0; x < COLS; x++) {
            const struct cell *cell = cells_get(c, x, y);
            if (cell->width == 0) {
                continue;
            }
            assert_int_equal(strlen(s->cell[y][x]), cell->len);
            assert_memory_equal(s->cell[y][x], cell->text, cell->len);
            /* a found text keeps its own ground under the cursor */
            bool found = cell->role == ROLE_MATCH && t->of[ROLE_MATCH].bg >= 0;
            bool cursor = (cell->flags & CELL_CURSOR) != 0 && !found;
            int bg =
                cursor && t->of[ROLE_CURSOR].bg >= 0 ? t->of[ROLE_CURSOR].bg : t->of[cell->role].bg;
            assert_int_equal(s->bg[y][x], bg);
            if (cell->text[0] != ' ') {
                assert_int_equal(s->fg[y][x], t->of[cell->role].fg);
            }
        }
    }
}

static void start(struct frame *f, struct cells *c, struct screen *s, struct theme *t, bool bce)
{
    struct frame_caps used = caps;
    memset(s, 0, sizeof *s);
    used.bce = s->bce = bce;
    used.ax = !bce;
    s->bottom = ROWS - 1;
    s->now_fg = s->now_bg = -1;
    theme_default(t);
    frame_init(f, &used);
    frame_theme(f, t);
    cells_init(c, COLS, ROWS);
}

static void show(struct frame *f, struct cells *c, struct screen *s)
{
    frame_build(f, c);
    feed(s, f->out.data, f->out.len);
}

/* ---- tests */

static void draw_random(struct cells *c, uint64_t seed, uint64_t step)
{
    static const char *const words[] = {"alpha", "▾ beta", "日本",     "e\xcc\x81",
                                        "█▌",    "😀",      "        ", "x"};
    uint64_t id = rng_id("draw");
    for (uint64_t i = 0; i < 6; i++) {
        uint64_t k = step * 64 + i * 8;
        struct pen p = pen_at(c, (int)rng_below(seed, id, k, COLS),
                              (int)rng_below(seed, id, k + 1, ROWS), COLS);
        pen_put(&p, (enum ui_role)rng_below(seed, id, k + 2, ROLE_ROLES),
                words[rng_below(seed, id, k + 3, 8)]);
    }
    if (rng_below(seed, id, step * 64 + 60, 3) == 0) {
        cells_flag(c, 0, (int)rng_below(seed, id, step * 64 + 61, ROWS), COLS, CELL_CURSOR);
    }
    if (rng_below(seed, id, step * 64 + 62, 9) == 0) {
        cells_clear(c);
    }
}

static void any_screen_turns_into_any_other(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct frame f;
        struct cells c;
        struct screen s;
        struct theme t;
        start(&f, &c, &s, &t, seed % 2 == 0);
        if (seed % 3 == 0) {
            /* a theme with a background of its own */
            t.of[ROLE_TEXT].bg = 16;
            frame_theme(&f, &t);
        }
        for (uint64_t step = 0; step < 60; step++) {
            draw_random(&c, seed, step);
            show(&f, &c, &s);
            assert_shows(&s, &c, &t);
        }
        frame_free(&f);
        cells_free(&c);
    }
}

static void list_screen(struct cells *c, int top, int cursor)
{
    cells_clear(c);
    struct pen p = pen_at(c, 0, 0, COLS);
    pen_put(&p, ROLE_HEADER, "header");
    for (int y = 1; y < ROWS - 1; y++) {
        p = pen_at(c, 0, y, COLS);
        pen_format(&p, ROLE_TEXT, "row number %d of a long list", top + y);
        if (top + y == cursor) {
            cells_flag(c, 0, y, COLS, CELL_CURSOR);
        }
    }
    p = pen_at(c, 0, ROWS - 1, COLS);
    pen_put(&p, ROLE_HINT, "hints");
}

static void lists_scroll_and_show_the_same(void **state)
{
    (void)state;
    struct frame f;
    struct cells c;
    struct screen s;
    struct theme t;
    start(&f, &c, &s, &t, true);
    t.of[ROLE_TEXT].bg = 16;
    frame_theme(&f, &t);
    static const int tops[] = {0, 1, 2, 3, 5, 4, 3, 0, 7, 2, 1};
    for (size_t i = 0; i < sizeof tops / sizeof tops[0]; i++) {
        list_screen(&c, tops[i], tops[i] + 6);
        show(&f, &c, &s);
        assert_shows(&s, &c, &t);
    }
    list_screen(&c, 2, 8);
    show(&f, &c, &s);
    size_t one_row = f.out.len;
    assert_non_null(strstr(f.out.data, "r")); /* a scroll region was used */
    assert_true(one_row < 300);
    frame_free(&f);
    cells_free(&c);
}

static void an_unchanged_screen_costs_nothing(void **state)
{
    (void)state;
    struct frame f;
    struct cells c;
    struct screen s;
    struct theme t;
    start(&f, &c, &s, &t, true);
    list_screen(&c, 0, 3);
    show(&f, &c, &s);
    assert_true(f.out.len > 0);
    list_screen(&c, 0, 3);
    show(&f, &c, &s);
    assert_int_equal(f.out.len, 0);
    struct pen p = pen_at(&c, 11, 4, 1);
    pen_put(&p, ROLE_TEXT, "9");
    show(&f, &c, &s);
    assert_true(f.out.len < 40);
    frame_free(&f);
    cells_free(&c);
}

static void without_colours_none_are_written(void **state)
{
    (void)state;
    struct frame f;
    struct cells c;
    struct screen s;
    struct theme t;
    start(&f, &c, &s, &t, true);
    frame_free(&f);
    struct frame_caps mono = caps;
    mono.colours = 0;
    mono.setaf = mono.setab = NULL;
    frame_init(&f, &mono);
    frame_theme(&f, &t);
    list_screen(&c, 0, 3);
    frame_build(&f, &c);
    assert_null(strstr(f.out.data, "38;5"));
    assert_null(strstr(f.out.data, "48;5"));
    frame_free(&f);
    cells_free(&c);
}

/* As xterm-direct numbers colours: up to 7 by number, others by red, green and blue. */
static void direct_colour_gets_red_green_and_blue(void **state)
{
    (void)state;
    struct frame f;
    struct cells c;
    struct screen s;
    struct theme t;
    start(&f, &c, &s, &t, true);
    frame_free(&f);
    struct frame_caps direct = caps;
    direct.colours = 1 << 24;
    frame_init(&f, &direct);
    struct look *look = &t.of[ROLE_TEXT];
    *look = (struct look){208, 17, 0}; /* ff8700 on 00005f */
    frame_theme(&f, &t);
    cells_clear(&c);
    struct pen p = pen_at(&c, 0, 0, 5);
    pen_put(&p, ROLE_TEXT, "text");
    frame_build(&f, &c);
    char fg[32], bg[32]; /* several of them may stand in one sequence */
    snprintf(fg, sizeof fg, "38;5;%d", 0xff8700);
    snprintf(bg, sizeof bg, "48;5;%dm", 0x00015f); /* never a small number */
    assert_non_null(strstr(f.out.data, fg));
    assert_non_null(strstr(f.out.data, bg));
    assert_int_equal(theme_rgb(7), 7);
    assert_int_equal(theme_rgb(231), 0xffffff);
    assert_int_equal(theme_rgb(236), 0x303030);
    frame_free(&f);
    cells_free(&c);
}

/* With 8 colours a grey ground would be black on black: it is shown in reverse. */
static void few_colours_show_the_cursor_in_reverse(void **state)
{
    (void)state;
    struct frame f;
    struct cells c;
    struct screen s;
    struct theme t;
    start(&f, &c, &s, &t, true);
    frame_free(&f);
    struct frame_caps few = caps;
    few.colours = 8;
    frame_init(&f, &few);
    theme_default(&t);
    frame_theme(&f, &t);
    assert_true((f.theme.of[ROLE_CURSOR].attributes & THEME_REVERSE) != 0);
    assert_int_equal(f.theme.of[ROLE_CURSOR].bg, THEME_DEFAULT_COLOUR);
    assert_int_equal(f.theme.of[ROLE_REJECTED].fg, 1);
    assert_int_equal(f.theme.of[ROLE_BORDER].fg, THEME_DEFAULT_COLOUR); /* never black on black */
    frame_free(&f);
    cells_free(&c);
}

static void the_cursor_is_shown_where_a_line_is_typed(void **state)
{
    (void)state;
    struct frame f;
    struct cells c;
    struct screen s;
    struct theme t;
    start(&f, &c, &s, &t, true);
    c.cursor_x = 7;
    c.cursor_y = 3;
    c.cursor_shown = true;
    show(&f, &c, &s);
    assert_int_equal(s.x, 7);
    assert_int_equal(s.y, 3);
    c.cursor_shown = false;
    show(&f, &c, &s);
    assert_false(s.shown);
    frame_free(&f);
    cells_free(&c);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_screen_turns_into_any_other),
        cmocka_unit_test(lists_scroll_and_show_the_same),
        cmocka_unit_test(an_unchanged_screen_costs_nothing),
        cmocka_unit_test(without_colours_none_are_written),
        cmocka_unit_test(direct_colour_gets_red_green_and_blue),
        cmocka_unit_test(few_colours_show_the_cursor_in_reverse),
        cmocka_unit_test(the_cursor_is_shown_where_a_line_is_typed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
