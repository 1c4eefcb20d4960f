/*
 * Everything here comes from the server's status; without one (nothing runs) the figures are those
 * of the session file. The busy bars show where questions are: the longest one is what the run
 * waits for, and the server says why.
 */
#include "ui/panels/run.h"

#include "base/text.h"
#include "ui/chart.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

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

enum { SPARK_MAX = 60 };

static void draw_rate(const struct run_panel *panel, const struct model *m, struct cells *c,
                      struct rect r)
{
    static const char *const spans[] = {"1 min ", "1 h ", "1 d "};
    const struct live_status *v = &m->live;
    const struct live_span *s = &v->span[panel->span];
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    bool running = model_is_running(m);
    /* the mean of the last seconds says nothing any more when nothing runs */
    if (running) {
        pen_format(&p, ROLE_TEXT, "points/s %5.1f  ", v->points_per_s);
    } else {
        pen_put(&p, ROLE_DIM, "points/s     –  ");
    }
    int width = pen_left(&p) - 56;
    width = width > SPARK_MAX ? SPARK_MAX : width;
    if (width >= 6) {
        /* from the first point on: seconds before the run say nothing */
        size_t from = 0;
        while (from < s->count && !(s->points[from] > 0)) {
            from++;
        }
        pen_put(&p, ROLE_DIM, spans[panel->span]);
        chart_spark(&p, ROLE_SPARK, width, s->points + from, s->count - from);
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
    char wait[40];
    snprintf(wait, sizeof wait, ", %lld wait", (long long)v->waiting);
    if (v->waiting > 0 && pen_left(&p) >= (int)strlen(wait)) {
        pen_put(&p, ROLE_DIM, wait);
    }
}

static void draw_money(const struct model *m, struct cells *c, struct rect r)
{
    const struct live_status *v = &m->live;
    double spent = v->known ? v->cost : m->calls.cost;
    char a[32], b[32];
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    text_money(a, spent);
    pen_put(&p, ROLE_TEXT, a);
    if (m->budget > 0) {
        text_money(b, m->budget);
        double share = spent / m->budget;
        const struct chart_part part = {share > 1 ? 1 : share,
                                        share > 0.9 ? ROLE_FAILED : ROLE_BAR};
        pen_format(&p, ROLE_TEXT, " of %s ", b);
        chart_parts(&p, r.w >= 76 ? 12 : 6, &part, 1);
        pen_format(&p, ROLE_TEXT, " %.0f %%", floor(share * 100));
    } else {
        pen_put(&p, ROLE_DIM, " no budget");
    }
    text_short(a, v->known ? v->tokens_in : (double)m->calls.tokens_in);
    text_short(b, v->known ? v->tokens_out : (double)m->calls.tokens_out);
    pen_format(&p, ROLE_TEXT, "   %s tokens in · %s out", a, b);
    text_money(a, v->cost_expected);
    if (v->known && v->cost_expected > spent && pen_left(&p) >= (int)strlen(a) + 12) {
        pen_format(&p, ROLE_DIM, "   %s expected", a);
    }
}

/* A count of calls that is only worth a word when it is not 0. */
static void put_count(struct pen *p, int64_t n, const char *what, enum ui_role role)
{
    char text[32];
    text_count(text, n);
    if (n > 0) {
        pen_format(p, role, "   %s %s", text, what);
    }
}

static void draw_calls(const struct model *m, struct cells *c, struct rect r)
{
    const struct live_status *v = &m->live;
    char a[32], b[32];
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    text_count(a, v->known ? v->calls_made : m->calls.made);
    pen_format(&p, ROLE_TEXT, "%s calls", a);
    put_count(&p, v->known ? v->calls_retried : m->calls.retried, "again", ROLE_DISPUTED);
    put_count(&p, v->limited, "limited", ROLE_DISPUTED);
    put_count(&p, v->known ? v->calls_failed : m->calls.failed, "failed", ROLE_FAILED);
    if (v->p50 > 0) {
        text_seconds(a, v->p50);
        text_seconds(b, v->p95);
        pen_format(&p, ROLE_TEXT, "   latency p50 %s  p95 %s", a, b);
        text_seconds(a, v->p99);
        if (pen_left(&p) >= 6 + (int)strlen(a)) {
            pen_format(&p, ROLE_TEXT, "  p99 %s", a);
        }
    }
}

/* ---- stages */

enum { W_STAGE = 14, W_FIGURE = 8 };

static void draw_figure(struct pen *p, int width, int64_t n, enum ui_role role)
{
    char text[32];
    text_count(text, n);
    pen_right(p, n == 0 ? ROLE_DIM : role, width, text);
}

static void draw_stage(const struct live_stage *g, int64_t most, bool slow, int figure,
                       struct pen *p)
{
    pen_field(p, slow ? ROLE_STRONG : ROLE_TEXT, W_STAGE, g->name);
    draw_figure(p, figure, g->waiting, ROLE_NUMBER);
    draw_figure(p, figure, g->asked, ROLE_WORKING);
    draw_figure(p, figure, g->done, ROLE_NUMBER);
    draw_figure(p, figure, g->again, ROLE_DISPUTED);
    draw_figure(p, figure, g->lost, ROLE_FAILED);
    pen_skip(p, 2);
    int width = pen_left(p) > 40 ? 40 : pen_left(p);
    if (width > 2) {
        chart_bar(p, ROLE_BAR, width - 2, (double)(g->waiting + g->asked) / (double)most);
        pen_put(p, ROLE_STRONG, slow ? " ◂" : "  ");
    }
}

/* Returns the rows used. */
static int draw_stages(const struct model *m, struct cells *c, struct rect r)
{
    static const char *const heads[] = {"waiting", "asked", "done", "again", "lost"};
    const struct live_status *v = &m->live;
    int64_t most = 1;
    int figure = r.w >= 76 ? W_FIGURE : W_FIGURE - 1;
    for (size_t i = 0; i < v->stage_count; i++) {
        int64_t n = v->stages[i].waiting + v->stages[i].asked;
        most = n > most ? n : most;
    }
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    pen_field(&p, ROLE_DIM, W_STAGE, "stage");
    for (size_t i = 0; i < 5; i++) {
        pen_right(&p, ROLE_DIM, figure, heads[i]);
    }
    pen_put(&p, ROLE_DIM, "  busy");
    int row = 1;
    for (size_t i = 0; i < v->stage_count && row < r.h; i++, row++) {
        const struct live_stage *g = &v->stages[i];
        bool slow = v->slow_stage[0] != '\0' && strcmp(g->name, v->slow_stage) == 0;
        p = pen_at(c, r.x + 1, r.y + row, r.w - 2);
        draw_stage(g, most, slow, figure, &p);
    }
    return row;
}

/* Returns the rows used. */
static int draw_bottleneck(const struct live_status *v, struct cells *c, struct rect r)
{
    if (v->slow_stage[0] == '\0') {
        return 0;
    }
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    pen_put(&p, ROLE_DIM, "bottleneck ");
    pen_format(&p, ROLE_STRONG, "%s: ", v->slow_stage);
    pen_field(&p, ROLE_TEXT, pen_left(&p), v->slow_why);
    return 1;
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
        {"failed", "■", v->known ? v->failed : m->counts[POINT_FAILED], ROLE_FAILED},
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

/* A run that stands still: what lets it go on, or what to do with what is there. */
static int draw_next(const struct ui *ui, struct cells *c, struct rect r)
{
    const struct model *m = &ui->model;
    int64_t missing = model_target(m) - model_accepted(m);
    if (model_is_running(m)) {
        return 0;
    }
    char n[32], why[WHY_MAX];
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    text_count(n, missing);
    pen_put(&p, ROLE_DIM, "→ next  ");
    if (missing <= 0) {
        pen_put(&p, ROLE_KEY, "S");
        pen_put(&p, ROLE_STRONG, "  sums it up for a report; ");
        pen_put(&p, ROLE_KEY, "G");
        pen_put(&p, ROLE_STRONG, "  raises the target");
    } else if (strcmp(model_run(m), "paused") == 0) {
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
    p = pen_at(c, r.x + 2, r.y + 6, r.w - 4);
    pen_put(&p, ROLE_KEY, "c");
    pen_format(&p, ROLE_TEXT, "         the share of points made more complex, now %g",
               ui->model.complexity);
}

/* Rows that stand always, from the top down; small screens do without blank ones. */
void run_draw(struct run_panel *panel, struct ui *ui, struct cells *c, struct rect body)
{
    const struct model *m = &ui->model;
    if (model_target(m) == 0) {
        draw_empty(ui, c, body);
        return;
    }
    int y = body.y, gap = body.h >= 18 ? 1 : 0;
    y += body.h >= 24 ? 1 : 0;
    draw_progress(m, c, (struct rect){body.x, y++, body.w, 1});
    if (m->live.known) {
        draw_rate(panel, m, c, (struct rect){body.x, y++, body.w, 1});
    }
    draw_money(m, c, (struct rect){body.x, y++, body.w, 1});
    if (body.h >= 16) {
        draw_calls(m, c, (struct rect){body.x, y++, body.w, 1});
    }
    y += gap;
    const char *reason = m->live.known ? m->live.reason : m->run_reason;
    if (reason[0] != '\0') {
        struct pen p = pen_at(c, body.x + 1, y++, body.w - 2);
        pen_format(&p, ROLE_WARNING, "! %s: ", model_run(m));
        pen_field(&p, ROLE_TEXT, pen_left(&p), reason);
        y += gap;
    }
    if (m->live.stage_count > 0) {
        y += draw_stages(m, c, (struct rect){body.x, y, body.w, body.y + body.h - y - 2});
        y += body.h >= 16 ? draw_bottleneck(&m->live, c, (struct rect){body.x, y, body.w, 1}) : 0;
        y += gap;
    }
    draw_outcomes(m, c, (struct rect){body.x, y++, body.w, 1});
    y += draw_next(ui, c, (struct rect){body.x, y, body.w, 1});
    y += gap;
    run_draw_parts(panel, ui, c, (struct rect){body.x, y, body.w, body.y + body.h - y});
}
