/*
 * bench_data - the Data and Calls panels on a large session: keys on a pseudo-terminal, and how
 * long it takes until the first row of a filter or an order is there, and all of it.
 *
 *     bench_data TAXA FILE [POINTS]      FILE is made when it is not there; default 200,000 points
 *
 * Every point has four calls and a record of 600 bytes.
 */
#include "bench_pty.h"

#include "base/rng.h"
#include "store/store.h"
#include "ui/panels/calls.h"
#include "ui/panels/data.h"

#include <sys/eventfd.h>
#include <sys/stat.h>

enum { BATCH = 4096, KEYS = 160, CALLS_EACH = 4, HEIGHT = 40 };

static void must(enum status st, const struct err *e)
{
    if (st != ST_OK) {
        give_up(e->msg);
    }
}

static void put_point(struct store *s, int64_t id, const char *filler)
{
    struct err e;
    char key[64];
    struct point p = {.id = id,
                      .nodes = 1,
                      .node = {1},
                      .complexified = id % 2 == 0,
                      .mix_hash = id,
                      .attempts = 1 + (int)rng_below(1, 1, (uint64_t)id, 3),
                      .cost = (double)rng_below(1, 2, (uint64_t)id, 100000) / 1e6,
                      .made_us = 1700000000000000 + id * 997,
                      .outcome = id % 10 == 0   ? POINT_DISPUTED
                                 : id % 13 == 0 ? POINT_REJECTED
                                                : POINT_ACCEPTED};
    p.state = p.outcome;
    p.record = xasprintf("{\"question\":\"item %lld %s\",\"answer\":%lld}", (long long)id, filler,
                         (long long)rng_below(1, 3, (uint64_t)id, 1000));
    must(store_point_put(s, &p, &e), &e);
    free(p.record);
    for (int i = 0; i < CALLS_EACH; i++) {
        snprintf(key, sizeof key, "p%lld.0.step.%d", (long long)id, i);
        struct call_row c = {.key = key,
                             .point = id,
                             .task = i < 2 ? "generate" : "critic-correct",
                             .prompt = "0123abcd",
                             .teacher = "offline",
                             .model = "rules",
                             .outcome = id % 100 == 0 && i == 0 ? "transport" : "ok",
                             .system = "the same for all",
                             .user = filler,
                             .reply = filler,
                             .tokens_in = 300,
                             .tokens_out = 150,
                             .seconds = (double)rng_below(1, 4, (uint64_t)(id * 4 + i), 9000) / 1e3,
                             .cost = 0.001};
        must(store_call_put(s, &c, NULL, &e), &e);
    }
}

static void make_session(const char *file, int64_t points)
{
    struct err e;
    struct store *s = NULL;
    char filler[600];
    memset(filler, 'w', sizeof filler - 1);
    filler[sizeof filler - 1] = '\0';
    for (size_t i = 7; i < sizeof filler - 1; i += 8) {
        filler[i] = ' ';
    }
    int64_t start = clock_ms();
    must(store_open(file, STORE_WRITE, true, &s, &e), &e);
    for (int64_t id = 1; id <= points;) {
        must(store_begin(s, &e), &e);
        for (int64_t end = id + BATCH; id < end && id <= points; id++) {
            put_point(s, id, filler);
        }
        must(store_commit(s, &e), &e);
    }
    store_close(s);
    struct stat st;
    double mb = stat(file, &st) == 0 ? (double)st.st_size / 1e6 : 0;
    printf("made %lld points, %lld calls: %.1f s, %.0f MB\n", (long long)points,
           (long long)points * CALLS_EACH, (double)(clock_ms() - start) / 1000, mb);
}

/* Until `all` of the list is there, or only the first rows. */
static double wait_for(struct browse *b, int event, bool all, int64_t began)
{
    int64_t end = clock_ms() + DEADLINE;
    while (all ? !b->whole : !(b->whole && b->list.count == 0) && browse_row(b, 0) == NULL) {
        struct pollfd p = {.fd = event, .events = POLLIN};
        uint64_t n = 0;
        if (poll(&p, 1, 1000) > 0 && read(event, &n, sizeof n) < 0) {
            give_up("no event");
        }
        browse_take(b);
        browse_window(b, HEIGHT);
        if (clock_ms() > end) {
            give_up("a list does not come");
        }
    }
    return (double)(clock_us() - began) / 1000;
}

static void measure(const struct browse_kind *kind, const char *file, const char *name,
                    const char *filter, const char *find, int order)
{
    struct err e;
    struct browse *b = xcalloc(1, sizeof *b);
    int event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    must(browse_open(b, kind, file, event, &e), &e);
    must(browse_set(b, "id:1", "", &e), &e); /* threads and stores are there */
    (void)wait_for(b, event, true, 0);
    b->order = order;
    b->reverse = order != 0;
    b->at = 0;
    int64_t began = clock_us();
    must(browse_set(b, filter, find, &e), &e);
    double first = wait_for(b, event, false, began);
    double whole = wait_for(b, event, true, began);
    printf("%-34s first page %8.1f ms, all %9.1f ms, %zu rows\n", name, first, whole,
           b->list.count);
    browse_close(b);
    free(b);
    close(event);
}

static void lists(const char *file)
{
    measure(&data_kind, file, "points", "", "", SORT_ID);
    measure(&data_kind, file, "points state:disputed", "state:disputed", "", SORT_ID);
    measure(&data_kind, file, "points by state", "", "", SORT_STATE);
    measure(&data_kind, file, "points by time", "", "", SORT_TIME);
    measure(&data_kind, file, "points by cost", "", "", SORT_COST);
    measure(&data_kind, file, "points by attempts", "", "", SORT_ATTEMPTS);
    measure(&data_kind, file, "points by suspicion", "", "", SORT_SUSPICION);
    measure(&data_kind, file, "points /item 1..7 /", "", "item 1..7 ", SORT_ID);
    measure(&data_kind, file, "points /item .*9 w/ by cost", "", "item .*9 w", SORT_COST);
    measure(&data_kind, file, "points /not there/", "", "not there", SORT_ID);
    measure(&calls_kind, file, "calls", "", "", CALLS_ID);
    measure(&calls_kind, file, "calls outcome:transport", "outcome:transport", "", CALLS_ID);
    measure(&calls_kind, file, "calls by latency", "", "", CALLS_SECONDS);
}

static void keys_on_terminal(char *taxa, char *file, const char *panel, const char *name)
{
    struct screen s = {0};
    double ms[KEYS], bytes[KEYS];
    start(&s, taxa, file);
    settle(&s, FILLED_QUIET);
    type(&s, panel);
    settle(&s, FILLED_QUIET);
    for (int i = 0; i < KEYS; i++) {
        press(&s, i / 60 % 2 == 0, &ms[i], &bytes[i]);
    }
    qsort(ms, KEYS, sizeof *ms, compare);
    printf("%-34s key to repaint %.3f ms median, %.3f ms 95 %%; memory %.1f MB\n", name,
           ms[KEYS / 2], ms[KEYS * 95 / 100], memory_mb(s.pid, "VmRSS:"));
    finish(&s);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: bench_data TAXA FILE [POINTS]\n", stderr);
        return 2;
    }
    if (access(argv[2], F_OK) != 0) {
        make_session(argv[2], argc > 3 ? strtoll(argv[3], NULL, 10) : 200000);
    }
    lists(argv[2]);
    keys_on_terminal(argv[1], argv[2], "6", "Data panel");
    keys_on_terminal(argv[1], argv[2], "9", "Calls panel");
    return 0;
}
