/*
 * Every change is one command: set, unset, teacher set, role. What the tables know is checked here,
 * before anything is sent, so that a refused value can be corrected where it stands.
 */
#include "ui/panels/settings.h"

#include "base/mem.h"
#include "ui/panels/teachers_menu.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_MAX  65536
#define MENU_MAX   64 /* rows: choices of a setting, teachers */
#define CHOICE_MAX 32 /* bytes of one choice */
#define LABEL_MAX  200
#define ALL_MAX    (LABEL_MAX + 16)

/* ---- sending */

static void send_key(struct ui *ui, const char *teacher, const char *key, const char *value)
{
    char *word = xasprintf("%s=%s", key, value);
    ui_do(ui, "teacher", "set", teacher, word);
    free(word);
}

/* Several addresses, separated by blanks, as one command. */
static void send_urls(struct ui *ui, const char *teacher, const char *value)
{
    const char *words[3 + TEACHER_BASE_URLS] = {"teacher", "set", teacher};
    char *made[TEACHER_BASE_URLS] = {NULL};
    int n = 0;
    for (const char *s = value + strspn(value, " "); *s != '\0' && n < TEACHER_BASE_URLS;) {
        size_t len = strcspn(s, " ");
        made[n] = xasprintf("base-url=%.*s", (int)len, s);
        words[3 + n] = made[n];
        n++;
        s += len + strspn(s + len, " ");
    }
    if (n > 0) {
        ui_do_words(ui, 3 + n, words);
    }
    for (int i = 0; i < n; i++) {
        free(made[i]);
    }
}

static void send_value(struct settings_panel *p, struct ui *ui, const char *value)
{
    const struct settings_row *r = &p->asked;
    if (r->kind == ROW_SETTING && value[0] == '\0') {
        ui_do(ui, "unset", r->about->name);
    } else if (r->kind == ROW_SETTING) {
        ui_do(ui, "set", r->about->name, value);
    } else if (r->kind == ROW_KEY && r->id == TK_BASE_URL && value[0] != '\0') {
        send_urls(ui, p->asked_teacher, value);
    } else if (r->kind == ROW_KEY) {
        send_key(ui, p->asked_teacher, r->about->name, value);
    } else if (r->kind == ROW_ROLE) {
        ui_do(ui, "role", role_name((enum role_id)r->id), value);
    }
}

/* Rows may move while a line is typed: what is asked about is kept, not where it stands. */
static void keep_asked(struct settings_panel *p, const struct settings_row *r)
{
    p->asked = *r;
    free(p->asked_teacher);
    p->asked_teacher = r->kind == ROW_KEY || r->kind == ROW_TEACHER
                           ? xstrdup(p->teachers[r->teacher].config.name)
                           : NULL;
}

/* ---- a line typed in its row */

static void value_given(struct ui *ui, void *ctx, bool accepted, const char *text);

static void ask(struct settings_panel *p, struct ui *ui, const char *label, const char *text)
{
    ui_ask_in_place(ui, label, text, value_given, p);
}

static void value_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct settings_panel *p = ctx;
    const struct setting *about = p->asked.about;
    struct err why = {0};
    char label[ALL_MAX];
    if (!accepted) {
        return;
    }
    bool several = p->asked.kind == ROW_KEY && p->asked.id == TK_BASE_URL;
    if (text[0] != '\0' && !several && setting_check(about, text, &why) != ST_OK) {
        snprintf(label, sizeof label, "✗ %.*s", LABEL_MAX, why.msg);
        ask(p, ui, label, text); /* to be corrected where it stands */
        return;
    }
    struct buf now;
    buf_init(&now, VALUE_MAX);
    settings_value(p, &p->asked, &now);
    bool same = strcmp(now.data, text) == 0;
    buf_free(&now);
    if (!same) {
        send_value(p, ui, text);
    }
}

static void ask_value(struct settings_panel *p, struct ui *ui, const struct settings_row *r)
{
    struct buf range, value;
    char label[ALL_MAX];
    buf_init(&range, LABEL_MAX);
    buf_init(&value, VALUE_MAX);
    setting_range(r->about, &range);
    settings_value(p, r, &value);
    snprintf(label, sizeof label, "%s: %.*s; empty: the default", r->about->name, LABEL_MAX - 60,
             range.data);
    ask(p, ui, label, value.data);
    if (r->about->type != SET_TEXT) {
        prompt_suggest(&ui->prompt);
    }
    buf_free(&range);
    buf_free(&value);
}

/* ---- menus */

static void choice_at(const char *choices, int64_t i, char out[CHOICE_MAX])
{
    choices = choices != NULL ? choices : ""; /* a setting without a list of words */
    while (i > 0 && choices[0] != '\0') {
        choices += strcspn(choices, "|");
        choices += *choices == '|' ? 1 : 0;
        i--;
    }
    snprintf(out, CHOICE_MAX, "%.*s", (int)strcspn(choices, "|"), choices);
}

static int64_t choice_count(const char *choices)
{
    int64_t n = 1;
    for (const char *s = strchr(choices, '|'); s != NULL; s = strchr(s + 1, '|')) {
        n++;
    }
    return n;
}

/* Which of the choices; -1 when it is none of them. */
static int64_t choice_of(const char *choices, const char *value)
{
    char one[CHOICE_MAX];
    for (int64_t i = 0; i < choice_count(choices); i++) {
        choice_at(choices, i, one);
        if (strcmp(one, value) == 0) {
            return i;
        }
    }
    return -1;
}

static void choice_taken(struct ui *ui, void *ctx, int64_t id)
{
    struct settings_panel *p = ctx;
    char one[CHOICE_MAX];
    choice_at(p->asked.about->choices, id, one);
    send_value(p, ui, one);
}

static void choose_value(struct settings_panel *p, struct ui *ui, const struct settings_row *r)
{
    struct ui_menu_row rows[MENU_MAX];
    char text[MENU_MAX][CHOICE_MAX], title[LABEL_MAX];
    struct buf now;
    buf_init(&now, VALUE_MAX);
    settings_value(p, r, &now);
    int64_t count = choice_count(r->about->choices);
    count = count > MENU_MAX ? MENU_MAX : count;
    for (int64_t i = 0; i < count; i++) {
        choice_at(r->about->choices, i, text[i]);
        bool is_default = strcmp(text[i], r->about->otherwise) == 0;
        rows[i] = (struct ui_menu_row){i, text[i], is_default ? "the default" : NULL};
    }
    snprintf(title, sizeof title, "%s: takes effect %s", r->about->name,
             r->about->applies == APPLIES_NOW ? "now" : "with the ");
    if (r->about->applies != APPLIES_NOW) {
        snprintf(title, sizeof title, "%s: takes effect with the %s", r->about->name,
                 setting_applies_text(r->about->applies));
    }
    ui_menu(ui, title, rows, (size_t)count, choice_of(r->about->choices, now.data), choice_taken,
            p);
    buf_free(&now);
}

static void teacher_taken(struct ui *ui, void *ctx, int64_t id)
{
    struct settings_panel *p = ctx;
    if (id >= 0 && id < p->teacher_count) {
        send_value(p, ui, p->teachers[id].config.name);
    }
}

static void choose_teacher(struct settings_panel *p, struct ui *ui, const struct settings_row *r)
{
    struct ui_menu_row rows[MENU_MAX];
    char title[LABEL_MAX];
    int64_t at = 0;
    int count = p->teacher_count > MENU_MAX ? MENU_MAX : p->teacher_count;
    for (int i = 0; i < count; i++) {
        const struct teacher_config *c = &p->teachers[i].config;
        const char *model = teacher_config_text(c, TK_MODEL);
        rows[i] = (struct ui_menu_row){
            i, c->name, model[0] != '\0' ? model : teacher_config_text(c, TK_DIALECT)};
        at = strcmp(c->name, p->role[r->id]) == 0 ? i : at;
    }
    snprintf(title, sizeof title, "Who plays the role %s: %s", role_name((enum role_id)r->id),
             role_help((enum role_id)r->id));
    ui_menu(ui, title, rows, (size_t)count, at, teacher_taken, p);
}

static void open_row(struct settings_panel *p, struct ui *ui, const struct settings_row *r)
{
    keep_asked(p, r);
    if (r->kind == ROW_TEACHER) {
        p->teachers[r->teacher].open = !p->teachers[r->teacher].open;
        settings_rows(p);
    } else if (r->kind == ROW_ROLE) {
        choose_teacher(p, ui, r);
    } else if (r->about->type == SET_CHOICE) {
        choose_value(p, ui, r);
    } else {
        ask_value(p, ui, r);
    }
}

/* ---- steps */

/* A step that is felt: a twentieth of 0 to 1, else about a tenth of the value. */
static double step_of(const struct setting *s, double value, int direction)
{
    if (s->type == SET_REAL && s->high <= 2) {
        return s->high <= 1 ? 0.05 : 0.1;
    }
    double size = fabs(value) * (direction < 0 ? 1 - 1e-9 : 1);
    double tenth = pow(10, floor(log10(size > 1 ? size : 1))) / 10;
    return s->type == SET_INT && tenth < 1 ? 1 : tenth;
}

static void number_text(const struct setting *s, double v, char out[32])
{
    snprintf(out, 32, s->type == SET_INT ? "%.0f" : "%.10g", v);
}

static bool step_number(const struct setting *s, double v, int direction, char out[32],
                        char why[WHY_MAX])
{
    double step = step_of(s, v, direction);
    double to =
        direction > 0 ? (floor(v / step + 1e-9) + 1) * step : (ceil(v / step - 1e-9) - 1) * step;
    if (direction < 0 && to < s->low && v <= s->low && s->choices != NULL) {
        choice_at(s->choices, choice_count(s->choices) - 1, out);
        return true;
    }
    to = to < s->low ? s->low : to > s->high ? s->high : to;
    number_text(s, to, out);
    if ((direction < 0 && v <= s->low) || (direction > 0 && v >= s->high)) {
        snprintf(why, WHY_MAX, "%s is the %s value of %s", out,
                 direction < 0 ? "lowest" : "highest", s->name);
        return false;
    }
    return true;
}

bool settings_step(const struct setting *s, const char *value, int direction, char out[32],
                   char why[WHY_MAX])
{
    char word[CHOICE_MAX];
    if (s->type == SET_TEXT) {
        snprintf(why, WHY_MAX, "a text has no steps (Enter types it)");
        return false;
    }
    int64_t n = s->choices != NULL ? choice_count(s->choices) : 0;
    int64_t at = s->choices != NULL ? choice_of(s->choices, value) : -1;
    if (s->type == SET_CHOICE) {
        at = at < 0 ? (direction > 0 ? 0 : n - 1) : (at + direction + n) % n;
        choice_at(s->choices, at, word);
        snprintf(out, 32, "%.31s", word);
        return true;
    }
    if (at < 0) {
        return step_number(s, strtod(value, NULL), direction, out, why);
    }
    if (at + direction < 0) {
        snprintf(why, WHY_MAX, "%s is the lowest value of %s", value, s->name);
        return false;
    }
    if (at + direction < n) {
        choice_at(s->choices, at + direction, word);
        snprintf(out, 32, "%.31s", word);
    } else {
        number_text(s, s->low, out);
    }
    return true;
}

static bool next_step(const struct settings_panel *p, const struct settings_row *r, int direction,
                      char out[32], char why[WHY_MAX])
{
    struct buf value;
    buf_init(&value, VALUE_MAX);
    settings_value(p, r, &value);
    bool ok = settings_step(r->about, value.data, direction, out, why);
    buf_free(&value);
    return ok;
}

/* ---- what can work, and doing it */

static bool can_on_row(const struct settings_panel *p, const struct settings_row *r, enum action a,
                       char why[WHY_MAX])
{
    char to[32];
    bool is_value = r->kind == ROW_SETTING || r->kind == ROW_KEY;
    if ((a == ACT_RAISE || a == ACT_LOWER) && !is_value) {
        snprintf(why, WHY_MAX, "there is no value with steps here (Enter opens it)");
        return false;
    }
    if (a == ACT_RAISE || a == ACT_LOWER) {
        return next_step(p, r, a == ACT_RAISE ? 1 : -1, to, why);
    }
    if (a == ACT_RESET && r->kind == ROW_TEACHER) {
        snprintf(why, WHY_MAX, "a teacher has no default (x removes it)");
        return false;
    }
    if (a == ACT_RESET && !settings_differs(p, r)) {
        snprintf(why, WHY_MAX, "it is the default already");
        return false;
    }
    bool on_teacher = r->kind == ROW_TEACHER || r->kind == ROW_KEY;
    if ((a == ACT_TEST || a == ACT_REMOVE || a == ACT_LEFT || a == ACT_RIGHT) && !on_teacher) {
        snprintf(why, WHY_MAX, "this row is no teacher");
        return false;
    }
    for (int i = 0; a == ACT_TEST && i < p->teacher_count; i++) {
        if (p->teachers[i].test == TEST_ASKING) {
            snprintf(why, WHY_MAX, "%.64s is being asked already", p->teachers[i].config.name);
            return false;
        }
    }
    return true;
}

bool settings_can_edit(const struct settings_panel *p, const struct ui *ui, enum action a,
                       char why[WHY_MAX])
{
    (void)ui;
    const struct settings_row *r = settings_at(p);
    switch ((int)a) {
    case ACT_OPEN:
    case ACT_RAISE:
    case ACT_LOWER:
    case ACT_RESET:
    case ACT_TEST:
    case ACT_REMOVE:
    case ACT_LEFT:
    case ACT_RIGHT:
        if (r == NULL) {
            snprintf(why, WHY_MAX, "nothing is under the cursor");
            return false;
        }
        return can_on_row(p, r, a, why);
    default:
        return true;
    }
}

static void step(struct settings_panel *p, struct ui *ui, const struct settings_row *r,
                 int direction)
{
    char to[32], why[WHY_MAX];
    if (next_step(p, r, direction, to, why)) {
        keep_asked(p, r);
        send_value(p, ui, to);
    }
}

bool settings_edit(struct settings_panel *p, struct ui *ui, enum action a)
{
    const struct settings_row *r = settings_at(p);
    if (a == ACT_ADD_TEACHER) {
        teachers_menu(ui);
        return true;
    }
    if (r == NULL) {
        return false;
    }
    switch ((int)a) {
    case ACT_OPEN:
        open_row(p, ui, r);
        return true;
    case ACT_RAISE:
    case ACT_LOWER:
        step(p, ui, r, a == ACT_RAISE ? 1 : -1);
        return true;
    case ACT_RESET:
        keep_asked(p, r);
        send_value(p, ui, "");
        return true;
    case ACT_TEST:
        settings_test(p, ui, p->teachers[r->teacher].config.name);
        return true;
    case ACT_REMOVE:
        ui_do(ui, "teacher", "remove", p->teachers[r->teacher].config.name);
        return true;
    default:
        return false;
    }
}
