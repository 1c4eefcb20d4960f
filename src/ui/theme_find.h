/*
 * theme_find - where theme files are, and colours on terminals with few of them.
 */
#ifndef TAXA_UI_THEME_FIND_H
#define TAXA_UI_THEME_FIND_H

#include "base/buf.h"
#include "base/status.h"

/*
 * Text of NAME.theme: the user's config folder, the checkout or prefix the program lies in,
 * TAXA_DATADIR.
 */
enum status theme_find(const char *name, struct buf *text, struct err *e);

#endif
