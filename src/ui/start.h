/*
 * start - the screen of `taxa` alone, before a session is open.
 *
 * A panel like the others, on a workbench without a session: recent sessions, a new one, a file, a
 * shipped example. What was chosen ends the loop and is taken by the caller, who opens it. How the
 * sessions stand is read by a child (`recent --json`), so that a slow disk blocks nothing.
 */
#ifndef TAXA_UI_START_H
#define TAXA_UI_START_H

#include "base/status.h"
#include "ui/panel.h"

struct ui;

extern const struct panel_ops panel_start;

/* Instead of ui_open. `said` stands in the message line; "" none. */
enum status start_open(struct ui *ui, const char *said, struct err *e);
/* What was chosen (see app.h, struct start_choice); the caller frees both. */
void start_take(struct ui *ui, char **file, char **script);

#endif
