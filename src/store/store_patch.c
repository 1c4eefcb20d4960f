/*
 * store_patch - a tree in memory follows what was written, without reading it again.
 *
 * SQLite tells of every row that is written, also by undo and by changesets, so the ids of changed
 * nodes are known whoever changed them. Values are set in place. When nodes moved, went or came in
 * between, the tree is put together anew from the old one: only the changed nodes and the order of
 * their siblings are read, and everything goes through the same door as when all is read, so that
 * the nodes stand in the same places.
 */
#include "store/store_private.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TOUCHED_MAX 4000 /* beyond, reading all is as quick */

/* ------------------------------------------------------------------ what was written */

static void on_row(void *ctx, int op, const char *db, const char *table, sqlite3_int64 id)
{
    struct store *s = ctx;
    struct touched *t = &s->touched;
    (void)op;
    (void)db;
    if (strcmp(table, "node") != 0 || (t->many && !t->many_told)) {
        return;
    }
    if (t->count > t->told && t->id[t->count - 1] == id) {
        return;
    }
    if (t->count == TOUCHED_MAX) {
        t->many = true;
        t->many_told = false;
        return;
    }
    t->id = vec_grow(t->id, &t->cap, t->count + 1, sizeof *t->id);
    t->id[t->count++] = id;
}

void touched_watch(struct store *s)
{
    (void)sqlite3_update_hook(s->db, on_row, s);
}

bool store_touched(struct store *s, const int64_t **ids, size_t *count)
{
    struct touched *t = &s->touched;
    bool known = !t->many || t->many_told;
    *ids = t->count > t->told ? t->id + t->told : NULL;
    *count = known ? t->count - t->told : 0;
    t->told = t->count;
    t->many_told = t->many;
    if (!s->in_tx) {
        touched_commit(s);
    }
    return known;
}

void touched_commit(struct store *s)
{
    struct touched *t = &s->touched;
    if (t->told > 0) {
        memmove(t->id, t->id + t->told, (t->count - t->told) * sizeof *t->id);
        t->count -= t->told;
    }
    t->many = t->many && !t->many_told;
    t->told = 0;
    t->many_told = false;
}

void touched_rollback(struct store *s)
{
    s->touched.told = 0;
    s->touched.many_told = false;
}

/* ------------------------------------------------------------------ the rows as they are now */

struct changed {
    int64_t id, parent, ordinal;
    bool there;
    struct node model; /* name and desc belong to the patch's arena */
};
struct patch {
    struct store *s;
    struct tree *t;
    bool descriptions;
    struct changed *row; /* by id */
    size_t count;
    struct arena text;
};

static int by_number(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static enum status read_row(struct patch *p, int64_t id, struct changed *out, struct err *e)
{
    *out = (struct changed){.id = id};
    struct sql q = sql_use(p->s, "SELECT parent, ordinal, weight, state, origin, locked, edited, "
                                 "name, desc FROM node WHERE id = ?1 AND deleted = 0");
    sql_int(&q, id);
    if (sql_row(&q)) {
        out->there = true;
        out->parent = sql_col_int(&q, 0);
        out->ordinal = sql_col_int(&q, 1);
        out->model = (struct node){
            .id = id,
            .weight = sql_col_real(&q, 2),
            .state = (uint8_t)sql_col_int(&q, 3),
            .origin = (uint8_t)sql_col_int(&q, 4),
            .locked = sql_col_int(&q, 5) != 0,
            .edited = sql_col_int(&q, 6) != 0,
            .name = arena_strdup(&p->text, sql_col_string(&q, 7)),
            .desc = p->descriptions ? arena_strdup(&p->text, sql_col_string(&q, 8)) : "",
        };
    }
    return sql_end(&q, e);
}

static enum status read_rows(struct patch *p, const int64_t *ids, size_t count, struct err *e)
{
    enum status st = ST_OK;
    int64_t *sorted = xcalloc(count, sizeof *sorted);
    memcpy(sorted, ids, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_number);
    p->row = xcalloc(count, sizeof *p->row);
    for (size_t i = 0; st == ST_OK && i < count; i++) {
        if (i == 0 || sorted[i] != sorted[i - 1]) {
            st = read_row(p, sorted[i], &p->row[p->count++], e);
        }
    }
    free(sorted);
    return st;
}

static const struct changed *row_of(const struct patch *p, int64_t id)
{
    size_t low = 0, high = p->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p->row[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < p->count && p->row[low].id == id ? &p->row[low] : NULL;
}

static enum status ordinal_of(struct patch *p, uint32_t at, int64_t *out, struct err *e)
{
    struct sql q = sql_use(p->s, "SELECT ordinal FROM node WHERE id = ?1");
    sql_int(&q, p->t->nodes[at].id);
    return sql_end_int(&q, 0, out, e);
}

static bool stands_before(int64_t ordinal, int64_t id, int64_t other_ordinal, int64_t other)
{
    return ordinal != other_ordinal ? ordinal < other_ordinal : id < other;
}

/* ------------------------------------------------------------------ in place */

/* Is a node of the tree still between the siblings that it stands between? */
static enum status keeps_place(struct patch *p, uint32_t at, const struct changed *c, bool *keeps,
                               struct err *e)
{
    const struct node *n = &p->t->nodes[at];
    enum status st = ST_OK;
    int64_t other = 0;
    *keeps = p->t->nodes[n->parent].id == c->parent;
    if (*keeps && n->prev != TREE_NONE) {
        st = ordinal_of(p, n->prev, &other, e);
        *keeps = stands_before(other, p->t->nodes[n->prev].id, c->ordinal, c->id);
    }
    if (st == ST_OK && *keeps && n->next != TREE_NONE) {
        st = ordinal_of(p, n->next, &other, e);
        *keeps = stands_before(c->ordinal, c->id, other, p->t->nodes[n->next].id);
    }
    return st;
}

static void set_values(struct patch *p, uint32_t at, const struct changed *c)
{
    struct node *n = &p->t->nodes[at];
    n->weight = c->model.weight;
    n->state = c->model.state;
    n->origin = c->model.origin;
    n->locked = c->model.locked;
    n->edited = c->model.edited;
    if (strcmp(n->name, c->model.name) != 0) {
        n->name = arena_strdup(&p->t->text, c->model.name);
    }
    if (strcmp(n->desc, c->model.desc) != 0) {
        n->desc = arena_strdup(&p->t->text, c->model.desc);
    }
}

/* A new node behind all its siblings. *added false: it is not that. */
static enum status append(struct patch *p, const struct changed *c, bool *added, struct err *e)
{
    uint32_t up = tree_by_id(p->t, c->parent);
    *added = up != TREE_NONE;
    if (*added && p->t->nodes[up].last != TREE_NONE) {
        uint32_t last = p->t->nodes[up].last;
        int64_t other = 0;
        enum status st = ordinal_of(p, last, &other, e);
        if (st != ST_OK) {
            return st;
        }
        *added = stands_before(other, p->t->nodes[last].id, c->ordinal, c->id);
    }
    *added = *added && tree_add(p->t, up, &c->model) != TREE_NONE;
    return ST_OK;
}

/* *whole false: something moved, went or came in between. */
static enum status in_place(struct patch *p, bool *whole, struct err *e)
{
    enum status st = ST_OK;
    *whole = true;
    for (size_t i = 0; st == ST_OK && *whole && i < p->count; i++) {
        const struct changed *c = &p->row[i];
        uint32_t at = tree_by_id(p->t, c->id);
        if (at == TREE_NONE) {
            st = c->there ? append(p, c, whole, e) : ST_OK;
        } else if (!c->there) {
            *whole = false;
        } else {
            st = keeps_place(p, at, c, whole, e);
            if (st == ST_OK && *whole) {
                set_values(p, at, c);
            }
        }
    }
    return st;
}

/* ------------------------------------------------------------------ anew */

struct numbers {
    int64_t *id;
    size_t count, cap;
};

static void add_number(struct numbers *n, int64_t id)
{
    n->id = vec_grow(n->id, &n->cap, n->count + 1, sizeof *n->id);
    n->id[n->count++] = id;
}

static void sort_numbers(struct numbers *n)
{
    size_t kept = 0;
    if (n->count > 0) {
        qsort(n->id, n->count, sizeof *n->id, by_number);
    }
    for (size_t i = 0; i < n->count; i++) {
        if (kept == 0 || n->id[kept - 1] != n->id[i]) {
            n->id[kept++] = n->id[i];
        }
    }
    n->count = kept;
}

static bool has_number(const struct numbers *n, int64_t id)
{
    return n->count > 0 && bsearch(&id, n->id, n->count, sizeof *n->id, by_number) != NULL;
}

/* Children whose order is to be read, and all nodes that have children, in the order of ids. */
static void list_parents(const struct patch *p, struct numbers *read, struct numbers *all)
{
    const struct tree *t = p->t;
    for (size_t i = 0; i < p->count; i++) {
        uint32_t at = tree_by_id(t, p->row[i].id);
        if (at != TREE_NONE) {
            add_number(read, t->nodes[t->nodes[at].parent].id);
        }
        if (p->row[i].there) {
            add_number(read, p->row[i].parent);
        }
    }
    sort_numbers(read);
    for (uint32_t i = 0; i < t->count; i++) {
        if (t->nodes[i].children > 0) {
            add_number(all, t->nodes[i].id);
        }
    }
    for (size_t i = 0; i < read->count; i++) {
        add_number(all, read->id[i]);
    }
    sort_numbers(all);
}

static bool take_old(struct patch *p, struct tree_loader *l, int64_t parent)
{
    const struct tree *t = p->t;
    uint32_t up = tree_by_id(t, parent);
    bool fits = true;
    for (uint32_t c = t->nodes[up].first; fits && c != TREE_NONE; c = t->nodes[c].next) {
        fits = tree_loader_take(l, parent, &t->nodes[c]);
    }
    return fits;
}

static enum status take_read(struct patch *p, struct tree_loader *l, int64_t parent, bool *fits,
                             struct err *e)
{
    struct sql q =
        sql_use(p->s, "SELECT id FROM node WHERE parent = ?1 AND deleted = 0 ORDER BY ordinal, id");
    sql_int(&q, parent);
    while (*fits && sql_row(&q)) {
        int64_t id = sql_col_int(&q, 0);
        const struct changed *c = row_of(p, id);
        uint32_t at = c == NULL ? tree_by_id(p->t, id) : TREE_NONE;
        *fits = (c != NULL && c->there && tree_loader_take(l, parent, &c->model)) ||
                (at != TREE_NONE && tree_loader_take(l, parent, &p->t->nodes[at]));
    }
    return sql_end(&q, e);
}

static enum status anew(struct patch *p, struct err *e)
{
    struct tree fresh;
    struct tree_loader l;
    struct numbers read = {0}, all = {0};
    enum status st = ST_OK;
    bool fits = true;
    tree_loader_begin(&l, &fresh);
    list_parents(p, &read, &all);
    for (size_t i = 0; st == ST_OK && fits && i < all.count; i++) {
        if (has_number(&read, all.id[i])) {
            st = take_read(p, &l, all.id[i], &fits, e);
        } else {
            fits = take_old(p, &l, all.id[i]);
        }
    }
    st = tree_loader_end(&l, p->s, st, fits, e);
    tree_free(p->t);
    *p->t = fresh;
    free(read.id);
    free(all.id);
    return st;
}

enum status store_tree_patch(struct store *s, bool descriptions, struct tree *t, const int64_t *ids,
                             size_t count, struct err *e)
{
    if (count == 0) {
        return ST_OK;
    }
    struct patch p = {.s = s, .t = t, .descriptions = descriptions};
    bool whole = true;
    arena_init(&p.text);
    enum status st = read_rows(&p, ids, count, e);
    if (st == ST_OK) {
        st = in_place(&p, &whole, e);
    }
    if (st == ST_OK && !whole) {
        st = anew(&p, e);
    }
    arena_free(&p.text);
    free(p.row);
    return st;
}
