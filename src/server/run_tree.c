/*
 * Whole trees: shown, written to a file.
 */
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "domain/treefmt.h"
#include "server/exec_table.h"
#include "server/nodes.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- counts beside nodes */

/* What the plan that runs has drawn; false when none runs. */
static bool add_drawn(const struct plan_row *plan, const struct tree *t, int64_t *planned)
{
    bool runs = strcmp(plan->run, "running") == 0 || strcmp(plan->run, "paused") == 0;
    cJSON *counts = NULL;
    if (!runs || plan->counts == NULL ||
        json_parse(plan->counts, strlen(plan->counts), &json_limits_file, &counts, NULL) != ST_OK) {
        return false;
    }
    const cJSON *pair = NULL;
    cJSON_ArrayForEach(pair, counts)
    {
        uint32_t at = tree_by_id(t, (int64_t)cJSON_GetArrayItem(pair, 0)->valuedouble);
        if (at != TREE_NONE) {
            planned[at] += (int64_t)cJSON_GetArrayItem(pair, 1)->valuedouble;
        }
    }
    cJSON_Delete(counts);
    tree_roll_up_i64(t, planned);
    return true;
}

/* Of the plan that runs, else of the next one for the same target: what the screen shows, too. */
static void plan_of(struct exec *x, const struct tree *t, int64_t *planned, double *share)
{
    struct design design;
    struct plan_row row = {0};
    struct plan plan;
    bool has_row = store_plan(x->store, &row, NULL) == ST_OK;
    bool drawn = has_row && add_drawn(&row, t, planned);
    if (t->count > 1 && design_load(x->store, t, &design, NULL) == ST_OK) {
        int64_t target = has_row && row.target > 0
                             ? row.target
                             : (int64_t)store_setting_num(x->store, SETTING_POINTS, 0);
        plan_shares(&design.d, share);
        if (!drawn && plan_make(&design.d, target, &plan, NULL) == ST_OK) {
            plan_node_quota(&design.d, &plan, planned);
            plan_free(&plan);
        }
        design_free(&design);
    }
    if (has_row) {
        plan_row_clear(&row);
    }
}

static enum status add_accepted(struct exec *x, const struct tree *t, int64_t *accepted,
                                struct err *e)
{
    struct tally_row *rows = NULL;
    size_t count = 0;
    enum status st = store_tallies(x->store, &rows, &count, e);
    for (size_t i = 0; st == ST_OK && i < count; i++) {
        uint32_t at = tree_by_id(t, rows[i].node);
        if (rows[i].node != 0 && at != TREE_NONE && rows[i].state == POINT_ACCEPTED) {
            accepted[at] += rows[i].n;
        }
    }
    free(rows);
    return st;
}

struct shown {
    double *share;
    int64_t *planned, *accepted;
    const struct tree *tree;
    cJSON **aliases; /* by index: array of names, NULL for most */
};

static bool add_alias(void *ctx, int64_t node, const char *alias)
{
    struct shown *s = ctx;
    uint32_t at = tree_by_id(s->tree, node);
    if (at != TREE_NONE) {
        if (s->aliases[at] == NULL) {
            s->aliases[at] = cJSON_CreateArray();
        }
        cJSON_AddItemToArray(s->aliases[at], cJSON_CreateString(alias));
    }
    return true;
}

static const char *state_name(uint8_t state)
{
    static const char *const names[] = {"expanded", "unexpanded", "failed"};
    return names[state];
}

static cJSON *node_json(const struct tree *t, const struct shown *s, uint32_t at)
{
    const struct node *n = &t->nodes[at];
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "id", (double)n->id);
    cJSON_AddStringToObject(o, "name", n->name);
    cJSON_AddStringToObject(o, "description", n->desc);
    cJSON_AddNumberToObject(o, "weight", n->weight);
    cJSON_AddNumberToObject(o, "share", s->share[at]);
    cJSON_AddBoolToObject(o, "locked", n->locked);
    cJSON_AddStringToObject(o, "state", state_name(n->state));
    cJSON_AddStringToObject(o, "origin", n->origin == NODE_BY_MODEL ? "model" : "human");
    cJSON_AddNumberToObject(o, "planned", (double)s->planned[at]);
    cJSON_AddNumberToObject(o, "accepted", (double)s->accepted[at]);
    if (s->aliases[at] != NULL) {
        cJSON_AddItemToObject(o, "aliases", cJSON_Duplicate(s->aliases[at], true));
    }
    cJSON_AddArrayToObject(o, "children");
    return o;
}

/* Nodes down to a depth, each put into its parent's children. */
static cJSON *tree_json(const struct tree *t, const struct shown *s, uint32_t root, int depth)
{
    cJSON **made = xcalloc(t->count, sizeof(cJSON *)); /* NOLINT(bugprone-sizeof-expression) */
    cJSON *top = root == 0 ? cJSON_CreateArray() : NULL;
    for (uint32_t at = root; at != TREE_NONE;) {
        int below = t->nodes[at].depth - t->nodes[root].depth;
        if (at != 0) {
            made[at] = node_json(t, s, at);
            if (at == root) {
                top = made[at];
            } else if (t->nodes[at].parent == 0) {
                cJSON_AddItemToArray(top, made[at]);
            } else {
                cJSON *parent = made[t->nodes[at].parent];
                cJSON_AddItemToArray(cJSON_GetObjectItem(parent, "children"), made[at]);
            }
        }
        at = depth >= 0 && below >= depth ? tree_skip(t, root, at) : tree_next(t, root, at);
    }
    free(made);
    return top;
}

static void tree_lines(struct exec *x, const struct tree *t, const struct shown *s, uint32_t root,
                       int depth)
{
    for (uint32_t at = root; at != TREE_NONE;) {
        const struct node *n = &t->nodes[at];
        int below = n->depth - t->nodes[root].depth;
        if (at != 0) {
            int indent = 2 * (n->depth - (root == 0 ? 1 : t->nodes[root].depth));
            exec_printf(x, "%*s%s  @%" PRId64 "  w %g  %.1f%%", indent, "", n->name, n->id,
                        n->weight, s->share[at] * 100);
            if (s->planned[at] > 0 || s->accepted[at] > 0) {
                exec_printf(x, "  %" PRId64 "/%" PRId64, s->accepted[at], s->planned[at]);
            }
            exec_printf(x, "%s%s%s", n->locked ? "  locked" : "",
                        n->state == NODE_EXPANDED ? "" : "  ",
                        n->state == NODE_EXPANDED ? "" : state_name(n->state));
            const cJSON *alias = NULL;
            const char *mark = "  also: ";
            cJSON_ArrayForEach(alias, s->aliases[at])
            {
                exec_printf(x, "%s%s", mark, alias->valuestring);
                mark = ", ";
            }
            exec_text(x, "\n");
        }
        at = depth >= 0 && below >= depth ? tree_skip(t, root, at) : tree_next(t, root, at);
    }
}

enum status exec_tree_show(struct exec *x, struct err *e)
{
    const struct tree *t = NULL;
    uint32_t root = 0;
    const char *word = call_arg(x->call, 0);
    enum status st = word != NULL ? exec_node(x, word, &t, &root, e) : exec_tree(x, &t, e);
    if (st != ST_OK) {
        return st;
    }
    struct shown s = {.share = xcalloc(t->count, sizeof(double)),
                      .planned = xcalloc(t->count, sizeof(int64_t)),
                      .accepted = xcalloc(t->count, sizeof(int64_t)),
                      .tree = t,
                      .aliases = xcalloc(t->count, sizeof(cJSON *))};
    plan_of(x, t, s.planned, s.share);
    st = add_accepted(x, t, s.accepted, e);
    if (st == ST_OK) {
        st = store_aliases(x->store, add_alias, &s, e);
    }
    tree_roll_up_i64(t, s.accepted);
    int depth = (int)call_opt_num(x->call, "--depth", -1);
    if (st == ST_OK && x->call->json) {
        exec_json(x, tree_json(t, &s, root, depth));
    } else if (st == ST_OK && t->count == 1) {
        exec_text(x, "no taxonomy yet: factor add NAME, factor accept NAME\n");
    } else if (st == ST_OK) {
        tree_lines(x, t, &s, root, depth);
    }
    free(s.share);
    free(s.planned);
    free(s.accepted);
    for (uint32_t i = 0; i < t->count; i++) {
        cJSON_Delete(s.aliases[i]);
    }
    free(s.aliases);
    return st;
}

/* ---- files */

enum status tree_format(const struct exec *x, const char *file, enum treefmt *out, struct err *e)
{
    const char *name = call_opt(x->call, "--format");
    if (name != NULL) {
        return treefmt_by_name(name, out) ? ST_OK
                                          : err_set(e, ST_USAGE, "no tree format \"%s\"", name);
    }
    *out = TREEFMT_TEXT;
    if (strcmp(file, "-") != 0 && !treefmt_by_file(file, out)) {
        return err_set(e, ST_USAGE,
                       "the format cannot be told from \"%s\": say --format text, md, json, csv, "
                       "skos or opml",
                       file);
    }
    return ST_OK;
}

enum status exec_tree_export(struct exec *x, struct err *e)
{
    const struct tree *t = NULL;
    uint32_t root = 0;
    enum treefmt f = TREEFMT_TEXT;
    const char *file = call_arg(x->call, 0), *word = call_arg(x->call, 1);
    enum status st = tree_format(x, file, &f, e);
    if (st == ST_OK) {
        st = word != NULL ? exec_node(x, word, &t, &root, e) : exec_tree(x, &t, e);
    }
    if (st != ST_OK) {
        return st;
    }
    struct buf out;
    buf_init(&out, TREE_FILE_MAX);
    bool ids = call_opt(x->call, "--ids") != NULL;
    if (ids && f != TREEFMT_TEXT) {
        st = err_set(e, ST_USAGE, "--ids goes with the format text, not %s", treefmt_name(f));
    } else {
        st = ids ? treefmt_write_ids(t, root, &out, e) : treefmt_write(f, t, root, &out, e);
    }
    if (st == ST_OK && strcmp(file, "-") == 0) {
        x->out(x->out_ctx, out.data, out.len);
    } else if (st == ST_OK) {
        char *path = exec_path(x, file);
        st = file_write(path, out.data, out.len, 0644, e);
        free(path);
    }
    buf_free(&out);
    return st;
}
