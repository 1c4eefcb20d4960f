/*
 * The presets of teachers: the table is whole, and what it fills in is what a teacher takes.
 */
#include "command/presets.h"
#include "command/settings.h"
#include "command/word.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void every_preset_can_be_used(void **state)
{
    (void)state;
    size_t count = 0;
    const struct teacher_preset *all = teacher_presets(&count);
    for (size_t i = 0; i < count; i++) {
        const struct teacher_preset *p = &all[i];
        struct err e = {0};
        assert_int_equal(setting_check(teacher_key_at(TK_BASE_URL), p->base_url, &e), ST_OK);
        bool local = teacher_preset_is_local(p);
        /* a key never leaves the machine unencrypted, and a local server needs none */
        assert_true(local || strncmp(p->base_url, "https://", 8) == 0);
        assert_true(local == (p->key_env == NULL));
        size_t n = strlen(p->base_url);
        assert_true(p->base_url[n - 1] != '/');
        assert_true(p->title[0] != '\0' && p->model[0] != '\0' && p->note[0] != '\0');
        if (p->extra != NULL) {
            char key[64];
            const char *eq = strchr(p->extra, '=');
            assert_non_null(eq);
            snprintf(key, sizeof key, "%.*s", (int)(eq - p->extra), p->extra);
            const struct setting *s = teacher_key_find(key, NULL);
            assert_non_null(s);
            assert_int_equal(setting_check(s, eq + 1, &e), ST_OK);
        }
    }
}

static void names_agree_with_the_list_of_choices(void **state)
{
    (void)state;
    size_t count = 0, listed = 0, n = 0;
    const struct teacher_preset *all = teacher_presets(&count);
    const char *at = TEACHER_PRESET_NAMES;
    for (const char *word = word_next(&at, &n); word != NULL; word = word_next(&at, &n)) {
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)n, word);
        assert_string_equal(all[listed].name, name);
        assert_ptr_equal(teacher_preset_find(name), &all[listed]);
        listed++;
    }
    assert_int_equal(listed, count);
    assert_null(teacher_preset_find("none-such"));
}

static void ports_are_those_of_the_local_presets(void **state)
{
    (void)state;
    size_t count = 0, presets = 0;
    const struct teacher_port *ports = teacher_ports(&count);
    const struct teacher_preset *all = teacher_presets(&presets);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_int_not_equal(ports[i].port, ports[k].port);
        }
        if (ports[i].preset != NULL) {
            char url[64];
            snprintf(url, sizeof url, "http://127.0.0.1:%d/v1", ports[i].port);
            const struct teacher_preset *p = teacher_preset_find(ports[i].preset);
            assert_non_null(p);
            assert_string_equal(p->base_url, url);
        }
    }
    for (size_t i = 0; i < presets; i++) {
        bool asked = false;
        for (size_t k = 0; k < count; k++) {
            asked = asked || (ports[k].preset != NULL && strcmp(ports[k].preset, all[i].name) == 0);
        }
        assert_true(asked == teacher_preset_is_local(&all[i]));
    }
    assert_string_equal(teacher_preset_by_owner("llamacpp")->name, "llama.cpp");
    assert_null(teacher_preset_by_owner("somebody"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_preset_can_be_used),
        cmocka_unit_test(names_agree_with_the_list_of_choices),
        cmocka_unit_test(ports_are_those_of_the_local_presets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
