/*
 * What people are told besides figures: where each teacher's key comes from and whether it is
 * there, and from when on a changed setting is felt by the run. Both are found out when settings
 * change, never for a status.
 */
#include "base/mem.h"
#include "server/live_private.h"
#include "teacher/key.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A key command may ask a person for a password: it is named, not run. Never the key itself. */
static void key_state(const struct teacher_config *c, struct buf *out)
{
    const char *dialect = teacher_config_text(c, TK_DIALECT);
    const char *command = teacher_config_text(c, TK_KEY_COMMAND);
    if (strcmp(dialect, "openai") != 0) {
        buf_adds(out, "none needed");
        return;
    }
    if (command[0] != '\0') {
        /* the program only: an argument could be a secret */
        buf_printf(out, "from key command %.*s: asked when needed", (int)strcspn(command, " \t"),
                   command);
        return;
    }
    struct key k;
    key_init(&k);
    key_fetch(&k, c);
    if (k.state == KEY_READY && k.value != NULL) {
        buf_printf(out, "from %s: found", k.source);
    } else if (k.state == KEY_READY) {
        buf_adds(out, "none is sent");
    } else {
        buf_printf(out, "not found: %s", k.problem.msg);
    }
    key_free(&k);
}

void live_tell_teachers(struct live *l, const struct teacher_config *list, int count)
{
    cJSON_Delete(l->teacher_keys);
    l->teacher_keys = cJSON_CreateArray();
    struct buf key;
    buf_init(&key, 1024);
    for (int i = 0; i < count; i++) {
        buf_clear(&key);
        key_state(&list[i], &key);
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "name", list[i].name);
        cJSON_AddStringToObject(o, "key", key.data);
        cJSON_AddItemToArray(l->teacher_keys, o);
    }
    buf_free(&key);
}

/* Whom does it concern in the middle of a run? */
static const char *felt_by(const struct setting *s)
{
    switch (s->applies) {
    case APPLIES_NOW:
        return "applies from now on";
    case APPLIES_QUESTION:
        return "applies to questions asked from now on";
    case APPLIES_PLAN:
        return "applies to points planned from now on";
    case APPLIES_RUN:
        return "applies when the next run starts";
    }
    return "";
}

static bool concerns_run(const struct setting *s)
{
    return strcmp(s->group, "mix") == 0 || strcmp(s->group, "making") == 0 ||
           strcmp(s->group, "run") == 0;
}

/* How many strategies have a value of their own, so that this setting says nothing to them? */
static int with_their_own(struct live *l, enum setting_id id)
{
    struct strategy_row *rows = NULL;
    int count = 0, own = 0;
    if ((id != SETTING_COMPLEXITY && id != SETTING_LEVELS) ||
        store_strategies(l->store, &rows, &count, NULL) != ST_OK) {
        return 0;
    }
    for (int i = 0; i < count; i++) {
        own += id == SETTING_COMPLEXITY ? !isnan(rows[i].complexity) : rows[i].levels != NULL;
    }
    strategy_rows_free(rows, count);
    return own;
}

static void tell(struct live *l, enum setting_id id, const char *value)
{
    const struct setting *s = setting_at(id);
    int own = with_their_own(l, id);
    if (own > 0) {
        live_event(l, "%s %.60s %s; %d %s its own", s->name, value, felt_by(s), own,
                   own == 1 ? "strategy keeps" : "strategies keep");
    } else {
        live_event(l, "%s %.60s %s", s->name, value, felt_by(s));
    }
}

void live_tell_settings(struct live *l)
{
    struct buf value;
    buf_init(&value, 65536);
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting *s = setting_at((enum setting_id)i);
        buf_clear(&value);
        if (!concerns_run(s) ||
            store_setting(l->store, (enum setting_id)i, &value, NULL) != ST_OK) {
            continue;
        }
        bool changed = l->told[i] != NULL && strcmp(l->told[i], value.data) != 0;
        if (changed && l->state == RUN_RUNNING) {
            tell(l, (enum setting_id)i, value.data);
        }
        if (changed || l->told[i] == NULL) {
            free(l->told[i]);
            l->told[i] = xstrdup(value.data);
        }
    }
    buf_free(&value);
}

void live_told_free(struct live *l)
{
    cJSON_Delete(l->teacher_keys);
    for (int i = 0; i < SETTING_COUNT; i++) {
        free(l->told[i]);
    }
}
