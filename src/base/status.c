/*
 * status - see status.h.
 *
 * A message is formatted into a scratch copy first, because callers quote an earlier message while
 * making the next one. A message that is too long ends at a whole UTF-8 character.
 */
#include "base/status.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Length of s without a UTF-8 sequence that the cut at `len` left unfinished. */
static size_t whole_characters(const char *s, size_t len)
{
    size_t start = len;
    size_t back = 0;
    while (start > 0 && back < 3 && ((unsigned char)s[start - 1] & 0xC0u) == 0x80u) {
        start--;
        back++;
    }
    if (start == 0) {
        return len;
    }
    unsigned char lead = (unsigned char)s[start - 1];
    size_t want = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    return want > back ? start - 1 : len;
}

static void set_text(struct err *e, const char *text, bool cut)
{
    size_t len = strlen(text);
    if (len >= sizeof e->msg) {
        len = sizeof e->msg - 1;
        cut = true;
    }
    if (cut) {
        len = whole_characters(text, len);
    }
    memcpy(e->msg, text, len);
    e->msg[len] = '\0';
}

enum status err_set(struct err *e, enum status code, const char *fmt, ...)
{
    if (e == NULL) {
        return code;
    }
    char text[sizeof e->msg];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    e->code = code;
    set_text(e, n < 0 ? "(the message could not be formatted)" : text, n >= (int)sizeof text);
    return code;
}

enum status err_prefix(struct err *e, const char *fmt, ...)
{
    if (e == NULL) {
        return ST_INTERNAL;
    }
    char text[2 * sizeof e->msg + 2];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof e->msg, fmt, ap);
    va_end(ap);
    size_t used = n < 0 ? 0 : strnlen(text, sizeof e->msg);
    (void)snprintf(text + used, sizeof text - used, ": %s", e->msg);
    set_text(e, text, false);
    return e->code;
}

int status_exit_code(enum status code)
{
    switch (code) {
    case ST_OK:
        return 0;
    case ST_USAGE:
        return 2;
    case ST_SHORT:
        return 3;
    case ST_CANCELLED:
        return 130;
    case ST_INVALID:
    case ST_NOT_FOUND:
    case ST_EXISTS:
    case ST_LIMIT:
    case ST_DENIED:
    case ST_BUSY:
    case ST_IO:
    case ST_DAMAGED:
    case ST_VERSION:
    case ST_NETWORK:
    case ST_INTERNAL:
        return 1;
    }
    return 1;
}
