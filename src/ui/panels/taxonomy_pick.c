/*
 * What a key is about: the marks when there are any, else the node under the cursor. A mark below
 * another mark goes with it and is not counted twice.
 */
#include "ui/panels/taxonomy.h"

#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t picks_marked(const struct taxonomy *t)
{
    return t->marks.count;
}

struct picks picks_take(const struct taxonomy *t, const struct ui *ui, const struct node *n,
                        bool outermost)
{
    struct picks p = {.marked = t->marks.count > 0};
    if (p.marked) {
        p.count = marks_in_order(&t->marks, &ui->model.tree, outermost, &p.at);
    } else if (n != NULL) {
        p.at = xcalloc(1, sizeof *p.at);
        p.at[p.count++] = (uint32_t)(n - ui->model.tree.nodes);
    }
    return p;
}

void picks_free(struct picks *p)
{
    free(p->at);
    memset(p, 0, sizeof *p);
}

void picks_name(const struct picks *p, const struct tree *t, char out[EDIT_NAME])
{
    if (p->count == 1) {
        edit_name(&t->nodes[p->at[0]], out);
    } else {
        snprintf(out, EDIT_NAME, "%zu marked nodes", p->count);
    }
}
