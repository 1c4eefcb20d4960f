/*
 * advise - asking about nodes that are there: what is missing below them, how they would be
 * described better, whether they are sound (method.md 2, taxonomy quality).
 *
 * One `struct advise` is one job. Nothing of the tree is changed: each answer becomes suggestions
 * that wait for a person. What repeats a node of the taxonomy is counted and named at the end, not
 * offered as missing; locked nodes are left alone. Pure: see step.h. Keys begin with the job's
 * number ("j4.n17.missing.0"), so a job that goes on after a restart pays for no answer twice.
 */
#ifndef TAXA_ENGINE_ADVISE_H
#define TAXA_ENGINE_ADVISE_H

#include "engine/ask.h"
#include "engine/common.h"
#include "engine/step.h"

struct advise;

enum advice { ADVISE_MISSING, ADVISE_DESCRIBE, ADVISE_SOUND };

#define ADVISE_AT_ONCE 64 /* questions under way at the same time */

/* common and nodes are copied. ADVISE_SOUND: the nodes are judged below their parents. */
struct advise *advise_new(int64_t job, const struct engine_common *c, enum advice what,
                          const int64_t *nodes, size_t count);
void advise_free(struct advise *a); /* NULL is fine */
/* Before the first turn: a person did not want a child of this name below this node. */
void advise_turned_down(struct advise *a, int64_t node, const char *name);

/* Begin, and go on after changes were applied. Emits questions, and CHANGE_JOB_END at the end. */
void advise_turn(struct advise *a, const struct tree *t, struct step *out);
/* A final reply; false when it is not of this job. Names in it are looked up in the tree. */
bool advise_reply(struct advise *a, const struct tree *t, const struct reply *r, struct step *out);

/* Nodes that are being asked about now. */
void advise_working(const struct advise *a, void (*visit)(void *ctx, int64_t node), void *ctx);
void advise_progress(const struct advise *a, int *done, int *failed, int *waiting);

#endif
