/*
 * A row is compared cell by cell with what is shown; gaps of a few equal cells are written again
 * where that costs less than placing the cursor. Lists that scroll are found by comparing hashes of
 * rows and moved with a scroll region: one row costs a hundred bytes then, not two thousand.
 */
#include "ui/frame.h"

#include "base/mem.h"
#include "base/rng.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FRAME_BYTES    (8u << 20)
#define NEAR_CELLS     9  /* so far into the next row an address is longer than "\r\n" and a step */
#define GAP_CELLS      4  /* equal cells that are cheaper to write than to jump over */
#define ECH_CELLS      12 /* blanks inside a row that are worth an erase and a jump */
#define EL_CELLS       6  /* changed blanks at the end of a row that are worth a clear */
#define SGR_PARAMETERS 12 /* in one sequence; terminals take 16 at least, and some break at 17 */
#define SCROLL_SAVES   3  /* rows that a scroll must save */
#define SCROLL_ROWS    200

void frame_init(struct frame *f, const struct frame_caps *caps)
{
    memset(f, 0, sizeof *f);
    f->caps = *caps;
    buf_init(&f->out, FRAME_BYTES);
    f->cursor_shown = true;
    struct theme t;
    theme_mono(&t);
    frame_theme(f, &t);
}

void frame_free(struct frame *f)
{
    free(f->shown);
    f->shown = NULL;
    buf_free(&f->out);
}

void frame_theme(struct frame *f, const struct theme *t)
{
    f->theme = *t;
    for (int r = 0; r < ROLE_ROLES; r++) {
        struct look *l = &f->theme.of[r];
        bool grey = l->bg >= 232, dark = l->fg >= 16 && l->bg < 0;
        l->fg = theme_reduce(l->fg, f->caps.colours);
        l->bg = theme_reduce(l->bg, f->caps.colours);
        if (f->caps.colours == 0) {
            l->fg = l->bg = THEME_DEFAULT_COLOUR;
        } else if (grey && f->caps.colours < 256) {
            /* a shade of grey is no ground that 8 or 16 colours could show */
            l->fg = l->bg = THEME_DEFAULT_COLOUR;
            l->attributes |= THEME_REVERSE;
        } else if (dark && l->fg == 0) {
            l->fg = THEME_DEFAULT_COLOUR; /* dark grey would be black on black */
        }
    }
    frame_forget(f);
}

void frame_forget(struct frame *f)
{
    f->known = false;
}

/* ---- bytes */

/* A capability without its padding: terminals that needed pauses are in museums. */
static void put_cap(struct frame *f, const char *s)
{
    while (s != NULL && *s != '\0') {
        const char *end = s[0] == '$' && s[1] == '<' ? strchr(s, '>') : NULL;
        if (end != NULL) {
            s = end + 1;
        } else {
            buf_addc(&f->out, *s++);
        }
    }
}

static void put_cap2(struct frame *f, const char *cap, int a, int b)
{
    put_cap(f, f->caps.expand(cap, a, b));
}

/* Only parameters of SGR (attributes and colours)? */
static bool is_sgr(const char *s, size_t n)
{
    return n >= 3 && s[0] == '\033' && s[1] == '[' && s[n - 1] == 'm' &&
           strspn(s + 2, "0123456789;:") == n - 3;
}

static int count_parameters(const char *s, size_t n)
{
    int count = 1;
    for (size_t i = 0; i < n; i++) {
        count += s[i] == ';' || s[i] == ':' ? 1 : 0;
    }
    return count;
}

/* Two such sequences that follow each other are one, with the parameters of both. */
static void put_sgr(struct frame *f, const char *s)
{
    size_t n = s != NULL ? strlen(s) : 0, len = f->out.len;
    bool fresh = f->sgr_end == 0 || f->sgr_end != len;
    if (!is_sgr(s, n)) {
        put_cap(f, s);
        f->sgr_end = 0;
    } else if (fresh || n == 3 ||
               count_parameters(f->out.data + f->sgr_at, len - f->sgr_at) + count_parameters(s, n) >
                   SGR_PARAMETERS) {
        buf_add(&f->out, s, n);
        f->sgr_at = len;
        f->sgr_end = f->out.len;
    } else {
        buf_cut(&f->out, len - 1);
        buf_adds(&f->out, len - f->sgr_at == 3 ? "0;" : ";"); /* behind the reset, which is "" */
        buf_add(&f->out, s + 2, n - 2);
        f->sgr_end = f->out.len;
    }
}

static void go(struct frame *f, int x, int y)
{
    if (f->x == x && f->y == y) {
        return;
    }
    bool below = f->y >= 0 && f->y + 1 == y && x <= NEAR_CELLS && f->caps.cuf != NULL;
    if (below) {
        buf_adds(&f->out, "\r\n"); /* the terminal is in raw mode, and this is not its last row */
        f->x = 0;
        f->y = y;
    }
    if (f->x == x && f->y == y) {
        return;
    }
    if (f->y == y && f->x >= 0 && f->x < x && f->caps.cuf != NULL) {
        put_cap2(f, f->caps.cuf, x - f->x, 0);
    } else {
        put_cap2(f, f->caps.cup, y, x);
    }
    f->x = x;
    f->y = y;
}

static void plain(struct frame *f)
{
    put_sgr(f, f->caps.sgr0);
    f->now = (struct look){THEME_DEFAULT_COLOUR, THEME_DEFAULT_COLOUR, 0};
}

/* How the terminal numbers one of 256 colours: by the same number, or by red, green and blue. */
static int colour_number(const struct frame *f, short colour)
{
    return f->caps.colours > 256 ? theme_rgb(colour) : colour;
}

static void set_look(struct frame *f, const struct look *want)
{
    if ((f->now.attributes & ~want->attributes) != 0) {
        plain(f);
    }
    unsigned more = want->attributes & ~f->now.attributes;
    const char *const caps[] = {f->caps.bold, f->caps.dim, f->caps.smul, f->caps.rev};
    for (unsigned i = 0; i < 4; i++) {
        if ((more & (1u << i)) != 0) {
            put_sgr(f, caps[i]);
        }
    }
    f->now.attributes = want->attributes;
    if (f->caps.setaf == NULL || f->caps.setab == NULL) {
        return;
    }
    bool fg_off = want->fg < 0 && f->now.fg >= 0, bg_off = want->bg < 0 && f->now.bg >= 0;
    if (f->caps.ax && fg_off != bg_off) {
        put_sgr(f, fg_off ? "\033[39m" : "\033[49m");
        f->now.fg = fg_off ? THEME_DEFAULT_COLOUR : f->now.fg;
        f->now.bg = bg_off ? THEME_DEFAULT_COLOUR : f->now.bg;
    } else if (fg_off || bg_off) {
        put_sgr(f, f->caps.op);
        f->now.fg = f->now.bg = THEME_DEFAULT_COLOUR;
    }
    if (want->fg >= 0 && want->fg != f->now.fg) {
        put_sgr(f, f->caps.expand(f->caps.setaf, colour_number(f, want->fg), 0));
        f->now.fg = want->fg;
    }
    if (want->bg >= 0 && want->bg != f->now.bg) {
        put_sgr(f, f->caps.expand(f->caps.setab, colour_number(f, want->bg), 0));
        f->now.bg = want->bg;
    }
}

/* ---- comparing */

static struct look look_of(const struct frame *f, const struct cell *c)
{
    static const struct look bare = {THEME_DEFAULT_COLOUR, THEME_DEFAULT_COLOUR, 0};
    struct look l = c->role < ROLE_ROLES ? f->theme.of[c->role] : bare;
    /* a match with a ground of its own stays readable, and found, under the cursor */
    bool stands_out = c->role == ROLE_MATCH && l.bg >= 0;
    if ((c->flags & CELL_CURSOR) != 0 && !stands_out) {
        const struct look *over = &f->theme.of[ROLE_CURSOR];
        l.fg = over->fg >= 0 ? over->fg : l.fg;
        l.bg = over->bg >= 0 ? over->bg : l.bg;
        l.attributes |= over->attributes;
        /* dim on a highlighted row cannot be read */
        l.attributes &= ~(unsigned)THEME_DIM;
    }
    l.attributes |= (c->flags & CELL_BOLD) != 0 ? (unsigned)THEME_BOLD : 0u;
    l.attributes |= (c->flags & CELL_UNDERLINE) != 0 ? (unsigned)THEME_UNDERLINE : 0u;
    return l;
}

static bool is_space(const struct cell *c)
{
    return c->len == 1 && c->text[0] == ' ';
}

/* Does a space of this look show nothing but the terminal's own background? */
static bool is_bare(const struct frame *f, const struct cell *c)
{
    if (!is_space(c)) {
        return false;
    }
    struct look l = look_of(f, c);
    return l.bg < 0 && (l.attributes & (THEME_UNDERLINE | THEME_REVERSE)) == 0;
}

static bool looks_same(const struct frame *f, const struct cell *a, const struct cell *b)
{
    if (cell_equal(a, b)) {
        return true;
    }
    if (a->len != b->len || a->width != b->width || memcmp(a->text, b->text, a->len) != 0) {
        return false;
    }
    struct look la = look_of(f, a), lb = look_of(f, b);
    if (is_space(a)) {
        unsigned seen = THEME_UNDERLINE | THEME_REVERSE;
        if (((la.attributes | lb.attributes) & seen) == 0) {
            return la.bg == lb.bg;
        }
    }
    return la.fg == lb.fg && la.bg == lb.bg && la.attributes == lb.attributes;
}

/* ---- writing */

/* Do terminals agree on the columns of this cluster? */
static bool is_doubtful(const struct cell *c)
{
    if (c->width != 1 || c->len > 3) {
        return true;
    }
    /* more than one code point: a second lead byte */
    for (size_t i = 1; i < c->len; i++) {
        if (((unsigned char)c->text[i] & 0xc0) != 0x80) {
            return true;
        }
    }
    return false;
}

/* On a space neither colour nor weight of letters can be seen: they stay as they are. */
static struct look space_look(const struct frame *f, const struct cell *c)
{
    struct look l = look_of(f, c);
    const unsigned seen = THEME_UNDERLINE | THEME_REVERSE;
    if ((l.attributes & seen) == 0) {
        l.fg = f->now.fg;
        l.attributes = (f->now.attributes & seen) == 0 ? f->now.attributes : 0;
    }
    return l;
}

static void write_cell(struct frame *f, const struct cell *c)
{
    struct look look = is_space(c) ? space_look(f, c) : look_of(f, c);
    set_look(f, &look);
    buf_add(&f->out, c->text, c->len);
    f->x += c->width;
    if (is_doubtful(c) || f->x >= f->cols) {
        f->x = f->y = -1;
    }
}

/* Spaces that can be painted by erasing: without a background, or where erasing takes it along. */
static bool can_erase(const struct frame *f, const struct cell *c)
{
    return is_bare(f, c) || (f->caps.bce && is_space(c) &&
                             (look_of(f, c).attributes & (THEME_UNDERLINE | THEME_REVERSE)) == 0);
}

/* Cells from x on that look like one and the same erasable space. */
static int blank_run(const struct frame *f, const struct cell *row, int x)
{
    int n = 0;
    while (x + n < f->cols && can_erase(f, &row[x]) && looks_same(f, &row[x + n], &row[x])) {
        n++;
    }
    return n;
}

/* Erases a run of blanks when that is shorter than writing them. Returns the cells painted. */
static int try_erase(struct frame *f, const struct cell *want, int x, int y)
{
    int n = blank_run(f, want, x);
    bool to_end = x + n == f->cols && f->caps.el != NULL && n >= EL_CELLS;
    bool inside = f->caps.ech != NULL && n >= ECH_CELLS;
    if (!to_end && !inside) {
        return 0;
    }
    struct look look = space_look(f, &want[x]);
    go(f, x, y);
    set_look(f, &look);
    if (to_end) {
        put_cap(f, f->caps.el);
    } else {
        put_cap2(f, f->caps.ech, n, 0);
    }
    return n;
}

/* A short gap up to x, from where the last cell was written, is written again. */
static void bridge_gap(struct frame *f, const struct cell *want, int x, int y)
{
    if (f->y != y || f->x < 0 || f->x >= x || x - f->x > GAP_CELLS) {
        return;
    }
    for (int i = f->x; i < x && f->y == y && f->x == i && want[i].width == 1; i++) {
        write_cell(f, &want[i]);
    }
}

static void write_row(struct frame *f, const struct cell *want, struct cell *have, int y)
{
    for (int x = 0; x < f->cols; x++) {
        if (want[x].width == 0 || looks_same(f, &want[x], &have[x])) {
            continue;
        }
        bridge_gap(f, want, x, y);
        int erased = is_space(&want[x]) ? try_erase(f, want, x, y) : 0;
        if (erased > 0) {
            x += erased - 1;
            continue;
        }
        go(f, x, y);
        write_cell(f, &want[x]);
    }
    memcpy(have, want, (size_t)f->cols * sizeof *have);
}

/* ---- scrolling */

/* What the terminal itself leaves: a space in its own colours, which no role need have. */
static void set_cleared(struct cell *c)
{
    memset(c, 0, sizeof *c);
    c->text[0] = ' ';
    c->len = c->width = 1;
    c->role = ROLE_ROLES;
}

struct shift {
    int by;          /* row y gets what stood at y + by */
    int first, last; /* rows of the screen, both included, as they are afterwards */
    int saves;
};

static uint64_t row_hash(const struct cell *row, int cols)
{
    uint64_t h = 1;
    for (int x = 0; x < cols; x++) {
        const struct cell *c = &row[x];
        const unsigned char head[3] = {c->width, c->role, c->flags};
        h = rng_hash(head, sizeof head, h);
        h = rng_hash(c->text, c->len, h);
    }
    return h;
}

static bool is_empty_row(const struct frame *f, const struct cell *row)
{
    for (int x = 0; x < f->cols; x++) {
        if (!is_bare(f, &row[x])) {
            return false;
        }
    }
    return true;
}

static struct shift best_shift(const uint64_t *want, const uint64_t *have, const bool *empty,
                               int rows)
{
    struct shift best = {0, 0, 0, 0};
    for (int by = -(rows - 1); by < rows; by++) {
        struct shift s = {by, -1, -1, 0};
        for (int y = 0; by != 0 && y < rows; y++) {
            if (y + by < 0 || y + by >= rows || empty[y]) {
                continue;
            }
            bool moved = want[y] == have[y + by];
            bool stays = want[y] == have[y];
            if (moved && !stays) {
                s.first = s.first < 0 ? y : s.first;
                s.last = y;
                s.saves++;
            } else if (stays && s.first >= 0 && want[y] != have[y + by]) {
                s.saves--;
            }
        }
        if (s.saves > best.saves) {
            best = s;
        }
    }
    return best;
}

static void do_scroll(struct frame *f, const struct shift *s)
{
    int n = s->by > 0 ? s->by : -s->by;
    int top = s->by > 0 ? s->first : s->first - n;
    int bottom = s->by > 0 ? s->last + n : s->last;
    /* the rows that come in have the background in force */
    if (f->now.bg >= 0 || (f->now.attributes & (THEME_UNDERLINE | THEME_REVERSE)) != 0) {
        plain(f);
    }
    const char *region = f->caps.expand(f->caps.csr, top, bottom);
    bool ansi = region[0] == '\033' && region[1] == '[' && region[strlen(region) - 1] == 'r';
    put_cap(f, region);
    f->x = f->y = -1;
    go(f, 0, s->by > 0 ? bottom : top);
    /* one by one: some emulators claim the parametrised form and do not have it */
    for (int i = 0; i < n; i++) {
        put_cap(f, s->by > 0 ? f->caps.ind : f->caps.ri);
    }
    if (ansi) {
        buf_adds(&f->out, "\033[r"); /* the whole screen, whatever its size */
    } else {
        put_cap2(f, f->caps.csr, 0, f->rows - 1);
    }
    f->x = f->y = -1;
    size_t row = (size_t)f->cols;
    size_t keep = (size_t)(bottom - top + 1 - n) * row;
    struct cell *at = f->shown + (size_t)top * row;
    struct cell *fresh = s->by > 0 ? at + keep : at;
    memmove(s->by > 0 ? at : at + (size_t)n * row, s->by > 0 ? at + (size_t)n * row : at,
            keep * sizeof *at);
    for (size_t i = 0; i < (size_t)n * row; i++) {
        set_cleared(&fresh[i]);
    }
}

static void try_scroll(struct frame *f, const struct cells *c)
{
    const struct frame_caps *caps = &f->caps;
    if (caps->csr == NULL || caps->ind == NULL || caps->ri == NULL || f->rows > SCROLL_ROWS) {
        return;
    }
    uint64_t want[SCROLL_ROWS], have[SCROLL_ROWS];
    bool empty[SCROLL_ROWS];
    int changed = 0;
    for (int y = 0; y < f->rows; y++) {
        const struct cell *row = &c->at[(size_t)y * (size_t)f->cols];
        want[y] = row_hash(row, f->cols);
        have[y] = row_hash(&f->shown[(size_t)y * (size_t)f->cols], f->cols);
        empty[y] = is_empty_row(f, row);
        changed += want[y] != have[y] ? 1 : 0;
    }
    if (changed <= SCROLL_SAVES) {
        return;
    }
    struct shift s = best_shift(want, have, empty, f->rows);
    if (s.saves >= SCROLL_SAVES) {
        do_scroll(f, &s);
    }
}

/* ---- a frame */

static void start_over(struct frame *f, const struct cells *c)
{
    if (c->cols != f->cols || c->rows != f->rows) {
        f->cols = c->cols;
        f->rows = c->rows;
        free(f->shown);
        f->shown = xcalloc((size_t)c->cols * (size_t)c->rows, sizeof *f->shown);
    }
    size_t n = (size_t)f->cols * (size_t)f->rows;
    for (size_t i = 0; i < n; i++) {
        set_cleared(&f->shown[i]);
    }
    plain(f);
    put_cap(f, f->caps.clear);
    f->x = f->y = 0;
    f->known = true;
}

static void rest_cursor(struct frame *f, const struct cells *c)
{
    int x = c->cursor_x, y = c->cursor_y;
    if (x < 0 || y < 0 || x >= f->cols || y >= f->rows) {
        x = f->cols - 1;
        y = f->rows - 1;
    }
    if (c->cursor_shown) {
        go(f, x, y);
    } else if (f->out.len > 0) {
        /* hidden, it still stands where screen readers and input methods look for it */
        go(f, x, y);
    }
    if (c->cursor_shown != f->cursor_shown) {
        put_cap(f, c->cursor_shown ? f->caps.cnorm : f->caps.civis);
        f->cursor_shown = c->cursor_shown;
    }
}

void frame_build(struct frame *f, const struct cells *c)
{
    buf_clear(&f->out);
    f->sgr_at = f->sgr_end = 0;
    if (!f->known || c->cols != f->cols || c->rows != f->rows) {
        start_over(f, c);
    } else {
        try_scroll(f, c);
    }
    for (int y = 0; y < f->rows; y++) {
        size_t at = (size_t)y * (size_t)f->cols;
        if (memcmp(&c->at[at], &f->shown[at], (size_t)f->cols * sizeof *f->shown) != 0) {
            write_row(f, &c->at[at], &f->shown[at], y);
        }
    }
    rest_cursor(f, c);
}

bool frame_present(struct frame *f, const struct cells *c, int fd)
{
    frame_build(f, c);
    f->written += f->out.len;
    return frame_write(fd, f->out.data, f->out.len);
}

void frame_end(struct frame *f, int fd)
{
    buf_clear(&f->out);
    f->sgr_at = f->sgr_end = 0;
    plain(f);
    if (!f->cursor_shown) {
        put_cap(f, f->caps.cnorm);
        f->cursor_shown = true;
    }
    if (f->rows > 0) {
        put_cap2(f, f->caps.cup, f->rows - 1, 0);
    }
    f->x = f->y = -1;
    frame_write(fd, f->out.data, f->out.len);
    f->known = false;
}

bool frame_write(int fd, const char *s, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, s, n);
        if (done > 0) {
            s += done;
            n -= (size_t)done;
        } else if (done < 0 && errno == EAGAIN) {
            struct pollfd p = {fd, POLLOUT, 0};
            if (poll(&p, 1, -1) > 0 && (p.revents & (POLLHUP | POLLERR)) != 0) {
                return false;
            }
        } else if (done == 0 || errno != EINTR) {
            return false;
        }
    }
    return true;
}
