/*
 * Steps are chosen so that a value worth having is a few keys away: fine ones near the value's last
 * digit that matters, coarse ones ten times that. Words (levels, draws) go round. What a step makes
 * is remembered as pending, so that the next one goes on from it.
 */
#include "ui/panels/mix.h"

#include "base/mem.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- stepping */

/* Tenths of the power of ten that the number lies in: 1000 goes up by 100 and down by 10. */
static double count_step(double value, int direction)
{
    double at = direction > 0 ? value : value - 1;
    double step = 1;
    while (step * 100 <= at) {
        step *= 10;
    }
    return step;
}

static double clamp(double v, double low, double high)
{
    return v < low ? low : v > high ? high : v;
}

/* direction: -2 -1 1 2, coarse and fine. Whole numbers of a setting. */
static void step_count(const struct setting *s, int direction, char text[MIX_TEXT])
{
    double now = strtod(text, NULL);
    double step = s->high > 100 ? count_step(now, direction) : 1;
    bool coarse = abs(direction) > 1;
    step *= coarse ? (s->high > 100 ? 10 : 2) : 1;
    double to = clamp(now + (direction > 0 ? step : -step), s->low, s->high);
    snprintf(text, MIX_TEXT, "%.0f", to);
}

static void step_share(double now, int direction, char text[MIX_TEXT])
{
    double step = abs(direction) > 1 ? 0.1 : 0.01;
    double to = clamp(now + (direction > 0 ? step : -step), 0, 1);
    snprintf(text, MIX_TEXT, "%.15g", round(to * 1000) / 1000);
}

/* Weights: fine ones by tenths, coarse ones by whole numbers. */
static void step_weight(double now, int direction, char text[MIX_TEXT])
{
    double step = abs(direction) > 1 ? 1 : 0.1;
    double to = clamp(now + (direction > 0 ? step : -step), 0, TREE_WEIGHT_MAX);
    snprintf(text, MIX_TEXT, "%.15g", round(to * 1000) / 1000);
}

/* The words that `levels` can be: "" (the session's, for strategies only), all, leaves, 1 .. 8. */
static void step_levels(int direction, bool may_be_empty, char text[MIX_TEXT])
{
    static const char *const words[] = {"",  "all", "leaves", "1", "2", "3",
                                        "4", "5",   "6",      "7", "8"};
    enum { WORDS = sizeof words / sizeof words[0] };
    int first = may_be_empty ? 0 : 1, at = first;
    for (int i = first; i < WORDS; i++) {
        if (strcmp(text, words[i]) == 0) {
            at = i;
        }
    }
    int n = WORDS - first;
    at = first + ((at - first + (direction > 0 ? 1 : n - 1)) % n);
    snprintf(text, MIX_TEXT, "%s", words[at]);
}

/* ---- sending */

static void set_strategy(struct mix_panel *p, struct ui *ui, int64_t id, const char *name,
                         int field, const char *value)
{
    static const char *const keys[MIX_FIELDS] = {"weight", "complexity", "levels"};
    char *word = xasprintf("%s=%s", keys[field], value);
    if (ui_do(ui, "strategy", "set", name, word)) {
        mix_pend(p, MIX_STRATEGIES, id, field, value);
    }
    free(word);
}

static void set_value(struct mix_panel *p, struct ui *ui, int value, const char *text)
{
    if (ui_do(ui, "set", mix_setting(value)->name, text)) {
        mix_pend(p, MIX_VALUES, 0, value, text);
    }
}

static void set_node(struct mix_panel *p, struct ui *ui, int64_t id, const char *text)
{
    char ref[TREE_REF_MAX];
    tree_ref(id, ref);
    if (ui_do(ui, "node", "weight", ref, text)) {
        mix_pend(p, MIX_NODES, id, 0, text);
    }
}

/* ---- by key */

static int direction_of(enum action a)
{
    return a == ACT_MIX_MUCH_LESS ? -2 : a == ACT_MIX_LESS ? -1 : a == ACT_MIX_MORE ? 1 : 2;
}

static void step_strategy(struct mix_panel *p, struct ui *ui, int direction)
{
    const struct mix_strategy *s = mix_strategy_at(p, ui);
    char text[MIX_TEXT];
    mix_strategy_text(p, s, p->field, text);
    if (p->field == MIX_WEIGHT) {
        step_weight(strtod(text, NULL), direction, text);
    } else if (p->field == MIX_COMPLEXITY) {
        step_share(text[0] != '\0' ? strtod(text, NULL) : s->complexity, direction, text);
    } else {
        step_levels(direction, true, text);
    }
    set_strategy(p, ui, s->id, s->name, p->field, text);
}

static void step_value(struct mix_panel *p, struct ui *ui, int direction)
{
    char text[MIX_TEXT];
    mix_value_text(p, mix_of(ui), p->value, text);
    if (p->value == VALUE_COMPLEXITY) {
        step_share(strtod(text, NULL), direction, text);
    } else if (p->value == VALUE_LEVELS) {
        step_levels(direction, false, text);
    } else if (p->value == VALUE_DRAWS) {
        snprintf(text, sizeof text, "%s", strcmp(text, "quota") == 0 ? "independent" : "quota");
    } else {
        step_count(mix_setting(p->value), direction, text);
    }
    set_value(p, ui, p->value, text);
}

static void step(struct mix_panel *p, struct ui *ui, int direction)
{
    char text[MIX_TEXT];
    if (p->part == MIX_STRATEGIES) {
        step_strategy(p, ui, direction);
    } else if (p->part == MIX_VALUES) {
        step_value(p, ui, direction);
    } else {
        uint32_t at = mix_node_at(p, ui);
        step_weight(mix_node_weight(p, ui, at), direction, text);
        set_node(p, ui, ui->model.tree.nodes[at].id, text);
    }
}

/* ---- by typing */

static void strategy_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct mix_panel *p = ctx;
    if (accepted && (text[0] != '\0' || p->asked_field != MIX_WEIGHT) && p->asked_name != NULL) {
        set_strategy(p, ui, p->asked_id, p->asked_name, p->asked_field, text);
    }
}

static void value_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct mix_panel *p = ctx;
    if (accepted && text[0] != '\0') {
        set_value(p, ui, p->asked_field, text);
    }
}

static void weight_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct mix_panel *p = ctx;
    if (accepted && text[0] != '\0') {
        set_node(p, ui, p->asked_id, text);
    }
}

static void new_name_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    (void)ctx;
    if (accepted && text[0] != '\0') {
        mix_choose_taxonomies(ui, 0, text);
    }
}

static void rename_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct mix_panel *p = ctx;
    if (accepted && text[0] != '\0' && p->asked_name != NULL) {
        char *word = xasprintf("name=%s", text);
        ui_do(ui, "strategy", "set", p->asked_name, word);
        free(word);
    }
}

static void ask_name_of(struct mix_panel *p, const struct mix_strategy *s, int field)
{
    p->asked_id = s->id;
    p->asked_field = field;
    free(p->asked_name);
    p->asked_name = xstrdup(s->name);
}

static void ask_strategy(struct mix_panel *p, struct ui *ui)
{
    static const char *const what[MIX_FIELDS] = {"weight", "c", "levels"};
    const struct mix_strategy *s = mix_strategy_at(p, ui);
    char label[128], text[MIX_TEXT];
    ask_name_of(p, s, p->field);
    mix_strategy_text(p, s, p->field, text);
    snprintf(label, sizeof label, "%s of %.60s%s: ", what[p->field], s->name,
             p->field == MIX_WEIGHT       ? ""
             : p->field == MIX_COMPLEXITY ? ", 0 to 1 (nothing: the session's)"
                                          : " (all, leaves, 1..; nothing: the session's)");
    ui_ask_number(ui, label, text, strategy_given, p);
}

static void ask_value(struct mix_panel *p, struct ui *ui)
{
    static const char *const label[MIX_VALUES_COUNT] = {
        "N, accepted points wanted in all: ",
        "c, share of points made more complex, 0 to 1: ",
        "levels drawn from (all, leaves, 1 ..): ",
        "K, scenarios written by one call: ",
        "R, refinements of a record at most: ",
        "depth that `expand` grows to: ",
        "seed of all chance: ",
        "draws (quota or independent): "};
    char text[MIX_TEXT];
    p->asked_field = p->value;
    mix_value_text(p, mix_of(ui), p->value, text);
    ui_ask_number(ui, label[p->value], text, value_given, p);
}

static void ask_exact(struct mix_panel *p, struct ui *ui)
{
    char label[128], text[MIX_TEXT];
    if (p->part == MIX_STRATEGIES) {
        ask_strategy(p, ui);
    } else if (p->part == MIX_VALUES) {
        ask_value(p, ui);
    } else {
        uint32_t at = mix_node_at(p, ui);
        const struct node *n = &ui->model.tree.nodes[at];
        p->asked_id = n->id;
        snprintf(label, sizeof label, "weight of %.80s: ", n->name);
        snprintf(text, sizeof text, "%.15g", mix_node_weight(p, ui, at));
        ui_ask_number(ui, label, text, weight_given, p);
    }
}

static void points_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    (void)ctx;
    if (accepted && text[0] != '\0') {
        ui_do(ui, "generate", text);
    }
}

/* The number suggested is the one that this panel has planned for. */
static void ask_generate(struct mix_panel *p, struct ui *ui)
{
    char text[MIX_TEXT];
    mix_value_text(p, mix_of(ui), VALUE_POINTS, text);
    ui_ask_number(ui, "generate: accepted points wanted in all: ", text, points_given, p);
}

/* ---- what can work */

static bool is_change(enum action a)
{
    return a == ACT_MIX_LESS || a == ACT_MIX_MORE || a == ACT_MIX_MUCH_LESS ||
           a == ACT_MIX_MUCH_MORE || a == ACT_MIX_EXACT;
}

static bool can_change(const struct mix_panel *p, const struct ui *ui, enum action a,
                       char why[WHY_MAX])
{
    const struct mix_strategy *s = mix_strategy_at(p, ui);
    uint32_t at = mix_node_at(p, ui);
    bool less = a == ACT_MIX_LESS || a == ACT_MIX_MUCH_LESS;
    const char *problem = NULL;
    if (p->part == MIX_STRATEGIES && (s == NULL || s->id == 0)) {
        problem = "the session has no strategy of its own, all taxonomies are drawn from (a adds "
                  "one)";
    } else if (p->part == MIX_STRATEGIES && p->field == MIX_WEIGHT && less &&
               !(mix_strategy_weight(p, s) > 0)) {
        problem = "the weight is 0 already";
    } else if (p->part == MIX_NODES && at == TREE_NONE) {
        problem = "there is no node under the cursor";
    } else if (p->part == MIX_NODES && ui->model.tree.nodes[at].depth == 1) {
        problem = "a taxonomy has no weight: each point draws one node from it";
    } else if (p->part == MIX_NODES && less && !(mix_node_weight(p, ui, at) > 0)) {
        problem = "the weight is 0 already";
    }
    if (problem != NULL) {
        snprintf(why, WHY_MAX, "%s", problem);
    }
    return problem == NULL;
}

static bool can_on_strategy(const struct mix_panel *p, const struct ui *ui, char why[WHY_MAX])
{
    const struct mix_strategy *s = mix_strategy_at(p, ui);
    if (s == NULL) {
        snprintf(why, WHY_MAX, "the cursor is on no strategy");
    } else if (s->id == 0) {
        snprintf(why, WHY_MAX,
                 "this one is built in, for sessions without a strategy (a adds one)");
    }
    return s != NULL && s->id != 0;
}

static bool can_draw(const struct ui *ui, char why[WHY_MAX])
{
    const struct mix *m = mix_of(ui);
    if (m == NULL || m->problem[0] != '\0') {
        snprintf(why, WHY_MAX, "%.180s", m != NULL ? m->problem : "nothing is planned yet");
        return false;
    }
    return true;
}

bool mix_can(const struct mix_panel *p, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    if (mix_of(ui) == NULL) {
        snprintf(why, WHY_MAX, "the session is still being read");
        return a == ACT_UP || a == ACT_DOWN || a == ACT_BACK || a == ACT_MIX_PROPOSE;
    }
    bool has_tree = ui->model.tree.count > 1;
    switch ((int)a) {
    case ACT_MIX_LESS:
    case ACT_MIX_MORE:
    case ACT_MIX_MUCH_LESS:
    case ACT_MIX_MUCH_MORE:
    case ACT_MIX_EXACT:
        return can_change(p, ui, a, why);
    case ACT_OPEN:
        return p->part == MIX_NODES || can_change(p, ui, a, why);
    case ACT_RENAME:
    case ACT_DELETE:
    case ACT_MIX_TAXONOMIES:
        return can_on_strategy(p, ui, why);
    case ACT_MIX_ADD:
    case ACT_MIX_PROPOSE:
    case ACT_MIX_NEXT_TAXONOMY:
    case ACT_MIX_PREV_TAXONOMY:
    case ACT_MIX_VIEW:
    case ACT_MIX_DEEPER:
    case ACT_MIX_SHALLOWER:
    case ACT_MIX_EXCLUSIONS:
        if (!has_tree) {
            snprintf(why, WHY_MAX, "there is no taxonomy yet (2, then P or a)");
        }
        return has_tree;
    case ACT_MIX_DRAW:
    case ACT_MIX_TRY:
    case ACT_MIX_TRY_RECORD:
        return can_draw(ui, why);
    case ACT_MIX_WARNINGS:
        if (mix_of(ui)->warnings.count == 0) {
            snprintf(why, WHY_MAX, "there is nothing to warn of");
        }
        return mix_of(ui)->warnings.count > 0;
    default:
        return ui_can_run(ui, a, why);
    }
}

/* ---- doing */

static void on_strategy(struct mix_panel *p, struct ui *ui, enum action a)
{
    const struct mix_strategy *s = mix_strategy_at(p, ui);
    if (a == ACT_RENAME) {
        ask_name_of(p, s, 0);
        ui_ask(ui, "rename: ", s->name, rename_given, p);
    } else if (a == ACT_DELETE) {
        ui_do(ui, "strategy", "remove", s->name);
    } else {
        mix_choose_taxonomies(ui, s->id, s->name);
    }
}

static void try_next(struct mix_panel *p, struct ui *ui, bool record)
{
    const struct mix_strategy *s = mix_strategy_at(p, ui);
    mix_try(ui, ++p->next_try, s != NULL && s->id != 0 ? s->name : NULL, record);
}

bool mix_edit(struct mix_panel *p, struct ui *ui, enum action a)
{
    if (is_change(a) && a != ACT_MIX_EXACT) {
        step(p, ui, direction_of(a));
        return true;
    }
    switch ((int)a) {
    case ACT_MIX_EXACT:
        ask_exact(p, ui);
        return true;
    case ACT_RENAME:
    case ACT_DELETE:
    case ACT_MIX_TAXONOMIES:
        on_strategy(p, ui, a);
        return true;
    case ACT_MIX_ADD:
        ui_ask(ui, "name of the new strategy: ", "", new_name_given, p);
        return true;
    case ACT_MIX_PROPOSE:
        ui_do(ui, "strategy", "propose");
        return true;
    case ACT_MIX_TRY:
    case ACT_MIX_TRY_RECORD:
        try_next(p, ui, a == ACT_MIX_TRY_RECORD);
        return true;
    case ACT_GENERATE:
        ask_generate(p, ui);
        return true;
    default:
        return false;
    }
}
