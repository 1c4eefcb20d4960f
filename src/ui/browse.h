/*
 * browse - a long list out of the session file: half a million points or calls as if they were a
 * hundred.
 *
 * What is held is one number for each row of the list, and the rows around those that are seen. Two
 * readers (reader.h) do the rest: one finds the ids in the order wanted, tells the first ones at
 * once and how far it is; the other reads rows. So moving about costs no reading, and a row that is
 * not read yet is drawn a moment later. When the session changes the ids are found anew and replace
 * those before when they are whole; the cursor stays on its row.
 */
#ifndef TAXA_UI_BROWSE_H
#define TAXA_UI_BROWSE_H

#include "base/regex.h"
#include "store/store.h"
#include "ui/keys.h"
#include "ui/list.h"

#define BROWSE_ROWS 1024            /* rows that are held, at most */
#define BROWSE_IDS  (4u * 1000000u) /* rows of a list; what comes behind them is not listed */

typedef bool browse_key_fn(void *ctx, int64_t id, double key, int state);

/* What is listed. All but row_free is called on other threads. Order 0 is by id. */
struct browse_kind {
    bool calls; /* of the FILTER language; without a filter they are all from 1 to the last */
    enum status (*last)(struct store *s, int64_t *id, struct err *e);
    enum status (*keys)(struct store *s, const struct filter *f, int order, int64_t from,
                        int64_t to, browse_key_fn *visit, void *ctx, struct err *e);
    /* The first of an order that is not by id; NULL: they come when all are found. */
    enum status (*first)(struct store *s, const struct filter *f, int order, bool reverse,
                         int64_t limit, browse_key_fn *visit, void *ctx, struct err *e);
    void *(*row)(struct store *s, int64_t id, struct regex *find); /* never NULL */
    void (*row_free)(void *row);
};

struct browse_slot {
    int64_t id; /* 0: free */
    void *row;
    bool stale; /* to be read again, still good to be shown */
};

struct reader;
struct browse {
    const struct browse_kind *kind;
    struct reader *scan, *fetch;
    char *filter; /* as typed; "" all */
    char *find;   /* regex that is looked for beside the filter; "" none */
    int order;
    bool reverse;

    struct list list;
    int64_t at;   /* the id under the cursor; 0: none */
    long ahead;   /* rows moved before any was there */
    int64_t want; /* the cursor goes there when it comes; 0: none */
    int64_t *ids; /* NULL: `dense` */
    size_t cap;
    bool dense;   /* row i is number i + 1, or counted from the end */
    bool whole;   /* all that match are here */
    bool partial; /* what is here belongs to the reading under way */
    unsigned asked;
    int64_t seen, of; /* ids gone through, of how many */
    int64_t counts[POINT_STATES];
    char problem[256]; /* why there is no list; "" */
    int64_t asked_ms, took_ms;
    bool again;   /* the session changed since it was asked */
    bool stopped; /* by the person: it is not read again by itself */

    struct browse_slot slots[BROWSE_ROWS];
    unsigned rows_asked;
    size_t rows_from, rows_to; /* asked for */
    bool rows_wait;
};

/* `event`: see reader.h. */
enum status browse_open(struct browse *b, const struct browse_kind *kind, const char *file,
                        int event, struct err *e);
void browse_close(struct browse *b);
/*
 * Another filter, text to find, or order; NULL: the same. ST_USAGE when the filter is wrong: then
 * all stays as it was.
 */
enum status browse_set(struct browse *b, const char *filter, const char *find, struct err *e);
void browse_sort(struct browse *b, int order, bool reverse);
void browse_changed(struct browse *b); /* the session has other rows now */
void browse_cancel(struct browse *b);  /* what is here stays */
bool browse_take(struct browse *b);    /* answers; true: something is new on the screen */
/*
 * Before drawing: so many rows are seen; asks for those that are not here. True: rows that were
 * here may have been replaced.
 */
bool browse_window(struct browse *b, size_t height);
int64_t browse_id(const struct browse *b, size_t at); /* 0: there is no such row */
void *browse_row(const struct browse *b, size_t at);  /* NULL: not read yet */
bool browse_comes(const struct browse *b); /* nothing is here yet; moving counts when it is */
void browse_move(struct browse *b, long by);
void browse_go(struct browse *b, size_t at);
bool browse_go_id(struct browse *b, int64_t id); /* false: it is not in the list */
/* What a moving key does; false: it is none. */
bool browse_act(struct browse *b, enum action a);
/* "412 of 5,000", "1,204 so far, 45 % read". */
void browse_says(const struct browse *b, char out[96]);

#endif
