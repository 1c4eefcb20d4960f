/*
 * The walk before cJSON decides: what it lets through cJSON reads too, and what cJSON then writes
 * the walk lets through again. json_find gives a range of its text. A quoted string is JSON.
 */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *s = (const char *)data;
    struct err e = {0};
    cJSON *v = NULL;
    enum status st = json_parse(s, size, &json_limits_reply, &v, &e);
    if ((st == ST_OK) != (v != NULL) || strstr(e.msg, "refused by cJSON") != NULL) {
        abort();
    }
    if (v != NULL) {
        char *text = json_text(v);
        cJSON *again = NULL;
        if (json_parse(text, strlen(text), &json_limits_file, &again, NULL) != ST_OK) {
            abort();
        }
        cJSON_Delete(again);
        free(text);
    }
    cJSON_Delete(v);

    const char *start = NULL;
    size_t len = 0;
    if (json_find(s, size, &start, &len) &&
        (start < s || len == 0 || len > size - (size_t)(start - s))) {
        abort();
    }

    struct buf quoted;
    cJSON *string = NULL;
    buf_init(&quoted, size * 6 + 2);
    json_quote(&quoted, s, size);
    st = json_parse(quoted.data, quoted.len, &json_limits_file, &string, &e);
    bool holds_nul = memchr(s, '\0', size) != NULL;
    if (quoted.over || (st == ST_OK) == holds_nul) {
        abort();
    }
    cJSON_Delete(string);
    buf_free(&quoted);
    return 0;
}
