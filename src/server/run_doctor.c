/*
 * Is everything there that a session needs? Both commands run in the caller and ask the teachers
 * through a client of their own, so a run that goes on is not disturbed.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "server/exec_table.h"
#include "teacher/key.h"
#include "teacher/models.h"
#include "teacher/teacher.h"
#include <langinfo.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROBE_MS   60000
#define MODELS_S   10
#define MODELS_SAY 8 /* names in the text for people */

struct probe {
    struct exec *x;
    struct reply reply; /* the final one */
    bool done;
    int tries;
    bool parsed;           /* the reply is the JSON that was asked for */
    const char *json_mode; /* how it was asked for in the end */
    cJSON *events;
    cJSON *models; /* names; NULL: not known, models_why says why (not asked: empty) */
    struct err models_why;
};

static void probe_reply(void *ctx, struct reply *r)
{
    struct probe *p = ctx;
    p->tries++;
    if (r->final && !p->done) {
        p->done = true;
        p->reply = *r;
        r->text = r->system = r->user = NULL;
    } else { /* a try of several */
        reply_clear(r);
    }
}

static void probe_event(void *ctx, const char *text)
{
    struct probe *p = ctx;
    cJSON_AddItemToArray(p->events, cJSON_CreateString(text));
}

/* A tiny question that every teacher can answer, the rule-based one too. */
static struct question *probe_question(void)
{
    static const char *const names[] = {"addition", "multiplication"};
    struct question *q = xcalloc(1, sizeof *q);
    snprintf(q->key, sizeof q->key, "probe");
    q->task = TASK_LEVEL_PLAN;
    q->seed = 1;
    q->inputs = cJSON_CreateObject();
    cJSON_AddStringToObject(q->inputs, "description", "Grade-school maths word problems");
    cJSON *t = cJSON_AddObjectToObject(q->inputs, "taxonomy");
    cJSON_AddStringToObject(t, "name", "operation");
    cJSON_AddStringToObject(t, "description", "What has to be computed");
    cJSON_AddNumberToObject(q->inputs, "level", 2);
    cJSON_AddItemToObject(q->inputs, "nodes", cJSON_CreateStringArray(names, 2));
    return q;
}

static void ask(struct teachers *t, struct probe *p)
{
    int64_t deadline = clock_ms() + PROBE_MS;
    teachers_ask(t, probe_question());
    while (!p->done && clock_ms() < deadline) {
        int wait = teachers_timeout(t);
        struct pollfd fd = {.fd = teachers_fd(t), .events = POLLIN};
        poll(&fd, 1, wait < 0 || wait > 500 ? 500 : wait);
        teachers_turn(t);
    }
}

/*
 * Where the key comes from and whether it is there; never the key. A key command is not run for
 * this: the question has run it already, and it may ask a person for a password.
 */
static void key_text(const struct teacher_config *c, const struct probe *p, struct buf *out)
{
    if (teacher_config_text(c, TK_KEY_COMMAND)[0] != '\0') {
        buf_adds(out, p->done && p->reply.outcome <= REPLY_REFUSED ? "from the key command: found"
                                                                   : "from the key command");
        return;
    }
    struct key k;
    key_init(&k);
    key_fetch(&k, c);
    if (k.state == KEY_READY && k.value == NULL) {
        buf_adds(out, "none needed");
    } else if (k.state == KEY_READY) {
        buf_printf(out, "from %s: found", k.source);
    } else {
        buf_printf(out, "%s", k.problem.msg);
    }
    key_free(&k);
}

static const char *structured_text(const struct teacher_config *c, bool offline)
{
    const char *how = teacher_config_text(c, TK_STRUCTURED);
    return offline                    ? "always"
           : strcmp(how, "auto") == 0 ? "auto: by json_schema, simpler where the server refuses it"
                                      : how;
}

/* The first whole answer shows it; before that there is only the configuration. */
static const char *json_mode_text(const struct probe *p)
{
    return strcmp(p->json_mode, "json_schema") == 0   ? "native schema (json_schema)"
           : strcmp(p->json_mode, "json_object") == 0 ? "any JSON (json_object)"
           : strcmp(p->json_mode, "prompt") == 0      ? "in words only (prompt)"
                                                      : "always, by rule";
}

static bool lists_its_model(const struct probe *p, const struct teacher_config *c)
{
    const cJSON *name = NULL;
    const char *model = teacher_config_text(c, TK_MODEL);
    cJSON_ArrayForEach(name, p->models)
    {
        if (strcmp(name->valuestring, model) == 0) {
            return true;
        }
    }
    return false;
}

static void report_json(const struct teacher_config *c, const struct probe *p, const char *key,
                        cJSON *list)
{
    bool offline = strcmp(teacher_config_text(c, TK_DIALECT), "offline") == 0;
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "teacher", c->name);
    cJSON_AddBoolToObject(o, "offline", offline);
    cJSON_AddBoolToObject(o, "reachable", p->done && p->reply.outcome <= REPLY_REFUSED);
    cJSON_AddBoolToObject(o, "usable", p->done && p->reply.outcome == REPLY_OK && p->parsed);
    cJSON_AddStringToObject(o, "model", p->reply.model);
    cJSON_AddNumberToObject(o, "seconds", p->reply.seconds);
    cJSON_AddStringToObject(o, "error", p->done ? p->reply.error : "no answer in 60 s");
    cJSON_AddItemToObject(o, "events", cJSON_Duplicate(p->events, true));
    cJSON_AddStringToObject(o, "key", key);
    cJSON_AddStringToObject(o, "structured", structured_text(c, offline));
    cJSON_AddStringToObject(o, "json_mode", p->json_mode);
    cJSON_AddBoolToObject(o, "json_right", p->parsed);
    cJSON_AddNumberToObject(o, "tokens_in", (double)p->reply.tokens_in);
    cJSON_AddNumberToObject(o, "tokens_out", (double)p->reply.tokens_out);
    if (p->models != NULL) {
        cJSON_AddItemToObject(o, "models", cJSON_Duplicate(p->models, true));
        cJSON_AddBoolToObject(o, "model_listed", lists_its_model(p, c));
    } else {
        cJSON_AddNullToObject(o, "models");
        cJSON_AddStringToObject(o, "models_error", p->models_why.msg);
    }
    cJSON_AddItemToArray(list, o);
}

static void report_models(struct exec *x, const struct teacher_config *c, const struct probe *p)
{
    if (p->models == NULL) {
        if (p->models_why.msg[0] != '\0') {
            exec_printf(x, "  models not listed: %s\n", p->models_why.msg);
        }
        return;
    }
    int count = cJSON_GetArraySize(p->models), said = 0;
    const cJSON *name = NULL;
    exec_printf(x, "  %d %s there:", count, count == 1 ? "model is" : "models are");
    cJSON_ArrayForEach(name, p->models)
    {
        if (said++ < MODELS_SAY) {
            exec_printf(x, "%s %s", said > 1 ? "," : "", name->valuestring);
        }
    }
    if (count > MODELS_SAY) {
        exec_printf(x, " and %d more", count - MODELS_SAY);
    }
    exec_text(x, "\n");
    if (!lists_its_model(p, c)) {
        exec_printf(x, "  \"%s\" is not among them\n", teacher_config_text(c, TK_MODEL));
    }
}

static void report(struct exec *x, const struct teacher_config *c, const struct probe *p,
                   cJSON *list)
{
    struct buf key;
    buf_init(&key, 4096);
    key_text(c, p, &key);
    bool offline = strcmp(teacher_config_text(c, TK_DIALECT), "offline") == 0;
    bool ok = p->done && p->reply.outcome == REPLY_OK;
    if (list != NULL) {
        report_json(c, p, key.data, list);
        buf_free(&key);
        return;
    }
    char time[32];
    text_seconds(time, p->reply.seconds);
    exec_printf(x, "%-12s %s\n", c->name,
                offline ? "offline teacher (rule-based), no network" : p->reply.model);
    exec_printf(x, "  key %s; structured output %s\n", key.data, structured_text(c, offline));
    buf_free(&key);
    if (ok) {
        exec_printf(x, "  answered in %s, %lld tokens in, %lld out\n", time,
                    (long long)p->reply.tokens_in, (long long)p->reply.tokens_out);
        exec_printf(x, "  JSON mode: %s; %s\n", json_mode_text(p),
                    p->parsed
                        ? "the structured reply is right"
                        : "the reply is not the JSON that was asked for (it would be repaired)");
    } else {
        exec_printf(x, "  %s\n", p->done ? p->reply.error : "no answer in 60 s");
    }
    report_models(x, c, p);
    const cJSON *event = NULL;
    cJSON_ArrayForEach(event, p->events)
    {
        exec_printf(x, "  %s\n", event->valuestring);
    }
}

/* Was the reply what the question asked for? */
static bool is_parsed(const struct probe *p)
{
    if (!p->done || p->reply.text == NULL) {
        return false;
    }
    struct question *q = probe_question();
    cJSON *value = NULL;
    bool parsed =
        task_parse(q->task, q->inputs, p->reply.text, strlen(p->reply.text), &value, NULL) == ST_OK;
    cJSON_Delete(value);
    question_free(q);
    return parsed;
}

/* Ask one teacher; ST_NETWORK when it cannot be used. */
static enum status probe_one(struct exec *x, const struct teacher_config *c, cJSON *list,
                             struct err *e)
{
    struct prompts *prompts = NULL;
    enum status st = prompts_load(NULL, &prompts, e);
    if (st != ST_OK) {
        return st;
    }
    struct probe p = {.x = x, .events = cJSON_CreateArray()};
    struct teachers *t = teachers_new(prompts, probe_reply, probe_event, &p);
    const char *roles[ROLE_COUNT];
    for (int r = 0; r < ROLE_COUNT; r++) {
        roles[r] = c->name;
    }
    teachers_configure(t, c, 1, roles, 1);
    ask(t, &p);
    p.parsed = is_parsed(&p);
    p.json_mode = teachers_structured(t, ROLE_WRITER);
    bool network = strcmp(teacher_config_text(c, TK_DIALECT), "openai") == 0;
    int status = p.reply.http_status;
    if (network && p.done && p.reply.outcome != REPLY_TRANSPORT && status != 401 && status != 403) {
        (void)models_of(c, MODELS_S, &p.models, &p.models_why);
    }
    report(x, c, &p, list);
    bool ok = p.done && p.reply.outcome == REPLY_OK;
    if (!ok) {
        st = err_set(e, ST_NETWORK, "teacher %s cannot be used: %s", c->name,
                     p.done ? p.reply.error : "no answer in 60 s");
    }
    reply_clear(&p.reply);
    teachers_free(t);
    prompts_free(prompts);
    cJSON_Delete(p.events);
    cJSON_Delete(p.models);
    return st;
}

/* All teachers, or the one of that name. The last failure is the result. */
static enum status probe_all(struct exec *x, const char *name, cJSON *out, struct err *e)
{
    struct teacher_config *list = NULL;
    int count = 0, asked = 0;
    enum status st = store_teachers(x->store, &list, &count, e), worst = st;
    for (int i = 0; i < count; i++) {
        if (st == ST_OK && (name == NULL || strcmp(list[i].name, name) == 0)) {
            enum status one = probe_one(x, &list[i], out, e);
            worst = one != ST_OK ? one : worst;
            asked++;
        }
        teacher_config_free(&list[i]);
    }
    free(list);
    if (st == ST_OK && asked == 0) {
        return err_set(e, ST_NOT_FOUND, "no teacher \"%s\": `teacher list` shows them",
                       name != NULL ? name : "");
    }
    return worst;
}

enum status exec_teacher_test(struct exec *x, struct err *e)
{
    cJSON *out = x->call->json ? cJSON_CreateArray() : NULL;
    enum status st = probe_all(x, call_arg(x->call, 0), out, e);
    if (out != NULL) {
        exec_json(x, out);
    }
    return st;
}

static void check_folder(struct exec *x, const char *what,
                         enum status (*find)(struct buf *, struct err *), cJSON *o)
{
    struct buf path;
    struct err why = {0};
    buf_init(&path, 4096);
    bool ok = find(&path, &why) == ST_OK;
    if (o != NULL) {
        cJSON_AddStringToObject(o, what, ok ? path.data : why.msg);
    } else {
        exec_printf(x, "%-12s %s\n", what, ok ? path.data : why.msg);
    }
    buf_free(&path);
}

enum status exec_doctor(struct exec *x, struct err *e)
{
    const char *term = getenv("TERM"), *codeset = nl_langinfo(CODESET);
    bool utf8 = strcmp(codeset, "UTF-8") == 0;
    cJSON *o = x->call->json ? cJSON_CreateObject() : NULL;
    if (o != NULL) {
        cJSON_AddStringToObject(o, "terminal", term != NULL ? term : "");
        cJSON_AddBoolToObject(o, "utf8", utf8);
    } else {
        exec_printf(x, "%-12s %s%s\n", "terminal", term != NULL ? term : "TERM is not set",
                    getenv("NO_COLOR") != NULL ? ", NO_COLOR" : "");
        exec_printf(x, "%-12s %s%s\n", "characters", codeset,
                    utf8 ? "" : ": lines and bars are drawn with ASCII");
    }
    check_folder(x, "sockets", dir_runtime, o);
    check_folder(x, "config", dir_config, o);
    check_folder(x, "state", dir_state, o);
    enum status st = ST_OK;
    if (x->store != NULL) {
        st = store_check(x->store, e);
        cJSON *list = o != NULL ? cJSON_AddArrayToObject(o, "teachers") : NULL;
        if (o == NULL && st == ST_OK) {
            exec_printf(x, "%-12s %s is sound\n", "session", store_path(x->store));
        }
        if (st == ST_OK) {
            st = probe_all(x, NULL, list, e);
        }
    }
    if (o != NULL) {
        exec_json(x, o);
    }
    return st;
}
