/*
 * Differences are found by the longest common run of words, in a table: texts here have some
 * hundred words, so its size is bounded and the result is the best there is.
 */
#include "server/tell.h"

#include "base/mem.h"
#include "base/text.h"
#include "command/filter.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- differences */

struct word {
    const char *at;
    size_t len;
};

/* The words of a text, at most TELL_WORDS + 1. */
static size_t split(const char *s, struct word *out)
{
    size_t n = 0;
    for (s += strspn(s, " \t\r\n"); *s != '\0' && n <= TELL_WORDS; s += strspn(s, " \t\r\n")) {
        out[n] = (struct word){s, strcspn(s, " \t\r\n")};
        s += out[n++].len;
    }
    return n;
}

static bool same(const struct word *a, const struct word *b)
{
    return a->len == b->len && memcmp(a->at, b->at, a->len) == 0;
}

/* In which state the words are written: as they were, within [- -], within {+ +}. */
enum run { RUN_SAME, RUN_GONE, RUN_NEW };

static void turn(enum run *now, enum run next, struct buf *out)
{
    static const char *const ends[] = {"", "-]", "+}"}, *const begins[] = {"", "[-", "{+"};
    if (*now != next) {
        buf_adds(out, ends[*now]);
    }
    if (out->len > 0) {
        buf_addc(out, ' ');
    }
    if (*now != next) {
        buf_adds(out, begins[next]);
    }
    *now = next;
}

static void add_word(enum run *now, enum run next, const struct word *w, struct buf *out)
{
    turn(now, next, out);
    buf_add(out, w->at, w->len);
}

/* common[i * (m + 1) + j]: words that a from i on and b from j on have in common. */
static uint16_t *common_table(const struct word *a, size_t n, const struct word *b, size_t m)
{
    uint16_t *t = xcalloc((n + 1) * (m + 1), sizeof *t);
    for (size_t i = n; i-- > 0;) {
        for (size_t j = m; j-- > 0;) {
            uint16_t *at = &t[i * (m + 1) + j];
            uint16_t down = at[m + 1], right = at[1];
            *at = same(&a[i], &b[j]) ? (uint16_t)(at[m + 2] + 1) : down > right ? down : right;
        }
    }
    return t;
}

void tell_difference(const char *was, const char *is, struct buf *out)
{
    struct word *a = xcalloc(TELL_WORDS + 1, sizeof *a);
    struct word *b = xcalloc(TELL_WORDS + 1, sizeof *b);
    size_t n = split(was, a), m = split(is, b);
    struct buf text;
    buf_init(&text, 64u << 20);
    if (n > TELL_WORDS || m > TELL_WORDS) {
        buf_adds(&text, is);
    } else {
        uint16_t *t = common_table(a, n, b, m);
        enum run now = RUN_SAME;
        for (size_t i = 0, j = 0; i < n || j < m;) {
            if (i < n && j < m && same(&a[i], &b[j])) {
                add_word(&now, RUN_SAME, &a[i++], &text);
                j++;
            } else if (j >= m || (i < n && t[(i + 1) * (m + 1) + j] >= t[i * (m + 1) + j + 1])) {
                add_word(&now, RUN_GONE, &a[i++], &text);
            } else {
                add_word(&now, RUN_NEW, &b[j++], &text);
            }
        }
        buf_adds(&text, now == RUN_GONE ? "-]" : now == RUN_NEW ? "+}" : "");
        free(t);
    }
    buf_add(out, text.data, text.len);
    buf_free(&text);
    free(a);
    free(b);
}

/* ---- parts */

static void heading(struct buf *out, const char *text)
{
    buf_printf(out, "\n%s\n", text);
}

static const char *text_of(const cJSON *o, const char *name)
{
    return json_str_or(o, name, "");
}

static void add_fields(const cJSON *record, struct buf *out)
{
    const cJSON *f = NULL;
    cJSON_ArrayForEach(f, record)
    {
        char *text = cJSON_IsString(f) ? xstrdup(f->valuestring) : json_text(f);
        buf_printf(out, "  %-12s %s\n", f->string != NULL ? f->string : "", text);
        free(text);
    }
}

static void add_head(const cJSON *o, struct buf *out)
{
    const char *reason = text_of(o, "reason");
    buf_printf(out, "point %.0f  %s%s%s\n", json_num_or(o, "id", 0), text_of(o, "state"),
               reason[0] != '\0' ? ": " : "", reason);
    if (strcmp(text_of(o, "state"), text_of(o, "outcome")) != 0) {
        buf_printf(out, "  a person decided so; the machine said %s\n", text_of(o, "outcome"));
    }
    if (json_bool_or(o, "offline", false)) {
        buf_adds(out, "  written by the offline teacher (rule-based)\n");
    } else {
        buf_printf(out, "  written by %s %s\n", text_of(o, "teacher"), text_of(o, "model"));
    }
    if (cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(o, "record"))) {
        heading(out, "record");
        add_fields(cJSON_GetObjectItemCaseSensitive(o, "record"), out);
    }
}

static void add_draw(const cJSON *o, struct buf *out)
{
    const cJSON *m = NULL;
    heading(out, "draw");
    buf_printf(out, "  strategy %s%s\n", text_of(o, "strategy"),
               json_bool_or(o, "complexified", false) ? ", to be complexified" : "");
    cJSON_ArrayForEach(m, cJSON_GetObjectItemCaseSensitive(o, "mix"))
    {
        buf_printf(out, "  %s: %s\n", text_of(m, "taxonomy"), text_of(m, "path"));
    }
}

static void add_scenarios(const cJSON *o, struct buf *out)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(o, "scenarios"), *s = NULL;
    const char *plain = json_str_or(o, "plain", NULL);
    char title[80];
    if (cJSON_GetArraySize(list) > 0) {
        snprintf(title, sizeof title, "scenarios: %d were written, > is the one in use",
                 cJSON_GetArraySize(list));
        heading(out, title);
    }
    cJSON_ArrayForEach(s, list)
    {
        buf_printf(out, "%s %s\n", json_bool_or(s, "used", false) ? ">" : " ", text_of(s, "text"));
    }
    if (plain != NULL && text_of(o, "scenario")[0] != '\0') {
        heading(out, "complexified: [-gone-] {+new+}");
        buf_adds(out, "  ");
        tell_difference(plain, text_of(o, "scenario"), out);
        buf_addc(out, '\n');
    }
}

static void add_attempts(const cJSON *o, struct buf *out)
{
    const cJSON *a = NULL;
    const char *before = NULL;
    cJSON_ArrayForEach(a, cJSON_GetObjectItemCaseSensitive(o, "attempts"))
    {
        char title[120];
        bool differs = before != NULL && strcmp(text_of(a, "task"), "generate") != 0;
        snprintf(title, sizeof title, "attempt %.0f: %.40s%s", json_num_or(a, "number", 0),
                 text_of(a, "task"), differs ? ", against the one before" : "");
        heading(out, title);
        buf_adds(out, "  ");
        if (differs) {
            tell_difference(before, text_of(a, "text"), out);
        } else {
            buf_adds(out, text_of(a, "text"));
        }
        buf_addc(out, '\n');
        if (text_of(a, "problem")[0] != '\0') {
            buf_printf(out, "  not good enough: %s\n", text_of(a, "problem"));
        }
        before = text_of(a, "text");
    }
}

static void add_verdicts(const cJSON *o, struct buf *out)
{
    const cJSON *v = NULL, *list = cJSON_GetObjectItemCaseSensitive(o, "verdicts");
    if (cJSON_GetArraySize(list) > 0) {
        heading(out, "verdicts");
    }
    cJSON_ArrayForEach(v, list)
    {
        const char *critic = text_of(v, "critic");
        const char *asked = strcmp(critic, "correct") == 0     ? "is it correct?"
                            : strcmp(critic, "incorrect") == 0 ? "is it incorrect?"
                                                               : "does it fit the requirements?";
        buf_printf(out, "  %s %s: %s (%s, prompt %s, call %.0f)\n", asked, text_of(v, "answer"),
                   text_of(v, "reason"), text_of(v, "model"), text_of(v, "prompt"),
                   json_num_or(v, "call", 0));
    }
}

static void add_reviews(const cJSON *o, struct buf *out)
{
    const cJSON *r = NULL, *list = cJSON_GetObjectItemCaseSensitive(o, "reviews");
    if (cJSON_GetArraySize(list) > 0) {
        heading(out, "reviews");
    }
    cJSON_ArrayForEach(r, list)
    {
        buf_printf(out, "  %s by %s%s%s\n", text_of(r, "decision"), text_of(r, "who"),
                   text_of(r, "note")[0] != '\0' ? ": " : "", text_of(r, "note"));
        if (text_of(r, "after")[0] != '\0') {
            buf_adds(out, "    ");
            tell_difference(text_of(r, "before"), text_of(r, "after"), out);
            buf_addc(out, '\n');
        }
    }
}

/* Newest first, as the store gives them; told the other way round. */
struct call_lines {
    char **lines;
    size_t count, cap;
};

static bool take_call(void *ctx, const struct call_row *c)
{
    struct call_lines *l = ctx;
    char time[32];
    text_seconds(time, c->seconds);
    l->lines = vec_grow(l->lines, &l->cap, l->count + 1, sizeof *l->lines);
    l->lines[l->count++] = xasprintf(
        "  call %-9" PRId64 " %-18s %-9s %8s  %" PRId64 "+%" PRId64 " tokens  $%.5f%s%s\n", c->id,
        c->task, c->outcome, time, c->tokens_in, c->tokens_out, c->cost,
        c->error != NULL && c->error[0] != '\0' ? "  " : "", c->error != NULL ? c->error : "");
    return true;
}

static enum status add_calls(struct store *s, const cJSON *o, struct buf *out, struct err *e)
{
    struct call_lines l = {0};
    struct filter f = {0};
    char word[40];
    snprintf(word, sizeof word, "point:%.0f", json_num_or(o, "id", 0));
    enum status st = filter_parse(word, true, &f, e);
    if (st == ST_OK) {
        st = store_calls(s, &f, 0, 10000, take_call, &l, e);
    }
    if (l.count > 0) {
        char title[80];
        snprintf(title, sizeof title, "calls: `call ID` shows one; all of them cost $%.5f",
                 json_num_or(o, "cost", 0));
        heading(out, title);
    }
    while (l.count-- > 0) {
        buf_adds(out, l.lines[l.count]);
        free(l.lines[l.count]);
    }
    free(l.lines);
    filter_free(&f);
    return st;
}

enum status tell_story(struct store *s, const cJSON *story, struct buf *out, struct err *e)
{
    add_head(story, out);
    add_draw(story, out);
    add_scenarios(story, out);
    add_attempts(story, out);
    add_verdicts(story, out);
    add_reviews(story, out);
    return add_calls(s, story, out, e);
}
