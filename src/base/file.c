/*
 * file - see file.h.
 *
 * A file is replaced, never overwritten in place: after a crash either the old or the new one is
 * there, whole. What is no regular file (a pipe, /dev/null) cannot be replaced: it is written to.
 */
#include "base/file.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 65536 };

static enum status fail(struct err *e, const char *what, const char *path, int error)
{
    enum status code = ST_IO;
    if (error == ENOENT || error == ENOTDIR) {
        code = ST_NOT_FOUND;
    } else if (error == EACCES || error == EPERM || error == EROFS) {
        code = ST_DENIED;
    }
    char text[128];
    return err_set(e, code, "cannot %s %s: %s", what, path, strerror_r(error, text, sizeof text));
}

/* ------------------------------------------------------------------ reading and writing */

static enum status read_all(int fd, const char *path, struct buf *out, struct err *e)
{
    char *chunk = xmalloc(CHUNK);
    enum status st = ST_OK;
    for (;;) {
        ssize_t got = read(fd, chunk, CHUNK);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            st = fail(e, "read", path, errno);
            break;
        }
        if (got == 0) {
            break;
        }
        if (!buf_add(out, chunk, (size_t)got)) {
            st = err_set(e, ST_LIMIT, "%s is larger than the %zu bytes that are read at most", path,
                         out->max);
            break;
        }
    }
    free(chunk);
    return st;
}

enum status file_read(const char *path, struct buf *out, struct err *e)
{
    buf_clear(out);
    if (strcmp(path, "-") == 0) {
        return read_all(STDIN_FILENO, "standard input", out, e);
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return fail(e, "open", path, errno);
    }
    enum status st = read_all(fd, path, out, e);
    (void)close(fd);
    return st;
}

/* Returns 0 or an errno. */
static int write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t put = write(fd, bytes, n);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return errno;
        }
        bytes += put;
        n -= (size_t)put;
    }
    return 0;
}

static enum status write_special(const char *path, const char *bytes, size_t n, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return fail(e, "open", path, errno);
    }
    int error = write_all(fd, bytes, n);
    if (close(fd) != 0 && error == 0) {
        error = errno;
    }
    return error != 0 ? fail(e, "write", path, error) : ST_OK;
}

/* The folder of an absolute path. Caller frees. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL || slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

static int sync_folder(const char *path)
{
    char *folder = folder_of(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (fd < 0) {
        return errno;
    }
    /* Some file systems cannot sync a folder and say EINVAL; the rename is all there is then. */
    int error = fsync(fd) != 0 && errno != EINVAL ? errno : 0;
    (void)close(fd);
    return error;
}

static enum status replace_file(const char *path, const char *bytes, size_t n, unsigned mode,
                                struct err *e)
{
    char *temporary = xasprintf("%s.XXXXXX", path);
    int error = 0;
    bool there = false;
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0) {
        error = errno;
        goto out;
    }
    error = write_all(fd, bytes, n);
    if (error == 0 && (fchmod(fd, (mode_t)mode) != 0 || fsync(fd) != 0)) {
        error = errno;
    }
    if (close(fd) != 0 && error == 0) {
        error = errno;
    }
    if (error == 0 && rename(temporary, path) != 0) {
        error = errno;
    }
    there = error != 0;
    if (error == 0) {
        error = sync_folder(path);
    }
out:
    if (there) {
        (void)unlink(temporary);
    }
    free(temporary);
    return error != 0 ? fail(e, "write", path, error) : ST_OK;
}

enum status file_write(const char *path, const char *bytes, size_t n, unsigned mode, struct err *e)
{
    char *real = NULL;
    enum status st = path_absolute(path, &real, e);
    if (st != ST_OK || real == NULL) {
        return st;
    }
    struct stat sb;
    if (stat(real, &sb) != 0 || S_ISREG(sb.st_mode)) {
        st = replace_file(real, bytes, n, mode, e);
    } else if (S_ISDIR(sb.st_mode)) {
        st = err_set(e, ST_INVALID, "cannot write %s: it is a folder", real);
    } else {
        st = write_special(real, bytes, n, e);
    }
    free(real);
    return st;
}

/* ------------------------------------------------------------------ folders of the user */

/* mkdir -p; folders that are missing are made for the user alone. */
static enum status make_folders(const char *path, struct err *e)
{
    char *part = xstrdup(path);
    enum status st = ST_OK;
    for (char *p = part + 1; st == ST_OK; p++) {
        if (*p != '/' && *p != '\0') {
            continue;
        }
        bool last = *p == '\0';
        *p = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST) {
            st = fail(e, "make folder", part, errno);
        }
        if (last) {
            break;
        }
        *p = '/';
    }
    free(part);
    return st;
}

/* An XDG variable counts only when it is an absolute path (XDG base directory specification). */
static const char *xdg(const char *name)
{
    const char *value = secure_getenv(name);
    return value != NULL && value[0] == '/' ? value : NULL;
}

static enum status user_folder(const char *variable, const char *below_home, struct buf *out,
                               struct err *e)
{
    buf_clear(out);
    const char *base = xdg(variable);
    const char *home = xdg("HOME");
    if (base != NULL) {
        buf_printf(out, "%s/taxa", base);
    } else if (home != NULL) {
        buf_printf(out, "%s/%s/taxa", home, below_home);
    } else {
        return err_set(e, ST_NOT_FOUND, "neither %s nor HOME names a folder", variable);
    }
    if (out->over) {
        return err_set(e, ST_LIMIT, "the path of the folder in %s is too long", variable);
    }
    return make_folders(out->data, e);
}

enum status dir_config(struct buf *out, struct err *e)
{
    return user_folder("XDG_CONFIG_HOME", ".config", out, e);
}

enum status dir_state(struct buf *out, struct err *e)
{
    return user_folder("XDG_STATE_HOME", ".local/state", out, e);
}

/* In /tmp anybody may have been first: a link, somebody else's folder or an open one is no home. */
static enum status check_private(const char *path, struct err *e)
{
    struct stat sb;
    if (lstat(path, &sb) != 0) {
        return fail(e, "look at", path, errno);
    }
    if (!S_ISDIR(sb.st_mode)) {
        return err_set(e, ST_DENIED, "%s must be a folder, and is something else", path);
    }
    if (sb.st_uid != geteuid()) {
        return err_set(e, ST_DENIED, "%s belongs to user %u, not to you", path, sb.st_uid);
    }
    if ((sb.st_mode & 077) != 0 && chmod(path, 0700) != 0) {
        return fail(e, "close to others", path, errno);
    }
    return ST_OK;
}

enum status dir_runtime(struct buf *out, struct err *e)
{
    buf_clear(out);
    const char *base = xdg("XDG_RUNTIME_DIR");
    if (base != NULL) {
        buf_printf(out, "%s/taxa", base);
    } else {
        buf_printf(out, "/tmp/taxa-%u", geteuid());
    }
    if (out->over) {
        return err_set(e, ST_LIMIT, "the path in XDG_RUNTIME_DIR is too long");
    }
    if (mkdir(out->data, 0700) != 0 && errno != EEXIST) {
        return fail(e, "make folder", out->data, errno);
    }
    return check_private(out->data, e);
}

/* ------------------------------------------------------------------ paths */

/* The folder of a path that does not exist yet, resolved, with the last part put back. */
static enum status resolve_new(const char *path, char **out, struct err *e)
{
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/') {
        len--;
    }
    char *trimmed = xstrndup(path, len);
    char *slash = strrchr(trimmed, '/');
    const char *last = slash != NULL ? slash + 1 : trimmed;
    char *folder = slash != NULL ? folder_of(trimmed) : xstrdup(".");
    char *real = NULL;
    enum status st = ST_OK;
    struct stat sb;
    if (lstat(trimmed, &sb) == 0) {
        st = err_set(e, ST_NOT_FOUND, "%s is a link to something that is not there", path);
        goto out;
    }
    real = realpath(folder, NULL);
    if (real == NULL) {
        st = fail(e, "find the folder of", path, errno);
        goto out;
    }
    *out = xasprintf("%s/%s", strcmp(real, "/") == 0 ? "" : real, last);
out:
    free(real);
    free(folder);
    free(trimmed);
    return st;
}

enum status path_absolute(const char *path, char **out, struct err *e)
{
    *out = NULL;
    if (path[0] == '\0') {
        return err_set(e, ST_INVALID, "a path must not be empty");
    }
    *out = realpath(path, NULL);
    if (*out != NULL) {
        return ST_OK;
    }
    if (errno != ENOENT) {
        return fail(e, "find", path, errno);
    }
    return resolve_new(path, out, e);
}
