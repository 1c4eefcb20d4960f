/*
 * What a run would make and cost, before it is paid for: the exact quotas with warnings, and
 * example mixes. All of it comes from what a run itself uses (store_design.c, plan.h).
 */
#include "base/mem.h"
#include "base/text.h"
#include "domain/warn.h"
#include "server/drawing.h"
#include "server/exec_table.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- preview */

struct preview {
    struct design d;
    struct plan p;
    struct estimate est;
    struct warnings warn;
    int64_t *quota, *now, *add; /* by tree index */
};

static enum status preview_make(struct exec *x, const struct tree *t, int64_t n,
                                struct preview *out, struct err *e)
{
    enum status st = design_load(x->store, t, &out->d, e);
    if (st != ST_OK) {
        return st;
    }
    out->quota = xcalloc(t->count, sizeof *out->quota);
    out->now = xcalloc(t->count, sizeof *out->now);
    out->add = xcalloc(t->count, sizeof *out->add);
    st = plan_make(&out->d.d, n, &out->p, e);
    if (st == ST_OK) {
        plan_node_quota(&out->d.d, &out->p, out->quota);
        design_node_now(&out->d, out->now);
        design_node_add(&out->d, &out->p, out->add);
        warn_design(&out->d.d, &out->p, out->quota, out->now,
                    (int)store_setting_num(x->store, SETTING_DEPTH, 3), &out->warn);
        st = design_estimate(x->store, &out->d, &out->p, &out->est, e);
    }
    return st;
}

static void preview_free(struct preview *v)
{
    free(v->quota);
    free(v->now);
    free(v->add);
    plan_free(&v->p);
    design_free(&v->d);
}

static cJSON *strategies_json(const struct preview *v)
{
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < v->p.part_count; i++) {
        const struct plan_part *part = &v->p.parts[i];
        cJSON *s = cJSON_CreateObject();
        cJSON_AddStringToObject(s, "name", v->d.d.strategies[i].name);
        cJSON_AddNumberToObject(s, "points", (double)part->quota);
        cJSON_AddNumberToObject(s, "complexified", (double)part->quota_complex);
        cJSON_AddNumberToObject(s, "now", (double)(part->quota - part->add));
        cJSON_AddNumberToObject(s, "add", (double)part->add);
        cJSON_AddNumberToObject(s, "add_complexified", (double)part->add_complex);
        cJSON_AddNumberToObject(s, "mixes_possible", part->mixes);
        cJSON_AddItemToArray(list, s);
    }
    return list;
}

static cJSON *nodes_json(const struct preview *v)
{
    const struct tree *t = v->d.d.tree;
    cJSON *list = cJSON_CreateArray();
    struct buf path;
    buf_init(&path, TREE_PATH_MAX);
    for (uint32_t at = tree_next(t, 0, 0); at != TREE_NONE; at = tree_next(t, 0, at)) {
        buf_clear(&path);
        tree_path(t, at, &path);
        cJSON *n = cJSON_CreateObject();
        cJSON_AddNumberToObject(n, "id", (double)t->nodes[at].id);
        cJSON_AddStringToObject(n, "path", path.data);
        cJSON_AddNumberToObject(n, "points", (double)v->quota[at]);
        cJSON_AddNumberToObject(n, "now", (double)v->now[at]);
        cJSON_AddNumberToObject(n, "add", (double)v->add[at]);
        cJSON_AddItemToArray(list, n);
    }
    buf_free(&path);
    return list;
}

static cJSON *warnings_json(const struct preview *v)
{
    const struct tree *t = v->d.d.tree;
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < v->warn.count; i++) {
        const struct warning *w = &v->warn.item[i];
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "kind", warn_kind_name(w->kind));
        cJSON_AddStringToObject(o, "text", w->text);
        cJSON_AddNumberToObject(o, "count", (double)w->count);
        if (w->strategy >= 0) {
            cJSON_AddStringToObject(o, "strategy", v->d.d.strategies[w->strategy].name);
        }
        if (w->node != TREE_NONE) {
            cJSON_AddNumberToObject(o, "node", (double)t->nodes[w->node].id);
        }
        cJSON_AddItemToArray(list, o);
    }
    return list;
}

static cJSON *range(double low, double high)
{
    cJSON *list = cJSON_CreateArray();
    cJSON_AddItemToArray(list, cJSON_CreateNumber(low));
    cJSON_AddItemToArray(list, cJSON_CreateNumber(high));
    return list;
}

static void estimate_json(cJSON *o, const struct estimate *est)
{
    cJSON_AddNumberToObject(o, "calls", est->calls);
    cJSON_AddItemToObject(o, "calls_range", range(est->calls_low, est->calls_high));
    cJSON *tokens = cJSON_AddObjectToObject(o, "tokens");
    cJSON_AddNumberToObject(tokens, "input", est->tokens_in);
    cJSON_AddNumberToObject(tokens, "output", est->tokens_out);
    cJSON_AddNumberToObject(o, "cost", est->cost);
    cJSON_AddItemToObject(o, "cost_range", range(est->cost_low, est->cost_high));
    cJSON_AddNumberToObject(o, "seconds", est->seconds);
    cJSON_AddItemToObject(o, "seconds_range", range(est->seconds_low, est->seconds_high));
    cJSON_AddBoolToObject(o, "measured", est->measured);
    cJSON_AddNumberToObject(o, "measured_on", (double)est->measured_on);
    cJSON_AddNumberToObject(o, "calls_per_point", est->calls_per_point);
    cJSON_AddNumberToObject(o, "accepted_share", est->accepted_share);
}

static void preview_json(struct exec *x, const struct preview *v)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "points", (double)v->p.points);
    cJSON_AddNumberToObject(o, "add", (double)v->p.add);
    cJSON_AddNumberToObject(o, "mixes_possible", v->p.mixes_possible);
    cJSON_AddItemToObject(o, "strategies", strategies_json(v));
    cJSON_AddItemToObject(o, "nodes", nodes_json(v));
    cJSON_AddNumberToObject(o, "complexified", (double)v->p.complexified);
    estimate_json(o, &v->est);
    cJSON_AddItemToObject(o, "warnings", warnings_json(v));
    exec_json(x, o);
}

static void estimate_text(struct exec *x, const struct estimate *est)
{
    char a[32], low[32], high[32], in[32], out[32], money[32], time[32];
    text_short(a, est->calls);
    text_short(low, est->calls_low);
    text_short(high, est->calls_high);
    text_short(in, est->tokens_in);
    text_short(out, est->tokens_out);
    text_money(money, est->cost);
    text_seconds(time, est->seconds);
    exec_printf(x, "calls %s (%s to %s)   tokens %s in, %s out   %s   about %s\n", a, low, high, in,
                out, money, time);
    if (est->measured) {
        exec_printf(x, "measured on %" PRId64 " calls of this session: %.1f per point\n",
                    est->measured_on, est->calls_per_point);
    } else if (est->measured_on > 0) {
        exec_printf(x,
                    "partly assumed: only %" PRId64
                    " calls of this session are measured (%.1f per point)\n",
                    est->measured_on, est->calls_per_point);
    } else {
        exec_text(x, "assumed, nothing is measured yet: the figures follow the first calls\n");
    }
}

static void preview_text(struct exec *x, const struct preview *v)
{
    char a[32], b[32], c[32], f[32];
    text_count(a, v->p.points);
    text_count(b, v->p.add);
    text_count(f, v->p.complexified);
    text_short(c, v->p.mixes_possible);
    exec_printf(x, "%s points, %s to be made, %s complexified; %s mixes possible\n", a, b, f, c);
    for (int i = 0; i < v->p.part_count; i++) {
        exec_printf(x, "  %-24s %8" PRId64 "  complexified %" PRId64 "\n",
                    v->d.d.strategies[i].name, v->p.parts[i].quota, v->p.parts[i].quota_complex);
    }
    const struct tree *t = v->d.d.tree;
    for (uint32_t at = tree_next(t, 0, 0); at != TREE_NONE; at = tree_next(t, 0, at)) {
        exec_printf(x, "%*s%-*s %8" PRId64 "\n", 2 * t->nodes[at].depth, "",
                    40 - 2 * t->nodes[at].depth > 0 ? 40 - 2 * t->nodes[at].depth : 1,
                    t->nodes[at].name, v->quota[at]);
    }
    estimate_text(x, &v->est);
    for (int i = 0; i < v->warn.count; i++) {
        exec_printf(x, "! %s\n", v->warn.item[i].text);
    }
    if (v->warn.more > 0) {
        exec_printf(x, "! and %d more of this kind\n", v->warn.more);
    }
}

enum status exec_preview(struct exec *x, struct err *e)
{
    const struct tree *t = NULL;
    enum status st = exec_tree(x, &t, e);
    if (st != ST_OK) {
        return st;
    }
    struct preview v = {.quota = NULL};
    int64_t n =
        (int64_t)call_arg_num(x->call, 0, store_setting_num(x->store, SETTING_POINTS, 1000));
    st = preview_make(x, t, n, &v, e);
    if (st == ST_OK && x->call->json) {
        preview_json(x, &v);
    } else if (st == ST_OK) {
        preview_text(x, &v);
    }
    preview_free(&v);
    return st;
}

/* ---- draw */

static cJSON *draw_json(const struct drawing *w, size_t at, int64_t number)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "mix", (double)number);
    cJSON_AddStringToObject(o, "strategy", w->design.d.strategies[w->draws.strategy[at]].name);
    cJSON_AddBoolToObject(o, "complexified", w->draws.complexified[at] != 0);
    cJSON_AddItemToObject(o, "nodes", drawing_nodes(w, at));
    return o;
}

static void draw_text(struct exec *x, const struct drawing *w, size_t at, int64_t number)
{
    exec_printf(x, "%" PRId64 "  %s%s\n", number,
                w->design.d.strategies[w->draws.strategy[at]].name,
                w->draws.complexified[at] != 0 ? "  complexified" : "");
    cJSON *nodes = drawing_nodes(w, at);
    const cJSON *n = NULL;
    cJSON_ArrayForEach(n, nodes)
    {
        exec_printf(x, "    %s\n", json_str_or(n, "path", ""));
    }
    cJSON_Delete(nodes);
}

static enum status draw_some(struct exec *x, const struct drawing *w, struct err *e)
{
    const char *name = call_opt(x->call, "--strategy");
    int64_t skip = (int64_t)call_opt_num(x->call, "--skip", 0);
    int64_t count = (int64_t)call_arg_num(x->call, 0, 5);
    int strategy = -1;
    enum status st = name != NULL ? drawing_strategy(w, name, &strategy, e) : ST_OK;
    if (st != ST_OK) {
        return st;
    }
    cJSON *list = cJSON_CreateArray();
    int64_t number = 0;
    for (size_t i = 0; i < w->draws.count && number < skip + count; i++) {
        bool fits = strategy < 0 || w->draws.strategy[i] == strategy;
        number += fits ? 1 : 0;
        if (fits && number > skip && x->call->json) {
            cJSON_AddItemToArray(list, draw_json(w, i, number));
        } else if (fits && number > skip) {
            draw_text(x, w, i, number);
        }
    }
    if (x->call->json) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddNumberToObject(o, "points", (double)w->plan.points);
        cJSON_AddNumberToObject(o, "mixes", (double)drawing_count(w, strategy));
        cJSON_AddBoolToObject(o, "afresh", w->afresh);
        cJSON_AddItemToObject(o, "draws", list);
        exec_json(x, o);
        return ST_OK;
    }
    cJSON_Delete(list);
    buf_printf(&x->note, "of the %" PRId64 " mixes %s", drawing_count(w, strategy),
               w->afresh ? "of an empty session: nothing is to be added to this one"
                         : "that the next `generate` adds");
    return ST_OK;
}

enum status exec_draw(struct exec *x, struct err *e)
{
    const struct tree *t = NULL;
    struct drawing w;
    enum status st = exec_tree(x, &t, e);
    if (st == ST_OK) {
        st = drawing_make(x->store, t, (int64_t)call_opt_num(x->call, "--points", 0), &w, e);
    }
    if (st == ST_OK) {
        st = draw_some(x, &w, e);
        drawing_free(&w);
    }
    return st;
}
