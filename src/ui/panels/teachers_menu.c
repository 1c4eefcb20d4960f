/*
 * The sheet may be closed while something is on its way, so answers look for it by its functions
 * and are dropped when it is gone; nothing points at its state from outside.
 *
 * Adding and giving the roles is one script, so one undo. The test waits for its end: it reads the
 * session file, where the new entry must stand.
 */
#include "ui/panels/teachers_menu.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/presets.h"
#include "ui/list.h"
#include "ui/ui.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { ROW_OFFLINE, ROW_ENTRY, ROW_FOUND, ROW_SERVICE, ROW_ADDRESS };

struct row {
    enum kind kind;
    char *name;   /* shown; of an entry its name */
    char *detail; /* shown dimmed */
    char *url, *model;
    const struct teacher_preset *preset; /* NULL: none */
};

#define ROWS_MAX 256

struct teachers_sheet {
    struct row rows[ROWS_MAX];
    size_t count;
    struct list list;
    struct rect seen;
    bool looking; /* servers are being looked for */
    int found;
    char *url;           /* being typed in: an address, its model is asked for next */
    size_t asked;        /* row that a model is being asked for */
    char *tested;        /* name of the entry that is tested */
    bool testing, added; /* added: sent, and not seen in the session yet */
    char *result;        /* of the test; "" none yet */
};

static const struct panel_ops sheet_ops;

/* The open sheet; NULL: it was closed meanwhile. */
static struct teachers_sheet *sheet_of(struct ui *ui)
{
    for (size_t i = 0; i < ui->sheet_count; i++) {
        if (ui->sheets[i].ops == &sheet_ops) {
            return ui->sheets[i].state;
        }
    }
    return NULL;
}

/* ---- rows */

static struct row *add_row(struct teachers_sheet *t, enum kind kind, const char *name,
                           const char *detail)
{
    if (t->count == ROWS_MAX) {
        return NULL;
    }
    struct row *r = &t->rows[t->count++];
    *r = (struct row){.kind = kind, .name = xstrdup(name), .detail = xstrdup(detail)};
    return r;
}

static void free_rows(struct teachers_sheet *t)
{
    for (size_t i = 0; i < t->count; i++) {
        free(t->rows[i].name);
        free(t->rows[i].detail);
        free(t->rows[i].url);
        free(t->rows[i].model);
    }
    t->count = 0;
}

static bool plays(struct ui *ui, enum role_id role, const char *name)
{
    struct buf b;
    buf_init(&b, 4096);
    bool is = store_role(ui->model.store, role, &b, NULL) == ST_OK && strcmp(b.data, name) == 0;
    buf_free(&b);
    return is;
}

/* A model that is called by its file: the file's name will do. */
static const char *short_model(const char *id)
{
    const char *slash = id[0] == '/' ? strrchr(id, '/') : NULL;
    return slash != NULL ? slash + 1 : id;
}

static void add_entry(struct ui *ui, struct teachers_sheet *t, const struct teacher_config *c)
{
    struct buf detail;
    int roles = 0;
    buf_init(&detail, 4096);
    for (int r = 0; r < ROLE_EMBEDDER; r++) {
        roles += plays(ui, (enum role_id)r, c->name) ? 1 : 0;
    }
    const char *model = short_model(teacher_config_text(c, TK_MODEL));
    const char *url = c->base_url_count > 0 ? c->base_url[0] : "";
    buf_printf(&detail, "%s%s%s; plays ",
               model[0] != '\0' ? model : teacher_config_text(c, TK_DIALECT),
               url[0] != '\0' ? " at " : "", url);
    if (roles == ROLE_EMBEDDER) {
        buf_adds(&detail, "all roles");
    } else {
        buf_printf(&detail, "%d of %d roles", roles, (int)ROLE_EMBEDDER);
    }
    add_row(t, ROW_ENTRY, c->name, detail.data);
    buf_free(&detail);
}

static bool has_entry(const struct teachers_sheet *t, const char *name)
{
    for (size_t i = 0; i < t->count; i++) {
        if (t->rows[i].kind == ROW_ENTRY && strcmp(t->rows[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void add_entries(struct ui *ui, struct teachers_sheet *t)
{
    struct teacher_config *list = NULL;
    int count = 0;
    if (ui->model.store == NULL || !store_teachers_chosen(ui->model.store) ||
        store_teachers(ui->model.store, &list, &count, NULL) != ST_OK) {
        return;
    }
    for (int i = 0; i < count; i++) {
        add_entry(ui, t, &list[i]);
        teacher_config_free(&list[i]);
    }
    free(list);
}

static void add_services(struct teachers_sheet *t)
{
    size_t count = 0;
    const struct teacher_preset *all = teacher_presets(&count);
    for (size_t i = 0; i < count; i++) {
        if (teacher_preset_is_local(&all[i])) {
            continue;
        }
        const char *key = secure_getenv(all[i].key_env);
        char *detail = xasprintf("key in %s (%s). %s", all[i].key_env,
                                 key != NULL && key[0] != '\0' ? "set" : "not set", all[i].note);
        struct row *r = add_row(t, ROW_SERVICE, all[i].title, detail);
        if (r != NULL) {
            r->preset = &all[i];
        }
        free(detail);
    }
}

static void follow(struct teachers_sheet *t, enum kind kind, const char *name)
{
    for (size_t i = 0; i < t->count; i++) {
        if (t->rows[i].kind == kind && strcmp(t->rows[i].name, name) == 0) {
            list_follow(&t->list, i, t->count);
            return;
        }
    }
}

/* Everything but what was found, which comes when it is found. */
static void fill(struct ui *ui, struct teachers_sheet *t)
{
    struct row kept[ROWS_MAX];
    memset(kept, 0, sizeof kept);
    size_t n = 0;
    enum kind kind = ROW_OFFLINE;
    char *name = NULL; /* of the row under the cursor */
    if (t->list.cursor < t->count) {
        kind = t->rows[t->list.cursor].kind;
        name = xstrdup(t->rows[t->list.cursor].name);
    }
    for (size_t i = 0; i < t->count; i++) { /* found rows stay */
        if (t->rows[i].kind == ROW_FOUND) {
            kept[n++] = t->rows[i];
            t->rows[i] = (struct row){.kind = ROW_FOUND};
        }
    }
    free_rows(t);
    add_entries(ui, t);
    if (!has_entry(t, "offline")) {
        add_row(t, ROW_OFFLINE, "offline teacher",
                "built in, by rules: grade-school maths only, no network, costs nothing");
    }
    for (size_t i = 0; i < n && t->count < ROWS_MAX; i++) {
        t->rows[t->count++] = kept[i];
    }
    add_services(t);
    add_row(t, ROW_ADDRESS, "another address", "any server that speaks OpenAI's chat completions");
    list_set(&t->list, t->count, t->list.height > 0 ? t->list.height : 1);
    if (name != NULL) {
        follow(t, kind, name);
    }
    if (t->added) { /* what was taken is an entry now */
        follow(t, ROW_ENTRY, t->tested);
        t->added = !has_entry(t, t->tested);
    }
    free(name);
}

/* ---- looking for servers */

static void take_server(struct teachers_sheet *t, const cJSON *o)
{
    const cJSON *models = NULL, *model = NULL;
    const char *url = json_str_or(o, "base-url", "");
    if (json_get_array(o, "models", &models, NULL) != ST_OK) {
        return;
    }
    if (json_bool_or(o, "wants-key", false)) {
        char *detail = xasprintf("at %s; wants a key before it tells its models", url);
        struct row *r = add_row(t, ROW_FOUND, json_str_or(o, "server", ""), detail);
        free(detail);
        if (r != NULL) {
            r->url = xstrdup(url);
            t->found++;
        }
    }
    cJSON_ArrayForEach(model, models)
    {
        const char *id = cJSON_IsString(model) ? model->valuestring : "";
        char *detail = xasprintf("%s at %s", json_str_or(o, "server", ""), url);
        struct row *r = add_row(t, ROW_FOUND, short_model(id), detail);
        free(detail);
        if (r != NULL) {
            r->url = xstrdup(url);
            r->model = xstrdup(id);
            r->preset = teacher_preset_find(json_str_or(o, "preset", ""));
            t->found++;
        }
    }
}

static void servers_found(struct ui *ui, void *ctx, int code, const char *text)
{
    struct teachers_sheet *t = sheet_of(ui);
    cJSON *all = NULL;
    const cJSON *o = NULL;
    (void)ctx;
    if (t == NULL) {
        return;
    }
    t->looking = false;
    if (code == 0 && json_parse(text, strlen(text), &json_limits_reply, &all, NULL) == ST_OK) {
        cJSON_ArrayForEach(o, all)
        {
            take_server(t, o);
        }
        cJSON_Delete(all);
    }
    fill(ui, t); /* puts them into their place */
    ui->dirty = true;
}

/* ---- taking one */

static void tested(struct ui *ui, void *ctx, int code, const char *text)
{
    struct teachers_sheet *t = sheet_of(ui);
    (void)ctx;
    if (t == NULL) {
        return;
    }
    t->testing = false;
    free(t->result);
    t->result = xstrdup(code == 130 ? "the test was given up" : text);
    ui->dirty = true;
}

static void test_entry(struct ui *ui, struct teachers_sheet *t, const char *name)
{
    char *copy = xstrdup(name);
    free(t->tested);
    t->tested = copy;
    t->testing = true;
    ui_read(ui, 3, (const char *const[]){"teacher", "test", copy}, tested, NULL);
    ui->dirty = true;
}

static void taken(struct ui *ui, void *ctx, int code, const char *message, const char *out)
{
    struct teachers_sheet *t = sheet_of(ui);
    (void)ctx;
    (void)message; /* the message line has it */
    (void)out;
    if (t != NULL && code == 0 && t->tested != NULL) {
        char *name = xstrdup(t->tested);
        test_entry(ui, t, name);
        free(name);
    }
}

static void add_words(struct buf *b, const char *before, const char *word)
{
    char *whole = xasprintf("%s%s", before, word);
    buf_addc(b, ' ');
    words_quote(b, whole);
    free(whole);
}

/* All roles that answer in words; a model that writes makes no vectors. */
static void add_roles(struct buf *b, const char *name)
{
    for (int r = 0; r < ROLE_EMBEDDER; r++) {
        buf_printf(b, "role %s", role_name((enum role_id)r));
        add_words(b, "", name);
        buf_addc(b, '\n');
    }
}

static void send(struct ui *ui, struct teachers_sheet *t, const char *name, const struct buf *lines)
{
    char *title = xasprintf("teacher %s", name);
    const char *const words[] = {title};
    free(t->tested);
    t->tested = xstrdup(name);
    t->added = true;
    free(t->result);
    t->result = xstrdup("");
    const struct link_line line = {.argc = 1, .argv = words, .script = lines->data, .ended = taken};
    (void)ui->send(ui, &line);
    free(title);
}

/* A name that no entry has: "ollama", "ollama-2". */
static void free_name(const struct teachers_sheet *t, const char *base, char out[80])
{
    snprintf(out, 80, "%.60s", base);
    for (int i = 2; has_entry(t, out) && i < 100; i++) {
        snprintf(out, 80, "%.60s-%d", base, i);
    }
}

/* Add an entry and let it play; url NULL: the preset's. */
static void add_teacher(struct ui *ui, struct teachers_sheet *t, const struct teacher_preset *p,
                        const char *url, const char *model)
{
    char name[80];
    struct buf b;
    buf_init(&b, 1u << 16);
    free_name(t, p != NULL ? p->name : "local", name);
    buf_adds(&b, "teacher add");
    add_words(&b, "", name);
    if (url != NULL) {
        add_words(&b, "base-url=", url);
    } else if (p != NULL) {
        buf_printf(&b, " --preset %s", p->name);
    }
    if (model[0] != '\0') {
        add_words(&b, "model=", model);
    }
    buf_addc(&b, '\n');
    add_roles(&b, name);
    send(ui, t, name, &b);
    buf_free(&b);
}

static void let_play(struct ui *ui, struct teachers_sheet *t, const char *name, bool add)
{
    struct buf b;
    buf_init(&b, 1u << 16);
    if (add) {
        buf_adds(&b, "teacher add offline dialect=offline\n");
    }
    add_roles(&b, name);
    send(ui, t, name, &b);
    buf_free(&b);
}

static void model_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct teachers_sheet *t = sheet_of(ui);
    (void)ctx;
    if (t == NULL || !accepted || t->asked >= t->count) {
        return;
    }
    const struct row *r = &t->rows[t->asked];
    if (r->kind == ROW_ADDRESS) {
        add_teacher(ui, t, NULL, t->url, text);
    } else if (text[0] != '\0') {
        add_teacher(ui, t, r->preset, NULL, text);
    }
}

static void address_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct teachers_sheet *t = sheet_of(ui);
    (void)ctx;
    if (t == NULL || !accepted || text[0] == '\0') {
        return;
    }
    free(t->url);
    t->url = xstrdup(text);
    ui_ask(ui, "model (empty: it serves one): ", "", model_given, NULL);
}

static void take_row(struct ui *ui, struct teachers_sheet *t)
{
    const struct row *r = &t->rows[t->list.cursor];
    char *label = NULL;
    t->asked = t->list.cursor;
    switch (r->kind) {
    case ROW_OFFLINE:
        let_play(ui, t, "offline", true);
        break;
    case ROW_ENTRY:
        let_play(ui, t, r->name, false);
        break;
    case ROW_FOUND:
        if (r->model != NULL) {
            add_teacher(ui, t, r->preset, r->url, r->model);
        } else { /* where its key is, only the person knows */
            label = xasprintf("teacher add local base-url=%s model= key-env=", r->url);
            ui_ask_command(ui, label);
            free(label);
        }
        break;
    case ROW_SERVICE:
        label = xasprintf("model, %s: ", r->preset->model);
        ui_ask(ui, label, "", model_given, NULL);
        free(label);
        break;
    case ROW_ADDRESS:
        ui_ask(ui, "address, up to and with /v1: ", "http://", address_given, NULL);
        break;
    }
}

/* ---- the sheet */

static void close_sheet(void *state)
{
    struct teachers_sheet *t = state;
    free_rows(t);
    free(t->url);
    free(t->tested);
    free(t->result);
    free(t);
}

static void on_data(void *state, struct ui *ui, unsigned changed)
{
    if ((changed & CHANGED_SETTINGS) != 0) {
        fill(ui, state);
    }
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    (void)state;
    (void)ui;
    out[0] = CTX_TEACHERS;
    out[1] = CTX_MOVE;
    return 2;
}

static bool can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct teachers_sheet *t = state;
    (void)ui;
    if (a == ACT_TEACHER_TEST && t->rows[t->list.cursor].kind != ROW_ENTRY) {
        snprintf(why, WHY_MAX, "it is not in this session yet (Enter takes it and asks it)");
        return false;
    }
    return true;
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct teachers_sheet *t = state;
    (void)code;
    switch ((int)a) {
    case ACT_OPEN:
        take_row(ui, t);
        break;
    case ACT_TEACHER_TEST:
        test_entry(ui, t, t->rows[t->list.cursor].name);
        break;
    default:
        list_act(&t->list, a);
        break;
    }
}

static void click(void *state, struct ui *ui, int x, int y)
{
    struct teachers_sheet *t = state;
    size_t row = 0;
    if (!list_hit(&t->list, t->seen, x, y, &row)) {
        return;
    }
    if (row == t->list.cursor) {
        take_row(ui, t);
    } else {
        list_go(&t->list, row);
    }
}

static void draw_result(const struct teachers_sheet *t, struct cells *c, struct rect r)
{
    char line[200];
    if (t->testing) {
        snprintf(line, sizeof line, "asking %.60s one small question (at most a minute) …",
                 t->tested);
        cells_block(c, r, ROLE_WORKING, line);
    } else if (t->result != NULL && t->result[0] != '\0') {
        cells_block(c, r, ROLE_TEXT, t->result);
    } else {
        cells_block(c, r, ROLE_DIM,
                    "The one that you take answers all questions: it proposes factors, grows "
                    "trees, writes, checks. `:role` gives single roles to others, for instance "
                    "critics that are another model than the writer.");
    }
}

static void draw_row(const struct row *r, struct cells *c, struct rect at, int width)
{
    static const char *const kinds[] = {"built in", "session", "found", "service", "other"};
    struct pen p = pen_at(c, at.x + 3, at.y, at.w - 4);
    pen_field(&p, r->kind == ROW_FOUND ? ROLE_ACCEPTED : ROLE_DIM, 10, kinds[r->kind]);
    pen_field(&p, ROLE_TEXT, width, r->name);
    pen_skip(&p, 2);
    pen_field(&p, ROLE_DIM, pen_left(&p), r->detail);
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    struct teachers_sheet *t = state;
    (void)ui;
    struct pen title = pen_at(c, body.x + 1, body.y, body.w - 2);
    const char *note = t->looking      ? "looking for servers on this machine …"
                       : t->found == 0 ? "no model server answers on this machine"
                                       : "";
    pen_field(&title, ROLE_STRONG, pen_left(&title) - 41, "Who answers?");
    pen_right(&title, t->looking ? ROLE_WORKING : ROLE_DIM, pen_left(&title), note);
    cells_rule(c, body.x, body.y + 1, body.w);
    int foot = body.h >= 14 ? 6 : 4;
    t->seen = (struct rect){body.x, body.y + 2, body.w, body.h - 2 - foot};
    list_set(&t->list, t->count, (size_t)t->seen.h);
    int width = body.w >= 100 ? 36 : body.w / 3 - 4;
    for (int i = 0; i < t->seen.h && t->list.top + (size_t)i < t->count; i++) {
        size_t row = t->list.top + (size_t)i;
        struct rect at = {body.x, t->seen.y + i, body.w, 1};
        draw_row(&t->rows[row], c, at, width);
        if (row == t->list.cursor) {
            struct pen p = pen_at(c, body.x + 1, at.y, 2);
            pen_put(&p, ROLE_SIGN, "▌");
            cells_flag(c, body.x, at.y, body.w, CELL_CURSOR);
        }
    }
    int y = body.y + body.h - foot;
    cells_rule(c, body.x, y, body.w);
    int w = body.w - 4 < 100 ? body.w - 4 : 100;
    draw_result(t, c, (struct rect){body.x + 2, y + 1, w, foot - 1});
}

static const struct panel_ops sheet_ops = {
    .name = "Teacher",
    .brief = "Teacher",
    .close = close_sheet,
    .on_data = on_data,
    .contexts = contexts,
    .can = can,
    .act = act,
    .click = click,
    .draw = draw,
};

void teachers_menu(struct ui *ui)
{
    static const char *const words[] = {"teacher", "find", "--json"};
    struct teachers_sheet *t = xcalloc(1, sizeof *t);
    t->looking = true;
    fill(ui, t);
    if (ui_sheet(ui, &sheet_ops, t)) {
        ui_read(ui, 3, words, servers_found, NULL);
    }
}
