/*
 * While a plan runs, "planned" is what that plan drew; otherwise it is what the next one would: the
 * same arithmetic (domain/plan.h) that the run will use, so the column is exact, not an estimate.
 */
#include "ui/model.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "domain/plan.h"
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

static void from_design(struct model *m)
{
    struct design design;
    struct plan plan;
    struct err why = {0};
    int64_t target = m->target > 0 ? m->target : m->points;
    if (design_load(m->store, &m->tree, &design, &why) != ST_OK) {
        text_safe_copy(m->plan_problem, sizeof m->plan_problem, why.msg);
        return;
    }
    if (plan_make(&design.d, target, &plan, &why) == ST_OK) {
        plan_node_quota(&design.d, &plan, m->planned);
        plan_free(&plan);
    } else {
        text_safe_copy(m->plan_problem, sizeof m->plan_problem, why.msg);
    }
    design_free(&design);
}

void model_plan(struct model *m)
{
    memset(m->planned, 0, m->tree.count * sizeof *m->planned);
    memset(m->plan_problem, 0, sizeof m->plan_problem);
    if (m->tree.count <= 1) {
        return;
    }
    bool in_force = strcmp(m->run, "running") == 0 || strcmp(m->run, "paused") == 0;
    if (!in_force || !from_counts(m)) {
        from_design(m);
    }
}
