/*
 * offline_design - factors, their critic, the plan of a level, strategies.
 *
 * The maths of grade school varies in the four taxonomies of offline_vocab. One proposal that says
 * nothing is added where there is room, so that the critic of factors has something to reject.
 */
#include "teacher/offline/answer.h"
#include "teacher/offline/vocab.h"

#include "base/rng.h"

#include <string.h>

static const char too_general[] = "everything else";

static void put_named(struct buf *out, const char *name, const char *about)
{
    buf_addc(out, '{');
    put_text(out, "name", name);
    buf_addc(out, ',');
    put_text(out, "description", about);
    buf_addc(out, '}');
}

void answer_factors(const struct asked *a, struct buf *out)
{
    double most = json_num_or(a->inputs, "wanted_max", 6);
    int count = most < VOCABS ? (most < 1 ? 1 : (int)most) : VOCABS;
    buf_adds(out, "{\"factors\":[");
    for (int i = 0; i < count; i++) {
        buf_adds(out, i == 0 ? "" : ",");
        put_named(out, vocab_title[i], vocab_about[i]);
    }
    if (most > VOCABS) {
        buf_addc(out, ',');
        put_named(out, too_general, "All other ways in which problems can differ.");
    }
    buf_adds(out, "]}");
}

/* NULL: acceptable. */
static const char *factor_fault(const char *name)
{
    static const char words[] = "everything|anything|other|general|various|miscellaneous|quality|"
                                "all|overall|misc|aspects|things";
    char normal[100];
    name_normal(normal, sizeof normal, name);
    if (normal[0] == '\0' || words_has(words, normal, strcspn(normal, " "))) {
        return "Too general: it would overlap with every other factor.";
    }
    return NULL;
}

void answer_factor_critic(const struct asked *a, struct buf *out)
{
    const cJSON *factors = cJSON_GetObjectItemCaseSensitive(a->inputs, "factors");
    const cJSON *factor = NULL;
    bool first = true;
    buf_adds(out, "{\"factors\":[");
    cJSON_ArrayForEach(factor, factors)
    {
        const char *name = json_str_or(factor, "name", "");
        const char *fault = factor_fault(name);
        buf_adds(out, first ? "{" : ",{");
        put_text(out, "name", name);
        buf_printf(out, ",\"accept\":%s,", fault == NULL ? "true" : "false");
        put_text(out, "reason",
                 fault == NULL ? "Problems differ clearly in it, independent of the other factors."
                               : fault);
        buf_addc(out, '}');
        first = false;
    }
    buf_adds(out, "]}");
}

void answer_level_plan(const struct asked *a, struct buf *out)
{
    const cJSON *taxonomy = cJSON_GetObjectItemCaseSensitive(a->inputs, "taxonomy");
    const char *title = cJSON_IsString(taxonomy) ? taxonomy->valuestring
                                                 : json_str_or(taxonomy, "name", "the taxonomy");
    int level = (int)json_num_or(a->inputs, "level", 1);
    const cJSON *nodes = cJSON_GetObjectItemCaseSensitive(a->inputs, "nodes");
    struct buf text;
    buf_init(&text, 1000);
    buf_printf(&text,
               "On level %d of %.100s, give each of the %d nodes three to six children of equal "
               "grain, each one sort of problem that a child would tell apart from the others. "
               "Stay inside the node and leave out what is at home elsewhere.",
               level, title, cJSON_GetArraySize(nodes));
    buf_addc(out, '{');
    put_text(out, "plan", text.data);
    buf_addc(out, '}');
    buf_free(&text);
}

/* ------------------------------------------------------------------ strategies */

static bool kept(const cJSON *taxonomy, enum vocab left_out)
{
    return left_out == VOCAB_NONE || vocab_by_title(json_str_or(taxonomy, "name", "")) != left_out;
}

static int kept_count(const cJSON *taxonomies, enum vocab left_out)
{
    int count = 0;
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, taxonomies)
    {
        count += kept(one, left_out) ? 1 : 0;
    }
    return count;
}

static void put_strategy(struct buf *out, const cJSON *taxonomies, enum vocab left_out,
                         const char *name, const char *about, int weight)
{
    buf_addc(out, '{');
    put_text(out, "name", name);
    buf_addc(out, ',');
    put_text(out, "description", about);
    buf_printf(out, ",\"weight\":%d,\"taxonomies\":[", weight);
    bool first = true;
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, taxonomies)
    {
        if (kept(one, left_out)) {
            const char *title = json_str_or(one, "name", "");
            buf_adds(out, first ? "" : ",");
            json_quote(out, title, strlen(title));
            first = false;
        }
    }
    buf_adds(out, "]}");
}

void answer_strategies(const struct asked *a, struct buf *out)
{
    const cJSON *taxonomies = cJSON_GetObjectItemCaseSensitive(a->inputs, "taxonomies");
    int all = cJSON_GetArraySize(taxonomies);
    buf_adds(out, "{\"strategies\":[");
    put_strategy(out, taxonomies, VOCAB_NONE, "all together",
                 "Every problem is drawn from all taxonomies at once.", 3);
    static const struct {
        enum vocab left_out;
        const char *name, *about;
    } more[] = {
        {VOCAB_WORDING, "free wording", "The way of telling is left to the writer."},
        {VOCAB_STEPS, "free length", "The number of steps is left to the writer."},
    };
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        int left = kept_count(taxonomies, more[i].left_out);
        if (left >= 2 && left < all) {
            buf_addc(out, ',');
            put_strategy(out, taxonomies, more[i].left_out, more[i].name, more[i].about, 1);
        }
    }
    buf_adds(out, "]}");
}
