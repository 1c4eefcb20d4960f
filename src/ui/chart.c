/*
 * Bars grow in eighths of a cell, so that 1 % of a bar of 12 columns can be seen. On terminals
 * without block elements the cells layer turns full blocks into '#' and the broken one into '=' or
 * '-', which keeps the order of sizes.
 */
#include "ui/chart.h"

#include <math.h>

static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
static const char *const heights[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
/* the half cell is the sign of the cursor elsewhere and would become '>' */
static const char *const plain_eighths[] = {"", "-", "-", "-", "=", "=", "=", "#", "#"};
/* heights that differ in ASCII too */
static const char *const plain_heights[] = {" ", "_", ".", ".", "-", "-", "=", "=", "#"};

static long eighths_of(double share, int width)
{
    if (!(share > 0)) {
        return 0;
    }
    double n = floor((share > 1 ? 1 : share) * width * 8 + 0.5);
    return n < 1 ? 1 : (long)n;
}

void chart_bar(struct pen *p, enum ui_role role, int width, double share)
{
    int end = p->x + width;
    long n = eighths_of(share, width);
    const char *const *sign = p->cells->plain_signs ? plain_eighths : eighths;
    for (; n >= 8; n -= 8) {
        pen_put(p, role, sign[8]);
    }
    if (n > 0) {
        pen_put(p, role, sign[n]);
    }
    pen_to(p, end);
}

void chart_parts(struct pen *p, int width, const struct chart_part *parts, size_t n)
{
    int start = p->x;
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += parts[i].share;
        int to = start + (int)floor(sum * width + 0.5);
        /* what is there is seen, be it ever so little */
        if (parts[i].share > 0 && to == p->x && to < start + width) {
            to++;
        }
        while (p->x < to && p->x < start + width) {
            pen_put(p, parts[i].role, "█");
        }
    }
    for (int x = p->x; x < start + width; x++) {
        pen_put(p, ROLE_BAR_BACK, "░");
    }
    pen_to(p, start + width);
}

void chart_spark(struct pen *p, enum ui_role role, int width, const double *values, size_t n)
{
    int end = p->x + width;
    size_t from = n > (size_t)width ? n - (size_t)width : 0;
    double most = 0;
    for (size_t i = from; i < n; i++) {
        most = values[i] > most ? values[i] : most;
    }
    const char *const *sign = p->cells->plain_signs ? plain_heights : heights;
    for (size_t i = from; i < n; i++) {
        int level = most > 0 ? (int)ceil(values[i] / most * 8 - 1e-9) : 0;
        pen_put(p, role, sign[level < 0 ? 0 : level > 8 ? 8 : level]);
    }
    pen_to(p, end);
}

double chart_columns(struct cells *c, struct rect r, enum ui_role role, const double *values,
                     size_t n)
{
    size_t fits = (size_t)(r.w / 2);
    size_t from = n > fits ? n - fits : 0;
    double most = 0;
    for (size_t i = from; i < n; i++) {
        most = values[i] > most ? values[i] : most;
    }
    const char *const *sign = c->plain_signs ? plain_heights : heights;
    for (size_t i = from; i < n && most > 0; i++) {
        int level = (int)ceil(values[i] / most * 8 * r.h - 1e-9);
        int x = r.x + r.w - 2 * (int)(n - i);
        for (int row = 0; row < r.h && level > 0; row++, level -= 8) {
            const char *mark = sign[level > 8 ? 8 : level];
            struct pen p = pen_at(c, x, r.y + r.h - 1 - row, 2);
            pen_put(&p, role, mark);
            pen_put(&p, role, mark);
        }
    }
    return most;
}
