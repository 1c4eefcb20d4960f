/*
 * render - prompt files, and prompts made from them.
 *
 * Deliberately small: three parts, placeholders, and lines that vanish when they have nothing to
 * say. No conditions or loops, so that a person can write an override without learning a language.
 * A file is checked as a whole when it is loaded: a misspelt placeholder would otherwise make its
 * line vanish in silence, and one that varies in the stable parts would spoil every prompt cache.
 */
#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "task/tasks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum part { PART_SYSTEM, PART_FIXED, PART_MIX, PARTS };
enum {
    SLOT_NAME = 32,
    LINE_SLOTS = 8,          /* placeholders in one line */
    FILE_MOST = 256 * 1024,  /* bytes of a prompt file */
    PROMPT_MOST = 1 << 20,   /* bytes of one part of a rendered prompt */
    REPLY_SHOWN = 16 * 1024, /* bytes of an unusable reply that its repair gets to see */
};

static const char *const part_names[PARTS] = {"system", "fixed", "mix"};
static const char stable_inputs[] = "description examples schema answer_field";
static const char made_inputs[] = "reply_schema question"; /* see value_text */

struct prompt_file {
    char *text;
    const char *part[PARTS];
    size_t length[PARTS];
    char version[9];
};
struct prompts {
    struct prompt_file file[TASK_COUNT];
};

/* One question being rendered. */
struct rendering {
    const struct prompts *prompts;
    enum task_id id;
    const cJSON *inputs;
    cJSON *schema; /* of the reply */
};

struct line {
    const char *s;
    size_t n;
};
struct slot {
    size_t start, end; /* bytes of the line, braces included */
    char name[SLOT_NAME];
    bool fence;
};

/* ------------------------------------------------------------------ reading prompt files */

/* The next line without its ending (LF or CR LF). */
static bool next_line(const char **at, const char *end, struct line *out)
{
    if (*at >= end) {
        return false;
    }
    const char *stop = memchr(*at, '\n', (size_t)(end - *at));
    const char *after = stop != NULL ? stop + 1 : end;
    stop = stop != NULL ? stop : end;
    if (stop > *at && stop[-1] == '\r') {
        stop--;
    }
    *out = (struct line){.s = *at, .n = (size_t)(stop - *at)};
    *at = after;
    return true;
}

static bool line_blank(struct line l)
{
    for (size_t i = 0; i < l.n; i++) {
        if (l.s[i] != ' ' && l.s[i] != '\t') {
            return false;
        }
    }
    return true;
}

/* Next placeholder from `from` on: 1 found, 0 none, -1 something that looks like one and is not. */
static int next_slot(struct line l, size_t from, struct slot *out)
{
    const char *open = from < l.n ? memmem(l.s + from, l.n - from, "{{", 2) : NULL;
    if (open == NULL) {
        return 0;
    }
    const char *name = open + 2;
    const char *close = memmem(name, (size_t)(l.s + l.n - name), "}}", 2);
    if (close == NULL) {
        return -1;
    }
    size_t n = (size_t)(close - name);
    static const char fence[] = "|fence";
    out->fence =
        n > sizeof fence - 1 && memcmp(close - (sizeof fence - 1), fence, sizeof fence - 1) == 0;
    n -= out->fence ? sizeof fence - 1 : 0;
    if (n == 0 || n >= sizeof out->name || strspn(name, "abcdefghijklmnopqrstuvwxyz_") != n) {
        return -1;
    }
    memcpy(out->name, name, n);
    out->name[n] = '\0';
    out->start = (size_t)(open - l.s);
    out->end = (size_t)(close + 2 - l.s);
    return 1;
}

/* Is name one of the words? A word may end in '!', *needed tells. */
static bool in_words(const char *words, const char *name, bool *needed)
{
    size_t n = strlen(name);
    for (const char *at = words; *at != '\0'; at += *at == ' ') {
        size_t len = strcspn(at, " ");
        bool marked = len > 0 && at[len - 1] == '!';
        if (len - marked == n && memcmp(at, name, n) == 0) {
            *needed = marked;
            return true;
        }
        at += len;
    }
    return false;
}

static enum status check_slot(enum task_id id, enum part part, const struct slot *slot,
                              struct err *e)
{
    bool needed = false;
    const char *known = task_at(id)->inputs;
    if (!in_words(known, slot->name, &needed) && !in_words(made_inputs, slot->name, &needed)) {
        return err_set(e, ST_INVALID, "unknown input {{%s}}; expected one of: %s", slot->name,
                       known);
    }
    if (part != PART_MIX && !in_words(stable_inputs, slot->name, &needed)) {
        return err_set(e, ST_INVALID,
                       "{{%s}} varies from question to question and may stand below == mix only",
                       slot->name);
    }
    return ST_OK;
}

static enum status check_line(enum task_id id, enum part part, struct line l, struct err *e)
{
    struct slot slot;
    size_t from = 0;
    for (int count = 1;; count++) {
        int found = next_slot(l, from, &slot);
        if (found == 0) {
            return ST_OK;
        }
        if (found < 0 || count > LINE_SLOTS) {
            return err_set(e, ST_INVALID,
                           "expected {{name}} or {{name|fence}}, at most %d in a line",
                           (int)LINE_SLOTS);
        }
        enum status st = check_slot(id, part, &slot, e);
        if (st != ST_OK) {
            return st;
        }
        from = slot.end;
    }
}

/* The part that a "== name" line opens; PARTS when it is no such line. */
static enum part part_opened(struct line l)
{
    for (int i = 0; i < PARTS; i++) {
        size_t n = strlen(part_names[i]);
        if (l.n >= 3 + n && memcmp(l.s, "== ", 3) == 0 && memcmp(l.s + 3, part_names[i], n) == 0 &&
            line_blank((struct line){.s = l.s + 3 + n, .n = l.n - 3 - n})) {
            return (enum part)i;
        }
    }
    return PARTS;
}

/* Find the parts and check every line. The message starts with the line's number. */
static enum status file_split(struct prompt_file *f, enum task_id id, struct err *e)
{
    const char *at = f->text;
    const char *end = at + strlen(at);
    struct line l;
    int number = 0;
    int part = -1;
    if (strncmp(at, "\xEF\xBB\xBF", 3) == 0) {
        at += 3;
    }
    while (next_line(&at, end, &l)) {
        number++;
        enum part opened = part_opened(l);
        if (opened != PARTS && (int)opened == part + 1) {
            part = (int)opened;
            f->part[part] = at;
        } else if (opened != PARTS && part + 1 == PARTS) {
            return err_set(e, ST_INVALID, "line %d: found \"== %s\" a second time", number,
                           part_names[opened]);
        } else if (opened != PARTS || (part < 0 && !line_blank(l))) {
            return err_set(e, ST_INVALID, "line %d: expected the line \"== %s\"", number,
                           part_names[part + 1]);
        } else if (part >= 0) {
            enum status st = check_line(id, (enum part)part, l, e);
            if (st != ST_OK) {
                (void)err_prefix(e, "line %d", number);
                return st;
            }
            f->length[part] = (size_t)(at - f->part[part]);
        }
    }
    if (part + 1 != PARTS) {
        return err_set(e, ST_INVALID, "line %d: expected the line \"== %s\", found the end",
                       number + 1, part_names[part + 1]);
    }
    return ST_OK;
}

static enum status file_set(struct prompt_file *f, enum task_id id, const char *text, struct err *e)
{
    free(f->text);
    memset(f, 0, sizeof *f);
    f->text = xstrdup(text);
    uint64_t hash = rng_hash(text, strlen(text), 0);
    (void)snprintf(f->version, sizeof f->version, "%08x",
                   (unsigned)((hash ^ (hash >> 32)) & 0xFFFFFFFFu));
    return file_split(f, id, e);
}

/* Take <dir>/<task>.txt instead of the built-in text, when there is one. */
static enum status file_override(struct prompt_file *f, enum task_id id, const char *dir,
                                 struct err *e)
{
    char *path = xasprintf("%s/%s.txt", dir, task_at(id)->name);
    struct buf text;
    buf_init(&text, FILE_MOST);
    struct err problem = {.code = ST_OK};
    enum status st = file_read(path, &text, &problem);
    if (st == ST_NOT_FOUND) {
        st = ST_OK;
        goto out;
    }
    if (st != ST_OK) {
        (void)err_set(e, st, "%s", problem.msg);
        goto out;
    }
    if (!utf8_valid(text.data, text.len) || strlen(text.data) != text.len) {
        st = err_set(e, ST_INVALID, "%s: expected UTF-8 text, found other bytes", path);
        goto out;
    }
    st = file_set(f, id, text.data, &problem);
    if (st != ST_OK) {
        (void)err_set(e, st, "%s %s", path, problem.msg);
    }
out:
    buf_free(&text);
    free(path);
    return st;
}

enum status prompts_load(const char *override_dir, struct prompts **out, struct err *e)
{
    struct prompts *p = xcalloc(1, sizeof *p);
    *out = NULL;
    for (int i = 0; i < TASK_COUNT; i++) {
        enum task_id id = (enum task_id)i;
        enum status st = file_set(&p->file[i], id, task_at(id)->prompt, e);
        if (st != ST_OK) {
            (void)err_prefix(e, "built-in prompt %s", task_at(id)->name);
        } else if (override_dir != NULL) {
            st = file_override(&p->file[i], id, override_dir, e);
        }
        if (st != ST_OK) {
            prompts_free(p);
            return st;
        }
    }
    *out = p;
    return ST_OK;
}

void prompts_free(struct prompts *p)
{
    if (p == NULL) {
        return;
    }
    for (int i = 0; i < TASK_COUNT; i++) {
        free(p->file[i].text);
    }
    free(p);
}

const char *prompts_version(const struct prompts *p, enum task_id id)
{
    return p->file[id].version;
}

/* ------------------------------------------------------------------ values */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Does a closing tag of this name start at s[0] == '<'? White space and case do not matter to a
 * model. */
static bool closes_fence(const char *s, const char *name)
{
    s++;
    while (is_space(*s)) {
        s++;
    }
    if (*s != '/') {
        return false;
    }
    s++;
    while (is_space(*s)) {
        s++;
    }
    return strncasecmp(s, name, strlen(name)) == 0;
}

/*
 * The text cannot end its fence: "</name" becomes "<\/name", which in JSON even means the same. Nor
 * can it write the control words of chat templates ("<|im_end|>"), which some servers take for
 * real.
 */
static void add_fenced(struct buf *out, const char *name, const char *text)
{
    buf_printf(out, "<%s>\n", name);
    const char *from = text;
    for (const char *at = strchr(text, '<'); at != NULL; at = strchr(at + 1, '<')) {
        const char *apart = closes_fence(at, name) ? "\\" : at[1] == '|' ? " " : NULL;
        if (apart != NULL) {
            buf_add(out, from, (size_t)(at + 1 - from));
            buf_adds(out, apart);
            from = at + 1;
        }
    }
    buf_adds(out, from);
    buf_printf(out, "\n</%s>", name);
}

static bool text_empty(const char *s)
{
    return s[strspn(s, " \t\r\n")] == '\0';
}

/*
 * {"name","description"} as "name: description". A small model copies an object of the very shape
 * that it is asked for; plain words it does not.
 */
static char *named_text(const cJSON *o)
{
    const char *name = json_str_or(o, "name", NULL);
    const char *desc = json_str_or(o, "description", NULL);
    if (!cJSON_IsObject(o) || name == NULL || desc == NULL || cJSON_GetArraySize(o) != 2) {
        return NULL;
    }
    return text_empty(desc) ? xstrdup(name) : xasprintf("%s: %s", name, desc);
}

/* An input as text; NULL when it is absent or empty. Caller frees. */
static char *json_value_text(const cJSON *v)
{
    if (v == NULL || cJSON_IsNull(v)) {
        return NULL;
    }
    if (cJSON_IsString(v)) {
        return text_empty(v->valuestring) ? NULL : xstrdup(v->valuestring);
    }
    if ((cJSON_IsArray(v) || cJSON_IsObject(v)) && v->child == NULL) {
        return NULL;
    }
    char *named = named_text(v);
    return named != NULL ? named : json_text(v);
}

/* The whole question that a repair is about, rules and all. NULL when it cannot be rendered. */
static char *question_text(const struct rendering *r)
{
    enum task_id id = r->id;
    const cJSON *inputs = r->inputs;
    struct prompt inner;
    if (id != TASK_REPAIR || task_resolve(&id, &inputs, NULL) != ST_OK ||
        task_render(r->prompts, id, inputs, &inner, NULL) != ST_OK) {
        return NULL;
    }
    char *text = xasprintf("%s\n\n%s", inner.system, inner.user);
    prompt_free(&inner);
    return text;
}

/* Cut to what a repair needs to see; never in the middle of a character. */
static void cut_text(char *s, size_t most)
{
    size_t n = strlen(s);
    if (n <= most) {
        return;
    }
    while (most > 0 && ((unsigned char)s[most] & 0xC0u) == 0x80u) {
        most--;
    }
    s[most] = '\0';
}

/* Text of an input, or of one of made_inputs: the reply's schema, the question that is repaired. */
static char *value_text(const struct rendering *r, const char *name)
{
    if (strcmp(name, "reply_schema") == 0) {
        return json_value_text(r->schema);
    }
    if (strcmp(name, "question") == 0) {
        return question_text(r);
    }
    char *text = json_value_text(cJSON_GetObjectItemCaseSensitive(r->inputs, name));
    if (text != NULL && r->id == TASK_REPAIR && strcmp(name, "reply") == 0) {
        cut_text(text, REPLY_SHOWN);
    }
    return text;
}

/* ------------------------------------------------------------------ rendering */

/* One line into out, without its end. false: all its placeholders are empty, nothing was added. */
static bool render_line(const struct rendering *r, struct line l, struct buf *out)
{
    struct slot slot[LINE_SLOTS];
    char *value[LINE_SLOTS] = {NULL};
    int count = 0;
    bool any = false;
    size_t from = 0;
    while (count < LINE_SLOTS && next_slot(l, from, &slot[count]) == 1) {
        value[count] = value_text(r, slot[count].name);
        any = any || value[count] != NULL;
        from = slot[count].end;
        count++;
    }
    bool kept = count == 0 || any;
    from = 0;
    for (int i = 0; i < count; i++) {
        if (kept) {
            buf_add(out, l.s + from, slot[i].start - from);
            from = slot[i].end;
        }
        if (kept && value[i] != NULL && slot[i].fence) {
            add_fenced(out, slot[i].name, value[i]);
        } else if (kept && value[i] != NULL) {
            buf_adds(out, value[i]);
        }
        free(value[i]);
    }
    if (kept) {
        buf_add(out, l.s + from, l.n - from);
    }
    return kept;
}

/* Blank lines at both ends go, and runs of them (a line between may have vanished) become one. */
static void render_part(const struct rendering *r, enum part part, struct buf *out)
{
    const struct prompt_file *f = &r->prompts->file[r->id];
    const char *at = f->part[part];
    const char *end = at + f->length[part];
    size_t start = out->len;
    bool gap = false;
    struct line l;
    struct buf text;
    buf_init(&text, out->max);
    while (next_line(&at, end, &l)) {
        if (line_blank(l)) {
            gap = true;
            continue;
        }
        buf_clear(&text);
        bool kept = render_line(r, l, &text);
        out->over = out->over || text.over;
        if (!kept) {
            continue;
        }
        if (out->len > start) {
            buf_adds(out, gap ? "\n\n" : "\n");
        }
        gap = false;
        buf_add(out, text.data, text.len);
    }
    buf_free(&text);
}

/* Inputs that the task cannot do without. */
static enum status check_inputs(enum task_id id, const cJSON *inputs, struct err *e)
{
    char name[SLOT_NAME];
    for (const char *at = task_at(id)->inputs; *at != '\0'; at += *at == ' ') {
        size_t len = strcspn(at, " ");
        if (at[len - 1] == '!') {
            (void)snprintf(name, sizeof name, "%.*s", (int)(len - 1), at);
            if (cJSON_GetObjectItemCaseSensitive(inputs, name) == NULL) {
                return err_set(e, ST_INVALID, "%s: expected the input \"%s\", found none",
                               task_at(id)->name, name);
            }
        }
        at += len;
    }
    return ST_OK;
}

enum status task_render(const struct prompts *p, enum task_id id, const cJSON *inputs,
                        struct prompt *out, struct err *e)
{
    memset(out, 0, sizeof *out);
    enum task_id meant = id;
    const cJSON *meant_inputs = inputs;
    struct rendering r = {.prompts = p, .id = id, .inputs = inputs};
    struct buf system;
    struct buf user;
    buf_init(&system, PROMPT_MOST);
    buf_init(&user, PROMPT_MOST);
    enum status st = check_inputs(id, inputs, e);
    if (st == ST_OK) {
        st = task_resolve(&meant, &meant_inputs, e);
    }
    if (st != ST_OK) {
        goto out;
    }
    r.schema = task_at(id)->schema(inputs);
    if (r.schema == NULL) {
        st =
            err_set(e, ST_INVALID, "%s: the inputs hold no valid record schema", task_at(id)->name);
        goto out;
    }
    render_part(&r, PART_SYSTEM, &system);
    render_part(&r, PART_FIXED, &user);
    if (user.len > 0) {
        buf_adds(&user, "\n\n");
    }
    out->user_fixed = user.len;
    render_part(&r, PART_MIX, &user);
    if (system.over || user.over) {
        st = err_set(e, ST_LIMIT, "%s: a prompt of more than %d bytes", task_at(id)->name,
                     (int)PROMPT_MOST);
        goto out;
    }
    out->system = buf_take(&system);
    out->user = buf_take(&user);
    out->schema = r.schema;
    r.schema = NULL;
    out->name = task_schema_name(meant);
out:
    cJSON_Delete(r.schema);
    buf_free(&system);
    buf_free(&user);
    return st;
}

void prompt_free(struct prompt *p)
{
    free(p->system);
    free(p->user);
    cJSON_Delete(p->schema);
    memset(p, 0, sizeof *p);
}
