/*
 * reasons - why points were turned down, a line each, for screens with room to spare.
 */
#ifndef TAXA_UI_REASONS_H
#define TAXA_UI_REASONS_H

#include "ui/cells.h"
#include "ui/model.h"

/*
 * A title and the newest points of each state (model.h, turned_down) in at most r.h rows; nothing
 * when there are none. Returns the rows used.
 */
int reasons_draw(const struct model *m, struct cells *c, struct rect r);

#endif
