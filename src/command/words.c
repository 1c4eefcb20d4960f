/*
 * words - one line of text into words and back (command.h).
 *
 * The rules are those of a shell without its expansions, so that a line can be moved between a
 * script, the prompt and a shell: single quotes are literal, in double quotes a backslash works
 * only before " \ $ ` n t r and xHH, elsewhere it takes the next character as it is. words_quote
 * prefers the form that a real shell reads the same way.
 */
#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include "command/command.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 16 << 20, WORDS_MAX = 1000000 };

struct splitter {
    const char *line, *at;
    struct buf word;
    char **argv;
    size_t cap;
    int argc;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* 1-based column for messages, in bytes: what an editor's "go to column" takes. */
static size_t column(const struct splitter *s, const char *at)
{
    return (size_t)(at - s->line) + 1;
}

static enum status single_quoted(struct splitter *s, struct err *e)
{
    const char *start = s->at++;
    const char *end = strchr(s->at, '\'');
    if (end == NULL) {
        return err_set(e, ST_USAGE, "the quote ' in column %zu is never closed", column(s, start));
    }
    buf_add(&s->word, s->at, (size_t)(end - s->at));
    s->at = end + 1;
    return ST_OK;
}

/* At a backslash inside double quotes. */
static enum status escape(struct splitter *s, struct err *e)
{
    char c = s->at[1];
    if (c == 'x') {
        int high = text_hex_digit(s->at[2]);
        int low = high < 0 ? -1 : text_hex_digit(s->at[3]);
        if (low < 0 || high * 16 + low == 0) {
            return err_set(e, ST_USAGE,
                           "\\x in column %zu needs two hexadecimal digits that are not 00",
                           column(s, s->at));
        }
        buf_addc(&s->word, (char)(high * 16 + low));
        s->at += 4;
        return ST_OK;
    }
    static const char from[] = "\"\\$`ntr";
    static const char to[] = "\"\\$`\n\t\r";
    const char *known = c != '\0' ? strchr(from, c) : NULL;
    if (known != NULL) {
        buf_addc(&s->word, to[known - from]);
        s->at += 2;
    } else {
        buf_addc(&s->word, '\\');
        s->at++;
    }
    return ST_OK;
}

static enum status double_quoted(struct splitter *s, struct err *e)
{
    const char *start = s->at++;
    while (*s->at != '"') {
        if (*s->at == '\0') {
            return err_set(e, ST_USAGE, "the quote \" in column %zu is never closed",
                           column(s, start));
        }
        if (*s->at != '\\') {
            buf_addc(&s->word, *s->at++);
            continue;
        }
        enum status st = escape(s, e);
        if (st != ST_OK) {
            return st;
        }
    }
    s->at++;
    return ST_OK;
}

static enum status one_word(struct splitter *s, struct err *e)
{
    enum status st = ST_OK;
    while (st == ST_OK && *s->at != '\0' && !is_blank(*s->at)) {
        if (*s->at == '\'') {
            st = single_quoted(s, e);
        } else if (*s->at == '"') {
            st = double_quoted(s, e);
        } else if (*s->at != '\\') {
            buf_addc(&s->word, *s->at++);
        } else if (s->at[1] == '\0') {
            st = err_set(e, ST_USAGE, "the line ends in a backslash that has nothing to quote");
        } else {
            buf_addc(&s->word, s->at[1]);
            s->at += 2;
        }
    }
    return st;
}

enum status words_split(const char *line, int *argc, char ***argv, struct err *e)
{
    *argc = 0;
    *argv = NULL;
    if (strlen(line) > LINE_MAX_BYTES) {
        return err_set(e, ST_LIMIT, "a line may have at most %d bytes", LINE_MAX_BYTES);
    }
    struct splitter s = {.line = line, .at = line};
    buf_init(&s.word, LINE_MAX_BYTES);
    enum status st = ST_OK;
    for (;;) {
        s.at += strspn(s.at, " \t\r\n");
        if (*s.at == '\0' || *s.at == '#') {
            break;
        }
        if (s.argc == WORDS_MAX) {
            st = err_set(e, ST_LIMIT, "a line may have at most %d words", WORDS_MAX);
            break;
        }
        buf_clear(&s.word);
        st = one_word(&s, e);
        if (st != ST_OK) {
            break;
        }
        s.argv = vec_grow(s.argv, &s.cap, (size_t)s.argc + 1, sizeof *s.argv);
        s.argv[s.argc++] = xstrndup(s.word.data, s.word.len);
    }
    buf_free(&s.word);
    if (st != ST_OK) {
        words_free(s.argc, s.argv);
        return st;
    }
    *argc = s.argc;
    *argv = s.argv;
    return ST_OK;
}

void words_free(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        free(argv[i]);
    }
    free(argv);
}

/* ------------------------------------------------------------------ quoting */

enum need { NEED_NOTHING, NEED_QUOTES, NEED_ESCAPES };

static bool is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("_@%+=:,./-", c) != NULL);
}

/* C0, DEL, C1 and bytes that are no UTF-8 are spelled out. */
static bool is_unprintable(uint32_t cp)
{
    return cp == UTF8_BAD || cp < 0x20 || (cp >= 0x7F && cp < 0xA0);
}

static enum need word_need(const char *word, size_t n)
{
    enum need need = n == 0 ? NEED_QUOTES : NEED_NOTHING;
    size_t i = 0;
    while (i < n) {
        uint32_t cp = 0;
        size_t len = utf8_decode(word + i, n - i, &cp);
        if (is_unprintable(cp) || cp == '\'') {
            return NEED_ESCAPES;
        }
        if (cp < 0x80 && !is_plain((unsigned char)cp)) {
            need = NEED_QUOTES;
        }
        i += len;
    }
    return need;
}

static void add_unprintable(struct buf *out, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        switch (bytes[i]) {
        case '\n':
            buf_adds(out, "\\n");
            break;
        case '\t':
            buf_adds(out, "\\t");
            break;
        case '\r':
            buf_adds(out, "\\r");
            break;
        default:
            buf_printf(out, "\\x%02x", (unsigned)(unsigned char)bytes[i]);
        }
    }
}

static void quote_escaped(struct buf *out, const char *word, size_t n)
{
    buf_addc(out, '"');
    size_t i = 0;
    while (i < n) {
        uint32_t cp = 0;
        size_t len = utf8_decode(word + i, n - i, &cp);
        if (is_unprintable(cp)) {
            add_unprintable(out, word + i, len);
        } else {
            if (cp == '"' || cp == '\\' || cp == '$' || cp == '`') {
                buf_addc(out, '\\');
            }
            buf_add(out, word + i, len);
        }
        i += len;
    }
    buf_addc(out, '"');
}

void words_quote(struct buf *out, const char *word)
{
    size_t n = strlen(word);
    switch (word_need(word, n)) {
    case NEED_NOTHING:
        buf_add(out, word, n);
        break;
    case NEED_QUOTES:
        buf_addc(out, '\'');
        buf_add(out, word, n);
        buf_addc(out, '\'');
        break;
    case NEED_ESCAPES:
        quote_escaped(out, word, n);
        break;
    }
}

void words_join(struct buf *out, int argc, const char *const *argv)
{
    for (int i = 0; i < argc; i++) {
        if (i > 0) {
            buf_addc(out, ' ');
        }
        words_quote(out, argv[i]);
    }
}
