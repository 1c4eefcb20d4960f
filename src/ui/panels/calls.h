/*
 * calls - what the files of the Calls panel share.
 *
 *   calls.c         the panel: cursor, keys, what can work
 *   calls_draw.c    a call as its list needs it, the list, the details of a call
 */
#ifndef TAXA_UI_PANELS_CALLS_H
#define TAXA_UI_PANELS_CALLS_H

#include "ui/browse.h"
#include "ui/record.h"
#include "ui/ui.h"

/* A call. Its texts are cut: the whole ones are what `call ID` prints. */
struct calls_row {
    struct call_row c; /* its texts belong to the row */
    bool gone;
};

struct calls_panel {
    struct browse list;
    struct rect seen;
    struct record_text text;         /* details of text_of */
    const struct calls_row *text_of; /* NULL: none; never looked into */
};

extern const struct browse_kind calls_kind;
const char *calls_sort_name(int order);
void calls_draw(struct calls_panel *l, struct ui *ui, struct cells *c, struct rect body);
/* Show the panel with the calls of a point. */
void calls_of_point(struct ui *ui, int64_t point);

#endif
