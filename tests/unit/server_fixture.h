/*
 * server_fixture - what the tests of executors share: a session file, command lines run through the
 * parser and the executors as the dispatcher does it, and what they said.
 */
#ifndef TAXA_TESTS_SERVER_FIXTURE_H
#define TAXA_TESTS_SERVER_FIXTURE_H

#include "store_fixture.h"

#include "base/file.h"
#include "command/command.h"
#include "server/exec.h"

#include <fcntl.h>
#include <sys/stat.h>

struct said {
    struct buf out, note;
    struct err e;
    enum status st;
};

static inline bool said_out(void *ctx, const char *text, size_t n)
{
    struct said *said = ctx;
    return buf_add(&said->out, text, n);
}

static inline void said_free(struct said *said)
{
    buf_free(&said->out);
    buf_free(&said->note);
}

/* One parsed command: an operation around those of the journal, cancelled when it fails. */
static inline void run_call(struct fixture *f, struct live *live, const struct call *call,
                            const char *line, struct said *said)
{
    struct exec x = {.call = call,
                     .store = f->s,
                     .live = live,
                     .cwd = f->folder,
                     .who = "tester",
                     .out = said_out,
                     .out_ctx = said};
    bool journal = (call->cmd->flags & CMD_JOURNAL) != 0;
    buf_init(&x.note, 4096);
    said->st = journal ? store_op_begin(f->s, "tester", line, 0, &said->e) : ST_OK;
    if (said->st == ST_OK) {
        said->st = exec_find(call->cmd->id)(&x, &said->e);
        exec_done(&x);
        if (journal && said->st == ST_OK) {
            said->st = store_op_end(f->s, &said->e);
        } else if (journal) {
            store_op_cancel(f->s);
        }
    }
    buf_adds(&said->note, x.note.data);
    buf_free(&x.note);
}

/* The result of any command line; the caller frees it. */
static inline struct said run_with(struct fixture *f, struct live *live, const char *line)
{
    struct said said = {.st = ST_OK};
    struct call call = {0};
    int argc = 0;
    char **argv = NULL;
    buf_init(&said.out, (size_t)64 << 20);
    buf_init(&said.note, 4096);
    said.st = words_split(line, &argc, &argv, &said.e);
    if (said.st == ST_OK) {
        said.st = call_parse(argc, (const char *const *)argv, &call, &said.e);
    }
    if (said.st == ST_OK) {
        run_call(f, live, &call, line, &said);
        call_free(&call);
    }
    words_free(argc, argv);
    return said;
}

/* A command that must work. Its output; caller frees. */
static inline char *run(struct fixture *f, const char *line)
{
    struct said said = run_with(f, NULL, line);
    if (said.st != ST_OK) {
        fail_msg("%s: %d %s", line, (int)said.st, said.e.msg);
    }
    char *text = buf_take(&said.out);
    said_free(&said);
    return text;
}

static inline void does(struct fixture *f, const char *line)
{
    free(run(f, line));
}

/* A command that must fail so, with these words in its message. */
static inline void refuses(struct fixture *f, enum status want, const char *words, const char *line)
{
    struct said said = run_with(f, NULL, line);
    if (said.st != want || strstr(said.e.msg, words) == NULL) {
        fail_msg("%s: %d \"%s\", expected %d \"%s\"", line, (int)said.st, said.e.msg, (int)want,
                 words);
    }
    said_free(&said);
}

/* A command's note must be this. */
static inline void notes(struct fixture *f, const char *want, const char *line)
{
    struct said said = run_with(f, NULL, line);
    assert_int_equal(said.st, ST_OK);
    assert_string_equal(said.note.data, want);
    said_free(&said);
}

/* All lines of a script. */
static inline void script(struct fixture *f, const char *text)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        char *line = xstrndup(text, n);
        int argc = 0;
        char **argv = NULL;
        OK(words_split(line, &argc, &argv, e));
        if (argc > 0) {
            does(f, line);
        }
        words_free(argc, argv);
        free(line);
        text += n + (text[n] == '\n' ? 1 : 0);
    }
}

static inline cJSON *parsed(const char *text)
{
    cJSON *value = NULL;
    OK(json_parse(text, strlen(text), &json_limits_file, &value, e));
    return value;
}

static inline cJSON *run_json(struct fixture *f, const char *line)
{
    char *text = run(f, line);
    cJSON *value = parsed(text);
    free(text);
    return value;
}

static inline void prints(struct fixture *f, const char *want, const char *line)
{
    char *text = run(f, line);
    assert_string_equal(text, want);
    free(text);
}

static inline void contains(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fail_msg("\"%s\" is not in:\n%s", part, text);
    }
}

static inline void write_text(const struct fixture *f, const char *name, const char *text,
                              mode_t mode)
{
    char *path = fixture_name(f, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    assert_true(fd >= 0);
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(fd), 0);
    free(path);
}

static inline char *read_text(const struct fixture *f, const char *name)
{
    char *path = fixture_name(f, name);
    struct buf b;
    buf_init(&b, (size_t)64 << 20);
    OK(file_read(path, &b, e));
    free(path);
    char *text = buf_take(&b);
    buf_free(&b);
    return text;
}

static inline void reads(const struct fixture *f, const char *name, const char *want)
{
    char *text = read_text(f, name);
    assert_string_equal(text, want);
    free(text);
}

#endif
