/*
 * The cursor belongs to a node, not to a row: when the trees are read again, or fold and unfold,
 * the row is looked up from the node's id, and its place on the screen is kept.
 */
#include "ui/panels/taxonomy.h"

#include <stdio.h>

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

/* The rows are others now: put the cursor on its node, or on what hides it. */
static void follow(struct taxonomy_side *s)
{
    uint32_t at = s->cursor_node != 0 && s->outline.tree != NULL
                      ? tree_by_id(s->outline.tree, s->cursor_node)
                      : TREE_NONE;
    size_t row = at != TREE_NONE ? outline_row(&s->outline, at) : s->outline.count;
    if (row < s->outline.count) {
        list_follow(&s->list, s->proposals + row, rows_of(s));
    } else {
        count_rows(s);
    }
}

void taxonomy_moved(struct taxonomy *t, struct ui *ui)
{
    struct taxonomy_side *s = taxonomy_side(t);
    s->cursor_node = id_of(s);
    if (s->cursor_node != t->detail_node) {
        taxonomy_detail_load(t, ui);
    }
}

void taxonomy_reveal(struct taxonomy *t, struct ui *ui, uint32_t node)
{
    struct taxonomy_side *s = taxonomy_side(t);
    size_t row = outline_reveal(&s->outline, node);
    if (row < s->outline.count) {
        list_follow(&s->list, s->proposals + row, rows_of(s));
    }
    taxonomy_moved(t, ui);
}

void taxonomy_side_take(struct taxonomy_side *s, const struct ui *ui, const struct order *order)
{
    const struct tree *tree = &ui->model.tree;
    bool first = s->outline.known <= 1;
    outline_set(&s->outline, tree, order);
    if (first) {
        outline_level(&s->outline, tree->count <= OPEN_ROWS ? TREE_MAX_DEPTH : 0);
    }
    s->proposals = ui->model.proposal_count;
    follow(s);
    s->cursor_node = id_of(s);
}

void taxonomy_fold_to(struct taxonomy *t, struct ui *ui, unsigned level)
{
    struct taxonomy_side *s = taxonomy_side(t);
    outline_level(&s->outline, level);
    follow(s);
    taxonomy_moved(t, ui);
}

bool taxonomy_can_move(const struct taxonomy *t, const struct ui *ui, enum action a,
                       char why[WHY_MAX])
{
    const struct node *n = taxonomy_node(t, ui);
    if (a == ACT_FOLD_LEVEL && taxonomy_side_of(t)->outline.count == 0) {
        snprintf(why, WHY_MAX, "there is no node yet");
        return false;
    }
    if ((a == ACT_FOLD || a == ACT_OPEN) && n == NULL) {
        snprintf(why, WHY_MAX, "there is no node under the cursor");
        return false;
    }
    if ((a == ACT_FOLD || a == ACT_OPEN) && n->children == 0) {
        snprintf(why, WHY_MAX, "this node has no children");
        return false;
    }
    return true;
}

static void toggle(struct taxonomy_side *s)
{
    size_t row = s->list.cursor - s->proposals;
    if (outline_is_open(&s->outline, s->outline.rows[row])) {
        outline_close(&s->outline, row);
    } else {
        outline_open(&s->outline, row);
    }
    count_rows(s);
}

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
    if (at == TREE_NONE || s->outline.tree->nodes[at].children == 0) {
        return;
    }
    if (outline_is_open(&s->outline, at)) {
        list_move(&s->list, 1);
    } else {
        toggle(s);
    }
}

bool taxonomy_move(struct taxonomy *t, struct ui *ui, enum action a)
{
    struct taxonomy_side *s = taxonomy_side(t);
    switch ((int)a) {
    case ACT_UP:
    case ACT_DOWN:
        list_move(&s->list, a == ACT_UP ? -1 : 1);
        break;
    case ACT_PAGE_UP:
    case ACT_PAGE_DOWN:
        list_page(&s->list, a == ACT_PAGE_UP ? -1 : 1);
        break;
    case ACT_FIRST:
    case ACT_LAST:
        list_go(&s->list, a == ACT_FIRST ? 0 : s->list.count);
        break;
    case ACT_LEFT:
        go_left(s);
        break;
    case ACT_RIGHT:
        go_right(s);
        break;
    case ACT_FOLD:
    case ACT_OPEN:
        toggle(s);
        break;
    case ACT_FOLD_LEVEL:
        t->wait_level = true;
        ui_say(ui, SAY_INFO, "unfold down to level … (1 to 9; 1: the taxonomies only)");
        break;
    default:
        return false;
    }
    taxonomy_moved(t, ui);
    return true;
}
