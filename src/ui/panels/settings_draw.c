/*
 * One row a setting: name, value with its unit, default, when it takes effect; on wide screens its
 * range, too. What differs from the default has a star and stands out. Help is in the details.
 */
#include "ui/panels/settings.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include "ui/layout.h"
#include <stdio.h>
#include <string.h>

enum {
    W_MARK = 2,
    W_NAME = 26,
    W_DEFAULT = 11,
    W_APPLIES = 14,
    W_RANGE = 22,
    DETAIL_ROWS = 6,
    VALUE_MAX = 65536
};

/* Which columns there is room for. */
struct form {
    int value; /* width */
    bool otherwise, range;
};

static struct form form_of(int width)
{
    struct form f = {width - W_MARK - W_NAME - W_APPLIES, width >= 74, width >= 106};
    f.value -= (f.otherwise ? W_DEFAULT + 1 : 0) + (f.range ? W_RANGE + 1 : 0);
    return f;
}

static void draw_head(const struct settings_panel *p, struct cells *c, struct rect r)
{
    struct form f = form_of(r.w - 2);
    struct pen pen = pen_at(c, r.x + 1, r.y, r.w - 2);
    char place[72];
    list_place(&p->list, place);
    pen_skip(&pen, W_MARK);
    pen_field(&pen, ROLE_DIM, W_NAME, p->only_changed ? "what differs" : place);
    pen_field(&pen, ROLE_DIM, f.value, "value");
    if (f.otherwise) {
        pen_field(&pen, ROLE_DIM, W_DEFAULT, "default");
        pen_skip(&pen, 1);
    }
    if (f.range) {
        pen_field(&pen, ROLE_DIM, W_RANGE, "range");
        pen_skip(&pen, 1);
    }
    pen_field(&pen, ROLE_DIM, W_APPLIES, "takes effect");
}

static const char *shown(const char *s)
{
    return s[0] != '\0' ? s : "–";
}

/* "1 – 4,096", "0 or more": the whole sentence is in the details. */
static void brief_range(const struct setting *s, char out[128])
{
    char low[32], high[32];
    out[0] = '\0';
    if (s == NULL) {
        return;
    }
    if (s->type == SET_CHOICE || s->type == SET_TEXT) {
        snprintf(out, 128, "%s", s->type == SET_TEXT ? "text" : "a choice (Enter)");
        return;
    }
    snprintf(low, sizeof low, "%.10g", s->low);
    snprintf(high, sizeof high, "%.10g", s->high);
    if (s->type == SET_INT) {
        text_count(low, (long long)s->low);
        text_count(high, (long long)s->high);
    }
    size_t n = 0;
    for (const char *c = s->choices; c != NULL && *c != '\0' && n < 60; c++) {
        n += (size_t)snprintf(out + n, 128 - n, *c == '|' ? ", " : "%c", *c);
    }
    if (s->high >= 1e9) {
        snprintf(out + n, 128 - n, "%s%s or more", n > 0 ? ", " : "", low);
    } else {
        snprintf(out + n, 128 - n, "%s%s – %s", n > 0 ? ", " : "", low, high);
    }
}

static void range_text(const struct setting *s, char out[128])
{
    struct buf b;
    buf_init(&b, 4096);
    if (s != NULL) {
        setting_range(s, &b);
    }
    text_safe_copy(out, 128, b.len > 0 ? b.data : "");
    buf_free(&b);
}

/* A setting, a key or a role. Says where its value stands: there a line is typed. */
static void draw_value_row(const struct settings_panel *p, const struct settings_row *r,
                           struct pen *pen, struct rect *place)
{
    struct form f = form_of(pen_left(pen));
    bool differs = settings_differs(p, r);
    struct buf value;
    char range[128];
    buf_init(&value, VALUE_MAX);
    settings_value(p, r, &value);
    pen_put(pen, differs ? ROLE_STRONG : ROLE_DIM, differs ? "* " : "  ");
    int indent = r->kind == ROW_KEY ? 2 : 0;
    pen_skip(pen, indent);
    pen_field(pen, ROLE_TEXT, W_NAME - indent - 1,
              r->kind == ROW_ROLE ? role_name((enum role_id)r->id) : r->about->name);
    pen_skip(pen, 1);
    *place = (struct rect){pen->x, 0, f.value - 1, 1};
    int end = pen->x + f.value;
    struct pen field = *pen;
    field.end = end - 1;
    bool counted = value.len > 0 && value.data[0] >= '0' && value.data[0] <= '9';
    const char *unit = r->about != NULL && counted ? r->about->unit : "";
    bool number = r->about != NULL && r->about->type != SET_TEXT && r->about->type != SET_CHOICE;
    enum ui_role role = differs ? ROLE_STRONG : number ? ROLE_NUMBER : ROLE_TEXT;
    int left = pen_left(&field), wide = (int)strlen(unit) + 1;
    const char *text = shown(value.data);
    int columns = utf8_columns(text, strlen(text));
    pen_field(&field, role, columns < left ? columns : left, text);
    if (unit[0] != '\0' && pen_left(&field) >= wide) {
        pen_format(&field, ROLE_DIM, " %s", unit);
    }
    buf_free(&value);
    pen_to(pen, end);
    if (f.otherwise) {
        pen_field(pen, ROLE_DIM, W_DEFAULT, shown(settings_default(p, r)));
        pen_skip(pen, 1);
    }
    if (f.range) {
        brief_range(r->about, range);
        pen_field(pen, ROLE_DIM, W_RANGE, range);
        pen_skip(pen, 1);
    }
    enum setting_applies applies = r->about != NULL ? r->about->applies : APPLIES_QUESTION;
    pen_field(pen, ROLE_DIM, pen_left(pen), setting_applies_text(applies));
}

/* Is its key there? As the server says: it is the server that sends it. */
static const char *key_of(const struct ui *ui, const char *name)
{
    const struct live_status *v = &ui->model.live;
    for (size_t i = 0; i < v->teacher_count; i++) {
        if (strcmp(v->teachers[i].name, name) == 0) {
            return v->teachers[i].key;
        }
    }
    return "";
}

static const char *key_brief(const char *key)
{
    return strstr(key, ": found") != NULL              ? "key found"
           : strncmp(key, "not found", 9) == 0         ? "✗ key not found"
           : strncmp(key, "from key command", 16) == 0 ? "key command"
                                                       : "";
}

static void draw_teacher_row(const struct settings_panel *p, const struct ui *ui,
                             const struct settings_teacher *t, struct pen *pen)
{
    const struct teacher_config *c = &t->config;
    const char *dialect = teacher_config_text(c, TK_DIALECT);
    const char *model = teacher_config_text(c, TK_MODEL);
    const char *key = key_brief(key_of(ui, c->name));
    bool open = t->open && !p->only_changed;
    pen_put(pen, ROLE_SIGN, open ? "▾ " : "▸ ");
    pen_field(pen, ROLE_STRONG, W_NAME - 1, c->name);
    pen_skip(pen, 1);
    const char *said = t->test == TEST_ASKING ? "is being asked"
                       : t->test != TEST_NONE ? t->brief
                                              : key;
    int tail = said[0] != '\0' ? utf8_columns(said, strlen(said)) + 4 : 0;
    struct buf words;
    buf_init(&words, VALUE_MAX);
    bool offline = strcmp(dialect, "offline") == 0;
    buf_adds(&words, offline ? "offline teacher (rule-based)" : dialect);
    if (model[0] != '\0') {
        buf_printf(&words, " · %s", model);
    }
    for (int i = 0; i < c->base_url_count; i++) {
        buf_printf(&words, i == 0 ? " · %s" : " %s", c->base_url[i]);
    }
    pen_field(pen, ROLE_TEXT, pen_left(pen) - tail, words.data);
    buf_free(&words);
    pen_to(pen, pen->end - tail + 2);
    if (t->test == TEST_ASKING) {
        pen_format(pen, ROLE_WORKING, "⋯ %s", said);
    } else if (t->test != TEST_NONE) {
        pen_put(pen, t->test == TEST_GOOD ? ROLE_ACCEPTED : ROLE_FAILED,
                t->test == TEST_GOOD ? "✓ " : "✗ ");
        pen_field(pen, ROLE_TEXT, pen_left(pen), t->brief);
    } else {
        pen_put(pen, key[0] == 'k' ? ROLE_DIM : ROLE_WARNING, key);
    }
}

static void draw_rows(struct settings_panel *p, struct ui *ui, struct cells *c, struct rect r)
{
    p->seen = r;
    list_set(&p->list, p->row_count, r.h > 0 ? (size_t)r.h : 0);
    for (int i = 0; i < r.h && p->list.top + (size_t)i < p->row_count; i++) {
        size_t at = p->list.top + (size_t)i;
        const struct settings_row *row = &p->rows[at];
        struct pen pen = pen_at(c, r.x + 1, r.y + i, r.w - 2);
        struct rect place = {0, 0, 0, 0};
        if (row->kind == ROW_HEADING) {
            pen_put(&pen, ROLE_STRONG, row->heading);
            continue;
        }
        if (row->kind == ROW_TEACHER) {
            draw_teacher_row(p, ui, &p->teachers[row->teacher], &pen);
        } else {
            draw_value_row(p, row, &pen, &place);
        }
        if (at == p->list.cursor) {
            struct pen mark = pen_at(c, r.x, r.y + i, 1);
            pen_put(&mark, ROLE_TEXT, "▌");
            cells_flag(c, r.x, r.y + i, r.w, CELL_CURSOR);
            place.y = r.y + i;
            ui->prompt.place = place;
        }
    }
}

/* ---- details */

/* Draws a text below *y and moves it on. */
static void add_block(struct cells *c, struct rect r, int *y, enum ui_role role, const char *s)
{
    if (*y < r.y + r.h) {
        *y += cells_block(c, (struct rect){r.x, *y, r.w, r.y + r.h - *y}, role, s);
    }
}

static void detail_of_value(const struct settings_panel *p, const struct settings_row *r,
                            struct cells *c, struct rect area)
{
    char range[128], line[400];
    int y = area.y;
    const char *otherwise = settings_default(p, r);
    if (r->kind == ROW_ROLE) {
        snprintf(line, sizeof line, "%s %s.", role_name((enum role_id)r->id),
                 role_help((enum role_id)r->id));
        add_block(c, area, &y, ROLE_TEXT, line);
        add_block(c, area, &y, ROLE_DIM, "A role that names no teacher is played by the first.");
        return;
    }
    range_text(r->about, range);
    snprintf(line, sizeof line, "%s · %s · default %s · takes effect %s%s", r->about->name, range,
             otherwise[0] != '\0' ? otherwise : "empty",
             r->about->applies == APPLIES_NOW ? "" : "with the ",
             setting_applies_text(r->about->applies));
    add_block(c, area, &y, ROLE_DIM, line);
    add_block(c, area, &y, ROLE_TEXT, r->about->help);
}

static void roles_of(const struct settings_panel *p, const char *name, struct buf *out)
{
    int n = 0;
    for (int r = 0; r < ROLE_COUNT; r++) {
        if (strcmp(p->role[r], name) == 0) {
            buf_printf(out, "%s%s", n++ > 0 ? ", " : "", role_name((enum role_id)r));
        }
    }
    buf_adds(out, n == ROLE_COUNT ? " (all of them)" : n == 0 ? "none" : "");
}

static void prices_of(const struct teacher_config *c, struct buf *out)
{
    buf_printf(out, "prices per million tokens: $%s in, $%s cached, $%s out",
               teacher_config_text(c, TK_PRICE_IN), teacher_config_text(c, TK_PRICE_CACHED),
               teacher_config_text(c, TK_PRICE_OUT));
    if (teacher_config_num(c, TK_REQUESTS_PER_MINUTE) > 0) {
        buf_printf(out, " · at most %s calls a minute",
                   teacher_config_text(c, TK_REQUESTS_PER_MINUTE));
    }
    if (teacher_config_num(c, TK_TOKENS_PER_MINUTE) > 0) {
        buf_printf(out, " · at most %s tokens a minute",
                   teacher_config_text(c, TK_TOKENS_PER_MINUTE));
    }
}

static void detail_of_teacher(const struct settings_panel *p, const struct ui *ui,
                              const struct settings_teacher *t, struct cells *c, struct rect area)
{
    struct buf b;
    int y = area.y;
    const char *key = key_of(ui, t->config.name);
    buf_init(&b, VALUE_MAX);
    buf_printf(&b, "key: %s", key[0] != '\0' ? key : "not known while no server runs");
    add_block(c, area, &y, strncmp(key, "not found", 9) == 0 ? ROLE_WARNING : ROLE_TEXT, b.data);
    buf_clear(&b);
    buf_adds(&b, "roles: ");
    roles_of(p, t->config.name, &b);
    add_block(c, area, &y, ROLE_TEXT, b.data);
    buf_clear(&b);
    prices_of(&t->config, &b);
    add_block(c, area, &y, ROLE_TEXT, b.data);
    buf_free(&b);
    if (t->report != NULL) {
        add_block(c, area, &y, ROLE_TEXT, t->report);
    } else {
        add_block(c, area, &y, ROLE_DIM, "not tested yet: t asks it one small question");
    }
}

void settings_draw(struct settings_panel *p, struct ui *ui, struct cells *c, struct rect body)
{
    struct split s = layout_split(body, body.h >= 18 ? DETAIL_ROWS : DETAIL_ROWS - 1);
    draw_head(p, c, (struct rect){s.list.x, s.list.y, s.list.w, 1});
    draw_rows(p, ui, c, (struct rect){s.list.x, s.list.y + 1, s.list.w, s.list.h - 1});
    layout_split_line(c, &s);
    const struct settings_row *r = settings_at(p);
    if (s.details.h <= 0 || r == NULL) {
        return;
    }
    if (r->kind == ROW_TEACHER) {
        detail_of_teacher(p, ui, &p->teachers[r->teacher], c, s.details);
    } else {
        detail_of_value(p, r, c, s.details);
    }
}
