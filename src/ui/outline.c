/*
 * The visible rows are one array of nodes. Without folds it would be `order` itself, or what the
 * filter kept of it; both are sorted by rank, so "what comes next" is the next item, or, behind a
 * fold, the first one at or after the branch's end. Unfolding makes room by one memmove, folding
 * removes a run: 100,000 rows are 400 kB, a memmove of microseconds.
 */
#include "ui/outline.h"

#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

#define GONE_MAX 10000 /* nodes whose folds are remembered */

void outline_init(struct outline *o)
{
    memset(o, 0, sizeof *o);
}

void outline_free(struct outline *o)
{
    free(o->rows);
    free(o->open);
    free(o->kept);
    free(o->open_before);
    free(o->gone);
    memset(o, 0, sizeof *o);
}

/* ---- what may be seen: the order, or what a filter kept of it */

static uint32_t item(const struct outline *o, size_t pos)
{
    return o->filtered ? o->kept[pos] : o->order->at[pos];
}

/* The first of some nodes in order whose rank is at least so much; n: none. */
static size_t first_from(const struct outline *o, const uint32_t *nodes, size_t n, uint32_t rank)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (o->order->rank[nodes[middle]] < rank) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static size_t pos_of(const struct outline *o, uint32_t rank)
{
    return o->filtered ? first_from(o, o->kept, o->kept_count, rank) : rank;
}

/* The items behind a node's own that lie in its branch. */
static void inside(const struct outline *o, uint32_t node, size_t *from, size_t *to)
{
    *from = pos_of(o, o->order->rank[node] + 1);
    *to = pos_of(o, o->order->end[node]);
}

bool outline_can_open(const struct outline *o, uint32_t node)
{
    size_t from = 0, to = 0;
    if (node >= o->known || o->tree->nodes[node].children == 0) {
        return false;
    }
    if (o->filtered) {
        inside(o, node, &from, &to);
    }
    return !o->filtered || from < to;
}

bool outline_is_open(const struct outline *o, uint32_t node)
{
    return node < o->known && o->open[node] && outline_can_open(o, node);
}

bool outline_holds(const struct outline *o, uint32_t node)
{
    if (node == 0 || node >= o->known || !order_is_under(o->order, node, o->root)) {
        return false;
    }
    size_t pos = pos_of(o, o->order->rank[node]);
    return !o->filtered || (pos < o->kept_count && o->kept[pos] == node);
}

/* Writes the visible nodes among items [from, to) to `out`, when it is there; returns how many. */
static size_t visible(const struct outline *o, size_t from, size_t to, uint32_t *out)
{
    size_t n = 0;
    while (from < to) {
        uint32_t node = item(o, from);
        if (out != NULL) {
            out[n] = node;
        }
        n++;
        from = o->open[node] ? from + 1 : pos_of(o, o->order->end[node]);
    }
    return n;
}

static void rebuild(struct outline *o)
{
    o->count = 0;
    if (o->tree == NULL) {
        return;
    }
    size_t from = pos_of(o, o->root != 0 ? o->order->rank[o->root] : 1);
    size_t to = pos_of(o, o->order->end[o->root]);
    o->rows = vec_grow(o->rows, &o->cap, to - from + 1, sizeof *o->rows);
    o->count = visible(o, from, to, o->rows);
}

/* ---- the whole list */

static void end_filter(struct outline *o)
{
    if (o->filtered) {
        free(o->open);
        o->open = o->open_before;
        o->open_before = NULL;
    }
    o->filtered = false;
    o->kept_count = 0;
}

/* What was unfolded when it was deleted is unfolded when it is there again. */
static void take_gone(struct outline *o, const struct tree *t, bool *open)
{
    size_t kept = 0;
    for (size_t i = 0; i < o->gone_count; i++) {
        uint32_t now = tree_by_id(t, o->gone[i]);
        if (now != TREE_NONE) {
            open[now] = true;
        } else {
            o->gone[kept++] = o->gone[i];
        }
    }
    o->gone_count = kept;
}

void outline_set(struct outline *o, const struct tree *t, const struct order *order)
{
    bool *open = xcalloc(t->count, sizeof *open);
    uint32_t root = o->root != 0 ? tree_by_id(t, o->order->ids[o->root]) : 0;
    end_filter(o);
    take_gone(o, t, open);
    for (uint32_t i = 1; i < o->known; i++) {
        uint32_t now = o->open[i] ? tree_by_id(t, o->order->ids[i]) : TREE_NONE;
        if (now != TREE_NONE) {
            open[now] = true;
        } else if (o->open[i] && o->gone_count < GONE_MAX) {
            o->gone = vec_grow(o->gone, &o->gone_cap, o->gone_count + 1, sizeof *o->gone);
            o->gone[o->gone_count++] = o->order->ids[i];
        }
    }
    free(o->open);
    o->open = open;
    o->known = t->count;
    o->tree = t;
    o->order = order;
    o->root = root != TREE_NONE ? root : 0;
    rebuild(o);
}

void outline_copy(struct outline *o, const struct outline *from)
{
    *o = *from;
    o->rows = NULL;
    o->kept = NULL;
    o->open_before = NULL;
    o->gone = NULL;
    o->gone_count = o->gone_cap = 0;
    o->cap = o->kept_cap = 0;
    o->open = outline_folds(from);
    if (from->filtered) {
        o->kept = vec_grow(NULL, &o->kept_cap, from->kept_count, sizeof *o->kept);
        memcpy(o->kept, from->kept, from->kept_count * sizeof *o->kept);
        o->open_before = xcalloc(from->known, sizeof *o->open_before);
        memcpy(o->open_before, from->open_before, from->known * sizeof *o->open_before);
    }
    rebuild(o);
}

void outline_focus(struct outline *o, uint32_t node)
{
    end_filter(o);
    o->root = node;
    if (node != 0) {
        o->open[node] = true;
    }
    rebuild(o);
}

/* A node behind those that were kept so far, with its ancestors that are not among them. */
static void keep(struct outline *o, uint32_t node)
{
    size_t old = o->kept_count;
    uint32_t last = old > 0 ? o->kept[old - 1] : TREE_NONE;
    for (uint32_t up = node; up != 0; up = o->tree->nodes[up].parent) {
        if (last != TREE_NONE && order_is_under(o->order, last, up)) {
            break; /* kept already, as are those above it */
        }
        o->kept = vec_grow(o->kept, &o->kept_cap, o->kept_count + 1, sizeof *o->kept);
        o->kept[o->kept_count++] = up;
        if (up == o->root) {
            break;
        }
    }
    for (size_t a = old, b = o->kept_count; a + 1 < b; a++) {
        uint32_t swap = o->kept[a];
        o->kept[a] = o->kept[--b];
        o->kept[b] = swap;
    }
}

void outline_filter(struct outline *o, const uint32_t *nodes, size_t count)
{
    if (nodes == NULL || o->tree == NULL) {
        end_filter(o);
        rebuild(o);
        return;
    }
    if (!o->filtered) {
        o->open_before = o->open;
        o->open = xcalloc(o->known, sizeof *o->open);
    }
    o->filtered = true;
    memset(o->open, true, o->known * sizeof *o->open);
    o->kept_count = 0;
    if (o->root != 0) {
        keep(o, o->root);
    }
    for (size_t i = 0; i < count; i++) {
        if (order_is_under(o->order, nodes[i], o->root)) {
            keep(o, nodes[i]);
        }
    }
    rebuild(o);
}

void outline_level(struct outline *o, unsigned level)
{
    for (uint32_t rank = 1; rank < o->known; rank++) {
        uint32_t node = o->order->at[rank];
        if (order_is_under(o->order, node, o->root)) {
            unsigned depth = o->tree->nodes[node].depth, from = o->tree->nodes[o->root].depth;
            o->open[node] = depth - from <= level;
        }
    }
    rebuild(o);
}

static void open_path(struct outline *o, uint32_t node)
{
    for (uint32_t up = node; up != 0 && up != o->root;) {
        up = o->tree->nodes[up].parent;
        o->open[up] = true;
    }
}

void outline_only(struct outline *o, uint32_t node)
{
    bool own = o->open[node];
    for (uint32_t rank = o->order->rank[o->root]; rank < o->order->end[o->root]; rank++) {
        o->open[o->order->at[rank]] = false;
    }
    open_path(o, node);
    o->open[node] = own;
    rebuild(o);
}

/* ---- one row */

/* The row behind a branch. */
static size_t row_end(const struct outline *o, size_t row)
{
    return row + 1 +
           first_from(o, o->rows + row + 1, o->count - row - 1, o->order->end[o->rows[row]]);
}

/* Take away the rows below one. */
static void cut_below(struct outline *o, size_t row)
{
    size_t end = row_end(o, row);
    memmove(o->rows + row + 1, o->rows + end, (o->count - end) * sizeof *o->rows);
    o->count -= end - row - 1;
}

/* Put the rows in that are visible below one which had none. */
static void fill_below(struct outline *o, size_t row)
{
    size_t from = 0, to = 0;
    inside(o, o->rows[row], &from, &to);
    size_t more = visible(o, from, to, NULL);
    o->rows = vec_grow(o->rows, &o->cap, o->count + more, sizeof *o->rows);
    memmove(o->rows + row + 1 + more, o->rows + row + 1, (o->count - row - 1) * sizeof *o->rows);
    visible(o, from, to, o->rows + row + 1);
    o->count += more;
}

void outline_open(struct outline *o, size_t row)
{
    if (row >= o->count || o->open[o->rows[row]] || !outline_can_open(o, o->rows[row])) {
        return;
    }
    o->open[o->rows[row]] = true;
    fill_below(o, row);
}

void outline_close(struct outline *o, size_t row)
{
    if (row < o->count && o->open[o->rows[row]]) {
        cut_below(o, row);
        o->open[o->rows[row]] = false;
    }
}

static void set_branch(struct outline *o, size_t row, bool open)
{
    if (row >= o->count) {
        return;
    }
    uint32_t node = o->rows[row];
    if (o->open[node]) {
        cut_below(o, row);
    }
    for (uint32_t rank = o->order->rank[node]; rank < o->order->end[node]; rank++) {
        o->open[o->order->at[rank]] = open;
    }
    if (open) {
        fill_below(o, row);
    }
}

void outline_open_all(struct outline *o, size_t row)
{
    set_branch(o, row, true);
}

void outline_close_all(struct outline *o, size_t row)
{
    set_branch(o, row, false);
}

size_t outline_row(const struct outline *o, uint32_t node)
{
    if (o->tree == NULL || node >= o->known || node == 0) {
        return o->count;
    }
    /* the outermost folded ancestor hides everything below it */
    uint32_t seen = node;
    for (uint32_t up = node; up != o->root;) {
        up = o->tree->nodes[up].parent;
        if (up == TREE_NONE || (up == 0 && o->root != 0)) {
            return o->count; /* in another branch */
        }
        if (up != 0 && !o->open[up]) {
            seen = up;
        }
    }
    size_t row = first_from(o, o->rows, o->count, o->order->rank[seen]);
    return row < o->count && o->rows[row] == seen ? row : o->count;
}

size_t outline_reveal(struct outline *o, uint32_t node)
{
    if (!outline_holds(o, node)) {
        return o->count;
    }
    size_t row = outline_row(o, node);
    if (row < o->count && o->rows[row] != node) {
        open_path(o, node);
        fill_below(o, row);
        row = outline_row(o, node);
    }
    return row;
}

bool *outline_folds(const struct outline *o)
{
    bool *folds = xcalloc(o->known, sizeof *folds);
    memcpy(folds, o->open, o->known * sizeof *folds);
    return folds;
}

void outline_set_folds(struct outline *o, const bool *folds)
{
    memcpy(o->open, folds, o->known * sizeof *folds);
    rebuild(o);
}
