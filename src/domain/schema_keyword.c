/*
 * schema_keyword - the keywords: how each is written and what it demands of a value.
 *
 * One table lists them; what is not in it is refused when the schema is set, so nothing that a
 * person wrote is ever silently ignored. Checking follows the schema, never the data, and a schema
 * is at most 32 deep: that bounds the recursion here, whatever a model sends.
 */
#include "domain/schema_parts.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PROPERTIES_MAX = 1000,
    UNIQUE_MAX = 1000 /* items that uniqueItems compares with each other */
};
static const double count_max = 1e9; /* of minLength and the like */

/* ------------------------------------------------------------------ types */

typedef cJSON_bool type_test(const cJSON *const);

/* 1e999 is read as infinity, which no number in JSON is. */
static cJSON_bool is_number(const cJSON *const v)
{
    return cJSON_IsNumber(v) && isfinite(v->valuedouble);
}

static cJSON_bool is_integer(const cJSON *const v)
{
    return is_number(v) && !(fabs(v->valuedouble - trunc(v->valuedouble)) > 0);
}

static const struct {
    const char *name;
    type_test *is;
} types[] = {
    {"object", cJSON_IsObject}, {"array", cJSON_IsArray}, {"string", cJSON_IsString},
    {"number", is_number},      {"integer", is_integer},  {"boolean", cJSON_IsBool},
    {"null", cJSON_IsNull},
};
enum { TYPES = sizeof types / sizeof types[0] };

static int type_index(const cJSON *name)
{
    for (int i = 0; i < TYPES && cJSON_IsString(name); i++) {
        if (strcmp(types[i].name, name->valuestring) == 0) {
            return i;
        }
    }
    return -1;
}

static bool has_type(const cJSON *type, const cJSON *v)
{
    const cJSON *name = cJSON_IsArray(type) ? type->child : type;
    while (name != NULL) {
        int i = type_index(name);
        if (i >= 0 && types[i].is(v)) {
            return true;
        }
        name = cJSON_IsArray(type) ? name->next : NULL;
    }
    return false;
}

/*
 * ------------------------------------------------------------------ keywords: how they are
 * written
 */

/* Everything about one keyword in one schema: the keyword's value, its schema, where, how deep. */
struct place {
    const cJSON *at, *schema;
    const struct schema_spot *spot; /* of the schema; for checks, of the value */
    int depth;
};
typedef enum status form_fn(struct schema_run *r, const struct place *p);
typedef enum status check_fn(struct schema_run *r, const struct place *p, const cJSON *v);

static enum status form_any(struct schema_run *r, const struct place *p)
{
    (void)r;
    (void)p;
    return ST_OK;
}

static enum status form_text(struct schema_run *r, const struct place *p)
{
    bool fine = cJSON_IsString(p->at);
    return fine ? ST_OK : schema_fault(r, p->spot, p->at->string, "expected a string");
}

static enum status form_type(struct schema_run *r, const struct place *p)
{
    static const char expected[] = "expected one or a list of: object, array, string, number, "
                                   "integer, boolean, null";
    if (!cJSON_IsArray(p->at)) {
        return type_index(p->at) >= 0 ? ST_OK : schema_fault(r, p->spot, "type", expected);
    }
    unsigned seen = 0;
    for (const cJSON *name = p->at->child; name != NULL; name = name->next) {
        int i = type_index(name);
        if (i < 0 || (seen & 1u << i) != 0) {
            return schema_fault(r, p->spot, "type", expected);
        }
        seen |= 1u << i;
    }
    return seen != 0 ? ST_OK : schema_fault(r, p->spot, "type", expected);
}

static enum status form_properties(struct schema_run *r, const struct place *p)
{
    if (!cJSON_IsObject(p->at) || cJSON_GetArraySize(p->at) > PROPERTIES_MAX) {
        return schema_fault(r, p->spot, "properties",
                            "expected an object of at most 1,000 schemas");
    }
    struct schema_spot in = {.up = p->spot, .key = "properties"};
    for (const cJSON *c = p->at->child; c != NULL; c = c->next) {
        if (cJSON_GetObjectItemCaseSensitive(p->at, c->string) != c) {
            return schema_fault(r, &in, c->string, "the property is there twice");
        }
        struct schema_spot spot = {.up = &in, .key = c->string};
        enum status st = schema_form(r, c, &spot, p->depth + 1, false);
        if (st != ST_OK) {
            return st;
        }
    }
    return ST_OK;
}

static enum status form_required(struct schema_run *r, const struct place *p)
{
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(p->schema, "properties");
    if (!cJSON_IsArray(p->at) || cJSON_GetArraySize(p->at) > PROPERTIES_MAX) {
        return schema_fault(r, p->spot, "required", "expected a list of property names");
    }
    for (const cJSON *c = p->at->child; c != NULL; c = c->next) {
        if (!cJSON_IsString(c)) {
            return schema_fault(r, p->spot, "required", "expected a list of property names");
        }
        if (cJSON_GetObjectItemCaseSensitive(properties, c->valuestring) == NULL) {
            struct schema_spot in = {.up = p->spot, .key = "required"};
            return schema_fault(r, &in, c->valuestring, "is not among the properties");
        }
    }
    return ST_OK;
}

static enum status form_bool(struct schema_run *r, const struct place *p)
{
    bool fine = cJSON_IsBool(p->at);
    return fine ? ST_OK : schema_fault(r, p->spot, p->at->string, "expected true or false");
}

static enum status form_schema(struct schema_run *r, const struct place *p)
{
    struct schema_spot spot = {.up = p->spot, .key = p->at->string};
    return schema_form(r, p->at, &spot, p->depth + 1, false);
}

static enum status form_enum(struct schema_run *r, const struct place *p)
{
    bool fine = cJSON_IsArray(p->at) && p->at->child != NULL;
    return fine ? ST_OK : schema_fault(r, p->spot, "enum", "expected a list of at least one value");
}

/* No low bound above its high bound: such a schema can never be met. */
static enum status form_bounds(struct schema_run *r, const struct place *p, const char *low,
                               const char *high)
{
    const cJSON *a = cJSON_GetObjectItemCaseSensitive(p->schema, low);
    const cJSON *b = cJSON_GetObjectItemCaseSensitive(p->schema, high);
    if (cJSON_IsNumber(a) && cJSON_IsNumber(b) && a->valuedouble > b->valuedouble) {
        return schema_fault(r, p->spot, low, "is above its maximum");
    }
    return ST_OK;
}

static enum status form_number(struct schema_run *r, const struct place *p)
{
    if (!cJSON_IsNumber(p->at) || !isfinite(p->at->valuedouble)) {
        return schema_fault(r, p->spot, p->at->string, "expected a number");
    }
    return form_bounds(r, p, "minimum", "maximum");
}

static enum status form_count(struct schema_run *r, const struct place *p)
{
    if (!is_integer(p->at) || !(p->at->valuedouble >= 0 && p->at->valuedouble <= count_max)) {
        return schema_fault(r, p->spot, p->at->string, "expected a whole number from 0 up");
    }
    enum status st = form_bounds(r, p, "minLength", "maxLength");
    return st == ST_OK ? form_bounds(r, p, "minItems", "maxItems") : st;
}

static enum status form_pattern(struct schema_run *r, const struct place *p)
{
    if (!cJSON_IsString(p->at)) {
        return schema_fault(r, p->spot, "pattern", "expected a string");
    }
    /* regex has smart case; a schema's pattern always tells case apart. */
    char *text = xasprintf("(?-i)%s", p->at->valuestring);
    struct err why = {.msg = ""};
    struct regex *re = NULL;
    enum status st = regex_new(text, &re, &why);
    free(text);
    if (st != ST_OK) {
        return schema_fault(r, p->spot, "pattern", why.msg);
    }
    struct schema_compiled *c = r->compiled;
    c->pattern = vec_grow(c->pattern, &c->cap, c->count + 1, sizeof *c->pattern);
    c->pattern[c->count++] = (struct schema_pattern){.schema = p->schema, .re = re};
    return ST_OK;
}

static enum status form_any_of(struct schema_run *r, const struct place *p)
{
    if (!cJSON_IsArray(p->at) || p->at->child == NULL) {
        return schema_fault(r, p->spot, "anyOf", "expected a list of at least one schema");
    }
    struct schema_spot in = {.up = p->spot, .key = "anyOf"};
    struct schema_spot spot = {.up = &in};
    for (const cJSON *c = p->at->child; c != NULL; c = c->next, spot.index++) {
        enum status st = schema_form(r, c, &spot, p->depth + 1, false);
        if (st != ST_OK) {
            return st;
        }
    }
    return ST_OK;
}

static enum status form_answer(struct schema_run *r, const struct place *p)
{
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(p->schema, "properties");
    if (!cJSON_IsString(p->at) ||
        cJSON_GetObjectItemCaseSensitive(properties, p->at->valuestring) == NULL) {
        return schema_fault(r, p->spot, "x-answer", "expected the name of a property");
    }
    return ST_OK;
}

/* ------------------------------------------------------------------ keywords: what they demand */

static enum status check_type(struct schema_run *r, const struct place *p, const cJSON *v)
{
    if (has_type(p->at, v)) {
        return ST_OK;
    }
    struct buf names;
    buf_init(&names, 120);
    const cJSON *name = cJSON_IsArray(p->at) ? p->at->child : p->at;
    buf_adds(&names, name->valuestring);
    for (name = cJSON_IsArray(p->at) ? name->next : NULL; name != NULL; name = name->next) {
        buf_printf(&names, " or %s", name->valuestring);
    }
    enum status st = schema_misfit(r, p->spot, names.data, v);
    buf_free(&names);
    return st;
}

static enum status check_properties(struct schema_run *r, const struct place *p, const cJSON *v)
{
    for (const cJSON *c = v->child; c != NULL && cJSON_IsObject(v); c = c->next) {
        const cJSON *schema = cJSON_GetObjectItemCaseSensitive(p->at, c->string);
        if (schema == NULL) {
            continue;
        }
        struct schema_spot spot = {.up = p->spot, .key = c->string};
        if (cJSON_GetObjectItemCaseSensitive(v, c->string) != c) {
            return schema_misfit(r, &spot, "the member once", c);
        }
        enum status st = schema_value(r, schema, c, &spot, p->depth + 1);
        if (st != ST_OK) {
            return st;
        }
    }
    return ST_OK;
}

static enum status check_required(struct schema_run *r, const struct place *p, const cJSON *v)
{
    for (const cJSON *c = p->at->child; c != NULL && cJSON_IsObject(v); c = c->next) {
        if (cJSON_GetObjectItemCaseSensitive(v, c->valuestring) == NULL) {
            return schema_missing(r, p->spot, c->valuestring);
        }
    }
    return ST_OK;
}

static enum status check_additional(struct schema_run *r, const struct place *p, const cJSON *v)
{
    if (!cJSON_IsObject(v) || cJSON_IsTrue(p->at)) {
        return ST_OK;
    }
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(p->schema, "properties");
    for (const cJSON *c = v->child; c != NULL; c = c->next) {
        if (cJSON_GetObjectItemCaseSensitive(properties, c->string) == NULL) {
            struct schema_spot spot = {.up = p->spot, .key = c->string};
            return schema_misfit(r, &spot, "no such member", c);
        }
    }
    return ST_OK;
}

static enum status check_items(struct schema_run *r, const struct place *p, const cJSON *v)
{
    struct schema_spot spot = {.up = p->spot};
    for (const cJSON *c = v->child; c != NULL && cJSON_IsArray(v); c = c->next, spot.index++) {
        enum status st = schema_value(r, p->at, c, &spot, p->depth + 1);
        if (st != ST_OK) {
            return st;
        }
    }
    return ST_OK;
}

static enum status check_enum(struct schema_run *r, const struct place *p, const cJSON *v)
{
    for (const cJSON *c = p->at->child; c != NULL; c = c->next) {
        if (cJSON_Compare(c, v, true)) {
            return ST_OK;
        }
    }
    struct buf text;
    buf_init(&text, 200);
    buf_adds(&text, "one of");
    for (const cJSON *c = p->at->child; c != NULL && text.len < 120; c = c->next) {
        char *item = json_text(c);
        buf_printf(&text, "%s %.60s", c == p->at->child ? "" : ",", item);
        free(item);
        if (text.len >= 120 && c->next != NULL) {
            buf_adds(&text, ", ...");
        }
    }
    enum status st = schema_misfit(r, p->spot, text.data, v);
    buf_free(&text);
    return st;
}

static enum status check_const(struct schema_run *r, const struct place *p, const cJSON *v)
{
    if (cJSON_Compare(p->at, v, true)) {
        return ST_OK;
    }
    char *text = json_text(p->at);
    char expected[120];
    (void)snprintf(expected, sizeof expected, "%.100s", text);
    free(text);
    return schema_misfit(r, p->spot, expected, v);
}

static enum status check_minimum(struct schema_run *r, const struct place *p, const cJSON *v)
{
    double limit = p->at->valuedouble;
    bool fine = !cJSON_IsNumber(v) || v->valuedouble >= limit;
    return fine ? ST_OK : schema_misfit_number(r, p->spot, "at least", limit, v);
}

static enum status check_maximum(struct schema_run *r, const struct place *p, const cJSON *v)
{
    double limit = p->at->valuedouble;
    bool fine = !cJSON_IsNumber(v) || v->valuedouble <= limit;
    return fine ? ST_OK : schema_misfit_number(r, p->spot, "at most", limit, v);
}

static enum status check_above(struct schema_run *r, const struct place *p, const cJSON *v)
{
    double limit = p->at->valuedouble;
    bool fine = !cJSON_IsNumber(v) || v->valuedouble > limit;
    return fine ? ST_OK : schema_misfit_number(r, p->spot, "more than", limit, v);
}

static enum status check_below(struct schema_run *r, const struct place *p, const cJSON *v)
{
    double limit = p->at->valuedouble;
    bool fine = !cJSON_IsNumber(v) || v->valuedouble < limit;
    return fine ? ST_OK : schema_misfit_number(r, p->spot, "less than", limit, v);
}

static double characters(const char *s)
{
    size_t n = strlen(s);
    size_t count = 0;
    for (size_t i = 0; i < n; count++) {
        uint32_t cp = 0;
        i += utf8_decode(s + i, n - i, &cp);
    }
    return (double)count;
}

static enum status check_min_length(struct schema_run *r, const struct place *p, const cJSON *v)
{
    double limit = p->at->valuedouble;
    bool fine = !cJSON_IsString(v) || characters(v->valuestring) >= limit;
    return fine ? ST_OK : schema_misfit_number(r, p->spot, "characters: at least", limit, v);
}

static enum status check_max_length(struct schema_run *r, const struct place *p, const cJSON *v)
{
    double limit = p->at->valuedouble;
    bool fine = !cJSON_IsString(v) || characters(v->valuestring) <= limit;
    return fine ? ST_OK : schema_misfit_number(r, p->spot, "characters: at most", limit, v);
}

static enum status check_min_items(struct schema_run *r, const struct place *p, const cJSON *v)
{
    double limit = p->at->valuedouble;
    bool fine = !cJSON_IsArray(v) || cJSON_GetArraySize(v) >= limit;
    return fine ? ST_OK : schema_misfit_number(r, p->spot, "items: at least", limit, v);
}

static enum status check_max_items(struct schema_run *r, const struct place *p, const cJSON *v)
{
    double limit = p->at->valuedouble;
    bool fine = !cJSON_IsArray(v) || cJSON_GetArraySize(v) <= limit;
    return fine ? ST_OK : schema_misfit_number(r, p->spot, "items: at most", limit, v);
}

static enum status check_unique(struct schema_run *r, const struct place *p, const cJSON *v)
{
    if (!cJSON_IsArray(v) || !cJSON_IsTrue(p->at)) {
        return ST_OK;
    }
    if (cJSON_GetArraySize(v) > UNIQUE_MAX) {
        return schema_misfit(r, p->spot, "at most 1000 items, all different", v);
    }
    struct schema_spot spot = {.up = p->spot};
    for (const cJSON *c = v->child; c != NULL; c = c->next, spot.index++) {
        for (const cJSON *before = v->child; before != c; before = before->next) {
            if (cJSON_Compare(before, c, true)) {
                return schema_misfit(r, &spot, "an item that is not there yet", c);
            }
        }
    }
    return ST_OK;
}

static enum status check_pattern(struct schema_run *r, const struct place *p, const cJSON *v)
{
    if (!cJSON_IsString(v)) {
        return ST_OK;
    }
    const struct schema_compiled *c = r->compiled;
    for (size_t i = 0; i < c->count; i++) {
        size_t start = 0;
        size_t end = 0;
        if (c->pattern[i].schema == p->schema &&
            !regex_find(c->pattern[i].re, v->valuestring, strlen(v->valuestring), 0, &start,
                        &end)) {
            char expected[120];
            (void)snprintf(expected, sizeof expected, "text that matches /%.80s/",
                           p->at->valuestring);
            return schema_misfit(r, p->spot, expected, v);
        }
    }
    return ST_OK;
}

/*
 * The message of the form that is nearest: the first whose type fits. The forms are tried without
 * messages first, so that nested anyOf explain themselves once and the work stays linear.
 */
static enum status check_any_of(struct schema_run *r, const struct place *p, const cJSON *v)
{
    struct schema_run quiet = {.compiled = r->compiled};
    const cJSON *nearest = NULL;
    for (const cJSON *c = p->at->child; c != NULL; c = c->next) {
        if (schema_value(&quiet, c, v, p->spot, p->depth + 1) == ST_OK) {
            return ST_OK;
        }
        const cJSON *type = cJSON_GetObjectItemCaseSensitive(c, "type");
        nearest = nearest == NULL && type != NULL && has_type(type, v) ? c : nearest;
    }
    if (r->e != NULL && nearest != NULL) {
        return schema_value(r, nearest, v, p->spot, p->depth + 1);
    }
    return schema_misfit(r, p->spot, "one of the forms of anyOf", v);
}

/* ------------------------------------------------------------------ the table */

static const struct keyword {
    const char *name;
    form_fn *form;
    check_fn *check; /* NULL: carried along */
} keywords[] = {
    {"type", form_type, check_type}, /* first: its message says most */
    {"enum", form_enum, check_enum},
    {"const", form_any, check_const},
    {"required", form_required, check_required},
    {"additionalProperties", form_bool, check_additional},
    {"properties", form_properties, check_properties},
    {"minItems", form_count, check_min_items},
    {"maxItems", form_count, check_max_items},
    {"items", form_schema, check_items},
    {"uniqueItems", form_bool, check_unique},
    {"minimum", form_number, check_minimum},
    {"maximum", form_number, check_maximum},
    {"exclusiveMinimum", form_number, check_above},
    {"exclusiveMaximum", form_number, check_below},
    {"minLength", form_count, check_min_length},
    {"maxLength", form_count, check_max_length},
    {"pattern", form_pattern, check_pattern},
    {"anyOf", form_any_of, check_any_of},
    {"title", form_text, NULL},
    {"description", form_text, NULL},
    {"examples", form_any, NULL},
    {"$schema", form_text, NULL},
    {"x-answer", form_answer, NULL}, /* last: only at the top */
};
enum { KEYWORDS = sizeof keywords / sizeof keywords[0] };

static int keyword_index(const char *name, bool top)
{
    for (int i = 0; i < (top ? KEYWORDS : KEYWORDS - 1); i++) {
        if (strcmp(keywords[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

enum status schema_form(struct schema_run *r, const cJSON *schema, const struct schema_spot *spot,
                        int depth, bool top)
{
    if (!cJSON_IsObject(schema)) {
        return schema_misfit(r, spot, "a schema (an object)", schema);
    }
    if (depth > SCHEMA_DEPTH_MAX) {
        return schema_misfit(r, spot, "a schema at most 32 levels deep", schema);
    }
    unsigned seen = 0;
    for (const cJSON *c = schema->child; c != NULL; c = c->next) {
        int i = keyword_index(c->string, top);
        if (i < 0) {
            return schema_fault(r, spot, c->string, "this keyword is not supported");
        }
        if ((seen & 1u << i) != 0) {
            return schema_fault(r, spot, c->string, "the keyword is there twice");
        }
        seen |= 1u << i;
        struct place p = {.at = c, .schema = schema, .spot = spot, .depth = depth};
        enum status st = keywords[i].form(r, &p);
        if (st != ST_OK) {
            return st;
        }
    }
    return ST_OK;
}

enum status schema_value(struct schema_run *r, const cJSON *schema, const cJSON *v,
                         const struct schema_spot *spot, int depth)
{
    if (depth > SCHEMA_DEPTH_MAX) {
        return schema_misfit(r, spot, "a schema at most 32 levels deep", v);
    }
    for (int i = 0; i < KEYWORDS; i++) {
        const cJSON *at = cJSON_GetObjectItemCaseSensitive(schema, keywords[i].name);
        if (at == NULL || keywords[i].check == NULL) {
            continue;
        }
        struct place p = {.at = at, .schema = schema, .spot = spot, .depth = depth};
        enum status st = keywords[i].check(r, &p, v);
        if (st != ST_OK) {
            return st;
        }
    }
    return ST_OK;
}
