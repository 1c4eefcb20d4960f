/*
 * cells - a screen in memory.
 *
 * Everything that is shown is first drawn into a grid of cells. A cell holds one grapheme cluster,
 * its columns, a style role and flags; which colour a role has is the theme's business (theme.h),
 * how cells reach a terminal is term.h's. So every screen can be tested as text without a terminal.
 *
 * Drawing goes through a pen: a span of one row that clips by columns, never cutting a wide
 * character in half. Every pen function passes its text through text_safe first, so no raw string
 * can reach the terminal. Positions are in columns and rows from the upper left corner (0, 0);
 * drawing outside the grid is allowed and draws nothing.
 */
#ifndef TAXA_UI_CELLS_H
#define TAXA_UI_CELLS_H

#include "base/buf.h"
#include "ui/theme.h"
#include <stdbool.h>
#include <stdint.h>

#define CELL_BYTES                                                                                 \
    32 /* of a cluster; longer ones (they are never real text) are cut at a code point */

enum cell_flags {
    CELL_CURSOR =
        1, /* part of the row under the cursor: the theme's `cursor` role lies over its own */
    CELL_BOLD = 2,
    CELL_UNDERLINE = 4, /* a found text */
};

struct cell {
    char text[CELL_BYTES]; /* not terminated */
    uint8_t len;
    uint8_t width; /* 1 or 2; 0: right half of a wide cluster */
    uint8_t role;  /* enum ui_role */
    uint8_t flags; /* enum cell_flags */
};

struct cells {
    struct cell *at;
    int cols, rows;
    int cursor_x, cursor_y; /* where the terminal's cursor rests; -1: bottom right corner */
    bool cursor_shown;
    bool plain_signs; /* our own signs (bars, folds, dots) in ASCII */
    bool plain_text;  /* the terminal takes ASCII only: other clusters become '?' */
    struct buf safe;  /* scratch */
};

struct rect {
    int x, y, w, h;
};

bool rect_has(struct rect r, int x, int y);

void cells_init(struct cells *c, int cols, int rows);
void cells_free(struct cells *c);
void cells_resize(struct cells *c, int cols, int rows); /* also clears */
void cells_clear(struct cells *c);                      /* spaces in ROLE_TEXT, no cursor */
const struct cell *cells_get(const struct cells *c, int x, int y);
bool cell_equal(const struct cell *a, const struct cell *b);
/* Set flags on all cells of a span, keeping what is drawn. */
void cells_flag(struct cells *c, int x, int y, int width, unsigned flags);
/* Fill a rectangle with spaces of a role. */
void cells_fill(struct cells *c, struct rect r, enum ui_role role);
/* A horizontal or vertical line of the role border. */
void cells_rule(struct cells *c, int x, int y, int width);
void cells_wall(struct cells *c, int x, int y, int height);
/* All rows as text, trailing spaces cut, each ended by a newline. */
void cells_dump(const struct cells *c, struct buf *out);

struct pen {
    struct cells *cells;
    int x, y, end; /* next column; one past the last */
};

struct pen pen_at(struct cells *c, int x, int y, int width);
int pen_left(const struct pen *p); /* columns still free */
/* Draw text; what does not fit is cut. Returns the columns used. */
int pen_put(struct pen *p, enum ui_role role, const char *s);
int pen_putn(struct pen *p, enum ui_role role, const char *s, size_t n);
int pen_format(struct pen *p, enum ui_role role, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A field of exactly `width` columns: text at the left, cut with an ellipsis when it is longer. */
void pen_field(struct pen *p, enum ui_role role, int width, const char *s);
/* The same with text at the right: figures. */
void pen_right(struct pen *p, enum ui_role role, int width, const char *s);
void pen_skip(struct pen *p, int columns);
void pen_to(struct pen *p, int x); /* move on to column x, when it lies ahead */
/*
 * Wrapped text in a rectangle; returns the rows the whole text needs. Ends with an ellipsis when
 * cut.
 */
int cells_block(struct cells *c, struct rect r, enum ui_role role, const char *s);

#endif
