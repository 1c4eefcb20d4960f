/*
 * overview - the first panel, in three files: the steps of a new session (overview_steps.c), the
 * rest of what it knows and does (overview.c), how it looks (overview_draw.c). Private to them.
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
    bool mixed;  /* the mix was looked at: what it is by default is meant */
    char *draft; /* a schema from the editor that was refused; NULL none */
};

bool overview_has_run(const struct ui *ui);
bool overview_step_done(const struct overview *o, const struct ui *ui, enum step s);
enum step overview_next_step(const struct overview *o, const struct ui *ui);
/* Can it be done yet? False: `why` says what stands in the way. */
bool overview_can_step(const struct ui *ui, enum step s, char why[WHY_MAX]);
void overview_do_step(struct overview *o, struct ui *ui, enum step s);
/* The text of the marked step in the person's editor. */
void overview_edit(struct overview *o, struct ui *ui);
/* Taxonomies that have nothing below them yet. */
uint32_t overview_bare(const struct ui *ui);
enum advice overview_advice(const struct ui *ui, char text[ADVICE_MAX]);
void overview_draw(struct overview *o, struct ui *ui, struct cells *c, struct rect body);

#endif
