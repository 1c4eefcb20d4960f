/*
 * complexify - the same scenario, harder.
 *
 * The scenario coming back unchanged is refused: the point would count as complexified and not be.
 */
#include "task/tasks.h"

static cJSON *schema(const cJSON *inputs)
{
    (void)inputs;
    return shape_new("{'type':'object','properties':{"
                     "'scenario':{'type':'string','minLength':1,'maxLength':2000}},"
                     "'required':['scenario'],'additionalProperties':false}");
}

static enum status check(const cJSON *inputs, cJSON *value, struct err *e)
{
    if (name_same(json_str_or(value, "scenario", ""), json_str_or(inputs, "scenario", ""))) {
        return err_set(e, ST_INVALID,
                       "expected a harder version of the scenario, found the scenario unchanged");
    }
    return ST_OK;
}

const struct task task_complexify = {
    .id = TASK_COMPLEXIFY,
    .name = "complexify",
    .role = ROLE_WRITER,
    .max_tokens = 1500,
    .prompt = prompt_complexify,
    .inputs = "description examples schema mix! scenario!",
    .schema = schema,
    .check = check,
};
