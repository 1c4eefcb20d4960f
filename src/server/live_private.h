/*
 * live_private - what the files of the running session share. Nobody else includes this.
 *
 *   live.c        open and close, configuration, the cycle: replies -> engine -> store -> questions
 *   live_apply.c  the engine's changes as rows
 *   live_plan.c   from a target to stored draws
 *   live_run.c    the run: feed, pause, resume, stop, the end
 *   live_job.c    growing jobs, and those that ask for advice
 *   live_jobs.c   starting them, again after a restart, too
 *   live_recent.c throughput of the last hour and day, the last errors
 *   live_told.c   keys of teachers, changed settings: what people are told of them
 *   live_trial.c  a scenario or record for one mix
 *   status.c      what is shown of it all
 */
#ifndef TAXA_SERVER_LIVE_PRIVATE_H
#define TAXA_SERVER_LIVE_PRIVATE_H

#include "domain/schema.h"
#include "engine/advise.h"
#include "engine/grow.h"
#include "engine/maker.h"
#include "engine/run.h"
#include "engine/trial.h"
#include "server/exec.h"
#include "server/keyset.h"
#include "server/live.h"
#include "teacher/teacher.h"

#define LIVE_WINDOW    2048 /* points under way at most */
#define LIVE_BATCH     512  /* replies in one transaction at most */
#define LIVE_EVENTS    20
#define LIVE_TOLD      200          /* nodes that one status tells of */
#define LIVE_RATE      64           /* seconds of history for rates */
#define LIVE_SLOTS     120          /* of the coarser histories */
#define LIVE_SPANS     2            /* of them */
#define LIVE_HOUR_STEP 30           /* seconds of a slot: the last hour */
#define LIVE_DAY_STEP  720          /* the last day */
#define LIVE_FAULTS    20           /* errors that are remembered */
#define LIVE_JOBS      8            /* growing jobs at once */
#define LIVE_TRIALS    8            /* mixes that are tried at once */
#define LIVE_ENDED     32           /* ended jobs that are remembered for those who wait */
#define LIVE_SPEC_MAX  (256u << 20) /* bytes of a stored plan */
#define LIVE_PASSES    2            /* how often a run tries its failed points again by itself */

enum run_state { RUN_IDLE, RUN_RUNNING, RUN_PAUSED, RUN_STOPPED, RUN_INTERRUPTED };

struct live_event {
    int64_t at_us;
    char text[240];
};

struct live_fault {
    int64_t at_us, call, point; /* point 0: of none */
    char text[240];
};

struct live_span { /* points finished, by slots of some seconds */
    int64_t slot[LIVE_SLOTS], points[LIVE_SLOTS];
};

struct live_ended {
    int64_t job;
    bool ok;
    char message[600];
};

struct live_grow { /* a job: one of grow and advise is there, or the slot is free */
    struct grow *grow;
    struct advise *advise;
    int64_t job;
    char *line;  /* as it is stored, to go on after a restart */
    char *title; /* the same, short enough to be shown */
    int known;   /* suggestions that waited already or were turned down before */
    bool wants_turn;
};

struct live_trial {      /* stays after its end, for those who wait, until its place is needed */
    struct trial *trial; /* NULL: ended */
    int64_t job;         /* 0: unused */
    char *line;
    cJSON *result; /* what is known of it so far */
    bool record;   /* is written, too */
    bool wants_turn, ok;
    int64_t ended_at;
    char message[600];
};

struct live {
    struct store *store;
    struct prompts *prompts;
    struct teachers *teachers;
    struct engine_common common;
    struct tree tree; /* with descriptions; follows what the store was told (store_touched) */
    bool tree_loaded;
    int64_t written_from; /* revision of the tree that watchers were told of last */
    int64_t *written;     /* nodes written since; written_many: too many to be told */
    size_t written_count, written_cap;
    bool written_many;
    struct store_revision seen; /* what common and teachers were made from */

    /* replies that came in and wait for the next cycle */
    struct reply *replies;
    size_t reply_count, reply_cap;
    struct keyset on_way; /* keys of questions at the teachers */
    /* questions that leave after the commit */
    struct step step;

    /* the run */
    enum run_state state;
    int64_t turned; /* grows with every change of state and every edit */
    bool paused_by_hand;
    bool draining; /* the process ends: start nothing */
    char reason[400];
    int64_t target, series;
    struct maker *maker;
    struct run *run;
    uint64_t fingerprint; /* of the design that the plan was made from */
    int64_t *again;       /* points to start again before new ones: open or failed ones */
    size_t again_count, again_cap, again_next;
    bool again_to_target; /* of them only as many as the target still needs */
    int passes;           /* of failed points */
    int64_t started_in_run, attempt_limit;
    int64_t run_began_ms, run_ms; /* of the present stretch; of those before */
    double budget, budget_tokens; /* settings; 0: none */
    double reserved;              /* money that questions under way may cost */
    int64_t retry_at_ms;          /* after a disk error: when to try to store again */

    /* jobs */
    struct live_grow grow[LIVE_JOBS];
    struct live_ended ended[LIVE_ENDED];
    size_t ended_count;

    struct live_trial trial[LIVE_TRIALS];

    /* for the screen */
    struct live_event event[LIVE_EVENTS];
    size_t event_count;
    int64_t rate_second[LIVE_RATE]; /* which second each slot counts */
    int rate_points[LIVE_RATE], rate_calls[LIVE_RATE];
    struct live_span span[LIVE_SPANS];
    struct live_fault fault[LIVE_FAULTS];
    size_t fault_count;
    int64_t limited, limited_ms; /* replies "too many requests"; when the last one came */
    cJSON *teacher_keys;         /* [{"name","key"}]: where keys come from, never a key */
    char *told[SETTING_COUNT];   /* values of settings that a run follows, as it knows them */
    int64_t changed;             /* grows whenever something that is shown changed */
    bool offline;
};

/* live.c */
enum status live_follow(struct live *l,
                        struct err *e); /* tree, common, teachers as the store has them */
void live_event(struct live *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void live_count(struct live *l, int points, int calls);
/* Take the step's questions: from stored replies, or to the teachers. Call after the commit. */
void live_dispatch(struct live *l);
/* live_apply.c. Inside a transaction. r: the reply that caused the step, NULL for a start. */
enum status live_store_call(struct live *l, const struct reply *r, int64_t *call, struct err *e);
enum status live_apply(struct live *l, const struct reply *r, int64_t call, int64_t job,
                       struct err *e);
/* live_plan.c. added: points to be made. */
enum status live_plan_make(struct live *l, int64_t target, int64_t *added, struct err *e);
enum status live_plan_again(struct live *l, struct err *e); /* for the same target */
bool live_plan_outdated(struct live *l);
/* live_run.c */
void live_feed(struct live *l); /* start points while there is room; inside a transaction */
void live_run_end_check(struct live *l);
void live_run_fatal(struct live *l, const char *reason);
enum status live_run_load(struct live *l, struct err *e); /* when the session is opened */
/* May this question be sent? *cost: what it may cost at most. No: why says so. */
bool live_budget_allows(struct live *l, const struct question *q, double *cost, char why[160]);
void live_budget_stop(struct live *l, const char *why); /* the run and all jobs */
/* A question is no longer on its way: answered or dropped. */
void live_came_back(struct live *l, const char *key, enum task_id task);
void live_settled(struct live *l, const struct point *p);
const char *live_run_name(enum run_state s);
/* live_recent.c */
void live_recent_count(struct live *l, int points);
void live_recent_json(const struct live *l, cJSON *o);
/* An error that a person may want to look at: "generate #655: TEXT". */
void live_fault(struct live *l, const struct reply *r, int64_t call, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* The same of a reply that brought no answer; others are left alone. */
void live_fault_reply(struct live *l, const struct reply *r, int64_t call);
/* live_told.c */
void live_tell_teachers(struct live *l, const struct teacher_config *list, int count);
void live_tell_settings(struct live *l); /* an event for each that changed while a run goes on */
void live_told_free(struct live *l);
/* What the teacher is told of a mix: [{"taxonomy","path","name","description"}]. */
cJSON *live_mix_json(struct live *l, const int64_t *nodes, int n);
/* live_trial.c */
enum status live_trials_reply(struct live *l, const struct reply *r, bool *taken, struct err *e);
void live_trials_turn(struct live *l);
bool live_trial_done(const struct live *l, int64_t job, bool *ok, char message[600]);
bool live_trials_busy(const struct live *l);
int live_trials_stop(struct live *l, const char *reason); /* how many were under way */
void live_trials_resume(struct live *l);
void live_trials_free(struct live *l);
/* live_job.c */
enum status live_jobs_reply(struct live *l, const struct reply *r, bool *taken,
                            struct err *e); /* own transaction */
void live_jobs_turn(struct live *l);
struct live_grow *live_job_find(struct live *l, int64_t job); /* NULL */
void live_job_known(struct live *l, int64_t job);             /* a suggestion that is not new */
/* live_jobs.c; calls this to have it begin. Takes nothing. */
void live_job_begin(struct live *l, struct live_grow *slot, int64_t job, const char *line,
                    const char *title);
enum status live_job_put(struct live *l, int64_t *id, const char *line, const char *state,
                         const char *result, struct err *e);
void live_job_ended(struct live *l, int64_t job, bool ok, const char *message);
enum status live_jobs_resume(struct live *l, int *count, struct err *e);

#endif
