/*
 * file - whole files, safe folders.
 */
#ifndef TAXA_BASE_FILE_H
#define TAXA_BASE_FILE_H

#include "base/buf.h"
#include "base/status.h"

/*
 * Read all of path ("-" is standard input) into out (whose max is the cap). The message names path
 * and reason.
 */
enum status file_read(const char *path, struct buf *out, struct err *e);

/*
 * Replace path whole: temporary file in its folder, fsync, rename, fsync of the folder. mode e.g.
 * 0644. A link is followed; what is no regular file (/dev/null, a pipe) is written to.
 */
enum status file_write(const char *path, const char *bytes, size_t n, unsigned mode, struct err *e);

/*
 * The user's folders; created when missing. Runtime: $XDG_RUNTIME_DIR/taxa, else /tmp/taxa-UID,
 * 0700, owned by us (else ST_DENIED: somebody else made it). Config: $XDG_CONFIG_HOME/taxa or
 * ~/.config/taxa. State: $XDG_STATE_HOME/taxa or ~/.local/state/taxa (history, recent sessions,
 * logs). `out` is emptied first.
 */
enum status dir_runtime(struct buf *out, struct err *e);
enum status dir_config(struct buf *out, struct err *e);
enum status dir_state(struct buf *out, struct err *e);

/* Absolute path without symlinks; the last part need not exist. Caller frees. */
enum status path_absolute(const char *path, char **out, struct err *e);

#endif
