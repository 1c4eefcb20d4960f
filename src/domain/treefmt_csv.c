/*
 * treefmt_csv - one row a node: path, weight, description, and locked where something is (RFC
 * 4180).
 *
 * Ancestors that have no row of their own are made on the way; a later row for one of them still
 * gives it weight and description. A row is looked at whole before anything is made of it.
 */
#include "domain/treefmt_parts.h"

#include "base/json.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum column { PATH, WEIGHT, DESC, LOCKED, COLUMNS };
static const char *const column_names[COLUMNS] = {"path", "weight", "description", "locked"};

enum { FIELD_MAX = TREE_PATH_MAX };

struct reader {
    struct treefmt_in *in;
    const char *s;
    size_t n, at;
    size_t line;         /* where the reader is */
    size_t row_line;     /* where the row began */
    int column[COLUMNS]; /* which column the i-th field is */
    int columns;
    struct buf field[COLUMNS]; /* of the row, by column */
    unsigned char *made;       /* per node: 1 when only made as an ancestor */
    size_t made_cap;
    char *part[TREE_MAX_DEPTH]; /* of the path, in place in field[PATH] */
    int parts;
};

/* ------------------------------------------------------------------ rows */

enum row { ROW_OK, ROW_BAD, ROW_EMPTY };

/* After a fault: on to the next line. */
static enum row skip_line(struct reader *r, const char *why)
{
    treefmt_refuse(r->in, r->row_line, "%s", why);
    while (r->at < r->n && r->s[r->at] != '\n') {
        r->at++;
    }
    r->line += r->at < r->n;
    r->at += r->at < r->n;
    return ROW_BAD;
}

/* One field into out (NULL: thrown away). False: *why. */
static bool read_field(struct reader *r, struct buf *out, const char **why)
{
    if (r->at < r->n && r->s[r->at] == '"') {
        for (r->at++;; r->at++) {
            if (r->at >= r->n) {
                *why = "a quoted field has no closing quote";
                return false;
            }
            char c = r->s[r->at];
            if (c == '"') {
                r->at++;
                if (r->at >= r->n || r->s[r->at] != '"') {
                    break;
                }
            }
            r->line += c == '\n';
            buf_addc(out, c);
        }
        if (r->at < r->n && strchr(",\r\n", r->s[r->at]) == NULL) {
            *why = "expected a comma or the end of the line after a closing quote";
            return false;
        }
        return true;
    }
    for (; r->at < r->n && strchr(",\r\n", r->s[r->at]) == NULL; r->at++) {
        if (r->s[r->at] == '"') {
            *why = "a quote inside a field that does not begin with one";
            return false;
        }
        buf_addc(out, r->s[r->at]);
    }
    return true;
}

/* True when the row ends here; then behind its end. */
static bool row_ends(struct reader *r)
{
    if (r->at < r->n && r->s[r->at] == ',') {
        r->at++;
        return false;
    }
    r->at += r->at < r->n && r->s[r->at] == '\r';
    if (r->at < r->n && r->s[r->at] == '\n') {
        r->at++;
        r->line++;
    }
    return true;
}

static enum row read_row(struct reader *r)
{
    r->row_line = r->line;
    for (int i = 0; i < COLUMNS; i++) {
        buf_clear(&r->field[i]);
    }
    const char *why = NULL;
    size_t start = r->at;
    int i = 0;
    do {
        if (i >= r->columns) {
            return skip_line(r, "more fields than the header has");
        }
        struct buf *field = &r->field[r->column[i++]];
        if (!read_field(r, field, &why)) {
            return skip_line(r, why);
        }
        if (field->over) {
            return skip_line(r, "a field is too long for a path or a description");
        }
    } while (!row_ends(r));
    bool empty = i == 1 && r->field[r->column[0]].len == 0 && r->s[start] != '"';
    if (!empty && i < r->columns) {
        treefmt_refuse(r->in, r->row_line, "%d fields: expected %d as in the header", i,
                       r->columns);
        return ROW_BAD;
    }
    return empty ? ROW_EMPTY : ROW_OK;
}

static enum status read_header(struct reader *r, struct err *e)
{
    struct buf name;
    buf_init(&name, 60);
    const char *why = "";
    bool have[COLUMNS] = {false};
    enum status st = ST_OK;
    do {
        buf_clear(&name);
        int c = 0;
        bool read = read_field(r, &name, &why);
        while (read && c < COLUMNS && strcmp(column_names[c], name.data) != 0) {
            c++;
        }
        if (!read || c == COLUMNS || have[c]) {
            st = err_set(e, ST_INVALID,
                         "CSV header: expected path,weight,description[,locked], found \"%.50s\"",
                         name.data);
            break;
        }
        have[c] = true;
        r->column[r->columns++] = c;
    } while (!row_ends(r));
    buf_free(&name);
    if (st == ST_OK && !have[PATH]) {
        st = err_set(e, ST_INVALID, "CSV header: there is no column \"path\"");
    }
    return st;
}

/* ------------------------------------------------------------------ nodes */

/* Split the path in place at slashes, with escapes undone. */
static bool split_path(struct reader *r, struct err *why)
{
    char *from = r->field[PATH].data;
    char *to = from;
    r->parts = 0;
    for (bool more = true; more;) {
        if (r->parts == TREE_MAX_DEPTH) {
            err_set(why, ST_LIMIT, "the path is deeper than %d levels", TREE_MAX_DEPTH);
            return false;
        }
        r->part[r->parts++] = to;
        while (*from != '\0' && *from != '/') {
            from += *from == '\\' && (from[1] == '/' || from[1] == '\\');
            *to++ = *from++;
        }
        more = *from == '/';
        from += more;
        *to++ = '\0'; /* at or before from: the text is never longer than its escaped form */
    }
    return true;
}

static bool read_values(const struct reader *r, struct node *model, struct err *why)
{
    const struct buf *weight = &r->field[WEIGHT];
    const char *locked = r->field[LOCKED].data;
    *model = treefmt_model(r->part[r->parts - 1], r->field[DESC].data);
    if (weight->len > 0 &&
        !treefmt_number(weight->data, weight->len, TREE_WEIGHT_MAX, &model->weight)) {
        err_set(why, ST_INVALID, "weight: expected a number from 0 to 1000000, found \"%.40s\"",
                weight->data);
        return false;
    }
    model->locked = strcmp(locked, "yes") == 0;
    if (!model->locked && locked[0] != '\0' && strcmp(locked, "no") != 0) {
        err_set(why, ST_INVALID, "locked: expected yes, no or nothing, found \"%.40s\"", locked);
        return false;
    }
    return true;
}

static void mark_made(struct reader *r, uint32_t at, bool made)
{
    size_t before = r->made_cap;
    r->made = vec_grow(r->made, &r->made_cap, (size_t)at + 1, 1);
    memset(r->made + before, 0, r->made_cap - before);
    r->made[at] = made;
}

/* A row for a node that was made as an ancestor: now it gets what is its own. */
static void complete(struct reader *r, uint32_t at, const struct node *model)
{
    struct tree *t = r->in->tree;
    t->nodes[at].weight = model->weight;
    t->nodes[at].locked = model->locked;
    t->nodes[at].desc = model->desc[0] != '\0' ? arena_strdup(&t->text, model->desc) : "";
    r->made[at] = 0;
}

static void take_row(struct reader *r)
{
    struct treefmt_in *in = r->in;
    struct err why = {.msg = ""};
    struct node model;
    if (!split_path(r, &why) || !read_values(r, &model, &why)) {
        treefmt_refuse(in, r->row_line, "%s", why.msg);
        return;
    }
    /* Down what is there already; then look at the rest before making any of it. */
    uint32_t at = in->under;
    int i = 0;
    for (; i < r->parts; i++) {
        uint32_t child = treefmt_find(in, at, r->part[i]);
        if (child == TREE_NONE) {
            break;
        }
        at = child;
    }
    bool there = i == r->parts && (size_t)at < r->made_cap && r->made[at] == 1;
    bool fine = there || i < r->parts;
    uint32_t place = in->tree->nodes[at].parent;
    if (there) { /* the name is there, rightly; look at the other values */
        fine = treefmt_check(in, TREE_NONE, &model, &why);
    } else if (!fine) {
        fine = treefmt_check(in, place, &model, &why); /* says that it is there twice */
    }
    for (int j = i; j < r->parts && fine; j++) {
        struct node part = j + 1 < r->parts ? treefmt_model(r->part[j], "") : model;
        fine = treefmt_check(in, j == i ? at : TREE_NONE, &part, &why);
    }
    if (fine && in->tree->nodes[at].depth + (r->parts - i) > TREE_MAX_DEPTH) {
        err_set(&why, ST_LIMIT, "the node would be deeper than %d levels", TREE_MAX_DEPTH);
        fine = false;
    }
    if (!fine) {
        treefmt_refuse(in, r->row_line, "%s", why.msg);
        return;
    }
    if (there) {
        complete(r, at, &model);
    }
    for (; i < r->parts && at != TREE_NONE; i++) {
        bool last = i + 1 == r->parts;
        struct node part = last ? model : treefmt_model(r->part[i], "");
        at = treefmt_add(in, r->row_line, at, &part);
        if (at != TREE_NONE) {
            mark_made(r, at, !last);
        }
    }
}

enum status treefmt_csv_parse(struct treefmt_in *in, const char *s, size_t n, struct err *e)
{
    struct reader r = {.in = in, .s = s, .n = n, .line = 1};
    enum status st = read_header(&r, e);
    if (st != ST_OK) {
        return st;
    }
    for (int i = 0; i < COLUMNS; i++) {
        buf_init(&r.field[i], FIELD_MAX);
    }
    while (r.at < n) {
        if (read_row(&r) == ROW_OK) {
            take_row(&r);
        }
    }
    for (int i = 0; i < COLUMNS; i++) {
        buf_free(&r.field[i]);
    }
    free(r.made);
    return ST_OK;
}

/* ------------------------------------------------------------------ writing */

static void write_field(const char *s, size_t n, struct buf *out)
{
    bool quote = n > 0 && (s[0] == ' ' || s[n - 1] == ' ' || strpbrk(s, ",\"\r\n") != NULL);
    if (!quote) {
        buf_add(out, s, n);
        return;
    }
    buf_addc(out, '"');
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"') {
            buf_addc(out, '"');
        }
        buf_addc(out, s[i]);
    }
    buf_addc(out, '"');
}

static void path_add(struct buf *path, const char *name, bool top)
{
    if (!top) {
        buf_addc(path, '/');
    }
    for (const char *p = name; *p != '\0'; p++) {
        if (*p == '/' || *p == '\\') {
            buf_addc(path, '\\');
        }
        buf_addc(path, *p);
    }
}

void treefmt_csv_write(const struct tree *t, uint32_t root, struct buf *out)
{
    bool locks = false;
    for (uint32_t at = treefmt_first(t, root); at != TREE_NONE; at = tree_next(t, root, at)) {
        locks = locks || t->nodes[at].locked;
    }
    buf_adds(out, locks ? "path,weight,description,locked\r\n" : "path,weight,description\r\n");
    struct buf path;
    buf_init(&path, FIELD_MAX);
    size_t end[TREE_MAX_DEPTH + 2] = {0}; /* of the path down to each depth */
    int base = t->nodes[root].depth + (root == 0);
    for (uint32_t at = treefmt_first(t, root); at != TREE_NONE; at = tree_next(t, root, at)) {
        const struct node *n = &t->nodes[at];
        buf_cut(&path, n->depth > base ? end[n->depth - 1] : 0);
        path_add(&path, n->name, n->depth == base);
        end[n->depth] = path.len;
        write_field(path.data, path.len, out);
        buf_addc(out, ',');
        if (!treefmt_weight_is_one(n->weight)) {
            json_number(out, n->weight);
        }
        buf_addc(out, ',');
        write_field(n->desc, strlen(n->desc), out);
        buf_adds(out, !locks ? "\r\n" : n->locked ? ",yes\r\n" : ",\r\n");
    }
    buf_free(&path);
}
