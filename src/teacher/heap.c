/*
 * heap - see heap.h. A binary heap in an array.
 */
#include "teacher/heap.h"

#include "base/mem.h"

#include <stdlib.h>

void heap_init(struct heap *h, heap_before_fn *before)
{
    *h = (struct heap){.before = before};
}

void heap_free(struct heap *h)
{
    free(h->items);
    *h = (struct heap){.before = h->before};
}

void heap_push(struct heap *h, struct ask *c)
{
    h->items = vec_grow(h->items, &h->cap, h->count + 1, sizeof(struct ask *));
    size_t at = h->count++;
    while (at > 0 && h->before(c, h->items[(at - 1) / 2])) {
        h->items[at] = h->items[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    h->items[at] = c;
}

struct ask *heap_top(const struct heap *h)
{
    return h->count > 0 ? h->items[0] : NULL;
}

struct ask *heap_pop(struct heap *h)
{
    if (h->count == 0) {
        return NULL;
    }
    struct ask *top = h->items[0];
    struct ask *last = h->items[--h->count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= h->count) {
            break;
        }
        if (child + 1 < h->count && h->before(h->items[child + 1], h->items[child])) {
            child++;
        }
        if (!h->before(h->items[child], last)) {
            break;
        }
        h->items[at] = h->items[child];
        at = child;
    }
    h->items[at] = last;
    return top;
}
