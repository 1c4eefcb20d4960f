/*
 * child - other programs: this one again for a reading command, and the person's editor.
 *
 * The workbench has its signals blocked; children get an empty mask and default actions. No shell
 * is involved.
 */
#ifndef TAXA_UI_CHILD_H
#define TAXA_UI_CHILD_H

#include "base/buf.h"
#include "base/status.h"
#include <stdbool.h>
#include <sys/types.h>

#define CHILD_OUT_MAX (8u << 20)

struct child {
    pid_t pid;      /* 0: none runs */
    int fd;         /* its output and messages; -1: none */
    struct buf out; /* what came so far */
    char title[128];
    int code; /* exit code when it has ended */
};

void child_init(struct child *c);
void child_free(struct child *c); /* ends one that still runs */
/* Run "/proc/self/exe FILE words...": its output is collected by child_read. */
enum status child_start(struct child *c, const char *file, int argc, char **argv, struct err *e);
/* Take what is there. True: it has ended and everything is in c->out. */
bool child_read(struct child *c);

/*
 * Open `text` in $VISUAL, $EDITOR or vi on this terminal and wait. *out gets the text as it was
 * saved (final newline removed). ST_CANCELLED: the editor failed or could not be started.
 */
enum status child_edit(const char *text, struct buf *out, struct err *e);

#endif
