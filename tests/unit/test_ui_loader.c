/*
 * Scenes made by the loader's thread while somebody writes: what arrives is what a reading on the
 * spot says, nothing queues, points can wait, the scene before stays good until it is settled.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "ui/loader.h"
#include "ui/model.h"
#include "ui_session.h"
#include <poll.h>

#define DEADLINE_MS 20000

static char file[128];

static bool readable(int fd, int ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, ms) > 0;
}

/* Changes that arrive until the model has seen the newest revision. */
static unsigned catch_up(struct model *m)
{
    unsigned changed = 0;
    struct store_revision now;
    int64_t end = clock_ms() + DEADLINE_MS;
    assert_int_equal(store_revision(m->store, &now, NULL), ST_OK);
    while (!m->has_tree || m->seen.tree != now.tree || m->seen.points != now.points ||
           m->seen.settings != now.settings) {
        assert_true(readable(model_fd(m), (int)(end - clock_ms())));
        changed |= model_take(m);
        model_settle(m);
    }
    return changed;
}

/* The same nodes in the same order with the same figures; they may stand at other indexes. */
static void assert_same(const struct scene *a, const struct scene *b)
{
    uint32_t x = 0, y = 0;
    assert_int_equal(a->tree.count, b->tree.count);
    for (; x != TREE_NONE && y != TREE_NONE;
         x = tree_next(&a->tree, 0, x), y = tree_next(&b->tree, 0, y)) {
        assert_int_equal(a->tree.nodes[x].id, b->tree.nodes[y].id);
        assert_int_equal(a->tree.nodes[x].depth, b->tree.nodes[y].depth);
        assert_string_equal(a->tree.nodes[x].name, b->tree.nodes[y].name);
        assert_memory_equal(&a->share[x], &b->share[y], sizeof a->share[x]);
        assert_int_equal(a->planned[x], b->planned[y]);
        assert_int_equal(a->accepted[x], b->accepted[y]);
    }
    assert_int_equal(x, y);
    assert_string_equal(a->description, b->description);
    assert_string_equal(a->undo_line, b->undo_line);
    assert_memory_equal(a->counts, b->counts, sizeof a->counts);
}

static void assert_as_on_the_spot(const struct model *m)
{
    struct scene none, now;
    const struct scene_want want = {.tree = true};
    scene_init(&none);
    assert_true(scene_make(m->store, &none, &want, &now));
    assert_same(&m->scene, &now);
    scene_free(&now);
    scene_free(&none);
}

static void open_loading(struct model *m)
{
    struct err e = {0};
    REQUIRE(model_open(m, file, &e));
    assert_false(m->has_tree);
    REQUIRE(model_load(m, &e));
    m->wants_tree = true;
    assert_int_equal(model_refresh(m, false), 0);
}

static void it_says_what_a_reading_on_the_spot_says(void **state)
{
    (void)state;
    struct err e = {0};
    struct store *s = NULL;
    struct model m;
    open_loading(&m);
    assert_int_equal(catch_up(&m) & CHANGED_TREE, CHANGED_TREE);
    assert_as_on_the_spot(&m);
    REQUIRE(store_open(file, STORE_WRITE, false, &s, &e));
    for (int i = 0; i < 100; i++) {
        char name[32];
        snprintf(name, sizeof name, "new %d", i);
        REQUIRE(store_op_begin(s, "tester", name, 0, &e));
        session_node(s, 1, name, 1 + i, NODE_EXPANDED, false);
        REQUIRE(store_op_end(s, &e));
        (void)model_refresh(&m, false); /* asked for again and again while it reads */
        (void)model_take(&m);
        model_settle(&m);
    }
    (void)model_refresh(&m, false);
    (void)catch_up(&m);
    assert_as_on_the_spot(&m);
    assert_string_equal(m.undo, "new 99");
    struct buf line;
    buf_init(&line, 4096);
    REQUIRE(store_undo(s, &line, &e));
    buf_free(&line);
    (void)model_refresh(&m, false);
    assert_int_equal(catch_up(&m) & CHANGED_TREE, CHANGED_TREE);
    assert_as_on_the_spot(&m);
    store_close(s);
    model_close(&m);
}

static void the_scene_before_is_good_until_it_is_settled(void **state)
{
    (void)state;
    struct err e = {0};
    struct store *s = NULL;
    struct model m;
    open_loading(&m);
    (void)catch_up(&m);
    struct tree old = m.tree;
    const double *share = m.share;
    const int64_t *accepted = m.accepted;
    REQUIRE(store_open(file, STORE_WRITE, false, &s, &e));
    REQUIRE(store_op_begin(s, "tester", "rename", 0, &e));
    REQUIRE(store_node_rename(s, old.nodes[1].id, "another name", &e));
    REQUIRE(store_op_end(s, &e));
    (void)model_refresh(&m, false);
    assert_true(readable(model_fd(&m), DEADLINE_MS));
    assert_int_equal(model_take(&m), CHANGED_TREE);
    assert_string_equal(m.tree.nodes[1].name, "another name");
    assert_string_equal(old.nodes[1].name, "operation");
    assert_memory_equal(share, m.share, old.count * sizeof *share);
    assert_int_equal(accepted[1], m.accepted[1]);
    model_settle(&m);
    REQUIRE(store_op_begin(s, "tester", "rename", 0, &e));
    REQUIRE(store_node_rename(s, m.tree.nodes[1].id, "operation", &e));
    REQUIRE(store_op_end(s, &e));
    store_close(s);
    model_close(&m);
}

static void add_point(struct store *s)
{
    struct err e = {0};
    struct point p = {.id = store_point_next_id(s),
                      .nodes = 1,
                      .mix_hash = 1,
                      .outcome = POINT_ACCEPTED,
                      .state = POINT_ACCEPTED};
    p.node[0] = 1;
    p.record = xstrdup("{}");
    REQUIRE(store_begin(s, &e));
    REQUIRE(store_point_put(s, &p, &e));
    REQUIRE(store_commit(s, &e));
    free(p.record);
}

static void points_wait_when_they_are_told_to(void **state)
{
    (void)state;
    struct err e = {0};
    struct store *s = NULL;
    struct model m;
    open_loading(&m);
    (void)catch_up(&m);
    const struct node *nodes = m.tree.nodes;
    int64_t had = m.accepted[1], counted = m.counts[POINT_ACCEPTED];
    REQUIRE(store_open(file, STORE_WRITE, false, &s, &e));
    add_point(s);
    /* an edit comes with it: that is seen, the point is not */
    REQUIRE(store_op_begin(s, "tester", "set", 0, &e));
    REQUIRE(store_setting_set(s, SETTING_BUDGET, "7", &e));
    REQUIRE(store_op_end(s, &e));
    (void)model_refresh(&m, true);
    assert_true(readable(model_fd(&m), DEADLINE_MS));
    assert_int_equal(model_take(&m), CHANGED_SETTINGS);
    model_settle(&m);
    assert_int_equal((int)m.budget, 7);
    assert_int_equal(m.accepted[1], had);
    assert_int_equal(m.counts[POINT_ACCEPTED], counted);
    (void)model_refresh(&m, false);
    assert_int_equal(catch_up(&m), CHANGED_POINTS);
    assert_int_equal(m.accepted[1], had + 1);
    assert_int_equal(m.counts[POINT_ACCEPTED], counted + 1);
    assert_ptr_equal(m.tree.nodes, nodes); /* the tree was not read again */
    assert_as_on_the_spot(&m);
    store_close(s);
    model_close(&m);
}

/* A status as a server tells it. */
static void tell(struct model *m, int64_t from, const int64_t *ids, size_t count)
{
    struct buf text;
    struct store_revision now;
    buf_init(&text, 4096);
    assert_int_equal(store_revision(m->store, &now, NULL), ST_OK);
    buf_printf(&text,
               "{\"revision\":{\"tree\":%lld,\"points\":%lld,\"settings\":%lld},"
               "\"touched\":{\"from\":%lld,\"nodes\":[",
               (long long)now.tree, (long long)now.points, (long long)now.settings,
               (long long)from);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&text, "%s%lld", i > 0 ? "," : "", (long long)ids[i]);
    }
    buf_adds(&text, "]}}");
    assert_int_equal(model_status(m, text.data, text.len), CHANGED_STATUS);
    buf_free(&text);
}

/* Only the nodes that the server names are read; if that is not enough, all of them. */
static void a_tree_follows_what_the_server_tells(void **state)
{
    (void)state;
    struct err e = {0};
    struct store *s = NULL;
    struct model m;
    open_loading(&m);
    (void)catch_up(&m);
    REQUIRE(store_open(file, STORE_WRITE, false, &s, &e));
    for (int i = 0; i < 60; i++) {
        const int64_t *ids = NULL;
        size_t count = 0;
        char name[32];
        int64_t from = m.seen.tree, node = m.tree.nodes[1 + (uint32_t)i % 3].id;
        (void)store_touched(s, &ids, &count);
        snprintf(name, sizeof name, "told %d", i);
        REQUIRE(store_op_begin(s, "tester", name, 0, &e));
        if (i % 4 == 0) {
            session_node(s, node, name, 1, NODE_EXPANDED, false);
        } else if (i % 4 == 1) {
            REQUIRE(store_node_move(s, m.tree.nodes[m.tree.count - 1].id, node, 0, &e));
        } else {
            REQUIRE(store_node_rename(s, node, name, &e));
        }
        REQUIRE(store_op_end(s, &e));
        assert_true(store_touched(s, &ids, &count));
        tell(&m, i % 5 == 4 ? from + 1 : from, ids, count); /* then it leads from somewhere else */
        assert_int_equal(m.touched.known, true);
        (void)model_refresh(&m, false);
        assert_int_equal(catch_up(&m), CHANGED_TREE);
        assert_as_on_the_spot(&m);
    }
    /* told of nothing: the same tree serves on */
    const struct node *nodes = m.tree.nodes;
    int64_t from = m.seen.tree;
    REQUIRE(store_op_begin(s, "tester", "factor", 0, &e));
    REQUIRE(store_factor_add(s, "another", "", NODE_BY_MODEL, "", &e));
    REQUIRE(store_op_end(s, &e));
    tell(&m, from, NULL, 0);
    (void)model_refresh(&m, false);
    assert_int_equal(catch_up(&m), CHANGED_TREE);
    assert_ptr_equal(m.tree.nodes, nodes);
    assert_int_equal(m.proposal_count, 1);
    /* and a lie is believed: it is what is read, not everything */
    from = m.seen.tree;
    REQUIRE(store_op_begin(s, "tester", "rename", 0, &e));
    REQUIRE(store_node_rename(s, m.tree.nodes[1].id, "not told", &e));
    REQUIRE(store_op_end(s, &e));
    tell(&m, from, &m.tree.nodes[2].id, 1);
    (void)model_refresh(&m, false);
    (void)catch_up(&m);
    assert_string_not_equal(m.tree.nodes[1].name, "not told");
    store_close(s);
    model_close(&m);
}

static void a_file_that_appears_is_read(void **state)
{
    (void)state;
    struct err e = {0};
    char late[128];
    struct model m;
    session_path(late, "late.taxa");
    REQUIRE(model_open(&m, late, &e));
    REQUIRE(model_load(&m, &e));
    m.wants_tree = true;
    assert_int_equal(model_refresh(&m, false), 0);
    session_make(late, true);
    (void)model_refresh(&m, false);
    assert_non_null(m.store);
    assert_int_equal(catch_up(&m) & CHANGED_TREE, CHANGED_TREE);
    assert_as_on_the_spot(&m);
    model_close(&m);
    session_remove("late.taxa");
}

static int begin(void **state)
{
    (void)state;
    session_begin();
    session_path(file, "loader.taxa");
    session_make(file, true);
    return 0;
}

static int end(void **state)
{
    (void)state;
    session_remove("loader.taxa");
    session_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_what_a_reading_on_the_spot_says),
        cmocka_unit_test(the_scene_before_is_good_until_it_is_settled),
        cmocka_unit_test(points_wait_when_they_are_told_to),
        cmocka_unit_test(a_tree_follows_what_the_server_tells),
        cmocka_unit_test(a_file_that_appears_is_read),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
