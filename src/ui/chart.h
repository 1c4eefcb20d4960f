/*
 * chart - bars, sparklines and progress in character cells.
 *
 * Eighths of a cell where the terminal has them, '#' and digits of height where it has not. A chart
 * always stands beside its figure, never instead of it.
 */
#ifndef TAXA_UI_CHART_H
#define TAXA_UI_CHART_H

#include "ui/cells.h"

/*
 * A bar of `share` (0..1) over `width` columns; a share above 0 shows at least one eighth. Moves
 * the pen on by width.
 */
void chart_bar(struct pen *p, enum ui_role role, int width, double share);
/* Several parts of one bar, each in its role; the sum of shares is at most 1. */
struct chart_part {
    double share;
    enum ui_role role;
};
void chart_parts(struct pen *p, int width, const struct chart_part *parts, size_t n);
/* The last `width` of n values, scaled to the greatest of them. */
void chart_spark(struct pen *p, enum ui_role role, int width, const double *values, size_t n);
/*
 * The last values as columns two cells wide and as high as r, the newest at its right edge, scaled
 * to the greatest, which is returned (0: nothing to draw).
 */
double chart_columns(struct cells *c, struct rect r, enum ui_role role, const double *values,
                     size_t n);

#endif
