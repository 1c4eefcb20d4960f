/*
 * Names come from teachers and so their number is capped; what is beyond counts as "others".
 */
#include "server/totals.h"

#include "base/json.h"
#include "base/text.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NAMES = 64, BANDS = 12, BAR = 40 };

/* Upper edges in seconds; the last band has none. */
static const double edges[BANDS - 1] = {0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200};

struct sum {
    char name[100];
    int64_t calls, answered, failed, retried, tokens_in, tokens_out;
    double cost, seconds;
};

struct totals {
    struct sum tasks[NAMES], teachers[NAMES];
    size_t task_count, teacher_count;
    struct sum all;
    int64_t bands[BANDS];
};

static struct sum *sum_of(struct sum *list, size_t *count, const char *name)
{
    size_t i = 0;
    while (i < *count && strncmp(list[i].name, name, sizeof list[i].name - 1) != 0) {
        i++;
    }
    if (i == NAMES) {
        return &list[NAMES - 1];
    }
    if (i == *count) {
        snprintf(list[i].name, sizeof list[i].name, "%s", i == NAMES - 1 ? "others" : name);
        *count += 1;
    }
    return &list[i];
}

static void add_up(struct sum *s, const struct call_row *c)
{
    bool retried = strcmp(c->outcome, "retried") == 0;
    bool answered = strcmp(c->outcome, "ok") == 0 || strcmp(c->outcome, "length") == 0 ||
                    strcmp(c->outcome, "refused") == 0;
    s->calls++;
    s->answered += answered;
    s->retried += retried;
    s->failed += !answered && !retried;
    s->tokens_in += c->tokens_in;
    s->tokens_out += c->tokens_out;
    s->cost += c->cost;
    s->seconds += c->seconds;
}

static bool take(void *ctx, const struct call_row *c)
{
    struct totals *t = ctx;
    char teacher[100];
    int band = 0;
    snprintf(teacher, sizeof teacher, "%.30s %.60s", c->teacher, c->model);
    add_up(sum_of(t->tasks, &t->task_count, c->task), c);
    add_up(sum_of(t->teachers, &t->teacher_count, teacher), c);
    add_up(&t->all, c);
    while (band < BANDS - 1 && c->seconds >= edges[band]) {
        band++;
    }
    t->bands[band]++;
    return true;
}

/* ---- as text */

static void print_sum(struct exec *x, const struct sum *s)
{
    char n[32], in[32], out[32], mean[32], name[120];
    text_safe_copy(name, sizeof name, s->name);
    text_count(n, s->calls);
    text_short(in, (double)s->tokens_in);
    text_short(out, (double)s->tokens_out);
    text_seconds(mean, s->calls > 0 ? s->seconds / (double)s->calls : 0);
    exec_printf(x, "%-24.24s %9s %6" PRId64 " %7" PRId64 " %7s %7s %6s  $%.4f\n", name, n,
                s->failed, s->retried, in, out, mean, s->cost);
}

static void print_sums(struct exec *x, const char *title, const struct sum *list, size_t count)
{
    exec_printf(x, "\n%-24s %9s %6s %7s %7s %7s %6s  %s\n", title, "calls", "failed", "retried",
                "in", "out", "mean", "cost");
    for (size_t i = 0; i < count; i++) {
        print_sum(x, &list[i]);
    }
}

static void band_name(int band, char out[32])
{
    if (band == BANDS - 1) {
        snprintf(out, 32, ">= %g s", edges[band - 1]);
    } else {
        snprintf(out, 32, "< %g s", edges[band]);
    }
}

static void print_bands(struct exec *x, const struct totals *t)
{
    int64_t most = 1;
    for (int i = 0; i < BANDS; i++) {
        most = t->bands[i] > most ? t->bands[i] : most;
    }
    exec_text(x, "\nlatency\n");
    int end = BANDS;
    while (end > 1 && t->bands[end - 1] == 0) {
        end--;
    }
    for (int i = 0; i < end; i++) {
        char name[32], n[32], bar[BAR + 1];
        int wide = (int)(t->bands[i] * BAR / most);
        wide = wide == 0 && t->bands[i] > 0 ? 1 : wide;
        memset(bar, '#', sizeof bar);
        bar[wide] = '\0';
        band_name(i, name);
        text_count(n, t->bands[i]);
        exec_printf(x, "%10s %10s  %s\n", name, n, bar);
    }
}

/* ---- as JSON */

static cJSON *sum_object(const struct sum *s, const char *name)
{
    cJSON *o = cJSON_CreateObject();
    if (name != NULL) {
        cJSON_AddStringToObject(o, name, s->name);
    }
    cJSON_AddNumberToObject(o, "calls", (double)s->calls);
    cJSON_AddNumberToObject(o, "answered", (double)s->answered);
    cJSON_AddNumberToObject(o, "failed", (double)s->failed);
    cJSON_AddNumberToObject(o, "retried", (double)s->retried);
    cJSON_AddNumberToObject(o, "tokens_in", (double)s->tokens_in);
    cJSON_AddNumberToObject(o, "tokens_out", (double)s->tokens_out);
    cJSON_AddNumberToObject(o, "cost", s->cost);
    cJSON_AddNumberToObject(o, "seconds", s->seconds);
    return o;
}

static void add_list(cJSON *into, const char *key, const char *name, const struct sum *list,
                     size_t count)
{
    cJSON *a = cJSON_AddArrayToObject(into, key);
    for (size_t i = 0; i < count; i++) {
        cJSON_AddItemToArray(a, sum_object(&list[i], name));
    }
}

static cJSON *object_of(const struct totals *t)
{
    cJSON *o = sum_object(&t->all, NULL);
    add_list(o, "by_task", "task", t->tasks, t->task_count);
    add_list(o, "by_teacher", "teacher", t->teachers, t->teacher_count);
    cJSON *bands = cJSON_AddArrayToObject(o, "latency");
    for (int i = 0; i < BANDS; i++) {
        cJSON *b = cJSON_CreateObject();
        if (i < BANDS - 1) {
            cJSON_AddNumberToObject(b, "below", edges[i]);
        } else {
            cJSON_AddNullToObject(b, "below");
        }
        cJSON_AddNumberToObject(b, "calls", (double)t->bands[i]);
        cJSON_AddItemToArray(bands, b);
    }
    return o;
}

enum status totals_of_calls(struct exec *x, const struct filter *f, struct err *e)
{
    struct totals t = {.task_count = 0};
    enum status st = store_calls(x->store, f, 0, INT64_MAX, take, &t, e);
    if (st != ST_OK) {
        return st;
    }
    if (x->call->json) {
        exec_json(x, object_of(&t));
        return ST_OK;
    }
    snprintf(t.all.name, sizeof t.all.name, "all of them");
    print_sums(x, "question", t.tasks, t.task_count);
    print_sums(x, "teacher and model", t.teachers, t.teacher_count);
    print_sums(x, "together", &t.all, 1);
    print_bands(x, &t);
    return ST_OK;
}
