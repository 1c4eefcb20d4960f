/*
 * All rows come from the tables of settings and teacher keys, so that one that is added there is
 * here at once. Values are read from the session file whenever settings changed, also by others.
 */
#include "ui/panels/settings.h"

#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_MAX 65536

/* ---- what is known */

static void set_text(char **at, const char *s)
{
    free(*at);
    *at = xstrdup(s);
}

static void read_values(struct settings_panel *p, struct store *s)
{
    struct buf b;
    buf_init(&b, VALUE_MAX);
    for (int i = 0; i < SETTING_COUNT; i++) {
        buf_clear(&b);
        bool read = s != NULL && store_setting(s, (enum setting_id)i, &b, NULL) == ST_OK;
        set_text(&p->value[i], read ? b.data : setting_at((enum setting_id)i)->otherwise);
    }
    for (int r = 0; r < ROLE_COUNT; r++) {
        buf_clear(&b);
        bool read = s != NULL && store_role(s, (enum role_id)r, &b, NULL) == ST_OK;
        set_text(&p->role[r], read ? b.data : "offline");
    }
    buf_free(&b);
}

static void free_teacher(struct settings_teacher *t)
{
    teacher_config_free(&t->config);
    free(t->report);
}

/* A session that is not there yet has the built-in teacher. */
static void built_in(struct teacher_config **list, int *count)
{
    *list = xcalloc(1, sizeof **list);
    (*list)->name = xstrdup("offline");
    (*list)->key[TK_DIALECT] = xstrdup("offline");
    *count = 1;
}

/* What was folded and what a test said stays with the name. */
static void read_teachers(struct settings_panel *p, struct store *s)
{
    struct teacher_config *list = NULL;
    int count = 0;
    if (s == NULL) {
        built_in(&list, &count);
    } else if (store_teachers(s, &list, &count, NULL) != ST_OK) {
        return;
    }
    struct settings_teacher *now = xcalloc((size_t)count, sizeof *now);
    for (int i = 0; i < count; i++) {
        struct settings_teacher *old = settings_teacher(p, list[i].name);
        now[i].config = list[i];
        if (old != NULL) {
            now[i].open = old->open;
            now[i].test = old->test;
            memcpy(now[i].brief, old->brief, sizeof now[i].brief);
            now[i].report = old->report;
            old->report = NULL;
        }
    }
    free(list);
    for (int i = 0; i < p->teacher_count; i++) {
        free_teacher(&p->teachers[i]);
    }
    free(p->teachers);
    p->teachers = now;
    p->teacher_count = count;
}

struct settings_teacher *settings_teacher(struct settings_panel *p, const char *name)
{
    for (int i = 0; i < p->teacher_count; i++) {
        if (strcmp(p->teachers[i].config.name, name) == 0) {
            return &p->teachers[i];
        }
    }
    return NULL;
}

const struct settings_row *settings_at(const struct settings_panel *p)
{
    if (p->list.cursor >= p->row_count || p->rows[p->list.cursor].kind == ROW_HEADING) {
        return NULL;
    }
    return &p->rows[p->list.cursor];
}

void settings_value(const struct settings_panel *p, const struct settings_row *r, struct buf *out)
{
    if (r->kind == ROW_SETTING) {
        buf_adds(out, p->value[r->id]);
    } else if (r->kind == ROW_ROLE) {
        buf_adds(out, p->role[r->id]);
    } else if (r->kind == ROW_KEY) {
        const struct teacher_config *c = &p->teachers[r->teacher].config;
        if (r->id == TK_BASE_URL) {
            for (int i = 0; i < c->base_url_count; i++) {
                buf_printf(out, "%s%s", i > 0 ? " " : "", c->base_url[i]);
            }
        } else {
            buf_adds(out, teacher_config_text(c, (enum teacher_key_id)r->id));
        }
    }
}

const char *settings_default(const struct settings_panel *p, const struct settings_row *r)
{
    if (r->kind == ROW_ROLE) {
        return p->teacher_count > 0 ? p->teachers[0].config.name : "";
    }
    return r->about != NULL ? r->about->otherwise : "";
}

bool settings_differs(const struct settings_panel *p, const struct settings_row *r)
{
    if (r->kind == ROW_HEADING || r->kind == ROW_TEACHER) {
        return false;
    }
    struct buf b;
    buf_init(&b, VALUE_MAX);
    settings_value(p, r, &b);
    bool differs = strcmp(b.data, settings_default(p, r)) != 0;
    buf_free(&b);
    return differs;
}

/* ---- rows */

static void add_row(struct settings_panel *p, const struct settings_row *r)
{
    p->rows = vec_grow(p->rows, &p->row_cap, p->row_count + 1, sizeof *p->rows);
    p->rows[p->row_count++] = *r;
}

static void add_heading(struct settings_panel *p, const char *heading)
{
    add_row(p, &(struct settings_row){.kind = ROW_HEADING, .heading = heading});
}

/* A heading below which nothing came is taken back. */
static void end_group(struct settings_panel *p)
{
    if (p->row_count > 0 && p->rows[p->row_count - 1].kind == ROW_HEADING) {
        p->row_count--;
    }
}

static bool is_first_of_group(int i)
{
    for (int k = 0; k < i; k++) {
        if (strcmp(setting_at((enum setting_id)k)->group, setting_at((enum setting_id)i)->group) ==
            0) {
            return false;
        }
    }
    return true;
}

static void add_settings(struct settings_panel *p)
{
    for (int g = 0; g < SETTING_COUNT; g++) {
        const char *group = setting_at((enum setting_id)g)->group;
        if (!is_first_of_group(g)) {
            continue;
        }
        add_heading(p, group);
        for (int i = g; i < SETTING_COUNT; i++) {
            const struct setting *s = setting_at((enum setting_id)i);
            const struct settings_row r = {.kind = ROW_SETTING, .id = i, .about = s};
            if (strcmp(s->group, group) == 0 && (!p->only_changed || settings_differs(p, &r))) {
                add_row(p, &r);
            }
        }
        end_group(p);
    }
}

/* Keys that mean something to a teacher of this dialect. */
static bool key_belongs(const struct teacher_config *c, enum teacher_key_id id)
{
    const char *dialect = teacher_config_text(c, TK_DIALECT), *group = teacher_key_at(id)->group;
    bool offline = strcmp(dialect, "offline") == 0, replay = strcmp(dialect, "replay") == 0;
    if (id == TK_DIALECT || c->key[id] != NULL || strcmp(group, "limits and prices") == 0) {
        return true;
    }
    if (strcmp(group, "rates") == 0) {
        return offline;
    }
    return id == TK_FILE ? replay : !offline && !replay;
}

static void add_teachers(struct settings_panel *p)
{
    add_heading(p, "teachers");
    for (int t = 0; t < p->teacher_count; t++) {
        struct settings_teacher *x = &p->teachers[t];
        add_row(p, &(struct settings_row){.kind = ROW_TEACHER, .teacher = t});
        for (int k = 0; k < TK_COUNT; k++) {
            const struct settings_row r = {.kind = ROW_KEY,
                                           .id = k,
                                           .teacher = t,
                                           .about = teacher_key_at((enum teacher_key_id)k)};
            bool shown = p->only_changed ? settings_differs(p, &r) : x->open;
            if (shown && key_belongs(&x->config, (enum teacher_key_id)k)) {
                add_row(p, &r);
            }
        }
    }
}

static bool same_row(const struct settings_row *a, const struct settings_row *b)
{
    return a->kind == b->kind && a->id == b->id && a->teacher == b->teacher &&
           a->heading == b->heading;
}

/* The nearest row that is no heading. */
static void leave_heading(struct settings_panel *p, long direction)
{
    long at = (long)p->list.cursor, count = (long)p->row_count;
    while (at >= 0 && at < count && p->rows[at].kind == ROW_HEADING) {
        at += direction;
    }
    if (at < 0 || at >= count) { /* the heading at the end of the list: turn round */
        at = (long)p->list.cursor;
        while (at >= 0 && at < count && p->rows[at].kind == ROW_HEADING) {
            at -= direction;
        }
    }
    if (at >= 0 && at < count) {
        list_go(&p->list, (size_t)at);
    }
}

void settings_rows(struct settings_panel *p)
{
    const struct settings_row *at = settings_at(p);
    struct settings_row before = at != NULL ? *at : (struct settings_row){.kind = ROW_HEADING};
    p->row_count = 0;
    add_settings(p);
    add_teachers(p);
    add_heading(p, "roles");
    for (int r = 0; r < ROLE_COUNT; r++) {
        const struct settings_row row = {.kind = ROW_ROLE, .id = r};
        if (!p->only_changed || settings_differs(p, &row)) {
            add_row(p, &row);
        }
    }
    end_group(p);
    size_t to = p->list.cursor;
    for (size_t i = 0; i < p->row_count; i++) {
        to = same_row(&p->rows[i], &before) ? i : to;
    }
    list_follow(&p->list, to, p->row_count);
    leave_heading(p, 1);
}

/* ---- the panel */

static void reload(struct settings_panel *p, struct ui *ui)
{
    read_values(p, ui->model.store);
    read_teachers(p, ui->model.store);
    settings_rows(p);
}

static void *open_panel(struct ui *ui)
{
    struct settings_panel *p = xcalloc(1, sizeof *p);
    reload(p, ui);
    return p;
}

static void close_panel(void *state)
{
    struct settings_panel *p = state;
    for (int i = 0; i < SETTING_COUNT; i++) {
        free(p->value[i]);
    }
    for (int r = 0; r < ROLE_COUNT; r++) {
        free(p->role[r]);
    }
    for (int i = 0; i < p->teacher_count; i++) {
        free_teacher(&p->teachers[i]);
    }
    free(p->teachers);
    free(p->rows);
    free(p->asked_teacher);
    free(p->testing);
    if (p->find != NULL) {
        regex_free(p->find);
    }
    free(p);
}

static void on_data(void *state, struct ui *ui, unsigned changed)
{
    if ((changed & CHANGED_SETTINGS) != 0) {
        reload(state, ui);
    }
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    (void)state;
    (void)ui;
    out[0] = CTX_SETTINGS;
    out[1] = CTX_MOVE;
    return 2;
}

static bool can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct settings_panel *p = state;
    if ((a == ACT_NEXT_MATCH || a == ACT_PREV_MATCH) && p->find == NULL) {
        snprintf(why, WHY_MAX, "nothing was looked for yet (/ does)");
        return false;
    }
    return settings_can_edit(p, ui, a, why);
}

/* ---- search */

static bool found_in(const struct settings_panel *p, const char *s)
{
    size_t a = 0, b = 0;
    return s != NULL && regex_find(p->find, s, strlen(s), 0, &a, &b);
}

static const char *row_name(const struct settings_panel *p, const struct settings_row *r)
{
    switch (r->kind) {
    case ROW_SETTING:
    case ROW_KEY:
        return r->about->name;
    case ROW_TEACHER:
        return p->teachers[r->teacher].config.name;
    case ROW_ROLE:
        return role_name((enum role_id)r->id);
    case ROW_HEADING:
        break;
    }
    return NULL;
}

static bool row_matches(const struct settings_panel *p, const struct settings_row *r)
{
    if (r->kind == ROW_HEADING) {
        return false;
    }
    if (r->kind == ROW_TEACHER) {
        return found_in(p, p->teachers[r->teacher].config.name);
    }
    const char *name = row_name(p, r);
    const char *help = r->about != NULL ? r->about->help : role_help((enum role_id)r->id);
    struct buf value;
    buf_init(&value, VALUE_MAX);
    settings_value(p, r, &value);
    bool found = found_in(p, name) || found_in(p, value.data) || found_in(p, help);
    buf_free(&value);
    return found;
}

static bool go_to_match(struct settings_panel *p, long direction, size_t from)
{
    size_t at = from;
    for (size_t i = 0; i < p->row_count; i++) {
        if (row_matches(p, &p->rows[at])) {
            list_go(&p->list, at);
            return true;
        }
        at = (at + (direction > 0 ? 1 : p->row_count - 1)) % p->row_count;
    }
    return false;
}

/* Names first: who looks for a name must not be led through all values and help. */
static bool go_to_name(struct settings_panel *p)
{
    for (size_t i = 0; i < p->row_count; i++) {
        size_t at = (p->list.cursor + i) % p->row_count;
        if (found_in(p, row_name(p, &p->rows[at]))) {
            list_go(&p->list, at);
            return true;
        }
    }
    return false;
}

static void search_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct settings_panel *p = ctx;
    struct regex *find = NULL;
    struct err why = {0};
    if (!accepted || text[0] == '\0' || p->row_count == 0) {
        return;
    }
    if (regex_new(text, &find, &why) != ST_OK) {
        ui_say(ui, SAY_ERROR, "%s", why.msg);
        return;
    }
    if (p->find != NULL) {
        regex_free(p->find);
    }
    p->find = find;
    if (go_to_name(p) || go_to_match(p, 1, p->list.cursor)) {
        return;
    }
    for (int i = 0; i < p->teacher_count; i++) { /* perhaps under a fold */
        p->teachers[i].open = true;
    }
    settings_rows(p);
    if (!go_to_name(p) && !go_to_match(p, 1, p->list.cursor)) {
        ui_say(ui, SAY_WARN, "no setting, key or role matches %s", text);
    }
}

/* ---- moving */

static void move(struct settings_panel *p, enum action a)
{
    bool back = a == ACT_UP || a == ACT_PAGE_UP || a == ACT_LAST;
    list_act(&p->list, a);
    if (p->list.cursor == 0 || (p->list.cursor == 1 && back)) {
        p->list.top = 0; /* the first heading comes along */
    }
    leave_heading(p, back ? -1 : 1);
}

static void fold(struct settings_panel *p, bool open)
{
    const struct settings_row *r = settings_at(p);
    if (r == NULL || (r->kind != ROW_TEACHER && r->kind != ROW_KEY)) {
        return;
    }
    int teacher = r->teacher;
    while (p->rows[p->list.cursor].kind == ROW_KEY) {
        list_go(&p->list, p->list.cursor - 1);
    }
    p->teachers[teacher].open = open;
    settings_rows(p);
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct settings_panel *p = state;
    (void)code;
    switch ((int)a) {
    case ACT_UP:
    case ACT_DOWN:
    case ACT_PAGE_UP:
    case ACT_PAGE_DOWN:
    case ACT_FIRST:
    case ACT_LAST:
        move(p, a);
        break;
    case ACT_LEFT:
    case ACT_RIGHT:
        fold(p, a == ACT_RIGHT);
        break;
    case ACT_ONLY_CHANGED:
        p->only_changed = !p->only_changed;
        settings_rows(p);
        break;
    case ACT_SEARCH:
        ui_ask(ui, "/", "", search_given, p);
        break;
    case ACT_NEXT_MATCH:
        go_to_match(p, 1, (p->list.cursor + 1) % p->row_count);
        break;
    case ACT_PREV_MATCH:
        go_to_match(p, -1, (p->list.cursor + p->row_count - 1) % p->row_count);
        break;
    default:
        settings_edit(p, ui, a);
        break;
    }
}

static void click(void *state, struct ui *ui, int x, int y)
{
    struct settings_panel *p = state;
    size_t row = 0;
    if (!list_hit(&p->list, p->seen, x, y, &row) || row >= p->row_count ||
        p->rows[row].kind == ROW_HEADING) {
        return;
    }
    if (row == p->list.cursor) {
        settings_edit(p, ui, ACT_OPEN);
    } else {
        list_go(&p->list, row);
    }
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    settings_draw(state, ui, c, body);
}

const struct panel_ops panel_settings = {
    .key = '0',
    .name = "Settings",
    .brief = "Set",
    .open = open_panel,
    .close = close_panel,
    .on_data = on_data,
    .contexts = contexts,
    .can = can,
    .act = act,
    .click = click,
    .draw = draw,
};
