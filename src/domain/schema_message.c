/*
 * schema_message - how a misfit is told.
 *
 * The same sentence goes to a person and into the repair prompt: where, what was expected, what was
 * found. Found text is cut short, because a model's reply can be as long as it likes.
 */
#include "domain/schema_parts.h"

#include <stdio.h>
#include <string.h>

enum { SHOWN = 40 }; /* bytes of a found string */

static bool is_word(const char *s)
{
    bool word = *s != '\0' && !(*s >= '0' && *s <= '9');
    for (; *s != '\0' && word; s++) {
        word = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') ||
               *s == '_' || *s == '-' || *s == '$';
    }
    return word;
}

static void spot_text(const struct schema_spot *at, struct buf *out)
{
    const struct schema_spot *way[3 * SCHEMA_DEPTH_MAX];
    int n = 0;
    for (; at != NULL && n < 3 * SCHEMA_DEPTH_MAX; at = at->up) {
        way[n++] = at;
    }
    buf_addc(out, '$');
    for (int i = n - 1; i >= 0; i--) {
        if (way[i]->key == NULL) {
            buf_printf(out, "[%d]", way[i]->index);
        } else if (is_word(way[i]->key)) {
            buf_printf(out, ".%s", way[i]->key);
        } else {
            buf_addc(out, '[');
            json_quote(out, way[i]->key, strlen(way[i]->key));
            buf_addc(out, ']');
        }
    }
}

/* Short text of a value: its type, and the value itself when that is short. */
static void value_text(const cJSON *v, struct buf *out)
{
    if (cJSON_IsString(v)) {
        size_t n = strlen(v->valuestring);
        size_t shown = n;
        if (n > SHOWN) {
            shown = SHOWN;
            while (shown > 0 && ((unsigned char)v->valuestring[shown] & 0xC0u) == 0x80u) {
                shown--;
            }
        }
        buf_adds(out, "string ");
        json_quote(out, v->valuestring, shown);
        if (shown < n) {
            buf_printf(out, "... (%zu bytes)", n);
        }
    } else if (cJSON_IsNumber(v)) {
        buf_adds(out, "number ");
        json_number(out, v->valuedouble);
    } else if (cJSON_IsBool(v)) {
        buf_adds(out, cJSON_IsTrue(v) ? "boolean true" : "boolean false");
    } else if (cJSON_IsArray(v)) {
        buf_printf(out, "array of %d", cJSON_GetArraySize(v));
    } else if (cJSON_IsObject(v)) {
        buf_printf(out, "object with %d members", cJSON_GetArraySize(v));
    } else {
        buf_adds(out, "null");
    }
}

/* "at PATH: expected X, found Y". */
enum status schema_misfit(struct schema_run *r, const struct schema_spot *at, const char *expected,
                          const cJSON *found)
{
    if (r->e == NULL) {
        return ST_INVALID;
    }
    struct buf where;
    struct buf what;
    buf_init(&where, 160);
    buf_init(&what, 200);
    spot_text(at, &where);
    if (found != NULL) {
        value_text(found, &what);
    } else {
        buf_adds(&what, "none");
    }
    enum status st =
        err_set(r->e, ST_INVALID, "at %s: expected %s, found %s", where.data, expected, what.data);
    buf_free(&where);
    buf_free(&what);
    return st;
}

enum status schema_misfit_number(struct schema_run *r, const struct schema_spot *at,
                                 const char *expected, double limit, const cJSON *found)
{
    struct buf text;
    buf_init(&text, 120);
    buf_adds(&text, expected);
    buf_addc(&text, ' ');
    json_number(&text, limit);
    enum status st = schema_misfit(r, at, text.data, found);
    buf_free(&text);
    return st;
}

/* A fault of the schema itself, which is set by a person. */
enum status schema_fault(struct schema_run *r, const struct schema_spot *at, const char *keyword,
                         const char *expected)
{
    if (r->e == NULL) {
        return ST_INVALID;
    }
    struct buf where;
    buf_init(&where, 160);
    spot_text(at, &where);
    enum status st =
        err_set(r->e, ST_INVALID, "schema at %s: \"%.40s\": %s", where.data, keyword, expected);
    buf_free(&where);
    return st;
}

enum status schema_missing(struct schema_run *r, const struct schema_spot *at, const char *name)
{
    char expected[120];
    (void)snprintf(expected, sizeof expected, "the member \"%.80s\"", name);
    return schema_misfit(r, at, expected, NULL);
}
