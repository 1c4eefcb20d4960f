/*
 * What the arithmetic of the domain needs from the file besides the design: what calls took so far
 * and what they cost, points that exist. Beside design_load, so that the preview, the run and the
 * screen all say the same. Tasks are known here by their names only.
 */
#include "store/store.h"

#include "base/mem.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const task_names[] = {"scenarios",    "complexify",     "generate",
                                         "requirements", "critic-correct", "critic-incorrect",
                                         "refine",       "repair"};
enum { TASKS = sizeof task_names / sizeof task_names[0] };

static void sum_task(void *ctx, const char *task, const struct estimate_task *sum)
{
    struct estimate_input *in = ctx;
    for (int i = 0; i < TASKS; i++) {
        if (strcmp(task, task_names[i]) == 0) {
            in->task[i] = *sum;
        }
    }
}

/*
 * Questions for scenarios of strategy i. Points at one node of a taxonomy share the mixes that the
 * other taxonomies allow; the taxonomy where they are most crowded decides.
 */
static double scenario_calls(const struct design *d, const struct plan *p, int i, int scenarios)
{
    const struct plan_strategy *s = &d->d.strategies[i];
    const struct plan_part *part = &p->parts[i];
    const struct tree *t = d->d.tree;
    double least = (double)part->add;
    for (int k = 0; k < s->taxonomy_count && part->add > 0; k++) {
        double calls = 0, mixes = part->mixes / fmax(part->candidates[k], 1);
        for (uint32_t at = s->taxonomies[k]; at != TREE_NONE;
             at = tree_next(t, s->taxonomies[k], at)) {
            /* scenarios that were written and not used yet serve the points to come */
            double all = (double)part->node_quota[k][at];
            double had = all - (double)part->node_add[k][at];
            calls += estimate_scenario_calls(all, mixes, scenarios) -
                     estimate_scenario_calls(had, mixes, scenarios);
        }
        least = fmin(least, calls);
    }
    return least;
}

static enum status writer_prices(struct store *s, struct estimate_input *in, struct err *e)
{
    struct teacher_config *list = NULL;
    struct buf name;
    int count = 0;
    buf_init(&name, 4096);
    enum status st = store_role(s, ROLE_WRITER, &name, e);
    if (st == ST_OK) {
        st = store_teachers(s, &list, &count, e);
    }
    for (int i = 0; i < count; i++) {
        if (strcmp(list[i].name, name.data) == 0) {
            in->price_in = teacher_config_num(&list[i], TK_PRICE_IN);
            in->price_cached = teacher_config_num(&list[i], TK_PRICE_CACHED);
            in->price_out = teacher_config_num(&list[i], TK_PRICE_OUT);
        }
        teacher_config_free(&list[i]);
    }
    free(list);
    buf_free(&name);
    return st;
}

static void shares(struct store *s, const struct design *d, const struct plan *p,
                   struct estimate_input *in)
{
    int scenarios = (int)store_setting_num(s, SETTING_SCENARIOS, 4);
    int64_t complexified = 0;
    double calls = 0;
    for (int i = 0; i < p->part_count; i++) {
        complexified += p->parts[i].add_complex;
        calls += scenario_calls(d, p, i, scenarios);
    }
    in->add = p->add;
    in->complexified_share = p->add > 0 ? (double)complexified / (double)p->add : 0;
    in->mixes_share = p->add > 0 ? calls / (double)p->add : 1;
}

enum status design_estimate(struct store *s, const struct design *d, const struct plan *p,
                            struct estimate *out, struct err *e)
{
    struct estimate_input in = {.scenarios = 0,
                                .complexify = 1,
                                .generate = 2,
                                .requirements = 3,
                                .critic_correct = 4,
                                .critic_incorrect = 5,
                                .refine = 6,
                                .repair = 7};
    int64_t n[POINT_STATES];
    struct buf schema;
    memset(out, 0, sizeof *out);
    buf_init(&schema, 1u << 20);
    enum status st = store_point_counts(s, n, e);
    if (st == ST_OK) {
        st = store_call_by_task(s, sum_task, &in, e);
    }
    if (st == ST_OK) {
        st = store_text(s, "schema", &schema, e);
    }
    if (st == ST_OK) {
        st = writer_prices(s, &in, e);
    }
    if (st == ST_OK) {
        shares(s, d, p, &in);
        in.accepted = n[POINT_ACCEPTED];
        in.finished = n[POINT_ACCEPTED] + n[POINT_REJECTED] + n[POINT_DISPUTED] + n[POINT_INVALID];
        in.dual = schema.len == 0 || strstr(schema.data, "\"x-answer\"") != NULL;
        in.in_flight = store_setting_num(s, SETTING_CONCURRENCY, 8);
        estimate_run(&in, out);
    }
    buf_free(&schema);
    return st;
}

void design_node_now(const struct design *d, int64_t *now)
{
    const struct tree *t = d->d.tree;
    memset(now, 0, t->count * sizeof *now);
    for (size_t i = 0; i < d->d.have_count; i++) {
        const struct plan_have *h = &d->d.have[i];
        uint32_t at = h->node != 0 ? tree_by_id(t, h->node) : TREE_NONE;
        if (at != TREE_NONE) {
            now[at] += h->plain + h->complexified;
        }
    }
    tree_roll_up_i64(t, now);
}

void design_node_add(const struct design *d, const struct plan *p, int64_t *add)
{
    const struct tree *t = d->d.tree;
    memset(add, 0, t->count * sizeof *add);
    for (int i = 0; i < p->part_count; i++) {
        const struct plan_strategy *s = &d->d.strategies[i];
        for (int k = 0; k < s->taxonomy_count; k++) {
            const int64_t *own = p->parts[i].node_add[k];
            for (uint32_t at = s->taxonomies[k]; at != TREE_NONE;
                 at = tree_next(t, s->taxonomies[k], at)) {
                add[at] += own[at];
            }
        }
    }
    tree_roll_up_i64(t, add);
}
