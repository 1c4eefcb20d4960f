/*
 * Tests of lists: every filter against a slow check of every point, pages in every order, calls.
 */
#include "store_fixture.h"

#include "base/rng.h"
#include "command/filter.h"

enum { POINTS = 400, STRATEGIES = 2 };

struct world {
    struct fixture f;
    int64_t node[12];
    int64_t strategy[STRATEGIES];
};

/* a(b(c,d),e)  x(y) and a node with a slash; 400 points over them; some are reviewed. */
static struct world world_new(void)
{
    struct world w = {.f = fixture_new()};
    struct fixture *f = &w.f;
    op(f, "tree");
    w.node[0] = add_node(f, 0, "a");
    w.node[1] = add_node(f, w.node[0], "b");
    w.node[2] = add_node(f, w.node[1], "c");
    w.node[3] = add_node(f, w.node[1], "d");
    w.node[4] = add_node(f, w.node[0], "e");
    w.node[5] = add_node(f, 0, "x");
    w.node[6] = add_node(f, w.node[5], "y/z");
    for (int i = 0; i < STRATEGIES; i++) {
        char name[16];
        snprintf(name, sizeof name, "mix %d", i);
        struct strategy_row row = {
            .name = name, .weight = 1, .taxonomies = {w.node[0]}, .taxonomy_count = 1};
        OK(store_strategy_put(f->s, &row, e));
        w.strategy[i] = row.id;
    }
    end(f);
    OK(store_begin(f->s, e));
    for (uint64_t i = 1; i <= POINTS; i++) {
        char record[64];
        char scenario[64];
        snprintf(record, sizeof record, "{\"n\":\"number %d\"}", (int)i);
        snprintf(scenario, sizeof scenario, "Scenario %d", (int)(i * 7));
        struct point p = {.id = (int64_t)i,
                          .strategy = i % 3 == 0 ? 0 : w.strategy[i % 3 - 1],
                          .node = {w.node[rng_below(8, 1, i, 5)], w.node[5 + i % 2]},
                          .nodes = 2,
                          .complexified = i % 2 == 0,
                          .outcome = (enum point_state)rng_below(8, 2, i, POINT_STATES),
                          .scenario = scenario,
                          .record = record};
        OK(store_point_put(f->s, &p, e));
        struct verdict v = {.point = (int64_t)i, .critic = "correct", .yes = i % 3 == 0, .call = 1};
        if (i % 5 != 0) {
            OK(store_verdict_put(f->s, &v, e));
            v.critic = "incorrect";
            v.yes = i % 7 == 0;
            OK(store_verdict_put(f->s, &v, e));
        }
    }
    OK(store_commit(f->s, e));
    for (int64_t i = 10; i <= POINTS; i += 10) {
        static const char *const decisions[] = {"accept", "note", "edit", "skip"};
        struct review r = {.point = i, .who = "me", .after = "{\"edited\":\"zebra\"}"};
        r.decision = decisions[i / 10 % 4];
        op(f, "review");
        OK(store_review_put(f->s, &r, e));
        end(f);
    }
    return w;
}

struct ids {
    int64_t id[POINTS];
    enum point_state state[POINTS];
    int64_t strategy[POINTS];
    int count;
};

static bool take(void *ctx, const struct point *p)
{
    struct ids *ids = ctx;
    ids->state[ids->count] = p->state;
    ids->strategy[ids->count] = p->strategy;
    ids->id[ids->count++] = p->id;
    return true;
}

/* All pages of 7, in an order. */
static void walk(struct world *w, const char *text, enum point_sort sort, bool reverse,
                 struct ids *out)
{
    struct filter filter;
    OK(filter_parse(text, false, &filter, e));
    struct point_page page = {.filter = &filter, .sort = sort, .reverse = reverse, .limit = 7};
    out->count = 0;
    for (int before = -1; before != out->count;) {
        before = out->count;
        OK(store_points(w->f.s, &page, take, out, e));
        assert_true(out->count - before <= 7);
        page.after_id = out->count > 0 ? out->id[out->count - 1] : 0;
        if (out->count == before || out->count == 0) {
            break;
        }
    }
    int64_t n = 0;
    OK(store_points_count(w->f.s, &filter, &n, e));
    assert_int_equal(n, out->count);
    filter_free(&filter);
}

static int compare(const struct ids *ids, int i, enum point_sort sort)
{
    int64_t a = sort == SORT_STATE ? (int64_t)ids->state[i] : ids->strategy[i];
    int64_t b = sort == SORT_STATE ? (int64_t)ids->state[i + 1] : ids->strategy[i + 1];
    if (sort != SORT_ID && a != b) {
        return a < b ? -1 : 1;
    }
    return ids->id[i] < ids->id[i + 1] ? -1 : ids->id[i] > ids->id[i + 1];
}

/* The filter's points are those of `sql`, in every order, each once. */
static void finds(struct world *w, const char *text, const char *sql)
{
    static struct ids ids; /* large, and used in turn only */
    char *query =
        xasprintf("SELECT count(*), coalesce(sum(id * id), 0) FROM point p WHERE %s", sql);
    char *want = fixture_query(&w->f, query);
    for (int way = 0; way < 6; way++) {
        static const enum point_sort sorts[] = {SORT_ID, SORT_STATE, SORT_STRATEGY};
        bool reverse = way % 2 == 1;
        walk(w, text, sorts[way / 2], reverse, &ids);
        int64_t sum = 0;
        for (int i = 0; i < ids.count; i++) {
            sum += ids.id[i] * ids.id[i];
            if (i + 1 < ids.count) {
                assert_int_equal(compare(&ids, i, sorts[way / 2]), reverse ? 1 : -1);
            }
        }
        char got[64];
        snprintf(got, sizeof got, "%d|%lld\n", ids.count, (long long)sum);
        if (strcmp(got, want) != 0) {
            fail_msg("%s: found %s, wanted %s", text, got, want);
        }
    }
    free(want);
    free(query);
}

#define UNDER(ids)                                                                                 \
    "EXISTS (SELECT 1 FROM point_node n WHERE n.point = p.id AND n.node IN (" ids "))"

static void test_filters(void **state)
{
    (void)state;
    struct world w = world_new();
    finds(&w, "", "1");
    finds(&w, "state:accepted", "state = 2");
    finds(&w, "!state:accepted", "state <> 2");
    finds(&w, "complex:yes", "complexified = 1");
    finds(&w, "!complex:yes", "complexified = 0");
    finds(&w, "complex:no and state:failed", "complexified = 0 AND state = 6");
    finds(&w, "strategy:\"mix 1\"", "strategy = 2");
    finds(&w, "strategy:all", "strategy = 0");
    finds(&w, "verdict:yes/no", "id % 5 <> 0 AND id % 3 = 0 AND id % 7 <> 0");
    finds(&w, "verdict:no/yes", "id % 5 <> 0 AND id % 3 <> 0 AND id % 7 = 0");
    finds(&w, "!verdict:no/no", "NOT (id % 5 <> 0 AND id % 3 <> 0 AND id % 7 <> 0)");
    finds(&w, "reviewed:yes", "id % 10 = 0 AND id / 10 % 4 IN (0, 2)");
    finds(&w, "reviewed:no", "NOT (id % 10 = 0 AND id / 10 % 4 IN (0, 2))");
    finds(&w, "id:17", "id = 17");
    finds(&w, "id>100 and id<120", "id > 100 AND id < 120");
    finds(&w, "/number 1\\d\"/", "id BETWEEN 10 AND 19 AND NOT (id / 10 % 4 = 2)");
    finds(&w, "/zebra/", "id % 10 = 0 AND id / 10 % 4 = 2"); /* the record in force */
    finds(&w, "/scenario 77$/", "id = 11");
    finds(&w, "!/number/", "id % 10 = 0 AND id / 10 % 4 = 2");
    finds(&w, "state:accepted state:rejected", "0");
    fixture_free(&w.f);
}

static void test_node_filter(void **state)
{
    (void)state;
    struct world w = world_new();
    finds(&w, "node:a", "1"); /* many: by looking at points in order */
    finds(&w, "node:a/b", UNDER("2, 3, 4"));
    finds(&w, "!node:a/b", "NOT " UNDER("2, 3, 4"));
    finds(&w, "node:a/b/c", UNDER("3"));
    finds(&w, "node:@4", UNDER("4"));
    finds(&w, "node:x/y\\/z", UNDER("7"));
    finds(&w, "node:a/b and node:x/y\\/z", UNDER("2, 3, 4") " AND " UNDER("7"));
    struct filter bad;
    int64_t n = 0;
    OK(filter_parse("node:a/nowhere", false, &bad, e));
    FAILS(ST_NOT_FOUND, "nowhere", store_points_count(w.f.s, &bad, &n, e));
    filter_free(&bad);
    OK(filter_parse("strategy:none", false, &bad, e));
    FAILS(ST_NOT_FOUND, "none", store_points_count(w.f.s, &bad, &n, e));
    filter_free(&bad);
    /* After merging d into e, e has d's points, and d's old path leads there. */
    op(&w.f, "merge");
    OK(store_node_alias(w.f.s, w.node[4], w.node[3], e));
    finds(&w, "node:a/e", UNDER("4, 5")); /* inside the operation already */
    end(&w.f);
    finds(&w, "node:a/e", UNDER("4, 5"));
    finds(&w, "node:a/b/d", UNDER("4, 5"));
    finds(&w, "node:a/b", UNDER("2, 3"));
    struct buf line;
    buf_init(&line, 100);
    OK(store_undo(w.f.s, &line, e));
    finds(&w, "node:a/e", UNDER("5"));
    finds(&w, "node:a/b/d", UNDER("4"));
    buf_free(&line);
    fixture_free(&w.f);
}

/*
 * Both ways of asking for a node, the index for few points and the look at each one for many,
 * agree.
 */
static void test_few_and_many(void **state)
{
    (void)state;
    struct world w = world_new();
    op(&w.f, "rare");
    int64_t rare = add_node(&w.f, w.node[6], "rare");
    end(&w.f);
    finds(&w, "node:@8", "0");
    OK(store_begin(w.f.s, e));
    for (int64_t i = POINTS / 2; i > 0; i -= 1) {
        if (i % 50 == 0) {
            put_point(&w.f, i, rare, POINT_ACCEPTED);
        }
    }
    OK(store_commit(w.f.s, e));
    assert_int_equal(rare, 8);
    finds(&w, "node:@8", "id % 50 = 0 AND id <= 200");
    OK(store_begin(w.f.s, e));
    for (int64_t i = 1; i <= POINTS; i++) {
        if (i % 3 != 0) {
            put_point(&w.f, i, rare, POINT_ACCEPTED);
        }
    }
    OK(store_commit(w.f.s, e));
    finds(&w, "node:@8", "id % 3 <> 0 OR (id % 50 = 0 AND id <= 200)");
    fixture_free(&w.f);
}

/* ------------------------------------------------------------------ nested reading */

struct nest {
    struct store *s;
    int points, reviews;
};

static bool count_review(void *ctx, const struct review *r)
{
    (void)r;
    ++*(int *)ctx;
    return true;
}

static bool nested(void *ctx, const struct point *p)
{
    struct nest *n = ctx;
    n->points++;
    struct point again;
    OK(store_reviews(n->s, p->id, count_review, &n->reviews, e));
    OK(store_point(n->s, p->id, &again, e));
    assert_string_equal(again.scenario, p->scenario);
    point_clear(&again);
    if (n->points == 1) { /* the same function inside itself */
        struct point_page page = {.limit = 50};
        OK(store_points(n->s, &page, nested, n, e));
    }
    return true;
}

static void test_nested(void **state)
{
    (void)state;
    struct world w = world_new();
    struct nest n = {.s = w.f.s};
    struct point_page page = {.limit = 50};
    OK(store_points(w.f.s, &page, nested, &n, e));
    assert_int_equal(n.points, 100);
    assert_int_equal(n.reviews, 10);
    fixture_free(&w.f);
}

/* ------------------------------------------------------------------ calls */

static bool list_call(void *ctx, const struct call_row *c)
{
    assert_null(c->system);
    assert_null(c->user);
    assert_null(c->reply);
    buf_printf(ctx, "%lld ", (long long)c->id);
    return true;
}

static void calls_are(struct fixture *f, const char *text, int64_t before, int64_t limit,
                      const char *want)
{
    struct filter filter;
    struct buf b;
    buf_init(&b, 1000);
    OK(filter_parse(text, true, &filter, e));
    OK(store_calls(f->s, &filter, before, limit, list_call, &b, e));
    assert_string_equal(b.data, want);
    filter_free(&filter);
    buf_free(&b);
}

static void test_calls(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    for (int i = 1; i <= 10; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%d", i);
        struct call_row c = {.key = key,
                             .point = i % 3,
                             .task = i % 2 == 0 ? "generate" : "scenarios",
                             .teacher = i % 5 == 0 ? "b" : "a",
                             .outcome = i == 4 ? "transport" : "ok",
                             .user = "u"};
        OK(store_call_put(f.s, &c, NULL, e));
    }
    calls_are(&f, "", 0, 3, "10 9 8 ");
    calls_are(&f, "", 8, 3, "7 6 5 ");
    calls_are(&f, "task:generate", 0, 100, "10 8 6 4 2 ");
    calls_are(&f, "!task:generate teacher:b", 0, 100, "5 ");
    calls_are(&f, "outcome:transport", 0, 100, "4 ");
    calls_are(&f, "point:2", 0, 100, "8 5 2 ");
    calls_are(&f, "!point:2", 9, 100, "7 6 4 3 1 ");
    calls_are(&f, "id<3", 0, 100, "2 1 ");
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filters),      cmocka_unit_test(test_node_filter),
        cmocka_unit_test(test_few_and_many), cmocka_unit_test(test_nested),
        cmocka_unit_test(test_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
