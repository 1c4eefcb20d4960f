/*
 * children_critic - from the proposals for a node, the one final list of its children.
 *
 * The critic may add, remove, merge and edit; "from" tells which proposals went into a child, for
 * the person who looks at both. Names in "from" and "dropped" that nobody proposed are removed:
 * they are stories about nothing. When the critic lists a child twice, the second adds its "from"
 * to the first. An empty list is a valid answer: everything was unsound.
 */
#include "task/tasks.h"

static cJSON *schema(const cJSON *inputs)
{
    (void)inputs;
    return shape_new("{'type':'object','properties':{"
                     "'children':{'type':'array','maxItems':32,'items':{"
                     "'type':'object','properties':{"
                     "'name':{'type':'string','minLength':1,'maxLength':80},"
                     "'description':{'type':'string','minLength':1,'maxLength':400},"
                     "'from':{'type':'array','maxItems':12,'items':"
                     "{'type':'string','maxLength':80}}},"
                     "'required':['name','description','from'],'additionalProperties':false}},"
                     "'dropped':{'type':'array','maxItems':48,'items':{"
                     "'type':'object','properties':{"
                     "'name':{'type':'string','maxLength':80},"
                     "'reason':{'type':'string','maxLength':300}},"
                     "'required':['name','reason'],'additionalProperties':false}}},"
                     "'required':['children','dropped'],'additionalProperties':false}");
}

/* Keep the names that somebody proposed, spelled as they were proposed. */
static void proposed_only(cJSON *names, const cJSON *proposals)
{
    cJSON *item = names != NULL ? names->child : NULL;
    while (item != NULL) {
        cJSON *next = item->next;
        const cJSON *proposal = name_find(proposals, name_of(item));
        if (proposal == NULL) {
            cJSON_Delete(cJSON_DetachItemViaPointer(names, item));
        } else if (cJSON_IsString(item)) {
            cJSON_ReplaceItemViaPointer(names, item, cJSON_CreateString(name_of(proposal)));
        }
        item = next;
    }
}

/* Before repeated children are removed: what they came from belongs to the first of that name. */
static void join_sources(cJSON *children)
{
    cJSON *child = NULL;
    cJSON_ArrayForEach(child, children)
    {
        const char *name = name_of(child);
        cJSON *first = NULL;
        cJSON_ArrayForEach(first, children)
        {
            if (name_same(name_of(first), name)) {
                break;
            }
        }
        cJSON *from = cJSON_GetObjectItemCaseSensitive(child, "from");
        cJSON *all = cJSON_GetObjectItemCaseSensitive(first, "from");
        while (first != child && all != NULL && from != NULL && from->child != NULL) {
            cJSON_AddItemToArray(all, cJSON_DetachItemViaPointer(from, from->child));
        }
    }
}

static enum status check(const cJSON *inputs, cJSON *value, struct err *e)
{
    (void)e;
    static const char *const taken[] = {"children", "ancestors", "node"};
    const cJSON *proposals = cJSON_GetObjectItemCaseSensitive(inputs, "proposals");
    cJSON *children = cJSON_GetObjectItemCaseSensitive(value, "children");
    join_sources(children);
    list_unique(children);
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        list_without(children, cJSON_GetObjectItemCaseSensitive(inputs, taken[i]));
    }
    cJSON *child = NULL;
    cJSON_ArrayForEach(child, children)
    {
        cJSON *from = cJSON_GetObjectItemCaseSensitive(child, "from");
        proposed_only(from, proposals);
        list_unique(from);
    }
    cJSON *dropped = cJSON_GetObjectItemCaseSensitive(value, "dropped");
    list_unique(dropped);
    proposed_only(dropped, proposals);
    return ST_OK;
}

const struct task task_children_critic = {
    .id = TASK_CHILDREN_CRITIC,
    .name = "children-critic",
    .role = ROLE_ARCHITECT,
    .max_tokens = 4096,
    .prompt = prompt_children_critic,
    .inputs =
        "description examples schema taxonomy! node! ancestors siblings children plan variant "
        "proposals!",
    .schema = schema,
    .check = check,
};
