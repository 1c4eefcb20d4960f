/*
 * The same state and the same drawing as on a terminal, once.
 */
#include "ui/dump.h"

#include "ui/ui.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

static enum status find_panel(const char *name, size_t n, size_t *out, struct err *e)
{
    for (size_t i = 0; i < panel_count(); i++) {
        if (strlen(panel_at(i)->name) == n && strncasecmp(panel_at(i)->name, name, n) == 0) {
            *out = i;
            return ST_OK;
        }
    }
    struct buf names;
    buf_init(&names, 1024);
    for (size_t i = 0; i < panel_count(); i++) {
        buf_printf(&names, "%s%s", i > 0 ? ", " : "", panel_at(i)->name);
    }
    enum status st = err_set(e, ST_NOT_FOUND, "there is no panel \"%.*s\"; there are %s", (int)n,
                             name, names.data);
    buf_free(&names);
    return st;
}

enum status ui_dump(const char *file, const char *panel, int cols, int rows, struct buf *out,
                    struct err *e)
{
    const char *colon = strchr(panel, ':');
    size_t at = 0;
    enum status st =
        find_panel(panel, colon != NULL ? (size_t)(colon - panel) : strlen(panel), &at, e);
    if (st != ST_OK) {
        return st;
    }
    struct ui ui;
    st = ui_open(&ui, file, e);
    if (st != ST_OK) {
        return st;
    }
    struct cells cells;
    cells_init(&cells, cols, rows);
    ui_resize(&ui, cells.cols, cells.rows);
    ui.model.wants_tree = true;
    ui_refresh(&ui);
    ui_go(&ui, at);
    ui_draw(&ui, &cells);
    for (const char *s = colon != NULL ? colon + 1 : ""; *s != '\0'; s++) {
        struct key k = {.code = (uint32_t)(unsigned char)(*s == '\n' ? '\r' : *s)};
        ui_key(&ui, &k);
        ui_draw(&ui, &cells);
    }
    ui_rest(&ui);
    ui_draw(&ui, &cells);
    cells_dump(&cells, out);
    cells_free(&cells);
    ui_close(&ui);
    return ST_OK;
}
