/*
 * The table of keys as a section of the manual and as Markdown, so that neither can say anything
 * else than what the dispatcher does.
 */
#include "ui/keys.h"

#include <stdio.h>
#include <string.h>

/* The order in which manual and Markdown list the contexts. */
static const enum key_context order[] = {
    CTX_GLOBAL,    CTX_MOVE,        CTX_OVERVIEW, CTX_TAXONOMY,   CTX_TREE,          CTX_PROPOSAL,
    CTX_EXPANSION, CTX_SUGGESTIONS, CTX_MIX,      CTX_MIX_VALUES, CTX_MIX_NODES,     CTX_MIX_MARKS,
    CTX_MIX_PAIRS, CTX_MIX_DRAWS,   CTX_RUN,      CTX_REVIEW,     CTX_REVIEW_REASON, CTX_DATA,
    CTX_COMPARE,   CTX_CALLS,       CTX_SETTINGS, CTX_FACTORS,    CTX_TEACHERS,      CTX_THEMES,
    CTX_START,     CTX_MENU,        CTX_JOURNAL,  CTX_IMPORT,     CTX_TEXT,          CTX_PROMPT};

/* Text for mdoc: a sentence starts on a line of its own, and a backslash is an escape. */
static void add_mdoc(struct buf *out, const char *s)
{
    for (; *s != '\0'; s++) {
        if (*s == '\\') {
            buf_adds(out, "\\e");
        } else if (*s == '-') {
            buf_adds(out, "\\-");
        } else if (s[0] == '.' && s[1] == ' ') {
            buf_adds(out, ".\n");
            s++;
        } else {
            buf_addc(out, *s);
        }
    }
}

/* mdoc wants each sentence on a line of its own. */
static void add_sentences(struct buf *out, const char *text)
{
    for (const char *end; (end = strstr(text, ". ")) != NULL; text = end + 2) {
        char one[256];
        snprintf(one, sizeof one, "%.*s", (int)(end + 1 - text), text);
        add_mdoc(out, one);
        buf_addc(out, '\n');
    }
    add_mdoc(out, text);
    buf_addc(out, '\n');
}

void ui_keys_man(struct buf *out)
{
    size_t size = 0;
    const struct binding *table = keys_table(&size);
    buf_adds(
        out,
        "The digits open the panels; in the list below the keys are grouped by where they work.\n");
    for (size_t c = 0; c < sizeof order / sizeof order[0]; c++) {
        buf_printf(out, ".Ss %s\n.Bl -tag -width 18n -compact\n", keys_context_title(order[c]));
        for (size_t i = 0; i < size; i++) {
            if (table[i].context != order[c]) {
                continue;
            }
            buf_adds(out, ".It");
            for (size_t k = 0; k < 4 && table[i].keys[k] != 0; k++) {
                char name[16];
                keys_name(name, table[i].keys[k]);
                /* \& keeps a key that is punctuation from being taken as punctuation */
                buf_adds(out, k > 0 ? " , Li \\&" : " Li \\&");
                add_mdoc(out, name);
            }
            buf_addc(out, '\n');
            add_sentences(out, table[i].help);
        }
        buf_adds(out, ".El\n");
    }
}

void ui_keys_markdown(struct buf *out)
{
    size_t size = 0;
    const struct binding *table = keys_table(&size);
    for (size_t c = 0; c < sizeof order / sizeof order[0]; c++) {
        buf_printf(out, "%s**%s**\n\n| key | what it does |\n|---|---|\n", c > 0 ? "\n" : "",
                   keys_context_title(order[c]));
        for (size_t i = 0; i < size; i++) {
            if (table[i].context != order[c]) {
                continue;
            }
            buf_adds(out, "| ");
            for (size_t k = 0; k < 4 && table[i].keys[k] != 0; k++) {
                char name[16];
                keys_name(name, table[i].keys[k]);
                /* a bar would end the cell, also inside a code span */
                buf_printf(out, "%s`%s%s`", k > 0 ? " " : "", name[0] == '|' ? "\\" : "", name);
            }
            buf_printf(out, " | %s |\n", table[i].help);
        }
    }
}
