/*
 * The workbench on a real pseudo-terminal: the program that TAXA_BIN names, a terminal model
 * beside it.
 */
#include "base/file.h"
#include "ui/panel.h"

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

static char file[128];

static void start(struct pty *p, int cols, int rows, bool shell)
{
    const char *const argv[] = {getenv("TAXA_BIN"), file, NULL};
    pty_start(p, argv, cols, rows, shell);
}

static void quit(struct pty *p)
{
    pty_type(p, "q");
    int code = pty_end(p);
    assert_int_equal(code, 0);
}

/* ---- */

static void it_opens_moves_and_detaches(void **state)
{
    (void)state;
    struct pty p;
    start(&p, 80, 24, false);
    pty_wait(&p, "1 OVER");
    pty_wait(&p, "accepted        612");
    pty_type(&p, "2");
    pty_wait(&p, "2 TAXO");
    pty_type(&p, "jjjj");
    pty_wait(&p, "operation › division");
    pty_type(&p, "?");
    pty_wait(&p, "Keys · Taxonomy");
    pty_type(&p, "\033");
    pty_wait_for(&p, "Keys · Taxonomy", true);
    quit(&p);
    assert_non_null(strstr(p.raw.data, "detached; nothing was running."));
    pty_free(&p);
}

static void commands_change_the_session_and_undo_takes_them_back(void **state)
{
    (void)state;
    struct pty p;
    start(&p, 80, 24, false);
    pty_wait(&p, "1 OVER");
    pty_type(&p, "2");
    pty_wait(&p, "2 TAXO");
    pty_type(&p, "azebra crossing\r");
    pty_wait(&p, "operation › zebra crossing");
    pty_type(&p, "d");
    pty_wait_for(&p, "● zebra crossing", true);
    pty_type(&p, "u");
    pty_wait(&p, "● zebra crossing");
    pty_type(&p, "\022"); /* Ctrl-R: deleted again */
    pty_wait_for(&p, "● zebra crossing", true);
    pty_type(&p, ":get complexity\r");
    pty_wait(&p, "0.5");
    quit(&p);
    pty_free(&p);
}

static void the_size_may_change_at_any_time(void **state)
{
    (void)state;
    struct pty p;
    start(&p, 80, 24, false);
    pty_wait(&p, "1 OVER");
    pty_type(&p, "2");
    pty_wait(&p, "2 TAXO");
    pty_resize(&p, 140, 40);
    pty_wait(&p, "│ by state"); /* the pane with details stands beside the list */
    pty_resize(&p, 50, 12);
    pty_wait(&p, "terminal too small: 60x16 needed, have 50x12");
    /* taken as a key it would delete; what follows shows that it has been read while too small */
    pty_type(&p, "d");
    pty_resize(&p, 51, 12);
    pty_wait(&p, "have 51x12");
    pty_resize(&p, 80, 24);
    pty_wait(&p, "2 TAXO");
    pty_wait(&p, "● exact sharing"); /* the key was swallowed */
    quit(&p);
    pty_free(&p);
}

static void it_is_suspended_and_goes_on(void **state)
{
    (void)state;
    struct pty p;
    start(&p, 80, 24, true);
    pty_wait(&p, "1 OVER");
    for (int i = 0; i < 2; i++) {
        pty_type(&p, "\032");
        pty_wait(&p, "STOPPED cooked");
        pty_resize(&p, 80 + 10 * (i + 1), 24); /* nobody tells a stopped program */
        pty_type(&p, "\n");
        pty_wait(&p, "1 OVER");
        VTermScreenCell right = pty_cell(&p, p.cols - 2, 0);
        assert_int_not_equal(right.chars[0], 0); /* the run state stands at the new right edge */
    }
    pty_type(&p, "2");
    pty_wait(&p, "2 TAXO");
    quit(&p);
    pty_free(&p);
}

/* Without a shell that could wake it, Ctrl-Z must not freeze it. */
static void without_job_control_it_goes_on_at_once(void **state)
{
    (void)state;
    struct pty p;
    start(&p, 80, 24, false);
    pty_wait(&p, "1 OVER");
    pty_type(&p, "\032");
    pty_type(&p, "2");
    pty_wait(&p, "2 TAXO");
    quit(&p);
    pty_free(&p);
}

static void it_ends_when_the_terminal_hangs_up(void **state)
{
    (void)state;
    struct pty p;
    start(&p, 80, 24, false);
    pty_wait(&p, "1 OVER");
    close(p.fd);
    p.fd = open("/dev/null", O_RDWR);
    p.ended = true;
    assert_int_equal(pty_end(&p), 1);
    pty_free(&p);
}

/* The same when nobody sends SIGHUP: the program is no session leader and in the background. */
static void it_sees_a_lost_terminal_without_a_signal(void **state)
{
    (void)state;
    struct pty p;
    int report[2];
    assert_int_equal(pipe(report), 0);
    memset(&p, 0, sizeof p);
    struct winsize size = {24, 80, 0, 0};
    int slave = -1;
    assert_int_equal(openpty(&p.fd, &slave, NULL, NULL, &size), 0);
    pid_t pid = fork();
    if (pid == 0) {
        /* its terminal is not its controlling terminal: nothing but poll tells it */
        dup2(slave, STDIN_FILENO);
        dup2(slave, STDOUT_FILENO);
        close(p.fd);
        close(slave);
        execl(getenv("TAXA_BIN"), "taxa", file, (char *)NULL);
        _exit(127);
    }
    close(slave);
    close(report[0]);
    close(report[1]);
    struct pollfd first = {p.fd, POLLIN, 0};
    assert_int_equal(poll(&first, 1, PTY_WAIT_MS), 1);
    close(p.fd);
    int64_t deadline = clock_ms() + PTY_WAIT_MS;
    int status = 0;
    pid_t ended = 0;
    while (ended == 0 && clock_ms() < deadline) {
        ended = waitpid(pid, &status, WNOHANG);
        poll(NULL, 0, 2);
    }
    if (ended == 0) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
    }
    assert_int_equal(ended, pid);
    assert_true(WIFEXITED(status));
}

static void no_color_means_no_colour(void **state)
{
    (void)state;
    struct pty p;
    setenv("NO_COLOR", "1", 1);
    start(&p, 80, 24, false);
    unsetenv("NO_COLOR");
    pty_wait(&p, "1 OVER");
    pty_type(&p, "2jj4");
    pty_wait(&p, "4 RUN");
    assert_null(strstr(p.raw.data, "38;5"));
    assert_null(strstr(p.raw.data, "48;5"));
    for (int colour = 30; colour < 48; colour++) {
        char sequence[8];
        snprintf(sequence, sizeof sequence, "\033[%dm", colour);
        assert_true(colour == 39 || strstr(p.raw.data, sequence) == NULL);
    }
    quit(&p);
    pty_free(&p);
}

static void an_old_terminal_gets_plain_signs(void **state)
{
    (void)state;
    struct pty p;
    setenv("TERM", "vt100", 1);
    setenv("LC_ALL", "C", 1);
    start(&p, 80, 24, false);
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    pty_wait(&p, "1 OVER");
    pty_type(&p, "2");
    pty_wait(&p, "v operation");
    pty_type(&p, "jjjj");
    pty_wait(&p, "operation / division");
    for (size_t i = 0; i < p.raw.len; i++) {
        assert_true((unsigned char)p.raw.data[i] < 0x80);
    }
    quit(&p);
    pty_free(&p);
}

static void pasted_text_is_text(void **state)
{
    (void)state;
    struct pty p;
    start(&p, 80, 24, false);
    pty_wait(&p, "1 OVER");
    assert_non_null(strstr(p.raw.data, "\033[?2004h"));
    pty_type(&p, "\033[200~ddqq\r:q\r\033[201~");
    pty_wait(&p, "pasted text is not taken as keys");
    pty_type(&p, "2");
    pty_wait(&p, "2 TAXO");
    pty_wait(&p, "● exact sharing");
    pty_type(&p, "a\033[200~two\rlines\033[201~");
    pty_wait(&p, "two lines");
    pty_type(&p, "\003");
    pty_wait_for(&p, "two lines", true);
    quit(&p);
    assert_non_null(strstr(p.raw.data, "\033[?2004l"));
    pty_free(&p);
}

static void unknown_sequences_are_no_keys(void **state)
{
    (void)state;
    struct pty p;
    start(&p, 80, 24, false);
    pty_wait(&p, "1 OVER");
    pty_type(&p, "2");
    pty_wait(&p, "2 TAXO");
    /* as keys, their last bytes would delete, expand, and open a prompt */
    pty_type(&p, "\033[57;13d\033[99x\033[1;9A");
    pty_type(&p, "?");
    pty_wait(&p, "Keys · Taxonomy");
    pty_type(&p, "\033");
    pty_wait(&p, "▾ operation");
    quit(&p);
    pty_free(&p);
}

static void the_mouse_is_taken_when_it_is_wanted(void **state)
{
    (void)state;
    struct pty p;
    start(&p, 120, 24, false);
    pty_wait(&p, "1 OVER");
    /* off: a report that comes all the same is no key */
    pty_type(&p, "\033[<0;30;1M\033[<0;30;1m");
    pty_type(&p, ":set mouse on\r");
    pty_wait_raw(&p, "\033[?1006h");
    struct buf screen;
    pty_text(&p, &screen);
    const char *line = screen.data;
    const char *tab = strstr(line, "2 Taxo");
    assert_non_null(tab);
    char click[64];
    snprintf(click, sizeof click, "\033[<0;%d;1M\033[<0;%d;1m", (int)(tab - line) + 1,
             (int)(tab - line) + 1);
    buf_free(&screen);
    pty_type(&p, click);
    pty_wait(&p, "2 TAXO");
    pty_wait(&p, "▌ ▾ operation");
    pty_type(&p, "Z9");
    pty_wait(&p, "within 100");
    pty_type(&p, "\033[<65;5;9M");
    pty_wait_for(&p, "▌ ▾ operation", true);
    pty_type(&p, "\033[<64;5;9M");
    pty_wait(&p, "▌ ▾ operation");
    pty_type(&p, ":set mouse off\r");
    pty_wait_raw(&p, "\033[?1006l");
    pty_forget(&p);
    pty_type(&p, "u");
    pty_wait(&p, "undone: set mouse off");
    pty_wait_raw(&p, "\033[?1006h"); /* the setting comes from the file, later than the message */
    pty_forget(&p);
    quit(&p);
    assert_non_null(strstr(p.raw.data, "\033[?1000l"));
    pty_free(&p);
}

static void an_idle_screen_writes_nothing(void **state)
{
    (void)state;
    struct pty p;
    start(&p, 80, 24, false);
    pty_wait(&p, "1 OVER");
    pty_type(&p, "2");
    pty_wait(&p, "2 TAXO");
    while (pty_read(&p, 500)) { /* until it is still */
    }
    pty_forget(&p);
    assert_false(pty_read(&p, 1500));
    assert_int_equal(p.raw.len, 0);
    /* and a cursor key little */
    pty_type(&p, "j");
    assert_true(pty_read(&p, PTY_WAIT_MS));
    while (pty_read(&p, 300)) {
    }
    assert_true(p.raw.len < 1000); /* the whole screen is more than 2,000 */
    quit(&p);
    pty_free(&p);
}

static void stored_text_commands_no_terminal(void **state)
{
    (void)state;
    struct pty p;
    start(&p, 80, 24, false);
    pty_wait(&p, "1 OVER");
    pty_type(&p, "2jjjj"); /* a description with an escape sequence */
    pty_wait(&p, "Splitting a quantity");
    assert_null(strstr(p.raw.data, "\033[31m"));
    assert_true(pty_shows(&p, "␛"));
    quit(&p);
    pty_free(&p);
}

static void a_description_is_written_in_the_editor(void **state)
{
    (void)state;
    struct pty p;
    char path[160];
    static const char script[] = "#!/bin/sh\nprintf 'written elsewhere\\n' > \"$2\"\n";
    session_path(path, "editor");
    assert_int_equal(file_write(path, script, strlen(script), 0700, NULL), ST_OK);
    char editor[200];
    snprintf(editor, sizeof editor, "%s --flag", path);
    setenv("EDITOR", editor, 1);
    unsetenv("VISUAL");
    start(&p, 80, 24, false);
    pty_wait(&p, "1 OVER");
    pty_type(&p, "2jj");
    pty_wait(&p, "› within 100 ");
    pty_type(&p, "\005"); /* Ctrl-E */
    pty_wait(&p, "written elsewhere");
    pty_wait(&p, "2 TAXO");
    pty_type(&p, "j");
    pty_wait(&p, "› with carrying ");
    quit(&p);
    pty_free(&p);
}

static void a_terminal_that_is_not_known_is_named(void **state)
{
    (void)state;
    struct pty p;
    setenv("TERM", "no-such-terminal", 1);
    start(&p, 80, 24, false);
    setenv("TERM", "xterm-256color", 1);
    assert_int_equal(pty_end(&p), 2);
    assert_non_null(strstr(p.raw.data, "no-such-terminal"));
    assert_non_null(strstr(p.raw.data, "xterm-256color"));
    pty_free(&p);
}

/* ---- every kind of terminal */

struct kind {
    const char *term, *locale;
    bool no_colour;
    int cols, rows;
};

/*
 * What ncurses' terminfo says of xterm-direct, made here because few machines have it installed:
 * colours up to 7 by number, the others by red, green and blue.
 */
static void make_direct(void)
{
    static const char source[] =
        "xterm-direct|xterm with direct colour,\n"
        "\tRGB, colors#0x1000000, pairs#0x7fff,\n"
        "\tsetab=\\E[%?%p1%{8}%<%t4%p1%d%e48:2::%p1%{65536}%/%d:%p1%{256}%/%{255}%&%d:%p1%{255}"
        "%&%d%;m,\n"
        "\tsetaf=\\E[%?%p1%{8}%<%t3%p1%d%e38:2::%p1%{65536}%/%d:%p1%{256}%/%{255}%&%d:%p1%{255}"
        "%&%d%;m,\n"
        "\tuse=xterm-256color,\n";
    char path[160], folder[160];
    session_path(path, "direct.ti");
    session_path(folder, ".terminfo"); /* in HOME, where ncurses looks */
    assert_int_equal(file_write(path, source, strlen(source), 0600, NULL), ST_OK);
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        execlp("tic", "tic", "-x", "-o", folder, path, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* How the header names the panel that is open, at any width. */
static void wait_for_panel(struct pty *p, size_t panel)
{
    char title[64];
    snprintf(title, sizeof title, "%c %s", panel_at(panel)->key, panel_at(panel)->brief);
    for (char *s = title; *s != '\0'; s++) {
        *s = *s >= 'a' && *s <= 'z' ? (char)(*s - 'a' + 'A') : *s;
    }
    pty_wait(p, title);
}

static void walk_panels(struct pty *p)
{
    pty_wait(p, "1 OVER");
    for (size_t i = 1; i < panel_count(); i++) {
        const char key[] = {panel_at(i)->key, '\0'};
        pty_type(p, key);
        wait_for_panel(p, i);
        pty_type(p, "jjk?");
        pty_wait(p, "Keys");
        pty_type(p, "q");
        pty_wait_for(p, "Keys", true);
    }
}

/* The terminal is as it was: its modes, its screen, its cursor. */
static void assert_given_back(struct pty *p, const struct kind *k)
{
    struct termios modes;
    pty_type(p, "q");
    pty_wait(p, "detached; nothing was running.");
    assert_int_equal(tcgetattr(p->fd, &modes), 0);
    assert_true((modes.c_lflag & ICANON) != 0);
    assert_true((modes.c_lflag & ECHO) != 0);
    assert_true((modes.c_lflag & ISIG) != 0);
    assert_int_equal(pty_end(p), 0);
    bool has_screens = strncmp(k->term, "xterm", 5) == 0 || strncmp(k->term, "screen", 6) == 0;
    assert_true(!has_screens || strstr(p->raw.data, "\033[?1049l") != NULL);
    const char *hidden = NULL, *at = p->raw.data;
    while ((at = strstr(at, "\033[?25l")) != NULL) {
        hidden = at++;
    }
    assert_true(hidden == NULL || strstr(hidden, "\033[?25h") != NULL ||
                strstr(hidden, "\033[?12l\033[?25h") != NULL);
}

static void assert_colours(const struct pty *p, const struct kind *k)
{
    const char *raw = p->raw.data;
    bool by_number = strstr(raw, "48;5;25m") != NULL; /* the open panel's title */
    bool by_parts = strstr(raw, "48:2::0:95:175m") != NULL;
    if (k->no_colour || strcmp(k->term, "vt100") == 0) {
        assert_null(strstr(raw, "38;5"));
        assert_null(strstr(raw, ";31m"));
        assert_false(by_number || by_parts);
    } else if (strcmp(k->term, "xterm-direct") == 0) {
        assert_true(by_parts);
        assert_null(strstr(raw, "8;5;"));
    } else if (strstr(k->term, "256") != NULL) {
        assert_true(by_number && !by_parts);
    } else { /* 8 colours */
        assert_null(strstr(raw, "8;5;"));
        assert_non_null(strstr(raw, "44m"));
    }
}

static void each_kind_of_terminal_is_served_and_given_back(void **state)
{
    (void)state;
    static const struct kind kinds[] = {
        {"xterm-256color", "C.UTF-8", false, 60, 16},
        {"xterm-256color", "C.UTF-8", false, 300, 100},
        {"xterm-256color", "C", false, 80, 24},
        {"xterm-256color", "C.UTF-8", true, 80, 24},
        {"xterm-direct", "C.UTF-8", false, 120, 40},
        {"screen-256color", "C.UTF-8", false, 200, 50},
        {"linux", "C.UTF-8", false, 80, 25},
        {"linux", "C", false, 128, 48},
        {"vt100", "C.UTF-8", false, 80, 24},
        {"vt100", "C", false, 60, 16},
    };
    make_direct();
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct kind *k = &kinds[i];
        struct pty p;
        setenv("TERM", k->term, 1);
        setenv("LC_ALL", k->locale, 1);
        if (k->no_colour) {
            setenv("NO_COLOR", "1", 1);
        }
        start(&p, k->cols, k->rows, false);
        setenv("TERM", "xterm-256color", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        unsetenv("NO_COLOR");
        walk_panels(&p);
        assert_colours(&p, k);
        for (size_t b = 0; strcmp(k->locale, "C") == 0 && b < p.raw.len; b++) {
            assert_true((unsigned char)p.raw.data[b] < 0x80);
        }
        assert_given_back(&p, k);
        pty_free(&p);
    }
}

/* ---- */

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
        cmocka_unit_test(it_opens_moves_and_detaches),
        cmocka_unit_test(commands_change_the_session_and_undo_takes_them_back),
        cmocka_unit_test(the_size_may_change_at_any_time),
        cmocka_unit_test(it_is_suspended_and_goes_on),
        cmocka_unit_test(without_job_control_it_goes_on_at_once),
        cmocka_unit_test(it_ends_when_the_terminal_hangs_up),
        cmocka_unit_test(it_sees_a_lost_terminal_without_a_signal),
        cmocka_unit_test(no_color_means_no_colour),
        cmocka_unit_test(an_old_terminal_gets_plain_signs),
        cmocka_unit_test(pasted_text_is_text),
        cmocka_unit_test(unknown_sequences_are_no_keys),
        cmocka_unit_test(the_mouse_is_taken_when_it_is_wanted),
        cmocka_unit_test(an_idle_screen_writes_nothing),
        cmocka_unit_test(stored_text_commands_no_terminal),
        cmocka_unit_test(a_description_is_written_in_the_editor),
        cmocka_unit_test(a_terminal_that_is_not_known_is_named),
        cmocka_unit_test(each_kind_of_terminal_is_served_and_given_back),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
