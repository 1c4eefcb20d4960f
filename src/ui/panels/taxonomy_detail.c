/*
 * What is told about the node under the cursor: below the list, or at its right on wide screens.
 */
#include "ui/panels/taxonomy.h"

#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"
#include <stdio.h>
#include <string.h>

/* Names from the taxonomy down; leading ones give way when there is less room. */
static void path_of(const struct tree *tree, uint32_t at, int room, struct buf *out)
{
    uint32_t chain[TREE_MAX_DEPTH + 1];
    size_t n = 0;
    for (; at != 0 && at != TREE_NONE && n <= TREE_MAX_DEPTH; at = tree->nodes[at].parent) {
        chain[n++] = at;
    }
    for (size_t from = n; from > 0; from--) {
        buf_clear(out);
        buf_adds(out, from < n ? "…" : "");
        for (size_t i = from; i > 0; i--) {
            buf_printf(out, "%s%s", out->len > 0 ? " › " : "", tree->nodes[chain[i - 1]].name);
        }
        if (utf8_columns(out->data, out->len) <= room) {
            return;
        }
    }
}

static void origin_of(const struct node *n, char out[64])
{
    snprintf(out, 64, "%s%s%s", n->origin == NODE_BY_MODEL ? "by teacher" : "by hand",
             n->edited ? ", edited" : "", n->locked ? ", locked" : "");
}

static long items_of(const cJSON *o, const char *name)
{
    const cJSON *list = NULL;
    return json_get_array(o, name, &list, NULL) == ST_OK ? cJSON_GetArraySize(list) : 0;
}

/* "expanded: 7 proposals, 3 kept, 2 dropped — p shows them" */
static void expansion_line(const struct taxonomy *t, char out[256])
{
    cJSON *o = NULL;
    out[0] = '\0';
    if (t->expansion.len == 0 ||
        json_parse(t->expansion.data, t->expansion.len, &json_limits_reply, &o, NULL) != ST_OK) {
        return;
    }
    const char *error = json_str_or(o, "error", "");
    if (error[0] != '\0') {
        snprintf(out, 256, "expansion failed: %.200s", error);
    } else {
        snprintf(out, 256, "expanded: %ld proposals, %ld kept, %ld dropped — p shows them",
                 items_of(o, "proposals"), items_of(o, "children"), items_of(o, "dropped"));
    }
    cJSON_Delete(o);
}

static void draw_proposal_details(const struct proposal *f, struct cells *c, struct rect r)
{
    struct pen p = pen_at(c, r.x, r.y, r.w);
    pen_put(&p, ROLE_STRONG, f->name);
    pen_put(&p, ROLE_DIM, "  proposed: ");
    pen_put(&p, ROLE_KEY, "y");
    pen_put(&p, ROLE_DIM, " accepts, ");
    pen_put(&p, ROLE_KEY, "n");
    pen_put(&p, ROLE_DIM, " rejects");
    cells_block(c, (struct rect){r.x, r.y + 1, r.w, r.h - 1}, ROLE_TEXT, f->desc);
}

enum { FACTS = 5 };

static void draw_facts(const struct ui *ui, struct cells *c, struct rect r, uint32_t at)
{
    const struct model *m = &ui->model;
    const struct node *n = &m->tree.nodes[at];
    char lines[FACTS][96], a[32], b[32];
    text_count(a, m->planned[at]);
    text_count(b, m->accepted[at]);
    snprintf(lines[0], 96, "share       %.2f %% of the points", m->share[at] * 100);
    snprintf(lines[1], 96, "planned     %s", a);
    snprintf(lines[2], 96, "accepted    %s", b);
    snprintf(lines[3], 96, "children    %u", n->children);
    snprintf(lines[4], 96, "level       %d", n->depth - 1);
    for (int i = 0; i < FACTS && i < r.h; i++) {
        struct pen p = pen_at(c, r.x, r.y + i, r.w);
        pen_put(&p, ROLE_DIM, lines[i]);
    }
}

/* Path, id and, where there is one line for all, the origin. */
static void draw_title(const struct ui *ui, struct cells *c, struct rect r, uint32_t at,
                       const char *more)
{
    const struct node *n = &ui->model.tree.nodes[at];
    struct buf path;
    char tail[128];
    snprintf(tail, sizeof tail, "@%lld%s%s", (long long)n->id, more[0] != '\0' ? " · " : "", more);
    buf_init(&path, 1u << 16);
    int edge = r.w - utf8_columns(tail, strlen(tail));
    int room = edge - 2;
    path_of(&ui->model.tree, at, room, &path);
    int width = utf8_columns(path.data, path.len);
    struct pen p = pen_at(c, r.x, r.y, r.w);
    pen_field(&p, ROLE_STRONG, width < room ? width : room, path.data);
    pen_to(&p, r.x + edge); /* at the edge little of it changes from node to node */
    pen_put(&p, ROLE_DIM, tail);
    buf_free(&path);
}

static int draw_description(const struct taxonomy *t, struct cells *c, struct rect r)
{
    static const char none[] = "no description (D writes one, E opens the editor)";
    bool there = t->desc.len > 0;
    int rows = cells_block(c, r, there ? ROLE_TEXT : ROLE_DIM, there ? t->desc.data : none);
    return rows < r.h ? rows : r.h;
}

static void draw_below(const struct taxonomy *t, const struct ui *ui, struct cells *c,
                       struct rect r, uint32_t at)
{
    char origin[64], line[256];
    origin_of(&ui->model.tree.nodes[at], origin);
    expansion_line(t, line);
    int keep = line[0] != '\0' && r.h > 2 ? 1 : 0;
    draw_title(ui, c, r, at, origin);
    draw_description(t, c, (struct rect){r.x, r.y + 1, r.w, r.h - 1 - keep});
    if (keep > 0) {
        cells_block(c, (struct rect){r.x, r.y + r.h - 1, r.w, 1}, ROLE_DIM, line);
    }
}

static void draw_beside(const struct taxonomy *t, const struct ui *ui, struct cells *c,
                        struct rect r, uint32_t at)
{
    char origin[64], line[256];
    origin_of(&ui->model.tree.nodes[at], origin);
    expansion_line(t, line);
    draw_title(ui, c, r, at, "");
    struct pen p = pen_at(c, r.x, r.y + 1, r.w);
    pen_put(&p, ROLE_DIM, origin);
    int y = r.y + 3;
    y += draw_description(t, c, (struct rect){r.x, y, r.w, r.h / 2}) + 1;
    draw_facts(ui, c, (struct rect){r.x, y, r.w, r.y + r.h - y}, at);
    y += FACTS + 1;
    if (y < r.y + r.h) {
        cells_block(c, (struct rect){r.x, y, r.w, r.y + r.h - y}, ROLE_DIM, line);
    }
}

void taxonomy_detail_load(struct taxonomy *t, struct ui *ui)
{
    int64_t node = taxonomy_side_of(t)->cursor_node;
    buf_clear(&t->desc);
    buf_clear(&t->expansion);
    t->detail_node = node;
    if (node != 0 && ui->model.store != NULL) {
        (void)store_node_desc(ui->model.store, node, &t->desc, NULL);
        (void)store_expansion(ui->model.store, node, &t->expansion, NULL);
    }
}

void taxonomy_detail_draw(const struct taxonomy *t, const struct ui *ui, struct cells *c,
                          struct rect r, bool beside)
{
    const struct proposal *f = taxonomy_proposal(t, ui);
    uint32_t at = taxonomy_index(t);
    if (r.h <= 0) {
        return;
    }
    if (f != NULL) {
        draw_proposal_details(f, c, r);
    } else if (at != TREE_NONE && beside) {
        draw_beside(t, ui, c, r, at);
    } else if (at != TREE_NONE) {
        draw_below(t, ui, c, r, at);
    }
}

static void add_names(const cJSON *o, const char *name, const char *title, const char *sign,
                      struct buf *out)
{
    const cJSON *list = NULL, *item = NULL;
    if (json_get_array(o, name, &list, NULL) != ST_OK || cJSON_GetArraySize(list) == 0) {
        return;
    }
    buf_printf(out, "%s%s\n", out->len > 0 ? "\n" : "", title);
    cJSON_ArrayForEach(item, list)
    {
        const char *text =
            item->valuestring != NULL ? item->valuestring : json_str_or(item, "name", "?");
        const char *reason = json_str_or(item, "reason", json_str_or(item, "description", ""));
        buf_printf(out, "  %s %s%s%s\n", sign, text, reason[0] != '\0' ? "  — " : "", reason);
    }
}

void taxonomy_expansion_text(const struct taxonomy *t, struct buf *out)
{
    cJSON *o = NULL;
    if (json_parse(t->expansion.data, t->expansion.len, &json_limits_reply, &o, NULL) != ST_OK) {
        buf_adds(out, t->expansion.data);
        return;
    }
    const char *error = json_str_or(o, "error", "");
    if (error[0] != '\0') {
        buf_printf(out, "failed: %s\n", error);
    }
    add_names(o, "children", "Kept after the critic", "✓", out);
    add_names(o, "dropped", "Dropped or merged", "✗", out);
    add_names(o, "proposals", "All proposals as they came", "·", out);
    cJSON_Delete(o);
}
