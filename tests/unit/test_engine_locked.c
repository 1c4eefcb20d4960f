/*
 * Tests of grow: what is locked, and all below it, is left alone however deep the job goes, and the
 * plan of a level does not speak of it.
 */
#include "engine_garden.h"

static const struct rule good = {.none = 0};

/*
 * cats > locked > cub, bare (locked), open: levels 2 and 3 are grown below open, and below what
 * cats itself gets.
 */
static void locked_branch(uint64_t dice)
{
    struct garden g;
    garden_init(&g, &good, 3);
    g.post.order = dice > 0 ? ORDER_RANDOM : ORDER_ASKED;
    g.post.dice = dice;
    int64_t locked = plant(&g, 1, "locked")->id, cub = plant(&g, locked, "cub")->id;
    int64_t bare = plant(&g, 1, "bare")->id, open = plant(&g, 1, "open")->id;
    node_at(&g, locked)->locked = true;
    node_at(&g, bare)->locked = true;
    garden_finish(&g);
    assert_true(g.ok);
    assert_int_equal(node_at(&g, locked)->children, 1);
    assert_int_equal(node_at(&g, locked)->state, NODE_UNEXPANDED);
    assert_int_equal(node_at(&g, cub)->children, 0);
    assert_int_equal(node_at(&g, cub)->state, NODE_UNEXPANDED);
    assert_int_equal(node_at(&g, bare)->children, 0);
    assert_int_equal(node_at(&g, bare)->state, NODE_UNEXPANDED);
    assert_true(node_at(&g, open)->children > 0);
    const int64_t left[] = {locked, cub, bare};
    for (int i = 0; i < 3; i++) {
        char part[40];
        snprintf(part, sizeof part, ".n%" PRId64 ".", left[i]);
        assert_int_equal(count_keys(&g, part), 0);
        assert_null(g.expansion[left[i]]);
    }
    garden_free(&g);
}

static void test_locked_branch(void **state)
{
    (void)state;
    for (uint64_t dice = 0; dice <= 4; dice++) {
        locked_branch(dice);
    }
}

static bool names(const cJSON *list, const char *name)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list)
    {
        if (strcmp(item->valuestring, name) == 0) {
            return true;
        }
    }
    return false;
}

static void test_plan_without_locked(void **state)
{
    (void)state;
    struct garden g;
    garden_init(&g, &good, 2);
    plant(&g, 1, "bare")->locked = true;
    plant(&g, 1, "open");
    garden_begin(&g);
    while (count_keys(&g, ".plan.") == 0) {
        assert_true(garden_step(&g));
    }
    assert_int_equal(g.post.count, 1);
    const cJSON *nodes = cJSON_GetObjectItem(g.post.open[0]->inputs, "nodes");
    assert_true(names(nodes, "open"));
    assert_false(names(nodes, "bare"));
    garden_free(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_locked_branch),
        cmocka_unit_test(test_plan_without_locked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
