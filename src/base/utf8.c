/*
 * utf8 - see utf8.h.
 *
 * The width of a cluster is the sum of its parts wherever terminals agree that it is, because most
 * of them still add up code points. So a Devanagari conjunct counts each consonant as one column
 * and no cluster takes more than two consonants: then none is wider than two columns. Only emoji
 * sequences, flags and U+FE0F are counted as one picture of two columns.
 */
#include "base/utf8.h"

#include "base/utf8_width.h"

#include <limits.h>

enum {
    ZWNJ = 0x200C,
    ZWJ = 0x200D,
    VS16 = 0xFE0F,
    CLUSTER_MAX = 16 /* code points: hostile text does not get to make one cell of a megabyte */
};

#define IN(table, cp) in_table(table, sizeof(table) / sizeof(table)[0], cp)

static bool in_table(const struct utf8_range *table, size_t count, uint32_t cp)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cp > table[middle].last) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && cp >= table[low].first;
}

size_t utf8_decode(const char *s, size_t n, uint32_t *cp)
{
    const unsigned char *p = (const unsigned char *)s;
    unsigned lead = p[0];
    *cp = UTF8_BAD;
    if (lead < 0x80) {
        *cp = lead;
        return 1;
    }
    /* The range of the second byte excludes overlong forms, surrogates and above U+10FFFF. */
    size_t want = 0;
    unsigned low = 0x80;
    unsigned high = 0xBF;
    uint32_t value = 0;
    if (lead >= 0xC2 && lead <= 0xDF) {
        want = 1;
        value = lead & 0x1Fu;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        want = 2;
        value = lead & 0x0Fu;
        low = lead == 0xE0 ? 0xA0 : 0x80;
        high = lead == 0xED ? 0x9F : 0xBF;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        want = 3;
        value = lead & 0x07u;
        low = lead == 0xF0 ? 0x90 : 0x80;
        high = lead == 0xF4 ? 0x8F : 0xBF;
    } else {
        return 1;
    }
    for (size_t i = 1; i <= want; i++) {
        if (i >= n || p[i] < low || p[i] > high) {
            return i;
        }
        value = value << 6 | (p[i] & 0x3Fu);
        low = 0x80;
        high = 0xBF;
    }
    *cp = value;
    return want + 1;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
    unsigned char bytes[4];
    size_t n = 0;
    if (cp < 0x80) {
        bytes[n++] = (unsigned char)cp;
    } else if (cp < 0x800) {
        bytes[n++] = (unsigned char)(0xC0u | cp >> 6);
        bytes[n++] = (unsigned char)(0x80u | (cp & 0x3Fu));
    } else if (cp >= 0xD800 && cp <= 0xDFFF) {
        return 0;
    } else if (cp < 0x10000) {
        bytes[n++] = (unsigned char)(0xE0u | cp >> 12);
        bytes[n++] = (unsigned char)(0x80u | (cp >> 6 & 0x3Fu));
        bytes[n++] = (unsigned char)(0x80u | (cp & 0x3Fu));
    } else if (cp < 0x110000) {
        bytes[n++] = (unsigned char)(0xF0u | cp >> 18);
        bytes[n++] = (unsigned char)(0x80u | (cp >> 12 & 0x3Fu));
        bytes[n++] = (unsigned char)(0x80u | (cp >> 6 & 0x3Fu));
        bytes[n++] = (unsigned char)(0x80u | (cp & 0x3Fu));
    }
    for (size_t i = 0; i < n; i++) {
        out[i] = (char)bytes[i];
    }
    return n;
}

bool utf8_valid(const char *s, size_t n)
{
    uint32_t cp = 0;
    for (size_t i = 0; i < n && cp != UTF8_BAD;) {
        i += utf8_decode(s + i, n - i, &cp);
    }
    return cp != UTF8_BAD;
}

int utf8_width(uint32_t cp)
{
    if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0)) {
        return 0;
    }
    if (cp < 0x300) {
        return 1;
    }
    if (cp == UTF8_BAD) {
        return 1; /* shown as U+FFFD */
    }
    if (IN(utf8_zero, cp)) {
        return 0;
    }
    return IN(utf8_wide, cp) ? 2 : 1;
}

bool utf8_is_bidi(uint32_t cp)
{
    return cp == 0x061C || cp == 0x200E || cp == 0x200F || (cp >= 0x202A && cp <= 0x202E) ||
           (cp >= 0x2066 && cp <= 0x2069);
}

bool utf8_is_pictographic(uint32_t cp)
{
    return cp >= 0xA9 && IN(utf8_pictographic, cp);
}

bool utf8_is_linker(uint32_t cp)
{
    return cp >= 0x900 && IN(utf8_linker, cp);
}

uint32_t utf8_fold(uint32_t cp)
{
    if (cp < 0x80) {
        return cp >= 'A' && cp <= 'Z' ? cp + ('a' - 'A') : cp;
    }
    size_t low = 0;
    size_t high = sizeof utf8_folds / sizeof utf8_folds[0];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct utf8_fold_range *r = &utf8_folds[middle];
        if (cp > r->last) {
            low = middle + 1;
        } else if (cp < r->first) {
            high = middle;
        } else {
            return (cp - r->first) % r->step == 0 ? (uint32_t)((int32_t)cp + r->delta) : cp;
        }
    }
    return cp;
}

/* ------------------------------------------------------------------ clusters */

struct cluster {
    uint32_t base;     /* the last character that has columns */
    uint32_t previous; /* the last character */
    int width;
    bool linked; /* a virama has been seen since the base */
    bool flag;   /* one regional indicator is there and waits for its partner */
};

static bool is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == UTF8_BAD;
}

static bool is_regional(uint32_t cp)
{
    return cp >= 0x1F1E6 && cp <= 0x1F1FF;
}

static bool is_skin_tone(uint32_t cp)
{
    return cp >= 0x1F3FB && cp <= 0x1F3FF;
}

/* Take a character without columns. */
static void take_mark(struct cluster *c, uint32_t cp)
{
    if (cp == VS16 && c->previous == c->base && IN(utf8_emoji_style, c->base)) {
        c->width = 2;
    }
    if (utf8_is_linker(cp)) {
        c->linked = true;
    } else if (cp == ZWNJ) {
        c->linked = false;
    }
}

/* Take a character with columns if it belongs to the cluster. */
static bool take_partner(struct cluster *c, uint32_t cp)
{
    bool picture = utf8_is_pictographic(c->base);
    if (c->flag && is_regional(cp)) {
        c->flag = false;
        return true;
    }
    if (picture && is_skin_tone(cp) && (c->previous == c->base || c->previous == VS16)) {
        c->width = 2; /* the base stays: a coloured picture may be joined to the next */
        return true;
    }
    if (picture && c->previous == ZWJ && utf8_is_pictographic(cp)) {
        c->base = cp;
        c->width = 2;
        return true;
    }
    bool same_script = c->base >> 7 == cp >> 7;
    if (c->linked && same_script && IN(utf8_consonant, cp) && IN(utf8_consonant, c->base) &&
        c->width + utf8_width(cp) <= 2) {
        c->base = cp;
        c->width += utf8_width(cp);
        c->linked = false;
        return true;
    }
    return false;
}

size_t utf8_cluster(const char *s, size_t n, int *width)
{
    *width = 0;
    if (n == 0) {
        return 0;
    }
    uint32_t cp = 0;
    size_t len = utf8_decode(s, n, &cp);
    *width = utf8_width(cp);
    bool ascii_follows = len == n || (unsigned char)s[len] < 0x80;
    if (is_control(cp) || ascii_follows) {
        return len; /* no ASCII character continues a cluster */
    }
    struct cluster c = {.base = cp, .previous = cp, .width = *width, .flag = is_regional(cp)};
    for (int count = 1; count < CLUSTER_MAX && len < n; count++) {
        size_t more = utf8_decode(s + len, n - len, &cp);
        if (is_control(cp)) {
            break;
        }
        if (utf8_width(cp) == 0) {
            take_mark(&c, cp);
        } else if (!take_partner(&c, cp)) {
            break;
        }
        c.previous = cp;
        len += more;
    }
    *width = c.width;
    return len;
}

int utf8_columns(const char *s, size_t n)
{
    int columns = 0;
    (void)utf8_fit(s, n, INT_MAX, &columns);
    return columns;
}

size_t utf8_fit(const char *s, size_t n, int columns, int *used)
{
    size_t at = 0;
    int total = 0;
    while (at < n) {
        int width = 0;
        size_t len = utf8_cluster(s + at, n - at, &width);
        if (width > columns - total) {
            break;
        }
        total += width;
        at += len;
    }
    *used = total;
    return at;
}
