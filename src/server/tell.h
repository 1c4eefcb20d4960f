/*
 * tell - the story of a point as a text, from top to bottom: draw, mix, scenarios, complexified,
 * attempts, verdicts, reviews, calls.
 */
#ifndef TAXA_SERVER_TELL_H
#define TAXA_SERVER_TELL_H

#include "base/buf.h"
#include "base/json.h"
#include "store/store.h"

/*
 * `story` is what `show --json` prints. Raw text: whoever prints it makes it safe. ST_IO when the
 * calls cannot be read.
 */
enum status tell_story(struct store *s, const cJSON *story, struct buf *out, struct err *e);
/*
 * What changed between two texts, word by word: [-gone-] and {+new+}. Texts too long to be compared
 * (TELL_WORDS) are given as the new one alone.
 */
#define TELL_WORDS 1500
void tell_difference(const char *was, const char *is, struct buf *out);

#endif
