/*
 * The world of points: what a maker and a run need around them, in memory.
 */
#ifndef TAXA_TEST_ENGINE_WORLD_H
#define TAXA_TEST_ENGINE_WORLD_H

#include "engine/maker.h"
#include "engine/run.h"
#include "engine_script.h"

struct story { /* one verdict or attempt, replaced when it comes again */
    int64_t point;
    char what[40];
    char *text;
};
struct scenario_row {
    int64_t mix;
    int32_t serial;
    char *text;
};

enum { MOST_POINTS = 2000 };

struct world {
    struct rule rule;
    struct engine_common common; /* strings and JSON are its own */
    int window;                  /* points under way at once */
    struct post post;
    struct memory memory;
    int life;

    char *spec; /* of the plan */
    struct run *run;
    struct maker *maker;
    struct step step;
    struct point *point; /* by id - 1 */
    size_t points, point_cap;
    int starts[MOST_POINTS]; /* by id: each one is a new life of the point */
    bool without_cost;       /* a point that is begun again forgets what its scenario cost */
    struct story *story;
    size_t stories, story_cap;
    struct scenario_row *scenario;
    size_t scenarios, scenario_cap;
    int64_t *again; /* points to start again */
    size_t again_count, again_cap, again_next;
    struct reply *stored; /* answers from memory that are not given yet */
    size_t stored_count, stored_cap;
    size_t earlier_max; /* most earlier scenarios that a question showed */
    bool fatal;
};

/* count draws over `mixes` mixes; every third is complexified. */
static inline char *spec_text(int count, int mixes)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    buf_printf(&b, "draws %d 2\n", count);
    for (int i = 0; i < count; i++) {
        int mix = (i * 7) % mixes;
        buf_printf(&b, "%d%c %d %d\n", mix % 3, i % 3 == 0 ? '+' : '-', 10 + mix / 3, 50 + mix % 3);
    }
    char *text = buf_take(&b);
    buf_free(&b);
    return text;
}

static inline void world_begin(struct world *w)
{
    struct err e = {0};
    assert_int_equal(run_read(w->spec, strlen(w->spec), 1, &w->run, &e), ST_OK);
    w->maker = maker_new();
    maker_configure(w->maker, &w->common);
    step_init(&w->step);
    w->life++;
}

static inline void world_init(struct world *w, int draws, int mixes, const struct rule *rule)
{
    memset(w, 0, sizeof *w);
    w->rule = *rule;
    w->window = 1;
    common_init(&w->common, true);
    w->spec = spec_text(draws, mixes);
}

static inline void world_end(struct world *w)
{
    post_free(&w->post);
    step_free(&w->step);
    maker_free(w->maker);
    run_free(w->run);
    w->maker = NULL;
    w->run = NULL;
    w->again_count = w->again_next = 0;
}

static inline void world_free(struct world *w)
{
    world_end(w);
    for (size_t i = 0; i < w->points; i++) {
        point_clear(&w->point[i]);
    }
    for (size_t i = 0; i < w->stories; i++) {
        free(w->story[i].text);
    }
    for (size_t i = 0; i < w->scenarios; i++) {
        free(w->scenario[i].text);
    }
    free(w->point);
    free(w->story);
    free(w->scenario);
    free(w->again);
    free(w->stored);
    free(w->spec);
    memory_free(&w->memory);
    common_clear(&w->common);
}

/* ---- the store */

static inline char *dup_or_null(const char *s)
{
    return s != NULL ? xstrdup(s) : NULL;
}

static inline void put_point(struct world *w, const struct point *p)
{
    size_t i = (size_t)(p->id - 1);
    if (i == w->points) {
        w->point = vec_grow(w->point, &w->point_cap, w->points + 1, sizeof *w->point);
        memset(&w->point[w->points++], 0, sizeof *w->point);
    }
    assert_true(i < w->points); /* ids come without gaps */
    struct point fresh = *p;
    fresh.plain = dup_or_null(p->plain);
    fresh.scenario = dup_or_null(p->scenario);
    fresh.record = dup_or_null(p->record);
    fresh.reason = dup_or_null(p->reason);
    point_clear(&w->point[i]);
    w->point[i] = fresh;
    if (p->outcome != POINT_ASKED) {
        run_settled(w->run, p->id, p->outcome);
    }
}

static inline void put_story(struct world *w, int64_t point, const char *what, char *text)
{
    for (size_t i = 0; i < w->stories; i++) {
        if (w->story[i].point == point && strcmp(w->story[i].what, what) == 0) {
            free(w->story[i].text);
            w->story[i].text = text;
            return;
        }
    }
    w->story = vec_grow(w->story, &w->story_cap, w->stories + 1, sizeof *w->story);
    struct story *s = &w->story[w->stories++];
    s->point = point;
    snprintf(s->what, sizeof s->what, "%s", what);
    s->text = text;
}

static inline int32_t scenario_count(const struct world *w, int64_t mix)
{
    int32_t n = 0;
    for (size_t i = 0; i < w->scenarios; i++) {
        n += w->scenario[i].mix == mix ? 1 : 0;
    }
    return n;
}

static inline const char *scenario_at(const struct world *w, int64_t mix, int32_t serial)
{
    for (size_t i = 0; i < w->scenarios; i++) {
        if (w->scenario[i].mix == mix && w->scenario[i].serial == serial) {
            return w->scenario[i].text;
        }
    }
    return NULL;
}

static inline void put_scenario(struct world *w, const struct change_scenario *c)
{
    assert_int_equal(c->serial, scenario_count(w, c->mix_hash)); /* no gap, none twice */
    w->scenario = vec_grow(w->scenario, &w->scenario_cap, w->scenarios + 1, sizeof *w->scenario);
    w->scenario[w->scenarios++] =
        (struct scenario_row){.mix = c->mix_hash, .serial = c->serial, .text = xstrdup(c->text)};
}

static inline void world_apply(struct world *w)
{
    char what[40];
    struct buf b;
    buf_init(&b, 1u << 16);
    for (size_t i = 0; i < w->step.change_count; i++) {
        const struct change *c = &w->step.changes[i];
        if (c->kind == CHANGE_POINT) {
            put_point(w, c->u.point);
        } else if (c->kind == CHANGE_VERDICT) {
            const struct verdict *v = &c->u.verdict;
            snprintf(what, sizeof what, "verdict %s %d", v->critic, v->round);
            buf_printf(&b, "%s: %s", v->yes ? "yes" : "no", v->reason);
            put_story(w, v->point, what, buf_take(&b));
        } else if (c->kind == CHANGE_ATTEMPT) {
            const struct attempt *a = &c->u.attempt;
            snprintf(what, sizeof what, "attempt %d", a->number);
            buf_printf(&b, "%s: %s", a->task, a->text);
            put_story(w, a->point, what, buf_take(&b));
        } else {
            assert_int_equal(c->kind, CHANGE_SCENARIO);
            put_scenario(w, &c->u.scenario);
        }
    }
    w->step.change_count = 0;
    buf_free(&b);
}

/* ---- running */

/* What was answered in an earlier life is answered from memory; the rest goes to the teacher. */
static inline void world_dispatch(struct world *w)
{
    w->fatal = w->fatal || w->step.fatal;
    for (size_t i = 0; i < w->step.question_count; i++) {
        struct question *q = w->step.questions[i];
        struct told *t = told_ask(&w->memory, q, w->life + w->starts[q->point], false);
        size_t shown = (size_t)cJSON_GetArraySize(cJSON_GetObjectItem(q->inputs, "earlier"));
        w->earlier_max = shown > w->earlier_max ? shown : w->earlier_max;
        if (t->answered) {
            t->open = false;
            w->stored = vec_grow(w->stored, &w->stored_cap, w->stored_count + 1, sizeof *w->stored);
            w->stored[w->stored_count++] = told_reply(t);
            question_free(q);
        } else {
            post_put(&w->post, q);
        }
    }
    w->step.question_count = 0;
    step_reset(&w->step);
}

/* Takes the reply. False when nobody waited for it. */
static inline bool world_reply(struct world *w, struct reply *r)
{
    bool taken = maker_reply(w->maker, r, &w->step);
    world_apply(w);
    reply_clear(r);
    world_dispatch(w);
    return taken;
}

static inline void world_replay(struct world *w)
{
    while (w->stored_count > 0) {
        struct reply r = w->stored[--w->stored_count];
        world_reply(w, &r);
    }
}

static inline cJSON *mix_of(const struct point *p)
{
    cJSON *mix = cJSON_CreateArray();
    for (int i = 0; i < p->nodes; i++) {
        char name[40];
        snprintf(name, sizeof name, "node %" PRId64, p->node[i]);
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "taxonomy", i == 0 ? "first" : "second");
        cJSON_AddStringToObject(o, "path", name);
        cJSON_AddStringToObject(o, "name", name);
        cJSON_AddStringToObject(o, "description", "");
        cJSON_AddItemToArray(mix, o);
    }
    return mix;
}

static inline void world_start(struct world *w, const struct point *p)
{
    struct maker_start s = {.point = p, .mix = mix_of(p)};
    s.available = scenario_count(w, p->mix_hash);
    s.scenario = scenario_at(w, p->mix_hash, p->serial);
    if (s.scenario == NULL && s.available > 0) {
        s.earlier = cJSON_CreateArray();
        int32_t from = s.available > MAKER_EARLIER ? s.available - MAKER_EARLIER : 0;
        for (int32_t i = from; i < s.available; i++) {
            cJSON_AddItemToArray(s.earlier, cJSON_CreateString(scenario_at(w, p->mix_hash, i)));
        }
    }
    assert_true(p->id < MOST_POINTS);
    w->starts[p->id]++;
    maker_start(w->maker, &s, &w->step);
    world_apply(w);
    world_dispatch(w);
    world_replay(w);
}

static inline void start_draw(struct world *w, const struct run_draw *d)
{
    struct point p = {.id = d->id,
                      .strategy = d->strategy,
                      .nodes = d->nodes,
                      .complexified = d->complexified,
                      .outcome = POINT_ASKED,
                      .state = POINT_ASKED,
                      .seed = rng_at(w->common.seed, (uint64_t)d->id, 0)};
    memcpy(p.node, d->node, sizeof p.node);
    p.mix_hash = mix_hash(d->strategy, d->node, d->nodes);
    for (size_t i = 0; i < w->points; i++) {
        p.serial += w->point[i].mix_hash == p.mix_hash ? 1 : 0;
    }
    assert_int_equal(d->id, (int64_t)w->points + 1); /* no id is given twice */
    world_start(w, &p);
}

static inline void again_push(void *ctx, int64_t id)
{
    struct world *w = ctx;
    w->again = vec_grow(w->again, &w->again_cap, w->again_count + 1, sizeof *w->again);
    w->again[w->again_count++] = id;
}

static inline void world_feed(struct world *w)
{
    while (!w->fatal && maker_active(w->maker) < (size_t)w->window) {
        struct run_draw d;
        if (w->again_next < w->again_count) {
            struct point p = w->point[w->again[w->again_next++] - 1];
            p.plain = p.scenario = p.record = p.reason = NULL;
            world_start(w, &p);
        } else if (run_next(w->run, &d)) {
            start_draw(w, &d);
        } else {
            break;
        }
    }
}

/* One reply of the teacher. False: nothing is open. */
static inline bool world_turn(struct world *w)
{
    world_feed(w);
    if (w->post.count == 0 && maker_active(w->maker) == 0 && run_to_start(w->run) == 0) {
        run_failed(w->run, again_push, w);
        world_feed(w);
    }
    if (w->post.count == 0) {
        return false;
    }
    struct question *q = post_take(&w->post);
    struct told *t = told_get(&w->memory, q->key);
    struct reply r = rule_reply(&w->rule, q, ++t->tries);
    told_answer(&w->memory, &r);
    world_reply(w, &r);
    world_replay(w);
    question_free(q);
    return true;
}

/* At most `turns` replies; true when the end is reached. */
static inline bool world_run(struct world *w, int64_t turns)
{
    while (turns-- > 0) {
        if (!world_turn(w)) {
            return true;
        }
    }
    return false;
}

/*
 * The process dies. Of the questions on their way every other reply still arrives and is stored,
 * as after a stop by hand; then a new process stands where this one stood.
 */
static inline void world_restart(struct world *w, bool late_replies)
{
    while (late_replies && w->post.count > 0) {
        struct question *q = post_take(&w->post);
        struct told *t = told_get(&w->memory, q->key);
        if (w->post.count % 2 == 0) {
            struct reply r = rule_reply(&w->rule, q, t->tries + 1);
            t->tries += r.outcome != REPLY_TRANSPORT ? 1 : 0;
            told_answer(&w->memory, &r);
            reply_clear(&r);
        }
        question_free(q);
    }
    world_end(w);
    world_begin(w);
    for (size_t i = 0; i < w->points; i++) {
        run_restore(w->run, w->point[i].id, w->point[i].outcome);
        if (w->point[i].outcome == POINT_ASKED) {
            again_push(w, w->point[i].id);
        }
    }
    assert_int_equal(run_started(w->run), w->points);
}

/* ---- what came of it */

static inline int by_point_and_what(const void *a, const void *b)
{
    const struct story *x = a, *y = b;
    return x->point != y->point ? (x->point < y->point ? -1 : 1) : strcmp(x->what, y->what);
}

/* Everything that is stored, as text. The caller frees it. */
static inline char *world_text(struct world *w)
{
    struct buf b;
    buf_init(&b, 64u << 20);
    for (size_t i = 0; i < w->points; i++) {
        const struct point *p = &w->point[i];
        buf_printf(&b, "%" PRId64 " s%" PRId64 " %" PRId64 ",%" PRId64 " %c #%d %d/%d x%d %.2f",
                   p->id, p->strategy, p->node[0], p->node[1], p->complexified ? '+' : '-',
                   p->serial, (int)p->outcome, (int)p->state, p->attempts,
                   w->without_cost ? 0 : p->cost);
        buf_printf(&b, " [%s] [%s] [%s] [%s]\n", p->plain != NULL ? p->plain : "",
                   p->scenario != NULL ? p->scenario : "", p->record != NULL ? p->record : "",
                   p->reason != NULL ? p->reason : "");
    }
    if (w->stories > 0) {
        qsort(w->story, w->stories, sizeof *w->story, by_point_and_what);
    }
    for (size_t i = 0; i < w->stories; i++) {
        buf_printf(&b, "%" PRId64 " %s %s\n", w->story[i].point, w->story[i].what,
                   w->story[i].text);
    }
    assert_false(b.over);
    char *text = buf_take(&b);
    buf_free(&b);
    return text;
}

static inline size_t world_count(const struct world *w, enum point_state outcome)
{
    size_t n = 0;
    for (size_t i = 0; i < w->points; i++) {
        n += w->point[i].outcome == outcome ? 1 : 0;
    }
    return n;
}

static inline int compare_texts(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

/* The accepted points have exactly the draws of the plan, each as often as planned. */
static inline void assert_exact_quotas(const struct world *w)
{
    struct run *plan = NULL;
    struct arena text;
    struct run_draw d;
    size_t n = 0, accepted = world_count(w, POINT_ACCEPTED), at = 0;
    arena_init(&text);
    assert_int_equal(run_read(w->spec, strlen(w->spec), 1, &plan, NULL), ST_OK);
    const char **want = xcalloc((size_t)run_to_start(plan) + 1, sizeof *want);
    const char **have = xcalloc(accepted + 1, sizeof *have);
    assert_int_equal(run_to_start(plan), accepted);
    while (run_next(plan, &d)) {
        want[n++] = arena_printf(&text, "%" PRId64 " %" PRId64 " %" PRId64 " %d", d.strategy,
                                 d.node[0], d.node[1], d.complexified);
    }
    for (size_t i = 0; i < w->points; i++) {
        const struct point *p = &w->point[i];
        if (p->outcome == POINT_ACCEPTED) {
            have[at++] = arena_printf(&text, "%" PRId64 " %" PRId64 " %" PRId64 " %d", p->strategy,
                                      p->node[0], p->node[1], p->complexified);
        }
    }
    qsort(want, n, sizeof *want, compare_texts);
    qsort(have, at, sizeof *have, compare_texts);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(want[i], have[i]);
    }
    free(want);
    free(have);
    run_free(plan);
    arena_free(&text);
}

static inline void assert_finished(const struct world *w)
{
    assert_int_equal(maker_active(w->maker), 0);
    assert_int_equal(run_to_start(w->run), 0);
    assert_int_equal(run_open(w->run), 0);
    assert_exact_quotas(w);
    const struct maker_stage *s = maker_stages(w->maker);
    for (int t = 0; t < TASK_COUNT; t++) {
        assert_int_equal(s[t].asked, 0);
    }
}

static inline void set_common(struct world *w, uint64_t seed, int scenarios)
{
    w->common.seed = seed;
    w->common.scenarios = scenarios;
}

#endif
