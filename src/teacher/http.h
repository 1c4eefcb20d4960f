/*
 * http - one libcurl multi handle driven by epoll: many requests at once in one thread.
 *
 * The queue is the caller's: hand over only what may be in flight now. Everything happens in
 * http_turn: the done callback is called from there, and may start or end transfers. Certificates
 * are always verified, redirects never followed, replies capped at 8 MiB.
 */
#ifndef TAXA_TEACHER_HTTP_H
#define TAXA_TEACHER_HTTP_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http;

enum http_result {
    HTTP_DONE,          /* a whole reply; status says the rest */
    HTTP_NOT_CONNECTED, /* no such host, refused, connecting took too long */
    HTTP_BROKEN,        /* the connection ended before the reply did */
    HTTP_TIMED_OUT,     /* over the deadline of the call */
    HTTP_TOO_BIG,       /* over 8 MiB */
    HTTP_UNTRUSTED,     /* the server's certificate does not verify */
    HTTP_BAD_URL
};

struct http_place {
    char host[128]; /* "host" or "host:port", as to show; never user or password */
    bool https, loopback, userinfo;
};
/* ST_INVALID unless it is an http or https address. */
enum status http_place(const char *url, struct http_place *out, struct err *e);

struct http_request {
    const char *url;
    const struct http_place *place; /* of url */
    char *body;                     /* owned by http from http_send on; NULL: a GET, else a POST */
    size_t body_len;
    const char *header; /* name of the header that carries the key, e.g. "Authorization: Bearer " */
    const char *key;    /* NULL: none; copied, wiped after the call */
    double timeout;     /* seconds, from now to the last byte */
    void *tag;
};

struct http_response {
    enum http_result result;
    int status;
    const char *body; /* borrowed for the callback; terminated */
    size_t len;
    char problem[256];  /* of the transport, for a person; "" when done */
    char location[256]; /* of a redirect; "" none */
    double retry_after; /* seconds, -1: the server did not say */
    int should_retry;   /* x-should-retry: 1 true, 0 false, -1 not said */
    double seconds;     /* from http_send to now */
    int64_t sent_bytes;
};
typedef void http_done_fn(void *ctx, void *tag, const struct http_response *r);

/* NULL when the system gives no epoll (message in e). */
struct http *http_new(http_done_fn *done, void *ctx, struct err *e);
/* Ends transfers without calling done. drop (may be NULL) gets each tag. */
void http_free(struct http *h, void (*drop)(void *ctx, void *tag));
/* How many connections are worth keeping. */
void http_keep(struct http *h, int connections);

/* false: no memory for it; done is not called. */
bool http_send(struct http *h, const struct http_request *r);
int http_active(const struct http *h);
int http_fd(const struct http *h); /* readable when there is something to do */
/* Microseconds until http_turn must be called though nothing is readable; -1: no need. */
int64_t http_wait(const struct http *h);
/* Handle what is ready; no more is begun after deadline_us. */
void http_turn(struct http *h, int64_t deadline_us);

#endif
