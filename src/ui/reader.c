/*
 * One lock, held only to hand things over. The store is opened by the first job that finds the
 * file, and a job that cannot open it gives no answer: whoever asked asks again when the file
 * changes.
 */
#include "ui/reader.h"

#include "base/mem.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct reader {
    const struct reader_ops *ops;
    char *file;
    int event; /* -1: no thread */
    pthread_t thread;
    struct store *store; /* of the thread; another may only interrupt it */

    pthread_mutex_t lock; /* over all below */
    pthread_cond_t wake;
    void *job; /* that waits */
    bool busy, stop, ending;
    void **answers;
    size_t count, cap;
};

static void do_job(struct reader *r, void *job)
{
    if (r->store == NULL && access(r->file, F_OK) == 0) {
        struct store *s = NULL;
        if (store_open(r->file, STORE_READ, false, &s, NULL) == ST_OK) {
            pthread_mutex_lock(&r->lock);
            r->store = s;
            pthread_mutex_unlock(&r->lock);
        }
    }
    if (r->store != NULL) {
        r->ops->work(r, r->store, job);
    }
    r->ops->free_job(job);
}

static void *run(void *arg)
{
    struct reader *r = arg;
    pthread_mutex_lock(&r->lock);
    while (!r->ending) {
        if (r->job == NULL) {
            pthread_cond_wait(&r->wake, &r->lock);
            continue;
        }
        void *job = r->job;
        r->job = NULL;
        r->busy = true;
        r->stop = false;
        pthread_mutex_unlock(&r->lock);
        do_job(r, job);
        pthread_mutex_lock(&r->lock);
        r->busy = false;
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

static void release(struct reader *r)
{
    if (r->job != NULL) {
        r->ops->free_job(r->job);
    }
    for (size_t i = 0; i < r->count; i++) {
        r->ops->free_answer(r->answers[i]);
    }
    free(r->answers);
    if (r->store != NULL) {
        store_close(r->store);
    }
    pthread_cond_destroy(&r->wake);
    pthread_mutex_destroy(&r->lock);
    free(r->file);
    free(r);
}

enum status reader_start(const char *file, const struct reader_ops *ops, int event,
                         struct reader **out, struct err *e)
{
    struct reader *r = xcalloc(1, sizeof *r);
    r->ops = ops;
    r->file = xstrdup(file);
    r->event = event;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->wake, NULL);
    if (event >= 0) {
        sigset_t all, old; /* signals are for the screen's thread */
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &old);
        int rc = pthread_create(&r->thread, NULL, run, r);
        pthread_sigmask(SIG_SETMASK, &old, NULL);
        if (rc != 0) {
            char text[128];
            release(r);
            return err_set(e, ST_LIMIT, "no thread to read the session: %s",
                           strerror_r(rc, text, sizeof text));
        }
    }
    *out = r;
    return ST_OK;
}

/* With the lock: the job that is being done is not wanted any more. */
static void stop_job(struct reader *r)
{
    if (r->busy) {
        r->stop = true;
        if (r->store != NULL) {
            store_interrupt(r->store);
        }
    }
}

void reader_stop(struct reader *r)
{
    if (r == NULL) {
        return;
    }
    if (r->event >= 0) {
        pthread_mutex_lock(&r->lock);
        r->ending = true;
        stop_job(r);
        pthread_cond_signal(&r->wake);
        pthread_mutex_unlock(&r->lock);
        pthread_join(r->thread, NULL);
    }
    release(r);
}

void reader_ask(struct reader *r, void *job)
{
    if (r->event < 0) {
        do_job(r, job);
        return;
    }
    pthread_mutex_lock(&r->lock);
    void *missed = r->job;
    r->job = job;
    stop_job(r);
    pthread_cond_signal(&r->wake);
    pthread_mutex_unlock(&r->lock);
    if (missed != NULL) {
        r->ops->free_job(missed);
    }
}

void *reader_take(struct reader *r)
{
    void *answer = NULL;
    pthread_mutex_lock(&r->lock);
    if (r->count > 0) {
        answer = r->answers[0];
        r->count--;
        memmove(r->answers, r->answers + 1, r->count * sizeof *r->answers);
    }
    pthread_mutex_unlock(&r->lock);
    return answer;
}

bool reader_busy(struct reader *r)
{
    pthread_mutex_lock(&r->lock);
    bool busy = r->busy || r->job != NULL;
    pthread_mutex_unlock(&r->lock);
    return busy;
}

bool reader_stopping(struct reader *r)
{
    pthread_mutex_lock(&r->lock);
    bool stop = r->stop || r->ending;
    pthread_mutex_unlock(&r->lock);
    return stop;
}

void reader_wait(struct reader *r, int64_t ms)
{
    struct timespec end;
    if (r->event < 0 || clock_gettime(CLOCK_REALTIME, &end) != 0) {
        return;
    }
    end.tv_sec += (time_t)(ms / 1000);
    end.tv_nsec += (long)(ms % 1000) * 1000000;
    if (end.tv_nsec >= 1000000000) {
        end.tv_sec++;
        end.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&r->lock);
    int rc = 0;
    while (rc == 0 && !r->stop && !r->ending) {
        rc = pthread_cond_timedwait(&r->wake, &r->lock, &end);
    }
    pthread_mutex_unlock(&r->lock);
}

void reader_give(struct reader *r, void *answer)
{
    pthread_mutex_lock(&r->lock);
    r->answers = vec_grow(r->answers, &r->cap, r->count + 1, sizeof *r->answers);
    r->answers[r->count++] = answer;
    pthread_mutex_unlock(&r->lock);
    const uint64_t one = 1;
    while (r->event >= 0 && write(r->event, &one, sizeof one) < 0 && errno == EINTR) {
    }
}
