/*
 * From a target to a plan: exact quotas of what is missing, drawn and stored, so that a restart
 * goes on with the same draws. A plan is out of date when what quotas depend on was edited.
 */
#include "base/mem.h"
#include "base/rng.h"
#include "server/live_private.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What quotas depend on: an edit that does not change it (a description, a theme) leaves the plan
 * alone. */
static uint64_t design_fingerprint(const struct design *d, int64_t target)
{
    uint64_t h = rng_hash(&target, sizeof target, d->d.seed);
    h = rng_hash(&d->d.independent, sizeof d->d.independent, h);
    const struct tree *t = d->d.tree;
    for (uint32_t i = 0; i < t->count; i++) {
        int64_t parent = t->nodes[i].parent != TREE_NONE ? t->nodes[t->nodes[i].parent].id : -1;
        h = rng_hash(&t->nodes[i].id, sizeof t->nodes[i].id, h);
        h = rng_hash(&parent, sizeof parent, h);
        h = rng_hash(&t->nodes[i].weight, sizeof t->nodes[i].weight, h);
    }
    for (int i = 0; i < d->d.strategy_count; i++) {
        const struct plan_strategy *s = &d->d.strategies[i];
        h = rng_hash(&s->id, sizeof s->id, h);
        h = rng_hash(&s->weight, sizeof s->weight, h);
        h = rng_hash(&s->complexity, sizeof s->complexity, h);
        h = rng_hash(&s->levels, sizeof s->levels, h);
        for (int k = 0; k < s->taxonomy_count; k++) {
            h = rng_hash(&t->nodes[s->taxonomies[k]].id, sizeof(int64_t), h);
        }
    }
    for (int i = 0; i < d->d.exclusion_count; i++) {
        const struct plan_exclusion *x = &d->d.exclusions[i];
        int64_t pair[3] = {x->strategy, t->nodes[x->a].id, t->nodes[x->b].id};
        h = rng_hash(pair, sizeof pair, h);
    }
    return h;
}

/* [[node id, quota as drawn]..] of the whole target, for the planned column. */
static char *counts_json(const struct design *d, const struct plan *p)
{
    struct buf b;
    buf_init(&b, LIVE_SPEC_MAX);
    const struct tree *t = d->d.tree;
    int64_t *sum = xcalloc(t->count, sizeof *sum);
    for (int i = 0; i < p->part_count; i++) {
        for (int k = 0; k < d->d.strategies[i].taxonomy_count; k++) {
            for (uint32_t at = 0; at < t->count; at++) {
                sum[at] += p->parts[i].node_quota[k][at];
            }
        }
    }
    buf_addc(&b, '[');
    for (uint32_t at = 0; at < t->count; at++) {
        if (sum[at] > 0) {
            buf_printf(&b, "%s[%" PRId64 ",%" PRId64 "]", b.len > 1 ? "," : "", t->nodes[at].id,
                       sum[at]);
        }
    }
    buf_addc(&b, ']');
    free(sum);
    char *text = buf_take(&b);
    buf_free(&b);
    return text;
}

static enum status store_new_plan(struct live *l, const struct design *d, const struct plan *p,
                                  struct run *run, uint64_t fingerprint, struct err *e)
{
    struct buf spec;
    buf_init(&spec, LIVE_SPEC_MAX);
    buf_printf(&spec, "%" PRIu64 "\n", fingerprint);
    if (!run_write(run, &spec)) {
        buf_free(&spec);
        return err_set(e, ST_LIMIT, "the plan is too large to be stored");
    }
    struct plan_row row = {.target = l->target,
                           .series = l->series + 1,
                           .first = run_first(run),
                           .count = p->add,
                           .spec = buf_take(&spec),
                           .counts = counts_json(d, p)};
    snprintf(row.run, sizeof row.run, "%s", live_run_name(l->state));
    enum status st = store_begin(l->store, e);
    if (st == ST_OK) {
        st = store_plan_put(l->store, &row, e);
        if (st == ST_OK) {
            st = store_commit(l->store, e);
        } else {
            store_rollback(l->store);
        }
    }
    plan_row_clear(&row);
    buf_free(&spec);
    return st;
}

/* Plan what is missing to the target, from what the store holds now. *added: points to be made. */
enum status live_plan_make(struct live *l, int64_t target, int64_t *added, struct err *e)
{
    struct design d;
    struct plan p = {0};
    struct plan_draws w = {0};
    enum status st = live_follow(l, e);
    if (st != ST_OK) {
        return st;
    }
    st = design_load(l->store, &l->tree, &d, e);
    if (st != ST_OK) {
        return st;
    }
    uint64_t fingerprint = design_fingerprint(&d, target);
    st = plan_make(&d.d, target, &p, e);
    if (st == ST_OK) {
        st = plan_draw(&d.d, &p, (uint64_t)(l->series + 1), &w, e);
    }
    if (st == ST_OK) {
        int64_t before = l->target;
        l->target = target;
        struct run *fresh = run_new(&d.d, &w, store_point_next_id(l->store));
        st = store_new_plan(l, &d, &p, fresh, fingerprint, e);
        if (st == ST_OK) {
            run_free(l->run);
            l->run = fresh;
            l->fingerprint = fingerprint;
            l->series++;
            *added = p.add;
        } else {
            l->target = before;
            run_free(fresh);
        }
    }
    plan_draws_free(&w);
    plan_free(&p);
    design_free(&d);
    return st;
}

enum status live_plan_again(struct live *l, struct err *e)
{
    int64_t added = 0;
    enum status st = live_plan_make(l, l->target, &added, e);
    if (st == ST_OK) {
        live_event(l, "planned again: %" PRId64 " points are still to be made", added);
    }
    return st;
}

/* Has the design changed since the plan was made? */
bool live_plan_outdated(struct live *l)
{
    struct design d;
    if (live_follow(l, NULL) != ST_OK || design_load(l->store, &l->tree, &d, NULL) != ST_OK) {
        return false;
    }
    bool changed = design_fingerprint(&d, l->target) != l->fingerprint;
    design_free(&d);
    return changed;
}
