/*
 * Editing in the Taxonomy panel: which commands each key sends, under which name, about the node
 * under the cursor or about the marks; and that a key that cannot act says why.
 *
 * Ids: operation 1 (addition 3 (within 4, carrying 5), division 6 (sharing 7, long 8), fractions 9
 * (pizza 10)), setting 2 (home 11, shops 12 (bakery 13, flower 14), sports 15 (chess 16)).
 */
#include "base/file.h"
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

static void expect_sent(struct ui *ui, const char *typed, const char *lines, const char *name)
{
    sent[0] = sent_name[0] = '\0';
    keys(ui, typed);
    assert_string_equal(sent, lines);
    assert_string_equal(sent_name, name);
}

static void expect_refused(struct ui *ui, const char *typed, const char *why)
{
    sent[0] = '\0';
    keys(ui, typed);
    assert_string_equal(sent, "");
    if (strstr(ui->message, why) == NULL) {
        fail_msg("\"%s\" says \"%s\", not \"%s\"", typed, ui->message, why);
    }
    assert_int_equal(ui->level, SAY_WARN);
}

/* ---- one node */

static void names_and_descriptions(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "jj"); /* within 100 */
    expect_sent(&ui, "aten 'n ten\n", "node add @4 \"ten 'n ten\"\n",
                "add ten 'n ten below within 100");
    expect_sent(&ui, "Abetween\n", "node add @3 between --before @5\n",
                "add between below addition and subtraction");
    expect_sent(&ui, "/carrying\nAlast\n", "node add @3 last\n",
                "add last below addition and subtraction");
    expect_sent(&ui, "/carrying\ne, twice\n", "node rename @5 'with carrying, twice'\n",
                "rename with carrying to with carrying, twice");
    expect_sent(&ui, "e\n", "", "");
    assert_string_equal(ui.message, "not changed");
    expect_sent(&ui, "Dover ten\n", "node describe @5 'over ten'\n", "describe with carrying");
    expect_sent(&ui, "gAsteps\n", "factor add steps\n", "add the taxonomy steps");
    expect_sent(&ui, "a\x1b", "", "");
    expect_sent(&ui, "e\x15\n", "", "");
    ui_close(&ui);
}

static void a_name_is_edited_in_its_row(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "jje more");
    assert_true(ui.prompt.place.w > 8);
    expect_on_screen(&ui, "●    within 100 more", false);
    expect_on_screen(&ui, "● within 100 more", true);
    expect_on_screen(&ui, " rename:", true);
    struct cells c;
    cells_init(&c, ui.cols, ui.rows);
    ui_draw(&ui, &c);
    assert_int_equal(c.cursor_y, 4);
    assert_int_equal(c.cursor_x, ui.prompt.place.x + 15);
    cells_free(&c);
    keys(&ui, "\x1b");
    expect_on_screen(&ui, "within 100 more", false);
    keys(&ui, "jjjDwhat"); /* in the details below the list */
    assert_int_equal(ui.prompt.place.y, 19);
    keys(&ui, "\x1b");
    ui_close(&ui);
}

static void weights_switches_and_locks(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "j");
    expect_sent(&ui, "+", "node weight @3 3\n", "weight of addition and subtraction: 3");
    expect_sent(&ui, "-", "node weight @3 1\n", "weight of addition and subtraction: 1");
    expect_sent(&ui, "=0.25\n", "node weight @3 0.25\n",
                "weight of addition and subtraction: 0.25");
    expect_sent(&ui, "o", "node weight @3 0\n", "switch addition and subtraction off");
    expect_sent(&ui, "/sports\no", "node weight @15 1\n", "switch sports on");
    expect_refused(&ui, "-", "the weight is 0 already");
    expect_sent(&ui, "/division\nL", "node lock @6\n", "lock division");
    expect_sent(&ui, "/fractions\nL", "node unlock @9\n", "unlock fractions and percent");
    expect_sent(&ui, "g~", "node even @1\n", "even out the children of operation");
    expect_refused(&ui, "g=", "a taxonomy has no weight");
    expect_refused(&ui, "g+", "a taxonomy has no weight");
    expect_refused(&ui, "/pizza\n~", "this node has no children");
    expect_refused(&ui, "/fractions\ns", "this node has one child");
    ui_close(&ui);
}

static void children_are_sorted_by_a_menu_of_keys(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "s");
    expect_on_screen(&ui, "Sort the children of operation for good", true);
    expect_sent(&ui, "\n", "node sort @1 name\n", "sort the children of operation by name, A to Z");
    expect_sent(&ui, "sjj\n", "node sort @1 -points\n",
                "sort the children of operation by accepted points, the most first");
    expect_sent(&ui, "s\x1b", "", "");
    ui_close(&ui);
}

static void nodes_are_moved_by_one_place(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "/^division\n");
    expect_sent(&ui, "K", "node shift up @6\n", "move division up");
    expect_sent(&ui, "J", "node shift down @6\n", "move division down");
    expect_sent(&ui, ">", "node shift in @6\n", "move division in");
    expect_sent(&ui, "/bakery\n<", "node shift out @13\n", "move bakery out");
    expect_sent(&ui, "gJ", "node shift down @1\n", "move operation down");
    expect_sent(&ui, "/setting\nK", "node shift up @2\n", "move everyday setting up");
    expect_refused(&ui, "gK", "first of its siblings");
    expect_refused(&ui, "gj>", "no sibling stands above it");
    expect_refused(&ui, "g<", "outermost already");
    expect_refused(&ui, "gj<", "it would be a taxonomy");
    expect_refused(&ui, "/fractions\nJ", "last of its siblings");
    ui_close(&ui);
}

static void nodes_are_deleted_and_split(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    expect_sent(&ui, "/pizza\nd", "node delete @10\n", "delete छूट 日本 pizza");
    expect_sent(&ui, "/^division\nd", "node delete @6\n", "delete division and 2 below");
    expect_sent(&ui, "Sby hand,  with a tool , ,\n", "node split @6 'by hand' 'with a tool'\n",
                "split division into 2");
    expect_refused(&ui, "Sonly one\n", "two names or more");
    expect_refused(&ui, "gS", "a taxonomy cannot be split");
    ui_close(&ui);
}

/* ---- the clipboard */

static void cut_nodes_move_when_they_are_pasted(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    expect_refused(&ui, "gv", "nothing was cut or copied");
    expect_sent(&ui, "/^division\nc", "", "");
    assert_non_null(strstr(ui.message, "division is cut: v pastes below"));
    assert_true(clip_is_cut(panel_of(&ui), 6));
    expect_refused(&ui, "jv", "moved into itself");
    expect_sent(&ui, "/shops\nv", "node move @6 @12\n", "move division below shops and markets");
    assert_false(clip_is_cut(panel_of(&ui), 6));
    expect_refused(&ui, "v", "nothing was cut or copied");
    expect_sent(&ui, "/^division\nc/home\n\x16", "node move @6 @2 --before @12\n",
                "move division beside home and family");
    expect_sent(&ui, "/within\nc\x16", "node move @4 @3 --before @5\n",
                "move within 100 beside within 100"); /* where it stands */
    /* what moves away cannot mark the place */
    expect_sent(&ui, "/^division\nc/^addition\n\x16", "node move @6 @1 --before @9\n",
                "move division beside addition and subtraction");
    keys(&ui, "/^division\nc\x1b");
    assert_string_equal(ui.message, "nothing is cut any more");
    assert_false(clip_is_cut(panel_of(&ui), 6));
    ui_close(&ui);
}

static void only_what_is_below_can_be_taken(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "/^division\ncc");
    assert_non_null(strstr(ui.message, "what is below division is cut"));
    expect_sent(&ui, "/shops\nv", "node move @6 @12 --children\n",
                "move what is below division below shops and markets");
    keys(&ui, "/^division\nyy");
    expect_sent(&ui, "/sports\n\x16", "node copy @6 @2 --children\n",
                "copy what is below division beside sports");
    keys(&ui, "/pizza\nyy"); /* nothing is below it: it stays what it was */
    expect_sent(&ui, "/sports\nv", "node copy @10 @15\n", "copy छूट 日本 pizza below sports");
    ui_close(&ui);
}

static void copies_can_be_pasted_again_and_beside(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "/bakery\ny");
    expect_sent(&ui, "/home\nv", "node copy @13 @11\n", "copy bakery below home and family");
    expect_sent(&ui, "/sports\nv", "node copy @13 @15\n", "copy bakery below sports");
    expect_sent(&ui, "/^division\n\x16", "node copy @13 @1 --before @9\n",
                "copy bakery beside division");
    expect_sent(&ui, "/^division\n\x04", "node copy @6 @1 --before @9\n", "duplicate division");
    expect_sent(&ui, "/setting\ny", "", "");
    expect_sent(&ui, "g\x16", "node copy @2 / --before @2\n",
                "copy everyday setting beside operation");
    expect_refused(&ui, "/chess\nv", "copied into itself");
    ui_close(&ui);
}

static void nodes_go_below_the_node_of_the_other_side(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    expect_refused(&ui, "gj}", "there is no other side");
    keys(&ui, "/^division\n|\t/bakery\n"); /* the other side stays on division */
    expect_sent(&ui, "}", "node move @13 @6\n", "move bakery below division");
    expect_sent(&ui, "]", "node copy @13 @6\n", "copy bakery below division");
    expect_cursor(&ui, "bakery");
    keys(&ui, "/within\n  ");
    expect_sent(&ui, "}", "node move @4 @6\nnode move @5 @6\n",
                "move 2 marked nodes below division");
    keys(&ui, "U");
    expect_refused(&ui, "g]", "lies in what would be put below it");
    ui_close(&ui);
}

/* ---- marks */

static void keys_act_on_all_that_is_marked(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "/within\n  "); /* 4, 5; the cursor is on division */
    expect_sent(&ui, "+", "node weight @4 2\nnode weight @5 2\n", "make 2 marked nodes heavier");
    expect_sent(&ui, "=7\n", "node weight @4 7\nnode weight @5 7\n", "weight of 2 marked nodes: 7");
    expect_sent(&ui, "o", "node weight @4 0\nnode weight @5 0\n", "switch 2 marked nodes off");
    expect_sent(&ui, "L", "node lock @4 @5\n", "lock 2 marked nodes");
    expect_sent(&ui, "d", "node delete @4 @5\n", "delete 2 marked nodes");
    expect_sent(&ui, "c/shops\nv", "node move @4 @12\nnode move @5 @12\n",
                "move 2 nodes below shops and markets");
    expect_sent(&ui, "\x04", "node copy @4 @3 --before @5\nnode copy @5 @3\n",
                "duplicate 2 marked nodes");
    keys(&ui, "U/^addition\n j "); /* 3 and, below it, 5 */
    expect_sent(&ui, "d", "node delete @3\n", "delete addition and subtraction and 2 below");
    expect_sent(&ui, "+", "node weight @3 3\nnode weight @5 2\n", "make 2 marked nodes heavier");
    expect_sent(&ui, "s\n", "node sort @3 name\n",
                "sort the children of 2 marked nodes by name, A to Z");
    ui_close(&ui);
}

static void marked_nodes_move_as_a_block(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "/^division\n /fractions\n "); /* 6, 9 */
    expect_sent(&ui, "K", "node shift up @6 @9\n", "move 2 marked nodes up");
    expect_sent(&ui, ">", "node shift in @6 @9\n", "move 2 marked nodes in");
    keys(&ui, "U/^addition\n /^division\n "); /* 3, 6 */
    expect_sent(&ui, "J", "node shift down @3 @6\n", "move 2 marked nodes down");
    keys(&ui, "U/bakery\n  "); /* 13, 14 */
    expect_sent(&ui, "<", "node shift out @13 @14\n", "move 2 marked nodes out");
    ui_close(&ui);
}

static void what_is_marked_is_merged_into_the_cursor(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    expect_refused(&ui, "/^division\n&", "mark what shall become part");
    expect_refused(&ui, " k&", "only this node is marked");
    keys(&ui, "U/^addition\n /fractions\n /^division\n");
    expect_sent(&ui, "&", "node merge @6 @3 @9\n",
                "merge 2 nodes into division: 204 points, 3 children");
    keys(&ui, "U/bakery\n j");
    expect_sent(&ui, "/home\n&", "node merge @11 @13\n",
                "merge bakery into home and family: 0 points, 0 children");
    ui_close(&ui);
}

/* ---- text from elsewhere */

static void paste(struct ui *ui, const char *text)
{
    struct key k = {.code = K_PASTE, .paste = text};
    sent[0] = sent_name[0] = '\0';
    ui_key(ui, &k);
}

static void pasted_text_is_a_tree(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "/sports\n");
    paste(&ui, "ball games\n\n  football -- eleven each\n");
    assert_string_equal(sent, "tree import - --format auto --under @15 --skip-refused --json\n");
    assert_string_equal(sent_name, "paste 2 lines below sports");
    assert_string_equal(sent_input, "ball games\n\n  football -- eleven each\n");
    answer_out = "{\"added\":2,\"changed\":0,\"refused\":[{\"line\":4,\"found\":\"a\","
                 "\"expected\":\"b\"}],\"refused_count\":1,\"nodes\":[]}";
    paste(&ui, "ball games\n");
    assert_string_equal(ui.message, "paste 1 line below sports: 2 added, 1 refused");
    expect_on_screen(&ui, "Lines that were refused", true);
    expect_on_screen(&ui, "line 4: b", true);
    answer_out = "";
    keys(&ui, "q");
    paste(&ui, " \n\t\n");
    assert_string_equal(sent, "");
    assert_non_null(strstr(ui.message, "empty"));
    keys(&ui, "a"); /* in a line it is a line */
    paste(&ui, "chess\r\n960");
    assert_string_equal(sent, "");
    keys(&ui, "\n");
    assert_string_equal(sent, "node add @15 'chess 960'\n");
    ui_close(&ui);
}

/* ---- files */

static void an_import_is_looked_at_first(void **state)
{
    (void)state;
    struct ui ui;
    char path[128], typed[160], want[512];
    session_path(path, "more.csv");
    assert_int_equal(file_write(path, "path\na\n", 7, 0644, NULL), ST_OK);
    open_taxonomy(&ui, full);
    keys(&ui, "/sports\ni/no/such/file.md\n");
    assert_non_null(strstr(ui.message, "/no/such/file.md cannot be read"));
    answer_out = "{\"added\":1,\"changed\":1,\"refused\":[{\"line\":4,\"found\":\"a,b,c,d\","
                 "\"expected\":\"three fields\"}],\"refused_count\":1,\"nodes\":[{\"path\":"
                 "\"setting/sports/a\",\"what\":\"added\"},{\"path\":\"setting/sports/chess "
                 "club\",\"what\":\"changed\"}]}";
    snprintf(typed, sizeof typed, "i%s\n", path);
    snprintf(want, sizeof want,
             "tree import %s --format csv --skip-refused --dry-run --json --under @15\n", path);
    expect_sent(&ui, typed, want, "");
    expect_on_screen(&ui, "Import more.csv (csv) below sports", true);
    expect_on_screen(&ui, "1 added · 1 changed · 1 refused — Enter takes the rest", true);
    expect_on_screen(&ui, "✗ refused line 4    three fields", true);
    expect_on_screen(&ui, "there: a,b,c,d", true);
    expect_on_screen(&ui, "+ added   setting/sports/a", true);
    expect_on_screen(&ui, "~ changed setting/sports/chess club", true);
    snprintf(want, sizeof want, "tree import %s --format csv --skip-refused --json --under @15\n",
             path);
    expect_sent(&ui, "\n", want, "import more.csv below sports");
    assert_string_equal(ui.message, "import more.csv below sports: 1 added, 1 changed, 1 refused");
    expect_on_screen(&ui, "Import more.csv", false);
    /* above the trees; nothing would change */
    answer_out = "{\"added\":0,\"changed\":0,\"refused\":[],\"refused_count\":0,\"nodes\":[]}";
    keys(&ui, typed);
    snprintf(want, sizeof want, "tree import %s --format csv --skip-refused --dry-run --json\n",
             path);
    expect_sent(&ui, "t", want, "");
    expect_on_screen(&ui, "(csv) as taxonomies", true);
    expect_refused(&ui, "\n", "nothing in it that would change");
    keys(&ui, "q");
    expect_on_screen(&ui, "Import more.csv", false);
    answer_out = "";
    session_remove("more.csv");
    ui_close(&ui);
}

static void expect_read(struct ui *ui, const char *words)
{
    char got[512] = "";
    size_t at = 0;
    for (int i = 0; i < ui->run_argc && at < sizeof got; i++) {
        at +=
            (size_t)snprintf(got + at, sizeof got - at, "%s%s", i > 0 ? " " : "", ui->run_argv[i]);
    }
    assert_int_equal(ui->wishes & WISH_RUN, WISH_RUN);
    assert_string_equal(got, words);
    ui->wishes = 0;
}

static void read_done(struct ui *ui, int code, const char *text)
{
    ui_read_fn *done = ui->run_done;
    ui->run_done = NULL;
    done(ui, ui->run_ctx, code, text);
}

static void an_export_never_overwrites_unasked(void **state)
{
    (void)state;
    struct ui ui;
    char path[128], typed[160], want[512];
    session_path(path, "out.md");
    open_taxonomy(&ui, full);
    snprintf(typed, sizeof typed, "/^division\nw%s\n", path);
    snprintf(want, sizeof want, "tree export %s --format md @6", path);
    keys(&ui, typed);
    expect_read(&ui, want);
    read_done(&ui, 0, "");
    assert_non_null(strstr(ui.message, "division: 3 nodes written to "));
    assert_int_equal(file_write(path, "mine", 4, 0644, NULL), ST_OK);
    keys(&ui, typed);
    assert_int_equal(ui.wishes & WISH_RUN, 0);
    expect_on_screen(&ui, "out.md is there already", true);
    keys(&ui, "\n"); /* another name */
    assert_string_equal(ui.prompt.text.data, path);
    keys(&ui, "\x1bW");
    keys(&ui, path);
    keys(&ui, "\nj\n"); /* overwrite it */
    snprintf(want, sizeof want, "tree export %s --format md", path);
    expect_read(&ui, want);
    read_done(&ui, 1, "taxa: no room\nat all");
    assert_string_equal(ui.message, "not written: taxa: no room");
    keys(&ui, "w/tmp\nj\n"); /* no ending: asked; it is a folder */
    assert_string_equal(ui.message, "/tmp is a folder");
    session_remove("out.md");
    ui_close(&ui);
}

static void a_branch_is_edited_as_text_and_a_refused_text_is_not_lost(void **state)
{
    (void)state;
    struct ui ui;
    open_taxonomy(&ui, full);
    keys(&ui, "/^division\nE");
    expect_read(&ui, "tree export - @6 --format text --ids");
    read_done(&ui, 0, "division [@6]\n  exact sharing [@7]\n");
    assert_int_equal(ui.wishes & WISH_EDIT, WISH_EDIT);
    assert_string_equal(ui.edit_text, "division [@6]\n  exact sharing [@7]");
    sent[0] = '\0';
    answer_code = 1;
    answer_message = "edit division as text, line 1: -, line 2: a weight is a number";
    answer_out = "-, line 2: refused: a weight is a number\n";
    ui.edited(&ui, ui.edit_ctx, "division [@6]\n  exact sharing [w=x]");
    assert_non_null(strstr(sent, "tree edit @6 - --was "));
    assert_string_equal(sent_name, "edit division as text");
    assert_string_equal(sent_input, "division [@6]\n  exact sharing [w=x]\n");
    /* again, with the reason on top and the text below */
    assert_true(ui.edit_always);
    assert_non_null(strstr(ui.edit_text, "# -, line 2: refused: a weight is a number\n"));
    assert_non_null(strstr(ui.edit_text, "\ndivision [@6]\n  exact sharing [w=x]"));
    ui.edited(&ui, ui.edit_ctx,
              "# -, line 2: refused\n# mine\ndivision [@6]\n  exact sharing [w=y]");
    assert_string_equal(sent_input, "division [@6]\n  exact sharing [w=y]\n");
    assert_int_not_equal(ui.edit_text[strlen(ui.edit_text) - 1], '\n');
    /* left as it is: given up, but kept */
    char *shown = xstrdup(ui.edit_text), path[160] = "";
    ui.edited(&ui, ui.edit_ctx, shown);
    free(shown);
    const char *where = strstr(ui.message, "your text is kept in ");
    assert_non_null(where);
    snprintf(path, sizeof path, "%s", where + strlen("your text is kept in "));
    struct buf kept;
    buf_init(&kept, 1000);
    assert_int_equal(file_read(path, &kept, NULL), ST_OK);
    assert_string_equal(kept.data, "division [@6]\n  exact sharing [w=y]\n");
    buf_free(&kept);
    unlink(path);
    answer_code = 0;
    answer_message = answer_out = "";
    ui_close(&ui);
}

/* ---- the journal */

static void the_journal_is_a_list_of_points_to_go_to(void **state)
{
    (void)state;
    struct ui ui;
    struct buf line;
    struct err e = {0};
    struct store *s = NULL;
    char path[128];
    session_path(path, "journal.taxa");
    session_make(path, true);
    REQUIRE(store_open(path, STORE_WRITE, false, &s, &e));
    for (int i = 0; i < 3; i++) { /* two are parts of one job */
        REQUIRE(store_op_begin(s, "ada", i == 0 ? "lock it" : "expand @6", i == 0 ? 0 : 7, &e));
        REQUIRE(store_node_lock(s, i == 2 ? 10 : 7 + i, true, &e));
        REQUIRE(store_op_end(s, &e));
    }
    open_taxonomy(&ui, path);
    keys(&ui, "\x0f");
    expect_on_screen(&ui, "expand @6 division", true);
    expect_on_screen(&ui, "2 parts", true);
    expect_on_screen(&ui, "ada         lock it", true);
    expect_refused(&ui, "\n", "this is how it stands now");
    expect_sent(&ui, "j\n", "undo --to 2\n", "");
    expect_sent(&ui, "G\n", "undo --to 0\n", "");
    buf_init(&line, 1000);
    REQUIRE(store_undo(s, &line, &e));
    ui_refresh(&ui);
    expect_on_screen(&ui, "undone", true);
    expect_sent(&ui, "g\n", "redo --to 4\n", "");
    keys(&ui, "q");
    expect_on_screen(&ui, "Journal", false);
    buf_clear(&line);
    ui_speak(&ui, "@6: node move @6 @1 --before @99 a@6", &line);
    assert_string_equal(line.data,
                        "@6 division: node move @6 division @1 operation --before @99 a@6");
    buf_free(&line);
    store_close(s);
    ui_close(&ui);
    session_remove("journal.taxa");
}

/* ---- what was pressed too fast */

static link_ended_fn *held[8];
static void *held_ctx[8];
static size_t held_count;

static bool hold(struct ui *ui, const struct link_line *what)
{
    link_ended_fn *ended = what->ended;
    struct link_line line = *what;
    held_ctx[held_count] = what->ctx;
    held[held_count++] = ended;
    line.ended = NULL;
    return keys_record(ui, &line);
}

static void answer(struct ui *ui, int code, const char *message)
{
    assert_true(held_count > 0);
    held_count--;
    held[held_count](ui, held_ctx[held_count], code, message, "");
}

static void keys_that_start_from_the_tree_wait_for_it(void **state)
{
    (void)state;
    struct ui ui;
    char path[128];
    struct err e = {0};
    struct store *s = NULL;
    session_path(path, "fast.taxa");
    session_make(path, true);
    open_taxonomy(&ui, path);
    ui.send = hold;
    keys(&ui, "/fractions\n");
    expect_sent(&ui, "K++oj",
                "node shift up @9\nnode weight @9 2\nnode weight @9 3\n", /* o waits */
                "weight of fractions and percent: 3");
    REQUIRE(store_open(path, STORE_WRITE, false, &s, &e));
    REQUIRE(store_op_begin(s, "tester", "move", 0, &e));
    REQUIRE(store_node_move(s, 9, 1, 6, &e));
    REQUIRE(store_op_end(s, &e));
    sent[0] = '\0';
    answer(&ui, 0, "");
    answer(&ui, 0, "");
    answer(&ui, 0, "");
    assert_string_equal(sent, ""); /* answered, not seen yet */
    ui_refresh(&ui);
    assert_string_equal(sent, "node weight @9 0\n"); /* its node, not the cursor's */
    expect_cursor(&ui, "fractions and percent");
    sent[0] = '\0';
    keys(&ui, "Lu");
    answer(&ui, 1, "switch it off, line 1: no such thing (nothing was changed)");
    assert_string_equal(sent, "node unlock @9\n"); /* goes on after a failure */
    sent[0] = '\0';
    answer(&ui, 1, "weight of it: 2, line 1: it is tired (nothing was changed)");
    assert_string_equal(ui.message, "weight of it: 2: it is tired");
    assert_int_equal(ui.level, SAY_ERROR);
    assert_string_equal(sent, "undo\n"); /* in its turn */
    answer(&ui, 0, "undone: it");
    store_close(s);
    ui_close(&ui);
    session_remove("fast.taxa");
}

static void the_cursor_goes_to_what_was_made_and_what_comes_back(void **state)
{
    (void)state;
    char path[128], ref[64];
    struct err e = {0};
    struct store *s = NULL;
    struct ui ui;
    session_path(path, "adding.taxa");
    session_make(path, true);
    open_taxonomy(&ui, path);
    ui.send = hold;
    keys(&ui, "Z1azebra\n"); /* below a folded taxonomy */
    assert_string_equal(sent, "node add @1 zebra\n");
    REQUIRE(store_open(path, STORE_WRITE, false, &s, &e));
    REQUIRE(store_op_begin(s, "tester", sent, 0, &e));
    struct node n = {.name = "zebra", .desc = "", .weight = 1};
    int64_t id = 0;
    REQUIRE(store_node_add(s, 1, &n, 0, &id, &e));
    REQUIRE(store_op_end(s, &e));
    ui_refresh(&ui); /* seen before it is answered */
    expect_cursor(&ui, "operation");
    answer(&ui, 0, "");
    expect_cursor(&ui, "zebra");
    snprintf(ref, sizeof ref, "node delete @%lld\n", (long long)id);
    expect_sent(&ui, "d", ref, "delete zebra");
    REQUIRE(store_op_begin(s, "tester", ref, 0, &e));
    REQUIRE(store_node_delete(s, id, &e));
    REQUIRE(store_op_end(s, &e));
    answer(&ui, 0, "");
    ui_refresh(&ui);
    expect_cursor(&ui, "fractions and percent"); /* the last one: the sibling before it */
    keys(&ui, "g");
    struct buf line;
    buf_init(&line, 4096);
    REQUIRE(store_undo(s, &line, &e));
    buf_free(&line);
    ui_refresh(&ui);
    expect_cursor(&ui, "zebra");
    store_close(s);
    ui_close(&ui);
    session_remove("adding.taxa");
}

static int begin(void **state)
{
    int failed = begin_sessions(state);
    setenv("XDG_STATE_HOME", session_folder, 1);
    setenv("XDG_RUNTIME_DIR", session_folder, 1);
    return failed;
}

static int end(void **state)
{
    char path[128];
    session_path(path, "taxa"); /* the folder of both */
    rmdir(path);
    return end_sessions(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_descriptions),
        cmocka_unit_test(a_name_is_edited_in_its_row),
        cmocka_unit_test(weights_switches_and_locks),
        cmocka_unit_test(children_are_sorted_by_a_menu_of_keys),
        cmocka_unit_test(nodes_are_moved_by_one_place),
        cmocka_unit_test(nodes_are_deleted_and_split),
        cmocka_unit_test(cut_nodes_move_when_they_are_pasted),
        cmocka_unit_test(only_what_is_below_can_be_taken),
        cmocka_unit_test(copies_can_be_pasted_again_and_beside),
        cmocka_unit_test(nodes_go_below_the_node_of_the_other_side),
        cmocka_unit_test(keys_act_on_all_that_is_marked),
        cmocka_unit_test(marked_nodes_move_as_a_block),
        cmocka_unit_test(what_is_marked_is_merged_into_the_cursor),
        cmocka_unit_test(pasted_text_is_a_tree),
        cmocka_unit_test(an_import_is_looked_at_first),
        cmocka_unit_test(an_export_never_overwrites_unasked),
        cmocka_unit_test(a_branch_is_edited_as_text_and_a_refused_text_is_not_lost),
        cmocka_unit_test(the_journal_is_a_list_of_points_to_go_to),
        cmocka_unit_test(keys_that_start_from_the_tree_wait_for_it),
        cmocka_unit_test(the_cursor_goes_to_what_was_made_and_what_comes_back),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
