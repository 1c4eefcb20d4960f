/*
 * prompt - one line that a person types.
 *
 * Edits UTF-8 by cluster (Emacs keys), walks a history, completes `:` commands through
 * command/complete.h, and tells its owner when the line changed, was given or was given up. Pasted
 * text is inserted as text; its newlines become spaces.
 */
#ifndef TAXA_UI_PROMPT_H
#define TAXA_UI_PROMPT_H

#include "base/buf.h"
#include "command/complete.h"
#include "ui/cells.h"
#include "ui/keys.h"

#define PROMPT_MAX     65536 /* bytes of the line */
#define PROMPT_HISTORY 500   /* lines kept */

struct ui;
/*
 * accepted: the line was given with Enter; else it was given up. The text is valid during the
 * call.
 */
typedef void prompt_done_fn(struct ui *ui, void *ctx, bool accepted, const char *text);
typedef void prompt_change_fn(struct ui *ui, void *ctx, const char *text);

struct history {
    char **lines; /* oldest first */
    size_t count, cap;
};
void history_init(struct history *h);
void history_free(struct history *h);
void history_add(
    struct history *h,
    const char *line); /* repeats move to the end; empty and spaced ones are not kept */
void history_load(
    struct history *h); /* from the state folder; a missing or unreadable file is an empty one */
void history_save(const struct history *h);

struct prompt {
    bool active;
    char label[128];
    struct buf text;
    size_t at;               /* byte of the cursor */
    size_t scroll;           /* byte at the left edge */
    struct history *history; /* NULL: none */
    size_t history_at;       /* == history->count: the line being typed */
    char *kept;              /* what was typed before walking the history */
    bool complete;           /* offers completion of commands */
    bool files;              /* the line is a file's name and completes as one */
    const char *behind;      /* completes as what follows these words ("points "); NULL: none */
    bool suggested;          /* what stands there is a suggestion: typing replaces it */
    bool in_place;           /* it is edited where it stands in the panel, see `place` */
    struct rect place;       /* set by the panel whenever it draws; w 0: not to be seen there */
    complete_names_fn *names;
    void *names_ctx;
    struct completion completion;
    bool popup;           /* completion is shown */
    long chosen;          /* row in the popup, -1: none yet */
    char typed_help[160]; /* usage of the command being typed */
    prompt_done_fn *done;
    prompt_change_fn *change; /* NULL: not interested */
    void *ctx;
};

void prompt_init(struct prompt *p);
void prompt_end(struct prompt *p);
void prompt_start(struct prompt *p, const char *label, const char *initial, prompt_done_fn *done,
                  void *ctx);
/*
 * What stands there is a suggestion: the first thing typed or pasted replaces it, a key that moves
 * the cursor takes it over. For numbers, which are typed anew and not edited.
 */
void prompt_suggest(struct prompt *p);
/* Takes every key while active; calls done or change on ui. */
void prompt_key(struct prompt *p, struct ui *ui, const struct key *k);
/*
 * Draws the line into `line` (one row) and the popup above it; puts the cursor there. With `label`
 * false the label is left out: the place says what is edited.
 */
void prompt_draw(struct prompt *p, struct cells *c, struct rect line, bool label);

#endif
