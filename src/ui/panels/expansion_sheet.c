/*
 * What was proposed at a node's last expansion, and what became of each proposal, as a sheet. It is
 * read from the file again whenever the trees changed, so what was taken or dropped here, by
 * another person or by undo shows at once as what it is.
 */
#include "ui/panels/expansion_sheet.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "domain/expansion.h"
#include "ui/layout.h"
#include "ui/list.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORD_MAX (4u << 20)

struct expansion_list {
    int64_t node;
    char *path; /* of the node, for the title */
    struct expansion rows;
    struct list list;
    struct rect seen; /* where the rows were drawn last, for clicks */
};

static void close_sheet(void *state)
{
    struct expansion_list *p = state;
    expansion_free(&p->rows);
    free(p->path);
    free(p);
}

static const struct expansion_row *row_at(const struct expansion_list *p)
{
    return p->list.cursor < p->rows.count ? &p->rows.rows[p->list.cursor] : NULL;
}

/* Read the record again; the cursor stays on its proposal. */
static void load(struct expansion_list *p, struct ui *ui)
{
    const struct model *m = &ui->model;
    uint32_t at = m->has_tree ? tree_by_id(&m->tree, p->node) : TREE_NONE;
    struct expansion fresh;
    struct buf text;
    buf_init(&text, RECORD_MAX);
    if (at == TREE_NONE || m->store == NULL ||
        store_expansion(m->store, p->node, &text, NULL) != ST_OK ||
        expansion_read(text.data, text.len, &m->tree, at, &fresh, NULL) != ST_OK) {
        memset(&fresh, 0, sizeof fresh);
        arena_init(&fresh.text);
        fresh.error = fresh.lost = "";
    }
    buf_free(&text);
    const struct expansion_row *old = row_at(p);
    size_t cursor = p->list.cursor;
    for (size_t i = 0; old != NULL && i < fresh.count; i++) {
        if (strcmp(fresh.rows[i].name, old->name) == 0) {
            cursor = i;
        }
    }
    expansion_free(&p->rows);
    p->rows = fresh;
    list_set(&p->list, fresh.count, p->list.height);
    list_go(&p->list, cursor);
    if (at != TREE_NONE) {
        struct buf path;
        buf_init(&path, 1u << 16);
        tree_path(&m->tree, at, &path);
        free(p->path);
        p->path = buf_take(&path);
        buf_free(&path);
    }
}

static void on_data(void *state, struct ui *ui, unsigned changed)
{
    if ((changed & CHANGED_TREE) != 0) {
        load(state, ui);
    }
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    (void)state;
    (void)ui;
    out[0] = CTX_EXPANSION;
    out[1] = CTX_MOVE;
    return 2;
}

static bool can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct expansion_list *p = state;
    const struct expansion_row *r = row_at(p);
    (void)ui;
    if (a != ACT_OPEN) {
        return true;
    }
    if (r == NULL) {
        snprintf(why, WHY_MAX, "nothing was proposed");
        return false;
    }
    if (r->fate == FATE_REPEATS) {
        snprintf(why, WHY_MAX, "it repeats %.120s", r->where);
        return false;
    }
    return true;
}

static void take_or_drop(const struct expansion_list *p, struct ui *ui)
{
    const struct expansion_row *r = row_at(p);
    char ref[TREE_REF_MAX];
    tree_ref(p->node, ref);
    if (r != NULL) {
        ui_do(ui, "expansion", expansion_takes(r) ? "take" : "drop", ref, r->name);
    }
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct expansion_list *p = state;
    (void)code;
    if (a == ACT_OPEN) {
        take_or_drop(p, ui);
    } else {
        list_act(&p->list, a);
    }
}

static void click(void *state, struct ui *ui, int x, int y)
{
    struct expansion_list *p = state;
    size_t row = 0;
    char why[WHY_MAX];
    if (!list_hit(&p->list, p->seen, x, y, &row)) {
        return;
    }
    if (row != p->list.cursor) {
        list_go(&p->list, row);
    } else if (can(p, ui, ACT_OPEN, why)) {
        take_or_drop(p, ui);
    } else {
        ui_say(ui, SAY_WARN, "%s", why);
    }
}

/* ---- drawing */

static const char *sign_of(const struct expansion_row *r)
{
    static const char *const signs[FATES] = {"✓", "→", "✗", "✗", "="};
    return signs[r->fate];
}

static enum ui_role role_of(const struct expansion_row *r)
{
    static const enum ui_role roles[FATES] = {ROLE_ACCEPTED, ROLE_DIM, ROLE_REJECTED, ROLE_REJECTED,
                                              ROLE_DIM};
    return roles[r->fate];
}

/* "merged into shops: ...", "dropped: no kind of it", "kept" */
static void became(const struct expansion_row *r, char *out, size_t n)
{
    const char *word = fate_name(r->fate);
    if (r->fate == FATE_MERGED) {
        snprintf(out, n, "merged into %.80s", r->into);
    } else if (r->fate == FATE_REPEATS) {
        snprintf(out, n, "repeats %.160s", r->where);
    } else if (r->reason[0] != '\0') {
        snprintf(out, n, "%s: %.200s", word, r->reason);
    } else if (r->where[0] != '\0') {
        snprintf(out, n, "%s; the name stands at %.160s, too", word, r->where);
    } else {
        snprintf(out, n, "%s", word);
    }
}

static void calls_of(const struct expansion_row *r, char out[40])
{
    if (r->calls[0] != '\0') {
        snprintf(out, 40, "%s", r->calls);
    } else if (r->votes > 0) {
        snprintf(out, 40, "×%d", r->votes);
    } else {
        snprintf(out, 40, "critic");
    }
}

enum { W_SIGN = 4, W_CALLS = 9 };

static int name_width(int width)
{
    return (width - W_SIGN - W_CALLS) * 2 / 5;
}

static void draw_heads(struct cells *c, struct rect line)
{
    struct pen pen = pen_at(c, line.x + W_SIGN - 1, line.y, line.w - W_SIGN + 1);
    pen_field(&pen, ROLE_DIM, name_width(line.w) + 1, "proposal");
    pen_field(&pen, ROLE_DIM, W_CALLS, "by call");
    pen_put(&pen, ROLE_DIM, "what became of it");
}

static void draw_row(const struct expansion_list *p, struct cells *c, struct rect line, size_t row)
{
    const struct expansion_row *r = &p->rows.rows[row];
    char calls[40], what[300];
    struct pen pen = pen_at(c, line.x, line.y, line.w);
    int name = name_width(line.w);
    calls_of(r, calls);
    became(r, what, sizeof what);
    pen_put(&pen, ROLE_SIGN, row == p->list.cursor ? "▌" : " ");
    pen_put(&pen, role_of(r), sign_of(r));
    pen_to(&pen, line.x + W_SIGN - 1);
    pen_field(&pen, r->fate == FATE_KEPT ? ROLE_STRONG : ROLE_TEXT, name, r->name);
    pen_skip(&pen, 1);
    pen_field(&pen, ROLE_NUMBER, W_CALLS - 1, calls);
    pen_skip(&pen, 1);
    pen_field(&pen, ROLE_DIM, pen_left(&pen), what);
    if (row == p->list.cursor) {
        cells_flag(c, line.x, line.y, line.w, CELL_CURSOR);
        c->cursor_x = line.x;
        c->cursor_y = line.y;
    }
}

/* A paragraph below the last one; nothing when it is empty. */
static void put_block(struct cells *c, struct rect *r, enum ui_role role, const char *label,
                      const char *text)
{
    struct buf b;
    if (text[0] == '\0' || r->h <= 0) {
        return;
    }
    buf_init(&b, 16384);
    buf_printf(&b, "%s%s", label, text);
    int used = cells_block(c, *r, role, b.data);
    buf_free(&b);
    r->y += used;
    r->h -= used;
}

static void draw_details(const struct expansion_list *p, struct cells *c, struct rect r)
{
    const struct expansion_row *row = row_at(p);
    char calls[60];
    if (row == NULL || r.h <= 0) {
        return;
    }
    bool short_of_rows = r.h < 4;
    if (!short_of_rows) {
        put_block(c, &r, ROLE_STRONG, "", row->name);
    }
    put_block(c, &r, ROLE_TEXT, "", row->desc);
    put_block(c, &r, role_of(row), row->fate == FATE_MERGED ? "merged into " : "",
              row->fate == FATE_MERGED ? row->into : "");
    put_block(c, &r, ROLE_DIM, "why: ", row->reason);
    put_block(c, &r, ROLE_WARNING,
              row->fate == FATE_REPEATS ? "it is there already: " : "the same name stands at ",
              row->where);
    if (row->calls[0] != '\0') {
        snprintf(calls, sizeof calls, "%s %.40s",
                 strchr(row->calls, ',') != NULL ? "calls" : "call", row->calls);
        put_block(c, &r, ROLE_DIM, "proposed by ", calls);
    } else if (row->votes == 0) {
        put_block(c, &r, ROLE_DIM, "", "nobody proposed it: the critic added it");
    }
}

static void draw_title(const struct expansion_list *p, struct cells *c, struct rect body)
{
    size_t n[FATES] = {0};
    char counts[120], title[200], place[72];
    struct pen pen = pen_at(c, body.x + 1, body.y, body.w - 2);
    for (size_t i = 0; i < p->rows.count; i++) {
        n[p->rows.rows[i].fate]++;
    }
    snprintf(counts, sizeof counts, "%zu kept · %zu merged · %zu dropped%s", n[FATE_KEPT],
             n[FATE_MERGED], n[FATE_DROPPED] + n[FATE_GONE],
             n[FATE_REPEATS] > 0 ? " · repeats" : "");
    list_place(&p->list, place);
    snprintf(title, sizeof title, "Proposals for %.150s", p->path);
    int right = utf8_columns(counts, strlen(counts)) + 2;
    right += place[0] != '\0' ? (int)strlen(place) + 2 : 0;
    pen_field(&pen, ROLE_STRONG, pen_left(&pen) > right + 12 ? pen_left(&pen) - right : 12, title);
    pen_skip(&pen, 2);
    pen_put(&pen, ROLE_DIM, counts);
    if (place[0] != '\0') {
        pen_put(&pen, ROLE_DIM, "  ");
        pen_put(&pen, ROLE_DIM, place);
    }
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    struct expansion_list *p = state;
    struct rect below = {body.x, body.y + 2, body.w, body.h - 2};
    (void)ui;
    if (p->rows.error[0] != '\0' || p->rows.lost[0] != '\0') {
        struct pen pen = pen_at(c, below.x + 1, below.y, below.w - 2);
        pen_put(&pen, ROLE_FAILED, p->rows.error[0] != '\0' ? "the expansion failed: " : "lost: ");
        pen_field(&pen, ROLE_FAILED, pen_left(&pen),
                  p->rows.error[0] != '\0' ? p->rows.error : p->rows.lost);
        below.y++;
        below.h--;
    }
    struct split s = layout_split(below, below.h >= 24 ? 7 : below.h >= 16 ? 5 : 3);
    layout_split_line(c, &s);
    if (s.list.h > 8) {
        draw_heads(c, (struct rect){s.list.x, s.list.y, s.list.w, 1});
        s.list.y++;
        s.list.h--;
    }
    p->seen = s.list;
    list_set(&p->list, p->rows.count, (size_t)s.list.h);
    draw_title(p, c, body);
    cells_rule(c, body.x, body.y + 1, body.w);
    for (size_t i = 0; i < p->list.height && p->list.top + i < p->list.count; i++) {
        struct rect line = {s.list.x, s.list.y + (int)i, s.list.w, 1};
        draw_row(p, c, line, p->list.top + i);
    }
    if (p->rows.count == 0) {
        struct pen pen = pen_at(c, s.list.x + W_SIGN - 1, s.list.y, s.list.w - W_SIGN);
        pen_put(&pen, ROLE_DIM, "nothing was proposed");
    }
    draw_details(p, c, s.details);
}

static const struct panel_ops sheet_ops = {
    .name = "Proposals",
    .brief = "Prop",
    .close = close_sheet,
    .on_data = on_data,
    .contexts = contexts,
    .can = can,
    .act = act,
    .click = click,
    .draw = draw,
};

void expansion_sheet(struct ui *ui, int64_t node)
{
    struct expansion_list *p = xcalloc(1, sizeof *p);
    p->node = node;
    p->path = xstrdup("");
    arena_init(&p->rows.text);
    p->rows.error = p->rows.lost = "";
    p->list.height = 10;
    load(p, ui);
    ui_sheet(ui, &sheet_ops, p);
}
