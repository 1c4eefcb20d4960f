/*
 * The model is where a scene meets what the server says. With a loader nothing here reads the file
 * but for opening it; without one a refresh makes the next scene on the spot, by the same function.
 */
#include "ui/model.h"

#include "base/mem.h"
#include "ui/loader.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool open_store(struct model *m, struct err *e)
{
    if (access(m->file, F_OK) != 0) {
        return true; /* it will be made by the first command that changes something */
    }
    return store_open(m->file, STORE_READ, false, &m->store, e) == ST_OK;
}

enum status model_open(struct model *m, const char *file, struct err *e)
{
    memset(m, 0, sizeof *m);
    m->file = xstrdup(file);
    scene_init(&m->scene);
    if (!open_store(m, e)) {
        enum status st = e != NULL ? e->code : ST_IO;
        model_close(m);
        return st;
    }
    (void)model_refresh(m, false);
    model_settle(m);
    return ST_OK;
}

void model_close(struct model *m)
{
    if (m->loader != NULL) {
        loader_stop(m->loader);
    }
    m->loader = NULL;
    model_settle(m);
    scene_free(&m->scene);
    if (m->store != NULL) {
        store_close(m->store);
    }
    free(m->file);
    memset(m, 0, sizeof *m);
}

enum status model_load(struct model *m, struct err *e)
{
    return loader_start(m->file, &m->loader, e);
}

/* What is another than it was. */
static unsigned difference(const struct scene *was, const struct scene *is)
{
    unsigned changed = 0;
    if (!was->fresh || was->seen.settings != is->seen.settings || was->mix != is->mix) {
        changed |= CHANGED_SETTINGS;
    }
    if (!was->fresh || was->seen.tree != is->seen.tree || was->trunk != is->trunk) {
        changed |= CHANGED_TREE;
    }
    if (!was->fresh || was->seen.points != is->seen.points || was->has_last != is->has_last ||
        was->queues != is->queues) {
        changed |= CHANGED_POINTS;
    }
    return changed;
}

/* Takes *next, which becomes the scene before. */
static unsigned swap(struct model *m, struct scene *next)
{
    unsigned changed = difference(&m->scene, next);
    struct scene was = m->scene;
    model_settle(m);
    m->scene = *next;
    *next = was;
    m->old = next;
    if (m->touched.to == m->seen.tree) {
        m->touched.from = m->touched.to;
        m->touched.count = 0;
    }
    /* what the server told may be older than the file by now */
    if (!m->live.known ||
        (m->seen.tree >= m->live.revision_tree && m->seen.settings >= m->live.revision_settings)) {
        snprintf(m->undo, sizeof m->undo, "%s", m->undo_line);
        snprintf(m->redo, sizeof m->redo, "%s", m->redo_line);
    }
    return changed;
}

unsigned model_refresh(struct model *m, bool points_wait)
{
    if (m->store == NULL && (!open_store(m, NULL) || m->store == NULL)) {
        return 0;
    }
    const struct scene_want want = {.touched = &m->touched,
                                    .tree = m->wants_tree,
                                    .last = m->wants_last,
                                    .mix = m->wants_mix,
                                    .queues = m->wants_queues,
                                    .points_wait = points_wait};
    if (m->loader != NULL) {
        loader_ask(m->loader, &want);
        return 0;
    }
    struct scene *next = xcalloc(1, sizeof *next);
    if (!scene_make(m->store, &m->scene, &want, next)) {
        free(next);
        return 0;
    }
    return swap(m, next);
}

int model_fd(const struct model *m)
{
    return m->loader != NULL ? loader_fd(m->loader) : -1;
}

unsigned model_take(struct model *m)
{
    struct scene *next = m->loader != NULL ? loader_take(m->loader) : NULL;
    return next != NULL ? swap(m, next) : 0;
}

void model_settle(struct model *m)
{
    if (m->old != NULL && m->loader != NULL) {
        loader_return(m->loader, m->old);
    } else if (m->old != NULL) {
        scene_free(m->old);
        free(m->old);
    }
    m->old = NULL;
}

unsigned model_stale(const struct model *m)
{
    if (!m->fresh) {
        return CHANGED_ALL;
    }
    return (m->live.revision_tree != m->seen.tree ? (unsigned)CHANGED_TREE : 0u) |
           (m->live.revision_points != m->seen.points ? (unsigned)CHANGED_POINTS : 0u) |
           (m->live.revision_settings != m->seen.settings ? (unsigned)CHANGED_SETTINGS : 0u);
}

/* What one status after the other tells of written nodes, as one piece. */
static void add_touched(struct scene_touched *t, const struct live_status *live)
{
    bool goes_on = t->known && live->touched_from <= t->to;
    if (!goes_on) {
        t->from = live->touched_from;
        t->count = 0;
    }
    t->known = live->touched_known && t->count + live->touched_count <= SCENE_TOUCHED;
    t->to = live->revision_tree;
    if (t->known) {
        memcpy(t->id + t->count, live->touched, live->touched_count * sizeof *t->id);
        t->count += live->touched_count;
    }
}

unsigned model_status(struct model *m, const char *json, size_t n)
{
    if (live_status_read(&m->live, json, n, NULL) != ST_OK) {
        return 0;
    }
    m->lost = false;
    add_touched(&m->touched, &m->live);
    snprintf(m->undo, sizeof m->undo, "%s", m->live.undo);
    snprintf(m->redo, sizeof m->redo, "%s", m->live.redo);
    return CHANGED_STATUS;
}

void model_lost(struct model *m)
{
    memset(&m->live, 0, sizeof m->live);
    m->touched.known = false; /* another server knows nothing of what this one wrote */
    m->lost = true;
}

const char *model_run(const struct model *m)
{
    if (m->live.known && m->live.run[0] != '\0') {
        return m->live.run;
    }
    /* what the file calls running does not run without a server */
    return m->lost && strcmp(m->run, "running") == 0 ? "interrupted" : m->run;
}

bool model_is_running(const struct model *m)
{
    return strcmp(model_run(m), "running") == 0;
}

int64_t model_accepted(const struct model *m)
{
    return m->live.known ? m->live.accepted : m->counts[POINT_ACCEPTED];
}

int64_t model_target(const struct model *m)
{
    return m->live.known ? m->live.target : m->target;
}
