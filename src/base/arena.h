/*
 * arena - many small allocations released at once.
 *
 * For the strings of one tree, one reply, one screen paint. Not for sizes from outside without a
 * cap: arena_strndup aborts like xmalloc when memory is gone.
 */
#ifndef TAXA_BASE_ARENA_H
#define TAXA_BASE_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena {
    struct arena_block *head;
    size_t used; /* bytes handed out since the last reset */
};

void arena_init(struct arena *a);
void *arena_alloc(struct arena *a, size_t size); /* zeroed, aligned for any type */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_reset(struct arena *a); /* keeps the first block for re-use */
void arena_free(struct arena *a);

#endif
