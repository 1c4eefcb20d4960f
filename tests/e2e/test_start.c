/*
 * `taxa` alone on a pseudo-terminal: from nothing to generated points by keys only, left in the
 * middle and taken up again; the list of recent sessions; shipped examples.
 */
#include "base/file.h"
#include "store/recent.h"

#include <fcntl.h>
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

static char bin[4096];

static void start(struct pty *p, int cols, int rows)
{
    const char *const argv[] = {bin, NULL};
    pty_start(p, argv, cols, rows, false);
    pty_wait(p, "new session");
}

static void quit(struct pty *p)
{
    pty_type(p, "q");
    assert_int_equal(pty_end(p), 0);
    pty_free(p);
}

/* ---- */

static void first_steps(struct pty *p)
{
    pty_type(p, "a");
    pty_wait(p, "file of the new session:");
    pty_type(p, "mine\r");
    pty_wait(p, "1 OVER");
    pty_wait(p, "1 → describe the data");
    /* what cannot be done yet says why */
    pty_type(p, "jjj");
    pty_wait(p, "Not yet: the data is not described yet (step 1).");
    pty_type(p, "\r");
    pty_wait(p, "Enter: the data is not described yet (step 1)");
    pty_type(p, "g\r");
    pty_wait(p, "the data is:");
    pty_type(p, "Grade-school maths word problems\r");
    pty_wait(p, "1 ✓ describe the data");
}

static void schema_and_teacher(struct pty *p)
{
    pty_type(p, "jg"); /* moved by the person: the mark goes where it is put */
    pty_type(p, "j\r");
    pty_wait(p, "The shape of a record");
    pty_type(p, "jj\r");
    pty_wait(p, "question, solution, answer");
    pty_wait(p, "3 → teacher");
    pty_type(p, "\r");
    pty_wait(p, "Who answers?");
    pty_wait_for(p, "looking for servers", true);
    pty_type(p, "g\r");
    pty_wait(p, "the structured reply is right");
    pty_type(p, "q");
    pty_wait(p, "3 ✓ teacher");
}

static void factors(struct pty *p)
{
    pty_wait(p, "4 → factors");
    pty_type(p, "\r");
    pty_wait(p, "wait for you");
    pty_type(p, "e\025arithmetic\r");
    pty_wait(p, "? proposed  arithmetic");
    pty_type(p, "D\025how it is computed\r");
    pty_wait(p, "how it is computed");
    pty_type(p, "y");
    pty_wait(p, "✓ accepted  arithmetic");
    pty_type(p, "n");
    pty_wait(p, "✗ rejected  everyday setting");
    pty_type(p, "u");
    pty_wait(p, "? proposed  everyday setting");
    pty_type(p, "Y");
    pty_wait(p, "all decided");
    pty_type(p, "q");
    pty_wait(p, "4 ✓ factors");
    pty_wait(p, "5 → taxonomies");
}

static void preview(struct pty *p)
{
    pty_wait(p, "6 → mix");
    pty_type(p, "\r");
    pty_wait(p, "3 MIX");
    pty_wait(p, "mixes possible"); /* the exact quotas of what would be made */
    pty_type(p, "1");
    pty_wait(p, "6 ✓ mix");
}

static void from_nothing_to_points_by_keys(void **state)
{
    (void)state;
    struct pty p;
    char file[128];
    session_path(file, "mine.taxa");
    start(&p, 80, 24);
    pty_wait(&p, "none yet");
    first_steps(&p);
    schema_and_teacher(&p);
    factors(&p);
    quit(&p); /* in the middle */

    start(&p, 80, 24);
    pty_wait(&p, "mine.taxa");
    pty_wait(&p, "idle");
    pty_type(&p, "\r");
    pty_wait(&p, "5 → taxonomies");
    pty_type(&p, "\r");
    pty_wait(&p, "5 ✓ taxonomies");
    preview(&p);
    pty_type(&p, "G\02520\r");
    pty_wait(&p, "✓ done");
    quit(&p);

    struct recent *list = NULL;
    size_t count = 0;
    list = recent_load(&count);
    assert_int_equal(count, 1);
    assert_string_equal(list[0].path, file);
    recent_look(&list[0]);
    assert_int_equal(list[0].accepted, 20);
    assert_int_equal(list[0].target, 20);
    recent_free(list, count);
    start(&p, 80, 24);
    pty_wait(&p, "20 of 20");
    pty_wait(&p, "done");
    quit(&p);
}

static void sessions_are_listed_found_and_forgotten(void **state)
{
    (void)state;
    struct pty p;
    char full[128], gone[128];
    session_path(full, "full.taxa");
    session_make(full, true);
    session_path(gone, "gone.taxa");
    recent_add(gone);
    recent_add(full);
    start(&p, 100, 30);
    pty_wait(&p, "612 of 1,000");
    pty_wait(&p, "stopped");
    pty_type(&p, "/one\\.t\r"); /* "gone.taxa" */
    pty_type(&p, "\r");
    pty_wait(&p, "the file is gone");
    pty_type(&p, "d");
    pty_wait_for(&p, "gone.taxa", true);
    pty_type(&p, ":");
    pty_wait(&p, "no session is open yet");
    pty_type(&p, "?");
    pty_wait(&p, "Keys · Start");
    pty_type(&p, "q");
    pty_wait(&p, "new session");
    pty_type(&p, "amine\r"); /* never over what is there */
    pty_wait(&p, "is there already");
    pty_type(&p, "ofull.taxa\r");
    pty_wait(&p, "accepted        612");
    quit(&p);
}

static void an_example_becomes_a_session(void **state)
{
    (void)state;
    struct pty p;
    char made[128];
    session_path(made, "gsm8k.taxa");
    start(&p, 80, 24);
    pty_type(&p, "s");
    pty_wait(&p, "Examples that come with taxa");
    pty_type(&p, "/gsm8k\r");
    pty_type(&p, "\r");
    pty_wait(&p, "file of the new session: gsm8k.taxa");
    pty_type(&p, "\r");
    pty_wait(&p, "1 OVER");
    pty_wait(&p, "5 ✓ taxonomies");
    assert_int_equal(access(made, R_OK), 0);
    quit(&p);
}

static void colours_are_seen_before_they_are_taken(void **state)
{
    (void)state;
    struct pty p;
    char file[128];
    session_path(file, "full.taxa");
    const char *const argv[] = {bin, file, NULL};
    pty_start(&p, argv, 80, 24, false);
    pty_wait(&p, "1 OVER");
    pty_type(&p, "T");
    pty_wait(&p, "shown as you move");
    pty_forget(&p);
    pty_type(&p, "j"); /* light: its header is 238 on 254 */
    pty_wait(&p, "▌ light");
    pty_type(&p, "q");
    pty_wait(&p, "612");
    assert_non_null(strstr(p.raw.data, "48;5;254"));
    pty_type(&p, ":get theme\r");
    pty_wait(&p, "default");
    pty_type(&p, "Tj\r");
    pty_wait(&p, "set theme light");
    pty_type(&p, ":get theme\r");
    pty_wait_for(&p, "set theme light", true);
    pty_wait(&p, "light");
    pty_type(&p, "u");
    pty_wait(&p, "undone: set theme light");
    quit(&p);
}

/* Runs the program without a terminal; its exit code, and what it printed. */
static int run_plain(const char *const *words, char *text, size_t size)
{
    int out[2], status = 0;
    assert_int_equal(pipe(out), 0);
    pid_t pid = fork();
    if (pid == 0) {
        char *argv[8] = {NULL};
        for (int i = 0; i < 7 && words[i] != NULL; i++) {
            argv[i] = strdup(words[i]);
        }
        dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        dup2(out[1], STDERR_FILENO);
        close(out[0]);
        execv(bin, argv);
        _exit(127);
    }
    close(out[1]);
    size_t have = 0;
    for (ssize_t n; (n = read(out[0], text + have, size - 1 - have)) > 0;) {
        have += (size_t)n;
    }
    text[have] = '\0';
    close(out[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void without_a_terminal_it_says_how(void **state)
{
    (void)state;
    char text[65536];
    assert_int_equal(run_plain((const char *const[]){"taxa", NULL}, text, sizeof text), 2);
    assert_non_null(strstr(text, "taxa FILE generate"));
}

static void some_commands_need_no_file(void **state)
{
    (void)state;
    static const struct {
        const char *words[5], *part;
    } runs[] = {
        {{"taxa", "schema", "templates", NULL}, "multiple-choice"},
        {{"taxa", "teacher", "presets", NULL}, "openrouter"},
        {{"taxa", "teacher", "find", "--json", NULL}, "["},
        {{"taxa", "help", "recent", NULL}, "usage: recent"},
        /* a session that a command makes is listed from then on */
        {{"taxa", "made.taxa", "describe", "something", NULL}, ""},
        {{"taxa", "recent", NULL}, "made.taxa"},
        {{"taxa", "recent", "forget", "made.taxa", NULL}, ""},
    };
    char text[65536];
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        assert_int_equal(run_plain(runs[i].words, text, sizeof text), 0);
        assert_non_null(strstr(text, runs[i].part));
    }
    assert_int_equal(run_plain((const char *const[]){"taxa", "recent", NULL}, text, sizeof text),
                     0);
    assert_null(strstr(text, "made.taxa"));
}

/* ---- */

static int group_setup(void **state)
{
    (void)state;
    const char *name = getenv("TAXA_BIN");
    if (home_begin() != 0 || realpath(name, bin) == NULL) {
        return 1;
    }
    return chdir(session_folder);
}

static int group_teardown(void **state)
{
    (void)state;
    return home_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_nothing_to_points_by_keys),
        cmocka_unit_test(sessions_are_listed_found_and_forgotten),
        cmocka_unit_test(an_example_becomes_a_session),
        cmocka_unit_test(colours_are_seen_before_they_are_taken),
        cmocka_unit_test(without_a_terminal_it_says_how),
        cmocka_unit_test(some_commands_need_no_file),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
