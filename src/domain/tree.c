/*
 * tree - see tree.h.
 *
 * Nodes are only ever appended, so a parent's index is always below its children's. Everything that
 * runs over the whole tree uses that: one forward pass visits parents first, one backward pass
 * children first, and nothing here needs recursion or a stack.
 */
#include "domain/tree.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_TABLE = 64,    /* slots of the smallest id table */
    NEAR_SCANNED = 2000, /* siblings looked at for "did you mean" */
    NEAR_NAMES = 3,      /* names offered */
    NEAR_BYTES = 64,     /* of a name that count for nearness */
    SHOWN_BYTES = 80     /* of a name in a message */
};

/* ------------------------------------------------------------------ ids */

static size_t slot_of(int64_t id, size_t cap)
{
    uint64_t h = (uint64_t)id * 0x9E3779B97F4A7C15u;
    return (size_t)(h >> 32) & (cap - 1);
}

static void table_put(uint32_t *table, size_t cap, int64_t id, uint32_t at)
{
    size_t slot = slot_of(id, cap);
    while (table[slot] != TREE_NONE) {
        slot = (slot + 1) & (cap - 1);
    }
    table[slot] = at;
}

static void table_grow(struct tree *t)
{
    size_t cap = t->by_id_cap > 0 ? t->by_id_cap * 2 : FIRST_TABLE;
    uint32_t *table = xreallocarray(NULL, cap, sizeof *table);
    memset(table, 0xFF, cap * sizeof *table);
    for (uint32_t i = 1; i < t->count; i++) {
        if (t->nodes[i].id != 0) {
            table_put(table, cap, t->nodes[i].id, i);
        }
    }
    free(t->by_id);
    t->by_id = table;
    t->by_id_cap = cap;
}

void tree_ref(int64_t id, char out[TREE_REF_MAX])
{
    snprintf(out, TREE_REF_MAX, "@%" PRId64, id);
}

uint32_t tree_by_id(const struct tree *t, int64_t id)
{
    if (id == 0) {
        return 0;
    }
    if (t->by_id_cap == 0) {
        return TREE_NONE;
    }
    size_t slot = slot_of(id, t->by_id_cap);
    while (t->by_id[slot] != TREE_NONE) {
        if (t->nodes[t->by_id[slot]].id == id) {
            return t->by_id[slot];
        }
        slot = (slot + 1) & (t->by_id_cap - 1);
    }
    return TREE_NONE;
}

/* ------------------------------------------------------------------ building */

void tree_init(struct tree *t)
{
    memset(t, 0, sizeof *t);
    arena_init(&t->text);
    t->nodes = vec_grow(NULL, &t->cap, 16, sizeof *t->nodes);
    memset(&t->nodes[0], 0, sizeof t->nodes[0]);
    struct node *root = &t->nodes[0];
    root->parent = root->first = root->last = root->prev = root->next = TREE_NONE;
    root->weight = 1;
    root->name = "";
    root->desc = "";
    t->count = 1;
}

void tree_free(struct tree *t)
{
    free(t->nodes);
    free(t->by_id);
    arena_free(&t->text);
    memset(t, 0, sizeof *t);
}

void tree_copy(const struct tree *t, struct tree *out)
{
    memset(out, 0, sizeof *out);
    arena_init(&out->text);
    out->count = t->count;
    out->cap = t->count;
    out->nodes = xreallocarray(NULL, t->count, sizeof *out->nodes);
    memcpy(out->nodes, t->nodes, t->count * sizeof *out->nodes);
    out->by_id_cap = t->by_id_cap;
    if (t->by_id_cap > 0) {
        out->by_id = xreallocarray(NULL, t->by_id_cap, sizeof *out->by_id);
        memcpy(out->by_id, t->by_id, t->by_id_cap * sizeof *out->by_id);
    }
    for (uint32_t i = 0; i < out->count; i++) {
        struct node *n = &out->nodes[i];
        n->name = n->name[0] != '\0' ? arena_strdup(&out->text, n->name) : "";
        n->desc = n->desc[0] != '\0' ? arena_strdup(&out->text, n->desc) : "";
    }
}

static bool fits(const struct tree *t, uint32_t parent, const struct node *model)
{
    if (parent >= t->count || t->count > TREE_MAX_NODES ||
        t->nodes[parent].depth >= TREE_MAX_DEPTH) {
        return false;
    }
    if (model->name == NULL || strnlen(model->name, TREE_NAME_MAX + 1) > TREE_NAME_MAX) {
        return false;
    }
    if (model->desc != NULL && strnlen(model->desc, TREE_DESC_MAX + 1) > TREE_DESC_MAX) {
        return false;
    }
    if (!(model->weight >= 0 && model->weight <= TREE_WEIGHT_MAX)) {
        return false;
    }
    return model->id == 0 || tree_by_id(t, model->id) == TREE_NONE;
}

uint32_t tree_add(struct tree *t, uint32_t parent, const struct node *model)
{
    if (!fits(t, parent, model)) {
        return TREE_NONE;
    }
    uint32_t at = t->count;
    t->nodes = vec_grow(t->nodes, &t->cap, (size_t)at + 1, sizeof *t->nodes);
    struct node *up = &t->nodes[parent];
    struct node *n = &t->nodes[at];
    *n = *model;
    n->parent = parent;
    n->first = n->last = n->next = TREE_NONE;
    n->prev = up->last;
    n->children = 0;
    n->depth = (uint16_t)(up->depth + 1);
    n->name = arena_strdup(&t->text, model->name);
    bool described = model->desc != NULL && model->desc[0] != '\0';
    n->desc = described ? arena_strdup(&t->text, model->desc) : "";
    if (up->last == TREE_NONE) {
        up->first = at;
    } else {
        t->nodes[up->last].next = at;
    }
    up->last = at;
    up->children++;
    t->count++;
    if ((size_t)t->count * 2 > t->by_id_cap) {
        table_grow(t);
    } else if (n->id != 0) {
        table_put(t->by_id, t->by_id_cap, n->id, at);
    }
    return at;
}

uint32_t tree_child(const struct tree *t, uint32_t at, const char *name, size_t n)
{
    uint32_t child = t->nodes[at].first;
    while (child != TREE_NONE) {
        const char *have = t->nodes[child].name;
        if (strncmp(have, name, n) == 0 && have[n] == '\0') {
            return child;
        }
        child = t->nodes[child].next;
    }
    return TREE_NONE;
}

/* ------------------------------------------------------------------ "did you mean" */

static unsigned char lower(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 'A' && u <= 'Z' ? (unsigned char)(u + 32) : u;
}

/* Edits between the first bytes of two names, without regard to ASCII case. */
static unsigned distance(const char *a, const char *b)
{
    size_t na = strnlen(a, NEAR_BYTES);
    size_t nb = strnlen(b, NEAR_BYTES);
    unsigned row[NEAR_BYTES + 1];
    for (size_t j = 0; j <= nb; j++) {
        row[j] = (unsigned)j;
    }
    for (size_t i = 1; i <= na; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= nb; j++) {
            unsigned change = diagonal + (lower(a[i - 1]) != lower(b[j - 1]));
            unsigned step = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = change < step ? change : step;
        }
    }
    return row[nb];
}

/* The nearest existing names below `at`, in words for a message. */
static void describe_near(const struct tree *t, uint32_t at, const char *name, struct buf *out)
{
    uint32_t best[NEAR_NAMES];
    unsigned cost[NEAR_NAMES];
    int found = 0;
    uint32_t child = t->nodes[at].first;
    for (int i = 0; i < NEAR_SCANNED && child != TREE_NONE; i++, child = t->nodes[child].next) {
        unsigned d = distance(name, t->nodes[child].name);
        int place = found;
        while (place > 0 && cost[place - 1] > d) {
            place--;
        }
        if (place >= NEAR_NAMES) {
            continue;
        }
        found += found < NEAR_NAMES;
        for (int j = found - 1; j > place; j--) {
            best[j] = best[j - 1];
            cost[j] = cost[j - 1];
        }
        best[place] = child;
        cost[place] = d;
    }
    if (found == 0) {
        buf_adds(out, "; it has no nodes below it");
    }
    for (int i = 0; i < found; i++) {
        buf_printf(out, "%s\"%.60s\"", i == 0 ? "; the nearest names are " : ", ",
                   t->nodes[best[i]].name);
    }
}

/* ------------------------------------------------------------------ paths */

/*
 * Copy one path part of *s into part with escapes undone; *s moves behind the part's slash. "\@"
 * is a third escape: a taxonomy whose name begins with @ would otherwise read as an id.
 */
static bool take_part(const char **s, struct buf *part, bool *more)
{
    const char *p = *s;
    buf_clear(part);
    while (*p != '\0' && *p != '/') {
        if (*p == '\\' && (p[1] == '/' || p[1] == '\\' || p[1] == '@')) {
            p++;
        }
        buf_addc(part, *p++);
    }
    *more = *p == '/';
    *s = *more ? p + 1 : p;
    return !part->over;
}

static enum status missing(const struct tree *t, uint32_t at, const char *part, struct err *e)
{
    struct buf near;
    buf_init(&near, 300);
    describe_near(t, at, part, &near);
    enum status st = ST_OK;
    if (at == 0) {
        st = err_set(e, ST_NOT_FOUND, "no taxonomy \"%.80s\"%s", part,
                     t->nodes[0].children > 0 ? near.data : "; there are no taxonomies yet");
    } else {
        st = err_set(e, ST_NOT_FOUND, "\"%.80s\" has no node \"%.80s\"%s", t->nodes[at].name, part,
                     near.data);
    }
    buf_free(&near);
    return st;
}

static enum status resolve_id(const struct tree *t, const char *digits, uint32_t *out,
                              struct err *e)
{
    int64_t id = 0;
    const char *p = digits;
    while (*p >= '0' && *p <= '9' && id < INT64_MAX / 10 - 1) {
        id = id * 10 + (*p++ - '0');
    }
    if (p == digits || *p != '\0') {
        return err_set(e, ST_INVALID, "node \"@%.40s\": expected @ and a number", digits);
    }
    uint32_t at = id == 0 ? TREE_NONE : tree_by_id(t, id);
    if (at == TREE_NONE) {
        return err_set(e, ST_NOT_FOUND, "no node @%" PRId64, id);
    }
    *out = at;
    return ST_OK;
}

enum status tree_resolve(const struct tree *t, const char *word, uint32_t *out, struct err *e)
{
    *out = TREE_NONE;
    if (word[0] == '@') {
        return resolve_id(t, word + 1, out, e);
    }
    if (word[0] == '\0') {
        return err_set(e, ST_INVALID, "an empty node: expected @ID or a path");
    }
    struct buf part;
    buf_init(&part, TREE_NAME_MAX);
    uint32_t at = 0;
    enum status st = ST_OK;
    bool more = true;
    while (more && st == ST_OK) {
        if (!take_part(&word, &part, &more)) {
            st = err_set(e, ST_NOT_FOUND, "no node has a name as long as \"%.60s...\"", part.data);
            break;
        }
        uint32_t child = tree_child(t, at, part.data, part.len);
        if (child == TREE_NONE) {
            st = missing(t, at, part.data, e);
        } else {
            at = child;
        }
    }
    buf_free(&part);
    if (st == ST_OK) {
        *out = at;
    }
    return st;
}

void tree_path(const struct tree *t, uint32_t at, struct buf *out)
{
    uint32_t way[TREE_MAX_DEPTH];
    int n = 0;
    for (; at != 0 && at != TREE_NONE && n < TREE_MAX_DEPTH; at = t->nodes[at].parent) {
        way[n++] = at;
    }
    for (int i = n - 1; i >= 0; i--) {
        for (const char *p = t->nodes[way[i]].name; *p != '\0'; p++) {
            bool like_id = *p == '@' && i == n - 1 && p == t->nodes[way[i]].name;
            if (*p == '/' || *p == '\\' || like_id) {
                buf_addc(out, '\\');
            }
            buf_addc(out, *p);
        }
        if (i > 0) {
            buf_addc(out, '/');
        }
    }
}

/* ------------------------------------------------------------------ walking */

uint32_t tree_skip(const struct tree *t, uint32_t root, uint32_t at)
{
    while (at != root && at != TREE_NONE) {
        if (t->nodes[at].next != TREE_NONE) {
            return t->nodes[at].next;
        }
        at = t->nodes[at].parent;
    }
    return TREE_NONE;
}

uint32_t tree_next(const struct tree *t, uint32_t root, uint32_t at)
{
    uint32_t first = t->nodes[at].first;
    return first != TREE_NONE ? first : tree_skip(t, root, at);
}

uint32_t tree_taxonomy(const struct tree *t, uint32_t at)
{
    while (t->nodes[at].depth > 1) {
        at = t->nodes[at].parent;
    }
    return at == 0 ? TREE_NONE : at;
}

bool tree_is_under(const struct tree *t, uint32_t at, uint32_t ancestor)
{
    while (at != ancestor && t->nodes[at].depth > t->nodes[ancestor].depth) {
        at = t->nodes[at].parent;
    }
    return at == ancestor;
}

/* ------------------------------------------------------------------ whole-tree passes */

void tree_shares(const struct tree *t, double *share)
{
    double *sum = xcalloc(t->count, sizeof *sum); /* of the children's weights */
    for (uint32_t i = 1; i < t->count; i++) {
        sum[t->nodes[i].parent] += t->nodes[i].weight;
    }
    share[0] = 1;
    for (uint32_t i = 1; i < t->count; i++) {
        const struct node *n = &t->nodes[i];
        if (n->depth == 1) {
            share[i] = 1;
        } else {
            share[i] = sum[n->parent] > 0 ? share[n->parent] * n->weight / sum[n->parent] : 0;
        }
    }
    free(sum);
}

void tree_roll_up_i64(const struct tree *t, int64_t *value)
{
    for (uint32_t i = t->count; i > 1; i--) {
        value[t->nodes[i - 1].parent] += value[i - 1];
    }
}

/* ------------------------------------------------------------------ names */

int tree_name_shown(const char *name)
{
    size_t n = strnlen(name, SHOWN_BYTES + 1);
    if (n > SHOWN_BYTES) {
        n = SHOWN_BYTES;
        while (n > 0 && ((unsigned char)name[n] & 0xC0u) == 0x80u) {
            n--;
        }
    }
    return (int)n;
}

enum status tree_name_check(const char *name, struct err *e)
{
    size_t n = strnlen(name, TREE_NAME_MAX + 1);
    if (n == 0) {
        return err_set(e, ST_INVALID, "the name is empty");
    }
    if (n > TREE_NAME_MAX) {
        return err_set(e, ST_INVALID, "the name is longer than %d bytes: \"%.40s...\"",
                       TREE_NAME_MAX, name);
    }
    if (name[0] == ' ' || name[0] == '\t' || name[n - 1] == ' ' || name[n - 1] == '\t') {
        return err_set(e, ST_INVALID, "the name \"%.80s\" begins or ends with a blank", name);
    }
    if (strncmp(name, "\xEF\xBB\xBF", 3) == 0) {
        return err_set(e, ST_INVALID, "the name begins with a byte order mark (U+FEFF)");
    }
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        i += utf8_decode(name + i, n - i, &cp);
        if (cp == UTF8_BAD) {
            return err_set(e, ST_INVALID, "the name is not valid UTF-8 near byte %zu", i);
        }
        if ((cp < 0x20 && cp != '\t') || (cp >= 0x7F && cp <= 0x9F) || cp == 0x2028 ||
            cp == 0x2029) {
            return err_set(e, ST_INVALID, "the name holds the control character U+%04X",
                           (unsigned)cp);
        }
    }
    return ST_OK;
}
