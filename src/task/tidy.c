/*
 * tidy - what the questions share when they make schemas and tidy replies.
 *
 * Names are compared as a person would: "Ship's  Cat" is "ship's cat". The lists are small (bounded
 * by the reply schemas), so comparing all with all is enough.
 */
#include "base/mem.h"
#include "base/utf8.h"
#include "domain/schema.h"
#include "task/tasks.h"

#include <stdlib.h>
#include <string.h>

cJSON *shape_new(const char *text)
{
    char *json = xstrdup(text);
    for (char *at = json; *at != '\0'; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    cJSON *schema = NULL;
    (void)json_parse(json, strlen(json), &json_limits_reply, &schema, NULL);
    free(json);
    return schema;
}

void shape_bound(cJSON *schema, const char *name, const char *bound, int64_t value)
{
    cJSON *properties = cJSON_GetObjectItemCaseSensitive(schema, "properties");
    cJSON *property = cJSON_GetObjectItemCaseSensitive(properties, name);
    cJSON_DeleteItemFromObjectCaseSensitive(property, bound);
    cJSON_AddNumberToObject(property, bound, (double)value);
}

cJSON *shape_names(const cJSON *list)
{
    cJSON *names = cJSON_CreateArray();
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list)
    {
        const char *name = name_of(item);
        if (name[0] != '\0' && name_find(names, name) == NULL) {
            cJSON_AddItemToArray(names, cJSON_CreateString(name));
        }
    }
    if (cJSON_GetArraySize(names) == 0) {
        cJSON_Delete(names);
        return NULL;
    }
    return names;
}

cJSON *shape_record(const cJSON *inputs)
{
    const cJSON *schema = cJSON_GetObjectItemCaseSensitive(inputs, "schema");
    char *text = json_text(schema);
    struct record_schema *compiled = NULL;
    cJSON *wire = NULL;
    if (record_schema_new(text, strlen(text), &compiled, NULL) == ST_OK) {
        wire = record_schema_wire(compiled);
        record_schema_free(compiled);
    }
    free(text);
    return wire;
}

enum status tidy_nothing(const cJSON *inputs, cJSON *value, struct err *e)
{
    (void)inputs;
    (void)value;
    (void)e;
    return ST_OK;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next character of a name in the sense of name_same: folded, runs of white space as one, 0 at
 * the end. */
static uint32_t next_folded(const char **s)
{
    uint32_t cp = ' ';
    if (is_blank(**s)) {
        while (is_blank(**s)) {
            (*s)++;
        }
        return **s == '\0' ? 0 : cp;
    }
    size_t left = strnlen(*s, 4);
    if (left == 0) {
        return 0;
    }
    *s += utf8_decode(*s, left, &cp);
    return utf8_fold(cp);
}

bool name_same(const char *a, const char *b)
{
    while (is_blank(*a)) {
        a++;
    }
    while (is_blank(*b)) {
        b++;
    }
    for (;;) {
        uint32_t x = next_folded(&a);
        uint32_t y = next_folded(&b);
        if (x != y) {
            return false;
        }
        if (x == 0) {
            return true;
        }
    }
}

const char *name_of(const cJSON *item)
{
    if (cJSON_IsString(item)) {
        return item->valuestring;
    }
    return json_str_or(item, "name", "");
}

const cJSON *name_find(const cJSON *list, const char *name)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list)
    {
        if (name_same(name_of(item), name)) {
            return item;
        }
    }
    return NULL;
}

void list_unique(cJSON *list)
{
    cJSON *item = list != NULL ? list->child : NULL;
    while (item != NULL) {
        cJSON *next = item->next;
        if (name_same(name_of(item), "") || name_find(list, name_of(item)) != item) {
            cJSON_Delete(cJSON_DetachItemViaPointer(list, item));
        }
        item = next;
    }
}

void list_without(cJSON *list, const cJSON *taken)
{
    cJSON *item = list != NULL ? list->child : NULL;
    while (item != NULL) {
        cJSON *next = item->next;
        bool gone = cJSON_IsArray(taken)
                        ? name_find(taken, name_of(item)) != NULL
                        : taken != NULL && name_same(name_of(taken), name_of(item));
        if (gone) {
            cJSON_Delete(cJSON_DetachItemViaPointer(list, item));
        }
        item = next;
    }
}

static bool is_taken(const cJSON *inputs, const char *name)
{
    static const char *const taken[] = {"children", "ancestors"};
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        if (name_find(cJSON_GetObjectItemCaseSensitive(inputs, taken[i]), name) != NULL) {
            return true;
        }
    }
    return name_same(name_of(cJSON_GetObjectItemCaseSensitive(inputs, "node")), name);
}

int split_repeats(const cJSON *inputs, cJSON *value)
{
    cJSON *children = cJSON_GetObjectItemCaseSensitive(value, "children");
    cJSON *repeats = NULL;
    int given = cJSON_GetArraySize(children);
    list_unique(children);
    cJSON *item = children != NULL ? children->child : NULL;
    while (item != NULL) {
        cJSON *next = item->next;
        if (is_taken(inputs, name_of(item))) {
            repeats = repeats != NULL ? repeats : cJSON_AddArrayToObject(value, "repeats");
            cJSON_AddItemToArray(repeats, cJSON_DetachItemViaPointer(children, item));
        }
        item = next;
    }
    return given;
}

void list_cut(cJSON *list, int64_t max)
{
    cJSON *item = list != NULL ? list->child : NULL;
    for (int64_t kept = 0; item != NULL; kept++) {
        cJSON *next = item->next;
        if (kept >= max) {
            cJSON_Delete(cJSON_DetachItemViaPointer(list, item));
        }
        item = next;
    }
}

int64_t input_int(const cJSON *inputs, const char *name, int64_t otherwise, int64_t low,
                  int64_t high)
{
    int64_t value = 0;
    if (json_get_int(inputs, name, &value, NULL) != ST_OK) {
        return otherwise;
    }
    if (value < low) {
        return low;
    }
    return value > high ? high : value;
}
