/*
 * Tests of what a person sets up: texts, examples, settings, teachers, roles, factors, strategies,
 * exclusions; and of the plan and the jobs.
 */
#include "store_fixture.h"

#include <math.h>

static void test_texts(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    struct buf b;
    buf_init(&b, 100);
    OK(store_text(f.s, "description", &b, e));
    assert_string_equal(b.data, "");
    op(&f, "describe");
    OK(store_text_set(f.s, "description", "grade-school maths ÄÖ\n", e));
    FAILS(ST_INVALID, "UTF-8", store_text_set(f.s, "description", "\xc3", e));
    end(&f);
    fixture_reopen(&f);
    OK(store_text(f.s, "description", &b, e));
    assert_string_equal(b.data, "grade-school maths ÄÖ\n");
    struct buf small;
    buf_init(&small, 5);
    FAILS(ST_LIMIT, "5 bytes", store_text(f.s, "description", &small, e));
    buf_free(&small);
    buf_free(&b);
    fixture_free(&f);
}

static void test_examples(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    int64_t first = 0;
    int64_t second = 0;
    op(&f, "examples");
    OK(store_example_add(f.s, " {\"q\": \"1+1\"} ", &first, e));
    OK(store_example_add(f.s, "{\"q\": \"2+2\"}", &second, e));
    FAILS(ST_INVALID, "JSON object", store_example_add(f.s, "[1]", NULL, e));
    FAILS(ST_INVALID, "", store_example_add(f.s, "{", NULL, e));
    OK(store_example_remove(f.s, first, e));
    FAILS(ST_NOT_FOUND, "no example", store_example_remove(f.s, first, e));
    end(&f);
    cJSON *list = NULL;
    OK(store_examples(f.s, &list, e));
    char *text = json_text(list);
    char want[64];
    snprintf(want, sizeof want, "[{\"id\":%lld,\"record\":{\"q\":\"2+2\"}}]", (long long)second);
    assert_string_equal(text, want);
    free(text);
    cJSON_Delete(list);
    fixture_free(&f);
}

static void test_settings(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    struct buf b;
    buf_init(&b, 100);
    OK(store_setting(f.s, SETTING_COMPLEXITY, &b, e));
    assert_string_equal(b.data, setting_at(SETTING_COMPLEXITY)->otherwise);
    assert_false(store_setting_is_set(f.s, SETTING_COMPLEXITY));
    op(&f, "set");
    OK(store_setting_set(f.s, SETTING_COMPLEXITY, "0.25", e));
    FAILS(ST_INVALID, "", store_setting_set(f.s, SETTING_COMPLEXITY, "7", e));
    OK(store_setting_set(f.s, SETTING_CONCURRENCY, "auto", e));
    OK(store_setting_set(f.s, SETTING_DEPTH, "4", e));
    OK(store_setting_set(f.s, SETTING_DEPTH, NULL, e));
    end(&f);
    assert_true(fabs(store_setting_num(f.s, SETTING_COMPLEXITY, -1) - 0.25) < 1e-12);
    assert_true(store_setting_is_set(f.s, SETTING_COMPLEXITY));
    assert_false(store_setting_is_set(f.s, SETTING_DEPTH));
    assert_true(store_setting_is(f.s, SETTING_CONCURRENCY, "auto"));
    assert_true(fabs(store_setting_num(f.s, SETTING_CONCURRENCY, 17) - 17) < 1e-12);
    buf_free(&b);
    fixture_free(&f);
}

/* ------------------------------------------------------------------ teachers */

static char *teacher_names(struct fixture *f)
{
    struct teacher_config *list = NULL;
    int count = 0;
    struct buf b;
    buf_init(&b, 1000);
    OK(store_teachers(f->s, &list, &count, e));
    for (int i = 0; i < count; i++) {
        buf_printf(&b, "%s%s:%s", i > 0 ? " " : "", list[i].name,
                   teacher_config_text(&list[i], TK_DIALECT));
        teacher_config_free(&list[i]);
    }
    free(list);
    char *text = buf_take(&b);
    buf_free(&b);
    return text;
}

static void teachers_are(struct fixture *f, const char *want)
{
    char *got = teacher_names(f);
    assert_string_equal(got, want);
    free(got);
}

static void role_is(struct fixture *f, enum role_id role, const char *want)
{
    struct buf b;
    buf_init(&b, 100);
    OK(store_role(f->s, role, &b, e));
    assert_string_equal(b.data, want);
    buf_free(&b);
}

static void test_teachers(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    teachers_are(&f, "offline:offline");
    role_is(&f, ROLE_WRITER, "offline");
    const char *rates[] = {"wrong=0.1", "latency=0"};
    const char *local[] = {"dialect=openai", "base-url=http://a", "base-url=http://b", "model=m"};
    const char *other_url[] = {"base-url=http://c", "model="};
    const char *unknown[] = {"colour=red"};
    const char *broken[] = {"wrong"};
    const char *range[] = {"wrong=7"};
    op(&f, "teachers");
    FAILS(ST_NOT_FOUND, "local", store_teacher_put(f.s, "local", false, local, 4, e));
    FAILS(ST_NOT_FOUND, "offline", store_teacher_remove(f.s, "offline", e));
    OK(store_role_set(f.s, ROLE_JUDGE, "offline", e));
    OK(store_teacher_put(f.s, "offline", false, rates, 2, e)); /* the built-in becomes an entry */
    OK(store_teacher_put(f.s, "local", true, local, 4, e));
    FAILS(ST_EXISTS, "local", store_teacher_put(f.s, "local", true, local, 4, e));
    FAILS(ST_USAGE, "colour", store_teacher_put(f.s, "local", false, unknown, 1, e));
    FAILS(ST_USAGE, "KEY=VALUE", store_teacher_put(f.s, "local", false, broken, 1, e));
    FAILS(ST_INVALID, "", store_teacher_put(f.s, "offline", false, range, 1, e));
    OK(store_role_set(f.s, ROLE_WRITER, "local", e));
    FAILS(ST_NOT_FOUND, "nobody", store_role_set(f.s, ROLE_WRITER, "nobody", e));
    end(&f);
    teachers_are(&f, "offline:offline local:openai");
    role_is(&f, ROLE_WRITER, "local");
    role_is(&f, ROLE_CRITIC, "offline");
    struct teacher_config *list = NULL;
    int count = 0;
    OK(store_teachers(f.s, &list, &count, e));
    assert_true(fabs(teacher_config_num(&list[0], TK_WRONG) - 0.1) < 1e-12);
    assert_int_equal(list[1].base_url_count, 2);
    assert_string_equal(list[1].key[TK_BASE_URL], "http://a");
    assert_string_equal(list[1].base_url[1], "http://b");
    for (int i = 0; i < count; i++) {
        teacher_config_free(&list[i]);
    }
    free(list);
    op(&f, "change");
    OK(store_teacher_put(f.s, "local", false, other_url, 2, e));
    end(&f);
    OK(store_teachers(f.s, &list, &count, e));
    assert_int_equal(list[1].base_url_count, 1);
    assert_string_equal(list[1].base_url[0], "http://c");
    assert_null(list[1].key[TK_MODEL]);
    for (int i = 0; i < count; i++) {
        teacher_config_free(&list[i]);
    }
    free(list);
    op(&f, "remove");
    OK(store_teacher_remove(f.s, "local", e));
    end(&f);
    role_is(&f, ROLE_WRITER, "offline");
    struct buf line;
    buf_init(&line, 100);
    OK(store_undo(f.s, &line, e));
    role_is(&f, ROLE_WRITER, "local");
    buf_free(&line);
    fixture_free(&f);
}

/* ------------------------------------------------------------------ factors */

static bool list_factor(void *ctx, const struct factor_row *row)
{
    static const char *const states[] = {"proposed", "accepted", "rejected"};
    struct buf *b = ctx;
    buf_printf(b, "%s:%s:%s ", row->name, states[row->state], row->node != 0 ? "tree" : "none");
    return true;
}

static void factors_are(struct fixture *f, const char *want)
{
    struct buf b;
    buf_init(&b, 1000);
    OK(store_factors(f->s, list_factor, &b, e));
    assert_string_equal(b.data, want);
    buf_free(&b);
}

static void test_factors(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    op(&f, "factors");
    OK(store_factor_add(f.s, "operation", "what is computed", NODE_BY_MODEL, "", e));
    OK(store_factor_add(f.s, "topic", "", NODE_BY_HUMAN, "", e));
    FAILS(ST_EXISTS, "topic", store_factor_add(f.s, "topic", "", NODE_BY_HUMAN, "", e));
    factors_are(&f, "operation:proposed:none topic:proposed:none ");
    OK(store_factor_set(f.s, "operation", FACTOR_ACCEPTED, "good", e));
    OK(store_factor_set(f.s, "operation", FACTOR_ACCEPTED, "good", e)); /* once is enough */
    OK(store_factor_set(f.s, "topic", FACTOR_REJECTED, "vague", e));
    FAILS(ST_NOT_FOUND, "colour", store_factor_set(f.s, "colour", FACTOR_ACCEPTED, "", e));
    end(&f);
    factors_are(&f, "operation:accepted:tree topic:rejected:none ");
    struct tree t;
    OK(store_tree(f.s, true, &t, e));
    assert_int_equal(t.count, 2);
    assert_string_equal(t.nodes[1].desc, "what is computed");
    assert_int_equal(t.nodes[1].origin, NODE_BY_MODEL);
    int64_t node = t.nodes[1].id;
    tree_free(&t);
    op(&f, "reject");
    OK(store_factor_set(f.s, "operation", FACTOR_REJECTED, "", e));
    end(&f);
    factors_are(&f, "operation:rejected:none topic:rejected:none ");
    FAILS(ST_NOT_FOUND, "no node", store_node_desc(f.s, node, &(struct buf){0}, e));
    struct buf line;
    buf_init(&line, 100);
    OK(store_undo(f.s, &line, e));
    factors_are(&f, "operation:accepted:tree topic:rejected:none ");
    op(&f, "delete the tree");
    OK(store_node_delete(f.s, node, e));
    end(&f);
    factors_are(&f, "operation:accepted:none topic:rejected:none ");
    buf_free(&line);
    fixture_free(&f);
}

/* ------------------------------------------------------------------ mix */

static void test_strategies(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    op(&f, "tree");
    int64_t a = add_node(&f, 0, "a");
    int64_t b = add_node(&f, 0, "b");
    int64_t c = add_node(&f, a, "c");
    char name[] = "main";
    char levels[] = "leaves";
    char nonsense[] = "nonsense";
    struct strategy_row row = {.name = name,
                               .weight = 2,
                               .complexity = (double)NAN,
                               .levels = levels,
                               .taxonomies = {a, b},
                               .taxonomy_count = 2};
    OK(store_strategy_put(f.s, &row, e));
    int64_t id = row.id;
    assert_true(id > 0);
    row.id = 0;
    FAILS(ST_EXISTS, "main", store_strategy_put(f.s, &row, e));
    row.id = id;
    row.taxonomies[1] = c;
    FAILS(ST_INVALID, "not a taxonomy", store_strategy_put(f.s, &row, e));
    row.taxonomies[1] = a;
    FAILS(ST_INVALID, "twice", store_strategy_put(f.s, &row, e));
    row.taxonomies[1] = b;
    row.complexity = 1.5;
    FAILS(ST_INVALID, "complexity", store_strategy_put(f.s, &row, e));
    row.complexity = 0.5;
    row.levels = nonsense;
    FAILS(ST_INVALID, "", store_strategy_put(f.s, &row, e));
    row.levels = NULL;
    OK(store_strategy_put(f.s, &row, e));
    row.id = 999;
    char other[] = "other";
    row.name = other;
    FAILS(ST_NOT_FOUND, "999", store_strategy_put(f.s, &row, e));
    row.id = 0;
    row.taxonomy_count = 0;
    FAILS(ST_INVALID, "at least one", store_strategy_put(f.s, &row, e));
    OK(store_exclusion_add(f.s, id, c, b, e));
    FAILS(ST_EXISTS, "already", store_exclusion_add(f.s, id, b, c, e));
    FAILS(ST_INVALID, "two nodes", store_exclusion_add(f.s, id, b, b, e));
    FAILS(ST_NOT_FOUND, "77", store_exclusion_add(f.s, 77, b, c, e));
    end(&f);
    op(&f, "delete a taxonomy");
    OK(store_node_delete(f.s, b, e));
    end(&f);
    struct strategy_row *list = NULL;
    struct exclusion_row *pairs = NULL;
    int count = 0;
    OK(store_strategies(f.s, &list, &count, e));
    assert_int_equal(count, 1);
    assert_int_equal(list[0].taxonomy_count, 1);
    assert_int_equal(list[0].taxonomies[0], a);
    assert_null(list[0].levels);
    assert_true(fabs(list[0].complexity - 0.5) < 1e-12);
    strategy_rows_free(list, count);
    OK(store_exclusions(f.s, &pairs, &count, e));
    assert_int_equal(count, 0);
    free(pairs);
    struct buf line;
    buf_init(&line, 100);
    OK(store_undo(f.s, &line, e));
    OK(store_strategies(f.s, &list, &count, e));
    assert_int_equal(list[0].taxonomy_count, 2);
    strategy_rows_free(list, count);
    op(&f, "remove");
    OK(store_strategy_remove(f.s, id, e)); /* with its exclusions */
    end(&f);
    OK(store_exclusions(f.s, &pairs, &count, e));
    assert_int_equal(count, 0);
    free(pairs);
    buf_free(&line);
    fixture_free(&f);
}

/* ------------------------------------------------------------------ plan and jobs */

static void test_plan(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    struct plan_row p;
    OK(store_plan(f.s, &p, e));
    assert_string_equal(p.run, "idle");
    assert_int_equal(p.target, 0);
    plan_row_clear(&p);
    char spec[] = "draws";
    char counts[] = "[[1,2]]";
    char reason[] = "budget";
    struct plan_row put = {.target = 100,
                           .series = 1,
                           .first = 5,
                           .count = 90,
                           .run = "running",
                           .spec = spec,
                           .counts = counts};
    OK(store_plan_put(f.s, &put, e));
    put.started = 30;
    put.reason = reason;
    memcpy(put.run, "paused", 7);
    OK(store_plan_put(f.s, &put, e));
    fixture_reopen(&f);
    OK(store_plan(f.s, &p, e));
    assert_int_equal(p.started, 30);
    assert_string_equal(p.run, "paused");
    assert_null(p.spec); /* it may be large, and is read by itself */
    assert_string_equal(p.counts, "[[1,2]]");
    assert_string_equal(p.reason, "budget");
    plan_row_clear(&p);
    struct buf text;
    buf_init(&text, 1000);
    OK(store_plan_spec(f.s, &text, e));
    assert_string_equal(text.data, "draws");
    put.spec = put.counts = NULL; /* what is not given stays */
    OK(store_plan_put(f.s, &put, e));
    char other[] = "other draws";
    put.spec = other;
    OK(store_begin(f.s, e));
    OK(store_plan_put(f.s, &put, e));
    store_rollback(f.s);
    buf_clear(&text);
    OK(store_plan_spec(f.s, &text, e));
    assert_string_equal(text.data, "draws");
    OK(store_plan_put(f.s, &put, e));
    buf_clear(&text);
    OK(store_plan_spec(f.s, &text, e));
    assert_string_equal(text.data, "other draws");
    OK(store_plan(f.s, &p, e));
    assert_string_equal(p.counts, "[[1,2]]");
    plan_row_clear(&p);
    buf_free(&text);
    fixture_free(&f);
}

static bool list_job(void *ctx, const struct job_row *j)
{
    buf_printf(ctx, "%lld:%s:%s ", (long long)j->id, j->state, j->result);
    return true;
}

static void test_jobs(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    struct job_row a = {.line = "expand operation", .state = "running", .result = ""};
    struct job_row b = {.line = "factor propose", .state = "running", .result = NULL};
    OK(store_job_put(f.s, &a, e));
    OK(store_job_put(f.s, &b, e));
    a.state = "done";
    a.result = "14 nodes";
    OK(store_job_put(f.s, &a, e));
    struct job_row missing = {.id = 77, .line = "", .state = ""};
    FAILS(ST_NOT_FOUND, "77", store_job_put(f.s, &missing, e));
    struct buf list;
    buf_init(&list, 1000);
    OK(store_jobs(f.s, "running", list_job, &list, e));
    assert_string_equal(list.data, "2:running: ");
    buf_clear(&list);
    OK(store_jobs(f.s, NULL, list_job, &list, e));
    assert_string_equal(list.data, "1:done:14 nodes 2:running: ");
    buf_free(&list);
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),    cmocka_unit_test(test_examples),
        cmocka_unit_test(test_settings), cmocka_unit_test(test_teachers),
        cmocka_unit_test(test_factors),  cmocka_unit_test(test_strategies),
        cmocka_unit_test(test_plan),     cmocka_unit_test(test_jobs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
