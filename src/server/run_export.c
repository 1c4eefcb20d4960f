/*
 * The dataset as a file: streamed row by row into a temporary file beside the target, synced, then
 * renamed, so that a full disk or an interruption leaves what was there before. What is no regular
 * file (/dev/null, a pipe) cannot be replaced and is written to, as file_write does.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "domain/schema.h"
#include "server/exec_table.h"
#include "server/story.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 262144

struct exporter {
    struct exec *x;
    struct story_names names;
    struct record_schema *schema;
    cJSON *(*row)(struct exporter *ex, const struct point *p); /* NULL: csv */
    char *path, *temp; /* temp NULL: nothing is to be renamed */
    int fd;            /* -1: standard output */
    struct buf buf;
    int64_t count, offline, unfit;
    struct err error;
};

/* ---- writing */

static enum status fail(struct exporter *ex, struct err *e)
{
    return err_set(e, errno == EACCES || errno == EPERM ? ST_DENIED : ST_IO,
                   "cannot write %s: %s%s", ex->path, strerror(errno),
                   ex->temp != NULL ? "; nothing was written" : "");
}

static bool flush(struct exporter *ex)
{
    size_t done = 0;
    if (ex->buf.over) {
        err_set(&ex->error, ST_LIMIT, "a record is larger than the %zu bytes that a row may have",
                ex->buf.max);
        return false;
    }
    while (done < ex->buf.len) {
        if (ex->fd < 0) {
            if (!ex->x->out(ex->x->out_ctx, ex->buf.data, ex->buf.len)) {
                err_set(&ex->error, ST_IO, "the reader of the output is gone");
                return false;
            }
            break;
        }
        ssize_t n = write(ex->fd, ex->buf.data + done, ex->buf.len - done);
        if (n < 0 && errno != EINTR) {
            fail(ex, &ex->error);
            return false;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    buf_clear(&ex->buf);
    return true;
}

/* Open the temporary file, with the mode of the file it replaces. */
static enum status begin_file(struct exporter *ex, struct err *e)
{
    struct stat sb;
    bool there = stat(ex->path, &sb) == 0;
    if (there && S_ISDIR(sb.st_mode)) {
        return err_set(e, ST_INVALID, "cannot write %s: it is a folder", ex->path);
    }
    if (there && !S_ISREG(sb.st_mode)) {
        ex->fd = open(ex->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        return ex->fd >= 0 ? ST_OK : fail(ex, e);
    }
    char *temp = xasprintf("%s.XXXXXX", ex->path);
    ex->fd = mkostemp(temp, O_CLOEXEC);
    if (ex->fd < 0) {
        enum status st = fail(ex, e);
        free(temp);
        return st;
    }
    ex->temp = temp;
    return fchmod(ex->fd, there ? sb.st_mode & 0777 : 0644) == 0 ? ST_OK : fail(ex, e);
}

static enum status begin(struct exporter *ex, const char *arg, struct err *e)
{
    if (strcmp(arg, "-") == 0) {
        return ST_OK;
    }
    char *path = exec_path(ex->x, arg);
    enum status st = path_absolute(path, &ex->path, e); /* a link is followed */
    free(path);
    return st == ST_OK ? begin_file(ex, e) : st;
}

static void sync_folder(const char *path)
{
    char *copy = xstrdup(path);
    int dir = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir >= 0) {
        fsync(dir);
        close(dir);
    }
    free(copy);
}

static enum status finish(struct exporter *ex, enum status st, struct err *e)
{
    if (st == ST_OK && !flush(ex)) {
        st = ex->error.code;
        *e = ex->error;
    }
    if (st == ST_OK && ex->temp != NULL && fsync(ex->fd) != 0) {
        st = fail(ex, e);
    }
    if (ex->fd >= 0 && close(ex->fd) != 0 && st == ST_OK) {
        st = fail(ex, e);
    }
    if (st == ST_OK && ex->temp != NULL && rename(ex->temp, ex->path) != 0) {
        st = fail(ex, e);
    }
    if (ex->temp != NULL && st == ST_OK) {
        sync_folder(ex->path);
    } else if (ex->temp != NULL) {
        unlink(ex->temp);
    }
    free(ex->path);
    free(ex->temp);
    return st;
}

/* ---- rows */

static cJSON *row_jsonl(struct exporter *ex, const struct point *p)
{
    cJSON *record = story_record(p), *o = cJSON_CreateObject();
    for (int i = 0; i < record_schema_field_count(ex->schema); i++) {
        const char *name = record_schema_field(ex->schema, i);
        cJSON *v = cJSON_DetachItemFromObjectCaseSensitive(record, name);
        if (v != NULL) {
            cJSON_AddItemToObject(o, name, v);
        }
    }
    cJSON_Delete(record);
    return o;
}

/* The last decision; without any the last note. Times stand apart, see row_full. */
static cJSON *last_review(struct exporter *ex, const struct point *p)
{
    cJSON *all = story_reviews(ex->x->store, p->id);
    cJSON *last = NULL, *r = NULL;
    bool decided = false;
    cJSON_ArrayForEach(r, all)
    {
        const char *what = json_str_or(r, "decision", "");
        bool decides = strcmp(what, "note") != 0 && strcmp(what, "skip") != 0;
        if (decides || !decided) {
            last = r;
        }
        decided = decided || decides;
    }
    last = last != NULL ? cJSON_DetachItemViaPointer(all, last) : cJSON_CreateNull();
    cJSON_DeleteItemFromObject(last, "at_us");
    cJSON_Delete(all);
    return last;
}

static cJSON *row_full(struct exporter *ex, const struct point *p)
{
    struct store *s = ex->x->store;
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "id", (double)p->id);
    cJSON_AddItemToObject(o, "record", story_record(p));
    cJSON_AddStringToObject(o, "state", point_state_name(p->state));
    cJSON_AddStringToObject(o, "strategy", story_strategy(&ex->names, p->strategy));
    cJSON_AddItemToObject(o, "mix", story_mix(s, &ex->names, p));
    cJSON_AddStringToObject(o, "scenario", p->scenario != NULL ? p->scenario : "");
    if (p->plain != NULL) {
        cJSON_AddStringToObject(o, "plain", p->plain);
    }
    cJSON_AddBoolToObject(o, "complexified", p->complexified);
    cJSON_AddItemToObject(o, "verdicts", story_verdicts(s, p->id, false));
    cJSON_AddItemToObject(o, "review", last_review(ex, p));
    cJSON_AddNullToObject(o, "rating");
    char seed[24];
    snprintf(seed, sizeof seed, "%" PRIu64, p->seed); /* a string: doubles lose its last digits */
    cJSON_AddStringToObject(o, "seed", seed);
    story_sources(s, p->id, o);
    char at[32];
    clock_iso(at, p->made_us);
    cJSON_AddStringToObject(cJSON_AddObjectToObject(o, "times"), "made", at);
    return o;
}

static void add_text(struct buf *out, const cJSON *v)
{
    if (cJSON_IsString(v)) {
        buf_adds(out, v->valuestring);
    } else if (v != NULL) {
        char *text = json_text(v);
        buf_adds(out, text);
        free(text);
    }
}

static void add_message(cJSON *list, const char *role, const char *text)
{
    cJSON *m = cJSON_CreateObject();
    cJSON_AddStringToObject(m, "role", role);
    cJSON_AddStringToObject(m, "content", text);
    cJSON_AddItemToArray(list, m);
}

/* Options of a choice as "A. ..." lines: they belong to the question. After Z by number. */
static void add_options(struct buf *out, const cJSON *list)
{
    const cJSON *o = NULL;
    int n = 0;
    cJSON_ArrayForEach(o, list)
    {
        if (n < 26) {
            buf_printf(out, "\n%c. ", 'A' + n);
        } else {
            buf_printf(out, "\n%d. ", n + 1);
        }
        n++;
        add_text(out, o);
    }
}

/* The first text is what is asked, an array right behind it its options, the rest the answer. */
static cJSON *row_chat(struct exporter *ex, const struct point *p)
{
    cJSON *record = story_record(p), *o = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(o, "messages");
    struct buf user, reply;
    buf_init(&user, 8u << 20);
    buf_init(&reply, 8u << 20);
    int asked = -1;
    for (int i = 0; i < record_schema_field_count(ex->schema); i++) {
        const cJSON *v =
            cJSON_GetObjectItemCaseSensitive(record, record_schema_field(ex->schema, i));
        if (asked < 0 && cJSON_IsString(v)) {
            asked = i;
            add_text(&user, v);
        } else if (asked >= 0 && i == asked + 1 && cJSON_IsArray(v)) {
            add_options(&user, v);
        } else if (v != NULL) {
            buf_adds(&reply, reply.len > 0 ? "\n" : "");
            add_text(&reply, v);
        }
    }
    add_message(list, "user", user.data);
    add_message(list, "assistant", reply.data);
    buf_free(&user);
    buf_free(&reply);
    cJSON_Delete(record);
    return o;
}

static void csv_cell(struct buf *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        buf_adds(out, text);
        return;
    }
    buf_addc(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            buf_addc(out, '"');
        }
        buf_addc(out, *text);
    }
    buf_addc(out, '"');
}

static void csv_row(struct exporter *ex, const struct point *p)
{
    cJSON *record = p != NULL ? story_record(p) : NULL;
    struct buf cell;
    buf_init(&cell, 8u << 20);
    for (int i = 0; i < record_schema_field_count(ex->schema); i++) {
        const char *name = record_schema_field(ex->schema, i);
        buf_clear(&cell);
        if (p == NULL) {
            buf_adds(&cell, name);
        } else {
            add_text(&cell, cJSON_GetObjectItemCaseSensitive(record, name));
        }
        buf_adds(&ex->buf, i > 0 ? "," : "");
        csv_cell(&ex->buf, cell.data);
    }
    buf_adds(&ex->buf, "\r\n");
    buf_free(&cell);
    cJSON_Delete(record);
}

/* The schema may have changed since the record was made; what does not fit it is no data. */
static bool fits(struct exporter *ex, const struct point *p)
{
    cJSON *record = story_record(p);
    bool ok = record_schema_check(ex->schema, record, NULL) == ST_OK;
    cJSON_Delete(record);
    return ok;
}

static bool export_point(void *ctx, const struct point *p)
{
    struct exporter *ex = ctx;
    struct story_writer writer;
    if (p->record == NULL) {
        return true; /* never written: there is nothing to export */
    }
    if (!fits(ex, p)) {
        ex->unfit++;
        return true;
    }
    if (ex->row == NULL) {
        csv_row(ex, p);
    } else {
        cJSON *o = ex->row(ex, p);
        char *text = json_text(o);
        buf_adds(&ex->buf, text);
        buf_addc(&ex->buf, '\n');
        free(text);
        cJSON_Delete(o);
    }
    story_writer(ex->x->store, p->id, &writer);
    ex->offline += writer.offline ? 1 : 0;
    ex->count++;
    return (ex->buf.len < CHUNK && !ex->buf.over) || flush(ex);
}

static void say_what(struct exporter *ex)
{
    struct buf *note = &ex->x->note;
    buf_printf(note, "%" PRId64 " record%s", ex->count, ex->count == 1 ? "" : "s");
    if (ex->offline > 0 && ex->offline == ex->count) {
        buf_adds(note, ", written by the offline teacher (rule-based)");
    } else if (ex->offline > 0) {
        buf_printf(note, ", %" PRId64 " of them written by the offline teacher (rule-based)",
                   ex->offline);
    }
    if (ex->unfit > 0) {
        buf_printf(note, "; %" PRId64 " left out: their records do not fit the schema", ex->unfit);
    }
}

/* ---- the command */

static enum status load_schema(struct exporter *ex, struct err *e)
{
    struct buf text;
    buf_init(&text, 8u << 20);
    enum status st = store_text(ex->x->store, "schema", &text, e);
    if (st == ST_OK && text.len == 0) {
        st = err_set(e, ST_INVALID, "no record schema yet: set one with `schema JSON`");
    }
    if (st == ST_OK) {
        st = record_schema_new(text.data, text.len, &ex->schema, e);
    }
    buf_free(&text);
    return st;
}

static void choose_row(struct exporter *ex, const char *format)
{
    ex->row = format == NULL || strcmp(format, "jsonl") == 0 ? row_jsonl
              : strcmp(format, "full") == 0                  ? row_full
              : strcmp(format, "chat") == 0                  ? row_chat
                                                             : NULL;
}

static enum status write_rows(struct exporter *ex, const struct filter *f, struct err *e)
{
    enum status st = begin(ex, call_arg(ex->x->call, 0), e);
    if (st == ST_OK && ex->row == NULL) {
        csv_row(ex, NULL);
    }
    struct point_page page = {.filter = f, .sort = SORT_ID, .limit = INT64_MAX};
    if (st == ST_OK) {
        st = store_points(ex->x->store, &page, export_point, ex, e);
    }
    if (st == ST_OK && ex->error.code != ST_OK) {
        st = ex->error.code;
        *e = ex->error;
    }
    return finish(ex, st, e);
}

enum status exec_export(struct exec *x, struct err *e)
{
    struct exporter ex = {.x = x, .fd = -1};
    struct filter f = {0};
    const struct tree *t = NULL;
    const char *where = call_opt(x->call, "--where");
    enum status st = filter_parse(where != NULL ? where : "state:accepted", false, &f, e);
    if (st != ST_OK) {
        return st;
    }
    buf_init(&ex.buf, 64u << 20);
    choose_row(&ex, call_opt(x->call, "--format"));
    st = load_schema(&ex, e);
    if (st == ST_OK) {
        st = exec_tree(x, &t, e);
    }
    if (st == ST_OK) {
        st = story_names_load(x->store, t, &ex.names, e);
    }
    if (st == ST_OK) {
        st = write_rows(&ex, &f, e);
    }
    if (st == ST_OK) {
        say_what(&ex);
    }
    buf_free(&ex.buf);
    story_names_free(&ex.names);
    record_schema_free(ex.schema);
    filter_free(&f);
    return st;
}
