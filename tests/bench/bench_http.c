/*
 * The yardstick of the pipeline over HTTP: a bare libcurl multi loop that sends the pipeline's own
 * requests, byte for byte of the same kind and size, and drops the replies.
 *
 *     bench_http FILE URL REQUESTS CONCURRENCY
 *
 * FILE is a session whose calls went over HTTP: some of them, spread over the run, are sent again
 * in turn. Prints requests per second; fails when a reply is not a 200.
 */
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "store/store.h"
#include "task/task.h"
#include "teacher/openai.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

enum { BODIES = 240, SLOTS = 1024 };

struct bodies {
    cJSON *inputs; /* what the schemas of replies are made from */
    char *text[BODIES];
    size_t len[BODIES];
    int count;
};

static bool add_body(void *ctx, const struct call_row *c)
{
    struct bodies *b = ctx;
    enum task_id task = TASK_GENERATE;
    if (!task_by_name(c->task, &task) || c->system == NULL || c->user == NULL) {
        return false;
    }
    struct prompt p = {.system = xstrdup(c->system),
                       .user = xstrdup(c->user),
                       .schema = task_at(task)->schema(b->inputs),
                       .name = task_at(task)->name};
    struct openai_ask ask = {.model = c->model,
                             .prompt = &p,
                             .structured = STRUCTURED_SCHEMA,
                             .temperature = 0.7,
                             .top_p = 1,
                             .max_tokens = task_at(task)->max_tokens,
                             .seed = c->seed,
                             .effort = ""};
    b->text[b->count] = openai_body(&ask, &b->len[b->count]);
    b->count++;
    prompt_free(&p);
    return false;
}

static enum status read_inputs(struct store *s, struct bodies *b, struct err *e)
{
    struct buf text;
    cJSON *schema = NULL;
    buf_init(&text, 1 << 20);
    enum status st = store_text(s, "schema", &text, e);
    if (st == ST_OK) {
        st = json_parse(text.data, text.len, &json_limits_file, &schema, e);
    }
    b->inputs = cJSON_CreateObject();
    cJSON_AddItemToObject(b->inputs, "schema", schema);
    cJSON_AddNumberToObject(b->inputs, "count", store_setting_num(s, SETTING_SCENARIOS, 4));
    buf_free(&text);
    return st;
}

static enum status read_bodies(const char *file, struct bodies *b, struct err *e)
{
    struct store *s = NULL;
    struct call_totals total = {0};
    enum status st = store_open(file, STORE_READ, false, &s, e);
    if (st != ST_OK) {
        return st;
    }
    st = read_inputs(s, b, e);
    if (st == ST_OK) {
        st = store_call_totals(s, &total, e);
    }
    for (int64_t i = 0; st == ST_OK && i < BODIES && i < total.made; i++) {
        int64_t step = total.made / BODIES > 0 ? total.made / BODIES : 1;
        st = store_call(s, 1 + i * step, add_body, b, e);
    }
    store_close(s);
    return st;
}

static size_t drop(char *data, size_t size, size_t n, void *ctx)
{
    (void)data;
    (void)ctx;
    return size * n;
}

static CURL *slot_new(const char *url, struct curl_slist *headers)
{
    CURL *c = curl_easy_init();
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    return c;
}

static void send_one(CURLM *multi, CURL *slot, const struct bodies *b, int number)
{
    int i = number % b->count;
    curl_easy_setopt(slot, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)b->len[i]);
    curl_easy_setopt(slot, CURLOPT_POSTFIELDS, b->text[i]);
    curl_multi_add_handle(multi, slot);
}

/* All requests, `concurrency` at a time. Returns how many were answered with 200. */
static int run(CURLM *multi, CURL **slot, int concurrency, const struct bodies *b, int requests)
{
    int sent = 0, back = 0, good = 0, running = 0, left = 0;
    for (; sent < concurrency && sent < requests; sent++) {
        send_one(multi, slot[sent], b, sent);
    }
    while (back < requests) {
        curl_multi_perform(multi, &running);
        for (CURLMsg *m; (m = curl_multi_info_read(multi, &left)) != NULL; back++) {
            long status = 0;
            CURL *c = m->easy_handle;
            curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
            good += m->data.result == CURLE_OK && status == 200 ? 1 : 0;
            curl_multi_remove_handle(multi, c);
            if (sent < requests) {
                send_one(multi, c, b, sent++);
            }
        }
        if (back < requests) {
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
        }
    }
    return good;
}

static int measure(const char *url, const struct bodies *b, int requests, int concurrency)
{
    CURL *slot[SLOTS];
    CURLM *multi = curl_multi_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");
    for (int i = 0; i < concurrency; i++) {
        slot[i] = slot_new(url, headers);
    }
    int64_t start = clock_us();
    int good = run(multi, slot, concurrency, b, requests);
    printf("%.0f\n", (double)requests / ((double)(clock_us() - start) / 1e6));
    for (int i = 0; i < concurrency; i++) {
        curl_easy_cleanup(slot[i]);
    }
    curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
    return good;
}

int main(int argc, char **argv)
{
    struct bodies b = {.count = 0};
    struct err e = {0};
    int requests = argc == 5 ? (int)strtol(argv[3], NULL, 10) : 0;
    int concurrency = argc == 5 ? (int)strtol(argv[4], NULL, 10) : 0;
    if (requests < 1 || concurrency < 1 || concurrency > SLOTS) {
        fputs("usage: bench_http FILE URL REQUESTS CONCURRENCY\n", stderr);
        return 2;
    }
    int good = 0;
    if (read_bodies(argv[1], &b, &e) != ST_OK || b.count == 0) {
        fprintf(stderr, "bench_http: no calls to send again: %s\n", e.msg);
    } else {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        good = measure(argv[2], &b, requests, concurrency);
        curl_global_cleanup();
    }
    for (int i = 0; i < b.count; i++) {
        free(b.text[i]);
    }
    cJSON_Delete(b.inputs);
    if (good < requests) {
        fprintf(stderr, "bench_http: %d of %d requests were answered\n", good, requests);
    }
    return good == requests ? 0 : 1;
}
