/*
 * taxonomy - the panel of trees. Private to its files:
 *
 *   taxonomy.c         the panel: data in, keys out
 *   taxonomy_view.c    the cursor, folds, focus, two sides
 *   taxonomy_find.c    search, filter, jump by typing
 *   taxonomy_query.c   what the filter understands
 *   taxonomy_mark.c    marking nodes, and what a key acts on
 *   taxonomy_places.c  bookmarks, back and forward
 *   taxonomy_edit.c    keys that change something; with them taxonomy_move.c, taxonomy_clip.c
 *                      (cut, copy, paste), taxonomy_io.c (files, pastes, the editor),
 *                      taxonomy_pick.c and taxonomy_send.c (taxonomy_edit.h)
 *   taxonomy_teacher.c keys that ask a teacher
 *   taxonomy_draw.c    the rows
 *   taxonomy_detail.c  what is told about the node under the cursor
 *
 * Nodes are tree indexes of ui->model.tree, good until the next CHANGED_TREE; what is to last
 * longer is kept as an id.
 */
#ifndef TAXA_UI_PANELS_TAXONOMY_H
#define TAXA_UI_PANELS_TAXONOMY_H

#include "ui/list.h"
#include "ui/marks.h"
#include "ui/needle.h"
#include "ui/outline.h"
#include "ui/panels/taxonomy_edit.h"
#include "ui/panels/taxonomy_query.h"
#include "ui/ui.h"

/* One list of nodes with its own cursor, folds, focus and filter. The panel shows one or two. */
struct taxonomy_side {
    struct outline outline;
    struct list list;    /* rows: the proposed factors, then the outline */
    size_t proposals;    /* rows of them; none in a focused or filtered list */
    int64_t cursor_node; /* id of the node under the cursor; 0: a proposal or nothing */
    char *filter;        /* the text in force; NULL: none */
    struct query query;  /* of the filter */
    uint32_t *hits;      /* what the filter matches itself, in order */
    size_t hit_count, hit_cap;
    struct rect seen; /* where it was drawn last, for clicks */
};

#define TAXONOMY_JUMPS     100
#define TAXONOMY_BOOKMARKS 52 /* a to z, A to Z */

enum taxonomy_wait { WAIT_NONE, WAIT_LEVEL, WAIT_BOOKMARK, WAIT_GO };

/* Where a prompt that moves the cursor while one types began; Esc goes back there. */
struct taxonomy_origin {
    int64_t node;
    size_t cursor, top;
    bool *folds; /* NULL: the tree is another one since */
    char *text;  /* the filter that was in force; NULL: none */
};

#define TAXONOMY_EXAMPLES 3

struct taxonomy {
    struct taxonomy_side sides[2];
    int here; /* the side that has the keys, 0 or 1 */
    bool split;
    struct marks marks;      /* of both sides */
    int64_t range;           /* the node that marking of a range began at; 0: none is open */
    enum taxonomy_wait wait; /* for the key that follows Z, m, ' */

    struct edit edit; /* what is on its way, the clipboard */

    /* what was deleted from here last: when undo brings it back, the cursor goes there */
    int64_t deleted;
    bool deleted_gone; /* the file has shown that it is gone */

    struct needle *find; /* NULL: nothing is looked for */
    uint32_t *found;     /* in all trees, in order */
    size_t found_count, found_cap;
    uint32_t *matches; /* of them, those of this side's list */
    size_t match_count, match_cap;
    struct taxonomy_origin origin;

    int64_t jumps[TAXONOMY_JUMPS]; /* nodes that were left by a jump, oldest first */
    size_t jump_count, jump_at;
    int64_t bookmarks[TAXONOMY_BOOKMARKS]; /* ids; 0: none */
    bool bookmarks_changed;

    /* what the details show: loaded when the cursor moves, the examples when it rests */
    int64_t detail_node;
    struct buf desc, expansion;
    char expansion_line[256]; /* the expansion in short; "" */
    int64_t rest_node;        /* the node that the following is of; -1: of none yet */
    bool rest_stale;          /* points came in since */
    struct buf aliases;
    struct buf examples[TAXONOMY_EXAMPLES];
    size_t example_count;
    int64_t states[POINT_STATES]; /* points of the branch */

    char *file;         /* of the session */
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
/* "operation › division › exact": leading names give way when there is less room (columns). */
void taxonomy_path(const struct tree *tree, uint32_t at, int room, struct buf *out);

/* taxonomy_view.c */
bool taxonomy_can_move(const struct taxonomy *t, const struct ui *ui, enum action a,
                       char why[WHY_MAX]);
bool taxonomy_move(struct taxonomy *t, struct ui *ui, enum action a); /* false: not its business */
/* After the cursor moved: remember its node, load its details. */
void taxonomy_moved(struct taxonomy *t, struct ui *ui);
/* Go to a node, unfolding what hides it; a filter or a focus that hides it ends. */
void taxonomy_reveal(struct taxonomy *t, struct ui *ui, uint32_t node);
void taxonomy_fold_to(struct taxonomy *t, struct ui *ui, unsigned level);
/* A newly read tree: the cursor stays on its node and its place on the screen. */
void taxonomy_take(struct taxonomy *t, struct ui *ui);
/* The rows are others now: put the cursor on its node, or on what hides it, or near it. */
void taxonomy_follow(struct taxonomy_side *s);
void taxonomy_side_free(struct taxonomy_side *s);
void taxonomy_unfocus(struct taxonomy *t, struct ui *ui);
void taxonomy_click(struct taxonomy *t, struct ui *ui, int x, int y);

/* taxonomy_mark.c */
bool taxonomy_can_mark(const struct taxonomy *t, const struct ui *ui, enum action a,
                       char why[WHY_MAX]);
bool taxonomy_mark(struct taxonomy *t, struct ui *ui, enum action a);
/*
 * What a key acts on: the marked nodes from top to bottom, or the one under the cursor when none is
 * marked. `outermost` as in marks_in_order. The caller frees *out (never NULL).
 */
size_t taxonomy_targets(const struct taxonomy *t, const struct ui *ui, bool outermost,
                        uint32_t **out);
/* The rows of the outline that an open range covers, [from, to]. False: none is open there. */
bool taxonomy_range(const struct taxonomy *t, const struct taxonomy_side *s, size_t *from,
                    size_t *to);
/* Mark what a range that is still open covers. */
void taxonomy_range_end(struct taxonomy *t, struct ui *ui);

/* taxonomy_find.c */
bool taxonomy_can_find(const struct taxonomy *t, enum action a, char why[WHY_MAX]);
bool taxonomy_find(struct taxonomy *t, struct ui *ui, enum action a);
void taxonomy_find_again(struct taxonomy *t); /* the list is another one */
void taxonomy_find_anew(struct taxonomy *t);  /* the tree is another one */
void taxonomy_find_forget(struct taxonomy *t);
/* The match under the cursor, 1 to match_count; 0: it is on none. */
size_t taxonomy_match(const struct taxonomy *t);
/* Filter the side by a text; NULL or "": show everything again. ST_INVALID leaves it as it was. */
enum status taxonomy_filter(struct taxonomy *t, struct ui *ui, struct taxonomy_side *s,
                            const char *text, struct err *e);
void taxonomy_offer_words(struct ui *ui); /* above the line that is being typed */
/* Does the filter match this node itself? */
bool taxonomy_is_hit(const struct taxonomy_side *s, uint32_t node);
void taxonomy_origin_free(struct taxonomy_origin *o);

/* taxonomy_places.c */
bool taxonomy_can_go(const struct taxonomy *t, const struct ui *ui, enum action a,
                     char why[WHY_MAX]);
bool taxonomy_go(struct taxonomy *t, struct ui *ui, enum action a);
void taxonomy_jump(struct taxonomy *t, int64_t from); /* that node is left by a jump */
void taxonomy_bookmark_key(struct taxonomy *t, struct ui *ui, enum taxonomy_wait wait,
                           uint32_t code);
void taxonomy_bookmarks_load(struct taxonomy *t, const char *file);
void taxonomy_bookmarks_save(const struct taxonomy *t, const char *file);

/* taxonomy_edit.c */
bool taxonomy_can_edit(const struct taxonomy *t, const struct ui *ui, enum action a,
                       char why[WHY_MAX]);
bool taxonomy_edit(struct taxonomy *t, struct ui *ui,
                   enum action a); /* false: not one of its actions */

/* taxonomy_teacher.c */
bool taxonomy_teach(struct taxonomy *t, struct ui *ui, enum action a);

/* taxonomy_draw.c */
void taxonomy_draw(struct taxonomy *t, struct ui *ui, struct cells *c, struct rect body);
/* The column of a node's fold sign in a list that begins at column x. */
int taxonomy_sign_x(const struct taxonomy_side *s, int x, int width, uint32_t node);

/* taxonomy_detail.c */
void taxonomy_detail_load(struct taxonomy *t, struct ui *ui);
void taxonomy_detail_rest(struct taxonomy *t, struct ui *ui); /* the cursor rests */
void taxonomy_detail_draw(const struct taxonomy *t, struct ui *ui, struct cells *c, struct rect r,
                          bool beside);

#endif
