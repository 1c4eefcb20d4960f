/*
 * Completion: what is offered where the cursor stands.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "command/complete.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A session with a few names. */
static void names(void *ctx, enum arg_type type, const char *prefix, complete_add_fn *add,
                  void *add_ctx)
{
    (void)ctx;
    static const struct {
        enum arg_type type;
        const char *name;
    } known[] = {
        {ARG_NODE, "operation"},       {ARG_NODE, "operation/with carrying"},
        {ARG_NODE, "setting"},         {ARG_TEACHER, "offline"},
        {ARG_TEACHER, "local"},        {ARG_STRATEGY, "everyday"},
        {ARG_STRATEGY, "pure number"}, {ARG_FACTOR, "steps"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].type == type && strncmp(known[i].name, prefix, strlen(prefix)) == 0) {
            add(add_ctx, known[i].name, "a name");
        }
    }
}

/* The items with blanks between, and where they go. */
static void expect(const char *line, size_t from, const char *want)
{
    struct completion c;
    struct buf got;
    buf_init(&got, 100000);
    complete_line(line, names, NULL, &c);
    for (size_t i = 0; i < c.count; i++) {
        buf_printf(&got, "%s%s", i > 0 ? " | " : "", c.items[i]);
    }
    assert_string_equal(got.data, want);
    assert_int_equal(c.from, from);
    buf_free(&got);
    completion_free(&c);
}

static bool offers(const char *line, const char *item)
{
    struct completion c;
    bool found = false;
    complete_line(line, names, NULL, &c);
    for (size_t i = 0; i < c.count; i++) {
        found = found || strcmp(c.items[i], item) == 0;
        assert_true(i == 0 || strcmp(c.items[i - 1], c.items[i]) != 0);
    }
    completion_free(&c);
    return found;
}

static void commands(void **state)
{
    (void)state;
    expect("gen", 0, "generate");
    expect("no", 0, "node");
    expect("node m", 5, "merge | move");
    expect("  node m", 7, "merge | move");
    expect("xyz", 0, "");
    expect("generate 5 ", 11, "");
    assert_true(offers("", "node"));
    assert_true(offers("", "undo"));
    assert_true(offers("tree ", "import"));
    assert_true(offers("tree ", "operation"));
    expect("help node unl", 10, "unlock");
    expect("help complexi", 5, "complexity");
}

static void every_command_is_reached(void **state)
{
    (void)state;
    for (int i = 0; i < CMD_COUNT; i++) {
        const char *name = command_at((enum command_id)i)->name;
        const char *blank = strchr(name, ' ');
        char *line = strndup(name, blank != NULL ? (size_t)(blank - name) + 2 : 1);
        assert_true(offers(line, blank != NULL ? blank + 1 : name));
        free(line);
    }
}

static void options(void **state)
{
    (void)state;
    expect("tree --d", 5, "--depth");
    expect("generate 5 --w", 11, "--wait");
    expect("tree --w", 5, "");
    expect("tree import x --format s", 23, "skos");
    expect("tree import x --format=s", 14, "--format=skos");
    expect("tree import x --under set", 22, "setting");
    expect("points --sort -s", 14, "-state | -strategy | -suspicion");
    expect("node sort operation -p", 20, "-points");
    expect("describe -- --j", 12, "");
}

static void values(void **state)
{
    (void)state;
    expect("set complex", 4, "complexity");
    expect("set levels ", 11, "all | leaves");
    expect("set disputed r", 13, "reject");
    expect("role critic-", 5, "critic-correct | critic-incorrect");
    expect("role judge l", 11, "local");
    expect("teacher set local price-o", 18, "price-out=");
    expect("teacher set local effort=", 18, "effort=high | effort=low | effort=medium");
    expect("strategy set everyday wei", 22, "weight=");
    expect("strategy set everyday levels=l", 22, "levels=leaves");
    expect("strategy set everyday taxonomies=operation,set", 22, "taxonomies=operation,setting");
    expect("review a", 7, "accept");
    expect("describe some", 9, "");
}

static void session_names(void **state)
{
    (void)state;
    expect("node lock op", 10, "operation | 'operation/with carrying'");
    expect("node lock 'operation/w", 10, "'operation/with carrying'");
    expect("node lock \"operation/w", 10, "'operation/with carrying'");
    expect("node lock operation/with\\ c", 10, "'operation/with carrying'");
    expect("strategy remove p", 16, "'pure number'");
    expect("factor accept ", 14, "steps");
    struct completion c;
    complete_line("node lock op", NULL, NULL, &c);
    assert_int_equal(c.count, 0);
    completion_free(&c);
}

static void filters(void **state)
{
    (void)state;
    expect("points state:a", 7, "state:accepted | state:asked");
    expect("points !state:f", 7, "'!state:failed'");
    expect("points node:set", 7, "node:setting");
    expect("points node:operation/", 7, "'node:\"operation/with carrying\"'");
    expect("points strategy:p", 7, "'strategy:\"pure number\"'");
    expect("calls outcome:t", 6, "outcome:transport");
    expect("calls teacher:", 6, "teacher: | teacher:local | teacher:offline");
    assert_true(offers("points state:accepted ", "complex:yes"));
    assert_false(offers("calls ", "state:"));
}

static void files(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    char folder[512];
    char path[640];
    char line[1024];
    char want[2000];
    (void)snprintf(folder, sizeof folder, "%s/taxa-complete-XXXXXX", base != NULL ? base : "/tmp");
    assert_non_null(mkdtemp(folder));
    static const char *const made[] = {"one.json", "one two.json", ".hidden.json"};
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, made[i]);
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        assert_int_equal(fclose(f), 0);
    }
    (void)snprintf(path, sizeof path, "%s/only", folder);
    assert_int_equal(mkdir(path, 0700), 0);

    (void)snprintf(line, sizeof line, "schema @%s/one", folder);
    (void)snprintf(want, sizeof want, "'@%s/one two.json' | @%s/one.json", folder, folder);
    expect(line, 7, want);
    (void)snprintf(line, sizeof line, "tree import %s/on", folder);
    (void)snprintf(want, sizeof want, "'%s/one two.json' | %s/one.json | %s/only/", folder, folder,
                   folder);
    expect(line, 12, want);
    (void)snprintf(line, sizeof line, "save %s/.h", folder);
    (void)snprintf(want, sizeof want, "%s/.hidden.json", folder);
    expect(line, 5, want);
    (void)snprintf(line, sizeof line, "save %s/none/x", folder);
    expect(line, 5, "");

    assert_int_equal(rmdir(path), 0);
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, made[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(folder), 0);
}

static void expect_common(const char *line, const char *want)
{
    struct completion c;
    struct buf common;
    buf_init(&common, 1000);
    complete_line(line, names, NULL, &c);
    completion_common(&c, &common);
    assert_string_equal(common.data, want);
    buf_free(&common);
    completion_free(&c);
}

static void what_tab_adds(void **state)
{
    (void)state;
    expect_common("gener", "ate");
    expect_common("role critic", "");
    expect_common("role critic-in", "correct");
    expect_common("points --sort -st", ""); /* -state, -strategy */
    expect_common("points --sort -stat", "e");
    expect_common("xyz", "");
    expect_common("node lock operation/w", ""); /* quotes are needed: no plain addition */
}

static void items_are_capped(void *ctx, enum arg_type type, const char *prefix,
                             complete_add_fn *add, void *add_ctx)
{
    (void)ctx;
    (void)type;
    (void)prefix;
    char name[32];
    for (int i = 999; i >= 0; i--) {
        (void)snprintf(name, sizeof name, "node%03d", i);
        add(add_ctx, name, NULL);
        add(add_ctx, name, "with help");
    }
}

static void at_most_200(void **state)
{
    (void)state;
    struct completion c;
    complete_line("node lock n", items_are_capped, NULL, &c);
    assert_int_equal(c.count, 200);
    assert_string_equal(c.items[0], "node000");
    assert_string_equal(c.items[199], "node199");
    assert_string_equal(c.help[0], "with help");
    completion_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands),      cmocka_unit_test(every_command_is_reached),
        cmocka_unit_test(options),       cmocka_unit_test(values),
        cmocka_unit_test(session_names), cmocka_unit_test(filters),
        cmocka_unit_test(files),         cmocka_unit_test(what_tab_adds),
        cmocka_unit_test(at_most_200),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
