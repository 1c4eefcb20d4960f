/*
 * What a teacher does on trees, by key on a real terminal: proposals taken and dropped, several
 * nodes expanded at once, suggestions asked for, accepted and rejected. Each time the screen and
 * the stored state are looked at, and undo gives the tree of before, to the byte.
 */
#include "base/file.h"
#include "domain/treefmt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "pty_home.h"
#include "pty_screen.h"
#include "ui_session.h"

static char file[128];

static void start(struct pty *p)
{
    const char *const argv[] = {getenv("TAXA_BIN"), file, NULL};
    pty_start(p, argv, 100, 30, false);
    pty_wait(p, "1 OVER");
    pty_type(p, "2");
    pty_wait(p, "2 TAXO");
    pty_wait(p, "▾ operation");
}

static void stop(struct pty *p)
{
    pty_type(p, "\033q");
    assert_int_equal(pty_end(p), 0);
    pty_free(p);
}

static void go_to(struct pty *p, const char *name, const char *path)
{
    char line[128];
    snprintf(line, sizeof line, "/^%s$\r", name);
    pty_type(p, line);
    pty_wait(p, path);
}

/* ---- the stored state */

static struct store *reader(void)
{
    struct store *s = NULL;
    struct err e = {0};
    REQUIRE(store_open(file, STORE_READ, false, &s, &e));
    return s;
}

/* All trees as JSON. Caller frees. */
static char *export(void)
{
    struct store *s = reader();
    struct tree t;
    struct err e = {0};
    struct buf out;
    buf_init(&out, 1u << 20);
    REQUIRE(store_tree(s, true, &t, &e));
    REQUIRE(treefmt_write(TREEFMT_JSON, &t, 0, &out, &e));
    tree_free(&t);
    store_close(s);
    char *text = buf_take(&out);
    buf_free(&out);
    return text;
}

/* Polled: the server writes, the screen may be ahead of or behind us. */
static void wait_export(struct pty *p, const char *want, bool same)
{
    for (int i = 0; i < 500; i++) {
        char *now = export();
        bool is = strcmp(now, want) == 0;
        free(now);
        if (is == same) {
            return;
        }
        pty_read(p, 10);
    }
    fail_msg("the trees are %s", same ? "not what they were" : "still what they were");
}

static bool has_node(const char *path)
{
    struct store *s = reader();
    struct tree t;
    struct err e = {0};
    uint32_t at = TREE_NONE;
    REQUIRE(store_tree(s, false, &t, &e));
    bool found = tree_resolve(&t, path, &at, &e) == ST_OK;
    tree_free(&t);
    store_close(s);
    return found;
}

static int64_t waiting(void)
{
    struct store *s = reader();
    struct err e = {0};
    int64_t n = -1;
    REQUIRE(store_suggest_waiting(s, &n, &e));
    store_close(s);
    return n;
}

/* ---- proposals */

static void proposals_are_taken_and_dropped(void **state)
{
    (void)state;
    struct pty p;
    start(&p);
    char *before = export();
    go_to(&p, "division", "operation › division");
    pty_type(&p, "p");
    pty_wait(&p, "Proposals for operation/division");
    pty_wait(&p, "2 kept · 1 merged · 1 dropped · repeats");
    pty_type(&p, "jjj\r"); /* bakery, which the critic dropped */
    pty_wait(&p, "3 kept · 1 merged · 0 dropped");
    pty_wait(&p, "taken by a person; the critic: A setting, no operation.");
    assert_true(has_node("operation/division/bakery"));
    pty_type(&p, " "); /* and out again */
    pty_wait(&p, "taken out by a person");
    assert_false(has_node("operation/division/bakery"));
    pty_type(&p, "u");
    pty_wait(&p, "3 kept");
    pty_type(&p, "u");
    pty_wait(&p, "2 kept · 1 merged · 1 dropped · repeats");
    wait_export(&p, before, true);
    pty_type(&p, "g\r"); /* exact sharing, which was kept */
    pty_wait(&p, "1 kept · 1 merged · 2 dropped");
    assert_false(has_node("operation/division/exact sharing"));
    pty_type(&p, "u");
    pty_wait(&p, "2 kept");
    wait_export(&p, before, true);
    pty_type(&p, "G\r"); /* what is there already can be neither taken nor dropped */
    pty_wait(&p, "it repeats operation");
    pty_type(&p, "\033");
    pty_wait_for(&p, "Proposals for", true);
    wait_export(&p, before, true);
    free(before);
    stop(&p);
}

/* ---- suggestions */

static void suggestions_wait_for_a_person(void **state)
{
    (void)state;
    struct pty p;
    start(&p);
    char *before = export();
    go_to(&p, "division", "operation › division");
    pty_type(&p, "T");
    pty_wait(&p, "Ask the teacher about division");
    pty_type(&p, "\r"); /* what is missing */
    pty_wait(&p, "2 suggestions");
    wait_export(&p, before, true); /* nothing was added */
    assert_int_equal(waiting(), 2);
    pty_type(&p, "T");
    pty_wait(&p, "2 wait for a decision");
    pty_type(&p, "\r");
    pty_wait(&p, "Suggestions that wait: 2");
    pty_wait(&p, "add below it: with remainder");
    pty_type(&p, "\r");
    pty_wait(&p, "Suggestions that wait: 1");
    assert_true(has_node("operation/division/with remainder"));
    pty_type(&p, "u");
    pty_wait(&p, "Suggestions that wait: 2");
    wait_export(&p, before, true);
    pty_type(&p, "n"); /* turned down: it waits no longer, and nothing is added */
    pty_wait(&p, "Suggestions that wait: 1");
    wait_export(&p, before, true);
    pty_type(&p, "u");
    pty_wait(&p, "Suggestions that wait: 2");
    pty_type(&p, "a");
    pty_wait(&p, "No suggestion waits");
    assert_true(has_node("operation/division/with remainder"));
    assert_true(has_node("operation/division/rate per unit"));
    assert_int_equal(waiting(), 0);
    pty_type(&p, "a");
    pty_wait(&p, "no suggestion waits (T asks for some)");
    pty_type(&p, "u");
    pty_wait(&p, "Suggestions that wait: 2");
    wait_export(&p, before, true);
    pty_type(&p, "\033u"); /* the asking itself */
    pty_wait(&p, "undone: suggest missing");
    assert_int_equal(waiting(), 0);
    free(before);
    stop(&p);
}

static void descriptions_and_soundness(void **state)
{
    (void)state;
    struct pty p;
    start(&p);
    char *before = export();
    go_to(&p, "division", "operation › division");
    pty_type(&p, "Tj\r");
    pty_wait(&p, "1 suggestion");
    pty_type(&p, "T\r");
    pty_wait(&p, "describe it: Word problems about division");
    pty_wait(&p, "now: Splitting a quantity into equal parts.");
    pty_type(&p, "y");
    pty_wait(&p, "No suggestion waits");
    wait_export(&p, before, false);
    pty_type(&p, "u");
    pty_wait(&p, "Suggestions that wait: 1");
    wait_export(&p, before, true);
    pty_type(&p, "\033u");
    pty_wait(&p, "undone: suggest describe");
    /* a stray below division is found, and deleted when a person says so */
    pty_type(&p, ":node add operation/division bakery\r");
    pty_wait(&p, "bakery");
    go_to(&p, "division", "operation › division");
    pty_type(&p, "Tjjj\r");
    pty_wait(&p, "1 suggestion");
    pty_type(&p, "T\r");
    pty_wait(&p, "operation/division/bakery");
    pty_type(&p, "\r");
    pty_wait(&p, "No suggestion waits");
    wait_export(&p, before, true);
    pty_type(&p, "u");
    pty_wait(&p, "Suggestions that wait: 1");
    pty_type(&p, "\033uu");
    pty_wait(&p, "undone: node add");
    wait_export(&p, before, true);
    free(before);
    stop(&p);
}

/* ---- several nodes */

static void what_is_marked_is_expanded(void **state)
{
    (void)state;
    struct pty p;
    start(&p);
    char *before = export();
    go_to(&p, "within 100", "subtraction › within 100");
    pty_type(&p, " ");
    go_to(&p, "with carrying", "subtraction › with carrying");
    pty_type(&p, " x");
    pty_wait(&p, "2 nodes expanded");
    assert_true(
        has_node("operation/addition and subtraction/within 100/taking away within 100") ||
        has_node("operation/addition and subtraction/within 100/sums of two small amounts"));
    wait_export(&p, before, false);
    pty_type(&p, "u");
    pty_wait(&p, "undone: expand");
    wait_export(&p, before, true);
    pty_type(&p, "U");
    go_to(&p, "fractions and percent", "operation › fractions and percent");
    pty_type(&p, "T\r"); /* locked against the teacher */
    pty_wait(&p, "is locked against the teacher");
    assert_int_equal(waiting(), 0);
    wait_export(&p, before, true);
    free(before);
    stop(&p);
}

/* ---- a file from before there were suggestions */

static void an_older_file_is_brought_up_to_date(void **state)
{
    (void)state;
    struct pty p;
    struct store *s = NULL;
    struct err e = {0};
    sqlite3 *db = NULL;
    char *now = xstrdup(file);
    session_path(file, "older.taxa");
    session_make(file, true);
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "DROP TABLE suggestion; PRAGMA user_version = 1", NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(store_open(file, STORE_READ, false, &s, &e), ST_VERSION);
    char *before = NULL;
    start(&p);
    before = export();
    go_to(&p, "division", "operation › division");
    pty_type(&p, "T\r");
    pty_wait(&p, "2 suggestions");
    pty_type(&p, "u");
    pty_wait(&p, "undone: suggest missing");
    wait_export(&p, before, true);
    stop(&p);
    free(before);
    snprintf(file, sizeof file, "%s", now);
    free(now);
}

static int group_setup(void **state)
{
    (void)state;
    if (home_begin() != 0) {
        return 1;
    }
    session_path(file, "teach.taxa");
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
        cmocka_unit_test(proposals_are_taken_and_dropped),
        cmocka_unit_test(suggestions_wait_for_a_person),
        cmocka_unit_test(descriptions_and_soundness),
        cmocka_unit_test(what_is_marked_is_expanded),
        cmocka_unit_test(an_older_file_is_brought_up_to_date),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
