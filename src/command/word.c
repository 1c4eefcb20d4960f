/*
 * word - see word.h.
 *
 * strtod alone takes too much (" 1", "0x10", "nan"), so the letters are looked at first. The edit
 * distance counts a swap of two neighbours as one mistake, since that is what fingers do; words are
 * cut at a fixed length because no name here is longer.
 */
#include "command/word.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COMPARED = 40 };

bool word_int(const char *s, int64_t *out)
{
    const char *digits = s[0] == '-' || s[0] == '+' ? s + 1 : s;
    if (digits[0] == '\0' || digits[strspn(digits, "0123456789")] != '\0') {
        return false;
    }
    errno = 0;
    long long v = strtoll(s, NULL, 10);
    if (errno != 0) {
        return false;
    }
    *out = v;
    return true;
}

bool word_number(const char *s, double *out)
{
    if (s[0] == '\0' || s[strspn(s, "0123456789+-.eE")] != '\0') {
        return false;
    }
    char *end = NULL;
    double v = strtod(s, &end);
    if (end == s || *end != '\0' || !isfinite(v)) {
        return false;
    }
    *out = v;
    return true;
}

const char *word_next(const char **at, size_t *len)
{
    const char *item = *at;
    if (item == NULL || *item == '\0') {
        return NULL;
    }
    *len = strcspn(item, "|");
    *at = item[*len] == '|' ? item + *len + 1 : item + *len;
    return item;
}

bool word_in(const char *choices, const char *word)
{
    size_t n = strlen(word);
    size_t len = 0;
    const char *at = choices;
    const char *item = word_next(&at, &len);
    while (item != NULL) {
        if (len == n && memcmp(item, word, n) == 0) {
            return true;
        }
        item = word_next(&at, &len);
    }
    return false;
}

void word_list_text(const char *choices, struct buf *out)
{
    size_t len = 0;
    const char *at = choices;
    const char *item = word_next(&at, &len);
    bool first = true;
    while (item != NULL) {
        size_t next_len = 0;
        const char *next = word_next(&at, &next_len);
        if (!first) {
            buf_adds(out, next != NULL ? ", " : " or ");
        }
        buf_add(out, item, len);
        first = false;
        item = next;
        len = next_len;
    }
}

static void add_number(double v, struct buf *out)
{
    buf_printf(out, fabs(v) >= 1e15 || fabs(v - nearbyint(v)) > 0.0 ? "%.16g" : "%.0f", v);
}

void word_range_text(double low, double high, struct buf *out)
{
    if (low < high) {
        buf_adds(out, "from ");
        add_number(low, out);
        buf_adds(out, " to ");
        add_number(high, out);
    }
}

/* Optimal string alignment distance of two words of at most COMPARED bytes. */
static int distance(const char *a, size_t n, const char *b, size_t m)
{
    int row[3][COMPARED + 1];
    for (size_t j = 0; j <= m; j++) {
        row[0][j] = (int)j;
    }
    for (size_t i = 1; i <= n; i++) {
        int *now = row[i % 3];
        const int *up = row[(i + 2) % 3];
        const int *up2 = row[(i + 1) % 3];
        now[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int best = up[j - 1] + (a[i - 1] != b[j - 1] ? 1 : 0);
            best = up[j] + 1 < best ? up[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && up2[j - 2] + 1 < best) {
                best = up2[j - 2] + 1;
            }
            now[j] = best;
        }
    }
    return row[n % 3][m];
}

void nearest_init(struct nearest *n, const char *word)
{
    memset(n, 0, sizeof *n);
    n->word = word;
}

void nearest_offer(struct nearest *n, const char *name, size_t len)
{
    size_t typed = strlen(n->word);
    if (typed == 0 || typed > COMPARED || len > COMPARED) {
        return;
    }
    int d = distance(n->word, typed, name, len);
    int allowed = typed <= 2 ? 1 : typed <= 5 ? 2 : (int)(typed / 3) + 1;
    bool starts = typed >= 2 && typed < len && memcmp(name, n->word, typed) == 0;
    if (starts) {
        d = d < 1 ? d : 1;
    } else if (d > allowed || (size_t)d >= typed) {
        return;
    }
    int at = n->count < NEAREST_MAX ? n->count : NEAREST_MAX;
    while (at > 0 && n->distance[at - 1] > d) {
        at--;
    }
    if (at == NEAREST_MAX) {
        return;
    }
    int last = n->count < NEAREST_MAX ? n->count : NEAREST_MAX - 1;
    for (int i = last; i > at; i--) {
        n->name[i] = n->name[i - 1];
        n->len[i] = n->len[i - 1];
        n->distance[i] = n->distance[i - 1];
    }
    n->name[at] = name;
    n->len[at] = len;
    n->distance[at] = d;
    n->count = last + 1;
}

void nearest_offer_all(struct nearest *n, const char *choices)
{
    size_t len = 0;
    const char *at = choices;
    const char *item = word_next(&at, &len);
    while (item != NULL) {
        nearest_offer(n, item, len);
        item = word_next(&at, &len);
    }
}

void nearest_text(const struct nearest *n, struct buf *out)
{
    int shown = 0;
    for (int i = 0; i < n->count; i++) {
        /* One clear winner is shown alone: more would only hide it. */
        if (i > 0 && n->distance[i] > n->distance[0]) {
            break;
        }
        buf_adds(out, shown == 0 ? "; did you mean " : " or ");
        buf_add(out, n->name[i], n->len[i]);
        shown++;
    }
    if (shown > 0) {
        buf_addc(out, '?');
    }
}
