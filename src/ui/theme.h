/*
 * theme - from roles to colours.
 *
 * Code names what a thing is (a role); a theme says how it looks. A theme file has one line a role:
 *
 *     # comment
 *     accepted = green bold
 *     cursor   = black on cyan
 *
 * Colours: default, the eight names, bright-NAME, 0 to 255 (reduced on terminals with fewer).
 * Attributes: bold, dim, underline, reverse. Roles that a file leaves out keep the built-in look.
 * Meaning never rests on colour alone: each state also has a sign or a word.
 */
#ifndef TAXA_UI_THEME_H
#define TAXA_UI_THEME_H

#include "base/buf.h"
#include "base/status.h"
#include <stddef.h>

enum ui_role {
#define ROLE(id, name) ROLE_##id,
#include "ui/theme_roles.h"
#undef ROLE
    ROLE_ROLES
};

enum theme_attribute { THEME_BOLD = 1, THEME_DIM = 2, THEME_UNDERLINE = 4, THEME_REVERSE = 8 };

#define THEME_DEFAULT_COLOUR (-1)
struct look {
    short fg, bg; /* 0..255 or THEME_DEFAULT_COLOUR */
    unsigned attributes;
};
struct theme {
    struct look of[ROLE_ROLES];
};

const char *theme_role_name(enum ui_role r);
/* The two that are compiled in: "default" and "mono". */
void theme_default(struct theme *t);
void theme_mono(struct theme *t);
/*
 * Read the text of a theme file over *t. ST_INVALID names file, line and word; *t is then
 * unchanged.
 */
enum status theme_parse(struct theme *t, const char *name, const char *text, struct err *e);
/*
 * By name: the user's config folder, then beside the program, then the compiled-in ones.
 * ST_NOT_FOUND names the folders.
 */
enum status theme_load(struct theme *t, const char *name, struct err *e);
/*
 * The colour nearest to one of 256 that a terminal with so many has: itself with 256 and more, else
 * one of the first 8 or 16 (palettes of 88 have other colours behind those).
 */
short theme_reduce(short colour, int colours);
/*
 * One of 256 colours for a terminal that takes red, green and blue (TERM=xterm-direct): the first 8
 * by number, the others as 0xRRGGBB.
 */
int theme_rgb(short colour);
/* Red, green and blue of one of 256 colours, 0 to 255 each. */
void theme_components(short colour, int rgb[3]);

#endif
