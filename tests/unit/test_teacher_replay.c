/*
 * Tests of recorded answers: found by key, by prompt, and recorded so that they are found again.
 */
#include "unit/teacher_fixture.inc"

#include "base/file.h"
#include "teacher/replay.h"

static char path[64];

static void write_file(const char *text)
{
    struct err e;
    (void)snprintf(path, sizeof path, "/tmp/taxa-replay-%d", (int)getpid());
    if (file_write(path, text, strlen(text), 0644, &e) != ST_OK) {
        fail_msg("%s", e.msg);
    }
}

static void by_key_then_by_hash(void **state)
{
    struct replay *r = NULL;
    struct err e;
    char text[1024];
    char sys[] = "s";
    char user[] = "u";
    struct prompt p = {.system = sys, .user = user};
    struct question q = {.key = "k1", .task = TASK_GENERATE};
    (void)state;
    (void)snprintf(text, sizeof text,
                   "{\"key\":\"k1\",\"text\":\"old\"}\n\n{\"key\":\"k1\",\"text\":\"by key\","
                   "\"outcome\":\"length\",\"model\":\"m\",\"tokens\":{\"input\":5,\"cached\":2,"
                   "\"output\":3}}\r\n{\"hash\":\"%016llx\",\"text\":\"h0\"}\n"
                   "{\"hash\":\"%016llx\",\"text\":\"h1\"}",
                   (unsigned long long)replay_hash("s", "u"),
                   (unsigned long long)replay_hash("s", "u"));
    write_file(text);
    if (replay_open(path, &r, &e) != ST_OK) {
        fail_msg("%s", e.msg);
    }
    struct reply out = {.outcome = REPLY_OK};
    assert_true(replay_answer(r, &q, &p, &out));
    assert_string_equal(out.text, "by key");
    assert_int_equal(out.outcome, REPLY_LENGTH);
    assert_string_equal(out.model, "m");
    assert_int_equal(out.tokens_in, 5);
    assert_int_equal(out.tokens_cached, 2);
    assert_int_equal(out.tokens_out, 3);
    reply_clear(&out);
    (void)snprintf(q.key, sizeof q.key, "other");
    for (q.seed = 0; q.seed < 4; q.seed++) {
        assert_true(replay_answer(r, &q, &p, &out));
        assert_string_equal(out.text, q.seed % 2 == 0 ? "h0" : "h1");
        reply_clear(&out);
    }
    user[0] = 'v';
    assert_false(replay_answer(r, &q, &p, &out));
    replay_free(r);
    assert_int_equal(unlink(path), 0);
}

static void bad_files_are_refused_with_their_line(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {{"{\"key\":\"a\",\"text\":\"b\"}\n{", "line 2"},
                 {"{\"text\":\"b\"}", "key or a hash"},
                 {"{\"key\":\"a\"}", "text"},
                 {"{\"hash\":\"xyz\",\"text\":\"b\"}", "hexadecimal"},
                 {"[]", "line 1"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct replay *r = NULL;
        struct err e;
        write_file(cases[i].text);
        assert_int_not_equal(replay_open(path, &r, &e), ST_OK);
        assert_null(r);
        if (strstr(e.msg, cases[i].says) == NULL) {
            fail_msg("'%s' does not say '%s'", e.msg, cases[i].says);
        }
    }
    assert_int_equal(unlink(path), 0);
}

/* What one teacher answered, another gives again from the record. */
static void recorded_is_found_again(void **state)
{
    struct world *w = world_new();
    struct buf record;
    (void)state;
    buf_init(&record, 1 << 20);
    USE(w, 0, "dialect=offline");
    ask_many(w, 20);
    run_until(w, 20, 10);
    for (size_t i = 0; i < w->count; i++) {
        assert_true(replay_record(&record, &w->replies[i]));
    }
    write_file(record.data);
    struct world *again = world_new();
    char file[80];
    (void)snprintf(file, sizeof file, "file=%s", path);
    USE(again, 0, "dialect=replay", file);
    ask_many(again, 20);
    teachers_ask(again->t, make_question("never asked", 0)); /* the same prompt, another key */
    run_until(again, 21, 10);
    assert_int_equal(again->outcomes[REPLY_OK], w->outcomes[REPLY_OK] + 1);
    for (size_t i = 0; i < 20; i++) {
        assert_string_equal(again->replies[i].key, w->replies[i].key);
        assert_string_equal(again->replies[i].text, w->replies[i].text);
    }
    buf_free(&record);
    world_free(again);
    world_free(w);
    assert_int_equal(unlink(path), 0);
}

static void what_is_missing_is_no_answer(void **state)
{
    struct world *w = world_new();
    char file[80];
    (void)state;
    write_file("");
    (void)snprintf(file, sizeof file, "file=%s", path);
    USE(w, 0, "dialect=replay", file);
    ask_many(w, 1);
    run_until(w, 1, 10);
    assert_int_equal(w->replies[0].outcome, REPLY_TRANSPORT);
    assert_non_null(strstr(w->replies[0].error, "q0"));
    assert_int_equal(unlink(path), 0);
    USE(w, 0, "dialect=replay", "file=/no/such/file");
    ask_many(w, 1);
    run_until(w, 2, 10);
    assert_int_equal(w->replies[1].outcome, REPLY_FATAL);
    assert_non_null(strstr(w->replies[1].error, "/no/such/file"));
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_key_then_by_hash),
        cmocka_unit_test(bad_files_are_refused_with_their_line),
        cmocka_unit_test(recorded_is_found_again),
        cmocka_unit_test(what_is_missing_is_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
