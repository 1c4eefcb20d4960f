/* Every command of the table has an executor, so none can be released without one. */
#include "server/exec.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void every_command_has_an_executor(void **state)
{
    (void)state;
    size_t n = 0;
    const struct command *table = command_table(&n);
    assert_int_equal(n, CMD_COUNT);
    for (size_t i = 0; i < n; i++) {
        if (exec_find(table[i].id) == NULL) {
            fail_msg("no executor for \"%s\"", table[i].name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_has_an_executor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
