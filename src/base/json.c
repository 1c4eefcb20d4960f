/*
 * json - see json.h.
 *
 * cJSON recurses and allocates as it reads, so the text is walked once before it, without recursion
 * and without memory: that walk holds the ceilings, checks the whole grammar and knows where an
 * error is. Two things differ from RFC 8259: raw control characters in strings are accepted
 * (models write them), and the NUL character is refused (C strings would lose what follows it).
 */
#include "base/json.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_CEILING = 600, FIND_PASSES = 16 };
static const double largest_integer = 9007199254740992.0; /* 2^53 */

const struct json_limits json_limits_reply = {
    .bytes = (size_t)4 << 20,
    .depth = 32,
    .items = 100000,
};
const struct json_limits json_limits_file = {
    .bytes = (size_t)256 << 20,
    .depth = 64,
    .items = 20000000,
};

/* ------------------------------------------------------------------ the walk before cJSON */

enum walk_end { WALK_OK, WALK_SYNTAX, WALK_DEPTH, WALK_ITEMS };
enum walk_state { WANT_VALUE, WANT_VALUE_OR_END, WANT_KEY, WANT_KEY_OR_END, WANT_COLON, AFTER };

struct walk {
    const char *s;
    size_t n, at;
    struct json_limits limits;
    int depth;
    size_t items;
    enum walk_state state;
    const char *expected;          /* for the message of a syntax error at `at` */
    bool in_object[DEPTH_CEILING]; /* kind of each open bracket */
};

static void walk_init(struct walk *w, const char *s, size_t n, const struct json_limits *limits)
{
    memset(w, 0, sizeof *w);
    w->s = s;
    w->n = n;
    w->limits = *limits;
    if (w->limits.depth > DEPTH_CEILING) {
        w->limits.depth = DEPTH_CEILING;
    }
}

/* The byte at `at`, or NUL, which no rule accepts, at the end. */
static char peek(const struct walk *w)
{
    return w->at < w->n ? w->s[w->at] : '\0';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static enum walk_end syntax(struct walk *w, const char *expected)
{
    w->expected = expected;
    return WALK_SYNTAX;
}

static bool walk_hex4(struct walk *w, unsigned *value)
{
    *value = 0;
    for (int i = 0; i < 4; i++) {
        char c = peek(w);
        unsigned digit = 16;
        if (is_digit(c)) {
            digit = (unsigned)(c - '0');
        } else if (c >= 'a' && c <= 'f') {
            digit = (unsigned)(c - 'a') + 10;
        } else if (c >= 'A' && c <= 'F') {
            digit = (unsigned)(c - 'A') + 10;
        }
        if (digit > 15) {
            return false;
        }
        *value = *value * 16 + digit;
        w->at++;
    }
    return true;
}

/* `at` is behind "\u". */
static enum walk_end walk_unicode(struct walk *w)
{
    unsigned unit = 0;
    if (!walk_hex4(w, &unit)) {
        return syntax(w, "four hexadecimal digits");
    }
    if (unit == 0) {
        return syntax(w, "a character other than \\u0000");
    }
    if (unit >= 0xDC00 && unit <= 0xDFFF) {
        return syntax(w, "a first surrogate before the second");
    }
    if (unit < 0xD800 || unit > 0xDBFF) {
        return WALK_OK;
    }
    if (peek(w) != '\\' || w->at + 1 >= w->n || w->s[w->at + 1] != 'u') {
        return syntax(w, "the second surrogate of a pair");
    }
    w->at += 2;
    if (!walk_hex4(w, &unit) || unit < 0xDC00 || unit > 0xDFFF) {
        return syntax(w, "the second surrogate of a pair");
    }
    return WALK_OK;
}

/* `at` is on the opening quote; afterwards behind the closing one. */
static enum walk_end walk_string(struct walk *w)
{
    w->at++;
    while (w->at < w->n) {
        char c = w->s[w->at];
        if (c == '\0') {
            return syntax(w, "no NUL byte in a string");
        }
        if (c == '"') {
            w->at++;
            return WALK_OK;
        }
        w->at++;
        if (c != '\\') {
            continue;
        }
        char escape = peek(w);
        if (escape == '\0' || strchr("\"\\/bfnrtu", escape) == NULL) {
            return syntax(w, "one of \"\\/bfnrtu after a backslash");
        }
        w->at++;
        if (escape == 'u') {
            enum walk_end end = walk_unicode(w);
            if (end != WALK_OK) {
                return end;
            }
        }
    }
    return syntax(w, "the closing quote of a string");
}

static bool walk_digits(struct walk *w)
{
    size_t start = w->at;
    while (is_digit(peek(w))) {
        w->at++;
    }
    return w->at > start;
}

static enum walk_end walk_number(struct walk *w)
{
    if (peek(w) == '-') {
        w->at++;
    }
    if (peek(w) == '0') {
        w->at++;
    } else if (!walk_digits(w)) {
        return syntax(w, "a digit");
    }
    if (peek(w) == '.') {
        w->at++;
        if (!walk_digits(w)) {
            return syntax(w, "a digit after the decimal point");
        }
    }
    if (peek(w) == 'e' || peek(w) == 'E') {
        w->at++;
        if (peek(w) == '+' || peek(w) == '-') {
            w->at++;
        }
        if (!walk_digits(w)) {
            return syntax(w, "a digit in the exponent");
        }
    }
    return WALK_OK;
}

static enum walk_end walk_word(struct walk *w)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t len = strlen(words[i]);
        if (w->n - w->at >= len && memcmp(w->s + w->at, words[i], len) == 0) {
            w->at += len;
            return WALK_OK;
        }
        if (w->n - w->at < len && memcmp(w->s + w->at, words[i], w->n - w->at) == 0) {
            w->at = w->n; /* cut off in the word: the error is at the end of the text */
        }
    }
    return syntax(w, "a value");
}

static enum walk_end walk_open(struct walk *w, bool object)
{
    if (w->depth >= w->limits.depth) {
        return WALK_DEPTH;
    }
    w->in_object[w->depth++] = object;
    w->state = object ? WANT_KEY_OR_END : WANT_VALUE_OR_END;
    w->at++;
    return WALK_OK;
}

static enum walk_end walk_close(struct walk *w)
{
    w->depth--;
    w->state = AFTER;
    w->at++;
    return WALK_OK;
}

static enum walk_end walk_value(struct walk *w)
{
    char c = peek(w);
    if (++w->items > w->limits.items) {
        return WALK_ITEMS;
    }
    if (c == '{' || c == '[') {
        return walk_open(w, c == '{');
    }
    w->state = AFTER;
    if (c == '"') {
        return walk_string(w);
    }
    return c == '-' || is_digit(c) ? walk_number(w) : walk_word(w);
}

/* A comma or the closing bracket; depth is over 0. */
static enum walk_end walk_after(struct walk *w)
{
    bool object = w->in_object[w->depth - 1];
    char c = peek(w);
    if (c == ',') {
        w->at++;
        w->state = object ? WANT_KEY : WANT_VALUE;
        return WALK_OK;
    }
    if (c == (object ? '}' : ']')) {
        return walk_close(w);
    }
    return syntax(w, object ? "',' or '}'" : "',' or ']'");
}

static enum walk_end walk_step(struct walk *w)
{
    char c = peek(w);
    switch (w->state) {
    case WANT_VALUE_OR_END:
        return c == ']' ? walk_close(w) : walk_value(w);
    case WANT_VALUE:
        return walk_value(w);
    case WANT_KEY_OR_END:
        if (c == '}') {
            return walk_close(w);
        }
        w->state = WANT_KEY;
        return WALK_OK;
    case WANT_KEY:
        if (c != '"') {
            return syntax(w, "a name in double quotes");
        }
        w->state = WANT_COLON;
        return walk_string(w);
    case WANT_COLON:
        if (c != ':') {
            return syntax(w, "':'");
        }
        w->at++;
        w->state = WANT_VALUE;
        return WALK_OK;
    case AFTER:
        return walk_after(w);
    }
    return WALK_OK;
}

static void skip_space(struct walk *w)
{
    while (w->at < w->n && is_space(w->s[w->at])) {
        w->at++;
    }
}

/* One value from `at` on; afterwards `at` is behind it, or where the trouble is. */
static enum walk_end walk_run(struct walk *w)
{
    enum walk_end end = WALK_OK;
    do {
        skip_space(w);
        end = walk_step(w);
    } while (end == WALK_OK && (w->state != AFTER || w->depth > 0));
    return end;
}

/* ------------------------------------------------------------------ parsing */

static enum status syntax_error(const struct walk *w, struct err *e)
{
    size_t line = 1;
    size_t column = 1;
    for (size_t i = 0; i < w->at; i++) {
        if (w->s[i] == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)w->s[i] & 0xC0u) != 0x80u) {
            column++;
        }
    }
    char found[24] = "the end of the text";
    if (w->at < w->n) {
        unsigned char c = (unsigned char)w->s[w->at];
        (void)snprintf(found, sizeof found, c > 0x20 && c < 0x7F ? "'%c'" : "byte 0x%02X", c);
    }
    return err_set(e, ST_INVALID, "JSON line %zu, column %zu: expected %s, found %s", line, column,
                   w->expected, found);
}

static enum status check(const char *s, size_t n, const struct json_limits *limits, struct err *e)
{
    if (n > limits->bytes) {
        return err_set(e, ST_LIMIT, "JSON text of %zu bytes; at most %zu are read", n,
                       limits->bytes);
    }
    struct walk w;
    walk_init(&w, s, n, limits);
    enum walk_end end = walk_run(&w);
    if (end == WALK_OK) {
        skip_space(&w);
        if (w.at < n) {
            end = syntax(&w, "nothing after the value");
        }
    }
    switch (end) {
    case WALK_OK:
        return ST_OK;
    case WALK_DEPTH:
        return err_set(e, ST_LIMIT, "JSON nested deeper than %d levels", w.limits.depth);
    case WALK_ITEMS:
        return err_set(e, ST_LIMIT, "JSON with more than %zu values", limits->items);
    case WALK_SYNTAX:
        return syntax_error(&w, e);
    }
    return ST_INTERNAL;
}

enum status json_parse(const char *s, size_t n, const struct json_limits *limits, cJSON **out,
                       struct err *e)
{
    *out = NULL;
    if (n >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0) {
        s += 3; /* a byte order mark; cJSON overlooks it before a short text */
        n -= 3;
    }
    enum status st = check(s, n, limits, e);
    if (st != ST_OK) {
        return st;
    }
    const char *end = NULL;
    *out = cJSON_ParseWithLengthOpts(s, n, &end, false);
    if (*out == NULL) {
        return err_set(e, ST_INVALID, "JSON refused by cJSON at byte %zu",
                       end != NULL ? (size_t)(end - s) : 0);
    }
    return ST_OK;
}

/* ------------------------------------------------------------------ JSON inside other text */

/* Can the bracket at s[at] open JSON? "[see below]" and "{name}" in prose cannot. */
static bool may_open(const char *s, size_t n, size_t at)
{
    bool object = s[at] == '{';
    if (!object && s[at] != '[') {
        return false;
    }
    at++;
    while (at < n && is_space(s[at])) {
        at++;
    }
    if (at >= n) {
        return true;
    }
    char c = s[at];
    return object ? c == '"' || c == '}' : is_digit(c) || (c != '\0' && strchr("\"{[]-tfn", c));
}

/*
 * Length of the range from s[0], an opening bracket, to its partner, strings skipped; or 0. The
 * bytes that were looked at are added to *work.
 */
static size_t balanced(const char *s, size_t n, size_t *work)
{
    char closing[DEPTH_CEILING];
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < n; i++, ++*work) {
        char c = s[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (depth == DEPTH_CEILING) {
                return 0;
            }
            closing[depth++] = c == '{' ? '}' : ']';
        } else if (c == '}' || c == ']') {
            if (depth == 0 || closing[--depth] != c) {
                return 0;
            }
            if (depth == 0) {
                return i + 1;
            }
        }
    }
    return 0;
}

/* Where the answer may begin: behind the reasoning that a model shows before it. */
static size_t after_thinking(const char *s, size_t n)
{
    static const char tag[] = "</think>";
    size_t at = 0;
    while (at < n && is_space(s[at])) {
        at++;
    }
    if (at == n || s[at] == '{' || s[at] == '[' || s[at] == '`') {
        return 0;
    }
    const char *end = memmem(s, n, tag, sizeof tag - 1);
    return end != NULL ? (size_t)(end - s) + sizeof tag - 1 : 0;
}

/*
 * Valid JSON wins over a range that is only balanced, which the caller's parse will explain. A
 * candidate that is sound up to the end of the text was cut off there: its inner parts are no
 * answer. Overlapping attempts are many only in text that was made to be slow, so the search gives
 * up after looking at the text some times over.
 */
bool json_find(const char *s, size_t n, const char **start, size_t *len)
{
    const struct json_limits open = {.bytes = n, .depth = DEPTH_CEILING, .items = n + 1};
    *start = NULL;
    *len = 0;
    size_t at = after_thinking(s, n);
    size_t work = 0;
    while (at < n && work / FIND_PASSES <= n) {
        if (!may_open(s, n, at)) {
            at++;
            continue;
        }
        struct walk w;
        walk_init(&w, s, n, &open);
        w.at = at;
        enum walk_end end = walk_run(&w);
        if (end == WALK_OK) {
            *start = s + at;
            *len = w.at - at;
            return true;
        }
        if (w.at >= n) {
            break;
        }
        work += w.at - at;
        size_t range = balanced(s + at, n - at, &work);
        if (range > 0 && *start == NULL) {
            *start = s + at;
            *len = range;
        }
        at += range > 0 ? range : 1;
    }
    return *start != NULL;
}

/* ------------------------------------------------------------------ members */

static const char *type_name(const cJSON *v)
{
    switch (v->type & 0xFF) {
    case cJSON_False:
    case cJSON_True:
        return "true or false";
    case cJSON_NULL:
        return "null";
    case cJSON_Number:
        return "a number";
    case cJSON_String:
        return "a string";
    case cJSON_Array:
        return "an array";
    case cJSON_Object:
        return "an object";
    default:
        return "something else";
    }
}

typedef cJSON_bool type_test(const cJSON *const);

static enum status member(const cJSON *o, const char *name, type_test *is, const char *wanted,
                          const cJSON **out, struct err *e)
{
    *out = NULL;
    if (!cJSON_IsObject(o)) {
        return err_set(e, ST_INVALID, "expected an object with \"%s\", found %s", name,
                       o != NULL ? type_name(o) : "nothing");
    }
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, name);
    if (v == NULL) {
        return err_set(e, ST_INVALID, "\"%s\" is missing (%s)", name, wanted);
    }
    if (!is(v)) {
        return err_set(e, ST_INVALID, "\"%s\" must be %s, found %s", name, wanted, type_name(v));
    }
    *out = v;
    return ST_OK;
}

enum status json_get_str(const cJSON *o, const char *name, const char **out, struct err *e)
{
    const cJSON *v = NULL;
    enum status st = member(o, name, cJSON_IsString, "a string", &v, e);
    *out = v != NULL ? v->valuestring : NULL;
    return st;
}

enum status json_get_num(const cJSON *o, const char *name, double *out, struct err *e)
{
    const cJSON *v = NULL;
    enum status st = member(o, name, cJSON_IsNumber, "a number", &v, e);
    *out = 0;
    if (v == NULL) {
        return st;
    }
    if (!isfinite(v->valuedouble)) {
        return err_set(e, ST_INVALID, "\"%s\" is too large for a number", name);
    }
    *out = v->valuedouble;
    return ST_OK;
}

enum status json_get_int(const cJSON *o, const char *name, int64_t *out, struct err *e)
{
    double v = 0;
    *out = 0;
    enum status st = json_get_num(o, name, &v, e);
    if (st != ST_OK) {
        return st;
    }
    if (fabs(v - trunc(v)) > 0 || fabs(v) > largest_integer) {
        return err_set(e, ST_INVALID, "\"%s\" must be a whole number, found %.17g", name, v);
    }
    *out = (int64_t)v;
    return ST_OK;
}

enum status json_get_bool(const cJSON *o, const char *name, bool *out, struct err *e)
{
    const cJSON *v = NULL;
    enum status st = member(o, name, cJSON_IsBool, "true or false", &v, e);
    *out = st == ST_OK && cJSON_IsTrue(v);
    return st;
}

enum status json_get_array(const cJSON *o, const char *name, const cJSON **out, struct err *e)
{
    return member(o, name, cJSON_IsArray, "an array", out, e);
}

enum status json_get_object(const cJSON *o, const char *name, const cJSON **out, struct err *e)
{
    return member(o, name, cJSON_IsObject, "an object", out, e);
}

const char *json_str_or(const cJSON *o, const char *name, const char *otherwise)
{
    const char *v = NULL;
    return json_get_str(o, name, &v, NULL) == ST_OK ? v : otherwise;
}

double json_num_or(const cJSON *o, const char *name, double otherwise)
{
    double v = 0;
    return json_get_num(o, name, &v, NULL) == ST_OK ? v : otherwise;
}

bool json_bool_or(const cJSON *o, const char *name, bool otherwise)
{
    bool v = false;
    return json_get_bool(o, name, &v, NULL) == ST_OK ? v : otherwise;
}

/* ------------------------------------------------------------------ writing */

char *json_text(const cJSON *v)
{
    char *text = v != NULL ? cJSON_PrintUnformatted(v) : NULL;
    return text != NULL ? text : xstrdup("null");
}

static const char *short_escape(uint32_t cp)
{
    switch (cp) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\b':
        return "\\b";
    case '\f':
        return "\\f";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        return NULL;
    }
}

/* ASCII that means itself within a JSON string. */
static bool is_plain(char c)
{
    return c >= ' ' && c < 0x7F && c != '"' && c != '\\';
}

bool json_quote(struct buf *out, const char *s, size_t n)
{
    size_t from = 0; /* what stands as it is goes in one piece: prompts are long */
    buf_addc(out, '"');
    for (size_t i = 0; i < n;) {
        if (is_plain(s[i])) {
            i++;
            continue;
        }
        uint32_t cp = 0;
        size_t len = utf8_decode(s + i, n - i, &cp);
        const char *escape = short_escape(cp);
        bool control = cp < 0x20 || (cp >= 0x7F && cp <= 0x9F);
        if (escape == NULL && !control && cp != UTF8_BAD) {
            i += len;
            continue;
        }
        buf_add(out, s + from, i - from);
        if (escape != NULL) {
            buf_adds(out, escape);
        } else if (control) {
            buf_printf(out, "\\u%04x", cp);
        } else {
            buf_adds(out, "\xEF\xBF\xBD");
        }
        i += len;
        from = i;
    }
    buf_add(out, s + from, n - from);
    return buf_addc(out, '"');
}

bool json_number(struct buf *out, double v)
{
    if (!isfinite(v)) {
        return buf_adds(out, "null");
    }
    char text[32];
    if (fabs(v) < 1e15 && !(fabs(v - trunc(v)) > 0)) {
        (void)snprintf(text, sizeof text, "%lld", (long long)v);
        return buf_adds(out, text);
    }
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, v);
        double back = strtod(text, NULL);
        if (!(back < v) && !(back > v)) {
            break;
        }
    }
    char *comma = strchr(text, ','); /* in a locale with a decimal comma */
    if (comma != NULL) {
        *comma = '.';
    }
    return buf_adds(out, text);
}
