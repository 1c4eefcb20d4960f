/*
 * warn - see warn.h.
 *
 * Each kind of warning is found on its own, in the order of their weight, so the list needs no
 * sorting. Walks over the tree skip what is off: nothing is drawn there, and one sentence about the
 * topmost node says it all.
 */
#include "domain/warn.h"

#include "base/mem.h"
#include "base/text.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAIRS_MAX = 400, NAME_SHOWN = 96 };

struct look { /* all that the finders need */
    const struct plan_design *d;
    const struct plan *p;
    const int64_t *quota, *now;
    int depth;
    struct warnings *out;
};

static struct warning *add(struct look *l, enum warn_kind kind, int strategy, uint32_t node,
                           int64_t count)
{
    if (l->out->count == WARN_MAX) {
        l->out->more++;
        return NULL;
    }
    struct warning *w = &l->out->item[l->out->count++];
    *w = (struct warning){.kind = kind, .strategy = strategy, .node = node, .count = count};
    return w;
}

static void say(struct warning *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void say(struct warning *w, const char *fmt, ...)
{
    va_list args;
    if (w != NULL) {
        va_start(args, fmt);
        vsnprintf(w->text, sizeof w->text, fmt, args);
        va_end(args);
    }
}

/* A node's path, short enough for a sentence. */
static void path_of(const struct tree *t, uint32_t at, char out[NAME_SHOWN])
{
    struct buf path;
    buf_init(&path, TREE_PATH_MAX);
    tree_path(t, at, &path);
    text_safe_copy(out, NAME_SHOWN, path.data);
    buf_free(&path);
}

static void strategy_of(const struct look *l, int i, char out[NAME_SHOWN])
{
    text_safe_copy(out, NAME_SHOWN, l->d->strategies[i].name);
}

/* ---- exclusions that leave too little */

struct side { /* one node of an exclusion, and the other */
    uint32_t node, partner;
};

/* Points of taxonomy j that may not go with `at`, which lies in taxonomy k. */
static int64_t forbidden(const struct tree *t, const struct side *side, size_t count, uint32_t at,
                         uint32_t taxonomy, const int64_t *sum)
{
    int64_t points = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t z = side[i].partner;
        bool counts = tree_taxonomy(t, z) == taxonomy && tree_is_under(t, at, side[i].node);
        for (size_t o = 0; o < count && counts; o++) {
            /* covered by another one that counts: an ancestor, or the same node seen before */
            uint32_t y = side[o].partner;
            bool covers = y == z ? o < i : tree_is_under(t, z, y);
            counts = !(covers && tree_is_under(t, at, side[o].node));
        }
        points += counts ? sum[z] : 0;
    }
    return points;
}

static size_t sides_of(const struct plan_design *d, int64_t strategy, struct side *out)
{
    size_t n = 0;
    for (int i = 0; i < d->exclusion_count && n < (size_t)2 * PAIRS_MAX; i++) {
        const struct plan_exclusion *x = &d->exclusions[i];
        if (x->strategy == 0 || x->strategy == strategy) {
            out[n++] = (struct side){x->a, x->b};
            out[n++] = (struct side){x->b, x->a};
        }
    }
    return n;
}

/* What is to be added by strategy i, every taxonomy of it rolled up into one array. */
static void sum_added(const struct look *l, int i, int64_t *sum)
{
    const struct plan_strategy *s = &l->d->strategies[i];
    const struct tree *t = l->d->tree;
    memset(sum, 0, t->count * sizeof *sum);
    for (int k = 0; k < s->taxonomy_count; k++) {
        const int64_t *own = l->p->parts[i].node_add[k];
        for (uint32_t at = s->taxonomies[k]; at != TREE_NONE;
             at = tree_next(t, s->taxonomies[k], at)) {
            sum[at] = own[at];
        }
    }
    tree_roll_up_i64(t, sum);
}

static bool draws_from(const struct plan_strategy *s, uint32_t taxonomy)
{
    for (int k = 0; k < s->taxonomy_count; k++) {
        if (s->taxonomies[k] == taxonomy) {
            return true;
        }
    }
    return false;
}

static void find_no_partners_in(struct look *l, int i, struct side *side, int64_t *sum)
{
    const struct tree *t = l->d->tree;
    const struct plan_strategy *s = &l->d->strategies[i];
    size_t count = sides_of(l->d, s->id, side);
    if (count == 0 || l->p->parts[i].add == 0) {
        return;
    }
    sum_added(l, i, sum);
    for (size_t n = 0; n < count; n++) {
        uint32_t at = side[n].node, other = tree_taxonomy(t, side[n].partner);
        bool first = sum[at] > 0 && draws_from(s, other) && draws_from(s, tree_taxonomy(t, at));
        for (size_t o = 0; o < n && first; o++) {
            first = side[o].node != at || tree_taxonomy(t, side[o].partner) != other;
        }
        int64_t left =
            first ? l->p->parts[i].add - forbidden(t, side, count, at, other, sum) : sum[at];
        if (first && sum[at] > left) {
            char node[NAME_SHOWN], with[NAME_SHOWN], name[NAME_SHOWN];
            path_of(t, at, node);
            path_of(t, other, with);
            strategy_of(l, i, name);
            say(add(l, WARN_NO_PARTNERS, i, at, left),
                "exclusions leave only %" PRId64 " points of \"%s\" to go with \"%s\", which is to "
                "get %" PRId64 " in strategy \"%s\": remove an exclusion or weigh it down",
                left, with, node, sum[at], name);
        }
    }
}

static void find_no_partners(struct look *l)
{
    if (l->d->exclusion_count == 0 || l->d->exclusion_count > PAIRS_MAX) {
        return;
    }
    struct side *side = xcalloc((size_t)2 * PAIRS_MAX, sizeof *side);
    int64_t *sum = xcalloc(l->d->tree->count, sizeof *sum);
    for (int i = 0; i < l->d->strategy_count; i++) {
        find_no_partners_in(l, i, side, sum);
    }
    free(side);
    free(sum);
}

/* ---- what is off */

static uint32_t children_on(const struct tree *t, uint32_t at)
{
    uint32_t on = 0;
    for (uint32_t c = t->nodes[at].first; c != TREE_NONE; c = t->nodes[c].next) {
        on += t->nodes[c].weight > 0 ? 1u : 0u;
    }
    return on;
}

static bool is_off(const struct tree *t, uint32_t at)
{
    return t->nodes[at].depth > 1 && !(t->nodes[at].weight > 0);
}

static void find_all_off(struct look *l)
{
    const struct tree *t = l->d->tree;
    uint32_t at = tree_next(t, 0, 0);
    while (at != TREE_NONE) {
        if (l->quota[at] == 0 || is_off(t, at)) {
            at = tree_skip(t, 0, at);
            continue;
        }
        if (t->nodes[at].children > 0 && children_on(t, at) == 0) {
            char node[NAME_SHOWN];
            path_of(t, at, node);
            say(add(l, WARN_ALL_OFF, -1, at, l->quota[at]),
                "everything below \"%s\" is off: its %" PRId64
                " points are drawn at the node itself",
                node, l->quota[at]);
        }
        at = tree_next(t, 0, at);
    }
}

static void find_off_finished(struct look *l)
{
    const struct tree *t = l->d->tree;
    uint32_t at = tree_next(t, 0, 0);
    while (at != TREE_NONE) {
        if (l->now[at] == 0 || is_off(t, at)) {
            if (l->now[at] > 0) {
                char node[NAME_SHOWN];
                path_of(t, at, node);
                say(add(l, WARN_OFF_FINISHED, -1, at, l->now[at]),
                    "\"%s\" is off and %" PRId64 " points lie below it: they stay, none is added",
                    node, l->now[at]);
            }
            at = tree_skip(t, 0, at);
            continue;
        }
        at = tree_next(t, 0, at);
    }
}

static void find_strategies_off(struct look *l)
{
    for (int i = 0; i < l->d->strategy_count; i++) {
        if (!(l->d->strategies[i].weight > 0)) {
            char name[NAME_SHOWN];
            strategy_of(l, i, name);
            say(add(l, WARN_STRATEGY_OFF, i, TREE_NONE, 0),
                "strategy \"%s\" has weight 0: no point is made by it", name);
        }
    }
}

/* ---- taxonomies */

struct use { /* of one taxonomy by the strategies that make points */
    bool used;
    int deepest; /* level that is drawn from at most; 0: down to the leaves */
    int fine;    /* levels that its nodes should have below the taxonomy to be alike; 0: any */
};

static struct use use_of(const struct look *l, uint32_t taxonomy)
{
    struct use u = {false, -1, 0};
    for (int i = 0; i < l->d->strategy_count; i++) {
        const struct plan_strategy *s = &l->d->strategies[i];
        if (!(s->weight > 0) || !draws_from(s, taxonomy)) {
            continue;
        }
        u.used = true;
        int fine = s->levels > 0 ? s->levels : s->levels == LEVELS_LEAVES ? l->depth : 0;
        u.fine = fine > u.fine ? fine : u.fine;
        if (s->levels < 1 || u.deepest == 0) {
            u.deepest = 0;
        } else {
            u.deepest = s->levels > u.deepest ? s->levels : u.deepest;
        }
    }
    u.deepest = u.deepest < 0 ? 0 : u.deepest;
    return u;
}

struct leaves {
    int64_t all, empty, unexpanded;
};

/* The finest nodes that can be drawn from a taxonomy. */
static struct leaves count_leaves(const struct look *l, uint32_t taxonomy, const struct use *u)
{
    const struct tree *t = l->d->tree;
    struct leaves n = {0};
    uint32_t at = taxonomy;
    while (at != TREE_NONE) {
        if (is_off(t, at)) {
            at = tree_skip(t, taxonomy, at);
            continue;
        }
        const struct node *node = &t->nodes[at];
        int level = node->depth - 1;
        bool leaf = children_on(t, at) == 0 || (u->deepest > 0 && level >= u->deepest);
        if (leaf) {
            n.all++;
            n.empty += l->quota[at] == 0;
            bool coarse = level < u->fine && node->state != NODE_EXPANDED;
            n.unexpanded += node->children == 0 && (coarse || node->state == NODE_FAILED);
        }
        at = leaf ? tree_skip(t, taxonomy, at) : tree_next(t, taxonomy, at);
    }
    return n;
}

static void find_unused(struct look *l)
{
    const struct tree *t = l->d->tree;
    for (uint32_t at = t->nodes[0].first; at != TREE_NONE; at = t->nodes[at].next) {
        bool named = false;
        for (int i = 0; i < l->d->strategy_count && !named; i++) {
            named = draws_from(&l->d->strategies[i], at);
        }
        if (!named) {
            char node[NAME_SHOWN];
            path_of(t, at, node);
            say(add(l, WARN_NO_TAXONOMY, -1, at, 0),
                "no strategy draws from taxonomy \"%s\": points do not vary by it", node);
        }
    }
}

static void find_thin_taxonomies(struct look *l)
{
    const struct tree *t = l->d->tree;
    for (uint32_t at = t->nodes[0].first; at != TREE_NONE; at = t->nodes[at].next) {
        struct use u = use_of(l, at);
        if (!u.used || l->quota[at] == 0) {
            continue;
        }
        char node[NAME_SHOWN];
        struct leaves n = count_leaves(l, at, &u);
        path_of(t, at, node);
        if (n.empty > 0) {
            say(add(l, WARN_EMPTY_NODES, -1, at, n.empty),
                "%" PRId64 " of the %" PRId64 " finest nodes of \"%s\" get none of its %" PRId64
                " points (a larger N, fewer levels or other weights would reach them)",
                n.empty, n.all, node, l->quota[at]);
        }
        if (t->nodes[at].children == 0) {
            say(add(l, WARN_UNEXPANDED, -1, at, 1),
                "taxonomy \"%s\" has no nodes yet: every point gets \"%s\" itself", node, node);
        } else if (n.unexpanded > 0) {
            say(add(l, WARN_UNEXPANDED, -1, at, n.unexpanded),
                "%" PRId64 " %s of \"%s\" not expanded yet: drawn as they stand, beside finer ones",
                n.unexpanded, n.unexpanded == 1 ? "node" : "nodes", node);
        }
    }
}

/* ---- numbers */

static void find_repeats(struct look *l)
{
    for (int i = 0; i < l->p->part_count; i++) {
        const struct plan_part *part = &l->p->parts[i];
        double ratio = part->mixes > 0 ? (double)part->quota / part->mixes : 0;
        if (ratio < 0.8) {
            continue;
        }
        char name[NAME_SHOWN];
        strategy_of(l, i, name);
        struct warning *w = add(l, WARN_REPEATS, i, TREE_NONE, part->quota);
        if (ratio >= 1.25) {
            say(w,
                "strategy \"%s\" makes %" PRId64 " points of %.0f possible mixes, each used %.1f "
                "times: only its scenarios differ then (more nodes give more mixes)",
                name, part->quota, part->mixes, ratio);
        } else {
            say(w,
                "strategy \"%s\" makes %" PRId64 " points of %.0f possible mixes: nearly all are "
                "used, some more than once",
                name, part->quota, part->mixes);
        }
    }
}

static void find_one_complexity(struct look *l)
{
    bool none = true, all = true;
    for (int i = 0; i < l->d->strategy_count; i++) {
        const struct plan_strategy *s = &l->d->strategies[i];
        none = none && (!(s->weight > 0) || !(s->complexity > 0));
        all = all && (!(s->weight > 0) || !(s->complexity < 1));
    }
    if (l->p->points > 0 && (none || all)) {
        say(add(l, WARN_COMPLEXITY, -1, TREE_NONE, l->p->complexified), "%s",
            none ? "c is 0 everywhere: no point is made more complex"
                 : "c is 1 everywhere: no point stays plain, for comparison");
    }
}

static void find_enough(struct look *l)
{
    int64_t exist = 0;
    for (size_t i = 0; i < l->d->have_count; i++) {
        const struct plan_have *h = &l->d->have[i];
        exist += h->node == 0 ? h->plain + h->complexified : 0;
    }
    if (l->p->add == 0 && exist > l->p->points) {
        say(add(l, WARN_ENOUGH, -1, TREE_NONE, exist),
            "%" PRId64 " points exist already: with N = %" PRId64 " none is added", exist,
            l->p->points);
    }
}

void warn_design(const struct plan_design *d, const struct plan *p, const int64_t *quota,
                 const int64_t *now, int depth, struct warnings *out)
{
    struct look l = {d, p, quota, now, depth, out};
    memset(out, 0, sizeof *out);
    find_no_partners(&l);
    find_enough(&l);
    find_all_off(&l);
    find_unused(&l);
    find_strategies_off(&l);
    find_repeats(&l);
    find_thin_taxonomies(&l);
    find_off_finished(&l);
    find_one_complexity(&l);
}

const char *warn_kind_name(enum warn_kind k)
{
    switch (k) {
    case WARN_NO_PARTNERS:
        return "no-partners";
    case WARN_ALL_OFF:
        return "all-off";
    case WARN_NO_TAXONOMY:
        return "unused-taxonomy";
    case WARN_STRATEGY_OFF:
        return "strategy-off";
    case WARN_REPEATS:
        return "repeats";
    case WARN_EMPTY_NODES:
        return "empty-nodes";
    case WARN_UNEXPANDED:
        return "unexpanded";
    case WARN_OFF_FINISHED:
        return "off-with-points";
    case WARN_COMPLEXITY:
        return "one-complexity";
    case WARN_ENOUGH:
        return "enough";
    }
    return "";
}
