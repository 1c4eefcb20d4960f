/*
 * json - cJSON behind ceilings and typed getters.
 *
 * Text from outside is capped in size, depth and item count *before* cJSON builds anything. Numbers
 * are double in cJSON: integers over 2^53 must travel as strings. A getter that fails names the
 * path. Borrowed pointers live as long as the cJSON they come from; json_parse's result is freed by
 * the caller with cJSON_Delete.
 */
#ifndef TAXA_BASE_JSON_H
#define TAXA_BASE_JSON_H

#include "base/buf.h"
#include "base/status.h"
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_limits {
    size_t bytes; /* of text */
    int depth;    /* of nesting */
    size_t items; /* values in all */
};
extern const struct json_limits json_limits_reply; /* 4 MiB, 32, 100,000: what a model may send */
extern const struct json_limits json_limits_file;  /* 256 MiB, 64, 20,000,000: a person's import */

/*
 * Exactly one JSON value, white space around it allowed. ST_INVALID says line and column; ST_LIMIT
 * which ceiling.
 */
enum status json_parse(const char *s, size_t n, const struct json_limits *limits, cJSON **out,
                       struct err *e);

/*
 * The first JSON object or array inside chatty text (code fences, <think> blocks, prose around it).
 * Returns a borrowed range of s; false when there is none that is balanced, or when the text ends
 * before its JSON does.
 */
bool json_find(const char *s, size_t n, const char **start, size_t *len);

/* Members of an object. ST_INVALID, naming the member, when missing or of another type. */
enum status json_get_str(const cJSON *o, const char *name, const char **out, struct err *e);
enum status json_get_num(const cJSON *o, const char *name, double *out, struct err *e);
/* Refuses fractions. */
enum status json_get_int(const cJSON *o, const char *name, int64_t *out, struct err *e);
enum status json_get_bool(const cJSON *o, const char *name, bool *out, struct err *e);
enum status json_get_array(const cJSON *o, const char *name, const cJSON **out, struct err *e);
enum status json_get_object(const cJSON *o, const char *name, const cJSON **out, struct err *e);
/* The same with a default instead of an error. */
const char *json_str_or(const cJSON *o, const char *name, const char *otherwise);
double json_num_or(const cJSON *o, const char *name, double otherwise);
bool json_bool_or(const cJSON *o, const char *name, bool otherwise);

/* Compact text of a value, keys in their order. Caller frees with free(). Never NULL. */
char *json_text(const cJSON *v);
/* Append a string literal (with quotes; UTF-8 kept, invalid bytes -> U+FFFD, controls escaped). */
bool json_quote(struct buf *out, const char *s, size_t n);
/* Append a number as the shortest text that reads back the same; NaN and infinities as null. */
bool json_number(struct buf *out, double v);

#endif
