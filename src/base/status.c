/*
 * status - see status.h.
 *
 * A message is formatted into a scratch copy first, because callers quote an earlier message while
 * making the next one. A message holds whole characters only.
 */
#include "base/status.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/*
 * Copies what is well-formed: a message or a "%.40s" in it may be cut inside a character, and what
 * is quoted may be anything.
 */
static void set_text(struct err *e, const char *text)
{
    size_t n = strnlen(text, sizeof e->msg - 1);
    size_t len = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        size_t used = utf8_decode(text + i, n - i, &cp);
        if (cp != UTF8_BAD) {
            memcpy(e->msg + len, text + i, used);
            len += used;
        }
        i += used;
    }
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
    set_text(e, n < 0 ? "(the message could not be formatted)" : text);
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
    set_text(e, text);
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
