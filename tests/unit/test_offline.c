/*
 * Tests of the offline teacher: its sums, its reading, its rates, its harder scenarios.
 */
#include "unit/test_offline.h"

#include "teacher/offline/problem.h"

#include <math.h>

enum { PROBLEMS = 10000 };

static const struct offline_rates none;

/* Every problem of every operation, setting, length and wording is read back rightly. */
static void test_truth(void **state)
{
    (void)state;
    int slips = 0;
    int by_steps[9] = {0};
    for (unsigned i = 0; i < PROBLEMS; i++) {
        cJSON *mix = mix_of(i);
        char *scenario = scenario_for(&none, mix, i);
        cJSON *record = record_for(&none, TASK_GENERATE, mix, scenario, i + 77777);
        const char *question = json_str_or(record, "question", "");
        struct offline_truth truth;
        if (!offline_solve(question, &truth)) {
            fail_msg("not read: %s", question);
        }
        if (fabs(truth.answer - json_num_or(record, "answer", -1)) > 0.001) {
            fail_msg("%f is not the answer of %s", truth.answer, question);
        }
        slips += truth.steps != steps_asked(mix);
        assert_in_range(truth.steps, 1, 8);
        by_steps[truth.steps]++;
        assert_true(truth.difficulty > 0.5 && truth.difficulty < 16);
        cJSON_Delete(record);

        record = record_for(&none, TASK_REFINE, mix, scenario, i + 99999);
        assert_true(offline_solve(json_str_or(record, "question", ""), &truth));
        if (truth.steps != steps_asked(mix)) {
            fail_msg("%d steps: %s\n%s", truth.steps, scenario,
                     json_str_or(record, "question", ""));
        }
        cJSON_Delete(record);
        free(scenario);
        cJSON_Delete(mix);
    }
    /* about one in 25 has a step too few or too many, for the requirements critic to find */
    assert_in_range(slips, PROBLEMS * 3 / 100, PROBLEMS * 5 / 100);
    for (int n = 1; n <= 4; n++) {
        assert_in_range(by_steps[n], PROBLEMS / 5, PROBLEMS * 3 / 10);
    }
}

/* The requirements critic finds the slips, and only those. */
static void test_requirements(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3000; i++) {
        cJSON *mix = mix_of(i * 3 + 1);
        char *scenario = scenario_for(&none, mix, i);
        cJSON *record = record_for(&none, TASK_GENERATE, mix, scenario, i);
        struct offline_truth truth;
        assert_true(offline_solve(json_str_or(record, "question", ""), &truth));
        cJSON *v = verdict_on(&none, TASK_REQUIREMENTS, mix, scenario, record, i);
        bool fits = truth.steps == steps_asked(mix);
        if (json_bool_or(v, "ok", !fits) != fits) {
            fail_msg("%s\n%s\n%s", scenario, json_str_or(record, "question", ""),
                     json_str_or(v, "reason", ""));
        }
        cJSON_Delete(v);
        cJSON_Delete(record);
        record = record_for(&none, TASK_REFINE, mix, scenario, i);
        v = verdict_on(&none, TASK_REQUIREMENTS, mix, scenario, record, i);
        if (!json_bool_or(v, "ok", false)) {
            fail_msg("%s\n%s\n%s", scenario, json_str_or(record, "question", ""),
                     json_str_or(v, "reason", ""));
        }
        cJSON_Delete(v);
        cJSON_Delete(record);
        free(scenario);
        cJSON_Delete(mix);
    }
}

/* A record of another mix does not pass. */
static void test_other_mix(void **state)
{
    (void)state;
    int passed = 0;
    for (unsigned i = 0; i < 500; i++) {
        cJSON *mix = mix_of(i);
        cJSON *other = mix_of(i + 1); /* the next operation */
        char *scenario = scenario_for(&none, mix, i);
        char *foreign = scenario_for(&none, other, i);
        cJSON *record = record_for(&none, TASK_REFINE, other, foreign, i);
        cJSON *v = verdict_on(&none, TASK_REQUIREMENTS, mix, scenario, record, i);
        passed += json_bool_or(v, "ok", true);
        cJSON_Delete(v);
        cJSON_Delete(record);
        free(scenario);
        free(foreign);
        cJSON_Delete(mix);
        cJSON_Delete(other);
    }
    assert_in_range(passed, 0, 10); /* by chance the other has all that this one wants */
}

static char *harder(const cJSON *mix, const char *scenario, uint64_t seed)
{
    cJSON *in = inputs_of(mix);
    cJSON_AddStringToObject(in, "scenario", scenario);
    cJSON *v = value_of(&none, question_of(TASK_COMPLEXIFY, in, seed));
    char *text = xstrdup(json_str_or(v, "scenario", ""));
    cJSON_Delete(v);
    return text;
}

/* Harder scenarios keep all they had and give problems with more steps and a higher difficulty. */
static void test_complexify(void **state)
{
    (void)state;
    double before = 0;
    double after = 0;
    for (unsigned i = 0; i < 2000; i++) {
        cJSON *mix = mix_of(i * 7 + 3);
        char *scenario = scenario_for(&none, mix, i);
        char *hard = harder(mix, scenario, i);
        assert_true(strncmp(hard, scenario, strlen(scenario)) == 0);
        struct wish w;
        struct plan easy_plan;
        struct plan hard_plan;
        wish_from(mix, &w);
        offline_plan_read(&w, scenario, &easy_plan);
        offline_plan_read(&w, hard, &hard_plan);
        assert_int_equal(easy_plan.main, hard_plan.main);
        assert_int_equal(easy_plan.wording, hard_plan.wording);
        assert_true(easy_plan.place == hard_plan.place);
        assert_int_equal(hard_plan.base, easy_plan.count);
        assert_true(memcmp(easy_plan.ops, hard_plan.ops,
                           (size_t)easy_plan.count * sizeof easy_plan.ops[0]) == 0);

        struct offline_truth easy;
        struct offline_truth more;
        cJSON *a = record_for(&none, TASK_REFINE, mix, scenario, i);
        cJSON *b = record_for(&none, TASK_REFINE, mix, hard, i);
        assert_true(offline_solve(json_str_or(a, "question", ""), &easy));
        assert_true(offline_solve(json_str_or(b, "question", ""), &more));
        assert_true(more.steps > easy.steps);
        assert_true(more.steps <= easy.steps + 2);
        before += easy.difficulty;
        after += more.difficulty;
        assert_true(strstr(json_str_or(b, "question", ""), hard_plan.where + 3) != NULL);
        assert_int_equal(wording_of(json_str_or(b, "question", "")), easy_plan.wording);
        cJSON *v = verdict_on(&none, TASK_REQUIREMENTS, mix, hard, b, i);
        assert_true(json_bool_or(v, "ok", false));
        cJSON_Delete(v);
        v = verdict_on(&none, TASK_REQUIREMENTS, mix, hard, a, i);
        assert_false(json_bool_or(v, "ok", true)); /* the easy one does not do */
        cJSON_Delete(v);
        cJSON_Delete(a);
        cJSON_Delete(b);
        free(scenario);
        free(hard);
        cJSON_Delete(mix);
    }
    assert_true(after > before * 1.3);
}

static void set_rates(struct offline_rates *r)
{
    memset(r, 0, sizeof *r);
    r->rate[TK_WRONG] = 0.2;
    r->rate[TK_CORRECT_YES_ON_WRONG] = 0.3;
    r->rate[TK_CORRECT_NO_ON_RIGHT] = 0.1;
    r->rate[TK_INCORRECT_YES_ON_RIGHT] = 0.15;
    r->rate[TK_INCORRECT_NO_ON_WRONG] = 0.25;
}

static bool says_yes(const struct offline_rates *r, enum task_id task, const cJSON *mix,
                     const cJSON *record, uint64_t seed)
{
    cJSON *v = verdict_on(r, task, mix, "", record, seed);
    bool yes = strcmp(json_str_or(v, "answer", ""), "yes") == 0;
    assert_true(json_str_or(v, "reason", "")[0] != '\0');
    cJSON_Delete(v);
    return yes;
}

/* What is set is what happens, within four standard deviations. */
static void assert_rate(int hits, int of, double rate)
{
    double off = fabs((double)hits / of - rate);
    if (off > 4 * sqrt(rate * (1 - rate) / of)) {
        fail_msg("%d of %d is not %g", hits, of, rate);
    }
}

static void test_rates(void **state)
{
    (void)state;
    struct offline_rates r;
    set_rates(&r);
    int wrong = 0;
    int errors[4] = {0};
    int right = 0;
    const int n = 6000;
    for (unsigned i = 0; i < (unsigned)n; i++) {
        cJSON *mix = mix_of(i * 5);
        cJSON *record = record_for(&r, TASK_GENERATE, mix, "", i);
        struct offline_truth truth;
        assert_true(offline_solve(json_str_or(record, "question", ""), &truth));
        double given = json_num_or(record, "answer", -1);
        bool is_right = fabs(truth.answer - given) < 0.001;
        wrong += !is_right;
        right += is_right;
        bool correct = says_yes(&r, TASK_CRITIC_CORRECT, mix, record, i);
        bool incorrect = says_yes(&r, TASK_CRITIC_INCORRECT, mix, record, i);
        errors[is_right ? 0 : 1] += correct != is_right;
        errors[is_right ? 2 : 3] += incorrect == is_right;
        const char *solution = json_str_or(record, "solution", "");
        const char *last = strstr(solution, "The answer is ");
        assert_non_null(last);
        assert_true(fabs(strtod(last + 14, NULL) - given) < 0.001);
        assert_true(given > 0);
        cJSON_Delete(record);
        cJSON_Delete(mix);
    }
    assert_rate(wrong, n, 0.2);
    assert_rate(errors[0], right, r.rate[TK_CORRECT_NO_ON_RIGHT]);
    assert_rate(errors[1], wrong, r.rate[TK_CORRECT_YES_ON_WRONG]);
    assert_rate(errors[2], right, r.rate[TK_INCORRECT_YES_ON_RIGHT]);
    assert_rate(errors[3], wrong, r.rate[TK_INCORRECT_NO_ON_WRONG]);
}

/* A record that a person edited is computed anew; one that nobody can read gets no and no. */
static void test_edited(void **state)
{
    (void)state;
    cJSON *mix = mix_of(5);
    cJSON *record =
        json_of("{'question':'Mira packs 50 rolls into trays of 8 and looks at those "
                "that do not fill a tray. Tom is 9 years old. Tom then adds 1,200 rolls "
                "to the rolls left over. How many is that?','answer':'1,202 rolls'}");
    assert_true(says_yes(&none, TASK_CRITIC_CORRECT, mix, record, 1));
    assert_false(says_yes(&none, TASK_CRITIC_INCORRECT, mix, record, 1));
    cJSON_ReplaceItemInObject(record, "answer", cJSON_CreateNumber(1203));
    assert_false(says_yes(&none, TASK_CRITIC_CORRECT, mix, record, 1));
    assert_true(says_yes(&none, TASK_CRITIC_INCORRECT, mix, record, 1));
    static const char *const unreadable[] = {
        "Mira sings 7 songs. How many?",
        "Mira packs 50 rolls into trays of 8 and looks at those that do not fill a tray.",
        "Mira packs 50 rolls into trays of 0 and looks at those that do not fill a tray. How many?",
        "Out of 99999999999999 rolls, Tom hands 8 rolls to the guests. How many?",
        "",
        "?",
        "1",
        "Tom then adds 5 rolls to the rest. How many?",
        "$?",
        "3/0?",
        "9:7 3:?",
    };
    for (size_t i = 0; i < sizeof unreadable / sizeof unreadable[0]; i++) {
        struct offline_truth truth;
        assert_false(offline_solve(unreadable[i], &truth));
        cJSON_ReplaceItemInObject(record, "question", cJSON_CreateString(unreadable[i]));
        assert_false(says_yes(&none, TASK_CRITIC_CORRECT, mix, record, 1));
        assert_false(says_yes(&none, TASK_CRITIC_INCORRECT, mix, record, 1));
    }
    struct offline_truth truth;
    assert_false(offline_solve(NULL, &truth));
    cJSON_Delete(record);
    cJSON_Delete(mix);
}

/* Sums done by hand, one or two for each form. */
static void test_sums(void **state)
{
    (void)state;
    static const struct {
        const char *question;
        double answer;
    } sums[] = {
        {"Next to 17 rolls on the left, Mira can see 26 rolls on the right. How many?", 43},
        {"The till holds $4.75 in coins and $12.50 in notes. How much?", 17.25},
        {"Out of 90 rolls, Tom hands 37 rolls to the guests. How many?", 53},
        {"Mira needs 60 rolls and has only found 23 rolls until now. How many?", 37},
        {"On one side there are 15 rolls, on the other side 48 rolls. How many?", 33},
        {"Each of 7 guests brings 12 rolls. How many?", 84},
        {"The rolls stand in 14 straight lines of 15. How many?", 210},
        {"Mira has 13 rolls, and Tom has 6 times as many. How many?", 78},
        {"Mira earns $11.25 an hour and works for 8 hours. How much?", 90},
        {"Mira shares 96 rolls equally among 8 guests. How many?", 12},
        {"From 75 rolls, Mira builds as many groups of 9 as possible. How many?", 3},
        {"Tom pays $31.50 for 9 rolls. How much?", 3.5},
        {"3/4 of the 44 rolls belong to Mira. How many?", 33},
        {"Tom paints 35% of the 60 rolls red. How many?", 21},
        {"The price of $80 for a set of rolls is lowered by 15%. How much?", 68},
        {"The rent of $640 goes up by 5%. How much?", 672},
        {"The bill says $13.80; Mira pays with $20. How much?", 6.2},
        {"Tom needs 12 kilograms of flour, but the form asks for grams. How many?", 12000},
        {"Mira begins at 9:50 and is done at 14:05. How many?", 255},
        {"Three guests bring 12, 20 and 28 rolls. How many?", 20},
        {"Tom makes 4 equal piles out of 52 rolls. Mira sells one of the shares for $0.75 "
         "apiece. Tom gets a discount of 20% on the money for them. How much?",
         7.8},
        {"Tom makes 2 equal piles out of 52 rolls. Mira finds the mean of one of the shares and "
         "12 rolls. Groups of 5 are made from this mean value until no full group is possible. "
         "How many?",
         4},
    };
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        struct offline_truth truth;
        if (!offline_solve(sums[i].question, &truth)) {
            fail_msg("not read: %s", sums[i].question);
        }
        if (fabs(truth.answer - sums[i].answer) > 1e-9) {
            fail_msg("%g: %s", truth.answer, sums[i].question);
        }
    }
}

/* Damaged text is read or refused, and nothing else happens. */
static void test_damaged(void **state)
{
    (void)state;
    static const char bytes[] = "0123456789.,:$/%\"\n {}|?!-\x80\xff";
    int read = 0;
    for (unsigned i = 0; i < 6000; i++) {
        cJSON *mix = mix_of(i);
        cJSON *record = record_for(&none, TASK_GENERATE, mix, "", i);
        char *text = xstrdup(json_str_or(record, "question", ""));
        struct draw d = draw_from(i, 9);
        for (uint64_t k = draw_below(&d, 6) + 1; k > 0; k--) {
            text[draw_below(&d, strlen(text))] = bytes[draw_below(&d, sizeof bytes)];
        }
        struct offline_truth truth = {0};
        if (offline_solve(text, &truth)) {
            assert_true(isfinite(truth.answer) && isfinite(truth.difficulty));
            read++;
        }
        free(text);
        cJSON_Delete(record);
        cJSON_Delete(mix);
    }
    assert_in_range(read, 600, 5400);
}

/* No sentence fits a pattern of another form: each, filled in, is tried against all. */
static void test_patterns(void **state)
{
    (void)state;
    static const struct rat args[] = {{24, 1}, {8, 1}, {6, 1}};
    for (int i = 0; i < offline_pattern_count; i++) {
        const struct pattern *p = &offline_patterns[i];
        struct fill f = {.person = {{"Mira", 4}, {"Tom", 3}},
                         .items = {"rolls", 5},
                         .container = {"tray", 4},
                         .containers = {"trays", 5},
                         .folk = {"guests", 6},
                         .where = {"at the bakery", 13},
                         .material = {"flour", 5},
                         .coarse = {"kilograms", 9},
                         .fine = {"grams", 5},
                         .time = "on a rainy Monday",
                         .kind = (enum kind)p->kind,
                         .arg = args,
                         .ref = {"what is left", 12}};
        struct buf text;
        buf_init(&text, 1000);
        text_fill(&text, (struct span){p->text, strlen(p->text)}, &f);
        struct grams g;
        grams_of(&g, text.data, text.len);
        for (int j = 0; j < offline_pattern_count; j++) {
            struct match m;
            bool fits = text_match(offline_patterns[j].text, text.data, text.len, &m);
            if (fits && !grams_may(&g, offline_patterns[j].text)) {
                fail_msg("the filter drops: %s", text.data);
            }
            if (fits != (i == j) && offline_patterns[j].form != p->form) {
                fail_msg("%s\n%s", text.data, offline_patterns[j].text);
            }
            if (i == j && !fits) {
                fail_msg("%s is not %s", text.data, p->text);
            }
        }
        buf_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_truth),     cmocka_unit_test(test_requirements),
        cmocka_unit_test(test_other_mix), cmocka_unit_test(test_complexify),
        cmocka_unit_test(test_rates),     cmocka_unit_test(test_edited),
        cmocka_unit_test(test_sums),      cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
