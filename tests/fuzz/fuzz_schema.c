/*
 * Fuzz the record schema: the first line is a schema, the rest a record. Whatever they are, nothing
 * crashes, a misfit has a message, and the wire form of a good schema is a good schema.
 */
#include "domain/schema.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *end = memchr(text, '\n', size);
    size_t first = end != NULL ? (size_t)(end - text) : size;
    struct err e = {.msg = ""};
    struct record_schema *s = NULL;
    if (record_schema_new(text, first, &s, &e) != ST_OK) {
        if (e.msg[0] == '\0' || s != NULL) {
            abort();
        }
        return 0;
    }
    cJSON *wire = record_schema_wire(s);
    cJSON *record = NULL;
    if (end != NULL &&
        json_parse(end + 1, size - first - 1, &json_limits_reply, &record, &e) == ST_OK) {
        e.msg[0] = '\0';
        bool fits = record_schema_check(s, record, &e) == ST_OK;
        if (fits != (e.msg[0] == '\0')) {
            abort();
        }
        e.msg[0] = '\0';
        (void)schema_check(wire, record, &e);
        if (strncmp(e.msg, "schema at", 9) == 0) {
            abort(); /* the wire form itself was refused */
        }
    }
    cJSON_Delete(record);
    cJSON_Delete(wire);
    record_schema_free(s);
    return 0;
}
