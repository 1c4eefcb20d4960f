/*
 * text - the one door for untrusted text.
 *
 * Everything that a model, a server, a file or another person wrote passes text_safe() before it
 * reaches a terminal, a window title, a log or stderr. The stored text is never changed: this is a
 * view of it. After text_safe the result is valid UTF-8 without C0, DEL, C1, bidi or invisible
 * format characters, so that no byte sequence of it can command a terminal.
 */
#ifndef TAXA_BASE_TEXT_H
#define TAXA_BASE_TEXT_H

#include "base/buf.h"

enum text_mode {
    TEXT_LINE,  /* one line: newline -> U+21B5, tab -> U+2192 (ASCII locale: space); others below */
    TEXT_BLOCK, /* keeps newlines; a tab becomes spaces to the next multiple of 4 */
    TEXT_INSPECT /* as TEXT_BLOCK, but each replaced character is spelled out: <U+202E>, <1B> */
};
/*
 * C0 and DEL become control pictures (U+2400 + c, U+2421), C1 and invalid bytes U+FFFD, bidi and
 * invisible format characters U+00B7 (a joiner U+200C/D between letters or in an emoji sequence and
 * VS15/16 after a base are kept, since text is wrong without them), unassigned planes U+FFFD. More
 * than 8 marks on one base are dropped; a mark without a base gets U+25CC as one.
 */
void text_safe(struct buf *out, const char *s, size_t n, enum text_mode mode);

/* For messages: text_safe(TEXT_LINE) of s into dst (always terminated, never half a cluster). */
void text_safe_copy(char *dst, size_t size, const char *s);

/* Write to an fd that may be a terminal: text_safe(TEXT_BLOCK) when it is a tty, raw bytes else. */
bool text_write_fd(int fd, const char *s, size_t n);

/*
 * "1,234,567" / "1.31 M" / "2:51" / "$0.36": numbers as people read them. Terminated, never
 * truncated at 32.
 */
void text_count(char out[32], long long n);
void text_short(char out[32], double n);   /* 950, 12.4 k, 1.31 M, 2.0 G */
void text_seconds(char out[32], double s); /* 0.9 s, 45 s, 2:51, 3:04:05, 2 d 4 h */
/* How long ago: now, 5 min ago, 3 h ago, 12 d ago, 2 years ago. */
void text_age(char out[32], long long seconds);
void text_money(char out[32], double usd);
/* 0 to 15, -1: it is no hexadecimal digit. */
int text_hex_digit(char c);

/*
 * Wrap safe text to `columns`: calls line(ctx, start, bytes) for each line, breaking at spaces
 * where it can.
 */
typedef void text_line_fn(void *ctx, const char *line, size_t n);
void text_wrap(const char *s, size_t n, int columns, text_line_fn *line, void *ctx);

#endif
