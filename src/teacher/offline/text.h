/*
 * offline_text - sentence patterns: filling them in and reading them back.
 *
 * A pattern is plain text with slots in braces:
 *   {a} {b} {c}  a number; its meaning comes from the form of the step (plain, fraction, clock
 * time) {A} {B} {C}  the same number with its unit: "48 rolls", "$4.50", "35 minutes" {P} {Q}
 * people  {i} things  {k} {K} container, containers  {f} folk  {l} {L} place ("at ...", "At ...")
 *   {t} {T} time ("on a rainy Tuesday")  {m} material  {u} {v} coarse and fine unit
 *   {w} unit of the value  {H} "How many rolls"  {r} the running value in words
 * Reading matches the literal text around the slots; a word slot is any text without digits.
 */
#ifndef TAXA_TEACHER_OFFLINE_TEXT_H
#define TAXA_TEACHER_OFFLINE_TEXT_H

#include "base/buf.h"
#include "teacher/offline/math.h"

struct span {
    const char *s;
    size_t n;
};

struct pattern {
    unsigned char form; /* enum form */
    unsigned char kind; /* enum kind: of the result at the start, of what it accepts later */
    bool first;         /* starts a problem; else goes on from the running value */
    const char *text;
    const char *ref; /* the result in words, for the next step */
    const char *ask; /* the question about the result */
};
extern const struct pattern offline_patterns[];
extern const int offline_pattern_count;
extern const char *const offline_intros; /* sentences without numbers that open a story */

/* What the slots stand for. */
struct fill {
    struct span person[2], items, container, containers, folk, where, material, coarse, fine;
    const char *time;
    enum kind kind; /* of {A}, {H}, {w} */
    bool clock;     /* the numbers are times of day */
    const struct rat *arg;
    struct span ref; /* {r}, already filled in */
};
void text_fill(struct buf *out, struct span pattern, const struct fill *f);

/* What the slots of a sentence held. */
struct match {
    struct rat arg[3];
    unsigned got;         /* bit per number */
    struct span word[64]; /* by slot letter, see match_word */
};
struct span match_word(const struct match *m, char slot);
bool text_match(const char *pattern, const char *s, size_t n, struct match *out);

/* A filter that says quickly which patterns cannot match a sentence. */
struct grams {
    uint64_t bits[32];
};
void grams_of(struct grams *g, const char *s, size_t n);
bool grams_may(const struct grams *g, const char *pattern);

/* A number as people write it: 48, 1,200, $4.50, 3/4, 9:15 (as minutes). Returns its bytes, 0 for
 * none. */
size_t text_quantity(const char *s, size_t n, struct rat *out);

#endif
