/* task parse: good, chatty, malformed and oversized replies for every task; what is clear is taken,
 * the rest refused. */
#include "unit/test_task_samples.h"

#include <stdio.h>

static char *value_of(enum task_id id, const cJSON *inputs, const char *text)
{
    cJSON *v = NULL;
    struct err e = {0};
    if (task_parse(id, inputs, text, strlen(text), &v, &e) != ST_OK) {
        fail_msg("%s: %s: %s", task_at(id)->name, text, e.msg);
    }
    char *out = json_text(v);
    cJSON_Delete(v);
    return out;
}

static void refuse(enum task_id id, const cJSON *inputs, const char *text, const char *message)
{
    cJSON *v = NULL;
    struct err e = {0};
    assert_int_equal(task_parse(id, inputs, text, strlen(text), &v, &e), ST_INVALID);
    assert_null(v);
    if (strstr(e.msg, message) == NULL) {
        fail_msg("%s: \"%s\" is not in \"%s\"", task_at(id)->name, message, e.msg);
    }
}

/* A reply and the value that it must become, ' for ". */
static void becomes(enum task_id id, const char *inputs, const char *reply, const char *value)
{
    cJSON *in = sample_json(inputs);
    char *text = sample_text(reply);
    char *expected = sample_text(value);
    char *found = value_of(id, in, text);
    assert_string_equal(found, expected);
    free(found);
    free(expected);
    free(text);
    cJSON_Delete(in);
}

static void refused(enum task_id id, const char *inputs, const char *reply, const char *message)
{
    cJSON *in = sample_json(inputs);
    char *text = sample_text(reply);
    refuse(id, in, text, message);
    free(text);
    cJSON_Delete(in);
}

/* ---- every task */

static void takes_good_and_chatty_replies(void **state)
{
    (void)state;
    static const char *const around[] = {
        "%s",
        "\n\n  %s  \n",
        "Sure! Here is the answer:\n```json\n%s\n```\nLet me know if you need more.",
        "<think>\nMaybe {\"reason\": no} or [1, 2]?\n</think>\n\n%s",
        "They give nothing away. {curly} [see below] Here: %s",
        "\n<thinking>hm {}</thinking>%s",
        "[THINK]{\"plan\":1}[/THINK]%s",
        ("<|channel|>analysis<|message|>{\"a\":1}<|end|><|start|>assistant<|channel|>final"
         "<|message|>%s"),
        "The shape is {\"example\": \"...\"}. My reply: %s",
    };
    for (int i = 0; i < TASK_COUNT; i++) {
        cJSON *inputs = sample_json(samples[i].inputs);
        char *reply = sample_text(samples[i].reply);
        for (size_t k = 0; k < sizeof around / sizeof around[0]; k++) {
            const char *gap = strstr(around[k], "%s");
            size_t size = strlen(around[k]) + strlen(reply) + 1;
            char *text = malloc(size);
            assert_non_null(text);
            (void)snprintf(text, size, "%.*s%s%s", (int)(gap - around[k]), around[k], reply,
                           gap + 2);
            char *value = value_of((enum task_id)i, inputs, text);
            assert_string_equal(value, reply);
            free(value);
            free(text);
        }
        free(reply);
        cJSON_Delete(inputs);
    }
}

static void refuses_malformed_replies(void **state)
{
    (void)state;
    for (int i = 0; i < TASK_COUNT; i++) {
        enum task_id id = (enum task_id)i;
        cJSON *inputs = sample_json(samples[i].inputs);
        char *cut = sample_text(samples[i].reply);
        cut[strlen(cut) - 2] = '\0';
        refuse(id, inputs, cut, "cut off");
        free(cut);
        refuse(id, inputs, "", "found an empty reply");
        refuse(id, inputs, " \n ", "found an empty reply");
        refuse(id, inputs, "I am sorry, I cannot do that.", "found only text: \"I am sorry");
        refuse(id, inputs, "{\"sonnet\":14}", "");
        refuse(id, inputs, "{}", "");
        if (id != TASK_MISSING_CHILDREN) { /* a list of nothing is its good answer */
            refuse(id, inputs, "[]", "");
        }
        refuse(id, inputs, "<think>{\"reason\":\"x\",\"ok\":true}", "reasoning without an end");
        refuse(id, inputs, "{\"a\":\"\xFF\"}", "UTF-8");
        cJSON_Delete(inputs);
    }
}

static void refuses_oversized_replies(void **state)
{
    (void)state;
    size_t most = json_limits_reply.bytes;
    char *huge = malloc(most + 2);
    assert_non_null(huge);
    memset(huge, ' ', most + 1);
    huge[most + 1] = '\0';
    size_t deep = 4000;
    for (int i = 0; i < TASK_COUNT; i++) {
        enum task_id id = (enum task_id)i;
        cJSON *inputs = sample_json(samples[i].inputs);
        refuse(id, inputs, huge, "bytes, found");

        char *nested = malloc(deep * 5 + 1 + deep + 1);
        assert_non_null(nested);
        for (size_t k = 0; k < deep; k++) {
            memcpy(nested + k * 5, "{\"a\":", 5);
        }
        nested[deep * 5] = '1';
        memset(nested + deep * 5 + 1, '}', deep);
        nested[deep * 6 + 1] = '\0';
        refuse(id, inputs, nested, "");
        free(nested);
        cJSON_Delete(inputs);
    }
    free(huge);
}

static void reads_with_the_eyes_of_the_repaired_task(void **state)
{
    (void)state;
    becomes(TASK_REPAIR, "{'task':'critic-correct','inputs':{},'reply':'','problem':'x'}",
            "{'reason':'r','answer':'Yes'}", "{'reason':'r','answer':'yes'}");
    cJSON *broken = sample_json("{'task':'haiku','inputs':{}}");
    refuse(TASK_REPAIR, broken, "{}", "found \"haiku\"");
    cJSON_Delete(broken);
}

/* ---- what is clear */

static void understands_verdicts(void **state)
{
    (void)state;
    static const char *const yes[] = {
        "'yes'", "'Yes'", "'YES.'", "true", "' yes '", "'**Yes**, because it is.'", "'yes, it is'"};
    static const char *const no[] = {"'no'", "'No.'", "'NO'", "false"};
    static const char *const neither[] = {"'maybe'", "'yes or no'", "'not sure'",
                                          "1",       "null",        "''"};
    char reply[128];
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        (void)snprintf(reply, sizeof reply, "{'answer':%s,'Reason':' r '}", yes[i]);
        becomes(TASK_CRITIC_INCORRECT, "{}", reply, "{'reason':'r','answer':'yes'}");
    }
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
        (void)snprintf(reply, sizeof reply, "{'reason':'r','answer':%s,'confidence':9}", no[i]);
        becomes(TASK_CRITIC_CORRECT, "{}", reply, "{'reason':'r','answer':'no'}");
    }
    for (size_t i = 0; i < sizeof neither / sizeof neither[0]; i++) {
        (void)snprintf(reply, sizeof reply, "{'reason':'r','answer':%s}", neither[i]);
        refused(TASK_CRITIC_CORRECT, "{}", reply, "answer");
    }
    refused(TASK_CRITIC_CORRECT, "{}", "{'reason':'  ','answer':'yes'}", "reason");
    becomes(TASK_REQUIREMENTS, "{}", "{'reason':'r','ok':'Yes'}", "{'reason':'r','ok':true}");
    becomes(TASK_REQUIREMENTS, "{}", "{'reason':'r','ok':'false'}", "{'reason':'r','ok':false}");
    refused(TASK_REQUIREMENTS, "{}", "{'reason':'r','ok':'perhaps'}", "ok");
}

static void understands_loose_json(void **state)
{
    (void)state;
    const char *inputs = samples[TASK_SCENARIOS].inputs;
    becomes(TASK_SCENARIOS, inputs, "{'scenarios':'One lynx.'}", "{'scenarios':['One lynx.']}");
    becomes(TASK_SCENARIOS, inputs, "['One.','Two.']", "{'scenarios':['One.','Two.']}");
    becomes(TASK_SCENARIOS, inputs, "[{'scenarios':['One.']}]", "{'scenarios':['One.']}");
    becomes(TASK_SCENARIOS, inputs, "{'scenarios':['One, ] two.','Two.',],}",
            "{'scenarios':['One, ] two.','Two.']}");
    becomes(TASK_LEVEL_PLAN, "{}", "{'Plan':' By habitat.\\n'}", "{'plan':'By habitat.'}");
    becomes(TASK_COMPLEXIFY, samples[TASK_COMPLEXIFY].inputs, "{'scenario':'Line\none'}",
            "{'scenario':'Line\\none'}");
}

static void shortens_long_reasons(void **state)
{
    (void)state;
    char *reply = malloc(20000);
    assert_non_null(reply);
    size_t n = (size_t)snprintf(reply, 20000, "{\"answer\":\"no\",\"reason\":\"");
    for (int i = 0; i < 3000; i++) {
        memcpy(reply + n, "\xE0\xA4\x95", 3);
        n += 3;
    }
    memcpy(reply + n, "\"}", 3);
    char *value = value_of(TASK_CRITIC_CORRECT, NULL, reply);
    assert_int_equal(strlen(value), strlen("{\"reason\":\"\",\"answer\":\"no\"}") + 1500 * 3);
    assert_non_null(strstr(value, "\xE0\xA4\x95\xE2\x80\xA6\""));
    free(value);
    free(reply);
}

/* ---- the checks of single tasks */

static void tidies_factors(void **state)
{
    (void)state;
    becomes(TASK_FACTORS, samples[TASK_FACTORS].inputs,
            "{'factors':[{'name':' cat ','description':' d '},{'name':'CAT','description':'e'},"
            "{'name':'form','description':'f'}]}",
            "{'factors':[{'name':'cat','description':'d'},{'name':'form','description':'f'}]}");
    becomes(TASK_FACTORS, samples[TASK_FACTORS].inputs,
            "{'factors':[{'name':'a','description':'d'},{'name':'b','description':'d'},"
            "{'name':'c','description':'d'},{'name':'d','description':'d'}]}",
            "{'factors':[{'name':'a','description':'d'},{'name':'b','description':'d'},"
            "{'name':'c','description':'d'}]}");
    refused(TASK_FACTORS, samples[TASK_FACTORS].inputs, "{'factors':[]}", "factors");
    refused(TASK_FACTORS, samples[TASK_FACTORS].inputs,
            "{'factors':[{'name':'  ','description':'d'}]}", "factors");
}

static void wants_a_verdict_on_every_factor(void **state)
{
    (void)state;
    const char *inputs = samples[TASK_FACTOR_CRITIC].inputs;
    becomes(TASK_FACTOR_CRITIC, inputs,
            "{'factors':[{'name':'Cat','accept':'yes','reason':'r'},"
            "{'name':'good style','accept':false,'reason':'r'}]}",
            "{'factors':[{'name':'cat','reason':'r','accept':true},"
            "{'name':'good style','reason':'r','accept':false}]}");
    refused(TASK_FACTOR_CRITIC, inputs,
            "{'factors':[{'name':'cat','reason':'r','accept':true},"
            "{'name':'cat','reason':'r','accept':true}]}",
            "none on \"good style\"");
    refused(TASK_FACTOR_CRITIC, inputs,
            "{'factors':[{'name':'dog','reason':'r','accept':true},"
            "{'name':'good style','reason':'r','accept':true}]}",
            "name");
}

static void keeps_only_new_children(void **state)
{
    (void)state;
    const char *inputs = samples[TASK_PROPOSE_CHILDREN].inputs;
    becomes(TASK_PROPOSE_CHILDREN, inputs,
            "{'children':[{'name':'Lynx','description':'there already'},"
            "{'name':'ocelot','description':'d'},{'name':'OCELOT ','description':'e'},"
            "{'name':'Cat','description':'above'},{'name':'wild','description':'itself'}]}",
            "{'children':[{'name':'ocelot','description':'d'}],"
            "'repeats':[{'name':'Lynx','description':'there already'},"
            "{'name':'Cat','description':'above'},{'name':'wild','description':'itself'}]}");
    becomes(TASK_PROPOSE_CHILDREN, inputs, "{'children':[{'name':'lynx','description':'d'}]}",
            "{'children':[],'repeats':[{'name':'lynx','description':'d'}]}");
    refused(TASK_PROPOSE_CHILDREN, inputs, "{'children':['ocelot']}", "children");

    inputs = samples[TASK_CHILDREN_CRITIC].inputs;
    becomes(TASK_CHILDREN_CRITIC, inputs,
            "{'children':[{'name':'ocelot','description':'d','from':['OCELOT','tiger']},"
            "{'name':'Ocelot','description':'e','from':'mog'},"
            "{'name':'margay','description':'d','from':[]},"
            "{'name':'LYNX','description':'d','from':['ocelot']}],"
            "'dropped':[{'name':'mog','reason':'one'},{'name':'dog','reason':'no cat'}]}",
            "{'children':[{'name':'ocelot','description':'d','from':['ocelot','Mog']},"
            "{'name':'margay','description':'d','from':[]}],"
            "'dropped':[{'name':'mog','reason':'one'}]}");
    becomes(TASK_CHILDREN_CRITIC, inputs, "{'children':[],'dropped':[]}",
            "{'children':[],'dropped':[]}");
    refused(TASK_CHILDREN_CRITIC, inputs, "{'children':[]}", "dropped");
}

static void offers_nothing_that_is_there_as_missing(void **state)
{
    (void)state;
    const char *inputs = samples[TASK_MISSING_CHILDREN].inputs;
    becomes(TASK_MISSING_CHILDREN, inputs,
            "{'children':[{'name':'LYNX','description':'d','reason':'r'},"
            "{'name':'ocelot','description':'d','reason':'r'},"
            "{'name':' ocelot','description':'e','reason':'s'}]}",
            "{'children':[{'name':'ocelot','description':'d','reason':'r'}],"
            "'repeats':[{'name':'LYNX','description':'d','reason':'r'}]}");
    /* nothing is missing: an answer like any other */
    becomes(TASK_MISSING_CHILDREN, inputs, "{'children':[]}", "{'children':[]}");
    becomes(TASK_MISSING_CHILDREN, inputs, "[]", "{'children':[]}");
    refused(TASK_MISSING_CHILDREN, inputs, "{'children':[{'name':'ocelot','description':'d'}]}",
            "reason");

    inputs = samples[TASK_DESCRIBE_NODE].inputs;
    refused(TASK_DESCRIBE_NODE, inputs, "{'reason':'r','description':' Wild '}",
            "only repeats the name");
    refused(TASK_DESCRIBE_NODE, inputs, "{'reason':'r','description':''}", "description");
}

#define VERDICT(name, action, to)                                                                  \
    "{'name':'" name "','reason':'r','action':'" action "','to':'" to "'}"

static void wants_remedies_that_can_be_carried_out(void **state)
{
    (void)state;
    const char *inputs = samples[TASK_SOUNDNESS].inputs;
    becomes(
        TASK_SOUNDNESS, inputs,
        "{'nodes':[" VERDICT("LYNX", "merge", "mog") "," VERDICT("Mog", "move", "House Cat") "]}",
        "{'nodes':[" VERDICT("lynx", "merge", "Mog") "," VERDICT("Mog", "move", "house cat") "]}");
    static const struct {
        const char *reply, *message;
    } cases[] = {
        {"{'nodes':[" VERDICT("lynx", "keep", "") "]}", ""},
        {"{'nodes':[" VERDICT("lynx", "keep", "") "," VERDICT("lynx", "keep", "") "]}",
         "found none on \"Mog\""},
        {"{'nodes':[" VERDICT("lynx", "keep", "") "," VERDICT("Mog", "shoot", "") "]}", "action"},
        {"{'nodes':[" VERDICT("lynx", "keep", "") "," VERDICT("Mog", "move", "wild") "]}",
         "must be one of <places>"},
        {"{'nodes':[" VERDICT("lynx", "keep", "") "," VERDICT("Mog", "merge", "Mog") "]}",
         "must be another one of <children>"},
        {"{'nodes':[" VERDICT("lynx", "keep", "") "," VERDICT("Mog", "rename", "Lynx") "]}",
         "must be a new name"},
        {"{'nodes':[" VERDICT("lynx", "keep", "") "," VERDICT("Mog", "rename", "") "]}",
         "must be a new name"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        refused(TASK_SOUNDNESS, inputs, cases[i].reply, cases[i].message);
    }
}

static void checks_strategies(void **state)
{
    (void)state;
    const char *inputs = samples[TASK_STRATEGIES].inputs;
    becomes(TASK_STRATEGIES, inputs,
            "{'strategies':[{'name':'all','description':'d','weight':'2','taxonomies':"
            "['Cat','form','cat']}]}",
            "{'strategies':[{'name':'all','description':'d','weight':2,'taxonomies':"
            "['cat','form']}]}");
    refused(TASK_STRATEGIES, inputs,
            "{'strategies':[{'name':'all','description':'d','weight':0,'taxonomies':['cat']}]}",
            "weight above 0");
    refused(TASK_STRATEGIES, inputs,
            "{'strategies':[{'name':'all','description':'d','weight':1,'taxonomies':['dog']}]}",
            "taxonomies");
    refused(TASK_STRATEGIES, inputs,
            "{'strategies':[{'name':'all','description':'d','weight':1,'taxonomies':[]}]}",
            "taxonomies");
}

static void wants_new_scenarios(void **state)
{
    (void)state;
    const char *inputs = samples[TASK_SCENARIOS].inputs;
    becomes(TASK_SCENARIOS, inputs,
            "{'scenarios':['A.','a lynx  in the Snow.',' ','B.','C.','D.']}",
            "{'scenarios':['A.','B.']}");
    becomes(TASK_SCENARIOS, inputs, "{'scenarios':['A.',' a. ','B.']}",
            "{'scenarios':['A.','B.']}");
    refused(TASK_SCENARIOS, inputs, "{'scenarios':['a lynx in the snow.']}",
            "differ from the earlier ones");
    refused(TASK_COMPLEXIFY, samples[TASK_COMPLEXIFY].inputs,
            "{'scenario':'A lynx  crosses a ROAD.'}", "unchanged");
}

/* ---- records */

static void validates_records_strictly(void **state)
{
    (void)state;
    static const enum task_id writers[] = {TASK_GENERATE, TASK_REFINE};
    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++) {
        enum task_id id = writers[i];
        const char *inputs = samples[id].inputs;
        becomes(id, inputs, "{'cats':'2','mood':'Sad.','title':' T '}",
                "{'title':' T ','cats':2,'mood':'sad'}");
        refused(id, inputs, "{'title':'T','cats':1,'note':'hi'}", "note");
        refused(id, inputs, "{'title':'T'}", "cats");
        refused(id, inputs, "{'title':'T','cats':'two'}", "cats");
        refused(id, inputs, "{'title':'T','cats':1.5}", "cats");
        refused(id, inputs, "{'title':'T','cats':-1}", "cats");
        refused(id, inputs, "{'title':'T','cats':1,'mood':'sleepy'}", "mood");
        refused(id, inputs, "{'title':'T','cats':1,'cats':2}", "\"cats\" twice");
        refused(id, inputs, "{'title':'12345678901234567890123456789012345678901','cats':1}",
                "title");
    }
    cJSON *inputs = sample_json("{'schema':{'type':'sonnet'}}");
    cJSON *v = NULL;
    struct err e = {0};
    assert_int_equal(task_parse(TASK_GENERATE, inputs, "{}", 2, &v, &e), ST_INTERNAL);
    cJSON_Delete(inputs);
}

static void takes_option_letters_as_people_write_them(void **state)
{
    (void)state;
    static const char inputs[] =
        "{'schema':{'type':'object','properties':{'answer':{'type':'string',"
        "'enum':['A','B','1','1.5']},'note':{'type':'string'}},'required':['answer']},'mix':[]}";
    becomes(TASK_GENERATE, inputs, "{'answer':'b'}", "{'answer':'B'}");
    becomes(TASK_GENERATE, inputs, "{'answer':'(B) Paris'}", "{'answer':'B'}");
    becomes(TASK_GENERATE, inputs, "{'answer':'A.'}", "{'answer':'A'}");
    becomes(TASK_GENERATE, inputs, "{'answer':1}", "{'answer':'1'}");
    becomes(TASK_GENERATE, inputs, "{'answer':1.5}", "{'answer':'1.5'}");
    becomes(TASK_GENERATE, inputs, "{'answer':'A','note':7}", "{'answer':'A','note':'7'}");
    refused(TASK_GENERATE, inputs, "{'answer':'A dog'}", "answer");
    refused(TASK_GENERATE, inputs, "{'answer':'1.7'}", "answer");
    refused(TASK_GENERATE, inputs, "{'answer':true}", "answer");
}

static void tries_every_object_in_the_text(void **state)
{
    (void)state;
    becomes(TASK_GENERATE, samples[TASK_GENERATE].inputs,
            "First {'title':'draft'} then {'cats':3} and so {'title':'T','cats':3}. {'x':1}",
            "{'title':'T','cats':3}");
    /* the complaint is about the longest */
    refused(TASK_GENERATE, samples[TASK_GENERATE].inputs,
            "{'a':1} {'title':'T','cats':'many of them'} {'b':2}", "cats");
}

static void refuses_the_example_of_the_prompt(void **state)
{
    (void)state;
    refused(TASK_CRITIC_CORRECT, "{}",
            "{'reason':'12 kittens minus 5 is 7; the given answer is 7.','answer':'yes'}",
            "found the example");
    refused(TASK_PROPOSE_CHILDREN, samples[TASK_PROPOSE_CHILDREN].inputs,
            "{'children':[{'name':'serval','description':'Long legs.'},"
            "{'name':'lynx cat','description':'Spotted cats of American forests.'}]}",
            "found the example");
    /* also when something was added to it: what a small model really said */
    refused(TASK_DESCRIBE_NODE, samples[TASK_DESCRIBE_NODE].inputs,
            "{'reason':'It was not clear.','description':'Short-tailed wild cats of northern "
            "forests with tufted ears, bobcats included. Each story tells one story.'}",
            "found the example");
    /* the example may come first, as long as an answer follows */
    becomes(TASK_CRITIC_CORRECT, "{}",
            "Like {'reason':'12 kittens minus 5 is 7; the given answer is 8.','answer':'no'}: "
            "{'reason':'6 rolls of 7.','answer':'no'}",
            "{'reason':'6 rolls of 7.','answer':'no'}");
    /* every built-in prompt shows an example, and none of them is an answer */
    for (int i = 0; i < TASK_COUNT; i++) {
        enum task_id id = (enum task_id)i;
        cJSON *inputs = sample_json(samples[i].inputs);
        const char *prompt = task_at(id)->prompt;
        const char *example = strstr(prompt, "\n{\"");
        assert_non_null(example);
        cJSON *v = NULL;
        struct err e = {0};
        assert_int_equal(task_parse(id, inputs, example, strcspn(example + 1, "\n") + 1, &v, &e),
                         ST_INVALID);
        cJSON_Delete(inputs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_good_and_chatty_replies),
        cmocka_unit_test(refuses_malformed_replies),
        cmocka_unit_test(refuses_oversized_replies),
        cmocka_unit_test(reads_with_the_eyes_of_the_repaired_task),
        cmocka_unit_test(understands_verdicts),
        cmocka_unit_test(understands_loose_json),
        cmocka_unit_test(shortens_long_reasons),
        cmocka_unit_test(tidies_factors),
        cmocka_unit_test(wants_a_verdict_on_every_factor),
        cmocka_unit_test(keeps_only_new_children),
        cmocka_unit_test(offers_nothing_that_is_there_as_missing),
        cmocka_unit_test(wants_remedies_that_can_be_carried_out),
        cmocka_unit_test(checks_strategies),
        cmocka_unit_test(wants_new_scenarios),
        cmocka_unit_test(validates_records_strictly),
        cmocka_unit_test(takes_option_letters_as_people_write_them),
        cmocka_unit_test(tries_every_object_in_the_text),
        cmocka_unit_test(refuses_the_example_of_the_prompt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
