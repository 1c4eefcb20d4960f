/*
 * task - the table of all questions.
 *
 * The table is made from table.h, as are the declarations and the names of the wire schemas, so
 * that a task cannot be in one and missing in another.
 */
#include "task/task.h"

#include "task/tasks.h"

#include <string.h>

static const struct task *const tasks[TASK_COUNT] = {
#define TASK(id, name) [TASK_##id] = &task_##name,
#include "task/table.h"
#undef TASK
};

static const char *const schema_names[TASK_COUNT] = {
#define TASK(id, name) [TASK_##id] = #name,
#include "task/table.h"
#undef TASK
};

const struct task *task_at(enum task_id id)
{
    return tasks[id];
}

bool task_by_name(const char *name, enum task_id *out)
{
    for (int i = 0; i < TASK_COUNT; i++) {
        if (strcmp(tasks[i]->name, name) == 0) {
            *out = (enum task_id)i;
            return true;
        }
    }
    return false;
}

const char *task_schema_name(enum task_id id)
{
    return schema_names[id];
}

bool task_writes_record(enum task_id id)
{
    return id == TASK_GENERATE || id == TASK_REFINE;
}

enum status task_resolve(enum task_id *id, const cJSON **inputs, struct err *e)
{
    if (*id != TASK_REPAIR) {
        return ST_OK;
    }
    const char *name = json_str_or(*inputs, "task", "");
    const cJSON *inner = NULL;
    enum task_id repaired = TASK_REPAIR;
    if (!task_by_name(name, &repaired) || repaired == TASK_REPAIR) {
        return err_set(e, ST_INVALID, "repair: expected the name of another task, found \"%s\"",
                       name);
    }
    enum status st = json_get_object(*inputs, "inputs", &inner, e);
    if (st != ST_OK) {
        return st;
    }
    *id = repaired;
    *inputs = inner;
    return ST_OK;
}

enum role_id task_role(enum task_id id, const cJSON *inputs)
{
    if (task_resolve(&id, &inputs, NULL) != ST_OK) {
        return ROLE_WRITER;
    }
    return tasks[id]->role;
}
