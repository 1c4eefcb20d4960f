/*
 * filter - the FILTER language of commands.md, parsed once, turned into SQL by the store.
 *
 * Terms are joined by "and" (the word may be left out); each may be negated with a leading '!'.
 */
#ifndef TAXA_COMMAND_FILTER_H
#define TAXA_COMMAND_FILTER_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>

enum filter_field {
    FILTER_STATE,    /* state:accepted */
    FILTER_NODE,     /* node:PATH or node:@ID, with everything below */
    FILTER_STRATEGY, /* strategy:NAME */
    FILTER_COMPLEX,  /* complex:yes|no */
    FILTER_VERDICT,  /* verdict:yes/yes (correct/incorrect) */
    FILTER_REVIEWED, /* reviewed:yes|no */
    FILTER_REGEX,    /* /pattern/ over record and scenario */
    FILTER_ID,       /* id:412, id>400 */
    FILTER_TASK,
    FILTER_TEACHER,
    FILTER_OUTCOME,
    FILTER_POINT /* of calls: task:generate teacher:NAME outcome:ok point:412 */
};
enum filter_op { FILTER_IS, FILTER_ABOVE, FILTER_BELOW };

struct filter_term {
    enum filter_field field;
    enum filter_op op;
    bool negated;
    char *text; /* value as written (regex without slashes) */
    double number;
};
struct filter {
    struct filter_term *terms;
    size_t count;
};
/* `calls` chooses which fields are known. ST_USAGE names the word and lists what is known. Empty
 * text: no terms. */
enum status filter_parse(const char *text, bool calls, struct filter *out, struct err *e);
void filter_free(struct filter *f);

#endif
