/*
 * client - one connection to the server: its commands, one after the other, and what they wait for.
 *
 * A request is a list of command lines (one for FRAME_COMMAND, many for FRAME_SCRIPT). Journalled
 * lines that follow each other are one operation, hence one transaction and one undo step: a script
 * that fails changes nothing, unless a job in it was waited for before.
 */
#ifndef TAXA_SERVER_CLIENT_H
#define TAXA_SERVER_CLIENT_H

#include "command/channel.h"
#include "server/live.h"

struct client;

struct client *client_new(int fd, struct live *l); /* takes the socket */
void client_free(struct client *c);
int client_fd(const struct client *c);
bool client_wants_write(const struct client *c);
bool client_watches(const struct client *c);

/* The socket is readable or writable. False: it is gone, free it. */
bool client_io(struct client *c);
/* After the live session had its turn: requests that waited go on; progress is sent. False: gone.
 */
bool client_turn(struct client *c);
bool client_waiting(const struct client *c);
void client_status(struct client *c, const char *json, size_t n);
void client_notice(struct client *c, const char *level, const char *text);

#endif
