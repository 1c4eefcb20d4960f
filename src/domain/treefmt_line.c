/*
 * treefmt_line - a node as one line, for the text and the md format.
 *
 * A backslash makes the next character literal: in text only before \, - and [, so that the
 * backslashes people write in names of their own stay what they are; in md before any punctuation,
 * as Markdown has it. What a line cannot hold (line breaks, other controls, blanks at the edge of
 * a description) is written as \xHH, so that reading a written tree gives the same tree.
 */
#include "domain/treefmt_parts.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TAG_MAX ((int64_t)1 << 58) /* unit of a tag's digit: no id comes near */

/* ------------------------------------------------------------------ escapes */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_punct(char c)
{
    return c > 0x20 && c < 0x7F && ispunct((unsigned char)c) != 0;
}

/*
 * Bytes of the escape at s (at least 2), 0 when the backslash stands for itself. *c is what it
 * means.
 */
static size_t escape_at(const char *s, size_t n, bool md, char *c)
{
    if (n < 2 || s[0] != '\\') {
        return 0;
    }
    *c = s[1];
    if (md ? is_punct(s[1]) : s[1] == '\\' || s[1] == '-' || s[1] == '[') {
        return 2;
    }
    if (s[1] == 'x' && n >= 4 && text_hex_digit(s[2]) >= 0 && text_hex_digit(s[3]) >= 0) {
        int code = text_hex_digit(s[2]) * 16 + text_hex_digit(s[3]);
        *c = (char)code;
        return code > 0 && code < 0x80 ? 4 : 0;
    }
    return 0;
}

bool treefmt_unescape(struct buf *out, const char *s, size_t n, bool md)
{
    for (size_t i = 0; i < n;) {
        char c = s[i];
        size_t len = escape_at(s + i, n - i, md, &c);
        if (len == 0 && md && s[i] == '\\' && i + 1 == n) {
            return true;
        }
        buf_addc(out, len > 0 ? c : s[i]);
        i += len > 0 ? len : 1;
    }
    return false;
}

/* ------------------------------------------------------------------ reading a line */

void treefmt_entry_init(struct treefmt_entry *x)
{
    buf_init(&x->name, TREE_NAME_MAX + 100);
    buf_init(&x->desc, TREE_DESC_MAX + 100);
    x->weight = 1;
    x->locked = false;
}

void treefmt_entry_free(struct treefmt_entry *x)
{
    buf_free(&x->name);
    buf_free(&x->desc);
}

/* Where " -- " begins outside escapes; n when there is none. */
static size_t find_separator(const char *s, size_t n, bool md)
{
    for (size_t i = 0; i < n;) {
        char c = 0;
        size_t len = escape_at(s + i, n - i, md, &c);
        bool dashes = i > 0 && i + 3 <= n && is_blank(s[i]) && s[i + 1] == '-' && s[i + 2] == '-';
        if (dashes && (i + 3 == n || is_blank(s[i + 3]))) {
            return i;
        }
        i += len > 0 ? len : 1;
    }
    return n;
}

/*
 * The last "[...]" of s[0..n) with a blank before it: returns where it begins, 0 when there is
 * none.
 */
static size_t last_bracket(const char *s, size_t n)
{
    if (n < 4 || s[n - 1] != ']') {
        return 0;
    }
    for (size_t i = n - 2; i > 0; i--) {
        if (s[i] == '[') {
            return is_blank(s[i - 1]) ? i : 0;
        }
    }
    return 0;
}

static size_t trim_end(const char *s, size_t n)
{
    while (n > 0 && is_blank(s[n - 1])) {
        n--;
    }
    return n;
}

/* Take [w=..] and [locked] off the end; *n becomes the length of the name. */
static bool take_suffixes(struct treefmt_entry *x, const char *s, size_t *n, struct err *why)
{
    bool weighed = false;
    for (size_t at = last_bracket(s, *n); at > 0; at = last_bracket(s, *n)) {
        const char *token = s + at + 1;
        size_t len = *n - at - 2;
        bool locked = len == 6 && memcmp(token, "locked", 6) == 0;
        bool weight = len >= 2 && memcmp(token, "w=", 2) == 0;
        if (!locked && !weight) {
            break;
        }
        if (locked ? x->locked : weighed) {
            err_set(why, ST_INVALID, "[%s] is there twice", locked ? "locked" : "w=...");
            return false;
        }
        if (weight && !treefmt_number(token + 2, len - 2, TREE_WEIGHT_MAX, &x->weight)) {
            err_set(why, ST_INVALID, "weight: expected a number from 0 to 1000000, found \"%.*s\"",
                    (int)(len - 2 < 40 ? len - 2 : 40), token + 2);
            return false;
        }
        x->locked = x->locked || locked;
        weighed = weighed || weight;
        *n = trim_end(s, at);
    }
    return true;
}

bool treefmt_entry_read(struct treefmt_entry *x, const char *s, size_t n, bool md, struct err *why)
{
    buf_clear(&x->name);
    buf_clear(&x->desc);
    x->weight = 1;
    x->locked = false;
    n = trim_end(s, n);
    size_t name = find_separator(s, n, md);
    size_t desc = name + 3 < n ? name + 3 : n;
    while (desc < n && is_blank(s[desc])) {
        desc++;
    }
    name = trim_end(s, name);
    if (!take_suffixes(x, s, &name, why)) {
        return false;
    }
    if (treefmt_unescape(&x->name, s, name, md)) {
        buf_addc(&x->name, '\\'); /* at the end of a name a backslash is one */
    }
    if (treefmt_unescape(&x->desc, s + desc, n - desc, md)) {
        buf_addc(&x->desc, '\\');
    }
    return true;
}

/* ------------------------------------------------------------------ writing a line */

/* Would Markdown take a line that begins so for something else than text? */
static bool needs_escape(const char *s)
{
    return *s != '\0' && strchr("#-*+>=_~|<`[", *s) != NULL;
}

/* Length of "12" in "12. x", which Markdown takes for a list item; else 0. */
static size_t number_before_dot(const char *s)
{
    size_t n = strspn(s, "0123456789");
    return n > 0 && (s[n] == '.' || s[n] == ')') ? n : 0;
}

static void write_name(const char *name, bool md, struct buf *out)
{
    size_t number = md ? number_before_dot(name) : 0;
    for (const char *p = name; *p != '\0'; p++) {
        bool first = p == name || is_blank(p[-1]);
        bool escape = *p == '\\' || (first && *p == '[') || (first && *p == '-' && p[1] == '-') ||
                      (md && p == name && needs_escape(p)) || (number > 0 && p == name + number);
        if (escape) {
            buf_addc(out, '\\');
        }
        buf_addc(out, *p);
    }
}

/*
 * In md a break between two lines of text is a hard break; at the edges and in runs it is spelled
 * out.
 */
static bool is_hard_break(const char *desc, const char *p)
{
    return *p == '\n' && p > desc && p[-1] != '\n' && p[1] != '\n' && p[1] != '\0';
}

void treefmt_desc_write(const char *desc, bool md, int indent, struct buf *out)
{
    size_t number = 0;
    const char *start = desc; /* of the line */
    for (const char *p = desc; *p != '\0'; p++) {
        bool edge = p == desc || p[-1] == '\n' || p[1] == '\0' || p[1] == '\n';
        number = md && p == start ? number_before_dot(p) : number;
        if (md && is_hard_break(desc, p)) {
            buf_printf(out, "\\\n%*s", indent, "");
            start = p + 1;
            number = 0;
        } else if ((*p == ' ' && edge) || (unsigned char)*p < 0x20 || *p == 0x7F) {
            buf_printf(out, "\\x%02x", (unsigned)(unsigned char)*p);
        } else {
            bool escape = *p == '\\' || (md && p == start && needs_escape(p)) ||
                          (number > 0 && p == start + number);
            if (escape) {
                buf_addc(out, '\\');
            }
            buf_addc(out, *p);
        }
    }
}

int64_t treefmt_tag(const char *s, size_t *n)
{
    size_t end = trim_end(s, *n);
    size_t at = end;
    int64_t id = 0;
    if (at == 0 || s[--at] != ']') {
        return 0;
    }
    for (int64_t unit = 1; at > 0 && s[at - 1] >= '0' && s[at - 1] <= '9' && unit < TAG_MAX;
         unit *= 10) {
        id += (s[--at] - '0') * unit;
    }
    if (id == 0 || at < 2 || s[at - 1] != '@' || s[at - 2] != '[') {
        return 0;
    }
    at -= 2;
    if (at > 0 && !is_blank(s[at - 1])) {
        return 0;
    }
    *n = trim_end(s, at);
    return id;
}

/* What ends a description like a tag would be taken for one where the tag itself is taken away. */
static void escape_tag(struct buf *out, size_t start)
{
    size_t n = out->len - start;
    if (treefmt_tag(out->data + start, &n) == 0) {
        return;
    }
    size_t at = out->len;
    while (out->data[at - 1] != '[') {
        at--;
    }
    char *tail = xstrdup(out->data + at - 1);
    buf_cut(out, at - 1);
    buf_addc(out, '\\');
    buf_adds(out, tail);
    free(tail);
}

void treefmt_entry_write(const struct node *n, bool md, bool ids, struct buf *out)
{
    size_t start = out->len;
    write_name(n->name, md, out);
    if (!treefmt_weight_is_one(n->weight)) {
        buf_adds(out, " [w=");
        json_number(out, n->weight);
        buf_addc(out, ']');
    }
    if (n->locked) {
        buf_adds(out, " [locked]");
    }
    if (!md && n->desc[0] != '\0') {
        buf_adds(out, " -- ");
        treefmt_desc_write(n->desc, false, 0, out);
    }
    if (ids) {
        escape_tag(out, start);
        buf_printf(out, " [@%" PRId64 "]", n->id);
    }
    buf_addc(out, '\n');
}

/* ------------------------------------------------------------------ outlines */

void treefmt_outline_init(struct treefmt_outline *o, uint32_t under)
{
    memset(o, 0, sizeof *o);
    o->level = vec_grow(NULL, &o->cap, 1, sizeof *o->level);
    o->level[o->count++] = (struct treefmt_level){.kind = TREEFMT_TOP, .node = under};
}

void treefmt_outline_free(struct treefmt_outline *o)
{
    free(o->level);
}

static bool deeper(const struct treefmt_level *a, const struct treefmt_level *b)
{
    return a->kind > b->kind || (a->kind == b->kind && a->width > b->width);
}

static void push(struct treefmt_outline *o, const struct treefmt_level *level, bool broken)
{
    o->level = vec_grow(o->level, &o->cap, o->count + 1, sizeof *o->level);
    o->level[o->count] = *level;
    o->level[o->count].node = TREE_NONE;
    o->level[o->count].broken = broken;
    o->count++;
}

static uint32_t no_place(struct treefmt_outline *o, struct treefmt_in *in,
                         const struct treefmt_level *level, size_t nearest)
{
    if (level->kind == TREEFMT_HEADING) {
        treefmt_refuse(in, level->line,
                       "heading level %zu: expected %zu or one deeper than the "
                       "last",
                       level->width, nearest);
    } else {
        treefmt_refuse(in, level->line,
                       "an indent of %zu matches no line above: expected one that is open, such as "
                       "%zu",
                       level->width, nearest);
    }
    push(o, level, true);
    return TREE_NONE;
}

uint32_t treefmt_outline_enter(struct treefmt_outline *o, struct treefmt_in *in,
                               const struct treefmt_level *level)
{
    size_t passed = SIZE_MAX; /* width of the shallowest level of this kind that the line leaves */
    while (o->count > 1 && deeper(&o->level[o->count - 1], level)) {
        o->count--;
        bool same = o->level[o->count].kind == level->kind;
        passed = same ? o->level[o->count].width : passed;
    }
    const struct treefmt_level *top = &o->level[o->count - 1];
    size_t prefix = top->indent != NULL && level->indent != NULL ? top->width : 0;
    bool mixed = prefix > 0 && memcmp(top->indent, level->indent, prefix) != 0;
    if (top->kind == level->kind && top->width == level->width) {
        o->count--; /* a sibling */
        if (top->broken) {
            return no_place(o, in, level, o->level[o->count - 1].width);
        }
    } else if (passed != SIZE_MAX) {
        return no_place(o, in, level, passed);
    }
    if (mixed) {
        treefmt_refuse(in, level->line, "the indent mixes tabs and blanks otherwise than line %zu",
                       top->line);
        push(o, level, true);
        return TREE_NONE;
    }
    uint32_t parent = o->level[o->count - 1].node;
    if (parent == TREE_NONE) {
        treefmt_refuse(in, level->line, "the node it belongs to (line %zu) was refused",
                       o->level[o->count - 1].line);
    }
    push(o, level, false);
    return parent;
}
