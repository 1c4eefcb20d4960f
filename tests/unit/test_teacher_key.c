/*
 * Tests of where keys come from, and of what is refused.
 */
#include "base/log.h"
#include "base/mem.h"
#include "teacher/key.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/taxa-key-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    (void)state;
    log_close();
    return rmdir(folder);
}

static struct key fetch(enum teacher_key_id id, const char *value)
{
    struct teacher_config c = {.name = NULL};
    struct key k;
    char *copy = value != NULL ? xstrdup(value) : NULL;
    c.key[id] = copy;
    key_init(&k);
    key_fetch(&k, &c);
    for (int i = 0; k.state == KEY_COMING && i < 100; i++) {
        struct pollfd p = {.fd = k.fd, .events = POLLIN};
        assert_true(poll(&p, 1, 5000) > 0);
        (void)key_continue(&k);
    }
    free(copy);
    return k;
}

static void assert_ready(struct key *k, const char *value)
{
    if (k->state != KEY_READY) {
        fail_msg("%s", k->problem.msg);
    }
    assert_string_equal(k->value, value);
    key_free(k);
    assert_null(k->value);
}

static void assert_refused(struct key *k, const char *says)
{
    assert_int_equal(k->state, KEY_FAILED);
    assert_null(k->value);
    if (strstr(k->problem.msg, says) == NULL) {
        fail_msg("'%s' does not say '%s'", k->problem.msg, says);
    }
    key_free(k);
}

static void none_is_fine(void **state)
{
    (void)state;
    struct key k = fetch(TK_KEY_ENV, NULL);
    assert_int_equal(k.state, KEY_READY);
    assert_null(k.value);
    key_free(&k);
}

static void from_the_environment(void **state)
{
    (void)state;
    assert_int_equal(setenv("TAXA_TEST_KEY", " sk-from-env\n", 1), 0);
    struct key k = fetch(TK_KEY_ENV, "TAXA_TEST_KEY");
    assert_string_equal(k.source, "environment variable TAXA_TEST_KEY");
    assert_ready(&k, "sk-from-env");
    k = fetch(TK_KEY_ENV, "TAXA_TEST_NO_SUCH");
    assert_refused(&k, "TAXA_TEST_NO_SUCH is not set");
    assert_int_equal(setenv("TAXA_TEST_KEY", "", 1), 0);
    k = fetch(TK_KEY_ENV, "TAXA_TEST_KEY");
    assert_refused(&k, "empty");
    assert_int_equal(setenv("TAXA_TEST_KEY", "sk-a\tb", 1), 0);
    k = fetch(TK_KEY_ENV, "TAXA_TEST_KEY");
    assert_refused(&k, "no key has");
    assert_int_equal(setenv("TAXA_TEST_KEY", "sk-a\001b", 1), 0);
    k = fetch(TK_KEY_ENV, "TAXA_TEST_KEY");
    assert_refused(&k, "no key has");
}

static void from_a_private_file_only(void **state)
{
    char path[96];
    (void)state;
    (void)snprintf(path, sizeof path, "%s/key", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs("sk-from-file\nsecond line\n", f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, 0600), 0);
    struct key k = fetch(TK_KEY_FILE, path);
    assert_ready(&k, "sk-from-file");
    assert_int_equal(chmod(path, 0640), 0);
    k = fetch(TK_KEY_FILE, path);
    assert_refused(&k, "chmod 600");
    assert_int_equal(truncate(path, 10000), 0);
    assert_int_equal(chmod(path, 0600), 0);
    k = fetch(TK_KEY_FILE, path);
    assert_refused(&k, "not a key");
    assert_int_equal(unlink(path), 0);
    k = fetch(TK_KEY_FILE, path);
    assert_refused(&k, "No such file");
    k = fetch(TK_KEY_FILE, folder);
    assert_refused(&k, "not a regular file");
}

static void from_a_command_without_a_shell(void **state)
{
    (void)state;
    struct key k = fetch(TK_KEY_COMMAND, "printf '%s' 'sk-$HOME;id'");
    assert_ready(&k, "sk-$HOME;id");
    k = fetch(TK_KEY_COMMAND, "sh -c 'echo sk-secret-argument; exit 3'");
    assert_null(strstr(k.problem.msg, "sk-secret"));
    assert_refused(&k, "exit code 3");
    k = fetch(TK_KEY_COMMAND, "/no/such/program");
    assert_refused(&k, "No such file");
    k = fetch(TK_KEY_COMMAND, "yes");
    assert_refused(&k, "too much");
    k = fetch(TK_KEY_COMMAND, "'unclosed");
    assert_refused(&k, "quote");
    k = fetch(TK_KEY_COMMAND, "true");
    assert_refused(&k, "empty");
}

static void is_registered_as_a_secret(void **state)
{
    (void)state;
    assert_int_equal(setenv("TAXA_TEST_KEY", "sk-very-secret", 1), 0);
    struct key k = fetch(TK_KEY_ENV, "TAXA_TEST_KEY");
    struct buf b;
    buf_init(&b, 200);
    buf_adds(&b, "the server said: sk-very-secret is wrong");
    log_redact(&b);
    assert_null(strstr(b.data, "sk-very-secret"));
    buf_free(&b);
    key_free(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_is_fine),
        cmocka_unit_test(from_the_environment),
        cmocka_unit_test(from_a_private_file_only),
        cmocka_unit_test(from_a_command_without_a_shell),
        cmocka_unit_test(is_registered_as_a_secret),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
