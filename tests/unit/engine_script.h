/*
 * For the tests of the engine, without I/O: a teacher that answers by a rule from key and seed
 * alone, the memory of what was asked, and a post that brings replies in any order.
 */
#ifndef TAXA_TEST_ENGINE_SCRIPT_H
#define TAXA_TEST_ENGINE_SCRIPT_H

#include "base/mem.h"
#include "base/rng.h"
#include "engine/ask.h"
#include "engine/common.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SCRIPT_SCHEMA                                                                              \
    "{\"type\":\"object\",\"properties\":{\"question\":{\"type\":\"string\"},"                     \
    "\"answer\":{\"type\":\"string\",\"enum\":[\"a\",\"b\"]}},"                                    \
    "\"required\":[\"question\",\"answer\"],\"x-answer\":\"answer\"}"

/* ---- the teacher */

/* How often each thing goes wrong, 0..1. */
struct rule {
    double malformed, malformed_twice; /* the first reply; the repair */
    double length, length_twice;
    double refused;
    double transport; /* the first try of a key gets no answer */
    double unmet;     /* requirements */
    double correct_no, incorrect_yes;
    double few;   /* a batch of scenarios is short */
    double none;  /* a proposal of children has nothing to say that is new */
    bool exactly; /* batches are always of one scenario */
};

static inline bool rule_chance(const struct question *q, const char *what, double p)
{
    return rng_unit(q->seed, rng_id(what), 0) < p;
}

static inline bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n >= m && strcmp(s + n - m, end) == 0;
}

static inline void say_scenarios(const struct rule *rule, const struct question *q, const cJSON *in,
                                 struct buf *out)
{
    int count = (int)json_num_or(in, "count", 1);
    if (rule->exactly) {
        count = 1;
    } else if (rule_chance(q, "few", rule->few)) {
        count = 1 + (int)rng_below(q->seed, rng_id("how few"), 0, (uint64_t)count);
    }
    buf_adds(out, "{\"scenarios\":[");
    for (int i = 0; i < count; i++) {
        buf_printf(out, "%s\"scenario %d of %s\"", i > 0 ? "," : "", i, q->key);
    }
    buf_adds(out, "]}");
}

/* Six possible children for each node; a proposal has some, written in different ways. */
static inline void say_children(const struct rule *rule, const struct question *q, const cJSON *in,
                                struct buf *out)
{
    static const char *const front[] = {"", "The ", ""}, *const middle[] = {" ", " ", "-"};
    const char *node = json_str_or(cJSON_GetObjectItem(in, "node"), "name", "");
    const cJSON *there = cJSON_GetObjectItem(in, "children");
    bool none = rule_chance(q, "none", rule->none);
    int said = 0;
    buf_adds(out, "{\"children\":[");
    for (int i = 0; i < 6; i++) {
        char name[200], what[32];
        snprintf(what, sizeof what, "child %d", i);
        if (said > 0 && !rule_chance(q, what, 0.5)) {
            continue;
        }
        uint64_t style = rng_below(q->seed, rng_id(what), 1, 3);
        snprintf(name, sizeof name, "%s%s%spart %d", front[style], node, middle[style], i);
        if (none) {
            const cJSON *old = cJSON_GetArrayItem(there, i);
            snprintf(name, sizeof name, "%s", old != NULL ? old->valuestring : node);
        }
        buf_printf(out, "%s{\"name\":\"%s\",\"description\":\"said by %s\"}", said++ > 0 ? "," : "",
                   name, q->key);
    }
    buf_adds(out, "]}");
}

/* The critic keeps what two wanted and, of the rest, three in four. */
static inline void say_choice(const struct question *q, const cJSON *in, struct buf *out)
{
    struct buf dropped;
    buf_init(&dropped, 1u << 16);
    int kept = 0, n = 0;
    const cJSON *p = NULL;
    buf_adds(out, "{\"children\":[");
    cJSON_ArrayForEach(p, cJSON_GetObjectItem(in, "proposals"))
    {
        const char *name = json_str_or(p, "name", "");
        bool keep = kept == 0 || json_num_or(p, "votes", 0) > 1 || rule_chance(q, name, 0.75);
        if (keep) {
            buf_printf(out, "%s{\"name\":\"%s\",\"description\":\"by %s\",\"from\":[\"%s\"]}",
                       kept++ > 0 ? "," : "", name, q->key, name);
        } else {
            buf_printf(&dropped, "%s{\"name\":\"%s\",\"reason\":\"too narrow\"}",
                       n++ > 0 ? "," : "", name);
        }
    }
    buf_printf(out, "],\"dropped\":[%s]}", dropped.data);
    buf_free(&dropped);
}

static inline void say(const struct rule *rule, const struct question *q, enum task_id task,
                       const cJSON *in, struct buf *out)
{
    bool no = rule_chance(q, "correct no", rule->correct_no);
    bool yes = rule_chance(q, "incorrect yes", rule->incorrect_yes);
    switch (task) {
    case TASK_SCENARIOS:
        say_scenarios(rule, q, in, out);
        break;
    case TASK_COMPLEXIFY:
        buf_printf(out, "{\"scenario\":\"harder, by %s\"}", q->key);
        break;
    case TASK_GENERATE:
    case TASK_REFINE:
        buf_printf(out, "{\"question\":\"record of %s\",\"answer\":\"%s\"}", q->key,
                   rule_chance(q, "answer", 0.5) ? "a" : "b");
        break;
    case TASK_REQUIREMENTS:
        buf_printf(out, "{\"reason\":\"because %s\",\"ok\":%s}", q->key,
                   rule_chance(q, "unmet", rule->unmet) ? "false" : "true");
        break;
    case TASK_CRITIC_CORRECT:
        buf_printf(out, "{\"reason\":\"because %s\",\"answer\":\"%s\"}", q->key, no ? "no" : "yes");
        break;
    case TASK_CRITIC_INCORRECT:
        buf_printf(out, "{\"reason\":\"because %s\",\"answer\":\"%s\"}", q->key,
                   yes ? "yes" : "no");
        break;
    case TASK_PROPOSE_CHILDREN:
        say_children(rule, q, in, out);
        break;
    case TASK_CHILDREN_CRITIC:
        say_choice(q, in, out);
        break;
    case TASK_LEVEL_PLAN:
        buf_printf(out, "{\"plan\":\"plan of %s\"}", q->key);
        break;
    case TASK_FACTORS:
    case TASK_FACTOR_CRITIC:
    case TASK_STRATEGIES:
    case TASK_MISSING_CHILDREN:
    case TASK_DESCRIBE_NODE:
    case TASK_SOUNDNESS:
    case TASK_REPAIR:
    case TASK_COUNT:
        fail_msg("the script has no answer to %s", q->key);
    }
}

static inline enum reply_outcome rule_outcome(const struct rule *rule, const struct question *q,
                                              int tries)
{
    bool longer = ends_with(q->key, ".l");
    if (tries == 1 && rule_chance(q, "transport", rule->transport)) {
        return REPLY_TRANSPORT;
    }
    if (rule_chance(q, "length", longer ? rule->length_twice : rule->length)) {
        return REPLY_LENGTH;
    }
    return rule_chance(q, "refused", rule->refused) ? REPLY_REFUSED : REPLY_OK;
}

/* The reply to a question when it is asked for the tries-th time. The caller clears it. */
static inline struct reply rule_reply(const struct rule *rule, const struct question *q, int tries)
{
    struct reply r = {.task = q->task, .final = true, .tries = tries, .cost = 0.25};
    snprintf(r.key, sizeof r.key, "%s", q->key);
    bool repair = q->task == TASK_REPAIR;
    struct buf text;
    buf_init(&text, 1u << 20);
    r.outcome = rule_outcome(rule, q, tries);
    if (r.outcome == REPLY_TRANSPORT) {
        snprintf(r.error, sizeof r.error, "nobody answered %s", q->key);
    } else if (r.outcome == REPLY_REFUSED) {
        snprintf(r.error, sizeof r.error, "will not answer %s", q->key);
    } else if (r.outcome == REPLY_LENGTH) {
        buf_adds(&text, "{\"question\":\"and so on and");
    } else if (rule_chance(q, "malformed", repair ? rule->malformed_twice : rule->malformed)) {
        buf_printf(&text, "Well, %s is a hard one.", q->key);
    } else {
        enum task_id task = q->task;
        const cJSON *in = q->inputs;
        if (repair) {
            assert_true(task_by_name(json_str_or(in, "task", ""), &task));
            in = cJSON_GetObjectItem(in, "inputs");
        }
        say(rule, q, task, in, &text);
    }
    assert_false(text.over);
    r.text = buf_take(&text);
    buf_free(&text);
    return r;
}

/* ---- what was asked and answered, by key */

struct told {
    char key[96];
    enum task_id task;
    enum reply_outcome outcome;
    char *text, error[400];
    uint64_t inputs;     /* hash: the same key is always the same question */
    int tries, asked_in; /* life of its point in which it was asked last */
    bool open, answered;
    int32_t next;
};

#define TOLD_CHAINS 1024

struct memory {
    struct told *item;
    size_t count, cap;
    int32_t chain[TOLD_CHAINS]; /* index + 1 */
};

static inline struct told *told_find(struct memory *m, const char *key)
{
    int32_t at = m->chain[rng_id(key) % TOLD_CHAINS];
    while (at != 0 && strcmp(m->item[at - 1].key, key) != 0) {
        at = m->item[at - 1].next;
    }
    return at != 0 ? &m->item[at - 1] : NULL;
}

/* One that must be there. */
static inline struct told *told_get(struct memory *m, const char *key)
{
    struct told *t = told_find(m, key);
    if (t == NULL) {
        fail_msg("%s was never asked", key);
        abort();
    }
    return t;
}

static inline uint64_t hash_json(const cJSON *v)
{
    char *text = json_text(v);
    uint64_t h = rng_hash(text, strlen(text), 1);
    free(text);
    return h;
}

/*
 * A question leaves the engine. Within one life no key is asked again that was answered; in another
 * it comes with the same inputs, unless `looser`.
 */
static inline struct told *told_ask(struct memory *m, const struct question *q, int life,
                                    bool looser)
{
    struct told *t = told_find(m, q->key);
    uint64_t inputs = hash_json(q->inputs);
    if (t == NULL) {
        m->item = vec_grow(m->item, &m->cap, m->count + 1, sizeof *m->item);
        t = &m->item[m->count++];
        memset(t, 0, sizeof *t);
        snprintf(t->key, sizeof t->key, "%s", q->key);
        t->task = q->task;
        t->inputs = inputs;
        int32_t *chain = &m->chain[rng_id(q->key) % TOLD_CHAINS];
        t->next = *chain;
        *chain = (int32_t)m->count;
    } else if (t->asked_in == life && (t->open || t->answered)) {
        fail_msg("%s was asked twice", q->key);
    } else if (t->inputs != inputs && !looser) {
        fail_msg("%s was asked again with other inputs", q->key);
    }
    t->asked_in = life;
    t->open = true;
    return t;
}

static inline void told_answer(struct memory *m, const struct reply *r)
{
    struct told *t = told_get(m, r->key);
    assert_false(t->answered);
    t->open = false;
    if (r->outcome == REPLY_TRANSPORT) {
        return;
    }
    t->answered = true;
    t->outcome = r->outcome;
    t->text = xstrdup(r->text != NULL ? r->text : "");
    memcpy(t->error, r->error, sizeof t->error);
}

static inline struct reply told_reply(const struct told *t)
{
    struct reply r = {.task = t->task, .final = true, .outcome = t->outcome, .cost = 0.25};
    snprintf(r.key, sizeof r.key, "%s", t->key);
    memcpy(r.error, t->error, sizeof r.error);
    r.text = xstrdup(t->text);
    return r;
}

static inline void memory_free(struct memory *m)
{
    for (size_t i = 0; i < m->count; i++) {
        free(m->item[i].text);
    }
    free(m->item);
    memset(m, 0, sizeof *m);
}

static inline int by_key(const void *a, const void *b)
{
    const struct told *const *x = a, *const *y = b;
    return strcmp((*x)->key, (*y)->key);
}

/* All questions with the hash of their inputs, by key. The caller frees it. */
static inline char *asked_text(const struct memory *m)
{
    const struct told **list = xcalloc(m->count + 1, sizeof *list);
    for (size_t i = 0; i < m->count; i++) {
        list[i] = &m->item[i];
    }
    qsort(list, m->count, sizeof *list, by_key);
    struct buf b;
    buf_init(&b, 64u << 20);
    for (size_t i = 0; i < m->count; i++) {
        buf_printf(&b, "%s %016" PRIx64 "\n", list[i]->key, list[i]->inputs);
    }
    free(list);
    char *text = buf_take(&b);
    buf_free(&b);
    return text;
}

/* ---- questions on their way */

enum order { ORDER_ASKED, ORDER_REVERSED, ORDER_RANDOM, ORDER_PRIORITY };

struct post {
    enum order order;
    uint64_t dice, thrown;
    struct question **open;
    size_t count, cap;
};

static inline void post_put(struct post *p, struct question *q)
{
    p->open = vec_grow(p->open, &p->cap, p->count + 1, sizeof(struct question *));
    p->open[p->count++] = q;
}

static inline struct question *post_take(struct post *p)
{
    size_t at = 0;
    if (p->order == ORDER_REVERSED) {
        at = p->count - 1;
    } else if (p->order == ORDER_RANDOM) {
        at = (size_t)rng_below(p->dice, rng_id("next reply"), p->thrown++, p->count);
    } else if (p->order == ORDER_PRIORITY) {
        for (size_t i = 1; i < p->count; i++) {
            at = p->open[i]->priority > p->open[at]->priority ? i : at;
        }
    }
    struct question *q = p->open[at];
    memmove(p->open + at, p->open + at + 1, (--p->count - at) * sizeof(struct question *));
    return q;
}

static inline void post_free(struct post *p)
{
    for (size_t i = 0; i < p->count; i++) {
        question_free(p->open[i]);
    }
    free(p->open);
    p->open = NULL;
    p->count = p->cap = 0;
}

/* ---- the rest */

static inline void common_init(struct engine_common *c, bool dual)
{
    *c = (struct engine_common){.seed = 42, .scenarios = 4, .refinements = 2, .proposals = 3};
    c->description = xstrdup("Questions for the test");
    c->schema = cJSON_Parse(SCRIPT_SCHEMA);
    c->examples = cJSON_Parse("[{\"question\":\"is this one?\",\"answer\":\"a\"}]");
    c->answer = dual ? xstrdup("answer") : NULL;
    assert_non_null(c->schema);
}

/* Fails at the first line that differs, not with two books. */
static inline void assert_same_text(const char *a, const char *b)
{
    while (*a != '\0' || *b != '\0') {
        size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");
        if (n != m || memcmp(a, b, n) != 0) {
            fail_msg("\n%.*s\nis not\n%.*s", (int)n, a, (int)m, b);
        }
        a += n + (a[n] == '\n' ? 1 : 0);
        b += m + (b[m] == '\n' ? 1 : 0);
    }
}

#endif
