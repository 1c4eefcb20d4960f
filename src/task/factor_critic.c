/*
 * factor_critic - is each proposed factor worth a taxonomy?
 *
 * The names are a closed set, so the schema lists them; every one needs its verdict, because a
 * factor without one would be neither accepted nor rejected.
 */
#include "task/tasks.h"

static cJSON *schema(const cJSON *inputs)
{
    cJSON *s = shape_new("{'type':'object','properties':{"
                         "'factors':{'type':'array','minItems':1,'maxItems':64,'items':{"
                         "'type':'object','properties':{"
                         "'name':{'type':'string','minLength':1,'maxLength':80},"
                         "'reason':{'type':'string','minLength':1,'maxLength':400},"
                         "'accept':{'type':'boolean'}},"
                         "'required':['name','reason','accept'],'additionalProperties':false}}},"
                         "'required':['factors'],'additionalProperties':false}");
    cJSON *names = shape_names(cJSON_GetObjectItemCaseSensitive(inputs, "factors"));
    if (names != NULL) {
        int count = cJSON_GetArraySize(names);
        shape_bound(s, "factors", "minItems", count);
        shape_bound(s, "factors", "maxItems", count);
        cJSON *list = cJSON_GetObjectItemCaseSensitive(s, "properties");
        cJSON *item = cJSON_GetObjectItemCaseSensitive(
            cJSON_GetObjectItemCaseSensitive(list, "factors"), "items");
        cJSON *name = cJSON_GetObjectItemCaseSensitive(
            cJSON_GetObjectItemCaseSensitive(item, "properties"), "name");
        cJSON_AddItemToObject(name, "enum", names);
    }
    return s;
}

static enum status check(const cJSON *inputs, cJSON *value, struct err *e)
{
    cJSON *verdicts = cJSON_GetObjectItemCaseSensitive(value, "factors");
    list_unique(verdicts);
    const cJSON *factor = NULL;
    cJSON_ArrayForEach(factor, cJSON_GetObjectItemCaseSensitive(inputs, "factors"))
    {
        if (name_find(verdicts, name_of(factor)) == NULL) {
            return err_set(e, ST_INVALID,
                           "expected a verdict on every factor, found none on \"%s\"",
                           name_of(factor));
        }
    }
    return ST_OK;
}

const struct task task_factor_critic = {
    .id = TASK_FACTOR_CRITIC,
    .name = "factor-critic",
    .role = ROLE_ARCHITECT,
    .max_tokens = 2000,
    .prompt = prompt_factor_critic,
    .inputs = "description examples schema factors!",
    .schema = schema,
    .check = check,
};
