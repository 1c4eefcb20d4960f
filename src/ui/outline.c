/*
 * The visible rows are one array of tree indexes. Unfolding a node counts what becomes visible
 * below it (a pre-order walk that steps over folded subtrees), makes room by one memmove and fills
 * it; folding removes a run. 100,000 rows are 400 kB, a memmove of microseconds.
 */
#include "ui/outline.h"

#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

void outline_init(struct outline *o)
{
    memset(o, 0, sizeof *o);
}

void outline_free(struct outline *o)
{
    free(o->rows);
    free(o->open);
    free(o->ids);
    memset(o, 0, sizeof *o);
}

bool outline_is_open(const struct outline *o, uint32_t node)
{
    return node < o->known && o->open[node] && o->tree->nodes[node].children > 0;
}

/* The node that is visible after `at`, staying inside `root`. */
static uint32_t next_visible(const struct outline *o, uint32_t root, uint32_t at)
{
    return outline_is_open(o, at) || at == root ? tree_next(o->tree, root, at)
                                                : tree_skip(o->tree, root, at);
}

static void rebuild(struct outline *o)
{
    o->count = 0;
    for (uint32_t at = next_visible(o, 0, 0); at != TREE_NONE; at = next_visible(o, 0, at)) {
        o->rows = vec_grow(o->rows, &o->cap, o->count + 1, sizeof *o->rows);
        o->rows[o->count++] = at;
    }
}

void outline_set(struct outline *o, const struct tree *t)
{
    bool *open = xcalloc(t->count, sizeof *open);
    int64_t *ids = xcalloc(t->count, sizeof *ids);
    for (uint32_t i = 0; i < t->count; i++) {
        ids[i] = t->nodes[i].id;
    }
    for (uint32_t i = 1; i < o->known; i++) {
        if (!o->open[i]) {
            continue;
        }
        uint32_t now = tree_by_id(t, o->ids[i]);
        if (now != TREE_NONE) {
            open[now] = true;
        }
    }
    free(o->open);
    free(o->ids);
    o->open = open;
    o->ids = ids;
    o->known = t->count;
    o->tree = t;
    rebuild(o);
}

void outline_level(struct outline *o, unsigned level)
{
    for (uint32_t i = 1; i < o->known; i++) {
        o->open[i] = o->tree->nodes[i].depth <= level;
    }
    rebuild(o);
}

void outline_open(struct outline *o, size_t row)
{
    if (row >= o->count) {
        return;
    }
    uint32_t node = o->rows[row];
    if (o->open[node] || o->tree->nodes[node].children == 0) {
        return;
    }
    o->open[node] = true;
    size_t more = 0;
    for (uint32_t at = next_visible(o, node, node); at != TREE_NONE;
         at = next_visible(o, node, at)) {
        more++;
    }
    o->rows = vec_grow(o->rows, &o->cap, o->count + more, sizeof *o->rows);
    memmove(o->rows + row + 1 + more, o->rows + row + 1, (o->count - row - 1) * sizeof *o->rows);
    size_t to = row + 1;
    for (uint32_t at = next_visible(o, node, node); at != TREE_NONE;
         at = next_visible(o, node, at)) {
        o->rows[to++] = at;
    }
    o->count += more;
}

void outline_close(struct outline *o, size_t row)
{
    if (row >= o->count || !o->open[o->rows[row]]) {
        return;
    }
    uint32_t node = o->rows[row];
    uint16_t depth = o->tree->nodes[node].depth;
    size_t end = row + 1;
    while (end < o->count && o->tree->nodes[o->rows[end]].depth > depth) {
        end++;
    }
    memmove(o->rows + row + 1, o->rows + end, (o->count - end) * sizeof *o->rows);
    o->count -= end - row - 1;
    o->open[node] = false;
}

size_t outline_row(const struct outline *o, uint32_t node)
{
    if (o->tree == NULL || node >= o->known || node == 0) {
        return o->count;
    }
    /* the outermost folded ancestor hides everything below it */
    uint32_t seen = node;
    for (uint32_t up = o->tree->nodes[node].parent; up != 0 && up != TREE_NONE;
         up = o->tree->nodes[up].parent) {
        if (!o->open[up]) {
            seen = up;
        }
    }
    for (size_t i = 0; i < o->count; i++) {
        if (o->rows[i] == seen) {
            return i;
        }
    }
    return o->count;
}

size_t outline_reveal(struct outline *o, uint32_t node)
{
    if (o->tree == NULL || node >= o->known || node == 0) {
        return o->count;
    }
    bool changed = false;
    for (uint32_t up = o->tree->nodes[node].parent; up != 0 && up != TREE_NONE;
         up = o->tree->nodes[up].parent) {
        changed = changed || !o->open[up];
        o->open[up] = true;
    }
    if (changed) {
        rebuild(o);
    }
    return outline_row(o, node);
}
