/* The outline against a plain walk of the tree, and on 100,000 nodes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/rng.h"
#include "ui/outline.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t add(struct tree *t, uint32_t parent, const char *name, int64_t id)
{
    struct node n = {.id = id, .name = name, .desc = "", .weight = 1};
    uint32_t at = tree_add(t, parent, &n);
    assert_int_not_equal(at, TREE_NONE);
    return at;
}

/* A tree of random shape; ids are 100 + index, so that they differ from the indexes. */
static void grow(struct tree *t, uint64_t seed, uint32_t count)
{
    tree_init(t);
    for (uint32_t i = 1; i < count; i++) {
        char name[32];
        snprintf(name, sizeof name, "n%u", i);
        uint32_t parent = (uint32_t)rng_below(seed, rng_id("parent"), i, i);
        if (t->nodes[parent].depth >= 8) {
            parent = 0;
        }
        add(t, parent, name, 100 + (int64_t)i);
    }
}

static bool is_seen(const struct outline *o, uint32_t at)
{
    for (uint32_t up = o->tree->nodes[at].parent; up != 0; up = o->tree->nodes[up].parent) {
        if (!o->open[up]) {
            return false;
        }
    }
    return true;
}

static void assert_rows_are_right(const struct outline *o)
{
    size_t row = 0;
    for (uint32_t at = tree_next(o->tree, 0, 0); at != TREE_NONE; at = tree_next(o->tree, 0, at)) {
        if (is_seen(o, at)) {
            assert_true(row < o->count);
            assert_int_equal(o->rows[row], at);
            row++;
        }
    }
    assert_int_equal(row, o->count);
}

static void splicing_equals_a_walk(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct tree t;
        struct outline o;
        grow(&t, seed, 120);
        outline_init(&o);
        outline_set(&o, &t);
        assert_rows_are_right(&o);
        for (uint64_t step = 0; step < 200; step++) {
            size_t row = (size_t)rng_below(seed, rng_id("row"), step, o.count);
            if (rng_below(seed, rng_id("what"), step, 3) == 0) {
                outline_close(&o, row);
            } else {
                outline_open(&o, row);
            }
            assert_rows_are_right(&o);
        }
        outline_free(&o);
        tree_free(&t);
    }
}

static void folds_follow_the_ids(void **state)
{
    (void)state;
    struct tree t, u;
    struct outline o;
    tree_init(&t);
    uint32_t a = add(&t, 0, "a", 1);
    add(&t, a, "a1", 2);
    uint32_t b = add(&t, 0, "b", 3);
    add(&t, b, "b1", 4);
    outline_init(&o);
    outline_set(&o, &t);
    outline_open(&o, 1); /* b */
    assert_int_equal(o.count, 3);
    /* read again: something new stands first, b moved */
    tree_init(&u);
    uint32_t x = add(&u, 0, "x", 9);
    add(&u, x, "x1", 10);
    uint32_t b2 = add(&u, 0, "b", 3);
    add(&u, b2, "b1", 4);
    uint32_t a2 = add(&u, 0, "a", 1);
    add(&u, a2, "a1", 2);
    outline_set(&o, &u);
    assert_true(outline_is_open(&o, b2));
    assert_false(outline_is_open(&o, a2));
    assert_false(outline_is_open(&o, x));
    assert_rows_are_right(&o);
    outline_free(&o);
    tree_free(&t);
    tree_free(&u);
}

static void hidden_nodes_have_the_row_of_what_hides_them(void **state)
{
    (void)state;
    struct tree t;
    struct outline o;
    tree_init(&t);
    uint32_t a = add(&t, 0, "a", 1), a1 = add(&t, a, "a1", 2), a11 = add(&t, a1, "a11", 3);
    outline_init(&o);
    outline_set(&o, &t);
    assert_int_equal(outline_row(&o, a11), 0);
    assert_int_equal(outline_reveal(&o, a11), 2);
    outline_close(&o, 1);
    assert_int_equal(outline_row(&o, a11), 1);
    outline_level(&o, 0);
    assert_int_equal(o.count, 1);
    outline_level(&o, 9);
    assert_int_equal(o.count, 3);
    assert_int_equal(outline_row(&o, 0), o.count);
    outline_free(&o);
    tree_free(&t);
}

/* A generous bound: folding must cost what it moves, not a walk of everything that is hidden. */
static void a_hundred_thousand_nodes_fold_at_once(void **state)
{
    (void)state;
    struct tree t;
    struct outline o;
    grow(&t, 7, 100000);
    outline_init(&o);
    outline_set(&o, &t);
    outline_level(&o, TREE_MAX_DEPTH);
    assert_int_equal(o.count, 99999);
    int64_t start = clock_us();
    for (int i = 0; i < 200; i++) {
        outline_close(&o, 0);
        outline_open(&o, 0);
    }
    assert_int_equal(o.count, 99999);
    assert_true(clock_us() - start < 5000000);
    outline_free(&o);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splicing_equals_a_walk),
        cmocka_unit_test(folds_follow_the_ids),
        cmocka_unit_test(hidden_nodes_have_the_row_of_what_hides_them),
        cmocka_unit_test(a_hundred_thousand_nodes_fold_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
