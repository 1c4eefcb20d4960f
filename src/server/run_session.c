/*
 * Commands on the session's texts: description, examples, record schema; and help.
 */
#include "base/mem.h"
#include "command/settings.h"
#include "command/templates.h"
#include "domain/schema.h"
#include "server/exec_table.h"
#include <stdlib.h>
#include <string.h>

#define JSON_ARG_MAX (4u << 20)

static void join_args(const struct call *c, int i, struct buf *out)
{
    for (int k = 0; k < c->arg_count[i]; k++) {
        if (k > 0) {
            buf_addc(out, ' ');
        }
        buf_adds(out, c->args[i][k]);
    }
}

enum status exec_describe(struct exec *x, struct err *e)
{
    struct buf text;
    buf_init(&text, 65536);
    join_args(x->call, 0, &text);
    enum status st = text.over ? err_set(e, ST_LIMIT, "the description is longer than 64 KiB")
                               : store_text_set(x->store, "description", text.data, e);
    buf_free(&text);
    return st;
}

/* Does every example fit the schema, and is a new example one? */
static enum status check_record(struct exec *x, const char *json, size_t n, struct err *e)
{
    struct buf text;
    buf_init(&text, JSON_ARG_MAX);
    cJSON *record = NULL;
    struct record_schema *schema = NULL;
    enum status st = json_parse(json, n, &json_limits_reply, &record, e);
    if (st == ST_OK && !cJSON_IsObject(record)) {
        st = err_set(e, ST_INVALID, "an example is one record: a JSON object");
    }
    if (st == ST_OK) {
        st = store_text(x->store, "schema", &text, e);
    }
    if (st == ST_OK && text.len > 0) {
        st = record_schema_new(text.data, text.len, &schema, e);
        if (st == ST_OK) {
            st = record_schema_check(schema, record, e);
        }
    }
    record_schema_free(schema);
    cJSON_Delete(record);
    buf_free(&text);
    return st;
}

enum status exec_example_add(struct exec *x, struct err *e)
{
    struct buf json;
    buf_init(&json, JSON_ARG_MAX);
    enum status st = exec_json_arg(x, call_arg(x->call, 0), &json, e);
    if (st == ST_OK) {
        st = check_record(x, json.data, json.len, e);
    }
    int64_t id = 0;
    if (st == ST_OK) {
        cJSON *record = NULL;
        st = json_parse(json.data, json.len, &json_limits_reply, &record, e);
        if (st == ST_OK) {
            char *canonical = json_text(record);
            st = store_example_add(x->store, canonical, &id, e);
            free(canonical);
            cJSON_Delete(record);
        }
    }
    buf_free(&json);
    return st;
}

enum status exec_example_list(struct exec *x, struct err *e)
{
    cJSON *list = NULL;
    enum status st = store_examples(x->store, &list, e);
    if (st != ST_OK) {
        return st;
    }
    if (x->call->json) {
        exec_json(x, list);
        return ST_OK;
    }
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list)
    {
        char *text = json_text(cJSON_GetObjectItem(item, "record"));
        exec_printf(x, "%3.0f  %s\n", json_num_or(item, "id", 0), text);
        free(text);
    }
    cJSON_Delete(list);
    return ST_OK;
}

enum status exec_example_remove(struct exec *x, struct err *e)
{
    return store_example_remove(x->store, (int64_t)call_arg_num(x->call, 0, 0), e);
}

/* The JSON Schema that was given: as text, in a file, or by the name of a template. */
static enum status schema_text(struct exec *x, struct buf *json, struct err *e)
{
    const char *name = call_opt(x->call, "--template"), *given = call_arg(x->call, 0);
    if ((name != NULL) == (given != NULL)) {
        return err_set(e, ST_USAGE, "schema takes a JSON Schema, @FILE or --template NAME");
    }
    if (name == NULL) {
        return exec_json_arg(x, given, json, e);
    }
    const struct schema_template *t = schema_template_find(name);
    return t != NULL && buf_adds(json, t->schema)
               ? ST_OK
               : err_set(e, ST_NOT_FOUND, "no template \"%s\": `schema templates` lists them",
                         name);
}

enum status exec_schema(struct exec *x, struct err *e)
{
    struct buf json;
    buf_init(&json, JSON_ARG_MAX);
    struct record_schema *schema = NULL;
    cJSON *examples = NULL;
    enum status st = schema_text(x, &json, e);
    if (st == ST_OK) {
        st = record_schema_new(json.data, json.len, &schema, e);
    }
    if (st == ST_OK) {
        st = store_examples(x->store, &examples, e);
    }
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, examples)
    {
        if (st == ST_OK) {
            st = record_schema_check(schema, cJSON_GetObjectItem(item, "record"), e);
            if (st != ST_OK) {
                err_prefix(e, "example %.0f does not fit this schema", json_num_or(item, "id", 0));
            }
        }
    }
    if (st == ST_OK) {
        char *canonical = json_text(record_schema_json(schema));
        st = store_text_set(x->store, "schema", canonical, e);
        free(canonical);
    }
    cJSON_Delete(examples);
    record_schema_free(schema);
    buf_free(&json);
    return st;
}

static void add_template(cJSON *list, const struct schema_template *t)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", t->name);
    cJSON_AddStringToObject(o, "summary", t->summary);
    cJSON_AddRawToObject(o, "schema", t->schema);
    cJSON_AddRawToObject(o, "example", t->example);
    cJSON_AddItemToArray(list, o);
}

enum status exec_schema_templates(struct exec *x, struct err *e)
{
    size_t count = 0;
    const struct schema_template *all = schema_templates(&count);
    const char *name = call_arg(x->call, 0);
    const struct schema_template *one = name != NULL ? schema_template_find(name) : NULL;
    if (name != NULL && one == NULL) {
        return err_set(e, ST_NOT_FOUND, "no template \"%s\": `schema templates` lists them", name);
    }
    if (one != NULL && !x->call->json) {
        exec_printf(x, "%s\n", one->schema);
        return ST_OK;
    }
    cJSON *list = x->call->json ? cJSON_CreateArray() : NULL;
    for (size_t i = 0; i < count; i++) {
        if (list != NULL && (one == NULL || one == &all[i])) {
            add_template(list, &all[i]);
        } else if (list == NULL) {
            exec_printf(x, "%-16s %s\n", all[i].name, all[i].summary);
        }
    }
    if (list != NULL) {
        exec_json(x, list);
    }
    return ST_OK;
}

enum status exec_help(struct exec *x, struct err *e)
{
    struct buf text;
    buf_init(&text, 1u << 20);
    enum status st =
        command_help_words(x->call->arg_count[0], (const char *const *)x->call->args[0], &text, e);
    if (st == ST_OK) {
        exec_text(x, text.data);
    }
    buf_free(&text);
    return st;
}
