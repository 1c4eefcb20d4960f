/*
 * drawing - example mixes: what the next `generate` would draw first.
 *
 * The same quotas and draws as a run (plan_make, plan_draw with the number of the next plan), so an
 * example is a mix that will be made, unless the design changes. When there is nothing to add, the
 * examples are those of an empty session. Owns everything but the tree; drawing_free.
 */
#ifndef TAXA_SERVER_DRAWING_H
#define TAXA_SERVER_DRAWING_H

#include "base/json.h"
#include "store/store.h"

struct drawing {
    struct design design;
    struct plan plan;
    struct plan_draws draws;
    bool afresh; /* nothing is to be added: drawn as for an empty session */
};

/* points: N; 0: the setting. ST_INVALID as plan_make and plan_draw. */
enum status drawing_make(struct store *s, const struct tree *t, int64_t points, struct drawing *out,
                         struct err *e);
void drawing_free(struct drawing *w);

/* Index of a strategy by name; ST_NOT_FOUND. */
enum status drawing_strategy(const struct drawing *w, const char *name, int *index, struct err *e);
/*
 * The draw with this number, from 1, counting those of one strategy only (strategy -1: all). Its
 * index; ST_NOT_FOUND says how many there are.
 */
enum status drawing_find(const struct drawing *w, int strategy, int64_t number, size_t *index,
                         struct err *e);
int64_t drawing_count(const struct drawing *w, int strategy);
/* [{"taxonomy","id","path","name"}] of a draw. */
cJSON *drawing_nodes(const struct drawing *w, size_t index);

#endif
