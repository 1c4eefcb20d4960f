/*
 * The journal: what was done, undone and redone.
 *
 * `undo --to` goes step by step like `undo N` does; where a step is refused, what was undone before
 * it stays undone and is named.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "server/exec_table.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct steps {
    struct exec *x;
    bool redo;
    int n;          /* how many; -1: to an entry */
    int64_t to;     /* that entry */
    int64_t to_job; /* the job whose step it belongs to, 0 none */
    int done;
};

static const char *word(const struct steps *s)
{
    return s->redo ? "redone" : "undone";
}

static bool find_entry(void *ctx, const struct op_row *row)
{
    struct steps *s = ctx;
    if (row->id == s->to) {
        s->to_job = row->job;
        s->to = -s->to; /* found */
    }
    return row->id > s->to && s->to > 0;
}

/* Is the entry there, and which step is it part of? */
static enum status entry(struct steps *s, struct err *e)
{
    if (s->to == 0) {
        return ST_OK; /* undo everything */
    }
    enum status st = store_ops(s->x->store, INT64_MAX, find_entry, s, e);
    if (st == ST_OK && s->to > 0) {
        st = err_set(e, ST_NOT_FOUND, "there is no entry %" PRId64 " in the log", s->to);
    }
    s->to = -s->to;
    return st;
}

/* Is there a step to be taken? */
static enum status more(struct steps *s, bool *yes, struct err *e)
{
    int64_t id = 0, job = 0;
    enum status st = store_undo_next(s->x->store, s->redo, &id, &job, e);
    bool own = s->to_job > 0 && job == s->to_job; /* the step of the entry itself */
    *yes = st == ST_OK && id != 0 &&
           (s->n >= 0 ? s->done < s->n
            : s->redo ? id <= s->to
                      : id > s->to && !own);
    return st;
}

static enum status take(struct steps *s, struct err *e)
{
    struct buf line;
    buf_init(&line, 1u << 20);
    bool yes = true;
    enum status st = more(s, &yes, e);
    while (st == ST_OK && yes) {
        buf_clear(&line);
        st = s->redo ? store_redo(s->x->store, &line, e) : store_undo(s->x->store, &line, e);
        if (st == ST_OK) {
            s->done++;
            if (s->n != 1) {
                exec_printf(s->x, "%s: %s\n", word(s), line.data);
            }
            st = more(s, &yes, e);
        }
    }
    if (st == ST_OK && s->n == 1 && s->done == 1) {
        buf_printf(&s->x->note, "%s: %s", word(s), line.data);
    }
    buf_free(&line);
    return st;
}

static enum status steps(struct exec *x, bool redo, struct err *e)
{
    struct steps s = {.x = x, .redo = redo, .n = (int)call_arg_num(x->call, 0, 1)};
    enum status st = ST_OK;
    if (call_opt(x->call, "--to") != NULL) {
        if (call_arg(x->call, 0) != NULL) {
            return err_set(e, ST_USAGE, "either a number of steps or --to an entry, not both");
        }
        s.n = -1;
        s.to = (int64_t)call_opt_num(x->call, "--to", 0);
        st = entry(&s, e);
    }
    if (st == ST_OK) {
        st = take(&s, e);
    }
    if (st == ST_OK && s.done == 0) {
        const char *what = redo ? "redo" : "undo";
        st = s.n >= 0 ? err_set(e, ST_NOT_FOUND, "nothing to %s", what)
                      : err_set(e, ST_NOT_FOUND,
                                "nothing to %s: the journal stands at entry %" PRId64 " or %s",
                                what, s.to, redo ? "after it" : "before it");
    } else if (st == ST_OK && s.n < 0) {
        buf_printf(&x->note, "%d %s %s", s.done, s.done == 1 ? "step" : "steps", word(&s));
    } else if (st == ST_OK && s.done < s.n) {
        buf_printf(&x->note, "%d of %d: nothing more", s.done, s.n);
    }
    return st;
}

enum status exec_undo(struct exec *x, struct err *e)
{
    return steps(x, false, e);
}

enum status exec_redo(struct exec *x, struct err *e)
{
    return steps(x, true, e);
}

static bool log_row(void *ctx, const struct op_row *row)
{
    struct exec *x = ctx;
    char at[32];
    clock_iso(at, row->at_us);
    if (!x->call->json) {
        return exec_printf(x, "%6" PRId64 "  %s  %-10s %s%s\n", row->id, at, row->who,
                           row->undone ? "(undone) " : "", row->line);
    }
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "id", (double)row->id);
    cJSON_AddStringToObject(o, "at", at);
    cJSON_AddStringToObject(o, "who", row->who);
    cJSON_AddStringToObject(o, "line", row->line);
    cJSON_AddBoolToObject(o, "undone", row->undone);
    return exec_json(x, o);
}

enum status exec_log(struct exec *x, struct err *e)
{
    int64_t limit = (int64_t)call_opt_num(x->call, "--limit", 50);
    return store_ops(x->store, limit, log_row, x, e);
}
