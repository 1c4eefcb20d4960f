/*
 * server - the process that owns one session file.
 *
 * One epoll loop: the listening socket, clients, signals, the live session's own descriptor. It
 * starts when somebody needs it (channel_open) and ends by itself when nobody is attached and
 * nothing runs. Terminals may hang up as they like.
 */
#ifndef TAXA_SERVER_SERVER_H
#define TAXA_SERVER_SERVER_H

#include "base/status.h"

/*
 * Serve FILE until there is nothing to do. ready_fd (-1: none) gets "ok\n" once it listens, or
 * "fail CODE message\n". Returns the exit code of the process.
 */
int server_main(const char *file, int ready_fd);

#endif
