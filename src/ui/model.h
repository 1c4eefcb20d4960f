/*
 * model - what the screen knows of the session.
 *
 * A scene (scene.h: settings, tree, figures, as the session file says) and what the server tells
 * (FRAME_STATUS). Scenes are made by a loader's thread once model_load was called, before that and
 * without a terminal by model_refresh itself. The first frame is drawn from the file alone, before
 * any server is asked; the tree is read only when a panel wants it.
 */
#ifndef TAXA_UI_MODEL_H
#define TAXA_UI_MODEL_H

#include "base/status.h"
#include "domain/tree.h"
#include "store/store.h"
#include "ui/live_status.h"
#include "ui/scene.h"
#include <stdbool.h>
#include <stdint.h>

enum model_change {
    CHANGED_TREE = 1,
    CHANGED_SETTINGS = 2,
    CHANGED_POINTS = 4,
    CHANGED_STATUS = 8,
    CHANGED_ALL = 15
};

struct loader;

struct model {
    char *file;
    struct store *store;   /* of the screen's thread, for a look at one row; NULL: not there yet */
    struct loader *loader; /* NULL: scenes are made by model_refresh itself */

    /* what the file says: each field by its own name, or all of it as a scene */
    union {
        struct scene scene;
#define SCENE_NAME
#include "ui/scene_fields.inc"
#undef SCENE_NAME
    };
    struct scene_touched touched; /* what the server told of the tree since the scene in place */
    struct scene *old;            /* the scene before, until model_settle; NULL */

    bool wants_tree, wants_last, wants_mix, wants_queues; /* to be read, too */
    bool lost;                                            /* there was a server and it is gone */
    char undo[256], redo[256];                            /* what u and C-r would do; "" nothing */

    struct live_status live; /* live.known: a server told */
};

/*
 * Opens the file if it is there and reads what the first frame needs. A missing file is no error.
 */
enum status model_open(struct model *m, const char *file, struct err *e);
void model_close(struct model *m);
/* From now on scenes are made on a thread of their own. */
enum status model_load(struct model *m, struct err *e);
/*
 * Read again what grew; returns enum model_change bits. With a loader this only asks for it and
 * returns 0; what is only about points may wait for another time when `points_wait`. A file that
 * appeared meanwhile is opened.
 */
unsigned model_refresh(struct model *m, bool points_wait);
int model_fd(const struct model *m); /* readable: model_take has something; -1: no loader */
/*
 * Put the loader's newest scene in place; returns enum model_change bits. What pointed into the one
 * before is good until model_settle, which is to follow when everybody has taken the new one.
 */
unsigned model_take(struct model *m);
void model_settle(struct model *m);
/* What the server told that is not read yet: enum model_change bits. */
unsigned model_stale(const struct model *m);
/* Take a FRAME_STATUS. Returns CHANGED_STATUS, or 0 when it could not be read. */
unsigned model_status(struct model *m, const char *json, size_t n);
void model_lost(struct model *m); /* the server is gone: what only it knows is forgotten */

/* "running", "paused", "idle" ... by the server, else by the file. */
const char *model_run(const struct model *m);
bool model_is_running(const struct model *m);
int64_t model_accepted(const struct model *m);
int64_t model_target(const struct model *m);

#endif
