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

/* What a person chose to open. */
struct start_choice {
    char *file;   /* absolute; NULL: nothing, the person left */
    char *script; /* a .session script to make the file from; NULL: open it, or begin a new one */
};
/*
 * The screen before a session is open: recent ones, a new one, a file, an example. `said` (may be
 * empty) stands in the message line. Returns like ui_run. The strings of *out are to be freed.
 */
int ui_start(const char *said, struct start_choice *out, struct err *e);

#endif
