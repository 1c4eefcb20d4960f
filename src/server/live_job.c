/*
 * Growing jobs: proposing factors and strategies, expanding nodes. Each reply is one operation of
 * the journal, all of a job under its number, so that a whole expansion is one undo step.
 */
#include "base/mem.h"
#include "server/live_private.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct live_grow *find_job(struct live *l, int64_t job)
{
    for (int i = 0; i < LIVE_JOBS; i++) {
        if (l->grow[i].grow != NULL && grow_job(l->grow[i].grow) == job) {
            return &l->grow[i];
        }
    }
    return NULL;
}

static struct live_grow *free_slot(struct live *l, struct err *e)
{
    for (int i = 0; i < LIVE_JOBS; i++) {
        if (l->grow[i].grow == NULL) {
            return &l->grow[i];
        }
    }
    err_set(e, ST_BUSY, "%d jobs are under way already: wait for one to end", LIVE_JOBS);
    return NULL;
}

static enum status put_job(struct live *l, int64_t *id, const char *line, const char *state,
                           const char *result, struct err *e)
{
    struct job_row row = {.id = *id, .line = line, .state = state, .result = result};
    bool own = !store_in_transaction(l->store);
    enum status st = own ? store_begin(l->store, e) : ST_OK;
    if (st == ST_OK) {
        st = store_job_put(l->store, &row, e);
    }
    if (own && st == ST_OK) {
        st = store_commit(l->store, e);
    } else if (own) {
        store_rollback(l->store);
    }
    *id = row.id;
    return st;
}

struct find {
    const char *line;
    int64_t id;
};

static bool find_visit(void *ctx, const struct job_row *row)
{
    struct find *f = ctx;
    if (strcmp(row->line, f->line) == 0) {
        f->id = row->id;
    }
    return true;
}

/* A number for the job: that of an interrupted one with the same words (its replies are paid), else
 * a new one. */
static enum status job_number(struct live *l, const char *line, int64_t *id, struct err *e)
{
    struct find f = {.line = line};
    enum status st = store_jobs(l->store, "running", find_visit, &f, e);
    if (st != ST_OK) {
        return st;
    }
    if (f.id != 0 && find_job(l, f.id) != NULL) {
        return err_set(e, ST_BUSY, "that is under way already: %s", line);
    }
    *id = f.id;
    return put_job(l, id, line, "running", "", e);
}

static void start(struct live *l, struct live_grow *slot, struct grow *g, const char *line)
{
    slot->grow = g;
    slot->line = xstrdup(line);
    slot->wants_turn = true;
    live_event(l, "started: %s", line);
}

/* ---- starting */

enum status live_propose_factors(struct live *l, int64_t *job, struct err *e)
{
    enum status st = live_follow(l, e);
    struct live_grow *slot = NULL;
    if (st != ST_OK) {
        return st;
    }
    if (l->common.description[0] == '\0') {
        return err_set(e, ST_INVALID,
                       "no description yet: say what the data is with `describe TEXT`");
    }
    if ((slot = free_slot(l, e)) == NULL) {
        return ST_BUSY;
    }
    st = job_number(l, "factor propose", job, e);
    if (st == ST_OK) {
        start(l, slot, grow_factors(*job, &l->common), "factor propose");
    }
    return st;
}

enum status live_propose_strategies(struct live *l, int64_t *job, struct err *e)
{
    enum status st = live_follow(l, e);
    if (st != ST_OK) {
        return st;
    }
    int64_t ids[PLAN_MAX_TAXONOMIES];
    int count = 0;
    for (uint32_t t = l->tree.nodes[0].first; t != TREE_NONE && count < PLAN_MAX_TAXONOMIES;
         t = l->tree.nodes[t].next) {
        ids[count++] = l->tree.nodes[t].id;
    }
    if (count == 0) {
        return err_set(e, ST_INVALID, "no taxonomy yet: accept factors first");
    }
    struct live_grow *slot = free_slot(l, e);
    if (slot == NULL) {
        return ST_BUSY;
    }
    st = job_number(l, "strategy propose", job, e);
    if (st != ST_OK) {
        return st;
    }
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < count; i++) {
        uint32_t at = tree_by_id(&l->tree, ids[i]);
        cJSON *o = cJSON_CreateObject(), *names = cJSON_CreateArray();
        cJSON_AddStringToObject(o, "name", l->tree.nodes[at].name);
        cJSON_AddStringToObject(o, "description", l->tree.nodes[at].desc);
        int shown = 0;
        for (uint32_t c = l->tree.nodes[at].first; c != TREE_NONE && shown < 40;
             c = l->tree.nodes[c].next, shown++) {
            cJSON_AddItemToArray(names, cJSON_CreateString(l->tree.nodes[c].name));
        }
        cJSON_AddItemToObject(o, "children", names);
        cJSON_AddItemToArray(list, o);
    }
    start(l, slot, grow_strategies(*job, &l->common, list, ids, count), "strategy propose");
    return ST_OK;
}

enum status live_expand(struct live *l, int64_t node, int depth, int64_t *job, struct err *e)
{
    enum status st = live_follow(l, e);
    if (st != ST_OK) {
        return st;
    }
    uint32_t at = tree_by_id(&l->tree, node);
    if (at == TREE_NONE || at == 0) {
        return err_set(e, ST_NOT_FOUND, "no node @%" PRId64, node);
    }
    for (uint32_t a = at; a != 0; a = l->tree.nodes[a].parent) {
        if (l->tree.nodes[a].locked) {
            return err_set(e, ST_DENIED,
                           "\"%s\" is locked against the teacher: `node unlock` first",
                           l->tree.nodes[a].name);
        }
    }
    if (depth <= 0) {
        depth =
            l->tree.nodes[at].depth == 1 ? (int)store_setting_num(l->store, SETTING_DEPTH, 3) : 1;
    }
    struct live_grow *slot = free_slot(l, e);
    if (slot == NULL) {
        return ST_BUSY;
    }
    char line[96];
    snprintf(line, sizeof line, "expand @%" PRId64 " --depth %d", node, depth);
    st = job_number(l, line, job, e);
    if (st == ST_OK) {
        start(l, slot, grow_expand(*job, &l->common, node, depth), line);
    }
    return st;
}

/* ---- going on */

void live_job_ended(struct live *l, int64_t job, bool ok, const char *message)
{
    if (l->ended_count == LIVE_ENDED) {
        memmove(l->ended, l->ended + 1, (LIVE_ENDED - 1) * sizeof *l->ended);
        l->ended_count--;
    }
    struct live_ended *done = &l->ended[l->ended_count++];
    done->job = job;
    done->ok = ok;
    snprintf(done->message, sizeof done->message, "%s", message);
    struct live_grow *slot = find_job(l, job);
    struct err e = {0};
    const char *line = slot != NULL ? slot->line : "";
    if (put_job(l, &job, line, ok ? "done" : "failed", message, &e) != ST_OK) {
        live_event(l, "%s", e.msg);
    }
    live_event(l, "%s: %s", line, message);
}

static void reap(struct live *l)
{
    for (int i = 0; i < LIVE_JOBS; i++) {
        struct live_grow *slot = &l->grow[i];
        bool ok = false;
        if (slot->grow != NULL && live_job_done(l, grow_job(slot->grow), &ok, NULL)) {
            grow_free(slot->grow);
            free(slot->line);
            memset(slot, 0, sizeof *slot);
        }
    }
}

/* One turn of a job in an operation of its own. */
static enum status job_step(struct live *l, struct live_grow *slot, const struct reply *r,
                            struct err *e)
{
    int64_t job = grow_job(slot->grow);
    int64_t call = 0;
    enum status st = store_op_begin(l->store, "teacher", slot->line, job, e);
    if (st == ST_OK && r != NULL && r->tries > 0) {
        st = live_store_call(l, r, &call, e);
        live_count(l, 0, 1);
    }
    if (st == ST_OK && (r == NULL || r->final)) {
        if (r != NULL) {
            grow_reply(slot->grow, r, &l->step);
            st = live_apply(l, r, call, job, e);
        }
        if (st == ST_OK) {
            grow_turn(slot->grow, &l->tree, &l->step);
            st = live_apply(l, r, call, job, e);
        }
    }
    if (st == ST_OK) {
        st = store_op_end(l->store, e);
    } else {
        store_op_cancel(l->store);
    }
    if (st == ST_OK) {
        l->step.fatal = false;
        live_dispatch(l);
    } else {
        step_reset(&l->step);
    }
    l->changed++;
    return st;
}

enum status live_jobs_reply(struct live *l, const struct reply *r, bool *taken, struct err *e)
{
    int64_t job = strtoll(r->key + 1, NULL, 10);
    struct live_grow *slot = find_job(l, job);
    *taken = slot != NULL;
    if (slot == NULL) {
        return ST_OK; /* of a job that ended: stored with the others */
    }
    enum status st = live_follow(l, e);
    if (st == ST_OK) {
        st = job_step(l, slot, r, e);
    }
    if (st != ST_OK) {
        *taken = false; /* kept, so that it is stored when the disk allows */
        live_job_ended(l, job, false, e->msg);
    }
    reap(l);
    return st;
}

void live_jobs_turn(struct live *l)
{
    for (int i = 0; i < LIVE_JOBS; i++) {
        struct live_grow *slot = &l->grow[i];
        if (slot->grow == NULL || !slot->wants_turn) {
            continue;
        }
        slot->wants_turn = false;
        struct err e = {0};
        if (live_follow(l, &e) != ST_OK || job_step(l, slot, NULL, &e) != ST_OK) {
            live_job_ended(l, grow_job(slot->grow), false, e.msg);
        }
    }
    reap(l);
}

bool live_job_done(const struct live *l, int64_t job, bool *ok, char message[600])
{
    for (size_t i = l->ended_count; i-- > 0;) {
        if (l->ended[i].job == job) {
            *ok = l->ended[i].ok;
            if (message != NULL) {
                snprintf(message, 600, "%s", l->ended[i].message);
            }
            return true;
        }
    }
    return false;
}

bool live_job_progress(const struct live *l, int64_t job, char text[160], int *done, int *of)
{
    for (int i = 0; i < LIVE_JOBS; i++) {
        const struct live_grow *slot = &l->grow[i];
        if (slot->grow == NULL || grow_job(slot->grow) != job) {
            continue;
        }
        int failed = 0, waiting = 0, level = 0, levels = 0;
        grow_progress(slot->grow, done, &failed, &waiting, &level, &levels);
        *of = *done + failed + waiting;
        if (levels == 0) { /* one or two questions */
            snprintf(text, 160, "waiting for the teacher");
            return true;
        }
        snprintf(text, 160, "level %d of %d: %d nodes expanded, %d failed, %d to go", level, levels,
                 *done, failed, waiting);
        return true;
    }
    return false;
}

int live_jobs_stop(struct live *l, const char *reason)
{
    int stopped = 0;
    for (int i = 0; i < LIVE_JOBS; i++) {
        if (l->grow[i].grow != NULL) {
            live_job_ended(l, grow_job(l->grow[i].grow), false, reason);
            stopped++;
        }
    }
    reap(l);
    return stopped;
}

/* ---- after a restart */

struct resume {
    struct live *l;
    int count;
    char line[8][96];
};

static bool resume_visit(void *ctx, const struct job_row *row)
{
    struct resume *r = ctx;
    if (r->count < 8 && find_job(r->l, row->id) == NULL) {
        snprintf(r->line[r->count++], sizeof r->line[0], "%s", row->line);
    }
    return true;
}

enum status live_jobs_resume(struct live *l, int *count, struct err *e)
{
    struct resume r = {.l = l};
    enum status st = store_jobs(l->store, "running", resume_visit, &r, e);
    for (int i = 0; st == ST_OK && i < r.count; i++) {
        int64_t job = 0, node = 0;
        int depth = 0;
        char *end = NULL;
        if (strcmp(r.line[i], "factor propose") == 0) {
            st = live_propose_factors(l, &job, e);
        } else if (strcmp(r.line[i], "strategy propose") == 0) {
            st = live_propose_strategies(l, &job, e);
        } else if (strncmp(r.line[i], "expand @", 8) == 0) {
            node = strtoll(r.line[i] + 8, &end, 10);
            depth = strncmp(end, " --depth ", 9) == 0 ? (int)strtol(end + 9, NULL, 10) : 1;
            st = live_expand(l, node, depth, &job, e);
        }
    }
    *count = r.count;
    return st;
}
