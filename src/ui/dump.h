/*
 * dump - a panel as plain text, without a terminal.
 */
#ifndef TAXA_UI_DUMP_H
#define TAXA_UI_DUMP_H

#include "base/buf.h"
#include "base/status.h"

/*
 * Draw panel (its name, any case) of a session file at a size. "Name:KEYS" types keys first.
 * ST_NOT_FOUND lists the panels.
 */
enum status ui_dump(const char *file, const char *panel, int cols, int rows, struct buf *out,
                    struct err *e);

#endif
