/*
 * offline - see offline.h.
 *
 * This file decides who answers and how the answer goes wrong on its way: domain, refusals, 429,
 * 500, broken text, latency. All of it is drawn from (seed, key, try), the content only from the
 * seed, so that a retried call gives the same reply and the order of arrival cannot matter.
 */
#include "teacher/offline.h"

#include "teacher/offline/answer.h"

#include "base/mem.h"
#include "base/rng.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* One draw per purpose and try. */
enum chance {
    CHANCE_SERVER_ERROR,
    CHANCE_LIMITED,
    CHANCE_REFUSAL,
    CHANCE_MALFORMED,
    CHANCE_BREAK,
    CHANCE_WAIT,
    CHANCE_LATENCY,
    CHANCES
};

void offline_rates_from(const struct teacher_config *c, struct offline_rates *out)
{
    memset(out, 0, sizeof *out);
    for (int i = TK_WRONG; i <= TK_LATENCY; i++) {
        out->rate[i] = teacher_config_num(c, (enum teacher_key_id)i);
    }
}

bool offline_knows(const char *description)
{
    static const char *const words[] = {"math",         "arithmetic",   "word problem",
                                        "grade school", "grade-school", "gsm8k"};
    for (const char *at = description; at != NULL && *at != '\0'; at++) {
        if (at > description && isalpha((unsigned char)at[-1])) {
            continue; /* "aftermath" */
        }
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
            if (strncasecmp(at, words[i], strlen(words[i])) == 0) {
                return true;
            }
        }
    }
    return false;
}

/*
 * What is answered must not depend on how often the way there failed: faults of the content are
 * drawn as for the first try, those of the way for each try anew.
 */
enum { FIRST_TRY = 1 };

static double chance(const struct question *q, int try, enum chance what)
{
    uint64_t key = rng_hash(q->key, strlen(q->key), 0);
    return rng_unit(q->seed, key, ((uint64_t)try + 1) * 16 + (uint64_t)what);
}

/* Bytes of text in a JSON value, without printing it; deep parts beyond the stack are not counted.
 */
static size_t text_bytes(const cJSON *value)
{
    const cJSON *stack[64];
    int depth = 0;
    size_t sum = 0;
    stack[depth++] = value;
    while (depth > 0) {
        const cJSON *at = stack[--depth];
        for (; at != NULL; at = at->next) {
            sum += at->string != NULL ? strlen(at->string) + 3 : 0;
            sum += cJSON_IsString(at) ? strlen(at->valuestring) + 3 : 3;
            if (at->child != NULL && depth < 64) {
                stack[depth++] = at->child;
            }
        }
    }
    return sum;
}

/* The content. false: `why` says in one sentence why nothing of the kind can be made. */
static bool answer(const struct asked *a, enum task_id task, struct buf *out, char why[WHY_MAX])
{
    switch (task) {
    case TASK_FACTORS:
        answer_factors(a, out);
        return true;
    case TASK_FACTOR_CRITIC:
        answer_factor_critic(a, out);
        return true;
    case TASK_PROPOSE_CHILDREN:
        answer_propose(a, out);
        return true;
    case TASK_CHILDREN_CRITIC:
        answer_children_critic(a, out);
        return true;
    case TASK_LEVEL_PLAN:
        answer_level_plan(a, out);
        return true;
    case TASK_STRATEGIES:
        answer_strategies(a, out);
        return true;
    case TASK_SCENARIOS:
        answer_scenarios(a, out);
        return true;
    case TASK_COMPLEXIFY:
        answer_complexify(a, out);
        return true;
    case TASK_GENERATE:
        return answer_record(a, false, out, why);
    case TASK_REFINE:
        return answer_record(a, true, out, why);
    case TASK_REQUIREMENTS:
        answer_requirements(a, out);
        return true;
    case TASK_CRITIC_CORRECT:
        answer_critic(a, false, out);
        return true;
    case TASK_CRITIC_INCORRECT:
        answer_critic(a, true, out);
        return true;
    case TASK_MISSING_CHILDREN:
        return answer_missing_children(a, out, why);
    case TASK_DESCRIBE_NODE:
        return answer_describe_node(a, out, why);
    case TASK_SOUNDNESS:
        return answer_soundness(a, out, why);
    case TASK_REPAIR:
    case TASK_COUNT:
        break;
    }
    (void)snprintf(why, WHY_MAX, "The offline teacher does not know this task.");
    return false;
}

/* Break a good reply in one of the ways in which models do. */
static void spoil(struct buf *text, double how)
{
    if (how < 0.4) { /* cut off */
        buf_cut(text, text->len * 3 / 5);
    } else if (how < 0.6) { /* the value wrapped in a list of a list */
        struct buf wrapped;
        buf_init(&wrapped, text->max);
        buf_printf(&wrapped, "[[%s]]", text->data);
        buf_clear(text);
        buf_add(text, wrapped.data, wrapped.len);
        buf_free(&wrapped);
    } else if (how < 0.8) { /* prose around: readable for who looks for it */
        struct buf wrapped;
        buf_init(&wrapped, text->max);
        buf_printf(&wrapped, "Sure, here you are:\n```json\n%s\n```\nShall I go on?", text->data);
        buf_clear(text);
        buf_add(text, wrapped.data, wrapped.len);
        buf_free(&wrapped);
    } else { /* talk instead of an answer */
        buf_clear(text);
        buf_adds(text, "I have thought about it carefully and will gladly give you the result.");
    }
}

/* A question about one node that is declined says nothing about the next one. */
static enum reply_outcome outcome_of_none(enum task_id task)
{
    return task == TASK_MISSING_CHILDREN || task == TASK_DESCRIBE_NODE || task == TASK_SOUNDNESS
               ? REPLY_REFUSED
               : REPLY_FATAL;
}

static void fail(struct reply *out, enum reply_outcome outcome, int http, const char *why)
{
    out->outcome = outcome;
    out->http_status = http;
    out->final = outcome != REPLY_TRANSPORT;
    (void)snprintf(out->error, sizeof out->error, "%s", why);
}

/* The task and inputs that count: those inside a repair. */
static enum task_id resolve(const struct question *q, const cJSON **inputs)
{
    enum task_id task = q->task;
    *inputs = q->inputs;
    if (task == TASK_REPAIR) {
        const cJSON *inner = cJSON_GetObjectItemCaseSensitive(q->inputs, "inputs");
        if (!task_by_name(json_str_or(q->inputs, "task", ""), &task)) {
            task = TASK_REPAIR;
        }
        *inputs = inner;
    }
    return task;
}

/* Faults of the way there. true: this try is lost. */
static bool lost(const struct offline_rates *rates, const struct question *q, int try,
                 struct reply *out)
{
    const double *rate = rates->rate;
    if (chance(q, try, CHANCE_SERVER_ERROR) < rate[TK_SERVER_ERROR]) {
        fail(out, REPLY_TRANSPORT, 500,
             "500 internal server error (set rate of the offline teacher)");
    } else if (chance(q, try, CHANCE_LIMITED) < rate[TK_LIMITED]) {
        fail(out, REPLY_TRANSPORT, 429, "429 too many requests (set rate of the offline teacher)");
    } else if (chance(q, FIRST_TRY, CHANCE_REFUSAL) < rate[TK_REFUSAL]) {
        fail(out, REPLY_REFUSED, 200, "The offline teacher declined (set rate of refusals).");
        out->text = xstrdup("I would rather not write about this.");
        return true;
    } else {
        return false;
    }
    out->retry_after = 0.05 + 0.15 * chance(q, try, CHANCE_WAIT);
    return true;
}

void offline_answer(const struct offline_rates *rates, const struct question *q, int try,
                    struct reply *out)
{
    memset(out, 0, sizeof *out);
    memcpy(out->key, q->key, sizeof out->key);
    out->task = q->task;
    out->tries = try;
    out->final = true;
    (void)snprintf(out->teacher, sizeof out->teacher, "offline");
    (void)snprintf(out->model, sizeof out->model, "offline teacher (rule-based)");
    double mean = rates->rate[TK_LATENCY] / 1000;
    out->seconds = mean > 0 ? -mean * log(1 - chance(q, try, CHANCE_LATENCY)) : 0;

    const cJSON *inputs;
    struct asked a = {.seed = q->seed, .rates = rates};
    enum task_id task = resolve(q, &inputs);
    a.inputs = inputs;
    if (!offline_knows(json_str_or(inputs, "description", ""))) {
        fail(out, REPLY_FATAL, 0,
             "The offline teacher only writes grade-school maths; this session describes "
             "something else. Add a teacher: teacher add NAME KEY=VALUE…");
        return;
    }
    if (lost(rates, q, try, out)) {
        return;
    }
    struct buf text;
    char why[WHY_MAX] = "";
    buf_init(&text, OFFLINE_TEXT_MAX);
    if (!answer(&a, task, &text, why)) {
        fail(out, outcome_of_none(task), 0, why);
        buf_free(&text);
        return;
    }
    if (q->task != TASK_REPAIR &&
        chance(q, FIRST_TRY, CHANCE_MALFORMED) < rates->rate[TK_MALFORMED]) {
        spoil(&text, chance(q, FIRST_TRY, CHANCE_BREAK));
    }
    out->outcome = REPLY_OK;
    out->http_status = 200;
    out->tokens_in = (int64_t)(text_bytes(q->inputs) / 4);
    out->tokens_out = (int64_t)(text.len / 4);
    out->text = buf_take(&text);
    buf_free(&text);
}
