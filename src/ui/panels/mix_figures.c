/*
 * What it takes, and what is odd about it. Each figure stands with its range and with what it rests
 * on; a figure that is only assumed says so in the same place.
 */
#include "ui/panels/mix.h"

#include "base/text.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

void mix_draw_summary(const struct mix *m, struct cells *c, struct rect r)
{
    char figure[32], n[32], add[32], complexified[32], possible[32];
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    text_count(n, m->points);
    text_count(add, m->to_add);
    text_count(complexified, m->complexified);
    bool wide = r.w >= 76;
    if (wide && m->mixes_possible < 1e9) {
        text_count(possible, llround(m->mixes_possible));
    } else {
        text_short(possible, m->mixes_possible);
    }
    double ratio = m->mixes_possible > 0 ? (double)m->points / m->mixes_possible : 0;
    int decimals = ratio >= 10 ? 0 : wide && ratio < 0.095 ? 3 : 2;
    snprintf(figure, sizeof figure, "%.*f", decimals, ratio);
    pen_put(&p, ROLE_STRONG, add);
    if (wide) {
        pen_format(&p, ROLE_DIM, " to be made of %s · ", n);
    } else {
        pen_put(&p, ROLE_DIM, " to make · ");
    }
    const char *last = wide ? " mixes possible, N/V " : " mixes, N/V ";
    size_t rest = strlen(complexified) + strlen(possible) + strlen(last) + strlen(figure);
    bool roomy = wide && (size_t)pen_left(&p) >= rest + sizeof " complexified · " - 2;
    pen_put(&p, ROLE_NUMBER, complexified);
    pen_put(&p, ROLE_DIM, roomy ? " complexified · " : " complex · ");
    pen_put(&p, ROLE_NUMBER, possible);
    pen_put(&p, ROLE_DIM, last);
    if ((size_t)pen_left(&p) >= strlen(figure)) { /* whole or not at all */
        pen_put(&p, ratio >= 0.8 ? ROLE_WARNING : ROLE_NUMBER, figure);
    }
}

/* ---- the estimate */

/* What the figures rest on, with the ranges in front where there is room. */
static void draw_basis(const struct estimate *e, struct cells *c, struct rect r)
{
    char n[32], low[32], high[32];
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    if (r.w >= 78) {
        text_short(low, e->calls_low);
        text_short(high, e->calls_high);
        pen_format(&p, ROLE_DIM, "%s–%s", low, high);
        text_money(low, e->cost_low);
        text_money(high, e->cost_high);
        if (e->priced) {
            pen_format(&p, ROLE_DIM, ", %s–%s", low, high);
        }
        pen_put(&p, ROLE_DIM, " · ");
    }
    text_count(n, e->measured_on);
    if (e->measured) {
        pen_format(&p, ROLE_DIM, "measured on %s calls", n);
    } else if (e->measured_on > 0) {
        pen_format(&p, ROLE_DIM, "partly assumed, %s calls measured", n);
    } else {
        pen_put(&p, ROLE_DIM, "assumed, nothing measured yet");
    }
    pen_format(&p, ROLE_DIM, ", %.0f %% accepted", e->accepted_share * 100);
}

static int draw_estimate_brief(const struct estimate *e, struct cells *c, struct rect r)
{
    char a[32], b[32];
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    bool wide = r.w >= 78;
    text_short(a, e->calls);
    pen_put(&p, ROLE_DIM, "calls ");
    pen_put(&p, ROLE_STRONG, a);
    if (wide) {
        pen_format(&p, ROLE_DIM, " (%.1f a point)", e->calls_per_point);
    }
    text_short(a, e->tokens_in);
    text_short(b, e->tokens_out);
    pen_put(&p, ROLE_DIM, "  tokens ");
    pen_format(&p, ROLE_TEXT, wide ? "%s in, %s out" : "%s + %s", a, b);
    text_money(a, e->cost);
    pen_put(&p, ROLE_DIM, "  ");
    pen_put(&p, ROLE_STRONG, e->priced ? a : "no price");
    text_seconds(a, e->seconds);
    pen_format(&p, ROLE_TEXT, "  ~ %s", a);
    if (r.h < 2) {
        return 1;
    }
    draw_basis(e, c, (struct rect){r.x, r.y + 1, r.w, 1});
    return 2;
}

struct line {
    const char *what;
    char value[48], range[80], basis[120];
};

static void draw_line(const struct line *l, struct cells *c, struct rect r)
{
    struct pen p = pen_at(c, r.x, r.y, r.w);
    pen_field(&p, ROLE_DIM, 8, l->what);
    pen_right(&p, ROLE_STRONG, 9, l->value);
    pen_skip(&p, 2);
    pen_put(&p, ROLE_TEXT, l->range);
    p = pen_at(c, r.x + 8, r.y + 1, r.w - 8);
    pen_field(&p, ROLE_DIM, pen_left(&p), l->basis);
}

static void range_of(char out[80], void (*show)(char out[32], double v), double low, double high)
{
    char a[32], b[32];
    show(a, low);
    show(b, high);
    snprintf(out, 80, "%s to %s", a, b);
}

static void fill_calls(const struct estimate *e, struct line *l)
{
    l->what = "calls";
    text_short(l->value, e->calls);
    range_of(l->range, text_short, e->calls_low, e->calls_high);
    snprintf(l->basis, sizeof l->basis, "%.1f a point, %.0f %% accepted%s", e->calls_per_point,
             e->accepted_share * 100, e->share_measured ? "" : " (assumed)");
}

static void fill_tokens(const struct estimate *e, struct line *l)
{
    char in[32], out[32], n[32];
    l->what = "tokens";
    double points = e->points > 0 ? e->points : 1;
    text_short(in, e->tokens_in);
    text_short(out, e->tokens_out);
    text_short(l->value, e->tokens_in + e->tokens_out);
    text_count(n, e->measured_on);
    snprintf(l->range, sizeof l->range, "%s + %s", in, out);
    text_short(in, (e->tokens_in + e->tokens_out) / points);
    snprintf(l->basis, sizeof l->basis, "%s a point, %s%s", in, e->lengths_measured ? "of " : "",
             e->lengths_measured ? n : "assumed");
    if (e->lengths_measured) {
        size_t used = strlen(l->basis);
        snprintf(l->basis + used, sizeof l->basis - used, " calls");
    }
}

static void fill_money(const struct estimate *e, struct line *l)
{
    l->what = "money";
    text_money(l->value, e->cost);
    range_of(l->range, text_money, e->cost_low, e->cost_high);
    if (!e->priced) {
        l->range[0] = '\0';
        snprintf(l->basis, sizeof l->basis, "the teacher has no price set");
    } else {
        snprintf(l->basis, sizeof l->basis, "%s",
                 e->lengths_measured ? "what such calls cost so far"
                                     : "its prices, assumed lengths");
    }
}

static void fill_time(const struct ui *ui, const struct mix *m, struct line *l)
{
    const struct estimate *e = &m->estimate;
    const struct live_status *v = &ui->model.live;
    l->what = "time";
    if (model_is_running(&ui->model) && v->points_per_s > 0) {
        text_seconds(l->value, (double)m->to_add / v->points_per_s);
        snprintf(l->basis, sizeof l->basis, "at %.1f points/s, as it runs now", v->points_per_s);
        return;
    }
    text_seconds(l->value, e->seconds);
    range_of(l->range, text_seconds, e->seconds_low, e->seconds_high);
    snprintf(l->basis, sizeof l->basis, "%s latency, %.0f in flight",
             e->lengths_measured ? "measured" : "assumed", e->in_flight);
}

int mix_draw_estimate(const struct ui *ui, const struct mix *m, struct cells *c, struct rect r,
                      bool full)
{
    if (!full) {
        return draw_estimate_brief(&m->estimate, c, r);
    }
    struct line lines[4];
    memset(lines, 0, sizeof lines);
    fill_calls(&m->estimate, &lines[0]);
    fill_tokens(&m->estimate, &lines[1]);
    fill_money(&m->estimate, &lines[2]);
    fill_time(ui, m, &lines[3]);
    char n[32];
    text_count(n, m->to_add);
    struct pen p = pen_at(c, r.x, r.y, r.w);
    pen_format(&p, ROLE_STRONG, "the next run adds %s", n);
    for (int i = 0; i < 4; i++) {
        draw_line(&lines[i], c, (struct rect){r.x, r.y + 1 + 2 * i, r.w, 2});
    }
    return 9;
}

/* ---- warnings */

int mix_draw_warnings(const struct mix *m, struct cells *c, struct rect r, bool wrapped)
{
    int y = 0, i = 0, all = m->warnings.count + m->warnings.more;
    for (; i < m->warnings.count && y < r.h; i++) {
        const char *text = m->warnings.item[i].text;
        struct pen p = pen_at(c, r.x, r.y + y, r.w);
        pen_put(&p, ROLE_WARNING, "! ");
        bool last = y + 1 == r.h && i + 1 < all;
        if (wrapped && !last) {
            struct rect left = {r.x + 2, r.y + y, r.w - 2, r.h - y};
            int rows = cells_block(c, left, ROLE_TEXT, text);
            y += rows < left.h ? rows : left.h;
            continue;
        }
        int tail = last ? 12 : 0;
        pen_field(&p, ROLE_TEXT, pen_left(&p) - tail, text);
        if (last) {
            pen_format(&p, ROLE_DIM, " w: %d more", all - i - 1);
        }
        y++;
    }
    return y;
}

void mix_warnings_text(const struct mix *m, struct buf *out)
{
    for (int i = 0; i < m->warnings.count; i++) {
        buf_printf(out, "! %s\n\n", m->warnings.item[i].text);
    }
    if (m->warnings.more > 0) {
        buf_printf(out, "and %d more\n", m->warnings.more);
    }
}

/* ---- what is under the cursor */

static void pair_line(struct cells *c, struct rect r, int *y, const char *what, const char *value)
{
    if (*y < r.h) {
        struct pen p = pen_at(c, r.x, r.y + *y, r.w);
        pen_field(&p, ROLE_DIM, 15, what);
        pen_field(&p, ROLE_TEXT, pen_left(&p), value);
        (*y)++;
    }
}

static void strategy_details(const struct mix_strategy *s, struct cells *c, struct rect r)
{
    char text[200], a[32], b[32];
    int y = 1;
    struct pen p = pen_at(c, r.x, r.y, r.w);
    pen_field(&p, ROLE_STRONG, r.w, s->name);
    pair_line(c, r, &y, "draws from", s->taxonomies);
    text_count(a, s->quota);
    text_count(b, s->add);
    snprintf(text, sizeof text, "%s, %s to be made", a, b);
    pair_line(c, r, &y, "points", text);
    text_count(a, s->quota_complex);
    snprintf(text, sizeof text, "%s (%.1f %%)", a,
             s->quota > 0 ? 100.0 * (double)s->quota_complex / (double)s->quota : 0);
    pair_line(c, r, &y, "complexified", text);
    if (s->mixes < 1e9) {
        text_count(a, llround(s->mixes));
    } else {
        text_short(a, s->mixes);
    }
    snprintf(text, sizeof text, "%s, N/V %.3f", a, s->mixes > 0 ? (double)s->quota / s->mixes : 0);
    pair_line(c, r, &y, "mixes possible", text);
    snprintf(text, sizeof text, "%d (x shows them)", s->exclusions);
    pair_line(c, r, &y, "exclusions", text);
}

static void value_details(int value, struct cells *c, struct rect r)
{
    const struct setting *s = mix_setting(value);
    struct pen p = pen_at(c, r.x, r.y, r.w);
    char help[600];
    size_t n = strcspn(s->help, "\n");
    snprintf(help, sizeof help, "%.*s", (int)(n < sizeof help - 1 ? n : sizeof help - 1), s->help);
    pen_format(&p, ROLE_STRONG, "%s", s->name);
    pen_format(&p, ROLE_DIM, "  default %s", s->otherwise);
    cells_block(c, (struct rect){r.x, r.y + 1, r.w, r.h - 1}, ROLE_TEXT, help);
}

static void node_details(const struct mix *m, const struct ui *ui, uint32_t at, struct cells *c,
                         struct rect r)
{
    const struct node *n = &ui->model.tree.nodes[at];
    char text[200], a[32], b[32], d[32];
    struct buf path;
    int y = 1;
    struct pen p = pen_at(c, r.x, r.y, r.w);
    buf_init(&path, 1u << 16);
    tree_path(&ui->model.tree, at, &path);
    pen_field(&p, ROLE_STRONG, r.w, path.data);
    buf_free(&path);
    text_count(a, m->planned[at]);
    text_count(b, m->now[at]);
    text_count(d, m->add[at]);
    snprintf(text, sizeof text, "%s expected, %s now, %s will be added", a, b, d);
    pair_line(c, r, &y, "points", text);
    snprintf(text, sizeof text, "%.15g beside its siblings; %.3g %% of all points", n->weight,
             ui->model.share[at] * 100);
    pair_line(c, r, &y, "weight", text);
    snprintf(text, sizeof text, "%u", n->children);
    pair_line(c, r, &y, "children", text);
}

void mix_draw_details(const struct mix_panel *p, const struct ui *ui, struct cells *c,
                      struct rect r)
{
    const struct mix *m = mix_of(ui);
    const struct mix_strategy *s = mix_strategy_at(p, ui);
    uint32_t at = mix_node_at(p, ui);
    if (r.h < 3 || m == NULL) {
        return;
    }
    if (s != NULL) {
        strategy_details(s, c, r);
    } else if (p->part == MIX_VALUES) {
        value_details(p->value, c, r);
    } else if (at != TREE_NONE && m->planned != NULL) {
        node_details(m, ui, at, c, r);
    }
}
