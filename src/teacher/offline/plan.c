/*
 * plan - see plan.h.
 *
 * The scenario holds everything that fixes the story; the numbers and the turns of phrase come
 * later from the seed of the question. So a scenario can be used with many seeds, and what a person
 * changes in it (a name, an operation, the wording) is what the next problem has.
 */
#include "teacher/offline/plan.h"

#include "base/rng.h"

#include <string.h>

const struct wording_info wording_table[WORDINGS] = {
    [WORDING_PLAIN] = {"plain statement", "as a plain statement"},
    [WORDING_QUESTION] = {"question first", "with the question first"},
    [WORDING_DIALOGUE] = {"dialogue", "as a dialogue"},
    [WORDING_LETTER] = {"letter", "as a letter"},
    [WORDING_FACTS] = {"list of facts", "as a list of facts"},
    [WORDING_NEWS] = {"news note", "as a news note"},
};

const char *const offline_headlines =
    "Local news {t}.|From our reporter {l}.|The Morning Post reports {t}.|"
    "A short notice from the evening paper.|News from the neighbourhood.";

static const char *const openings[] = {
    "{L} {t}, {P} and {Q} are busy with {i} and {K}.",
    "{P} and {Q} meet {l} {t}, where {i} and {K} keep them occupied.",
    "The story is about {i} and {K}, and about {P} and {Q}, who are {l} {t}.",
};
/* The same for reading: a time always begins with "on a". */
static const char *const opening_reads[] = {
    "{l} on a {t}, {P} and {Q} are busy with {i} and {K}",
    "{P} and {Q} meet {l} on a {t}, where {i} and {K} keep them occupied",
    "The story is about {i} and {K}, and about {P} and {Q}, who are {l} on a {t}",
};
enum { OPENINGS = 3 };
static const char harder_mark[] = "To make it harder, ";

enum {
    I = 1 << KIND_ITEMS,
    M = 1 << KIND_MONEY,
    MEAS = 1 << KIND_MEASURE,
    MIN = 1 << KIND_MINUTES
};
static const struct {
    unsigned char first, later; /* kinds of value */
} accepts[FORM_COUNT] = {
    [FORM_ADD] = {I | M, I | M | MEAS | MIN},
    [FORM_SUB] = {I | M, I | M | MEAS | MIN},
    [FORM_MISSING] = {I | M, I | M | MEAS | MIN},
    [FORM_DIFF] = {I | M, I | M | MEAS | MIN},
    [FORM_GROUPS] = {I | M, I | M | MEAS},
    [FORM_ROWS] = {I, I},
    [FORM_TIMES] = {I | M, I | M | MEAS | MIN},
    [FORM_GAIN] = {I | M, I | M | MEAS | MIN},
    [FORM_SELL] = {0, I},
    [FORM_SHARE] = {I | M, I | M | MEAS | MIN},
    [FORM_REMAIN] = {I, I},
    [FORM_RATE] = {I | M, I | M | MEAS},
    [FORM_FRACTION] = {I | M, I | M | MEAS | MIN},
    [FORM_PERCENT] = {I | M, I | M | MEAS | MIN},
    [FORM_DISCOUNT] = {M, M},
    [FORM_INCREASE] = {I | M, I | M | MEAS | MIN},
    [FORM_CHANGE] = {M, M},
    [FORM_CONVERT] = {MEAS, 0},
    [FORM_ELAPSED] = {MIN, 0},
    [FORM_AVERAGE] = {I | M, I | M | MEAS | MIN},
};

bool offline_plan_accepts(enum form f, enum kind k, bool first)
{
    return ((first ? accepts[f].first : accepts[f].later) >> k & 1) != 0;
}

static bool op_accepts(enum op o, enum kind k, bool first, bool whole)
{
    if (o == OP_CARRY && k == KIND_MONEY && !whole) {
        return false; /* columns carry in whole numbers */
    }
    return offline_plan_accepts(op_table[o].form[0], k, first) ||
           offline_plan_accepts(op_table[o].form[1], k, first);
}

enum form offline_plan_form(enum op o, enum kind k, bool first, struct draw *d)
{
    enum form chosen = op_table[o].form[draw_below(d, 2)];
    if (!offline_plan_accepts(chosen, k, first)) {
        chosen = op_table[o].form[0];
    }
    return offline_plan_accepts(chosen, k, first) ? chosen : op_table[o].form[1];
}

static bool chain_works(const enum op *ops, int count, enum kind k, bool whole)
{
    for (int i = 0; i < count; i++) {
        if (!op_accepts(ops[i], k, i == 0, whole)) {
            return false;
        }
        k = ops[i] == OP_SALE ? KIND_MONEY : k;
    }
    return true;
}

bool offline_plan_first_kind(const enum op *ops, int count, bool whole, struct draw *d,
                             enum kind *out)
{
    enum kind good[KIND_ANY];
    uint64_t n = 0;
    for (int k = 0; k < KIND_ANY; k++) {
        if (chain_works(ops, count, (enum kind)k, whole)) {
            good[n++] = (enum kind)k;
        }
    }
    if (n == 0) {
        return false;
    }
    *out = good[draw_below(d, n)];
    return true;
}

/* Operations that may go around the main one. */
static enum op other_op(struct draw *d, bool first)
{
    static const enum op starts[] = {OP_GROUPS,  OP_TIMES, OP_GAIN,      OP_ADD,
                                     OP_SUB,     OP_RATE,  OP_ROWS,      OP_AVERAGE,
                                     OP_MISSING, OP_SHARE, OP_DIFFERENCE};
    static const enum op goes_on[] = {OP_ADD,     OP_SUB,  OP_TIMES,   OP_SHARE,  OP_FRACTION,
                                      OP_SALE,    OP_GAIN, OP_MISSING, OP_GROUPS, OP_DIFFERENCE,
                                      OP_PERCENT, OP_RATE, OP_ADD,     OP_SUB};
    return first ? starts[draw_below(d, sizeof starts / sizeof starts[0])]
                 : goes_on[draw_below(d, sizeof goes_on / sizeof goes_on[0])];
}

static bool has_op(const enum op *ops, int count, enum op o)
{
    for (int i = 0; i < count; i++) {
        if (ops[i] == o) {
            return true;
        }
    }
    return false;
}

static void draw_ops(struct plan *p, struct draw *d)
{
    enum kind k;
    bool only_first = op_table[p->main].form[0] == FORM_CONVERT || p->main == OP_ELAPSED;
    for (int try = 0; try < 60; try++) {
        int at = only_first || draw_below(d, 5) < 3 ? 0 : (int)draw_below(d, (uint64_t)p->count);
        for (int i = 0; i < p->count; i++) {
            enum op o = i == at ? p->main : other_op(d, i == 0);
            for (int again = 0; i != at && again < 6 && (o == p->main || has_op(p->ops, i, o));
                 again++) {
                o = other_op(d, i == 0);
            }
            p->ops[i] = o;
        }
        if (offline_plan_first_kind(p->ops, p->count, false, d, &k) &&
            offline_plan_first_kind(p->ops, p->count, true, d, &k)) {
            return;
        }
    }
    for (int i = 0; i < p->count; i++) {
        p->ops[i] = i == 0 ? p->main : OP_ADD;
    }
}

static struct span piece(const char *list, struct draw *d)
{
    struct span out;
    out.s = words_piece(list, (size_t)draw_below(d, words_count(list)), &out.n);
    return out;
}

static unsigned nth_bit(uint64_t bits, struct draw *d)
{
    uint64_t left = draw_below(d, (uint64_t)__builtin_popcountll(bits));
    while (left > 0) {
        bits &= bits - 1;
        left--;
    }
    return (unsigned)__builtin_ctzll(bits);
}

static void set_text(char *out, size_t size, const char *s, size_t n)
{
    size_t fits = n < size ? n : size - 1;
    while (fits < n && fits > 0 && ((unsigned char)s[fits] & 0xC0) == 0x80) {
        fits--;
    }
    memcpy(out, s, fits);
    out[fits] = '\0';
}

/* A name as a place: "the old mill" -> "at the old mill". Digits and full stops would mislead the
 * reader. */
static void set_where(char *out, size_t size, struct span name)
{
    char plain[100];
    size_t n = 0;
    for (size_t i = 0; i < name.n && n + 1 < sizeof plain; i++) {
        char c = name.s[i];
        if (strchr("0123456789.?!\":{}|\n", c) == NULL) {
            plain[n++] = c;
        }
    }
    plain[n] = '\0';
    static const char *const ready[] = {"at ", "in ", "on ", "the "};
    for (int i = 0; i < 4; i++) {
        if (strncmp(plain, ready[i], strlen(ready[i])) == 0) {
            set_text(out, size, i == 3 ? "at " : "", i == 3 ? 3 : 0);
            break;
        }
        set_text(out, size, "at the ", 7);
    }
    size_t at = strlen(out);
    set_text(out + at, size - at, plain, n);
    if (n == 0) {
        set_text(out, size, "at the place", 12);
    }
}

static void draw_place(const struct wish *w, struct draw *d, struct plan *p)
{
    p->detail[0] = '\0';
    if (w->place_asked && w->places == 0) {
        p->place = &offline_anywhere;
        set_where(p->where, sizeof p->where, w->place_name);
        return;
    }
    uint64_t all = (UINT64_C(1) << offline_place_count) - 1;
    p->place = &offline_places[nth_bit(w->places != 0 ? w->places : all, d)];
    set_text(p->where, sizeof p->where, p->place->where, strlen(p->place->where));
    if (w->place_name.n > 0) { /* a finer setting: "at the bread counter" */
        char finer[160];
        set_where(finer, sizeof finer, w->place_name);
        set_text(p->detail, sizeof p->detail, finer, strlen(finer));
    }
}

static void draw_container(struct plan *p, struct draw *d)
{
    struct span both = piece(p->place->containers, d);
    const char *colon = memchr(both.s, ':', both.n);
    size_t n = colon == NULL ? both.n : (size_t)(colon - both.s);
    p->container = (struct span){both.s, n};
    p->containers = colon == NULL ? both : (struct span){colon + 1, both.n - n - 1};
}

static void draw_people(struct plan *p, struct draw *d)
{
    p->person[0] = piece(offline_names, d);
    do {
        p->person[1] = piece(offline_names, d);
    } while (p->person[1].s == p->person[0].s);
    p->items = piece(p->place->items, d);
    draw_container(p, d);
    struct fill none = {0};
    struct span part[3] = {piece(offline_weathers, d), piece(offline_days, d),
                           piece(offline_hours, d)};
    struct buf time;
    buf_init(&time, sizeof p->time - 1);
    buf_adds(&time, "on a ");
    bool with_hour = draw_below(d, 2) == 0;
    for (int i = 0; i < (with_hour ? 3 : 2); i++) {
        if (i > 0) {
            buf_addc(&time, ' ');
        }
        text_fill(&time, part[i], &none);
    }
    set_text(p->time, sizeof p->time, time.data, time.len);
    buf_free(&time);
}

void offline_plan_draw(const struct wish *w, struct draw *d, struct plan *out)
{
    memset(out, 0, sizeof *out);
    out->main = (enum op)nth_bit(w->ops, d);
    out->wording = (enum wording)nth_bit(w->wordings, d);
    out->count = (int)draw_range(d, w->steps_low, w->steps_high);
    out->base = out->count;
    out->distractors = draw_below(d, 3) == 0 ? 1 : 0;
    draw_ops(out, d);
    draw_place(w, d, out);
    draw_people(out, d);
}

static void fill_from(const struct plan *p, struct fill *f)
{
    *f = (struct fill){.person = {p->person[0], p->person[1]},
                       .items = p->items,
                       .container = p->container,
                       .containers = p->containers,
                       .where = {p->where, strlen(p->where)},
                       .time = p->time};
}

void offline_plan_scenario(const struct plan *p, struct draw *d, struct buf *out)
{
    static const char *const verbs[] = {"The problem asks for ",
                                        "The way to the answer leads through ",
                                        "To be worked out: ", "What must be found needs "};
    struct fill f;
    fill_from(p, &f);
    const char *opening = openings[draw_below(d, OPENINGS)];
    text_fill(out, (struct span){opening, strlen(opening)}, &f);
    if (p->detail[0] != '\0') {
        buf_printf(out, " More exactly, they are %s.", p->detail);
    }
    buf_addc(out, ' ');
    buf_adds(out, verbs[draw_below(d, sizeof verbs / sizeof verbs[0])]);
    for (int i = 0; i < p->count; i++) {
        if (i > 0) {
            buf_adds(out, i + 1 == p->count ? " and finally " : ", then ");
        }
        buf_adds(out, op_table[p->ops[i]].phrase);
    }
    buf_printf(out, ". It is told %s", wording_table[p->wording].phrase);
    buf_adds(out, p->distractors > 0 ? " and mentions a number that is not needed." : ".");
}

/* ------------------------------------------------------------------ reading */

struct found {
    size_t at;
    enum op op;
};

/* The operations that a text names, in its order; at most PLAN_STEPS. */
static int find_ops(const char *text, struct found found[PLAN_STEPS])
{
    int count = 0;
    for (int o = 0; o < OP_COUNT; o++) {
        const char *phrase = op_table[o].phrase;
        size_t n = strlen(phrase);
        const char *at = strstr(text, phrase);
        for (; at != NULL && count < PLAN_STEPS; at = strstr(at + n, phrase)) {
            if (o == OP_ADD && strncmp(at + n, " or ", 4) == 0) {
                continue; /* "an addition or subtraction within 100" */
            }
            struct found new = {(size_t)(at - text), (enum op)o};
            int i = count++;
            for (; i > 0 && found[i - 1].at > new.at; i--) {
                found[i] = found[i - 1];
            }
            found[i] = new;
        }
    }
    return count;
}

static bool read_opening(const char *text, struct plan *p)
{
    size_t n = strcspn(text, ".");
    for (int i = 0; i < OPENINGS; i++) {
        struct match m;
        if (!text_match(opening_reads[i], text, n, &m)) {
            continue;
        }
        p->person[0] = match_word(&m, 'P');
        p->person[1] = match_word(&m, 'Q');
        p->items = match_word(&m, 'i');
        p->containers = match_word(&m, 'K');
        p->container = p->containers;
        if (p->container.n > 2 && p->container.s[p->container.n - 1] == 's') {
            p->container.n--;
        }
        struct span t = match_word(&m, 't');
        memcpy(p->time, "on a ", 5);
        set_text(p->time + 5, sizeof p->time - 5, t.s, t.n);
        struct span l = match_word(&m, 'l');
        set_text(p->where, sizeof p->where, l.s, l.n);
        if (p->where[0] >= 'A' && p->where[0] <= 'Z') {
            p->where[0] = (char)(p->where[0] - 'A' + 'a');
        }
        return true;
    }
    return false;
}

/* The proper singular of the container and the place, from the table. */
static void read_place(struct plan *p)
{
    p->place = &offline_anywhere;
    for (int i = 0; i < offline_place_count; i++) {
        if (strcmp(offline_places[i].where, p->where) == 0) {
            p->place = &offline_places[i];
            break;
        }
    }
    size_t kinds = words_count(p->place->containers);
    for (size_t i = 0; i < kinds; i++) {
        size_t n;
        const char *both = words_piece(p->place->containers, i, &n);
        const char *colon = memchr(both, ':', n);
        size_t single = colon == NULL ? n : (size_t)(colon - both);
        if (colon != NULL && n - single - 1 == p->containers.n &&
            memcmp(colon + 1, p->containers.s, p->containers.n) == 0) {
            p->container = (struct span){both, single};
        }
    }
}

static int distractors_of(const char *text)
{
    int count = 0;
    const char phrase[] = "number that is not needed";
    for (const char *at = strstr(text, phrase); at != NULL; at = strstr(at + 1, phrase)) {
        count++;
    }
    return count < PLAN_DISTRACTORS ? count : PLAN_DISTRACTORS;
}

bool offline_plan_is_ours(const char *scenario)
{
    struct plan p;
    struct found found[PLAN_STEPS];
    return read_opening(scenario, &p) && find_ops(scenario, found) > 0;
}

static void read_ops(const struct wish *w, const char *scenario, struct plan *p)
{
    struct found found[PLAN_STEPS];
    int count = find_ops(scenario, found);
    const char *mark = strstr(scenario, harder_mark);
    size_t harder = mark == NULL ? SIZE_MAX : (size_t)(mark - scenario);
    int base = 0;
    while (base < count && found[base].at < harder) {
        base++;
    }
    if (base > 0) {
        p->base = base;
        p->count = 0;
        for (int i = 0; i < base; i++) {
            p->ops[p->count++] = found[i].op;
        }
    }
    for (int i = base; i < count && p->count < PLAN_STEPS; i++) {
        p->ops[p->count++] = found[i].op;
    }
    bool has_main = false;
    for (int i = 0; i < p->base && !has_main; i++) { /* the one that the mix asks for */
        if (p->ops[i] < OP_LEAVES && (w->ops >> p->ops[i] & 1) != 0 && base > 0) {
            p->main = p->ops[i];
            has_main = true;
        }
    }
    if (!has_main && base > 0) {
        p->main = p->ops[0];
    }
}

void offline_plan_read(const struct wish *w, const char *scenario, struct plan *out)
{
    struct draw d = draw_from(rng_id(scenario), 0x5ce0);
    offline_plan_draw(w, &d, out);
    out->distractors = distractors_of(scenario);
    if (read_opening(scenario, out)) {
        read_place(out);
        const char *finer = strstr(scenario, " More exactly, they are ");
        out->detail[0] = '\0';
        if (finer != NULL) {
            finer += strlen(" More exactly, they are ");
            set_text(out->detail, sizeof out->detail, finer, strcspn(finer, "."));
        }
    }
    read_ops(w, scenario, out);
    for (int i = 0; i < WORDINGS; i++) {
        if (strstr(scenario, wording_table[i].phrase) != NULL) {
            out->wording = (enum wording)i;
        }
    }
}

void offline_plan_harder(const struct wish *w, const char *scenario, struct draw *d,
                         struct buf *out)
{
    struct plan p;
    offline_plan_read(w, scenario, &p);
    int more = p.count + 2 <= PLAN_STEPS && draw_below(d, 2) == 0 ? 2 : 1;
    if (p.count + more > PLAN_STEPS) {
        more = PLAN_STEPS - p.count;
    }
    enum op added[2] = {OP_ADD, OP_SUB};
    for (int try = 0; try < 40; try++) {
        enum op ops[PLAN_STEPS];
        enum kind k;
        memcpy(ops, p.ops, sizeof ops);
        for (int i = 0; i < more; i++) {
            ops[p.count + i] = other_op(d, false);
            for (int again = 0; again < 6 && has_op(ops, p.count + i, ops[p.count + i]); again++) {
                ops[p.count + i] = other_op(d, false);
            }
        }
        if (offline_plan_first_kind(ops, p.count + more, false, d, &k) &&
            offline_plan_first_kind(ops, p.count + more, true, d, &k)) {
            memcpy(added, ops + p.count, (size_t)more * sizeof *added);
            break;
        }
    }
    buf_adds(out, scenario);
    if (out->len > 0 && out->data[out->len - 1] != ' ') {
        buf_addc(out, ' ');
    }
    buf_adds(out, harder_mark);
    if (more > 0) {
        buf_printf(out, "it goes on with %s", op_table[added[0]].phrase);
    }
    if (more > 1) {
        buf_printf(out, " and then %s", op_table[added[1]].phrase);
    }
    buf_adds(out, more > 0 ? ", and it" : "it");
    buf_adds(out, p.distractors > 0 ? " mentions another number that is not needed."
                                    : " mentions a number that is not needed.");
}

enum wording wording_of(const char *text)
{
    if (strncmp(text, "Dear ", 5) == 0) {
        return WORDING_LETTER;
    }
    if (strncmp(text, "- ", 2) == 0 || strstr(text, "\n- ") != NULL) {
        return WORDING_FACTS;
    }
    if (strstr(text, ": \"") != NULL) {
        return WORDING_DIALOGUE;
    }
    size_t heads = words_count(offline_headlines);
    for (size_t i = 0; i < heads; i++) {
        size_t n;
        const char *head = words_piece(offline_headlines, i, &n);
        const char *slot = memchr(head, '{', n);
        size_t literal = slot == NULL ? n : (size_t)(slot - head);
        if (strncmp(text, head, literal) == 0) {
            return WORDING_NEWS;
        }
    }
    size_t question = strcspn(text, "?");
    return question < strcspn(text, "0123456789") ? WORDING_QUESTION : WORDING_PLAIN;
}
