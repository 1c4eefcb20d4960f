/*
 * Tests of suggestions in the session file: what waits, what is known already, what a newer word
 * replaces, and that all of it can be undone.
 */
#include "store_fixture.h"

static struct suggestion about(int64_t node, enum suggest_kind kind, const char *name,
                               const char *text)
{
    return (struct suggestion){.job = 4,
                               .kind = kind,
                               .node = node,
                               .name = name,
                               .text = text,
                               .reason = "because",
                               .teacher = "t",
                               .model = "m"};
}

static int64_t add(struct fixture *f, const struct suggestion *g)
{
    int64_t id = 0;
    OK(store_op_begin(f->s, "teacher", "suggest", 4, e));
    OK(store_suggest_add(f->s, g, &id, e));
    OK(store_op_end(f->s, e));
    return id;
}

static void add_fails(struct fixture *f, const struct suggestion *g, enum status st,
                      const char *words)
{
    OK(store_op_begin(f->s, "teacher", "suggest", 4, e));
    FAILS(st, words, store_suggest_add(f->s, g, NULL, e));
    store_op_cancel(f->s);
}

static void decide(struct fixture *f, int64_t id, enum suggest_state state)
{
    OK(store_op_begin(f->s, "person", "suggest accept", 0, e));
    OK(store_suggest_set(f->s, id, state, e));
    OK(store_op_end(f->s, e));
}

static bool list_visit(void *ctx, const struct suggestion *g)
{
    buf_printf(ctx, "%d %s %d %d [%s] [%s] %s %s %d\n", (int)g->id, suggest_kind_name(g->kind),
               (int)g->node, (int)g->target, g->name, g->text, g->reason, g->teacher,
               (int)g->state);
    return true;
}

static void lists(struct fixture *f, bool all, const char *want)
{
    struct buf b;
    int64_t n = -1;
    size_t lines = 0;
    buf_init(&b, 1u << 16);
    OK(store_suggestions(f->s, all, list_visit, &b, e));
    assert_string_equal(b.data, want);
    for (const char *p = want; !all && (p = strchr(p, '\n')) != NULL; p++) {
        lines++;
    }
    OK(store_suggest_waiting(f->s, &n, e));
    if (!all) {
        assert_int_equal(n, lines);
    }
    buf_free(&b);
}

static void test_wait_and_decide(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    int64_t a = op_node(&f, 0, "a"), b = op_node(&f, a, "b");
    struct suggestion g = about(a, SUGGEST_MISSING, "c", "the third");
    struct suggestion h = about(b, SUGGEST_MOVE, "", "");
    h.target = a;
    assert_int_equal(add(&f, &g), 1);
    assert_int_equal(add(&f, &h), 2);
    lists(&f, false, "1 missing 1 0 [c] [the third] because t 0\n2 move 2 1 [] [] because t 0\n");
    fixture_reopen(&f); /* they wait in the file */
    decide(&f, 1, SUGGEST_REJECTED);
    decide(&f, 2, SUGGEST_ACCEPTED);
    lists(&f, false, "");
    lists(&f, true, "1 missing 1 0 [c] [the third] because t 2\n2 move 2 1 [] [] because t 1\n");
    struct buf line;
    buf_init(&line, 1000);
    OK(store_undo(f.s, &line, e));
    OK(store_undo(f.s, &line, e));
    lists(&f, false, "1 missing 1 0 [c] [the third] because t 0\n2 move 2 1 [] [] because t 0\n");
    OK(store_undo(f.s, &line, e)); /* both were asked for by one job: one step */
    lists(&f, true, "");
    OK(store_redo(f.s, &line, e));
    lists(&f, false, "1 missing 1 0 [c] [the third] because t 0\n2 move 2 1 [] [] because t 0\n");
    buf_free(&line);
    FAILS(ST_NOT_FOUND, "no suggestion 9", store_suggest(f.s, 9, list_visit, NULL, e));
    fixture_free(&f);
}

/* What waits or was turned down is not offered again; a newer word takes the place of an older. */
static void test_known_and_newer(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    int64_t a = op_node(&f, 0, "a"), b = op_node(&f, a, "b");
    struct suggestion g = about(a, SUGGEST_MISSING, "c", "the third");
    (void)add(&f, &g);
    g.text = "described otherwise";
    add_fails(&f, &g, ST_EXISTS, "suggested before");
    decide(&f, 1, SUGGEST_REJECTED);
    add_fails(&f, &g, ST_EXISTS, "suggested before");
    g.name = "d";
    (void)add(&f, &g);

    struct suggestion d = about(b, SUGGEST_DESCRIBE, "", "one");
    (void)add(&f, &d);
    d.text = "two";
    (void)add(&f, &d);
    decide(&f, 4, SUGGEST_REJECTED);
    add_fails(&f, &d, ST_EXISTS, "suggested before");
    d.text = "three";
    (void)add(&f, &d);

    struct suggestion u = about(b, SUGGEST_DELETE, "", "");
    (void)add(&f, &u);
    u = about(b, SUGGEST_RENAME, "bee", "");
    (void)add(&f, &u);
    lists(&f, false,
          "2 missing 1 0 [d] [described otherwise] because t 0\n"
          "5 describe 2 0 [] [three] because t 0\n"
          "7 rename 2 0 [bee] [] because t 0\n");
    decide(&f, 7, SUGGEST_ACCEPTED);
    u = about(b, SUGGEST_RENAME, "bee", "");
    assert_int_equal(add(&f, &u), 8); /* what was accepted may be suggested anew */
    fixture_free(&f);
}

static void test_refusals(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    int64_t a = op_node(&f, 0, "a");
    struct suggestion g = about(a, SUGGEST_MISSING, "two\nlines", "x");
    add_fails(&f, &g, ST_INVALID, "");
    g = about(a, SUGGEST_RENAME, "", "");
    add_fails(&f, &g, ST_INVALID, "");
    g = about(a, SUGGEST_DESCRIBE, "", "\xFF");
    add_fails(&f, &g, ST_INVALID, "UTF-8");
    char *longer = xcalloc(1, TREE_DESC_MAX + 2);
    memset(longer, 'x', TREE_DESC_MAX + 1);
    g = about(a, SUGGEST_DESCRIBE, "", longer);
    add_fails(&f, &g, ST_LIMIT, "a suggestion's text is over");
    free(longer);
    g = about(a, SUGGEST_DESCRIBE, "", "x");
    FAILS(ST_INTERNAL, "", store_suggest_add(f.s, &g, NULL, e)); /* outside an operation */
    OK(store_op_begin(f.s, "p", "x", 0, e));
    FAILS(ST_NOT_FOUND, "no suggestion 5", store_suggest_set(f.s, 5, SUGGEST_ACCEPTED, e));
    store_op_cancel(f.s);
    fixture_free(&f);
}

/* About a node that is deleted nothing waits, until it is back. */
static void test_deleted_nodes(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    int64_t a = op_node(&f, 0, "a"), b = op_node(&f, a, "b");
    struct suggestion g = about(b, SUGGEST_DESCRIBE, "", "x");
    (void)add(&f, &g);
    OK(store_op_begin(f.s, "p", "node delete", 0, e));
    OK(store_node_delete(f.s, a, e));
    OK(store_op_end(f.s, e));
    lists(&f, false, "");
    struct buf line;
    buf_init(&line, 1000);
    OK(store_undo(f.s, &line, e));
    buf_free(&line);
    lists(&f, false, "1 describe 2 0 [] [x] because t 0\n");
    fixture_free(&f);
}

/* A job that was stopped and taken back is asked anew. */
static void test_stopped_and_undone(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    int64_t a = op_node(&f, 0, "a");
    struct job_row j = {.line = "suggest describe @1", .state = "stopped", .result = ""};
    OK(store_job_put(f.s, &j, e));
    struct suggestion g = about(a, SUGGEST_DESCRIBE, "", "x");
    OK(store_op_begin(f.s, "teacher", "suggest", j.id, e));
    OK(store_suggest_add(f.s, &g, NULL, e));
    OK(store_op_end(f.s, e));
    assert_int_equal(fixture_number(&f, "SELECT count(*) FROM job WHERE state = 'stopped'"), 1);
    struct buf line;
    buf_init(&line, 1000);
    OK(store_undo(f.s, &line, e));
    buf_free(&line);
    assert_int_equal(fixture_number(&f, "SELECT count(*) FROM job WHERE state = 'undone'"), 1);
    fixture_free(&f);
}

static void test_kinds(void **state)
{
    (void)state;
    enum suggest_kind k = SUGGEST_KINDS;
    for (int i = 0; i < SUGGEST_KINDS; i++) {
        assert_true(suggest_kind_by_name(suggest_kind_name((enum suggest_kind)i), &k));
        assert_int_equal(k, i);
    }
    assert_false(suggest_kind_by_name("keep", &k));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wait_and_decide),    cmocka_unit_test(test_known_and_newer),
        cmocka_unit_test(test_refusals),           cmocka_unit_test(test_deleted_nodes),
        cmocka_unit_test(test_stopped_and_undone), cmocka_unit_test(test_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
