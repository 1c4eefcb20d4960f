/*
 * http_mock - a chat completions server that behaves as badly as it is told to.
 *
 * One process, one epoll loop, HTTP/1.1 with keep-alive; quick enough that a bench measures the
 * client. A reply is made from the request alone: minimal JSON that fits the schema that was sent,
 * varied by the hash of the body, so a whole pipeline can run against it and two runs agree. Faults
 * come from a script (one word per request, in order of arrival) or at set rates.
 *
 * Prints "port N" when it listens and ends on SIGTERM or when its standard input is closed
 * (--until-eof), so that no test leaves a server behind.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/rng.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mock/http_mock_reply.inc"

enum { REQUEST_MAX = 16 << 20, EVENTS = 256, STEPS = 20, SCRIPT_MAX = 4096 };

struct options {
    int port;
    double latency_ms, jitter_ms, slow_ms;
    double p429, p500, p503, pcut, pmalformed, pdrop;
    const char *retry_after;
    const char *key;
    const char *log;
    int most_active; /* more at once get 429; 0 no limit */
    int slots;       /* more at once wait for their turn; 0 no limit */
    bool until_eof, no_usage;
    const char *refuse_format; /* json_schema | json_object (which refuses both) */
    char *script_text;
    char *script[SCRIPT_MAX]; /* words in script_text */
    int script_count;
};

struct client {
    struct client *next, *prev; /* of all */
    int fd;
    bool closing; /* close once everything is written */
    struct buf in, out;
    size_t written;
    /* the request that is being answered */
    bool busy, released;
    int64_t due_us;
    struct buf pending; /* its whole reply */
    size_t cut_at;      /* send only this much, then close; 0 all */
    int steps;          /* of a slow reply still to send; 0 send at once */
    size_t step_bytes;
    uint64_t hash;
    int status;
};

struct server {
    struct options o;
    int epoll, listener;
    FILE *log;
    struct client *clients;
    uint64_t requests;
    int active;
    struct client **due; /* binary heap by due_us */
    size_t due_count, due_cap;
    struct client **queue; /* waiting for a slot, in order */
    size_t queue_count, queue_cap;
    int in_slots;
};

/* ---- timers: a binary heap of clients by due time */

static void due_push(struct server *s, struct client *c)
{
    s->due = vec_grow(s->due, &s->due_cap, s->due_count + 1, sizeof(struct client *));
    size_t at = s->due_count++;
    while (at > 0 && c->due_us < s->due[(at - 1) / 2]->due_us) {
        s->due[at] = s->due[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    s->due[at] = c;
}

static struct client *due_remove(struct server *s, size_t at)
{
    struct client *gone = s->due[at];
    struct client *last = s->due[--s->due_count];
    if (gone == last) {
        return gone;
    }
    while (at > 0 && last->due_us < s->due[(at - 1) / 2]->due_us) {
        s->due[at] = s->due[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= s->due_count) {
            break;
        }
        if (child + 1 < s->due_count && s->due[child + 1]->due_us < s->due[child]->due_us) {
            child++;
        }
        if (s->due[child]->due_us >= last->due_us) {
            break;
        }
        s->due[at] = s->due[child];
        at = child;
    }
    s->due[at] = last;
    return gone;
}

/* ---- connections */

static void write_log(struct server *s, const struct client *c, bool answered)
{
    if (s->log != NULL) {
        (void)fprintf(s->log, "{\"hash\":\"%016" PRIx64 "\",\"status\":%d,\"answered\":%s}\n",
                      c->hash, c->status, answered ? "true" : "false");
        (void)fflush(s->log);
    }
}

static void start_reply(struct server *s, struct client *c);

/* The request of c is over: give its slot to the next one. */
static void release(struct server *s, struct client *c)
{
    if (c->released) {
        return;
    }
    c->released = true;
    s->active--;
    if (s->o.slots == 0) {
        return;
    }
    for (size_t i = 0; i < s->queue_count; i++) {
        if (s->queue[i] == c) { /* it never got a slot */
            memmove(&s->queue[i], &s->queue[i + 1], (s->queue_count - i - 1) * sizeof *s->queue);
            s->queue_count--;
            return;
        }
    }
    s->in_slots--;
    if (s->queue_count > 0) {
        struct client *next = s->queue[0];
        memmove(&s->queue[0], &s->queue[1], (s->queue_count - 1) * sizeof *s->queue);
        s->queue_count--;
        start_reply(s, next);
    }
}

static void client_free(struct server *s, struct client *c)
{
    if (c->prev != NULL) {
        c->prev->next = c->next;
    } else {
        s->clients = c->next;
    }
    if (c->next != NULL) {
        c->next->prev = c->prev;
    }
    (void)close(c->fd);
    buf_free(&c->in);
    buf_free(&c->out);
    buf_free(&c->pending);
    free(c);
}

static void client_close(struct server *s, struct client *c)
{
    if (c->busy) {
        write_log(s, c, false);
        for (size_t i = 0; i < s->due_count; i++) {
            if (s->due[i] == c) {
                (void)due_remove(s, i);
                break;
            }
        }
        release(s, c);
    }
    client_free(s, c);
}

static void watch(struct server *s, struct client *c, bool writing)
{
    struct epoll_event ev = {.events = EPOLLIN | (writing ? EPOLLOUT : 0u), .data.ptr = c};
    (void)epoll_ctl(s->epoll, EPOLL_CTL_MOD, c->fd, &ev);
}

/* Write what there is. False: the connection is gone. */
static bool flush_out(struct server *s, struct client *c)
{
    while (c->written < c->out.len) {
        ssize_t n = send(c->fd, c->out.data + c->written, c->out.len - c->written, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 && errno == EAGAIN) {
            watch(s, c, true);
            return true;
        }
        if (n <= 0) {
            client_close(s, c);
            return false;
        }
        c->written += (size_t)n;
    }
    buf_clear(&c->out);
    c->written = 0;
    if (c->closing) {
        client_close(s, c);
        return false;
    }
    return true;
}

static bool serve(struct server *s, struct client *c);

/* The reply of c (or its next piece) is due. False: the connection is gone. */
static bool reply_due(struct server *s, struct client *c)
{
    if (c->steps > 1) {
        size_t n = c->step_bytes < c->pending.len ? c->step_bytes : c->pending.len;
        buf_add(&c->out, c->pending.data, n);
        buf_drop(&c->pending, n);
        c->steps--;
        c->due_us += (int64_t)(s->o.slow_ms * 1000 / STEPS);
        due_push(s, c);
        return flush_out(s, c);
    }
    if (c->cut_at > 0 && c->cut_at < c->pending.len) {
        buf_cut(&c->pending, c->cut_at);
        c->closing = true;
    }
    buf_add(&c->out, c->pending.data, c->pending.len);
    buf_clear(&c->pending);
    c->busy = false;
    write_log(s, c, !c->closing);
    release(s, c);
    return flush_out(s, c) && serve(s, c);
}

static void start_reply(struct server *s, struct client *c)
{
    double ms = s->o.latency_ms + s->o.jitter_ms * rng_unit(1, c->hash, 7);
    s->in_slots++;
    c->due_us = clock_us() + (int64_t)(ms * 1000);
    due_push(s, c);
}

/* ---- what to answer */

static bool chance(const struct server *s, const char *what, double p)
{
    return p > 0 && rng_unit(s->requests, rng_id(what), 0) < p;
}

/* The fault of this request: a script word, or by the rates; "ok" none. */
static const char *choose(struct server *s)
{
    uint64_t n = s->requests++;
    if (n < (uint64_t)s->o.script_count) {
        return s->o.script[n];
    }
    if (s->o.most_active > 0 && s->active > s->o.most_active) {
        return "429";
    }
    return chance(s, "429", s->o.p429)               ? "429"
           : chance(s, "500", s->o.p500)             ? "500"
           : chance(s, "503", s->o.p503)             ? "503"
           : chance(s, "cut", s->o.pcut)             ? "cut"
           : chance(s, "malformed", s->o.pmalformed) ? "malformed"
           : chance(s, "drop", s->o.pdrop)           ? "drop"
                                                     : "ok";
}

static void http_reply(struct client *c, int status, const char *headers, const char *body)
{
    c->status = status;
    buf_clear(&c->pending);
    buf_printf(&c->pending,
               "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n%s\r\n",
               status, strlen(body), headers);
    buf_adds(&c->pending, body);
}

static void error_reply(struct client *c, int status, const char *headers, const char *code,
                        const char *message)
{
    struct buf body;
    buf_init(&body, 64 << 10);
    buf_printf(&body, "{\"error\":{\"message\":");
    json_quote(&body, message, strlen(message));
    buf_printf(&body, ",\"type\":\"mock_error\",\"param\":null,\"code\":\"%s\"}}", code);
    http_reply(c, status, headers, body.data);
    buf_free(&body);
}

static void status_reply(const struct server *s, struct client *c, int status)
{
    char headers[128] = "";
    if (status == 429 || status == 503) {
        if (s->o.retry_after != NULL) {
            (void)snprintf(headers, sizeof headers, "Retry-After: %s\r\n", s->o.retry_after);
        }
    } else if (status == 302) {
        (void)snprintf(headers, sizeof headers, "Location: http://elsewhere.example/v1\r\n");
    }
    error_reply(c, status, headers, "mock", "as told");
}

/* Does the request ask for a format that this server refuses? */
static bool format_refused(const struct server *s, const struct request *r)
{
    if (s->o.refuse_format == NULL || r->format[0] == '\0') {
        return false;
    }
    return strcmp(r->format, "json_schema") == 0 || strcmp(s->o.refuse_format, "json_object") == 0;
}

/* Build the reply to one whole request into c->pending. */
static void answer(struct server *s, struct client *c, const char *key, const char *path,
                   const char *body, size_t len)
{
    struct request r;
    const char *word = choose(s);
    c->cut_at = 0;
    c->steps = 0;
    if (strcmp(path, "/v1/models") == 0) {
        if (s->o.key != NULL && strcmp(key, s->o.key) != 0) {
            error_reply(c, 401, "", "invalid_api_key", "Incorrect API key provided");
        } else {
            http_reply(c, 200, "",
                       "{\"object\":\"list\",\"data\":[{\"id\":\"m1\"},{\"id\":\"m2\"}]}");
        }
        return;
    }
    if (!request_read(body, len, &r)) {
        error_reply(c, 400, "", "bad_json", "the body is no chat completion request");
        return;
    }
    if (strstr(path, "/chat/completions") == NULL) {
        error_reply(c, 404, "", "not_found", "nothing here");
    } else if (s->o.key != NULL && strcmp(key, s->o.key) != 0) {
        struct buf said;
        buf_init(&said, 1 << 12);
        buf_printf(&said, "Incorrect API key provided: %s", key);
        error_reply(c, 401, "", "invalid_api_key", said.data);
        buf_free(&said);
    } else if (strcmp(word, "quota") == 0) {
        error_reply(c, 429, "", "insufficient_quota", "You exceeded your current quota");
    } else if (strcmp(word, "filter") == 0) {
        error_reply(c, 400, "", "content_filter", "The prompt was filtered");
    } else if (word[0] >= '1' && word[0] <= '9') {
        status_reply(s, c, (int)strtol(word, NULL, 10));
    } else if (format_refused(s, &r)) {
        error_reply(c, 400, "", "invalid_request_error", "response_format is not supported");
    } else {
        struct buf text;
        buf_init(&text, 4 << 20);
        completion(&r, word, s->o.no_usage, c->hash, &text);
        if (strcmp(word, "malformed") == 0) {
            buf_cut(&text, text.len / 2);
        }
        http_reply(c, 200, "", text.data);
        buf_free(&text);
        if (strcmp(word, "cut") == 0) {
            c->cut_at = c->pending.len * 2 / 3;
        } else if (strcmp(word, "drop") == 0) {
            c->cut_at = 1;
        } else if (s->o.slow_ms > 0) {
            c->steps = STEPS;
            c->step_bytes = c->pending.len / STEPS;
        }
    }
    request_free(&r);
}

/* ---- reading requests */

/* Copy the value of a header (name with colon, lower case) of the head that ends at `end`. */
static void header_value(const char *head, const char *end, const char *name, char *out,
                         size_t size)
{
    size_t len = strlen(name);
    out[0] = '\0';
    for (const char *p = head; p != NULL && p < end; p = memchr(p, '\n', (size_t)(end - p))) {
        p += *p == '\n';
        if ((size_t)(end - p) > len && strncasecmp(p, name, len) == 0) {
            p += len;
            p += strspn(p, " ");
            size_t n = strcspn(p, "\r\n");
            (void)snprintf(out, size, "%.*s", n < size ? (int)n : (int)size - 1, p);
            return;
        }
    }
}

/* Serve the next whole request of the input, if there is one and none is being answered. */
static bool serve(struct server *s, struct client *c)
{
    if (c->busy || c->closing) {
        return true;
    }
    char *end = memmem(c->in.data, c->in.len, "\r\n\r\n", 4);
    if (end == NULL) {
        return true;
    }
    char value[4200];
    char path[256];
    size_t head = (size_t)(end - c->in.data) + 4;
    header_value(c->in.data, end, "content-length:", value, sizeof value);
    size_t body = (size_t)strtoul(value, NULL, 10);
    if (c->in.len < head + body) {
        return true;
    }
    header_value(c->in.data, end, "authorization: bearer ", value, sizeof value);
    const char *space = memchr(c->in.data, ' ', head);
    size_t n = space != NULL ? strcspn(space + 1, " \r\n") : 0;
    (void)snprintf(path, sizeof path, "%.*s", n < sizeof path ? (int)n : 0,
                   space != NULL ? space + 1 : "");
    c->hash = rng_hash(c->in.data + head, body, 0);
    c->busy = true;
    c->released = false;
    s->active++;
    answer(s, c, value, path, c->in.data + head, body);
    buf_drop(&c->in, head + body);
    if (s->o.slots > 0 && s->in_slots >= s->o.slots) {
        s->queue = vec_grow(s->queue, &s->queue_cap, s->queue_count + 1, sizeof(struct client *));
        s->queue[s->queue_count++] = c;
        return true;
    }
    if (s->o.latency_ms <= 0 && s->o.jitter_ms <= 0 && c->steps == 0) {
        s->in_slots++;
        return reply_due(s, c);
    }
    start_reply(s, c);
    return true;
}

static void on_client(struct server *s, struct client *c, uint32_t events)
{
    if ((events & EPOLLOUT) != 0) {
        watch(s, c, false);
        if (!flush_out(s, c)) {
            return;
        }
    }
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) {
        return;
    }
    char block[65536];
    ssize_t n = recv(c->fd, block, sizeof block, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (n <= 0 || !buf_add(&c->in, block, (size_t)n)) {
        client_close(s, c);
        return;
    }
    (void)serve(s, c);
}

static void on_connect(struct server *s)
{
    int fd;
    while ((fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        int one = 1;
        struct client *c = xcalloc(1, sizeof *c);
        c->fd = fd;
        c->next = s->clients;
        if (c->next != NULL) {
            c->next->prev = c;
        }
        s->clients = c;
        buf_init(&c->in, REQUEST_MAX);
        buf_init(&c->out, REQUEST_MAX);
        buf_init(&c->pending, REQUEST_MAX);
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
        (void)epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &ev);
    }
}

/* ---- start */

static bool listen_on(struct server *s)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)s->o.port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    union {
        struct sockaddr_in *in;
        struct sockaddr *any;
    } address = {.in = &at};
    int one = 1;
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->listener < 0 ||
        setsockopt(s->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(s->listener, address.any, len) != 0 || listen(s->listener, 4096) != 0 ||
        getsockname(s->listener, address.any, &len) != 0) {
        (void)fprintf(stderr, "http_mock: cannot listen: %s\n", strerror(errno));
        return false;
    }
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = NULL};
    (void)epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->listener, &ev);
    if (s->o.until_eof) {
        ev.data.ptr = s; /* any other pointer would be a client */
        (void)epoll_ctl(s->epoll, EPOLL_CTL_ADD, STDIN_FILENO, &ev);
    }
    printf("port %u\n", (unsigned)ntohs(at.sin_port));
    return fflush(stdout) == 0;
}

static void run(struct server *s)
{
    struct epoll_event ev[EVENTS];
    for (;;) {
        int64_t now = clock_us();
        int wait = -1;
        if (s->due_count > 0) {
            int64_t left = s->due[0]->due_us - now;
            wait = left <= 0 ? 0 : (int)((left + 999) / 1000);
        }
        /* One connection at a time may be closed by another's event only through its own event. */
        int n = epoll_wait(s->epoll, ev, EVENTS, wait);
        for (int i = 0; i < n; i++) {
            if (ev[i].data.ptr == NULL) {
                on_connect(s);
            } else if (ev[i].data.ptr == s) {
                char byte;
                if (read(STDIN_FILENO, &byte, 1) <= 0) {
                    return;
                }
            } else {
                on_client(s, ev[i].data.ptr, ev[i].events);
            }
        }
        now = clock_us();
        while (s->due_count > 0 && s->due[0]->due_us <= now) {
            (void)reply_due(s, due_remove(s, 0));
        }
    }
}

/* Words of a script separated by commas or white space; "429*3" repeats. */
static void read_script(struct options *o, const char *text)
{
    free(o->script_text);
    o->script_text = xstrdup(text);
    char *rest = o->script_text;
    char *word;
    while ((word = strsep(&rest, ", \n\t")) != NULL) {
        char *star = strchr(word, '*');
        long times = star != NULL ? strtol(star + 1, NULL, 10) : 1;
        if (star != NULL) {
            *star = '\0';
        }
        for (long i = 0; word[0] != '\0' && i < times && o->script_count < SCRIPT_MAX; i++) {
            o->script[o->script_count++] = word;
        }
    }
}

static bool read_script_file(struct options *o, const char *path)
{
    struct buf text;
    struct err e;
    buf_init(&text, 1 << 20);
    if (file_read(path, &text, &e) != ST_OK) {
        (void)fprintf(stderr, "http_mock: %s\n", e.msg);
        buf_free(&text);
        return false;
    }
    read_script(o, text.data);
    buf_free(&text);
    return true;
}

static const char usage[] =
    "http_mock [--port N] [--latency MS] [--jitter MS] [--slow MS] [--p429 P] [--p500 P] [--p503 "
    "P]\n"
    "  [--pcut P] [--pmalformed P] [--pdrop P] [--retry-after TEXT] [--key KEY] [--log FILE]\n"
    "  [--most-active N] [--slots N] [--refuse-format json_schema|json_object] [--no-usage]\n"
    "  [--sequence WORDS | --script FILE] [--until-eof]\n"
    "words, one per request: ok STATUS quota filter cut drop malformed length refuse think empty\n";

static bool read_options(struct options *o, int argc, char **argv)
{
    struct {
        const char *name;
        double *number;
        int *count;
        const char **text;
    } table[] = {
        {"--port", NULL, &o->port, NULL},        {"--latency", &o->latency_ms, NULL, NULL},
        {"--jitter", &o->jitter_ms, NULL, NULL}, {"--slow", &o->slow_ms, NULL, NULL},
        {"--p429", &o->p429, NULL, NULL},        {"--p500", &o->p500, NULL, NULL},
        {"--p503", &o->p503, NULL, NULL},        {"--pcut", &o->pcut, NULL, NULL},
        {"--pdrop", &o->pdrop, NULL, NULL},      {"--pmalformed", &o->pmalformed, NULL, NULL},
        {"--key", NULL, NULL, &o->key},          {"--retry-after", NULL, NULL, &o->retry_after},
        {"--log", NULL, NULL, &o->log},          {"--most-active", NULL, &o->most_active, NULL},
        {"--slots", NULL, &o->slots, NULL},      {"--refuse-format", NULL, NULL, &o->refuse_format},
    };
    for (int i = 1; i < argc; i++) {
        bool found = false;
        if (strcmp(argv[i], "--until-eof") == 0) {
            o->until_eof = true;
            continue;
        }
        if (strcmp(argv[i], "--no-usage") == 0) {
            o->no_usage = true;
            continue;
        }
        if (i + 1 < argc && strcmp(argv[i], "--sequence") == 0) {
            read_script(o, argv[++i]);
            continue;
        }
        if (i + 1 < argc && strcmp(argv[i], "--script") == 0) {
            if (!read_script_file(o, argv[++i])) {
                return false;
            }
            continue;
        }
        for (size_t k = 0; !found && i + 1 < argc && k < sizeof table / sizeof table[0]; k++) {
            if (strcmp(argv[i], table[k].name) == 0) {
                const char *value = argv[++i];
                found = true;
                if (table[k].number != NULL) {
                    *table[k].number = strtod(value, NULL);
                } else if (table[k].count != NULL) {
                    *table[k].count = (int)strtol(value, NULL, 10);
                } else {
                    *table[k].text = value;
                }
            }
        }
        if (!found) {
            (void)fputs(usage, stderr);
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    struct server *s = xcalloc(1, sizeof *s);
    int code = 1;
    (void)signal(SIGPIPE, SIG_IGN);
    if (!read_options(&s->o, argc, argv)) {
        code = 2;
    } else {
        if (s->o.log != NULL) {
            s->log = fopen(s->o.log, "ae");
        }
        if (listen_on(s)) {
            run(s);
            code = 0;
        }
    }
    while (s->clients != NULL) {
        client_free(s, s->clients);
    }
    if (s->log != NULL) {
        (void)fclose(s->log);
    }
    free(s->due);
    free(s->queue);
    free(s->o.script_text);
    free(s);
    return code;
}
