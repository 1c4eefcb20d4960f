/*
 * http - see http.h. The only file that knows libcurl.
 *
 * Written for libcurl 7.88: socket_action with an epoll set, because with slow replies the cost per
 * wake-up of curl_multi_perform grows with the number of idle transfers. libcurl moves its timer
 * several times per transfer, so that is a number here that http_wait tells, not a timerfd. No
 * curl_multi function is called from within a curl callback. Easy handles are recycled, which
 * keeps their buffers; connections are kept by the multi handle.
 */
#include "teacher/http.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "teacher/retry.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum {
    BODY_MAX = 8 << 20,
    BODY_KEPT = 256 << 10, /* a bigger response buffer is not kept for the next transfer */
    CONNECT_MS = 15000,
    EVENTS = 64,
    SPARE_MAX = 256
};

struct transfer {
    struct transfer *next, *prev;
    CURL *easy;
    struct curl_slist *headers;
    char *key_line; /* the header with the key, wiped after the call */
    char *request;
    struct buf body;
    void *tag;
    int64_t started_us;
    char error[CURL_ERROR_SIZE];
};

struct http {
    CURLM *multi;
    int epoll;
    int64_t due_us; /* when libcurl wants to be called; -1 not at all */
    http_done_fn *done;
    void *ctx;
    struct transfer *active, *spare;
    int active_count, spare_count;
    bool global;
};

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *known)
{
    struct http *h = ctx;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        /* The descriptor may be closed already; then it has left the set by itself. */
        (void)epoll_ctl(h->epoll, EPOLL_CTL_DEL, fd, NULL);
        return 0;
    }
    struct epoll_event ev = {.data.fd = fd};
    if (what == CURL_POLL_IN || what == CURL_POLL_INOUT) {
        ev.events |= EPOLLIN;
    }
    if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT) {
        ev.events |= EPOLLOUT;
    }
    int op = known != NULL ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (epoll_ctl(h->epoll, op, fd, &ev) != 0) {
        (void)epoll_ctl(h->epoll, errno == EEXIST ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &ev);
    }
    if (known == NULL) {
        (void)curl_multi_assign(h->multi, fd, h);
    }
    return 0;
}

static int on_timer(CURLM *multi, long ms, void *ctx)
{
    struct http *h = ctx;
    (void)multi;
    h->due_us = ms < 0 ? -1 : clock_us() + (int64_t)ms * 1000;
    return 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct transfer *t = ctx;
    size_t n = size * count;
    return buf_add(&t->body, bytes, n) ? n : 0; /* 0 ends the transfer */
}

struct http *http_new(http_done_fn *done, void *ctx, struct err *e)
{
    struct http *h = xcalloc(1, sizeof *h);
    h->done = done;
    h->ctx = ctx;
    h->epoll = epoll_create1(EPOLL_CLOEXEC);
    h->due_us = -1;
    if (h->epoll < 0) {
        err_set(e, ST_IO, "no event queue for the network: %s", strerror(errno));
        goto fail;
    }
    h->global = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    h->multi = h->global ? curl_multi_init() : NULL;
    if (h->multi == NULL) {
        err_set(e, ST_INTERNAL, "libcurl could not be started");
        goto fail;
    }
    (void)curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    (void)curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
    (void)curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    (void)curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
    return h;
fail:
    http_free(h, NULL);
    return NULL;
}

void http_keep(struct http *h, int connections)
{
    (void)curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)connections);
}

/* Release what belongs to one call; the easy handle and the buffer stay. */
static void transfer_clean(struct transfer *t)
{
    if (t->key_line != NULL) {
        explicit_bzero(t->key_line, strlen(t->key_line));
        free(t->key_line);
        t->key_line = NULL;
    }
    for (struct curl_slist *s = t->headers; s != NULL; s = s->next) {
        explicit_bzero(s->data, strlen(s->data));
    }
    curl_slist_free_all(t->headers);
    t->headers = NULL;
    free(t->request);
    t->request = NULL;
    t->tag = NULL;
}

static void transfer_free(struct transfer *t)
{
    transfer_clean(t);
    curl_easy_cleanup(t->easy);
    buf_free(&t->body);
    free(t);
}

void http_free(struct http *h, void (*drop)(void *ctx, void *tag))
{
    if (h == NULL) {
        return;
    }
    while (h->active != NULL) {
        struct transfer *t = h->active;
        h->active = t->next;
        void *tag = t->tag;
        (void)curl_multi_remove_handle(h->multi, t->easy);
        transfer_free(t);
        if (drop != NULL) {
            drop(h->ctx, tag);
        }
    }
    while (h->spare != NULL) {
        struct transfer *t = h->spare;
        h->spare = t->next;
        transfer_free(t);
    }
    if (h->multi != NULL) {
        (void)curl_multi_cleanup(h->multi);
    }
    if (h->global) {
        curl_global_cleanup();
    }
    if (h->epoll >= 0) {
        (void)close(h->epoll);
    }
    free(h);
}

static struct transfer *transfer_get(struct http *h)
{
    struct transfer *t = h->spare;
    if (t != NULL) {
        h->spare = t->next;
        h->spare_count--;
        buf_clear(&t->body);
    } else {
        t = xcalloc(1, sizeof *t);
        t->easy = curl_easy_init();
        buf_init(&t->body, BODY_MAX);
    }
    t->prev = NULL;
    t->next = h->active;
    if (t->next != NULL) {
        t->next->prev = t;
    }
    h->active = t;
    h->active_count++;
    t->error[0] = '\0';
    return t;
}

static void transfer_put(struct http *h, struct transfer *t)
{
    if (t->prev != NULL) {
        t->prev->next = t->next;
    } else {
        h->active = t->next;
    }
    if (t->next != NULL) {
        t->next->prev = t->prev;
    }
    h->active_count--;
    transfer_clean(t);
    if (h->spare_count >= SPARE_MAX || t->easy == NULL) {
        transfer_free(t);
        return;
    }
    if (t->body.cap > BODY_KEPT) {
        buf_free(&t->body);
        buf_init(&t->body, BODY_MAX);
    }
    curl_easy_reset(t->easy);
    t->next = h->spare;
    h->spare = t;
    h->spare_count++;
}

static void set_headers(struct transfer *t, const struct http_request *r)
{
    t->headers = curl_slist_append(t->headers, "Content-Type: application/json");
    t->headers = curl_slist_append(t->headers, "Accept: application/json");
    t->headers = curl_slist_append(t->headers, "Expect:");
    if (r->key != NULL) {
        t->key_line = xasprintf("%s%s", r->header, r->key);
        t->headers = curl_slist_append(t->headers, t->key_line);
    }
    (void)curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
}

static void set_options(struct transfer *t, const struct http_request *r)
{
    CURL *c = t->easy;
    (void)curl_easy_setopt(c, CURLOPT_URL, r->url);
    (void)curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    (void)curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    (void)curl_easy_setopt(c, CURLOPT_USERAGENT, "taxa");
    (void)curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "");
    (void)curl_easy_setopt(c, CURLOPT_MAXFILESIZE, (long)BODY_MAX);
    (void)curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
    if (t->request != NULL) {
        (void)curl_easy_setopt(c, CURLOPT_POST, 1L);
        (void)curl_easy_setopt(c, CURLOPT_POSTFIELDS, t->request);
        (void)curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len);
    }
    (void)curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    (void)curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
    (void)curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->error);
    (void)curl_easy_setopt(c, CURLOPT_PRIVATE, t);
    long ms = (long)(r->timeout * 1000);
    (void)curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, ms > 0 ? ms : 1L);
    (void)curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    if (r->place->https) {
        (void)curl_easy_setopt(c, CURLOPT_PIPEWAIT, 1L);
    }
    if (r->place->loopback) {
        (void)curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    }
    set_headers(t, r);
}

bool http_send(struct http *h, const struct http_request *r)
{
    struct transfer *t = transfer_get(h);
    t->tag = r->tag;
    t->request = r->body;
    t->started_us = clock_us();
    if (t->easy != NULL) {
        set_options(t, r);
    }
    if (t->easy == NULL || curl_multi_add_handle(h->multi, t->easy) != CURLM_OK) {
        transfer_put(h, t);
        return false;
    }
    return true;
}

int http_active(const struct http *h)
{
    return h->active_count;
}

int http_fd(const struct http *h)
{
    return h->epoll;
}

int64_t http_wait(const struct http *h)
{
    int64_t left = h->due_us >= 0 ? h->due_us - clock_us() : -1;
    return h->due_us >= 0 && left < 0 ? 0 : left;
}

static enum http_result result_of(const struct transfer *t, CURLcode code)
{
    curl_off_t connected = 0;
    /* An if chain: a switch over CURLcode would have to name all hundred of them. */
    if (code == CURLE_OK) {
        return HTTP_DONE;
    }
    if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
        code == CURLE_COULDNT_RESOLVE_PROXY) {
        return HTTP_NOT_CONNECTED;
    }
    if (code == CURLE_OPERATION_TIMEDOUT) {
        (void)curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
        return connected > 0 ? HTTP_TIMED_OUT : HTTP_NOT_CONNECTED;
    }
    if (code == CURLE_FILESIZE_EXCEEDED || (code == CURLE_WRITE_ERROR && t->body.over)) {
        return HTTP_TOO_BIG;
    }
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
        code == CURLE_SSL_ISSUER_ERROR || code == CURLE_SSL_CERTPROBLEM) {
        return HTTP_UNTRUSTED;
    }
    if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT) {
        return HTTP_BAD_URL;
    }
    return HTTP_BROKEN;
}

/* The last value of a response header; NULL when it was not sent. */
static const char *header(CURL *easy, const char *name)
{
    struct curl_header *found = NULL;
    return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &found) == CURLHE_OK ? found->value
                                                                                  : NULL;
}

static double hint_of(CURL *easy)
{
    const char *ms = header(easy, "retry-after-ms");
    double wait = retry_seconds(ms);
    if (wait >= 0) {
        return wait / 1000;
    }
    const char *after = header(easy, "retry-after");
    wait = retry_seconds(after);
    if (wait < 0 && after != NULL) {
        time_t when = curl_getdate(after, NULL);
        if (when != (time_t)-1) {
            wait = difftime(when, time(NULL));
            wait = wait > 0 ? wait : 0; /* a clock that is ahead of ours */
        }
    }
    return wait;
}

/* Tell the caller about one transfer that ended, then recycle it. */
static void finish(struct http *h, struct transfer *t, CURLcode code)
{
    struct http_response r = {.result = result_of(t, code),
                              .body = t->body.data,
                              .len = t->body.len,
                              .seconds = (double)(clock_us() - t->started_us) / 1e6,
                              .retry_after = hint_of(t->easy),
                              .should_retry = -1};
    long status = 0;
    curl_off_t sent = 0;
    (void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(t->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    r.status = (int)status;
    r.sent_bytes = sent;
    const char *again = header(t->easy, "x-should-retry");
    if (again != NULL) {
        r.should_retry = strcasecmp(again, "true") == 0;
    }
    const char *location = header(t->easy, "location");
    (void)snprintf(r.location, sizeof r.location, "%s", location != NULL ? location : "");
    if (code != CURLE_OK) {
        (void)snprintf(r.problem, sizeof r.problem, "%s",
                       t->error[0] != '\0' ? t->error : curl_easy_strerror(code));
    }
    (void)curl_multi_remove_handle(h->multi, t->easy);
    h->done(h->ctx, t->tag, &r);
    transfer_put(h, t);
}

static void drain(struct http *h)
{
    int left = 0;
    CURLMsg *m;
    while ((m = curl_multi_info_read(h->multi, &left)) != NULL) {
        if (m->msg == CURLMSG_DONE) {
            struct transfer *t = NULL;
            CURLcode code = m->data.result;
            (void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
            finish(h, t, code);
        }
    }
}

static void one_event(struct http *h, const struct epoll_event *ev)
{
    int running = 0;
    int what = 0;
    if ((ev->events & EPOLLIN) != 0) {
        what |= CURL_CSELECT_IN;
    }
    if ((ev->events & EPOLLOUT) != 0) {
        what |= CURL_CSELECT_OUT;
    }
    if ((ev->events & (EPOLLERR | EPOLLHUP)) != 0) {
        what |= CURL_CSELECT_ERR;
    }
    (void)curl_multi_socket_action(h->multi, ev->data.fd, what, &running);
}

void http_turn(struct http *h, int64_t deadline_us)
{
    struct epoll_event ev[EVENTS];
    do {
        bool due = http_wait(h) == 0;
        if (due) {
            int running = 0;
            h->due_us = -1; /* before the call, which may set it anew */
            (void)curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
        }
        int n = epoll_wait(h->epoll, ev, EVENTS, 0);
        if (n <= 0 && !due) {
            break;
        }
        for (int i = 0; i < n; i++) {
            one_event(h, &ev[i]);
        }
        drain(h);
    } while (clock_us() < deadline_us);
}

static bool is_loopback(const char *host)
{
    return strcasecmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
           strcmp(host, "[::1]") == 0;
}

/* One part of an address; "" when it has none. The caller releases it with curl_free. */
static char *part(CURLU *u, CURLUPart what)
{
    char *text = NULL;
    return curl_url_get(u, what, &text, 0) == CURLUE_OK ? text : NULL;
}

enum status http_place(const char *url, struct http_place *out, struct err *e)
{
    enum status st = ST_OK;
    CURLU *u = curl_url();
    memset(out, 0, sizeof *out);
    char *scheme = NULL;
    char *host = NULL;
    char *port = NULL;
    char *user = NULL;
    if (u == NULL || curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
        st = err_set(e, ST_INVALID, "base-url is no web address (https://host/v1 is expected)");
        goto out;
    }
    scheme = part(u, CURLUPART_SCHEME);
    host = part(u, CURLUPART_HOST);
    port = part(u, CURLUPART_PORT);
    user = part(u, CURLUPART_USER);
    if (scheme == NULL || host == NULL ||
        (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)) {
        st = err_set(e, ST_INVALID, "base-url must begin with http:// or https://");
        goto out;
    }
    out->https = strcmp(scheme, "https") == 0;
    out->loopback = is_loopback(host);
    out->userinfo = user != NULL;
    (void)snprintf(out->host, sizeof out->host, "%s%s%s", host, port != NULL ? ":" : "",
                   port != NULL ? port : "");
out:
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_free(user);
    curl_url_cleanup(u);
    return st;
}
