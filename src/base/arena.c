/*
 * arena - see arena.h.
 *
 * A list of blocks, newest first; the oldest stays over a reset, so that a screen painted sixty
 * times a second settles on memory it already has. A request that is large for a block gets a block
 * of its own behind the head, and the room left in the head is not wasted.
 */
#include "base/arena.h"

#include "base/mem.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_FIRST = 4096, BLOCK_MAX = 1 << 18 };

struct arena_block {
    struct arena_block *next; /* older */
    size_t cap, used;
    alignas(max_align_t) unsigned char data[];
};

void arena_init(struct arena *a)
{
    a->head = NULL;
    a->used = 0;
}

static struct arena_block *block_new(size_t cap)
{
    struct arena_block *block = xcalloc(1, sizeof *block + cap);
    block->cap = cap;
    return block;
}

static struct arena_block *block_for(struct arena *a, size_t size)
{
    struct arena_block *head = a->head;
    if (head != NULL && head->cap - head->used >= size) {
        return head;
    }
    size_t cap = head == NULL ? BLOCK_FIRST : head->cap * 2;
    if (cap > BLOCK_MAX) {
        cap = BLOCK_MAX;
    }
    struct arena_block *block = block_new(size > cap ? size : cap);
    if (head != NULL && size > cap / 4) {
        block->next = head->next;
        head->next = block;
    } else {
        block->next = head;
        a->head = block;
    }
    return block;
}

void *arena_alloc(struct arena *a, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX / 2) {
        return xreallocarray(NULL, size, 2); /* no such size: ends the process */
    }
    size_t rounded = (size > 0 ? size + align - 1 : align) / align * align;
    struct arena_block *block = block_for(a, rounded);
    void *p = block->data + block->used;
    block->used += rounded;
    a->used += rounded;
    memset(p, 0, rounded);
    return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return arena_strndup(a, s, strlen(s));
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    size_t len = strnlen(s, n);
    char *copy = arena_alloc(a, len + 1);
    memcpy(copy, s, len);
    return copy;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_list again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *text = arena_alloc(a, n < 0 ? 1 : (size_t)n + 1);
    if (n > 0) {
        (void)vsnprintf(text, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    return text;
}

void arena_reset(struct arena *a)
{
    struct arena_block *block = a->head;
    while (block != NULL && block->next != NULL) {
        struct arena_block *older = block->next;
        free(block);
        block = older;
    }
    if (block != NULL) {
        block->used = 0;
    }
    a->head = block;
    a->used = 0;
}

void arena_free(struct arena *a)
{
    arena_reset(a);
    free(a->head);
    a->head = NULL;
}
