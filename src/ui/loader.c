/*
 * One lock, held only to hand things over. Scenes share parts that are counted without atomics:
 * only the loader's thread makes and frees scenes, those that come back wait in a list for it.
 */
#include "ui/loader.h"

#include "base/mem.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct loader {
    pthread_t thread;
    char *file;
    int event;

    pthread_mutex_t lock; /* over all below */
    pthread_cond_t wake;
    bool asked, stop;
    struct scene_want want; /* touched: below */
    struct scene_touched touched;
    struct scene *ready;
    struct scene **back; /* to be freed */
    size_t back_count, back_cap;

    /* of the thread */
    struct store *store;
    struct scene base; /* the newest one made, as a start for the next */
};

static void drop(struct scene *s)
{
    if (s != NULL) {
        scene_free(s);
        free(s);
    }
}

/* False: there is nothing new. */
static bool make(struct loader *l, const struct scene_want *want)
{
    if (l->store == NULL && (access(l->file, F_OK) != 0 ||
                             store_open(l->file, STORE_READ, false, &l->store, NULL) != ST_OK)) {
        l->store = NULL;
        return false;
    }
    struct scene next;
    if (!scene_make(l->store, &l->base, want, &next)) {
        return false;
    }
    scene_free(&l->base);
    l->base = next;
    return true;
}

static void publish(struct loader *l, struct scene *s)
{
    pthread_mutex_lock(&l->lock);
    struct scene *missed = l->ready;
    l->ready = s;
    pthread_mutex_unlock(&l->lock);
    drop(missed);
    const uint64_t one = 1;
    while (write(l->event, &one, sizeof one) < 0 && errno == EINTR) {
    }
}

static void free_back(struct scene **back, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        drop(back[i]);
    }
    free(back);
}

static void *run(void *arg)
{
    struct loader *l = arg;
    struct scene_touched touched;
    pthread_mutex_lock(&l->lock);
    while (!l->stop) {
        if (!l->asked && l->back_count == 0) {
            pthread_cond_wait(&l->wake, &l->lock);
            continue;
        }
        struct scene **back = l->back;
        size_t count = l->back_count;
        struct scene_want want = l->want;
        touched = l->touched;
        want.touched = &touched;
        bool asked = l->asked;
        l->back = NULL;
        l->back_count = l->back_cap = 0;
        l->asked = false;
        pthread_mutex_unlock(&l->lock);
        free_back(back, count);
        if (asked && make(l, &want)) {
            struct scene *s = xcalloc(1, sizeof *s);
            scene_share(&l->base, s);
            publish(l, s);
        }
        pthread_mutex_lock(&l->lock);
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

static void release(struct loader *l)
{
    drop(l->ready);
    free_back(l->back, l->back_count);
    scene_free(&l->base);
    if (l->store != NULL) {
        store_close(l->store);
    }
    if (l->event >= 0) {
        close(l->event);
    }
    pthread_cond_destroy(&l->wake);
    pthread_mutex_destroy(&l->lock);
    free(l->file);
    free(l);
}

enum status loader_start(const char *file, struct loader **out, struct err *e)
{
    char text[128];
    struct loader *l = xcalloc(1, sizeof *l);
    l->file = xstrdup(file);
    scene_init(&l->base);
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->wake, NULL);
    l->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int rc = l->event < 0 ? errno : 0;
    if (rc == 0) {
        sigset_t all, old; /* signals are for the screen's thread */
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &old);
        rc = pthread_create(&l->thread, NULL, run, l);
        pthread_sigmask(SIG_SETMASK, &old, NULL);
    }
    if (rc != 0) {
        release(l);
        return err_set(e, ST_LIMIT, "no thread to read the session: %s",
                       strerror_r(rc, text, sizeof text));
    }
    *out = l;
    return ST_OK;
}

void loader_stop(struct loader *l)
{
    pthread_mutex_lock(&l->lock);
    l->stop = true;
    pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->lock);
    pthread_join(l->thread, NULL);
    release(l);
}

void loader_ask(struct loader *l, const struct scene_want *want)
{
    pthread_mutex_lock(&l->lock);
    bool points_wait = want->points_wait && (!l->asked || l->want.points_wait);
    l->want = *want;
    l->want.points_wait = points_wait;
    l->touched.known = want->touched != NULL && want->touched->known;
    if (l->touched.known) {
        l->touched = *want->touched;
    }
    l->asked = true;
    pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->lock);
}

int loader_fd(const struct loader *l)
{
    return l->event;
}

struct scene *loader_take(struct loader *l)
{
    uint64_t count = 0;
    while (read(l->event, &count, sizeof count) < 0 && errno == EINTR) {
    }
    pthread_mutex_lock(&l->lock);
    struct scene *s = l->ready;
    l->ready = NULL;
    pthread_mutex_unlock(&l->lock);
    return s;
}

void loader_return(struct loader *l, struct scene *s)
{
    pthread_mutex_lock(&l->lock);
    l->back = vec_grow(l->back, &l->back_cap, l->back_count + 1, sizeof(struct scene *));
    l->back[l->back_count++] = s;
    pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->lock);
}
