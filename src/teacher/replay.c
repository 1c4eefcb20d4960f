/*
 * replay - see replay.h.
 *
 * The file is read once and kept as it is; an index of sorted hashes leads to its lines, which are
 * parsed again when they are asked for. So a million answers cost their text and 24 bytes each.
 */
#include "teacher/replay.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 1 << 30 };
/* Keys and hashes share one index; the basis keeps them apart. */
#define KEY_BASIS 0x6b65790000000001u

struct answer_at {
    uint64_t id;
    size_t at, len; /* of the line */
};

struct replay {
    struct buf text;
    struct answer_at *index;
    size_t count, cap;
};

static int compare(const void *a, const void *b)
{
    const struct answer_at *x = a;
    const struct answer_at *y = b;
    if (x->id != y->id) {
        return x->id < y->id ? -1 : 1;
    }
    return (x->at > y->at) - (x->at < y->at);
}

uint64_t replay_hash(const char *system, const char *user)
{
    uint64_t h = rng_hash(system, strlen(system) + 1, 0);
    return rng_hash(user, strlen(user), h);
}

static uint64_t key_id(const char *key)
{
    return rng_hash(key, strlen(key), KEY_BASIS);
}

static void add(struct replay *r, uint64_t id, size_t at, size_t len)
{
    r->index = vec_grow(r->index, &r->cap, r->count + 1, sizeof *r->index);
    r->index[r->count++] = (struct answer_at){id, at, len};
}

static enum status index_line(struct replay *r, size_t at, size_t len, struct err *e)
{
    cJSON *line = NULL;
    const char *text;
    enum status st = json_parse(r->text.data + at, len, &json_limits_reply, &line, e);
    if (st != ST_OK) {
        return st;
    }
    st = json_get_str(line, "text", &text, e);
    const char *key = json_str_or(line, "key", "");
    const char *hash = json_str_or(line, "hash", "");
    char *end = NULL;
    uint64_t id = strtoull(hash, &end, 16);
    if (st == ST_OK && key[0] == '\0' && hash[0] == '\0') {
        st = err_set(e, ST_INVALID, "an answer needs a key or a hash");
    } else if (st == ST_OK && *end != '\0') {
        st = err_set(e, ST_INVALID, "hash is not hexadecimal");
    }
    if (st == ST_OK && key[0] != '\0') {
        add(r, key_id(key), at, len);
    }
    if (st == ST_OK && hash[0] != '\0') {
        add(r, id, at, len);
    }
    cJSON_Delete(line);
    return st;
}

enum status replay_open(const char *path, struct replay **out, struct err *e)
{
    struct replay *r = xcalloc(1, sizeof *r);
    buf_init(&r->text, FILE_MAX);
    enum status st = file_read(path, &r->text, e);
    size_t at = 0;
    for (int number = 1; st == ST_OK && at < r->text.len; number++) {
        const char *start = r->text.data + at;
        const char *newline = memchr(start, '\n', r->text.len - at);
        size_t len = newline != NULL ? (size_t)(newline - start) : r->text.len - at;
        if (strspn(start, " \t\r") < len) {
            st = index_line(r, at, len, e);
        }
        if (st != ST_OK) {
            err_prefix(e, "%s, line %d", path, number);
        }
        at += len + 1;
    }
    if (st != ST_OK) {
        replay_free(r);
        return st;
    }
    if (r->count > 0) {
        qsort(r->index, r->count, sizeof *r->index, compare);
    }
    *out = r;
    return ST_OK;
}

void replay_free(struct replay *r)
{
    if (r != NULL) {
        buf_free(&r->text);
        free(r->index);
        free(r);
    }
}

/* The range of answers with this id: the first and how many. */
static size_t find(const struct replay *r, uint64_t id, size_t *first)
{
    size_t low = 0;
    size_t high = r->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (r->index[mid].id < id) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    *first = low;
    size_t n = 0;
    while (low + n < r->count && r->index[low + n].id == id) {
        n++;
    }
    return n;
}

static enum reply_outcome outcome_of(const char *name)
{
    for (int i = 0; i < REPLY_OUTCOMES; i++) {
        if (strcmp(reply_outcome_name((enum reply_outcome)i), name) == 0) {
            return (enum reply_outcome)i;
        }
    }
    return REPLY_OK;
}

/* A file may say anything; only a plausible count is believed. */
static int64_t count_of(const cJSON *o, const char *name)
{
    double n = json_num_or(o, name, 0);
    return n > 0 && n < 1e12 ? (int64_t)n : 0;
}

bool replay_answer(const struct replay *r, const struct question *q, const struct prompt *p,
                   struct reply *out)
{
    size_t first;
    size_t n = find(r, key_id(q->key), &first);
    if (n > 0) {
        first += n - 1; /* a key is unique; if it was recorded twice the later one counts */
    } else {
        n = find(r, replay_hash(p->system, p->user), &first);
        if (n == 0) {
            return false;
        }
        first += (size_t)(q->seed % n);
    }
    cJSON *line = NULL;
    const struct answer_at *a = &r->index[first];
    if (json_parse(r->text.data + a->at, a->len, &json_limits_reply, &line, NULL) != ST_OK) {
        return false;
    }
    out->text = xstrdup(json_str_or(line, "text", ""));
    out->outcome = outcome_of(json_str_or(line, "outcome", "ok"));
    (void)snprintf(out->model, sizeof out->model, "%s", json_str_or(line, "model", "recorded"));
    const cJSON *tokens = cJSON_GetObjectItemCaseSensitive(line, "tokens");
    if (cJSON_IsObject(tokens)) {
        out->tokens_in = count_of(tokens, "input");
        out->tokens_cached = count_of(tokens, "cached");
        out->tokens_out = count_of(tokens, "output");
    }
    cJSON_Delete(line);
    return true;
}

bool replay_record(struct buf *out, const struct reply *r)
{
    if (!r->final || r->text == NULL) {
        return true;
    }
    buf_adds(out, "{\"key\":");
    json_quote(out, r->key, strlen(r->key));
    if (r->system != NULL && r->user != NULL) {
        buf_printf(out, ",\"hash\":\"%016" PRIx64 "\"", replay_hash(r->system, r->user));
    }
    buf_printf(out, ",\"task\":\"%s\",\"outcome\":\"%s\",\"model\":", task_at(r->task)->name,
               reply_outcome_name(r->outcome));
    json_quote(out, r->model, strlen(r->model));
    buf_printf(out,
               ",\"tokens\":{\"input\":%" PRId64 ",\"cached\":%" PRId64 ",\"output\":%" PRId64
               "},\"text\":",
               r->tokens_in, r->tokens_cached, r->tokens_out);
    json_quote(out, r->text, strlen(r->text));
    return buf_adds(out, "}\n");
}
