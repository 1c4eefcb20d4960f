/*
 * Two faces: what is still to be prepared, as steps with the next one marked, until something was
 * generated (overview_steps.c); then where the points are, what they cost, and what to do next.
 * Enter always does the marked or proposed thing.
 */
#include "ui/panels/overview.h"

#include "base/mem.h"
#include "base/text.h"
#include "ui/theme_menu.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool overview_has_run(const struct ui *ui)
{
    if (model_target(&ui->model) > 0) {
        return true;
    }
    for (int i = 0; i < POINT_STATES; i++) {
        if (ui->model.counts[i] > 0) {
            return true;
        }
    }
    return false;
}

/* ---- what to do next, once there was a run */

enum advice overview_advice(const struct ui *ui, char text[ADVICE_MAX])
{
    const struct model *m = &ui->model;
    const char *run = model_run(m);
    int64_t missing = model_target(m) - model_accepted(m);
    int64_t disputed = m->live.known ? m->live.disputed : m->counts[POINT_DISPUTED];
    char n[32];
    if (strcmp(run, "running") == 0) {
        snprintf(text, ADVICE_MAX, "watch the run (4); q detaches, it goes on");
        return ADVICE_WATCH;
    }
    if (strcmp(run, "paused") == 0) {
        const char *reason = m->live.known ? m->live.reason : m->run_reason;
        snprintf(text, ADVICE_MAX, "let the paused run go on%s%.120s%s",
                 reason[0] != '\0' ? " (" : "", reason, reason[0] != '\0' ? ")" : "");
        return ADVICE_RESUME;
    }
    if (missing > 0) {
        text_count(n, missing);
        snprintf(text, ADVICE_MAX, "generate the %s points that are missing", n);
        return ADVICE_GENERATE;
    }
    if (disputed > 0) {
        text_count(n, disputed);
        snprintf(text, ADVICE_MAX, "review %s disputed points (:queue)", n);
        return ADVICE_QUEUE;
    }
    snprintf(text, ADVICE_MAX, "export the data (:export FILE.jsonl)");
    return ADVICE_EXPORT;
}

static void follow_advice(struct ui *ui)
{
    char text[ADVICE_MAX], why[WHY_MAX];
    switch (overview_advice(ui, text)) {
    case ADVICE_WATCH:
        ui_go(ui, panel_by_key('4'));
        break;
    case ADVICE_RESUME:
        ui_pause_or_resume(ui);
        break;
    case ADVICE_GENERATE:
        if (ui_can_run(ui, ACT_GENERATE, why)) {
            ui_ask_generate(ui);
        } else {
            ui_say(ui, SAY_WARN, "generate: %s", why);
        }
        break;
    case ADVICE_QUEUE:
        ui_command_line(ui, "queue");
        break;
    case ADVICE_EXPORT:
        ui_ask_command(ui, "export ");
        break;
    }
}

static void complexity_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    (void)ctx;
    if (accepted && text[0] != '\0') {
        ui_do(ui, "set", "complexity", text);
    }
}

static void ask_complexity(struct ui *ui)
{
    char now[32];
    snprintf(now, sizeof now, "%.15g", ui->model.complexity);
    ui_ask_number(ui, "share of points made more complex, 0 to 1: ", now, complexity_given, NULL);
}

/* ---- the panel */

static void *open_panel(struct ui *ui)
{
    struct overview *o = xcalloc(1, sizeof *o);
    o->step = (size_t)overview_next_step(o, ui);
    return o;
}

static void close_panel(void *state)
{
    struct overview *o = state;
    free(o->draft);
    free(o);
}

static void on_data(void *state, struct ui *ui, unsigned changed)
{
    struct overview *o = state;
    /* the mark follows what was done, until the person moves it */
    if ((changed & (CHANGED_TREE | CHANGED_SETTINGS)) != 0 && !o->moved) {
        o->step = (size_t)overview_next_step(o, ui);
    }
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    (void)state;
    (void)ui;
    out[0] = CTX_OVERVIEW;
    out[1] = CTX_MOVE;
    return 2;
}

static bool can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct overview *o = state;
    if (a == ACT_PROPOSE) {
        return overview_can_step(ui, STEP_FACTORS, why);
    }
    if (a == ACT_OPEN && !overview_has_run(ui)) {
        return overview_can_step(ui, (enum step)o->step, why);
    }
    return ui_can_run(ui, a, why);
}

static void move_mark(struct overview *o, long by)
{
    long to = (long)o->step + by;
    o->step = (size_t)(to < 0 ? 0 : to >= STEPS ? STEPS - 1 : to);
    o->moved = true;
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct overview *o = state;
    (void)code;
    switch ((int)a) {
    case ACT_UP:
        move_mark(o, -1);
        break;
    case ACT_DOWN:
        move_mark(o, 1);
        break;
    case ACT_FIRST:
        move_mark(o, -STEPS);
        break;
    case ACT_LAST:
        move_mark(o, STEPS);
        break;
    case ACT_OPEN:
        o->moved = false;
        if (overview_has_run(ui)) {
            follow_advice(ui);
        } else {
            overview_do_step(o, ui, (enum step)o->step);
        }
        break;
    case ACT_DESCRIBE_DATA:
        overview_do_step(o, ui, STEP_DESCRIBE);
        break;
    case ACT_SCHEMA:
        overview_do_step(o, ui, STEP_SCHEMA);
        break;
    case ACT_TEACHER:
        overview_do_step(o, ui, STEP_TEACHER);
        break;
    case ACT_PROPOSE:
        overview_do_step(o, ui, STEP_FACTORS);
        break;
    case ACT_COMPLEXITY:
        ask_complexity(ui);
        break;
    case ACT_EDIT:
        overview_edit(o, ui);
        break;
    case ACT_THEME:
        theme_menu(ui);
        break;
    case ACT_GENERATE:
        ui_ask_generate(ui);
        break;
    case ACT_PAUSE:
        ui_pause_or_resume(ui);
        break;
    default:
        break;
    }
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    overview_draw(state, ui, c, body);
}

const struct panel_ops panel_overview = {
    .key = '1',
    .name = "Overview",
    .brief = "Over",
    .open = open_panel,
    .close = close_panel,
    .on_data = on_data,
    .contexts = contexts,
    .can = can,
    .act = act,
    .draw = draw,
};
