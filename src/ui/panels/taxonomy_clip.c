/*
 * The clipboard of the panel holds ids, not copies: what was cut stays where it is, dimmed, until
 * it is pasted, so that a forgotten cut loses nothing and a paste is one move.
 */
#include "ui/panels/taxonomy.h"

#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX (64u << 20)

static bool takes(enum action a)
{
    return a == ACT_CUT || a == ACT_COPY;
}

static bool pastes(enum action a)
{
    return a == ACT_PASTE || a == ACT_PASTE_BESIDE;
}

static bool is_across(enum action a)
{
    return a == ACT_ACROSS_COPY || a == ACT_ACROSS_MOVE;
}

bool clip_is_cut(const struct taxonomy *t, int64_t id)
{
    for (size_t i = 0; t->edit.clip_cut && i < t->edit.clip_count; i++) {
        if (t->edit.clip[i] == id) {
            return true;
        }
    }
    return false;
}

static void forget(struct edit *d)
{
    free(d->clip);
    d->clip = NULL;
    d->clip_count = 0;
    d->clip_cut = false;
}

bool clip_drop(struct taxonomy *t, struct ui *ui)
{
    if (!t->edit.clip_cut) {
        return false;
    }
    forget(&t->edit);
    ui_say(ui, SAY_INFO, "nothing is cut any more");
    return true;
}

/* ---- taking */

/* The same key on the same nodes once more: is it for only what is below them? */
static bool is_again(const struct edit *d, const struct picks *p, const struct tree *tree, bool cut)
{
    bool same = d->clip_count == p->count && d->clip_cut == cut && !d->clip_children;
    for (size_t i = 0; same && i < p->count; i++) {
        same = d->clip[i] == tree->nodes[p->at[i]].id;
    }
    return same;
}

static size_t children_of(const struct tree *tree, const struct picks *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->count; i++) {
        n += tree->nodes[p->at[i]].children;
    }
    return n;
}

static void take(struct taxonomy *t, struct ui *ui, const struct node *n, enum action a)
{
    const struct tree *tree = &ui->model.tree;
    struct edit *d = &t->edit;
    struct picks p = picks_take(t, ui, n, true);
    bool cut = a == ACT_CUT, has_children = children_of(tree, &p) > 0;
    bool children = has_children && is_again(d, &p, tree, cut);
    const char *again = !has_children || children ? ""
                        : cut                     ? ", c only its children"
                                                  : ", y only its children";
    char what[EDIT_NAME];
    picks_name(&p, tree, what);
    forget(d);
    d->clip = xcalloc(p.count + 1, sizeof *d->clip);
    for (size_t i = 0; i < p.count; i++) {
        d->clip[d->clip_count++] = tree->nodes[p.at[i]].id;
    }
    d->clip_cut = cut;
    d->clip_children = children;
    ui_say(ui, SAY_INFO, "%s%s is %s: v pastes below, C-v beside%s%s",
           children ? "what is below " : "", what, cut ? "cut" : "copied", again,
           cut ? ", Esc drops it" : "");
    picks_free(&p);
}

/* ---- pasting */

struct target {
    uint32_t parent;
    uint32_t before; /* TREE_NONE: last */
    uint32_t behind; /* the sibling in front of the place; TREE_NONE: none */
};

static struct target target_of(const struct taxonomy *t, const struct tree *tree, uint32_t at,
                               enum action a)
{
    struct target g = {at, TREE_NONE, tree->nodes[at].last};
    if (a == ACT_PASTE_BESIDE) {
        g = (struct target){tree->nodes[at].parent, tree->nodes[at].next, at};
    }
    /* what moves away cannot mark the place */
    while (g.before != TREE_NONE && clip_is_cut(t, tree->nodes[g.before].id) &&
           !t->edit.clip_children) {
        g.before = tree->nodes[g.before].next;
    }
    return g;
}

static bool is_inside(const struct taxonomy *t, const struct tree *tree, uint32_t place)
{
    for (size_t i = 0; i < t->edit.clip_count; i++) {
        uint32_t at = tree_by_id(tree, t->edit.clip[i]);
        if (at != TREE_NONE && tree_is_under(tree, place, at)) {
            return true;
        }
    }
    return false;
}

static void add_line(const struct tree *tree, const char *verb, bool children, int64_t id,
                     const struct target *g, struct buf *out)
{
    char node[TREE_REF_MAX], to[TREE_REF_MAX], next[TREE_REF_MAX];
    edit_ref(id, node);
    edit_ref(tree->nodes[g->parent].id, to);
    buf_printf(out, "node %s %s %s", verb, node, to);
    if (g->before != TREE_NONE) {
        edit_ref(tree->nodes[g->before].id, next);
        buf_printf(out, " --before %s", next);
    }
    buf_printf(out, "%s\n", children ? " --children" : "");
}

/* The first thing that is pasted, when it keeps its number. */
static int64_t first_moved(const struct taxonomy *t, const struct tree *tree)
{
    uint32_t at = tree_by_id(tree, t->edit.clip[0]);
    if (at != TREE_NONE && t->edit.clip_children) {
        at = tree->nodes[at].first;
    }
    return at != TREE_NONE ? tree->nodes[at].id : 0;
}

static void paste(struct taxonomy *t, struct ui *ui, const struct node *n, enum action a)
{
    const struct tree *tree = &ui->model.tree;
    struct edit *d = &t->edit;
    struct target g = target_of(t, tree, (uint32_t)(n - tree->nodes), a);
    struct buf lines;
    char what[EDIT_NAME] = "", at[EDIT_NAME], name[2 * EDIT_NAME + 48];
    size_t count = 0;
    buf_init(&lines, LINES_MAX);
    for (size_t i = 0; i < d->clip_count; i++) {
        uint32_t node = tree_by_id(tree, d->clip[i]);
        if (node != TREE_NONE) {
            add_line(tree, d->clip_cut ? "move" : "copy", d->clip_children, d->clip[i], &g, &lines);
            edit_name(&tree->nodes[node], what);
            count++;
        }
    }
    if (count > 1) {
        snprintf(what, sizeof what, "%zu nodes", count);
    }
    edit_name(n, at);
    snprintf(name, sizeof name, "%s %s%s %s %s", d->clip_cut ? "move" : "copy",
             d->clip_children ? "what is below " : "", what,
             a == ACT_PASTE_BESIDE ? "beside" : "below", at);
    if (d->clip_cut) {
        edit_go_ids(t, first_moved(t, tree), 0, 0);
    } else {
        edit_go_behind(t, tree->nodes[g.parent].id,
                       g.behind != TREE_NONE ? tree->nodes[g.behind].id : 0);
    }
    edit_send(t, ui, name, lines.data, NULL);
    if (d->clip_cut) {
        forget(d);
    }
    buf_free(&lines);
}

/* Below the node of the other side, without the clipboard. The cursor stays on this side. */
static void across(struct taxonomy *t, struct ui *ui, const struct node *n, enum action a)
{
    const struct tree *tree = &ui->model.tree;
    const char *verb = a == ACT_ACROSS_MOVE ? "move" : "copy";
    uint32_t to = taxonomy_other(t);
    struct target g = {to, TREE_NONE, TREE_NONE};
    struct picks p = picks_take(t, ui, n, true);
    struct buf lines;
    char what[EDIT_NAME], at[EDIT_NAME], name[2 * EDIT_NAME + 32];
    bool inside = false;
    buf_init(&lines, LINES_MAX);
    for (size_t i = 0; i < p.count; i++) {
        inside = inside || tree_is_under(tree, to, p.at[i]);
        add_line(tree, verb, false, tree->nodes[p.at[i]].id, &g, &lines);
    }
    picks_name(&p, tree, what);
    edit_name(&tree->nodes[to], at);
    snprintf(name, sizeof name, "%s %s below %s", verb, what, at);
    if (inside) {
        ui_say(ui, SAY_WARN, "the node of the other side lies in what would be put below it");
    } else {
        t->edit.go = (struct edit_go){.ids = {n->id}};
        edit_send(t, ui, name, lines.data, NULL);
    }
    buf_free(&lines);
    picks_free(&p);
}

static void duplicate(struct taxonomy *t, struct ui *ui, const struct node *n)
{
    const struct tree *tree = &ui->model.tree;
    struct picks p = picks_take(t, ui, n, true);
    struct buf lines;
    char what[EDIT_NAME], name[EDIT_NAME + 32];
    buf_init(&lines, LINES_MAX);
    picks_name(&p, tree, what);
    for (size_t i = 0; i < p.count; i++) {
        const struct node *one = &tree->nodes[p.at[i]];
        char node[TREE_REF_MAX], parent[TREE_REF_MAX], next[TREE_REF_MAX];
        edit_ref(one->id, node);
        edit_ref(tree->nodes[one->parent].id, parent);
        buf_printf(&lines, "node copy %s %s", node, parent);
        if (one->next != TREE_NONE) {
            edit_ref(tree->nodes[one->next].id, next);
            buf_printf(&lines, " --before %s", next);
        }
        buf_addc(&lines, '\n');
    }
    snprintf(name, sizeof name, "duplicate %s", what);
    const struct node *first = &tree->nodes[p.at[0]];
    edit_go_behind(t, tree->nodes[first->parent].id, first->id);
    edit_send(t, ui, name, lines.data, NULL);
    buf_free(&lines);
    picks_free(&p);
}

/* ---- keys */

static bool can_paste(const struct taxonomy *t, const struct ui *ui, const struct node *n,
                      enum action a, char why[WHY_MAX])
{
    const struct tree *tree = &ui->model.tree;
    const struct edit *d = &t->edit;
    if (d->clip_count == 0) {
        snprintf(why, WHY_MAX, "nothing was cut or copied yet (c cuts, y copies)");
        return false;
    }
    bool there = false;
    for (size_t i = 0; i < d->clip_count && !there; i++) {
        there = tree_by_id(tree, d->clip[i]) != TREE_NONE;
    }
    if (!there) {
        snprintf(why, WHY_MAX, "what was %s is not there any more", d->clip_cut ? "cut" : "copied");
        return false;
    }
    uint32_t place = a == ACT_PASTE ? (uint32_t)(n - tree->nodes) : n->parent;
    if (is_inside(t, tree, place)) {
        snprintf(why, WHY_MAX, "a node cannot be %s into itself", d->clip_cut ? "moved" : "copied");
        return false;
    }
    return true;
}

bool clip_can(const struct taxonomy *t, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct node *n = taxonomy_node(t, ui);
    if (pastes(a)) {
        return n != NULL && can_paste(t, ui, n, a, why);
    }
    if (is_across(a) && taxonomy_other(t) == TREE_NONE) {
        snprintf(why, WHY_MAX,
                 t->split ? "no node is under the cursor of the other side"
                          : "there is no other side (| shows one)");
        return false;
    }
    return true;
}

bool clip_act(struct taxonomy *t, struct ui *ui, const struct node *n, enum action a)
{
    if (takes(a)) {
        take(t, ui, n, a);
    } else if (pastes(a) && !edit_wait(t, ui, a)) {
        paste(t, ui, n, a);
    } else if (a == ACT_DUPLICATE && !edit_wait(t, ui, a)) {
        duplicate(t, ui, n);
    } else if (is_across(a) && !edit_wait(t, ui, a)) {
        across(t, ui, n, a);
    }
    return takes(a) || pastes(a) || is_across(a) || a == ACT_DUPLICATE;
}
