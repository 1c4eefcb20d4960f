/*
 * offline_scenario - the answers to scenarios and complexify.
 *
 * Scenarios of one mix differ in people, things, time and the operations around the main one; the
 * supply is in the millions, so another draw finds a new one when an earlier comes up again.
 */
#include "teacher/offline/answer.h"

#include "base/rng.h"

#include <string.h>

enum { MOST_SCENARIOS = 32, TRIES = 40, SCENARIO_MOST = 1200 };

static bool known(const cJSON *earlier, const struct buf *mine, const size_t *start, int count,
                  const char *text)
{
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, earlier)
    {
        if (cJSON_IsString(one) && strcmp(one->valuestring, text) == 0) {
            return true;
        }
    }
    for (int i = 0; i < count; i++) {
        if (strcmp(mine->data + start[i], text) == 0) {
            return true;
        }
    }
    return false;
}

void answer_scenarios(const struct asked *a, struct buf *out)
{
    struct wish w;
    wish_from(cJSON_GetObjectItemCaseSensitive(a->inputs, "mix"), &w);
    double wanted = json_num_or(a->inputs, "count", 4);
    int count = wanted < 1 ? 1 : (wanted > MOST_SCENARIOS ? MOST_SCENARIOS : (int)wanted);
    const cJSON *earlier = cJSON_GetObjectItemCaseSensitive(a->inputs, "earlier");
    struct draw d = draw_from(a->seed, rng_id("scenarios"));
    struct buf all; /* the texts one after another, each with its NUL */
    size_t start[MOST_SCENARIOS];
    buf_init(&all, OFFLINE_TEXT_MAX);
    struct buf text;
    buf_init(&text, 4000);
    buf_adds(out, "{\"scenarios\":[");
    for (int i = 0; i < count; i++) {
        bool is_known = true;
        for (int try = 0; try < TRIES && is_known; try++) {
            struct plan p;
            buf_clear(&text);
            offline_plan_draw(&w, &d, &p);
            offline_plan_scenario(&p, &d, &text);
            is_known = known(earlier, &all, start, i, text.data);
        }
        start[i] = all.len;
        buf_add(&all, text.data, text.len + 1);
        buf_adds(out, i == 0 ? "" : ",");
        json_quote(out, text.data, text.len);
    }
    buf_adds(out, "]}");
    buf_free(&text);
    buf_free(&all);
}

void answer_complexify(const struct asked *a, struct buf *out)
{
    struct wish w;
    wish_from(cJSON_GetObjectItemCaseSensitive(a->inputs, "mix"), &w);
    struct draw d = draw_from(a->seed, rng_id("complexify"));
    const char *scenario = json_str_or(a->inputs, "scenario", "");
    struct buf old; /* a scenario of another teacher may be so long that nothing could be added */
    buf_init(&old, SCENARIO_MOST);
    buf_adds(&old, scenario);
    while (old.over && old.len > 0 && ((unsigned char)scenario[old.len] & 0xC0) == 0x80) {
        buf_cut(&old, old.len - 1);
    }
    struct buf text;
    buf_init(&text, 8000);
    offline_plan_harder(&w, old.data, &d, &text);
    buf_free(&old);
    buf_adds(out, "{\"scenario\":");
    json_quote(out, text.data, text.len);
    buf_addc(out, '}');
    buf_free(&text);
}
