/*
 * What is told about the node under the cursor: below the list, or at its right on wide screens.
 *
 * Two rows of the file are read when the cursor moves (description, last expansion), so that they
 * stand there at once; what takes longer (examples, merged names, points by state) when it rests.
 */
#include "ui/panels/taxonomy.h"

#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXAMPLE_BYTES 4000 /* of a record; more is never seen */
#define LOOKED_AT     40   /* nodes of a branch that examples are looked for in */
#define TALLIES_OFTEN                                                                              \
    20000 /* so many are summed up again as points come in, more only after a key */

/* ---- reading */

static long items_of(const cJSON *o, const char *name)
{
    const cJSON *list = NULL;
    return json_get_array(o, name, &list, NULL) == ST_OK ? cJSON_GetArraySize(list) : 0;
}

/* Children that the critic or a person keeps. */
static long kept_of(const cJSON *o)
{
    long n = 0;
    const cJSON *c = NULL;
    cJSON_ArrayForEach(c, cJSON_GetObjectItemCaseSensitive(o, "children"))
    {
        n += json_bool_or(c, "out", false) || json_str_or(c, "refused", "")[0] != '\0' ? 0 : 1;
    }
    return n;
}

/* "expanded: 7 proposals, 3 kept — p shows them" */
static void sum_up(struct taxonomy *t)
{
    cJSON *o = NULL;
    t->expansion_line[0] = '\0';
    if (t->expansion.len == 0 ||
        json_parse(t->expansion.data, t->expansion.len, &json_limits_reply, &o, NULL) != ST_OK) {
        return;
    }
    const char *error = json_str_or(o, "error", "");
    if (error[0] != '\0') {
        snprintf(t->expansion_line, sizeof t->expansion_line, "expansion failed: %.200s", error);
    } else {
        snprintf(t->expansion_line, sizeof t->expansion_line,
                 "expanded: %ld proposals, %ld kept — p shows them", items_of(o, "proposals"),
                 kept_of(o));
    }
    cJSON_Delete(o);
}

void taxonomy_detail_load(struct taxonomy *t, struct ui *ui)
{
    int64_t node = taxonomy_side_of(t)->cursor_node;
    buf_clear(&t->desc);
    buf_clear(&t->expansion);
    t->detail_node = node;
    if (node != 0 && ui->model.store != NULL) {
        store_reads_begin(ui->model.store);
        (void)store_node_desc(ui->model.store, node, &t->desc, NULL);
        (void)store_expansion(ui->model.store, node, &t->expansion, NULL);
        store_reads_end(ui->model.store);
    }
    sum_up(t);
    t->rest_node = -1;
    ui_rest_later(ui);
}

static bool take_alias(void *ctx, int64_t id, const char *name)
{
    struct taxonomy *t = ctx;
    (void)id;
    buf_printf(&t->aliases, "%s%s", t->aliases.len > 0 ? ", " : "", name);
    return true;
}

/* " question: … · answer: …" */
static void add_fields(const char *record, struct buf *out)
{
    cJSON *o = NULL;
    const cJSON *field = NULL;
    const char *before = " ";
    if (json_parse(record, strlen(record), &json_limits_reply, &o, NULL) != ST_OK) {
        buf_printf(out, " %.*s", EXAMPLE_BYTES, record);
        return;
    }
    cJSON_ArrayForEach(field, o)
    {
        char *text = field->valuestring != NULL ? NULL : cJSON_PrintUnformatted(field);
        buf_printf(out, "%s%s: %.*s", before, field->string != NULL ? field->string : "",
                   EXAMPLE_BYTES, text != NULL ? text : field->valuestring);
        before = " · ";
        cJSON_free(text);
    }
    cJSON_Delete(o);
}

/* One accepted record of a node. */
static void take_example(struct taxonomy *t, struct store *s, int64_t id)
{
    struct point p;
    if (store_point(s, id, &p, NULL) != ST_OK) {
        return;
    }
    if (p.record != NULL) {
        struct buf *b = &t->examples[t->example_count++];
        buf_clear(b);
        buf_printf(b, "#%lld", (long long)id);
        add_fields(p.record, b);
    }
    point_clear(&p);
}

/* The newest example of each node of the branch that has some, or the one before it, or ... */
static void read_round(struct taxonomy *t, const struct model *m, uint32_t at, size_t nth)
{
    const struct order *o = m->order;
    uint32_t rank = o->rank[at], end = o->end[at];
    for (int looked = 0;
         looked < LOOKED_AT && rank < end && t->example_count < TAXONOMY_EXAMPLES;) {
        uint32_t node = o->at[rank];
        if (m->accepted[node] == 0) {
            rank = o->end[node];
            continue;
        }
        int64_t ids[TAXONOMY_EXAMPLES];
        size_t n = nth + 1;
        (void)store_node_newest(m->store, m->tree.nodes[node].id, POINT_ACCEPTED, ids, &n, NULL);
        if (n == nth + 1) {
            take_example(t, m->store, ids[nth]);
        }
        looked++;
        rank++;
    }
}

/* From as many nodes of the branch as there are, then more of the same. */
static void read_examples(struct taxonomy *t, const struct ui *ui, uint32_t at)
{
    for (size_t nth = 0; nth < TAXONOMY_EXAMPLES; nth++) {
        read_round(t, &ui->model, at, nth);
    }
}

static void sum_states(struct taxonomy *t, const struct ui *ui, uint32_t at)
{
    const struct model *m = &ui->model;
    memset(t->states, 0, sizeof t->states);
    for (size_t i = 0; m->tallies != NULL && i < m->tallies->count; i++) {
        const struct tally_row *row = &m->tallies->rows[i];
        uint32_t node = row->node != 0 ? tree_by_id(&m->tree, row->node) : TREE_NONE;
        if (node != TREE_NONE && order_is_under(m->order, node, at)) {
            t->states[row->state] += row->n;
        }
    }
}

void taxonomy_detail_rest(struct taxonomy *t, struct ui *ui)
{
    int64_t id = taxonomy_side_of(t)->cursor_node;
    uint32_t at = taxonomy_index(t);
    bool moved = id != t->rest_node, stale = t->rest_stale;
    t->rest_stale = false;
    if ((!moved && !stale) || at == TREE_NONE || ui->model.store == NULL) {
        return;
    }
    store_reads_begin(ui->model.store);
    if (moved) {
        buf_clear(&t->aliases);
        (void)store_node_aliases(ui->model.store, id, take_alias, t, NULL);
    }
    /* while a run writes, examples that are being read stay where they are */
    if (moved || t->example_count < TAXONOMY_EXAMPLES) {
        t->example_count = 0;
        read_examples(t, ui, at);
    }
    store_reads_end(ui->model.store);
    if (moved || ui->model.tallies == NULL || ui->model.tallies->count <= TALLIES_OFTEN) {
        sum_states(t, ui, at);
    }
    t->rest_node = id;
    ui->dirty = true;
}

/* ---- texts */

void taxonomy_path(const struct tree *tree, uint32_t at, int room, struct buf *out)
{
    uint32_t chain[TREE_MAX_DEPTH + 1];
    size_t n = 0;
    int width = 0;
    bool whole = true;
    for (; at != 0 && at != TREE_NONE && n <= TREE_MAX_DEPTH; at = tree->nodes[at].parent) {
        const char *name = tree->nodes[at].name;
        width += utf8_columns(name, strlen(name)) + (n > 0 ? 3 : 0);
        int more = tree->nodes[at].parent != 0 ? 4 : 0; /* the ellipsis and its sign */
        if (n > 0 && width + more > room) {
            whole = false;
            break;
        }
        chain[n++] = at;
    }
    buf_adds(out, whole ? "" : "…");
    while (n-- > 0) {
        buf_printf(out, "%s%s", out->len > 0 ? " › " : "", tree->nodes[chain[n]].name);
    }
}

static void origin_of(const struct node *n, char out[64])
{
    snprintf(out, 64, "%s%s%s", n->origin == NODE_BY_MODEL ? "by teacher" : "by hand",
             n->edited ? ", edited" : "", n->locked ? ", locked" : "");
}

/* "3 of 8 in operation → 37.5 %, 12.5 % of all points" */
static void share_line(const struct model *m, uint32_t at, char out[256])
{
    const struct node *n = &m->tree.nodes[at];
    double sum = 0;
    for (uint32_t i = m->tree.nodes[n->parent].first; i != TREE_NONE; i = m->tree.nodes[i].next) {
        sum += m->tree.nodes[i].weight;
    }
    if (n->depth == 1 && !(m->share[at] > 0)) {
        snprintf(out, 256, "no strategy draws from it (3 shows the mix)");
    } else if (n->depth == 1 && m->share[at] < 1) {
        snprintf(out, 256, "%.3g %% of all points draw one node from it", m->share[at] * 100);
    } else if (n->depth == 1) {
        snprintf(out, 256, "each point draws one node from a taxonomy");
    } else if (!(n->weight > 0)) {
        snprintf(out, 256, "switched off: no point is drawn from it");
    } else {
        snprintf(out, 256, "%.6g of %.6g in %.100s → %.1f %%, %.3g %% of all points", n->weight,
                 sum, m->tree.nodes[n->parent].name, n->weight / sum * 100, m->share[at] * 100);
    }
}

/* "accepted 204 · rejected 31 · disputed 14" */
static void states_line(const struct taxonomy *t, struct buf *out)
{
    for (int i = 0; i < POINT_STATES; i++) {
        char n[32];
        if (t->states[i] > 0) {
            text_count(n, t->states[i]);
            buf_printf(out, "%s%s %s", out->len > 0 ? " · " : "",
                       point_state_name((enum point_state)i), n);
        }
    }
}

/* Names of a node's children, or of its siblings (`but` is left out), until there are enough. */
static void names_of(const struct tree *tree, uint32_t parent, uint32_t but, struct buf *out)
{
    for (uint32_t i = tree->nodes[parent].first; i != TREE_NONE && out->len < 400;
         i = tree->nodes[i].next) {
        if (i != but) {
            buf_printf(out, "%s%s", out->len > 0 ? ", " : "", tree->nodes[i].name);
        }
    }
}

static void children_line(const struct model *m, uint32_t at, struct buf *out)
{
    const struct node *n = &m->tree.nodes[at];
    char a[32], b[32];
    if (n->children == 0) {
        buf_adds(out,
                 n->state == NODE_UNEXPANDED ? "none yet (x lets the teacher grow some)" : "none");
        return;
    }
    text_count(a, n->children);
    text_count(b, order_below(m->order, at));
    buf_printf(out, "%s", a);
    if (order_below(m->order, at) > n->children) {
        buf_printf(out, " (%s below)", b);
    }
    struct buf names;
    buf_init(&names, 4096);
    names_of(&m->tree, at, TREE_NONE, &names);
    buf_printf(out, ": %s", names.data);
    buf_free(&names);
}

/* ---- drawing */

/* Lines from the top of a rectangle down. */
struct lines {
    struct cells *c;
    struct rect left; /* what is still free */
};

static void skip_line(struct lines *l)
{
    if (l->left.h > 0) {
        l->left.y++;
        l->left.h--;
    }
}

/* A text of at most `most` lines, behind a heading of a fixed width ("" for none). */
static void add_text(struct lines *l, const char *head, enum ui_role role, int most,
                     const char *text)
{
    int indent = head[0] != '\0' ? 11 : 0;
    int h = most < l->left.h ? most : l->left.h;
    if (h <= 0 || text[0] == '\0') {
        return;
    }
    struct pen p = pen_at(l->c, l->left.x, l->left.y, l->left.w);
    pen_put(&p, ROLE_DIM, head);
    struct rect r = {l->left.x + indent, l->left.y, l->left.w - indent, h};
    int rows = cells_block(l->c, r, role, text);
    rows = rows < h ? rows : h;
    l->left.y += rows;
    l->left.h -= rows;
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

/* Path, id and, where there is one line for all, the origin. */
static void draw_title(const struct ui *ui, struct cells *c, struct rect r, uint32_t at,
                       const char *more)
{
    const struct node *n = &ui->model.tree.nodes[at];
    struct buf path;
    char tail[128];
    snprintf(tail, sizeof tail, "@%lld%s%s", (long long)n->id, more[0] != '\0' ? " · " : "", more);
    buf_init(&path, TREE_PATH_MAX);
    int edge = r.w - utf8_columns(tail, strlen(tail));
    int room = edge - 2;
    taxonomy_path(&ui->model.tree, at, room, &path);
    int width = utf8_columns(path.data, path.len);
    struct pen p = pen_at(c, r.x, r.y, r.w);
    pen_field(&p, ROLE_STRONG, width < room ? width : room, path.data);
    pen_to(&p, r.x + edge); /* at the edge little of it changes from node to node */
    pen_put(&p, ROLE_DIM, tail);
    buf_free(&path);
}

static void add_description(const struct taxonomy *t, struct ui *ui, struct lines *l, int most)
{
    static const char none[] = "no description (D writes one, C-e opens the editor)";
    bool there = t->desc.len > 0;
    edit_place(t, ui, ACT_DESCRIBE, t->detail_node,
               (struct rect){l->left.x, l->left.y, l->left.w, 1});
    add_text(l, "", there ? ROLE_TEXT : ROLE_DIM, most, there ? t->desc.data : none);
}

/* What was read when the cursor came to rest on this node. */
static bool has_rest(const struct taxonomy *t)
{
    return t->rest_node == t->detail_node;
}

static void add_facts(const struct taxonomy *t, const struct ui *ui, struct lines *l, uint32_t at)
{
    const struct model *m = &ui->model;
    const struct node *n = &m->tree.nodes[at];
    char line[256], planned[32], accepted[32];
    struct buf b;
    buf_init(&b, 8192);
    share_line(m, at, line);
    add_text(l, "share", ROLE_TEXT, 2, line);
    text_count(planned, m->planned[at]);
    text_count(accepted, m->accepted[at]);
    snprintf(line, sizeof line, "%s planned, %s accepted", planned, accepted);
    add_text(l, "points", ROLE_TEXT, 1, line);
    if (has_rest(t)) {
        states_line(t, &b);
        add_text(l, "by state", ROLE_TEXT, 2, b.data);
        add_text(l, "also", ROLE_TEXT, 2, t->aliases.data);
    }
    buf_clear(&b);
    children_line(m, at, &b);
    add_text(l, "children", ROLE_TEXT, 3, b.data);
    buf_clear(&b);
    names_of(&m->tree, n->parent, at, &b);
    add_text(l, "siblings", ROLE_TEXT, 2, b.len > 0 ? b.data : "none");
    add_text(l, "teacher", ROLE_TEXT, 2, t->expansion_line);
    buf_free(&b);
}

static void add_examples(const struct taxonomy *t, struct lines *l)
{
    for (size_t i = 0; has_rest(t) && i < t->example_count && l->left.h > 1; i++) {
        skip_line(l);
        int each = l->left.h / (int)(t->example_count - i);
        add_text(l, "", ROLE_DIM, each > 1 ? each - 1 : 1, t->examples[i].data);
    }
}

/* One line of facts for a pane of few lines. */
static void short_facts(const struct model *m, uint32_t at, char out[400])
{
    const struct node *n = &m->tree.nodes[at];
    char share[256], children[64] = "", count[32];
    share_line(m, at, share);
    if (n->children > 0) {
        text_count(count, n->children);
        snprintf(children, sizeof children, " · %s %s", count,
                 n->children == 1 ? "child" : "children");
    }
    snprintf(out, 400, "%s%s", share, children);
}

static void draw_below(const struct taxonomy *t, struct ui *ui, struct cells *c, struct rect r,
                       uint32_t at)
{
    struct lines l = {c, {r.x, r.y + 1, r.w, r.h - 1}};
    char origin[64], facts[400];
    origin_of(&ui->model.tree.nodes[at], origin);
    draw_title(ui, c, r, at, origin);
    if (r.h > 5) {
        add_description(t, ui, &l, 2);
        add_facts(t, ui, &l, at);
        return;
    }
    /* the facts keep their lines, however long the description is */
    int keep = l.left.h > 2 && t->expansion_line[0] != '\0' ? 2 : l.left.h > 1 ? 1 : 0;
    struct lines last = {c, {r.x, r.y + r.h - keep, r.w, keep}};
    l.left.h -= keep;
    add_description(t, ui, &l, l.left.h);
    short_facts(&ui->model, at, facts);
    add_text(&last, "", ROLE_DIM, 1, facts);
    add_text(&last, "", ROLE_DIM, 1, t->expansion_line);
}

static void draw_beside(const struct taxonomy *t, struct ui *ui, struct cells *c, struct rect r,
                        uint32_t at)
{
    struct lines l = {c, {r.x, r.y + 1, r.w, r.h - 1}};
    char origin[64], line[128];
    const struct node *n = &ui->model.tree.nodes[at];
    origin_of(n, origin);
    draw_title(ui, c, r, at, "");
    snprintf(line, sizeof line, "%s · level %d", origin, n->depth - 1);
    add_text(&l, "", ROLE_DIM, 1, line);
    skip_line(&l);
    add_description(t, ui, &l, r.h / 3);
    skip_line(&l);
    add_facts(t, ui, &l, at);
    add_examples(t, &l);
}

void taxonomy_detail_draw(const struct taxonomy *t, struct ui *ui, struct cells *c, struct rect r,
                          bool beside)
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
