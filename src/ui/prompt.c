/*
 * The line is edited by grapheme cluster, so that one press of Backspace removes what a person sees
 * as one character. Completion follows while one types: what could come next is the best help there
 * is, and it costs one table look-up a key.
 */
#include "ui/prompt.h"

#include "base/mem.h"
#include "base/utf8.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POPUP_ROWS 8

void prompt_init(struct prompt *p)
{
    memset(p, 0, sizeof *p);
    buf_init(&p->text, PROMPT_MAX);
}

static void forget_completion(struct prompt *p)
{
    completion_free(&p->completion);
    memset(&p->completion, 0, sizeof p->completion);
    p->popup = false;
    p->chosen = -1;
}

void prompt_end(struct prompt *p)
{
    forget_completion(p);
    buf_free(&p->text);
    free(p->kept);
    p->kept = NULL;
}

static void set_text(struct prompt *p, const char *s)
{
    buf_clear(&p->text);
    buf_adds(&p->text, s);
    p->at = p->text.len;
}

void prompt_start(struct prompt *p, const char *label, const char *initial, prompt_done_fn *done,
                  void *ctx)
{
    forget_completion(p);
    snprintf(p->label, sizeof p->label, "%s", label);
    set_text(p, initial);
    p->scroll = 0;
    p->history = NULL;
    p->history_at = 0;
    free(p->kept);
    p->kept = NULL;
    p->complete = false;
    p->files = false;
    p->behind = NULL;
    p->suggested = false;
    p->in_place = false;
    p->place = (struct rect){0, 0, 0, 0};
    p->names = NULL;
    p->typed_help[0] = '\0';
    p->done = done;
    p->change = NULL;
    p->ctx = ctx;
    p->active = true;
}

void prompt_suggest(struct prompt *p)
{
    p->suggested = p->text.len > 0;
}

/* ---- places in the line */

static size_t cluster_before(const struct prompt *p)
{
    size_t at = 0, before = 0;
    while (at < p->at) {
        int width = 0;
        before = at;
        at += utf8_cluster(p->text.data + at, p->text.len - at, &width);
    }
    return before;
}

static size_t cluster_after(const struct prompt *p)
{
    int width = 0;
    if (p->at >= p->text.len) {
        return p->at;
    }
    return p->at + utf8_cluster(p->text.data + p->at, p->text.len - p->at, &width);
}

static size_t word_before(const struct prompt *p)
{
    size_t at = p->at;
    while (at > 0 && p->text.data[at - 1] == ' ') {
        at--;
    }
    while (at > 0 && p->text.data[at - 1] != ' ') {
        at--;
    }
    return at;
}

static size_t word_after(const struct prompt *p)
{
    size_t at = p->at;
    while (at < p->text.len && p->text.data[at] == ' ') {
        at++;
    }
    while (at < p->text.len && p->text.data[at] != ' ') {
        at++;
    }
    return at;
}

/* ---- changes */

static void replace(struct prompt *p, size_t from, size_t to, const char *with, size_t n)
{
    char *tail = xstrndup(p->text.data + to, p->text.len - to);
    size_t tail_len = p->text.len - to;
    if (from + n + tail_len <= p->text.max) {
        buf_cut(&p->text, from);
        buf_add(&p->text, with, n);
        buf_add(&p->text, tail, tail_len);
        p->at = from + n;
    }
    free(tail);
}

/* Words of a filter as they are typed here: without the quotes that a command line needs. */
static void unquote(struct completion *c)
{
    for (size_t i = 0; i < c->count; i++) {
        int argc = 0;
        char **argv = NULL;
        if (words_split(c->items[i], &argc, &argv, NULL) == ST_OK) {
            if (argc == 1 && c->items[i][0] == '\'') {
                free(c->items[i]);
                c->items[i] = xstrdup(argv[0]);
            }
            words_free(argc, argv);
        }
    }
}

static void look_up_behind(struct prompt *p)
{
    size_t n = strlen(p->behind);
    char *line = xasprintf("%s%.*s", p->behind, (int)p->at, p->text.data);
    complete_line(line, p->names, p->names_ctx, &p->completion);
    free(line);
    if (p->completion.from < n) {
        forget_completion(p);
        return;
    }
    p->completion.from -= n;
    unquote(&p->completion);
    p->popup = p->completion.count > 0;
}

static void look_up(struct prompt *p)
{
    forget_completion(p);
    p->typed_help[0] = '\0';
    if (p->files) {
        char *typed = xstrndup(p->text.data, p->at);
        complete_file(typed, &p->completion);
        p->popup = p->completion.count > 0;
        free(typed);
        return;
    }
    if (p->behind != NULL) {
        look_up_behind(p);
    }
    if (!p->complete) {
        return;
    }
    char *line = xstrndup(p->text.data, p->at);
    complete_line(line, p->names, p->names_ctx, &p->completion);
    p->popup = p->completion.count > 0 && p->at > 0;
    int argc = 0, used = 0;
    char **argv = NULL;
    if (words_split(line, &argc, &argv, NULL) == ST_OK) {
        /* a copy of the pointers: adding const to the inner level needs one in C */
        const char *words[4];
        int n = 0;
        for (; n < argc && n < 4; n++) {
            words[n] = argv[n];
        }
        const struct command *cmd = command_find(n, words, &used);
        if (cmd != NULL) {
            struct buf usage;
            buf_init(&usage, 4096);
            command_usage(cmd, &usage);
            snprintf(p->typed_help, sizeof p->typed_help, "%s", usage.data);
            buf_free(&usage);
        }
        words_free(argc, argv);
    }
    free(line);
}

static void changed(struct prompt *p, struct ui *ui)
{
    look_up(p);
    if (p->change != NULL) {
        p->change(ui, p->ctx, p->text.data);
    }
}

static void insert(struct prompt *p, struct ui *ui, const char *s, size_t n)
{
    struct buf clean;
    buf_init(&clean, KEY_PASTE_MAX);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == '\r' && i + 1 < n && s[i + 1] == '\n') {
            continue;
        }
        if (c == '\n' || c == '\r' || c == '\t') {
            buf_addc(&clean, ' ');
        } else if (c >= 32 && c != 127) {
            buf_addc(&clean, (char)c);
        }
    }
    if (p->suggested) {
        set_text(p, "");
        p->suggested = false;
    }
    replace(p, p->at, p->at, clean.data, clean.len);
    buf_free(&clean);
    changed(p, ui);
}

static void erase(struct prompt *p, struct ui *ui, size_t from, size_t to)
{
    if (from < to) {
        replace(p, from, to, "", 0);
        changed(p, ui);
    }
}

static void walk_history(struct prompt *p, struct ui *ui, int by)
{
    const struct history *h = p->history;
    if (h == NULL || (by < 0 && p->history_at == 0) || (by > 0 && p->history_at >= h->count)) {
        return;
    }
    if (p->history_at == h->count) {
        free(p->kept);
        p->kept = xstrdup(p->text.data);
    }
    p->history_at = by < 0 ? p->history_at - 1 : p->history_at + 1;
    set_text(p, p->history_at < h->count ? h->lines[p->history_at]
                : p->kept != NULL        ? p->kept
                                         : "");
    changed(p, ui);
    p->popup = false; /* the line stands as it was given: nothing is to be chosen yet */
}

static void choose(struct prompt *p, int by)
{
    struct completion *c = &p->completion;
    if (c->count == 0) {
        look_up(p);
    }
    if (c->count == 0) {
        return;
    }
    p->popup = true;
    if (p->chosen < 0) {
        struct buf common;
        buf_init(&common, PROMPT_MAX);
        completion_common(c, &common);
        size_t had = p->text.len;
        replace(p, p->at, p->at, common.data, common.len);
        buf_free(&common);
        if (c->count == 1) {
            replace(p, c->from, p->at, c->items[0], strlen(c->items[0]));
            replace(p, p->at, p->at, " ", p->files ? 0 : 1);
            look_up(p);
            return;
        }
        if (p->text.len != had) {
            look_up(p);
            return;
        }
    }
    long count = (long)c->count;
    p->chosen = p->chosen < 0 ? (by > 0 ? 0 : count - 1) : (p->chosen + by + count) % count;
    const char *item = c->items[p->chosen];
    replace(p, c->from, p->at, item, strlen(item));
}

static void finish(struct prompt *p, struct ui *ui, bool accepted)
{
    char *text = xstrdup(p->text.data);
    p->active = false;
    forget_completion(p);
    if (accepted && p->history != NULL) {
        history_add(p->history, text);
    }
    /* last: the owner may start the next prompt from here */
    p->done(ui, p->ctx, accepted, text);
    free(text);
}

static bool edit_key(struct prompt *p, struct ui *ui, uint32_t code)
{
    switch (code) {
    case K_BACKSPACE:
        erase(p, ui, cluster_before(p), p->at);
        return true;
    case K_DELETE:
    case K_CTRL('d'):
        erase(p, ui, p->at, cluster_after(p));
        return true;
    case K_CTRL('w'):
        erase(p, ui, word_before(p), p->at);
        return true;
    case K_CTRL('u'):
        erase(p, ui, 0, p->at);
        return true;
    case K_CTRL('k'):
        erase(p, ui, p->at, p->text.len);
        return true;
    default:
        return false;
    }
}

static bool move_key(struct prompt *p, uint32_t code)
{
    switch (code) {
    case K_LEFT:
    case K_CTRL('b'):
        p->at = cluster_before(p);
        return true;
    case K_RIGHT:
    case K_CTRL('f'):
        p->at = cluster_after(p);
        return true;
    case K_HOME:
    case K_CTRL('a'):
        p->at = 0;
        return true;
    case K_END:
    case K_CTRL('e'):
        p->at = p->text.len;
        return true;
    case K_WORD_LEFT:
        p->at = word_before(p);
        return true;
    case K_WORD_RIGHT:
        p->at = word_after(p);
        return true;
    default:
        return false;
    }
}

void prompt_key(struct prompt *p, struct ui *ui, const struct key *k)
{
    if (k->code == K_PASTE) {
        insert(p, ui, k->paste, strlen(k->paste));
        return;
    }
    if (k->code == K_BACKSPACE && p->text.len == 0) {
        finish(p, ui, false);
        return;
    }
    if (k->code == K_BACKSPACE && p->suggested) {
        p->suggested = false;
        erase(p, ui, 0, p->text.len);
        return;
    }
    if (edit_key(p, ui, k->code) || move_key(p, k->code)) {
        p->suggested = false;
        return;
    }
    switch (k->code) {
    case K_ENTER:
    case '\n':
        finish(p, ui, true);
        return;
    case K_ESC:
    case K_CTRL('c'):
    case K_CTRL('g'):
        finish(p, ui, false);
        return;
    case K_TAB:
        choose(p, 1);
        return;
    case K_BACKTAB:
        choose(p, -1);
        return;
    case K_UP:
    case K_CTRL('p'):
        walk_history(p, ui, -1);
        return;
    case K_DOWN:
    case K_CTRL('n'):
        walk_history(p, ui, 1);
        return;
    default:
        break;
    }
    char bytes[4] = "";
    size_t n = k->code >= 32 && k->code < KEY_CODE_BASE ? utf8_encode(k->code, bytes) : 0;
    if (n > 0) {
        insert(p, ui, bytes, n);
    }
}

/* ---- drawing */

static void draw_popup(const struct prompt *p, struct cells *c, struct rect line, int word_x)
{
    int count = (int)p->completion.count;
    int rows = count < POPUP_ROWS ? count : POPUP_ROWS;
    if (rows > line.y - 2) {
        rows = line.y - 2;
    }
    int usage = p->typed_help[0] != '\0' ? 1 : 0;
    int name_width = 8, help_width = 0;
    int first = p->chosen >= rows ? (int)p->chosen - rows + 1 : 0;
    for (int i = first; i < first + rows && i < count; i++) {
        const char *item = p->completion.items[i];
        const char *help = p->completion.help != NULL ? p->completion.help[i] : NULL;
        int w = utf8_columns(item, strlen(item));
        name_width = w > name_width ? w : name_width;
        w = help != NULL ? utf8_columns(help, strlen(help)) : 0;
        help_width = w > help_width ? w : help_width;
    }
    name_width = name_width > 36 ? 36 : name_width;
    int width = name_width + (help_width > 0 ? help_width + 2 : 0) + 2;
    width = width > line.w ? line.w : width;
    int x = word_x - 1 + width > line.w ? line.w - width : word_x - 1;
    x = x < 0 ? 0 : x;
    for (int i = 0; i < rows; i++) {
        int item = first + i, y = line.y - usage - rows + i;
        bool on = item == p->chosen;
        enum ui_role role = on ? ROLE_POPUP_ACTIVE : ROLE_POPUP;
        cells_fill(c, (struct rect){x, y, width, 1}, role);
        struct pen pen = pen_at(c, x, y, width - 1);
        /* the sign says without colour which one is chosen */
        pen_put(&pen, role, on ? "▸" : " ");
        pen_field(&pen, role, name_width, p->completion.items[item]);
        pen_skip(&pen, 2);
        if (p->completion.help != NULL && p->completion.help[item] != NULL) {
            pen_field(&pen, role, pen_left(&pen), p->completion.help[item]);
        }
    }
}

void prompt_draw(struct prompt *p, struct cells *c, struct rect line, bool label)
{
    struct pen pen = pen_at(c, line.x, line.y, line.w);
    if (label) {
        pen_put(&pen, ROLE_PROMPT, p->label);
    }
    int room = pen_left(&pen) - 1;
    if (p->scroll > p->at) {
        p->scroll = p->at;
    }
    while (utf8_columns(p->text.data + p->scroll, p->at - p->scroll) > room && p->scroll < p->at) {
        int width = 0;
        p->scroll += utf8_cluster(p->text.data + p->scroll, p->text.len - p->scroll, &width);
    }
    int start = pen.x;
    pen_putn(&pen, ROLE_TEXT, p->text.data + p->scroll, p->text.len - p->scroll);
    c->cursor_x = start + utf8_columns(p->text.data + p->scroll, p->at - p->scroll);
    c->cursor_y = line.y;
    c->cursor_shown = true;
    if (p->suggested) {
        cells_flag(c, start, line.y, pen.x - start, CELL_UNDERLINE);
    }
    if (p->popup) {
        size_t from = p->completion.from < p->scroll ? p->scroll : p->completion.from;
        from = from > p->text.len ? p->text.len : from;
        int word = start + utf8_columns(p->text.data + p->scroll, from - p->scroll);
        draw_popup(p, c, line, word);
    }
    if (p->typed_help[0] != '\0') {
        cells_fill(c, (struct rect){0, line.y - 1, line.w, 1}, ROLE_POPUP);
        struct pen help = pen_at(c, 1, line.y - 1, line.w - 1);
        pen_field(&help, ROLE_POPUP, pen_left(&help), p->typed_help);
    }
}
