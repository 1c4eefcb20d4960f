/*
 * The mix design as the arithmetic wants it: rows of the store turned into indexes of the tree, and
 * the built-in strategy over all taxonomies where the session has none.
 */
#include "base/mem.h"
#include "store/store.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int levels_of(const char *word)
{
    if (word == NULL || strcmp(word, "all") == 0) {
        return LEVELS_ALL;
    }
    return strcmp(word, "leaves") == 0 ? LEVELS_LEAVES : (int)strtol(word, NULL, 10);
}

void design_levels(int levels, char out[16])
{
    if (levels > 0) {
        snprintf(out, 16, "%d", levels);
    } else {
        snprintf(out, 16, "%s", levels == LEVELS_LEAVES ? "leaves" : "all");
    }
}

static void fill_strategy(const struct tree *t, const struct strategy_row *row, double c,
                          const char *levels, struct plan_strategy *out)
{
    out->id = row->id;
    out->name = row->name;
    out->weight = row->weight;
    out->complexity = isnan(row->complexity) ? c : row->complexity;
    out->levels = levels_of(row->levels != NULL ? row->levels : levels);
    for (int i = 0; i < row->taxonomy_count; i++) {
        uint32_t at = tree_by_id(t, row->taxonomies[i]);
        if (at != TREE_NONE) {
            out->taxonomies[out->taxonomy_count++] = at;
        }
    }
}

static void built_in_strategy(const struct tree *t, double c, const char *levels,
                              struct plan_strategy *out)
{
    out->name = "everything";
    out->weight = 1;
    out->complexity = c;
    out->levels = levels_of(levels);
    for (uint32_t at = t->nodes[0].first; at != TREE_NONE; at = t->nodes[at].next) {
        if (out->taxonomy_count < PLAN_MAX_TAXONOMIES) {
            out->taxonomies[out->taxonomy_count++] = at;
        }
    }
}

static enum status load_exclusions(struct store *s, const struct tree *t, struct design *out,
                                   struct err *e)
{
    struct exclusion_row *rows = NULL;
    int count = 0;
    enum status st = store_exclusions(s, &rows, &count, e);
    out->exclusions = xcalloc((size_t)count + 1, sizeof *out->exclusions);
    for (int i = 0; st == ST_OK && i < count; i++) {
        uint32_t a = tree_by_id(t, rows[i].a), b = tree_by_id(t, rows[i].b);
        if (a != TREE_NONE && b != TREE_NONE) {
            struct plan_exclusion *x = &out->exclusions[out->d.exclusion_count++];
            x->strategy = rows[i].strategy;
            x->a = a;
            x->b = b;
        }
    }
    free(rows);
    return st;
}

/* Points that hold a place: accepted, under way, or to be tried again after a transport failure. */
static void take_have(const struct tally_row *rows, size_t count, struct design *out)
{
    out->have = xcalloc(count + 1, sizeof *out->have);
    for (size_t i = 0; i < count; i++) {
        const struct tally_row *r = &rows[i];
        if (r->n == 0 ||
            (r->state != POINT_ACCEPTED && r->state != POINT_ASKED && r->state != POINT_FAILED)) {
            continue;
        }
        struct plan_have *h = &out->have[out->d.have_count++];
        h->strategy = r->strategy;
        h->node = r->node;
        h->plain = r->complexified ? 0 : r->n;
        h->complexified = r->complexified ? r->n : 0;
    }
}

enum status design_load(struct store *s, const struct tree *t, struct design *out, struct err *e)
{
    struct tally_row *rows = NULL;
    size_t count = 0;
    memset(out, 0, sizeof *out);
    enum status st = store_tallies(s, &rows, &count, e);
    if (st == ST_OK) {
        st = design_load_tallied(s, t, rows, count, out, e);
    }
    free(rows);
    return st;
}

enum status design_load_tallied(struct store *s, const struct tree *t, const struct tally_row *rows,
                                size_t count, struct design *out, struct err *e)
{
    memset(out, 0, sizeof *out);
    struct buf levels;
    buf_init(&levels, 64);
    enum status st = store_strategies(s, &out->rows, &out->row_count, e);
    if (st == ST_OK) {
        st = store_setting(s, SETTING_LEVELS, &levels, e);
    }
    if (st == ST_OK && out->row_count > PLAN_MAX_STRATEGIES) {
        st = err_set(e, ST_LIMIT, "%d strategies: at most %d", out->row_count, PLAN_MAX_STRATEGIES);
    }
    double c = store_setting_num(s, SETTING_COMPLEXITY, 0.5);
    if (st == ST_OK) {
        int n = out->row_count > 0 ? out->row_count : 1;
        out->strategies = xcalloc((size_t)n, sizeof *out->strategies);
        for (int i = 0; i < out->row_count; i++) {
            fill_strategy(t, &out->rows[i], c, levels.data, &out->strategies[i]);
        }
        if (out->row_count == 0) {
            built_in_strategy(t, c, levels.data, &out->strategies[0]);
        }
        out->d.strategy_count = n;
        st = load_exclusions(s, t, out, e);
    }
    if (st == ST_OK) {
        take_have(rows, count, out);
    }
    buf_free(&levels);
    if (st != ST_OK) {
        design_free(out);
        return st;
    }
    out->d.tree = t;
    out->d.strategies = out->strategies;
    out->d.exclusions = out->exclusions;
    out->d.have = out->have;
    out->d.independent = store_setting_is(s, SETTING_DRAWS, "independent");
    out->d.seed = (uint64_t)store_setting_num(s, SETTING_SEED, 0);
    return ST_OK;
}

void design_free(struct design *d)
{
    strategy_rows_free(d->rows, d->row_count);
    free(d->strategies);
    free(d->exclusions);
    free(d->have);
    memset(d, 0, sizeof *d);
}
