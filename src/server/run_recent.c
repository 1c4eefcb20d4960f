/*
 * The list of recent sessions. It belongs to the person, not to a session, so both commands run in
 * the caller and know no file; the start screen runs them as a child, because a session may lie on
 * a disk that takes its time.
 */
#include "base/clock.h"
#include "base/text.h"
#include "server/exec_table.h"
#include "store/recent.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

static cJSON *as_json(const struct recent *r)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "path", r->path);
    cJSON_AddBoolToObject(o, "missing", r->missing);
    cJSON_AddStringToObject(o, "run", r->run);
    cJSON_AddNumberToObject(o, "accepted", (double)r->accepted);
    cJSON_AddNumberToObject(o, "target", (double)r->target);
    cJSON_AddNumberToObject(o, "changed", (double)r->changed_s);
    cJSON_AddStringToObject(o, "theme", r->theme);
    cJSON_AddStringToObject(o, "problem", r->problem);
    return o;
}

static void as_line(struct exec *x, const struct recent *r)
{
    char when[32];
    text_age(when, (int64_t)time(NULL) - r->changed_s);
    if (r->missing) {
        exec_printf(x, "%-35s  %s\n", "gone", r->path);
    } else if (r->problem[0] != '\0') {
        exec_printf(x, "%-35s  %s\n", "cannot be read", r->path);
    } else {
        exec_printf(x, "%7lld of %-7lld %-8s %10s  %s\n", (long long)r->accepted,
                    (long long)r->target, r->run, when, r->path);
    }
}

enum status exec_recent(struct exec *x, struct err *e)
{
    (void)e;
    size_t count = 0;
    struct recent *list = recent_load(&count);
    cJSON *out = x->call->json ? cJSON_CreateArray() : NULL;
    for (size_t i = 0; i < count; i++) {
        recent_look(&list[i]);
        if (out != NULL) {
            cJSON_AddItemToArray(out, as_json(&list[i]));
        } else {
            as_line(x, &list[i]);
        }
    }
    if (out != NULL) {
        exec_json(x, out);
    } else if (count == 0) {
        exec_text(x, "no session was opened yet: taxa FILE makes one\n");
    }
    recent_free(list, count);
    return ST_OK;
}

enum status exec_recent_forget(struct exec *x, struct err *e)
{
    (void)e;
    for (int i = 0; i < x->call->arg_count[0]; i++) {
        char *path = exec_path(x, x->call->args[0][i]);
        recent_remove(path);
        free(path);
    }
    return ST_OK;
}
