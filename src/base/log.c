/*
 * log - see log.h.
 *
 * One lock around everything: a line is made, redacted and written as a whole, from any thread.
 * Redaction comes before text_safe, which would change a secret with odd characters, and before a
 * long line is cut, which would leave half of one. Secrets are wiped when the log closes.
 */
#include "base/log.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRETS_MAX = 64, SECRET_MIN = 6, LINE_MAX_BYTES = 8192 };
static const off_t file_max = (off_t)4 << 20;
static const char secret_mark[] = "[secret]";

struct log_state {
    pthread_mutex_t lock;
    int fd; /* -1 while closed */
    enum log_level level;
    char *path;
    off_t size;
    char *secrets[SECRETS_MAX];
    size_t secret_count;
};

static struct log_state state = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1};

/* ------------------------------------------------------------------ secrets */

static void wipe(char *s, size_t n)
{
    explicit_bzero(s, n);
}

void log_secret(const char *secret)
{
    size_t n = secret != NULL ? strlen(secret) : 0;
    if (n < SECRET_MIN) {
        return;
    }
    pthread_mutex_lock(&state.lock);
    bool known = false;
    for (size_t i = 0; i < state.secret_count && !known; i++) {
        known = strcmp(state.secrets[i], secret) == 0;
    }
    if (!known && state.secret_count < SECRETS_MAX) {
        /* Longest first: one secret may be the beginning of another. */
        size_t at = state.secret_count++;
        while (at > 0 && strlen(state.secrets[at - 1]) < n) {
            state.secrets[at] = state.secrets[at - 1];
            at--;
        }
        state.secrets[at] = xstrdup(secret);
    }
    pthread_mutex_unlock(&state.lock);
}

static bool holds_secret(const struct buf *b)
{
    for (size_t i = 0; i < state.secret_count; i++) {
        if (memmem(b->data, b->len, state.secrets[i], strlen(state.secrets[i])) != NULL) {
            return true;
        }
    }
    return false;
}

/* The secret that begins at s, or NULL. */
static const char *secret_at(const char *s, size_t n)
{
    for (size_t i = 0; i < state.secret_count; i++) {
        size_t len = strlen(state.secrets[i]);
        if (len <= n && memcmp(s, state.secrets[i], len) == 0) {
            return state.secrets[i];
        }
    }
    return NULL;
}

/* In place, from left to right; the text may grow, by the mark over a secret of 6 or 7 bytes. */
static void redact(struct buf *b)
{
    if (!holds_secret(b)) {
        return;
    }
    struct buf clean;
    buf_init(&clean, b->max);
    for (size_t i = 0; i < b->len;) {
        const char *secret = secret_at(b->data + i, b->len - i);
        if (secret != NULL) {
            buf_adds(&clean, secret_mark);
            i += strlen(secret);
        } else {
            buf_addc(&clean, b->data[i]);
            i++;
        }
    }
    clean.over = clean.over || b->over;
    wipe(b->data, b->len);
    buf_free(b);
    *b = clean;
}

void log_redact(struct buf *b)
{
    pthread_mutex_lock(&state.lock);
    redact(b);
    pthread_mutex_unlock(&state.lock);
}

/* ------------------------------------------------------------------ the file */

static int open_file(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static void close_file(void)
{
    if (state.fd >= 0) {
        (void)close(state.fd);
    }
    state.fd = -1;
    free(state.path);
    state.path = NULL;
}

enum status log_open(const char *path, enum log_level level, struct err *e)
{
    int fd = open_file(path);
    struct stat sb;
    if (fd < 0 || fstat(fd, &sb) != 0 || fchmod(fd, 0600) != 0) {
        int error = errno;
        char text[128];
        if (fd >= 0) {
            (void)close(fd);
        }
        return err_set(e, ST_IO, "cannot open the log %s: %s", path,
                       strerror_r(error, text, sizeof text));
    }
    pthread_mutex_lock(&state.lock);
    close_file();
    state.fd = fd;
    state.level = level;
    state.path = xstrdup(path);
    state.size = sb.st_size;
    pthread_mutex_unlock(&state.lock);
    return ST_OK;
}

void log_close(void)
{
    pthread_mutex_lock(&state.lock);
    close_file();
    for (size_t i = 0; i < state.secret_count; i++) {
        wipe(state.secrets[i], strlen(state.secrets[i]));
        free(state.secrets[i]);
        state.secrets[i] = NULL;
    }
    state.secret_count = 0;
    pthread_mutex_unlock(&state.lock);
}

/* Start over; the full file stays as PATH.1. When that fails the old one goes on. */
static void rotate(void)
{
    char *older = xasprintf("%s.1", state.path);
    if (rename(state.path, older) == 0) {
        int fd = open_file(state.path);
        if (fd >= 0) {
            (void)close(state.fd);
            state.fd = fd;
        }
    }
    state.size = 0; /* also after a failure, or every line would try again */
    free(older);
}

static void write_line(const char *s, size_t n)
{
    if (state.size > 0 && state.size + (off_t)n > file_max) {
        rotate();
    }
    while (n > 0) {
        ssize_t put = write(state.fd, s, n);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return; /* a full disk must not stop the work that is logged */
        }
        state.size += put;
        s += put;
        n -= (size_t)put;
    }
}

/* The line for a message; wipes the message, which may have held a secret. */
static void compose(struct buf *line, enum log_level level, char *text)
{
    static const char *const names[] = {"error", "warn ", "info ", "debug"};
    struct buf message;
    size_t n = strlen(text);
    buf_init(&message, n * 2); /* a mark is longer than the shortest secret */
    buf_adds(&message, text);
    wipe(text, n);
    redact(&message);
    buf_cut(&message, LINE_MAX_BYTES);
    char now[32];
    clock_iso(now, clock_wall_us());
    buf_printf(line, "%s %s ", now, names[level]);
    text_safe(line, message.data, message.len, TEXT_LINE);
    buf_addc(line, '\n');
    buf_free(&message);
}

void log_line(enum log_level level, const char *fmt, ...)
{
    pthread_mutex_lock(&state.lock);
    if (state.fd >= 0 && level <= state.level) {
        char *text = NULL;
        va_list ap;
        va_start(ap, fmt);
        int n = vasprintf(&text, fmt, ap);
        va_end(ap);
        if (n >= 0) {
            struct buf line;
            buf_init(&line, (size_t)LINE_MAX_BYTES * 8);
            compose(&line, level, text);
            write_line(line.data, line.len);
            buf_free(&line);
            free(text);
        }
    }
    pthread_mutex_unlock(&state.lock);
}
