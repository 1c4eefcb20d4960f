/*
 * Rows are gathered when the tree, the root or the level changed, not while drawing. A value that a
 * key has sent is shown at once and steps on from there: five quick presses are five steps, however
 * slow the connection is.
 */
#include "ui/panels/mix.h"

#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct mix *mix_of(const struct ui *ui)
{
    const struct mix *m = ui->model.mix;
    bool fits = m != NULL && ui->model.has_tree &&
                (m->problem[0] != '\0' || m->nodes == ui->model.tree.count);
    return fits ? m : NULL;
}

const struct mix_strategy *mix_strategy_at(const struct mix_panel *p, const struct ui *ui)
{
    const struct mix *m = mix_of(ui);
    bool there =
        m != NULL && p->part == MIX_STRATEGIES && p->strategies.cursor < (size_t)m->strategy_count;
    return there ? &m->strategies[p->strategies.cursor] : NULL;
}

uint32_t mix_node_at(const struct mix_panel *p, const struct ui *ui)
{
    bool there = p->part == MIX_NODES && ui->model.has_tree && p->nodes.cursor < p->row_count;
    return there ? p->row[p->nodes.cursor] : TREE_NONE;
}

/* ---- nodes */

uint32_t mix_root(const struct mix_panel *p, const struct ui *ui)
{
    if (!ui->model.has_tree) {
        return TREE_NONE;
    }
    uint32_t at = p->root != 0 ? tree_by_id(&ui->model.tree, p->root) : TREE_NONE;
    return at != TREE_NONE ? at : ui->model.tree.nodes[0].first;
}

int mix_deepest(const struct mix_panel *p, const struct ui *ui)
{
    const struct tree *t = &ui->model.tree;
    uint32_t root = mix_root(p, ui);
    int deepest = 0;
    for (uint32_t at = root; at != TREE_NONE; at = tree_next(t, root, at)) {
        int depth = t->nodes[at].depth - t->nodes[root].depth;
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest;
}

static void push_row(struct mix_panel *p, const struct mix *m, uint32_t at)
{
    p->row = vec_grow(p->row, &p->row_cap, p->row_count + 1, sizeof *p->row);
    p->row[p->row_count++] = at;
    if (m != NULL && m->planned != NULL && m->planned[at] > p->most) {
        p->most = m->planned[at];
    }
}

/* The deepest level down to which all nodes fit on the screen, at least the first. */
static int fitting_level(const struct tree *t, uint32_t root, size_t height)
{
    size_t at_level[TREE_MAX_DEPTH + 1] = {0};
    uint32_t at = root;
    size_t walked = 0;
    /* what is far more than fits need not be counted to its end */
    while ((at = tree_next(t, root, at)) != TREE_NONE && walked++ < 64 * (height + 16)) {
        int level = t->nodes[at].depth - t->nodes[root].depth;
        at_level[level <= TREE_MAX_DEPTH ? level : TREE_MAX_DEPTH]++;
    }
    int level = 1;
    size_t rows = at_level[1];
    bool all = at == TREE_NONE;
    while (all && level < TREE_MAX_DEPTH && at_level[level + 1] > 0 &&
           rows + at_level[level + 1] <= height) {
        rows += at_level[++level];
    }
    return level;
}

void mix_rows(struct mix_panel *p, const struct ui *ui)
{
    uint32_t root = mix_root(p, ui);
    const struct tree *t = &ui->model.tree;
    const struct mix *m = mix_of(ui);
    p->row_count = 0;
    p->most = 1;
    if (root == TREE_NONE) {
        list_set(&p->nodes, 0, p->nodes.height);
        return;
    }
    p->root = t->nodes[root].id;
    p->shown_level = p->level > 0 ? p->level : fitting_level(t, root, p->nodes.height);
    uint32_t at = t->nodes[root].children > 0 ? tree_next(t, root, root) : TREE_NONE;
    size_t found = SIZE_MAX;
    while (at != TREE_NONE) {
        bool last = t->nodes[at].depth - t->nodes[root].depth >= p->shown_level;
        if (t->nodes[at].id == p->node_id) {
            found = p->row_count;
        }
        push_row(p, m, at);
        at = last ? tree_skip(t, root, at) : tree_next(t, root, at);
    }
    if (p->row_count == 0) {
        push_row(p, m, root);
    }
    if (found != SIZE_MAX) {
        list_follow(&p->nodes, found, p->row_count);
    } else {
        list_set(&p->nodes, p->row_count, p->nodes.height);
    }
}

void mix_show(struct mix_panel *p, const struct ui *ui, uint32_t root)
{
    p->root = ui->model.tree.nodes[root].id;
    p->level = 0;
    p->node_id = 0;
    p->nodes = (struct list){.height = p->nodes.height};
    mix_rows(p, ui);
}

/* ---- values */

static const struct mix_pending *pending_of(const struct mix_panel *p, enum mix_part part,
                                            int64_t id, int field)
{
    for (size_t i = 0; i < MIX_PENDING; i++) {
        const struct mix_pending *w = &p->pending[i];
        if (w->used && w->part == part && w->id == id && w->field == field) {
            return w;
        }
    }
    return NULL;
}

/* As the file has it. */
static void strategy_value(const struct mix_strategy *s, int field, char out[MIX_TEXT])
{
    out[0] = '\0';
    if (field == MIX_WEIGHT) {
        snprintf(out, MIX_TEXT, "%.15g", s->weight);
    } else if (field == MIX_COMPLEXITY && s->own_complexity) {
        snprintf(out, MIX_TEXT, "%.15g", s->complexity);
    } else if (field == MIX_LEVELS && s->own_levels) {
        char levels[16];
        design_levels(s->levels, levels);
        snprintf(out, MIX_TEXT, "%s", levels);
    }
}

void mix_strategy_text(const struct mix_panel *p, const struct mix_strategy *s, int field,
                       char out[MIX_TEXT])
{
    const struct mix_pending *w = pending_of(p, MIX_STRATEGIES, s->id, field);
    strategy_value(s, field, out);
    if (w != NULL) {
        memcpy(out, w->value, MIX_TEXT);
    }
}

double mix_strategy_weight(const struct mix_panel *p, const struct mix_strategy *s)
{
    char text[MIX_TEXT];
    mix_strategy_text(p, s, MIX_WEIGHT, text);
    return strtod(text, NULL);
}

static void setting_value(const struct mix *m, int value, char out[MIX_TEXT])
{
    switch (value) {
    case VALUE_POINTS:
        snprintf(out, MIX_TEXT, "%lld", (long long)m->points);
        break;
    case VALUE_COMPLEXITY:
        snprintf(out, MIX_TEXT, "%.15g", m->complexity);
        break;
    case VALUE_LEVELS:
        snprintf(out, MIX_TEXT, "%s", m->levels);
        break;
    case VALUE_SCENARIOS:
        snprintf(out, MIX_TEXT, "%d", m->scenarios);
        break;
    case VALUE_REFINEMENTS:
        snprintf(out, MIX_TEXT, "%d", m->refinements);
        break;
    case VALUE_DEPTH:
        snprintf(out, MIX_TEXT, "%d", m->depth);
        break;
    case VALUE_SEED:
        snprintf(out, MIX_TEXT, "%s", m->seed);
        break;
    default:
        snprintf(out, MIX_TEXT, "%s", m->independent ? "independent" : "quota");
        break;
    }
}

void mix_value_text(const struct mix_panel *p, const struct mix *m, int value, char out[MIX_TEXT])
{
    const struct mix_pending *w = pending_of(p, MIX_VALUES, 0, value);
    setting_value(m, value, out);
    if (w != NULL) {
        memcpy(out, w->value, MIX_TEXT);
    }
}

double mix_node_weight(const struct mix_panel *p, const struct ui *ui, uint32_t at)
{
    const struct node *n = &ui->model.tree.nodes[at];
    const struct mix_pending *w = pending_of(p, MIX_NODES, n->id, 0);
    return w != NULL ? strtod(w->value, NULL) : n->weight;
}

const struct setting *mix_setting(int value)
{
    static const enum setting_id id[MIX_VALUES_COUNT] = {
        SETTING_POINTS,      SETTING_COMPLEXITY, SETTING_LEVELS, SETTING_SCENARIOS,
        SETTING_REFINEMENTS, SETTING_DEPTH,      SETTING_SEED,   SETTING_DRAWS};
    return setting_at(id[value]);
}

/* ---- values that are on their way */

void mix_pend(struct mix_panel *p, enum mix_part part, int64_t id, int field, const char *value)
{
    size_t at = MIX_PENDING - 1;
    for (size_t i = MIX_PENDING; i-- > 0;) {
        const struct mix_pending *w = &p->pending[i];
        bool same = w->part == part && w->id == id && w->field == field;
        if (!w->used || same) {
            at = i;
        }
        if (w->used && same) {
            break;
        }
    }
    struct mix_pending *w = &p->pending[at];
    *w = (struct mix_pending){.used = true, .part = part, .id = id, .field = field};
    snprintf(w->value, sizeof w->value, "%s", value);
}

static bool came_back(const struct mix_pending *w, const struct ui *ui, const struct mix *m)
{
    char now[MIX_TEXT] = "";
    if (w->part == MIX_VALUES) {
        setting_value(m, w->field, now);
    } else if (w->part == MIX_NODES) {
        uint32_t at = tree_by_id(&ui->model.tree, w->id);
        double weight = at != TREE_NONE ? ui->model.tree.nodes[at].weight : -1;
        snprintf(now, sizeof now, "%.15g", weight);
    }
    for (int i = 0; w->part == MIX_STRATEGIES && i < m->strategy_count; i++) {
        if (m->strategies[i].id == w->id) {
            strategy_value(&m->strategies[i], w->field, now);
        }
    }
    return strcmp(now, w->value) == 0;
}

void mix_settle(struct mix_panel *p, const struct ui *ui, bool fresh)
{
    const struct mix *m = mix_of(ui);
    bool over = link_waiting(&ui->link) == 0;
    bool refused = over && ui->level == SAY_ERROR && ui->message[0] != '\0';
    for (size_t i = 0; i < MIX_PENDING; i++) {
        struct mix_pending *w = &p->pending[i];
        if (w->used && (refused || (fresh && over) || (m != NULL && came_back(w, ui, m)))) {
            w->used = false;
        }
    }
}
