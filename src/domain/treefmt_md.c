/*
 * treefmt_md - Markdown: headings and nested lists, a paragraph under an item is its description.
 *
 * A node is added when its description is complete, which is when the next item or heading begins.
 * Lines of a paragraph are joined by a blank, as Markdown does; a backslash at the end of a line
 * is a line break, an empty line between paragraphs stays one.
 */
#include "domain/treefmt_parts.h"

#include <string.h>

struct reader {
    struct treefmt_in *in;
    struct treefmt_outline outline;
    struct treefmt_entry entry;
    uint32_t parent;
    size_t line;      /* of the pending node */
    bool pending;     /* a node that waits for its description */
    bool any;         /* there was an item or heading before */
    bool empty_line;  /* since the last text of the description */
    bool broken_line; /* the last text ended with a hard break */
};

enum shape { TEXT, ITEM, HEADING, RULE, EMPTY };

struct line {
    enum shape shape;
    size_t width;     /* columns of indent, or heading level */
    const char *text; /* behind the marker */
    size_t n;
};

static bool is_rule(const char *s, size_t n)
{
    size_t marks = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] != ' ' && s[i] != '\t') {
            if (strchr("-*_=", s[i]) == NULL || s[i] != s[0]) {
                return false;
            }
            marks++;
        }
    }
    return marks >= 3;
}

/* Bytes of a list marker with the blank behind it; 0 when there is none. */
static size_t item_marker(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && i < 9 && s[i] >= '0' && s[i] <= '9') {
        i++;
    }
    if (i >= n || (i > 0 ? s[i] != '.' && s[i] != ')' : strchr("-*+", s[i]) == NULL)) {
        return 0;
    }
    i++;
    if (i == n) {
        return i; /* an item without a name: refused later, by its name */
    }
    return s[i] == ' ' || s[i] == '\t' ? i + 1 : 0;
}

static size_t heading_marker(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && s[i] == '#') {
        i++;
    }
    return i >= 1 && i <= 6 && (i == n || s[i] == ' ' || s[i] == '\t') ? i : 0;
}

static struct line look_at(const char *s, size_t n)
{
    struct line l = {.shape = TEXT};
    size_t i = 0;
    for (; i < n && (s[i] == ' ' || s[i] == '\t'); i++) {
        l.width = s[i] == '\t' ? (l.width / 4 + 1) * 4 : l.width + 1;
    }
    while (n > i && (s[n - 1] == ' ' || s[n - 1] == '\t')) {
        n--;
    }
    size_t marker = 0;
    if (i == n) {
        l.shape = EMPTY;
    } else if (is_rule(s + i, n - i)) {
        l.shape = RULE;
    } else if ((marker = heading_marker(s + i, n - i)) > 0) {
        l.shape = HEADING;
        l.width = marker;
    } else if ((marker = item_marker(s + i, n - i)) > 0) {
        l.shape = ITEM;
    }
    i += marker;
    while (marker > 0 && i < n && (s[i] == ' ' || s[i] == '\t')) {
        i++;
    }
    l.text = s + i;
    l.n = n - i;
    return l;
}

static void flush(struct reader *r)
{
    if (!r->pending) {
        return;
    }
    r->pending = false;
    if (r->broken_line) {
        buf_addc(&r->entry.desc, '\\'); /* nothing follows: it was a plain backslash */
    }
    struct node model = treefmt_model(r->entry.name.data, r->entry.desc.data);
    model.weight = r->entry.weight;
    model.locked = r->entry.locked;
    r->outline.level[r->outline.count - 1].node = treefmt_add(r->in, r->line, r->parent, &model);
}

static void begin_node(struct reader *r, const struct line *l, size_t line)
{
    flush(r);
    r->any = true;
    r->empty_line = false;
    r->broken_line = false;
    struct treefmt_level level = {.kind = l->shape == HEADING ? TREEFMT_HEADING : TREEFMT_ITEM,
                                  .width = l->width,
                                  .line = line};
    r->parent = treefmt_outline_enter(&r->outline, r->in, &level);
    if (r->parent == TREE_NONE) {
        return;
    }
    struct err why = {.msg = ""};
    if (!treefmt_entry_read(&r->entry, l->text, l->n, true, &why)) {
        treefmt_refuse(r->in, line, "%s", why.msg);
        return;
    }
    r->pending = true;
    r->line = line;
}

static void add_text(struct reader *r, const struct line *l, size_t line)
{
    if (!r->pending) {
        treefmt_refuse(r->in, line, "%s",
                       r->any ? "text of a node that was refused"
                              : "text before the first heading or list item");
        return;
    }
    struct buf *desc = &r->entry.desc;
    if (r->broken_line) {
        buf_addc(desc, '\n');
    } else if (desc->len > 0) {
        buf_adds(desc, r->empty_line ? "\n\n" : " ");
    }
    r->empty_line = false;
    r->broken_line = treefmt_unescape(desc, l->text, l->n, true);
}

enum status treefmt_md_parse(struct treefmt_in *in, const char *s, size_t n, struct err *e)
{
    (void)e; /* any text is of this format; lines are refused one by one */
    struct treefmt_lines lines = {.s = s, .n = n};
    struct reader r = {.in = in};
    treefmt_outline_init(&r.outline, in->under);
    treefmt_entry_init(&r.entry);
    const char *line = NULL;
    size_t len = 0;
    while (treefmt_next_line(&lines, &line, &len)) {
        struct line l = look_at(line, len);
        switch (l.shape) {
        case EMPTY:
            r.empty_line = true;
            break;
        case RULE:
            treefmt_refuse(in, lines.line, "a rule or an underlined heading: expected # headings");
            break;
        case HEADING:
        case ITEM:
            begin_node(&r, &l, lines.line);
            break;
        case TEXT:
            add_text(&r, &l, lines.line);
            break;
        }
    }
    flush(&r);
    treefmt_entry_free(&r.entry);
    treefmt_outline_free(&r.outline);
    return ST_OK;
}

void treefmt_md_write(const struct tree *t, uint32_t root, struct buf *out)
{
    int base = t->nodes[root].depth + (root == 0);
    bool apart = true; /* an empty line stands before here */
    for (uint32_t at = treefmt_first(t, root); at != TREE_NONE; at = tree_next(t, root, at)) {
        const struct node *n = &t->nodes[at];
        int level = n->depth - base;
        int indent = level == 0 ? 0 : 2 * (level - 1);
        if (level == 0 && !apart) {
            buf_addc(out, '\n');
        }
        buf_printf(out, "%*s%s ", indent, "", level == 0 ? "#" : "-");
        treefmt_entry_write(n, true, false, out);
        apart = level == 0 || n->desc[0] != '\0';
        if (apart) {
            buf_addc(out, '\n');
        }
        if (n->desc[0] != '\0') {
            indent += level == 0 ? 0 : 2;
            buf_printf(out, "%*s", indent, "");
            treefmt_desc_write(n->desc, true, indent, out);
            buf_adds(out, "\n\n");
        }
    }
}
