/*
 * Reading commands run here, on a read-only store; everything else goes to the server of the file.
 * Output that reaches a terminal passes text_write_fd, files and pipes get the bytes as they are.
 */
#include "server/cli.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/channel.h"
#include "server/exec.h"
#include "store/recent.h"
#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#define STDIN_MAX     (128u << 20)
#define LINE_EVERY_MS 3000 /* between progress lines when no terminal shows a bar */
#define QUICK_ENDS    20   /* of the server in a row, each within a second: something is wrong */

static bool write_out(void *ctx, const char *text, size_t n)
{
    (void)ctx;
    return text_write_fd(STDOUT_FILENO, text, n);
}

static void complain(const char *text)
{
    if (text[0] != '\0') {
        text_write_fd(STDERR_FILENO, text, strlen(text));
        text_write_fd(STDERR_FILENO, "\n", 1);
    }
}

static int complain_err(const struct err *e)
{
    struct buf b;
    buf_init(&b, 1024);
    buf_printf(&b, "taxa: %s", e->msg);
    complain(b.data);
    buf_free(&b);
    return status_exit_code(e->code);
}

static const char *user_name(void)
{
    struct passwd *p = getpwuid(geteuid());
    return p != NULL ? p->pw_name : "person";
}

/* ---- reading commands */

static enum status open_to_read(const char *file, struct store **out, struct err *e)
{
    enum status st = store_open(file, STORE_READ, false, out, e);
    if (st == ST_VERSION) { /* older: the server migrates it; newer: it says so */
        struct channel *c = NULL;
        struct err why = {0};
        if (channel_open(file, false, &c, &why) != ST_OK) {
            *e = why;
            return why.code;
        }
        channel_close(c);
        st = store_open(file, STORE_READ, false, out, e);
    }
    return st;
}

static int run_here(const char *file, const struct call *call, const char *input, size_t input_len)
{
    struct err e = {0};
    struct store *s = NULL;
    char *cwd = getcwd(NULL, 0);
    enum status st = ST_OK;
    if (file != NULL) {
        st = open_to_read(file, &s, &e);
    }
    struct exec x = {.call = call,
                     .store = s,
                     .cwd = cwd,
                     .stdin_text = input,
                     .stdin_len = input_len,
                     .who = user_name(),
                     .out = write_out};
    buf_init(&x.note, 4096);
    if (st == ST_OK) {
        st = exec_find(call->cmd->id)(&x, &e);
        exec_done(&x);
    }
    if (st == ST_OK) {
        complain(x.note.data);
    }
    buf_free(&x.note);
    store_close(s);
    free(cwd);
    return st == ST_OK ? x.code : complain_err(&e);
}

/* ---- talking to the server */

struct talk {
    struct channel *channel;
    int64_t id;
    int signals;
    bool waiting; /* a job is waited for: show progress */
    bool bar_shown;
    int64_t line_at;
    int code;
    bool ended;
    bool moved; /* that server has another file of this name: ask again */
};

static void clear_bar(struct talk *t)
{
    if (t->bar_shown) {
        static const char clear[] = "\r\033[K";
        if (write(STDERR_FILENO, clear, sizeof clear - 1) < 0) {
            t->bar_shown = false;
        }
        t->bar_shown = false;
    }
}

static void show_bar(struct talk *t, const char *text, double done, double of, const char *eta)
{
    struct buf b;
    buf_init(&b, 1024);
    int full = of > 0 ? (int)(done / of * 20) : 0;
    buf_adds(&b, "\r\033[K[");
    for (int i = 0; i < 20; i++) {
        buf_addc(&b, i < full ? '#' : '.');
    }
    char safe[200];
    text_safe_copy(safe, sizeof safe, text);
    buf_printf(&b, "] %s%s", safe, eta);
    if (write(STDERR_FILENO, b.data, b.len) > 0) {
        t->bar_shown = true;
    }
    buf_free(&b);
}

static void on_progress(struct talk *t, const cJSON *o)
{
    double done = json_num_or(o, "done", 0), of = json_num_or(o, "of", 0);
    const char *text = json_str_or(o, "text", "");
    char eta[64] = "";
    double seconds = json_num_or(o, "eta", -1);
    if (seconds >= 0) {
        char time[32];
        text_seconds(time, seconds);
        snprintf(eta, sizeof eta, ", %s left", time);
    }
    if (isatty(STDERR_FILENO)) {
        show_bar(t, text, done, of, eta);
        return;
    }
    int64_t now = clock_ms();
    if (now >= t->line_at) {
        t->line_at = now + LINE_EVERY_MS;
        struct buf b;
        buf_init(&b, 1024);
        buf_printf(&b, "%s%s", text, eta);
        complain(b.data);
        buf_free(&b);
    }
}

static void on_frame(struct talk *t, enum frame_type type, const char *payload, size_t n)
{
    cJSON *o = NULL;
    static const struct json_limits limits = {CHANNEL_FRAME_MAX, 64, 20000000};
    if (json_parse(payload, n, &limits, &o, NULL) != ST_OK) {
        return;
    }
    if (type == FRAME_OUT) {
        const char *text = json_str_or(o, "text", "");
        clear_bar(t);
        write_out(NULL, text, strlen(text));
    } else if (type == FRAME_PROGRESS) {
        on_progress(t, o);
    } else if (type == FRAME_EXIT) {
        clear_bar(t);
        t->ended = true;
        t->code = (int)json_num_or(o, "code", 1);
        const char *message = json_str_or(o, "message", "");
        if (message[0] != '\0') {
            struct buf b;
            buf_init(&b, 4096);
            buf_printf(&b, "%s%s", t->code != 0 ? "taxa: " : "", message);
            complain(b.data);
            buf_free(&b);
        }
    } else if (type == FRAME_NOTICE && strcmp(json_str_or(o, "level", ""), "moved") == 0) {
        t->moved = true;
    } else if (type == FRAME_NOTICE) {
        clear_bar(t);
        complain(json_str_or(o, "text", ""));
    }
    cJSON_Delete(o);
}

static void on_signal(struct talk *t)
{
    struct signalfd_siginfo info;
    if (read(t->signals, &info, sizeof info) != (ssize_t)sizeof info) {
        return;
    }
    clear_bar(t);
    complain("interrupted; what was started goes on: `status` shows it, `wait` waits again");
    t->ended = true;
    t->code = 130;
}

/* Until the command's end; ST_NETWORK when the server is gone. */
static enum status converse(struct talk *t, struct err *e)
{
    while (!t->ended) {
        short events = POLLIN;
        if (channel_wants_write(t->channel)) {
            events |= POLLOUT;
        }
        struct pollfd p[2] = {{.fd = channel_fd(t->channel), .events = events},
                              {.fd = t->signals, .events = POLLIN}};
        if (poll(p, 2, -1) < 0 && errno != EINTR) {
            return err_set(e, ST_IO, "poll: %s", strerror(errno));
        }
        if (p[1].revents != 0) {
            on_signal(t);
            continue;
        }
        enum status st = channel_flush(t->channel, e);
        while (st == ST_OK && !t->ended) {
            enum frame_type type = FRAME_OUT;
            const char *payload = NULL;
            size_t n = 0;
            st = channel_read(t->channel, &type, &payload, &n, e);
            if (st == ST_OK) {
                on_frame(t, type, payload, n);
            }
        }
        if (st != ST_OK && st != ST_BUSY) {
            return st;
        }
    }
    return ST_OK;
}

static int signals_fd(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

struct errand { /* what is sent: words, or a script */
    int argc;
    const char *const *argv;
    const char *script, *script_name;
    const char *input;
    bool again; /* may be sent again when the server was killed: a job that is waited for */
};

static enum status send_errand(struct talk *t, const struct errand *r, struct err *e)
{
    return r->script != NULL
               ? channel_script(t->channel, r->script_name, r->script, NULL, &t->id, e)
               : channel_command(t->channel, r->argc, r->argv, r->input, &t->id, e);
}

static int run_there(const char *file, const struct errand *r)
{
    struct talk t = {.signals = signals_fd(), .line_at = clock_ms() + LINE_EVERY_MS};
    struct err e = {0};
    enum status st = ST_OK;
    for (int attempt = 0, quick = 0; quick < QUICK_ENDS && !t.ended; attempt++) {
        int64_t began = clock_ms();
        st = channel_open(file, false, &t.channel, &e);
        if (st == ST_OK) {
            st = send_errand(&t, r, &e);
        }
        if (st == ST_OK) {
            st = converse(&t, &e);
        }
        channel_close(t.channel);
        t.channel = NULL;
        if (t.moved) {
            t.moved = false;
            quick++;
            continue;
        }
        bool killed = st == ST_NETWORK || (attempt > 0 && st == ST_IO);
        if (!killed || !r->again) {
            break;
        }
        quick = clock_ms() - began < 1000 ? quick + 1 : 0;
        clear_bar(&t);
        complain("the server ended unexpectedly; starting it again and going on");
    }
    clear_bar(&t);
    close(t.signals);
    return st == ST_OK ? t.code : complain_err(&e);
}

/* ---- one command */

static bool needs_input(const struct call *c)
{
    for (int i = 0; i < COMMAND_MAX_ARGS; i++) {
        for (int k = 0; k < c->arg_count[i]; k++) {
            const char *a = c->args[i][k];
            if (c->cmd->args[i].type == ARG_FILE_IN ? strcmp(a, "-") == 0 : strcmp(a, "@-") == 0) {
                return true;
            }
        }
    }
    return false;
}

static int run_script(const char *file)
{
    struct buf text;
    struct err e = {0};
    buf_init(&text, STDIN_MAX);
    if (file_read("-", &text, &e) != ST_OK) {
        buf_free(&text);
        return complain_err(&e);
    }
    struct errand r = {.script = text.data, .script_name = "standard input"};
    int code = run_there(file, &r);
    buf_free(&text);
    return code;
}

/* Is there a server that knows more than the file does? */
static bool server_runs(const char *file)
{
    struct channel *c = NULL;
    bool runs = channel_connect(file, false, &c, NULL) == ST_OK;
    channel_close(c);
    return runs;
}

static int missing_file(const char *file)
{
    struct err e = {0};
    err_set(&e, ST_NOT_FOUND,
            "%s: no such session file; the first command that changes something creates it", file);
    return complain_err(&e);
}

static int run_call(const char *file, int argc, const char *const *argv, const struct call *call)
{
    struct buf input;
    struct err e = {0};
    unsigned flags = call->cmd->flags;
    bool has_input = needs_input(call);
    buf_init(&input, STDIN_MAX);
    if (has_input && file_read("-", &input, &e) != ST_OK) {
        buf_free(&input);
        return complain_err(&e);
    }
    bool exists = file != NULL && access(file, F_OK) == 0;
    int code = 0;
    bool creates = (flags & CMD_CREATES) != 0 && call_opt(call, "--dry-run") == NULL;
    if (file != NULL && !exists && (flags & CMD_NO_FILE) == 0 && !creates) {
        code = missing_file(file);
    } else if ((flags & CMD_READS) != 0 && !((flags & CMD_CONTROL) != 0 && server_runs(file))) {
        code = run_here(exists ? file : NULL, call, has_input ? input.data : NULL, input.len);
    } else {
        struct errand r = {.argc = argc,
                           .argv = argv,
                           .input = has_input ? input.data : NULL,
                           .again = call->wait && (flags & CMD_JOB) != 0};
        code = run_there(file, &r);
        if (!exists && file != NULL && code == 0 && access(file, F_OK) == 0) {
            recent_add(file);
        }
    }
    buf_free(&input);
    return code;
}

int cli_command(const char *file, int argc, const char *const *argv)
{
    signal(SIGXFSZ, SIG_IGN); /* a limit on files is an error of write, not an end */
    if (file != NULL && argc == 1 && strcmp(argv[0], "-") == 0) {
        return run_script(file);
    }
    struct call call;
    struct err e = {0};
    if (call_parse(argc, argv, &call, &e) != ST_OK) {
        return complain_err(&e);
    }
    int code = 0;
    if (file == NULL && (call.cmd->flags & CMD_NO_FILE) == 0) {
        err_set(&e, ST_USAGE, "`%s` needs a session file: taxa FILE %s ...", call.cmd->name,
                call.cmd->name);
        code = complain_err(&e);
    } else {
        code = run_call(file, argc, argv, &call);
    }
    call_free(&call);
    return code;
}

/* ---- scripts as sessions */

enum status cli_make(const char *script, const char *file, struct err *e)
{
    struct buf text;
    buf_init(&text, STDIN_MAX);
    enum status st = file_read(script, &text, e);
    if (st == ST_OK) {
        const char *slash = strrchr(script, '/');
        struct errand r = {.script = text.data, .script_name = slash != NULL ? slash + 1 : script};
        int code = run_there(file, &r);
        if (code != 0) {
            st = err_set(e, code == 2 ? ST_USAGE : ST_INVALID, "%s was not made from %s", file,
                         script);
        }
    }
    if (st != ST_OK) {
        unlink(file); /* an empty session is no session */
    } else {
        recent_add(file);
    }
    buf_free(&text);
    return st;
}

enum status cli_session(const char *arg, char **file, struct err *e)
{
    size_t n = strlen(arg);
    static const char ending[] = ".session";
    size_t m = sizeof ending - 1;
    if (n <= m || strcmp(arg + n - m, ending) != 0) {
        return path_absolute(arg, file, e);
    }
    if (access(arg, R_OK) != 0) {
        return err_set(e, ST_NOT_FOUND, "%s: %s", arg, strerror(errno));
    }
    const char *slash = strrchr(arg, '/');
    const char *base = slash != NULL ? slash + 1 : arg;
    char *name = xasprintf("%.*s.taxa", (int)(strlen(base) - m), base);
    enum status st = path_absolute(name, file, e);
    free(name);
    if (st == ST_OK && access(*file, F_OK) != 0) {
        st = cli_make(arg, *file, e);
        if (st != ST_OK) {
            free(*file);
            *file = NULL;
        }
    }
    return st;
}
