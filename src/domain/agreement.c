/*
 * A person who edits a record did not take it as it stood, so an edit counts against whoever called
 * it right. The pair has an opinion only where its answers fit together: yes/no is right, no/yes is
 * wrong; the other two are counted apart.
 */
#include "domain/agreement.h"

#include <math.h>

#define Z 1.959963984540054 /* 97.5 % of the normal distribution lie below it */

static void see(struct share *s, bool agree, int64_t n)
{
    s->k += agree ? n : 0;
    s->n += n;
}

void agreement_add(struct agreement *a, const struct judged *j)
{
    a->decided += j->n;
    if (j->correct != ANSWER_NONE) {
        see(&a->correct, (j->correct == ANSWER_YES) == j->right, j->n);
    }
    if (j->incorrect != ANSWER_NONE) {
        see(&a->incorrect, (j->incorrect == ANSWER_NO) == j->right, j->n);
    }
    if (j->correct != ANSWER_NONE && j->incorrect != ANSWER_NONE) {
        if (j->correct == j->incorrect) {
            a->contradicted += j->n;
        } else {
            see(&a->pair, (j->correct == ANSWER_YES) == j->right, j->n);
        }
    }
    if (j->sampled) {
        see(&a->audit, j->right, j->n);
    }
}

static double half_width(double p, double n)
{
    return Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n);
}

void share_interval(const struct share *s, double *low, double *high)
{
    *low = 0;
    *high = 1;
    if (s->n <= 0) {
        return;
    }
    double n = (double)s->n, p = (double)s->k / n;
    double centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n), half = half_width(p, n);
    *low = s->k == 0 ? 0 : centre - half; /* exact at the ends, where rounding would miss them */
    *high = s->k == s->n ? 1 : centre + half;
}

/* The half width shrinks as n grows, so the first n that is enough is found by halving. */
int64_t share_needed(const struct share *s, double within)
{
    const int64_t most = INT64_C(1) << 40;
    double p = s->n > 0 ? (double)s->k / (double)s->n : 0.5;
    int64_t low = 0, high = most; /* low is not enough */
    if (within <= 0) {
        return most;
    }
    while (high - low > 1) {
        int64_t n = low + (high - low) / 2;
        if (half_width(p, (double)n) <= within) {
            high = n;
        } else {
            low = n;
        }
    }
    return high > s->n ? high - s->n : 0;
}
