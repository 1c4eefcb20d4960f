/*
 * Looking sends nothing: the loop is asked to use another theme (ui->preview) until the sheet is
 * closed, so undo has one step for the choice and none for the looking.
 */
#include "ui/theme_menu.h"

#include "base/mem.h"
#include "command/settings.h"
#include "ui/list.h"
#include "ui/ui.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THEMES_MAX 16

struct theme_sheet {
    char names[THEMES_MAX][32];
    size_t count;
    struct list list;
    struct rect seen;
    struct ui *ui; /* whose preview ends with the sheet */
};

static void preview(struct theme_sheet *t, const char *name)
{
    snprintf(t->ui->preview, sizeof t->ui->preview, "%s", name);
    t->ui->wishes |= WISH_THEME;
    t->ui->dirty = true;
}

static void close_sheet(void *state)
{
    struct theme_sheet *t = state;
    preview(t, "");
    free(t);
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    (void)state;
    (void)ui;
    out[0] = CTX_THEMES;
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

static void choose(struct theme_sheet *t, struct ui *ui)
{
    char name[32];
    snprintf(name, sizeof name, "%s", t->names[t->list.cursor]);
    ui_do(ui, "set", "theme", name);
    /* until the setting comes back from the file, the screen stays as it is now */
    snprintf(ui->model.theme, sizeof ui->model.theme, "%s", name);
    ui_sheet_close(ui);
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct theme_sheet *t = state;
    (void)code;
    if (a == ACT_OPEN) {
        choose(t, ui);
    } else if (list_act(&t->list, a)) {
        preview(t, t->names[t->list.cursor]);
    }
}

static void click(void *state, struct ui *ui, int x, int y)
{
    struct theme_sheet *t = state;
    size_t row = 0;
    if (!list_hit(&t->list, t->seen, x, y, &row)) {
        return;
    }
    if (row == t->list.cursor) {
        choose(t, ui);
        return;
    }
    list_go(&t->list, row);
    preview(t, t->names[row]);
}

/* One line with what panels are made of, to judge a theme by. */
static void draw_sample(struct cells *c, int x, int y, int width)
{
    static const enum ui_role states[] = {ROLE_ACCEPTED, ROLE_REJECTED, ROLE_DISPUTED, ROLE_INVALID,
                                          ROLE_FAILED,   ROLE_WORKING,  ROLE_LOCKED,   ROLE_OFF};
    struct pen p = pen_at(c, x, y, width);
    pen_put(&p, ROLE_STRONG, "strong ");
    pen_put(&p, ROLE_TEXT, "text ");
    pen_put(&p, ROLE_DIM, "dim ");
    pen_put(&p, ROLE_SIGN, "▾ ");
    pen_put(&p, ROLE_BAR, "████");
    pen_put(&p, ROLE_BAR_BACK, "███");
    pen_put(&p, ROLE_MATCH, " match ");
    p = pen_at(c, x, y + 1, width);
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        pen_format(&p, states[i], "%s ", theme_role_name(states[i]));
    }
    p = pen_at(c, x, y + 2, width);
    pen_put(&p, ROLE_WARNING, "! warning ");
    pen_put(&p, ROLE_ERROR, "✗ error ");
    pen_put(&p, ROLE_PROMPT, ": prompt ");
    pen_put(&p, ROLE_POPUP, " list ");
    pen_put(&p, ROLE_POPUP_ACTIVE, " chosen ");
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    struct theme_sheet *t = state;
    struct pen title = pen_at(c, body.x + 1, body.y, body.w - 2);
    pen_field(&title, ROLE_STRONG, pen_left(&title) - 30, "Colours");
    pen_right(&title, ROLE_DIM, pen_left(&title),
              ui->colours == 0 ? "this terminal shows none now" : "shown as you move");
    cells_rule(c, body.x, body.y + 1, body.w);
    t->seen = (struct rect){body.x, body.y + 2, body.w, body.h - 7};
    list_set(&t->list, t->count, (size_t)t->seen.h);
    for (int i = 0; i < t->seen.h && t->list.top + (size_t)i < t->count; i++) {
        size_t row = t->list.top + (size_t)i;
        struct pen p = pen_at(c, body.x + 1, t->seen.y + i, body.w - 2);
        pen_put(&p, ROLE_SIGN, row == t->list.cursor ? "▌ " : "  ");
        pen_field(&p, ROLE_TEXT, 20, t->names[row]);
        if (row == t->list.cursor) {
            cells_flag(c, body.x, t->seen.y + i, body.w, CELL_CURSOR);
        }
    }
    cells_rule(c, body.x, body.y + body.h - 4, body.w);
    draw_sample(c, body.x + 3, body.y + body.h - 3, body.w - 4);
}

static const struct panel_ops sheet_ops = {
    .name = "Colours",
    .brief = "Colours",
    .close = close_sheet,
    .contexts = contexts,
    .can = can,
    .act = act,
    .click = click,
    .draw = draw,
};

void theme_menu(struct ui *ui)
{
    struct theme_sheet *t = xcalloc(1, sizeof *t);
    t->ui = ui;
    const char *now = ui->model.theme[0] != '\0' ? ui->model.theme : "default";
    size_t at = 0;
    for (const char *s = setting_at(SETTING_THEME)->choices; *s != '\0' && t->count < THEMES_MAX;) {
        size_t n = strcspn(s, "|");
        snprintf(t->names[t->count], sizeof t->names[0], "%.*s", (int)n, s);
        at = strcmp(t->names[t->count], now) == 0 ? t->count : at;
        t->count++;
        s += n + (s[n] == '|' ? 1 : 0);
    }
    list_set(&t->list, t->count, 1);
    list_go(&t->list, at);
    ui_sheet(ui, &sheet_ops, t);
}
