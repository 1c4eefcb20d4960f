/*
 * Strategies, values and nodes are one list to the cursor: up and down go through all three, so
 * that a weight can be moved while its effect is read below. Left and right choose the value in the
 * upper parts; among the nodes they go up and down the tree.
 */
#include "ui/panels/mix.h"

#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *open_panel(struct ui *ui)
{
    struct mix_panel *p = xcalloc(1, sizeof *p);

    p->strategies.height = p->nodes.height = 1;
    mix_rows(p, ui);
    return p;
}

static void close_panel(void *state)
{
    struct mix_panel *p = state;
    mix_examples_free(p);
    free(p->row);
    free(p->asked_name);
    free(p);
}

/* Without a plan there are no points to show, and no rows to stand on. */
static bool has_rows(const struct mix_panel *p, const struct ui *ui)
{
    const struct mix *m = mix_of(ui);
    return p->row_count > 0 && m != NULL && m->problem[0] == '\0';
}

static void on_data(void *state, struct ui *ui, unsigned changed)
{
    struct mix_panel *p = state;
    bool fresh = (changed & (CHANGED_TREE | CHANGED_SETTINGS)) != 0;
    mix_settle(p, ui, fresh);
    if (fresh || (changed & CHANGED_POINTS) != 0) {
        mix_rows(p, ui);
        p->part = p->part == MIX_NODES && !has_rows(p, ui) ? MIX_VALUES : p->part;
    }
    if ((changed & CHANGED_SETTINGS) != 0) {
        p->next_draw = p->next_try = 0; /* other mixes would be drawn now */
    }
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    const struct mix_panel *p = state;
    (void)ui;
    size_t n = 0;
    out[n++] = p->part == MIX_NODES ? CTX_MIX_NODES : CTX_MIX_VALUES;
    out[n++] = CTX_MIX;
    out[n++] = CTX_MOVE;
    return n;
}

static bool can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    return mix_can(state, ui, a, why);
}

/* ---- moving */

static size_t strategy_count(const struct ui *ui)
{
    const struct mix *m = mix_of(ui);
    return m != NULL ? (size_t)m->strategy_count : 0;
}

static void note_node(struct mix_panel *p, const struct ui *ui)
{
    uint32_t at = mix_node_at(p, ui);
    p->node_id = at != TREE_NONE ? ui->model.tree.nodes[at].id : 0;
}

static void up(struct mix_panel *p, const struct ui *ui)
{
    if (p->part == MIX_NODES && p->nodes.cursor > 0) {
        list_move(&p->nodes, -1);
    } else if (p->part == MIX_NODES) {
        p->part = MIX_VALUES;
    } else if (p->part == MIX_VALUES && strategy_count(ui) > 0) {
        p->part = MIX_STRATEGIES;
        list_go(&p->strategies, strategy_count(ui) - 1);
    } else if (p->part == MIX_STRATEGIES) {
        list_move(&p->strategies, -1);
    }
    note_node(p, ui);
}

static void down(struct mix_panel *p, const struct ui *ui)
{
    if (p->part == MIX_STRATEGIES && p->strategies.cursor + 1 < strategy_count(ui)) {
        list_move(&p->strategies, 1);
    } else if (p->part == MIX_STRATEGIES) {
        p->part = MIX_VALUES;
    } else if (p->part == MIX_VALUES && has_rows(p, ui)) {
        p->part = MIX_NODES;
        list_go(&p->nodes, 0);
    } else if (p->part == MIX_NODES) {
        list_move(&p->nodes, 1);
    }
    note_node(p, ui);
}

/* A page goes to the next part, or through the nodes. */
static void page(struct mix_panel *p, const struct ui *ui, int direction)
{
    bool at_top = p->part == MIX_NODES && p->nodes.cursor == 0;
    if (p->part == MIX_NODES && !(direction < 0 && at_top)) {
        list_page(&p->nodes, direction);
    } else if (direction < 0) {
        p->part = MIX_STRATEGIES;
        list_go(&p->strategies, 0);
    } else if (has_rows(p, ui)) {
        p->part = MIX_NODES;
    }
    note_node(p, ui);
}

static void go_to_end(struct mix_panel *p, const struct ui *ui, bool last)
{
    bool nodes = last && has_rows(p, ui);
    p->part = nodes ? MIX_NODES : MIX_STRATEGIES;
    list_go(nodes ? &p->nodes : &p->strategies, nodes ? p->row_count - 1 : 0);
    note_node(p, ui);
}

static void drill_out(struct mix_panel *p, struct ui *ui)
{
    uint32_t root = mix_root(p, ui);
    const struct tree *t = &ui->model.tree;
    if (root == TREE_NONE || t->nodes[root].depth <= 1) {
        ui_say(ui, SAY_INFO, "this is the whole taxonomy (Tab shows the next one)");
        return;
    }
    int64_t from = t->nodes[root].id;
    mix_show(p, ui, t->nodes[root].parent);
    p->node_id = from;
    mix_rows(p, ui);
}

static void drill_in(struct mix_panel *p, struct ui *ui)
{
    uint32_t at = mix_node_at(p, ui);
    if (at == TREE_NONE || ui->model.tree.nodes[at].children == 0) {
        ui_say(ui, SAY_INFO, "nothing lies below it");
        return;
    }
    mix_show(p, ui, at);
    note_node(p, ui);
}

static void sideways(struct mix_panel *p, struct ui *ui, int direction)
{
    if (p->part == MIX_NODES && direction < 0) {
        drill_out(p, ui);
    } else if (p->part == MIX_NODES) {
        drill_in(p, ui);
    } else if (p->part == MIX_STRATEGIES) {
        int to = p->field + direction;
        p->field = to < 0 ? 0 : to >= MIX_FIELDS ? MIX_FIELDS - 1 : to;
    } else {
        int to = p->value + direction;
        p->value = to < 0 ? 0 : to >= MIX_VALUES_COUNT ? MIX_VALUES_COUNT - 1 : to;
    }
}

/* ---- which nodes are shown */

static void next_taxonomy(struct mix_panel *p, const struct ui *ui, int direction)
{
    const struct tree *t = &ui->model.tree;
    uint32_t at = tree_taxonomy(t, mix_root(p, ui));
    uint32_t to = direction > 0 ? t->nodes[at].next : t->nodes[at].prev;
    if (to == TREE_NONE) {
        to = direction > 0 ? t->nodes[0].first : t->nodes[0].last;
    }
    mix_show(p, ui, to);
    note_node(p, ui);
}

static void taxonomy_chosen(struct ui *ui, void *ctx, int64_t id)
{
    struct mix_panel *p = ctx;
    uint32_t at = tree_by_id(&ui->model.tree, id);
    if (at != TREE_NONE) {
        mix_show(p, ui, at);
        note_node(p, ui);
    }
}

static void choose_taxonomy(struct mix_panel *p, struct ui *ui)
{
    const struct tree *t = &ui->model.tree;
    const struct mix *m = mix_of(ui);
    struct ui_menu_row *rows = xcalloc(t->nodes[0].children, sizeof *rows);
    char(*detail)[64] = xcalloc(t->nodes[0].children, sizeof *detail);
    size_t n = 0;
    for (uint32_t at = t->nodes[0].first; at != TREE_NONE; at = t->nodes[at].next, n++) {
        long long points = m->planned != NULL ? (long long)m->planned[at] : 0;
        snprintf(detail[n], sizeof detail[n], "%u below its name, %lld points",
                 t->nodes[at].children, points);
        rows[n] = (struct ui_menu_row){t->nodes[at].id, t->nodes[at].name, detail[n]};
    }
    ui_menu(ui, "expected points by taxonomy", rows, n,
            t->nodes[tree_taxonomy(t, mix_root(p, ui))].id, taxonomy_chosen, p);
    free(detail);
    free(rows);
}

static void change_level(struct mix_panel *p, struct ui *ui, int by)
{
    int deepest = mix_deepest(p, ui), to = p->shown_level + by;
    to = to > deepest ? deepest : to;
    to = to < 1 ? 1 : to;
    if (to == p->shown_level) {
        ui_say(ui, SAY_INFO, by > 0 ? "there is no deeper level" : "this is the first level");
        return;
    }
    p->level = to;
    mix_rows(p, ui);
    note_node(p, ui);
}

static void show_warnings(const struct mix *m, struct ui *ui)
{
    struct buf text;
    buf_init(&text, 1u << 17);
    mix_warnings_text(m, &text);
    ui_show(ui, "Warnings", text.data);
    ui->view.wrap = true;
    buf_free(&text);
}

/* On a strategy: its own. */
static void draw_examples(struct mix_panel *p, struct ui *ui)
{
    const struct mix_strategy *s = mix_strategy_at(p, ui);
    bool own = s != NULL && s->id != 0 && mix_of(ui)->strategy_count > 1;
    mix_open_draws(p, ui, own ? s->name : NULL);
}

static bool act_view(struct mix_panel *p, struct ui *ui, enum action a)
{
    switch ((int)a) {
    case ACT_MIX_NEXT_TAXONOMY:
    case ACT_MIX_PREV_TAXONOMY:
        next_taxonomy(p, ui, a == ACT_MIX_NEXT_TAXONOMY ? 1 : -1);
        return true;
    case ACT_MIX_VIEW:
        choose_taxonomy(p, ui);
        return true;
    case ACT_MIX_DEEPER:
    case ACT_MIX_SHALLOWER:
        change_level(p, ui, a == ACT_MIX_DEEPER ? 1 : -1);
        return true;
    case ACT_MIX_EXCLUSIONS:
        mix_open_exclusions(ui, mix_node_at(p, ui));
        return true;
    case ACT_MIX_DRAW:
        draw_examples(p, ui);
        return true;
    case ACT_MIX_WARNINGS:
        show_warnings(mix_of(ui), ui);
        return true;
    default:
        return false;
    }
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct mix_panel *p = state;
    (void)code;
    switch ((int)a) {
    case ACT_UP:
        up(p, ui);
        break;
    case ACT_DOWN:
        down(p, ui);
        break;
    case ACT_PAGE_UP:
    case ACT_PAGE_DOWN:
        page(p, ui, a == ACT_PAGE_UP ? -1 : 1);
        break;
    case ACT_FIRST:
    case ACT_LAST:
        go_to_end(p, ui, a == ACT_LAST);
        break;
    case ACT_LEFT:
    case ACT_RIGHT:
        sideways(p, ui, a == ACT_LEFT ? -1 : 1);
        break;
    case ACT_OPEN:
        if (p->part == MIX_NODES) {
            drill_in(p, ui);
        } else {
            mix_edit(p, ui, ACT_MIX_EXACT);
        }
        break;
    case ACT_BACK:
        if (p->part == MIX_NODES && mix_root(p, ui) < ui->model.tree.count && /* not TREE_NONE */
            ui->model.tree.nodes[mix_root(p, ui)].depth > 1) {
            drill_out(p, ui);
        }
        break;
    default:
        (void)(act_view(p, ui, a) || mix_edit(p, ui, a));
        break;
    }
}

static void click(void *state, struct ui *ui, int x, int y)
{
    struct mix_panel *p = state;
    if (rect_has(p->strategy_rect, x, y)) {
        size_t row = p->strategies.top + (size_t)(y - p->strategy_rect.y);
        if (row < strategy_count(ui)) {
            p->part = MIX_STRATEGIES;
            list_go(&p->strategies, row);
        }
    } else if (rect_has(p->node_rect, x, y)) {
        size_t row = p->nodes.top + (size_t)(y - p->node_rect.y);
        if (row < p->row_count) {
            p->part = MIX_NODES;
            list_go(&p->nodes, row);
        }
    }
    for (int v = 0; v < MIX_VALUES_COUNT; v++) {
        if (rect_has(p->value_rect[v], x, y)) {
            p->part = MIX_VALUES;
            p->value = v;
        }
    }
    note_node(p, ui);
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    mix_draw(state, ui, c, body);
}

const struct panel_ops panel_mix = {
    .key = '3',
    .name = "Mix",
    .brief = "Mix",
    .wants_tree = true,
    .wants_mix = true,
    .open = open_panel,
    .close = close_panel,
    .on_data = on_data,
    .contexts = contexts,
    .can = can,
    .act = act,
    .click = click,
    .draw = draw,
};
