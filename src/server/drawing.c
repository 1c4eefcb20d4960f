/*
 * See drawing.h. The number of the next plan is in the store, so a reader without a server draws
 * what the server will.
 */
#include "server/drawing.h"

#include <inttypes.h>
#include <string.h>

enum status drawing_make(struct store *s, const struct tree *t, int64_t points, struct drawing *out,
                         struct err *e)
{
    struct plan_row row;
    memset(out, 0, sizeof *out);
    enum status st = store_plan(s, &row, e);
    if (st != ST_OK) {
        return st;
    }
    uint64_t series = (uint64_t)row.series + 1;
    plan_row_clear(&row);
    st = design_load(s, t, &out->design, e);
    if (st != ST_OK) {
        return st;
    }
    int64_t n = points > 0 ? points : (int64_t)store_setting_num(s, SETTING_POINTS, 1000);
    st = plan_make(&out->design.d, n, &out->plan, e);
    if (st == ST_OK && out->plan.add == 0) {
        plan_free(&out->plan);
        out->afresh = true;
        out->design.d.have_count = 0;
        st = plan_make(&out->design.d, n, &out->plan, e);
    }
    if (st == ST_OK) {
        st = plan_draw(&out->design.d, &out->plan, series, &out->draws, e);
    }
    if (st != ST_OK) {
        drawing_free(out);
    }
    return st;
}

void drawing_free(struct drawing *w)
{
    plan_draws_free(&w->draws);
    plan_free(&w->plan);
    design_free(&w->design);
    memset(w, 0, sizeof *w);
}

enum status drawing_strategy(const struct drawing *w, const char *name, int *index, struct err *e)
{
    for (int i = 0; i < w->design.d.strategy_count; i++) {
        if (strcmp(w->design.d.strategies[i].name, name) == 0) {
            *index = i;
            return ST_OK;
        }
    }
    return err_set(e, ST_NOT_FOUND, "no strategy \"%s\": `strategy list` shows them", name);
}

static bool counts(const struct drawing *w, size_t i, int strategy)
{
    return strategy < 0 || w->draws.strategy[i] == strategy;
}

int64_t drawing_count(const struct drawing *w, int strategy)
{
    return strategy < 0 ? (int64_t)w->draws.count : w->plan.parts[strategy].add;
}

enum status drawing_find(const struct drawing *w, int strategy, int64_t number, size_t *index,
                         struct err *e)
{
    int64_t left = number;
    for (size_t i = 0; i < w->draws.count; i++) {
        if (counts(w, i, strategy) && --left == 0) {
            *index = i;
            return ST_OK;
        }
    }
    int64_t n = drawing_count(w, strategy);
    return n == 0 ? err_set(e, ST_NOT_FOUND, "no mix is drawn%s",
                            strategy < 0 ? "" : " by this strategy (its share of N is 0)")
                  : err_set(e, ST_NOT_FOUND, "no mix %" PRId64 ": there are %" PRId64, number, n);
}

cJSON *drawing_nodes(const struct drawing *w, size_t index)
{
    const struct tree *t = w->design.d.tree;
    cJSON *list = cJSON_CreateArray();
    struct buf path;
    buf_init(&path, TREE_PATH_MAX);
    for (size_t k = 0; k < w->draws.stride; k++) {
        uint32_t at = w->draws.node[index * w->draws.stride + k];
        if (at == TREE_NONE) {
            continue;
        }
        cJSON *o = cJSON_CreateObject();
        buf_clear(&path);
        tree_path(t, at, &path);
        cJSON_AddStringToObject(o, "taxonomy", t->nodes[tree_taxonomy(t, at)].name);
        cJSON_AddNumberToObject(o, "id", (double)t->nodes[at].id);
        cJSON_AddStringToObject(o, "path", path.data);
        cJSON_AddStringToObject(o, "name", t->nodes[at].name);
        cJSON_AddItemToArray(list, o);
    }
    buf_free(&path);
    return list;
}
