/*
 * Commands that put nodes elsewhere: copied, moved, united, taken apart.
 *
 * All of them look at the few nodes they are about in the store and never need the whole tree, so
 * that long scripts of them stay quick.
 */
#include "base/mem.h"
#include "server/exec_table.h"
#include "server/nodes.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- where to */

enum status node_before(struct exec *x, int64_t *parent, int64_t *before, struct err *e)
{
    const char *word = call_opt(x->call, "--before");
    *before = 0;
    if (word == NULL) {
        return ST_OK;
    }
    struct node_row row;
    enum status st = node_word(x, word, before, e);
    if (st == ST_OK) {
        st = store_node_row(x->store, *before, &row, e);
    }
    if (st != ST_OK) {
        return st;
    }
    if (*parent < 0) {
        *parent = row.parent;
    }
    if (row.parent != *parent) {
        st = err_set(e, ST_INVALID, "--before: \"%.*s\" (@%lld) is not a child of @%lld",
                     tree_name_shown(row.name), row.name, (long long)row.id, (long long)*parent);
    }
    node_row_clear(&row);
    return st;
}

/* Is `below` the node `id` or something below it? */
static enum status lies_below(struct exec *x, int64_t below, int64_t id, bool *yes, struct err *e)
{
    enum status st = ST_OK;
    *yes = false;
    for (int64_t at = below; st == ST_OK && at != 0 && !*yes;) {
        struct node_row row;
        *yes = at == id;
        st = store_node_row(x->store, at, &row, e);
        if (st == ST_OK) {
            at = row.parent;
            node_row_clear(&row);
        }
    }
    return st;
}

/* ---- copy */

/* "name (2)" of "name", "name (3)" of "name (2)": the first that is free below parent. */
static enum status free_name(struct exec *x, int64_t parent, const char *name, char **out,
                             struct err *e)
{
    int64_t there = 0;
    enum status st = store_node_child(x->store, parent, name, &there, e);
    *out = xstrdup(name);
    size_t stem = strlen(name);
    unsigned n = 2;
    if (stem > 4 && name[stem - 1] == ')') {
        size_t at = stem - 1;
        while (at > 0 && name[at - 1] >= '0' && name[at - 1] <= '9' && stem - at < 6) {
            at--;
        }
        if (at > 2 && at < stem - 1 && name[at] != '0' && strncmp(name + at - 2, " (", 2) == 0) {
            n = (unsigned)strtoul(name + at, NULL, 10) + 1;
            stem = at - 2;
        }
    }
    for (; st == ST_OK && there != 0; n++) {
        free(*out);
        *out = xasprintf("%.*s (%u)", (int)stem, name, n);
        st = store_node_child(x->store, parent, *out, &there, e);
    }
    return st;
}

struct copies { /* what was made, for the answer */
    cJSON *list;
    int count, renamed;
    char last[100];
};

/* Add the subtree at `root` of t below parent, under a name that is free there. */
static enum status add_copy(struct exec *x, struct tree *t, uint32_t root, int64_t parent,
                            int64_t before, struct copies *made, struct err *e)
{
    int64_t *ids = xcalloc(t->count, sizeof *ids);
    char *name = NULL;
    const char *old = t->nodes[root].name;
    enum status st = free_name(x, parent, old, &name, e);
    if (st == ST_OK) {
        made->renamed += strcmp(name, old) != 0;
        t->nodes[root].name = name;
        st = parent == 0 ? taxonomy_add(x, t, root, before, ids, e)
                         : store_nodes_add(x->store, parent, t, root, before, ids, e);
        t->nodes[root].name = old;
    }
    if (st == ST_OK) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddNumberToObject(o, "id", (double)ids[root]);
        cJSON_AddStringToObject(o, "name", name);
        cJSON_AddItemToArray(made->list, o);
        made->count++;
        snprintf(made->last, sizeof made->last, "%.*s", tree_name_shown(name), name);
    }
    free(name);
    free(ids);
    return st;
}

static void tell_copies(struct exec *x, struct copies *made)
{
    if (made->renamed == 1 && made->count == 1) {
        buf_printf(&x->note, "copied as \"%s\"", made->last);
    } else if (made->renamed > 0) {
        buf_printf(&x->note, "%d copied, %d of them under a new name such as \"%s\"", made->count,
                   made->renamed, made->last);
    }
    if (x->call->json) {
        exec_json(x, made->list);
        made->list = NULL;
    }
}

enum status exec_node_copy(struct exec *x, struct err *e)
{
    int64_t id = 0, parent = 0, before = 0;
    bool children = call_opt(x->call, "--children") != NULL, inside = false;
    struct tree t;
    struct copies made = {.list = cJSON_CreateArray()};
    tree_init(&t);
    enum status st = node_word(x, call_arg(x->call, 0), &id, e);
    if (st == ST_OK) {
        st = store_node_find(x->store, call_arg(x->call, 1), &parent, e);
    }
    if (st == ST_OK) {
        st = node_before(x, &parent, &before, e);
    }
    if (st == ST_OK && !children) {
        st = lies_below(x, parent, id, &inside, e);
    }
    if (st == ST_OK && inside) {
        st = err_set(e, ST_INVALID, "a node cannot be copied below itself");
    }
    if (st == ST_OK) {
        tree_free(&t);
        st = store_tree_below(x->store, id, &t, e);
    }
    if (st == ST_OK && children) {
        for (uint32_t c = t.nodes[1].first; st == ST_OK && c != TREE_NONE; c = t.nodes[c].next) {
            st = add_copy(x, &t, c, parent, before, &made, e);
        }
    } else if (st == ST_OK) {
        st = add_copy(x, &t, 1, parent, before, &made, e);
    }
    if (st == ST_OK) {
        tell_copies(x, &made);
    }
    cJSON_Delete(made.list);
    tree_free(&t);
    return st;
}

/* ---- move */

enum status exec_node_move(struct exec *x, struct err *e)
{
    int64_t id = 0, parent = 0, before = 0;
    enum status st = node_word(x, call_arg(x->call, 0), &id, e);
    if (st == ST_OK) {
        st = store_node_find(x->store, call_arg(x->call, 1), &parent, e);
    }
    if (st == ST_OK) {
        st = node_before(x, &parent, &before, e);
    }
    if (st == ST_OK && call_opt(x->call, "--children") == NULL) {
        st = store_node_move(x->store, id, parent, before, e);
    } else if (st == ST_OK) {
        int64_t *ids = NULL;
        size_t count = 0;
        st = store_node_children(x->store, id, &ids, &count, e);
        for (size_t i = 0; st == ST_OK && i < count; i++) {
            st = store_node_move(x->store, ids[i], parent, before, e);
        }
        free(ids);
    }
    return st;
}

/* ---- merge: children united, same names merged too, depth first by an own stack */

struct pair {
    int64_t into, from;
    bool top; /* named by the person, not met below */
};

struct pairs {
    struct pair *at;
    size_t count, cap;
};

static void push(struct pairs *s, struct pair p)
{
    s->at = vec_grow(s->at, &s->cap, s->count + 1, sizeof *s->at);
    s->at[s->count++] = p;
}

/* Move the children that `into` has no namesake of; the others are pushed, to be merged first. */
static enum status unite_children(struct exec *x, struct pair p, struct pairs *stack, struct err *e)
{
    int64_t *ids = NULL;
    size_t count = 0;
    enum status st = store_node_children(x->store, p.from, &ids, &count, e);
    for (size_t i = 0; st == ST_OK && i < count; i++) {
        struct node_row child;
        int64_t same = 0;
        st = store_node_row(x->store, ids[i], &child, e);
        if (st != ST_OK) {
            break;
        }
        st = store_node_child(x->store, p.into, child.name, &same, e);
        if (st == ST_OK && same == 0) {
            st = store_node_move(x->store, ids[i], p.into, 0, e);
        } else if (st == ST_OK) {
            push(stack, (struct pair){same, ids[i], false});
        }
        node_row_clear(&child);
    }
    free(ids);
    return st;
}

/* Weight and description of a node that takes another, which has no children any more. */
static enum status take_values(struct exec *x, struct pair p, struct err *e)
{
    struct node_row into = {0}, from = {0};
    enum status st = store_node_row(x->store, p.into, &into, e);
    if (st == ST_OK) {
        st = store_node_row(x->store, p.from, &from, e);
    }
    if (st == ST_OK && (!p.top || into.parent == from.parent)) {
        double sum = into.weight + from.weight;
        st = store_node_weight(x->store, p.into, sum < TREE_WEIGHT_MAX ? sum : TREE_WEIGHT_MAX, e);
    }
    if (st == ST_OK && into.desc[0] == '\0' && from.desc[0] != '\0') {
        st = store_node_describe(x->store, p.into, from.desc, e);
    }
    node_row_clear(&into);
    node_row_clear(&from);
    return st;
}

static enum status merge_one(struct exec *x, struct pairs *stack, struct err *e)
{
    struct pair p = stack->at[stack->count - 1];
    size_t before = stack->count;
    enum status st = unite_children(x, p, stack, e);
    if (st != ST_OK || stack->count > before) {
        return st; /* come back when the children are merged */
    }
    stack->count--;
    st = take_values(x, p, e);
    return st == ST_OK ? store_node_alias(x->store, p.into, p.from, e) : st;
}

/* Which taxonomy a node lies in. */
static enum status taxonomy_of(struct exec *x, int64_t id, int64_t *out, struct err *e)
{
    enum status st = ST_OK;
    for (int64_t at = id; st == ST_OK && at != 0;) {
        struct node_row row;
        *out = at;
        st = store_node_row(x->store, at, &row, e);
        if (st == ST_OK) {
            at = row.parent;
            node_row_clear(&row);
        }
    }
    return st;
}

static enum status can_merge(struct exec *x, int64_t into, int64_t from, const char *word,
                             struct err *e)
{
    bool above = false, below = false;
    int64_t a = 0, b = 0;
    enum status st = lies_below(x, into, from, &above, e);
    if (st == ST_OK) {
        st = lies_below(x, from, into, &below, e);
    }
    if (st == ST_OK && (above || below)) {
        return err_set(e, ST_INVALID,
                       "\"%.80s\" and \"%.80s\" lie in one line: one is below the "
                       "other",
                       call_arg(x->call, 0), word);
    }
    if (st == ST_OK) {
        st = taxonomy_of(x, into, &a, e);
    }
    if (st == ST_OK) {
        st = taxonomy_of(x, from, &b, e);
    }
    return st == ST_OK && a != b ? err_set(e, ST_INVALID, "\"%.80s\" is in another taxonomy", word)
                                 : st;
}

enum status exec_node_merge(struct exec *x, struct err *e)
{
    int64_t into = 0;
    struct pairs stack = {0};
    enum status st = node_word(x, call_arg(x->call, 0), &into, e);
    for (int i = x->call->arg_count[1]; st == ST_OK && i-- > 0;) {
        int64_t from = 0;
        st = node_word(x, x->call->args[1][i], &from, e);
        if (st == ST_OK) {
            st = can_merge(x, into, from, x->call->args[1][i], e);
        }
        if (st == ST_OK) {
            push(&stack, (struct pair){into, from, true});
        }
    }
    while (st == ST_OK && stack.count > 0) {
        st = merge_one(x, &stack, e);
    }
    free(stack.at);
    return st;
}

/* ---- split */

enum status exec_node_split(struct exec *x, struct err *e)
{
    int64_t id = 0;
    struct node_row n = {0};
    enum status st = node_word(x, call_arg(x->call, 0), &id, e);
    if (st == ST_OK) {
        st = store_node_row(x->store, id, &n, e);
    }
    if (st != ST_OK) {
        return st;
    }
    int parts = x->call->arg_count[1];
    double weight = n.weight / parts;
    if (n.parent == 0) {
        st = err_set(e, ST_INVALID,
                     "a taxonomy cannot be split: split its children, or add a factor");
    }
    if (st == ST_OK && strcmp(x->call->args[1][0], n.name) != 0) {
        st = store_node_rename(x->store, id, x->call->args[1][0], e);
    }
    if (st == ST_OK) {
        st = store_node_weight(x->store, id, weight, e);
    }
    for (int i = 1; st == ST_OK && i < parts; i++) {
        struct node model = {.name = x->call->args[1][i],
                             .desc = "",
                             .weight = weight,
                             .state = NODE_UNEXPANDED,
                             .origin = NODE_BY_HUMAN};
        int64_t part = 0;
        st = store_node_add(x->store, n.parent, &model, n.next, &part, e);
    }
    node_row_clear(&n);
    return st;
}
