/*
 * Every point and every call on a real pseudo-terminal, with a real server: filters, a story, a
 * decision about what is marked, an export of a filter, the calls of a point.
 */
#include "base/file.h"
#include "ui/link.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "pty_screen.h"
#include "ui_session.h"

static char file[128];

static void open_data(struct pty *p, int cols, int rows)
{
    const char *const argv[] = {getenv("TAXA_BIN"), file, NULL};
    pty_start(p, argv, cols, rows, false);
    pty_wait(p, "1 OVER");
    pty_type(p, "6");
    pty_wait(p, "Points all");
    pty_wait(p, "of 665");
}

static void quit(struct pty *p)
{
    pty_type(p, "q");
    int code = pty_end(p);
    assert_int_equal(code, 0);
}

static void points_are_filtered_read_and_decided(void **state)
{
    (void)state;
    struct pty p;
    open_data(&p, 100, 30);
    pty_type(&p, "G");
    pty_wait(&p, "665 of 665");
    pty_type(&p, "fstate:dis\t\r"); /* the word completes */
    pty_wait(&p, "1 of 14");
    pty_type(&p, "\r");
    pty_wait(&p, "point 613  disputed");
    pty_wait(&p, "is it incorrect? no: Every step holds.");
    pty_type(&p, "\033");
    pty_wait(&p, "1 of 14");
    pty_type(&p, "  ");
    pty_wait(&p, "2 marked");
    pty_type(&p, "y");
    pty_wait(&p, "of 12"); /* they are not disputed any more */
    pty_type(&p, "u");
    pty_wait(&p, "of 14");
    pty_type(&p, "\033/rolls\r");
    pty_wait(&p, "/rolls/");
    pty_wait(&p, "of 665");
    pty_type(&p, "/\025no such words\r");
    pty_wait(&p, "No point fits the filter");
    pty_type(&p, "\033");
    pty_wait(&p, "of 665");
    pty_type(&p, "c");
    pty_wait(&p, "9 CALLS");
    pty_wait(&p, "No call fits the filter");
    quit(&p);
    pty_free(&p);
}

static void a_filter_is_written_to_a_file(void **state)
{
    (void)state;
    struct pty p;
    char out[160], typed[200];
    struct buf text;
    struct err e = {0};
    open_data(&p, 120, 30);
    pty_type(&p, "fstate:rejected\r");
    pty_wait(&p, "of 31");
    snprintf(out, sizeof out, "%s/out.jsonl", session_folder);
    snprintf(typed, sizeof typed, "w%s\r", out);
    pty_type(&p, typed);
    pty_wait(&p, "31 records");
    buf_init(&text, 1u << 20);
    REQUIRE(file_read(out, &text, &e));
    size_t lines = 0;
    for (const char *s = text.data; *s != '\0'; s++) {
        lines += *s == '\n';
    }
    assert_int_equal(lines, 31);
    buf_free(&text);
    unlink(out);
    quit(&p);
    pty_free(&p);
}

/* The order is that of the command, also where many are equal. */
static void an_order_is_chosen_from_a_list(void **state)
{
    (void)state;
    struct pty p;
    open_data(&p, 140, 30);
    pty_type(&p, "sG\r"); /* the last: suspicion */
    pty_wait(&p, "1 of 665");
    pty_wait(&p, "#626"); /* the details of the first: no/no, the greatest number of them */
    pty_type(&p, "r");
    pty_wait_for(&p, "#626", true);
    pty_resize(&p, 80, 24);
    pty_wait(&p, "of 665");
    quit(&p);
    pty_free(&p);
}

/* What a run writes comes by itself, and the cursor stays on its point. */
static void the_list_grows_while_a_run_writes(void **state)
{
    (void)state;
    struct pty p;
    open_data(&p, 100, 30);
    pty_type(&p, "rjjj"); /* the newest first: what is written comes in above the cursor */
    pty_wait(&p, "4 of 665");
    pty_type(&p, ":generate 700\r");
    pty_wait(&p, "accepted 700");
    pty_wait_for(&p, "4 of 665", true);
    pty_type(&p, "\r");
    pty_wait(&p, "point 662  ");
    pty_type(&p, "\033");
    quit(&p);
    pty_free(&p);
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *f)
{
    (void)s;
    (void)kind;
    (void)f;
    return remove(path);
}

static int setup(void **state)
{
    (void)state;
    char path[160];
    session_begin();
    session_path(file, "gsm8k.taxa");
    session_make(file, true);
    static const char *const homes[] = {"XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", session_folder, homes[i]);
        assert_int_equal(mkdir(path, 0700), 0);
        setenv(homes[i], path, 1);
    }
    unsetenv("NO_COLOR");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return nftw(session_folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_are_filtered_read_and_decided),
        cmocka_unit_test(a_filter_is_written_to_a_file),
        cmocka_unit_test(an_order_is_chosen_from_a_list),
        cmocka_unit_test(the_list_grows_while_a_run_writes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
