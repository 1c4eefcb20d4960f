/*
 * A job is a small machine that is turned by replies. Factors and strategies are one or two
 * questions; an expansion is a level at a time (grow_level.c), node by node (grow_sprout.c).
 */
#include "base/mem.h"
#include "engine/grow_private.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct grow *grow_new(enum kind kind, int64_t job, const struct engine_common *c)
{
    struct grow *g = xcalloc(1, sizeof *g);
    g->kind = kind;
    g->job = job;
    g->common = *c;
    g->common.description = xstrdup(c->description != NULL ? c->description : "");
    g->common.answer = c->answer != NULL ? xstrdup(c->answer) : NULL;
    g->common.examples = cJSON_Duplicate(c->examples, true);
    g->common.schema = cJSON_Duplicate(c->schema, true);
    if (g->common.proposals < 1) {
        g->common.proposals = 1;
    }
    if (g->common.proposals > PROPOSALS_MAX) {
        g->common.proposals = PROPOSALS_MAX;
    }
    return g;
}

struct grow *grow_factors(int64_t job, const struct engine_common *c)
{
    return grow_new(GROW_FACTORS, job, c);
}

struct grow *grow_strategies(int64_t job, const struct engine_common *c, cJSON *taxonomies,
                             const int64_t *ids, int count)
{
    struct grow *g = grow_new(GROW_STRATEGIES, job, c);
    g->held = taxonomies;
    g->id_count = count < PLAN_MAX_TAXONOMIES ? count : PLAN_MAX_TAXONOMIES;
    memcpy(g->ids, ids, (size_t)g->id_count * sizeof *ids);
    return g;
}

struct grow *grow_expand(int64_t job, const struct engine_common *c, const int64_t *nodes,
                         size_t count, int first, int depth)
{
    struct grow *g = grow_new(GROW_EXPAND, job, c);
    g->roots = xcalloc(count + 1, sizeof *g->roots);
    memcpy(g->roots, nodes, count * sizeof *nodes);
    g->root_count = count;
    g->first = first;
    g->depth = depth;
    return g;
}

void grow_free(struct grow *g)
{
    if (g == NULL) {
        return;
    }
    for (int i = 0; i < GROW_AT_ONCE; i++) {
        sprout_clear(&g->sprout[i]);
    }
    ask_clear(&g->ask);
    grow_plans_free(g);
    cJSON_Delete(g->held);
    free(g->roots);
    free(g->frontier);
    common_clear(&g->common);
    free(g);
}

void grow_job_end(struct grow *g, bool ok, const char *message, struct step *out)
{
    struct change *c = step_change(out, CHANGE_JOB_END);
    c->u.job_end.ok = ok;
    c->u.job_end.message = arena_strdup(&out->text, message);
    g->ended = true;
}

void grow_key(const struct grow *g, char base[80], const char *what, int64_t node, int n)
{
    if (node != 0) {
        snprintf(base, 80, "j%lld.n%lld.%s.%d", (long long)g->job, (long long)node, what, n);
    } else {
        snprintf(base, 80, "j%lld.%s.%d", (long long)g->job, what, n);
    }
}

/* ---- factors and strategies */

static void begin_factors(struct grow *g, struct step *out)
{
    cJSON *in = common_inputs(&g->common);
    cJSON_AddNumberToObject(in, "wanted_min", 3);
    cJSON_AddNumberToObject(in, "wanted_max", 6);
    char base[80];
    grow_key(g, base, "factors", 0, 0);
    ask_first(&g->ask, base, TASK_FACTORS, 0, 8, g->common.seed, in, out);
}

static void on_factors(struct grow *g, cJSON *value, struct step *out)
{
    cJSON_Delete(g->held);
    g->held = value;
    cJSON *in = common_inputs(&g->common);
    cJSON_AddItemToObject(in, "factors",
                          cJSON_Duplicate(cJSON_GetObjectItem(value, "factors"), true));
    char base[80];
    grow_key(g, base, "factor-critic", 0, 0);
    ask_first(&g->ask, base, TASK_FACTOR_CRITIC, 0, 8, g->common.seed, in, out);
}

static void on_factor_critic(struct grow *g, const cJSON *value, struct step *out)
{
    const cJSON *held = cJSON_GetObjectItem(g->held, "factors");
    const cJSON *list = cJSON_GetObjectItem(value, "factors");
    const cJSON *f = NULL;
    int kept = 0, all = 0;
    cJSON_ArrayForEach(f, held)
    {
        const char *name = json_str_or(f, "name", "");
        bool accept = true;
        const char *reason = "";
        const cJSON *v = NULL;
        cJSON_ArrayForEach(v, list)
        {
            if (strcmp(json_str_or(v, "name", ""), name) == 0) {
                accept = json_bool_or(v, "accept", true);
                reason = json_str_or(v, "reason", "");
                break;
            }
        }
        struct change *c = step_change(out, CHANGE_FACTOR);
        c->u.factor.name = arena_strdup(&out->text, name);
        c->u.factor.desc = arena_strdup(&out->text, json_str_or(f, "description", ""));
        c->u.factor.reason = arena_strdup(&out->text, reason);
        c->u.factor.accepted = accept;
        kept += accept ? 1 : 0;
        all++;
    }
    char message[128];
    snprintf(message, sizeof message, "%d factors proposed, %d of them dropped by the critic", all,
             all - kept);
    grow_job_end(g, true, message, out);
}

/* Without the critic's word the person decides alone: a proposal that is there is not thrown away.
 */
static void without_factor_critic(struct grow *g, const char *why, struct step *out)
{
    const cJSON *f = NULL;
    cJSON_ArrayForEach(f, cJSON_GetObjectItem(g->held, "factors"))
    {
        struct change *c = step_change(out, CHANGE_FACTOR);
        c->u.factor.name = arena_strdup(&out->text, json_str_or(f, "name", ""));
        c->u.factor.desc = arena_strdup(&out->text, json_str_or(f, "description", ""));
        c->u.factor.reason = "not looked at by the critic";
        c->u.factor.accepted = true;
    }
    char message[600];
    snprintf(message, sizeof message, "factors proposed without the critic: %s", why);
    grow_job_end(g, true, message, out);
}

static void begin_strategies(struct grow *g, struct step *out)
{
    cJSON *in = common_inputs(&g->common);
    cJSON_AddItemToObject(in, "taxonomies", cJSON_Duplicate(g->held, true));
    char base[80];
    grow_key(g, base, "strategies", 0, 0);
    ask_first(&g->ask, base, TASK_STRATEGIES, 0, 8, g->common.seed, in, out);
}

static int taxonomy_index(const struct grow *g, const char *name)
{
    for (int i = 0; i < g->id_count; i++) {
        const cJSON *t = cJSON_GetArrayItem(g->held, i);
        if (strcmp(json_str_or(t, "name", ""), name) == 0) {
            return i;
        }
    }
    return -1;
}

static void on_strategies(struct grow *g, const cJSON *value, struct step *out)
{
    const cJSON *s = NULL;
    int made = 0;
    cJSON_ArrayForEach(s, cJSON_GetObjectItem(value, "strategies"))
    {
        struct change_strategy cs = {0};
        const cJSON *name = NULL;
        cJSON_ArrayForEach(name, cJSON_GetObjectItem(s, "taxonomies"))
        {
            int i = name->valuestring != NULL ? taxonomy_index(g, name->valuestring) : -1;
            if (i >= 0 && cs.count < PLAN_MAX_TAXONOMIES) {
                cs.taxonomies[cs.count++] = g->ids[i];
            }
        }
        if (cs.count == 0) {
            continue; /* names no taxonomy that exists */
        }
        cs.name = arena_strdup(&out->text, json_str_or(s, "name", ""));
        cs.weight = json_num_or(s, "weight", 1);
        step_change(out, CHANGE_STRATEGY)->u.strategy = cs;
        made++;
    }
    char message[96];
    snprintf(message, sizeof message, "%d strategies proposed", made);
    grow_job_end(g, made > 0,
                 made > 0 ? message : "no proposed strategy named a taxonomy that exists", out);
}

void grow_turn(struct grow *g, const struct tree *t, struct step *out)
{
    if (g->ended) {
        return;
    }
    if (g->kind == GROW_EXPAND) {
        grow_expand_turn(g, t, out);
    } else if (!g->begun && g->kind == GROW_FACTORS) {
        begin_factors(g, out);
    } else if (!g->begun) {
        begin_strategies(g, out);
    }
    g->begun = true;
}

/* ---- replies */

static void reply_single(struct grow *g, const struct reply *r, struct step *out)
{
    cJSON *value = NULL;
    struct err why = {0};
    enum task_id task = g->ask.task;
    enum ask_result result = ask_settle(&g->ask, r, &value, &why, out);
    if (result == ASK_AGAIN) {
        return;
    }
    if (result == ASK_INVALID && task == TASK_FACTOR_CRITIC) {
        without_factor_critic(g, why.msg, out);
    } else if (result != ASK_VALUE) {
        grow_job_end(g, false, why.msg, out);
    } else if (task == TASK_FACTORS) {
        on_factors(g, value, out); /* keeps the value */
        return;
    } else if (task == TASK_FACTOR_CRITIC) {
        on_factor_critic(g, value, out);
    } else {
        on_strategies(g, value, out);
    }
    cJSON_Delete(value);
}

bool grow_reply(struct grow *g, const struct reply *r, struct step *out)
{
    if (g->ended) {
        return false;
    }
    if (ask_owns(&g->ask, r->key)) {
        reply_single(g, r, out);
        return true;
    }
    return grow_plan_reply(g, r, out) || sprout_reply(g, r, out);
}

int64_t grow_job(const struct grow *g)
{
    return g->job;
}

void grow_working(const struct grow *g, void (*visit)(void *ctx, int64_t node), void *ctx)
{
    for (int i = 0; i < GROW_AT_ONCE; i++) {
        if (g->sprout[i].used) {
            visit(ctx, g->sprout[i].node);
        }
    }
}

void grow_progress(const struct grow *g, int *done, int *failed, int *waiting, int *level,
                   int *levels)
{
    *done = g->done;
    *failed = g->failed;
    *waiting = (int)(g->frontier_count - g->frontier_next) + g->working;
    *level = g->level;
    *levels = g->depth;
}
