/*
 * Strategies, exclusions and the preview of what a run would make and cost.
 */
#include "base/mem.h"
#include "base/text.h"
#include "domain/estimate.h"
#include "server/exec_table.h"
#include "server/live.h"
#include "task/task.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- strategies */

static enum status taxonomy_of(struct exec *x, const char *word, int64_t *id, struct err *e)
{
    const struct tree *t = NULL;
    uint32_t at = 0;
    enum status st = exec_node(x, word, &t, &at, e);
    if (st == ST_OK && (at == 0 || t->nodes[at].parent != 0)) {
        return err_set(e, ST_INVALID, "\"%s\" is not a taxonomy: name one of the roots", word);
    }
    *id = st == ST_OK ? t->nodes[at].id : 0;
    return st;
}

static enum status add_taxonomy(struct exec *x, struct strategy_row *row, const char *word,
                                struct err *e)
{
    int64_t id = 0;
    enum status st = taxonomy_of(x, word, &id, e);
    for (int i = 0; st == ST_OK && i < row->taxonomy_count; i++) {
        if (row->taxonomies[i] == id) {
            return err_set(e, ST_INVALID, "taxonomy \"%s\" is named twice", word);
        }
    }
    if (st == ST_OK && row->taxonomy_count == PLAN_MAX_TAXONOMIES) {
        return err_set(e, ST_LIMIT, "a strategy has at most %d taxonomies", PLAN_MAX_TAXONOMIES);
    }
    if (st == ST_OK) {
        row->taxonomies[row->taxonomy_count++] = id;
    }
    return st;
}

enum status exec_strategy_add(struct exec *x, struct err *e)
{
    struct strategy_row row = {.name = call_arg(x->call, 0) != NULL ? x->call->args[0][0] : NULL,
                               .weight = 1,
                               .complexity = __builtin_nan("")};
    enum status st = ST_OK;
    for (int i = 0; st == ST_OK && i < x->call->arg_count[1]; i++) {
        st = add_taxonomy(x, &row, x->call->args[1][i], e);
    }
    return st == ST_OK ? store_strategy_put(x->store, &row, e) : st;
}

static enum status number_value(const char *text, double low, double high, const char *what,
                                double *out, struct err *e)
{
    char *end = NULL;
    double v = strtod(text, &end);
    if (end == text || *end != '\0' || !(v >= low && v <= high)) {
        return err_set(e, ST_INVALID, "%s: found \"%s\", expected a number from %g to %g", what,
                       text, low, high);
    }
    *out = v;
    return ST_OK;
}

static enum status set_taxonomies(struct exec *x, struct strategy_row *row, const char *value,
                                  struct err *e)
{
    enum status st = ST_OK;
    row->taxonomy_count = 0;
    for (const char *p = value; st == ST_OK && *p != '\0';) {
        size_t n = strcspn(p, ",");
        char *word = xstrndup(p, n);
        st = add_taxonomy(x, row, word, e);
        free(word);
        p += n + (p[n] == ',' ? 1 : 0);
    }
    return st == ST_OK && row->taxonomy_count == 0
               ? err_set(e, ST_INVALID, "a strategy needs at least one taxonomy")
               : st;
}

static enum status set_key(struct exec *x, struct strategy_row *row, const char *word,
                           struct err *e)
{
    const char *value = strchr(word, '=');
    if (value == NULL) {
        return err_set(e, ST_USAGE, "found \"%s\", expected KEY=VALUE", word);
    }
    size_t n = (size_t)(value++ - word);
    if (n == 4 && strncmp(word, "name", n) == 0) {
        free(row->name);
        row->name = xstrdup(value);
        return ST_OK;
    }
    if (n == 6 && strncmp(word, "weight", n) == 0) {
        return number_value(value, 0, TREE_WEIGHT_MAX, "weight", &row->weight, e);
    }
    if (n == 10 && strncmp(word, "complexity", n) == 0) {
        if (value[0] == '\0') {
            row->complexity = __builtin_nan("");
            return ST_OK;
        }
        return number_value(value, 0, 1, "complexity", &row->complexity, e);
    }
    if (n == 6 && strncmp(word, "levels", n) == 0) {
        enum status st =
            value[0] != '\0' ? setting_check(setting_at(SETTING_LEVELS), value, e) : ST_OK;
        if (st == ST_OK) {
            free(row->levels);
            row->levels = value[0] != '\0' ? xstrdup(value) : NULL;
        }
        return st;
    }
    if (n == 10 && strncmp(word, "taxonomies", n) == 0) {
        return set_taxonomies(x, row, value, e);
    }
    return err_set(e, ST_USAGE, "no key \"%.*s\": name, weight, complexity, levels, taxonomies",
                   (int)n, word);
}

/* The strategy of that name in a loaded list; NULL with a message that lists them. */
static struct strategy_row *find_strategy(struct strategy_row *list, int count, const char *name,
                                          struct err *e)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(list[i].name, name) == 0) {
            return &list[i];
        }
    }
    err_set(e, ST_NOT_FOUND, "no strategy \"%s\": `strategy list` shows them", name);
    return NULL;
}

enum status exec_strategy_set(struct exec *x, struct err *e)
{
    struct strategy_row *list = NULL;
    int count = 0;
    enum status st = store_strategies(x->store, &list, &count, e);
    struct strategy_row *row =
        st == ST_OK ? find_strategy(list, count, call_arg(x->call, 0), e) : NULL;
    if (row == NULL) {
        st = st != ST_OK ? st : ST_NOT_FOUND;
    }
    for (int i = 0; st == ST_OK && i < x->call->arg_count[1]; i++) {
        st = set_key(x, row, x->call->args[1][i], e);
    }
    if (st == ST_OK) {
        st = store_strategy_put(x->store, row, e);
    }
    strategy_rows_free(list, count);
    return st;
}

enum status exec_strategy_remove(struct exec *x, struct err *e)
{
    struct strategy_row *list = NULL;
    int count = 0;
    enum status st = store_strategies(x->store, &list, &count, e);
    struct strategy_row *row =
        st == ST_OK ? find_strategy(list, count, call_arg(x->call, 0), e) : NULL;
    if (st == ST_OK) {
        st = row != NULL ? store_strategy_remove(x->store, row->id, e) : ST_NOT_FOUND;
    }
    strategy_rows_free(list, count);
    return st;
}

enum status exec_strategy_list(struct exec *x, struct err *e)
{
    const struct tree *t = NULL;
    struct design d;
    enum status st = exec_tree(x, &t, e);
    if (st == ST_OK) {
        st = design_load(x->store, t, &d, e);
    }
    if (st != ST_OK) {
        return st;
    }
    double sum = 0;
    for (int i = 0; i < d.d.strategy_count; i++) {
        sum += d.d.strategies[i].weight;
    }
    cJSON *list = x->call->json ? cJSON_CreateArray() : NULL;
    for (int i = 0; i < d.d.strategy_count; i++) {
        const struct plan_strategy *s = &d.d.strategies[i];
        double share = sum > 0 ? s->weight / sum : 0;
        cJSON *names = cJSON_CreateArray();
        struct buf text;
        buf_init(&text, 1u << 20);
        for (int k = 0; k < s->taxonomy_count; k++) {
            const char *name = t->nodes[s->taxonomies[k]].name;
            buf_printf(&text, "%s%s", k > 0 ? " x " : "", name);
            cJSON_AddItemToArray(names, cJSON_CreateString(name));
        }
        if (list != NULL) {
            cJSON *o = cJSON_CreateObject();
            cJSON_AddStringToObject(o, "name", s->name);
            cJSON_AddNumberToObject(o, "weight", s->weight);
            cJSON_AddNumberToObject(o, "share", share);
            cJSON_AddNumberToObject(o, "complexity", s->complexity);
            cJSON_AddItemToObject(o, "taxonomies", names);
            cJSON_AddItemToArray(list, o);
        } else {
            exec_printf(x, "%-20s weight %-6g %5.1f%%  c %.2f  %s\n", s->name, s->weight,
                        share * 100, s->complexity, text.data);
            cJSON_Delete(names);
        }
        buf_free(&text);
    }
    if (list != NULL) {
        exec_json(x, list);
    }
    design_free(&d);
    return ST_OK;
}

/* ---- exclusions */

static enum status two_nodes(struct exec *x, int64_t id[2], struct err *e)
{
    const struct tree *t = NULL;
    uint32_t at[2] = {0, 0};
    enum status st = exec_node(x, call_arg(x->call, 0), &t, &at[0], e);
    if (st == ST_OK) {
        st = exec_node(x, call_arg(x->call, 1), &t, &at[1], e);
    }
    if (st == ST_OK &&
        (at[0] == 0 || at[1] == 0 || tree_taxonomy(t, at[0]) == tree_taxonomy(t, at[1]))) {
        st = err_set(e, ST_INVALID, "an exclusion names nodes of two different taxonomies");
    }
    for (int i = 0; st == ST_OK && i < 2; i++) {
        id[i] = t->nodes[at[i]].id;
    }
    return st;
}

enum status exec_exclude_add(struct exec *x, struct err *e)
{
    int64_t id[2] = {0, 0}, strategy = 0;
    enum status st = two_nodes(x, id, e);
    const char *name = call_opt(x->call, "--strategy");
    if (st == ST_OK && name != NULL) {
        struct strategy_row *list = NULL;
        int count = 0;
        st = store_strategies(x->store, &list, &count, e);
        struct strategy_row *row = st == ST_OK ? find_strategy(list, count, name, e) : NULL;
        strategy = row != NULL ? row->id : 0;
        st = st == ST_OK && row == NULL ? ST_NOT_FOUND : st;
        strategy_rows_free(list, count);
    }
    return st == ST_OK ? store_exclusion_add(x->store, strategy, id[0], id[1], e) : st;
}

enum status exec_exclude_remove(struct exec *x, struct err *e)
{
    int64_t id[2] = {0, 0};
    enum status st = two_nodes(x, id, e);
    struct exclusion_row *rows = NULL;
    int count = 0, removed = 0;
    if (st == ST_OK) {
        st = store_exclusions(x->store, &rows, &count, e);
    }
    for (int i = 0; st == ST_OK && i < count; i++) {
        if ((rows[i].a == id[0] && rows[i].b == id[1]) ||
            (rows[i].a == id[1] && rows[i].b == id[0])) {
            st = store_exclusion_remove(x->store, rows[i].id, e);
            removed++;
        }
    }
    free(rows);
    return st == ST_OK && removed == 0
               ? err_set(e, ST_NOT_FOUND, "these two are not excluded from each other")
               : st;
}

enum status exec_exclude_list(struct exec *x, struct err *e)
{
    struct exclusion_row *rows = NULL;
    int count = 0;
    enum status st = store_exclusions(x->store, &rows, &count, e);
    cJSON *list = x->call->json ? cJSON_CreateArray() : NULL;
    struct buf a, b;
    buf_init(&a, 65536);
    buf_init(&b, 65536);
    for (int i = 0; st == ST_OK && i < count; i++) {
        buf_clear(&a);
        buf_clear(&b);
        st = store_node_path(x->store, rows[i].a, &a, e);
        if (st == ST_OK) {
            st = store_node_path(x->store, rows[i].b, &b, e);
        }
        if (list != NULL) {
            cJSON *o = cJSON_CreateObject();
            cJSON_AddNumberToObject(o, "strategy", (double)rows[i].strategy);
            cJSON_AddStringToObject(o, "a", a.data);
            cJSON_AddStringToObject(o, "b", b.data);
            cJSON_AddItemToArray(list, o);
        } else {
            exec_printf(x, "%s  never with  %s\n", a.data, b.data);
        }
    }
    buf_free(&a);
    buf_free(&b);
    free(rows);
    if (list != NULL) {
        exec_json(x, list);
    }
    return st;
}

enum status exec_strategy_propose(struct exec *x, struct err *e)
{
    return live_propose_strategies(x->live, &x->job, e);
}

/* ---- preview */

static void sum_task(void *ctx, const char *task, const struct estimate_task *sum)
{
    struct estimate_input *in = ctx;
    enum task_id id = TASK_FACTORS;
    if (task_by_name(task, &id)) {
        in->task[id] = *sum;
    }
}

/* Distinct mixes per new point, when they are drawn evenly: V (1 - (1 - 1/V)^N) / N. */
static double mixes_share(double possible, int64_t n)
{
    if (n <= 0 || possible <= 0) {
        return 1;
    }
    double distinct = possible * -expm1((double)n * log1p(-1 / fmax(possible, 1.0000001)));
    return fmin(1, distinct / (double)n);
}

static enum status estimate(struct exec *x, const struct plan *p, struct estimate *out,
                            struct err *e)
{
    struct estimate_input in = {.scenarios = TASK_SCENARIOS,
                                .complexify = TASK_COMPLEXIFY,
                                .generate = TASK_GENERATE,
                                .requirements = TASK_REQUIREMENTS,
                                .critic_correct = TASK_CRITIC_CORRECT,
                                .critic_incorrect = TASK_CRITIC_INCORRECT,
                                .refine = TASK_REFINE,
                                .repair = TASK_REPAIR,
                                .add = p->add};
    int64_t n[POINT_STATES];
    struct buf text;
    buf_init(&text, 1u << 20);
    enum status st = store_point_counts(x->store, n, e);
    if (st == ST_OK) {
        st = store_call_by_task(x->store, sum_task, &in, e);
    }
    if (st == ST_OK) {
        st = store_text(x->store, "schema", &text, e);
    }
    int64_t complex = 0;
    for (int i = 0; i < p->part_count; i++) {
        complex += p->parts[i].add_complex;
    }
    in.accepted = n[POINT_ACCEPTED];
    in.finished = n[POINT_ACCEPTED] + n[POINT_REJECTED] + n[POINT_DISPUTED] + n[POINT_INVALID];
    in.complexified_share = p->add > 0 ? (double)complex / (double)p->add : 0;
    in.mixes_share = mixes_share(p->mixes_possible, p->add);
    in.dual = text.len == 0 || strstr(text.data, "\"x-answer\"") != NULL;
    in.in_flight = store_setting_num(x->store, SETTING_CONCURRENCY, 8);
    struct teacher_config *list = NULL;
    int count = 0;
    buf_clear(&text);
    if (st == ST_OK) {
        st = store_role(x->store, ROLE_WRITER, &text, e);
    }
    if (st == ST_OK) {
        st = store_teachers(x->store, &list, &count, e);
    }
    for (int i = 0; i < count; i++) {
        if (strcmp(list[i].name, text.data) == 0) {
            in.price_in = teacher_config_num(&list[i], TK_PRICE_IN);
            in.price_cached = teacher_config_num(&list[i], TK_PRICE_CACHED);
            in.price_out = teacher_config_num(&list[i], TK_PRICE_OUT);
        }
        teacher_config_free(&list[i]);
    }
    free(list);
    buf_free(&text);
    if (st == ST_OK) {
        estimate_run(&in, out);
    }
    return st;
}

static void preview_json(struct exec *x, const struct design *d, const struct plan *p,
                         const int64_t *quota, const struct estimate *est)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "points", (double)p->points);
    cJSON_AddNumberToObject(o, "add", (double)p->add);
    cJSON_AddNumberToObject(o, "mixes_possible", p->mixes_possible);
    cJSON *list = cJSON_AddArrayToObject(o, "strategies");
    for (int i = 0; i < p->part_count; i++) {
        cJSON *s = cJSON_CreateObject();
        cJSON_AddStringToObject(s, "name", d->d.strategies[i].name);
        cJSON_AddNumberToObject(s, "points", (double)p->parts[i].quota);
        cJSON_AddNumberToObject(s, "complexified", (double)p->parts[i].quota_complex);
        cJSON_AddNumberToObject(s, "add", (double)p->parts[i].add);
        cJSON_AddItemToArray(list, s);
    }
    struct buf path;
    buf_init(&path, 65536);
    list = cJSON_AddArrayToObject(o, "nodes");
    for (uint32_t at = tree_next(d->d.tree, 0, 0); at != TREE_NONE;
         at = tree_next(d->d.tree, 0, at)) {
        buf_clear(&path);
        tree_path(d->d.tree, at, &path);
        cJSON *n = cJSON_CreateObject();
        cJSON_AddNumberToObject(n, "id", (double)d->d.tree->nodes[at].id);
        cJSON_AddStringToObject(n, "path", path.data);
        cJSON_AddNumberToObject(n, "points", (double)quota[at]);
        cJSON_AddItemToArray(list, n);
    }
    buf_free(&path);
    cJSON_AddNumberToObject(o, "complexified", (double)p->complexified);
    cJSON_AddNumberToObject(o, "calls", est->calls);
    cJSON *tokens = cJSON_AddObjectToObject(o, "tokens");
    cJSON_AddNumberToObject(tokens, "input", est->tokens_in);
    cJSON_AddNumberToObject(tokens, "output", est->tokens_out);
    cJSON_AddNumberToObject(o, "cost", est->cost);
    cJSON_AddNumberToObject(o, "seconds", est->seconds);
    cJSON_AddBoolToObject(o, "measured", est->measured);
    cJSON_AddNumberToObject(o, "measured_on", (double)est->measured_on);
    exec_json(x, o);
}

static void preview_text(struct exec *x, const struct design *d, const struct plan *p,
                         const int64_t *quota, const struct estimate *est)
{
    char a[32], b[32], c[32], f[32];
    text_count(a, p->points);
    text_count(b, p->add);
    text_count(f, p->complexified);
    text_short(c, p->mixes_possible);
    exec_printf(x, "%s points, %s to be made, %s complexified; %s mixes possible\n", a, b, f, c);
    for (int i = 0; i < p->part_count; i++) {
        exec_printf(x, "  %-24s %8" PRId64 "  complexified %" PRId64 "\n", d->d.strategies[i].name,
                    p->parts[i].quota, p->parts[i].quota_complex);
    }
    const struct tree *t = d->d.tree;
    for (uint32_t at = tree_next(t, 0, 0); at != TREE_NONE; at = tree_next(t, 0, at)) {
        exec_printf(x, "%*s%-*s %8" PRId64 "\n", 2 * t->nodes[at].depth, "",
                    40 - 2 * t->nodes[at].depth > 0 ? 40 - 2 * t->nodes[at].depth : 1,
                    t->nodes[at].name, quota[at]);
    }
    char calls[32], low[32], high[32], in[32], out[32], money[32], time[32];
    text_short(calls, est->calls);
    text_short(low, est->calls_low);
    text_short(high, est->calls_high);
    text_short(in, est->tokens_in);
    text_short(out, est->tokens_out);
    text_money(money, est->cost);
    text_seconds(time, est->seconds);
    exec_printf(x, "calls %s (%s to %s)   tokens %s in, %s out   %s   about %s\n", calls, low, high,
                in, out, money, time);
    if (est->measured) {
        exec_printf(x, "measured on %" PRId64 " calls of this session: %.1f per point\n",
                    est->measured_on, est->calls_per_point);
    } else {
        exec_text(x, "assumed, nothing is measured yet: the figures follow the first calls\n");
    }
}

enum status exec_preview(struct exec *x, struct err *e)
{
    const struct tree *t = NULL;
    struct design d;
    struct plan p = {0};
    struct estimate est = {0};
    enum status st = exec_tree(x, &t, e);
    if (st == ST_OK) {
        st = design_load(x->store, t, &d, e);
    }
    if (st != ST_OK) {
        return st;
    }
    int64_t n =
        (int64_t)call_arg_num(x->call, 0, store_setting_num(x->store, SETTING_POINTS, 1000));
    int64_t *quota = xcalloc(t->count, sizeof *quota);
    st = plan_make(&d.d, n, &p, e);
    if (st == ST_OK) {
        plan_node_quota(&d.d, &p, quota);
        st = estimate(x, &p, &est, e);
    }
    if (st == ST_OK && x->call->json) {
        preview_json(x, &d, &p, quota, &est);
    } else if (st == ST_OK) {
        preview_text(x, &d, &p, quota, &est);
    }
    free(quota);
    plan_free(&p);
    design_free(&d);
    return st;
}
