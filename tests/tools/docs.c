/*
 * docs - the parts of the documentation that are made from the tables of the program.
 *
 *   docs man TEMPLATE           the whole manual page on standard output
 *   docs readme README SESSION  the README with its generated parts made again, on standard output;
 *                               its screens show SESSION
 *
 * In the template `@COMMANDS@`, `@SETTINGS@` and `@KEYS@` on lines of their own are replaced. In
 * the README everything between `<!-- begin NAME -->` and `<!-- end NAME -->` is. A test compares
 * the results with the committed files, so neither can be out of date.
 */
#include "base/buf.h"
#include "base/file.h"
#include "command/command.h"
#include "command/settings.h"
#include "ui/dump.h"
#include "ui/keys.h"
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOC_MAX (4u << 20)

/* A cell of a Markdown table: '|' would end it. */
static void cell(struct buf *out, const char *s)
{
    for (; *s != '\0'; s++) {
        if (*s == '|') {
            buf_adds(out, "\\|");
        } else {
            buf_addc(out, *s == '\n' ? ' ' : *s);
        }
    }
}

static void commands_markdown(struct buf *out)
{
    size_t n = 0;
    const struct command *table = command_table(&n);
    const char *group = "";
    buf_adds(out, "| command | what it does |\n|---|---|\n");
    for (size_t i = 0; i < n; i++) {
        struct buf usage;
        buf_init(&usage, DOC_MAX);
        command_usage(&table[i], &usage);
        const char *text = strncmp(usage.data, "usage: ", 7) == 0 ? usage.data + 7 : usage.data;
        if (strcmp(group, table[i].group) != 0) {
            group = table[i].group;
            buf_printf(out, "| **%s** | |\n", group);
        }
        buf_adds(out, "| `");
        cell(out, text);
        buf_adds(out, "` | ");
        cell(out, table[i].summary);
        buf_adds(out, " |\n");
        buf_free(&usage);
    }
}

static void setting_row(struct buf *out, const struct setting *s)
{
    buf_printf(out, "| `%s` | ", s->name);
    cell(out, s->otherwise[0] != '\0' ? s->otherwise : "-");
    buf_printf(out, "%s%s | ", s->unit[0] != '\0' ? " " : "", s->unit);
    cell(out, s->help);
    buf_adds(out, " |\n");
}

static void settings_markdown(struct buf *out)
{
    buf_adds(out, "| setting | default | what it does |\n|---|---|---|\n");
    for (int i = 0; i < SETTING_COUNT; i++) {
        setting_row(out, setting_at((enum setting_id)i));
    }
    buf_adds(out, "| **teacher keys** | | |\n");
    for (int i = 0; i < TK_COUNT; i++) {
        setting_row(out, teacher_key_at((enum teacher_key_id)i));
    }
}

/* A panel at 80x24 as a code block. */
static void screen(struct buf *out, const char *panel, const char *session)
{
    struct err e = {0};
    buf_adds(out, "```\n");
    if (session == NULL || ui_dump(session, panel, 80, 24, out, &e) != ST_OK) {
        buf_printf(out, "%s\n", e.msg);
    }
    buf_adds(out, "```\n");
}

static void part(struct buf *out, const char *name, const char *session)
{
    if (strncmp(name, "screen-", 7) == 0) {
        screen(out, name + 7, session);
        return;
    }
    if (strcmp(name, "COMMANDS") == 0) {
        command_man(out);
    } else if (strcmp(name, "SETTINGS") == 0) {
        settings_man(out);
    } else if (strcmp(name, "KEYS") == 0) {
        ui_keys_man(out);
    } else if (strcmp(name, "commands") == 0) {
        commands_markdown(out);
    } else if (strcmp(name, "settings") == 0) {
        settings_markdown(out);
    } else if (strcmp(name, "keys") == 0) {
        ui_keys_markdown(out);
    }
}

static void man(const char *text, struct buf *out)
{
    for (const char *p = text; *p != '\0';) {
        size_t n = strcspn(p, "\n");
        char name[32] = "";
        if (n > 2 && n < sizeof name && p[0] == '@' && p[n - 1] == '@') {
            memcpy(name, p + 1, n - 2);
            part(out, name, NULL);
        } else {
            buf_add(out, p, n);
            buf_addc(out, '\n');
        }
        p += n + (p[n] == '\n' ? 1 : 0);
    }
}

static void readme(const char *text, const char *session, struct buf *out)
{
    static const char begin[] = "<!-- begin ", end[] = "<!-- end ";
    bool inside = false;
    for (const char *p = text; *p != '\0';) {
        size_t n = strcspn(p, "\n");
        bool opens = strncmp(p, begin, sizeof begin - 1) == 0;
        if (strncmp(p, end, sizeof end - 1) == 0) {
            inside = false;
        }
        if (!inside) {
            buf_add(out, p, n);
            buf_addc(out, '\n');
        }
        if (opens) {
            char name[32];
            snprintf(name, sizeof name, "%.*s", (int)strcspn(p + sizeof begin - 1, " \n"),
                     p + sizeof begin - 1);
            part(out, name, session);
            inside = true;
        }
        p += n + (p[n] == '\n' ? 1 : 0);
    }
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    struct buf text, out;
    struct err e = {0};
    buf_init(&text, DOC_MAX);
    buf_init(&out, DOC_MAX);
    bool is_man = argc == 3 && strcmp(argv[1], "man") == 0;
    if (!is_man && (argc != 4 || strcmp(argv[1], "readme") != 0)) {
        fprintf(stderr, "usage: docs man TEMPLATE | docs readme README SESSION\n");
        return 2;
    }
    if (file_read(argv[2], &text, &e) != ST_OK) {
        fprintf(stderr, "%s\n", e.msg);
        return 1;
    }
    if (is_man) {
        man(text.data, &out);
    } else {
        readme(text.data, argv[3], &out);
    }
    fwrite(out.data, 1, out.len, stdout);
    buf_free(&text);
    buf_free(&out);
    return 0;
}
