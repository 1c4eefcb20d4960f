/*
 * The templates of record schemas: each compiles, takes its own example, and refuses the rest.
 */
#include "base/json.h"
#include "command/command.h"
#include "command/templates.h"
#include "command/word.h"
#include "domain/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct record_schema *compiled(const struct schema_template *t)
{
    struct record_schema *s = NULL;
    struct err e = {0};
    if (record_schema_new(t->schema, strlen(t->schema), &s, &e) != ST_OK) {
        fail_msg("%s: %s", t->name, e.msg);
    }
    return s;
}

static cJSON *parsed(const struct schema_template *t)
{
    cJSON *o = NULL;
    struct err e = {0};
    if (json_parse(t->example, strlen(t->example), &json_limits_reply, &o, &e) != ST_OK) {
        fail_msg("%s: %s", t->name, e.msg);
    }
    return o;
}

static void examples_fit_and_nothing_else_does(void **state)
{
    (void)state;
    size_t count = 0;
    const struct schema_template *all = schema_templates(&count);
    assert_true(count >= 5);
    for (size_t i = 0; i < count; i++) {
        struct record_schema *s = compiled(&all[i]);
        cJSON *record = parsed(&all[i]);
        struct err e = {0};
        if (record_schema_check(s, record, &e) != ST_OK) {
            fail_msg("%s: %s", all[i].name, e.msg);
        }
        cJSON_AddStringToObject(record, "extra", "not in the schema");
        assert_int_not_equal(record_schema_check(s, record, NULL), ST_OK);
        cJSON_DeleteItemFromObject(record, "extra");
        /* every field is required */
        for (int f = 0; f < record_schema_field_count(s); f++) {
            cJSON *taken = cJSON_DetachItemFromObject(record, record_schema_field(s, f));
            assert_non_null(taken);
            assert_int_not_equal(record_schema_check(s, record, NULL), ST_OK);
            cJSON_AddItemToObject(record, record_schema_field(s, f), taken);
        }
        cJSON_Delete(record);
        record_schema_free(s);
    }
}

static void all_but_free_text_have_an_answer(void **state)
{
    (void)state;
    size_t count = 0;
    const struct schema_template *all = schema_templates(&count);
    for (size_t i = 0; i < count; i++) {
        struct record_schema *s = compiled(&all[i]);
        bool open = strcmp(all[i].name, "free-text") == 0;
        assert_true((record_schema_answer(s) == NULL) == open);
        record_schema_free(s);
    }
}

static void names_agree_with_the_list_of_choices(void **state)
{
    (void)state;
    size_t count = 0, listed = 0, n = 0;
    const struct schema_template *all = schema_templates(&count);
    const char *at = SCHEMA_TEMPLATE_NAMES;
    for (const char *word = word_next(&at, &n); word != NULL; word = word_next(&at, &n)) {
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)n, word);
        assert_non_null(schema_template_find(name));
        assert_string_equal(all[listed].name, name);
        listed++;
    }
    assert_int_equal(listed, count);
    assert_null(schema_template_find("none-such"));
    static const char *const words[] = {"schema", "--template", "none-such"};
    struct call call;
    struct err e = {0};
    assert_int_equal(call_parse(3, words, &call, &e), ST_USAGE);
    assert_non_null(strstr(e.msg, "multiple-choice"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_fit_and_nothing_else_does),
        cmocka_unit_test(all_but_free_text_have_an_answer),
        cmocka_unit_test(names_agree_with_the_list_of_choices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
