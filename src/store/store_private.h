/*
 * store_private - what the files of the store share: the struct, queries, transactions, pending
 * sums.
 *
 * A query is used as
 *     struct sql q = sql_use(s, "SELECT ... ?1 ... ?2");
 *     sql_int(&q, id);                      bound in order; text must live until sql_end
 *     while (sql_row(&q)) { sql_col_int(&q, 0) ... }
 *     return sql_end(&q, e);
 * An error on the way (even in preparing) makes every later step a no-op and comes out of
 * sql_end.
 */
#ifndef TAXA_STORE_STORE_PRIVATE_H
#define TAXA_STORE_STORE_PRIVATE_H

#define SQLITE_ENABLE_SESSION        1
#define SQLITE_ENABLE_PREUPDATE_HOOK 1
#include "store/store.h"
#include <sqlite3.h>

/* ---- queries (store_sql.c). The SQL of sql_use must be a literal: it is cached by address. */
#define SQL_SLOTS 256u
struct sql_slot {
    const char *sql;
    sqlite3_stmt *stmt;
    bool busy; /* being stepped: a nested use gets a statement of its own */
};
struct sql {
    struct store *s;
    struct sql_slot *slot; /* NULL: not cached, finalised by sql_end */
    sqlite3_stmt *stmt;
    int at; /* parameters bound so far */
    int rc;
};
struct sql sql_use(struct store *s, const char *literal);
struct sql sql_once(struct store *s, const char *text); /* for composed SQL: not cached */
void sql_int(struct sql *q, int64_t v);
void sql_real(struct sql *q, double v);         /* NAN: NULL */
void sql_text(struct sql *q, const char *text); /* NULL: NULL */
void sql_blob(struct sql *q, const void *bytes, size_t n);
void sql_pointer(struct sql *q, void *p, const char *type); /* for the store's own SQL functions */
bool sql_row(struct sql *q);
int64_t sql_col_int(struct sql *q, int col);
double sql_col_real(struct sql *q, int col);        /* NULL: NAN */
const char *sql_col_text(struct sql *q, int col);   /* NULL: NULL; valid until the next row */
const char *sql_col_string(struct sql *q, int col); /* NULL: "" */
char *sql_col_copy(struct sql *q, int col);         /* NULL: NULL; caller frees */
enum status sql_end(struct sql *q, struct err *e);
enum status sql_run(struct sql *q, struct err *e); /* steps to the end, then sql_end */
/* First column of the first row; `otherwise` when there is none. */
enum status sql_end_int(struct sql *q, int64_t otherwise, int64_t *out, struct err *e);
/*
 * First column of the first row into out (cleared); empty when there is none. ST_LIMIT when it
 * does not fit.
 */
enum status sql_end_text(struct sql *q, struct buf *out, struct err *e);
void sql_free_all(struct store *s);
/* A result code of SQLite as a status and a sentence that names the file. */
enum status store_fail(struct store *s, int rc, struct err *e);

/* ---- sums that are kept in memory and written by the commit (store_tx.c) */
struct tally_slot {
    int64_t strategy, node, n;
    uint16_t kind; /* complexified * POINT_STATES + state */
    bool used;
};
struct tally_pending {
    struct tally_slot *slots;
    size_t cap, count; /* cap: a power of two */
};
struct call_sum {
    char task[48];
    int64_t made, ok, failed, retried, tokens_in, tokens_cached, tokens_out;
    double cost, seconds;
};
struct text_seen { /* system prompts stored lately */
    uint64_t hash;
    int64_t id;
};
#define TEXT_SEEN 32

struct id_set;
struct below {          /* the node that was filtered by last, and what lies below it */
    int64_t node, tree; /* tree: revision */
    struct id_set *set;
};

enum dirty { DIRTY_TREE = 1, DIRTY_SETTINGS = 2, DIRTY_POINTS = 4 };

/*
 * Nodes whose rows were written (store_patch.c); `many`: more than are worth remembering. What was
 * told inside a transaction is kept until it ends, since a rollback writes those rows once more.
 */
struct touched {
    int64_t *id;
    size_t count, told, cap;
    bool many, many_told;
};

struct store {
    sqlite3 *db;
    char *path; /* absolute */
    enum store_mode mode;
    char *lock_path; /* NULL: not held */
    int lock_fd;
    bool ready; /* opened without complaint: closing may checkpoint */
    bool in_tx, in_op;
    unsigned dirty; /* enum dirty, of this transaction */
    int wal_pages;
    sqlite3_session *session;
    char *op_who, *op_line;
    int64_t op_job;
    struct tally_pending tallies;
    struct call_sum sums[ESTIMATE_TASKS];
    int sum_count;
    struct text_seen seen[TEXT_SEEN];
    unsigned seen_next;
    struct below below;
    struct touched touched;
    struct sql_slot slots[SQL_SLOTS];
};

/* ---- transactions (store_tx.c) */
/*
 * Writes by one call: joins the open transaction, else makes one of its own. tx_leave commits or
 * rolls back an own one.
 */
enum status tx_enter(struct store *s, bool *own, struct err *e);
enum status tx_leave(struct store *s, bool own, enum status st, struct err *e);
enum status tx_commit(struct store *s, struct err *e);
enum status op_need(struct store *s, unsigned dirty,
                    struct err *e); /* journalled tables change in operations only */
void tally_add(struct store *s, int64_t strategy, int64_t node, bool complexified,
               enum point_state state, int64_t n);
struct call_sum *call_sum_of(struct store *s, const char *task,
                             struct err *e); /* NULL: a flush failed */
enum status pending_flush(struct store *s, struct err *e);

/* ---- file (store_file.c) */
struct file_head {
    bool missing, wal_empty;
    int64_t size;
    uint32_t version;
};
enum status file_look(const char *path, enum store_mode mode, struct file_head *out, struct err *e);
enum status file_lock(struct store *s, struct err *e);
void file_unlock(struct store *s);
bool file_wal_empty(const char *path);
/* rename that never replaces, then the folder is synced. */
enum status file_publish(const char *from, const char *to, struct err *e);
void file_remove_all(
    const char *path); /* a database that was never published, with its side files */

/*
 * ---- schema (store_schema.c): brings the open database from `version` to STORE_VERSION in one
 * transaction
 */
enum status schema_migrate(struct store *s, int version, struct err *e);

/* ---- filters as SQL conditions (store_where.c): "1 AND ..." with its parameters in order */
enum where_kind { WHERE_INT, WHERE_TEXT, WHERE_REGEX, WHERE_NODES };
struct where_bind {
    enum where_kind kind;
    int64_t number;
    const char *text; /* borrowed from the filter */
    void *owned;      /* struct regex or struct id_set */
};
#define WHERE_BINDS 160
#define WHERE_MAX   65536 /* bytes of SQL */
struct where {
    struct buf sql;
    struct where_bind bind[WHERE_BINDS];
    int binds;
    bool bodies; /* body b must be joined */
};
void where_init(struct where *w);
void where_free(struct where *w);
/* f may be NULL. Points: table point p (and body b); calls: table call c. */
enum status where_points(struct store *s, const struct filter *f, struct where *w, struct err *e);
enum status where_calls(struct store *s, const struct filter *f, struct where *w, struct err *e);
void where_bind(const struct where *w, struct sql *q);
void where_forget(struct store *s);
int where_functions(
    struct store *s); /* SQL functions that the conditions use, on this connection */

/* ---- calls (store_call.c) */
#define CALL_COLUMNS                                                                               \
    "c.id, c.key, c.point, c.task, c.prompt, c.teacher, c.model, c.outcome, c.seed, "              \
    "c.http_status, c.tries, c.tokens_in, c.tokens_cached, c.tokens_out, c.cost, c.seconds, "      \
    "c.retry_after, c.started_us, c.error"
#define CALL_COLUMN_COUNT 19

/* ---- points (store_point.c) */
#define POINT_NODES_TEXT (PLAN_MAX_TAXONOMIES * 21 + 1)
int nodes_parse(const char *text, int64_t node[PLAN_MAX_TAXONOMIES]); /* "12,7,31" */
/* Columns for point_read; the query has point p and left-joined body b. */
#define POINT_COLUMNS                                                                              \
    "p.id, p.strategy, p.nodes, p.complexified, p.outcome, p.state, p.mix_hash, p.serial, "        \
    "p.epoch, p.attempts, p.made_us, p.cost, p.seed, b.plain, b.scenario, "                        \
    "coalesce((SELECT after FROM review WHERE id = p.edit), b.record), b.reason"
void point_read(struct sql *q, struct point *out);
/* Works out again what counts for a point after its reviews changed. */
enum status point_refresh(struct store *s, int64_t id, struct err *e);

/* ---- nodes (store_tree.c, store_patch.c) */
void touched_watch(struct store *s); /* from now on */
void touched_commit(struct store *s);
void touched_rollback(struct store *s);
struct tree_waiting {
    int64_t parent;
    struct node model; /* name and desc belong to the arena below */
};
/* A tree from rows in the order of (parent, place); a row may come before its parent's. */
struct tree_loader {
    struct tree *tree;
    struct tree_waiting *wait;
    size_t count, cap;
    struct arena text;
};
void tree_loader_begin(struct tree_loader *l, struct tree *t);
bool tree_loader_take(struct tree_loader *l, int64_t parent, const struct node *model);
/* st: how reading went; fits: what the last take said. On failure the tree is empty. */
enum status tree_loader_end(struct tree_loader *l, struct store *s, enum status st, bool fits,
                            struct err *e);
enum status node_exists(struct store *s, int64_t id, struct err *e); /* and is not deleted */
/* The ordinal for a child of `parent` before `before` (0: last); may spread its siblings
 * (store_place.c). */
#define NODE_GAP ((int64_t)1 << 20)
enum status node_place(struct store *s, int64_t parent, int64_t before, int64_t *out,
                       struct err *e);
enum status node_set_ordinal(struct store *s, int64_t id, int64_t ordinal, struct err *e);
/* ST_NOT_FOUND with the names that are near (store_find.c). */
enum status node_not_found(struct store *s, const char *word, struct err *e);

#endif
