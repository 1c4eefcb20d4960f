/*
 * command_man - the tables as mdoc, for the manual page.
 *
 * roff reads a backslash, a leading dot or quote, and a plain hyphen its own way; everything from
 * the tables passes add_text or add_literal, which see to that. Sentences start new lines, as
 * mdoc(7) asks.
 */
#include "command/command.h"
#include "command/settings.h"
#include "command/word.h"

#include <string.h>

enum { LINE_BYTES = 76 };

static void add_char(char c, struct buf *out)
{
    switch (c) {
    case '\\':
        buf_adds(out, "\\e");
        break;
    case '-':
        buf_adds(out, "\\-");
        break;
    case '~':
        buf_adds(out, "\\(ti");
        break;
    case '^':
        buf_adds(out, "\\(ha");
        break;
    case '\'':
        buf_adds(out, "\\(aq");
        break;
    case '"':
        buf_adds(out, "\\(dq");
        break;
    default:
        buf_addc(out, c);
    }
}

/* As it is, for examples and words of commands. */
static void add_literal(const char *s, size_t n, struct buf *out)
{
    if (n > 0 && s[0] == '.') {
        buf_adds(out, "\\&");
    }
    for (size_t i = 0; i < n; i++) {
        add_char(s[i], out);
    }
}

static bool starts_option(const char *s, size_t i)
{
    return i == 0 || s[i - 1] == ' ' || s[i - 1] == '-' || s[i - 1] == '`' || s[i - 1] == '(';
}

/* Is there no room on this line for the word behind the blank at i? */
static bool line_full(const char *s, size_t i, size_t n, size_t line_start, const struct buf *out)
{
    size_t word = 1;
    while (i + word < n && s[i + word] != ' ') {
        word++;
    }
    return out->len - line_start + word > LINE_BYTES;
}

/* Running text: `words` in bold, one sentence a line, lines broken before they are long. */
static void add_text(const char *s, size_t n, struct buf *out)
{
    bool bold = false;
    size_t line_start = out->len;
    for (size_t i = 0; i < n; i++) {
        bool sentence = s[i] == ' ' && i > 0 && strchr(".!?", s[i - 1]) != NULL && i + 1 < n &&
                        ((s[i + 1] >= 'A' && s[i + 1] <= 'Z') || s[i + 1] == '`' ||
                         (s[i + 1] >= '0' && s[i + 1] <= '9'));
        bool full = s[i] == ' ' && line_full(s, i, n, line_start, out);
        if (sentence || full) {
            buf_adds(out, i + 1 < n && s[i + 1] == '.' ? "\n\\&" : "\n");
            line_start = out->len;
        } else if (s[i] == '`') {
            bold = !bold;
            buf_adds(out, bold ? "\\fB" : "\\fR");
        } else if (s[i] == '-' && !bold && !starts_option(s, i)) {
            buf_addc(out, '-');
        } else {
            add_char(s[i], out);
        }
    }
    buf_addc(out, '\n');
}

static void add_text_string(const char *s, struct buf *out)
{
    add_text(s, strlen(s), out);
}

/* Paragraphs and examples of a help text. */
static void add_help(const char *text, struct buf *out)
{
    bool literal = false;
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        bool example = strncmp(text, "  ", 2) == 0;
        if (example && !literal) {
            buf_adds(out, ".Bd -literal -offset indent\n");
        } else if (!example && literal) {
            buf_adds(out, ".Ed\n");
        }
        literal = example;
        if (example) {
            add_literal(text + 2, n - 2, out);
            buf_addc(out, '\n');
        } else {
            add_text(text, n, out);
        }
        text += text[n] == '\n' ? n + 1 : n;
    }
    if (literal) {
        buf_adds(out, ".Ed\n");
    }
}

static void add_word(const char *macro, const char *word, struct buf *out)
{
    buf_printf(out, " %s ", macro);
    add_literal(word, strlen(word), out);
}

/* "Fl d" for -d, "Fl -depth" for --depth: the macro writes the first hyphen. */
static void add_flag(const char *flag, const char *value, struct buf *out)
{
    add_word("Fl", flag + 1, out);
    if (value != NULL) {
        add_word("Ar", value, out);
    }
}

static void add_arg(const struct arg_spec *a, struct buf *out)
{
    buf_adds(out, a->min == 0 ? " Op" : "");
    for (int i = 0; i < (a->min > 1 ? a->min : 1); i++) {
        add_word("Ar", a->name, out);
    }
    if (a->max < 0 && a->type != ARG_TEXT && a->type != ARG_FILTER) {
        buf_adds(out, " ...");
    }
}

static void add_item(const struct command *c, struct buf *out)
{
    buf_printf(out, ".It Ic %s", c->name);
    for (const struct arg_spec *a = c->args; a->name != NULL; a++) {
        add_arg(a, out);
    }
    buf_addc(out, '\n');
}

static void add_terms(const struct command *c, struct buf *out)
{
    if (c->args[0].name == NULL && c->opts[0].name == NULL) {
        return;
    }
    buf_adds(out, ".Bl -tag -width Ds -compact\n");
    for (const struct arg_spec *a = c->args; a->name != NULL; a++) {
        buf_adds(out, ".It");
        add_word("Ar", a->name, out);
        buf_addc(out, '\n');
        add_text_string(a->help, out);
    }
    for (const struct opt_spec *o = c->opts; o->name != NULL; o++) {
        buf_adds(out, ".It");
        if (o->letter != NULL) {
            add_flag(o->letter, NULL, out);
            buf_adds(out, " ,");
        }
        add_flag(o->name, o->value, out);
        buf_addc(out, '\n');
        add_text_string(o->help, out);
    }
    buf_adds(out, ".El\n");
}

void command_man(struct buf *out)
{
    size_t count = 0;
    const struct command *rows = command_table(&count);
    buf_adds(out, ".Sh COMMANDS\n");
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(rows[i].group, rows[i - 1].group) != 0) {
            buf_adds(out, i == 0 ? "" : ".El\n");
            buf_printf(out, ".Ss %c%s\n.Bl -tag -width Ds\n", (char)(rows[i].group[0] - 'a' + 'A'),
                       rows[i].group + 1);
        }
        add_item(&rows[i], out);
        add_text_string(rows[i].summary, out);
        buf_cut(out, out->len > 0 ? out->len - 1 : 0);
        buf_adds(out, ".\n");
        add_terms(&rows[i], out);
        buf_adds(out, ".Pp\n");
        add_help(rows[i].help, out);
    }
    buf_adds(out, ".El\n");
}

/* ------------------------------------------------------------------ settings */

static void add_setting(const struct setting *s, struct buf *out)
{
    struct buf values;
    buf_init(&values, 2000);
    buf_adds(out, ".It Ic ");
    add_literal(s->name, strlen(s->name), out);
    buf_addc(out, '\n');
    setting_range(s, &values);
    buf_printf(&values, "; default %s.", s->otherwise[0] != '\0' ? s->otherwise : "empty");
    add_literal(values.data, values.len, out);
    buf_addc(out, '\n');
    if (s->applies == APPLIES_NOW) {
        buf_adds(out, "Takes effect at once.\n");
    } else {
        buf_printf(out, "Takes effect with the %s.\n", setting_applies_text(s->applies));
    }
    add_help(s->help, out);
    buf_free(&values);
}

static void add_named(const char *name, const char *help, struct buf *out)
{
    buf_adds(out, ".It Ic ");
    add_literal(name, strlen(name), out);
    buf_addc(out, '\n');
    add_text_string(help, out);
}

void settings_man(struct buf *out)
{
    buf_adds(out, ".Sh SETTINGS\n.Bl -tag -width Ds\n");
    for (int i = 0; i < SETTING_COUNT; i++) {
        add_setting(setting_at((enum setting_id)i), out);
    }
    buf_adds(out, ".El\n.Ss Teacher keys\n.Bl -tag -width Ds\n");
    for (int i = 0; i < TK_COUNT; i++) {
        add_setting(teacher_key_at((enum teacher_key_id)i), out);
    }
    buf_adds(out, ".El\n.Ss Roles\n.Bl -tag -width Ds -compact\n");
    for (int i = 0; i < ROLE_COUNT; i++) {
        add_named(role_name((enum role_id)i), role_help((enum role_id)i), out);
    }
    buf_adds(out, ".El\n.Ss States of a point\n.Bl -tag -width Ds -compact\n");
    for (int i = 0; i < POINT_STATES; i++) {
        enum point_state s = (enum point_state)i;
        add_named(point_state_name(s), point_state_help(s), out);
    }
    buf_adds(out, ".El\n");
}
