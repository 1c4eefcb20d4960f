/*
 * fit - see fit.h.
 *
 * Schema and value are walked together with a list of places that are still to be looked at, never
 * by recursion: the value's depth was decided by a model. Where a schema gives no single type
 * (anyOf, lists of types) nothing is guessed. Properties are put into the schema's order, so that
 * all records of a session read alike whatever order a model wrote.
 */
#include "task/fit.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct place {
    const cJSON *schema;
    cJSON *parent, *item;
};
struct work {
    struct place *places;
    size_t count, cap;
    enum fit_manner manner;
};

static const char *text_of(const cJSON *schema, const char *name)
{
    return json_str_or(schema, name, "");
}

static void work_add(struct work *w, const cJSON *schema, cJSON *parent, cJSON *item)
{
    w->places = vec_grow(w->places, &w->cap, w->count + 1, sizeof *w->places);
    w->places[w->count++] = (struct place){.schema = schema, .parent = parent, .item = item};
}

/* ------------------------------------------------------------------ single values */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void trim(char *s)
{
    size_t start = strspn(s, " \t\r\n");
    size_t n = strlen(s + start);
    while (n > 0 && is_blank(s[start + n - 1])) {
        n--;
    }
    memmove(s, s + start, n);
    s[n] = '\0';
}

/* Is it this word, perhaps followed by an explanation: "Yes", "no.", "B) Paris"? */
static bool starts_as(const char *s, const char *word)
{
    size_t n = strlen(word);
    s += strspn(s, " \t\r\n\"*(");
    if (n == 0 || strncasecmp(s, word, n) != 0) {
        return false;
    }
    s += n;
    size_t marks = strspn(s, ".,:;)*\"");
    if (marks > 0) {
        return s[marks] == '\0' || is_blank(s[marks]); /* not "1.5" for "1" */
    }
    return s[strspn(s, " \t\r\n")] == '\0';
}

/* true or false as a model may spell it; -1 when it is neither. */
static int truth(const cJSON *v)
{
    if (cJSON_IsBool(v)) {
        return cJSON_IsTrue(v) ? 1 : 0;
    }
    if (!cJSON_IsString(v)) {
        return -1;
    }
    if (starts_as(v->valuestring, "true") || starts_as(v->valuestring, "yes")) {
        return 1;
    }
    if (starts_as(v->valuestring, "false") || starts_as(v->valuestring, "no")) {
        return 0;
    }
    return -1;
}

static cJSON *as_number(const cJSON *v)
{
    cJSON *number = NULL;
    if (!cJSON_IsString(v)) {
        return NULL;
    }
    const char *s = v->valuestring;
    if (json_parse(s, strlen(s), &json_limits_reply, &number, NULL) == ST_OK &&
        !cJSON_IsNumber(number)) {
        cJSON_Delete(number);
        number = NULL;
    }
    return number;
}

/* The one member of an enum of strings that is meant; NULL when none or several could be. */
static const char *enum_member(const cJSON *members, const char *s)
{
    const char *found = NULL;
    const cJSON *m = NULL;
    cJSON_ArrayForEach(m, members)
    {
        if (!cJSON_IsString(m)) {
            return NULL;
        }
        if (strcmp(m->valuestring, s) == 0) {
            return m->valuestring;
        }
    }
    cJSON_ArrayForEach(m, members)
    {
        if (starts_as(s, m->valuestring)) {
            if (found != NULL) {
                return NULL;
            }
            found = m->valuestring;
        }
    }
    return found;
}

static cJSON *as_string(const cJSON *schema, const cJSON *v)
{
    const cJSON *members = cJSON_GetObjectItemCaseSensitive(schema, "enum");
    const char *member = NULL;
    struct buf text;
    buf_init(&text, 64);
    if (cJSON_IsNumber(v)) {
        json_number(&text, v->valuedouble);
    } else if (cJSON_IsBool(v) && members != NULL) {
        buf_adds(&text, cJSON_IsTrue(v) ? "yes" : "no");
    }
    cJSON *out = NULL;
    if (members != NULL) {
        member = enum_member(members, cJSON_IsString(v) ? v->valuestring : text.data);
        out = member != NULL ? cJSON_CreateString(member) : NULL;
    } else if (text.len > 0) {
        out = cJSON_CreateString(text.data);
    }
    buf_free(&text);
    return out;
}

static cJSON *as_array(const cJSON *v)
{
    if (cJSON_IsArray(v) || cJSON_IsNull(v)) {
        return NULL;
    }
    cJSON *list = cJSON_CreateArray();
    cJSON_AddItemToArray(list, cJSON_Duplicate(v, true));
    return list;
}

static bool has_any(const cJSON *properties, const cJSON *object)
{
    const cJSON *p = NULL;
    cJSON_ArrayForEach(p, properties)
    {
        if (cJSON_GetObjectItem(object, p->string) != NULL) {
            return true;
        }
    }
    return false;
}

/* [{...}] where {...} is expected, and the bare list where {"children": list} is. */
static cJSON *as_object(const cJSON *schema, const cJSON *v)
{
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(schema, "properties");
    if (!cJSON_IsArray(v) || properties == NULL || properties->child == NULL) {
        return NULL;
    }
    const cJSON *first = v->child;
    if (first != NULL && first->next == NULL && cJSON_IsObject(first) &&
        has_any(properties, first)) {
        return cJSON_Duplicate(first, true);
    }
    const cJSON *only = properties->child;
    if (only->next != NULL || strcmp(text_of(only, "type"), "array") != 0) {
        return NULL;
    }
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToObject(object, only->string, cJSON_Duplicate(v, true));
    return object;
}

/* What the value must have meant; NULL when it is fine, or nothing can be said. */
static cJSON *meant(const cJSON *schema, const cJSON *v)
{
    const char *type = text_of(schema, "type");
    if (strcmp(type, "boolean") == 0 && !cJSON_IsBool(v)) {
        int t = truth(v);
        return t < 0 ? NULL : cJSON_CreateBool(t);
    }
    if (strcmp(type, "number") == 0 || strcmp(type, "integer") == 0) {
        return as_number(v);
    }
    if (strcmp(type, "string") == 0) {
        return as_string(schema, v);
    }
    if (strcmp(type, "array") == 0) {
        return as_array(v);
    }
    return strcmp(type, "object") == 0 ? as_object(schema, v) : NULL;
}

static cJSON *replace(struct place *p, cJSON *with)
{
    if (p->item->string != NULL) {
        cJSON_ReplaceItemInObjectCaseSensitive(p->parent, p->item->string, with);
    } else {
        cJSON_ReplaceItemViaPointer(p->parent, p->item, with);
    }
    return with;
}

/* Shorten to `max` characters, the last of them an ellipsis. */
static cJSON *shortened(const char *s, size_t max)
{
    size_t n = strlen(s);
    size_t end = 0;
    size_t at = 0;
    for (size_t count = 0; at < n; count++) {
        if (count == max) {
            char *text = xasprintf("%.*s\xE2\x80\xA6", (int)end, s);
            cJSON *out = cJSON_CreateString(text);
            free(text);
            return out;
        }
        uint32_t cp = 0;
        end = count + 1 == max ? at : end;
        at += utf8_decode(s + at, n - at, &cp);
    }
    return NULL;
}

/* ------------------------------------------------------------------ objects and lists */

/* The member of this name; or one that differs in case only and is no property of its own. */
static cJSON *member_like(cJSON *object, const cJSON *properties, const char *name)
{
    cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    if (item == NULL) {
        item = cJSON_GetObjectItem(object, name);
        if (item != NULL && cJSON_GetObjectItemCaseSensitive(properties, item->string) != NULL) {
            item = NULL;
        }
    }
    return item;
}

/* Known properties in the schema's order behind unknown ones; then the unknown ones are judged. */
static enum status fit_object(struct work *w, const cJSON *schema, cJSON *object, struct err *e)
{
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(schema, "properties");
    const cJSON *p = NULL;
    int known = 0;
    if (properties == NULL) {
        return ST_OK;
    }
    cJSON_ArrayForEach(p, properties)
    {
        cJSON *item = member_like(object, properties, p->string);
        if (item != NULL) {
            cJSON_DetachItemViaPointer(object, item);
            cJSON_AddItemToObject(object, p->string, item);
            known++;
        }
    }
    int unknown = cJSON_GetArraySize(object) - known;
    for (cJSON *item = object->child; unknown > 0; unknown--) {
        cJSON *next = item->next;
        if (cJSON_GetObjectItemCaseSensitive(properties, item->string) != NULL) {
            return err_set(e, ST_INVALID, "expected each property once, found \"%s\" twice",
                           item->string);
        }
        if (w->manner == FIT_REPLY) {
            cJSON_Delete(cJSON_DetachItemViaPointer(object, item));
        }
        item = next;
    }
    cJSON_ArrayForEach(p, properties)
    {
        cJSON *item = cJSON_GetObjectItemCaseSensitive(object, p->string);
        if (item != NULL) {
            work_add(w, p, object, item);
        }
    }
    return ST_OK;
}

/* A list item that says nothing: a blank string, or an object with a blank "name". */
static bool item_blank(const cJSON *item)
{
    const char *text = cJSON_IsString(item) ? item->valuestring : json_str_or(item, "name", "x");
    return text[strspn(text, " \t\r\n")] == '\0';
}

static void fit_list(struct work *w, const cJSON *schema, cJSON *list)
{
    const cJSON *items = cJSON_GetObjectItemCaseSensitive(schema, "items");
    double most = json_num_or(schema, "maxItems", -1);
    double count = 0;
    cJSON *item = list->child;
    while (item != NULL) {
        cJSON *next = item->next;
        bool blank = item_blank(item);
        count += blank ? 0 : 1;
        if (w->manner == FIT_REPLY && (blank || (most >= 0 && count > most))) {
            cJSON_Delete(cJSON_DetachItemViaPointer(list, item));
        } else if (cJSON_IsObject(items)) {
            work_add(w, items, list, item);
        }
        item = next;
    }
}

static void fit_string(const struct work *w, struct place *p)
{
    if (w->manner == FIT_RECORD) {
        return;
    }
    trim(p->item->valuestring);
    const char *name = p->item->string != NULL ? p->item->string : "";
    double most = json_num_or(p->schema, "maxLength", -1);
    if (most >= 1 && (strcmp(name, "reason") == 0 || strcmp(name, "description") == 0)) {
        cJSON *cut = shortened(p->item->valuestring, (size_t)most);
        if (cut != NULL) {
            p->item = replace(p, cut);
        }
    }
}

static enum status fit_place(struct work *w, struct place p, struct err *e)
{
    cJSON *better = meant(p.schema, p.item);
    if (better != NULL) {
        p.item = replace(&p, better);
    }
    if (cJSON_IsString(p.item)) {
        fit_string(w, &p);
    } else if (cJSON_IsArray(p.item)) {
        fit_list(w, p.schema, p.item);
    } else if (cJSON_IsObject(p.item)) {
        return fit_object(w, p.schema, p.item, e);
    }
    return ST_OK;
}

enum status fit_value(const cJSON *schema, cJSON **value, enum fit_manner manner, struct err *e)
{
    struct work w = {.manner = manner};
    cJSON *holder = cJSON_CreateArray(); /* so that the value too has a parent to be replaced in */
    cJSON_AddItemToArray(holder, *value);
    work_add(&w, schema, holder, *value);
    enum status st = ST_OK;
    while (w.count > 0 && st == ST_OK) {
        w.count--;
        st = fit_place(&w, w.places[w.count], e);
    }
    *value = cJSON_DetachItemFromArray(holder, 0);
    cJSON_Delete(holder);
    free(w.places);
    return st;
}
