/*
 * Three ways to begin stand above the recent sessions and never scroll away; the cursor starts on
 * the newest session, because going on is what one mostly wants. Nothing is opened here: what was
 * chosen is remembered, and the loop ends.
 */
#include "ui/start.h"

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/regex.h"
#include "base/text.h"
#include "store/recent.h"
#include "ui/list.h"
#include "ui/shipped.h"
#include "ui/ui.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WAY_NEW, WAY_FILE, WAY_EXAMPLE, WAYS };

struct start {
    struct recent *recent;
    size_t count;
    size_t cursor;    /* 0 .. WAYS - 1 the ways to begin, then the sessions */
    struct list list; /* of the sessions */
    struct rect ways, rows;
    struct regex *find;
    struct shipped *shipped;
    size_t shipped_count;
    size_t example;      /* the one that a file is being named for */
    char *file, *script; /* chosen */
};

static void go_to(struct start *s, size_t cursor)
{
    size_t last = WAYS + s->count - 1;
    s->cursor = cursor > last ? last : cursor;
    if (s->cursor >= WAYS) {
        list_go(&s->list, s->cursor - WAYS);
    }
}

static const struct recent *under_cursor(const struct start *s)
{
    return s->cursor >= WAYS ? &s->recent[s->cursor - WAYS] : NULL;
}

/* ---- how the sessions stand */

static void take_state(struct recent *r, const cJSON *o)
{
    r->looked = true;
    r->missing = json_bool_or(o, "missing", false);
    r->accepted = (int64_t)json_num_or(o, "accepted", 0);
    r->target = (int64_t)json_num_or(o, "target", 0);
    r->changed_s = (int64_t)json_num_or(o, "changed", 0);
    text_safe_copy(r->run, sizeof r->run, json_str_or(o, "run", ""));
    text_safe_copy(r->theme, sizeof r->theme, json_str_or(o, "theme", ""));
    text_safe_copy(r->problem, sizeof r->problem, json_str_or(o, "problem", ""));
}

static void states_read(struct ui *ui, void *ctx, int code, const char *text)
{
    struct start *s = ctx;
    cJSON *all = NULL;
    const cJSON *o = NULL;
    if (code != 0 || json_parse(text, strlen(text), &json_limits_reply, &all, NULL) != ST_OK) {
        return;
    }
    cJSON_ArrayForEach(o, all)
    {
        const char *path = json_str_or(o, "path", "");
        for (size_t i = 0; i < s->count; i++) {
            if (strcmp(s->recent[i].path, path) == 0) {
                take_state(&s->recent[i], o);
            }
        }
    }
    cJSON_Delete(all);
    /* the screen looks like the session that was open last */
    if (s->count > 0 && s->recent[0].theme[0] != '\0' &&
        strcmp(ui->model.theme, s->recent[0].theme) != 0) {
        snprintf(ui->model.theme, sizeof ui->model.theme, "%s", s->recent[0].theme);
        ui->wishes |= WISH_THEME;
    }
    ui->dirty = true;
}

static void read_states(struct ui *ui, struct start *s)
{
    static const char *const words[] = {"recent", "--json"};
    if (s->count > 0) {
        ui_read(ui, 2, words, states_read, s);
    }
}

static void load(struct start *s)
{
    recent_free(s->recent, s->count);
    s->recent = recent_load(&s->count);
    list_set(&s->list, s->count, s->list.height > 0 ? s->list.height : 1);
}

/* ---- choosing */

static void leave_with(struct ui *ui, struct start *s, char *file, char *script)
{
    free(s->file);
    free(s->script);
    s->file = file;
    s->script = script;
    ui->wishes |= WISH_QUIT;
}

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n > m && strcmp(s + n - m, end) == 0;
}

/* What was typed as an absolute path; `ending` is added when the name has none. NULL: said why. */
static char *path_typed(struct ui *ui, const char *text, const char *ending)
{
    struct err why = {0};
    char *path = NULL;
    const char *home = secure_getenv("HOME");
    const char *slash = strrchr(text, '/');
    bool plain = strchr(slash != NULL ? slash : text, '.') == NULL;
    bool tilde = strncmp(text, "~/", 2) == 0 && home != NULL;
    char *whole = xasprintf("%s%s%s", tilde ? home : "", tilde ? text + 1 : text,
                            ending != NULL && plain ? ending : "");
    if (path_absolute(whole, &path, &why) != ST_OK) {
        ui_say(ui, SAY_ERROR, "%s", why.msg);
        path = NULL;
    }
    free(whole);
    return path;
}

/* Can a session file be made there? */
static bool may_make(struct ui *ui, const char *path)
{
    char *slash = strrchr(path, '/');
    char *folder = xstrndup(path, slash != NULL && slash > path ? (size_t)(slash - path) : 1);
    bool ok = false;
    if (access(path, F_OK) == 0) {
        ui_say(ui, SAY_WARN, "%s is there already; o opens it", path);
    } else if (access(folder, W_OK) != 0) {
        ui_say(ui, SAY_WARN, "no file can be made in %s", folder);
    } else {
        ok = true;
    }
    free(folder);
    return ok;
}

static void new_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct start *s = ctx;
    char *path = accepted && text[0] != '\0' ? path_typed(ui, text, ".taxa") : NULL;
    if (path != NULL && may_make(ui, path)) {
        leave_with(ui, s, path, NULL);
    } else {
        free(path);
    }
}

static void ask_new(struct ui *ui, struct start *s)
{
    ui_ask_file(ui, "file of the new session: ", "", new_given, s);
}

static void example_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct start *s = ctx;
    char *path = accepted && text[0] != '\0' ? path_typed(ui, text, ".taxa") : NULL;
    if (path != NULL && s->example < s->shipped_count && may_make(ui, path)) {
        leave_with(ui, s, path, xstrdup(s->shipped[s->example].path));
    } else {
        free(path);
    }
}

static void example_chosen(struct ui *ui, void *ctx, int64_t id)
{
    struct start *s = ctx;
    s->example = (size_t)id;
    char *file = xasprintf("%s.taxa", s->shipped[s->example].name);
    ui_ask_file(ui, "file of the new session: ", file, example_given, s);
    free(file);
}

static void ask_example(struct ui *ui, struct start *s)
{
    shipped_free(s->shipped, s->shipped_count);
    s->shipped = shipped_load(&s->shipped_count);
    struct ui_menu_row *rows = xcalloc(s->shipped_count + 1, sizeof *rows);
    for (size_t i = 0; i < s->shipped_count; i++) {
        rows[i] = (struct ui_menu_row){(int64_t)i, s->shipped[i].name, s->shipped[i].about};
    }
    ui_menu(ui, "Examples that come with taxa", rows, s->shipped_count, 0, example_chosen, s);
    free(rows);
}

static void file_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct start *s = ctx;
    char *path = accepted && text[0] != '\0' ? path_typed(ui, text, NULL) : NULL;
    if (path == NULL) {
        return;
    }
    if (access(path, R_OK) != 0) {
        ui_say(ui, SAY_WARN, "%s cannot be read; a makes a new session", path);
        free(path);
    } else if (ends_with(path, ".session")) {
        /* the same as `taxa NAME.session`: NAME.taxa here, made when it is not there yet */
        const char *slash = strrchr(path, '/');
        const char *name = slash != NULL ? slash + 1 : path;
        char *file = xasprintf("%.*s.taxa", (int)(strlen(name) - strlen(".session")), name);
        char *made = path_typed(ui, file, NULL);
        free(file);
        bool there = made != NULL && access(made, F_OK) == 0;
        leave_with(ui, s, made, there ? NULL : path);
        if (there) {
            free(path);
        }
    } else {
        leave_with(ui, s, path, NULL);
    }
}

static void forgotten(struct ui *ui, void *ctx, int code, const char *text)
{
    struct start *s = ctx;
    if (code != 0) {
        ui_say(ui, SAY_ERROR, "%.300s", text);
        return;
    }
    load(s);
    go_to(s, s->cursor);
    read_states(ui, s);
}

static void forget(struct ui *ui, struct start *s)
{
    const struct recent *r = under_cursor(s);
    if (r != NULL) {
        ui_read(ui, 3, (const char *const[]){"recent", "forget", r->path}, forgotten, s);
    }
}

static void open_row(struct ui *ui, struct start *s)
{
    const struct recent *r = under_cursor(s);
    if (r != NULL) {
        leave_with(ui, s, xstrdup(r->path), NULL);
    } else if (s->cursor == WAY_NEW) {
        ask_new(ui, s);
    } else if (s->cursor == WAY_FILE) {
        ui_ask_file(ui, "open: ", "", file_given, s);
    } else {
        ask_example(ui, s);
    }
}

/* ---- looking for one */

static void go_to_match(struct start *s, struct ui *ui, long direction, size_t from)
{
    size_t at = from;
    for (size_t i = 0; i < s->count; i++) {
        size_t a = 0, b = 0;
        const char *path = s->recent[at].path;
        if (regex_find(s->find, path, strlen(path), 0, &a, &b)) {
            go_to(s, WAYS + at);
            return;
        }
        at = (at + (direction > 0 ? 1 : s->count - 1)) % s->count;
    }
    ui_say(ui, SAY_WARN, "not found");
}

static void search_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct start *s = ctx;
    struct regex *find = NULL;
    struct err why = {0};
    if (!accepted || text[0] == '\0') {
        return;
    }
    if (regex_new(text, &find, &why) != ST_OK) {
        ui_say(ui, SAY_WARN, "%s", why.msg);
        return;
    }
    if (s->find != NULL) {
        regex_free(s->find);
    }
    s->find = find;
    go_to_match(s, ui, 1, s->cursor >= WAYS ? s->cursor - WAYS : 0);
}

/* ---- the panel */

static void close_start(void *state)
{
    struct start *s = state;
    recent_free(s->recent, s->count);
    shipped_free(s->shipped, s->shipped_count);
    if (s->find != NULL) {
        regex_free(s->find);
    }
    free(s->file);
    free(s->script);
    free(s);
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    (void)state;
    (void)ui;
    out[0] = CTX_START;
    out[1] = CTX_MOVE;
    return 2;
}

static bool can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct start *s = state;
    const struct recent *r = under_cursor(s);
    (void)ui;
    if (a == ACT_OPEN && r != NULL && r->missing) {
        snprintf(why, WHY_MAX, "the file is gone (d takes it off the list)");
        return false;
    }
    if (a == ACT_FORGET && r == NULL) {
        snprintf(why, WHY_MAX, "this is no session");
        return false;
    }
    if (a == ACT_SEARCH && s->count == 0) {
        snprintf(why, WHY_MAX, "no session was opened yet");
        return false;
    }
    if ((a == ACT_NEXT_MATCH || a == ACT_PREV_MATCH) && (s->find == NULL || s->count == 0)) {
        snprintf(why, WHY_MAX, "nothing was looked for yet (/ does)");
        return false;
    }
    return true;
}

static void move(struct start *s, enum action a)
{
    size_t page = s->list.height > 1 ? s->list.height - 1 : 1, all = WAYS + s->count;
    switch ((int)a) {
    case ACT_UP:
        go_to(s, s->cursor > 0 ? s->cursor - 1 : 0);
        break;
    case ACT_DOWN:
        go_to(s, s->cursor + 1);
        break;
    case ACT_PAGE_UP:
        go_to(s, s->cursor > page ? s->cursor - page : 0);
        break;
    case ACT_PAGE_DOWN:
        go_to(s, s->cursor + page);
        break;
    case ACT_FIRST:
        go_to(s, 0);
        break;
    default:
        go_to(s, all);
        break;
    }
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct start *s = state;
    size_t at = s->cursor >= WAYS ? s->cursor - WAYS : 0;
    (void)code;
    switch ((int)a) {
    case ACT_OPEN:
        open_row(ui, s);
        break;
    case ACT_NEW_SESSION:
        ask_new(ui, s);
        break;
    case ACT_OPEN_FILE:
        ui_ask_file(ui, "open: ", "", file_given, s);
        break;
    case ACT_EXAMPLE:
        ask_example(ui, s);
        break;
    case ACT_FORGET:
        forget(ui, s);
        break;
    case ACT_SEARCH:
        ui_ask(ui, "/", "", search_given, s);
        break;
    case ACT_NEXT_MATCH:
        go_to_match(s, ui, 1, (at + 1) % s->count);
        break;
    case ACT_PREV_MATCH:
        go_to_match(s, ui, -1, (at + s->count - 1) % s->count);
        break;
    default:
        move(s, a);
        break;
    }
}

static void click(void *state, struct ui *ui, int x, int y)
{
    struct start *s = state;
    size_t to = 0;
    (void)x;
    if (y >= s->ways.y && y < s->ways.y + WAYS) {
        to = (size_t)(y - s->ways.y);
    } else if (y >= s->rows.y && s->list.top + (size_t)(y - s->rows.y) < s->count) {
        to = WAYS + s->list.top + (size_t)(y - s->rows.y);
    } else {
        return;
    }
    char why[WHY_MAX];
    if (to != s->cursor) {
        go_to(s, to);
    } else if (can(s, ui, ACT_OPEN, why)) {
        open_row(ui, s);
    }
}

/* ---- drawing */

static void mark_row(struct cells *c, struct rect r, int y, bool on)
{
    struct pen p = pen_at(c, r.x, y, 2);
    pen_put(&p, ROLE_SIGN, on ? "▌" : " ");
    if (on) {
        cells_flag(c, r.x, y, r.w, CELL_CURSOR);
        c->cursor_x = r.x;
        c->cursor_y = y;
    }
}

static void draw_ways(struct start *s, struct cells *c, struct rect r)
{
    static const char *const ways[WAYS][2] = {
        {"new session", "describe the data, then step by step to checked points"},
        {"open a file", "a session file, or a .session script"},
        {"shipped example", "complete sessions, to look at and to generate from"},
    };
    s->ways = (struct rect){r.x, r.y, r.w, WAYS};
    for (int i = 0; i < WAYS; i++) {
        struct pen p = pen_at(c, r.x + 2, r.y + i, r.w - 3);
        pen_put(&p, ROLE_SIGN, "+ ");
        pen_field(&p, ROLE_TEXT, 18, ways[i][0]);
        pen_field(&p, ROLE_DIM, pen_left(&p), ways[i][1]);
        mark_row(c, r, r.y + i, s->cursor == (size_t)i);
    }
}

static const char *state_of(const struct recent *r, enum ui_role *role)
{
    *role = ROLE_TEXT;
    if (r->missing) {
        *role = ROLE_OFF;
        return "gone";
    }
    if (r->problem[0] != '\0') {
        *role = ROLE_WARNING;
        return "unreadable";
    }
    if (strcmp(r->run, "running") == 0) {
        *role = ROLE_WORKING;
    } else if (r->target > 0 && r->accepted >= r->target) {
        *role = ROLE_ACCEPTED;
        return "done";
    }
    return r->looked ? r->run : "";
}

static void draw_session(const struct recent *r, struct cells *c, struct rect row, int name_width)
{
    const char *slash = strrchr(r->path, '/');
    const char *name = slash != NULL ? slash + 1 : r->path;
    char points[72] = "", accepted[32], target[32], age[32] = "";
    enum ui_role role = ROLE_TEXT;
    const char *state = state_of(r, &role);
    enum ui_role plain = r->missing ? ROLE_OFF : ROLE_TEXT, dim = r->missing ? ROLE_OFF : ROLE_DIM;
    if (r->looked && !r->missing && r->problem[0] == '\0') {
        text_count(accepted, r->accepted);
        text_count(target, r->target);
        snprintf(points, sizeof points, r->target > 0 ? "%s of %s" : "%s", accepted, target);
    }
    if (!r->missing) {
        text_age(age, (long long)time(NULL) - (long long)r->changed_s);
    }
    struct pen p = pen_at(c, row.x + 2, row.y, row.w - 3);
    pen_field(&p, plain, name_width, name);
    pen_right(&p, plain, 16, points);
    pen_skip(&p, 2);
    pen_field(&p, role, 11, state);
    pen_right(&p, dim, 10, age);
    if (pen_left(&p) > 12 && slash != NULL) {
        char *folder = xstrndup(r->path, slash > r->path ? (size_t)(slash - r->path) : 1);
        pen_skip(&p, 2);
        pen_field(&p, dim, pen_left(&p), folder);
        free(folder);
    }
}

static void draw_detail(const struct start *s, struct cells *c, struct rect r)
{
    const struct recent *at = under_cursor(s);
    if (at == NULL || r.h < 2) {
        return;
    }
    cells_rule(c, r.x, r.y, r.w);
    struct pen p = pen_at(c, r.x + 2, r.y + 1, r.w - 3);
    pen_field(&p, ROLE_DIM, pen_left(&p), at->problem[0] != '\0' ? at->problem : at->path);
}

static void draw_head(struct cells *c, struct rect r, int y, int name_width)
{
    struct pen p = pen_at(c, r.x + 2, y, r.w - 3);
    pen_field(&p, ROLE_DIM, name_width, "recent sessions");
    pen_right(&p, ROLE_DIM, 16, "accepted");
    pen_skip(&p, 2);
    pen_field(&p, ROLE_DIM, 11, "state");
    pen_right(&p, ROLE_DIM, 10, "changed");
    if (pen_left(&p) > 12) {
        pen_skip(&p, 2);
        pen_put(&p, ROLE_DIM, "folder");
    }
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    struct start *s = state;
    (void)ui;
    int roomy = body.h >= 18 ? 1 : 0, name_width = body.w >= 100 ? 32 : body.w - 43;
    int y = body.y + roomy;
    draw_ways(s, c, (struct rect){body.x, y, body.w, WAYS});
    y += WAYS + 1;
    draw_head(c, body, y, name_width);
    y++;
    int foot = 2;
    s->rows = (struct rect){body.x, y, body.w, body.y + body.h - foot - y};
    list_set(&s->list, s->count, (size_t)s->rows.h);
    for (int i = 0; i < s->rows.h && s->list.top + (size_t)i < s->count; i++) {
        size_t row = s->list.top + (size_t)i;
        struct rect r = {body.x, y + i, body.w, 1};
        draw_session(&s->recent[row], c, r, name_width);
        mark_row(c, r, r.y, s->cursor == WAYS + row);
    }
    if (s->count == 0) {
        struct pen p = pen_at(c, body.x + 2, y, body.w - 3);
        pen_put(&p, ROLE_DIM, "none yet: sessions that you open will be listed here");
    }
    draw_detail(s, c, (struct rect){body.x, body.y + body.h - foot, body.w, foot});
}

const struct panel_ops panel_start = {
    .name = "Start",
    .brief = "Start",
    .close = close_start,
    .contexts = contexts,
    .can = can,
    .act = act,
    .click = click,
    .draw = draw,
};

enum status start_open(struct ui *ui, const char *said, struct err *e)
{
    enum status st = ui_open(ui, "", e);
    if (st != ST_OK) {
        return st;
    }
    struct start *s = xcalloc(1, sizeof *s);
    load(s);
    go_to(s, s->count > 0 ? WAYS : WAY_NEW);
    ui->start = s;
    if (said[0] != '\0') {
        ui_say(ui, SAY_ERROR, "%s", said);
    }
    read_states(ui, s);
    return ST_OK;
}

void start_take(struct ui *ui, char **file, char **script)
{
    struct start *s = ui->start;
    *file = s->file;
    *script = s->script;
    s->file = s->script = NULL;
}
