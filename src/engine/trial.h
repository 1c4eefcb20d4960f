/*
 * trial - one scenario, and on request one record, for a drawn mix: to feel a setting before paying
 * for thousands of points.
 *
 *   scenario -> (complexify) -> (generate) -> ended
 *
 * The questions are those of a point (maker.h) with one scenario instead of K and no critics, asked
 * under keys of the job, so a trial that goes on after a restart is answered from stored replies.
 * Nothing of it is a point: it has no number, no verdict and no place in a quota. Pure: see step.h.
 */
#ifndef TAXA_ENGINE_TRIAL_H
#define TAXA_ENGINE_TRIAL_H

#include "engine/ask.h"
#include "engine/common.h"

struct trial;

/* common is copied; mix ([{"taxonomy","path","name","description"}]) is taken. */
struct trial *trial_new(int64_t job, const struct engine_common *c, cJSON *mix, bool complexified,
                        bool record);
void trial_free(struct trial *t);
void trial_begin(struct trial *t, struct step *out);
/* A final reply; false when it is not of this trial. */
bool trial_reply(struct trial *t, const struct reply *r, struct step *out);
/* Is it over? *ok: it has all that was asked for; else trial_problem says why not. */
bool trial_ended(const struct trial *t, bool *ok);
const char *trial_problem(const struct trial *t);
const char *trial_stage(const struct trial *t); /* "writing a scenario" */
/* Adds "plain" (before it was made harder), "scenario", "record" as far as they are there. */
void trial_result(const struct trial *t, cJSON *o);

#endif
