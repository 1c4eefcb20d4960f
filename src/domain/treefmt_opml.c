/*
 * treefmt_opml - the tree as OPML 2.0 outlines, which outliners and mind maps exchange.
 *
 * Only what OPML needs of XML is read: elements, attributes, comments, CDATA (skipped), the five
 * named entities and character references. A document type with declarations of its own is refused:
 * entities that name each other can grow without bound. Name, description, weight and lock are the
 * attributes text, _note, weight and locked; other elements and attributes are not ours.
 */
#include "domain/treefmt_parts.h"

#include "base/json.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { TAG_NAME_MAX = 64, ATTRIBUTES_MAX = 64 };

enum tag_kind { TAG_OPEN, TAG_CLOSE, TAG_EMPTY };
enum attribute { A_TEXT, A_TITLE, A_NOTE, A_WEIGHT, A_LOCKED, ATTRIBUTES };
static const char *const attribute_names[ATTRIBUTES] = {"text", "title", "_note", "weight",
                                                        "locked"};

struct reader {
    const char *s;
    size_t n, at, line;
};

struct tag {
    enum tag_kind kind;
    size_t line;
    char name[TAG_NAME_MAX];
    struct buf value[ATTRIBUTES];
    bool has[ATTRIBUTES];
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void move_on(struct reader *r, size_t to)
{
    for (; r->at < to; r->at++) {
        r->line += r->s[r->at] == '\n' ? 1 : 0;
    }
}

static void skip_space(struct reader *r)
{
    size_t to = r->at;
    while (to < r->n && is_space(r->s[to])) {
        to++;
    }
    move_on(r, to);
}

static bool here(const struct reader *r, const char *what)
{
    size_t n = strlen(what);
    return r->n - r->at >= n && memcmp(r->s + r->at, what, n) == 0;
}

/* Behind the next `what`. */
static enum status skip_past(struct reader *r, const char *what, struct err *e)
{
    const char *end = memmem(r->s + r->at, r->n - r->at, what, strlen(what));
    if (end == NULL) {
        return err_set(e, ST_INVALID, "line %zu: the end \"%s\" is missing", r->line, what);
    }
    move_on(r, (size_t)(end - r->s) + strlen(what));
    return ST_OK;
}

/* ------------------------------------------------------------------ words */

static bool is_name_byte(char c)
{
    return !is_space(c) && strchr("/>=<\"'", c) == NULL;
}

static enum status read_name(struct reader *r, char out[TAG_NAME_MAX], struct err *e)
{
    size_t n = 0;
    while (r->at + n < r->n && is_name_byte(r->s[r->at + n])) {
        n++;
    }
    if (n == 0) {
        return err_set(e, ST_INVALID, "line %zu: a name was expected", r->line);
    }
    size_t kept = n < TAG_NAME_MAX ? n : TAG_NAME_MAX - 1; /* long ones are none of ours */
    memcpy(out, r->s + r->at, kept);
    out[kept] = '\0';
    move_on(r, r->at + n);
    return ST_OK;
}

/* The character of "&name;"; 0: it is none. */
static uint32_t entity(const char *name, size_t n)
{
    static const struct {
        const char *name;
        uint32_t code;
    } known[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (n == strlen(known[i].name) && memcmp(name, known[i].name, n) == 0) {
            return known[i].code;
        }
    }
    if (n < 2 || n > 9 || name[0] != '#') {
        return 0;
    }
    char digits[12];
    memcpy(digits, name + 1, n - 1);
    digits[n - 1] = '\0';
    bool hex = digits[0] == 'x';
    char *end = NULL;
    unsigned long code = strtoul(digits + (hex ? 1 : 0), &end, hex ? 16 : 10);
    bool whole = *end == '\0' && end != digits + (hex ? 1 : 0);
    bool valid = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    return whole && valid ? (uint32_t)code : 0;
}

static enum status add_entity(struct reader *r, struct buf *out, struct err *e)
{
    const char *end = memchr(r->s + r->at, ';', r->n - r->at < 12 ? r->n - r->at : 12);
    size_t n = end != NULL ? (size_t)(end - (r->s + r->at)) : 0;
    uint32_t code = n > 1 ? entity(r->s + r->at + 1, n - 1) : 0;
    if (code == 0) {
        return err_set(e, ST_INVALID,
                       "line %zu: \"&\" starts no character that is known (\"&amp;\" is a plain &)",
                       r->line);
    }
    char bytes[4];
    buf_add(out, bytes, utf8_encode(code, bytes));
    move_on(r, r->at + n + 1);
    return ST_OK;
}

/* ="value" or ='value'. White space in it counts as blanks, as in all of XML. */
static enum status read_value(struct reader *r, struct buf *out, struct err *e)
{
    skip_space(r);
    if (!here(r, "=")) {
        return err_set(e, ST_INVALID, "line %zu: \"=\" was expected behind an attribute", r->line);
    }
    r->at++;
    skip_space(r);
    char quote = r->at < r->n ? r->s[r->at] : '\0';
    if (quote != '"' && quote != '\'') {
        return err_set(e, ST_INVALID, "line %zu: a value in quotes was expected", r->line);
    }
    r->at++;
    while (r->at < r->n && r->s[r->at] != quote) {
        char c = r->s[r->at];
        if (c == '<') {
            return err_set(e, ST_INVALID, "line %zu: \"<\" inside a value (write &lt;)", r->line);
        }
        if (c == '&') {
            enum status st = add_entity(r, out, e);
            if (st != ST_OK) {
                return st;
            }
            continue;
        }
        buf_addc(out, is_space(c) ? ' ' : c);
        move_on(r, r->at + 1);
    }
    if (r->at == r->n) {
        return err_set(e, ST_INVALID, "line %zu: a value does not end", r->line);
    }
    r->at++;
    return ST_OK;
}

/* ------------------------------------------------------------------ tags */

static void tag_init(struct tag *t)
{
    memset(t, 0, sizeof *t);
    for (int i = 0; i < ATTRIBUTES; i++) {
        buf_init(&t->value[i], json_limits_file.bytes);
    }
}

static void tag_free(struct tag *t)
{
    for (int i = 0; i < ATTRIBUTES; i++) {
        buf_free(&t->value[i]);
    }
}

static void tag_clear(struct tag *t, size_t line)
{
    t->kind = TAG_OPEN;
    t->line = line;
    for (int i = 0; i < ATTRIBUTES; i++) {
        buf_clear(&t->value[i]);
        t->has[i] = false;
    }
}

static enum status read_attributes(struct reader *r, struct tag *t, struct err *e)
{
    struct buf other;
    buf_init(&other, json_limits_file.bytes);
    enum status st = ST_OK;
    for (int count = 0; st == ST_OK; count++) {
        skip_space(r);
        if (here(r, ">") || here(r, "/>")) {
            t->kind = here(r, "/>") ? TAG_EMPTY : t->kind;
            r->at += t->kind == TAG_EMPTY ? 2 : 1;
            break;
        }
        char name[TAG_NAME_MAX];
        int which = ATTRIBUTES;
        st = r->at == r->n ? err_set(e, ST_INVALID, "line %zu: a tag does not end", t->line)
             : count == ATTRIBUTES_MAX ? err_set(e, ST_INVALID, "line %zu: more than %d attributes",
                                                 t->line, (int)ATTRIBUTES_MAX)
                                       : read_name(r, name, e);
        for (int i = 0; st == ST_OK && i < ATTRIBUTES; i++) {
            which = strcmp(name, attribute_names[i]) == 0 ? i : which;
        }
        buf_clear(&other);
        if (st == ST_OK && which < ATTRIBUTES) {
            buf_clear(&t->value[which]);
            t->has[which] = true;
        }
        st = st == ST_OK ? read_value(r, which < ATTRIBUTES ? &t->value[which] : &other, e) : st;
    }
    buf_free(&other);
    return st;
}

/* The next tag; ST_NOT_FOUND at the end of the text. */
static enum status next_tag(struct reader *r, struct tag *t, struct err *e)
{
    for (;;) {
        const char *open = memchr(r->s + r->at, '<', r->n - r->at);
        if (open == NULL) {
            move_on(r, r->n);
            return ST_NOT_FOUND;
        }
        move_on(r, (size_t)(open - r->s));
        enum status st = ST_OK;
        if (here(r, "<!--")) {
            st = skip_past(r, "-->", e);
        } else if (here(r, "<![CDATA[")) {
            st = skip_past(r, "]]>", e);
        } else if (here(r, "<?")) {
            st = skip_past(r, "?>", e);
        } else if (here(r, "<!")) {
            size_t end = r->at; /* the text need not be terminated */
            while (end < r->n && r->s[end] != '[' && r->s[end] != '>') {
                end++;
            }
            if (end < r->n && r->s[end] == '[') {
                return err_set(e, ST_INVALID, "line %zu: declarations of its own are not read",
                               r->line);
            }
            st = skip_past(r, ">", e);
        } else {
            tag_clear(t, r->line);
            bool closes = here(r, "</");
            r->at += closes ? 2 : 1;
            st = read_name(r, t->name, e);
            st = st == ST_OK ? read_attributes(r, t, e) : st;
            t->kind = closes ? TAG_CLOSE : t->kind;
            return st;
        }
        if (st != ST_OK) {
            return st;
        }
    }
}

/* ------------------------------------------------------------------ outlines */

struct walk {
    struct treefmt_in *in;
    uint32_t parent[TREE_MAX_DEPTH + 2]; /* TREE_NONE: it was refused, and so is what is below */
    size_t depth;                        /* outlines that are open */
    bool in_body;
};

/* The outline as a node; false: why. */
static bool read_outline(const struct tag *t, struct node *model, struct err *why)
{
    const char *name = t->has[A_TEXT] ? t->value[A_TEXT].data : t->value[A_TITLE].data;
    *model = treefmt_model(name, t->value[A_NOTE].data);
    if (t->has[A_WEIGHT] && !treefmt_number(t->value[A_WEIGHT].data, t->value[A_WEIGHT].len,
                                            TREE_WEIGHT_MAX, &model->weight)) {
        err_set(why, ST_INVALID, "weight \"%.40s\" is no number from 0 to %.0f",
                t->value[A_WEIGHT].data, TREE_WEIGHT_MAX);
        return false;
    }
    model->locked = t->has[A_LOCKED] && strcmp(t->value[A_LOCKED].data, "true") == 0;
    return true;
}

static uint32_t take(struct walk *w, const struct tag *t)
{
    struct err why = {.msg = ""};
    struct node model;
    uint32_t parent = w->parent[w->depth];
    if (parent == TREE_NONE) {
        return TREE_NONE;
    }
    if (!read_outline(t, &model, &why)) {
        treefmt_refuse(w->in, t->line, "%s", why.msg);
        return TREE_NONE;
    }
    return treefmt_add(w->in, t->line, parent, &model);
}

static enum status take_tag(struct walk *w, const struct tag *t, struct err *e)
{
    if (strcmp(t->name, "body") == 0) {
        w->in_body = t->kind == TAG_OPEN;
    }
    if (!w->in_body || strcmp(t->name, "outline") != 0) {
        return ST_OK;
    }
    if (t->kind == TAG_CLOSE) {
        if (w->depth == 0) {
            return err_set(e, ST_INVALID, "line %zu: an outline is closed that is not open",
                           t->line);
        }
        w->depth--;
        return ST_OK;
    }
    uint32_t at = take(w, t);
    if (t->kind == TAG_OPEN) {
        if (w->depth == TREE_MAX_DEPTH) {
            return err_set(e, ST_LIMIT, "line %zu: outlines more than %d deep", t->line,
                           TREE_MAX_DEPTH);
        }
        w->parent[++w->depth] = at;
    }
    return ST_OK;
}

enum status treefmt_opml_parse(struct treefmt_in *in, const char *s, size_t n, struct err *e)
{
    struct reader r = {.s = s, .n = n, .line = 1};
    struct walk w = {.in = in};
    struct tag t;
    w.parent[0] = in->under;
    tag_init(&t);
    enum status st = next_tag(&r, &t, e);
    if (st == ST_NOT_FOUND || (st == ST_OK && strcmp(t.name, "opml") != 0)) {
        st = err_set(e, ST_INVALID, "expected an <opml> element%s%s", st == ST_OK ? ", found " : "",
                     st == ST_OK ? t.name : "");
    }
    while (st == ST_OK) {
        st = next_tag(&r, &t, e);
        st = st == ST_OK ? take_tag(&w, &t, e) : st;
    }
    if (st == ST_NOT_FOUND) {
        st = w.depth == 0
                 ? ST_OK
                 : err_set(e, ST_INVALID, "line %zu: %zu outlines are not closed", r.line, w.depth);
    }
    tag_free(&t);
    return st;
}

/* ------------------------------------------------------------------ writing */

static void write_attribute(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, " %s=\"", name);
    for (const char *s = value; *s != '\0'; s++) {
        switch (*s) {
        case '&':
            buf_adds(out, "&amp;");
            break;
        case '<':
            buf_adds(out, "&lt;");
            break;
        case '>':
            buf_adds(out, "&gt;");
            break;
        case '"':
            buf_adds(out, "&quot;");
            break;
        case '\t':
        case '\n':
        case '\r':
            buf_printf(out, "&#%d;", *s);
            break;
        default:
            buf_addc(out, *s);
            break;
        }
    }
    buf_addc(out, '"');
}

static void write_outline(const struct node *n, int indent, struct buf *out)
{
    buf_printf(out, "%*s<outline", indent, "");
    write_attribute(out, "text", n->name);
    if (n->desc[0] != '\0') {
        write_attribute(out, "_note", n->desc);
    }
    if (!treefmt_weight_is_one(n->weight)) {
        buf_adds(out, " weight=\"");
        json_number(out, n->weight);
        buf_addc(out, '"');
    }
    buf_adds(out, n->locked ? " locked=\"true\"" : "");
    buf_adds(out, n->first != TREE_NONE ? ">\n" : "/>\n");
}

void treefmt_opml_write(const struct tree *t, uint32_t root, struct buf *out)
{
    int base = t->nodes[root].depth - (root == 0 ? 0 : 1);
    buf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n"
                  "<head><title>taxonomies</title></head>\n<body>\n");
    for (uint32_t at = treefmt_first(t, root); at != TREE_NONE;) {
        const struct node *n = &t->nodes[at];
        uint32_t next = tree_next(t, root, at);
        write_outline(n, 2 * (n->depth - base), out);
        int depth = next != TREE_NONE ? t->nodes[next].depth : base + 1;
        for (int level = n->depth - 1; n->first == TREE_NONE && level >= depth; level--) {
            buf_printf(out, "%*s</outline>\n", 2 * (level - base), "");
        }
        at = next;
    }
    buf_adds(out, "</body>\n</opml>\n");
}
