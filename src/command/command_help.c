/*
 * command_help - the tables as plain text.
 *
 * Paragraphs are wrapped for 80 columns; a line that starts with two spaces is an example and is
 * left alone, so that it can be copied.
 */
#include "base/text.h"
#include "command/check.h"
#include "command/settings.h"
#include "command/word.h"

#include <string.h>

enum { COLUMNS = 78, NAME_COLUMNS = 18, TEXT_MAX = 64 << 10 };

static void add_line(void *ctx, const char *line, size_t n)
{
    struct buf *out = ctx;
    buf_add(out, line, n);
    buf_addc(out, '\n');
}

/* Paragraphs wrapped, examples as they are, an empty line between the two. */
static void add_paragraphs(const char *text, struct buf *out)
{
    bool was_text = false;
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        bool example = strncmp(text, "  ", 2) == 0;
        if (example && was_text) {
            buf_addc(out, '\n');
        }
        if (example) {
            add_line(out, text, n);
        } else {
            text_wrap(text, n, COLUMNS, add_line, out);
        }
        was_text = !example;
        text += text[n] == '\n' ? n + 1 : n;
    }
}

struct hanging {
    struct buf *out;
    bool first;
    int indent;
};

static void add_hanging_line(void *ctx, const char *line, size_t n)
{
    struct hanging *h = ctx;
    if (!h->first) {
        buf_printf(h->out, "%*s", h->indent, "");
    }
    h->first = false;
    add_line(h->out, line, n);
}

/* "  NAME            its help, wrapped beside the name" */
static void add_term(const char *term, const char *help, struct buf *out)
{
    int indent = NAME_COLUMNS + 3;
    if (strlen(term) > NAME_COLUMNS) {
        buf_printf(out, "  %s\n%*s", term, indent, "");
    } else {
        buf_printf(out, "  %-*s ", NAME_COLUMNS, term);
    }
    struct hanging h = {.out = out, .first = true, .indent = indent};
    text_wrap(help, strlen(help), COLUMNS - indent, add_hanging_line, &h);
}

/* ------------------------------------------------------------------ settings */

static void setting_values(const struct setting *s, struct buf *out)
{
    setting_range(s, out);
    if (s->otherwise[0] != '\0') {
        buf_printf(out, "; default %s", s->otherwise);
    } else {
        buf_adds(out, "; default empty");
    }
    if (s->applies != APPLIES_NOW) {
        buf_printf(out, "; takes effect with the %s", setting_applies_text(s->applies));
    } else {
        buf_adds(out, "; takes effect at once");
    }
}

static void setting_help(const struct setting *s, const char *kind, struct buf *out)
{
    struct buf values;
    buf_init(&values, TEXT_MAX);
    buf_printf(&values, "%s (%s): ", s->name, kind);
    setting_values(s, &values);
    text_wrap(values.data, values.len, COLUMNS, add_line, out);
    buf_addc(out, '\n');
    add_paragraphs(s->help, out);
    buf_free(&values);
}

static void list_teacher_keys(struct buf *out)
{
    buf_adds(out, "\nKeys (help KEY explains one):\n");
    for (int i = 0; i < TK_COUNT; i++) {
        const struct setting *s = teacher_key_at((enum teacher_key_id)i);
        struct buf values;
        buf_init(&values, TEXT_MAX);
        setting_values(s, &values);
        add_term(s->name, values.data, out);
        buf_free(&values);
    }
}

static void list_roles(struct buf *out)
{
    buf_adds(out, "\nRoles:\n");
    for (int i = 0; i < ROLE_COUNT; i++) {
        add_term(role_name((enum role_id)i), role_help((enum role_id)i), out);
    }
}

static void list_states(struct buf *out)
{
    buf_adds(out, "\nStates of a point:\n");
    for (int i = 0; i < POINT_STATES; i++) {
        enum point_state s = (enum point_state)i;
        add_term(point_state_name(s), point_state_help(s), out);
    }
}

/* ------------------------------------------------------------------ commands */

static void option_term(const struct opt_spec *o, struct buf *out)
{
    if (o->letter != NULL) {
        buf_printf(out, "%s, ", o->letter);
    }
    buf_adds(out, o->name);
    if (o->value != NULL) {
        buf_printf(out, " %s", o->value);
    }
}

static void add_terms(const struct command *c, struct buf *out)
{
    for (const struct arg_spec *a = c->args; a->name != NULL; a++) {
        add_term(a->name, a->help, out);
    }
    for (const struct opt_spec *o = c->opts; o->name != NULL; o++) {
        struct buf term;
        buf_init(&term, 200);
        option_term(o, &term);
        add_term(term.data, o->help, out);
        buf_free(&term);
    }
    if ((c->flags & CMD_JOB) != 0) {
        add_term("--wait", "show progress and end with the job", out);
    }
    if (c->args[0].name != NULL || c->opts[0].name != NULL || (c->flags & CMD_JOB) != 0) {
        buf_addc(out, '\n');
    }
}

static void overview(struct buf *out)
{
    size_t count = 0;
    const struct command *rows = command_table(&count);
    buf_adds(out, "taxa FILE                opens the workbench on a session file\n"
                  "taxa FILE COMMAND ...    runs one command\n"
                  "taxa FILE -              runs a script of commands from standard input\n");
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(rows[i].group, rows[i - 1].group) != 0) {
            buf_printf(out, "\n%s\n", rows[i].group);
        }
        add_term(rows[i].name, rows[i].summary, out);
    }
    buf_adds(out, "\n");
    add_paragraphs(
        "NODE is @ID or a path such as operation/division, with \\/ for a slash in a name. "
        "POINT is a point's number. Every command takes --json; long ones run in the "
        "background and take --wait. Exit codes: 0 done, 1 failed, 2 usage, 3 finished "
        "short of the target, 130 interrupted.\n"
        "  taxa help node add\n"
        "  taxa help complexity\n",
        out);
}

void command_help(const struct command *cmd, struct buf *out)
{
    if (cmd == NULL) {
        overview(out);
        return;
    }
    command_usage(cmd, out);
    buf_printf(out, "\n%s.\n\n", cmd->summary);
    add_terms(cmd, out);
    add_paragraphs(cmd->help, out);
    if (cmd->id == CMD_TEACHER_ADD || cmd->id == CMD_TEACHER_SET) {
        list_teacher_keys(out);
    } else if (cmd->id == CMD_ROLE) {
        list_roles(out);
    } else if (cmd->id == CMD_POINTS || cmd->id == CMD_STATUS) {
        list_states(out);
    }
}

/* ------------------------------------------------------------------ help WORD... */

/* The commands whose names start with this word. False when there is none. */
static bool group_help(const char *word, struct buf *out)
{
    size_t count = 0;
    size_t n = strlen(word);
    const struct command *rows = command_table(&count);
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        bool starts = strncmp(rows[i].name, word, n) == 0 && rows[i].name[n] == ' ';
        if (starts || strcmp(rows[i].group, word) == 0) {
            add_term(rows[i].name, rows[i].summary, out);
            any = true;
        }
    }
    return any;
}

static enum status unknown_topic(int argc, const char *const *argv, struct err *e)
{
    struct nearest n;
    nearest_init(&n, argv[0]);
    for (int i = 0; i < SETTING_COUNT; i++) {
        const char *name = setting_at((enum setting_id)i)->name;
        nearest_offer(&n, name, strlen(name));
    }
    for (int i = 0; i < TK_COUNT; i++) {
        const char *name = teacher_key_at((enum teacher_key_id)i)->name;
        nearest_offer(&n, name, strlen(name));
    }
    if (argc > 1 || n.count == 0) {
        return check_unknown_command(argc, argv, e);
    }
    struct buf hint;
    buf_init(&hint, 400);
    nearest_text(&n, &hint);
    enum status st = err_set(e, ST_USAGE, "no help on \"%.100s\"%s", argv[0], hint.data);
    buf_free(&hint);
    return st;
}

static void separate(struct buf *out, bool found)
{
    if (found) {
        buf_addc(out, '\n');
    }
}

enum status command_help_words(int argc, const char *const *argv, struct buf *out, struct err *e)
{
    if (argc == 0) {
        overview(out);
        return ST_OK;
    }
    int used = 0;
    bool found = false;
    const struct command *cmd = command_find(argc, argv, &used);
    if (cmd != NULL && used == argc) {
        command_help(cmd, out);
        found = true;
    }
    const struct setting *s = argc == 1 ? setting_find(argv[0]) : NULL;
    if (s != NULL) {
        separate(out, found);
        setting_help(s, "setting", out);
        found = true;
    }
    s = argc == 1 ? teacher_key_find(argv[0], NULL) : NULL;
    if (s != NULL) {
        separate(out, found);
        setting_help(s, "teacher key", out);
        found = true;
    }
    if (!found && argc == 1) {
        found = group_help(argv[0], out);
    }
    return found ? ST_OK : unknown_topic(argc, argv, e);
}
