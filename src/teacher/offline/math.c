/*
 * math - see math.h.
 *
 * Exact fractions with checked 64-bit arithmetic. form_compute is shared by the builder and by the
 * reader, so the truth of a problem and the critic's opinion of it cannot drift apart.
 */
#include "teacher/offline/math.h"

#include "base/rng.h"

#include <math.h>
#include <stdlib.h>

const char *const op_family[OP_FAMILIES] = {
    "addition and subtraction", "multiplication",     "division",
    "fractions and percent",    "measures and money",
};

const struct op_info op_table[OP_COUNT] = {
    [OP_WITHIN] = {"within 100", "an addition or subtraction within 100", 0, {FORM_ADD, FORM_SUB}},
    [OP_CARRY] = {"with carrying", "a sum with carrying", 0, {FORM_ADD, FORM_ADD}},
    [OP_MISSING] = {"with missing addend", "a missing addend", 0, {FORM_MISSING, FORM_MISSING}},
    [OP_DIFFERENCE] = {"difference of two amounts",
                       "a difference of two amounts",
                       0,
                       {FORM_DIFF, FORM_DIFF}},
    [OP_GROUPS] = {"equal groups", "a number of equal groups", 1, {FORM_GROUPS, FORM_GROUPS}},
    [OP_ROWS] = {"arrays and rows", "an array with rows", 1, {FORM_ROWS, FORM_ROWS}},
    [OP_TIMES] = {"times as many", "a times-as-many comparison", 1, {FORM_TIMES, FORM_TIMES}},
    [OP_GAIN] = {"repeated gain", "a repeated gain", 1, {FORM_GAIN, FORM_GAIN}},
    [OP_SHARE] = {"exact sharing", "an exact sharing", 2, {FORM_SHARE, FORM_SHARE}},
    [OP_REMAIN] = {"with remainder", "a division with remainder", 2, {FORM_REMAIN, FORM_REMAIN}},
    [OP_RATE] = {"rate per unit", "a rate per unit", 2, {FORM_RATE, FORM_RATE}},
    [OP_FRACTION] = {"fraction of an amount",
                     "a fraction of an amount",
                     3,
                     {FORM_FRACTION, FORM_FRACTION}},
    [OP_PERCENT] = {"percent of an amount",
                    "a percent of an amount",
                    3,
                    {FORM_PERCENT, FORM_PERCENT}},
    [OP_DISCOUNT] = {"discount and increase",
                     "a discount or an increase",
                     3,
                     {FORM_DISCOUNT, FORM_INCREASE}},
    [OP_CHANGE] = {"change from a payment",
                   "the change from a payment",
                   4,
                   {FORM_CHANGE, FORM_CHANGE}},
    [OP_CONVERT] = {"unit conversion", "a unit conversion", 4, {FORM_CONVERT, FORM_CONVERT}},
    [OP_ELAPSED] = {"elapsed time", "an elapsed time", 4, {FORM_ELAPSED, FORM_ELAPSED}},
    [OP_AVERAGE] = {"average of amounts", "an average of amounts", 4, {FORM_AVERAGE, FORM_AVERAGE}},
    [OP_ADD] = {"addition", "an addition", 0, {FORM_ADD, FORM_ADD}},
    [OP_SUB] = {"subtraction", "a subtraction", 0, {FORM_SUB, FORM_SUB}},
    [OP_SALE] = {"sale by the piece", "a sale by the piece", 1, {FORM_SELL, FORM_SELL}},
};

struct form_info {
    double weight;
    const char *sign;  /* between the numbers of the equation */
    const char *words; /* between them when spoken */
};
static const struct form_info forms[FORM_COUNT] = {
    [FORM_ADD] = {0.6, "+", "plus"},
    [FORM_SUB] = {0.7, "-", "minus"},
    [FORM_MISSING] = {0.9, "-", "minus"},
    [FORM_DIFF] = {0.8, "-", "minus"},
    [FORM_GROUPS] = {1.0, "*", "times"},
    [FORM_ROWS] = {1.0, "*", "times"},
    [FORM_TIMES] = {1.0, "*", "times"},
    [FORM_GAIN] = {1.0, "*", "times"},
    [FORM_SELL] = {1.0, "*", "times"},
    [FORM_SHARE] = {1.2, "/", "shared by"},
    [FORM_REMAIN] = {1.5, "mod", "divided by"},
    [FORM_RATE] = {1.4, "/", "divided by"},
    [FORM_FRACTION] = {1.6, "*", "times"},
    [FORM_PERCENT] = {1.8, "*", "times"},
    [FORM_DISCOUNT] = {2.2, "*", "times"},
    [FORM_INCREASE] = {2.2, "*", "times"},
    [FORM_CHANGE] = {0.8, "-", "minus"},
    [FORM_CONVERT] = {1.2, "*", "times"},
    [FORM_ELAPSED] = {1.3, "-", "minus"},
    [FORM_AVERAGE] = {1.8, "+", "plus"},
    [FORM_DISTRACT] = {0.0, "", ""},
};

static int64_t gcd(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a < 0 ? -a : a;
}

bool rat_make(int64_t n, int64_t d, struct rat *out)
{
    const int64_t most = INT64_MAX / 4;
    if (d == 0 || n > most || n < -most || d > most || d < -most) {
        return false;
    }
    if (d != 1) {
        int64_t g = gcd(n, d) * (d < 0 ? -1 : 1);
        n /= g;
        d /= g;
    }
    *out = (struct rat){n, d};
    return true;
}

struct rat rat_int(int64_t n)
{
    return (struct rat){n, 1};
}

double rat_value(struct rat r)
{
    return (double)r.n / (double)r.d;
}

static void add_int(struct buf *out, int64_t v)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        digits[--at] = (char)('0' + (int)(left % 10));
        left /= 10;
    } while (left > 0);
    if (v < 0) {
        digits[--at] = '-';
    }
    buf_add(out, digits + at, sizeof digits - at);
}

void rat_text(struct buf *out, struct rat r, bool money)
{
    if (r.d == 1) {
        add_int(out, r.n);
        return;
    }
    if (money && 100 % r.d == 0) {
        int64_t cents = llabs(r.n) * (100 / r.d);
        if (r.n < 0) {
            buf_addc(out, '-');
        }
        add_int(out, cents / 100);
        buf_addc(out, '.');
        buf_addc(out, (char)('0' + (int)(cents / 10 % 10)));
        buf_addc(out, (char)('0' + (int)(cents % 10)));
        return;
    }
    add_int(out, r.n);
    buf_addc(out, '/');
    add_int(out, r.d);
}

static bool multiply(struct rat a, struct rat b, struct rat *out)
{
    int64_t n;
    int64_t d;
    return !__builtin_mul_overflow(a.n, b.n, &n) && !__builtin_mul_overflow(a.d, b.d, &d) &&
           rat_make(n, d, out);
}

static bool add(struct rat a, struct rat b, int64_t sign, struct rat *out)
{
    int64_t left;
    int64_t right;
    int64_t d;
    int64_t n;
    return !__builtin_mul_overflow(a.n, b.d, &left) &&
           !__builtin_mul_overflow(b.n * sign, a.d, &right) &&
           !__builtin_mul_overflow(a.d, b.d, &d) && !__builtin_add_overflow(left, right, &n) &&
           rat_make(n, d, out);
}

static bool divide(struct rat a, struct rat b, struct rat *out)
{
    struct rat inverse;
    return rat_make(b.d, b.n, &inverse) && multiply(a, inverse, out);
}

/* x changed by y percent: x * (100 + sign * y) / 100. */
static bool percent(struct rat x, struct rat y, int64_t base, int64_t sign, struct rat *out)
{
    struct rat part;
    return add(rat_int(base), y, sign, &part) && multiply(part, (struct rat){1, 100}, &part) &&
           multiply(x, part, out);
}

bool form_compute(enum form f, struct rat x, struct rat y, struct rat z, struct rat *out)
{
    switch (f) {
    case FORM_ADD:
        return add(x, y, 1, out);
    case FORM_SUB:
        return add(x, y, -1, out);
    case FORM_MISSING:
    case FORM_CHANGE:
    case FORM_ELAPSED:
        return add(y, x, -1, out);
    case FORM_DIFF:
        if (!add(x, y, -1, out)) {
            return false;
        }
        out->n = llabs(out->n);
        return true;
    case FORM_GROUPS:
    case FORM_ROWS:
    case FORM_TIMES:
    case FORM_GAIN:
    case FORM_SELL:
    case FORM_FRACTION:
    case FORM_CONVERT:
        return multiply(x, y, out);
    case FORM_SHARE:
    case FORM_RATE:
        return divide(x, y, out);
    case FORM_REMAIN:
        if (x.d != 1 || y.d != 1 || y.n <= 0 || x.n < 0) {
            return false;
        }
        *out = rat_int(x.n % y.n);
        return true;
    case FORM_PERCENT:
        return percent(x, y, 0, 1, out);
    case FORM_DISCOUNT:
        return percent(x, y, 100, -1, out);
    case FORM_INCREASE:
        return percent(x, y, 100, 1, out);
    case FORM_AVERAGE: /* of three at the start (z given), of two later (z has d = 0) */
        if (z.d == 0) {
            return add(x, y, 1, out) && multiply(*out, (struct rat){1, 2}, out);
        }
        return add(x, y, 1, out) && add(*out, z, 1, out) && multiply(*out, (struct rat){1, 3}, out);
    case FORM_DISTRACT:
    case FORM_COUNT:
        break;
    }
    return false;
}

double form_weight(enum form f)
{
    return forms[f].weight;
}

static void clock_text(struct buf *out, struct rat r)
{
    buf_printf(out, "%d:%02d", (int)(r.n / 60), (int)(r.n % 60));
}

static void number(struct buf *out, enum form f, struct rat r, bool money)
{
    if (f == FORM_ELAPSED) {
        clock_text(out, r);
    } else {
        rat_text(out, r, money);
    }
}

static void second(struct buf *out, enum form f, struct rat y, bool money)
{
    if (f == FORM_PERCENT || f == FORM_DISCOUNT || f == FORM_INCREASE) {
        struct rat shown = y;
        if (f != FORM_PERCENT) {
            (void)add(rat_int(100), y, f == FORM_INCREASE ? 1 : -1, &shown);
        }
        rat_text(out, shown, false);
        buf_adds(out, "/100");
    } else if (f == FORM_FRACTION) {
        rat_text(out, y, false);
    } else {
        number(out, f, y, money);
    }
}

/* The two numbers in the order of the computation, with `between` between them. */
static void left_side(struct buf *out, enum form f, const struct rat arg[3], const char *between,
                      bool money)
{
    bool turned = f == FORM_MISSING || f == FORM_CHANGE || f == FORM_ELAPSED ||
                  (f == FORM_DIFF && rat_value(arg[0]) < rat_value(arg[1]));
    struct rat x = turned ? arg[1] : arg[0];
    struct rat y = turned ? arg[0] : arg[1];
    number(out, f, x, money);
    buf_addc(out, ' ');
    buf_adds(out, between);
    buf_addc(out, ' ');
    second(out, f, y, money);
}

void form_equation(struct buf *out, enum form f, const struct rat arg[3], struct rat result,
                   bool money)
{
    if (f == FORM_AVERAGE) {
        buf_addc(out, '(');
        left_side(out, f, arg, "+", money);
        if (arg[2].d != 0) {
            buf_adds(out, " + ");
            rat_text(out, arg[2], money);
        }
        buf_adds(out, arg[2].d != 0 ? ") / 3" : ") / 2");
    } else {
        left_side(out, f, arg, forms[f].sign, money);
    }
    buf_adds(out, " = ");
    rat_text(out, result, money);
}

void form_words(struct buf *out, enum form f, const struct rat arg[3], struct rat result,
                bool money)
{
    if (f == FORM_AVERAGE) {
        buf_adds(out, "the average of ");
        rat_text(out, arg[0], money);
        buf_adds(out, arg[2].d != 0 ? ", " : " and ");
        rat_text(out, arg[1], money);
        if (arg[2].d != 0) {
            buf_adds(out, " and ");
            rat_text(out, arg[2], money);
        }
    } else {
        left_side(out, f, arg, forms[f].words, money);
    }
    buf_adds(out, f == FORM_REMAIN ? " leaves " : " is ");
    rat_text(out, result, money);
}

/* Does a column carry when two whole numbers are added? */
static bool carries(int64_t a, int64_t b)
{
    while (a > 0 && b > 0) {
        if (a % 10 + b % 10 >= 10) {
            return true;
        }
        a /= 10;
        b /= 10;
    }
    return false;
}

bool op_fits(enum op o, enum form f, const struct rat arg[3], struct rat result)
{
    if (o == OP_WITHIN) {
        double most = fmax(fmax(rat_value(arg[0]), rat_value(arg[1])), rat_value(result));
        return (f == FORM_ADD || f == FORM_SUB) && most <= 100;
    }
    if (o == OP_CARRY) {
        return f == FORM_ADD && arg[0].d == 1 && arg[1].d == 1 && arg[0].n >= 10 &&
               carries(arg[0].n, arg[1].n);
    }
    return f == op_table[o].form[0] || f == op_table[o].form[1];
}

bool kind_sensible(enum kind k, struct rat value, bool whole)
{
    if (value.n <= 0 || rat_value(value) > 99999) {
        return false;
    }
    return k == KIND_MONEY && !whole ? 100 % value.d == 0 : value.d == 1;
}

uint64_t draw_below(struct draw *d, uint64_t n)
{
    return rng_below(d->seed, d->id, d->at++, n);
}

int64_t draw_range(struct draw *d, int64_t low, int64_t high)
{
    return low + (int64_t)draw_below(d, (uint64_t)(high - low) + 1);
}

static struct rat price(struct draw *d, int64_t low, int64_t high, bool whole)
{
    static const int64_t cents[] = {0, 25, 50, 75, 20, 40, 60, 80, 0, 50, 90, 10};
    int64_t dollars = draw_range(d, low, high);
    int64_t part = whole ? 0 : cents[draw_below(d, sizeof cents / sizeof cents[0])];
    struct rat out = rat_int(dollars);
    (void)rat_make(dollars * 100 + part, 100, &out);
    return out;
}

static struct rat amount(struct draw *d, enum kind k, int64_t low, int64_t high, bool whole)
{
    return k == KIND_MONEY ? price(d, low, high, whole) : rat_int(draw_range(d, low, high));
}

static struct rat fraction(struct draw *d)
{
    static const int64_t under[] = {2, 3, 3, 4, 4, 5, 5, 6, 8, 10};
    int64_t den = under[draw_below(d, sizeof under / sizeof under[0])];
    struct rat out = {1, 2};
    (void)rat_make(draw_range(d, 1, den - 1), den, &out);
    return out;
}

/* Percents in use; only the part itself (not a discount or an increase) goes over 50. */
static const int64_t percents[] = {5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 70, 75, 80, 90};
static uint64_t percent_count(enum form f)
{
    return f == FORM_PERCENT ? sizeof percents / sizeof percents[0] : 10;
}

static int64_t some_percent(struct draw *d, enum form f)
{
    return percents[draw_below(d, percent_count(f))];
}

/* Does x * n / m have no fraction (of cents, for money)? */
static bool divides(struct rat x, enum kind k, bool whole, int64_t n, int64_t m)
{
    int64_t small = k == KIND_MONEY && !whole ? 100 : 1;
    return small % x.d == 0 && x.n * (small / x.d) * n % m == 0;
}

/* Of the candidates that divide x, one. false: there is none. */
static bool some_divisor(struct draw *d, struct rat x, enum kind k, bool whole, int64_t *out)
{
    int64_t good[12];
    uint64_t n = 0;
    for (int64_t m = 2; m <= 12; m++) {
        if (divides(x, k, whole, 1, m)) {
            good[n++] = m;
        }
    }
    if (n > 0) {
        *out = good[draw_below(d, n)];
    }
    return n > 0;
}

static bool fitting_percent(struct draw *d, struct rat x, enum kind k, bool whole, enum form f,
                            int64_t *out)
{
    int64_t good[sizeof percents / sizeof percents[0]];
    uint64_t n = 0;
    for (uint64_t i = 0; i < percent_count(f); i++) {
        if (divides(x, k, whole, percents[i], 100)) {
            good[n++] = percents[i];
        }
    }
    if (n > 0) {
        *out = good[draw_below(d, n)];
    }
    return n > 0;
}

/* A note, or a few, that pays for x. */
static struct rat notes(struct draw *d, struct rat x)
{
    static const int64_t note[] = {5, 10, 20, 50, 100, 200};
    int64_t unit = note[draw_below(d, 6)];
    int64_t times = x.n / x.d / unit + 1;
    return rat_int(unit * times);
}

/* The first step: all numbers are free. */
static bool draw_first(enum form f, enum op o, enum kind k, bool whole, struct draw *d,
                       struct rat arg[3])
{
    struct rat *x = &arg[0];
    struct rat *y = &arg[1];
    bool small = o == OP_WITHIN;
    switch (f) {
    case FORM_ADD:
    case FORM_SUB: {
        static const int64_t sizes[] = {90, 240, 899};
        int64_t most = sizes[draw_below(d, 3)];
        *x = amount(d, k, small ? 6 : 14, small ? (f == FORM_ADD ? 70 : 99) : most, whole);
        *y = amount(d, k, small ? 4 : 8, small ? 60 : most, whole);
        return true;
    }
    case FORM_MISSING:
    case FORM_DIFF:
        *x = amount(d, k, 8, 180, whole);
        *y = amount(d, k, 20, 320, whole);
        return true;
    case FORM_GROUPS: /* groups x of y; the y of money is a price */
        *x = rat_int(draw_range(d, 3, 16));
        *y = amount(d, k, 2, k == KIND_MONEY ? 19 : 36, whole);
        return true;
    case FORM_ROWS:
        *x = rat_int(draw_range(d, 3, 25));
        *y = rat_int(draw_range(d, 4, 30));
        return true;
    case FORM_TIMES:
    case FORM_GAIN:
        *x = amount(d, k, 4, 60, whole);
        *y = rat_int(draw_range(d, 3, 14));
        return true;
    case FORM_SHARE:
    case FORM_RATE:
        *y = rat_int(draw_range(d, 3, 15));
        *x = amount(d, k, 3, 60, whole);
        return multiply(*x, *y, x);
    case FORM_REMAIN:
        *x = rat_int(draw_range(d, 25, 390));
        *y = rat_int(draw_range(d, 4, 15));
        return true;
    case FORM_FRACTION:
        *y = fraction(d);
        *x = rat_int(y->d * draw_range(d, 3, 60));
        return true;
    case FORM_PERCENT:
    case FORM_DISCOUNT:
    case FORM_INCREASE:
        *y = rat_int(some_percent(d, f));
        *x = rat_int(draw_range(d, 2, 150) * (k == KIND_MONEY && !whole ? 2 : 4));
        return true;
    case FORM_CHANGE:
        *x = price(d, 2, 180, whole);
        *y = notes(d, *x);
        return true;
    case FORM_CONVERT: /* y is the factor of the unit */
        *x = rat_int(draw_range(d, 2, 60));
        return true;
    case FORM_ELAPSED:
        *x = rat_int(draw_range(d, 84, 204) * 5 + draw_range(d, 0, 4));
        *y = rat_int(x->n + draw_range(d, 18, 330));
        return true;
    case FORM_AVERAGE:
        *x = amount(d, k, 12, 150, whole);
        *y = amount(d, k, 12, 150, whole);
        arg[2] = amount(d, k, 12, 150, whole);
        return true;
    case FORM_SELL:
    case FORM_DISTRACT:
    case FORM_COUNT:
        break;
    }
    return false;
}

/* A later step: arg[0] is given. */
static bool draw_later(enum form f, enum op o, enum kind k, bool whole, struct draw *d,
                       struct rat arg[3])
{
    int64_t v = arg[0].n / arg[0].d;
    struct rat *y = &arg[1];
    switch (f) {
    case FORM_ADD:
        *y = amount(d, k, 3, o == OP_WITHIN ? 60 : (v < 60 ? 60 : v), whole);
        return true;
    case FORM_SUB:
        *y = amount(d, k, 2, v > 4 ? v - 1 : 4, whole);
        return true;
    case FORM_MISSING:
    case FORM_DIFF:
        *y = amount(d, k, v / 2 + 5, v * 2 + 20, whole);
        return true;
    case FORM_CHANGE:
        *y = notes(d, arg[0]);
        return true;
    case FORM_GROUPS:
    case FORM_ROWS:
    case FORM_TIMES:
    case FORM_GAIN:
        *y = rat_int(draw_range(d, 2, v > 400 ? 4 : 9));
        return true;
    case FORM_SELL:
        *y = price(d, 1, 9, whole);
        return true;
    case FORM_SHARE:
    case FORM_RATE:
        *y = rat_int(0);
        return some_divisor(d, arg[0], k, whole, &y->n);
    case FORM_REMAIN:
        *y = rat_int(draw_range(d, 3, 12));
        return v > y->n;
    case FORM_FRACTION: {
        int64_t under = 0;
        return some_divisor(d, arg[0], k, whole, &under) &&
               rat_make(draw_range(d, 1, under - 1), under, y);
    }
    case FORM_PERCENT:
    case FORM_DISCOUNT:
    case FORM_INCREASE:
        *y = rat_int(0);
        return fitting_percent(d, arg[0], k, whole, f, &y->n);
    case FORM_AVERAGE:
        *y = amount(d, k, v / 2 + 4, v * 2 + 12, whole);
        return true;
    case FORM_CONVERT:
    case FORM_ELAPSED:
    case FORM_DISTRACT:
    case FORM_COUNT:
        break;
    }
    return false;
}

bool form_draw(enum form f, enum op o, enum kind k, bool first, bool whole, struct draw *d,
               struct rat arg[3])
{
    arg[2] = (struct rat){0, 0};
    return first ? draw_first(f, o, k, whole, d, arg) : draw_later(f, o, k, whole, d, arg);
}
