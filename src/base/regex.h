/*
 * regex - PCRE2 with ceilings.
 *
 * The only file that includes <pcre2.h> is regex.c. Patterns come from people and run over text
 * from models: match, depth and heap limits make every match end; \C is refused; UTF is on. Smart
 * case: a pattern without an upper-case letter ignores case.
 */
#ifndef TAXA_BASE_REGEX_H
#define TAXA_BASE_REGEX_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>

struct regex;

/* Compile; ST_INVALID names the offset and PCRE2's message. Owner frees with regex_free. */
enum status regex_new(const char *pattern, struct regex **out, struct err *e);
void regex_free(struct regex *re);

/*
 * First match at or after `from`; false when none or a limit was hit. Invalid UTF-8 is matched as
 * if replaced.
 */
bool regex_find(struct regex *re, const char *s, size_t n, size_t from, size_t *start, size_t *end);

#endif
