/*
 * Everything here comes from the server's status; without one (nothing runs) the figures are those
 * of the session file. The busy bars show where requests are: the longest one is what the run
 * waits for.
 */
#include "ui/chart.h"
#include "ui/layout.h"
#include "ui/reasons.h"
#include "ui/ui.h"

#include "base/mem.h"
#include "base/text.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- keys */

static void *open_panel(struct ui *ui)
{
    (void)ui;
    return xcalloc(1, 1); /* it keeps nothing between frames */
}

static void close_panel(void *state)
{
    free(state);
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    (void)state;
    (void)ui;
    out[0] = CTX_RUN;
    return 1;
}

static int64_t failed_points(const struct model *m)
{
    return m->live.known ? m->live.failed : m->counts[POINT_FAILED];
}

static bool can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    (void)state;
    if (a == ACT_RETRY && failed_points(&ui->model) == 0) {
        snprintf(why, WHY_MAX, "no point has failed");
        return false;
    }
    if (a == ACT_AUTO && strcmp(ui->model.concurrency, "auto") == 0) {
        snprintf(why, WHY_MAX, "the number in flight is found automatically already");
        return false;
    }
    return ui_can_run(ui, a, why);
}

static void budget_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    (void)ctx;
    if (accepted && text[0] != '\0') {
        ui_do(ui, "set", "budget", text);
    }
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

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    (void)state;
    (void)code;
    char text[32];
    switch ((int)a) {
    case ACT_GENERATE:
        ui_ask_generate(ui);
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
    case ACT_RETRY:
        ui_do(ui, "retry", "state:failed");
        break;
    default:
        break;
    }
}

/* ---- drawing */

static void draw_progress(const struct model *m, struct cells *c, struct rect r)
{
    const struct live_status *v = &m->live;
    int64_t target = model_target(m), accepted = model_accepted(m);
    double share = target > 0 ? (double)accepted / (double)target : 0;
    double percent = floor(share * 100); /* 100 % only when all are there */
    char a[32], b[32], tail[64];
    percent = percent > 100 ? 100 : percent; /* a lowered target is reached, not exceeded */
    text_count(a, accepted);
    text_count(b, target);
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    pen_put(&p, ROLE_DIM, "accepted  ");
    pen_format(&p, ROLE_STRONG, "%s of %s", a, b);
    pen_skip(&p, 2);
    const char *run = model_run(m);
    if (strcmp(run, "running") == 0 && v->known && v->eta >= 0) {
        text_seconds(a, v->eta);
        snprintf(tail, sizeof tail, "%3.0f %%  %.24s left", percent, a);
    } else if (target > 0 && accepted >= target) {
        snprintf(tail, sizeof tail, "%3.0f %%  ✓ done", percent);
    } else {
        snprintf(tail, sizeof tail, "%3.0f %%  %.16s", percent, run);
    }
    int bar = pen_left(&p) - 20;
    const struct chart_part part = {share > 1 ? 1 : share, ROLE_ACCEPTED};
    chart_parts(&p, bar < 8 ? 8 : bar, &part, 1);
    pen_right(&p, ROLE_STRONG, pen_left(&p), tail);
}

enum {
    SPARK_MAX = 60,
    HISTORY_ROWS = 12 /* of the chart on tall screens, title and axis included */
};

static void draw_rate(const struct model *m, struct cells *c, struct rect r)
{
    const struct live_status *v = &m->live;
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    bool running = model_is_running(m);
    /* the mean of the last seconds says nothing any more when nothing runs */
    if (running) {
        pen_format(&p, ROLE_TEXT, "points/s %5.1f  ", v->points_per_s);
    } else {
        pen_put(&p, ROLE_DIM, "points/s     –  ");
    }
    int width = pen_left(&p) - 50;
    width = width > SPARK_MAX ? SPARK_MAX : width;
    if (width >= 8) {
        /* from the first point on: seconds before the run say nothing */
        size_t from = 0;
        while (from < v->rate_count && !(v->rates[from] > 0)) {
            from++;
        }
        chart_spark(&p, ROLE_SPARK, width, v->rates + from, v->rate_count - from);
        pen_skip(&p, 2);
    }
    if (running) {
        pen_format(&p, ROLE_TEXT, "calls/s %5.1f", v->calls_per_s);
    } else {
        pen_put(&p, ROLE_DIM, "calls/s     –");
    }
    pen_format(&p, ROLE_TEXT, "   in flight %lld", (long long)v->in_flight);
    if (v->in_flight_limit > 0) {
        pen_format(&p, ROLE_TEXT, "/%lld", (long long)v->in_flight_limit);
    }
    pen_put(&p, ROLE_DIM, v->limit_auto ? " auto" : " fixed");
    if (v->waiting > 0) {
        pen_format(&p, ROLE_DIM, ", %lld wait", (long long)v->waiting);
    }
}

static void draw_money(const struct model *m, struct cells *c, struct rect r)
{
    const struct live_status *v = &m->live;
    char a[32], b[32];
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    text_money(a, v->known ? v->cost : m->calls.cost);
    pen_put(&p, ROLE_TEXT, a);
    if (m->budget > 0) {
        text_money(b, m->budget);
        pen_format(&p, ROLE_TEXT, " of %s", b);
    } else {
        pen_put(&p, ROLE_DIM, " no budget");
    }
    text_short(a, v->known ? v->tokens_in : (double)m->calls.tokens_in);
    text_short(b, v->known ? v->tokens_out : (double)m->calls.tokens_out);
    pen_format(&p, ROLE_TEXT, "   %s tokens in · %s out", a, b);
    if (v->p50 > 0) {
        text_seconds(a, v->p50);
        text_seconds(b, v->p95);
        pen_format(&p, ROLE_TEXT, "   latency p50 %s  p95 %s", a, b);
    }
}

enum { W_STAGE = 15, W_FIGURE = 8 };

static void draw_figure(struct pen *p, int width, int64_t n, enum ui_role role)
{
    char text[32];
    text_count(text, n);
    pen_right(p, n == 0 ? ROLE_DIM : role, width, text);
}

static size_t bottleneck(const struct live_status *v)
{
    size_t most = LIVE_STAGES;
    int64_t queue = 0;
    for (size_t i = 0; i < v->stage_count; i++) {
        if (v->stages[i].waiting + v->stages[i].asked > queue) {
            queue = v->stages[i].waiting + v->stages[i].asked;
            most = i;
        }
    }
    return most;
}

/* How one stage is drawn: whether questions wait in it, the longest queue, the slowest stage. */
struct stage_form {
    bool waiting;
    int64_t most;
    size_t slow;
};

static struct stage_form stage_form_of(const struct model *m)
{
    const struct live_status *v = &m->live;
    struct stage_form f = {false, 1, model_is_running(m) ? bottleneck(v) : LIVE_STAGES};
    for (size_t i = 0; i < v->stage_count; i++) {
        int64_t n = v->stages[i].waiting + v->stages[i].asked;
        f.waiting = f.waiting || v->stages[i].waiting > 0;
        f.most = n > f.most ? n : f.most;
    }
    return f;
}

static void draw_stage(const struct live_stage *g, const struct stage_form *f, bool slow,
                       struct pen *p)
{
    pen_field(p, slow ? ROLE_STRONG : ROLE_TEXT, W_STAGE, g->name);
    if (f->waiting) {
        draw_figure(p, W_FIGURE, g->waiting, ROLE_NUMBER);
    }
    draw_figure(p, W_FIGURE, g->asked, ROLE_WORKING);
    draw_figure(p, W_FIGURE, g->done, ROLE_NUMBER);
    draw_figure(p, W_FIGURE, g->again, ROLE_DISPUTED);
    draw_figure(p, W_FIGURE, g->lost, ROLE_FAILED);
    pen_skip(p, 2);
    int width = pen_left(p) > 40 ? 40 : pen_left(p);
    int note = width >= 20 ? 8 : 0;
    if (width > 0) {
        chart_bar(p, ROLE_BAR, width - note, (double)(g->waiting + g->asked) / (double)f->most);
    }
    if (slow && note > 0) {
        pen_right(p, ROLE_DIM, note, "slowest");
    }
}

/* Returns the rows used. */
static int draw_stages(const struct model *m, struct cells *c, struct rect r)
{
    static const char *const heads[] = {"waiting", "asked", "done", "again", "lost"};
    const struct live_status *v = &m->live;
    struct stage_form f = stage_form_of(m);
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    pen_field(&p, ROLE_DIM, W_STAGE, "stage");
    for (size_t i = f.waiting ? 0 : 1; i < 5; i++) {
        pen_right(&p, ROLE_DIM, W_FIGURE, heads[i]);
    }
    pen_put(&p, ROLE_DIM, "  busy");
    int row = 1;
    for (size_t i = 0; i < v->stage_count && row < r.h; i++, row++) {
        p = pen_at(c, r.x + 1, r.y + row, r.w - 2);
        draw_stage(&v->stages[i], &f, i == f.slow, &p);
    }
    return row;
}

static void draw_outcomes(const struct model *m, struct cells *c, struct rect r)
{
    const struct live_status *v = &m->live;
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    struct {
        const char *name, *sign;
        int64_t n;
        enum ui_role role;
    } parts[] = {
        {"accepted", "✓", model_accepted(m), ROLE_ACCEPTED},
        {"rejected", "✗", v->known ? v->rejected : m->counts[POINT_REJECTED], ROLE_REJECTED},
        {"disputed", "?", v->known ? v->disputed : m->counts[POINT_DISPUTED], ROLE_DISPUTED},
        {"invalid", "!", v->known ? v->invalid : m->counts[POINT_INVALID], ROLE_INVALID},
        {"failed", "■", failed_points(m), ROLE_FAILED},
    };
    enum { PARTS = sizeof parts / sizeof parts[0] };
    char n[PARTS][32];
    int full = 0, brief = 0; /* columns with all words, without those of what is 0 */
    for (size_t i = 0; i < PARTS; i++) {
        text_count(n[i], parts[i].n);
        int figure = 2 + (int)strlen(n[i]);
        full += figure + (int)strlen(parts[i].name) + 1;
        brief += figure + (parts[i].n > 0 ? (int)strlen(parts[i].name) + 1 : 0);
    }
    bool words = full + (PARTS - 1) * 2 <= pen_left(&p);
    bool some = brief + (PARTS - 1) * 2 <= pen_left(&p);
    int gap = words && full + (PARTS - 1) * 3 <= pen_left(&p) ? 3 : 2;
    for (size_t i = 0; i < PARTS; i++) {
        pen_format(&p, parts[i].role, "%s ", parts[i].sign);
        if (words || (some && parts[i].n > 0) || i == 0) {
            pen_format(&p, ROLE_TEXT, "%s ", parts[i].name);
        }
        pen_put(&p, ROLE_STRONG, n[i]);
        pen_skip(&p, gap);
    }
}

static void draw_events(const struct live_status *v, struct cells *c, struct rect r)
{
    for (int i = 0; i < r.h && (size_t)i < v->event_count; i++) {
        const struct live_event *e = &v->events[v->event_count - 1 - (size_t)i];
        struct pen p = pen_at(c, r.x + 1, r.y + i, r.w - 2);
        pen_field(&p, ROLE_DIM, 6, i == 0 ? "last" : "");
        pen_format(&p, ROLE_DIM, "%s  ", e->at);
        pen_field(&p, ROLE_TEXT, pen_left(&p), e->text);
    }
}

/* Where there is room: points finished in each of the last seconds, as columns. */
static void draw_history(const struct live_status *v, struct cells *c, struct rect r)
{
    struct pen title = pen_at(c, r.x + 1, r.y, r.w - 2);
    double most = chart_columns(c, (struct rect){r.x + 12, r.y + 1, r.w - 14, r.h - 2}, ROLE_SPARK,
                                v->rates, v->rate_count);
    if (!(most > 0)) {
        return;
    }
    pen_put(&title, ROLE_DIM, "points finished in each second");
    struct pen top = pen_at(c, r.x + 1, r.y + 1, 10);
    pen_format(&top, ROLE_DIM, "%6.0f /s", most);
    struct pen bottom = pen_at(c, r.x + 1, r.y + r.h - 2, 10);
    pen_format(&bottom, ROLE_DIM, "%6d", 0);
    struct pen axis = pen_at(c, r.x + 1, r.y + r.h - 1, r.w - 2);
    pen_skip(&axis, pen_left(&axis) - 3);
    pen_put(&axis, ROLE_DIM, "now");
}

/* A run that stands still and is not done: what lets it go on. Returns the rows used. */
static int draw_next(const struct ui *ui, struct cells *c, struct rect r)
{
    const struct model *m = &ui->model;
    int64_t missing = model_target(m) - model_accepted(m);
    if (model_is_running(m) || missing <= 0) {
        return 0;
    }
    char n[32], why[WHY_MAX];
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    text_count(n, missing);
    pen_put(&p, ROLE_DIM, "→ next  ");
    if (strcmp(model_run(m), "paused") == 0) {
        pen_put(&p, ROLE_KEY, "p");
        pen_format(&p, ROLE_STRONG, "  lets it go on; %s points are missing", n);
    } else if (ui_can_run(ui, ACT_GENERATE, why)) {
        pen_put(&p, ROLE_KEY, "G");
        pen_format(&p, ROLE_STRONG, "  makes the %s points that are missing", n);
    } else {
        pen_field(&p, ROLE_STRONG, pen_left(&p), why);
    }
    return 1;
}

/*
 * Events, reasons and the chart share what is left. On small screens reasons are shown when nothing
 * runs, so that a slow line does not carry them all the time.
 */
static void draw_rest(const struct model *m, struct cells *c, struct rect r)
{
    int chart = r.h >= HISTORY_ROWS + 8 && r.w >= 100 ? HISTORY_ROWS : 0;
    int rows = r.h - chart;
    int events = m->live.event_count < (size_t)rows ? (int)m->live.event_count : rows;
    if (m->last_count > 0 && (chart > 0 || !model_is_running(m)) && rows >= 6) {
        events = events < rows / 2 ? events : rows / 2;
        int at = events > 0 ? events + 1 : 0;
        int most = rows - at - (chart > 0 ? 1 : 0);
        reasons_draw(m, c, (struct rect){r.x + 1, r.y + at, r.w - 2, most});
    }
    draw_events(&m->live, c, (struct rect){r.x, r.y, r.w, events});
    if (chart > 0) {
        draw_history(&m->live, c, (struct rect){r.x, r.y + rows, r.w, chart});
    }
}

static void draw_empty(const struct ui *ui, struct cells *c, struct rect r)
{
    char why[WHY_MAX], n[32];
    struct pen p = pen_at(c, r.x + 2, r.y + 1, r.w - 4);
    pen_put(&p, ROLE_STRONG, "Nothing was generated yet.");
    p = pen_at(c, r.x + 2, r.y + 3, r.w - 4);
    if (!ui_can_run(ui, ACT_GENERATE, why)) {
        pen_format(&p, ROLE_TEXT, "First: %s.", why);
        return;
    }
    text_count(n, ui->model.points);
    pen_put(&p, ROLE_KEY, "G");
    pen_format(&p, ROLE_TEXT, "         asks how many (%s is suggested) and starts", n);
    p = pen_at(c, r.x + 2, r.y + 4, r.w - 4);
    pen_put(&p, ROLE_KEY, ":preview");
    pen_put(&p, ROLE_TEXT, "  quotas, calls, cost and time before it is spent");
    p = pen_at(c, r.x + 2, r.y + 5, r.w - 4);
    pen_put(&p, ROLE_KEY, "b");
    pen_put(&p, ROLE_TEXT, "         the most that may be spent");
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    (void)state;
    const struct model *m = &ui->model;
    if (model_target(m) == 0) {
        draw_empty(ui, c, body);
        return;
    }
    int y = body.y;
    bool roomy = body.h >= 18;
    y += roomy ? 1 : 0;
    draw_progress(m, c, (struct rect){body.x, y++, body.w, 1});
    if (m->live.known) {
        draw_rate(m, c, (struct rect){body.x, y++, body.w, 1});
    }
    draw_money(m, c, (struct rect){body.x, y++, body.w, 1});
    y += roomy ? 1 : 0;
    const char *reason = m->live.known ? m->live.reason : m->run_reason;
    if (reason[0] != '\0') {
        struct pen p = pen_at(c, body.x + 1, y++, body.w - 2);
        pen_format(&p, ROLE_WARNING, "! %s: ", model_run(m));
        pen_field(&p, ROLE_TEXT, pen_left(&p), reason);
        y += roomy ? 1 : 0;
    }
    if (m->live.stage_count > 0) {
        y += draw_stages(m, c, (struct rect){body.x, y, body.w, body.y + body.h - y - 2});
        y += roomy ? 1 : 0;
    }
    draw_outcomes(m, c, (struct rect){body.x, y++, body.w, 1});
    y += roomy ? 1 : 0;
    y += draw_next(ui, c, (struct rect){body.x, y, body.w, 1}) > 0 ? 1 + (roomy ? 1 : 0) : 0;
    draw_rest(m, c, (struct rect){body.x, y, body.w, body.y + body.h - y});
}

const struct panel_ops panel_run = {
    .key = '4',
    .name = "Run",
    .brief = "Run",
    .open = open_panel,
    .close = close_panel,
    .contexts = contexts,
    .can = can,
    .act = act,
    .draw = draw,
};
