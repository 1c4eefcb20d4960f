/*
 * templates - shapes of a record to start from.
 *
 * One table: `schema --template`, `schema templates`, completion, help and the screen's list read
 * it. A test holds every example against its schema.
 */
#ifndef TAXA_COMMAND_TEMPLATES_H
#define TAXA_COMMAND_TEMPLATES_H

#include <stddef.h>

struct schema_template {
    const char *name;    /* "multiple-choice" */
    const char *summary; /* one line: for what kind of data */
    const char *schema;  /* JSON Schema; x-answer where there is a right answer */
    const char *example; /* a record that fits it */
};

/* The names as a list of choices. */
#define SCHEMA_TEMPLATE_NAMES                                                                      \
    "multiple-choice|classification|numeric-answer|short-answer|free-text|tool-call"

const struct schema_template *schema_templates(size_t *count);
const struct schema_template *schema_template_find(const char *name); /* NULL */

#endif
