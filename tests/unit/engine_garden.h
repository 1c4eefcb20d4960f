/*
 * The world of a growing tree: what a grow needs around it, in memory.
 */
#ifndef TAXA_TEST_ENGINE_GARDEN_H
#define TAXA_TEST_ENGINE_GARDEN_H

#include "engine/grow.h"
#include "engine_script.h"

struct garden {
    struct rule rule;
    struct engine_common common;
    struct tree tree;
    struct grow *grow;
    struct step step;
    struct post post;
    struct memory memory;
    int64_t next_id, root;
    int64_t roots[8]; /* when root_count > 0: several instead of root */
    size_t root_count;
    int first; /* levels below them */
    int64_t job;
    int depth, life;
    struct buf story; /* changes that are not kept in the tree */
    char *expansion[4000];
    int expanded[4000]; /* CHANGE_CHILDREN of each node */
    bool ended, ok, fatal;
    char message[600];
    size_t most_open;
};

/* The node is valid until the next one is planted. */
static inline struct node *plant(struct garden *g, int64_t parent, const char *name)
{
    struct node model = {
        .id = ++g->next_id, .weight = 1, .state = NODE_UNEXPANDED, .name = name, .desc = "planted"};
    uint32_t at = tree_add(&g->tree, tree_by_id(&g->tree, parent), &model);
    assert_int_not_equal(at, TREE_NONE);
    return &g->tree.nodes[at];
}

/* One taxonomy, "cats" with id 1, that is not expanded. */
static inline void garden_init(struct garden *g, const struct rule *rule, int depth)
{
    memset(g, 0, sizeof *g);
    g->rule = *rule;
    common_init(&g->common, true);
    tree_init(&g->tree);
    step_init(&g->step);
    buf_init(&g->story, 1u << 20);
    plant(g, 0, "cats");
    g->root = 1;
    g->job = 1;
    g->depth = depth;
}

static inline void garden_free(struct garden *g)
{
    for (size_t i = 0; i < sizeof g->expansion / sizeof *g->expansion; i++) {
        free(g->expansion[i]);
    }
    grow_free(g->grow);
    post_free(&g->post);
    step_free(&g->step);
    memory_free(&g->memory);
    buf_free(&g->story);
    tree_free(&g->tree);
    common_clear(&g->common);
}

static inline struct node *node_at(struct garden *g, int64_t id)
{
    uint32_t at = tree_by_id(&g->tree, id);
    assert_int_not_equal(at, TREE_NONE);
    return &g->tree.nodes[at];
}

static inline void keep_expansion(struct garden *g, int64_t id, const char *json)
{
    assert_in_range(id, 1, sizeof g->expansion / sizeof *g->expansion - 1);
    free(g->expansion[id]);
    g->expansion[id] = xstrdup(json);
}

static inline void apply_children(struct garden *g, const struct change_children *c)
{
    assert_false(node_at(g, c->node)->locked);
    for (size_t i = 0; i < c->count; i++) {
        uint32_t parent = tree_by_id(&g->tree, c->node);
        if (tree_child(&g->tree, parent, c->child[i].name, strlen(c->child[i].name)) == TREE_NONE) {
            struct node model = {.id = ++g->next_id,
                                 .weight = 1,
                                 .state = NODE_UNEXPANDED,
                                 .origin = NODE_BY_MODEL,
                                 .name = c->child[i].name,
                                 .desc = c->child[i].desc};
            tree_add(&g->tree, parent, &model);
        }
    }
    node_at(g, c->node)->state = NODE_EXPANDED;
    keep_expansion(g, c->node, c->expansion);
    g->expanded[c->node]++;
}

static inline void garden_apply(struct garden *g)
{
    for (size_t i = 0; i < g->step.change_count; i++) {
        const struct change *c = &g->step.changes[i];
        assert_false(g->ended); /* the end is the last change */
        if (c->kind == CHANGE_CHILDREN) {
            apply_children(g, &c->u.children);
        } else if (c->kind == CHANGE_EXPANSION) {
            /* of a node that was expanded: what is there stays */
            assert_int_equal(node_at(g, c->u.expansion.node)->state, NODE_EXPANDED);
            assert_non_null(strstr(c->u.expansion.expansion, "proposals"));
        } else if (c->kind == CHANGE_NODE_STATE) {
            node_at(g, c->u.node_state.node)->state = (uint8_t)c->u.node_state.state;
            keep_expansion(g, c->u.node_state.node, c->u.node_state.expansion);
        } else if (c->kind == CHANGE_FACTOR) {
            buf_printf(&g->story, "%s %s (%s): %s\n", c->u.factor.accepted ? "+" : "-",
                       c->u.factor.name, c->u.factor.desc, c->u.factor.reason);
        } else if (c->kind == CHANGE_STRATEGY) {
            buf_printf(&g->story, "%s %.1f", c->u.strategy.name, c->u.strategy.weight);
            for (int k = 0; k < c->u.strategy.count; k++) {
                buf_printf(&g->story, " %" PRId64, c->u.strategy.taxonomies[k]);
            }
            buf_addc(&g->story, '\n');
        } else {
            assert_int_equal(c->kind, CHANGE_JOB_END);
            g->ended = true;
            g->ok = c->u.job_end.ok;
            snprintf(g->message, sizeof g->message, "%s", c->u.job_end.message);
        }
    }
    g->step.change_count = 0;
}

static inline bool is_of_root(const struct garden *g, const char *key)
{
    char start[64];
    snprintf(start, sizeof start, "j%" PRId64 ".n%" PRId64 ".", g->job, g->root);
    return strncmp(key, start, strlen(start)) == 0;
}

/* Questions to the post; those that were answered in an earlier life are kept for the end. */
static inline void garden_dispatch(struct garden *g)
{
    g->fatal = g->fatal || g->step.fatal;
    for (size_t i = 0; i < g->step.question_count; i++) {
        struct question *q = g->step.questions[i];
        /* What is there already, or left to do, differs when a job goes on. */
        bool looser = is_of_root(g, q->key) || strstr(q->key, ".plan.") != NULL;
        told_ask(&g->memory, q, g->life, looser);
        post_put(&g->post, q);
    }
    g->step.question_count = 0;
    g->most_open = g->post.count > g->most_open ? g->post.count : g->most_open;
    step_reset(&g->step);
}

static inline void garden_turn(struct garden *g)
{
    grow_turn(g->grow, &g->tree, &g->step);
    garden_apply(g);
    garden_dispatch(g);
}

static inline void garden_reply(struct garden *g, struct reply *r)
{
    assert_true(grow_reply(g->grow, r, &g->step));
    garden_apply(g);
    reply_clear(r);
    garden_turn(g);
}

/* One reply, from memory when it was given before. False: nothing is open. */
static inline bool garden_step(struct garden *g)
{
    if (g->post.count == 0 || g->ended) {
        return false;
    }
    struct question *q = post_take(&g->post);
    struct told *t = told_get(&g->memory, q->key);
    struct reply r;
    if (t->answered) {
        t->open = false;
        r = told_reply(t);
    } else {
        r = rule_reply(&g->rule, q, ++t->tries);
        told_answer(&g->memory, &r);
    }
    garden_reply(g, &r);
    question_free(q);
    return true;
}

static inline bool garden_run(struct garden *g, int64_t turns)
{
    while (turns-- > 0) {
        if (!garden_step(g)) {
            return true;
        }
    }
    return false;
}

static inline void garden_begin(struct garden *g)
{
    g->life++;
    g->ended = g->ok = false;
    grow_free(g->grow);
    post_free(&g->post);
    step_reset(&g->step);
    g->grow = g->root_count > 0
                  ? grow_expand(g->job, &g->common, g->roots, g->root_count, g->first, g->depth)
                  : grow_expand(g->job, &g->common, &g->root, 1, g->first, g->depth);
    garden_turn(g);
}

static inline void garden_finish(struct garden *g)
{
    garden_begin(g);
    assert_true(garden_run(g, 1000000));
    assert_true(g->ended);
    assert_int_equal(g->post.count, 0);
}

/* All nodes with what their expansions left. The caller frees it. */
static inline char *garden_text(struct garden *g)
{
    struct buf b;
    buf_init(&b, 64u << 20);
    for (uint32_t at = tree_next(&g->tree, 0, 0); at != TREE_NONE;
         at = tree_next(&g->tree, 0, at)) {
        const struct node *n = &g->tree.nodes[at];
        const char *expansion = g->expansion[n->id];
        buf_printf(&b, "%*s%" PRId64 " %s (%s) %d %s\n", n->depth, "", n->id, n->name, n->desc,
                   n->state, expansion != NULL ? expansion : "");
    }
    assert_false(b.over);
    char *text = buf_take(&b);
    buf_free(&b);
    return text;
}

static inline int count_state(const struct garden *g, enum node_state state)
{
    int n = 0;
    for (uint32_t i = 1; i < g->tree.count; i++) {
        n += g->tree.nodes[i].state == state;
    }
    return n;
}

static inline int count_keys(const struct garden *g, const char *part)
{
    int n = 0;
    for (size_t i = 0; i < g->memory.count; i++) {
        n += strstr(g->memory.item[i].key, part) != NULL;
    }
    return n;
}

#endif
