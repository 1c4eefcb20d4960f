/*
 * offline_read - reading a problem back from its text alone.
 *
 * The text is cut into sentences, whatever the wording. Each sentence with a digit must be one of
 * the known patterns, or the text is not ours; a sentence without digits is decoration. What the
 * patterns say is then computed again, with whatever numbers stand there now.
 */
#include "teacher/offline.h"
#include "teacher/offline/problem.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Does a sentence end at s[at]? A point between digits is part of a number. */
static bool ends_here(const char *s, size_t at)
{
    char c = s[at];
    if (c == '\n' || c == '"' || c == '\0') {
        return true;
    }
    bool mark = c == '.' || c == '!' || c == '?';
    return mark && !(c == '.' && is_digit(s[at + 1]));
}

static bool has_digit(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (is_digit(s.s[i])) {
            return true;
        }
    }
    return false;
}

/* Without blanks, bullets and "Speaker: " in front. */
static struct span bare(struct span s)
{
    while (s.n > 0 && strchr(" \t\r-*", *s.s) != NULL) {
        s.s++;
        s.n--;
    }
    const char *colon = memmem(s.s, s.n, ": ", 2);
    if (colon != NULL && !has_digit((struct span){s.s, (size_t)(colon - s.s)})) {
        s.n -= (size_t)(colon + 2 - s.s);
        s.s = colon + 2;
    }
    while (s.n > 0 && (s.s[s.n - 1] == ' ' || s.s[s.n - 1] == '\r')) {
        s.n--;
    }
    return s;
}

static const struct measure *measure_of(struct span coarse, struct span fine)
{
    for (int i = 0; i < offline_measure_count; i++) {
        const struct measure *m = &offline_measures[i];
        if (words_has(m->coarse, coarse.s, coarse.n) && words_has(m->fine, fine.s, fine.n)) {
            return m;
        }
    }
    return NULL;
}

/* Put what a pattern says behind what is there. false: it does not make sense here. */
static bool take(struct problem *pr, const struct pattern *p, const struct match *m)
{
    if (p->form == FORM_DISTRACT) {
        if (pr->distractors < PLAN_DISTRACTORS) {
            pr->distract[pr->distractors] = m->arg[0];
        }
        pr->distractors++;
        return true;
    }
    if (p->first != (pr->count == 0) || pr->count == PLAN_STEPS) {
        return false;
    }
    struct step *s = &pr->step[pr->count];
    s->form = (enum form)p->form;
    s->op = OP_COUNT;
    s->pattern = p;
    s->kind = p->form == FORM_SELL ? KIND_MONEY : (enum kind)p->kind;
    memcpy(s->arg, m->arg, sizeof s->arg);
    if ((m->got & 4) == 0) {
        s->arg[2] = (struct rat){0, 0};
    }
    if (!p->first) {
        const struct step *before = &pr->step[pr->count - 1];
        s->arg[0] = before->result;
        s->kind = p->form == FORM_SELL ? KIND_MONEY : before->kind;
        if (p->kind != KIND_ANY && (enum kind)p->kind != before->kind) {
            return false;
        }
    }
    if (p->form == FORM_CONVERT) {
        pr->measure = measure_of(match_word(m, 'u'), match_word(m, 'v'));
        if (pr->measure == NULL) {
            return false;
        }
        s->arg[1] = rat_int(pr->measure->factor);
    }
    pr->count++;
    return form_compute(s->form, s->arg[0], s->arg[1], s->arg[2], &s->result);
}

static bool take_sentence(struct problem *pr, struct span s)
{
    struct grams g;
    char ended[512]; /* with the full stop that the patterns have */
    if (s.n + 2 > sizeof ended) {
        return false;
    }
    memcpy(ended, s.s, s.n);
    ended[s.n] = '.';
    ended[s.n + 1] = '\0';
    grams_of(&g, ended, s.n + 1);
    for (int i = 0; i < offline_pattern_count; i++) {
        const struct pattern *p = &offline_patterns[i];
        struct match m;
        if (grams_may(&g, p->text) && text_match(p->text, ended, s.n + 1, &m)) {
            return take(pr, p, &m);
        }
    }
    return false;
}

bool problem_read(const char *question, struct problem *out)
{
    memset(out, 0, sizeof *out);
    bool asked = false;
    size_t start = 0;
    for (size_t at = 0;; at++) {
        if (!ends_here(question, at)) {
            continue;
        }
        asked = asked || question[at] == '?';
        struct span s = bare((struct span){question + start, at - start});
        if (has_digit(s) && !take_sentence(out, s)) {
            return false;
        }
        start = at + 1;
        if (question[at] == '\0') {
            break;
        }
    }
    return asked && out->count > 0;
}

bool offline_solve(const char *question, struct offline_truth *out)
{
    struct problem pr;
    if (question == NULL || !problem_read(question, &pr)) {
        return false;
    }
    out->answer = rat_value(problem_answer(&pr));
    out->steps = pr.count;
    out->difficulty = problem_difficulty(&pr);
    return true;
}
