/*
 * needle - what one looks for in many names: a regular expression, faster when it is plain text.
 *
 * Same answers as base/regex.h (smart case), but text without special characters is compared
 * directly, so that a hundred thousand names can be searched while a person types.
 */
#ifndef TAXA_UI_NEEDLE_H
#define TAXA_UI_NEEDLE_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>

struct needle;

/* ST_INVALID says what is wrong with the expression. The owner frees with needle_free. */
enum status needle_new(const char *pattern, struct needle **out, struct err *e);
void needle_free(struct needle *n); /* NULL: nothing */
/* The first match; start and end are bytes of `s`. */
bool needle_find(struct needle *n, const char *s, size_t *start, size_t *end);
/* Does `before` find everything that `now` finds? Then only that has to be searched again. */
bool needle_narrows(const struct needle *now, const struct needle *before);

#endif
