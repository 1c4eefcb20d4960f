/*
 * link - the workbench's connection to the server of its session.
 *
 * Nothing here waits: commands are queued and their answers come through link_read. Only link_open
 * may take a moment, when a server has to be started; link_open_later does it in a thread.
 */
#ifndef TAXA_UI_LINK_H
#define TAXA_UI_LINK_H

#include "base/buf.h"
#include "base/status.h"
#include "command/channel.h"
#include <stdbool.h>
#include <stdint.h>

#define LINK_PENDING 1024 /* a key that is held down while the server is busy is not lost */
#define LINK_OUT_MAX (1u << 24)

struct ui;
/*
 * The answer to a command: exit code, message, output (all of it, raw). Also called when the server
 * is gone before it answered; then the code is not 0. Each command that was sent gets one call.
 */
typedef void link_ended_fn(struct ui *ui, void *ctx, int code, const char *message,
                           const char *out);

/* What is sent: a command, or several of them as one undo step. Everything is borrowed. */
struct link_line {
    int argc;
    const char *const *argv; /* script: argv[0] is its name */
    const char *input;       /* standard input; NULL: none */
    const char *script;      /* not NULL: commands, one a line */
    link_ended_fn *ended;    /* called with the answer; NULL: nobody waits for it */
    void *ctx;               /* for `ended`; lives until it was called */
};

struct link_command { /* sent and not yet answered */
    int64_t id;       /* 0: free */
    char *line;
    bool script;
    bool lost; /* its server is gone */
    link_ended_fn *ended;
    void *ctx;
    struct buf out;
};

struct link_opening;

struct link {
    struct channel *channel;      /* NULL: not connected */
    struct link_opening *opening; /* a thread that connects; NULL */
    struct link_command pending[LINK_PENDING];
    bool lost; /* the connection ended and not everybody was told */
    char why[512];
};

enum link_event { LINK_NOTHING, LINK_STATUS, LINK_NOTICE, LINK_PROGRESS, LINK_EXIT, LINK_LOST };
struct link_news {
    enum link_event event;
    const char *json; /* LINK_STATUS: payload, valid until the next read */
    size_t json_len;
    int level;            /* LINK_NOTICE: 0 info, 1 warning, 2 error */
    int code;             /* LINK_EXIT */
    char text[1024];      /* LINK_NOTICE, LINK_PROGRESS, LINK_EXIT: message; LINK_LOST: why */
    char line[256];       /* LINK_EXIT: the command, or the script's name */
    bool script;          /* LINK_EXIT: of a script */
    link_ended_fn *ended; /* LINK_EXIT: who waits for it, NULL: nobody */
    void *ctx;
    struct buf *out; /* LINK_EXIT: its output; belongs to the link, valid until the next call */
};

void link_init(struct link *l);
void link_close(struct link *l);
/* Connects, or waits for what link_open_later began. */
enum status link_open(struct link *l, const char *file, struct err *e);
/* Connect in a thread; link_opening_fd gets readable when link_open does not wait any more. */
enum status link_open_later(struct link *l, const char *file, struct err *e);
int link_opening_fd(const struct link *l); /* -1: nothing is being opened */
int link_fd(const struct link *l);         /* -1 */
bool link_wants_write(const struct link *l);
enum status link_flush(struct link *l, struct err *e);
/* Send; opens the connection when there is none. */
enum status link_send(struct link *l, const char *file, const struct link_line *what,
                      struct err *e);
/* The next piece of news; LINK_NOTHING when there is none. */
void link_read(struct link *l, struct link_news *news);
size_t link_waiting(const struct link *l); /* commands not yet answered */

#endif
