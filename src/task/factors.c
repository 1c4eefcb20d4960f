/*
 * factors - which dimensions does the dataset vary in?
 *
 * More factors than wanted are cut, since the most important come first. Fewer are taken as they
 * are: asking a model to fill up a list makes it invent.
 */
#include "task/tasks.h"

enum { MOST_FACTORS = 12 };

static int64_t wanted_max(const cJSON *inputs)
{
    return input_int(inputs, "wanted_max", MOST_FACTORS, 1, MOST_FACTORS);
}

static cJSON *schema(const cJSON *inputs)
{
    cJSON *s = shape_new("{'type':'object','properties':{"
                         "'factors':{'type':'array','minItems':1,'items':{"
                         "'type':'object','properties':{"
                         "'name':{'type':'string','minLength':1,'maxLength':80},"
                         "'description':{'type':'string','minLength':1,'maxLength':400}},"
                         "'required':['name','description'],'additionalProperties':false}}},"
                         "'required':['factors'],'additionalProperties':false}");
    shape_bound(s, "factors", "maxItems", wanted_max(inputs));
    return s;
}

static enum status check(const cJSON *inputs, cJSON *value, struct err *e)
{
    cJSON *factors = cJSON_GetObjectItemCaseSensitive(value, "factors");
    list_unique(factors);
    list_cut(factors, wanted_max(inputs));
    if (cJSON_GetArraySize(factors) == 0) {
        return err_set(e, ST_INVALID, "expected at least one factor with a name, found none");
    }
    return ST_OK;
}

const struct task task_factors = {
    .id = TASK_FACTORS,
    .name = "factors",
    .role = ROLE_ARCHITECT,
    .max_tokens = 1500,
    .prompt = prompt_factors,
    .inputs = "description examples schema wanted_min wanted_max",
    .schema = schema,
    .check = check,
};
