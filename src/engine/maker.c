/*
 * One small state machine per point. The stage says which question is open; a reply moves it.
 * Points wait for each other only through `struct batch`, one per mix whose scenarios are being
 * written.
 */
#include "engine/maker.h"
#include "base/mem.h"
#include "base/rng.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum stage {
    STAGE_WAIT,
    STAGE_SCENARIO,
    STAGE_COMPLEXIFY,
    STAGE_WRITE,
    STAGE_CHECK,
    STAGE_CRITICS
};
enum { CRITIC_CORRECT, CRITIC_INCORRECT };

struct work {
    struct point p;
    enum stage stage;
    struct ask ask;      /* the open question; in STAGE_CRITICS the first critic's */
    struct ask other;    /* the second critic's */
    bool got[2], yes[2]; /* verdicts of the two critics */
    char *lost[2];       /* why a critic gave none */
    bool unanswered;     /* one of them for want of an answer */
    int round;           /* of requirement checks */
    cJSON *mix, *record;
    struct batch *batch; /* while waiting for scenarios */
    struct work *next;   /* hash chain, waiting list or list of the settled */
    struct work *wait_next;
};

/* The scenarios of one mix, while somebody waits for them. */
struct batch {
    int64_t mix_hash;
    int32_t have;  /* scenarios that exist: serials 0 .. have-1 */
    int32_t first; /* serial of text[0] */
    char **text;
    size_t count, cap;
    cJSON *earlier;
    struct work *asking;  /* who asks for the next batch */
    struct work *waiting; /* sorted by id */
    struct batch *next;
};

#define TABLE 4096 /* chains; the window of active points is about as large */

struct maker {
    struct engine_common common;
    struct work *table[TABLE];
    struct batch *batches[TABLE];
    struct work *settled; /* kept until the next call: changes borrow their points */
    size_t active;
    struct maker_stage stage[TASK_COUNT];
};

int64_t mix_hash(int64_t strategy, const int64_t *nodes, int n)
{
    uint64_t h = rng_hash(&strategy, sizeof strategy, 0x6d6978);
    h = rng_hash(nodes, (size_t)n * sizeof *nodes, h);
    h &= INT64_MAX;
    return h != 0 ? (int64_t)h : 1;
}

struct maker *maker_new(void)
{
    return xcalloc(1, sizeof(struct maker));
}

void maker_configure(struct maker *m, const struct engine_common *c)
{
    common_clear(&m->common);
    m->common = *c;
    m->common.description = xstrdup(c->description != NULL ? c->description : "");
    m->common.answer = c->answer != NULL ? xstrdup(c->answer) : NULL;
    m->common.examples = cJSON_Duplicate(c->examples, true);
    m->common.schema = cJSON_Duplicate(c->schema, true);
}

/* ---- finding */

static struct work **work_slot(struct maker *m, int64_t id)
{
    struct work **w = &m->table[(uint64_t)id % TABLE];
    while (*w != NULL && (*w)->p.id != id) {
        w = &(*w)->next;
    }
    return w;
}

static struct batch **batch_slot(struct maker *m, int64_t hash)
{
    struct batch **b = &m->batches[(uint64_t)hash % TABLE];
    while (*b != NULL && (*b)->mix_hash != hash) {
        b = &(*b)->next;
    }
    return b;
}

static void work_free(struct work *w)
{
    point_clear(&w->p);
    ask_clear(&w->ask);
    ask_clear(&w->other);
    free(w->lost[0]);
    free(w->lost[1]);
    cJSON_Delete(w->mix);
    cJSON_Delete(w->record);
    free(w);
}

static void batch_free(struct maker *m, struct batch *b)
{
    struct batch **slot = batch_slot(m, b->mix_hash);
    *slot = b->next;
    for (size_t i = 0; i < b->count; i++) {
        free(b->text[i]);
    }
    free(b->text);
    cJSON_Delete(b->earlier);
    free(b);
}

static void sweep(struct maker *m)
{
    while (m->settled != NULL) {
        struct work *w = m->settled;
        m->settled = w->next;
        work_free(w);
    }
}

void maker_clear(struct maker *m)
{
    sweep(m);
    for (size_t i = 0; i < TABLE; i++) {
        while (m->table[i] != NULL) {
            struct work *w = m->table[i];
            m->table[i] = w->next;
            work_free(w);
        }
        while (m->batches[i] != NULL) {
            batch_free(m, m->batches[i]);
        }
    }
    m->active = 0;
    for (int t = 0; t < TASK_COUNT; t++) {
        m->stage[t].asked = 0;
    }
}

void maker_free(struct maker *m)
{
    if (m == NULL) {
        return;
    }
    maker_clear(m);
    common_clear(&m->common);
    free(m);
}

size_t maker_active(const struct maker *m)
{
    return m->active;
}

const struct maker_stage *maker_stages(const struct maker *m)
{
    return m->stage;
}

/* ---- asking */

static void ask_of(struct maker *m, struct work *w, struct ask *a, enum task_id task, int round,
                   cJSON *inputs, struct step *out)
{
    char base[80];
    snprintf(base, sizeof base, "p%lld.%d.%s.%d", (long long)w->p.id, w->p.epoch,
             task_at(task)->name, round);
    /* Later stages first: what is nearly finished should be. */
    ask_first(a, base, task, w->p.id, (int)w->stage, m->common.seed, inputs, out);
    m->stage[task].asked++;
}

static cJSON *inputs_of(const struct maker *m, const struct work *w)
{
    cJSON *in = common_inputs(&m->common);
    cJSON_AddItemToObject(in, "mix", cJSON_Duplicate(w->mix, true));
    if (w->p.scenario != NULL) {
        cJSON_AddStringToObject(in, "scenario", w->p.scenario);
    }
    return in;
}

static cJSON *inputs_record(const struct maker *m, const struct work *w)
{
    cJSON *in = inputs_of(m, w);
    cJSON_AddItemToObject(in, "record", cJSON_Duplicate(w->record, true));
    return in;
}

/* ---- settling */

static void settle(struct maker *m, struct work *w, enum point_state outcome, const char *reason,
                   struct step *out)
{
    w->p.outcome = outcome;
    w->p.state = outcome;
    free(w->p.reason);
    w->p.reason = reason != NULL && reason[0] != '\0' ? xstrdup(reason) : NULL;
    if (w->record != NULL) {
        free(w->p.record);
        w->p.record = json_text(w->record);
    }
    step_change(out, CHANGE_POINT)->u.point = &w->p;
    struct work **slot = work_slot(m, w->p.id);
    *slot = w->next;
    w->next = m->settled;
    m->settled = w;
    m->active--;
}

static void begin_write(struct maker *m, struct work *w, struct step *out)
{
    w->stage = STAGE_WRITE;
    cJSON *in = inputs_of(m, w);
    cJSON_AddBoolToObject(in, "complexified", w->p.complexified);
    ask_of(m, w, &w->ask, TASK_GENERATE, 0, in, out);
}

/* The point has its scenario. */
static void with_scenario(struct maker *m, struct work *w, const char *text, struct step *out)
{
    free(w->p.scenario);
    w->p.scenario = xstrdup(text);
    if (!w->p.complexified) {
        begin_write(m, w, out);
        return;
    }
    free(w->p.plain);
    w->p.plain = xstrdup(text);
    w->stage = STAGE_COMPLEXIFY;
    ask_of(m, w, &w->ask, TASK_COMPLEXIFY, 0, inputs_of(m, w), out);
}

/* ---- scenarios of a mix */

static void ask_batch(struct maker *m, struct batch *b, struct work *w, struct step *out)
{
    b->asking = w;
    w->stage = STAGE_SCENARIO;
    cJSON *in = inputs_of(m, w);
    cJSON_AddNumberToObject(in, "count", m->common.scenarios);
    if (cJSON_GetArraySize(b->earlier) > 0) {
        cJSON_AddItemToObject(in, "earlier", cJSON_Duplicate(b->earlier, true));
    }
    /* Numbered by what exists: a point may ask for several batches, each under a key of its own. */
    ask_of(m, w, &w->ask, TASK_SCENARIOS, b->have, in, out);
}

/* Serve everybody whose scenario is there; the first whose is not asks for more. */
static void batch_serve(struct maker *m, struct batch *b, struct step *out)
{
    struct work **at = &b->waiting;
    while (*at != NULL) {
        struct work *w = *at;
        if (w->p.serial >= b->first && w->p.serial < b->have) {
            *at = w->wait_next;
            w->batch = NULL;
            with_scenario(m, w, b->text[w->p.serial - b->first], out);
        } else {
            at = &w->wait_next;
        }
    }
    if (b->waiting == NULL) {
        batch_free(m, b);
    } else if (b->asking == NULL) {
        ask_batch(m, b, b->waiting, out);
    }
}

static void batch_leave(struct batch *b, struct work *w)
{
    struct work **at = &b->waiting;
    while (*at != NULL && *at != w) {
        at = &(*at)->wait_next;
    }
    if (*at == w) {
        *at = w->wait_next;
    }
    if (b->asking == w) {
        b->asking = NULL;
    }
    w->batch = NULL;
}

static void batch_join(struct maker *m, struct work *w, struct maker_start *s, struct step *out)
{
    struct batch **slot = batch_slot(m, w->p.mix_hash);
    struct batch *b = *slot;
    if (b == NULL) {
        b = xcalloc(1, sizeof *b);
        b->mix_hash = w->p.mix_hash;
        b->have = b->first = s->available;
        b->earlier = s->earlier != NULL ? s->earlier : cJSON_CreateArray();
        s->earlier = NULL;
        *slot = b;
    }
    struct work **at = &b->waiting;
    while (*at != NULL && (*at)->p.id < w->p.id) {
        at = &(*at)->wait_next;
    }
    w->wait_next = *at;
    *at = w;
    w->batch = b;
    w->stage = STAGE_WAIT;
    batch_serve(m, b, out);
}

static void batch_add(struct batch *b, const char *text, int32_t batch, struct step *out)
{
    b->text = vec_grow(b->text, &b->cap, b->count + 1, sizeof *b->text);
    b->text[b->count++] = xstrdup(text);
    cJSON_AddItemToArray(b->earlier, cJSON_CreateString(text));
    while (cJSON_GetArraySize(b->earlier) > MAKER_EARLIER) {
        cJSON_DeleteItemFromArray(b->earlier, 0);
    }
    struct change *c = step_change(out, CHANGE_SCENARIO);
    c->u.scenario.mix_hash = b->mix_hash;
    c->u.scenario.serial = b->have++;
    c->u.scenario.batch = batch;
    c->u.scenario.text = arena_strdup(&out->text, text);
}

static void on_scenarios(struct maker *m, struct work *w, const cJSON *value, struct step *out)
{
    struct batch *b = w->batch;
    const cJSON *list = NULL;
    if (json_get_array(value, "scenarios", &list, NULL) != ST_OK) {
        return;
    }
    /* One is used, chosen uniformly by the seed: the order of use is a shuffle of the batch. */
    uint32_t order[64];
    int n = cJSON_GetArraySize(list);
    n = n > 64 ? 64 : n;
    for (int i = 0; i < n; i++) {
        order[i] = (uint32_t)i;
    }
    rng_shuffle_u32(m->common.seed, rng_id("scenario order") ^ (uint64_t)w->p.id, order, (size_t)n);
    int32_t batch = b->have;
    for (int i = 0; i < n; i++) {
        const cJSON *item = cJSON_GetArrayItem(list, (int)order[i]);
        batch_add(b, item->valuestring != NULL ? item->valuestring : "", batch, out);
    }
    b->asking = NULL;
    batch_serve(m, b, out);
}

/* ---- starting */

void maker_start(struct maker *m, struct maker_start *s, struct step *out)
{
    sweep(m);
    struct work **slot = work_slot(m, s->point->id);
    if (*slot != NULL) { /* already under way */
        cJSON_Delete(s->mix);
        cJSON_Delete(s->earlier);
        return;
    }
    struct work *w = xcalloc(1, sizeof *w);
    w->p = *s->point;
    w->p.plain = w->p.scenario = w->p.record = w->p.reason = NULL;
    w->p.outcome = w->p.state = POINT_ASKED;
    w->p.attempts = 0;
    w->p.cost = 0;
    w->mix = s->mix;
    w->next = *slot;
    *slot = w;
    m->active++;
    step_change(out, CHANGE_POINT)->u.point = &w->p;
    if (s->scenario != NULL) {
        with_scenario(m, w, s->scenario, out);
        cJSON_Delete(s->earlier);
    } else {
        batch_join(m, w, s, out);
        cJSON_Delete(s->earlier);
    }
    s->earlier = NULL;
}

/* ---- replies */

static void verdict(struct work *w, const char *critic, bool yes, const char *reason, int round,
                    struct step *out)
{
    struct change *c = step_change(out, CHANGE_VERDICT);
    c->u.verdict.point = w->p.id;
    c->u.verdict.round = round;
    c->u.verdict.critic = critic;
    c->u.verdict.yes = yes;
    c->u.verdict.reason = arena_strdup(&out->text, reason);
}

static void begin_check(struct maker *m, struct work *w, struct step *out)
{
    w->stage = STAGE_CHECK;
    ask_of(m, w, &w->ask, TASK_REQUIREMENTS, w->round, inputs_record(m, w), out);
}

static void begin_critics(struct maker *m, struct work *w, struct step *out)
{
    w->stage = STAGE_CRITICS;
    for (int i = 0; i < 2; i++) {
        cJSON *in = common_inputs(&m->common);
        cJSON_AddItemToObject(in, "record", cJSON_Duplicate(w->record, true));
        cJSON_AddStringToObject(in, "answer_field", m->common.answer);
        ask_of(m, w, i == 0 ? &w->ask : &w->other,
               i == 0 ? TASK_CRITIC_CORRECT : TASK_CRITIC_INCORRECT, 0, in, out);
    }
}

static void on_record(struct maker *m, struct work *w, cJSON *value, struct step *out)
{
    cJSON_Delete(w->record);
    w->record = value;
    char *text = json_text(value);
    struct change *c = step_change(out, CHANGE_ATTEMPT);
    c->u.attempt.point = w->p.id;
    c->u.attempt.number = w->p.attempts++;
    c->u.attempt.task = task_at(w->ask.repaired ? TASK_REPAIR : w->ask.task)->name;
    c->u.attempt.text = arena_strdup(&out->text, text);
    c->u.attempt.problem = "";
    free(text);
    begin_check(m, w, out);
}

static void on_check(struct maker *m, struct work *w, const cJSON *value, struct step *out)
{
    bool ok = json_bool_or(value, "ok", false);
    const char *why = json_str_or(value, "reason", "");
    verdict(w, "requirements", ok, why, w->round, out);
    if (ok && m->common.answer == NULL) {
        settle(m, w, POINT_ACCEPTED, NULL, out);
    } else if (ok) {
        begin_critics(m, w, out);
    } else if (w->round < m->common.refinements) {
        cJSON *in = inputs_record(m, w);
        cJSON_AddStringToObject(in, "reason", why);
        w->stage = STAGE_WRITE;
        ask_of(m, w, &w->ask, TASK_REFINE, w->round, in, out);
        w->round++;
    } else {
        char reason[400];
        snprintf(reason, sizeof reason, "requirements: %s", why);
        settle(m, w, POINT_REJECTED, reason, out);
    }
}

static enum point_state by_policy(enum policy p, enum point_state queued)
{
    return p == POLICY_ACCEPT ? POINT_ACCEPTED : p == POLICY_REJECT ? POINT_REJECTED : queued;
}

/* Both critics are waited for, also when one is lost: which came first must not matter. */
static void weigh(struct maker *m, struct work *w, struct step *out)
{
    if ((!w->got[0] && w->lost[0] == NULL) || (!w->got[1] && w->lost[1] == NULL)) {
        return;
    }
    if (w->lost[0] != NULL || w->lost[1] != NULL) {
        settle(m, w, w->unanswered ? POINT_FAILED : POINT_INVALID,
               w->lost[0] != NULL ? w->lost[0] : w->lost[1], out);
    } else if (w->yes[CRITIC_CORRECT] && !w->yes[CRITIC_INCORRECT]) {
        settle(m, w, POINT_ACCEPTED, NULL, out);
    } else if (w->yes[CRITIC_CORRECT] == w->yes[CRITIC_INCORRECT]) {
        settle(m, w, by_policy(m->common.disputed, POINT_DISPUTED),
               w->yes[0] ? "the critics contradict each other: yes/yes"
                         : "the critics contradict each other: no/no",
               out);
    } else {
        settle(m, w,
               m->common.rejected == POLICY_QUEUE ? POINT_DISPUTED
                                                  : by_policy(m->common.rejected, POINT_REJECTED),
               "both critics say that the answer is wrong", out);
    }
}

static void on_verdict(struct maker *m, struct work *w, int which, const cJSON *value,
                       struct step *out)
{
    bool yes = strcmp(json_str_or(value, "answer", "no"), "yes") == 0;
    verdict(w, which == CRITIC_CORRECT ? "correct" : "incorrect", yes,
            json_str_or(value, "reason", ""), 0, out);
    w->got[which] = true;
    w->yes[which] = yes;
    weigh(m, w, out);
}

static void on_value(struct maker *m, struct work *w, int which, cJSON *value, struct step *out)
{
    switch (w->stage) {
    case STAGE_SCENARIO:
        on_scenarios(m, w, value, out);
        break;
    case STAGE_COMPLEXIFY:
        free(w->p.scenario);
        w->p.scenario = xstrdup(json_str_or(value, "scenario", ""));
        begin_write(m, w, out);
        break;
    case STAGE_WRITE:
        on_record(m, w, value, out);
        return; /* keeps the value */
    case STAGE_CHECK:
        on_check(m, w, value, out);
        break;
    case STAGE_CRITICS:
        on_verdict(m, w, which, value, out);
        break;
    case STAGE_WAIT:
        break;
    }
    cJSON_Delete(value);
}

static void on_lost(struct maker *m, struct work *w, int which, enum ask_result result,
                    enum task_id task, const struct err *why, struct step *out)
{
    char reason[640];
    snprintf(reason, sizeof reason, "%s: %s", task_at(task)->name, why->msg);
    if (w->stage == STAGE_CRITICS) {
        (which == CRITIC_CORRECT ? &w->ask : &w->other)->open = false; /* had its reply */
        w->lost[which] = xstrdup(reason);
        w->unanswered = w->unanswered || result == ASK_TRANSPORT;
        weigh(m, w, out);
        return;
    }
    struct batch *b = w->batch;
    if (b != NULL) {
        batch_leave(b, w);
    }
    settle(m, w, result == ASK_INVALID ? POINT_INVALID : POINT_FAILED, reason, out);
    if (b != NULL) {
        batch_serve(m, b, out);
    }
}

bool maker_reply(struct maker *m, const struct reply *r, struct step *out)
{
    sweep(m);
    long long id = 0;
    if (r->key[0] == 'p') {
        id = strtoll(r->key + 1, NULL, 10);
    }
    struct work *w = *work_slot(m, id);
    if (w == NULL) {
        return false;
    }
    struct ask *a = ask_owns(&w->ask, r->key)     ? &w->ask
                    : ask_owns(&w->other, r->key) ? &w->other
                                                  : NULL;
    if (a == NULL) {
        return false;
    }
    enum task_id task = a->task;
    int which = a == &w->ask ? CRITIC_CORRECT : CRITIC_INCORRECT;
    w->p.cost += r->cost;
    cJSON *value = NULL;
    struct err why = {0};
    enum ask_result result = ask_settle(a, r, &value, &why, out);
    switch (result) {
    case ASK_VALUE:
        m->stage[task].asked--;
        m->stage[task].done++;
        on_value(m, w, which, value, out);
        break;
    case ASK_AGAIN:
        m->stage[task].again++;
        break;
    case ASK_INVALID:
    case ASK_TRANSPORT:
        m->stage[task].asked--;
        m->stage[task].lost++;
        on_lost(m, w, which, result, task, &why, out);
        break;
    case ASK_FATAL:
        break;
    }
    return true;
}
