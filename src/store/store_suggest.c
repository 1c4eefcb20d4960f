/*
 * store_suggest - what a teacher suggests about the trees, until a person decides.
 *
 * A suggestion points at nodes by their ids, so it survives renaming and moving; one whose node was
 * deleted is passed over, and comes back when the deletion is undone. The table is journalled:
 * undoing the command that accepted a suggestion lets it wait again.
 */
#include "store/store_private.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <string.h>

enum { SUGGESTIONS_MAX = 100000 };

static const char *const kind_names[SUGGEST_KINDS] = {
    [SUGGEST_MISSING] = "missing", [SUGGEST_DESCRIBE] = "describe", [SUGGEST_DELETE] = "delete",
    [SUGGEST_MOVE] = "move",       [SUGGEST_RENAME] = "rename",     [SUGGEST_MERGE] = "merge",
};

const char *suggest_kind_name(enum suggest_kind k)
{
    return (unsigned)k < SUGGEST_KINDS ? kind_names[k] : "unknown";
}

bool suggest_kind_by_name(const char *name, enum suggest_kind *out)
{
    for (int i = 0; i < SUGGEST_KINDS; i++) {
        if (strcmp(kind_names[i], name) == 0) {
            *out = (enum suggest_kind)i;
            return true;
        }
    }
    return false;
}

static enum status check_text(const char *text, struct err *e)
{
    if (strlen(text) > TREE_DESC_MAX) {
        return err_set(e, ST_LIMIT, "a suggestion's text is over %d bytes", TREE_DESC_MAX);
    }
    return utf8_valid(text, strlen(text))
               ? ST_OK
               : err_set(e, ST_INVALID, "a suggestion's text is not valid UTF-8");
}

static enum status check(const struct suggestion *g, struct err *e)
{
    enum status st = check_text(g->text, e);
    if (st == ST_OK) {
        st = check_text(g->reason, e);
    }
    if (st == ST_OK && (g->kind == SUGGEST_MISSING || g->kind == SUGGEST_RENAME)) {
        st = tree_name_check(g->name, e);
    }
    return st;
}

/* Did a person turn exactly this down, or does it wait already? */
static enum status known(struct store *s, const struct suggestion *g, bool *out, struct err *e)
{
    int64_t n = 0;
    struct sql q = sql_use(s, "SELECT count(*) FROM suggestion WHERE node = ?1 AND kind = ?2 AND "
                              "state <> ?3 AND target = ?4 AND name = ?5 AND "
                              "(?2 <> ?6 OR text = ?7)");
    sql_int(&q, g->node);
    sql_int(&q, g->kind);
    sql_int(&q, SUGGEST_ACCEPTED);
    sql_int(&q, g->target);
    sql_text(&q, g->name);
    sql_int(&q, SUGGEST_DESCRIBE);
    sql_text(&q, g->text);
    enum status st = sql_end_int(&q, 0, &n, e);
    *out = n > 0;
    return st;
}

/* Of a node's description, and of what is wrong with it, the newest word counts. */
static enum status replace_older(struct store *s, const struct suggestion *g, struct err *e)
{
    if (g->kind == SUGGEST_MISSING) {
        return ST_OK;
    }
    struct sql q = g->kind == SUGGEST_DESCRIBE
                       ? sql_use(s, "DELETE FROM suggestion WHERE node = ?1 AND state = ?2 AND "
                                    "kind = ?3")
                       : sql_use(s, "DELETE FROM suggestion WHERE node = ?1 AND state = ?2 AND "
                                    "kind > ?3");
    sql_int(&q, g->node);
    sql_int(&q, SUGGEST_WAITING);
    sql_int(&q, SUGGEST_DESCRIBE);
    return sql_run(&q, e);
}

static enum status insert(struct store *s, const struct suggestion *g, int64_t *id, struct err *e)
{
    struct sql q = sql_use(
        s, "INSERT INTO suggestion(at_us, job, kind, state, node, target, name, text, reason, "
           "teacher, model) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
    sql_int(&q, clock_wall_us());
    sql_int(&q, g->job);
    sql_int(&q, g->kind);
    sql_int(&q, SUGGEST_WAITING);
    sql_int(&q, g->node);
    sql_int(&q, g->target);
    sql_text(&q, g->name);
    sql_text(&q, g->text);
    sql_text(&q, g->reason);
    sql_text(&q, g->teacher);
    sql_text(&q, g->model);
    enum status st = sql_run(&q, e);
    if (st == ST_OK && id != NULL) {
        *id = sqlite3_last_insert_rowid(s->db);
    }
    return st;
}

enum status store_suggest_add(struct store *s, const struct suggestion *g, int64_t *id,
                              struct err *e)
{
    bool there = false;
    int64_t count = 0;
    enum status st = op_need(s, DIRTY_TREE, e);
    if (st == ST_OK) {
        st = check(g, e);
    }
    if (st == ST_OK) {
        st = known(s, g, &there, e);
    }
    if (st == ST_OK && there) {
        return err_set(e, ST_EXISTS, "this was suggested before");
    }
    if (st == ST_OK) {
        struct sql q = sql_use(s, "SELECT count(*) FROM suggestion");
        st = sql_end_int(&q, 0, &count, e);
    }
    if (st == ST_OK && count >= SUGGESTIONS_MAX) {
        st = err_set(e, ST_LIMIT, "there are %d suggestions already", SUGGESTIONS_MAX);
    }
    if (st == ST_OK) {
        st = replace_older(s, g, e);
    }
    return st == ST_OK ? insert(s, g, id, e) : st;
}

enum status store_suggest_set(struct store *s, int64_t id, enum suggest_state state, struct err *e)
{
    enum status st = op_need(s, DIRTY_TREE, e);
    if (st != ST_OK) {
        return st;
    }
    struct sql q = sql_use(s, "UPDATE suggestion SET state = ?1 WHERE id = ?2");
    sql_int(&q, state);
    sql_int(&q, id);
    st = sql_run(&q, e);
    if (st == ST_OK && sqlite3_changes(s->db) == 0) {
        st = err_set(e, ST_NOT_FOUND, "there is no suggestion %lld", (long long)id);
    }
    return st;
}

#define COLUMNS                                                                                    \
    "g.id, g.at_us, g.job, g.kind, g.state, g.node, g.target, g.name, g.text, g.reason, "          \
    "g.teacher, g.model"

static struct suggestion row_of(struct sql *q)
{
    int64_t kind = sql_col_int(q, 3), state = sql_col_int(q, 4);
    return (struct suggestion){
        .id = sql_col_int(q, 0),
        .at_us = sql_col_int(q, 1),
        .job = sql_col_int(q, 2),
        .kind = kind >= 0 && kind < SUGGEST_KINDS ? (enum suggest_kind)kind : SUGGEST_MISSING,
        .state = state == SUGGEST_WAITING    ? SUGGEST_WAITING
                 : state == SUGGEST_ACCEPTED ? SUGGEST_ACCEPTED
                                             : SUGGEST_REJECTED,
        .node = sql_col_int(q, 5),
        .target = sql_col_int(q, 6),
        .name = sql_col_string(q, 7),
        .text = sql_col_string(q, 8),
        .reason = sql_col_string(q, 9),
        .teacher = sql_col_string(q, 10),
        .model = sql_col_string(q, 11),
    };
}

enum status store_suggest(struct store *s, int64_t id, suggest_visit_fn *visit, void *ctx,
                          struct err *e)
{
    bool found = false;
    struct sql q = sql_use(s, "SELECT " COLUMNS " FROM suggestion g WHERE g.id = ?1");
    sql_int(&q, id);
    if (sql_row(&q)) {
        struct suggestion g = row_of(&q);
        found = true;
        (void)visit(ctx, &g);
    }
    enum status st = sql_end(&q, e);
    return st == ST_OK && !found
               ? err_set(e, ST_NOT_FOUND, "there is no suggestion %lld", (long long)id)
               : st;
}

enum status store_suggestions(struct store *s, bool all, suggest_visit_fn *visit, void *ctx,
                              struct err *e)
{
    struct sql q = sql_use(s, "SELECT " COLUMNS " FROM suggestion g JOIN node n ON n.id = g.node "
                              "WHERE n.deleted = 0 AND (?1 OR g.state = ?2) ORDER BY g.id");
    sql_int(&q, all ? 1 : 0);
    sql_int(&q, SUGGEST_WAITING);
    while (sql_row(&q)) {
        struct suggestion g = row_of(&q);
        if (!visit(ctx, &g)) {
            break;
        }
    }
    return sql_end(&q, e);
}

enum status store_suggest_waiting(struct store *s, int64_t *n, struct err *e)
{
    struct sql q = sql_use(s, "SELECT count(*) FROM suggestion g JOIN node n ON n.id = g.node "
                              "WHERE n.deleted = 0 AND g.state = ?1");
    sql_int(&q, SUGGEST_WAITING);
    return sql_end_int(&q, 0, n, e);
}
