/*
 * An edit is answered first and seen a moment later, when the tree has been read again. What starts
 * from the tree as it is now has to wait for that moment, or ten quick presses of "up" would be ten
 * times the same command; so those keys queue here, each with the node it was pressed on.
 */
#include "ui/panels/taxonomy.h"

#include "base/mem.h"
#include "base/utf8.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void edit_init(struct edit *d)
{
    memset(d, 0, sizeof *d);
}

void edit_free(struct edit *d)
{
    io_free(d);
    free(d->clip);
    memset(d, 0, sizeof *d);
}

/* ---- words */

void edit_ref(int64_t id, char out[TREE_REF_MAX])
{
    if (id == 0) {
        snprintf(out, TREE_REF_MAX, "/");
    } else {
        tree_ref(id, out);
    }
}

void edit_name(const struct node *n, char out[EDIT_NAME])
{
    size_t len = strlen(n->name), at = 0;
    while (at < len) {
        int width = 0;
        size_t more = utf8_cluster(n->name + at, len - at, &width);
        if (at + more > EDIT_NAME - 4) {
            break;
        }
        at += more;
    }
    snprintf(out, EDIT_NAME, "%.*s%s", (int)at, n->name, at < len ? "…" : "");
}

size_t edit_below(const struct tree *t, uint32_t at)
{
    size_t n = 0;
    for (uint32_t i = tree_next(t, at, at); i != TREE_NONE; i = tree_next(t, at, i)) {
        n++;
    }
    return n;
}

/* ---- typing in place */

void edit_place(const struct taxonomy *t, struct ui *ui, enum action what, int64_t node,
                struct rect r)
{
    if (ui->prompt.in_place && t->edit.asked == what && t->asked_node == node) {
        ui->prompt.place = r;
    }
}

/* ---- where to go */

void edit_go_ids(struct taxonomy *t, int64_t first, int64_t second, int64_t third)
{
    t->edit.go = (struct edit_go){.ids = {first, second, third}};
}

void edit_go_behind(struct taxonomy *t, int64_t parent, int64_t child)
{
    t->edit.go = (struct edit_go){.behind = true, .parent = parent, .child = child};
}

static uint32_t place_behind(const struct tree *tree, const struct edit_go *go)
{
    uint32_t child = go->child != 0 ? tree_by_id(tree, go->child) : TREE_NONE;
    uint32_t parent = go->parent != 0 ? tree_by_id(tree, go->parent) : 0;
    if (child != TREE_NONE && tree->nodes[child].parent == parent) {
        return tree->nodes[child].next;
    }
    return go->child == 0 && parent != TREE_NONE ? tree->nodes[parent].first : TREE_NONE;
}

/* What is new is shown, as far as a person looks at once. */
static void unfold_from(struct taxonomy *t, const struct tree *tree, uint32_t at)
{
    enum { MOST = 40 };
    struct outline *o = &taxonomy_side(t)->outline;
    uint32_t parent = tree->nodes[at].parent;
    outline_reveal(o, at);
    for (int n = 0; n < MOST && at != TREE_NONE; at = tree_next(tree, parent, at)) {
        size_t row = tree->nodes[at].children > 0 ? outline_row(o, at) : o->count;
        if (row < o->count) {
            outline_open(o, row);
            n++;
        }
    }
}

static void go_there(struct taxonomy *t, struct ui *ui)
{
    const struct tree *tree = &ui->model.tree;
    struct edit_go go = t->edit.go;
    uint32_t at = go.behind ? place_behind(tree, &go) : TREE_NONE;
    for (size_t i = 0; i < EDIT_GO && at == TREE_NONE; i++) {
        at = go.ids[i] != 0 ? tree_by_id(tree, go.ids[i]) : TREE_NONE;
    }
    t->edit.go = (struct edit_go){0};
    if (at != TREE_NONE && at != 0) {
        if (go.unfold) {
            unfold_from(t, tree, at);
        }
        taxonomy_reveal(t, ui, at);
    }
}

/* ---- the way back */

static void trail_add(struct taxonomy *t, const char *name)
{
    struct edit *d = &t->edit;
    if (d->trail_at == EDIT_TRAIL) {
        memmove(d->trail, d->trail + 1, (EDIT_TRAIL - 1) * sizeof *d->trail);
        d->trail_at--;
    }
    struct edit_trail *e = &d->trail[d->trail_at++];
    e->node = taxonomy_side_of(t)->cursor_node;
    snprintf(e->name, sizeof e->name, "%s", name);
    d->trail_count = d->trail_at;
}

static bool trail_is(const struct edit_trail *e, const char *name)
{
    return strncmp(name, e->name, sizeof e->name - 1) == 0;
}

/*
 * What was undone or redone, when it is an edit of this panel: "undone: add zebra below division".
 * Edits that failed or changed nothing are in the trail, too, and are passed over.
 */
static void trail_follow(struct taxonomy *t, const char *message)
{
    static const char undone[] = "undone: ", redone[] = "redone: ";
    struct edit *d = &t->edit;
    const char *name = message + sizeof undone - 1;
    size_t at = d->trail_at;
    if (strncmp(message, undone, sizeof undone - 1) == 0) {
        while (at > 0 && !trail_is(&d->trail[at - 1], name)) {
            at--;
        }
        if (at > 0) {
            d->trail_at = at - 1;
            edit_go_ids(t, d->trail[at - 1].node, 0, 0);
        }
    } else if (strncmp(message, redone, sizeof redone - 1) == 0) {
        while (at < d->trail_count && !trail_is(&d->trail[at], name)) {
            at++;
        }
        d->trail_at = at < d->trail_count ? at + 1 : d->trail_at;
    }
}

/* ---- sending */

void edit_say_failed(struct ui *ui, const char *message)
{
    static const char nothing[] = " (nothing was changed)";
    char name[EDIT_NAME] = "";
    const char *why = message;
    size_t digits = 0;
    for (const char *at = strstr(message, ", line "); at != NULL; at = strstr(at + 1, ", line ")) {
        digits = strspn(at + 7, "0123456789");
        if (digits > 0 && strncmp(at + 7 + digits, ": ", 2) == 0) {
            snprintf(name, sizeof name, "%.*s", (int)(at - message), message);
            why = at + 7 + digits + 2;
            break;
        }
    }
    size_t n = strlen(why);
    if (n > sizeof nothing - 1 && strcmp(why + n - (sizeof nothing - 1), nothing) == 0) {
        n -= sizeof nothing - 1;
    }
    ui_say(ui, SAY_ERROR, "%s%s%.*s", name, name[0] != '\0' ? ": " : "", (int)n, why);
}

void edit_settle(struct taxonomy *t, struct ui *ui, int code)
{
    struct store_revision now = {0};
    t->edit.sent -= t->edit.sent > 0 ? 1 : 0;
    t->edit.arrived = code == 0;
    if (code != 0) {
        t->edit.go = (struct edit_go){0};
    }
    if (ui->model.store != NULL && store_revision(ui->model.store, &now, NULL) == ST_OK) {
        t->edit.tree = now.tree;
    }
    edit_turn(t, ui);
}

static void ended(struct ui *ui, void *ctx, int code, const char *message, const char *out)
{
    const struct taxonomy *t = ctx;
    (void)out;
    if (code != 0) {
        edit_say_failed(ui, message);
    } else if (message[0] != '\0' && t->edit.sent == 1) {
        ui_say(ui, SAY_INFO, "%s: %s", t->edit.name, message);
        ui->message_is_own = true;
    }
    edit_settle(ctx, ui, code);
}

bool edit_send_to(struct taxonomy *t, struct ui *ui, const char *name, const char *lines,
                  const char *input, link_ended_fn *when_ended)
{
    const struct link_line line = {
        .argc = 1, .argv = &name, .script = lines, .input = input, .ended = when_ended, .ctx = t};
    snprintf(t->edit.name, sizeof t->edit.name, "%s", name);
    trail_add(t, name);
    t->edit.deleting = strncmp(lines, "node delete", 11) == 0;
    t->edit.arrived = false;
    t->edit.sent++;
    if (!ui->send(ui, &line)) {
        t->edit.sent--;
        t->edit.go = (struct edit_go){0};
        return false;
    }
    return true;
}

void edit_send(struct taxonomy *t, struct ui *ui, const char *name, const char *lines,
               const char *input)
{
    (void)edit_send_to(t, ui, name, lines, input, ended);
}

/* ---- keys that wait */

static bool is_new_enough(const struct taxonomy *t, const struct ui *ui)
{
    return t->edit.sent == 0 && ui->model.seen.tree >= t->edit.tree;
}

bool edit_is_busy(const struct taxonomy *t, const struct ui *ui)
{
    return !is_new_enough(t, ui) || t->edit.queued > 0;
}

/* Where the cursor is about to go, the person is already. */
static bool leaves(const struct taxonomy *t)
{
    const struct edit_go *go = &t->edit.go;
    return go->behind || (go->ids[0] != 0 && go->ids[0] != taxonomy_side_of(t)->cursor_node);
}

bool edit_is_about_to_leave(const struct taxonomy *t, const struct ui *ui)
{
    return edit_is_busy(t, ui) && (t->edit.queued > 0 || t->edit.deleting || leaves(t));
}

bool edit_wait(struct taxonomy *t, struct ui *ui, enum action a)
{
    int64_t here = taxonomy_side_of(t)->cursor_node;
    if (is_new_enough(t, ui) && (t->edit.queued == 0 || t->edit.running)) {
        return false;
    }
    if (t->edit.queued == EDIT_QUEUE) {
        ui_say(ui, SAY_WARN, "%d keys wait for the server; this one was dropped", EDIT_QUEUE);
        return true;
    }
    t->edit.queue[t->edit.queued++] = (struct edit_key){a, leaves(t) ? 0 : here};
    return true;
}

static void stepped(struct ui *ui, void *ctx, int code, const char *message, const char *out)
{
    (void)out;
    if (code == 0) {
        trail_follow(ctx, message);
    }
    edit_settle(ctx, ui, code);
}

/* Undo and redo from here are edits like others: what is pressed behind them sees what they did. */
static void send_step(struct taxonomy *t, struct ui *ui, enum action a)
{
    const char *word = a == ACT_UNDO ? "undo" : "redo";
    const struct link_line line = {.argc = 1, .argv = &word, .ended = stepped, .ctx = t};
    t->edit.go = (struct edit_go){0};
    t->edit.arrived = false;
    t->edit.sent++;
    if (!ui->send(ui, &line)) {
        t->edit.sent--;
    }
}

bool edit_step(struct taxonomy *t, struct ui *ui, enum action a)
{
    char why[WHY_MAX];
    if (!edit_is_busy(t, ui) && !ui_can(ui, a, why)) {
        return false;
    }
    if (!edit_wait(t, ui, a)) {
        send_step(t, ui, a);
    }
    return true;
}

static void run_waiting(struct taxonomy *t, struct ui *ui)
{
    struct edit_key k = t->edit.queue[0];
    char why[WHY_MAX] = "";
    t->edit.queued--;
    memmove(t->edit.queue, t->edit.queue + 1, t->edit.queued * sizeof *t->edit.queue);
    if (k.action == ACT_UNDO || k.action == ACT_REDO) {
        send_step(t, ui, k.action);
        return;
    }
    /* a node that is gone was deleted: the key is about the one that the cursor went to */
    uint32_t at = k.node != 0 ? tree_by_id(&ui->model.tree, k.node) : TREE_NONE;
    if (at != TREE_NONE && k.node != taxonomy_side_of(t)->cursor_node) {
        taxonomy_reveal(t, ui, at);
    }
    t->edit.running = true;
    if (taxonomy_can_edit(t, ui, k.action, why)) {
        taxonomy_edit(t, ui, k.action);
    } else {
        ui_say(ui, SAY_WARN, "%s", why);
    }
    t->edit.running = false;
}

void edit_turn(struct taxonomy *t, struct ui *ui)
{
    if (!ui->model.has_tree || !is_new_enough(t, ui)) {
        return;
    }
    t->edit.weighed = 0; /* the tree says it now */
    if (t->edit.arrived) {
        t->edit.arrived = false;
        go_there(t, ui);
    }
    while (t->edit.queued > 0 && is_new_enough(t, ui)) {
        run_waiting(t, ui);
    }
}
