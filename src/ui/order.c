/*
 * One walk numbers the nodes; a second, from the last node to the first, tells each parent where
 * its branch ends. No recursion, so a chain may be as deep as it likes.
 */
#include "ui/order.h"

#include "base/mem.h"
#include <stdlib.h>

void order_free(struct order *o)
{
    if (o != NULL) {
        free(o->at);
        free(o->rank);
        free(o->end);
        free(o->ids);
        free(o);
    }
}

struct order *order_new(const struct tree *t)
{
    struct order *o = xcalloc(1, sizeof *o);
    o->count = t->count;
    o->at = xcalloc(t->count, sizeof *o->at);
    o->rank = xcalloc(t->count, sizeof *o->rank);
    o->end = xcalloc(t->count, sizeof *o->end);
    o->ids = xcalloc(t->count, sizeof *o->ids);
    uint32_t rank = 0;
    for (uint32_t node = 0; node != TREE_NONE; node = tree_next(t, 0, node)) {
        o->at[rank] = node;
        o->rank[node] = rank;
        o->end[node] = ++rank;
        o->ids[node] = t->nodes[node].id;
    }
    while (rank-- > 1) {
        uint32_t node = o->at[rank], parent = t->nodes[node].parent;
        if (o->end[parent] < o->end[node]) {
            o->end[parent] = o->end[node];
        }
    }
    return o;
}

uint32_t order_below(const struct order *o, uint32_t node)
{
    return o->end[node] - o->rank[node] - 1;
}

bool order_is_under(const struct order *o, uint32_t node, uint32_t branch)
{
    return o->rank[node] >= o->rank[branch] && o->rank[node] < o->end[branch];
}
