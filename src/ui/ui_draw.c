/*
 * The frame around the panels: header, message line, hint line. Where there is less room, words
 * give way in the order of what one can do without: full names of panels, their brief names, all
 * but the digits.
 */
#include "ui/layout.h"
#include "ui/ui.h"

#include "base/text.h"
#include "base/utf8.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- header */

static void session_name(const struct ui *ui, char out[64])
{
    const char *slash = strrchr(ui->model.file, '/');
    const char *base = slash != NULL ? slash + 1 : ui->model.file;
    size_t n = strlen(base);
    if (n > 5 && strcmp(base + n - 5, ".taxa") == 0) {
        n -= 5;
    }
    char raw[64];
    snprintf(raw, sizeof raw, "%.*s", (int)(n < 60 ? n : 60), base);
    text_safe_copy(out, 64, raw);
}

/* "▶ 61% 2:51 left", "‖ paused", "idle". */
static void run_state(const struct ui *ui, char out[64], enum ui_role *role)
{
    const struct model *m = &ui->model;
    const char *run = model_run(m);
    int64_t target = model_target(m), accepted = model_accepted(m);
    *role = ROLE_HEADER;
    out[0] = '\0';
    if (strcmp(run, "running") == 0 && target > 0) {
        snprintf(out, 64, "▶ %lld%%", (long long)(accepted * 100 / target));
    } else if (strcmp(run, "paused") == 0) {
        snprintf(out, 64, "‖ paused %lld%%", (long long)(target > 0 ? accepted * 100 / target : 0));
    } else if (m->live.known && m->live.job[0] != '\0') {
        snprintf(out, 64, "⋯ %.24s", m->live.job);
    } else if (target > 0 && accepted >= target) {
        snprintf(out, 64, "✓ done");
    } else if (strcmp(run, "interrupted") == 0 || strcmp(run, "stopped") == 0) {
        snprintf(out, 64, "■ %s", run);
    } else {
        snprintf(out, 64, "idle");
    }
}

/* Data of the rule-based teacher is known as such on every panel. */
static const char *offline_mark(const struct ui *ui, int width)
{
    const struct model *m = &ui->model;
    bool offline = m->live.known ? m->live.offline : m->offline;
    if (!offline || model_target(m) == 0) {
        return "";
    }
    return width >= 100  ? "offline teacher (rule-based) · "
           : width >= 76 ? "offline teacher · "
                         : "offline · ";
}

/* How panels are written: 0 full, 1 brief, 2 digits (the active one brief). */
static void panel_title(const struct ui *ui, size_t i, int form, char out[64])
{
    const struct panel_ops *p = panel_at(i);
    bool active = i == ui->panel;
    const char *word = form == 0 ? p->name : form == 1 || active ? p->brief : "";
    char name[32];
    size_t n = 0;
    for (; n < sizeof name - 1 && word[n] != '\0'; n++) {
        /* capitals say which one is open where colours do not */
        name[n] = active ? (char)toupper((unsigned char)word[n]) : word[n];
    }
    name[n] = '\0';
    long badge = p->badge != NULL ? p->badge(ui) : 0;
    if (badge > 0) {
        snprintf(out, 64, "%s·%ld", name, badge);
    } else {
        snprintf(out, 64, "%s", name);
    }
}

static int titles_width(const struct ui *ui, int form)
{
    int width = 0;
    for (size_t i = 0; i < panel_count(); i++) {
        char title[64];
        panel_title(ui, i, form, title);
        int w = utf8_columns(title, strlen(title));
        width += 3 + (w > 0 ? w + 1 : 0);
    }
    return width;
}

/* Before a session is open there are no panels to name. */
static void draw_start_header(struct cells *c, struct rect r)
{
    cells_fill(c, r, ROLE_HEADER);
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    pen_put(&p, ROLE_HEADER_ACTIVE, " taxa ");
    pen_field(&p, ROLE_HEADER, pen_left(&p),
              "  design a dataset, then have it written and checked");
}

static void draw_header(struct ui *ui, struct cells *c, struct rect r)
{
    if (ui->start != NULL) {
        draw_start_header(c, r);
        return;
    }
    char name[64], state[128], run[64];
    enum ui_role role = ROLE_HEADER;
    session_name(ui, name);
    run_state(ui, run, &role);
    cells_fill(c, r, ROLE_HEADER);
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    int name_width = utf8_columns(name, strlen(name)), room = 0, form = -1;
    bool fits = false;
    for (int brief = 0; brief < 2 && !fits; brief++) { /* the mark gives way before the names */
        snprintf(state, sizeof state, "%s%s", offline_mark(ui, brief ? 0 : r.w), run);
        room = r.w - 4 - utf8_columns(state, strlen(state));
        for (form = 0; form < 2 && !fits; form += fits ? 0 : 1) {
            fits = name_width + 1 + titles_width(ui, form) <= room;
        }
    }
    int most = room - titles_width(ui, form) - 1;
    name_width = name_width > most ? (most > 4 ? most : 4) : name_width;
    pen_field(&p, ROLE_HEADER, name_width, name);
    pen_put(&p, ROLE_HEADER, " ");
    for (size_t i = 0; i < panel_count(); i++) {
        char title[64];
        bool active = i == ui->panel;
        panel_title(ui, i, form, title);
        ui->tab_x[i] = p.x;
        pen_format(&p, active ? ROLE_HEADER_ACTIVE : ROLE_HEADER_KEY, " %c", panel_at(i)->key);
        pen_format(&p, active ? ROLE_HEADER_ACTIVE : ROLE_HEADER, title[0] != '\0' ? " %s " : "%s ",
                   title);
    }
    ui->tab_x[panel_count()] = p.x;
    pen_right(&p, role, pen_left(&p), state);
}

/* ---- message and hints */

static void draw_message(const struct ui *ui, struct cells *c, struct rect r)
{
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    if (ui->message[0] == '\0') {
        return;
    }
    static const char *const signs[] = {"", "! ", "✗ "};
    static const enum ui_role roles[] = {ROLE_MESSAGE, ROLE_WARNING, ROLE_ERROR};
    const char *undo = ui->message_is_own && ui->model.undo[0] != '\0' ? "u takes it back" : "";
    int reserve = undo[0] != '\0' && pen_left(&p) > 40 ? (int)strlen(undo) + 2 : 0;
    pen_put(&p, roles[ui->level], signs[ui->level]);
    pen_field(&p, roles[ui->level], pen_left(&p) - reserve, ui->message);
    if (reserve > 0) {
        pen_right(&p, ROLE_DIM, pen_left(&p), undo);
    }
}

/*
 * What cannot work on this very row is shown dimmed, so that the line does not jump about while one
 * moves; what cannot work on the whole panel is left out.
 */
static bool is_about_a_row(const struct ui *ui, const struct binding *b)
{
    return (b->context == CTX_TAXONOMY && ui->model.tree.count > 1) || b->context == CTX_SETTINGS;
}

/* Keys whose work depends on the run say what they would do now. */
static const char *label_of(const struct ui *ui, const struct binding *b)
{
    bool paused = strcmp(model_run(&ui->model), "paused") == 0;
    if (b->action == ACT_GENERATE && model_is_running(&ui->model)) {
        return "extend";
    }
    return b->action == ACT_PAUSE && paused ? "resume" : b->label;
}

static void draw_hint(struct pen *p, const char *label, const char *key, bool works)
{
    pen_put(p, works ? ROLE_KEY : ROLE_OFF, key);
    pen_format(p, works ? ROLE_HINT : ROLE_OFF, " %s", label);
    pen_skip(p, 2);
}

static void draw_hints(const struct ui *ui, struct cells *c, struct rect r)
{
    enum key_context contexts[PANEL_CONTEXTS + 1];
    size_t n = ui_contexts(ui, contexts), count = 0;
    const struct binding *table = keys_table(&count);
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    static const char help[] = "? help";
    int room = pen_left(&p) - (int)strlen(help);
    for (size_t i = 0; i < n * count; i++) {
        const struct binding *b = &table[i % count];
        char why[WHY_MAX], key[16];
        if (b->context != contexts[i / count] || b->label == NULL || b->action == ACT_HELP ||
            keys_action(contexts, n, b->keys[0]) != b->action ||
            keys_row(contexts, n, b->action) != b) {
            continue;
        }
        bool works = ui_can(ui, b->action, why);
        keys_name(key, b->keys[0]);
        const char *label = label_of(ui, b);
        int width = (int)strlen(key) + 1 + (int)strlen(label) + 2;
        if (width <= room && (works || is_about_a_row(ui, b))) {
            draw_hint(&p, label, key, works);
            room -= width;
        }
    }
    p.x = p.end - (int)strlen(help);
    pen_put(&p, ROLE_KEY, "?");
    pen_put(&p, ROLE_HINT, " help");
}

/* Tab and the arrows are offered only where they do something. */
static bool prompt_knows(const struct prompt *p, uint32_t key)
{
    return (key != K_TAB || p->complete || p->files) && (key != K_UP || p->history != NULL);
}

static void draw_prompt_hints(const struct prompt *prompt, struct cells *c, struct rect r)
{
    size_t count = 0;
    const struct binding *table = keys_table(&count);
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    for (size_t i = 0; i < count; i++) {
        char key[16];
        if (table[i].context != CTX_PROMPT || table[i].label == NULL ||
            !prompt_knows(prompt, table[i].keys[0])) {
            continue;
        }
        keys_name(key, table[i].keys[0]);
        pen_put(&p, ROLE_KEY, key);
        pen_format(&p, ROLE_HINT, " %s", table[i].label);
        pen_skip(&p, 2);
    }
}

/*
 * The line that is typed: in the message line, or where the text stands that is edited. There it is
 * underlined, which says without colour how far it may reach.
 */
static void draw_prompt(struct ui *ui, struct cells *c, const struct layout *l)
{
    struct prompt *p = &ui->prompt;
    struct rect place = p->place;
    cells_fill(c, l->message, ROLE_TEXT);
    if (p->in_place && place.w >= 8 && !ui->view.open) {
        struct pen pen = pen_at(c, l->message.x + 1, l->message.y, l->message.w - 2);
        pen_field(&pen, ROLE_PROMPT, pen_left(&pen), p->label);
        cells_fill(c, place, ROLE_TEXT);
        prompt_draw(p, c, place, false);
        cells_flag(c, place.x, place.y, place.w, CELL_UNDERLINE);
    } else {
        prompt_draw(p, c, l->message, true);
    }
    draw_prompt_hints(p, c, l->hints);
}

static void draw_too_small(const struct ui *ui, struct cells *c)
{
    char text[80];
    snprintf(text, sizeof text, "terminal too small: %dx%d needed, have %dx%d", LAYOUT_MIN_COLS,
             LAYOUT_MIN_ROWS, ui->cols, ui->rows);
    cells_block(c, (struct rect){0, 0, ui->cols, ui->rows}, ROLE_WARNING, text);
}

void ui_draw(struct ui *ui, struct cells *c)
{
    cells_resize(c, ui->cols, ui->rows);
    struct layout l = layout_screen(ui->cols, ui->rows);
    if (l.too_small) {
        draw_too_small(ui, c);
        return;
    }
    draw_header(ui, c, l.header);
    if (ui->view.open) {
        view_draw(&ui->view, c, l.body);
    } else {
        struct ui_sheet front = ui_front(ui);
        front.ops->draw(front.state, ui, c, l.body);
    }
    if (ui->prompt.active) {
        draw_prompt(ui, c, &l);
    } else {
        draw_message(ui, c, l.message);
        draw_hints(ui, c, l.hints);
    }
    ui->dirty = false;
}
