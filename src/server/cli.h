/*
 * cli - the program as a shell command: `taxa FILE COMMAND...`, scripts, waiting with progress.
 */
#ifndef TAXA_SERVER_CLI_H
#define TAXA_SERVER_CLI_H

#include "base/status.h"

struct cli_target {
    char *file; /* absolute path of the session file */
};

/*
 * FILE as a person wrote it: a session file, or a `.session` script, from which NAME.taxa is made
 * in the current folder (when it is not there yet). *file is to be freed.
 */
enum status cli_session(const char *arg, char **file, struct err *e);

/* Run one command (or "-": a script from standard input). Prints; returns the exit code. file NULL:
 * commands without one. */
int cli_command(const char *file, int argc, const char *const *argv);

/*
 * Make the session `file`, which is not there yet, from a script; all or nothing.
 */
enum status cli_make(const char *script, const char *file, struct err *e);

#endif
