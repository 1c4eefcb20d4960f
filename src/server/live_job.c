/*
 * Jobs under way: proposing factors and strategies, expanding nodes, asking for advice. Each reply
 * is one operation of the journal, all of a job under its number, so that a whole expansion is one
 * undo step.
 */
#include "base/mem.h"
#include "server/live_private.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_used(const struct live_grow *slot)
{
    return slot->grow != NULL || slot->advise != NULL;
}

struct live_grow *live_job_find(struct live *l, int64_t job)
{
    for (int i = 0; i < LIVE_JOBS; i++) {
        if (is_used(&l->grow[i]) && l->grow[i].job == job) {
            return &l->grow[i];
        }
    }
    return NULL;
}

void live_job_known(struct live *l, int64_t job)
{
    struct live_grow *slot = live_job_find(l, job);
    if (slot != NULL) {
        slot->known++;
    }
}

enum status live_job_put(struct live *l, int64_t *id, const char *line, const char *state,
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

void live_job_begin(struct live *l, struct live_grow *slot, int64_t job, const char *line,
                    const char *title)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->ended_count; i++) { /* a job that goes on has not ended */
        if (l->ended[i].job != job) {
            l->ended[kept++] = l->ended[i];
        }
    }
    l->ended_count = kept;
    slot->job = job;
    slot->line = xstrdup(line);
    slot->title = xstrdup(title);
    slot->wants_turn = true;
    live_event(l, "started: %s", title);
}

/* ---- going on */

/* A job that was stopped keeps its number: asked for again, it goes through what it paid for. */
static void job_ended(struct live *l, int64_t job, bool ok, const char *state, const char *message)
{
    if (l->ended_count == LIVE_ENDED) {
        memmove(l->ended, l->ended + 1, (LIVE_ENDED - 1) * sizeof *l->ended);
        l->ended_count--;
    }
    struct live_ended *done = &l->ended[l->ended_count++];
    done->job = job;
    done->ok = ok;
    struct live_grow *slot = live_job_find(l, job);
    struct err e = {0};
    const char *line = slot != NULL ? slot->line : "";
    if (slot != NULL && slot->known > 0) {
        snprintf(done->message, sizeof done->message, "%s; %d of them known before", message,
                 slot->known);
    } else {
        snprintf(done->message, sizeof done->message, "%s", message);
    }
    if (live_job_put(l, &job, line, state, done->message, &e) != ST_OK) {
        live_event(l, "%s", e.msg);
    }
    live_event(l, "%s: %s", slot != NULL ? slot->title : "", done->message);
}

void live_job_ended(struct live *l, int64_t job, bool ok, const char *message)
{
    job_ended(l, job, ok, ok ? "done" : "failed", message);
}

static void reap(struct live *l)
{
    for (int i = 0; i < LIVE_JOBS; i++) {
        struct live_grow *slot = &l->grow[i];
        bool ok = false;
        if (is_used(slot) && live_job_done(l, slot->job, &ok, NULL)) {
            grow_free(slot->grow);
            advise_free(slot->advise);
            free(slot->line);
            free(slot->title);
            memset(slot, 0, sizeof *slot);
        }
    }
}

static void take_reply(struct live *l, struct live_grow *slot, const struct reply *r)
{
    if (slot->grow != NULL) {
        grow_reply(slot->grow, r, &l->step);
    } else {
        advise_reply(slot->advise, &l->tree, r, &l->step);
    }
}

static void take_turn(struct live *l, struct live_grow *slot)
{
    if (slot->grow != NULL) {
        grow_turn(slot->grow, &l->tree, &l->step);
    } else {
        advise_turn(slot->advise, &l->tree, &l->step);
    }
}

/* One turn of a job in an operation of its own. */
static enum status job_step(struct live *l, struct live_grow *slot, const struct reply *r,
                            struct err *e)
{
    int64_t job = slot->job;
    int64_t call = 0;
    enum status st = store_op_begin(l->store, "teacher", slot->title, job, e);
    if (st == ST_OK && r != NULL && r->tries > 0) {
        st = live_store_call(l, r, &call, e);
        live_count(l, 0, 1);
    }
    if (st == ST_OK && (r == NULL || r->final)) {
        if (r != NULL) {
            take_reply(l, slot, r);
            st = live_apply(l, r, call, job, e);
        }
        if (st == ST_OK) {
            take_turn(l, slot);
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
    struct live_grow *slot = live_job_find(l, job);
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
        if (!is_used(slot) || !slot->wants_turn) {
            continue;
        }
        slot->wants_turn = false;
        struct err e = {0};
        if (live_follow(l, &e) != ST_OK || job_step(l, slot, NULL, &e) != ST_OK) {
            live_job_ended(l, slot->job, false, e.msg);
        }
    }
    reap(l);
}

bool live_job_done(const struct live *l, int64_t job, bool *ok, char message[600])
{
    if (live_trial_done(l, job, ok, message)) {
        return true;
    }
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

static void progress_of(const struct live_grow *slot, char text[160], int *done, int *of)
{
    int failed = 0, waiting = 0, level = 0, levels = 0;
    if (slot->advise != NULL) {
        advise_progress(slot->advise, done, &failed, &waiting);
        snprintf(text, 160, "%d answered, %d failed, %d to go", *done, failed, waiting);
    } else {
        grow_progress(slot->grow, done, &failed, &waiting, &level, &levels);
        snprintf(text, 160, "level %d of %d: %d nodes expanded, %d failed, %d to go", level, levels,
                 *done, failed, waiting);
    }
    *of = *done + failed + waiting;
    if (levels == 0 && slot->advise == NULL) { /* one or two questions */
        snprintf(text, 160, "waiting for the teacher");
    }
}

bool live_job_progress(const struct live *l, int64_t job, char text[160], int *done, int *of)
{
    for (int i = 0; i < LIVE_JOBS; i++) {
        if (is_used(&l->grow[i]) && l->grow[i].job == job) {
            progress_of(&l->grow[i], text, done, of);
            return true;
        }
    }
    return false;
}

/* ---- stopping */

struct orphans {
    struct live *l;
    struct question **kept;
    size_t count, cap;
};

static void drop_orphan(void *ctx, struct question *q)
{
    struct orphans *o = ctx;
    if (q->key[0] == 'j' && live_job_find(o->l, strtoll(q->key + 1, NULL, 10)) == NULL) {
        live_came_back(o->l, q->key, q->task);
        question_free(q);
        return;
    }
    o->kept = vec_grow(o->kept, &o->cap, o->count + 1, sizeof(struct question *));
    o->kept[o->count++] = q;
}

/* Questions of ended jobs that wait in the queue are not sent; what is on the wire comes back and
 * is stored. */
static void drop_orphans(struct live *l)
{
    struct orphans o = {.l = l};
    teachers_drop_waiting(l->teachers, drop_orphan, &o);
    for (size_t i = 0; i < o.count; i++) {
        teachers_ask(l->teachers, o.kept[i]);
    }
    free(o.kept);
}

int live_jobs_stop(struct live *l, const char *reason)
{
    int stopped = 0;
    for (int i = 0; i < LIVE_JOBS; i++) {
        if (is_used(&l->grow[i])) {
            job_ended(l, l->grow[i].job, false, "stopped", reason);
            stopped++;
        }
    }
    reap(l);
    if (stopped > 0) {
        drop_orphans(l);
        l->changed++;
    }
    return stopped;
}
