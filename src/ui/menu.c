/*
 * A list to choose from, as a sheet. It closes before it tells what was taken, so that the one who
 * asked may open the next thing.
 */
#include "ui/ui.h"

#include "base/mem.h"
#include "base/regex.h"
#include "ui/list.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct menu {
    char *title;
    struct ui_menu_row *rows;
    size_t count;
    struct list list;
    struct regex *find;
    struct rect seen; /* where the rows were drawn last, for clicks */
    ui_chosen_fn *chosen;
    void *ctx;
};

static void close_menu(void *state)
{
    struct menu *m = state;
    for (size_t i = 0; i < m->count; i++) {
        /* copies of ours behind pointers to const */
        free((void *)(uintptr_t)m->rows[i].text);
        free((void *)(uintptr_t)m->rows[i].detail);
    }
    free(m->rows);
    free(m->title);
    if (m->find != NULL) {
        regex_free(m->find);
    }
    free(m);
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    (void)state;
    (void)ui;
    out[0] = CTX_MENU;
    out[1] = CTX_MOVE;
    return 2;
}

static bool can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct menu *m = state;
    (void)ui;
    if (a == ACT_OPEN && m->count == 0) {
        snprintf(why, WHY_MAX, "the list is empty");
        return false;
    }
    if ((a == ACT_NEXT_MATCH || a == ACT_PREV_MATCH) && m->find == NULL) {
        snprintf(why, WHY_MAX, "nothing was looked for yet (/ does)");
        return false;
    }
    return true;
}

static bool row_matches(const struct menu *m, size_t row)
{
    const struct ui_menu_row *r = &m->rows[row];
    size_t a = 0, b = 0;
    return regex_find(m->find, r->text, strlen(r->text), 0, &a, &b) ||
           (r->detail != NULL && regex_find(m->find, r->detail, strlen(r->detail), 0, &a, &b));
}

static void go_to_match(struct menu *m, struct ui *ui, long direction, size_t from)
{
    size_t at = from;
    for (size_t i = 0; i < m->count; i++) {
        if (row_matches(m, at)) {
            list_go(&m->list, at);
            return;
        }
        at = (at + (direction > 0 ? 1 : m->count - 1)) % m->count;
    }
    ui_say(ui, SAY_WARN, "not found");
}

static void search_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct menu *m = ctx;
    struct regex *find = NULL;
    struct err why = {0};
    if (!accepted || text[0] == '\0' || m->count == 0) {
        return;
    }
    if (regex_new(text, &find, &why) != ST_OK) {
        ui_say(ui, SAY_WARN, "%s", why.msg);
        return;
    }
    if (m->find != NULL) {
        regex_free(m->find);
    }
    m->find = find;
    go_to_match(m, ui, 1, m->list.cursor);
}

static void choose(struct menu *m, struct ui *ui)
{
    ui_chosen_fn *chosen = m->chosen;
    void *ctx = m->ctx;
    int64_t id = m->rows[m->list.cursor].id;
    ui_sheet_close(ui); /* frees m */
    chosen(ui, ctx, id);
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct menu *m = state;
    (void)code;
    switch ((int)a) {
    case ACT_SEARCH:
        ui_ask(ui, "/", "", search_given, m);
        break;
    case ACT_NEXT_MATCH:
        go_to_match(m, ui, 1, (m->list.cursor + 1) % m->count);
        break;
    case ACT_PREV_MATCH:
        go_to_match(m, ui, -1, (m->list.cursor + m->count - 1) % m->count);
        break;
    case ACT_OPEN:
        choose(m, ui);
        break;
    default:
        list_act(&m->list, a);
        break;
    }
}

static void click(void *state, struct ui *ui, int x, int y)
{
    struct menu *m = state;
    size_t row = 0;
    if (!list_hit(&m->list, m->seen, x, y, &row)) {
        return;
    }
    if (row == m->list.cursor) {
        choose(m, ui);
    } else {
        list_go(&m->list, row);
    }
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    struct menu *m = state;
    (void)ui;
    struct pen title = pen_at(c, body.x + 1, body.y, body.w - 2);
    char place[72];
    m->seen = (struct rect){body.x, body.y + 2, body.w, body.h - 2};
    list_set(&m->list, m->count, (size_t)m->seen.h);
    list_place(&m->list, place);
    pen_field(&title, ROLE_STRONG, pen_left(&title) - (int)strlen(place), m->title);
    pen_put(&title, ROLE_DIM, place);
    cells_rule(c, body.x, body.y + 1, body.w);
    int width = body.w * 2 / 5;
    for (int i = 0; i < m->seen.h && m->list.top + (size_t)i < m->count; i++) {
        size_t row = m->list.top + (size_t)i;
        const struct ui_menu_row *r = &m->rows[row];
        struct pen p = pen_at(c, body.x + 1, m->seen.y + i, body.w - 2);
        if (row == m->list.cursor) {
            pen_put(&p, ROLE_TEXT, "▌");
        }
        pen_to(&p, body.x + 3);
        pen_field(&p, ROLE_TEXT, r->detail != NULL ? width : pen_left(&p), r->text);
        if (r->detail != NULL) {
            pen_skip(&p, 2);
            pen_field(&p, ROLE_DIM, pen_left(&p), r->detail);
        }
        if (row == m->list.cursor) {
            cells_flag(c, body.x, m->seen.y + i, body.w, CELL_CURSOR);
        }
    }
    if (m->count == 0) {
        struct pen p = pen_at(c, body.x + 3, m->seen.y, body.w - 4);
        pen_put(&p, ROLE_DIM, "nothing is here");
    }
}

static const struct panel_ops menu_ops = {
    .name = "List",
    .brief = "List",
    .close = close_menu,
    .contexts = contexts,
    .can = can,
    .act = act,
    .click = click,
    .draw = draw,
};

void ui_menu(struct ui *ui, const char *title, const struct ui_menu_row *rows, size_t count,
             int64_t at, ui_chosen_fn *chosen, void *ctx)
{
    struct menu *m = xcalloc(1, sizeof *m);
    m->title = xstrdup(title);
    m->rows = xcalloc(count, sizeof *m->rows);
    m->count = count;
    m->chosen = chosen;
    m->ctx = ctx;
    list_set(&m->list, count, 1);
    for (size_t i = 0; i < count; i++) {
        m->rows[i].id = rows[i].id;
        m->rows[i].text = xstrdup(rows[i].text);
        m->rows[i].detail = rows[i].detail != NULL ? xstrdup(rows[i].detail) : NULL;
        if (rows[i].id == at) {
            list_go(&m->list, i);
        }
    }
    ui_sheet(ui, &menu_ops, m);
}
