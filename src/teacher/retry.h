/*
 * retry - which failures are worth another try, and when.
 *
 * By status *and* error code, since one status covers both "too fast" and "no money left". Pure
 * functions; times in seconds.
 */
#ifndef TAXA_TEACHER_RETRY_H
#define TAXA_TEACHER_RETRY_H

#include <stdint.h>

#define RETRY_TRIES 6

enum retry_class {
    RETRY_NO,      /* this question will not work, others may (400, 413, 422) */
    RETRY_AGAIN,   /* 408 409 425 429 5xx 529 */
    RETRY_REFUSED, /* a filter declined the prompt */
    RETRY_FATAL    /* a person must act: 401 402 403 404, quota used up, redirect */
};
/* code: error code, type or status word of the body, "" when there is none. */
enum retry_class retry_class(int http_status, const char *code);
/* Does this code or status mean "use fewer at once"? */
int retry_overload(int http_status);

/* Seconds of "2", "0.5", "31s", "1m30s" or "12ms" in a header or body; -1 for other text. */
double retry_seconds(const char *text);
/* Full jitter: uniform in 0 .. min(60, 0.5 * 2^(tries-1)); the same for the same seed and try. */
double retry_backoff(int tries, uint64_t seed);
/* Before the next try: the longer of the server's hint (-1: none; at most 600) and the back-off. */
double retry_wait(double hint, int tries, uint64_t seed);

#endif
