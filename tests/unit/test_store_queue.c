/*
 * Queues: kinds, order, pages behind a point, what skipping, notes, decisions and undo do, the
 * sample of audits, and sums of agreement against ones made here.
 */
#include "store/queue.h"

#include "store_fixture.h"

#define POINTS 400

/* Verdicts by number, so that the test knows them without asking. */
static enum answer correct_of(int64_t id)
{
    return id % 5 == 0 ? ANSWER_NONE : id % 2 == 0 ? ANSWER_YES : ANSWER_NO;
}

static enum answer incorrect_of(int64_t id)
{
    return id % 5 == 0 ? ANSWER_NONE : id % 3 == 0 ? ANSWER_YES : ANSWER_NO;
}

static enum point_state outcome_of(int64_t id)
{
    if (id % 5 == 0) {
        return id % 10 == 0 ? POINT_INVALID : POINT_REJECTED;
    }
    bool yes = correct_of(id) == ANSWER_YES, no = incorrect_of(id) == ANSWER_YES;
    return yes == no ? POINT_DISPUTED : yes ? POINT_ACCEPTED : POINT_REJECTED;
}

static void put_verdict(struct fixture *f, int64_t id, const char *critic, enum answer a)
{
    const struct verdict v = {
        .point = id, .critic = critic, .yes = a == ANSWER_YES, .reason = "because"};
    if (a != ANSWER_NONE) {
        OK(store_verdict_put(f->s, &v, e));
    }
}

static void fill(struct fixture *f)
{
    OK(store_begin(f->s, e));
    for (int64_t id = 1; id <= POINTS; id++) {
        struct point p = {.id = id, .outcome = outcome_of(id), .mix_hash = id};
        p.state = p.outcome;
        OK(store_point_put(f->s, &p, e));
        put_verdict(f, id, "correct", correct_of(id));
        put_verdict(f, id, "incorrect", incorrect_of(id));
    }
    OK(store_commit(f->s, e));
}

static void review(struct fixture *f, int64_t id, const char *decision)
{
    op(f, decision);
    const struct review r = {.point = id,
                             .at_us = id,
                             .who = "me",
                             .decision = decision,
                             .note = "",
                             .before = "",
                             .after = strcmp(decision, "edit") == 0 ? "{}" : ""};
    OK(store_review_put(f->s, &r, e));
    end(f);
}

struct seen {
    struct queue_item item[POINTS + 1];
    size_t count;
};

static bool see(void *ctx, const struct queue_item *i)
{
    struct seen *s = ctx;
    assert_true(s->count <= POINTS);
    s->item[s->count++] = *i;
    return true;
}

/* In pages of `limit`; the count agrees. */
static void list(struct fixture *f, enum queue_kind kind, int64_t limit, struct seen *out)
{
    struct queue_page page = {.kind = kind, .limit = limit};
    size_t before = 1;
    int64_t n = 0;
    out->count = 0;
    while (out->count != before) {
        before = out->count;
        OK(store_queue(f->s, &page, see, out, e));
        page.after = out->count > 0 ? out->item[out->count - 1].point : 0;
    }
    OK(store_queue_count(f->s, kind, NULL, &n, e));
    assert_int_equal(n, out->count);
}

static bool is_listed(const struct seen *s, int64_t id)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->item[i].point == id) {
            return true;
        }
    }
    return false;
}

static void same_start(const struct seen *a, const struct seen *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(a->item[i].point, b->item[i].point);
    }
}

/* ---- */

static void every_point_is_in_the_queue_of_its_outcome(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    struct seen *s = xcalloc(1, sizeof *s);
    fill(&f);
    for (int k = QUEUE_DISPUTED; k <= QUEUE_INVALID; k++) {
        list(&f, (enum queue_kind)k, 1000, s);
        size_t want = 0;
        for (int64_t id = 1; id <= POINTS; id++) {
            enum point_state o = outcome_of(id);
            bool asked = correct_of(id) != ANSWER_NONE;
            bool here = k == QUEUE_DISPUTED   ? o == POINT_DISPUTED
                        : k == QUEUE_REJECTED ? o == POINT_REJECTED && asked
                        : k == QUEUE_CHECK    ? o == POINT_REJECTED && !asked
                                              : o == POINT_INVALID;
            want += here;
            assert_int_equal(is_listed(s, id), here);
        }
        assert_int_equal(s->count, want);
        assert_true(want > 10);
        for (size_t i = 0; i < s->count; i++) {
            assert_int_equal(s->item[i].correct, correct_of(s->item[i].point));
            assert_int_equal(s->item[i].incorrect, incorrect_of(s->item[i].point));
        }
    }
    free(s);
    fixture_free(&f);
}

static void order_is_by_suspicion_then_by_number_in_pages_of_any_size(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    struct seen *all = xcalloc(1, sizeof *all), *some = xcalloc(1, sizeof *some);
    fill(&f);
    review(&f, 6, "skip"); /* yes/yes: would be the first */
    review(&f, 12, "note");
    review(&f, 18, "note");
    review(&f, 24, "accept");
    review(&f, 36, "reject");
    for (int k = 0; k < QUEUE_KINDS; k++) {
        list(&f, (enum queue_kind)k, 1000, all);
        for (int64_t limit = 1; limit < 40; limit += 6) {
            list(&f, (enum queue_kind)k, limit, some);
            assert_int_equal(some->count, all->count);
            same_start(some, all, all->count);
        }
        for (size_t i = 1; k <= QUEUE_INVALID && i < all->count; i++) {
            const struct queue_item *a = &all->item[i - 1], *b = &all->item[i];
            assert_true(a->skipped < b->skipped ||
                        (a->skipped == b->skipped &&
                         (a->suspicion > b->suspicion ||
                          (a->suspicion >= b->suspicion && a->point < b->point))));
        }
    }
    list(&f, QUEUE_ALL, 1000, all);
    assert_int_equal(all->item[0].point, 12); /* a note changes nothing */
    assert_int_equal(all->item[all->count - 1].point, 6);
    list(&f, QUEUE_NOTED, 1000, all);
    assert_int_equal(all->count, 2);
    assert_int_equal(all->item[0].point, 18); /* the newest */
    list(&f, QUEUE_DONE, 1000, all);
    assert_int_equal(all->item[0].point, 36);
    assert_int_equal(all->item[1].point, 24);
    free(all);
    free(some);
    fixture_free(&f);
}

static void decisions_leave_the_queue_and_undo_brings_them_back(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    struct seen *s = xcalloc(1, sizeof *s);
    struct buf line;
    fill(&f);
    list(&f, QUEUE_DISPUTED, 1000, s);
    size_t before = s->count;
    int64_t a = s->item[0].point, b = s->item[1].point, c = s->item[2].point;
    review(&f, a, "accept");
    review(&f, b, "skip");
    review(&f, c, "note");
    list(&f, QUEUE_DISPUTED, 1000, s);
    assert_int_equal(s->count, before - 2);
    assert_true(!is_listed(s, a) && !is_listed(s, b) && is_listed(s, c));
    list(&f, QUEUE_SKIPPED, 1000, s);
    assert_true(s->count == 1 && s->item[0].point == b);
    buf_init(&line, 1000);
    for (int i = 0; i < 3; i++) {
        OK(store_undo(f.s, &line, e));
    }
    list(&f, QUEUE_DISPUTED, 1000, s);
    assert_int_equal(s->count, before);
    list(&f, QUEUE_DONE, 1000, s);
    assert_int_equal(s->count, 0);
    OK(store_redo(f.s, &line, e));
    buf_free(&line);
    list(&f, QUEUE_DONE, 1000, s);
    assert_int_equal(s->count, 1);
    /* made again, it is judged again */
    struct point p = {.id = b, .outcome = POINT_DISPUTED, .epoch = 1, .mix_hash = b};
    review(&f, b, "skip");
    p.state = p.outcome;
    OK(store_point_put(f.s, &p, e));
    list(&f, QUEUE_SKIPPED, 1000, s);
    assert_int_equal(s->count, 0);
    list(&f, QUEUE_DISPUTED, 1000, s);
    assert_true(is_listed(s, b));
    free(s);
    fixture_free(&f);
}

static void audits_are_drawn_by_the_seed_and_grow_with_the_share(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    struct seen *few = xcalloc(1, sizeof *few), *more = xcalloc(1, sizeof *more);
    fill(&f);
    int accepted = 0, drawn = 0;
    for (int64_t id = 1; id <= POINTS; id++) {
        accepted += outcome_of(id) == POINT_ACCEPTED;
    }
    for (int64_t id = 1; id <= 20000; id++) {
        drawn += queue_sampled(7, 0.1, id);
        assert_true(!queue_sampled(7, 0.1, id) || queue_sampled(7, 0.2, id));
        assert_true(queue_sampled(7, 1, id) && !queue_sampled(7, 0, id));
    }
    assert_in_range(drawn, 1850, 2150); /* 2000, sd 42 */
    op(&f, "set audit 0.3");
    OK(store_setting_set(f.s, SETTING_AUDIT, "0.3", e));
    end(&f);
    list(&f, QUEUE_AUDIT, 5, few);
    assert_in_range(few->count, 10, accepted / 2);
    for (size_t i = 0; i < few->count; i++) {
        assert_int_equal(outcome_of(few->item[i].point), POINT_ACCEPTED);
        assert_true(queue_sampled(0, 0.3, few->item[i].point));
    }
    op(&f, "set audit 1");
    OK(store_setting_set(f.s, SETTING_AUDIT, "1", e));
    end(&f);
    list(&f, QUEUE_AUDIT, 1000, more);
    assert_int_equal(more->count, accepted);
    /* those that were drawn stand in front, in the same order */
    same_start(more, few, few->count);
    free(few);
    free(more);
    fixture_free(&f);
}

static void agreement_is_the_sum_of_the_decisions_in_force(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    struct agreement got, want = {0};
    fill(&f);
    op(&f, "set audit 0.5");
    OK(store_setting_set(f.s, SETTING_AUDIT, "0.5", e));
    end(&f);
    for (int64_t id = 1; id <= 120; id++) {
        bool edits = id % 11 == 0, accepts = id % 4 != 0 || edits;
        review(&f, id, accepts ? "reject" : "accept"); /* thought better of below */
        if (edits) {
            review(&f, id, "edit");
        }
        review(&f, id, accepts ? "accept" : "reject");
        const struct judged j = {.correct = correct_of(id),
                                 .incorrect = incorrect_of(id),
                                 .right = accepts && !edits,
                                 .sampled =
                                     outcome_of(id) == POINT_ACCEPTED && queue_sampled(0, 0.5, id),
                                 .n = 1};
        agreement_add(&want, &j);
    }
    review(&f, 200, "note");
    review(&f, 201, "skip");
    OK(store_agreement(f.s, &got, e));
    assert_memory_equal(&got, &want, sizeof got);
    assert_int_equal(got.decided, 120);
    assert_true(got.audit.n > 5);
    fixture_free(&f);
}

struct rows {
    struct overturned row[8];
    size_t count;
};

static bool see_row(void *ctx, const struct overturned *o)
{
    struct rows *r = ctx;
    assert_true(r->count < 8);
    r->row[r->count++] = *o;
    return true;
}

/* Strategy 1: two accepted points, one taken back. 2: a rejected one accepted, an edit each way. */
static void what_was_overturned_is_counted_by_strategy_and_node(void **state)
{
    (void)state;
    static const struct {
        int64_t id, strategy, node;
        enum point_state outcome;
        const char *decision, *more;
    } points[] = {
        {1, 1, 7, POINT_ACCEPTED, "accept", NULL},   {2, 1, 7, POINT_ACCEPTED, "reject", NULL},
        {3, 2, 8, POINT_REJECTED, "accept", NULL},   {4, 2, 8, POINT_REJECTED, "edit", "accept"},
        {5, 2, 8, POINT_ACCEPTED, "edit", "accept"}, {6, 2, 7, POINT_DISPUTED, "reject", NULL},
        {7, 2, 7, POINT_ACCEPTED, "skip", NULL},
    };
    struct fixture f = fixture_new();
    struct rows r = {.count = 0};
    OK(store_begin(f.s, e));
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        struct point p = {.id = points[i].id,
                          .strategy = points[i].strategy,
                          .nodes = 1,
                          .node = {points[i].node},
                          .outcome = points[i].outcome,
                          .mix_hash = 1};
        p.state = p.outcome;
        OK(store_point_put(f.s, &p, e));
    }
    OK(store_commit(f.s, e));
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        review(&f, points[i].id, points[i].decision);
        if (points[i].more != NULL) {
            review(&f, points[i].id, points[i].more);
        }
    }
    OK(store_overturned(f.s, false, 10, see_row, &r, e));
    assert_int_equal(r.count, 2);
    assert_true(r.row[0].id == 2 && r.row[0].share.k == 2 && r.row[0].share.n == 3);
    assert_true(r.row[1].id == 1 && r.row[1].share.k == 1 && r.row[1].share.n == 2);
    r.count = 0;
    OK(store_overturned(f.s, true, 1, see_row, &r, e));
    assert_int_equal(r.count, 1);
    assert_true(r.row[0].id == 8 && r.row[0].share.k == 2 && r.row[0].share.n == 3);
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_point_is_in_the_queue_of_its_outcome),
        cmocka_unit_test(order_is_by_suspicion_then_by_number_in_pages_of_any_size),
        cmocka_unit_test(decisions_leave_the_queue_and_undo_brings_them_back),
        cmocka_unit_test(audits_are_drawn_by_the_seed_and_grow_with_the_share),
        cmocka_unit_test(what_was_overturned_is_counted_by_strategy_and_node),
        cmocka_unit_test(agreement_is_the_sum_of_the_decisions_in_force),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
