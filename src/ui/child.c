/*
 * The editor shares the terminal's foreground with us. When it is stopped with Ctrl-Z, only it
 * stops (our SIGTSTP is blocked), and the shell would wait for us for ever: so we stop as well,
 * and wake it when we are woken.
 */
#include "ui/child.h"

#include "base/file.h"
#include "base/mem.h"
#include "command/command.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void child_init(struct child *c)
{
    memset(c, 0, sizeof *c);
    c->fd = -1;
    buf_init(&c->out, CHILD_OUT_MAX);
}

static int exit_code(int wait_status)
{
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

static void reap(struct child *c)
{
    int status = 0;
    while (c->pid > 0 && waitpid(c->pid, &status, 0) < 0 && errno == EINTR) {
    }
    c->code = exit_code(status);
    c->pid = 0;
    if (c->fd >= 0) {
        close(c->fd);
    }
    c->fd = -1;
}

void child_free(struct child *c)
{
    if (c->pid > 0) {
        kill(c->pid, SIGTERM);
        reap(c);
    }
    buf_free(&c->out);
}

/* Attributes for a child that must not inherit our blocked signals. */
static int plain_attributes(posix_spawnattr_t *a)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int failed = posix_spawnattr_init(a);
    if (failed == 0) {
        posix_spawnattr_setsigmask(a, &none);
        posix_spawnattr_setsigdefault(a, &all);
        failed = posix_spawnattr_setflags(a, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    return failed;
}

enum status child_start(struct child *c, const char *file, int argc, char **argv, struct err *e)
{
    int pipes[2];
    char text[128];
    if (c->pid > 0) {
        return err_set(e, ST_BUSY, "\"%s\" is still running", c->title);
    }
    if (pipe2(pipes, O_CLOEXEC) != 0) {
        return err_set(e, ST_IO, "no pipe: %s", strerror_r(errno, text, sizeof text));
    }
    fcntl(pipes[0], F_SETFL, O_NONBLOCK); /* our end only: the child may wait for us */
    char **words = xcalloc((size_t)argc + 3, sizeof *words);
    char *self = xstrdup("taxa"), *path = xstrdup(file);
    int first = 0;
    words[first++] = self;
    if (path[0] != '\0') { /* else a command that needs no session */
        words[first++] = path;
    }
    for (int i = 0; i < argc; i++) {
        words[first + i] = argv[i];
    }
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, pipes[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, pipes[1], STDERR_FILENO);
    int failed = plain_attributes(&attributes);
    if (failed == 0) {
        failed = posix_spawn(&c->pid, "/proc/self/exe", &files, &attributes, words, environ);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    free(words);
    free(self);
    free(path);
    close(pipes[1]);
    if (failed != 0) {
        c->pid = 0;
        close(pipes[0]);
        return err_set(e, ST_IO, "the command could not be started: %s",
                       strerror_r(failed, text, sizeof text));
    }
    c->fd = pipes[0];
    buf_clear(&c->out);
    struct buf line;
    buf_init(&line, 4096);
    for (int i = 0; i < argc; i++) {
        buf_printf(&line, "%s%s", i > 0 ? " " : "", argv[i]);
    }
    snprintf(c->title, sizeof c->title, "%s", line.data);
    buf_free(&line);
    return ST_OK;
}

bool child_read(struct child *c)
{
    char bytes[65536];
    for (;;) {
        ssize_t n = read(c->fd, bytes, sizeof bytes);
        if (n > 0) {
            buf_add(&c->out, bytes, (size_t)n);
        } else if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            return false;
        } else {
            reap(c);
            return true;
        }
    }
}

/* ---- the editor */

static bool wait_for_editor(pid_t pid)
{
    for (;;) {
        int status = 0;
        if (waitpid(pid, &status, WUNTRACED) < 0) {
            if (errno == EINTR) {
                continue;
            }
            return false;
        }
        if (!WIFSTOPPED(status)) {
            return exit_code(status) == 0;
        }
        kill(getpid(), SIGSTOP);
        kill(pid, SIGCONT);
    }
}

static enum status run_editor(const char *path, struct err *e)
{
    const char *editor = secure_getenv("VISUAL");
    editor = editor != NULL && editor[0] != '\0' ? editor : secure_getenv("EDITOR");
    editor = editor != NULL && editor[0] != '\0' ? editor : "vi";
    int argc = 0;
    char **argv = NULL;
    if (words_split(editor, &argc, &argv, e) != ST_OK || argc == 0) {
        words_free(argc, argv);
        return err_set(e, ST_CANCELLED, "EDITOR is \"%s\", which is no command", editor);
    }
    char **words = xcalloc((size_t)argc + 2, sizeof *words);
    char *file = xstrdup(path);
    for (int i = 0; i < argc; i++) {
        words[i] = argv[i];
    }
    words[argc] = file;
    posix_spawnattr_t attributes;
    pid_t pid = 0;
    int failed = plain_attributes(&attributes);
    if (failed == 0) {
        failed = posix_spawnp(&pid, words[0], NULL, &attributes, words, environ);
    }
    posix_spawnattr_destroy(&attributes);
    enum status st = ST_OK;
    char why[128];
    if (failed != 0) {
        st = err_set(e, ST_CANCELLED, "%s could not be started: %s (set EDITOR)", words[0],
                     strerror_r(failed, why, sizeof why));
    } else if (!wait_for_editor(pid)) {
        st = err_set(e, ST_CANCELLED, "%s did not end well; the text stays as it was", words[0]);
    }
    free(words);
    free(file);
    words_free(argc, argv);
    return st;
}

enum status child_edit(const char *text, struct buf *out, struct err *e)
{
    struct buf path;
    buf_init(&path, PATH_MAX);
    enum status st = dir_runtime(&path, e);
    if (st != ST_OK) {
        goto out;
    }
    buf_printf(&path, "/edit-%ld.txt", (long)getpid());
    struct buf content;
    buf_init(&content, CHILD_OUT_MAX);
    buf_printf(&content, "%s\n", text);
    st = file_write(path.data, content.data, content.len, 0600, e);
    buf_free(&content);
    if (st != ST_OK) {
        goto out;
    }
    st = run_editor(path.data, e);
    if (st == ST_OK) {
        st = file_read(path.data, out, e);
    }
    while (st == ST_OK && out->len > 0 && out->data[out->len - 1] == '\n') {
        buf_cut(out, out->len - 1);
    }
    unlink(path.data);
out:
    buf_free(&path);
    return st;
}
