/*
 * story - everything that is known of one point, as JSON, for `show`, `points` and `export`.
 */
#ifndef TAXA_SERVER_STORY_H
#define TAXA_SERVER_STORY_H

#include "domain/tree.h"
#include "store/store.h"

/* Names that stories need; loaded once per command. */
struct story_names {
    const struct tree *tree; /* borrowed */
    struct strategy_row *strategies;
    int strategy_count;
};
enum status story_names_load(struct store *s, const struct tree *t, struct story_names *out,
                             struct err *e);
void story_names_free(struct story_names *n);
const char *story_strategy(const struct story_names *n,
                           int64_t id); /* "everything": the built-in */

/* [{"taxonomy","node","path"}] */
cJSON *story_mix(struct store *s, const struct story_names *n, const struct point *p);
/* calls: with the number of the call in each; without, nothing depends on the order of arrival. */
cJSON *story_verdicts(struct store *s, int64_t point, bool calls);
cJSON *story_reviews(struct store *s, int64_t point);
/* The record parsed, JSON null when there is none. */
cJSON *story_record(const struct point *p);
/* "yes/yes" of the dual critic, "" when it was not asked. */
void story_verdict(struct store *s, int64_t point, char out[16]);
/* Did the rule-based teacher write any of the session's points? */
bool story_any_offline(struct store *s);
/* Who wrote the record of a point: the newest answered question that gave one; "" when none did. */
struct story_writer {
    char teacher[64], model[128];
    bool offline; /* the rule-based teacher */
};
void story_writer(struct store *s, int64_t point, struct story_writer *out);
/* Teacher, model and prompt versions behind a point: adds "teacher","model","offline","prompts". */
void story_sources(struct store *s, int64_t point, cJSON *into);

#endif
