/*
 * Every question that was sent and what came back. Nothing is changed here: a call that failed is
 * the business of the point that needed it, which one key leads to.
 */
#include "ui/panels/calls.h"

#include "base/mem.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *open_panel(struct ui *ui)
{
    struct err why = {0};
    struct calls_panel *l = xcalloc(1, sizeof *l);
    record_init(&l->text);
    if (browse_open(&l->list, &calls_kind, ui->model.file, ui_event(ui), &why) != ST_OK) {
        ui_say(ui, SAY_ERROR, "%s", why.msg);
    } else {
        browse_sort(&l->list, CALLS_ID, true);
    }
    return l;
}

static void close_panel(void *state)
{
    struct calls_panel *l = state;
    browse_close(&l->list);
    record_free(&l->text);
    free(l);
}

static void on_data(void *state, struct ui *ui, unsigned changed)
{
    struct calls_panel *l = state;
    (void)ui;
    if ((changed & CHANGED_POINTS) != 0 && l->list.scan != NULL) {
        browse_changed(&l->list);
        l->text_of = NULL;
    }
}

static bool news(void *state, struct ui *ui)
{
    struct calls_panel *l = state;
    (void)ui;
    bool any = l->list.scan != NULL && browse_take(&l->list);
    l->text_of = any ? NULL : l->text_of;
    return any;
}

static size_t contexts(const void *state, const struct ui *ui, enum key_context out[PANEL_CONTEXTS])
{
    (void)state;
    (void)ui;
    out[0] = CTX_CALLS;
    out[1] = CTX_MOVE;
    return 2;
}

static bool can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct calls_panel *l = state;
    (void)ui;
    if (l->list.scan == NULL) {
        snprintf(why, WHY_MAX, "the calls cannot be read");
        return false;
    }
    if (a == ACT_FILTER || a == ACT_SEARCH || a == ACT_SORT || a == ACT_REVERSE) {
        return true;
    }
    if (a == ACT_BACK && l->list.whole && l->list.filter[0] == '\0' && l->list.find[0] == '\0') {
        snprintf(why, WHY_MAX, "there is no filter to take away");
        return false;
    }
    if (a == ACT_BACK) {
        return true;
    }
    if ((a == ACT_UP || a == ACT_DOWN) && browse_comes(&l->list)) {
        return true;
    }
    if (l->list.list.count == 0) {
        snprintf(why, WHY_MAX, "there is no call here");
        return false;
    }
    if (a == ACT_STORY) {
        const struct calls_row *row = browse_row(&l->list, l->list.list.cursor);
        if (row == NULL || row->c.point <= 0) {
            snprintf(why, WHY_MAX, "this call was for the design, not for a point");
            return false;
        }
    }
    return true;
}

static void set_filter(struct calls_panel *l, struct ui *ui, const char *filter, const char *find)
{
    struct err why = {0};
    if (browse_set(&l->list, filter, find, &why) != ST_OK) {
        ui_say(ui, SAY_ERROR, "%s", why.msg);
    }
    l->text_of = NULL;
}

static void filter_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    if (accepted) {
        set_filter(ctx, ui, text, NULL);
    }
}

static void find_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    if (accepted) {
        set_filter(ctx, ui, NULL, text);
    }
}

static void order_chosen(struct ui *ui, void *ctx, int64_t id)
{
    struct calls_panel *l = ctx;
    (void)ui;
    browse_sort(&l->list, (int)id, id != CALLS_TASK);
}

static void ask_order(struct calls_panel *l, struct ui *ui)
{
    struct ui_menu_row rows[CALL_SORTS];
    for (int i = 0; i < CALL_SORTS; i++) {
        rows[i] = (struct ui_menu_row){i, calls_sort_name(i), NULL};
    }
    ui_menu(ui, "Sort by (r turns the order round)", rows, CALL_SORTS, l->list.order, order_chosen,
            l);
}

static void step_back(struct calls_panel *l, struct ui *ui)
{
    if (!l->list.whole) {
        browse_cancel(&l->list);
        ui_say(ui, SAY_INFO, "stopped: what was found by then stays");
    } else if (l->list.find[0] != '\0') {
        set_filter(l, ui, NULL, "");
    } else {
        set_filter(l, ui, "", NULL);
    }
}

static void command_on(struct ui *ui, const char *word, int64_t id, const char *option)
{
    char line[96];
    snprintf(line, sizeof line, "%s %" PRId64 "%s", word, id, option);
    ui_command_line(ui, line);
}

/* Of all that the filter leaves: the command reads them, which may take some seconds. */
static void show_totals(const struct calls_panel *l, struct ui *ui)
{
    struct buf line;
    buf_init(&line, 1u << 20);
    buf_adds(&line, "calls --totals ");
    words_quote(&line, l->list.filter[0] != '\0' ? l->list.filter : "id>0");
    ui_command_line(ui, line.data);
    buf_free(&line);
}

static void act(void *state, struct ui *ui, enum action a, uint32_t code)
{
    struct calls_panel *l = state;
    (void)code;
    if (browse_act(&l->list, a)) {
        return;
    }
    const struct calls_row *row = browse_row(&l->list, l->list.list.cursor);
    switch ((int)a) {
    case ACT_OPEN:
        command_on(ui, "call", l->list.at, "");
        break;
    case ACT_CURL:
        command_on(ui, "call", l->list.at, " --curl");
        break;
    case ACT_STORY:
        command_on(ui, "show", row->c.point, "");
        break;
    case ACT_SUMMARY:
        show_totals(l, ui);
        break;
    case ACT_FILTER:
        ui_ask_filter(ui, "calls that are: ", l->list.filter, true, filter_given, l);
        break;
    case ACT_SEARCH:
        ui_ask(ui, "/", l->list.find, find_given, l);
        break;
    case ACT_SORT:
        ask_order(l, ui);
        break;
    case ACT_REVERSE:
        browse_sort(&l->list, l->list.order, !l->list.reverse);
        break;
    case ACT_BACK:
        step_back(l, ui);
        break;
    default:
        break;
    }
}

static void click(void *state, struct ui *ui, int x, int y)
{
    struct calls_panel *l = state;
    size_t row = 0;
    (void)ui;
    if (list_hit(&l->list.list, l->seen, x, y, &row)) {
        browse_go(&l->list, row);
    }
}

static void draw(void *state, struct ui *ui, struct cells *c, struct rect body)
{
    struct calls_panel *l = state;
    if (l->list.scan != NULL) {
        calls_draw(l, ui, c, body);
    }
}

const struct panel_ops panel_calls = {
    .key = '9',
    .name = "Calls",
    .brief = "Calls",
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

void calls_of_point(struct ui *ui, int64_t point)
{
    size_t panel = panel_by_key('9');
    char filter[40];
    ui_go(ui, panel);
    snprintf(filter, sizeof filter, "point:%" PRId64, point);
    struct calls_panel *l = ui->state[panel];
    if (l->list.scan != NULL) {
        set_filter(l, ui, filter, "");
    }
}
