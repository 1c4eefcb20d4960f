/*
 * store_where - the FILTER language as SQL conditions.
 *
 * Values are always bound, never pasted. A node filter means the node with everything below it
 * and what was merged into these. There are two ways to ask that: when few points lie there, by
 * the index from nodes to points; when many do, by a function that looks at each point's own
 * nodes, because then a page is full after a few rows and collecting all of them first would be
 * the slow part.
 */
#include "store/queue.h"
#include "store/store_private.h"

#include "base/mem.h"
#include "base/regex.h"

#include <stdlib.h>
#include <string.h>

#define REGEX_POINTER "taxa-regex"
#define NODES_POINTER "taxa-nodes"
#define ALL_STRATEGY  "all" /* the built-in strategy over all taxonomies */
#define BELOW                                                                                      \
    "WITH RECURSIVE below(id) AS (SELECT ? UNION SELECT n.id FROM below b "                        \
    "JOIN node n ON n.parent = b.id WHERE n.deleted = 0) SELECT id FROM below "                    \
    "UNION SELECT a.from_id FROM below b JOIN node_alias a ON a.into_id = b.id"

/* ------------------------------------------------------------------ a set of ids */

struct id_set {
    int64_t *slot; /* 0: free; node ids start at 1 */
    size_t cap, count;
    int users; /* the store's memory of it, and queries that run */
};

static size_t set_at(const struct id_set *set, int64_t id)
{
    size_t i = (size_t)(((uint64_t)id * 0x9E3779B97F4A7C15u) >> 32) & (set->cap - 1);
    while (set->slot[i] != 0 && set->slot[i] != id) {
        i = (i + 1) & (set->cap - 1);
    }
    return i;
}

static void set_add(struct id_set *set, int64_t id)
{
    if (set->count * 2 >= set->cap) {
        struct id_set old = *set;
        set->cap = old.cap > 0 ? old.cap * 2 : 64;
        set->slot = xcalloc(set->cap, sizeof *set->slot);
        for (size_t i = 0; i < old.cap; i++) {
            if (old.slot[i] != 0) {
                set->slot[set_at(set, old.slot[i])] = old.slot[i];
            }
        }
        free(old.slot);
    }
    size_t at = set_at(set, id);
    set->count += set->slot[at] == 0;
    set->slot[at] = id;
}

static void set_leave(struct id_set *set)
{
    if (set != NULL && --set->users == 0) {
        free(set->slot);
        free(set);
    }
}

/* ------------------------------------------------------------------ SQL functions */

static void matches(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    struct regex *re = sqlite3_value_pointer(v[0], REGEX_POINTER);
    bool found = false;
    for (int i = 1; re != NULL && !found && i < n; i++) {
        const char *text = (const char *)sqlite3_value_text(v[i]);
        size_t start = 0;
        size_t end = 0;
        found = text != NULL &&
                regex_find(re, text, (size_t)sqlite3_value_bytes(v[i]), 0, &start, &end);
    }
    sqlite3_result_int(ctx, found);
}

static void is_under(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n;
    const struct id_set *set = sqlite3_value_pointer(v[0], NODES_POINTER);
    const char *text = (const char *)sqlite3_value_text(v[1]);
    bool found = false;
    if (set != NULL && set->count > 0 && text != NULL) {
        int64_t node[PLAN_MAX_TAXONOMIES];
        int nodes = nodes_parse(text, node);
        for (int i = 0; !found && i < nodes; i++) {
            found = node[i] != 0 && set->slot[set_at(set, node[i])] != 0;
        }
    }
    sqlite3_result_int(ctx, found);
}

int where_functions(struct store *s)
{
    /* Direct only: a schema from somebody else cannot call them. */
    const int flags = SQLITE_UTF8 | SQLITE_DIRECTONLY;
    int rc = sqlite3_create_function(s->db, "taxa_regex", 3, flags, NULL, matches, NULL, NULL);
    if (rc == SQLITE_OK) {
        rc = sqlite3_create_function(s->db, "taxa_under", 2, flags, NULL, is_under, NULL, NULL);
    }
    if (rc == SQLITE_OK) {
        rc = queue_functions(s);
    }
    return rc;
}

/* ------------------------------------------------------------------ building */

void where_init(struct where *w)
{
    memset(w, 0, sizeof *w);
    buf_init(&w->sql, WHERE_MAX);
    buf_addc(&w->sql, '1');
}

void where_free(struct where *w)
{
    for (int i = 0; i < w->binds; i++) {
        if (w->bind[i].kind == WHERE_REGEX) {
            regex_free(w->bind[i].owned);
        } else if (w->bind[i].kind == WHERE_NODES) {
            set_leave(w->bind[i].owned);
        }
    }
    buf_free(&w->sql);
}

void where_bind(const struct where *w, struct sql *q)
{
    for (int i = 0; i < w->binds; i++) {
        const struct where_bind *b = &w->bind[i];
        switch (b->kind) {
        case WHERE_INT:
            sql_int(q, b->number);
            break;
        case WHERE_TEXT:
            sql_text(q, b->text);
            break;
        case WHERE_REGEX:
            sql_pointer(q, b->owned, REGEX_POINTER);
            break;
        case WHERE_NODES:
            sql_pointer(q, b->owned, NODES_POINTER);
            break;
        }
    }
}

static void condition(struct where *w, bool negated, const char *sql)
{
    buf_printf(&w->sql, " AND %s(%s)", negated ? "NOT " : "", sql);
}

static struct where_bind *new_bind(struct where *w, enum where_kind kind)
{
    struct where_bind *b = &w->bind[w->binds++];
    *b = (struct where_bind){.kind = kind};
    return b;
}

static void with_int(struct where *w, bool negated, const char *sql, int64_t v)
{
    condition(w, negated, sql);
    new_bind(w, WHERE_INT)->number = v;
}

static void with_text(struct where *w, const struct filter_term *t, const char *sql)
{
    condition(w, t->negated, sql);
    new_bind(w, WHERE_TEXT)->text = t->text;
}

static void with_number(struct where *w, const struct filter_term *t, const char *column)
{
    const char *op = t->op == FILTER_ABOVE ? ">" : t->op == FILTER_BELOW ? "<" : "=";
    buf_printf(&w->sql, " AND %s(%s %s ?)", t->negated ? "NOT " : "", column, op);
    double v = t->number < 0 ? 0 : t->number > 9e15 ? 9e15 : t->number;
    new_bind(w, WHERE_INT)->number = (int64_t)v;
}

/* ------------------------------------------------------------------ names */

/* The child of that name, or what a child of that name was merged into; 0: none. */
static enum status child_named(struct store *s, int64_t parent, const char *name, int64_t *id,
                               struct err *e)
{
    struct sql q =
        sql_use(s, "SELECT id FROM node WHERE parent = ?1 AND name = ?2 AND deleted = 0");
    sql_int(&q, parent);
    sql_text(&q, name);
    enum status st = sql_end_int(&q, 0, id, e);
    if (st == ST_OK && *id == 0) {
        q = sql_use(s, "SELECT a.into_id FROM node n JOIN node_alias a ON a.from_id = n.id "
                       "WHERE n.parent = ?1 AND n.name = ?2 ORDER BY n.id DESC LIMIT 1");
        sql_int(&q, parent);
        sql_text(&q, name);
        st = sql_end_int(&q, 0, id, e);
    }
    return st;
}

static enum status resolve_path(struct store *s, const char *word, int64_t *id, struct err *e)
{
    struct buf part;
    buf_init(&part, TREE_NAME_MAX + 1);
    enum status st = ST_OK;
    *id = 0;
    for (const char *p = word;; p++) {
        if (*p == '\\' && (p[1] == '/' || p[1] == '\\')) {
            buf_addc(&part, *++p);
        } else if (*p != '/' && *p != '\0') {
            buf_addc(&part, *p);
        } else {
            st = child_named(s, *id, part.data, id, e);
            buf_clear(&part);
            if (st != ST_OK || *id == 0 || *p == '\0') {
                break;
            }
        }
    }
    buf_free(&part);
    return st == ST_OK && *id == 0 ? node_not_found(s, word, e) : st;
}

static enum status resolve(struct store *s, const char *word, int64_t *id, struct err *e)
{
    if (word[0] != '@') {
        return resolve_path(s, word, id, e);
    }
    char *end = NULL;
    int64_t wanted = strtoll(word + 1, &end, 10);
    struct sql q = sql_use(s, "SELECT id FROM node WHERE id = ?1"); /* a deleted one as well */
    sql_int(&q, *end == '\0' ? wanted : 0);
    enum status st = sql_end_int(&q, 0, id, e);
    if (st == ST_OK && *id == 0) {
        st = err_set(e, ST_NOT_FOUND, "there is no node %.60s", word);
    }
    return st;
}

/* ------------------------------------------------------------------ terms of points */

static enum status load_below(struct store *s, int64_t node, struct id_set *set, struct err *e)
{
    struct sql q = sql_use(s, BELOW);
    sql_int(&q, node);
    while (sql_row(&q)) {
        set_add(set, sql_col_int(&q, 0));
    }
    return sql_end(&q, e);
}

void where_forget(struct store *s)
{
    set_leave(s->below.set);
    s->below = (struct below){0};
}

/*
 * The nodes below, remembered from page to page while the tree is the same. The caller is one more
 * user of the set. In a transaction the tree may have changed without its revision.
 */
static enum status nodes_below(struct store *s, int64_t node, struct id_set **out, struct err *e)
{
    struct store_revision now;
    enum status st = store_revision(s, &now, e);
    if (st != ST_OK) {
        return st;
    }
    if (s->below.set == NULL || s->in_tx || s->below.node != node || s->below.tree != now.tree) {
        where_forget(s);
        struct id_set *set = xcalloc(1, sizeof *set);
        set->users = 1;
        st = load_below(s, node, set, e);
        if (st != ST_OK) {
            set_leave(set);
            return st;
        }
        /* Remembered as of a transaction, it is never taken: no tree has revision 0. */
        s->below = (struct below){.node = node, .tree = s->in_tx ? 0 : now.tree, .set = set};
    }
    s->below.set->users++;
    *out = s->below.set;
    return ST_OK;
}

/*
 * Is it quicker to collect the points of these nodes than to look at points in order until a page
 * is full?
 */
static enum status by_index(struct store *s, int64_t node, const struct id_set *set, bool *yes,
                            struct err *e)
{
    int64_t points = 0;
    int64_t found = 0;
    *yes = false;
    struct sql q = sql_use(s, "SELECT max(id) FROM point");
    enum status st = sql_end_int(&q, 0, &points, e);
    int64_t worth = points / 4;
    if (st != ST_OK || (int64_t)set->count >= worth) {
        return st;
    }
    q = sql_use(s, "SELECT count(*) FROM (SELECT 1 FROM point_node WHERE node IN (" BELOW
                   ") LIMIT ?)");
    sql_int(&q, node);
    sql_int(&q, worth);
    st = sql_end_int(&q, 0, &found, e);
    *yes = found + (int64_t)set->count < worth;
    return st;
}

static enum status term_node(struct store *s, const struct filter_term *t, struct where *w,
                             struct err *e)
{
    int64_t node = 0;
    struct id_set *set = NULL;
    bool index = false;
    enum status st = resolve(s, t->text, &node, e);
    if (st == ST_OK) {
        st = nodes_below(s, node, &set, e);
    }
    if (st == ST_OK) {
        st = by_index(s, node, set, &index, e);
    }
    if (st != ST_OK || index) {
        set_leave(set);
    }
    if (st == ST_OK && index) {
        with_int(w, t->negated, "p.id IN (SELECT point FROM point_node WHERE node IN (" BELOW "))",
                 node);
    } else if (st == ST_OK) {
        condition(w, t->negated, "taxa_under(?, p.nodes)");
        new_bind(w, WHERE_NODES)->owned = set;
    }
    return st;
}

static enum status term_strategy(struct store *s, const struct filter_term *t, struct where *w,
                                 struct err *e)
{
    int64_t id = -1;
    struct sql q = sql_use(s, "SELECT id FROM strategy WHERE name = ?1");
    sql_text(&q, t->text);
    enum status st = sql_end_int(&q, -1, &id, e);
    if (st == ST_OK && id < 0 && strcmp(t->text, ALL_STRATEGY) == 0) {
        id = 0;
    }
    if (st == ST_OK && id < 0) {
        st = err_set(e, ST_NOT_FOUND, "there is no strategy \"%s\"", t->text);
    }
    if (st == ST_OK) {
        with_int(w, t->negated, "p.strategy = ?", id);
    }
    return st;
}

static enum status term_verdict(const struct filter_term *t, struct where *w, struct err *e)
{
    const char *slash = strchr(t->text, '/');
    int code = 0;
    const char *word[2] = {t->text, slash != NULL ? slash + 1 : ""};
    for (int i = 0; i < 2; i++) {
        int v = strncmp(word[i], "yes", 3) == 0 ? 2 : strncmp(word[i], "no", 2) == 0 ? 1 : 0;
        if (v == 0) {
            return err_set(e, ST_USAGE, "verdict: yes/yes, yes/no, no/yes or no/no was expected");
        }
        code = code * 3 + v;
    }
    /* "> 0" lets the partial index serve; a point without verdicts is none of these. */
    with_int(w, t->negated, "p.verdict > 0 AND p.verdict = ?", code);
    return ST_OK;
}

static enum status regex_condition(const struct filter_term *t, const char *sql, struct where *w,
                                   struct err *e)
{
    struct regex *re = NULL;
    enum status st = regex_new(t->text, &re, e);
    if (st != ST_OK) {
        return st;
    }
    condition(w, t->negated, sql);
    new_bind(w, WHERE_REGEX)->owned = re;
    return ST_OK;
}

static enum status term_regex(const struct filter_term *t, struct where *w, struct err *e)
{
    w->bodies = true;
    return regex_condition(t,
                           "taxa_regex(?, coalesce((SELECT after FROM review WHERE id = p.edit), "
                           "b.record), b.scenario)",
                           w, e);
}

static enum status term_state(const struct filter_term *t, struct where *w, struct err *e)
{
    enum point_state state = POINT_PLANNED;
    if (!point_state_by_name(t->text, &state)) {
        return err_set(e, ST_USAGE, "there is no state \"%s\"", t->text);
    }
    with_int(w, t->negated, "p.state = ?", state);
    return ST_OK;
}

static enum status point_term(struct store *s, const struct filter_term *t, struct where *w,
                              struct err *e)
{
    bool no = strcmp(t->text, "no") == 0;
    switch (t->field) {
    case FILTER_STATE:
        return term_state(t, w, e);
    case FILTER_NODE:
        return term_node(s, t, w, e);
    case FILTER_STRATEGY:
        return term_strategy(s, t, w, e);
    case FILTER_COMPLEX:
        condition(w, t->negated != no, "p.complexified <> 0");
        return ST_OK;
    case FILTER_VERDICT:
        return term_verdict(t, w, e);
    case FILTER_REVIEWED:
        condition(w, t->negated != no,
                  "EXISTS (SELECT 1 FROM review r WHERE r.point = p.id AND "
                  "r.decision IN ('accept', 'reject', 'edit'))");
        return ST_OK;
    case FILTER_REGEX:
        return term_regex(t, w, e);
    case FILTER_ID:
        with_number(w, t, "p.id");
        return ST_OK;
    case FILTER_TASK:
    case FILTER_TEACHER:
    case FILTER_OUTCOME:
    case FILTER_POINT:
        break;
    }
    return err_set(e, ST_USAGE, "that filter is for calls, not for points");
}

/* ------------------------------------------------------------------ terms of calls */

static enum status call_term(struct store *s, const struct filter_term *t, struct where *w,
                             struct err *e)
{
    (void)s;
    switch (t->field) {
    case FILTER_ID:
        with_number(w, t, "c.id");
        return ST_OK;
    case FILTER_TASK:
        with_text(w, t, "c.task = ?");
        return ST_OK;
    case FILTER_TEACHER:
        with_text(w, t, "c.teacher = ?");
        return ST_OK;
    case FILTER_OUTCOME:
        with_text(w, t, "c.outcome = ?");
        return ST_OK;
    case FILTER_POINT:
        with_number(w, t, "c.point > 0 AND c.point");
        return ST_OK;
    case FILTER_STATE:
    case FILTER_NODE:
    case FILTER_STRATEGY:
    case FILTER_COMPLEX:
    case FILTER_VERDICT:
    case FILTER_REVIEWED:
        break;
    case FILTER_REGEX:
        return regex_condition(t, "taxa_regex(?, c.user, c.reply)", w, e);
    }
    return err_set(e, ST_USAGE, "that filter is for points, not for calls");
}

typedef enum status term_fn(struct store *s, const struct filter_term *t, struct where *w,
                            struct err *e);

static enum status where_all(struct store *s, const struct filter *f, term_fn *term,
                             struct where *w, struct err *e)
{
    enum status st = ST_OK;
    for (size_t i = 0; st == ST_OK && f != NULL && i < f->count; i++) {
        /* A term adds at most one parameter; two are left for the page. */
        if (w->binds + 2 >= WHERE_BINDS) {
            return err_set(e, ST_LIMIT, "the filter has too many words");
        }
        st = term(s, &f->terms[i], w, e);
    }
    if (st == ST_OK && w->sql.over) {
        st = err_set(e, ST_LIMIT, "the filter is too long");
    }
    return st;
}

enum status where_points(struct store *s, const struct filter *f, struct where *w, struct err *e)
{
    return where_all(s, f, point_term, w, e);
}

enum status where_calls(struct store *s, const struct filter *f, struct where *w, struct err *e)
{
    return where_all(s, f, call_term, w, e);
}
