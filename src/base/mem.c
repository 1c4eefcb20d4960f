/*
 * mem - allocation that ends the process instead of failing.
 *
 * Checking every small allocation of the program's own structure would put an untested error path
 * behind each of them. abort() is honest: what was committed is safe in the session file. The one
 * fallible call, mem_try_realloc, serves `struct buf`, whose size others decide.
 */
#include "base/mem.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void out_of_memory(void)
{
    static const char text[] = "taxa: out of memory\n";
    /* write(2) needs no memory; whether it worked no longer matters. */
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
    abort();
}

void *xmalloc(size_t size)
{
    void *p = malloc(size > 0 ? size : 1);
    if (p == NULL) {
        out_of_memory();
    }
    return p;
}

void *xcalloc(size_t count, size_t size)
{
    bool empty = count == 0 || size == 0;
    void *p = empty ? calloc(1, 1) : calloc(count, size);
    if (p == NULL) {
        out_of_memory();
    }
    return p;
}

void *xreallocarray(void *p, size_t count, size_t size)
{
    bool empty = count == 0 || size == 0;
    void *q = empty ? realloc(p, 1) : reallocarray(p, count, size);
    if (q == NULL) {
        out_of_memory();
    }
    return q;
}

void *mem_try_realloc(void *p, size_t size)
{
    return realloc(p, size > 0 ? size : 1);
}

char *xstrdup(const char *s)
{
    return xstrndup(s, strlen(s));
}

char *xstrndup(const char *s, size_t n)
{
    size_t len = strnlen(s, n);
    char *copy = xmalloc(len + 1);
    memcpy(copy, s, len);
    copy[len] = '\0';
    return copy;
}

char *xasprintf(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = NULL;
    int n = vasprintf(&text, fmt, ap);
    va_end(ap);
    if (n < 0 || text == NULL) {
        out_of_memory();
    }
    return text;
}

void *vec_grow(void *items, size_t *cap, size_t need, size_t size)
{
    if (items != NULL && need <= *cap) {
        return items;
    }
    size_t wanted = *cap > 0 ? *cap : 8;
    while (wanted < need) {
        wanted = wanted <= SIZE_MAX / 2 ? wanted * 2 : need;
    }
    items = xreallocarray(items, wanted, size);
    *cap = wanted;
    return items;
}
