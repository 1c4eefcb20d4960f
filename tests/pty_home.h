/*
 * pty_home - the world that the real program runs in: a folder of its own as HOME and for all XDG
 * folders, a terminal type and a locale that do not depend on who runs the tests.
 *
 *     home_begin()   makes it, for the group's setup; non-zero: TAXA_BIN does not name the program
 *     home_end()     removes it with all that lies in it
 *
 * Sessions are made in it by ui_session.h.
 */
#ifndef TAXA_TESTS_PTY_HOME_H
#define TAXA_TESTS_PTY_HOME_H

#include "ui_session.h"
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static int home_remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    (void)remove(path); /* a server that ends takes its socket away itself */
    return 0;
}

static inline int home_begin(void)
{
    static const char *const homes[] = {"HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME",
                                        "XDG_CONFIG_HOME"};
    if (getenv("TAXA_BIN") == NULL) {
        print_error("TAXA_BIN must name the program\n");
        return 1;
    }
    session_begin();
    for (size_t i = 0; i < sizeof homes / sizeof homes[0]; i++) {
        setenv(homes[i], session_folder, 1);
    }
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("NO_COLOR");
    unsetenv("COLUMNS");
    unsetenv("LINES");
    return 0;
}

static inline int home_end(void)
{
    return nftw(session_folder, home_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
