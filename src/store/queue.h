/*
 * queue - points that wait for a person, in the order of suspicion, and what persons decided.
 *
 * A point is in a queue by its outcome while nobody has decided about it since it was made (or made
 * again). Lists are read by key: a page starts behind a point. Readers need no transaction.
 */
#ifndef TAXA_STORE_QUEUE_H
#define TAXA_STORE_QUEUE_H

#include "domain/agreement.h"
#include "store/store.h"

enum queue_kind {
    QUEUE_ALL,      /* disputed, rejected, check, invalid; those put off stand last */
    QUEUE_DISPUTED, /* the critics contradict themselves, or the policy asks a person */
    QUEUE_REJECTED, /* both critics are against it */
    QUEUE_CHECK,    /* a requirement of its scenario was missed */
    QUEUE_INVALID,  /* does not fit the schema */
    QUEUE_AUDIT,    /* accepted, drawn by chance: setting `audit`, by the seed */
    QUEUE_NOTED,    /* has a note, decided or not; the newest note first */
    QUEUE_SKIPPED,  /* put off */
    QUEUE_DONE,     /* decided; the newest decision first */
    QUEUE_KINDS
};
const char *queue_kind_name(enum queue_kind k); /* all disputed rejected check invalid audit ... */
bool queue_kind_by_name(const char *name, enum queue_kind *out);

struct queue_item {
    int64_t point;
    /*
     * How likely the machine was wrong, for the order only: 0.9 yes/yes, 0.7 no/no, 0.4 a missed
     * requirement, 0.3 no/yes, 0.2 invalid, 0 accepted.
     */
    double suspicion;
    enum point_state outcome, state;
    enum answer correct, incorrect;
    bool skipped, decided;
};

struct queue_page {
    enum queue_kind kind;
    const struct filter *filter; /* NULL: all */
    int64_t after;               /* start behind this point; 0: from the start */
    int64_t limit;
};
enum status store_queue(struct store *s, const struct queue_page *page,
                        bool (*visit)(void *ctx, const struct queue_item *i), void *ctx,
                        struct err *e);
enum status store_queue_count(struct store *s, enum queue_kind kind, const struct filter *f,
                              int64_t *n, struct err *e);
/* "yes/yes", or "" when the two critics were not asked. */
const char *queue_verdict(const struct queue_item *i);
/* "yes/yes: the critics contradict themselves": why it waits, in a few words. */
const char *queue_reason(const struct queue_item *i);

/*
 * Is a point drawn for an audit? By chance, depending on the session's seed and the number of the
 * point alone: the same points whenever it is asked, and more of them when the share grows.
 */
bool queue_sampled(uint64_t seed, double share, int64_t point);

/* What all decisions in force say of critics and audits. */
enum status store_agreement(struct store *s, struct agreement *out, struct err *e);

/*
 * Where persons overturned the machine most: accepted records that were rejected or had to be
 * edited, rejected ones that were accepted as they stood; share.k of share.n decisions, the largest
 * share first. Disputed and invalid points had no verdict that could be overturned.
 */
struct overturned {
    int64_t id; /* of the strategy (0: the built-in one) or of the node as drawn */
    struct share share;
};
enum status store_overturned(struct store *s, bool nodes, int64_t limit,
                             bool (*visit)(void *ctx, const struct overturned *o), void *ctx,
                             struct err *e);

/* Decisions, newest first (an edit is followed by its own acceptance and is not told apart). */
struct decision_row {
    int64_t point, at_us;
    const char *who, *decision, *note;
};
enum status store_decisions(struct store *s, int64_t limit,
                            bool (*visit)(void *ctx, const struct decision_row *d), void *ctx,
                            struct err *e);

/* ---- for the store */
int queue_functions(struct store *s); /* SQL functions that queues use, on this connection */

#endif
