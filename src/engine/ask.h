/*
 * ask - one question with its remedies: more room when it was cut, one repair when it is malformed.
 *
 * An `ask` is held by whoever wants the answer (a point, a growing node). ask_first emits the
 * question; ask_settle takes the reply and gives the value, or emits the remedy's question, or says
 * what kind of failure it was. Keys: BASE for the first question, BASE.l with twice the room,
 * BASE.r for the repair (method.md 1.6).
 */
#ifndef TAXA_ENGINE_ASK_H
#define TAXA_ENGINE_ASK_H

#include "engine/step.h"

struct ask {
    char base[80];
    enum task_id task;
    int64_t point;
    int priority;
    uint64_t seed;         /* of the session */
    struct inputs *inputs; /* shared with its questions; kept for the remedies */
    bool longer, repaired;
    bool open; /* a question is out */
};

enum ask_result {
    ASK_VALUE,     /* *value is the parsed reply; the caller deletes it */
    ASK_AGAIN,     /* a remedy's question was emitted */
    ASK_INVALID,   /* the model's failure: malformed twice, cut twice, refused */
    ASK_TRANSPORT, /* nobody's failure: may be asked again later under the same key */
    ASK_FATAL      /* step->fatal is set */
};

/* Takes inputs. */
void ask_first(struct ask *a, const char *base, enum task_id task, int64_t point, int priority,
               uint64_t seed, cJSON *inputs, struct step *out);
/* Emit the question again that is open now (after a transport failure or a restart). */
void ask_again(struct ask *a, struct step *out);
/* Does this reply's key belong to this ask? */
bool ask_owns(const struct ask *a, const char *key);
enum ask_result ask_settle(struct ask *a, const struct reply *r, cJSON **value, struct err *e,
                           struct step *out);
void ask_clear(struct ask *a);

#endif
