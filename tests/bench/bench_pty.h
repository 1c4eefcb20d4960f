/*
 * bench_pty - the workbench on a pseudo-terminal, timed by its bytes: what the measuring programs
 * share. All of it ends the program when something does not come.
 */
#ifndef TAXA_TESTS_BENCH_PTY_H
#define TAXA_TESTS_BENCH_PTY_H

#include "base/clock.h"
#include "base/mem.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vterm.h>

enum {
    COLS = 80,
    ROWS = 24,
    KEY_QUIET = 8, /* ms without a byte: the repaint is over */
    FRAME_QUIET = 5,
    LONG_QUIET = 400,
    FILLED_QUIET = 1000,
    DEADLINE = 20000
};

struct screen {
    pid_t pid;
    int fd;
    VTerm *vt;
    VTermScreen *cells;
    size_t bytes;    /* since last set to 0 */
    int64_t last_us; /* when the last byte came */
};

static inline void give_up(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static inline void start(struct screen *s, char *taxa, char *file)
{
    struct winsize size = {ROWS, COLS, 0, 0};
    char *argv[] = {taxa, file, NULL};
    s->bytes = 0;
    s->pid = forkpty(&s->fd, NULL, NULL, &size);
    if (s->pid == 0) {
        setenv("TERM", "xterm-256color", 1);
        execv(taxa, argv);
        _exit(127);
    }
    s->vt = vterm_new(ROWS, COLS);
    vterm_set_utf8(s->vt, 1);
    s->cells = vterm_obtain_screen(s->vt);
    vterm_screen_enable_altscreen(s->cells, 1);
    vterm_screen_reset(s->cells, 1);
}

/* Take what comes within `ms`. False: nothing did. */
static inline bool take(struct screen *s, int ms)
{
    struct pollfd p = {.fd = s->fd, .events = POLLIN};
    char bytes[65536];
    ssize_t n = poll(&p, 1, ms) > 0 ? read(s->fd, bytes, sizeof bytes) : 0;
    if (n <= 0) {
        return false;
    }
    s->last_us = clock_us();
    s->bytes += (size_t)n;
    vterm_input_write(s->vt, bytes, (size_t)n);
    return true;
}

static inline void settle(struct screen *s, int quiet)
{
    int64_t end = clock_ms() + DEADLINE;
    while (take(s, quiet) && clock_ms() < end) {
    }
}

static inline bool has_last_row(const struct screen *s)
{
    for (int x = 0; x < COLS; x++) {
        VTermScreenCell cell;
        VTermPos at = {ROWS - 1, x};
        vterm_screen_get_cell(s->cells, at, &cell);
        if (cell.chars[0] != 0 && cell.chars[0] != ' ') {
            return true;
        }
    }
    return false;
}

static inline void type(const struct screen *s, const char *keys)
{
    size_t n = strlen(keys);
    if (write(s->fd, keys, n) != (ssize_t)n) {
        give_up("the terminal takes no keys");
    }
}

static inline void finish(struct screen *s)
{
    type(s, "q");
    settle(s, LONG_QUIET);
    kill(s->pid, SIGHUP);
    waitpid(s->pid, NULL, 0);
    close(s->fd);
    vterm_free(s->vt);
}

static inline int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/*
 * One cursor key and its repaint, which is one write and so one reading. What a run paints
 * meanwhile is waited for, so that it does not pass for the answer to the next key, but does not
 * count.
 */
static inline void press(struct screen *s, bool down, double *ms, double *bytes)
{
    s->bytes = 0;
    int64_t sent = clock_us();
    type(s, down ? "\033OB" : "\033OA");
    if (!take(s, 1000)) {
        give_up("a cursor key paints nothing");
    }
    *ms = (double)(s->last_us - sent) / 1000;
    *bytes = (double)s->bytes;
    while (take(s, KEY_QUIET)) {
    }
}

/* A line of /proc/PID/status, in MB. */
static inline double memory_mb(long pid, const char *name)
{
    char path[64], line[256];
    double kb = 0;
    snprintf(path, sizeof path, "/proc/%ld/status", pid);
    FILE *f = fopen(path, "re");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0) {
            kb = strtod(line + strlen(name), NULL);
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    return kb / 1024;
}

static inline long server_of(const char *file)
{
    char *path = xasprintf("%s-lock", file);
    char text[24] = "";
    FILE *f = fopen(path, "re");
    if (f != NULL) {
        if (fgets(text, sizeof text, f) == NULL) {
            text[0] = '\0';
        }
        fclose(f);
    }
    free(path);
    return strtol(text, NULL, 10);
}

#endif
