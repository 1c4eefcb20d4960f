/* utf8: what is well-formed, how wide it is, and where a cluster ends. */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void round_trips_every_scalar_value(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        char bytes[4];
        size_t n = utf8_encode(cp, bytes);
        if (cp >= 0xD800 && cp <= 0xDFFF) {
            assert_int_equal(n, 0);
            continue;
        }
        uint32_t back = 0;
        if (n == 0 || utf8_decode(bytes, n, &back) != n || back != cp) {
            fail_msg("U+%04X does not round-trip", cp);
        }
        /* Every shorter piece is ill-formed and is consumed as one maximal subpart. */
        for (size_t cut = 1; cut < n; cut++) {
            if (utf8_decode(bytes, cut, &back) != cut || back != UTF8_BAD) {
                fail_msg("U+%04X cut to %zu", cp, cut);
            }
        }
    }
    char none[4];
    assert_int_equal(utf8_encode(0x110000, none), 0);
    assert_int_equal(utf8_encode(UTF8_BAD, none), 0);
}

static void splits_bad_bytes_as_unicode_says(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        const char *lengths; /* of the pieces */
    } cases[] = {
        {"\x80", "1"},
        {"\xC0\xAF", "11"},
        {"\xC1\xBF", "11"},
        {"\xE0\x80\x80", "111"},
        {"\xED\xA0\x80", "111"},      /* surrogate */
        {"\xF0\x80\x80\x80", "1111"}, /* overlong */
        {"\xF4\x90\x80\x80", "1111"}, /* over U+10FFFF */
        {"\xF5\x80", "11"},
        {"\xFF\xFE", "11"},
        {"\xE2\x82"
         "A",
         "21"},
        {"\xF0\x9F\x98"
         "A",
         "31"},
        {"\xF1\x80\x80\xE1\x80\xC2"
         "b",
         "3211"}, /* table 3-8 of the standard */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *s = cases[i].bytes;
        size_t n = strlen(s);
        assert_false(utf8_valid(s, n));
        for (const char *want = cases[i].lengths; *want != '\0'; want++) {
            uint32_t cp = 0;
            size_t len = utf8_decode(s, n, &cp);
            assert_int_equal(len, *want - '0');
            assert_true((cp == UTF8_BAD) == ((unsigned char)s[0] >= 0x80));
            s += len;
            n -= len;
        }
        assert_int_equal(n, 0);
    }
    assert_true(utf8_valid("", 0));
    assert_true(utf8_valid("\xE0\xA4\xB8\xF0\x9F\x98\x80", 7));
}

static void widths_of_code_points(void **state)
{
    (void)state;
    static const struct {
        uint32_t cp;
        int width;
    } cases[] = {
        {0, 0},       {0x1B, 0},    {' ', 1},      {'~', 1},     {0x7F, 0},    {0x9B, 0},
        {0xA0, 1},    {0xE9, 1},    {0x300, 0},    {0x36F, 0},   {0x370, 1},   {0x5D0, 1},
        {0x5B0, 0},   {0x915, 1},   {0x93F, 0},    {0x94D, 0},   {0x1100, 2},  {0x1161, 0},
        {0x11A8, 0},  {0x200B, 0},  {0x200D, 0},   {0x2014, 1},  {0x2190, 1},  {0x2500, 1},
        {0x2588, 1},  {0x231A, 2},  {0x2764, 1},   {0x3000, 2},  {0x3042, 2},  {0x4E00, 2},
        {0xAC00, 2},  {0xD7A3, 2},  {0xFE0F, 0},   {0xFF01, 2},  {0xFF61, 1},  {0xFFFD, 1},
        {0x1D400, 1}, {0x1F1E6, 2}, {0x1F3FB, 2},  {0x1F600, 2}, {0x1FAE8, 2}, {0x20000, 2},
        {0x3FFFD, 2}, {0xE0100, 0}, {0x10FFFD, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (utf8_width(cases[i].cp) != cases[i].width) {
            fail_msg("U+%04X: %d columns", cases[i].cp, utf8_width(cases[i].cp));
        }
    }
}

struct cut {
    const char *text;
    const char *shape; /* per cluster two digits: bytes in base 36, columns */
};

static void check_cut(const struct cut *c)
{
    const char *s = c->text;
    size_t n = strlen(s);
    char shape[64] = "";
    size_t used = 0;
    while (n > 0 && used + 3 < sizeof shape) {
        int width = 0;
        size_t len = utf8_cluster(s, n, &width);
        assert_true(len >= 1 && len <= n && len < 36);
        shape[used++] = "0123456789abcdefghijklmnopqrstuvwxyz"[len];
        shape[used++] = (char)('0' + width);
        shape[used] = '\0';
        s += len;
        n -= len;
    }
    if (strcmp(shape, c->shape) != 0) {
        fail_msg("<%s>: clusters %s, expected %s", c->text, shape, c->shape);
    }
}

static void cuts_clusters(void **state)
{
    (void)state;
    static const struct cut cuts[] = {
        {"ab", "1111"},
        {"e\xCC\x81x", "3111"},
        {"e\xCC\x81\xCC\xA3", "51"},
        {"\xCC\x81", "20"},                             /* a lone mark */
        {"\x1B[", "1011"},                              /* a control */
        {"\x1B\xCC\x81", "1020"},                       /* takes no mark */
        {"\xFF\xCC\x81", "1120"},                       /* nor does a bad byte */
        {"\xE4\xBD\xA0\xE5\xA5\xBD", "3232"},           /* CJK */
        {"\xED\x95\x9C\xEA\xB8\x80", "3232"},           /* Hangul syllables */
        {"\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", "92"}, /* the same as jamo: L V T */
        {"\xE1\x84\x92\xE1\x85\xA1\xE1\x84\x80", "6232"},
        {"\xF0\x9F\x98\x80!", "4211"},
        {"\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD", "82"},             /* thumb with skin tone */
        {"\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB", "b2"}, /* woman ZWJ laptop */
        {"\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7", "i2"},
        {"\xF0\x9F\x91\xA9\xF0\x9F\x8F\xBD\xE2\x80\x8D\xF0\x9F\x92\xBB", "f2"}, /* both */
        {"\xE2\x9D\xA4", "31"},             /* a heart as text */
        {"\xE2\x9D\xA4\xEF\xB8\x8F", "62"}, /* and as a picture */
        {"\xE2\x9D\xA4\xEF\xB8\x8F\xE2\x80\x8D\xF0\x9F\x94\xA5", "d2"},
        {"1\xEF\xB8\x8F\xE2\x83\xA3", "72"},        /* keycap */
        {"a\xEF\xB8\x8F", "41"},                    /* a selector that selects nothing */
        {"\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA", "82"}, /* flag */
        {"\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA\xF0\x9F\x87\xA9", "8242"},
        {"a\xE2\x80\x8D"
         "b",
         "4111"}, /* a joiner does not join letters */
        /* sa + anusvara | s + virama + ka + vocalic r | ta + i  (samskriti) */
        {"\xE0\xA4\xB8\xE0\xA4\x82\xE0\xA4\xB8\xE0\xA5\x8D\xE0\xA4\x95\xE0\xA5\x83\xE0\xA4\xA4"
         "\xE0\xA4\xBF",
         "61c261"},
        /* s + virama + t + virama | r: never wider than two columns */
        {"\xE0\xA4\xB8\xE0\xA5\x8D\xE0\xA4\xA4\xE0\xA5\x8D\xE0\xA4\xB0", "c231"},
        /* ka + virama + ZWNJ | ssa: the joiner forbids the conjunct; ZWJ allows it */
        {"\xE0\xA4\x95\xE0\xA5\x8D\xE2\x80\x8C\xE0\xA4\xB7", "9131"},
        {"\xE0\xA4\x95\xE0\xA5\x8D\xE2\x80\x8D\xE0\xA4\xB7", "c2"},
        /* Devanagari virama and a Bengali consonant */
        {"\xE0\xA4\x95\xE0\xA5\x8D\xE0\xA6\x95", "6131"},
    };
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        check_cut(&cuts[i]);
    }
    int width = 7;
    assert_int_equal(utf8_cluster("", 0, &width), 0);
    assert_int_equal(width, 0);
}

static void hostile_clusters_stay_small(void **state)
{
    (void)state;
    char text[3001] = "a";
    for (size_t i = 1; i + 2 < sizeof text; i += 2) {
        memcpy(text + i, "\xCC\x81", 3);
    }
    int width = 0;
    assert_true(utf8_cluster(text, strlen(text), &width) <= 64);
    assert_int_equal(width, 1);
    assert_int_equal(utf8_columns(text, strlen(text)), 1);
}

static void fits_whole_clusters(void **state)
{
    (void)state;
    static const char text[] = "a\xE4\xBD\xA0"
                               "e\xCC\x81\xF0\x9F\x98\x80z";
    static const size_t bytes[] = {0, 1, 1, 4, 7, 7, 11, 12, 12};
    static const int columns[] = {0, 1, 1, 3, 4, 4, 6, 7, 7};
    assert_int_equal(utf8_columns(text, sizeof text - 1), 7);
    for (int room = 0; room <= 8; room++) {
        int used = -1;
        assert_int_equal(utf8_fit(text, sizeof text - 1, room, &used), bytes[room]);
        assert_int_equal(used, columns[room]);
    }
    int used = -1;
    assert_int_equal(utf8_fit(text, sizeof text - 1, -1, &used), 0);
    assert_int_equal(used, 0);
}

static void knows_what_turns_text_around(void **state)
{
    (void)state;
    static const uint32_t bidi[] = {0x061C, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C,
                                    0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069};
    size_t found = 0;
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        found += utf8_is_bidi(cp);
    }
    assert_int_equal(found, sizeof bidi / sizeof bidi[0]);
    for (size_t i = 0; i < found; i++) {
        assert_true(utf8_is_bidi(bidi[i]));
    }
}

static void folds_case(void **state)
{
    (void)state;
    static const uint32_t pairs[][2] = {
        {'A', 'a'},     {'Z', 'z'},       {'[', '['},           {'a', 'a'},       {0xC9, 0xE9},
        {0xD7, 0xD7},   {0xDF, 0xDF},     {0x100, 0x101},       {0x101, 0x101},   {0x178, 0xFF},
        {0x1E9E, 0xDF}, {0x391, 0x3B1},   {0x3A3, 0x3C3},       {0x3C2, 0x3C3},   {0x386, 0x3AC},
        {0x410, 0x430}, {0x401, 0x451},   {0x4C0, 0x4CF},       {0x1E00, 0x1E01}, {0x1F08, 0x1F00},
        {0x915, 0x915}, {0x4E00, 0x4E00}, {UTF8_BAD, UTF8_BAD},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (utf8_fold(pairs[i][0]) != pairs[i][1]) {
            fail_msg("U+%04X folds to U+%04X", pairs[i][0], utf8_fold(pairs[i][0]));
        }
    }
    for (uint32_t cp = 0; cp < 0x20000; cp++) {
        assert_int_equal(utf8_fold(utf8_fold(cp)), utf8_fold(cp));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trips_every_scalar_value),
        cmocka_unit_test(splits_bad_bytes_as_unicode_says),
        cmocka_unit_test(widths_of_code_points),
        cmocka_unit_test(cuts_clusters),
        cmocka_unit_test(hostile_clusters_stay_small),
        cmocka_unit_test(fits_whole_clusters),
        cmocka_unit_test(knows_what_turns_text_around),
        cmocka_unit_test(folds_case),
    };
    return cmocka_run_group_tests_name("base utf8", tests, NULL, NULL);
}
