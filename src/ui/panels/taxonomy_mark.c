/*
 * Marks are a set of ids (marks.h). A range that is still open is not in it: it is two rows, the
 * one it began at and the one under the cursor, so that going back takes marks back.
 */
#include "ui/panels/taxonomy.h"

#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>

size_t taxonomy_targets(const struct taxonomy *t, const struct ui *ui, bool outermost,
                        uint32_t **out)
{
    if (t->marks.count > 0) {
        return marks_in_order(&t->marks, &ui->model.tree, outermost, out);
    }
    uint32_t at = taxonomy_index(t);
    *out = xcalloc(1, sizeof **out);
    **out = at;
    return at != TREE_NONE ? 1 : 0;
}

/* ---- a range */

bool taxonomy_range(const struct taxonomy *t, const struct taxonomy_side *s, size_t *from,
                    size_t *to)
{
    uint32_t start = t->range != 0 && s == taxonomy_side_of(t) && s->outline.tree != NULL
                         ? tree_by_id(s->outline.tree, t->range)
                         : TREE_NONE;
    size_t anchor = start != TREE_NONE ? outline_row(&s->outline, start) : s->outline.count;
    if (anchor >= s->outline.count) {
        return false;
    }
    /* on a proposed factor the range ends at the first node below it */
    size_t cursor = s->list.cursor > s->proposals ? s->list.cursor - s->proposals : 0;
    *from = anchor < cursor ? anchor : cursor;
    *to = anchor < cursor ? cursor : anchor;
    return *to < s->outline.count;
}

void taxonomy_range_end(struct taxonomy *t, struct ui *ui)
{
    const struct taxonomy_side *s = taxonomy_side_of(t);
    size_t from = 0, to = 0, n = 0;
    if (taxonomy_range(t, s, &from, &to)) {
        for (size_t row = from; row <= to; row++) {
            n += marks_set(&t->marks, s->outline.tree->nodes[s->outline.rows[row]].id, true);
        }
        ui_say(ui, SAY_INFO, "%zu more marked, %zu in all", n, t->marks.count);
    }
    t->range = 0;
}

/* ---- keys */

static void toggle(struct taxonomy *t, struct ui *ui)
{
    struct taxonomy_side *s = taxonomy_side(t);
    const struct node *n = taxonomy_node(t, ui);
    if (t->range != 0) {
        taxonomy_range_end(t, ui);
        return;
    }
    marks_set(&t->marks, n->id, !marks_has(&t->marks, n->id));
    list_move(&s->list, 1);
}

/* Mark what matches: in the whole list, or among what a filter has found. */
static void mark_matching(struct taxonomy *t, struct ui *ui, struct query *q, const char *text)
{
    const struct taxonomy_side *s = taxonomy_side_of(t);
    const struct order *o = s->outline.order;
    const struct query_world world = {ui, o, &t->marks};
    uint32_t root = s->outline.root, first = root != 0 ? o->rank[root] : 1;
    const uint32_t *list = s->filter != NULL ? s->hits : o->at + first;
    size_t n = s->filter != NULL ? s->hit_count : o->end[root] - first;
    uint32_t *found = NULL;
    size_t count = 0, cap = 0, more = 0;
    for (size_t i = 0; i < n; i++) { /* first all answers: "marked" may be a word of the question */
        if (query_matches(q, &world, list[i])) {
            found = vec_grow(found, &cap, count + 1, sizeof *found);
            found[count++] = list[i];
        }
    }
    for (size_t i = 0; i < count; i++) {
        more += marks_set(&t->marks, ui->model.tree.nodes[found[i]].id, true);
    }
    free(found);
    if (count == 0) {
        ui_say(ui, SAY_WARN, "no node matches %s", text);
    } else {
        ui_say(ui, SAY_INFO, "%zu match, %zu of them newly marked", count, more);
    }
}

static void matching_typed(struct ui *ui, void *ctx, const char *text)
{
    (void)ctx;
    (void)text;
    taxonomy_offer_words(ui);
}

static void matching_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct taxonomy *t = ctx;
    struct query q;
    struct err why = {0};
    if (!accepted || text[0] == '\0' || taxonomy_side_of(t)->outline.order == NULL) {
        return;
    }
    if (query_parse(text, &q, &why) == ST_OK) {
        mark_matching(t, ui, &q, text);
    } else {
        ui_say(ui, SAY_ERROR, "%s", why.msg);
    }
    query_clear(&q);
}

static void invert(struct taxonomy *t, struct ui *ui)
{
    const struct tree *tree = &ui->model.tree;
    const struct node *n = taxonomy_node(t, ui);
    size_t on = 0;
    for (uint32_t at = tree->nodes[n->parent].first; at != TREE_NONE; at = tree->nodes[at].next) {
        int64_t id = tree->nodes[at].id;
        bool mark = !marks_has(&t->marks, id);
        marks_set(&t->marks, id, mark);
        on += mark ? 1u : 0u;
    }
    ui_say(ui, SAY_INFO, "%zu of %u siblings are marked now", on, tree->nodes[n->parent].children);
}

bool taxonomy_can_mark(const struct taxonomy *t, const struct ui *ui, enum action a,
                       char why[WHY_MAX])
{
    bool on_node = a == ACT_MARK || a == ACT_MARK_RANGE || a == ACT_MARK_INVERT;
    if (on_node && taxonomy_node(t, ui) == NULL && t->range == 0) {
        snprintf(why, WHY_MAX,
                 taxonomy_proposal(t, ui) != NULL ? "this is a proposal: accept it first (y)"
                                                  : "there is no node under the cursor");
        return false;
    }
    if (a == ACT_MARK_MATCHING && taxonomy_side_of(t)->outline.count == 0) {
        snprintf(why, WHY_MAX, "there is no node yet");
        return false;
    }
    if (a == ACT_UNMARK_ALL && t->marks.count == 0 && t->range == 0) {
        snprintf(why, WHY_MAX, "nothing is marked");
        return false;
    }
    return true;
}

bool taxonomy_mark(struct taxonomy *t, struct ui *ui, enum action a)
{
    switch ((int)a) {
    case ACT_MARK:
        toggle(t, ui);
        break;
    case ACT_MARK_RANGE:
        if (t->range != 0) {
            taxonomy_range_end(t, ui);
        } else {
            t->range = taxonomy_node(t, ui)->id;
            ui_say(ui, SAY_INFO,
                   "marks from here to where you go; V or space ends it, Esc drops it");
        }
        break;
    case ACT_MARK_MATCHING:
        ui_ask(ui, "mark all that match: ", "", matching_given, t);
        ui->prompt.change = matching_typed;
        taxonomy_offer_words(ui);
        break;
    case ACT_MARK_INVERT:
        invert(t, ui);
        break;
    case ACT_UNMARK_ALL:
        ui_say(ui, SAY_INFO, "%zu unmarked", t->marks.count);
        t->range = 0;
        marks_clear(&t->marks);
        break;
    default:
        return false;
    }
    taxonomy_moved(t, ui);
    return true;
}
