/*
 * One node being expanded: B proposals, their union, the critic. What came of the nodes is told in
 * the order of the frontier: children get their ids then, and ids are part of keys, so the rest of
 * the tree would depend on the order of replies otherwise. All that was proposed is kept beside the
 * critic's word, for the person who looks at both.
 */
#include "base/mem.h"
#include "domain/expansion.h"
#include "engine/context.h"
#include "engine/grow_private.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sprout_clear(struct sprout *s)
{
    for (int i = 0; i < PROPOSALS_MAX; i++) {
        ask_clear(&s->proposal[i]);
        cJSON_Delete(s->value[i]);
        free(s->lost[i]);
    }
    ask_clear(&s->critic);
    cJSON_Delete(s->result);
    free(s->failure);
    cJSON_Delete(s->context);
    cJSON_Delete(s->proposals);
    memset(s, 0, sizeof *s);
}

void sprout_begin(struct grow *g, struct sprout *s, const struct tree *t, uint32_t at,
                  struct step *out)
{
    s->used = true;
    s->node = t->nodes[at].id;
    s->expanded = t->nodes[at].state == NODE_EXPANDED;
    s->place = g->placed++;
    s->context = context_of(&g->common, t, at);
    cJSON_AddStringToObject(s->context, "plan", grow_plan_of(g, t->nodes[tree_taxonomy(t, at)].id));
    s->proposals = cJSON_CreateArray();
    s->open = g->common.proposals;
    g->working++;
    for (int i = 0; i < g->common.proposals; i++) {
        cJSON *in = cJSON_Duplicate(s->context, true);
        cJSON_AddNumberToObject(in, "variant", i);
        char base[80];
        grow_key(g, base, "propose", s->node, i);
        ask_first(&s->proposal[i], base, TASK_PROPOSE_CHILDREN, 0, 6, g->common.seed, in, out);
    }
}

/* ---- union of proposals */

/* The same name but for case, blanks and a leading article is one proposal with more votes. */
static void add_proposals(struct sprout *s, const cJSON *value)
{
    const cJSON *c = NULL;
    cJSON_ArrayForEach(c, cJSON_GetObjectItem(value, "children"))
    {
        char key[NAME_KEY_MAX];
        name_key(json_str_or(c, "name", ""), key);
        cJSON *same = name_in_list(s->proposals, key);
        if (same != NULL) {
            double votes = json_num_or(same, "votes", 0) + 1;
            cJSON_ReplaceItemInObject(same, "votes", cJSON_CreateNumber(votes));
            continue;
        }
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "name", json_str_or(c, "name", ""));
        cJSON_AddStringToObject(o, "description", json_str_or(c, "description", ""));
        cJSON_AddNumberToObject(o, "votes", 1);
        cJSON_AddItemToArray(s->proposals, o);
    }
}

/* ---- the critic and its outcome */

/* "calls": which of them said it; "spelled": the other ways in which they did. */
static void add_origin(const struct sprout *s, const char *list, cJSON *proposal)
{
    char key[NAME_KEY_MAX];
    const char *name = json_str_or(proposal, "name", "");
    name_key(name, key);
    cJSON *calls = cJSON_AddArrayToObject(proposal, "calls"), *spelled = NULL;
    for (int i = 0; i < PROPOSALS_MAX; i++) {
        const cJSON *c = name_in_list(cJSON_GetObjectItem(s->value[i], list), key);
        if (c == NULL) {
            continue;
        }
        cJSON_AddItemToArray(calls, cJSON_CreateNumber(i + 1));
        if (strcmp(json_str_or(c, "name", ""), name) != 0) {
            spelled = spelled != NULL ? spelled : cJSON_AddArrayToObject(proposal, "spelled");
            cJSON_AddItemToArray(spelled, cJSON_CreateString(json_str_or(c, "name", "")));
        }
    }
}

static cJSON *proposals_json(const struct sprout *s)
{
    cJSON *list = cJSON_Duplicate(s->proposals, true), *p = NULL;
    cJSON_ArrayForEach(p, list)
    {
        add_origin(s, "children", p);
    }
    return list;
}

/* What was proposed and is there already. NULL: nothing. */
static cJSON *repeats_json(const struct sprout *s)
{
    cJSON *list = NULL;
    for (int i = 0; i < PROPOSALS_MAX; i++) {
        const cJSON *r = NULL;
        cJSON_ArrayForEach(r, cJSON_GetObjectItem(s->value[i], "repeats"))
        {
            char key[NAME_KEY_MAX];
            name_key(json_str_or(r, "name", ""), key);
            list = list != NULL ? list : cJSON_CreateArray();
            if (name_in_list(list, key) == NULL) {
                cJSON *o = cJSON_Duplicate(r, true);
                add_origin(s, "repeats", o);
                cJSON_AddItemToArray(list, o);
            }
        }
    }
    return list;
}

static cJSON *lost_json(const struct sprout *s)
{
    cJSON *list = NULL;
    for (int i = 0; i < PROPOSALS_MAX; i++) {
        if (s->lost[i] != NULL) {
            cJSON *o = cJSON_CreateObject();
            cJSON_AddNumberToObject(o, "call", i + 1);
            cJSON_AddStringToObject(o, "error", s->lost[i]);
            list = list != NULL ? list : cJSON_CreateArray();
            cJSON_AddItemToArray(list, o);
        }
    }
    return list;
}

/* The record of domain/expansion.h; whoever adds the children puts their ids in. */
static char *expansion_json(const struct sprout *s, const cJSON *value, const char *error)
{
    cJSON *o = cJSON_CreateObject();
    cJSON *repeats = repeats_json(s), *lost = lost_json(s);
    cJSON_AddItemToObject(o, "proposals", proposals_json(s));
    if (repeats != NULL) {
        cJSON_AddItemToObject(o, "repeats", repeats);
    }
    if (lost != NULL) {
        cJSON_AddItemToObject(o, "lost", lost);
    }
    if (value != NULL) {
        cJSON_AddItemToObject(o, "children",
                              cJSON_Duplicate(cJSON_GetObjectItem(value, "children"), true));
        cJSON_AddItemToObject(o, "dropped",
                              cJSON_Duplicate(cJSON_GetObjectItem(value, "dropped"), true));
    }
    if (error != NULL) {
        cJSON_AddStringToObject(o, "error", error);
    }
    char *text = json_text(o);
    cJSON_Delete(o);
    return text;
}

static void tell_failure(struct grow *g, const struct sprout *s, struct step *out)
{
    char *json = expansion_json(s, NULL, s->failure);
    struct change *c = step_change(out, CHANGE_NODE_STATE);
    c->u.node_state.node = s->node;
    c->u.node_state.state = NODE_FAILED;
    c->u.node_state.expansion = arena_strdup(&out->text, json);
    free(json);
    snprintf(g->last_error, sizeof g->last_error, "%s", s->failure);
    g->failed++;
}

static void tell_children(struct grow *g, const struct sprout *s, struct step *out)
{
    const cJSON *list = cJSON_GetObjectItem(s->result, "children");
    size_t n = (size_t)cJSON_GetArraySize(list);
    if (n == 0 && s->expanded) {
        /* Nothing new, or a job that goes on and did this before: what is there stands. */
        char *record = expansion_json(s, s->result, NULL);
        struct change *known = step_change(out, CHANGE_EXPANSION);
        known->u.expansion.node = s->node;
        known->u.expansion.expansion = arena_strdup(&out->text, record);
        free(record);
        g->unchanged++;
        return;
    }
    struct change *c = step_change(out, CHANGE_CHILDREN);
    struct change_children *cc = &c->u.children;
    cc->node = s->node;
    cc->child = arena_alloc(&out->text, (n + 1) * sizeof *cc->child);
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, list)
    {
        cc->child[cc->count].name = arena_strdup(&out->text, json_str_or(child, "name", ""));
        cc->child[cc->count++].desc =
            arena_strdup(&out->text, json_str_or(child, "description", ""));
    }
    char *json = expansion_json(s, s->result, NULL);
    cc->expansion = arena_strdup(&out->text, json);
    free(json);
    g->done++;
}

/* The finished sprout whose turn it is; `skip`: over those that are not finished. */
static struct sprout *next_to_tell(struct grow *g, bool skip)
{
    struct sprout *next = NULL;
    for (int i = 0; i < GROW_AT_ONCE; i++) {
        struct sprout *s = &g->sprout[i];
        if (s->used && s->finished && (skip || s->place == g->told) &&
            (next == NULL || s->place < next->place)) {
            next = s;
        }
    }
    return next;
}

/* Tell what is finished and has its turn; `skip`: over those that are not finished. */
static void tell(struct grow *g, bool skip, struct step *out)
{
    for (struct sprout *s = next_to_tell(g, skip); s != NULL; s = next_to_tell(g, skip)) {
        if (s->failure != NULL) {
            tell_failure(g, s, out);
        } else {
            tell_children(g, s, out);
        }
        sprout_clear(s);
        g->told++;
        g->working--;
    }
}

static void sprout_failed(struct grow *g, struct sprout *s, const char *why, struct step *out)
{
    s->failure = xstrdup(why);
    s->finished = true;
    tell(g, false, out);
}

/* Takes the value. */
static void sprout_done(struct grow *g, struct sprout *s, cJSON *value, struct step *out)
{
    s->result = value;
    s->finished = true;
    tell(g, false, out);
}

/* No proposal is left: nobody answered, or nobody said anything new. */
static void sprout_empty(struct grow *g, struct sprout *s, struct step *out)
{
    const char *why = NULL;
    bool answered = false;
    for (int i = 0; i < g->common.proposals; i++) {
        answered = answered || s->value[i] != NULL;
        why = why == NULL ? s->lost[i] : why;
    }
    if (answered && s->expanded) {
        sprout_done(g, s, cJSON_CreateObject(), out);
    } else if (answered || why == NULL) {
        sprout_failed(g, s, "the teacher proposed nothing that is not there already", out);
    } else {
        sprout_failed(g, s, why, out);
    }
}

static void sprout_critic(struct grow *g, struct sprout *s, struct step *out)
{
    for (int i = 0; i < g->common.proposals; i++) {
        add_proposals(s, s->value[i]);
    }
    if (cJSON_GetArraySize(s->proposals) == 0) {
        sprout_empty(g, s, out);
        return;
    }
    cJSON *in = cJSON_Duplicate(s->context, true);
    cJSON_AddItemToObject(in, "proposals", cJSON_Duplicate(s->proposals, true));
    char base[80];
    grow_key(g, base, "critic", s->node, 0);
    ask_first(&s->critic, base, TASK_CHILDREN_CRITIC, 0, 7, g->common.seed, in, out);
}

/* The job ends here; what is finished is not thrown away. */
static void expand_fatal(struct grow *g, const char *why, struct step *out)
{
    tell(g, true, out);
    grow_job_end(g, false, why, out);
}

static void reply_proposal(struct grow *g, struct sprout *s, int i, const struct reply *r,
                           struct step *out)
{
    cJSON *value = NULL;
    struct err why = {0};
    enum ask_result result = ask_settle(&s->proposal[i], r, &value, &why, out);
    if (result == ASK_AGAIN) {
        return;
    }
    if (result == ASK_FATAL) {
        expand_fatal(g, why.msg, out);
        return;
    }
    if (result == ASK_VALUE) {
        s->value[i] = value;
    } else {
        s->proposal[i].open = false;
        s->lost[i] = xstrdup(why.msg);
    }
    if (--s->open == 0) {
        sprout_critic(g, s, out);
    }
}

static void reply_critic(struct grow *g, struct sprout *s, const struct reply *r, struct step *out)
{
    cJSON *value = NULL;
    struct err why = {0};
    enum ask_result result = ask_settle(&s->critic, r, &value, &why, out);
    if (result == ASK_VALUE) {
        sprout_done(g, s, value, out);
    } else if (result == ASK_FATAL) {
        expand_fatal(g, why.msg, out);
    } else if (result != ASK_AGAIN) {
        sprout_failed(g, s, why.msg, out);
    }
}

bool sprout_reply(struct grow *g, const struct reply *r, struct step *out)
{
    for (int i = 0; i < GROW_AT_ONCE; i++) {
        struct sprout *s = &g->sprout[i];
        for (int k = 0; s->used && k < g->common.proposals; k++) {
            if (ask_owns(&s->proposal[k], r->key)) {
                reply_proposal(g, s, k, r, out);
                return true;
            }
        }
        if (s->used && ask_owns(&s->critic, r->key)) {
            reply_critic(g, s, r, out);
            return true;
        }
    }
    return false;
}
