/*
 * key - the secret of one teacher: from the environment, a private file or a command.
 *
 * Never from argv, never stored. A key is registered with log_secret as soon as it is known, so
 * that it is blanked wherever text goes out, and wiped when it is released. A command runs without
 * a shell, in the background: the server's thread never waits for somebody's password prompt.
 */
#ifndef TAXA_TEACHER_KEY_H
#define TAXA_TEACHER_KEY_H

#include "base/buf.h"
#include "base/status.h"
#include "command/settings.h"
#include <stdint.h>
#include <sys/types.h>

enum key_state {
    KEY_UNKNOWN, /* not asked for yet */
    KEY_COMING,  /* the command runs */
    KEY_READY,   /* value is the key, or NULL when none is configured */
    KEY_FAILED   /* problem says why */
};

struct key {
    enum key_state state;
    char *value;
    char source[160]; /* for people: "environment variable X", "file Y", "key command Z", "none" */
    struct err problem;
    int64_t failed_us; /* when */
    /* the running command */
    pid_t pid;
    int fd; /* its output; readable when there is something to do */
    struct buf output;
    int64_t deadline_ms;
};

void key_init(struct key *k);
/* Wipes the key and ends a running command. */
void key_free(struct key *k);
/* Begin: KEY_READY or KEY_FAILED at once, or KEY_COMING (then watch fd and call key_continue). */
void key_fetch(struct key *k, const struct teacher_config *c);
/* Read on. Returns true when the state is not KEY_COMING any more (fd is closed then). */
bool key_continue(struct key *k);

#endif
