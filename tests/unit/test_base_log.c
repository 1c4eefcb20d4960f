/* log: nothing secret and nothing that commands a terminal gets into the file. */
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"

#include <locale.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct place {
    char *dir, *path, *older;
};

static int make_place(void **state)
{
    struct place *p = xcalloc(1, sizeof *p);
    const char *base = getenv("TMPDIR");
    p->dir = xasprintf("%s/taxa-test-XXXXXX", base != NULL ? base : "/tmp");
    if (mkdtemp(p->dir) == NULL) {
        return -1;
    }
    p->path = xasprintf("%s/log", p->dir);
    p->older = xasprintf("%s/log.1", p->dir);
    *state = p;
    return 0;
}

static int remove_place(void **state)
{
    struct place *p = *state;
    log_close();
    unlink(p->path);
    unlink(p->older);
    int left = rmdir(p->dir);
    free(p->dir);
    free(p->path);
    free(p->older);
    free(p);
    return left;
}

static char *contents(const char *path)
{
    struct buf b;
    struct err e = {0};
    buf_init(&b, 16 << 20);
    if (file_read(path, &b, &e) != ST_OK) {
        fail_msg("%s", e.msg);
    }
    return b.data;
}

static void writes_lines_of_its_level(void **state)
{
    struct place *p = *state;
    struct err e = {0};
    log_line(LOG_ERROR, "dropped: the log is not open");
    assert_int_equal(log_open(p->path, LOG_INFO, &e), ST_OK);
    log_line(LOG_INFO, "seen %d", 1);
    log_line(LOG_DEBUG, "not seen");
    log_line(LOG_ERROR, "two\nlines\x1B[31m");
    log_close();
    log_line(LOG_ERROR, "dropped: closed again");
    char *text = contents(p->path);
    assert_non_null(strstr(text, "Z info  seen 1\n"));
    assert_non_null(strstr(text, "Z error two\xE2\x86\xB5lines\xE2\x90\x9B[31m\n"));
    assert_null(strstr(text, "not seen"));
    assert_null(strstr(text, "dropped"));
    free(text);
    struct stat sb;
    assert_int_equal(stat(p->path, &sb), 0);
    assert_int_equal(sb.st_mode & 0777, 0600);
    assert_int_equal(log_open("/no/such/folder/log", LOG_INFO, &e), ST_IO);
    assert_non_null(strstr(e.msg, "/no/such/folder/log"));
}

static void refuses_a_link(void **state)
{
    struct place *p = *state;
    assert_int_equal(symlink(p->older, p->path), 0);
    assert_int_equal(log_open(p->path, LOG_INFO, NULL), ST_IO);
}

static void keeps_secrets_out(void **state)
{
    struct place *p = *state;
    assert_int_equal(log_open(p->path, LOG_DEBUG, NULL), ST_OK);
    log_secret("sk-abcdef");
    log_secret("sk-abcdef-and-more");
    log_secret("sk-abcdef");
    log_secret("short");
    log_secret(NULL);
    log_secret("key\twith\x01odd");
    log_line(LOG_WARN, "one sk-abcdef two sk-abcdef-and-more three short");
    log_line(LOG_WARN, "odd key\twith\x01odd end");
    /* A secret over the place where a long line is cut must not leave its beginning. */
    char *padding = xcalloc(1, 8189);
    memset(padding, '.', 8188);
    log_line(LOG_WARN, "%ssk-abcdef", padding);
    free(padding);

    struct buf b;
    buf_init(&b, 1000);
    buf_adds(&b, "{\"key\":\"sk-abcdefsk-abcdef\"}");
    log_redact(&b);
    assert_string_equal(b.data, "{\"key\":\"[secret][secret]\"}");
    buf_free(&b);
    buf_init(&b, 12);
    buf_adds(&b, "sk-abcdef!!!");
    log_redact(&b);
    assert_string_equal(b.data, "[secret]!!!");
    log_close();

    buf_clear(&b);
    buf_adds(&b, "sk-abcdef"); /* forgotten now */
    log_redact(&b);
    assert_string_equal(b.data, "sk-abcdef");
    buf_free(&b);

    char *text = contents(p->path);
    assert_non_null(strstr(text, "one [secret] two [secret] three short\n"));
    assert_non_null(strstr(text, "odd [secret] end\n"));
    assert_null(strstr(text, "sk-"));
    assert_null(strstr(text, ".sk"));
    assert_int_equal(text[strlen(text) - 1], '\n');
    free(text);
}

static void remembers_at_most_64_secrets(void **state)
{
    (void)state;
    for (int i = 0; i < 70; i++) {
        char *secret = xasprintf("secret-number-%02d", i);
        log_secret(secret);
        free(secret);
    }
    struct buf b;
    buf_init(&b, 1000);
    buf_adds(&b, "secret-number-00 secret-number-63 secret-number-64");
    log_redact(&b);
    assert_string_equal(b.data, "[secret] [secret] secret-number-64");
    buf_free(&b);
}

static void starts_over_when_full(void **state)
{
    struct place *p = *state;
    assert_int_equal(log_open(p->path, LOG_INFO, NULL), ST_OK);
    char *text = xcalloc(1, 8001);
    memset(text, 'x', 8000);
    for (int i = 0; i < 700; i++) {
        log_line(LOG_INFO, "%03d %s", i, text);
    }
    free(text);
    log_close();
    struct stat now;
    struct stat older;
    assert_int_equal(stat(p->path, &now), 0);
    assert_int_equal(stat(p->older, &older), 0);
    assert_true(older.st_size <= 4 << 20);
    assert_true(now.st_size + older.st_size > 700 * 8000);
    assert_int_equal(now.st_mode & 0777, 0600);
    text = contents(p->path);
    assert_non_null(strstr(text, "699 x"));
    free(text);
}

static void *write_many(void *arg)
{
    for (int i = 0; i < 500; i++) {
        log_line(LOG_INFO, "thread %s line %03d.", (const char *)arg, i);
    }
    return NULL;
}

static void lines_of_threads_stay_whole(void **state)
{
    struct place *p = *state;
    assert_int_equal(log_open(p->path, LOG_INFO, NULL), ST_OK);
    pthread_t a;
    pthread_t b;
    char first[] = "a";
    char second[] = "b";
    assert_int_equal(pthread_create(&a, NULL, write_many, first), 0);
    assert_int_equal(pthread_create(&b, NULL, write_many, second), 0);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    log_close();
    char *text = contents(p->path);
    int lines = 0;
    for (char *s = text, *end; (end = strchr(s, '\n')) != NULL; s = end + 1) {
        assert_int_equal(end[-1], '.');
        assert_int_equal(end - s, 45);
        lines++;
    }
    assert_int_equal(lines, 1000);
    free(text);
}

int main(void)
{
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writes_lines_of_its_level, make_place, remove_place),
        cmocka_unit_test_setup_teardown(refuses_a_link, make_place, remove_place),
        cmocka_unit_test_setup_teardown(keeps_secrets_out, make_place, remove_place),
        cmocka_unit_test_setup_teardown(remembers_at_most_64_secrets, make_place, remove_place),
        cmocka_unit_test_setup_teardown(starts_over_when_full, make_place, remove_place),
        cmocka_unit_test_setup_teardown(lines_of_threads_stay_whole, make_place, remove_place),
    };
    return cmocka_run_group_tests_name("base log", tests, NULL, NULL);
}
