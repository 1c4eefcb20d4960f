/*
 * Moving by one place. Several marked nodes move as a block: the places are worked out on a copy of
 * the order of their siblings, so that each line of the script is right after the ones before it.
 */
#include "ui/panels/taxonomy.h"

#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX (64u << 20)

static bool is_move(enum action a)
{
    return a == ACT_MOVE_UP || a == ACT_MOVE_DOWN || a == ACT_MOVE_IN || a == ACT_MOVE_OUT;
}

struct siblings { /* the children of one parent, as they will stand */
    uint32_t parent;
    uint32_t *at;
    bool *picked;
    size_t count;
};

static struct siblings siblings_of(const struct tree *t, const bool *picked, uint32_t parent)
{
    struct siblings o = {.parent = parent};
    size_t n = t->nodes[parent].children;
    o.at = xcalloc(n + 1, sizeof *o.at);
    o.picked = xcalloc(n + 1, sizeof *o.picked);
    for (uint32_t c = t->nodes[parent].first; c != TREE_NONE; c = t->nodes[c].next) {
        o.picked[o.count] = picked[c];
        o.at[o.count++] = c;
    }
    return o;
}

static void siblings_free(struct siblings *o)
{
    free(o->at);
    free(o->picked);
}

static void add_move(const struct tree *t, uint32_t at, uint32_t parent, uint32_t before,
                     struct buf *out)
{
    char node[REF_MAX], to[REF_MAX], next[REF_MAX];
    edit_ref(t->nodes[at].id, node);
    edit_ref(t->nodes[parent].id, to);
    buf_printf(out, "node move %s %s", node, to);
    if (before != TREE_NONE) {
        edit_ref(t->nodes[before].id, next);
        buf_printf(out, " --before %s", next);
    }
    buf_addc(out, '\n');
}

static void swap(struct siblings *o, size_t a, size_t b)
{
    uint32_t at = o->at[a];
    bool picked = o->picked[a];
    o->at[a] = o->at[b];
    o->picked[a] = o->picked[b];
    o->at[b] = at;
    o->picked[b] = picked;
}

static void up(const struct tree *t, struct siblings *o, struct buf *out)
{
    for (size_t i = 1; i < o->count; i++) {
        if (o->picked[i] && !o->picked[i - 1]) {
            add_move(t, o->at[i], o->parent, o->at[i - 1], out);
            swap(o, i, i - 1);
        }
    }
}

static void down(const struct tree *t, struct siblings *o, struct buf *out)
{
    for (size_t i = o->count; i-- > 1;) {
        if (o->picked[i - 1] && !o->picked[i]) {
            uint32_t before = i + 1 < o->count ? o->at[i + 1] : TREE_NONE;
            add_move(t, o->at[i - 1], o->parent, before, out);
            swap(o, i, i - 1);
        }
    }
}

/* Below the sibling before. */
static void in(const struct tree *t, const struct siblings *o, struct buf *out)
{
    uint32_t into = TREE_NONE;
    for (size_t i = 0; i < o->count; i++) {
        if (!o->picked[i]) {
            into = o->at[i];
        } else if (into != TREE_NONE) {
            add_move(t, o->at[i], into, TREE_NONE, out);
        }
    }
}

/* Behind the parent. */
static void out_of(const struct tree *t, const struct siblings *o, struct buf *out)
{
    const struct node *parent = &t->nodes[o->parent];
    for (size_t i = 0; i < o->count && o->parent != 0; i++) {
        if (o->picked[i]) {
            add_move(t, o->at[i], parent->parent, parent->next, out);
        }
    }
}

static void lines_of_one(const struct tree *t, struct siblings *o, enum action a, struct buf *out)
{
    if (a == ACT_MOVE_UP) {
        up(t, o, out);
    } else if (a == ACT_MOVE_DOWN) {
        down(t, o, out);
    } else if (a == ACT_MOVE_IN) {
        in(t, o, out);
    } else {
        out_of(t, o, out);
    }
}

static void lines_of(const struct tree *t, const struct picks *p, enum action a, struct buf *out)
{
    bool *picked = xcalloc(t->count, sizeof *picked), *done = xcalloc(t->count, sizeof *done);
    for (size_t i = 0; i < p->count; i++) {
        picked[p->at[i]] = true;
    }
    for (size_t i = 0; i < p->count; i++) {
        uint32_t parent = t->nodes[p->at[i]].parent;
        if (!done[parent]) {
            struct siblings o = siblings_of(t, picked, parent);
            done[parent] = true;
            lines_of_one(t, &o, a, out);
            siblings_free(&o);
        }
    }
    free(picked);
    free(done);
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
    if (!is_move(a) || picks_marked(t) > 0) { /* marks: seen when they are walked */
        return true;
    }
    return n != NULL && can_one(&ui->model.tree, n, a, why);
}

bool move_act(struct taxonomy *t, struct ui *ui, const struct node *n, enum action a)
{
    static const char *const ways[] = {"up", "down", "in", "out"};
    if (!is_move(a)) {
        return false;
    }
    if (edit_wait(t, ui, a)) {
        return true;
    }
    struct picks p = picks_take(t, ui, n, true);
    struct buf lines;
    char what[EDIT_NAME], name[EDIT_NAME + 32];
    buf_init(&lines, LINES_MAX);
    picks_name(&p, &ui->model.tree, what);
    lines_of(&ui->model.tree, &p, a, &lines);
    const char *way = ways[a == ACT_MOVE_UP     ? 0
                           : a == ACT_MOVE_DOWN ? 1
                           : a == ACT_MOVE_IN   ? 2
                                                : 3];
    snprintf(name, sizeof name, "move %s %s", what, way);
    if (lines.len == 0) {
        ui_say(ui, SAY_WARN, "none of the marked nodes can move %s", way);
    } else {
        edit_go_ids(t, taxonomy_side_of(t)->cursor_node, 0, 0);
        edit_send(t, ui, name, lines.data, NULL);
    }
    buf_free(&lines);
    picks_free(&p);
    return true;
}
