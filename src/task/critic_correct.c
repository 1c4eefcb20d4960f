/*
 * critic_correct - one half of the dual critic: is the answer correct?
 *
 * It is never told that there is another half, nor what the other half is asked.
 */
#include "task/tasks.h"

static cJSON *schema(const cJSON *inputs)
{
    (void)inputs;
    return shape_new("{'type':'object','properties':{"
                     "'reason':{'type':'string','minLength':1,'maxLength':1500},"
                     "'answer':{'type':'string','enum':['yes','no']}},"
                     "'required':['reason','answer'],'additionalProperties':false}");
}

const struct task task_critic_correct = {
    .id = TASK_CRITIC_CORRECT,
    .name = "critic-correct",
    .role = ROLE_CRITIC_CORRECT,
    .max_tokens = 2500,
    .prompt = prompt_critic_correct,
    .inputs = "description examples schema record! answer_field!",
    .schema = schema,
    .check = tidy_nothing,
};
