/*
 * filter - see filter.h.
 *
 * A term ends at a blank; a value with blanks stands in double quotes, a regex between slashes.
 * Everything that can be wrong is found here, so that the store never meets a bad term.
 */
#include "command/filter.h"

#include "base/mem.h"
#include "base/regex.h"
#include "command/settings.h"
#include "command/word.h"

#include <stdlib.h>
#include <string.h>

enum { TERMS_MAX = 64, TEXT_MAX = 1 << 20, MESSAGE_MAX = 400 };

struct field {
    const char *name;
    enum filter_field id;
    unsigned of; /* OF_POINTS, OF_CALLS */
    bool number;
    const char *choices;
    const char *shown; /* in messages */
};
enum { OF_POINTS = 1, OF_CALLS = 2 };

static const struct field fields[] = {
    {"state", FILTER_STATE, OF_POINTS, false, NULL, "state:NAME"},
    {"node", FILTER_NODE, OF_POINTS, false, NULL, "node:PATH"},
    {"strategy", FILTER_STRATEGY, OF_POINTS, false, NULL, "strategy:NAME"},
    {"complex", FILTER_COMPLEX, OF_POINTS, false, "yes|no", "complex:yes"},
    {"verdict", FILTER_VERDICT, OF_POINTS, false, "yes/yes|yes/no|no/yes|no/no", "verdict:yes/yes"},
    {"reviewed", FILTER_REVIEWED, OF_POINTS, false, "yes|no", "reviewed:no"},
    {"id", FILTER_ID, OF_POINTS | OF_CALLS, true, NULL, "id:N"},
    {"task", FILTER_TASK, OF_CALLS, false, NULL, "task:NAME"},
    {"teacher", FILTER_TEACHER, OF_CALLS, false, NULL, "teacher:NAME"},
    {"outcome", FILTER_OUTCOME, OF_CALLS, false, "ok|length|refused|transport|fatal", "outcome:ok"},
    {"point", FILTER_POINT, OF_CALLS, true, NULL, "point:N"},
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

struct reader {
    const char *at;
    unsigned of;
    struct buf value;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(struct reader *r)
{
    r->at += strspn(r->at, " \t\r\n");
}

static size_t word_length(const char *s)
{
    return strcspn(s, " \t\r\n");
}

static enum status unknown_word(const struct reader *r, const char *word, struct err *e)
{
    struct buf known;
    buf_init(&known, MESSAGE_MAX);
    for (int i = 0; i < FIELDS; i++) {
        if ((fields[i].of & r->of) != 0) {
            buf_printf(&known, "%s, ", fields[i].shown);
        }
    }
    size_t n = word_length(word);
    enum status st =
        err_set(e, ST_USAGE, "unknown word \"%.*s\" in the filter; known are %s/regex/",
                n > 60 ? 60 : (int)n, word, known.data);
    buf_free(&known);
    return st;
}

/* ------------------------------------------------------------------ values */

/* At the opening slash. "\/" is a slash of the pattern; other backslashes are the pattern's own. */
static enum status read_regex(struct reader *r, struct err *e)
{
    const char *start = r->at++;
    while (*r->at != '/') {
        if (*r->at == '\0') {
            return err_set(e, ST_USAGE, "the regex %.60s is never closed by a /", start);
        }
        if (*r->at == '\\' && r->at[1] != '\0') {
            if (r->at[1] != '/') {
                buf_addc(&r->value, '\\');
            }
            r->at++;
        }
        buf_addc(&r->value, *r->at++);
    }
    r->at++;
    if (r->value.len == 0) {
        return err_set(e, ST_USAGE, "the regex // is empty");
    }
    struct regex *re = NULL;
    struct err why;
    if (regex_new(r->value.data, &re, &why) != ST_OK) {
        return err_set(e, ST_USAGE, "%s", why.msg);
    }
    regex_free(re);
    return ST_OK;
}

/* At the opening quote. Only \" and \\ are escapes, so that \/ in a path comes through. */
static enum status read_quoted(struct reader *r, struct err *e)
{
    const char *start = r->at++;
    while (*r->at != '"') {
        if (*r->at == '\0') {
            return err_set(e, ST_USAGE, "the value %.60s is never closed by a \"", start);
        }
        if (*r->at == '\\' && (r->at[1] == '"' || r->at[1] == '\\')) {
            r->at++;
        }
        buf_addc(&r->value, *r->at++);
    }
    r->at++;
    return ST_OK;
}

static enum status read_value(struct reader *r, struct err *e)
{
    if (*r->at == '"') {
        return read_quoted(r, e);
    }
    size_t n = word_length(r->at);
    buf_add(&r->value, r->at, n);
    r->at += n;
    return ST_OK;
}

static enum status check_state(const char *value, struct err *e)
{
    enum point_state state;
    if (point_state_by_name(value, &state)) {
        return ST_OK;
    }
    struct buf text;
    struct nearest n;
    buf_init(&text, MESSAGE_MAX);
    nearest_init(&n, value);
    for (int i = 0; i < POINT_STATES; i++) {
        const char *name = point_state_name((enum point_state)i);
        nearest_offer(&n, name, strlen(name));
        buf_printf(&text, "%s%s", i == 0 ? "" : i == POINT_STATES - 1 ? " or " : ", ", name);
    }
    buf_printf(&text, ", found \"%.60s\"", value);
    nearest_text(&n, &text);
    enum status st = err_set(e, ST_USAGE, "state: expected %s", text.data);
    buf_free(&text);
    return st;
}

static enum status check_field(const struct field *f, struct filter_term *t, struct err *e)
{
    int64_t number = 0;
    if (t->text[0] == '\0') {
        return err_set(e, ST_USAGE, "%s: a value is missing, as in %s", f->name, f->shown);
    }
    if (f->id == FILTER_STATE) {
        return check_state(t->text, e);
    }
    if (f->number) {
        if (!word_int(t->text, &number) || number < 0) {
            return err_set(e, ST_USAGE, "%s: expected a whole number, found \"%.60s\"", f->name,
                           t->text);
        }
        t->number = (double)number;
    }
    if (f->choices != NULL && !word_in(f->choices, t->text)) {
        struct buf list;
        buf_init(&list, MESSAGE_MAX);
        word_list_text(f->choices, &list);
        enum status st =
            err_set(e, ST_USAGE, "%s: expected %s, found \"%.60s\"", f->name, list.data, t->text);
        buf_free(&list);
        return st;
    }
    return ST_OK;
}

/* ------------------------------------------------------------------ terms */

static const struct field *find_field(const struct reader *r, size_t n)
{
    for (int i = 0; i < FIELDS; i++) {
        if ((fields[i].of & r->of) != 0 && strlen(fields[i].name) == n &&
            memcmp(fields[i].name, r->at, n) == 0) {
            return &fields[i];
        }
    }
    return NULL;
}

static enum status read_field(struct reader *r, struct filter_term *t, struct err *e)
{
    const char *word = r->at;
    size_t n = strcspn(r->at, ":<> \t\r\n");
    const struct field *f = find_field(r, n);
    if (f == NULL || strchr(":<>", word[n]) == NULL || word[n] == '\0') {
        return unknown_word(r, word, e);
    }
    t->field = f->id;
    t->op = word[n] == ':' ? FILTER_IS : word[n] == '>' ? FILTER_ABOVE : FILTER_BELOW;
    if (t->op != FILTER_IS && !f->number) {
        return err_set(e, ST_USAGE, "%s: can only be compared with ':', as in %s", f->name,
                       f->shown);
    }
    r->at += n + 1;
    enum status st = read_value(r, e);
    if (st != ST_OK) {
        return st;
    }
    t->text = xstrndup(r->value.data, r->value.len);
    return check_field(f, t, e);
}

static enum status read_term(struct reader *r, struct filter_term *t, struct err *e)
{
    enum status st = ST_OK;
    buf_clear(&r->value);
    if (*r->at == '!') {
        t->negated = true;
        r->at++;
    }
    if (*r->at == '/') {
        st = read_regex(r, e);
        if (st == ST_OK) {
            t->field = FILTER_REGEX;
            t->text = xstrndup(r->value.data, r->value.len);
        }
    } else {
        st = read_field(r, t, e);
    }
    if (st == ST_OK && *r->at != '\0' && !is_blank(*r->at)) {
        st = err_set(e, ST_USAGE, "a blank must stand before \"%.60s\" in the filter", r->at);
    }
    return st;
}

static bool at_and(const struct reader *r)
{
    return word_length(r->at) == 3 && memcmp(r->at, "and", 3) == 0;
}

static enum status read_terms(struct reader *r, struct filter *out, struct err *e)
{
    size_t cap = 0;
    skip_blanks(r);
    while (*r->at != '\0') {
        if (out->count == TERMS_MAX) {
            return err_set(e, ST_USAGE, "a filter may have at most %d words", TERMS_MAX);
        }
        out->terms = vec_grow(out->terms, &cap, out->count + 1, sizeof *out->terms);
        struct filter_term *t = &out->terms[out->count++];
        memset(t, 0, sizeof *t);
        enum status st = read_term(r, t, e);
        if (st != ST_OK) {
            return st;
        }
        skip_blanks(r);
        if (at_and(r)) {
            r->at += 3;
            skip_blanks(r);
            if (*r->at == '\0') {
                return err_set(e, ST_USAGE, "nothing follows the \"and\" of the filter");
            }
        }
    }
    return ST_OK;
}

enum status filter_parse(const char *text, bool calls, struct filter *out, struct err *e)
{
    memset(out, 0, sizeof *out);
    if (strlen(text) > TEXT_MAX) {
        return err_set(e, ST_USAGE, "a filter may have at most %d bytes", TEXT_MAX);
    }
    struct reader r = {.at = text, .of = calls ? OF_CALLS : OF_POINTS};
    buf_init(&r.value, TEXT_MAX);
    enum status st = read_terms(&r, out, e);
    buf_free(&r.value);
    if (st != ST_OK) {
        filter_free(out);
    }
    return st;
}

void filter_free(struct filter *f)
{
    for (size_t i = 0; i < f->count; i++) {
        free(f->terms[i].text);
    }
    free(f->terms);
    memset(f, 0, sizeof *f);
}
