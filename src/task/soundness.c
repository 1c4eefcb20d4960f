/*
 * soundness - are these children true kinds of their node, distinct, and equally fine?
 *
 * Every judged child needs its verdict, and one that is unsound needs a remedy that can be carried
 * out: a place for what is moved, a name for what is renamed, a sibling for what is merged. A
 * verdict without one is sent back, since nobody could accept it.
 */
#include "task/tasks.h"

#include "domain/tree.h"

#include <string.h>

static cJSON *schema(const cJSON *inputs)
{
    cJSON *s = shape_new("{'type':'object','properties':{"
                         "'nodes':{'type':'array','minItems':1,'maxItems':64,'items':{"
                         "'type':'object','properties':{"
                         "'name':{'type':'string','minLength':1,'maxLength':500},"
                         "'reason':{'type':'string','minLength':1,'maxLength':300},"
                         "'action':{'type':'string','enum':"
                         "['keep','delete','move','rename','merge']},"
                         "'to':{'type':'string','maxLength':500}},"
                         "'required':['name','reason','action','to'],"
                         "'additionalProperties':false}}},"
                         "'required':['nodes'],'additionalProperties':false}");
    cJSON *names = shape_names(cJSON_GetObjectItemCaseSensitive(inputs, "judged"));
    if (names != NULL) {
        int count = cJSON_GetArraySize(names);
        shape_bound(s, "nodes", "minItems", count);
        shape_bound(s, "nodes", "maxItems", count);
        cJSON *list = cJSON_GetObjectItemCaseSensitive(s, "properties");
        cJSON *item = cJSON_GetObjectItemCaseSensitive(
            cJSON_GetObjectItemCaseSensitive(list, "nodes"), "items");
        cJSON *name = cJSON_GetObjectItemCaseSensitive(
            cJSON_GetObjectItemCaseSensitive(item, "properties"), "name");
        cJSON_AddItemToObject(name, "enum", names);
    }
    return s;
}

/* Spell a name as the list of the inputs has it. */
static bool spell(cJSON *verdict, const cJSON *list)
{
    const cJSON *item = name_find(list, json_str_or(verdict, "to", ""));
    if (item == NULL) {
        return false;
    }
    cJSON_ReplaceItemInObjectCaseSensitive(verdict, "to", cJSON_CreateString(name_of(item)));
    return true;
}

static enum status check_one(const cJSON *inputs, cJSON *verdict, struct err *e)
{
    const char *name = name_of(verdict), *to = json_str_or(verdict, "to", "");
    const char *action = json_str_or(verdict, "action", "");
    const cJSON *children = cJSON_GetObjectItemCaseSensitive(inputs, "children");
    const cJSON *places = cJSON_GetObjectItemCaseSensitive(inputs, "places");
    if (strcmp(action, "move") == 0 && (name_same(to, name) || !spell(verdict, places))) {
        return err_set(e, ST_INVALID,
                       "to move \"%s\", \"to\" must be one of <places>, found \"%.80s\"", name, to);
    }
    if (strcmp(action, "merge") == 0 && (name_same(to, name) || !spell(verdict, children))) {
        return err_set(e, ST_INVALID,
                       "to merge \"%s\", \"to\" must be another one of <children>, found \"%.80s\"",
                       name, to);
    }
    if (strcmp(action, "rename") == 0 &&
        (name_same(to, name) || tree_name_check(to, NULL) != ST_OK ||
         name_find(children, to) != NULL)) {
        return err_set(e, ST_INVALID,
                       "to rename \"%s\", \"to\" must be a new name that no child has, found "
                       "\"%.80s\"",
                       name, to);
    }
    return ST_OK;
}

static enum status check(const cJSON *inputs, cJSON *value, struct err *e)
{
    cJSON *verdicts = cJSON_GetObjectItemCaseSensitive(value, "nodes");
    list_unique(verdicts);
    const cJSON *judged = NULL;
    cJSON_ArrayForEach(judged, cJSON_GetObjectItemCaseSensitive(inputs, "judged"))
    {
        if (name_find(verdicts, name_of(judged)) == NULL) {
            return err_set(e, ST_INVALID,
                           "expected a verdict on every name in <judged>, found none on \"%s\"",
                           name_of(judged));
        }
    }
    enum status st = ST_OK;
    for (cJSON *v = verdicts->child; st == ST_OK && v != NULL; v = v->next) {
        st = check_one(inputs, v, e);
    }
    return st;
}

const struct task task_soundness = {
    .id = TASK_SOUNDNESS,
    .name = "soundness",
    .role = ROLE_ARCHITECT,
    .max_tokens = 3000,
    .prompt = prompt_soundness,
    .inputs = "description examples schema taxonomy! node! ancestors siblings children! judged! "
              "places",
    .schema = schema,
    .check = check,
};
