/*
 * Rows stay in the order in which they were proposed, so nothing moves when one is decided; the
 * cursor goes on to the next that waits. The row under the cursor is kept by its factor's number.
 */
#include "ui/panels/factors.h"

#include "base/mem.h"
#include "ui/list.h"
#include "ui/ui.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct factor {
    int64_t id;
    enum factor_state state;
    char *name, *desc, *reason;
};

struct factors {
    struct factor *rows;
    size_t count, cap;
    struct list list;
    struct rect seen;
    bool decided; /* the one under the cursor, just now: go on to the next when it is known */
    char *asked;  /* name of the factor that a line is typed for */
};

static const struct panel_ops sheet_ops;

static struct factors *sheet_of(struct ui *ui)
{
    for (size_t i = 0; i < ui->sheet_count; i++) {
        if (ui->sheets[i].ops == &sheet_ops) {
            return ui->sheets[i].state;
        }
    }
    return NULL;
}

/* ---- rows */

static void free_rows(struct factors *f)
{
    for (size_t i = 0; f->rows != NULL && i < f->count; i++) {
        free(f->rows[i].name);
        free(f->rows[i].desc);
        free(f->rows[i].reason);
    }
    f->count = 0;
}

static bool take(void *ctx, const struct factor_row *row)
{
    struct factors *f = ctx;
    f->rows = vec_grow(f->rows, &f->cap, f->count + 1, sizeof *f->rows);
    f->rows[f->count++] =
        (struct factor){.id = row->id,
                        .state = row->state,
                        .name = xstrdup(row->name),
                        .desc = xstrdup(row->desc != NULL ? row->desc : ""),
                        .reason = xstrdup(row->reason != NULL ? row->reason : "")};
    return true;
}

static const struct factor *under_cursor(const struct factors *f)
{
    return f->list.cursor < f->count ? &f->rows[f->list.cursor] : NULL;
}

static void next_waiting(struct factors *f)
{
    for (size_t i = 0; i < f->count; i++) {
        size_t at = (f->list.cursor + i) % f->count;
        if (f->rows[at].state == FACTOR_PROPOSED) {
            list_go(&f->list, at);
            return;
        }
    }
}

static void load(struct ui *ui, struct factors *f)
{
    const struct factor *at = under_cursor(f);
    int64_t id = at != NULL ? at->id : 0;
    bool was_empty = f->count == 0;
    free_rows(f);
    if (ui->model.store != NULL) {
        (void)store_factors(ui->model.store, take, f, NULL);
    }
    list_set(&f->list, f->count, f->list.height > 0 ? f->list.height : 1);
    for (size_t i = 0; i < f->count; i++) {
        if (f->rows[i].id == id) {
            list_go(&f->list, i);
        }
    }
    at = under_cursor(f);
    if (was_empty || (f->decided && at != NULL && at->state != FACTOR_PROPOSED)) {
        next_waiting(f);
        f->decided = false;
    }
}

static size_t waiting(const struct factors *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->count; i++) {
        n += f->rows[i].state == FACTOR_PROPOSED ? 1 : 0;
    }
    return n;
}

/* ---- lines that were typed */

static void ask_about(struct ui *ui, struct factors *f, const char *label, const char *initial,
                      prompt_done_fn *done)
{
    const struct factor *at = under_cursor(f);
    if (at != NULL) {
        free(f->asked);
        f->asked = xstrdup(at->name);
        ui_ask(ui, label, initial, done, NULL);
    }
}

static void name_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct factors *f = sheet_of(ui);
    (void)ctx;
    if (f != NULL && accepted && text[0] != '\0' && strcmp(text, f->asked) != 0) {
        ui_do(ui, "factor", "edit", f->asked, "--name", text);
    }
}

static void description_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct factors *f = sheet_of(ui);
    (void)ctx;
    if (f != NULL && accepted) {
        ui_do(ui, "factor", "edit", f->asked, "-d", text);
    }
}

static void factor_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    (void)ctx;
    if (accepted && text[0] != '\0') {
        ui_do(ui, "factor", "add", text);
    }
}

static void accept_all(struct ui *ui, const struct factors *f)
{
    const char **words = xcalloc(f->count + 2, sizeof *words);
    int n = 0;
    words[n++] = "factor";
    words[n++] = "accept";
    for (size_t i = 0; i < f->count; i++) {
        if (f->rows[i].state == FACTOR_PROPOSED) {
            words[n++] = f->rows[i].name;
        }
    }
    ui_do_words(ui, n, words);
    free(words);
}

/* ---- the sheet */

static void close_sheet(void *state)
{
    struct factors *f = state;
    free_rows(f);
    free(f->rows);
    free(f->asked);
    free(f);
}

static void on_data(void *state, struct ui *ui, unsigned changed)
{
    if ((changed & CHANGED_TREE) != 0) {
        load(ui, state);
    }
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    (void)state;
    (void)ui;
    out[0] = CTX_FACTORS;
    out[1] = CTX_MOVE;
    return 2;
}

static bool can_decide(const struct factor *at, enum action a, char why[WHY_MAX])
{
    if (at == NULL) {
        snprintf(why, WHY_MAX, "there is no factor yet (P asks for proposals, a adds one)");
    } else if (at->state == FACTOR_ACCEPTED) {
        snprintf(why, WHY_MAX, "it is a taxonomy already; change it there (2)");
    } else if (at->state == FACTOR_REJECTED && a != ACT_ACCEPT) {
        snprintf(why, WHY_MAX, "it was rejected (y accepts it after all)");
    } else {
        return true;
    }
    return false;
}

static bool can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct factors *f = state;
    if (a == ACT_ACCEPT || a == ACT_REJECT || a == ACT_RENAME || a == ACT_DESCRIBE) {
        return can_decide(under_cursor(f), a, why);
    }
    if (a == ACT_ACCEPT_ALL && waiting(f) == 0) {
        snprintf(why, WHY_MAX, "no proposal waits");
        return false;
    }
    if (a == ACT_PROPOSE && ui->model.description[0] == '\0') {
        snprintf(why, WHY_MAX, "the data is not described yet (1, then d)");
        return false;
    }
    return true;
}

static void decide(struct ui *ui, struct factors *f, const char *word)
{
    const struct factor *at = under_cursor(f);
    if (at != NULL) {
        f->decided = true;
        ui_do(ui, "factor", word, at->name);
    }
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct factors *f = state;
    const struct factor *at = under_cursor(f);
    (void)code;
    switch ((int)a) {
    case ACT_ACCEPT:
        decide(ui, f, "accept");
        break;
    case ACT_REJECT:
        decide(ui, f, "reject");
        break;
    case ACT_ACCEPT_ALL:
        accept_all(ui, f);
        break;
    case ACT_RENAME:
        ask_about(ui, f, "its name: ", at != NULL ? at->name : "", name_given);
        break;
    case ACT_DESCRIBE:
        ask_about(ui, f, "what varies in it: ", at != NULL ? at->desc : "", description_given);
        break;
    case ACT_ADD_FACTOR:
        ui_ask(ui, "a factor of your own: ", "", factor_given, NULL);
        break;
    case ACT_PROPOSE:
        ui_do(ui, "factor", "propose");
        break;
    default:
        list_act(&f->list, a);
        break;
    }
}

static void click(void *state, struct ui *ui, int x, int y)
{
    struct factors *f = state;
    size_t row = 0;
    (void)ui;
    if (list_hit(&f->list, f->seen, x, y, &row)) {
        list_go(&f->list, row);
    }
}

/* ---- drawing */

static void draw_row(const struct factor *r, struct cells *c, struct rect at, int width)
{
    static const char *const signs[] = {"? ", "✓ ", "✗ "};
    static const char *const states[] = {"proposed", "accepted", "rejected"};
    static const enum ui_role roles[] = {ROLE_DISPUTED, ROLE_ACCEPTED, ROLE_OFF};
    struct pen p = pen_at(c, at.x + 3, at.y, at.w - 4);
    pen_put(&p, roles[r->state], signs[r->state]);
    pen_field(&p, roles[r->state], 10, states[r->state]);
    pen_field(&p, r->state == FACTOR_REJECTED ? ROLE_OFF : ROLE_TEXT, width, r->name);
    pen_skip(&p, 2);
    pen_field(&p, ROLE_DIM, pen_left(&p), r->desc);
}

static void draw_detail(const struct factors *f, struct cells *c, struct rect r)
{
    const struct factor *at = under_cursor(f);
    cells_rule(c, r.x, r.y, r.w);
    int w = r.w - 4 < 100 ? r.w - 4 : 100;
    struct rect text = {r.x + 2, r.y + 1, w, r.h - 1};
    if (at == NULL) {
        cells_block(c, text, ROLE_DIM,
                    "Factors are the directions in which points differ, such as the operation, "
                    "the setting, the number of steps. Three to six are usual.");
        return;
    }
    int rows = cells_block(c, text, ROLE_TEXT, at->desc[0] != '\0' ? at->desc : "(not described)");
    if (at->reason[0] != '\0' && rows < text.h) {
        cells_block(c, (struct rect){text.x, text.y + rows, text.w, text.h - rows}, ROLE_DIM,
                    at->reason);
    }
}

static bool is_asked(const struct ui *ui)
{
    return ui->model.live.known && strstr(ui->model.live.job, "factor propose") != NULL;
}

static void draw_title(const struct factors *f, const struct ui *ui, struct cells *c, struct rect r)
{
    char note[96] = "";
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    size_t n = waiting(f);
    if (is_asked(ui)) {
        snprintf(note, sizeof note, "the teacher is thinking …");
    } else if (n > 0) {
        snprintf(note, sizeof note, "%zu wait for you", n);
    } else if (f->count > 0) {
        snprintf(note, sizeof note, "all decided; q goes back");
    }
    pen_field(&p, ROLE_STRONG, pen_left(&p) - 28, "What the data varies in");
    pen_right(&p, is_asked(ui) ? ROLE_WORKING : ROLE_DIM, pen_left(&p), note);
    cells_rule(c, r.x, r.y + 1, r.w);
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    struct factors *f = state;
    int foot = body.h >= 16 ? 6 : 4;
    draw_title(f, ui, c, body);
    f->seen = (struct rect){body.x, body.y + 2, body.w, body.h - 2 - foot};
    list_set(&f->list, f->count, (size_t)f->seen.h);
    int width = body.w >= 100 ? 32 : body.w / 3;
    for (int i = 0; i < f->seen.h && f->list.top + (size_t)i < f->count; i++) {
        size_t row = f->list.top + (size_t)i;
        struct rect at = {body.x, f->seen.y + i, body.w, 1};
        draw_row(&f->rows[row], c, at, width);
        if (row == f->list.cursor) {
            struct pen p = pen_at(c, body.x + 1, at.y, 2);
            pen_put(&p, ROLE_SIGN, "▌");
            cells_flag(c, body.x, at.y, body.w, CELL_CURSOR);
        }
    }
    if (f->count == 0) {
        struct pen p = pen_at(c, body.x + 3, f->seen.y, body.w - 4);
        pen_put(&p, ROLE_DIM,
                is_asked(ui) ? "…" : "none yet: P asks the teacher, a adds one of your own");
    }
    draw_detail(f, c, (struct rect){body.x, body.y + body.h - foot, body.w, foot});
}

static const struct panel_ops sheet_ops = {
    .name = "Factors",
    .brief = "Factors",
    .close = close_sheet,
    .on_data = on_data,
    .contexts = contexts,
    .can = can,
    .act = act,
    .click = click,
    .draw = draw,
};

void factors_sheet(struct ui *ui)
{
    struct factors *f = xcalloc(1, sizeof *f);
    load(ui, f);
    ui_sheet(ui, &sheet_ops, f);
}
