/*
 * Commands on settings, teachers and roles.
 */
#include "base/mem.h"
#include "command/presets.h"
#include "command/settings.h"
#include "server/exec_table.h"
#include <stdlib.h>
#include <string.h>

static enum status find_setting(const char *name, enum setting_id *id, struct err *e)
{
    const struct setting *s = setting_find(name);
    for (int i = 0; s != NULL && i < SETTING_COUNT; i++) {
        if (setting_at((enum setting_id)i) == s) {
            *id = (enum setting_id)i;
            return ST_OK;
        }
    }
    return err_set(e, ST_NOT_FOUND, "no setting \"%s\": `settings` lists all", name);
}

enum status exec_set(struct exec *x, struct err *e)
{
    enum setting_id id = SETTING_SEED;
    enum status st = find_setting(call_arg(x->call, 0), &id, e);
    struct buf value;
    buf_init(&value, 65536);
    for (int i = 0; i < x->call->arg_count[1]; i++) {
        if (i > 0) {
            buf_addc(&value, ' ');
        }
        buf_adds(&value, x->call->args[1][i]);
    }
    if (st == ST_OK) {
        st = setting_check(setting_at(id), value.data, e);
    }
    if (st == ST_OK) {
        st = store_setting_set(x->store, id, value.data, e);
    }
    buf_free(&value);
    return st;
}

enum status exec_unset(struct exec *x, struct err *e)
{
    enum status st = ST_OK;
    for (int i = 0; st == ST_OK && i < x->call->arg_count[0]; i++) {
        enum setting_id id = SETTING_SEED;
        st = find_setting(x->call->args[0][i], &id, e);
        if (st == ST_OK) {
            st = store_setting_set(x->store, id, NULL, e);
        }
    }
    return st;
}

enum status exec_get(struct exec *x, struct err *e)
{
    enum setting_id id = SETTING_SEED;
    const char *name = call_arg(x->call, 0);
    struct buf value;
    buf_init(&value, 1u << 20);
    enum status st = find_setting(name, &id, e);
    if (st == ST_OK) {
        st = store_setting(x->store, id, &value, e);
    }
    if (st == ST_OK && x->call->json) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "name", name);
        cJSON_AddStringToObject(o, "value", value.data);
        exec_json(x, o);
    } else if (st == ST_OK) {
        exec_printf(x, "%s\n", value.data);
    }
    buf_free(&value);
    return st;
}

static bool differs(const struct setting *s, const char *value)
{
    return strcmp(value, s->otherwise) != 0;
}

static void setting_json(cJSON *list, const struct setting *s, const char *value, bool set)
{
    struct buf range;
    buf_init(&range, 4096);
    setting_range(s, &range);
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", s->name);
    cJSON_AddStringToObject(o, "value", value);
    cJSON_AddStringToObject(o, "default", s->otherwise);
    cJSON_AddStringToObject(o, "unit", s->unit);
    cJSON_AddBoolToObject(o, "set", set);
    cJSON_AddBoolToObject(o, "differs", differs(s, value));
    cJSON_AddStringToObject(o, "group", s->group);
    cJSON_AddStringToObject(o, "range", range.data);
    cJSON_AddStringToObject(o, "applies", setting_applies_text(s->applies));
    cJSON_AddItemToArray(list, o);
    buf_free(&range);
}

static void setting_line(struct exec *x, const struct setting *s, const char *value)
{
    struct buf range;
    buf_init(&range, 4096);
    setting_range(s, &range);
    exec_printf(x, "%c %-14s %-12s %-9s %-13s  %s\n", differs(s, value) ? '*' : ' ', s->name,
                value[0] != '\0' ? value : "-", s->otherwise[0] != '\0' ? s->otherwise : "-",
                setting_applies_text(s->applies), range.data);
    buf_free(&range);
}

enum status exec_settings(struct exec *x, struct err *e)
{
    cJSON *list = x->call->json ? cJSON_CreateArray() : NULL;
    struct buf value;
    buf_init(&value, 65536);
    enum status st = ST_OK;
    if (list == NULL) {
        exec_printf(x, "  %-14s %-12s %-9s %-13s  %s\n", "setting", "value", "default", "applies",
                    "range");
    }
    for (int i = 0; st == ST_OK && i < SETTING_COUNT; i++) {
        const struct setting *s = setting_at((enum setting_id)i);
        buf_clear(&value);
        st = store_setting(x->store, (enum setting_id)i, &value, e);
        if (list != NULL) {
            setting_json(list, s, value.data, store_setting_is_set(x->store, (enum setting_id)i));
        } else {
            setting_line(x, s, value.data);
        }
    }
    buf_free(&value);
    if (list != NULL) {
        exec_json(x, list);
    }
    return st;
}

/* ---- teachers */

static enum status teacher_put(struct exec *x, bool create, struct err *e)
{
    return store_teacher_put(x->store, call_arg(x->call, 0), create,
                             (const char *const *)x->call->args[1], x->call->arg_count[1], e);
}

/* Does one of the words that were typed set this key? */
static bool gives(const struct call *c, enum teacher_key_id id)
{
    const char *name = teacher_key_at(id)->name;
    size_t n = strlen(name);
    for (int i = 0; i < c->arg_count[1]; i++) {
        if (strncmp(c->args[1][i], name, n) == 0 && c->args[1][i][n] == '=') {
            return true;
        }
    }
    return false;
}

/* What a preset fills in, then what was typed, which wins. */
static enum status add_by_preset(struct exec *x, const struct teacher_preset *p, struct err *e)
{
    const struct call *c = x->call;
    if (p->needs_model && !gives(c, TK_MODEL)) {
        return err_set(e, ST_USAGE, "%s must be told which model: model=NAME, %s", p->title,
                       p->model);
    }
    char *url = xasprintf("base-url=%s", p->base_url);
    char *key = p->key_env != NULL ? xasprintf("key-env=%s", p->key_env) : NULL;
    const char **words = xcalloc((size_t)c->arg_count[1] + 4, sizeof *words);
    int n = 0;
    words[n++] = "dialect=openai";
    if (!gives(c, TK_BASE_URL)) {
        words[n++] = url;
    }
    if (key != NULL && !gives(c, TK_KEY_ENV) && !gives(c, TK_KEY_FILE) &&
        !gives(c, TK_KEY_COMMAND)) {
        words[n++] = key;
    }
    if (p->extra != NULL) {
        words[n++] = p->extra;
    }
    for (int i = 0; i < c->arg_count[1]; i++) {
        words[n++] = c->args[1][i];
    }
    enum status st = store_teacher_put(x->store, call_arg(c, 0), true, words, n, e);
    free(words);
    free(key);
    free(url);
    return st;
}

enum status exec_teacher_add(struct exec *x, struct err *e)
{
    const char *preset = call_opt(x->call, "--preset");
    if (preset != NULL) {
        return add_by_preset(x, teacher_preset_find(preset), e);
    }
    if (x->call->arg_count[1] == 0) {
        return err_set(e, ST_USAGE,
                       "a new teacher needs --preset P or base-url=URL; `teacher presets` and "
                       "`teacher find` help");
    }
    return teacher_put(x, true, e);
}

enum status exec_teacher_set(struct exec *x, struct err *e)
{
    return teacher_put(x, false, e);
}

enum status exec_teacher_remove(struct exec *x, struct err *e)
{
    return store_teacher_remove(x->store, call_arg(x->call, 0), e);
}

static void teacher_json(cJSON *list, const struct teacher_config *c)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", c->name);
    for (int k = 0; k < TK_COUNT; k++) {
        if (c->key[k] != NULL && k != TK_BASE_URL) {
            cJSON_AddStringToObject(o, teacher_key_at((enum teacher_key_id)k)->name, c->key[k]);
        }
    }
    if (c->base_url_count > 0) {
        cJSON *urls = cJSON_AddArrayToObject(o, "base-url");
        for (int k = 0; k < c->base_url_count; k++) {
            cJSON_AddItemToArray(urls, cJSON_CreateString(c->base_url[k]));
        }
    }
    cJSON_AddBoolToObject(o, "offline", strcmp(teacher_config_text(c, TK_DIALECT), "offline") == 0);
    cJSON_AddItemToArray(list, o);
}

static void teacher_line(struct exec *x, const struct teacher_config *c)
{
    bool offline = strcmp(teacher_config_text(c, TK_DIALECT), "offline") == 0;
    exec_printf(x, "%-12s %s", c->name,
                offline ? "offline teacher (rule-based)" : teacher_config_text(c, TK_DIALECT));
    for (int k = 0; k < c->base_url_count; k++) {
        exec_printf(x, " base-url=%s", c->base_url[k]);
    }
    for (int k = 0; k < TK_COUNT; k++) {
        if (c->key[k] != NULL && k != TK_BASE_URL && k != TK_DIALECT) {
            exec_printf(x, " %s=%s", teacher_key_at((enum teacher_key_id)k)->name, c->key[k]);
        }
    }
    exec_text(x, "\n");
}

enum status exec_teacher_list(struct exec *x, struct err *e)
{
    struct teacher_config *list = NULL;
    int count = 0;
    enum status st = store_teachers(x->store, &list, &count, e);
    cJSON *out = st == ST_OK && x->call->json ? cJSON_CreateArray() : NULL;
    for (int i = 0; i < count; i++) {
        if (out != NULL) {
            teacher_json(out, &list[i]);
        } else {
            teacher_line(x, &list[i]);
        }
        teacher_config_free(&list[i]);
    }
    free(list);
    if (out != NULL) {
        exec_json(x, out);
        return st;
    }
    struct buf name;
    buf_init(&name, 4096);
    for (int r = 0; st == ST_OK && r < ROLE_COUNT; r++) {
        buf_clear(&name);
        st = store_role(x->store, (enum role_id)r, &name, e);
        exec_printf(x, "  %-17s %-12s %s\n", role_name((enum role_id)r), name.data,
                    role_help((enum role_id)r));
    }
    buf_free(&name);
    return st;
}

enum status exec_role(struct exec *x, struct err *e)
{
    enum role_id role = ROLE_ARCHITECT;
    if (!role_by_name(call_arg(x->call, 0), &role)) {
        return err_set(e, ST_NOT_FOUND, "no role \"%s\"", call_arg(x->call, 0));
    }
    return store_role_set(x->store, role, call_arg(x->call, 1), e);
}
