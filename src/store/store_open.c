/*
 * store_open - opening, closing, checking and copying the session file.
 *
 * One writer connection does all writing and all checkpoints: SQLite before 3.51.3 can damage a
 * database when two connections write or checkpoint at the same instant. Readers can neither write
 * nor checkpoint. A new file is built under another name and renamed, so that a session file is
 * never there half made. Nothing is memory-mapped: an I/O error must not become a SIGBUS.
 */
#include "store/store_private.h"

#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BUSY_MS = 5000,
    CHECK_WRITE_BYTES = 64 << 20, /* what quick_check may read at once: about half a second */
    CHECK_READ_BYTES = 4 << 20,   /* readers open often, and must show something at once */
    LENGTH_MAX = 256 << 20,       /* of one text or changeset */
    BACKUP_NAMES = 100
};

/* ------------------------------------------------------------------ connections */

/* "file:/path?immutable=1": for looking at a file that nobody has open without leaving traces. */
static char *immutable_uri(const char *path)
{
    struct buf uri;
    buf_init(&uri, strlen(path) * 3 + 32);
    buf_adds(&uri, "file:");
    for (const char *p = path; *p != '\0'; p++) {
        if (*p == '%' || *p == '?' || *p == '#') {
            buf_printf(&uri, "%%%02X", (unsigned)*p);
        } else {
            buf_addc(&uri, *p);
        }
    }
    buf_adds(&uri, "?immutable=1");
    char *text = buf_take(&uri);
    buf_free(&uri); /* taking leaves a new, empty one */
    return text;
}

/* What a file from somebody else may do to us is switched off: triggers, views, writable schema. */
static int harden(sqlite3 *db)
{
    static const int switches[][2] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
    };
    int rc = SQLITE_OK;
    for (size_t i = 0; rc == SQLITE_OK && i < sizeof switches / sizeof switches[0]; i++) {
        rc = sqlite3_db_config(db, switches[i][0], switches[i][1], NULL);
    }
    (void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, LENGTH_MAX);
    return rc;
}

static enum status connect_to(struct store *s, const char *name, int flags, struct err *e)
{
    int rc =
        sqlite3_open_v2(name, &s->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (s->db == NULL) {
        return err_set(e, ST_LIMIT, "not enough memory to open %s", s->path);
    }
    if (rc == SQLITE_OK) {
        rc = harden(s->db);
    }
    if (rc == SQLITE_OK) {
        rc = sqlite3_busy_timeout(s->db, BUSY_MS);
    }
    if (rc == SQLITE_OK) {
        /* No automatic checkpoints; store_tx.c decides when. */
        rc = sqlite3_exec(s->db,
                          "PRAGMA wal_autocheckpoint = 0; PRAGMA cell_size_check = ON;"
                          "PRAGMA mmap_size = 0; PRAGMA cache_size = -8000;"
                          "PRAGMA foreign_keys = OFF; PRAGMA synchronous = FULL;"
                          "PRAGMA secure_delete = OFF",
                          NULL, NULL, NULL);
    }
    return store_fail(s, rc, e);
}

static enum status connect_immutable(struct store *s, struct err *e)
{
    char *uri = immutable_uri(s->path);
    enum status st = connect_to(s, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, e);
    free(uri);
    return st;
}

static void disconnect(struct store *s, bool checkpoint)
{
    sql_free_all(s);
    if (s->db == NULL) {
        return;
    }
    (void)sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, checkpoint ? 0 : 1, NULL);
    (void)sqlite3_close(s->db);
    s->db = NULL;
}

static enum status pragma_int(struct store *s, const char *pragma, int64_t *out, struct err *e)
{
    struct sql q = sql_once(s, pragma);
    return sql_end_int(&q, 0, out, e);
}

static enum status use_wal(struct store *s, struct err *e)
{
    struct buf mode;
    buf_init(&mode, 64);
    struct sql q = sql_once(s, "PRAGMA journal_mode = WAL");
    enum status st = sql_end_text(&q, &mode, e);
    if (st == ST_OK && strcmp(mode.data, "wal") != 0) {
        st = err_set(e, ST_IO, "the file system that holds %s cannot keep a write-ahead log",
                     s->path);
    }
    buf_free(&mode);
    return st;
}

/* ------------------------------------------------------------------ checking */

enum status store_check(struct store *s, struct err *e)
{
    struct buf found;
    buf_init(&found, 400);
    struct sql q = sql_once(s, "PRAGMA quick_check(1)");
    if (sql_row(&q)) {
        buf_adds(&found, sql_col_string(&q, 0));
    }
    enum status st = sql_end(&q, e);
    if (st == ST_OK && strcmp(found.data, "ok") != 0) {
        st = err_set(e, ST_DAMAGED, "%s is damaged: %s", s->path, found.data);
    }
    buf_free(&found);
    return st;
}

/* quick_check on a connection of its own that leaves the file and its folder as they are. */
static enum status check_apart(struct store *s, bool wal_empty, struct err *e)
{
    enum status st =
        wal_empty ? connect_immutable(s, e) : connect_to(s, s->path, SQLITE_OPEN_READONLY, e);
    if (st == ST_OK) {
        st = store_check(s, e);
    }
    disconnect(s, false);
    return st;
}

static enum status check_early(struct store *s, const struct file_head *f, struct err *e)
{
    if (s->mode == STORE_WRITE) {
        return f->size <= CHECK_WRITE_BYTES ? check_apart(s, f->wal_empty, e) : ST_OK;
    }
    /*
     * With a log that is not empty a writer is there (or was killed): it checks, or the next
     * does.
     */
    if (f->size > CHECK_READ_BYTES || !f->wal_empty) {
        return ST_OK;
    }
    enum status st = check_apart(s, true, e);
    if (st != ST_OK && !file_wal_empty(s->path)) {
        return ST_OK; /* a writer came meanwhile, and we looked past its locks */
    }
    return st;
}

/* ------------------------------------------------------------------ copies */

static enum status copy_pages(struct store *s, sqlite3 *to, struct err *e)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", s->db, "main");
    if (b == NULL) {
        return err_set(e, ST_IO, "cannot copy %s: %s", s->path, sqlite3_errmsg(to));
    }
    (void)sqlite3_backup_step(b, -1);
    int rc = sqlite3_backup_finish(b);
    if ((rc & 0xff) == SQLITE_FULL) {
        return err_set(e, ST_IO, "no space left on the disk for a copy of %s", s->path);
    }
    return rc == SQLITE_OK ? ST_OK
                           : err_set(e, ST_IO, "cannot copy %s: %s", s->path, sqlite3_errstr(rc));
}

enum status store_backup(struct store *s, const char *to, struct err *e)
{
    if (s->in_tx) {
        return err_set(e, ST_INTERNAL, "a copy of %s was asked for inside a transaction", s->path);
    }
    char *path = NULL;
    char *fresh = NULL;
    sqlite3 *db = NULL;
    int rc = SQLITE_OK;
    enum status st = path_absolute(to, &path, e);
    if (st != ST_OK) {
        return st;
    }
    if (access(path, F_OK) == 0) {
        st = err_set(e, ST_EXISTS, "%s exists already", path);
        goto out;
    }
    fresh = xasprintf("%s-new", path);
    file_remove_all(fresh);
    rc = sqlite3_open_v2(fresh, &db,
                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK) {
        st = err_set(e, ST_IO, "cannot write %s: %s", path, sqlite3_errstr(rc));
        goto out;
    }
    st = copy_pages(s, db, e);
    (void)sqlite3_close(db);
    db = NULL;
    if (st == ST_OK) {
        st = file_publish(fresh, path, e);
    }
out:
    (void)sqlite3_close(db);
    if (fresh != NULL) {
        file_remove_all(fresh);
    }
    free(fresh);
    free(path);
    return st;
}

/* FILE.v<N>.bak, or the next name that is free: an older copy is never replaced. */
static enum status backup_version(struct store *s, int version, struct err *e)
{
    for (int i = 1; i <= BACKUP_NAMES; i++) {
        char *to = i == 1 ? xasprintf("%s.v%d.bak", s->path, version)
                          : xasprintf("%s.v%d.bak.%d", s->path, version, i);
        enum status st = access(to, F_OK) == 0 ? ST_EXISTS : store_backup(s, to, e);
        free(to);
        if (st != ST_EXISTS) {
            return st;
        }
    }
    return err_set(e, ST_EXISTS, "there are %d copies of %s before its migration already",
                   BACKUP_NAMES, s->path);
}

/* ------------------------------------------------------------------ opening */

static enum status create_file(struct store *s, struct err *e)
{
    char *fresh = xasprintf("%s-new", s->path);
    file_remove_all(fresh);
    enum status st = connect_to(s, fresh, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, e);
    if (st == ST_OK) {
        int rc = sqlite3_exec(s->db, "PRAGMA page_size = 4096; PRAGMA auto_vacuum = NONE", NULL,
                              NULL, NULL);
        st = store_fail(s, rc, e);
    }
    if (st == ST_OK) {
        st = use_wal(s, e);
    }
    if (st == ST_OK) {
        st = schema_migrate(s, 0, e);
    }
    disconnect(s, true);
    if (st == ST_OK) {
        st = file_publish(fresh, s->path, e);
    }
    file_remove_all(fresh);
    free(fresh);
    return st;
}

/* The version may stand in the log only, so the header alone does not settle it. */
static enum status settle_version(struct store *s, struct err *e)
{
    int64_t version = 0;
    enum status st = pragma_int(s, "PRAGMA user_version", &version, e);
    if (st != ST_OK || version == STORE_VERSION) {
        return st;
    }
    if (version > STORE_VERSION || version < 0) {
        return err_set(e, ST_VERSION,
                       "%s was made by a newer taxa: version %d was found, this one knows %d",
                       s->path, (int)version, STORE_VERSION);
    }
    if (s->mode == STORE_READ) {
        return err_set(e, ST_VERSION, "%s needs migration: version %d was found, %d is expected",
                       s->path, (int)version, STORE_VERSION);
    }
    st = backup_version(s, (int)version, e);
    return st == ST_OK ? schema_migrate(s, (int)version, e) : st;
}

static int on_commit(void *ctx, sqlite3 *db, const char *name, int pages)
{
    (void)db;
    (void)name;
    struct store *s = ctx;
    s->wal_pages = pages;
    return SQLITE_OK;
}

static bool needs_folder(sqlite3 *db)
{
    int rc = sqlite3_errcode(db) & 0xff;
    return rc == SQLITE_CANTOPEN || rc == SQLITE_READONLY;
}

/*
 * A reader may not write by SQL, but its descriptor may: only then can the last one to leave take
 * the exclusive lock under which SQLite removes an empty log. Without the permission it is
 * read-only.
 */
static enum status connect_reader(struct store *s, const struct file_head *f, struct err *e)
{
    int64_t version = 0;
    enum status st = connect_to(s, s->path, SQLITE_OPEN_READWRITE, e);
    if (st == ST_OK) {
        st = store_fail(s, sqlite3_exec(s->db, "PRAGMA query_only = ON", NULL, NULL, NULL), e);
    }
    if (st == ST_OK) {
        st = pragma_int(s, "PRAGMA user_version", &version, e);
    }
    if (st != ST_OK && f->wal_empty && needs_folder(s->db)) {
        /* A folder that may not be written: nobody can be writing the file either. */
        disconnect(s, false);
        st = connect_immutable(s, e);
    }
    return st;
}

static enum status connect_writer(struct store *s, struct err *e)
{
    enum status st = connect_to(s, s->path, SQLITE_OPEN_READWRITE, e);
    if (st == ST_OK) {
        st = use_wal(s, e);
    }
    if (st == ST_OK) {
        (void)sqlite3_wal_hook(s->db, on_commit, s);
    }
    return st;
}

static enum status open_file(struct store *s, bool create, struct err *e)
{
    struct file_head f;
    enum status st = file_look(s->path, s->mode, &f, e);
    if (st == ST_OK && f.missing && (s->mode == STORE_READ || !create)) {
        st = err_set(e, ST_NOT_FOUND, "there is no session file %s", s->path);
    }
    if (st == ST_OK && s->mode == STORE_WRITE) {
        st = file_lock(s, e);
        if (st == ST_OK) {
            st = file_look(s->path, s->mode, &f, e); /* what was seen before the lock is hearsay */
        }
        if (st == ST_OK && f.missing) {
            st = create ? create_file(s, e)
                        : err_set(e, ST_NOT_FOUND, "there is no session file %s", s->path);
            f.wal_empty = true;
        }
    }
    if (st == ST_OK && f.version == 0 && s->mode == STORE_READ && f.wal_empty) {
        st = err_set(e, ST_VERSION, "%s needs migration: version 0 was found, %d is expected",
                     s->path, STORE_VERSION);
    }
    if (st == ST_OK && !f.missing) {
        st = check_early(s, &f, e);
    }
    if (st == ST_OK) {
        st = s->mode == STORE_WRITE ? connect_writer(s, e) : connect_reader(s, &f, e);
    }
    if (st == ST_OK) {
        st = settle_version(s, e);
    }
    if (st == ST_OK) {
        st = store_fail(s, where_functions(s), e);
    }
    return st;
}

enum status store_open(const char *path, enum store_mode mode, bool create, struct store **out,
                       struct err *e)
{
    *out = NULL;
    struct store *s = xcalloc(1, sizeof *s);
    s->mode = mode;
    enum status st = path_absolute(path, &s->path, e);
    if (st == ST_OK) {
        st = open_file(s, create, e);
    }
    if (st != ST_OK) {
        store_close(s);
        return st;
    }
    if (mode == STORE_WRITE) {
        touched_watch(s);
    }
    s->ready = true;
    *out = s;
    return ST_OK;
}

void store_close(struct store *s)
{
    if (s == NULL) {
        return;
    }
    if (s->in_op) {
        store_op_cancel(s);
    } else if (s->in_tx) {
        store_rollback(s);
    }
    if (s->ready && s->mode == STORE_WRITE) {
        sql_free_all(s);
        (void)sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
    /* The last one to leave removes an empty log; a log with pages is the next writer's. */
    bool empty = s->db != NULL && file_wal_empty(s->path);
    disconnect(s, empty);
    file_unlock(s);
    where_forget(s);
    free(s->tallies.slots);
    free(s->touched.id);
    free(s->path);
    free(s);
}

const char *store_path(const struct store *s)
{
    return s->path;
}
