/*
 * estimate - calls, tokens, money and time of a plan, and on what each number rests.
 *
 * Per point (method.md 1.9): scenario 1/K-share, complexify c, generate 1, requirement critic 1,
 * dual critic 2 (0 without an answer field); divided by the share that is accepted; plus repairs,
 * refinements and retries. Each rate is measured on this session's calls as soon as there are 20 of
 * its kind, else assumed; the result says which.
 */
#ifndef TAXA_DOMAIN_ESTIMATE_H
#define TAXA_DOMAIN_ESTIMATE_H

#include <stdbool.h>
#include <stdint.h>

#define ESTIMATE_TASKS 32

struct estimate_task { /* measured sums of one task so far */
    int64_t calls;
    double tokens_in, tokens_cached, tokens_out, cost, seconds; /* seconds: sum of latencies */
};
struct estimate_input {
    struct estimate_task task[ESTIMATE_TASKS]; /* by task number, only point-making tasks matter */
    /* which task numbers play which part */
    int scenarios, complexify, generate, requirements, critic_correct, critic_incorrect, refine,
        repair;
    int64_t finished, accepted; /* points */
    int64_t add;                /* accepted points wanted */
    double complexified_share;  /* of add */
    double mixes_share;         /* questions for scenarios per new point, 0..1 */
    bool dual;
    double price_in, price_cached, price_out; /* per million tokens; writer's */
    double in_flight;                         /* concurrency expected */
    double recent_points_per_s;               /* 0: not running */
};
struct estimate {
    double points, points_low, points_high; /* to be written, accepted or not; every range follows
                                               from these */
    double calls, calls_low, calls_high;
    double tokens_in, tokens_out;
    double cost, cost_low, cost_high;
    double seconds, seconds_low, seconds_high;
    bool measured;       /* all of it on calls of this session; else some of it is assumed */
    int64_t measured_on; /* calls of this session behind the figures */
    bool share_measured; /* accepted_share is this session's, of so many finished points: */
    int64_t finished;
    bool lengths_measured; /* tokens and latency of a call are this session's means */
    bool priced;           /* the writer has a price, or calls have cost something */
    double in_flight;
    double calls_per_point;
    double accepted_share;
};
void estimate_run(const struct estimate_input *in, struct estimate *out);

/*
 * Questions for scenarios that n points need which fall into a group of so many possible mixes:
 * one a mix while its K scenarios last, then another.
 */
double estimate_scenario_calls(double n, double mixes, int scenarios);

#endif
