/*
 * One loop: keys, signals (from a descriptor, so no handler runs anywhere), the server, a child.
 * Before it sleeps it paints, if there is something new: at once after a key or an edit, at most
 * ten times a second for what a run changes. The file is read by the loader's thread, a server is
 * started by one of the link's: nothing here waits. Edits are asked for as soon as the server tells
 * of them, points at most four times a second.
 *
 * A terminal that is gone answers poll with POLLHUP or POLLERR; that, not a read error, is the sure
 * sign, and the loop ends without touching it.
 */
#include "ui/app.h"

#include "base/clock.h"
#include "base/text.h"
#include "ui/child.h"
#include "ui/start.h"
#include "ui/term.h"
#include "ui/ui.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define FRAME_MS   100  /* between frames that nobody's key asked for */
#define FIRST_MS   2000 /* keys that were typed ahead wait for the first tree, at most so long */
#define SLOWEST_MS 2000 /* between readings of points, at most */
#define REFRESH_MS 250  /* between readings of points, and of what could not be read */

struct app {
    struct ui ui;
    struct term *term;
    struct cells cells;
    struct child child;
    ui_read_fn *child_done; /* gets the child's output; NULL: it opens as a text */
    void *child_ctx;
    sigset_t old_mask;
    int signals;
    bool gone;                               /* the terminal has hung up */
    bool ended;                              /* by a signal or by the person */
    bool by_key;                             /* paint now */
    bool refresh_now;                        /* a command of ours ended */
    int64_t began_ms, key_ms;                /* the last key */
    int64_t took_ms;                         /* from asking to the scene, lately */
    int64_t painted_ms, asked_ms, points_ms; /* asked: the loader, for anything, for points */
    int64_t asked_tree, asked_settings;      /* revisions that the server had told by then */
};

/* ---- signals */

static enum status take_signals(struct app *a, struct err *e)
{
    static const int taken[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGHUP, SIGTERM, SIGINT};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        sigaddset(&set, taken[i]);
    }
    pthread_sigmask(SIG_BLOCK, &set, &a->old_mask);
    /* a server that vanishes while we write to it is an error message, not the end */
    signal(SIGPIPE, SIG_IGN);
    a->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    char text[128];
    return a->signals >= 0
               ? ST_OK
               : err_set(e, ST_IO, "signalfd: %s", strerror_r(errno, text, sizeof text));
}

static void take_size(struct app *a)
{
    int cols = 0, rows = 0;
    term_size(a->term, &cols, &rows);
    ui_resize(&a->ui, cols, rows);
    a->by_key = true;
}

static void suspend(struct app *a)
{
    sigset_t stop;
    term_leave(a->term);
    /*
     * SIGTSTP with its own action, not SIGSTOP: when no shell could wake us, the kernel ignores
     * it. The one that is pending from our own kill is delivered as soon as it is unblocked.
     */
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    kill(getpid(), SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &stop, NULL);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    term_return(a->term);
    take_size(a);
}

static void read_signals(struct app *a)
{
    struct signalfd_siginfo s;
    while (read(a->signals, &s, sizeof s) == (ssize_t)sizeof s) {
        switch ((int)s.ssi_signo) {
        case SIGWINCH:
            take_size(a);
            break;
        case SIGCONT:
            /* sizes that changed while we slept were not told */
            term_repaint(a->term);
            take_size(a);
            break;
        case SIGTSTP:
            suspend(a);
            break;
        case SIGHUP:
            a->gone = true;
            break;
        default:
            a->ended = true;
            break;
        }
    }
}

/* Keys of the editor (Ctrl-C, Ctrl-Z) were signals for us, too; they were not meant so. */
static void drop_signals(struct app *a)
{
    struct signalfd_siginfo s;
    while (read(a->signals, &s, sizeof s) == (ssize_t)sizeof s) {
        a->gone = a->gone || s.ssi_signo == SIGHUP;
        a->ended = a->ended || s.ssi_signo == SIGTERM;
    }
}

/* ---- painting */

static void paint(struct app *a)
{
    ui_draw(&a->ui, &a->cells);
    term_present(a->term, &a->cells);
    a->painted_ms = clock_ms();
    a->by_key = false;
}

static void use_theme(struct app *a)
{
    struct theme t;
    struct err why = {0};
    const char *name = a->ui.preview[0] != '\0'       ? a->ui.preview
                       : a->ui.model.theme[0] != '\0' ? a->ui.model.theme
                                                      : "default";
    a->ui.colours = term_colours(a->term);
    theme_default(&t);
    if (term_colours(a->term) == 0) {
        theme_mono(&t);
    } else if (theme_load(&t, name, &why) != ST_OK) {
        ui_say(&a->ui, SAY_WARN, "%s", why.msg);
    }
    term_theme(a->term, &t);
}

/* ---- what only the loop can do */

static void edit(struct app *a)
{
    struct ui *ui = &a->ui;
    struct buf text;
    struct err why = {0};
    buf_init(&text, CHILD_OUT_MAX);
    term_leave(a->term);
    enum status st = child_edit(ui->edit_text, &text, &why);
    term_return(a->term);
    drop_signals(a);
    take_size(a);
    if (st != ST_OK) {
        ui_say(ui, SAY_ERROR, "%s", why.msg);
    }
    if (ui->edit_always) {
        ui->edited(ui, ui->edit_ctx, st == ST_OK ? text.data : ui->edit_text);
    } else if (st == ST_OK && strcmp(text.data, ui->edit_text) == 0) {
        ui_say(ui, SAY_INFO, "not changed");
    } else if (st == ST_OK) {
        ui->edited(ui, ui->edit_ctx, text.data);
    }
    buf_free(&text);
}

static void give_output(struct app *a, int code, const char *text)
{
    ui_read_fn *done = a->child_done;
    a->child_done = NULL;
    done(&a->ui, a->child_ctx, code, text);
    a->by_key = true;
}

static void run_child(struct app *a)
{
    struct err why = {0};
    if (a->child.pid > 0) { /* the new one is what the person waits for */
        child_free(&a->child);
        child_init(&a->child);
    }
    if (a->child_done != NULL) {
        give_output(a, 130, "");
    }
    a->child_done = a->ui.run_done;
    a->child_ctx = a->ui.run_ctx;
    a->ui.run_done = NULL;
    if (child_start(&a->child, a->ui.model.file, a->ui.run_argc, a->ui.run_argv, &why) != ST_OK) {
        ui_say(&a->ui, SAY_ERROR, "%s", why.msg);
        if (a->child_done != NULL) {
            give_output(a, 1, why.msg);
        }
    }
}

static void grant_wishes(struct app *a)
{
    unsigned wishes = a->ui.wishes;
    a->ui.wishes = 0;
    if ((wishes & WISH_THEME) != 0) {
        use_theme(a);
        term_mouse(a->term, a->ui.model.mouse);
    }
    if ((wishes & WISH_REPAINT) != 0) {
        term_repaint(a->term);
    }
    if ((wishes & WISH_EDIT) != 0) {
        edit(a);
    }
    if ((wishes & WISH_RUN) != 0) {
        run_child(a);
    }
    if ((wishes & WISH_SUSPEND) != 0) {
        suspend(a);
    }
    if ((wishes & WISH_QUIT) != 0) {
        a->ended = true;
    }
}

/* One line of output goes to the message line, more opens as a text. */
static void show_output(struct app *a, const char *title, const char *text, int code)
{
    size_t n = strlen(text);
    while (n > 0 && text[n - 1] == '\n') {
        n--;
    }
    if (memchr(text, '\n', n) == NULL) {
        const char *said = n > 0 ? text : code == 0 ? "(no output)" : "the command failed";
        ui_say(&a->ui, code == 0 ? SAY_INFO : SAY_ERROR, "%.*s", (int)(n > 0 ? n : strlen(said)),
               said);
        return;
    }
    ui_show(&a->ui, title, text);
}

/* ---- news from the server */

/* Did the command leave something that u takes back? */
static bool leaves_undo(const char *line)
{
    int argc = 0, used = 0;
    char **argv = NULL;
    const char *words[2];
    if (words_split(line, &argc, &argv, NULL) != ST_OK) {
        return false;
    }
    int n = 0;
    for (; n < argc && n < 2; n++) {
        words[n] = argv[n];
    }
    const struct command *c = command_find(n, words, &used);
    bool leaves = c != NULL && (c->flags & CMD_JOURNAL) != 0;
    words_free(argc, argv);
    return leaves;
}

/* What undo and redo tell names nodes as a person does. */
static void say_steps(struct ui *ui, const char *text)
{
    struct buf line;
    buf_init(&line, 1u << 20);
    ui_speak(ui, text, &line);
    ui_say(ui, SAY_INFO, "%.1000s", line.data);
    buf_free(&line);
}

static void command_ended(struct app *a, const struct link_news *news)
{
    const char *text = news->text;
    if (text[0] == '\0' && news->out->len > 0 && news->ended == NULL) {
        show_output(a, news->line, news->out->data, news->code);
    } else if (news->code == 0 &&
               (strcmp(news->line, "undo") == 0 || strcmp(news->line, "redo") == 0)) {
        say_steps(&a->ui, text);
    } else if (text[0] != '\0') {
        /* 3: finished short of the target, which is no failure */
        ui_say(&a->ui,
               news->code == 0   ? SAY_INFO
               : news->code == 3 ? SAY_WARN
                                 : SAY_ERROR,
               "%s", text);
    } else if (news->code == 0) {
        ui_say(&a->ui, SAY_INFO, "%s", news->line);
    } else {
        ui_say(&a->ui, SAY_ERROR, "%s failed", news->line);
    }
    a->ui.message_is_own = news->code == 0 && (news->script || leaves_undo(news->line));
    a->refresh_now = true;
    a->by_key = true;
    if (news->ended != NULL) {
        news->ended(&a->ui, news->ctx, news->code, text, news->out->data);
    }
}

/* That the run was started, paused or ended is seen at once, whoever did it. */
static void take_status(struct app *a, const struct link_news *news)
{
    char before[sizeof a->ui.model.live.run];
    memcpy(before, a->ui.model.live.run, sizeof before);
    ui_status(&a->ui, news->json, news->json_len);
    a->by_key = a->by_key || strcmp(before, a->ui.model.live.run) != 0;
}

static void read_server(struct app *a)
{
    struct ui *ui = &a->ui;
    struct link_news news;
    for (link_read(&ui->link, &news); news.event != LINK_NOTHING; link_read(&ui->link, &news)) {
        switch (news.event) {
        case LINK_STATUS:
            take_status(a, &news);
            break;
        case LINK_NOTICE:
            ui_say(ui, (enum say)news.level, "%s", news.text);
            break;
        case LINK_PROGRESS:
            ui_say(ui, SAY_INFO, "%s", news.text);
            break;
        case LINK_EXIT:
            command_ended(a, &news);
            break;
        case LINK_LOST:
            model_lost(&ui->model);
            ui_say(ui, SAY_ERROR,
                   "the server of this session has ended; the next command starts it again");
            ui_changed(ui, CHANGED_STATUS);
            a->refresh_now = true;
            break;
        case LINK_NOTHING:
            break;
        }
    }
}

static void connect_server(struct app *a)
{
    struct err why = {0};
    /* a session that does not exist yet gets its server with its first command */
    if (a->ui.model.store != NULL &&
        link_open_later(&a->ui.link, a->ui.model.file, &why) != ST_OK) {
        ui_say(&a->ui, SAY_ERROR, "%s", why.msg);
    }
}

static void server_is_there(struct app *a)
{
    struct err why = {0};
    if (link_open(&a->ui.link, a->ui.model.file, &why) != ST_OK) {
        ui_say(&a->ui, SAY_ERROR, "%s", why.msg);
    }
    a->refresh_now = true; /* it may have brought an older file up to date */
}

/* Has the server told of an edit that the loader was not asked for yet? */
static bool has_news(const struct app *a)
{
    const struct live_status *live = &a->ui.model.live;
    return live->known && (model_stale(&a->ui.model) & (CHANGED_TREE | CHANGED_SETTINGS)) != 0 &&
           (live->revision_tree != a->asked_tree || live->revision_settings != a->asked_settings);
}

/* Between readings of points: where one takes long they are fewer, the work stays below a fifth. */
static int64_t points_wait_ms(const struct app *a)
{
    int64_t rest = a->took_ms * 4;
    return rest < REFRESH_MS ? REFRESH_MS : rest < SLOWEST_MS ? rest : SLOWEST_MS;
}

static void refresh(struct app *a)
{
    struct model *m = &a->ui.model;
    int64_t now = clock_ms();
    bool due = m->live.known && model_stale(m) != 0 && now - a->asked_ms >= REFRESH_MS;
    if (!a->refresh_now && !due && !has_news(a)) {
        return;
    }
    bool points_wait = m->live.known && now - a->points_ms < points_wait_ms(a);
    (void)model_refresh(m, points_wait); /* take_scene gets it */
    a->asked_ms = now;
    a->points_ms = points_wait ? a->points_ms : now;
    a->asked_tree = m->live.revision_tree;
    a->asked_settings = m->live.revision_settings;
    a->refresh_now = false;
}

static void take_scene(struct app *a)
{
    a->took_ms = clock_ms() - a->asked_ms;
    /* an edit is seen at once, what a run adds with the next frame */
    if ((ui_take(&a->ui) & (CHANGED_TREE | CHANGED_SETTINGS)) != 0) {
        a->by_key = true;
    }
}

/* ---- the loop */

static void read_keys(struct app *a)
{
    struct key k;
    while (!a->ended && !a->gone && term_key(a->term, &k)) {
        ui_key(&a->ui, &k);
        a->by_key = true;
        a->key_ms = clock_ms();
        grant_wishes(a);
    }
}

/* Keys typed ahead mean what they would mean in the tree that is about to come. */
static bool takes_keys(const struct app *a)
{
    return a->ui.model.has_tree || a->ui.model.store == NULL ||
           clock_ms() - a->began_ms >= FIRST_MS;
}

/* Milliseconds until something is due; -1: nothing. */
static int wait_ms(const struct app *a)
{
    int64_t now = clock_ms(), due = -1;
    if (a->ui.dirty) {
        due = a->painted_ms + FRAME_MS - now;
    }
    if (a->ui.model.live.known && model_stale(&a->ui.model) != 0) {
        int64_t read = has_news(a) ? 0 : a->asked_ms + REFRESH_MS - now;
        due = due < 0 || read < due ? read : due;
        due = due < 0 ? 0 : due;
    }
    if (a->ui.rest_due) {
        int64_t rest = a->key_ms + UI_REST_MS - now;
        due = due < 0 || rest < due ? rest : due;
        due = due < 0 ? 0 : due;
    }
    if (!takes_keys(a)) {
        int64_t keys = a->began_ms + FIRST_MS - now;
        due = due < 0 || keys < due ? keys : due;
    }
    return (a->ui.dirty || !takes_keys(a)) && due < 0 ? 0 : (int)due;
}

static void turn(struct app *a)
{
    enum { TTY, SIGNALS, SERVER, OPENED, CHILD, SCENE, NEWS, SOURCES };
    struct ui *ui = &a->ui;
    struct pollfd p[SOURCES] = {
        [TTY] = {term_fd(a->term), (short)(takes_keys(a) ? POLLIN : 0), 0},
        [SIGNALS] = {a->signals, POLLIN, 0},
        [SERVER] = {link_fd(&ui->link),
                    (short)(POLLIN | (link_wants_write(&ui->link) ? POLLOUT : 0)), 0},
        [OPENED] = {link_opening_fd(&ui->link), POLLIN, 0},
        [CHILD] = {a->child.fd, POLLIN, 0},
        [SCENE] = {model_fd(&ui->model), POLLIN, 0},
        [NEWS] = {ui->event > 0 ? ui->event : -1, POLLIN, 0},
    };
    if (poll(p, SOURCES, wait_ms(a)) < 0 && errno != EINTR) {
        a->ended = true;
        return;
    }
    if ((p[TTY].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) {
        a->gone = true;
        return;
    }
    if (p[SIGNALS].revents != 0) {
        read_signals(a);
    }
    if (p[SCENE].revents != 0) {
        take_scene(a);
    }
    if (p[NEWS].revents != 0) {
        ui_news(ui);
        a->by_key = a->by_key || ui->dirty;
    }
    if (p[TTY].revents != 0 && takes_keys(a)) {
        read_keys(a);
    }
    if ((p[SERVER].revents & POLLOUT) != 0) {
        (void)link_flush(&ui->link, NULL); /* a server that is gone is seen when reading */
    }
    if ((p[SERVER].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
        read_server(a);
    }
    if (p[OPENED].revents != 0) {
        server_is_there(a);
    }
    if (p[CHILD].revents != 0 && child_read(&a->child)) {
        if (a->child_done != NULL) {
            give_output(a, a->child.code, a->child.out.data);
        } else {
            show_output(a, a->child.title, a->child.out.data, a->child.code);
        }
        a->by_key = true;
    }
    refresh(a);
    if (ui->rest_due && clock_ms() - a->key_ms >= UI_REST_MS) {
        ui_rest(ui);
    }
    grant_wishes(a);
    if (!a->gone && ui->dirty && (a->by_key || clock_ms() - a->painted_ms >= FRAME_MS)) {
        paint(a);
    }
}

static void say_goodbye(const struct app *a)
{
    const struct model *m = &a->ui.model;
    struct buf text;
    buf_init(&text, 1u << 16);
    if (model_is_running(m)) {
        buf_printf(&text, "detached; the run goes on (%lld of %lld). taxa %s attaches again.\n",
                   (long long)model_accepted(m), (long long)model_target(m), m->file);
    } else if (strcmp(model_run(m), "paused") == 0) {
        buf_printf(&text,
                   "detached; the run stays paused (%lld of %lld). taxa %s attaches again.\n",
                   (long long)model_accepted(m), (long long)model_target(m), m->file);
    } else {
        buf_adds(&text, "detached; nothing was running.\n");
    }
    (void)text_write_fd(STDOUT_FILENO, text.data, text.len);
    buf_free(&text);
}

/* Everything that a terminal needs is there; `a->ui` is open. */
static void begin(struct app *a)
{
    child_init(&a->child);
    cells_init(&a->cells, 80, 24);
    a->cells.plain_signs = term_plain_signs(a->term);
    a->cells.plain_text = term_plain_text(a->term);
    take_size(a);
    use_theme(a);
    term_mouse(a->term, a->ui.model.mouse);
    a->ui.wishes &= ~(unsigned)WISH_THEME;
    paint(a);
}

static void run_loop(struct app *a)
{
    while (!a->ended && !a->gone) {
        turn(a);
    }
    term_stop(a->term, a->gone);
}

/* Code and message of the end; gives everything back. */
static int finish(struct app *a, struct err *e)
{
    if (a->gone) {
        err_set(e, ST_IO, "the terminal is gone; what runs goes on");
    }
    child_free(&a->child);
    cells_free(&a->cells);
    ui_close(&a->ui);
    return a->gone ? 1 : 0;
}

/* To be called when the program's own way of ending on signals is to be in force again. */
static void give_signals(struct app *a)
{
    if (a->signals >= 0) {
        close(a->signals);
    }
    if (a->gone) {
        signal(SIGHUP, SIG_IGN); /* the one that is pending has been heard */
    }
    pthread_sigmask(SIG_SETMASK, &a->old_mask, NULL);
}

/* A file of an older version is brought up to date by its server, which is waited for this once. */
static enum status open_session(struct ui *ui, const char *file, struct err *e)
{
    enum status st = ui_open(ui, file, e);
    if (st == ST_VERSION) {
        struct channel *c = NULL;
        st = channel_open(file, false, &c, e); /* of a newer version: it says so */
        if (st == ST_OK) {
            channel_close(c);
            st = ui_open(ui, file, e);
        }
    }
    return st;
}

int ui_run(const char *file, struct err *e)
{
    struct app a;
    struct err why = {0};
    memset(&a, 0, sizeof a);
    a.signals = -1;
    int code = 2;
    if (take_signals(&a, e) != ST_OK || term_start(&a.term, e) != ST_OK) {
        goto out;
    }
    code = 1;
    if (open_session(&a.ui, file, e) != ST_OK) {
        term_stop(a.term, false);
        goto out;
    }
    history_load(&a.ui.history);
    begin(&a); /* the first frame comes from the file alone */
    a.began_ms = clock_ms();
    a.ui.model.wants_tree = true;                 /* the rest, now that something can be seen */
    if (model_load(&a.ui.model, &why) != ST_OK) { /* slower, but all the same */
        ui_say(&a.ui, SAY_ERROR, "%s", why.msg);
    }
    ui_refresh(&a.ui);
    connect_server(&a);
    run_loop(&a);
    if (!a.gone) {
        say_goodbye(&a);
    }
    history_save(&a.ui.history);
    code = finish(&a, e);
out:
    give_signals(&a);
    return code;
}

int ui_start(const char *said, struct start_choice *out, struct err *e)
{
    struct app a;
    memset(&a, 0, sizeof a);
    a.signals = -1;
    *out = (struct start_choice){NULL, NULL};
    int code = 2;
    if (take_signals(&a, e) != ST_OK || term_start(&a.term, e) != ST_OK) {
        goto out;
    }
    code = 1;
    if (start_open(&a.ui, said, e) != ST_OK) {
        term_stop(a.term, false);
        goto out;
    }
    begin(&a);
    grant_wishes(&a); /* the child that reads the sessions' states */
    run_loop(&a);
    start_take(&a.ui, &out->file, &out->script);
    code = finish(&a, e);
out:
    give_signals(&a);
    return code;
}
