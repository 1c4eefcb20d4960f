/*
 * Every key that changes a tree is one command with the node's stable id. The cursor goes to what
 * was made as soon as the file shows it.
 */
#include "ui/panels/taxonomy.h"

#include "base/mem.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REF_MAX 32

static void ref_of(int64_t id, char out[REF_MAX])
{
    snprintf(out, REF_MAX, "@%lld", (long long)id);
}

static void want(struct taxonomy *t, int64_t parent, const char *name)
{
    free(t->want_name);
    t->want_name = xstrdup(name);
    t->want_parent = parent;
}

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

static bool can_on_node(const struct taxonomy *t, const struct ui *ui, const struct node *n,
                        enum action a, char why[WHY_MAX])
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
    if ((a == ACT_EXPAND || a == ACT_EXPAND_DEPTH) && n->locked) {
        snprintf(why, WHY_MAX, "the node is locked (L unlocks it)");
        return false;
    }
    if ((a == ACT_EXPAND || a == ACT_EXPAND_DEPTH) && is_working(ui, n->id)) {
        snprintf(why, WHY_MAX, "the teacher is at work on it");
        return false;
    }
    if (a == ACT_EXPANSION && t->expansion.len == 0) {
        snprintf(why, WHY_MAX, "no teacher has expanded this node yet (x does)");
        return false;
    }
    return true;
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
        return true;
    }
    if (n == NULL) {
        snprintf(why, WHY_MAX,
                 taxonomy_proposal(t, ui) != NULL ? "this is a proposal: accept it first (y)"
                                                  : "there is no node under the cursor");
        return false;
    }
    return can_on_node(t, ui, n, a, why);
}

/* ---- lines that were typed */

static void factor_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    if (accepted && text[0] != '\0') {
        want(ctx, 0, text);
        ui_do(ui, "factor", "add", text);
    }
}

static void child_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct taxonomy *t = ctx;
    char ref[REF_MAX];
    if (!accepted || text[0] == '\0') {
        return;
    }
    ref_of(t->asked_node, ref);
    want(t, t->asked_node, text);
    ui_do(ui, "node", "add", ref, text);
}

static void name_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct taxonomy *t = ctx;
    char ref[REF_MAX];
    ref_of(t->asked_node, ref);
    if (accepted && text[0] != '\0') {
        ui_do(ui, "node", "rename", ref, text);
    }
}

static void describe_node(struct ui *ui, const struct taxonomy *t, const char *text)
{
    char ref[REF_MAX];
    ref_of(t->asked_node, ref);
    ui_do(ui, "node", "describe", ref, text);
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

static void weight_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct taxonomy *t = ctx;
    char ref[REF_MAX];
    ref_of(t->asked_node, ref);
    if (accepted && text[0] != '\0') {
        ui_do(ui, "node", "weight", ref, text);
    }
}

static void depth_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct taxonomy *t = ctx;
    char ref[REF_MAX];
    ref_of(t->asked_node, ref);
    if (accepted && text[0] != '\0') {
        ui_do(ui, "expand", ref, "--depth", text);
    }
}

/* ---- keys */

static void set_weight(struct ui *ui, const struct node *n, double weight)
{
    char ref[REF_MAX], number[32];
    ref_of(n->id, ref);
    /* steps of tenths: what lies in between is the noise of adding them */
    snprintf(number, sizeof number, "%.15g", round(weight * 1000) / 1000);
    ui_do(ui, "node", "weight", ref, number);
}

/* One step: whole numbers from 1 up, tenths below. */
static double step_of(double weight, int direction)
{
    if (direction > 0) {
        return weight >= 1 ? weight + 1 : weight + 0.1;
    }
    double less = weight > 1 ? weight - 1 : weight - 0.1;
    return less < 0.05 ? 0 : less;
}

static void ask_child(struct taxonomy *t, struct ui *ui, const struct node *parent)
{
    char label[128];
    if (parent == NULL || parent->id == 0) {
        ui_ask(ui, "name of the new taxonomy: ", "", factor_given, t);
        return;
    }
    t->asked_node = parent->id;
    snprintf(label, sizeof label, "new below %.60s: ", parent->name);
    ui_ask(ui, label, "", child_given, t);
}

static void ask_about(struct taxonomy *t, struct ui *ui, const struct node *n, enum action a)
{
    char label[128], number[32];
    t->asked_node = n->id;
    switch ((int)a) {
    case ACT_RENAME:
        ui_ask(ui, "rename: ", n->name, name_given, t);
        break;
    case ACT_DESCRIBE:
        snprintf(label, sizeof label, "%.60s is: ", n->name);
        ui_ask(ui, label, t->desc.data, description_given, t);
        break;
    case ACT_EDIT:
        ui_edit(ui, t->desc.data, description_edited, t);
        break;
    case ACT_WEIGHT:
        snprintf(label, sizeof label, "weight of %.60s: ", n->name);
        snprintf(number, sizeof number, "%.15g", n->weight);
        ui_ask_number(ui, label, number, weight_given, t);
        break;
    default:
        snprintf(label, sizeof label, "levels below %.60s: ", n->name);
        ui_ask_number(ui, label, "2", depth_given, t);
        break;
    }
}

static bool edit_node(struct taxonomy *t, struct ui *ui, const struct node *n, enum action a)
{
    char ref[REF_MAX];
    ref_of(n->id, ref);
    switch ((int)a) {
    case ACT_RENAME:
    case ACT_DESCRIBE:
    case ACT_EDIT:
    case ACT_WEIGHT:
    case ACT_EXPAND_DEPTH:
        ask_about(t, ui, n, a);
        return true;
    case ACT_DELETE:
        t->deleted = n->id;
        t->deleted_gone = false;
        ui_do(ui, "node", "delete", ref);
        return true;
    case ACT_WEIGHT_UP:
        set_weight(ui, n, step_of(n->weight, 1));
        return true;
    case ACT_WEIGHT_DOWN:
        set_weight(ui, n, step_of(n->weight, -1));
        return true;
    case ACT_OFF:
        set_weight(ui, n, n->weight > 0 ? 0 : 1);
        return true;
    case ACT_EXPAND:
        ui_do(ui, "expand", ref);
        return true;
    case ACT_LOCK:
        ui_do(ui, "node", n->locked ? "unlock" : "lock", ref);
        return true;
    default:
        return false;
    }
}

bool taxonomy_edit(struct taxonomy *t, struct ui *ui, enum action a)
{
    const struct node *n = taxonomy_node(t, ui);
    const struct proposal *p = taxonomy_proposal(t, ui);
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
        ask_child(t, ui, n);
        return true;
    case ACT_ADD_SIBLING:
        ask_child(t, ui, n != NULL ? &ui->model.tree.nodes[n->parent] : NULL);
        return true;
    default:
        return n != NULL && edit_node(t, ui, n, a);
    }
}
