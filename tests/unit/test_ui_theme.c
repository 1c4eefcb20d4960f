/*
 * Can every theme be read? Contrast by WCAG 2 (relative luminance) of each role on the ground that
 * its theme is made for, and on the row under the cursor: 4.5 for text, 3 for what is switched off
 * under the cursor and for bars, less for mere decoration.
 */
#include "base/file.h"
#include "ui/theme.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A shipped theme, as the file of this checkout says. */
static void shipped(const char *name, struct theme *t)
{
    char path[64];
    struct buf text;
    struct err e = {0};
    buf_init(&text, 1u << 16);
    snprintf(path, sizeof path, "themes/%s.theme", name);
    theme_default(t);
    if (file_read(path, &text, &e) != ST_OK || theme_parse(t, name, text.data, &e) != ST_OK) {
        fail_msg("%s", e.msg);
    }
    buf_free(&text);
}

struct ground {
    const char *theme;
    int text, back[2]; /* grey levels of the terminal's own colours; back[1] -1: none */
};
static const struct ground grounds[] = {
    {"default", 204, {0, 30}},
    {"colour-blind", 204, {0, 30}},
    {"high-contrast", 204, {0, -1}},
    {"light", 0, {255, -1}},
};

static double luminance(const int rgb[3])
{
    static const double weight[] = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double v = rgb[i] / 255.0;
        sum += weight[i] * (v <= 0.03928 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static double contrast(const int a[3], const int b[3])
{
    double x = luminance(a) + 0.05, y = luminance(b) + 0.05;
    return x > y ? x / y : y / x;
}

/* Red, green and blue of a colour, or of the terminal's own. */
static void components(short colour, int own, int rgb[3])
{
    rgb[0] = rgb[1] = rgb[2] = own;
    if (colour >= 0) {
        theme_components(colour, rgb);
    }
}

static double wanted(enum ui_role r, bool cursor)
{
    if (r == ROLE_BAR_BACK) {
        return cursor ? 1.1 : 1.4;
    }
    if (r == ROLE_BORDER) {
        return cursor ? 1.5 : 2.0;
    }
    if (r == ROLE_BAR || r == ROLE_SPARK || (r == ROLE_OFF && cursor)) {
        return 3.0;
    }
    return 4.5;
}

static void check(const char *theme, enum ui_role r, bool cursor, const int fg[3], const int bg[3])
{
    double found = contrast(fg, bg);
    if (found < wanted(r, cursor)) {
        fail_msg("theme %s: %s%s has a contrast of %.2f, less than %.1f", theme, theme_role_name(r),
                 cursor ? " under the cursor" : "", found, wanted(r, cursor));
    }
}

static void every_theme_can_be_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof grounds / sizeof grounds[0]; i++) {
        const struct ground *g = &grounds[i];
        struct theme t;
        shipped(g->theme, &t);
        const struct look *cursor = &t.of[ROLE_CURSOR];
        for (int r = 0; r < ROLE_ROLES; r++) {
            const struct look *l = &t.of[r];
            int fg[3], bg[3];
            components(l->fg, g->text, fg);
            for (int k = 0; k < 2 && g->back[k] >= 0; k++) {
                components(l->bg, g->back[k], bg);
                check(g->theme, (enum ui_role)r, false, fg, bg);
            }
            if (l->bg < 0 || cursor->fg >= 0) { /* what has a ground of its own is not in lists */
                components(cursor->fg >= 0 ? cursor->fg : l->fg, g->text, fg);
                components(cursor->bg, g->back[0], bg);
                check(g->theme, (enum ui_role)r, true, fg, bg);
            }
        }
    }
}

/* Meaning by weight and position only. */
static void mono_has_no_colour(void **state)
{
    (void)state;
    struct theme t;
    shipped("mono", &t);
    for (int r = 0; r < ROLE_ROLES; r++) {
        assert_int_equal(t.of[r].fg, THEME_DEFAULT_COLOUR);
        assert_int_equal(t.of[r].bg, THEME_DEFAULT_COLOUR);
    }
    assert_true((t.of[ROLE_CURSOR].attributes & THEME_REVERSE) != 0);
}

/*
 * For eyes that do not tell red from green: what must be told apart differs in lightness or in
 * blue against yellow, which all see.
 */
static void states_are_told_apart_without_red_and_green(void **state)
{
    (void)state;
    struct theme t;
    shipped("colour-blind", &t);
    int good[3], bad[3], unsure[3];
    components(t.of[ROLE_ACCEPTED].fg, 204, good);
    components(t.of[ROLE_REJECTED].fg, 204, bad);
    components(t.of[ROLE_DISPUTED].fg, 204, unsure);
    assert_true(good[2] > bad[2] + 100);   /* blue against orange */
    assert_true(good[2] > unsure[2] + 50); /* blue against yellow */
    assert_true(contrast(unsure, bad) > 1.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_theme_can_be_read),
        cmocka_unit_test(mono_has_no_colour),
        cmocka_unit_test(states_are_told_apart_without_red_and_green),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
