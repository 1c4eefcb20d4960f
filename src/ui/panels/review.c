/*
 * The list of the panel is that of the scene without what was decided here and is not known to the
 * file yet, so a decision needs no waiting. Each decision is remembered: a point that is listed all
 * the same was taken back, if the file says so, and the cursor goes to it.
 */
#include "ui/panels/review.h"

#include "base/clock.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *review_title(enum queue_kind k)
{
    return k == QUEUE_CHECK ? "check failed" : queue_kind_name(k);
}

const struct queue_item *review_item(const struct judging *r)
{
    return r->at < r->count ? &r->items[r->at] : NULL;
}

void review_show(struct judging *r, size_t at)
{
    at = at < r->count ? at : r->count > 0 ? r->count - 1 : 0;
    int64_t point = at < r->count ? r->items[at].point : 0;
    if (point != r->point) {
        r->top = 0;
        r->shown_ms = clock_ms();
    }
    r->at = at;
    r->point = point;
}

/* ---- marks */

static size_t mark_of(const struct judging *r, int64_t id)
{
    size_t i = 0;
    while (i < r->mark_count && r->marks[i] != id) {
        i++;
    }
    return i;
}

bool review_marked(const struct judging *r, int64_t id)
{
    return mark_of(r, id) < r->mark_count;
}

void review_mark(struct judging *r, int64_t id, bool on)
{
    size_t i = mark_of(r, id);
    if (on && i == r->mark_count) {
        r->marks = vec_grow(r->marks, &r->mark_cap, r->mark_count + 1, sizeof *r->marks);
        r->marks[r->mark_count++] = id;
    } else if (!on && i < r->mark_count) {
        memmove(r->marks + i, r->marks + i + 1, (r->mark_count - i - 1) * sizeof *r->marks);
        r->mark_count--;
    }
}

/* ---- the list */

/* Notes, and decisions that are looked at again, stay where they are. */
static bool stays(enum queue_kind k)
{
    return k == QUEUE_NOTED || k == QUEUE_DONE;
}

static struct decided *decided_of(struct judging *r, int64_t id)
{
    for (size_t i = 0; i < REVIEW_DECIDED; i++) {
        if (r->decided[i].id == id && r->decided[i].kind == r->kind) {
            return &r->decided[i];
        }
    }
    return NULL;
}

/* Does the point wait in its queue as the file stands now? A scene may be older than that. */
static bool waits_now(const struct decided *d, const struct ui *ui)
{
    char word[32];
    int64_t n = 0;
    struct filter f = {0};
    snprintf(word, sizeof word, "id:%lld", (long long)d->id);
    if (filter_parse(word, false, &f, NULL) == ST_OK) {
        (void)store_queue_count(ui->model.store, d->kind, &f, &n, NULL);
        filter_free(&f);
    }
    return n > 0;
}

/* A point of the list that was decided here: it came back when the file says so, too. */
static bool came_back(struct decided *d, const struct ui *ui)
{
    if (!d->answered || ui->model.seen.points <= d->seen || !waits_now(d, ui)) {
        return false;
    }
    d->id = 0;
    return true;
}

void review_rebuild(struct judging *r, const struct ui *ui)
{
    const struct queues *q = ui->model.queues;
    int64_t go = r->point;
    size_t at = r->at;
    bool back = false, there = false;
    r->count = 0;
    if (q == NULL) {
        review_show(r, 0);
        return;
    }
    const struct queue_list *list = &q->list[r->kind];
    r->items = vec_grow(r->items, &r->cap, list->seen + 1, sizeof *r->items);
    for (size_t i = 0; i < list->seen; i++) {
        struct decided *d = stays(r->kind) ? NULL : decided_of(r, list->items[i].point);
        if (d != NULL && !came_back(d, ui)) {
            continue;
        }
        if (d != NULL && !back) { /* of several the first */
            go = list->items[i].point;
            back = true;
        }
        r->items[r->count++] = list->items[i];
    }
    if (!r->restored && r->restore != 0) {
        go = r->restore;
    }
    r->restored = true;
    for (size_t i = 0; i < r->count; i++) {
        if (r->items[i].point == go) {
            at = i;
            there = true;
        }
    }
    /* another point comes under the finger of somebody who is about to press a key */
    if (!there && r->point != 0 && decided_of(r, r->point) == NULL) {
        r->left = r->point;
    }
    review_show(r, at);
}

static void switch_kind(struct judging *r, struct ui *ui, int by)
{
    int kinds = QUEUE_KINDS - QUEUE_DISPUTED, k = (int)r->kind - QUEUE_DISPUTED;
    r->kind = (enum queue_kind)(QUEUE_DISPUTED + (k + by + kinds) % kinds);
    r->mark_count = 0;
    r->reasons = false;
    review_show(r, 0);
    r->point = 0;
    review_rebuild(r, ui);
    ui->dirty = true;
}

/* ---- the panel */

static void *open_panel(struct ui *ui)
{
    struct judging *r = xcalloc(1, sizeof *r);
    r->file = xstrdup(ui->model.file);
    r->kind = QUEUE_DISPUTED;
    r->page = 5;
    for (size_t i = 0; i < REVIEW_CARDS; i++) {
        record_init(&r->cards[i].text);
        for (size_t k = 0; k < 3; k++) {
            record_init(&r->cards[i].side[k]);
        }
    }
    review_place_load(r);
    if (ui->model.queues != NULL) {
        review_rebuild(r, ui);
    }
    return r;
}

static void close_panel(void *state)
{
    struct judging *r = state;
    review_place_save(r);
    for (size_t i = 0; i < REVIEW_CARDS; i++) {
        card_free(&r->cards[i]);
        record_free(&r->cards[i].text);
        for (size_t k = 0; k < 3; k++) {
            record_free(&r->cards[i].side[k]);
        }
    }
    free(r->items);
    free(r->marks);
    free(r->draft);
    free(r->file);
    free(r);
}

static void on_data(void *state, struct ui *ui, unsigned changed)
{
    struct judging *r = state;
    if ((changed & (CHANGED_POINTS | CHANGED_SETTINGS | CHANGED_TREE)) != 0) {
        review_cards_forget(r); /* a note, an edit, another name of a node */
        if (ui->model.queues != NULL) {
            review_rebuild(r, ui);
        }
        ui_rest_later(ui);
    }
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    const struct judging *r = state;
    (void)ui;
    out[0] = r->reasons ? CTX_REVIEW_REASON : CTX_REVIEW;
    out[1] = CTX_MOVE;
    return r->reasons ? 1 : 2;
}

static void scroll(struct judging *r, const struct ui *ui, int pages)
{
    const struct card *c = review_card(r, ui, r->point);
    size_t lines = c != NULL ? c->text.count : 0, step = r->page > 2 ? r->page - 1 : 1;
    size_t most = lines > r->page ? lines - r->page : 0;
    if (pages > 0) {
        r->top = r->top + step < most ? r->top + step : most;
    } else {
        r->top = r->top > step ? r->top - step : 0;
    }
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct judging *r = state;
    (void)code;
    r->left = 0;
    ui->dirty = true;
    ui_rest_later(ui);
    if (review_does(r, ui, a)) {
        return;
    }
    switch ((int)a) {
    case ACT_UP:
        review_show(r, r->at > 0 ? r->at - 1 : 0);
        break;
    case ACT_DOWN:
        review_show(r, r->at + 1);
        break;
    case ACT_PAGE_UP:
    case ACT_PAGE_DOWN:
        scroll(r, ui, a == ACT_PAGE_UP ? -1 : 1);
        break;
    case ACT_FIRST:
    case ACT_LAST:
        review_show(r, a == ACT_FIRST ? 0 : r->count);
        break;
    case ACT_NEXT_PART:
    case ACT_PREV_PART:
        switch_kind(r, ui, a == ACT_NEXT_PART ? 1 : -1);
        break;
    default:
        break;
    }
}

/* What the next keys will ask for is read while nobody presses one. */
static void rest(void *state, struct ui *ui)
{
    struct judging *r = state;
    for (size_t i = 0; i < 2 && r->at + i < r->count; i++) {
        struct card *now = review_card(r, ui, r->point);
        struct card *c = review_card(r, ui, r->items[r->at + i].point);
        if (c != NULL && now != NULL && c != now && now->text.width > 0) {
            card_lay_out(c, now->text.width, now->side[0].width);
        }
    }
}

static void click(void *state, struct ui *ui, int x, int y)
{
    struct judging *r = state;
    for (int k = QUEUE_DISPUTED; y == r->tabs.y && k < QUEUE_KINDS; k++) {
        if (x >= r->tab_x[k] && x < r->tab_x[k + 1]) {
            switch_kind(r, ui, k - (int)r->kind);
            return;
        }
    }
}

static long badge(const struct ui *ui)
{
    return (long)ui->model.counts[POINT_DISPUTED];
}

const struct panel_ops panel_review = {
    .key = '5',
    .name = "Review",
    .brief = "Rev",
    .wants_tree = true,
    .wants_queues = true,
    .open = open_panel,
    .close = close_panel,
    .on_data = on_data,
    .contexts = contexts,
    .can = review_can,
    .act = act,
    .key_first = review_key_first,
    .rest = rest,
    .draw = review_draw,
    .click = click,
    .badge = badge,
};
