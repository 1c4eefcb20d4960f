/*
 * view - a text to scroll and search in: output of a command, help, a raw reply.
 */
#ifndef TAXA_UI_VIEW_H
#define TAXA_UI_VIEW_H

#include "base/buf.h"
#include "base/regex.h"
#include "base/status.h"
#include "ui/cells.h"
#include "ui/keys.h"
#include "ui/list.h"

#define VIEW_BYTES (16u << 20)

struct view {
    bool open;
    char title[128];
    struct buf text; /* safe */
    size_t *lines;   /* byte offsets of line starts */
    bool wrap;       /* long lines go on in the next row instead of behind the edge */
    int width;       /* that the lines were wrapped for; 0: they stand as they came */
    size_t count, cap;
    size_t top, height;
    int left;           /* columns scrolled to the right */
    int key_columns;    /* so many columns at the left are keys (help) */
    struct regex *find; /* NULL: nothing looked for */
    size_t found;       /* line of the last match */
};

void view_init(struct view *v);
void view_free(struct view *v);
/* The text is made safe here. Stories (`show`, `call`) are wrapped, tables are not. */
void view_show(struct view *v, const char *title, const char *text);
void view_close(struct view *v);
/* Movement and back. False: not its business. */
bool view_act(struct view *v, enum action a);
/* Look for a pattern; the view moves to the first match from its top. ST_NOT_FOUND, ST_INVALID. */
enum status view_find(struct view *v, const char *pattern, struct err *e);
bool view_find_next(struct view *v, int direction);
void view_draw(struct view *v, struct cells *c, struct rect body);

#endif
