/*
 * Tests of the tree formats: what each reads and refuses, and that writing and reading gives the
 * same tree.
 */
#include "base/mem.h"
#include "base/rng.h"
#include "domain/treefmt.h"

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

/* Parse and compare the tree and the refusals ("LINE why-part" each; NULL-terminated). */
static void expect(enum treefmt f, const char *text, const char *tree, const char *const *refused)
{
    struct result r;
    parse(&r, f, text);
    assert_int_equal(r.st, ST_OK);
    char *have = outline(&r.tree, 0);
    assert_string_equal(have, tree);
    assert_int_equal(r.report.taken, r.tree.count - 1);
    size_t n = 0;
    for (; refused != NULL && refused[n] != NULL; n++) {
        assert_true(n < r.report.refused_count);
        char *why = NULL;
        size_t line = (size_t)strtoul(refused[n], &why, 10);
        if (r.report.refused[n].line != line || !strstr(r.report.refused[n].why, why + 1)) {
            fail_msg("%zu %s (expected %s)", r.report.refused[n].line, r.report.refused[n].why,
                     refused[n]);
        }
    }
    assert_int_equal(r.report.refused_count, n);
    free(have);
    result_free(&r);
}

#define REFUSED(...)                                                                               \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

static void test_names(void **state)
{
    (void)state;
    enum treefmt f = TREEFMT_TEXT;
    for (int i = 0; i < TREEFMT_COUNT; i++) {
        assert_true(treefmt_by_name(treefmt_name((enum treefmt)i), &f));
        assert_int_equal(f, i);
    }
    assert_false(treefmt_by_name("xml", &f));
    assert_true(treefmt_by_file("a/b.MD", &f));
    assert_int_equal(f, TREEFMT_MD);
    assert_true(treefmt_by_file("x.y.markdown", &f));
    assert_int_equal(f, TREEFMT_MD);
    assert_true(treefmt_by_file("t.nt", &f));
    assert_int_equal(f, TREEFMT_SKOS);
    assert_true(treefmt_by_file("t.opml", &f));
    assert_int_equal(f, TREEFMT_OPML);
    assert_true(treefmt_by_file("t.csv", &f));
    assert_int_equal(f, TREEFMT_CSV);
    assert_true(treefmt_by_file("t.json", &f));
    assert_int_equal(f, TREEFMT_JSON);
    assert_true(treefmt_by_file("t.txt", &f));
    assert_int_equal(f, TREEFMT_TEXT);
    assert_false(treefmt_by_file("txt", &f));
    assert_false(treefmt_by_file(".txt", &f));
    assert_false(treefmt_by_file("t.doc", &f));
}

static void test_text(void **state)
{
    (void)state;
    expect(TREEFMT_TEXT,
           "operation -- what is done\n"
           "\taddition [w=2.5]\n"
           "\t\twith carrying [locked] [w=0] -- over ten -- or more\r\n"
           "\n"
           "\tsubtraction\n"
           "topic\\-- x \\[w=2]\n"
           "   a [b] [c]\n"
           "[locked]\n"
           "C:\\temp \\\\ \\frac [w=1]\n",
           "1 operation: what is done|2 addition w2.5|3 with carrying w0 locked: over ten -- or "
           "more|2 subtraction|1 topic-- x [w=2]|2 a [b] [c]|1 [locked]|1 C:\\temp \\ \\frac|",
           NULL);
    expect(TREEFMT_TEXT,
           "a\n"
           "    b\n"
           "  c\n"     /* matches no level */
           "     d\n"  /* below it */
           "  e\n"     /* again */
           "    b2\n"  /* below e */
           "a\n"       /* twice */
           "  below\n" /* below that */
           "f [w=-1]\n"
           "g [w=2] [w=3]\n"
           "h [w=x]\n"
           "i\n"
           "\tj\n"
           "\t\tk\n"
           "        l\n" /* blanks instead of tabs */
           "i2 -- d\\xzz\\x41\n",
           "1 a|2 b|1 i|2 j|3 k|1 i2: d\\xzzA|",
           REFUSED("3 an indent of 2", "4 line 3", "5 an indent of 2", "6 line 5",
                   "7 \"a\" is already there among", "8 line 7", "9 found \"-1\"", "10 twice",
                   "11 found \"x\"", "15 mixes tabs"));
    expect(TREEFMT_TEXT, "  a\n    b\nc\n", "1 a|2 b|", REFUSED("3 an indent of 0"));
    expect(TREEFMT_TEXT, "", "", NULL);
    expect(TREEFMT_TEXT,
           "\xEF\xBB\xBF"
           "a\n",
           "1 a|", NULL);
    expect(TREEFMT_TEXT, "a\xFF\nb -- \xFF\n", "", REFUSED("1 UTF-8", "2 description"));
}

static void test_md(void **state)
{
    (void)state;
    expect(TREEFMT_MD,
           "# operation [w=2]\n"
           "What is\ndone.\n"
           "\n"
           "Second\\\nparagraph.\n"
           "\n"
           "- addition -- inline\n"
           "  and more\n"
           "  * with carrying [locked]\n"
           "\n"
           "    1. one\n"
           "    2) two\n"
           "+ subtraction\n"
           "## deeper\n"
           "- \\- \\# \\*x\\*\n"
           "# topic #\n"
           "- a\\\n",
           "1 operation w2: What is done.\n\nSecond\nparagraph.|2 addition: inline and more|"
           "3 with carrying locked|4 one|4 two|2 subtraction|2 deeper|3 - # *x*|1 topic #|2 a\\|",
           NULL);
    expect(TREEFMT_MD,
           "stray\n"
           "# a\n"
           "---\n"
           "### b\n"
           "## c\n"
           "- d\n"
           "    - e\n"
           "  - f\n"
           "- d\n"
           "  text\n"
           "#nospace\n"
           "-\n",
           "1 a|2 b|",
           REFUSED("1 text before the first", "3 a rule", "5 heading level 2", "6 line 5",
                   "7 line 6", "8 an indent of 2", "9 line 5", "10 text of a node",
                   "11 text of a node", "12 line 5"));
    expect(TREEFMT_MD, "- a\n- b\n  - c\n", "1 a|1 b|2 c|", NULL);
    expect(TREEFMT_MD, "# a\n-\n# \n", "1 a|", REFUSED("2 empty", "3 empty"));
}

static void test_json(void **state)
{
    (void)state;
    expect(TREEFMT_JSON,
           "{\"name\":\"a\",\"id\":7,\"state\":\"x\",\"children\":[{\"name\":\"b\",\"weight\":0.5,"
           "\"description\":\"d\",\"locked\":true,\"children\":[]},{\"name\":\"c\"}]}",
           "1 a|2 b w0.5 locked: d|2 c|", NULL);
    expect(
        TREEFMT_JSON,
        "[{\"name\":\"a\",\"children\":[{\"name\":\"a\"},{\"name\":\"a\",\"children\":[{\"name\":"
        "\"lost\"}]},{\"name\":\" b\"},7,{\"name\":\"c\",\"weight\":-1},{\"name\":\"d\","
        "\"weight\":\"1\"},{\"name\":\"e\",\"locked\":1},{\"name\":\"f\",\"children\":{}},"
        "{\"name\":\"g\",\"description\":[]},{},{\"name\":\"h\",\"description\":null}]},"
        "{\"name\":\"z\"}]",
        "1 a|2 a|2 h|1 z|",
        REFUSED("0 at $[0].children[1]: \"a\" is already there", "0 at $[0].children[2]: the name",
                "0 at $[0].children[3]: ", "0 at $[0].children[4]: weight -1",
                "0 at $[0].children[5]: \"weight\" must be", "0 at $[0].children[6]: \"locked\"",
                "0 at $[0].children[7]: \"children\"", "0 at $[0].children[8]: \"description\"",
                "0 at $[0].children[9]: \"name\" is missing"));
    expect(TREEFMT_JSON, "[]", "", NULL);
    struct result r;
    parse(&r, TREEFMT_JSON, "7");
    assert_int_equal(r.st, ST_INVALID);
    result_free(&r);
    parse(&r, TREEFMT_JSON, "{\"name\":");
    assert_int_equal(r.st, ST_INVALID);
    assert_non_null(strstr(r.e.msg, "line 1"));
    result_free(&r);
}

static void test_csv(void **state)
{
    (void)state;
    expect(TREEFMT_CSV,
           "path,weight,description\r\n"
           "op/add/carry,2,\"with \"\"ten\"\",\r\nor more\"\r\n"
           "op,,what is done\r\n"
           "\"a\\/b\\\\c,d\",1,\n"
           "\n"
           "op/add,0,\n",
           "1 op: what is done|2 add w0|3 carry w2: with \"ten\",\r\nor more|1 a/b\\c,d|", NULL);
    expect(TREEFMT_CSV, "path\na/b\na\nc", "1 a|2 b|1 c|", NULL);
    expect(TREEFMT_CSV, "locked,path\nyes,a\nno,b\n,c\nperhaps,d\n", "1 a locked|1 b|1 c|",
           REFUSED("5 found \"perhaps\""));
    expect(TREEFMT_CSV,
           "path,weight,description\n"
           "a,1,x\n"
           "a,1,y\n"
           "b,heavy,\n"
           "c,1\n"
           "d,1,2,3\n"
           "e/ f,1,\n"
           "g//h,1,\n"
           ",1,\n"
           "i\"j,1,\n"
           "\"k\"l,1,\n"
           "m,1,\"open\n",
           "1 a: x|",
           REFUSED("3 \"a\" is already there", "4 found \"heavy\"", "5 2 fields", "6 more fields",
                   "7 blank", "8 empty", "9 empty", "10 a quote inside", "11 expected a comma",
                   "12 no closing quote"));
    static const char *const bad[] = {
        "", "name,weight\na,1\n", "path;weight\n", "path,path\n", "weight\n1\n", "\"path\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct result r;
        parse(&r, TREEFMT_CSV, bad[i]);
        assert_int_equal(r.st, ST_INVALID);
        assert_non_null(strstr(r.e.msg, "CSV header"));
        result_free(&r);
    }
}

#define SKOS  "<http://www.w3.org/2004/02/skos/core#"
#define IS    " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> " SKOS "Concept> .\n"
#define LABEL " " SKOS "prefLabel> "
#define UP    " " SKOS "broader> "

static void test_skos(void **state)
{
    (void)state;
    expect(TREEFMT_SKOS,
           "# a comment\n"
           "<b>" UP "<a> . # behind\n"
           "<b>" LABEL "\"Fran\\u00E7ais\"@fr .\n"
           "<b>" LABEL "\"French\"@en-GB .\n"
           "<b>" IS "<a>" LABEL "\"top\" .\n"
           "<a>" LABEL "\"Spitze\"@de .\n"
           "<a>" IS "<a> " SKOS "definition> \"a\\n\\\"b\\\"\" .\n"
           "<a> " SKOS "narrower> <b> .\n"
           "_:c" UP "<a> .\n"
           "_:c" LABEL "\"c\" .\n"
           "_:c" IS "_:c <urn:taxa:ordinal> \"1\"^^<int> .\n"
           "_:c <urn:taxa:weight> \"2.5\"^^<double> .\n"
           "_:c <urn:taxa:locked> \"true\" .\n"
           "<scheme>" LABEL "\"not a concept\" .\n",
           "1 top: a\n\"b\"|2 c w2.5 locked|2 French|", NULL);
    expect(TREEFMT_SKOS,
           "<a>" IS "<a>" LABEL "\"a\" .\n"
           "<x>" IS "<x>" LABEL "\"x\" .\n<x>" UP "<y> .\n"
           "<y>" IS "<y>" LABEL "\"y\" .\n<y>" UP "<x> .\n"
           "<under>" IS "<under>" LABEL "\"u\" .\n<under>" UP "<x> .\n"
           "<self>" IS "<self>" LABEL "\"s\" .\n<self>" UP "<self> .\n"
           "<nolabel>" IS "<below>" IS "<below>" LABEL "\"b\" .\n<below>" UP "<nolabel> .\n"
           "<lost>" IS "<lost>" LABEL "\"l\" .\n<lost>" UP "<nowhere> .\n"
           "<two>" IS "<two>" LABEL "\"two\" .\n<two>" UP "<a> .\n<two>" UP "<x> .\n"
           "<twin>" IS "<twin>" LABEL "\"a\" .\n"
           "not a triple\n"
           "<a> <urn:taxa:weight> \"heavy\" .\n"
           "<a> <b> \"open .\n"
           "<a> <b> <c>\n",
           "1 a|2 two|",
           REFUSED("25 second broader", "28 expected a triple", "29 \"heavy\"", "30 expected",
                   "31 expected", "15 no prefLabel", "19 <nowhere> is not in", "26 already there",
                   "16 <nolabel> was refused", "3 cycle", "6 cycle", "9 cycle", "12 cycle"));
    struct result r;
    parse(&r, TREEFMT_SKOS, "this is prose\n");
    assert_int_equal(r.st, ST_INVALID);
    result_free(&r);
    expect(TREEFMT_SKOS, "", "", NULL);
}

#define OPML(body) "<?xml version=\"1.0\"?><opml version='2.0'><head><title>t</title></head>" body

static void expect_no_opml(const char *text, const char *why)
{
    struct result r;
    parse(&r, TREEFMT_OPML, text);
    assert_int_equal(r.st, ST_INVALID);
    if (strstr(r.e.msg, why) == NULL) {
        fail_msg("\"%s\" lacks \"%s\"", r.e.msg, why);
    }
    result_free(&r);
}

static void test_opml(void **state)
{
    (void)state;
    expect(TREEFMT_OPML,
           OPML("<body><!-- <outline text='no'/> -->\n"
                "<outline text=\"a &amp; &lt;b&gt; &#233;&#x1F600;\" _note='two&#10;lines' "
                "created=\"Mon\">\n"
                "  <outline title=\"by\n title\" weight=\"2.5\" locked=\"true\" />\n"
                "  <![CDATA[<outline text='no'/>]]>\n"
                "</outline><outline text='z'></outline>\n"
                "</body></opml>"),
           "1 a & <b> é😀: two\nlines|2 by  title w2.5 locked|1 z|", NULL);
    expect(TREEFMT_OPML,
           OPML("<body>\n"
                "<outline text='a'/>\n"
                "<outline text='a'/>\n"
                "<outline/>\n"
                "<outline text='w' weight='heavy'>\n"
                "<outline text='below'/></outline>\n"
                "</body></opml>"),
           "1 a|", REFUSED("3 already there", "4 name", "5 \"heavy\""));
    expect(TREEFMT_OPML, OPML("<body></body></opml>"), "", NULL);
    expect_no_opml("this is prose\n", "<opml>");
    expect_no_opml("<html></html>", "found html");
    expect_no_opml("<!DOCTYPE x [<!ENTITY a 'b'>]><opml/>", "declarations");
    expect_no_opml(OPML("<body><outline text='a'></body></opml>"), "not closed");
    expect_no_opml(OPML("<body></outline></body></opml>"), "not open");
    expect_no_opml(OPML("<body>\n<outline text='a"), "line 2: a value does not end");
    expect_no_opml(OPML("<body><outline text=a/>"), "quotes");
    expect_no_opml(OPML("<body><outline text"), "\"=\"");
    expect_no_opml(OPML("<body><outline text='&nbsp;'/>"), "no character");
    expect_no_opml(OPML("<body><outline text='<'/>"), "&lt;");
    expect_no_opml(OPML("<body><!-- "), "-->");
    expect_no_opml(OPML("<body><outline "), "does not end");
}

static void test_all_formats_refuse_binary(void **state)
{
    (void)state;
    for (int f = 0; f < TREEFMT_COUNT; f++) {
        struct treefmt_report report;
        struct tree t;
        struct err e;
        tree_init(&t);
        assert_int_equal(treefmt_parse((enum treefmt)f, "a\0b", 3, &t, 0, &report, &e), ST_INVALID);
        assert_non_null(strstr(e.msg, "NUL"));
        treefmt_report_free(&report);
        tree_free(&t);
    }
}

/* ------------------------------------------------------------------ there and back */

static const char *const pieces[] = {" -- ",
                                     "[w=2]",
                                     " [locked]",
                                     "#",
                                     "\"",
                                     "'",
                                     ",",
                                     "/",
                                     "\\",
                                     "\\x41",
                                     "\\-",
                                     " [w=",
                                     "]",
                                     "1. ",
                                     "- ",
                                     "* ",
                                     "+",
                                     "--",
                                     "a",
                                     "b c",
                                     "caf\xC3\xA9",
                                     "\xF0\x9F\x98\x80",
                                     "\xE0\xA4\x95\xE0\xA5\x8D",
                                     "_:x",
                                     "<b>",
                                     " .",
                                     "@1",
                                     "path,",
                                     ";",
                                     "`",
                                     "=",
                                     "~~~",
                                     "|",
                                     "&amp;",
                                     "{}",
                                     "12)",
                                     "===",
                                     "\\\\",
                                     "\xC2\xA0",
                                     "%s",
                                     "\t",
                                     "  ",
                                     " ",
                                     "\t-- ",
                                     " [@31]",
                                     "[@7]",
                                     " \\[@7]",
                                     " --",
                                     "\xE7\xAE\x97\xE6\x95\xB0",
                                     "e\xCC\x81\xCC\xA3",
                                     "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x94\xAC",
                                     "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D",
                                     "\xE2\x80\x8F",
                                     "\xE2\x80\xA2 ",
                                     "\xEF\xBB\xBF",
                                     "!"};
static const char *const breaks[] = {"\n",   "\r\n", "\t",   " ",  "\n\n",
                                     "\x01", "\x7F", "\n- ", "\n#"};

static void nasty(struct buf *out, uint64_t seed, uint64_t at, bool desc)
{
    const uint64_t kinds = sizeof pieces / sizeof pieces[0];
    const uint64_t more = desc ? sizeof breaks / sizeof breaks[0] : 0;
    buf_clear(out);
    uint64_t n = rng_below(seed, 100, at, desc ? 8 : 4) + !desc;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t pick = rng_below(seed, 200 + i, at, kinds + more);
        buf_adds(out, pick < kinds ? pieces[pick] : breaks[pick - kinds]);
    }
}

static void nasty_tree(struct tree *t, uint64_t seed)
{
    struct buf name;
    struct buf desc;
    buf_init(&name, 400);
    buf_init(&desc, 4000);
    tree_init(t);
    uint64_t nodes = rng_below(seed, 1, 0, 40);
    for (uint64_t i = 0; i < nodes; i++) {
        uint32_t parent = (uint32_t)rng_below(seed, 2, i, t->count);
        nasty(&name, seed, i, false);
        nasty(&desc, seed, 1000 + i, rng_below(seed, 3, i, 2) == 0);
        if (rng_below(seed, 7, i, 3) == 0) {
            buf_clear(&desc);
        }
        double weight = rng_below(seed, 4, i, 2) == 0 ? 1 : rng_unit(seed, 5, i) * 1000;
        weight = rng_below(seed, 8, i, 9) == 0 ? 0 : weight;
        if (tree_name_check(name.data, NULL) == ST_OK &&
            tree_child(t, parent, name.data, name.len) == TREE_NONE &&
            t->nodes[parent].depth < 30) {
            add(t, parent, name.data, desc.data, weight, rng_below(seed, 6, i, 4) == 0);
        }
    }
    buf_free(&name);
    buf_free(&desc);
}

static void expect_same(enum treefmt f, const struct tree *t, uint32_t root)
{
    struct buf text;
    struct tree back;
    struct treefmt_report report;
    struct err e = {.msg = ""};
    buf_init(&text, 1 << 28);
    tree_init(&back);
    assert_int_equal(treefmt_write(f, t, root, &text, &e), ST_OK);
    assert_int_equal(treefmt_parse(f, text.data, text.len, &back, 0, &report, &e), ST_OK);
    if (report.refused_count > 0) {
        fail_msg("%s, line %zu: %s\n%s", treefmt_name(f), report.refused[0].line,
                 report.refused[0].why, text.data);
    }
    char *want = outline(t, root);
    char *have = outline(&back, root != 0 ? back.nodes[0].first : 0);
    if (strcmp(want, have) != 0) {
        fail_msg("%s\n%s\nwant %s\nhave %s", treefmt_name(f), text.data, want, have);
    }
    if (root != 0) {
        assert_int_equal(back.nodes[0].children, 1);
        assert_string_equal(back.nodes[1].name, t->nodes[root].name);
        assert_string_equal(back.nodes[1].desc, t->nodes[root].desc);
    }
    /* And the text of the tree that was read is the same text. */
    struct buf again;
    buf_init(&again, 1 << 28);
    assert_int_equal(treefmt_write(f, &back, root != 0 ? back.nodes[0].first : 0, &again, &e),
                     ST_OK);
    assert_int_equal(again.len, text.len);
    assert_memory_equal(again.data, text.data, text.len);
    buf_free(&again);
    free(want);
    free(have);
    treefmt_report_free(&report);
    tree_free(&back);
    buf_free(&text);
}

static void test_round_trip(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 3000; seed++) {
        struct tree t;
        nasty_tree(&t, seed);
        for (int f = 0; f < TREEFMT_COUNT; f++) {
            expect_same((enum treefmt)f, &t, 0);
            if (t.count > 1) {
                expect_same((enum treefmt)f, &t, 1 + (uint32_t)(seed % (t.count - 1)));
            }
        }
        tree_free(&t);
    }
}

/* The text with numbers gives names, values and numbers back. */
static void test_round_trip_with_numbers(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 2000; seed++) {
        struct tree t;
        struct tree back;
        struct buf text;
        struct buf again;
        struct treefmt_report report;
        size_t *lines = NULL;
        nasty_tree(&t, seed);
        for (uint32_t i = 1; i < t.count; i++) {
            t.nodes[i].id = (int64_t)i * 7919;
        }
        buf_init(&text, 1 << 26);
        buf_init(&again, 1 << 26);
        tree_init(&back);
        assert_int_equal(treefmt_write_ids(&t, 0, &text, NULL), ST_OK);
        assert_int_equal(treefmt_parse_ids(text.data, text.len, &back, &lines, &report, NULL),
                         ST_OK);
        if (report.refused_count > 0) {
            fail_msg("line %zu: %s\n%s", report.refused[0].line, report.refused[0].why, text.data);
        }
        char *want = outline(&t, 0);
        char *have = outline(&back, 0);
        assert_string_equal(have, want);
        assert_int_equal(treefmt_write_ids(&back, 0, &again, NULL), ST_OK);
        assert_string_equal(again.data, text.data);
        for (uint32_t i = 1; i < back.count; i++) {
            assert_int_equal(lines[i], i); /* one line each, in the order of the text */
        }
        free(want);
        free(have);
        free(lines);
        treefmt_report_free(&report);
        tree_free(&t);
        tree_free(&back);
        buf_free(&text);
        buf_free(&again);
    }
}

/* The deepest tree, the longest name and description, and many siblings. */
static void test_round_trip_at_the_limits(void **state)
{
    (void)state;
    struct tree t;
    char *name = xmalloc(TREE_NAME_MAX + 1);
    char *desc = xmalloc(TREE_DESC_MAX + 1);
    memset(name, '\\', TREE_NAME_MAX);
    name[TREE_NAME_MAX] = '\0';
    for (int i = 0; i < TREE_DESC_MAX; i++) {
        desc[i] = i % 2 == 0 ? '\n' : '\x01';
    }
    desc[TREE_DESC_MAX] = '\0';
    tree_init(&t);
    uint32_t at = 0;
    for (int i = 0; i < TREE_MAX_DEPTH; i++) {
        bool large = i == 7 || i > TREE_MAX_DEPTH - 3;
        at = add(&t, at, large ? name : "deep", i == 7 ? desc : "", TREE_WEIGHT_MAX, true);
    }
    for (int i = 0; i + 4 < TREE_NAME_MAX; i += 4) { /* 10,000 characters of four bytes */
        memcpy(name + i, "\xF0\x9F\x98\x80", 4);
    }
    add(&t, 0, name, "", 1, false);
    uint32_t wide = add(&t, 0, "wide", "", 1, false);
    for (int i = 0; i < 30000; i++) {
        char number[20];
        (void)snprintf(number, sizeof number, "n%d", i);
        add(&t, wide, number, "", 1, false);
    }
    for (int f = 0; f < TREEFMT_COUNT; f++) {
        expect_same((enum treefmt)f, &t, 0);
    }
    struct tree empty;
    tree_init(&empty);
    for (int f = 0; f < TREEFMT_COUNT; f++) {
        expect_same((enum treefmt)f, &empty, 0);
    }
    tree_free(&empty);
    free(name);
    free(desc);
    tree_free(&t);
}

/* Into a tree that has nodes already, below one of them. */
static void test_under(void **state)
{
    (void)state;
    struct result r;
    parse(&r, TREEFMT_TEXT, "a\n  b\n    old\n");
    struct treefmt_report report;
    const char text[] = "old\nnew\n  more\n";
    assert_int_equal(treefmt_parse(TREEFMT_TEXT, text, sizeof text - 1, &r.tree, 2, &report, NULL),
                     ST_OK);
    char *have = outline(&r.tree, 0);
    assert_string_equal(have, "1 a|2 b|3 old|3 new|4 more|");
    assert_int_equal(report.taken, 2);
    assert_int_equal(report.refused_count, 1);
    assert_string_equal(report.refused[0].why, "\"old\" is already there below \"b\"");
    free(have);
    treefmt_report_free(&report);
    const char rows[] = "path\nold/x\nold\n";
    assert_int_equal(treefmt_parse(TREEFMT_CSV, rows, sizeof rows - 1, &r.tree, 2, &report, NULL),
                     ST_OK);
    assert_int_equal(report.taken, 1);
    assert_int_equal(report.refused_count, 1);
    treefmt_report_free(&report);
    result_free(&r);
}

/*
 * Of very many refusals 1,000 are kept and all are counted; too deep and too long is refused by
 * line.
 */
static void test_many_refusals(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 1 << 20);
    for (int i = 0; i < 1500; i++) {
        buf_adds(&text, "same\n");
    }
    struct result r;
    parse(&r, TREEFMT_TEXT, text.data);
    assert_int_equal(r.report.taken, 1);
    assert_int_equal(r.report.refused_count, 1499);
    assert_int_equal(r.report.refused[999].line, 1001);
    result_free(&r);
    buf_clear(&text);
    for (int i = 0; i < TREE_MAX_DEPTH + 6; i++) {
        buf_printf(&text, "%*sd\n", i, "");
    }
    buf_printf(&text, "%0*d\n", TREE_NAME_MAX + 1, 1);
    parse(&r, TREEFMT_TEXT, text.data);
    assert_int_equal(r.report.taken, TREE_MAX_DEPTH);
    assert_int_equal(r.report.refused_count, 7);
    assert_non_null(strstr(r.report.refused[0].why, "deeper than 256"));
    assert_non_null(strstr(r.report.refused[6].why, "longer than 40000"));
    result_free(&r);
    buf_free(&text);
}

static void test_write_ceiling(void **state)
{
    (void)state;
    struct tree t;
    struct buf out;
    struct err e;
    tree_init(&t);
    add(&t, 0, "a long name", "", 1, false);
    for (int f = 0; f < TREEFMT_COUNT; f++) {
        buf_init(&out, 5);
        assert_int_equal(treefmt_write((enum treefmt)f, &t, 0, &out, &e), ST_LIMIT);
        buf_free(&out);
    }
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_md),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_skos),
        cmocka_unit_test(test_opml),
        cmocka_unit_test(test_all_formats_refuse_binary),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_round_trip_with_numbers),
        cmocka_unit_test(test_round_trip_at_the_limits),
        cmocka_unit_test(test_under),
        cmocka_unit_test(test_many_refusals),
        cmocka_unit_test(test_write_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
