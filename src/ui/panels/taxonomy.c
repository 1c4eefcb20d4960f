/*
 * The cursor belongs to a node, not to a row: when the trees are read again, or fold and unfold,
 * the row is looked up from the node's id, and its place on the screen is kept.
 */
#include "ui/panels/taxonomy.h"

#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPEN_ROWS  200 /* trees are shown unfolded at first when that makes so many rows at most */
#define DETAIL_MAX (1u << 20)

/* ---- what is under the cursor */

uint32_t taxonomy_index(const struct taxonomy *t)
{
    if (t->list.cursor < t->proposals || t->list.cursor - t->proposals >= t->outline.count) {
        return TREE_NONE;
    }
    return t->outline.rows[t->list.cursor - t->proposals];
}

const struct node *taxonomy_node(const struct taxonomy *t, const struct ui *ui)
{
    uint32_t at = taxonomy_index(t);
    return at != TREE_NONE && ui->model.has_tree ? &ui->model.tree.nodes[at] : NULL;
}

const struct proposal *taxonomy_proposal(const struct taxonomy *t, const struct ui *ui)
{
    return t->list.cursor < t->proposals && t->list.cursor < ui->model.proposal_count
               ? &ui->model.proposals[t->list.cursor]
               : NULL;
}

static void load_details(struct taxonomy *t, struct ui *ui)
{
    buf_clear(&t->desc);
    buf_clear(&t->expansion);
    t->detail_node = t->cursor_node;
    if (t->cursor_node != 0 && ui->model.store != NULL) {
        (void)store_node_desc(ui->model.store, t->cursor_node, &t->desc, NULL);
        (void)store_expansion(ui->model.store, t->cursor_node, &t->expansion, NULL);
    }
}

void taxonomy_moved(struct taxonomy *t, struct ui *ui)
{
    const struct node *n = taxonomy_node(t, ui);
    t->cursor_node = n != NULL ? n->id : 0;
    if (t->cursor_node != t->detail_node) {
        load_details(t, ui);
    }
}

/* ---- rows */

static void count_rows(struct taxonomy *t)
{
    list_set(&t->list, t->proposals + t->outline.count, t->list.height);
}

void taxonomy_reveal(struct taxonomy *t, struct ui *ui, uint32_t node)
{
    size_t row = outline_reveal(&t->outline, node);
    if (row < t->outline.count) {
        list_follow(&t->list, t->proposals + row, t->proposals + t->outline.count);
    }
    taxonomy_moved(t, ui);
}

/* A node that a command of ours makes: go to it when it is there. */
static bool go_to_wanted(struct taxonomy *t, struct ui *ui)
{
    const struct tree *tree = &ui->model.tree;
    if (t->want_name == NULL) {
        return false;
    }
    uint32_t parent = t->want_parent == 0 ? 0 : tree_by_id(tree, t->want_parent);
    uint32_t at = parent != TREE_NONE ? tree_child(tree, parent, t->want_name, strlen(t->want_name))
                                      : TREE_NONE;
    if (at == TREE_NONE) {
        return false;
    }
    free(t->want_name);
    t->want_name = NULL;
    taxonomy_reveal(t, ui, at);
    return true;
}

static void go_to_restored(struct taxonomy *t, struct ui *ui)
{
    uint32_t at = t->deleted != 0 ? tree_by_id(&ui->model.tree, t->deleted) : TREE_NONE;
    if (t->deleted != 0 && at == TREE_NONE) {
        t->deleted_gone = true;
    } else if (at != TREE_NONE && t->deleted_gone) {
        t->deleted = 0;
        t->deleted_gone = false;
        taxonomy_reveal(t, ui, at);
    }
}

static void find_all(struct taxonomy *t, const struct tree *tree)
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

static void take_tree(struct taxonomy *t, struct ui *ui)
{
    const struct tree *tree = &ui->model.tree;
    bool first = t->outline.known <= 1;
    size_t proposals = ui->model.proposal_count;
    outline_set(&t->outline, tree);
    if (first) {
        outline_level(&t->outline, tree->count <= OPEN_ROWS ? TREE_MAX_DEPTH : 0);
    }
    t->proposals = proposals;
    find_all(t, tree);
    uint32_t at = t->cursor_node != 0 ? tree_by_id(tree, t->cursor_node) : TREE_NONE;
    size_t row = at != TREE_NONE ? outline_row(&t->outline, at) : t->outline.count;
    if (row < t->outline.count) {
        list_follow(&t->list, proposals + row, proposals + t->outline.count);
    } else {
        count_rows(t);
    }
    if (!go_to_wanted(t, ui)) {
        go_to_restored(t, ui);
    }
    t->detail_node = -1; /* descriptions may have changed */
    taxonomy_moved(t, ui);
}

/* ---- the panel */

static void on_data(void *state, struct ui *ui, unsigned changed)
{
    struct taxonomy *t = state;
    if ((changed & CHANGED_TREE) != 0 && ui->model.has_tree) {
        take_tree(t, ui);
    }
}

static void *open_panel(struct ui *ui)
{
    struct taxonomy *t = xcalloc(1, sizeof *t);
    outline_init(&t->outline);
    buf_init(&t->desc, DETAIL_MAX);
    buf_init(&t->expansion, DETAIL_MAX);
    t->list.height = 10;
    on_data(t, ui, CHANGED_TREE);
    return t;
}

static void close_panel(void *state)
{
    struct taxonomy *t = state;
    outline_free(&t->outline);
    buf_free(&t->desc);
    buf_free(&t->expansion);
    if (t->find != NULL) {
        regex_free(t->find);
    }
    free(t->matches);
    free(t->want_name);
    free(t);
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    size_t n = 0;
    if (taxonomy_proposal(state, ui) != NULL) {
        out[n++] = CTX_PROPOSAL;
    }
    out[n++] = CTX_TAXONOMY;
    out[n++] = CTX_MOVE;
    return n;
}

static bool can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct taxonomy *t = state;
    const struct node *n = taxonomy_node(t, ui);
    if ((a == ACT_NEXT_MATCH || a == ACT_PREV_MATCH) && t->match_count == 0) {
        snprintf(why, WHY_MAX,
                 t->find != NULL ? "nothing matches" : "nothing was looked for yet (/ does)");
        return false;
    }
    if ((a == ACT_SEARCH || a == ACT_FOLD_LEVEL) && t->outline.count == 0) {
        snprintf(why, WHY_MAX, "there is no node yet");
        return false;
    }
    if ((a == ACT_FOLD || a == ACT_OPEN) && n != NULL && n->children == 0) {
        snprintf(why, WHY_MAX, "this node has no children");
        return false;
    }
    if ((a == ACT_FOLD || a == ACT_OPEN) && n == NULL) {
        snprintf(why, WHY_MAX, "there is no node under the cursor");
        return false;
    }
    return taxonomy_can_edit(t, ui, a, why);
}

static void toggle(struct taxonomy *t)
{
    size_t row = t->list.cursor - t->proposals;
    if (outline_is_open(&t->outline, t->outline.rows[row])) {
        outline_close(&t->outline, row);
    } else {
        outline_open(&t->outline, row);
    }
    count_rows(t);
}

static void go_left(struct taxonomy *t, struct ui *ui)
{
    uint32_t at = taxonomy_index(t);
    if (at == TREE_NONE) {
        return;
    }
    if (outline_is_open(&t->outline, at)) {
        toggle(t);
        return;
    }
    uint32_t parent = ui->model.tree.nodes[at].parent;
    size_t row = outline_row(&t->outline, parent);
    if (parent != 0 && row < t->outline.count) {
        list_go(&t->list, t->proposals + row);
    }
}

static void go_right(struct taxonomy *t, const struct ui *ui)
{
    uint32_t at = taxonomy_index(t);
    if (at == TREE_NONE || ui->model.tree.nodes[at].children == 0) {
        return;
    }
    if (outline_is_open(&t->outline, at)) {
        list_move(&t->list, 1);
    } else {
        toggle(t);
    }
}

/* ---- search */

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
    if (t->find != NULL) {
        regex_free(t->find);
    }
    t->find = re;
    find_all(t, &ui->model.tree);
    if (t->match_count == 0) {
        ui_say(ui, SAY_WARN, "no node matches %s", text);
    } else {
        go_to_match(t, ui, 1, true);
    }
}

static void forget_search(struct taxonomy *t)
{
    if (t->find != NULL) {
        regex_free(t->find);
    }
    t->find = NULL;
    t->match_count = 0;
}

static bool move(struct taxonomy *t, struct ui *ui, enum action a)
{
    switch ((int)a) {
    case ACT_UP:
        list_move(&t->list, -1);
        return true;
    case ACT_DOWN:
        list_move(&t->list, 1);
        return true;
    case ACT_PAGE_UP:
        list_page(&t->list, -1);
        return true;
    case ACT_PAGE_DOWN:
        list_page(&t->list, 1);
        return true;
    case ACT_FIRST:
        list_go(&t->list, 0);
        return true;
    case ACT_LAST:
        list_go(&t->list, t->list.count);
        return true;
    case ACT_LEFT:
        go_left(t, ui);
        return true;
    case ACT_RIGHT:
        go_right(t, ui);
        return true;
    case ACT_FOLD:
    case ACT_OPEN:
        toggle(t);
        return true;
    default:
        return false;
    }
}

static void show_expansion(struct taxonomy *t, struct ui *ui)
{
    struct buf text;
    buf_init(&text, DETAIL_MAX);
    taxonomy_expansion_text(t, &text);
    const struct node *n = taxonomy_node(t, ui);
    char title[128];
    snprintf(title, sizeof title, "Last expansion of %.100s", n != NULL ? n->name : "");
    ui_show(ui, title, text.data);
    buf_free(&text);
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct taxonomy *t = state;
    (void)code;
    if (move(t, ui, a) || taxonomy_edit(t, ui, a)) {
        taxonomy_moved(t, ui);
        return;
    }
    switch ((int)a) {
    case ACT_FOLD_LEVEL:
        t->wait_level = true;
        ui_say(ui, SAY_INFO, "unfold down to level … (1 to 9; 1: the taxonomies only)");
        break;
    case ACT_SEARCH:
        ui_ask(ui, "/", "", search_given, t);
        break;
    case ACT_NEXT_MATCH:
    case ACT_PREV_MATCH:
        go_to_match(t, ui, a == ACT_NEXT_MATCH ? 1 : -1, false);
        break;
    case ACT_EXPANSION:
        show_expansion(t, ui);
        break;
    case ACT_BACK:
        forget_search(t);
        break;
    default:
        break;
    }
}

static bool key_first(void *state, struct ui *ui, const struct key *k)
{
    struct taxonomy *t = state;
    if (!t->wait_level) {
        return false;
    }
    t->wait_level = false;
    if (k->code < '1' || k->code > '9') {
        ui_say(ui, SAY_INFO, "not unfolded: a digit from 1 to 9 was expected");
        return true;
    }
    outline_level(&t->outline, k->code - '1');
    uint32_t at = t->cursor_node != 0 ? tree_by_id(&ui->model.tree, t->cursor_node) : TREE_NONE;
    size_t row = at != TREE_NONE ? outline_row(&t->outline, at) : t->outline.count;
    if (row < t->outline.count) {
        list_follow(&t->list, t->proposals + row, t->proposals + t->outline.count);
    }
    count_rows(t);
    taxonomy_moved(t, ui);
    return true;
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    taxonomy_draw(state, ui, c, body);
}

static long badge(const struct ui *ui)
{
    return (long)ui->model.proposal_count;
}

const struct panel_ops panel_taxonomy = {
    .key = '2',
    .name = "Taxonomy",
    .brief = "Taxo",
    .wants_tree = true,
    .open = open_panel,
    .close = close_panel,
    .on_data = on_data,
    .contexts = contexts,
    .can = can,
    .act = act,
    .key_first = key_first,
    .draw = draw,
    .badge = badge,
};
