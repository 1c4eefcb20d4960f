/*
 * Columns are placed from the right: figures keep their place at every width, the name gets what is
 * left. Narrow lists do without the bars first, then without "planned". The bar beside
 * the weight is of the parent's points: how siblings divide what there is. The share is of all.
 *
 * A row begins with the cursor's sign and the mark, and its name ends with two flags: L locked or
 * ⋯ at work, H made by a person (h: changed by one).
 */
#include "ui/panels/taxonomy.h"

#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"
#include "ui/chart.h"
#include "ui/layout.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    W_WEIGHT = 7,
    W_SHARE = 7,
    W_SHARE_BAR = 6, /* with the space before */
    W_PLANNED = 8,
    W_ACCEPTED = 9,
    W_BAR = 8,
    W_FLAG = 3, /* with the space before */
    W_LEFT = 2  /* cursor and mark */
};

struct columns {
    int name; /* with fold sign, note and flag */
    bool planned, bar, share_bar;
};

static struct columns columns_of(int width)
{
    struct columns k = {0, width >= 66, width >= 76, width >= 90};
    k.name = width - W_LEFT - 1 - W_WEIGHT - W_SHARE - W_ACCEPTED - (k.planned ? W_PLANNED : 0) -
             (k.bar ? W_BAR + 1 : 0) - (k.share_bar ? W_SHARE_BAR : 0);
    return k;
}

/* "3 marked · 2 of 5 found · 412 of 1,000" */
static void draw_place(const struct taxonomy *t, const struct taxonomy_side *s, struct pen *p)
{
    char place[72], count[32], match[32];
    list_place(&s->list, place);
    const char *dot = "";
    if (t->marks.count > 0) {
        text_count(count, (long long)t->marks.count);
        pen_format(p, ROLE_STRONG, "%s marked", count);
        dot = " · ";
    }
    if (t->find != NULL && s == taxonomy_side_of(t)) {
        size_t at = taxonomy_match(t);
        text_count(match, (long long)at);
        text_count(count, (long long)t->match_count);
        pen_format(p, ROLE_DIM, at > 0 ? "%s%s of %s found" : "%s%.0s%s found", dot, match, count);
        dot = " · ";
    }
    pen_put(p, ROLE_DIM, place[0] != '\0' ? dot : "");
    pen_field(p, ROLE_DIM, pen_left(p), place);
}

/* "filter shop · 2 match": the text gives way when there is less room. */
static void filter_text(const struct taxonomy_side *s, int room, struct buf *out)
{
    char count[32];
    text_count(count, (long long)s->hit_count);
    int width = utf8_columns(s->filter, strlen(s->filter));
    int left = room - (int)strlen("filter  . ") - (int)strlen(count) - (int)strlen(" match");
    int used = 0;
    size_t n =
        width > left ? utf8_fit(s->filter, strlen(s->filter), left - 1, &used) : strlen(s->filter);
    buf_printf(out, "filter %.*s%s · %s match", (int)n, s->filter, width > left ? "…" : "", count);
}

/* Where one is when the list is not everything: the branch, the filter. */
static void draw_where(const struct taxonomy_side *s, struct cells *c, struct rect r)
{
    static const char out[] = "Esc shows all";
    int room = r.w - W_LEFT - (int)strlen(out) - 3;
    struct pen p = pen_at(c, r.x + W_LEFT, r.y, room);
    struct buf path, filter;
    buf_init(&path, 1u << 16);
    buf_init(&filter, 1u << 16);
    if (s->filter != NULL) {
        filter_text(s, s->outline.root != 0 ? room * 2 / 3 : room, &filter);
    }
    if (s->outline.root != 0) {
        int width = utf8_columns(filter.data, filter.len);
        taxonomy_path(s->outline.tree, s->outline.root, room - (width > 0 ? width + 3 : 0), &path);
        width = width > 0 ? room - width - 3 : room;
        int needs = utf8_columns(path.data, path.len);
        pen_field(&p, ROLE_STRONG, needs < width ? needs : width, path.data);
        pen_put(&p, ROLE_DIM, filter.len > 0 ? " · " : "");
    }
    pen_put(&p, ROLE_STRONG, filter.data);
    p = pen_at(c, r.x + r.w - (int)strlen(out) - 1, r.y, (int)strlen(out));
    pen_put(&p, ROLE_KEY, "Esc");
    pen_put(&p, ROLE_DIM, out + 3);
    buf_free(&filter);
    buf_free(&path);
}

static void draw_heads(const struct taxonomy *t, const struct taxonomy_side *s, struct cells *c,
                       struct rect r)
{
    struct columns k = columns_of(r.w);
    struct pen p = pen_at(c, r.x + W_LEFT, r.y, k.name - 1);
    draw_place(t, s, &p);
    p = pen_at(c, r.x + W_LEFT + k.name, r.y, r.w - W_LEFT - k.name);
    pen_right(&p, ROLE_DIM, W_WEIGHT, "weight");
    pen_skip(&p, k.share_bar ? W_SHARE_BAR : 0);
    pen_right(&p, ROLE_DIM, W_SHARE, "share");
    if (k.planned) {
        pen_right(&p, ROLE_DIM, W_PLANNED, "planned");
    }
    pen_right(&p, ROLE_DIM, W_ACCEPTED, "accepted");
}

static bool is_working(const struct ui *ui, int64_t id)
{
    for (size_t i = 0; i < ui->model.live.expanding_count; i++) {
        if (ui->model.live.expanding[i] == id) {
            return true;
        }
    }
    return false;
}

/* ---- one node */

static const char *sign_of(const struct taxonomy_side *s, const struct node *n, uint32_t at)
{
    if (!(n->weight > 0) || n->state == NODE_FAILED) {
        return "✗";
    }
    if (n->children > 0) {
        return outline_is_open(&s->outline, at) ? "▾" : "▸";
    }
    return n->state == NODE_UNEXPANDED ? "○" : "●";
}

static enum ui_role sign_role(const struct node *n)
{
    if (!(n->weight > 0)) {
        return ROLE_OFF;
    }
    return n->state == NODE_FAILED ? ROLE_FAILED : n->children > 0 ? ROLE_SIGN : ROLE_DIM;
}

/* The word for what the sign means, and the children that a fold hides. */
static void note_of(const struct taxonomy_side *s, const struct node *n, uint32_t at, bool cut,
                    char out[48])
{
    const char *word = "";
    char hidden[24] = "";
    if (cut) {
        word = "cut";
    } else if (!(n->weight > 0)) {
        word = "off";
    } else if (n->state == NODE_FAILED) {
        word = "failed";
    } else if (n->state == NODE_UNEXPANDED && n->children == 0) {
        word = "unexpanded";
    }
    if (n->children > 0 && !outline_is_open(&s->outline, at)) {
        snprintf(hidden, sizeof hidden, "(%u)", n->children);
    }
    snprintf(out, 48, "%s%s%s", word, word[0] != '\0' && hidden[0] != '\0' ? " " : "", hidden);
}

/* Shows where a name matches. */
static void mark_match(struct needle *what, struct cells *c, const char *name, int x, int y,
                       int end)
{
    size_t start = 0, stop = 0;
    if (what == NULL || !needle_find(what, name, &start, &stop)) {
        return;
    }
    int left = x + utf8_columns(name, start), width = utf8_columns(name + start, stop - start);
    width = left + width > end ? end - left : width;
    for (int i = 0; i < width; i++) {
        struct cell *cell = left + i >= 0 && left + i < c->cols
                                ? &c->at[(size_t)y * (size_t)c->cols + (size_t)(left + i)]
                                : NULL;
        if (cell != NULL) {
            cell->role = ROLE_MATCH;
        }
    }
}

/* Deep trees must not push their names out of the column. */
static int indent_of(const struct taxonomy_side *s, uint32_t at, int width)
{
    const struct node *nodes = s->outline.tree->nodes;
    uint32_t root = s->outline.root;
    int levels = nodes[at].depth - (root != 0 ? nodes[root].depth : 1);
    int most = width / 2 - 4;
    return 2 * levels > most ? most : 2 * levels;
}

int taxonomy_sign_x(const struct taxonomy_side *s, int x, int width, uint32_t node)
{
    return x + W_LEFT + indent_of(s, node, columns_of(width).name);
}

static void draw_flags(const struct ui *ui, const struct node *n, struct pen *p)
{
    if (is_working(ui, n->id)) {
        pen_put(p, ROLE_WORKING, "⋯");
    } else {
        pen_put(p, ROLE_LOCKED, n->locked ? "L" : " ");
    }
    if (n->origin == NODE_BY_HUMAN || n->edited) {
        pen_put(p, ROLE_HUMAN, n->origin == NODE_BY_HUMAN ? "H" : "h");
    }
}

static void draw_name(const struct taxonomy *t, const struct taxonomy_side *s, struct ui *ui,
                      struct pen *p, uint32_t at, int width)
{
    const struct node *n = &ui->model.tree.nodes[at];
    bool off = !(n->weight > 0) || (s->filter != NULL && !taxonomy_is_hit(s, at));
    bool cut = clip_is_cut(t, n->id);
    char note[48];
    note_of(s, n, at, cut, note);
    int start = p->x, indent = indent_of(s, at, width);
    int note_width = utf8_columns(note, strlen(note));
    pen_skip(p, indent);
    pen_put(p, sign_role(n), sign_of(s, n, at));
    pen_put(p, ROLE_TEXT, " ");
    int room = width - indent - 2 - W_FLAG;
    if (note_width > 0 && utf8_columns(n->name, strlen(n->name)) + 1 + note_width > room &&
        n->state == NODE_UNEXPANDED && n->children == 0) {
        note_width = 0; /* the sign says it, too; the name says more */
        note[0] = '\0';
    }
    room -= note_width > 0 ? note_width + 1 : 0;
    int x = p->x;
    pen_field(p, off || cut ? ROLE_OFF : n->depth == 1 ? ROLE_STRONG : ROLE_TEXT, room, n->name);
    mark_match(t->find != NULL ? t->find : s->query.name, p->cells, n->name, x, p->y, p->x);
    if (s == taxonomy_side_of(t)) {
        edit_place(t, ui, ACT_RENAME, n->id, (struct rect){x, p->y, room, 1});
    }
    pen_to(p, start + width - W_FLAG - note_width);
    pen_put(p, n->state == NODE_FAILED && !off ? ROLE_FAILED : ROLE_DIM, note);
    pen_to(p, start + width - W_FLAG + 1);
    draw_flags(ui, n, p);
    pen_to(p, start + width);
}

static void draw_node(const struct taxonomy *t, const struct taxonomy_side *s, struct ui *ui,
                      struct cells *c, struct rect row, uint32_t at)
{
    const struct model *m = &ui->model;
    const struct node *n = &m->tree.nodes[at];
    struct columns k = columns_of(row.w);
    struct pen p = pen_at(c, row.x + W_LEFT, row.y, row.w - W_LEFT);
    char text[32];
    bool off = !(n->weight > 0);
    enum ui_role role = off ? ROLE_OFF : ROLE_NUMBER;
    draw_name(t, s, ui, &p, at, k.name);
    snprintf(text, sizeof text, "%.6g", n->weight);
    pen_right(&p, role, W_WEIGHT, n->depth > 1 ? text : "");
    if (k.share_bar) {
        double parent = n->depth > 1 ? m->share[n->parent] : 1;
        pen_skip(&p, 1);
        chart_bar(&p, ROLE_SPARK, W_SHARE_BAR - 1, parent > 0 ? m->share[at] / parent : 0);
    }
    snprintf(text, sizeof text, "%.1f%%", m->share[at] * 100);
    pen_right(&p, role, W_SHARE, text);
    if (k.planned) {
        text_count(text, m->planned[at]);
        pen_right(&p, role, W_PLANNED, text);
    }
    text_count(text, m->accepted[at]);
    pen_right(&p, role, W_ACCEPTED, text);
    if (k.bar) {
        pen_skip(&p, 1);
        double share = m->planned[at] > 0 ? (double)m->accepted[at] / (double)m->planned[at] : 0;
        chart_bar(&p, ROLE_BAR, W_BAR, share);
    }
}

static void draw_proposal(const struct proposal *f, struct cells *c, struct rect row)
{
    struct pen p = pen_at(c, row.x + W_LEFT, row.y, row.w - W_LEFT - 1);
    pen_put(&p, ROLE_WARNING, "? ");
    pen_put(&p, ROLE_STRONG, f->name);
    pen_put(&p, ROLE_DIM, "  proposed  ");
    pen_field(&p, ROLE_DIM, pen_left(&p), f->desc);
}

/* ---- nothing there yet */

static void draw_empty(const struct ui *ui, struct cells *c, struct rect r)
{
    static const char *const with[] = {
        "There is no taxonomy yet.",
        "",
        "P   ask the teacher what the data varies in: proposals that",
        "    you accept (y) become taxonomies",
        "a   add a taxonomy by hand",
        "i   read them from a file: text, Markdown, JSON, CSV, SKOS, OPML;",
        "    or paste indented text or Markdown"};
    static const char *const without[] = {
        "There is no taxonomy yet, and the data is not described.", "",
        "1, then d   describe the data: the teacher proposes factors from that",
        "a           add a taxonomy by hand",
        "i           read them from a file, or paste indented text or Markdown"};
    bool described = ui->model.description[0] != '\0';
    size_t n = described ? sizeof with / sizeof with[0] : sizeof without / sizeof without[0];
    for (size_t i = 0; i < n; i++) {
        struct pen p = pen_at(c, r.x + 2, r.y + 1 + (int)i, r.w - 4);
        pen_field(&p, i == 0 ? ROLE_STRONG : ROLE_TEXT, pen_left(&p),
                  described ? with[i] : without[i]);
    }
}

static void draw_cursor(struct cells *c, struct rect line, bool here, bool on_node)
{
    struct pen p = pen_at(c, line.x, line.y, 1);
    pen_put(&p, here ? ROLE_SIGN : ROLE_DIM, here ? "▌" : "▏");
    if (here) {
        /* the figures stay as they are: painting two rows of them again costs a third of the bytes
         * of a cursor key */
        cells_flag(c, line.x, line.y, on_node ? columns_of(line.w).name + W_LEFT : line.w,
                   CELL_CURSOR);
        c->cursor_x = line.x;
        c->cursor_y = line.y;
    }
}

static void draw_side(const struct taxonomy *t, struct taxonomy_side *s, struct ui *ui,
                      struct cells *c, struct rect r)
{
    size_t from = 1, to = 0;
    if (s->outline.root != 0 || s->filter != NULL) {
        draw_where(s, c, (struct rect){r.x, r.y, r.w, 1});
        r = (struct rect){r.x, r.y + 1, r.w, r.h - 1};
    }
    draw_heads(t, s, c, (struct rect){r.x, r.y, r.w, 1});
    s->seen = (struct rect){r.x, r.y + 1, r.w, r.h - 1};
    list_set(&s->list, s->proposals + s->outline.count, r.h > 1 ? (size_t)(r.h - 1) : 0);
    bool range = taxonomy_range(t, s, &from, &to);
    for (size_t i = 0; i < s->list.height && s->list.top + i < s->list.count; i++) {
        size_t row = s->list.top + i;
        struct rect line = {r.x, r.y + 1 + (int)i, r.w, 1};
        if (row < s->proposals) {
            draw_proposal(&ui->model.proposals[row], c, line);
        } else {
            size_t at = row - s->proposals;
            uint32_t node = s->outline.rows[at];
            bool marked = (range && at >= from && at <= to) ||
                          marks_has(&t->marks, ui->model.tree.nodes[node].id);
            struct pen mark = pen_at(c, line.x + 1, line.y, 1);
            pen_put(&mark, ROLE_KEY, marked ? "■" : "");
            draw_node(t, s, ui, c, line, node);
        }
        if (row == s->list.cursor) {
            draw_cursor(c, line, s == taxonomy_side_of(t), row >= s->proposals);
        }
    }
}

/* Two sides: beside each other where that leaves room for names, else one above the other. */
static void draw_sides(struct taxonomy *t, struct ui *ui, struct cells *c, struct rect body)
{
    int below = body.h >= 40 ? 8 : body.h >= 30 ? 4 : 0;
    struct rect lists = {body.x, body.y, body.w, below > 0 ? body.h - below - 1 : body.h};
    if (body.w >= LAYOUT_WIDE) {
        int left = (lists.w - 1) / 2;
        draw_side(t, &t->sides[0], ui, c, (struct rect){lists.x, lists.y, left, lists.h});
        cells_wall(c, lists.x + left, lists.y, lists.h);
        draw_side(t, &t->sides[1], ui, c,
                  (struct rect){lists.x + left + 1, lists.y, lists.w - left - 1, lists.h});
    } else {
        int upper = (lists.h - 1) / 2;
        draw_side(t, &t->sides[0], ui, c, (struct rect){lists.x, lists.y, lists.w, upper});
        cells_rule(c, lists.x, lists.y + upper, lists.w);
        draw_side(t, &t->sides[1], ui, c,
                  (struct rect){lists.x, lists.y + upper + 1, lists.w, lists.h - upper - 1});
    }
    if (below > 0) {
        cells_rule(c, body.x + 1, body.y + lists.h, body.w - 2);
        taxonomy_detail_draw(
            t, ui, c, (struct rect){body.x + 1, body.y + lists.h + 1, body.w - 2, below}, false);
    }
}

void taxonomy_draw(struct taxonomy *t, struct ui *ui, struct cells *c, struct rect body)
{
    struct taxonomy_side *here = taxonomy_side(t);
    ui->prompt.place.w = 0; /* until what is edited is drawn */
    if (here->proposals + here->outline.count == 0 && here->filter == NULL && !t->split) {
        draw_empty(ui, c, body);
        return;
    }
    if (t->split) {
        draw_sides(t, ui, c, body);
        return;
    }
    struct split s = layout_split(body, body.h >= 34 ? 8 : body.h >= 18 ? 4 : 2);
    layout_split_line(c, &s);
    draw_side(t, here, ui, c, s.list);
    taxonomy_detail_draw(t, ui, c, s.details, s.beside);
}
