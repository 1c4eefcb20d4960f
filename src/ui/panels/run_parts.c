/*
 * The lower part of the panel: what happened, errors with their calls, and how far each strategy
 * and each branch is. Only what is shown is worked out.
 */
#include "ui/panels/run.h"

#include "base/mem.h"
#include "base/text.h"
#include "domain/quota.h"
#include "ui/chart.h"
#include "ui/layout.h"
#include "ui/reasons.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { W_NAME = 30, W_FIGURE = 9, HISTORY_ROWS = 12 };

static const char *part_name(enum run_part p)
{
    static const char *const names[] = {"events", "errors", "strategies", "branches"};
    return names[p];
}

/* ---- strategies */

void run_free_strategies(struct run_panel *p)
{
    for (int i = 0; i < p->strategy_count; i++) {
        free(p->strategies[i].name);
    }
    free(p->strategies);
    p->strategies = NULL;
    p->strategy_count = 0;
}

static int64_t accepted_of(const struct model *m, int64_t strategy)
{
    int64_t n = 0;
    for (size_t i = 0; m->tallies != NULL && i < m->tallies->count; i++) {
        const struct tally_row *t = &m->tallies->rows[i];
        n += t->node == 0 && t->strategy == strategy && t->state == POINT_ACCEPTED ? t->n : 0;
    }
    return n;
}

/* The target split by weight, nothing taken from what is there: as the plan does it. */
static void split_target(struct run_panel *p, int64_t target, const double *weights)
{
    size_t count = (size_t)p->strategy_count;
    int64_t *floors = xcalloc(count, sizeof *floors), *quota = xcalloc(count, sizeof *quota);
    int64_t there = 0;
    for (size_t i = 0; i < count; i++) {
        floors[i] = p->strategies[i].accepted;
        there += floors[i];
    }
    bool more = target > there;
    if (more && quota_split(weights, floors, count, target, 0, 0, quota, NULL) == ST_OK) {
        for (size_t i = 0; i < count; i++) {
            p->strategies[i].planned = quota[i];
        }
    } else {
        for (size_t i = 0; i < count; i++) {
            p->strategies[i].planned = floors[i];
        }
    }
    free(floors);
    free(quota);
}

void run_read_strategies(struct run_panel *p, const struct model *m)
{
    struct strategy_row *rows = NULL;
    int count = 0;
    if (m->store == NULL || store_strategies(m->store, &rows, &count, NULL) != ST_OK) {
        return;
    }
    run_free_strategies(p);
    bool built_in = count == 0;
    p->strategy_count = built_in ? 1 : count;
    p->strategies = xcalloc((size_t)p->strategy_count, sizeof *p->strategies);
    double *weights = xcalloc((size_t)p->strategy_count, sizeof *weights), sum = 0;
    for (int i = 0; i < p->strategy_count; i++) {
        struct run_strategy *s = &p->strategies[i];
        s->name = xstrdup(built_in ? "all taxonomies" : rows[i].name);
        weights[i] = built_in ? 1 : rows[i].weight;
        s->accepted = accepted_of(m, built_in ? 0 : rows[i].id);
        sum += weights[i];
    }
    for (int i = 0; i < p->strategy_count; i++) {
        p->strategies[i].share = sum > 0 ? weights[i] / sum : 0;
    }
    split_target(p, model_target(m), weights);
    free(weights);
    strategy_rows_free(rows, count);
}

/* ---- branches */

size_t run_taxonomies(const struct model *m)
{
    return m->has_tree ? m->taxonomies : 0;
}

/* The tree index of the taxonomy that is shown; TREE_NONE when there is none. */
static uint32_t taxonomy_at(const struct run_panel *p, const struct model *m)
{
    size_t n = 0;
    for (uint32_t at = m->has_tree ? m->tree.nodes[0].first : TREE_NONE; at != TREE_NONE;
         at = m->tree.nodes[at].next) {
        if (n++ == p->taxonomy) {
            return at;
        }
    }
    return TREE_NONE;
}

/* The n-th child of a node. */
static uint32_t child_at(const struct tree *t, uint32_t parent, size_t n)
{
    uint32_t at = t->nodes[parent].first;
    while (at != TREE_NONE && n > 0) {
        at = t->nodes[at].next;
        n--;
    }
    return at;
}

/* ---- rows */

static const struct live_event *error_at(const struct model *m, size_t row)
{
    const struct live_status *v = &m->live;
    return row < v->error_count ? &v->errors[v->error_count - 1 - row] : NULL;
}

int64_t run_call_at(const struct run_panel *p, const struct model *m)
{
    const struct live_event *e = p->part == PART_ERRORS ? error_at(m, p->list.cursor) : NULL;
    return e != NULL ? e->call : 0;
}

void run_rows(struct run_panel *p, const struct model *m)
{
    size_t count = 0;
    uint32_t taxonomy = TREE_NONE;
    switch (p->part) {
    case PART_ERRORS:
        count = m->live.error_count;
        for (size_t i = 0; p->error_call != 0 && i < count; i++) {
            if (m->live.errors[count - 1 - i].call == p->error_call) {
                list_follow(&p->list, i, count);
            }
        }
        break;
    case PART_STRATEGIES:
        count = (size_t)p->strategy_count;
        break;
    case PART_BRANCHES:
        p->taxonomy = p->taxonomy < run_taxonomies(m) ? p->taxonomy : 0;
        taxonomy = taxonomy_at(p, m);
        count = taxonomy != TREE_NONE ? m->tree.nodes[taxonomy].children : 0;
        break;
    case PART_EVENTS:
    case RUN_PARTS:
        break;
    }
    list_set(&p->list, count, p->list.height);
}

/* ---- drawing */

/* "events  errors·3  strategies  branches": the one that is shown stands out, in brackets. */
static void draw_tabs(const struct run_panel *p, const struct model *m, struct cells *c,
                      struct rect r)
{
    struct pen pen = pen_at(c, r.x + 1, r.y, r.w - 2);
    for (int i = 0; i < RUN_PARTS; i++) {
        bool on = i == (int)p->part;
        char name[48], errors[32] = "";
        if (i == PART_ERRORS && m->live.error_count > 0) {
            snprintf(errors, sizeof errors, "·%zu", m->live.error_count);
        }
        snprintf(name, sizeof name, on ? "[%s%s]" : " %s%s ", part_name((enum run_part)i), errors);
        pen_put(&pen, on ? ROLE_STRONG : ROLE_DIM, name);
    }
    char place[72];
    list_place(&p->list, place);
    const char *note = p->part == PART_STRATEGIES ? "weights: panel 3"
                       : p->part == PART_BRANCHES ? "weights: panel 2"
                                                  : "";
    pen_skip(&pen, 2);
    if (pen_left(&pen) > 0) {
        char text[128];
        snprintf(text, sizeof text, "%s%s%s", place, place[0] != '\0' ? "  " : "", note);
        pen_right(&pen, ROLE_DIM, pen_left(&pen), text);
    }
}

static void mark_row(struct cells *c, struct rect r, int row)
{
    struct pen mark = pen_at(c, r.x, r.y + row, 1);
    pen_put(&mark, ROLE_TEXT, "▌");
    cells_flag(c, r.x, r.y + row, r.w, CELL_CURSOR);
}

static void draw_events(const struct live_status *v, struct cells *c, struct rect r)
{
    for (int i = 0; i < r.h && (size_t)i < v->event_count; i++) {
        const struct live_event *e = &v->events[v->event_count - 1 - (size_t)i];
        struct pen p = pen_at(c, r.x + 2, r.y + i, r.w - 3);
        pen_format(&p, ROLE_DIM, "%s  ", e->at);
        pen_field(&p, ROLE_TEXT, pen_left(&p), e->text);
    }
}

/*
 * Reasons share the room with the events. On small screens they are shown when nothing runs, so
 * that a slow line does not carry them all the time.
 */
static void draw_happened(const struct model *m, struct cells *c, struct rect r, bool large)
{
    int events = m->live.event_count < (size_t)r.h ? (int)m->live.event_count : r.h;
    if (m->last_count > 0 && (large || !model_is_running(m)) && r.h >= 5) {
        events = events < r.h / 2 ? events : r.h / 2;
        int at = events > 0 ? events + 1 : 0;
        reasons_draw(m, c, (struct rect){r.x + 1, r.y + at, r.w - 2, r.h - at});
    }
    draw_events(&m->live, c, (struct rect){r.x, r.y, r.w, events});
}

static void draw_errors(const struct run_panel *p, const struct model *m, struct cells *c,
                        struct rect r)
{
    if (m->live.error_count == 0) {
        struct pen pen = pen_at(c, r.x + 2, r.y, r.w - 3);
        pen_put(&pen, ROLE_DIM, "no call has failed since the server of this session began");
    }
    for (int i = 0; i < r.h; i++) {
        const struct live_event *e = error_at(m, p->list.top + (size_t)i);
        if (e == NULL) {
            break;
        }
        char call[32];
        struct pen pen = pen_at(c, r.x + 2, r.y + i, r.w - 3);
        snprintf(call, sizeof call, "call %lld", (long long)e->call);
        pen_format(&pen, ROLE_DIM, "%s  ", e->at);
        pen_field(&pen, ROLE_DIM, 13, call);
        pen_field(&pen, ROLE_TEXT, pen_left(&pen), e->text);
        if (p->list.top + (size_t)i == p->list.cursor) {
            mark_row(c, r, i);
        }
    }
}

/* name, share, planned, accepted and a bar. */
static void draw_progress_row(struct pen *p, const char *name, double share, int64_t planned,
                              int64_t accepted)
{
    char n[32];
    int width = pen_left(p) - 7 - 2 * W_FIGURE - 12;
    width = width > W_NAME + 20 ? W_NAME + 20 : width;
    pen_field(p, ROLE_TEXT, width, name);
    snprintf(n, sizeof n, "%.1f%%", share * 100);
    pen_right(p, ROLE_DIM, 7, n);
    text_count(n, planned);
    pen_right(p, ROLE_NUMBER, W_FIGURE, n);
    text_count(n, accepted);
    pen_right(p, ROLE_STRONG, W_FIGURE, n);
    pen_skip(p, 2);
    int bar = pen_left(p) > 40 ? 40 : pen_left(p);
    double done = planned > 0 ? (double)accepted / (double)planned : 0;
    if (bar > 0) {
        const struct chart_part part = {done > 1 ? 1 : done, ROLE_ACCEPTED};
        chart_parts(p, bar, &part, planned > 0 ? 1 : 0);
    }
}

static void draw_progress_head(struct cells *c, struct rect r, const char *what)
{
    struct pen p = pen_at(c, r.x + 2, r.y, r.w - 3);
    int width = pen_left(&p) - 7 - 2 * W_FIGURE - 12;
    width = width > W_NAME + 20 ? W_NAME + 20 : width;
    pen_field(&p, ROLE_DIM, width, what);
    pen_right(&p, ROLE_DIM, 7, "share");
    pen_right(&p, ROLE_DIM, W_FIGURE, "planned");
    pen_right(&p, ROLE_DIM, W_FIGURE, "accepted");
}

static void draw_strategies(struct run_panel *p, struct cells *c, struct rect r)
{
    draw_progress_head(c, r, "strategy");
    for (int i = 0; i + 1 < r.h; i++) {
        size_t row = p->list.top + (size_t)i;
        if (row >= (size_t)p->strategy_count) {
            break;
        }
        const struct run_strategy *s = &p->strategies[row];
        struct pen pen = pen_at(c, r.x + 2, r.y + 1 + i, r.w - 3);
        draw_progress_row(&pen, s->name, s->share, s->planned, s->accepted);
        if (row == p->list.cursor) {
            mark_row(c, r, 1 + i);
        }
    }
}

static void draw_branches(struct run_panel *p, const struct model *m, struct cells *c,
                          struct rect r)
{
    uint32_t taxonomy = taxonomy_at(p, m);
    if (taxonomy == TREE_NONE) {
        struct pen pen = pen_at(c, r.x + 2, r.y, r.w - 3);
        pen_put(&pen, ROLE_DIM, "there is no taxonomy yet (panel 2)");
        return;
    }
    char head[200];
    size_t trees = run_taxonomies(m);
    snprintf(head, sizeof head, trees > 1 ? "by %.120s (%zu of %zu, ← →)" : "by %.120s",
             m->tree.nodes[taxonomy].name, p->taxonomy + 1, trees);
    draw_progress_head(c, r, head);
    uint32_t at = child_at(&m->tree, taxonomy, p->list.top);
    for (int i = 0; i + 1 < r.h && at != TREE_NONE; i++, at = m->tree.nodes[at].next) {
        struct pen pen = pen_at(c, r.x + 2, r.y + 1 + i, r.w - 3);
        draw_progress_row(&pen, m->tree.nodes[at].name, m->share[at], m->planned[at],
                          m->accepted[at]);
        if (p->list.top + (size_t)i == p->list.cursor) {
            mark_row(c, r, 1 + i);
        }
    }
}

/* Where there is room: points finished in each slot of time, as columns. */
static void draw_history(const struct run_panel *p, const struct live_status *v, struct cells *c,
                         struct rect r)
{
    static const char *const spans[] = {"minute", "hour", "day"};
    const struct live_span *s = &v->span[p->span];
    struct pen title = pen_at(c, r.x + 1, r.y, r.w - 2);
    char slot[32];
    if (s->seconds == 0) {
        return; /* no server tells */
    }
    text_seconds(slot, s->seconds);
    if (s->seconds == 1) {
        snprintf(slot, sizeof slot, "second");
    }
    pen_format(&title, ROLE_DIM, "points finished per %s, last %s", slot, spans[p->span]);
    pen_put(&title, ROLE_KEY, "   w");
    pen_put(&title, ROLE_HINT, " longer");
    double most = chart_columns(c, (struct rect){r.x + 12, r.y + 1, r.w - 14, r.h - 2}, ROLE_SPARK,
                                s->points, s->count);
    if (!(most > 0)) {
        return;
    }
    struct pen top = pen_at(c, r.x + 1, r.y + 1, 10);
    pen_format(&top, ROLE_DIM, "%8.0f", most);
    struct pen bottom = pen_at(c, r.x + 1, r.y + r.h - 2, 10);
    pen_format(&bottom, ROLE_DIM, "%8d", 0);
    struct pen axis = pen_at(c, r.x + 1, r.y + r.h - 1, r.w - 2);
    pen_skip(&axis, pen_left(&axis) - 3);
    pen_put(&axis, ROLE_DIM, "now");
}

void run_draw_parts(struct run_panel *p, struct ui *ui, struct cells *c, struct rect r)
{
    const struct model *m = &ui->model;
    int chart = r.h >= HISTORY_ROWS + 9 && r.w >= 100 ? HISTORY_ROWS : 0;
    struct rect list = {r.x, r.y + 1, r.w, r.h - 1 - chart - (chart > 0 ? 1 : 0)};
    if (r.h < 2) {
        return;
    }
    bool head = p->part == PART_STRATEGIES || p->part == PART_BRANCHES;
    int first = head && list.h > 0 ? 1 : 0;
    p->seen = (struct rect){list.x, list.y + first, list.w, list.h - first};
    list_set(&p->list, p->list.count, p->seen.h > 0 ? (size_t)p->seen.h : 0);
    draw_tabs(p, m, c, r);
    switch (p->part) {
    case PART_EVENTS:
        draw_happened(m, c, list, chart > 0);
        break;
    case PART_ERRORS:
        draw_errors(p, m, c, list);
        break;
    case PART_STRATEGIES:
        draw_strategies(p, c, list);
        break;
    case PART_BRANCHES:
        draw_branches(p, m, c, list);
        break;
    case RUN_PARTS:
        break;
    }
    if (chart > 0) {
        draw_history(p, &m->live, c, (struct rect){r.x, r.y + r.h - chart, r.w, chart});
    }
}
