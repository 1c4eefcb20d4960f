/*
 * What keys do to a run. Everything is a command, and what runs goes on without this screen: two of
 * them on one session show the same, because both show what the server tells.
 */
#include "ui/panels/run.h"

#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *open_panel(struct ui *ui)
{
    struct run_panel *p = xcalloc(1, sizeof *p);
    run_read_strategies(p, &ui->model);
    run_rows(p, &ui->model);
    return p;
}

static void close_panel(void *state)
{
    struct run_panel *p = state;
    run_free_strategies(p);
    free(p);
}

static void on_data(void *state, struct ui *ui, unsigned changed)
{
    struct run_panel *p = state;
    if ((changed & (CHANGED_SETTINGS | CHANGED_POINTS)) != 0) {
        run_read_strategies(p, &ui->model);
    }
    run_rows(p, &ui->model);
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    (void)state;
    (void)ui;
    out[0] = CTX_RUN;
    out[1] = CTX_MOVE;
    return 2;
}

static int64_t failed_points(const struct model *m)
{
    return m->live.known ? m->live.failed : m->counts[POINT_FAILED];
}

static bool can_open(const struct run_panel *p, const struct ui *ui, char why[WHY_MAX])
{
    if (model_target(&ui->model) == 0) {
        return ui_can_run(ui, ACT_GENERATE, why);
    }
    if (p->part != PART_ERRORS) {
        snprintf(why, WHY_MAX, "Tab goes to the errors, where Enter opens the call");
        return false;
    }
    if (run_call_at(p, &ui->model) == 0) {
        snprintf(why, WHY_MAX, "there is no error to open");
        return false;
    }
    return true;
}

static bool can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct run_panel *p = state;
    const struct model *m = &ui->model;
    switch ((int)a) {
    case ACT_OPEN:
        return can_open(p, ui, why);
    case ACT_RETRY:
        if (failed_points(m) == 0) {
            snprintf(why, WHY_MAX, "no point has failed");
            return false;
        }
        return true;
    case ACT_AUTO:
        if (strcmp(m->concurrency, "auto") == 0) {
            snprintf(why, WHY_MAX, "the number in flight is found automatically already");
            return false;
        }
        return true;
    case ACT_NEXT_PART:
    case ACT_PREV_PART:
    case ACT_SPAN:
    case ACT_SUMMARY:
        if (model_target(m) == 0) {
            snprintf(why, WHY_MAX, "nothing was generated yet");
            return false;
        }
        return true;
    case ACT_LEFT:
    case ACT_RIGHT:
        if (p->part != PART_BRANCHES || run_taxonomies(m) < 2) {
            snprintf(why, WHY_MAX, "there is nothing at the side");
            return false;
        }
        return true;
    default:
        return ui_can_run(ui, a, why);
    }
}

static void setting_given(struct ui *ui, const char *name, bool accepted, const char *text)
{
    if (accepted && text[0] != '\0') {
        ui_do(ui, "set", name, text);
    }
}

static void budget_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    (void)ctx;
    setting_given(ui, "budget", accepted, text);
}

static void complexity_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    (void)ctx;
    setting_given(ui, "complexity", accepted, text);
}

static void change_concurrency(struct ui *ui, int direction)
{
    const struct model *m = &ui->model;
    char *end = NULL;
    long now = strtol(m->concurrency, &end, 10);
    if (end == m->concurrency || now <= 0) {
        now = m->live.in_flight_limit > 0 ? (long)m->live.in_flight_limit : 8;
    }
    /* a step that is felt: about a quarter, at least one */
    long step = now / 4 > 1 ? now / 4 : 1;
    long to = direction > 0 ? now + step : now - step;
    char text[32];
    snprintf(text, sizeof text, "%ld", to < 1 ? 1 : to);
    ui_do(ui, "set", "concurrency", text);
}

static void show_part(struct run_panel *p, struct ui *ui, int by)
{
    p->part = (enum run_part)(((int)p->part + by + RUN_PARTS) % RUN_PARTS);
    p->error_call = 0;
    list_go(&p->list, 0);
    run_rows(p, &ui->model);
}

/* The newest error stays the newest; any other is followed while newer ones come. */
static void follow(struct run_panel *p, const struct ui *ui)
{
    p->error_call = p->part == PART_ERRORS && p->list.cursor > 0 ? run_call_at(p, &ui->model) : 0;
}

static void move(struct run_panel *p, const struct ui *ui, enum action a)
{
    list_act(&p->list, a);
    follow(p, ui);
}

static void open_row(struct run_panel *p, struct ui *ui)
{
    char line[48];
    if (model_target(&ui->model) == 0) {
        ui_ask_generate(ui);
        return;
    }
    snprintf(line, sizeof line, "call %lld", (long long)run_call_at(p, &ui->model));
    ui_command_line(ui, line);
}

/* Keys that change how the screen looks. False: not one of them. */
static bool look(struct run_panel *p, struct ui *ui, enum action a)
{
    size_t trees = run_taxonomies(&ui->model);
    switch ((int)a) {
    case ACT_NEXT_PART:
    case ACT_PREV_PART:
        show_part(p, ui, a == ACT_NEXT_PART ? 1 : -1);
        return true;
    case ACT_SPAN:
        p->span = (p->span + 1) % LIVE_SPANS;
        return true;
    case ACT_LEFT:
    case ACT_RIGHT:
        p->taxonomy = (p->taxonomy + (a == ACT_RIGHT ? 1 : trees - 1)) % trees;
        list_go(&p->list, 0);
        run_rows(p, &ui->model);
        return true;
    case ACT_UP:
    case ACT_DOWN:
    case ACT_PAGE_UP:
    case ACT_PAGE_DOWN:
    case ACT_FIRST:
    case ACT_LAST:
        move(p, ui, a);
        return true;
    default:
        return false;
    }
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct run_panel *p = state;
    (void)code;
    char text[32];
    if (look(p, ui, a)) {
        return;
    }
    switch ((int)a) {
    case ACT_GENERATE:
        ui_ask_generate(ui);
        break;
    case ACT_OPEN:
        open_row(p, ui);
        break;
    case ACT_PAUSE:
        ui_pause_or_resume(ui);
        break;
    case ACT_STOP:
        ui_do(ui, "stop");
        break;
    case ACT_FASTER:
    case ACT_SLOWER:
        change_concurrency(ui, a == ACT_FASTER ? 1 : -1);
        break;
    case ACT_AUTO:
        ui_do(ui, "set", "concurrency", "auto");
        break;
    case ACT_BUDGET:
        snprintf(text, sizeof text, "%.15g", ui->model.budget);
        ui_ask_number(ui, "budget in dollars, 0 for no limit: ", text, budget_given, NULL);
        break;
    case ACT_COMPLEXITY:
        snprintf(text, sizeof text, "%.15g", ui->model.complexity);
        ui_ask_number(ui, "share of points made more complex, 0 to 1: ", text, complexity_given,
                      NULL);
        break;
    case ACT_RETRY:
        ui_do(ui, "retry", "state:failed");
        break;
    case ACT_SUMMARY:
        ui_command_line(ui, "summary");
        break;
    default:
        break;
    }
}

static void click(void *state, struct ui *ui, int x, int y)
{
    struct run_panel *p = state;
    size_t row = 0;
    if (!list_hit(&p->list, p->seen, x, y, &row)) {
        return;
    }
    if (row == p->list.cursor && run_call_at(p, &ui->model) != 0) {
        open_row(p, ui);
        return;
    }
    list_go(&p->list, row);
    follow(p, ui);
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    run_draw(state, ui, c, body);
}

const struct panel_ops panel_run = {
    .key = '4',
    .name = "Run",
    .brief = "Run",
    .open = open_panel,
    .close = close_panel,
    .on_data = on_data,
    .contexts = contexts,
    .can = can,
    .act = act,
    .click = click,
    .draw = draw,
};
