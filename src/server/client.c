/*
 * Requests are small machines: lines run until one has to be waited for, and go on when the job is
 * over. All lines are parsed before the first is run, so a typing error in line 7 changes nothing.
 */
#include "server/client.h"
#include "base/clock.h"
#include "base/mem.h"
#include "server/exec.h"
#include "server/tried.h"
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRESS_MS  500
#define OUT_CHUNK    65536
#define SCRIPT_LINES 1000000
#define BACKLOG_MAX  (64u << 20) /* a reader that does not read is dropped */

struct request {
    int64_t id;
    struct call *calls; /* parsed lines */
    char **lines;       /* as written */
    size_t *line_no;
    size_t count, cap, at;
    bool script;
    char *name; /* of the script */
    char *cwd, *input;
    size_t input_len;
    bool op_open;
    bool edited; /* an operation of this request was kept */
    bool wait_run;
    int64_t wait_job;
    int64_t op_job; /* joins the operations of a script to one undo step */
    int64_t progress_at;
    struct request *next;
};

struct client {
    struct channel *channel;
    struct live *live;
    struct request *requests;
    bool watch, gone;
    char who[64];
};

struct client *client_new(int fd, struct live *l)
{
    struct client *c = xcalloc(1, sizeof *c);
    c->channel = channel_wrap(fd);
    c->live = l;
    snprintf(c->who, sizeof c->who, "person");
    return c;
}

static void request_free(struct client *c, struct request *r)
{
    if (r->op_open) {
        store_op_cancel(live_store(c->live));
    }
    for (size_t i = 0; i < r->count; i++) {
        call_free(&r->calls[i]);
        free(r->lines[i]);
    }
    free(r->calls);
    free(r->lines);
    free(r->line_no);
    free(r->name);
    free(r->cwd);
    free(r->input);
    free(r);
}

void client_free(struct client *c)
{
    while (c->requests != NULL) {
        struct request *r = c->requests;
        c->requests = r->next;
        request_free(c, r);
    }
    channel_close(c->channel);
    free(c);
}

int client_fd(const struct client *c)
{
    return channel_fd(c->channel);
}

bool client_wants_write(const struct client *c)
{
    return channel_wants_write(c->channel);
}

bool client_watches(const struct client *c)
{
    return c->watch;
}

bool client_waiting(const struct client *c)
{
    return c->requests != NULL;
}

static void send_text(struct client *c, enum frame_type type, const char *text, size_t n)
{
    struct err e;
    if (channel_send(c->channel, type, text, n, &e) != ST_OK ||
        channel_backlog(c->channel) > BACKLOG_MAX) {
        c->gone = true;
    }
}

static void send_json(struct client *c, enum frame_type type, cJSON *o)
{
    char *text = json_text(o);
    send_text(c, type, text, strlen(text));
    free(text);
    cJSON_Delete(o);
}

void client_status(struct client *c, const char *json, size_t n)
{
    send_text(c, FRAME_STATUS, json, n);
}

void client_notice(struct client *c, const char *level, const char *text)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "level", level);
    cJSON_AddStringToObject(o, "text", text);
    send_json(c, FRAME_NOTICE, o);
}

static void send_exit(struct client *c, int64_t id, int code, const char *message)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "id", (double)id);
    cJSON_AddNumberToObject(o, "code", code);
    cJSON_AddStringToObject(o, "message", message);
    send_json(c, FRAME_EXIT, o);
}

/* ---- output of executors */

struct sink {
    struct client *c;
    int64_t id;
};

static bool sink_out(void *ctx, const char *text, size_t n)
{
    struct sink *s = ctx;
    while (n > 0 && !s->c->gone) {
        size_t part = n < OUT_CHUNK ? n : OUT_CHUNK;
        while (part < n && part > 0 && ((unsigned char)text[part] & 0xC0) == 0x80) {
            part--; /* never inside a character */
        }
        struct buf b;
        buf_init(&b, CHANNEL_FRAME_MAX);
        buf_printf(&b, "{\"id\":%lld,\"text\":", (long long)s->id);
        json_quote(&b, text, part);
        buf_addc(&b, '}');
        send_text(s->c, FRAME_OUT, b.data, b.len);
        buf_free(&b);
        text += part;
        n -= part;
    }
    return !s->c->gone;
}

/* ---- operations */

static enum status op_begin(struct client *c, struct request *r, struct err *e)
{
    if (r->op_open) {
        return ST_OK;
    }
    const char *line = r->script ? r->name : r->lines[r->at];
    if (r->script && r->op_job == 0) {
        r->op_job = clock_wall_us();
    }
    enum status st = store_op_begin(live_store(c->live), c->who, line, r->op_job, e);
    r->op_open = st == ST_OK;
    return st;
}

static enum status op_end(struct client *c, struct request *r, struct err *e)
{
    if (!r->op_open) {
        return ST_OK;
    }
    r->op_open = false;
    enum status st = store_op_end(live_store(c->live), e);
    if (st == ST_OK) {
        r->edited = true;
    } else {
        store_op_cancel(live_store(c->live));
    }
    live_edited(c->live);
    return st;
}

static void op_cancel(struct client *c, struct request *r)
{
    if (r->op_open) {
        r->op_open = false;
        store_op_cancel(live_store(c->live));
        live_edited(c->live);
    }
}

/* ---- running */

static void finish(struct client *c, struct request *r, int code, const char *message)
{
    struct request **at = &c->requests;
    while (*at != r) {
        at = &(*at)->next;
    }
    *at = r->next;
    send_exit(c, r->id, code, message);
    request_free(c, r);
}

static void fail(struct client *c, struct request *r, struct err *e)
{
    bool kept = r->edited;
    op_cancel(c, r);
    if (r->script) {
        size_t line = r->at < r->count ? r->line_no[r->at] : 0;
        err_prefix(e, "%s, line %zu", r->name, line);
        size_t n = strlen(e->msg);
        snprintf(e->msg + n, sizeof e->msg - n, "%s",
                 kept ? " (what was done before a job in it stays)" : " (nothing was changed)");
    }
    finish(c, r, status_exit_code(e->code), e->msg);
}

static enum status run_one(struct client *c, struct request *r, struct exec *x, struct err *e)
{
    const struct call *call = &r->calls[r->at];
    /* A job journals its own replies as they come. */
    bool journal = (call->cmd->flags & (CMD_JOURNAL | CMD_JOB)) == CMD_JOURNAL;
    enum status st = journal ? op_begin(c, r, e) : op_end(c, r, e);
    if (st != ST_OK) {
        return st;
    }
    st = exec_find(call->cmd->id)(x, e);
    exec_done(x);
    if (st == ST_OK && journal && !r->script) {
        st = op_end(c, r, e);
    } else if (st == ST_OK && (call->cmd->id == CMD_UNDO || call->cmd->id == CMD_REDO)) {
        live_edited(c->live);
    }
    return st;
}

/* Wait for the job or the run that this line started? */
static bool must_wait(struct request *r, const struct exec *x)
{
    const struct call *call = &r->calls[r->at];
    if (call->cmd->id == CMD_WAIT || (call->wait && (x->job != 0 || x->wait_run))) {
        r->wait_job = x->job;
        r->wait_run = x->job == 0;
        return true;
    }
    return false;
}

/* The note as far as it goes, in whole characters. */
static void note_of(const struct buf *text, char *out, size_t size)
{
    size_t n = text->len < size ? text->len : size - 1;
    while (n > 0 && n < text->len && ((unsigned char)text->data[n] & 0xC0u) == 0x80u) {
        n--;
    }
    memcpy(out, text->data, n);
    out[n] = '\0';
}

static void run_request(struct client *c, struct request *r)
{
    struct err e = {0};
    char note[600] = "";
    int code = 0;
    while (r->at < r->count) {
        struct sink sink = {c, r->id};
        struct exec x = {.call = &r->calls[r->at],
                         .store = live_store(c->live),
                         .live = c->live,
                         .cwd = r->cwd,
                         .stdin_text = r->input,
                         .stdin_len = r->input_len,
                         .who = c->who,
                         .out = sink_out,
                         .out_ctx = &sink};
        buf_init(&x.note, 4096);
        enum status st = run_one(c, r, &x, &e);
        if (x.note.len > 0) {
            note_of(&x.note, note, sizeof note);
        }
        code = x.code;
        buf_free(&x.note);
        if (st != ST_OK) {
            fail(c, r, &e);
            return;
        }
        if (must_wait(r, &x)) {
            return; /* client_turn goes on */
        }
        r->at++;
    }
    if (op_end(c, r, &e) != ST_OK) {
        fail(c, r, &e);
        return;
    }
    finish(c, r, code, note);
}

/* ---- waiting */

static void send_progress(struct client *c, struct request *r)
{
    int64_t now = clock_ms();
    if (now < r->progress_at) {
        return;
    }
    r->progress_at = now + PROGRESS_MS;
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "id", (double)r->id);
    char text[200] = "";
    if (r->wait_job != 0) {
        int done = 0, of = 0;
        if (live_job_progress(c->live, r->wait_job, text, &done, &of) ||
            live_trial_progress(c->live, r->wait_job, text)) {
            cJSON_AddNumberToObject(o, "done", done);
            cJSON_AddNumberToObject(o, "of", of);
        }
    } else {
        cJSON *s = NULL;
        if (status_json(live_store(c->live), &s, NULL) == ST_OK) {
            live_status(c->live, s, true);
            cJSON_AddNumberToObject(o, "done", json_num_or(s, "accepted", 0));
            cJSON_AddNumberToObject(o, "of", json_num_or(s, "target", 0));
            cJSON *rate = cJSON_GetObjectItem(s, "rate");
            snprintf(text, sizeof text,
                     "%.0f of %.0f accepted, %.0f rejected, %.0f disputed, %.0f invalid, "
                     "%.1f points/s",
                     json_num_or(s, "accepted", 0), json_num_or(s, "target", 0),
                     json_num_or(s, "rejected", 0), json_num_or(s, "disputed", 0),
                     json_num_or(s, "invalid", 0), json_num_or(rate, "points_per_s", 0));
            cJSON *eta = cJSON_GetObjectItem(s, "eta");
            if (cJSON_IsNumber(eta)) {
                cJSON_AddNumberToObject(o, "eta", eta->valuedouble);
            }
            cJSON_Delete(s);
        }
    }
    cJSON_AddStringToObject(o, "text", text);
    send_json(c, FRAME_PROGRESS, o);
}

static void send_tried(struct client *c, struct request *r)
{
    struct buf text;
    struct sink sink = {c, r->id};
    buf_init(&text, CHANNEL_FRAME_MAX);
    if (tried_text(live_store(c->live), r->wait_job, r->calls[r->at].json, &text, NULL) == ST_OK) {
        sink_out(&sink, text.data, text.len);
    }
    buf_free(&text);
}

static void send_result(struct client *c, struct request *r)
{
    if (r->calls[r->at].cmd->id == CMD_TRY) {
        send_tried(c, r);
        return;
    }
    if (!r->calls[r->at].json) {
        return;
    }
    cJSON *s = NULL;
    if (status_json(live_store(c->live), &s, NULL) == ST_OK) {
        live_status(c->live, s, false);
        char *text = json_text(s);
        struct sink sink = {c, r->id};
        sink_out(&sink, text, strlen(text));
        sink_out(&sink, "\n", 1);
        free(text);
        cJSON_Delete(s);
    }
}

static void check_waiting(struct client *c, struct request *r)
{
    struct err e = {0};
    bool ok = true;
    char message[600] = "";
    enum status st = ST_OK;
    if (r->wait_job != 0) {
        if (!live_job_done(c->live, r->wait_job, &ok, message)) {
            send_progress(c, r);
            return;
        }
        st = ok ? ST_OK : err_set(&e, ST_NETWORK, "%s", message);
    } else {
        if (live_goes_on(c->live) || (r->calls[r->at].cmd->id == CMD_WAIT && live_busy(c->live))) {
            send_progress(c, r);
            return;
        }
        st = live_run_result(c->live, &e);
    }
    send_result(c, r);
    r->wait_job = 0;
    r->wait_run = false;
    if (st != ST_OK) {
        fail(c, r, &e);
        return;
    }
    r->at++;
    if (r->at >= r->count) {
        finish(c, r, 0, message);
    } else {
        run_request(c, r);
    }
}

bool client_turn(struct client *c)
{
    for (struct request *r = c->requests, *next = NULL; r != NULL; r = next) {
        next = r->next;
        if (r->wait_job != 0 || r->wait_run) {
            check_waiting(c, r);
        }
    }
    return !c->gone;
}

/* ---- requests from frames */

static enum status add_words(struct request *r, int argc, const char *const *argv, size_t line_no,
                             struct err *e)
{
    if (r->count >= SCRIPT_LINES) {
        return err_set(e, ST_LIMIT, "more than %d commands", SCRIPT_LINES);
    }
    size_t cap = r->cap;
    r->calls = vec_grow(r->calls, &cap, r->count + 1, sizeof *r->calls);
    cap = r->cap;
    r->lines = vec_grow(r->lines, &cap, r->count + 1, sizeof *r->lines);
    cap = r->cap;
    r->line_no = vec_grow(r->line_no, &cap, r->count + 1, sizeof *r->line_no);
    r->cap = cap;
    enum status st = call_parse(argc, argv, &r->calls[r->count], e);
    if (st != ST_OK) {
        return st;
    }
    struct buf line;
    buf_init(&line, 1u << 20);
    words_join(&line, argc, argv);
    r->lines[r->count] = buf_take(&line);
    r->line_no[r->count++] = line_no;
    buf_free(&line);
    return ST_OK;
}

static enum status parse_script(struct request *r, const char *text, struct err *e)
{
    size_t no = 0;
    for (const char *p = text; *p != '\0';) {
        size_t n = strcspn(p, "\n");
        char *line = xstrndup(p, n);
        p += n + (p[n] == '\n' ? 1 : 0);
        no++;
        int argc = 0;
        char **argv = NULL;
        enum status st = words_split(line, &argc, &argv, e);
        free(line);
        if (st == ST_OK && argc > 0) {
            st = add_words(r, argc, (const char *const *)argv, no, e);
        }
        words_free(argc, argv);
        if (st != ST_OK) {
            err_prefix(e, "%s, line %zu", r->name, no);
            size_t len = strlen(e->msg);
            snprintf(e->msg + len, sizeof e->msg - len, " (nothing was changed)");
            return st;
        }
    }
    return ST_OK;
}

static enum status parse_argv(struct request *r, const cJSON *argv, struct err *e)
{
    int n = cJSON_GetArraySize(argv);
    if (n < 1 || n > 100000) {
        return err_set(e, ST_USAGE, "no command");
    }
    const char **words = xcalloc((size_t)n, sizeof *words);
    int i = 0;
    const cJSON *w = NULL;
    cJSON_ArrayForEach(w, argv)
    {
        words[i++] = w->valuestring != NULL ? w->valuestring : "";
    }
    enum status st = add_words(r, n, words, 1, e);
    free(words);
    return st;
}

static void on_request(struct client *c, bool script, const cJSON *o)
{
    struct request *r = xcalloc(1, sizeof *r);
    struct err e = {0};
    r->id = (int64_t)json_num_or(o, "id", 0);
    r->script = script;
    r->name = xstrdup(json_str_or(o, "name", "script"));
    r->cwd = xstrdup(json_str_or(o, "cwd", "/"));
    const char *input = json_str_or(o, "stdin", NULL);
    if (input != NULL) {
        r->input = xstrdup(input);
        r->input_len = strlen(input);
    }
    r->next = c->requests;
    c->requests = r;
    enum status st = script ? parse_script(r, json_str_or(o, "text", ""), &e)
                            : parse_argv(r, cJSON_GetObjectItem(o, "argv"), &e);
    if (st != ST_OK) {
        finish(c, r, status_exit_code(st), e.msg);
    } else {
        run_request(c, r);
    }
}

static void on_interrupt(struct client *c, int64_t id)
{
    for (struct request *r = c->requests; r != NULL; r = r->next) {
        if (r->id == id) {
            finish(c, r, 130, "interrupted; what was started goes on");
            return;
        }
    }
}

static void on_frame(struct client *c, enum frame_type type, const char *payload, size_t n)
{
    struct err e;
    cJSON *o = NULL;
    static const struct json_limits limits = {CHANNEL_FRAME_MAX, 64, 20000000};
    if (json_parse(payload, n, &limits, &o, &e) != ST_OK) {
        client_notice(c, "error", e.msg);
        return;
    }
    if (type == FRAME_HELLO) {
        c->watch = json_bool_or(o, "watch", false);
        snprintf(c->who, sizeof c->who, "%s", json_str_or(o, "user", "person"));
        if (json_num_or(o, "version", 0) > CHANNEL_VERSION) {
            client_notice(c, "warn", "this server is older than the program that talks to it");
        }
    } else if (type == FRAME_COMMAND || type == FRAME_SCRIPT) {
        on_request(c, type == FRAME_SCRIPT, o);
    } else if (type == FRAME_INTERRUPT) {
        on_interrupt(c, (int64_t)json_num_or(o, "id", 0));
    }
    cJSON_Delete(o);
}

bool client_io(struct client *c)
{
    struct err e;
    if (channel_flush(c->channel, &e) != ST_OK) {
        return false;
    }
    for (;;) {
        enum frame_type type = FRAME_HELLO;
        const char *payload = NULL;
        size_t n = 0;
        enum status st = channel_read(c->channel, &type, &payload, &n, &e);
        if (st == ST_BUSY) {
            break;
        }
        if (st != ST_OK) {
            return false;
        }
        on_frame(c, type, payload, n);
    }
    return !c->gone;
}
