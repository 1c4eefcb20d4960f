/*
 * browse_parts - what a list and its readers hand to each other. Private to browse*.c.
 */
#ifndef TAXA_UI_BROWSE_PARTS_H
#define TAXA_UI_BROWSE_PARTS_H

#include "ui/browse.h"
#include "ui/reader.h"

struct scan_job {
    const struct browse_kind *kind;
    unsigned number;
    char *filter; /* with the text that is looked for */
    int order;
    bool reverse;
    bool quiet; /* tell only the end */
    int64_t
        wait_ms; /* before it begins: a list that changes all the time is not read all the time */
};

struct scan_answer {
    unsigned number;
    bool replace; /* else the ids go on where those before ended */
    bool end;     /* all of them are told */
    bool dense;   /* they are 1 to `count`; ids is NULL */
    int64_t *ids;
    size_t count;
    int64_t seen, of, took_ms;
    int64_t counts[POINT_STATES];
    char problem[256];
};

struct fetch_job {
    const struct browse_kind *kind;
    unsigned number;
    char *find;
    size_t from, count; /* row of the list of ids[0] */
    size_t first;       /* of them to be read first: those that are seen */
    int64_t ids[BROWSE_ROWS];
    bool wanted[BROWSE_ROWS];
};

struct fetch_answer {
    const struct browse_kind *kind;
    unsigned number;
    bool end;
    size_t count;
    size_t at[BROWSE_ROWS];
    int64_t ids[BROWSE_ROWS];
    void *rows[BROWSE_ROWS];
};

extern const struct reader_ops browse_scanning, browse_fetching;

#endif
