/*
 * model - what the screen knows of the session.
 *
 * Read from the session file (read-only) and from the server's FRAME_STATUS. Reading is by need:
 * model_refresh compares revision numbers and reads again only what grew; the tree only when a
 * panel wants it. The first frame is drawn from the file alone, before any server is asked.
 */
#ifndef TAXA_UI_MODEL_H
#define TAXA_UI_MODEL_H

#include "base/status.h"
#include "domain/tree.h"
#include "store/store.h"
#include "ui/live_status.h"
#include <stdbool.h>
#include <stdint.h>

enum model_change {
    CHANGED_TREE = 1,
    CHANGED_SETTINGS = 2,
    CHANGED_POINTS = 4,
    CHANGED_STATUS = 8,
    CHANGED_ALL = 15
};

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

struct model {
    char *file;
    struct store *store; /* NULL: the file is not there yet */
    struct store_revision seen;
    bool fresh; /* `seen` is of what is in memory */

    /* settings */
    char *description; /* "" */
    bool has_schema;
    char fields[160]; /* names of the record's fields; "" */
    int examples;
    char teacher[160]; /* how the writer's teacher is shown */
    bool offline;
    int64_t points; /* N as set */
    double complexity;
    char concurrency[32];
    double budget;
    char theme[64];
    bool mouse;

    /* factors and trees */
    struct proposal *proposals;
    size_t proposal_count, proposal_cap;
    int factors_accepted;
    bool wants_tree, has_tree;
    struct tree tree; /* has_tree */
    double *share;    /* by tree index */
    int64_t *planned, *accepted;
    char plan_problem[256]; /* why nothing can be planned; "" */
    uint32_t taxonomies, unexpanded, failed_nodes;

    /* the newest that were turned down, by state; read when a screen has room for them */
    bool wants_last, has_last;
    struct turned_down last[4 * MODEL_LAST_EACH];
    size_t last_count;

    /* points */
    int64_t counts[POINT_STATES];
    struct call_totals calls;
    int64_t target;
    char run[16];     /* as the file says; live.run when a server is there */
    char *run_reason; /* "" */

    bool lost;                 /* there was a server and it is gone */
    char undo[256], redo[256]; /* what u and C-r would do; "" nothing */

    struct live_status live; /* live.known: a server told */
};

/*
 * Opens the file if it is there and reads what the first frame needs. A missing file is no error.
 */
enum status model_open(struct model *m, const char *file, struct err *e);
void model_close(struct model *m);
/*
 * Read again what grew; returns enum model_change bits. A file that appeared meanwhile is opened.
 */
unsigned model_refresh(struct model *m);
/* Is there something to read, by the revisions that the server told? */
bool model_is_stale(const struct model *m);
/* Take a FRAME_STATUS. Returns CHANGED_STATUS, or 0 when it could not be read. */
unsigned model_status(struct model *m, const char *json, size_t n);
void model_lost(struct model *m); /* the server is gone: what only it knows is forgotten */

/* "running", "paused", "idle" ... by the server, else by the file. */
const char *model_run(const struct model *m);
bool model_is_running(const struct model *m);
int64_t model_accepted(const struct model *m);
int64_t model_target(const struct model *m);
/* Fills m->last (model_last.c); the file is open. */
void model_read_last(struct model *m);
/* The planned points of each node (model_plan.c); fills m->planned and m->plan_problem. */
void model_plan(struct model *m);

#endif
