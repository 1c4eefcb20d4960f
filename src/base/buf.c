/*
 * buf - see buf.h.
 *
 * Growth doubles but never passes the ceiling, so a hostile length costs at most `max`. When memory
 * runs out it is as if the ceiling had been reached: `over` is set and nothing is lost.
 */
#include "base/buf.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUF_FIRST = 32 };

void buf_init(struct buf *b, size_t max)
{
    b->max = max < SIZE_MAX ? max : SIZE_MAX - 1;
    b->len = 0;
    b->over = false;
    b->cap = b->max < BUF_FIRST ? b->max + 1 : BUF_FIRST;
    b->data = xmalloc(b->cap);
    b->data[0] = '\0';
}

void buf_free(struct buf *b)
{
    free(b->data);
    b->data = NULL;
    b->len = 0;
    b->cap = 0;
    b->over = false;
}

void buf_clear(struct buf *b)
{
    b->over = false;
    buf_cut(b, 0);
}

/* Make room for `more` bytes if the ceiling allows; returns how many of them may be added. */
static size_t reserve(struct buf *b, size_t more)
{
    size_t left = b->max - b->len;
    size_t granted = more < left ? more : left;
    size_t need = b->len + granted + 1;
    if (need <= b->cap) {
        return granted;
    }
    size_t cap = b->cap;
    while (cap < need) {
        cap = cap < b->max / 2 ? cap * 2 + 1 : b->max + 1;
    }
    char *grown = mem_try_realloc(b->data, cap);
    if (grown == NULL) {
        return b->cap > 0 ? b->cap - b->len - 1 : 0;
    }
    b->data = grown;
    b->cap = cap;
    return granted;
}

bool buf_add(struct buf *b, const void *bytes, size_t n)
{
    if (b->over) {
        return false;
    }
    size_t granted = reserve(b, n);
    if (granted > 0) {
        memcpy(b->data + b->len, bytes, granted);
        b->len += granted;
        b->data[b->len] = '\0';
    }
    b->over = granted < n;
    return !b->over;
}

bool buf_addc(struct buf *b, char c)
{
    return buf_add(b, &c, 1);
}

bool buf_adds(struct buf *b, const char *s)
{
    return buf_add(b, s, strlen(s));
}

bool buf_printf(struct buf *b, const char *fmt, ...)
{
    if (b->over) {
        return false;
    }
    va_list ap;
    va_list again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n >= 0) {
        size_t granted = reserve(b, (size_t)n);
        if (b->data != NULL) {
            (void)vsnprintf(b->data + b->len, granted + 1, fmt, again);
        }
        b->len += granted;
        b->over = granted < (size_t)n;
    } else {
        b->over = true;
    }
    va_end(again);
    return !b->over;
}

void buf_cut(struct buf *b, size_t len)
{
    if (len < b->len) {
        b->len = len;
        b->data[len] = '\0';
    }
}

void buf_drop(struct buf *b, size_t n)
{
    if (n >= b->len) {
        buf_cut(b, 0);
        return;
    }
    memmove(b->data, b->data + n, b->len - n + 1);
    b->len -= n;
}

char *buf_take(struct buf *b)
{
    char *text = b->data;
    buf_init(b, b->max);
    return text;
}
