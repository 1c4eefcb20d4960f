/*
 * A tree that follows what was written against one that is read anew: after each of thousands of
 * random edits, undone and rolled back ones, too.
 */
#include "store_fixture.h"

#include "base/rng.h"

#define SEED 20261124u

/* Same shape, same values, children in the same order. */
static void assert_same(const struct tree *a, const struct tree *b)
{
    uint32_t x = 0, y = 0;
    assert_int_equal(a->count, b->count);
    while (x != TREE_NONE && y != TREE_NONE) {
        const struct node *n = &a->nodes[x], *m = &b->nodes[y];
        assert_int_equal(n->id, m->id);
        assert_int_equal(n->depth, m->depth);
        assert_int_equal(n->children, m->children);
        assert_string_equal(n->name, m->name);
        assert_string_equal(n->desc, m->desc);
        assert_memory_equal(&n->weight, &m->weight, sizeof n->weight);
        assert_int_equal(n->state, m->state);
        assert_int_equal(n->origin, m->origin);
        assert_int_equal(n->locked, m->locked);
        assert_int_equal(n->edited, m->edited);
        assert_int_equal(tree_by_id(a, n->id), x);
        assert_true(x == 0 || a->nodes[n->parent].id == b->nodes[m->parent].id);
        assert_true(x == 0 || n->parent < x);
        x = tree_next(a, 0, x);
        y = tree_next(b, 0, y);
    }
    assert_int_equal(x, y);
}

struct world {
    struct fixture f;
    struct tree followed;
    uint64_t step;
    int patched; /* how often there was something to follow */
};

static uint64_t pick(const struct world *w, const char *what, uint64_t below)
{
    return rng_below(SEED, rng_id(what), w->step, below);
}

static int64_t any_node(const struct world *w, const char *what)
{
    return w->followed.nodes[pick(w, what, w->followed.count)].id;
}

static void follow(struct world *w)
{
    const int64_t *ids = NULL;
    size_t count = 0;
    struct tree fresh;
    assert_true(store_touched(w->f.s, &ids, &count));
    w->patched += count > 0 ? 1 : 0;
    OK(store_tree_patch(w->f.s, true, &w->followed, ids, count, e));
    OK(store_tree(w->f.s, true, &fresh, e));
    assert_same(&w->followed, &fresh);
    tree_free(&fresh);
}

static void add_some(struct world *w, int64_t parent)
{
    struct store *s = w->f.s;
    for (uint64_t i = 0, n = 1 + pick(w, "how many", 3); i < n; i++) {
        char name[40];
        int64_t id = 0;
        snprintf(name, sizeof name, "n%u.%u", (unsigned)w->step, (unsigned)i);
        struct node m = {.name = name, .desc = i > 0 ? name : "", .weight = 1};
        uint32_t up = tree_by_id(&w->followed, parent);
        uint32_t first = up != TREE_NONE ? w->followed.nodes[up].first : TREE_NONE;
        bool between = first != TREE_NONE && pick(w, "between", 3) == 0;
        (void)store_node_add(s, parent, &m, between ? w->followed.nodes[first].id : 0, &id, NULL);
        parent = id != 0 && pick(w, "below", 2) == 0 ? id : parent;
    }
}

static void reverse(struct world *w, int64_t parent)
{
    int64_t ids[64];
    size_t n = 0;
    uint32_t up = tree_by_id(&w->followed, parent);
    for (uint32_t c = w->followed.nodes[up].last; c != TREE_NONE && n < 64;
         c = w->followed.nodes[c].prev) {
        ids[n++] = w->followed.nodes[c].id;
    }
    if (n > 1 && n == w->followed.nodes[up].children) {
        OK(store_node_order(w->f.s, parent, ids, n, e));
    }
}

/* Refusals (a node below itself, a name that is there) are edits, too: of nothing. */
static void edit(struct world *w, int64_t node)
{
    struct store *s = w->f.s;
    char text[40];
    snprintf(text, sizeof text, "text %u", (unsigned)w->step);
    switch (pick(w, "what", 9)) {
    case 0:
        (void)store_node_rename(s, node, text, NULL);
        break;
    case 1:
        (void)store_node_describe(s, node, text, NULL);
        break;
    case 2:
        (void)store_node_weight(s, node, (double)pick(w, "weight", 9), NULL);
        break;
    case 3:
        (void)store_node_lock(s, node, pick(w, "lock", 2) == 0, NULL);
        break;
    case 4:
        (void)store_node_state(s, node, NODE_FAILED, NULL);
        break;
    case 5:
        if (pick(w, "delete", 4) == 0 && node != 0) {
            (void)store_node_delete(s, node, NULL);
        }
        break;
    case 6:
        (void)store_node_move(s, node, any_node(w, "to"), 0, NULL);
        break;
    case 7:
        reverse(w, node);
        break;
    default:
        add_some(w, node);
        break;
    }
}

static void undo_or_redo(struct world *w)
{
    struct buf line;
    buf_init(&line, 4096);
    for (uint64_t i = 0, n = 1 + pick(w, "steps", 4); i < n; i++) {
        (void)store_undo(w->f.s, &line, NULL);
    }
    if (pick(w, "redo", 2) == 0) {
        follow(w);
        (void)store_redo(w->f.s, &line, NULL);
    }
    buf_free(&line);
}

static void a_tree_that_follows_is_the_tree_that_is_read(void **state)
{
    (void)state;
    struct world w = {.f = fixture_new()};
    OK(store_tree(w.f.s, true, &w.followed, e));
    OK(store_op_begin(w.f.s, "tester", "first", 0, e));
    for (int i = 0; i < 5; i++) {
        char name[16];
        int64_t id = 0;
        snprintf(name, sizeof name, "top %d", i);
        struct node m = {.name = name, .desc = "", .weight = 1};
        OK(store_node_add(w.f.s, 0, &m, 0, &id, e));
    }
    OK(store_op_end(w.f.s, e));
    follow(&w);
    for (w.step = 1; w.step <= 4000; w.step++) {
        if (pick(&w, "undo", 10) == 0) {
            undo_or_redo(&w);
            follow(&w);
            continue;
        }
        OK(store_op_begin(w.f.s, "tester", "edit", 0, e));
        for (uint64_t i = 0, n = 1 + pick(&w, "edits", 3); i < n; i++) {
            edit(&w, any_node(&w, i % 2 == 0 ? "node" : "other node"));
            if (pick(&w, "look", 3) == 0) {
                follow(&w); /* inside the operation */
            }
        }
        if (pick(&w, "cancel", 8) == 0) {
            store_op_cancel(w.f.s);
        } else {
            OK(store_op_end(w.f.s, e));
        }
        follow(&w);
    }
    assert_true(w.patched > 3000);
    assert_true(w.followed.count > 100);
    tree_free(&w.followed);
    fixture_free(&w.f);
}

static void too_many_to_remember_is_said(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    const int64_t *ids = NULL;
    size_t count = 0;
    OK(store_op_begin(f.s, "tester", "many", 0, e));
    for (int i = 0; i < 5000; i++) {
        char name[16];
        int64_t id = 0;
        snprintf(name, sizeof name, "n%d", i);
        struct node m = {.name = name, .desc = "", .weight = 1};
        OK(store_node_add(f.s, 0, &m, 0, &id, e));
    }
    OK(store_op_end(f.s, e));
    assert_false(store_touched(f.s, &ids, &count));
    assert_true(store_touched(f.s, &ids, &count));
    assert_int_equal(count, 0);
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_that_follows_is_the_tree_that_is_read),
        cmocka_unit_test(too_many_to_remember_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
