/*
 * critic_incorrect - the other half of the dual critic: is the answer incorrect?
 *
 * The same shape as critic_correct, the opposite question: a critic that only agrees says yes to
 * both and gives itself away.
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

const struct task task_critic_incorrect = {
    .id = TASK_CRITIC_INCORRECT,
    .name = "critic-incorrect",
    .role = ROLE_CRITIC_INCORRECT,
    .max_tokens = 2500,
    .prompt = prompt_critic_incorrect,
    .inputs = "description examples schema record! answer_field!",
    .schema = schema,
    .check = tidy_nothing,
};
