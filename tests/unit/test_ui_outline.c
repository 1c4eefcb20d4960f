/* The outline against a plain walk of the tree, and on 100,000 nodes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/rng.h"
#include "ui/order.h"
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

/* A tree was read: its order is made anew, while the outline still looks at the one before. */
static void set(struct outline *o, struct order **order, const struct tree *t)
{
    struct order *now = order_new(t);
    outline_set(o, t, now);
    order_free(*order);
    *order = now;
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
        struct order *order = NULL;
        grow(&t, seed, 120);
        outline_init(&o);
        set(&o, &order, &t);
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
        order_free(order);
        tree_free(&t);
    }
}

static void folds_follow_the_ids(void **state)
{
    (void)state;
    struct tree t, u;
    struct outline o;
    struct order *order = NULL;
    tree_init(&t);
    uint32_t a = add(&t, 0, "a", 1);
    add(&t, a, "a1", 2);
    uint32_t b = add(&t, 0, "b", 3);
    add(&t, b, "b1", 4);
    outline_init(&o);
    set(&o, &order, &t);
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
    set(&o, &order, &u);
    assert_true(outline_is_open(&o, b2));
    assert_false(outline_is_open(&o, a2));
    assert_false(outline_is_open(&o, x));
    assert_rows_are_right(&o);
    outline_free(&o);
    order_free(order);
    tree_free(&t);
    tree_free(&u);
}

static void what_comes_back_is_as_unfolded_as_it_was(void **state)
{
    (void)state;
    struct tree all, few;
    struct outline o;
    struct order *order = NULL;
    tree_init(&all);
    uint32_t top = add(&all, 0, "top", 1), branch = add(&all, top, "branch", 2);
    add(&all, branch, "leaf", 3);
    uint32_t folded = add(&all, top, "folded", 4);
    add(&all, folded, "leaf", 5);
    tree_init(&few);
    add(&few, 0, "top", 1);
    outline_init(&o);
    set(&o, &order, &all);
    outline_open(&o, outline_row(&o, top));
    outline_open(&o, outline_row(&o, branch));
    set(&o, &order, &few);
    assert_int_equal(o.count, 1);
    set(&o, &order, &all);
    assert_int_equal(o.count, 4);
    assert_true(outline_is_open(&o, branch));
    assert_false(outline_is_open(&o, folded));
    assert_rows_are_right(&o);
    outline_free(&o);
    order_free(order);
    tree_free(&all);
    tree_free(&few);
}

static void hidden_nodes_have_the_row_of_what_hides_them(void **state)
{
    (void)state;
    struct tree t;
    struct outline o;
    struct order *order = NULL;
    tree_init(&t);
    uint32_t a = add(&t, 0, "a", 1), a1 = add(&t, a, "a1", 2), a11 = add(&t, a1, "a11", 3);
    outline_init(&o);
    set(&o, &order, &t);
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
    order_free(order);
    tree_free(&t);
}

/* What a plain walk shows: inside the branch, kept by the filter (NULL: everything), not folded. */
static void assert_shows(const struct outline *o, const bool *matches)
{
    const struct tree *t = o->tree;
    bool *kept = calloc(t->count, sizeof *kept);
    for (uint32_t i = 1; i < t->count; i++) {
        bool in = o->root == 0 || tree_is_under(t, i, o->root);
        for (uint32_t up = i; in && (matches == NULL || matches[i]) && up != 0;
             up = t->nodes[up].parent) {
            kept[up] = o->root == 0 || tree_is_under(t, up, o->root);
        }
    }
    if (o->root != 0) {
        kept[o->root] = true;
    }
    size_t row = 0;
    for (uint32_t at = tree_next(t, 0, 0); at != TREE_NONE; at = tree_next(t, 0, at)) {
        bool seen = kept[at];
        for (uint32_t up = at; seen && up != 0 && up != o->root;) {
            up = t->nodes[up].parent;
            seen = up == 0 || o->open[up];
        }
        assert_int_equal(outline_holds(o, at), kept[at]);
        if (seen) {
            assert_true(row < o->count);
            assert_int_equal(o->rows[row], at);
            assert_int_equal(outline_row(o, at), row);
            row++;
        }
    }
    assert_int_equal(row, o->count);
    free(kept);
}

/* Nodes in order that the seed chooses; `matches` says by node which they are. */
static size_t choose(const struct order *order, uint64_t seed, uint64_t one_in, bool *matches,
                     uint32_t *out)
{
    size_t n = 0;
    for (uint32_t rank = 1; rank < order->count; rank++) {
        uint32_t node = order->at[rank];
        matches[node] = rng_below(seed, rng_id("match"), node, one_in) == 0;
        if (matches[node]) {
            out[n++] = node;
        }
    }
    return n;
}

static void everything_equals_a_plain_walk(void **state)
{
    (void)state;
    enum { NODES = 150 };
    for (uint64_t seed = 1; seed <= 15; seed++) {
        struct tree t;
        struct outline o;
        struct order *order = NULL;
        bool matches[NODES], *now = NULL;
        uint32_t chosen[NODES];
        grow(&t, seed, NODES);
        outline_init(&o);
        set(&o, &order, &t);
        for (uint64_t step = 0; step < 150; step++) {
            uint32_t node = 1 + (uint32_t)rng_below(seed, rng_id("node"), step, NODES - 1);
            size_t row = o.count > 0 ? (size_t)rng_below(seed, rng_id("row"), step, o.count) : 0;
            switch ((int)rng_below(seed, rng_id("what"), step, 10)) {
            case 0:
                outline_focus(&o, step % 3 == 0 ? 0 : node);
                now = NULL;
                break;
            case 1: {
                size_t n = choose(order, seed + step, 2 + step % 40, matches, chosen);
                outline_filter(&o, chosen, n);
                now = matches;
                break;
            }
            case 2:
                outline_filter(&o, NULL, 0);
                now = NULL;
                break;
            case 3:
                outline_open_all(&o, row);
                break;
            case 4:
                outline_close_all(&o, row);
                break;
            case 5:
                outline_level(&o, (unsigned)step % 5);
                break;
            case 6:
                if (outline_holds(&o, node)) {
                    outline_only(&o, node);
                }
                break;
            case 7:
                outline_close(&o, row);
                break;
            case 8: {
                size_t at = outline_reveal(&o, node);
                assert_true(outline_holds(&o, node) ? o.rows[at] == node : at == o.count);
                break;
            }
            default:
                outline_open(&o, row);
                break;
            }
            assert_shows(&o, now);
            struct outline copy;
            outline_init(&copy);
            outline_copy(&copy, &o);
            assert_shows(&copy, now);
            outline_free(&copy);
        }
        outline_free(&o);
        order_free(order);
        tree_free(&t);
    }
}

static void a_filter_leaves_the_folds_as_they_were(void **state)
{
    (void)state;
    struct tree t;
    struct outline o;
    struct order *order = NULL;
    tree_init(&t);
    uint32_t a = add(&t, 0, "a", 1), a1 = add(&t, a, "a1", 2);
    add(&t, 0, "b", 3);
    outline_init(&o);
    set(&o, &order, &t);
    assert_int_equal(o.count, 2);
    outline_filter(&o, &a1, 1);
    assert_int_equal(o.count, 2);
    assert_int_equal(o.rows[1], a1);
    bool *folds = outline_folds(&o);
    outline_close(&o, 0);
    assert_int_equal(o.count, 1);
    outline_set_folds(&o, folds);
    free(folds);
    assert_int_equal(o.count, 2);
    outline_filter(&o, NULL, 0);
    assert_int_equal(o.count, 2);
    assert_false(outline_is_open(&o, a));
    outline_filter(&o, &a, 1); /* none of its children is kept */
    assert_int_equal(o.count, 1);
    assert_false(outline_can_open(&o, a));
    assert_int_equal(order_below(order, a), 1);
    assert_int_equal(order_below(order, 0), 3);
    outline_free(&o);
    order_free(order);
    tree_free(&t);
}

/* A generous bound: folding must cost what it moves, not a walk of everything that is hidden. */
static void a_hundred_thousand_nodes_fold_at_once(void **state)
{
    (void)state;
    struct tree t;
    struct outline o;
    struct order *order = NULL;
    grow(&t, 7, 100000);
    outline_init(&o);
    set(&o, &order, &t);
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
    order_free(order);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splicing_equals_a_walk),
        cmocka_unit_test(folds_follow_the_ids),
        cmocka_unit_test(what_comes_back_is_as_unfolded_as_it_was),
        cmocka_unit_test(hidden_nodes_have_the_row_of_what_hides_them),
        cmocka_unit_test(everything_equals_a_plain_walk),
        cmocka_unit_test(a_filter_leaves_the_folds_as_they_were),
        cmocka_unit_test(a_hundred_thousand_nodes_fold_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
