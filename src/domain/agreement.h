/*
 * agreement - how far the critics and a person are of one mind, and how sure that is.
 *
 * Every judged point adds to sums; a share comes with its 95 % interval by Wilson (E. B. Wilson,
 * "Probable inference, the law of succession, and statistical inference", JASA 22, 1927): centre
 * (p + z²/2n) / (1 + z²/n), half width z √(p(1-p)/n + z²/4n²) / (1 + z²/n), z = 1.95996. It stays
 * inside 0..1 and is honest for few points and for shares near 0 and 1. Pure arithmetic.
 */
#ifndef TAXA_DOMAIN_AGREEMENT_H
#define TAXA_DOMAIN_AGREEMENT_H

#include <stdbool.h>
#include <stdint.h>

enum answer { ANSWER_NONE, ANSWER_NO, ANSWER_YES }; /* NONE: was not asked */

/* Points about which a person decided alike. */
struct judged {
    enum answer correct, incorrect; /* what the two critics answered */
    bool right;                     /* the person took the record as it stood */
    bool sampled;                   /* accepted by the machine and drawn by chance for an audit */
    int64_t n;
};

struct share {
    int64_t k, n; /* k of n */
};

struct agreement {
    int64_t decided;
    struct share correct, incorrect; /* the critic and the person agree */
    struct share pair;               /* where the two critics do not contradict themselves */
    int64_t contradicted;            /* decided points where they do: yes/yes, no/no */
    struct share audit;              /* audited points that are right */
};

void agreement_add(struct agreement *a, const struct judged *j);

/* The 95 % interval of a share; 0..1 when n is 0. */
void share_interval(const struct share *s, double *low, double *high);
/*
 * How many more observations make the half width of the interval at most `within` (0 to 0.5), if
 * the share stays what it is (none yet: a half, the worst case). 0: it is already.
 */
int64_t share_needed(const struct share *s, double within);

#endif
