/*
 * Looking at trees, without a terminal: what the keys of the Taxonomy panel show and mark. What its
 * keys change is tested elsewhere.
 */
#include "base/rng.h"
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

/* Bookmarks go into a state folder of the test's own. */
static int begin(void **state)
{
    begin_sessions(state);
    return setenv("XDG_STATE_HOME", session_folder, 1);
}

static int end(void **state)
{
    char path[160];
    snprintf(path, sizeof path, "%s/taxa/bookmarks", session_folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/taxa", session_folder);
    rmdir(path);
    return end_sessions(state);
}

static void expect_names(const struct ui *ui, const uint32_t *nodes, size_t n, const char *want)
{
    struct buf got;
    buf_init(&got, 1u << 16);
    for (size_t i = 0; i < n; i++) {
        buf_printf(&got, "%s%s", i > 0 ? "|" : "", ui->model.tree.nodes[nodes[i]].name);
    }
    assert_string_equal(got.data, want);
    buf_free(&got);
}

static void expect_rows(struct ui *ui, const char *want)
{
    const struct outline *o = &taxonomy_side(panel_of(ui))->outline;
    expect_names(ui, o->rows, o->count, want);
}

static void expect_hits(struct ui *ui, const char *want)
{
    const struct taxonomy_side *s = taxonomy_side(panel_of(ui));
    expect_names(ui, s->hits, s->hit_count, want);
}

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

/* ---- folds and focus */

static void folds_of_whole_branches(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "*"); /* all is unfolded: fold all */
    expect_rows(&ui, "operation|everyday setting|home and family|shops and markets|bakery|"
                     "flower shop|sports|chess club");
    keys(&ui, "l");
    expect_rows(&ui, "operation|addition and subtraction|division|fractions and percent|"
                     "everyday setting|home and family|shops and markets|bakery|flower shop|"
                     "sports|chess club");
    keys(&ui, "*/long\nO");
    expect_rows(&ui, "operation|addition and subtraction|division|exact sharing|long division|"
                     "fractions and percent|everyday setting");
    expect_cursor(&ui, "long division");
    keys(&ui, "(");
    expect_cursor(&ui, "exact sharing");
    keys(&ui, "(");
    assert_non_null(strstr(ui.message, "first of its siblings"));
    keys(&ui, "h(");
    expect_cursor(&ui, "addition and subtraction");
    keys(&ui, "))");
    expect_cursor(&ui, "fractions and percent");
    keys(&ui, "Z1");
    expect_rows(&ui, "operation|everyday setting");
    expect_cursor(&ui, "operation");
    ui_close(&ui);
}

static void a_branch_becomes_the_list_and_back(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "/shops\nF");
    expect_rows(&ui, "shops and markets|bakery|flower shop");
    expect_on_screen(&ui, "everyday setting › shops and markets", true);
    expect_on_screen(&ui, "Esc shows all", true);
    keys(&ui, "jF");
    assert_non_null(strstr(ui.message, "no children"));
    keys(&ui, "Z1");
    expect_rows(&ui, "shops and markets|bakery|flower shop");
    keys(&ui, "G\x1b");
    expect_cursor(&ui, "flower shop"); /* it keeps its place when all is shown again */
    assert_int_equal(panel_of(&ui)->sides[0].outline.count, 16);
    keys(&ui, "hF");
    expect_rows(&ui, "shops and markets|bakery|flower shop");
    keys(&ui, "F"); /* the same key on the first row */
    assert_int_equal(panel_of(&ui)->sides[0].outline.count, 16);
    expect_cursor(&ui, "shops and markets");
    ui_close(&ui);
}

/* ---- search, filter, typing */

static void search_follows_what_is_typed(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "Z1j/ha");
    expect_cursor(&ui, "exact sharing"); /* behind the cursor there is none: from the start */
    keys(&ui, "\x1b");
    expect_cursor(&ui, "everyday setting");
    expect_rows(&ui, "operation|everyday setting"); /* and nothing stays unfolded */
    keys(&ui, "/s");
    expect_cursor(&ui, "everyday setting");
    keys(&ui, "h");
    expect_cursor(&ui, "shops and markets");
    keys(&ui, "[");
    expect_cursor(&ui, "shops and markets"); /* no expression yet: what was found stays */
    keys(&ui, "ao]\n");
    expect_cursor(&ui, "shops and markets");
    assert_string_equal(ui.message, "2 of 3");
    expect_on_screen(&ui, "2 of 3 found", true);
    keys(&ui, "nn");
    expect_cursor(&ui, "exact sharing");
    keys(&ui, "NN");
    expect_cursor(&ui, "shops and markets");
    keys(&ui, "n");
    expect_cursor(&ui, "flower shop");
    keys(&ui, "N");
    expect_cursor(&ui, "shops and markets");
    keys(&ui, "F/div\n"); /* only in what the list is about */
    assert_non_null(strstr(ui.message, "no node matches"));
    keys(&ui, "\x1b\x1b");
    expect_on_screen(&ui, "found", false);
    ui_close(&ui);
}

static void a_filter_keeps_what_is_above(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "Z1fsh");
    expect_rows(&ui, "operation|division|exact sharing|everyday setting|shops and markets|"
                     "flower shop");
    expect_cursor(&ui, "exact sharing");
    keys(&ui, "o");
    expect_rows(&ui, "everyday setting|shops and markets|flower shop");
    expect_cursor(&ui, "shops and markets");
    keys(&ui, "\x1b"); /* given up: as before */
    expect_rows(&ui, "operation|everyday setting");
    expect_cursor(&ui, "operation");
    keys(&ui, "fsho\n");
    assert_string_equal(ui.message, "2 match; Esc shows all again");
    expect_on_screen(&ui, "filter sho · 2 match", true);
    keys(&ui, "z");
    expect_rows(&ui, "everyday setting|shops and markets");
    keys(&ui, "f p\n"); /* goes on with what it was */
    expect_rows(&ui, "");
    assert_non_null(strstr(ui.message, "no node matches"));
    keys(&ui, "f\x15sho\nG");
    expect_cursor(&ui, "flower shop");
    keys(&ui, "\x1b"); /* the folds of before, and the way to the cursor */
    expect_rows(&ui, "operation|everyday setting|home and family|shops and markets|bakery|"
                     "flower shop|sports");
    expect_cursor(&ui, "flower shop");
    keys(&ui, "fweight>\n");
    assert_non_null(strstr(ui.message, "wants a number"));
    assert_null(panel_of(&ui)->sides[0].filter);
    ui_close(&ui);
}

static void a_filter_knows_words(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *hits;
    } cases[] = {
        {"unexpanded", "long division"},
        {"state:failed", "flower shop"},
        {"locked", "fractions and percent"},
        {"off", "sports"},
        {"edited", "division"},
        {"human", ""},
        {"weight>2", "shops and markets"},
        {"weight=2 !sub", ""},
        {"weight:2", "addition and subtraction"},
        {"share<1 level:2", "chess club"},
        {"accepted>400 level<1", "operation|everyday setting"},
        {"children:1", "fractions and percent|sports"},
        {"below>4", "operation|everyday setting"},
        {"!leaf !unexpanded children<1 !failed", ""},
        {"!e level>0", "addition and subtraction|within 100|with carrying|division|long "
                       "division|छूट 日本 pizza|sports"},
        {"name:off", ""},
        {"name:and s", "addition and subtraction"},
        {"LONG", ""},
        {"Long|long", "long division"},
        {"planned>600 everyday", "everyday setting"},
        {"marked", "within 100"},
        {"working", ""},
    };
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "jj ");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        keys(&ui, "f\x15");
        keys(&ui, cases[i].typed);
        keys(&ui, "\n");
        expect_hits(&ui, cases[i].hits);
    }
    keys(&ui, "f\x15"
              "division\nM.\n"); /* among what the filter has found */
    expect_marked(&ui, "within 100|division|long division");
    keys(&ui, "\x1bUMunexpanded\n");
    expect_marked(&ui, "long division");
    ui_close(&ui);
}

static void typing_a_name_goes_there(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "tf");
    expect_cursor(&ui, "fractions and percent");
    keys(&ui, "l");
    expect_cursor(&ui, "flower shop");
    keys(&ui, "\x1b");
    expect_cursor(&ui, "operation");
    keys(&ui, "Gtw\n");
    expect_cursor(&ui, "within 100");
    keys(&ui, "tW\n"); /* a capital is meant */
    assert_non_null(strstr(ui.message, "no visible name starts with W"));
    expect_cursor(&ui, "within 100");
    keys(&ui, "hztwith\n");
    assert_non_null(strstr(ui.message, "no visible name"));
    ui_close(&ui);
}

/* ---- places */

static void jumps_are_gone_back(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "b");
    assert_non_null(strstr(ui.message, "no jump"));
    keys(&ui, "j/long\n/chess\nG");
    expect_cursor(&ui, "chess club");
    keys(&ui, "tbak\n");
    expect_cursor(&ui, "bakery");
    static const char *const back[] = {"chess club", "long division", "addition and subtraction"};
    for (size_t i = 0; i < 3; i++) {
        keys(&ui, "b");
        expect_cursor(&ui, back[i]);
    }
    keys(&ui, "b");
    assert_non_null(strstr(ui.message, "no jump"));
    keys(&ui, "BBB");
    expect_cursor(&ui, "bakery");
    keys(&ui, "B");
    assert_non_null(strstr(ui.message, "nothing was gone back from"));
    keys(&ui, "bbg"); /* another jump from here: the way forward is forgotten */
    keys(&ui, "B");
    assert_non_null(strstr(ui.message, "nothing was gone back from"));
    keys(&ui, "b");
    expect_cursor(&ui, "long division");
    ui_close(&ui);
}

static void bookmarks_last(void **state)
{
    (void)state;
    char path[128];
    struct err e = {0};
    struct ui ui;
    struct store *s = NULL;
    session_path(path, "marked.taxa");
    session_make(path, true);
    open_taxonomy(&ui, path);
    keys(&ui, "'a");
    assert_non_null(strstr(ui.message, "no bookmark a"));
    keys(&ui, "m1");
    assert_non_null(strstr(ui.message, "letter"));
    keys(&ui, "/bakery\nma/sharing\nmZ");
    assert_string_equal(ui.message, "bookmark Z: exact sharing");
    ui_close(&ui);
    open_taxonomy(&ui, full); /* another session knows nothing of them, and keeps its own */
    keys(&ui, "'a");
    assert_non_null(strstr(ui.message, "no bookmark a"));
    keys(&ui, "jma");
    ui_close(&ui);
    open_taxonomy(&ui, path);
    keys(&ui, "Z1'a");
    expect_cursor(&ui, "bakery");
    keys(&ui, "''");
    expect_on_screen(&ui, "a  everyday setting › shops and markets › bakery", true);
    keys(&ui, "j\n");
    expect_cursor(&ui, "exact sharing");
    const struct node *n = taxonomy_node(panel_of(&ui), &ui);
    REQUIRE(store_open(path, STORE_WRITE, false, &s, &e));
    REQUIRE(store_op_begin(s, "tester", "delete", 0, &e));
    REQUIRE(store_node_delete(s, n->id, &e));
    REQUIRE(store_op_end(s, &e));
    ui_refresh(&ui);
    keys(&ui, "'Z");
    assert_non_null(strstr(ui.message, "deleted"));
    keys(&ui, "''");
    expect_on_screen(&ui, "Z  (deleted)", true);
    keys(&ui, "q");
    store_close(s);
    ui_close(&ui);
    session_remove("marked.taxa");
}

/* ---- two sides */

static void two_sides_have_their_own_places(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "\t");
    assert_non_null(strstr(ui.message, "one side"));
    assert_int_equal(taxonomy_other(panel_of(&ui)), TREE_NONE);
    keys(&ui, "j|jj ");
    expect_cursor(&ui, "division");
    keys(&ui, "\t");
    expect_cursor(&ui, "addition and subtraction");
    uint32_t other = taxonomy_other(panel_of(&ui));
    assert_string_equal(ui.model.tree.nodes[other].name, "division");
    expect_on_screen(&ui, "■", true);
    expect_marked(&ui, "with carrying");
    keys(&ui, "Z1fbakery\n");
    expect_rows(&ui, "everyday setting|shops and markets|bakery");
    keys(&ui, "\t");
    assert_int_equal(taxonomy_side(panel_of(&ui))->outline.count, 16);
    keys(&ui, "d");
    assert_string_equal(sent, "node delete @5\n");
    for (int cols = 60; cols < 220; cols += 20) {
        ui_resize(&ui, cols, 16 + (cols - 60) / 4);
        expect_on_screen(&ui, "bakery", true);
        expect_on_screen(&ui, "division", true);
    }
    keys(&ui, "|");
    assert_false(panel_of(&ui)->split);
    expect_cursor(&ui, "division");
    ui_close(&ui);
}

static void a_click_selects_and_folds(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    struct key click = {.code = K_CLICK, .x = 20, .y = 4};
    ui_key(&ui, &click);
    expect_cursor(&ui, "within 100");
    click = (struct key){.code = K_CLICK, .x = 4, .y = 3};
    ui_key(&ui, &click);
    expect_cursor(&ui, "addition and subtraction");
    assert_int_equal(taxonomy_side(panel_of(&ui))->outline.count, 14);
    ui_key(&ui, &click);
    assert_int_equal(taxonomy_side(panel_of(&ui))->outline.count, 16);
    keys(&ui, "|");
    click = (struct key){.code = K_CLICK, .x = 20, .y = 14};
    ui_key(&ui, &click);
    assert_int_equal(panel_of(&ui)->here, 1);
    click.y = 11; /* the rule between them */
    ui_key(&ui, &click);
    assert_int_equal(panel_of(&ui)->here, 1);
    ui_close(&ui);
}

/* ---- details */

static void details_come_when_the_cursor_rests(void **state)
{
    (void)state;
    char path[128];
    struct err e = {0};
    struct store *s = NULL;
    struct ui ui;
    session_path(path, "merged.taxa");
    session_make(path, true);
    REQUIRE(store_open(path, STORE_WRITE, false, &s, &e));
    REQUIRE(store_op_begin(s, "tester", "merge", 0, &e));
    REQUIRE(store_node_alias(s, 7, 8, &e)); /* long division into exact sharing */
    REQUIRE(store_op_end(s, &e));
    open_taxonomy(&ui, path);
    ui_resize(&ui, 160, 40);
    keys(&ui, "/sharing\n");
    assert_true(ui.rest_due);
    expect_on_screen(&ui, "Mira packs", false);
    ui_rest(&ui);
    assert_false(ui.rest_due);
    expect_on_screen(&ui, "#612 question: Mira packs", true);
    expect_on_screen(&ui, "answer: 9", true);
    expect_on_screen(&ui, "by state   accepted 408 · rejected 21", true);
    struct point one = {.id = store_point_next_id(s), .nodes = 1, .mix_hash = 9999};
    one.node[0] = 7;
    one.record = (char[]){"{\"question\":\"new\"}"};
    REQUIRE(store_begin(s, &e));
    REQUIRE(store_point_put(s, &one, &e));
    one.outcome = one.state = POINT_ACCEPTED;
    REQUIRE(store_point_put(s, &one, &e));
    REQUIRE(store_commit(s, &e));
    ui_refresh(&ui);
    assert_true(ui.rest_due);
    ui_rest(&ui);
    expect_on_screen(&ui, "accepted 409", true); /* figures follow a run, examples stay */
    expect_on_screen(&ui, "question: new", false);
    expect_on_screen(&ui, "also       long division", true);
    expect_on_screen(&ui, "1 of 1 in division → 100.0 %, 12.5 % of all points", true);
    keys(&ui, "k");
    expect_on_screen(&ui, "Mira packs", false); /* of another node */
    keys(&ui, "''"); /* a list over the panel: it rests when that is closed */
    ui_rest(&ui);
    assert_false(ui.rest_due);
    keys(&ui, "q");
    assert_true(ui.rest_due);
    ui_rest(&ui);
    expect_on_screen(&ui, "Mira packs", true); /* of the branch */
    expect_on_screen(&ui, "children   1: exact sharing", true);
    keys(&ui, "g");
    ui_rest(&ui);
    expect_on_screen(&ui, "3 (7 below): addition and subtraction, division", true);
    store_close(s);
    ui_close(&ui);
    session_remove("merged.taxa");
}

/* ---- data that moves */

static void everything_follows_a_new_tree(void **state)
{
    (void)state;
    char path[128];
    struct err e = {0};
    struct store *s = NULL;
    struct ui ui;
    session_path(path, "moving.taxa");
    session_make(path, true);
    open_taxonomy(&ui, path);
    keys(&ui, "|/shops\nF\tfdiv\n /div\n");
    expect_marked(&ui, "division");
    expect_rows(&ui, "operation|division|long division");
    REQUIRE(store_open(path, STORE_WRITE, false, &s, &e));
    REQUIRE(store_op_begin(s, "other", "edits from elsewhere", 0, &e));
    struct node n = {.name = "division of labour", .desc = "", .weight = 1};
    int64_t id = 0;
    REQUIRE(store_node_add(s, 1, &n, 3, &id, &e));
    REQUIRE(store_op_end(s, &e));
    ui_refresh(&ui);
    expect_rows(&ui, "operation|division of labour|division|long division");
    expect_marked(&ui, "division");
    expect_on_screen(&ui, "of 3 found", true);
    keys(&ui, "\t");
    expect_rows(&ui, "shops and markets|bakery|flower shop");
    keys(&ui, "Vj");
    REQUIRE(store_op_begin(s, "other", "deletes the branch", 0, &e));
    uint32_t shops = tree_by_id(&ui.model.tree, panel_of(&ui)->range);
    REQUIRE(store_node_delete(s, ui.model.tree.nodes[shops].id, &e));
    REQUIRE(store_op_end(s, &e));
    keys(&ui, "/x"); /* and that while a line is being typed */
    ui_refresh(&ui);
    keys(&ui, "\x1b ");
    assert_int_equal(taxonomy_side(panel_of(&ui))->outline.root, 0);
    store_close(s);
    ui_close(&ui);
    session_remove("moving.taxa");
}

/* ---- anything goes */

static void assert_whole(struct ui *ui)
{
    const struct taxonomy *t = panel_of(ui);
    for (int i = 0; i < 2; i++) {
        const struct taxonomy_side *s = &t->sides[i];
        if (i != t->here && !t->split) {
            continue;
        }
        size_t rows = s->proposals + s->outline.count;
        assert_int_equal(s->list.count, rows);
        assert_true(rows == 0 || s->list.cursor < rows);
        for (size_t row = 1; row < s->outline.count; row++) {
            const uint32_t *rank = s->outline.order->rank;
            assert_true(rank[s->outline.rows[row - 1]] < rank[s->outline.rows[row]]);
        }
    }
    for (size_t i = 0; i < t->match_count; i++) {
        assert_true(outline_holds(&taxonomy_side_of(t)->outline, t->matches[i]));
    }
}

/* Looking keys in any order, typed lines in between, edits from elsewhere now and then. */
static void any_keys_in_any_order(void **state)
{
    (void)state;
    static const char what[] = "jjkkhlzZ19*OF)(|\t\t /fnNtbBm'aVMIUGg \x1b\x1b\n\nesho.[!>2";
    char path[128];
    struct err e = {0};
    struct store *s = NULL;
    struct ui ui;
    session_path(path, "storm.taxa");
    session_make(path, true);
    REQUIRE(store_open(path, STORE_WRITE, false, &s, &e));
    open_taxonomy(&ui, path);
    for (uint64_t i = 0; i < 6000; i++) {
        press(&ui, (uint32_t)(unsigned char)what[rng_below(3, rng_id("key"), i, sizeof what - 1)]);
        if (i % 7 == 0) {
            ui_rest(&ui);
        }
        if (i % 50 == 0) {
            struct node n = {.name = "", .desc = "", .weight = 1};
            char name[32];
            int64_t id = 0;
            snprintf(name, sizeof name, "shop %llu", (unsigned long long)i);
            n.name = name;
            uint32_t at = 1 + (uint32_t)rng_below(3, rng_id("node"), i, ui.model.tree.count - 1);
            REQUIRE(store_op_begin(s, "other", "an edit", 0, &e));
            if (i % 100 == 0 || ui.model.tree.nodes[at].depth < 2) {
                REQUIRE(store_node_add(s, ui.model.tree.nodes[at].id, &n, 0, &id, &e));
            } else {
                REQUIRE(store_node_delete(s, ui.model.tree.nodes[at].id, &e));
            }
            REQUIRE(store_op_end(s, &e));
            ui_refresh(&ui);
            if (i % 500 == 0) {
                ui_resize(&ui, 60 + (int)(i / 40), 16 + (int)(i / 200));
            }
        }
        if (panel_at(1) == panel_at(ui.panel) && ui.sheet_count == 0) {
            expect_on_screen(&ui, "\x01", false); /* draws: lists get their heights */
            assert_whole(&ui);
        }
    }
    store_close(s);
    ui_close(&ui);
    session_remove("storm.taxa");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(space_marks_and_goes_down),
        cmocka_unit_test(a_range_follows_the_cursor),
        cmocka_unit_test(all_that_match_are_marked_also_under_folds),
        cmocka_unit_test(keys_act_on_the_marks_or_on_the_cursor),
        cmocka_unit_test(folds_of_whole_branches),
        cmocka_unit_test(a_branch_becomes_the_list_and_back),
        cmocka_unit_test(search_follows_what_is_typed),
        cmocka_unit_test(a_filter_keeps_what_is_above),
        cmocka_unit_test(a_filter_knows_words),
        cmocka_unit_test(typing_a_name_goes_there),
        cmocka_unit_test(jumps_are_gone_back),
        cmocka_unit_test(bookmarks_last),
        cmocka_unit_test(two_sides_have_their_own_places),
        cmocka_unit_test(a_click_selects_and_folds),
        cmocka_unit_test(details_come_when_the_cursor_rests),
        cmocka_unit_test(everything_follows_a_new_tree),
        cmocka_unit_test(any_keys_in_any_order),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
