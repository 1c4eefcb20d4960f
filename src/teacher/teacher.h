/*
 * teacher - who answers: queues, limits, retries, and the three kinds (offline, http, replay).
 *
 * One `struct teachers` serves all teacher entries of a session from the server's own thread: give
 * teachers_fd to epoll and call teachers_turn when it is ready or when teachers_timeout has passed.
 * Replies come through the callback, never inside teachers_ask. Nothing here knows the store, the
 * engine or the method. Money and tokens are counted here per reply; the caller keeps totals.
 */
#ifndef TAXA_TEACHER_TEACHER_H
#define TAXA_TEACHER_TEACHER_H

#include "command/settings.h"
#include "task/task.h"

struct teachers;

/*
 * Takes the reply (callee owns its strings; call reply_clear). Also called with final=false for
 * each failed try. The callbacks run inside teachers_turn and may use every function here except
 * teachers_free and teachers_turn.
 */
typedef void teachers_reply_fn(void *ctx, struct reply *r);
/* Something for people: "429 too many requests, waited 2.0 s, in flight 40 -> 32". */
typedef void teachers_event_fn(void *ctx, const char *text);

struct teachers *teachers_new(const struct prompts *prompts, teachers_reply_fn *on_reply,
                              teachers_event_fn *on_event, void *ctx);
void teachers_free(struct teachers *t); /* in-flight requests are dropped */

/*
 * Teacher entries, roles and concurrency in force from now on; requests in flight finish under the
 * old ones. concurrency 0: automatic. Entries are copied. A role that names no entry uses the
 * first. Keys are fetched (environment, file, command) at the first use. An entry that did not
 * change keeps what was learnt about its server.
 */
void teachers_configure(struct teachers *t, const struct teacher_config *list, int count,
                        const char *const roles[ROLE_COUNT], int concurrency);

/*
 * Hand over a question (owned from now on). Sent when its teacher has room, by priority, then
 * order of arrival.
 */
void teachers_ask(struct teachers *t, struct question *q);
/* How many more questions would be welcome now: room in flight + a short queue - what waits. */
int teachers_room(const struct teachers *t);
/*
 * Drop what was not sent yet or waits for its next try (stop, budget): calls drop(ctx, question)
 * for each; the callback owns it.
 */
void teachers_drop_waiting(struct teachers *t, void (*drop)(void *ctx, struct question *q),
                           void *ctx);
/* true: send nothing new (pause); what is in flight goes on. */
void teachers_hold(struct teachers *t, bool hold);

int teachers_fd(const struct teachers *t);
/* Milliseconds until teachers_turn must be called; -1 never. */
int teachers_timeout(const struct teachers *t);
void teachers_turn(struct teachers *t); /* at most about 10 ms of work */

struct teachers_state {
    int in_flight, limit, waiting;
    double p50, p95, p99; /* latency of the last 200 replies, seconds */
    bool limit_auto;
    int retrying;               /* of those that wait: for their next try */
    int waiting_of[TASK_COUNT]; /* not sent yet, by task; without those that wait for a try */
    bool metered; /* something waits because of requests-per-minute or tokens-per-minute */
};
void teachers_state(const struct teachers *t, struct teachers_state *out);
/* "offline teacher (rule-based)" or "model at host"; offline: data of this role is rule-based. */
void teachers_shown(const struct teachers *t, enum role_id role, struct buf *out, bool *offline);
/*
 * How this role's teacher is asked for JSON by what was learnt so far: "json_schema",
 * "json_object", "prompt"; "rules" where no network is asked.
 */
const char *teachers_structured(const struct teachers *t, enum role_id role);
/* Upper bound of what one more call of this task may cost (budget check before sending). */
double teachers_max_cost(const struct teachers *t, enum task_id task, size_t prompt_bytes);

#endif
