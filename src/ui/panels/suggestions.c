/*
 * The suggestions that wait, as a sheet. Each key is one command with the suggestion's number; what
 * was decided leaves the list when the file shows it, and undo brings it back.
 */
#include "ui/panels/suggestions.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "ui/layout.h"
#include "ui/list.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_ROOM (1u << 16)

struct row {
    int64_t id, node;
    enum suggest_kind kind;
    char *path; /* of the node */
    char *what; /* the name, the description, or where to */
    char *reason;
    char *detail; /* description of what is missing */
};

struct suggestions {
    struct row *rows;
    size_t count, cap;
    struct list list;
    struct rect seen; /* where the rows were drawn last, for clicks */
    struct buf now;   /* present description of the node under the cursor */
    int64_t now_of;
};

/* ---- reading */

static void free_rows(struct suggestions *s)
{
    for (size_t i = 0; i < s->count; i++) {
        free(s->rows[i].path);
        free(s->rows[i].what);
        free(s->rows[i].reason);
        free(s->rows[i].detail);
    }
    free(s->rows);
    s->rows = NULL;
    s->count = s->cap = 0;
}

static void close_sheet(void *state)
{
    struct suggestions *s = state;
    free_rows(s);
    buf_free(&s->now);
    free(s);
}

static char *path_of(const struct model *m, int64_t id)
{
    struct buf path;
    buf_init(&path, PATH_ROOM);
    uint32_t at = m->has_tree && id != 0 ? tree_by_id(&m->tree, id) : TREE_NONE;
    if (at != TREE_NONE) {
        tree_path(&m->tree, at, &path);
    }
    char *out = buf_take(&path);
    buf_free(&path);
    return out;
}

struct reading {
    struct suggestions *s;
    const struct model *m;
};

static bool take_row(void *ctx, const struct suggestion *g)
{
    struct reading *r = ctx;
    struct suggestions *s = r->s;
    s->rows = vec_grow(s->rows, &s->cap, s->count + 1, sizeof *s->rows);
    struct row *row = &s->rows[s->count++];
    *row = (struct row){.id = g->id,
                        .node = g->node,
                        .kind = g->kind,
                        .path = path_of(r->m, g->node),
                        .reason = xstrdup(g->reason)};
    if (g->kind == SUGGEST_MOVE || g->kind == SUGGEST_MERGE) {
        row->what = path_of(r->m, g->target);
    } else {
        row->what = xstrdup(g->kind == SUGGEST_DESCRIBE ? g->text : g->name);
    }
    row->detail = xstrdup(g->kind == SUGGEST_MISSING ? g->text : "");
    return true;
}

static void load(struct suggestions *s, struct ui *ui)
{
    struct reading r = {.s = s, .m = &ui->model};
    size_t cursor = s->list.cursor;
    free_rows(s);
    s->now_of = 0;
    if (ui->model.store != NULL) {
        (void)store_suggestions(ui->model.store, false, take_row, &r, NULL);
    }
    list_set(&s->list, s->count, s->list.height);
    list_go(&s->list, cursor);
}

static void on_data(void *state, struct ui *ui, unsigned changed)
{
    if ((changed & CHANGED_TREE) != 0) {
        load(state, ui);
    }
}

/* ---- keys */

static const struct row *row_at(const struct suggestions *s)
{
    return s->list.cursor < s->count ? &s->rows[s->list.cursor] : NULL;
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    (void)state;
    (void)ui;
    out[0] = CTX_SUGGESTIONS;
    out[1] = CTX_MOVE;
    return 2;
}

static bool is_decision(enum action a)
{
    return a == ACT_ACCEPT || a == ACT_REJECT || a == ACT_ACCEPT_KIND || a == ACT_REJECT_KIND;
}

static bool can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    (void)ui;
    if (is_decision(a) && row_at(state) == NULL) {
        snprintf(why, WHY_MAX, "no suggestion waits (T asks for some)");
        return false;
    }
    return true;
}

static void decide(const struct suggestions *s, struct ui *ui, enum action a)
{
    const struct row *r = row_at(s);
    const char *verb = a == ACT_ACCEPT || a == ACT_ACCEPT_KIND ? "accept" : "reject";
    char id[32];
    if (r == NULL) {
        return;
    }
    if (a == ACT_ACCEPT || a == ACT_REJECT) {
        snprintf(id, sizeof id, "%lld", (long long)r->id);
        ui_do(ui, "suggest", verb, id);
    } else {
        ui_do(ui, "suggest", verb, "--kind", suggest_kind_name(r->kind));
    }
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct suggestions *s = state;
    (void)code;
    if (is_decision(a)) {
        decide(s, ui, a);
    } else {
        list_act(&s->list, a);
    }
}

static void click(void *state, struct ui *ui, int x, int y)
{
    struct suggestions *s = state;
    size_t row = 0;
    (void)ui;
    if (list_hit(&s->list, s->seen, x, y, &row)) {
        list_go(&s->list, row); /* a click decides nothing */
    }
}

/* ---- drawing */

enum { W_KIND = 9 };

static enum ui_role role_of(enum suggest_kind k)
{
    return k == SUGGEST_DELETE     ? ROLE_REJECTED
           : k == SUGGEST_MISSING  ? ROLE_ACCEPTED
           : k == SUGGEST_DESCRIBE ? ROLE_TEXT
                                   : ROLE_DISPUTED;
}

/* The end of a path says more than its start. */
static void put_path(struct pen *p, int width, const char *path)
{
    int columns = utf8_columns(path, strlen(path));
    struct buf shown;
    buf_init(&shown, PATH_ROOM);
    const char *from = path;
    while (columns > width && *from != '\0') {
        const char *slash = strchr(from, '/');
        if (slash == NULL) {
            break;
        }
        from = slash + 1;
        columns = utf8_columns(from, strlen(from)) + 2;
    }
    buf_printf(&shown, "%s%s", from > path ? "…/" : "", from);
    pen_field(p, ROLE_TEXT, width, shown.data);
    buf_free(&shown);
}

static void put_what(struct pen *p, const struct row *r)
{
    switch (r->kind) {
    case SUGGEST_MOVE:
    case SUGGEST_MERGE:
        pen_put(p, ROLE_SIGN, "→ ");
        put_path(p, pen_left(p), r->what);
        break;
    case SUGGEST_RENAME:
        pen_put(p, ROLE_SIGN, "→ ");
        pen_field(p, ROLE_TEXT, pen_left(p), r->what);
        break;
    case SUGGEST_MISSING:
        pen_put(p, ROLE_STRONG, r->what);
        pen_skip(p, 2);
        pen_field(p, ROLE_DIM, pen_left(p), r->detail);
        break;
    case SUGGEST_DELETE:
        pen_field(p, ROLE_DIM, pen_left(p), r->reason);
        break;
    case SUGGEST_DESCRIBE:
    case SUGGEST_KINDS:
        pen_field(p, ROLE_TEXT, pen_left(p), r->what);
        break;
    }
}

static void draw_row(const struct suggestions *s, struct cells *c, struct rect line, size_t row)
{
    const struct row *r = &s->rows[row];
    struct pen p = pen_at(c, line.x, line.y, line.w);
    pen_put(&p, ROLE_SIGN, row == s->list.cursor ? "▌" : " ");
    pen_field(&p, role_of(r->kind), W_KIND, suggest_kind_name(r->kind));
    put_path(&p, (line.w - W_KIND - 2) * 9 / 20, r->path);
    pen_skip(&p, 1);
    put_what(&p, r);
    if (row == s->list.cursor) {
        cells_flag(c, line.x, line.y, line.w, CELL_CURSOR);
        c->cursor_x = line.x;
        c->cursor_y = line.y;
    }
}

static void put_block(struct cells *c, struct rect *r, enum ui_role role, const char *label,
                      const char *text)
{
    struct buf b;
    if (text[0] == '\0' || r->h <= 0) {
        return;
    }
    buf_init(&b, 2 * TREE_DESC_MAX);
    buf_printf(&b, "%s%s", label, text);
    int used = cells_block(c, *r, role, b.data);
    buf_free(&b);
    r->y += used;
    r->h -= used;
}

/* What would be done, as a sentence. */
static const char *deed_of(enum suggest_kind k)
{
    static const char *const deeds[SUGGEST_KINDS] = {
        [SUGGEST_MISSING] = "add below it: ", [SUGGEST_DESCRIBE] = "describe it: ",
        [SUGGEST_DELETE] = "delete it",       [SUGGEST_MOVE] = "move it below ",
        [SUGGEST_RENAME] = "rename it to ",   [SUGGEST_MERGE] = "merge it into ",
    };
    return deeds[k];
}

static void draw_details(struct suggestions *s, struct ui *ui, struct cells *c, struct rect r)
{
    const struct row *row = row_at(s);
    if (row == NULL || r.h <= 0) {
        return;
    }
    if (s->now_of != row->node && ui->model.store != NULL) {
        buf_clear(&s->now);
        (void)store_node_desc(ui->model.store, row->node, &s->now, NULL);
        s->now_of = row->node;
    }
    if (r.h >= 5) {
        put_block(c, &r, ROLE_STRONG, "", row->path);
    }
    bool deletes = row->kind == SUGGEST_DELETE;
    put_block(c, &r, role_of(row->kind), deletes ? "" : deed_of(row->kind),
              deletes ? deed_of(row->kind) : row->what);
    put_block(c, &r, ROLE_TEXT, "", row->detail);
    put_block(c, &r, ROLE_DIM, "why: ", row->reason);
    put_block(c, &r, ROLE_DIM, row->kind == SUGGEST_DESCRIBE ? "now: " : "it is: ",
              row->kind == SUGGEST_MISSING ? ""
              : s->now.len > 0             ? s->now.data
                                           : "not described");
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    struct suggestions *s = state;
    struct rect below = {body.x, body.y + 2, body.w, body.h - 2};
    struct split split = layout_split(below, below.h >= 24 ? 7 : below.h >= 16 ? 5 : 3);
    struct pen title = pen_at(c, body.x + 1, body.y, body.w - 2);
    char place[72];
    s->seen = split.list;
    list_set(&s->list, s->count, (size_t)split.list.h);
    list_place(&s->list, place);
    char text[80];
    snprintf(text, sizeof text, "Suggestions that wait: %zu", s->count);
    pen_field(&title, ROLE_STRONG, pen_left(&title) - (int)strlen(place), text);
    pen_put(&title, ROLE_DIM, place);
    cells_rule(c, body.x, body.y + 1, body.w);
    layout_split_line(c, &split);
    for (size_t i = 0; i < s->list.height && s->list.top + i < s->list.count; i++) {
        struct rect line = {split.list.x, split.list.y + (int)i, split.list.w, 1};
        draw_row(s, c, line, s->list.top + i);
    }
    if (s->count == 0) {
        cells_block(c, (struct rect){split.list.x + 3, split.list.y, split.list.w - 4, 4}, ROLE_DIM,
                    "No suggestion waits. On a node, or on marked ones, T asks the teacher what is "
                    "missing, for a better description, or whether they are sound.");
    }
    draw_details(s, ui, c, split.details);
}

static const struct panel_ops suggestions_ops = {
    .name = "Suggestions",
    .brief = "Sugg",
    .close = close_sheet,
    .on_data = on_data,
    .contexts = contexts,
    .can = can,
    .act = act,
    .click = click,
    .draw = draw,
};

void suggestions_sheet(struct ui *ui)
{
    struct suggestions *s = xcalloc(1, sizeof *s);
    buf_init(&s->now, TREE_DESC_MAX + 1);
    s->list.height = 10;
    load(s, ui);
    ui_sheet(ui, &suggestions_ops, s);
}
