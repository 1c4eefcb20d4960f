/*
 * run - the panel of the run, in three files: its keys (run.c), the figures that are always there
 * (run_draw.c), and the lower part, which a key switches (run_parts.c). Private to them.
 */
#ifndef TAXA_UI_PANELS_RUN_H
#define TAXA_UI_PANELS_RUN_H

#include "ui/list.h"
#include "ui/ui.h"

enum run_part { PART_EVENTS, PART_ERRORS, PART_STRATEGIES, PART_BRANCHES, RUN_PARTS };

struct run_strategy {
    char *name;
    int64_t planned, accepted;
    double share; /* of all points, by weight */
};

struct run_panel {
    enum run_part part;
    struct list list;   /* of errors, strategies, branches */
    struct rect seen;   /* where they were drawn last, for clicks */
    int64_t error_call; /* the error under the cursor, when it is not the newest; 0 */
    int span;           /* which history: last minute, hour, day */
    size_t taxonomy;    /* whose branches, counted from 0 */
    struct run_strategy *strategies;
    int strategy_count;
};

/* Read strategies with what they have: after settings or points changed. */
void run_read_strategies(struct run_panel *p, const struct model *m);
void run_free_strategies(struct run_panel *p);
/* Rows of the part that is shown; the cursor stays on its error. */
void run_rows(struct run_panel *p, const struct model *m);
/* The call of the error under the cursor; 0: none. */
int64_t run_call_at(const struct run_panel *p, const struct model *m);
size_t run_taxonomies(const struct model *m);
void run_draw_parts(struct run_panel *p, struct ui *ui, struct cells *c, struct rect r);

/* run_draw.c */
void run_draw(struct run_panel *p, struct ui *ui, struct cells *c, struct rect body);

#endif
