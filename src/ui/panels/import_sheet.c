/*
 * What an import would do, before it does it: the sheet shows `tree import --dry-run`, what is
 * refused first. Looking again (elsewhere, another format) asks the server again; an answer that
 * comes when the sheet is closed already finds no sheet and is dropped.
 */
#include "ui/panels/taxonomy.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX (1u << 20)
#define NAME_ROOM (2 * EDIT_NAME + 64)

enum row_kind { ROW_REFUSED, ROW_ADDED, ROW_CHANGED };

struct row {
    enum row_kind kind;
    long line;
    char *text, *why;
};

struct import {
    struct taxonomy *t;
    char *file;
    const char *format;
    int64_t place;      /* the node that was under the cursor; 0: none */
    bool as_taxonomies; /* and not below it */
    bool known;         /* the answer has come */
    char problem[1024]; /* the file as a whole cannot be read; "" */
    long added, changed, refused;
    struct row *rows;
    size_t count, cap;
    struct list list;
    struct rect seen;
};

static void forget_rows(struct import *m)
{
    for (size_t i = 0; i < m->count; i++) {
        free(m->rows[i].text);
        free(m->rows[i].why);
    }
    m->count = 0;
    m->added = m->changed = m->refused = 0;
    m->problem[0] = '\0';
    m->known = false;
}

static void close_sheet(void *state)
{
    struct import *m = state;
    m->t->edit.import = NULL;
    forget_rows(m);
    free(m->rows);
    free(m->file);
    free(m);
}

/* ---- asking */

static void add_row(struct import *m, enum row_kind kind, long line, const char *text,
                    const char *why)
{
    m->rows = vec_grow(m->rows, &m->cap, m->count + 1, sizeof *m->rows);
    m->rows[m->count++] = (struct row){kind, line, xstrdup(text), xstrdup(why)};
}

static void take_answer(struct import *m, const cJSON *o)
{
    const cJSON *list = NULL, *item = NULL;
    m->added = (long)json_num_or(o, "added", 0);
    m->changed = (long)json_num_or(o, "changed", 0);
    m->refused = (long)json_num_or(o, "refused_count", 0);
    if (json_get_array(o, "refused", &list, NULL) == ST_OK) {
        cJSON_ArrayForEach(item, list)
        {
            add_row(m, ROW_REFUSED, (long)json_num_or(item, "line", 0),
                    json_str_or(item, "found", ""), json_str_or(item, "expected", ""));
        }
    }
    if (json_get_array(o, "nodes", &list, NULL) == ST_OK) {
        cJSON_ArrayForEach(item, list)
        {
            bool added = strcmp(json_str_or(item, "what", ""), "added") == 0;
            add_row(m, added ? ROW_ADDED : ROW_CHANGED, 0, json_str_or(item, "path", ""), "");
        }
    }
}

static void looked(struct ui *ui, void *ctx, int code, const char *message, const char *out)
{
    struct taxonomy *t = ctx;
    struct import *m = t->edit.import;
    cJSON *o = NULL;
    ui->message[0] = '\0';
    if (m == NULL) {
        return;
    }
    forget_rows(m);
    m->known = true;
    if (code == 0 && json_parse(out, strlen(out), &json_limits_file, &o, NULL) == ST_OK) {
        take_answer(m, o);
    } else {
        snprintf(m->problem, sizeof m->problem, "%s",
                 message[0] != '\0' ? message : "the answer could not be read");
    }
    list_set(&m->list, m->count, m->list.height);
    ui->dirty = true;
    cJSON_Delete(o);
}

static void look(struct import *m, struct ui *ui)
{
    char ref[TREE_REF_MAX];
    const char *words[] = {"tree",           "import",    m->file,  "--format", m->format,
                           "--skip-refused", "--dry-run", "--json", "--under",  ref};
    bool below = m->place != 0 && !m->as_taxonomies;
    edit_ref(m->place, ref);
    const struct link_line line = {
        .argc = below ? 10 : 8, .argv = words, .ended = looked, .ctx = m->t};
    m->known = false;
    if (!ui->send(ui, &line)) {
        snprintf(m->problem, sizeof m->problem, "%s", ui->message);
        m->known = true;
    }
}

/* ---- applying */

static void place_name(const struct import *m, const struct ui *ui, char out[EDIT_NAME + 16])
{
    uint32_t at =
        m->place != 0 && !m->as_taxonomies ? tree_by_id(&ui->model.tree, m->place) : TREE_NONE;
    if (at == TREE_NONE) {
        snprintf(out, EDIT_NAME + 16, "as taxonomies");
    } else {
        char name[EDIT_NAME];
        edit_name(&ui->model.tree.nodes[at], name);
        snprintf(out, EDIT_NAME + 16, "below %s", name);
    }
}

static const char *file_name(const struct import *m)
{
    const char *slash = strrchr(m->file, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : m->file;
}

static void applied(struct ui *ui, void *ctx, int code, const char *message, const char *out)
{
    edit_settle(ctx, ui, code);
    if (code != 0) {
        edit_say_failed(ui, message);
    } else {
        io_say_taken(ctx, ui, out, false); /* it was seen before */
    }
}

static void apply(struct import *m, struct ui *ui)
{
    const struct tree *tree = &ui->model.tree;
    struct taxonomy *t = m->t;
    char where[EDIT_NAME + 16], name[NAME_ROOM], ref[TREE_REF_MAX];
    bool below = m->place != 0 && !m->as_taxonomies;
    uint32_t at = below ? tree_by_id(tree, m->place) : 0;
    struct buf line;
    buf_init(&line, LINES_MAX);
    buf_adds(&line, "tree import ");
    words_quote(&line, m->file);
    buf_printf(&line, " --format %s --skip-refused --json", m->format);
    if (below) {
        edit_ref(m->place, ref);
        buf_printf(&line, " --under %s", ref);
    }
    buf_addc(&line, '\n');
    place_name(m, ui, where);
    snprintf(name, sizeof name, "import %.48s %s", file_name(m), where);
    bool any = at != TREE_NONE && tree->count > 0 && tree->nodes[at].last != TREE_NONE;
    edit_go_behind(t, m->place, any ? tree->nodes[tree->nodes[at].last].id : 0);
    if (!below) {
        t->edit.go.parent = 0;
    }
    t->edit.go.unfold = true;
    ui_sheet_close(ui); /* frees m */
    (void)edit_send_to(t, ui, name, line.data, NULL, applied);
    buf_free(&line);
}

/* ---- the sheet */

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    (void)state;
    (void)ui;
    out[0] = CTX_IMPORT;
    out[1] = CTX_MOVE;
    return 2;
}

static bool can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct import *m = state;
    (void)ui;
    if (a == ACT_OPEN && !m->known) {
        snprintf(why, WHY_MAX, "the file is still being looked at");
        return false;
    }
    if (a == ACT_OPEN && m->added + m->changed == 0) {
        snprintf(why, WHY_MAX, "there is nothing in it that would change anything");
        return false;
    }
    if (a == ACT_IMPORT_PLACE && m->place == 0) {
        snprintf(why, WHY_MAX, "there was no node under the cursor to put it below");
        return false;
    }
    return true;
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct import *m = state;
    (void)code;
    switch ((int)a) {
    case ACT_IMPORT_PLACE:
        m->as_taxonomies = !m->as_taxonomies;
        look(m, ui);
        break;
    case ACT_OPEN:
        apply(m, ui);
        break;
    default:
        list_act(&m->list, a);
        break;
    }
}

static void click(void *state, struct ui *ui, int x, int y)
{
    struct import *m = state;
    size_t row = 0;
    (void)ui;
    if (list_hit(&m->list, m->seen, x, y, &row)) {
        list_go(&m->list, row);
    }
}

static void summary(const struct import *m, char out[160])
{
    char a[32], b[32], c[32];
    if (!m->known) {
        snprintf(out, 160, "looking …");
        return;
    }
    if (m->problem[0] != '\0') {
        snprintf(out, 160, "cannot be read:");
        return;
    }
    text_count(a, m->added);
    text_count(b, m->changed);
    text_count(c, m->refused);
    snprintf(out, 160, "%s added · %s changed · %s refused%s", a, b, c,
             m->added + m->changed == 0 ? ""
             : m->refused > 0           ? " — Enter takes the rest"
                                        : " — Enter takes it");
}

static void draw_row(const struct import *m, size_t i, struct cells *c, int y, struct rect body)
{
    static const char *const signs[] = {"✗", "+", "~"};
    static const char *const words[] = {"refused", "added", "changed"};
    const struct row *r = &m->rows[i];
    struct pen p = pen_at(c, body.x + 1, y, body.w - 2);
    enum ui_role role = r->kind == ROW_REFUSED ? ROLE_FAILED
                        : r->kind == ROW_ADDED ? ROLE_SIGN
                                               : ROLE_STRONG;
    pen_put(&p, ROLE_SIGN, i == m->list.cursor ? "▌" : " ");
    pen_format(&p, role, "%s %-8s", signs[r->kind], words[r->kind]);
    if (r->kind != ROW_REFUSED) {
        pen_field(&p, ROLE_TEXT, pen_left(&p), r->text);
    } else {
        pen_format(&p, ROLE_DIM, "line %-5ld", r->line);
        pen_field(&p, ROLE_TEXT, pen_left(&p), r->why);
    }
    if (i == m->list.cursor) {
        cells_flag(c, body.x, y, body.w, CELL_CURSOR);
    }
}

/* The refused line under the cursor whole: reason and what stands there. */
static void draw_detail(const struct import *m, struct cells *c, struct rect r)
{
    if (m->list.cursor >= m->count || r.h < 2) {
        return;
    }
    const struct row *row = &m->rows[m->list.cursor];
    cells_rule(c, r.x, r.y, r.w);
    struct pen p = pen_at(c, r.x + 1, r.y + 1, r.w - 2);
    if (row->kind == ROW_REFUSED && row->text[0] != '\0') {
        pen_put(&p, ROLE_DIM, "there: ");
        pen_field(&p, ROLE_TEXT, pen_left(&p), row->text);
        r.y++;
        r.h--;
    }
    const char *more = row->kind == ROW_REFUSED ? row->why : row->text;
    cells_block(c, (struct rect){r.x + 1, r.y + 1, r.w - 2, r.h - 1}, ROLE_TEXT, more);
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    struct import *m = state;
    char where[EDIT_NAME + 16], place[72], text[160];
    int detail = body.h >= 14 ? 4 : 0;
    m->seen = (struct rect){body.x, body.y + 3, body.w, body.h - 3 - detail};
    list_set(&m->list, m->count, (size_t)m->seen.h);
    list_place(&m->list, place);
    place_name(m, ui, where);
    struct pen p = pen_at(c, body.x + 1, body.y, body.w - 2);
    pen_put(&p, ROLE_STRONG, "Import ");
    pen_put(&p, ROLE_STRONG, file_name(m));
    pen_format(&p, ROLE_DIM, " (%s) ", m->format);
    pen_field(&p, ROLE_STRONG, pen_left(&p) - (int)strlen(place) - 1, where);
    pen_right(&p, ROLE_DIM, pen_left(&p), place);
    p = pen_at(c, body.x + 1, body.y + 1, body.w - 2);
    summary(m, text);
    pen_field(&p, m->problem[0] != '\0' || m->refused > 0 ? ROLE_WARNING : ROLE_TEXT, pen_left(&p),
              text);
    cells_rule(c, body.x, body.y + 2, body.w);
    if (m->problem[0] != '\0') {
        struct rect r = {body.x + 1, body.y + 3, body.w - 2, body.h - 3};
        cells_block(c, r, ROLE_TEXT, m->problem);
        return;
    }
    for (int i = 0; i < m->seen.h && m->list.top + (size_t)i < m->count; i++) {
        draw_row(m, m->list.top + (size_t)i, c, m->seen.y + i, body);
    }
    draw_detail(m, c, (struct rect){body.x, m->seen.y + m->seen.h, body.w, detail});
}

static const struct panel_ops import_ops = {
    .name = "Import",
    .brief = "Import",
    .close = close_sheet,
    .contexts = contexts,
    .can = can,
    .act = act,
    .click = click,
    .draw = draw,
};

void import_sheet(struct taxonomy *t, struct ui *ui, const char *file, const char *format,
                  int64_t under)
{
    struct import *m = xcalloc(1, sizeof *m);
    m->t = t;
    m->file = xstrdup(file);
    m->format = format;
    m->place = under;
    m->list.height = 10;
    if (t->edit.import == NULL && ui_sheet(ui, &import_ops, m)) {
        t->edit.import = m;
        look(m, ui);
    }
}
