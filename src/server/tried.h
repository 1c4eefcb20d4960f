/*
 * tried - what `try` wrote, as text for a person or as JSON.
 */
#ifndef TAXA_SERVER_TRIED_H
#define TAXA_SERVER_TRIED_H

#include "store/store.h"

/* Of one job. ST_NOT_FOUND when nothing was written, not even a scenario. */
enum status tried_text(struct store *s, int64_t job, bool json, struct buf *out, struct err *e);

#endif
