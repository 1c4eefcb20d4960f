/*
 * The list of calls. What went wrong is said in words in the row itself, because that is what one
 * looks for here.
 */
#include "ui/panels/calls.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/layout.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HEAD_ROWS = 2, TEXT_MOST = 16384, W_ID = 10 };

/* ---- rows, read on another thread */

static enum status last(struct store *s, int64_t *id, struct err *e)
{
    return store_call_last(s, id, e);
}

struct visitor {
    browse_key_fn *visit;
    void *ctx;
};

static bool visit_key(void *ctx, int64_t id, double key)
{
    const struct visitor *v = ctx;
    return v->visit(v->ctx, id, key, -1);
}

static enum status keys(struct store *s, const struct filter *f, int order, int64_t from,
                        int64_t to, browse_key_fn *visit, void *ctx, struct err *e)
{
    struct visitor v = {visit, ctx};
    return store_call_keys(s, f, (enum call_sort)order, from, to, visit_key, &v, e);
}

static const char *copy(const char *text)
{
    return text != NULL ? xstrndup(text, strnlen(text, TEXT_MOST)) : xstrdup("");
}

static bool take(void *ctx, const struct call_row *c)
{
    struct calls_row *row = ctx;
    row->c = *c;
    row->c.key = copy(c->key);
    row->c.task = copy(c->task);
    row->c.prompt = copy(c->prompt);
    row->c.teacher = copy(c->teacher);
    row->c.model = copy(c->model);
    row->c.outcome = copy(c->outcome);
    row->c.system = copy(c->system);
    row->c.user = copy(c->user);
    row->c.reply = copy(c->reply);
    row->c.error = copy(c->error);
    return false;
}

static void *read_row(struct store *s, int64_t id, struct regex *find)
{
    struct calls_row *row = xcalloc(1, sizeof *row);
    (void)find;
    row->gone = store_call(s, id, take, row, NULL) != ST_OK;
    row->c.id = id;
    return row;
}

static void free_row(void *p)
{
    struct calls_row *row = p;
    const char *const texts[] = {row->c.key,   row->c.task,    row->c.prompt, row->c.teacher,
                                 row->c.model, row->c.outcome, row->c.system, row->c.user,
                                 row->c.reply, row->c.error};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        free((void *)(uintptr_t)texts[i]); /* copies of ours behind pointers to const */
    }
    free(row);
}

const struct browse_kind calls_kind = {
    .calls = true, .last = last, .keys = keys, .row = read_row, .row_free = free_row};

const char *calls_sort_name(int order)
{
    static const char *const names[CALL_SORTS] = {
        [CALLS_ID] = "number", [CALLS_SECONDS] = "latency", [CALLS_TOKENS] = "tokens",
        [CALLS_COST] = "cost", [CALLS_TASK] = "question",
    };
    return names[order];
}

/* ---- the list */

static enum ui_role outcome_role(const char *outcome)
{
    return strcmp(outcome, "ok") == 0        ? ROLE_ACCEPTED
           : strcmp(outcome, "retried") == 0 ? ROLE_DISPUTED
           : strcmp(outcome, "length") == 0  ? ROLE_INVALID
                                             : ROLE_FAILED;
}

static void time_of(int64_t at_us, char out[24])
{
    time_t at = (time_t)(at_us / 1000000), now = (time_t)(clock_wall_us() / 1000000);
    struct tm then, today;
    out[0] = '\0';
    if (at_us == 0 || localtime_r(&at, &then) == NULL || localtime_r(&now, &today) == NULL) {
        return;
    }
    bool same = then.tm_yday == today.tm_yday && then.tm_year == today.tm_year;
    strftime(out, 24, same ? "%H:%M:%S" : "%b %d %H:%M", &then);
}

struct widths {
    bool time, prompt, point, teacher, cost;
};

static struct widths fit(int width)
{
    return (struct widths){.time = width >= 96,
                           .prompt = width >= 130,
                           .point = width >= 84,
                           .teacher = width >= 104,
                           .cost = width >= 74};
}

static void draw_heads(const struct calls_panel *l, struct cells *c, struct rect r,
                       const struct widths *w)
{
    struct pen p = pen_at(c, r.x + 2, r.y + 1, r.w - 3);
    pen_right(&p, ROLE_DIM, W_ID - 1, "number");
    pen_skip(&p, 1);
    if (w->time) {
        pen_field(&p, ROLE_DIM, 13, "time");
    }
    pen_field(&p, ROLE_DIM, 19, "question");
    if (w->prompt) {
        pen_field(&p, ROLE_DIM, 10, "prompt");
    }
    if (w->point) {
        pen_right(&p, ROLE_DIM, 9, "point");
        pen_skip(&p, 1);
    }
    if (w->teacher) {
        pen_field(&p, ROLE_DIM, 16, "teacher");
    }
    pen_field(&p, ROLE_DIM, 10, "outcome");
    pen_right(&p, ROLE_DIM, 8, "latency");
    pen_right(&p, ROLE_DIM, 14, "tokens in+out");
    if (w->cost) {
        pen_right(&p, ROLE_DIM, 10, "cost");
    }
    pen_skip(&p, 1);
    pen_field(&p, ROLE_DIM, pen_left(&p), l->list.order == CALLS_ID ? "what went wrong" : "");
}

static void draw_call(const struct calls_row *row, struct pen *p, const struct widths *w)
{
    const struct call_row *k = &row->c;
    char text[64];
    if (w->time) {
        time_of(k->started_us, text);
        pen_field(p, ROLE_DIM, 13, text);
    }
    pen_field(p, ROLE_TEXT, 18, k->task);
    pen_skip(p, 1);
    if (w->prompt) {
        pen_field(p, ROLE_DIM, 9, k->prompt);
        pen_skip(p, 1);
    }
    if (w->point) {
        text[0] = '\0';
        if (k->point > 0) {
            snprintf(text, sizeof text, "#%lld", (long long)k->point);
        }
        pen_right(p, ROLE_DIM, 9, text);
        pen_skip(p, 1);
    }
    if (w->teacher) {
        pen_field(p, ROLE_TEXT, 15, k->teacher);
        pen_skip(p, 1);
    }
    pen_field(p, outcome_role(k->outcome), 9, k->outcome);
    pen_skip(p, 1);
    text_seconds(text, k->seconds);
    pen_right(p, ROLE_NUMBER, 8, text);
    snprintf(text, sizeof text, "%lld+%lld", (long long)k->tokens_in, (long long)k->tokens_out);
    pen_right(p, ROLE_NUMBER, 14, text);
    if (w->cost) {
        snprintf(text, sizeof text, "$%.5f", k->cost);
        pen_right(p, ROLE_NUMBER, 10, text);
    }
    pen_skip(p, 1);
    struct buf why;
    buf_init(&why, 1u << 16);
    if (k->http_status != 0 && k->http_status != 200) {
        buf_printf(&why, "HTTP %d  ", k->http_status);
    }
    if (k->tries > 1) {
        buf_printf(&why, "try %d  ", k->tries);
    }
    buf_adds(&why, k->error);
    pen_field(p, ROLE_TEXT, pen_left(p), why.data);
    buf_free(&why);
}

static void draw_row(const struct calls_panel *l, struct cells *c, struct rect r, int y, size_t at,
                     const struct widths *w)
{
    const struct calls_row *row = browse_row(&l->list, at);
    char number[32];
    struct pen p = pen_at(c, r.x + 1, y, r.w - 2);
    text_count(number, browse_id(&l->list, at));
    pen_put(&p, ROLE_SIGN, at == l->list.list.cursor ? "▌" : " ");
    pen_right(&p, ROLE_NUMBER, W_ID - 1, number);
    pen_skip(&p, 1);
    if (row == NULL || row->gone) {
        pen_put(&p, ROLE_DIM, row == NULL ? "…" : "(not there any more)");
    } else {
        draw_call(row, &p, w);
    }
    if (at == l->list.list.cursor) {
        cells_flag(c, r.x, y, r.w, CELL_CURSOR);
    }
}

static void draw_title(const struct calls_panel *l, struct cells *c, struct rect r)
{
    char says[96], order[40];
    browse_says(&l->list, says);
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    snprintf(order, sizeof order, "  by %.20s %s", calls_sort_name(l->list.order),
             l->list.reverse ? "▼" : "▲");
    int room = r.w - 4 - (int)strlen(says) - 6 - 24;
    bool all = l->list.filter[0] == '\0';
    pen_put(&p, ROLE_STRONG, "Calls ");
    pen_field(&p, all ? ROLE_DIM : ROLE_MATCH, room > 0 ? room : 0, all ? "all" : l->list.filter);
    pen_field(&p, ROLE_DIM, 24, order);
    pen_right(&p, l->list.whole ? ROLE_DIM : ROLE_WORKING, pen_left(&p), says);
}

static void draw_empty(const struct calls_panel *l, const struct ui *ui, struct cells *c,
                       struct rect r)
{
    const char *text = l->list.problem[0] != '\0'                  ? l->list.problem
                       : !l->list.whole && ui->model.store != NULL ? "Looking through the calls …"
                       : l->list.filter[0] != '\0'
                           ? "No call fits the filter. Esc takes it away, f changes it."
                           : "No teacher was asked yet. Each question and its reply will stand "
                             "here, as it was sent and as it came back.";
    cells_block(c, (struct rect){r.x + 2, r.y, r.w - 4, r.h}, ROLE_DIM, text);
}

/* ---- details */

static void draw_details(struct calls_panel *l, struct cells *c, struct rect r)
{
    const struct calls_row *row = browse_row(&l->list, l->list.list.cursor);
    int w = r.w - 2;
    if (row == NULL || row->gone || r.w < 12) {
        return;
    }
    if (l->text_of != row || l->text.width != w) {
        record_clear(&l->text, w);
        record_add(&l->text, "", ROLE_DIM, "reply");
        record_add(&l->text, "", ROLE_TEXT, row->c.reply);
        record_add(&l->text, "", ROLE_DIM, "\nquestion");
        record_add(&l->text, "", ROLE_TEXT, row->c.user);
        record_add(&l->text, "", ROLE_DIM, "\nsystem prompt");
        record_add(&l->text, "", ROLE_TEXT, row->c.system);
        l->text_of = row;
    }
    struct pen p = pen_at(c, r.x + 1, r.y, w);
    pen_format(&p, ROLE_STRONG, "%s  ", row->c.task);
    pen_put(&p, outcome_role(row->c.outcome), row->c.outcome);
    pen_format(&p, ROLE_DIM, "  prompt %s  %s", row->c.prompt, row->c.model);
    record_draw(&l->text, 0, c, (struct rect){r.x + 1, r.y + 2, w, r.h - 2});
}

void calls_draw(struct calls_panel *l, struct ui *ui, struct cells *c, struct rect body)
{
    struct split s = layout_split(body, 0);
    struct rect r = s.beside ? s.list : body;
    struct widths w = fit(r.w);
    l->seen = (struct rect){r.x, r.y + HEAD_ROWS, r.w, r.h - HEAD_ROWS};
    if (browse_window(&l->list, l->seen.h > 0 ? (size_t)l->seen.h : 0)) {
        l->text_of = NULL;
    }
    draw_title(l, c, r);
    if (l->list.list.count == 0) {
        draw_empty(l, ui, c, l->seen);
        return;
    }
    draw_heads(l, c, r, &w);
    for (int i = 0; i < l->seen.h && l->list.list.top + (size_t)i < l->list.list.count; i++) {
        draw_row(l, c, r, l->seen.y + i, l->list.list.top + (size_t)i, &w);
    }
    if (s.beside) {
        layout_split_line(c, &s);
        draw_details(l, c, s.details);
    }
}
