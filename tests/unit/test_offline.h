/* Asking the offline teacher in a test: inputs are JSON with ' for ". */
#ifndef TAXA_TESTS_TEST_OFFLINE_H
#define TAXA_TESTS_TEST_OFFLINE_H

#include "base/mem.h"
#include "base/rng.h"
#include "teacher/offline.h"
#include "teacher/offline/vocab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COMMON                                                                                     \
    "'description':'Grade-school maths word problems.','schema':{'type':'object','properties':{"   \
    "'question':{'type':'string'},'solution':{'type':'string'},'answer':{'type':'number'}},"       \
    "'required':['question','solution','answer'],'x-answer':'answer'}"

static inline cJSON *json_of(const char *text)
{
    char *copy = xstrdup(text);
    for (char *at = copy; *at != '\0'; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    cJSON *v = NULL;
    struct err e = {0};
    if (json_parse(copy, strlen(copy), &json_limits_reply, &v, &e) != ST_OK) {
        fail_msg("%s: %s", e.msg, copy);
    }
    free(copy);
    return v;
}

/* A question about these inputs (owned by it). */
static inline struct question *question_of(enum task_id task, cJSON *inputs, uint64_t seed)
{
    struct question *q = xcalloc(1, sizeof *q);
    struct buf key;
    buf_init(&key, sizeof q->key - 1);
    buf_printf(&key, "q%d.%llu", (int)task, (unsigned long long)seed);
    memcpy(q->key, key.data, key.len + 1);
    buf_free(&key);
    q->task = task;
    q->seed = seed;
    q->inputs = inputs;
    return q;
}

/* The value of a good reply, checked as the engine would check it. The question is freed. */
static inline cJSON *value_of(const struct offline_rates *rates, struct question *q)
{
    struct reply r;
    struct err e = {0};
    cJSON *v = NULL;
    offline_answer(rates, q, 1, &r);
    if (r.outcome != REPLY_OK) {
        fail_msg("not answered: %s", r.error);
    }
    if (task_parse(q->task, q->inputs, r.text, strlen(r.text), &v, &e) != ST_OK) {
        fail_msg("%s: %s", e.msg, r.text);
    }
    free(r.text);
    question_free(q);
    return v;
}

/* The mix number `i` over all operations, settings, steps and wordings, as the engine writes it. */
static inline cJSON *mix_of(unsigned i)
{
    static const char *const steps[] = {"one step", "two steps", "three steps", "four steps"};
    static const char *const wordings[] = {"plain statement", "question first", "dialogue",
                                           "letter",          "list of facts",  "news note"};
    unsigned op = i % 18;
    unsigned place = i / 18 % 42;
    struct vocab_node node;
    const char *op_name = "";
    const char *family = "";
    unsigned seen = 0;
    for (int k = 0; vocab_at(k, &node); k++) {
        if (node.vocab == VOCAB_OPERATION && node.parent != NULL && node.parent[0] != '\0' &&
            seen++ == op) {
            op_name = node.name;
            family = node.parent;
        }
    }
    const struct place *p = &offline_places[place];
    struct vocab_node home;
    assert_true(vocab_home(p->name, &home));
    cJSON *mix = cJSON_CreateArray();
    const char *rows[4][3] = {{"operation", family, op_name},
                              {"everyday setting", home.name, p->name},
                              {"steps", NULL, steps[rng_below(i, 1, 2, 4)]},
                              {"wording", NULL, wordings[rng_below(i, 2, 2, 6)]}};
    for (int k = 0; k < 4; k++) {
        cJSON *entry = cJSON_CreateObject();
        char *path = rows[k][1] != NULL ? xasprintf("%s/%s/%s", rows[k][0], rows[k][1], rows[k][2])
                                        : xasprintf("%s/%s", rows[k][0], rows[k][2]);
        cJSON_AddStringToObject(entry, "taxonomy", rows[k][0]);
        cJSON_AddStringToObject(entry, "path", path);
        cJSON_AddStringToObject(entry, "name", rows[k][2]);
        free(path);
        cJSON_AddItemToArray(mix, entry);
    }
    return mix;
}

static inline int steps_asked(const cJSON *mix)
{
    static const char *const steps[] = {"one step", "two steps", "three steps", "four steps"};
    const char *name = json_str_or(cJSON_GetArrayItem(mix, 2), "name", "");
    for (int i = 0; i < 4; i++) {
        if (strcmp(name, steps[i]) == 0) {
            return i + 1;
        }
    }
    return 0;
}

/* COMMON and a mix. */
static inline cJSON *inputs_of(const cJSON *mix)
{
    cJSON *in = json_of("{" COMMON "}");
    cJSON_AddItemToObject(in, "mix", cJSON_Duplicate(mix, true));
    return in;
}

static inline char *scenario_for(const struct offline_rates *rates, const cJSON *mix, uint64_t seed)
{
    cJSON *in = inputs_of(mix);
    cJSON_AddNumberToObject(in, "count", 1);
    cJSON *v = value_of(rates, question_of(TASK_SCENARIOS, in, seed));
    char *text = xstrdup(cJSON_GetArrayItem(v->child, 0)->valuestring);
    cJSON_Delete(v);
    return text;
}

static inline cJSON *record_for(const struct offline_rates *rates, enum task_id task,
                                const cJSON *mix, const char *scenario, uint64_t seed)
{
    cJSON *in = inputs_of(mix);
    cJSON_AddStringToObject(in, "scenario", scenario);
    return value_of(rates, question_of(task, in, seed));
}

/* The verdict of a critic on a record. */
static inline cJSON *verdict_on(const struct offline_rates *rates, enum task_id task,
                                const cJSON *mix, const char *scenario, const cJSON *record,
                                uint64_t seed)
{
    cJSON *in = inputs_of(mix);
    cJSON_AddStringToObject(in, "scenario", scenario);
    cJSON_AddStringToObject(in, "answer_field", "answer");
    cJSON_AddItemToObject(in, "record", cJSON_Duplicate(record, true));
    return value_of(rates, question_of(task, in, seed));
}

#endif
