/*
 * Without case, PCRE2 also takes a few letters beyond ASCII for ASCII ones (the Kelvin sign is a
 * k), so a name with such bytes that the direct comparison turns down is shown to the expression.
 */
#include "ui/needle.h"

#include "base/mem.h"
#include "base/regex.h"
#include <stdlib.h>
#include <string.h>

struct needle {
    struct regex *re;
    char *plain; /* NULL: only the expression can say; folded: in lower case */
    size_t len;
    bool folded;
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

enum status needle_new(const char *pattern, struct needle **out, struct err *e)
{
    struct regex *re = NULL;
    enum status st = regex_new(pattern, &re, e);
    *out = NULL;
    if (st != ST_OK) {
        return st;
    }
    struct needle *n = xcalloc(1, sizeof *n);
    bool plain = pattern[0] != '\0', upper = false;
    for (const char *s = pattern; *s != '\0'; s++) {
        plain = plain && *s >= ' ' && *s <= '~' && strchr("\\^$.[|()?*+{", *s) == NULL;
        upper = upper || (*s >= 'A' && *s <= 'Z');
    }
    n->re = re;
    n->folded = !upper;
    n->plain = plain ? xstrdup(pattern) : NULL;
    n->len = strlen(pattern);
    *out = n;
    return ST_OK;
}

void needle_free(struct needle *n)
{
    if (n != NULL) {
        regex_free(n->re);
        free(n->plain);
        free(n);
    }
}

static bool find_folded(const struct needle *n, const char *s, size_t *start, bool *ascii)
{
    *ascii = true;
    for (size_t at = 0; s[at] != '\0'; at++) {
        *ascii = *ascii && (unsigned char)s[at] < 0x80;
        size_t i = 0;
        while (i < n->len && lower(s[at + i]) == n->plain[i]) {
            i++;
        }
        if (i == n->len) {
            *start = at;
            return *ascii; /* else a match of another kind may stand before it */
        }
    }
    return false;
}

bool needle_find(struct needle *n, const char *s, size_t *start, size_t *end)
{
    bool ascii = false;
    if (n->plain != NULL && !n->folded) {
        const char *at = strstr(s, n->plain);
        *start = at != NULL ? (size_t)(at - s) : 0;
        *end = *start + n->len;
        return at != NULL;
    }
    if (n->plain != NULL) {
        bool found = find_folded(n, s, start, &ascii);
        *end = *start + n->len;
        if (found || ascii) {
            return found;
        }
    }
    return regex_find(n->re, s, strlen(s), 0, start, end);
}

bool needle_narrows(const struct needle *now, const struct needle *before)
{
    if (now->plain == NULL || before->plain == NULL || (now->folded && !before->folded)) {
        return false;
    }
    size_t at = 0;
    bool ascii = false;
    return before->folded ? find_folded(before, now->plain, &at, &ascii)
                          : strstr(now->plain, before->plain) != NULL;
}
