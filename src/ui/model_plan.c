/*
 * While a plan runs, "planned" is what that plan drew; otherwise it is what the next one would: the
 * same arithmetic (domain/plan.h) that the run will use, so the column is exact, not an estimate.
 */
#include "ui/scene.h"

#include "base/json.h"
#include "base/text.h"
#include "domain/plan.h"
#include <string.h>

static const struct json_limits counts_limits = {256u << 20, 4, 8000000};

/* [[node id, planned] ...] as drawn; false when it is not there. */
static bool from_counts(struct store *s, const struct scene *out, int64_t *planned)
{
    struct plan_row row;
    if (store_plan(s, &row, NULL) != ST_OK) {
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
            uint32_t at = id != NULL && n != NULL ? tree_by_id(&out->tree, (int64_t)id->valuedouble)
                                                  : TREE_NONE;
            if (at != TREE_NONE) {
                planned[at] += (int64_t)n->valuedouble;
            }
        }
        tree_roll_up_i64(&out->tree, planned);
        cJSON_Delete(list);
    }
    plan_row_clear(&row);
    return there;
}

static void quota_of(const struct design *design, int64_t target, int64_t *planned, struct err *why)
{
    struct plan plan;
    if (plan_make(&design->d, target, &plan, why) == ST_OK) {
        plan_node_quota(&design->d, &plan, planned);
        plan_free(&plan);
    }
}

/* told: `planned` is filled by the plan in force. */
static void from_design(struct store *s, struct scene *out, bool told, int64_t *planned,
                        double *share)
{
    struct design design;
    struct err why = {0};
    int64_t target = out->target > 0 ? out->target : out->points;
    const struct scene_tallies *have = out->tallies;
    enum status st =
        have != NULL ? design_load_tallied(s, &out->tree, have->rows, have->count, &design, &why)
                     : design_load(s, &out->tree, &design, &why);
    if (st == ST_OK) {
        plan_shares(&design.d, share);
        if (!told) {
            quota_of(&design, target, planned, &why);
        }
        design_free(&design);
    }
    if (!told) {
        text_safe_copy(out->plan_problem, sizeof out->plan_problem, why.msg);
    }
}

bool scene_plan_in_force(const struct scene *s)
{
    return strcmp(s->run, "running") == 0 || strcmp(s->run, "paused") == 0;
}

void scene_plan(struct store *s, struct scene *out, int64_t *planned, double *share)
{
    memset(out->plan_problem, 0, sizeof out->plan_problem);
    if (out->tree.count > 1) {
        bool told = scene_plan_in_force(out) && from_counts(s, out, planned);
        from_design(s, out, told, planned, share);
    }
}
