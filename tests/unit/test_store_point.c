/*
 * Tests of points: rows, tallies, decisions of a person, the story of a point, calls.
 */
#include "store_fixture.h"

#include "base/rng.h"

#include <math.h>

static void same(const char *got, const char *want)
{
    assert_non_null(got);
    assert_string_equal(got, want);
}

/* ------------------------------------------------------------------ rows */

static void test_put_and_get(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    char plain[] = "plain";
    char scenario[] = "scenario";
    char record[] = "{\"a\":1}";
    char reason[] = "why";
    struct point p = {.id = 3,
                      .strategy = 2,
                      .node = {11, 5},
                      .nodes = 2,
                      .complexified = true,
                      .outcome = POINT_DISPUTED,
                      .state = POINT_FAILED, /* the store works this out by itself */
                      .mix_hash = -5,
                      .serial = 4,
                      .epoch = 1,
                      .attempts = 2,
                      .made_us = 99,
                      .cost = 0.25,
                      .seed = UINT64_MAX,
                      .plain = plain,
                      .scenario = scenario,
                      .record = record,
                      .reason = reason};
    assert_int_equal(store_point_next_id(f.s), 1);
    OK(store_point_put(f.s, &p, e));
    assert_int_equal(store_point_next_id(f.s), 4);
    fixture_reopen(&f);
    struct point q;
    OK(store_point(f.s, 3, &q, e));
    assert_int_equal(q.strategy, 2);
    assert_int_equal(q.nodes, 2);
    assert_int_equal(q.node[0], 11);
    assert_int_equal(q.node[1], 5);
    assert_true(q.complexified && q.seed == UINT64_MAX && fabs(q.cost - 0.25) < 1e-12);
    assert_int_equal(q.outcome, POINT_DISPUTED);
    assert_int_equal(q.state, POINT_DISPUTED);
    assert_int_equal(q.mix_hash, -5);
    assert_int_equal(q.serial + q.epoch * 10 + q.attempts * 100, 214);
    assert_int_equal(q.made_us, 99);
    same(q.plain, "plain");
    same(q.scenario, "scenario");
    same(q.record, "{\"a\":1}");
    same(q.reason, "why");
    point_clear(&q);
    p.reason = p.plain = NULL;
    p.nodes = 1;
    OK(store_point_put(f.s, &p, e));
    OK(store_point(f.s, 3, &q, e));
    assert_null(q.reason);
    assert_null(q.plain);
    same(q.record, "{\"a\":1}");
    point_clear(&q);
    assert_int_equal(fixture_number(&f, "SELECT count(*) FROM point_node"), 1);
    assert_int_equal(store_mix_used(f.s, -5), 1);
    assert_int_equal(store_mix_used(f.s, 5), 0);
    FAILS(ST_NOT_FOUND, "point 4", store_point(f.s, 4, &q, e));
    p.id = 0;
    FAILS(ST_INTERNAL, "not well formed", store_point_put(f.s, &p, e));
    fixture_free(&f);
}

struct ids {
    int64_t id[64];
    int count, stop_at;
};

static bool take_id(void *ctx, const struct point *p)
{
    struct ids *ids = ctx;
    ids->id[ids->count++] = p->id;
    return ids->count != ids->stop_at;
}

static void test_points_in(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    OK(store_begin(f.s, e));
    for (int i = 1; i <= 20; i++) {
        put_point(&f, i, 1, i % 4 == 0 ? POINT_ASKED : POINT_ACCEPTED);
    }
    OK(store_commit(f.s, e));
    struct ids ids = {0};
    OK(store_points_in(f.s, POINT_ASKED, 4, 3, take_id, &ids, e));
    assert_int_equal(ids.count, 3);
    assert_int_equal(ids.id[0], 8);
    assert_int_equal(ids.id[2], 16);
    ids = (struct ids){.stop_at = 1};
    OK(store_points_in(f.s, POINT_ASKED, 0, 10, take_id, &ids, e));
    assert_int_equal(ids.count, 1);
    fixture_free(&f);
}

/* ------------------------------------------------------------------ tallies */

/* What the tallies must be, counted from the points themselves. */
static void tallies_are_right(struct fixture *f)
{
    static const char by_points[] =
        "SELECT strategy, node, complexified, state, count(*) FROM (SELECT strategy, 0 AS node, "
        "complexified, state FROM point UNION ALL SELECT p.strategy, n.node, p.complexified, "
        "p.state "
        "FROM point_node n JOIN point p ON p.id = n.point) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4";
    struct tally_row *rows = NULL;
    size_t count = 0;
    struct buf got;
    buf_init(&got, (size_t)16 << 20);
    OK(store_tallies(f->s, &rows, &count, e));
    for (size_t i = 0; i < count; i++) {
        buf_printf(&got, "%lld|%lld|%d|%d|%lld\n", (long long)rows[i].strategy,
                   (long long)rows[i].node, rows[i].complexified, (int)rows[i].state,
                   (long long)rows[i].n);
    }
    free(rows);
    char *want = fixture_query(f, by_points);
    assert_string_equal(got.data, want);
    free(want);
    buf_free(&got);
}

static void random_point(struct fixture *f, uint64_t i)
{
    struct point p = {.id = (int64_t)rng_below(1, 1, i, 60) + 1,
                      .strategy = (int64_t)rng_below(1, 2, i, 3),
                      .nodes = (int)rng_below(1, 3, i, 3) + 1,
                      .complexified = rng_below(1, 4, i, 2) == 0,
                      .outcome = (enum point_state)rng_below(1, 5, i, POINT_STATES),
                      .epoch = (int32_t)(i / 700)};
    for (int k = 0; k < p.nodes; k++) {
        p.node[k] = 10 * (k + 1) + (int64_t)rng_below(1, 6, i * 4 + (uint64_t)k, 8);
    }
    OK(store_point_put(f->s, &p, e));
}

static void test_tallies(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    uint64_t i = 0;
    for (int batch = 0; batch < 30; batch++) {
        OK(store_begin(f.s, e));
        for (int k = 0; k < 50; k++) {
            random_point(&f, i++);
        }
        if (batch % 5 == 4) {
            store_rollback(f.s); /* what was summed up in memory goes with it */
        } else {
            OK(store_commit(f.s, e));
        }
        if (batch % 3 == 0) {
            op(&f, "review");
            struct review r = {.point = (int64_t)rng_below(2, 2, i, 40) + 1, .who = "me"};
            r.decision = batch % 2 == 0 ? "accept" : "reject";
            (void)store_review_put(f.s, &r, NULL);
            end(&f);
        }
        tallies_are_right(&f);
    }
    int64_t n[POINT_STATES];
    int64_t all = 0;
    OK(store_point_counts(f.s, n, e));
    for (int s = 0; s < POINT_STATES; s++) {
        all += n[s];
    }
    assert_int_equal(all, fixture_number(&f, "SELECT count(*) FROM point"));
    fixture_free(&f);
}

/* The writer sees its own counts before the commit. */
static void test_counts_inside(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    int64_t n[POINT_STATES];
    OK(store_begin(f.s, e));
    put_point(&f, 1, 5, POINT_ACCEPTED);
    OK(store_point_counts(f.s, n, e));
    assert_int_equal(n[POINT_ACCEPTED], 1);
    put_point(&f, 1, 5, POINT_REJECTED);
    OK(store_point_counts(f.s, n, e));
    assert_int_equal(n[POINT_ACCEPTED], 0);
    assert_int_equal(n[POINT_REJECTED], 1);
    store_rollback(f.s);
    OK(store_point_counts(f.s, n, e));
    assert_int_equal(n[POINT_REJECTED], 0);
    fixture_free(&f);
}

/* Reads under one lock are like any others, and leave nothing behind. */
static void test_reads_together(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    int64_t n[POINT_STATES];
    put_point(&f, 1, 5, POINT_ACCEPTED);
    store_reads_begin(f.s);
    OK(store_point_counts(f.s, n, e));
    assert_int_equal(n[POINT_ACCEPTED], 1);
    assert_false(store_in_transaction(f.s));
    store_reads_end(f.s);
    store_reads_end(f.s); /* once too often: nothing */
    OK(store_begin(f.s, e));
    store_reads_begin(f.s);
    put_point(&f, 2, 5, POINT_ACCEPTED);
    store_reads_end(f.s); /* not the end of the transaction */
    assert_true(store_in_transaction(f.s));
    OK(store_commit(f.s, e));
    OK(store_point_counts(f.s, n, e));
    assert_int_equal(n[POINT_ACCEPTED], 2);
    fixture_free(&f);
}

/* ------------------------------------------------------------------ decisions */

static void decide(struct fixture *f, int64_t point, const char *decision, const char *after)
{
    struct review r = {.point = point,
                       .at_us = 1,
                       .who = "me",
                       .decision = decision,
                       .note = "note",
                       .before = "{}",
                       .after = after};
    op(f, decision);
    OK(store_review_put(f->s, &r, e));
    end(f);
}

static void undo(struct fixture *f)
{
    struct buf line;
    buf_init(&line, 100);
    OK(store_undo(f->s, &line, e));
    buf_free(&line);
}

static void point_is(struct fixture *f, int64_t id, enum point_state want, const char *record)
{
    struct point p;
    OK(store_point(f->s, id, &p, e));
    assert_int_equal(p.state, want);
    same(p.record, record);
    point_clear(&p);
    tallies_are_right(f);
}

static void test_decisions(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    OK(store_begin(f.s, e));
    put_point(&f, 1, 5, POINT_DISPUTED);
    OK(store_commit(f.s, e));
    decide(&f, 1, "accept", "");
    point_is(&f, 1, POINT_ACCEPTED, "{\"n\":1}");
    decide(&f, 1, "note", "");
    point_is(&f, 1, POINT_ACCEPTED, "{\"n\":1}");
    decide(&f, 1, "edit", "{\"n\":2}");
    point_is(&f, 1, POINT_ACCEPTED, "{\"n\":2}");
    decide(&f, 1, "reject", "");
    point_is(&f, 1, POINT_REJECTED, "{\"n\":2}");
    undo(&f);
    point_is(&f, 1, POINT_ACCEPTED, "{\"n\":2}");
    undo(&f);
    point_is(&f, 1, POINT_ACCEPTED, "{\"n\":1}");
    undo(&f);
    undo(&f);
    point_is(&f, 1, POINT_DISPUTED, "{\"n\":1}");
    /* A reader's point with the edited record, written back: the model's own is not lost. */
    decide(&f, 1, "edit", "{\"n\":2}");
    struct point p;
    OK(store_point(f.s, 1, &p, e));
    p.made_us = 77;
    OK(store_point_put(f.s, &p, e));
    point_clear(&p);
    point_is(&f, 1, POINT_DISPUTED, "{\"n\":2}");
    undo(&f);
    point_is(&f, 1, POINT_DISPUTED, "{\"n\":1}");
    struct review bad = {.point = 9, .who = "me", .decision = "accept"};
    op(&f, "bad");
    FAILS(ST_NOT_FOUND, "point 9", store_review_put(f.s, &bad, e));
    bad.point = 1;
    bad.decision = "shrug";
    FAILS(ST_INTERNAL, "shrug", store_review_put(f.s, &bad, e));
    bad.decision = "edit";
    FAILS(ST_INVALID, "new record", store_review_put(f.s, &bad, e));
    end(&f);
    fixture_free(&f);
}

static void put_epoch(struct fixture *f, int32_t epoch, enum point_state outcome)
{
    char record[] = "{\"again\":1}";
    struct point p = {
        .id = 1, .node = {5}, .nodes = 1, .epoch = epoch, .outcome = outcome, .record = record};
    OK(store_point_put(f->s, &p, e));
}

/* A retry makes older decisions history: the new outcome counts. */
static void test_retry(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    put_point(&f, 1, 5, POINT_ACCEPTED);
    decide(&f, 1, "edit", "{\"n\":2}");
    decide(&f, 1, "reject", "");
    point_is(&f, 1, POINT_REJECTED, "{\"n\":2}");
    decide(&f, 1, "retry", "");
    point_is(&f, 1, POINT_ACCEPTED, "{\"n\":1}"); /* neither decision nor edit is in force */
    undo(&f);
    point_is(&f, 1, POINT_REJECTED, "{\"n\":2}");
    put_epoch(&f, 1, POINT_DISPUTED); /* `retry FILTER` needs no review */
    point_is(&f, 1, POINT_DISPUTED, "{\"again\":1}");
    undo(&f); /* undoing what was decided in epoch 0 changes nothing now */
    point_is(&f, 1, POINT_DISPUTED, "{\"again\":1}");
    decide(&f, 1, "accept", "");
    put_epoch(&f, 1, POINT_INVALID); /* the same epoch: the decision stays on top */
    point_is(&f, 1, POINT_ACCEPTED, "{\"again\":1}");
    fixture_free(&f);
}

/* ------------------------------------------------------------------ the story */

static bool list_verdict(void *ctx, const struct verdict *v)
{
    buf_printf(ctx, "%s.%d=%d(%s,%s,%lld) ", v->critic, v->round, v->yes, v->reason, v->prompt,
               (long long)v->call);
    return true;
}

static bool list_attempt(void *ctx, const struct attempt *a)
{
    buf_printf(ctx, "%d:%s:%s:%s ", a->number, a->task, a->text, a->problem);
    return true;
}

static bool list_review(void *ctx, const struct review *r)
{
    buf_printf(ctx, "%s:%s:%s ", r->decision, r->who, r->note);
    return true;
}

static void put_verdict(struct fixture *f, const char *critic, int32_t round, bool yes,
                        int64_t call)
{
    struct verdict v = {.point = 1,
                        .round = round,
                        .critic = critic,
                        .yes = yes,
                        .reason = "r",
                        .teacher = "t",
                        .model = "m",
                        .prompt = "p",
                        .call = call};
    OK(store_verdict_put(f->s, &v, e));
}

static void test_story(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    struct buf b;
    buf_init(&b, 4096);
    put_point(&f, 1, 5, POINT_ASKED);
    put_verdict(&f, "requirements", 0, false, 1);
    put_verdict(&f, "requirements", 1, true, 2);
    put_verdict(&f, "correct", 0, true, 3);
    put_verdict(&f, "incorrect", 0, true, 4);
    put_verdict(&f, "incorrect", 0, false, 4); /* the same call again after a restart */
    OK(store_verdicts(f.s, 1, list_verdict, &b, e));
    assert_string_equal(b.data, "requirements.0=0(r,p,1) requirements.1=1(r,p,2) "
                                "correct.0=1(r,p,3) incorrect.0=0(r,p,4) ");
    buf_clear(&b);
    struct attempt a = {.point = 1, .number = 1, .task = "generate", .text = "x", .problem = "bad"};
    OK(store_attempt_put(f.s, &a, e));
    a.number = 2;
    a.task = "repair";
    a.problem = "";
    OK(store_attempt_put(f.s, &a, e));
    OK(store_attempt_put(f.s, &a, e)); /* again after a restart */
    put_epoch(&f, 1, POINT_ASKED);
    a.number = 1;
    a.text = "y";
    OK(store_attempt_put(f.s, &a, e)); /* numbers start over, the earlier ones stay */
    OK(store_attempts(f.s, 1, list_attempt, &b, e));
    assert_string_equal(b.data, "1:generate:x:bad 2:repair:x: 1:repair:y: ");
    buf_clear(&b);
    decide(&f, 1, "skip", "");
    decide(&f, 1, "accept", "");
    OK(store_reviews(f.s, 1, list_review, &b, e));
    assert_string_equal(b.data, "skip:me:note accept:me:note ");
    buf_free(&b);
    fixture_free(&f);
}

static void test_scenarios(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    for (int32_t i = 0; i < 6; i++) {
        char text[16];
        snprintf(text, sizeof text, "s%d", i);
        OK(store_scenario_put(f.s, 77, i, text, i / 4, e));
    }
    OK(store_scenario_put(f.s, 77, 5, "s5 again", 1, e));
    OK(store_scenario_put(f.s, 78, 0, "other", 0, e));
    assert_int_equal(store_scenario_count(f.s, 77), 6);
    assert_int_equal(store_scenario_count(f.s, 79), 0);
    cJSON *list = NULL;
    OK(store_scenarios(f.s, 77, 4, 10, &list, e));
    char *text = json_text(list);
    assert_string_equal(text, "[{\"serial\":4,\"text\":\"s4\",\"batch\":1},"
                              "{\"serial\":5,\"text\":\"s5 again\",\"batch\":1}]");
    free(text);
    cJSON_Delete(list);
    fixture_free(&f);
}

/* ------------------------------------------------------------------ calls */

static enum status put_call(struct fixture *f, const char *key, const char *outcome, int64_t *id,
                            struct err *e)
{
    struct call_row c = {.key = key,
                         .point = 3,
                         .task = "generate",
                         .prompt = "0123",
                         .teacher = "local",
                         .model = "m",
                         .outcome = outcome,
                         .seed = UINT64_MAX,
                         .system = "system prompt",
                         .user = "user prompt",
                         .reply = "the reply",
                         .error = strcmp(outcome, "ok") == 0 ? NULL : "429",
                         .http_status = 200,
                         .tries = 2,
                         .tokens_in = 10,
                         .tokens_cached = 4,
                         .tokens_out = 5,
                         .cost = 0.5,
                         .seconds = 1.5,
                         .started_us = 123};
    return store_call_put(f->s, &c, id, e);
}

static bool see_call(void *ctx, const struct call_row *c)
{
    assert_string_equal(c->key, "k1");
    assert_string_equal(c->system, "system prompt");
    assert_string_equal(c->user, "user prompt");
    assert_string_equal(c->reply, "the reply");
    assert_string_equal(c->outcome, "ok");
    assert_null(c->error);
    assert_true(c->seed == UINT64_MAX && c->tries == 2 && c->http_status == 200);
    *(int *)ctx += 1;
    return true;
}

static void see_sum(void *ctx, const char *task, const struct estimate_task *sum)
{
    assert_string_equal(task, "generate");
    assert_int_equal(sum->calls, 5);
    assert_true(fabs(sum->seconds - 7.5) < 1e-9 && fabs(sum->tokens_in - 50) < 1e-9);
    *(int *)ctx += 1;
}

static void test_calls(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    int64_t id = 0;
    int64_t found = 0;
    char outcome[16];
    int seen = 0;
    struct buf reply;
    buf_init(&reply, 100);
    OK(store_begin(f.s, e));
    OK(put_call(&f, "k1", "retried", NULL, e));
    OK(put_call(&f, "k1", "retried", NULL, e)); /* failed tries may repeat */
    FAILS(ST_NOT_FOUND, "k1", store_call_reply(f.s, "k1", &found, &reply, outcome, e));
    OK(put_call(&f, "k1", "ok", &id, e));
    FAILS(ST_EXISTS, "k1", put_call(&f, "k1", "refused", NULL, e));
    OK(put_call(&f, "k2", "transport", NULL, e));
    OK(put_call(&f, "k2", "length", NULL, e));
    struct call_totals sum;
    OK(store_call_totals(f.s, &sum, e)); /* with what is not committed yet */
    assert_int_equal(sum.made, 5);
    OK(store_commit(f.s, e));
    fixture_reopen(&f);
    OK(store_call_totals(f.s, &sum, e));
    assert_int_equal(sum.made, 5);
    assert_int_equal(sum.ok, 2);
    assert_int_equal(sum.failed, 1);
    assert_int_equal(sum.retried, 2);
    assert_int_equal(sum.tokens_in * 10000 + sum.tokens_cached * 100 + sum.tokens_out, 502025);
    assert_true(fabs(sum.cost - 2.5) < 1e-9);
    OK(store_call_by_task(f.s, see_sum, &seen, e));
    OK(store_call_reply(f.s, "k1", &found, &reply, outcome, e));
    assert_int_equal(found, id);
    assert_string_equal(reply.data, "the reply");
    assert_string_equal(outcome, "ok");
    OK(store_call(f.s, id, see_call, &seen, e));
    FAILS(ST_NOT_FOUND, "call 99", store_call(f.s, 99, see_call, &seen, e));
    assert_int_equal(seen, 2);
    assert_int_equal(fixture_number(&f, "SELECT count(*) FROM text"), 1);
    OK(store_begin(f.s, e));
    OK(put_call(&f, "k3", "ok", NULL, e));
    store_rollback(f.s);
    OK(store_call_totals(f.s, &sum, e));
    assert_int_equal(sum.made, 5);
    OK(put_call(&f, "k3", "ok", NULL, e));
    buf_free(&reply);
    fixture_free(&f);
}

/* A system prompt that was stored by a transaction that was lost is stored again. */
static void test_text_after_rollback(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    OK(store_begin(f.s, e));
    OK(put_call(&f, "k1", "ok", NULL, e));
    store_rollback(f.s);
    int64_t id = 0;
    int seen = 0;
    OK(put_call(&f, "k1", "ok", &id, e));
    OK(store_call(f.s, id, see_call, &seen, e));
    assert_int_equal(seen, 1);
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_put_and_get),
        cmocka_unit_test(test_points_in),
        cmocka_unit_test(test_tallies),
        cmocka_unit_test(test_counts_inside),
        cmocka_unit_test(test_reads_together),
        cmocka_unit_test(test_decisions),
        cmocka_unit_test(test_retry),
        cmocka_unit_test(test_story),
        cmocka_unit_test(test_scenarios),
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_text_after_rollback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
