/*
 * offline_record - the record that generate and refine give.
 *
 * The session's schema decides which fields there are; fields are recognised by common names. What
 * can't be recognised and is required makes the task impossible, and saying so beats inventing.
 * A wrong answer (at the set rate) is one that a person could have made: a step forgotten, a slip.
 */
#include "teacher/offline/answer.h"

#include "base/rng.h"

#include <stdio.h>
#include <string.h>

static const char question_names[] = "question|problem|text|problem_text|prompt";
static const char answer_names[] = "answer|result|label|final_answer";
static const char solution_names[] =
    "solution|explanation|rationale|reasoning|working|worked_solution";

enum field {
    FIELD_QUESTION,
    FIELD_ANSWER,
    FIELD_SOLUTION,
    FIELD_STEPS,
    FIELD_DIFFICULTY,
    FIELD_OPERATION,
    FIELD_SETTING,
    FIELD_WORDING,
    FIELD_OTHER
};
enum { TYPE_STRING = 1, TYPE_INTEGER = 2, TYPE_NUMBER = 4, TYPE_ARRAY = 8 };

bool asked_chance(const struct asked *a, enum teacher_key_id rate, const char *name)
{
    return rng_unit(a->seed, rng_id(name), 0) < a->rates->rate[rate];
}

void put_key(struct buf *out, const char *name)
{
    json_quote(out, name, strlen(name));
    buf_addc(out, ':');
}

void put_text(struct buf *out, const char *name, const char *value)
{
    put_key(out, name);
    json_quote(out, value, strlen(value));
}

static bool named(const char *list, const char *name)
{
    return words_has(list, name, strlen(name));
}

static const cJSON *member(const cJSON *record, const char *names)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, record)
    {
        if (item->string != NULL && named(names, item->string)) {
            return item;
        }
    }
    return NULL;
}

const cJSON *record_question(const cJSON *record)
{
    const cJSON *q = member(record, question_names);
    return cJSON_IsString(q) ? q : NULL;
}

const cJSON *record_answer(const cJSON *record, const char *answer_field)
{
    const cJSON *a = NULL;
    if (answer_field != NULL && answer_field[0] != '\0') {
        a = cJSON_GetObjectItemCaseSensitive(record, answer_field);
    }
    return a != NULL ? a : member(record, answer_names);
}

/* ------------------------------------------------------------------ schema */

struct shape {
    const cJSON *properties;
    const char *answer; /* x-answer, or NULL */
    bool has[FIELD_OTHER + 1];
    bool whole; /* the answer must be an integer */
};

static unsigned type_bit(const char *name)
{
    static const char *const names[] = {"string", "integer", "number", "array"};
    for (unsigned i = 0; i < 4; i++) {
        if (strcmp(name, names[i]) == 0) {
            return 1u << i;
        }
    }
    return 0;
}

static unsigned types_of(const cJSON *property)
{
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(property, "type");
    if (cJSON_IsString(type)) {
        return type_bit(type->valuestring);
    }
    unsigned bits = type == NULL ? TYPE_STRING | TYPE_NUMBER : 0;
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, type)
    {
        bits |= cJSON_IsString(one) ? type_bit(one->valuestring) : 0;
    }
    return bits;
}

static enum field field_of(const struct shape *s, const cJSON *property)
{
    static const char *const plain[] = {"steps", "difficulty", "operation", "setting", "wording"};
    const char *name = property->string;
    unsigned types = types_of(property);
    bool fixed = cJSON_HasObjectItem(property, "enum") || cJSON_HasObjectItem(property, "const");
    if (fixed) {
        return FIELD_OTHER;
    }
    bool is_answer = s->answer != NULL ? strcmp(s->answer, name) == 0 : named(answer_names, name);
    if (is_answer) {
        return (types & (TYPE_STRING | TYPE_INTEGER | TYPE_NUMBER)) != 0 ? FIELD_ANSWER
                                                                         : FIELD_OTHER;
    }
    if (named(question_names, name)) {
        return (types & TYPE_STRING) != 0 ? FIELD_QUESTION : FIELD_OTHER;
    }
    if (named(solution_names, name)) {
        return (types & (TYPE_STRING | TYPE_ARRAY)) != 0 ? FIELD_SOLUTION : FIELD_OTHER;
    }
    for (int i = 0; i < 5; i++) {
        unsigned wanted = i < 2 ? TYPE_INTEGER | TYPE_NUMBER : TYPE_STRING;
        if (strcmp(name, plain[i]) == 0 && (types & wanted) != 0) {
            return (enum field)(FIELD_STEPS + i);
        }
    }
    return FIELD_OTHER;
}

static bool shape_read(const cJSON *schema, struct shape *s, char why[WHY_MAX])
{
    memset(s, 0, sizeof *s);
    s->properties = cJSON_GetObjectItemCaseSensitive(schema, "properties");
    s->answer = json_str_or(schema, "x-answer", NULL);
    const cJSON *property = NULL;
    const char *unknown = NULL;
    cJSON_ArrayForEach(property, s->properties)
    {
        enum field f = field_of(s, property);
        if (f == FIELD_ANSWER) {
            unsigned types = types_of(property);
            s->whole = (types & (TYPE_STRING | TYPE_NUMBER)) == 0;
        }
        bool again = f != FIELD_OTHER && s->has[f]; /* a second text for the same purpose */
        s->has[f] = true;
        const cJSON *one = NULL;
        cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(schema, "required"))
        {
            bool required = cJSON_IsString(one) && strcmp(one->valuestring, property->string) == 0;
            if (required && (f == FIELD_OTHER || again)) {
                unknown = property->string;
            }
        }
    }
    struct buf text;
    buf_init(&text, WHY_MAX - 1);
    bool good = s->has[FIELD_QUESTION] && s->has[FIELD_ANSWER] && unknown == NULL;
    if (unknown != NULL) {
        buf_printf(
            &text,
            "The offline teacher does not know how to fill the required field \"%.80s\" of the "
            "record; it fills question, solution and answer.",
            unknown);
    } else if (!good) {
        buf_adds(&text, "The offline teacher needs a record with a question (string) and an "
                        "answer (number, integer or string), and perhaps a solution (string).");
    }
    memcpy(why, text.data, text.len + 1);
    buf_free(&text);
    return good;
}

/* ------------------------------------------------------------------ plan with faults */

/* A plan that many seeds share, of the same operation, length and wording: for near-duplicates. */
static void shared_plan(struct plan *p, struct draw *d)
{
    struct wish w;
    wish_from(NULL, &w);
    w.ops = 1u << p->main;
    w.wordings = 1u << p->wording;
    w.steps_low = p->count;
    w.steps_high = p->count;
    uint64_t pool = ((uint64_t)p->main * WORDINGS + (uint64_t)p->wording) * 64 +
                    (uint64_t)p->count * 8 + (uint64_t)p->distractors;
    struct plan shared;
    *d = draw_from(pool, rng_id("shared"));
    offline_plan_draw(&w, d, &shared);
    shared.distractors = p->distractors;
    shared.base = p->base;
    *p = shared;
}

/* One word changed, as near-duplicates are. */
static void other_weather(struct plan *p, struct draw *d)
{
    size_t n;
    const char *word =
        words_piece(offline_weathers, (size_t)draw_below(d, words_count(offline_weathers)), &n);
    char *old = strrchr(p->time, ' ');
    char after[sizeof p->time];
    const char *first = strncmp(p->time, "on a ", 5) == 0 ? strchr(p->time + 5, ' ') : NULL;
    if (old == NULL || first == NULL || 5 + n + strlen(first) >= sizeof p->time) {
        return;
    }
    memcpy(after, first, strlen(first) + 1);
    memcpy(p->time + 5, word, n);
    memcpy(p->time + 5 + n, after, strlen(after) + 1);
}

/* The generator's own slip: a step forgotten, or one too many where there is only one. */
static void slip(struct plan *p)
{
    if (p->count > 1 && p->ops[p->count - 1] != p->main) {
        p->count--;
    } else if (p->count < PLAN_STEPS) {
        p->ops[p->count++] = OP_ADD;
    }
}

/* Numbers for the plan; when an edited scenario asks for the impossible, its last steps become
 * sums. */
static bool find_numbers(struct plan *p, bool whole, struct draw *d, struct problem *pr)
{
    for (int kept = p->count; kept >= 0; kept--) {
        for (int i = kept; i < p->count; i++) {
            p->ops[i] = OP_ADD;
        }
        if (problem_numbers(p, whole, d, pr)) {
            return true;
        }
    }
    return false;
}

static bool rat_same(struct rat a, struct rat b)
{
    return a.n == b.n && a.d == b.d;
}

static struct rat wrong_answer(const struct problem *pr, bool whole, struct draw *d)
{
    const struct step *last = &pr->step[pr->count - 1];
    struct rat right = last->result;
    struct rat other = right;
    for (int try = 0; try < 8; try++) {
        int64_t slips[] = {1, -1, 10, -10, 2, -2};
        switch (draw_below(d, 4)) {
        case 0: /* the last step forgotten */
            other = last->arg[0];
            break;
        case 1: /* added instead */
            (void)form_compute(FORM_ADD, last->arg[0], last->arg[1], right, &other);
            break;
        case 2: /* taken away instead */
            (void)form_compute(FORM_DIFF, last->arg[0], last->arg[1], right, &other);
            break;
        default:
            (void)form_compute(FORM_ADD, right, rat_int(slips[draw_below(d, 6)]), right, &other);
            break;
        }
        if (!rat_same(other, right) && last->form != FORM_ELAPSED &&
            kind_sensible(last->kind, other, whole)) {
            return other;
        }
    }
    (void)form_compute(FORM_ADD, right, rat_int(1), right, &other);
    return other;
}

/* ------------------------------------------------------------------ record */

struct made {
    struct plan plan;
    struct problem problem;
    struct buf question, solution;
    struct rat answer;
};

static void put_answer(struct buf *out, const struct made *m, unsigned types)
{
    if ((types & (TYPE_NUMBER | TYPE_INTEGER)) != 0 &&
        ((types & TYPE_NUMBER) != 0 || m->answer.d == 1)) {
        json_number(out, rat_value(m->answer));
        return;
    }
    buf_addc(out, '"');
    rat_text(out, m->answer, problem_is_money(&m->problem));
    buf_addc(out, '"');
}

static void put_lines(struct buf *out, const struct buf *text)
{
    buf_addc(out, '[');
    const char *at = text->data;
    while (*at != '\0') {
        size_t n = strcspn(at, "\n");
        if (at != text->data) {
            buf_addc(out, ',');
        }
        json_quote(out, at, n);
        at += n + (at[n] == '\n' ? 1 : 0);
    }
    buf_addc(out, ']');
}

static void put_field(struct buf *out, enum field f, const cJSON *property, const struct made *m)
{
    unsigned types = types_of(property);
    const char *text = "";
    switch (f) {
    case FIELD_QUESTION:
        json_quote(out, m->question.data, m->question.len);
        return;
    case FIELD_ANSWER:
        put_answer(out, m, types);
        return;
    case FIELD_SOLUTION:
        if ((types & TYPE_STRING) == 0) {
            put_lines(out, &m->solution);
        } else {
            json_quote(out, m->solution.data, m->solution.len);
        }
        return;
    case FIELD_STEPS:
        json_number(out, m->problem.count);
        return;
    case FIELD_DIFFICULTY: {
        double d = problem_difficulty(&m->problem);
        json_number(out, (types & TYPE_NUMBER) != 0 ? (double)(int)(d * 10) / 10 : (double)(int)d);
        return;
    }
    case FIELD_OPERATION:
        text = op_table[m->plan.main].name;
        break;
    case FIELD_SETTING:
        text = m->plan.place->name[0] != '\0' ? m->plan.place->name : m->plan.where;
        break;
    case FIELD_WORDING:
        text = wording_table[m->plan.wording].name;
        break;
    case FIELD_OTHER:
        break;
    }
    json_quote(out, text, strlen(text));
}

static void put_record(struct buf *out, const struct shape *s, const struct made *m)
{
    buf_addc(out, '{');
    bool first = true;
    bool done[FIELD_OTHER] = {false};
    const cJSON *property = NULL;
    cJSON_ArrayForEach(property, s->properties)
    {
        enum field f = field_of(s, property);
        if (f == FIELD_OTHER || done[f]) {
            continue;
        }
        done[f] = true;
        if (!first) {
            buf_addc(out, ',');
        }
        first = false;
        put_key(out, property->string);
        put_field(out, f, property, m);
    }
    buf_addc(out, '}');
}

bool answer_record(const struct asked *a, bool refine, struct buf *out, char why[WHY_MAX])
{
    struct shape s;
    if (!shape_read(cJSON_GetObjectItemCaseSensitive(a->inputs, "schema"), &s, why)) {
        return false;
    }
    struct wish w;
    struct made m;
    wish_from(cJSON_GetObjectItemCaseSensitive(a->inputs, "mix"), &w);
    offline_plan_read(&w, json_str_or(a->inputs, "scenario", ""), &m.plan);
    struct draw d = draw_from(a->seed, rng_id("generate"));
    if (!refine && rng_unit(a->seed, rng_id("slip"), 0) < 0.04) {
        slip(&m.plan);
    }
    if (asked_chance(a, TK_REPEAT, "repeat")) {
        bool same = draw_below(&d, 2) == 0;
        struct draw own = d;
        shared_plan(&m.plan, &d);
        if (!same) {
            other_weather(&m.plan, &own);
        }
    }
    if (!find_numbers(&m.plan, s.whole, &d, &m.problem)) {
        (void)snprintf(why, WHY_MAX, "The offline teacher found no numbers for this scenario.");
        return false;
    }
    buf_init(&m.question, OFFLINE_TEXT_MAX);
    buf_init(&m.solution, OFFLINE_TEXT_MAX);
    problem_write(&m.plan, &m.problem, &d, &m.question, &m.solution);
    m.answer = problem_answer(&m.problem);
    if (asked_chance(a, TK_WRONG, "wrong")) {
        struct draw slips = draw_from(a->seed, rng_id("how wrong"));
        m.answer = wrong_answer(&m.problem, s.whole, &slips);
    }
    buf_adds(&m.solution, "The answer is ");
    rat_text(&m.solution, m.answer, problem_is_money(&m.problem));
    buf_addc(&m.solution, '.');
    put_record(out, &s, &m);
    buf_free(&m.question);
    buf_free(&m.solution);
    return true;
}
