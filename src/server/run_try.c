/*
 * Trying a mix: `try` starts (or finds) the job, `tried` shows what came of it. Results are those
 * of the job table, so they are there after a restart, and for whoever asks from another shell.
 */
#include "base/mem.h"
#include "base/text.h"
#include "server/exec_table.h"
#include "server/live.h"
#include "server/tried.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESULT_MAX (8u << 20)

/* ---- showing one */

/* A text of several lines stays indented. */
static void add_indented(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        buf_addc(out, *text);
        buf_adds(out, *text == '\n' ? "    " : "");
    }
}

static void show_record(const cJSON *record, struct buf *out)
{
    const cJSON *field = NULL;
    buf_adds(out, "record\n");
    cJSON_ArrayForEach(field, record)
    {
        if (cJSON_IsString(field)) {
            buf_printf(out, "  %s  ", field->string);
            add_indented(out, field->valuestring);
            buf_addc(out, '\n');
        } else {
            char *text = json_text(field);
            buf_printf(out, "  %s  %s\n", field->string, text);
            free(text);
        }
    }
}

static void show_cost(const cJSON *o, struct buf *out)
{
    char in[32], written[32], money[32], time[32];
    const cJSON *tokens = cJSON_GetObjectItemCaseSensitive(o, "tokens");
    const cJSON *calls = cJSON_GetObjectItemCaseSensitive(o, "calls"), *id = NULL;
    int n = cJSON_GetArraySize(calls);
    text_short(in, json_num_or(tokens, "input", 0));
    text_short(written, json_num_or(tokens, "output", 0));
    text_money(money, json_num_or(o, "cost", 0));
    text_seconds(time, json_num_or(o, "seconds", 0));
    buf_printf(out, "took %d %s, %s tokens in, %s out, %s, %s\n", n, n == 1 ? "call" : "calls", in,
               written, money, time);
    buf_adds(out, "calls");
    cJSON_ArrayForEach(id, calls)
    {
        buf_printf(out, " %.0f", id->valuedouble);
    }
    buf_adds(out, "  (`call NUMBER` shows one)\n");
}

static void show(const cJSON *o, struct buf *out)
{
    const cJSON *node = NULL;
    const cJSON *record = cJSON_GetObjectItemCaseSensitive(o, "record");
    buf_printf(out, "mix %.0f of %s%s\n", json_num_or(o, "mix", 0), json_str_or(o, "strategy", ""),
               json_bool_or(o, "complexified", false) ? ", complexified" : "");
    cJSON_ArrayForEach(node, cJSON_GetObjectItemCaseSensitive(o, "nodes"))
    {
        buf_printf(out, "  %s\n", json_str_or(node, "path", ""));
    }
    const char *plain = json_str_or(o, "plain", ""), *scenario = json_str_or(o, "scenario", "");
    const char *problem = json_str_or(o, "problem", "");
    if (plain[0] != '\0') {
        buf_printf(out, "\nscenario\n  %s\n", plain);
    }
    if (scenario[0] != '\0') {
        buf_printf(out, "\n%s\n  %s\n", plain[0] != '\0' ? "made harder" : "scenario", scenario);
    }
    buf_addc(out, '\n');
    if (record != NULL) {
        show_record(record, out);
        buf_addc(out, '\n');
    }
    if (problem[0] != '\0') {
        buf_printf(out, "failed: %s\n\n", problem);
    }
    show_cost(o, out);
}

/* ---- finding them */

struct found {
    int64_t job; /* 0: any */
    cJSON *list; /* results, in the order of jobs */
};

static bool found_visit(void *ctx, const struct job_row *row)
{
    struct found *f = ctx;
    cJSON *o = NULL;
    bool one = f->job == 0 || f->job == row->id;
    if (one && strncmp(row->line, "try ", 4) == 0 && row->result != NULL &&
        json_parse(row->result, strlen(row->result), &json_limits_file, &o, NULL) == ST_OK) {
        cJSON_AddNumberToObject(o, "job", (double)row->id);
        cJSON_AddItemToArray(f->list, o);
    }
    return true;
}

enum status tried_text(struct store *s, int64_t job, bool json, struct buf *out, struct err *e)
{
    struct found f = {job, cJSON_CreateArray()};
    enum status st = store_jobs(s, NULL, found_visit, &f, e);
    const cJSON *o = cJSON_GetArrayItem(f.list, 0);
    if (st == ST_OK && cJSON_GetObjectItemCaseSensitive(o, "scenario") == NULL) {
        st = err_set(e, ST_NOT_FOUND, "nothing was written");
    } else if (st == ST_OK && json) {
        char *text = json_text(o);
        buf_printf(out, "%s\n", text);
        free(text);
    } else if (st == ST_OK) {
        show(o, out);
    }
    cJSON_Delete(f.list);
    return st;
}

/* The newest result that is not in `taken` yet; -1. */
static int newest(const cJSON *list, const bool *taken)
{
    int best = -1, i = 0;
    double at = -1;
    const cJSON *o = NULL;
    cJSON_ArrayForEach(o, list)
    {
        if (!taken[i] && json_num_or(o, "at_us", 0) > at) {
            at = json_num_or(o, "at_us", 0);
            best = i;
        }
        i++;
    }
    return best;
}

enum status exec_tried(struct exec *x, struct err *e)
{
    struct found f = {0, cJSON_CreateArray()};
    enum status st = store_jobs(x->store, NULL, found_visit, &f, e);
    int count = cJSON_GetArraySize(f.list), want = (int)call_arg_num(x->call, 0, 1);
    bool *taken = xcalloc((size_t)count + 1, sizeof *taken);
    cJSON *shown = cJSON_CreateArray();
    if (st == ST_OK && count == 0 && !x->call->json) {
        st = err_set(e, ST_NOT_FOUND, "nothing was tried yet: `try` writes a scenario for a mix");
    }
    for (int n = 0; st == ST_OK && n < want && n < count; n++) {
        int at = newest(f.list, taken);
        taken[at] = true;
        const cJSON *o = cJSON_GetArrayItem(f.list, at);
        if (x->call->json) {
            cJSON_AddItemToArray(shown, cJSON_Duplicate(o, true));
            continue;
        }
        struct buf text;
        buf_init(&text, RESULT_MAX);
        buf_adds(&text, n > 0 ? "\n----\n\n" : "");
        show(o, &text);
        exec_text(x, text.data);
        buf_free(&text);
    }
    if (st == ST_OK && x->call->json) {
        exec_json(x, shown);
        shown = NULL;
    }
    cJSON_Delete(shown);
    cJSON_Delete(f.list);
    free(taken);
    return st;
}

enum status exec_try(struct exec *x, struct err *e)
{
    const struct trial_wish w = {.strategy = call_opt(x->call, "--strategy"),
                                 .number = (int64_t)call_opt_num(x->call, "--mix", 1),
                                 .record = call_opt(x->call, "--record") != NULL};
    struct trial_found found;
    enum status st = live_try(x->live, &w, &found, e);
    if (st == ST_OK && !found.known) {
        x->job = found.job;
        if (!x->call->wait) {
            buf_adds(&x->note, "being written; `tried` shows it");
        }
    } else if (st == ST_OK) {
        struct buf text;
        buf_init(&text, RESULT_MAX);
        st = tried_text(x->store, found.job, x->call->json, &text, e);
        exec_text(x, text.data);
        exec_text(x, x->call->json ? "" : "written before: nothing was paid now\n");
        buf_free(&text);
    }
    return st;
}
