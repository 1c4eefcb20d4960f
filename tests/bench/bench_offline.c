/*
 * How long the offline teacher takes per reply, in microseconds, over 20,000 questions of each
 * kind. The pipeline needs 62,000 replies for 10,000 points, so 25 microseconds each are a second
 * and a half.
 */
#include "base/json.h"
#include "teacher/offline.h"
#include "teacher/offline/problem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { QUESTIONS = 20000, MIXES = 756 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* The value in a reply, NULL when there is none. */
static cJSON *value_for(enum task_id task, uint64_t seed, cJSON *inputs)
{
    static const struct offline_rates none;
    struct question q = {.key = "bench", .task = task, .seed = seed, .inputs = inputs};
    struct reply r;
    offline_answer(&none, &q, 1, &r);
    cJSON *v = NULL;
    if (r.text != NULL) {
        (void)json_parse(r.text, strlen(r.text), &json_limits_reply, &v, NULL);
    }
    reply_clear(&r);
    return v;
}

/* Inputs with a mix, a scenario and a record: enough for every task that is asked for a point. */
static cJSON *inputs_of(unsigned i)
{
    static const char *const steps[] = {"one step", "two steps", "three steps", "four steps"};
    const char *operation = op_table[i % OP_LEAVES].name;
    const char *family = op_family[op_table[i % OP_LEAVES].family];
    const char *place = offline_places[i / OP_LEAVES % (unsigned)offline_place_count].name;
    const char *wording = wording_table[i % WORDINGS].name;
    struct buf text;
    buf_init(&text, 8192);
    buf_printf(
        &text,
        "{\"description\":\"Grade-school maths\",\"schema\":{\"type\":\"object\",\"properties\":{"
        "\"question\":{\"type\":\"string\"},\"solution\":{\"type\":\"string\"},"
        "\"answer\":{\"type\":\"number\"}},\"required\":[\"question\",\"solution\",\"answer\"],"
        "\"x-answer\":\"answer\"},\"count\":4,\"answer_field\":\"answer\",\"mix\":["
        "{\"taxonomy\":\"operation\",\"path\":\"operation/%s/%s\",\"name\":\"%s\"},"
        "{\"taxonomy\":\"everyday setting\",\"path\":\"everyday setting/%s\",\"name\":\"%s\"},"
        "{\"taxonomy\":\"steps\",\"path\":\"steps/%s\",\"name\":\"%s\"},"
        "{\"taxonomy\":\"wording\",\"path\":\"wording/%s\",\"name\":\"%s\"}]}",
        family, operation, operation, place, place, steps[i % 4], steps[i % 4], wording, wording);
    cJSON *inputs = NULL;
    (void)json_parse(text.data, text.len, &json_limits_reply, &inputs, NULL);
    buf_free(&text);
    cJSON *v = value_for(TASK_SCENARIOS, i, inputs);
    const cJSON *first = cJSON_GetArrayItem(v != NULL ? v->child : NULL, 0);
    cJSON_AddStringToObject(inputs, "scenario", first != NULL ? first->valuestring : "");
    cJSON_Delete(v);
    cJSON_AddItemToObject(inputs, "record", value_for(TASK_GENERATE, i, inputs));
    return inputs;
}

/* Ask all the questions; only the time in offline_answer counts. */
static void measure(enum task_id task, cJSON *const inputs[MIXES])
{
    static const struct offline_rates none;
    double spent = 0;
    size_t bytes = 0;
    for (unsigned i = 0; i < QUESTIONS; i++) {
        struct question q = {.key = "bench", .task = task, .seed = i, .inputs = inputs[i % MIXES]};
        struct reply r;
        double start = now();
        offline_answer(&none, &q, 1, &r);
        spent += now() - start;
        bytes += r.text != NULL ? strlen(r.text) : 0;
        reply_clear(&r);
    }
    printf("%-18s %6.2f us, %4zu bytes\n", task_at(task)->name, spent / QUESTIONS,
           bytes / QUESTIONS);
}

int main(void)
{
    static const enum task_id tasks[] = {TASK_SCENARIOS,      TASK_COMPLEXIFY,
                                         TASK_GENERATE,       TASK_REQUIREMENTS,
                                         TASK_CRITIC_CORRECT, TASK_CRITIC_INCORRECT};
    cJSON *inputs[MIXES];
    for (unsigned i = 0; i < MIXES; i++) {
        inputs[i] = inputs_of(i);
    }
    for (size_t t = 0; t < sizeof tasks / sizeof tasks[0]; t++) {
        measure(tasks[t], inputs);
    }
    for (unsigned i = 0; i < MIXES; i++) {
        cJSON_Delete(inputs[i]);
    }
    return 0;
}
