/*
 * Answers are matched to commands by id, so several can be under way; what an unknown id says is
 * dropped. When the server is gone, everything that waited for it is answered by that fact.
 */
#include "ui/link.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/command.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const struct json_limits news_limits = {CHANNEL_FRAME_MAX, 64, 1000000};

void link_init(struct link *l)
{
    memset(l, 0, sizeof *l);
    for (size_t i = 0; i < LINK_PENDING; i++) {
        buf_init(&l->pending[i].out, LINK_OUT_MAX);
    }
}

/* ---- opening in a thread */

struct link_opening {
    pthread_t thread;
    int event;
    char *file;
    /* from here on the thread's, until it is joined */
    struct channel *channel;
    enum status st;
    struct err why;
};

static void *open_there(void *arg)
{
    struct link_opening *o = arg;
    const uint64_t one = 1;
    o->st = channel_open(o->file, true, &o->channel, &o->why);
    while (write(o->event, &one, sizeof one) < 0 && errno == EINTR) {
    }
    return NULL;
}

static void free_opening(struct link_opening *o)
{
    if (o->event >= 0) {
        close(o->event);
    }
    free(o->file);
    free(o);
}

enum status link_open_later(struct link *l, const char *file, struct err *e)
{
    if (l->channel != NULL || l->opening != NULL) {
        return ST_OK;
    }
    struct link_opening *o = xcalloc(1, sizeof *o);
    o->file = xstrdup(file);
    o->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    sigset_t all, old; /* signals are for the screen's thread */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    bool started = o->event >= 0 && pthread_create(&o->thread, NULL, open_there, o) == 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (!started) {
        free_opening(o);
        return link_open(l, file, e);
    }
    l->opening = o;
    return ST_OK;
}

static enum status finish_opening(struct link *l, struct err *e)
{
    struct link_opening *o = l->opening;
    pthread_join(o->thread, NULL);
    l->opening = NULL;
    l->channel = o->st == ST_OK ? o->channel : NULL;
    enum status st = o->st == ST_OK ? ST_OK : err_set(e, o->st, "%s", o->why.msg);
    free_opening(o);
    return st;
}

int link_opening_fd(const struct link *l)
{
    return l->opening != NULL ? l->opening->event : -1;
}

/* ---- the connection */

static void forget(struct link_command *p)
{
    free(p->line);
    p->line = NULL;
    p->ended = NULL;
    p->id = 0;
}

void link_close(struct link *l)
{
    if (l->opening != NULL) {
        (void)finish_opening(l, NULL);
    }
    if (l->channel != NULL) {
        channel_close(l->channel);
    }
    l->channel = NULL;
    for (size_t i = 0; i < LINK_PENDING; i++) {
        forget(&l->pending[i]);
        buf_free(&l->pending[i].out);
    }
}

enum status link_open(struct link *l, const char *file, struct err *e)
{
    if (l->channel != NULL) {
        return ST_OK;
    }
    return l->opening != NULL ? finish_opening(l, e) : channel_open(file, true, &l->channel, e);
}

int link_fd(const struct link *l)
{
    return l->channel != NULL ? channel_fd(l->channel) : -1;
}

bool link_wants_write(const struct link *l)
{
    return l->channel != NULL && channel_wants_write(l->channel);
}

enum status link_flush(struct link *l, struct err *e)
{
    return l->channel != NULL ? channel_flush(l->channel, e) : ST_OK;
}

static struct link_command *slot_of(struct link *l, int64_t id)
{
    for (size_t i = 0; i < LINK_PENDING; i++) {
        if (l->pending[i].id == id) {
            return &l->pending[i];
        }
    }
    return NULL;
}

enum status link_send(struct link *l, const char *file, const struct link_line *what, struct err *e)
{
    struct link_command *slot = slot_of(l, 0);
    if (slot == NULL) {
        return err_set(e, ST_BUSY, "%d commands wait for an answer; this one was not sent",
                       LINK_PENDING);
    }
    enum status st = link_open(l, file, e);
    if (st != ST_OK) {
        return st;
    }
    int64_t id = 0;
    st = what->script != NULL
             ? channel_script(l->channel, what->argv[0], what->script, what->input, &id, e)
             : channel_command(l->channel, what->argc, what->argv, what->input, &id, e);
    if (st != ST_OK) {
        return st;
    }
    struct buf line;
    buf_init(&line, 1u << 20);
    if (what->script != NULL) {
        buf_adds(&line, what->argv[0]);
    } else {
        words_join(&line, what->argc, what->argv);
    }
    slot->script = what->script != NULL;
    slot->lost = false;
    slot->ended = what->ended;
    slot->ctx = what->ctx;
    slot->id = id;
    slot->line = buf_take(&line);
    buf_free(&line);
    buf_clear(&slot->out);
    return ST_OK;
}

size_t link_waiting(const struct link *l)
{
    size_t n = 0;
    for (size_t i = 0; i < LINK_PENDING; i++) {
        n += l->pending[i].id != 0 ? 1u : 0u;
    }
    return n;
}

static void tell_exit(struct link_command *slot, int code, const char *text, struct link_news *news)
{
    news->event = LINK_EXIT;
    news->code = code;
    snprintf(news->text, sizeof news->text, "%s", text);
    snprintf(news->line, sizeof news->line, "%s", slot->line);
    news->script = slot->script;
    news->ended = slot->ended;
    news->ctx = slot->ctx;
    news->out = &slot->out;
    forget(slot);
}

static void read_exit(struct link *l, const cJSON *o, struct link_news *news)
{
    struct link_command *slot = slot_of(l, (int64_t)json_num_or(o, "id", -1));
    if (slot != NULL && slot->id != 0) {
        tell_exit(slot, (int)json_num_or(o, "code", 1), json_str_or(o, "message", ""), news);
    }
}

/* The server is gone: those who wait are told one after the other, and then everybody. */
static void read_loss(struct link *l, struct link_news *news)
{
    for (size_t i = 0; i < LINK_PENDING; i++) {
        if (l->pending[i].id != 0 && l->pending[i].lost) {
            tell_exit(&l->pending[i], 1, "the server has ended before it answered", news);
            return;
        }
    }
    l->lost = false;
    news->event = LINK_LOST;
    snprintf(news->text, sizeof news->text, "%s", l->why);
}

static int level_of(const char *word)
{
    return strcmp(word, "error") == 0 ? 2 : strcmp(word, "warn") == 0 ? 1 : 0;
}

static void read_frame(struct link *l, enum frame_type type, const char *payload, size_t n,
                       struct link_news *news)
{
    if (type == FRAME_STATUS) {
        news->event = LINK_STATUS;
        news->json = payload;
        news->json_len = n;
        return;
    }
    cJSON *o = NULL;
    if (json_parse(payload, n, &news_limits, &o, NULL) != ST_OK) {
        return;
    }
    struct link_command *slot = slot_of(l, (int64_t)json_num_or(o, "id", -1));
    if (type == FRAME_OUT && slot != NULL && slot->id != 0) {
        buf_adds(&slot->out, json_str_or(o, "text", ""));
    } else if (type == FRAME_PROGRESS && slot != NULL && slot->id != 0) {
        news->event = LINK_PROGRESS;
        snprintf(news->text, sizeof news->text, "%s", json_str_or(o, "text", ""));
    } else if (type == FRAME_EXIT) {
        read_exit(l, o, news);
    } else if (type == FRAME_NOTICE) {
        news->event = LINK_NOTICE;
        news->level = level_of(json_str_or(o, "level", "info"));
        snprintf(news->text, sizeof news->text, "%s", json_str_or(o, "text", ""));
    }
    cJSON_Delete(o);
}

void link_read(struct link *l, struct link_news *news)
{
    memset(news, 0, sizeof *news);
    if (l->lost) {
        read_loss(l, news);
    }
    while (l->channel != NULL && news->event == LINK_NOTHING) {
        enum frame_type type = FRAME_NOTICE;
        const char *payload = NULL;
        size_t n = 0;
        struct err why = {0};
        enum status st = channel_read(l->channel, &type, &payload, &n, &why);
        if (st == ST_BUSY) {
            return;
        }
        if (st == ST_OK) {
            read_frame(l, type, payload, n, news);
            continue;
        }
        channel_close(l->channel);
        l->channel = NULL;
        l->lost = true;
        for (size_t i = 0; i < LINK_PENDING; i++) {
            l->pending[i].lost = l->pending[i].id != 0;
            if (l->pending[i].lost && l->pending[i].ended == NULL) {
                forget(&l->pending[i]);
            }
        }
        snprintf(l->why, sizeof l->why, "%s", why.msg);
        read_loss(l, news);
    }
}
