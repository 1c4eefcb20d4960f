/*
 * level_plan - how fine is the next level of a taxonomy, in all its branches?
 */
#include "task/tasks.h"

static cJSON *schema(const cJSON *inputs)
{
    (void)inputs;
    return shape_new("{'type':'object','properties':{"
                     "'plan':{'type':'string','minLength':1,'maxLength':1500}},"
                     "'required':['plan'],'additionalProperties':false}");
}

const struct task task_level_plan = {
    .id = TASK_LEVEL_PLAN,
    .name = "level-plan",
    .role = ROLE_ARCHITECT,
    .max_tokens = 1500,
    .prompt = prompt_level_plan,
    .inputs = "description examples schema taxonomy! level! nodes!",
    .schema = schema,
    .check = tidy_nothing,
};
