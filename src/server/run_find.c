/*
 * Where models can be had: the table of presets, and what listens on this machine. All ports are
 * asked at once and given a quarter of a second together; whoever answers with a list of models is
 * a model server, whatever else may listen there.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "command/presets.h"
#include "server/exec_table.h"
#include "teacher/http.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_MS      250
#define PORTS_MAX    32
#define MODELS_SHOWN 64 /* of one server */

enum status exec_teacher_presets(struct exec *x, struct err *e)
{
    (void)e;
    size_t count = 0;
    const struct teacher_preset *all = teacher_presets(&count);
    cJSON *list = x->call->json ? cJSON_CreateArray() : NULL;
    for (size_t i = 0; i < count; i++) {
        const struct teacher_preset *p = &all[i];
        const char *key = p->key_env != NULL ? secure_getenv(p->key_env) : NULL;
        bool has_key = key != NULL && key[0] != '\0';
        if (list == NULL) {
            exec_printf(x, "%-11s %s\n            %s%s%s; model: %s\n            %s\n", p->name,
                        p->base_url, p->key_env != NULL ? "key in " : "no key needed",
                        p->key_env != NULL ? p->key_env : "",
                        p->key_env == NULL ? ""
                        : has_key          ? " (set)"
                                           : " (not set)",
                        p->model, p->note);
            continue;
        }
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "name", p->name);
        cJSON_AddStringToObject(o, "title", p->title);
        cJSON_AddStringToObject(o, "base-url", p->base_url);
        cJSON_AddStringToObject(o, "key-env", p->key_env != NULL ? p->key_env : "");
        cJSON_AddBoolToObject(o, "key", has_key);
        cJSON_AddBoolToObject(o, "local", teacher_preset_is_local(p));
        cJSON_AddStringToObject(o, "model", p->model);
        cJSON_AddStringToObject(o, "note", p->note);
        cJSON_AddItemToArray(list, o);
    }
    if (list != NULL) {
        exec_json(x, list);
    }
    return ST_OK;
}

/* ---- looking */

struct look {
    int port;
    const struct teacher_preset *preset; /* by the port, then by what the server says; NULL */
    cJSON *models;                       /* names; NULL: no model server answered */
    bool wants_key;
};

static void read_models(struct look *l, const cJSON *list)
{
    const cJSON *model = NULL;
    l->models = cJSON_CreateArray();
    cJSON_ArrayForEach(model, list)
    {
        const char *id = json_str_or(model, "id", "");
        if (id[0] == '\0' || cJSON_GetArraySize(l->models) >= MODELS_SHOWN) {
            continue;
        }
        cJSON_AddItemToArray(l->models, cJSON_CreateString(id));
        const struct teacher_preset *p =
            teacher_preset_by_owner(json_str_or(model, "owned_by", ""));
        l->preset = p != NULL ? p : l->preset;
    }
}

static void answered(void *ctx, void *tag, const struct http_response *r)
{
    struct look *l = tag;
    cJSON *o = NULL;
    const cJSON *list = NULL;
    (void)ctx;
    if (r->result != HTTP_DONE ||
        json_parse(r->body, r->len, &json_limits_reply, &o, NULL) != ST_OK) {
        return;
    }
    if (r->status == 200 && json_get_array(o, "data", &list, NULL) == ST_OK) {
        read_models(l, list);
    } else if (r->status == 401 && cJSON_GetObjectItemCaseSensitive(o, "error") != NULL) {
        l->models = cJSON_CreateArray();
        l->wants_key = true;
    }
    cJSON_Delete(o);
}

static void ask_all(struct http *h, struct look *looks, size_t count)
{
    int64_t deadline = clock_us() + LOOK_MS * 1000;
    for (size_t i = 0; i < count; i++) {
        char url[64];
        struct http_place place;
        snprintf(url, sizeof url, "http://127.0.0.1:%d/v1/models", looks[i].port);
        if (http_place(url, &place, NULL) == ST_OK) {
            struct http_request r = {
                .url = url, .place = &place, .timeout = LOOK_MS / 1000.0, .tag = &looks[i]};
            (void)http_send(h, &r); /* a port that could not be asked is one where nothing is */
        }
    }
    while (http_active(h) > 0) {
        int64_t left = deadline - clock_us(), due = http_wait(h);
        if (left <= 0) {
            break;
        }
        int64_t wait = due >= 0 && due < left ? due : left;
        struct pollfd p = {.fd = http_fd(h), .events = POLLIN};
        poll(&p, 1, (int)((wait + 999) / 1000));
        http_turn(h, deadline);
    }
}

static void tell(struct exec *x, const struct look *l, cJSON *list)
{
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/v1", l->port);
    const char *title = l->preset != NULL ? l->preset->title : "a model server";
    if (list != NULL) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "base-url", url);
        cJSON_AddStringToObject(o, "server", title);
        cJSON_AddStringToObject(o, "preset", l->preset != NULL ? l->preset->name : "");
        cJSON_AddBoolToObject(o, "wants-key", l->wants_key);
        cJSON_AddItemToObject(o, "models", cJSON_Duplicate(l->models, true));
        cJSON_AddItemToArray(list, o);
        return;
    }
    exec_printf(x, "%s  %s%s\n", url, title, l->wants_key ? ", wants a key" : "");
    const cJSON *model = NULL;
    cJSON_ArrayForEach(model, l->models)
    {
        exec_printf(x, "  teacher add local base-url=%s model=", url);
        struct buf word;
        buf_init(&word, 65536);
        words_quote(&word, model->valuestring);
        exec_printf(x, "%s\n", word.data);
        buf_free(&word);
    }
}

enum status exec_teacher_find(struct exec *x, struct err *e)
{
    struct look looks[PORTS_MAX] = {{.port = 0}};
    size_t count = 0;
    int found = 0;
    const struct teacher_port *ports = teacher_ports(&count);
    count = count < PORTS_MAX ? count : PORTS_MAX - 1;
    for (size_t i = 0; i < count; i++) {
        looks[i].port = ports[i].port;
        looks[i].preset = ports[i].preset != NULL ? teacher_preset_find(ports[i].preset) : NULL;
    }
    int more = (int)call_opt_num(x->call, "--port", 0);
    if (more > 0 && count < PORTS_MAX) {
        looks[count++].port = more;
    }
    struct http *h = http_new(answered, NULL, e);
    if (h == NULL) {
        return e->code;
    }
    ask_all(h, looks, count);
    http_free(h, NULL);
    cJSON *list = x->call->json ? cJSON_CreateArray() : NULL;
    for (size_t i = 0; i < count; i++) {
        if (looks[i].models != NULL) {
            tell(x, &looks[i], list);
            found++;
        }
        cJSON_Delete(looks[i].models);
    }
    if (list != NULL) {
        exec_json(x, list);
    } else if (found == 0) {
        exec_text(x, "no model server answers on the usual ports of this machine\n");
    }
    return ST_OK;
}
