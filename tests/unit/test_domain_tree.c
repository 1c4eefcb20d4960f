/*
 * Tests of the tree: building, ids, words that name nodes, walks, shares, names.
 */
#include "base/mem.h"
#include "base/rng.h"
#include "domain/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint32_t add(struct tree *t, uint32_t parent, int64_t id, const char *name, double weight)
{
    struct node model = {.id = id, .name = name, .weight = weight};
    return tree_add(t, parent, &model);
}

/* operation(1) > addition(2) > carrying(4); operation > a/b\c(3); topic(5) */
static void small(struct tree *t)
{
    tree_init(t);
    assert_int_equal(add(t, 0, 1, "operation", 1), 1);
    assert_int_equal(add(t, 1, 2, "addition", 1), 2);
    assert_int_equal(add(t, 1, 3, "a/b\\c", 3), 3);
    assert_int_equal(add(t, 2, 4, "carrying", 2), 4);
    assert_int_equal(add(t, 0, 5, "topic", 7), 5);
}

static void test_links(void **state)
{
    (void)state;
    struct tree t;
    small(&t);
    assert_int_equal(t.count, 6);
    assert_int_equal(t.nodes[0].children, 2);
    assert_int_equal(t.nodes[1].first, 2);
    assert_int_equal(t.nodes[1].last, 3);
    assert_int_equal(t.nodes[3].prev, 2);
    assert_int_equal(t.nodes[2].next, 3);
    assert_int_equal(t.nodes[4].depth, 3);
    assert_int_equal(tree_by_id(&t, 4), 4);
    assert_int_equal(tree_by_id(&t, 0), 0);
    assert_int_equal(tree_by_id(&t, 99), TREE_NONE);
    assert_int_equal(tree_child(&t, 1, "additional", 8), 2);
    assert_int_equal(tree_child(&t, 1, "add", 3), TREE_NONE);
    assert_int_equal(tree_taxonomy(&t, 4), 1);
    assert_int_equal(tree_taxonomy(&t, 5), 5);
    assert_int_equal(tree_taxonomy(&t, 0), TREE_NONE);
    assert_true(tree_is_under(&t, 4, 1));
    assert_true(tree_is_under(&t, 4, 4));
    assert_true(tree_is_under(&t, 4, 0));
    assert_false(tree_is_under(&t, 4, 3));
    assert_false(tree_is_under(&t, 1, 4));
    tree_free(&t);
}

static void test_ceilings(void **state)
{
    (void)state;
    struct tree t;
    small(&t);
    assert_int_equal(add(&t, 0, 4, "twice", 1), TREE_NONE);
    assert_int_equal(add(&t, 77, 0, "no parent", 1), TREE_NONE);
    assert_int_equal(add(&t, 0, 0, "heavy", TREE_WEIGHT_MAX * 2), TREE_NONE);
    assert_int_equal(add(&t, 0, 0, "negative", -1), TREE_NONE);
    char name[TREE_NAME_MAX + 2];
    memset(name, 'x', sizeof name);
    name[TREE_NAME_MAX + 1] = '\0';
    assert_int_equal(add(&t, 0, 0, name, 1), TREE_NONE);
    name[TREE_NAME_MAX] = '\0';
    assert_int_not_equal(add(&t, 0, 0, name, 1), TREE_NONE);
    uint32_t at = 0;
    for (int depth = 1; depth <= TREE_MAX_DEPTH; depth++) {
        at = add(&t, at, 0, "deep", 1);
        assert_int_not_equal(at, TREE_NONE);
    }
    assert_int_equal(t.nodes[at].depth, TREE_MAX_DEPTH);
    assert_int_equal(add(&t, at, 0, "too deep", 1), TREE_NONE);
    tree_free(&t);
}

static void test_resolve(void **state)
{
    (void)state;
    struct tree t;
    struct err e;
    uint32_t at = 0;
    small(&t);
    assert_int_equal(tree_resolve(&t, "operation/addition/carrying", &at, &e), ST_OK);
    assert_int_equal(at, 4);
    assert_int_equal(tree_resolve(&t, "operation/a\\/b\\\\c", &at, &e), ST_OK);
    assert_int_equal(at, 3);
    assert_int_equal(tree_resolve(&t, "@5", &at, &e), ST_OK);
    assert_int_equal(at, 5);

    assert_int_equal(tree_resolve(&t, "operation/additon/carrying", &at, &e), ST_NOT_FOUND);
    assert_int_equal(at, TREE_NONE);
    assert_non_null(strstr(e.msg, "\"operation\" has no node \"additon\""));
    assert_non_null(strstr(e.msg, "\"addition\""));
    assert_int_equal(tree_resolve(&t, "operatoin", &at, &e), ST_NOT_FOUND);
    assert_non_null(strstr(e.msg, "\"operation\", \"topic\""));
    assert_int_equal(tree_resolve(&t, "topic/x", &at, &e), ST_NOT_FOUND);
    assert_non_null(strstr(e.msg, "no nodes below"));
    assert_int_equal(tree_resolve(&t, "operation/", &at, &e), ST_NOT_FOUND);
    assert_int_equal(tree_resolve(&t, "@77", &at, &e), ST_NOT_FOUND);
    assert_int_equal(tree_resolve(&t, "@0", &at, &e), ST_NOT_FOUND);
    assert_int_equal(tree_resolve(&t, "@x", &at, &e), ST_INVALID);
    assert_int_equal(tree_resolve(&t, "@99999999999999999999999", &at, &e), ST_INVALID);
    assert_int_equal(tree_resolve(&t, "", &at, &e), ST_INVALID);
    char longer[2 * TREE_NAME_MAX];
    memset(longer, 'y', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(tree_resolve(&t, longer, &at, &e), ST_NOT_FOUND);
    tree_free(&t);
}

/* Every node's path leads back to it, whatever its name. */
static void test_paths_lead_back(void **state)
{
    (void)state;
    static const char *const names[] = {"a",   "/",    "\\",  "\\/",         "//", "@1",
                                        "\\@", "a/@b", "@@/", "caf\xC3\xA9", "-",  "a b"};
    const uint32_t kinds = sizeof names / sizeof names[0];
    struct tree t;
    tree_init(&t);
    for (uint32_t i = 0; i < 3000; i++) {
        uint32_t parent = (uint32_t)rng_below(1, 2, i, t.count);
        const char *name = names[rng_below(1, 3, i, kinds)];
        if (tree_child(&t, parent, name, strlen(name)) == TREE_NONE) {
            add(&t, parent, (int64_t)i + 1, name, 1);
        }
    }
    assert_true(t.count > 300);
    struct buf path;
    buf_init(&path, 1 << 16);
    for (uint32_t i = 1; i < t.count; i++) {
        uint32_t at = 0;
        struct err e = {.msg = ""};
        buf_clear(&path);
        tree_path(&t, i, &path);
        assert_int_equal(tree_resolve(&t, path.data, &at, &e), ST_OK);
        assert_int_equal(at, i);
        assert_int_equal(tree_by_id(&t, t.nodes[i].id), i);
    }
    buf_free(&path);
    tree_free(&t);
}

static void test_walk(void **state)
{
    (void)state;
    struct tree t;
    small(&t);
    static const uint32_t all[] = {1, 2, 4, 3, 5, TREE_NONE};
    uint32_t at = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        at = tree_next(&t, 0, at);
        assert_int_equal(at, all[i]);
    }
    assert_int_equal(tree_next(&t, 1, 3), TREE_NONE);
    assert_int_equal(tree_next(&t, 4, 4), TREE_NONE);
    assert_int_equal(tree_skip(&t, 0, 2), 3);
    assert_int_equal(tree_skip(&t, 0, 1), 5);
    assert_int_equal(tree_skip(&t, 1, 1), TREE_NONE);
    tree_free(&t);
}

static void test_shares(void **state)
{
    (void)state;
    struct tree t;
    double share[7];
    int64_t value[7] = {0, 1, 10, 100, 1000, 10000, 0};
    small(&t);
    tree_shares(&t, share);
    assert_true(share[0] > 0.999 && share[1] > 0.999 && share[5] > 0.999);
    assert_true(share[2] > 0.2499 && share[2] < 0.2501);
    assert_true(share[3] > 0.7499 && share[3] < 0.7501);
    assert_true(share[4] > 0.2499 && share[4] < 0.2501);
    tree_roll_up_i64(&t, value);
    assert_int_equal(value[2], 1010);
    assert_int_equal(value[1], 1111);
    assert_int_equal(value[0], 11111);
    assert_int_equal(add(&t, 5, 0, "off", 0), 6);
    tree_shares(&t, share);
    assert_true(share[6] < 1e-12 && share[6] > -1e-12);
    tree_free(&t);
}

static void test_names(void **state)
{
    (void)state;
    struct err e;
    assert_int_equal(tree_name_check("carrying", &e), ST_OK);
    assert_int_equal(tree_name_check("\xE0\xA4\x95 \xF0\x9F\x98\x80 -- [w=2] \"\\,/#", &e), ST_OK);
    static const char *const bad[] = {"",
                                      " a",
                                      "a ",
                                      "a\nb",
                                      "\ta",
                                      "a\t",
                                      "\x7F",
                                      "a\xC2\x85"
                                      "b",
                                      "a\x80",
                                      "\xE2\x80\xA8",
                                      "\xEF\xBB\xBF"
                                      "b"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        e.msg[0] = '\0';
        assert_int_equal(tree_name_check(bad[i], &e), ST_INVALID);
        assert_true(strlen(e.msg) > 10);
    }
    assert_int_equal(tree_name_check("a\tb", &e), ST_OK);
    char name[TREE_NAME_MAX + 2];
    memset(name, 'x', sizeof name);
    name[TREE_NAME_MAX + 1] = '\0';
    assert_int_equal(tree_name_check(name, &e), ST_INVALID);
    name[TREE_NAME_MAX] = '\0';
    assert_int_equal(tree_name_check(name, &e), ST_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_links),   cmocka_unit_test(test_ceilings),
        cmocka_unit_test(test_resolve), cmocka_unit_test(test_paths_lead_back),
        cmocka_unit_test(test_walk),    cmocka_unit_test(test_shares),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
