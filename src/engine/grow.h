/*
 * grow - growing the map: factors, taxonomies, strategies (method.md 1.1 to 1.3).
 *
 * One `struct grow` is one job. An expansion goes level by level: for every node of the frontier B
 * independent proposals, their union, a critic that merges and prunes, children; then one plan for
 * the next level of each taxonomy. A node that fails is marked so and may be tried again; it is
 * never padded. Locked nodes are left alone. Pure: see step.h. Keys begin with the job's number, so
 * a job that goes on after a restart asks the same keys and is answered from the stored replies.
 */
#ifndef TAXA_ENGINE_GROW_H
#define TAXA_ENGINE_GROW_H

#include "engine/ask.h"
#include "engine/common.h"
#include "engine/step.h"

struct grow;

#define GROW_AT_ONCE 64 /* nodes under way at the same time */

/* common is copied. */
struct grow *grow_factors(int64_t job, const struct engine_common *c);
/* taxonomies: [{"name","description","children":[name]}], taken; ids: the taxonomy of each, in
 * order. */
struct grow *grow_strategies(int64_t job, const struct engine_common *c, cJSON *taxonomies,
                             const int64_t *ids, int count);
/*
 * Grow `depth` levels below `count` nodes (copied). first 0: the nodes themselves are expanded; n:
 * all nodes n levels below them that have no children.
 */
struct grow *grow_expand(int64_t job, const struct engine_common *c, const int64_t *nodes,
                         size_t count, int first, int depth);
void grow_free(struct grow *g);

/*
 * Begin, and go on after changes were applied: tree is the session's tree (with descriptions) as it
 * stands now. Emits questions, and CHANGE_JOB_END when nothing is left to do.
 */
void grow_turn(struct grow *g, const struct tree *t, struct step *out);
/* A final reply; false when it is not of this job. */
bool grow_reply(struct grow *g, const struct reply *r, struct step *out);

int64_t grow_job(const struct grow *g);
/* Nodes that are being expanded now: visit each id. */
void grow_working(const struct grow *g, void (*visit)(void *ctx, int64_t node), void *ctx);
/* Expanded and failed so far, and how many wait in this level. */
void grow_progress(const struct grow *g, int *done, int *failed, int *waiting, int *level,
                   int *levels);

#endif
