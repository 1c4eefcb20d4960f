/*
 * channel_private - between channel.c and channel_open.c.
 */
#ifndef TAXA_COMMAND_CHANNEL_PRIVATE_H
#define TAXA_COMMAND_CHANNEL_PRIVATE_H

#include "command/channel.h"
#include <sys/types.h>

/* The channel reaps this child when it is closed. */
void channel_set_server(struct channel *c, pid_t server);

#endif
