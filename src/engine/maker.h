/*
 * maker - making points, from a drawn mix to a verdict (method.md 1.4 to 1.7).
 *
 *   scenario -> (complexify) -> generate -> [repair] -> requirements <-> refine -> two critics ->
 * settled
 *
 * Every point moves on as soon as its own reply is there; points only meet in the scenarios of one
 * mix, where the first that needs a batch asks for it and the others take the next unused ones.
 * Pure: see step.h. A point that is started again (after a restart, a pause or a transport failure)
 * asks the same keys again; whoever holds the stored replies answers from them.
 */
#ifndef TAXA_ENGINE_MAKER_H
#define TAXA_ENGINE_MAKER_H

#include "engine/ask.h"
#include "engine/common.h"
#include "engine/step.h"

struct maker;

#define MAKER_EARLIER                                                                              \
    12 /* scenarios of the same mix that a new batch is shown, so that it differs */

struct maker_start {
    const struct point
        *point;           /* id, strategy, nodes, complexified, mix_hash, serial, epoch, seed */
    cJSON *mix;           /* [{"taxonomy","path","name","description"}], taken */
    const char *scenario; /* the stored scenario of its serial; NULL when there is none yet */
    int32_t available;    /* scenarios of this mix in the store */
    cJSON *earlier;       /* their texts (the last MAKER_EARLIER at most), taken; may be NULL */
};

struct maker_stage {                  /* of one task, since the maker was made */
    int64_t asked, done, again, lost; /* out now; answered; remedies; failed for good */
};

struct maker *maker_new(void);
void maker_free(struct maker *m);
/* Copied. Points that are under way go on with what their questions were made from. */
void maker_configure(struct maker *m, const struct engine_common *c);

/* Begin (or begin again) one point. Emits CHANGE_POINT (asked) and its first question. */
void maker_start(struct maker *m, struct maker_start *s, struct step *out);
/* A final reply. False when no point waits for this key (stopped meanwhile): the reply is stored
 * all the same. */
bool maker_reply(struct maker *m, const struct reply *r, struct step *out);
/* Forget the points under way; they stay `asked` and can be started again. */
void maker_clear(struct maker *m);

size_t maker_active(const struct maker *m);
const struct maker_stage *maker_stages(const struct maker *m); /* TASK_COUNT items */
/* Stable hash of a strategy and its nodes: what "the same mix" means. Never 0. */
int64_t mix_hash(int64_t strategy, const int64_t *nodes, int n);

#endif
