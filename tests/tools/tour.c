/*
 * tour - walks the README's tour as its reader would, and takes the pictures in it.
 *
 *   tour README FOLDER    the README with its pictures taken again, on standard output
 *
 * FOLDER is where it is walked; the README's `build/taxa` and `sessions/` must be found there.
 * Comments in the README say what is done; the prose beside them says the same in words:
 *
 *   <!-- tour: start build/taxa FILE -->   open the workbench at 80x24
 *   <!-- tour: keys 2jj -->                press keys (\r Enter, \e Esc, \t Tab, \n newline, \s
 *                                         blank, \xHH)
 *   <!-- tour: wait TEXT -->               until the screen shows it
 *   <!-- tour: quit -->                    press q; the program must end with 0
 *   <!-- tour: shell -->                   run the lines of the next ``` block, which must succeed
 *   <!-- begin tour-NAME -->               picture of the screen, up to <!-- end tour-NAME -->
 *
 * What does not come in time, or fails, ends the walk with the line of the README.
 */
#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include <fcntl.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void fail_walk(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
#define fail_msg fail_walk
#include "../pty_screen.h"

#define DOC_MAX (4u << 20)

struct walk {
    struct pty pty;
    bool open;       /* a workbench is on the screen */
    bool shell;      /* the next block is run */
    bool in_block;   /* inside a block that is run */
    bool in_picture; /* its old lines are left out */
    struct buf script;
    struct buf out;
};

static void fail_walk(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fprintf(stderr, "tour: ");
    vfprintf(stderr, fmt, args);
    fprintf(stderr, "\n");
    va_end(args);
    exit(1);
}

static char unescape(const char **at)
{
    const char *s = *at;
    if (s[0] != '\\' || s[1] == '\0') {
        *at = s + 1;
        return s[0];
    }
    *at = s + 2;
    switch (s[1]) {
    case 'r':
        return '\r';
    case 'e':
        return '\033';
    case 't':
        return '\t';
    case 's':
        return ' ';
    case 'n':
        return '\n';
    case 'x': {
        char hex[3] = {s[2], s[2] != '\0' ? s[3] : '\0', '\0'};
        *at = s + 2 + strlen(hex);
        return (char)strtol(hex, NULL, 16);
    }
    default:
        return s[1];
    }
}

static void press(struct walk *w, const char *keys)
{
    struct buf bytes;
    buf_init(&bytes, DOC_MAX);
    for (const char *at = keys; *at != '\0';) {
        buf_addc(&bytes, unescape(&at));
    }
    pty_type(&w->pty, bytes.data);
    buf_free(&bytes);
}

static void start(struct walk *w, char *words)
{
    const char *argv[8] = {NULL};
    char *rest = words;
    for (int i = 0; i < 7 && rest != NULL; i++) {
        argv[i] = strsep(&rest, " ");
    }
    pty_start(&w->pty, argv, 80, 24, false);
    w->open = true;
}

static void quit(struct walk *w)
{
    pty_type(&w->pty, "q");
    int code = pty_end(&w->pty);
    if (code != 0) {
        fail_walk("the workbench ended with %d", code);
    }
    pty_free(&w->pty);
    w->open = false;
}

static void picture(struct walk *w)
{
    struct buf screen;
    while (pty_read(&w->pty, 300)) { /* the frame is whole when nothing follows */
    }
    pty_text(&w->pty, &screen);
    buf_adds(&w->out, "```\n");
    for (char *line = screen.data; *line != '\0';) {
        size_t n = strcspn(line, "\n"), used = n;
        while (used > 0 && line[used - 1] == ' ') {
            used--;
        }
        buf_add(&w->out, line, used);
        buf_addc(&w->out, '\n');
        line += n + (line[n] == '\n' ? 1 : 0);
    }
    buf_adds(&w->out, "```\n");
    buf_free(&screen);
}

static void run_block(struct walk *w)
{
    pid_t pid = fork();
    if (pid == 0) {
        int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(nowhere, STDOUT_FILENO); /* standard output is the README's */
        execl("/bin/sh", "sh", "-ec", w->script.data, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fail_walk("a block failed:\n%s", w->script.data);
    }
}

static void step(struct walk *w, char *what)
{
    static const struct {
        const char *word;
        int kind;
    } steps[] = {{"start ", 's'}, {"keys ", 'k'}, {"wait ", 'w'}, {"quit", 'q'}, {"shell", 'b'}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        size_t n = strlen(steps[i].word);
        if (strncmp(what, steps[i].word, n) != 0) {
            continue;
        }
        if (!w->open && strchr("kwq", steps[i].kind) != NULL) {
            fail_walk("\"%s\" without a workbench", what);
        }
        switch (steps[i].kind) {
        case 's':
            start(w, what + n);
            return;
        case 'k':
            press(w, what + n);
            return;
        case 'w':
            pty_wait(&w->pty, what + n);
            return;
        case 'q':
            quit(w);
            return;
        default:
            w->shell = true;
            return;
        }
    }
    fail_walk("unknown step \"%s\"", what);
}

/* One line of the README, without its newline. */
static void walk_line(struct walk *w, const char *line)
{
    static const char tour[] = "<!-- tour: ", begin[] = "<!-- begin tour-",
                      end[] = "<!-- end tour-";
    if (strncmp(line, end, sizeof end - 1) == 0) {
        w->in_picture = false;
    }
    if (w->in_picture) {
        return;
    }
    buf_adds(&w->out, line);
    buf_addc(&w->out, '\n');
    if (strncmp(line, "```", 3) == 0 && w->in_block) {
        w->in_block = false;
        run_block(w);
    } else if (strncmp(line, "```", 3) == 0 && w->shell) {
        w->shell = false;
        w->in_block = true;
        buf_clear(&w->script);
    } else if (w->in_block) {
        buf_adds(&w->script, line);
        buf_addc(&w->script, '\n');
    } else if (strncmp(line, begin, sizeof begin - 1) == 0) {
        picture(w);
        w->in_picture = true;
    } else if (strncmp(line, tour, sizeof tour - 1) == 0) {
        char *what = xstrdup(line + sizeof tour - 1);
        char *close = strstr(what, " -->");
        if (close == NULL) {
            fail_walk("a step that does not end: %s", line);
        }
        *close = '\0';
        step(w, what);
        free(what);
    }
}

int main(int argc, char **argv)
{
    struct walk w = {.open = false};
    struct buf readme;
    struct err e = {0};
    buf_init(&readme, DOC_MAX);
    buf_init(&w.script, DOC_MAX);
    buf_init(&w.out, DOC_MAX);
    setlocale(LC_ALL, "C.UTF-8");
    if (argc != 3) {
        fail_walk("usage: tour README FOLDER");
    }
    if (file_read(argv[1], &readme, &e) != ST_OK) {
        fail_walk("%s", e.msg);
    }
    if (chdir(argv[2]) != 0) {
        fail_walk("%s: no such folder", argv[2]);
    }
    char *rest = readme.data;
    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
        if (rest != NULL || line[0] != '\0') {
            walk_line(&w, line);
        }
    }
    if (w.open) {
        fail_walk("the tour ends with a workbench open");
    }
    fwrite(w.out.data, 1, w.out.len, stdout);
    buf_free(&readme);
    buf_free(&w.script);
    buf_free(&w.out);
    return 0;
}
