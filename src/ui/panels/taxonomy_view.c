/*
 * The cursor belongs to a node, not to a row: when the trees are read again, or fold and unfold,
 * the row is looked up from the node's id, and its place on the screen is kept.
 */
#include "ui/panels/taxonomy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPEN_ROWS 200 /* trees are shown unfolded at first when that makes so many rows at most */

static size_t rows_of(const struct taxonomy_side *s)
{
    return s->proposals + s->outline.count;
}

static void count_rows(struct taxonomy_side *s)
{
    list_set(&s->list, rows_of(s), s->list.height);
}

static uint32_t index_of(const struct taxonomy_side *s)
{
    size_t row = s->list.cursor;
    return row >= s->proposals && row < rows_of(s) ? s->outline.rows[row - s->proposals]
                                                   : TREE_NONE;
}

static int64_t id_of(const struct taxonomy_side *s)
{
    uint32_t at = index_of(s);
    return at != TREE_NONE ? s->outline.tree->nodes[at].id : 0;
}

static size_t row_of(const struct taxonomy_side *s)
{
    return s->list.cursor - s->proposals;
}

/* ---- where the cursor is */

/* The first row at or behind a node that is not shown itself. */
static size_t row_near(const struct taxonomy_side *s, uint32_t node)
{
    const struct outline *o = &s->outline;
    size_t row = 0;
    while (row + 1 < o->count && o->order->rank[o->rows[row]] < o->order->rank[node]) {
        row++;
    }
    return row;
}

void taxonomy_follow(struct taxonomy_side *s)
{
    uint32_t at = s->cursor_node != 0 && s->outline.tree != NULL
                      ? tree_by_id(s->outline.tree, s->cursor_node)
                      : TREE_NONE;
    if (at == TREE_NONE || s->outline.count == 0) {
        count_rows(s);
    } else {
        size_t row = outline_row(&s->outline, at);
        row = row < s->outline.count ? row : row_near(s, at);
        list_follow(&s->list, s->proposals + row, rows_of(s));
    }
    s->cursor_node = id_of(s);
}

void taxonomy_moved(struct taxonomy *t, struct ui *ui)
{
    struct taxonomy_side *s = taxonomy_side(t);
    s->cursor_node = id_of(s);
    if (s->cursor_node != t->detail_node) {
        taxonomy_detail_load(t, ui);
    }
}

/* Proposed factors stand above everything, not above a branch or what a filter keeps. */
static void count_proposals(struct taxonomy_side *s, const struct ui *ui)
{
    bool all = s->outline.root == 0 && s->filter == NULL;
    s->proposals = all ? ui->model.proposal_count : 0;
}

static void focus_on(struct taxonomy *t, struct ui *ui, uint32_t node)
{
    struct taxonomy_side *s = taxonomy_side(t);
    taxonomy_filter(t, ui, s, NULL, NULL);
    outline_focus(&s->outline, node);
    count_proposals(s, ui);
    taxonomy_follow(s);
    taxonomy_find_again(t);
    taxonomy_moved(t, ui);
}

void taxonomy_unfocus(struct taxonomy *t, struct ui *ui)
{
    const struct taxonomy_side *s = taxonomy_side_of(t);
    int64_t id = s->cursor_node;
    focus_on(t, ui, 0);
    uint32_t at = tree_by_id(&ui->model.tree, id);
    if (at != TREE_NONE && at != 0) {
        taxonomy_reveal(t, ui, at);
    }
}

void taxonomy_reveal(struct taxonomy *t, struct ui *ui, uint32_t node)
{
    struct taxonomy_side *s = taxonomy_side(t);
    if (!outline_holds(&s->outline, node) && s->filter != NULL) {
        taxonomy_filter(t, ui, s, NULL, NULL);
    }
    if (!outline_holds(&s->outline, node) && s->outline.root != 0) {
        focus_on(t, ui, 0);
    }
    size_t row = outline_reveal(&s->outline, node);
    if (row < s->outline.count) {
        list_follow(&s->list, s->proposals + row, rows_of(s));
    }
    taxonomy_moved(t, ui);
}

/* ---- a new tree */

static void take(struct taxonomy *t, struct ui *ui, struct taxonomy_side *s)
{
    const struct tree *tree = &ui->model.tree;
    bool first = s->outline.known <= 1;
    outline_set(&s->outline, tree, ui->model.order);
    if (first) {
        outline_level(&s->outline, tree->count <= OPEN_ROWS ? TREE_MAX_DEPTH : 0);
    }
    if (s->filter != NULL) {
        char *text = s->filter;
        s->filter = NULL;
        taxonomy_filter(t, ui, s, text, NULL);
        free(text);
    }
    count_proposals(s, ui);
    taxonomy_follow(s);
}

void taxonomy_take(struct taxonomy *t, struct ui *ui)
{
    for (int i = 0; i < 2; i++) {
        if (i == t->here || t->split) {
            take(t, ui, &t->sides[i]);
        }
    }
    taxonomy_find_anew(t);
}

/* ---- two sides */

void taxonomy_side_free(struct taxonomy_side *s)
{
    outline_free(&s->outline);
    query_clear(&s->query);
    free(s->filter);
    free(s->hits);
    memset(s, 0, sizeof *s);
    s->list.height = 10;
}

static void split(struct taxonomy *t, struct ui *ui)
{
    struct taxonomy_side *s = taxonomy_side(t), *other = &t->sides[1 - t->here];
    taxonomy_side_free(other);
    t->split = !t->split;
    if (t->split) {
        outline_copy(&other->outline, &s->outline);
        other->list = s->list;
        other->proposals = s->proposals;
        other->cursor_node = s->cursor_node;
        if (s->filter != NULL) {
            taxonomy_filter(t, ui, other, s->filter, NULL);
            taxonomy_follow(other);
        }
        ui_say(ui, SAY_INFO, "two sides: Tab goes to the other one, | closes it again");
    }
}

static void switch_side(struct taxonomy *t, struct ui *ui)
{
    taxonomy_range_end(t, ui);
    t->here = 1 - t->here;
    taxonomy_find_again(t);
    taxonomy_moved(t, ui);
}

/* ---- folds */

void taxonomy_fold_to(struct taxonomy *t, struct ui *ui, unsigned level)
{
    struct taxonomy_side *s = taxonomy_side(t);
    outline_level(&s->outline, level);
    taxonomy_follow(s);
    taxonomy_moved(t, ui);
}

static void toggle(struct taxonomy_side *s)
{
    size_t row = row_of(s);
    if (outline_is_open(&s->outline, s->outline.rows[row])) {
        outline_close(&s->outline, row);
    } else {
        outline_open(&s->outline, row);
    }
    count_rows(s);
}

/* Is there a fold in this branch? */
static bool has_fold(const struct outline *o, uint32_t node)
{
    for (uint32_t rank = o->order->rank[node]; rank < o->order->end[node]; rank++) {
        uint32_t at = o->order->at[rank];
        if (o->tree->nodes[at].children > 0 && !o->open[at]) {
            return true;
        }
    }
    return false;
}

static void toggle_branch(struct taxonomy_side *s, struct ui *ui)
{
    size_t row = row_of(s);
    uint32_t node = s->outline.rows[row], below = order_below(s->outline.order, node);
    if (has_fold(&s->outline, node)) {
        outline_open_all(&s->outline, row);
        ui_say(ui, SAY_INFO, "unfolded with all %u nodes below", below);
    } else {
        outline_close_all(&s->outline, row);
        ui_say(ui, SAY_INFO, "folded with all %u nodes below", below);
    }
    count_rows(s);
}

static void fold_others(struct taxonomy_side *s)
{
    outline_only(&s->outline, index_of(s));
    taxonomy_follow(s);
}

/* ---- movement along the tree */

static void go_left(struct taxonomy_side *s)
{
    uint32_t at = index_of(s);
    if (at == TREE_NONE) {
        return;
    }
    if (outline_is_open(&s->outline, at)) {
        toggle(s);
        return;
    }
    uint32_t parent = s->outline.tree->nodes[at].parent;
    size_t row = outline_row(&s->outline, parent);
    if (parent != 0 && row < s->outline.count) {
        list_go(&s->list, s->proposals + row);
    }
}

static void go_right(struct taxonomy_side *s)
{
    uint32_t at = index_of(s);
    if (at == TREE_NONE || !outline_can_open(&s->outline, at)) {
        return;
    }
    if (outline_is_open(&s->outline, at)) {
        list_move(&s->list, 1);
    } else {
        toggle(s);
    }
}

/* The sibling before or behind that can be seen; the node itself when there is none. */
static uint32_t sibling_of(const struct taxonomy_side *s, uint32_t at, bool next)
{
    const struct node *nodes = s->outline.tree->nodes;
    uint32_t to = at;
    do {
        to = next ? nodes[to].next : nodes[to].prev;
    } while (to != TREE_NONE && !outline_holds(&s->outline, to));
    return to != TREE_NONE ? to : at;
}

static void go_sibling(struct taxonomy_side *s, bool next)
{
    uint32_t at = index_of(s);
    size_t row = outline_row(&s->outline, sibling_of(s, at, next));
    list_go(&s->list, s->proposals + row);
}

/* ---- keys */

static bool is_about_node(enum action a)
{
    return a == ACT_FOLD || a == ACT_OPEN || a == ACT_FOLD_BRANCH || a == ACT_FOLD_OTHERS ||
           a == ACT_FOCUS || a == ACT_NEXT_SIBLING || a == ACT_PREV_SIBLING;
}

static bool can_on_node(const struct taxonomy_side *s, uint32_t at, enum action a,
                        char why[WHY_MAX])
{
    const struct node *n = &s->outline.tree->nodes[at];
    bool folds = a == ACT_FOLD || a == ACT_OPEN || a == ACT_FOLD_BRANCH;
    bool leaves_focus = a == ACT_FOCUS && at == s->outline.root;
    if ((folds || a == ACT_FOCUS) && n->children == 0 && !leaves_focus) {
        snprintf(why, WHY_MAX, "this node has no children");
        return false;
    }
    if (folds && !outline_can_open(&s->outline, at)) {
        snprintf(why, WHY_MAX, "none of its %u children matches the filter (Esc ends it)",
                 n->children);
        return false;
    }
    if ((a == ACT_NEXT_SIBLING || a == ACT_PREV_SIBLING) &&
        sibling_of(s, at, a == ACT_NEXT_SIBLING) == at) {
        snprintf(why, WHY_MAX, "this is the %s of its siblings",
                 a == ACT_NEXT_SIBLING ? "last" : "first");
        return false;
    }
    return true;
}

bool taxonomy_can_move(const struct taxonomy *t, const struct ui *ui, enum action a,
                       char why[WHY_MAX])
{
    const struct taxonomy_side *s = taxonomy_side_of(t);
    uint32_t at = index_of(s);
    (void)ui;
    if (a == ACT_FOLD_LEVEL && s->outline.count == 0) {
        snprintf(why, WHY_MAX, "there is no node yet");
        return false;
    }
    if (a == ACT_OTHER_SIDE && !t->split) {
        snprintf(why, WHY_MAX, "there is one side only (| splits it)");
        return false;
    }
    if (is_about_node(a) && at == TREE_NONE) {
        snprintf(why, WHY_MAX, "there is no node under the cursor");
        return false;
    }
    return !is_about_node(a) || can_on_node(s, at, a, why);
}

static bool move_rows(struct taxonomy *t, enum action a)
{
    struct taxonomy_side *s = taxonomy_side(t);
    switch ((int)a) {
    case ACT_FIRST:
    case ACT_LAST:
        taxonomy_jump(t, s->cursor_node);
        return list_act(&s->list, a);
    case ACT_LEFT:
        go_left(s);
        return true;
    case ACT_RIGHT:
        go_right(s);
        return true;
    case ACT_NEXT_SIBLING:
    case ACT_PREV_SIBLING:
        go_sibling(s, a == ACT_NEXT_SIBLING);
        return true;
    default:
        return list_act(&s->list, a);
    }
}

bool taxonomy_move(struct taxonomy *t, struct ui *ui, enum action a)
{
    struct taxonomy_side *s = taxonomy_side(t);
    if (move_rows(t, a)) {
        taxonomy_moved(t, ui);
        return true;
    }
    switch ((int)a) {
    case ACT_FOLD:
    case ACT_OPEN:
        toggle(s);
        break;
    case ACT_FOLD_BRANCH:
        toggle_branch(s, ui);
        break;
    case ACT_FOLD_OTHERS:
        fold_others(s);
        break;
    case ACT_FOLD_LEVEL:
        t->wait = WAIT_LEVEL;
        ui_say(ui, SAY_INFO, "unfold down to level … (1 to 9; 1: the taxonomies only)");
        break;
    case ACT_FOCUS:
        if (index_of(s) == s->outline.root) {
            taxonomy_unfocus(t, ui);
        } else {
            focus_on(t, ui, index_of(s));
        }
        break;
    case ACT_SPLIT:
        split(t, ui);
        break;
    case ACT_OTHER_SIDE:
        switch_side(t, ui);
        break;
    default:
        return false;
    }
    taxonomy_moved(t, ui);
    return true;
}

void taxonomy_click(struct taxonomy *t, struct ui *ui, int x, int y)
{
    for (int i = 0; i < 2; i++) {
        struct taxonomy_side *s = &t->sides[i];
        size_t row = 0;
        if ((i != t->here && !t->split) || !list_hit(&s->list, s->seen, x, y, &row) ||
            row >= rows_of(s)) {
            continue;
        }
        if (i != t->here) {
            switch_side(t, ui);
        }
        list_go(&s->list, row);
        uint32_t at = index_of(s);
        if (at != TREE_NONE && outline_can_open(&s->outline, at) &&
            x == taxonomy_sign_x(s, s->seen.x, s->seen.w, at)) {
            toggle(s);
        }
        taxonomy_moved(t, ui);
        return;
    }
}
