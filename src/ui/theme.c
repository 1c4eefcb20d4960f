/*
 * Two themes are compiled in, so that the program looks right without any file: `default`, which
 * leaves the terminal's own background alone, and `mono`, which is what NO_COLOR and terminals
 * without colours get. Files are read over the default, line by line, and a wrong line is named.
 */
#include "ui/theme.h"

#include "base/file.h"
#include "base/mem.h"
#include "ui/theme_find.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE THEME_DEFAULT_COLOUR
enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, BRIGHT = 8 };

static const char *const role_names[] = {
#define ROLE(id, name) name,
#include "ui/theme_roles.h"
#undef ROLE
};

static const char *const colour_names[] = {"black", "red",     "green", "yellow",
                                           "blue",  "magenta", "cyan",  "white"};
static const char *const attribute_names[] = {"bold", "dim", "underline", "reverse"};

static const struct look default_looks[ROLE_ROLES] = {
    [ROLE_TEXT] = {NONE, NONE, 0},
    [ROLE_DIM] = {247, NONE, 0},
    [ROLE_STRONG] = {NONE, NONE, THEME_BOLD},
    [ROLE_HEADER] = {250, 236, 0},
    [ROLE_HEADER_ACTIVE] = {231, 25, THEME_BOLD},
    [ROLE_HEADER_KEY] = {110, 236, 0},
    [ROLE_CURSOR] = {NONE, 236, 0},
    [ROLE_SIGN] = {110, NONE, 0},
    [ROLE_NUMBER] = {NONE, NONE, 0},
    [ROLE_BAR] = {74, NONE, 0},
    [ROLE_BAR_BACK] = {238, NONE, 0},
    [ROLE_SPARK] = {74, NONE, 0},
    [ROLE_BORDER] = {240, NONE, 0},
    [ROLE_KEY] = {179, NONE, 0},
    [ROLE_HINT] = {248, NONE, 0},
    [ROLE_MESSAGE] = {NONE, NONE, 0},
    [ROLE_WARNING] = {214, NONE, THEME_BOLD},
    [ROLE_ERROR] = {204, NONE, THEME_BOLD},
    [ROLE_PROMPT] = {179, NONE, THEME_BOLD},
    [ROLE_MATCH] = {BLACK, 179, 0},
    [ROLE_POPUP] = {252, 237, 0},
    [ROLE_POPUP_ACTIVE] = {231, 25, THEME_BOLD},
    [ROLE_ACCEPTED] = {114, NONE, 0},
    [ROLE_REJECTED] = {204, NONE, 0},
    [ROLE_DISPUTED] = {214, NONE, 0},
    [ROLE_INVALID] = {176, NONE, 0},
    [ROLE_FAILED] = {204, NONE, THEME_BOLD},
    [ROLE_WORKING] = {81, NONE, 0},
    [ROLE_LOCKED] = {179, NONE, 0},
    [ROLE_OFF] = {245, NONE, 0},
    [ROLE_HUMAN] = {179, NONE, 0},
    [ROLE_MODEL] = {110, NONE, 0},
};

static const struct look mono_looks[ROLE_ROLES] = {
    [ROLE_TEXT] = {NONE, NONE, 0},
    [ROLE_DIM] = {NONE, NONE, THEME_DIM},
    [ROLE_STRONG] = {NONE, NONE, THEME_BOLD},
    [ROLE_HEADER] = {NONE, NONE, THEME_REVERSE},
    [ROLE_HEADER_ACTIVE] = {NONE, NONE, THEME_BOLD},
    [ROLE_HEADER_KEY] = {NONE, NONE, THEME_REVERSE},
    [ROLE_CURSOR] = {NONE, NONE, THEME_REVERSE},
    [ROLE_SIGN] = {NONE, NONE, 0},
    [ROLE_NUMBER] = {NONE, NONE, 0},
    [ROLE_BAR] = {NONE, NONE, 0},
    [ROLE_BAR_BACK] = {NONE, NONE, THEME_DIM},
    [ROLE_SPARK] = {NONE, NONE, 0},
    [ROLE_BORDER] = {NONE, NONE, THEME_DIM},
    [ROLE_KEY] = {NONE, NONE, THEME_BOLD},
    [ROLE_HINT] = {NONE, NONE, 0},
    [ROLE_MESSAGE] = {NONE, NONE, 0},
    [ROLE_WARNING] = {NONE, NONE, THEME_BOLD},
    [ROLE_ERROR] = {NONE, NONE, THEME_BOLD | THEME_UNDERLINE},
    [ROLE_PROMPT] = {NONE, NONE, THEME_BOLD},
    [ROLE_MATCH] = {NONE, NONE, THEME_UNDERLINE | THEME_BOLD},
    [ROLE_POPUP] = {NONE, NONE, THEME_REVERSE},
    [ROLE_POPUP_ACTIVE] = {NONE, NONE, THEME_BOLD},
    [ROLE_ACCEPTED] = {NONE, NONE, 0},
    [ROLE_REJECTED] = {NONE, NONE, 0},
    [ROLE_DISPUTED] = {NONE, NONE, THEME_BOLD},
    [ROLE_INVALID] = {NONE, NONE, 0},
    [ROLE_FAILED] = {NONE, NONE, THEME_BOLD},
    [ROLE_WORKING] = {NONE, NONE, THEME_BOLD},
    [ROLE_LOCKED] = {NONE, NONE, THEME_BOLD},
    [ROLE_OFF] = {NONE, NONE, THEME_DIM},
    [ROLE_HUMAN] = {NONE, NONE, 0},
    [ROLE_MODEL] = {NONE, NONE, 0},
};

const char *theme_role_name(enum ui_role r)
{
    return (unsigned)r < ROLE_ROLES ? role_names[r] : "";
}

void theme_default(struct theme *t)
{
    memcpy(t->of, default_looks, sizeof t->of);
}

void theme_mono(struct theme *t)
{
    memcpy(t->of, mono_looks, sizeof t->of);
}

/* Index of a word in a list, or -1. */
static int word_in(const char *word, size_t n, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(list[i]) == n && memcmp(list[i], word, n) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static bool colour_of(const char *word, size_t n, short *out)
{
    if (n == strlen("default") && memcmp(word, "default", n) == 0) {
        *out = NONE;
        return true;
    }
    short base = 0;
    if (n > strlen("bright-") && memcmp(word, "bright-", strlen("bright-")) == 0) {
        base = BRIGHT;
        word += strlen("bright-");
        n -= strlen("bright-");
    }
    int name = word_in(word, n, colour_names, 8);
    if (name >= 0) {
        *out = (short)(base + name);
        return true;
    }
    if (base != 0 || n == 0 || n > 3) {
        return false;
    }
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (word[i] < '0' || word[i] > '9') {
            return false;
        }
        value = value * 10 + (word[i] - '0');
    }
    *out = (short)value;
    return value <= 255;
}

static size_t next_word(const char **s, const char *end, const char **word)
{
    while (*s < end && (**s == ' ' || **s == '\t' || **s == '\r')) {
        (*s)++;
    }
    *word = *s;
    while (*s < end && **s != ' ' && **s != '\t' && **s != '\r' && **s != '=') {
        (*s)++;
    }
    if (*s == *word && *s < end) {
        (*s)++; /* '=' is a word of its own */
    }
    return (size_t)(*s - *word);
}

/* "[FG] [on BG] [ATTRIBUTE...]"; on failure *bad is the word that is not understood. */
static bool parse_look(const char *s, const char *end, struct look *out, const char **bad,
                       size_t *bad_len)
{
    *out = (struct look){NONE, NONE, 0};
    short *colour = &out->fg;
    const char *word = NULL;
    size_t n = 0;
    while ((n = next_word(&s, end, &word)) > 0) {
        int attribute = word_in(word, n, attribute_names, 4);
        if (attribute >= 0) {
            out->attributes |= 1u << attribute;
        } else if (n == 2 && memcmp(word, "on", 2) == 0) {
            colour = &out->bg;
        } else if (colour == NULL || !colour_of(word, n, colour)) {
            *bad = word;
            *bad_len = n;
            return false;
        } else {
            colour = NULL;
        }
    }
    return true;
}

static enum status parse_line(struct theme *t, const char *name, int line, const char *s,
                              const char *end, struct err *e)
{
    const char *word = NULL;
    size_t n = next_word(&s, end, &word);
    if (n == 0 || word[0] == '#') {
        return ST_OK;
    }
    int role = word_in(word, n, role_names, ROLE_ROLES);
    if (role < 0) {
        return err_set(e, ST_INVALID, "theme %s, line %d: there is no role \"%.*s\"", name, line,
                       (int)n, word);
    }
    const char *sign = NULL;
    if (next_word(&s, end, &sign) != 1 || sign[0] != '=') {
        return err_set(e, ST_INVALID, "theme %s, line %d: expected \"%s = COLOUR [on COLOUR]\"",
                       name, line, role_names[role]);
    }
    const char *bad = NULL;
    size_t bad_len = 0;
    struct look look;
    if (!parse_look(s, end, &look, &bad, &bad_len)) {
        return err_set(e, ST_INVALID,
                       "theme %s, line %d: \"%.*s\" is no colour (default, black ... white, "
                       "bright-red ..., 0-255) and no attribute (bold, dim, underline, reverse)",
                       name, line, (int)bad_len, bad);
    }
    t->of[role] = look;
    return ST_OK;
}

enum status theme_parse(struct theme *t, const char *name, const char *text, struct err *e)
{
    struct theme made = *t;
    int line = 1;
    for (const char *s = text; *s != '\0'; line++) {
        const char *end = strchr(s, '\n');
        end = end != NULL ? end : s + strlen(s);
        enum status st = parse_line(&made, name, line, s, end, e);
        if (st != ST_OK) {
            return st;
        }
        s = *end == '\n' ? end + 1 : end;
    }
    *t = made;
    return ST_OK;
}

enum status theme_load(struct theme *t, const char *name, struct err *e)
{
    if (strcmp(name, "mono") == 0) {
        theme_mono(t);
        return ST_OK;
    }
    struct buf text;
    buf_init(&text, 1u << 16);
    enum status st = theme_find(name, &text, e);
    if (st == ST_NOT_FOUND && strcmp(name, "default") == 0) {
        theme_default(t);
        st = ST_OK;
    } else if (st == ST_OK) {
        struct theme made;
        theme_default(&made);
        st = theme_parse(&made, name, text.data, e);
        if (st == ST_OK) {
            *t = made;
        }
    }
    buf_free(&text);
    return st;
}
