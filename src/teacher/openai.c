/*
 * openai - see openai.h.
 *
 * The body is written straight into a buffer: at thousands of requests a second a tree of cJSON per
 * request would cost more than the network. Stable parts (system, schema) come before what varies,
 * because prompt caches work by exact prefix. The schema goes in the nested form: llama.cpp takes
 * the flat one and then constrains nothing.
 */
#include "teacher/openai.h"

#include "base/mem.h"
#include "teacher/retry.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { REQUEST_MAX = 8 << 20 };

const char *structured_name(enum structured s)
{
    static const char *const names[] = {"json_schema", "json_object", "prompt"};
    return names[s];
}

static void add_string(struct buf *b, const char *s)
{
    json_quote(b, s, strlen(s));
}

static void add_messages(struct buf *b, const struct openai_ask *a, const char *schema)
{
    buf_adds(b, "\"messages\":[{\"role\":\"system\",\"content\":");
    if (a->structured == STRUCTURED_SCHEMA) {
        add_string(b, a->prompt->system);
    } else {
        char *system = xasprintf("%s\n\nReply with one JSON value that fits this JSON Schema, and "
                                 "nothing else:\n%s",
                                 a->prompt->system, schema);
        add_string(b, system);
        free(system);
    }
    buf_adds(b, "},{\"role\":\"user\",\"content\":");
    add_string(b, a->prompt->user);
    buf_adds(b, "}]");
}

static void add_number(struct buf *b, const char *name, double value)
{
    buf_printf(b, ",\"%s\":", name);
    json_number(b, value);
}

static void add_format(struct buf *b, const struct openai_ask *a, const char *schema)
{
    if (a->structured == STRUCTURED_OBJECT) {
        buf_adds(b, ",\"response_format\":{\"type\":\"json_object\"}");
    } else if (a->structured == STRUCTURED_SCHEMA) {
        buf_adds(b, ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":");
        add_string(b, a->prompt->name);
        buf_printf(b, "%s,\"schema\":", a->strict ? ",\"strict\":true" : "");
        buf_adds(b, schema);
        buf_adds(b, "}}");
    }
}

char *openai_body(const struct openai_ask *a, size_t *len)
{
    struct buf b;
    char *schema = json_text(a->prompt->schema);
    buf_init(&b, REQUEST_MAX);
    buf_addc(&b, '{');
    if (a->model[0] != '\0') {
        buf_adds(&b, "\"model\":");
        add_string(&b, a->model);
        buf_addc(&b, ',');
    }
    add_messages(&b, a, schema);
    if ((a->quirks & QUIRK_NO_TEMPERATURE) == 0) {
        add_number(&b, "temperature", a->temperature);
    }
    if ((a->quirks & QUIRK_NO_TOP_P) == 0 && a->top_p < 1) {
        add_number(&b, "top_p", a->top_p);
    }
    buf_printf(&b, ",\"%s\":%d",
               (a->quirks & QUIRK_COMPLETION_TOKENS) != 0 ? "max_completion_tokens" : "max_tokens",
               a->max_tokens);
    if ((a->quirks & QUIRK_NO_SEED) == 0) {
        buf_printf(&b, ",\"seed\":%u", (unsigned)(a->seed & 0x7fffffffu));
    }
    if ((a->quirks & QUIRK_NO_EFFORT) == 0 && a->effort[0] != '\0') {
        buf_adds(&b, ",\"reasoning_effort\":");
        add_string(&b, a->effort);
    }
    add_format(&b, a, schema);
    buf_addc(&b, '}');
    free(schema);
    *len = b.len;
    char *body = buf_take(&b);
    buf_free(&b);
    return body;
}

static const cJSON *member(const cJSON *o, const char *name)
{
    return cJSON_IsObject(o) ? cJSON_GetObjectItemCaseSensitive(o, name) : NULL;
}

static void copy(char *dst, size_t size, const char *s)
{
    (void)snprintf(dst, size, "%s", s);
}

/* A string or number member as text; "" when it is neither. */
static void copy_member(char *dst, size_t size, const cJSON *o, const char *name)
{
    const cJSON *v = member(o, name);
    if (cJSON_IsString(v)) {
        copy(dst, size, v->valuestring);
    } else if (cJSON_IsNumber(v)) {
        (void)snprintf(dst, size, "%d", v->valueint);
    } else {
        dst[0] = '\0';
    }
}

/* Google puts the wait and the kind of quota into a list of details. */
static void read_details(const cJSON *error, struct openai_answer *out)
{
    const cJSON *details = member(error, "details");
    const cJSON *detail = NULL;
    cJSON_ArrayForEach(detail, details)
    {
        double wait = retry_seconds(json_str_or(detail, "retryDelay", NULL));
        if (wait >= 0) {
            out->retry_after = wait;
        }
        const cJSON *violations = member(detail, "violations");
        const cJSON *violation = NULL;
        cJSON_ArrayForEach(violation, violations)
        {
            if (strstr(json_str_or(violation, "quotaId", ""), "PerDay") != NULL) {
                copy(out->code, sizeof out->code, "quota_per_day");
            }
        }
    }
}

/* {"error":{...}}, {"error":"text"}, {"message":...}, {"detail":...}, or one of them in a list. */
static void read_error(const cJSON *root, struct openai_answer *out)
{
    const cJSON *top = cJSON_IsArray(root) ? root->child : root;
    const cJSON *error = member(top, "error");
    out->kind = OPENAI_ERROR;
    if (cJSON_IsString(error)) {
        copy(out->message, sizeof out->message, error->valuestring);
        return;
    }
    const cJSON *o = cJSON_IsObject(error) ? error : top;
    copy_member(out->message, sizeof out->message, o, "message");
    if (out->message[0] == '\0') {
        copy_member(out->message, sizeof out->message, o, "detail");
    }
    copy_member(out->param, sizeof out->param, o, "param");
    copy_member(out->code, sizeof out->code, o, "code");
    if (isdigit((unsigned char)out->code[0])) {
        double status = retry_seconds(out->code);
        out->status = status >= 100 && status < 600 ? (int)status : 0;
        out->code[0] = '\0';
    }
    char type[64];
    copy_member(type, sizeof type, o, "type");
    if (out->code[0] == '\0' || strcmp(type, "insufficient_quota") == 0) {
        copy(out->code, sizeof out->code, type);
    }
    if (out->code[0] == '\0') {
        copy_member(out->code, sizeof out->code, o, "status");
    }
    read_details(o, out);
}

/* The text of a message: a string, or a list of parts of which the text ones count. */
static char *message_text(const cJSON *content)
{
    if (content != NULL && cJSON_IsString(content)) {
        return xstrdup(content->valuestring);
    }
    struct buf b;
    const cJSON *piece;
    buf_init(&b, json_limits_reply.bytes);
    cJSON_ArrayForEach(piece, content)
    {
        buf_adds(&b, json_str_or(piece, "text", ""));
    }
    char *text = buf_take(&b);
    buf_free(&b);
    return text;
}

/* Cut a leading <think>...</think>; one that never ends is all thinking. In place. */
static void cut_thinking(char *text)
{
    const char *p = text;
    while (isspace((unsigned char)*p)) {
        p++;
    }
    if (strncmp(p, "<think>", 7) != 0) {
        return;
    }
    const char *end = strstr(p, "</think>");
    if (end == NULL) {
        text[0] = '\0';
        return;
    }
    end += strlen("</think>");
    while (isspace((unsigned char)*end)) {
        end++;
    }
    memmove(text, end, strlen(end) + 1);
}

static int64_t count_or_zero(const cJSON *o, const char *name)
{
    double n = json_num_or(o, name, 0);
    return n > 0 && n < 1e12 ? (int64_t)n : 0;
}

static void read_usage(const cJSON *root, struct openai_answer *out)
{
    const cJSON *usage = member(root, "usage");
    if (!cJSON_IsNumber(member(usage, "prompt_tokens"))) {
        return;
    }
    out->usage = true;
    out->tokens_in = count_or_zero(usage, "prompt_tokens");
    out->tokens_out = count_or_zero(usage, "completion_tokens");
    const cJSON *details = member(usage, "prompt_tokens_details");
    if (cJSON_IsObject(details)) {
        out->tokens_cached = count_or_zero(details, "cached_tokens");
    }
    if (out->tokens_cached > out->tokens_in) {
        out->tokens_cached = out->tokens_in;
    }
}

static void read_choice(const cJSON *choice, struct openai_answer *out)
{
    const cJSON *message = member(choice, "message");
    const cJSON *refusal = member(message, "refusal");
    const char *finish = json_str_or(choice, "finish_reason", "stop");
    if (!cJSON_IsObject(message)) {
        out->kind = OPENAI_MALFORMED;
        copy(out->message, sizeof out->message, "the reply has no message");
        return;
    }
    out->text = message_text(member(message, "content"));
    cut_thinking(out->text);
    if (cJSON_IsString(refusal) && refusal->valuestring[0] != '\0') {
        out->kind = OPENAI_REFUSED;
        copy(out->message, sizeof out->message, refusal->valuestring);
        if (out->text[0] == '\0') {
            free(out->text);
            out->text = xstrdup(refusal->valuestring);
        }
    } else if (strcmp(finish, "content_filter") == 0 || strcmp(finish, "refusal") == 0) {
        out->kind = OPENAI_REFUSED;
        copy(out->message, sizeof out->message, "stopped by a content filter");
    } else if (strcmp(finish, "length") == 0) {
        out->kind = OPENAI_LENGTH;
    } else {
        out->kind = OPENAI_TEXT;
    }
}

void openai_read(int http_status, const char *body, size_t len, struct openai_answer *out)
{
    struct err e;
    cJSON *root = NULL;
    memset(out, 0, sizeof *out);
    out->retry_after = -1;
    bool ok = http_status >= 200 && http_status < 300;
    struct json_limits limits = json_limits_reply;
    limits.bytes *= 2; /* a reply of 4 MiB, quoted */
    if (json_parse(body, len, &limits, &root, &e) != ST_OK) {
        out->kind = ok ? OPENAI_MALFORMED : OPENAI_ERROR;
        if (ok) {
            (void)snprintf(out->message, sizeof out->message, "the reply is no JSON: %.250s",
                           e.msg);
        } else {
            (void)snprintf(out->message, sizeof out->message, "%.*s", len < 200 ? (int)len : 200,
                           body);
        }
        return;
    }
    const cJSON *error = member(root, "error");
    const cJSON *choices = member(root, "choices");
    if (!ok || (error != NULL && !cJSON_IsNull(error))) {
        read_error(root, out);
    } else if (!cJSON_IsArray(choices) || choices->child == NULL) {
        out->kind = OPENAI_MALFORMED;
        copy(out->message, sizeof out->message, "the reply has no choices");
    } else {
        read_choice(choices->child, out);
        read_usage(root, out);
        const cJSON *model = member(root, "model");
        out->model = cJSON_IsString(model) ? xstrdup(model->valuestring) : NULL;
    }
    cJSON_Delete(root);
}

void openai_answer_clear(struct openai_answer *a)
{
    free(a->text);
    free(a->model);
    a->text = NULL;
    a->model = NULL;
}

/* Is the error about this word, by its param or in its text? */
static bool about(const struct openai_answer *a, const char *word)
{
    return strncasecmp(a->param, word, strlen(word)) == 0 || strcasestr(a->message, word) != NULL;
}

bool openai_simplify(const struct openai_answer *a, bool may_change_structured,
                     enum structured *structured, unsigned *quirks, char what[96])
{
    static const struct {
        const char *word;
        unsigned quirk;
        const char *says;
    } table[] = {
        {"max_tokens", QUIRK_COMPLETION_TOKENS, "max_completion_tokens instead of max_tokens"},
        {"temperature", QUIRK_NO_TEMPERATURE, "no temperature"},
        {"top_p", QUIRK_NO_TOP_P, "no top_p"},
        {"reasoning_effort", QUIRK_NO_EFFORT, "no reasoning_effort"},
        {"seed", QUIRK_NO_SEED, "no seed"},
    };
    static const char *const format_words[] = {"response_format", "json_schema", "json schema",
                                               "json_object",     "grammar",     "guided",
                                               "structured"};
    bool format = false;
    for (size_t i = 0; i < sizeof format_words / sizeof format_words[0]; i++) {
        format = format || about(a, format_words[i]);
    }
    if (format && may_change_structured && *structured != STRUCTURED_PROMPT) {
        *structured = *structured == STRUCTURED_SCHEMA ? STRUCTURED_OBJECT : STRUCTURED_PROMPT;
        (void)snprintf(what, 96, "structured output by %s", structured_name(*structured));
        return true;
    }
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        size_t n = strlen(table[i].word);
        if ((*quirks & table[i].quirk) == 0 && strncmp(a->param, table[i].word, n) == 0) {
            *quirks |= table[i].quirk;
            (void)snprintf(what, 96, "%s", table[i].says);
            return true;
        }
    }
    return false;
}
