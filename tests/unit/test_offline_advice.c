/*
 * Tests of the offline teacher's advice: what is missing it knows from its own taxonomies,
 * misplaced and doubled nodes it finds, and about nodes that it does not know it says so.
 */
#include "test_offline.h"

static const struct offline_rates none;

#define SHOPS                                                                                      \
    "'taxonomy':{'name':'everyday setting','description':'Where.'},"                               \
    "'node':{'name':'shops and markets','description':'Buying.'},"                                 \
    "'ancestors':['everyday setting'],'siblings':['school','travel']"
#define STRANGE                                                                                    \
    "'taxonomy':{'name':'mood','description':''},'node':{'name':'gloom','description':''},"        \
    "'ancestors':['mood'],'siblings':[]"

static const cJSON *find(const cJSON *list, const char *name)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list)
    {
        if (strcmp(json_str_or(item, "name", ""), name) == 0) {
            return item;
        }
    }
    return NULL;
}

static cJSON *missing(const struct offline_rates *rates, uint64_t seed)
{
    return value_of(rates, question_of(TASK_MISSING_CHILDREN,
                                       json_of("{" COMMON "," SHOPS ",'children':['bakery',"
                                               "'the toy shop'],'turned_down':['flower shop']}"),
                                       seed));
}

static void test_missing(void **state)
{
    (void)state;
    struct vocab_node shops;
    assert_true(vocab_find(VOCAB_SETTING, "shops and markets", &shops));
    cJSON *v = missing(&none, 1);
    const cJSON *children = cJSON_GetObjectItem(v, "children");
    /* all that it knows, less two that are there and one that a person turned down */
    assert_int_equal(cJSON_GetArraySize(children), (int)words_count(shops.children) - 3);
    assert_null(find(children, "bakery"));
    assert_null(find(children, "toy shop"));
    assert_null(find(children, "flower shop"));
    assert_null(cJSON_GetObjectItem(v, "repeats"));
    cJSON_Delete(v);
    v = value_of(&none, question_of(TASK_MISSING_CHILDREN,
                                    json_of("{" COMMON ",'taxonomy':{'name':'operation'},"
                                            "'node':{'name':'division','description':''},"
                                            "'ancestors':['operation'],'siblings':[],'children':["
                                            "'rate per unit','exact sharing','with remainder']}"),
                                    1));
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(v, "children")), 0); /* complete */
    cJSON_Delete(v);
}

static void test_missing_with_faults(void **state)
{
    (void)state;
    struct offline_rates rates = {.rate = {[TK_MISPLACED] = 1, [TK_DUPLICATE] = 1}};
    int strays = 0, repeats = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        cJSON *v = missing(&rates, seed);
        cJSON *child = NULL;
        cJSON_ArrayForEach(child, cJSON_GetObjectItem(v, "children"))
        {
            struct vocab_node home;
            const char *name = json_str_or(child, "name", "");
            repeats += strncmp(name, "the ", 4) == 0;
            strays += vocab_home(name, &home) && home.vocab != VOCAB_SETTING;
        }
        cJSON_Delete(v);
    }
    assert_in_range(strays, 20, 200);
    assert_in_range(repeats, 5, 20);
}

static void test_describe(void **state)
{
    (void)state;
    cJSON *v = value_of(
        &none, question_of(TASK_DESCRIBE_NODE, json_of("{" COMMON "," SHOPS ",'children':[]}"), 1));
    const char *text = json_str_or(v, "description", "");
    assert_non_null(strstr(text, "shops and markets"));
    assert_non_null(strstr(text, "not about school or travel"));
    cJSON_Delete(v);
}

#define SAID(name, action, to)                                                                     \
    {                                                                                              \
        name, action, to                                                                           \
    }

static void test_soundness(void **state)
{
    (void)state;
    static const struct {
        const char *name, *action, *to;
    } expected[] = {
        SAID("bakery", "keep", ""),
        SAID("the bakery", "merge", "bakery"),
        SAID("kinds of toy shop", "rename", "toy shop"),
        SAID("other things", "delete", ""),
        SAID("hotel", "move", "travel"),
        SAID("exact sharing", "delete", ""),
        SAID("night market", "keep", ""),
        SAID("school", "delete", ""),
    };
    cJSON *in = json_of("{" COMMON "," SHOPS ",'places':['school','travel']}");
    cJSON *children = cJSON_AddArrayToObject(in, "children");
    cJSON *judged = cJSON_AddArrayToObject(in, "judged");
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "name", expected[i].name);
        cJSON_AddStringToObject(o, "description", "d");
        cJSON_AddItemToArray(children, o);
        cJSON_AddItemToArray(judged, cJSON_CreateString(expected[i].name));
    }
    cJSON *v = value_of(&none, question_of(TASK_SOUNDNESS, in, 1));
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const cJSON *said = find(cJSON_GetObjectItem(v, "nodes"), expected[i].name);
        assert_non_null(said);
        if (strcmp(json_str_or(said, "action", ""), expected[i].action) != 0 ||
            strcmp(json_str_or(said, "to", ""), expected[i].to) != 0) {
            fail_msg("%s: %s to \"%s\", expected %s to \"%s\"", expected[i].name,
                     json_str_or(said, "action", ""), json_str_or(said, "to", ""),
                     expected[i].action, expected[i].to);
        }
    }
    cJSON_Delete(v);
}

/* What it does not know it declines: one node's refusal does not end the job. */
static void test_declines(void **state)
{
    (void)state;
    static const struct {
        enum task_id task;
        const char *inputs, *words;
    } cases[] = {
        {TASK_MISSING_CHILDREN, "{" COMMON "," STRANGE ",'children':[]}", "cannot say what is"},
        {TASK_DESCRIBE_NODE, "{" COMMON "," STRANGE ",'children':[]}", "cannot describe it"},
        {TASK_SOUNDNESS,
         "{" COMMON "," STRANGE ",'children':[{'name':'a','description':''}],'judged':['a']}",
         "cannot judge"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct question *q = question_of(cases[i].task, json_of(cases[i].inputs), 1);
        struct reply r;
        offline_answer(&none, q, 1, &r);
        assert_int_equal(r.outcome, REPLY_REFUSED);
        assert_true(r.final);
        assert_non_null(strstr(r.error, "does not know \"gloom\""));
        assert_non_null(strstr(r.error, cases[i].words));
        cJSON_ReplaceItemInObject(q->inputs, "description", cJSON_CreateString("Cat stories."));
        reply_clear(&r);
        offline_answer(&none, q, 1, &r);
        assert_int_equal(r.outcome, REPLY_FATAL); /* outside its domain: as everywhere */
        reply_clear(&r);
        question_free(q);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_missing),  cmocka_unit_test(test_missing_with_faults),
        cmocka_unit_test(test_describe), cmocka_unit_test(test_soundness),
        cmocka_unit_test(test_declines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
