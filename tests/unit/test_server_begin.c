/*
 * Commands that a new session begins with: shapes of records, presets, servers that are found, and
 * proposals that are edited. The servers found are sockets of this test.
 */
#include "server_fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "command/templates.h"

/* ---- templates */

static void templates_become_the_schema(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    size_t count = 0;
    const struct schema_template *all = schema_templates(&count);
    for (size_t i = 0; i < count; i++) {
        char line[128];
        struct buf text;
        struct err e = {0};
        snprintf(line, sizeof line, "schema --template %s", all[i].name);
        struct said said = run_with(&f, NULL, line);
        assert_int_equal(said.st, ST_OK);
        said_free(&said);
        buf_init(&text, 1u << 20);
        assert_int_equal(store_text(f.s, "schema", &text, &e), ST_OK);
        assert_string_equal(text.data, all[i].schema);
        buf_free(&text);
    }
    static const char *const wrong[] = {"schema", "schema --template free-text '{}'"};
    for (size_t i = 0; i < 2; i++) {
        struct said said = run_with(&f, NULL, wrong[i]);
        assert_int_equal(said.st, ST_USAGE);
        assert_non_null(strstr(said.e.msg, "--template"));
        said_free(&said);
    }
    struct said said = run_with(&f, NULL, "schema templates");
    assert_non_null(strstr(said.out.data, "tool-call"));
    said_free(&said);
    said = run_with(&f, NULL, "schema templates free-text");
    assert_int_equal(said.out.data[0], '{');
    said_free(&said);
    fixture_free(&f);
}

/* ---- presets */

static void expect_entry(struct fixture *f, const char *name, const char *url, const char *env,
                         const char *structured)
{
    struct teacher_config *list = NULL;
    struct err e = {0};
    int count = 0;
    bool seen = false;
    assert_int_equal(store_teachers(f->s, &list, &count, &e), ST_OK);
    for (int i = 0; i < count; i++) {
        if (strcmp(list[i].name, name) == 0) {
            seen = true;
            assert_string_equal(teacher_config_text(&list[i], TK_BASE_URL), url);
            assert_string_equal(teacher_config_text(&list[i], TK_KEY_ENV), env);
            assert_string_equal(teacher_config_text(&list[i], TK_STRUCTURED), structured);
            assert_string_equal(teacher_config_text(&list[i], TK_DIALECT), "openai");
        }
        teacher_config_free(&list[i]);
    }
    free(list);
    assert_true(seen);
}

static void presets_fill_in_what_was_not_given(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    assert_false(store_teachers_chosen(f.s));
    does(&f, "teacher add a --preset openai model=m");
    assert_true(store_teachers_chosen(f.s));
    expect_entry(&f, "a", "https://api.openai.com/v1", "OPENAI_API_KEY", "auto");
    does(&f, "teacher add b --preset anthropic model=m key-env=MINE");
    expect_entry(&f, "b", "https://api.anthropic.com/v1", "MINE", "prompt");
    does(&f, "teacher add c --preset deepseek model=m key-command='pass show x' "
             "structured=json_schema");
    expect_entry(&f, "c", "https://api.deepseek.com/v1", "", "json_schema");
    does(&f, "teacher add d --preset vllm model=m base-url=http://gpu1:8000/v1");
    expect_entry(&f, "d", "http://gpu1:8000/v1", "", "auto");
    does(&f, "teacher add e --preset llama.cpp"); /* serves one model whatever the name */
    expect_entry(&f, "e", "http://127.0.0.1:8080/v1", "", "auto");
    refuses(&f, ST_USAGE, "model=NAME", "teacher add g --preset groq");
    refuses(&f, ST_USAGE, "teacher presets", "teacher add g");
    refuses(&f, ST_USAGE, "openrouter", "teacher add g --preset none-such");
    refuses(&f, ST_EXISTS, "already", "teacher add a --preset llama.cpp");
    fixture_free(&f);
}

static void presets_are_listed_without_keys(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    setenv("GROQ_API_KEY", "gsk-secret", 1);
    struct said said = run_with(&f, NULL, "teacher presets --json");
    assert_int_equal(said.st, ST_OK);
    assert_non_null(strstr(said.out.data, "\"key-env\":\"GROQ_API_KEY\",\"key\":true"));
    assert_null(strstr(said.out.data, "gsk-secret"));
    said_free(&said);
    unsetenv("GROQ_API_KEY");
    said = run_with(&f, NULL, "teacher presets");
    assert_non_null(strstr(said.out.data, "GROQ_API_KEY (not set)"));
    said_free(&said);
    fixture_free(&f);
}

/* ---- finding servers */

struct server {
    pid_t pid;
    int port;
};

/* Answers every connection with `reply`; NULL: takes it and says nothing. */
static struct server serve(const char *reply)
{
    struct server s = {0};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    s.port = ntohs(at.sin_port);
    s.pid = fork();
    if (s.pid == 0) {
        for (;;) {
            int c = accept(fd, NULL, NULL);
            char request[4096];
            if (c >= 0 && reply != NULL && read(c, request, sizeof request) > 0) {
                if (strncmp(request, "GET /v1/models ", 15) == 0 &&
                    write(c, reply, strlen(reply)) > 0) {
                    shutdown(c, SHUT_RDWR);
                }
                close(c);
            }
        }
    }
    close(fd);
    return s;
}

static void stop(struct server s)
{
    kill(s.pid, SIGKILL);
    waitpid(s.pid, NULL, 0);
}

/* Finds on that port; the servers that really run on this machine may be listed, too. */
static struct said find(struct fixture *f, int port, bool json)
{
    char line[64];
    snprintf(line, sizeof line, "teacher find --port %d%s", port, json ? " --json" : "");
    int64_t began = clock_ms();
    struct said said = run_with(f, NULL, line);
    assert_int_equal(said.st, ST_OK);
    assert_true(clock_ms() - began < 2000); /* 250 ms, and a machine that is busy */
    return said;
}

static bool lists(const struct said *said, int port)
{
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/v1", port);
    return strstr(said->out.data, url) != NULL;
}

static void a_model_server_is_found(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    struct server s = serve("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
                            "{\"object\":\"list\",\"data\":[{\"id\":\"org/one\",\"owned_by\":"
                            "\"vllm\"},{\"id\":\"two words\",\"owned_by\":\"vllm\"}]}");
    struct said said = find(&f, s.port, true);
    char want[200];
    snprintf(want, sizeof want,
             "{\"base-url\":\"http://127.0.0.1:%d/v1\",\"server\":\"vLLM\",\"preset\":\"vllm\","
             "\"wants-key\":false,\"models\":[\"org/one\",\"two words\"]}",
             s.port);
    assert_non_null(strstr(said.out.data, want));
    said_free(&said);
    said = find(&f, s.port, false);
    assert_true(lists(&said, s.port));
    assert_non_null(strstr(said.out.data, "model='two words'")); /* can be typed as it stands */
    said_free(&said);
    stop(s);
    fixture_free(&f);
}

static void what_is_no_model_server_is_not_listed(void **state)
{
    (void)state;
    static const char *const replies[] = {
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>hello</html>",
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"data\":{}}",
        "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n{\"error\":\"no\"}",
        "not even HTTP\r\n",
        NULL, /* silence */
    };
    struct fixture f = fixture_new();
    for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++) {
        struct server s = serve(replies[i]);
        struct said said = find(&f, s.port, true);
        assert_false(lists(&said, s.port));
        said_free(&said);
        stop(s);
    }
    struct server s = serve("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n"
                            "{\"error\":\"Unauthorized\"}");
    struct said said = find(&f, s.port, false);
    assert_true(lists(&said, s.port));
    assert_non_null(strstr(said.out.data, "wants a key"));
    said_free(&said);
    stop(s);
    fixture_free(&f);
}

/* ---- proposals */

static void a_proposal_is_edited_before_it_is_accepted(void **state)
{
    (void)state;
    struct fixture f = fixture_new();
    does(&f, "factor add setting --proposed");
    does(&f, "factor add steps --proposed -d 'how many'");
    does(&f, "factor edit setting --name 'everyday setting' -d 'where it happens'");
    does(&f, "factor edit steps --name number");
    struct said said = run_with(&f, NULL, "factor list");
    assert_non_null(strstr(said.out.data, "everyday setting"));
    assert_non_null(strstr(said.out.data, "where it happens"));
    assert_non_null(strstr(said.out.data, "how many")); /* what was not given stays */
    said_free(&said);
    refuses(&f, ST_EXISTS, "already", "factor edit number --name 'everyday setting'");
    refuses(&f, ST_NOT_FOUND, "none", "factor edit none --name x");
    refuses(&f, ST_USAGE, "--name", "factor edit number");
    does(&f, "factor accept 'everyday setting'");
    refuses(&f, ST_INVALID, "node rename", "factor edit 'everyday setting' --name x");
    struct buf line;
    struct err e = {0};
    buf_init(&line, 4096);
    assert_int_equal(store_undo(f.s, &line, &e), ST_OK); /* accept */
    assert_int_equal(store_undo(f.s, &line, &e), ST_OK); /* number */
    assert_int_equal(store_undo(f.s, &line, &e), ST_OK); /* everyday setting */
    said = run_with(&f, NULL, "factor list");
    assert_null(strstr(said.out.data, "everyday"));
    said_free(&said);
    buf_free(&line);
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(templates_become_the_schema),
        cmocka_unit_test(presets_fill_in_what_was_not_given),
        cmocka_unit_test(presets_are_listed_without_keys),
        cmocka_unit_test(a_model_server_is_found),
        cmocka_unit_test(what_is_no_model_server_is_not_listed),
        cmocka_unit_test(a_proposal_is_edited_before_it_is_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
