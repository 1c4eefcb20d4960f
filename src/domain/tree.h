/*
 * tree - the skeleton of all taxonomies of a session, in memory.
 *
 * One virtual root (index 0, id 0, no name) whose children are the taxonomies (one per accepted
 * factor); below them their nodes. Nodes live in one array and refer to each other by index
 * (uint32_t, TREE_NONE for none); an index is valid until the tree is freed, an id for ever: it is
 * the session file's, never reused. Names and descriptions belong to the tree's arena. No I/O.
 *
 * Weights multiply down a path: the share of a node is its weight over the sum of its siblings'
 * weights, times the share of its parent; a taxonomy has share 1. Weight 0 turns a branch off.
 */
#ifndef TAXA_DOMAIN_TREE_H
#define TAXA_DOMAIN_TREE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"
#include <stdbool.h>
#include <stdint.h>

#define TREE_NONE      UINT32_MAX
#define TREE_MAX_NODES 2000000u
#define TREE_MAX_DEPTH 256
#define TREE_NAME_MAX  40000 /* bytes of a name (10,000 characters); no newline, not empty */
#define TREE_DESC_MAX  65536 /* bytes of a description */
/* Bytes of the longest path there can be. Path buffers have this ceiling; they grow as needed. */
#define TREE_PATH_MAX   (2 * TREE_MAX_DEPTH * (TREE_NAME_MAX + 1))
#define TREE_WEIGHT_MAX 1e6

enum node_state {
    NODE_EXPANDED,   /* its children are what they are meant to be (also: a leaf by decision) */
    NODE_UNEXPANDED, /* at the depth limit or not yet tried: `expand` will ask for children */
    NODE_FAILED      /* an expansion was tried and failed; `expand` retries it */
};
enum node_origin { NODE_BY_HUMAN, NODE_BY_MODEL };

struct node {
    int64_t id;
    uint32_t parent, first, last, prev, next; /* indexes */
    uint32_t children;                        /* count */
    uint16_t depth;                           /* virtual root 0, taxonomy 1, its children 2 ... */
    uint8_t state;                            /* enum node_state */
    uint8_t origin;                           /* enum node_origin */
    bool locked;
    bool edited;      /* by model, then changed by a person */
    double weight;    /* relative to siblings, 0 .. TREE_WEIGHT_MAX */
    const char *name; /* never NULL */
    const char *desc; /* "" when none (or not loaded) */
};

struct tree {
    struct node *nodes;
    uint32_t count;
    size_t cap;
    struct arena text;
    uint32_t *by_id; /* open-addressing hash of indexes */
    size_t by_id_cap;
};

void tree_init(struct tree *t); /* only the virtual root */
void tree_free(struct tree *t);
/* A tree of its own with the same nodes at the same indexes. *out is initialised here. */
void tree_copy(const struct tree *t, struct tree *out);

/*
 * Append a node as the last child of `parent`. Copies name and desc; other fields from *model
 * (weight, state, origin, locked, edited; id 0 means "no id yet"). Returns its index, TREE_NONE
 * when a ceiling is reached or the id is there.
 */
uint32_t tree_add(struct tree *t, uint32_t parent, const struct node *model);
/* "@ID", as commands name a node. */
#define TREE_REF_MAX 32
void tree_ref(int64_t id, char out[TREE_REF_MAX]);
uint32_t tree_by_id(const struct tree *t, int64_t id);                              /* TREE_NONE */
uint32_t tree_child(const struct tree *t, uint32_t at, const char *name, size_t n); /* exact name */

/*
 * Resolve a NODE word: "@ID" or a path from the taxonomy's name, parts split by '/', "\/" a slash
 * and "\\" a backslash in a name. ST_NOT_FOUND names the first part that is missing and the nearest
 * existing names.
 */
enum status tree_resolve(const struct tree *t, const char *word, uint32_t *out, struct err *e);
void tree_path(const struct tree *t, uint32_t at, struct buf *out); /* escaped path of that form */

/* Pre-order walk inside `root`: next node after `at`, TREE_NONE at the end. tree_skip passes over
 * at's subtree. */
uint32_t tree_next(const struct tree *t, uint32_t root, uint32_t at);
uint32_t tree_skip(const struct tree *t, uint32_t root, uint32_t at);
uint32_t tree_taxonomy(const struct tree *t, uint32_t at); /* the taxonomy a node lies in */
bool tree_is_under(const struct tree *t, uint32_t at, uint32_t ancestor); /* true for itself */

/* share[i] for every node by the rule above; share has t->count items. */
void tree_shares(const struct tree *t, double *share);
/* Add each node's value into all its ancestors (in place, t->count items, the virtual root too). */
void tree_roll_up_i64(const struct tree *t, int64_t *value);

/* Bytes of a name that a message shows ("%.*s"): whole characters, at most 80 bytes. */
int tree_name_shown(const char *name);
/* Is a name usable? ST_INVALID says why not (empty, too long, control character, invalid UTF-8). */
enum status tree_name_check(const char *name, struct err *e);

#endif
