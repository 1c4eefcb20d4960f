/*
 * Columns are placed from the right: figures keep their place at every width, the name gets what is
 * left. Narrow lists do without the bar first, then without "planned".
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
    W_SHARE = 8,
    W_PLANNED = 9,
    W_ACCEPTED = 10,
    W_BAR = 8,
    W_NOTE = 10,
    W_FLAG = 3
};

struct columns {
    int name; /* with fold sign, note and flag */
    bool planned, bar;
};

static struct columns columns_of(int width)
{
    struct columns k = {0, width >= 66, width >= 76};
    k.name = width - 2 - W_WEIGHT - W_SHARE - W_ACCEPTED - (k.planned ? W_PLANNED : 0) -
             (k.bar ? W_BAR + 1 : 0);
    return k;
}

static void draw_heads(const struct taxonomy *t, struct cells *c, struct rect r)
{
    struct columns k = columns_of(r.w);
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 1);
    char place[72];
    list_place(&t->list, place);
    pen_field(&p, ROLE_DIM, k.name, place);
    pen_right(&p, ROLE_DIM, W_WEIGHT, "weight");
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

static const char *sign_of(const struct taxonomy *t, const struct node *n, uint32_t at)
{
    if (!(n->weight > 0) || n->state == NODE_FAILED) {
        return "✗";
    }
    if (n->children > 0) {
        return outline_is_open(&t->outline, at) ? "▾" : "▸";
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
static void note_of(const struct taxonomy *t, const struct node *n, uint32_t at, char out[48])
{
    const char *word = "";
    char hidden[24] = "";
    if (!(n->weight > 0)) {
        word = "off";
    } else if (n->state == NODE_FAILED) {
        word = "failed";
    } else if (n->state == NODE_UNEXPANDED && n->children == 0) {
        word = "unexpanded";
    }
    if (n->children > 0 && !outline_is_open(&t->outline, at)) {
        snprintf(hidden, sizeof hidden, "(%u)", n->children);
    }
    snprintf(out, 48, "%s%s%s", word, word[0] != '\0' && hidden[0] != '\0' ? " " : "", hidden);
}

static void mark_match(const struct taxonomy *t, struct cells *c, const char *name, int x, int y,
                       int end)
{
    size_t start = 0, stop = 0;
    if (t->find == NULL || !regex_find(t->find, name, strlen(name), 0, &start, &stop)) {
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

static void draw_name(const struct taxonomy *t, const struct ui *ui, struct pen *p, uint32_t at,
                      int width)
{
    const struct node *n = &ui->model.tree.nodes[at];
    bool off = !(n->weight > 0);
    char note[48];
    note_of(t, n, at, note);
    int start = p->x, indent = 2 * (n->depth - 1);
    int note_width = utf8_columns(note, strlen(note));
    /* deep trees must not push their names out of the column */
    int most = width / 2 - 4;
    indent = indent > most ? most : indent;
    pen_skip(p, indent);
    pen_put(p, sign_role(n), sign_of(t, n, at));
    pen_put(p, ROLE_TEXT, " ");
    int room = width - indent - 2 - W_FLAG;
    if (note_width > 0 && utf8_columns(n->name, strlen(n->name)) + 1 + note_width > room &&
        n->state == NODE_UNEXPANDED && n->children == 0) {
        note_width = 0; /* the sign says it, too; the name says more */
        note[0] = '\0';
    }
    room -= note_width > 0 ? note_width + 1 : 0;
    int x = p->x;
    pen_field(p, off ? ROLE_OFF : n->depth == 1 ? ROLE_STRONG : ROLE_TEXT, room, n->name);
    mark_match(t, p->cells, n->name, x, p->y, p->x);
    pen_to(p, start + width - W_FLAG - note_width);
    pen_put(p, n->state == NODE_FAILED && !off ? ROLE_FAILED : ROLE_DIM, note);
    pen_to(p, start + width - W_FLAG + 1);
    if (is_working(ui, n->id)) {
        pen_put(p, ROLE_WORKING, "⋯");
    } else if (n->locked) {
        pen_put(p, ROLE_LOCKED, "L");
    }
    pen_to(p, start + width);
}

static void draw_node(const struct taxonomy *t, const struct ui *ui, struct cells *c,
                      struct rect row, uint32_t at)
{
    const struct model *m = &ui->model;
    const struct node *n = &m->tree.nodes[at];
    struct columns k = columns_of(row.w);
    struct pen p = pen_at(c, row.x + 1, row.y, row.w - 1);
    char text[32];
    bool off = !(n->weight > 0);
    enum ui_role role = off ? ROLE_OFF : ROLE_NUMBER;
    draw_name(t, ui, &p, at, k.name);
    snprintf(text, sizeof text, "%.6g", n->weight);
    pen_right(&p, role, W_WEIGHT, n->depth > 1 ? text : "");
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
    struct pen p = pen_at(c, row.x + 1, row.y, row.w - 2);
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
        ":tree import FILE   text, Markdown, JSON, CSV or SKOS"};
    static const char *const without[] = {
        "There is no taxonomy yet, and the data is not described.", "",
        "1, then d   describe the data: the teacher proposes factors from that",
        "a           add a taxonomy by hand"};
    bool described = ui->model.description[0] != '\0';
    size_t n = described ? sizeof with / sizeof with[0] : sizeof without / sizeof without[0];
    for (size_t i = 0; i < n; i++) {
        struct pen p = pen_at(c, r.x + 2, r.y + 1 + (int)i, r.w - 4);
        pen_field(&p, i == 0 ? ROLE_STRONG : ROLE_TEXT, pen_left(&p),
                  described ? with[i] : without[i]);
    }
}

/* ---- details */

/* Names from the taxonomy down; leading ones give way when there is less room. */
static void path_of(const struct tree *tree, uint32_t at, int room, struct buf *out)
{
    uint32_t chain[TREE_MAX_DEPTH + 1];
    size_t n = 0;
    for (; at != 0 && at != TREE_NONE && n <= TREE_MAX_DEPTH; at = tree->nodes[at].parent) {
        chain[n++] = at;
    }
    for (size_t from = n; from > 0; from--) {
        buf_clear(out);
        buf_adds(out, from < n ? "…" : "");
        for (size_t i = from; i > 0; i--) {
            buf_printf(out, "%s%s", out->len > 0 ? " › " : "", tree->nodes[chain[i - 1]].name);
        }
        if (utf8_columns(out->data, out->len) <= room) {
            return;
        }
    }
}

static void origin_of(const struct node *n, char out[64])
{
    snprintf(out, 64, "%s%s%s", n->origin == NODE_BY_MODEL ? "by teacher" : "by hand",
             n->edited ? ", edited" : "", n->locked ? ", locked" : "");
}

static long items_of(const cJSON *o, const char *name)
{
    const cJSON *list = NULL;
    return json_get_array(o, name, &list, NULL) == ST_OK ? cJSON_GetArraySize(list) : 0;
}

/* "expanded: 7 proposals, 3 kept, 2 dropped — p shows them" */
static void expansion_line(const struct taxonomy *t, char out[256])
{
    cJSON *o = NULL;
    out[0] = '\0';
    if (t->expansion.len == 0 ||
        json_parse(t->expansion.data, t->expansion.len, &json_limits_reply, &o, NULL) != ST_OK) {
        return;
    }
    const char *error = json_str_or(o, "error", "");
    if (error[0] != '\0') {
        snprintf(out, 256, "expansion failed: %.200s", error);
    } else {
        snprintf(out, 256, "expanded: %ld proposals, %ld kept, %ld dropped — p shows them",
                 items_of(o, "proposals"), items_of(o, "children"), items_of(o, "dropped"));
    }
    cJSON_Delete(o);
}

static void draw_proposal_details(const struct proposal *f, struct cells *c, struct rect r)
{
    struct pen p = pen_at(c, r.x, r.y, r.w);
    pen_put(&p, ROLE_STRONG, f->name);
    pen_put(&p, ROLE_DIM, "  proposed: ");
    pen_put(&p, ROLE_KEY, "y");
    pen_put(&p, ROLE_DIM, " accepts, ");
    pen_put(&p, ROLE_KEY, "n");
    pen_put(&p, ROLE_DIM, " rejects");
    cells_block(c, (struct rect){r.x, r.y + 1, r.w, r.h - 1}, ROLE_TEXT, f->desc);
}

enum { FACTS = 5 };

static void draw_facts(const struct ui *ui, struct cells *c, struct rect r, uint32_t at)
{
    const struct model *m = &ui->model;
    const struct node *n = &m->tree.nodes[at];
    char lines[FACTS][96], a[32], b[32];
    text_count(a, m->planned[at]);
    text_count(b, m->accepted[at]);
    snprintf(lines[0], 96, "share       %.2f %% of the points", m->share[at] * 100);
    snprintf(lines[1], 96, "planned     %s", a);
    snprintf(lines[2], 96, "accepted    %s", b);
    snprintf(lines[3], 96, "children    %u", n->children);
    snprintf(lines[4], 96, "level       %d", n->depth - 1);
    for (int i = 0; i < FACTS && i < r.h; i++) {
        struct pen p = pen_at(c, r.x, r.y + i, r.w);
        pen_put(&p, ROLE_DIM, lines[i]);
    }
}

/* Path, id and, where there is one line for all, the origin. */
static void draw_title(const struct ui *ui, struct cells *c, struct rect r, uint32_t at,
                       const char *more)
{
    const struct node *n = &ui->model.tree.nodes[at];
    struct buf path;
    char tail[128];
    snprintf(tail, sizeof tail, "@%lld%s%s", (long long)n->id, more[0] != '\0' ? " · " : "", more);
    buf_init(&path, 1u << 16);
    int edge = r.w - utf8_columns(tail, strlen(tail));
    int room = edge - 2;
    path_of(&ui->model.tree, at, room, &path);
    int width = utf8_columns(path.data, path.len);
    struct pen p = pen_at(c, r.x, r.y, r.w);
    pen_field(&p, ROLE_STRONG, width < room ? width : room, path.data);
    pen_to(&p, r.x + edge); /* at the edge little of it changes from node to node */
    pen_put(&p, ROLE_DIM, tail);
    buf_free(&path);
}

static int draw_description(const struct taxonomy *t, struct cells *c, struct rect r)
{
    static const char none[] = "no description (D writes one, E opens the editor)";
    bool there = t->desc.len > 0;
    int rows = cells_block(c, r, there ? ROLE_TEXT : ROLE_DIM, there ? t->desc.data : none);
    return rows < r.h ? rows : r.h;
}

static void draw_below(const struct taxonomy *t, const struct ui *ui, struct cells *c,
                       struct rect r, uint32_t at)
{
    char origin[64], line[256];
    origin_of(&ui->model.tree.nodes[at], origin);
    expansion_line(t, line);
    int keep = line[0] != '\0' && r.h > 2 ? 1 : 0;
    draw_title(ui, c, r, at, origin);
    draw_description(t, c, (struct rect){r.x, r.y + 1, r.w, r.h - 1 - keep});
    if (keep > 0) {
        cells_block(c, (struct rect){r.x, r.y + r.h - 1, r.w, 1}, ROLE_DIM, line);
    }
}

static void draw_beside(const struct taxonomy *t, const struct ui *ui, struct cells *c,
                        struct rect r, uint32_t at)
{
    char origin[64], line[256];
    origin_of(&ui->model.tree.nodes[at], origin);
    expansion_line(t, line);
    draw_title(ui, c, r, at, "");
    struct pen p = pen_at(c, r.x, r.y + 1, r.w);
    pen_put(&p, ROLE_DIM, origin);
    int y = r.y + 3;
    y += draw_description(t, c, (struct rect){r.x, y, r.w, r.h / 2}) + 1;
    draw_facts(ui, c, (struct rect){r.x, y, r.w, r.y + r.h - y}, at);
    y += FACTS + 1;
    if (y < r.y + r.h) {
        cells_block(c, (struct rect){r.x, y, r.w, r.y + r.h - y}, ROLE_DIM, line);
    }
}

static void draw_details(const struct taxonomy *t, const struct ui *ui, struct cells *c,
                         const struct split *s)
{
    const struct proposal *f = taxonomy_proposal(t, ui);
    uint32_t at = taxonomy_index(t);
    if (s->details.h <= 0) {
        return;
    }
    if (f != NULL) {
        draw_proposal_details(f, c, s->details);
    } else if (at != TREE_NONE && s->beside) {
        draw_beside(t, ui, c, s->details, at);
    } else if (at != TREE_NONE) {
        draw_below(t, ui, c, s->details, at);
    }
}

static void add_names(const cJSON *o, const char *name, const char *title, const char *sign,
                      struct buf *out)
{
    const cJSON *list = NULL, *item = NULL;
    if (json_get_array(o, name, &list, NULL) != ST_OK || cJSON_GetArraySize(list) == 0) {
        return;
    }
    buf_printf(out, "%s%s\n", out->len > 0 ? "\n" : "", title);
    cJSON_ArrayForEach(item, list)
    {
        const char *text =
            item->valuestring != NULL ? item->valuestring : json_str_or(item, "name", "?");
        const char *reason = json_str_or(item, "reason", json_str_or(item, "description", ""));
        buf_printf(out, "  %s %s%s%s\n", sign, text, reason[0] != '\0' ? "  — " : "", reason);
    }
}

void taxonomy_expansion_text(const struct taxonomy *t, struct buf *out)
{
    cJSON *o = NULL;
    if (json_parse(t->expansion.data, t->expansion.len, &json_limits_reply, &o, NULL) != ST_OK) {
        buf_adds(out, t->expansion.data);
        return;
    }
    const char *error = json_str_or(o, "error", "");
    if (error[0] != '\0') {
        buf_printf(out, "failed: %s\n", error);
    }
    add_names(o, "children", "Kept after the critic", "✓", out);
    add_names(o, "dropped", "Dropped or merged", "✗", out);
    add_names(o, "proposals", "All proposals as they came", "·", out);
    cJSON_Delete(o);
}

void taxonomy_draw(struct taxonomy *t, struct ui *ui, struct cells *c, struct rect body)
{
    if (t->proposals + t->outline.count == 0) {
        draw_empty(ui, c, body);
        return;
    }
    struct split s = layout_split(body, body.h >= 34 ? 8 : body.h >= 18 ? 4 : 2);
    layout_split_line(c, &s);
    draw_heads(t, c, (struct rect){s.list.x, s.list.y, s.list.w, 1});
    list_set(&t->list, t->proposals + t->outline.count, (size_t)(s.list.h - 1));
    for (size_t i = 0; i < t->list.height && t->list.top + i < t->list.count; i++) {
        size_t row = t->list.top + i;
        struct rect line = {s.list.x, s.list.y + 1 + (int)i, s.list.w, 1};
        if (row < t->proposals) {
            draw_proposal(&ui->model.proposals[row], c, line);
        } else {
            draw_node(t, ui, c, line, t->outline.rows[row - t->proposals]);
        }
        if (row == t->list.cursor) {
            struct pen p = pen_at(c, line.x, line.y, 1);
            pen_put(&p, ROLE_SIGN, "▌");
            /* the figures stay as they are: painting two rows of them again costs a third of the
             * bytes of a cursor key */
            int width = row >= t->proposals ? columns_of(line.w).name + 1 : line.w;
            cells_flag(c, line.x, line.y, width, CELL_CURSOR);
            c->cursor_x = line.x;
            c->cursor_y = line.y;
        }
    }
    draw_details(t, ui, c, &s);
}
