/*
 * Settings, teacher keys, roles, states: complete rows, ranges, defaults.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "command/settings.h"

#include <stdlib.h>
#include <string.h>

static void expect_row(const struct setting *s)
{
    struct err e = {ST_OK, ""};
    assert_non_null(s->name);
    assert_non_null(s->unit);
    assert_non_null(s->otherwise);
    assert_non_null(strstr(s->help, "\n  "));
    assert_true(s->group[0] != '\0');
    assert_true(strlen(setting_applies_text(s->applies)) > 0);
    assert_true(s->type != SET_CHOICE || s->choices != NULL);
    assert_true(s->type == SET_CHOICE || s->low < s->high);
    assert_int_equal(setting_check(s, s->otherwise, &e), ST_OK);
}

static void rows_are_complete(void **state)
{
    (void)state;
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting *s = setting_at((enum setting_id)i);
        expect_row(s);
        assert_ptr_equal(setting_find(s->name), s);
    }
    for (int i = 0; i < TK_COUNT; i++) {
        enum teacher_key_id id = TK_COUNT;
        const struct setting *s = teacher_key_at((enum teacher_key_id)i);
        expect_row(s);
        assert_ptr_equal(teacher_key_find(s->name, &id), s);
        assert_int_equal(id, i);
    }
    assert_null(setting_find("judge-noise"));
    assert_null(teacher_key_find("judge-noise", NULL));
}

static void expect_range(const char *name, const char *range, const char *applies)
{
    struct buf out;
    buf_init(&out, 1000);
    const struct setting *s = setting_find(name);
    setting_range(s, &out);
    assert_string_equal(out.data, range);
    assert_string_equal(setting_applies_text(s->applies), applies);
    buf_free(&out);
}

static void ranges_are_said(void **state)
{
    (void)state;
    expect_range("scenarios", "a whole number from 1 to 16 (scenarios)", "next question");
    expect_range("concurrency", "auto, or a whole number from 1 to 4096 (calls in flight)", "now");
    expect_range("draws", "quota or independent", "next plan");
    expect_range("complexity", "a number from 0 to 1", "next plan");
    expect_range("reviewer", "text of at most 200 bytes", "now");
    expect_range("max-attempts", "a whole number from 0 to 100000000 (points)", "next run");
}

static void defaults_are_the_contract(void **state)
{
    (void)state;
    static const char *const want[][2] = {
        {"points", "1000"},     {"complexity", "0.5"},   {"scenarios", "4"},
        {"refinements", "2"},   {"proposals", "3"},      {"depth", "3"},
        {"levels", "all"},      {"draws", "quota"},      {"disputed", "queue"},
        {"rejected", "reject"}, {"concurrency", "auto"}, {"budget", "0"},
        {"budget-tokens", "0"}, {"max-attempts", "0"},   {"theme", "default"},
    };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        const struct setting *s = setting_find(want[i][0]);
        assert_non_null(s);
        assert_string_equal(s->otherwise, want[i][1]);
    }
    static const struct {
        const char *name;
        double value;
    } rates[] = {
        {"wrong", 0.06},
        {"correct-yes-on-wrong", 0.12},
        {"correct-no-on-right", 0.02},
        {"timeout", 120},
        {"incorrect-yes-on-right", 0.02},
        {"incorrect-no-on-wrong", 0.12},
        {"duplicate", 0.1},
        {"misplaced", 0.05},
        {"malformed", 0.01},
        {"repeat", 0},
        {"refusal", 0},
        {"temperature", 1},
    };
    struct teacher_config none;
    memset(&none, 0, sizeof none);
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        enum teacher_key_id id = TK_COUNT;
        assert_non_null(teacher_key_find(rates[i].name, &id));
        assert_float_equal(teacher_config_num(&none, id), rates[i].value, 1e-12);
    }
}

struct trial {
    const char *name, *value;
    bool good;
};

static void values_are_checked(void **state)
{
    (void)state;
    static const struct trial trials[] = {
        {"complexity", "0", true},
        {"complexity", "1", true},
        {"complexity", "1.01", false},
        {"complexity", "-0.1", false},
        {"complexity", "half", false},
        {"complexity", "", false},
        {"complexity", "nan", false},
        {"complexity", "1e-3", true},
        {"complexity", "0,5", false},
        {"points", "1", true},
        {"points", "10000000", true},
        {"points", "10000001", false},
        {"points", "0", false},
        {"points", "12.5", false},
        {"seed", "9007199254740992", true},
        {"seed", "9007199254740993", false},
        {"seed", "-1", false},
        {"concurrency", "auto", true},
        {"concurrency", "4096", true},
        {"concurrency", "4097", false},
        {"concurrency", "0", false},
        {"levels", "all", true},
        {"levels", "leaves", true},
        {"levels", "63", true},
        {"levels", "64", false},
        {"levels", "leaf", false},
        {"draws", "quota", true},
        {"draws", "random", false},
        {"draws", "", false},
        {"disputed", "accept", true},
        {"rejected", "third", false},
        {"refinements", "0", true},
        {"refinements", "9", false},
        {"scenarios", "17", false},
        {"proposals", "8", true},
        {"depth", "0", false},
        {"budget", "2.50", true},
        {"budget", "1e10", false},
        {"theme", "colour-blind", true},
        {"theme", "dark", false},
        {"reviewer", "Mira K.", true},
        {"reviewer", "a\nb", false},
        {"reviewer", "\xff", false},
        {"max-attempts", "100000000", true},
    };
    for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++) {
        struct err e = {ST_OK, ""};
        enum status st = setting_check(setting_find(trials[i].name), trials[i].value, &e);
        if ((st == ST_OK) != trials[i].good) {
            fail_msg("%s=%s gave %d: %s", trials[i].name, trials[i].value, (int)st, e.msg);
        }
        if (st != ST_OK) {
            assert_int_equal(st, ST_INVALID);
            assert_memory_equal(e.msg, trials[i].name, strlen(trials[i].name));
        }
    }
}

static void teacher_values_are_checked(void **state)
{
    (void)state;
    static const struct trial trials[] = {
        {"dialect", "openai", true},  {"dialect", "anthropic", false},
        {"timeout", "0.5", false},    {"timeout", "3600", true},
        {"max-tokens", "0", true},    {"temperature", "2.1", false},
        {"effort", "", true},         {"effort", "low", true},
        {"effort", "max", false},     {"structured", "auto", true},
        {"structured", "", false},    {"latency", "600000", true},
        {"latency", "600001", false}, {"wrong", "1", true},
        {"wrong", "1.1", false},
    };
    for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++) {
        enum status st =
            setting_check(teacher_key_find(trials[i].name, NULL), trials[i].value, NULL);
        assert_int_equal(st == ST_OK, trials[i].good);
    }
    char *text = malloc(2002);
    assert_non_null(text);
    memset(text, 'x', 2001);
    text[2001] = '\0';
    assert_int_equal(setting_check(teacher_key_at(TK_MODEL), text, NULL), ST_INVALID);
    text[2000] = '\0';
    assert_int_equal(setting_check(teacher_key_at(TK_MODEL), text, NULL), ST_OK);
    free(text);
}

static void messages_help(void **state)
{
    (void)state;
    struct err e;
    assert_int_equal(setting_check(setting_find("draws"), "quotas", &e), ST_INVALID);
    assert_string_equal(e.msg,
                        "draws: expected quota or independent, found \"quotas\"; did you mean "
                        "quota?");
    assert_int_equal(setting_check(setting_find("concurrency"), "many", &e), ST_INVALID);
    assert_string_equal(e.msg, "concurrency: expected auto or a whole number from 1 to 4096, found "
                               "\"many\"");
}

static void teacher_config_falls_back(void **state)
{
    (void)state;
    struct teacher_config c;
    memset(&c, 0, sizeof c);
    c.name = strdup("local");
    c.key[TK_TIMEOUT] = strdup("30");
    c.key[TK_BASE_URL] = strdup("http://a/v1");
    c.base_url[0] = strdup("http://a/v1");
    c.base_url[1] = strdup("http://b/v1");
    c.base_url_count = 2;
    assert_string_equal(teacher_config_text(&c, TK_TIMEOUT), "30");
    assert_float_equal(teacher_config_num(&c, TK_TIMEOUT), 30, 1e-12);
    assert_string_equal(teacher_config_text(&c, TK_DIALECT), "openai");
    assert_string_equal(teacher_config_text(&c, TK_MODEL), "");
    teacher_config_free(&c);
    assert_null(c.name);
    assert_int_equal(c.base_url_count, 0);
}

static void names_go_both_ways(void **state)
{
    (void)state;
    for (int i = 0; i < ROLE_COUNT; i++) {
        enum role_id role = ROLE_COUNT;
        assert_true(role_by_name(role_name((enum role_id)i), &role));
        assert_int_equal(role, i);
        assert_true(strlen(role_help(role)) > 10);
    }
    for (int i = 0; i < POINT_STATES; i++) {
        enum point_state point = POINT_STATES;
        assert_true(point_state_by_name(point_state_name((enum point_state)i), &point));
        assert_int_equal(point, i);
        assert_true(strlen(point_state_help(point)) > 10);
    }
    enum role_id role;
    enum point_state point;
    assert_false(role_by_name("", &role));
    assert_false(point_state_by_name("Accepted", &point));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_complete),          cmocka_unit_test(ranges_are_said),
        cmocka_unit_test(defaults_are_the_contract),  cmocka_unit_test(values_are_checked),
        cmocka_unit_test(teacher_values_are_checked), cmocka_unit_test(messages_help),
        cmocka_unit_test(teacher_config_falls_back),  cmocka_unit_test(names_go_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
