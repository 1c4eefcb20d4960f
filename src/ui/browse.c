/*
 * The screen's side of a long list. Everything here is arithmetic over numbers that are there
 * already, so that a key costs the same at half a million rows as at a hundred; only when a list is
 * replaced by a newer one its ids are gone through once, to find the one under the cursor.
 */
#include "ui/browse.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/filter.h"
#include "ui/browse_parts.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE = 5, AHEAD = 2 }; /* times what a reading took; pages read before they are seen */

/* The filter and the text that is looked for, as one filter. */
static char *whole_filter(const char *filter, const char *find)
{
    struct buf text;
    buf_init(&text, 1u << 20);
    buf_adds(&text, filter);
    if (find[0] != '\0') {
        buf_adds(&text, text.len > 0 ? " /" : "/");
        for (const char *p = find; *p != '\0'; p++) {
            if (*p == '\\' && p[1] != '\0') {
                buf_addc(&text, *p++);
            } else if (*p == '/') {
                buf_addc(&text, '\\');
            }
            buf_addc(&text, *p);
        }
        buf_addc(&text, '/');
    }
    char *out = buf_take(&text);
    buf_free(&text);
    return out;
}

static void forget_rows(struct browse *b)
{
    for (size_t i = 0; i < BROWSE_ROWS; i++) {
        if (b->slots[i].row != NULL) {
            b->kind->row_free(b->slots[i].row);
        }
        b->slots[i] = (struct browse_slot){0};
    }
    b->rows_wait = false;
    b->rows_asked++;
}

static void ask(struct browse *b, bool quiet)
{
    struct scan_job *job = xcalloc(1, sizeof *job);
    job->kind = b->kind;
    job->number = ++b->asked;
    job->filter = whole_filter(b->filter, b->find);
    job->order = b->order;
    job->reverse = b->reverse;
    job->quiet = quiet;
    if (quiet) {
        int64_t since = clock_ms() - b->asked_ms;
        job->wait_ms = since < PATIENCE * b->took_ms ? PATIENCE * b->took_ms - since : 0;
    }
    b->again = false;
    b->partial = false;
    b->asked_ms = clock_ms() + job->wait_ms;
    reader_ask(b->scan, job);
}

enum status browse_open(struct browse *b, const struct browse_kind *kind, const char *file,
                        int event, struct err *e)
{
    memset(b, 0, sizeof *b);
    b->kind = kind;
    b->filter = xstrdup("");
    b->find = xstrdup("");
    enum status st = reader_start(file, &browse_scanning, event, &b->scan, e);
    if (st == ST_OK) {
        st = reader_start(file, &browse_fetching, event, &b->fetch, e);
    }
    if (st != ST_OK) {
        browse_close(b);
    }
    return st;
}

void browse_close(struct browse *b)
{
    reader_stop(b->scan);
    reader_stop(b->fetch);
    b->scan = b->fetch = NULL;
    forget_rows(b);
    free(b->ids);
    free(b->filter);
    free(b->find);
    b->ids = NULL;
    b->filter = b->find = NULL;
}

/* All that is here is of another list. */
static void start_over(struct browse *b)
{
    forget_rows(b);
    b->whole = b->dense = b->stopped = false;
    b->seen = b->of = 0;
    b->problem[0] = '\0';
    memset(b->counts, 0, sizeof b->counts);
    b->want = b->at;
    b->at = b->ahead = 0;
    list_set(&b->list, 0, b->list.height);
    ask(b, false);
}

enum status browse_set(struct browse *b, const char *filter, const char *find, struct err *e)
{
    struct filter f = {0};
    char *text = whole_filter(filter != NULL ? filter : b->filter, find != NULL ? find : b->find);
    enum status st = filter_parse(text, b->kind->calls, &f, e);
    filter_free(&f);
    free(text);
    if (st != ST_OK) {
        return st;
    }
    char *keep_filter = xstrdup(filter != NULL ? filter : b->filter);
    char *keep_find = xstrdup(find != NULL ? find : b->find);
    free(b->filter);
    free(b->find);
    b->filter = keep_filter;
    b->find = keep_find;
    start_over(b);
    return ST_OK;
}

void browse_sort(struct browse *b, int order, bool reverse)
{
    b->order = order;
    b->reverse = reverse;
    b->at = 0; /* another order is looked at from its start */
    start_over(b);
}

void browse_changed(struct browse *b)
{
    for (size_t i = 0; i < BROWSE_ROWS; i++) {
        b->slots[i].stale = true;
    }
    b->again = !b->stopped;
    if (b->again && !reader_busy(b->scan)) { /* else when its answer is taken */
        ask(b, b->whole);
    }
}

void browse_cancel(struct browse *b)
{
    struct scan_job *job = xcalloc(1, sizeof *job); /* takes the place of what goes on */
    job->kind = b->kind;
    job->number = 0;
    job->filter = xstrdup("id:0");
    b->asked++; /* what it still says is not heard */
    reader_ask(b->scan, job);
    b->whole = b->stopped = true;
    b->again = false;
}

/* ---- answers */

int64_t browse_id(const struct browse *b, size_t at)
{
    if (at >= b->list.count) {
        return 0;
    }
    if (b->dense) {
        return b->reverse ? (int64_t)(b->list.count - at) : (int64_t)at + 1;
    }
    return b->ids[at];
}

static size_t find_id(const struct browse *b, int64_t id)
{
    if (b->dense) {
        bool there = id > 0 && (size_t)id <= b->list.count;
        return !there ? b->list.count : b->reverse ? b->list.count - (size_t)id : (size_t)id - 1;
    }
    size_t i = 0;
    while (i < b->list.count && b->ids[i] != id) {
        i++;
    }
    return i;
}

/* Rows that are here stay with their ids when these move. */
static void move_rows(struct browse *b)
{
    struct browse_slot was[BROWSE_ROWS];
    memcpy(was, b->slots, sizeof was);
    memset(b->slots, 0, sizeof b->slots);
    size_t from = b->list.top > b->list.height ? b->list.top - b->list.height : 0;
    for (size_t at = from; at < from + 3 * b->list.height && at < b->list.count; at++) {
        int64_t id = browse_id(b, at);
        for (size_t i = 0; i < BROWSE_ROWS; i++) {
            if (was[i].row != NULL && was[i].id == id) {
                b->slots[at % BROWSE_ROWS] = was[i];
                was[i].row = NULL;
                break;
            }
        }
    }
    for (size_t i = 0; i < BROWSE_ROWS; i++) {
        if (was[i].row != NULL) {
            b->kind->row_free(was[i].row);
        }
    }
    b->rows_wait = false;
    b->rows_asked++;
}

/*
 * The ids are others now: the cursor goes where the id is that it was on, or that it is to come
 * back to. At the head of a list that is still being put in order it stays at the head.
 */
static void follow(struct browse *b, size_t count, bool growing)
{
    size_t height = b->list.height;
    int64_t id = b->want != 0 ? b->want : b->at;
    b->list.count = count;
    size_t row = growing && b->want == 0 && b->list.cursor == 0 ? 0 : find_id(b, id);
    if (row < count) {
        list_follow(&b->list, row, count);
        b->want = 0;
    } else {
        list_set(&b->list, count, height);
    }
}

/* The ids go on behind those that were here. */
static void append(struct browse *b, const struct scan_answer *a)
{
    size_t count = b->list.count, all = count + a->count;
    b->ids = vec_grow(b->ids, &b->cap, all + 1, sizeof *b->ids);
    memcpy(b->ids + count, a->ids, a->count * sizeof *b->ids);
    b->list.count = all;
    for (size_t i = count; b->want != 0 && i < all; i++) {
        if (b->ids[i] == b->want) {
            list_follow(&b->list, i, all);
            b->want = 0;
        }
    }
}

static void take_ids(struct browse *b, struct scan_answer *a)
{
    bool replace = a->replace || !b->partial, growing = !b->whole;
    b->partial = true;
    b->whole = a->end;
    b->seen = a->seen;
    b->of = a->of;
    memcpy(b->counts, a->counts, sizeof b->counts);
    snprintf(b->problem, sizeof b->problem, "%s", a->problem);
    b->took_ms = a->end ? a->took_ms : b->took_ms;
    if (replace) {
        free(b->ids);
        b->ids = a->ids;
        a->ids = NULL;
        b->cap = a->count;
        b->dense = a->dense;
        follow(b, a->count, growing);
        if (b->ahead != 0 && a->count > 0) { /* keys that were typed before it came */
            list_move(&b->list, b->ahead);
            b->ahead = b->want = 0;
        }
        move_rows(b);
    } else {
        append(b, a);
    }
    b->want = a->end ? 0 : b->want;
    b->at = browse_id(b, b->list.cursor);
    if (a->end && b->again) {
        ask(b, true);
    }
}

static bool take_rows(struct browse *b, struct fetch_answer *a)
{
    if (a->number != b->rows_asked) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        struct browse_slot *slot = &b->slots[a->at[i] % BROWSE_ROWS];
        if (slot->row != NULL) {
            b->kind->row_free(slot->row);
        }
        *slot = (struct browse_slot){.id = a->ids[i], .row = a->rows[i]};
        a->rows[i] = NULL;
    }
    b->rows_wait = b->rows_wait && !a->end;
    return a->count > 0;
}

bool browse_take(struct browse *b)
{
    bool news = false;
    void *answer = NULL;
    while ((answer = reader_take(b->scan)) != NULL) {
        struct scan_answer *a = answer;
        if (a->number == b->asked) {
            take_ids(b, a);
            news = true;
        }
        browse_scanning.free_answer(a);
    }
    while ((answer = reader_take(b->fetch)) != NULL) {
        news = take_rows(b, answer) || news;
        browse_fetching.free_answer(answer);
    }
    return news;
}

/* ---- rows that are seen */

static bool is_here(const struct browse *b, size_t at)
{
    const struct browse_slot *slot = &b->slots[at % BROWSE_ROWS];
    return slot->row != NULL && slot->id == browse_id(b, at) && !slot->stale;
}

void *browse_row(const struct browse *b, size_t at)
{
    const struct browse_slot *slot = &b->slots[at % BROWSE_ROWS];
    return at < b->list.count && slot->row != NULL && slot->id == browse_id(b, at) ? slot->row
                                                                                   : NULL;
}

static void ask_rows(struct browse *b, size_t from, size_t to)
{
    struct fetch_job *job = xcalloc(1, sizeof *job);
    job->kind = b->kind;
    job->number = ++b->rows_asked;
    job->find = b->find[0] != '\0' ? xstrdup(b->find) : NULL;
    job->from = from;
    job->count = to - from;
    job->first = b->list.top - from;
    for (size_t at = from; at < to; at++) {
        job->ids[at - from] = browse_id(b, at);
        job->wanted[at - from] = !is_here(b, at);
    }
    b->rows_from = from;
    b->rows_to = to;
    b->rows_wait = true;
    reader_ask(b->fetch, job);
}

bool browse_window(struct browse *b, size_t height)
{
    height = height < BROWSE_ROWS / 8 ? height : BROWSE_ROWS / 8;
    bool news = browse_take(b); /* without a thread all of it is there by now */
    list_set(&b->list, b->list.count, height);
    size_t top = b->list.top, end = top + height < b->list.count ? top + height : b->list.count;
    bool missing = false;
    for (size_t at = top; at < end && !missing; at++) {
        bool waits = b->rows_wait && at >= b->rows_from && at < b->rows_to;
        missing = !waits && !is_here(b, at);
    }
    size_t next = end + height < b->list.count ? end + height : b->list.count;
    if (!missing && !b->rows_wait && next > top) { /* the page ahead, while nothing else is read */
        missing = !is_here(b, next - 1) || !is_here(b, top > height ? top - height : 0);
    }
    if (missing) {
        size_t from = top > AHEAD * height ? top - AHEAD * height : 0;
        size_t to = end + AHEAD * height < b->list.count ? end + AHEAD * height : b->list.count;
        ask_rows(b, from, to);
        news = browse_take(b) || news;
    }
    return news;
}

/* ---- moving */

bool browse_comes(const struct browse *b)
{
    return b->list.count == 0 && !b->whole;
}

static void moved(struct browse *b)
{
    b->want = 0;
    b->at = browse_id(b, b->list.cursor);
}

void browse_move(struct browse *b, long by)
{
    if (browse_comes(b)) {
        b->ahead += by;
        return;
    }
    list_move(&b->list, by);
    moved(b);
}

void browse_go(struct browse *b, size_t at)
{
    list_go(&b->list, at);
    moved(b);
}

bool browse_go_id(struct browse *b, int64_t id)
{
    size_t at = find_id(b, id);
    if (at >= b->list.count) {
        return false;
    }
    browse_go(b, at);
    return true;
}

bool browse_act(struct browse *b, enum action a)
{
    if ((a == ACT_UP || a == ACT_DOWN) && browse_comes(b)) {
        browse_move(b, a == ACT_UP ? -1 : 1);
        return true;
    }
    bool moves = list_act(&b->list, a);
    if (moves) {
        moved(b);
    }
    return moves;
}

void browse_says(const struct browse *b, char out[96])
{
    char n[32], at[32];
    text_count(n, (long long)b->list.count);
    text_count(at, (long long)b->list.cursor + 1);
    if (!b->whole) {
        int percent = b->of > 0 ? (int)(b->seen * 100 / b->of) : 0;
        snprintf(out, 96, "%s so far, %d%% read", n, percent);
    } else if (b->list.count == 0) {
        snprintf(out, 96, "none");
    } else {
        snprintf(out, 96, "%s of %s", at, n);
    }
}
