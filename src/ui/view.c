/*
 * The text is made safe once and cut into lines by offsets; drawing touches the seen lines only.
 */
#include "ui/view.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDE_STEP 8

void view_init(struct view *v)
{
    memset(v, 0, sizeof *v);
    buf_init(&v->text, VIEW_BYTES);
}

void view_free(struct view *v)
{
    view_close(v);
    buf_free(&v->text);
    free(v->lines);
    memset(v, 0, sizeof *v);
}

void view_close(struct view *v)
{
    v->open = false;
    buf_clear(&v->text);
    v->count = 0;
    if (v->find != NULL) {
        regex_free(v->find);
        v->find = NULL;
    }
}

static void add_line(struct view *v, size_t at)
{
    v->lines = vec_grow(v->lines, &v->cap, v->count + 1, sizeof *v->lines);
    v->lines[v->count++] = at;
}

static void take_wrapped(void *ctx, const char *line, size_t n)
{
    struct view *v = ctx;
    (void)n;
    add_line(v, (size_t)(line - v->text.data));
}

/* Find the lines again, wrapped to `width` columns (0: as they came); the top keeps its text. */
static void cut_lines(struct view *v, int width)
{
    size_t at = v->count > 0 ? v->lines[v->top] : 0;
    v->count = 0;
    v->width = width;
    if (width > 0) {
        text_wrap(v->text.data, v->text.len, width, take_wrapped, v);
    }
    if (v->count == 0) {
        add_line(v, 0);
        for (size_t i = 0; width == 0 && i < v->text.len; i++) {
            if (v->text.data[i] == '\n') {
                add_line(v, i + 1);
            }
        }
    }
    v->top = v->found = 0;
    while (v->top + 1 < v->count && v->lines[v->top + 1] <= at) {
        v->top++;
    }
    v->found = v->top;
}

void view_show(struct view *v, const char *title, const char *text)
{
    view_close(v);
    snprintf(v->title, sizeof v->title, "%s", title);
    text_safe(&v->text, text, strlen(text), TEXT_BLOCK);
    while (v->text.len > 0 && v->text.data[v->text.len - 1] == '\n') {
        buf_cut(&v->text, v->text.len - 1);
    }
    v->wrap = strncmp(title, "show ", 5) == 0 || strncmp(title, "call ", 5) == 0 ||
              strncmp(title, "try ", 4) == 0 || strncmp(title, "tried", 5) == 0;
    cut_lines(v, 0);
    v->top = v->found = 0;
    v->left = 0;
    v->key_columns = 0;
    v->open = true;
}

static size_t line_len(const struct view *v, size_t line)
{
    size_t end = line + 1 < v->count ? v->lines[line + 1] : v->text.len;
    /* the newline, or the space that a line was wrapped at */
    if (line + 1 < v->count && (v->text.data[end - 1] == '\n' || v->text.data[end - 1] == ' ')) {
        end--;
    }
    return end - v->lines[line];
}

static void go(struct view *v, long line)
{
    long last = (long)v->count - (long)v->height;
    line = line > last ? last : line;
    v->top = line > 0 ? (size_t)line : 0;
}

bool view_act(struct view *v, enum action a)
{
    long page = v->height > 1 ? (long)v->height - 1 : 1;
    switch ((int)a) {
    case ACT_UP:
        go(v, (long)v->top - 1);
        return true;
    case ACT_DOWN:
        go(v, (long)v->top + 1);
        return true;
    case ACT_PAGE_UP:
        go(v, (long)v->top - page);
        return true;
    case ACT_PAGE_DOWN:
        go(v, (long)v->top + page);
        return true;
    case ACT_FIRST:
        go(v, 0);
        return true;
    case ACT_LAST:
        go(v, (long)v->count);
        return true;
    case ACT_LEFT:
        v->left = v->left > SIDE_STEP ? v->left - SIDE_STEP : 0;
        return true;
    case ACT_RIGHT:
        v->left += SIDE_STEP;
        return true;
    case ACT_WRAP:
        v->wrap = !v->wrap;
        v->left = 0;
        return true;
    case ACT_BACK:
        view_close(v);
        return true;
    default:
        return false;
    }
}

static bool matches(struct view *v, size_t line)
{
    size_t start = 0, end = 0;
    return regex_find(v->find, v->text.data + v->lines[line], line_len(v, line), 0, &start, &end);
}

enum status view_find(struct view *v, const char *pattern, struct err *e)
{
    struct regex *re = NULL;
    enum status st = regex_new(pattern, &re, e);
    if (st != ST_OK) {
        return st;
    }
    if (v->find != NULL) {
        regex_free(v->find);
    }
    v->find = re;
    for (size_t i = 0; i < v->count; i++) {
        size_t line = (v->top + i) % v->count;
        if (matches(v, line)) {
            v->found = line;
            go(v, (long)line - (long)v->height / 3);
            return ST_OK;
        }
    }
    return err_set(e, ST_NOT_FOUND, "nothing here matches %s", pattern);
}

bool view_find_next(struct view *v, int direction)
{
    if (v->find == NULL) {
        return false;
    }
    size_t step = direction > 0 ? 1 : v->count - 1;
    size_t line = v->found;
    for (size_t i = 0; i < v->count; i++) {
        line = (line + step) % v->count;
        if (matches(v, line)) {
            v->found = line;
            go(v, (long)line - (long)v->height / 3);
            return true;
        }
    }
    return false;
}

/* The rest of a line from a column on. */
static void draw_line(struct view *v, struct cells *c, int x, int y, int width, size_t line)
{
    const char *s = v->text.data + v->lines[line];
    size_t n = line_len(v, line);
    int used = 0;
    size_t skip = utf8_fit(s, n, v->left, &used);
    struct pen p = pen_at(c, x, y, width);
    enum ui_role role = ROLE_TEXT;
    if (v->key_columns > 0 && n > 0 && s[0] != ' ') {
        role = ROLE_STRONG; /* a heading */
    }
    size_t keys =
        v->key_columns > 0 && n > 0 && s[0] == ' ' ? utf8_fit(s, n, v->key_columns, &used) : 0;
    if (keys > skip) {
        pen_putn(&p, ROLE_KEY, s + skip, keys - skip);
        skip = keys;
    }
    pen_putn(&p, role, s + skip, n - skip);
    if (!v->wrap && utf8_columns(s + skip, n - skip) > width && width > 1) {
        struct pen more = pen_at(c, x + width - 1, y, 1);
        pen_put(&more, ROLE_DIM, "…");
    }
    size_t start = 0, end = 0, from = 0;
    while (v->find != NULL && regex_find(v->find, s, n, from, &start, &end) && end > start) {
        int left = utf8_columns(s, start) - v->left;
        cells_flag(c, x + left, y, utf8_columns(s + start, end - start),
                   CELL_UNDERLINE | CELL_BOLD);
        from = end;
    }
}

void view_draw(struct view *v, struct cells *c, struct rect body)
{
    int width = v->wrap ? body.w - 2 : 0;
    if (width != v->width) {
        cut_lines(v, width);
    }
    struct pen p = pen_at(c, body.x + 1, body.y, body.w - 2);
    pen_put(&p, ROLE_STRONG, v->title);
    v->height = body.h > 1 ? (size_t)body.h - 1 : 0;
    go(v, (long)v->top);
    if (v->count > v->height) {
        char place[64], a[32], b[32];
        size_t last = v->top + v->height;
        text_count(a, (long long)last);
        text_count(b, (long long)v->count);
        snprintf(place, sizeof place, "%.20s of %.20s lines", a, b);
        pen_skip(&p, 2);
        pen_right(&p, ROLE_DIM, pen_left(&p), place);
    }
    for (size_t i = 0; i < v->height && v->top + i < v->count; i++) {
        draw_line(v, c, body.x + 1, body.y + 1 + (int)i, body.w - 2, v->top + i);
    }
}
