/*
 * Tests of nodes in the session file: editing, order, refusals, merging, paths, the loaded tree.
 */
#include "store_fixture.h"

#include "base/rng.h"

#include <math.h>

/* "a(b,c(d))" of the whole session. Caller frees. */
static char *outline(struct fixture *f)
{
    struct tree t;
    struct buf b;
    OK(store_tree(f->s, false, &t, e));
    buf_init(&b, 65536);
    int depth = 1;
    for (uint32_t at = tree_next(&t, 0, 0); at != TREE_NONE; at = tree_next(&t, 0, at)) {
        const struct node *n = &t.nodes[at];
        for (; depth > n->depth; depth--) {
            buf_addc(&b, ')');
        }
        if (n->depth > depth) {
            buf_addc(&b, '(');
        } else if (b.len > 0) {
            buf_addc(&b, ',');
        }
        depth = n->depth;
        buf_adds(&b, n->name);
    }
    for (; depth > 1; depth--) {
        buf_addc(&b, ')');
    }
    tree_free(&t);
    char *text = buf_take(&b);
    buf_free(&b);
    return text;
}

static void tree_is(struct fixture *f, const char *want)
{
    char *got = outline(f);
    assert_string_equal(got, want);
    free(got);
}

static int64_t before(struct fixture *f, int64_t parent, const char *name, int64_t sibling)
{
    struct node model = {.name = name, .desc = NULL, .weight = 1};
    int64_t id = 0;
    OK(store_node_add(f->s, parent, &model, sibling, &id, e));
    return id;
}

static void test_edits(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    tree_is(&f, "");
    op(&f, "all");
    int64_t a = add_node(&f, 0, "a");
    int64_t b = add_node(&f, a, "b");
    int64_t c = add_node(&f, a, "c");
    int64_t d = add_node(&f, c, "d");
    tree_is(&f, "a(b,c(d))");
    (void)before(&f, a, "first", b);
    (void)before(&f, a, "middle", c);
    tree_is(&f, "a(first,b,middle,c(d))");
    OK(store_node_move(f.s, c, a, b, e));
    tree_is(&f, "a(first,c(d),b,middle)");
    OK(store_node_move(f.s, d, 0, a, e)); /* becomes a taxonomy */
    tree_is(&f, "d,a(first,c,b,middle)");
    OK(store_node_move(f.s, a, d, 0, e)); /* its parent's id is higher: order of loading */
    tree_is(&f, "d(a(first,c,b,middle))");
    OK(store_node_rename(f.s, c, "C", e));
    OK(store_node_delete(f.s, b, e));
    tree_is(&f, "d(a(first,C,middle))");
    int64_t again = add_node(&f, a, "b"); /* the name is free again, the id is not */
    assert_true(again > b);
    OK(store_node_delete(f.s, a, e));
    tree_is(&f, "d");
    end(&f);
    struct buf line;
    buf_init(&line, 100);
    OK(store_undo(f.s, &line, e));
    tree_is(&f, "");
    OK(store_redo(f.s, &line, e));
    tree_is(&f, "d");
    buf_free(&line);
    fixture_free(&f);
}

static void test_fields(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    op(&f, "all");
    struct node model = {.name = "model's",
                         .desc = "long text",
                         .weight = 2.5,
                         .state = NODE_FAILED,
                         .origin = NODE_BY_MODEL,
                         .locked = true};
    int64_t id = 0;
    OK(store_node_add(f.s, 0, &model, 0, &id, e));
    struct tree t;
    OK(store_tree(f.s, true, &t, e));
    const struct node *n = &t.nodes[tree_by_id(&t, id)];
    assert_string_equal(n->desc, "long text");
    assert_true(n->weight > 2.4 && n->weight < 2.6 && n->locked && !n->edited);
    assert_int_equal(n->state, NODE_FAILED);
    assert_int_equal(n->origin, NODE_BY_MODEL);
    tree_free(&t);
    OK(store_tree(f.s, false, &t, e));
    assert_string_equal(t.nodes[1].desc, "");
    tree_free(&t);
    OK(store_node_lock(f.s, id, false, e));
    OK(store_node_state(f.s, id, NODE_EXPANDED, e));
    OK(store_node_weight(f.s, id, 0, e));
    OK(store_node_describe(f.s, id, "by hand", e));
    OK(store_tree(f.s, true, &t, e));
    n = &t.nodes[1];
    assert_true(n->edited && !n->locked && n->weight < 0.1);
    assert_int_equal(n->state, NODE_EXPANDED);
    tree_free(&t);
    struct buf desc;
    buf_init(&desc, TREE_DESC_MAX);
    OK(store_node_desc(f.s, id, &desc, e));
    assert_string_equal(desc.data, "by hand");
    OK(store_expansion(f.s, id, &desc, e));
    assert_string_equal(desc.data, "");
    OK(store_expansion_set(f.s, id, "{\"proposals\":[]}", e));
    OK(store_expansion(f.s, id, &desc, e));
    assert_string_equal(desc.data, "{\"proposals\":[]}");
    end(&f);
    buf_free(&desc);
    fixture_free(&f);
}

static void test_refusals(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    op(&f, "all");
    int64_t a = add_node(&f, 0, "a");
    int64_t b = add_node(&f, a, "b");
    int64_t c = add_node(&f, b, "c");
    struct node bad = {.name = "b", .weight = 1};
    FAILS(ST_EXISTS, "\"b\"", store_node_add(f.s, a, &bad, 0, NULL, e));
    FAILS(ST_NOT_FOUND, "@999", store_node_add(f.s, 999, &bad, 0, NULL, e));
    FAILS(ST_INVALID, "another place", store_node_add(f.s, b, &bad, b, NULL, e));
    bad.name = "a\nb";
    FAILS(ST_INVALID, "", store_node_add(f.s, a, &bad, 0, NULL, e));
    bad.name = "x";
    bad.weight = -1;
    FAILS(ST_INVALID, "weight", store_node_add(f.s, a, &bad, 0, NULL, e));
    FAILS(ST_INVALID, "weight", store_node_weight(f.s, a, (double)NAN, e));
    FAILS(ST_INVALID, "weight", store_node_weight(f.s, a, (double)INFINITY, e));
    FAILS(ST_INVALID, "weight", store_node_weight(f.s, a, TREE_WEIGHT_MAX * 2, e));
    FAILS(ST_INVALID, "below itself", store_node_move(f.s, a, c, 0, e));
    FAILS(ST_INVALID, "below itself", store_node_move(f.s, a, a, 0, e));
    FAILS(ST_INVALID, "before itself", store_node_move(f.s, b, a, b, e));
    int64_t other = add_node(&f, b, "b");
    FAILS(ST_EXISTS, "\"b\"", store_node_move(f.s, other, a, 0, e));
    FAILS(ST_EXISTS, "\"b\"", store_node_rename(f.s, c, "b", e));
    OK(store_node_rename(f.s, c, "c", e)); /* its own name */
    FAILS(ST_NOT_FOUND, "@999", store_node_delete(f.s, 999, e));
    char *desc = xmalloc(TREE_DESC_MAX + 2);
    memset(desc, 'x', TREE_DESC_MAX + 1);
    desc[TREE_DESC_MAX + 1] = '\0';
    FAILS(ST_LIMIT, "65536", store_node_describe(f.s, a, desc, e));
    FAILS(ST_INVALID, "UTF-8", store_node_describe(f.s, a, "\xff", e));
    free(desc);
    int64_t twice[] = {c, c};
    FAILS(ST_INVALID, "every child once", store_node_order(f.s, b, twice, 2, e));
    tree_is(&f, "a(b(c,b))");
    end(&f);
    fixture_free(&f);
}

static void test_depth(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    op(&f, "all");
    int64_t at = 0;
    int64_t first = 0;
    for (int i = 0; i < TREE_MAX_DEPTH; i++) {
        at = add_node(&f, at, "deeper");
        first = first == 0 ? at : first;
    }
    struct node model = {.name = "too deep", .weight = 1};
    FAILS(ST_LIMIT, "256 levels", store_node_add(f.s, at, &model, 0, NULL, e));
    int64_t top = add_node(&f, 0, "top");
    FAILS(ST_LIMIT, "256 levels", store_node_move(f.s, first, top, 0, e));
    struct tree t;
    OK(store_tree(f.s, false, &t, e));
    assert_int_equal(t.count, TREE_MAX_DEPTH + 2);
    tree_free(&t);
    struct buf path;
    buf_init(&path, 4096);
    OK(store_node_path(f.s, at, &path, e));
    assert_int_equal(path.len, TREE_MAX_DEPTH * 7 - 1);
    buf_free(&path);
    end(&f);
    fixture_free(&f);
}

/* 20,000 children of one node: what is done to one of them does not go through all. */
static void test_width(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    struct fixture f = fixture_new();
    op(&f, "all");
    int64_t root = add_node(&f, 0, "root"), first = 0, last = 0;
    for (int i = 0; i < COUNT; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "child %d", i);
        last = add_node(&f, root, name);
        first = first == 0 ? last : first;
    }
    for (int i = 0; i < 1000; i++) { /* each before the first one of before: order turns around */
        OK(store_node_move(f.s, last - i, root, i == 0 ? first : last - i + 1, e));
    }
    struct node model = {.name = "child 77", .weight = 1};
    FAILS(ST_EXISTS, "child 77", store_node_add(f.s, root, &model, 0, NULL, e));
    end(&f);
    struct tree t;
    OK(store_tree(f.s, false, &t, e));
    assert_int_equal(t.count, COUNT + 2);
    assert_int_equal(t.nodes[1].children, COUNT);
    uint32_t at = t.nodes[1].first;
    for (int64_t id = last - 999; id <= last; id++, at = t.nodes[at].next) {
        assert_int_equal(t.nodes[at].id, id);
    }
    assert_int_equal(t.nodes[at].id, first);
    tree_free(&t);
    fixture_free(&f);
}

/* Always before the same sibling: each time the gap is halved, until all are numbered anew. */
static void test_gaps_run_out(void **state)
{
    (void)state;
    enum { COUNT = 100 };
    struct fixture f = fixture_new();
    op(&f, "all");
    int64_t a = add_node(&f, 0, "a");
    int64_t ids[COUNT];
    int64_t first = add_node(&f, a, "first");
    int64_t last = add_node(&f, a, "last");
    for (int i = 0; i < COUNT; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", i);
        ids[i] = before(&f, a, name, last);
    }
    /* And moving, always to just behind the first. */
    for (int i = 0; i < COUNT; i++) {
        struct tree t;
        OK(store_tree(f.s, false, &t, e));
        uint32_t second = t.nodes[tree_by_id(&t, first)].next;
        int64_t second_id = t.nodes[second].id;
        tree_free(&t);
        if (second_id != ids[i]) {
            OK(store_node_move(f.s, ids[i], a, second_id, e));
        }
    }
    struct tree t;
    OK(store_tree(f.s, false, &t, e));
    uint32_t at = tree_by_id(&t, first);
    assert_int_equal(t.nodes[tree_by_id(&t, a)].first, at);
    for (int i = COUNT - 1; i >= 0; i--) {
        at = t.nodes[at].next;
        assert_int_equal(t.nodes[at].id, ids[i]);
    }
    assert_int_equal(t.nodes[t.nodes[at].next].id, last);
    tree_free(&t);
    end(&f);
    fixture_free(&f);
}

static int by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* At places that come by chance, more often near each other than not: always where it was said. */
static void test_places(void **state)
{
    (void)state;
    enum { COUNT = 3000 };
    struct fixture f = fixture_new();
    op(&f, "all");
    int64_t a = add_node(&f, 0, "a");
    int64_t want[COUNT];
    int count = 0;
    for (int i = 0; i < COUNT; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", i);
        uint64_t range = i % 3 == 0 ? 3 : (uint64_t)count + 1;
        int at = (int)rng_below(7, 1, (uint64_t)i, range);
        at = at < count ? at : count;
        int64_t id = at < count ? before(&f, a, name, want[at]) : add_node(&f, a, name);
        memmove(want + at + 1, want + at, (size_t)(count - at) * sizeof *want);
        want[at] = id;
        count++;
    }
    int64_t *have = NULL;
    size_t n = 0;
    OK(store_node_children(f.s, a, &have, &n, e));
    assert_int_equal(n, COUNT);
    assert_memory_equal(have, want, sizeof want);
    free(have);
    /* An order by ascending ids is an order like any other. */
    int64_t ids[COUNT];
    memcpy(ids, want, sizeof ids);
    qsort(ids, COUNT, sizeof *ids, by_id);
    OK(store_node_order(f.s, a, ids, COUNT, e));
    OK(store_node_children(f.s, a, &have, &n, e));
    assert_memory_equal(have, ids, sizeof ids);
    free(have);
    end(&f);
    fixture_free(&f);
}

/* What became of a node, by the journal. */
static void test_fate(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    int64_t found = 0;
    op(&f, "nodes");
    int64_t top = add_node(&f, 0, "top/1");
    int64_t a = add_node(&f, top, "a");
    int64_t b = add_node(&f, top, "@b");
    end(&f);
    char word[32];
    snprintf(word, sizeof word, "@%lld", (long long)a);
    OK(store_node_find(f.s, word, &found, e));
    assert_int_equal(found, a);
    OK(store_node_find(f.s, "top\\/1/\\@b", &found, e));
    assert_int_equal(found, b);
    OK(store_node_find(f.s, "/", &found, e));
    assert_int_equal(found, 0);
    FAILS(ST_NOT_FOUND, "no node \"c\"; the nearest names are",
          store_node_find(f.s, "top\\/1/c", &found, e));
    FAILS(ST_INVALID, "@ and a number", store_node_find(f.s, "@x", &found, e));
    FAILS(ST_NOT_FOUND, "there is no node @99", store_node_find(f.s, "@99", &found, e));
    op(&f, "delete");
    OK(store_node_delete(f.s, a, e));
    FAILS(ST_NOT_FOUND, "is deleted, by an earlier line", store_node_find(f.s, word, &found, e));
    end(&f);
    FAILS(ST_NOT_FOUND, "was deleted at ", store_node_find(f.s, word, &found, e));
    struct buf line;
    buf_init(&line, 1000);
    OK(store_undo(f.s, &line, e));
    OK(store_node_find(f.s, word, &found, e));
    op(&f, "merge");
    OK(store_node_alias(f.s, b, a, e));
    end(&f);
    FAILS(ST_NOT_FOUND, "was merged into @", store_node_find(f.s, word, &found, e));
    OK(store_undo(f.s, &line, e));
    OK(store_undo(f.s, &line, e));
    FAILS(ST_NOT_FOUND, "was taken back by undo (redo", store_node_find(f.s, word, &found, e));
    buf_free(&line);
    fixture_free(&f);
}

static void test_order(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    op(&f, "all");
    int64_t a = add_node(&f, 0, "a");
    int64_t x = add_node(&f, a, "x");
    int64_t y = add_node(&f, a, "y");
    int64_t z = add_node(&f, a, "z");
    const int64_t ids[] = {z, x, y};
    OK(store_node_order(f.s, a, ids, 3, e));
    tree_is(&f, "a(z,x,y)");
    FAILS(ST_INVALID, "3 of them", store_node_order(f.s, a, ids, 2, e));
    const int64_t tops[] = {a};
    OK(store_node_order(f.s, 0, tops, 1, e));
    end(&f);
    fixture_free(&f);
}

static void test_paths(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    op(&f, "all");
    int64_t a = add_node(&f, 0, "a/b\\c");
    int64_t d = add_node(&f, a, "d");
    struct buf path;
    buf_init(&path, 1000);
    OK(store_node_path(f.s, d, &path, e));
    assert_string_equal(path.data, "a\\/b\\\\c/d");
    struct tree t;
    uint32_t at = 0;
    OK(store_tree(f.s, false, &t, e));
    OK(tree_resolve(&t, path.data, &at, e)); /* the same words as the tree's */
    assert_int_equal(t.nodes[at].id, d);
    tree_free(&t);
    OK(store_node_delete(f.s, a, e));
    OK(store_node_path(f.s, d, &path, e));
    assert_string_equal(path.data, "a\\/b\\\\c/d (deleted)");
    FAILS(ST_NOT_FOUND, "@77", store_node_path(f.s, 77, &path, e));
    FAILS(ST_NOT_FOUND, "no node", store_node_desc(f.s, d, &path, e));
    end(&f);
    buf_free(&path);
    fixture_free(&f);
}

/* ------------------------------------------------------------------ merging */

static int64_t tally_of(struct fixture *f, int64_t node)
{
    struct tally_row *rows = NULL;
    size_t count = 0;
    int64_t n = 0;
    OK(store_tallies(f->s, &rows, &count, e));
    for (size_t i = 0; i < count; i++) {
        n += rows[i].node == node ? rows[i].n : 0;
    }
    free(rows);
    return n;
}

static void test_merge(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    op(&f, "tree");
    int64_t a = add_node(&f, 0, "a");
    int64_t x = add_node(&f, a, "x");
    int64_t y = add_node(&f, a, "y");
    int64_t z = add_node(&f, a, "z");
    int64_t child = add_node(&f, y, "child");
    OK(store_exclusion_add(f.s, 0, y, z, e));
    OK(store_exclusion_add(f.s, 0, y, x, e));
    end(&f);
    OK(store_begin(f.s, e));
    put_point(&f, 1, x, POINT_ACCEPTED);
    put_point(&f, 2, y, POINT_ACCEPTED);
    put_point(&f, 3, z, POINT_ACCEPTED);
    OK(store_commit(f.s, e));
    op(&f, "merge");
    FAILS(ST_INVALID, "still has children", store_node_alias(f.s, x, y, e));
    FAILS(ST_INVALID, "into itself", store_node_alias(f.s, x, x, e));
    OK(store_node_move(f.s, child, x, 0, e));
    OK(store_node_alias(f.s, y, z, e)); /* a chain: z into y, then y into x */
    OK(store_node_alias(f.s, x, y, e));
    end(&f);
    tree_is(&f, "a(x(child))");
    assert_int_equal(tally_of(&f, x), 3);
    assert_int_equal(tally_of(&f, y) + tally_of(&f, z), 0);
    struct exclusion_row *list = NULL;
    int count = 0;
    OK(store_exclusions(f.s, &list, &count, e));
    assert_int_equal(count, 0); /* both would have been about one node and itself */
    free(list);
    struct buf line;
    buf_init(&line, 100);
    OK(store_undo(f.s, &line, e));
    tree_is(&f, "a(x,y(child),z)");
    assert_int_equal(tally_of(&f, x), 1);
    assert_int_equal(tally_of(&f, z), 1);
    OK(store_exclusions(f.s, &list, &count, e));
    assert_int_equal(count, 2);
    free(list);
    buf_free(&line);
    fixture_free(&f);
}

/* ------------------------------------------------------------------ size */

static void test_large(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    struct fixture f = fixture_new();
    op(&f, "import");
    int64_t *id = xcalloc(COUNT, sizeof *id);
    for (int i = 0; i < COUNT; i++) {
        char name[32];
        snprintf(name, sizeof name, "n%d", i);
        id[i] = add_node(&f, i < 3 ? 0 : id[(i - 3) / 7], name);
    }
    end(&f);
    /* Turn it upside down here and there, so that many children stand before their parents. */
    op(&f, "moves");
    for (uint64_t i = 0; i < 500; i++) {
        int64_t from = id[rng_below(4, 4, i, COUNT)];
        int64_t to = id[rng_below(4, 5, i, COUNT)];
        (void)store_node_move(f.s, from, to, 0, NULL);
    }
    end(&f);
    struct tree t;
    OK(store_tree(f.s, false, &t, e));
    assert_int_equal(t.count, COUNT + 1);
    for (uint32_t i = 1; i < t.count; i++) {
        char *sql = xasprintf("SELECT parent FROM node WHERE id = %lld", (long long)t.nodes[i].id);
        if (i % 997 == 0) {
            assert_int_equal(t.nodes[t.nodes[i].parent].id, fixture_number(&f, sql));
        }
        free(sql);
    }
    tree_free(&t);
    op(&f, "delete");
    OK(store_node_delete(f.s, id[0], e));
    OK(store_node_delete(f.s, id[1], e));
    end(&f);
    struct buf line;
    buf_init(&line, 100);
    OK(store_undo(f.s, &line, e));
    OK(store_tree(f.s, false, &t, e));
    assert_int_equal(t.count, COUNT + 1);
    tree_free(&t);
    buf_free(&line);
    free(id);
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edits),    cmocka_unit_test(test_fields),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_depth),
        cmocka_unit_test(test_width),    cmocka_unit_test(test_gaps_run_out),
        cmocka_unit_test(test_places),   cmocka_unit_test(test_fate),
        cmocka_unit_test(test_order),    cmocka_unit_test(test_paths),
        cmocka_unit_test(test_merge),    cmocka_unit_test(test_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
