/*
 * text_format - numbers as people read them, and wrapping; see text.h.
 *
 * A number is rounded before its unit is chosen, so that 999,999 is "1.00 M" and never "1000 k",
 * and 59.7 seconds are "1:00".
 */
#include "base/text.h"

#include "base/utf8.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { OUT = 32 };

static void put(char out[OUT], const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void put(char out[OUT], const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(out, OUT, fmt, ap);
    va_end(ap);
}

/* Digits of a whole number in groups of three, into the end of text; returns where they begin. */
static char *group(char text[OUT], unsigned long long n)
{
    char *p = &text[OUT - 1];
    *p = '\0';
    int digits = 0;
    do {
        if (digits > 0 && digits % 3 == 0) {
            *--p = ',';
        }
        *--p = (char)('0' + n % 10);
        n /= 10;
        digits++;
    } while (n > 0);
    return p;
}

void text_count(char out[32], long long n)
{
    char digits[OUT];
    unsigned long long magnitude = n < 0 ? 0 - (unsigned long long)n : (unsigned long long)n;
    put(out, "%s%.27s", n < 0 ? "-" : "", group(digits, magnitude));
}

/* Three significant digits of 1 <= n < 1000; a zero at the very end goes: 2.0, 2.5, 1.31, 12.4. */
static void three_digits(char out[OUT], double n)
{
    int decimals = n < 9.995 ? 2 : n < 99.95 ? 1 : 0;
    put(out, "%.*f", decimals, n);
    size_t last = strlen(out) - 1;
    if (decimals == 2 && out[last] == '0') {
        out[last] = '\0';
    }
}

void text_short(char out[32], double n)
{
    static const char *const units[] = {"", " k", " M", " G", " T", " P"};
    const size_t last = sizeof units / sizeof units[0] - 1;
    double size = fabs(n);
    const char *sign = n < 0 ? "-" : "";
    if (!isfinite(n) || size >= 999.5e15) {
        put(out, isfinite(n) ? "%.2e" : "-", n);
        return;
    }
    if (size < 999.5 && (size >= 99.95 || !(fabs(size - round(size)) > 0))) {
        put(out, "%s%.0f", sign, size);
        return;
    }
    if (size < 1) {
        put(out, "%s%.3g", sign, size);
        return;
    }
    size_t unit = 0;
    while (size >= 999.5 && unit < last) {
        size /= 1000;
        unit++;
    }
    char digits[OUT];
    three_digits(digits, size);
    put(out, "%s%.16s%s", sign, digits, units[unit]);
}

void text_seconds(char out[32], double s)
{
    if (!(s >= 0) || s > 1e12) {
        put(out, "-");
        return;
    }
    if (s < 9.95) {
        put(out, "%.1f s", s);
        return;
    }
    unsigned long long t = (unsigned long long)(s + 0.5);
    unsigned seconds = (unsigned)(t % 60);
    unsigned minutes = (unsigned)(t / 60 % 60);
    unsigned hours = (unsigned)(t / 3600 % 24);
    unsigned long long days = t / 86400;
    if (t < 60) {
        put(out, "%u s", seconds);
    } else if (t < 3600) {
        put(out, "%u:%02u", minutes, seconds);
    } else if (days == 0) {
        put(out, "%u:%02u:%02u", hours, minutes, seconds);
    } else {
        put(out, "%llu d %u h", days, hours);
    }
}

void text_age(char out[32], long long seconds)
{
    if (seconds < 60) {
        put(out, "now");
    } else if (seconds < 3600) {
        put(out, "%lld min ago", seconds / 60);
    } else if (seconds < 48 * 3600) {
        put(out, "%lld h ago", seconds / 3600);
    } else if (seconds < 730LL * 86400) {
        put(out, "%lld d ago", seconds / 86400);
    } else {
        put(out, "%lld years ago", seconds / (365LL * 86400));
    }
}

void text_money(char out[32], double usd)
{
    const char *sign = usd < 0 ? "-" : "";
    double size = fabs(usd);
    if (!isfinite(usd) || size > 1e15) {
        put(out, "-");
        return;
    }
    if (size > 0 && size < 0.0995) {
        /* Two significant digits: what one call costs is worth seeing. */
        int decimals = 1 - (int)floor(log10(size));
        put(out, "%s$%.*f", sign, decimals < 8 ? decimals : 8, size);
        return;
    }
    unsigned long long cents = (unsigned long long)(size * 100 + 0.5);
    char digits[OUT];
    put(out, "%s$%.24s.%02u", sign, group(digits, cents / 100), (unsigned)(cents % 100));
}

/* ------------------------------------------------------------------ wrapping */

/*
 * The bytes of one line of s, which has no newline. *next gets where the following line starts.
 * Lines break at spaces, which vanish there, else beside a wide character, else anywhere.
 */
static size_t wrap_one(const char *s, size_t n, int columns, size_t *next)
{
    size_t at = 0;
    size_t break_end = 0;  /* of the text before the best break so far */
    size_t break_next = 0; /* of the text behind it; 0: no break yet */
    int total = 0;
    bool wide_before = false;
    bool ink = false;
    while (at < n) {
        int width = 0;
        size_t len = utf8_cluster(s + at, n - at, &width);
        if (s[at] == ' ') {
            size_t spaces = strspn(s + at, " ");
            spaces = spaces < n - at ? spaces : n - at;
            if (ink && s[at - 1] != ' ') {
                break_end = at;
                break_next = at + spaces;
            }
            if (total + 1 > columns && ink) {
                break;
            }
        } else {
            bool wide = width == 2;
            if ((wide || wide_before) && at > 0 && total <= columns && s[at - 1] != ' ') {
                break_end = at;
                break_next = at;
            }
            wide_before = wide;
            ink = true;
        }
        if (total + width > columns && at > 0) {
            break;
        }
        total += width;
        at += len;
    }
    if (at >= n) {
        *next = n;
        return n;
    }
    if (break_next == 0) {
        *next = at;
        return at;
    }
    *next = break_next;
    return break_end;
}

void text_wrap(const char *s, size_t n, int columns, text_line_fn *line, void *ctx)
{
    if (columns < 1) {
        columns = 1;
    }
    while (n > 0) {
        const char *newline = memchr(s, '\n', n);
        size_t len = newline != NULL ? (size_t)(newline - s) : n;
        size_t at = 0;
        do {
            size_t next = 0;
            size_t shown = wrap_one(s + at, len - at, columns, &next);
            line(ctx, s + at, shown);
            at += next;
        } while (at < len);
        size_t step = newline != NULL ? len + 1 : len;
        s += step;
        n -= step;
    }
}

int text_hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}
