/*
 * A program that was moved finds its files beside it, whatever PREFIX it was built for.
 */
#include "ui/data_folder.h"

#include "base/file.h"
#include <limits.h>
#include <string.h>
#include <unistd.h>

/*
 * The folder above the one the program lies in: build/taxa -> the checkout, bin/taxa -> the
 * prefix.
 */
static bool program_prefix(struct buf *out, int levels)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0) {
        return false;
    }
    path[n] = '\0';
    for (int i = 0; i < levels; i++) {
        char *slash = strrchr(path, '/');
        if (slash == NULL) {
            return false;
        }
        *slash = '\0';
    }
    return buf_adds(out, path);
}

bool data_folder(int i, struct buf *out)
{
    buf_clear(out);
    switch (i) {
    case 0:
        return dir_config(out, NULL) == ST_OK;
    case 1: /* build/release/taxa */
        return program_prefix(out, 3);
    case 2: /* build/taxa, and an installed PREFIX/bin/taxa */
        return program_prefix(out, 2);
    case 3:
#ifdef TAXA_DATADIR
        return buf_adds(out, TAXA_DATADIR);
#else
        return false;
#endif
    default:
        return false;
    }
}
