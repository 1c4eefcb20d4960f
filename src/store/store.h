/*
 * store - the session file: one SQLite database (WAL), one writer, any number of readers.
 *
 * The server is the only writer (STORE_WRITE takes the lock FILE-lock; a second one gets ST_BUSY).
 * Everybody else opens STORE_READ: read-only, no lock, no checkpoint, and keeps no transaction open
 * between calls. All strings returned through `struct buf` or owned structs belong to the caller.
 * synchronous=FULL: what a commit has acknowledged survives power loss. Ids are never reused.
 * Errors name the file. The tables are in store_schema.c; design.md section 4 says what they mean.
 */
#ifndef TAXA_STORE_STORE_H
#define TAXA_STORE_STORE_H

#include "base/buf.h"
#include "base/json.h"
#include "base/status.h"
#include "command/filter.h"
#include "command/settings.h"
#include "domain/estimate.h"
#include "domain/plan.h"
#include "domain/tree.h"

struct store;
enum store_mode { STORE_READ, STORE_WRITE };

#define STORE_APPLICATION_ID 0x54415841 /* "TAXA" */
#define STORE_VERSION        2

/*
 * Open. STORE_WRITE creates a missing file when `create`. Checks in this order, changing nothing
 * when one fails: is it a file we may read (write), SQLite magic, application_id, user_version
 * (newer: ST_VERSION; older: STORE_WRITE makes FILE.v<N>.bak by the backup API, then migrates in
 * one transaction; STORE_READ says ST_VERSION "needs migration"), size against the header's page
 * count (when the WAL is empty), quick_check (files up to 64 MB at once; larger ones by store_check
 * later). ST_DAMAGED: the file is untouched.
 */
enum status store_open(const char *path, enum store_mode mode, bool create, struct store **out,
                       struct err *e);
void store_close(struct store *s); /* the writer checkpoints and removes WAL and lock */
const char *store_path(const struct store *s);
/* Full quick_check; may take seconds on a large file. Run it on a STORE_READ store in a thread of
 * its own or a child. */
enum status store_check(struct store *s, struct err *e);
/* Online copy to a new file (refuses an existing one). */
enum status store_backup(struct store *s, const char *to, struct err *e);

/* ---- transactions (writer). Nested calls are an error. Tallies and counters are flushed by
 * commit. */
enum status store_begin(struct store *s, struct err *e);
enum status store_commit(struct store *s, struct err *e);
void store_rollback(struct store *s);
bool store_in_transaction(const struct store *s);
/*
 * Reads between the two see one state of the file and take its lock once: for many small ones in a
 * row. Nothing is written in between. Does nothing inside a transaction.
 */
void store_reads_begin(struct store *s);
void store_reads_end(struct store *s);
/* Checkpoint when the log has grown enough to be worth it; for moments when nothing else waits (may
 * take 0.2 s). */
void store_idle(struct store *s);

/*
 * ---- the journal. An operation is what a person did: every change to journalled tables between
 * begin and end is recorded (SQLite session extension) and can be undone and redone, also after a
 * restart. Journalled: session, example, setting, teacher, role, factor, node, expansion,
 * suggestion, strategy, exclusion, review. Never: points, verdicts, calls, scenarios, tallies. Undo
 * and redo survive restarts; a new operation drops what could have been redone. Operations with the
 * same job number (> 0) that follow each other are one step for undo.
 */
enum status store_op_begin(struct store *s, const char *who, const char *line, int64_t job,
                           struct err *e); /* begins a transaction */
enum status
store_op_end(struct store *s,
             struct err *e); /* commits; an operation that changed nothing leaves no entry */
void store_op_cancel(struct store *s); /* rolls back */
/* Each undoes (redoes) one step and says what: line of the step. ST_NOT_FOUND when there is
 * nothing. */
enum status store_undo(struct store *s, struct buf *line, struct err *e);
enum status store_redo(struct store *s, struct buf *line, struct err *e);
/* The entry that undo (redo) takes next, and its job; 0: none. */
enum status store_undo_next(struct store *s, bool redo, int64_t *id, int64_t *job, struct err *e);
/* Lines of what undo and redo would do; false: nothing. */
bool store_undo_line(struct store *s, struct buf *line);
bool store_redo_line(struct store *s, struct buf *line);
struct op_row {
    int64_t id, at_us, job;
    const char *who, *line;
    bool undone;
};
/* Newest first; row strings are valid during the call only. visit returns false to stop. */
enum status store_ops(struct store *s, int64_t limit,
                      bool (*visit)(void *ctx, const struct op_row *row), void *ctx, struct err *e);

/* ---- revisions: numbers that grow when something changed, so that readers know what to read
 * again. Cheap. */
struct store_revision {
    int64_t tree;     /* nodes, factors */
    int64_t settings; /* description, schema, settings, teachers, roles, strategies, exclusions */
    int64_t points;   /* points, tallies, verdicts, calls */
};
enum status store_revision(struct store *s, struct store_revision *out, struct err *e);

/* ---- session texts and settings (writers must be inside an operation). Keys: description, schema.
 */
enum status store_text(struct store *s, const char *key, struct buf *out,
                       struct err *e); /* empty when never set */
enum status store_text_set(struct store *s, const char *key, const char *value, struct err *e);
enum status store_examples(struct store *s, cJSON **array,
                           struct err *e); /* [{"id":n,"record":{..}}] */
enum status store_example_add(struct store *s, const char *json, int64_t *id, struct err *e);
enum status store_example_remove(struct store *s, int64_t id, struct err *e);
/* Value in force as text (the default when never set). */
enum status store_setting(struct store *s, enum setting_id id, struct buf *out, struct err *e);
double store_setting_num(struct store *s, enum setting_id id,
                         double word_value); /* word_value: for "auto", "all" ... */
bool store_setting_is(struct store *s, enum setting_id id, const char *word);
bool store_setting_is_set(struct store *s, enum setting_id id);
enum status store_setting_set(struct store *s, enum setting_id id, const char *value,
                              struct err *e);

/* Teachers. A session without any has the built-in one named "offline" (dialect offline). */
enum status store_teachers(struct store *s, struct teacher_config **list, int *count,
                           struct err *e);   /* free each, then the list */
bool store_teachers_chosen(struct store *s); /* false: only the built-in one, which nobody chose */
enum status store_teacher_put(struct store *s, const char *name, bool create,
                              const char *const *key_values, int n, struct err *e);
enum status store_teacher_remove(struct store *s, const char *name, struct err *e);
enum status store_role(struct store *s, enum role_id role, struct buf *out,
                       struct err *e); /* teacher's name; the first teacher when unset */
enum status store_role_set(struct store *s, enum role_id role, const char *teacher, struct err *e);

/* ---- factors: proposals for taxonomies. Accepting one makes its taxonomy (a node with parent 0).
 */
enum factor_state { FACTOR_PROPOSED, FACTOR_ACCEPTED, FACTOR_REJECTED };
struct factor_row {
    int64_t id, node; /* node: its taxonomy, 0 when none */
    const char *name, *desc, *reason;
    enum factor_state state;
    enum node_origin origin;
};
enum status store_factors(struct store *s, bool (*visit)(void *ctx, const struct factor_row *row),
                          void *ctx, struct err *e);
enum status store_factor_add(struct store *s, const char *name, const char *desc,
                             enum node_origin origin, const char *reason, struct err *e);
enum status store_factor_set(struct store *s, const char *name, enum factor_state state,
                             const char *reason, struct err *e);
/* Rename and describe a proposal (NULL: as it is); ST_INVALID when it was decided already. */
enum status store_factor_edit(struct store *s, const char *name, const char *new_name,
                              const char *desc, struct err *e);

/* ---- nodes. tree_load reads the whole skeleton (descriptions only when asked); edits are by id
 * and keep the rules of tree.h. */
enum status store_tree(struct store *s, bool descriptions, struct tree *out,
                       struct err *e); /* *out is initialised here */
/*
 * The nodes whose rows this writer wrote since it was asked last, in operations, undo, or what was
 * rolled back (an id may be there more than once). False: more than are worth remembering. The list
 * is the caller's until he writes or asks again.
 */
bool store_touched(struct store *s, const int64_t **ids, size_t *count);
/*
 * Bring a tree that was read by store_tree up to date when only these nodes changed since then.
 * Indexes stay as they are when only values changed or nodes were added behind their siblings,
 * else it is another tree in the same struct. When it fails the tree is as it was before or empty.
 */
enum status store_tree_patch(struct store *s, bool descriptions, struct tree *t, const int64_t *ids,
                             size_t count, struct err *e);
enum status store_node_desc(struct store *s, int64_t id, struct buf *out, struct err *e);
/* before 0: as the last child. Duplicate sibling names: ST_EXISTS. Names are checked by
 * tree_name_check. */
enum status store_node_add(struct store *s, int64_t parent, const struct node *model,
                           int64_t before, int64_t *id, struct err *e);
/*
 * Add the subtree at `root` of a tree in memory, all of it new; ids (t->count items) gets the
 * numbers by index. For many nodes cheaper than one by one.
 */
enum status store_nodes_add(struct store *s, int64_t parent, const struct tree *t, uint32_t root,
                            int64_t before, int64_t *ids, struct err *e);
enum status store_node_rename(struct store *s, int64_t id, const char *name, struct err *e);
/*
 * For the middle of an operation: take a node's name out of the way, and give it one (free among
 * its siblings) back. A person's rename is store_node_rename, which also ends it.
 */
enum status store_node_park(struct store *s, int64_t id, struct err *e);
enum status store_node_unpark(struct store *s, int64_t id, const char *name, struct err *e);
enum status store_node_describe(struct store *s, int64_t id, const char *desc, struct err *e);
enum status store_node_weight(struct store *s, int64_t id, double weight, struct err *e);
enum status store_node_even(struct store *s, int64_t parent, struct err *e); /* children: 1 */
enum status store_node_lock(struct store *s, int64_t id, bool locked, struct err *e);
enum status store_node_state(struct store *s, int64_t id, enum node_state state, struct err *e);
enum status store_node_move(struct store *s, int64_t id, int64_t parent, int64_t before,
                            struct err *e); /* not below itself; parent 0: a taxonomy */
enum status store_node_delete(struct store *s, int64_t id,
                              struct err *e); /* with everything below; ids stay reserved */
enum status store_node_order(struct store *s, int64_t parent, const int64_t *ids, size_t n,
                             struct err *e); /* new order of all children */
/* Merging: names of `from` become aliases of `into`, its points count at `into` from now on.
 * Children must have been moved before. */
enum status store_node_alias(struct store *s, int64_t into, int64_t from, struct err *e);
/*
 * A NODE word ("@ID" or a path from the taxonomy's name) without the tree in memory; "/" gives 0,
 * the place above the taxonomies. ST_NOT_FOUND says which names are near, or who deleted the node
 * when.
 */
enum status store_node_find(struct store *s, const char *word, int64_t *id, struct err *e);
enum status store_node_child(struct store *s, int64_t parent, const char *name, int64_t *id,
                             struct err *e); /* 0: none of that name */
enum status store_node_there(struct store *s, int64_t id, bool *yes, struct err *e);
struct node_row {
    int64_t id, parent, next; /* next: the sibling behind it, 0 for the last */
    double weight;
    bool locked;
    char *name, *desc;
};
enum status store_node_row(struct store *s, int64_t id, struct node_row *out, struct err *e);
void node_row_clear(struct node_row *row);
enum status store_node_children(struct store *s, int64_t parent, int64_t **ids, size_t *count,
                                struct err *e); /* in order; free() the list */
/* The subtree at id alone, with descriptions: index 1 of *out is the node. */
enum status store_tree_below(struct store *s, int64_t id, struct tree *out, struct err *e);
/* Names of merged nodes that the nodes that took them do not have, by node. */
enum status store_aliases(struct store *s,
                          bool (*visit)(void *ctx, int64_t node, const char *alias), void *ctx,
                          struct err *e);
/* The names that were merged into a node, the oldest first, at most 100; visit returns false to
 * stop. */
enum status store_node_aliases(struct store *s, int64_t node,
                               bool (*visit)(void *ctx, int64_t id, const char *name), void *ctx,
                               struct err *e);
/*
 * The newest points in a state that were drawn at this very node: at most *count ids, the newest
 * first; *count is how many came. Looks through a node's last 64 points only, so it is quick.
 */
enum status store_node_newest(struct store *s, int64_t node, enum point_state state, int64_t *ids,
                              size_t *count, struct err *e);
/* Name path also of a deleted node (" (deleted)" appended). */
enum status store_node_path(struct store *s, int64_t id, struct buf *out, struct err *e);
/* What happened at the node's last expansion: JSON
 * {"proposals":[..],"children":[..],"dropped":[..],"error":".."}; empty when never. */
enum status store_expansion(struct store *s, int64_t node, struct buf *out, struct err *e);
enum status store_expansion_set(struct store *s, int64_t node, const char *json, struct err *e);

/*
 * ---- suggestions: what a teacher said about a node when it was asked, until a person decides
 * (store_suggest.c). Writers must be inside an operation.
 */
enum suggest_kind {
    SUGGEST_MISSING,  /* a child `name`, described by `text`, is missing below `node` */
    SUGGEST_DESCRIBE, /* `text` describes `node` better */
    SUGGEST_DELETE,   /* `node` is unsound: it should go */
    SUGGEST_MOVE,     /* ... it belongs below `target` */
    SUGGEST_RENAME,   /* ... it should be called `name` */
    SUGGEST_MERGE,    /* ... it is the same as `target`, which should take it in */
    SUGGEST_KINDS
};
enum suggest_state { SUGGEST_WAITING, SUGGEST_ACCEPTED, SUGGEST_REJECTED };
struct suggestion {
    int64_t id, at_us, job; /* id, at_us: 0 on insert */
    enum suggest_kind kind;
    enum suggest_state state;         /* on insert: it waits */
    int64_t node, target;             /* target: 0 none */
    const char *name, *text, *reason; /* "" none */
    const char *teacher, *model;
};
const char *suggest_kind_name(enum suggest_kind k); /* missing describe delete move rename merge */
bool suggest_kind_by_name(const char *name, enum suggest_kind *out);
typedef bool suggest_visit_fn(void *ctx, const struct suggestion *g); /* false: stop */
/*
 * ST_EXISTS: the same waits already, or a person turned it down. A new description, or a new word
 * on what is wrong with a node, takes the place of the one that waits.
 */
enum status store_suggest_add(struct store *s, const struct suggestion *g, int64_t *id,
                              struct err *e);
enum status store_suggest_set(struct store *s, int64_t id, enum suggest_state state, struct err *e);
enum status store_suggest(struct store *s, int64_t id, suggest_visit_fn *visit, void *ctx,
                          struct err *e); /* ST_NOT_FOUND */
/* Those that wait (all: every one) about nodes that are there, oldest first. */
enum status store_suggestions(struct store *s, bool all, suggest_visit_fn *visit, void *ctx,
                              struct err *e);
enum status store_suggest_waiting(struct store *s, int64_t *n, struct err *e);

/* ---- mix */
struct strategy_row {
    int64_t id;
    char *name;
    double weight;
    double complexity; /* NAN: the session's */
    char *levels;      /* NULL: the session's */
    int64_t taxonomies[PLAN_MAX_TAXONOMIES];
    int taxonomy_count;
};
enum status store_strategies(struct store *s, struct strategy_row **list, int *count,
                             struct err *e);
void strategy_rows_free(struct strategy_row *list, int count);
enum status store_strategy_put(struct store *s, struct strategy_row *row,
                               struct err *e); /* id 0: new; fills id. Names unique */
enum status store_strategy_remove(struct store *s, int64_t id, struct err *e);
struct exclusion_row {
    int64_t id, strategy, a, b; /* strategy 0: all; a, b: node ids */
};
enum status store_exclusions(struct store *s, struct exclusion_row **list, int *count,
                             struct err *e); /* free() the list */
enum status store_exclusion_add(struct store *s, int64_t strategy, int64_t a, int64_t b,
                                struct err *e);
enum status store_exclusion_remove(struct store *s, int64_t id, struct err *e);

/*
 * The mix design as the arithmetic (domain/plan.h) wants it: strategies, exclusions and what exists
 * already. The one way from the file to a plan: preview, generate and the screen all take it, so
 * they agree. `t` is borrowed. Owner calls design_free.
 */
struct design {
    struct plan_design d;
    struct plan_strategy *strategies;
    struct plan_exclusion *exclusions;
    struct plan_have *have;
    struct strategy_row *rows;
    int row_count;
};
enum status design_load(struct store *s, const struct tree *t, struct design *out, struct err *e);
struct tally_row; /* below */
/* The same for who has the tallies (store_tallies) of this moment already. */
enum status design_load_tallied(struct store *s, const struct tree *t, const struct tally_row *rows,
                                size_t count, struct design *out, struct err *e);
void design_free(struct design *d);
/* What a plan made of the design will take (store_estimate.c). */
enum status design_estimate(struct store *s, const struct design *d, const struct plan *p,
                            struct estimate *out, struct err *e);
/* "all", "leaves" or the level, as the setting `levels` writes it. */
void design_levels(int levels, char out[16]);
/* By tree index, rolled up: points that hold a place now; points that the plan adds. */
void design_node_now(const struct design *d, int64_t *now);
void design_node_add(const struct design *d, const struct plan *p, int64_t *add);

/* ---- points. One row for every point that has been started. */
struct point {
    int64_t id;
    int64_t strategy; /* 0: the built-in strategy */
    int64_t node[PLAN_MAX_TAXONOMIES];
    int nodes;
    bool complexified;
    enum point_state outcome; /* what the machine says */
    enum point_state state;   /* what counts: the person's decision on top of the outcome */
    int64_t mix_hash;         /* of strategy and nodes */
    int32_t serial;           /* number of the scenario of this mix that it uses */
    int32_t epoch;            /* grows with each `retry`, part of its question keys */
    int32_t attempts;         /* records written (generate, refine, repair) */
    int64_t made_us;          /* when it was finished, wall */
    double cost;
    uint64_t seed;
    char *plain;    /* scenario before complexify; NULL when not complexified */
    char *scenario; /* in use; NULL until known */
    char *record;   /* JSON; NULL until known */
    char *reason;   /* why rejected, invalid, failed, disputed; NULL */
};
void point_clear(struct point *p); /* frees the strings */
enum status store_point_put(struct store *s, const struct point *p,
                            struct err *e); /* insert or replace; keeps tallies right */
enum status store_point(struct store *s, int64_t id, struct point *out, struct err *e);
int64_t store_point_next_id(struct store *s); /* reserve by using it in store_point_put */
int64_t store_mix_used(struct store *s, int64_t mix_hash); /* points that used this mix so far */
/* Points in one outcome with id > after, by id. visit gets a point it may not keep. */
enum status store_points_in(struct store *s, enum point_state outcome, int64_t after, int64_t limit,
                            bool (*visit)(void *ctx, const struct point *p), void *ctx,
                            struct err *e);

struct verdict {
    int64_t point;
    int32_t round;      /* 0..R: of the requirement critic; the last one counts */
    const char *critic; /* "requirements", "correct", "incorrect" */
    bool yes;
    const char *reason;
    const char *teacher, *model, *prompt; /* who said so, prompt version */
    int64_t call;                         /* id of the call */
};
enum status store_verdict_put(struct store *s, const struct verdict *v, struct err *e);
enum status store_verdicts(struct store *s, int64_t point,
                           bool (*visit)(void *ctx, const struct verdict *v), void *ctx,
                           struct err *e);

struct attempt { /* a record as written, for the story of a point */
    int64_t point;
    int32_t number;
    const char *task;    /* generate, refine, repair */
    const char *text;    /* record JSON, or raw text when it did not parse */
    const char *problem; /* validator's message or critic's reason; "" */
};
enum status store_attempt_put(struct store *s, const struct attempt *a, struct err *e);
enum status store_attempts(struct store *s, int64_t point,
                           bool (*visit)(void *ctx, const struct attempt *a), void *ctx,
                           struct err *e);

/* Scenarios of a mix, in the order of use. */
enum status store_scenario_put(struct store *s, int64_t mix_hash, int32_t serial, const char *text,
                               int32_t batch, struct err *e);
enum status store_scenarios(struct store *s, int64_t mix_hash, int32_t from, int32_t limit,
                            cJSON **array, struct err *e); /* [{"serial","text","batch"}] */
int32_t store_scenario_count(struct store *s, int64_t mix_hash);

/* Tallies: points by (strategy, node as drawn, complexified, state), kept by store_point_put. node
 * 0: the strategy's total. */
struct tally_row {
    int64_t strategy, node;
    bool complexified;
    enum point_state state;
    int64_t n;
};
enum status store_tallies(struct store *s, struct tally_row **rows, size_t *count,
                          struct err *e); /* free() */
/* Sums over all: n[POINT_STATES]. POINT_PLANNED counts only started rows; the rest of the plan is
 * in store_plan. */
enum status store_point_counts(struct store *s, int64_t n[POINT_STATES], struct err *e);

/* The plan in force: what is still to be started. One row. */
struct plan_row {
    int64_t target;  /* N; 0: never generated */
    int64_t series;  /* number of this plan */
    int64_t first;   /* id of its first point */
    int64_t count;   /* draws in the plan */
    int64_t started; /* of them */
    char run[16];    /* idle running paused stopped */
    char *reason;    /* why paused or stopped; NULL */
    char *spec;      /* the draws as text; NULL */
    char *counts;    /* JSON [[node id, planned at the start of the plan]..] as drawn, for "planned"
                        while it runs; NULL */
};
void plan_row_clear(struct plan_row *p);
enum status store_plan(struct store *s, struct plan_row *out,
                       struct err *e); /* spec is not loaded (NULL): it may be large */
enum status store_plan_spec(struct store *s, struct buf *out, struct err *e);
/* spec NULL and counts NULL: what is stored stays. */
enum status store_plan_put(struct store *s, const struct plan_row *p, struct err *e);
/* Outcome of every point with id >= first, in the order of ids. */
enum status store_outcomes(struct store *s, int64_t first,
                           void (*visit)(void *ctx, int64_t id, enum point_state outcome),
                           void *ctx, struct err *e);

/* ---- calls */
struct call_row {
    int64_t id; /* 0 on insert */
    const char *key;
    int64_t point; /* 0: none */
    const char *task, *prompt, *teacher, *model,
        *outcome; /* outcome: reply_outcome_name, "retried" for a failed try */
    uint64_t seed;
    const char *system, *user; /* rendered prompt; system is stored once per text */
    const char *reply, *error;
    int http_status, tries;
    int64_t tokens_in, tokens_cached, tokens_out;
    double cost, seconds, retry_after;
    int64_t started_us;
};
enum status store_call_put(struct store *s, const struct call_row *c, int64_t *id,
                           struct err *e); /* also adds to the totals; ST_EXISTS: key is answered */
/* The reply to a question that was answered before ("ok", "length" or "refused"); ST_NOT_FOUND. */
enum status store_call_reply(struct store *s, const char *key, int64_t *id, struct buf *reply,
                             char outcome[16], struct err *e);
enum status store_call(struct store *s, int64_t id,
                       bool (*visit)(void *ctx, const struct call_row *c), void *ctx,
                       struct err *e);
enum status store_calls(struct store *s, const struct filter *f, int64_t before, int64_t limit,
                        bool (*visit)(void *ctx, const struct call_row *c), void *ctx,
                        struct err *e); /* newest first; system, user, reply not loaded */

struct call_totals {
    int64_t made, ok, failed,
        retried; /* failed: final without an answer; retried: failed tries that were asked again */
    int64_t tokens_in, tokens_cached, tokens_out;
    double cost;
};
enum status store_call_totals(struct store *s, struct call_totals *out, struct err *e);
/* Sums by task name for the estimate: visit(task, sums). */
enum status store_call_by_task(struct store *s,
                               void (*visit)(void *ctx, const char *task,
                                             const struct estimate_task *sum),
                               void *ctx, struct err *e);

/* ---- reviews: a person's decisions, on top of what the critics said */
struct review {
    int64_t point, at_us;
    const char *who, *decision;        /* accept reject edit retry note skip */
    const char *note, *before, *after; /* before, after: record JSON for edit; "" else */
};
enum status store_review_put(struct store *s, const struct review *r,
                             struct err *e); /* in an operation; refreshes the point's state */
enum status store_reviews(struct store *s, int64_t point,
                          bool (*visit)(void *ctx, const struct review *r), void *ctx,
                          struct err *e);

/* ---- jobs (factor propose, strategy propose, expand, suggest): what is to go on after a
 * restart */
struct job_row {
    int64_t id;
    const char *line;   /* the command */
    const char *state;  /* running done failed stopped undone (stopped, then taken back) */
    const char *result; /* JSON or message; "" */
};
enum status store_job_put(struct store *s, struct job_row *j,
                          struct err *e); /* id 0: new, filled */
enum status store_jobs(struct store *s, const char *state,
                       bool (*visit)(void *ctx, const struct job_row *j), void *ctx, struct err *e);

/* ---- lists for people, by key, never by offset */
enum point_sort {
    SORT_ID,
    SORT_STATE,
    SORT_STRATEGY,
    SORT_TIME,
    SORT_COST,
    SORT_ATTEMPTS,
    SORT_SUSPICION, /* of points that wait for a person, as in `queue`; 0: the others */
    POINT_SORTS
};
struct point_page {
    const struct filter *filter; /* NULL: all */
    enum point_sort sort;
    bool reverse;
    int64_t after_id; /* start behind this point in the order; 0: from the start */
    int64_t limit;
};
enum status store_points(struct store *s, const struct point_page *page,
                         bool (*visit)(void *ctx, const struct point *p), void *ctx, struct err *e);
enum status store_points_count(struct store *s, const struct filter *f, int64_t *n, struct err *e);

/*
 * For lists that are sorted by their owner: the points with from <= id < to that the filter leaves,
 * in any order, each with what it is sorted by. Taken in steps of ids, a long reading can be
 * stopped, tells how far it is, and never holds a snapshot of the file for long.
 */
typedef bool store_key_fn(void *ctx, int64_t id, double key, enum point_state state);
enum status store_point_keys(struct store *s, const struct filter *f, enum point_sort sort,
                             int64_t from, int64_t to, store_key_fn *visit, void *ctx,
                             struct err *e);
/* The first `limit` of them in the order of the list. */
enum status store_point_first(struct store *s, const struct filter *f, enum point_sort sort,
                              bool reverse, int64_t limit, store_key_fn *visit, void *ctx,
                              struct err *e);
enum status store_point_last(struct store *s, int64_t *id, struct err *e); /* 0: there is none */
/* The same for calls. They are never deleted: without a filter, they are all from 1 to the last. */
enum call_sort { CALLS_ID, CALLS_SECONDS, CALLS_TOKENS, CALLS_COST, CALLS_TASK, CALL_SORTS };
enum status store_call_keys(struct store *s, const struct filter *f, enum call_sort sort,
                            int64_t from, int64_t to,
                            bool (*visit)(void *ctx, int64_t id, double key), void *ctx,
                            struct err *e);
enum status store_call_last(struct store *s, int64_t *id, struct err *e);
/*
 * Ends the query that another thread runs on this store now (ST_IO there). The one thing that may
 * be called from there.
 */
void store_interrupt(struct store *s);

#endif
