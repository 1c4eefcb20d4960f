/*
 * context - what a question about a node is told of its surroundings.
 *
 * Shared by growing and advice, so that a teacher sees a node in the same light whatever it is
 * asked.
 */
#ifndef TAXA_ENGINE_CONTEXT_H
#define TAXA_ENGINE_CONTEXT_H

#include "domain/tree.h"
#include "engine/common.h"

#define CONTEXT_NAMES 80 /* names of a list that a prompt shows at most */

/*
 * A fresh inputs object: description, examples, taxonomy, node, ancestors, siblings, children. No
 * schema: a tree does not depend on it, and the prompt is shorter.
 */
cJSON *context_of(const struct engine_common *c, const struct tree *t, uint32_t at);
/* {"name","description"} of a node. */
cJSON *context_node(const struct tree *t, uint32_t at);
/* Is the node or one above it locked against the teacher? */
bool context_locked(const struct tree *t, uint32_t at);

#endif
