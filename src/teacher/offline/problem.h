/*
 * offline_problem - a problem made from a plan: numbers first, then the text.
 *
 * problem_numbers draws until everything works out (whole items, whole cents, nothing negative);
 * problem_write tells it in the plan's wording. problem_read is the way back, from any text.
 */
#ifndef TAXA_TEACHER_OFFLINE_PROBLEM_H
#define TAXA_TEACHER_OFFLINE_PROBLEM_H

#include "teacher/offline/plan.h"

struct step {
    enum form form;
    enum op op;     /* of the plan; OP_COUNT in a problem that was read */
    enum kind kind; /* of the result */
    const struct pattern *pattern;
    struct rat arg[3];
    struct rat result;
};
struct problem {
    struct step step[PLAN_STEPS];
    int count;
    int distractors;
    struct rat distract[PLAN_DISTRACTORS];
    const struct measure *measure; /* of a unit conversion */
    struct span material;
};

/* whole: no cents. Returns false when no numbers were found (then *out is not usable). */
bool problem_numbers(const struct plan *p, bool whole, struct draw *d, struct problem *out);

/* Question and working (one line per step). */
void problem_write(const struct plan *p, const struct problem *pr, struct draw *d,
                   struct buf *question, struct buf *solution);

/* false: not of this teacher's making. step[].pattern is set, op is not. */
bool problem_read(const char *question, struct problem *out);

struct rat problem_answer(const struct problem *pr);
bool problem_is_money(const struct problem *pr);
double problem_difficulty(const struct problem *pr);

#endif
