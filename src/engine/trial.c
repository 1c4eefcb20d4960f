/*
 * One question at a time, so there is nothing to wait for but the open one. Which one it is, the
 * ask's task says; a stage of its own is not needed.
 */
#include "engine/trial.h"

#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRIORITY = 9 }; /* a person waits for it: before all points */

struct trial {
    int64_t job;
    struct engine_common common;
    cJSON *mix;
    bool complexified, wants_record;
    struct ask ask;
    char *plain, *scenario;
    cJSON *record;
    bool ended, ok;
    char problem[560];
};

struct trial *trial_new(int64_t job, const struct engine_common *c, cJSON *mix, bool complexified,
                        bool record)
{
    struct trial *t = xcalloc(1, sizeof *t);
    t->job = job;
    t->common.seed = c->seed;
    t->common.description = xstrdup(c->description != NULL ? c->description : "");
    t->common.examples = cJSON_Duplicate(c->examples, true);
    t->common.schema = cJSON_Duplicate(c->schema, true);
    t->mix = mix;
    t->complexified = complexified;
    t->wants_record = record;
    return t;
}

void trial_free(struct trial *t)
{
    if (t == NULL) {
        return;
    }
    ask_clear(&t->ask);
    common_clear(&t->common);
    cJSON_Delete(t->mix);
    cJSON_Delete(t->record);
    free(t->plain);
    free(t->scenario);
    free(t);
}

static void ask_for(struct trial *t, enum task_id task, struct step *out)
{
    char base[80];
    cJSON *in = common_inputs(&t->common);
    cJSON_AddItemToObject(in, "mix", cJSON_Duplicate(t->mix, true));
    if (task == TASK_SCENARIOS) {
        cJSON_AddNumberToObject(in, "count", 1);
    } else {
        cJSON_AddStringToObject(in, "scenario", t->scenario);
    }
    if (task == TASK_GENERATE) {
        cJSON_AddBoolToObject(in, "complexified", t->complexified);
    }
    snprintf(base, sizeof base, "t%lld.%s.0", (long long)t->job, task_at(task)->name);
    ask_first(&t->ask, base, task, 0, PRIORITY, t->common.seed, in, out);
}

void trial_begin(struct trial *t, struct step *out)
{
    ask_for(t, TASK_SCENARIOS, out);
}

static void end(struct trial *t, bool ok)
{
    t->ended = true;
    t->ok = ok;
}

/* The scenario is as it will be used. */
static void with_scenario(struct trial *t, struct step *out)
{
    if (t->wants_record) {
        ask_for(t, TASK_GENERATE, out);
    } else {
        end(t, true);
    }
}

static void on_value(struct trial *t, cJSON *value, struct step *out)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(value, "scenarios");
    const cJSON *first = cJSON_GetArrayItem(list, 0);
    switch ((int)t->ask.task) {
    case TASK_SCENARIOS:
        t->scenario = xstrdup(cJSON_IsString(first) ? first->valuestring : "");
        if (t->complexified) {
            ask_for(t, TASK_COMPLEXIFY, out);
        } else {
            with_scenario(t, out);
        }
        break;
    case TASK_COMPLEXIFY:
        t->plain = t->scenario;
        t->scenario = xstrdup(json_str_or(value, "scenario", ""));
        with_scenario(t, out);
        break;
    default:
        t->record = value;
        end(t, true);
        return; /* keeps the value */
    }
    cJSON_Delete(value);
}

bool trial_reply(struct trial *t, const struct reply *r, struct step *out)
{
    if (t->ended || !ask_owns(&t->ask, r->key)) {
        return false;
    }
    cJSON *value = NULL;
    struct err why = {0};
    enum task_id task = t->ask.task;
    enum ask_result result = ask_settle(&t->ask, r, &value, &why, out);
    if (result == ASK_VALUE) {
        on_value(t, value, out);
    } else if (result != ASK_AGAIN) {
        snprintf(t->problem, sizeof t->problem, "%s: %s", task_at(task)->name, why.msg);
        end(t, false);
    }
    return true;
}

bool trial_ended(const struct trial *t, bool *ok)
{
    *ok = t->ok;
    return t->ended;
}

const char *trial_problem(const struct trial *t)
{
    return t->problem;
}

const char *trial_stage(const struct trial *t)
{
    switch ((int)t->ask.task) {
    case TASK_COMPLEXIFY:
        return "making the scenario harder";
    case TASK_GENERATE:
        return "writing the record";
    default:
        return "writing a scenario";
    }
}

void trial_result(const struct trial *t, cJSON *o)
{
    if (t->plain != NULL) {
        cJSON_AddStringToObject(o, "plain", t->plain);
    }
    if (t->scenario != NULL) {
        cJSON_AddStringToObject(o, "scenario", t->scenario);
    }
    if (t->record != NULL) {
        cJSON_AddItemToObject(o, "record", cJSON_Duplicate(t->record, true));
    }
}
