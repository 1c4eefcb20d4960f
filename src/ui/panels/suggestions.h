/*
 * suggestions - what a teacher said about the trees and nobody has decided yet (missing nodes,
 * descriptions, unsound nodes), as a sheet: to accept or reject.
 */
#ifndef TAXA_UI_PANELS_SUGGESTIONS_H
#define TAXA_UI_PANELS_SUGGESTIONS_H

#include "ui/ui.h"

void suggestions_sheet(struct ui *ui);

#endif
