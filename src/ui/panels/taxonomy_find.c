/*
 * Search goes over all names, also those under folds, once when the pattern is given; n and N walk
 * the list of what was found.
 */
#include "ui/panels/taxonomy.h"

#include "base/mem.h"
#include <stdio.h>
#include <string.h>

void taxonomy_find_again(struct taxonomy *t, const struct tree *tree)
{
    t->match_count = 0;
    for (uint32_t at = tree_next(tree, 0, 0); t->find != NULL && at != TREE_NONE;
         at = tree_next(tree, 0, at)) {
        size_t start = 0, end = 0;
        const char *name = tree->nodes[at].name;
        if (regex_find(t->find, name, strlen(name), 0, &start, &end)) {
            t->matches =
                vec_grow(t->matches, &t->match_cap, t->match_count + 1, sizeof *t->matches);
            t->matches[t->match_count++] = at;
        }
    }
}

void taxonomy_find_forget(struct taxonomy *t)
{
    if (t->find != NULL) {
        regex_free(t->find);
    }
    t->find = NULL;
    t->match_count = 0;
}

static void go_to_match(struct taxonomy *t, struct ui *ui, int direction, bool stay)
{
    if (t->match_count == 0) {
        return;
    }
    /* matches are in pre-order; the tree's own order of the cursor decides which one is next */
    const struct tree *tree = &ui->model.tree;
    uint32_t here = taxonomy_index(t);
    size_t before = 0;
    bool on = false;
    for (uint32_t at = tree_next(tree, 0, 0); at != TREE_NONE && here != TREE_NONE;
         at = tree_next(tree, 0, at)) {
        bool match = before < t->match_count && t->matches[before] == at;
        if (at == here) {
            on = match;
            break;
        }
        before += match ? 1u : 0u;
    }
    size_t n = t->match_count;
    size_t next = direction > 0 ? (before + (on && !stay ? 1u : 0u)) % n : (before + n - 1) % n;
    taxonomy_reveal(t, ui, t->matches[next]);
    ui_say(ui, SAY_INFO, "%zu of %zu", next + 1, n);
}

static void search_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct taxonomy *t = ctx;
    struct regex *re = NULL;
    struct err why = {0};
    if (!accepted || text[0] == '\0') {
        return;
    }
    if (regex_new(text, &re, &why) != ST_OK) {
        ui_say(ui, SAY_ERROR, "%s", why.msg);
        return;
    }
    taxonomy_find_forget(t);
    t->find = re;
    taxonomy_find_again(t, &ui->model.tree);
    if (t->match_count == 0) {
        ui_say(ui, SAY_WARN, "no node matches %s", text);
    } else {
        go_to_match(t, ui, 1, true);
    }
}

bool taxonomy_can_find(const struct taxonomy *t, enum action a, char why[WHY_MAX])
{
    if ((a == ACT_NEXT_MATCH || a == ACT_PREV_MATCH) && t->match_count == 0) {
        snprintf(why, WHY_MAX,
                 t->find != NULL ? "nothing matches" : "nothing was looked for yet (/ does)");
        return false;
    }
    if (a == ACT_SEARCH && taxonomy_side_of(t)->outline.count == 0) {
        snprintf(why, WHY_MAX, "there is no node yet");
        return false;
    }
    return true;
}

bool taxonomy_find(struct taxonomy *t, struct ui *ui, enum action a)
{
    switch ((int)a) {
    case ACT_SEARCH:
        ui_ask(ui, "/", "", search_given, t);
        return true;
    case ACT_NEXT_MATCH:
    case ACT_PREV_MATCH:
        go_to_match(t, ui, a == ACT_NEXT_MATCH ? 1 : -1, false);
        return true;
    default:
        return false;
    }
}
