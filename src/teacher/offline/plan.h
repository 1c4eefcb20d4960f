/*
 * offline_plan - what a problem will be: setting, people, operations in order, wording.
 *
 * A plan is drawn from a mix, written as a scenario that a person can read, and read back from that
 * scenario (also an edited one: what it does not say comes from the mix, what neither says is
 * drawn from the scenario's own text). Spans in a plan borrow from constant tables, from the mix
 * and from the scenario text, which must live as long as the plan.
 */
#ifndef TAXA_TEACHER_OFFLINE_PLAN_H
#define TAXA_TEACHER_OFFLINE_PLAN_H

#include "base/json.h"
#include "teacher/offline/text.h"
#include "teacher/offline/words.h"

enum wording {
    WORDING_PLAIN,
    WORDING_QUESTION,
    WORDING_DIALOGUE,
    WORDING_LETTER,
    WORDING_FACTS,
    WORDING_NEWS,
    WORDINGS
};
struct wording_info {
    const char *name;   /* leaf of the taxonomy "wording" */
    const char *phrase; /* in a scenario: "as a letter" */
};
extern const struct wording_info wording_table[WORDINGS];

enum { PLAN_STEPS = 8, PLAN_DISTRACTORS = 3 };

struct plan {
    enum op ops[PLAN_STEPS];
    int count; /* of ops */
    int base;  /* of them before the problem was made harder */
    enum op main;
    enum wording wording;
    int distractors;
    const struct place *place; /* offline_anywhere for a setting that is not in the table */
    char where[160];           /* "at the bakery" */
    char detail[100];          /* a finer setting inside the place; empty: none */
    struct span person[2], items, container, containers;
    char time[64]; /* "on a rainy Tuesday" */
};

/* What a mix asks for, before anything is drawn. */
struct wish {
    unsigned ops; /* bit per leaf operation that would do; never 0 */
    bool op_asked, place_asked;
    uint64_t places; /* bit per place; 0: none of the table */
    struct span place_name;
    unsigned wordings; /* bit per wording */
    int steps_low, steps_high;
    bool steps_asked;
};
void wish_from(const cJSON *mix, struct wish *out);

void offline_plan_draw(const struct wish *w, struct draw *d, struct plan *out);
void offline_plan_scenario(const struct plan *p, struct draw *d, struct buf *out);
void offline_plan_read(const struct wish *w, const char *scenario, struct plan *out);
/* Was the scenario written by offline_plan_scenario (then the plan is the text's, not drawn)? */
bool offline_plan_is_ours(const char *scenario);
/* Append what makes the scenario harder: one or two steps more, and a number that is not needed. */
void offline_plan_harder(const struct wish *w, const char *scenario, struct draw *d,
                         struct buf *out);

/*
 * A kind for the first value with which all the operations can follow each other, chosen among the
 * possible ones. false: there is none.
 */
bool offline_plan_first_kind(const enum op *ops, int count, bool whole, struct draw *d,
                             enum kind *out);
/* The form in which an operation goes on from (or, first, starts with) a value of this kind. */
enum form offline_plan_form(enum op o, enum kind k, bool first, struct draw *d);
bool offline_plan_accepts(enum form f, enum kind k, bool first);

/* Which wording has this text? */
enum wording wording_of(const char *text);
extern const char *const offline_headlines; /* first sentences of a news note */

/* Letters only, lower case, without article: "The Bakery " -> "bakery". */
void name_normal(char *out, size_t size, const char *name);

#endif
