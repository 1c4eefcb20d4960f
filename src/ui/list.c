/*
 * Two rows of context stay in sight above and below the cursor where there is room for them, so
 * that one sees what comes next before arriving at the edge.
 */
#include "ui/list.h"

#include "base/text.h"
#include <stdio.h>

#define CONTEXT_ROWS 2u

static size_t context_rows(const struct list *l)
{
    return l->height > 4 * CONTEXT_ROWS ? CONTEXT_ROWS : 0;
}

static void keep_in_sight(struct list *l)
{
    size_t context = context_rows(l);
    if (l->cursor < l->top + context) {
        l->top = l->cursor > context ? l->cursor - context : 0;
    }
    if (l->height > 0 && l->cursor + context >= l->top + l->height) {
        l->top = l->cursor + context + 1 - l->height;
    }
    size_t last = l->count > l->height ? l->count - l->height : 0;
    if (l->top > last) {
        l->top = last;
    }
}

void list_set(struct list *l, size_t count, size_t height)
{
    l->count = count;
    l->height = height;
    if (l->cursor >= count) {
        l->cursor = count > 0 ? count - 1 : 0;
    }
    keep_in_sight(l);
}

void list_go(struct list *l, size_t row)
{
    l->cursor = row;
    list_set(l, l->count, l->height);
}

void list_move(struct list *l, long by)
{
    if (by < 0) {
        size_t back = (size_t)-by;
        list_go(l, l->cursor > back ? l->cursor - back : 0);
    } else {
        list_go(l, l->cursor + (size_t)by);
    }
}

void list_page(struct list *l, long pages)
{
    long rows = l->height > 1 ? (long)l->height - 1 : 1;
    /* the page turns as a whole: the cursor keeps its place on the screen */
    size_t offset = l->cursor - l->top;
    list_move(l, pages * rows);
    l->top = l->cursor > offset ? l->cursor - offset : 0;
    keep_in_sight(l);
}

bool list_act(struct list *l, enum action a)
{
    switch ((int)a) {
    case ACT_UP:
    case ACT_DOWN:
        list_move(l, a == ACT_UP ? -1 : 1);
        return true;
    case ACT_PAGE_UP:
    case ACT_PAGE_DOWN:
        list_page(l, a == ACT_PAGE_UP ? -1 : 1);
        return true;
    case ACT_FIRST:
    case ACT_LAST:
        list_go(l, a == ACT_FIRST ? 0 : l->count);
        return true;
    default:
        return false;
    }
}

bool list_hit(const struct list *l, struct rect seen, int x, int y, size_t *row)
{
    if (!rect_has(seen, x, y)) {
        return false;
    }
    *row = l->top + (size_t)(y - seen.y);
    return *row < l->count;
}

void list_follow(struct list *l, size_t row, size_t count)
{
    size_t offset = l->cursor >= l->top ? l->cursor - l->top : 0;
    l->count = count;
    l->cursor = row;
    l->top = row > offset ? row - offset : 0;
    list_set(l, count, l->height);
}

void list_place(const struct list *l, char out[72])
{
    out[0] = '\0';
    if (l->count > l->height) {
        char a[32], b[32];
        text_count(a, (long long)l->cursor + 1);
        text_count(b, (long long)l->count);
        snprintf(out, 72, "%s of %s", a, b);
    }
}
