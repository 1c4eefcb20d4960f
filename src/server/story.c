/*
 * Small queries by point, put together. A point has a handful of rows in each table, so a story
 * costs well under a millisecond however large the session is.
 */
#include "server/story.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status story_names_load(struct store *s, const struct tree *t, struct story_names *out,
                             struct err *e)
{
    memset(out, 0, sizeof *out);
    out->tree = t;
    return store_strategies(s, &out->strategies, &out->strategy_count, e);
}

void story_names_free(struct story_names *n)
{
    strategy_rows_free(n->strategies, n->strategy_count);
    memset(n, 0, sizeof *n);
}

const char *story_strategy(const struct story_names *n, int64_t id)
{
    for (int i = 0; i < n->strategy_count; i++) {
        if (n->strategies[i].id == id) {
            return n->strategies[i].name;
        }
    }
    return id == 0 ? "everything" : "(removed)";
}

cJSON *story_mix(struct store *s, const struct story_names *n, const struct point *p)
{
    cJSON *list = cJSON_CreateArray();
    struct buf path;
    buf_init(&path, TREE_PATH_MAX);
    for (int i = 0; i < p->nodes; i++) {
        cJSON *o = cJSON_CreateObject();
        uint32_t at = tree_by_id(n->tree, p->node[i]);
        buf_clear(&path);
        if (at != TREE_NONE) {
            tree_path(n->tree, at, &path);
            cJSON_AddStringToObject(o, "taxonomy", n->tree->nodes[tree_taxonomy(n->tree, at)].name);
        } else {
            store_node_path(s, p->node[i], &path, NULL);
            cJSON_AddStringToObject(o, "taxonomy", "");
        }
        cJSON_AddNumberToObject(o, "node", (double)p->node[i]);
        cJSON_AddStringToObject(o, "path", path.data);
        cJSON_AddItemToArray(list, o);
    }
    buf_free(&path);
    return list;
}

struct collect {
    cJSON *list;
    bool calls;
};

static bool add_verdict(void *ctx, const struct verdict *v)
{
    struct collect *c = ctx;
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "critic", v->critic);
    cJSON_AddStringToObject(o, "answer", v->yes ? "yes" : "no");
    cJSON_AddStringToObject(o, "reason", v->reason);
    cJSON_AddNumberToObject(o, "round", v->round);
    if (c->calls) {
        cJSON_AddNumberToObject(o, "call", (double)v->call);
        cJSON_AddStringToObject(o, "model", v->model);
        cJSON_AddStringToObject(o, "prompt", v->prompt);
    }
    cJSON_AddItemToArray(c->list, o);
    return true;
}

static int critic_rank(const cJSON *v)
{
    const char *critic = json_str_or(v, "critic", "");
    return strcmp(critic, "requirements") == 0 ? 0 : strcmp(critic, "correct") == 0 ? 1 : 2;
}

/* By round of requirements, then correct, then incorrect: the two critics answer in any order. */
cJSON *story_verdicts(struct store *s, int64_t point, bool calls)
{
    struct collect c = {.list = cJSON_CreateArray(), .calls = calls};
    store_verdicts(s, point, add_verdict, &c, NULL);
    cJSON *sorted = cJSON_CreateArray();
    for (int rank = 0; rank < 3; rank++) {
        for (cJSON *v = c.list->child, *next = NULL; v != NULL; v = next) {
            next = v->next;
            if (critic_rank(v) == rank) {
                cJSON_AddItemToArray(sorted, cJSON_DetachItemViaPointer(c.list, v));
            }
        }
    }
    cJSON_Delete(c.list);
    return sorted;
}

static bool add_review(void *ctx, const struct review *r)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "decision", r->decision);
    cJSON_AddStringToObject(o, "who", r->who);
    cJSON_AddStringToObject(o, "note", r->note);
    cJSON_AddNumberToObject(o, "at_us", (double)r->at_us);
    cJSON_AddStringToObject(o, "before", r->before);
    cJSON_AddStringToObject(o, "after", r->after);
    cJSON_AddItemToArray(ctx, o);
    return true;
}

cJSON *story_reviews(struct store *s, int64_t point)
{
    cJSON *list = cJSON_CreateArray();
    store_reviews(s, point, add_review, list, NULL);
    return list;
}

cJSON *story_record(const struct point *p)
{
    cJSON *record = NULL;
    if (p->record == NULL ||
        json_parse(p->record, strlen(p->record), &json_limits_file, &record, NULL) != ST_OK) {
        record = cJSON_CreateNull();
    }
    return record;
}

struct pair {
    int correct, incorrect; /* -1: not asked */
};

static bool see_verdict(void *ctx, const struct verdict *v)
{
    struct pair *p = ctx;
    if (strcmp(v->critic, "correct") == 0) {
        p->correct = v->yes;
    } else if (strcmp(v->critic, "incorrect") == 0) {
        p->incorrect = v->yes;
    }
    return true;
}

void story_verdict(struct store *s, int64_t point, char out[16])
{
    struct pair p = {-1, -1};
    store_verdicts(s, point, see_verdict, &p, NULL);
    out[0] = '\0';
    if (p.correct >= 0 && p.incorrect >= 0) {
        snprintf(out, 16, "%s/%s", p.correct ? "yes" : "no", p.incorrect ? "yes" : "no");
    }
}

/* Did the reply become a record? A repair answers in the place of the question it repairs. */
static bool wrote(const struct call_row *c)
{
    if (strcmp(c->outcome, "ok") != 0) {
        return false;
    }
    if (strcmp(c->task, "repair") == 0) {
        return strstr(c->key, ".generate.") != NULL || strstr(c->key, ".refine.") != NULL;
    }
    return strcmp(c->task, "generate") == 0 || strcmp(c->task, "refine") == 0;
}

static void set_writer(struct story_writer *w, const struct call_row *c)
{
    snprintf(w->teacher, sizeof w->teacher, "%s", c->teacher);
    snprintf(w->model, sizeof w->model, "%s", c->model);
    w->offline = strncmp(c->model, "offline teacher", 15) == 0;
}

/* Calls of a point, newest first. */
static void visit_calls(struct store *s, int64_t point,
                        bool (*visit)(void *ctx, const struct call_row *c), void *ctx)
{
    char word[32];
    struct filter f = {0};
    snprintf(word, sizeof word, "point:%lld", (long long)point);
    if (filter_parse(word, true, &f, NULL) == ST_OK) {
        store_calls(s, &f, 0, 10000, visit, ctx, NULL);
        filter_free(&f);
    }
}

static bool see_writer(void *ctx, const struct call_row *c)
{
    if (!wrote(c)) {
        return true;
    }
    set_writer(ctx, c);
    return false;
}

void story_writer(struct store *s, int64_t point, struct story_writer *out)
{
    memset(out, 0, sizeof *out);
    visit_calls(s, point, see_writer, out);
}

struct sources {
    struct story_writer writer;
    bool known;
    cJSON *prompts;
};

/* Newest first: what is set stays. */
static bool see_call(void *ctx, const struct call_row *c)
{
    struct sources *s = ctx;
    if (strcmp(c->outcome, "ok") != 0) {
        return true;
    }
    if (cJSON_GetObjectItemCaseSensitive(s->prompts, c->task) == NULL) {
        cJSON_AddStringToObject(s->prompts, c->task, c->prompt);
    }
    if (wrote(c) && !s->known) {
        s->known = true;
        set_writer(&s->writer, c);
    }
    return true;
}

struct member {
    cJSON *item;
};

static int compare_names(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    return strcmp(x->item->string, y->item->string);
}

/* Members in the order of their names. */
static cJSON *sorted(cJSON *o)
{
    int n = cJSON_GetArraySize(o);
    struct member *items = xcalloc((size_t)n + 1, sizeof *items);
    for (int i = 0; i < n; i++) {
        items[i].item = cJSON_DetachItemFromArray(o, 0);
    }
    qsort(items, (size_t)n, sizeof *items, compare_names);
    for (int i = 0; i < n; i++) {
        cJSON_AddItemToObject(o, items[i].item->string, items[i].item);
    }
    free(items);
    return o;
}

void story_sources(struct store *s, int64_t point, cJSON *into)
{
    struct sources src = {.prompts = cJSON_CreateObject()};
    visit_calls(s, point, see_call, &src);
    cJSON_AddStringToObject(into, "teacher", src.writer.teacher);
    cJSON_AddStringToObject(into, "model", src.writer.model);
    cJSON_AddBoolToObject(into, "offline", src.writer.offline);
    cJSON_AddItemToObject(into, "prompts", sorted(src.prompts));
}

static bool count_offline(void *ctx, const struct call_row *c)
{
    int64_t *n = ctx;
    *n += strncmp(c->model, "offline teacher", 15) == 0 ? 1 : 0;
    return *n == 0;
}

bool story_any_offline(struct store *s)
{
    struct filter f = {0};
    int64_t n = 0;
    if (filter_parse("task:generate outcome:ok", true, &f, NULL) == ST_OK) {
        store_calls(s, &f, 0, 1000, count_offline, &n, NULL);
        filter_free(&f);
    }
    return n > 0;
}
