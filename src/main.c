/*
 * taxa - a terminal workbench for designing synthetic datasets. Arguments, one call.
 */
#include "base/text.h"
#include "command/command.h"
#include "server/cli.h"
#include "server/server.h"
#include "store/recent.h"
#include "ui/app.h"
#include <fcntl.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TAXA_VERSION "0.1.0"

static int complain(const struct err *e)
{
    struct err safe = *e;
    text_safe_copy(safe.msg, sizeof safe.msg, e->msg);
    fprintf(stderr, "taxa: %s\n", safe.msg);
    return status_exit_code(e->code);
}

static int serve(const char *file)
{
    /* channel_open hands the pipe to report on as descriptor 3; by hand there is none. */
    int ready = fcntl(3, F_GETFD) >= 0 ? 3 : -1;
    if (ready >= 0) {
        fcntl(ready, F_SETFD, FD_CLOEXEC);
    }
    return server_main(file, ready);
}

static bool has_terminal(void)
{
    if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
        return true;
    }
    fprintf(stderr, "taxa: no terminal here. Without one: taxa FILE COMMAND ..., for example\n"
                    "  taxa FILE generate 200 --wait\n"
                    "  taxa FILE export out.jsonl\n"
                    "  taxa recent\n"
                    "  taxa help\n");
    return false;
}

static int workbench(const char *file)
{
    struct err e = {0};
    if (!has_terminal()) {
        return 2;
    }
    recent_add(file);
    int code = ui_run(file, &e);
    if (e.msg[0] != '\0') {
        complain(&e);
    }
    return code;
}

/* No file was named: choose one, or begin a new one. */
static int choose(void)
{
    char said[sizeof((struct err *)0)->msg] = "";
    while (has_terminal()) {
        struct err e = {0};
        struct start_choice choice;
        int code = ui_start(said, &choice, &e);
        if (e.msg[0] != '\0') {
            complain(&e);
        }
        bool made = choice.file != NULL;
        if (made && choice.script != NULL) {
            made = cli_make(choice.script, choice.file, &e) == ST_OK;
            snprintf(said, sizeof said, "%s", e.msg);
        }
        bool again = choice.file != NULL && !made;
        code = made ? workbench(choice.file) : code;
        free(choice.file);
        free(choice.script);
        if (!again) {
            return code;
        }
    }
    return 2;
}

/* Words of a command that needs no session file. */
static bool needs_no_file(int count, const char *const *words)
{
    int used = 0;
    const struct command *c = command_find(count, words, &used);
    return c != NULL && (c->flags & CMD_NO_FILE) != 0;
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C"); /* numbers are read and written the same everywhere */
    if (argc == 3 && strcmp(argv[1], "--serve") == 0) {
        return serve(argv[2]);
    }
    if (argc < 2) {
        return choose();
    }
    const char *const *words = (const char *const *)argv + 1;
    if (strcmp(argv[1], "--version") == 0) {
        printf("taxa %s\n", TAXA_VERSION);
        return 0;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        static const char *const help[] = {"help"};
        return cli_command(NULL, 1, help);
    }
    if (needs_no_file(argc - 1, words)) {
        return cli_command(NULL, argc - 1, words);
    }
    char *file = NULL;
    struct err e = {0};
    if (cli_session(argv[1], &file, &e) != ST_OK) {
        return complain(&e);
    }
    int code = argc == 2 ? workbench(file) : cli_command(file, argc - 2, words + 1);
    free(file);
    return code;
}
