/*
 * store_file - the session file as a file: what is looked at before SQLite may touch it, and the
 * lock.
 *
 * A file that is not a sound session must stay exactly as it was found, and opening a database in
 * WAL mode leaves traces beside it. So the header is judged first. It is read through SQLite's
 * own file layer: closing a descriptor of our own would drop the POSIX locks that another
 * connection of this process holds on the same file. The lock is a separate file for the same
 * reason.
 */
#include "store/store_private.h"

#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_BYTES = 100, LOCK_TRIES = 50 };

static enum status fail(struct err *e, enum status code, const char *what, const char *path)
{
    char text[128];
    return err_set(e, code, "cannot %s %s: %s", what, path, strerror_r(errno, text, sizeof text));
}

/* ------------------------------------------------------------------ the header */

bool file_wal_empty(const char *path)
{
    char *wal = xasprintf("%s-wal", path);
    struct stat sb;
    bool empty = stat(wal, &sb) != 0 || sb.st_size == 0;
    free(wal);
    return empty;
}

static int read_head(const char *path, unsigned char head[HEAD_BYTES])
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    if (vfs == NULL) {
        return SQLITE_CANTOPEN;
    }
    sqlite3_file *file = xcalloc(1, (size_t)vfs->szOsFile);
    const char *name = sqlite3_create_filename(path, "", "", 0, NULL);
    int flags = 0;
    int rc = name == NULL
                 ? SQLITE_NOMEM
                 : vfs->xOpen(vfs, name, file, SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB, &flags);
    if (rc == SQLITE_OK) {
        rc = file->pMethods->xRead(file, head, HEAD_BYTES, 0);
    }
    if (file->pMethods != NULL) {
        (void)file->pMethods->xClose(file);
    }
    sqlite3_free_filename(name);
    free(file);
    return rc;
}

static uint32_t big_endian(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static enum status judge_size(const char *path, const unsigned char head[HEAD_BYTES],
                              const struct file_head *f, struct err *e)
{
    int64_t page = (int64_t)head[16] << 8 | (int64_t)head[17];
    page = page == 1 ? 65536 : page;
    if (page < 512 || (page & (page - 1)) != 0) {
        return err_set(e, ST_DAMAGED, "%s is damaged: its page size is %" PRId64, path, page);
    }
    /*
     * The page count of the header is valid when it was written together with the change counter.
     */
    bool counted = big_endian(head + 24) == big_endian(head + 92);
    int64_t expected = counted ? page * (int64_t)big_endian(head + 28) : page;
    if (f->wal_empty && f->size < expected) {
        return err_set(e, ST_DAMAGED,
                       "%s is cut short: %" PRId64 " bytes were found, %" PRId64 " expected", path,
                       f->size, expected);
    }
    return ST_OK;
}

static enum status judge_head(const char *path, const unsigned char head[HEAD_BYTES],
                              struct file_head *f, struct err *e)
{
    if (memcmp(head, "SQLite format 3", 16) != 0) {
        return err_set(e, ST_DAMAGED,
                       "%s is not a taxa session: an SQLite database was expected, and it does not "
                       "begin like one",
                       path);
    }
    uint32_t application = big_endian(head + 68);
    if (application != STORE_APPLICATION_ID) {
        return err_set(
            e, ST_INVALID,
            "%s is not a taxa session: an SQLite database with application id 0x%08X was "
            "found, 0x%08X was expected",
            path, application, (unsigned)STORE_APPLICATION_ID);
    }
    f->version = big_endian(head + 60);
    if (f->version > STORE_VERSION) {
        return err_set(e, ST_VERSION,
                       "%s was made by a newer taxa: version %u was found, this one knows %d", path,
                       f->version, STORE_VERSION);
    }
    return judge_size(path, head, f, e);
}

static enum status judge_access(const char *path, enum store_mode mode, struct err *e)
{
    if (eaccess(path, R_OK) != 0) {
        return fail(e, errno == EACCES ? ST_DENIED : ST_IO, "read", path);
    }
    if (mode == STORE_WRITE && eaccess(path, W_OK) != 0) {
        return fail(e, errno == EACCES || errno == EROFS ? ST_DENIED : ST_IO, "write", path);
    }
    return ST_OK;
}

enum status file_look(const char *path, enum store_mode mode, struct file_head *out, struct err *e)
{
    *out = (struct file_head){0};
    struct stat sb;
    if (stat(path, &sb) != 0) {
        if (errno == ENOENT) {
            out->missing = true;
            return ST_OK;
        }
        return fail(e, errno == EACCES ? ST_DENIED : ST_IO, "look at", path);
    }
    if (!S_ISREG(sb.st_mode)) {
        return err_set(e, ST_INVALID, "%s is not a taxa session: it is %s", path,
                       S_ISDIR(sb.st_mode) ? "a folder" : "not a regular file");
    }
    enum status st = judge_access(path, mode, e);
    if (st != ST_OK) {
        return st;
    }
    out->size = sb.st_size;
    out->wal_empty = file_wal_empty(path);
    if (out->size < HEAD_BYTES) {
        return err_set(e, ST_DAMAGED,
                       "%s is not a taxa session: only %" PRId64
                       " bytes were found, an SQLite database was expected",
                       path, out->size);
    }
    unsigned char head[HEAD_BYTES];
    int rc = read_head(path, head);
    if (rc != SQLITE_OK) {
        return err_set(e, ST_IO, "cannot read %s: %s", path, sqlite3_errstr(rc));
    }
    return judge_head(path, head, out, e);
}

/* ------------------------------------------------------------------ the lock */

static enum status say_busy(struct store *s, int fd, struct err *e)
{
    char who[24] = "";
    ssize_t n = pread(fd, who, sizeof who - 1, 0);
    who[n > 0 ? strspn(who, "0123456789") : 0] = '\0';
    return err_set(e, ST_BUSY, "%s is in use by another taxa%s%s", s->path,
                   who[0] != '\0' ? ", process " : "", who);
}

/*
 * Did the name still lead to what we locked? The owner before us removes the file when it closes.
 */
static bool same_file(int fd, const char *path)
{
    struct stat held;
    struct stat named;
    return fstat(fd, &held) == 0 && stat(path, &named) == 0 && held.st_dev == named.st_dev &&
           held.st_ino == named.st_ino;
}

static void say_who(int fd)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    /* Only a help in messages: a full disk must not keep the session closed. */
    if (n > 0 && ftruncate(fd, 0) == 0) {
        ssize_t ignored = pwrite(fd, text, (size_t)n, 0);
        (void)ignored;
    }
}

enum status file_lock(struct store *s, struct err *e)
{
    char *path = xasprintf("%s-lock", s->path);
    enum status st = ST_OK;
    int fd = -1;
    for (int i = 0; i < LOCK_TRIES; i++) {
        fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0) {
            st = fail(e, errno == EACCES || errno == EROFS ? ST_DENIED : ST_IO, "lock", path);
            goto out;
        }
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            if (same_file(fd, path)) {
                say_who(fd);
                s->lock_path = path;
                s->lock_fd = fd;
                return ST_OK;
            }
        } else if (errno != EINTR) {
            st = errno == EWOULDBLOCK ? say_busy(s, fd, e) : fail(e, ST_IO, "lock", path);
            goto out;
        }
        (void)close(fd);
        fd = -1;
    }
    st = err_set(e, ST_BUSY, "%s is being opened and closed by others all the time", s->path);
out:
    if (fd >= 0) {
        (void)close(fd);
    }
    free(path);
    return st;
}

void file_unlock(struct store *s)
{
    if (s->lock_path == NULL) {
        return;
    }
    /* Removed while it is still held, so that nobody's lock is taken away. */
    (void)unlink(s->lock_path);
    (void)close(s->lock_fd);
    free(s->lock_path);
    s->lock_path = NULL;
}

/* ------------------------------------------------------------------ new files */

static enum status sync_path(const char *path, int flags, struct err *e)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL)) {
        enum status st = fail(e, ST_IO, "sync", path);
        if (fd >= 0) {
            (void)close(fd);
        }
        return st;
    }
    (void)close(fd);
    return ST_OK;
}

enum status file_publish(const char *from, const char *to, struct err *e)
{
    enum status st = sync_path(from, O_RDONLY, e); /* no connection has it open any more */
    if (st != ST_OK) {
        return st;
    }
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) != 0) {
        if (errno == EEXIST) {
            return err_set(e, ST_EXISTS, "%s exists already", to);
        }
        /* Some file systems cannot rename without replacing; link has the same promise. */
        if ((errno != EINVAL && errno != ENOSYS) || link(from, to) != 0) {
            return errno == EEXIST ? err_set(e, ST_EXISTS, "%s exists already", to)
                                   : fail(e, ST_IO, "make", to);
        }
        (void)unlink(from);
    }
    char *folder = xstrdup(to);
    char *slash = strrchr(folder, '/');
    if (slash != NULL) {
        slash[slash == folder ? 1 : 0] = '\0';
        st = sync_path(folder, O_RDONLY | O_DIRECTORY, e);
    }
    free(folder);
    return st;
}

void file_remove_all(const char *path)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char *name = xasprintf("%s%s", path, endings[i]);
        (void)unlink(name);
        free(name);
    }
}
