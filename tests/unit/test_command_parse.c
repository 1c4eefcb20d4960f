/*
 * The parser: which words become which arguments, and what it says when they do not fit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "command/command.h"
#include "command/filter.h"

#include <string.h>

/* "name|arg,arg|arg --opt=value json wait" of a parsed line, or the message. */
static enum status parse(const char *line, struct buf *out)
{
    int argc = 0;
    char **argv = NULL;
    struct call c;
    struct err e = {ST_OK, ""};
    buf_clear(out);
    assert_int_equal(words_split(line, &argc, &argv, &e), ST_OK);
    enum status st = call_parse(argc, (const char *const *)argv, &c, &e);
    words_free(argc, argv); /* a call keeps its own copies */
    if (st != ST_OK) {
        buf_adds(out, e.msg);
        return st;
    }
    buf_adds(out, c.cmd->name);
    for (int i = 0; i < COMMAND_MAX_ARGS && c.cmd->args[i].name != NULL; i++) {
        for (int j = 0; j < c.arg_count[i]; j++) {
            buf_printf(out, "%c%s", j == 0 ? '|' : ',', c.args[i][j]);
        }
    }
    for (int i = 0; i < c.opt_count; i++) {
        buf_printf(out, " %s=%s", c.opts[i].spec->name, c.opts[i].value);
    }
    buf_adds(out, c.json ? " json" : "");
    buf_adds(out, c.wait ? " wait" : "");
    call_free(&c);
    return st;
}

static void expect(const char *line, const char *want)
{
    struct buf got;
    buf_init(&got, 10000);
    enum status st = parse(line, &got);
    assert_string_equal(got.data, want);
    assert_int_equal(st, ST_OK);
    buf_free(&got);
}

static void expect_error(const char *line, const char *part)
{
    struct buf got;
    buf_init(&got, 10000);
    assert_int_equal(parse(line, &got), ST_USAGE);
    if (strstr(got.data, part) == NULL) {
        fail_msg("\"%s\" gave \"%s\", not \"%s\"", line, got.data, part);
    }
    buf_free(&got);
}

static void arguments_and_options(void **state)
{
    (void)state;
    expect("node add operation 'unit rates' -d 'per hour' -w 0.5",
           "node add|operation|unit rates --description=per hour --weight=0.5");
    expect("node add -w 0 a b", "node add|a|b --weight=0");
    expect("node add a --weight=2 b", "node add|a|b --weight=2");
    expect("node add a b --description=", "node add|a|b --description=");
    expect_error("node add a -w=2 b", "unknown option -w=2");
}

static void options_anywhere(void **state)
{
    (void)state;
    expect("tree --depth 2 operation", "tree|operation --depth=2");
    expect("tree operation --depth=2", "tree|operation --depth=2");
    expect("--json tree operation", "tree|operation json");
    expect("generate --wait 1000 --json", "generate|1000 json wait");
    expect("node move @3 @4 --before @5", "node move|@3|@4 --before=@5");
    expect("points --sort -id", "points --sort=-id");
    expect("exclude add a/b c --strategy 'pure number'",
           "exclude add|a/b|c --strategy=pure number");
    expect("tree import - --format md --under operation",
           "tree import|- --format=md --under=operation");
}

static void words_that_look_like_options(void **state)
{
    (void)state;
    expect("describe -- -d is a letter --json", "describe|-d is a letter --json");
    expect("node describe a -- -5", "node describe|a|-5");
    expect("node describe a -5 degrees", "node describe|a|-5 degrees");
    expect("node sort operation -points", "node sort|operation|-points");
    expect_error("node sort operation -point", "did you mean -points?");
    expect_error("describe -x", "put -- in front");
    expect_error("tree --dept 3", "did you mean --depth?");
    expect_error("pause --wait", "unknown option --wait");
    expect_error("tree --depth", "--depth needs a value");
    expect_error("tree --depth 1 --depth=2", "--depth is given twice");
    expect_error("node add a b -d x --description y", "--description is given twice");
}

static void many_values(void **state)
{
    (void)state;
    expect("node merge a b c", "node merge|a|b,c");
    expect("node split a b c d", "node split|a|b,c,d");
    expect("factor accept x 'y z'", "factor accept|x,y z");
    expect("strategy add s t u", "strategy add|s|t,u");
    expect("teacher set t base-url=a base-url=b", "teacher set|t|base-url=a,base-url=b");
    expect("help node add", "help|node,add");
    expect("help", "help");
    expect("undo", "undo");
    expect("undo 3", "undo|3");
    expect_error("node merge a", "NODE is missing (usage: node merge NODE NODE...)");
    expect_error("node split a b", "missing");
    expect_error("pause now", "\"now\" is too much");
    expect_error("node add a", "NAME is missing");
    expect_error("strategy add s", "TAXONOMY is missing");
}

static void texts_are_joined(void **state)
{
    (void)state;
    expect("describe Grade school maths", "describe|Grade school maths");
    expect("set reviewer Mira K.", "set|reviewer|Mira K.");
    expect("set reviewer ''", "set|reviewer|");
    expect("node describe a ''", "node describe|a|");
    expect_error("describe", "TEXT is missing");
}

static void review_words(void **state)
{
    (void)state;
    expect("review accept 412", "review|accept|412");
    expect("review accept 412 413 414", "review|accept|412,413,414");
    expect("review note 12 is read as a year", "review|note|12|is read as a year");
    expect("review note 12 '7 is a year'", "review|note|12|7 is a year");
    expect("review reject 1 2 two answers, 3 and 4", "review|reject|1,2|two answers, 3 and 4");
    expect("review edit 90 '{\"answer\": 7}'", "review|edit|90|{\"answer\": 7}");
    expect("review edit 90 @new.json", "review|edit|90|@new.json");
    expect_error("review accept", "POINT is missing");
    expect_error("review accept x", "POINT: expected a point's number, found \"x\"");
    expect_error("review accept 0", "a point's number, found \"0\"");
    expect_error("review approve 12", "found \"approve\"");
}

static void filters(void **state)
{
    (void)state;
    expect("points", "points");
    expect("points state:accepted and '!reviewed:yes'", "points|state:accepted and !reviewed:yes");
    expect("points 'node:operation/with carrying' complex:yes",
           "points|node:\"operation/with carrying\" complex:yes");
    expect("points 'node:\"operation/with carrying\"'", "points|node:\"operation/with carrying\"");
    expect("points 'state:accepted and reviewed:no'", "points|state:accepted and reviewed:no");
    expect("points '/two words/' state:failed", "points|/two words/ state:failed");
    expect("export out.jsonl --where 'state:accepted complex:yes'",
           "export|out.jsonl --where=state:accepted complex:yes");
    expect("retry state:failed --wait", "retry|state:failed wait");
    expect("calls outcome:fatal 'id>100'", "calls|outcome:fatal id>100");
    expect_error("points state:acepted", "did you mean accepted?");
    expect_error("points outcome:ok", "unknown word \"outcome:ok\"");
    expect_error("retry", "FILTER is missing");
    expect_error("export x --where rating:1", "unknown word");
}

static void ranges_and_types(void **state)
{
    (void)state;
    expect_error("generate 0", "N: expected a whole number from 1 to 10000000, found \"0\"");
    expect_error("generate 1.5", "found \"1.5\"");
    expect_error("generate 1e3", "found \"1e3\"");
    expect_error("generate 99999999999999999999", "whole number");
    expect_error("generate ' 5'", "found \" 5\"");
    expect_error("node weight a -1", "W: expected a number from 0 to 1000000, found \"-1\"");
    expect_error("node weight a nan", "found \"nan\"");
    expect_error("node weight a 0x10", "found \"0x10\"");
    expect("node weight a 1e-3", "node weight|a|1e-3");
    expect_error("expand x --depth 9", "--depth: expected a whole number from 1 to 8");
    expect_error("expand @", "expected @ID or a path");
    expect_error("expand @1x", "expected @ID or a path");
    expect_error("expand ''", "expected @ID or a path");
    expect("expand @12", "expand|@12");
    expect_error("show -3", "a point's number");
    expect_error("call x", "a call's number");
    expect_error("tree export x --format yaml", "text, md, json, csv, skos or opml");
    expect_error("factor add ''", "expected a name");
    expect_error("save ''", "expected a file name");
    expect_error("undo -1", "from 1 to 1000000");
}

static void tables_are_asked(void **state)
{
    (void)state;
    expect("set complexity 0.4", "set|complexity|0.4");
    expect_error("set complexty 0.4", "unknown setting \"complexty\"; did you mean complexity?");
    expect_error("set complexity 2", "complexity: expected a number from 0 to 1, found \"2\"");
    expect_error("get wrong", "unknown setting");
    expect("role critic-correct local", "role|critic-correct|local");
    expect_error("role jugde local", "judge or embedder, found \"jugde\"");
    expect("teacher set offline wrong=0.2 latency=", "teacher set|offline|wrong=0.2,latency=");
    expect_error("teacher set offline wrong=2",
                 "wrong: expected a number from 0 to 1, found \"2\"");
    expect_error("teacher set offline wrang=0.2",
                 "unknown teacher key \"wrang\"; did you mean wrong?");
    expect_error("teacher add x dialect=gemini", "openai, offline or replay");
    expect_error("teacher add x model", "expected KEY=VALUE, found \"model\"");
    expect_error("teacher add x =1", "expected KEY=VALUE");
    expect("teacher set t model=a=b", "teacher set|t|model=a=b");
    expect("strategy set s weight=3 taxonomies=a,b", "strategy set|s|weight=3,taxonomies=a,b");
    expect_error("strategy set s wieght=3", "unknown key \"wieght\"; did you mean weight?");
}

static void unknown_commands(void **state)
{
    (void)state;
    expect_error("nod add x y", "unknown command \"nod add\"; did you mean node add?");
    expect_error("node ad x y", "unknown command \"node ad\"; did you mean node add?");
    expect_error("genrate 5", "unknown command \"genrate\"; did you mean generate?");
    expect_error("exp x", "expand");
    expect_error("node", "there is node add, node rename");
    expect_error("xyzzy", "help lists all");
    expect_error("", "no command is given");
    /* Commands that come with evaluation and batches are not here. */
    expect_error("ratings", "unknown command");
}

static void reading_a_call(void **state)
{
    (void)state;
    const char *const words[] = {"tree", "operation", "--depth", "2", "--json"};
    struct call c;
    assert_int_equal(call_parse(5, words, &c, NULL), ST_OK);
    assert_string_equal(call_arg(&c, 0), "operation");
    assert_null(call_arg(&c, 1));
    assert_null(call_arg(&c, 99));
    assert_string_equal(call_opt(&c, "--depth"), "2");
    assert_null(call_opt(&c, "--under"));
    assert_true(call_opt_num(&c, "--depth", 7) > 1.5 && call_opt_num(&c, "--depth", 7) < 2.5);
    assert_true(call_opt_num(&c, "--other", 7) > 6.5);
    assert_true(call_arg_num(&c, 0, 3) > 2.5); /* no number */
    call_free(&c);
    const char *const add[] = {"node", "add", "a", "b", "-w", "0.25"};
    assert_int_equal(call_parse(6, add, &c, NULL), ST_OK);
    assert_string_equal(call_opt(&c, "-w"), "0.25");
    assert_string_equal(call_opt(&c, "--weight"), "0.25");
    call_free(&c);
    const char *const bad[] = {"node", "weight", "a", "b"};
    assert_int_equal(call_parse(4, bad, &c, NULL), ST_USAGE);
    call_free(&c); /* harmless after an error */
}

static void usage_lines(void **state)
{
    (void)state;
    static const struct {
        enum command_id id;
        const char *usage;
    } want[] = {
        {CMD_NODE_ADD,
         "usage: node add PARENT NAME [-d TEXT] [-w WEIGHT] [--origin WHO] [--state STATE] "
         "[--before NODE]"},
        {CMD_NODE_SPLIT, "usage: node split NODE NAME NAME..."},
        {CMD_REVIEW, "usage: review DECISION POINT... [TEXT]"},
        {CMD_POINTS, "usage: points [FILTER] [--sort KEY] [--limit N]"},
        {CMD_GENERATE, "usage: generate N [--wait]"},
        {CMD_TREE_EXPORT, "usage: tree export FILE|- [NODE] [--format F] [--ids]"},
        {CMD_SET, "usage: set NAME VALUE"},
    };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        struct buf b;
        buf_init(&b, 1000);
        command_usage(command_at(want[i].id), &b);
        assert_string_equal(b.data, want[i].usage);
        buf_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_and_options),
        cmocka_unit_test(options_anywhere),
        cmocka_unit_test(words_that_look_like_options),
        cmocka_unit_test(many_values),
        cmocka_unit_test(texts_are_joined),
        cmocka_unit_test(review_words),
        cmocka_unit_test(filters),
        cmocka_unit_test(ranges_and_types),
        cmocka_unit_test(tables_are_asked),
        cmocka_unit_test(unknown_commands),
        cmocka_unit_test(reading_a_call),
        cmocka_unit_test(usage_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
