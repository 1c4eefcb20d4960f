/*
 * bench_store - how fast the session file takes points and calls, and gives pages and trees.
 *
 *     bench_store [POINTS] [NODES]      default 50,000 points, 100,000 nodes
 *
 * Points are written as a run does: each six times (asked, written twice, criticised, settled, once
 * more), with a call beside each, in transactions of 512.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "command/filter.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BATCH = 512, STEPS = 6, TAXONOMIES = 3, FAN_OUT = 8, PAGE = 50, ROUNDS = 200 };

struct bench {
    struct store *s;
    int64_t points, nodes;
    char *text; /* 1,200 bytes */
};

static void must(enum status st, const struct err *e)
{
    if (st != ST_OK) {
        fprintf(stderr, "bench_store: %s\n", e->msg);
        exit(1);
    }
}

static double ms_since(int64_t start_us)
{
    return (double)(clock_us() - start_us) / 1000;
}

static long memory_kb(void)
{
    struct rusage u;
    return getrusage(RUSAGE_SELF, &u) == 0 ? u.ru_maxrss : 0;
}

static void make_tree(struct bench *b)
{
    struct err e;
    int64_t start = clock_us();
    int64_t *id = xcalloc((size_t)b->nodes + 1, sizeof *id);
    must(store_op_begin(b->s, "bench", "tree", 0, &e), &e);
    for (int64_t i = 1; i <= b->nodes; i++) {
        char name[40];
        snprintf(name, sizeof name, "node number %lld", (long long)i);
        struct node model = {.name = name, .weight = 1};
        int64_t parent = i <= TAXONOMIES ? 0 : id[(i - TAXONOMIES - 1) / FAN_OUT + 1];
        must(store_node_add(b->s, parent, &model, 0, &id[i], &e), &e);
    }
    must(store_op_end(b->s, &e), &e);
    free(id);
    double ms = ms_since(start);
    printf("add nodes        %10.0f rows/s\n", (double)b->nodes / ms * 1000);
    start = clock_us();
    struct tree t;
    must(store_tree(b->s, false, &t, &e), &e);
    printf("load tree        %10.1f ms for %u nodes\n", ms_since(start), t.count - 1);
    tree_free(&t);
}

static void put(struct bench *b, int64_t id, int step)
{
    struct err e;
    char key[64];
    snprintf(key, sizeof key, "p%lld.0.step.%d", (long long)id, step);
    struct call_row c = {.key = key,
                         .point = id,
                         .task = step < 3 ? "generate" : "critic-correct",
                         .prompt = "0123abcd",
                         .teacher = "offline",
                         .model = "rules",
                         .outcome = "ok",
                         .system = "the same for all",
                         .user = b->text,
                         .reply = b->text + 600,
                         .tokens_in = 300,
                         .tokens_out = 150,
                         .cost = 0.001};
    must(store_call_put(b->s, &c, NULL, &e), &e);
    struct point p = {.id = id,
                      .nodes = TAXONOMIES,
                      .complexified = id % 2 == 0,
                      .outcome = step < STEPS - 1 ? POINT_ASKED
                                 : id % 10 == 0   ? POINT_DISPUTED
                                                  : POINT_ACCEPTED,
                      .mix_hash = (int64_t)rng_at(1, 2, (uint64_t)id),
                      .attempts = step,
                      .scenario = step > 0 ? b->text + 400 : NULL,
                      .record = step > 1 ? b->text + 800 : NULL};
    for (int i = 0; i < TAXONOMIES; i++) {
        p.node[i] = 1 + (int64_t)rng_below(3, (uint64_t)id, (uint64_t)i, (uint64_t)b->nodes);
    }
    must(store_point_put(b->s, &p, &e), &e);
}

static int by_value(const void *x, const void *y)
{
    double a = *(const double *)x;
    double b = *(const double *)y;
    return (a > b) - (a < b);
}

/* Waves of points, as a run has them: a batch of points takes one step per transaction. */
static void make_points(struct bench *b)
{
    struct err e;
    size_t n = 0;
    double *ms = xcalloc((size_t)(b->points / BATCH + 1) * STEPS, sizeof *ms);
    int64_t start = clock_us();
    for (int64_t first = 1; first <= b->points; first += BATCH) {
        for (int step = 0; step < STEPS; step++) {
            int64_t begun = clock_us();
            must(store_begin(b->s, &e), &e);
            for (int64_t id = first; id < first + BATCH && id <= b->points; id++) {
                put(b, id, step);
            }
            must(store_commit(b->s, &e), &e);
            ms[n++] = ms_since(begun);
            store_idle(b->s);
        }
    }
    double all = ms_since(start);
    qsort(ms, n, sizeof *ms, by_value);
    printf("points and calls %10.0f pairs/s, %.0f points/s\n",
           (double)b->points * STEPS / all * 1000, (double)b->points / all * 1000);
    printf("commit of %d    %10.1f ms median, %.1f ms 95 %%, %.1f ms worst (checkpoints apart)\n",
           BATCH, ms[n / 2], ms[n * 95 / 100], ms[n - 1]);
    free(ms);
}

static bool count_row(void *ctx, const struct point *p)
{
    int64_t *last = ctx;
    *last = p->id;
    return true;
}

static void pages(struct bench *b, const char *what, const char *text, enum point_sort sort)
{
    struct err e;
    struct filter f;
    int64_t last = 0;
    int64_t n = 0;
    must(filter_parse(text, false, &f, &e), &e);
    int64_t start = clock_us();
    must(store_points_count(b->s, &f, &n, &e), &e);
    double counted = ms_since(start);
    start = clock_us();
    int rounds = 0;
    for (; rounds < ROUNDS && ms_since(start) < 2000; rounds++) {
        last = 1 + (int64_t)rng_below(5, 5, (uint64_t)rounds, (uint64_t)b->points);
        struct point_page page = {.filter = &f, .sort = sort, .after_id = last, .limit = PAGE};
        must(store_points(b->s, &page, count_row, &last, &e), &e);
    }
    printf("page %-12s%10.3f ms, count %lld in %.1f ms\n", what, ms_since(start) / rounds,
           (long long)n, counted);
    filter_free(&f);
}

static void read_lists(struct bench *b)
{
    struct err e;
    pages(b, "all", "", SORT_ID);
    pages(b, "by state", "", SORT_STATE);
    pages(b, "disputed", "state:disputed", SORT_ID);
    pages(b, "broad node", "node:@1", SORT_ID);
    pages(b, "rare node", "node:@5000", SORT_ID);
    pages(b, "regex", "/zzz9/", SORT_ID);
    int64_t start = clock_us();
    struct tally_row *rows = NULL;
    size_t count = 0;
    must(store_tallies(b->s, &rows, &count, &e), &e);
    printf("tallies          %10.1f ms for %zu rows\n", ms_since(start), count);
    free(rows);
    struct store_revision r;
    start = clock_us();
    for (int i = 0; i < 10000; i++) {
        must(store_revision(b->s, &r, &e), &e);
    }
    printf("revision         %10.2f us\n", ms_since(start) / 10);
    int64_t n[POINT_STATES];
    start = clock_us();
    for (int i = 0; i < 1000; i++) {
        must(store_point_counts(b->s, n, &e), &e);
    }
    printf("counts by state  %10.2f us\n", ms_since(start));
}

/* What a change of the design costs on the screen: all from the file to the quota of each node. */
static void preview(struct bench *b)
{
    struct err e;
    struct tree t;
    double ms[20];
    must(store_tree(b->s, false, &t, &e), &e);
    int64_t *quota = xcalloc(t.count, sizeof *quota);
    for (int i = 0; i < 20; i++) {
        struct design d;
        struct plan p;
        int64_t start = clock_us();
        must(design_load(b->s, &t, &d, &e), &e);
        must(plan_make(&d.d, 512000, &p, &e), &e);
        plan_node_quota(&d.d, &p, quota);
        ms[i] = ms_since(start);
        plan_free(&p);
        design_free(&d);
    }
    qsort(ms, 20, sizeof *ms, by_value);
    printf("preview          %10.1f ms for N = 512000, at most %.1f\n", ms[10], ms[19]);
    free(quota);
    tree_free(&t);
}

int main(int argc, char **argv)
{
    struct bench b = {.points = argc > 1 ? strtoll(argv[1], NULL, 10) : 50000,
                      .nodes = argc > 2 ? strtoll(argv[2], NULL, 10) : 100000};
    const char *tmp = getenv("TMPDIR");
    char *folder = xasprintf("%s/taxa-bench-XXXXXX", tmp != NULL ? tmp : "/tmp");
    struct err e;
    if (b.points < 1 || b.nodes < 1 || mkdtemp(folder) == NULL) {
        fprintf(stderr, "usage: bench_store [POINTS] [NODES]\n");
        return 2;
    }
    char *path = xasprintf("%s/bench.taxa", folder);
    b.text = xmalloc(1201);
    for (size_t i = 0; i < 1200; i++) {
        b.text[i] = (char)('a' + rng_below(9, 9, i, 26));
    }
    b.text[1200] = '\0';
    must(store_open(path, STORE_WRITE, true, &b.s, &e), &e);
    make_tree(&b);
    long before = memory_kb();
    make_points(&b);
    printf("memory           %10ld KB more after the points\n", memory_kb() - before);
    read_lists(&b);
    preview(&b);
    int64_t start = clock_us();
    store_close(b.s);
    struct stat sb;
    printf("close            %10.1f ms, file %.1f MB\n", ms_since(start),
           stat(path, &sb) == 0 ? (double)sb.st_size / 1e6 : 0);
    (void)unlink(path);
    (void)rmdir(folder);
    free(path);
    free(folder);
    free(b.text);
    return 0;
}
