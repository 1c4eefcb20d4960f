/*
 * data - what the files of the Data panel share.
 *
 *   data.c       the panel: cursor, keys, what can work
 *   data_row.c   a point as its list needs it, read on another thread
 *   data_draw.c  the list, its columns, the details of a point
 *   data_compare.c  two points side by side
 *   data_ask.c   what is asked for: filters, columns, order, files; what is kept of it
 */
#ifndef TAXA_UI_PANELS_DATA_H
#define TAXA_UI_PANELS_DATA_H

#include "ui/browse.h"
#include "ui/marks.h"
#include "ui/record.h"
#include "ui/ui.h"

enum data_column {
    DATA_STATE,
    DATA_STRATEGY,
    DATA_MIX,
    DATA_VERDICT,
    DATA_SUSPICION,
    DATA_ATTEMPTS,
    DATA_COST,
    DATA_TIME,
    DATA_COLUMNS
};

/* A point. Its texts are cut: the whole ones are in its story. */
struct data_row {
    struct point p;
    bool gone;
    char verdict[8]; /* "yes/no"; "" the critics were not asked */
    char *strategy;
    char *words; /* what it begins with, or what was looked for with what stands around it */
};

struct data_panel {
    struct browse list;
    struct marks marks;
    int64_t range; /* marks go from this point to the cursor; 0: no range is open */
    bool shown[DATA_COLUMNS];
    struct rect seen;               /* where the rows were drawn last, for clicks */
    struct regex *find;             /* of list.find; NULL */
    struct record_text text;        /* details of text_of */
    const struct data_row *text_of; /* NULL: none; never looked into */
    struct buf saved;               /* filters that are kept, a line each */
};

extern const struct browse_kind data_kind; /* data_row.c */
#define DATA_RECORD 16384                  /* bytes of a record or scenario that a row holds */
const char *data_sort_name(int order);
double data_suspicion(const struct data_row *row); /* as in `queue`; 0: it does not wait */

/* data_draw.c */
void data_draw(struct data_panel *d, struct ui *ui, struct cells *c, struct rect body);
const char *data_column_name(enum data_column col);
enum ui_role data_state_role(enum point_state s);

/* The record by its fields, mix, scenario, reason. */
void data_lay_out(struct record_text *text, const struct ui *ui, const struct data_row *row, int w);

/* data_compare.c */
bool data_can_compare(const struct data_panel *d, char why[WHY_MAX]);
void data_compare(struct data_panel *d, struct ui *ui);

/* data_ask.c */
void data_ask_filter(struct data_panel *d, struct ui *ui);
void data_ask_find(struct data_panel *d, struct ui *ui);
void data_ask_saved(struct data_panel *d, struct ui *ui);
void data_ask_order(struct data_panel *d, struct ui *ui);
void data_ask_columns(struct data_panel *d, struct ui *ui);
void data_ask_export(struct data_panel *d, struct ui *ui);
void data_ask_retry(struct data_panel *d, struct ui *ui);
/* Sets filter and text to find; NULL: as it was. Says what is wrong. */
void data_filter(struct data_panel *d, struct ui *ui, const char *filter, const char *find);
void data_like(struct data_panel *d, struct ui *ui); /* points of the same mix */
void data_load(struct data_panel *d);                /* columns and filters from the state folder */
void data_save(const struct data_panel *d); /* as with the history: no message when it fails */

#endif
