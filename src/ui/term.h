/*
 * term - the terminal.
 *
 * The only file that includes <curses.h>. ncurses gives the terminal's abilities, its modes and its
 * keys; cells are written by our own writer, because a curses cell holds one base and four marks
 * measured by the C library, and neither an emoji sequence nor a Devanagari conjunct fits in that.
 * Only cells that changed since the last frame are written, all in one write().
 */
#ifndef TAXA_UI_TERM_H
#define TAXA_UI_TERM_H

#include "base/status.h"
#include "ui/cells.h"
#include "ui/keys.h"

struct term;

/*
 * Take over the terminal on descriptors 0 and 1. Signals must be blocked and setlocale called
 * already. ST_INVALID: no terminal, or TERM names one that is unknown or cannot place its cursor;
 * the message says what to do.
 */
enum status term_start(struct term **out, struct err *e);
/* Give the terminal back as it was. `gone`: it has hung up; nothing is written to it. */
void term_stop(struct term *t, bool gone);
int term_fd(const struct term *t);
int term_colours(const struct term *t); /* 0: none (also by NO_COLOR) */
bool term_plain_signs(const struct term *t);
bool term_plain_text(const struct term *t);
void term_size(const struct term *t, int *cols, int *rows); /* asks the kernel */

void term_theme(struct term *t, const struct theme *theme); /* copied; everything is repainted */
void term_repaint(struct term *t);                          /* the next frame is written whole */
void term_present(struct term *t, const struct cells *c);

/* Take the mouse, or leave it to the terminal (as at the start). */
void term_mouse(struct term *t, bool on);

/* The next key that is there; false: none. */
bool term_key(struct term *t, struct key *out);

/* Leave the screen for another program (editor, shell) and come back. */
void term_leave(struct term *t);
void term_return(struct term *t);

#endif
