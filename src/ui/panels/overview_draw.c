/*
 * The funnel's bars share one scale, the number wanted, so that lengths can be compared down the
 * column. What is not known (no budget, no estimate) is left out, not shown as zero.
 */
#include "ui/panels/overview.h"

#include "base/text.h"
#include "ui/chart.h"
#include "ui/layout.h"
#include "ui/reasons.h"
#include <stdio.h>
#include <string.h>

#define LABEL 12

/* ---- steps of a new session */

/* How far the trees are, also while they grow. */
static void trees_value(const struct ui *ui, char out[256])
{
    const struct model *m = &ui->model;
    char n[32];
    if (!m->has_tree || m->taxonomies == 0) {
        snprintf(out, 256, "each factor grows into a tree of kinds");
        return;
    }
    uint32_t bare = overview_bare(ui);
    text_count(n, (long long)m->tree.count - 1 - m->taxonomies);
    bool grows = m->live.known && m->live.expanding_count > 0;
    if (bare == m->taxonomies && !grows) {
        snprintf(out, 256, "%u to grow", bare);
    } else if (bare > 0 || grows) {
        snprintf(out, 256, "%u of %u grown, %s nodes%s", m->taxonomies - bare, m->taxonomies, n,
                 grows ? "; growing …" : "");
    } else {
        snprintf(out, 256, "%u with %s nodes", m->taxonomies, n);
    }
}

static void step_value(const struct ui *ui, enum step s, char out[256])
{
    const struct model *m = &ui->model;
    char n[32];
    out[0] = '\0';
    switch (s) {
    case STEP_DESCRIBE:
        if (m->description[0] != '\0') {
            snprintf(out, 256, "\"%.200s\"", m->description);
        } else {
            snprintf(out, 256, "in a sentence or two, or at length in your editor");
        }
        break;
    case STEP_SCHEMA:
        snprintf(out, 256, "%s", m->has_schema ? m->fields : "choose a template, or give your own");
        break;
    case STEP_TEACHER:
        snprintf(out, 256, "%s%s%s", m->teacher, m->offline ? ", no network" : "",
                 m->teacher_chosen ? "" : "; or choose another");
        break;
    case STEP_FACTORS:
        if (m->proposal_count > 0) {
            snprintf(out, 256, "%zu proposed, waiting for you", m->proposal_count);
        } else if (m->factors_accepted > 0) {
            snprintf(out, 256, "%d accepted", m->factors_accepted);
        } else {
            snprintf(out, 256, "what the data varies in: the teacher proposes, you decide");
        }
        break;
    case STEP_TREES:
        trees_value(ui, out);
        break;
    case STEP_MIX:
        text_count(n, m->points);
        snprintf(out, 256, "c %.2f, N %s", m->complexity, n);
        break;
    case STEP_GENERATE:
        snprintf(out, 256, "%s", m->plan_problem[0] != '\0' ? m->plan_problem : "nothing made yet");
        break;
    case STEPS:
        break;
    }
}

/* What the marked step is about, and how it is done. */
static const char *const about[STEPS] = {
    "What the dataset is, in a sentence or two: the subject, the language, for whom, what a record "
    "asks. The teacher reads it with every question. E writes it in your editor.",
    "What fields a record has, as JSON Schema. There are templates for multiple choice, "
    "classification, answers as a number or in words, free text and tool calls; each can be "
    "changed in your editor. Where a field is named as the answer, two critics judge it.",
    "Who answers: the offline teacher, which works by rules and knows grade-school maths only; a "
    "model server of this machine, which is looked for; or a service. It is asked one question to "
    "see that it works.",
    "In what the points differ. The teacher proposes three to six; you accept, reject, rename, "
    "describe them or add your own. Each becomes the root of a tree.",
    "Every factor grows into a tree of kinds, in the background. In the taxonomy panel (2) you "
    "prune, add and weigh; x lets the teacher grow what is below a node.",
    "How many points, from which taxonomies, how many of them made harder: with exact quotas, "
    "calls, tokens, money and time before anything is paid.",
    "Enter asks how many points are wanted and starts. What runs goes on when you leave; `taxa "
    "FILE` comes back to it.",
};

static void draw_about(const struct overview *o, const struct ui *ui, struct cells *c,
                       struct rect r)
{
    const char *data = ui->model.description;
    char why[WHY_MAX], line[WHY_MAX + 16];
    int bottom = r.y + r.h;
    if (o->step < STEPS && r.h > 0) {
        r.y += cells_block(c, r, ROLE_TEXT, about[o->step]) + 1;
    }
    int left = bottom - r.y;
    if (left > 0 && !overview_can_step(ui, (enum step)o->step, why)) {
        snprintf(line, sizeof line, "Not yet: %s.", why);
        r.y += cells_block(c, (struct rect){r.x, r.y, r.w, left}, ROLE_WARNING, line) + 1;
        left = bottom - r.y;
    }
    if (data[0] != '\0' && left > 1) {
        struct pen p = pen_at(c, r.x, r.y, r.w);
        pen_put(&p, ROLE_DIM, "the data, as described:");
        cells_block(c, (struct rect){r.x, r.y + 1, r.w, left - 1}, ROLE_DIM, data);
    }
}

static void draw_steps(const struct overview *o, const struct ui *ui, struct cells *c,
                       struct rect r)
{
    static const char *const names[STEPS] = {"describe the data", "shape of a record", "teacher",
                                             "factors",           "taxonomies",        "mix",
                                             "generate"};
    enum step next = overview_next_step(o, ui);
    bool roomy = r.h >= 16;
    struct pen p = pen_at(c, r.x + 2, r.y, r.w - 4);
    int y = r.y;
    if (roomy) {
        y++;
        p = pen_at(c, r.x + 2, y, r.w - 4);
        pen_field(&p, ROLE_STRONG, pen_left(&p),
                  "A new session: from a description to checked data in seven steps");
        y += 2;
    }
    for (int s = 0; s < STEPS; s++, y++) {
        char value[256];
        bool done = overview_step_done(o, ui, (enum step)s), is_next = s == (int)next;
        bool marked = (size_t)s == o->step;
        step_value(ui, (enum step)s, value);
        p = pen_at(c, r.x, y, r.w - 1);
        pen_put(&p, ROLE_SIGN, marked ? "▌" : " ");
        pen_format(&p, ROLE_DIM, " %d ", s + 1);
        pen_put(&p, done ? ROLE_ACCEPTED : ROLE_WORKING, done ? "✓ " : is_next ? "→ " : "  ");
        pen_field(&p, is_next ? ROLE_STRONG : ROLE_TEXT, 20, names[s]);
        int room = pen_left(&p) - (marked ? 13 : 0);
        pen_field(&p, done ? ROLE_TEXT : ROLE_DIM, room, value);
        if (marked) {
            char why[WHY_MAX];
            bool can = overview_can_step(ui, (enum step)s, why);
            pen_right(&p, can ? ROLE_KEY : ROLE_DIM, pen_left(&p), can ? "Enter does" : "not yet");
            cells_flag(c, r.x, y, r.w, CELL_CURSOR);
            c->cursor_x = r.x;
            c->cursor_y = y;
        }
    }
    y += roomy ? 2 : 1;
    int width = r.w - 6 < 100 ? r.w - 6 : 100; /* longer lines are hard to read */
    draw_about(o, ui, c, (struct rect){r.x + 3, y, width, r.y + r.h - y});
}

/* ---- after a run */

struct lines {
    struct cells *cells;
    struct rect rect;
    int y;      /* next row */
    bool roomy; /* blank lines between parts */
};

static struct pen next_line(struct lines *l, const char *label)
{
    bool fits = l->y < l->rect.y + l->rect.h;
    struct pen p = pen_at(l->cells, l->rect.x + 1, fits ? l->y : -1, l->rect.w - 2);
    l->y++;
    pen_field(&p, ROLE_DIM, LABEL, label);
    return p;
}

static void gap(struct lines *l)
{
    l->y += l->roomy ? 1 : 0;
}

static void draw_session(const struct ui *ui, struct lines *l)
{
    const struct model *m = &ui->model;
    struct pen p = next_line(l, "data");
    pen_field(&p, ROLE_TEXT, pen_left(&p), m->description);
    p = next_line(l, "teacher");
    const char *teacher =
        m->live.known && m->live.teacher[0] != '\0' ? m->live.teacher : m->teacher;
    bool offline = m->live.known ? m->live.offline : m->offline;
    pen_put(&p, ROLE_TEXT, teacher);
    pen_put(&p, ROLE_DIM, offline ? ", no network" : "");
    if (m->has_tree && l->rect.h >= 16) {
        char n[32];
        text_count(n, (long long)m->tree.count - 1 - m->taxonomies);
        p = next_line(l, "taxonomies");
        pen_format(&p, ROLE_TEXT, "%u with %s nodes", m->taxonomies, n);
        pen_format(&p, ROLE_DIM, "   c %.2f", m->complexity);
    }
}

struct funnel_row {
    const char *name, *sign, *note;
    enum ui_role role;
    int64_t n;
};

static void draw_funnel_row(struct lines *l, const struct funnel_row *f, double scale)
{
    char n[32];
    struct pen p = next_line(l, "");
    p.x = l->rect.x + 1;
    pen_put(&p, f->role, f->sign);
    pen_put(&p, ROLE_TEXT, " ");
    pen_field(&p, ROLE_TEXT, LABEL - 2, f->name);
    text_count(n, f->n);
    pen_right(&p, ROLE_NUMBER, 9, n);
    pen_skip(&p, 2);
    int width = pen_left(&p) - 28;
    width = width > 60 ? 60 : width < 8 ? 8 : width;
    chart_bar(&p, f->role, width, scale > 0 ? (double)f->n / scale : 0);
    pen_skip(&p, 2);
    if (f->n > 0) {
        pen_field(&p, ROLE_DIM, pen_left(&p), f->note);
    }
}

static void draw_funnel(const struct ui *ui, struct lines *l)
{
    const struct model *m = &ui->model;
    const struct live_status *v = &m->live;
    int64_t work = v->known ? v->asked : m->counts[POINT_PLANNED] + m->counts[POINT_ASKED];
    int64_t accepted = model_accepted(m), target = model_target(m);
    int64_t disputed = v->known ? v->disputed : m->counts[POINT_DISPUTED];
    int64_t rejected = v->known ? v->rejected : m->counts[POINT_REJECTED];
    int64_t invalid = v->known ? v->invalid : m->counts[POINT_INVALID];
    int64_t failed = v->known ? v->failed : m->counts[POINT_FAILED];
    char share[64], more[32];
    text_count(more, accepted - target);
    if (accepted > target) {
        snprintf(share, sizeof share, "%s more than wanted", more);
    } else {
        snprintf(share, sizeof share, "%.1f %%",
                 target > 0 ? (double)accepted * 100 / (double)target : 0.0);
    }
    bool idle = work > 0 && !model_is_running(m);
    const struct funnel_row rows[] = {
        {"wanted", "·", "", ROLE_DIM, target},
        {idle ? "begun" : "in work", "⋯", idle ? "not finished" : "", ROLE_WORKING, work},
        {"accepted", "✓", share, ROLE_ACCEPTED, accepted},
        {"disputed", "?", "critics disagree", ROLE_DISPUTED, disputed},
        {"rejected", "✗", "by the critics", ROLE_REJECTED, rejected},
        {"invalid", "!", "not by the schema", ROLE_INVALID, invalid},
        {"failed", "■", ":retry state:failed", ROLE_FAILED, failed},
    };
    double scale = (double)target;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        scale = (double)rows[i].n > scale ? (double)rows[i].n : scale;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        draw_funnel_row(l, &rows[i], scale);
    }
}

static void draw_cost(const struct ui *ui, struct lines *l)
{
    const struct model *m = &ui->model;
    const struct live_status *v = &m->live;
    char a[32], b[32], c[32];
    text_count(a, v->known ? v->calls_made : m->calls.made);
    text_count(b, v->known ? v->calls_retried : m->calls.retried);
    text_count(c, v->known ? v->calls_failed : m->calls.failed);
    struct pen p = next_line(l, "calls");
    pen_format(&p, ROLE_TEXT, "%s made", a);
    pen_format(&p, ROLE_DIM, " · %s retried · %s failed", b, c);
    text_short(a, v->known ? v->tokens_in : (double)m->calls.tokens_in);
    text_short(b, v->known ? v->tokens_out : (double)m->calls.tokens_out);
    p = next_line(l, "tokens");
    pen_format(&p, ROLE_TEXT, "%s in · %s out", a, b);
    text_money(a, v->known ? v->cost : m->calls.cost);
    p = next_line(l, "cost");
    pen_put(&p, ROLE_TEXT, a);
    if (m->budget > 0) {
        text_money(b, m->budget);
        pen_format(&p, ROLE_TEXT, " of %s", b);
    }
    if (v->known && v->cost_expected > 0) {
        text_money(c, v->cost_expected);
        pen_format(&p, ROLE_DIM, " · expected %s in all", c);
    }
}

static void warn(struct lines *l, const char *text)
{
    struct pen p = next_line(l, "");
    p.x = l->rect.x + 1;
    pen_put(&p, ROLE_WARNING, "! ");
    pen_field(&p, ROLE_TEXT, pen_left(&p), text);
}

static void draw_warnings(const struct ui *ui, struct lines *l)
{
    const struct model *m = &ui->model;
    char text[400];
    if (m->plan_problem[0] != '\0') {
        warn(l, m->plan_problem);
    }
    if (m->failed_nodes > 0) {
        snprintf(text, sizeof text, "%u %s could not be expanded (2, then x tries again)",
                 m->failed_nodes, m->failed_nodes == 1 ? "node" : "nodes");
        warn(l, text);
    }
    if (m->live.known && m->live.missing > 0 && m->live.reason[0] != '\0' && !model_is_running(m)) {
        snprintf(text, sizeof text, "%s: %.200s", model_run(m), m->live.reason);
        warn(l, text);
    }
}

static void draw_advice(const struct ui *ui, struct lines *l)
{
    char text[ADVICE_MAX];
    overview_advice(ui, text);
    struct pen p = next_line(l, "→ next");
    pen_put(&p, ROLE_KEY, "Enter");
    pen_put(&p, ROLE_TEXT, "  ");
    pen_field(&p, ROLE_STRONG, pen_left(&p), text);
}

static void draw_events(const struct ui *ui, struct cells *c, struct rect r)
{
    const struct live_status *v = &ui->model.live;
    struct pen p = pen_at(c, r.x, r.y, r.w);
    pen_put(&p, ROLE_STRONG, "What happened last");
    if (v->event_count == 0) {
        p = pen_at(c, r.x, r.y + 2, r.w);
        pen_put(&p, ROLE_DIM, "nothing yet");
    }
    size_t fit = r.h > 2 ? (size_t)(r.h - 2) : 0;
    for (size_t i = 0; i < v->event_count && i < fit; i++) {
        const struct live_event *e = &v->events[v->event_count - 1 - i];
        p = pen_at(c, r.x, r.y + 2 + (int)i, r.w);
        pen_format(&p, ROLE_DIM, "%s  ", e->at);
        pen_field(&p, ROLE_TEXT, pen_left(&p), e->text);
    }
}

/* Rows that the events need, title included. */
static int event_rows(const struct ui *ui)
{
    size_t n = ui->model.live.event_count;
    return 2 + (n > 0 ? (int)n : 1);
}

/* At the right: what happened, and below it why points were turned down. */
static void draw_beside(const struct ui *ui, struct cells *c, struct rect r)
{
    int want = event_rows(ui), rows = r.h;
    if (ui->model.last_count > 0 && r.h >= LAYOUT_TALL - 6) {
        rows = want < r.h / 2 ? want : r.h / 2;
        reasons_draw(&ui->model, c, (struct rect){r.x, r.y + rows + 1, r.w, r.h - rows - 1});
    }
    draw_events(ui, c, (struct rect){r.x, r.y, r.w, rows});
}

struct reach {
    uint32_t root;
    long on, reached; /* nodes that points are drawn from, those that have an accepted one */
};

enum { REACH_MAX = PLAN_MAX_TAXONOMIES };

static size_t reach_of(const struct model *m, struct reach out[REACH_MAX])
{
    size_t n = 0;
    const struct node *nodes = m->tree.nodes;
    for (uint32_t i = 1; i < m->tree.count; i++) {
        uint32_t root = i;
        while (nodes[root].depth > 1) {
            root = nodes[root].parent;
        }
        size_t k = 0;
        while (k < n && out[k].root != root) {
            k++;
        }
        if (k == REACH_MAX) {
            continue;
        }
        if (k == n) {
            out[n++] = (struct reach){root, 0, 0};
        }
        if (root != i && m->share[i] > 0) {
            out[k].on++;
            out[k].reached += m->accepted[i] > 0 ? 1 : 0;
        }
    }
    return n;
}

/* In tall lists: how much of each tree the accepted points reach. */
static void draw_reach(const struct ui *ui, struct lines *l)
{
    const struct model *m = &ui->model;
    struct reach list[REACH_MAX];
    if (!m->has_tree || l->rect.h < LAYOUT_TALL - 6) {
        return;
    }
    size_t n = reach_of(m, list);
    l->y++;
    struct pen p = next_line(l, "");
    p.x = l->rect.x + 1;
    pen_put(&p, ROLE_STRONG, "Nodes that accepted points reach");
    for (size_t i = 0; i < n; i++) {
        char a[32], b[32], text[80];
        p = next_line(l, "");
        p.x = l->rect.x + 1;
        pen_field(&p, ROLE_TEXT, 24, m->tree.nodes[list[i].root].name);
        text_count(a, list[i].reached);
        text_count(b, list[i].on);
        snprintf(text, sizeof text, "%s of %s", a, b);
        pen_right(&p, ROLE_NUMBER, 18, text);
        pen_skip(&p, 2);
        int width = pen_left(&p) - 2 < 40 ? pen_left(&p) - 2 : 40;
        chart_bar(&p, ROLE_BAR, width,
                  list[i].on > 0 ? (double)list[i].reached / (double)list[i].on : 0);
    }
}

static void draw_state(const struct ui *ui, struct cells *c, struct rect body)
{
    struct split s = layout_split(body, 0);
    struct lines l = {c, s.list, s.list.y, s.list.h >= 20};
    if (l.rect.h >= 24) {
        l.y++;
    }
    draw_session(ui, &l);
    gap(&l);
    draw_funnel(ui, &l);
    gap(&l);
    draw_cost(ui, &l);
    gap(&l);
    draw_advice(ui, &l);
    draw_warnings(ui, &l);
    draw_reach(ui, &l);
    if (s.beside) {
        layout_split_line(c, &s);
        int down = l.rect.h >= 24 ? 1 : 0; /* both sides begin in the same row */
        draw_beside(
            ui, c, (struct rect){s.details.x, s.details.y + down, s.details.w, s.details.h - down});
    }
}

void overview_draw(struct overview *o, struct ui *ui, struct cells *c, struct rect body)
{
    if (overview_has_run(ui)) {
        draw_state(ui, c, body);
    } else {
        draw_steps(o, ui, c, body);
    }
}
