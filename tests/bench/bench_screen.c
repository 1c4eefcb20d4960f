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
#include "bench_pty.h"

enum {
    KEYS = 160,    /* of each kind */
    NEAR_RUN = 10, /* rows that are on the screen */
    FAR_RUN = 60,
    FAR_SKIP = 16 /* after so many in one direction every key scrolls */
};

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
