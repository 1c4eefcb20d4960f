/*
 * Tests of grow with several nodes in one job, and with a whole level: each node is asked about
 * once, in the order given, nodes of one level get one plan for each taxonomy, locked ones are left
 * alone and counted, and the record of an expansion tells where every proposal came from.
 */
#include "engine_garden.h"

#include "domain/expansion.h"

static const struct rule good = {.none = 0};

static const struct question *open_question(const struct garden *g, const char *key)
{
    for (size_t i = 0; i < g->post.count; i++) {
        if (strcmp(g->post.open[i]->key, key) == 0) {
            return g->post.open[i];
        }
    }
    return NULL;
}

/* cats > wild > lynx, tame > house, tabby; dogs > husky */
static void plant_all(struct garden *g)
{
    plant(g, 1, "wild");  /* 2 */
    plant(g, 1, "tame");  /* 3 */
    plant(g, 2, "lynx");  /* 4 */
    plant(g, 3, "house"); /* 5 */
    plant(g, 3, "tabby"); /* 6 */
    plant(g, 0, "dogs");  /* 7 */
    plant(g, 7, "husky"); /* 8 */
}

static void test_several(void **state)
{
    (void)state;
    struct garden g;
    garden_init(&g, &good, 1);
    plant_all(&g);
    const int64_t roots[] = {6, 4, 8, 5, 4};
    memcpy(g.roots, roots, sizeof roots);
    g.root_count = 5;
    node_at(&g, 5)->locked = true;
    garden_begin(&g);
    /* two of cats are to be equally fine, so they get a plan first; one of dogs needs none */
    assert_int_equal(g.post.count, 1);
    assert_non_null(open_question(&g, "j1.n1.plan.1"));
    assert_true(garden_run(&g, 1000));
    assert_true(g.ended && g.ok);
    assert_string_equal(g.message, "3 nodes expanded, 1 locked node left alone");
    assert_int_equal(g.expanded[4], 1);
    assert_int_equal(g.expanded[6], 1);
    assert_int_equal(g.expanded[8], 1);
    assert_int_equal(g.expanded[5], 0);
    /* children get their ids in the order in which the nodes were given */
    assert_int_equal(g.tree.nodes[tree_by_id(&g.tree, 9)].parent, tree_by_id(&g.tree, 6));
    assert_int_equal(count_keys(&g, ".plan."), 1);
    garden_free(&g);
}

static void test_level(void **state)
{
    (void)state;
    struct garden g;
    garden_init(&g, &good, 1);
    plant_all(&g);
    node_at(&g, 5)->state =
        NODE_EXPANDED; /* a leaf by decision is asked for by name of its level */
    node_at(&g, 6)->locked = true;
    g.first = 2;
    garden_finish(&g);
    assert_true(g.ok);
    assert_string_equal(g.message, "2 nodes expanded, 1 locked node left alone");
    assert_int_equal(g.expanded[4] + g.expanded[5], 2);
    assert_int_equal(g.expanded[1] + g.expanded[2] + g.expanded[3] + g.expanded[6], 0);
    assert_int_equal(g.expanded[8], 0); /* another taxonomy */

    g.job = 2; /* again: all have children now */
    garden_finish(&g);
    assert_true(g.ok);
    assert_non_null(strstr(g.message, "nothing to expand: every node 2 levels below has children"));
    garden_free(&g);
}

/* One below the other in one job: nothing is asked about twice. */
static void test_nested(void **state)
{
    (void)state;
    struct garden g;
    garden_init(&g, &good, 2);
    plant_all(&g);
    g.roots[0] = 2;
    g.roots[1] = 4;
    g.root_count = 2;
    garden_finish(&g);
    assert_true(g.ok);
    for (size_t i = 0; i < sizeof g.expanded / sizeof *g.expanded; i++) {
        assert_in_range(g.expanded[i], 0, 1);
    }
    garden_free(&g);
}

static void test_all_gone(void **state)
{
    (void)state;
    struct garden g;
    garden_init(&g, &good, 1);
    g.roots[0] = 77;
    g.roots[1] = 78;
    g.root_count = 2;
    garden_begin(&g);
    assert_true(g.ended);
    assert_false(g.ok);
    assert_string_equal(g.message, "the nodes were deleted meanwhile");
    garden_free(&g);
}

/* Whatever the order of replies and the restarts, the same tree and the same records. */
static void test_order(void **state)
{
    (void)state;
    char *first = NULL;
    for (uint64_t dice = 0; dice < 6; dice++) {
        struct garden g;
        garden_init(&g, &good, 2);
        plant_all(&g);
        g.root_count = 3;
        g.roots[0] = 8;
        g.roots[1] = 5;
        g.roots[2] = 4;
        g.post.order = dice > 0 ? ORDER_RANDOM : ORDER_ASKED;
        g.post.dice = dice;
        garden_finish(&g);
        char *text = garden_text(&g);
        if (first == NULL) {
            first = text;
        } else {
            assert_string_equal(first, text);
            free(text);
        }
        garden_free(&g);
    }
    free(first);
}

/* ---- the record of one expansion */

static void answer(struct garden *g, const char *key, const char *text)
{
    struct reply r = {.final = true, .tries = 1, .outcome = REPLY_OK};
    for (size_t i = 0; i < g->post.count; i++) {
        if (strcmp(g->post.open[i]->key, key) == 0) {
            r.task = g->post.open[i]->task;
            question_free(g->post.open[i]);
            g->post.open[i] = g->post.open[--g->post.count];
            snprintf(r.key, sizeof r.key, "%s", key);
            r.text = xstrdup(text);
            garden_reply(g, &r);
            return;
        }
    }
    fail_msg("%s is not open", key);
}

#define CHILD(name) "{\"name\":\"" name "\",\"description\":\"d\"}"

static void test_record(void **state)
{
    (void)state;
    struct garden g;
    garden_init(&g, &good, 1);
    plant(&g, 1, "manx");
    g.root = 1;
    garden_begin(&g);
    answer(&g, "j1.n1.propose.1",
           "{\"children\":[" CHILD("the tabby") "," CHILD("Manx") "," CHILD("other") "]}");
    answer(&g, "j1.n1.propose.0", "{\"children\":[" CHILD("Tabby") "," CHILD("sphynx") "]}");
    answer(&g, "j1.n1.propose.2", "{\"children\":[" CHILD("bald cat") "]}");
    answer(&g, "j1.n1.critic.0",
           "{\"children\":[{\"name\":\"Tabby\",\"description\":\"d\",\"from\":[\"Tabby\"]},"
           "{\"name\":\"hairless\",\"description\":\"d\",\"from\":[\"sphynx\",\"bald cat\"]},"
           "{\"name\":\"forest cat\",\"description\":\"d\",\"from\":[]}],"
           "\"dropped\":[]}");
    assert_true(g.ok);
    struct expansion x;
    struct err e = {0};
    const char *json = g.expansion[1];
    assert_int_equal(expansion_read(json, strlen(json), &g.tree, 1, &x, &e), ST_OK);
    static const struct {
        const char *name;
        enum fate fate;
        const char *into, *calls, *where;
    } rows[] = {
        {"Tabby", FATE_KEPT, "", "1, 2", ""},
        {"hairless", FATE_KEPT, "", "", ""},
        {"sphynx", FATE_MERGED, "hairless", "1", ""},
        {"bald cat", FATE_MERGED, "hairless", "3", ""},
        {"forest cat", FATE_KEPT, "", "", ""},
        {"other", FATE_DROPPED, "", "2", ""},
        {"Manx", FATE_REPEATS, "", "2", "cats/manx"},
    };
    assert_int_equal(x.count, sizeof rows / sizeof rows[0]);
    for (size_t i = 0; i < x.count; i++) {
        assert_string_equal(x.rows[i].name, rows[i].name);
        assert_int_equal(x.rows[i].fate, rows[i].fate);
        assert_string_equal(x.rows[i].into, rows[i].into);
        assert_string_equal(x.rows[i].calls, rows[i].calls);
        assert_string_equal(x.rows[i].where, rows[i].where);
    }
    assert_string_equal(x.rows[5].reason, "the critic left it out and said nothing about it");
    assert_non_null(strstr(json, "\"spelled\":[\"the tabby\"]"));
    expansion_free(&x);
    garden_free(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_several), cmocka_unit_test(test_level),
        cmocka_unit_test(test_nested),  cmocka_unit_test(test_all_gone),
        cmocka_unit_test(test_order),   cmocka_unit_test(test_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
