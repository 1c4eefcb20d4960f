/*
 * tasks - what the files of this floor share (private to src/task).
 *
 * A new question is one file <name>.c, one file prompts/<name>.txt, one line in table.h and one in
 * enum task_id. The helpers below make reply schemas and tidy replies.
 */
#ifndef TAXA_TASK_TASKS_H
#define TAXA_TASK_TASKS_H

#include "task/prompts.h"
#include "task/task.h"

#define TASK(id, name) extern const struct task task_##name;
#include "task/table.h"
#undef TASK

/* The name of a task's reply schema on the wire: the task's name with '_'. */
const char *task_schema_name(enum task_id id);

/*
 * The question that is really meant: a repair stands for the task in its inputs. Changes *id and
 * *inputs in place, leaves others alone. ST_INVALID when the repair names no task, or names repair
 * itself.
 */
enum status task_resolve(enum task_id *id, const cJSON **inputs, struct err *e);

/* True for the tasks whose reply is a record of the session: those are validated, never tidied. */
bool task_writes_record(enum task_id id);

/* ---- schemas */

/* A constant schema text as a tree; in it ' stands for ", so that it can be read in C. Caller
 * deletes. */
cJSON *shape_new(const char *text);
/* Set a bound ("maxItems", "minItems") of the top property `name`. */
void shape_bound(cJSON *schema, const char *name, const char *bound, int64_t value);
/* A new "enum" array of the "name" members of a list of objects. NULL when there are none. Caller
 * deletes. */
cJSON *shape_names(const cJSON *list);
/* Wire schema of the session's record, from inputs.schema; NULL when that is no valid record
 * schema. */
cJSON *shape_record(const cJSON *inputs);

/* ---- tidying */

/* A check that finds nothing more to say: the schema was enough. */
enum status tidy_nothing(const cJSON *inputs, cJSON *value, struct err *e);
/* Equal but for case and the amount of white space. */
bool name_same(const char *a, const char *b);
/* The item of a list, strings or objects with "name", that has this name (name_same); NULL. */
const cJSON *name_find(const cJSON *list, const char *name);
/* The name of such an item: the string, or its member "name"; "" when it has neither. */
const char *name_of(const cJSON *item);
/* Remove items that have an empty name or the name of an earlier item. */
void list_unique(cJSON *list);
/* Remove items whose name is in `taken` (a list as above, or one object with "name", or NULL). */
void list_without(cJSON *list, const cJSON *taken);
/*
 * Of the value's "children": remove doubles, and move those that repeat the node, an ancestor or a
 * child of the inputs into "repeats", which is made when there are any. Returns how many came.
 */
int split_repeats(const cJSON *inputs, cJSON *value);
/* Keep the first `max` items. */
void list_cut(cJSON *list, int64_t max);
/* A whole number of the inputs, between low and high; `otherwise` when it is absent. */
int64_t input_int(const cJSON *inputs, const char *name, int64_t otherwise, int64_t low,
                  int64_t high);

#endif
