/*
 * Every point, and what can be asked of many of them at once. A key acts on the marked points, or
 * on the one under the cursor when none is marked; what acts on a whole filter says how many these
 * are before it does.
 */
#include "ui/panels/data.h"

#include "base/mem.h"
#include "base/text.h"
#include "ui/panels/calls.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARKS_MOST 2000 /* a command names them one by one */

static void *open_panel(struct ui *ui)
{
    struct err why = {0};
    struct data_panel *d = xcalloc(1, sizeof *d);
    marks_init(&d->marks);
    record_init(&d->text);
    for (int i = 0; i < DATA_COLUMNS; i++) {
        d->shown[i] = i != DATA_ATTEMPTS && i != DATA_COST && i != DATA_TIME && i != DATA_SUSPICION;
    }
    data_load(d);
    if (browse_open(&d->list, &data_kind, ui->model.file, ui_event(ui), &why) != ST_OK) {
        ui_say(ui, SAY_ERROR, "%s", why.msg);
    } else {
        (void)browse_set(&d->list, "", "", NULL);
    }
    return d;
}

static void close_panel(void *state)
{
    struct data_panel *d = state;
    browse_close(&d->list);
    marks_free(&d->marks);
    record_free(&d->text);
    buf_free(&d->saved);
    if (d->find != NULL) {
        regex_free(d->find);
    }
    free(d);
}

static void on_data(void *state, struct ui *ui, unsigned changed)
{
    struct data_panel *d = state;
    (void)ui;
    if ((changed & (CHANGED_POINTS | CHANGED_TREE)) != 0 && d->list.scan != NULL) {
        browse_changed(&d->list);
        d->text_of = NULL;
    }
}

static bool news(void *state, struct ui *ui)
{
    struct data_panel *d = state;
    (void)ui;
    bool any = d->list.scan != NULL && browse_take(&d->list);
    d->text_of = any ? NULL : d->text_of;
    return any;
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    (void)state;
    (void)ui;
    out[0] = CTX_DATA;
    out[1] = CTX_MOVE;
    return 2;
}

static bool is_bare(const struct data_panel *d)
{
    return d->range == 0 && d->list.whole && d->list.filter[0] == '\0' && d->list.find[0] == '\0';
}

static bool can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct data_panel *d = state;
    (void)ui;
    if (d->list.scan == NULL) {
        snprintf(why, WHY_MAX, "the points cannot be read");
        return false;
    }
    switch ((int)a) {
    case ACT_COMPARE:
        return data_can_compare(d, why);
    case ACT_BACK:
        if (is_bare(d)) {
            snprintf(why, WHY_MAX, "there is no filter to take away");
            return false;
        }
        return true;
    case ACT_UNMARK_ALL:
        if (d->marks.count == 0) {
            snprintf(why, WHY_MAX, "nothing is marked");
            return false;
        }
        return true;
    case ACT_MARK_MATCHING:
        if (d->list.list.count > MARKS_MOST) {
            snprintf(why, WHY_MAX,
                     "that many cannot be marked: %d at most (t and w act on a filter)",
                     MARKS_MOST);
            return false;
        }
        break;
    case ACT_RETRY:
        if (is_bare(d)) {
            snprintf(why, WHY_MAX, "that would be every point: f first says which");
            return false;
        }
        break;
    case ACT_FILTER:
    case ACT_SEARCH:
    case ACT_SORT:
    case ACT_COLUMNS:
    case ACT_SAVED:
    case ACT_REVERSE:
        return true;
    default:
        break;
    }
    if ((a == ACT_UP || a == ACT_DOWN) && browse_comes(&d->list)) {
        return true;
    }
    if (d->list.list.count == 0) {
        snprintf(why, WHY_MAX, "there is no point here");
        return false;
    }
    return true;
}

/* ---- marks */

static void mark(struct data_panel *d, struct ui *ui, int64_t id, bool on)
{
    if (on && d->marks.count >= MARKS_MOST) {
        ui_say(ui, SAY_WARN, "at most %d points can be marked", MARKS_MOST);
        return;
    }
    (void)marks_set(&d->marks, id, on);
}

static void mark_range(struct data_panel *d, struct ui *ui)
{
    if (d->range == 0) {
        d->range = d->list.at;
        ui_say(ui, SAY_INFO, "mark to where you go; V ends, Esc drops it");
        return;
    }
    int64_t cursor = d->list.at;
    size_t to = d->list.list.cursor;
    size_t from = browse_go_id(&d->list, d->range) ? d->list.list.cursor : to;
    (void)browse_go_id(&d->list, cursor);
    for (size_t i = from < to ? from : to; i <= (from < to ? to : from); i++) {
        mark(d, ui, browse_id(&d->list, i), true);
    }
    d->range = 0;
}

/* A decision about what is marked, or about the point under the cursor. */
static void decide(struct data_panel *d, struct ui *ui, const char *decision, const char *reason)
{
    const char **words = xcalloc(d->marks.count + 5, sizeof *words);
    char(*numbers)[24] = xcalloc(d->marks.count + 1, sizeof *numbers);
    int n = 0, used = 0;
    words[n++] = "review";
    words[n++] = decision;
    for (size_t i = 0; i < d->marks.cap; i++) {
        if (d->marks.ids[i] != 0) {
            snprintf(numbers[used], sizeof numbers[0], "%" PRId64, d->marks.ids[i]);
            words[n++] = numbers[used++];
        }
    }
    if (used == 0) {
        snprintf(numbers[0], sizeof numbers[0], "%" PRId64, d->list.at);
        words[n++] = numbers[0];
    }
    if (reason[0] != '\0') {
        words[n++] = reason;
    }
    ui_do_words(ui, n, words);
    free(numbers);
    free(words);
}

static void reason_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    if (accepted) {
        decide(ctx, ui, "reject", text);
    }
}

static void ask_reason(struct data_panel *d, struct ui *ui)
{
    char n[32], label[80];
    text_count(n, d->marks.count > 0 ? (long long)d->marks.count : 1);
    snprintf(label, sizeof label, "reject %s, because: ", n);
    ui_ask(ui, label, "", reason_given, d);
}

/* ---- keys */

static void step_back(struct data_panel *d, struct ui *ui)
{
    if (!d->list.whole) {
        browse_cancel(&d->list);
        ui_say(ui, SAY_INFO, "stopped: what was found by then stays");
    } else if (d->range != 0) {
        d->range = 0;
    } else if (d->list.find[0] != '\0') {
        data_filter(d, ui, NULL, "");
    } else {
        data_filter(d, ui, "", NULL);
    }
}

static void show_story(const struct data_panel *d, struct ui *ui)
{
    char line[64];
    snprintf(line, sizeof line, "show %" PRId64, d->list.at);
    ui_command_line(ui, line);
}

static void act_on_marks(struct data_panel *d, struct ui *ui, enum action a)
{
    switch ((int)a) {
    case ACT_MARK:
        mark(d, ui, d->list.at, !marks_has(&d->marks, d->list.at));
        browse_move(&d->list, 1);
        break;
    case ACT_MARK_RANGE:
        mark_range(d, ui);
        break;
    case ACT_MARK_MATCHING:
        for (size_t i = 0; i < d->list.list.count; i++) {
            mark(d, ui, browse_id(&d->list, i), true);
        }
        break;
    case ACT_UNMARK_ALL:
        marks_clear(&d->marks);
        break;
    case ACT_ACCEPT:
        decide(d, ui, "accept", "");
        break;
    case ACT_REJECT:
        ask_reason(d, ui);
        break;
    default:
        break;
    }
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct data_panel *d = state;
    (void)code;
    if (browse_act(&d->list, a)) {
        return;
    }
    switch ((int)a) {
    case ACT_OPEN:
        show_story(d, ui);
        break;
    case ACT_COMPARE:
        data_compare(d, ui);
        break;
    case ACT_LIKE:
        data_like(d, ui);
        break;
    case ACT_CALLS:
        calls_of_point(ui, d->list.at);
        break;
    case ACT_FILTER:
        data_ask_filter(d, ui);
        break;
    case ACT_SEARCH:
        data_ask_find(d, ui);
        break;
    case ACT_SAVED:
        data_ask_saved(d, ui);
        break;
    case ACT_SORT:
        data_ask_order(d, ui);
        break;
    case ACT_REVERSE:
        browse_sort(&d->list, d->list.order, !d->list.reverse);
        break;
    case ACT_COLUMNS:
        data_ask_columns(d, ui);
        break;
    case ACT_EXPORT:
        data_ask_export(d, ui);
        break;
    case ACT_RETRY:
        data_ask_retry(d, ui);
        break;
    case ACT_BACK:
        step_back(d, ui);
        break;
    default:
        act_on_marks(d, ui, a);
        break;
    }
}

static void click(void *state, struct ui *ui, int x, int y)
{
    struct data_panel *d = state;
    size_t row = 0;
    (void)ui;
    if (list_hit(&d->list.list, d->seen, x, y, &row)) {
        browse_go(&d->list, row);
    }
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    struct data_panel *d = state;
    if (d->list.scan != NULL) {
        data_draw(d, ui, c, body);
    }
}

const struct panel_ops panel_data = {
    .key = '6',
    .name = "Data",
    .brief = "Data",
    .wants_tree = true,
    .open = open_panel,
    .close = close_panel,
    .on_data = on_data,
    .contexts = contexts,
    .can = can,
    .act = act,
    .news = news,
    .click = click,
    .draw = draw,
};
