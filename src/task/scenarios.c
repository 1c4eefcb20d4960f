/*
 * scenarios - K different briefs for one mix.
 *
 * A scenario that repeats another or an earlier one is removed; fewer than K are fine, the engine
 * asks again when it needs more. None left is a reply that has to be repaired.
 */
#include "task/tasks.h"

enum { MOST_SCENARIOS = 32 };

static int64_t wanted(const cJSON *inputs)
{
    return input_int(inputs, "count", 4, 1, MOST_SCENARIOS);
}

static cJSON *schema(const cJSON *inputs)
{
    cJSON *s = shape_new("{'type':'object','properties':{"
                         "'scenarios':{'type':'array','minItems':1,'items':"
                         "{'type':'string','minLength':1,'maxLength':1500}}},"
                         "'required':['scenarios'],'additionalProperties':false}");
    shape_bound(s, "scenarios", "maxItems", wanted(inputs));
    return s;
}

static enum status check(const cJSON *inputs, cJSON *value, struct err *e)
{
    cJSON *scenarios = cJSON_GetObjectItemCaseSensitive(value, "scenarios");
    int found = cJSON_GetArraySize(scenarios);
    list_unique(scenarios);
    list_without(scenarios, cJSON_GetObjectItemCaseSensitive(inputs, "earlier"));
    list_cut(scenarios, wanted(inputs));
    if (cJSON_GetArraySize(scenarios) == 0) {
        return err_set(e, ST_INVALID,
                       "expected scenarios that differ from the earlier ones, found %d that do not",
                       found);
    }
    return ST_OK;
}

const struct task task_scenarios = {
    .id = TASK_SCENARIOS,
    .name = "scenarios",
    .role = ROLE_WRITER,
    .max_tokens = 3000,
    .prompt = prompt_scenarios,
    .inputs = "description examples schema mix! count earlier",
    .schema = schema,
    .check = check,
};
