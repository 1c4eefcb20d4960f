/*
 * marks - nodes that a person marked, to act on all of them at once.
 *
 * A set of node ids. It outlives folds, filters, reloads and both sides of a panel. A marked node
 * that is deleted stays in the set without counting, so that it is marked again when undo brings it
 * back; marks_sync tells the set which ones are there. Nothing here costs more than a look-up per
 * call, but marks_in_order, which walks the tree.
 */
#ifndef TAXA_UI_MARKS_H
#define TAXA_UI_MARKS_H

#include "domain/tree.h"

struct marks {
    int64_t *ids; /* open addressing; 0: free */
    size_t cap, used;
    size_t count; /* marked nodes that are in the tree */
};

void marks_init(struct marks *m);
void marks_free(struct marks *m);
void marks_clear(struct marks *m);
bool marks_has(const struct marks *m, int64_t id);
/* Mark or unmark a node of the tree; true: that changed something. */
bool marks_set(struct marks *m, int64_t id, bool on);
/* After the tree was read again. */
void marks_sync(struct marks *m, const struct tree *t);
/*
 * The marked nodes as tree indexes from top to bottom (pre-order). `outermost`: without those that
 * lie below another marked one, which is what moving, copying and deleting want. The caller frees
 * *out (never NULL).
 */
size_t marks_in_order(const struct marks *m, const struct tree *t, bool outermost, uint32_t **out);

#endif
