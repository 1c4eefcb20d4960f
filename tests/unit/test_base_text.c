/*
 * text: the door for untrusted text.
 *
 * Each attack that is known gets a case of its own; the property test then throws bytes at the
 * door that nobody thought of and looks at what comes out, not at how it was made.
 */
#include "base/mem.h"
#include "base/rng.h"
#include "base/text.h"
#include "base/utf8.h"

#include <fcntl.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void check(enum text_mode mode, const char *raw, size_t n, const char *expected)
{
    struct buf b;
    buf_init(&b, 4096);
    text_safe(&b, raw, n, mode);
    if (strcmp(b.data, expected) != 0) {
        fail_msg("<%s> became <%s>, expected <%s>", raw, b.data, expected);
    }
    buf_free(&b);
}

#define LINE(raw, expected)    check(TEXT_LINE, raw, sizeof(raw) - 1, expected)
#define BLOCK(raw, expected)   check(TEXT_BLOCK, raw, sizeof(raw) - 1, expected)
#define INSPECT(raw, expected) check(TEXT_INSPECT, raw, sizeof(raw) - 1, expected)
#define SAME(raw)                                                                                  \
    do {                                                                                           \
        LINE(raw, raw);                                                                            \
        BLOCK(raw, raw);                                                                           \
        INSPECT(raw, raw);                                                                         \
    } while (0)

static void plain_text_is_left_alone(void **state)
{
    (void)state;
    SAME("");
    SAME("Two trains leave at 3:15 - how far apart are they?");
    SAME("na\xC3\xAFve \xE2\x82\xAC"
         "5 \xE2\x80\x94 \xC2\xBFqu\xC3\xA9?");
    SAME("\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E"); /* Japanese */
    SAME("\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4"); /* Korean */
    SAME("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB"); /* Korean as jamo */
    SAME("\xE0\xA4\xB8\xE0\xA4\x82\xE0\xA4\xB8\xE0\xA5\x8D\xE0\xA4\x95\xE0\xA5\x83\xE0\xA4\xA4"
         "\xE0\xA4\xBF"); /* samskriti */
    SAME("\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xD9\x85\xD8\xB1\xD8\xAD\xD8\xA8\xD8\xA7");
    SAME("e\xCC\x81 o\xCC\x82\xCC\xA3"); /* combining marks */
}

static void control_characters_become_pictures(void **state)
{
    (void)state;
    LINE("\x1B[31mred", "\xE2\x90\x9B[31mred");
    LINE("\x1B]52;c;aGk=\x07", "\xE2\x90\x9B]52;c;aGk=\xE2\x90\x87");       /* clipboard */
    LINE("\x1B]0;title\x1B\\", "\xE2\x90\x9B]0;title\xE2\x90\x9B\\");       /* window title */
    LINE("\x1B]8;;http://x\x07y", "\xE2\x90\x9B]8;;http://x\xE2\x90\x87y"); /* link */
    LINE("\x1BP+q544e\x1B\\", "\xE2\x90\x9BP+q544e\xE2\x90\x9B\\");         /* DCS */
    LINE("a\0b", "a\xE2\x90\x80"
                 "b");
    LINE("a\rb\x08\x0E\x7F", "a\xE2\x90\x8D"
                             "b\xE2\x90\x88\xE2\x90\x8E\xE2\x90\xA1");
    BLOCK("a\r\nb", "a\xE2\x90\x8D\nb");
    INSPECT("a\x1B\x7F\r\n", "a<1B><7F><0D>\n");
}

static void c1_and_bad_bytes_become_replacements(void **state)
{
    (void)state;
    LINE("\xC2\x9B"
         "31m",
         "\xEF\xBF\xBD"
         "31m"); /* CSI as U+009B */
    LINE("\x9B"
         "31m",
         "\xEF\xBF\xBD"
         "31m"); /* CSI as a raw byte */
    LINE("\xC2\x9D\xC2\x90\xC2\x9F", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"); /* OSC DCS APC */
    LINE("a\xFF\xFE"
         "b",
         "a\xEF\xBF\xBD\xEF\xBF\xBD"
         "b");
    LINE("\xE2\x82", "\xEF\xBF\xBD"); /* one for a maximal subpart */
    LINE("\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    LINE("\xC0\x9B", "\xEF\xBF\xBD\xEF\xBF\xBD"); /* overlong */
    LINE("\xE0\x80\x9B", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    INSPECT("\xC2\x9B\x9B\xE2\x82", "<U+009B><9B><E2><82>");
    LINE("\xF1\x80\x80\x80", "\xEF\xBF\xBD");                     /* plane 4: nothing is there */
    LINE("\xEF\xBF\xBE\xEF\xB7\x90", "\xEF\xBF\xBD\xEF\xBF\xBD"); /* noncharacters */
    INSPECT("\xEF\xBF\xBF", "<U+FFFF>");
}

static void nothing_hides_or_turns_around(void **state)
{
    (void)state;
    LINE("ab\xE2\x80\xAE"
         "cd",
         "ab\xC2\xB7"
         "cd"); /* Trojan Source */
    LINE("\xE2\x81\xA6x\xE2\x81\xA9", "\xC2\xB7x\xC2\xB7");
    LINE("\xD8\x9C\xE2\x80\x8E\xE2\x80\x8F", "\xC2\xB7\xC2\xB7\xC2\xB7");
    LINE("pass\xE2\x80\x8Bword", "pass\xC2\xB7word"); /* zero width space */
    LINE("a\xC2\xAD"
         "b\xE2\x81\xA0"
         "c\xEF\xBB\xBF",
         "a\xC2\xB7"
         "b\xC2\xB7"
         "c\xC2\xB7");
    LINE("\xF3\xA0\x81\xA9\xF3\xA0\x81\xAE", "\xC2\xB7\xC2\xB7"); /* tags */
    LINE("a\xF3\xA0\x84\x80\xEF\xB8\x80", "a\xC2\xB7\xC2\xB7");   /* other variation selectors */
    LINE("a\xE2\x80\xA8"
         "b",
         "a\xC2\xB7"
         "b"); /* line separator */
    LINE("\xEF\xBF\xB9"
         "a\xE3\x85\xA4",
         "\xC2\xB7"
         "a\xC2\xB7"); /* annotation, Hangul filler */
    BLOCK("a\xE2\x80\xA9"
          "b",
          "a\xC2\xB7"
          "b");
    INSPECT("a\xE2\x80\xAE\xF3\xA0\x81\x81", "a<U+202E><U+E0041>");
}

static void joiners_stay_where_they_spell(void **state)
{
    (void)state;
    SAME("\xD9\x85\xDB\x8C\xE2\x80\x8C\xD8\xAE\xD9\x88\xD8\xA7\xD9\x87\xD9\x85"); /* Persian */
    SAME("\xE0\xA4\x95\xE0\xA5\x8D\xE2\x80\x8D\xE0\xA4\xB7");                     /* half form */
    SAME("\xE0\xA4\x95\xE0\xA5\x8D\xE2\x80\x8C\xE0\xA4\xB7");
    SAME("\xE0\xA6\xA4\xE0\xA7\x8D\xE2\x80\x8D "); /* at the end of a Bengali word */
    LINE("a\xE2\x80\x8C"
         "b",
         "a\xC2\xB7"
         "b");
    LINE("\xD9\x85\xE2\x80\x8C ", "\xD9\x85\xC2\xB7 ");
    LINE("\xE2\x80\x8D\xD9\x85", "\xC2\xB7\xD9\x85");
    LINE("\xD9\x85\xE2\x80\x8C\xE2\x80\x8C\xD9\x85", "\xD9\x85\xC2\xB7\xC2\xB7\xD9\x85");
}

static void emoji_stay_whole(void **state)
{
    (void)state;
    SAME("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB");
    SAME("\xF0\x9F\x91\xA9\xF0\x9F\x8F\xBD\xE2\x80\x8D\xF0\x9F\x92\xBB");
    SAME("\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7");
    SAME("\xE2\x9D\xA4\xEF\xB8\x8F\xE2\x80\x8D\xF0\x9F\x94\xA5");
    SAME("\xE2\x9D\xA4\xEF\xB8\x8E");
    SAME("1\xEF\xB8\x8F\xE2\x83\xA3");
    SAME("\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA");
    LINE("1\xEF\xB8\x8F", "1\xC2\xB7");
    LINE("a\xEF\xB8\x8F", "a\xC2\xB7");
    LINE("\xE2\x9D\xA4\xEF\xB8\x8F\xEF\xB8\x8F", "\xE2\x9D\xA4\xEF\xB8\x8F\xC2\xB7");
    LINE("\xF0\x9F\x98\x80\xE2\x80\x8Dx", "\xF0\x9F\x98\x80\xC2\xB7x");
    LINE("x\xE2\x80\x8D\xF0\x9F\x98\x80", "x\xC2\xB7\xF0\x9F\x98\x80");
}

static void marks_do_not_pile_up(void **state)
{
    (void)state;
#define MARKS8 "\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81"
    LINE("a" MARKS8, "a" MARKS8);
    LINE("a" MARKS8 "\xCC\x81\xCC\xA3"
         "b\xCC\x81",
         "a" MARKS8 "b\xCC\x81");
    INSPECT("a" MARKS8 "\xCC\xA3", "a" MARKS8 "<U+0323>");
    LINE("\xCC\x81x", "\xE2\x97\x8C\xCC\x81x"); /* nor do they sit on what is left of the text */
    BLOCK("a\n\xCC\x81", "a\n\xE2\x97\x8C\xCC\x81");
}

static void newlines_and_tabs(void **state)
{
    (void)state;
    LINE("a\nb\tc", "a\xE2\x86\xB5"
                    "b\xE2\x86\x92"
                    "c");
    BLOCK("a\nb", "a\nb");
    BLOCK("\ta\tbc\tdef\tghij\tk", "    a   bc  def ghij    k");
    BLOCK("ab\n\tc", "ab\n    c");
    BLOCK("\xE4\xBD\xA0\tx", "\xE4\xBD\xA0  x");
    BLOCK("e\xCC\x81\tx", "e\xCC\x81   x");
    BLOCK("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB\tx",
          "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB  x");
    assert_non_null(setlocale(LC_CTYPE, "C"));
    LINE("a\nb\tc", "a b c");
    assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
}

static bool is_clean(const struct buf *b, enum text_mode mode)
{
    int marks = 0;
    for (size_t i = 0; i < b->len;) {
        uint32_t cp = 0;
        i += utf8_decode(b->data + i, b->len - i, &cp);
        bool control = cp < 0x20 || (cp >= 0x7F && cp < 0xA0);
        if (cp == '\n' && mode != TEXT_LINE) {
            control = false;
        }
        bool hidden = cp == 0xAD || cp == 0x200B || cp == 0x2060 || cp == 0xFEFF || cp == 0x2028 ||
                      cp == 0x2029 || (cp >= 0xE0000 && cp <= 0xE0FFF);
        marks = utf8_width(cp) == 0 && cp != '\n' ? marks + 1 : 0;
        if (cp == UTF8_BAD || control || hidden || utf8_is_bidi(cp) || marks > 8) {
            return false;
        }
    }
    return true;
}

/* Bytes of many tempers: raw noise, mostly text, code points near every border, attack pieces. */
static size_t make_noise(uint64_t round, char out[160])
{
    static const uint32_t near[] = {0x07,    0x0A,    0x1B,    0x7F,    0x9B,    0x300,   0x61C,
                                    0x905,   0x94D,   0x628,   0x1100,  0x1161,  0x200B,  0x200C,
                                    0x200D,  0x202E,  0x2066,  0x2764,  0x20E3,  0xFE0F,  0xFEFF,
                                    0xFFFE,  0x31,    0x41,    0x4E00,  0x1F1E6, 0x1F3FD, 0x1F469,
                                    0x1F4BB, 0xE0041, 0xE0100, 0x10FFFF};
    const uint64_t count = sizeof near / sizeof near[0];
    size_t n = 0;
    size_t wanted = rng_below(1, round, 0, 120);
    for (uint64_t i = 1; n < wanted; i++) {
        uint64_t draw = rng_at(2, round, i);
        uint32_t cp = near[draw % count];
        switch ((round + (draw >> 60)) % 4) {
        case 0:
            out[n++] = (char)(draw >> 8);
            continue;
        case 1:
            cp = 0x20 + (uint32_t)(draw >> 16) % 0x60;
            break;
        case 2:
            cp += (uint32_t)(draw >> 16) % 5 - 2;
            break;
        default:
            break;
        }
        n += utf8_encode(cp, out + n);
    }
    return n;
}

static void whatever_goes_in_clean_text_comes_out(void **state)
{
    (void)state;
    static const enum text_mode modes[] = {TEXT_LINE, TEXT_BLOCK, TEXT_INSPECT};
    for (uint64_t round = 0; round < 30000; round++) {
        char noise[160];
        size_t n = make_noise(round, noise);
        for (size_t m = 0; m < 3; m++) {
            struct buf b;
            struct buf again;
            buf_init(&b, round % 3 == 0 ? 40 : 4096); /* the ceiling must not cut a character */
            buf_init(&again, 8192);
            text_safe(&b, noise, n, modes[m]);
            if (!is_clean(&b, modes[m])) {
                fail_msg("round %d, mode %d: <%s>", (int)round, (int)modes[m], b.data);
            }
            text_safe(&again, b.data, b.len, TEXT_BLOCK);
            if (!b.over && modes[m] != TEXT_LINE && strcmp(again.data, b.data) != 0) {
                fail_msg("round %d: not stable: <%s> <%s>", (int)round, b.data, again.data);
            }
            buf_free(&b);
            buf_free(&again);
        }
    }
}

static void copies_whole_clusters(void **state)
{
    (void)state;
    char dst[12];
    text_safe_copy(dst, sizeof dst, "short");
    assert_string_equal(dst, "short");
    text_safe_copy(dst, sizeof dst, "0123456789abcdef");
    assert_string_equal(dst, "0123456789a");
    text_safe_copy(dst, sizeof dst, "012345678e\xCC\x81");
    assert_string_equal(dst, "012345678");
    text_safe_copy(dst, sizeof dst, "01234567e\xCC\x81");
    assert_string_equal(dst, "01234567e\xCC\x81");
    text_safe_copy(dst, sizeof dst, "\x1B[0m");
    assert_string_equal(dst, "\xE2\x90\x9B[0m");
    text_safe_copy(dst, 1, "x");
    assert_string_equal(dst, "");
    text_safe_copy(dst, 0, "x");
}

static size_t read_back(int fd, char *out, size_t size)
{
    ssize_t got = read(fd, out, size);
    assert_true(got >= 0);
    return (size_t)got;
}

static void filters_only_for_terminals(void **state)
{
    (void)state;
    static const char raw[] = "\x1B]0;x\x07\n";
    char got[64];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_true(text_write_fd(ends[1], raw, sizeof raw - 1));
    assert_int_equal(read_back(ends[0], got, sizeof got), sizeof raw - 1);
    assert_memory_equal(got, raw, sizeof raw - 1);
    close(ends[0]);
    close(ends[1]);

    int master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(master >= 0);
    assert_int_equal(grantpt(master), 0);
    assert_int_equal(unlockpt(master), 0);
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    assert_true(terminal >= 0);
    assert_true(text_write_fd(terminal, raw, sizeof raw - 1));
    size_t n = read_back(master, got, sizeof got);
    assert_null(memchr(got, 0x1B, n));
    assert_null(memchr(got, 0x07, n));
    assert_memory_equal(got, "\xE2\x90\x9B]0;x\xE2\x90\x87", 10);
    close(terminal);
    close(master);
    assert_false(text_write_fd(-1, "x", 1));
}

static void numbers_for_people(void **state)
{
    (void)state;
    char out[32];
#define SAYS(call, expected)                                                                       \
    do {                                                                                           \
        call;                                                                                      \
        assert_string_equal(out, expected);                                                        \
    } while (0)
    SAYS(text_count(out, 0), "0");
    SAYS(text_count(out, 999), "999");
    SAYS(text_count(out, 1234567), "1,234,567");
    SAYS(text_count(out, -1000), "-1,000");
    SAYS(text_count(out, (-9223372036854775807LL - 1)), "-9,223,372,036,854,775,808");
    SAYS(text_short(out, 0), "0");
    SAYS(text_short(out, 950), "950");
    SAYS(text_short(out, 0.25), "0.25");
    SAYS(text_short(out, 12.34), "12.3");
    SAYS(text_short(out, 999.7), "1.0 k");
    SAYS(text_short(out, 12400), "12.4 k");
    SAYS(text_short(out, 999999), "1.0 M");
    SAYS(text_short(out, 1310000), "1.31 M");
    SAYS(text_short(out, 2e9), "2.0 G");
    SAYS(text_short(out, -2500), "-2.5 k");
    SAYS(text_short(out, 1e30), "1.00e+30");
    SAYS(text_seconds(out, 0.94), "0.9 s");
    SAYS(text_seconds(out, 45), "45 s");
    SAYS(text_seconds(out, 59.7), "1:00");
    SAYS(text_seconds(out, 171), "2:51");
    SAYS(text_seconds(out, 11045), "3:04:05");
    SAYS(text_seconds(out, 2 * 86400 + 4 * 3600 + 59), "2 d 4 h");
    SAYS(text_seconds(out, -1), "-");
    SAYS(text_money(out, 0), "$0.00");
    SAYS(text_money(out, 0.36), "$0.36");
    SAYS(text_money(out, 0.00421), "$0.0042");
    SAYS(text_money(out, 1234.5), "$1,234.50");
    SAYS(text_money(out, -3), "-$3.00");
    SAYS(text_money(out, 1e300), "-");
}

static void collect(void *ctx, const char *line, size_t n)
{
    struct buf *b = ctx;
    buf_add(b, line, n);
    buf_addc(b, '|');
}

static void wraps(const char *text, int columns, const char *expected)
{
    struct buf b;
    buf_init(&b, 4096);
    text_wrap(text, strlen(text), columns, collect, &b);
    assert_string_equal(b.data, expected);
    buf_free(&b);
}

static void wraps_where_it_can(void **state)
{
    (void)state;
    wraps("", 10, "");
    wraps("one two three", 20, "one two three|");
    wraps("one two three", 7, "one two|three|");
    wraps("one two three", 8, "one two|three|");
    wraps("one two three", 6, "one|two|three|");
    wraps("one  two", 4, "one|two|");
    wraps("abcdefgh ij", 3, "abc|def|gh|ij|");
    wraps("a\n\nb\n", 10, "a||b|");
    wraps("  indented text", 10, "  indented|text|");
    wraps("end   ", 3, "end|");
    wraps("\xE4\xBD\xA0\xE5\xA5\xBD\xE5\x90\x97", 5, "\xE4\xBD\xA0\xE5\xA5\xBD|\xE5\x90\x97|");
    wraps("ab\xE4\xBD\xA0"
          "cde",
          4, "ab\xE4\xBD\xA0|cde|");
    wraps("\xE4\xBD\xA0", 1, "\xE4\xBD\xA0|");
    wraps("e\xCC\x81"
          "e\xCC\x81"
          "e\xCC\x81",
          2,
          "e\xCC\x81"
          "e\xCC\x81|e\xCC\x81|");
    wraps("abc", 0, "a|b|c|");
}

struct wrap_check {
    int columns;
    size_t ink; /* bytes that are no space */
};

static void measure(void *ctx, const char *line, size_t n)
{
    struct wrap_check *c = ctx;
    assert_true(utf8_columns(line, n) <= c->columns);
    for (size_t i = 0; i < n; i++) {
        c->ink += line[i] != ' ';
    }
}

static void wrapping_loses_only_spaces(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 3000; round++) {
        char noise[160];
        struct buf b;
        buf_init(&b, 4096);
        text_safe(&b, noise, make_noise(round, noise), TEXT_BLOCK);
        size_t ink = 0;
        for (size_t i = 0; i < b.len; i++) {
            ink += b.data[i] != ' ' && b.data[i] != '\n';
        }
        struct wrap_check c = {.columns = 2 + (int)(round % 30)};
        text_wrap(b.data, b.len, c.columns, measure, &c);
        assert_int_equal(c.ink, ink);
        buf_free(&b);
    }
}

int main(void)
{
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_is_left_alone),
        cmocka_unit_test(control_characters_become_pictures),
        cmocka_unit_test(c1_and_bad_bytes_become_replacements),
        cmocka_unit_test(nothing_hides_or_turns_around),
        cmocka_unit_test(joiners_stay_where_they_spell),
        cmocka_unit_test(emoji_stay_whole),
        cmocka_unit_test(marks_do_not_pile_up),
        cmocka_unit_test(newlines_and_tabs),
        cmocka_unit_test(whatever_goes_in_clean_text_comes_out),
        cmocka_unit_test(copies_whole_clusters),
        cmocka_unit_test(filters_only_for_terminals),
        cmocka_unit_test(numbers_for_people),
        cmocka_unit_test(wraps_where_it_can),
        cmocka_unit_test(wrapping_loses_only_spaces),
    };
    return cmocka_run_group_tests_name("base text", tests, NULL, NULL);
}
