/* file and clock: whole files, safe folders, paths, time. */
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct place {
    char *dir; /* a folder of this test alone, without links in its path */
};

static int make_place(void **state)
{
    struct place *place = xcalloc(1, sizeof *place);
    const char *base = getenv("TMPDIR");
    char *made = xasprintf("%s/taxa-test-XXXXXX", base != NULL ? base : "/tmp");
    if (mkdtemp(made) == NULL) {
        return -1;
    }
    place->dir = realpath(made, NULL);
    free(made);
    *state = place;
    return place->dir != NULL ? 0 : -1;
}

static int remove_place(void **state)
{
    struct place *place = *state;
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", place->dir, (char *)NULL);
        _exit(127);
    }
    int how = 0;
    (void)waitpid(pid, &how, 0);
    free(place->dir);
    free(place);
    return how;
}

static char *in(const struct place *place, const char *name)
{
    return xasprintf("%s/%s", place->dir, name);
}

static void writes_and_reads_whole_files(void **state)
{
    char *path = in(*state, "a.txt");
    struct err e = {0};
    struct buf b;
    buf_init(&b, 300000);
    assert_int_equal(file_write(path, "one\0two", 7, 0640, &e), ST_OK);
    assert_int_equal(file_read(path, &b, &e), ST_OK);
    assert_int_equal(b.len, 7);
    assert_memory_equal(b.data, "one\0two", 7);
    struct stat sb;
    assert_int_equal(stat(path, &sb), 0);
    assert_int_equal(sb.st_mode & 07777, 0640);

    char *large = xcalloc(1, 200000);
    memset(large, 'x', 200000);
    assert_int_equal(file_write(path, large, 200000, 0600, &e), ST_OK);
    assert_int_equal(file_read(path, &b, &e), ST_OK);
    assert_int_equal(b.len, 200000);
    assert_memory_equal(b.data, large, 200000);
    assert_int_equal(stat(path, &sb), 0);
    assert_int_equal(sb.st_mode & 07777, 0600);

    assert_int_equal(file_write(path, "", 0, 0600, &e), ST_OK);
    assert_int_equal(file_read(path, &b, &e), ST_OK);
    assert_int_equal(b.len, 0);
    free(large);
    free(path);
    buf_free(&b);
}

static void names_path_and_reason(void **state)
{
    struct place *place = *state;
    char *path = in(place, "missing/a.txt");
    struct err e = {0};
    struct buf b;
    buf_init(&b, 10);
    assert_int_equal(file_read(path, &b, &e), ST_NOT_FOUND);
    assert_non_null(strstr(e.msg, path));
    assert_non_null(strstr(e.msg, "No such file"));
    assert_int_equal(file_write(path, "x", 1, 0600, &e), ST_NOT_FOUND);
    assert_int_equal(file_read(place->dir, &b, &e), ST_IO);
    assert_int_equal(file_write(place->dir, "x", 1, 0600, &e), ST_INVALID);
    assert_non_null(strstr(e.msg, "it is a folder"));
    free(path);

    path = in(place, "long.txt");
    assert_int_equal(file_write(path, "0123456789X", 11, 0600, &e), ST_OK);
    assert_int_equal(file_read(path, &b, &e), ST_LIMIT);
    assert_non_null(strstr(e.msg, "larger than the 10 bytes"));
    assert_int_equal(file_write(path, "0123456789", 10, 0600, &e), ST_OK);
    assert_int_equal(file_read(path, &b, &e), ST_OK);
    free(path);
    buf_free(&b);
}

static void leaves_no_temporary_file(void **state)
{
    struct place *place = *state;
    char *folder = in(place, "only");
    char *path = in(place, "only/a");
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(file_write(path, "x", 1, 0600, NULL), ST_OK);
    assert_int_equal(file_write(path, "y", 1, 0600, NULL), ST_OK);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0); /* fails when something else is in it */
    free(folder);
    free(path);
}

static void writes_through_a_link_and_to_a_device(void **state)
{
    char *target = in(*state, "target");
    char *link_path = in(*state, "link");
    struct buf b;
    buf_init(&b, 100);
    assert_int_equal(file_write(target, "old", 3, 0600, NULL), ST_OK);
    assert_int_equal(symlink("target", link_path), 0);
    assert_int_equal(file_write(link_path, "new", 3, 0600, NULL), ST_OK);
    struct stat sb;
    assert_int_equal(lstat(link_path, &sb), 0);
    assert_true(S_ISLNK(sb.st_mode));
    assert_int_equal(file_read(target, &b, NULL), ST_OK);
    assert_string_equal(b.data, "new");

    assert_int_equal(file_write("/dev/null", "x", 1, 0600, NULL), ST_OK);
    assert_int_equal(stat("/dev/null", &sb), 0);
    assert_true(S_ISCHR(sb.st_mode));
    buf_free(&b);
    free(target);
    free(link_path);
}

static void resolves_paths(void **state)
{
    struct place *place = *state;
    char *folder = in(place, "folder");
    char *link_path = in(place, "shortcut");
    char *through = in(place, "shortcut/new.taxa");
    char *direct = in(place, "folder/new.taxa");
    char *out = NULL;
    struct err e = {0};
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(symlink("folder", link_path), 0);
    assert_int_equal(path_absolute(through, &out, &e), ST_OK);
    assert_string_equal(out, direct);
    free(out);
    assert_int_equal(path_absolute("/", &out, &e), ST_OK);
    assert_string_equal(out, "/");
    free(out);
    assert_int_equal(path_absolute("/no-such-thing-here", &out, &e), ST_OK);
    assert_string_equal(out, "/no-such-thing-here");
    free(out);
    char *here = realpath(".", NULL);
    char *expected = xasprintf("%s/not-there.taxa", here);
    assert_int_equal(path_absolute("not-there.taxa", &out, &e), ST_OK);
    assert_string_equal(out, expected);
    free(out);
    free(here);
    free(expected);
    assert_int_equal(path_absolute("", &out, &e), ST_INVALID);
    assert_int_equal(path_absolute("/no-such-folder/x/y", &out, &e), ST_NOT_FOUND);
    char *dangling = in(place, "dangling");
    assert_int_equal(symlink("nowhere", dangling), 0);
    assert_int_equal(path_absolute(dangling, &out, &e), ST_NOT_FOUND);
    assert_null(out);
    free(dangling);
    free(folder);
    free(link_path);
    free(through);
    free(direct);
}

static void makes_the_folders_of_the_user(void **state)
{
    struct place *place = *state;
    struct err e = {0};
    struct buf b;
    buf_init(&b, 4096);
    char *home = in(place, "home");
    char *config = in(place, "conf/deep");
    setenv("HOME", home, 1);
    setenv("XDG_CONFIG_HOME", config, 1);
    setenv("XDG_STATE_HOME", "relative/is/ignored", 1);
    char *expected = xasprintf("%s/taxa", config);
    assert_int_equal(dir_config(&b, &e), ST_OK);
    assert_string_equal(b.data, expected);
    struct stat sb;
    assert_int_equal(stat(b.data, &sb), 0);
    assert_int_equal(sb.st_mode & 0777, 0700);
    assert_int_equal(dir_config(&b, &e), ST_OK);
    free(expected);
    expected = xasprintf("%s/.local/state/taxa", home);
    assert_int_equal(dir_state(&b, &e), ST_OK);
    assert_string_equal(b.data, expected);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("HOME");
    assert_int_equal(dir_config(&b, &e), ST_NOT_FOUND);
    free(expected);
    free(home);
    free(config);
    buf_free(&b);
}

static void trusts_only_its_own_runtime_folder(void **state)
{
    struct place *place = *state;
    struct err e = {0};
    struct buf b;
    buf_init(&b, 4096);
    setenv("XDG_RUNTIME_DIR", place->dir, 1);
    char *folder = in(place, "taxa");
    assert_int_equal(dir_runtime(&b, &e), ST_OK);
    assert_string_equal(b.data, folder);
    assert_int_equal(chmod(folder, 0777), 0);
    assert_int_equal(dir_runtime(&b, &e), ST_OK);
    struct stat sb;
    assert_int_equal(stat(folder, &sb), 0);
    assert_int_equal(sb.st_mode & 0777, 0700);
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(symlink(place->dir, folder), 0);
    assert_int_equal(dir_runtime(&b, &e), ST_DENIED);
    assert_int_equal(unlink(folder), 0);
    assert_int_equal(mkdir(folder, 0700), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(folder, 12345, 12345), 0);
        assert_int_equal(dir_runtime(&b, &e), ST_DENIED);
        assert_non_null(strstr(e.msg, "belongs to user 12345"));
    }
    unsetenv("XDG_RUNTIME_DIR");
    free(folder);
    buf_free(&b);
}

static void clocks_run(void **state)
{
    (void)state;
    int64_t us = clock_us();
    int64_t ms = clock_ms();
    assert_true(ms >= us / 1000);
    assert_true(clock_us() >= us);
    assert_true(clock_wall_us() > INT64_C(1700000000000000));
    char text[32];
    clock_iso(text, INT64_C(1795507865123456));
    assert_string_equal(text, "2026-11-24T08:11:05Z");
    clock_iso(text, 0);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
    clock_iso(text, -1);
    assert_string_equal(text, "1969-12-31T23:59:59Z");
    clock_iso(text, INT64_MAX);
    assert_true(strlen(text) < 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writes_and_reads_whole_files, make_place, remove_place),
        cmocka_unit_test_setup_teardown(names_path_and_reason, make_place, remove_place),
        cmocka_unit_test_setup_teardown(leaves_no_temporary_file, make_place, remove_place),
        cmocka_unit_test_setup_teardown(writes_through_a_link_and_to_a_device, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(resolves_paths, make_place, remove_place),
        cmocka_unit_test_setup_teardown(makes_the_folders_of_the_user, make_place, remove_place),
        cmocka_unit_test_setup_teardown(trusts_only_its_own_runtime_folder, make_place,
                                        remove_place),
        cmocka_unit_test(clocks_run),
    };
    return cmocka_run_group_tests_name("base file", tests, NULL, NULL);
}
