/*
 * plan - see plan.h. This file makes the quotas; plan_draw.c makes single draws of them.
 *
 * Points that exist are floors: first for the strategies, then at every node on the way down, so a
 * weight changed later moves what is still to be made and never what is there. A point whose node
 * is gone is known only by its absence: in each taxonomy, the strategy's total less the points at
 * known nodes is a floor at the taxonomy itself. Independent draws use the same way down, with a
 * stream of random numbers per node that goes on where the existing points left off.
 */
#include "domain/plan.h"

#include "base/mem.h"
#include "base/rng.h"
#include "domain/plan_parts.h"
#include "domain/quota.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const int64_t have_max = 1000000000000; /* of one entry: keeps every sum far from overflow */

uint64_t plan_identity(enum plan_stream stream, int64_t strategy, int64_t node, uint64_t series)
{
    uint64_t owner = rng_at((uint64_t)stream, (uint64_t)strategy, (uint64_t)node);
    return rng_at(owner, series, 0);
}

/* ------------------------------------------------------------------ order */

struct keyed {
    int64_t id;
    uint32_t at;
};

static int by_id(const void *pa, const void *pb)
{
    const struct keyed *a = pa;
    const struct keyed *b = pb;
    if (a->id != b->id) {
        return a->id < b->id ? -1 : 1;
    }
    return a->at < b->at ? -1 : a->at > b->at;
}

void plan_sort_nodes(const struct tree *t, uint32_t *at, size_t n)
{
    bool sorted = true;
    for (size_t i = 1; i < n && sorted; i++) {
        sorted = t->nodes[at[i - 1]].id < t->nodes[at[i]].id;
    }
    if (sorted) {
        return;
    }
    struct keyed *key = xcalloc(n, sizeof *key);
    for (size_t i = 0; i < n; i++) {
        key[i] = (struct keyed){.id = t->nodes[at[i]].id, .at = at[i]};
    }
    qsort(key, n, sizeof *key, by_id);
    for (size_t i = 0; i < n; i++) {
        at[i] = key[i].at;
    }
    free(key);
}

/* ------------------------------------------------------------------ the design */

struct count {
    int64_t plain, complexified;
};

struct made { /* what exists of one strategy */
    struct count total;
    struct count known[PLAN_MAX_TAXONOMIES]; /* at nodes that are still in the taxonomy */
};

struct maker {
    const struct plan_design *d;
    struct plan *out;
    struct made *made;   /* per strategy */
    struct keyed *by_id; /* strategies by id */
    int64_t elsewhere;   /* points of strategies that are no longer in the design */
    int64_t *held;       /* per node: points of the subtree that exist (one taxonomy at a time) */
    int64_t *room;       /* per node: points of the subtree in all */
    uint32_t *order;     /* one taxonomy in pre-order */
    double *weights;     /* of the items of one split, as the next three */
    int64_t *floors, *parts; /* item i < children: who[i]; the last item is the node itself */
    uint32_t *who;
};

static enum status check_strategy(const struct tree *t, const struct plan_strategy *s,
                                  struct err *e)
{
    const char *name = s->name != NULL ? s->name : "";
    if (s->taxonomy_count < 1 || s->taxonomy_count > PLAN_MAX_TAXONOMIES) {
        return err_set(e, ST_INVALID, "strategy \"%.80s\" has %d taxonomies: give it 1 to %d", name,
                       s->taxonomy_count, PLAN_MAX_TAXONOMIES);
    }
    for (int k = 0; k < s->taxonomy_count; k++) {
        uint32_t at = s->taxonomies[k];
        if (at >= t->count || t->nodes[at].depth != 1) {
            return err_set(e, ST_INVALID, "strategy \"%.80s\" names something that is no taxonomy",
                           name);
        }
        for (int j = 0; j < k; j++) {
            if (s->taxonomies[j] == at) {
                return err_set(e, ST_INVALID, "strategy \"%.80s\" names taxonomy \"%.80s\" twice",
                               name, t->nodes[at].name);
            }
        }
    }
    if (!(s->complexity >= 0 && s->complexity <= 1)) {
        return err_set(e, ST_INVALID, "strategy \"%.80s\": complexity %g, expected 0 to 1", name,
                       s->complexity);
    }
    if (s->levels < LEVELS_LEAVES) {
        return err_set(e, ST_INVALID, "strategy \"%.80s\": level %d, expected 1 or more", name,
                       s->levels);
    }
    if (!(s->weight >= 0) || isinf(s->weight)) {
        return err_set(e, ST_INVALID, "strategy \"%.80s\": weight %g, expected 0 or more", name,
                       s->weight);
    }
    return ST_OK;
}

static enum status check_design(const struct plan_design *d, int64_t n, struct err *e)
{
    if (n < 0 || n > PLAN_MAX_POINTS) {
        return err_set(e, ST_INVALID, "%" PRId64 " points: expected 0 to %d", n, PLAN_MAX_POINTS);
    }
    if (d->tree->nodes[0].children == 0) {
        return err_set(e, ST_INVALID,
                       "there are no taxonomies yet: accept a factor or add one first");
    }
    if (d->strategy_count < 1 || d->strategy_count > PLAN_MAX_STRATEGIES) {
        return err_set(e, ST_INVALID, "%d strategies: expected 1 to %d", d->strategy_count,
                       PLAN_MAX_STRATEGIES);
    }
    for (int i = 0; i < d->strategy_count; i++) {
        enum status st = check_strategy(d->tree, &d->strategies[i], e);
        if (st != ST_OK) {
            return st;
        }
    }
    return ST_OK;
}

static void maker_init(struct maker *m, const struct plan_design *d, struct plan *out)
{
    size_t nodes = d->tree->count;
    memset(m, 0, sizeof *m);
    m->d = d;
    m->out = out;
    m->made = xcalloc((size_t)d->strategy_count, sizeof *m->made);
    m->by_id = xcalloc((size_t)d->strategy_count, sizeof *m->by_id);
    m->held = xcalloc(nodes, sizeof *m->held);
    m->room = xcalloc(nodes, sizeof *m->room);
    m->order = xcalloc(nodes, sizeof *m->order);
    m->weights = xcalloc(nodes, sizeof *m->weights);
    m->floors = xcalloc(nodes, sizeof *m->floors);
    m->parts = xcalloc(nodes, sizeof *m->parts);
    m->who = xcalloc(nodes, sizeof *m->who);
}

static void maker_free(struct maker *m)
{
    free(m->made);
    free(m->by_id);
    free(m->held);
    free(m->room);
    free(m->order);
    free(m->weights);
    free(m->floors);
    free(m->parts);
    free(m->who);
}

static enum status order_strategies(struct maker *m, struct err *e)
{
    int n = m->d->strategy_count;
    for (int i = 0; i < n; i++) {
        m->by_id[i] = (struct keyed){.id = m->d->strategies[i].id, .at = (uint32_t)i};
    }
    qsort(m->by_id, (size_t)n, sizeof *m->by_id, by_id);
    for (int i = 1; i < n; i++) {
        if (m->by_id[i - 1].id == m->by_id[i].id) {
            return err_set(e, ST_INVALID, "two strategies have the id %" PRId64, m->by_id[i].id);
        }
    }
    return ST_OK;
}

static int find_strategy(const struct maker *m, int64_t id)
{
    int low = 0;
    int high = m->d->strategy_count;
    while (low < high) {
        int mid = low + (high - low) / 2;
        if (m->by_id[mid].id < id) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    bool found = low < m->d->strategy_count && m->by_id[low].id == id;
    return found ? (int)m->by_id[low].at : -1;
}

/* ------------------------------------------------------------------ what exists */

static void add_count(struct count *to, const struct plan_have *h)
{
    to->plain += h->plain;
    to->complexified += h->complexified;
}

/* A point at a known node; node_add serves as its tally until the quotas are there. */
static void take_node(struct maker *m, int s, const struct plan_have *h)
{
    const struct tree *t = m->d->tree;
    const struct plan_strategy *strategy = &m->d->strategies[s];
    uint32_t at = tree_by_id(t, h->node);
    if (at == TREE_NONE) {
        return;
    }
    uint32_t taxonomy = tree_taxonomy(t, at);
    for (int k = 0; k < strategy->taxonomy_count; k++) {
        if (strategy->taxonomies[k] == taxonomy) {
            m->out->parts[s].node_add[k][at] += h->plain + h->complexified;
            add_count(&m->made[s].known[k], h);
        }
    }
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static enum status take_have(struct maker *m, struct err *e)
{
    const struct plan_design *d = m->d;
    for (size_t i = 0; i < d->have_count; i++) {
        const struct plan_have *h = &d->have[i];
        if (h->plain < 0 || h->complexified < 0 || h->plain > have_max ||
            h->complexified > have_max) {
            return err_set(e, ST_INTERNAL, "a tally of %" PRId64 " plain, %" PRId64 " complexified",
                           h->plain, h->complexified);
        }
        int s = find_strategy(m, h->strategy);
        if (s >= 0 && h->node != 0) {
            take_node(m, s, h);
        } else if (s >= 0) {
            add_count(&m->made[s].total, h);
        } else if (h->node == 0) {
            m->elsewhere += h->plain + h->complexified;
        }
    }
    /* A total below its parts cannot be right; the parts are then what is sure to exist. */
    for (int s = 0; s < d->strategy_count; s++) {
        struct made *made = &m->made[s];
        for (int k = 0; k < d->strategies[s].taxonomy_count; k++) {
            made->total.plain = larger(made->total.plain, made->known[k].plain);
            made->total.complexified =
                larger(made->total.complexified, made->known[k].complexified);
        }
    }
    return ST_OK;
}

static int64_t total_of(const struct made *made)
{
    return made->total.plain + made->total.complexified;
}

/* ------------------------------------------------------------------ splitting */

/* As quota_split, but each point above the floors goes its own way by the weights. */
static enum status scatter(const double *weights, const int64_t *floors, size_t count, int64_t n,
                           uint64_t seed, uint64_t identity, int64_t *out, struct err *e)
{
    double *until = xcalloc(count, sizeof *until); /* summed weights */
    double sum = 0;
    int64_t held = 0;
    size_t last = 0; /* item with a weight: rounding at the very end must not reach one without */
    for (size_t i = 0; i < count; i++) {
        sum += weights[i];
        until[i] = sum;
        held += floors[i];
        out[i] = floors[i];
        last = weights[i] > 0 ? i : last;
    }
    enum status st = ST_OK;
    if (n < held || (n > held && !(sum > 0))) {
        st = err_set(e, ST_INVALID, "%" PRId64 " to give and every weight is 0", n - held);
        goto out;
    }
    for (int64_t j = held; j < n; j++) {
        double at = rng_unit(seed, identity, (uint64_t)j) * sum;
        size_t low = 0;
        size_t high = last;
        while (low < high) {
            size_t mid = low + (high - low) / 2;
            if (until[mid] <= at) {
                low = mid + 1;
            } else {
                high = mid;
            }
        }
        out[low]++;
    }
out:
    free(until);
    return st;
}

static enum status split(const struct plan_design *d, const double *weights, const int64_t *floors,
                         size_t count, int64_t n, uint64_t identity, int64_t *out, struct err *e)
{
    if (d->independent) {
        return scatter(weights, floors, count, n, d->seed, identity, out, e);
    }
    return quota_split(weights, floors, count, n, d->seed, identity, out, e);
}

/* ------------------------------------------------------------------ strategies */

static enum status split_strategies(struct maker *m, int64_t n, struct err *e)
{
    const struct plan_design *d = m->d;
    size_t count = (size_t)d->strategy_count;
    double weights[PLAN_MAX_STRATEGIES] = {0};
    int64_t floors[PLAN_MAX_STRATEGIES] = {0};
    int64_t quota[PLAN_MAX_STRATEGIES] = {0};
    int64_t exist = 0;
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t s = m->by_id[i].at;
        weights[i] = d->strategies[s].weight;
        sum += weights[i];
        floors[i] = quota[i] = total_of(&m->made[s]);
        exist += floors[i];
    }
    if (exist + m->elsewhere < n) {
        if (!(sum > 0)) {
            return err_set(e, ST_INVALID, "every strategy has weight 0: give one a weight above 0");
        }
        uint64_t identity = plan_identity(PLAN_STREAM_STRATEGIES, 0, 0, 0);
        enum status st = split(d, weights, floors, count, n - m->elsewhere, identity, quota, e);
        if (st != ST_OK) {
            return st;
        }
    }
    for (size_t i = 0; i < count; i++) {
        struct plan_part *part = &m->out->parts[m->by_id[i].at];
        part->quota = quota[i];
        part->add = quota[i] - floors[i];
        m->out->add += part->add;
    }
    return ST_OK;
}

/* ------------------------------------------------------------------ complexified shares */

struct share { /* of one strategy */
    double ideal;
    int64_t low, high; /* what exists leaves only this range */
    int64_t got;
    double rest;
    uint64_t tie;
    uint32_t at;
};

static double clamped(const struct share *s, double shift)
{
    return fmin(fmax(s->ideal + shift, (double)s->low), (double)s->high);
}

static int by_rest_down(const void *pa, const void *pb)
{
    const struct share *a = pa;
    const struct share *b = pb;
    if (a->rest < b->rest || a->rest > b->rest) {
        return a->rest > b->rest ? -1 : 1;
    }
    return a->tie < b->tie ? -1 : a->tie > b->tie;
}

/*
 * Whole numbers in their ranges that sum to `total`, as near to their ideals as the ranges allow:
 * all ideals are moved by one and the same amount until the sum is right, then rounded by largest
 * remainder.
 */
static void fit_shares(struct share *s, size_t count, int64_t total)
{
    double low = -2.0 * PLAN_MAX_POINTS;
    double high = 2.0 * PLAN_MAX_POINTS;
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += clamped(&s[i], 0);
    }
    bool shifted = fabs(sum - (double)total) > 0.5 + 1e-6; /* else rounding alone does it */
    for (int step = 0; step < 100 && shifted; step++) {
        double mid = (low + high) / 2;
        sum = 0;
        for (size_t i = 0; i < count; i++) {
            sum += clamped(&s[i], mid);
        }
        if (sum < (double)total) {
            low = mid;
        } else {
            high = mid;
        }
    }
    int64_t given = 0;
    for (size_t i = 0; i < count; i++) {
        double want = clamped(&s[i], shifted ? high : 0);
        s[i].got = (int64_t)floor(want + 1e-9);
        s[i].rest = want - (double)s[i].got;
        given += s[i].got;
    }
    qsort(s, count, sizeof *s, by_rest_down);
    for (bool moved = true; given < total && moved;) {
        moved = false;
        for (size_t i = 0; i < count && given < total; i++) {
            bool room = s[i].got < s[i].high;
            s[i].got += room;
            given += room;
            moved = moved || room;
        }
    }
    for (bool moved = true; given > total && moved;) {
        moved = false;
        for (size_t i = count; i > 0 && given > total; i--) {
            bool room = s[i - 1].got > s[i - 1].low;
            s[i - 1].got -= room;
            given -= room;
            moved = moved || room;
        }
    }
}

static int64_t bernoulli(const struct plan_design *d, const struct plan_strategy *s, int64_t from,
                         int64_t n)
{
    uint64_t identity = plan_identity(PLAN_STREAM_COMPLEX, s->id, 0, 0);
    int64_t hits = 0;
    for (int64_t j = from; j < from + n; j++) {
        hits += rng_unit(d->seed, identity, (uint64_t)j) < s->complexity;
    }
    return hits;
}

static void split_complexified(struct maker *m)
{
    const struct plan_design *d = m->d;
    size_t count = (size_t)d->strategy_count;
    struct share share[PLAN_MAX_STRATEGIES];
    double ideal = 0;
    int64_t low = 0;
    int64_t high = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t at = m->by_id[i].at;
        const struct plan_part *part = &m->out->parts[at];
        const struct count *have = &m->made[at].total;
        share[i] = (struct share){
            .at = at,
            .tie = plan_identity(PLAN_STREAM_COMPLEX, d->strategies[at].id, 0, d->seed),
            .ideal = d->strategies[at].complexity * (double)part->quota,
            .low = have->complexified,
            .high = part->quota - have->plain};
        if (d->independent) {
            share[i].low += bernoulli(d, &d->strategies[at], total_of(&m->made[at]), part->add);
            share[i].high = share[i].low;
        }
        ideal += share[i].ideal;
        low += share[i].low;
        high += share[i].high;
    }
    int64_t total = (int64_t)llround(ideal);
    total = total < low ? low : total > high ? high : total;
    fit_shares(share, count, total);
    for (size_t i = 0; i < count; i++) {
        struct plan_part *part = &m->out->parts[share[i].at];
        part->quota_complex = share[i].got;
        part->add_complex = share[i].got - m->made[share[i].at].total.complexified;
        m->out->complexified += share[i].got;
    }
}

/* ------------------------------------------------------------------ nodes */

struct children {
    size_t on;  /* with a weight above 0 */
    double sum; /* of their weights */
};

static struct children look_at_children(const struct tree *t, uint32_t at)
{
    struct children c = {0};
    for (uint32_t i = t->nodes[at].first; i != TREE_NONE; i = t->nodes[i].next) {
        c.on += t->nodes[i].weight > 0;
        c.sum += t->nodes[i].weight;
    }
    return c;
}

static bool goes_down(const struct plan_strategy *s, const struct node *n, const struct children *c)
{
    return c->on > 0 && (s->levels < 1 || n->depth - 1 < s->levels);
}

/* The weight of the node itself among its children; 0 when no point may be drawn at it. */
static double own_weight(const struct plan_strategy *s, const struct node *n,
                         const struct children *c)
{
    if (!goes_down(s, n, c)) {
        return 1;
    }
    return s->levels == LEVELS_ALL && n->depth > 1 ? c->sum / (double)c->on : 0;
}

/* Split room[at] over the children of `at` and itself; `own` points exist at the node itself. */
static enum status split_node(struct maker *m, const struct plan_strategy *s, uint32_t at,
                              int64_t own, int64_t *quota, struct err *e)
{
    const struct tree *t = m->d->tree;
    const struct node *n = &t->nodes[at];
    struct children c = look_at_children(t, at);
    bool down = goes_down(s, n, &c);
    size_t count = 0;
    for (uint32_t i = n->first; i != TREE_NONE; i = t->nodes[i].next) {
        if (m->held[i] > 0 || (down && t->nodes[i].weight > 0)) {
            m->who[count++] = i;
        }
    }
    plan_sort_nodes(t, m->who, count);
    for (size_t i = 0; i < count; i++) {
        m->weights[i] = down ? t->nodes[m->who[i]].weight : 0;
        m->floors[i] = m->held[m->who[i]];
    }
    m->weights[count] = own_weight(s, n, &c);
    m->floors[count] = own;
    if (m->room[at] == m->held[at]) { /* nothing to add below: all keep what they have */
        memcpy(m->parts, m->floors, (count + 1) * sizeof *m->parts);
    } else {
        uint64_t identity = plan_identity(PLAN_STREAM_SPLIT, s->id, n->id, 0);
        enum status st =
            split(m->d, m->weights, m->floors, count + 1, m->room[at], identity, m->parts, e);
        if (st != ST_OK) {
            return st;
        }
    }
    for (size_t i = 0; i < count; i++) {
        m->room[m->who[i]] = m->parts[i];
    }
    *quota = m->parts[count];
    return ST_OK;
}

static enum status split_taxonomy(struct maker *m, int strategy, int k, struct err *e)
{
    const struct tree *t = m->d->tree;
    const struct plan_strategy *s = &m->d->strategies[strategy];
    struct plan_part *part = &m->out->parts[strategy];
    int64_t *have = part->node_add[k];
    int64_t *quota = part->node_quota[k];
    const struct count *known = &m->made[strategy].known[k];
    uint32_t root = s->taxonomies[k];
    /* Points whose node is gone hold their place at the taxonomy itself. */
    have[root] += total_of(&m->made[strategy]) - known->plain - known->complexified;

    size_t count = 0;
    for (uint32_t at = root; at != TREE_NONE; at = tree_next(t, root, at)) {
        m->order[count++] = at;
        m->held[at] = have[at];
        m->room[at] = 0;
    }
    for (size_t i = count; i > 1; i--) {
        m->held[t->nodes[m->order[i - 1]].parent] += m->held[m->order[i - 1]];
    }
    m->room[root] = part->quota;
    for (size_t i = 0; i < count; i++) {
        uint32_t at = m->order[i];
        if (m->room[at] == 0) {
            continue;
        }
        int64_t own = 0;
        enum status st = split_node(m, s, at, have[at], &own, e);
        if (st != ST_OK) {
            return st;
        }
        if (own != 0) {
            quota[at] = own;
            have[at] = own - have[at]; /* from here on: what is to be added */
        }
    }
    return ST_OK;
}

/* How many nodes of a taxonomy can be drawn at all. */
static double count_candidates(const struct tree *t, const struct plan_strategy *s, uint32_t root)
{
    double found = 0;
    uint32_t at = root;
    while (at != TREE_NONE) {
        const struct node *n = &t->nodes[at];
        if (at != root && !(n->weight > 0)) {
            at = tree_skip(t, root, at);
            continue;
        }
        struct children c = look_at_children(t, at);
        found += own_weight(s, n, &c) > 0;
        at = goes_down(s, n, &c) ? tree_next(t, root, at) : tree_skip(t, root, at);
    }
    return found;
}

static void count_mixes(const struct plan_design *d, struct plan *out)
{
    out->mixes_possible = 0;
    for (int i = 0; i < d->strategy_count; i++) {
        const struct plan_strategy *s = &d->strategies[i];
        struct plan_part *part = &out->parts[i];
        part->mixes = s->weight > 0 ? 1 : 0;
        for (int k = 0; k < s->taxonomy_count; k++) {
            part->candidates[k] = count_candidates(d->tree, s, s->taxonomies[k]);
            part->mixes *= part->candidates[k];
        }
        out->mixes_possible += part->mixes;
    }
}

/* ------------------------------------------------------------------ the plan */

static void parts_init(const struct plan_design *d, struct plan *out)
{
    out->part_count = d->strategy_count;
    out->parts = xcalloc((size_t)d->strategy_count, sizeof *out->parts);
    for (int i = 0; i < d->strategy_count; i++) {
        for (int k = 0; k < d->strategies[i].taxonomy_count; k++) {
            out->parts[i].node_quota[k] = xcalloc(d->tree->count, sizeof(int64_t));
            out->parts[i].node_add[k] = xcalloc(d->tree->count, sizeof(int64_t));
        }
    }
}

enum status plan_make(const struct plan_design *d, int64_t n, struct plan *out, struct err *e)
{
    memset(out, 0, sizeof *out);
    enum status st = check_design(d, n, e);
    if (st != ST_OK) {
        return st;
    }
    struct maker m;
    maker_init(&m, d, out);
    parts_init(d, out);
    out->points = n;
    st = order_strategies(&m, e);
    if (st == ST_OK) {
        st = take_have(&m, e);
    }
    if (st == ST_OK) {
        st = split_strategies(&m, n, e);
    }
    if (st == ST_OK) {
        split_complexified(&m);
        count_mixes(d, out);
    }
    for (int i = 0; i < d->strategy_count && st == ST_OK; i++) {
        for (int k = 0; k < d->strategies[i].taxonomy_count && st == ST_OK; k++) {
            st = split_taxonomy(&m, i, k, e);
        }
    }
    maker_free(&m);
    if (st != ST_OK) {
        plan_free(out);
    }
    return st;
}

void plan_free(struct plan *p)
{
    for (int i = 0; i < p->part_count; i++) {
        for (int k = 0; k < PLAN_MAX_TAXONOMIES; k++) {
            free(p->parts[i].node_quota[k]);
            free(p->parts[i].node_add[k]);
        }
    }
    free(p->parts);
    memset(p, 0, sizeof *p);
}

void plan_node_quota(const struct plan_design *d, const struct plan *p, int64_t *quota)
{
    const struct tree *t = d->tree;
    memset(quota, 0, t->count * sizeof *quota);
    for (int i = 0; i < p->part_count; i++) {
        const struct plan_strategy *s = &d->strategies[i];
        for (int k = 0; k < s->taxonomy_count; k++) {
            uint32_t root = s->taxonomies[k];
            const int64_t *own = p->parts[i].node_quota[k];
            for (uint32_t at = root; at != TREE_NONE; at = tree_next(t, root, at)) {
                quota[at] += own[at];
            }
        }
    }
    tree_roll_up_i64(t, quota);
}

/* What one strategy gives to one taxonomy's nodes; room: scratch, tree->count items. */
static void share_taxonomy(const struct tree *t, const struct plan_strategy *s, uint32_t root,
                           double all, double *room, double *share)
{
    room[root] = all;
    for (uint32_t at = root; at != TREE_NONE;) {
        const struct node *n = &t->nodes[at];
        struct children c = look_at_children(t, at);
        bool down = room[at] > 0 && goes_down(s, n, &c);
        share[at] += room[at];
        for (uint32_t i = n->first; down && i != TREE_NONE; i = t->nodes[i].next) {
            room[i] = room[at] * t->nodes[i].weight / (c.sum + own_weight(s, n, &c));
        }
        at = down ? tree_next(t, root, at) : tree_skip(t, root, at);
    }
}

void plan_shares(const struct plan_design *d, double *share)
{
    double sum = 0;
    double *room = xcalloc(d->tree->count, sizeof *room);
    memset(share, 0, d->tree->count * sizeof *share);
    share[0] = 1;
    for (int i = 0; i < d->strategy_count; i++) {
        sum += d->strategies[i].weight;
    }
    for (int i = 0; i < d->strategy_count && sum > 0; i++) {
        const struct plan_strategy *s = &d->strategies[i];
        for (int k = 0; k < s->taxonomy_count; k++) {
            share_taxonomy(d->tree, s, s->taxonomies[k], s->weight / sum, room, share);
        }
    }
    free(room);
}
