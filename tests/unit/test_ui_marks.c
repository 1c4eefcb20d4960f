/* Marks against a plain array of flags, with many collisions, and their order in the tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "ui/marks.h"
#include <stdio.h>
#include <stdlib.h>

static uint32_t add(struct tree *t, uint32_t parent, const char *name, int64_t id)
{
    struct node n = {.id = id, .name = name, .desc = "", .weight = 1};
    uint32_t at = tree_add(t, parent, &n);
    assert_int_not_equal(at, TREE_NONE);
    return at;
}

static void a_set_is_a_set(void **state)
{
    (void)state;
    enum { IDS = 700 };
    struct marks m;
    bool on[IDS] = {false};
    size_t count = 0;
    marks_init(&m);
    assert_false(marks_has(&m, 5));
    for (uint64_t step = 0; step < 20000; step++) {
        size_t id = 1 + (size_t)rng_below(7, rng_id("id"), step, IDS - 1);
        bool want = rng_below(7, rng_id("on"), step, 2) == 1;
        assert_int_equal(marks_set(&m, (int64_t)id, want), on[id] != want);
        count += want && !on[id] ? 1u : 0u;
        count -= !want && on[id] ? 1u : 0u;
        on[id] = want;
        assert_int_equal(m.count, count);
        if (step % 500 == 0) {
            for (size_t i = 1; i < IDS; i++) {
                assert_int_equal(marks_has(&m, (int64_t)i), on[i]);
            }
        }
    }
    assert_false(marks_set(&m, 0, true)); /* the virtual root is no node */
    marks_clear(&m);
    assert_int_equal(m.count, 0);
    for (size_t i = 1; i < IDS; i++) {
        assert_false(marks_has(&m, (int64_t)i));
    }
    marks_free(&m);
}

static void expect_order(const struct marks *m, const struct tree *t, bool outermost,
                         const char *want)
{
    char got[64] = "";
    size_t at = 0;
    uint32_t *list = NULL;
    size_t n = marks_in_order(m, t, outermost, &list);
    for (size_t i = 0; i < n; i++) {
        at += (size_t)snprintf(got + at, sizeof got - at, "%s", t->nodes[list[i]].name);
    }
    free(list);
    assert_string_equal(got, want);
}

static void they_come_in_the_order_of_the_tree(void **state)
{
    (void)state;
    struct tree t;
    struct marks m;
    tree_init(&t);
    marks_init(&m);
    uint32_t a = add(&t, 0, "a", 10), b = add(&t, 0, "b", 11);
    add(&t, b, "c", 12);
    uint32_t d = add(&t, a, "d", 13);
    add(&t, d, "e", 14);
    expect_order(&m, &t, false, "");
    static const int64_t ids[] = {12, 14, 13, 10, 11};
    static const char *const all[] = {"c", "ec", "dec", "adec", "adebc"};
    static const char *const outermost[] = {"c", "ec", "dc", "ac", "ab"};
    for (size_t i = 0; i < 5; i++) {
        marks_set(&m, ids[i], true);
        expect_order(&m, &t, false, all[i]);
        expect_order(&m, &t, true, outermost[i]);
    }
    marks_free(&m);
    tree_free(&t);
}

static void a_deleted_node_is_marked_again_when_it_comes_back(void **state)
{
    (void)state;
    struct tree with, without;
    struct marks m;
    tree_init(&with);
    tree_init(&without);
    marks_init(&m);
    add(&with, 0, "a", 10);
    add(&with, 0, "b", 11);
    add(&without, 0, "b", 11);
    marks_set(&m, 10, true);
    marks_set(&m, 11, true);
    marks_sync(&m, &without);
    assert_int_equal(m.count, 1);
    expect_order(&m, &without, false, "b");
    marks_sync(&m, &with);
    assert_int_equal(m.count, 2);
    expect_order(&m, &with, false, "ab");
    marks_free(&m);
    tree_free(&with);
    tree_free(&without);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_is_a_set),
        cmocka_unit_test(they_come_in_the_order_of_the_tree),
        cmocka_unit_test(a_deleted_node_is_marked_again_when_it_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
