/*
 * nodes - what the commands on nodes and trees share. Private to run_node.c, run_place.c,
 * run_tree.c,
 * run_import.c and run_edit.c.
 */
#ifndef TAXA_SERVER_NODES_H
#define TAXA_SERVER_NODES_H

#include "domain/treefmt.h"
#include "server/exec.h"

#define TREE_FILE_MAX (256u << 20) /* bytes of a tree as text */

/* A NODE word that must name a real node, not the place above the taxonomies. */
enum status node_word(struct exec *x, const char *word, int64_t *id, struct err *e);
/*
 * The option --before: the child of *parent that shall follow; 0 without the option. A *parent of
 * -1 is not known yet and becomes that node's.
 */
enum status node_before(struct exec *x, int64_t *parent, int64_t *before, struct err *e);
/*
 * Add the subtree at `root` of a tree in memory as a taxonomy, which is the tree of an accepted
 * factor of its name. ids (t->count items) gets the numbers by index.
 */
enum status taxonomy_add(struct exec *x, const struct tree *t, uint32_t root, int64_t before,
                         int64_t *ids, struct err *e);
/* The format that --format or the ending of the file says; text for "-". */
enum status tree_format(const struct exec *x, const char *file, enum treefmt *out, struct err *e);
/* The content of FILE|-. */
enum status tree_text(struct exec *x, const char *file, struct buf *text, struct err *e);
/* What a reader refused: [{"line","found","expected"}], or a line of output each. */
cJSON *refusals_json(const struct treefmt_report *r, const struct buf *text);
void refusals_tell(struct exec *x, const char *file, const struct treefmt_report *r);

#endif
