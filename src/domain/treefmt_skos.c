/*
 * treefmt_skos - concepts as N-Triples.
 *
 * Triples come in any order, so all are gathered first: per subject its label, definition, broader
 * concept and our own weight, ordinal and lock. Then the tree is made from the tops down, siblings
 * by ordinal, else in the order of the file. What is left over hangs below a cycle. Of several
 * labels the one without language is taken, then English, then the first; of several broader
 * concepts the first, the others are refused, because a tree has one parent.
 */
#include "domain/treefmt_parts.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RDF  "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define SKOS "http://www.w3.org/2004/02/skos/core#"
#define XSD  "http://www.w3.org/2001/XMLSchema#"

enum predicate { TYPE, LABEL, DEFINITION, BROADER, WEIGHT, ORDINAL, LOCKED, PREDICATES };
static const char *const predicates[PREDICATES] = {
    RDF "type",        SKOS "prefLabel",   SKOS "definition", SKOS "broader",
    "urn:taxa:weight", "urn:taxa:ordinal", "urn:taxa:locked"};

enum language { LANG_NONE, LANG_ENGLISH, LANG_OTHER, LANG_UNSET };

struct concept {
    const char *iri;
    const char *label, *desc, *broader;
    enum language label_language, desc_language;
    double weight, ordinal;
    bool locked, typed;
    size_t line;     /* where it is first named */
    uint32_t parent; /* concept index; TREE_NONE: a top */
    uint32_t node;   /* tree index once it is made */
    bool lost;       /* its broader concept is not in the file */
};

struct reader {
    struct treefmt_in *in;
    struct arena text;
    struct concept *concept;
    uint32_t count;
    size_t cap;
    uint32_t *table; /* open addressing by IRI */
    size_t table_cap;
    size_t triples; /* well-formed */
};

/* ------------------------------------------------------------------ concepts by IRI */

static size_t slot_of(const struct reader *r, const char *iri)
{
    size_t slot = (size_t)rng_hash(iri, strlen(iri), 0) & (r->table_cap - 1);
    while (r->table[slot] != TREE_NONE && strcmp(r->concept[r->table[slot]].iri, iri) != 0) {
        slot = (slot + 1) & (r->table_cap - 1);
    }
    return slot;
}

static void table_grow(struct reader *r)
{
    r->table_cap = r->table_cap > 0 ? r->table_cap * 2 : 64;
    r->table = xreallocarray(r->table, r->table_cap, sizeof *r->table);
    memset(r->table, 0xFF, r->table_cap * sizeof *r->table);
    for (uint32_t i = 0; i < r->count; i++) {
        r->table[slot_of(r, r->concept[i].iri)] = i;
    }
}

static struct concept *subject(struct reader *r, const char *iri, size_t line)
{
    size_t slot = slot_of(r, iri);
    if (r->table[slot] != TREE_NONE) {
        return &r->concept[r->table[slot]];
    }
    r->concept = vec_grow(r->concept, &r->cap, (size_t)r->count + 1, sizeof *r->concept);
    struct concept *c = &r->concept[r->count];
    *c = (struct concept){.iri = arena_strdup(&r->text, iri),
                          .desc = "",
                          .label_language = LANG_UNSET,
                          .desc_language = LANG_UNSET,
                          .weight = 1,
                          .ordinal = HUGE_VAL,
                          .line = line,
                          .parent = TREE_NONE,
                          .node = TREE_NONE};
    r->table[slot] = r->count++;
    if ((size_t)r->count * 2 > r->table_cap) {
        table_grow(r);
    }
    return c;
}

/* ------------------------------------------------------------------ N-Triples */

struct term { /* IRI, blank node ("_:x") or literal, escapes undone */
    struct buf text;
    bool literal;
    enum language language;
};

struct line {
    const char *s;
    size_t n, at;
};

static char look(const struct line *l)
{
    return l->at < l->n ? l->s[l->at] : '\0';
}

static void skip_blanks(struct line *l)
{
    while (look(l) == ' ' || look(l) == '\t') {
        l->at++;
    }
}

/* \uXXXX or \UXXXXXXXX: at is on the u. */
static bool read_code(struct line *l, struct buf *out)
{
    size_t digits = look(l) == 'u' ? 4 : 8;
    uint32_t cp = 0;
    l->at++;
    for (size_t i = 0; i < digits; i++, l->at++) {
        char c = look(l);
        bool digit = c >= '0' && c <= '9';
        bool letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (!digit && !letter) {
            return false;
        }
        cp = cp * 16 + (uint32_t)(digit ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    char bytes[4];
    size_t n = cp != 0 ? utf8_encode(cp, bytes) : 0;
    buf_add(out, bytes, n);
    return n > 0;
}

static bool read_escape(struct line *l, struct buf *out, bool literal)
{
    static const char letters[] = "tbnrf\"'\\";
    static const char meaning[] = "\t\b\n\r\f\"'\\";
    l->at++;
    char c = look(l);
    const char *at = c != '\0' ? strchr(letters, c) : NULL;
    if (literal && at != NULL) {
        buf_addc(out, meaning[at - letters]);
        l->at++;
        return true;
    }
    return (c == 'u' || c == 'U') && read_code(l, out);
}

/* Up to the closing character, escapes undone. */
static bool read_until(struct line *l, char close, struct buf *out)
{
    l->at++;
    while (l->at < l->n && look(l) != close) {
        if (look(l) == '\\') {
            if (!read_escape(l, out, close == '"')) {
                return false;
            }
        } else {
            buf_addc(out, l->s[l->at++]);
        }
    }
    bool closed = l->at < l->n;
    l->at += closed;
    return closed;
}

/* What may stand behind a literal: a language or a datatype, whose IRI does not matter here. */
static bool read_literal_end(struct line *l, struct term *t)
{
    t->language = LANG_NONE;
    if (look(l) == '@') {
        size_t start = ++l->at;
        while (l->at < l->n && strchr(" \t.", look(l)) == NULL) {
            l->at++;
        }
        bool english = l->at - start >= 2 && (l->s[start] | 0x20) == 'e' &&
                       (l->s[start + 1] | 0x20) == 'n' &&
                       (l->at - start == 2 || l->s[start + 2] == '-');
        t->language = english ? LANG_ENGLISH : LANG_OTHER;
        return l->at > start;
    }
    if (look(l) == '^') {
        l->at++;
        if (look(l) != '^') {
            return false;
        }
        l->at++;
        struct buf datatype;
        buf_init(&datatype, 200);
        bool fine = look(l) == '<' && read_until(l, '>', &datatype);
        buf_free(&datatype);
        return fine;
    }
    return true;
}

static bool read_term(struct line *l, struct term *t, bool may_be_literal)
{
    buf_clear(&t->text);
    t->literal = false;
    t->language = LANG_NONE;
    skip_blanks(l);
    if (look(l) == '<') {
        return read_until(l, '>', &t->text) && t->text.len > 0;
    }
    if (look(l) == '_' && l->at + 1 < l->n && l->s[l->at + 1] == ':') {
        while (l->at < l->n && strchr(" \t", look(l)) == NULL) {
            buf_addc(&t->text, l->s[l->at++]);
        }
        return t->text.len > 2;
    }
    t->literal = may_be_literal && look(l) == '"';
    return t->literal && read_until(l, '"', &t->text) && read_literal_end(l, t);
}

/* ------------------------------------------------------------------ triples into concepts */

static int predicate_index(const char *iri)
{
    int i = 0;
    while (i < PREDICATES && strcmp(predicates[i], iri) != 0) {
        i++;
    }
    return i;
}

static void take_text(struct reader *r, const struct term *value, const char **to,
                      enum language *language)
{
    if (value->literal && value->language < *language) {
        *to = arena_strdup(&r->text, value->text.data);
        *language = value->language;
    }
}

/* A number or truth value of ours; false when it is not well written. */
static bool take_own(struct concept *c, enum predicate p, const struct term *value)
{
    const char *s = value->text.data;
    if (p == LOCKED) {
        c->locked = strcmp(s, "true") == 0;
        return c->locked || strcmp(s, "false") == 0;
    }
    bool weight = p == WEIGHT;
    return treefmt_number(s, value->text.len, weight ? TREE_WEIGHT_MAX : TREE_MAX_NODES,
                          weight ? &c->weight : &c->ordinal);
}

static void take_triple(struct reader *r, const char *about, enum predicate p,
                        const struct term *value, size_t line)
{
    struct concept *c = subject(r, about, line);
    switch (p) {
    case TYPE:
        c->typed = c->typed || strcmp(value->text.data, SKOS "Concept") == 0;
        break;
    case LABEL:
        take_text(r, value, &c->label, &c->label_language);
        break;
    case DEFINITION:
        take_text(r, value, &c->desc, &c->desc_language);
        break;
    case BROADER:
        if (c->broader == NULL) {
            c->broader = arena_strdup(&r->text, value->text.data);
        } else if (strcmp(c->broader, value->text.data) != 0) {
            treefmt_refuse(r->in, line,
                           "a second broader concept for <%.60s>: a node has one parent", about);
        }
        break;
    case WEIGHT:
    case ORDINAL:
    case LOCKED:
        if (!take_own(c, p, value)) {
            treefmt_refuse(r->in, line, "<%s>: a value of \"%.40s\" is not possible", predicates[p],
                           value->text.data);
        }
        break;
    case PREDICATES: /* others say nothing about the tree */
        break;
    }
}

struct triple {
    struct term subject, predicate, object;
};

/* A comment or an empty line is no triple and no fault. */
static bool read_line(struct reader *r, struct triple *t, const char *s, size_t n, size_t number)
{
    struct line l = {.s = s, .n = n};
    skip_blanks(&l);
    if (l.at == n || look(&l) == '#') {
        return true;
    }
    if (!read_term(&l, &t->subject, false) || !read_term(&l, &t->predicate, false) ||
        !read_term(&l, &t->object, true)) {
        return false;
    }
    skip_blanks(&l);
    if (look(&l) != '.') {
        return false;
    }
    l.at++;
    skip_blanks(&l);
    if (l.at < n && look(&l) != '#') {
        return false;
    }
    r->triples++;
    int p = predicate_index(t->predicate.text.data);
    bool over = t->subject.text.over || t->object.text.over;
    if (over && p < PREDICATES) {
        treefmt_refuse(r->in, number, "a name or text is too long: at most %d bytes",
                       TREE_DESC_MAX);
    } else if (p < PREDICATES) {
        take_triple(r, t->subject.text.data, (enum predicate)p, &t->object, number);
    }
    return true;
}

static void triple_init(struct triple *t)
{
    memset(t, 0, sizeof *t);
    buf_init(&t->subject.text, 2000);
    buf_init(&t->predicate.text, 2000);
    buf_init(&t->object.text, TREE_DESC_MAX);
}

static void triple_free(struct triple *t)
{
    buf_free(&t->subject.text);
    buf_free(&t->predicate.text);
    buf_free(&t->object.text);
}

/* ------------------------------------------------------------------ concepts into a tree */

struct child {
    uint32_t parent; /* concept index; TREE_NONE for tops, which so come last */
    double ordinal;
    uint32_t at;
};

static int by_place(const void *pa, const void *pb)
{
    const struct child *a = pa;
    const struct child *b = pb;
    if (a->parent != b->parent) {
        return a->parent < b->parent ? -1 : 1;
    }
    if (a->ordinal < b->ordinal || a->ordinal > b->ordinal) {
        return a->ordinal < b->ordinal ? -1 : 1;
    }
    return a->at < b->at ? -1 : a->at > b->at;
}

static size_t first_child(const struct child *child, size_t count, uint32_t parent)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (child[mid].parent < parent) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

/*
 * Make the node of a concept below the tree node `parent`; TREE_NONE is a parent that was refused.
 */
static void make_node(struct reader *r, struct concept *c, uint32_t parent)
{
    if (c->lost) {
        treefmt_refuse(r->in, c->line, "its broader concept <%.80s> is not in the file",
                       c->broader);
    } else if (parent == TREE_NONE) {
        treefmt_refuse(r->in, c->line, "its broader concept <%.80s> was refused", c->broader);
    } else if (c->label == NULL) {
        treefmt_refuse(r->in, c->line, "<%.80s> has no prefLabel", c->iri);
    } else {
        struct node model = treefmt_model(c->label, c->desc);
        model.weight = c->weight;
        model.locked = c->locked;
        c->node = treefmt_add(r->in, c->line, parent, &model);
    }
}

static size_t collect(struct reader *r, struct child *child)
{
    size_t count = 0;
    for (uint32_t i = 0; i < r->count; i++) {
        struct concept *c = &r->concept[i];
        if (!c->typed) {
            continue;
        }
        if (c->broader != NULL) {
            uint32_t broader = r->table[slot_of(r, c->broader)];
            c->lost = broader == TREE_NONE || !r->concept[broader].typed;
            c->parent = c->lost ? TREE_NONE : broader;
        }
        child[count++] = (struct child){.parent = c->parent, .ordinal = c->ordinal, .at = i};
    }
    qsort(child, count, sizeof *child, by_place);
    return count;
}

static void make_tree(struct reader *r)
{
    struct child *child = xcalloc(r->count, sizeof *child);
    uint32_t *queue = xcalloc(r->count, sizeof *queue);
    unsigned char *seen = xcalloc(r->count, 1);
    size_t count = collect(r, child);
    size_t tail = 0;
    for (size_t i = first_child(child, count, TREE_NONE); i < count; i++) {
        queue[tail++] = child[i].at;
    }
    for (size_t head = 0; head < tail; head++) {
        uint32_t at = queue[head];
        struct concept *c = &r->concept[at];
        seen[at] = 1;
        make_node(r, c, c->parent == TREE_NONE ? r->in->under : r->concept[c->parent].node);
        for (size_t i = first_child(child, count, at); i < count && child[i].parent == at; i++) {
            queue[tail++] = child[i].at;
        }
    }
    for (uint32_t i = 0; i < r->count; i++) {
        if (r->concept[i].typed && !seen[i]) {
            treefmt_refuse(r->in, r->concept[i].line,
                           "<%.80s> is in a cycle of broader concepts or below one",
                           r->concept[i].iri);
        }
    }
    free(seen);
    free(queue);
    free(child);
}

enum status treefmt_skos_parse(struct treefmt_in *in, const char *s, size_t n, struct err *e)
{
    struct treefmt_lines lines = {.s = s, .n = n};
    struct reader r = {.in = in};
    struct triple triple;
    enum status st = ST_OK;
    size_t bad = 0;
    arena_init(&r.text);
    table_grow(&r);
    triple_init(&triple);
    const char *line = NULL;
    size_t len = 0;
    while (treefmt_next_line(&lines, &line, &len)) {
        if (!read_line(&r, &triple, line, len, lines.line)) {
            bad++;
            treefmt_refuse(in, lines.line,
                           "expected a triple: <subject> <predicate> <object or \"text\"> .");
        }
    }
    if (r.triples == 0 && bad > 0) {
        st = err_set(e, ST_INVALID, "this is not N-Triples: no line could be read");
    } else {
        make_tree(&r);
    }
    triple_free(&triple);
    free(r.table);
    free(r.concept);
    arena_free(&r.text);
    return st;
}

/* ------------------------------------------------------------------ writing */

/* Numbers by the order of writing, not ids: the same tree in another session is the same text. */
static void write_iri(uint32_t number, struct buf *out)
{
    buf_printf(out, "<urn:taxa:node:%u>", number);
}

static void write_text(const char *s, struct buf *out)
{
    buf_addc(out, '"');
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\') {
            buf_printf(out, "\\%c", c);
        } else if (c == '\n' || c == '\r' || c == '\t') {
            buf_adds(out, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
        } else if (c < 0x20 || c == 0x7F) {
            buf_printf(out, "\\u%04X", c);
        } else {
            buf_addc(out, *s);
        }
    }
    buf_addc(out, '"');
}

struct written {
    uint32_t number, ordinal; /* in the text, among its siblings */
};

static void write_node(const struct node *n, const struct written *w, uint32_t broader,
                       struct buf *out)
{
    write_iri(w->number, out);
    buf_adds(out, " <" RDF "type> <" SKOS "Concept> .\n");
    write_iri(w->number, out);
    buf_adds(out, " <" SKOS "prefLabel> ");
    write_text(n->name, out);
    buf_adds(out, " .\n");
    if (n->desc[0] != '\0') {
        write_iri(w->number, out);
        buf_adds(out, " <" SKOS "definition> ");
        write_text(n->desc, out);
        buf_adds(out, " .\n");
    }
    if (broader != 0) {
        write_iri(w->number, out);
        buf_adds(out, " <" SKOS "broader> ");
        write_iri(broader, out);
        buf_adds(out, " .\n");
    }
    write_iri(w->number, out);
    buf_printf(out, " <urn:taxa:ordinal> \"%u\"^^<" XSD "integer> .\n", w->ordinal);
    if (!treefmt_weight_is_one(n->weight)) {
        write_iri(w->number, out);
        buf_adds(out, " <urn:taxa:weight> \"");
        json_number(out, n->weight);
        buf_adds(out, "\"^^<" XSD "double> .\n");
    }
    if (n->locked) {
        write_iri(w->number, out);
        buf_adds(out, " <urn:taxa:locked> \"true\"^^<" XSD "boolean> .\n");
    }
}

void treefmt_skos_write(const struct tree *t, uint32_t root, struct buf *out)
{
    struct written *w = xcalloc(t->count, sizeof *w);
    uint32_t number = 0;
    for (uint32_t at = treefmt_first(t, root); at != TREE_NONE; at = tree_next(t, root, at)) {
        const struct node *n = &t->nodes[at];
        w[at].number = ++number;
        w[at].ordinal = n->prev != TREE_NONE && at != root ? w[n->prev].ordinal + 1 : 1;
        write_node(n, &w[at], at != root ? w[n->parent].number : 0, out);
    }
    free(w);
}
