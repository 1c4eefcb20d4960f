/* Decoding never reads or claims more than there is, clusters tile the text, and fitting fits. */
#include "base/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *s = (const char *)data;
    int columns = 0;
    bool valid = true;
    for (size_t i = 0; i < size;) {
        uint32_t cp = 0;
        size_t len = utf8_decode(s + i, size - i, &cp);
        char back[4];
        if (len < 1 || len > size - i || (cp != UTF8_BAD && utf8_encode(cp, back) != len)) {
            abort();
        }
        valid = valid && cp != UTF8_BAD;
        i += len;
    }
    if (valid != utf8_valid(s, size)) {
        abort();
    }
    for (size_t i = 0; i < size;) {
        int width = -1;
        size_t len = utf8_cluster(s + i, size - i, &width);
        if (len < 1 || len > size - i || len > 64 || width < 0 || width > 2) {
            abort();
        }
        columns += width;
        i += len;
    }
    if (columns != utf8_columns(s, size)) {
        abort();
    }
    int room = size > 0 ? data[0] : 0;
    int used = 0;
    size_t fits = utf8_fit(s, size, room, &used);
    if (used > room || fits > size || utf8_columns(s, fits) != used) {
        abort();
    }
    return 0;
}
