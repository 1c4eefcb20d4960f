/*
 * totals - sums over the calls that a filter leaves: by question, by teacher, by latency.
 */
#ifndef TAXA_SERVER_TOTALS_H
#define TAXA_SERVER_TOTALS_H

#include "server/exec.h"

/* One reading of all these calls, in a memory that does not grow with them. */
enum status totals_of_calls(struct exec *x, const struct filter *f, struct err *e);

#endif
