/*
 * `node shift`: nodes move by one place among their siblings, below the one above them, or out
 * beside their parent. Whoever asks need not know how the siblings stand at that moment, so that
 * keys pressed quickly, and people who edit at the same time, each get the step they meant.
 */
#include "base/mem.h"
#include "server/exec_table.h"
#include "server/nodes.h"
#include <stdlib.h>
#include <string.h>

enum way { WAY_UP, WAY_DOWN, WAY_IN, WAY_OUT };

struct siblings { /* as they stand while the picked ones move */
    int64_t parent;
    int64_t *ids;
    bool *picked;
    size_t count;
};

struct shift {
    struct exec *x;
    enum way way;
    int64_t *ids; /* sorted */
    size_t count;
    size_t moved;
};

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static bool is_picked(const struct shift *s, int64_t id)
{
    return bsearch(&id, s->ids, s->count, sizeof id, by_value) != NULL;
}

static enum status move(struct shift *s, int64_t id, int64_t parent, int64_t before, struct err *e)
{
    s->moved++;
    return store_node_move(s->x->store, id, parent, before, e);
}

static void swap(struct siblings *g, size_t a, size_t b)
{
    int64_t id = g->ids[a];
    bool picked = g->picked[a];
    g->ids[a] = g->ids[b];
    g->picked[a] = g->picked[b];
    g->ids[b] = id;
    g->picked[b] = picked;
}

static enum status up(struct shift *s, struct siblings *g, struct err *e)
{
    enum status st = ST_OK;
    for (size_t i = 1; st == ST_OK && i < g->count; i++) {
        if (g->picked[i] && !g->picked[i - 1]) {
            st = move(s, g->ids[i], g->parent, g->ids[i - 1], e);
            swap(g, i, i - 1);
        }
    }
    return st;
}

static enum status down(struct shift *s, struct siblings *g, struct err *e)
{
    enum status st = ST_OK;
    for (size_t i = g->count; st == ST_OK && i-- > 1;) {
        if (g->picked[i - 1] && !g->picked[i]) {
            st = move(s, g->ids[i - 1], g->parent, i + 1 < g->count ? g->ids[i + 1] : 0, e);
            swap(g, i, i - 1);
        }
    }
    return st;
}

/* Below the nearest one above that stays. */
static enum status in(struct shift *s, const struct siblings *g, struct err *e)
{
    enum status st = ST_OK;
    int64_t into = 0;
    for (size_t i = 0; st == ST_OK && i < g->count; i++) {
        if (!g->picked[i]) {
            into = g->ids[i];
        } else if (into != 0) {
            st = move(s, g->ids[i], into, 0, e);
        }
    }
    return st;
}

/* Behind the parent; never up to the taxonomies, which `node move NODE /` is for. */
static enum status out(struct shift *s, const struct siblings *g, struct err *e)
{
    struct node_row parent;
    if (g->parent == 0) {
        return ST_OK;
    }
    enum status st = store_node_row(s->x->store, g->parent, &parent, e);
    if (st != ST_OK) {
        return st;
    }
    for (size_t i = 0; st == ST_OK && parent.parent != 0 && i < g->count; i++) {
        if (g->picked[i]) {
            st = move(s, g->ids[i], parent.parent, parent.next, e);
        }
    }
    node_row_clear(&parent);
    return st;
}

static enum status shift_group(struct shift *s, int64_t parent, struct err *e)
{
    struct siblings g = {.parent = parent};
    enum status st = store_node_children(s->x->store, parent, &g.ids, &g.count, e);
    g.picked = xcalloc(g.count + 1, sizeof *g.picked);
    for (size_t i = 0; st == ST_OK && i < g.count; i++) {
        g.picked[i] = is_picked(s, g.ids[i]);
    }
    if (st == ST_OK) {
        st = s->way == WAY_UP     ? up(s, &g, e)
             : s->way == WAY_DOWN ? down(s, &g, e)
             : s->way == WAY_IN   ? in(s, &g, e)
                                  : out(s, &g, e);
    }
    free(g.ids);
    free(g.picked);
    return st;
}

static enum status nothing_moved(const struct shift *s, struct err *e)
{
    static const char *const one[] = {
        "it is the first of its siblings", "it is the last of its siblings",
        "no sibling stands above it that could take it in",
        "further out it would be a taxonomy (node move NODE / makes it one)"};
    static const char *const many[] = {"up", "down", "in", "out"};
    return s->count == 1
               ? err_set(e, ST_INVALID, "%s", one[s->way])
               : err_set(e, ST_INVALID, "none of the %zu nodes can go %s", s->count, many[s->way]);
}

static enum way way_of(const char *word)
{
    return strcmp(word, "up") == 0     ? WAY_UP
           : strcmp(word, "down") == 0 ? WAY_DOWN
           : strcmp(word, "in") == 0   ? WAY_IN
                                       : WAY_OUT;
}

enum status exec_node_shift(struct exec *x, struct err *e)
{
    struct shift s = {.x = x, .way = way_of(call_arg(x->call, 0))};
    s.count = (size_t)x->call->arg_count[1];
    s.ids = xcalloc(s.count + 1, sizeof *s.ids);
    int64_t *parents = xcalloc(s.count + 1, sizeof *parents);
    enum status st = ST_OK;
    for (size_t i = 0; st == ST_OK && i < s.count; i++) {
        struct node_row row;
        st = node_word(x, x->call->args[1][i], &s.ids[i], e);
        if (st == ST_OK) {
            st = store_node_row(x->store, s.ids[i], &row, e);
        }
        if (st == ST_OK) {
            parents[i] = row.parent;
            node_row_clear(&row);
        }
    }
    qsort(s.ids, s.count, sizeof *s.ids, by_value);
    qsort(parents, s.count, sizeof *parents, by_value);
    for (size_t i = 0; st == ST_OK && i < s.count; i++) {
        if (i == 0 || parents[i] != parents[i - 1]) {
            st = shift_group(&s, parents[i], e);
        }
    }
    if (st == ST_OK && s.moved == 0) {
        st = nothing_moved(&s, e);
    }
    free(s.ids);
    free(parents);
    return st;
}
