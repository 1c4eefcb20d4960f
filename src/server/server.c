/*
 * The loop. Level-triggered epoll over a handful of descriptors; the live session does bounded work
 * per turn, so a key typed anywhere is answered within some 20 ms also while a run is at full
 * speed.
 */
#include "server/server.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/rng.h"
#include "command/channel.h"
#include "server/client.h"
#include "server/exec.h"
#include "server/live.h"
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define CLIENTS    64
#define LINGER_MS  3000 /* without clients and work, before it ends */
#define DRAIN_MS   5000 /* for replies that are paid for to arrive, when a signal ends the server */
#define STATUS_MS  100  /* between two status frames */
#define TURNED_MS  20 /* after an edit, or when the run was started, paused or ended: people wait */
#define GOODBYE_MS 500 /* for a client that is turned away to read why */

struct server {
    char *file;
    struct stat identity; /* of the file that was opened */
    struct buf socket_path;
    struct live *live;
    int epoll, listen, signals;
    int moved; /* inotify: the file is being deleted or replaced */
    struct client *client[CLIENTS];
    int clients;
    int64_t idle_since, status_at, status_seen;
    int64_t turned_seen; /* live_turned of the last status */
    bool quit;
};

static void watch_fd(struct server *s, int fd, uint32_t events, int op)
{
    struct epoll_event ev = {.events = events, .data = {.fd = fd}};
    if (epoll_ctl(s->epoll, op, fd, &ev) != 0) {
        log_line(LOG_ERROR, "epoll: %s", strerror(errno));
    }
}

/* ---- starting */

static enum status listen_on(struct server *s, struct err *e)
{
    buf_init(&s->socket_path, 4096);
    enum status st = channel_path(s->file, &s->socket_path, e);
    if (st != ST_OK) {
        return st;
    }
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (s->socket_path.len >= sizeof a.sun_path) {
        return err_set(e, ST_LIMIT, "the path of the socket is too long: %s", s->socket_path.data);
    }
    memcpy(a.sun_path, s->socket_path.data, s->socket_path.len + 1);
    unlink(a.sun_path); /* stale: we hold the lock of the session file */
    s->listen = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t old = umask(0177);
    int bound = s->listen >= 0 ? bind(s->listen, (struct sockaddr *)&a, sizeof a) : -1;
    umask(old);
    if (bound != 0 || listen(s->listen, 32) != 0) {
        return err_set(e, ST_IO, "%s: %s", s->socket_path.data, strerror(errno));
    }
    return ST_OK;
}

static enum status open_log(const char *file, struct err *e)
{
    struct buf path;
    buf_init(&path, 4096);
    enum status st = dir_state(&path, e);
    if (st == ST_OK) {
        buf_printf(&path, "/server-%016" PRIx64 ".log", rng_hash(file, strlen(file), 0));
        st = log_open(path.data, LOG_INFO, e);
    }
    buf_free(&path);
    return st;
}

static enum status start(struct server *s, const char *file, struct err *e)
{
    enum status st = path_absolute(file, &s->file, e);
    struct store *store = NULL;
    if (st != ST_OK) {
        return st;
    }
    open_log(s->file, NULL); /* without a log it works all the same */
    st = store_open(s->file, STORE_WRITE, true, &store, e);
    if (st == ST_OK) {
        st = live_open(store, &s->live, e);
        if (st != ST_OK) {
            store_close(store);
        }
    }
    if (st == ST_OK) {
        st = listen_on(s, e);
    }
    if (st == ST_OK && stat(s->file, &s->identity) != 0) {
        st = err_set(e, ST_IO, "%s: %s", s->file, strerror(errno));
    }
    if (st == ST_OK) {
        s->epoll = epoll_create1(EPOLL_CLOEXEC);
        watch_fd(s, s->listen, EPOLLIN, EPOLL_CTL_ADD);
        watch_fd(s, s->signals, EPOLLIN, EPOLL_CTL_ADD);
        watch_fd(s, live_fd(s->live), EPOLLIN, EPOLL_CTL_ADD);
        s->moved = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        if (s->moved >= 0) { /* without it the file is looked at when somebody connects */
            inotify_add_watch(s->moved, s->file, IN_MOVE_SELF | IN_ATTRIB | IN_DELETE_SELF);
            watch_fd(s, s->moved, EPOLLIN, EPOLL_CTL_ADD);
        }
        log_line(LOG_INFO, "serving %s", s->file);
    }
    return st;
}

static void prepare_process(struct server *s)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a full quota is an error of write, not an end */
    s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    struct rlimit n;
    if (getrlimit(RLIMIT_NOFILE, &n) == 0) {
        n.rlim_cur = n.rlim_max;
        setrlimit(RLIMIT_NOFILE, &n);
    }
    prctl(PR_SET_DUMPABLE, 0); /* keys of model servers live in this process */
}

/* ---- clients */

/* Somebody deleted or replaced the file while we linger: a new server must serve the new one. */
static bool file_moved(const struct server *s)
{
    struct stat now;
    return stat(s->file, &now) != 0 || now.st_ino != s->identity.st_ino ||
           now.st_dev != s->identity.st_dev;
}

/* Say so and wait until it was read: a reset of the connection would swallow the words. */
static void turn_away(struct server *s, int fd)
{
    struct client *c = client_new(fd, s->live);
    client_notice(c, "moved", "the session file was deleted or replaced");
    shutdown(fd, SHUT_WR);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char bytes[4096];
    while (poll(&p, 1, GOODBYE_MS) > 0 && read(fd, bytes, sizeof bytes) > 0) {
    }
    client_free(c);
    s->quit = s->clients == 0;
}

static void accept_clients(struct server *s)
{
    for (;;) {
        int fd = accept4(s->listen, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0) {
            return;
        }
        struct ucred peer;
        socklen_t n = sizeof peer;
        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) != 0 || peer.uid != geteuid() ||
            s->clients == CLIENTS) {
            close(fd);
            continue;
        }
        if (file_moved(s)) {
            unlink(s->socket_path.data);
            turn_away(s, fd);
            continue;
        }
        s->client[s->clients++] = client_new(fd, s->live);
        s->status_seen = -1; /* it wants to know at once */
        watch_fd(s, fd, EPOLLIN, EPOLL_CTL_ADD);
    }
}

static void drop_client(struct server *s, int i)
{
    watch_fd(s, client_fd(s->client[i]), 0, EPOLL_CTL_DEL);
    client_free(s->client[i]);
    s->client[i] = s->client[--s->clients];
}

static void clients_io(struct server *s, const struct epoll_event *ev, int n)
{
    for (int k = 0; k < n; k++) {
        for (int i = 0; i < s->clients; i++) {
            if (client_fd(s->client[i]) == ev[k].data.fd) {
                if (!client_io(s->client[i])) {
                    drop_client(s, i);
                }
                break;
            }
        }
    }
}

static void clients_turn(struct server *s)
{
    for (int i = 0; i < s->clients;) {
        if (!client_turn(s->client[i])) {
            drop_client(s, i);
            continue;
        }
        watch_fd(s, client_fd(s->client[i]),
                 EPOLLIN | (client_wants_write(s->client[i]) ? (uint32_t)EPOLLOUT : 0),
                 EPOLL_CTL_MOD);
        i++;
    }
}

/* When the next status may go out: sooner when somebody waits to see what it tells. */
static int64_t status_due(const struct server *s)
{
    bool turned = live_turned(s->live) != s->turned_seen;
    return turned ? s->status_at - STATUS_MS + TURNED_MS : s->status_at;
}

static void push_status(struct server *s)
{
    int64_t now = clock_ms();
    bool watched = false;
    for (int i = 0; i < s->clients; i++) {
        watched = watched || client_watches(s->client[i]);
    }
    if (!watched || live_changed(s->live) == s->status_seen || now < status_due(s)) {
        return;
    }
    s->status_at = now + STATUS_MS;
    s->turned_seen = live_turned(s->live);
    s->status_seen = live_changed(s->live);
    cJSON *o = NULL;
    if (status_json(live_store(s->live), &o, NULL) != ST_OK) {
        return;
    }
    live_status(s->live, o, true);
    live_tell_touched(s->live, o);
    char *text = json_text(o);
    for (int i = 0; i < s->clients; i++) {
        if (client_watches(s->client[i])) {
            client_status(s->client[i], text, strlen(text));
        }
    }
    free(text);
    cJSON_Delete(o);
}

/* ---- the loop */

static int timeout_ms(struct server *s)
{
    int wait = live_timeout(s->live);
    int64_t now = clock_ms();
    bool waiting = false;
    for (int i = 0; i < s->clients; i++) {
        waiting = waiting || client_waiting(s->client[i]);
        if (client_watches(s->client[i]) && live_changed(s->live) != s->status_seen) {
            int64_t due = status_due(s);
            int left = due > now ? (int)(due - now) : 0;
            wait = wait < 0 || left < wait ? left : wait;
        }
    }
    if (waiting && (wait < 0 || wait > 250)) {
        wait = 250; /* progress */
    }
    if (live_busy(s->live) && (wait < 0 || wait > 1000)) {
        wait = 1000; /* rates fall when nothing happens */
    }
    if (s->clients == 0 && !live_busy(s->live)) {
        int left = (int)(s->idle_since + LINGER_MS - now);
        left = left < 0 ? 0 : left;
        wait = wait < 0 || left < wait ? left : wait;
    }
    return wait;
}

static void handle_moved(struct server *s)
{
    char events[4096];
    while (read(s->moved, events, sizeof events) > 0) {
    }
    if (file_moved(s) && s->clients == 0 && !live_busy(s->live)) {
        log_line(LOG_INFO, "the file is gone: ending");
        s->quit = true;
    }
}

static void handle_signals(struct server *s)
{
    struct signalfd_siginfo info;
    while (read(s->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        log_line(LOG_INFO, "signal %u: ending", info.ssi_signo);
        s->quit = true;
    }
}

/* End, unless somebody connected in the last moment: whoever got through to the old socket is
 * served. */
static void leave(struct server *s)
{
    unlink(s->socket_path.data);
    accept_clients(s);
    s->quit = s->clients == 0;
    if (!s->quit) {
        struct err e;
        watch_fd(s, s->listen, 0, EPOLL_CTL_DEL);
        close(s->listen);
        buf_free(&s->socket_path);
        if (listen_on(s, &e) != ST_OK) {
            log_line(LOG_ERROR, "%s", e.msg);
            s->quit = true;
            return;
        }
        watch_fd(s, s->listen, EPOLLIN, EPOLL_CTL_ADD);
    }
}

static void loop(struct server *s)
{
    s->idle_since = clock_ms();
    while (!s->quit) {
        struct epoll_event ev[CLIENTS + 3];
        int n = epoll_wait(s->epoll, ev, CLIENTS + 3, timeout_ms(s));
        if (n < 0 && errno != EINTR) {
            log_line(LOG_ERROR, "epoll_wait: %s", strerror(errno));
            return;
        }
        clients_io(s, ev, n);
        for (int i = 0; i < n; i++) {
            if (ev[i].data.fd == s->listen) {
                accept_clients(s);
            } else if (ev[i].data.fd == s->signals) {
                handle_signals(s);
            } else if (ev[i].data.fd == s->moved) {
                handle_moved(s);
            }
        }
        live_turn(s->live);
        clients_turn(s);
        push_status(s);
        if (s->clients > 0 || live_busy(s->live)) {
            s->idle_since = clock_ms();
        } else {
            store_idle(live_store(s->live));
            if (clock_ms() - s->idle_since >= LINGER_MS) {
                leave(s);
            }
        }
    }
}

static void say(int fd, const char *text)
{
    if (fd >= 0) {
        size_t n = strlen(text);
        if (write(fd, text, n) != (ssize_t)n) {
            log_line(LOG_WARN, "whoever started this server is gone");
        }
        close(fd);
    }
}

int server_main(const char *file, int ready_fd)
{
    struct server *s = xcalloc(1, sizeof *s);
    s->listen = s->epoll = s->signals = s->moved = -1;
    prepare_process(s);
    struct err e = {0};
    enum status st = start(s, file, &e);
    if (st == ST_OK) {
        say(ready_fd, "ok\n");
        loop(s);
        unlink(s->socket_path.data);
        live_drain(s->live, DRAIN_MS);
    } else {
        char text[640];
        snprintf(text, sizeof text, "fail %d %s\n", (int)st, e.msg);
        say(ready_fd, text);
        log_line(LOG_ERROR, "%s", e.msg);
    }
    while (s->clients > 0) {
        client_free(s->client[--s->clients]);
    }
    live_close(s->live);
    close(s->listen);
    close(s->epoll);
    close(s->signals);
    close(s->moved);
    buf_free(&s->socket_path);
    free(s->file);
    free(s);
    log_close();
    return status_exit_code(st);
}
