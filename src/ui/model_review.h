/*
 * model_review - what waits for a person, as the Review panel needs it: part of a scene.
 *
 * Made by the loader's thread and never changed. Lists hold the first QUEUE_EACH points of each
 * kind; as points are decided, the next scene has those behind them.
 */
#ifndef TAXA_UI_MODEL_REVIEW_H
#define TAXA_UI_MODEL_REVIEW_H

#include "domain/agreement.h"
#include "store/queue.h"

#define QUEUE_EACH    1000
#define REVIEW_REASON 9
#define REASON_BYTES  80

struct queue_list {
    int64_t count; /* in all; items holds the first of them */
    struct queue_item *items;
    size_t seen, cap;
};

/* Decisions since the last rest of more than ten minutes. */
struct work {
    int64_t decisions;
    double seconds; /* from the first to the last */
    int64_t accepted, rejected, edited, retried, skipped;
    int64_t by_reason[REVIEW_REASON]; /* rejected for one of the listed reasons */
};

struct queues {
    int refs;
    struct queue_list list[QUEUE_KINDS];
    struct agreement agreement;
    struct work work;
    char reasons[REVIEW_REASON][REASON_BYTES];
    int reason_count;
    double audit;
};

struct queues *queues_read(struct store *s);
void queues_hold(struct queues *q);
void queues_drop(struct queues *q); /* NULL is allowed */
/* The reasons of a text such as the setting has: "wrong answer; unclear". Returns how many. */
int reasons_split(const char *text, char out[REVIEW_REASON][REASON_BYTES]);

#endif
