/*
 * Commands that edit nodes. Each is one operation of the journal, opened by the dispatcher.
 */
#include "base/mem.h"
#include "server/exec_table.h"
#include "server/nodes.h"
#include <stdlib.h>
#include <string.h>

enum status node_word(struct exec *x, const char *word, int64_t *id, struct err *e)
{
    enum status st = store_node_find(x->store, word, id, e);
    return st == ST_OK && *id == 0 ? err_set(e, ST_USAGE, "\"%s\" is not a node", word) : st;
}

/* ---- add */

static uint8_t state_option(const char *word)
{
    return word == NULL || strcmp(word, "expanded") == 0 ? NODE_EXPANDED
           : strcmp(word, "failed") == 0                 ? NODE_FAILED
                                                         : NODE_UNEXPANDED;
}

/* A node without a parent is a taxonomy. */
static enum status add_taxonomy(struct exec *x, const struct node *model, int64_t before,
                                int64_t *id, struct err *e)
{
    struct tree t;
    int64_t ids[2] = {0};
    tree_init(&t);
    enum status st = tree_name_check(model->name, e);
    if (st == ST_OK && tree_add(&t, 0, model) == TREE_NONE) {
        st = err_set(e, ST_LIMIT, "the description is longer than %d bytes", TREE_DESC_MAX);
    }
    if (st == ST_OK) {
        st = taxonomy_add(x, &t, 1, before, ids, e);
    }
    tree_free(&t);
    *id = ids[1];
    return st;
}

enum status exec_node_add(struct exec *x, struct err *e)
{
    int64_t parent = 0, before = 0, id = 0;
    enum status st = store_node_find(x->store, call_arg(x->call, 0), &parent, e);
    if (st == ST_OK) {
        st = node_before(x, &parent, &before, e);
    }
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
    st = parent == 0 ? add_taxonomy(x, &model, before, &id, e)
                     : store_node_add(x->store, parent, &model, before, &id, e);
    if (st == ST_OK && x->call->json) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddNumberToObject(o, "id", (double)id);
        exec_json(x, o);
    }
    return st;
}

/* ---- values */

enum status exec_node_rename(struct exec *x, struct err *e)
{
    int64_t id = 0;
    enum status st = node_word(x, call_arg(x->call, 0), &id, e);
    if (st == ST_OK) {
        st = store_node_rename(x->store, id, call_arg(x->call, 1), e);
    }
    return st;
}

enum status exec_node_describe(struct exec *x, struct err *e)
{
    int64_t id = 0;
    enum status st = node_word(x, call_arg(x->call, 0), &id, e);
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
        st = store_node_describe(x->store, id, text.data, e);
    }
    buf_free(&text);
    return st;
}

enum status exec_node_weight(struct exec *x, struct err *e)
{
    int64_t id = 0;
    enum status st = node_word(x, call_arg(x->call, 0), &id, e);
    if (st == ST_OK) {
        st = store_node_weight(x->store, id, call_arg_num(x->call, 1, 1), e);
    }
    return st;
}

enum status exec_node_even(struct exec *x, struct err *e)
{
    int64_t id = 0;
    enum status st = node_word(x, call_arg(x->call, 0), &id, e);
    if (st == ST_OK) {
        st = store_node_even(x->store, id, e);
    }
    return st;
}

static enum status lock(struct exec *x, bool locked, struct err *e)
{
    enum status st = ST_OK;
    for (int i = 0; st == ST_OK && i < x->call->arg_count[0]; i++) {
        int64_t id = 0;
        st = node_word(x, x->call->args[0][i], &id, e);
        if (st == ST_OK) {
            st = store_node_lock(x->store, id, locked, e);
        }
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

/* ---- delete */

enum status exec_node_delete(struct exec *x, struct err *e)
{
    int n = x->call->arg_count[0];
    int64_t *ids = xcalloc((size_t)n, sizeof *ids);
    enum status st = ST_OK;
    for (int i = 0; st == ST_OK && i < n; i++) {
        st = node_word(x, x->call->args[0][i], &ids[i], e);
    }
    for (int i = 0; st == ST_OK && i < n; i++) {
        bool there = true; /* not when one above it was named too, or it was named twice */
        st = store_node_there(x->store, ids[i], &there, e);
        if (st == ST_OK && there) {
            st = store_node_delete(x->store, ids[i], e);
        }
    }
    free(ids);
    return st;
}

/* ---- sort */

struct sort_item {
    int64_t id;
    char *name;
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

/* Accepted points of each item with all below it. */
static enum status count_points(struct exec *x, struct sort_item *items, size_t n, struct err *e)
{
    const struct tree *t = NULL;
    struct tally_row *rows = NULL;
    size_t count = 0;
    enum status st = exec_tree(x, &t, e);
    if (st == ST_OK) {
        st = store_tallies(x->store, &rows, &count, e);
    }
    if (st != ST_OK) {
        return st;
    }
    int64_t *points = xcalloc(t->count, sizeof *points);
    for (size_t i = 0; i < count; i++) {
        uint32_t at = tree_by_id(t, rows[i].node);
        if (rows[i].node != 0 && at != TREE_NONE && rows[i].state == POINT_ACCEPTED) {
            points[at] += rows[i].n;
        }
    }
    tree_roll_up_i64(t, points);
    for (size_t i = 0; i < n; i++) {
        uint32_t at = tree_by_id(t, items[i].id);
        items[i].value = at != TREE_NONE ? (double)points[at] : 0;
    }
    free(points);
    free(rows);
    return ST_OK;
}

static enum status read_items(struct exec *x, const int64_t *ids, size_t n, struct sort_item *items,
                              struct err *e)
{
    enum status st = ST_OK;
    for (size_t i = 0; st == ST_OK && i < n; i++) {
        struct node_row row = {0};
        st = store_node_row(x->store, ids[i], &row, e);
        items[i] = (struct sort_item){ids[i], row.name, row.weight, i};
        free(row.desc);
    }
    return st;
}

enum status exec_node_sort(struct exec *x, struct err *e)
{
    int64_t parent = 0, *ids = NULL;
    size_t n = 0;
    struct sort_item *items = NULL;
    const char *key = call_arg(x->call, 1);
    bool reverse = key[0] == '-';
    key += reverse ? 1 : 0;
    enum status st = store_node_find(x->store, call_arg(x->call, 0), &parent, e);
    if (st == ST_OK) {
        st = store_node_children(x->store, parent, &ids, &n, e);
    }
    if (st == ST_OK) {
        items = xcalloc(n + 1, sizeof *items);
        st = read_items(x, ids, n, items, e);
    }
    if (st == ST_OK && strcmp(key, "points") == 0) {
        st = count_points(x, items, n, e);
    }
    if (st == ST_OK) {
        qsort(items, n, sizeof *items, strcmp(key, "name") == 0 ? by_name : by_value);
        for (size_t i = 0; i < n; i++) {
            ids[i] = items[reverse ? n - 1 - i : i].id;
        }
        st = store_node_order(x->store, parent, ids, n, e);
    }
    for (size_t i = 0; items != NULL && i < n; i++) {
        free(items[i].name);
    }
    free(items);
    free(ids);
    return st;
}
