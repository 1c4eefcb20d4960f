/*
 * offline_answer - the parts that answer single tasks (private to offline*.c).
 *
 * Each writes the reply's JSON into `out`. Where a task can turn out impossible the function
 * returns false with one clear sentence in `why`: that is final, another try would not help.
 */
#ifndef TAXA_TEACHER_OFFLINE_ANSWER_H
#define TAXA_TEACHER_OFFLINE_ANSWER_H

#include "teacher/offline.h"
#include "teacher/offline/problem.h"

enum { OFFLINE_TEXT_MAX = 256 * 1024, WHY_MAX = 400 };

/* What is asked and how faulty to be: inputs and seed of the question, the task it comes down to.
 */
struct asked {
    const cJSON *inputs;
    uint64_t seed;
    const struct offline_rates *rates;
};
/* A draw that happens with the set rate; `name` keeps different rates apart. */
bool asked_chance(const struct asked *a, enum teacher_key_id rate, const char *name);

/* generate, refine */
bool answer_record(const struct asked *a, bool refine, struct buf *out, char why[WHY_MAX]);
/* The question-like and answer-like members of a record, NULL when there are none. */
const cJSON *record_question(const cJSON *record);
const cJSON *record_answer(const cJSON *record, const char *answer_field);

void answer_requirements(const struct asked *a, struct buf *out);
void answer_critic(const struct asked *a, bool asks_incorrect, struct buf *out);

void answer_scenarios(const struct asked *a, struct buf *out);
void answer_complexify(const struct asked *a, struct buf *out);

void answer_factors(const struct asked *a, struct buf *out);
void answer_factor_critic(const struct asked *a, struct buf *out);
void answer_propose(const struct asked *a, struct buf *out);
void answer_children_critic(const struct asked *a, struct buf *out);
/* These decline nodes that the vocabulary does not know. */
bool answer_missing_children(const struct asked *a, struct buf *out, char why[WHY_MAX]);
bool answer_describe_node(const struct asked *a, struct buf *out, char why[WHY_MAX]);
bool answer_soundness(const struct asked *a, struct buf *out, char why[WHY_MAX]);
void answer_level_plan(const struct asked *a, struct buf *out);
void answer_strategies(const struct asked *a, struct buf *out);

/* Append "name":"value" pieces of JSON. */
void put_key(struct buf *out, const char *name);
void put_text(struct buf *out, const char *name, const char *value);

#endif
