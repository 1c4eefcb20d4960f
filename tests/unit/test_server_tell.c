/*
 * What changed between two texts, and a call as a command line, which a real shell takes apart.
 */
#include "server_fixture.h"

#include "base/rng.h"
#include "server/tell.h"
#include <sys/wait.h>

/* One side of a difference: without what stands in `drop`, and the marks of the other taken off. */
static char *side(const char *diff, const char *drop, const char *keep)
{
    struct buf out;
    buf_init(&out, 1u << 20);
    bool dropping = false;
    for (const char *p = diff; *p != '\0'; p++) {
        if (strncmp(p, drop, 2) == 0 || strncmp(p, keep, 2) == 0) {
            dropping = strncmp(p, drop, 2) == 0;
            p++;
        } else if (strncmp(p, "-]", 2) == 0 || strncmp(p, "+}", 2) == 0) {
            dropping = false;
            p++;
        } else if (!dropping && !(*p == ' ' && (out.len == 0 || out.data[out.len - 1] == ' '))) {
            buf_addc(&out, *p);
        }
    }
    while (out.len > 0 && out.data[out.len - 1] == ' ') {
        buf_cut(&out, out.len - 1);
    }
    char *text = buf_take(&out);
    buf_free(&out);
    return text;
}

static void random_text(uint64_t seed, uint64_t stream, struct buf *out)
{
    static const char *const words[] = {"a", "bb", "c", "dd", "é", "日本"};
    uint64_t n = rng_below(seed, stream, 0, 40);
    for (uint64_t i = 0; i < n; i++) {
        buf_printf(out, "%s%s", i > 0 ? " " : "", words[rng_below(seed, stream, i + 1, 6)]);
    }
}

/* Whatever the texts are: each side of the difference is that text again. */
static void a_difference_holds_both_texts(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 500; i++) {
        struct buf was, is, diff;
        buf_init(&was, 4096);
        buf_init(&is, 4096);
        buf_init(&diff, 1u << 16);
        random_text(i, 1, &was);
        random_text(i, 2, &is);
        tell_difference(was.data, is.data, &diff);
        char *before = side(diff.data, "{+", "[-"), *after = side(diff.data, "[-", "{+");
        assert_string_equal(before, was.data);
        assert_string_equal(after, is.data);
        free(before);
        free(after);
        buf_free(&was);
        buf_free(&is);
        buf_free(&diff);
    }
}

static void only_what_changed_is_marked(void **state)
{
    (void)state;
    struct buf diff;
    buf_init(&diff, 4096);
    tell_difference("the red cat sat", "the big red cat lay down", &diff);
    assert_string_equal(diff.data, "the {+big+} red cat [-sat-] {+lay down+}");
    buf_clear(&diff);
    tell_difference("same", "same", &diff);
    assert_string_equal(diff.data, "same");
    buf_clear(&diff);
    tell_difference("", "new words", &diff);
    assert_string_equal(diff.data, "{+new words+}");
    buf_free(&diff);
    struct buf text;
    buf_init(&text, 1u << 20);
    buf_init(&diff, 1u << 20);
    for (int i = 0; i < TELL_WORDS + 10; i++) {
        buf_adds(&text, "word ");
    }
    tell_difference("short", text.data, &diff); /* too long to compare: the new one */
    assert_string_equal(diff.data, text.data);
    buf_free(&text);
    buf_free(&diff);
}

static const char system_text[] = "You said: \"it's `$HOME` 'fine'\"\n\\end";
static const char user_text[] = "-d @/etc/passwd\n'; rm -rf / #\t日本";

static void put_call(struct fixture *f, const char *teacher, const char *key)
{
    struct call_row c = {.key = key,
                         .task = "generate",
                         .prompt = "0badcafe",
                         .teacher = teacher,
                         .model = "m",
                         .outcome = "ok",
                         .system = system_text,
                         .user = user_text,
                         .reply = "{}",
                         .seed = 77};
    OK(store_call_put(f->s, &c, NULL, e));
}

/* What a shell makes of the text, a line an argument, where curl is a function that prints them. */
static void take_apart(const struct fixture *f, const char *text, struct buf *out)
{
    char script[200], result[200];
    struct buf b;
    struct err e = {0};
    buf_init(&b, 1u << 20);
    snprintf(script, sizeof script, "%s/try.sh", f->folder);
    snprintf(result, sizeof result, "%s/args", f->folder);
    buf_printf(&b, "curl() { printf '%%s\\0' \"$@\" >%s; }\n%s", result, text);
    assert_int_equal(file_write(script, b.data, b.len, 0600, &e), ST_OK);
    pid_t pid = fork();
    if (pid == 0) {
        setenv("TAXA_KEY", "a-key", 1);
        execl("/bin/sh", "sh", script, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_int_equal(file_read(result, out, &e), ST_OK);
    unlink(script);
    unlink(result);
    buf_free(&b);
}

static void curl_asks_the_same_without_the_key(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    does(&f, "teacher add local dialect=openai base-url=http://127.0.0.1:9/v1/ model=big-one "
             "key-env=SECRET_ENV temperature=0.5");
    put_call(&f, "local", "k1");
    put_call(&f, "gone", "k2");
    char *text = run(&f, "call 1 --curl");
    assert_null(strstr(text, "SECRET_ENV"));
    assert_non_null(strstr(text, "$TAXA_KEY"));
    struct buf args;
    buf_init(&args, 1u << 20);
    take_apart(&f, text, &args);
    const char *arg[16] = {NULL};
    size_t n = 0;
    for (size_t at = 0; at < args.len && n < 16; at += strlen(args.data + at) + 1) {
        arg[n++] = args.data + at;
    }
    assert_int_equal(n, 8);
    assert_string_equal(arg[1], "http://127.0.0.1:9/v1/chat/completions");
    assert_string_equal(arg[5], "Authorization: Bearer a-key");
    cJSON *body = cJSON_Parse(arg[7]);
    assert_non_null(body);
    const cJSON *messages = cJSON_GetObjectItem(body, "messages");
    assert_string_equal(json_str_or(body, "model", ""), "big-one");
    assert_string_equal(json_str_or(cJSON_GetArrayItem(messages, 0), "content", ""), system_text);
    assert_string_equal(json_str_or(cJSON_GetArrayItem(messages, 1), "content", ""), user_text);
    cJSON_Delete(body);
    buf_free(&args);
    free(text);
    refuses(&f, ST_INVALID, "no address", "call 2 --curl");
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_difference_holds_both_texts),
        cmocka_unit_test(only_what_changed_is_marked),
        cmocka_unit_test(curl_asks_the_same_without_the_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
