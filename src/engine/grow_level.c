/*
 * An expansion goes level by level, so that the tree is equally fine everywhere: first the whole
 * frontier of a level, then one plan for the next level of each taxonomy. The frontier is a list of
 * node ids; a few dozen of them are under way at once.
 */
#include "base/mem.h"
#include "engine/context.h"
#include "engine/grow_private.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void frontier_push(struct grow *g, int64_t id)
{
    g->frontier =
        vec_grow(g->frontier, &g->frontier_cap, g->frontier_count + 1, sizeof *g->frontier);
    g->frontier[g->frontier_count++] = id;
}

/*
 * Is a node of this level open for growing? A root of the job always is; so are the nodes of the
 * level that a person asked for, unless they have children; below that what is unexpanded or
 * failed.
 */
static bool is_open(const struct grow *g, const struct tree *t, uint32_t root, uint32_t at)
{
    const struct node *n = &t->nodes[at];
    if (at == root) {
        return true;
    }
    return n->children == 0 && (g->level == 1 || n->state != NODE_EXPANDED);
}

/* Nodes of the level being grown below one root; `seen` has those that another root led to. */
static void add_frontier(struct grow *g, const struct tree *t, uint32_t root, bool *seen)
{
    int want = t->nodes[root].depth + g->first + g->level - 1;
    if (context_locked(t, t->nodes[root].parent)) {
        g->locked += g->level == g->depth ? 1 : 0;
        return;
    }
    for (uint32_t at = root; at != TREE_NONE;) {
        const struct node *n = &t->nodes[at];
        if (n->locked) {
            g->locked += g->level == g->depth ? 1 : 0;
            at = tree_skip(t, root, at);
            continue;
        }
        if (n->depth < want) {
            at = tree_next(t, root, at);
            continue;
        }
        if (is_open(g, t, root, at) && !seen[at]) {
            seen[at] = true;
            frontier_push(g, n->id);
        }
        at = tree_skip(t, root, at);
    }
}

static void find_frontier(struct grow *g, const struct tree *t)
{
    bool *seen = xcalloc(t->count, sizeof *seen);
    g->frontier_count = g->frontier_next = 0;
    for (size_t i = 0; i < g->root_count; i++) {
        uint32_t root = tree_by_id(t, g->roots[i]);
        if (root != TREE_NONE) {
            add_frontier(g, t, root, seen);
        }
    }
    free(seen);
}

static bool any_root(const struct grow *g, const struct tree *t)
{
    for (size_t i = 0; i < g->root_count; i++) {
        if (tree_by_id(t, g->roots[i]) != TREE_NONE) {
            return true;
        }
    }
    return false;
}

/* ---- plans */

void grow_plans_free(struct grow *g)
{
    for (int i = 0; i < g->planner_count; i++) {
        ask_clear(&g->planner[i].ask);
        free(g->planner[i].plan);
    }
    g->planner_count = g->plans_open = 0;
}

const char *grow_plan_of(const struct grow *g, int64_t taxonomy)
{
    for (int i = 0; i < g->planner_count; i++) {
        if (g->planner[i].taxonomy == taxonomy && g->planner[i].plan != NULL) {
            return g->planner[i].plan;
        }
    }
    return "";
}

/* The frontier's nodes in one taxonomy: how many, and a sample of their names. */
static cJSON *names_in(const struct grow *g, const struct tree *t, uint32_t taxonomy, size_t *count)
{
    size_t n = 0, seen = 0;
    *count = 0;
    for (size_t i = 0; i < g->frontier_count; i++) {
        uint32_t at = tree_by_id(t, g->frontier[i]);
        *count += tree_taxonomy(t, at) == taxonomy ? 1 : 0;
    }
    size_t stride = *count / CONTEXT_NAMES + 1;
    cJSON *names = cJSON_CreateArray();
    for (size_t i = 0; i < g->frontier_count && n < CONTEXT_NAMES; i++) {
        uint32_t at = tree_by_id(t, g->frontier[i]);
        if (tree_taxonomy(t, at) == taxonomy && seen++ % stride == 0) {
            cJSON_AddItemToArray(names, cJSON_CreateString(t->nodes[at].name));
            n++;
        }
    }
    return names;
}

static void ask_plan(struct grow *g, const struct tree *t, uint32_t taxonomy, struct step *out)
{
    size_t count = 0;
    cJSON *names = names_in(g, t, taxonomy, &count);
    if (g->planner_count == PLAN_MAX_TAXONOMIES || (g->level == 1 && count < 2)) {
        cJSON_Delete(names); /* a single node has nobody to be as fine as */
        return;
    }
    struct planner *p = &g->planner[g->planner_count++];
    memset(p, 0, sizeof *p);
    p->taxonomy = t->nodes[taxonomy].id;
    cJSON *in = common_inputs(&g->common);
    cJSON_DeleteItemFromObject(in, "schema");
    cJSON_AddItemToObject(in, "taxonomy", context_node(t, taxonomy));
    cJSON_AddNumberToObject(in, "level", g->first + g->level);
    cJSON_AddItemToObject(in, "nodes", names);
    /* one root, as it was always: the key has no taxonomy in it */
    char base[80];
    grow_key(g, base, "plan", g->root_count == 1 ? 0 : p->taxonomy, g->level);
    ask_first(&p->ask, base, TASK_LEVEL_PLAN, 0, 8, g->common.seed, in, out);
    g->plans_open++;
}

static void ask_plans(struct grow *g, const struct tree *t, struct step *out)
{
    grow_plans_free(g);
    bool *asked = xcalloc(t->count, sizeof *asked);
    for (size_t i = 0; i < g->frontier_count; i++) {
        uint32_t taxonomy = tree_taxonomy(t, tree_by_id(t, g->frontier[i]));
        if (!asked[taxonomy]) {
            asked[taxonomy] = true;
            ask_plan(g, t, taxonomy, out);
        }
    }
    free(asked);
}

static void take_plan(struct grow *g, struct planner *p, const struct reply *r, struct step *out)
{
    cJSON *value = NULL;
    struct err why = {0};
    enum ask_result result = ask_settle(&p->ask, r, &value, &why, out);
    if (result == ASK_AGAIN) {
        return;
    }
    p->ask.open = false;
    if (result == ASK_FATAL) {
        grow_job_end(g, false, why.msg, out);
        return;
    }
    /* without a plan the level is grown all the same */
    p->plan = xstrdup(value != NULL ? json_str_or(value, "plan", "") : "");
    g->plans_open--;
    cJSON_Delete(value);
}

bool grow_plan_reply(struct grow *g, const struct reply *r, struct step *out)
{
    for (int i = 0; i < g->planner_count; i++) {
        if (ask_owns(&g->planner[i].ask, r->key)) {
            take_plan(g, &g->planner[i], r, out);
            return true;
        }
    }
    return false;
}

/* ---- the job */

static void fill_sprouts(struct grow *g, const struct tree *t, struct step *out)
{
    for (int i = 0; i < GROW_AT_ONCE; i++) {
        while (!g->sprout[i].used && g->frontier_next < g->frontier_count) {
            uint32_t at = tree_by_id(t, g->frontier[g->frontier_next++]);
            if (at != TREE_NONE && !t->nodes[at].locked) {
                sprout_begin(g, &g->sprout[i], t, at, out);
            }
        }
    }
}

static void end_expand(struct grow *g, struct step *out)
{
    char message[700], left[64] = "";
    if (g->locked > 0) {
        snprintf(left, sizeof left, ", %d locked %s left alone", g->locked,
                 g->locked == 1 ? "node" : "nodes");
    }
    if (g->first > 0 && g->placed == 0) {
        snprintf(message, sizeof message,
                 "nothing to expand: every node %d %s below has children%s", g->first,
                 g->first == 1 ? "level" : "levels", left);
    } else if (g->failed > 0) {
        snprintf(message, sizeof message,
                 "%d nodes expanded, %d failed (expand tries them again)%s: %s", g->done, g->failed,
                 left, g->last_error);
    } else if (g->unchanged > 0) {
        snprintf(message, sizeof message, "%d nodes expanded, nothing new for %d that was before%s",
                 g->done, g->unchanged, left);
    } else {
        snprintf(message, sizeof message, "%d %s expanded%s", g->done,
                 g->done == 1 ? "node" : "nodes", left);
    }
    grow_job_end(g, g->failed == 0, message, out);
}

void grow_expand_turn(struct grow *g, const struct tree *t, struct step *out)
{
    if (!any_root(g, t)) {
        grow_job_end(g, false,
                     g->root_count == 1 ? "the node was deleted meanwhile"
                                        : "the nodes were deleted meanwhile",
                     out);
        return;
    }
    for (;;) {
        if (g->plans_open == 0) {
            fill_sprouts(g, t, out);
        }
        if (g->working > 0 || g->plans_open > 0) {
            return;
        }
        if (g->level >= g->depth) {
            end_expand(g, out);
            return;
        }
        g->level++;
        find_frontier(g, t);
        ask_plans(g, t, out);
    }
}
