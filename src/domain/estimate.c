/*
 * estimate - see estimate.h.
 *
 * A point costs a fixed set of calls, each at the mean of what such calls took so far, or at an
 * assumption while there are fewer than 20 of its kind. Rejected points are paid for too, so all
 * of it is divided by the accepted share. The range comes from that share: how well it is known,
 * and the chance in how many tries it takes.
 */
#include "domain/estimate.h"

#include <math.h>
#include <string.h>

enum { ENOUGH = 20 }; /* calls of a kind from which on the measured mean is used */

/*
 * Assumptions before anything is measured: rejections between the paper's best and worst domains
 * but one, typical lengths.
 */
static const double assumed_accepted = 0.9;
static const double assumed_accepted_low = 0.6;
static const double assumed_accepted_high = 0.98;
static const double assumed_refine = 0.1;  /* per written point */
static const double assumed_repair = 0.02; /* per call */
static const double least_accepted = 0.01;
static const double latency_start = 1.0; /* seconds until the first token */
static const double tokens_per_second = 40;
static const double two_sigma = 1.96;

enum part {
    SCENARIOS,
    COMPLEXIFY,
    GENERATE,
    REQUIREMENTS,
    CORRECT,
    INCORRECT,
    REFINE,
    REPAIR,
    PARTS
};

static const struct {
    double in, out;
} assumed_tokens[PARTS] = {
    [SCENARIOS] = {700, 400},    [COMPLEXIFY] = {600, 200}, [GENERATE] = {900, 300},
    [REQUIREMENTS] = {900, 120}, [CORRECT] = {600, 120},    [INCORRECT] = {600, 120},
    [REFINE] = {1000, 300},      [REPAIR] = {900, 300},
};

static const struct estimate_task nothing;

static const struct estimate_task *measured(const struct estimate_input *in, enum part part)
{
    const int number[PARTS] = {
        [SCENARIOS] = in->scenarios,    [COMPLEXIFY] = in->complexify,
        [GENERATE] = in->generate,      [REQUIREMENTS] = in->requirements,
        [CORRECT] = in->critic_correct, [INCORRECT] = in->critic_incorrect,
        [REFINE] = in->refine,          [REPAIR] = in->repair,
    };
    bool known = number[part] >= 0 && number[part] < ESTIMATE_TASKS;
    return known ? &in->task[number[part]] : &nothing;
}

/* Calls of each part for one written point, accepted or not. */
static void calls_of_a_point(const struct estimate_input *in, double rate[PARTS])
{
    int64_t written = measured(in, GENERATE)->calls;
    bool known = written >= ENOUGH;
    double refine = known ? (double)measured(in, REFINE)->calls / (double)written : assumed_refine;
    rate[SCENARIOS] = in->mixes_share;
    rate[COMPLEXIFY] = in->complexified_share;
    rate[GENERATE] = 1;
    rate[REQUIREMENTS] = 1 + refine; /* each new version is looked at again */
    rate[CORRECT] = in->dual ? 1 : 0;
    rate[INCORRECT] = in->dual ? 1 : 0;
    rate[REFINE] = refine;
    double others = 0;
    int64_t others_measured = 0;
    for (int i = 0; i < REPAIR; i++) {
        others += rate[i];
        others_measured += measured(in, (enum part)i)->calls;
    }
    bool repairs_known = others_measured >= ENOUGH;
    double repair = repairs_known ? (double)measured(in, REPAIR)->calls / (double)others_measured
                                  : assumed_repair;
    rate[REPAIR] = others * repair;
}

struct price {
    double in, out, cost, seconds; /* of one call */
};

static struct price price_of(const struct estimate_input *in, enum part part)
{
    const struct estimate_task *t = measured(in, part);
    struct price p = {0};
    if (t->calls >= ENOUGH) {
        double calls = (double)t->calls;
        p = (struct price){.in = t->tokens_in / calls,
                           .out = t->tokens_out / calls,
                           .cost = t->cost / calls,
                           .seconds = t->seconds / calls};
        return p;
    }
    p.in = assumed_tokens[part].in;
    p.out = assumed_tokens[part].out;
    p.cost = (p.in * in->price_in + p.out * in->price_out) / 1e6;
    p.seconds = latency_start + p.out / tokens_per_second;
    return p;
}

/*
 * Share of written points that are accepted, and the lowest and highest number of points to write
 * for `add` of them.
 */
static double points_to_write(const struct estimate_input *in, double *low, double *high)
{
    double add = (double)in->add;
    if (in->finished < ENOUGH) {
        *low = add / assumed_accepted_high;
        *high = add / assumed_accepted_low;
        return assumed_accepted;
    }
    double n = (double)in->finished;
    double share = fmin(fmax((double)in->accepted / n, least_accepted), 1);
    /*
     * Chance in the number of tries, and in the share that was measured (one more of each kind
     * keeps it from being sure).
     */
    double cautious = ((double)in->accepted + 1) / (n + 2);
    double slope = add / (share * share);
    double variance =
        add * (1 - share) / (share * share) + slope * slope * cautious * (1 - cautious) / n;
    double spread = two_sigma * sqrt(variance);
    *low = fmax(add / share - spread, add);
    *high = add / share + spread;
    return share;
}

double estimate_scenario_calls(double n, double mixes, int scenarios)
{
    if (!(mixes >= 1) || n <= mixes) {
        return n;
    }
    /* a mix that is used r times takes r/K questions, rounded up: half a question more on average
     */
    double k = scenarios > 1 ? scenarios : 1;
    double each = n / mixes / k + (k - 1) / (2 * k);
    return fmin(mixes * fmax(each, 1), n);
}

/* Calls and what they take for one written point. */
struct point_price {
    double calls, in, out, cost, seconds;
    int64_t seen;
    bool measured;
};

static struct point_price price_of_a_point(const struct estimate_input *in)
{
    struct point_price sum = {.measured = true};
    double rate[PARTS];
    calls_of_a_point(in, rate);
    for (int i = 0; i < PARTS; i++) {
        struct price p = price_of(in, (enum part)i);
        int64_t seen = measured(in, (enum part)i)->calls;
        sum.calls += rate[i];
        sum.in += rate[i] * p.in;
        sum.out += rate[i] * p.out;
        sum.cost += rate[i] * p.cost;
        sum.seconds += rate[i] * p.seconds;
        sum.seen += seen;
        /*
         * Refinements and repairs may be too rare to be measured; their absence is a measurement
         * as well.
         */
        sum.measured = sum.measured && (seen >= ENOUGH || i >= REFINE || !(rate[i] > 0));
    }
    return sum;
}

void estimate_run(const struct estimate_input *in, struct estimate *out)
{
    memset(out, 0, sizeof *out);
    struct point_price p = price_of_a_point(in);
    double share = points_to_write(in, &out->points_low, &out->points_high);
    double points = (double)in->add / share;
    out->points = points;
    out->calls = p.calls * points;
    out->calls_low = p.calls * out->points_low;
    out->calls_high = p.calls * out->points_high;
    out->tokens_in = p.in * points;
    out->tokens_out = p.out * points;
    out->share_measured = in->finished >= ENOUGH;
    out->finished = in->finished;
    out->lengths_measured = p.measured;
    out->measured = p.measured && out->share_measured;
    out->measured_on = p.seen;
    out->priced = p.cost > 0;
    /* Lengths that are only assumed can be wrong by half in either way, and so can latencies. */
    double doubt = out->measured ? 1 : 1.5;
    out->cost = p.cost * points;
    out->cost_low = p.cost * out->points_low / doubt;
    out->cost_high = p.cost * out->points_high * doubt;
    out->in_flight = fmax(in->in_flight, 1);
    bool running = in->recent_points_per_s > 0;
    double each = running ? share / in->recent_points_per_s : p.seconds / out->in_flight;
    out->seconds = each * points;
    out->seconds_low = each * out->points_low / doubt;
    out->seconds_high = each * out->points_high * doubt;
    out->accepted_share = share;
    out->calls_per_point = p.calls / share;
}
