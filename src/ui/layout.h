/*
 * layout - how the screen is divided.
 *
 * One header line, the body, one message line, one hint line. From LAYOUT_WIDE columns up a panel
 * with details shows them at the right of its list, else below it.
 */
#ifndef TAXA_UI_LAYOUT_H
#define TAXA_UI_LAYOUT_H

#include "ui/cells.h"

#define LAYOUT_MIN_COLS 60
#define LAYOUT_MIN_ROWS 16
#define LAYOUT_WIDE     120
#define LAYOUT_REASONS  24 /* rows from which there can be room for reasons */
#define LAYOUT_TALL     36 /* rows with room for more than the figures */

struct layout {
    struct rect header, body, message, hints;
    bool too_small;
};
struct layout layout_screen(int cols, int rows);

/*
 * List and details of a body; draws nothing. details.h is 0 when there is no room. `line` is the
 * rule between them.
 */
struct split {
    struct rect list, details;
    bool beside; /* details at the right */
};
struct split layout_split(struct rect body, int rows_below);
void layout_split_line(struct cells *c, const struct split *s);

#endif
