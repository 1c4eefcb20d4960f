/*
 * Channels: frames whole and in pieces, ceilings, the far end going away; finding and starting a
 * server. As `--serve FILE` this program is that server, in the manner that TAXA_TEST_SERVER names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "command/channel.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000 };

static void make_pair(struct channel **a, struct channel **b)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    *a = channel_wrap(ends[0]);
    *b = channel_wrap(ends[1]);
}

static void send_text(struct channel *c, enum frame_type type, const char *text)
{
    assert_int_equal(channel_send(c, type, text, strlen(text), NULL), ST_OK);
}

static void expect_frame(struct channel *c, enum frame_type want, const char *text)
{
    enum frame_type type = FRAME_HELLO;
    const char *payload = NULL;
    size_t n = 0;
    assert_int_equal(channel_read(c, &type, &payload, &n, NULL), ST_OK);
    assert_int_equal(type, want);
    assert_int_equal(n, strlen(text));
    assert_string_equal(payload, text);
}

static enum status read_status(struct channel *c, struct err *e)
{
    enum frame_type type = FRAME_HELLO;
    const char *payload = NULL;
    size_t n = 0;
    return channel_read(c, &type, &payload, &n, e);
}

static void frames_go_through(void **state)
{
    (void)state;
    struct channel *a = NULL;
    struct channel *b = NULL;
    make_pair(&a, &b);
    assert_int_equal(read_status(b, NULL), ST_BUSY);
    send_text(a, FRAME_COMMAND, "{\"id\":1}");
    send_text(a, FRAME_SCRIPT, "");
    send_text(a, FRAME_INTERRUPT, "x");
    assert_int_equal(channel_backlog(a), 0);
    assert_false(channel_wants_write(a));
    /* Each payload ends in NUL although the next frame stands right behind it. */
    expect_frame(b, FRAME_COMMAND, "{\"id\":1}");
    expect_frame(b, FRAME_SCRIPT, "");
    expect_frame(b, FRAME_INTERRUPT, "x");
    assert_int_equal(read_status(b, NULL), ST_BUSY);
    send_text(b, FRAME_EXIT, "{}");
    expect_frame(a, FRAME_EXIT, "{}");
    unsigned uid = ~0u;
    assert_int_equal(channel_peer_uid(a, &uid, NULL), ST_OK);
    assert_int_equal(uid, geteuid());
    channel_close(a);
    channel_close(b);
    channel_close(NULL);
}

static void nothing_blocks_or_leaks_into_children(void **state)
{
    (void)state;
    struct channel *a = NULL;
    struct channel *b = NULL;
    make_pair(&a, &b);
    assert_int_not_equal(fcntl(channel_fd(a), F_GETFL) & O_NONBLOCK, 0);
    assert_int_not_equal(fcntl(channel_fd(a), F_GETFD) & FD_CLOEXEC, 0);
    channel_close(a);
    channel_close(b);
}

/* Larger than any socket buffer: both sides take turns until it is through. */
static void a_large_frame(void **state)
{
    (void)state;
    struct channel *a = NULL;
    struct channel *b = NULL;
    make_pair(&a, &b);
    size_t size = 9 * 1000 * 1000 + 7;
    char *big = xmalloc(size);
    for (size_t i = 0; i < size; i++) {
        big[i] = (char)(i * 2654435761u >> 13);
    }
    assert_int_equal(channel_send(a, FRAME_OUT, big, size, NULL), ST_OK);
    send_text(a, FRAME_EXIT, "after");
    assert_true(channel_wants_write(a));
    assert_true(channel_backlog(a) > 1000000);
    enum frame_type type = FRAME_HELLO;
    const char *payload = NULL;
    size_t n = 0;
    enum status st = channel_read(b, &type, &payload, &n, NULL);
    int64_t deadline = clock_ms() + PATIENCE_MS;
    while (st == ST_BUSY && clock_ms() < deadline) {
        assert_int_equal(channel_flush(a, NULL), ST_OK);
        st = channel_read(b, &type, &payload, &n, NULL);
    }
    assert_int_equal(st, ST_OK);
    assert_int_equal(type, FRAME_OUT);
    assert_int_equal(n, size);
    assert_memory_equal(payload, big, size);
    assert_int_equal(payload[n], '\0');
    assert_int_equal(channel_flush(a, NULL), ST_OK);
    expect_frame(b, FRAME_EXIT, "after");
    assert_int_equal(channel_backlog(a), 0);
    free(big);
    channel_close(a);
    channel_close(b);
}

static void byte_by_byte(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    struct channel *c = channel_wrap(ends[1]);
    static const char bytes[] = "O\5\0\0\0helloX\2\0\0\0{}";
    size_t total = sizeof bytes - 1;
    for (size_t i = 0; i < total; i++) {
        assert_int_equal(write(ends[0], bytes + i, 1), 1);
        if (i + 1 == 10) {
            expect_frame(c, FRAME_OUT, "hello");
        } else if (i + 1 == total) {
            expect_frame(c, FRAME_EXIT, "{}");
        } else {
            assert_int_equal(read_status(c, NULL), ST_BUSY);
        }
    }
    /* What came whole is read even when the other side has gone; then it is said. */
    assert_int_equal(write(ends[0], "P\1\0\0\0pP\1\0", 9), 9);
    assert_int_equal(close(ends[0]), 0);
    expect_frame(c, FRAME_PROGRESS, "p");
    struct err e;
    assert_int_equal(read_status(c, &e), ST_NETWORK);
    assert_non_null(strstr(e.msg, "ended the connection"));
    channel_close(c);
}

static void what_is_no_frame_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char bytes[5];
        enum status want;
    } trials[] = {
        {{'O', 1, 0, 0, 16}, ST_LIMIT},          {{'O', -1, -1, -1, -1}, ST_LIMIT},
        {{'G', 'E', 'T', ' ', '/'}, ST_NETWORK}, {{0, 0, 0, 0, 0}, ST_NETWORK},
        {{'O', 0, 0, 0, 16}, ST_BUSY},           {{'X', 0, 0, 0, 0}, ST_OK},
    };
    for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++) {
        int ends[2];
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        struct channel *c = channel_wrap(ends[1]);
        assert_int_equal(write(ends[0], trials[i].bytes, 5), 5);
        assert_int_equal(read_status(c, NULL), trials[i].want);
        channel_close(c);
        assert_int_equal(close(ends[0]), 0);
    }
}

/* Somebody who never reads costs memory up to a ceiling; somebody who went away is an error. */
static void writing_has_an_end(void **state)
{
    (void)state;
    struct channel *a = NULL;
    struct channel *b = NULL;
    make_pair(&a, &b);
    size_t size = 8u << 20;
    char *block = xcalloc(1, size);
    struct err e = {ST_OK, ""};
    enum status st = ST_OK;
    int sent = 0;
    while (st == ST_OK && sent < 100) {
        st = channel_send(a, FRAME_OUT, block, size, &e);
        sent++;
    }
    assert_int_equal(st, ST_LIMIT);
    assert_non_null(strstr(e.msg, "does not read"));
    assert_in_range(sent, 8, 12);
    assert_int_equal(channel_send(a, FRAME_OUT, block, (size_t)CHANNEL_FRAME_MAX + 1, &e),
                     ST_LIMIT);
    channel_close(b);
    assert_int_equal(channel_flush(a, &e), ST_NETWORK);
    assert_int_equal(channel_send(a, FRAME_OUT, "x", 1, &e), ST_LIMIT);
    channel_close(a);
    free(block);
}

static void commands_are_json(void **state)
{
    (void)state;
    struct channel *a = NULL;
    struct channel *b = NULL;
    make_pair(&a, &b);
    const char *const argv[] = {"describe", "say \"hi\"\n\xc3\xa4", ""};
    int64_t first = 0;
    int64_t second = 0;
    assert_int_equal(channel_command(a, 3, argv, "in\tput", &first, NULL), ST_OK);
    assert_int_equal(channel_command(a, 1, argv, NULL, &second, NULL), ST_OK);
    assert_true(second > first);
    enum frame_type type = FRAME_HELLO;
    const char *payload = NULL;
    size_t n = 0;
    cJSON *v = NULL;
    const cJSON *words = NULL;
    int64_t id = 0;
    assert_int_equal(channel_read(b, &type, &payload, &n, NULL), ST_OK);
    assert_int_equal(type, FRAME_COMMAND);
    assert_int_equal(json_parse(payload, n, &json_limits_file, &v, NULL), ST_OK);
    assert_int_equal(json_get_int(v, "id", &id, NULL), ST_OK);
    assert_int_equal(id, first);
    assert_int_equal(json_get_array(v, "argv", &words, NULL), ST_OK);
    assert_int_equal(cJSON_GetArraySize(words), 3);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(cJSON_GetStringValue(cJSON_GetArrayItem(words, i)), argv[i]);
    }
    char *cwd = getcwd(NULL, 0);
    assert_string_equal(json_str_or(v, "cwd", ""), cwd);
    assert_string_equal(json_str_or(v, "stdin", ""), "in\tput");
    cJSON_Delete(v);
    assert_int_equal(channel_read(b, &type, &payload, &n, NULL), ST_OK);
    assert_int_equal(json_parse(payload, n, &json_limits_file, &v, NULL), ST_OK);
    assert_null(cJSON_GetObjectItemCaseSensitive(v, "stdin"));
    cJSON_Delete(v);
    free(cwd);
    channel_close(a);
    channel_close(b);
}

/* ------------------------------------------------------------------ servers */

struct place {
    char folder[200];
    char file[300];
    struct buf socket;
};

static int set_up(void **state)
{
    struct place *p = xcalloc(1, sizeof *p);
    const char *base = getenv("TMPDIR");
    /* Short: a socket's path has a hundred bytes. */
    (void)snprintf(p->folder, sizeof p->folder, "%s/taxa-ch-XXXXXX",
                   base != NULL && strlen(base) < 40 ? base : "/tmp");
    if (mkdtemp(p->folder) == NULL || setenv("XDG_RUNTIME_DIR", p->folder, 1) != 0) {
        return -1;
    }
    (void)snprintf(p->file, sizeof p->file, "%s/maths.taxa", p->folder);
    buf_init(&p->socket, 4096);
    *state = p;
    return channel_path(p->file, &p->socket, NULL) == ST_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    struct place *p = *state;
    (void)unlink(p->socket.data);
    char *runtime = xasprintf("%s/taxa", p->folder);
    int bad = rmdir(runtime) != 0 || rmdir(p->folder) != 0;
    free(runtime);
    buf_free(&p->socket);
    (void)unsetenv("TAXA_TEST_SERVER");
    (void)unsetenv("TAXA_SERVER_EXE");
    free(p);
    return bad;
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (strlen(path) < sizeof address.sun_path) {
        memcpy(address.sun_path, path, strlen(path) + 1);
    }
    bool good =
        bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 4) == 0;
    return good ? fd : -1;
}

static void the_path_is_the_files(void **state)
{
    const struct place *p = *state;
    struct buf again;
    buf_init(&again, 4096);
    char *detour = xasprintf("%s/../%s", p->folder, strrchr(p->file, '/') + 1);
    char *roundabout = xasprintf("%s/taxa/../maths.taxa", p->folder);
    assert_int_equal(channel_path(roundabout, &again, NULL), ST_OK);
    assert_string_equal(again.data, p->socket.data);
    assert_int_equal(channel_path(detour, &again, NULL), ST_OK);
    assert_string_not_equal(again.data, p->socket.data);
    const char *name = strrchr(p->socket.data, '/') + 1;
    assert_int_equal(strspn(name, "0123456789abcdef"), 16);
    assert_string_equal(name + 16, ".sock");
    free(detour);
    free(roundabout);
    buf_free(&again);
}

static void nobody_listens(void **state)
{
    const struct place *p = *state;
    struct channel *c = NULL;
    struct err e;
    assert_int_equal(channel_connect(p->file, false, &c, &e), ST_NOT_FOUND);
    assert_null(c);
    /* A server that was killed leaves its socket behind. */
    int fd = listen_at(p->socket.data);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    assert_int_equal(access(p->socket.data, F_OK), 0);
    assert_int_equal(channel_connect(p->file, false, &c, &e), ST_NOT_FOUND);
    assert_null(c);
}

static void hello_comes_first(void **state)
{
    const struct place *p = *state;
    int fd = listen_at(p->socket.data);
    assert_true(fd >= 0);
    struct channel *client = NULL;
    assert_int_equal(channel_connect(p->file, true, &client, NULL), ST_OK);
    int accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    assert_true(accepted >= 0);
    struct channel *server = channel_wrap(accepted);
    enum frame_type type = FRAME_OUT;
    const char *payload = NULL;
    size_t n = 0;
    cJSON *v = NULL;
    assert_int_equal(channel_read(server, &type, &payload, &n, NULL), ST_OK);
    assert_int_equal(type, FRAME_HELLO);
    assert_int_equal(json_parse(payload, n, &json_limits_file, &v, NULL), ST_OK);
    assert_true(json_bool_or(v, "watch", false));
    assert_int_equal((int)json_num_or(v, "version", 0), CHANNEL_VERSION);
    assert_int_equal((long)json_num_or(v, "pid", 0), getpid());
    assert_true(strlen(json_str_or(v, "user", "")) > 0);
    cJSON_Delete(v);
    channel_close(server);
    channel_close(client);
    assert_int_equal(close(fd), 0);
}

/* Reads the one notice that the test's server sends. */
static void expect_notice(struct channel *c, const char *text)
{
    enum frame_type type = FRAME_HELLO;
    const char *payload = NULL;
    size_t n = 0;
    enum status st = channel_read(c, &type, &payload, &n, NULL);
    int64_t deadline = clock_ms() + PATIENCE_MS;
    while (st == ST_BUSY && clock_ms() < deadline) {
        struct pollfd wait = {.fd = channel_fd(c), .events = POLLIN};
        (void)poll(&wait, 1, 100);
        st = channel_read(c, &type, &payload, &n, NULL);
    }
    assert_int_equal(st, ST_OK);
    assert_int_equal(type, FRAME_NOTICE);
    assert_string_equal(payload, text);
}

static void a_server_is_started(void **state)
{
    const struct place *p = *state;
    /* A descriptor that is open without close-on-exec must not reach the server. */
    int stray = open("/dev/null", O_RDONLY);
    assert_true(stray >= 0);
    assert_int_equal(setenv("TAXA_TEST_SERVER", "good", 1), 0);
    struct channel *c = NULL;
    struct err e = {ST_OK, ""};
    enum status st = channel_open(p->file, false, &c, &e);
    if (st != ST_OK) {
        fail_msg("%s", e.msg);
    }
    expect_notice(c, "session of its own, 0 strays");
    channel_close(c);
    assert_int_equal(close(stray), 0);
}

static void another_server_won(void **state)
{
    const struct place *p = *state;
    assert_int_equal(setenv("TAXA_TEST_SERVER", "busy", 1), 0);
    struct channel *c = NULL;
    struct err e = {ST_OK, ""};
    enum status st = channel_open(p->file, false, &c, &e);
    if (st != ST_OK) {
        fail_msg("%s", e.msg);
    }
    expect_notice(c, "the winner");
    channel_close(c);
}

static void a_server_gives_up(void **state)
{
    const struct place *p = *state;
    static const struct {
        const char *manner;
        enum status want;
        const char *message;
    } trials[] = {
        {"denied", ST_DENIED, "the file is somebody else's"},
        {"dies", ST_IO, "ended with code 3"},
        {"babbles", ST_INTERNAL, "what"},
    };
    for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++) {
        struct channel *c = NULL;
        struct err e = {ST_OK, ""};
        assert_int_equal(setenv("TAXA_TEST_SERVER", trials[i].manner, 1), 0);
        assert_int_equal(channel_open(p->file, false, &c, &e), trials[i].want);
        assert_non_null(strstr(e.msg, trials[i].message));
        assert_null(c);
    }
    struct channel *c = NULL;
    struct err e = {ST_OK, ""};
    assert_int_equal(setenv("TAXA_SERVER_EXE", "/nowhere/taxa", 1), 0);
    assert_int_equal(channel_open(p->file, false, &c, &e), ST_IO);
    assert_non_null(strstr(e.msg, "/nowhere/taxa"));
}

/* ------------------------------------------------------------------ being the server */

static int count_strays(void)
{
    int strays = 0;
    DIR *dir = opendir("/proc/self/fd");
    if (dir == NULL) {
        return -1;
    }
    int own = dirfd(dir);
    const struct dirent *entry = readdir(dir);
    while (entry != NULL) {
        long fd = strtol(entry->d_name, NULL, 10);
        strays += fd > 3 && fd != own;
        entry = readdir(dir);
    }
    (void)closedir(dir);
    return strays;
}

/* Listens, says so, and greets one client. */
static int serve_one(const char *file, const char *word, const char *greeting)
{
    struct buf path;
    buf_init(&path, 4096);
    if (channel_path(file, &path, NULL) != ST_OK) {
        return 1;
    }
    int fd = listen_at(path.data);
    buf_free(&path);
    if (fd < 0 || (word != NULL && write(3, word, strlen(word)) < 0)) {
        return 1;
    }
    (void)close(3);
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    if (poll(&wait, 1, PATIENCE_MS) != 1) {
        return 1;
    }
    struct channel *c = channel_wrap(accept4(fd, NULL, NULL, SOCK_CLOEXEC));
    enum status st = channel_send(c, FRAME_NOTICE, greeting, strlen(greeting), NULL);
    /* Until the client has read it and hung up. */
    wait.fd = channel_fd(c);
    while (st == ST_OK && poll(&wait, 1, PATIENCE_MS) == 1) {
        st = read_status(c, NULL);
        st = st == ST_BUSY ? ST_OK : st;
    }
    channel_close(c);
    (void)close(fd);
    return 0;
}

static int say(const char *line)
{
    return write(3, line, strlen(line)) < 0 ? 1 : 0;
}

static int serve(const char *file)
{
    const char *manner = getenv("TAXA_TEST_SERVER");
    if (manner == NULL || strcmp(manner, "dies") == 0) {
        return 3;
    }
    if (strcmp(manner, "denied") == 0) {
        return say("fail 6 the file is somebody else's\n");
    }
    if (strcmp(manner, "babbles") == 0) {
        return say("what\n");
    }
    if (strcmp(manner, "busy") == 0) {
        pid_t winner = fork();
        if (winner == 0) {
            return serve_one(file, NULL, "the winner");
        }
        return say("fail 7 process 1 has the file\n");
    }
    char greeting[100];
    (void)snprintf(greeting, sizeof greeting, "%s, %d strays",
                   getsid(0) == getpid() ? "session of its own" : "somebody's session",
                   count_strays());
    return serve_one(file, "ok\n", greeting);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--serve") == 0) {
        return serve(argv[2]);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_go_through),
        cmocka_unit_test(nothing_blocks_or_leaks_into_children),
        cmocka_unit_test(a_large_frame),
        cmocka_unit_test(byte_by_byte),
        cmocka_unit_test(what_is_no_frame_is_refused),
        cmocka_unit_test(writing_has_an_end),
        cmocka_unit_test(commands_are_json),
        cmocka_unit_test_setup_teardown(the_path_is_the_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_listens, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hello_comes_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_server_is_started, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_server_won, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_server_gives_up, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
