/*
 * treefmt_pasted - what people paste: indented text, with or without bullets, or Markdown.
 *
 * The text is brought into the one or the other format line for line, so that what is refused
 * later is named by the line that was pasted.
 */
#include "domain/treefmt_parts.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { TAB_COLUMNS = 4, HEADING_LEVELS = 6 };

struct pasted {
    const char *text; /* behind indent and bullet */
    size_t n;
    size_t columns; /* of indent */
    bool bullet, heading, empty;
};

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Bytes of a bullet or number at s, without the blank that must follow; 0: none. */
static size_t bullet_at(const char *s, size_t n)
{
    static const char *const bullets[] = {"-",      "*",      "+",      "\u2022", "\u25E6",
                                          "\u25AA", "\u2023", "\u00B7", "\u2013", "\u2014"};
    size_t len = 0;
    for (size_t i = 0; len == 0 && i < sizeof bullets / sizeof bullets[0]; i++) {
        size_t m = strlen(bullets[i]);
        len = n >= m && memcmp(s, bullets[i], m) == 0 ? m : 0;
    }
    if (len == 0) {
        while (len < n && len < 9 && s[len] >= '0' && s[len] <= '9') {
            len++;
        }
        len = len > 0 && len < n && (s[len] == '.' || s[len] == ')') ? len + 1 : 0;
    }
    return len > 0 && len < n && blank(s[len]) ? len : 0;
}

/* "---", "***", "===": lines that part or underline. */
static bool is_rule(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] != s[0] || strchr("-*_=", s[i]) == NULL) {
            return false;
        }
    }
    return n >= 3;
}

static struct pasted look_at(const char *s, size_t n)
{
    struct pasted l = {.empty = true};
    size_t i = 0;
    for (; i < n && blank(s[i]); i++) {
        l.columns = s[i] == '\t' ? (l.columns / TAB_COLUMNS + 1) * TAB_COLUMNS : l.columns + 1;
    }
    while (n > i && blank(s[n - 1])) {
        n--;
    }
    l.text = s + i;
    l.n = n - i;
    if (l.n == 0 || is_rule(l.text, l.n)) {
        return l;
    }
    l.empty = false;
    size_t level = 0;
    while (level < l.n && l.text[level] == '#') {
        level++;
    }
    l.heading = l.columns < TAB_COLUMNS && level >= 1 && level <= HEADING_LEVELS && level < l.n &&
                blank(l.text[level]);
    size_t bullet = bullet_at(l.text, l.n);
    if (bullet > 0) {
        l.bullet = true;
        while (bullet < l.n && blank(l.text[bullet])) {
            bullet++;
        }
        l.text += bullet;
        l.n -= bullet;
    }
    return l;
}

/*
 * Indents that are open. A line that fits none, as when tabs and blanks were mixed, goes below the
 * nearest that is less.
 */
struct levels {
    size_t *width;
    size_t count, cap;
};

static size_t depth_of(struct levels *open, size_t width)
{
    while (open->count > 0 && open->width[open->count - 1] >= width) {
        open->count--;
    }
    open->width = vec_grow(open->width, &open->cap, open->count + 1, sizeof *open->width);
    open->width[open->count] = width;
    return open->count++;
}

static void write_line(struct buf *out, const struct pasted *l, bool md, struct levels *open)
{
    size_t depth = 0;
    if (l->heading) {
        open->count = 0;
    } else if (!md || l->bullet) {
        /* In plain text a bullet stands a little deeper than a line without, as people mean it. */
        depth = depth_of(open, md ? l->columns : 2 * l->columns + l->bullet);
    } else {
        depth = open->count; /* text of the last bullet */
    }
    for (size_t i = 0; i < depth; i++) {
        buf_adds(out, "  ");
    }
    buf_adds(out, md && l->bullet ? "- " : "");
    buf_add(out, l->text, l->n);
    buf_addc(out, '\n');
}

enum treefmt treefmt_pasted(const char *s, size_t n, struct buf *out)
{
    struct treefmt_lines lines = {.s = s, .n = n};
    struct levels open = {0};
    const char *line = NULL;
    size_t len = 0;
    bool any = false;
    bool md = false; /* a heading somewhere, or a bullet right at the start */
    while (treefmt_next_line(&lines, &line, &len)) {
        struct pasted l = look_at(line, len);
        md = md || l.heading || (!any && l.bullet);
        any = any || !l.empty;
    }
    lines = (struct treefmt_lines){.s = s, .n = n};
    while (treefmt_next_line(&lines, &line, &len)) {
        struct pasted l = look_at(line, len);
        if (l.empty) {
            buf_addc(out, '\n');
        } else {
            write_line(out, &l, md, &open);
        }
    }
    free(open.width);
    return md ? TREEFMT_MD : TREEFMT_TEXT;
}
