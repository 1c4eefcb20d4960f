/*
 * schema - the shape of one record: a checked subset of JSON Schema.
 *
 * Keywords: type (object array string number integer boolean null, or a list of them), properties,
 * required, additionalProperties (boolean), items (one schema), enum, const, minimum, maximum,
 * exclusiveMinimum, exclusiveMaximum, minLength, maxLength (characters), minItems, maxItems,
 * uniqueItems, pattern (PCRE2), anyOf; title, description, examples, $schema are carried along.
 * `x-answer` at the top names the property that holds the answer for the dual critic. The top must
 * be an object with properties. Any other keyword is an error when the schema is set: never
 * ignored.
 */
#ifndef TAXA_DOMAIN_SCHEMA_H
#define TAXA_DOMAIN_SCHEMA_H

#include "base/json.h"

struct record_schema;

/* Compile. ST_INVALID names the JSON path and the keyword. Owner frees. */
enum status record_schema_new(const char *json, size_t n, struct record_schema **out,
                              struct err *e);
void record_schema_free(struct record_schema *s);

/* Does the record fit? ST_INVALID names path, what was found and what was expected (for the repair
 * prompt and for people). */
enum status record_schema_check(const struct record_schema *s, const cJSON *record, struct err *e);

const char *record_schema_answer(
    const struct record_schema *s); /* property name; NULL: no right answer, no dual critic */
const cJSON *record_schema_json(const struct record_schema *s); /* as set, borrowed */
/* The fields in order, for laying out a record. */
int record_schema_field_count(const struct record_schema *s);
const char *record_schema_field(const struct record_schema *s, int i);

/*
 * The schema to send on the wire: bounds added to every string (maxLength 4,000) and array
 * (maxItems 64) that has none, additionalProperties false, x-* removed. New tree; caller deletes.
 */
cJSON *record_schema_wire(const struct record_schema *s);

/* Also used for replies: check a value against a plain JSON Schema tree of the same subset,
 * compiled on the fly. */
enum status schema_check(const cJSON *schema, const cJSON *value, struct err *e);

#endif
