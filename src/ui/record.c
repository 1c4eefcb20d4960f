/*
 * Laid out once per record and width, drawn many times: drawing is then a few spans a row, however
 * long the record is. Nothing is parsed here but what the caller parsed.
 */
#include "ui/record.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_CEILING (16u << 20)
#define NARROW       40 /* columns below which names stand above their values */
#define NAMES_MAX    16
#define NAMES_SMALL  8 /* columns of names on a screen of fewer than SMALL */
#define SMALL        70
#define LETTERS      26

void record_init(struct record_text *r)
{
    memset(r, 0, sizeof *r);
    buf_init(&r->text, TEXT_CEILING);
}

void record_free(struct record_text *r)
{
    buf_free(&r->text);
    free(r->lines);
    memset(r, 0, sizeof *r);
}

void record_clear(struct record_text *r, int width)
{
    buf_clear(&r->text);
    r->count = 0;
    r->width = width;
}

/* ---- lines */

struct laying {
    struct record_text *r;
    size_t label, label_len; /* waits for the first line */
    enum ui_role role;
    int indent;
};

static void put_line(struct laying *l, const char *s, size_t n)
{
    struct record_text *r = l->r;
    struct record_line line = {.label = l->label,
                               .label_len = l->label_len,
                               .at = r->text.len,
                               .len = n,
                               .indent = l->indent,
                               .role = (uint8_t)l->role};
    if (!buf_add(&r->text, s, n)) {
        return;
    }
    r->lines = vec_grow(r->lines, &r->cap, r->count + 1, sizeof *r->lines);
    r->lines[r->count++] = line;
    l->label_len = 0;
}

static void wrapped(void *ctx, const char *s, size_t n)
{
    put_line(ctx, s, n);
}

/* Does a line mean its spaces? Code, tables, verse that is set in. */
static bool keeps_spaces(const char *s, size_t n)
{
    size_t end = n;
    while (end > 0 && s[end - 1] == ' ') {
        end--;
    }
    for (size_t i = 0; i < end; i++) {
        if (s[i] == '|' || (s[i] == ' ' && (i == 0 || s[i + 1] == ' '))) {
            return true;
        }
    }
    return false;
}

static void put_kept(struct laying *l, const char *s, size_t n, int columns)
{
    do {
        int used = 0;
        size_t fits = utf8_fit(s, n, columns, &used);
        fits = fits == 0 && n > 0 ? n : fits; /* a column narrower than a character */
        put_line(l, s, fits);
        s += fits;
        n -= fits;
    } while (n > 0);
}

/* Text of any origin: made safe, capped, line by line. */
static void put_text(struct laying *l, const char *raw)
{
    struct buf safe;
    size_t n = strlen(raw), shown = n > RECORD_FIELD_MAX ? RECORD_FIELD_MAX : n;
    int columns = l->r->width - l->indent;
    bool fenced = false;
    buf_init(&safe, TEXT_CEILING);
    text_safe(&safe, raw, shown, TEXT_BLOCK);
    columns = columns < 1 ? 1 : columns;
    for (const char *s = safe.data;;) {
        size_t len = strcspn(s, "\n");
        bool fence = strncmp(s, "```", 3) == 0;
        fenced = fence ? !fenced : fenced;
        if (len == 0) {
            put_line(l, s, 0);
        } else if (fence || fenced || keeps_spaces(s, len)) {
            put_kept(l, s, len, columns);
        } else {
            text_wrap(s, len, columns, wrapped, l);
        }
        if (s[len] == '\0') {
            break;
        }
        s += len + 1;
    }
    buf_free(&safe);
    if (shown < n) {
        char rest[96], count[32];
        text_count(count, (long long)(n - shown));
        snprintf(rest, sizeof rest, "… and %s bytes more", count);
        l->role = ROLE_DIM;
        put_line(l, rest, strlen(rest));
    }
}

static void set_label(struct laying *l, const char *name)
{
    struct record_text *r = l->r;
    l->label = r->text.len;
    size_t before = r->text.len;
    text_safe(&r->text, name, strlen(name) > 200 ? 200 : strlen(name), TEXT_LINE);
    l->label_len = r->text.len - before;
    if (r->names == 0 && l->label_len > 0) { /* above */
        struct laying above = {.r = r, .label = l->label, .label_len = l->label_len};
        put_line(&above, "", 0);
        l->label_len = 0;
    }
}

/* ---- values */

static bool is_scalar(const cJSON *v)
{
    return cJSON_IsString(v) || cJSON_IsNumber(v) || cJSON_IsBool(v) || cJSON_IsNull(v);
}

static void put_scalar(struct laying *l, const cJSON *v)
{
    if (cJSON_IsString(v)) {
        put_text(l, v->valuestring);
        return;
    }
    char *text = json_text(v);
    put_text(l, text);
    free(text);
}

/* "B", "B.", "b)", the text itself, or a number: of the options from 0 unless the schema says 1. */
bool record_claims(const cJSON *answer, int number, const cJSON *option, const cJSON *answer_schema)
{
    if (answer == NULL || option == NULL) {
        return false;
    }
    if (cJSON_IsNumber(answer)) {
        double first = json_num_or(answer_schema, "minimum", 0) >= 1 ? 1 : 0;
        return fabs(answer->valuedouble - first - number) < 0.5 && !cJSON_IsNumber(option);
    }
    if (!cJSON_IsString(answer)) {
        return false;
    }
    const char *a = answer->valuestring;
    if (cJSON_IsString(option) && strcmp(option->valuestring, a) == 0) {
        return true;
    }
    char letter = (char)(a[0] >= 'a' && a[0] <= 'z' ? a[0] - 'a' + 'A' : a[0]);
    return number < LETTERS && letter == 'A' + number &&
           (a[1] == '\0' || a[1] == '.' || a[1] == ')');
}

struct answer_field {
    const cJSON *value, *schema;
    const char *name; /* NULL: no answer */
};

static void put_options(struct laying *l, const cJSON *list, const struct answer_field *answer)
{
    int number = 0, indent = l->indent;
    const cJSON *option = NULL;
    cJSON_ArrayForEach(option, list)
    {
        char sign[24];
        bool claimed = record_claims(answer->value, number, option, answer->schema);
        struct laying one = *l;
        if (number < LETTERS) {
            snprintf(sign, sizeof sign, "%s %c ", claimed ? "●" : " ", 'A' + number);
        } else {
            snprintf(sign, sizeof sign, "%s %d ", claimed ? "●" : " ", number + 1);
        }
        size_t first = l->r->count;
        one.indent = indent + utf8_columns(sign, strlen(sign));
        one.role = claimed ? ROLE_STRONG : l->role;
        put_scalar(&one, option);
        if (l->r->count > first) { /* the sign stands in the room that the indent left */
            struct record_line *line = &l->r->lines[first];
            struct buf text;
            buf_init(&text, TEXT_CEILING);
            buf_printf(&text, "%s%.*s", sign, (int)line->len, l->r->text.data + line->at);
            line->at = l->r->text.len;
            line->len = text.len;
            line->indent = indent;
            buf_add(&l->r->text, text.data, text.len);
            buf_free(&text);
        }
        l->label_len = 0;
        number++;
    }
    if (number == 0) {
        put_text(l, "(none)");
    }
}

static void put_value(struct laying *l, const cJSON *v, const struct answer_field *answer,
                      bool is_answer)
{
    bool scalars = cJSON_IsArray(v);
    for (const cJSON *i = scalars ? v->child : NULL; i != NULL; i = i->next) {
        scalars = scalars && is_scalar(i);
    }
    if (is_scalar(v)) {
        l->role = is_answer ? ROLE_STRONG : ROLE_TEXT;
        put_scalar(l, v);
    } else if (scalars) {
        static const struct answer_field none = {NULL, NULL, NULL};
        put_options(l, v, is_answer ? &none : answer);
    } else {
        char *text = cJSON_Print(v);
        put_text(l, text != NULL ? text : "(cannot be shown)");
        cJSON_free(text);
    }
}

static void put_field(struct record_text *r, const cJSON *field, const struct answer_field *answer)
{
    struct laying l = {.r = r, .role = ROLE_TEXT, .indent = r->names > 0 ? r->names + 2 : 1};
    bool is_answer = answer->name != NULL && strcmp(answer->name, field->string) == 0;
    set_label(&l, field->string);
    put_value(&l, field, answer, is_answer);
}

static void find_answer(const cJSON *schema, const cJSON *record, struct answer_field *out)
{
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(schema, "properties");
    out->name = json_str_or(schema, "x-answer", "");
    out->name = out->name[0] != '\0' ? out->name : NULL;
    if (out->name != NULL) {
        out->value = cJSON_GetObjectItemCaseSensitive(record, out->name);
        out->schema = cJSON_GetObjectItemCaseSensitive(properties, out->name);
    }
}

static int names_width(const cJSON *record, int width)
{
    int most = 6;
    for (const cJSON *f = record != NULL ? record->child : NULL; f != NULL; f = f->next) {
        int columns = f->string != NULL ? utf8_columns(f->string, strlen(f->string)) : 0;
        most = columns > most ? columns : most;
    }
    int room = width < SMALL ? NAMES_SMALL : NAMES_MAX;
    return most > room ? room : most;
}

void record_lay_out(struct record_text *r, const cJSON *schema, const cJSON *record, int width)
{
    struct answer_field answer = {NULL, NULL, NULL};
    record_clear(r, width);
    r->names = width < NARROW ? 0 : names_width(record, width);
    if (!cJSON_IsObject(record)) {
        record_add(r, "", ROLE_DIM, "there is no record");
        return;
    }
    find_answer(schema, record, &answer);
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(schema, "properties");
    const cJSON *p = NULL;
    cJSON_ArrayForEach(p, properties)
    {
        const cJSON *field = cJSON_GetObjectItemCaseSensitive(record, p->string);
        if (field != NULL) {
            put_field(r, field, &answer);
        }
    }
    for (const cJSON *f = record->child; f != NULL; f = f->next) {
        if (f->string != NULL && cJSON_GetObjectItemCaseSensitive(properties, f->string) == NULL) {
            put_field(r, f, &answer);
        }
    }
}

void record_add(struct record_text *r, const char *label, enum ui_role role, const char *text)
{
    struct laying l = {.r = r, .role = role, .indent = r->names > 0 ? r->names + 2 : 1};
    if (label[0] != '\0') {
        set_label(&l, label);
    } else {
        l.indent = 0;
    }
    put_text(&l, text);
}

int record_draw(const struct record_text *r, size_t top, struct cells *c, struct rect area)
{
    int rows = 0;
    for (; rows < area.h && top + (size_t)rows < r->count; rows++) {
        const struct record_line *line = &r->lines[top + (size_t)rows];
        struct pen p = pen_at(c, area.x, area.y + rows, area.w);
        if (line->label_len > 0) {
            char label[256];
            snprintf(label, sizeof label, "%.*s", (int)line->label_len, r->text.data + line->label);
            pen_field(&p, ROLE_DIM, r->names > 0 ? r->names : pen_left(&p), label);
        }
        pen_to(&p, area.x + line->indent);
        pen_putn(&p, (enum ui_role)line->role, r->text.data + line->at, line->len);
    }
    return rows;
}
