/*
 * store_sql - prepared statements, and SQLite's errors in words.
 *
 * Statements are prepared once and kept for the life of the store; the cache is keyed by the
 * address of the SQL literal, so that finding one costs no string comparison. A statement that is
 * in use when it is asked for again (a visit function that reads more) gets a second, uncached
 * one.
 */
#include "store/store_private.h"

#include "base/mem.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------ errors */

/* A failed COMMIT does not set sqlite3_system_errno; the log's own file object knows. */
static int log_errno(sqlite3 *db)
{
    sqlite3_file *log = NULL;
    int error = 0;
    (void)sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (log != NULL && log->pMethods != NULL) {
        (void)log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &error);
    }
    return error;
}

static enum status fail_io(struct store *s, int rc, struct err *e)
{
    int error = sqlite3_system_errno(s->db);
    error = error != 0 ? error : log_errno(s->db);
    if (rc == SQLITE_FULL || error == ENOSPC || error == EDQUOT || error == EFBIG) {
        return err_set(e, ST_IO, "no space left on the disk that holds %s; nothing was changed",
                       s->path);
    }
    char text[128];
    return err_set(e, ST_IO, "cannot read or write %s: %s", s->path,
                   error != 0 ? strerror_r(error, text, sizeof text) : sqlite3_errstr(rc));
}

enum status store_fail(struct store *s, int rc, struct err *e)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return ST_OK;
    case SQLITE_FULL:
    case SQLITE_IOERR:
        return fail_io(s, rc, e);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(e, ST_BUSY, "%s is in use by another program", s->path);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return err_set(e, ST_DAMAGED, "%s is damaged: %s", s->path, sqlite3_errstr(rc));
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return err_set(e, ST_DENIED, "%s may not be written: %s", s->path, sqlite3_errstr(rc));
    case SQLITE_CANTOPEN:
        return err_set(e, ST_IO, "cannot open %s or a file beside it", s->path);
    case SQLITE_TOOBIG:
        return err_set(e, ST_LIMIT, "a text is too large for %s", s->path);
    case SQLITE_NOMEM:
        return err_set(e, ST_LIMIT, "not enough memory to work on %s", s->path);
    case SQLITE_INTERRUPT:
        return err_set(e, ST_CANCELLED, "reading %s was interrupted", s->path);
    default:
        return err_set(e, ST_INTERNAL, "%s: %s (%d)", s->path, sqlite3_errmsg(s->db), rc);
    }
}

/* ------------------------------------------------------------------ statements */

static struct sql_slot *find_slot(struct store *s, const char *literal)
{
    size_t at = (size_t)((((uint64_t)(uintptr_t)literal) * 0x9E3779B97F4A7C15u) >> 56);
    for (unsigned i = 0; i < SQL_SLOTS; i++) {
        struct sql_slot *slot = &s->slots[(at + i) % SQL_SLOTS];
        if (slot->sql == literal || slot->sql == NULL) {
            return slot;
        }
    }
    return NULL;
}

struct sql sql_use(struct store *s, const char *literal)
{
    struct sql_slot *slot = find_slot(s, literal);
    if (slot == NULL || slot->busy) {
        return sql_once(s, literal);
    }
    struct sql q = {.s = s, .slot = slot, .rc = SQLITE_OK};
    if (slot->stmt == NULL) {
        q.rc = sqlite3_prepare_v3(s->db, literal, -1, SQLITE_PREPARE_PERSISTENT, &slot->stmt, NULL);
        if (q.rc != SQLITE_OK) {
            q.slot = NULL;
            return q;
        }
        slot->sql = literal;
    }
    slot->busy = true;
    q.stmt = slot->stmt;
    return q;
}

struct sql sql_once(struct store *s, const char *text)
{
    struct sql q = {.s = s};
    q.rc = sqlite3_prepare_v2(s->db, text, -1, &q.stmt, NULL);
    return q;
}

static void bound(struct sql *q, int rc)
{
    if (rc != SQLITE_OK) {
        q->rc = rc;
    }
}

void sql_int(struct sql *q, int64_t v)
{
    q->at++;
    if (q->rc == SQLITE_OK) {
        bound(q, sqlite3_bind_int64(q->stmt, q->at, v));
    }
}

void sql_real(struct sql *q, double v)
{
    q->at++;
    if (q->rc == SQLITE_OK) {
        bound(q, isnan(v) ? sqlite3_bind_null(q->stmt, q->at)
                          : sqlite3_bind_double(q->stmt, q->at, v));
    }
}

void sql_text(struct sql *q, const char *text)
{
    q->at++;
    if (q->rc == SQLITE_OK) {
        bound(q, text == NULL ? sqlite3_bind_null(q->stmt, q->at)
                              : sqlite3_bind_text(q->stmt, q->at, text, -1, SQLITE_STATIC));
    }
}

void sql_blob(struct sql *q, const void *bytes, size_t n)
{
    q->at++;
    if (q->rc == SQLITE_OK) {
        bound(q, sqlite3_bind_blob64(q->stmt, q->at, bytes, n, SQLITE_STATIC));
    }
}

void sql_pointer(struct sql *q, void *p, const char *type)
{
    q->at++;
    if (q->rc == SQLITE_OK) {
        bound(q, sqlite3_bind_pointer(q->stmt, q->at, p, type, NULL));
    }
}

bool sql_row(struct sql *q)
{
    if (q->rc != SQLITE_OK && q->rc != SQLITE_ROW) {
        return false;
    }
    q->rc = sqlite3_step(q->stmt);
    return q->rc == SQLITE_ROW;
}

int64_t sql_col_int(struct sql *q, int col)
{
    return sqlite3_column_int64(q->stmt, col);
}

double sql_col_real(struct sql *q, int col)
{
    bool null = sqlite3_column_type(q->stmt, col) == SQLITE_NULL;
    return null ? (double)NAN : sqlite3_column_double(q->stmt, col);
}

const char *sql_col_text(struct sql *q, int col)
{
    return (const char *)sqlite3_column_text(q->stmt, col);
}

const char *sql_col_string(struct sql *q, int col)
{
    const char *text = sql_col_text(q, col);
    return text != NULL ? text : "";
}

char *sql_col_copy(struct sql *q, int col)
{
    const char *text = sql_col_text(q, col);
    return text != NULL ? xstrdup(text) : NULL;
}

enum status sql_end(struct sql *q, struct err *e)
{
    enum status st = store_fail(q->s, q->rc, e);
    if (q->slot != NULL) {
        (void)sqlite3_reset(q->stmt); /* repeats the error that is in q->rc already */
        (void)sqlite3_clear_bindings(q->stmt);
        q->slot->busy = false;
    } else {
        (void)sqlite3_finalize(q->stmt);
    }
    q->stmt = NULL;
    q->slot = NULL;
    q->rc = SQLITE_MISUSE; /* a second use after the end goes nowhere */
    return st;
}

enum status sql_run(struct sql *q, struct err *e)
{
    while (sql_row(q)) {
    }
    return sql_end(q, e);
}

enum status sql_end_int(struct sql *q, int64_t otherwise, int64_t *out, struct err *e)
{
    *out = sql_row(q) ? sql_col_int(q, 0) : otherwise;
    return sql_end(q, e);
}

enum status sql_end_text(struct sql *q, struct buf *out, struct err *e)
{
    buf_clear(out);
    if (sql_row(q)) {
        buf_adds(out, sql_col_string(q, 0));
    }
    enum status st = sql_end(q, e);
    if (st == ST_OK && out->over) {
        st = err_set(e, ST_LIMIT, "a text in %s is longer than the %zu bytes expected here",
                     q->s->path, out->max);
    }
    return st;
}

void sql_free_all(struct store *s)
{
    for (unsigned i = 0; i < SQL_SLOTS; i++) {
        (void)sqlite3_finalize(s->slots[i].stmt);
        s->slots[i] = (struct sql_slot){0};
    }
}

void store_interrupt(struct store *s)
{
    sqlite3_interrupt(s->db);
}
