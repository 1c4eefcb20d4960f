/*
 * missing_children - what is missing below a node that has children already?
 *
 * "Nothing" is a good answer: a list that must not be empty would be filled with inventions. What
 * repeats a node that is there is set aside as "repeats", so that a person can be told, and is
 * never offered as missing.
 */
#include "task/tasks.h"

static cJSON *schema(const cJSON *inputs)
{
    (void)inputs;
    return shape_new("{'type':'object','properties':{"
                     "'children':{'type':'array','maxItems':12,'items':{"
                     "'type':'object','properties':{"
                     "'name':{'type':'string','minLength':1,'maxLength':80},"
                     "'description':{'type':'string','minLength':1,'maxLength':400},"
                     "'reason':{'type':'string','minLength':1,'maxLength':300}},"
                     "'required':['name','description','reason'],"
                     "'additionalProperties':false}}},"
                     "'required':['children'],'additionalProperties':false}");
}

static enum status check(const cJSON *inputs, cJSON *value, struct err *e)
{
    (void)e;
    split_repeats(inputs, value);
    return ST_OK;
}

const struct task task_missing_children = {
    .id = TASK_MISSING_CHILDREN,
    .name = "missing-children",
    .role = ROLE_ARCHITECT,
    .max_tokens = 2000,
    .prompt = prompt_missing_children,
    .inputs = "description examples schema taxonomy! node! ancestors siblings children "
              "turned_down",
    .schema = schema,
    .check = check,
};
