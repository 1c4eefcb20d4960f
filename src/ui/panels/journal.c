/*
 * The journal as a sheet: what was done, the newest first, read from the session file itself.
 * Entries of one job (an expansion) are one step for undo and one row here. A line says where the
 * tree stands now: what is above it was taken back and can be done again.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/list.h"
#include "ui/ui.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define JOURNAL_MAX 10000 /* entries read */

struct step {
    int64_t id; /* of its newest entry; 0: the beginning */
    int64_t at_us, job;
    size_t entries;
    char *who, *line;
    bool undone;
};

struct journal {
    struct step *steps;
    size_t count, cap;
    struct list list;
    struct rect seen;
    int64_t at;                /* id under the cursor, followed when the journal grows */
    char undo[256], redo[256]; /* as they were when it was read */
};

void ui_speak(const struct ui *ui, const char *line, struct buf *out)
{
    for (const char *p = line; *p != '\0';) {
        size_t n = *p == '@' && (p == line || p[-1] == ' ') ? strspn(p + 1, "0123456789") : 0;
        buf_add(out, p, n + 1);
        bool word = n > 0 && n < 18 && (p[n + 1] == ' ' || p[n + 1] == ':' || p[n + 1] == '\0');
        uint32_t at = word && ui->model.has_tree
                          ? tree_by_id(&ui->model.tree, strtoll(p + 1, NULL, 10))
                          : TREE_NONE;
        if (at != TREE_NONE && at != 0) {
            buf_printf(out, " %s", ui->model.tree.nodes[at].name);
        }
        p += n + 1;
    }
}

static void forget(struct journal *j)
{
    for (size_t i = 0; i < j->count; i++) {
        free(j->steps[i].who);
        free(j->steps[i].line);
    }
    j->count = 0;
}

static void close_sheet(void *state)
{
    struct journal *j = state;
    forget(j);
    free(j->steps);
    free(j);
}

static bool add_entry(void *ctx, const struct op_row *row)
{
    struct journal *j = ctx;
    struct step *last = j->count > 0 ? &j->steps[j->count - 1] : NULL;
    if (last != NULL && row->job > 0 && last->job == row->job && last->undone == row->undone) {
        last->entries++;
        return true;
    }
    j->steps = vec_grow(j->steps, &j->cap, j->count + 1, sizeof *j->steps);
    j->steps[j->count++] = (struct step){.id = row->id,
                                         .at_us = row->at_us,
                                         .job = row->job,
                                         .entries = 1,
                                         .who = xstrdup(row->who),
                                         .line = xstrdup(row->line),
                                         .undone = row->undone};
    return true;
}

/* The row of the newest step that holds: what is above it was undone. */
static size_t row_now(const struct journal *j)
{
    size_t i = 0;
    while (i < j->count && j->steps[i].undone) {
        i++;
    }
    return i;
}

static void read_again(struct journal *j, struct ui *ui, bool first)
{
    struct err why = {0};
    forget(j);
    snprintf(j->undo, sizeof j->undo, "%s", ui->model.undo);
    snprintf(j->redo, sizeof j->redo, "%s", ui->model.redo);
    if (ui->model.store != NULL &&
        store_ops(ui->model.store, JOURNAL_MAX, add_entry, j, &why) != ST_OK) {
        ui_say(ui, SAY_ERROR, "%s", why.msg);
    }
    j->steps = vec_grow(j->steps, &j->cap, j->count + 1, sizeof *j->steps);
    j->steps[j->count++] = (struct step){.who = xstrdup(""), .line = xstrdup("the beginning")};
    size_t row = row_now(j);
    for (size_t i = 0; i < j->count && !first; i++) {
        row = j->steps[i].id == j->at ? i : row;
    }
    list_follow(&j->list, row < j->count ? row : j->count - 1, j->count);
    j->at = j->steps[j->list.cursor].id;
}

static void on_data(void *state, struct ui *ui, unsigned changed)
{
    const struct journal *j = state;
    bool edits = (changed & (CHANGED_TREE | CHANGED_SETTINGS)) != 0;
    if (edits || strcmp(j->undo, ui->model.undo) != 0 || strcmp(j->redo, ui->model.redo) != 0) {
        read_again(state, ui, false);
    }
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    (void)state;
    (void)ui;
    out[0] = CTX_JOURNAL;
    out[1] = CTX_MOVE;
    return 2;
}

static bool can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct journal *j = state;
    (void)ui;
    if (a == ACT_OPEN && j->list.cursor == row_now(j)) {
        snprintf(why, WHY_MAX, "this is how it stands now");
        return false;
    }
    return true;
}

static void answered(struct ui *ui, void *ctx, int code, const char *message, const char *out)
{
    (void)ctx;
    (void)out;
    if (code == 0) {
        ui_say(ui, SAY_INFO, "%s", message);
    }
}

/* Undo, or redo, so that the step under the cursor is the newest that holds. */
static void go_to(struct journal *j, struct ui *ui)
{
    const struct step *s = &j->steps[j->list.cursor];
    char id[32];
    snprintf(id, sizeof id, "%" PRId64, s->id);
    const char *words[] = {s->undone ? "redo" : "undo", "--to", id};
    const struct link_line line = {.argc = 3, .argv = words, .ended = answered, .ctx = NULL};
    ui->send(ui, &line);
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct journal *j = state;
    (void)code;
    if (a == ACT_OPEN) {
        go_to(j, ui);
    } else {
        list_act(&j->list, a);
    }
    j->at = j->count > 0 ? j->steps[j->list.cursor].id : 0;
}

static void click(void *state, struct ui *ui, int x, int y)
{
    struct journal *j = state;
    size_t row = 0;
    (void)ui;
    if (list_hit(&j->list, j->seen, x, y, &row) && row < j->count) {
        list_go(&j->list, row);
        j->at = j->steps[row].id;
    }
}

/* "12:04:31" today, "Nov 24 12:04" on other days. */
static void when_of(int64_t at_us, char out[24])
{
    time_t at = (time_t)(at_us / 1000000), now = (time_t)(clock_wall_us() / 1000000);
    struct tm then, today;
    localtime_r(&at, &then);
    localtime_r(&now, &today);
    bool same = then.tm_yday == today.tm_yday && then.tm_year == today.tm_year;
    strftime(out, 24, same ? "%H:%M:%S" : "%b %d %H:%M", &then);
}

static void draw_step(const struct journal *j, const struct ui *ui, size_t i, struct cells *c,
                      int y, struct rect body)
{
    const struct step *s = &j->steps[i];
    struct pen p = pen_at(c, body.x + 1, y, body.w - 2);
    bool now = i == row_now(j);
    char when[24] = "";
    enum ui_role role = s->undone ? ROLE_OFF : ROLE_TEXT;
    pen_put(&p, ROLE_SIGN, i == j->list.cursor ? "▌" : " ");
    pen_field(&p, now ? ROLE_STRONG : ROLE_DIM, 7, s->undone ? "undone" : now ? "now →" : "");
    if (s->id != 0) {
        when_of(s->at_us, when);
    }
    pen_field(&p, ROLE_DIM, 13, when);
    if (body.w >= 76) {
        pen_field(&p, ROLE_DIM, 11, s->who);
        pen_skip(&p, 1);
    }
    char more[32] = "";
    if (s->entries > 1) {
        snprintf(more, sizeof more, "%zu parts", s->entries);
    }
    struct buf line;
    buf_init(&line, 1u << 20);
    ui_speak(ui, s->line, &line);
    pen_field(&p, now ? ROLE_STRONG : role, pen_left(&p) - (int)strlen(more) - 1, line.data);
    buf_free(&line);
    pen_right(&p, ROLE_DIM, pen_left(&p), more);
    if (i == j->list.cursor) {
        cells_flag(c, body.x, y, body.w, CELL_CURSOR);
    }
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    struct journal *j = state;
    char place[72];
    j->seen = (struct rect){body.x, body.y + 2, body.w, body.h - 2};
    list_set(&j->list, j->count, (size_t)j->seen.h);
    list_place(&j->list, place);
    struct pen p = pen_at(c, body.x + 1, body.y, body.w - 2);
    pen_put(&p, ROLE_STRONG, "Journal");
    pen_field(&p, ROLE_DIM, pen_left(&p) - (int)strlen(place) - 1,
              "  newest first; Enter goes back, or forward, to a point");
    pen_right(&p, ROLE_DIM, pen_left(&p), place);
    cells_rule(c, body.x, body.y + 1, body.w);
    for (int i = 0; i < j->seen.h && j->list.top + (size_t)i < j->count; i++) {
        draw_step(j, ui, j->list.top + (size_t)i, c, j->seen.y + i, body);
    }
}

static const struct panel_ops journal_ops = {
    .name = "Journal",
    .brief = "Journal",
    .close = close_sheet,
    .on_data = on_data,
    .contexts = contexts,
    .can = can,
    .act = act,
    .click = click,
    .draw = draw,
};

void ui_journal(struct ui *ui)
{
    struct journal *j = xcalloc(1, sizeof *j);
    j->list.height = 10;
    if (ui_front(ui).ops == &journal_ops) { /* it lies there already */
        free(j);
        return;
    }
    read_again(j, ui, true);
    ui_sheet(ui, &journal_ops, j);
}
