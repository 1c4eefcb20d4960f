/*
 * regex - see regex.h.
 *
 * The JIT is left out: the depth and heap limits do not hold it. PCRE2 counts steps anew at each
 * start position, so the step limit shrinks with the length of the text. Text is searched where it
 * lies; only when PCRE2 finds it is no UTF-8 it is copied, each bad byte becoming U+001A, which
 * keeps all offsets.
 */
#include "base/regex.h"

#include "base/mem.h"
#include "base/utf8.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <stdlib.h>
#include <string.h>

enum {
    PATTERN_MAX = 4096,     /* bytes */
    COMPILED_MAX = 1 << 20, /* bytes */
    NEST_MAX = 100,         /* parentheses */
    STEPS_ALL = 200000000,  /* of backtracking, over all start positions: a second or two */
    STEPS_MIN = 10000,      /* at one start position */
    STEPS_MAX = 1000000,
    DEPTH_LIMIT = 10000,
    HEAP_LIMIT_KIB = 16384
};

struct regex {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *limits;
};

/* Smart case: upper-case letters count, those of an escape such as \W do not. */
static bool has_upper(const char *pattern, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        if (pattern[i] == '\\') {
            i++;
            if (i < n) {
                i += utf8_decode(pattern + i, n - i, &cp);
                if (i < n && pattern[i] == '{') { /* \p{Lu}, \x{1F600} */
                    const char *end = memchr(pattern + i, '}', n - i);
                    i = end != NULL ? (size_t)(end - pattern) : n;
                }
            }
            continue;
        }
        i += utf8_decode(pattern + i, n - i, &cp);
        if (cp != UTF8_BAD && utf8_fold(cp) != cp) {
            return true;
        }
    }
    return false;
}

static enum status refuse(struct err *e, int code, size_t offset)
{
    PCRE2_UCHAR text[160] = {0};
    (void)pcre2_get_error_message(code, text, sizeof text);
    return err_set(e, ST_INVALID, "pattern, at byte %zu: %s", offset, (const char *)text);
}

enum status regex_new(const char *pattern, struct regex **out, struct err *e)
{
    *out = NULL;
    size_t n = strlen(pattern);
    if (n > PATTERN_MAX) {
        return err_set(e, ST_LIMIT, "a pattern has at most %d bytes, this one %zu", PATTERN_MAX, n);
    }
    uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;
    if (!has_upper(pattern, n)) {
        options |= PCRE2_CASELESS;
    }
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (context == NULL) {
        return err_set(e, ST_LIMIT, "no memory for a pattern");
    }
    (void)pcre2_set_parens_nest_limit(context, NEST_MAX);
    int code = 0;
    size_t offset = 0;
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)pattern, n, options, &code, &offset, context);
    pcre2_compile_context_free(context);
    if (compiled == NULL) {
        return refuse(e, code, offset);
    }
    size_t size = 0;
    (void)pcre2_pattern_info(compiled, PCRE2_INFO_SIZE, &size);
    if (size > COMPILED_MAX) {
        pcre2_code_free(compiled);
        return err_set(e, ST_LIMIT, "the pattern grows to %zu bytes; at most %d", size,
                       COMPILED_MAX);
    }
    struct regex *re = xcalloc(1, sizeof *re);
    re->code = compiled;
    re->data = pcre2_match_data_create(1, NULL); /* only the whole match is asked for */
    re->limits = pcre2_match_context_create(NULL);
    if (re->data == NULL || re->limits == NULL) {
        regex_free(re);
        return err_set(e, ST_LIMIT, "no memory for a pattern");
    }
    (void)pcre2_set_depth_limit(re->limits, DEPTH_LIMIT);
    (void)pcre2_set_heap_limit(re->limits, HEAP_LIMIT_KIB);
    *out = re;
    return ST_OK;
}

void regex_free(struct regex *re)
{
    if (re == NULL) {
        return;
    }
    pcre2_match_context_free(re->limits);
    pcre2_match_data_free(re->data);
    pcre2_code_free(re->code);
    free(re);
}

static int match(struct regex *re, const char *s, size_t n, size_t from)
{
    return pcre2_match(re->code, (PCRE2_SPTR)s, n, from, 0, re->data, re->limits);
}

/* The search again over a copy in which each byte that is no UTF-8 is U+001A. */
static int match_repaired(struct regex *re, const char *s, size_t n, size_t from)
{
    char *copy = mem_try_realloc(NULL, n);
    if (copy == NULL) {
        return PCRE2_ERROR_NOMEMORY;
    }
    memcpy(copy, s, n);
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        size_t len = utf8_decode(s + i, n - i, &cp);
        if (cp == UTF8_BAD) {
            memset(copy + i, 0x1A, len);
        }
        i += len;
    }
    int found = match(re, copy, n, from);
    free(copy);
    return found;
}

static uint32_t step_limit(size_t n)
{
    size_t share = STEPS_ALL / (n + 1);
    if (share > STEPS_MAX) {
        return STEPS_MAX;
    }
    return share > STEPS_MIN ? (uint32_t)share : STEPS_MIN;
}

bool regex_find(struct regex *re, const char *s, size_t n, size_t from, size_t *start, size_t *end)
{
    *start = 0;
    *end = 0;
    while (from < n && from > 0 && ((unsigned char)s[from] & 0xC0u) == 0x80u) {
        from++; /* within a character */
    }
    if (from > n) {
        return false;
    }
    (void)pcre2_set_match_limit(re->limits, step_limit(n));
    int found = match(re, s, n, from);
    bool no_utf8 = found <= PCRE2_ERROR_UTF8_ERR1 && found >= PCRE2_ERROR_UTF8_ERR21;
    if (no_utf8 || found == PCRE2_ERROR_BADUTFOFFSET) {
        found = match_repaired(re, s, n, from);
    }
    if (found < 0) {
        return false; /* no match, or a limit was hit */
    }
    const size_t *range = pcre2_get_ovector_pointer(re->data);
    *start = range[0];
    *end = range[1] >= range[0] ? range[1] : range[0]; /* \K can put the start behind the end */
    return true;
}
