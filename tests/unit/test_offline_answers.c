/*
 * Tests of how the offline teacher answers: every task, faults, other domains, odd schemas, and the
 * taxonomies it proposes and cleans up.
 */
#include "unit/test_offline.h"

#include "base/json.h"

static const struct offline_rates none;

#define NODE_IN                                                                                    \
    "'taxonomy':{'name':'everyday setting','description':'Where.'},"                               \
    "'node':{'name':'shops and markets','description':'Buying.'},"                                 \
    "'ancestors':['everyday setting'],'siblings':['school','travel'],'children':['bakery'],"       \
    "'plan':'','variant':1"
#define MIX_IN                                                                                     \
    "'mix':[{'taxonomy':'operation','path':'operation/division/with remainder','name':'with "      \
    "remainder'}]"
#define RECORD_IN                                                                                  \
    "'record':{'question':'How many?','solution':'','answer':1},'answer_field':'answer'"

static const char *const inputs_for[TASK_COUNT] = {
    [TASK_FACTORS] = "{" COMMON ",'wanted_min':3,'wanted_max':6}",
    [TASK_FACTOR_CRITIC] = "{" COMMON ",'factors':[{'name':'operation','description':'x'},"
                           "{'name':'Everything else','description':'x'}]}",
    [TASK_PROPOSE_CHILDREN] = "{" COMMON "," NODE_IN "}",
    [TASK_CHILDREN_CRITIC] =
        "{" COMMON "," NODE_IN ",'proposals':[{'name':'the toy shop','description':'a','votes':1},"
        "{'name':'toy shop','description':'b','votes':2},{'name':'Toy shops','description':'',"
        "'votes':1},{'name':'other things','description':'c','votes':1},"
        "{'name':'zoo','description':'d','votes':1},{'name':'Bakeries','description':'e','votes':1}"
        ","
        "{'name':'the school','description':'f','votes':1},"
        "{'name':'Shops & Markets','description':'g','votes':1},"
        "{'name':'night market','description':'h','votes':1},"
        "{'name':'exact sharing','description':'i','votes':1}]}",
    [TASK_LEVEL_PLAN] = "{" COMMON ",'taxonomy':{'name':'operation','description':''},'level':2,"
                        "'nodes':['division','multiplication']}",
    [TASK_STRATEGIES] = "{" COMMON ",'taxonomies':[{'name':'operation','description':'','children':"
                        "[]},{'name':'everyday setting','description':'','children':[]},"
                        "{'name':'steps','description':'','children':[]},"
                        "{'name':'wording','description':'','children':[]}]}",
    [TASK_SCENARIOS] = "{" COMMON "," MIX_IN ",'count':5,'earlier':[]}",
    [TASK_COMPLEXIFY] = "{" COMMON "," MIX_IN ",'scenario':'Something of a person.'}",
    [TASK_GENERATE] = "{" COMMON "," MIX_IN ",'scenario':'','complexified':false}",
    [TASK_REQUIREMENTS] = "{" COMMON "," MIX_IN ",'scenario':''," RECORD_IN "}",
    [TASK_REFINE] = "{" COMMON "," MIX_IN ",'scenario':''," RECORD_IN ",'reason':'x'}",
    [TASK_CRITIC_CORRECT] = "{" COMMON "," RECORD_IN "}",
    [TASK_CRITIC_INCORRECT] = "{" COMMON "," RECORD_IN "}",
    [TASK_MISSING_CHILDREN] = "{" COMMON "," NODE_IN "}",
    [TASK_DESCRIBE_NODE] = "{" COMMON "," NODE_IN "}",
    [TASK_SOUNDNESS] =
        "{" COMMON ",'taxonomy':{'name':'everyday setting','description':'Where.'},"
        "'node':{'name':'shops and markets','description':'Buying.'},"
        "'ancestors':['everyday setting'],'siblings':['school','travel'],"
        "'children':[{'name':'the bakery','description':'a'},{'name':'zoo','description':'b'}],"
        "'judged':['the bakery','zoo'],'places':['travel']}",
};

/* A repair of the task's question. */
static cJSON *repair_of(enum task_id task)
{
    cJSON *in = json_of("{" COMMON ",'reply':'oops','problem':'no JSON'}");
    cJSON_AddStringToObject(in, "task", task_at(task)->name);
    cJSON_AddItemToObject(in, "inputs", json_of(inputs_for[task]));
    return in;
}

static void test_all_tasks(void **state)
{
    (void)state;
    struct offline_rates bad = {.rate = {[TK_MALFORMED] = 1}};
    for (int t = 0; t < TASK_REPAIR; t++) {
        for (uint64_t seed = 0; seed < 200; seed++) {
            enum task_id task = (enum task_id)t;
            cJSON_Delete(value_of(&none, question_of(task, json_of(inputs_for[t]), seed)));
            cJSON_Delete(value_of(&bad, question_of(TASK_REPAIR, repair_of(task), seed)));
        }
    }
}

/* The same question gives the same reply, whatever was asked in between. */
static void test_same_reply(void **state)
{
    (void)state;
    for (int t = 0; t < TASK_REPAIR; t++) {
        char *first[20];
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 20; i++) {
                int seed = round == 0 ? i : 19 - i;
                struct question *q =
                    question_of((enum task_id)t, json_of(inputs_for[t]), (uint64_t)seed);
                struct reply r;
                offline_answer(&none, q, round + 1, &r);
                assert_int_equal(r.outcome, REPLY_OK);
                if (round == 0) {
                    first[seed] = r.text;
                } else {
                    assert_string_equal(first[seed], r.text);
                    free(first[seed]);
                    free(r.text);
                }
                question_free(q);
            }
        }
    }
}

static void test_reply_fields(void **state)
{
    (void)state;
    struct question *q = question_of(TASK_GENERATE, json_of(inputs_for[TASK_GENERATE]), 3);
    struct offline_rates slow = {.rate = {[TK_LATENCY] = 200}};
    struct reply r;
    double sum = 0;
    for (int try = 1; try <= 4000; try++) {
        offline_answer(&slow, q, try, &r);
        assert_int_equal(r.outcome, REPLY_OK);
        assert_true(r.final);
        assert_int_equal(r.tries, try);
        assert_string_equal(r.key, q->key);
        assert_string_equal(r.teacher, "offline");
        assert_string_equal(r.model, "offline teacher (rule-based)");
        assert_int_equal(r.tokens_out, (int64_t)strlen(r.text) / 4);
        assert_true(r.tokens_in > 50);
        assert_true(r.cost >= 0 && r.cost <= 0);
        sum += r.seconds;
        free(r.text);
    }
    assert_true(sum / 4000 > 0.18 && sum / 4000 < 0.22);
    question_free(q);
}

/* Share of questions whose first try ends in this outcome. */
static void test_faults(void **state)
{
    (void)state;
    struct offline_rates r = {.rate = {[TK_SERVER_ERROR] = 0.1,
                                       [TK_LIMITED] = 0.2,
                                       [TK_REFUSAL] = 0.05,
                                       [TK_MALFORMED] = 0.1}};
    int errors = 0;
    int limited = 0;
    int refused = 0;
    int unusable = 0;
    int good = 0;
    enum { N = 4000 };
    for (uint64_t seed = 0; seed < N; seed++) {
        struct question *q = question_of(TASK_GENERATE, json_of(inputs_for[TASK_GENERATE]), seed);
        struct reply reply;
        int try = 0;
        do { /* every question gets through in the end */
            offline_answer(&r, q, ++try, &reply);
            if (reply.outcome == REPLY_TRANSPORT) {
                assert_false(reply.final);
                assert_true(reply.retry_after >= 0.05 && reply.retry_after < 1);
                assert_true(reply.http_status == 429 || reply.http_status == 500);
                assert_true(reply.error[0] != '\0');
                errors += try == 1 && reply.http_status == 500;
                limited += try == 1 && reply.http_status == 429;
            }
            if (reply.outcome == REPLY_OK) {
                cJSON *v = NULL;
                bool fits = task_parse(q->task, q->inputs, reply.text, strlen(reply.text), &v,
                                       NULL) == ST_OK;
                good += fits;
                unusable += !fits;
                cJSON_Delete(v);
            }
            refused += reply.outcome == REPLY_REFUSED;
            free(reply.text);
            assert_true(try < 30);
        } while (reply.outcome == REPLY_TRANSPORT);
        question_free(q);
    }
    assert_in_range(errors, N * 8 / 100, N * 12 / 100);
    assert_in_range(limited, N * 15 / 100, N * 21 / 100);
    assert_in_range(refused, N * 3 / 100, N * 7 / 100);
    assert_in_range(unusable, N * 5 / 100, N * 11 / 100);
    assert_in_range(good, N * 80 / 100, N * 92 / 100);
}

static void test_other_domain(void **state)
{
    (void)state;
    static const char *const foreign[] = {"", "Stories about cats.", "The aftermath of the war.",
                                          "Law questions", NULL};
    for (int i = 0; foreign[i] != NULL; i++) {
        assert_false(offline_knows(foreign[i]));
        cJSON *in = json_of(inputs_for[TASK_GENERATE]);
        cJSON_ReplaceItemInObject(in, "description", cJSON_CreateString(foreign[i]));
        struct question *q = question_of(TASK_GENERATE, in, 1);
        struct reply r;
        offline_answer(&none, q, 1, &r);
        assert_int_equal(r.outcome, REPLY_FATAL);
        assert_true(r.final);
        assert_null(r.text);
        assert_non_null(strstr(r.error, "only writes grade-school maths"));
        assert_non_null(strstr(r.error, "teacher add"));
        question_free(q);
    }
    assert_false(offline_knows(NULL));
    assert_true(offline_knows("Mathematics for children"));
    assert_true(offline_knows("GSM8K-like word problems"));
    assert_true(offline_knows("arithmetic"));
    assert_true(offline_knows("Grade-school sums"));
}

/* Ask for a record of this schema. */
static struct reply with_schema(const char *schema, uint64_t seed)
{
    cJSON *in = json_of(inputs_for[TASK_GENERATE]);
    cJSON_ReplaceItemInObject(in, "schema", json_of(schema));
    struct question *q = question_of(TASK_GENERATE, in, seed);
    struct reply r;
    offline_answer(&none, q, 1, &r);
    if (r.outcome == REPLY_OK) {
        cJSON *v = NULL;
        struct err e = {0};
        if (task_parse(q->task, q->inputs, r.text, strlen(r.text), &v, &e) != ST_OK) {
            fail_msg("%s: %s", e.msg, r.text);
        }
        cJSON_Delete(v);
    }
    question_free(q);
    return r;
}

static void test_schemas(void **state)
{
    (void)state;
    static const char *const usable[] = {
        "{'type':'object','properties':{'problem':{'type':'string'},'result':{'type':'integer'}},"
        "'required':['problem','result'],'x-answer':'result'}",
        "{'type':'object','properties':{'text':{'type':'string'},'label':{'type':'string'},"
        "'rationale':{'type':'array','items':{'type':'string'}},'steps':{'type':'integer'}},"
        "'required':['text','label','rationale','steps'],'x-answer':'label'}",
        "{'type':'object','properties':{'question':{'type':'string'},"
        "'total':{'type':['integer','string']},'difficulty':{'type':'number'},"
        "'notes':{'type':'object'}},'required':['question','total','difficulty'],"
        "'x-answer':'total'}",
    };
    for (size_t i = 0; i < sizeof usable / sizeof usable[0]; i++) {
        for (uint64_t seed = 0; seed < 300; seed++) {
            struct reply r = with_schema(usable[i], seed);
            if (r.outcome != REPLY_OK) {
                fail_msg("%s", r.error);
            }
            free(r.text);
        }
    }
    struct reply r = with_schema("{'type':'object','properties':{'title':{'type':'string'}}}", 1);
    assert_int_equal(r.outcome, REPLY_FATAL);
    assert_non_null(strstr(r.error, "needs a record with a question"));
    r = with_schema("{'type':'object','properties':{'question':{'type':'string'},"
                    "'answer':{'type':'number'},'colour':{'type':'string'}},"
                    "'required':['question','answer','colour']}",
                    1);
    assert_int_equal(r.outcome, REPLY_FATAL);
    assert_non_null(strstr(r.error, "\"colour\""));
}

/* ------------------------------------------------------------------ taxonomies */

static bool has(const cJSON *list, const char *name)
{
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, list)
    {
        const char *found = cJSON_IsString(one) ? one->valuestring : json_str_or(one, "name", "");
        if (strcmp(found, name) == 0) {
            return true;
        }
    }
    return false;
}

static const cJSON *get(const cJSON *o, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(o, name);
}

static void test_children_critic(void **state)
{
    (void)state;
    cJSON *v = value_of(
        &none, question_of(TASK_CHILDREN_CRITIC, json_of(inputs_for[TASK_CHILDREN_CRITIC]), 1));
    const cJSON *children = get(v, "children");
    assert_true(has(children, "toy shop"));
    assert_true(has(children, "night market")); /* unknown but harmless */
    const cJSON *first = cJSON_GetArrayItem(children, 0);
    assert_int_equal(cJSON_GetArraySize(get(first, "from")), 3);
    static const char *const gone[] = {"other things", "zoo",           "Bakeries",
                                       "the school",   "exact sharing", "Shops & Markets"};
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++) {
        assert_false(has(children, gone[i]));
        assert_true(has(get(v, "dropped"), gone[i]));
    }
    cJSON_Delete(v);
    int added = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        v = value_of(&none, question_of(TASK_CHILDREN_CRITIC,
                                        json_of(inputs_for[TASK_CHILDREN_CRITIC]), seed));
        added += has(get(v, "children"), "flower shop");
        assert_false(has(get(v, "children"), "bakery")); /* exists */
        cJSON_Delete(v);
    }
    assert_in_range(added, 4, 16);
}

/* Names proposed for a node over some variants. */
static cJSON *proposals_for(const struct offline_rates *rates, const char *taxonomy,
                            const char *node, int variants)
{
    cJSON *all = cJSON_CreateArray();
    for (int i = 0; i < variants; i++) {
        cJSON *in = json_of("{" COMMON ",'siblings':[],'children':[]}");
        cJSON *t = cJSON_AddObjectToObject(in, "taxonomy");
        cJSON_AddStringToObject(t, "name", taxonomy);
        cJSON *n = cJSON_AddObjectToObject(in, "node");
        cJSON_AddStringToObject(n, "name", node);
        cJSON *above = cJSON_AddArrayToObject(in, "ancestors");
        if (strcmp(taxonomy, node) != 0) {
            cJSON_AddItemToArray(above, cJSON_CreateString(taxonomy));
        }
        cJSON_AddNumberToObject(in, "variant", i);
        cJSON *v = value_of(rates, question_of(TASK_PROPOSE_CHILDREN, in, (uint64_t)i));
        cJSON *child = NULL;
        cJSON_ArrayForEach(child, get(v, "children"))
        {
            cJSON_AddItemToArray(all, cJSON_CreateString(json_str_or(child, "name", "")));
        }
        cJSON_Delete(v);
    }
    return all;
}

static void test_vocabulary(void **state)
{
    (void)state;
    static const char *const families[] = {"addition and subtraction", "multiplication", "division",
                                           "fractions and percent", "measures and money"};
    cJSON *list = proposals_for(&none, "operation", "operation", 12);
    for (int i = 0; i < 5; i++) {
        assert_true(has(list, families[i]));
    }
    cJSON_Delete(list);
    list = proposals_for(&none, "operation", "division", 12);
    assert_true(has(list, "with remainder"));
    cJSON_Delete(list);
    list = proposals_for(&none, "everyday setting", "bakery", 12);
    assert_true(has(list, "cake orders"));
    cJSON_Delete(list);
    list = proposals_for(&none, "moods of the day", "cheerful", 4);
    assert_true(cJSON_GetArraySize(list) >= 4); /* refined by qualifiers */
    cJSON_Delete(list);
}

static void test_proposal_rates(void **state)
{
    (void)state;
    struct offline_rates r = {.rate = {[TK_DUPLICATE] = 0.3}};
    cJSON *clean = proposals_for(&none, "everyday setting", "shops and markets", 300);
    cJSON *doubled = proposals_for(&r, "everyday setting", "shops and markets", 300);
    int more = cJSON_GetArraySize(doubled) - cJSON_GetArraySize(clean);
    assert_in_range(more, cJSON_GetArraySize(clean) / 5, cJSON_GetArraySize(clean) * 2 / 5);
    r = (struct offline_rates){.rate = {[TK_MISPLACED] = 0.3}};
    cJSON *strays = proposals_for(&r, "everyday setting", "shops and markets", 300);
    int foreign = 0;
    cJSON *one = NULL;
    cJSON_ArrayForEach(one, strays)
    {
        struct vocab_node home;
        foreign += vocab_home(one->valuestring, &home) && home.vocab != VOCAB_SETTING;
    }
    assert_in_range(foreign, cJSON_GetArraySize(clean) / 5, cJSON_GetArraySize(clean) * 2 / 5);
    cJSON_Delete(strays);
    cJSON_Delete(doubled);
    cJSON_Delete(clean);
}

static void test_design(void **state)
{
    (void)state;
    cJSON *v = value_of(&none, question_of(TASK_FACTORS, json_of(inputs_for[TASK_FACTORS]), 1));
    assert_true(has(get(v, "factors"), "operation"));
    assert_true(has(get(v, "factors"), "wording"));
    cJSON *in = json_of("{" COMMON "}");
    cJSON_AddItemToObject(in, "factors", cJSON_DetachItemFromObject(v, "factors"));
    cJSON_Delete(v);
    v = value_of(&none, question_of(TASK_FACTOR_CRITIC, in, 1));
    int accepted = 0;
    cJSON *one = NULL;
    cJSON_ArrayForEach(one, get(v, "factors"))
    {
        accepted += json_bool_or(one, "accept", false);
    }
    assert_int_equal(accepted, 4);
    assert_int_equal(cJSON_GetArraySize(get(v, "factors")), 5);
    cJSON_Delete(v);
    v = value_of(&none, question_of(TASK_STRATEGIES, json_of(inputs_for[TASK_STRATEGIES]), 1));
    assert_int_equal(cJSON_GetArraySize(get(v, "strategies")), 3);
    cJSON_Delete(v);
}

/* Scenarios of one mix differ from each other and from all earlier ones. */
static void test_scenarios_differ(void **state)
{
    (void)state;
    cJSON *earlier = cJSON_CreateArray();
    for (uint64_t seed = 0; seed < 100; seed++) {
        cJSON *in = json_of("{" COMMON "," MIX_IN ",'count':8}");
        cJSON_AddItemToObject(in, "earlier", cJSON_Duplicate(earlier, true));
        cJSON *v = value_of(&none, question_of(TASK_SCENARIOS, in, seed));
        cJSON *list = cJSON_DetachItemFromObject(v, "scenarios");
        assert_int_equal(cJSON_GetArraySize(list), 8); /* none was removed as a repetition */
        while (list->child != NULL) {
            cJSON_AddItemToArray(earlier, cJSON_DetachItemFromArray(list, 0));
        }
        cJSON_Delete(list);
        cJSON_Delete(v);
    }
    cJSON_Delete(earlier);
}

/* Nodes that a person added still give problems. */
static void test_unknown_nodes(void **state)
{
    (void)state;
    static const char *const mixes[] = {
        "[{'taxonomy':'operation','path':'operation/division/sharing with friends','name':'sharing "
        "with friends'},{'taxonomy':'everyday setting','path':'everyday setting/space station 3',"
        "'name':'space station 3'},{'taxonomy':'steps','path':'steps/2 steps','name':'2 steps'}]",
        "[{'taxonomy':'arithmetic skill','path':'arithmetic skill/wizardry','name':'wizardry'},"
        "{'taxonomy':'tone','path':'tone/a chat','name':'a chat'}]",
        "[{'taxonomy':'zodiac','path':'zodiac/lion','name':'lion'}]",
        "[]",
        "[{'taxonomy':'everyday setting','path':'everyday setting/shops and "
        "markets/bakery/bread {P} counter. 5','name':'bread {P} counter. 5'}]",
    };
    for (size_t i = 0; i < sizeof mixes / sizeof mixes[0]; i++) {
        cJSON *mix = json_of(mixes[i]);
        for (uint64_t seed = 0; seed < 300; seed++) {
            char *scenario = scenario_for(&none, mix, seed);
            cJSON *record = record_for(&none, TASK_REFINE, mix, scenario, seed);
            struct offline_truth truth;
            const char *question = json_str_or(record, "question", "");
            if (!offline_solve(question, &truth)) {
                fail_msg("not read: %s", question);
            }
            if (i == 0) {
                assert_int_equal(truth.steps, 2);
                assert_non_null(strstr(question, "space station"));
                assert_non_null(strstr(scenario, "an exact sharing"));
            }
            if (i == 1) {
                assert_non_null(strstr(question, ": \""));
            }
            cJSON *v = verdict_on(&none, TASK_REQUIREMENTS, mix, scenario, record, seed);
            if (!json_bool_or(v, "ok", false)) {
                fail_msg("%s\n%s\n%s", scenario, question, json_str_or(v, "reason", ""));
            }
            cJSON_Delete(v);
            cJSON_Delete(record);
            free(scenario);
        }
        cJSON_Delete(mix);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_tasks),        cmocka_unit_test(test_same_reply),
        cmocka_unit_test(test_reply_fields),     cmocka_unit_test(test_faults),
        cmocka_unit_test(test_other_domain),     cmocka_unit_test(test_schemas),
        cmocka_unit_test(test_children_critic),  cmocka_unit_test(test_vocabulary),
        cmocka_unit_test(test_proposal_rates),   cmocka_unit_test(test_design),
        cmocka_unit_test(test_scenarios_differ), cmocka_unit_test(test_unknown_nodes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
