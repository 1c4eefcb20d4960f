/*
 * text - see text.h.
 *
 * text_safe goes through the code points once and remembers what it last let through, because the
 * few invisible characters that are kept (joiners, emoji selectors) are kept only where the
 * neighbours give them a meaning. Anywhere else they can hide a message or split a word that a
 * person compares by eye. What is added is added whole or not at all, so the result stays valid
 * UTF-8 when the ceiling of the buffer is reached.
 */
#include "base/text.h"

#include "base/utf8.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MARKS_MAX = 8, TAB_STOP = 4 };

#define REPLACEMENT   "\xEF\xBF\xBD" /* U+FFFD */
#define MIDDLE_DOT    "\xC2\xB7"     /* U+00B7 */
#define DOTTED_CIRCLE "\xE2\x97\x8C" /* U+25CC, the base of a mark that has none */

enum {
    ZWNJ = 0x200C,
    ZWJ = 0x200D,
    VS15 = 0xFE0E,
    VS16 = 0xFE0F,
    KEYCAP = 0x20E3,
};

struct range {
    uint32_t first, last;
};

/*
 * Characters that are there and cannot be seen, or that reorder what is seen. Sorted. In effect
 * Default_Ignorable_Code_Point, the line separators and the annotation and layout controls.
 */
static const struct range invisible[] = {
    {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x061C, 0x061C},   {0x115F, 0x1160},
    {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},
    {0x2060, 0x206F},   {0x3164, 0x3164},   {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},   {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

/* Scripts whose spelling needs U+200C and U+200D. Sorted. */
static const struct range joining_scripts[] = {
    {0x0620, 0x06FF}, /* Arabic, Persian, Urdu */
    {0x0710, 0x08FF}, /* Syriac, Arabic supplements, N'Ko, Mandaic */
    {0x0900, 0x0DFF}, /* Devanagari to Sinhala */
    {0x0F40, 0x109F}, /* Tibetan, Myanmar */
    {0x1780, 0x17D3}, /* Khmer */
    {0x1820, 0x18AA}, /* Mongolian */
    {0x1B00, 0x1BBF}, /* Balinese, Sundanese */
    {0xA8E0, 0xA8FF}, /* Devanagari extended */
    {0xA980, 0xA9DF}, /* Javanese */
};

static bool in_ranges(const struct range *r, size_t count, uint32_t cp)
{
    for (size_t i = 0; i < count && cp >= r[i].first; i++) {
        if (cp <= r[i].last) {
            return true;
        }
    }
    return false;
}

static bool is_invisible(uint32_t cp)
{
    return cp >= 0xAD && in_ranges(invisible, sizeof invisible / sizeof invisible[0], cp);
}

static bool is_joining_script(uint32_t cp)
{
    const size_t count = sizeof joining_scripts / sizeof joining_scripts[0];
    return cp != UTF8_BAD && in_ranges(joining_scripts, count, cp);
}

/* Planes 4 to 13 hold nothing; noncharacters never will. */
static bool is_nothing(uint32_t cp)
{
    return (cp >= 0x40000 && cp <= 0xDFFFF) || (cp & 0xFFFEu) == 0xFFFEu ||
           (cp >= 0xFDD0 && cp <= 0xFDEF);
}

static bool is_skin_tone(uint32_t cp)
{
    return cp >= 0x1F3FB && cp <= 0x1F3FF;
}

static bool is_keycap_base(uint32_t cp)
{
    return (cp >= '0' && cp <= '9') || cp == '#' || cp == '*';
}

/* ------------------------------------------------------------------ text_safe */

struct filter {
    struct buf *out;
    const char *s;
    size_t n, at; /* `at` is behind the character in hand */
    enum text_mode mode;
    uint32_t base;     /* last character with columns that was let through; 0 after none */
    uint32_t previous; /* last character that was let through; 0 after a replaced one */
    int marks;         /* on that base */
    int column;        /* for tabs */
};

static void put(struct filter *f, const char *bytes, size_t n)
{
    struct buf *out = f->out;
    size_t before = out->len;
    if (out->over || n > out->max - before) {
        out->over = true;
    } else if (!buf_add(out, bytes, n)) {
        buf_cut(out, before);
    }
}

/* Something that stands for a character: `columns` wide, and nothing may join to it. */
static void put_instead(struct filter *f, const char *text, int columns)
{
    put(f, text, strlen(text));
    f->base = 0xFFFD;
    f->previous = 0;
    f->marks = 0;
    f->column += columns;
}

static void replace(struct filter *f, uint32_t cp, const char *with)
{
    if (f->mode != TEXT_INSPECT) {
        put_instead(f, with, 1);
        return;
    }
    char name[16];
    int len = snprintf(name, sizeof name, cp < 0x80 ? "<%02X>" : "<U+%04X>", cp);
    put_instead(f, name, len);
}

/* One mark for the sequence; in inspect mode each of its bytes. */
static void replace_bad(struct filter *f, size_t len)
{
    if (f->mode != TEXT_INSPECT) {
        put_instead(f, REPLACEMENT, 1);
        return;
    }
    for (size_t i = 0; i < len; i++) {
        char name[8];
        int columns = snprintf(name, sizeof name, "<%02X>", (unsigned char)f->s[f->at - len + i]);
        put_instead(f, name, columns);
    }
}

static void new_line(struct filter *f)
{
    put(f, "\n", 1);
    f->base = 0;
    f->previous = 0;
    f->marks = 0;
    f->column = 0;
}

/* Newline and tab of a one-line view, as a picture where the terminal can show one. */
static void put_arrow(struct filter *f, const char *arrow)
{
    /* The locale is set once, before there are threads. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    bool pictures = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    put_instead(f, pictures ? arrow : " ", 1);
}

static void put_control(struct filter *f, uint32_t cp)
{
    if (cp == '\n' && f->mode != TEXT_LINE) {
        new_line(f);
    } else if (cp == '\n') {
        put_arrow(f, "\xE2\x86\xB5");
    } else if (cp == '\t' && f->mode == TEXT_LINE) {
        put_arrow(f, "\xE2\x86\x92");
    } else if (cp == '\t') {
        int spaces = TAB_STOP - f->column % TAB_STOP;
        put_instead(f, &"    "[TAB_STOP - spaces], spaces);
    } else if (cp >= 0x80) {
        replace(f, cp, REPLACEMENT);
    } else {
        char picture[5] = "";
        (void)utf8_encode(cp == 0x7F ? 0x2421 : 0x2400 + cp, picture);
        replace(f, cp, picture);
    }
}

static uint32_t next_character(const struct filter *f)
{
    uint32_t cp = 0;
    if (f->at < f->n) {
        (void)utf8_decode(f->s + f->at, f->n - f->at, &cp);
    }
    return cp;
}

/* Is this invisible character part of how its neighbours are written? */
static bool has_meaning_here(const struct filter *f, uint32_t cp)
{
    if (f->base == 0 || f->previous == 0) {
        return false;
    }
    uint32_t next = next_character(f);
    if (cp == ZWNJ || cp == ZWJ) {
        if (f->previous == ZWNJ || f->previous == ZWJ) {
            return false;
        }
        if (is_joining_script(f->base)) {
            return utf8_is_linker(f->previous) || is_joining_script(next);
        }
        return cp == ZWJ && utf8_is_pictographic(f->base) && utf8_is_pictographic(next);
    }
    if (cp == VS15 || cp == VS16) {
        bool keycap = is_keycap_base(f->base) && next == KEYCAP;
        return f->previous == f->base && (keycap || utf8_is_pictographic(f->base));
    }
    bool mongolian_form = (cp >= 0x180B && cp <= 0x180D) || cp == 0x180F;
    return mongolian_form && f->previous == f->base && f->base >= 0x1820 && f->base <= 0x18AA;
}

static void put_mark(struct filter *f, uint32_t cp, size_t len)
{
    if (f->base == 0) {
        put_instead(f, DOTTED_CIRCLE, 1); /* or it would sit on whatever is left of the text */
    }
    if (f->marks >= MARKS_MAX) {
        if (f->mode == TEXT_INSPECT) {
            replace(f, cp, MIDDLE_DOT);
        }
        return;
    }
    f->marks++;
    f->previous = cp;
    put(f, f->s + f->at - len, len);
}

static void put_character(struct filter *f, uint32_t cp, size_t len)
{
    int width = utf8_width(cp);
    if (is_nothing(cp)) {
        replace(f, cp, REPLACEMENT);
    } else if (is_invisible(cp) && !has_meaning_here(f, cp)) {
        replace(f, cp, MIDDLE_DOT);
    } else if (width == 0) {
        put_mark(f, cp, len);
    } else {
        /* Part of the picture before it: a skin tone, or what a joiner has joined. */
        bool picture = f->previous != 0 && utf8_is_pictographic(f->base);
        bool tone = picture && is_skin_tone(cp) && !is_skin_tone(f->previous);
        bool joined = picture && f->previous == ZWJ;
        put(f, f->s + f->at - len, len);
        f->base = tone ? f->base : cp; /* a coloured picture may be joined to the next */
        f->previous = cp;
        f->marks = 0;
        f->column += tone || joined ? 0 : width;
    }
}

/* Plain ASCII, which is nearly all text, in one piece. */
static void put_plain_run(struct filter *f)
{
    size_t start = f->at;
    while (f->at < f->n && f->s[f->at] >= 0x20 && f->s[f->at] < 0x7F) {
        f->at++;
    }
    size_t len = f->at - start;
    size_t room = f->out->over ? 0 : f->out->max - f->out->len;
    put(f, f->s + start, len <= room ? len : room);
    f->out->over = f->out->over || len > room;
    f->base = (unsigned char)f->s[f->at - 1];
    f->previous = f->base;
    f->marks = 0;
    f->column += (int)(len % TAB_STOP); /* only the remainder matters */
}

void text_safe(struct buf *out, const char *s, size_t n, enum text_mode mode)
{
    struct filter f = {.out = out, .s = s, .n = n, .mode = mode};
    while (f.at < n && !out->over) {
        if (s[f.at] >= 0x20 && s[f.at] < 0x7F) {
            put_plain_run(&f);
            continue;
        }
        uint32_t cp = 0;
        size_t len = utf8_decode(s + f.at, n - f.at, &cp);
        f.at += len;
        if (cp == UTF8_BAD) {
            replace_bad(&f, len);
        } else if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0)) {
            put_control(&f, cp);
        } else {
            put_character(&f, cp, len);
        }
        f.column %= TAB_STOP;
    }
}

void text_safe_copy(char *dst, size_t size, const char *s)
{
    if (size == 0) {
        return;
    }
    struct buf safe;
    buf_init(&safe, size + 128); /* room for a last cluster that will not fit */
    text_safe(&safe, s, strlen(s), TEXT_LINE);
    size_t used = 0;
    while (used < safe.len) {
        int width = 0;
        size_t len = utf8_cluster(safe.data + used, safe.len - used, &width);
        if (used + len >= size) {
            break;
        }
        used += len;
    }
    memcpy(dst, safe.data, used);
    dst[used] = '\0';
    buf_free(&safe);
}

static bool write_all(int fd, const char *s, size_t n)
{
    while (n > 0) {
        ssize_t put_now = write(fd, s, n);
        if (put_now >= 0) {
            s += put_now;
            n -= (size_t)put_now;
        } else if (errno == EAGAIN) {
            struct pollfd wait = {.fd = fd, .events = POLLOUT};
            (void)poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

bool text_write_fd(int fd, const char *s, size_t n)
{
    if (isatty(fd) == 0) {
        return write_all(fd, s, n);
    }
    struct buf safe;
    buf_init(&safe, n < SIZE_MAX / 16 ? n * 8 + 64 : n);
    text_safe(&safe, s, n, TEXT_BLOCK);
    bool done = write_all(fd, safe.data, safe.len) && !safe.over;
    buf_free(&safe);
    return done;
}
