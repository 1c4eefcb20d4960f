/*
 * Strategies and exclusions.
 */
#include "base/mem.h"
#include "server/exec_table.h"
#include "server/live.h"
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
        char levels[16];
        design_levels(s->levels, levels);
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
            cJSON_AddStringToObject(o, "levels", levels);
            cJSON_AddItemToObject(o, "taxonomies", names);
            cJSON_AddItemToArray(list, o);
        } else {
            exec_printf(x, "%-20s weight %-6g %5.1f%%  c %.2f  levels %-6s  %s\n", s->name,
                        s->weight, share * 100, s->complexity, levels, text.data);
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

/* The strategy of the option; 0 without it. */
static enum status option_strategy(struct exec *x, int64_t *id, struct err *e)
{
    const char *name = call_opt(x->call, "--strategy");
    struct strategy_row *list = NULL;
    int count = 0;
    *id = 0;
    if (name == NULL) {
        return ST_OK;
    }
    enum status st = store_strategies(x->store, &list, &count, e);
    const struct strategy_row *row = st == ST_OK ? find_strategy(list, count, name, e) : NULL;
    *id = row != NULL ? row->id : 0;
    strategy_rows_free(list, count);
    return st == ST_OK && *id == 0 ? ST_NOT_FOUND : st;
}

enum status exec_exclude_add(struct exec *x, struct err *e)
{
    int64_t id[2] = {0, 0}, strategy = 0;
    enum status st = two_nodes(x, id, e);
    if (st == ST_OK) {
        st = option_strategy(x, &strategy, e);
    }
    return st == ST_OK ? store_exclusion_add(x->store, strategy, id[0], id[1], e) : st;
}

enum status exec_exclude_remove(struct exec *x, struct err *e)
{
    int64_t id[2] = {0, 0};
    enum status st = two_nodes(x, id, e);
    struct exclusion_row *rows = NULL;
    int count = 0, removed = 0;
    int64_t strategy = 0;
    if (st == ST_OK) {
        st = option_strategy(x, &strategy, e);
    }
    if (st == ST_OK) {
        st = store_exclusions(x->store, &rows, &count, e);
    }
    for (int i = 0; st == ST_OK && i < count; i++) {
        if (strategy != 0 && rows[i].strategy != strategy) {
            continue;
        }
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

static const char *strategy_name(const struct strategy_row *list, int count, int64_t id)
{
    for (int i = 0; i < count; i++) {
        if (list[i].id == id) {
            return list[i].name;
        }
    }
    return "";
}

static void show_exclusion(struct exec *x, cJSON *list, const struct exclusion_row *row,
                           const char *in, const struct buf path[2])
{
    if (list == NULL) {
        exec_printf(x, "%s  never with  %s%s%s%s\n", path[0].data, path[1].data,
                    in[0] != '\0' ? "  (in " : "", in, in[0] != '\0' ? ")" : "");
        return;
    }
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "strategy", (double)row->strategy);
    cJSON_AddStringToObject(o, "name", in);
    cJSON_AddStringToObject(o, "a", path[0].data);
    cJSON_AddStringToObject(o, "b", path[1].data);
    cJSON_AddItemToArray(list, o);
}

enum status exec_exclude_list(struct exec *x, struct err *e)
{
    struct exclusion_row *rows = NULL;
    struct strategy_row *strategies = NULL;
    struct buf path[2];
    int count = 0, strategy_count = 0;
    enum status st = store_exclusions(x->store, &rows, &count, e);
    if (st == ST_OK) {
        st = store_strategies(x->store, &strategies, &strategy_count, e);
    }
    cJSON *list = x->call->json ? cJSON_CreateArray() : NULL;
    buf_init(&path[0], TREE_PATH_MAX);
    buf_init(&path[1], TREE_PATH_MAX);
    for (int i = 0; st == ST_OK && i < count; i++) {
        buf_clear(&path[0]);
        buf_clear(&path[1]);
        st = store_node_path(x->store, rows[i].a, &path[0], e);
        if (st == ST_OK) {
            st = store_node_path(x->store, rows[i].b, &path[1], e);
        }
        if (st == ST_OK) {
            show_exclusion(x, list, &rows[i],
                           strategy_name(strategies, strategy_count, rows[i].strategy), path);
        }
    }
    buf_free(&path[0]);
    buf_free(&path[1]);
    free(rows);
    strategy_rows_free(strategies, strategy_count);
    if (list != NULL) {
        exec_json(x, list);
    }
    return st;
}

enum status exec_strategy_propose(struct exec *x, struct err *e)
{
    return live_propose_strategies(x->live, &x->job, e);
}
