/*
 * entry - see entry.h.
 *
 * A configuration that cannot work (no address, say) is still an entry: the questions put to it are
 * answered with what is wrong, at the moment somebody asks, not when the session is opened.
 */
#include "teacher/entry.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { START_HTTP = 8, LIMIT_OFFLINE = 256 };

static char *copy_or_null(const char *s)
{
    return s != NULL ? xstrdup(s) : NULL;
}

static void copy_config(struct teacher_config *to, const struct teacher_config *from)
{
    memset(to, 0, sizeof *to);
    to->name = xstrdup(from->name);
    for (int i = 0; i < TK_COUNT; i++) {
        to->key[i] = copy_or_null(from->key[i]);
    }
    to->base_url_count = from->base_url_count;
    for (int i = 0; i < from->base_url_count; i++) {
        to->base_url[i] = copy_or_null(from->base_url[i]);
    }
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool entry_same(const struct entry *e, const struct teacher_config *c)
{
    bool same = same_text(e->config.name, c->name) && e->config.base_url_count == c->base_url_count;
    for (int i = 0; same && i < TK_COUNT; i++) {
        same = same_text(e->config.key[i], c->key[i]);
    }
    for (int i = 0; same && i < c->base_url_count; i++) {
        same = same_text(e->config.base_url[i], c->base_url[i]);
    }
    return same;
}

/* ".../v1" -> ".../v1/chat/completions"; keeps a query, and an address that is complete. */
static char *call_url(const char *base)
{
    static const char path[] = "/chat/completions";
    size_t len = strcspn(base, "?#");
    const char *query = base + len;
    while (len > 0 && base[len - 1] == '/') {
        len--;
    }
    size_t tail = strlen(path);
    bool complete = len >= tail && strncmp(base + len - tail, path, tail) == 0;
    return xasprintf("%.*s%s%s", (int)len, base, complete ? "" : path, query);
}

static void add_url(struct entry *e, const char *base)
{
    if (base == NULL || base[0] == '\0' || e->url_count == TEACHER_BASE_URLS) {
        return;
    }
    struct entry_url *u = &e->urls[e->url_count];
    struct err problem;
    if (strlen(base) > 2000) {
        err_set(&e->problem, ST_LIMIT, "teacher %s: base-url is too long", e->config.name);
    } else if (http_place(base, &u->place, &problem) != ST_OK) {
        err_set(&e->problem, ST_INVALID, "teacher %s: %s", e->config.name, problem.msg);
    } else if (u->place.userinfo) {
        err_set(&e->problem, ST_DENIED,
                "teacher %s: a password in base-url would be stored in the session file; name the "
                "key with key-env, key-file or key-command instead",
                e->config.name);
    } else {
        u->url = call_url(base);
        e->url_count++;
    }
}

static void set_http(struct entry *e)
{
    const struct teacher_config *c = &e->config;
    const char *how = teacher_config_text(c, TK_STRUCTURED);
    for (int i = 0; i < c->base_url_count; i++) {
        add_url(e, c->base_url[i]);
    }
    if (c->base_url_count == 0) {
        add_url(e, c->key[TK_BASE_URL]);
    }
    if (e->url_count == 0 && e->problem.code == ST_OK) {
        err_set(&e->problem, ST_INVALID,
                "teacher %s has no address: teacher set %s base-url=http://HOST:PORT/v1", c->name,
                c->name);
    }
    e->structured_auto = strcmp(how, "auto") == 0;
    e->structured = strcmp(how, "prompt") == 0        ? STRUCTURED_PROMPT
                    : strcmp(how, "json_object") == 0 ? STRUCTURED_OBJECT
                                                      : STRUCTURED_SCHEMA;
    if (e->url_count > 0 && strcmp(e->urls[0].place.host, "api.openai.com") == 0) {
        e->quirks = QUIRK_COMPLETION_TOKENS;
    }
}

static void set_replay(struct entry *e)
{
    const char *file = teacher_config_text(&e->config, TK_FILE);
    if (file[0] == '\0') {
        err_set(&e->problem, ST_INVALID,
                "teacher %s has no file of answers: teacher set %s file=ANSWERS.jsonl",
                e->config.name, e->config.name);
    } else if (replay_open(file, &e->replay, &e->problem) != ST_OK) {
        err_prefix(&e->problem, "teacher %s", e->config.name);
    }
}

struct entry *entry_new(const struct teacher_config *c, heap_before_fn *before)
{
    struct entry *e = xcalloc(1, sizeof *e);
    e->refs = 1;
    copy_config(&e->config, c);
    heap_init(&e->waiting, before);
    key_init(&e->key);
    e->model = teacher_config_text(&e->config, TK_MODEL);
    const char *dialect = teacher_config_text(&e->config, TK_DIALECT);
    if (strcmp(dialect, "offline") == 0) {
        e->kind = ENTRY_OFFLINE;
        offline_rates_from(&e->config, &e->rates);
    } else if (strcmp(dialect, "replay") == 0) {
        e->kind = ENTRY_REPLAY;
        set_replay(e);
    } else {
        e->kind = ENTRY_HTTP;
        set_http(e);
    }
    int64_t now = clock_us();
    bucket_init(&e->requests, teacher_config_num(&e->config, TK_REQUESTS_PER_MINUTE), now);
    bucket_init(&e->tokens, teacher_config_num(&e->config, TK_TOKENS_PER_MINUTE), now);
    return e;
}

struct entry *entry_ref(struct entry *e)
{
    e->refs++;
    return e;
}

void entry_unref(struct entry *e)
{
    if (e == NULL || --e->refs > 0) {
        return;
    }
    heap_free(&e->waiting);
    key_free(&e->key);
    for (int i = 0; i < e->url_count; i++) {
        free(e->urls[i].url);
    }
    replay_free(e->replay);
    free(e->config.name);
    for (int i = 0; i < TK_COUNT; i++) {
        free(e->config.key[i]);
    }
    for (int i = 0; i < e->config.base_url_count; i++) {
        free(e->config.base_url[i]);
    }
    free(e);
}

void entry_set_limit(struct entry *e, int concurrency, int most)
{
    if (e->kind == ENTRY_HTTP) {
        limit_init(&e->limit, concurrency < most ? concurrency : most, START_HTTP,
                   most < LIMIT_OFFLINE ? most : LIMIT_OFFLINE);
    } else {
        limit_init(&e->limit, concurrency, LIMIT_OFFLINE, LIMIT_OFFLINE);
    }
}

int entry_room(const struct entry *e)
{
    int room = limit_now(&e->limit) - e->in_flight;
    return room > 0 ? room : 0;
}

int entry_max_tokens(const struct entry *e, enum task_id task, int asked)
{
    double own = teacher_config_num(&e->config, TK_MAX_TOKENS);
    return asked > 0 ? asked : own >= 1 ? (int)own : task_at(task)->max_tokens;
}

double entry_cost(const struct entry *e, int64_t in, int64_t cached, int64_t out)
{
    const struct teacher_config *c = &e->config;
    double price_in = teacher_config_num(c, TK_PRICE_IN);
    /* Not set is not free: then cached tokens cost what the others do. */
    double price_cached =
        c->key[TK_PRICE_CACHED] != NULL ? teacher_config_num(c, TK_PRICE_CACHED) : price_in;
    return ((double)(in - cached) * price_in + (double)cached * price_cached +
            (double)out * teacher_config_num(c, TK_PRICE_OUT)) /
           1e6;
}

int entry_pick_url(const struct entry *e, int64_t now_us)
{
    int best = 0;
    for (int i = 1; i < e->url_count; i++) {
        bool down = e->urls[i].avoid_until_us > now_us;
        bool best_down = e->urls[best].avoid_until_us > now_us;
        if (down != best_down ? best_down : e->urls[i].outstanding < e->urls[best].outstanding) {
            best = i;
        }
    }
    return best;
}

void entry_shown(const struct entry *e, struct buf *out)
{
    if (e->kind == ENTRY_OFFLINE) {
        buf_adds(out, "offline teacher (rule-based)");
    } else if (e->kind == ENTRY_REPLAY) {
        buf_printf(out, "recorded answers from %s", teacher_config_text(&e->config, TK_FILE));
    } else {
        buf_printf(out, "%s at %s", e->model[0] != '\0' ? e->model : "the model",
                   e->url_count > 0 ? e->urls[0].place.host : "no address");
        if (e->url_count > 1) {
            buf_printf(out, " and %d more", e->url_count - 1);
        }
    }
}
