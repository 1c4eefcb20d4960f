/*
 * What constrains the reply (the schema) is not stored with a call and so is left out, which the
 * comment in front says: the reply is then free text.
 */
#include "server/curl.h"

#include "base/json.h"
#include "base/mem.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One word for a POSIX shell. */
static void shell_quote(struct buf *out, const char *s)
{
    buf_addc(out, '\'');
    for (; *s != '\0'; s++) {
        if (*s == '\'') {
            buf_adds(out, "'\\''");
        } else {
            buf_addc(out, *s);
        }
    }
    buf_addc(out, '\'');
}

static void add_message(cJSON *list, const char *role, const char *text)
{
    cJSON *m = cJSON_CreateObject();
    cJSON_AddStringToObject(m, "role", role);
    cJSON_AddStringToObject(m, "content", text != NULL ? text : "");
    cJSON_AddItemToArray(list, m);
}

static char *body_of(const struct teacher_config *t, const struct call_row *c)
{
    cJSON *body = cJSON_CreateObject();
    const char *model = teacher_config_text(t, TK_MODEL);
    cJSON_AddStringToObject(body, "model", model[0] != '\0' ? model : c->model);
    cJSON *messages = cJSON_AddArrayToObject(body, "messages");
    add_message(messages, "system", c->system);
    add_message(messages, "user", c->user);
    cJSON_AddNumberToObject(body, "temperature", teacher_config_num(t, TK_TEMPERATURE));
    cJSON_AddNumberToObject(body, "max_tokens", teacher_config_num(t, TK_MAX_TOKENS));
    cJSON_AddNumberToObject(body, "seed", (double)(c->seed & 0x7fffffffu));
    char *text = json_text(body);
    cJSON_Delete(body);
    return text;
}

static void add_command(const struct teacher_config *t, const struct call_row *c, struct buf *out)
{
    struct buf url;
    char *body = body_of(t, c);
    size_t n = strlen(t->base_url[0]);
    buf_init(&url, 1u << 16);
    buf_printf(&url, "%.*s/chat/completions",
               (int)(n > 0 && t->base_url[0][n - 1] == '/' ? n - 1 : n), t->base_url[0]);
    buf_printf(out,
               "# call %" PRId64 ", without the schema that constrained its reply; "
               "TAXA_KEY is the key, if the server wants one\ncurl -sS ",
               c->id);
    shell_quote(out, url.data);
    buf_adds(out, " \\\n  -H 'Content-Type: application/json' \\\n"
                  "  -H \"Authorization: Bearer $TAXA_KEY\" \\\n  -d ");
    shell_quote(out, body);
    buf_addc(out, '\n');
    buf_free(&url);
    free(body);
}

enum status curl_command(struct store *s, const struct call_row *c, struct buf *out, struct err *e)
{
    struct teacher_config *list = NULL;
    int count = 0;
    bool found = false;
    enum status st = store_teachers(s, &list, &count, e);
    for (int i = 0; i < count; i++) {
        if (strcmp(list[i].name, c->teacher) == 0 && list[i].base_url_count > 0) {
            found = true;
            add_command(&list[i], c, out);
        }
        teacher_config_free(&list[i]);
    }
    free(list);
    if (st == ST_OK && !found) {
        st = err_set(e, ST_INVALID,
                     "the teacher %s of call %" PRId64 " has no address to send it to", c->teacher,
                     c->id);
    }
    return st;
}
