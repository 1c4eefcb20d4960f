/*
 * Moving by one place. The server works the place out from how the siblings stand when the command
 * arrives, so these keys need not wait for the tree of the key before: each press is a command.
 */
#include "ui/panels/taxonomy.h"

#include <stdio.h>
#include <string.h>

#define LINES_MAX (64u << 20)

static const char *way_of(enum action a)
{
    return a == ACT_MOVE_UP     ? "up"
           : a == ACT_MOVE_DOWN ? "down"
           : a == ACT_MOVE_IN   ? "in"
           : a == ACT_MOVE_OUT  ? "out"
                                : NULL;
}

static bool can_one(const struct tree *t, const struct node *n, enum action a, char why[WHY_MAX])
{
    if (a == ACT_MOVE_UP && n->prev == TREE_NONE) {
        snprintf(why, WHY_MAX, "it is the first of its siblings");
        return false;
    }
    if (a == ACT_MOVE_DOWN && n->next == TREE_NONE) {
        snprintf(why, WHY_MAX, "it is the last of its siblings");
        return false;
    }
    if (a == ACT_MOVE_IN && n->prev == TREE_NONE) {
        snprintf(why, WHY_MAX, "no sibling stands above it that could take it in");
        return false;
    }
    if (a == ACT_MOVE_OUT && n->depth == 1) {
        snprintf(why, WHY_MAX, "a taxonomy is outermost already");
        return false;
    }
    if (a == ACT_MOVE_OUT && t->nodes[n->parent].depth == 1) {
        snprintf(why, WHY_MAX, "further out it would be a taxonomy (cut it with c for that)");
        return false;
    }
    return true;
}

bool move_can(const struct taxonomy *t, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct node *n = taxonomy_node(t, ui);
    /* of marks, and of a tree that is about to change, the server knows */
    if (way_of(a) == NULL || picks_marked(t) > 0 || edit_is_busy(t, ui)) {
        return true;
    }
    return n != NULL && can_one(&ui->model.tree, n, a, why);
}

bool move_act(struct taxonomy *t, struct ui *ui, const struct node *n, enum action a)
{
    const struct tree *tree = &ui->model.tree;
    const char *way = way_of(a);
    if (way == NULL) {
        return false;
    }
    if (edit_is_about_to_leave(t, ui) && edit_wait(t, ui, a)) {
        return true;
    }
    struct picks p = picks_take(t, ui, n, true);
    struct buf line;
    char what[EDIT_NAME], name[EDIT_NAME + 32], ref[TREE_REF_MAX];
    buf_init(&line, LINES_MAX);
    buf_printf(&line, "node shift %s", way);
    for (size_t i = 0; i < p.count; i++) {
        edit_ref(tree->nodes[p.at[i]].id, ref);
        buf_printf(&line, " %s", ref);
    }
    buf_addc(&line, '\n');
    picks_name(&p, tree, what);
    snprintf(name, sizeof name, "move %s %s", what, way);
    edit_go_ids(t, taxonomy_side_of(t)->cursor_node, 0, 0);
    edit_send(t, ui, name, line.data, NULL);
    buf_free(&line);
    picks_free(&p);
    return true;
}
