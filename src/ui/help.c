/*
 * `?`: the keys of the contexts in force, from the table, each with the reason when it cannot work
 * now.
 */
#include "ui/ui.h"

#include "base/text.h"
#include "base/utf8.h"
#include <stdio.h>
#include <string.h>

#define KEY_COLUMN 17

static void pad(struct buf *out, size_t from, int columns)
{
    for (int have = utf8_columns(out->data + from, out->len - from); have < columns; have++) {
        buf_addc(out, ' ');
    }
}

struct column {
    struct buf *out;
    bool first;
};

static void add_line(void *ctx, const char *line, size_t n)
{
    struct column *c = ctx;
    if (!c->first) {
        buf_addc(c->out, '\n');
        pad(c->out, c->out->len, KEY_COLUMN + 1);
    }
    c->first = false;
    buf_add(c->out, line, n);
}

/* A sentence in the right column, wrapped to the screen. */
static void add_sentence(const struct ui *ui, struct buf *out, const char *s)
{
    struct column c = {out, true};
    text_wrap(s, strlen(s), ui->cols - KEY_COLUMN - 4, add_line, &c);
}

static void add_row(const struct ui *ui, const struct binding *b, struct buf *out)
{
    size_t start = out->len;
    buf_addc(out, ' ');
    keys_names(b, out);
    buf_addc(out, ' ');
    pad(out, start, KEY_COLUMN + 1);
    add_sentence(ui, out, b->help);
    char why[WHY_MAX];
    if (b->context != CTX_PROMPT && !ui_can(ui, b->action, why)) {
        buf_addc(out, '\n');
        pad(out, out->len, KEY_COLUMN + 1);
        char text[WHY_MAX + 16];
        snprintf(text, sizeof text, "— not now: %s", why);
        add_sentence(ui, out, text);
    }
    buf_addc(out, '\n');
}

static void add_context(const struct ui *ui, enum key_context c, struct buf *out)
{
    size_t count = 0;
    const struct binding *table = keys_table(&count);
    buf_printf(out, "%s%s\n", out->len > 0 ? "\n" : "", keys_context_title(c));
    for (size_t i = 0; i < count; i++) {
        if (table[i].context == c) {
            add_row(ui, &table[i], out);
        }
    }
}

static void add_panels(struct buf *out)
{
    buf_adds(out, "\nPanels\n");
    for (size_t i = 0; i < panel_count(); i++) {
        size_t start = out->len;
        buf_printf(out, " %c", panel_at(i)->key);
        pad(out, start, KEY_COLUMN + 1);
        buf_printf(out, "%s\n", panel_at(i)->name);
    }
}

void ui_help_text(const struct ui *ui, struct buf *out)
{
    enum key_context contexts[PANEL_CONTEXTS + 1];
    size_t n = ui_contexts(ui, contexts);
    for (size_t i = 0; i < n; i++) {
        add_context(ui, contexts[i], out);
    }
    if (ui->start == NULL) {
        add_panels(out);
    }
    add_context(ui, CTX_PROMPT, out);
    buf_adds(out, "\nThe command behind every key can also be typed at : and in the shell as\n"
                  "\"taxa FILE COMMAND\"; :help lists them all.\n");
}
