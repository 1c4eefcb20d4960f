/*
 * channel_open - starting the server of a session file.
 *
 * The server is this same program in a session of its own, so that no terminal's end reaches it.
 * It inherits nothing but one pipe (descriptor 3), over which it says "ok" once it listens or why
 * it gave up. Two callers may start one at the same time: the file's lock lets one win, the other
 * says that it is busy, and both connect to the winner.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "command/channel.h"
#include "command/channel_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    REPORT_FD = 3,
    REPORT_MAX = 2048,
    START_MS = 10000,
    WINNER_MS = 2000, /* for the other server to listen, when ours lost */
    RETRY_MS = 20,
    REAP_MS = 500
};

static enum status spawn_actions(posix_spawn_file_actions_t *actions, int report)
{
    /* The pipe first: it may lie on a descriptor that the next lines replace. */
    int error = posix_spawn_file_actions_adddup2(actions, report, REPORT_FD);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && error == 0; fd++) {
        error = posix_spawn_file_actions_addopen(actions, fd, "/dev/null",
                                                 fd == STDIN_FILENO ? O_RDONLY : O_WRONLY, 0);
    }
    if (error == 0) {
        error = posix_spawn_file_actions_addclosefrom_np(actions, REPORT_FD + 1);
    }
    return error == 0 ? ST_OK : ST_IO;
}

/* A session of its own, all signals as at the start of a program. */
static enum status spawn_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    int error = posix_spawnattr_setsigmask(attributes, &none);
    if (error == 0) {
        error = posix_spawnattr_setsigdefault(attributes, &all);
    }
    if (error == 0) {
        error = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                                         POSIX_SPAWN_SETSIGDEF);
    }
    return error == 0 ? ST_OK : ST_IO;
}

static enum status spawn_server(const char *file, int report, pid_t *pid, struct err *e)
{
    const char *other = secure_getenv("TAXA_SERVER_EXE");
    const char *exe = other != NULL && other[0] != '\0' ? other : "/proc/self/exe";
    char name[] = "taxa";
    char option[] = "--serve";
    char *path = xstrdup(file);
    char *argv[] = {name, option, path, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawnattr_init(&attributes);
    int error = ENOMEM;
    if (spawn_actions(&actions, report) == ST_OK && spawn_attributes(&attributes) == ST_OK) {
        error = posix_spawn(pid, exe, &actions, &attributes, argv, environ);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    free(path);
    if (error != 0) {
        char text[128];
        return err_set(e, ST_IO, "cannot start the server %s: %s", exe,
                       strerror_r(error, text, sizeof text));
    }
    return ST_OK;
}

/* One line from the pipe into `line`, without its newline. ST_NOT_FOUND: the pipe ended first. */
static enum status read_report(int fd, struct buf *line, struct err *e)
{
    int64_t deadline = clock_ms() + START_MS;
    for (;;) {
        int64_t left = deadline - clock_ms();
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        int ready = left > 0 ? poll(&wait, 1, (int)left) : 0;
        if (ready < 0 && errno == EINTR) {
            continue;
        }
        if (ready <= 0) {
            return err_set(e, ST_IO, "the server did not start within %d seconds", START_MS / 1000);
        }
        char chunk[256];
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return ST_NOT_FOUND;
        }
        buf_add(line, chunk, (size_t)n);
        const char *end = memchr(line->data, '\n', line->len);
        if (end != NULL) {
            buf_cut(line, (size_t)(end - line->data));
            return ST_OK;
        }
        if (line->over) {
            return ST_NOT_FOUND;
        }
    }
}

/* "ok" or "fail CODE message". */
static enum status judge_report(const char *line, struct err *e)
{
    if (strcmp(line, "ok") == 0) {
        return ST_OK;
    }
    char *message = NULL;
    if (strncmp(line, "fail ", 5) == 0) {
        long code = strtol(line + 5, &message, 10);
        if (message > line + 5 && *message == ' ' && code > ST_OK && code <= ST_INTERNAL) {
            return err_set(e, (enum status)code, "%s", message + 1);
        }
    }
    return err_set(e, ST_INTERNAL, "the server said \"%.200s\" when it started", line);
}

static enum status died(pid_t pid, struct err *e)
{
    int how = 0;
    (void)kill(pid, SIGKILL); /* it closed the pipe without a word: of no use either way */
    while (waitpid(pid, &how, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(how)) {
        return err_set(e, ST_IO, "the server ended with code %d before it listened",
                       WEXITSTATUS(how));
    }
    return err_set(e, ST_IO, "the server was ended by signal %d before it listened", WTERMSIG(how));
}

/* A server that said why it gives up, or is told to, ends in a moment; the wait is short. */
static void reap(pid_t pid)
{
    int64_t deadline = clock_ms() + REAP_MS;
    while (waitpid(pid, NULL, WNOHANG) == 0 && clock_ms() < deadline) {
        (void)poll(NULL, 0, 1);
    }
}

/* Starts a server and waits for its word. *pid is set when it runs. */
static enum status start_server(const char *file, pid_t *pid, struct err *e)
{
    int ends[2] = {-1, -1};
    char *real = NULL;
    struct buf line;
    buf_init(&line, REPORT_MAX);
    *pid = 0;
    pid_t child = 0;
    enum status st = path_absolute(file, &real, e);
    if (st == ST_OK && pipe2(ends, O_CLOEXEC) != 0) {
        char text[128];
        st = err_set(e, ST_IO, "cannot make a pipe: %s", strerror_r(errno, text, sizeof text));
    }
    if (st != ST_OK) {
        goto out;
    }
    st = spawn_server(real, ends[1], &child, e);
    (void)close(ends[1]);
    if (st != ST_OK) {
        goto out;
    }
    st = read_report(ends[0], &line, e);
    if (st == ST_NOT_FOUND) {
        st = died(child, e);
    } else if (st != ST_OK) {
        (void)kill(child, SIGTERM);
        reap(child);
    } else {
        st = judge_report(line.data, e);
        *pid = st == ST_OK ? child : 0;
        if (st != ST_OK) {
            reap(child);
        }
    }
out:
    if (ends[0] >= 0) {
        (void)close(ends[0]);
    }
    free(real);
    buf_free(&line);
    return st;
}

/*
 * Connect, or start a server, again and again for a while: the file may be held by a server that is
 * just about to listen, or by one that is just about to end.
 */
enum status channel_open(const char *file, bool watch, struct channel **out, struct err *e)
{
    int64_t deadline = clock_ms() + WINNER_MS;
    pid_t pid = 0;
    for (;;) {
        enum status st = channel_connect(file, watch, out, e);
        if (st == ST_OK && pid > 0) {
            channel_set_server(*out, pid);
        }
        if (st != ST_NOT_FOUND) {
            return st;
        }
        if (pid == 0) {
            st = start_server(file, &pid, e);
            if (st != ST_OK && st != ST_BUSY) {
                return st;
            }
        }
        if (clock_ms() >= deadline) {
            return st; /* busy: the server's words say by whom; else it never listened */
        }
        if (st == ST_BUSY) {
            (void)poll(NULL, 0, RETRY_MS);
        }
    }
}
