/*
 * frame - from one grid of cells to the next with few bytes.
 *
 * Keeps what the terminal shows and writes the difference: runs of changed cells, rests of rows by
 * "clear to end of line", moved blocks of rows by scrolling. Everything of one frame goes out in
 * one write. It knows terminals only by their capability strings, so it is tested by reading the
 * bytes.
 */
#ifndef TAXA_UI_FRAME_H
#define TAXA_UI_FRAME_H

#include "base/buf.h"
#include "ui/cells.h"
#include "ui/theme.h"

/* terminfo's strings; NULL: the terminal cannot do it. cup and clear must be there. */
struct frame_caps {
    const char *cup, *cuf, *clear, *el, *ech;        /* place, clear all, clear to end of line */
    const char *sgr0, *bold, *dim, *smul, *rev, *op; /* attributes */
    const char *setaf, *setab;                       /* colours */
    const char *csr, *ind, *ri;                      /* scrolling */
    const char *civis, *cnorm;                       /* cursor */
    bool ax;     /* knows SGR 39 and 49: one colour back to default */
    bool bce;    /* erasing paints the background in force */
    int colours; /* 0: none */
    const char *(*expand)(const char *cap, int a, int b); /* tparm; valid until the next call */
};

struct frame {
    struct frame_caps caps;
    struct cell *shown; /* what the terminal shows */
    int cols, rows;
    bool known;         /* else nothing is known and all is written */
    struct theme theme; /* reduced to the colours there are */
    struct look now;    /* attributes in force */
    int x, y;           /* the terminal's cursor; -1: unknown */
    bool cursor_shown;
    struct buf out;
    size_t sgr_at,
        sgr_end; /* where in `out` the sequence stands that more can be joined to; 0, 0 */
    unsigned long long written;
};

void frame_init(struct frame *f, const struct frame_caps *caps);
void frame_free(struct frame *f);
void frame_theme(struct frame *f, const struct theme *t);
void frame_forget(struct frame *f);
/* Puts the bytes of the next frame into f->out (cleared first). */
void frame_build(struct frame *f, const struct cells *c);
/* The same, and writes them to fd. False: the terminal is gone. */
bool frame_present(struct frame *f, const struct cells *c, int fd);
void frame_end(struct frame *f, int fd); /* attributes off, cursor shown, at the bottom left */
/* All of it, waiting when the terminal is slow. */
bool frame_write(int fd, const char *s, size_t n);

#endif
