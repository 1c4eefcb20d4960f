/*
 * outline - a tree as a list of visible rows.
 *
 * Holds the fold state of every node and the flat list of nodes that are visible. Folding and
 * unfolding splice that list, so a keystroke costs the rows that appear or vanish and one memmove,
 * not a walk of the tree. When the tree is read again the fold state follows the ids. The tree is
 * borrowed and must live until the next outline_set or outline_free.
 */
#ifndef TAXA_UI_OUTLINE_H
#define TAXA_UI_OUTLINE_H

#include "domain/tree.h"

struct outline {
    const struct tree *tree;
    uint32_t *rows; /* tree indexes of visible nodes, in order */
    size_t count, cap;
    bool *open;   /* by tree index */
    int64_t *ids; /* by tree index: the ids of the tree that `open` belongs to */
    uint32_t known;
};

void outline_init(struct outline *o);
void outline_free(struct outline *o);
/* Take a newly read tree. Nodes known before stay as folded as they were; new ones are folded. */
void outline_set(struct outline *o, const struct tree *t);
/*
 * Unfold everything above `level` (0: taxonomies only, 1: and their children ...), fold the rest.
 */
void outline_level(struct outline *o, unsigned level);
bool outline_is_open(const struct outline *o, uint32_t node);
void outline_open(struct outline *o, size_t row);
void outline_close(struct outline *o, size_t row);
/* Unfold all ancestors of a node and return its row. */
size_t outline_reveal(struct outline *o, uint32_t node);
/* The row of a node, or of its nearest visible ancestor; o->count when there is none. */
size_t outline_row(const struct outline *o, uint32_t node);

#endif
