/*
 * taxonomy - the panel of trees. Private to its files:
 *
 *   taxonomy.c         the panel: data in, keys out
 *   taxonomy_view.c    the cursor, folds, two sides
 *   taxonomy_mark.c    marking nodes, and what a key acts on
 *   taxonomy_find.c    search
 *   taxonomy_edit.c    keys that change something
 *   taxonomy_draw.c    the rows
 *   taxonomy_detail.c  what is told about the node under the cursor
 */
#ifndef TAXA_UI_PANELS_TAXONOMY_H
#define TAXA_UI_PANELS_TAXONOMY_H

#include "base/regex.h"
#include "ui/list.h"
#include "ui/marks.h"
#include "ui/outline.h"
#include "ui/ui.h"

/* One list of nodes with its own cursor and folds. The panel shows one or two of them. */
struct taxonomy_side {
    struct outline outline;
    struct list list;    /* rows: the proposed factors, then the outline */
    size_t proposals;    /* rows of them */
    int64_t cursor_node; /* id of the node under the cursor; 0: a proposal or nothing */
};

struct taxonomy {
    struct taxonomy_side sides[2];
    struct order *order; /* of ui->model.tree; NULL before there is one */
    int here;            /* the side that has the keys, 0 or 1 */
    bool split;
    struct marks marks; /* of both sides */
    int64_t range;      /* the node that marking of a range began at; 0: none is open */
    bool wait_level;    /* Z was pressed, a digit follows */

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

struct taxonomy_side *taxonomy_side(struct taxonomy *t); /* the one that has the keys */
const struct taxonomy_side *taxonomy_side_of(const struct taxonomy *t);
/* The node under the cursor, or NULL on a proposal and in an empty list. */
const struct node *taxonomy_node(const struct taxonomy *t, const struct ui *ui);
uint32_t taxonomy_index(const struct taxonomy *t); /* its tree index; TREE_NONE */
/* The tree index under the cursor of the other side; TREE_NONE: there is none. */
uint32_t taxonomy_other(const struct taxonomy *t);
const struct proposal *taxonomy_proposal(const struct taxonomy *t, const struct ui *ui);
/*
 * What a key acts on: the marked nodes from top to bottom, or the one under the cursor when none is
 * marked. Tree indexes; `outermost` as in marks_in_order. The caller frees *out (never NULL).
 */
size_t taxonomy_targets(const struct taxonomy *t, const struct ui *ui, bool outermost,
                        uint32_t **out);

/* taxonomy_view.c */
bool taxonomy_can_move(const struct taxonomy *t, const struct ui *ui, enum action a,
                       char why[WHY_MAX]);
bool taxonomy_move(struct taxonomy *t, struct ui *ui, enum action a); /* false: not its business */
/* After the cursor moved: remember its node, load its details. */
void taxonomy_moved(struct taxonomy *t, struct ui *ui);
/* Go to a node, unfolding what hides it. */
void taxonomy_reveal(struct taxonomy *t, struct ui *ui, uint32_t node);
void taxonomy_fold_to(struct taxonomy *t, struct ui *ui, unsigned level);
/* A newly read tree: the cursor stays on its node and its place on the screen. */
void taxonomy_side_take(struct taxonomy_side *s, const struct ui *ui, const struct order *order);

/* taxonomy_mark.c */
bool taxonomy_can_mark(const struct taxonomy *t, const struct ui *ui, enum action a,
                       char why[WHY_MAX]);
bool taxonomy_mark(struct taxonomy *t, struct ui *ui, enum action a);
/* Is this row shown as marked? A range that is open counts. */
bool taxonomy_is_marked(const struct taxonomy *t, const struct taxonomy_side *s, size_t row);
/* Mark what a range that is still open covers. */
void taxonomy_range_end(struct taxonomy *t, struct ui *ui);

/* taxonomy_find.c */
bool taxonomy_can_find(const struct taxonomy *t, enum action a, char why[WHY_MAX]);
bool taxonomy_find(struct taxonomy *t, struct ui *ui, enum action a);
void taxonomy_find_again(struct taxonomy *t, const struct tree *tree); /* the tree is a new one */
void taxonomy_find_forget(struct taxonomy *t);

/* taxonomy_edit.c */
bool taxonomy_can_edit(const struct taxonomy *t, const struct ui *ui, enum action a,
                       char why[WHY_MAX]);
bool taxonomy_edit(struct taxonomy *t, struct ui *ui,
                   enum action a); /* false: not one of its actions */

/* taxonomy_draw.c */
void taxonomy_draw(struct taxonomy *t, struct ui *ui, struct cells *c, struct rect body);

/* taxonomy_detail.c */
void taxonomy_detail_load(struct taxonomy *t, struct ui *ui);
void taxonomy_detail_draw(const struct taxonomy *t, const struct ui *ui, struct cells *c,
                          struct rect r, bool beside);
/* The last expansion as text: proposals, what was kept, what was dropped and why. */
void taxonomy_expansion_text(const struct taxonomy *t, struct buf *out);

#endif
