/*
 * app - the workbench on a terminal.
 */
#ifndef TAXA_UI_APP_H
#define TAXA_UI_APP_H

#include "base/status.h"

/*
 * Run the workbench on a session file (made by the first command when it is missing). Returns the
 * exit code; e->msg is what went wrong when it is not 0. Without a usable terminal: 2, and the
 * message says how to work without one.
 */
int ui_run(const char *file, struct err *e);

#endif
