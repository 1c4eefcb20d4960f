/*
 * The frontier of a level is a list of node ids; a few dozen of them are under way at once, each a
 * small machine of its own (`struct sprout`): B proposals, then the critic. What came of them is
 * told in the order of the frontier: children get their ids then, and ids are part of keys, so the
 * rest of the tree would depend on the order of replies otherwise.
 */
#include "engine/grow.h"
#include "base/mem.h"
#include "base/utf8.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROPOSALS_MAX 8
#define NAMES_MAX     80 /* names of siblings or of a level that a prompt shows at most */

enum kind { GROW_FACTORS, GROW_STRATEGIES, GROW_EXPAND };

struct sprout { /* one node being expanded */
    int64_t node;
    struct ask proposal[PROPOSALS_MAX];
    cJSON *value[PROPOSALS_MAX]; /* their replies, merged in this order whatever came first */
    int open;                    /* proposals that are still out */
    cJSON *context;              /* inputs of this node */
    cJSON *proposals;            /* [{"name","description","votes"}] */
    struct ask critic;
    char *lost[PROPOSALS_MAX]; /* why a proposal did not come */
    bool used;
    bool expanded; /* it had its children before */
    size_t place;  /* in the order of telling */
    bool finished; /* and not told yet: */
    cJSON *result; /* of the critic */
    char *failure; /* or why there is none */
};

struct grow {
    enum kind kind;
    int64_t job;
    struct engine_common common;
    bool begun, ended;

    /* factors and strategies: one or two questions */
    struct ask ask;
    cJSON *held; /* factors that wait for their critic; taxonomies of a strategies job */
    int64_t ids[PLAN_MAX_TAXONOMIES];
    int id_count;

    /* expansion */
    int64_t root;
    int depth, level; /* levels to grow; the one being grown, from 1 */
    char *plan;       /* for this level */
    struct ask planner;
    bool planned; /* the plan for this level is there */
    int64_t *frontier;
    size_t frontier_count, frontier_cap, frontier_next;
    struct sprout sprout[GROW_AT_ONCE];
    size_t placed, told; /* sprouts begun; and told of */
    int working, done, failed, unchanged;
    char last_error[512];
};

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
    g->plan = xstrdup("");
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

struct grow *grow_expand(int64_t job, const struct engine_common *c, int64_t node, int depth)
{
    struct grow *g = grow_new(GROW_EXPAND, job, c);
    g->root = node;
    g->depth = depth;
    return g;
}

static void sprout_clear(struct sprout *s)
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

void grow_free(struct grow *g)
{
    if (g == NULL) {
        return;
    }
    for (int i = 0; i < GROW_AT_ONCE; i++) {
        sprout_clear(&g->sprout[i]);
    }
    ask_clear(&g->ask);
    ask_clear(&g->planner);
    cJSON_Delete(g->held);
    free(g->plan);
    free(g->frontier);
    common_clear(&g->common);
    free(g);
}

static void job_end(struct grow *g, bool ok, const char *message, struct step *out)
{
    struct change *c = step_change(out, CHANGE_JOB_END);
    c->u.job_end.ok = ok;
    c->u.job_end.message = arena_strdup(&out->text, message);
    g->ended = true;
}

static void key_of(const struct grow *g, char base[80], const char *what, int64_t node, int n)
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
    key_of(g, base, "factors", 0, 0);
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
    key_of(g, base, "factor-critic", 0, 0);
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
    job_end(g, true, message, out);
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
    job_end(g, true, message, out);
}

static void begin_strategies(struct grow *g, struct step *out)
{
    cJSON *in = common_inputs(&g->common);
    cJSON_AddItemToObject(in, "taxonomies", cJSON_Duplicate(g->held, true));
    char base[80];
    key_of(g, base, "strategies", 0, 0);
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
    job_end(g, made > 0, made > 0 ? message : "no proposed strategy named a taxonomy that exists",
            out);
}

/* ---- expansion: context of a node */

static cJSON *name_list(const struct tree *t, uint32_t parent, uint32_t except)
{
    cJSON *list = cJSON_CreateArray();
    int n = 0;
    for (uint32_t c = t->nodes[parent].first; c != TREE_NONE && n < NAMES_MAX;
         c = t->nodes[c].next) {
        if (c != except) {
            cJSON_AddItemToArray(list, cJSON_CreateString(t->nodes[c].name));
            n++;
        }
    }
    return list;
}

static cJSON *name_and_desc(const struct tree *t, uint32_t at)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", t->nodes[at].name);
    cJSON_AddStringToObject(o, "description", t->nodes[at].desc);
    return o;
}

static cJSON *node_context(const struct grow *g, const struct tree *t, uint32_t at)
{
    cJSON *in = common_inputs(&g->common);
    cJSON_DeleteItemFromObject(in, "schema"); /* a tree does not depend on it: a shorter prompt */
    cJSON_AddItemToObject(in, "taxonomy", name_and_desc(t, tree_taxonomy(t, at)));
    cJSON_AddItemToObject(in, "node", name_and_desc(t, at));
    cJSON *up = cJSON_CreateArray();
    for (uint32_t a = t->nodes[at].parent; a != TREE_NONE && a != 0; a = t->nodes[a].parent) {
        cJSON_InsertItemInArray(up, 0, cJSON_CreateString(t->nodes[a].name));
    }
    cJSON_AddItemToObject(in, "ancestors", up);
    cJSON *siblings =
        t->nodes[at].parent == 0 ? cJSON_CreateArray() : name_list(t, t->nodes[at].parent, at);
    cJSON_AddItemToObject(in, "siblings", siblings);
    cJSON_AddItemToObject(in, "children", name_list(t, at, TREE_NONE));
    cJSON_AddStringToObject(in, "plan", g->plan);
    return in;
}

static void sprout_begin(struct grow *g, struct sprout *s, const struct tree *t, uint32_t at,
                         struct step *out)
{
    s->used = true;
    s->node = t->nodes[at].id;
    s->expanded = t->nodes[at].state == NODE_EXPANDED;
    s->place = g->placed++;
    s->context = node_context(g, t, at);
    s->proposals = cJSON_CreateArray();
    s->open = g->common.proposals;
    g->working++;
    for (int i = 0; i < g->common.proposals; i++) {
        cJSON *in = cJSON_Duplicate(s->context, true);
        cJSON_AddNumberToObject(in, "variant", i);
        char base[80];
        key_of(g, base, "propose", s->node, i);
        ask_first(&s->proposal[i], base, TASK_PROPOSE_CHILDREN, 0, 6, g->common.seed, in, out);
    }
}

/* ---- union of proposals */

/* Same name but for case, blanks and a leading article? Then it is one proposal with more votes. */
static void normalise(const char *name, char out[128])
{
    const char *p = name;
    static const char *const articles[] = {"the ", "a ", "an "};
    for (size_t i = 0; i < sizeof articles / sizeof *articles; i++) {
        size_t n = strlen(articles[i]);
        if (strncasecmp(p, articles[i], n) == 0) {
            p += n;
            break;
        }
    }
    size_t len = strlen(p), used = 0, at = 0;
    while (at < len && used + 5 < 128) {
        uint32_t cp = 0;
        at += utf8_decode(p + at, len - at, &cp);
        if (cp == ' ' || cp == '-' || cp == '_' || cp == UTF8_BAD) {
            continue;
        }
        used += utf8_encode(utf8_fold(cp), out + used);
    }
    out[used] = '\0';
}

static void add_proposals(struct sprout *s, const cJSON *value)
{
    const cJSON *c = NULL;
    cJSON_ArrayForEach(c, cJSON_GetObjectItem(value, "children"))
    {
        char mine[128], theirs[128];
        normalise(json_str_or(c, "name", ""), mine);
        cJSON *p = NULL, *same = NULL;
        cJSON_ArrayForEach(p, s->proposals)
        {
            normalise(json_str_or(p, "name", ""), theirs);
            if (strcmp(mine, theirs) == 0) {
                same = p;
                break;
            }
        }
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

static char *expansion_json(const struct sprout *s, const cJSON *value, const char *error)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddItemToObject(o, "proposals", cJSON_Duplicate(s->proposals, true));
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
    key_of(g, base, "critic", s->node, 0);
    ask_first(&s->critic, base, TASK_CHILDREN_CRITIC, 0, 7, g->common.seed, in, out);
}

/* ---- levels */

static void frontier_push(struct grow *g, int64_t id)
{
    g->frontier =
        vec_grow(g->frontier, &g->frontier_cap, g->frontier_count + 1, sizeof *g->frontier);
    g->frontier[g->frontier_count++] = id;
}

/* Nodes of the level being grown: level-1 steps below the root, open for expansion. */
static void find_frontier(struct grow *g, const struct tree *t, uint32_t root)
{
    g->frontier_count = g->frontier_next = 0;
    int want = t->nodes[root].depth + g->level - 1;
    for (uint32_t at = root; at != TREE_NONE;) {
        const struct node *n = &t->nodes[at];
        if (n->locked) {
            at = tree_skip(t, root, at);
            continue;
        }
        if (n->depth < want) {
            at = tree_next(t, root, at);
            continue;
        }
        bool open = at == root || n->state != NODE_EXPANDED;
        if (open && (at == root || n->children == 0)) {
            frontier_push(g, n->id);
        }
        at = tree_skip(t, root, at);
    }
}

static void ask_level_plan(struct grow *g, const struct tree *t, uint32_t root, struct step *out)
{
    cJSON *in = common_inputs(&g->common);
    cJSON_DeleteItemFromObject(in, "schema");
    cJSON_AddItemToObject(in, "taxonomy", name_and_desc(t, tree_taxonomy(t, root)));
    cJSON_AddNumberToObject(in, "level", g->level);
    cJSON *names = cJSON_CreateArray();
    size_t stride = g->frontier_count / NAMES_MAX + 1;
    for (size_t i = 0; i < g->frontier_count; i += stride) {
        uint32_t at = tree_by_id(t, g->frontier[i]);
        cJSON_AddItemToArray(names, cJSON_CreateString(t->nodes[at].name));
    }
    cJSON_AddItemToObject(in, "nodes", names);
    char base[80];
    key_of(g, base, "plan", 0, g->level);
    ask_first(&g->planner, base, TASK_LEVEL_PLAN, 0, 8, g->common.seed, in, out);
}

static void fill_sprouts(struct grow *g, const struct tree *t, struct step *out)
{
    for (int i = 0; i < GROW_AT_ONCE; i++) {
        while (!g->sprout[i].used && g->frontier_next < g->frontier_count) {
            uint32_t at = tree_by_id(t, g->frontier[g->frontier_next++]);
            if (at != TREE_NONE && !t->nodes[at].locked) {
                sprout_begin(g, &g->sprout[i], t, at, out);
            }
        }
    }
}

static void end_expand(struct grow *g, struct step *out)
{
    char message[640];
    if (g->failed > 0) {
        snprintf(message, sizeof message,
                 "%d nodes expanded, %d failed (expand tries them again): %s", g->done, g->failed,
                 g->last_error);
    } else if (g->unchanged > 0) {
        snprintf(message, sizeof message, "%d nodes expanded, nothing new for %d that was before",
                 g->done, g->unchanged);
    } else {
        snprintf(message, sizeof message, "%d %s expanded", g->done,
                 g->done == 1 ? "node" : "nodes");
    }
    job_end(g, g->failed == 0, message, out);
}

static void turn_expand(struct grow *g, const struct tree *t, struct step *out)
{
    uint32_t root = tree_by_id(t, g->root);
    if (root == TREE_NONE) {
        job_end(g, false, "the node was deleted meanwhile", out);
        return;
    }
    for (;;) {
        if (g->planned) {
            fill_sprouts(g, t, out);
        }
        if (g->working > 0 || g->planner.open) {
            return;
        }
        if (g->level >= g->depth) {
            end_expand(g, out);
            return;
        }
        g->level++;
        find_frontier(g, t, root);
        g->planned = g->level == 1 || g->frontier_count == 0;
        if (!g->planned) {
            ask_level_plan(g, t, root, out);
        }
    }
}

void grow_turn(struct grow *g, const struct tree *t, struct step *out)
{
    if (g->ended) {
        return;
    }
    if (g->kind == GROW_EXPAND) {
        turn_expand(g, t, out);
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
        job_end(g, false, why.msg, out);
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

static void reply_plan(struct grow *g, const struct reply *r, struct step *out)
{
    cJSON *value = NULL;
    struct err why = {0};
    enum ask_result result = ask_settle(&g->planner, r, &value, &why, out);
    if (result == ASK_AGAIN) {
        return;
    }
    g->planner.open = false;
    if (result == ASK_FATAL) {
        job_end(g, false, why.msg, out);
        return;
    }
    free(g->plan); /* without a plan the level is grown all the same */
    g->plan = xstrdup(value != NULL ? json_str_or(value, "plan", "") : "");
    g->planned = true;
    cJSON_Delete(value);
}

/* The job ends here; what is finished is not thrown away. */
static void expand_fatal(struct grow *g, const char *why, struct step *out)
{
    tell(g, true, out);
    job_end(g, false, why, out);
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

bool grow_reply(struct grow *g, const struct reply *r, struct step *out)
{
    if (g->ended) {
        return false;
    }
    if (ask_owns(&g->ask, r->key)) {
        reply_single(g, r, out);
        return true;
    }
    if (ask_owns(&g->planner, r->key)) {
        reply_plan(g, r, out);
        return true;
    }
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
