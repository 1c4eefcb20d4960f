/*
 * parse - from what a model wrote to a value that can be trusted in shape.
 *
 * A reply may think aloud, repeat the example of the prompt, or put its JSON between pleasantries.
 * So every JSON object in the text is tried in order and the first that fits wins; when none does,
 * the complaint is about the longest, which is what the model meant as its answer. The messages
 * name what was found and what was expected, because the repair prompt shows them to a model.
 */
#include "base/utf8.h"
#include "domain/schema.h"
#include "task/fit.h"
#include "task/tasks.h"

#include <string.h>
#include <strings.h>

enum { MOST_CANDIDATES = 16, EXCERPT = 60 };

struct target {
    enum task_id id;
    const cJSON *inputs;
    cJSON *schema;
    enum fit_manner manner;
};

static const char *const thinking[][2] = {
    {"<think>", "</think>"},
    {"<thinking>", "</thinking>"},
    {"<reasoning>", "</reasoning>"},
    {"[THINK]", "[/THINK]"},
    {"<|channel|>analysis", "<|channel|>final"},
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Skip the reasoning that some models show first. false: it never ends, so there is no answer. */
static bool skip_thinking(const char **text, size_t *n)
{
    const char *s = *text;
    const char *end = s + *n;
    while (s < end && is_blank(*s)) {
        s++;
    }
    for (size_t i = 0; i < sizeof thinking / sizeof thinking[0]; i++) {
        size_t open = strlen(thinking[i][0]);
        size_t close = strlen(thinking[i][1]);
        if ((size_t)(end - s) < open || strncasecmp(s, thinking[i][0], open) != 0) {
            continue;
        }
        const char *at = memmem(s, (size_t)(end - s), thinking[i][1], close);
        if (at == NULL) {
            return false;
        }
        s = at + close;
        break;
    }
    *text = s;
    *n = (size_t)(end - s);
    return true;
}

/* Copy without commas right before a closing bracket: the most common slip, and harmless. */
static void without_loose_commas(struct buf *out, const char *s, size_t n)
{
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        if (quoted && s[i] == '\\' && i + 1 < n) {
            buf_addc(out, s[i++]);
        } else if (s[i] == '"') {
            quoted = !quoted;
        } else if (!quoted && s[i] == ',') {
            size_t next = i + 1;
            while (next < n && is_blank(s[next])) {
                next++;
            }
            if (next < n && (s[next] == '}' || s[next] == ']')) {
                continue;
            }
        }
        buf_addc(out, s[i]);
    }
}

static enum status read_json(const char *s, size_t n, cJSON **out, struct err *e)
{
    enum status st = json_parse(s, n, &json_limits_reply, out, e);
    if (st == ST_INVALID) {
        struct buf mended;
        buf_init(&mended, n);
        without_loose_commas(&mended, s, n);
        if (json_parse(mended.data, mended.len, &json_limits_reply, out, NULL) == ST_OK) {
            st = ST_OK;
        }
        buf_free(&mended);
    }
    return st == ST_OK ? ST_OK : ST_INVALID;
}

/* Does the text hold a sentence that the prompt has between quotes, with something before or after?
 */
static bool holds_example(const char *prompt, const char *text)
{
    enum { SENTENCE = 30 };
    for (const char *open = strchr(prompt, '"'); open != NULL; open = strchr(open, '"')) {
        size_t n = strcspn(++open, "\"\n");
        if (n >= SENTENCE && memmem(text, strlen(text), open, n) != NULL) {
            return true;
        }
    }
    return false;
}

/*
 * Small models hand back the example that shows the shape of the reply. It would pass every check
 * and be data about something else, so a string that stands in the prompt's example is refused.
 */
static enum status refuse_example(const struct task *t, const cJSON *value, struct err *e)
{
    enum { DEEPEST = 64, SHORTEST = 12 }; /* shorter strings are words that an answer may share */
    const cJSON *open[DEEPEST] = {value};
    int depth = 1;
    enum status st = ST_OK;
    struct buf quoted;
    buf_init(&quoted, 4096);
    while (depth > 0 && st == ST_OK) {
        const cJSON *v = open[--depth];
        if (v->next != NULL && v != value) {
            open[depth++] = v->next;
        }
        if (v->child != NULL && depth < DEEPEST) {
            open[depth++] = v->child;
        }
        if (cJSON_IsString(v) && strlen(v->valuestring) >= SHORTEST) {
            buf_clear(&quoted);
            buf_printf(&quoted, "\"%s\"", v->valuestring);
            bool same = !quoted.over && strstr(t->prompt, quoted.data) != NULL;
            if (same || holds_example(t->prompt, v->valuestring)) {
                st = err_set(e, ST_INVALID, "expected an answer of its own, found the example: %s",
                             quoted.data);
            }
        }
    }
    buf_free(&quoted);
    return st;
}

static enum status try_candidate(const struct target *t, const char *s, size_t n, cJSON **out,
                                 struct err *e)
{
    cJSON *value = NULL;
    enum status st = read_json(s, n, &value, e);
    if (st == ST_OK) {
        st = fit_value(t->schema, &value, t->manner, e);
    }
    if (st == ST_OK) {
        st = schema_check(t->schema, value, e);
    }
    if (st == ST_OK) {
        st = refuse_example(task_at(t->id), value, e);
    }
    if (st == ST_OK) {
        st = task_at(t->id)->check(t->inputs, value, e);
    }
    if (st != ST_OK) {
        cJSON_Delete(value);
        return ST_INVALID;
    }
    *out = value;
    return ST_OK;
}

/* Say what there was instead of JSON, with the beginning of it. */
static enum status nothing_found(const char *s, size_t n, struct err *e)
{
    while (n > 0 && is_blank(*s)) {
        s++;
        n--;
    }
    if (n == 0) {
        return err_set(e, ST_INVALID, "expected one JSON object, found an empty reply");
    }
    if (memchr(s, '{', n) != NULL) {
        return err_set(e, ST_INVALID,
                       "expected one JSON object, found JSON that is cut off or has open brackets");
    }
    size_t shown = 0;
    while (shown < n && shown < EXCERPT) {
        uint32_t cp = 0;
        shown += utf8_decode(s + shown, n - shown, &cp);
    }
    return err_set(e, ST_INVALID, "expected one JSON object, found only text: \"%.*s%s\"",
                   (int)shown, s, shown < n ? "\xE2\x80\xA6" : "");
}

static enum status try_all(const struct target *t, const char *s, size_t n, cJSON **out,
                           struct err *e)
{
    struct err problem = {.code = ST_OK};
    size_t longest = 0;
    for (int i = 0; i < MOST_CANDIDATES; i++) {
        const char *start = NULL;
        size_t len = 0;
        struct err last = {.code = ST_OK};
        if (!json_find(s, n, &start, &len)) {
            break;
        }
        if (try_candidate(t, start, len, out, &last) == ST_OK) {
            return ST_OK;
        }
        if (len > longest) {
            longest = len;
            problem = last;
        }
        n -= (size_t)(start + len - s);
        s = start + len;
    }
    if (longest == 0) {
        return nothing_found(s, n, e);
    }
    return err_set(e, ST_INVALID, "%s", problem.msg);
}

enum status task_parse(enum task_id id, const cJSON *inputs, const char *text, size_t n,
                       cJSON **out, struct err *e)
{
    *out = NULL;
    struct target t = {.id = id, .inputs = inputs};
    enum status st = task_resolve(&t.id, &t.inputs, e);
    if (st != ST_OK) {
        return st;
    }
    if (n > json_limits_reply.bytes) {
        return err_set(e, ST_INVALID, "expected a reply of at most %zu bytes, found %zu",
                       json_limits_reply.bytes, n);
    }
    if (!utf8_valid(text, n)) {
        return err_set(e, ST_INVALID, "expected UTF-8 text, found bytes that are not");
    }
    if (!skip_thinking(&text, &n)) {
        return err_set(e, ST_INVALID, "expected one JSON object, found reasoning without an end");
    }
    t.manner = task_writes_record(t.id) ? FIT_RECORD : FIT_REPLY;
    t.schema = task_at(t.id)->schema(t.inputs);
    if (t.schema == NULL) {
        return err_set(e, ST_INTERNAL, "%s: the inputs hold no valid record schema",
                       task_at(t.id)->name);
    }
    st = try_all(&t, text, n, out, e);
    cJSON_Delete(t.schema);
    return st;
}
