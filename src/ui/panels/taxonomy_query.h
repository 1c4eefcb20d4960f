/*
 * taxonomy_query - what the filter and "mark all that match" understand: words that must all hold.
 *
 *   leaf, unexpanded, failed (also state:leaf ...), locked, off, human, edited, marked, working
 *   weight>2  share<5 (percent)  planned  accepted (also points)  children  below  level,
 *       each with > < = or : and a number
 *
 * All other words together are a regular expression over the name (smart case). `!` before a word
 * turns it round; name:REST takes the rest of the line as the expression, whatever it looks like.
 */
#ifndef TAXA_UI_PANELS_TAXONOMY_QUERY_H
#define TAXA_UI_PANELS_TAXONOMY_QUERY_H

#include "ui/marks.h"
#include "ui/needle.h"
#include "ui/order.h"
#include "ui/ui.h"

#define QUERY_TERMS 16

enum query_field {
    QUERY_LEAF,
    QUERY_UNEXPANDED,
    QUERY_FAILED,
    QUERY_LOCKED,
    QUERY_OFF,
    QUERY_HUMAN,
    QUERY_EDITED,
    QUERY_MARKED,
    QUERY_WORKING,
    QUERY_WEIGHT, /* from here on with a number */
    QUERY_SHARE,
    QUERY_PLANNED,
    QUERY_ACCEPTED,
    QUERY_CHILDREN,
    QUERY_BELOW,
    QUERY_LEVEL
};

struct query_term {
    enum query_field field;
    bool negated;
    char op; /* '>', '<', '=' */
    double number;
};

struct query {
    struct query_term terms[QUERY_TERMS];
    size_t count;
    struct needle *name, *not_name; /* NULL: any */
};

/* What a query is asked about. */
struct query_world {
    const struct ui *ui;
    const struct order *order;
    const struct marks *marks;
};

/* Empty text matches everything. The owner calls query_clear, also after an error. */
enum status query_parse(const char *text, struct query *out, struct err *e);
void query_clear(struct query *q);
bool query_matches(struct query *q, const struct query_world *w, uint32_t node);
/* As needle_narrows. */
bool query_narrows(const struct query *now, const struct query *before);

#endif
