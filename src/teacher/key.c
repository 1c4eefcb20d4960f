/*
 * key - see key.h.
 *
 * A file that others may read is refused rather than warned about: the mistake is made once and the
 * key is lost for good. The command gets our environment (password managers need it) but no
 * terminal input, and time enough for a person to type a passphrase.
 */
#include "teacher/key.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "command/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KEY_MAX_BYTES = 4096, KEY_COMMAND_MS = 60000 };

void key_init(struct key *k)
{
    memset(k, 0, sizeof *k);
    k->fd = -1;
    k->pid = -1;
    (void)snprintf(k->source, sizeof k->source, "none");
}

static void wipe_output(struct key *k)
{
    if (k->output.data != NULL) {
        explicit_bzero(k->output.data, k->output.cap);
        buf_free(&k->output);
    }
}

static void stop_command(struct key *k)
{
    if (k->fd >= 0) {
        (void)close(k->fd);
        k->fd = -1;
    }
    if (k->pid > 0) {
        (void)kill(k->pid, SIGKILL);
        while (waitpid(k->pid, NULL, 0) < 0 && errno == EINTR) {
        }
        k->pid = -1;
    }
}

void key_free(struct key *k)
{
    stop_command(k);
    wipe_output(k);
    if (k->value != NULL) {
        explicit_bzero(k->value, strlen(k->value));
        free(k->value);
    }
    key_init(k);
}

static void fail(struct key *k)
{
    k->state = KEY_FAILED;
    k->failed_us = clock_us();
}

/* The first line of text is the key. It travels in a header: only visible ASCII is taken. */
static void take(struct key *k, const char *text, size_t n)
{
    while (n > 0 && (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\r')) {
        text++;
        n--;
    }
    size_t len = 0;
    while (len < n && text[len] > ' ' && text[len] < 0x7f) {
        len++;
    }
    size_t rest = len;
    while (rest < n && (text[rest] == ' ' || text[rest] == '\t' || text[rest] == '\r')) {
        rest++;
    }
    if (len == 0) {
        err_set(&k->problem, ST_INVALID, "no key in %s: it is empty", k->source);
        fail(k);
        return;
    }
    if (rest < n && text[rest] != '\n') {
        err_set(&k->problem, ST_INVALID,
                "what %s holds is no key: its first line has characters that no key has",
                k->source);
        fail(k);
        return;
    }
    k->value = xstrndup(text, len);
    log_secret(k->value);
    k->state = KEY_READY;
}

static void fetch_env(struct key *k, const char *name)
{
    (void)snprintf(k->source, sizeof k->source, "environment variable %s", name);
    const char *value = getenv(name);
    if (value == NULL) {
        err_set(&k->problem, ST_NOT_FOUND, "%s is not set in the environment of the server",
                k->source);
        fail(k);
        return;
    }
    take(k, value, strnlen(value, KEY_MAX_BYTES));
}

/* Read a file that only its owner may read. */
static enum status read_private(const char *path, struct buf *out, struct err *e)
{
    enum status st = ST_OK;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        return err_set(e, ST_IO, "key file %s: %s", path, strerror(errno));
    }
    struct stat info;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        st = err_set(e, ST_DENIED, "key file %s is not a regular file", path);
        goto out;
    }
    if (info.st_uid != geteuid() && info.st_uid != 0) {
        st = err_set(e, ST_DENIED, "key file %s belongs to somebody else", path);
        goto out;
    }
    if ((info.st_mode & 077) != 0) {
        st = err_set(e, ST_DENIED,
                     "key file %s can be read by others (mode %04o): run chmod 600 on it", path,
                     (unsigned)info.st_mode & 07777);
        goto out;
    }
    char block[1024];
    ssize_t n;
    while ((n = read(fd, block, sizeof block)) > 0 && buf_add(out, block, (size_t)n)) {
    }
    explicit_bzero(block, sizeof block);
    if (n < 0) {
        st = err_set(e, ST_IO, "key file %s: %s", path, strerror(errno));
    } else if (out->over) {
        st = err_set(e, ST_LIMIT, "key file %s is over %d bytes: not a key", path, KEY_MAX_BYTES);
    }
out:
    (void)close(fd);
    return st;
}

static void fetch_file(struct key *k, const char *path)
{
    (void)snprintf(k->source, sizeof k->source, "file %s", path);
    char *full = NULL;
    const char *home = getenv("HOME");
    if (strncmp(path, "~/", 2) == 0 && home != NULL) {
        full = xasprintf("%s%s", home, path + 1);
    }
    buf_init(&k->output, KEY_MAX_BYTES);
    if (read_private(full != NULL ? full : path, &k->output, &k->problem) == ST_OK) {
        take(k, k->output.data, k->output.len);
    } else {
        fail(k);
    }
    wipe_output(k);
    free(full);
}

/* Start argv with its output in a pipe and an empty input. Returns 0 or an errno. */
static int spawn(char *const *argv, pid_t *pid, int *fd)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return errno;
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    sigset_t set;
    sigemptyset(&set);
    posix_spawnattr_setsigmask(&attributes, &set);
    sigaddset(&set, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &set);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int error = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    (void)close(ends[1]);
    if (error != 0) {
        (void)close(ends[0]);
        return error;
    }
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    *fd = ends[0];
    return 0;
}

/* Run the program in the background; its output comes through key_continue. */
static void start_command(struct key *k, int argc, char *const *argv)
{
    /* Only the program's name: an argument could be a secret. */
    (void)snprintf(k->source, sizeof k->source, "key command %s", argv[0]);
    char **list =
        xcalloc((size_t)argc + 1, sizeof *list); /* ends with NULL, as posix_spawn wants */
    memcpy(list, argv, (size_t)argc * sizeof *list);
    int error = spawn(list, &k->pid, &k->fd);
    free(list);
    if (error != 0) {
        err_set(&k->problem, ST_IO, "%s: %s", k->source, strerror(error));
        k->pid = -1;
        fail(k);
        return;
    }
    buf_init(&k->output, KEY_MAX_BYTES);
    k->deadline_ms = clock_ms() + KEY_COMMAND_MS;
    k->state = KEY_COMING;
}

static void fetch_command(struct key *k, const char *line)
{
    char **argv = NULL;
    int argc = 0;
    (void)snprintf(k->source, sizeof k->source, "key command");
    if (words_split(line, &argc, &argv, &k->problem) != ST_OK) {
        err_prefix(&k->problem, "key command");
        fail(k);
        return;
    }
    if (argc > 0) {
        start_command(k, argc, argv);
    } else {
        err_set(&k->problem, ST_INVALID, "the key command is empty");
        fail(k);
    }
    words_free(argc, argv);
}

void key_fetch(struct key *k, const struct teacher_config *c)
{
    const char *command = teacher_config_text(c, TK_KEY_COMMAND);
    const char *file = teacher_config_text(c, TK_KEY_FILE);
    const char *env = teacher_config_text(c, TK_KEY_ENV);
    key_free(k);
    if (command[0] != '\0') {
        fetch_command(k, command);
    } else if (file[0] != '\0') {
        fetch_file(k, file);
    } else if (env[0] != '\0') {
        fetch_env(k, env);
    } else {
        k->state = KEY_READY;
    }
}

/* The output has ended: the command's own verdict counts before what it printed. */
static void finish_command(struct key *k)
{
    int how = 0;
    (void)close(k->fd);
    k->fd = -1;
    while (waitpid(k->pid, &how, 0) < 0 && errno == EINTR) {
    }
    k->pid = -1;
    if (!WIFEXITED(how) || WEXITSTATUS(how) != 0) {
        err_set(&k->problem, ST_DENIED, "%s failed (%s %d)", k->source,
                WIFEXITED(how) ? "exit code" : "signal",
                WIFEXITED(how) ? WEXITSTATUS(how) : WTERMSIG(how));
        fail(k);
    } else {
        take(k, k->output.data, k->output.len);
    }
    wipe_output(k);
}

bool key_continue(struct key *k)
{
    if (k->state != KEY_COMING) {
        return true;
    }
    char block[512];
    ssize_t n;
    while ((n = read(k->fd, block, sizeof block)) > 0 && buf_add(&k->output, block, (size_t)n)) {
    }
    int error = errno;
    explicit_bzero(block, sizeof block);
    bool late = clock_ms() > k->deadline_ms;
    if (n == 0) {
        finish_command(k);
    } else if (k->output.over || late || (n < 0 && error != EAGAIN && error != EINTR)) {
        err_set(&k->problem, ST_LIMIT, "%s %s", k->source,
                late ? "did not end within a minute" : "printed too much to be a key");
        stop_command(k);
        wipe_output(k);
        fail(k);
    }
    return k->state != KEY_COMING;
}
