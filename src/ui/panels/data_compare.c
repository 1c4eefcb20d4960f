/*
 * Two points side by side, as a sheet. They are read once, when it opens: what one compares does
 * not change under one's eyes.
 */
#include "ui/panels/data.h"

#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct compared {
    struct data_row *row[2];
    struct record_text text[2];
    size_t top, height;
};

static void close_sheet(void *state)
{
    struct compared *s = state;
    for (int i = 0; i < 2; i++) {
        data_kind.row_free(s->row[i]);
        record_free(&s->text[i]);
    }
    free(s);
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    (void)state;
    (void)ui;
    out[0] = CTX_COMPARE;
    out[1] = CTX_MOVE;
    return 2;
}

static bool can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    (void)state;
    (void)ui;
    (void)a;
    why[0] = '\0';
    return true;
}

static size_t last_top(const struct compared *s)
{
    size_t most = s->text[0].count > s->text[1].count ? s->text[0].count : s->text[1].count;
    return most > s->height ? most - s->height : 0;
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct compared *s = state;
    size_t page = s->height > 1 ? s->height - 1 : 1, last = last_top(s);
    (void)ui;
    (void)code;
    switch ((int)a) {
    case ACT_UP:
        s->top -= s->top > 0;
        break;
    case ACT_DOWN:
        s->top++;
        break;
    case ACT_PAGE_UP:
        s->top -= s->top > page ? page : s->top;
        break;
    case ACT_PAGE_DOWN:
        s->top += page;
        break;
    case ACT_FIRST:
        s->top = 0;
        break;
    case ACT_LAST:
        s->top = last;
        break;
    default:
        break;
    }
    s->top = s->top > last ? last : s->top;
}

static void draw_side(struct compared *s, const struct ui *ui, int i, struct cells *c,
                      struct rect r)
{
    const struct data_row *row = s->row[i];
    if (s->text[i].width != r.w) {
        data_lay_out(&s->text[i], ui, row, r.w);
    }
    struct pen p = pen_at(c, r.x, r.y, r.w);
    pen_format(&p, ROLE_STRONG, "#%lld  ", (long long)row->p.id);
    pen_put(&p, data_state_role(row->p.state),
            row->gone ? "not there any more" : point_state_name(row->p.state));
    pen_format(&p, ROLE_DIM, "  %s", row->verdict);
    record_draw(&s->text[i], s->top, c, (struct rect){r.x, r.y + 2, r.w, r.h - 2});
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    struct compared *s = state;
    int half = (body.w - 5) / 2;
    s->height = body.h > 2 ? (size_t)body.h - 2 : 0;
    draw_side(s, ui, 0, c, (struct rect){body.x + 1, body.y, half, body.h});
    cells_wall(c, body.x + half + 2, body.y, body.h);
    draw_side(s, ui, 1, c, (struct rect){body.x + half + 4, body.y, half, body.h});
}

static const struct panel_ops compare_ops = {
    .name = "Two points",
    .brief = "Two",
    .close = close_sheet,
    .contexts = contexts,
    .can = can,
    .act = act,
    .draw = draw,
};

/* The marked ones, or the marked one and the one under the cursor. */
static int chosen(const struct data_panel *d, int64_t out[2])
{
    int n = 0;
    for (size_t i = 0; i < d->marks.cap && n < 2; i++) {
        if (d->marks.ids[i] != 0) {
            out[n++] = d->marks.ids[i];
        }
    }
    if (n == 1 && out[0] != d->list.at) {
        out[n++] = d->list.at;
    }
    if (n == 2 && out[0] > out[1]) {
        int64_t first = out[1];
        out[1] = out[0];
        out[0] = first;
    }
    return n;
}

bool data_can_compare(const struct data_panel *d, char why[WHY_MAX])
{
    int64_t ids[2];
    if (d->marks.count > 2 || chosen(d, ids) != 2) {
        snprintf(why, WHY_MAX, "mark two points (space), or one and go to the other");
        return false;
    }
    return true;
}

void data_compare(struct data_panel *d, struct ui *ui)
{
    int64_t ids[2];
    if (ui->model.store == NULL || chosen(d, ids) != 2) {
        return;
    }
    struct compared *s = xcalloc(1, sizeof *s);
    for (int i = 0; i < 2; i++) {
        s->row[i] = data_kind.row(ui->model.store, ids[i], NULL);
        record_init(&s->text[i]);
    }
    ui_sheet(ui, &compare_ops, s);
}
