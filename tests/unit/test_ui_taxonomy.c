/*
 * Looking at trees, without a terminal: what the keys of the Taxonomy panel show and mark. What its
 * keys change is tested elsewhere.
 */
#include "ui/ui.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui_keys.h"

/* ---- marks */

static void space_marks_and_goes_down(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    expect_cursor(&ui, "operation");
    keys(&ui, "j  ");
    expect_marked(&ui, "addition and subtraction|within 100");
    expect_cursor(&ui, "with carrying");
    expect_on_screen(&ui, "2 marked", true);
    keys(&ui, "kk z"); /* unmarks "addition and subtraction", folds "within 100": not possible */
    expect_marked(&ui, "within 100");
    keys(&ui, "gz"); /* a fold hides the mark but keeps it */
    expect_on_screen(&ui, "1 marked", true);
    expect_marked(&ui, "within 100");
    keys(&ui, "U");
    expect_marked(&ui, "");
    expect_on_screen(&ui, "marked · ", false);
    keys(&ui, "U");
    assert_non_null(strstr(ui.message, "nothing is marked"));
    ui_close(&ui);
}

static void a_range_follows_the_cursor(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "jVjj");
    expect_marked(&ui, "");
    expect_on_screen(&ui, "■▾ addition", false);
    keys(&ui, "kV"); /* it was one too far */
    expect_marked(&ui, "addition and subtraction|within 100");
    keys(&ui, "jjVkkkk ");
    expect_marked(&ui, "operation|addition and subtraction|within 100|with carrying|division");
    keys(&ui, "GVk\x1b"); /* dropped */
    expect_marked(&ui, "operation|addition and subtraction|within 100|with carrying|division");
    ui_close(&ui);
}

static void all_that_match_are_marked_also_under_folds(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "Z1MDIVISION\n");
    assert_non_null(strstr(ui.message, "no node matches"));
    keys(&ui, "Mdivision|chess\n");
    assert_string_equal(ui.message, "3 match, 3 of them newly marked");
    expect_marked(&ui, "division|long division|chess club");
    keys(&ui, "M[\n");
    assert_int_equal(ui.level, SAY_ERROR);
    keys(&ui, "Ugl I");
    expect_marked(&ui, "operation|addition and subtraction|division|fractions and percent");
    ui_close(&ui);
}

static void keys_act_on_the_marks_or_on_the_cursor(void **state)
{
    (void)state;
    struct ui ui;
    uint32_t *targets = NULL;
    open_taxonomy(&ui, full);
    keys(&ui, "j");
    assert_int_equal(taxonomy_targets(panel_of(&ui), &ui, true, &targets), 1);
    assert_string_equal(ui.model.tree.nodes[targets[0]].name, "addition and subtraction");
    free(targets);
    keys(&ui, "  G");
    assert_int_equal(taxonomy_targets(panel_of(&ui), &ui, false, &targets), 2);
    assert_string_equal(ui.model.tree.nodes[targets[1]].name, "within 100");
    free(targets);
    assert_int_equal(taxonomy_targets(panel_of(&ui), &ui, true, &targets), 1);
    assert_string_equal(ui.model.tree.nodes[targets[0]].name, "addition and subtraction");
    free(targets);
    ui_close(&ui);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(space_marks_and_goes_down),
        cmocka_unit_test(a_range_follows_the_cursor),
        cmocka_unit_test(all_that_match_are_marked_also_under_folds),
        cmocka_unit_test(keys_act_on_the_marks_or_on_the_cursor),
    };
    return cmocka_run_group_tests(tests, begin_sessions, end_sessions);
}
