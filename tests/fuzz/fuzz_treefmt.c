/*
 * Fuzz the tree formats: the first byte picks one, the rest is a file. Whatever it is, nothing
 * crashes, and the tree that was taken survives being written and read again in every format.
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    struct tree t;
    struct treefmt_report report;
    struct err e = {.msg = ""};
    tree_init(&t);
    enum treefmt f = (enum treefmt)(data[0] % TREEFMT_COUNT);
    enum status st = treefmt_parse(f, (const char *)data + 1, size - 1, &t, 0, &report, &e);
    if ((st == ST_OK) != (e.msg[0] == '\0') || report.taken != t.count - 1) {
        abort();
    }
    treefmt_report_free(&report);
    for (int i = 0; i < TREEFMT_COUNT; i++) {
        there_and_back((enum treefmt)i, &t);
    }
    tree_free(&t);
    return 0;
}
