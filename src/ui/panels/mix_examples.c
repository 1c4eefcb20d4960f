/*
 * Examples come from the reading command `draw`, so they are the run's own draws and drawing them
 * never delays a key. They are kept in the panel, not in the sheet: the answer may come when the
 * sheet is closed already.
 */
#include "ui/panels/mix.h"

#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXAMPLES = 8, ROWS_BELOW = 8 };

struct sheet {
    struct mix_panel *p;
    struct list list;
    struct rect seen;
};

void mix_examples_free(struct mix_panel *p)
{
    cJSON_Delete(p->examples);
    p->examples = NULL;
    free(p->draw_strategy);
    p->draw_strategy = NULL;
}

void mix_try(struct ui *ui, int64_t number, const char *strategy, bool record)
{
    char text[32];
    const char *words[8] = {"try", "--mix", text};
    int n = 3;
    snprintf(text, sizeof text, "%lld", (long long)number);
    if (strategy != NULL) {
        words[n++] = "--strategy";
        words[n++] = strategy;
    }
    if (record) {
        words[n++] = "--record";
    }
    words[n++] = "--wait"; /* its answer opens as a text */
    ui_do_words(ui, n, words);
}

/* ---- drawing mixes */

static const cJSON *list_of(const struct mix_panel *p)
{
    return cJSON_GetObjectItemCaseSensitive(p->examples, "draws");
}

static void drawn(struct ui *ui, void *ctx, int code, const char *text)
{
    struct mix_panel *p = ctx;
    cJSON *o = NULL;
    p->drawing = false;
    ui->dirty = true;
    if (code == 0 && json_parse(text, strlen(text), &json_limits_file, &o, NULL) == ST_OK) {
        cJSON_Delete(p->examples);
        p->examples = o;
        int n = cJSON_GetArraySize(list_of(p));
        p->next_draw = n < EXAMPLES ? 0 : p->next_draw + n; /* behind the last: from the first */
    } else if (code != 130) {
        snprintf(p->draw_problem, sizeof p->draw_problem, "%.290s",
                 text[0] != '\0' ? text : "the mixes could not be drawn");
    }
}

static void draw_next(struct mix_panel *p, struct ui *ui)
{
    char count[16], skip[32];
    snprintf(count, sizeof count, "%d", EXAMPLES);
    snprintf(skip, sizeof skip, "%lld", (long long)p->next_draw);
    const char *words[8] = {"draw", count, "--skip", skip, "--json"};
    int n = 5;
    if (p->draw_strategy != NULL) {
        words[n++] = "--strategy";
        words[n++] = p->draw_strategy;
    }
    p->draw_problem[0] = '\0';
    ui_read(ui, n, words, drawn, p); /* may end an earlier one first */
    p->drawing = true;
}

/* ---- the sheet */

static void close_sheet(void *state)
{
    free(state);
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    (void)state;
    (void)ui;
    out[0] = CTX_MIX_DRAWS;
    out[1] = CTX_MOVE;
    return 2;
}

static const cJSON *example_at(const struct sheet *s)
{
    return cJSON_GetArrayItem(list_of(s->p), (int)s->list.cursor);
}

static bool can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct sheet *s = state;
    (void)ui;
    if ((a == ACT_MIX_TRY || a == ACT_MIX_TRY_RECORD) && example_at(s) == NULL) {
        snprintf(why, WHY_MAX, "there is no mix under the cursor");
        return false;
    }
    if (a == ACT_MIX_DRAW && s->p->drawing) {
        snprintf(why, WHY_MAX, "they are being drawn");
        return false;
    }
    return true;
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct sheet *s = state;
    (void)code;
    if (a == ACT_MIX_DRAW) {
        list_go(&s->list, 0);
        draw_next(s->p, ui);
    } else if (a == ACT_MIX_TRY || a == ACT_MIX_TRY_RECORD) {
        mix_try(ui, (int64_t)json_num_or(example_at(s), "mix", 1), s->p->draw_strategy,
                a == ACT_MIX_TRY_RECORD);
    } else {
        list_act(&s->list, a);
    }
}

static void click(void *state, struct ui *ui, int x, int y)
{
    struct sheet *s = state;
    size_t row = 0;
    (void)ui;
    if (list_hit(&s->list, s->seen, x, y, &row)) {
        list_go(&s->list, row);
    }
}

/* ---- drawing the sheet */

static void draw_row(const struct sheet *s, struct cells *c, int i)
{
    size_t row = s->list.top + (size_t)i;
    const cJSON *o = cJSON_GetArrayItem(list_of(s->p), (int)row), *node = NULL;
    bool here = row == s->list.cursor;
    struct pen p = mix_sheet_row(c, s->seen, i, here);
    char number[32];
    snprintf(number, sizeof number, "%.0f", json_num_or(o, "mix", 0));
    pen_right(&p, ROLE_NUMBER, 5, number);
    pen_skip(&p, 2);
    if (s->p->draw_strategy == NULL) {
        pen_field(&p, ROLE_DIM, s->seen.w >= 90 ? 18 : 12, json_str_or(o, "strategy", ""));
        pen_skip(&p, 1);
    }
    pen_put(&p, ROLE_SIGN, json_bool_or(o, "complexified", false) ? "▲ " : "  ");
    bool first = true;
    cJSON_ArrayForEach(node, cJSON_GetObjectItemCaseSensitive(o, "nodes"))
    {
        pen_put(&p, ROLE_DIM, first ? "" : " · ");
        pen_put(&p, ROLE_TEXT, json_str_or(node, "name", ""));
        first = false;
    }
    if (here) {
        cells_flag(c, s->seen.x, s->seen.y + i, s->seen.w, CELL_CURSOR);
    }
}

/* The mix under the cursor in full. */
static void draw_details(const struct sheet *s, struct cells *c, struct rect r)
{
    const cJSON *o = example_at(s), *node = NULL;
    if (o == NULL || r.h < 2) {
        return;
    }
    cells_rule(c, r.x, r.y, r.w);
    struct pen p = pen_at(c, r.x + 1, r.y + 1, r.w - 2);
    pen_format(&p, ROLE_STRONG, "mix %.0f", json_num_or(o, "mix", 0));
    pen_format(&p, ROLE_DIM, " · %s · %s", json_str_or(o, "strategy", ""),
               json_bool_or(o, "complexified", false) ? "▲ complexified" : "plain");
    int y = r.y + 2;
    cJSON_ArrayForEach(node, cJSON_GetObjectItemCaseSensitive(o, "nodes"))
    {
        if (y >= r.y + r.h) {
            break;
        }
        p = pen_at(c, r.x + 3, y++, r.w - 4);
        pen_field(&p, ROLE_TEXT, pen_left(&p), json_str_or(node, "path", ""));
    }
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    struct sheet *s = state;
    struct mix_panel *p = s->p;
    char title[160], note[160];
    (void)ui;
    snprintf(title, sizeof title, "example mixes%s%.80s", p->draw_strategy != NULL ? " of " : "",
             p->draw_strategy != NULL ? p->draw_strategy : "");
    if (p->examples != NULL) {
        snprintf(note, sizeof note, "of the %.0f %s", json_num_or(p->examples, "mixes", 0),
                 json_bool_or(p->examples, "afresh", false)
                     ? "of an empty session: nothing is to be added"
                     : "that the next run adds");
    } else {
        snprintf(note, sizeof note, "%s", "");
    }
    struct rect r = mix_sheet_frame(c, body, title, note);
    int below = r.h >= EXAMPLES + ROWS_BELOW ? r.h - EXAMPLES - 1 : r.h / 2;
    below = below > 20 ? 20 : below;
    s->seen = (struct rect){r.x, r.y, r.w, r.h - below};
    list_set(&s->list, (size_t)cJSON_GetArraySize(list_of(p)), (size_t)s->seen.h);
    struct pen pen = mix_sheet_row(c, s->seen, 0, false);
    if (p->draw_problem[0] != '\0') {
        cells_block(c, (struct rect){r.x + 3, r.y, r.w - 5, r.h}, ROLE_WARNING, p->draw_problem);
        return;
    }
    if (s->list.count == 0) {
        pen_put(&pen, ROLE_DIM, p->drawing ? "drawing …" : "no mix is drawn: its share of N is 0");
        return;
    }
    for (int i = 0; i < s->seen.h && s->list.top + (size_t)i < s->list.count; i++) {
        draw_row(s, c, i);
    }
    draw_details(s, c, (struct rect){r.x, r.y + r.h - below, r.w, below});
}

static const struct panel_ops draws_ops = {
    .name = "Example mixes",
    .brief = "Draw",
    .close = close_sheet,
    .contexts = contexts,
    .can = can,
    .act = act,
    .click = click,
    .draw = draw,
};

void mix_open_draws(struct mix_panel *p, struct ui *ui, const char *strategy)
{
    struct sheet *s = xcalloc(1, sizeof *s);
    bool other = (strategy == NULL) != (p->draw_strategy == NULL) ||
                 (strategy != NULL && strcmp(strategy, p->draw_strategy) != 0);
    if (other) {
        p->next_draw = 0;
    }
    mix_examples_free(p);
    p->draw_strategy = strategy != NULL ? xstrdup(strategy) : NULL;
    s->p = p;
    if (ui_sheet(ui, &draws_ops, s)) {
        draw_next(p, ui);
    }
}
