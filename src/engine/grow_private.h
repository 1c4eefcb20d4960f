/*
 * grow_private - what the files of a growing job share. Nobody else includes this.
 *
 *   grow.c         the job: factors, strategies, who gets which reply
 *   grow_level.c   an expansion level by level: frontier, plans, the end
 *   grow_sprout.c  one node of the frontier: proposals, union, critic, what is told of it
 */
#ifndef TAXA_ENGINE_GROW_PRIVATE_H
#define TAXA_ENGINE_GROW_PRIVATE_H

#include "engine/grow.h"

#define PROPOSALS_MAX 8

enum kind { GROW_FACTORS, GROW_STRATEGIES, GROW_EXPAND };

struct sprout { /* one node being expanded */
    int64_t node;
    struct ask proposal[PROPOSALS_MAX];
    cJSON *value[PROPOSALS_MAX]; /* their replies, merged in this order whatever came first */
    int open;                    /* proposals that are still out */
    cJSON *context;              /* inputs of this node */
    cJSON *proposals;            /* [{"name","description","votes"}] */
    struct ask critic;
    char *lost[PROPOSALS_MAX]; /* why a proposal did not come */
    bool used;
    bool expanded; /* it had its children before */
    size_t place;  /* in the order of telling */
    bool finished; /* and not told yet: */
    cJSON *result; /* of the critic */
    char *failure; /* or why there is none */
};

struct planner { /* how fine the next level of one taxonomy is to be */
    int64_t taxonomy;
    struct ask ask;
    char *plan; /* "" until it came, and when it did not */
};

struct grow {
    enum kind kind;
    int64_t job;
    struct engine_common common;
    bool begun, ended;

    /* factors and strategies: one or two questions */
    struct ask ask;
    cJSON *held; /* factors that wait for their critic; taxonomies of a strategies job */
    int64_t ids[PLAN_MAX_TAXONOMIES];
    int id_count;

    /* expansion */
    int64_t *roots;
    size_t root_count;
    int first;        /* levels below the roots where growing begins; 0: at the roots */
    int depth, level; /* levels to grow; the one being grown, from 1 */
    struct planner planner[PLAN_MAX_TAXONOMIES];
    int planner_count;
    int plans_open; /* plans that are still out */
    int64_t *frontier;
    size_t frontier_count, frontier_cap, frontier_next;
    struct sprout sprout[GROW_AT_ONCE];
    size_t placed, told; /* sprouts begun; and told of */
    int working, done, failed, unchanged, locked;
    char last_error[512];
};

/* grow.c */
void grow_job_end(struct grow *g, bool ok, const char *message, struct step *out);
/* "j1.n7.propose.0"; node 0: "j1.plan.2". */
void grow_key(const struct grow *g, char base[80], const char *what, int64_t node, int n);

/* grow_level.c */
void grow_expand_turn(struct grow *g, const struct tree *t, struct step *out);
bool grow_plan_reply(struct grow *g, const struct reply *r, struct step *out);
void grow_plans_free(struct grow *g);
const char *grow_plan_of(const struct grow *g, int64_t taxonomy);

/* grow_sprout.c */
void sprout_begin(struct grow *g, struct sprout *s, const struct tree *t, uint32_t at,
                  struct step *out);
void sprout_clear(struct sprout *s);
bool sprout_reply(struct grow *g, const struct reply *r, struct step *out);

#endif
