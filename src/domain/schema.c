/*
 * schema - see schema.h. The keywords are in schema_keyword.c.
 *
 * A schema is kept as it was set and checked once, when it is set; only its patterns are compiled.
 * The wire form is made from that on demand.
 */
#include "domain/schema.h"

#include "base/mem.h"
#include "domain/schema_parts.h"

#include <stdlib.h>
#include <string.h>

enum { WIRE_LENGTH = 4000, WIRE_ITEMS = 64 };

static const struct json_limits schema_limits = {.bytes = 1 << 20, .depth = 96, .items = 100000};

struct record_schema {
    cJSON *json;
    struct schema_compiled compiled;
    const char *answer;
    const cJSON *properties;
};

static void compiled_free(struct schema_compiled *c)
{
    for (size_t i = 0; i < c->count; i++) {
        regex_free(c->pattern[i].re);
    }
    free(c->pattern);
}

/* ------------------------------------------------------------------ the schema of a record */

static enum status check_top(const cJSON *json, struct err *e)
{
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(json, "type");
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(json, "properties");
    if (!cJSON_IsString(type) || strcmp(type->valuestring, "object") != 0) {
        return err_set(e, ST_INVALID,
                       "schema at $: a record is an object: expected \"type\": \"object\"");
    }
    if (properties == NULL || properties->child == NULL) {
        return err_set(e, ST_INVALID, "schema at $: expected \"properties\" with the fields");
    }
    return ST_OK;
}

enum status record_schema_new(const char *json, size_t n, struct record_schema **out, struct err *e)
{
    struct err mine = {.msg = ""};
    struct err *why = e != NULL ? e : &mine;
    *out = NULL;
    struct record_schema *s = xcalloc(1, sizeof *s);
    enum status st = json_parse(json, n, &schema_limits, &s->json, why);
    if (st == ST_OK) {
        struct schema_run r = {.compiled = &s->compiled, .e = why};
        st = schema_form(&r, s->json, NULL, 1, true);
    }
    if (st == ST_OK) {
        st = check_top(s->json, why);
    }
    if (st != ST_OK) {
        record_schema_free(s);
        return st == ST_LIMIT ? ST_LIMIT : ST_INVALID;
    }
    const cJSON *answer = cJSON_GetObjectItemCaseSensitive(s->json, "x-answer");
    s->answer = answer != NULL ? answer->valuestring : NULL;
    s->properties = cJSON_GetObjectItemCaseSensitive(s->json, "properties");
    *out = s;
    return ST_OK;
}

void record_schema_free(struct record_schema *s)
{
    if (s != NULL) {
        compiled_free(&s->compiled);
        cJSON_Delete(s->json);
        free(s);
    }
}

enum status record_schema_check(const struct record_schema *s, const cJSON *record, struct err *e)
{
    struct schema_compiled compiled = s->compiled; /* the same patterns */
    struct schema_run r = {.compiled = &compiled, .e = e};
    enum status st = schema_value(&r, s->json, record, NULL, 1);
    /* Without an answer the dual critic has nothing to judge, required or not. */
    if (st == ST_OK && s->answer != NULL &&
        cJSON_GetObjectItemCaseSensitive(record, s->answer) == NULL) {
        st = schema_missing(&r, NULL, s->answer);
    }
    return st;
}

const char *record_schema_answer(const struct record_schema *s)
{
    return s->answer;
}

const cJSON *record_schema_json(const struct record_schema *s)
{
    return s->json;
}

int record_schema_field_count(const struct record_schema *s)
{
    return cJSON_GetArraySize(s->properties);
}

const char *record_schema_field(const struct record_schema *s, int i)
{
    const cJSON *field = i >= 0 ? cJSON_GetArrayItem(s->properties, i) : NULL;
    return field != NULL ? field->string : NULL;
}

enum status schema_check(const cJSON *schema, const cJSON *value, struct err *e)
{
    struct schema_compiled compiled = {0};
    struct schema_run r = {.compiled = &compiled, .e = e};
    enum status st = schema_form(&r, schema, NULL, 1, false);
    if (st == ST_OK) {
        st = schema_value(&r, schema, value, NULL, 1);
    }
    compiled_free(&compiled);
    return st;
}

/* ------------------------------------------------------------------ for the wire */

static bool names_type(const cJSON *schema, const char *wanted)
{
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(schema, "type");
    const cJSON *name = cJSON_IsArray(type) ? type->child : type;
    while (name != NULL) {
        if (cJSON_IsString(name) && strcmp(name->valuestring, wanted) == 0) {
            return true;
        }
        name = cJSON_IsArray(type) ? name->next : NULL;
    }
    return false;
}

static void bound(cJSON *schema, const char *type, const char *keyword, double limit)
{
    if (names_type(schema, type) && cJSON_GetObjectItemCaseSensitive(schema, keyword) == NULL) {
        cJSON_AddNumberToObject(schema, keyword, limit);
    }
}

struct schemas { /* still to be visited */
    cJSON **at;
    size_t count, cap;
};

static void visit_later(struct schemas *todo, cJSON *schema)
{
    if (cJSON_IsObject(schema)) {
        todo->at = vec_grow(todo->at, &todo->cap, todo->count + 1, sizeof(cJSON *));
        todo->at[todo->count++] = schema;
    }
}

static void visit_members_later(struct schemas *todo, cJSON *list)
{
    for (cJSON *c = list != NULL ? list->child : NULL; c != NULL; c = c->next) {
        visit_later(todo, c);
    }
}

cJSON *record_schema_wire(const struct record_schema *s)
{
    cJSON *wire = cJSON_Duplicate(s->json, true);
    struct schemas todo = {0};
    visit_later(&todo, wire);
    while (todo.count > 0) {
        cJSON *at = todo.at[--todo.count];
        cJSON *properties = cJSON_GetObjectItemCaseSensitive(at, "properties");
        cJSON_DeleteItemFromObjectCaseSensitive(at, "x-answer");
        bound(at, "string", "maxLength", WIRE_LENGTH);
        bound(at, "array", "maxItems", WIRE_ITEMS);
        if (properties != NULL) {
            cJSON_DeleteItemFromObjectCaseSensitive(at, "additionalProperties");
            cJSON_AddFalseToObject(at, "additionalProperties");
        }
        visit_members_later(&todo, properties);
        visit_members_later(&todo, cJSON_GetObjectItemCaseSensitive(at, "anyOf"));
        visit_later(&todo, cJSON_GetObjectItemCaseSensitive(at, "items"));
    }
    free(todo.at);
    return wire;
}
