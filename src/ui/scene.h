/*
 * scene - what the session file says at one moment, as the screen needs it: settings, factors, the
 * tree with its shares, what every node should have and has.
 *
 * A scene is made from a store and never changed. What did not change since the scene before is
 * shared with it and counted, so making one costs what changed. scene_make and scene_free of one
 * chain of scenes (each made from the one before) must run on one thread at a time; reading needs
 * no care as long as the scene lives. loader.h makes them on a thread of its own; without a
 * terminal model_refresh makes them where it is called.
 *
 * What else the screen has to know of the file and takes longer than a moment to work out belongs
 * here: a field in scene_fields.inc, filled in scene_make (scene.c, "the whole") from the store and
 * the tree that are given there, and released in scene_free.
 */
#ifndef TAXA_UI_SCENE_H
#define TAXA_UI_SCENE_H

#include "domain/tree.h"
#include "store/store.h"
#include "ui/model_mix.h"
#include "ui/model_review.h"
#include "ui/order.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct proposal { /* a factor that waits for a decision */
    int64_t id;
    char *name, *desc;
};

#define MODEL_LAST_EACH 6 /* of each of four states */

struct turned_down { /* a point that is not accepted, and why */
    int64_t id;
    enum point_state state;
    char verdicts[8]; /* is it correct? / is it incorrect?: "no/yes"; "" when they were not asked */
    char why[256];
};

struct scene_trunk { /* a tree and what follows from it alone */
    int refs;
    struct tree tree;
    struct order *order;
    uint32_t taxonomies, unexpanded, failed_nodes;
};
struct scene_counts { /* a number for each node */
    int refs;
    int64_t *value;
    double *share; /* NULL: not of these */
};
struct scene_tallies {
    int refs;
    struct tally_row *rows;
    size_t count;
};

#define SCENE_NAME scene
#include "ui/scene_fields.inc"
#undef SCENE_NAME

#define SCENE_TOUCHED 1000

/* Between the revisions `from` and `to` of the tree only these nodes were written, if known. */
struct scene_touched {
    bool known;
    int64_t from, to;
    int64_t id[SCENE_TOUCHED];
    size_t count;
};

struct scene_want {
    const struct scene_touched *touched; /* NULL: nothing is known */
    bool tree, last;                     /* the tree; reasons of points that were turned down */
    bool mix;                            /* the design of the mix; needs the tree */
    bool queues;                         /* what waits for a person */
    bool
        points_wait; /* if only points changed there is nothing to do, they are read another time */
};

void scene_init(struct scene *s); /* of a session that has no file yet */
void scene_free(struct scene *s);
/*
 * Make `out` of what the store says now. `before` is shared from, not changed, and may be freed
 * first or last. False: nothing changed, or the file cannot be read now; `out` is empty then. What
 * single readers could not read stays as it was: a screen of a moment ago is better than none.
 */
bool scene_make(struct store *s, const struct scene *before, const struct scene_want *want,
                struct scene *out);

/* The same scene once more. */
void scene_share(const struct scene *before, struct scene *out);

/* ---- parts, in files of their own */
/* Fills last (model_last.c). */
void scene_read_last(struct store *s, struct scene *out);
/*
 * The planned points of each node of out->tree and why there are none, and the share of all points
 * that the design gives it (model_plan.c). `planned` and `share`: a number for each node, all 0.
 */
void scene_plan(struct store *s, struct scene *out, int64_t *planned, double *share);
/* Is a plan in force, so that the numbers are that plan's? */
bool scene_plan_in_force(const struct scene *s);

#endif
