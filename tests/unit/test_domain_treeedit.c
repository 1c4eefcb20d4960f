/*
 * Tests of trees as text in hand: pasted, with numbers, edited.
 */
#include "base/mem.h"
#include "domain/treeedit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint32_t add(struct tree *t, uint32_t parent, const char *name, const char *desc,
                    double weight, bool locked)
{
    struct node model = {.name = name, .desc = desc, .weight = weight, .locked = locked};
    uint32_t at = tree_add(t, parent, &model);
    assert_int_not_equal(at, TREE_NONE);
    return at;
}

/* One line a node in pre-order: depth, name, weight when not 1, lock, description. */
static char *outline(const struct tree *t, uint32_t root)
{
    struct buf out;
    buf_init(&out, 1 << 26);
    for (uint32_t at = tree_next(t, root, root); at != TREE_NONE; at = tree_next(t, root, at)) {
        const struct node *n = &t->nodes[at];
        buf_printf(&out, "%d %s", n->depth - t->nodes[root].depth, n->name);
        if (n->weight < 1 || n->weight > 1) {
            buf_printf(&out, " w%.17g", n->weight);
        }
        buf_printf(&out, "%s%s%s|", n->locked ? " locked" : "", n->desc[0] != '\0' ? ": " : "",
                   n->desc);
    }
    char *text = buf_take(&out);
    buf_free(&out);
    return text;
}

struct result {
    struct tree tree;
    struct treefmt_report report;
    struct err e;
    enum status st;
};

static void parse(struct result *r, enum treefmt f, const char *text)
{
    memset(r, 0, sizeof *r);
    tree_init(&r->tree);
    r->st = treefmt_parse(f, text, strlen(text), &r->tree, 0, &r->report, &r->e);
}

static void result_free(struct result *r)
{
    treefmt_report_free(&r->report);
    tree_free(&r->tree);
}

/* Without its number a line gives the same node but for that: nothing else looks like a number. */
static void test_numbers_taken_away(void **state)
{
    (void)state;
    struct tree t;
    struct buf text;
    struct result r;
    size_t *lines = NULL;
    tree_init(&t);
    add(&t, 0, "a [@5]", "", 1, false);
    add(&t, 0, "[@5]", "see [@5]", 2, false);
    add(&t, 0, "b", "[@77]", 1, true);
    add(&t, 0, "c", "", 2, true);
    for (uint32_t i = 1; i < t.count; i++) {
        t.nodes[i].id = 100 + i;
    }
    buf_init(&text, 1000);
    assert_int_equal(treefmt_write_ids(&t, 0, &text, NULL), ST_OK);
    assert_string_equal(text.data, "a \\[@5] [@101]\n"
                                   "\\[@5] [w=2] -- see \\[@5] [@102]\n"
                                   "b [locked] -- \\[@77] [@103]\n"
                                   "c [w=2] [locked] [@104]\n");
    static const char plain[] =
        "a \\[@5]\n\\[@5] [w=2] -- see \\[@5]\nb [locked] -- \\[@77]\n"
        "c [w=2] [locked] [@0]\nd [@99999999999999999999]\ne [@1] x\nf[@1]\n";
    memset(&r, 0, sizeof r);
    tree_init(&r.tree);
    assert_int_equal(treefmt_parse_ids(plain, sizeof plain - 1, &r.tree, &lines, &r.report, NULL),
                     ST_OK);
    char *have = outline(&r.tree, 0);
    assert_string_equal(have, "1 a [@5]|1 [@5] w2: see [@5]|1 b locked: [@77]|"
                              "1 c [w=2] [locked] [@0]|1 d [@99999999999999999999]|1 e [@1] x|"
                              "1 f[@1]|");
    for (uint32_t i = 1; i < r.tree.count; i++) {
        assert_int_equal(r.tree.nodes[i].id, 0);
    }
    free(have);
    free(lines);
    result_free(&r);
    static const char twice[] = "a [@5]\n\n  b [@6]\n  c [@5]\n";
    memset(&r, 0, sizeof r);
    tree_init(&r.tree);
    treefmt_parse_ids(twice, sizeof twice - 1, &r.tree, &lines, &r.report, NULL);
    assert_int_equal(r.report.refused_count, 1);
    assert_int_equal(r.report.refused[0].line, 4);
    assert_non_null(strstr(r.report.refused[0].why, "which line 1 has already"));
    assert_int_equal(lines[2], 3);
    free(lines);
    result_free(&r);
    tree_free(&t);
    buf_free(&text);
}

/* What is pasted is text or Markdown by its looks, and line numbers stay. */
static void expect_pasted(const char *text, enum treefmt want, const char *tree)
{
    struct buf plain;
    struct result r;
    buf_init(&plain, 1 << 20);
    assert_int_equal(treefmt_pasted(text, strlen(text), &plain), want);
    parse(&r, want, plain.data);
    char *have = outline(&r.tree, 0);
    if (r.report.refused_count > 0) {
        fail_msg("line %zu: %s\n%s", r.report.refused[0].line, r.report.refused[0].why, plain.data);
    }
    assert_string_equal(have, tree);
    free(have);
    result_free(&r);
    buf_free(&plain);
}

static void test_pasted(void **state)
{
    (void)state;
    expect_pasted("a\n  b\n\tc\n      d -- what\n", TREEFMT_TEXT, "1 a|2 b|3 c|4 d: what|");
    expect_pasted("a\n- b\n- c\n  - d\ne\n", TREEFMT_TEXT, "1 a|2 b|2 c|3 d|1 e|");
    expect_pasted("a\n\tb\n  c\n", TREEFMT_TEXT, "1 a|2 b|2 c|");
    expect_pasted("- a\n  \xE2\x80\xA2 b\n    text of b\n  3) c\n", TREEFMT_MD,
                  "1 a|2 b: text of b|2 c|");
    expect_pasted("* a\n\t* b\n  * c\n", TREEFMT_MD, "1 a|2 b|2 c|");
    expect_pasted("# a\n\nabout a\n\n---\n\n## b\n1. c\n   - d\n## e\n", TREEFMT_MD,
                  "1 a: about a|2 b|3 c|4 d|2 e|");
    expect_pasted("\n\n  1.5 liters\n  #no heading\n  -5 degrees\n", TREEFMT_TEXT,
                  "1 1.5 liters|1 #no heading|1 -5 degrees|");
    expect_pasted("", TREEFMT_TEXT, "");
    struct buf plain;
    struct result r;
    buf_init(&plain, 1000);
    static const char wrong[] = "a\n***\n\n  b [w=x]\n";
    enum treefmt f = treefmt_pasted(wrong, sizeof wrong - 1, &plain);
    parse(&r, f, plain.data);
    assert_int_equal(r.report.refused_count, 1);
    assert_int_equal(r.report.refused[0].line, 4);
    result_free(&r);
    buf_free(&plain);
}

/* ------------------------------------------------------------------ edits */

struct edited {
    struct tree branch, text, was;
    size_t *lines, *was_lines;
    struct treefmt_report report;
    struct treeedit edit;
};

static void read_ids(const char *s, struct tree *t, size_t **lines, struct treefmt_report *report)
{
    tree_init(t);
    assert_int_equal(treefmt_parse_ids(s, strlen(s), t, lines, report, NULL), ST_OK);
}

static void plan(struct edited *d, const char *branch, const char *text, const char *was)
{
    struct treefmt_report none = {0};
    size_t *lines = NULL;
    memset(d, 0, sizeof *d);
    read_ids(branch, &d->branch, &lines, &none);
    free(lines);
    read_ids(text, &d->text, &d->lines, &d->report);
    if (was != NULL) {
        read_ids(was, &d->was, &d->was_lines, &none);
    }
    treeedit_plan(&d->branch, &d->text, d->lines, was != NULL ? &d->was : NULL, &d->report,
                  &d->edit);
}

static void edited_free(struct edited *d)
{
    treeedit_free(&d->edit);
    treefmt_report_free(&d->report);
    tree_free(&d->branch);
    tree_free(&d->text);
    tree_free(&d->was);
    free(d->lines);
    free(d->was_lines);
}

static void expect_edit(const char *branch, const char *text, const char *was, const char *said)
{
    struct edited d;
    struct buf out;
    buf_init(&out, 1000);
    plan(&d, branch, text, was);
    if (d.report.refused_count > 0) {
        fail_msg("line %zu: %s", d.report.refused[0].line, d.report.refused[0].why);
    }
    treeedit_say(&d.edit, &out);
    assert_string_equal(out.data, said);
    assert_int_equal(treeedit_is_empty(&d.edit), strcmp(said, "nothing changed") == 0);
    buf_free(&out);
    edited_free(&d);
}

static const char branch[] = "top [@1]\n  a -- what [@2]\n    b [w=2] [@3]\n    c [@4]\n  d [@5]\n";

static void test_edits(void **state)
{
    (void)state;
    expect_edit(branch, branch, NULL, "nothing changed");
    expect_edit(branch, "top\n  a -- what\n    b [w=2]\n    c\n  d\n", NULL, "nothing changed");
    expect_edit(branch, "top [@1]\n", NULL, "4 deleted");
    expect_edit(branch, "Top [@1]\n  a [@2]\n    b [locked] [@3]\n    c2 [@4]\n  d [w=2] [@5]\n",
                NULL, "2 renamed, 1 described, 2 weighed, 1 locked or unlocked");
    expect_edit(branch, "top\n  d\n  a -- what\n    b [w=2]\n    new\n    c\n", NULL,
                "1 added, 1 sorted");
    expect_edit(branch, "top [@1]\n  b [w=2] [@3]\n    a -- what [@2]\n      d [@5]\n", NULL,
                "3 moved, 1 deleted");
    /* The child of that name is elsewhere by its number: then the line is a new node. */
    expect_edit(branch,
                "top [@1]\n  a -- what [@2]\n    b [w=2]\n    c\n  d [@5]\n  b2 [w=2] [@3]\n", NULL,
                "1 added, 1 renamed, 1 moved");
}

/* Compared with what was given out: what others did since is left alone. */
static void test_edits_of_an_older_text(void **state)
{
    (void)state;
    static const char now[] = "top [@1]\n  theirs -- other words [@2]\n    c [@4]\n    new [@6]\n"
                              "  b [w=5] [@3]\n  d [@5]\n";
    expect_edit(now, branch, branch, "nothing changed");
    expect_edit(now,
                "top [@1]\n  mine -- what [@2]\n    b [w=2] [@3]\n    c [@4]\n  d [w=3] [@5]\n",
                branch, "1 renamed, 1 weighed");
    expect_edit(now, "top [@1]\n  a -- what [@2]\n    c [@4]\n  d [@5]\n    b [w=2] [@3]\n", branch,
                "1 moved");
    struct edited d;
    plan(&d, now, "top [@1]\n  b [w=2] [@3]\n  d [@5]\n", branch);
    assert_int_equal(d.report.refused_count, 1);
    assert_non_null(strstr(d.report.refused[0].why, "\"new\" (@6) was added below it meanwhile"));
    edited_free(&d);
}

static void test_edits_without_a_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t line;
        const char *why;
    } wrong[] = {
        {"", 1, "found no line"},
        {"a [@2]\n", 1, "found [@2] at the top; expected \"top\" [@1]"},
        {"top [@1]\n  x\ny\n", 3, "found a line at the top"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct edited d;
        plan(&d, branch, wrong[i].text, NULL);
        assert_true(d.report.refused_count > 0);
        assert_int_equal(d.report.refused[0].line, wrong[i].line);
        assert_non_null(strstr(d.report.refused[0].why, wrong[i].why));
        edited_free(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_taken_away),
        cmocka_unit_test(test_pasted),
        cmocka_unit_test(test_edits),
        cmocka_unit_test(test_edits_of_an_older_text),
        cmocka_unit_test(test_edits_without_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
