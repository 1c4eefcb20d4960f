/*
 * list - where the cursor stands in a list and which rows are seen.
 *
 * Arithmetic over row numbers, and the keys and clicks that every list takes alike; what a row is,
 * its owner knows. Owners whose data moves keep the key of the row (a node's id, a point's number),
 * find its new row and call list_follow, so that the row under the cursor stays where it is on the
 * screen.
 */
#ifndef TAXA_UI_LIST_H
#define TAXA_UI_LIST_H

#include "ui/cells.h"
#include "ui/keys.h"
#include <stdbool.h>
#include <stddef.h>

struct list {
    size_t count;
    size_t cursor; /* < count, 0 when empty */
    size_t top;    /* first row seen */
    size_t height; /* rows seen */
};

void list_set(struct list *l, size_t count,
              size_t height); /* clamps cursor and top; keeps the cursor in sight */
void list_move(struct list *l, long by);
void list_page(struct list *l, long pages);
void list_go(struct list *l, size_t row);
/* Up, down, a page, first or last, as the key says; false: the action is another. */
bool list_act(struct list *l, enum action a);
/* The row at a cell of the screen, when row `top` is the first line of `seen`. False: none. */
bool list_hit(const struct list *l, struct rect seen, int x, int y, size_t *row);
/*
 * The row under the cursor is now `row` of `count`: keep its distance from the top of the screen.
 */
void list_follow(struct list *l, size_t row, size_t count);
/* Text "412 of 1,000" for the corner; empty when all is seen. */
void list_place(const struct list *l, char out[72]);

#endif
