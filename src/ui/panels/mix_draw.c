/*
 * Strategies above, session-wide values in one line (two where it is narrow), then the points that
 * follow from them. From 120 columns the estimate, the warnings and what is under the cursor stand
 * at the right; below that width the estimate and the first warnings keep the last rows.
 */
#include "ui/panels/mix.h"

#include "base/text.h"
#include "base/utf8.h"
#include "ui/layout.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { W_WEIGHT = 8, W_SHARE = 7, W_C = 7, W_LEVELS = 9, W_POINTS = 8, W_COMPLEX = 8, W_EXCL = 5 };

/* ---- strategies */

struct strategy_columns {
    int name;
    bool points, complex, excl, taxonomies;
};

static struct strategy_columns strategy_columns_of(int width)
{
    struct strategy_columns k = {0, width >= 58, width >= 76, width >= 96, width >= 76};
    int fixed = 2 + W_WEIGHT + W_SHARE + W_C + W_LEVELS + (k.points ? W_POINTS : 0) +
                (k.complex ? W_COMPLEX : 0) + (k.excl ? W_EXCL : 0);
    k.name = width - fixed - 1;
    k.name = k.taxonomies ? (width - fixed) * 2 / 5 : k.name;
    k.name = k.name > 24 ? 24 : k.name;
    return k;
}

/* The value under the cursor stands in brackets, so that it is seen without colours, too. */
static void put_value(struct pen *p, enum ui_role role, int width, const char *text, bool chosen)
{
    char shown[64];
    snprintf(shown, sizeof shown, chosen ? "[%.40s]" : "%.40s ", text);
    pen_right(p, chosen ? ROLE_STRONG : role, width, shown);
}

static void draw_strategy(const struct mix_panel *p, const struct mix_strategy *s, double sum,
                          bool here, struct pen *pen)
{
    struct strategy_columns k = strategy_columns_of(pen->end - pen->x);
    char text[MIX_TEXT], number[40];
    pen_put(pen, ROLE_TEXT, here ? "▌" : " ");
    pen_skip(pen, 1);
    double weight = mix_strategy_weight(p, s);
    pen_field(pen, weight > 0 ? ROLE_TEXT : ROLE_OFF, k.name, s->name);
    mix_strategy_text(p, s, MIX_WEIGHT, text);
    put_value(pen, ROLE_NUMBER, W_WEIGHT, s->id != 0 ? text : "–", here && p->field == MIX_WEIGHT);
    snprintf(number, sizeof number, "%.1f%%", sum > 0 ? 100 * weight / sum : 0);
    pen_right(pen, ROLE_TEXT, W_SHARE, number);
    mix_strategy_text(p, s, MIX_COMPLEXITY, text);
    snprintf(number, sizeof number, "%.2f", text[0] != '\0' ? strtod(text, NULL) : s->complexity);
    put_value(pen, text[0] != '\0' ? ROLE_NUMBER : ROLE_DIM, W_C, number,
              here && p->field == MIX_COMPLEXITY);
    mix_strategy_text(p, s, MIX_LEVELS, text);
    char levels[16];
    design_levels(s->levels, levels);
    put_value(pen, text[0] != '\0' ? ROLE_NUMBER : ROLE_DIM, W_LEVELS,
              text[0] != '\0' ? text : levels, here && p->field == MIX_LEVELS);
    if (k.points) {
        text_count(number, s->quota);
        pen_right(pen, ROLE_TEXT, W_POINTS - 1, number);
    }
    if (k.complex) {
        text_count(number, s->quota_complex);
        pen_right(pen, ROLE_TEXT, W_COMPLEX, number);
    }
    if (k.excl) {
        snprintf(number, sizeof number, "%d", s->exclusions);
        pen_right(pen, s->exclusions > 0 ? ROLE_TEXT : ROLE_DIM, W_EXCL, number);
    }
    pen_skip(pen, 2);
    if (k.taxonomies) {
        pen_field(pen, ROLE_DIM, pen_left(pen), s->taxonomies);
    }
}

static void draw_strategy_heads(struct cells *c, struct rect r, const struct list *l)
{
    struct pen p = pen_at(c, r.x, r.y, r.w);
    struct strategy_columns k = strategy_columns_of(r.w);
    char place[72], head[96];
    list_place(l, place);
    snprintf(head, sizeof head, "strategy %s", place);
    pen_skip(&p, 2);
    pen_field(&p, ROLE_DIM, k.name, head);
    pen_right(&p, ROLE_DIM, W_WEIGHT - 1, "weight");
    pen_right(&p, ROLE_DIM, W_SHARE + 1, "share");
    pen_right(&p, ROLE_DIM, W_C - 1, "c");
    pen_right(&p, ROLE_DIM, W_LEVELS, "levels");
    if (k.points) {
        pen_right(&p, ROLE_DIM, W_POINTS, "points");
    }
    if (k.complex) {
        pen_right(&p, ROLE_DIM, W_COMPLEX, "complex");
    }
    if (k.excl) {
        pen_right(&p, ROLE_DIM, W_EXCL, "excl");
    }
    pen_skip(&p, 2);
    if (k.taxonomies) {
        pen_put(&p, ROLE_DIM, "taxonomies");
    }
}

/* Returns the rows used. */
static int draw_strategies(struct mix_panel *p, const struct mix *m, struct cells *c, struct rect r,
                           int most)
{
    int rows = m->strategy_count < most ? m->strategy_count : most;
    double sum = 0;
    list_set(&p->strategies, (size_t)m->strategy_count, (size_t)rows);
    draw_strategy_heads(c, r, &p->strategies);
    for (int i = 0; i < m->strategy_count; i++) {
        sum += mix_strategy_weight(p, &m->strategies[i]);
    }
    p->strategy_rect = (struct rect){r.x, r.y + 1, r.w, rows};
    for (int i = 0; i < rows; i++) {
        size_t row = p->strategies.top + (size_t)i;
        bool here = p->part == MIX_STRATEGIES && row == p->strategies.cursor;
        struct pen pen = pen_at(c, r.x, r.y + 1 + i, r.w);
        draw_strategy(p, &m->strategies[row], sum, here, &pen);
        if (here) {
            cells_flag(c, r.x, r.y + 1 + i, r.w, CELL_CURSOR);
        }
    }
    return rows + 1;
}

/* ---- session-wide values */

static void value_shown(const struct mix_panel *p, const struct mix *m, int value, char out[48])
{
    char text[MIX_TEXT];
    mix_value_text(p, m, value, text);
    if (value == VALUE_POINTS) {
        char count[32];
        text_count(count, strtoll(text, NULL, 10));
        snprintf(out, 48, "%s", count);
    } else if (value == VALUE_COMPLEXITY) {
        snprintf(out, 48, "%.2f", strtod(text, NULL));
    } else {
        snprintf(out, 48, "%s", text);
    }
}

/* Returns the rows used: one, or two where it is narrow. */
static int draw_values(struct mix_panel *p, const struct mix *m, struct cells *c, struct rect r)
{
    static const char *const names[MIX_VALUES_COUNT] = {"N", "c",     "levels", "K",
                                                        "R", "depth", "seed",   "draws"};
    int x = r.x + 2, y = r.y;
    for (int v = 0; v < MIX_VALUES_COUNT; v++) {
        bool here = p->part == MIX_VALUES && p->value == v;
        char text[48], shown[64];
        value_shown(p, m, v, text);
        snprintf(shown, sizeof shown, here ? "[%s]" : " %s ", text);
        int width = utf8_columns(names[v], strlen(names[v])) + utf8_columns(shown, strlen(shown));
        if (x + width > r.x + r.w && y == r.y) {
            x = r.x + 2;
            y++;
        }
        struct pen pen = pen_at(c, x, y, width);
        pen_put(&pen, ROLE_DIM, names[v]);
        pen_put(&pen, here ? ROLE_STRONG : ROLE_NUMBER, shown);
        p->value_rect[v] = (struct rect){x, y, width, 1};
        if (here) {
            cells_flag(c, x, y, width, CELL_CURSOR);
            struct pen mark = pen_at(c, r.x, y, 1);
            pen_put(&mark, ROLE_TEXT, "▌");
        }
        x += width + (r.w >= 76 ? 1 : 0);
    }
    return y - r.y + 1;
}

/* ---- nodes */

enum { W_EXPECTED = 10, W_NOW = 8, W_ADD = 8, W_NODE_WEIGHT = 8 };

struct node_columns {
    int name, bar;
    bool weight, share;
};

static struct node_columns node_columns_of(int width)
{
    struct node_columns k = {0, 0, width >= 64, width >= 72};
    int rest = width - 3 - W_EXPECTED - W_NOW - W_ADD - (k.weight ? W_NODE_WEIGHT : 0) -
               (k.share ? W_SHARE : 0);
    k.bar = rest > 60 ? 30 : rest / 3;
    k.name = rest - k.bar - 1;
    return k;
}

static void draw_node_heads(const struct mix_panel *p, const struct ui *ui, struct cells *c,
                            struct rect r)
{
    const struct tree *t = &ui->model.tree;
    struct node_columns k = node_columns_of(r.w);
    struct pen pen = pen_at(c, r.x, r.y, r.w);
    char place[72], head[400];
    uint32_t root = mix_root(p, ui);
    struct buf path;
    buf_init(&path, 1u << 16);
    tree_path(t, root, &path);
    list_place(&p->nodes, place);
    snprintf(head, sizeof head, "by %.240s  %s", path.data, place);
    buf_free(&path);
    pen_skip(&pen, 2);
    pen_field(&pen, ROLE_STRONG, k.name + k.bar + 1, head);
    if (k.weight) {
        pen_right(&pen, ROLE_DIM, W_NODE_WEIGHT, "weight");
    }
    if (k.share) {
        pen_right(&pen, ROLE_DIM, W_SHARE, "share");
    }
    pen_right(&pen, ROLE_DIM, W_EXPECTED, "expected");
    pen_right(&pen, ROLE_DIM, W_NOW, "now");
    pen_right(&pen, ROLE_DIM, W_ADD, "adds");
}

/*
 * What is there and what is added, in one bar, scaled to the row that has most. The two differ in
 * their sign, too: not every theme has colours that tell them apart.
 */
static void draw_bar(const struct mix_panel *p, const struct mix *m, uint32_t at, int width,
                     struct pen *pen)
{
    double scale = (double)width / (double)p->most;
    int start = pen->x, now = start + (int)floor((double)m->now[at] * scale + 0.5);
    int sum = start + (int)floor((double)(m->now[at] + m->add[at]) * scale + 0.5);
    /* what is there is seen, be it ever so little */
    now += m->now[at] > 0 && now == start ? 1 : 0;
    sum = m->add[at] > 0 && sum <= now ? now + 1 : sum;
    for (int x = start; x < start + width; x++) {
        bool have = x < now, added = !have && x < sum;
        pen_put(pen,
                have    ? ROLE_ACCEPTED
                : added ? ROLE_BAR
                        : ROLE_BAR_BACK,
                have    ? "█"
                : added ? pen->cells->plain_signs ? "+" : "▒"
                        : "░");
    }
}

static void draw_node(const struct mix_panel *p, const struct ui *ui, const struct mix *m,
                      size_t row, bool here, struct pen *pen)
{
    struct node_columns k = node_columns_of(pen->end - pen->x);
    uint32_t at = p->row[row];
    const struct node *n = &ui->model.tree.nodes[at];
    char text[40];
    int indent = n->depth - ui->model.tree.nodes[mix_root(p, ui)].depth - 1;
    indent = indent < 0 ? 0 : indent > k.name / 4 ? k.name / 4 : indent;
    double weight = mix_node_weight(p, ui, at);
    bool off = m->planned[at] == 0;
    pen_put(pen, ROLE_TEXT, here ? "▌" : " ");
    pen_skip(pen, 2 * indent);
    bool open = row + 1 < p->row_count && ui->model.tree.nodes[p->row[row + 1]].parent == at;
    pen_put(pen, ROLE_SIGN, n->children == 0 ? " " : open ? "▾" : "▸");
    pen_put(pen, ROLE_TEXT, " ");
    pen_field(pen, off ? ROLE_OFF : ROLE_TEXT, k.name - 2 * indent - 1, n->name);
    pen_skip(pen, 1);
    draw_bar(p, m, at, k.bar, pen);
    if (k.weight) {
        snprintf(text, sizeof text, "%.6g", weight);
        put_value(pen, ROLE_NUMBER, W_NODE_WEIGHT + 1, n->depth > 1 ? text : "", here);
    }
    if (k.share) {
        double all = (double)m->points;
        snprintf(text, sizeof text, "%.1f%%", all > 0 ? 100 * (double)m->planned[at] / all : 0);
        pen_right(pen, ROLE_TEXT, W_SHARE - 1, text);
    }
    text_count(text, m->planned[at]);
    pen_right(pen, off ? ROLE_OFF : ROLE_STRONG, W_EXPECTED + (k.weight ? 0 : 1), text);
    text_count(text, m->now[at]);
    pen_right(pen, m->now[at] > 0 ? ROLE_ACCEPTED : ROLE_DIM, W_NOW, text);
    char count[40];
    text_count(count, m->add[at]);
    snprintf(text, sizeof text, "%s%.30s", m->add[at] > 0 ? "+" : "", count);
    pen_right(pen, m->add[at] > 0 ? ROLE_NUMBER : ROLE_DIM, W_ADD, text);
}

static void draw_nodes(struct mix_panel *p, const struct ui *ui, const struct mix *m,
                       struct cells *c, struct rect r)
{
    if (r.h < 2) {
        return;
    }
    if (p->nodes.height != (size_t)(r.h - 1)) {
        p->nodes.height = (size_t)(r.h - 1);
        mix_rows(p, ui);
    }
    list_set(&p->nodes, p->row_count, (size_t)(r.h - 1));
    draw_node_heads(p, ui, c, r);
    p->node_rect = (struct rect){r.x, r.y + 1, r.w, r.h - 1};
    for (int i = 0; i < r.h - 1 && p->nodes.top + (size_t)i < p->row_count; i++) {
        size_t row = p->nodes.top + (size_t)i;
        bool here = p->part == MIX_NODES && row == p->nodes.cursor;
        struct pen pen = pen_at(c, r.x, r.y + 1 + i, r.w);
        draw_node(p, ui, m, row, here, &pen);
        if (here) {
            cells_flag(c, r.x, r.y + 1 + i, r.w, CELL_CURSOR);
        }
    }
}

/* ---- the whole */

static void draw_problem(const struct ui *ui, const struct mix *m, struct cells *c, struct rect r)
{
    struct pen p = pen_at(c, r.x + 2, r.y, r.w - 4);
    if (ui->model.tree.count <= 1) {
        pen_put(&p, ROLE_STRONG, "There is nothing to mix yet.");
        p = pen_at(c, r.x + 2, r.y + 2, r.w - 4);
        pen_put(&p, ROLE_KEY, "2");
        pen_put(&p, ROLE_TEXT,
                "  opens the taxonomies: P asks the teacher for factors, a adds one");
        return;
    }
    pen_put(&p, ROLE_WARNING, "! no plan can be made: ");
    cells_block(c, (struct rect){r.x + 2, r.y + 1, r.w - 4, r.h - 1}, ROLE_TEXT, m->problem);
}

static void draw_side(const struct mix_panel *p, const struct ui *ui, const struct mix *m,
                      struct cells *c, struct rect r)
{
    int y = mix_draw_estimate(ui, m, c, r, true) + 1;
    int details = r.h >= 24 ? 8 : 0;
    if (m->warnings.count > 0 && y < r.h) {
        y += mix_draw_warnings(m, c, (struct rect){r.x, r.y + y, r.w, r.h - y - details}, true) + 1;
    }
    if (details > 0) {
        mix_draw_details(p, ui, c, (struct rect){r.x, r.y + y, r.w, r.h - y});
    }
}

static void draw_below(const struct ui *ui, const struct mix *m, struct cells *c, struct rect r,
                       int warnings)
{
    cells_rule(c, r.x, r.y, r.w);
    struct rect figures = {r.x, r.y + 1, r.w, r.h - 1 - warnings};
    int y = mix_draw_estimate(ui, m, c, figures, false);
    mix_draw_warnings(m, c, (struct rect){r.x + 1, r.y + 1 + y, r.w - 2, warnings}, false);
}

/* Rows that the estimate and the warnings get below the list. */
static int rows_below(const struct mix *m, int h, int *warnings)
{
    int most = h >= 26 ? 3 : h >= 19 ? 2 : 1;
    *warnings = m->warnings.count < most ? m->warnings.count : most;
    return 1 + (h >= 16 ? 2 : 1) + *warnings;
}

void mix_draw(struct mix_panel *p, struct ui *ui, struct cells *c, struct rect body)
{
    const struct mix *m = mix_of(ui);
    struct split s = layout_split(body, 0);
    mix_settle(p, ui, false);
    if (m == NULL) {
        struct pen pen = pen_at(c, body.x + 2, body.y + 1, body.w - 4);
        pen_put(&pen, ROLE_DIM, ui->model.store != NULL ? "reading …" : "There is no session yet.");
        return;
    }
    struct rect r = s.list;
    int most = r.h / 4 > 2 ? r.h / 4 : 2, warnings = 0;
    int y = draw_strategies(p, m, c, r, most);
    y += draw_values(p, m, c, (struct rect){r.x, r.y + y, r.w, 2});
    if (r.h >= 19) {
        cells_rule(c, r.x, r.y + y++, r.w);
    }
    struct rect rest = {r.x, r.y + y, r.w, r.h - y};
    if (m->problem[0] != '\0') {
        draw_problem(ui, m, c, rest);
        return;
    }
    mix_draw_summary(m, c, rest);
    int below = s.beside ? 0 : rows_below(m, body.h, &warnings);
    draw_nodes(p, ui, m, c, (struct rect){r.x, rest.y + 1, r.w, rest.h - 1 - below});
    if (s.beside) {
        layout_split_line(c, &s);
        draw_side(p, ui, m, c, s.details);
    } else {
        draw_below(ui, m, c, (struct rect){r.x, r.y + r.h - below, r.w, below}, warnings);
    }
}
