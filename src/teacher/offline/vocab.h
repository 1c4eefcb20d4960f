/*
 * offline_vocab - the taxonomies that the offline teacher has in mind.
 *
 * Four of them: operation, everyday setting, steps, wording. A node is found by its name alone
 * (compared by name_normal); its children are a list parted by '|', as in offline_words. Read only.
 */
#ifndef TAXA_TEACHER_OFFLINE_VOCAB_H
#define TAXA_TEACHER_OFFLINE_VOCAB_H

#include "teacher/offline/words.h"
#include <stdint.h>

enum vocab {
    VOCAB_OPERATION,
    VOCAB_SETTING,
    VOCAB_STEPS,
    VOCAB_WORDING,
    VOCABS,
    VOCAB_NONE = VOCABS
};

struct vocab_node {
    enum vocab vocab;
    const char *name;     /* "" for the root */
    const char *parent;   /* NULL for the root, "" below it */
    const char *children; /* parted by '|' */
};

extern const char *const vocab_title[VOCABS]; /* "operation", ... */
extern const char *const vocab_about[VOCABS]; /* one sentence on each */

/* Which of the four does a taxonomy of this name mean? */
enum vocab vocab_by_title(const char *title);

/* All inner nodes known, one after another: at = 0.. until false. */
bool vocab_at(int at, struct vocab_node *out);
bool vocab_find(enum vocab v, const char *name, struct vocab_node *out); /* VOCAB_NONE: in any */
/* The parent below which this name is at home; false when it is not known as a child of anything.
 */
bool vocab_home(const char *name, struct vocab_node *parent);

/* Places of the group with this name as bits of offline_places, 0 when there is no such group. */
uint64_t vocab_group_places(const char *normal_name);

#endif
