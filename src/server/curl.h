/*
 * curl - a call as a command line, for trying it by hand.
 */
#ifndef TAXA_SERVER_CURL_H
#define TAXA_SERVER_CURL_H

#include "store/store.h"

/*
 * A curl command for a POSIX shell that asks the same question of the same server: address and
 * limits as they are set now, the two texts as they were sent. The key is never in it: $TAXA_KEY
 * stands in its place. ST_INVALID: the teacher has no address (offline, replay), or is gone.
 */
enum status curl_command(struct store *s, const struct call_row *c, struct buf *out, struct err *e);

#endif
