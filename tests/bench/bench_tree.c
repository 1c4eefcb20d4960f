/*
 * How the workbench takes large trees at 80x24, and what a second person waits for.
 *
 *     bench_tree TAXA FILE keys|run|edit|undo
 *
 * FILE holds a tree and no server has it. Each prints one line of numbers for tests/bench/run:
 *
 * keys  first frame, all filled in (ms); of keys that stay on the screen: median and 99 % of time
 *       (ms), median and 99 % of bytes; the same four of keys that scroll; memory of the screen now
 *       and at most (MB)
 * run   the same while another process, in the place of the server, writes 5,000 points a second
 *       through the store and tells of them ten times a second; and the points that it wrote in
 *       each second
 * edit  two screens are open; a command renames a node that both show: median and 99 % of the time
 *       (ms) from sending it until both screens show it
 * undo  the first tree is deleted; time (ms) of the undo until the answer, and until the screen
 *       shows it
 */
#include "bench_pty.h"

#include "base/rng.h"
#include "command/channel.h"
#include "store/store.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>

enum {
    KEYS = 400, /* of each kind */
    NEAR_RUN = 10,
    FAR_RUN = 60,
    FAR_SKIP = 16,
    RATE = 5000, /* points a second */
    TICKS = 50,  /* transactions a second */
    EDITS = 40
};

static void must(enum status st, const struct err *e)
{
    if (st != ST_OK) {
        give_up(e->msg);
    }
}

static double at(double *list, int n, int percent)
{
    qsort(list, (size_t)n, sizeof *list, compare);
    return list[n * percent / 100 < n ? n * percent / 100 : n - 1];
}

static bool shows(struct screen *s, const char *text)
{
    for (int y = 0; y < ROWS; y++) {
        char row[COLS * 4 + 1];
        VTermRect rect = {.start_row = y, .end_row = y + 1, .start_col = 0, .end_col = COLS};
        size_t n = vterm_screen_get_text(s->cells, row, sizeof row - 1, rect);
        row[n < sizeof row ? n : sizeof row - 1] = '\0';
        if (strstr(row, text) != NULL) {
            return true;
        }
    }
    return false;
}

static void wait_for(struct screen *s, const char *text, bool there)
{
    int64_t end = clock_ms() + DEADLINE;
    while (shows(s, text) != there) {
        if (!take(s, 100) && clock_ms() > end) {
            give_up(text);
        }
    }
}

/* ---- keys */

static void open_screen(struct screen *s, char *taxa, char *file, bool tell)
{
    int64_t began = clock_us(), end = clock_ms() + DEADLINE;
    start(s, taxa, file);
    while (!has_last_row(s)) {
        if (!take(s, 1000) && clock_ms() > end) {
            give_up("no first frame");
        }
    }
    double first = (double)(s->last_us - began) / 1000;
    type(s, "2");
    wait_for(s, "2 TAXONOMY", true);
    wait_for(s, "100.0%", true); /* the tree is there */
    if (tell) {
        printf("%.1f %.1f ", first, (double)(s->last_us - began) / 1000);
    }
    settle(s, LONG_QUIET);
    type(s, "Z9");
    settle(s, LONG_QUIET);
    for (int i = 0; i < 100; i++) { /* what lies deeper: right opens */
        type(s, "\033OC\033OB");
        settle(s, KEY_QUIET);
    }
    type(s, "g");
    settle(s, LONG_QUIET);
}

static void measure(struct screen *s, int run, int skip)
{
    double ms[KEYS], bytes[KEYS];
    for (int i = 0, n = 0; n < KEYS; i++) {
        press(s, i / run % 2 == 0, &ms[n], &bytes[n]);
        n += i % run >= skip ? 1 : 0;
    }
    printf("%.3f %.3f ", at(ms, KEYS, 50), at(ms, KEYS, 99));
    printf("%.0f %.0f ", at(bytes, KEYS, 50), at(bytes, KEYS, 99));
}

static void keys(char *taxa, char *file)
{
    struct screen s = {0};
    open_screen(&s, taxa, file, true);
    measure(&s, NEAR_RUN, 0);
    measure(&s, FAR_RUN, FAR_SKIP);
    printf("%.1f %.1f", memory_mb(s.pid, "VmRSS:"), memory_mb(s.pid, "VmHWM:"));
    finish(&s);
}

/* ---- a run */

struct writer {
    struct store *store;
    int listen;
    struct channel *client;
    int64_t count, nodes; /* points written; ids of nodes */
};

static void listen_for(struct writer *w, const char *file)
{
    struct err e = {0};
    struct buf path;
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    buf_init(&path, sizeof a.sun_path - 1);
    char *whole = realpath(file, NULL);
    must(channel_path(whole != NULL ? whole : file, &path, &e), &e);
    free(whole);
    memcpy(a.sun_path, path.data, path.len + 1);
    unlink(a.sun_path);
    w->listen = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (bind(w->listen, (struct sockaddr *)&a, sizeof a) != 0 || listen(w->listen, 4) != 0) {
        give_up(strerror(errno));
    }
    buf_free(&path);
}

static void put_points(struct writer *w, int n)
{
    struct err e = {0};
    must(store_begin(w->store, &e), &e);
    for (int i = 0; i < n; i++) {
        struct point p = {.id = ++w->count,
                          .nodes = 1,
                          .complexified = i % 2 == 0,
                          .mix_hash = (int64_t)rng_at(1, 2, (uint64_t)w->count),
                          .outcome = POINT_ACCEPTED,
                          .state = POINT_ACCEPTED};
        p.node[0] = 1 + (int64_t)rng_below(3, 4, (uint64_t)w->count, (uint64_t)w->nodes);
        p.record = xstrdup("{\"question\":\"a question of usual length\",\"answer\":12}");
        must(store_point_put(w->store, &p, &e), &e);
        free(p.record);
    }
    must(store_commit(w->store, &e), &e);
    store_idle(w->store);
}

static void tell(struct writer *w)
{
    struct store_revision now;
    char text[256];
    int fd = accept4(w->listen, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0 && w->client == NULL) {
        w->client = channel_wrap(fd);
    }
    if (w->client == NULL || store_revision(w->store, &now, NULL) != ST_OK) {
        return;
    }
    int n = snprintf(text, sizeof text,
                     "{\"run\":\"running\",\"running\":true,\"target\":1000000,\"accepted\":%lld,"
                     "\"revision\":{\"tree\":%lld,\"points\":%lld,\"settings\":%lld}}",
                     (long long)w->count, (long long)now.tree, (long long)now.points,
                     (long long)now.settings);
    (void)channel_send(w->client, FRAME_STATUS, text, (size_t)n, NULL);
    (void)channel_flush(w->client, NULL);
}

/* Until its standard output is closed; says then how many points it wrote in each second. */
static void write_points(const char *file, int ready, int stop)
{
    struct writer w = {0};
    struct err e = {0};
    struct tree t;
    must(store_open(file, STORE_WRITE, false, &w.store, &e), &e);
    must(store_tree(w.store, false, &t, &e), &e);
    for (uint32_t i = 1; i < t.count; i++) {
        w.nodes = t.nodes[i].id > w.nodes ? t.nodes[i].id : w.nodes;
    }
    tree_free(&t);
    w.count = store_point_next_id(w.store) - 1;
    int64_t first = w.count;
    listen_for(&w, file);
    if (write(ready, "r", 1) != 1) {
        give_up("nobody waits for the writer");
    }
    int64_t began = clock_us();
    struct pollfd p = {.fd = stop, .events = POLLIN};
    for (int tick = 0;; tick++) {
        put_points(&w, RATE / TICKS);
        if (tick % (TICKS / 10) == 0) {
            tell(&w);
        }
        int64_t due = began + (int64_t)(tick + 1) * 1000000 / TICKS;
        int64_t left = (due - clock_us()) / 1000;
        if (poll(&p, 1, left > 0 ? (int)left : 0) > 0) {
            break;
        }
    }
    double rate = (double)(w.count - first) * 1e6 / (double)(clock_us() - began);
    if (write(ready, &rate, sizeof rate) != (ssize_t)sizeof rate) {
        give_up("nobody hears the writer");
    }
    store_close(w.store);
}

static void keys_in_a_run(char *taxa, char *file)
{
    int ready[2], stop[2];
    char byte = 0;
    double rate = 0;
    if (pipe(ready) != 0 || pipe(stop) != 0) {
        give_up("no pipe");
    }
    pid_t pid = fork();
    if (pid == 0) {
        close(stop[1]);
        write_points(file, ready[1], stop[0]);
        _exit(0);
    }
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 1) {
        give_up("the writer did not start");
    }
    keys(taxa, file);
    close(stop[1]);
    if (read(ready[0], &rate, sizeof rate) != (ssize_t)sizeof rate) {
        give_up("the writer did not end");
    }
    printf(" %.0f", rate);
    waitpid(pid, NULL, 0);
}

/* ---- commands */

static void send_words(struct channel *c, int argc, const char *const *argv)
{
    struct err e = {0};
    int64_t id = 0;
    must(channel_command(c, argc, argv, NULL, &id, &e), &e);
    must(channel_flush(c, &e), &e);
}

static void wait_for_exit(struct channel *c)
{
    int64_t end = clock_ms() + DEADLINE;
    while (clock_ms() < end) {
        enum frame_type type = FRAME_OUT;
        const char *payload = NULL;
        size_t n = 0;
        struct err e = {0};
        enum status st = channel_read(c, &type, &payload, &n, &e);
        if (st == ST_OK && type == FRAME_EXIT) {
            if (strstr(payload, "\"code\":0") == NULL) {
                give_up(payload);
            }
            return;
        }
        if (st == ST_BUSY) {
            struct pollfd p = {.fd = channel_fd(c), .events = POLLIN};
            (void)poll(&p, 1, 100);
        } else {
            must(st, &e);
        }
    }
    give_up("no answer");
}

static struct channel *connect_to(const char *file)
{
    struct err e = {0};
    struct channel *c = NULL;
    char *whole = realpath(file, NULL);
    must(channel_connect(whole != NULL ? whole : file, false, &c, &e), &e);
    free(whole);
    return c;
}

/* Feed what comes until both have it. */
static void wait_for_both(struct screen *a, struct screen *b, const char *text)
{
    int64_t end = clock_ms() + DEADLINE;
    bool has_a = false, has_b = false;
    while (!has_a || !has_b) {
        struct pollfd p[2] = {{a->fd, POLLIN, 0}, {b->fd, POLLIN, 0}};
        (void)poll(p, 2, 100);
        if (p[0].revents != 0) {
            (void)take(a, 0);
        }
        if (p[1].revents != 0) {
            (void)take(b, 0);
        }
        has_a = has_a || shows(a, text);
        has_b = has_b || shows(b, text);
        if (clock_ms() > end) {
            give_up(text);
        }
    }
}

static void edits(char *taxa, char *file)
{
    struct screen a = {0}, b = {0};
    double ms[EDITS];
    open_screen(&a, taxa, file, false);
    open_screen(&b, taxa, file, false);
    struct channel *c = connect_to(file);
    for (int i = 0; i < EDITS; i++) {
        char name[32];
        snprintf(name, sizeof name, "renamed %d.", i);
        const char *const argv[] = {"node", "rename", "@1", name};
        int64_t sent = clock_us();
        send_words(c, 4, argv);
        wait_for_both(&a, &b, name);
        ms[i] = (double)(clock_us() - sent) / 1000;
        wait_for_exit(c);
        /* not in step with anything that beats */
        settle(&a, 40 + (int)rng_below(7, 7, (uint64_t)i, 150));
        settle(&b, 1);
    }
    printf("%.1f %.1f", at(ms, EDITS, 50), at(ms, EDITS, 99));
    channel_close(c);
    finish(&b);
    finish(&a);
}

static void undo(char *taxa, char *file)
{
    struct screen s = {0};
    open_screen(&s, taxa, file, false);
    struct channel *c = connect_to(file);
    const char *const away[] = {"node", "delete", "@1"};
    const char *const back[] = {"undo"};
    type(&s, "Z1");
    settle(&s, LONG_QUIET);
    char name[COLS * 4 + 1];
    VTermRect rect = {.start_row = 2, .end_row = 3, .start_col = 6, .end_col = 20};
    size_t n = vterm_screen_get_text(s.cells, name, sizeof name - 1, rect);
    while (n > 0 && name[n - 1] == ' ') {
        n--;
    }
    name[n] = '\0';
    send_words(c, 3, away);
    wait_for_exit(c);
    wait_for(&s, name, false);
    settle(&s, LONG_QUIET);
    int64_t sent = clock_us();
    send_words(c, 1, back);
    wait_for_exit(c);
    int64_t answered = clock_us();
    wait_for(&s, name, true);
    printf("%.1f %.1f", (double)(answered - sent) / 1000, (double)(clock_us() - sent) / 1000);
    channel_close(c);
    finish(&s);
}

int main(int argc, char **argv)
{
    const char *what = argc == 4 ? argv[3] : "";
    if (strcmp(what, "keys") == 0) {
        keys(argv[1], argv[2]);
    } else if (strcmp(what, "run") == 0) {
        keys_in_a_run(argv[1], argv[2]);
    } else if (strcmp(what, "edit") == 0) {
        edits(argv[1], argv[2]);
    } else if (strcmp(what, "undo") == 0) {
        undo(argv[1], argv[2]);
    } else {
        fputs("usage: bench_tree TAXA FILE keys|run|edit|undo\n", stderr);
        return 2;
    }
    putchar('\n');
    return 0;
}
