/*
 * treeedit - see treeedit.h.
 *
 * Three trees meet: the branch as it is, the text as it was given out and the text as it came back.
 * A value is changed where the text differs from what was given out and from what is there now.
 */
#include "domain/treeedit.h"

#include "base/mem.h"
#include "domain/treefmt_parts.h"

#include <stdlib.h>
#include <string.h>

struct edit {
    const struct tree *branch, *text, *was;
    const size_t *lines;
    struct treefmt_in report; /* only for its refusals */
    struct treeedit *out;
    uint32_t *now; /* by index in the branch: index in the text, TREE_NONE when not there */
};

/* ------------------------------------------------------------------ which is which */

static void match(struct edit *d, uint32_t at, uint32_t old)
{
    d->out->old[at] = old;
    d->now[old] = at;
}

static void match_numbers(struct edit *d)
{
    for (uint32_t at = 1; at < d->text->count; at++) {
        int64_t id = d->text->nodes[at].id;
        uint32_t old = id != 0 ? tree_by_id(d->branch, id) : TREE_NONE;
        d->out->old[at] = TREE_NONE;
        if (old != TREE_NONE) {
            match(d, at, old);
        }
    }
}

/* Parents stand before their children, so theirs is known. */
static void match_names(struct edit *d)
{
    for (uint32_t at = 1; at < d->text->count; at++) {
        const struct node *n = &d->text->nodes[at];
        if (d->out->old[at] != TREE_NONE) {
            continue;
        }
        uint32_t parent = n->parent == 0 ? 0 : d->out->old[n->parent];
        uint32_t old = parent == TREE_NONE ? TREE_NONE
                       : parent == 0       ? 1
                                     : tree_child(d->branch, parent, n->name, strlen(n->name));
        if (old != TREE_NONE && d->now[old] == TREE_NONE) {
            match(d, at, old);
        }
    }
}

/* The text has one top, and that is the top of the branch. */
static void check_top(struct edit *d)
{
    const struct node *top = &d->branch->nodes[1];
    int shown = tree_name_shown(top->name);
    uint32_t first = d->text->nodes[0].first;
    if (first == TREE_NONE) {
        treefmt_refuse(&d->report, 1, "found no line; expected \"%.*s\" and what is below it",
                       shown, top->name);
        return;
    }
    int64_t id = d->text->nodes[first].id;
    if (id != 0 && id != top->id) {
        treefmt_refuse(&d->report, d->lines[first],
                       "found [@%lld] at the top; expected \"%.*s\" [@%lld]", (long long)id, shown,
                       top->name, (long long)top->id);
    }
    for (uint32_t at = d->text->nodes[first].next; at != TREE_NONE; at = d->text->nodes[at].next) {
        treefmt_refuse(&d->report, d->lines[at],
                       "found a line at the top; expected all lines below \"%.*s\", indented",
                       shown, top->name);
    }
}

/* ------------------------------------------------------------------ what differs */

static bool differ(double a, double b)
{
    return a < b || a > b;
}

/* The node as the text was given out with it. */
static const struct node *before(const struct edit *d, uint32_t old)
{
    uint32_t at = d->was != NULL ? tree_by_id(d->was, d->branch->nodes[old].id) : TREE_NONE;
    return at != TREE_NONE ? &d->was->nodes[at] : &d->branch->nodes[old];
}

static int64_t parent_before(const struct edit *d, uint32_t old)
{
    uint32_t at = d->was != NULL ? tree_by_id(d->was, d->branch->nodes[old].id) : TREE_NONE;
    return at != TREE_NONE ? d->was->nodes[d->was->nodes[at].parent].id
                           : d->branch->nodes[d->branch->nodes[old].parent].id;
}

/* The number of a node of the text; 0 when it is new. */
static int64_t id_of(const struct edit *d, uint32_t at)
{
    return at == 0 || d->out->old[at] == TREE_NONE ? 0 : d->branch->nodes[d->out->old[at]].id;
}

static void compare(struct edit *d, uint32_t at)
{
    struct treeedit *out = d->out;
    uint32_t old = out->old[at];
    const struct node *n = &d->text->nodes[at];
    if (old == TREE_NONE) {
        out->what[at] = EDIT_ADD;
        out->added++;
        return;
    }
    const struct node *has = &d->branch->nodes[old];
    const struct node *had = before(d, old);
    unsigned what = 0;
    what |= strcmp(n->name, had->name) != 0 && strcmp(n->name, has->name) != 0 ? EDIT_RENAME : 0u;
    what |= strcmp(n->desc, had->desc) != 0 && strcmp(n->desc, has->desc) != 0 ? EDIT_DESCRIBE : 0u;
    what |= differ(n->weight, had->weight) && differ(n->weight, has->weight) ? EDIT_WEIGHT : 0u;
    what |= n->locked != had->locked && n->locked != has->locked ? EDIT_LOCK : 0u;
    if (n->parent != 0) {
        int64_t parent = id_of(d, n->parent);
        bool moved = parent == 0 || (parent != parent_before(d, old) &&
                                     parent != d->branch->nodes[has->parent].id);
        what |= moved ? EDIT_MOVE : 0u;
    }
    out->what[at] = (unsigned char)what;
    out->renamed += (what & EDIT_RENAME) != 0;
    out->described += (what & EDIT_DESCRIBE) != 0;
    out->weighed += (what & EDIT_WEIGHT) != 0;
    out->locked += (what & EDIT_LOCK) != 0;
    out->moved += (what & EDIT_MOVE) != 0;
}

/* The next sibling of the text's node `at` that stood below the same parent before. */
static uint32_t next_kept(const struct edit *d, uint32_t at)
{
    while (at != TREE_NONE && (d->out->what[at] & (EDIT_ADD | EDIT_MOVE)) != 0) {
        at = d->text->nodes[at].next;
    }
    return at;
}

/* Do the children have to be put in order? */
static void compare_order(struct edit *d, uint32_t at)
{
    uint32_t old = d->out->old[at];
    if (old == TREE_NONE) {
        return; /* they are put below it one after the other */
    }
    uint32_t in_was = d->was != NULL ? tree_by_id(d->was, d->branch->nodes[old].id) : TREE_NONE;
    const struct tree *from = in_was != TREE_NONE ? d->was : d->branch;
    uint32_t child = from->nodes[in_was != TREE_NONE ? in_was : old].first;
    uint32_t kept = next_kept(d, d->text->nodes[at].first);
    bool same = true;
    for (; same && child != TREE_NONE; child = from->nodes[child].next) {
        uint32_t had = tree_by_id(d->branch, from->nodes[child].id);
        uint32_t now = had != TREE_NONE ? d->now[had] : TREE_NONE;
        if (now != TREE_NONE && d->text->nodes[now].parent == at) {
            same = now == kept;
            kept = kept != TREE_NONE ? next_kept(d, d->text->nodes[kept].next) : TREE_NONE;
        }
    }
    d->out->ordered += !same;
    bool inside = false; /* something new or moved stands before something kept */
    bool fresh = false;
    for (uint32_t c = d->text->nodes[at].first; c != TREE_NONE; c = d->text->nodes[c].next) {
        bool is_fresh = (d->out->what[c] & (EDIT_ADD | EDIT_MOVE)) != 0;
        inside = inside || (fresh && !is_fresh);
        fresh = fresh || is_fresh;
    }
    if (!same || inside) {
        d->out->what[at] |= EDIT_ORDER;
    }
}

/* ------------------------------------------------------------------ what is gone */

static bool is_gone(const struct edit *d, uint32_t old)
{
    bool known = d->was == NULL || tree_by_id(d->was, d->branch->nodes[old].id) != TREE_NONE;
    return d->now[old] == TREE_NONE && known;
}

static void find_gone(struct edit *d)
{
    struct treeedit *out = d->out;
    size_t cap = 0;
    for (uint32_t old = 2; old < d->branch->count; old++) {
        const struct node *n = &d->branch->nodes[old];
        bool below = n->parent > 1 && is_gone(d, n->parent);
        if (is_gone(d, old)) {
            out->deleted++;
            if (!below) {
                out->gone = vec_grow(out->gone, &cap, out->gone_count + 1, sizeof *out->gone);
                out->gone[out->gone_count++] = old;
            }
        } else if (below && d->now[old] == TREE_NONE) {
            const struct node *up = &d->branch->nodes[n->parent];
            treefmt_refuse(&d->report, 0,
                           "found no line for \"%.*s\"; \"%.*s\" (@%lld) was added below it "
                           "meanwhile, expected to stay",
                           tree_name_shown(up->name), up->name, tree_name_shown(n->name), n->name,
                           (long long)n->id);
        }
    }
}

/* ------------------------------------------------------------------ the whole */

void treeedit_plan(const struct tree *branch, const struct tree *text, const size_t *lines,
                   const struct tree *was, struct treefmt_report *report, struct treeedit *out)
{
    struct edit d = {.branch = branch, .text = text, .was = was, .lines = lines, .out = out};
    d.report.report = report;
    d.report.report_cap = report->refused_count;
    *out = (struct treeedit){.old = xcalloc(text->count, sizeof *out->old),
                             .what = xcalloc(text->count, 1)};
    d.now = xreallocarray(NULL, branch->count, sizeof *d.now);
    memset(d.now, 0xFF, branch->count * sizeof *d.now);
    check_top(&d);
    if (report->refused_count == 0) {
        match_numbers(&d);
        match_names(&d);
        for (uint32_t at = 1; at < text->count; at++) {
            compare(&d, at);
        }
        for (uint32_t at = 1; at < text->count; at++) {
            compare_order(&d, at);
        }
        find_gone(&d);
    }
    free(d.now);
}

void treeedit_free(struct treeedit *t)
{
    free(t->old);
    free(t->what);
    free(t->gone);
    memset(t, 0, sizeof *t);
}

bool treeedit_is_empty(const struct treeedit *t)
{
    return t->added + t->renamed + t->moved + t->described + t->weighed + t->locked + t->ordered +
               t->deleted ==
           0;
}

void treeedit_say(const struct treeedit *t, struct buf *out)
{
    const struct {
        size_t n;
        const char *what;
    } part[] = {{t->added, "added"},     {t->renamed, "renamed"},
                {t->moved, "moved"},     {t->described, "described"},
                {t->weighed, "weighed"}, {t->locked, "locked or unlocked"},
                {t->ordered, "sorted"},  {t->deleted, "deleted"}};
    const char *gap = "";
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        if (part[i].n > 0) {
            buf_printf(out, "%s%zu %s", gap, part[i].n, part[i].what);
            gap = ", ";
        }
    }
    if (gap[0] == '\0') {
        buf_adds(out, "nothing changed");
    }
}
