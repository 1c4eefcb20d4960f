/*
 * strategies - which taxonomies are drawn together, and how often?
 *
 * The taxonomies' names are a closed set and stand in the schema. Weights only matter relative to
 * each other; one of 0 would be a strategy that is never used and is refused.
 */
#include "task/tasks.h"

static cJSON *schema(const cJSON *inputs)
{
    cJSON *s = shape_new("{'type':'object','properties':{"
                         "'strategies':{'type':'array','minItems':1,'maxItems':6,'items':{"
                         "'type':'object','properties':{"
                         "'name':{'type':'string','minLength':1,'maxLength':80},"
                         "'description':{'type':'string','minLength':1,'maxLength':400},"
                         "'weight':{'type':'number','minimum':0,'maximum':100},"
                         "'taxonomies':{'type':'array','minItems':1,'maxItems':16,'items':"
                         "{'type':'string','minLength':1,'maxLength':80}}},"
                         "'required':['name','description','weight','taxonomies'],"
                         "'additionalProperties':false}}},"
                         "'required':['strategies'],'additionalProperties':false}");
    cJSON *names = shape_names(cJSON_GetObjectItemCaseSensitive(inputs, "taxonomies"));
    if (names != NULL) {
        cJSON *at = s;
        static const char *const way[] = {"properties", "strategies", "items",
                                          "properties", "taxonomies", "items"};
        for (size_t i = 0; i < sizeof way / sizeof way[0]; i++) {
            at = cJSON_GetObjectItemCaseSensitive(at, way[i]);
        }
        cJSON_AddItemToObject(at, "enum", names);
    }
    return s;
}

static enum status check(const cJSON *inputs, cJSON *value, struct err *e)
{
    (void)inputs;
    cJSON *strategies = cJSON_GetObjectItemCaseSensitive(value, "strategies");
    list_unique(strategies);
    cJSON *strategy = NULL;
    cJSON_ArrayForEach(strategy, strategies)
    {
        if (!(json_num_or(strategy, "weight", 0) > 0)) {
            return err_set(e, ST_INVALID, "strategy \"%s\": expected a weight above 0, found 0",
                           name_of(strategy));
        }
        list_unique(cJSON_GetObjectItemCaseSensitive(strategy, "taxonomies"));
    }
    return ST_OK;
}

const struct task task_strategies = {
    .id = TASK_STRATEGIES,
    .name = "strategies",
    .role = ROLE_ARCHITECT,
    .max_tokens = 2000,
    .prompt = prompt_strategies,
    .inputs = "description examples schema taxonomies!",
    .schema = schema,
    .check = check,
};
