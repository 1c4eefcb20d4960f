/*
 * Tests of the journal: undo and redo restore every row of the journalled tables, whatever was
 * done.
 */
#include "store_fixture.h"

#include "base/rng.h"

enum { EDITS = 200, NODES_MAX = 4096, POINTS = 20 };

/* ------------------------------------------------------------------ random edits */

struct dice {
    uint64_t n;
};

static uint64_t roll(struct dice *d, uint64_t below)
{
    return rng_below(42, 1, d->n++, below);
}

/* A node that is there now; 0 (the top) now and then. */
static int64_t any_node(struct fixture *f, struct dice *d, bool top)
{
    struct tree t;
    OK(store_tree(f->s, false, &t, e));
    int64_t id = 0;
    if (t.count > 1 && !(top && roll(d, 6) == 0)) {
        id = t.nodes[1 + roll(d, t.count - 1)].id;
    }
    tree_free(&t);
    return id;
}

static int64_t first_child(struct fixture *f, int64_t parent)
{
    struct tree t;
    OK(store_tree(f->s, false, &t, e));
    uint32_t at = tree_by_id(&t, parent);
    int64_t id =
        at == TREE_NONE || t.nodes[at].first == TREE_NONE ? 0 : t.nodes[t.nodes[at].first].id;
    tree_free(&t);
    return id;
}

static void add_some(struct fixture *f, struct dice *d)
{
    int64_t parent = any_node(f, d, true);
    for (uint64_t i = roll(d, 4) + 1; i > 0; i--) {
        char name[40];
        snprintf(name, sizeof name, "node %llu", (unsigned long long)roll(d, 1000000000));
        struct node model = {.name = name,
                             .desc = roll(d, 2) == 0 ? "" : "described",
                             .weight = (double)roll(d, 5),
                             .origin = roll(d, 2) == 0 ? NODE_BY_MODEL : NODE_BY_HUMAN};
        /* Often before the first child, so that gaps between ordinals get used up. */
        int64_t before = roll(d, 3) == 0 ? 0 : first_child(f, parent);
        int64_t id = 0;
        OK(store_node_add(f->s, parent, &model, before, &id, e));
    }
}

/* Refusals (a node below itself, a name that is there) are part of it: they must leave no trace. */
static void move_some(struct fixture *f, struct dice *d)
{
    int64_t id = any_node(f, d, false);
    int64_t parent = any_node(f, d, true);
    (void)store_node_move(f->s, id, parent, roll(d, 2) == 0 ? 0 : first_child(f, parent), NULL);
}

static void reverse_children(struct fixture *f, int64_t parent)
{
    struct tree t;
    int64_t ids[NODES_MAX];
    size_t n = 0;
    OK(store_tree(f->s, false, &t, e));
    uint32_t at = tree_by_id(&t, parent);
    for (uint32_t c = t.nodes[at].last; c != TREE_NONE && n < NODES_MAX; c = t.nodes[c].prev) {
        ids[n++] = t.nodes[c].id;
    }
    tree_free(&t);
    OK(store_node_order(f->s, parent, ids, n, e));
}

static void edit_mix(struct fixture *f, struct dice *d)
{
    struct strategy_row *list = NULL;
    int count = 0;
    OK(store_strategies(f->s, &list, &count, e));
    int64_t first = first_child(f, 0);
    char name[40];
    snprintf(name, sizeof name, "mix %llu", (unsigned long long)roll(d, 1000000000));
    struct strategy_row row = {.name = name,
                               .weight = (double)roll(d, 9),
                               .complexity = 0.25,
                               .taxonomies = {first},
                               .taxonomy_count = 1};
    if (count > 3) {
        OK(store_strategy_remove(f->s, list[0].id, e));
    } else if (first != 0) {
        OK(store_strategy_put(f->s, &row, e));
        int64_t a = any_node(f, d, false);
        (void)store_exclusion_add(f->s, row.id, first, a, NULL);
    }
    strategy_rows_free(list, count);
}

static void review(struct fixture *f, struct dice *d)
{
    static const char *const decisions[] = {"accept", "reject", "edit", "retry", "note", "skip"};
    struct review r = {.point = (int64_t)roll(d, POINTS) + 1,
                       .at_us = (int64_t)d->n,
                       .who = "me",
                       .decision = decisions[roll(d, 6)],
                       .note = "because",
                       .before = "{}",
                       .after = "{\"edited\":true}"};
    OK(store_review_put(f->s, &r, e));
}

static void edit_words(struct fixture *f, struct dice *d)
{
    char text[64];
    snprintf(text, sizeof text, "text %llu", (unsigned long long)roll(d, 1000000));
    const char *keys[] = {"model=m", "timeout=30"};
    switch (roll(d, 6)) {
    case 0:
        OK(store_text_set(f->s, "description", text, e));
        break;
    case 1:
        OK(store_example_add(f->s, "{\"a\":1}", NULL, e));
        break;
    case 2:
        OK(store_setting_set(f->s, SETTING_COMPLEXITY, roll(d, 2) == 0 ? "0.25" : "0.75", e));
        break;
    case 3:
        (void)store_teacher_put(f->s, text, true, keys, 2, NULL);
        OK(store_role_set(f->s, ROLE_WRITER, text, e));
        break;
    case 4:
        OK(store_factor_add(f->s, text, "about", NODE_BY_MODEL, "", e));
        OK(store_factor_set(f->s, text, FACTOR_ACCEPTED, "good", e));
        break;
    default:
        OK(store_setting_set(f->s, SETTING_COMPLEXITY, NULL, e));
        break;
    }
}

static void merge_some(struct fixture *f, struct dice *d)
{
    int64_t from = any_node(f, d, false);
    int64_t into = any_node(f, d, false);
    (void)store_node_alias(f->s, into, from, NULL);
}

static void edit_node(struct fixture *f, struct dice *d)
{
    int64_t id = any_node(f, d, false);
    char name[40];
    snprintf(name, sizeof name, "renamed %llu", (unsigned long long)roll(d, 1000000000));
    if (id == 0) {
        return;
    }
    OK(store_node_rename(f->s, id, name, e));
    OK(store_node_describe(f->s, id, name, e));
    OK(store_node_weight(f->s, id, 0.1 * (double)roll(d, 100), e));
    OK(store_node_lock(f->s, id, roll(d, 2) == 0, e));
    OK(store_node_state(f->s, id, roll(d, 2) == 0 ? NODE_EXPANDED : NODE_FAILED, e));
}

/* One operation that certainly changes something. */
static void random_edit(struct fixture *f, struct dice *d, int i)
{
    char line[40];
    snprintf(line, sizeof line, "edit %d", i);
    op(f, line);
    char value[40];
    snprintf(value, sizeof value, "number %d", i);
    OK(store_text_set(f->s, "counter", value, e));
    switch (roll(d, 10)) {
    case 0:
    case 1:
    case 2:
        add_some(f, d);
        break;
    case 3:
        move_some(f, d);
        break;
    case 4:
        edit_node(f, d);
        break;
    case 5:
        if (roll(d, 3) == 0) {
            (void)store_node_delete(f->s, any_node(f, d, false), NULL);
        }
        break;
    case 6:
        reverse_children(f, any_node(f, d, true));
        break;
    case 7:
        merge_some(f, d);
        edit_mix(f, d);
        break;
    case 8:
        review(f, d);
        break;
    default:
        edit_words(f, d);
        break;
    }
    end(f);
}

/* ------------------------------------------------------------------ the big test */

static char *points_dump(struct fixture *f)
{
    char *a = fixture_query(f, "SELECT id, state, decision, edit FROM point ORDER BY id");
    char *b = fixture_query(f, "SELECT * FROM tally WHERE n <> 0 ORDER BY 1, 2, 3, 4");
    char *both = xasprintf("%s--\n%s", a, b);
    free(a);
    free(b);
    return both;
}

static void same_text(char *got, const char *want)
{
    if (strcmp(got, want) != 0) {
        print_error("--- wanted\n%.4000s\n--- got\n%.4000s\n", want, got);
    }
    assert_true(strcmp(got, want) == 0);
    free(got);
}

static void step_all(struct fixture *f, bool redo)
{
    struct buf line;
    buf_init(&line, 1000);
    for (int i = 0; i < EDITS; i++) {
        char want[40];
        snprintf(want, sizeof want, "edit %d", redo ? i : EDITS - 1 - i);
        if (redo) {
            assert_true(store_redo_line(f->s, &line));
            OK(store_redo(f->s, &line, e));
        } else {
            assert_true(store_undo_line(f->s, &line));
            OK(store_undo(f->s, &line, e));
        }
        assert_string_equal(line.data, want);
        if (i == EDITS / 2) {
            fixture_reopen(f);
        }
    }
    buf_free(&line);
}

static void test_200_edits(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    struct dice d = {0};
    OK(store_begin(f.s, e));
    for (int i = 1; i <= POINTS; i++) {
        put_point(&f, i, i % 3, i % 2 == 0 ? POINT_DISPUTED : POINT_ACCEPTED);
    }
    OK(store_commit(f.s, e));
    char *before = fixture_dump(&f);
    char *points_before = points_dump(&f);
    for (int i = 0; i < EDITS; i++) {
        random_edit(&f, &d, i);
    }
    char *after = fixture_dump(&f);
    char *points_after = points_dump(&f);
    assert_true(strcmp(before, after) != 0);
    assert_true(strcmp(points_before, points_after) != 0);
    for (int round = 0; round < 2; round++) {
        step_all(&f, false);
        same_text(fixture_dump(&f), before);
        same_text(points_dump(&f), points_before);
        FAILS(ST_NOT_FOUND, "nothing to undo", store_undo(f.s, &(struct buf){0}, e));
        step_all(&f, true);
        same_text(fixture_dump(&f), after);
        same_text(points_dump(&f), points_after);
        FAILS(ST_NOT_FOUND, "nothing to redo", store_redo(f.s, &(struct buf){0}, e));
    }
    free(before);
    free(after);
    free(points_before);
    free(points_after);
    fixture_free(&f);
}

/* ------------------------------------------------------------------ rules */

static void undo(struct fixture *f, const char *want)
{
    struct buf line;
    buf_init(&line, 1000);
    OK(store_undo(f->s, &line, e));
    assert_string_equal(line.data, want);
    buf_free(&line);
}

static void redo(struct fixture *f, const char *want)
{
    struct buf line;
    buf_init(&line, 1000);
    OK(store_redo(f->s, &line, e));
    assert_string_equal(line.data, want);
    buf_free(&line);
}

static void test_new_operation_drops_redo(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    struct buf line;
    buf_init(&line, 1000);
    int64_t a = op_node(&f, 0, "a");
    undo(&f, "a");
    assert_true(store_redo_line(f.s, &line));
    op(&f, "nothing"); /* changed nothing: no entry, and redo stays */
    end(&f);
    assert_true(store_redo_line(f.s, &line));
    assert_false(store_undo_line(f.s, &line));
    int64_t b = op_node(&f, 0, "b");
    assert_true(b > a); /* the id of an undone node is not given out again */
    assert_false(store_redo_line(f.s, &line));
    FAILS(ST_NOT_FOUND, "nothing to redo", store_redo(f.s, &line, e));
    buf_free(&line);
    fixture_free(&f);
}

static void op_of_job(struct fixture *f, int64_t job, int64_t parent, const char *name)
{
    OK(store_op_begin(f->s, "server", "expand operation", job, e));
    (void)add_node(f, parent, name);
    end(f);
}

static int64_t count_nodes(struct fixture *f)
{
    return fixture_number(f, "SELECT count(*) FROM node WHERE deleted = 0");
}

static void test_job_is_one_step(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    int64_t a = op_node(&f, 0, "a");
    op_of_job(&f, 7, a, "b");
    op_of_job(&f, 7, a, "c");
    (void)op_node(&f, a, "by hand");
    op_of_job(&f, 7, a, "d");
    op_of_job(&f, 7, a, "e");
    op_of_job(&f, 8, a, "f");
    assert_int_equal(count_nodes(&f), 7);
    undo(&f, "expand operation");
    assert_int_equal(count_nodes(&f), 6);
    undo(&f, "expand operation");
    assert_int_equal(count_nodes(&f), 4);
    undo(&f, "by hand");
    fixture_reopen(&f);
    undo(&f, "expand operation");
    assert_int_equal(count_nodes(&f), 1);
    redo(&f, "expand operation");
    assert_int_equal(count_nodes(&f), 3);
    redo(&f, "by hand");
    redo(&f, "expand operation");
    assert_int_equal(count_nodes(&f), 6);
    redo(&f, "expand operation");
    assert_int_equal(count_nodes(&f), 7);
    fixture_free(&f);
}

static void test_cancel_and_misuse(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    op(&f, "add");
    (void)add_node(&f, 0, "a");
    FAILS(ST_INTERNAL, "inside", store_begin(f.s, e));
    FAILS(ST_INTERNAL, "store_op_end", store_commit(f.s, e));
    assert_true(store_in_transaction(f.s));
    store_op_cancel(f.s);
    assert_false(store_in_transaction(f.s));
    assert_int_equal(count_nodes(&f), 0);
    struct node model = {.name = "x", .weight = 1};
    FAILS(ST_INTERNAL, "outside an operation", store_node_add(f.s, 0, &model, 0, NULL, e));
    OK(store_begin(f.s, e));
    FAILS(ST_INTERNAL, "outside an operation", store_text_set(f.s, "description", "x", e));
    store_rollback(f.s);
    FAILS(ST_INTERNAL, "outside", store_op_end(f.s, e));
    fixture_free(&f);
}

struct seen {
    int n;
    int undone;
    char first[40];
};

static bool see(void *ctx, const struct op_row *row)
{
    struct seen *seen = ctx;
    if (seen->n == 0) {
        snprintf(seen->first, sizeof seen->first, "%s by %s", row->line, row->who);
        assert_true(row->at_us > 0);
    }
    seen->n++;
    seen->undone += row->undone;
    return true;
}

static void test_log(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    for (int i = 0; i < 5; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", i);
        (void)op_node(&f, 0, name);
    }
    undo(&f, "n4");
    struct seen seen = {0};
    OK(store_ops(f.s, 3, see, &seen, e));
    assert_int_equal(seen.n, 3);
    assert_int_equal(seen.undone, 1);
    assert_string_equal(seen.first, "n4 by tester");
    fixture_free(&f);
}

/* A row that was changed behind the journal's back: undo refuses and changes nothing. */
static void test_foreign_change(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    op(&f, "describe");
    OK(store_text_set(f.s, "description", "one", e));
    end(&f);
    store_close(f.s);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(f.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "UPDATE session SET value = 'other'", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    fixture_open(&f);
    struct buf line;
    buf_init(&line, 100);
    FAILS(ST_DAMAGED, "table session", store_undo(f.s, &line, e));
    assert_false(store_in_transaction(f.s));
    OK(store_text(f.s, "description", &line, e));
    assert_string_equal(line.data, "other");
    buf_free(&line);
    fixture_free(&f);
}

static void test_revisions_move_with_undo(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    struct store_revision a;
    struct store_revision b;
    (void)op_node(&f, 0, "a");
    OK(store_revision(f.s, &a, e));
    undo(&f, "a");
    OK(store_revision(f.s, &b, e));
    assert_true(b.tree > a.tree);
    assert_int_equal(b.settings, a.settings);
    assert_int_equal(b.points, a.points);
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_200_edits),
        cmocka_unit_test(test_new_operation_drops_redo),
        cmocka_unit_test(test_job_is_one_step),
        cmocka_unit_test(test_cancel_and_misuse),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_foreign_change),
        cmocka_unit_test(test_revisions_move_with_undo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
