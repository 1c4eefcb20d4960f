/*
 * Starting jobs: by a command, and again after a restart by the line that was stored. The line says
 * all that a job needs, so that both ways come to the same questions under the same keys.
 */
#include "base/mem.h"
#include "command/command.h"
#include "engine/context.h"
#include "server/live_private.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NODES_MAX = 5000, /* of one job that names them; a level may have more */
    LINE_BYTES = NODES_MAX * 22 + 100,
    SHOWN = 3 /* nodes that a title names */
};

static struct live_grow *free_slot(struct live *l, struct err *e)
{
    for (int i = 0; i < LIVE_JOBS; i++) {
        if (l->grow[i].grow == NULL && l->grow[i].advise == NULL) {
            return &l->grow[i];
        }
    }
    err_set(e, ST_BUSY, "%d jobs are under way already: wait for one to end", LIVE_JOBS);
    return NULL;
}

/* ---- the number of a job */

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

/* That of an interrupted or stopped one with the same words (its replies are paid), else a new one.
 */
static enum status job_number(struct live *l, const char *line, int64_t *id, struct err *e)
{
    struct find running = {.line = line}, stopped = {.line = line};
    enum status st = store_jobs(l->store, "running", find_visit, &running, e);
    if (st == ST_OK) {
        st = store_jobs(l->store, "stopped", find_visit, &stopped, e);
    }
    if (st != ST_OK) {
        return st;
    }
    if (running.id != 0 && live_job_find(l, running.id) != NULL) {
        return err_set(e, ST_BUSY, "that is under way already: %.200s", line);
    }
    *id = running.id != 0 ? running.id : stopped.id;
    return live_job_put(l, id, line, "running", "", e);
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
        slot->grow = grow_factors(*job, &l->common);
        live_job_begin(l, slot, *job, "factor propose", "factor propose");
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
    slot->grow = grow_strategies(*job, &l->common, list, ids, count);
    live_job_begin(l, slot, *job, "strategy propose", "strategy propose");
    return ST_OK;
}

/* ---- jobs about nodes */

struct about { /* the nodes of a job and how it is written down */
    const int64_t *nodes;
    size_t count;
    struct buf line, title;
};

static void about_init(struct about *a, const int64_t *nodes, size_t count, const char *command)
{
    *a = (struct about){.nodes = nodes, .count = count};
    buf_init(&a->line, LINE_BYTES);
    buf_init(&a->title, 200);
    buf_adds(&a->line, command);
    buf_adds(&a->title, command);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&a->line, " @%" PRId64, nodes[i]);
        if (i < SHOWN) {
            buf_printf(&a->title, " @%" PRId64, nodes[i]);
        }
    }
    if (count > SHOWN) {
        buf_printf(&a->title, " and %zu more", count - SHOWN);
    }
}

static void about_add(struct about *a, const char *option, int value)
{
    buf_printf(&a->line, " %s %d", option, value);
    buf_printf(&a->title, " %s %d", option, value);
}

static void about_free(struct about *a)
{
    buf_free(&a->line);
    buf_free(&a->title);
}

/* Are the nodes there, and is one of them not locked? `note` says which are left alone. */
static enum status look_at_nodes(struct live *l, const int64_t *nodes, size_t count,
                                 struct buf *note, struct err *e)
{
    size_t locked = 0;
    const char *name = "";
    if (count > NODES_MAX) {
        return err_set(e, ST_LIMIT, "%zu nodes at once; at most %d", count, NODES_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t at = tree_by_id(&l->tree, nodes[i]);
        if (at == TREE_NONE || at == 0) {
            return err_set(e, ST_NOT_FOUND, "no node @%" PRId64, nodes[i]);
        }
        if (context_locked(&l->tree, at)) {
            name = l->tree.nodes[at].name;
            if (note != NULL && locked < SHOWN) {
                buf_printf(note, "%s%.100s", locked == 0 ? "locked and left alone: " : ", ", name);
            }
            locked++;
        }
    }
    if (note != NULL && locked > SHOWN) {
        buf_printf(note, " and %zu more", locked - SHOWN);
    }
    if (locked == count) {
        return err_set(e, ST_DENIED, "\"%s\" is locked against the teacher: `node unlock` first",
                       name);
    }
    return ST_OK;
}

static int default_depth(struct live *l, const int64_t *nodes, size_t count, int level)
{
    for (size_t i = 0; i < count; i++) {
        if (level > 0 || l->tree.nodes[tree_by_id(&l->tree, nodes[i])].depth != 1) {
            return 1;
        }
    }
    return (int)store_setting_num(l->store, SETTING_DEPTH, 3);
}

enum status live_expand(struct live *l, const int64_t *nodes, size_t count, int level, int depth,
                        const char *title, int64_t *job, struct buf *note, struct err *e)
{
    struct live_grow *slot = NULL;
    enum status st = live_follow(l, e);
    if (st == ST_OK) {
        st = look_at_nodes(l, nodes, count, note, e);
    }
    if (st != ST_OK) {
        return st;
    }
    if ((slot = free_slot(l, e)) == NULL) {
        return ST_BUSY;
    }
    depth = depth > 0 ? depth : default_depth(l, nodes, count, level);
    struct about a;
    about_init(&a, nodes, count, "expand");
    if (level > 0) {
        about_add(&a, "--level", level);
    }
    about_add(&a, "--depth", depth);
    st = job_number(l, a.line.data, job, e);
    if (st == ST_OK) {
        slot->grow = grow_expand(*job, &l->common, nodes, count, level, depth);
        live_job_begin(l, slot, *job, a.line.data, title != NULL ? title : a.title.data);
    }
    about_free(&a);
    return st;
}

static const char *const advice_lines[] = {"suggest missing", "suggest describe", "suggest sound"};

static bool turned_down_visit(void *ctx, const struct suggestion *g)
{
    if (g->kind == SUGGEST_MISSING && g->state == SUGGEST_REJECTED) {
        advise_turned_down(ctx, g->node, g->name);
    }
    return true;
}

enum status live_advise(struct live *l, enum advice what, const int64_t *nodes, size_t count,
                        const char *title, int64_t *job, struct buf *note, struct err *e)
{
    struct live_grow *slot = NULL;
    enum status st = live_follow(l, e);
    if (st == ST_OK) {
        st = look_at_nodes(l, nodes, count, note, e);
    }
    if (st != ST_OK) {
        return st;
    }
    if ((slot = free_slot(l, e)) == NULL) {
        return ST_BUSY;
    }
    struct about a;
    about_init(&a, nodes, count, advice_lines[what]);
    st = job_number(l, a.line.data, job, e);
    struct advise *made = NULL;
    if (st == ST_OK) {
        made = advise_new(*job, &l->common, what, nodes, count);
        st = store_suggestions(l->store, true, turned_down_visit, made, e);
    }
    if (st == ST_OK) {
        slot->advise = made;
        live_job_begin(l, slot, *job, a.line.data, title != NULL ? title : a.title.data);
    } else {
        advise_free(made);
    }
    about_free(&a);
    return st;
}

/* ---- after a restart */

struct resume {
    struct live *l;
    int count;
    int64_t id[LIVE_JOBS];
    char *line[LIVE_JOBS];
};

static bool resume_visit(void *ctx, const struct job_row *row)
{
    struct resume *r = ctx;
    if (r->count < LIVE_JOBS && live_job_find(r->l, row->id) == NULL) {
        r->id[r->count] = row->id;
        r->line[r->count++] = xstrdup(row->line);
    }
    return true;
}

/* The job of a stored line again: "expand @3 @7 --level 2 --depth 1". */
static enum status resume_nodes(struct live *l, char *line, struct err *e)
{
    int64_t *nodes = NULL, job = 0;
    size_t count = 0, cap = 0;
    int level = 0, depth = 1;
    const char *start = strchr(line, '@');
    for (const char *p = start; p != NULL && *p == '@';) {
        char *end = NULL;
        nodes = vec_grow(nodes, &cap, count + 1, sizeof *nodes);
        nodes[count++] = strtoll(p + 1, &end, 10);
        p = *end == ' ' ? end + 1 : end;
    }
    const char *option = strstr(line, "--level ");
    level = option != NULL ? (int)strtol(option + 8, NULL, 10) : 0;
    option = strstr(line, "--depth ");
    depth = option != NULL ? (int)strtol(option + 8, NULL, 10) : 1;
    enum status st = ST_OK;
    if (count > 0 && strncmp(line, "expand ", 7) == 0) {
        st = live_expand(l, nodes, count, level, depth, NULL, &job, NULL, e);
    }
    for (int i = 0; count > 0 && i < 3; i++) {
        if (strncmp(line, advice_lines[i], strlen(advice_lines[i])) == 0) {
            st = live_advise(l, (enum advice)i, nodes, count, NULL, &job, NULL, e);
        }
    }
    free(nodes);
    return st;
}

enum status live_jobs_resume(struct live *l, int *count, struct err *e)
{
    struct resume r = {.l = l};
    enum status st = store_jobs(l->store, "running", resume_visit, &r, e);
    for (int i = 0; i < r.count; i++) {
        int64_t job = 0;
        if (st == ST_OK && strcmp(r.line[i], "factor propose") == 0) {
            st = live_propose_factors(l, &job, e);
        } else if (st == ST_OK && strcmp(r.line[i], "strategy propose") == 0) {
            st = live_propose_strategies(l, &job, e);
        } else if (st == ST_OK) {
            st = resume_nodes(l, r.line[i], e);
        }
        if (st == ST_NOT_FOUND ||
            st == ST_DENIED) { /* its nodes were deleted or locked meanwhile */
            live_event(l, "%s: %s", r.line[i], e->msg);
            st = live_job_put(l, &r.id[i], r.line[i], "failed", e->msg, e);
        }
        free(r.line[i]);
    }
    *count = r.count;
    return st;
}
