/*
 * Draws are kept by node id, not by tree index, since trees are edited while a run goes on.
 */
#include "engine/run.h"
#include "base/mem.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPEN 0xFF /* outcome of a point that is under way */

struct run {
    int64_t first;
    size_t count, stride;
    int64_t *strategy;     /* per draw */
    uint8_t *complexified; /* per draw */
    int64_t *node;         /* count * stride ids, 0 beyond */
    uint8_t *outcome;      /* per started point */
    size_t started, started_cap;
    size_t retired;
    uint32_t *replaced; /* draw of each replacement, in the order of their ids */
    size_t replacements, replaced_cap;
    int64_t open;
};

static struct run *run_alloc(size_t count, size_t stride, int64_t first)
{
    struct run *r = xcalloc(1, sizeof *r);
    r->first = first;
    r->count = count;
    r->stride = stride > 0 ? stride : 1;
    r->strategy = xcalloc(count, sizeof *r->strategy);
    r->complexified = xcalloc(count, 1);
    r->node = xcalloc(count * r->stride, sizeof *r->node);
    return r;
}

struct run *run_new(const struct plan_design *d, const struct plan_draws *w, int64_t first)
{
    struct run *r = run_alloc(w->count, w->stride, first);
    for (size_t i = 0; i < w->count; i++) {
        const struct plan_strategy *s = &d->strategies[w->strategy[i]];
        r->strategy[i] = s->id;
        r->complexified[i] = w->complexified[i];
        for (int k = 0; k < s->taxonomy_count; k++) {
            uint32_t at = w->node[i * w->stride + (size_t)k];
            r->node[i * r->stride + (size_t)k] = d->tree->nodes[at].id;
        }
    }
    return r;
}

void run_free(struct run *r)
{
    if (r == NULL) {
        return;
    }
    free(r->strategy);
    free(r->complexified);
    free(r->node);
    free(r->outcome);
    free(r->replaced);
    free(r);
}

bool run_write(const struct run *r, struct buf *out)
{
    buf_printf(out, "draws %zu %zu\n", r->count, r->stride);
    for (size_t i = 0; i < r->count; i++) {
        buf_printf(out, "%" PRId64 "%c", r->strategy[i], r->complexified[i] ? '+' : '-');
        for (size_t k = 0; k < r->stride && r->node[i * r->stride + k] != 0; k++) {
            buf_printf(out, " %" PRId64, r->node[i * r->stride + k]);
        }
        buf_addc(out, '\n');
    }
    return !out->over;
}

static bool read_draw(struct run *r, size_t i, const char **at)
{
    char *end = NULL;
    r->strategy[i] = strtoll(*at, &end, 10);
    if (end == *at || (*end != '+' && *end != '-')) {
        return false;
    }
    r->complexified[i] = *end == '+';
    const char *s = end + 1;
    for (size_t k = 0; *s == ' '; k++) {
        int64_t id = strtoll(s, &end, 10);
        if (end == s || k >= r->stride || id <= 0) {
            return false;
        }
        r->node[i * r->stride + k] = id;
        s = end;
    }
    if (*s != '\n') {
        return false;
    }
    *at = s + 1;
    return true;
}

enum status run_read(const char *text, size_t n, int64_t first, struct run **out, struct err *e)
{
    *out = NULL;
    if (n < 7 || text[n] != '\0' || strncmp(text, "draws ", 6) != 0) {
        return err_set(e, ST_DAMAGED, "the stored plan does not begin with its size");
    }
    char *end = NULL;
    unsigned long long count = strtoull(text + 6, &end, 10);
    unsigned long long stride = strtoull(end, &end, 10);
    if (*end != '\n' || count > PLAN_MAX_POINTS || stride > PLAN_MAX_TAXONOMIES) {
        return err_set(e, ST_DAMAGED, "the stored plan has an impossible size");
    }
    struct run *r = run_alloc((size_t)count, (size_t)stride, first);
    const char *at = end + 1;
    for (size_t i = 0; i < r->count; i++) {
        if (!read_draw(r, i, &at)) {
            run_free(r);
            return err_set(e, ST_DAMAGED, "the stored plan cannot be read at draw %zu", i + 1);
        }
    }
    *out = r;
    return ST_OK;
}

static size_t draw_index(const struct run *r, size_t point)
{
    return point < r->count ? point : r->replaced[point - r->count];
}

static void fill(const struct run *r, size_t point, struct run_draw *out)
{
    size_t i = draw_index(r, point);
    memset(out, 0, sizeof *out);
    out->id = r->first + (int64_t)point;
    out->strategy = r->strategy[i];
    out->complexified = r->complexified[i] != 0;
    for (size_t k = 0; k < r->stride && r->node[i * r->stride + k] != 0; k++) {
        out->node[out->nodes++] = r->node[i * r->stride + k];
    }
}

static void start(struct run *r)
{
    r->outcome = vec_grow(r->outcome, &r->started_cap, r->started + 1, 1);
    r->outcome[r->started++] = OPEN;
    r->open++;
}

bool run_next(struct run *r, struct run_draw *out)
{
    if (r->started >= r->count + r->replacements) {
        return false;
    }
    fill(r, r->started, out);
    start(r);
    return true;
}

static bool holds_place(uint8_t outcome)
{
    return outcome == POINT_ACCEPTED || outcome == POINT_FAILED || outcome == OPEN;
}

static void replace(struct run *r, size_t point)
{
    uint32_t draw = (uint32_t)draw_index(r, point);
    r->replaced = vec_grow(r->replaced, &r->replaced_cap, r->replacements + 1, sizeof *r->replaced);
    r->replaced[r->replacements++] = draw;
}

static void retire_one(struct run *r)
{
    if (!holds_place(r->outcome[r->retired])) {
        replace(r, r->retired);
    }
    r->retired++;
}

/*
 * A failed point is not settled for good: what it becomes when it is tried again decides which id
 * the next replacement gets. Passing it by would make the ids a matter of history, which a restart
 * does not know.
 */
static void retire(struct run *r)
{
    while (r->retired < r->started && r->outcome[r->retired] != OPEN &&
           r->outcome[r->retired] != POINT_FAILED) {
        retire_one(r);
    }
}

bool run_give_up(struct run *r)
{
    while (r->retired < r->started && r->outcome[r->retired] != OPEN) {
        retire_one(r);
    }
    return run_to_start(r) > 0;
}

void run_settled(struct run *r, int64_t id, enum point_state outcome)
{
    if (id < r->first || id >= r->first + (int64_t)r->started) {
        return;
    }
    size_t i = (size_t)(id - r->first);
    if (r->outcome[i] == OPEN) {
        r->open--;
    }
    if (i < r->retired && holds_place(r->outcome[i]) && !holds_place((uint8_t)outcome)) {
        replace(r, i); /* tried again after it was passed by, and does not hold its place now */
    }
    r->outcome[i] = (uint8_t)outcome;
    retire(r);
}

static bool same_draw(const struct run *r, size_t draw, const struct run_draw *made)
{
    const int64_t *node = r->node + draw * r->stride;
    size_t n = (size_t)made->nodes;
    return r->strategy[draw] == made->strategy &&
           (r->complexified[draw] != 0) == made->complexified && n <= r->stride &&
           memcmp(node, made->node, n * sizeof *node) == 0 && (n == r->stride || node[n] == 0);
}

/* Put the due replacement of that draw in front of those that are not started. */
static bool claim_due(struct run *r, size_t next, const struct run_draw *made)
{
    for (size_t i = next; i < r->replacements; i++) {
        if (same_draw(r, r->replaced[i], made)) {
            uint32_t draw = r->replaced[i];
            memmove(r->replaced + next + 1, r->replaced + next,
                    (i - next) * sizeof *r->replaced); /* the others keep their order */
            r->replaced[next] = draw;
            return true;
        }
    }
    return false;
}

/* A replacement whose original holds its place by now: it was started all the same. */
static void claim_any(struct run *r, size_t next, const struct run_draw *made)
{
    for (size_t draw = 0; draw < r->count; draw++) {
        if (same_draw(r, draw, made)) {
            r->replaced =
                vec_grow(r->replaced, &r->replaced_cap, r->replacements + 1, sizeof *r->replaced);
            memmove(r->replaced + next + 1, r->replaced + next,
                    (r->replacements - next) * sizeof *r->replaced);
            r->replaced[next] = (uint32_t)draw;
            r->replacements++;
            return;
        }
    }
}

static void claim(struct run *r, const struct run_draw *made)
{
    size_t next = r->started - r->count;
    while (!claim_due(r, next, made)) {
        if (r->retired >= r->started) {
            claim_any(r, next, made);
            return;
        }
        retire_one(r);
        retire(r);
    }
}

static void restore(struct run *r, int64_t id, const struct run_draw *made,
                    enum point_state outcome)
{
    if (id != r->first + (int64_t)r->started) {
        return;
    }
    if (made != NULL && r->started >= r->count) {
        claim(r, made);
    }
    /* A replacement that exists tells that what stands open or failed before it was passed by. */
    while (r->started >= r->count + r->replacements && r->retired < r->started) {
        retire_one(r);
        retire(r);
    }
    if (r->started >= r->count + r->replacements) {
        return;
    }
    start(r);
    if (outcome != POINT_ASKED && outcome != POINT_PLANNED) {
        run_settled(r, id, outcome);
    }
}

void run_restore(struct run *r, int64_t id, enum point_state outcome)
{
    restore(r, id, NULL, outcome);
}

void run_restore_as(struct run *r, const struct run_draw *made, enum point_state outcome)
{
    restore(r, made->id, made, outcome);
}

bool run_replaces(const struct run *r, int64_t id)
{
    return id >= r->first + (int64_t)r->count;
}

bool run_draw_of(const struct run *r, int64_t id, struct run_draw *out)
{
    if (id < r->first || id >= r->first + (int64_t)r->started) {
        return false;
    }
    fill(r, (size_t)(id - r->first), out);
    return true;
}

int64_t run_first(const struct run *r)
{
    return r->first;
}

int64_t run_started(const struct run *r)
{
    return (int64_t)r->started;
}

int64_t run_open(const struct run *r)
{
    return r->open;
}

int64_t run_to_start(const struct run *r)
{
    return (int64_t)(r->count + r->replacements - r->started);
}

void run_failed(const struct run *r, void (*visit)(void *ctx, int64_t id), void *ctx)
{
    for (size_t i = 0; i < r->started; i++) {
        if (r->outcome[i] == POINT_FAILED) {
            visit(ctx, r->first + (int64_t)i);
        }
    }
}
