/*
 * Whatever the bytes: text_safe gives valid UTF-8 in which nothing commands a terminal, and
 * wrapping it loses nothing but spaces.
 */
#include "base/text.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand_clean(const struct buf *b, bool newlines)
{
    for (size_t i = 0; i < b->len;) {
        uint32_t cp = 0;
        i += utf8_decode(b->data + i, b->len - i, &cp);
        bool control = (cp < 0x20 && !(newlines && cp == '\n')) || (cp >= 0x7F && cp < 0xA0);
        if (cp == UTF8_BAD || control || utf8_is_bidi(cp)) {
            abort();
        }
    }
}

static void count_ink(void *ctx, const char *line, size_t n)
{
    size_t *ink = ctx;
    for (size_t i = 0; i < n; i++) {
        *ink += line[i] != ' ';
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    enum text_mode mode = (enum text_mode)(data[0] % 3);
    size_t room = (data[0] & 4) != 0 ? data[1] : size * 9;
    struct buf b;
    buf_init(&b, room);
    text_safe(&b, (const char *)data + 2, size - 2, mode);
    demand_clean(&b, mode != TEXT_LINE);

    size_t ink = 0;
    size_t wrapped = 0;
    for (size_t i = 0; i < b.len; i++) {
        ink += b.data[i] != ' ' && b.data[i] != '\n';
    }
    text_wrap(b.data, b.len, data[1] % 40, count_ink, &wrapped);
    if (wrapped != ink) {
        abort();
    }

    char name[24];
    text_safe_copy(name, sizeof name, b.data);
    if (!utf8_valid(name, strlen(name))) {
        abort();
    }
    buf_free(&b);
    return 0;
}
