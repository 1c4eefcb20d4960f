/*
 * live - the running session: the store as its only writer, teachers, engine, jobs.
 *
 * Owned by the server's loop; executors reach it through exec->live. All calls return at once; work
 * goes on in live_turn.
 */
#ifndef TAXA_SERVER_LIVE_H
#define TAXA_SERVER_LIVE_H

#include "base/json.h"
#include "base/status.h"
#include "store/store.h"
#include <stdbool.h>
#include <stdint.h>

struct live;

/* ---- jobs (asked for by executors). *job gets the number to wait for. */
enum status live_propose_factors(struct live *l, int64_t *job, struct err *e);
enum status live_propose_strategies(struct live *l, int64_t *job, struct err *e);
/* depth: levels below the node; 0: to the session's `depth` for a taxonomy, 1 for an inner node. ST_DENIED for a locked node. */
enum status live_expand(struct live *l, int64_t node, int depth, int64_t *job, struct err *e);
/* Ask a teacher one tiny question and report latency, structured output, model. */
enum status live_teacher_test(struct live *l, const char *teacher, int64_t *job, struct err *e);

/* ---- the run */
enum status live_generate(struct live *l, int64_t target, struct err *e);
enum status live_pause(struct live *l, const char *reason, struct err *e);
enum status live_resume(struct live *l, struct err *e);
enum status live_stop(struct live *l, struct err *e);
/* Make points again from their scenario; counts them. */
enum status live_retry(struct live *l, const struct filter *f, int64_t *count, struct err *e);
enum status live_retry_point(struct live *l, int64_t point, struct err *e);

/* After an edit (the dispatcher calls it when an operation ended): settings, teachers, plan follow. */
void live_edited(struct live *l);
/* Tree of the session, reloaded when it changed. */
enum status live_tree(struct live *l, const struct tree **t, struct err *e);
/* Adds running, in_flight, seconds, rates ... to a status object; full adds what FRAME_STATUS carries besides. */
void live_status(struct live *l, cJSON *status, bool full);

#endif
