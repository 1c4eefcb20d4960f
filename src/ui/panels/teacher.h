/*
 * teacher - what a teacher does on trees, on the screen: the proposals of an expansion
 * (proposals.c), the suggestions that wait (suggestions.c), and the keys of the Taxonomy panel that
 * ask for them (taxonomy_teacher.c).
 */
#ifndef TAXA_UI_PANELS_TEACHER_H
#define TAXA_UI_PANELS_TEACHER_H

#include "ui/ui.h"

/* Lay the sheet over the panel. The node must be in the model's tree. */
void proposals_open(struct ui *ui, int64_t node);
void suggestions_open(struct ui *ui);

#endif
