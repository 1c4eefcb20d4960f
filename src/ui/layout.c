/*
 * The division is arithmetic without state, so a resize is nothing but drawing again.
 */
#include "ui/layout.h"

struct layout layout_screen(int cols, int rows)
{
    struct layout l = {0};
    l.too_small = cols < LAYOUT_MIN_COLS || rows < LAYOUT_MIN_ROWS;
    l.header = (struct rect){0, 0, cols, 1};
    l.body = (struct rect){0, 1, cols, rows > 3 ? rows - 3 : 0};
    l.message = (struct rect){0, rows - 2, cols, 1};
    l.hints = (struct rect){0, rows - 1, cols, 1};
    return l;
}

struct split layout_split(struct rect body, int rows_below)
{
    struct split s = {body, {0, 0, 0, 0}, false};
    if (body.w >= LAYOUT_WIDE) {
        /* the list keeps the width that all its columns need; a wider screen serves the text */
        int list = body.w * 3 / 5;
        list = list < 80 ? 80 : list > 110 ? 110 : list;
        s.beside = true;
        s.list.w = list;
        s.details = (struct rect){body.x + list + 2, body.y, body.w - list - 3, body.h};
        return s;
    }
    if (rows_below > 0 && body.h - rows_below - 1 >= 6) {
        s.list.h = body.h - rows_below - 1;
        s.details = (struct rect){body.x + 1, body.y + s.list.h + 1, body.w - 2, rows_below};
    }
    return s;
}

void layout_split_line(struct cells *c, const struct split *s)
{
    if (s->details.h <= 0) {
        return;
    }
    if (s->beside) {
        cells_wall(c, s->list.x + s->list.w, s->list.y, s->list.h);
    } else {
        cells_rule(c, s->details.x, s->details.y - 1, s->details.w);
    }
}
