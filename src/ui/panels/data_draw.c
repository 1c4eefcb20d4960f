/*
 * The list of points and, where there is room beside it, the one under the cursor laid out by its
 * fields. Columns give way to the words of the record from the right: what one can do without goes
 * first.
 */
#include "ui/panels/data.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"
#include "ui/layout.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { HEAD_ROWS = 3, W_ID = 9, WORDS_LEAST = 24 };

struct column {
    const char *name, *head;
    int width;
    bool right;
    int sort; /* -1: not by this */
};
static const struct column columns[DATA_COLUMNS] = {
    [DATA_STATE] = {"state", "state", 11, false, SORT_STATE},
    [DATA_STRATEGY] = {"strategy", "strategy", 13, false, SORT_STRATEGY},
    [DATA_MIX] = {"mix", "mix", 26, false, -1},
    [DATA_VERDICT] = {"verdict", "verdict", 8, false, -1},
    [DATA_SUSPICION] = {"suspicion", "susp", 5, true, SORT_SUSPICION},
    [DATA_ATTEMPTS] = {"attempts", "tries", 6, true, SORT_ATTEMPTS},
    [DATA_COST] = {"cost", "cost", 10, true, SORT_COST},
    [DATA_TIME] = {"time", "finished", 13, false, SORT_TIME},
};

const char *data_column_name(enum data_column col)
{
    return columns[col].name;
}

enum ui_role data_state_role(enum point_state s)
{
    switch (s) {
    case POINT_ACCEPTED:
        return ROLE_ACCEPTED;
    case POINT_REJECTED:
        return ROLE_REJECTED;
    case POINT_DISPUTED:
        return ROLE_DISPUTED;
    case POINT_INVALID:
        return ROLE_INVALID;
    case POINT_FAILED:
        return ROLE_FAILED;
    case POINT_PLANNED:
    case POINT_ASKED:
    case POINT_STATES:
        break;
    }
    return ROLE_WORKING;
}

/* Which columns there is room for. */
static void fit(const struct data_panel *d, int width, bool out[DATA_COLUMNS])
{
    static const enum data_column goes[DATA_COLUMNS] = {DATA_TIME,      DATA_COST, DATA_ATTEMPTS,
                                                        DATA_STRATEGY,  DATA_MIX,  DATA_VERDICT,
                                                        DATA_SUSPICION, DATA_STATE};
    int left = width - W_ID - 3;
    for (int i = 0; i < DATA_COLUMNS; i++) {
        out[i] = d->shown[i];
        left -= out[i] ? columns[i].width + 1 : 0;
    }
    for (int i = 0; i < DATA_COLUMNS && left < WORDS_LEAST; i++) {
        left += out[goes[i]] ? columns[goes[i]].width + 1 : 0;
        out[goes[i]] = false;
    }
}

/* ---- the head */

static void draw_title(const struct data_panel *d, struct cells *c, struct rect r)
{
    char says[96];
    browse_says(&d->list, says);
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    int room = r.w - 4 - (int)strlen(says);
    struct buf what;
    buf_init(&what, 1u << 17);
    buf_printf(&what, "%s%s%s%s", d->list.filter, d->list.find[0] != '\0' ? "  /" : "",
               d->list.find, d->list.find[0] != '\0' ? "/" : "");
    pen_put(&p, ROLE_STRONG, "Points ");
    pen_field(&p, what.len > 0 ? ROLE_MATCH : ROLE_DIM, room - 8 > 0 ? room - 8 : 0,
              what.len > 0 ? what.data : "all");
    buf_free(&what);
    pen_right(&p, d->list.whole ? ROLE_DIM : ROLE_WORKING, pen_left(&p), says);
}

/* What the filter leaves, by state; marks in front, because keys then act on them. */
static void draw_counts(const struct data_panel *d, struct cells *c, struct rect r)
{
    struct pen p = pen_at(c, r.x + 1, r.y + 1, r.w - 2);
    char n[32];
    if (d->marks.count > 0) {
        text_count(n, (long long)d->marks.count);
        pen_format(&p, ROLE_STRONG, "%s marked  ", n);
    }
    for (int i = POINT_STATES - 1; i >= 0; i--) {
        if (d->list.counts[i] > 0) {
            text_count(n, d->list.counts[i]);
            pen_format(&p, data_state_role((enum point_state)i), "%s ",
                       point_state_name((enum point_state)i));
            pen_format(&p, ROLE_NUMBER, "%s  ", n);
        }
    }
}

static void draw_heads(const struct data_panel *d, struct cells *c, struct rect r,
                       const bool shown[DATA_COLUMNS])
{
    struct pen p = pen_at(c, r.x + 3, r.y + 2, r.w - 4);
    const char *sign = d->list.reverse ? "▼" : "▲";
    char head[32];
    snprintf(head, sizeof head, "number%s", d->list.order == SORT_ID ? sign : "");
    pen_right(&p, ROLE_DIM, W_ID - 1, head);
    pen_skip(&p, 1);
    for (int i = 0; i < DATA_COLUMNS; i++) {
        if (!shown[i]) {
            continue;
        }
        bool sorted = columns[i].sort == d->list.order;
        snprintf(head, sizeof head, "%s%s", columns[i].head, sorted ? sign : "");
        if (columns[i].right) {
            pen_right(&p, sorted ? ROLE_STRONG : ROLE_DIM, columns[i].width, head);
        } else {
            pen_field(&p, sorted ? ROLE_STRONG : ROLE_DIM, columns[i].width, head);
        }
        pen_skip(&p, 1);
    }
    pen_field(&p, ROLE_DIM, pen_left(&p), "what it says");
}

/* ---- a row */

static void add_mix(const struct ui *ui, const struct point *p, struct buf *out)
{
    for (int i = 0; i < p->nodes; i++) {
        const struct tree *t = &ui->model.tree;
        uint32_t at = ui->model.has_tree && p->node[i] != 0 ? tree_by_id(t, p->node[i]) : TREE_NONE;
        buf_adds(out, i > 0 ? " × " : "");
        if (at != TREE_NONE) {
            buf_adds(out, t->nodes[at].name);
        } else {
            buf_printf(out, "@%lld", (long long)p->node[i]);
        }
    }
}

static void when_of(int64_t at_us, char out[24])
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

static void draw_cell(const struct data_row *row, const struct ui *ui, struct pen *p,
                      enum data_column col)
{
    char text[64] = "";
    struct buf mix;
    int width = columns[col].width;
    switch (col) {
    case DATA_STATE:
        pen_field(p, data_state_role(row->p.state), width, point_state_name(row->p.state));
        break;
    case DATA_STRATEGY:
        snprintf(text, sizeof text, "%s%.50s", row->p.complexified ? "+" : " ", row->strategy);
        pen_field(p, ROLE_TEXT, width, text);
        break;
    case DATA_MIX:
        buf_init(&mix, 1u << 16);
        add_mix(ui, &row->p, &mix);
        pen_field(p, ROLE_DIM, width, mix.data);
        buf_free(&mix);
        break;
    case DATA_VERDICT:
        pen_field(p, ROLE_TEXT, width, row->verdict);
        break;
    case DATA_SUSPICION:
        if (data_suspicion(row) > 0) {
            snprintf(text, sizeof text, "%.1f", data_suspicion(row));
        }
        pen_right(p, ROLE_NUMBER, width, text);
        break;
    case DATA_ATTEMPTS:
        snprintf(text, sizeof text, "%d", row->p.attempts);
        pen_right(p, ROLE_NUMBER, width, text);
        break;
    case DATA_COST:
        snprintf(text, sizeof text, "$%.5f", row->p.cost);
        pen_right(p, ROLE_NUMBER, width, text);
        break;
    case DATA_TIME:
        when_of(row->p.made_us, text);
        pen_field(p, ROLE_DIM, width, text);
        break;
    case DATA_COLUMNS:
        break;
    }
    pen_skip(p, 1);
}

/* The words, with what was looked for underlined. */
static void draw_words(const struct data_panel *d, const char *words, struct cells *c,
                       struct pen *p, int y)
{
    int x = p->x, width = pen_left(p);
    pen_field(p, ROLE_TEXT, width, words);
    struct buf safe;
    size_t start = 0, end = 0, from = 0;
    buf_init(&safe, 1u << 16);
    text_safe(&safe, words, strlen(words), TEXT_LINE);
    while (d->find != NULL && regex_find(d->find, safe.data, safe.len, from, &start, &end) &&
           end > start) {
        int left = utf8_columns(safe.data, start);
        int wide = utf8_columns(safe.data + start, end - start);
        wide = left + wide > width ? width - left : wide;
        if (wide <= 0) {
            break;
        }
        cells_flag(c, x + left, y, wide, CELL_UNDERLINE | CELL_BOLD);
        from = end;
    }
    buf_free(&safe);
}

static bool in_range(const struct data_panel *d, size_t at)
{
    if (d->range == 0) {
        return false;
    }
    size_t cursor = d->list.list.cursor, start = cursor;
    for (size_t i = d->list.list.top; i < d->list.list.count && i < d->list.list.top + 200; i++) {
        start = browse_id(&d->list, i) == d->range ? i : start;
    }
    return at >= (start < cursor ? start : cursor) && at <= (start < cursor ? cursor : start);
}

static void draw_row(const struct data_panel *d, const struct ui *ui, struct cells *c,
                     struct rect r, int y, size_t at, const bool shown[DATA_COLUMNS])
{
    const struct data_row *row = browse_row(&d->list, at);
    int64_t id = browse_id(&d->list, at);
    struct pen p = pen_at(c, r.x + 1, y, r.w - 2);
    char number[32];
    text_count(number, id);
    bool marked = marks_has(&d->marks, id) || in_range(d, at);
    pen_put(&p, ROLE_SIGN, at == d->list.list.cursor ? "▌" : " ");
    pen_put(&p, ROLE_STRONG, marked ? "✓" : " ");
    pen_right(&p, ROLE_NUMBER, W_ID - 1, number);
    pen_skip(&p, 1);
    if (row == NULL) {
        pen_put(&p, ROLE_DIM, "…");
    } else if (row->gone) {
        pen_put(&p, ROLE_DIM, "(not there any more)");
    } else {
        for (int i = 0; i < DATA_COLUMNS; i++) {
            if (shown[i]) {
                draw_cell(row, ui, &p, (enum data_column)i);
            }
        }
        draw_words(d, row->words, c, &p, y);
    }
    if (at == d->list.list.cursor) {
        cells_flag(c, r.x, y, r.w, CELL_CURSOR);
    }
}

static void draw_empty(const struct data_panel *d, const struct ui *ui, struct cells *c,
                       struct rect r)
{
    bool filtered = d->list.filter[0] != '\0' || d->list.find[0] != '\0';
    const char *text = d->list.problem[0] != '\0'                  ? d->list.problem
                       : !d->list.whole && ui->model.store != NULL ? "Looking through the points …"
                       : filtered
                           ? "No point fits the filter. Esc takes it away, f changes it."
                           : "There are no points yet. 4 is the Run panel; G there makes them. "
                             "Each point that is started stands here with its story.";
    cells_block(c, (struct rect){r.x + 2, r.y, r.w - 4, r.h}, ROLE_DIM, text);
}

/* ---- details */

void data_lay_out(struct record_text *text, const struct ui *ui, const struct data_row *row, int w)
{
    cJSON *record = NULL;
    struct buf mix;
    if (row->p.record != NULL) {
        (void)json_parse(row->p.record, strlen(row->p.record), &json_limits_file, &record, NULL);
    }
    record_lay_out(text, NULL, record, w);
    if (row->p.record != NULL && record == NULL) { /* cut, or never valid */
        record_clear(text, w);
        record_add(text, "record", ROLE_TEXT, row->p.record);
    }
    buf_init(&mix, 1u << 17);
    add_mix(ui, &row->p, &mix);
    record_add(text, "", ROLE_TEXT, "");
    record_add(text, "mix", ROLE_TEXT, mix.data);
    record_add(text, "scenario", ROLE_TEXT, row->p.scenario != NULL ? row->p.scenario : "");
    if (row->p.reason != NULL && row->p.reason[0] != '\0') {
        record_add(text, "reason", ROLE_TEXT, row->p.reason);
    }
    buf_free(&mix);
    cJSON_Delete(record);
}

static void draw_details(struct data_panel *d, const struct ui *ui, struct cells *c, struct rect r)
{
    const struct data_row *row = browse_row(&d->list, d->list.list.cursor);
    if (row == NULL || row->gone || r.w < 12) {
        return;
    }
    if (d->text_of != row || d->text.width != r.w - 2) { /* once for a point and a width */
        data_lay_out(&d->text, ui, row, r.w - 2);
        d->text_of = row;
    }
    struct pen p = pen_at(c, r.x + 1, r.y, r.w - 2);
    pen_format(&p, ROLE_STRONG, "#%lld  ", (long long)row->p.id);
    pen_put(&p, data_state_role(row->p.state), point_state_name(row->p.state));
    pen_format(&p, ROLE_DIM, "  %s  %s%s  tries %d  $%.5f", row->verdict, row->strategy,
               row->p.complexified ? ", complexified" : "", row->p.attempts, row->p.cost);
    record_draw(&d->text, 0, c, (struct rect){r.x + 1, r.y + 2, r.w - 2, r.h - 2});
}

void data_draw(struct data_panel *d, struct ui *ui, struct cells *c, struct rect body)
{
    struct split s = layout_split(body, 0);
    struct rect r = s.beside ? s.list : body;
    bool shown[DATA_COLUMNS];
    d->seen = (struct rect){r.x, r.y + HEAD_ROWS, r.w, r.h - HEAD_ROWS};
    if (browse_window(&d->list, d->seen.h > 0 ? (size_t)d->seen.h : 0)) {
        d->text_of = NULL;
    }
    fit(d, r.w, shown);
    draw_title(d, c, r);
    draw_counts(d, c, r);
    if (d->list.list.count == 0) {
        draw_empty(d, ui, c, d->seen);
        return;
    }
    draw_heads(d, c, r, shown);
    for (int i = 0; i < d->seen.h && d->list.list.top + (size_t)i < d->list.list.count; i++) {
        draw_row(d, ui, c, r, d->seen.y + i, d->list.list.top + (size_t)i, shown);
    }
    if (s.beside) {
        layout_split_line(c, &s);
        draw_details(d, ui, c, s.details);
    }
}
