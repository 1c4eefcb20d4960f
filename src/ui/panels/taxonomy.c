/*
 * The panel itself: what came from the file goes to both sides, what was pressed goes to the file
 * of this panel that knows the key.
 */
#include "ui/panels/taxonomy.h"

#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DETAIL_MAX (1u << 20)

/* ---- what is under the cursor */

struct taxonomy_side *taxonomy_side(struct taxonomy *t)
{
    return &t->sides[t->here];
}

const struct taxonomy_side *taxonomy_side_of(const struct taxonomy *t)
{
    return &t->sides[t->here];
}

static uint32_t index_on(const struct taxonomy_side *s)
{
    size_t row = s->list.cursor;
    return row >= s->proposals && row - s->proposals < s->outline.count
               ? s->outline.rows[row - s->proposals]
               : TREE_NONE;
}

uint32_t taxonomy_index(const struct taxonomy *t)
{
    return index_on(&t->sides[t->here]);
}

uint32_t taxonomy_other(const struct taxonomy *t)
{
    return t->split ? index_on(&t->sides[1 - t->here]) : TREE_NONE;
}

const struct node *taxonomy_node(const struct taxonomy *t, const struct ui *ui)
{
    uint32_t at = taxonomy_index(t);
    return at != TREE_NONE && ui->model.has_tree ? &ui->model.tree.nodes[at] : NULL;
}

const struct proposal *taxonomy_proposal(const struct taxonomy *t, const struct ui *ui)
{
    const struct taxonomy_side *s = taxonomy_side_of(t);
    return s->list.cursor < s->proposals && s->list.cursor < ui->model.proposal_count
               ? &ui->model.proposals[s->list.cursor]
               : NULL;
}

/* ---- data */

static void go_to_restored(struct taxonomy *t, struct ui *ui)
{
    uint32_t at = t->deleted != 0 ? tree_by_id(&ui->model.tree, t->deleted) : TREE_NONE;
    if (t->deleted != 0 && at == TREE_NONE) {
        t->deleted_gone = true;
    } else if (at != TREE_NONE && t->deleted_gone) {
        t->deleted = 0;
        t->deleted_gone = false;
        taxonomy_reveal(t, ui, at);
    }
}

static void take_tree(struct taxonomy *t, struct ui *ui)
{
    marks_sync(&t->marks, &ui->model.tree);
    free(t->origin.folds); /* they were of the tree before */
    t->origin.folds = NULL;
    taxonomy_take(t, ui);
    go_to_restored(t, ui);
    t->detail_node = -1; /* descriptions may have changed */
    taxonomy_moved(t, ui);
}

static void on_data(void *state, struct ui *ui, unsigned changed)
{
    struct taxonomy *t = state;
    if ((changed & CHANGED_TREE) != 0 && ui->model.has_tree) {
        take_tree(t, ui);
        edit_turn(t, ui);
    } else if ((changed & CHANGED_POINTS) != 0) {
        t->rest_stale = true;
        ui_rest_later(ui);
    }
}

/* ---- the panel */

static void *open_panel(struct ui *ui)
{
    struct taxonomy *t = xcalloc(1, sizeof *t);
    for (int i = 0; i < 2; i++) {
        outline_init(&t->sides[i].outline);
        t->sides[i].list.height = 10;
    }
    marks_init(&t->marks);
    edit_init(&t->edit);
    buf_init(&t->desc, DETAIL_MAX);
    buf_init(&t->expansion, DETAIL_MAX);
    buf_init(&t->aliases, DETAIL_MAX);
    for (size_t i = 0; i < TAXONOMY_EXAMPLES; i++) {
        buf_init(&t->examples[i], DETAIL_MAX);
    }
    t->rest_node = -1;
    taxonomy_bookmarks_load(t, ui->model.file);
    t->file = xstrdup(ui->model.file);
    on_data(t, ui, CHANGED_TREE);
    return t;
}

static void close_panel(void *state)
{
    struct taxonomy *t = state;
    taxonomy_bookmarks_save(t, t->file);
    taxonomy_side_free(&t->sides[0]);
    taxonomy_side_free(&t->sides[1]);
    marks_free(&t->marks);
    taxonomy_find_forget(t);
    taxonomy_origin_free(&t->origin);
    buf_free(&t->desc);
    buf_free(&t->expansion);
    buf_free(&t->aliases);
    for (size_t i = 0; i < TAXONOMY_EXAMPLES; i++) {
        buf_free(&t->examples[i]);
    }
    free(t->found);
    free(t->matches);
    edit_free(&t->edit);
    free(t->file);
    free(t);
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    size_t n = 0;
    if (taxonomy_proposal(state, ui) != NULL) {
        out[n++] = CTX_PROPOSAL;
    }
    out[n++] = CTX_TAXONOMY;
    out[n++] = CTX_TREE;
    out[n++] = CTX_MOVE;
    return n;
}

static bool can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct taxonomy *t = state;
    return taxonomy_can_find(t, a, why) && taxonomy_can_move(t, ui, a, why) &&
           taxonomy_can_mark(t, ui, a, why) && taxonomy_can_go(t, ui, a, why) &&
           taxonomy_can_edit(t, ui, a, why);
}

/* Esc: what was begun last goes first. */
static void go_back(struct taxonomy *t, struct ui *ui)
{
    const struct taxonomy_side *s = taxonomy_side_of(t);
    int64_t id = s->cursor_node;
    if (t->range != 0) {
        t->range = 0;
    } else if (clip_drop(t, ui)) {
        return;
    } else if (s->filter != NULL) {
        taxonomy_filter(t, ui, taxonomy_side(t), NULL, NULL);
        uint32_t at = id != 0 ? tree_by_id(&ui->model.tree, id) : TREE_NONE;
        if (at != TREE_NONE) {
            taxonomy_reveal(t, ui, at);
        }
    } else if (s->outline.root != 0) {
        taxonomy_unfocus(t, ui);
    } else {
        taxonomy_find_forget(t);
    }
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct taxonomy *t = state;
    (void)code;
    if (taxonomy_move(t, ui, a) || taxonomy_mark(t, ui, a) || taxonomy_find(t, ui, a) ||
        taxonomy_go(t, ui, a)) {
        return;
    }
    if (a == ACT_BACK) {
        go_back(t, ui);
        return;
    }
    taxonomy_range_end(t, ui); /* what follows acts on the marks */
    if (taxonomy_teach(t, ui, a) || taxonomy_edit(t, ui, a)) {
        taxonomy_moved(t, ui);
    }
}

static bool key_first(void *state, struct ui *ui, const struct key *k)
{
    struct taxonomy *t = state;
    enum taxonomy_wait wait = t->wait;
    t->wait = WAIT_NONE;
    if (k->code == K_PASTE) {
        taxonomy_range_end(t, ui);
        io_paste(t, ui, k->paste);
        return true;
    }
    if (wait == WAIT_NONE) {
        static const enum key_context everywhere = CTX_GLOBAL;
        enum action a = keys_action(&everywhere, 1, k->code);
        return (a == ACT_UNDO || a == ACT_REDO) && edit_step(t, ui, a);
    }
    if (wait != WAIT_LEVEL) {
        taxonomy_bookmark_key(t, ui, wait, k->code);
    } else if (k->code < '1' || k->code > '9') {
        ui_say(ui, SAY_INFO, "not unfolded: a digit from 1 to 9 was expected");
    } else {
        taxonomy_fold_to(t, ui, k->code - '1');
    }
    return true;
}

static void rest(void *state, struct ui *ui)
{
    taxonomy_detail_rest(state, ui);
}

static void click(void *state, struct ui *ui, int x, int y)
{
    taxonomy_click(state, ui, x, y);
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    taxonomy_draw(state, ui, c, body);
}

static long badge(const struct ui *ui)
{
    return (long)ui->model.proposal_count + (long)ui->model.suggestions;
}

const struct panel_ops panel_taxonomy = {
    .key = '2',
    .name = "Taxonomy",
    .brief = "Taxo",
    .wants_tree = true,
    .open = open_panel,
    .close = close_panel,
    .on_data = on_data,
    .contexts = contexts,
    .can = can,
    .act = act,
    .key_first = key_first,
    .draw = draw,
    .click = click,
    .rest = rest,
    .badge = badge,
};
