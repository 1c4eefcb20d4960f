/*
 * One request with a client of its own. What comes back is anybody's text: names are capped in
 * length and number, and nothing else of the reply is kept.
 */
#include "teacher/models.h"

#include "base/clock.h"
#include "base/mem.h"
#include "teacher/http.h"
#include "teacher/key.h"
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 200, WAIT_MS = 200 };

struct asked {
    bool done;
    enum status st;
    cJSON *names;
    struct err *e;
};

/* {"data":[{"id":"..."},...]}; Ollama's own list says "models" and "name". */
static cJSON *read_names(const char *body, size_t len)
{
    cJSON *o = NULL;
    const cJSON *list = NULL, *item = NULL;
    if (json_parse(body, len, &json_limits_reply, &o, NULL) != ST_OK) {
        return NULL;
    }
    cJSON *names = NULL;
    if (json_get_array(o, "data", &list, NULL) == ST_OK ||
        json_get_array(o, "models", &list, NULL) == ST_OK) {
        names = cJSON_CreateArray();
        int left = MODELS_MAX;
        cJSON_ArrayForEach(item, list)
        {
            const char *id = json_str_or(item, "id", json_str_or(item, "name", ""));
            if (id[0] != '\0' && strlen(id) <= NAME_BYTES && left-- > 0) {
                cJSON_AddItemToArray(names, cJSON_CreateString(id));
            }
        }
    }
    cJSON_Delete(o);
    return names;
}

static void on_done(void *ctx, void *tag, const struct http_response *r)
{
    struct asked *a = ctx;
    (void)tag;
    a->done = true;
    if (r->result != HTTP_DONE) {
        a->st = err_set(a->e, ST_NETWORK, "%s", r->problem);
        return;
    }
    if (r->status == 200) {
        a->names = read_names(r->body, r->len);
    }
    if (a->names == NULL) {
        a->st = err_set(a->e, ST_NOT_FOUND, "the server lists no models (HTTP %d)", r->status);
    }
}

/* ".../v1" or ".../v1/chat/completions" -> ".../v1/models". A query is kept. */
static char *list_url(const char *base)
{
    static const char tail[] = "/chat/completions";
    size_t len = strcspn(base, "?#"), n = sizeof tail - 1;
    const char *query = base + len;
    while (len > 0 && base[len - 1] == '/') {
        len--;
    }
    if (len >= n && strncmp(base + len - n, tail, n) == 0) {
        len -= n;
    }
    return xasprintf("%.*s/models%s", (int)len, base, query);
}

static enum status fetch_key(struct key *k, const struct teacher_config *c, int64_t deadline,
                             struct err *e)
{
    key_init(k);
    key_fetch(k, c);
    while (k->state == KEY_COMING && clock_ms() < deadline) {
        struct pollfd p = {.fd = k->fd, .events = POLLIN};
        poll(&p, 1, WAIT_MS);
        key_continue(k);
    }
    if (k->state == KEY_COMING) {
        return err_set(e, ST_NETWORK, "%s takes too long", k->source);
    }
    return k->state == KEY_FAILED ? err_set(e, k->problem.code, "%s", k->problem.msg) : ST_OK;
}

static void wait_for(struct http *h, const struct asked *a, int64_t deadline)
{
    while (!a->done && clock_ms() < deadline) {
        int64_t due = http_wait(h);
        int ms = due < 0 || due > WAIT_MS * 1000 ? WAIT_MS : (int)(due / 1000) + 1;
        struct pollfd p = {.fd = http_fd(h), .events = POLLIN};
        poll(&p, 1, ms);
        http_turn(h, clock_us() + WAIT_MS * 1000);
    }
}

enum status models_of(const struct teacher_config *c, double seconds, cJSON **names, struct err *e)
{
    int64_t deadline = clock_ms() + (int64_t)(seconds * 1000);
    struct asked a = {.st = ST_OK, .e = e};
    struct http_place place;
    struct key key;
    struct http *h = NULL;
    char *url = NULL;
    struct http_request r = {
        .place = &place, .header = "Authorization: Bearer ", .timeout = seconds};
    *names = NULL;
    key_init(&key);
    if (c->base_url_count == 0) {
        return err_set(e, ST_INVALID, "no base-url");
    }
    r.url = url = list_url(c->base_url[0]);
    a.st = http_place(url, &place, e);
    if (a.st == ST_OK && place.userinfo) {
        a.st = err_set(e, ST_DENIED, "a password in base-url is not sent");
    }
    if (a.st == ST_OK) {
        a.st = fetch_key(&key, c, deadline, e);
    }
    if (a.st == ST_OK) {
        h = http_new(on_done, &a, e);
        a.st = h != NULL ? ST_OK : ST_IO;
    }
    if (a.st != ST_OK) {
        goto out;
    }
    r.key = key.value;
    if (!http_send(h, &r)) {
        a.st = err_set(e, ST_IO, "the request could not be made");
        goto out;
    }
    wait_for(h, &a, deadline);
    if (!a.done) {
        a.st = err_set(e, ST_NETWORK, "no answer in %.0f s", seconds);
    }
    *names = a.names;
out:
    http_free(h, NULL);
    key_free(&key);
    free(url);
    return a.st;
}
