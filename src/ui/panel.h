/*
 * panel - one screen of the workbench, or a sheet that lies over one.
 *
 * A panel is one struct of functions, exported by its file in src/ui/panels and listed in
 * panels.c, which is the only other place to touch for a new one. A panel owns its state; it reads
 * ui->model and changes things only by sending commands (ui.h, ui_do).
 *
 * A sheet has the same functions: it is opened over a panel by ui_sheet (a list to choose from, a
 * file prompt's preview, the journal), gets the keys instead of it, and is closed by the key of
 * ACT_BACK or by itself. The digits still open panels and close the sheets.
 */
#ifndef TAXA_UI_PANEL_H
#define TAXA_UI_PANEL_H

#include "ui/cells.h"
#include "ui/keys.h"
#include <stdbool.h>
#include <stddef.h>

struct ui;

#define PANEL_CONTEXTS 4
#define WHY_MAX        200

struct panel_ops {
    char key;          /* digit that opens it */
    const char *name;  /* "Taxonomy" */
    const char *brief; /* "Taxo": for narrow headers */
    bool wants_tree;   /* needs model.tree */
    bool wants_mix;    /* needs model.mix, which is read only while such a panel is shown */
    bool wants_queues; /* the same for model.queues */

    void *(*open)(struct ui *ui); /* once, when first shown; the state is kept until the end */
    void (*close)(void *state);
    void (*on_data)(void *state, struct ui *ui, unsigned changed); /* model.h, enum model_change */
    /* The key contexts in force, the most special first; "everywhere" is added by the caller. */
    size_t (*contexts)(const void *state, const struct ui *ui,
                       enum key_context out[PANEL_CONTEXTS]);
    /* Can this action work now? False: `why` says why not, as a sentence without full stop. */
    bool (*can)(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX]);
    /* Do it; asked only when `can` said yes. `code` is the key. */
    void (*act)(void *state, struct ui *ui, enum action a, uint32_t code);
    /* A key before it is looked up in the table (the digit after Z). True: taken. NULL: none. */
    bool (*key_first)(void *state, struct ui *ui, const struct key *k);
    /* No key came for a moment (ui_rest_later): what takes longer may be read. NULL: nothing. */
    void (*rest)(void *state, struct ui *ui);
    /* Answers of its readers came. True: the screen shows something new. NULL: it has none. */
    bool (*news)(void *state, struct ui *ui);
    void (*draw)(void *state, struct ui *ui, struct cells *c, struct rect body);
    /* A click on a cell of the body (screen columns and rows). NULL: does nothing. */
    void (*click)(void *state, struct ui *ui, int x, int y);
    /* A figure behind the name in the header ("·14"); 0: none. NULL: never. */
    long (*badge)(const struct ui *ui);
};

const struct panel_ops *panel_at(size_t i); /* NULL behind the last */
size_t panel_count(void);
size_t panel_by_key(uint32_t digit); /* panel_count() when there is none */

extern const struct panel_ops panel_overview, panel_taxonomy, panel_mix, panel_run, panel_review,
    panel_settings, panel_data, panel_calls;

#endif
