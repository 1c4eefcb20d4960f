/*
 * pty_screen - a program on a real pseudo-terminal, and the screen it paints.
 *
 * forkpty starts it, libvterm is the terminal. Nothing sleeps: pty_wait reads until the screen (or
 * the raw output) holds a text, with a deadline. `shell` puts a small job-control shell in between,
 * so that the program can be suspended as from a login shell.
 */
#ifndef TAXA_TESTS_PTY_SCREEN_H
#define TAXA_TESTS_PTY_SCREEN_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <vterm.h>

#define PTY_WAIT_MS 20000

struct pty {
    pid_t pid;
    int fd;
    int cols, rows;
    VTerm *vt;
    VTermScreen *screen;
    struct buf raw; /* everything written since pty_forget */
    bool ended;     /* the other side was closed */
};

/* Runs argv in the foreground; when it stops, says so, waits for a line, and lets it go on. */
static inline void pty_shell(const char *const *argv)
{
    char *words[16] = {NULL};
    for (int i = 0; i < 15 && argv[i] != NULL; i++) {
        words[i] = strdup(argv[i]);
    }
    signal(SIGTTOU, SIG_IGN);
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        tcsetpgrp(STDIN_FILENO, getpid());
        signal(SIGTTOU, SIG_DFL);
        execv(words[0], words);
        _exit(127);
    }
    setpgid(pid, pid);
    for (;;) {
        int status = 0;
        if (waitpid(pid, &status, WUNTRACED) < 0) {
            _exit(126);
        }
        if (!WIFSTOPPED(status)) {
            _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128);
        }
        tcsetpgrp(STDIN_FILENO, getpid());
        struct termios modes;
        tcgetattr(STDIN_FILENO, &modes);
        printf("\r\nSTOPPED %s\r\n", (modes.c_lflag & ICANON) != 0 ? "cooked" : "raw");
        fflush(stdout);
        char c = 0;
        while (read(STDIN_FILENO, &c, 1) == 1 && c != '\n') {
        }
        tcsetpgrp(STDIN_FILENO, pid);
        kill(-pid, SIGCONT);
    }
}

static inline void pty_start(struct pty *p, const char *const *argv, int cols, int rows, bool shell)
{
    memset(p, 0, sizeof *p);
    struct winsize size = {(unsigned short)rows, (unsigned short)cols, 0, 0};
    p->cols = cols;
    p->rows = rows;
    p->pid = forkpty(&p->fd, NULL, NULL, &size);
    if (p->pid == 0) {
        if (shell) {
            pty_shell(argv);
        }
        char *words[16] = {NULL};
        for (int i = 0; i < 15 && argv[i] != NULL; i++) {
            words[i] = strdup(argv[i]);
        }
        execv(words[0], words);
        _exit(127);
    }
    buf_init(&p->raw, 64u << 20);
    p->vt = vterm_new(rows, cols);
    vterm_set_utf8(p->vt, 1);
    p->screen = vterm_obtain_screen(p->vt);
    vterm_screen_enable_altscreen(p->screen, 1);
    vterm_screen_reset(p->screen, 1);
}

/* Take what comes within `ms`; false: nothing came. */
static inline bool pty_read(struct pty *p, int ms)
{
    struct pollfd f = {p->fd, POLLIN, 0};
    if (p->ended || poll(&f, 1, ms) <= 0) {
        return false;
    }
    char bytes[65536];
    ssize_t n = read(p->fd, bytes, sizeof bytes);
    if (n <= 0) {
        p->ended = n == 0 || errno != EINTR;
        return false;
    }
    buf_add(&p->raw, bytes, (size_t)n);
    vterm_input_write(p->vt, bytes, (size_t)n);
    return true;
}

static inline VTermScreenCell pty_cell(const struct pty *p, int x, int y)
{
    VTermScreenCell cell;
    VTermPos at = {y, x};
    memset(&cell, 0, sizeof cell);
    vterm_screen_get_cell(p->screen, at, &cell);
    return cell;
}

/* The whole screen as text; the caller frees it with buf_free. */
static inline void pty_text(const struct pty *p, struct buf *out)
{
    buf_init(out, 1u << 20);
    for (int y = 0; y < p->rows; y++) {
        for (int x = 0; x < p->cols; x++) {
            VTermScreenCell cell = pty_cell(p, x, y);
            char bytes[4];
            if (cell.chars[0] == 0) {
                buf_addc(out, ' ');
            }
            for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0; i++) {
                buf_add(out, bytes, utf8_encode(cell.chars[i], bytes));
            }
            x += cell.width == 2 ? 1 : 0;
        }
        buf_addc(out, '\n');
    }
}

static inline bool pty_shows(const struct pty *p, const char *text)
{
    struct buf b;
    pty_text(p, &b);
    bool there = strstr(b.data, text) != NULL;
    buf_free(&b);
    return there;
}

/*
 * Fails the test with the screen when the text does not come (or, with `gone`, does not go) in
 * time.
 */
static inline void pty_wait_for(struct pty *p, const char *text, bool gone)
{
    int64_t deadline = clock_ms() + PTY_WAIT_MS;
    while (pty_shows(p, text) == gone) {
        int64_t left = deadline - clock_ms();
        if (left <= 0 || (!pty_read(p, (int)left) && p->ended && pty_shows(p, text) == gone)) {
            struct buf b;
            pty_text(p, &b);
            fprintf(stderr, "%s", b.data); /* a failure's message has room for a part only */
            fail_msg("waited for \"%s\" to %s; the screen is above", text, gone ? "go" : "come");
        }
    }
}

static inline void pty_wait(struct pty *p, const char *text)
{
    pty_wait_for(p, text, false);
}

/* The same for what was written since pty_forget, control sequences included. */
static inline void pty_wait_raw(struct pty *p, const char *text)
{
    int64_t deadline = clock_ms() + PTY_WAIT_MS;
    while (strstr(p->raw.data, text) == NULL) {
        int64_t left = deadline - clock_ms();
        if (left <= 0 || !pty_read(p, (int)left)) {
            fail_msg("waited for \"%s\" to be written", text[0] == 27 ? text + 1 : text);
            return;
        }
    }
}

static inline void pty_type(struct pty *p, const char *keys)
{
    size_t n = strlen(keys);
    while (n > 0) {
        ssize_t done = write(p->fd, keys, n);
        if (done <= 0) {
            fail_msg("the terminal takes no keys");
            return;
        }
        keys += done;
        n -= (size_t)done;
    }
}

static inline void pty_forget(struct pty *p)
{
    buf_clear(&p->raw);
}

static inline void pty_resize(struct pty *p, int cols, int rows)
{
    struct winsize size = {(unsigned short)rows, (unsigned short)cols, 0, 0};
    p->cols = cols;
    p->rows = rows;
    vterm_set_size(p->vt, rows, cols);
    ioctl(p->fd, TIOCSWINSZ, &size);
}

/* Waits for the end of the program and returns its exit code, -1 when it does not end in time. */
static inline int pty_end(struct pty *p)
{
    int64_t deadline = clock_ms() + PTY_WAIT_MS;
    int status = 0;
    pid_t ended = 0;
    while (ended == 0 && clock_ms() < deadline) {
        if (!pty_read(p, 10) && p->ended) {
            poll(NULL, 0, 2); /* the end of the output and that of the process come apart */
        }
        ended = waitpid(p->pid, &status, WNOHANG);
    }
    while (pty_read(p, 0)) {
    }
    if (ended == 0) {
        kill(p->pid, SIGKILL);
        waitpid(p->pid, &status, 0);
    }
    close(p->fd);
    vterm_free(p->vt);
    p->vt = NULL;
    return ended == 0 || !WIFEXITED(status) ? -1 : WEXITSTATUS(status);
}

static inline void pty_free(struct pty *p)
{
    if (p->vt != NULL) {
        vterm_free(p->vt);
    }
    buf_free(&p->raw);
}

#endif
