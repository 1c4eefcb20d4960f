/*
 * Keys that change a tree: names, weights, locks, order, merging, splitting. Each makes the lines
 * of one script, about the node under the cursor or about the marks, with ids that stay right
 * whatever others do meanwhile.
 */
#include "ui/panels/taxonomy.h"

#include "base/mem.h"
#include "base/text.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX (64u << 20)
#define NAME_ROOM (2 * EDIT_NAME + 64)

/* ---- what can work */

static bool is_node_action(enum action a)
{
    switch ((int)a) {
    case ACT_RENAME:
    case ACT_EDIT:
    case ACT_DESCRIBE:
    case ACT_DELETE:
    case ACT_WEIGHT:
    case ACT_WEIGHT_UP:
    case ACT_WEIGHT_DOWN:
    case ACT_OFF:
    case ACT_EXPAND:
    case ACT_EXPAND_DEPTH:
    case ACT_LOCK:
    case ACT_EXPANSION:
    case ACT_MOVE_UP:
    case ACT_MOVE_DOWN:
    case ACT_MOVE_IN:
    case ACT_MOVE_OUT:
    case ACT_CUT:
    case ACT_COPY:
    case ACT_PASTE:
    case ACT_PASTE_BESIDE:
    case ACT_DUPLICATE:
    case ACT_ACROSS_COPY:
    case ACT_ACROSS_MOVE:
    case ACT_MERGE:
    case ACT_SPLIT_NODE:
    case ACT_SORT:
    case ACT_EVEN:
    case ACT_BRANCH:
        return true;
    default:
        return false;
    }
}

static bool is_working(const struct ui *ui, int64_t id)
{
    const struct live_status *live = &ui->model.live;
    for (size_t i = 0; i < live->expanding_count; i++) {
        if (live->expanding[i] == id) {
            return true;
        }
    }
    return false;
}

static bool can_weigh(const struct node *n, enum action a, char why[WHY_MAX])
{
    bool weighs = a == ACT_WEIGHT || a == ACT_WEIGHT_UP || a == ACT_WEIGHT_DOWN || a == ACT_OFF;
    if (weighs && n->depth == 1) {
        snprintf(why, WHY_MAX, "a taxonomy has no weight: each point draws one node from it");
        return false;
    }
    if (a == ACT_WEIGHT_DOWN && !(n->weight > 0)) {
        snprintf(why, WHY_MAX, "the weight is 0 already");
        return false;
    }
    return true;
}

static bool can_on_node(const struct taxonomy *t, const struct ui *ui, const struct node *n,
                        enum action a, char why[WHY_MAX])
{
    bool expands = a == ACT_EXPAND || a == ACT_EXPAND_DEPTH;
    if (expands && picks_marked(t) == 0 && n->locked) { /* of marked ones the server tells */
        snprintf(why, WHY_MAX, "the node is locked (L unlocks it)");
        return false;
    }
    if (expands && picks_marked(t) == 0 && is_working(ui, n->id)) {
        snprintf(why, WHY_MAX, "the teacher is at work on it");
        return false;
    }
    if (a == ACT_EXPANSION && t->expansion.len == 0) {
        snprintf(why, WHY_MAX, "no teacher has expanded this node yet (x does)");
        return false;
    }
    if ((a == ACT_SORT || a == ACT_EVEN) && n->children < 2) {
        snprintf(why, WHY_MAX, "this node has %s", n->children == 0 ? "no children" : "one child");
        return false;
    }
    if (a == ACT_MERGE && picks_marked(t) == 0) {
        snprintf(why, WHY_MAX, "mark what shall become part of this node first (space)");
        return false;
    }
    if (a == ACT_SPLIT_NODE && n->depth == 1) {
        snprintf(why, WHY_MAX, "a taxonomy cannot be split: split its children");
        return false;
    }
    return picks_marked(t) > 0 || can_weigh(n, a, why);
}

bool taxonomy_can_edit(const struct taxonomy *t, const struct ui *ui, enum action a,
                       char why[WHY_MAX])
{
    const struct node *n = taxonomy_node(t, ui);
    if (a == ACT_PROPOSE && ui->model.description[0] == '\0') {
        snprintf(why, WHY_MAX, "the data is not described yet (1, then d)");
        return false;
    }
    if ((a == ACT_ACCEPT || a == ACT_REJECT) && taxonomy_proposal(t, ui) == NULL) {
        snprintf(why, WHY_MAX, "there is no proposal under the cursor");
        return false;
    }
    if (!is_node_action(a)) {
        return io_can(t, ui, a, why);
    }
    if (n == NULL) {
        snprintf(why, WHY_MAX,
                 taxonomy_proposal(t, ui) != NULL ? "this is a proposal: accept it first (y)"
                                                  : "there is no node under the cursor");
        return false;
    }
    return can_on_node(t, ui, n, a, why) && move_can(t, ui, a, why) && clip_can(t, ui, a, why);
}

/* ---- lines */

static void add_line(struct buf *out, const char *command, int64_t id, const char *word)
{
    char ref[TREE_REF_MAX];
    edit_ref(id, ref);
    buf_printf(out, "%s %s", command, ref);
    if (word != NULL) {
        buf_addc(out, ' ');
        words_quote(out, word);
    }
    buf_addc(out, '\n');
}

/* One command on one node, with one more word. */
static void send_one(struct taxonomy *t, struct ui *ui, const char *name, const char *command,
                     int64_t id, const char *word)
{
    struct buf lines;
    buf_init(&lines, LINES_MAX);
    add_line(&lines, command, id, word);
    edit_send(t, ui, name, lines.data, NULL);
    buf_free(&lines);
}

/* "delete @3 @4": one line about all of them. */
static void add_all(struct buf *out, const char *command, const struct tree *tree,
                    const struct picks *p)
{
    char ref[TREE_REF_MAX];
    buf_adds(out, command);
    for (size_t i = 0; i < p->count; i++) {
        edit_ref(tree->nodes[p->at[i]].id, ref);
        buf_printf(out, " %s", ref);
    }
    buf_addc(out, '\n');
}

static const struct node *asked(const struct taxonomy *t, const struct ui *ui)
{
    uint32_t at = tree_by_id(&ui->model.tree, t->asked_node);
    return at != TREE_NONE && at != 0 ? &ui->model.tree.nodes[at] : NULL;
}

/* ---- lines that were typed */

static void factor_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct taxonomy *t = ctx;
    char name[NAME_ROOM];
    struct buf lines;
    if (!accepted || text[0] == '\0') {
        return;
    }
    buf_init(&lines, LINES_MAX);
    buf_adds(&lines, "factor add ");
    words_quote(&lines, text);
    buf_addc(&lines, '\n');
    snprintf(name, sizeof name, "add the taxonomy %.60s", text);
    const struct node *root = ui->model.has_tree ? &ui->model.tree.nodes[0] : NULL;
    bool any = root != NULL && root->last != TREE_NONE;
    edit_go_behind(t, 0, any ? ui->model.tree.nodes[root->last].id : 0);
    edit_send(t, ui, name, lines.data, NULL);
    buf_free(&lines);
}

static void child_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct taxonomy *t = ctx;
    const struct node *n = asked(t, ui);
    char what[EDIT_NAME], parent[EDIT_NAME], name[NAME_ROOM], ref[TREE_REF_MAX];
    struct buf lines;
    if (!accepted || text[0] == '\0') {
        return;
    }
    if (n == NULL) {
        ui_say(ui, SAY_WARN, "the node it should go below is gone");
        return;
    }
    const struct tree *tree = &ui->model.tree;
    buf_init(&lines, LINES_MAX);
    add_line(&lines, "node add", n->id, text);
    uint32_t next = t->edit.asked_next != 0 ? tree_by_id(tree, t->edit.asked_next) : TREE_NONE;
    uint32_t prev = n->last;
    if (next != TREE_NONE && &tree->nodes[tree->nodes[next].parent] == n) {
        buf_cut(&lines, lines.len - 1);
        edit_ref(t->edit.asked_next, ref);
        buf_printf(&lines, " --before %s\n", ref);
        prev = tree->nodes[next].prev;
    }
    const struct node model = {.name = text};
    edit_name(&model, what);
    edit_name(n, parent);
    snprintf(name, sizeof name, "add %s below %s", what, parent);
    edit_go_behind(t, n->id, prev != TREE_NONE ? tree->nodes[prev].id : 0);
    edit_send(t, ui, name, lines.data, NULL);
    buf_free(&lines);
}

static void name_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct taxonomy *t = ctx;
    const struct node *n = asked(t, ui);
    if (!accepted || text[0] == '\0' || n == NULL) {
        return;
    }
    if (strcmp(n->name, text) == 0) {
        ui_say(ui, SAY_INFO, "not changed");
        return;
    }
    const struct node now = {.name = text};
    char was[EDIT_NAME], is[EDIT_NAME], name[NAME_ROOM];
    edit_name(n, was);
    edit_name(&now, is);
    snprintf(name, sizeof name, "rename %s to %s", was, is);
    send_one(t, ui, name, "node rename", n->id, text);
}

static void describe_node(struct ui *ui, struct taxonomy *t, const char *text)
{
    const struct node *n = asked(t, ui);
    char what[EDIT_NAME], name[NAME_ROOM];
    if (n == NULL) {
        ui_say(ui, SAY_WARN, "the node that was described is gone");
        return;
    }
    edit_name(n, what);
    snprintf(name, sizeof name, "describe %s", what);
    send_one(t, ui, name, "node describe", n->id, text);
}

static void description_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    if (accepted) {
        describe_node(ui, ctx, text);
    }
}

static void description_edited(struct ui *ui, void *ctx, const char *text)
{
    describe_node(ui, ctx, text);
}

static void ask_child(struct taxonomy *t, struct ui *ui, const struct node *parent,
                      const struct node *before)
{
    char label[128];
    if (parent == NULL || parent->id == 0) {
        ui_ask(ui, "name of the new taxonomy: ", "", factor_given, t);
        return;
    }
    t->asked_node = parent->id;
    t->edit.asked_next = before != NULL ? before->id : 0;
    snprintf(label, sizeof label, "new below %.60s: ", parent->name);
    ui_ask(ui, label, "", child_given, t);
}

/* ---- weights, switches, locks */

static void number_text(double weight, char out[32])
{
    /* steps of tenths: what lies in between is the noise of adding them */
    snprintf(out, 32, "%.15g", round(weight * 1000) / 1000);
}

/* One step: whole numbers from 1 up, tenths below. */
static double step_of(double weight, int direction)
{
    if (direction > 0) {
        double more = weight >= 1 ? weight + 1 : weight + 0.1;
        return more > TREE_WEIGHT_MAX ? TREE_WEIGHT_MAX : more;
    }
    double less = weight > 1 ? weight - 1 : weight - 0.1;
    return less < 0.05 ? 0 : less;
}

/* Is it so for all of them that have a weight? */
static bool all_off(const struct tree *tree, const struct picks *p)
{
    for (size_t i = 0; i < p->count; i++) {
        if (tree->nodes[p->at[i]].depth > 1 && tree->nodes[p->at[i]].weight > 0) {
            return false;
        }
    }
    return true;
}

/* The weight as it will be when all that was sent is done. */
static double weight_of(const struct edit *d, const struct node *n)
{
    for (size_t i = 0; i < d->weighed; i++) {
        if (d->weights[i].node == n->id) {
            return d->weights[i].weight;
        }
    }
    return n->weight;
}

static void keep_weight(struct edit *d, int64_t node, double weight)
{
    size_t i = 0;
    while (i < d->weighed && d->weights[i].node != node) {
        i++;
    }
    if (i < EDIT_WEIGHTS) {
        d->weights[i] = (struct edit_weight){node, weight};
        d->weighed = i == d->weighed ? i + 1 : d->weighed;
    }
}

static void weigh(struct taxonomy *t, struct ui *ui, const struct node *n, enum action a)
{
    const struct tree *tree = &ui->model.tree;
    struct picks p = picks_take(t, ui, n, false);
    bool off = all_off(tree, &p);
    char what[EDIT_NAME], number[32] = "", name[NAME_ROOM];
    struct buf lines;
    buf_init(&lines, LINES_MAX);
    picks_name(&p, tree, what);
    for (size_t i = 0; i < p.count; i++) {
        const struct node *one = &tree->nodes[p.at[i]];
        double was = weight_of(&t->edit, one);
        double weight = a == ACT_OFF ? (off ? 1 : 0) : step_of(was, a == ACT_WEIGHT_UP ? 1 : -1);
        number_text(weight, number);
        if (one->depth > 1 && fabs(weight - was) > 0) {
            add_line(&lines, "node weight", one->id, number);
            keep_weight(&t->edit, one->id, weight);
        }
    }
    if (a == ACT_OFF) {
        snprintf(name, sizeof name, "switch %s %s", what, off ? "on" : "off");
    } else if (p.count > 1) {
        snprintf(name, sizeof name, "make %s %s", what, a == ACT_WEIGHT_UP ? "heavier" : "lighter");
    } else {
        snprintf(name, sizeof name, "weight of %s: %s", what, number);
    }
    if (lines.len > 0) {
        edit_send(t, ui, name, lines.data, NULL);
    } else {
        ui_say(ui, SAY_WARN, "none of the marked nodes has a weight that could change");
    }
    buf_free(&lines);
    picks_free(&p);
}

static void weight_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct taxonomy *t = ctx;
    const struct tree *tree = &ui->model.tree;
    struct picks p = {0};
    char what[EDIT_NAME], name[NAME_ROOM];
    struct buf lines;
    if (!accepted || text[0] == '\0' || asked(t, ui) == NULL) {
        return;
    }
    p = picks_take(t, ui, asked(t, ui), false);
    picks_name(&p, tree, what);
    buf_init(&lines, LINES_MAX);
    for (size_t i = 0; i < p.count; i++) {
        if (tree->nodes[p.at[i]].depth > 1) {
            add_line(&lines, "node weight", tree->nodes[p.at[i]].id, text);
        }
    }
    snprintf(name, sizeof name, "weight of %s: %.20s", what, text);
    if (lines.len > 0) {
        edit_send(t, ui, name, lines.data, NULL);
    }
    buf_free(&lines);
    picks_free(&p);
}

static void lock(struct taxonomy *t, struct ui *ui, const struct node *n)
{
    const struct tree *tree = &ui->model.tree;
    struct picks p = picks_take(t, ui, n, false);
    bool locked = true;
    char what[EDIT_NAME], name[NAME_ROOM];
    struct buf lines;
    buf_init(&lines, LINES_MAX);
    for (size_t i = 0; i < p.count; i++) {
        locked = locked && tree->nodes[p.at[i]].locked;
    }
    picks_name(&p, tree, what);
    add_all(&lines, locked ? "node unlock" : "node lock", tree, &p);
    snprintf(name, sizeof name, "%s %s", locked ? "unlock" : "lock", what);
    edit_send(t, ui, name, lines.data, NULL);
    buf_free(&lines);
    picks_free(&p);
}

/* ---- children */

enum sort_key { SORT_NAME, SORT_WEIGHT, SORT_POINTS, SORT_KEYS };
static const struct {
    const char *key, *text, *detail;
} sort_keys[2 * SORT_KEYS] = {
    {"name", "by name", "A to Z"},
    {"-weight", "by weight", "the heaviest first"},
    {"-points", "by accepted points", "the most first"},
    {"-name", "by name", "Z to A"},
    {"weight", "by weight", "the lightest first"},
    {"points", "by accepted points", "the fewest first"},
};

/* One line for each picked node that has children to put in order. */
static void on_parents(struct taxonomy *t, struct ui *ui, const struct node *n, const char *command,
                       const char *word, const char *verb, const char *how)
{
    const struct tree *tree = &ui->model.tree;
    struct picks p = picks_take(t, ui, n, false);
    char what[EDIT_NAME], name[NAME_ROOM];
    struct buf lines;
    buf_init(&lines, LINES_MAX);
    picks_name(&p, tree, what);
    for (size_t i = 0; i < p.count; i++) {
        if (tree->nodes[p.at[i]].children > 1) {
            add_line(&lines, command, tree->nodes[p.at[i]].id, word);
        }
    }
    snprintf(name, sizeof name, "%s the children of %s%s%s", verb, what, how[0] != '\0' ? " " : "",
             how);
    if (lines.len > 0) {
        edit_send(t, ui, name, lines.data, NULL);
    } else {
        ui_say(ui, SAY_WARN, "none of the marked nodes has two children");
    }
    buf_free(&lines);
    picks_free(&p);
}

static void sort_chosen(struct ui *ui, void *ctx, int64_t id)
{
    struct taxonomy *t = ctx;
    const struct node *n = asked(t, ui);
    char how[64];
    if (n != NULL && id >= 0 && id < 2 * SORT_KEYS) {
        snprintf(how, sizeof how, "%s, %s", sort_keys[id].text, sort_keys[id].detail);
        on_parents(t, ui, n, "node sort", sort_keys[id].key, "sort", how);
    }
}

static void ask_sort(struct taxonomy *t, struct ui *ui, const struct node *n)
{
    struct ui_menu_row rows[2 * SORT_KEYS];
    char what[EDIT_NAME], title[NAME_ROOM];
    t->asked_node = n->id;
    for (int i = 0; i < 2 * SORT_KEYS; i++) {
        rows[i] = (struct ui_menu_row){i, sort_keys[i].text, sort_keys[i].detail};
    }
    struct picks p = picks_take(t, ui, n, false);
    picks_name(&p, &ui->model.tree, what);
    picks_free(&p);
    snprintf(title, sizeof title, "Sort the children of %s for good", what);
    ui_menu(ui, title, rows, 2 * SORT_KEYS, 0, sort_chosen, t);
}

/* ---- deleting, merging, splitting */

static void delete_picked(struct taxonomy *t, struct ui *ui, const struct node *n)
{
    const struct tree *tree = &ui->model.tree;
    struct picks p = picks_take(t, ui, n, true);
    size_t below = 0;
    char what[EDIT_NAME], name[NAME_ROOM];
    struct buf lines;
    buf_init(&lines, LINES_MAX);
    for (size_t i = 0; i < p.count; i++) {
        below += edit_below(tree, p.at[i]);
    }
    picks_name(&p, tree, what);
    add_all(&lines, "node delete", tree, &p);
    if (below > 0) {
        snprintf(name, sizeof name, "delete %s and %zu below", what, below);
    } else {
        snprintf(name, sizeof name, "delete %s", what);
    }
    /* on to the sibling that follows; the one before, the parent when there is none */
    const struct node *one = &tree->nodes[p.at[0]];
    uint32_t last = p.at[p.count - 1];
    int64_t next = tree->nodes[last].next != TREE_NONE ? tree->nodes[tree->nodes[last].next].id : 0;
    int64_t prev = one->prev != TREE_NONE ? tree->nodes[one->prev].id : 0;
    t->deleted = one->id;
    t->deleted_gone = false;
    t->edit.go = (struct edit_go){.ids = {n->id, next, prev, tree->nodes[one->parent].id}};
    edit_send(t, ui, name, lines.data, NULL);
    buf_free(&lines);
    picks_free(&p);
}

static void merge(struct taxonomy *t, struct ui *ui, const struct node *n)
{
    const struct model *m = &ui->model;
    const struct tree *tree = &m->tree;
    struct picks p = picks_take(t, ui, n, true);
    long long points = 0;
    size_t children = 0, count = 0;
    char into[EDIT_NAME], what[EDIT_NAME] = "", name[NAME_ROOM], figure[32], ref[TREE_REF_MAX];
    struct buf lines;
    buf_init(&lines, LINES_MAX);
    edit_name(n, into);
    edit_ref(n->id, ref);
    buf_printf(&lines, "node merge %s", ref);
    for (size_t i = 0; i < p.count; i++) {
        const struct node *one = &tree->nodes[p.at[i]];
        if (one == n) {
            continue;
        }
        edit_ref(one->id, ref);
        buf_printf(&lines, " %s", ref);
        edit_name(one, what);
        points += m->accepted != NULL ? m->accepted[p.at[i]] : 0;
        children += one->children;
        count++;
    }
    buf_addc(&lines, '\n');
    if (count > 1) {
        snprintf(what, sizeof what, "%zu nodes", count);
    }
    text_count(figure, points);
    snprintf(name, sizeof name, "merge %s into %s: %s %s, %zu %s", what, into, figure,
             points == 1 ? "point" : "points", children, children == 1 ? "child" : "children");
    if (count == 0) {
        ui_say(ui, SAY_WARN, "only this node is marked: mark what shall become part of it (space)");
    } else {
        edit_go_ids(t, n->id, 0, 0);
        edit_send(t, ui, name, lines.data, NULL);
    }
    buf_free(&lines);
    picks_free(&p);
}

/* The next of the names with commas between, trimmed; NULL at the end. The caller frees it. */
static char *next_name(const char **at)
{
    while (**at != '\0') {
        size_t n = strcspn(*at, ",");
        const char *from = *at + strspn(*at, " ");
        const char *end = *at + n;
        *at = end + (*end == ',' ? 1 : 0);
        while (end > from && end[-1] == ' ') {
            end--;
        }
        if (end > from) {
            return xstrndup(from, (size_t)(end - from));
        }
    }
    return NULL;
}

static void parts_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct taxonomy *t = ctx;
    const struct node *n = asked(t, ui);
    if (!accepted || text[0] == '\0' || n == NULL) {
        return;
    }
    char ref[TREE_REF_MAX], what[EDIT_NAME], name[NAME_ROOM];
    struct buf lines;
    size_t count = 0;
    buf_init(&lines, LINES_MAX);
    edit_ref(n->id, ref);
    buf_printf(&lines, "node split %s", ref);
    for (char *part = next_name(&text); part != NULL; part = next_name(&text)) {
        buf_addc(&lines, ' ');
        words_quote(&lines, part);
        free(part);
        count++;
    }
    buf_addc(&lines, '\n');
    edit_name(n, what);
    snprintf(name, sizeof name, "split %s into %zu", what, count);
    if (count < 2) {
        ui_say(ui, SAY_WARN, "a split needs two names or more, with commas between");
    } else {
        edit_go_ids(t, n->id, 0, 0);
        edit_send(t, ui, name, lines.data, NULL);
    }
    buf_free(&lines);
}

/* ---- keys */

static void ask_about(struct taxonomy *t, struct ui *ui, const struct node *n, enum action a)
{
    char label[128], number[32], what[EDIT_NAME];
    t->asked_node = n->id;
    t->edit.asked = a;
    edit_name(n, what);
    switch ((int)a) {
    case ACT_RENAME:
        ui_ask_in_place(ui, "rename: ", n->name, name_given, t);
        break;
    case ACT_DESCRIBE:
        snprintf(label, sizeof label, "%s is: ", what);
        ui_ask_in_place(ui, label, t->desc.data, description_given, t);
        break;
    case ACT_EDIT:
        ui_edit(ui, t->desc.data, description_edited, t);
        break;
    case ACT_SPLIT_NODE:
        snprintf(label, sizeof label, "split %s into (names, commas between): ", what);
        ui_ask(ui, label, "", parts_given, t);
        break;
    default: {
        struct picks p = picks_take(t, ui, n, false);
        picks_name(&p, &ui->model.tree, what);
        picks_free(&p);
        snprintf(label, sizeof label, "weight of %s: ", what);
        snprintf(number, sizeof number, "%.15g", n->weight);
        ui_ask_number(ui, label, number, weight_given, t);
        break;
    }
    }
}

static bool edit_node(struct taxonomy *t, struct ui *ui, const struct node *n, enum action a)
{
    switch ((int)a) {
    case ACT_RENAME:
    case ACT_DESCRIBE:
    case ACT_EDIT:
    case ACT_WEIGHT:
    case ACT_SPLIT_NODE:
        ask_about(t, ui, n, a);
        return true;
    case ACT_DELETE:
        if (!edit_wait(t, ui, a)) {
            delete_picked(t, ui, n);
        }
        return true;
    case ACT_WEIGHT_UP:
    case ACT_WEIGHT_DOWN:
        /* of few nodes it is known what they will weigh */
        if ((picks_marked(t) <= EDIT_WEIGHTS && !edit_is_about_to_leave(t, ui)) ||
            !edit_wait(t, ui, a)) {
            weigh(t, ui, n, a);
        }
        return true;
    case ACT_OFF:
        if (!edit_wait(t, ui, a)) {
            weigh(t, ui, n, a);
        }
        return true;
    case ACT_LOCK:
        if (!edit_wait(t, ui, a)) {
            lock(t, ui, n);
        }
        return true;
    case ACT_SORT:
        ask_sort(t, ui, n);
        return true;
    case ACT_EVEN:
        on_parents(t, ui, n, "node even", NULL, "even out", "");
        return true;
    case ACT_MERGE:
        if (!edit_wait(t, ui, a)) {
            merge(t, ui, n);
        }
        return true;
    default:
        return move_act(t, ui, n, a) || clip_act(t, ui, n, a);
    }
}

bool taxonomy_edit(struct taxonomy *t, struct ui *ui, enum action a)
{
    const struct node *n = taxonomy_node(t, ui);
    const struct proposal *p = taxonomy_proposal(t, ui);
    const struct tree *tree = &ui->model.tree;
    switch ((int)a) {
    case ACT_ACCEPT:
        ui_do(ui, "factor", "accept", p->name);
        return true;
    case ACT_REJECT:
        ui_do(ui, "factor", "reject", p->name);
        return true;
    case ACT_PROPOSE:
        ui_do(ui, "factor", "propose");
        return true;
    case ACT_ADD_CHILD:
        ask_child(t, ui, n, NULL);
        return true;
    case ACT_ADD_SIBLING:
        ask_child(t, ui, n != NULL ? &tree->nodes[n->parent] : NULL,
                  n != NULL && n->next != TREE_NONE ? &tree->nodes[n->next] : NULL);
        return true;
    default:
        return io_act(t, ui, n, a) || (n != NULL && edit_node(t, ui, n, a));
    }
}
