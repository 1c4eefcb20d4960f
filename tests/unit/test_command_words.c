/*
 * Words: splitting like a shell, and that quoting is its exact inverse.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "command/command.h"

#include <stdlib.h>
#include <string.h>

static void expect_words(const char *line, int count, const char *const *want)
{
    int argc = -1;
    char **argv = NULL;
    struct err e;
    assert_int_equal(words_split(line, &argc, &argv, &e), ST_OK);
    assert_int_equal(argc, count);
    for (int i = 0; i < count; i++) {
        assert_string_equal(argv[i], want[i]);
    }
    words_free(argc, argv);
}

#define EXPECT(line, ...)                                                                          \
    do {                                                                                           \
        const char *const want[] = {__VA_ARGS__};                                                  \
        expect_words(line, (int)(sizeof want / sizeof want[0]), want);                             \
    } while (0)

static void splits_like_a_shell(void **state)
{
    (void)state;
    EXPECT("node add operation", "node", "add", "operation");
    EXPECT("  a\tb \r\n", "a", "b");
    EXPECT("'a b' \"c d\" e\\ f", "a b", "c d", "e f");
    EXPECT("a'b'\"c\"d", "abcd");
    EXPECT("'' \"\"", "", "");
    EXPECT("'it\\n' \"it\\n\"", "it\\n", "it\n");
    EXPECT("\"a\\/b\" \"\\\"\\\\\\$\\`\"", "a\\/b", "\"\\$`");
    EXPECT("\"\\t\\r\\x1b\\xC3\\xa4\"", "\t\r\x1b\xc3\xa4");
    EXPECT("a#b # c d", "a#b");
    EXPECT("'#a' \\#b", "#a", "#b");
    EXPECT("gr\xc3\xbc\xc3\x9f"
           "e",
           "gr\xc3\xbc\xc3\x9f"
           "e");
    expect_words("", 0, NULL);
    expect_words("   # nothing", 0, NULL);
}

static void expect_refusal(const char *line, const char *part)
{
    int argc = -1;
    char **argv = NULL;
    struct err e;
    assert_int_equal(words_split(line, &argc, &argv, &e), ST_USAGE);
    assert_non_null(strstr(e.msg, part));
    assert_int_equal(argc, 0);
    assert_null(argv);
    assert_int_equal(words_split(line, &argc, &argv, NULL), ST_USAGE);
}

static void refuses_what_is_open(void **state)
{
    (void)state;
    expect_refusal("a 'b", "column 3");
    expect_refusal("a \"b", "column 3");
    expect_refusal("a\\", "backslash");
    expect_refusal("\"a\\\"", "never closed");
    expect_refusal("\"\\x4\"", "hexadecimal");
    expect_refusal("\"\\x00\"", "not 00");
}

static void expect_quoted(const char *word, const char *want)
{
    struct buf b;
    buf_init(&b, 1000);
    words_quote(&b, word);
    assert_string_equal(b.data, want);
    buf_free(&b);
}

static void quotes_only_where_needed(void **state)
{
    (void)state;
    expect_quoted("plain-word_1.5@x/y:z", "plain-word_1.5@x/y:z");
    expect_quoted("", "''");
    expect_quoted("two words", "'two words'");
    expect_quoted("#1", "'#1'");
    expect_quoted("{\"a\": 1}", "'{\"a\": 1}'");
    expect_quoted("it's $5", "\"it's \\$5\"");
    expect_quoted("a\nb\tc\x1b", "\"a\\nb\\tc\\x1b\"");
    expect_quoted("\xff\xc2\x85", "\"\\xff\\xc2\\x85\"");
}

/* Any bytes but NUL, in any words: join and split give the same words. */
static void split_undoes_join(void **state)
{
    (void)state;
    static const char spice[] = " '\"\\#$`\n\t\r!*-/n";
    for (uint64_t round = 0; round < 3000; round++) {
        char words[4][24];
        const char *list[4];
        uint64_t counter = 0;
        int argc = (int)rng_below(1, round, counter++, 5);
        for (int i = 0; i < argc; i++) {
            size_t n = (size_t)rng_below(1, round, counter++, sizeof words[0]);
            for (size_t j = 0; j < n; j++) {
                uint64_t kind = rng_below(1, round, counter++, 3);
                words[i][j] = kind == 0 ? (char)(1 + rng_below(1, round, counter++, 255))
                                        : spice[rng_below(1, round, counter++, sizeof spice - 1)];
            }
            words[i][n] = '\0';
            list[i] = words[i];
        }
        struct buf line;
        buf_init(&line, 10000);
        words_join(&line, argc, list);
        assert_null(strchr(line.data, '\n'));
        expect_words(line.data, argc, list);
        buf_free(&line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_like_a_shell),
        cmocka_unit_test(refuses_what_is_open),
        cmocka_unit_test(quotes_only_where_needed),
        cmocka_unit_test(split_undoes_join),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
