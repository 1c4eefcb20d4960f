/*
 * The remedies are decided here once, so that points and growing trees treat a cut, malformed or
 * refused reply alike, and so that a resumed run asks the same keys in the same order.
 */
#include "engine/ask.h"
#include "base/mem.h"
#include "base/rng.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a model said that could not be read is shown back to it up to this many bytes. */
#define REPAIR_REPLY_MAX 4000

static struct question *make_question(const struct ask *a, const char *suffix, enum task_id task)
{
    struct question *q = xcalloc(1, sizeof *q);
    snprintf(q->key, sizeof q->key, "%s%s", a->base, suffix);
    q->task = task;
    q->point = a->point;
    q->priority = a->priority;
    q->seed = rng_at(a->seed, rng_id(q->key), 0);
    return q;
}

/* The same inputs as the ask's: what is asked and what is checked against cannot differ. */
static struct question *make_same(const struct ask *a, const char *suffix)
{
    struct question *q = make_question(a, suffix, a->task);
    q->shared = inputs_hold(a->inputs);
    q->inputs = q->shared->json;
    return q;
}

void ask_first(struct ask *a, const char *base, enum task_id task, int64_t point, int priority,
               uint64_t seed, cJSON *inputs, struct step *out)
{
    ask_clear(a);
    snprintf(a->base, sizeof a->base, "%s", base);
    a->task = task;
    a->point = point;
    a->priority = priority;
    a->seed = seed;
    a->inputs = inputs_new(inputs);
    ask_again(a, out);
}

void ask_again(struct ask *a, struct step *out)
{
    a->open = true;
    a->longer = false;
    a->repaired = false;
    step_question(out, make_same(a, ""));
}

bool ask_owns(const struct ask *a, const char *key)
{
    size_t n = strlen(a->base);
    return a->open && strncmp(a->base, key, n) == 0 &&
           (key[n] == '\0' || strcmp(key + n, ".l") == 0 || strcmp(key + n, ".r") == 0);
}

static void ask_longer(struct ask *a, struct step *out)
{
    a->longer = true;
    struct question *q = make_same(a, ".l");
    q->max_tokens = task_at(a->task)->max_tokens * 2;
    step_question(out, q);
}

static void ask_repair(struct ask *a, const char *text, const char *problem, struct step *out)
{
    a->repaired = true;
    cJSON *in = cJSON_CreateObject();
    char *cut = xstrndup(text != NULL ? text : "", REPAIR_REPLY_MAX);
    cJSON_AddStringToObject(in, "task", task_at(a->task)->name);
    cJSON_AddItemToObject(in, "inputs", cJSON_Duplicate(a->inputs->json, true));
    cJSON_AddStringToObject(in, "reply", cut);
    cJSON_AddStringToObject(in, "problem", problem);
    free(cut);
    struct question *q = make_question(a, ".r", TASK_REPAIR);
    q->inputs = in;
    step_question(out, q);
}

static enum ask_result settle_text(struct ask *a, const struct reply *r, cJSON **value,
                                   struct err *e, struct step *out)
{
    const char *text = r->text != NULL ? r->text : "";
    struct err why = {0};
    if (task_parse(a->task, a->inputs->json, text, strlen(text), value, &why) == ST_OK) {
        a->open = false;
        return ASK_VALUE;
    }
    if (!a->repaired) {
        ask_repair(a, text, why.msg, out);
        return ASK_AGAIN;
    }
    a->open = false;
    err_set(e, ST_INVALID, "the reply could not be used, also after a repair: %s", why.msg);
    return ASK_INVALID;
}

enum ask_result ask_settle(struct ask *a, const struct reply *r, cJSON **value, struct err *e,
                           struct step *out)
{
    *value = NULL;
    switch (r->outcome) {
    case REPLY_OK:
        return settle_text(a, r, value, e, out);
    case REPLY_LENGTH:
        if (!a->longer && !a->repaired) {
            ask_longer(a, out);
            return ASK_AGAIN;
        }
        a->open = false;
        err_set(e, ST_INVALID, "the reply was cut off, also with twice the room");
        return ASK_INVALID;
    case REPLY_REFUSED:
        a->open = false;
        err_set(e, ST_INVALID, "refused: %s", r->error[0] != '\0' ? r->error : "no reason given");
        return ASK_INVALID;
    case REPLY_FATAL:
        out->fatal = true;
        snprintf(out->reason, sizeof out->reason, "%s", r->error);
        err_set(e, ST_NETWORK, "%s", r->error);
        return ASK_FATAL;
    case REPLY_TRANSPORT:
    case REPLY_OUTCOMES:
        break;
    }
    err_set(e, ST_NETWORK, "%s", r->error[0] != '\0' ? r->error : "no answer");
    return ASK_TRANSPORT;
}

void ask_clear(struct ask *a)
{
    inputs_release(a->inputs);
    memset(a, 0, sizeof *a);
}
