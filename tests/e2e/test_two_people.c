/*
 * Two workbenches on one session, each on a terminal of its own: what one does, the other sees; no
 * edit is lost; edits that get into each other's way are done one after the other, and who came too
 * late is told why. How fast a change is seen is measured by `make bench`.
 */
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pty_home.h"
#include "pty_screen.h"
#include "ui_session.h"

#define EACH 40 /* edits of each of the two */

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
    pty_type(p, "\033q"); /* out of what may be open, and away */
    assert_int_equal(pty_end(p), 0);
    pty_free(p);
}

static void one_sees_what_the_other_does(void **state)
{
    (void)state;
    struct pty ada, ben;
    start(&ada);
    start(&ben);
    pty_type(&ada, ":node rename operation/division splitting\r");
    pty_wait(&ada, "splitting");
    pty_wait(&ben, "splitting");
    /* undo is the session's, not the person's: ben takes it back */
    pty_type(&ben, "u");
    pty_wait(&ben, "undone: node rename");
    pty_wait_for(&ada, "▾ splitting", true);
    pty_wait(&ada, "▾ division");
    stop(&ada);
    stop(&ben);
}

static void who_comes_too_late_is_told(void **state)
{
    (void)state;
    struct pty ada, ben;
    start(&ada);
    start(&ben);
    pty_type(&ben, ":node add operation 'for a while'\r");
    pty_wait(&ben, "for a while");
    pty_wait(&ada, "for a while");
    /* ben has the line open for the node that ada deletes */
    pty_type(&ben, "/for a while\r");
    pty_wait(&ben, "operation › for a while");
    pty_type(&ben, "D");
    pty_wait(&ben, "for a while is:");
    pty_type(&ada, ":node delete 'operation/for a while'\r");
    pty_wait(&ada, "node delete");
    pty_type(&ben, "too late\r");
    pty_wait(&ben, "was deleted");
    pty_type(&ada, "u");
    pty_wait(&ada, "undone: node delete");
    pty_wait(&ada, "for a while");
    pty_wait(&ben, "for a while");
    pty_type(&ada, "u");
    pty_wait(&ada, "undone: node add");
    stop(&ada);
    stop(&ben);
}

static void count_children(const char *of, const char *prefix, int *count)
{
    struct store *s = NULL;
    struct tree t;
    struct err e = {0};
    REQUIRE(store_open(file, STORE_READ, false, &s, &e));
    REQUIRE(store_tree(s, false, &t, &e));
    uint32_t parent = tree_child(&t, 0, of, strlen(of));
    assert_int_not_equal(parent, TREE_NONE);
    *count = 0;
    for (uint32_t at = t.nodes[parent].first; at != TREE_NONE; at = t.nodes[at].next) {
        *count += strncmp(t.nodes[at].name, prefix, strlen(prefix)) == 0 ? 1 : 0;
    }
    tree_free(&t);
    store_close(s);
}

static void no_edit_is_lost(void **state)
{
    (void)state;
    struct pty ada, ben;
    char line[128];
    start(&ada);
    start(&ben);
    for (int i = 0; i < EACH; i++) {
        snprintf(line, sizeof line, ":node add operation 'ada %d'\r", i);
        pty_type(&ada, line);
        snprintf(line, sizeof line, ":node add operation 'ben %d'\r", i);
        pty_type(&ben, line);
        pty_read(&ada, 0);
        pty_read(&ben, 0);
    }
    snprintf(line, sizeof line, "node add operation 'ada %d'", EACH - 1);
    pty_wait(&ada, line);
    snprintf(line, sizeof line, "node add operation 'ben %d'", EACH - 1);
    pty_wait(&ben, line);
    int by_ada = 0, by_ben = 0;
    count_children("operation", "ada ", &by_ada);
    count_children("operation", "ben ", &by_ben);
    assert_int_equal(by_ada, EACH);
    assert_int_equal(by_ben, EACH);
    /* each of them can be taken back, by either */
    snprintf(line, sizeof line, ":undo %d\r", EACH);
    pty_type(&ada, line);
    pty_wait(&ada, "undone");
    pty_type(&ben, line);
    pty_wait(&ben, "undone");
    count_children("operation", "ada ", &by_ada);
    count_children("operation", "ben ", &by_ben);
    assert_int_equal(by_ada + by_ben, 0);
    stop(&ada);
    stop(&ben);
}

static int group_setup(void **state)
{
    (void)state;
    if (home_begin() != 0) {
        return 1;
    }
    session_path(file, "two.taxa");
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
        cmocka_unit_test(one_sees_what_the_other_does),
        cmocka_unit_test(who_comes_too_late_is_told),
        cmocka_unit_test(no_edit_is_lost),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
