/*
 * A cell keeps its cluster by value: a screen is a flat array that can be compared with
 * memcmp-like code, copied as the last frame, and dumped as text. Sanitising happens in the pen,
 * the only way to put text here, and so cannot be forgotten by a panel.
 *
 * Terminals without our signs get an ASCII sign of the same width, so that columns stay in place.
 */
#include "ui/cells.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAFE_MAX (1u << 20) /* no screen shows more of one text */
#define COLS_MAX 1000
#define ROWS_MAX 1000

bool rect_has(struct rect r, int x, int y)
{
    return x >= r.x && x < r.x + r.w && y >= r.y && y < r.y + r.h;
}

void cells_init(struct cells *c, int cols, int rows)
{
    memset(c, 0, sizeof *c);
    buf_init(&c->safe, SAFE_MAX);
    cells_resize(c, cols, rows);
}

void cells_free(struct cells *c)
{
    free(c->at);
    c->at = NULL;
    c->cols = c->rows = 0;
    buf_free(&c->safe);
}

static int within(int v, int low, int high)
{
    return v < low ? low : v > high ? high : v;
}

void cells_resize(struct cells *c, int cols, int rows)
{
    cols = within(cols, 1, COLS_MAX);
    rows = within(rows, 1, ROWS_MAX);
    if (cols != c->cols || rows != c->rows) {
        free(c->at);
        c->at = xcalloc((size_t)cols * (size_t)rows, sizeof *c->at);
        c->cols = cols;
        c->rows = rows;
    }
    cells_clear(c);
}

static void set_blank(struct cell *cell, enum ui_role role)
{
    memset(cell, 0, sizeof *cell);
    cell->text[0] = ' ';
    cell->len = 1;
    cell->width = 1;
    cell->role = (uint8_t)role;
}

void cells_clear(struct cells *c)
{
    size_t n = (size_t)c->cols * (size_t)c->rows;
    for (size_t i = 0; i < n; i++) {
        set_blank(&c->at[i], ROLE_TEXT);
    }
    c->cursor_x = c->cursor_y = -1;
    c->cursor_shown = false;
}

static struct cell *cell_at(const struct cells *c, int x, int y)
{
    if (x < 0 || y < 0 || x >= c->cols || y >= c->rows) {
        return NULL;
    }
    return &c->at[(size_t)y * (size_t)c->cols + (size_t)x];
}

const struct cell *cells_get(const struct cells *c, int x, int y)
{
    return cell_at(c, x, y);
}

bool cell_equal(const struct cell *a, const struct cell *b)
{
    return a->len == b->len && a->width == b->width && a->role == b->role && a->flags == b->flags &&
           memcmp(a->text, b->text, a->len) == 0;
}

/* Half of a wide cluster that is about to be drawn over leaves a space behind, not half a sign. */
static void break_wide(struct cells *c, int x, int y)
{
    struct cell *here = cell_at(c, x, y);
    if (here == NULL) {
        return;
    }
    if (here->width == 0) {
        struct cell *left = cell_at(c, x - 1, y);
        if (left != NULL) {
            set_blank(left, (enum ui_role)left->role);
        }
    } else if (here->width == 2) {
        struct cell *right = cell_at(c, x + 1, y);
        if (right != NULL) {
            set_blank(right, (enum ui_role)right->role);
        }
    }
}

/* Our signs and their ASCII stand-ins: one column each. */
struct plain_sign {
    const char *sign;
    char plain;
};
static const struct plain_sign plain_signs[] = {
    {"▾", 'v'}, {"▸", '>'}, {"●", '*'}, {"○", 'o'}, {"✗", 'x'}, {"✓", '+'}, {"→", '>'},
    {"⋯", '~'}, {"▌", '>'}, {"─", '-'}, {"│", '|'}, {"├", '|'}, {"┤", '|'}, {"┬", '+'},
    {"┴", '+'}, {"┼", '+'}, {"█", '#'}, {"▉", '#'}, {"▊", '#'}, {"▋", '='}, {"▍", '='},
    {"▎", '-'}, {"▏", '-'}, {"▁", '_'}, {"▂", '_'}, {"▃", '.'}, {"▄", '-'}, {"▅", '-'},
    {"▆", '='}, {"▇", '='}, {"…", '~'}, {"·", '.'}, {"›", '/'}, {"×", 'x'}, {"▶", '>'},
    {"‖", '='}, {"■", '#'}, {"░", '.'}, {"±", '~'}, {"–", '-'}, {"⚠", '!'}, {"↵", ' '},
};

static bool plain_sign_of(const char *s, size_t n, char *plain)
{
    for (size_t i = 0; i < sizeof plain_signs / sizeof plain_signs[0]; i++) {
        if (strlen(plain_signs[i].sign) == n && memcmp(plain_signs[i].sign, s, n) == 0) {
            *plain = plain_signs[i].plain;
            return true;
        }
    }
    return false;
}

static size_t cut_cluster(const char *s, size_t n)
{
    if (n <= CELL_BYTES) {
        return n;
    }
    n = CELL_BYTES;
    while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80) {
        n--;
    }
    return n;
}

static void put_cluster(struct cells *c, int x, int y, enum ui_role role, const char *s, size_t n,
                        int width)
{
    struct cell *cell = cell_at(c, x, y);
    if (cell == NULL) {
        return;
    }
    break_wide(c, x, y);
    if (width == 2) {
        break_wide(c, x + 1, y);
    }
    set_blank(cell, role);
    char plain = '?';
    bool known = (c->plain_signs || c->plain_text) && n > 1 && plain_sign_of(s, n, &plain);
    if (known || (c->plain_text && n > 1)) {
        cell->text[0] = plain;
        if (width == 2 && cell_at(c, x + 1, y) != NULL) {
            set_blank(cell_at(c, x + 1, y), role);
        }
        return;
    }
    cell->len = (uint8_t)cut_cluster(s, n);
    memcpy(cell->text, s, cell->len);
    cell->width = (uint8_t)width;
    struct cell *right = width == 2 ? cell_at(c, x + 1, y) : NULL;
    if (right != NULL) {
        set_blank(right, role);
        right->width = 0;
        right->len = 0;
    }
}

void cells_flag(struct cells *c, int x, int y, int width, unsigned flags)
{
    for (int i = 0; i < width; i++) {
        struct cell *cell = cell_at(c, x + i, y);
        if (cell != NULL) {
            cell->flags = (uint8_t)(cell->flags | flags);
        }
    }
}

void cells_fill(struct cells *c, struct rect r, enum ui_role role)
{
    for (int y = r.y; y < r.y + r.h; y++) {
        for (int x = r.x; x < r.x + r.w; x++) {
            put_cluster(c, x, y, role, " ", 1, 1);
        }
    }
}

void cells_rule(struct cells *c, int x, int y, int width)
{
    for (int i = 0; i < width; i++) {
        put_cluster(c, x + i, y, ROLE_BORDER, "─", strlen("─"), 1);
    }
}

void cells_wall(struct cells *c, int x, int y, int height)
{
    for (int i = 0; i < height; i++) {
        put_cluster(c, x, y + i, ROLE_BORDER, "│", strlen("│"), 1);
    }
}

void cells_dump(const struct cells *c, struct buf *out)
{
    for (int y = 0; y < c->rows; y++) {
        size_t end = out->len;
        for (int x = 0; x < c->cols; x++) {
            const struct cell *cell = &c->at[(size_t)y * (size_t)c->cols + (size_t)x];
            buf_add(out, cell->text, cell->len);
            if (!(cell->len == 1 && cell->text[0] == ' ')) {
                end = out->len;
            }
        }
        buf_cut(out, end);
        buf_addc(out, '\n');
    }
}

struct pen pen_at(struct cells *c, int x, int y, int width)
{
    struct pen p = {c, x, y, x + (width > 0 ? width : 0)};
    if (p.end > c->cols) {
        p.end = c->cols;
    }
    return p;
}

int pen_left(const struct pen *p)
{
    return p->end > p->x ? p->end - p->x : 0;
}

/* Draw text that is safe already. */
static int put_safe(struct pen *p, enum ui_role role, const char *s, size_t n)
{
    int start = p->x;
    while (n > 0) {
        int width = 0;
        size_t len = utf8_cluster(s, n, &width);
        if (width > 0) {
            if (p->x + width > p->end) {
                break;
            }
            put_cluster(p->cells, p->x, p->y, role, s, len, width);
            p->x += width;
        }
        s += len;
        n -= len;
    }
    return p->x - start;
}

static const struct buf *make_safe(struct cells *c, const char *s, size_t n)
{
    buf_clear(&c->safe);
    text_safe(&c->safe, s, n, TEXT_LINE);
    return &c->safe;
}

int pen_putn(struct pen *p, enum ui_role role, const char *s, size_t n)
{
    const struct buf *safe = make_safe(p->cells, s, n);
    return put_safe(p, role, safe->data, safe->len);
}

int pen_put(struct pen *p, enum ui_role role, const char *s)
{
    return pen_putn(p, role, s, strlen(s));
}

int pen_format(struct pen *p, enum ui_role role, const char *fmt, ...)
{
    char text[2048];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return pen_put(p, role, text);
}

/* Safe text in a field that it may be too long for. Returns the columns drawn. */
static int put_cut(struct pen *p, enum ui_role role, int width, const struct buf *safe)
{
    if (utf8_columns(safe->data, safe->len) <= width) {
        return put_safe(p, role, safe->data, safe->len);
    }
    int used = 0;
    size_t fits = utf8_fit(safe->data, safe->len, width - 1, &used);
    int drawn = put_safe(p, role, safe->data, fits);
    return drawn + put_safe(p, role, "…", strlen("…"));
}

void pen_field(struct pen *p, enum ui_role role, int width, const char *s)
{
    if (width > pen_left(p)) {
        width = pen_left(p);
    }
    if (width <= 0) {
        return;
    }
    int start = p->x;
    put_cut(p, role, width, make_safe(p->cells, s, strlen(s)));
    p->x = start + width;
}

void pen_right(struct pen *p, enum ui_role role, int width, const char *s)
{
    if (width > pen_left(p)) {
        width = pen_left(p);
    }
    if (width <= 0) {
        return;
    }
    int start = p->x;
    const struct buf *safe = make_safe(p->cells, s, strlen(s));
    int columns = utf8_columns(safe->data, safe->len);
    if (columns < width) {
        p->x += width - columns;
    }
    put_cut(p, role, width, safe);
    p->x = start + width;
}

void pen_skip(struct pen *p, int columns)
{
    p->x += columns;
}

void pen_to(struct pen *p, int x)
{
    if (x > p->x) {
        p->x = x;
    }
}

struct block {
    struct cells *cells;
    struct rect rect;
    enum ui_role role;
    int row;
    int end; /* column behind the last line drawn */
};

static void block_line(void *ctx, const char *line, size_t n)
{
    struct block *b = ctx;
    if (b->row < b->rect.h) {
        struct pen p = pen_at(b->cells, b->rect.x, b->rect.y + b->row, b->rect.w);
        put_safe(&p, b->role, line, n);
        b->end = p.x;
    } else if (b->row == b->rect.h && b->rect.h > 0) {
        int last = b->rect.x + b->rect.w - 1, x = b->end < last ? b->end : last;
        struct pen p = pen_at(b->cells, x, b->rect.y + b->row - 1, 1);
        put_safe(&p, b->role, "…", strlen("…"));
    }
    b->row++;
}

int cells_block(struct cells *c, struct rect r, enum ui_role role, const char *s)
{
    /* its own buffer: the lines must outlive the scratch that drawing them would reuse */
    struct buf safe;
    buf_init(&safe, SAFE_MAX);
    text_safe(&safe, s, strlen(s), TEXT_BLOCK);
    struct block b = {c, r, role, 0, r.x};
    if (r.w > 0) {
        text_wrap(safe.data, safe.len, r.w, block_line, &b);
    }
    buf_free(&safe);
    return b.row;
}
