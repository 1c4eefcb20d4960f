/*
 * check - one value of a command line against its row in the table. Private to src/command.
 */
#ifndef TAXA_COMMAND_CHECK_H
#define TAXA_COMMAND_CHECK_H

#include "command/command.h"

/* What a value is checked by: an argument or an option. */
struct expected {
    const struct command *cmd;
    const char *name;
    enum arg_type type;
    double low, high; /* equal: no range */
    const char *choices;
};
/* ST_USAGE names what was expected and found, and ends in the usage line. */
enum status check_value(const struct expected *x, const char *value, struct err *e);
/* Always ST_USAGE: "what (usage: ...)". */
enum status check_usage(const struct command *c, const char *what, struct err *e);
/* Always ST_USAGE: names what was probably meant. argc > 0. */
enum status check_unknown_command(int argc, const char *const *argv, struct err *e);

#endif
