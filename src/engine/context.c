/*
 * The lists are cut at a number of names: a node with thousands of children must not make a prompt
 * that no model can read.
 */
#include "engine/context.h"

/* The first names below `parent`, without `except` (TREE_NONE: all). */
static cJSON *names_below(const struct tree *t, uint32_t parent, uint32_t except)
{
    cJSON *list = cJSON_CreateArray();
    int n = 0;
    for (uint32_t c = t->nodes[parent].first; c != TREE_NONE && n < CONTEXT_NAMES;
         c = t->nodes[c].next) {
        if (c != except) {
            cJSON_AddItemToArray(list, cJSON_CreateString(t->nodes[c].name));
            n++;
        }
    }
    return list;
}

cJSON *context_node(const struct tree *t, uint32_t at)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", t->nodes[at].name);
    cJSON_AddStringToObject(o, "description", t->nodes[at].desc);
    return o;
}

cJSON *context_of(const struct engine_common *c, const struct tree *t, uint32_t at)
{
    cJSON *in = common_inputs(c);
    cJSON_DeleteItemFromObject(in, "schema");
    cJSON_AddItemToObject(in, "taxonomy", context_node(t, tree_taxonomy(t, at)));
    cJSON_AddItemToObject(in, "node", context_node(t, at));
    cJSON *up = cJSON_CreateArray();
    for (uint32_t a = t->nodes[at].parent; a != TREE_NONE && a != 0; a = t->nodes[a].parent) {
        cJSON_InsertItemInArray(up, 0, cJSON_CreateString(t->nodes[a].name));
    }
    cJSON_AddItemToObject(in, "ancestors", up);
    cJSON *siblings =
        t->nodes[at].parent == 0 ? cJSON_CreateArray() : names_below(t, t->nodes[at].parent, at);
    cJSON_AddItemToObject(in, "siblings", siblings);
    cJSON_AddItemToObject(in, "children", names_below(t, at, TREE_NONE));
    return in;
}

bool context_locked(const struct tree *t, uint32_t at)
{
    for (uint32_t a = at; a != 0 && a != TREE_NONE; a = t->nodes[a].parent) {
        if (t->nodes[a].locked) {
            return true;
        }
    }
    return false;
}
