/*
 * Lists over the Mix panel. Taxonomies of a strategy are marked first and sent as one command;
 * exclusions act at once.
 */
#include "ui/panels/mix.h"

#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rect mix_sheet_frame(struct cells *c, struct rect body, const char *title, const char *note)
{
    struct pen p = pen_at(c, body.x + 1, body.y, body.w - 2);
    pen_put(&p, ROLE_STRONG, title);
    pen_skip(&p, 2);
    pen_field(&p, ROLE_DIM, pen_left(&p), note);
    cells_rule(c, body.x, body.y + 1, body.w);
    return (struct rect){body.x, body.y + 2, body.w, body.h - 2};
}

struct pen mix_sheet_row(struct cells *c, struct rect r, int i, bool here)
{
    struct pen p = pen_at(c, r.x + 1, r.y + i, r.w - 2);
    pen_put(&p, ROLE_TEXT, here ? "▌" : " ");
    pen_skip(&p, 1);
    return p;
}

/* ---- taxonomies of a strategy */

struct marks {
    char *name;
    int64_t id; /* 0: a strategy to be added */
    struct list list;
    int64_t taxonomy[256];
    bool marked[256];
    size_t count;
    struct rect seen;
};

static void close_marks(void *state)
{
    struct marks *m = state;
    free(m->name);
    free(m);
}

static size_t marks_contexts(const void *state, const struct ui *ui,
                             enum key_context out[PANEL_CONTEXTS])
{
    (void)state;
    (void)ui;
    out[0] = CTX_MIX_MARKS;
    out[1] = CTX_MOVE;
    return 2;
}

static int marked_count(const struct marks *m)
{
    int n = 0;
    for (size_t i = 0; i < m->count; i++) {
        n += m->marked[i] ? 1 : 0;
    }
    return n;
}

static bool marks_can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct marks *m = state;
    (void)ui;
    int n = marked_count(m);
    if (a == ACT_OPEN && (n == 0 || n > PLAN_MAX_TAXONOMIES)) {
        snprintf(why, WHY_MAX, "mark 1 to %d taxonomies (space)", PLAN_MAX_TAXONOMIES);
        return false;
    }
    return true;
}

/* strategy add NAME @1 @2 ..., or strategy set NAME taxonomies=@1,@2. */
static void take_marks(const struct marks *m, struct ui *ui)
{
    struct buf list;
    char ref[PLAN_MAX_TAXONOMIES][TREE_REF_MAX];
    const char *words[3 + PLAN_MAX_TAXONOMIES] = {"strategy", "add", m->name};
    int n = 0;
    buf_init(&list, 4096);
    buf_adds(&list, "taxonomies=");
    for (size_t i = 0; i < m->count && n < PLAN_MAX_TAXONOMIES; i++) {
        if (m->marked[i]) {
            tree_ref(m->taxonomy[i], ref[n]);
            buf_printf(&list, "%s%s", n > 0 ? "," : "", ref[n]);
            words[3 + n] = ref[n];
            n++;
        }
    }
    if (m->id == 0) {
        ui_do_words(ui, 3 + n, words);
    } else {
        ui_do(ui, "strategy", "set", m->name, list.data);
    }
    buf_free(&list);
}

static void marks_act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct marks *m = state;
    (void)code;
    if (a == ACT_MIX_MARK && m->list.cursor < m->count) {
        m->marked[m->list.cursor] = !m->marked[m->list.cursor];
        list_move(&m->list, 1);
    } else if (a == ACT_OPEN) {
        take_marks(m, ui);
        ui_sheet_close(ui);
    } else {
        list_act(&m->list, a);
    }
}

static void marks_click(void *state, struct ui *ui, int x, int y)
{
    struct marks *m = state;
    size_t row = 0;
    (void)ui;
    if (list_hit(&m->list, m->seen, x, y, &row)) {
        list_go(&m->list, row);
        m->marked[row] = !m->marked[row];
    }
}

static void marks_draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    struct marks *m = state;
    char title[200];
    snprintf(title, sizeof title, "taxonomies of %.100s", m->name);
    m->seen = mix_sheet_frame(c, body, title, "each point has one node from each marked one");
    list_set(&m->list, m->count, (size_t)m->seen.h);
    for (int i = 0; i < m->seen.h && m->list.top + (size_t)i < m->count; i++) {
        size_t row = m->list.top + (size_t)i;
        bool here = row == m->list.cursor;
        uint32_t at = tree_by_id(&ui->model.tree, m->taxonomy[row]);
        struct pen p = mix_sheet_row(c, m->seen, i, here);
        pen_put(&p, m->marked[row] ? ROLE_ACCEPTED : ROLE_DIM, m->marked[row] ? "✓ " : "· ");
        pen_field(&p, ROLE_TEXT, pen_left(&p),
                  at != TREE_NONE ? ui->model.tree.nodes[at].name : "(gone)");
        if (here) {
            cells_flag(c, m->seen.x, m->seen.y + i, m->seen.w, CELL_CURSOR);
        }
    }
}

static const struct panel_ops marks_ops = {
    .name = "Taxonomies",
    .brief = "Taxo",
    .close = close_marks,
    .contexts = marks_contexts,
    .can = marks_can,
    .act = marks_act,
    .click = marks_click,
    .draw = marks_draw,
};

void mix_choose_taxonomies(struct ui *ui, int64_t id, const char *name)
{
    const struct tree *t = &ui->model.tree;
    const struct mix *mix = mix_of(ui);
    if (mix == NULL) {
        return;
    }
    struct marks *m = xcalloc(1, sizeof *m);
    m->id = id;
    m->name = xstrdup(name);
    for (uint32_t at = t->nodes[0].first; at != TREE_NONE && m->count < 256;
         at = t->nodes[at].next) {
        m->marked[m->count] = id == 0 && m->count < PLAN_MAX_TAXONOMIES;
        for (int i = 0; i < mix->strategy_count && id != 0; i++) {
            const struct mix_strategy *s = &mix->strategies[i];
            for (int k = 0; s->id == id && k < s->taxonomy_count; k++) {
                m->marked[m->count] |= s->taxonomy[k] == t->nodes[at].id;
            }
        }
        m->taxonomy[m->count++] = t->nodes[at].id;
    }
    ui_sheet(ui, &marks_ops, m);
}

/* ---- exclusions */

struct pairs {
    struct list list;
    struct rect seen;
    int64_t node; /* id of the node that the cursor was on; 0: none */
};

static void close_pairs(void *state)
{
    free(state);
}

static size_t pairs_contexts(const void *state, const struct ui *ui,
                             enum key_context out[PANEL_CONTEXTS])
{
    (void)state;
    (void)ui;
    out[0] = CTX_MIX_PAIRS;
    out[1] = CTX_MOVE;
    return 2;
}

static const struct mix_exclusion *pair_at(const struct pairs *p, const struct ui *ui)
{
    const struct mix *m = mix_of(ui);
    bool there = m != NULL && p->list.cursor < (size_t)m->exclusion_count;
    return there ? &m->exclusions[p->list.cursor] : NULL;
}

static bool pairs_can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct mix *m = mix_of(ui);
    bool own = m != NULL && m->strategy_count > 0 && m->strategies[0].id != 0;
    if (a == ACT_DELETE && pair_at(state, ui) == NULL) {
        snprintf(why, WHY_MAX, "there is no pair under the cursor");
        return false;
    }
    if (a == ACT_MIX_ADD_HERE && !own) {
        snprintf(why, WHY_MAX, "the session has no strategy of its own");
        return false;
    }
    return true;
}

static void remove_pair(const struct mix_exclusion *x, struct ui *ui)
{
    char a[TREE_REF_MAX], b[TREE_REF_MAX];
    if (x == NULL) {
        return;
    }
    tree_ref(x->a, a);
    tree_ref(x->b, b);
    if (x->strategy != NULL) {
        ui_do(ui, "exclude", "remove", a, b, "--strategy", x->strategy);
    } else {
        ui_do(ui, "exclude", "remove", a, b);
    }
}

/* The `:` line with the command begun, and the node that the cursor was on; Tab completes paths. */
static void ask_pair(struct ui *ui, int64_t node, const char *strategy)
{
    const char *words[] = {"exclude", "add", "--strategy", strategy};
    struct buf line, path;
    buf_init(&line, 1u << 16);
    buf_init(&path, 1u << 16);
    words_join(&line, strategy != NULL ? 4 : 2, words);
    buf_addc(&line, ' ');
    uint32_t at = node != 0 ? tree_by_id(&ui->model.tree, node) : TREE_NONE;
    if (at != TREE_NONE) {
        tree_path(&ui->model.tree, at, &path);
        words_quote(&line, path.data);
        buf_addc(&line, ' ');
    }
    ui_ask_command(ui, line.data);
    buf_free(&line);
    buf_free(&path);
}

static void strategy_chosen(struct ui *ui, void *ctx, int64_t id)
{
    const struct mix *m = mix_of(ui);
    const struct pairs *p = ctx; /* lies below the list that was chosen from */
    for (int i = 0; m != NULL && i < m->strategy_count; i++) {
        if (m->strategies[i].id == id) {
            ask_pair(ui, p->node, m->strategies[i].name);
        }
    }
}

static void choose_strategy(struct pairs *p, struct ui *ui)
{
    const struct mix *m = mix_of(ui);
    struct ui_menu_row *rows = xcalloc((size_t)m->strategy_count, sizeof *rows);
    for (int i = 0; i < m->strategy_count; i++) {
        rows[i] = (struct ui_menu_row){m->strategies[i].id, m->strategies[i].name,
                                       m->strategies[i].taxonomies};
    }
    ui_menu(ui, "exclude in which strategy?", rows, (size_t)m->strategy_count, 0, strategy_chosen,
            p);
    free(rows);
}

static void pairs_act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct pairs *p = state;
    (void)code;
    if (a == ACT_MIX_ADD) {
        ask_pair(ui, p->node, NULL);
    } else if (a == ACT_MIX_ADD_HERE) {
        choose_strategy(p, ui);
    } else if (a == ACT_DELETE) {
        remove_pair(pair_at(p, ui), ui);
    } else {
        list_act(&p->list, a);
    }
}

static void pairs_click(void *state, struct ui *ui, int x, int y)
{
    struct pairs *p = state;
    size_t row = 0;
    (void)ui;
    if (list_hit(&p->list, p->seen, x, y, &row)) {
        list_go(&p->list, row);
    }
}

static void pairs_draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    struct pairs *p = state;
    const struct mix *m = mix_of(ui);
    size_t count = m != NULL ? (size_t)m->exclusion_count : 0;
    p->seen = mix_sheet_frame(c, body, "never drawn together", "with all that lies below them");
    list_set(&p->list, count, (size_t)p->seen.h);
    for (int i = 0; i < p->seen.h && p->list.top + (size_t)i < count; i++) {
        const struct mix_exclusion *x = &m->exclusions[p->list.top + (size_t)i];
        bool here = p->list.top + (size_t)i == p->list.cursor;
        struct pen pen = mix_sheet_row(c, p->seen, i, here);
        int where = p->seen.w >= 90 ? 20 : 12, half = (pen_left(&pen) - where - 5) / 2;
        pen_field(&pen, ROLE_TEXT, half, x->path_a);
        pen_put(&pen, ROLE_DIM, "  ×  ");
        pen_field(&pen, ROLE_TEXT, half, x->path_b);
        pen_skip(&pen, 1);
        pen_field(&pen, ROLE_DIM, pen_left(&pen), x->strategy != NULL ? x->strategy : "everywhere");
        if (here) {
            cells_flag(c, p->seen.x, p->seen.y + i, p->seen.w, CELL_CURSOR);
        }
    }
    if (count == 0) {
        struct pen pen = mix_sheet_row(c, p->seen, 0, false);
        pen_put(&pen, ROLE_DIM, "Every node may go with every other. ");
        pen_put(&pen, ROLE_KEY, "a");
        pen_put(&pen, ROLE_DIM, " adds a pair that may not.");
    }
}

static const struct panel_ops pairs_ops = {
    .name = "Exclusions",
    .brief = "Excl",
    .close = close_pairs,
    .contexts = pairs_contexts,
    .can = pairs_can,
    .act = pairs_act,
    .click = pairs_click,
    .draw = pairs_draw,
};

void mix_open_exclusions(struct ui *ui, uint32_t node)
{
    struct pairs *p = xcalloc(1, sizeof *p);
    p->node = node != TREE_NONE ? ui->model.tree.nodes[node].id : 0;
    ui_sheet(ui, &pairs_ops, p);
}
