/*
 * repair - the second chance of a reply that could not be used.
 *
 * It stands for the task that it repairs: schema, check and role are that task's (see
 * task_resolve). Repairs are not repaired, so there is exactly one.
 */
#include "task/tasks.h"

static cJSON *schema(const cJSON *inputs)
{
    enum task_id id = TASK_REPAIR;
    if (task_resolve(&id, &inputs, NULL) != ST_OK) {
        return NULL;
    }
    return task_at(id)->schema(inputs);
}

static enum status check(const cJSON *inputs, cJSON *value, struct err *e)
{
    enum task_id id = TASK_REPAIR;
    enum status st = task_resolve(&id, &inputs, e);
    return st == ST_OK ? task_at(id)->check(inputs, value, e) : st;
}

const struct task task_repair = {
    .id = TASK_REPAIR,
    .name = "repair",
    .role = ROLE_WRITER,
    .max_tokens = 4096,
    .prompt = prompt_repair,
    .inputs = "task! inputs! reply problem!",
    .schema = schema,
    .check = check,
};
