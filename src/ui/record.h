/*
 * record - one record laid out by its schema, as lines for a width.
 *
 * Fields stand in the order of the schema with their names at the left (above them on narrow
 * screens). Prose is wrapped; lines of code, tables and whatever is indented keep their spaces and
 * are only cut at the edge. A list of texts beside an answer field is lettered, and the option that
 * the record claims to be right is marked. All text is made safe here; sizes are capped, and what
 * is left out is said.
 */
#ifndef TAXA_UI_RECORD_H
#define TAXA_UI_RECORD_H

#include "base/buf.h"
#include "base/json.h"
#include "ui/cells.h"

#define RECORD_FIELD_MAX (256u << 10) /* bytes of one value that are laid out */

struct record_line {
    size_t label, label_len; /* in text; len 0: none */
    size_t at, len;
    int indent;
    uint8_t role; /* enum ui_role */
};

struct record_text {
    struct buf text;
    struct record_line *lines;
    size_t count, cap;
    int width; /* it was laid out for */
    int names; /* columns for the names of fields; 0: they stand above */
};

void record_init(struct record_text *r);
void record_free(struct record_text *r);
/* schema and record may be NULL: fields in the record's own order; "no record". */
void record_lay_out(struct record_text *r, const cJSON *schema, const cJSON *record, int width);
/* More text below, such as a scenario or a verdict; `label` may be "". */
void record_add(struct record_text *r, const char *label, enum ui_role role, const char *text);
void record_clear(struct record_text *r, int width);
/* Lines from `top` on; returns how many were drawn. */
int record_draw(const struct record_text *r, size_t top, struct cells *c, struct rect area);
/* Is this option (its number, its text) the one that the answer names? */
bool record_claims(const cJSON *answer, int number, const cJSON *option,
                   const cJSON *answer_schema);

#endif
