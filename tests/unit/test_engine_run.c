/*
 * Tests of run: which point comes next, replacements in order of retirement, restarts.
 */
#include "engine_world.h"

static struct run *read_run(const char *text)
{
    struct run *r = NULL;
    struct err e = {0};
    assert_int_equal(run_read(text, strlen(text), 1, &r, &e), ST_OK);
    return r;
}

static int64_t next_id(struct run *r)
{
    struct run_draw d;
    return run_next(r, &d) ? d.id : 0;
}

static void start_all(struct run *r, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        assert_true(next_id(r) > 0);
    }
}

/* The strategy of a draw tells the draws of these tests apart. */
static int64_t draw_of(const struct run *r, int64_t id)
{
    struct run_draw d;
    assert_true(run_draw_of(r, id, &d));
    assert_int_equal(d.id, id);
    return d.strategy;
}

#define FIVE "draws 5 1\n1- 11\n2- 12\n3+ 13\n4- 14\n5- 15\n"

/* What plan_draw drew is what comes out, by ids of nodes, and as it was written. */
static void test_new_write_read(void **state)
{
    (void)state;
    struct tree t;
    tree_init(&t);
    struct node tax[2] = {{.id = 3, .name = "animals", .weight = 1},
                          {.id = 7, .name = "tone", .weight = 1}};
    uint32_t animals = tree_add(&t, 0, &tax[0]), tone = tree_add(&t, 0, &tax[1]);
    struct node cat = {.id = 20, .name = "cat", .weight = 1};
    struct node dog = {.id = 21, .name = "dog", .weight = 2};
    struct node dry = {.id = 30, .name = "dry", .weight = 1};
    tree_add(&t, animals, &cat);
    tree_add(&t, animals, &dog);
    tree_add(&t, tone, &dry);
    struct plan_strategy s[2] = {
        {.id = 5, .name = "both", .weight = 1, .complexity = 0.5, .levels = LEVELS_LEAVES},
        {.id = 6, .name = "animals", .weight = 1, .complexity = 0, .levels = LEVELS_LEAVES}};
    s[0].taxonomies[0] = s[1].taxonomies[0] = animals;
    s[0].taxonomies[1] = tone;
    s[0].taxonomy_count = 2;
    s[1].taxonomy_count = 1;
    struct plan_design d = {.tree = &t, .strategies = s, .strategy_count = 2, .seed = 1};
    struct plan p;
    struct plan_draws w;
    struct err e = {0};
    assert_int_equal(plan_make(&d, 12, &p, &e), ST_OK);
    assert_int_equal(plan_draw(&d, &p, 1, &w, &e), ST_OK);
    struct run *r = run_new(&d, &w, 101);
    struct buf text, again;
    buf_init(&text, 4096);
    buf_init(&again, 4096);
    assert_true(run_write(r, &text));
    struct run *back = NULL;
    assert_int_equal(run_read(text.data, text.len, 101, &back, &e), ST_OK);
    assert_true(run_write(back, &again));
    assert_string_equal(text.data, again.data);
    assert_int_equal(run_first(back), 101);
    assert_int_equal(run_to_start(back), 12);
    int both = 0, complexified = 0, dogs = 0;
    struct run_draw a, b;
    for (int i = 0; i < 12; i++) {
        assert_true(run_next(r, &a));
        assert_true(run_next(back, &b));
        assert_memory_equal(&a, &b, sizeof a);
        assert_int_equal(a.id, 101 + i);
        assert_int_equal(a.nodes, a.strategy == 5 ? 2 : 1);
        assert_true(a.node[0] == 20 || a.node[0] == 21);
        assert_int_equal(a.node[1], a.strategy == 5 ? 30 : 0);
        both += a.strategy == 5;
        complexified += a.complexified;
        dogs += a.node[0] == 21;
    }
    assert_int_equal(both, 6);
    assert_int_equal(complexified, 3);
    assert_int_equal(dogs, 8);
    assert_false(run_next(r, &a));
    buf_free(&text);
    buf_free(&again);
    run_free(r);
    run_free(back);
    plan_draws_free(&w);
    plan_free(&p);
    tree_free(&t);
}

static void test_damaged(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "draws",
        "draws 1 1",
        "draw 1 1\n1- 2\n",
        "draws 2 1\n1- 2\n",
        "draws 1 1\n1 2\n",
        "draws 1 1\n1- 2 3\n",
        "draws 1 1\n1- 0\n",
        "draws 1 1\n1- x\n",
        "draws 1 1\n1- 2",
        "draws 1 17\n1- 2\n",
        "draws -1 1\n",
        "draws 99999999 1\n1- 2\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct run *r = NULL;
        struct err e = {0};
        assert_int_equal(run_read(bad[i], strlen(bad[i]), 1, &r, &e), ST_DAMAGED);
        assert_null(r);
        assert_true(e.msg[0] != '\0');
    }
}

/* Replacements get ids in the order of their originals, whichever was settled first. */
static void test_retire_in_order(void **state)
{
    (void)state;
    struct run *r = read_run(FIVE);
    start_all(r, 5);
    assert_int_equal(run_open(r), 5);
    run_settled(r, 4, POINT_REJECTED);
    run_settled(r, 3, POINT_INVALID);
    assert_int_equal(run_to_start(r), 0); /* 1 and 2 are not settled */
    run_settled(r, 1, POINT_ACCEPTED);
    assert_int_equal(next_id(r), 0);
    run_settled(r, 2, POINT_DISPUTED);
    assert_int_equal(run_to_start(r), 3);
    assert_int_equal(run_open(r), 1);
    start_all(r, 3);
    assert_int_equal(draw_of(r, 6), 2);
    assert_int_equal(draw_of(r, 7), 3);
    assert_int_equal(draw_of(r, 8), 4);
    struct run_draw d;
    assert_true(run_draw_of(r, 7, &d));
    assert_true(d.complexified);
    assert_int_equal(d.node[0], 13);
    assert_int_equal(d.nodes, 1);
    /* A replacement of a replacement. */
    run_settled(r, 5, POINT_ACCEPTED);
    run_settled(r, 6, POINT_REJECTED);
    assert_int_equal(next_id(r), 9);
    assert_int_equal(draw_of(r, 9), 2);
    assert_int_equal(run_started(r), 9);
    assert_false(run_draw_of(r, 10, &d));
    assert_false(run_draw_of(r, 0, &d));
    run_settled(r, 99, POINT_ACCEPTED); /* not of this run: no effect */
    assert_int_equal(run_open(r), 3);
    run_free(r);
}

static void collect(void *ctx, int64_t id)
{
    int64_t *list = ctx;
    list[++list[0]] = id;
}

/* A failed point holds its place and those behind it wait for what becomes of it. */
static void test_failed(void **state)
{
    (void)state;
    struct run *r = read_run(FIVE);
    start_all(r, 5);
    run_settled(r, 1, POINT_FAILED);
    run_settled(r, 2, POINT_FAILED);
    run_settled(r, 3, POINT_ACCEPTED);
    run_settled(r, 4, POINT_REJECTED);
    int64_t failed[6] = {0};
    run_failed(r, collect, failed);
    assert_int_equal(failed[0], 2);
    assert_int_equal(failed[1], 1);
    assert_int_equal(failed[2], 2);
    assert_int_equal(run_open(r), 1);
    assert_int_equal(run_to_start(r), 0);
    run_settled(r, 2, POINT_REJECTED);
    assert_int_equal(run_to_start(r), 0);
    run_settled(r, 1, POINT_FAILED); /* again */
    assert_int_equal(run_to_start(r), 0);
    run_settled(r, 1, POINT_ACCEPTED);
    assert_int_equal(run_to_start(r), 2);
    start_all(r, 2);
    assert_int_equal(draw_of(r, 6), 2);
    assert_int_equal(draw_of(r, 7), 4);
    assert_int_equal(run_open(r), 3);
    run_free(r);
}

/* Nobody tries the failed ones again: the rest is replaced all the same, also after a restart. */
static void test_give_up(void **state)
{
    (void)state;
    static const enum point_state outcome[] = {POINT_FAILED,   POINT_REJECTED, POINT_FAILED,
                                               POINT_REJECTED, POINT_ASKED,    POINT_ASKED};
    struct run *r = read_run(FIVE);
    start_all(r, 5);
    for (int64_t id = 1; id <= 4; id++) {
        run_settled(r, id, outcome[id - 1]);
    }
    assert_int_equal(run_to_start(r), 0);
    assert_true(run_give_up(r));
    assert_int_equal(run_to_start(r), 2);
    assert_int_equal(next_id(r), 6);
    assert_int_equal(draw_of(r, 6), 2);
    run_free(r);

    r = read_run(FIVE);
    for (int64_t id = 1; id <= 6; id++) {
        run_restore(r, id, outcome[id - 1]);
    }
    assert_int_equal(run_started(r), 6);
    assert_int_equal(draw_of(r, 6), 2);
    assert_true(run_give_up(r));
    assert_int_equal(next_id(r), 7);
    assert_int_equal(draw_of(r, 7), 4);
    /* Tried again nevertheless. */
    run_settled(r, 3, POINT_INVALID);
    assert_int_equal(next_id(r), 8);
    assert_int_equal(draw_of(r, 8), 3);
    for (int64_t id = 5; id <= 8; id++) {
        run_settled(r, id, POINT_ACCEPTED);
    }
    assert_false(run_give_up(r));
    run_free(r);
}

/* A point that was passed by is under way again when the process dies: the replacements that were
 * started behind it keep their ids. */
static void test_restore_behind_an_open_point(void **state)
{
    (void)state;
    struct run *r = read_run(FIVE);
    run_restore(r, 1, POINT_ASKED); /* given up once, and is tried again */
    run_restore(r, 2, POINT_REJECTED);
    run_restore(r, 3, POINT_ACCEPTED);
    run_restore(r, 4, POINT_REJECTED);
    run_restore(r, 5, POINT_ACCEPTED);
    run_restore(r, 6, POINT_ACCEPTED);
    assert_int_equal(run_started(r), 6);
    assert_int_equal(draw_of(r, 6), 2);
    assert_int_equal(run_open(r), 1);
    assert_int_equal(next_id(r), 7);
    assert_int_equal(draw_of(r, 7), 4);
    assert_int_equal(next_id(r), 0);
    run_settled(r, 1, POINT_REJECTED);
    assert_int_equal(next_id(r), 8);
    assert_int_equal(draw_of(r, 8), 1);
    run_settled(r, 8, POINT_ACCEPTED);
    run_settled(r, 7, POINT_ACCEPTED);
    assert_int_equal(run_open(r), 0);
    assert_int_equal(run_to_start(r), 0);
    run_free(r);
}

static void restore_as(struct run *r, int64_t id, int64_t draw, enum point_state outcome)
{
    const struct run_draw made = {.id = id,
                                  .strategy = draw,
                                  .node = {10 + draw},
                                  .nodes = 1,
                                  .complexified = draw == 3}; /* as in FIVE */
    assert_true(run_replaces(r, id));
    run_restore_as(r, &made, outcome);
}

/* 2 failed and was given up, 4 was replaced by 6; then 2 was tried again, rejected and replaced by
 * 7. The outcomes alone would give 6 to draw 2. */
static void test_restore_by_stored_draws(void **state)
{
    (void)state;
    struct run *r = read_run(FIVE);
    const enum point_state outcome[] = {POINT_ACCEPTED, POINT_REJECTED, POINT_ACCEPTED,
                                        POINT_REJECTED, POINT_ACCEPTED};
    for (int64_t id = 1; id <= 5; id++) {
        assert_false(run_replaces(r, id));
        run_restore(r, id, outcome[id - 1]);
    }
    restore_as(r, 6, 4, POINT_ASKED);
    restore_as(r, 7, 2, POINT_ACCEPTED);
    assert_int_equal(draw_of(r, 6), 4);
    assert_int_equal(draw_of(r, 7), 2);
    assert_int_equal(run_to_start(r), 0);
    run_settled(r, 6, POINT_REJECTED);
    assert_int_equal(next_id(r), 8);
    assert_int_equal(draw_of(r, 8), 4);
    run_free(r);
}

/* A person's retry made the original acceptable: its replacement exists all the same, and its id
 * is not given out again. */
static void test_restore_without_need(void **state)
{
    (void)state;
    struct run *r = read_run(FIVE);
    for (int64_t id = 1; id <= 5; id++) {
        run_restore(r, id, id == 3 ? POINT_REJECTED : POINT_ACCEPTED);
    }
    restore_as(r, 6, 2, POINT_REJECTED); /* 2 is accepted by now */
    restore_as(r, 7, 3, POINT_ACCEPTED);
    assert_int_equal(draw_of(r, 6), 2);
    assert_int_equal(draw_of(r, 7), 3);
    assert_int_equal(next_id(r), 8);
    assert_int_equal(draw_of(r, 8), 2);
    run_free(r);
}

/* Gaps and strangers are no part of a run. */
static void test_restore_refuses(void **state)
{
    (void)state;
    struct run *r = read_run(FIVE);
    run_restore(r, 2, POINT_ACCEPTED);
    assert_int_equal(run_started(r), 0);
    for (int64_t id = 1; id <= 7; id++) {
        run_restore(r, id, POINT_ACCEPTED);
    }
    assert_int_equal(run_started(r), 5); /* nothing was rejected: there is no sixth */
    assert_int_equal(run_to_start(r), 0);
    run_free(r);
}

/* ---- the same as ids go by, for any order of settling and any moment of a restart */

enum { DRAWS = 60, MOST = 400 };

static enum point_state fate(uint64_t seed, int64_t id)
{
    static const enum point_state all[] = {POINT_ACCEPTED, POINT_ACCEPTED, POINT_ACCEPTED,
                                           POINT_REJECTED, POINT_DISPUTED, POINT_INVALID};
    return all[rng_below(seed, (uint64_t)id, 0, sizeof all / sizeof *all)];
}

struct game {
    struct run *run;
    enum point_state outcome[MOST];
    int tries[MOST];
    int64_t open[MOST], started, asked_again;
    size_t count;
};

static void game_reopen(void *ctx, int64_t id)
{
    struct game *g = ctx;
    g->outcome[id] = POINT_ASKED;
    g->open[g->count++] = id;
    g->asked_again++;
}

static void game_start(struct game *g, size_t window, int64_t draw[MOST])
{
    struct run_draw d;
    while (g->count < window && run_next(g->run, &d)) {
        assert_int_equal(d.id, ++g->started);
        assert_true(g->started < MOST);
        g->outcome[d.id] = POINT_ASKED;
        draw[d.id] = d.strategy * 1000000 + d.node[0] * 10000 + d.node[1] * 10 + d.complexified;
        g->open[g->count++] = d.id;
    }
    if (g->count == 0) {
        run_failed(g->run, game_reopen, g);
    }
}

static void game_restart(struct game *g, const char *spec)
{
    run_free(g->run);
    g->run = read_run(spec);
    for (int64_t i = 1; i <= g->started; i++) {
        run_restore(g->run, i, g->outcome[i]);
    }
    assert_int_equal(run_started(g->run), g->started);
    assert_int_equal(run_open(g->run), g->count);
}

/*
 * Settle open points, `window` at once and in an order by dice, until all places are held. Every
 * fifth point fails before it is made. Returns how many were started.
 */
static int64_t play(uint64_t seed, size_t window, uint64_t dice, bool restarts, int64_t draw[MOST])
{
    char *spec = spec_text(DRAWS, 12);
    struct game g = {.run = read_run(spec)};
    game_start(&g, window, draw);
    for (uint64_t turn = 0; g.count > 0; turn++) {
        size_t at = (size_t)rng_below(dice, 1, turn, g.count);
        int64_t id = g.open[at];
        g.open[at] = g.open[--g.count];
        bool fails = rng_below(seed, (uint64_t)id, 1, 5) == 0 && g.tries[id]++ == 0;
        g.outcome[id] = fails ? POINT_FAILED : fate(seed, id);
        run_settled(g.run, id, g.outcome[id]);
        if (restarts && rng_below(dice, 2, turn, 3) == 0) {
            game_restart(&g, spec);
        }
        game_start(&g, window, draw);
    }
    assert_int_equal(run_to_start(g.run), 0);
    assert_true(g.asked_again > 0);
    int64_t accepted = 0;
    for (int64_t i = 1; i <= g.started; i++) {
        accepted += g.outcome[i] == POINT_ACCEPTED;
    }
    assert_int_equal(accepted, DRAWS);
    run_free(g.run);
    free(spec);
    return g.started;
}

static void test_any_order(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        int64_t one[MOST] = {0}, many[MOST] = {0};
        int64_t n = play(seed, 1, 1, false, one);
        assert_true(n > DRAWS);
        for (uint64_t dice = 1; dice <= 6; dice++) {
            memset(many, 0, sizeof many);
            assert_int_equal(play(seed, dice * 11, dice, dice % 2 == 0, many), n);
            assert_memory_equal(one, many, sizeof one);
        }
    }
}

static void test_mix_hash(void **state)
{
    (void)state;
    const int64_t a[] = {1, 2}, b[] = {2, 1};
    assert_int_equal(mix_hash(1, a, 2), mix_hash(1, a, 2));
    assert_int_not_equal(mix_hash(1, a, 2), mix_hash(2, a, 2));
    assert_int_not_equal(mix_hash(1, a, 2), mix_hash(1, b, 2));
    assert_int_not_equal(mix_hash(1, a, 2), mix_hash(1, a, 1));
    assert_true(mix_hash(0, a, 0) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_write_read),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_retire_in_order),
        cmocka_unit_test(test_failed),
        cmocka_unit_test(test_give_up),
        cmocka_unit_test(test_restore_behind_an_open_point),
        cmocka_unit_test(test_restore_refuses),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_restore_by_stored_draws),
        cmocka_unit_test(test_restore_without_need),
        cmocka_unit_test(test_mix_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
