/*
 * Inputs are small trees that live from asking to settling. The long parts (examples, schema) are
 * copied in: a reference into shared state would tie a question's life to a session edit.
 */
#include "engine/common.h"
#include <stdlib.h>
#include <string.h>

cJSON *common_inputs(const struct engine_common *c)
{
    cJSON *in = cJSON_CreateObject();
    cJSON_AddStringToObject(in, "description", c->description != NULL ? c->description : "");
    if (c->examples != NULL && cJSON_GetArraySize(c->examples) > 0) {
        cJSON_AddItemToObject(in, "examples", cJSON_Duplicate(c->examples, true));
    }
    if (c->schema != NULL) {
        cJSON_AddItemToObject(in, "schema", cJSON_Duplicate(c->schema, true));
    }
    return in;
}

void common_clear(struct engine_common *c)
{
    free(c->description);
    free(c->answer);
    cJSON_Delete(c->examples);
    cJSON_Delete(c->schema);
    memset(c, 0, sizeof *c);
}
