/*
 * store_fixture - what the tests of the store share: a folder, an open session, dumps, small
 * makers.
 */
#ifndef TAXA_TESTS_STORE_FIXTURE_H
#define TAXA_TESTS_STORE_FIXTURE_H

#include "base/mem.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <dirent.h>
#include <sqlite3.h>

struct fixture {
    char *folder;
    char *path; /* FOLDER/a.taxa */
    struct store *s;
};

/* A status that must be ST_OK; the message says why it was not. */
#define OK(call)                                                                                   \
    do {                                                                                           \
        struct err ok_err = {0};                                                                   \
        struct err *e = &ok_err;                                                                   \
        enum status ok_st = (call);                                                                \
        if (ok_st != ST_OK) {                                                                      \
            fail_msg("%s: %d %s", #call, (int)ok_st, ok_err.msg);                                  \
        }                                                                                          \
    } while (0)
/* A status that must be `want`, with `words` in its message. */
#define FAILS(want, words, call)                                                                   \
    do {                                                                                           \
        struct err no_err = {0};                                                                   \
        struct err *e = &no_err;                                                                   \
        enum status no_st = (call);                                                                \
        if (no_st != (want) || strstr(no_err.msg, (words)) == NULL) {                              \
            fail_msg("%s: %d \"%s\", expected %d \"%s\"", #call, (int)no_st, no_err.msg,           \
                     (int)(want), (words));                                                        \
        }                                                                                          \
    } while (0)

static inline char *fixture_name(const struct fixture *f, const char *name)
{
    return xasprintf("%s/%s", f->folder, name);
}

static inline struct fixture fixture_folder(void)
{
    struct fixture f = {0};
    const char *tmp = getenv("TMPDIR");
    f.folder = xasprintf("%s/taxa-store-XXXXXX", tmp != NULL ? tmp : "/tmp");
    assert_non_null(mkdtemp(f.folder));
    f.path = fixture_name(&f, "a.taxa");
    return f;
}

static inline void fixture_open(struct fixture *f)
{
    OK(store_open(f->path, STORE_WRITE, true, &f->s, e));
}

static inline void fixture_reopen(struct fixture *f)
{
    store_close(f->s);
    f->s = NULL;
    fixture_open(f);
}

static inline struct fixture fixture_new(void)
{
    struct fixture f = fixture_folder();
    fixture_open(&f);
    return f;
}

static inline void fixture_free(struct fixture *f)
{
    store_close(f->s);
    DIR *d = opendir(f->folder);
    assert_non_null(d);
    for (struct dirent *at = readdir(d); at != NULL; at = readdir(d)) {
        char *name = fixture_name(f, at->d_name);
        (void)unlink(name);
        free(name);
    }
    closedir(d);
    assert_int_equal(rmdir(f->folder), 0);
    free(f->folder);
    free(f->path);
    memset(f, 0, sizeof *f);
}

/* Names in the folder, sorted, with blanks between. Caller frees. */
static inline char *fixture_files(const struct fixture *f)
{
    struct dirent **list = NULL;
    int n = scandir(f->folder, &list, NULL, alphasort);
    assert_true(n >= 0);
    struct buf b;
    buf_init(&b, 65536);
    for (int i = 0; i < n; i++) {
        if (list[i]->d_name[0] != '.') {
            buf_printf(&b, "%s%s", b.len > 0 ? " " : "", list[i]->d_name);
        }
        free(list[i]);
    }
    free(list);
    char *text = buf_take(&b);
    buf_free(&b); /* taking leaves a new, empty one */
    return text;
}

/* Every row of a query as text, through a connection that is not the store's. Caller frees. */
static inline char *fixture_query(const struct fixture *f, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    struct buf b;
    buf_init(&b, (size_t)64 << 20);
    assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    }
    while (sqlite3_step(q) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(q); i++) {
            const char *value = (const char *)sqlite3_column_text(q, i);
            buf_printf(&b, "%s%s", i > 0 ? "|" : "", value != NULL ? value : "NULL");
        }
        buf_addc(&b, '\n');
    }
    assert_int_equal(sqlite3_finalize(q), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    char *text = buf_take(&b);
    buf_free(&b); /* taking leaves a new, empty one */
    return text;
}

static inline int64_t fixture_number(const struct fixture *f, const char *sql)
{
    char *text = fixture_query(f, sql);
    int64_t n = strtoll(text, NULL, 10);
    free(text);
    return n;
}

/* All rows of all journalled tables. Caller frees. */
static inline char *fixture_dump(const struct fixture *f)
{
    static const char *const tables[] = {
        "session",    "example",   "setting",    "teacher",  "role",      "factor", "node",
        "node_alias", "expansion", "suggestion", "strategy", "exclusion", "review"};
    struct buf b;
    buf_init(&b, (size_t)64 << 20);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        char *sql = xasprintf("SELECT * FROM %s ORDER BY 1", tables[i]);
        char *rows = fixture_query(f, sql);
        buf_printf(&b, "== %s\n%s", tables[i], rows);
        free(rows);
        free(sql);
    }
    char *text = buf_take(&b);
    buf_free(&b); /* taking leaves a new, empty one */
    return text;
}

static inline void op(struct fixture *f, const char *line)
{
    OK(store_op_begin(f->s, "tester", line, 0, e));
}

static inline void end(struct fixture *f)
{
    OK(store_op_end(f->s, e));
}

static inline int64_t add_node(struct fixture *f, int64_t parent, const char *name)
{
    struct node model = {.name = name, .desc = "", .weight = 1, .state = NODE_UNEXPANDED};
    int64_t id = 0;
    OK(store_node_add(f->s, parent, &model, 0, &id, e));
    return id;
}

/* One operation that adds one node. */
static inline int64_t op_node(struct fixture *f, int64_t parent, const char *name)
{
    op(f, name);
    int64_t id = add_node(f, parent, name);
    end(f);
    return id;
}

static inline void put_point(struct fixture *f, int64_t id, int64_t node, enum point_state outcome)
{
    char scenario[] = "a scenario";
    char record[64];
    snprintf(record, sizeof record, "{\"n\":%lld}", (long long)id);
    struct point p = {.id = id,
                      .node = {node},
                      .nodes = 1,
                      .outcome = outcome,
                      .mix_hash = node + 1000,
                      .seed = 7,
                      .scenario = scenario,
                      .record = record};
    OK(store_point_put(f->s, &p, e));
}

#endif
