/*
 * The script of `save` builds the same session again, whatever names and texts are in it; copies;
 * what `doctor` and `teacher test` say about teachers and keys.
 */
#include "server_fixture.h"

/* ------------------------------------------------------------------ save */

/* The design as it is in force, without the numbers of rows. Caller frees. */
static char *design_of(struct fixture *f)
{
    static const char *const queries[] = {
        "SELECT key, value FROM session ORDER BY key",
        "SELECT json FROM example ORDER BY id",
        "SELECT name, config FROM teacher ORDER BY ordinal",
        "SELECT role, teacher FROM role WHERE teacher <> (SELECT name FROM teacher ORDER BY "
        "ordinal LIMIT 1) ORDER BY role",
        "SELECT name, desc, state FROM factor WHERE state <> 1 ORDER BY id",
        "WITH RECURSIVE t(id, path, place) AS (SELECT 0, '', '' UNION ALL SELECT n.id, t.path || "
        "'/' || n.name, t.place || printf('/%08d', n.ordinal) FROM node n JOIN t ON n.parent = "
        "t.id WHERE n.deleted = 0) SELECT t.path, n.desc, n.weight, n.locked, n.origin, "
        "CASE n.parent WHEN 0 THEN 0 ELSE n.state END FROM t JOIN node n USING (id) "
        "ORDER BY t.place",
        "SELECT s.name, s.weight, s.complexity, s.levels, (SELECT group_concat(n.name) FROM node n "
        "WHERE ',' || s.taxonomies || ',' LIKE '%,' || n.id || ',%') FROM strategy s ORDER BY s.id",
        "SELECT coalesce(s.name, ''), a.name, b.name FROM exclusion x JOIN node a ON a.id = x.a "
        "JOIN node b ON b.id = x.b LEFT JOIN strategy s ON s.id = x.strategy ORDER BY x.id"};
    struct buf b, value;
    buf_init(&b, (size_t)16 << 20);
    buf_init(&value, 65536);
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        char *rows = fixture_query(f, queries[i]);
        buf_printf(&b, "== %zu\n%s", i, rows);
        free(rows);
    }
    for (int i = 0; i < SETTING_COUNT; i++) {
        buf_printf(&b, "%s=", setting_at((enum setting_id)i)->name);
        OK(store_setting(f->s, (enum setting_id)i, &value, e));
        buf_printf(&b, "%s\n", value.data);
        buf_clear(&value);
    }
    buf_free(&value);
    char *text = buf_take(&b);
    buf_free(&b);
    return text;
}

/* Save, build from it, save again: same text, same session. The text; caller frees. */
static char *survives(struct fixture *f)
{
    struct fixture g = fixture_new();
    char *first = run(f, "save -");
    script(&g, first);
    char *second = run(&g, "save -");
    assert_string_equal(first, second);
    char *was = design_of(f), *is = design_of(&g);
    assert_string_equal(was, is);
    assert_int_equal(first[0], '#');
    free(was);
    free(is);
    free(second);
    fixture_free(&g);
    return first;
}

static void an_empty_session_is_a_comment(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    char *text = survives(&f);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    free(text);
    fixture_free(&f);
}

static void a_whole_design_survives(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    script(&f, "describe \"It's \\\"grade-school\\\"\\nmaths\\t\\\\ # no comment\"\n"
               "schema '{\"type\":\"object\",\"properties\":{\"q\":{\"type\":\"string\"}}}'\n"
               "example add '{\"q\":\"1 + 1\\n?\"}'\n"
               "example add '{\"q\":\"two\"}'\n"
               "set seed 42\n"
               "set complexity 0.25\n"
               "set reviewer 'Mira K.'\n"
               "teacher set offline wrong=0.2 latency=5\n"
               "teacher add local dialect=openai base-url=http://a:1/v1 base-url=http://b:2/v1 "
               "model='q w' key-env=SOME_KEY\n"
               "role critic local\n"
               "factor add operation -d 'what is computed'\n"
               "factor accept operation\n"
               "factor add setting\n"
               "factor accept setting\n"
               "factor add waiting -d 'not decided yet'\n"
               "factor add colour\n"
               "factor reject colour\n"
               "node weight operation 2\n"
               "node add operation adding -d 'plus' -w 0.1 --origin model\n"
               "node add operation/adding carrying --state unexpanded\n"
               "node add operation/adding 'no carrying' --state failed --origin model\n"
               "node add setting market -w 0\n"
               "node lock operation/adding\n"
               "node lock setting\n"
               "strategy add both operation setting\n"
               "strategy set both weight=3 complexity=0.5 levels=leaves\n"
               "strategy add one setting\n"
               "exclude add operation/adding setting/market\n"
               "exclude add operation setting/market --strategy both\n");
    char *text = survives(&f);
    contains(text, "\nset seed 42\n");
    contains(text, "\nset complexity 0.25\n");
    contains(text, " -w 0.1 --origin model\n");
    contains(text, "\nnode weight operation 2\n");
    contains(text, "\nfactor reject colour\n");
    assert_null(strstr(text, "accept waiting"));
    assert_null(strstr(text, "set refinements")); /* as it is by default */
    free(text);
    fixture_free(&f);
}

/* Names that look like options, ids, paths, comments or quotes. */
static void awkward_names_survive(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    script(&f, "describe -- '-5 to 5'\n"
               "factor add -- -negative\n"
               "factor add -d '-d' -- --json\n"
               "factor accept -- -negative --json\n"
               "factor add @7\n"
               "factor accept @7\n"
               "factor add 'a/b\\c'\n"
               "factor accept 'a/b\\c'\n"
               "factor add '#'\n"
               "factor reject '#'\n"
               "node add -d '-w' -w 2 -- -negative --wait\n"
               "node add -- -negative/--wait -5\n"
               "node add '\\@7' \"it's \\\"x\\\"\" -d -\n"
               "node add 'a\\/b\\\\c' 'd/e' --origin model\n"
               "node add 'a\\/b\\\\c/d\\/e' '学 é'\n"
               "node lock -- -negative/--wait/-5\n"
               "strategy add -- -s -negative 'a\\/b\\\\c'\n"
               "strategy set -- -s weight=2\n"
               "exclude add --strategy -s -- -negative/--wait 'a\\/b\\\\c/d\\/e'\n");
    free(survives(&f));
    fixture_free(&f);
}

static void what_is_deleted_leaves_a_script_that_builds(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    script(&f, "factor add a\nfactor accept a\nfactor add b\nfactor accept b\nfactor add c\n"
               "factor accept c\n"
               "node add a x\nnode add b y\n"
               "strategy add gone c\nstrategy add stays a b\n"
               "exclude add a/x b/y --strategy stays\n"
               "exclude add a/x c --strategy gone\n"
               "node delete c\n"
               "node rename b waiting\n"
               "factor add spare\n");
    char *text = run(&f, "save -");
    struct fixture g = fixture_new();
    script(&g, text);
    prints(&g, text, "save -");
    assert_null(strstr(text, "gone"));
    contains(text, "exclude add --strategy stays a/x waiting/y\n");
    assert_null(strstr(text, "exclude add a/x")); /* not for all strategies all of a sudden */
    free(text);
    fixture_free(&g);
    fixture_free(&f);
}

static void teachers_survive(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    script(&f, "teacher add bare model=m\nteacher set bare model=\nrole judge bare\n");
    char *text = survives(&f);
    contains(text, "\nteacher add bare dialect=\n");
    free(text);
    fixture_free(&f);
    f = fixture_new();
    does(&f, "teacher set offline dialect=openai"); /* only in name the built-in one */
    text = survives(&f);
    contains(text, "\nteacher add offline dialect=openai\n");
    free(text);
    fixture_free(&f);
}

static void the_shipped_sessions_survive(void **state)
{
    (void)state;
    static const char *const names[] = {"cti-mcq", "cti-rcm", "global-mmlu", "gsm8k", "lexam"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct fixture f = fixture_new();
        struct buf text;
        char *path = xasprintf("sessions/%s.session", names[i]);
        buf_init(&text, 4u << 20);
        OK(file_read(path, &text, e));
        script(&f, text.data);
        free(survives(&f));
        buf_free(&text);
        free(path);
        fixture_free(&f);
    }
}

static void save_writes_a_file_whole(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    does(&f, "describe maths");
    does(&f, "save a.session");
    char *text = run(&f, "save -");
    reads(&f, "a.session", text);
    free(text);
    refuses(&f, ST_NOT_FOUND, "missing", "save missing/a.session");
    fixture_free(&f);
}

static void a_backup_is_a_session(void **state)
{
    (void)state;
    struct fixture f = fixture_new(), g = fixture_folder();
    does(&f, "describe maths");
    put_point(&f, 1, 2, POINT_ACCEPTED);
    does(&f, "backup b.taxa");
    refuses(&f, ST_EXISTS, "b.taxa", "backup b.taxa");
    free(g.path);
    g.path = fixture_name(&f, "b.taxa");
    OK(store_open(g.path, STORE_READ, false, &g.s, e));
    struct buf text;
    buf_init(&text, 4096);
    OK(store_text(g.s, "description", &text, e));
    assert_string_equal(text.data, "maths");
    buf_free(&text);
    struct point p;
    OK(store_point(g.s, 1, &p, e));
    assert_string_equal(p.record, "{\"n\":1}");
    point_clear(&p);
    fixture_free(&g);
    fixture_free(&f);
}

/* ------------------------------------------------------------------ teachers, doctor */

static const cJSON *first(const cJSON *list)
{
    assert_int_equal(cJSON_GetArraySize(list), 1);
    return cJSON_GetArrayItem(list, 0);
}

static void the_offline_teacher_passes_its_test(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    cJSON *list = run_json(&f, "teacher test --json");
    const cJSON *o = first(list);
    assert_string_equal(json_str_or(o, "teacher", ""), "offline");
    assert_true(json_bool_or(o, "reachable", false));
    assert_true(json_bool_or(o, "usable", false));
    assert_true(json_bool_or(o, "offline", false));
    assert_string_equal(json_str_or(o, "key", ""), "none needed");
    cJSON_Delete(list);
    char *text = run(&f, "teacher test offline");
    contains(text, "offline teacher (rule-based), no network");
    contains(text, "JSON mode: always, by rule; the structured reply is right");
    free(text);
    refuses(&f, ST_NOT_FOUND, "no teacher \"nobody\"", "teacher test nobody");
    fixture_free(&f);
}

/* The text and JSON of a test that fails. Caller frees. */
static char *failing_test(struct fixture *f, const char *line)
{
    struct said said = run_with(f, NULL, line);
    assert_int_equal(said.st, ST_NETWORK);
    char *text = xasprintf("%s%s", said.out.data, said.e.msg);
    said_free(&said);
    return text;
}

static void keys_are_looked_for_and_never_shown(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    write_text(&f, "open.key", "sk-open-secret-123456\n", 0644);
    char *line = xasprintf("teacher add local dialect=openai base-url=http://127.0.0.1:9/v1 "
                           "model=m key-file=%s/open.key",
                           f.folder);
    does(&f, line);
    free(line);
    char *text = failing_test(&f, "teacher test local");
    contains(text, "can be read by others");
    contains(text, "teacher local cannot be used");
    assert_null(strstr(text, "secret"));
    free(text);
    does(&f, "teacher set local key-file= key-env=TAXA_TEST_NO_SUCH_KEY");
    text = failing_test(&f, "teacher test local --json");
    contains(text, "TAXA_TEST_NO_SUCH_KEY is not set");
    free(text);
    /* A key that is there, of a teacher that has nothing to say. */
    write_text(&f, "answers.jsonl", "{}\n", 0644);
    assert_int_equal(setenv("TAXA_TEST_KEY", "sk-env-secret-123456", 1), 0);
    line = xasprintf("teacher add tape dialect=replay file=%s/answers.jsonl key-env=TAXA_TEST_KEY",
                     f.folder);
    does(&f, line);
    free(line);
    text = failing_test(&f, "teacher test tape");
    contains(text, "from environment variable TAXA_TEST_KEY: found");
    assert_null(strstr(text, "secret"));
    free(text);
    assert_int_equal(unsetenv("TAXA_TEST_KEY"), 0);
    fixture_free(&f);
}

static void the_doctor_looks_at_the_session_and_its_teachers(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    cJSON *o = run_json(&f, "doctor --json");
    assert_true(cJSON_HasObjectItem(o, "terminal"));
    assert_true(json_bool_or(first(cJSON_GetObjectItem(o, "teachers")), "usable", false));
    cJSON_Delete(o);
    char *text = run(&f, "doctor");
    contains(text, "a.taxa is sound");
    contains(text, "offline teacher (rule-based)");
    free(text);
    struct store *mine = f.s;
    f.s = NULL; /* without a session it looks at the machine only */
    text = run(&f, "doctor");
    contains(text, "terminal");
    assert_null(strstr(text, "is sound"));
    free(text);
    f.s = mine;
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_session_is_a_comment),
        cmocka_unit_test(a_whole_design_survives),
        cmocka_unit_test(awkward_names_survive),
        cmocka_unit_test(what_is_deleted_leaves_a_script_that_builds),
        cmocka_unit_test(teachers_survive),
        cmocka_unit_test(the_shipped_sessions_survive),
        cmocka_unit_test(save_writes_a_file_whole),
        cmocka_unit_test(a_backup_is_a_session),
        cmocka_unit_test(the_offline_teacher_passes_its_test),
        cmocka_unit_test(keys_are_looked_for_and_never_shown),
        cmocka_unit_test(the_doctor_looks_at_the_session_and_its_teachers),
    };
    return cmocka_run_group_tests_name("server_save", tests, NULL, NULL);
}
