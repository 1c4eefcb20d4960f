/*
 * text - see text.h.
 *
 * Filling is one pass over the pattern. Matching walks the slots from left to right; only word
 * slots can stop at several places, so those are what backtracking goes through, on a stack as long
 * as the pattern has slots. Most patterns never get that far: the 4-gram filter drops them.
 */
#include "teacher/offline/text.h"

#include "teacher/offline/words.h"

#include <string.h>

enum { SLOTS_MAX = 16 };

static void add_span(struct buf *out, struct span s)
{
    buf_add(out, s.s, s.n);
}

static void unit(struct buf *out, const struct fill *f)
{
    switch (f->kind) {
    case KIND_MONEY:
        buf_adds(out, "dollars");
        break;
    case KIND_MEASURE:
        add_span(out, f->fine);
        break;
    case KIND_MINUTES:
        buf_adds(out, "minutes");
        break;
    case KIND_ITEMS:
    case KIND_ANY:
        add_span(out, f->items);
        break;
    }
}

static void plain_number(struct buf *out, const struct fill *f, struct rat r)
{
    if (f->clock) {
        buf_printf(out, "%d:%02d", (int)(r.n / 60), (int)(r.n % 60));
    } else {
        rat_text(out, r, false);
    }
}

static void amount(struct buf *out, const struct fill *f, struct rat r)
{
    if (f->kind == KIND_MONEY) {
        buf_addc(out, '$');
        rat_text(out, r, true);
        return;
    }
    rat_text(out, r, false);
    buf_addc(out, ' ');
    unit(out, f);
}

static void capital(struct buf *out, const char *s, size_t n)
{
    size_t at = out->len;
    buf_add(out, s, n);
    if (out->len > at && out->data[at] >= 'a' && out->data[at] <= 'z') {
        out->data[at] = (char)(out->data[at] - 'a' + 'A');
    }
}

static void fill_slot(struct buf *out, char slot, const struct fill *f)
{
    switch (slot) {
    case 'a':
    case 'b':
    case 'c':
        plain_number(out, f, f->arg[slot - 'a']);
        break;
    case 'A':
    case 'B':
    case 'C':
        amount(out, f, f->arg[slot - 'A']);
        break;
    case 'P':
    case 'Q':
        add_span(out, f->person[slot - 'P']);
        break;
    case 'i':
        add_span(out, f->items);
        break;
    case 'k':
        add_span(out, f->container);
        break;
    case 'K':
        add_span(out, f->containers);
        break;
    case 'f':
        add_span(out, f->folk);
        break;
    case 'l':
        add_span(out, f->where);
        break;
    case 'L':
        capital(out, f->where.s, f->where.n);
        break;
    case 't':
        buf_adds(out, f->time);
        break;
    case 'T':
        capital(out, f->time, strlen(f->time));
        break;
    case 'm':
        add_span(out, f->material);
        break;
    case 'u':
        add_span(out, f->coarse);
        break;
    case 'v':
        add_span(out, f->fine);
        break;
    case 'w':
        unit(out, f);
        break;
    case 'H':
        buf_adds(out, f->kind == KIND_MONEY ? "How much " : "How many ");
        if (f->kind == KIND_MONEY) {
            buf_adds(out, "money");
        } else {
            unit(out, f);
        }
        break;
    case 'r':
        add_span(out, f->ref);
        break;
    default:
        break;
    }
}

void text_fill(struct buf *out, struct span pattern, const struct fill *f)
{
    const char *at = pattern.s;
    const char *end = pattern.s + pattern.n;
    while (at < end) {
        const char *open = memchr(at, '{', (size_t)(end - at));
        if (open == NULL || end - open < 3) {
            buf_add(out, at, (size_t)(end - at));
            return;
        }
        buf_add(out, at, (size_t)(open - at));
        fill_slot(out, open[1], f);
        at = open + 3;
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A run of digits, commas between groups of three allowed; at most 12 digits. Returns its bytes. */
static size_t digits(const char *s, size_t n, int64_t *value, int *count)
{
    size_t at = 0;
    *value = 0;
    *count = 0;
    while (at < n) {
        bool comma = s[at] == ',' && *count > 0 && at + 3 < n && is_digit(s[at + 1]) &&
                     is_digit(s[at + 2]) && is_digit(s[at + 3]) &&
                     !(at + 4 < n && is_digit(s[at + 4]));
        if (comma) {
            at++;
            continue;
        }
        if (!is_digit(s[at]) || *count == 12) {
            break;
        }
        *value = *value * 10 + (s[at] - '0');
        *count += 1;
        at++;
    }
    return at < n && is_digit(s[at]) ? 0 : at;
}

size_t text_quantity(const char *s, size_t n, struct rat *out)
{
    size_t at = n > 0 && s[0] == '$' ? 1 : 0;
    int64_t whole;
    int64_t more;
    int count;
    size_t got = digits(s + at, n - at, &whole, &count);
    if (got == 0) {
        return 0;
    }
    at += got;
    *out = rat_int(whole);
    if (at + 1 >= n || !is_digit(s[at + 1])) {
        return at;
    }
    char mark = s[at];
    if (mark != '.' && mark != '/' && mark != ':') {
        return at;
    }
    got = digits(s + at + 1, n - at - 1, &more, &count);
    if (got == 0) {
        return 0;
    }
    at += 1 + got;
    if (mark == '/') {
        return rat_make(whole, more, out) ? at : 0;
    }
    if (mark == ':') {
        *out = rat_int(whole * 60 + more);
        return count == 2 ? at : 0;
    }
    if (count > 4) {
        return 0;
    }
    int64_t scale = 1;
    for (int i = 0; i < count; i++) {
        scale *= 10;
    }
    return rat_make(whole * scale + more, scale, out) ? at : 0;
}

struct span match_word(const struct match *m, char slot)
{
    return m->word[(unsigned char)slot - 64];
}

/* One slot and the literal text after it. */
struct piece {
    char slot; /* 0: the text before the first slot */
    const char *literal;
    size_t n;
};

static int pieces_of(const char *pattern, struct piece piece[SLOTS_MAX])
{
    int count = 0;
    const char *at = pattern;
    char slot = 0;
    while (count < SLOTS_MAX) {
        size_t n = strcspn(at, "{");
        bool last = at[n] == '\0';
        piece[count++] = (struct piece){slot, at, n};
        if (last) {
            break;
        }
        slot = at[n + 1];
        at += n + 3;
    }
    return count;
}

/*
 * First place at or after `from` where the literal of a word slot stands, with no digit skipped;
 * the last literal must end the sentence. SIZE_MAX: nowhere.
 */
static size_t next_stop(const struct piece *p, bool last, const char *s, size_t n, size_t from)
{
    for (size_t at = from; at + p->n <= n; at++) {
        bool here = last ? at + p->n == n : true;
        if (here && memcmp(s + at, p->literal, p->n) == 0) {
            return at;
        }
        if (at < n && is_digit(s[at])) {
            break;
        }
    }
    return SIZE_MAX;
}

/* Where a slot's content begins and the first place it may end. false: no match here. */
static bool enter(const struct piece *p, const char *s, size_t n, size_t at, size_t *begin,
                  size_t *from, struct match *out)
{
    bool with_unit = p->slot >= 'A' && p->slot <= 'C';
    bool is_number = with_unit || (p->slot >= 'a' && p->slot <= 'c');
    *begin = at;
    *from = at + (p->slot == 0 ? 0 : 1);
    if (is_number) {
        int which = (p->slot | 0x20) - 'a';
        size_t got = text_quantity(s + at, n - at, &out->arg[which]);
        if (got == 0) {
            return false;
        }
        out->got |= 1u << which;
        *from = at + got;
        *begin = *from;
    }
    return *from <= n;
}

bool text_match(const char *pattern, const char *s, size_t n, struct match *out)
{
    struct piece piece[SLOTS_MAX];
    size_t begin[SLOTS_MAX];
    size_t stop[SLOTS_MAX];
    int count = pieces_of(pattern, piece);
    int i = 0;
    size_t at = 0;
    bool again = false; /* came back to piece i to try its next stop */
    out->got = 0;
    while (i < count) {
        const struct piece *p = &piece[i];
        size_t from = again ? stop[i] + 1 : 0;
        bool fine = again || enter(p, s, n, at, &begin[i], &from, out);
        bool fixed = p->slot == 0 || (p->slot >= 'a' && p->slot <= 'c');
        if (fine && again && (fixed || (stop[i] < n && is_digit(s[stop[i]])))) {
            fine = false;
        }
        size_t found = SIZE_MAX;
        if (fine && fixed) {
            bool ends = i + 1 < count || from + p->n == n;
            if (ends && from + p->n <= n && memcmp(s + from, p->literal, p->n) == 0) {
                found = from;
            }
        } else if (fine) {
            found = next_stop(p, i + 1 == count, s, n, from);
        }
        if (found == SIZE_MAX) {
            again = true;
            if (--i < 0) {
                return false;
            }
            continue;
        }
        again = false;
        stop[i] = found;
        at = found + p->n;
        i++;
    }
    for (int j = 1; j < count; j++) {
        unsigned index = (unsigned)(unsigned char)piece[j].slot - 64;
        if (index < 64) {
            out->word[index] = (struct span){s + begin[j], stop[j] - begin[j]};
        }
    }
    return true;
}

static uint32_t gram_at(const char *s)
{
    uint32_t word;
    memcpy(&word, s, sizeof word);
    return word * 0x9E3779B1u >> 21;
}

void grams_of(struct grams *g, const char *s, size_t n)
{
    memset(g, 0, sizeof *g);
    for (size_t i = 0; i + 4 <= n; i++) {
        uint32_t bit = gram_at(s + i);
        g->bits[bit >> 6] |= UINT64_C(1) << (bit & 63);
    }
}

bool grams_may(const struct grams *g, const char *pattern)
{
    const char *at = pattern;
    while (*at != '\0') {
        if (*at == '{') {
            at += 3;
            continue;
        }
        bool whole = true; /* four literal bytes */
        for (int i = 0; i < 4 && whole; i++) {
            whole = at[i] != '\0' && at[i] != '{';
        }
        if (!whole) {
            at++;
            continue;
        }
        uint32_t bit = gram_at(at);
        if ((g->bits[bit >> 6] >> (bit & 63) & 1) == 0) {
            return false;
        }
        at += 4;
    }
    return true;
}
