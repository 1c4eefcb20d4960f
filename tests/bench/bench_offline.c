/*
 * How long the offline teacher takes per reply, in microseconds, over 20,000 questions of each kind.
 */
#include "unit/test_offline.h"

#include <time.h>

enum { QUESTIONS = 20000, MIXES = 756 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Ask all the questions; only the time in offline_answer counts. */
static void measure(enum task_id task, cJSON *const inputs[MIXES])
{
    static const struct offline_rates none;
    double spent = 0;
    size_t bytes = 0;
    for (unsigned i = 0; i < QUESTIONS; i++) {
        struct question q = {.task = task, .seed = i, .inputs = inputs[i % MIXES]};
        struct reply r;
        double start = now();
        offline_answer(&none, &q, 1, &r);
        spent += now() - start;
        bytes += r.text != NULL ? strlen(r.text) : 0;
        free(r.text);
    }
    (void)fprintf(stderr, "%-18s %6.2f us, %4zu bytes\n", task_at(task)->name, spent / QUESTIONS,
                  bytes / QUESTIONS);
}

int main(void)
{
    static const enum task_id tasks[] = {TASK_SCENARIOS,       TASK_COMPLEXIFY,
                                         TASK_GENERATE,        TASK_REQUIREMENTS,
                                         TASK_CRITIC_CORRECT, TASK_CRITIC_INCORRECT};
    static const struct offline_rates none;
    cJSON *inputs[MIXES];
    for (unsigned i = 0; i < MIXES; i++) {
        cJSON *mix = mix_of(i);
        char *scenario = scenario_for(&none, mix, i);
        inputs[i] = inputs_of(mix);
        cJSON_AddNumberToObject(inputs[i], "count", 4);
        cJSON_AddStringToObject(inputs[i], "scenario", scenario);
        cJSON_AddStringToObject(inputs[i], "answer_field", "answer");
        cJSON_AddItemToObject(inputs[i], "record",
                              record_for(&none, TASK_REFINE, mix, scenario, i));
        free(scenario);
        cJSON_Delete(mix);
    }
    for (size_t t = 0; t < sizeof tasks / sizeof tasks[0]; t++) {
        measure(tasks[t], inputs);
    }
    for (unsigned i = 0; i < MIXES; i++) {
        cJSON_Delete(inputs[i]);
    }
    return 0;
}
