/*
 * The same functions as `preview` and `generate` in the same order, so the figures on the screen
 * are those of the run. Nothing is kept between two readings.
 */
#include "ui/model_mix.h"

#include "base/mem.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void read_settings(struct mix *m, struct store *s)
{
    struct buf text;
    buf_init(&text, 64);
    m->points = (int64_t)store_setting_num(s, SETTING_POINTS, 1000);
    m->depth = (int)store_setting_num(s, SETTING_DEPTH, 3);
    m->scenarios = (int)store_setting_num(s, SETTING_SCENARIOS, 4);
    m->refinements = (int)store_setting_num(s, SETTING_REFINEMENTS, 2);
    m->complexity = store_setting_num(s, SETTING_COMPLEXITY, 0.5);
    m->independent = store_setting_is(s, SETTING_DRAWS, "independent");
    snprintf(m->seed, sizeof m->seed, "%.0f", store_setting_num(s, SETTING_SEED, 0));
    (void)store_setting(s, SETTING_LEVELS, &text, NULL);
    snprintf(m->levels, sizeof m->levels, "%.15s", text.data);
    buf_free(&text);
}

/* ---- strategies */

static char *taxonomy_names(const struct tree *t, const struct plan_strategy *p)
{
    struct buf names;
    buf_init(&names, 1u << 16);
    for (int k = 0; k < p->taxonomy_count; k++) {
        buf_printf(&names, "%s%s", k > 0 ? " × " : "", t->nodes[p->taxonomies[k]].name);
    }
    char *text = buf_take(&names);
    buf_free(&names);
    return text;
}

static void take_strategies(struct mix *m, const struct design *d)
{
    m->strategy_count = d->d.strategy_count;
    m->strategies = xcalloc((size_t)m->strategy_count, sizeof *m->strategies);
    for (int i = 0; i < m->strategy_count; i++) {
        const struct plan_strategy *p = &d->d.strategies[i];
        struct mix_strategy *s = &m->strategies[i];
        s->id = p->id;
        s->name = xstrdup(p->name);
        s->weight = p->weight;
        s->complexity = p->complexity;
        s->levels = p->levels;
        s->taxonomy_count = p->taxonomy_count;
        s->taxonomies = taxonomy_names(d->d.tree, p);
        for (int k = 0; k < p->taxonomy_count; k++) {
            s->taxonomy[k] = d->d.tree->nodes[p->taxonomies[k]].id;
        }
        if (i < d->row_count) {
            s->own_complexity = !isnan(d->rows[i].complexity);
            s->own_levels = d->rows[i].levels != NULL;
        }
    }
}

static void take_exclusions(struct mix *m, const struct design *d)
{
    const struct tree *t = d->d.tree;
    struct buf path;
    buf_init(&path, TREE_PATH_MAX);
    m->exclusion_count = d->d.exclusion_count;
    m->exclusions = xcalloc((size_t)m->exclusion_count, sizeof *m->exclusions);
    for (int i = 0; i < m->exclusion_count; i++) {
        const struct plan_exclusion *p = &d->d.exclusions[i];
        struct mix_exclusion *x = &m->exclusions[i];
        x->a = t->nodes[p->a].id;
        x->b = t->nodes[p->b].id;
        buf_clear(&path);
        tree_path(t, p->a, &path);
        x->path_a = xstrdup(path.data);
        buf_clear(&path);
        tree_path(t, p->b, &path);
        x->path_b = xstrdup(path.data);
        for (int s = 0; s < m->strategy_count; s++) {
            struct mix_strategy *in = &m->strategies[s];
            bool holds = p->strategy == 0 || p->strategy == in->id;
            in->exclusions += holds ? 1 : 0;
            if (p->strategy != 0 && p->strategy == in->id) {
                x->strategy = xstrdup(in->name);
            }
        }
    }
    buf_free(&path);
}

/* ---- what follows */

static void take_plan(struct mix *m, struct store *s, const struct design *d, const struct plan *p)
{
    m->nodes = d->d.tree->count;
    m->planned = xcalloc(m->nodes, sizeof *m->planned);
    m->now = xcalloc(m->nodes, sizeof *m->now);
    m->add = xcalloc(m->nodes, sizeof *m->add);
    plan_node_quota(&d->d, p, m->planned);
    design_node_now(d, m->now);
    design_node_add(d, p, m->add);
    warn_design(&d->d, p, m->planned, m->now, m->depth, &m->warnings);
    for (int i = 0; i < m->strategy_count; i++) {
        const struct plan_part *part = &p->parts[i];
        struct mix_strategy *to = &m->strategies[i];
        to->quota = part->quota;
        to->add = part->add;
        to->now = part->quota - part->add;
        to->quota_complex = part->quota_complex;
        to->mixes = part->mixes;
    }
    m->to_add = p->add;
    m->complexified = p->complexified;
    m->mixes_possible = p->mixes_possible;
    (void)design_estimate(s, d, p, &m->estimate, NULL);
}

struct mix *mix_read(struct store *s, const struct tree *t)
{
    struct design d;
    struct plan p;
    struct err why = {0};
    if (design_load(s, t, &d, NULL) != ST_OK) {
        return NULL;
    }
    struct mix *m = xcalloc(1, sizeof *m);
    m->refs = 1;
    read_settings(m, s);
    take_strategies(m, &d);
    take_exclusions(m, &d);
    if (plan_make(&d.d, m->points, &p, &why) == ST_OK) {
        take_plan(m, s, &d, &p);
        plan_free(&p);
    } else {
        snprintf(m->problem, sizeof m->problem, "%.399s", why.msg);
    }
    design_free(&d);
    return m;
}

struct mix *mix_hold(struct mix *m)
{
    m->refs++;
    return m;
}

void mix_free(struct mix *m)
{
    if (m == NULL || --m->refs > 0) {
        return;
    }
    for (int i = 0; i < m->strategy_count; i++) {
        free(m->strategies[i].name);
        free(m->strategies[i].taxonomies);
    }
    for (int i = 0; i < m->exclusion_count; i++) {
        free(m->exclusions[i].strategy);
        free(m->exclusions[i].path_a);
        free(m->exclusions[i].path_b);
    }
    free(m->strategies);
    free(m->exclusions);
    free(m->planned);
    free(m->now);
    free(m->add);
    free(m);
}
