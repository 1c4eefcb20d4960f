/*
 * offline_critic - the opinions: requirements, "is it correct?", "is it incorrect?".
 *
 * The critics read the problem back and compute it, so they work on records that a person edited.
 * Only then are they made to err, at the set rates: an error is a wrong verdict on a right
 * computation, as with a model that wants to please.
 */
#include "teacher/offline/answer.h"

#include "base/rng.h"

#include <math.h>
#include <string.h>

/* The last number in a text: "The answer is $12.50." -> 12.5 */
static bool number_in(const char *s, double *out)
{
    bool found = false;
    size_t n = strlen(s);
    size_t at = 0;
    while (at < n) {
        struct rat r;
        size_t got = text_quantity(s + at, n - at, &r);
        if (got > 0) {
            bool minus = at > 0 && s[at - 1] == '-' && (at == 1 || s[at - 2] == ' ');
            *out = minus ? -rat_value(r) : rat_value(r);
            found = true;
        }
        at += got > 0 ? got : 1;
    }
    return found;
}

static bool answer_value(const cJSON *answer, double *out)
{
    if (cJSON_IsNumber(answer)) {
        *out = answer->valuedouble;
        return true;
    }
    return cJSON_IsString(answer) && number_in(answer->valuestring, out);
}

/* "48 shared by 6 is 8; then 8 plus 5 is 13" */
static void in_words(struct buf *out, const struct problem *pr)
{
    for (int i = 0; i < pr->count; i++) {
        const struct step *s = &pr->step[i];
        buf_adds(out, i == 0 ? "" : "; then ");
        form_words(out, s->form, s->arg, s->result, s->kind == KIND_MONEY);
    }
}

static void put_verdict(struct buf *out, const struct buf *reason, const char *answer)
{
    buf_adds(out, "{\"reason\":");
    json_quote(out, reason->data, reason->len);
    buf_printf(out, ",\"answer\":\"%s\"}", answer);
}

static void put_given(struct buf *out, const cJSON *answer)
{
    if (cJSON_IsNumber(answer)) {
        json_number(out, answer->valuedouble);
    } else {
        buf_printf(out, "%.100s", answer->valuestring);
    }
}

void answer_critic(const struct asked *a, bool asks_incorrect, struct buf *out)
{
    const cJSON *record = cJSON_GetObjectItemCaseSensitive(a->inputs, "record");
    const cJSON *question = record_question(record);
    const cJSON *answer = record_answer(record, json_str_or(a->inputs, "answer_field", NULL));
    struct problem pr;
    double given = 0;
    struct buf reason;
    buf_init(&reason, 1400);
    if (question == NULL || !answer_value(answer, &given) ||
        !problem_read(question->valuestring, &pr)) {
        buf_adds(&reason, question == NULL ? "The record has no question to compute. "
                                           : "This problem can't be read by the offline teacher. ");
        buf_adds(&reason, "It can't verify the answer, so it claims neither that it is correct "
                          "nor that it is incorrect.");
        put_verdict(out, &reason, "no");
        buf_free(&reason);
        return;
    }
    struct rat truth = problem_answer(&pr);
    bool right = fabs(rat_value(truth) - given) < 0.005;
    bool yes = asks_incorrect ? !right : right;
    enum teacher_key_id rate;
    if (asks_incorrect) {
        rate = right ? TK_INCORRECT_YES_ON_RIGHT : TK_INCORRECT_NO_ON_WRONG;
    } else {
        rate = right ? TK_CORRECT_NO_ON_RIGHT : TK_CORRECT_YES_ON_WRONG;
    }
    bool errs = asked_chance(a, rate, asks_incorrect ? "incorrect" : "correct");
    if (!errs) {
        in_words(&reason, &pr);
        buf_adds(&reason,
                 right ? ". That is the given answer, " : ". That is not the given answer, ");
    } else if (right) {
        buf_adds(&reason,
                 "The way to the answer is not convincing, a step seems to be missing before ");
    } else {
        buf_adds(&reason, "The working looks sound and leads to ");
    }
    put_given(&reason, answer);
    buf_addc(&reason, '.');
    put_verdict(out, &reason, yes != errs ? "yes" : "no");
    buf_free(&reason);
}

/* ------------------------------------------------------------------ requirements */

static bool has_operation(const struct problem *pr, unsigned ops)
{
    for (int o = 0; o < OP_LEAVES; o++) {
        for (int i = 0; i < pr->count && (ops >> o & 1) != 0; i++) {
            const struct step *s = &pr->step[i];
            if (op_fits((enum op)o, s->form, s->arg, s->result)) {
                return true;
            }
        }
    }
    return false;
}

/* What does not fit, in words. Empty: all fits. */
static void find_fault(const struct wish *w, const struct plan *p, bool ours,
                       const struct problem *pr, const char *question, struct buf *out)
{
    if (ours ? pr->count != p->count
             : w->steps_asked && (pr->count < w->steps_low || pr->count > w->steps_high + 2)) {
        buf_printf(out, "The problem should take %d steps but takes %d. ", p->count, pr->count);
    }
    unsigned ops = w->op_asked ? w->ops : 1u << p->main;
    if ((w->op_asked || (ours && p->main < OP_LEAVES)) && !has_operation(pr, ops)) {
        buf_printf(out, "The operation \"%s\" does not occur in it. ", op_table[p->main].name);
    }
    enum wording told = wording_of(question);
    if (ours ? told != p->wording : (w->wordings >> told & 1) == 0) {
        buf_printf(out, "It should be told %s but is told %s. ", wording_table[p->wording].phrase,
                   wording_table[told].phrase);
    }
}

void answer_requirements(const struct asked *a, struct buf *out)
{
    const cJSON *question = record_question(cJSON_GetObjectItemCaseSensitive(a->inputs, "record"));
    const char *scenario = json_str_or(a->inputs, "scenario", "");
    struct buf reason;
    buf_init(&reason, 1400);
    struct problem pr;
    bool ok = false;
    if (question == NULL || !problem_read(question->valuestring, &pr)) {
        buf_adds(&reason,
                 "The problem can't be read by the offline teacher, so it can't check it.");
    } else {
        struct wish w;
        struct plan p;
        wish_from(cJSON_GetObjectItemCaseSensitive(a->inputs, "mix"), &w);
        offline_plan_read(&w, scenario, &p);
        find_fault(&w, &p, offline_plan_is_ours(scenario), &pr, question->valuestring, &reason);
        ok = reason.len == 0;
        if (ok) {
            buf_printf(&reason, "%s in %d step%s, told %s: as asked.",
                       p.main < OP_COUNT ? op_table[p.main].name : "", pr.count,
                       pr.count == 1 ? "" : "s", wording_table[p.wording].phrase);
        } else {
            buf_cut(&reason, reason.len - 1);
        }
    }
    buf_adds(out, "{\"reason\":");
    json_quote(out, reason.data, reason.len);
    buf_adds(out, ok ? ",\"ok\":true}" : ",\"ok\":false}");
    buf_free(&reason);
}
