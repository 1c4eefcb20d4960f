/*
 * word - small questions about one word: is it a number, is it one of a list, what was meant.
 *
 * Private to src/command: the parser, the settings and the filter answer mistakes alike with it.
 */
#ifndef TAXA_COMMAND_WORD_H
#define TAXA_COMMAND_WORD_H

#include "base/buf.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The whole word is a decimal number. No white space, hexadecimal, infinity or NaN. */
bool word_int(const char *s, int64_t *out);
bool word_number(const char *s, double *out);

/* Is `word` one of "a|b|c"? */
bool word_in(const char *choices, const char *word);
/*
 * Walk "a|b|c": *at starts as the list and is moved on; returns the next item and its length, NULL
 * at the end.
 */
const char *word_next(const char **at, size_t *len);
/* "a, b or c" */
void word_list_text(const char *choices, struct buf *out);

/* "from 1 to 8" in as few digits as are exact. Both 0: nothing. */
void word_range_text(double low, double high, struct buf *out);

/* Finds the names nearest to a mistyped word: by edit distance, or because the word starts them. */
#define NEAREST_MAX 3
struct nearest {
    const char *word;
    const char *name[NEAREST_MAX]; /* borrowed, best first */
    size_t len[NEAREST_MAX];
    int distance[NEAREST_MAX];
    int count;
};
void nearest_init(struct nearest *n, const char *word);
void nearest_offer(struct nearest *n, const char *name, size_t len);
void nearest_offer_all(struct nearest *n, const char *choices);
/* "; did you mean A or B?", nothing when none is near. */
void nearest_text(const struct nearest *n, struct buf *out);

#endif
