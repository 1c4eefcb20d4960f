/*
 * requirements - does a record do what its mix and scenario demand?
 *
 * The reason stands before the verdict in the schema, so that a model which is held to the schema
 * thinks before it decides; refine gets that reason and nothing else.
 */
#include "task/tasks.h"

static cJSON *schema(const cJSON *inputs)
{
    (void)inputs;
    return shape_new("{'type':'object','properties':{"
                     "'reason':{'type':'string','minLength':1,'maxLength':1500},"
                     "'ok':{'type':'boolean'}},"
                     "'required':['reason','ok'],'additionalProperties':false}");
}

const struct task task_requirements = {
    .id = TASK_REQUIREMENTS,
    .name = "requirements",
    .role = ROLE_CRITIC,
    .max_tokens = 1500,
    .prompt = prompt_requirements,
    .inputs = "description examples schema mix! scenario record!",
    .schema = schema,
    .check = tidy_nothing,
};
