/*
 * mix - what the files of the Mix panel share.
 *
 *   mix.c        the panel: cursor, keys, what can work
 *   mix_rows.c   what stands in the rows, and values that were sent and not yet read back
 *   mix_edit.c   changes, each one a command
 *   mix_draw.c   drawing; mix_figures.c the estimate, warnings and details
 *   mix_sheets.c lists over the panel: taxonomies of a strategy, exclusions
 *   mix_examples.c example mixes, and trying one
 *
 * One cursor walks through three parts: strategies, session-wide values, nodes of one taxonomy.
 */
#ifndef TAXA_UI_PANELS_MIX_H
#define TAXA_UI_PANELS_MIX_H

#include "base/json.h"
#include "ui/list.h"
#include "ui/ui.h"

enum mix_part { MIX_STRATEGIES, MIX_VALUES, MIX_NODES };
enum mix_field { MIX_WEIGHT, MIX_COMPLEXITY, MIX_LEVELS, MIX_FIELDS }; /* of a strategy */
enum mix_value { /* session-wide, in the order they are shown */
                 VALUE_POINTS,
                 VALUE_COMPLEXITY,
                 VALUE_LEVELS,
                 VALUE_SCENARIOS,
                 VALUE_REFINEMENTS,
                 VALUE_DEPTH,
                 VALUE_SEED,
                 VALUE_DRAWS,
                 MIX_VALUES_COUNT
};

#define MIX_PENDING 16
#define MIX_TEXT    32

/* A value that was sent and has not come back yet: shown as if it were there. */
struct mix_pending {
    bool used;
    enum mix_part part;
    int64_t id; /* strategy or node */
    int field;
    char value[MIX_TEXT];
};

struct mix_panel {
    enum mix_part part;
    int field, value; /* under the cursor, in their parts */
    struct list strategies, nodes;
    int64_t root; /* id of the node whose inner nodes are shown */
    int level;    /* levels below it, from 1; 0: as many as fit */
    int shown_level;
    uint32_t *row; /* tree indexes */
    size_t row_count, row_cap;
    int64_t most;    /* points of the row that has most */
    int64_t node_id; /* under the cursor */
    struct mix_pending pending[MIX_PENDING];
    int64_t next_draw, next_try; /* examples seen, and mixes tried, so far */
    char *draw_strategy;         /* of the examples; NULL: all */
    cJSON *examples;             /* as `draw` gave them; NULL */
    bool drawing;                /* they are being drawn */
    char draw_problem[300];

    /* what a prompt was asked for */
    int64_t asked_id;
    int asked_field;
    char *asked_name;

    /* where things were drawn, for clicks */
    struct rect strategy_rect, node_rect, value_rect[MIX_VALUES_COUNT];
};

/* ---- mix_rows.c */
/* The mix that was read; NULL: not yet, or of another tree than the model's. */
const struct mix *mix_of(const struct ui *ui);
const struct mix_strategy *mix_strategy_at(const struct mix_panel *p, const struct ui *ui);
/* The node under the cursor when the cursor is in that part; TREE_NONE. */
uint32_t mix_node_at(const struct mix_panel *p, const struct ui *ui);
/* Gather the nodes below root; keeps the cursor on its node. */
void mix_rows(struct mix_panel *p, const struct ui *ui);
uint32_t mix_root(const struct mix_panel *p,
                  const struct ui *ui); /* TREE_NONE without taxonomies */
void mix_show(struct mix_panel *p, const struct ui *ui, uint32_t root);
int mix_deepest(const struct mix_panel *p, const struct ui *ui); /* levels below the root */

/* The value as a command takes it, pending changes included. */
void mix_strategy_text(const struct mix_panel *p, const struct mix_strategy *s, int field,
                       char out[MIX_TEXT]);
void mix_value_text(const struct mix_panel *p, const struct mix *m, int value, char out[MIX_TEXT]);
double mix_node_weight(const struct mix_panel *p, const struct ui *ui, uint32_t at);
double mix_strategy_weight(const struct mix_panel *p, const struct mix_strategy *s);
const struct setting *mix_setting(int value);
/* Remember a value that was sent; forget those that came back, or that nobody waits for. */
void mix_pend(struct mix_panel *p, enum mix_part part, int64_t id, int field, const char *value);
void mix_settle(struct mix_panel *p, const struct ui *ui, bool fresh);

/* ---- mix_edit.c */
bool mix_can(const struct mix_panel *p, const struct ui *ui, enum action a, char why[WHY_MAX]);
bool mix_edit(struct mix_panel *p, struct ui *ui, enum action a);

/* ---- mix_sheets.c */
/* Choose the taxonomies of a strategy: of a new one when `id` is 0. */
void mix_choose_taxonomies(struct ui *ui, int64_t id, const char *name);
/* node: tree index of the one that a new pair begins with; TREE_NONE: none. */
void mix_open_exclusions(struct ui *ui, uint32_t node);
/* For sheets: a title with a rule below it, gives the rest; a row with its mark. */
struct rect mix_sheet_frame(struct cells *c, struct rect body, const char *title, const char *note);
struct pen mix_sheet_row(struct cells *c, struct rect r, int i, bool here);

/* ---- mix_examples.c */
/* Example mixes of a strategy (NULL: of all), beginning behind those that were seen. */
void mix_open_draws(struct mix_panel *p, struct ui *ui, const char *strategy);
void mix_try(struct ui *ui, int64_t number, const char *strategy, bool record);
void mix_examples_free(struct mix_panel *p);

/* ---- mix_draw.c, mix_figures.c */
void mix_draw(struct mix_panel *p, struct ui *ui, struct cells *c, struct rect body);
int mix_draw_estimate(const struct ui *ui, const struct mix *m, struct cells *c, struct rect r,
                      bool full);
int mix_draw_warnings(const struct mix *m, struct cells *c, struct rect r, bool wrapped);
void mix_draw_details(const struct mix_panel *p, const struct ui *ui, struct cells *c,
                      struct rect r);
void mix_draw_summary(const struct mix *m, struct cells *c, struct rect r);
void mix_warnings_text(const struct mix *m, struct buf *out);

#endif
