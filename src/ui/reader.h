/*
 * reader - a thread that reads the session file for a panel, so that no key waits for it.
 *
 * It has a read-only store of its own and does one job at a time. Asking never waits and never
 * queues: a new job takes the place of one that waits and stops the one that is being done. A job
 * may give any number of answers, which the screen's thread takes when `event` is readable. What
 * jobs and answers are, their owner says. Without an event (no terminal) there is no thread: a job
 * is done while it is asked for.
 */
#ifndef TAXA_UI_READER_H
#define TAXA_UI_READER_H

#include "base/status.h"
#include "store/store.h"

struct reader;

struct reader_ops {
    /* On the reader's thread. May end early when reader_stopping says so. */
    void (*work)(struct reader *r, struct store *s, const void *job);
    void (*free_job)(void *job);
    void (*free_answer)(void *answer);
};

/* `event`: an eventfd of the caller, which outlives the reader; -1: no thread. */
enum status reader_start(const char *file, const struct reader_ops *ops, int event,
                         struct reader **out, struct err *e);
void reader_stop(struct reader *r);           /* waits for what is being done; NULL: nothing */
void reader_ask(struct reader *r, void *job); /* takes the job */
void *reader_take(struct reader *r);          /* the oldest answer; NULL: none. The taker's now */
bool reader_busy(struct reader *r);           /* a job waits or is being done */
bool reader_stopping(struct reader *r);       /* for `work`: nobody wants its answers any more */
void reader_wait(struct reader *r,
                 int64_t ms); /* for `work`: at most so long, less when it is to stop */
void reader_give(struct reader *r, void *answer); /* for `work` */

#endif
