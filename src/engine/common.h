/*
 * common - the part of a question's inputs that is the same all through a session.
 *
 * description, examples, schema and what follows from the settings. Built once per change of the
 * session and shared by reference in the inputs of every question of it.
 */
#ifndef TAXA_ENGINE_COMMON_H
#define TAXA_ENGINE_COMMON_H

#include "base/json.h"
#include <stdbool.h>
#include <stdint.h>

enum policy { POLICY_QUEUE, POLICY_REJECT, POLICY_ACCEPT };

struct engine_common {
    uint64_t seed;
    int scenarios;   /* K */
    int refinements; /* R */
    int proposals;   /* B */
    enum policy disputed, rejected;
    char *description;
    cJSON *examples; /* array of records, may be empty */
    cJSON *schema;   /* record schema as set; NULL when none */
    char *answer;    /* name of the answer property; NULL: no dual critic */
};

/* A fresh inputs object with description, examples and schema. */
cJSON *common_inputs(const struct engine_common *c);
void common_clear(struct engine_common *c);

#endif
