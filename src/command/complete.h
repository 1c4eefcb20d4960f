/*
 * complete - what could stand at the end of a half-typed command line.
 *
 * Commands, options, choices, settings, filters and files come from the tables and the disk; names
 * that live in the session (nodes, strategies, teachers, factors) come from the caller's callback.
 */
#ifndef TAXA_COMMAND_COMPLETE_H
#define TAXA_COMMAND_COMPLETE_H

#include "command/command.h"

struct completion {
    char **items; /* whole replacement words, quoted where needed, sorted, unique; at most 200 */
    char **help;  /* one line for each, may be NULL */
    size_t count;
    char *typed; /* that word as it stands in the line */
    size_t from; /* byte offset in the line where the word being completed starts */
};
/* Calls add(ctx2, name, help) for each session name of that type that starts with prefix. */
typedef void complete_add_fn(void *add_ctx, const char *name, const char *help);
typedef void complete_names_fn(void *ctx, enum arg_type type, const char *prefix,
                               complete_add_fn *add, void *add_ctx);

void complete_line(const char *line, complete_names_fn *names, void *ctx, struct completion *out);
/*
 * The same for a line that is nothing but the name of a file: not quoted, spaces belong to it.
 * Folders end in a slash.
 */
void complete_file(const char *line, struct completion *out);
void completion_free(struct completion *c);
/* Bytes that all items share beyond what is typed (for Tab). */
void completion_common(const struct completion *c, struct buf *out);

#endif
