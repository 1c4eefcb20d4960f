/*
 * taxonomy_edit - what the Taxonomy panel has on its way to the server, and its clipboard. Private
 * to the files of that panel.
 *
 * Every edit is a script of one or more commands under a name that a person understands ("delete
 * long division"): that is what the journal, `u` and the message line call it. Keys that start from
 * what the tree is now (delete, paste, switch off) wait until the tree on the screen shows the edit
 * before, so that quick presses each do what they would have done slowly.
 */
#ifndef TAXA_UI_PANELS_TAXONOMY_EDIT_H
#define TAXA_UI_PANELS_TAXONOMY_EDIT_H

#include "ui/ui.h"

#define EDIT_TRAIL   64
#define EDIT_WEIGHTS 64
#define EDIT_QUEUE   128 /* keys that wait */
#define EDIT_GO      4
#define EDIT_NAME    64 /* room for a short name, edit_name */

struct taxonomy;
struct import;

struct edit_key {
    enum action action;
    int64_t node; /* it is about; 0: the one that the cursor has gone to by then */
};

struct edit_trail { /* where the cursor was when an edit was made: undo brings it back there */
    int64_t node;
    char name[96]; /* of the edit, as far as it goes */
};

struct edit_weight {
    int64_t node;
    double weight;
};

struct edit_go {          /* where the cursor goes when the file shows what was done */
    int64_t ids[EDIT_GO]; /* the first that is there; 0: none */
    bool behind;          /* else: to the child of `parent` behind `child` (0: to the first) */
    int64_t parent, child;
    bool unfold; /* it and all behind it are new: show what is in them */
};

struct edit {
    size_t sent;       /* commands not answered yet */
    char name[256];    /* of the last one sent */
    int64_t tree;      /* revision of the tree that shows what was answered */
    struct edit_go go; /* of the last one sent */
    bool arrived;      /* it succeeded: go there when the tree is new enough */
    struct edit_key queue[EDIT_QUEUE];
    size_t queued;
    bool running;  /* one of them is being done */
    bool deleting; /* the last one sent deletes: the cursor is about to leave */
    struct edit_weight weights[EDIT_WEIGHTS]; /* as sent, until the tree shows them */
    size_t weighed;

    struct edit_trail trail[EDIT_TRAIL]; /* the oldest first */
    size_t trail_count, trail_at;        /* behind trail_at: undone */

    /* the clipboard */
    int64_t *clip;
    size_t clip_count;
    bool clip_cut;      /* they move when they are pasted */
    bool clip_children; /* only what is below them is pasted */

    enum action asked;  /* what the prompt is about that is typed in place */
    int64_t asked_next; /* the sibling before which a new node goes; 0: last */

    /* a branch as text */
    int64_t branch;
    char *branch_was;       /* as it was exported */
    char *branch_file;      /* where the server finds that; NULL: nowhere */
    char *branch_text;      /* what the person wrote, until it is in the tree or in a file */
    char *branch_was_shown; /* the refused text that was opened again; NULL */

    /* files */
    char *file;            /* of an import or export that is being asked about */
    const char *format;    /* of an export */
    struct import *import; /* the preview that is open; NULL */
};

/* The nodes that a key is about: the marks, or the one under the cursor. */
struct picks {
    uint32_t *at; /* tree indexes in pre-order; from the heap */
    size_t count;
    bool marked; /* they are the marks */
};

void edit_init(struct edit *d);
void edit_free(struct edit *d);

/* ---- words */
/* "@ID"; "/" for 0, the place of the taxonomies. */
void edit_ref(int64_t id, char out[TREE_REF_MAX]);
/* The name, cut with an ellipsis when it is long. */
void edit_name(const struct node *n, char out[EDIT_NAME]);
/* Nodes below a node, without itself. */
size_t edit_below(const struct tree *t, uint32_t at);

/* ---- typing in place: what is asked of this node is typed here (called when it is drawn) */
void edit_place(const struct taxonomy *t, struct ui *ui, enum action what, int64_t node,
                struct rect r);

/* ---- nodes (taxonomy_pick.c) */
size_t picks_marked(const struct taxonomy *t); /* how many marks there are: quick */
/* `outermost`: without marks that lie below other marks, for what takes whole branches. */
struct picks picks_take(const struct taxonomy *t, const struct ui *ui, const struct node *n,
                        bool outermost);
void picks_free(struct picks *p);
/* "long division", "3 marked nodes" */
void picks_name(const struct picks *p, const struct tree *t, char out[EDIT_NAME]);

/* ---- sending (taxonomy_send.c) */
/* Send lines under a name. `input` may be NULL. */
void edit_send(struct taxonomy *t, struct ui *ui, const char *name, const char *lines,
               const char *input);
/* The same with one's own end; it calls edit_settle first and may then say something better. */
bool edit_send_to(struct taxonomy *t, struct ui *ui, const char *name, const char *lines,
                  const char *input,
                  link_ended_fn *ended); /* false: not sent, a message says why */
void edit_settle(struct taxonomy *t, struct ui *ui, int code);
/* What went wrong, without the words that a script puts around it. */
void edit_say_failed(struct ui *ui, const char *message);
/* The tree was read again, or an answer came: go where it says, do what waited. */
void edit_turn(struct taxonomy *t, struct ui *ui);
/* True: the key has to wait for the tree and was put into the queue. */
bool edit_wait(struct taxonomy *t, struct ui *ui, enum action a);
bool edit_is_busy(const struct taxonomy *t, const struct ui *ui); /* would it have to? */
/* The cursor is going to another node: even what needs no new tree has to wait for that. */
bool edit_is_about_to_leave(const struct taxonomy *t, const struct ui *ui);
/* ACT_UNDO or ACT_REDO, in turn with the other keys; false: there is nothing, say why. */
bool edit_step(struct taxonomy *t, struct ui *ui, enum action a);
/* Where to go after what is sent next. */
void edit_go_ids(struct taxonomy *t, int64_t first, int64_t second, int64_t third);
void edit_go_behind(struct taxonomy *t, int64_t parent, int64_t child);

/* ---- actions; false: not one of theirs. `can` writes why not. */
bool move_can(const struct taxonomy *t, const struct ui *ui, enum action a, char why[WHY_MAX]);
bool move_act(struct taxonomy *t, struct ui *ui, const struct node *n, enum action a);
bool clip_can(const struct taxonomy *t, const struct ui *ui, enum action a, char why[WHY_MAX]);
bool clip_act(struct taxonomy *t, struct ui *ui, const struct node *n, enum action a);
bool clip_is_cut(const struct taxonomy *t, int64_t id); /* shown dimmed */
bool clip_drop(struct taxonomy *t, struct ui *ui);      /* Esc; false: nothing was cut */
bool io_can(const struct taxonomy *t, const struct ui *ui, enum action a, char why[WHY_MAX]);
bool io_act(struct taxonomy *t, struct ui *ui, const struct node *n, enum action a);
/* Pasted text: a tree. */
void io_paste(struct taxonomy *t, struct ui *ui, const char *text);
/*
 * Say what an import took. `out` is the JSON of `tree import`; with `show` what it refused opens as
 * a text.
 */
void io_say_taken(const struct taxonomy *t, struct ui *ui, const char *out, bool show);
void io_free(struct edit *d);

/* The preview of an import (import_sheet.c). `under` 0: its tops become taxonomies. */
void import_sheet(struct taxonomy *t, struct ui *ui, const char *file, const char *format,
                  int64_t under);

#endif
