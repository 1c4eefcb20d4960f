/*
 * plan_exclude - pairs of subtrees that never go together, without touching a quota.
 *
 * Only whole chains of swaps inside one taxonomy are made: draw A takes B's node, B takes C's, and
 * the last takes A's. Such a chain leaves every count as it was. Draws with the same classes are
 * one type, and the search for a chain runs over types, of which there are few; one chain then
 * moves as many draws at once as its scarcest type has. A chain never adds a conflict and ends at
 * least one, so this ends. For two taxonomies the chains find a way whenever there is one (they
 * are the augmenting paths of a flow); for more, finding it can take another shuffle, and the
 * effort is bounded.
 */
#include "domain/plan_parts.h"

#include "base/mem.h"
#include "base/rng.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { RULES_MAX = 1000 };
static const int64_t effort_max = 100000000; /* classes compared, per deck */

/* ------------------------------------------------------------------ rules */

struct pair {
    uint32_t a, b;
    int ka, kb; /* their taxonomies in the strategy */
};

static int taxonomy_in(const struct plan_deck *deck, uint32_t at)
{
    if (at == 0 || at >= deck->design->tree->count) {
        return -1;
    }
    uint32_t taxonomy = tree_taxonomy(deck->design->tree, at);
    for (int k = 0; k < deck->width; k++) {
        if (deck->strategy->taxonomies[k] == taxonomy) {
            return k;
        }
    }
    return -1;
}

/* Exclusion i as it applies to this strategy; false when it does not. */
static bool applies(const struct plan_deck *deck, int i, struct pair *out)
{
    const struct plan_exclusion *x = &deck->design->exclusions[i];
    if (x->strategy != 0 && x->strategy != deck->strategy->id) {
        return false;
    }
    *out = (struct pair){
        .a = x->a, .b = x->b, .ka = taxonomy_in(deck, x->a), .kb = taxonomy_in(deck, x->b)};
    return out->ka >= 0 && out->kb >= 0;
}

/* A node that is a side starts a class of its own, others are of their parent's class. */
static void make_classes(const struct plan_deck *deck, struct plan_rules *r, uint32_t *head)
{
    const struct tree *t = deck->design->tree;
    r->classes = 1;
    head[0] = 0;
    for (int k = 0; k < deck->width; k++) {
        uint32_t root = deck->strategy->taxonomies[k];
        for (uint32_t at = root; at != TREE_NONE; at = tree_next(t, root, at)) {
            if (r->class_of[at] != 0) { /* marked as a side */
                head[r->classes] = at;
                r->class_of[at] = (uint32_t)r->classes++;
            } else if (at != root) {
                r->class_of[at] = r->class_of[t->nodes[at].parent];
            }
        }
    }
}

static void mark_conflicts(const struct tree *t, struct plan_rules *r, const uint32_t *head,
                           const struct pair *pair)
{
    for (size_t i = 1; i < r->classes; i++) {
        if (!tree_is_under(t, head[i], pair->a)) {
            continue;
        }
        for (size_t j = 1; j < r->classes; j++) {
            if (tree_is_under(t, head[j], pair->b)) {
                r->conflict[i * r->classes + j] = 1;
                r->conflict[j * r->classes + i] = 1;
            }
        }
    }
}

enum status plan_rules_make(const struct plan_deck *deck, struct plan_rules *out, struct err *e)
{
    memset(out, 0, sizeof *out);
    out->classes = 1;
    struct pair pair;
    int found = 0;
    for (int i = 0; i < deck->design->exclusion_count; i++) {
        found += applies(deck, i, &pair);
    }
    if (found > RULES_MAX) {
        return err_set(e, ST_LIMIT, "strategy \"%.80s\" has %d exclusions; at most %d",
                       deck->strategy->name != NULL ? deck->strategy->name : "", found, RULES_MAX);
    }
    if (found == 0) {
        return ST_OK;
    }
    out->class_of = xcalloc(deck->design->tree->count, sizeof *out->class_of);
    uint32_t *head = xcalloc((size_t)found * 2 + 1, sizeof *head);
    for (int i = 0; i < deck->design->exclusion_count; i++) {
        if (applies(deck, i, &pair)) {
            out->class_of[pair.a] = 1;
            out->class_of[pair.b] = 1;
        }
    }
    make_classes(deck, out, head);
    out->conflict = xcalloc(out->classes, out->classes);
    for (int i = 0; i < deck->design->exclusion_count; i++) {
        if (applies(deck, i, &pair)) {
            mark_conflicts(deck->design->tree, out, head, &pair);
        }
    }
    free(head);
    return ST_OK;
}

void plan_rules_free(struct plan_rules *r)
{
    free(r->class_of);
    free(r->conflict);
    memset(r, 0, sizeof *r);
}

/* ------------------------------------------------------------------ types of draws */

struct type {
    uint32_t class[PLAN_MAX_TAXONOMIES];
    uint32_t *draw; /* members */
    size_t count, cap;
    uint32_t from; /* in the search for a chain: the type that takes this one's node */
    bool seen;
};

struct search {
    struct plan_deck *deck;
    const struct plan_rules *rules;
    struct type *type;
    size_t types, cap;
    uint32_t *table; /* open addressing over types */
    size_t table_cap;
    uint32_t *queue;
    size_t queue_cap;
    int64_t effort;
};

static size_t type_hash(const struct search *s, const uint32_t *class)
{
    uint64_t h = 0;
    for (int k = 0; k < s->deck->width; k++) {
        h = rng_at(h, class[k], (uint64_t)k);
    }
    return (size_t)h & (s->table_cap - 1);
}

static void table_put(struct search *s, uint32_t at)
{
    size_t slot = type_hash(s, s->type[at].class);
    while (s->table[slot] != TREE_NONE) {
        slot = (slot + 1) & (s->table_cap - 1);
    }
    s->table[slot] = at;
}

static void table_grow(struct search *s)
{
    s->table_cap = s->table_cap > 0 ? s->table_cap * 2 : 64;
    s->table = xreallocarray(s->table, s->table_cap, sizeof *s->table);
    memset(s->table, 0xFF, s->table_cap * sizeof *s->table);
    for (size_t i = 0; i < s->types; i++) {
        table_put(s, (uint32_t)i);
    }
}

static uint32_t type_find(struct search *s, const uint32_t *class)
{
    size_t bytes = (size_t)s->deck->width * sizeof *class;
    size_t slot = type_hash(s, class);
    while (s->table[slot] != TREE_NONE) {
        if (memcmp(s->type[s->table[slot]].class, class, bytes) == 0) {
            return s->table[slot];
        }
        slot = (slot + 1) & (s->table_cap - 1);
    }
    s->type = vec_grow(s->type, &s->cap, s->types + 1, sizeof *s->type);
    uint32_t at = (uint32_t)s->types++;
    memset(&s->type[at], 0, sizeof s->type[at]);
    memcpy(s->type[at].class, class, bytes);
    if (s->types * 2 > s->table_cap) {
        table_grow(s);
    } else {
        s->table[slot] = at;
    }
    return at;
}

static void type_join(struct search *s, uint32_t draw)
{
    uint32_t class[PLAN_MAX_TAXONOMIES] = {0};
    for (int k = 0; k < s->deck->width; k++) {
        class[k] = s->rules->class_of[s->deck->node[k][draw]];
    }
    uint32_t at = type_find(s, class); /* may move s->type */
    struct type *type = &s->type[at];
    type->draw = vec_grow(type->draw, &type->cap, type->count + 1, sizeof *type->draw);
    type->draw[type->count++] = draw;
}

static void search_init(struct search *s, struct plan_deck *deck, const struct plan_rules *rules)
{
    memset(s, 0, sizeof *s);
    s->deck = deck;
    s->rules = rules;
    s->type = vec_grow(NULL, &s->cap, 16, sizeof *s->type);
    table_grow(s);
    for (size_t i = 0; i < deck->count; i++) {
        type_join(s, (uint32_t)i);
    }
}

static void search_free(struct search *s)
{
    for (size_t i = 0; i < s->types; i++) {
        free(s->type[i].draw);
    }
    free(s->type);
    free(s->table);
    free(s->queue);
}

/* Would class c in taxonomy k conflict with itself or with the rest of a draw of this type? */
static bool conflicts_at(struct search *s, const struct type *type, int k, uint32_t c)
{
    s->effort += s->deck->width;
    bool bad = plan_conflict(s->rules, c, c);
    for (int j = 0; j < s->deck->width && !bad; j++) {
        bad = j != k && plan_conflict(s->rules, type->class[j], c);
    }
    return bad;
}

static bool breaks_rule(struct search *s, const struct type *type)
{
    bool bad = false;
    for (int k = 0; k < s->deck->width && !bad; k++) {
        bad = conflicts_at(s, type, k, type->class[k]);
    }
    return bad;
}

/* ------------------------------------------------------------------ chains */

/*
 * Breadth first from `start`: which types could take over whose node in taxonomy k, until one is
 * found that can take the node of `start`. Returns that last type, TREE_NONE when there is no
 * chain.
 */
static uint32_t find_chain(struct search *s, uint32_t start, int k)
{
    s->queue = vec_grow(s->queue, &s->queue_cap, s->types, sizeof *s->queue);
    for (size_t i = 0; i < s->types; i++) {
        s->type[i].seen = false;
    }
    uint32_t given = s->type[start].class[k];
    size_t head = 0;
    size_t tail = 0;
    s->queue[tail++] = start;
    s->type[start].seen = true;
    while (head < tail && s->effort < effort_max) {
        uint32_t taker = s->queue[head++];
        for (uint32_t i = 0; i < s->types; i++) {
            struct type *giver = &s->type[i];
            s->effort++;
            if (giver->seen || giver->count == 0 ||
                conflicts_at(s, &s->type[taker], k, giver->class[k])) {
                continue;
            }
            giver->seen = true;
            giver->from = taker;
            if (!conflicts_at(s, giver, k, given)) {
                return i;
            }
            s->queue[tail++] = i;
        }
    }
    return TREE_NONE;
}

/* Move as many draws along the chain that ends at `last` as each of its types has. */
static void apply_chain(struct search *s, uint32_t start, uint32_t last, int k)
{
    size_t length = 0; /* types of the chain, last first */
    size_t times = s->type[start].count;
    for (uint32_t at = last;; at = s->type[at].from) {
        s->queue[length++] = at;
        times = s->type[at].count < times ? s->type[at].count : times;
        if (at == start) {
            break;
        }
    }
    uint32_t *moved = xcalloc(length, sizeof *moved);
    uint32_t *node = s->deck->node[k];
    for (size_t n = 0; n < times; n++) {
        for (size_t i = 0; i < length; i++) {
            struct type *type = &s->type[s->queue[i]];
            moved[i] = type->draw[--type->count];
        }
        uint32_t held = node[moved[0]];
        node[moved[0]] = node[moved[length - 1]];
        for (size_t i = length - 1; i > 1; i--) {
            node[moved[i]] = node[moved[i - 1]];
        }
        node[moved[1]] = held;
        for (size_t i = 0; i < length; i++) {
            type_join(s, moved[i]);
        }
    }
    free(moved);
}

/* Take conflicts away from draws of this type; false when nothing could be moved. */
static bool mend(struct search *s, uint32_t start)
{
    for (int k = 0; k < s->deck->width; k++) {
        if (conflicts_at(s, &s->type[start], k, s->type[start].class[k])) {
            uint32_t last = find_chain(s, start, k);
            if (last != TREE_NONE) {
                apply_chain(s, start, last, k);
                return true;
            }
        }
    }
    return false;
}

/* ------------------------------------------------------------------ when it cannot be done */

/* How many draws lie under a side of an exclusion. */
static size_t count_under(const struct plan_deck *deck, int k, uint32_t side)
{
    size_t n = 0;
    for (size_t i = 0; i < deck->count; i++) {
        n += tree_is_under(deck->design->tree, deck->node[k][i], side);
    }
    return n;
}

static enum status refuse(const struct plan_deck *deck, const struct pair *pair, size_t under_a,
                          size_t under_b, struct err *e)
{
    const char *name = deck->strategy->name != NULL ? deck->strategy->name : "";
    struct buf a;
    struct buf b;
    buf_init(&a, 120);
    buf_init(&b, 120);
    tree_path(deck->design->tree, pair->a, &a);
    tree_path(deck->design->tree, pair->b, &b);
    enum status st = err_set(
        e, ST_INVALID,
        "strategy \"%.60s\": \"%s\" and \"%s\" cannot be kept apart: %zu and %zu of %zu points to "
        "draw lie under them; lower a weight or remove an exclusion",
        name, a.data, b.data, under_a, under_b, deck->count);
    buf_free(&a);
    buf_free(&b);
    return st;
}

/* An exclusion that no arrangement can meet: its sides have more points than there are draws. */
static enum status check_room(const struct plan_deck *deck, struct err *e)
{
    struct pair pair;
    for (int i = 0; i < deck->design->exclusion_count; i++) {
        if (!applies(deck, i, &pair)) {
            continue;
        }
        size_t under_a = count_under(deck, pair.ka, pair.a);
        size_t under_b = count_under(deck, pair.kb, pair.b);
        bool apart = pair.ka != pair.kb;
        if (apart && under_a + under_b > deck->count) {
            return refuse(deck, &pair, under_a, under_b, e);
        }
        /* In one taxonomy the sides meet only where one lies inside the other. */
        size_t both = 0;
        if (!apart && tree_is_under(deck->design->tree, pair.a, pair.b)) {
            both = under_a;
        } else if (!apart && tree_is_under(deck->design->tree, pair.b, pair.a)) {
            both = under_b;
        }
        if (both > 0) {
            return refuse(deck, &pair, under_a, under_b, e);
        }
    }
    return ST_OK;
}

/* Name the exclusion that a draw still breaks. */
static enum status refuse_draw(const struct plan_deck *deck, uint32_t draw, struct err *e)
{
    const struct tree *t = deck->design->tree;
    struct pair pair;
    for (int i = 0; i < deck->design->exclusion_count; i++) {
        if (applies(deck, i, &pair) && tree_is_under(t, deck->node[pair.ka][draw], pair.a) &&
            tree_is_under(t, deck->node[pair.kb][draw], pair.b)) {
            return refuse(deck, &pair, count_under(deck, pair.ka, pair.a),
                          count_under(deck, pair.kb, pair.b), e);
        }
    }
    return err_set(e, ST_INTERNAL, "a draw was said to break an exclusion and does not");
}

enum status plan_exclude(struct plan_deck *deck, const struct plan_rules *rules, bool *dead_end,
                         struct err *e)
{
    *dead_end = false;
    if (rules->class_of == NULL || deck->count == 0) {
        return ST_OK;
    }
    enum status st = check_room(deck, e);
    if (st != ST_OK) {
        return st;
    }
    struct search s;
    search_init(&s, deck, rules);
    uint32_t stuck = TREE_NONE;
    bool mended = true;
    while (mended) {
        mended = false;
        stuck = TREE_NONE;
        /* s.types grows while types are mended; the new ones are looked at too. */
        for (uint32_t i = 0; i < s.types && s.effort < effort_max; i++) {
            while (s.type[i].count > 0 && breaks_rule(&s, &s.type[i])) {
                if (!mend(&s, i)) {
                    stuck = i;
                    break;
                }
                mended = true;
            }
        }
        mended = mended && s.effort < effort_max;
    }
    for (uint32_t i = 0; i < s.types && stuck == TREE_NONE; i++) {
        stuck = s.type[i].count > 0 && breaks_rule(&s, &s.type[i]) ? i : stuck;
    }
    if (stuck != TREE_NONE) {
        *dead_end = true;
        st = refuse_draw(deck, s.type[stuck].draw[0], e);
    }
    search_free(&s);
    return st;
}
