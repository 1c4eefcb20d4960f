/*
 * refine - the record again, mended as the requirement critic said.
 */
#include "task/tasks.h"

const struct task task_refine = {
    .id = TASK_REFINE,
    .name = "refine",
    .role = ROLE_WRITER,
    .max_tokens = 3000,
    .prompt = prompt_refine,
    .inputs = "description examples schema! mix! scenario record! reason!",
    .schema = shape_record,
    .check = tidy_nothing,
};
