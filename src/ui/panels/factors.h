/*
 * factors - what the data varies in, as a sheet: proposals with what they mean and why, to accept,
 * reject, rename, describe; own ones to add.
 */
#ifndef TAXA_UI_PANELS_FACTORS_H
#define TAXA_UI_PANELS_FACTORS_H

struct ui;

void factors_sheet(struct ui *ui);

#endif
