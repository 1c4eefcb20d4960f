/*
 * overview - the first panel, in two files: what it knows and does (overview.c), how it looks
 * (overview_draw.c). Private to them.
 */
#ifndef TAXA_UI_PANELS_OVERVIEW_H
#define TAXA_UI_PANELS_OVERVIEW_H

#include "ui/ui.h"

enum step {
    STEP_DESCRIBE,
    STEP_SCHEMA,
    STEP_TEACHER,
    STEP_FACTORS,
    STEP_TREES,
    STEP_MIX,
    STEP_GENERATE,
    STEPS
};
enum advice { ADVICE_WATCH, ADVICE_RESUME, ADVICE_GENERATE, ADVICE_QUEUE, ADVICE_EXPORT };
#define ADVICE_MAX 256

struct overview {
    size_t step; /* under the mark */
    bool moved;  /* the person moved the mark */
};

bool overview_has_run(const struct ui *ui);
bool overview_step_done(const struct ui *ui, enum step s);
enum step overview_next_step(const struct ui *ui);
enum advice overview_advice(const struct ui *ui, char text[ADVICE_MAX]);
void overview_draw(struct overview *o, struct ui *ui, struct cells *c, struct rect body);

#endif
