/*
 * buf - a growing byte string with a ceiling from birth.
 *
 * `max` is the most bytes it may ever hold (without the terminator). Going over it sets `over`,
 * keeps what fitted and makes every later add fail, so a chain of adds needs one check at the end.
 * `data` is always NUL-terminated and never NULL after buf_init. The owner calls buf_free, or
 * buf_take to take the string away (release it with free()).
 */
#ifndef TAXA_BASE_BUF_H
#define TAXA_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data;
    size_t len, cap, max;
    bool over;
};

void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b);
void buf_clear(struct buf *b); /* empty, memory kept, `over` reset */
bool buf_add(struct buf *b, const void *bytes, size_t n);
bool buf_addc(struct buf *b, char c);
bool buf_adds(struct buf *b, const char *s);
bool buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_cut(struct buf *b, size_t len); /* shorten to len bytes */
void buf_drop(struct buf *b, size_t n);  /* remove n bytes from the front */
char *buf_take(struct buf *b);           /* the string; b is empty, usable, with the same max */

#endif
