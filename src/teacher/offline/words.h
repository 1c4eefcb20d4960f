/*
 * offline_words - the constant words of the offline teacher: settings, names, times, materials.
 *
 * Lists inside one string are parted by '|'. A place is one everyday setting; a setting that is not
 * in the table is used by its name alone with ordinary things (see offline_story). Read only.
 */
#ifndef TAXA_TEACHER_OFFLINE_WORDS_H
#define TAXA_TEACHER_OFFLINE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct place {
    const char *name;       /* leaf of the taxonomy "everyday setting" */
    const char *where;      /* "at the bakery" */
    const char *items;      /* six countable things, plural */
    const char *containers; /* "tray:trays|box:boxes" */
    const char *folk;       /* who is there: "customers" */
    const char *flavour;    /* sentences without numbers, with slots */
    const char *parts;      /* finer settings inside this one, for the taxonomies */
};

extern const struct place offline_places[];
extern const int offline_place_count;
extern const struct place offline_anywhere; /* for settings that are not in the table */

/* A material that is measured: how it is counted, in what it can be expressed, and the factor. */
struct measure {
    const char *coarse, *fine, *materials;
    int factor; /* fine units in one coarse unit */
};
extern const struct measure offline_measures[];
extern const int offline_measure_count;

extern const char *const offline_names;    /* first names of the people in a story */
extern const char *const offline_speakers; /* who tells a story in a letter or a dialogue */
extern const char *const offline_weathers, *const offline_days, *const offline_hours;
extern const char *const offline_mood; /* flavour that fits everywhere */

/* Piece `at` of a list, borrowed; *n its bytes. `at` is taken modulo the pieces. */
const char *words_piece(const char *list, size_t at, size_t *n);
size_t words_count(const char *list);
/* Is this exact text (n bytes, any letter case) a piece of the list? */
bool words_has(const char *list, const char *text, size_t n);

#endif
