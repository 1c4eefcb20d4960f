/*
 * treefmt - a tree as text and back: text, md, json, csv, skos (commands.md, "Tree formats"), opml.
 *
 * Parsing never guesses: each line is taken or refused with a reason, and the caller decides. The
 * result is a tree without ids (except `json` and `skos` which may carry them back as hints, which
 * are ignored here). Export then import gives the same tree: names, descriptions, weights, locks,
 * order.
 */
#ifndef TAXA_DOMAIN_TREEFMT_H
#define TAXA_DOMAIN_TREEFMT_H

#include "domain/tree.h"

enum treefmt {
    TREEFMT_TEXT,
    TREEFMT_MD,
    TREEFMT_JSON,
    TREEFMT_CSV,
    TREEFMT_SKOS,
    TREEFMT_OPML,
    TREEFMT_COUNT
};

const char *treefmt_name(enum treefmt f); /* "text" ... */
/*
 * By name, or by the ending of a file name (.txt .md .markdown .json .csv .nt .opml); false when
 * unknown.
 */
bool treefmt_by_name(const char *name, enum treefmt *out);
bool treefmt_by_file(const char *file, enum treefmt *out);

struct treefmt_refusal {
    size_t line; /* from 1; 0 when the format has no lines (json: the message has the path) */
    char why[200];
};
struct treefmt_report {
    size_t taken;
    struct treefmt_refusal *refused; /* at most 1,000 kept */
    size_t refused_count;
};
void treefmt_report_free(struct treefmt_report *r);

/*
 * Parse text into *into (an initialised tree) below `under` (0: the tops become taxonomies).
 * Duplicate sibling names, broken indents, bad weights, bad names are refused line by line into
 * *report; ST_INVALID only when the text as a whole is not of the format.
 *
 * - text: one node a line, indented by tabs or spaces (deeper than the parent's; a dedent must
 *   match an open level); `[w=2]` weight and `[locked]` after the name, ` -- description` last.
 *   "\-- " and "\[" are literal.
 * - md: headings (#, ##) and nested lists (-, *, +, 1.); a paragraph under an item is its
 *   description; the suffixes as in text.
 * - json: {"name","description","weight","locked","children":[...]} or an array of them. Unknown
 *   members are ignored.
 * - csv: header path,weight,description (weight and description optional), RFC 4180; missing
 *   ancestors are made.
 * - skos: N-Triples with skos:Concept, prefLabel, definition, broader; others ignored; cycles
 *   refused. Weights, order and locks are kept with <urn:taxa:weight>, <urn:taxa:ordinal> and
 *   <urn:taxa:locked>.
 * - opml: OPML 2.0, as outliners exchange it: text, _note, and weight and locked of our own; other
 *   elements and attributes are ignored.
 */
enum status treefmt_parse(enum treefmt f, const char *s, size_t n, struct tree *into,
                          uint32_t under, struct treefmt_report *report, struct err *e);

/*
 * Pasted text as `text` or `md`, whichever it is, line for line into out: tabs and blanks may be
 * mixed, bullets and numbers of any kind may stand in front, rules are left out.
 */
enum treefmt treefmt_pasted(const char *s, size_t n, struct buf *out);

/*
 * The text format with numbers: " [@31]" at the end of each line is the id of the node. Reading
 * gives the nodes these ids (0: none), each once, and the line of every node by its index in *lines
 * (the caller frees it).
 */
enum status treefmt_parse_ids(const char *s, size_t n, struct tree *into, size_t **lines,
                              struct treefmt_report *report, struct err *e);
enum status treefmt_write_ids(const struct tree *t, uint32_t root, struct buf *out, struct err *e);

/* Append the subtree at `root` (0: all taxonomies) in the format. Weight 1 and empty descriptions
 * are left out where the format allows. */
enum status treefmt_write(enum treefmt f, const struct tree *t, uint32_t root, struct buf *out,
                          struct err *e);

#endif
