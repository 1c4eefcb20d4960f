/*
 * fit - bring a reply into the shape of its schema where its meaning is clear (private to
 * src/task).
 *
 * Models that are not held to a schema answer "Yes." for "yes", a string for a list of one,
 * "Answer" for "answer". Such replies are worth more than a repair call. What is not clear is left
 * for schema_check to refuse.
 */
#ifndef TAXA_TASK_FIT_H
#define TAXA_TASK_FIT_H

#include "base/json.h"

enum fit_manner {
    FIT_REPLY, /* also: strings trimmed, unknown properties and blank list items dropped, lists
                  over maxItems and long reasons and descriptions cut */
    FIT_RECORD /* data: types, enum spelling and the order of properties only */
};

/* *value may be replaced by a new tree. ST_INVALID: a property is there twice. */
enum status fit_value(const cJSON *schema, cJSON **value, enum fit_manner manner, struct err *e);

#endif
