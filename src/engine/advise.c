/*
 * The nodes become a list of questions first (those of one parent share a question about their
 * soundness); a few dozen are under way at once, and what came of them is told in the order of the
 * list, so that the numbers of suggestions do not depend on the order of replies.
 */
#include "engine/advise.h"
#include "base/mem.h"
#include "domain/expansion.h"
#include "engine/context.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JUDGED_MAX = 24 /* nodes in one question about soundness */, NOTED_MAX = 4 };

struct subject { /* what one question is about */
    int64_t node;
    int64_t judged[JUDGED_MAX]; /* ADVISE_SOUND: children of the node */
    int judged_count, batch;
};

struct asking { /* a question under way, or its answer that waits to be told */
    bool used, finished;
    size_t subject;
    size_t place; /* in the order of telling */
    struct ask ask;
    cJSON *value;
    char *failure;
};

struct turned_down {
    int64_t node;
    char *name;
};

struct advise {
    int64_t job;
    enum advice what;
    struct engine_common common;
    bool begun, ended;
    int64_t *nodes;
    size_t node_count;
    struct subject *subjects;
    size_t subject_count, subject_cap, next; /* the first that was not asked about yet */
    size_t placed, told;                     /* questions begun; and told of */
    struct asking asking[ADVISE_AT_ONCE];
    struct turned_down *down;
    size_t down_count, down_cap;
    int working, done, failed;
    int suggested, fine, repeated, locked, left_out;
    struct buf repeats; /* names and paths of a few of them */
    char last_error[400];
};

struct advise *advise_new(int64_t job, const struct engine_common *c, enum advice what,
                          const int64_t *nodes, size_t count)
{
    struct advise *a = xcalloc(1, sizeof *a);
    a->job = job;
    a->what = what;
    a->common = *c;
    a->common.description = xstrdup(c->description != NULL ? c->description : "");
    a->common.answer = c->answer != NULL ? xstrdup(c->answer) : NULL;
    a->common.examples = cJSON_Duplicate(c->examples, true);
    a->common.schema = cJSON_Duplicate(c->schema, true);
    a->nodes = xcalloc(count + 1, sizeof *a->nodes);
    memcpy(a->nodes, nodes, count * sizeof *nodes);
    a->node_count = count;
    buf_init(&a->repeats, 300);
    return a;
}

static void asking_clear(struct asking *k)
{
    ask_clear(&k->ask);
    cJSON_Delete(k->value);
    free(k->failure);
    memset(k, 0, sizeof *k);
}

void advise_free(struct advise *a)
{
    if (a == NULL) {
        return;
    }
    for (int i = 0; i < ADVISE_AT_ONCE; i++) {
        asking_clear(&a->asking[i]);
    }
    for (size_t i = 0; i < a->down_count; i++) {
        free(a->down[i].name);
    }
    free(a->down);
    free(a->nodes);
    free(a->subjects);
    buf_free(&a->repeats);
    common_clear(&a->common);
    free(a);
}

void advise_turned_down(struct advise *a, int64_t node, const char *name)
{
    a->down = vec_grow(a->down, &a->down_cap, a->down_count + 1, sizeof *a->down);
    a->down[a->down_count++] = (struct turned_down){node, xstrdup(name)};
}

static void job_end(struct advise *a, bool ok, const char *message, struct step *out)
{
    struct change *c = step_change(out, CHANGE_JOB_END);
    c->u.job_end.ok = ok;
    c->u.job_end.message = arena_strdup(&out->text, message);
    a->ended = true;
}

/* ---- from nodes to questions */

/* The open subject of this parent, or a new one. */
static struct subject *subject_of(struct advise *a, int64_t node)
{
    int batch = 0;
    for (size_t i = a->subject_count; a->what == ADVISE_SOUND && i-- > 0;) {
        struct subject *s = &a->subjects[i];
        if (s->node == node && s->judged_count < JUDGED_MAX) {
            return s;
        }
        if (s->node == node) {
            batch = s->batch + 1;
            break;
        }
    }
    a->subjects = vec_grow(a->subjects, &a->subject_cap, a->subject_count + 1, sizeof *a->subjects);
    struct subject *s = &a->subjects[a->subject_count++];
    *s = (struct subject){.node = node, .batch = batch};
    return s;
}

static void find_subjects(struct advise *a, const struct tree *t)
{
    bool *seen = xcalloc(t->count, sizeof *seen);
    for (size_t i = 0; i < a->node_count; i++) {
        uint32_t at = tree_by_id(t, a->nodes[i]);
        if (at == TREE_NONE || at == 0 || seen[at]) {
            continue;
        }
        seen[at] = true;
        if (context_locked(t, at)) {
            a->locked++;
        } else if (a->what != ADVISE_SOUND) {
            (void)subject_of(a, t->nodes[at].id);
        } else if (t->nodes[at].parent != 0) { /* a taxonomy has no node above to judge it by */
            struct subject *s = subject_of(a, t->nodes[t->nodes[at].parent].id);
            s->judged[s->judged_count++] = t->nodes[at].id;
        }
    }
    free(seen);
}

/* ---- inputs */

static cJSON *down_below(const struct advise *a, int64_t node)
{
    cJSON *list = cJSON_CreateArray();
    int n = 0;
    for (size_t i = 0; i < a->down_count && n < CONTEXT_NAMES; i++) {
        if (a->down[i].node == node) {
            cJSON_AddItemToArray(list, cJSON_CreateString(a->down[i].name));
            n++;
        }
    }
    return list;
}

/* Visit the nodes that a child of `parent` could be moved below: the nodes above and beside the
 * parent, and its other children. Stops when visit returns false. */
static void each_place(const struct tree *t, uint32_t parent, bool (*visit)(void *ctx, uint32_t at),
                       void *ctx)
{
    for (uint32_t up = t->nodes[parent].parent; up != 0 && up != TREE_NONE;
         up = t->nodes[up].parent) {
        if (!visit(ctx, up)) {
            return;
        }
    }
    uint32_t above = t->nodes[parent].parent;
    for (uint32_t c = above != 0 ? t->nodes[above].first : TREE_NONE; c != TREE_NONE;
         c = t->nodes[c].next) {
        if (c != parent && !visit(ctx, c)) {
            return;
        }
    }
    for (uint32_t c = t->nodes[parent].first; c != TREE_NONE; c = t->nodes[c].next) {
        if (!visit(ctx, c)) {
            return;
        }
    }
}

struct places {
    const struct tree *t;
    cJSON *list;
    const char *wanted; /* NULL: make the list */
    uint32_t not ;      /* not this one, nor what lies below it */
    uint32_t found;
    int count;
};

static bool place_visit(void *ctx, uint32_t at)
{
    struct places *p = ctx;
    if (context_locked(p->t, at)) {
        return true; /* nothing is moved there */
    }
    if (p->wanted == NULL) {
        cJSON_AddItemToArray(p->list, cJSON_CreateString(p->t->nodes[at].name));
    } else if (strcmp(p->t->nodes[at].name, p->wanted) == 0 && at != p->not ) {
        p->found = at;
        return false;
    }
    return ++p->count < CONTEXT_NAMES;
}

/* The children with their descriptions: all that are judged, others while there is room. */
static cJSON *children_for(const struct tree *t, uint32_t parent, const struct subject *s)
{
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < s->judged_count; i++) {
        uint32_t at = tree_by_id(t, s->judged[i]);
        if (at != TREE_NONE && t->nodes[at].parent == parent) {
            cJSON_AddItemToArray(list, context_node(t, at));
        }
    }
    int room = CONTEXT_NAMES - cJSON_GetArraySize(list);
    for (uint32_t c = t->nodes[parent].first; c != TREE_NONE && room > 0; c = t->nodes[c].next) {
        bool judged = false;
        for (int i = 0; i < s->judged_count; i++) {
            judged = judged || s->judged[i] == t->nodes[c].id;
        }
        if (!judged) {
            cJSON_AddItemToArray(list, context_node(t, c));
            room--;
        }
    }
    return list;
}

static cJSON *inputs_of(const struct advise *a, const struct tree *t, uint32_t at,
                        const struct subject *s)
{
    cJSON *in = context_of(&a->common, t, at);
    if (a->what == ADVISE_MISSING) {
        cJSON_AddItemToObject(in, "turned_down", down_below(a, s->node));
    } else if (a->what == ADVISE_SOUND) {
        cJSON *judged = cJSON_CreateArray();
        for (int i = 0; i < s->judged_count; i++) {
            uint32_t child = tree_by_id(t, s->judged[i]);
            if (child != TREE_NONE && t->nodes[child].parent == at) {
                cJSON_AddItemToArray(judged, cJSON_CreateString(t->nodes[child].name));
            }
        }
        struct places p = {.t = t, .list = cJSON_CreateArray()};
        each_place(t, at, place_visit, &p);
        cJSON_ReplaceItemInObject(in, "children", children_for(t, at, s));
        cJSON_AddItemToObject(in, "judged", judged);
        cJSON_AddItemToObject(in, "places", p.list);
    }
    return in;
}

static void ask(struct advise *a, struct asking *k, const struct tree *t, size_t subject,
                struct step *out)
{
    static const struct {
        enum task_id task;
        const char *word;
    } tasks[] = {{TASK_MISSING_CHILDREN, "missing"},
                 {TASK_DESCRIBE_NODE, "describe"},
                 {TASK_SOUNDNESS, "sound"}};
    const struct subject *s = &a->subjects[subject];
    uint32_t at = tree_by_id(t, s->node);
    k->used = true;
    k->subject = subject;
    k->place = a->placed++;
    a->working++;
    char base[80];
    snprintf(base, sizeof base, "j%lld.n%lld.%s.%d", (long long)a->job, (long long)s->node,
             tasks[a->what].word, s->batch);
    ask_first(&k->ask, base, tasks[a->what].task, 0, 6, a->common.seed, inputs_of(a, t, at, s),
              out);
}

/* ---- from replies to suggestions */

static void suggest(struct advise *a, struct suggestion g, struct step *out)
{
    g.name = arena_strdup(&out->text, g.name != NULL ? g.name : "");
    g.text = arena_strdup(&out->text, g.text != NULL ? g.text : "");
    g.reason = arena_strdup(&out->text, g.reason != NULL ? g.reason : "");
    g.teacher = g.model = "";
    g.job = a->job;
    step_change(out, CHANGE_SUGGESTION)->u.suggestion = g;
    a->suggested++;
}

static void note_repeat(struct advise *a, const struct tree *t, const char *name, uint32_t at)
{
    if (a->repeated++ < NOTED_MAX) {
        struct buf path;
        buf_init(&path, 1u << 16);
        tree_path(t, at, &path);
        buf_printf(&a->repeats, "%s\"%.60s\" is %.80s", a->repeats.len > 0 ? "; " : "", name,
                   path.data);
        buf_free(&path);
    }
}

static void tell_missing(struct advise *a, const struct tree *t, uint32_t at, const cJSON *value,
                         struct step *out)
{
    const cJSON *list = cJSON_GetObjectItem(value, "children"), *c = NULL;
    size_t n = (size_t)cJSON_GetArraySize(list), i = 0;
    const char **names = xcalloc(n + 1, sizeof *names);
    int64_t *except = xcalloc(n + 1, sizeof *except);
    uint32_t *found = xcalloc(n + 1, sizeof *found);
    cJSON_ArrayForEach(c, list)
    {
        names[i++] = json_str_or(c, "name", "");
    }
    tree_find_names(t, at, names, except, n, found);
    i = 0;
    cJSON_ArrayForEach(c, list)
    {
        if (found[i] != TREE_NONE) {
            note_repeat(a, t, names[i], found[i]);
        } else {
            suggest(a,
                    (struct suggestion){.kind = SUGGEST_MISSING,
                                        .node = t->nodes[at].id,
                                        .name = names[i],
                                        .text = json_str_or(c, "description", ""),
                                        .reason = json_str_or(c, "reason", "")},
                    out);
        }
        i++;
    }
    cJSON_ArrayForEach(c, cJSON_GetObjectItem(value, "repeats"))
    {
        const char *name = json_str_or(c, "name", "");
        int64_t none = 0;
        uint32_t where = TREE_NONE;
        tree_find_names(t, at, &name, &none, 1, &where);
        note_repeat(a, t, name, where != TREE_NONE ? where : at);
    }
    a->fine += n == 0 ? 1 : 0;
    free(names);
    free(except);
    free(found);
}

static void tell_description(struct advise *a, const struct tree *t, uint32_t at,
                             const cJSON *value, struct step *out)
{
    const char *text = json_str_or(value, "description", "");
    if (strcmp(text, t->nodes[at].desc) == 0) {
        a->fine++;
        return;
    }
    suggest(a,
            (struct suggestion){.kind = SUGGEST_DESCRIBE,
                                .node = t->nodes[at].id,
                                .text = text,
                                .reason = json_str_or(value, "reason", "")},
            out);
}

/* The node that a verdict's "to" means; TREE_NONE when it is none or makes no sense. */
static uint32_t target_of(const struct tree *t, uint32_t parent, uint32_t child, const char *to,
                          bool merge)
{
    if (merge) {
        uint32_t same = tree_child(t, parent, to, strlen(to));
        return same != child && (same == TREE_NONE || !t->nodes[same].locked) ? same : TREE_NONE;
    }
    struct places p = {.t = t, .wanted = to, .not = child, .found = TREE_NONE};
    each_place(t, parent, place_visit, &p);
    return p.found;
}

static bool gone(const int64_t *ids, int count, int64_t id)
{
    for (int i = 0; i < count; i++) {
        if (ids[i] == id) {
            return true;
        }
    }
    return false;
}

static void tell_soundness(struct advise *a, const struct tree *t, uint32_t parent,
                           const cJSON *value, struct step *out)
{
    int64_t leave[64]; /* what is to leave its place by this reply: nothing is merged into it */
    int leaving = 0;
    const cJSON *v = NULL;
    cJSON_ArrayForEach(v, cJSON_GetObjectItem(value, "nodes"))
    {
        const char *name = json_str_or(v, "name", ""), *to = json_str_or(v, "to", "");
        const char *action = json_str_or(v, "action", "keep");
        uint32_t child = tree_child(t, parent, name, strlen(name));
        struct suggestion g = {.reason = json_str_or(v, "reason", "")};
        if (strcmp(action, "keep") == 0) {
            a->fine++;
            continue;
        }
        if (child == TREE_NONE || t->nodes[child].locked ||
            !suggest_kind_by_name(action, &g.kind)) {
            a->left_out++;
            continue;
        }
        g.node = t->nodes[child].id;
        bool merge = g.kind == SUGGEST_MERGE;
        if (merge || g.kind == SUGGEST_MOVE) {
            uint32_t target = target_of(t, parent, child, to, merge);
            if (target == TREE_NONE || gone(leave, leaving, t->nodes[target].id)) {
                a->left_out++;
                continue;
            }
            g.target = t->nodes[target].id;
        }
        g.name = g.kind == SUGGEST_RENAME ? to : "";
        if (g.kind != SUGGEST_RENAME && leaving < 64) {
            leave[leaving++] = g.node;
        }
        suggest(a, g, out);
    }
}

/* ---- telling, in the order of the list */

static void tell_one(struct advise *a, const struct tree *t, struct asking *k, struct step *out)
{
    uint32_t at = tree_by_id(t, a->subjects[k->subject].node);
    if (k->failure != NULL) {
        a->failed++;
        snprintf(a->last_error, sizeof a->last_error, "%s", k->failure);
        return;
    }
    a->done++;
    if (at == TREE_NONE || context_locked(t, at)) {
        a->left_out++; /* deleted or locked meanwhile */
    } else if (a->what == ADVISE_MISSING) {
        tell_missing(a, t, at, k->value, out);
    } else if (a->what == ADVISE_DESCRIBE) {
        tell_description(a, t, at, k->value, out);
    } else {
        tell_soundness(a, t, at, k->value, out);
    }
}

static struct asking *next_to_tell(struct advise *a, bool skip)
{
    struct asking *next = NULL;
    for (int i = 0; i < ADVISE_AT_ONCE; i++) {
        struct asking *k = &a->asking[i];
        if (k->used && k->finished && (skip || k->place == a->told) &&
            (next == NULL || k->place < next->place)) {
            next = k;
        }
    }
    return next;
}

static void tell(struct advise *a, const struct tree *t, bool skip, struct step *out)
{
    for (struct asking *k = next_to_tell(a, skip); k != NULL; k = next_to_tell(a, skip)) {
        tell_one(a, t, k, out);
        a->told++;
        asking_clear(k);
        a->working--;
    }
}

static void end(struct advise *a, struct step *out)
{
    static const char *const fine[] = {"complete", "described well", "sound"};
    struct buf m;
    buf_init(&m, 1200);
    buf_printf(&m, "%d %s", a->suggested, a->suggested == 1 ? "suggestion" : "suggestions");
    if (a->fine > 0) {
        buf_printf(&m, ", %d %s %s", a->fine, a->fine == 1 ? "node" : "nodes", fine[a->what]);
    }
    if (a->repeated > 0) {
        buf_printf(&m, ", %d not offered because %s there: %s%s", a->repeated,
                   a->repeated == 1 ? "it is" : "they are", a->repeats.data,
                   a->repeated > NOTED_MAX ? "; ..." : "");
    }
    if (a->locked > 0) {
        buf_printf(&m, ", %d locked left alone", a->locked);
    }
    if (a->left_out > 0) {
        buf_printf(&m, ", %d left out: they do not fit the tree", a->left_out);
    }
    if (a->failed > 0) {
        buf_printf(&m, ", %d %s: %s", a->failed,
                   a->failed == 1 ? "question was not answered" : "questions were not answered",
                   a->last_error);
    }
    job_end(a, a->failed == 0, m.data, out);
    buf_free(&m);
}

void advise_turn(struct advise *a, const struct tree *t, struct step *out)
{
    if (a->ended) {
        return;
    }
    if (!a->begun) {
        find_subjects(a, t);
        a->begun = true;
    }
    for (int i = 0; i < ADVISE_AT_ONCE; i++) {
        while (!a->asking[i].used && a->next < a->subject_count) {
            size_t subject = a->next++;
            if (tree_by_id(t, a->subjects[subject].node) != TREE_NONE) {
                ask(a, &a->asking[i], t, subject, out);
            }
        }
    }
    if (a->working == 0 && a->next >= a->subject_count) {
        end(a, out);
    }
}

static void settle(struct advise *a, const struct tree *t, struct asking *k, const struct reply *r,
                   struct step *out)
{
    cJSON *value = NULL;
    struct err why = {0};
    enum ask_result result = ask_settle(&k->ask, r, &value, &why, out);
    if (result == ASK_AGAIN) {
        return;
    }
    if (result == ASK_FATAL) {
        tell(a, t, true, out);
        job_end(a, false, why.msg, out);
        return;
    }
    k->ask.open = false;
    k->value = value;
    k->failure = result == ASK_VALUE ? NULL : xstrdup(why.msg);
    k->finished = true;
    tell(a, t, false, out);
}

bool advise_reply(struct advise *a, const struct tree *t, const struct reply *r, struct step *out)
{
    for (int i = 0; !a->ended && i < ADVISE_AT_ONCE; i++) {
        struct asking *k = &a->asking[i];
        if (k->used && !k->finished && ask_owns(&k->ask, r->key)) {
            settle(a, t, k, r, out);
            return true;
        }
    }
    return false;
}

void advise_working(const struct advise *a, void (*visit)(void *ctx, int64_t node), void *ctx)
{
    for (int i = 0; i < ADVISE_AT_ONCE; i++) {
        if (!a->asking[i].used) {
            continue;
        }
        const struct subject *s = &a->subjects[a->asking[i].subject];
        for (int k = 0; k < s->judged_count; k++) {
            visit(ctx, s->judged[k]);
        }
        if (s->judged_count == 0) {
            visit(ctx, s->node);
        }
    }
}

void advise_progress(const struct advise *a, int *done, int *failed, int *waiting)
{
    *done = a->done;
    *failed = a->failed;
    *waiting = (int)(a->subject_count - a->next) + a->working;
}
