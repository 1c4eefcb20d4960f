/*
 * replay - recorded answers in place of a model: for tests, demonstrations and exact repetition.
 *
 * A file of JSON Lines, one answer each:
 *   {"key":"p4.0.generate.1","hash":"09af...","task":"generate","text":"...","outcome":"ok",
 *    "model":"m","tokens":{"input":1,"cached":0,"output":2}}
 * An answer is found by the question's key, else by the hash of the prompt; key or hash may be
 * missing in a line. Several answers for one hash are picked by the question's seed, so that the
 * choice does not depend on the order of arrival.
 */
#ifndef TAXA_TEACHER_REPLAY_H
#define TAXA_TEACHER_REPLAY_H

#include "base/buf.h"
#include "task/task.h"

struct replay;

/* ST_INVALID names the line. */
enum status replay_open(const char *path, struct replay **out, struct err *e);
void replay_free(struct replay *r);
/* Fills text, outcome, tokens and model. False when nothing was recorded for this question. */
bool replay_answer(const struct replay *r, const struct question *q, const struct prompt *p,
                   struct reply *out);

/* Identity of a prompt: its system and user text. */
uint64_t replay_hash(const char *system, const char *user);
/* Append one line for a final reply (with text); nothing is added for others. */
bool replay_record(struct buf *out, const struct reply *r);

#endif
