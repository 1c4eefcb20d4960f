/*
 * While a plan runs, "planned" is what that plan drew; otherwise it is what the next one would: the
 * same arithmetic (domain/plan.h) that the run will use, so the column is exact, not an estimate.
 */
#include "ui/model.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "domain/plan.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct json_limits counts_limits = {256u << 20, 4, 8000000};

/* [[node id, planned] ...] as drawn; false when it is not there. */
static bool from_counts(struct model *m)
{
    struct plan_row row;
    if (store_plan(m->store, &row, NULL) != ST_OK) {
        return false;
    }
    cJSON *list = NULL;
    bool there = row.target > 0 && row.counts != NULL &&
                 json_parse(row.counts, strlen(row.counts), &counts_limits, &list, NULL) == ST_OK;
    if (there) {
        const cJSON *pair = NULL;
        cJSON_ArrayForEach(pair, list)
        {
            const cJSON *id = cJSON_GetArrayItem(pair, 0), *n = cJSON_GetArrayItem(pair, 1);
            uint32_t at = id != NULL && n != NULL ? tree_by_id(&m->tree, (int64_t)id->valuedouble)
                                                  : TREE_NONE;
            if (at != TREE_NONE) {
                m->planned[at] += (int64_t)n->valuedouble;
            }
        }
        tree_roll_up_i64(&m->tree, m->planned);
        cJSON_Delete(list);
    }
    plan_row_clear(&row);
    return there;
}

static int levels_of(const char *word)
{
    if (strcmp(word, "leaves") == 0) {
        return LEVELS_LEAVES;
    }
    if (strcmp(word, "all") == 0) {
        return LEVELS_ALL;
    }
    return (int)strtol(word, NULL, 10);
}

struct design_parts {
    struct plan_strategy *strategies;
    struct plan_exclusion *exclusions;
    struct plan_have *have;
    size_t have_count;
    int strategy_count, exclusion_count;
    struct strategy_row *rows;
    int row_count;
};

static void make_strategies(struct model *m, struct design_parts *d)
{
    struct buf levels;
    buf_init(&levels, 256);
    (void)store_setting(m->store, SETTING_LEVELS, &levels, NULL);
    int session_levels = levels_of(levels.data);
    buf_free(&levels);
    (void)store_strategies(m->store, &d->rows, &d->row_count, NULL);
    int count = d->row_count > 0 ? d->row_count : 1;
    d->strategies = xcalloc((size_t)count, sizeof *d->strategies);
    d->strategy_count = count;
    if (d->row_count == 0) {
        struct plan_strategy *s = &d->strategies[0];
        *s = (struct plan_strategy){
            .name = "all", .weight = 1, .complexity = m->complexity, .levels = session_levels};
        for (uint32_t at = m->tree.nodes[0].first;
             at != TREE_NONE && s->taxonomy_count < PLAN_MAX_TAXONOMIES;
             at = m->tree.nodes[at].next) {
            s->taxonomies[s->taxonomy_count++] = at;
        }
        return;
    }
    for (int i = 0; i < d->row_count; i++) {
        const struct strategy_row *row = &d->rows[i];
        struct plan_strategy *s = &d->strategies[i];
        s->id = row->id;
        s->name = row->name;
        s->weight = row->weight;
        s->complexity = isnan(row->complexity) ? m->complexity : row->complexity;
        s->levels = row->levels != NULL ? levels_of(row->levels) : session_levels;
        for (int k = 0; k < row->taxonomy_count; k++) {
            uint32_t at = tree_by_id(&m->tree, row->taxonomies[k]);
            if (at != TREE_NONE) {
                s->taxonomies[s->taxonomy_count++] = at;
            }
        }
    }
}

static void make_exclusions(struct model *m, struct design_parts *d)
{
    struct exclusion_row *rows = NULL;
    int count = 0;
    if (store_exclusions(m->store, &rows, &count, NULL) != ST_OK) {
        return;
    }
    d->exclusions = xcalloc((size_t)count, sizeof *d->exclusions);
    for (int i = 0; i < count; i++) {
        struct plan_exclusion x = {rows[i].strategy, tree_by_id(&m->tree, rows[i].a),
                                   tree_by_id(&m->tree, rows[i].b)};
        if (x.a != TREE_NONE && x.b != TREE_NONE) {
            d->exclusions[d->exclusion_count++] = x;
        }
    }
    free(rows);
}

/* Points that hold a place: accepted ones and those in work. */
static void make_have(struct design_parts *d, const struct tally_row *rows, size_t n)
{
    d->have = xcalloc(n, sizeof *d->have);
    for (size_t i = 0; i < n; i++) {
        const struct tally_row *r = &rows[i];
        if (r->state != POINT_ACCEPTED && r->state != POINT_PLANNED && r->state != POINT_ASKED) {
            continue;
        }
        bool same = d->have_count > 0 && d->have[d->have_count - 1].strategy == r->strategy &&
                    d->have[d->have_count - 1].node == r->node;
        d->have_count += same ? 0u : 1u;
        struct plan_have *h = &d->have[d->have_count - 1];
        h->strategy = r->strategy;
        h->node = r->node;
        if (r->complexified) {
            h->complexified += r->n;
        } else {
            h->plain += r->n;
        }
    }
}

static int by_place(const void *a, const void *b)
{
    const struct tally_row *x = a, *y = b;
    if (x->strategy != y->strategy) {
        return x->strategy < y->strategy ? -1 : 1;
    }
    return x->node < y->node ? -1 : x->node > y->node ? 1 : 0;
}

static void from_design(struct model *m, const struct tally_row *rows, size_t n)
{
    struct design_parts d = {0};
    struct tally_row *sorted = xcalloc(n, sizeof *sorted);
    if (n > 0) {
        memcpy(sorted, rows, n * sizeof *sorted);
        qsort(sorted, n, sizeof *sorted, by_place);
    }
    make_strategies(m, &d);
    make_exclusions(m, &d);
    make_have(&d, sorted, n);
    struct plan_design design = {
        .tree = &m->tree,
        .strategies = d.strategies,
        .strategy_count = d.strategy_count,
        .exclusions = d.exclusions,
        .exclusion_count = d.exclusion_count,
        .have = d.have,
        .have_count = d.have_count,
        .seed = (uint64_t)store_setting_num(m->store, SETTING_SEED, 0),
    };
    struct plan plan;
    struct err why = {0};
    int64_t target = m->target > 0 ? m->target : m->points;
    if (plan_make(&design, target, &plan, &why) == ST_OK) {
        plan_node_quota(&design, &plan, m->planned);
        plan_free(&plan);
    } else {
        text_safe_copy(m->plan_problem, sizeof m->plan_problem, why.msg);
    }
    free(sorted);
    free(d.strategies);
    free(d.exclusions);
    free(d.have);
    strategy_rows_free(d.rows, d.row_count);
}

void model_plan(struct model *m, const struct tally_row *rows, size_t n)
{
    memset(m->planned, 0, m->tree.count * sizeof *m->planned);
    memset(m->plan_problem, 0, sizeof m->plan_problem);
    if (m->tree.count <= 1) {
        return;
    }
    bool in_force = strcmp(m->run, "running") == 0 || strcmp(m->run, "paused") == 0;
    if (!in_force || !from_counts(m)) {
        from_design(m, rows, n);
    }
}
