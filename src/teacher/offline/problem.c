/*
 * problem - see problem.h.
 *
 * Drawing numbers by trial is simple and cannot produce a problem that does not work out; it costs
 * some tens of nanoseconds a try, and the tests watch that the tries never run out.
 */
#include "teacher/offline/problem.h"

#include <math.h>
#include <string.h>

enum { TRIES = 3000, SENTENCES = 32 };

static void draw_measure(struct draw *d, struct problem *pr)
{
    pr->measure = &offline_measures[draw_below(d, (uint64_t)offline_measure_count)];
    const char *list = pr->measure->materials;
    pr->material.s = words_piece(list, (size_t)draw_below(d, words_count(list)), &pr->material.n);
}

/* One step after the value `last` of kind `k`. false: try again. */
static bool draw_step(enum op o, bool first, enum kind *k, struct rat last, bool whole,
                      struct draw *d, struct problem *pr, struct step *s)
{
    s->op = o;
    s->form = offline_plan_form(o, *k, first, d);
    s->kind = s->form == FORM_SELL ? KIND_MONEY : *k;
    s->arg[0] = last;
    if (!offline_plan_accepts(s->form, *k, first) ||
        !form_draw(s->form, o, s->kind, first, whole, d, s->arg)) {
        return false;
    }
    if (s->form == FORM_CONVERT) {
        draw_measure(d, pr);
        s->arg[1] = rat_int(pr->measure->factor);
    }
    *k = s->kind;
    return form_compute(s->form, s->arg[0], s->arg[1], s->arg[2], &s->result) &&
           kind_sensible(s->kind, s->result, whole) &&
           (s->form != FORM_DIFF || s->arg[0].n * s->arg[1].d != s->arg[1].n * s->arg[0].d) &&
           op_fits(o, s->form, s->arg, s->result);
}

bool problem_numbers(const struct plan *p, bool whole, struct draw *d, struct problem *out)
{
    memset(out, 0, sizeof *out);
    out->count = p->count;
    bool done = false;
    for (int try = 0; try < TRIES && !done; try++) {
        enum kind k;
        if (!offline_plan_first_kind(p->ops, p->count, whole, d, &k)) {
            return false;
        }
        struct rat last = {0, 1};
        int i = 0;
        while (i < p->count &&
               draw_step(p->ops[i], i == 0, &k, last, whole, d, out, &out->step[i])) {
            last = out->step[i].result;
            i++;
        }
        done = i == p->count;
    }
    out->distractors = p->distractors;
    for (int i = 0; i < out->distractors; i++) {
        out->distract[i] = rat_int(draw_range(d, 3, 40));
    }
    return done;
}

struct rat problem_answer(const struct problem *pr)
{
    return pr->step[pr->count - 1].result;
}

bool problem_is_money(const struct problem *pr)
{
    return pr->step[pr->count - 1].kind == KIND_MONEY;
}

double problem_difficulty(const struct problem *pr)
{
    double sum = 0.3;
    for (int i = 0; i < pr->count; i++) {
        const struct step *s = &pr->step[i];
        double most = fmax(fabs(rat_value(s->arg[0])), fabs(rat_value(s->result)));
        sum += form_weight(s->form) + 0.25 * log10(most + 1);
        sum += s->result.d != 1 ? 0.25 : 0;
    }
    return 0.8 * (sum + 0.5 * pr->distractors);
}

/* ------------------------------------------------------------------ text */

struct telling {
    struct buf text; /* all sentences, one after another */
    size_t at[SENTENCES + 1];
    int count;
    struct buf ref;
    struct buf ask;
};

static const struct pattern *pick_pattern(enum form f, enum kind k, bool first, struct draw *d)
{
    const struct pattern *good[16];
    uint64_t n = 0;
    for (int i = 0; i < offline_pattern_count && n < 16; i++) {
        const struct pattern *p = &offline_patterns[i];
        bool fits = p->form == f && p->first == first &&
                    (p->kind == k || p->kind == KIND_ANY || f == FORM_SELL);
        if (fits) {
            good[n++] = p;
        }
    }
    return n == 0 ? NULL : good[draw_below(d, n)];
}

static void say(struct telling *t, const char *s, size_t n, const struct fill *f)
{
    if (t->count < SENTENCES) {
        text_fill(&t->text, (struct span){s, n}, f);
        t->at[++t->count] = t->text.len;
    }
}

static void say_piece(struct telling *t, const char *list, uint64_t at, const struct fill *f)
{
    size_t n;
    const char *s = words_piece(list, (size_t)at, &n);
    say(t, s, n, f);
}

static void say_step(struct telling *t, const struct step *s, bool first, struct draw *d,
                     enum wording w, struct fill *f)
{
    /* A later question that leans on "that" would come too soon where the question is first. */
    static const char *const asks[] = {
        "Can you work out {r}, counted in {w}?",
        "What does one get for {r}, in {w}?",
        "How would you find {r}, as a number of {w}?",
        "Who can say how much {r} comes to, in {w}?",
    };
    f->kind = s->kind;
    f->clock = s->form == FORM_ELAPSED;
    f->arg = s->arg;
    f->ref = (struct span){t->ref.data, t->ref.len};
    const struct pattern *p = pick_pattern(s->form, s->kind, first, d);
    if (p == NULL) {
        return;
    }
    say(t, p->text, strlen(p->text), f);
    buf_clear(&t->ref);
    text_fill(&t->ref, (struct span){p->ref, strlen(p->ref)}, f);
    f->ref = (struct span){t->ref.data, t->ref.len};
    const char *ask = p->ask;
    if (!first && (draw_below(d, 2) == 0 || w == WORDING_QUESTION)) {
        ask = asks[draw_below(d, sizeof asks / sizeof asks[0])];
    }
    buf_clear(&t->ask);
    text_fill(&t->ask, (struct span){ask, strlen(ask)}, f);
}

static void say_flavour(struct telling *t, const struct plan *p, struct draw *d,
                        const struct fill *f)
{
    bool local = draw_below(d, 2) == 0;
    const char *list = local ? p->place->flavour : offline_mood;
    say_piece(t, list, draw_below(d, words_count(list)), f);
}

static void say_distractor(struct telling *t, const struct rat *value, struct draw *d,
                           struct fill *f)
{
    const struct pattern *p = pick_pattern(FORM_DISTRACT, KIND_ANY, true, d);
    if (p != NULL) {
        f->arg = value;
        f->clock = false;
        say(t, p->text, strlen(p->text), f);
    }
}

/* All sentences but the question, in order; the question is in t->ask. */
static void tell(struct telling *t, const struct plan *p, const struct problem *pr, struct draw *d,
                 struct fill *f)
{
    say_piece(t, offline_intros, draw_below(d, words_count(offline_intros)), f);
    if (p->detail[0] != '\0') {
        const char detail[] = "More exactly, they are ";
        buf_adds(&t->text, detail);
        buf_adds(&t->text, p->detail);
        buf_addc(&t->text, '.');
        t->at[++t->count] = t->text.len;
    }
    int flavour_after = (int)draw_below(d, (uint64_t)pr->count + 1);
    int distract_after[PLAN_DISTRACTORS] = {0};
    for (int i = 0; i < pr->distractors; i++) {
        distract_after[i] = (int)draw_below(d, (uint64_t)pr->count + 1);
    }
    for (int i = 0; i <= pr->count; i++) {
        if (i > 0) {
            say_step(t, &pr->step[i - 1], i == 1, d, p->wording, f);
        }
        for (int j = 0; j < pr->distractors; j++) {
            if (distract_after[j] == i) {
                say_distractor(t, &pr->distract[j], d, f);
            }
        }
        if (flavour_after == i) {
            say_flavour(t, p, d, f);
        }
    }
}

static void add_sentence(struct buf *out, const struct telling *t, int i)
{
    buf_add(out, t->text.data + t->at[i], t->at[i + 1] - t->at[i]);
}

static void add_sentences(struct buf *out, const struct telling *t, const char *before,
                          const char *after)
{
    for (int i = 0; i < t->count; i++) {
        buf_adds(out, before);
        add_sentence(out, t, i);
        buf_adds(out, after);
    }
}

static void add_piece(struct buf *out, const char *list, struct draw *d, const struct fill *f)
{
    struct span s;
    s.s = words_piece(list, (size_t)draw_below(d, words_count(list)), &s.n);
    text_fill(out, s, f);
}

static void add_line(struct buf *out, struct span speaker, const char *s, size_t n)
{
    if (out->len > 0) {
        buf_addc(out, '\n');
    }
    buf_add(out, speaker.s, speaker.n);
    buf_adds(out, ": \"");
    buf_add(out, s, n);
    buf_addc(out, '"');
}

static struct span speaker(struct draw *d, struct span not )
{
    struct span out;
    do {
        size_t at = (size_t)draw_below(d, words_count(offline_speakers));
        out.s = words_piece(offline_speakers, at, &out.n);
    } while (out.s == not .s);
    return out;
}

static void write_dialogue(struct buf *out, const struct telling *t, struct draw *d)
{
    static const char answers[] = "Go on!|I see.|And then?|Really?|Let me write that down.|"
                                  "Yes, I remember.|Of course.|Just a moment.|Right.|"
                                  "How do you know?|That sounds familiar.|And what next?";
    struct span teller = speaker(d, (struct span){NULL, 0});
    struct span listener = speaker(d, teller);
    struct buf said;
    buf_init(&said, 8192);
    for (int i = 0; i < t->count; i++) {
        if (said.len > 0) {
            buf_addc(&said, ' ');
        }
        add_sentence(&said, t, i);
        if (i + 1 == t->count || draw_below(d, 5) < 2) {
            add_line(out, teller, said.data, said.len);
            buf_clear(&said);
            size_t n;
            const char *answer =
                words_piece(answers, (size_t)draw_below(d, words_count(answers)), &n);
            if (i + 1 < t->count) {
                add_line(out, listener, answer, n);
            }
        }
    }
    add_line(out, listener, t->ask.data, t->ask.len);
    buf_free(&said);
}

static void write_letter(struct buf *out, const struct telling *t, struct draw *d,
                         const struct fill *f)
{
    static const char hello[] =
        "I hope you are well.|Thank you for the parcel.|You asked for news, so here it is.|"
        "It is time that I write to you again.|You will like this little story.|"
        "Your last letter made me smile.";
    static const char asks[] =
        "I still wonder about one thing.|You are good with numbers, so help me.|"
        "Now it is your turn.|Please write back soon.|"
        "Can you work it out for me?";
    static const char bye[] = "Love|Yours|Best wishes|Warm regards|See you soon";
    struct span to = speaker(d, (struct span){NULL, 0});
    struct span from = speaker(d, to);
    buf_adds(out, "Dear ");
    buf_add(out, to.s, to.n);
    buf_adds(out, ",\n\n");
    add_piece(out, hello, d, f);
    add_sentences(out, t, " ", "");
    buf_addc(out, ' ');
    add_piece(out, asks, d, f);
    buf_addc(out, ' ');
    buf_add(out, t->ask.data, t->ask.len);
    buf_adds(out, "\n\n");
    add_piece(out, bye, d, f);
    buf_adds(out, ",\n");
    buf_add(out, from.s, from.n);
}

static void write_text(struct buf *out, enum wording w, const struct telling *t, struct draw *d,
                       const struct fill *f)
{
    static const char leads[] = "This is what happened.|The story goes like this.|"
                                "You can find out from the following.|To answer, read carefully.|"
                                "Here is all that is known.";
    static const char readers[] = "Readers are invited to work it out.|The paper asks its readers.|"
                                  "One question remains open.|The solution follows next week.";
    static const char titles[] = "What we know\n|Facts {l}\n|Notes taken {t}\n||The list of {P}\n";
    switch (w) {
    case WORDING_DIALOGUE:
        write_dialogue(out, t, d);
        return;
    case WORDING_LETTER:
        write_letter(out, t, d, f);
        return;
    case WORDING_FACTS:
        add_piece(out, titles, d, f);
        add_sentences(out, t, "- ", "\n");
        break;
    case WORDING_NEWS:
        add_piece(out, offline_headlines, d, f);
        add_sentences(out, t, " ", "");
        buf_addc(out, ' ');
        add_piece(out, readers, d, f);
        buf_addc(out, ' ');
        break;
    case WORDING_QUESTION:
        buf_add(out, t->ask.data, t->ask.len);
        buf_addc(out, ' ');
        add_piece(out, leads, d, f);
        add_sentences(out, t, " ", "");
        return;
    case WORDING_PLAIN:
    case WORDINGS:
        add_sentences(out, t, "", " ");
        break;
    }
    buf_add(out, t->ask.data, t->ask.len);
}

void problem_write(const struct plan *p, const struct problem *pr, struct draw *d,
                   struct buf *question, struct buf *solution)
{
    struct fill f = {.person = {p->person[0], p->person[1]},
                     .items = p->items,
                     .container = p->container,
                     .containers = p->containers,
                     .folk = {p->place->folk, strlen(p->place->folk)},
                     .where = {p->where, strlen(p->where)},
                     .material = pr->material,
                     .time = p->time};
    if (pr->measure != NULL) {
        f.coarse = (struct span){pr->measure->coarse, strlen(pr->measure->coarse)};
        f.fine = (struct span){pr->measure->fine, strlen(pr->measure->fine)};
    }
    struct telling t = {.count = 0};
    buf_init(&t.text, 8192);
    buf_init(&t.ref, 512);
    buf_init(&t.ask, 512);
    t.at[0] = 0;
    tell(&t, p, pr, d, &f);
    write_text(question, p->wording, &t, d, &f);
    for (int i = 0; i < pr->count; i++) {
        const struct step *s = &pr->step[i];
        form_equation(solution, s->form, s->arg, s->result, s->kind == KIND_MONEY);
        buf_addc(solution, '\n');
    }
    buf_free(&t.text);
    buf_free(&t.ref);
    buf_free(&t.ask);
}
