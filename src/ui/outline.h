/*
 * outline - a tree as a list of visible rows.
 *
 * Holds the fold state of every node and the flat list of nodes that are visible. Folding and
 * unfolding splice that list, so a keystroke costs the rows that appear or vanish and one memmove,
 * not a walk of the tree. When the tree is read again the fold state follows the ids.
 *
 * The list may be of one branch only (outline_focus) and of some nodes only (outline_filter). A
 * filter has folds of its own, all open at first; without it the folds are as they were before.
 *
 * Tree and order are borrowed and must live until the next outline_set or outline_free; of an order
 * that is replaced only the ids are looked at. Nodes are tree indexes.
 */
#ifndef TAXA_UI_OUTLINE_H
#define TAXA_UI_OUTLINE_H

#include "ui/order.h"

struct outline {
    const struct tree *tree;
    const struct order *order;
    uint32_t *rows; /* visible nodes, in order */
    size_t count, cap;
    bool *open; /* by node: the folds in force */
    uint32_t known;
    uint32_t root; /* the branch that is all there is; 0: everything */

    bool filtered;
    uint32_t *kept; /* filtered: the nodes that may be seen, in order */
    size_t kept_count, kept_cap;
    bool *open_before; /* the folds that come back when the filter goes */

    int64_t *gone; /* ids of unfolded nodes that were deleted: undo brings them back so */
    size_t gone_count, gone_cap;
};

void outline_init(struct outline *o);
void outline_free(struct outline *o);
/*
 * Take a newly read tree. Nodes known before stay as folded as they were, also when they were gone
 * meanwhile; new ones are folded. A filter ends, because what it kept is not known of the new
 * nodes; a branch that is gone is left.
 */
void outline_set(struct outline *o, const struct tree *t, const struct order *order);
/* Make `o` (initialised, empty) the same as another one. */
void outline_copy(struct outline *o, const struct outline *from);
/* Show one branch with its own node as the first row, or everything (0). Ends a filter. */
void outline_focus(struct outline *o, uint32_t node);
/*
 * Show only these nodes and their ancestors inside the branch; they stand in order. NULL: no filter
 * any more.
 */
void outline_filter(struct outline *o, const uint32_t *nodes, size_t count);
/* May this node be seen when everything is unfolded? */
bool outline_holds(const struct outline *o, uint32_t node);

/*
 * Unfold everything above `level` (0: taxonomies only, 1: and their children ...), fold the rest.
 * In a branch the levels count from its own node.
 */
void outline_level(struct outline *o, unsigned level);
/* Fold everything but the way to a node; its own fold stays as it is. */
void outline_only(struct outline *o, uint32_t node);
bool outline_is_open(const struct outline *o, uint32_t node);  /* and has visible children */
bool outline_can_open(const struct outline *o, uint32_t node); /* has some that may be seen */
void outline_open(struct outline *o, size_t row);
void outline_close(struct outline *o, size_t row);
/* The node of the row and all below it. */
void outline_open_all(struct outline *o, size_t row);
void outline_close_all(struct outline *o, size_t row);
/* Unfold all ancestors of a node and return its row; o->count when it cannot be seen. */
size_t outline_reveal(struct outline *o, uint32_t node);
/* The row of a node, or of its nearest visible ancestor; o->count when there is none. */
size_t outline_row(const struct outline *o, uint32_t node);

/* The folds as a copy (by node, o->known of them; the caller frees), and back again. */
bool *outline_folds(const struct outline *o);
void outline_set_folds(struct outline *o, const bool *folds);

#endif
