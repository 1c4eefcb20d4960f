/*
 * Factors, and the control of the run.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "server/exec_table.h"
#include "server/live.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- factors */

enum status exec_factor_propose(struct exec *x, struct err *e)
{
    return live_propose_factors(x->live, &x->job, e);
}

enum status exec_factor_add(struct exec *x, struct err *e)
{
    const char *desc = call_opt(x->call, "--description");
    const char *name = call_arg(x->call, 0);
    enum status st =
        store_factor_add(x->store, name, desc != NULL ? desc : "", NODE_BY_HUMAN, "", e);
    if (st == ST_OK && call_opt(x->call, "--proposed") == NULL) {
        st = store_factor_set(x->store, name, FACTOR_ACCEPTED, NULL, e);
    }
    return st;
}

enum status exec_factor_edit(struct exec *x, struct err *e)
{
    const char *name = call_opt(x->call, "--name"), *desc = call_opt(x->call, "--description");
    if (name == NULL && desc == NULL) {
        return err_set(e, ST_USAGE, "factor edit changes --name or --description; none was given");
    }
    return store_factor_edit(x->store, call_arg(x->call, 0), name, desc, e);
}

static enum status decide(struct exec *x, enum factor_state state, struct err *e)
{
    enum status st = ST_OK;
    for (int i = 0; st == ST_OK && i < x->call->arg_count[0]; i++) {
        st = store_factor_set(x->store, x->call->args[0][i], state, NULL, e);
    }
    return st;
}

enum status exec_factor_accept(struct exec *x, struct err *e)
{
    return decide(x, FACTOR_ACCEPTED, e);
}

enum status exec_factor_reject(struct exec *x, struct err *e)
{
    return decide(x, FACTOR_REJECTED, e);
}

static const char *factor_state_name(enum factor_state s)
{
    static const char *const name[] = {"proposed", "accepted", "rejected"};
    return name[s];
}

struct factor_out {
    struct exec *x;
    cJSON *list;
    int count;
};

static bool factor_line(void *ctx, const struct factor_row *row)
{
    struct factor_out *f = ctx;
    f->count++;
    if (f->list == NULL) {
        return exec_printf(f->x, "%-9s %-24s %s%s%s\n", factor_state_name(row->state), row->name,
                           row->desc, row->reason[0] != '\0' ? "  -- " : "", row->reason);
    }
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", row->name);
    cJSON_AddStringToObject(o, "description", row->desc);
    cJSON_AddStringToObject(o, "state", factor_state_name(row->state));
    cJSON_AddStringToObject(o, "reason", row->reason);
    cJSON_AddStringToObject(o, "origin", row->origin == NODE_BY_MODEL ? "model" : "human");
    cJSON_AddNumberToObject(o, "node", (double)row->node);
    cJSON_AddItemToArray(f->list, o);
    return true;
}

enum status exec_factor_list(struct exec *x, struct err *e)
{
    struct factor_out f = {.x = x, .list = x->call->json ? cJSON_CreateArray() : NULL};
    enum status st = store_factors(x->store, factor_line, &f, e);
    if (f.list != NULL) {
        exec_json(x, f.list);
    } else if (f.count == 0) {
        exec_text(x, "no factors yet: factor propose, or factor add NAME\n");
    }
    return st;
}

/* ---- the run */

enum status exec_generate(struct exec *x, struct err *e)
{
    x->wait_run = true;
    return live_generate(x->live, (int64_t)call_arg_num(x->call, 0, 0), e);
}

enum status exec_pause(struct exec *x, struct err *e)
{
    return live_pause(x->live, NULL, e);
}

enum status exec_resume(struct exec *x, struct err *e)
{
    x->wait_run = true;
    return live_resume(x->live, e);
}

enum status exec_stop(struct exec *x, struct err *e)
{
    if (call_opt(x->call, "--jobs") == NULL) {
        return live_stop(x->live, e);
    }
    int jobs = live_jobs_stop(x->live, "stopped by hand");
    if (jobs == 0) {
        return err_set(e, ST_INVALID, "the teacher is at work on no tree");
    }
    buf_printf(&x->note, "%d %s stopped", jobs, jobs == 1 ? "job" : "jobs");
    return ST_OK;
}

/* The dispatcher does the waiting. */
enum status exec_wait(struct exec *x, struct err *e)
{
    (void)e;
    x->wait_run = true;
    return ST_OK;
}

static double num(const cJSON *o, const char *group, const char *name)
{
    return json_num_or(group != NULL ? cJSON_GetObjectItem(o, group) : o, name, 0);
}

static void status_text(struct exec *x, const cJSON *s)
{
    static const char *const states[] = {"planned",  "asked",   "accepted", "rejected",
                                         "disputed", "invalid", "failed"};
    const char *run = json_str_or(s, "run", "idle");
    const char *reason = json_str_or(s, "reason", "");
    exec_printf(x, "run        %s%s%s\n", run, reason[0] != '\0' ? ": " : "", reason);
    exec_printf(x, "teacher    %s\n", json_str_or(s, "teacher", ""));
    const char *job = json_str_or(s, "job", "");
    if (job[0] != '\0') {
        int nodes = cJSON_GetArraySize(cJSON_GetObjectItem(s, "expanding"));
        exec_printf(x, "at work    %s: %d %s under way\n", job, nodes,
                    nodes == 1 ? "node" : "nodes");
    }
    exec_printf(x, "target     %.0f\n", num(s, NULL, "target"));
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        exec_printf(x, "%-10s %.0f\n", states[i], num(s, NULL, states[i]));
    }
    exec_printf(x, "calls      %.0f made, %.0f ok, %.0f failed, %.0f retried, %.0f in flight\n",
                num(s, "calls", "made"), num(s, "calls", "ok"), num(s, "calls", "failed"),
                num(s, "calls", "retried"), num(s, "calls", "in_flight"));
    exec_printf(x, "tokens     %.0f in (%.0f cached), %.0f out\n", num(s, "tokens", "input"),
                num(s, "tokens", "cached"), num(s, "tokens", "output"));
    char spent[32], expected[32], time[32];
    text_money(spent, num(s, "cost", "spent"));
    text_money(expected, num(s, "cost", "expected"));
    text_seconds(time, num(s, NULL, "seconds"));
    exec_printf(x, "cost       %s spent, %s expected in all\ntime       %s\n", spent, expected,
                time);
}

enum status exec_status(struct exec *x, struct err *e)
{
    cJSON *s = NULL;
    enum status st = status_json(x->store, &s, e);
    if (st != ST_OK) {
        return st;
    }
    if (x->live != NULL) {
        live_status(x->live, s, false);
    }
    if (x->call->json) {
        exec_json(x, s);
        return ST_OK;
    }
    status_text(x, s);
    cJSON_Delete(s);
    return ST_OK;
}

enum status exec_retry(struct exec *x, struct err *e)
{
    struct buf text;
    buf_init(&text, 65536);
    for (int i = 0; i < x->call->arg_count[0]; i++) {
        buf_printf(&text, "%s%s", i > 0 ? " " : "", x->call->args[0][i]);
    }
    struct filter f;
    enum status st = filter_parse(text.data, false, &f, e);
    buf_free(&text);
    int64_t count = 0;
    if (st == ST_OK) {
        st = live_retry(x->live, &f, &count, e);
        filter_free(&f);
    }
    if (st == ST_OK) {
        x->wait_run = count > 0;
        buf_printf(&x->note, "%" PRId64 " points are made again", count);
    }
    return st;
}
