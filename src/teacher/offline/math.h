/*
 * offline_math - the sums of the offline teacher: forms of a step, operations, exact numbers.
 *
 * A form is one way of computing (add, share, ...) with up to three numbers; an operation is a node
 * of the taxonomy "operation" and allows one or two forms, perhaps with a condition on the numbers.
 * All values are exact fractions, so that a problem a person edited is still computed rightly.
 */
#ifndef TAXA_TEACHER_OFFLINE_MATH_H
#define TAXA_TEACHER_OFFLINE_MATH_H

#include "base/buf.h"
#include <stdbool.h>
#include <stdint.h>

struct rat {
    int64_t n, d; /* lowest terms, d > 0 */
};
bool rat_make(int64_t n, int64_t d, struct rat *out); /* false: d is 0 or it does not fit */
struct rat rat_int(int64_t n);
double rat_value(struct rat r);
/* "12", "12.50" (a fraction of hundredths), "3/4" otherwise. */
void rat_text(struct buf *out, struct rat r, bool money);

enum form {
    FORM_ADD,
    FORM_SUB,
    FORM_MISSING,
    FORM_DIFF,
    FORM_GROUPS,
    FORM_ROWS,
    FORM_TIMES,
    FORM_GAIN,
    FORM_SELL,
    FORM_SHARE,
    FORM_REMAIN,
    FORM_RATE,
    FORM_FRACTION,
    FORM_PERCENT,
    FORM_DISCOUNT,
    FORM_INCREASE,
    FORM_CHANGE,
    FORM_CONVERT,
    FORM_ELAPSED,
    FORM_AVERAGE,
    FORM_DISTRACT, /* a number that is not needed */
    FORM_COUNT
};

/* What a value counts. */
enum kind { KIND_ITEMS, KIND_MONEY, KIND_MEASURE, KIND_MINUTES, KIND_ANY };

enum op {
    OP_WITHIN,
    OP_CARRY,
    OP_MISSING,
    OP_DIFFERENCE,
    OP_GROUPS,
    OP_ROWS,
    OP_TIMES,
    OP_GAIN,
    OP_SHARE,
    OP_REMAIN,
    OP_RATE,
    OP_FRACTION,
    OP_PERCENT,
    OP_DISCOUNT,
    OP_CHANGE,
    OP_CONVERT,
    OP_ELAPSED,
    OP_AVERAGE,
    OP_LEAVES, /* the operations above are leaves of the taxonomy, those below only go on */
    OP_ADD = OP_LEAVES,
    OP_SUB,
    OP_SALE,
    OP_COUNT
};
struct op_info {
    const char *name;   /* leaf of the taxonomy */
    const char *phrase; /* in a scenario: "a division with remainder" */
    int family;         /* 0..4, see op_family */
    enum form form[2];  /* the same twice when there is one */
};
extern const struct op_info op_table[OP_COUNT];
enum { OP_FAMILIES = 5 };
extern const char *const op_family[OP_FAMILIES];

/* The result of a form. x, y, z in the order of its reading: x is the running value in a later
 * step. */
bool form_compute(enum form f, struct rat x, struct rat y, struct rat z, struct rat *out);
/* How hard a form is by itself, about 0.6 to 2.2; and the sign or word of its computation. */
double form_weight(enum form f);
/* "48 / 6 = 8" and "48 shared by 6 is 8". */
void form_equation(struct buf *out, enum form f, const struct rat arg[3], struct rat result,
                   bool money);
void form_words(struct buf *out, enum form f, const struct rat arg[3], struct rat result,
                bool money);

/* Do the numbers of a step meet the condition of the operation (within 100, with carrying)? */
bool op_fits(enum op o, enum form f, const struct rat arg[3], struct rat result);
/* Is a problem with this result kind still whole: items are whole, money has cents, all is positive
 * and sensible. */
bool kind_sensible(enum kind k, struct rat value, bool whole);

/* A stream of draws. Counters below 16 are left to single draws with the same seed. */
struct draw {
    uint64_t seed, id, at;
};
static inline struct draw draw_from(uint64_t seed, uint64_t id)
{
    return (struct draw){seed, id, 16};
}
uint64_t draw_below(struct draw *d, uint64_t n);
int64_t draw_range(struct draw *d, int64_t low, int64_t high); /* both included */

/*
 * Numbers for a step. In the first one (first = true) all are drawn, later arg[0] is the running
 * value. false: these numbers do not work out, draw again.
 */
bool form_draw(enum form f, enum op o, enum kind k, bool first, bool whole, struct draw *d,
               struct rat arg[3]);

#endif
