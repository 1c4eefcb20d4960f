/*
 * question - life and names of what is asked and answered, see task.h.
 *
 * Kept apart from the table of tasks so that whoever only passes questions and replies on (teacher,
 * engine, tests) needs nothing of prompts and schemas.
 */
#include "task/task.h"

#include <stdlib.h>

void question_free(struct question *q)
{
    if (q == NULL) {
        return;
    }
    cJSON_Delete(q->inputs);
    free(q);
}

void reply_clear(struct reply *r)
{
    free(r->text);
    free(r->system);
    free(r->user);
    r->text = NULL;
    r->system = NULL;
    r->user = NULL;
}

const char *reply_outcome_name(enum reply_outcome o)
{
    static const char *const names[REPLY_OUTCOMES] = {
        [REPLY_OK] = "ok",           [REPLY_LENGTH] = "length",
        [REPLY_REFUSED] = "refused", [REPLY_TRANSPORT] = "transport",
        [REPLY_FATAL] = "fatal",
    };
    return (unsigned)o < REPLY_OUTCOMES ? names[o] : "unknown";
}
