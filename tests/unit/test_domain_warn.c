/*
 * Tests of the warnings: each is said when it is true, about the right node and strategy, and a
 * sound design gets none.
 */
#include "domain/warn.h"
#include "test_domain_plan_world.h"

static struct warnings got;

/* Plan n points and look. */
static void look(struct world *w, int64_t n, int depth)
{
    struct plan p;
    struct err e = {0};
    if (plan_make(&w->d, n, &p, &e) != ST_OK) {
        fail_msg("%s", e.msg);
    }
    int64_t *quota = xcalloc(w->tree.count, sizeof *quota);
    int64_t *now = xcalloc(w->tree.count, sizeof *now);
    plan_node_quota(&w->d, &p, quota);
    for (size_t i = 0; i < w->have_count; i++) {
        if (w->have[i].node != 0) {
            now[tree_by_id(&w->tree, w->have[i].node)] +=
                w->have[i].plain + w->have[i].complexified;
        }
    }
    tree_roll_up_i64(&w->tree, now);
    warn_design(&w->d, &p, quota, now, depth, &got);
    free(quota);
    free(now);
    plan_free(&p);
}

static const struct warning *find(enum warn_kind kind)
{
    for (int i = 0; i < got.count; i++) {
        if (got.item[i].kind == kind) {
            return &got.item[i];
        }
    }
    return NULL;
}

static void expect(enum warn_kind kind, int strategy, uint32_t node, int64_t count,
                   const char *words)
{
    const struct warning *w = find(kind);
    if (w == NULL) {
        fail_msg("no warning %s", warn_kind_name(kind));
        return;
    }
    assert_int_equal(w->strategy, strategy);
    assert_int_equal(w->node, node);
    assert_int_equal(w->count, count);
    if (strstr(w->text, words) == NULL) {
        fail_msg("\"%s\" is not in: %s", words, w->text);
    }
}

static void only(enum warn_kind kind)
{
    for (int i = 0; i < got.count; i++) {
        if (got.item[i].kind != kind) {
            fail_msg("not expected: %s", got.item[i].text);
        }
    }
}

/* Two taxonomies of four leaves: node 2 .. 5 and 7 .. 10. */
static void a_sound_design_gets_none(void **state)
{
    (void)state;
    struct world w;
    flat(&w, 2, 4, 1);
    look(&w, 8, 3);
    assert_int_equal(got.count, 0);
    assert_int_equal(got.more, 0);
    world_free(&w);
}

static void repeats_are_said_by_how_much(void **state)
{
    (void)state;
    struct world w;
    flat(&w, 2, 4, 1);
    look(&w, 12, 3); /* 0.75 of 16 mixes */
    assert_int_equal(got.count, 0);
    look(&w, 16, 3);
    expect(WARN_REPEATS, 0, TREE_NONE, 16, "nearly all");
    look(&w, 40, 3);
    expect(WARN_REPEATS, 0, TREE_NONE, 40, "2.5 times");
    only(WARN_REPEATS);
    world_free(&w);
}

static void nodes_that_get_nothing_are_counted(void **state)
{
    (void)state;
    struct world w;
    flat(&w, 2, 4, 1);
    look(&w, 3, 3);
    expect(WARN_EMPTY_NODES, -1, 1, 1, "1 of the 4 finest nodes of \"t0\"");
    only(WARN_EMPTY_NODES);
    assert_int_equal(got.count, 2); /* each taxonomy */
    world_free(&w);
}

static void what_is_off_is_said_once(void **state)
{
    (void)state;
    struct world w;
    flat(&w, 2, 4, 1);
    for (uint32_t at = 2; at <= 5; at++) {
        w.tree.nodes[at].weight = 0;
    }
    look(&w, 4, 3);
    expect(WARN_ALL_OFF, -1, 1, 4, "\"t0\" is off");
    look(&w, 0, 3); /* without points it is no matter */
    assert_null(find(WARN_ALL_OFF));
    /* points below a node that is off */
    w.tree.nodes[2].weight = w.tree.nodes[3].weight = w.tree.nodes[5].weight = 1;
    have_add(&w, 1, 0, 3, 0);
    have_add(&w, 1, w.tree.nodes[4].id, 3, 0);
    have_add(&w, 1, w.tree.nodes[7].id, 3, 0);
    look(&w, 9, 3);
    expect(WARN_OFF_FINISHED, -1, 4, 3, "\"t0/n2\" is off and 3 points");
    only(WARN_OFF_FINISHED);
    world_free(&w);
}

static void unused_taxonomies_and_strategies_are_named(void **state)
{
    (void)state;
    struct world w;
    flat(&w, 3, 4, 1);
    w.strategy[0].taxonomy_count = 2;
    w.strategy[1] = w.strategy[0];
    w.strategy[1].id = 2;
    w.strategy[1].name = "second";
    w.strategy[1].weight = 0;
    w.d.strategy_count = 2;
    look(&w, 8, 3);
    expect(WARN_NO_TAXONOMY, -1, 11, 0, "\"t2\"");
    expect(WARN_STRATEGY_OFF, 1, TREE_NONE, 0, "\"second\" has weight 0");
    assert_int_equal(got.count, 2);
    world_free(&w);
}

static void exclusions_that_leave_too_little_are_counted(void **state)
{
    (void)state;
    struct world w;
    flat(&w, 2, 4, 1);
    /* node 2 may go with none, then with one of four */
    w.exclusion[0] = (struct plan_exclusion){0, 2, 6};
    w.d.exclusion_count = 1;
    look(&w, 8, 3);
    expect(WARN_NO_PARTNERS, 0, 2, 0, "only 0 points of \"t1\" to go with \"t0/n0\"");
    w.exclusion[0] = (struct plan_exclusion){0, 2, 7};
    w.exclusion[1] = (struct plan_exclusion){1, 8, 2};
    w.exclusion[2] = (struct plan_exclusion){99, 2, 9}; /* of another strategy */
    w.d.exclusion_count = 3;
    look(&w, 8, 3); /* 2 points at node 2, 4 of t1 may go with them */
    assert_int_equal(got.count, 0);
    w.tree.nodes[2].weight = 9; /* 6 of 8 */
    look(&w, 8, 3);
    expect(WARN_NO_PARTNERS, 0, 2, 4, "only 4 points");
    /* the same subtree twice, and once more below itself, counts once */
    w.tree.nodes[2].weight = 1;
    w.exclusion[0] = (struct plan_exclusion){0, 2, 7};
    w.exclusion[1] = (struct plan_exclusion){0, 2, 7};
    w.d.exclusion_count = 2;
    look(&w, 8, 3);
    assert_int_equal(got.count, 0);
    world_free(&w);
}

/* Where it says that exclusions leave no way, plan_draw finds none. */
static void what_it_calls_impossible_is(void **state)
{
    (void)state;
    int said = 0;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct world w;
        struct plan p;
        struct plan_draws draws;
        struct err e = {0};
        random_world(&w, seed);
        for (uint64_t i = 0; i < EXCLUSIONS; i++) {
            uint32_t a = 1 + (uint32_t)rng_below(seed, 20, i, w.tree.count - 1);
            uint32_t b = 1 + (uint32_t)rng_below(seed, 21, i, w.tree.count - 1);
            if (tree_taxonomy(&w.tree, a) != tree_taxonomy(&w.tree, b)) {
                w.exclusion[w.d.exclusion_count++] = (struct plan_exclusion){0, a, b};
            }
        }
        if (plan_make(&w.d, 30, &p, &e) == ST_OK) {
            look(&w, 30, 3);
            bool drawn = plan_draw(&w.d, &p, 1, &draws, &e) == ST_OK;
            const struct warning *none = find(WARN_NO_PARTNERS);
            if (none != NULL && drawn) {
                fail_msg("seed %d: %s", (int)seed, none->text);
            }
            said += none != NULL;
            if (drawn) {
                plan_draws_free(&draws);
            }
            plan_free(&p);
        }
        world_free(&w);
    }
    assert_true(said > 0);
}

static void coarse_nodes_among_fine_ones_are_said(void **state)
{
    (void)state;
    struct world w;
    flat(&w, 2, 4, 1);
    for (uint32_t at = 2; at <= 5; at++) {
        add(&w.tree, at, 100 + at, "below", 1);
        w.tree.nodes[at].state = NODE_EXPANDED;
    }
    uint32_t coarse = add(&w.tree, 1, 200, "coarse", 1);
    w.tree.nodes[coarse].state = NODE_UNEXPANDED;
    look(&w, 10, 2);
    expect(WARN_UNEXPANDED, -1, 1, 1, "1 node of \"t0\" not expanded");
    look(&w, 10, 1); /* as deep as it is to be */
    assert_null(find(WARN_UNEXPANDED));
    w.strategy[0].levels = LEVELS_ALL; /* every level is drawn from anyway */
    look(&w, 12, 2);
    assert_null(find(WARN_UNEXPANDED));
    w.tree.nodes[coarse].state = NODE_FAILED;
    look(&w, 12, 2);
    assert_non_null(find(WARN_UNEXPANDED));
    world_free(&w);
}

static void one_complexity_for_all_is_said(void **state)
{
    (void)state;
    struct world w;
    flat(&w, 2, 4, 1);
    w.strategy[0].complexity = 0;
    look(&w, 8, 3);
    expect(WARN_COMPLEXITY, -1, TREE_NONE, 0, "c is 0");
    w.strategy[0].complexity = 1;
    look(&w, 8, 3);
    expect(WARN_COMPLEXITY, -1, TREE_NONE, 8, "c is 1");
    world_free(&w);
}

static void more_points_than_wanted_is_said(void **state)
{
    (void)state;
    struct world w;
    flat(&w, 1, 4, 1);
    have_add(&w, 1, 0, 5, 4);
    look(&w, 9, 3);
    assert_null(find(WARN_ENOUGH));
    look(&w, 4, 3);
    expect(WARN_ENOUGH, -1, TREE_NONE, 9, "9 points exist already: with N = 4 none is added");
    world_free(&w);
}

static void a_long_list_says_how_much_it_leaves_out(void **state)
{
    (void)state;
    struct world w;
    flat(&w, 1, 100, 1);
    have_add(&w, 1, 0, 100, 0);
    for (uint32_t at = 2; at <= 101; at++) {
        w.tree.nodes[at].weight = at == 2;
        have_add(&w, 1, w.tree.nodes[at].id, 1, 0);
    }
    look(&w, 110, 3);
    assert_int_equal(got.count, WARN_MAX);
    assert_true(got.more >= 99 - WARN_MAX);
    for (int i = 0; i < got.count; i++) {
        assert_true(got.item[i].text[0] != '\0');
    }
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_design_gets_none),
        cmocka_unit_test(repeats_are_said_by_how_much),
        cmocka_unit_test(nodes_that_get_nothing_are_counted),
        cmocka_unit_test(what_is_off_is_said_once),
        cmocka_unit_test(unused_taxonomies_and_strategies_are_named),
        cmocka_unit_test(exclusions_that_leave_too_little_are_counted),
        cmocka_unit_test(what_it_calls_impossible_is),
        cmocka_unit_test(coarse_nodes_among_fine_ones_are_said),
        cmocka_unit_test(one_complexity_for_all_is_said),
        cmocka_unit_test(more_points_than_wanted_is_said),
        cmocka_unit_test(a_long_list_says_how_much_it_leaves_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
