/*
 * propose_children - one of B independent lists of children for a node.
 *
 * What exists already, above or below the node, is set aside rather than refused: the union of the
 * lists goes to a critic anyway, and a person can look at what was repeated. For a node that has
 * children, a list of nothing but repetitions becomes empty, which says that this author found
 * nothing new; for one that has none it is a mistake, worth a second try.
 */
#include "task/tasks.h"

static cJSON *schema(const cJSON *inputs)
{
    (void)inputs;
    return shape_new("{'type':'object','properties':{"
                     "'children':{'type':'array','minItems':1,'maxItems':16,'items':{"
                     "'type':'object','properties':{"
                     "'name':{'type':'string','minLength':1,'maxLength':80},"
                     "'description':{'type':'string','minLength':1,'maxLength':400}},"
                     "'required':['name','description'],'additionalProperties':false}}},"
                     "'required':['children'],'additionalProperties':false}");
}

static enum status check(const cJSON *inputs, cJSON *value, struct err *e)
{
    int given = split_repeats(inputs, value);
    const cJSON *children = cJSON_GetObjectItemCaseSensitive(value, "children");
    bool first = cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(inputs, "children")) == 0;
    if (first && given > 0 && cJSON_GetArraySize(children) == 0) {
        return err_set(e, ST_INVALID,
                       "at $.children: every name repeats the node or what is above it; expected "
                       "kinds below the node");
    }
    return ST_OK;
}

const struct task task_propose_children = {
    .id = TASK_PROPOSE_CHILDREN,
    .name = "propose-children",
    .role = ROLE_ARCHITECT,
    .max_tokens = 2000,
    .prompt = prompt_propose_children,
    .inputs =
        "description examples schema taxonomy! node! ancestors siblings children plan variant",
    .schema = schema,
    .check = check,
};
