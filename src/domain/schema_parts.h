/*
 * schema_parts - what the files of schema share. Private to the schema.
 */
#ifndef TAXA_DOMAIN_SCHEMA_PARTS_H
#define TAXA_DOMAIN_SCHEMA_PARTS_H

#include "base/json.h"
#include "base/regex.h"

enum { SCHEMA_DEPTH_MAX = 32 };

struct schema_pattern {
    const cJSON *schema; /* the schema object that has it */
    struct regex *re;
};

struct schema_compiled {
    struct schema_pattern *pattern;
    size_t count, cap;
};

/* Where we are, for messages: a chain on the stack. */
struct schema_spot {
    const struct schema_spot *up;
    const char *key; /* NULL: an array index */
    int index;
};

struct schema_run {
    struct schema_compiled *compiled;
    struct err *e; /* NULL: only the answer counts, no message is made */
};

/* All of these return ST_INVALID. "at PATH: expected X, found Y"; found NULL: none. */
enum status schema_misfit(struct schema_run *r, const struct schema_spot *at, const char *expected,
                          const cJSON *found);
enum status schema_misfit_number(struct schema_run *r, const struct schema_spot *at,
                                 const char *expected, double limit, const cJSON *found);
enum status schema_missing(struct schema_run *r, const struct schema_spot *at, const char *name);
/*
 * A fault of the schema itself, which is set by a person: "schema at PATH: "keyword": expected
 * ...".
 */
enum status schema_fault(struct schema_run *r, const struct schema_spot *at, const char *keyword,
                         const char *expected);

/* Is the schema written as it must be? Adds its patterns to r->compiled. depth of the top: 1. */
enum status schema_form(struct schema_run *r, const cJSON *schema, const struct schema_spot *spot,
                        int depth, bool top);
/* Does the value fit a schema whose form is good? */
enum status schema_value(struct schema_run *r, const cJSON *schema, const cJSON *v,
                         const struct schema_spot *spot, int depth);

#endif
