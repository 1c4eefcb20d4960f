/*
 * Lines of commands: what splits is given back by join and split, and the parser and completion
 * take any words.
 */
#include "base/mem.h"
#include "command/complete.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round_trip(int argc, char **argv)
{
    struct buf line;
    int count = 0;
    char **again = NULL;
    buf_init(&line, 64u << 20);
    words_join(&line, argc, (const char *const *)argv);
    if (line.over || words_split(line.data, &count, &again, NULL) != ST_OK || count != argc) {
        abort();
    }
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], again[i]) != 0) {
            abort();
        }
    }
    words_free(count, again);
    buf_free(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line = xstrndup((const char *)data, size);
    int argc = 0;
    char **argv = NULL;
    struct err e = {ST_OK, ""};
    if (words_split(line, &argc, &argv, &e) == ST_OK) {
        check_round_trip(argc, argv);
        struct call call;
        enum status st = call_parse(argc, (const char *const *)argv, &call, &e);
        if (st == ST_OK) {
            call_free(&call);
        } else if (e.msg[0] == '\0') {
            abort();
        }
        words_free(argc, argv);
    }
    /* Completion looks into folders, which a fuzzer should not do: those lines are left out. */
    if (strchr(line, '/') == NULL && strchr(line, '@') == NULL && strchr(line, '.') == NULL) {
        struct completion c;
        struct buf common;
        buf_init(&common, 1 << 20);
        complete_line(line, NULL, NULL, &c);
        completion_common(&c, &common);
        if (c.from > strlen(line) || c.count > 200) {
            abort();
        }
        completion_free(&c);
        buf_free(&common);
    }
    free(line);
    return 0;
}
