/*
 * describe_node - a better description of a node, seen beside its neighbours.
 *
 * The reason comes first, so that a model has said what is lacking before it writes. What only
 * repeats the name is no description and is sent back.
 */
#include "task/tasks.h"

static cJSON *schema(const cJSON *inputs)
{
    (void)inputs;
    return shape_new("{'type':'object','properties':{"
                     "'reason':{'type':'string','minLength':1,'maxLength':300},"
                     "'description':{'type':'string','minLength':1,'maxLength':600}},"
                     "'required':['reason','description'],'additionalProperties':false}");
}

static enum status check(const cJSON *inputs, cJSON *value, struct err *e)
{
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(inputs, "node");
    if (name_same(json_str_or(value, "description", ""), name_of(node))) {
        return err_set(e, ST_INVALID,
                       "at $.description: it only repeats the name \"%s\"; expected a sentence "
                       "that tells the node from its neighbours",
                       name_of(node));
    }
    return ST_OK;
}

const struct task task_describe_node = {
    .id = TASK_DESCRIBE_NODE,
    .name = "describe-node",
    .role = ROLE_ARCHITECT,
    .max_tokens = 1000,
    .prompt = prompt_describe_node,
    .inputs = "description examples schema taxonomy! node! ancestors siblings children",
    .schema = schema,
    .check = check,
};
