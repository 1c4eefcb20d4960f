/*
 * expansion - what became of the proposals of a node's last expansion.
 *
 * The session file keeps for every node that a teacher expanded a JSON object (store_expansion):
 *   {"proposals":[{"name","description","votes","calls":[1,3],"spelled":[name]}],
 *    "repeats":[{"name","description","calls"}],   what is there already, set aside unasked
 *    "lost":[{"call","error"}],                    calls that brought nothing
 *    "children":[{"name","description","from":[name],"id",     the critic's word
 *                 "by":"person","was":reason,"out":true,"refused":why}],
 *    "dropped":[{"name","reason"}],
 *    "error":why}                                  the expansion failed
 * `proposals` are the union: the same name from several calls is one with more votes. A child has
 * the id of its node; "by" stands on one that a person took after all ("was": why it had been
 * dropped), "out" on one that a person took out again, "refused" on one that could not be added.
 *
 * Here it is read beside the tree as it stands: one row for every proposal and child, with what
 * became of it and why, and where else in the taxonomy the same name occurs. Pure.
 */
#ifndef TAXA_DOMAIN_EXPANSION_H
#define TAXA_DOMAIN_EXPANSION_H

#include "base/arena.h"
#include "base/json.h"
#include "domain/tree.h"

enum fate {
    FATE_KEPT,    /* it is a node */
    FATE_MERGED,  /* it went into another child */
    FATE_DROPPED, /* by the critic or by a person */
    FATE_GONE,    /* it was kept, and its node was deleted by other means */
    FATE_REPEATS, /* it repeats the node, one above it or a child that was there */
    FATES
};
const char *fate_name(enum fate f); /* kept merged dropped gone repeats */

struct expansion_row {
    const char *name, *desc;
    enum fate fate;
    const char *into;   /* merged: name of the child it went into; "" */
    const char *reason; /* "" none */
    const char *calls;  /* "1, 3": the calls that proposed it; "" none did: the critic added it */
    const char *where;  /* path of another node of this taxonomy with the same name; "" */
    int votes;
    int64_t id;     /* kept: its node; else 0 */
    bool by_person; /* a person took it, or took it out */
};

struct expansion {
    struct expansion_row *rows; /* children each followed by what was merged into them, then the
                                   dropped ones, then the repeats */
    size_t count, cap;
    const char *error; /* why it failed; "" */
    const char *lost;  /* "call 2: ..."; "" */
    struct arena text;
};

/* ST_INVALID when the text is no such object. *out is initialised in any case. */
enum status expansion_read(const char *json, size_t n, const struct tree *t, uint32_t at,
                           struct expansion *out, struct err *e);
void expansion_free(struct expansion *x);
/* The row of this name: exactly, else as name_key sees it; NULL. */
const struct expansion_row *expansion_find(const struct expansion *x, const char *name);
/* Can it be taken (merged, dropped or gone), can it be dropped (kept)? */
bool expansion_takes(const struct expansion_row *r);

#define NAME_KEY_MAX 128
/* Equal for names that differ only in case, blanks, hyphens or a leading English article. */
void name_key(const char *name, char out[NAME_KEY_MAX]);
/* The item of a list, strings or objects with "name", whose name has this key; NULL. */
cJSON *name_in_list(const cJSON *list, const char *key);
/*
 * Where names stand elsewhere: for each of `count` names found[i] gets the first node of the
 * taxonomy of `at` that has it, leaving out `at` itself and nodes for which except[i] is the id;
 * TREE_NONE when there is none. One walk over the taxonomy for all of them.
 */
void tree_find_names(const struct tree *t, uint32_t at, const char *const *names,
                     const int64_t *except, size_t count, uint32_t *found);

#endif
