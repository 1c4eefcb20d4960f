/*
 * What the readers of a list do. Ids are found in steps of ids: a step is small enough to be
 * stopped, the next one follows what the last one took. In the order of ids each step's are told as
 * they come; another order is sorted here, which for half a million takes less than the reading.
 */
#include "ui/browse_parts.h"

#include "base/clock.h"
#include "base/mem.h"
#include "command/filter.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEP_FIRST = 2048, STEP_MOST = 1 << 18, FIRST_ROWS = 256, TELL_MS = 80 };

struct hit {
    double key;
    int64_t id;
};

struct scan {
    struct reader *r;
    struct store *s;
    const struct scan_job *job;
    struct filter filter;
    struct hit *hits;
    size_t count, cap, told;
    int64_t seen, of;
    int64_t counts[POINT_STATES];
    int64_t began_ms, told_ms, telling_ms;
};

static void free_scan_job(void *p)
{
    struct scan_job *job = p;
    free(job->filter);
    free(job);
}

static void free_scan_answer(void *p)
{
    struct scan_answer *a = p;
    free(a->ids);
    free(a);
}

static int by_key(const void *x, const void *y)
{
    const struct hit *a = x, *b = y;
    if (a->key < b->key || a->key > b->key) {
        return a->key < b->key ? -1 : 1;
    }
    return a->id < b->id ? -1 : a->id > b->id;
}

static int by_key_down(const void *x, const void *y)
{
    return by_key(y, x);
}

static void sort_hits(const struct scan *s, struct hit *hits, size_t count)
{
    if (count > 1) {
        qsort(hits, count, sizeof *hits, s->job->reverse ? by_key_down : by_key);
    }
}

static struct scan_answer *new_answer(const struct scan *s)
{
    struct scan_answer *a = xcalloc(1, sizeof *a);
    a->number = s->job->number;
    a->seen = s->seen;
    a->of = s->of;
    a->took_ms = clock_ms() - s->began_ms;
    memcpy(a->counts, s->counts, sizeof a->counts);
    return a;
}

static void tell(struct scan *s, const struct hit *hits, size_t from, size_t count, bool end)
{
    struct scan_answer *a = new_answer(s);
    a->replace = from == 0;
    a->end = end;
    a->count = count - from;
    a->ids = xcalloc(a->count + 1, sizeof *a->ids);
    for (size_t i = from; i < count; i++) {
        a->ids[i - from] = hits[i].id;
    }
    reader_give(s->r, a);
}

static bool take(void *ctx, int64_t id, double key, int state)
{
    struct scan *s = ctx;
    s->hits = vec_grow(s->hits, &s->cap, s->count + 1, sizeof *s->hits);
    s->hits[s->count++] = (struct hit){s->job->order == 0 ? (double)id : key, id};
    if (state >= 0 && state < POINT_STATES) {
        s->counts[state]++;
    }
    return s->count < BROWSE_IDS && !reader_stopping(s->r);
}

/* Tell what was found: the ids behind those told, or all of them sorted anew. */
static void tell_found(struct scan *s, bool end)
{
    int64_t now = clock_ms();
    bool sorted = s->job->order != 0;
    if (!end && (s->job->quiet || now - s->told_ms < TELL_MS + 4 * s->telling_ms)) {
        return;
    }
    if (!sorted) {
        tell(s, s->hits, s->told, s->count, end);
        s->told = s->count;
    } else {
        sort_hits(s, s->hits, s->count);
        tell(s, s->hits, 0, s->count, end);
    }
    s->told_ms = clock_ms();
    s->telling_ms = s->told_ms - now;
}

static enum status scan_steps(struct scan *s, struct err *e)
{
    const struct scan_job *job = s->job;
    int64_t step = STEP_FIRST;
    int64_t low = 1, high = s->of + 1; /* not gone through: low <= id < high */
    enum status st = ST_OK;
    while (st == ST_OK && low < high && s->count < BROWSE_IDS && !reader_stopping(s->r)) {
        int64_t n = step < high - low ? step : high - low;
        bool down = job->order == 0 && job->reverse;
        int64_t from = down ? high - n : low;
        size_t before = s->count;
        int64_t start = clock_ms();
        st = job->kind->keys(s->s, &s->filter, job->order, from, from + n, take, s, e);
        int64_t took = clock_ms() - start;
        low += down ? 0 : n;
        high -= down ? n : 0;
        step = took < 10 && step < STEP_MOST ? step * 4 : took > 60 && step > 64 ? step / 2 : step;
        s->seen += n;
        if (job->order == 0) {
            sort_hits(s, s->hits + before, s->count - before);
        }
        if (st == ST_OK && low < high && !reader_stopping(s->r)) {
            tell_found(s, false);
        }
    }
    return st;
}

static bool looks_into_texts(const struct filter *f)
{
    for (size_t i = 0; i < f->count; i++) {
        if (f->terms[i].field == FILTER_REGEX) {
            return true;
        }
    }
    return false;
}

/* A page that is there before all the others are found. */
static enum status scan_first(struct scan *s, struct err *e)
{
    const struct scan_job *job = s->job;
    if (job->order == 0 || job->quiet || job->kind->first == NULL || looks_into_texts(&s->filter) ||
        s->of <= FIRST_ROWS) {
        return ST_OK;
    }
    enum status st =
        job->kind->first(s->s, &s->filter, job->order, job->reverse, FIRST_ROWS, take, s, e);
    if (st == ST_OK) {
        memset(s->counts, 0, sizeof s->counts);
        tell(s, s->hits, 0, s->count, false);
        s->count = 0;
        s->told_ms = clock_ms() + 200; /* the next ones are to be worth it */
    }
    return st;
}

static void scan_all(struct scan *s)
{
    struct err e = {0};
    const struct scan_job *job = s->job;
    enum status st = filter_parse(job->filter, job->kind->calls, &s->filter, &e);
    if (st == ST_OK) {
        st = job->kind->last(s->s, &s->of, &e);
    }
    if (st == ST_OK && job->kind->calls && s->filter.count == 0 && job->order == 0) {
        struct scan_answer *a = new_answer(s);
        a->dense = a->replace = a->end = true;
        a->count = (size_t)s->of;
        reader_give(s->r, a);
        return;
    }
    if (st == ST_OK) {
        st = scan_first(s, &e);
    }
    if (st == ST_OK) {
        st = scan_steps(s, &e);
    }
    if (reader_stopping(s->r)) {
        return;
    }
    if (st != ST_OK) {
        struct scan_answer *a = new_answer(s);
        a->replace = a->end = true;
        snprintf(a->problem, sizeof a->problem, "%.250s", e.msg);
        reader_give(s->r, a);
        return;
    }
    tell_found(s, true);
}

static void scan(struct reader *r, struct store *store, const void *job)
{
    struct scan s = {.r = r, .s = store, .job = job}; /* what is found first is told at once */
    if (s.job->wait_ms > 0) {
        reader_wait(r, s.job->wait_ms);
    }
    s.began_ms = clock_ms();
    if (!reader_stopping(r)) {
        scan_all(&s);
    }
    filter_free(&s.filter);
    free(s.hits);
}

const struct reader_ops browse_scanning = {
    .work = scan, .free_job = free_scan_job, .free_answer = free_scan_answer};

/* ---- rows */

static void free_fetch_job(void *p)
{
    struct fetch_job *job = p;
    free(job->find);
    free(job);
}

static void free_fetch_answer(void *p)
{
    struct fetch_answer *a = p;
    for (size_t i = 0; i < a->count; i++) {
        if (a->rows[i] != NULL) {
            a->kind->row_free(a->rows[i]);
        }
    }
    free(a);
}

static struct fetch_answer *rows_answer(const struct fetch_job *job)
{
    struct fetch_answer *a = xcalloc(1, sizeof *a);
    a->kind = job->kind;
    a->number = job->number;
    return a;
}

static void fetch(struct reader *r, struct store *s, const void *p)
{
    const struct fetch_job *job = p;
    struct regex *find = NULL;
    if (job->find != NULL && regex_new(job->find, &find, NULL) != ST_OK) {
        find = NULL;
    }
    struct fetch_answer *a = rows_answer(job);
    for (size_t i = 0; i < job->count && !reader_stopping(r); i++) {
        size_t at = (job->first + i) % job->count; /* from what is seen, around */
        if (!job->wanted[at]) {
            continue;
        }
        a->at[a->count] = job->from + at;
        a->ids[a->count] = job->ids[at];
        a->rows[a->count++] = job->kind->row(s, job->ids[at], find);
        if (a->count == 100) {
            reader_give(r, a);
            a = rows_answer(job);
        }
    }
    a->end = true;
    reader_give(r, a);
    if (find != NULL) {
        regex_free(find);
    }
}

const struct reader_ops browse_fetching = {
    .work = fetch, .free_job = free_fetch_job, .free_answer = free_fetch_answer};
