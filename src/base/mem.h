/*
 * mem - allocation for program structure.
 *
 * These never return NULL: running out of memory for the program's own structure ends the process
 * by abort(), and the session file is safe because every change is a committed transaction. Sizes
 * that the network or a file decides must not come here: use `struct buf`, which has a ceiling.
 * Zero sizes are rounded up to one byte. Everything returned is released by free().
 */
#ifndef TAXA_BASE_MEM_H
#define TAXA_BASE_MEM_H

#include <stddef.h>

void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
/* The product is checked for overflow, here and in xreallocarray. */
void *xcalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *xreallocarray(void *p, size_t count, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));
char *xstrndup(const char *s, size_t n) __attribute__((malloc, returns_nonnull));
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2), returns_nonnull));

/* The one that may fail (NULL, p untouched): for sizes that are capped but decided by others. */
void *mem_try_realloc(void *p, size_t size);

/*
 * Make room for `need` items of `size` bytes in a growing array, doubling *cap. Returns the
 * (perhaps moved) array; new items are not initialised.
 */
void *vec_grow(void *items, size_t *cap, size_t need, size_t size) __attribute__((returns_nonnull));

#endif
