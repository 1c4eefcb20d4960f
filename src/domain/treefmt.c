/*
 * treefmt - see treefmt.h. What all formats share; each format has a file of its own.
 *
 * A reader builds the tree through one door, treefmt_add, which checks what every format must: the
 * name, the weight, the description, no second sibling of that name, the ceilings. What does not
 * pass is a line of the report and changes nothing.
 */
#include "domain/treefmt.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "domain/treefmt_parts.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { REFUSALS_KEPT = 1000, FIRST_TABLE = 64 };

static const struct format {
    const char *name;
    const char *endings[3]; /* NULL-terminated */
    enum status (*parse)(struct treefmt_in *in, const char *s, size_t n, struct err *e);
    void (*write)(const struct tree *t, uint32_t root, struct buf *out);
} formats[TREEFMT_COUNT] = {
    [TREEFMT_TEXT] = {"text", {".txt"}, treefmt_text_parse, treefmt_text_write},
    [TREEFMT_MD] = {"md", {".md", ".markdown"}, treefmt_md_parse, treefmt_md_write},
    [TREEFMT_JSON] = {"json", {".json"}, treefmt_json_parse, treefmt_json_write},
    [TREEFMT_CSV] = {"csv", {".csv"}, treefmt_csv_parse, treefmt_csv_write},
    [TREEFMT_SKOS] = {"skos", {".nt"}, treefmt_skos_parse, treefmt_skos_write},
    [TREEFMT_OPML] = {"opml", {".opml"}, treefmt_opml_parse, treefmt_opml_write},
};

const char *treefmt_name(enum treefmt f)
{
    return f < TREEFMT_COUNT ? formats[f].name : "unknown";
}

bool treefmt_by_name(const char *name, enum treefmt *out)
{
    for (int i = 0; i < TREEFMT_COUNT; i++) {
        if (strcmp(formats[i].name, name) == 0) {
            *out = (enum treefmt)i;
            return true;
        }
    }
    return false;
}

bool treefmt_by_file(const char *file, enum treefmt *out)
{
    size_t n = strlen(file);
    for (int i = 0; i < TREEFMT_COUNT; i++) {
        for (const char *const *ending = formats[i].endings; *ending != NULL; ending++) {
            size_t len = strlen(*ending);
            if (n > len && strcasecmp(file + n - len, *ending) == 0) {
                *out = (enum treefmt)i;
                return true;
            }
        }
    }
    return false;
}

/* ------------------------------------------------------------------ the report */

void treefmt_report_free(struct treefmt_report *r)
{
    free(r->refused);
    memset(r, 0, sizeof *r);
}

void treefmt_refuse(struct treefmt_in *in, size_t line, const char *fmt, ...)
{
    struct treefmt_report *r = in->report;
    r->refused_count++;
    if (r->refused_count > REFUSALS_KEPT) {
        return;
    }
    r->refused = vec_grow(r->refused, &in->report_cap, r->refused_count, sizeof *r->refused);
    struct treefmt_refusal *refusal = &r->refused[r->refused_count - 1];
    char text[sizeof refusal->why];
    struct err whole; /* err_set keeps whole characters only */
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    (void)err_set(&whole, ST_INVALID, "%s", text);
    refusal->line = line;
    memcpy(refusal->why, whole.msg, strlen(whole.msg) + 1);
}

/* ------------------------------------------------------------------ names */

static size_t name_slot(const struct treefmt_in *in, uint32_t parent, const char *name)
{
    uint64_t h = rng_hash(name, strlen(name), parent);
    size_t slot = (size_t)h & (in->table_cap - 1);
    while (in->table[slot] != TREE_NONE) {
        const struct node *n = &in->tree->nodes[in->table[slot]];
        if (n->parent == parent && strcmp(n->name, name) == 0) {
            break;
        }
        slot = (slot + 1) & (in->table_cap - 1);
    }
    return slot;
}

static void remember_name(struct treefmt_in *in, uint32_t at);

static void table_grow(struct treefmt_in *in)
{
    uint32_t *old = in->table;
    size_t old_cap = in->table_cap;
    in->table_cap = old_cap > 0 ? old_cap * 2 : FIRST_TABLE;
    in->table_used = 0;
    in->table = xreallocarray(NULL, in->table_cap, sizeof *in->table);
    memset(in->table, 0xFF, in->table_cap * sizeof *in->table);
    for (size_t i = 0; i < old_cap; i++) {
        if (old[i] != TREE_NONE) {
            remember_name(in, old[i]);
        }
    }
    free(old);
}

static void remember_name(struct treefmt_in *in, uint32_t at)
{
    if ((in->table_used + 1) * 2 > in->table_cap) {
        table_grow(in);
    }
    in->table[name_slot(in, in->tree->nodes[at].parent, in->tree->nodes[at].name)] = at;
    in->table_used++;
}

uint32_t treefmt_find(const struct treefmt_in *in, uint32_t parent, const char *name)
{
    return in->table[name_slot(in, parent, name)];
}

/* ------------------------------------------------------------------ nodes */

struct node treefmt_model(const char *name, const char *desc)
{
    return (struct node){
        .name = name, .desc = desc, .weight = 1, .state = NODE_EXPANDED, .origin = NODE_BY_HUMAN};
}

bool treefmt_check(const struct treefmt_in *in, uint32_t parent, const struct node *model,
                   struct err *why)
{
    if (tree_name_check(model->name, why) != ST_OK) {
        return false;
    }
    if (!(model->weight >= 0 && model->weight <= TREE_WEIGHT_MAX)) {
        err_set(why, ST_INVALID, "weight %g: expected a number from 0 to 1000000", model->weight);
        return false;
    }
    size_t n = strlen(model->desc);
    if (n > TREE_DESC_MAX) {
        err_set(why, ST_INVALID, "the description has %zu bytes: at most %d", n, TREE_DESC_MAX);
        return false;
    }
    if (!utf8_valid(model->desc, n)) {
        err_set(why, ST_INVALID, "the description is not valid UTF-8");
        return false;
    }
    if (parent == TREE_NONE) {
        return true;
    }
    if (treefmt_find(in, parent, model->name) != TREE_NONE) {
        bool top = parent == 0;
        err_set(why, ST_EXISTS, "\"%.60s\" is already there %s%.60s%s", model->name,
                top ? "among the taxonomies" : "below \"", in->tree->nodes[parent].name,
                top ? "" : "\"");
        return false;
    }
    if (in->tree->nodes[parent].depth >= TREE_MAX_DEPTH) {
        err_set(why, ST_LIMIT, "\"%.60s\" would be deeper than %d levels", model->name,
                TREE_MAX_DEPTH);
        return false;
    }
    if (in->tree->count > TREE_MAX_NODES) {
        err_set(why, ST_LIMIT, "the tree has %u nodes already: no more fit", TREE_MAX_NODES);
        return false;
    }
    return true;
}

uint32_t treefmt_add(struct treefmt_in *in, size_t line, uint32_t parent, const struct node *model)
{
    struct err why = {.msg = ""};
    if (!treefmt_check(in, parent, model, &why)) {
        treefmt_refuse(in, line, "%s", why.msg);
        return TREE_NONE;
    }
    uint32_t at = tree_add(in->tree, parent, model);
    if (at == TREE_NONE) {
        treefmt_refuse(in, line, "\"%.60s\" was not taken by the tree", model->name);
        return TREE_NONE;
    }
    if (in->ids) {
        in->lines = vec_grow(in->lines, &in->lines_cap, (size_t)at + 1, sizeof *in->lines);
        in->lines[at] = line;
    }
    remember_name(in, at);
    in->report->taken++;
    return at;
}

bool treefmt_number(const char *s, size_t n, double most, double *out)
{
    static const struct json_limits limits = {.bytes = 40, .depth = 1, .items = 1};
    cJSON *v = NULL;
    bool fine = json_parse(s, n, &limits, &v, NULL) == ST_OK && cJSON_IsNumber(v) &&
                v->valuedouble >= 0 && v->valuedouble <= most;
    if (fine) {
        *out = v->valuedouble;
    }
    cJSON_Delete(v);
    return fine;
}

bool treefmt_weight_is_one(double weight)
{
    return !(weight < 1) && !(weight > 1);
}

bool treefmt_next_line(struct treefmt_lines *l, const char **line, size_t *n)
{
    if (l->at >= l->n) {
        return false;
    }
    const char *start = l->s + l->at;
    const char *end = memchr(start, '\n', l->n - l->at);
    size_t len = end != NULL ? (size_t)(end - start) : l->n - l->at;
    l->at += len + (end != NULL);
    l->line++;
    *line = start;
    *n = len > 0 && start[len - 1] == '\r' ? len - 1 : len;
    return true;
}

/* ------------------------------------------------------------------ both ways */

static enum status parse(struct treefmt_in *in, enum treefmt f, const char *s, size_t n,
                         struct err *e)
{
    memset(in->report, 0, sizeof *in->report);
    if (f >= TREEFMT_COUNT || in->under >= in->tree->count) {
        return err_set(e, ST_INTERNAL, "no such tree format or no such node");
    }
    if (n > json_limits_file.bytes) {
        return err_set(e, ST_LIMIT, "a tree file of %zu bytes; at most %zu are read", n,
                       json_limits_file.bytes);
    }
    if (n >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0) {
        s += 3;
        n -= 3;
    }
    if (n > 0 && memchr(s, '\0', n) != NULL) {
        return err_set(e, ST_INVALID, "this is no text: it holds a NUL byte");
    }
    table_grow(in);
    for (uint32_t at = tree_next(in->tree, in->under, in->under); at != TREE_NONE;
         at = tree_next(in->tree, in->under, at)) {
        remember_name(in, at);
    }
    enum status st = formats[f].parse(in, s, n, e);
    free(in->table);
    return st;
}

enum status treefmt_parse(enum treefmt f, const char *s, size_t n, struct tree *into,
                          uint32_t under, struct treefmt_report *report, struct err *e)
{
    struct treefmt_in in = {.tree = into, .under = under, .report = report};
    return parse(&in, f, s, n, e);
}

enum status treefmt_parse_ids(const char *s, size_t n, struct tree *into, size_t **lines,
                              struct treefmt_report *report, struct err *e)
{
    struct treefmt_in in = {.tree = into, .report = report, .ids = true};
    in.lines = vec_grow(NULL, &in.lines_cap, 1, sizeof *in.lines);
    in.lines[0] = 0;
    enum status st = parse(&in, TREEFMT_TEXT, s, n, e);
    *lines = in.lines;
    return st;
}

uint32_t treefmt_first(const struct tree *t, uint32_t root)
{
    return root != 0 ? root : tree_next(t, 0, 0);
}

static enum status written(enum treefmt f, const struct buf *out, struct err *e)
{
    return out->over ? err_set(e, ST_LIMIT, "the tree as %s is longer than %zu bytes",
                               formats[f].name, out->max)
                     : ST_OK;
}

enum status treefmt_write(enum treefmt f, const struct tree *t, uint32_t root, struct buf *out,
                          struct err *e)
{
    if (f >= TREEFMT_COUNT || root >= t->count) {
        return err_set(e, ST_INTERNAL, "no such tree format or no such node");
    }
    formats[f].write(t, root, out);
    return written(f, out, e);
}

enum status treefmt_write_ids(const struct tree *t, uint32_t root, struct buf *out, struct err *e)
{
    if (root >= t->count) {
        return err_set(e, ST_INTERNAL, "no such node");
    }
    treefmt_text_write_ids(t, root, out);
    return written(TREEFMT_TEXT, out, e);
}
