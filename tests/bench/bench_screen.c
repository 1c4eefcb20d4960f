/*
 * How the workbench feels at 80x24: time to the first whole frame, time and bytes of a cursor key
 * in the tree, bytes when idle, memory.
 *
 *     bench_screen TAXA FILE IDLE_SECONDS
 *
 * No server may have FILE when it starts. Prints one line of numbers, for tests/bench/run to name:
 * the first frame and when all of it was filled in (ms), without a server and with one; of keys
 * that stay on the screen: median and 95 % of the time (ms) and of the bytes; the same four of keys
 * that scroll the list; bytes per idle second; memory of the screen now and at most (MB), of the
 * server now (MB).
 *
 * Raw bytes are timed, not a screen: the last byte of a repaint counts. A frame is whole when its
 * last row, which is painted last, is there and nothing follows for some milliseconds; it is
 * filled in when nothing follows for a second.
 */
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
    KEYS = 160,    /* of each kind */
    NEAR_RUN = 10, /* rows that are on the screen */
    FAR_RUN = 60,
    FAR_SKIP = 16, /* after so many in one direction every key scrolls */
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

static void give_up(const char *what)
{
    fprintf(stderr, "bench_screen: %s\n", what);
    exit(1);
}

static void start(struct screen *s, char *taxa, char *file)
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
static bool take(struct screen *s, int ms)
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

static void settle(struct screen *s, int quiet)
{
    int64_t end = clock_ms() + DEADLINE;
    while (take(s, quiet) && clock_ms() < end) {
    }
}

static bool has_last_row(const struct screen *s)
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

/* Prints when the first frame was whole, and when nothing more was filled in. */
static void first_frame(struct screen *s, char *taxa, char *file)
{
    int64_t began = clock_us();
    int64_t end = clock_ms() + DEADLINE;
    start(s, taxa, file);
    while (!has_last_row(s)) {
        if (!take(s, 1000) && clock_ms() > end) {
            give_up("no first frame");
        }
    }
    while (take(s, FRAME_QUIET)) {
    }
    printf("%.1f ", (double)(s->last_us - began) / 1000);
    settle(s, FILLED_QUIET);
    printf("%.1f ", (double)(s->last_us - began) / 1000);
}

static void type(const struct screen *s, const char *keys)
{
    size_t n = strlen(keys);
    if (write(s->fd, keys, n) != (ssize_t)n) {
        give_up("the terminal takes no keys");
    }
}

static void finish(struct screen *s)
{
    type(s, "q");
    settle(s, LONG_QUIET);
    kill(s->pid, SIGHUP);
    waitpid(s->pid, NULL, 0);
    close(s->fd);
    vterm_free(s->vt);
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* One cursor key and its repaint, which is over when nothing came for some milliseconds. */
static void press(struct screen *s, bool down, double *ms, double *bytes)
{
    s->bytes = 0;
    int64_t sent = clock_us();
    type(s, down ? "\033OB" : "\033OA");
    if (!take(s, 1000)) {
        give_up("a cursor key paints nothing");
    }
    while (take(s, KEY_QUIET)) {
    }
    *ms = (double)(s->last_us - sent) / 1000;
    *bytes = (double)s->bytes;
}

/* Down and up again by `run` rows; the first `skip` keys of each run do not count. */
static void measure_keys(struct screen *s, int run, int skip)
{
    double ms[KEYS], bytes[KEYS];
    for (int i = 0, n = 0; n < KEYS; i++) {
        press(s, i / run % 2 == 0, &ms[n], &bytes[n]);
        n += i % run >= skip ? 1 : 0;
    }
    qsort(ms, KEYS, sizeof *ms, compare);
    qsort(bytes, KEYS, sizeof *bytes, compare);
    printf("%.3f %.3f %.0f %.0f ", ms[KEYS / 2], ms[KEYS * 95 / 100], bytes[KEYS / 2],
           bytes[KEYS * 95 / 100]);
}

/* A line of /proc/PID/status, in MB. */
static double memory_mb(long pid, const char *name)
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

static long server_of(const char *file)
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

int main(int argc, char **argv)
{
    struct screen s = {0};
    int idle = argc == 4 ? (int)strtol(argv[3], NULL, 10) : 0;
    if (idle < 1) {
        fputs("usage: bench_screen TAXA FILE IDLE_SECONDS\n", stderr);
        return 2;
    }
    first_frame(&s, argv[1], argv[2]);
    finish(&s);
    first_frame(&s, argv[1], argv[2]);
    type(&s, "2Z9");
    settle(&s, LONG_QUIET);
    measure_keys(&s, NEAR_RUN, 0);
    measure_keys(&s, FAR_RUN, FAR_SKIP);
    settle(&s, 1000); /* what the last key still had to say */
    s.bytes = 0;
    for (int64_t end = clock_ms() + idle * 1000LL, now = clock_ms(); now < end; now = clock_ms()) {
        (void)take(&s, (int)(end - now));
    }
    printf("%.1f %.1f %.1f %.1f\n", (double)s.bytes / idle, memory_mb(s.pid, "VmRSS:"),
           memory_mb(s.pid, "VmHWM:"), memory_mb(server_of(argv[2]), "VmRSS:"));
    finish(&s);
    return 0;
}
