/*
 * store_tx - transactions, what is summed up in memory until the commit, and checkpoints.
 *
 * A point changes its state about six times, and each change moves counts of the strategy and of
 * every node it was drawn at. Added up in memory and written once per commit, most of these moves
 * cancel out or fall together. The same goes for the sums of calls.
 */
#include "store/store_private.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
    TALLY_FIRST_CAP = 1024,
    TALLY_MOST = 1 << 16,    /* distinct counts in memory before they are written early */
    WAL_IDLE_PAGES = 4000,   /* 16 MB: worth a checkpoint when nothing else is to be done */
    WAL_FORCE_PAGES = 16384, /* 64 MB: now, whatever it costs */
    FORCE_WAIT_MS = 200,
    BUSY_MS = 5000
};

/* ------------------------------------------------------------------ tallies */

static struct tally_slot *tally_find(struct tally_slot *slots, size_t cap, int64_t strategy,
                                     int64_t node, uint16_t kind)
{
    uint64_t h = (uint64_t)node * 0x9E3779B97F4A7C15u ^ (uint64_t)strategy * 0xC2B2AE3D27D4EB4Fu ^
                 (uint64_t)kind * 0x165667B19E3779F9u;
    h ^= h >> 29;
    for (size_t i = (size_t)h & (cap - 1);; i = (i + 1) & (cap - 1)) {
        struct tally_slot *t = &slots[i];
        if (!t->used || (t->node == node && t->strategy == strategy && t->kind == kind)) {
            return t;
        }
    }
}

static void tally_grow(struct tally_pending *p)
{
    size_t cap = p->cap > 0 ? p->cap * 2 : TALLY_FIRST_CAP;
    struct tally_slot *slots = xcalloc(cap, sizeof *slots);
    for (size_t i = 0; i < p->cap; i++) {
        const struct tally_slot *t = &p->slots[i];
        if (t->used) {
            *tally_find(slots, cap, t->strategy, t->node, t->kind) = *t;
        }
    }
    free(p->slots);
    p->slots = slots;
    p->cap = cap;
}

void tally_add(struct store *s, int64_t strategy, int64_t node, bool complexified,
               enum point_state state, int64_t n)
{
    struct tally_pending *p = &s->tallies;
    if (p->count * 2 >= p->cap) {
        tally_grow(p);
    }
    uint16_t kind = (uint16_t)((complexified ? POINT_STATES : 0) + (int)state);
    struct tally_slot *t = tally_find(p->slots, p->cap, strategy, node, kind);
    if (!t->used) {
        *t = (struct tally_slot){.strategy = strategy, .node = node, .kind = kind, .used = true};
        p->count++;
    }
    t->n += n;
}

static void tally_forget(struct store *s)
{
    if (s->tallies.count > 0) {
        memset(s->tallies.slots, 0, s->tallies.cap * sizeof *s->tallies.slots);
        s->tallies.count = 0;
    }
}

static enum status tally_flush(struct store *s, struct err *e)
{
    enum status st = ST_OK;
    for (size_t i = 0; st == ST_OK && s->tallies.count > 0 && i < s->tallies.cap; i++) {
        const struct tally_slot *t = &s->tallies.slots[i];
        if (!t->used || t->n == 0) {
            continue;
        }
        struct sql q = sql_use(s, "INSERT INTO tally VALUES (?1, ?2, ?3, ?4, ?5) "
                                  "ON CONFLICT DO UPDATE SET n = n + excluded.n");
        sql_int(&q, t->strategy);
        sql_int(&q, t->node);
        sql_int(&q, t->kind / POINT_STATES);
        sql_int(&q, t->kind % POINT_STATES);
        sql_int(&q, t->n);
        st = sql_run(&q, e);
    }
    if (st == ST_OK) {
        tally_forget(s);
    }
    return st;
}

/* ------------------------------------------------------------------ sums of calls */

static enum status sums_flush(struct store *s, struct err *e)
{
    enum status st = ST_OK;
    for (int i = 0; st == ST_OK && i < s->sum_count; i++) {
        const struct call_sum *c = &s->sums[i];
        struct sql q = sql_use(
            s, "INSERT INTO call_sum VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
               "ON CONFLICT DO UPDATE SET made = made + excluded.made, ok = ok + excluded.ok, "
               "failed = failed + excluded.failed, retried = retried + excluded.retried, "
               "tokens_in = tokens_in + excluded.tokens_in, "
               "tokens_cached = tokens_cached + excluded.tokens_cached, "
               "tokens_out = tokens_out + excluded.tokens_out, cost = cost + excluded.cost, "
               "seconds = seconds + excluded.seconds");
        sql_text(&q, c->task);
        sql_int(&q, c->made);
        sql_int(&q, c->ok);
        sql_int(&q, c->failed);
        sql_int(&q, c->retried);
        sql_int(&q, c->tokens_in);
        sql_int(&q, c->tokens_cached);
        sql_int(&q, c->tokens_out);
        sql_real(&q, c->cost);
        sql_real(&q, c->seconds);
        st = sql_run(&q, e);
    }
    if (st == ST_OK) {
        s->sum_count = 0;
    }
    return st;
}

struct call_sum *call_sum_of(struct store *s, const char *task, struct err *e)
{
    for (int i = 0; i < s->sum_count; i++) {
        if (strncmp(s->sums[i].task, task, sizeof s->sums[i].task - 1) == 0) {
            return &s->sums[i];
        }
    }
    if (s->sum_count == ESTIMATE_TASKS && sums_flush(s, e) != ST_OK) {
        return NULL;
    }
    struct call_sum *c = &s->sums[s->sum_count++];
    memset(c, 0, sizeof *c);
    memccpy(c->task, task, '\0', sizeof c->task - 1);
    return c;
}

enum status pending_flush(struct store *s, struct err *e)
{
    enum status st = tally_flush(s, e);
    return st == ST_OK ? sums_flush(s, e) : st;
}

/* ------------------------------------------------------------------ transactions */

static void forget(struct store *s)
{
    tally_forget(s);
    s->sum_count = 0;
    s->dirty = 0;
    memset(s->seen, 0, sizeof s->seen); /* a text stored by a lost transaction is not there */
    touched_rollback(s);
    s->in_tx = false;
}

/* SQLite may have given a transaction up (disk full). */
static enum status tx_alive(struct store *s, struct err *e)
{
    if (!s->in_tx) {
        return err_set(e, ST_INTERNAL, "%s: a change outside a transaction", s->path);
    }
    if (sqlite3_get_autocommit(s->db) != 0) {
        return err_set(e, ST_IO, "the change to %s failed before; nothing was changed", s->path);
    }
    return ST_OK;
}

enum status store_begin(struct store *s, struct err *e)
{
    if (s->mode != STORE_WRITE) {
        return err_set(e, ST_INTERNAL, "%s was opened for reading", s->path);
    }
    if (s->in_tx) {
        return err_set(e, ST_INTERNAL, "%s: a transaction inside a transaction", s->path);
    }
    struct sql q = sql_use(s, "BEGIN IMMEDIATE");
    enum status st = sql_run(&q, e);
    s->in_tx = st == ST_OK;
    return st;
}

void store_rollback(struct store *s)
{
    if (s->session != NULL) {
        sqlite3session_delete(s->session);
        s->session = NULL;
    }
    free(s->op_who);
    free(s->op_line);
    s->op_who = s->op_line = NULL;
    s->in_op = false;
    if (s->in_tx && sqlite3_get_autocommit(s->db) == 0) {
        (void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    }
    forget(s);
}

static enum status revision_bump(struct store *s, struct err *e)
{
    if (s->dirty == 0) {
        return ST_OK;
    }
    struct sql q = sql_use(s, "UPDATE revision SET tree = tree + ?1, settings = settings + ?2, "
                              "points = points + ?3 WHERE id = 1");
    sql_int(&q, (s->dirty & DIRTY_TREE) != 0);
    sql_int(&q, (s->dirty & DIRTY_SETTINGS) != 0);
    sql_int(&q, (s->dirty & DIRTY_POINTS) != 0);
    return sql_run(&q, e);
}

static void checkpoint(struct store *s, int mode)
{
    int log = 0;
    int done = 0;
    int rc = sqlite3_wal_checkpoint_v2(s->db, NULL, mode, &log, &done);
    if (rc == SQLITE_OK && log == done) {
        s->wal_pages = 0; /* the next commit starts the log over and says its new length */
    }
}

enum status tx_commit(struct store *s, struct err *e)
{
    enum status st = tx_alive(s, e);
    if (st == ST_OK) {
        st = pending_flush(s, e);
    }
    if (st == ST_OK) {
        st = revision_bump(s, e);
    }
    if (st == ST_OK) {
        struct sql q = sql_use(s, "COMMIT");
        st = sql_run(&q, e);
    }
    if (st != ST_OK) {
        store_rollback(s);
        return st;
    }
    s->in_tx = false;
    s->dirty = 0;
    touched_commit(s);
    if (s->wal_pages > WAL_FORCE_PAGES) {
        (void)sqlite3_busy_timeout(s->db, FORCE_WAIT_MS);
        checkpoint(s, SQLITE_CHECKPOINT_RESTART);
        (void)sqlite3_busy_timeout(s->db, BUSY_MS);
    }
    return ST_OK;
}

enum status store_commit(struct store *s, struct err *e)
{
    if (s->in_op) {
        return err_set(e, ST_INTERNAL, "%s: an operation ends with store_op_end", s->path);
    }
    return tx_commit(s, e);
}

bool store_in_transaction(const struct store *s)
{
    return s->in_tx;
}

/* Without it the reads work all the same, each for itself: a failure needs no telling. */
void store_reads_begin(struct store *s)
{
    if (!s->in_tx) {
        struct sql q = sql_use(s, "BEGIN");
        (void)sql_run(&q, NULL);
    }
}

void store_reads_end(struct store *s)
{
    if (!s->in_tx && sqlite3_get_autocommit(s->db) == 0) {
        struct sql q = sql_use(s, "END");
        (void)sql_run(&q, NULL);
    }
}

void store_idle(struct store *s)
{
    if (s->mode == STORE_WRITE && !s->in_tx && s->wal_pages > WAL_IDLE_PAGES) {
        checkpoint(s, SQLITE_CHECKPOINT_PASSIVE);
    }
}

enum status tx_enter(struct store *s, bool *own, struct err *e)
{
    *own = !s->in_tx;
    enum status st = *own ? store_begin(s, e) : tx_alive(s, e);
    if (st == ST_OK && s->tallies.count > TALLY_MOST) {
        st = tally_flush(s, e);
    }
    return st;
}

enum status tx_leave(struct store *s, bool own, enum status st, struct err *e)
{
    if (!own) {
        return st;
    }
    if (st != ST_OK) {
        store_rollback(s);
        return st;
    }
    return tx_commit(s, e);
}

enum status op_need(struct store *s, unsigned dirty, struct err *e)
{
    if (!s->in_op) {
        return err_set(e, ST_INTERNAL, "%s: a journalled change outside an operation", s->path);
    }
    enum status st = tx_alive(s, e);
    if (st == ST_OK) {
        s->dirty |= dirty;
    }
    return st;
}

/* ------------------------------------------------------------------ revisions */

enum status store_revision(struct store *s, struct store_revision *out, struct err *e)
{
    *out = (struct store_revision){0};
    struct sql q = sql_use(s, "SELECT tree, settings, points FROM revision WHERE id = 1");
    if (sql_row(&q)) {
        out->tree = sql_col_int(&q, 0);
        out->settings = sql_col_int(&q, 1);
        out->points = sql_col_int(&q, 2);
    }
    return sql_end(&q, e);
}
