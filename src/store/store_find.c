/*
 * store_find - nodes by the words of commands, without loading the tree.
 *
 * A script may name 10,000 nodes of a tree of 100,000: each word costs a few index look-ups here.
 * Only a word that names nothing makes it load the tree, for the names that are near, or read the
 * journal, for what became of the node.
 */
#include "store/store_private.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    FATE_OPS = 2000,       /* of the journal, newest first, looked at for a deleted node */
    FATE_BYTES = 64 << 20, /* of their changes in all */
    NODE_DELETED = 8       /* column of node.deleted */
};

/* ------------------------------------------------------------------ what became of a node */

enum fate { FATE_UNKNOWN, FATE_GONE, FATE_NOT_YET };

/* What a changeset did to the node: deleted it, made it, or neither. */
static enum fate fate_in(int64_t id, const void *changes, int n)
{
    enum fate fate = FATE_UNKNOWN;
    sqlite3_changeset_iter *it = NULL;
    /* the iterator only reads: older headers lack the const */
    int rc = sqlite3changeset_start(&it, n, (void *)(uintptr_t)changes);
    while (rc == SQLITE_OK && sqlite3changeset_next(it) == SQLITE_ROW) {
        const char *table = NULL;
        int columns = 0;
        int op = 0;
        int indirect = 0;
        sqlite3_value *v = NULL;
        rc = sqlite3changeset_op(it, &table, &columns, &op, &indirect);
        if (rc != SQLITE_OK || strcmp(table, "node") != 0 || op == SQLITE_DELETE) {
            continue;
        }
        rc =
            op == SQLITE_INSERT ? sqlite3changeset_new(it, 0, &v) : sqlite3changeset_old(it, 0, &v);
        if (rc != SQLITE_OK || v == NULL || sqlite3_value_int64(v) != id) {
            continue;
        }
        v = NULL;
        rc = sqlite3changeset_new(it, NODE_DELETED, &v);
        if (op == SQLITE_INSERT) {
            fate = FATE_NOT_YET;
        } else if (rc == SQLITE_OK && v != NULL && sqlite3_value_int(v) == 1) {
            fate = FATE_GONE;
        }
        break;
    }
    sqlite3changeset_finalize(it);
    return fate;
}

/* "at 12:04", with the date when it was another day. */
static void when(char out[40], int64_t at_us)
{
    time_t at = (time_t)(at_us / 1000000);
    time_t now = (time_t)(clock_wall_us() / 1000000);
    struct tm then;
    struct tm today;
    localtime_r(&at, &then);
    localtime_r(&now, &today);
    bool same = then.tm_year == today.tm_year && then.tm_yday == today.tm_yday;
    if (strftime(out, 40, same ? "at %H:%M" : "on %Y-%m-%d at %H:%M", &then) == 0) {
        out[0] = '\0';
    }
}

/* The node that the points of a merged one count at; 0: it was not merged. */
static int64_t merged_into(struct store *s, int64_t id)
{
    int64_t into = 0;
    struct sql q = sql_use(s, "SELECT into_id FROM node_alias WHERE from_id = ?1");
    sql_int(&q, id);
    return sql_end_int(&q, 0, &into, NULL) == ST_OK ? into : 0;
}

/* A node that is not there: who took it away, if the journal knows. */
static enum status gone(struct store *s, int64_t id, struct err *e)
{
    int64_t into = merged_into(s, id);
    int64_t bytes = 0;
    struct sql q = sql_use(s, "SELECT at_us, undone, who, changes FROM op ORDER BY id DESC "
                              "LIMIT ?1");
    sql_int(&q, FATE_OPS);
    enum status st = ST_OK;
    while (st == ST_OK && bytes < FATE_BYTES && sql_row(&q)) {
        char at[40];
        int n = sqlite3_column_bytes(q.stmt, 3);
        bool undone = sql_col_int(&q, 1) != 0;
        enum fate fate = fate_in(id, sqlite3_column_blob(q.stmt, 3), n);
        bytes += n;
        when(at, sql_col_int(&q, 0));
        if (fate == FATE_GONE && !undone && into != 0) {
            st = err_set(e, ST_NOT_FOUND,
                         "@%lld was merged into @%lld %s by %s (undo brings it back)",
                         (long long)id, (long long)into, at, sql_col_string(&q, 2));
        } else if (fate == FATE_GONE && !undone) {
            st = err_set(e, ST_NOT_FOUND, "@%lld was deleted %s by %s (undo brings it back)",
                         (long long)id, at, sql_col_string(&q, 2));
        } else if (fate == FATE_NOT_YET && undone) {
            st = err_set(e, ST_NOT_FOUND,
                         "@%lld, added %s by %s, was taken back by undo (redo brings it back)",
                         (long long)id, at, sql_col_string(&q, 2));
        }
    }
    enum status read = sql_end(&q, e);
    if (st != ST_OK || read != ST_OK) {
        return st != ST_OK ? st : read;
    }
    int64_t deleted = 0;
    q = sql_use(s, "SELECT deleted FROM node WHERE id = ?1");
    sql_int(&q, id);
    st = sql_end_int(&q, 0, &deleted, e);
    if (st != ST_OK) {
        return st;
    }
    return deleted == 0 ? err_set(e, ST_NOT_FOUND, "there is no node @%lld", (long long)id)
                        : err_set(e, ST_NOT_FOUND, "@%lld is deleted%s", (long long)id,
                                  s->in_op ? ", by an earlier line or with a node above it" : "");
}

/* ------------------------------------------------------------------ words */

enum status store_node_child(struct store *s, int64_t parent, const char *name, int64_t *id,
                             struct err *e)
{
    struct sql q =
        sql_use(s, "SELECT id FROM node WHERE parent = ?1 AND name = ?2 AND deleted = 0");
    sql_int(&q, parent);
    sql_text(&q, name);
    return sql_end_int(&q, 0, id, e);
}

enum status node_not_found(struct store *s, const char *word, struct err *e)
{
    struct tree t;
    uint32_t at = TREE_NONE;
    enum status st = store_tree(s, false, &t, e);
    if (st == ST_OK) {
        st = tree_resolve(&t, word, &at, e);
        tree_free(&t);
    }
    return st != ST_OK ? st : err_set(e, ST_NOT_FOUND, "there is no node \"%.80s\"", word);
}

static enum status find_path(struct store *s, const char *word, int64_t *id, struct err *e)
{
    struct buf part;
    buf_init(&part, TREE_NAME_MAX + 1);
    enum status st = ST_OK;
    int64_t at = 0;
    for (const char *p = word;; p++) {
        if (*p == '\\' && (p[1] == '/' || p[1] == '\\' || p[1] == '@')) {
            buf_addc(&part, *++p);
        } else if (*p != '/' && *p != '\0') {
            buf_addc(&part, *p);
        } else {
            st = store_node_child(s, at, part.data, &at, e);
            buf_clear(&part);
            if (st != ST_OK || at == 0 || *p == '\0') {
                break;
            }
        }
    }
    buf_free(&part);
    *id = at;
    return st == ST_OK && at == 0 ? node_not_found(s, word, e) : st;
}

enum status store_node_find(struct store *s, const char *word, int64_t *id, struct err *e)
{
    *id = 0;
    if (strcmp(word, "/") == 0) {
        return ST_OK;
    }
    if (word[0] != '@' && word[0] != '\0') {
        return find_path(s, word, id, e);
    }
    int64_t wanted = 0;
    int64_t found = 0;
    const char *p = word[0] == '@' ? word + 1 : word;
    while (*p >= '0' && *p <= '9' && wanted < INT64_MAX / 10 - 1) {
        wanted = wanted * 10 + (*p++ - '0');
    }
    if (wanted == 0 || *p != '\0') {
        return node_not_found(s, word, e); /* says how a node is named */
    }
    struct sql q = sql_use(s, "SELECT id FROM node WHERE id = ?1 AND deleted = 0");
    sql_int(&q, wanted);
    enum status st = sql_end_int(&q, 0, &found, e);
    *id = found;
    return st == ST_OK && found == 0 ? gone(s, wanted, e) : st;
}

/* ------------------------------------------------------------------ one node, its children */

enum status store_node_there(struct store *s, int64_t id, bool *yes, struct err *e)
{
    int64_t found = 0;
    struct sql q = sql_use(s, "SELECT 1 FROM node WHERE id = ?1 AND deleted = 0");
    sql_int(&q, id);
    enum status st = sql_end_int(&q, 0, &found, e);
    *yes = found != 0;
    return st;
}

enum status store_node_row(struct store *s, int64_t id, struct node_row *out, struct err *e)
{
    *out = (struct node_row){.id = id};
    struct sql q = sql_use(s, "SELECT parent, weight, locked, name, desc, ordinal FROM node "
                              "WHERE id = ?1 AND deleted = 0");
    int64_t ordinal = 0;
    sql_int(&q, id);
    if (sql_row(&q)) {
        out->parent = sql_col_int(&q, 0);
        out->weight = sql_col_real(&q, 1);
        out->locked = sql_col_int(&q, 2) != 0;
        out->name = sql_col_copy(&q, 3);
        out->desc = sql_col_copy(&q, 4);
        ordinal = sql_col_int(&q, 5);
    }
    enum status st = sql_end(&q, e);
    if (st == ST_OK && out->name == NULL) {
        return gone(s, id, e);
    }
    if (st == ST_OK) {
        q = sql_use(s, "SELECT id FROM node WHERE parent = ?1 AND deleted = 0 AND "
                       "(ordinal, id) > (?2, ?3) ORDER BY ordinal, id LIMIT 1");
        sql_int(&q, out->parent);
        sql_int(&q, ordinal);
        sql_int(&q, id);
        st = sql_end_int(&q, 0, &out->next, e);
    }
    if (st != ST_OK) {
        node_row_clear(out);
    }
    return st;
}

void node_row_clear(struct node_row *row)
{
    free(row->name);
    free(row->desc);
    row->name = row->desc = NULL;
}

enum status store_node_children(struct store *s, int64_t parent, int64_t **ids, size_t *count,
                                struct err *e)
{
    size_t cap = 0;
    *ids = NULL;
    *count = 0;
    struct sql q =
        sql_use(s, "SELECT id FROM node WHERE parent = ?1 AND deleted = 0 ORDER BY ordinal, id");
    sql_int(&q, parent);
    while (sql_row(&q)) {
        *ids = vec_grow(*ids, &cap, *count + 1, sizeof **ids);
        (*ids)[(*count)++] = sql_col_int(&q, 0);
    }
    return sql_end(&q, e);
}

enum status store_aliases(struct store *s,
                          bool (*visit)(void *ctx, int64_t node, const char *alias), void *ctx,
                          struct err *e)
{
    struct sql q = sql_use(s, "SELECT a.into_id, n.name FROM node_alias a JOIN node n ON "
                              "n.id = a.from_id JOIN node i ON i.id = a.into_id "
                              "WHERE n.name <> i.name ORDER BY a.into_id, a.from_id");
    bool more = true;
    while (more && sql_row(&q)) {
        more = visit(ctx, sql_col_int(&q, 0), sql_col_string(&q, 1));
    }
    return sql_end(&q, e);
}
