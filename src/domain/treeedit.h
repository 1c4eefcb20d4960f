/*
 * treeedit - what an edited text of a branch changes.
 *
 * The text is that of treefmt_write_ids. A node with a number is that node wherever it stands now;
 * one without is the child of that name below the same parent, or new; what is not in the text any
 * more is gone. Compared with what the text said before it was edited, so that what others changed
 * meanwhile stays. No I/O: the caller writes the changes.
 */
#ifndef TAXA_DOMAIN_TREEEDIT_H
#define TAXA_DOMAIN_TREEEDIT_H

#include "domain/treefmt.h"

enum treeedit_what {
    EDIT_ADD = 1,
    EDIT_RENAME = 2,
    EDIT_MOVE = 4, /* below another parent */
    EDIT_DESCRIBE = 8,
    EDIT_WEIGHT = 16,
    EDIT_LOCK = 32, /* or unlock */
    EDIT_ORDER = 64 /* its children: as the text has them, then those that it does not know */
};

struct treeedit {
    uint32_t *old;       /* by index in the text's tree: index in the branch, TREE_NONE when new */
    unsigned char *what; /* by index in the text's tree: set of enum treeedit_what */
    uint32_t *gone;      /* indexes in the branch: the tops of what is deleted */
    size_t gone_count;
    size_t added, renamed, moved, described, weighed, locked, ordered, deleted;
};

/*
 * branch: the branch as it is, its top at index 1. text: the tree that was read, every number in it
 * one of the branch's; lines: the line of each of its nodes. was: the text before it was edited,
 * NULL: the branch as it is. What has no place goes to the report; then the edit is not to be
 * written. Owner calls treeedit_free, whatever comes back.
 */
void treeedit_plan(const struct tree *branch, const struct tree *text, const size_t *lines,
                   const struct tree *was, struct treefmt_report *report, struct treeedit *out);
void treeedit_free(struct treeedit *t);
bool treeedit_is_empty(const struct treeedit *t);
/* "3 added, 1 renamed, 2 moved, 1 deleted"; "nothing changed". */
void treeedit_say(const struct treeedit *t, struct buf *out);

#endif
