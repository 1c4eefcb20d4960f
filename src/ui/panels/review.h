/*
 * review - what the files of the Review panel share: the state, and who draws and does what.
 *
 * The panel shows one point of a queue at a time. A decision is a command; the point leaves the
 * list at once and the next one, read before, takes its place. What the file says later decides
 * whether it stays away: a decision that failed or was taken back brings its point back, with the
 * cursor on it.
 */
#ifndef TAXA_UI_PANELS_REVIEW_H
#define TAXA_UI_PANELS_REVIEW_H

#include "ui/record.h"
#include "ui/ui.h"

#define REVIEW_CARDS   4
#define REVIEW_DECIDED 256
#define REVIEW_LEFT_MS 700 /* so long no decision is taken after that */
#define REVIEW_FAST    5   /* decisions faster than reading, in a row, that are worth a warning */

struct said { /* one critic */
    bool there, yes;
    char *reason, *who; /* who: teacher, model, prompt version */
};

/* A point read and laid out; kept for a while, so that the next one is there at once. */
struct card {
    int64_t id; /* 0: free */
    int64_t age;
    struct point point;
    cJSON *record, *schema;
    char *mix, *note;
    size_t letters; /* to be read */
    bool edited;
    bool offline; /* written by the rule-based teacher */
    struct said correct, incorrect, check;
    struct record_text text, side[3]; /* correct, incorrect, check or what else speaks against it */
};

struct decided { /* by us, on this screen */
    int64_t id;  /* 0: free */
    enum queue_kind kind;
    int64_t serial; /* of the command */
    bool answered;  /* by the server */
    bool gone;      /* the file knows */
    int64_t seen;   /* revision of points on the screen when it was answered */
};

struct judging {
    char *file;
    enum queue_kind kind;
    struct queue_item *items;
    size_t count, cap;
    size_t at;     /* in items */
    int64_t point; /* at the cursor; 0: none */
    size_t top;    /* first line of the record */
    size_t page;   /* lines of it that are seen */
    struct card cards[REVIEW_CARDS];
    int64_t clock; /* for the age of cards */
    struct decided decided[REVIEW_DECIDED];
    size_t next_decided;
    int64_t sent, answers; /* commands of ours; answers come in the order of the questions */
    int64_t *marks;
    size_t mark_count, mark_cap;
    bool reasons;       /* r was pressed: a digit is the reason */
    bool refused;       /* ... where nothing can be rejected: the digit means no panel */
    char *draft;        /* an edited record that was not taken */
    int64_t draft_of;   /* its point */
    int64_t asked;      /* the point a prompt or the editor is about; 0: the marked ones */
    enum action wanted; /* what is asked about marked points */
    int64_t shown_ms;   /* since when the point at the cursor is seen */
    int64_t left;       /* the point that somebody else took away from the cursor; 0 */
    int fast;           /* decisions in a row that were faster than reading */
    double fast_s, fast_read_s;
    bool warn;     /* about it, when the answer has come */
    bool restored; /* the place of last time was looked for */
    int64_t restore;
    struct rect tabs; /* where the queues' names stand */
    int tab_x[QUEUE_KINDS + 1];
};

/* ---- review.c */
const struct queue_item *review_item(const struct judging *r);
void review_show(struct judging *r, size_t at);
void review_rebuild(struct judging *r, const struct ui *ui);
bool review_marked(const struct judging *r, int64_t id);
void review_mark(struct judging *r, int64_t id, bool on);
const char *review_title(enum queue_kind k); /* "check failed" */

/* ---- review_card.c */
struct card *review_card(struct judging *r, const struct ui *ui, int64_t id); /* NULL: gone */
void review_cards_forget(struct judging *r);
void card_free(struct card *c);
void card_lay_out(struct card *c, int width, int side);
void review_place_load(struct judging *r);
void review_place_save(const struct judging *r);

/* ---- review_do.c */
bool review_can(const void *state, const struct ui *ui, enum action a, char why[WHY_MAX]);
bool review_does(struct judging *r, struct ui *ui, enum action a); /* false: not its business */
void review_reject(struct judging *r, struct ui *ui, const char *reason);
bool review_key_first(void *state, struct ui *ui, const struct key *k);

/* ---- review_draw.c */
void review_draw(void *state, struct ui *ui, struct cells *c, struct rect body);

#endif
