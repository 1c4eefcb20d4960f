/*
 * Fuzz the tree formats: the first byte picks one (or the text with numbers, or pasted text), the
 * rest is a file. Whatever it is, nothing crashes, and the tree that was taken survives being
 * written and read again in every format, with and without numbers.
 */
#include "domain/treefmt.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(const struct tree *a, const struct tree *b)
{
    uint32_t i = tree_next(a, 0, 0);
    uint32_t j = tree_next(b, 0, 0);
    while (i != TREE_NONE && j != TREE_NONE) {
        const struct node *m = &a->nodes[i];
        const struct node *n = &b->nodes[j];
        bool weights = !(m->weight < n->weight) && !(m->weight > n->weight);
        if (m->depth != n->depth || m->locked != n->locked || !weights ||
            strcmp(m->name, n->name) != 0 || strcmp(m->desc, n->desc) != 0) {
            return false;
        }
        i = tree_next(a, 0, i);
        j = tree_next(b, 0, j);
    }
    return i == j;
}

static void there_and_back(enum treefmt f, const struct tree *t)
{
    struct buf text;
    struct tree back;
    struct treefmt_report report;
    buf_init(&text, (size_t)1 << 26);
    tree_init(&back);
    if (treefmt_write(f, t, 0, &text, NULL) != ST_OK ||
        treefmt_parse(f, text.data, text.len, &back, 0, &report, NULL) != ST_OK ||
        report.refused_count != 0 || !same(t, &back)) {
        abort();
    }
    treefmt_report_free(&report);
    tree_free(&back);
    buf_free(&text);
}

static void numbers_there_and_back(const struct tree *t)
{
    struct buf text;
    struct tree back;
    struct treefmt_report report;
    size_t *lines = NULL;
    buf_init(&text, (size_t)1 << 26);
    tree_init(&back);
    for (uint32_t i = 1; i < t->count; i++) {
        t->nodes[i].id = i;
    }
    if (treefmt_write_ids(t, 0, &text, NULL) != ST_OK ||
        treefmt_parse_ids(text.data, text.len, &back, &lines, &report, NULL) != ST_OK ||
        report.refused_count != 0 || !same(t, &back)) {
        abort();
    }
    free(lines);
    treefmt_report_free(&report);
    tree_free(&back);
    buf_free(&text);
}

static enum status read_any(uint8_t kind, const char *s, size_t n, struct tree *t,
                            struct treefmt_report *report, struct err *e)
{
    struct buf plain;
    size_t *lines = NULL;
    buf_init(&plain, (size_t)1 << 26);
    enum status st = ST_OK;
    if (kind == TREEFMT_COUNT) {
        st = treefmt_parse_ids(s, n, t, &lines, report, e);
    } else if (kind > TREEFMT_COUNT) {
        enum treefmt f = treefmt_pasted(s, n, &plain);
        st = treefmt_parse(f, plain.data, plain.len, t, 0, report, e);
    } else {
        st = treefmt_parse((enum treefmt)kind, s, n, t, 0, report, e);
    }
    free(lines);
    buf_free(&plain);
    return st;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    struct tree t;
    struct treefmt_report report;
    struct err e = {.msg = ""};
    tree_init(&t);
    uint8_t kind = data[0] % (TREEFMT_COUNT + 2);
    enum status st = read_any(kind, (const char *)data + 1, size - 1, &t, &report, &e);
    if ((st == ST_OK) != (e.msg[0] == '\0') || report.taken != t.count - 1) {
        abort();
    }
    treefmt_report_free(&report);
    for (int i = 0; i < TREEFMT_COUNT; i++) {
        there_and_back((enum treefmt)i, &t);
    }
    numbers_there_and_back(&t);
    tree_free(&t);
    return 0;
}
