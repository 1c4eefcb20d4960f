/*
 * log - the server's log file, without secrets.
 *
 * One of the few owners of global state (see src/README.md): the log file and the list of secrets
 * of this process. Lines pass text_safe and have every registered secret replaced by "[secret]".
 * Before log_open, lines are dropped. The file is 0600 and starts over at 4 MiB (one older kept).
 */
#ifndef TAXA_BASE_LOG_H
#define TAXA_BASE_LOG_H

#include "base/buf.h"
#include "base/status.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

enum status log_open(const char *path, enum log_level level, struct err *e);
void log_close(void); /* also forgets and wipes the secrets */
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void log_secret(const char *secret); /* remember it; shorter than 6 bytes is ignored; at most 64 */
/* Replace every remembered secret in text that is about to be shown, stored or exported. */
void log_redact(struct buf *b);

#endif
