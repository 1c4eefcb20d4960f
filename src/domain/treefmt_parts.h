/*
 * treefmt_parts - what the formats share. Private to treefmt.
 */
#ifndef TAXA_DOMAIN_TREEFMT_PARTS_H
#define TAXA_DOMAIN_TREEFMT_PARTS_H

#include "domain/treefmt.h"

/* A tree in the making. Names are found by a hash, so that 100,000 siblings are no trouble. */
struct treefmt_in {
    struct tree *tree;
    uint32_t under;
    struct treefmt_report *report;
    size_t report_cap;
    uint32_t *table; /* open addressing over node indexes, by parent and name */
    size_t table_cap, table_used;
    bool ids;      /* lines carry [@ID] */
    size_t *lines; /* with ids: of every node by index */
    size_t lines_cap;
};

void treefmt_refuse(struct treefmt_in *in, size_t line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
uint32_t treefmt_find(const struct treefmt_in *in, uint32_t parent, const char *name);

/*
 * Can this become a child of parent? Says why not in `why`. parent may be TREE_NONE: only the node
 * itself is looked at.
 */
bool treefmt_check(const struct treefmt_in *in, uint32_t parent, const struct node *model,
                   struct err *why);
/* Check and add; TREE_NONE when it was refused, which is then in the report under `line`. */
uint32_t treefmt_add(struct treefmt_in *in, size_t line, uint32_t parent, const struct node *model);
/* A node as every import makes it: by a person, weight 1. */
struct node treefmt_model(const char *name, const char *desc);

/*
 * "2.5" -> 2.5, whatever the locale; false (*out untouched) when it is no number from 0 to `most`.
 */
bool treefmt_number(const char *s, size_t n, double most, double *out);
bool treefmt_weight_is_one(double weight);

/* Next line of the text without its end; false at the end. *at moves on, *line counts. */
struct treefmt_lines {
    const char *s;
    size_t n, at, line;
};
bool treefmt_next_line(struct treefmt_lines *l, const char **line, size_t *n);

/* ---- text and md: one node a line (treefmt_line.c) */

/* One line: name, then [w=2] and [locked], then " -- description". */
struct treefmt_entry {
    struct buf name, desc;
    double weight;
    bool locked;
};
void treefmt_entry_init(struct treefmt_entry *x);
void treefmt_entry_free(struct treefmt_entry *x);
/* Read a line without its indent; md: any punctuation may be escaped. False: why. */
bool treefmt_entry_read(struct treefmt_entry *x, const char *s, size_t n, bool md, struct err *why);
void treefmt_entry_write(const struct node *n, bool md, bool ids, struct buf *out);
/* Take " [@31]" off the end of a line: its number, *n becomes shorter; 0: there is none. */
int64_t treefmt_tag(const char *s, size_t *n);
/*
 * Undo escapes into out; true when the text ended with a backslash of its own (md: a hard line
 * break).
 */
bool treefmt_unescape(struct buf *out, const char *s, size_t n, bool md);
/*
 * Description text with escapes; in md a line break is "\" and a new line that begins with
 * `indent` blanks.
 */
void treefmt_desc_write(const char *desc, bool md, int indent, struct buf *out);

/* Which node a line hangs below, from how deep it stands. */
enum treefmt_kind { TREEFMT_TOP, TREEFMT_HEADING, TREEFMT_ITEM };
struct treefmt_level {
    enum treefmt_kind kind;
    size_t width;       /* heading level, columns or bytes of indent */
    const char *indent; /* the very bytes (text); NULL in md */
    uint32_t node;      /* TREE_NONE: refused */
    size_t line;
    bool broken; /* its own place was refused, not only its content */
};
struct treefmt_outline {
    struct treefmt_level *level;
    size_t count, cap;
};
void treefmt_outline_init(struct treefmt_outline *o, uint32_t under);
void treefmt_outline_free(struct treefmt_outline *o);
/*
 * Enter a line of this depth (its node is set by the caller: o->level[o->count - 1].node). Returns
 * the parent; TREE_NONE when the line has no place, which is then reported.
 */
uint32_t treefmt_outline_enter(struct treefmt_outline *o, struct treefmt_in *in,
                               const struct treefmt_level *level);

/* ---- the formats */
enum status treefmt_text_parse(struct treefmt_in *in, const char *s, size_t n, struct err *e);
enum status treefmt_md_parse(struct treefmt_in *in, const char *s, size_t n, struct err *e);
enum status treefmt_json_parse(struct treefmt_in *in, const char *s, size_t n, struct err *e);
enum status treefmt_csv_parse(struct treefmt_in *in, const char *s, size_t n, struct err *e);
enum status treefmt_skos_parse(struct treefmt_in *in, const char *s, size_t n, struct err *e);
enum status treefmt_opml_parse(struct treefmt_in *in, const char *s, size_t n, struct err *e);
void treefmt_text_write(const struct tree *t, uint32_t root, struct buf *out);
void treefmt_text_write_ids(const struct tree *t, uint32_t root, struct buf *out);
void treefmt_md_write(const struct tree *t, uint32_t root, struct buf *out);
void treefmt_json_write(const struct tree *t, uint32_t root, struct buf *out);
void treefmt_csv_write(const struct tree *t, uint32_t root, struct buf *out);
void treefmt_skos_write(const struct tree *t, uint32_t root, struct buf *out);
void treefmt_opml_write(const struct tree *t, uint32_t root, struct buf *out);

/* First node to write and the next one: all nodes below root, and root itself unless it is 0. */
uint32_t treefmt_first(const struct tree *t, uint32_t root);

#endif
