/*
 * The engine says what changed; here it becomes rows. Everything runs inside the caller's
 * transaction, so a reply and what follows from it are kept together or not at all.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "server/live_private.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status live_store_call(struct live *l, const struct reply *r, int64_t *call, struct err *e)
{
    const struct task *t = task_at(r->task);
    struct call_row row = {
        .key = r->key,
        .task = t->name,
        .prompt = prompts_version(l->prompts, r->task),
        .teacher = r->teacher,
        .model = r->model,
        .outcome = r->final ? reply_outcome_name(r->outcome) : "retried",
        .system = r->system != NULL ? r->system : "",
        .user = r->user != NULL ? r->user : "",
        .reply = r->text != NULL ? r->text : "",
        .error = r->error,
        .http_status = r->http_status,
        .tries = r->tries,
        .tokens_in = r->tokens_in,
        .tokens_cached = r->tokens_cached,
        .tokens_out = r->tokens_out,
        .cost = r->cost,
        .seconds = r->seconds,
        .retry_after = r->retry_after,
        .started_us = r->started_us,
    };
    if (r->key[0] == 'p') {
        row.point = strtoll(r->key + 1, NULL, 10);
    }
    if (r->final) {
        live_came_back(l, r->key, r->task);
    }
    enum status st = store_call_put(l->store, &row, call, e);
    if (st == ST_OK) {
        live_fault_reply(l, r, *call);
    }
    return st;
}

/* One child as a node; in the record of the expansion, its id or why there is none. */
static enum status apply_child(struct live *l, int64_t node, const struct change_child *c,
                               cJSON *record, struct err *e)
{
    uint32_t parent = tree_by_id(&l->tree, node);
    struct err why = {0};
    if (tree_child(&l->tree, parent, c->name, strlen(c->name)) != TREE_NONE) {
        cJSON_AddStringToObject(record, "refused", "there is a child of that name");
        return ST_OK;
    }
    if (tree_name_check(c->name, &why) != ST_OK) {
        cJSON_AddStringToObject(record, "refused", why.msg);
        return ST_OK;
    }
    struct node model = {.weight = 1,
                         .state = NODE_UNEXPANDED,
                         .origin = NODE_BY_MODEL,
                         .name = c->name,
                         .desc = c->desc};
    enum status st = store_node_add(l->store, node, &model, 0, &model.id, e);
    if (st == ST_OK) {
        tree_add(&l->tree, parent, &model);
        cJSON_AddNumberToObject(record, "id", (double)model.id);
    }
    return st;
}

static enum status apply_children(struct live *l, const struct change_children *c, struct err *e)
{
    if (tree_by_id(&l->tree, c->node) == TREE_NONE) {
        return ST_OK; /* deleted meanwhile */
    }
    cJSON *o = NULL;
    enum status st = json_parse(c->expansion, strlen(c->expansion), &json_limits_file, &o, e);
    cJSON *records = cJSON_GetObjectItem(o, "children");
    for (size_t i = 0; st == ST_OK && i < c->count; i++) {
        st = apply_child(l, c->node, &c->child[i], cJSON_GetArrayItem(records, (int)i), e);
    }
    if (st == ST_OK) {
        st = store_node_state(l->store, c->node, NODE_EXPANDED, e);
    }
    if (st == ST_OK) {
        l->tree.nodes[tree_by_id(&l->tree, c->node)].state = NODE_EXPANDED;
        char *text = json_text(o);
        st = store_expansion_set(l->store, c->node, text, e);
        free(text);
    }
    cJSON_Delete(o);
    return st;
}

/* A node that no teacher grew before: so that one can see what it would have added. */
static enum status apply_expansion(struct live *l, const struct change_expansion *c, struct err *e)
{
    struct buf there;
    if (tree_by_id(&l->tree, c->node) == TREE_NONE) {
        return ST_OK; /* deleted meanwhile */
    }
    buf_init(&there, json_limits_file.bytes);
    enum status st = store_expansion(l->store, c->node, &there, e);
    if (st == ST_OK && there.len == 0) {
        st = store_expansion_set(l->store, c->node, c->expansion, e);
    }
    buf_free(&there);
    return st;
}

static enum status apply_suggestion(struct live *l, struct suggestion g, const struct reply *r,
                                    int64_t job, struct err *e)
{
    struct err why = {0};
    g.teacher = r != NULL ? r->teacher : "";
    g.model = r != NULL ? r->model : "";
    enum status st = store_suggest_add(l->store, &g, NULL, &why);
    if (st == ST_EXISTS || st == ST_INVALID) {
        live_job_known(l, job); /* it waits, was turned down, or no node can be called so */
        return ST_OK;
    }
    if (st != ST_OK && e != NULL) {
        *e = why;
    }
    return st;
}

static enum status apply_node_state(struct live *l, const struct change_node_state *c,
                                    struct err *e)
{
    uint32_t at = tree_by_id(&l->tree, c->node);
    if (at == TREE_NONE) {
        return ST_OK;
    }
    enum status st = store_node_state(l->store, c->node, c->state, e);
    if (st == ST_OK) {
        l->tree.nodes[at].state = (uint8_t)c->state;
        st = store_expansion_set(l->store, c->node, c->expansion, e);
    }
    return st;
}

static enum status apply_factor(struct live *l, const struct change_factor *c, struct err *e)
{
    struct err why = {0};
    enum status st = store_factor_add(l->store, c->name, c->desc, NODE_BY_MODEL, c->reason, &why);
    if (st == ST_EXISTS) {
        return ST_OK; /* proposed again: what the person decided stands */
    }
    if (st == ST_OK && !c->accepted) {
        st = store_factor_set(l->store, c->name, FACTOR_REJECTED, c->reason, &why);
    }
    if (st != ST_OK && e != NULL) {
        *e = why;
    }
    return st;
}

static enum status apply_strategy(struct live *l, const struct change_strategy *c, struct err *e)
{
    struct strategy_row row = {
        .name = xstrdup(c->name), .weight = c->weight, .complexity = __builtin_nan("")};
    row.taxonomy_count = c->count;
    memcpy(row.taxonomies, c->taxonomies, (size_t)c->count * sizeof *c->taxonomies);
    enum status st = store_strategy_put(l->store, &row, e);
    free(row.name);
    return st == ST_EXISTS ? ST_OK : st;
}

static enum status apply_verdict(struct live *l, struct verdict v, const struct reply *r,
                                 int64_t call, struct err *e)
{
    v.call = call;
    v.teacher = r != NULL ? r->teacher : "";
    v.model = r != NULL ? r->model : "";
    v.prompt = r != NULL ? prompts_version(l->prompts, r->task) : "";
    return store_verdict_put(l->store, &v, e);
}

static enum status apply_point(struct live *l, const struct point *p, struct err *e)
{
    if (p->outcome != POINT_ASKED) {
        struct point done = *p;
        done.made_us = clock_wall_us();
        enum status st = store_point_put(l->store, &done, e);
        if (st == ST_OK) {
            live_settled(l, p);
        }
        return st;
    }
    return store_point_put(l->store, p, e);
}

enum status live_apply(struct live *l, const struct reply *r, int64_t call, int64_t job,
                       struct err *e)
{
    enum status st = ST_OK;
    for (size_t i = 0; i < l->step.change_count && st == ST_OK; i++) {
        const struct change *c = &l->step.changes[i];
        switch (c->kind) {
        case CHANGE_POINT:
            st = apply_point(l, c->u.point, e);
            break;
        case CHANGE_VERDICT:
            st = apply_verdict(l, c->u.verdict, r, call, e);
            break;
        case CHANGE_ATTEMPT:
            st = store_attempt_put(l->store, &c->u.attempt, e);
            break;
        case CHANGE_SCENARIO:
            st = store_scenario_put(l->store, c->u.scenario.mix_hash, c->u.scenario.serial,
                                    c->u.scenario.text, c->u.scenario.batch, e);
            break;
        case CHANGE_CHILDREN:
            st = apply_children(l, &c->u.children, e);
            break;
        case CHANGE_EXPANSION:
            st = apply_expansion(l, &c->u.expansion, e);
            break;
        case CHANGE_NODE_STATE:
            st = apply_node_state(l, &c->u.node_state, e);
            break;
        case CHANGE_FACTOR:
            st = apply_factor(l, &c->u.factor, e);
            break;
        case CHANGE_STRATEGY:
            st = apply_strategy(l, &c->u.strategy, e);
            break;
        case CHANGE_SUGGESTION:
            st = apply_suggestion(l, c->u.suggestion, r, job, e);
            break;
        case CHANGE_JOB_END:
            live_job_ended(l, job, c->u.job_end.ok, c->u.job_end.message);
            break;
        }
    }
    l->step.change_count = 0;
    return st;
}
