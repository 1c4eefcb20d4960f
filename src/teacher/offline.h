/*
 * offline - the rule-based teacher of grade-school maths. No network, no data files.
 *
 * It really computes: every problem is built from step templates, so it knows the true answer, the
 * steps and the difficulty; it can also read a problem back (offline_solve), which is how its
 * critics judge any record, also one that a person edited. A reply depends only on the question
 * (task, inputs, seed, rates) and for faults on the number of the try. Other domains are refused.
 */
#ifndef TAXA_TEACHER_OFFLINE_H
#define TAXA_TEACHER_OFFLINE_H

#include "command/settings.h"
#include "task/task.h"

struct offline_rates {
    double rate[TK_COUNT]; /* only the offline rates are used, by key id; TK_LATENCY in ms */
};
void offline_rates_from(const struct teacher_config *c, struct offline_rates *out);

/*
 * Answer try number `try` (from 1). Fills outcome, text, error, http_status, tokens, seconds (the
 * latency to wait before it "arrives": exponential with the set mean, 0 without). limited and
 * server-error give REPLY_TRANSPORT with final=false.
 */
void offline_answer(const struct offline_rates *rates, const struct question *q, int try,
                    struct reply *out);

struct offline_truth {
    double answer;
    int steps;         /* operations to carry out in sequence */
    double difficulty; /* steps, sizes of numbers, kinds of operations, distractors; about 1 (easy)
                          to 12 */
};
/* Read a problem back. false when the text is not of this teacher's making (or was changed beyond
 * recognition). */
bool offline_solve(const char *question, struct offline_truth *out);

/* Is this session's description about grade-school maths (in the sense of this teacher)? */
bool offline_knows(const char *description);

#endif
