/*
 * What a person asks of the list. Filters and columns are kept in one file for all sessions, a line
 * each with a word in front; a line of another word is left as it is.
 */
#include "ui/panels/data.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAVED_MOST = 100, SAVED_BYTES = 1 << 16 };

/* ---- filter and text to find */

void data_filter(struct data_panel *d, struct ui *ui, const char *filter, const char *find)
{
    struct err why = {0};
    if (browse_set(&d->list, filter, find, &why) != ST_OK) {
        ui_say(ui, SAY_ERROR, "%s", why.msg);
        return;
    }
    if (d->find != NULL) {
        regex_free(d->find);
        d->find = NULL;
    }
    if (d->list.find[0] != '\0' && regex_new(d->list.find, &d->find, NULL) != ST_OK) {
        d->find = NULL;
    }
    d->text_of = NULL;
    d->range = 0;
}

static void filter_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    if (accepted) {
        data_filter(ctx, ui, text, NULL);
    }
}

void data_ask_filter(struct data_panel *d, struct ui *ui)
{
    ui_ask_filter(ui, "points that are: ", d->list.filter, false, filter_given, d);
}

static void find_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    if (accepted) {
        data_filter(ctx, ui, NULL, text);
    }
}

void data_ask_find(struct data_panel *d, struct ui *ui)
{
    ui_ask(ui, "/", d->list.find, find_given, d);
}

void data_like(struct data_panel *d, struct ui *ui)
{
    const struct data_row *row = browse_row(&d->list, d->list.list.cursor);
    struct buf filter;
    buf_init(&filter, 1u << 16);
    for (int i = 0; row != NULL && i < row->p.nodes; i++) {
        buf_printf(&filter, "%snode:@%" PRId64, i > 0 ? " " : "", row->p.node[i]);
    }
    if (filter.len > 0) {
        data_filter(d, ui, filter.data, "");
    } else {
        ui_say(ui, SAY_WARN, "this point has no mix");
    }
    buf_free(&filter);
}

/* ---- what is kept */

static bool state_path(struct buf *path)
{
    return dir_state(path, NULL) == ST_OK && buf_adds(path, "/data");
}

static void take_columns(struct data_panel *d, const char *line, size_t n)
{
    for (int i = 0; i < DATA_COLUMNS; i++) {
        const char *name = data_column_name((enum data_column)i);
        size_t len = strlen(name);
        d->shown[i] = false;
        for (size_t at = 0; at + len <= n; at++) {
            bool starts = at == 0 || line[at - 1] == ' ';
            if (starts && strncmp(line + at, name, len) == 0 &&
                (at + len == n || line[at + len] == ' ')) {
                d->shown[i] = true;
            }
        }
    }
}

void data_load(struct data_panel *d)
{
    struct buf path, text;
    buf_init(&path, PATH_MAX);
    buf_init(&text, SAVED_BYTES);
    buf_init(&d->saved, SAVED_BYTES);
    if (state_path(&path) && file_read(path.data, &text, NULL) == ST_OK) {
        for (const char *line = text.data; *line != '\0';) {
            size_t n = strcspn(line, "\n");
            if (strncmp(line, "columns ", 8) == 0 && n > 8) {
                take_columns(d, line + 8, n - 8);
            } else if (strncmp(line, "filter ", 7) == 0 && n > 7) {
                buf_printf(&d->saved, "%.*s\n", (int)(n - 7), line + 7);
            }
            line += n + (line[n] == '\n');
        }
    }
    buf_free(&path);
    buf_free(&text);
}

void data_save(const struct data_panel *d)
{
    struct buf path, text;
    buf_init(&path, PATH_MAX);
    buf_init(&text, 2 * SAVED_BYTES);
    buf_adds(&text, "columns");
    for (int i = 0; i < DATA_COLUMNS; i++) {
        if (d->shown[i]) {
            buf_printf(&text, " %s", data_column_name((enum data_column)i));
        }
    }
    buf_addc(&text, '\n');
    for (const char *line = d->saved.data; line != NULL && *line != '\0';) {
        size_t n = strcspn(line, "\n");
        buf_printf(&text, "filter %.*s\n", (int)n, line);
        line += n + (line[n] == '\n');
    }
    if (!text.over && state_path(&path)) {
        (void)file_write(path.data, text.data, text.len, 0600, NULL);
    }
    buf_free(&path);
    buf_free(&text);
}

/* ---- saved filters */

static char *saved_at(const struct data_panel *d, int64_t at)
{
    const char *line = d->saved.data;
    while (line != NULL && *line != '\0' && at-- > 0) {
        line += strcspn(line, "\n") + 1;
    }
    return line != NULL ? xstrndup(line, strcspn(line, "\n")) : xstrdup("");
}

static void saved_chosen(struct ui *ui, void *ctx, int64_t id)
{
    struct data_panel *d = ctx;
    if (id == SAVED_MOST) {
        if (buf_printf(&d->saved, "%s\n", d->list.filter)) {
            data_save(d);
            ui_say(ui, SAY_INFO, "kept: %s", d->list.filter);
        }
        return;
    }
    char *text = saved_at(d, id);
    data_filter(d, ui, text, NULL);
    free(text);
}

void data_ask_saved(struct data_panel *d, struct ui *ui)
{
    struct ui_menu_row rows[SAVED_MOST + 1];
    char *texts[SAVED_MOST];
    size_t n = 0, lines = 0;
    bool kept = d->list.filter[0] == '\0';
    for (; lines < SAVED_MOST; lines++) {
        texts[lines] = saved_at(d, (int64_t)lines);
        if (texts[lines][0] == '\0') {
            free(texts[lines]);
            break;
        }
        kept = kept || strcmp(texts[lines], d->list.filter) == 0;
        rows[n++] = (struct ui_menu_row){(int64_t)lines, texts[lines], NULL};
    }
    if (!kept && lines < SAVED_MOST) {
        rows[n++] = (struct ui_menu_row){SAVED_MOST, "keep the filter in force", d->list.filter};
    }
    if (n == 0) {
        ui_say(ui, SAY_INFO, "no filter is kept yet: f sets one, F then keeps it");
    } else {
        ui_menu(ui, "Filters that are kept", rows, n, 0, saved_chosen, d);
    }
    while (lines-- > 0) {
        free(texts[lines]);
    }
}

/* ---- order and columns */

static void order_chosen(struct ui *ui, void *ctx, int64_t id)
{
    struct data_panel *d = ctx;
    (void)ui;
    /* what one looks for stands at the top: the dear, the slow, the suspicious, the newest */
    bool down = id == SORT_COST || id == SORT_ATTEMPTS || id == SORT_SUSPICION || id == SORT_TIME;
    browse_sort(&d->list, (int)id, down);
    d->range = 0;
}

void data_ask_order(struct data_panel *d, struct ui *ui)
{
    struct ui_menu_row rows[POINT_SORTS];
    for (int i = 0; i < POINT_SORTS; i++) {
        rows[i] = (struct ui_menu_row){i, data_sort_name(i), NULL};
    }
    ui_menu(ui, "Sort by (r turns the order round)", rows, POINT_SORTS, d->list.order, order_chosen,
            d);
}

static void column_chosen(struct ui *ui, void *ctx, int64_t id)
{
    struct data_panel *d = ctx;
    d->shown[id] = !d->shown[id];
    data_save(d);
    data_ask_columns(d, ui);
    struct ui_sheet front = ui_front(ui);
    for (int64_t i = 0; i < id; i++) {
        front.ops->act(front.state, ui, ACT_DOWN, 0);
    }
}

void data_ask_columns(struct data_panel *d, struct ui *ui)
{
    struct ui_menu_row rows[DATA_COLUMNS];
    char texts[DATA_COLUMNS][40];
    for (int i = 0; i < DATA_COLUMNS; i++) {
        snprintf(texts[i], sizeof texts[i], "%s %.30s", d->shown[i] ? "✓" : "·",
                 data_column_name((enum data_column)i));
        rows[i] = (struct ui_menu_row){i, texts[i], NULL};
    }
    ui_menu(ui, "Columns (Enter shows or hides one, Esc is done)", rows, DATA_COLUMNS, 0,
            column_chosen, d);
}

/* ---- what is done to many */

static void exported(struct ui *ui, void *ctx, int code, const char *text)
{
    (void)ctx;
    if (code != 130) {
        ui_say(ui, code == 0 ? SAY_INFO : SAY_ERROR, "%.*s",
               text[0] != '\0' ? (int)strcspn(text, "\n") : 12,
               text[0] != '\0' ? text
               : code == 0     ? "it is written"
                               : "export failed");
    }
}

/* The filter in force, with the text that is looked for. */
static char *where_of(const struct data_panel *d)
{
    return d->list.find[0] != '\0' ? xasprintf("%s /%s/", d->list.filter, d->list.find)
                                   : xstrdup(d->list.filter[0] != '\0' ? d->list.filter : "id>0");
}

static void export_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    if (!accepted || text[0] == '\0') {
        return;
    }
    char *where = where_of(ctx);
    size_t n = strlen(text);
    const char *format = n > 4 && strcmp(text + n - 4, ".csv") == 0 ? "csv" : "jsonl";
    const char *words[] = {"export", text, "--format", format, "--where", where};
    ui_read(ui, 6, words, exported, NULL);
    free(where);
}

void data_ask_export(struct data_panel *d, struct ui *ui)
{
    char n[32], label[96];
    text_count(n, (long long)d->list.list.count);
    snprintf(label, sizeof label, "write these %s points to (.jsonl or .csv): ", n);
    ui_ask_file(ui, label, "", export_given, d);
}

static void retry_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    if (accepted && (text[0] == 'y' || text[0] == 'Y')) {
        char *where = where_of(ctx);
        ui_do(ui, "retry", where);
        free(where);
    }
}

void data_ask_retry(struct data_panel *d, struct ui *ui)
{
    char n[32], label[96];
    text_count(n, (long long)d->list.list.count);
    snprintf(label, sizeof label, "write all %s points of this filter anew? (y/n) ", n);
    ui_ask(ui, label, "", retry_given, d);
}
