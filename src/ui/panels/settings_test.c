/*
 * A teacher's test is a reading command in the background: the row says that it runs, its answer
 * stays beside the teacher until the next one.
 */
#include "ui/panels/settings.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPORT_MAX  65536
#define MODELS_SAID 40

static const char *mode_text(const char *mode)
{
    return strcmp(mode, "json_schema") == 0   ? "native schema"
           : strcmp(mode, "json_object") == 0 ? "any JSON"
           : strcmp(mode, "prompt") == 0      ? "in words only"
                                              : "by rule";
}

static void add_models(const cJSON *o, struct buf *out)
{
    const cJSON *list = NULL, *name = NULL;
    if (json_get_array(o, "models", &list, NULL) != ST_OK) {
        const char *why = json_str_or(o, "models_error", "");
        if (why[0] != '\0') {
            buf_printf(out, "models not listed: %s\n", why);
        }
        return;
    }
    int n = 0, count = cJSON_GetArraySize(list);
    if (!json_bool_or(o, "model_listed", true)) {
        buf_adds(out, "! its model is not among those the server lists\n");
    }
    buf_printf(out, "%d %s there: ", count, count == 1 ? "model is" : "models are");
    cJSON_ArrayForEach(name, list)
    {
        if (n++ < MODELS_SAID && cJSON_IsString(name)) {
            buf_printf(out, "%s%s", n > 1 ? ", " : "", name->valuestring);
        }
    }
    buf_adds(out, count > MODELS_SAID ? " and more\n" : "\n");
}

static void take_report(struct settings_teacher *t, const cJSON *o)
{
    struct buf b;
    char time[32];
    const char *error = json_str_or(o, "error", "");
    bool usable = json_bool_or(o, "usable", false), right = json_bool_or(o, "json_right", false);
    const char *mode = mode_text(json_str_or(o, "json_mode", ""));
    buf_init(&b, REPORT_MAX);
    text_seconds(time, json_num_or(o, "seconds", 0));
    t->test = usable ? TEST_GOOD : TEST_BAD;
    if (error[0] == '\0') {
        snprintf(t->brief, sizeof t->brief, "%s · %s", time, mode);
        buf_printf(&b, "answered in %s, %.0f tokens in, %.0f out\n", time,
                   json_num_or(o, "tokens_in", 0), json_num_or(o, "tokens_out", 0));
        buf_printf(&b, "JSON mode: %s; the reply was %s\n", mode,
                   right ? "right" : "not what was asked for (it would be repaired)");
    } else {
        snprintf(t->brief, sizeof t->brief, "cannot be used");
        buf_printf(&b, "%s\n", error);
    }
    add_models(o, &b);
    free(t->report);
    t->report = buf_take(&b);
    buf_free(&b);
}

static void test_done(struct ui *ui, void *ctx, int code, const char *text)
{
    struct settings_panel *p = ctx;
    struct settings_teacher *t = p->testing != NULL ? settings_teacher(p, p->testing) : NULL;
    cJSON *list = NULL;
    ui->dirty = true;
    if (t == NULL) {
        return;
    }
    t->test = TEST_NONE;
    /* messages may follow the line of JSON */
    if (code != 130 &&
        json_parse(text, strcspn(text, "\n"), &json_limits_reply, &list, NULL) == ST_OK &&
        cJSON_GetArraySize(list) == 1) {
        take_report(t, cJSON_GetArrayItem(list, 0));
        ui_say(ui, t->test == TEST_GOOD ? SAY_INFO : SAY_WARN, "%s: %s", p->testing, t->brief);
    } else if (code == 130) {
        ui_say(ui, SAY_WARN, "the test of %s was given up for another command", p->testing);
    } else {
        ui_say(ui, SAY_ERROR, "%.*s", (int)strcspn(text, "\n"), text);
    }
    cJSON_Delete(list);
}

void settings_test(struct settings_panel *p, struct ui *ui, const char *name)
{
    struct settings_teacher *t = settings_teacher(p, name);
    char *kept = xstrdup(name);
    const char *const words[] = {"teacher", "test", kept, "--json"};
    ui_read(ui, 4, words, test_done, p); /* ends one that runs and tells it */
    free(p->testing);
    p->testing = kept;
    if (t != NULL) {
        t->test = TEST_ASKING;
    }
    ui_say(ui, SAY_INFO, "%s is asked one small question …", name);
}
