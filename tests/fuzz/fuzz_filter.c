/*
 * Filters: any text gives terms that keep their promises, or a message.
 */
#include "base/mem.h"
#include "command/filter.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xstrndup((const char *)data, size);
    for (int calls = 0; calls < 2; calls++) {
        struct filter f;
        struct err e = {ST_OK, ""};
        enum status st = filter_parse(text, calls != 0, &f, &e);
        if (st != ST_OK && (st != ST_USAGE || e.msg[0] == '\0' || f.count != 0)) {
            abort();
        }
        for (size_t i = 0; i < f.count; i++) {
            const struct filter_term *t = &f.terms[i];
            bool number = t->field == FILTER_ID || t->field == FILTER_POINT;
            if (t->text == NULL || t->text[0] == '\0' || (t->op != FILTER_IS && !number)) {
                abort();
            }
        }
        filter_free(&f);
    }
    free(text);
    return 0;
}
