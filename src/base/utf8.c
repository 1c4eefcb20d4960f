/*
 * utf8 - see utf8.h.
 */
#include "base/utf8.h"

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
