/*
 * store_journal - undo and redo by changesets.
 *
 * SQLite's session extension records which rows of the journalled tables an operation changed, with
 * their old and new values. Undo applies the inverse, redo the changeset itself; both are strictly
 * last in, first out, so a row that is not as it was left means that somebody changed the file by
 * other means, and then nothing is done. What counts for a point depends on its reviews, but points
 * are not journalled: after a changeset that touched reviews their points are worked out again.
 */
#include "store/store_private.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static const struct journalled {
    const char *table;
    unsigned dirty;
} journalled[] = {
    {"session", DIRTY_SETTINGS},  {"example", DIRTY_SETTINGS},
    {"setting", DIRTY_SETTINGS},  {"teacher", DIRTY_SETTINGS},
    {"role", DIRTY_SETTINGS},     {"factor", DIRTY_TREE},
    {"node", DIRTY_TREE},         {"node_alias", DIRTY_TREE | DIRTY_POINTS},
    {"strategy", DIRTY_SETTINGS}, {"exclusion", DIRTY_SETTINGS},
    {"review", DIRTY_POINTS},     {"expansion", DIRTY_TREE},
    {"suggestion", DIRTY_TREE},
};
enum {
    JOURNALLED = sizeof journalled / sizeof journalled[0],
    REVIEW_POINT = 1 /* column of review.point */
};

/* ------------------------------------------------------------------ recording */

enum status store_op_begin(struct store *s, const char *who, const char *line, int64_t job,
                           struct err *e)
{
    enum status st = store_begin(s, e);
    if (st != ST_OK) {
        return st;
    }
    int rc = sqlite3session_create(s->db, "main", &s->session);
    for (int i = 0; rc == SQLITE_OK && i < JOURNALLED; i++) {
        rc = sqlite3session_attach(s->session, journalled[i].table);
    }
    st = store_fail(s, rc, e);
    if (st != ST_OK) {
        store_rollback(s);
        return st;
    }
    s->op_who = xstrdup(who);
    s->op_line = xstrdup(line);
    s->op_job = job;
    s->in_op = true;
    return ST_OK;
}

static enum status insert_op(struct store *s, const void *changes, int n, struct err *e)
{
    struct sql q = sql_use(s, "DELETE FROM op WHERE undone = 1");
    enum status st = sql_run(&q, e);
    if (st != ST_OK) {
        return st;
    }
    q = sql_use(s, "INSERT INTO op(at_us, job, who, line, changes) VALUES (?1, ?2, ?3, ?4, ?5)");
    sql_int(&q, clock_wall_us());
    sql_int(&q, s->op_job);
    sql_text(&q, s->op_who);
    sql_text(&q, s->op_line);
    sql_blob(&q, changes, (size_t)n);
    return sql_run(&q, e);
}

enum status store_op_end(struct store *s, struct err *e)
{
    enum status st = op_need(s, 0, e);
    void *changes = NULL;
    int n = 0;
    if (st == ST_OK) {
        st = store_fail(s, sqlite3session_changeset(s->session, &n, &changes), e);
    }
    if (st == ST_OK && n > 0) {
        st = insert_op(s, changes, n, e);
    }
    sqlite3_free(changes);
    if (st == ST_OK) {
        st = tx_commit(s, e);
    }
    if (st != ST_OK) {
        store_rollback(s);
        return st;
    }
    sqlite3session_delete(s->session);
    s->session = NULL;
    free(s->op_who);
    free(s->op_line);
    s->op_who = s->op_line = NULL;
    s->in_op = false;
    return ST_OK;
}

void store_op_cancel(struct store *s)
{
    store_rollback(s);
}

/* ------------------------------------------------------------------ applying */

struct changeset {
    void *bytes;
    int n;
};

static int on_conflict(void *ctx, int kind, sqlite3_changeset_iter *it)
{
    (void)kind;
    const char **table = ctx;
    const char *name = NULL;
    int columns = 0;
    int op = 0;
    int indirect = 0;
    if (sqlite3changeset_op(it, &name, &columns, &op, &indirect) == SQLITE_OK) {
        for (int i = 0; i < JOURNALLED; i++) {
            if (strcmp(journalled[i].table, name) == 0) {
                *table = journalled[i].table;
            }
        }
    }
    return SQLITE_CHANGESET_ABORT;
}

static enum status apply(struct store *s, const struct changeset *c, struct err *e)
{
    const char *table = NULL;
    int rc = sqlite3changeset_apply(s->db, c->n, c->bytes, NULL, on_conflict, &table);
    if (table != NULL) {
        return err_set(e, ST_DAMAGED,
                       "the journal of %s does not fit: a row of table %s was changed by other "
                       "means; nothing was changed",
                       s->path, table);
    }
    return store_fail(s, rc, e);
}

static unsigned dirty_of(const char *table)
{
    for (int i = 0; i < JOURNALLED; i++) {
        if (strcmp(journalled[i].table, table) == 0) {
            return journalled[i].dirty;
        }
    }
    return 0;
}

struct ids {
    int64_t *id;
    size_t count, cap;
};

/* Which points the reviews in a changeset belong to, and which revisions must grow. */
static enum status scan(struct store *s, const struct changeset *c, struct ids *points,
                        struct err *e)
{
    sqlite3_changeset_iter *it = NULL;
    int rc = sqlite3changeset_start(&it, c->n, c->bytes);
    while (rc == SQLITE_OK && sqlite3changeset_next(it) == SQLITE_ROW) {
        const char *table = NULL;
        int columns = 0;
        int op = 0;
        int indirect = 0;
        rc = sqlite3changeset_op(it, &table, &columns, &op, &indirect);
        if (rc != SQLITE_OK) {
            break;
        }
        s->dirty |= dirty_of(table);
        if (strcmp(table, "review") != 0 || op == SQLITE_UPDATE) {
            continue;
        }
        sqlite3_value *v = NULL;
        rc = op == SQLITE_INSERT ? sqlite3changeset_new(it, REVIEW_POINT, &v)
                                 : sqlite3changeset_old(it, REVIEW_POINT, &v);
        if (rc == SQLITE_OK && v != NULL) {
            points->id = vec_grow(points->id, &points->cap, points->count + 1, sizeof *points->id);
            points->id[points->count++] = sqlite3_value_int64(v);
        }
    }
    int end = sqlite3changeset_finalize(it);
    return store_fail(s, rc != SQLITE_OK ? rc : end, e);
}

/* The changes of an operation, as they are to be applied. Released with sqlite3_free. */
static enum status load(struct store *s, int64_t op, bool redo, struct changeset *out,
                        struct err *e)
{
    *out = (struct changeset){0};
    struct sql q = sql_use(s, "SELECT changes FROM op WHERE id = ?1");
    sql_int(&q, op);
    int rc = SQLITE_OK;
    if (sql_row(&q)) {
        int n = sqlite3_column_bytes(q.stmt, 0);
        const void *bytes = sqlite3_column_blob(q.stmt, 0);
        if (redo) {
            out->bytes = sqlite3_malloc(n > 0 ? n : 1);
            out->n = n;
            rc = out->bytes != NULL ? SQLITE_OK : SQLITE_NOMEM;
            if (rc == SQLITE_OK && n > 0) {
                memcpy(out->bytes, bytes, (size_t)n);
            }
        } else {
            rc = sqlite3changeset_invert(n, bytes, &out->n, &out->bytes);
        }
    }
    enum status st = sql_end(&q, e);
    return st == ST_OK ? store_fail(s, rc, e) : st;
}

static enum status replay(struct store *s, int64_t op, bool redo, struct err *e)
{
    struct changeset c;
    struct ids points = {0};
    enum status st = load(s, op, redo, &c, e);
    if (st == ST_OK) {
        st = apply(s, &c, e);
    }
    if (st == ST_OK) {
        st = scan(s, &c, &points, e);
    }
    for (size_t i = 0; st == ST_OK && i < points.count; i++) {
        st = point_refresh(s, points.id[i], e);
    }
    if (st == ST_OK) {
        struct sql q = sql_use(s, "UPDATE op SET undone = ?1 WHERE id = ?2");
        sql_int(&q, redo ? 0 : 1);
        sql_int(&q, op);
        st = sql_run(&q, e);
    }
    sqlite3_free(c.bytes);
    free(points.id);
    return st;
}

/* ------------------------------------------------------------------ steps */

/* The operation that is undone (redone) next; id 0: none. line may be NULL. */
struct head {
    int64_t id, job;
};

static enum status next_op(struct store *s, bool redo, struct head *out, struct buf *line,
                           struct err *e)
{
    *out = (struct head){0};
    struct sql q =
        redo ? sql_use(s, "SELECT id, job, line FROM op WHERE undone = 1 ORDER BY id LIMIT 1")
             : sql_use(s, "SELECT id, job, line FROM op WHERE undone = 0 ORDER BY id DESC LIMIT 1");
    if (sql_row(&q)) {
        out->id = sql_col_int(&q, 0);
        out->job = sql_col_int(&q, 1);
        if (line != NULL) {
            buf_clear(line);
            buf_adds(line, sql_col_string(&q, 2));
        }
    }
    return sql_end(&q, e);
}

static enum status step(struct store *s, bool redo, struct buf *line, struct err *e)
{
    struct head head;
    struct head next;
    enum status st = store_begin(s, e);
    if (st != ST_OK) {
        return st;
    }
    st = next_op(s, redo, &head, line, e);
    if (st == ST_OK && head.id == 0) {
        st = err_set(e, ST_NOT_FOUND, redo ? "nothing to redo" : "nothing to undo");
    }
    next = head;
    while (st == ST_OK && next.id != 0 &&
           (next.id == head.id || (head.job > 0 && next.job == head.job))) {
        st = replay(s, next.id, redo, e);
        if (st == ST_OK) {
            st = next_op(s, redo, &next, NULL, e);
        }
    }
    if (st == ST_OK && !redo && head.job > 0) { /* asked for again, it is to be asked anew */
        struct sql q = sql_use(s, "UPDATE job SET state = 'undone' WHERE id = ?1 AND "
                                  "state = 'stopped'");
        sql_int(&q, head.job);
        st = sql_run(&q, e);
    }
    if (st == ST_OK) {
        return tx_commit(s, e);
    }
    store_rollback(s);
    return st;
}

enum status store_undo(struct store *s, struct buf *line, struct err *e)
{
    return step(s, false, line, e);
}

enum status store_redo(struct store *s, struct buf *line, struct err *e)
{
    return step(s, true, line, e);
}

enum status store_undo_next(struct store *s, bool redo, int64_t *id, int64_t *job, struct err *e)
{
    struct head head;
    enum status st = next_op(s, redo, &head, NULL, e);
    *id = head.id;
    *job = head.job;
    return st;
}

bool store_undo_line(struct store *s, struct buf *line)
{
    struct head head;
    return next_op(s, false, &head, line, NULL) == ST_OK && head.id != 0;
}

bool store_redo_line(struct store *s, struct buf *line)
{
    struct head head;
    return next_op(s, true, &head, line, NULL) == ST_OK && head.id != 0;
}

enum status store_ops(struct store *s, int64_t limit,
                      bool (*visit)(void *ctx, const struct op_row *row), void *ctx, struct err *e)
{
    struct sql q =
        sql_use(s, "SELECT id, at_us, job, undone, who, line FROM op ORDER BY id DESC LIMIT ?1");
    sql_int(&q, limit);
    while (sql_row(&q)) {
        struct op_row row = {
            .id = sql_col_int(&q, 0),
            .at_us = sql_col_int(&q, 1),
            .job = sql_col_int(&q, 2),
            .undone = sql_col_int(&q, 3) != 0,
            .who = sql_col_string(&q, 4),
            .line = sql_col_string(&q, 5),
        };
        if (!visit(ctx, &row)) {
            break;
        }
    }
    return sql_end(&q, e);
}
