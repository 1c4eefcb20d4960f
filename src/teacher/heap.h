/*
 * heap - a priority queue of asks, for those that wait for room and for those that wait for a time.
 *
 * Holds borrowed pointers; `before` says which of two comes out first and must be a strict total
 * order, so that the order of arrival decides among equals.
 */
#ifndef TAXA_TEACHER_HEAP_H
#define TAXA_TEACHER_HEAP_H

#include <stdbool.h>
#include <stddef.h>

struct ask;
typedef bool heap_before_fn(const struct ask *a, const struct ask *b);

struct heap {
    struct ask **items;
    size_t count, cap;
    heap_before_fn *before;
};
void heap_init(struct heap *h, heap_before_fn *before);
void heap_free(struct heap *h); /* not what is in it */
void heap_push(struct heap *h, struct ask *c);
struct ask *heap_top(const struct heap *h); /* NULL when empty */
struct ask *heap_pop(struct heap *h);       /* NULL when empty */

#endif
