/*
 * generate - one record for a mix and a scenario.
 *
 * The reply is the record itself, in the session's schema: nothing stands between the model and the
 * data. It is validated and otherwise left as the model wrote it.
 */
#include "task/tasks.h"

const struct task task_generate = {
    .id = TASK_GENERATE,
    .name = "generate",
    .role = ROLE_WRITER,
    .max_tokens = 3000,
    .prompt = prompt_generate,
    .inputs = "description examples schema! mix! scenario complexified",
    .schema = shape_record,
    .check = tidy_nothing,
};
