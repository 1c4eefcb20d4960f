/*
 * The list of recent sessions, on real files in a state folder of its own.
 */
#include "store/recent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ui_session.h"

static void expect(const char *want) /* names joined by blanks */
{
    size_t count = 0;
    struct recent *list = recent_load(&count);
    char got[4096] = "";
    size_t at = 0;
    for (size_t i = 0; i < count && at < sizeof got; i++) {
        const char *slash = strrchr(list[i].path, '/');
        at += (size_t)snprintf(got + at, sizeof got - at, "%s%s", i > 0 ? " " : "", slash + 1);
    }
    recent_free(list, count);
    assert_string_equal(got, want);
}

static void the_newest_stands_first_and_once(void **state)
{
    (void)state;
    expect("");
    recent_add("/x/a");
    recent_add("/x/b");
    recent_add("/x/c");
    expect("c b a");
    recent_add("/x/a");
    expect("a c b");
    recent_remove("/x/c");
    recent_remove("/x/never there");
    expect("a b");
    recent_add("not absolute");
    recent_add("/x/two\nlines");
    expect("a b");
    recent_remove("/x/a");
    recent_remove("/x/b");
    expect("");
}

static void it_holds_fifty(void **state)
{
    (void)state;
    size_t count = 0;
    for (int i = 0; i < RECENT_MAX + 10; i++) {
        char path[64];
        snprintf(path, sizeof path, "/x/%d", i);
        recent_add(path);
    }
    struct recent *list = recent_load(&count);
    assert_int_equal(count, RECENT_MAX);
    assert_string_equal(list[0].path, "/x/59");
    assert_string_equal(list[RECENT_MAX - 1].path, "/x/10");
    for (size_t i = 0; i < count; i++) {
        assert_true(list[i].missing);
        recent_remove(list[i].path);
    }
    recent_free(list, count);
    expect("");
}

static void a_session_tells_how_it_stands(void **state)
{
    (void)state;
    char good[128], bad[128];
    size_t count = 0;
    session_path(good, "recent.taxa");
    session_make(good, true);
    session_path(bad, "bad.taxa");
    FILE *f = fopen(bad, "w");
    assert_non_null(f);
    fputs("this is no session", f);
    fclose(f);
    recent_add(bad);
    recent_add(good);
    struct recent *list = recent_load(&count);
    assert_int_equal(count, 2);
    for (size_t i = 0; i < count; i++) {
        assert_false(list[i].missing);
        recent_look(&list[i]);
    }
    assert_int_equal(list[0].accepted, 612);
    assert_int_equal(list[0].target, 1000);
    assert_string_equal(list[0].run, "stopped");
    assert_string_equal(list[0].theme, "default");
    assert_string_equal(list[0].problem, "");
    assert_true(list[0].changed_s > 0);
    assert_true(list[1].problem[0] != '\0');
    recent_free(list, count);
    unlink(bad);
    session_remove("recent.taxa");
}

static int setup(void **state)
{
    (void)state;
    session_begin();
    setenv("XDG_STATE_HOME", session_folder, 1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    char path[128];
    session_path(path, "taxa/recent");
    unlink(path);
    session_path(path, "taxa");
    rmdir(path);
    session_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_stands_first_and_once),
        cmocka_unit_test(it_holds_fifty),
        cmocka_unit_test(a_session_tells_how_it_stands),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
