/*
 * step - what one step of the engine gives back: changes for the store, questions for a teacher.
 *
 * The engine is pure: (state, reply) -> (changes, questions). It reads no clock, no file, no socket
 * and no random source but the session's seed, so online, offline, replayed and batched runs are
 * the same engine. A step is filled by the engine and emptied by its caller, who must make the
 * changes durable before a question leaves. Strings in changes belong to the step's arena.
 */
#ifndef TAXA_ENGINE_STEP_H
#define TAXA_ENGINE_STEP_H

#include "base/arena.h"
#include "store/store.h"
#include "task/task.h"

enum change_kind {
    CHANGE_POINT,      /* a point has a new state or text */
    CHANGE_VERDICT,    /* a critic answered */
    CHANGE_ATTEMPT,    /* a record was written */
    CHANGE_SCENARIO,   /* a scenario of a mix arrived */
    CHANGE_CHILDREN,   /* a node was expanded: children to add, what was dropped and why */
    CHANGE_EXPANSION,  /* nothing new came of it: what was proposed, for a node without a record */
    CHANGE_NODE_STATE, /* an expansion failed */
    CHANGE_FACTOR,     /* a factor was proposed */
    CHANGE_STRATEGY,   /* a strategy was proposed */
    CHANGE_SUGGESTION, /* a teacher's advice about a node */
    CHANGE_JOB_END     /* a job is over */
};

struct change_child {
    const char *name, *desc;
};
struct change_scenario {
    int64_t mix_hash;
    int32_t serial, batch;
    const char *text;
};
struct change_children {
    int64_t node;
    struct change_child *child;
    size_t count;
    const char *expansion; /* JSON for store_expansion_set */
};
struct change_expansion {
    int64_t node;
    const char *expansion; /* JSON for store_expansion_set, unless one is there */
};
struct change_node_state {
    int64_t node;
    enum node_state state;
    const char *expansion;
};
struct change_factor {
    const char *name, *desc, *reason;
    bool accepted; /* by the critic: proposed to the person; else rejected with the reason */
};
struct change_strategy {
    const char *name;
    double weight;
    int64_t taxonomies[PLAN_MAX_TAXONOMIES];
    int count;
};
struct change_job_end {
    bool ok;
    const char *message;
};

struct change {
    enum change_kind kind;
    union {
        const struct point *point; /* borrowed from the engine until the next step */
        struct verdict verdict;    /* teacher, model, prompt and call are filled by the caller */
        struct attempt attempt;
        struct change_scenario scenario;
        struct change_children children;
        struct change_expansion expansion;
        struct change_node_state node_state;
        struct change_factor factor;
        struct change_strategy strategy;
        struct suggestion suggestion; /* teacher and model are filled by the caller */
        struct change_job_end job_end;
    } u;
};

struct step {
    struct arena text;
    struct change *changes;
    size_t change_count, change_cap;
    struct question **questions; /* owned until the caller takes them */
    size_t question_count, question_cap;
    bool fatal;       /* nothing more can work until a person acts */
    char reason[400]; /* why */
};

void step_init(struct step *s);
void step_reset(struct step *s); /* frees questions that were not taken */
void step_free(struct step *s);
struct change *step_change(struct step *s, enum change_kind kind); /* zeroed, appended */
void step_question(struct step *s, struct question *q);

#endif
