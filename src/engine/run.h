/*
 * run - which point comes next, and when a replacement is due.
 *
 * A plan is a list of draws; its points have the ids first .. first+count-1, in order. A point that
 * does not hold its place (rejected, disputed, invalid) is replaced by one with the same draw, so
 * the quotas stay exact. Replacements get the next ids in the order in which their originals
 * *retire*: a point retires when it and all before it are settled, as instructions do in a
 * processor. So ids, mixes and scenarios depend only on outcomes, never on the order of replies,
 * while nothing waits: later points go on meanwhile. A point that failed in transport holds its
 * place, and those behind it retire when it was tried again, or when it is given up. A restart
 * replays the outcomes and stands where it stood. Pure; about 1 byte per point besides the draws.
 */
#ifndef TAXA_ENGINE_RUN_H
#define TAXA_ENGINE_RUN_H

#include "base/buf.h"
#include "command/settings.h"
#include "domain/plan.h"

struct run;

struct run_draw {
    int64_t id; /* of the point */
    int64_t strategy;
    int64_t node[PLAN_MAX_TAXONOMIES]; /* ids */
    int nodes;
    bool complexified;
};

/* From fresh draws. first: id of the first point. limit: most points to start in all (0: none). */
struct run *run_new(const struct plan_design *d, const struct plan_draws *w, int64_t first);
/* The draws as text, one a line, to be stored with the plan; and back. ST_DAMAGED when it does not
 * read. */
bool run_write(const struct run *r, struct buf *out);
enum status run_read(const char *text, size_t n, int64_t first, struct run **out, struct err *e);
void run_free(struct run *r);

/* The next point to start; false when there is none (yet). */
bool run_next(struct run *r, struct run_draw *out);
/* A point that was started earlier (restart): call in the order of ids, before run_next.
 * POINT_ASKED: still open. */
void run_restore(struct run *r, int64_t id, enum point_state outcome);
/*
 * The same for a replacement whose draw was stored with it. What a person or a second try made of
 * its original since then does not tell it any more, so the stored draw decides whose it is.
 */
void run_restore_as(struct run *r, const struct run_draw *made, enum point_state outcome);
/* Is this the id of a replacement, not of a point of the plan itself? */
bool run_replaces(const struct run *r, int64_t id);
/* A point is settled; settling it again (a failed one that was retried) is fine. */
void run_settled(struct run *r, int64_t id, enum point_state outcome);
/* A point of this run? Its draw again, to start it another time. */
bool run_draw_of(const struct run *r, int64_t id, struct run_draw *out);

int64_t run_first(const struct run *r);
int64_t run_started(const struct run *r);
int64_t run_open(const struct run *r);     /* started and not settled */
int64_t run_to_start(const struct run *r); /* known today: rest of the plan and due replacements */
/* Nobody will try the failed points again: those behind them retire. True when there is something
 * to start now. */
bool run_give_up(struct run *r);
/* Points that failed in transport: visit each (they hold their place and may be started again). */
void run_failed(const struct run *r, void (*visit)(void *ctx, int64_t id), void *ctx);

#endif
