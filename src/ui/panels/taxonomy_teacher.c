/*
 * The keys of the Taxonomy panel that ask a teacher: expanding what is marked, the proposals of an
 * expansion, and a menu of what else can be asked. All of it goes to jobs of the server, so the
 * panel stays free to be used; the rows that are worked on show it.
 */
#include "ui/panels/expansion_sheet.h"
#include "ui/panels/suggestions.h"
#include "ui/panels/taxonomy.h"

#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST     5000 /* nodes of one command; more is a level's business */
#define WORD_MAX 6    /* before the nodes and after them */

/* "COMMAND... @1 @2 ... OPTION VALUE" about what is marked, or the node under the cursor. */
static void send_about(struct taxonomy *t, struct ui *ui, const char *command, const char *verb,
                       const char *option, const char *value)
{
    uint32_t *nodes = NULL;
    size_t count = taxonomy_targets(t, ui, false, &nodes), n = 0;
    if (count > MOST) {
        ui_say(ui, SAY_WARN, "%zu nodes are marked; at most %d at once", count, MOST);
        free(nodes);
        return;
    }
    const char **words = xcalloc(count + WORD_MAX, sizeof *words);
    char(*refs)[TREE_REF_MAX] = xcalloc(count + 1, sizeof *refs);
    words[n++] = command;
    if (verb != NULL) {
        words[n++] = verb;
    }
    for (size_t i = 0; i < count; i++) {
        tree_ref(ui->model.tree.nodes[nodes[i]].id, refs[i]);
        words[n++] = refs[i];
    }
    if (option != NULL) {
        words[n++] = option;
    }
    if (value != NULL) {
        words[n++] = value;
    }
    ui_do_words(ui, (int)n, words);
    free(refs);
    free(words);
    free(nodes);
}

static void depth_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    if (accepted && text[0] != '\0') {
        send_about(ctx, ui, "expand", NULL, "--depth", text);
    }
}

static void ask_depth(struct taxonomy *t, struct ui *ui)
{
    const struct node *n = taxonomy_node(t, ui);
    char label[128];
    if (t->marks.count > 0) {
        snprintf(label, sizeof label, "levels below %zu marked nodes: ", t->marks.count);
    } else {
        snprintf(label, sizeof label, "levels below %.60s: ", n != NULL ? n->name : "");
    }
    ui_ask_number(ui, label, "2", depth_given, t);
}

static void level_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    if (accepted && text[0] != '\0') {
        send_about(ctx, ui, "expand", NULL, "--level", text);
    }
}

/* ---- the menu */

enum choice { ASK_MISSING, ASK_DESCRIBE, ASK_SOUND, ASK_CHILDREN, ASK_LEVEL, ASK_STOP, ASK_LIST };

static void chosen(struct ui *ui, void *ctx, int64_t id)
{
    struct taxonomy *t = ctx;
    switch ((int)id) {
    case ASK_MISSING:
        send_about(t, ui, "suggest", "missing", NULL, NULL);
        break;
    case ASK_DESCRIBE:
        send_about(t, ui, "suggest", "describe", NULL, NULL);
        break;
    case ASK_SOUND:
        send_about(t, ui, "suggest", "sound", NULL, NULL);
        break;
    case ASK_CHILDREN:
        send_about(t, ui, "suggest", "sound", "--children", NULL);
        break;
    case ASK_LEVEL:
        ui_ask_number(ui, "expand all that is without children so many levels below: ", "1",
                      level_given, t);
        break;
    case ASK_STOP:
        ui_do(ui, "stop", "--jobs");
        break;
    default:
        suggestions_sheet(ui);
        break;
    }
}

static void open_menu(struct taxonomy *t, struct ui *ui)
{
    const struct node *n = taxonomy_node(t, ui);
    const struct model *m = &ui->model;
    char title[160], waiting[64];
    struct ui_menu_row rows[8] = {{0, NULL, NULL}};
    size_t count = 0;
    if (t->marks.count > 0) {
        snprintf(title, sizeof title, "Ask the teacher about %zu marked %s", t->marks.count,
                 t->marks.count == 1 ? "node" : "nodes");
    } else {
        snprintf(title, sizeof title, "Ask the teacher about %.100s", n != NULL ? n->name : "");
    }
    snprintf(waiting, sizeof waiting, "%lld wait for a decision", (long long)m->suggestions);
    if (m->suggestions > 0) {
        rows[count++] = (struct ui_menu_row){ASK_LIST, "Suggestions", waiting};
    }
    if (n != NULL || t->marks.count > 0) {
        rows[count++] = (struct ui_menu_row){ASK_MISSING, "What is missing here?",
                                             "children that nobody thought of"};
        rows[count++] = (struct ui_menu_row){ASK_DESCRIBE, "A better description",
                                             "what belongs there and where it ends"};
        rows[count++] = (struct ui_menu_row){ASK_SOUND, "Is it sound?",
                                             "a true, distinct, equally fine kind of its parent"};
        rows[count++] =
            (struct ui_menu_row){ASK_CHILDREN, "Are its children sound?", "each of them as above"};
        rows[count++] = (struct ui_menu_row){ASK_LEVEL, "Expand a level",
                                             "all nodes of it that have no children"};
    }
    if (m->live.job[0] != '\0') {
        rows[count++] = (struct ui_menu_row){ASK_STOP, "Stop the work on trees", m->live.job};
    }
    if (m->suggestions == 0) {
        rows[count++] = (struct ui_menu_row){ASK_LIST, "Suggestions", "none waits"};
    }
    ui_menu(ui, title, rows, count, rows[0].id, chosen, t);
}

bool taxonomy_teach(struct taxonomy *t, struct ui *ui, enum action a)
{
    const struct node *n = taxonomy_node(t, ui);
    switch ((int)a) {
    case ACT_TEACH:
        open_menu(t, ui);
        return true;
    case ACT_EXPANSION:
        if (n != NULL) {
            expansion_sheet(ui, n->id);
        }
        return true;
    case ACT_EXPAND:
        send_about(t, ui, "expand", NULL, NULL, NULL);
        return true;
    case ACT_EXPAND_DEPTH:
        ask_depth(t, ui);
        return true;
    default:
        return false;
    }
}
