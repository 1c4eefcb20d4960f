/*
 * Looking at trees on a real terminal: marks, focus, filter, search, two sides, bookmarks that
 * last, details of points, and the mouse.
 */
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pty_home.h"
#include "pty_screen.h"
#include "ui_session.h"

static char file[128];

static void start(struct pty *p, int cols, int rows)
{
    const char *const argv[] = {getenv("TAXA_BIN"), file, NULL};
    pty_start(p, argv, cols, rows, false);
    pty_wait(p, "1 OVER");
    pty_type(p, "2");
    pty_wait(p, "addition and subtraction");
}

static void quit(struct pty *p)
{
    pty_type(p, "q");
    assert_int_equal(pty_end(p), 0);
    pty_free(p);
}

static void nodes_are_marked(void **state)
{
    (void)state;
    struct pty p;
    start(&p, 80, 24);
    pty_type(&p, "j ");
    pty_wait(&p, "1 marked");
    pty_wait(&p, "■  ▾ addition");
    pty_type(&p, "Vjj");
    pty_wait(&p, "▌■  ▾ division");
    pty_type(&p, " ");
    pty_wait(&p, "4 marked");
    pty_type(&p, "Mchess\r");
    pty_wait(&p, "1 match, 1 of them newly marked");
    pty_type(&p, "gz"); /* folds keep them */
    pty_wait_for(&p, "division", true);
    pty_wait(&p, "5 marked");
    pty_type(&p, "U");
    pty_wait(&p, "5 unmarked");
    quit(&p);
}

static void a_branch_and_a_filter(void **state)
{
    (void)state;
    struct pty p;
    start(&p, 80, 24);
    pty_type(&p, "/shops\r");
    pty_wait(&p, "1 of 1");
    pty_type(&p, "F");
    pty_wait(&p, "everyday setting › shops and markets");
    pty_wait_for(&p, "sports", true);
    pty_type(&p, "\033");
    pty_wait(&p, "sports");
    pty_type(&p, "funexp");
    pty_wait(&p, "leaf unexpanded failed"); /* the words there are */
    pty_type(&p, "anded\r");
    pty_wait(&p, "1 match; Esc shows all again");
    pty_wait_for(&p, "sports", true);
    pty_wait(&p, "▾ division");
    pty_type(&p, "\033");
    pty_wait(&p, "sports");
    pty_wait(&p, "operation › division › long division");
    quit(&p);
}

static void search_moves_while_typing(void **state)
{
    (void)state;
    struct pty p;
    start(&p, 80, 24);
    pty_type(&p, "Z1/chess");
    pty_wait(&p, "▌     ● chess club"); /* before Enter */
    pty_type(&p, "\033");
    pty_wait_for(&p, "chess club", true);
    pty_type(&p, "/ing\r");
    pty_wait(&p, "1 of 3 found");
    pty_wait(&p, "with carrying");
    pty_type(&p, "n");
    pty_wait(&p, "2 of 3 found");
    pty_type(&p, "b");
    pty_wait(&p, "1 of 3 found");
    quit(&p);
}

static void two_sides_at_three_sizes(void **state)
{
    (void)state;
    static const int sizes[3][2] = {{80, 24}, {160, 40}, {60, 16}};
    for (int i = 0; i < 3; i++) {
        struct pty p;
        start(&p, sizes[i][0], sizes[i][1]);
        pty_type(&p, "|j");
        pty_wait(&p, "▌   ▾ addition");
        pty_type(&p, "\t");
        pty_wait(&p, "▏   ▾ addition");
        pty_type(&p, "/bakery\r");
        pty_wait(&p, "● bakery");
        pty_wait(&p, "within 100"); /* the other side stays where it was */
        pty_type(&p, "|");
        pty_wait_for(&p, "▏   ▾ addition", true);
        quit(&p);
    }
}

static void bookmarks_are_there_the_next_time(void **state)
{
    (void)state;
    struct pty p;
    start(&p, 80, 24);
    pty_type(&p, "/flower\r");
    pty_wait(&p, "1 of 1");
    pty_type(&p, "ms");
    pty_wait(&p, "bookmark s: flower shop");
    quit(&p);
    start(&p, 80, 24);
    pty_type(&p, "Z1's");
    pty_wait(&p, "everyday setting › shops and markets › flower shop");
    pty_type(&p, "''");
    pty_wait(&p, "s  everyday setting › shops and markets › flower shop");
    pty_type(&p, "\r");
    pty_wait(&p, "▌     ✗ flower shop");
    quit(&p);
}

static void examples_come_by_themselves(void **state)
{
    (void)state;
    struct pty p;
    start(&p, 160, 40);
    pty_type(&p, "/sharing\r");
    pty_wait(&p, "#612 question: Mira packs");
    pty_wait(&p, "accepted 408 · rejected 21");
    quit(&p);
}

static void a_click_selects_and_folds(void **state)
{
    (void)state;
    struct pty p;
    start(&p, 80, 24);
    pty_type(&p, ":set mouse on\r");
    pty_wait_raw(&p, "\033[?1006h");
    pty_type(&p, "\033[<0;20;5M\033[<0;20;5m");
    pty_wait(&p, "▌     ● within 100");
    pty_type(&p, "\033[<0;5;4M\033[<0;5;4m"); /* the fold sign of the row above */
    pty_wait(&p, "▌   ▸ addition and subtraction");
    pty_wait_for(&p, "within 100", true);
    pty_type(&p, ":set mouse off\r");
    pty_wait_raw(&p, "\033[?1006l");
    quit(&p);
}

static int group_setup(void **state)
{
    (void)state;
    if (home_begin() != 0) {
        return 1;
    }
    session_path(file, "gsm8k.taxa");
    session_make(file, true);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    return home_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_are_marked),
        cmocka_unit_test(a_branch_and_a_filter),
        cmocka_unit_test(search_moves_while_typing),
        cmocka_unit_test(two_sides_at_three_sizes),
        cmocka_unit_test(bookmarks_are_there_the_next_time),
        cmocka_unit_test(examples_come_by_themselves),
        cmocka_unit_test(a_click_selects_and_folds),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
