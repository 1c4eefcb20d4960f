/*
 * utf8 - decoding and cell widths.
 *
 * One width function for clipping *and* for drawing: terminals and C libraries disagree on
 * thousands of code points, so nothing else in the program asks wcwidth(). Widths follow Unicode
 * East Asian Width and emoji presentation (tables in utf8_width.h, made from Unicode data): 0 for
 * combining marks and joiners, 2 for wide and fullwidth and emoji, else 1.
 */
#ifndef TAXA_BASE_UTF8_H
#define TAXA_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_BAD 0xFFFFFFFFu

/*
 * Decode one code point of s (n > 0 bytes). Returns the bytes consumed (>= 1); *cp is UTF8_BAD for
 * an ill-formed sequence, of which one maximal subpart is consumed (Unicode 3.9, U+FFFD practice).
 */
size_t utf8_decode(const char *s, size_t n, uint32_t *cp);

/* Encode cp into out[4]; returns the length, 0 when cp is no scalar value. */
size_t utf8_encode(uint32_t cp, char out[4]);

bool utf8_valid(const char *s, size_t n);

/* Columns of one code point: 0, 1 or 2. Controls count 0 here; text_safe replaces them first. */
int utf8_width(uint32_t cp);

/*
 * One grapheme cluster at s: a base with its marks, an emoji sequence (ZWJ, skin tone, VS16,
 * keycap), a flag pair, a Hangul syllable of jamo, a Devanagari conjunct with its signs (of two
 * consonants: each is a column). Returns its bytes (1 to 64 when n > 0), *width its columns
 * (1 or 2; 0 only for a lone mark or control).
 */
size_t utf8_cluster(const char *s, size_t n, int *width);

/* Columns of the whole string, cluster by cluster. */
int utf8_columns(const char *s, size_t n);

/* Bytes of the longest prefix that fits in `columns`, no half cluster; *used gets its columns. */
size_t utf8_fit(const char *s, size_t n, int columns, int *used);

/* True for U+061C, 200E/F, 202A-E, 2066-9: characters that change the order of what is read. */
bool utf8_is_bidi(uint32_t cp);

/* True for characters that may take part in an emoji sequence (Extended_Pictographic). */
bool utf8_is_pictographic(uint32_t cp);

/* True for signs that join two consonants of an Indic script (virama, halant). */
bool utf8_is_linker(uint32_t cp);

/* Simple case folding of one code point (Latin, Greek, Cyrillic; others unchanged). */
uint32_t utf8_fold(uint32_t cp);

#endif
