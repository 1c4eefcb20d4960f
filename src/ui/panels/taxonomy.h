/*
 * taxonomy - the panel of trees, in three files: what it knows and how one moves (taxonomy.c), the
 * keys that change something (taxonomy_edit.c), how it looks (taxonomy_draw.c). Private to them.
 */
#ifndef TAXA_UI_PANELS_TAXONOMY_H
#define TAXA_UI_PANELS_TAXONOMY_H

#include "base/regex.h"
#include "ui/list.h"
#include "ui/outline.h"
#include "ui/ui.h"

struct taxonomy {
    struct outline outline;
    struct list list;    /* rows: the proposed factors, then the outline */
    size_t proposals;    /* rows of them */
    int64_t cursor_node; /* id of the node under the cursor; 0: a proposal or nothing */
    bool wait_level;     /* Z was pressed, a digit follows */

    /* the node to go to as soon as it is there: what was just added or renamed */
    int64_t want_parent;
    char *want_name;

    /* what was deleted from here last: when undo brings it back, the cursor goes there */
    int64_t deleted;
    bool deleted_gone; /* the file has shown that it is gone */

    struct regex *find;
    uint32_t *matches; /* tree indexes in pre-order */
    size_t match_count, match_cap;

    /* what the details show, loaded when the cursor moves */
    int64_t detail_node;
    struct buf desc, expansion;

    int64_t asked_node; /* the node a prompt or an editor is open for */
};

#define ROW_NONE SIZE_MAX

/* The node under the cursor, or NULL on a proposal and in an empty list. */
const struct node *taxonomy_node(const struct taxonomy *t, const struct ui *ui);
uint32_t taxonomy_index(const struct taxonomy *t); /* its tree index; TREE_NONE */
const struct proposal *taxonomy_proposal(const struct taxonomy *t, const struct ui *ui);
/* After the cursor moved: remember its node, load its details. */
void taxonomy_moved(struct taxonomy *t, struct ui *ui);
void taxonomy_reveal(struct taxonomy *t, struct ui *ui, uint32_t node);

/* taxonomy_edit.c */
bool taxonomy_can_edit(const struct taxonomy *t, const struct ui *ui, enum action a,
                       char why[WHY_MAX]);
bool taxonomy_edit(struct taxonomy *t, struct ui *ui,
                   enum action a); /* false: not one of its actions */

/* taxonomy_draw.c */
void taxonomy_draw(struct taxonomy *t, struct ui *ui, struct cells *c, struct rect body);
/* The last expansion as text: proposals, what was kept, what was dropped and why. */
void taxonomy_expansion_text(const struct taxonomy *t, struct buf *out);

#endif
