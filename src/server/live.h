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
#include "engine/advise.h"
#include "store/store.h"
#include <stdbool.h>
#include <stdint.h>

struct live;

/* Takes the writing store (closes it in live_close). */
enum status live_open(struct store *s, struct live **out, struct err *e);
void live_close(
    struct live *l); /* what is under way is dropped; it can be started again from the store */
struct store *live_store(struct live *l);

/* ---- the loop */
/* The process ends: send nothing more and store the replies that still come, for ms at most. */
void live_drain(struct live *l, int ms);
int live_fd(const struct live *l);      /* readable: live_turn has work */
int live_timeout(const struct live *l); /* milliseconds until live_turn must be called; -1 never */
void live_turn(struct live *l);         /* about 20 ms of work at most */
bool live_busy(const struct live *l);   /* a run or a job goes on */
int64_t
live_changed(const struct live *l); /* grows when something that FRAME_STATUS shows changed */

/* Grows when the run starts, pauses or ends, and with every edit: people wait to see it. */
int64_t live_turned(const struct live *l);

/* ---- jobs (asked for by executors). *job gets the number to wait for. */
enum status live_propose_factors(struct live *l, int64_t *job, struct err *e);
enum status live_propose_strategies(struct live *l, int64_t *job, struct err *e);
/*
 * Expand `count` nodes. level 0: the nodes themselves; n: the nodes without children that lie n
 * levels below them. depth: levels to grow; 0: to the session's `depth` for taxonomies, 1 for inner
 * nodes and for a level. Locked nodes are left alone: `note` names them, ST_DENIED when all are.
 * title: how the job is shown and journalled; NULL: made from the nodes.
 */
enum status live_expand(struct live *l, const int64_t *nodes, size_t count, int level, int depth,
                        const char *title, int64_t *job, struct buf *note, struct err *e);
/* Ask about nodes; the answers become suggestions. Locked nodes as above. */
enum status live_advise(struct live *l, enum advice what, const int64_t *nodes, size_t count,
                        const char *title, int64_t *job, struct buf *note, struct err *e);
/* End all jobs: nothing new is sent for them. How many were under way. */
int live_jobs_stop(struct live *l, const char *reason);
/*
 * Try a drawn mix (drawing.h): one scenario for it, and the record when asked for. The same asked
 * again is the same job; `known` says that its result is there already and nothing was started.
 */
struct trial_wish {
    const char *strategy; /* NULL: any */
    int64_t number;       /* of the mix, from 1, among those of the strategy */
    bool record;
};
struct trial_found {
    int64_t job;
    bool known;
};
enum status live_try(struct live *l, const struct trial_wish *w, struct trial_found *out,
                     struct err *e);
/* Has the job ended? message (may be NULL) gets its last word. */
bool live_job_done(const struct live *l, int64_t job, bool *ok, char message[600]);
/* "level 2 of 3: 14 of 40 nodes" of a job under way; false when it is not. */
bool live_job_progress(const struct live *l, int64_t job, char text[160], int *done, int *of);

bool live_trial_progress(const struct live *l, int64_t job, char text[160]);

/* ---- the run */
enum status live_generate(struct live *l, int64_t target, struct err *e);
enum status live_pause(struct live *l, const char *reason, struct err *e);
enum status live_resume(struct live *l, struct err *e); /* also jobs that were interrupted */
enum status live_stop(struct live *l, struct err *e);
/* Does the run still go on (running, not paused)? */
bool live_running(const struct live *l);
/* Is it worth waiting? Also while a person paused it: a person resumes it. */
bool live_goes_on(const struct live *l);
/* How the last run stands: ST_OK target reached, ST_SHORT with the reason and the counts, ST_FAILED
 * words when paused. */
enum status live_run_result(struct live *l, struct err *e);
/* Make points again from their scenario; counts them. */
enum status live_retry(struct live *l, const struct filter *f, int64_t *count, struct err *e);
enum status live_retry_point(struct live *l, int64_t point, struct err *e);

/* After an edit (the dispatcher calls it when an operation ended): settings, teachers, plan follow.
 */
void live_edited(struct live *l);
/*
 * Tree of the session with everything that was written so far, also by an operation that is still
 * open. Borrowed until the next call.
 */
enum status live_tree(struct live *l, const struct tree **t, struct err *e);
/* Adds running, in_flight, seconds, rates ... to a status object; full adds what FRAME_STATUS
 * carries besides. */
void live_status(struct live *l, cJSON *o, bool full);
/* Adds which nodes were written since it was asked last, for those who keep a tree (channel.h). */
void live_tell_touched(struct live *l, cJSON *o);

#endif
