/*
 * treefmt_json - the tree as nested objects, one node a line.
 *
 * A node that is refused is left out with everything below it. The walk keeps its own stack; its
 * depth is that of a tree, which has a ceiling.
 */
#include "domain/treefmt_parts.h"

#include "base/json.h"

#include <math.h>
#include <string.h>

struct frame {
    const cJSON *at; /* the object that is next among its siblings */
    int index;
    uint32_t parent;
};

struct walk {
    struct treefmt_in *in;
    struct frame frame[TREE_MAX_DEPTH + 1];
    int depth; /* frames in use */
    bool list; /* the top is an array */
};

static void path_of(const struct walk *w, struct buf *out)
{
    buf_addc(out, '$');
    for (int i = 0; i < w->depth; i++) {
        if (i > 0) {
            buf_adds(out, ".children");
        }
        if (i > 0 || w->list) {
            buf_printf(out, "[%d]", w->frame[i].index);
        }
    }
}

static void refuse(const struct walk *w, const char *why)
{
    struct buf path;
    buf_init(&path, 90);
    path_of(w, &path);
    treefmt_refuse(w->in, 0, "at %s%s: %s", path.data, path.over ? "..." : "", why);
    buf_free(&path);
}

/* Members of one node into a model; false: why. Members of other names are not ours. */
static bool read_node(const cJSON *o, struct node *model, struct err *why)
{
    const cJSON *desc = cJSON_GetObjectItemCaseSensitive(o, "description");
    const cJSON *weight = cJSON_GetObjectItemCaseSensitive(o, "weight");
    const cJSON *locked = cJSON_GetObjectItemCaseSensitive(o, "locked");
    const cJSON *children = cJSON_GetObjectItemCaseSensitive(o, "children");
    const char *name = NULL;
    if (json_get_str(o, "name", &name, why) != ST_OK) {
        return false;
    }
    *model = treefmt_model(name, "");
    if (desc != NULL && !cJSON_IsNull(desc) &&
        json_get_str(o, "description", &model->desc, why) != ST_OK) {
        return false;
    }
    if (weight != NULL && json_get_num(o, "weight", &model->weight, why) != ST_OK) {
        return false;
    }
    if (locked != NULL && json_get_bool(o, "locked", &model->locked, why) != ST_OK) {
        return false;
    }
    if (children != NULL && !cJSON_IsArray(children)) {
        err_set(why, ST_INVALID, "\"children\" must be an array");
        return false;
    }
    return true;
}

/* Take the object at the top frame; TREE_NONE when it was refused. */
static uint32_t take(struct walk *w)
{
    const struct frame *f = &w->frame[w->depth - 1];
    struct err why = {.msg = ""};
    struct node model;
    if (!read_node(f->at, &model, &why) || !treefmt_check(w->in, f->parent, &model, &why)) {
        refuse(w, why.msg);
        return TREE_NONE;
    }
    return treefmt_add(w->in, 0, f->parent, &model);
}

enum status treefmt_json_parse(struct treefmt_in *in, const char *s, size_t n, struct err *e)
{
    /* Each level of a tree is two of JSON: the object and its list of children. */
    struct json_limits limits = json_limits_file;
    limits.depth = 2 * TREE_MAX_DEPTH;
    cJSON *top = NULL;
    enum status st = json_parse(s, n, &limits, &top, e);
    if (st != ST_OK) {
        return st;
    }
    if (!cJSON_IsArray(top) && !cJSON_IsObject(top)) {
        cJSON_Delete(top);
        return err_set(e, ST_INVALID,
                       "expected a JSON object with \"name\" or an array of such objects");
    }
    struct walk w = {.in = in, .list = cJSON_IsArray(top)};
    w.frame[w.depth++] = (struct frame){.at = w.list ? top->child : top, .parent = in->under};
    while (w.depth > 0) {
        struct frame *f = &w.frame[w.depth - 1];
        if (f->at == NULL) {
            w.depth--;
            if (w.depth > 0) { /* the parent is done: on to its next sibling */
                f = &w.frame[w.depth - 1];
                f->at = w.depth > 1 || w.list ? f->at->next : NULL;
                f->index++;
            }
            continue;
        }
        uint32_t at = take(&w);
        const cJSON *children = cJSON_GetObjectItemCaseSensitive(f->at, "children");
        bool down = at != TREE_NONE && children != NULL && children->child != NULL;
        if (down && w.depth <= TREE_MAX_DEPTH) {
            w.frame[w.depth++] = (struct frame){.at = children->child, .parent = at};
        } else {
            f->at = w.depth > 1 || w.list ? f->at->next : NULL;
            f->index++;
        }
    }
    cJSON_Delete(top);
    return ST_OK;
}

/* ------------------------------------------------------------------ writing */

static void write_node(const struct node *n, int indent, struct buf *out)
{
    buf_printf(out, "%*s{\"name\": ", indent, "");
    json_quote(out, n->name, strlen(n->name));
    if (n->desc[0] != '\0') {
        buf_adds(out, ", \"description\": ");
        json_quote(out, n->desc, strlen(n->desc));
    }
    if (!treefmt_weight_is_one(n->weight)) {
        buf_adds(out, ", \"weight\": ");
        json_number(out, n->weight);
    }
    if (n->locked) {
        buf_adds(out, ", \"locked\": true");
    }
}

void treefmt_json_write(const struct tree *t, uint32_t root, struct buf *out)
{
    int base = t->nodes[root].depth;
    uint32_t at = treefmt_first(t, root);
    if (root == 0) {
        buf_adds(out, at == TREE_NONE ? "[" : "[\n");
    }
    while (at != TREE_NONE) {
        const struct node *n = &t->nodes[at];
        uint32_t next = tree_next(t, root, at);
        write_node(n, 2 * (n->depth - base), out);
        if (n->first != TREE_NONE) {
            buf_adds(out, ", \"children\": [\n");
            at = next;
            continue;
        }
        buf_addc(out, '}');
        /* Close every list that ends here. */
        int depth = next != TREE_NONE ? t->nodes[next].depth : base + (root == 0);
        for (int level = n->depth; level > depth; level--) {
            buf_adds(out, "]}");
        }
        buf_adds(out, next != TREE_NONE ? ",\n" : "\n");
        at = next;
    }
    if (root == 0) {
        buf_adds(out, "]\n");
    }
}
