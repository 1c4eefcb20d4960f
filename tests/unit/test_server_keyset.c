/* Keys on their way: never twice, gone when removed, whatever collides. */
#include "server/keyset.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void key_of(char out[32], int i)
{
    snprintf(out, 32, "p%d.0.generate.%d", i, i % 3);
}

static void holds_each_key_once(void **state)
{
    (void)state;
    struct keyset k = {0};
    char key[32];
    for (int i = 0; i < 5000; i++) {
        key_of(key, i);
        assert_true(keyset_add(&k, key));
        assert_false(keyset_add(&k, key));
    }
    assert_int_equal(k.count, 5000);
    keyset_free(&k);
}

static void removal_leaves_the_others(void **state)
{
    (void)state;
    struct keyset k = {0};
    char key[32];
    keyset_remove(&k, "nothing there");
    for (int i = 0; i < 5000; i++) {
        key_of(key, i);
        keyset_add(&k, key);
    }
    for (int i = 0; i < 5000; i += 2) {
        key_of(key, i);
        keyset_remove(&k, key);
        keyset_remove(&k, key);
    }
    assert_int_equal(k.count, 2500);
    for (int i = 0; i < 5000; i++) {
        key_of(key, i);
        assert_int_equal(keyset_add(&k, key), i % 2 == 0);
    }
    keyset_free(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_each_key_once),
        cmocka_unit_test(removal_leaves_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
