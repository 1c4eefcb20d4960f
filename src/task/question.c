/*
 * question - life and names of what is asked and answered, see task.h.
 *
 * Kept apart from the table of tasks so that whoever only passes questions and replies on (teacher,
 * engine, tests) needs nothing of prompts and schemas.
 */
#include "task/task.h"

#include "base/mem.h"

#include <stdlib.h>

void question_free(struct question *q)
{
    if (q == NULL) {
        return;
    }
    if (q->shared != NULL) {
        inputs_release(q->shared);
    } else {
        cJSON_Delete(q->inputs);
    }
    free(q);
}

struct inputs *inputs_new(cJSON *json)
{
    struct inputs *in = xcalloc(1, sizeof *in);
    *in = (struct inputs){.json = json, .holders = 1};
    return in;
}

struct inputs *inputs_hold(struct inputs *in)
{
    in->holders++;
    return in;
}

void inputs_release(struct inputs *in)
{
    if (in != NULL && --in->holders == 0) {
        cJSON_Delete(in->json);
        free(in);
    }
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
