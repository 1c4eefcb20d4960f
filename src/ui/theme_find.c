/*
 * A theme's name is a plain word, never a path: it comes from a session file, which may be somebody
 * else's.
 */
#include "ui/theme_find.h"

#include "base/file.h"
#include "base/mem.h"
#include "ui/data_folder.h"
#include "ui/theme.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_plain_word(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
    return n > 0 && n <= 64 && name[n] == '\0';
}

static enum status read_theme(const char *folder, const char *name, struct buf *text)
{
    char *path = xasprintf("%s/themes/%s.theme", folder, name);
    enum status st = ST_NOT_FOUND;
    if (access(path, R_OK) == 0) {
        st = file_read(path, text, NULL);
    }
    free(path);
    return st;
}

enum status theme_find(const char *name, struct buf *text, struct err *e)
{
    if (!is_plain_word(name)) {
        return err_set(e, ST_INVALID,
                       "a theme's name has letters, digits, - and _ only, not \"%s\"", name);
    }
    struct buf folder;
    buf_init(&folder, PATH_MAX);
    enum status st = ST_NOT_FOUND;
    for (int i = 0; st == ST_NOT_FOUND && i < DATA_FOLDERS; i++) {
        if (data_folder(i, &folder)) {
            st = read_theme(folder.data, name, text);
        }
    }
    buf_free(&folder);
    if (st == ST_NOT_FOUND) {
        return err_set(
            e, ST_NOT_FOUND,
            "there is no theme \"%s\" (a file themes/%s.theme in the config folder makes one)",
            name, name);
    }
    return st;
}

void theme_components(short colour, int rgb[3])
{
    static const int levels[] = {0, 95, 135, 175, 215, 255};
    if (colour < 16) {
        int on = colour >= 8 ? 255 : 190;
        int dark = colour == 8 ? 110 : colour > 8 ? 85 : 0;
        for (int i = 0; i < 3; i++) {
            rgb[i] = (colour & (1 << i)) != 0 ? on : dark;
        }
    } else if (colour < 232) {
        int cube = colour - 16;
        rgb[0] = levels[cube / 36];
        rgb[1] = levels[cube / 6 % 6];
        rgb[2] = levels[cube % 6];
    } else {
        rgb[0] = rgb[1] = rgb[2] = 8 + (colour - 232) * 10;
    }
}

short theme_reduce(short colour, int colours)
{
    if (colour < 0 || colours >= 256 || (colour < 16 && colour < colours)) {
        return colour;
    }
    int want[3], best = INT_MAX;
    short found = 0;
    theme_components(colour, want);
    if (want[0] > want[1] + 80 && want[0] > want[2] + 80) {
        return 1; /* a pale red is nearer to white, but what it says is red */
    }
    for (short i = 0; i < 16 && i < colours; i++) {
        int have[3], distance = 0;
        theme_components(i, have);
        for (int k = 0; k < 3; k++) {
            distance += (want[k] - have[k]) * (want[k] - have[k]);
        }
        if (distance < best) {
            best = distance;
            found = i;
        }
    }
    return found;
}

int theme_rgb(short colour)
{
    int rgb[3];
    if (colour < 8) {
        return colour;
    }
    theme_components(colour, rgb);
    /* relatives of xterm-direct take up to 255 for a number of their palette: no pure blue */
    if (rgb[0] == 0 && rgb[1] == 0 && rgb[2] > 0) {
        rgb[1] = 1;
    }
    return rgb[0] << 16 | rgb[1] << 8 | rgb[2];
}
