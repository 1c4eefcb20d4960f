/*
 * Commands that edit nodes. Each is one operation of the journal, opened by the dispatcher.
 */
#include "base/mem.h"
#include "server/exec_table.h"
#include <stdlib.h>
#include <string.h>

/* A NODE word that must name a real node, not the virtual root. */
static enum status node_arg(struct exec *x, const char *word, const struct tree **t, uint32_t *at,
                            struct err *e)
{
    enum status st = exec_node(x, word, t, at, e);
    if (st == ST_OK && *at == 0) {
        return err_set(e, ST_USAGE, "\"%s\" is not a node", word);
    }
    return st;
}

static uint8_t state_option(const char *word)
{
    return word == NULL || strcmp(word, "expanded") == 0 ? NODE_EXPANDED
           : strcmp(word, "failed") == 0                 ? NODE_FAILED
                                                         : NODE_UNEXPANDED;
}

enum status exec_node_add(struct exec *x, struct err *e)
{
    const struct tree *t = NULL;
    uint32_t parent = 0;
    enum status st = node_arg(x, call_arg(x->call, 0), &t, &parent, e);
    if (st != ST_OK) {
        return st;
    }
    const char *origin = call_opt(x->call, "--origin");
    const char *desc = call_opt(x->call, "--description");
    struct node model = {.name = call_arg(x->call, 1),
                         .desc = desc != NULL ? desc : "",
                         .weight = call_opt_num(x->call, "--weight", 1),
                         .state = state_option(call_opt(x->call, "--state")),
                         .origin = origin != NULL && strcmp(origin, "model") == 0 ? NODE_BY_MODEL
                                                                                  : NODE_BY_HUMAN};
    int64_t id = 0;
    st = store_node_add(x->store, t->nodes[parent].id, &model, 0, &id, e);
    if (st == ST_OK) {
        model.id = id;
        exec_tree_added(x, t->nodes[parent].id, &model);
        if (x->call->json) {
            cJSON *o = cJSON_CreateObject();
            cJSON_AddNumberToObject(o, "id", (double)id);
            exec_json(x, o);
        }
    }
    return st;
}

enum status exec_node_rename(struct exec *x, struct err *e)
{
    const struct tree *t = NULL;
    uint32_t at = 0;
    enum status st = node_arg(x, call_arg(x->call, 0), &t, &at, e);
    if (st == ST_OK) {
        st = store_node_rename(x->store, t->nodes[at].id, call_arg(x->call, 1), e);
        exec_tree_stale(x);
    }
    return st;
}

enum status exec_node_describe(struct exec *x, struct err *e)
{
    const struct tree *t = NULL;
    uint32_t at = 0;
    enum status st = node_arg(x, call_arg(x->call, 0), &t, &at, e);
    struct buf text;
    buf_init(&text, TREE_DESC_MAX);
    for (int i = 0; i < x->call->arg_count[1]; i++) {
        if (i > 0) {
            buf_addc(&text, ' ');
        }
        buf_adds(&text, x->call->args[1][i]);
    }
    if (st == ST_OK && text.over) {
        st = err_set(e, ST_LIMIT, "the description is longer than %d bytes", TREE_DESC_MAX);
    }
    if (st == ST_OK) {
        st = store_node_describe(x->store, t->nodes[at].id, text.data, e);
        exec_tree_stale(x);
    }
    buf_free(&text);
    return st;
}

enum status exec_node_weight(struct exec *x, struct err *e)
{
    const struct tree *t = NULL;
    uint32_t at = 0;
    enum status st = node_arg(x, call_arg(x->call, 0), &t, &at, e);
    if (st == ST_OK) {
        st = store_node_weight(x->store, t->nodes[at].id, call_arg_num(x->call, 1, 1), e);
        exec_tree_stale(x);
    }
    return st;
}

enum status exec_node_move(struct exec *x, struct err *e)
{
    const struct tree *t = NULL;
    uint32_t at = 0, parent = 0, before = 0;
    enum status st = node_arg(x, call_arg(x->call, 0), &t, &at, e);
    if (st == ST_OK) {
        st = exec_node(x, call_arg(x->call, 1), &t, &parent, e);
    }
    const char *word = call_opt(x->call, "--before");
    if (st == ST_OK && word != NULL) {
        st = node_arg(x, word, &t, &before, e);
        if (st == ST_OK && t->nodes[before].parent != parent) {
            return err_set(e, ST_INVALID, "\"%s\" is not a child of \"%s\"", word,
                           call_arg(x->call, 1));
        }
    }
    if (st == ST_OK) {
        st = store_node_move(x->store, t->nodes[at].id, t->nodes[parent].id,
                             before != 0 ? t->nodes[before].id : 0, e);
        exec_tree_stale(x);
    }
    return st;
}

/* Copy the subtree at `from` below the node `parent`; ids of the copies by index of the original.
 */
static enum status copy_below(struct exec *x, const struct tree *t, uint32_t from, int64_t parent,
                              struct err *e)
{
    int64_t *id = xcalloc(t->count, sizeof *id);
    enum status st = ST_OK;
    for (uint32_t at = from; st == ST_OK && at != TREE_NONE; at = tree_next(t, from, at)) {
        const struct node *n = &t->nodes[at];
        int64_t below = at == from ? parent : id[n->parent];
        st = store_node_add(x->store, below, n, 0, &id[at], e);
        if (st == ST_OK && n->locked) {
            st = store_node_lock(x->store, id[at], true, e);
        }
    }
    free(id);
    return st;
}

enum status exec_node_copy(struct exec *x, struct err *e)
{
    const struct tree *t = NULL;
    uint32_t at = 0, parent = 0;
    enum status st = node_arg(x, call_arg(x->call, 0), &t, &at, e);
    if (st == ST_OK) {
        st = node_arg(x, call_arg(x->call, 1), &t, &parent, e);
    }
    if (st == ST_OK && tree_is_under(t, parent, at)) {
        st = err_set(e, ST_INVALID, "a node cannot be copied below itself");
    }
    if (st == ST_OK) {
        st = copy_below(x, t, at, t->nodes[parent].id, e);
        exec_tree_stale(x);
    }
    return st;
}

/* ---- merge: children united, same names merged too, depth first by an own stack */

struct pair {
    int64_t into, from;
};

static enum status merge_one(struct exec *x, struct pair p, struct pair **stack, size_t *count,
                             size_t *cap, struct err *e)
{
    const struct tree *t = NULL;
    exec_tree_stale(x);
    enum status st = exec_tree(x, &t, e);
    if (st != ST_OK) {
        return st;
    }
    uint32_t into = tree_by_id(t, p.into), from = tree_by_id(t, p.from);
    size_t pushed = *count;
    for (uint32_t c = t->nodes[from].first; st == ST_OK && c != TREE_NONE; c = t->nodes[c].next) {
        const char *name = t->nodes[c].name;
        uint32_t same = tree_child(t, into, name, strlen(name));
        if (same == TREE_NONE) {
            st = store_node_move(x->store, t->nodes[c].id, p.into, 0, e);
        } else {
            *stack = vec_grow(*stack, cap, *count + 1, sizeof **stack);
            (*stack)[(*count)++] = (struct pair){t->nodes[same].id, t->nodes[c].id};
        }
    }
    if (st == ST_OK && *count > pushed) { /* come back when the children are merged */
        *stack = vec_grow(*stack, cap, *count + 1, sizeof **stack);
        memmove(*stack + pushed + 1, *stack + pushed, (*count - pushed) * sizeof **stack);
        (*stack)[pushed] = p;
        (*count)++;
        return st;
    }
    if (st == ST_OK) {
        double weight = t->nodes[into].weight;
        if (t->nodes[into].parent == t->nodes[from].parent) {
            weight += t->nodes[from].weight;
        }
        st = store_node_weight(x->store, p.into,
                               weight < TREE_WEIGHT_MAX ? weight : TREE_WEIGHT_MAX, e);
    }
    if (st == ST_OK) {
        st = store_node_alias(x->store, p.into, p.from, e);
    }
    return st == ST_OK ? store_node_delete(x->store, p.from, e) : st;
}

enum status exec_node_merge(struct exec *x, struct err *e)
{
    const struct tree *t = NULL;
    uint32_t into = 0;
    enum status st = node_arg(x, call_arg(x->call, 0), &t, &into, e);
    size_t count = 0, cap = 0;
    struct pair *stack = NULL;
    for (int i = x->call->arg_count[1]; st == ST_OK && i-- > 0;) {
        uint32_t at = 0;
        st = node_arg(x, x->call->args[1][i], &t, &at, e);
        if (st == ST_OK && (tree_is_under(t, into, at) || tree_is_under(t, at, into))) {
            st = err_set(e, ST_INVALID, "\"%s\" and \"%s\" lie in one line: one is below the other",
                         call_arg(x->call, 0), x->call->args[1][i]);
        }
        if (st == ST_OK && tree_taxonomy(t, at) != tree_taxonomy(t, into)) {
            st = err_set(e, ST_INVALID, "\"%s\" is in another taxonomy", x->call->args[1][i]);
        }
        if (st == ST_OK) {
            stack = vec_grow(stack, &cap, count + 1, sizeof *stack);
            stack[count++] = (struct pair){t->nodes[into].id, t->nodes[at].id};
        }
    }
    while (st == ST_OK && count > 0) {
        st = merge_one(x, stack[--count], &stack, &count, &cap, e);
    }
    free(stack);
    exec_tree_stale(x);
    return st;
}

enum status exec_node_split(struct exec *x, struct err *e)
{
    const struct tree *t = NULL;
    uint32_t at = 0;
    enum status st = node_arg(x, call_arg(x->call, 0), &t, &at, e);
    if (st != ST_OK) {
        return st;
    }
    const struct node n = t->nodes[at];
    int parts = x->call->arg_count[1];
    double weight = n.weight / parts;
    int64_t parent = t->nodes[n.parent].id;
    int64_t next = n.next != TREE_NONE ? t->nodes[n.next].id : 0;
    if (n.parent == 0) {
        return err_set(e, ST_INVALID,
                       "a taxonomy cannot be split: split its children, or add a factor");
    }
    if (strcmp(x->call->args[1][0], n.name) != 0) {
        st = store_node_rename(x->store, n.id, x->call->args[1][0], e);
    }
    if (st == ST_OK) {
        st = store_node_weight(x->store, n.id, weight, e);
    }
    for (int i = 1; st == ST_OK && i < parts; i++) {
        struct node model = {.name = x->call->args[1][i],
                             .desc = "",
                             .weight = weight,
                             .state = NODE_UNEXPANDED,
                             .origin = NODE_BY_HUMAN};
        int64_t id = 0;
        st = store_node_add(x->store, parent, &model, next, &id, e);
    }
    exec_tree_stale(x);
    return st;
}

enum status exec_node_delete(struct exec *x, struct err *e)
{
    int n = x->call->arg_count[0];
    int64_t *ids = xcalloc((size_t)n, sizeof *ids);
    enum status st = ST_OK;
    const struct tree *t = NULL;
    for (int i = 0; st == ST_OK && i < n; i++) {
        uint32_t at = 0;
        st = node_arg(x, x->call->args[0][i], &t, &at, e);
        ids[i] = st == ST_OK ? t->nodes[at].id : 0;
    }
    for (int i = 0; st == ST_OK && i < n; i++) {
        bool covered = false; /* by another one that lies above it, or is the same */
        for (int k = 0; k < n; k++) {
            bool above = tree_is_under(t, tree_by_id(t, ids[i]), tree_by_id(t, ids[k]));
            covered = covered || (above && (ids[k] != ids[i] || k < i));
        }
        if (!covered) {
            st = store_node_delete(x->store, ids[i], e);
        }
    }
    free(ids);
    exec_tree_stale(x);
    return st;
}

static enum status lock(struct exec *x, bool locked, struct err *e)
{
    const struct tree *t = NULL;
    uint32_t at = 0;
    enum status st = node_arg(x, call_arg(x->call, 0), &t, &at, e);
    if (st == ST_OK) {
        st = store_node_lock(x->store, t->nodes[at].id, locked, e);
        exec_tree_stale(x);
    }
    return st;
}

enum status exec_node_lock(struct exec *x, struct err *e)
{
    return lock(x, true, e);
}

enum status exec_node_unlock(struct exec *x, struct err *e)
{
    return lock(x, false, e);
}

/* ---- sort */

struct sort_item {
    int64_t id;
    const char *name;
    double value;
    size_t place; /* before, so that ties keep their order */
};

static int by_name(const void *a, const void *b)
{
    const struct sort_item *x = a, *y = b;
    int order = strcasecmp(x->name, y->name);
    return order != 0 ? order : x->place < y->place ? -1 : 1;
}

static int by_value(const void *a, const void *b)
{
    const struct sort_item *x = a, *y = b;
    return x->value < y->value ? -1 : x->value > y->value ? 1 : x->place < y->place ? -1 : 1;
}

/* Accepted points of every node with all below it. */
static enum status accepted_below(struct exec *x, const struct tree *t, int64_t **out,
                                  struct err *e)
{
    struct tally_row *rows = NULL;
    size_t count = 0;
    enum status st = store_tallies(x->store, &rows, &count, e);
    int64_t *n = xcalloc(t->count, sizeof *n);
    for (size_t i = 0; st == ST_OK && i < count; i++) {
        uint32_t at = tree_by_id(t, rows[i].node);
        if (rows[i].node != 0 && at != TREE_NONE && rows[i].state == POINT_ACCEPTED) {
            n[at] += rows[i].n;
        }
    }
    free(rows);
    tree_roll_up_i64(t, n);
    *out = n;
    return st;
}

enum status exec_node_sort(struct exec *x, struct err *e)
{
    const struct tree *t = NULL;
    uint32_t at = 0;
    enum status st = exec_node(x, call_arg(x->call, 0), &t, &at, e);
    if (st != ST_OK) {
        return st;
    }
    const char *key = call_arg(x->call, 1);
    bool reverse = key[0] == '-';
    key += reverse ? 1 : 0;
    int64_t *points = NULL;
    st = accepted_below(x, t, &points, e);
    size_t n = t->nodes[at].children, i = 0;
    struct sort_item *items = xcalloc(n + 1, sizeof *items);
    for (uint32_t c = t->nodes[at].first; c != TREE_NONE; c = t->nodes[c].next, i++) {
        double value = strcmp(key, "weight") == 0 ? t->nodes[c].weight : (double)points[c];
        items[i] = (struct sort_item){t->nodes[c].id, t->nodes[c].name, value, i};
    }
    qsort(items, n, sizeof *items, strcmp(key, "name") == 0 ? by_name : by_value);
    int64_t *ids = xcalloc(n + 1, sizeof *ids);
    for (i = 0; i < n; i++) {
        ids[i] = items[reverse ? n - 1 - i : i].id;
    }
    if (st == ST_OK) {
        st = store_node_order(x->store, t->nodes[at].id, ids, n, e);
    }
    free(ids);
    free(items);
    free(points);
    exec_tree_stale(x);
    return st;
}
