/*
 * expansion_sheet - what was proposed below a node at its last expansion, as a sheet: what was
 * taken and what was not, and why, to take or drop by hand.
 */
#ifndef TAXA_UI_PANELS_EXPANSION_SHEET_H
#define TAXA_UI_PANELS_EXPANSION_SHEET_H

#include "ui/ui.h"

/* The node must be in the model's tree. */
void expansion_sheet(struct ui *ui, int64_t node);

#endif
