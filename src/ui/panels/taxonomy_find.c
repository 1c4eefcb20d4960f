/*
 * Search and filter go over all names of the list, also those under folds, while one types. Plain
 * text that grew by a letter is looked for only in what matched before, so the first letter costs
 * some milliseconds on 100,000 nodes and the next ones next to nothing.
 *
 * What a line that is being typed does to cursor and folds is done from where it began each time,
 * so that Esc leaves no trace.
 */
#include "ui/panels/taxonomy.h"

#include "base/mem.h"
#include "base/utf8.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- where typing began */

void taxonomy_origin_free(struct taxonomy_origin *o)
{
    free(o->folds);
    free(o->text);
    memset(o, 0, sizeof *o);
}

static void origin_set(struct taxonomy *t)
{
    const struct taxonomy_side *s = taxonomy_side_of(t);
    taxonomy_origin_free(&t->origin);
    t->origin.node = s->cursor_node;
    t->origin.cursor = s->list.cursor;
    t->origin.top = s->list.top;
    t->origin.folds = outline_folds(&s->outline);
    t->origin.text = s->filter != NULL ? xstrdup(s->filter) : NULL;
}

static void origin_restore(struct taxonomy *t)
{
    struct taxonomy_side *s = taxonomy_side(t);
    if (t->origin.folds == NULL) {
        return; /* the tree was read again: everything follows the ids anyway */
    }
    outline_set_folds(&s->outline, t->origin.folds);
    s->list.cursor = t->origin.cursor;
    s->list.top = t->origin.top;
    list_set(&s->list, s->proposals + s->outline.count, s->list.height);
}

/* ---- search */

static void search(struct taxonomy *t, const uint32_t *list, size_t n)
{
    const struct tree *tree = taxonomy_side_of(t)->outline.tree;
    size_t count = 0, start = 0, end = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t node = list[i]; /* may be t->found itself: read before it is written */
        if (needle_find(t->find, tree->nodes[node].name, &start, &end)) {
            t->found = vec_grow(t->found, &t->found_cap, count + 1, sizeof *t->found);
            t->found[count++] = node;
        }
    }
    t->found_count = count;
}

void taxonomy_find_again(struct taxonomy *t)
{
    const struct outline *o = &taxonomy_side_of(t)->outline;
    t->match_count = 0;
    if (t->find == NULL || o->tree == NULL) {
        return;
    }
    t->matches = vec_grow(t->matches, &t->match_cap, t->found_count, sizeof *t->matches);
    for (size_t i = 0; i < t->found_count; i++) {
        if (outline_holds(o, t->found[i])) {
            t->matches[t->match_count++] = t->found[i];
        }
    }
}

void taxonomy_find_anew(struct taxonomy *t)
{
    const struct order *o = taxonomy_side_of(t)->outline.order;
    t->found_count = 0;
    if (t->find != NULL && o != NULL) {
        search(t, o->at + 1, o->count - 1);
    }
    taxonomy_find_again(t);
}

void taxonomy_find_forget(struct taxonomy *t)
{
    needle_free(t->find);
    t->find = NULL;
    t->match_count = t->found_count = 0;
}

/* Look for another thing. */
static void find(struct taxonomy *t, struct needle *what)
{
    bool narrows = t->find != NULL && needle_narrows(what, t->find);
    needle_free(t->find);
    t->find = what;
    if (narrows) {
        search(t, t->found, t->found_count);
        taxonomy_find_again(t);
    } else {
        taxonomy_find_anew(t);
    }
}

/* The first of some nodes in order that does not stand before `node`; n: none. */
static size_t not_before(const struct order *o, const uint32_t *list, size_t n, uint32_t node)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (o->rank[list[middle]] < o->rank[node]) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static size_t match_from(const struct taxonomy *t, uint32_t node)
{
    const struct order *o = taxonomy_side_of(t)->outline.order;
    return node != TREE_NONE ? not_before(o, t->matches, t->match_count, node) : 0;
}

size_t taxonomy_match(const struct taxonomy *t)
{
    uint32_t here = taxonomy_index(t);
    size_t at = here != TREE_NONE ? match_from(t, here) : t->match_count;
    return at < t->match_count && t->matches[at] == here ? at + 1 : 0;
}

static void go_to_match(struct taxonomy *t, struct ui *ui, int direction)
{
    uint32_t here = taxonomy_index(t);
    size_t n = t->match_count, at = match_from(t, here);
    if (direction > 0) {
        at = (at + (taxonomy_match(t) != 0 ? 1u : 0u)) % n;
    } else {
        at = (at + n - 1) % n;
    }
    taxonomy_jump(t, taxonomy_side_of(t)->cursor_node);
    taxonomy_reveal(t, ui, t->matches[at]);
    ui_say(ui, SAY_INFO, "%zu of %zu", at + 1, n);
}

static void search_typed(struct ui *ui, void *ctx, const char *text)
{
    struct taxonomy *t = ctx;
    struct needle *what = NULL;
    origin_restore(t);
    if (text[0] == '\0') {
        taxonomy_find_forget(t);
    } else if (needle_new(text, &what, NULL) == ST_OK) {
        find(t, what);
    }
    uint32_t from = t->origin.node != 0 ? tree_by_id(&ui->model.tree, t->origin.node) : TREE_NONE;
    if (t->match_count > 0) {
        taxonomy_reveal(t, ui, t->matches[match_from(t, from) % t->match_count]);
    } else {
        taxonomy_moved(t, ui);
    }
}

static void search_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct taxonomy *t = ctx;
    struct needle *what = NULL;
    struct err why = {0};
    if (!accepted || text[0] == '\0') {
        origin_restore(t);
        taxonomy_find_forget(t);
        taxonomy_moved(t, ui);
    } else if (needle_new(text, &what, &why) != ST_OK) {
        origin_restore(t);
        taxonomy_moved(t, ui);
        ui_say(ui, SAY_ERROR, "%s", why.msg);
    } else if (t->match_count == 0) {
        ui_say(ui, SAY_WARN, "no node matches %s", text);
    } else { /* the cursor went there while it was typed */
        taxonomy_jump(t, t->origin.node);
        ui_say(ui, SAY_INFO, "%zu of %zu", taxonomy_match(t), t->match_count);
    }
    needle_free(what);
    taxonomy_origin_free(&t->origin);
}

/* ---- filter */

bool taxonomy_is_hit(const struct taxonomy_side *s, uint32_t node)
{
    size_t at = not_before(s->outline.order, s->hits, s->hit_count, node);
    return at < s->hit_count && s->hits[at] == node;
}

static void select_hits(struct taxonomy *t, struct ui *ui, struct taxonomy_side *s,
                        const uint32_t *list, size_t n)
{
    const struct query_world world = {ui, s->outline.order, &t->marks};
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t node = list[i]; /* may be s->hits itself */
        if (query_matches(&s->query, &world, node)) {
            s->hits = vec_grow(s->hits, &s->hit_cap, found + 1, sizeof *s->hits);
            s->hits[found++] = node;
        }
    }
    s->hit_count = found;
}

enum status taxonomy_filter(struct taxonomy *t, struct ui *ui, struct taxonomy_side *s,
                            const char *text, struct err *e)
{
    struct query q = {0};
    bool none = text == NULL || text[strspn(text, " ")] == '\0';
    enum status st = none ? ST_OK : query_parse(text, &q, e);
    if (st != ST_OK || (none && s->filter == NULL)) {
        query_clear(&q);
        return st;
    }
    bool narrows = s->filter != NULL && !none && query_narrows(&q, &s->query);
    char *kept = none ? NULL : xstrdup(text);
    free(s->filter);
    s->filter = kept;
    query_clear(&s->query);
    s->query = q;
    if (none) {
        s->hit_count = 0;
        outline_filter(&s->outline, NULL, 0);
    } else if (s->outline.tree != NULL) {
        const struct order *o = s->outline.order;
        uint32_t root = s->outline.root, first = root != 0 ? o->rank[root] : 1;
        const uint32_t *list = narrows ? s->hits : o->at + first;
        select_hits(t, ui, s, list, narrows ? s->hit_count : o->end[root] - first);
        outline_filter(&s->outline, s->hits != NULL ? s->hits : o->at, s->hit_count);
    }
    s->proposals = s->filter == NULL && s->outline.root == 0 ? ui->model.proposal_count : 0;
    taxonomy_follow(s);
    if (s == taxonomy_side(t)) {
        taxonomy_find_again(t);
    }
    return ST_OK;
}

void taxonomy_offer_words(struct ui *ui)
{
    snprintf(ui->prompt.typed_help, sizeof ui->prompt.typed_help, "%s",
             "leaf unexpanded failed locked off human marked weight>2 points<9 level:2 !not");
}

/* The cursor goes to the first hit at or behind the node where typing began. */
static void go_to_hit(struct taxonomy *t, struct ui *ui)
{
    struct taxonomy_side *s = taxonomy_side(t);
    uint32_t from = t->origin.node != 0 ? tree_by_id(&ui->model.tree, t->origin.node) : TREE_NONE;
    if (s->filter == NULL && from != TREE_NONE) {
        taxonomy_reveal(t, ui, from);
    } else if (s->hit_count > 0) {
        size_t at =
            from != TREE_NONE ? not_before(s->outline.order, s->hits, s->hit_count, from) : 0;
        taxonomy_reveal(t, ui, s->hits[at % s->hit_count]);
    }
    taxonomy_moved(t, ui);
}

static void filter_typed(struct ui *ui, void *ctx, const char *text)
{
    struct taxonomy *t = ctx;
    taxonomy_offer_words(ui);
    /* a word that is half typed may mean nothing yet: what was there stays */
    if (taxonomy_filter(t, ui, taxonomy_side(t), text, NULL) == ST_OK) {
        go_to_hit(t, ui);
    }
}

static void filter_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct taxonomy *t = ctx;
    struct taxonomy_side *s = taxonomy_side(t);
    struct err why = {0};
    bool typed = s->filter != NULL && strcmp(s->filter, text) == 0; /* it is in force already */
    enum status st = accepted && !typed ? taxonomy_filter(t, ui, s, text, &why) : ST_OK;
    if (!accepted || st != ST_OK) {
        taxonomy_filter(t, ui, s, t->origin.text, NULL);
        origin_restore(t);
        taxonomy_moved(t, ui);
    } else {
        go_to_hit(t, ui);
    }
    if (st != ST_OK) {
        ui_say(ui, SAY_ERROR, "%s", why.msg);
    } else if (accepted && s->filter != NULL && s->hit_count == 0) {
        ui_say(ui, SAY_WARN, "no node matches %s (Esc shows all again)", text);
    } else if (accepted && s->filter != NULL) {
        ui_say(ui, SAY_INFO, "%zu match; Esc shows all again", s->hit_count);
    }
    taxonomy_origin_free(&t->origin);
}

/* ---- jump by typing */

static bool starts_so(const char *name, const char *text, bool folded)
{
    while (*text != '\0') {
        uint32_t a = 0, b = 0;
        size_t n = utf8_decode(name, strlen(name), &a), m = utf8_decode(text, strlen(text), &b);
        if (n == 0 || (folded ? utf8_fold(a) != utf8_fold(b) : a != b)) {
            return false;
        }
        name += n;
        text += m;
    }
    return true;
}

static bool has_capital(const char *s)
{
    uint32_t cp = 0;
    for (size_t n = strlen(s), at = 0; at < n;) {
        at += utf8_decode(s + at, n - at, &cp);
        if (cp != UTF8_BAD && utf8_fold(cp) != cp) {
            return true;
        }
    }
    return false;
}

/* Go to the first visible row from the origin on whose name starts so; false: there is none. */
static bool go_to_start(struct taxonomy *t, struct ui *ui, const char *text)
{
    struct taxonomy_side *s = taxonomy_side(t);
    const struct outline *o = &s->outline;
    bool folded = !has_capital(text);
    size_t from = t->origin.cursor > s->proposals ? t->origin.cursor - s->proposals : 0;
    origin_restore(t);
    for (size_t i = 0; i < o->count && text[0] != '\0'; i++) {
        size_t row = (from + i) % o->count;
        if (starts_so(o->tree->nodes[o->rows[row]].name, text, folded)) {
            list_go(&s->list, s->proposals + row);
            taxonomy_moved(t, ui);
            return true;
        }
    }
    taxonomy_moved(t, ui);
    return false;
}

static void start_typed(struct ui *ui, void *ctx, const char *text)
{
    (void)go_to_start(ctx, ui, text);
}

static void start_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct taxonomy *t = ctx;
    if (accepted && text[0] != '\0') {
        if (go_to_start(t, ui, text)) {
            taxonomy_jump(t, t->origin.node);
        } else {
            ui_say(ui, SAY_WARN, "no visible name starts with %s (/ looks under folds, too)", text);
        }
    } else {
        origin_restore(t);
        taxonomy_moved(t, ui);
    }
    taxonomy_origin_free(&t->origin);
}

/* ---- keys */

bool taxonomy_can_find(const struct taxonomy *t, enum action a, char why[WHY_MAX])
{
    const struct taxonomy_side *s = taxonomy_side_of(t);
    if ((a == ACT_NEXT_MATCH || a == ACT_PREV_MATCH) && t->match_count == 0) {
        snprintf(why, WHY_MAX,
                 t->find != NULL ? "nothing matches" : "nothing was looked for yet (/ does)");
        return false;
    }
    if ((a == ACT_SEARCH || a == ACT_FILTER || a == ACT_TYPE_TO) && s->outline.count == 0 &&
        s->filter == NULL) {
        snprintf(why, WHY_MAX, "there is no node yet");
        return false;
    }
    return true;
}

static void ask(struct taxonomy *t, struct ui *ui, const char *label, const char *initial,
                prompt_done_fn *done, prompt_change_fn *change)
{
    origin_set(t);
    ui_ask(ui, label, initial, done, t);
    ui->prompt.change = change;
}

bool taxonomy_find(struct taxonomy *t, struct ui *ui, enum action a)
{
    const struct taxonomy_side *s = taxonomy_side_of(t);
    switch ((int)a) {
    case ACT_SEARCH:
        ask(t, ui, "/", "", search_given, search_typed);
        return true;
    case ACT_FILTER:
        ask(t, ui, "filter: ", s->filter != NULL ? s->filter : "", filter_given, filter_typed);
        taxonomy_offer_words(ui);
        return true;
    case ACT_TYPE_TO:
        ask(t, ui, "go to: ", "", start_given, start_typed);
        return true;
    case ACT_NEXT_MATCH:
    case ACT_PREV_MATCH:
        go_to_match(t, ui, a == ACT_NEXT_MATCH ? 1 : -1);
        return true;
    default:
        return false;
    }
}
