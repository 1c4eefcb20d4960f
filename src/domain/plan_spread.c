/*
 * plan_spread - fewer repeats of one mix.
 *
 * Independent shuffles repeat mixes by chance while others stay unused. A draw that repeats a mix
 * swaps one node with another draw when that leaves more different mixes than before. When no
 * partner gains, a swap that loses nothing hands the repeat on to the partner, which may find what
 * the first could not. Tries are bounded, so a plan of any shape ends in time linear in its draws.
 */
#include "domain/plan_parts.h"

#include "base/mem.h"
#include "base/rng.h"

#include <stdlib.h>
#include <string.h>

enum {
    PARTNERS = 24, /* tried for one repeat before it is handed on */
    HANDS = 40,    /* times that one repeat is handed on */
    ROUNDS = 10
};

struct mix {
    uint64_t key; /* hash of the nodes; two mixes with one hash would only be taken for a repeat */
    uint32_t count;
    bool used;
};

struct spread {
    struct plan_deck *deck;
    const struct plan_rules *rules;
    struct mix *table;
    size_t cap, filled;
    size_t distinct, wanted;
    uint64_t identity, counter;
    int64_t tries;
};

static uint64_t mix_key(const struct spread *s, size_t draw, int k, uint32_t instead)
{
    uint64_t key = 0;
    for (int j = 0; j < s->deck->width; j++) {
        key = rng_at(key, j == k ? instead : s->deck->node[j][draw], (uint64_t)j);
    }
    return key;
}

static struct mix *mix_slot(const struct spread *s, uint64_t key)
{
    size_t slot = (size_t)key & (s->cap - 1);
    while (s->table[slot].used && s->table[slot].key != key) {
        slot = (slot + 1) & (s->cap - 1);
    }
    return &s->table[slot];
}

static uint32_t mix_count(const struct spread *s, uint64_t key)
{
    const struct mix *m = mix_slot(s, key);
    return m->used ? m->count : 0;
}

static void table_grow(struct spread *s)
{
    struct mix *old = s->table;
    size_t old_cap = s->cap;
    s->cap = old_cap * 2;
    s->table = xcalloc(s->cap, sizeof *s->table);
    s->filled = 0;
    for (size_t i = 0; i < old_cap; i++) {
        if (old[i].used && old[i].count > 0) {
            *mix_slot(s, old[i].key) = old[i];
            s->filled++;
        }
    }
    free(old);
}

static void mix_add(struct spread *s, uint64_t key)
{
    struct mix *m = mix_slot(s, key);
    if (!m->used) {
        *m = (struct mix){.key = key, .used = true};
        s->filled++;
    }
    s->distinct += m->count == 0;
    m->count++;
    if (s->filled * 2 > s->cap) {
        table_grow(s);
    }
}

static void mix_remove(struct spread *s, uint64_t key)
{
    struct mix *m = mix_slot(s, key);
    m->count--;
    s->distinct -= m->count == 0;
}

/* More different mixes than this there cannot be: all draws, or all combinations of the nodes. */
static size_t most_mixes(const struct plan_deck *deck)
{
    const struct tree *t = deck->design->tree;
    unsigned char *seen = xcalloc(t->count, 1);
    size_t product = 1;
    for (int k = 0; k < deck->width; k++) {
        size_t nodes = 0;
        for (size_t i = 0; i < deck->count; i++) {
            nodes += seen[deck->node[k][i]] == 0;
            seen[deck->node[k][i]] = 1;
        }
        bool many = nodes > 0 && product > deck->count / nodes;
        product = many ? deck->count : product * nodes;
    }
    free(seen);
    return product;
}

/* May draw have this node in taxonomy k? */
static bool allowed(const struct spread *s, size_t draw, int k, uint32_t node)
{
    if (s->rules->class_of == NULL) {
        return true;
    }
    uint32_t class = s->rules->class_of[node];
    for (int j = 0; j < s->deck->width; j++) {
        if (j != k && plan_conflict(s->rules, class, s->rules->class_of[s->deck->node[j][draw]])) {
            return false;
        }
    }
    return true;
}

enum gain { GAIN_LOSS, GAIN_NONE, GAIN_MORE };

/*
 * What would become of the number of different mixes if a (a repeat) and b swapped nodes in
 * taxonomy k?
 */
static enum gain weigh_swap(const struct spread *s, size_t a, size_t b, int k)
{
    uint32_t na = s->deck->node[k][a];
    uint32_t nb = s->deck->node[k][b];
    if (na == nb) {
        return GAIN_LOSS;
    }
    uint64_t new_a = mix_key(s, a, k, nb);
    uint64_t new_b = mix_key(s, b, k, na);
    if (new_a == new_b || mix_count(s, new_a) > 0 || !allowed(s, a, k, nb) ||
        !allowed(s, b, k, na)) {
        return GAIN_LOSS;
    }
    bool b_alone = mix_count(s, mix_key(s, b, -1, 0)) == 1;
    bool b_new = mix_count(s, new_b) == 0;
    return b_new || !b_alone ? GAIN_MORE : GAIN_NONE;
}

static void swap(struct spread *s, size_t a, size_t b, int k)
{
    uint32_t *node = s->deck->node[k];
    mix_remove(s, mix_key(s, a, -1, 0));
    mix_remove(s, mix_key(s, b, -1, 0));
    uint32_t held = node[a];
    node[a] = node[b];
    node[b] = held;
    mix_add(s, mix_key(s, a, -1, 0));
    mix_add(s, mix_key(s, b, -1, 0));
}

/*
 * One repeat: true when it became a new mix; else *next is the draw that repeats now, or `a`
 * itself.
 */
static bool settle(struct spread *s, size_t a, size_t *next)
{
    size_t even = SIZE_MAX; /* a partner that loses nothing */
    int even_k = 0;
    for (int i = 0; i < PARTNERS && s->tries > 0; i++) {
        s->tries--;
        uint64_t random = rng_at(s->deck->design->seed, s->identity, s->counter++);
        int k = (int)(random % (uint64_t)s->deck->width);
        size_t b = (size_t)((random >> 8) % s->deck->count);
        enum gain gain = b != a ? weigh_swap(s, a, b, k) : GAIN_LOSS;
        if (gain == GAIN_MORE) {
            swap(s, a, b, k);
            return true;
        }
        if (gain == GAIN_NONE && even == SIZE_MAX) {
            even = b;
            even_k = k;
        }
    }
    *next = a;
    if (even != SIZE_MAX) {
        swap(s, a, even, even_k);
        *next = even;
    }
    return false;
}

static void spread_round(struct spread *s)
{
    for (size_t i = 0; i < s->deck->count && s->tries > 0 && s->distinct < s->wanted; i++) {
        size_t at = i;
        for (int hand = 0; hand < HANDS && s->tries > 0; hand++) {
            if (mix_count(s, mix_key(s, at, -1, 0)) < 2 || settle(s, at, &at)) {
                break;
            }
        }
    }
}

void plan_spread(struct plan_deck *deck, const struct plan_rules *rules)
{
    if (deck->count < 2 || deck->width < 2) {
        return;
    }
    struct spread s = {.deck = deck, .rules = rules, .cap = 64};
    while (s.cap < deck->count * 2) {
        s.cap *= 2;
    }
    s.table = xcalloc(s.cap, sizeof *s.table);
    for (size_t i = 0; i < deck->count; i++) {
        mix_add(&s, mix_key(&s, i, -1, 0));
    }
    s.wanted = most_mixes(deck);
    s.identity = plan_identity(PLAN_STREAM_SWAP, deck->strategy->id, 0, deck->series);
    s.tries = (int64_t)deck->count * 8 + 50000;
    for (int round = 0; round < ROUNDS && s.distinct < s.wanted; round++) {
        size_t before = s.distinct;
        spread_round(&s);
        if (s.distinct == before) {
            break;
        }
    }
    free(s.table);
}
