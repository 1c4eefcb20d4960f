/*
 * All kinds are counted, because the panel shows all counts; each is a look at an index or at the
 * reviews a person made. The stretch of work is read from the decisions themselves, so it is the
 * same after the screen was closed, and for everybody who looks.
 */
#include "ui/model_review.h"

#include "base/mem.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REST_US   (10 * 60 * INT64_C(1000000))
#define WORK_ROWS 20000

static bool take_item(void *ctx, const struct queue_item *i)
{
    struct queue_list *l = ctx;
    l->items = vec_grow(l->items, &l->cap, l->seen + 1, sizeof *l->items);
    l->items[l->seen++] = *i;
    return true;
}

int reasons_split(const char *text, char out[REVIEW_REASON][REASON_BYTES])
{
    int n = 0;
    while (*text != '\0' && n < REVIEW_REASON) {
        size_t len = strcspn(text, ";");
        const char *end = text + len;
        while (text < end && *text == ' ') {
            text++;
        }
        size_t shown = (size_t)(end - text);
        while (shown > 0 && text[shown - 1] == ' ') {
            shown--;
        }
        if (shown > 0) {
            char one[512];
            snprintf(one, sizeof one, "%.*s", (int)(shown < 500 ? shown : 500), text);
            text_safe_copy(out[n++], REASON_BYTES, one);
        }
        text = *end == ';' ? end + 1 : end;
    }
    return n;
}

struct working {
    struct queues *q;
    int64_t newest, last;
    int64_t edit_of; /* an edit stands before its acceptance, so newest first it comes after */
};

static void count_reason(struct queues *q, const char *note)
{
    for (int i = 0; i < q->reason_count; i++) {
        if (strcmp(q->reasons[i], note) == 0) {
            q->work.by_reason[i]++;
            return;
        }
    }
}

static bool take_decision(void *ctx, const struct decision_row *d)
{
    struct working *w = ctx;
    struct work *work = &w->q->work;
    if (w->last != 0 && w->last - d->at_us > REST_US) {
        return false;
    }
    w->newest = w->newest == 0 ? d->at_us : w->newest;
    w->last = d->at_us;
    if (strcmp(d->decision, "note") == 0) {
        return true;
    }
    if (strcmp(d->decision, "edit") == 0) {
        work->edited++; /* its acceptance was counted */
        work->accepted--;
        return true;
    }
    work->decisions++;
    work->accepted += strcmp(d->decision, "accept") == 0 ? 1 : 0;
    work->retried += strcmp(d->decision, "retry") == 0 ? 1 : 0;
    work->skipped += strcmp(d->decision, "skip") == 0 ? 1 : 0;
    if (strcmp(d->decision, "reject") == 0) {
        work->rejected++;
        count_reason(w->q, d->note);
    }
    return true;
}

struct queues *queues_read(struct store *s)
{
    struct queues *q = xcalloc(1, sizeof *q);
    struct buf reasons;
    q->refs = 1;
    for (int k = QUEUE_DISPUTED; k < QUEUE_KINDS; k++) {
        const struct queue_page page = {.kind = (enum queue_kind)k, .limit = QUEUE_EACH};
        (void)store_queue(s, &page, take_item, &q->list[k], NULL);
        q->list[k].count = (int64_t)q->list[k].seen;
        if (q->list[k].seen == QUEUE_EACH) {
            (void)store_queue_count(s, page.kind, NULL, &q->list[k].count, NULL);
        }
    }
    buf_init(&reasons, 4096);
    if (store_setting(s, SETTING_REASONS, &reasons, NULL) == ST_OK) {
        q->reason_count = reasons_split(reasons.data, q->reasons);
    }
    buf_free(&reasons);
    q->audit = store_setting_num(s, SETTING_AUDIT, 0);
    (void)store_agreement(s, &q->agreement, NULL);
    struct working w = {.q = q};
    (void)store_decisions(s, WORK_ROWS, take_decision, &w, NULL);
    q->work.seconds = (double)(w.newest - w.last) / 1e6;
    return q;
}

void queues_hold(struct queues *q)
{
    q->refs++;
}

void queues_drop(struct queues *q)
{
    if (q == NULL || --q->refs > 0) {
        return;
    }
    for (int k = 0; k < QUEUE_KINDS; k++) {
        free(q->list[k].items);
    }
    free(q);
}
