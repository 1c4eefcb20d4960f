/*
 * store_place - places among siblings.
 *
 * Siblings are ordered by `ordinal`, numbers with wide gaps: a node is put between two others by
 * taking the middle. Where a gap is used up, the siblings near it are spread again, as few as give
 * room: so that even 10,000 nodes put one after the other before the same one cost little more
 * than 10,000 rows.
 */
#include "store/store_private.h"

#include "base/mem.h"

#include <stdlib.h>

enum {
    FIRST_WINDOW = 16, /* siblings looked at on each side of a gap that is used up */
    ROOM = 1024        /* a spread must leave such gaps, else more siblings take part */
};

enum status node_set_ordinal(struct store *s, int64_t id, int64_t ordinal, struct err *e)
{
    struct sql q = sql_use(s, "UPDATE node SET ordinal = ?2 WHERE id = ?1");
    sql_int(&q, id);
    sql_int(&q, ordinal);
    return sql_run(&q, e);
}

/* ------------------------------------------------------------------ making room */

struct sibling {
    int64_t id, ordinal;
};
struct window {
    struct sibling *left, *right; /* outwards from the gap */
    size_t lefts, rights;
    size_t most; /* of each; one more of a side is its border and stays */
};

static enum status read_side(struct sql *q, int64_t parent, int64_t high, struct window *w,
                             struct sibling *out, size_t *count, struct err *e)
{
    sql_int(q, parent);
    sql_int(q, high);
    sql_int(q, (int64_t)w->most + 1);
    *count = 0;
    while (sql_row(q)) {
        out[(*count)++] = (struct sibling){sql_col_int(q, 0), sql_col_int(q, 1)};
    }
    return sql_end(q, e);
}

/* The siblings in front of the ordinal `high`, and those from there on. */
static enum status look(struct store *s, int64_t parent, int64_t high, size_t most,
                        struct window *w, struct err *e)
{
    w->most = most;
    w->left = xreallocarray(w->left, most + 1, sizeof *w->left);
    w->right = xreallocarray(w->right, most + 1, sizeof *w->right);
    struct sql q = sql_use(s, "SELECT id, ordinal FROM node WHERE parent = ?1 AND deleted = 0 AND "
                              "ordinal < ?2 ORDER BY ordinal DESC, id DESC LIMIT ?3");
    enum status st = read_side(&q, parent, high, w, w->left, &w->lefts, e);
    if (st == ST_OK) {
        q = sql_use(s, "SELECT id, ordinal FROM node WHERE parent = ?1 AND deleted = 0 AND "
                       "ordinal >= ?2 ORDER BY ordinal, id LIMIT ?3");
        st = read_side(&q, parent, high, w, w->right, &w->rights, e);
    }
    return st;
}

/* Spread the window between its borders; *done is false when that gives too little room. */
static enum status spread(struct store *s, const struct window *w, bool *done, struct err *e)
{
    size_t lefts = w->lefts > w->most ? w->most : w->lefts;
    size_t rights = w->rights > w->most ? w->most : w->rights;
    int64_t n = (int64_t)(lefts + rights);
    int64_t low = w->lefts > w->most ? w->left[w->most].ordinal
                  : w->lefts > 0     ? w->left[w->lefts - 1].ordinal - NODE_GAP * (n + 1)
                                     : w->right[0].ordinal - NODE_GAP * (n + 1);
    int64_t high = w->rights > w->most ? w->right[w->most].ordinal
                                       : w->right[w->rights - 1].ordinal + NODE_GAP * (n + 1);
    int64_t step = (high - low) / (n + 1);
    *done = step >= ROOM;
    enum status st = ST_OK;
    for (size_t i = 0; st == ST_OK && *done && i < lefts; i++) {
        st = node_set_ordinal(s, w->left[i].id, low + (int64_t)(lefts - i) * step, e);
    }
    for (size_t i = 0; st == ST_OK && *done && i < rights; i++) {
        st = node_set_ordinal(s, w->right[i].id, low + (int64_t)(lefts + i + 1) * step, e);
    }
    return st;
}

static enum status make_room(struct store *s, int64_t parent, int64_t high, struct err *e)
{
    struct window w = {0};
    bool done = false;
    enum status st = ST_OK;
    for (size_t most = FIRST_WINDOW; st == ST_OK && !done; most *= 4) {
        st = look(s, parent, high, most, &w, e);
        if (st == ST_OK) {
            st = spread(s, &w, &done, e);
        }
    }
    free(w.left);
    free(w.right);
    return st;
}

/* ------------------------------------------------------------------ the place of a new child */

static enum status last_place(struct store *s, int64_t parent, int64_t *out, struct err *e)
{
    struct sql q = sql_use(s, "SELECT max(ordinal) FROM node WHERE parent = ?1 AND deleted = 0");
    sql_int(&q, parent);
    enum status st = sql_end_int(&q, 0, out, e);
    *out += NODE_GAP;
    return st;
}

static enum status place_before(struct store *s, int64_t parent, int64_t before, int64_t *high,
                                int64_t *out, bool *full, struct err *e)
{
    int64_t low = 0;
    struct sql q = sql_use(s, "SELECT ordinal FROM node WHERE id = ?1");
    sql_int(&q, before);
    enum status st = sql_end_int(&q, 0, high, e);
    if (st == ST_OK) {
        q = sql_use(s, "SELECT ordinal FROM node WHERE parent = ?1 AND deleted = 0 AND "
                       "ordinal < ?2 ORDER BY ordinal DESC LIMIT 1");
        sql_int(&q, parent);
        sql_int(&q, *high);
        st = sql_end_int(&q, *high - 2 * NODE_GAP, &low, e);
    }
    *out = low + (*high - low) / 2;
    *full = *out <= low;
    return st;
}

enum status node_place(struct store *s, int64_t parent, int64_t before, int64_t *out, struct err *e)
{
    if (before == 0) {
        return last_place(s, parent, out, e);
    }
    bool full = false;
    int64_t high = 0;
    enum status st = place_before(s, parent, before, &high, out, &full, e);
    if (st == ST_OK && full) {
        st = make_room(s, parent, high, e);
        if (st == ST_OK) {
            st = place_before(s, parent, before, &high, out, &full, e);
        }
    }
    return st;
}
