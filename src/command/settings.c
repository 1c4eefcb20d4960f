/*
 * settings - looking rows up, checking values, reading a teacher's configuration.
 *
 * Values are checked as text and kept as text: what a person wrote is what `save` gives back.
 */
#include "command/settings.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "command/word.h"

#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MAX = 400 };

const struct setting *setting_find(const char *name)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (strcmp(setting_at((enum setting_id)i)->name, name) == 0) {
            return setting_at((enum setting_id)i);
        }
    }
    return NULL;
}

const struct setting *teacher_key_find(const char *name, enum teacher_key_id *id)
{
    for (int i = 0; i < TK_COUNT; i++) {
        if (strcmp(teacher_key_at((enum teacher_key_id)i)->name, name) == 0) {
            if (id != NULL) {
                *id = (enum teacher_key_id)i;
            }
            return teacher_key_at((enum teacher_key_id)i);
        }
    }
    return NULL;
}

bool role_by_name(const char *name, enum role_id *out)
{
    for (int i = 0; i < ROLE_COUNT; i++) {
        if (strcmp(role_name((enum role_id)i), name) == 0) {
            *out = (enum role_id)i;
            return true;
        }
    }
    return false;
}

bool point_state_by_name(const char *name, enum point_state *out)
{
    for (int i = 0; i < POINT_STATES; i++) {
        if (strcmp(point_state_name((enum point_state)i), name) == 0) {
            *out = (enum point_state)i;
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------ checking */

const char *setting_applies_text(enum setting_applies a)
{
    static const char *const text[] = {"now", "next question", "next plan", "next run"};
    return text[a];
}

void setting_range(const struct setting *s, struct buf *out)
{
    if (s->choices != NULL) {
        word_list_text(s->choices, out);
    }
    if (s->type == SET_INT || s->type == SET_REAL) {
        buf_adds(out, s->choices != NULL ? ", or " : "");
        buf_adds(out, s->type == SET_INT ? "a whole number " : "a number ");
        word_range_text(s->low, s->high, out);
    } else if (s->type == SET_TEXT) {
        buf_printf(out, "text of at most %.0f bytes", s->high);
    }
    if (s->unit[0] != '\0') {
        buf_printf(out, " (%s)", s->unit);
    }
}

static enum status refuse_number(const struct setting *s, const char *value, struct err *e)
{
    struct buf text;
    buf_init(&text, MESSAGE_MAX);
    if (s->choices != NULL) {
        word_list_text(s->choices, &text);
        buf_adds(&text, " or ");
    }
    buf_adds(&text, s->type == SET_INT ? "a whole number " : "a number ");
    word_range_text(s->low, s->high, &text);
    enum status st =
        err_set(e, ST_INVALID, "%s: expected %s, found \"%s\"", s->name, text.data, value);
    buf_free(&text);
    return st;
}

static enum status check_number(const struct setting *s, const char *value, struct err *e)
{
    if (s->choices != NULL && word_in(s->choices, value)) {
        return ST_OK;
    }
    double number = 0.0;
    int64_t whole = 0;
    bool good = false;
    if (s->type == SET_INT) {
        /* Compared as integers: 2^53 + 1 is 2^53 as a double. */
        good = word_int(value, &whole) && whole >= (int64_t)s->low && whole <= (int64_t)s->high;
    } else {
        good = word_number(value, &number) && number >= s->low && number <= s->high;
    }
    return good ? ST_OK : refuse_number(s, value, e);
}

static enum status check_choice(const struct setting *s, const char *value, struct err *e)
{
    /* Empty means "not set" where that is the default. */
    if (word_in(s->choices, value) || (value[0] == '\0' && s->otherwise[0] == '\0')) {
        return ST_OK;
    }
    struct buf list;
    struct buf near;
    struct nearest n;
    buf_init(&list, MESSAGE_MAX);
    buf_init(&near, MESSAGE_MAX);
    word_list_text(s->choices, &list);
    nearest_init(&n, value);
    nearest_offer_all(&n, s->choices);
    nearest_text(&n, &near);
    enum status st = err_set(e, ST_INVALID, "%s: expected %s, found \"%s\"%s", s->name, list.data,
                             value, near.data);
    buf_free(&list);
    buf_free(&near);
    return st;
}

static enum status check_text(const struct setting *s, const char *value, struct err *e)
{
    size_t n = strlen(value);
    if ((double)n > s->high) {
        return err_set(e, ST_INVALID, "%s: expected at most %.0f bytes, found %zu", s->name,
                       s->high, n);
    }
    if (!utf8_valid(value, n)) {
        return err_set(e, ST_INVALID, "%s: the value is not valid UTF-8", s->name);
    }
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)value[i];
        if (c < 0x20 || c == 0x7F) {
            return err_set(e, ST_INVALID, "%s: the value has a control character (byte %zu)",
                           s->name, i + 1);
        }
    }
    return ST_OK;
}

enum status setting_check(const struct setting *s, const char *value, struct err *e)
{
    switch (s->type) {
    case SET_INT:
    case SET_REAL:
        return check_number(s, value, e);
    case SET_CHOICE:
        return check_choice(s, value, e);
    case SET_TEXT:
        return check_text(s, value, e);
    }
    return err_set(e, ST_INTERNAL, "%s: setting of unknown type", s->name);
}

/* ------------------------------------------------------------------ teachers */

void teacher_config_free(struct teacher_config *c)
{
    free(c->name);
    for (int i = 0; i < TK_COUNT; i++) {
        free(c->key[i]);
    }
    for (int i = 0; i < c->base_url_count; i++) {
        free(c->base_url[i]);
    }
    memset(c, 0, sizeof *c);
}

const char *teacher_config_text(const struct teacher_config *c, enum teacher_key_id id)
{
    return c->key[id] != NULL ? c->key[id] : teacher_key_at(id)->otherwise;
}

double teacher_config_num(const struct teacher_config *c, enum teacher_key_id id)
{
    double v = 0.0;
    if (!word_number(teacher_config_text(c, id), &v)) {
        (void)word_number(teacher_key_at(id)->otherwise, &v);
    }
    return v;
}
