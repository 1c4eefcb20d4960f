/* One set of inputs, and one good reply, for every task. In both ' stands for ". */
#ifndef TAXA_TESTS_TASK_SAMPLES_H
#define TAXA_TESTS_TASK_SAMPLES_H

#include "task/task.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SAMPLE_COMMON                                                                              \
    "'description':'Cat stories in English.','examples':[{'title':'Mog','cats':1}],"               \
    "'schema':{'type':'object','properties':{'title':{'type':'string','maxLength':40},"            \
    "'cats':{'type':'integer','minimum':0},"                                                       \
    "'mood':{'type':'string','enum':['glad','sad']}},'required':['title','cats']}"
#define SAMPLE_MIX                                                                                 \
    "'mix':[{'taxonomy':'cat','path':'cat/wild/lynx','name':'lynx','description':'Of the "         \
    "north.'}]"
#define SAMPLE_NODE                                                                                \
    "'taxonomy':{'name':'cat','description':'Which cat.'},"                                        \
    "'node':{'name':'wild','description':'Not kept.'},'ancestors':['cat'],"                        \
    "'siblings':['house cat'],'children':['lynx'],'plan':'Divide by habitat.','variant':2"

#define SAMPLE_PLACE                                                                               \
    "'taxonomy':{'name':'cat','description':'Which cat.'},"                                        \
    "'node':{'name':'wild','description':'Not kept.'},'ancestors':['cat'],'siblings':['house "     \
    "cat']"

struct sample {
    const char *inputs, *reply;
};

static const struct sample samples[TASK_COUNT] = {
    [TASK_FACTORS] = {"{" SAMPLE_COMMON ",'wanted_min':2,'wanted_max':3}",
                      "{'factors':[{'name':'cat','description':'Which cat.'},"
                      "{'name':'form','description':'Letter or tale.'}]}"},
    [TASK_FACTOR_CRITIC] = {"{" SAMPLE_COMMON ",'factors':[{'name':'cat','description':'Which.'},"
                            "{'name':'good style','description':'How well.'}]}",
                            "{'factors':[{'name':'cat','reason':'Rich.','accept':true},"
                            "{'name':'good style','reason':'Quality.','accept':false}]}"},
    [TASK_PROPOSE_CHILDREN] = {"{" SAMPLE_COMMON "," SAMPLE_NODE "}",
                               "{'children':[{'name':'ocelot','description':'Spotted.'},"
                               "{'name':'margay','description':'Climbs.'}]}"},
    [TASK_CHILDREN_CRITIC] = {"{" SAMPLE_COMMON "," SAMPLE_NODE
                              ",'proposals':[{'name':'ocelot','description':'Spotted.','votes':2},"
                              "{'name':'Mog','description':'One cat.','votes':1}]}",
                              "{'children':[{'name':'ocelot','description':'Spotted.',"
                              "'from':['ocelot']}],'dropped':[{'name':'Mog','reason':'One.'}]}"},
    [TASK_LEVEL_PLAN] = {"{" SAMPLE_COMMON ",'taxonomy':{'name':'cat','description':'Which cat.'},"
                         "'level':1,'nodes':['wild','house cat']}",
                         "{'plan':'Divide by habitat.'}"},
    [TASK_STRATEGIES] = {"{" SAMPLE_COMMON ",'taxonomies':[{'name':'cat','description':'Which.',"
                         "'children':['wild']},{'name':'form','description':'How.',"
                         "'children':['letter']}]}",
                         "{'strategies':[{'name':'tales','description':'Usual.','weight':2.5,"
                         "'taxonomies':['cat','form']}]}"},
    [TASK_SCENARIOS] = {"{" SAMPLE_COMMON "," SAMPLE_MIX
                        ",'count':3,'earlier':['A lynx in the snow.']}",
                        "{'scenarios':['A lynx crosses a road.','Two lynxes share a hare.']}"},
    [TASK_COMPLEXIFY] = {"{" SAMPLE_COMMON "," SAMPLE_MIX ",'scenario':'A lynx crosses a road.'}",
                         "{'scenario':'A lame lynx crosses two roads.'}"},
    [TASK_GENERATE] = {"{" SAMPLE_COMMON "," SAMPLE_MIX
                       ",'scenario':'A lynx crosses a road.','complexified':true}",
                       "{'title':'The Road','cats':1,'mood':'sad'}"},
    [TASK_REQUIREMENTS] = {"{" SAMPLE_COMMON "," SAMPLE_MIX
                           ",'scenario':'A lynx crosses a road.','record':{'title':'R','cats':1}}",
                           "{'reason':'Lynx: met.','ok':true}"},
    [TASK_REFINE] = {"{" SAMPLE_COMMON "," SAMPLE_MIX ",'scenario':'A lynx crosses a road.',"
                     "'record':{'title':'R','cats':1},'reason':'No road.'}",
                     "{'title':'The Road','cats':2}"},
    [TASK_CRITIC_CORRECT] = {"{" SAMPLE_COMMON ",'record':{'title':'R','cats':1},"
                             "'answer_field':'cats'}",
                             "{'reason':'One lynx.','answer':'yes'}"},
    [TASK_CRITIC_INCORRECT] = {"{" SAMPLE_COMMON ",'record':{'title':'R','cats':1},"
                               "'answer_field':'cats'}",
                               "{'reason':'One lynx.','answer':'no'}"},
    [TASK_MISSING_CHILDREN] = {"{" SAMPLE_COMMON "," SAMPLE_PLACE
                               ",'children':['lynx'],'turned_down':['puma']}",
                               "{'children':[{'name':'ocelot','description':'Spotted.',"
                               "'reason':'Nothing spotted.'}]}"},
    [TASK_DESCRIBE_NODE] = {"{" SAMPLE_COMMON "," SAMPLE_PLACE ",'children':['lynx']}",
                            "{'reason':'Too short.','description':'Cats that nobody feeds.'}"},
    [TASK_SOUNDNESS] = {"{" SAMPLE_COMMON "," SAMPLE_PLACE
                        ",'children':[{'name':'lynx','description':'Of the north.'},"
                        "{'name':'Mog','description':'One cat.'}],'judged':['lynx','Mog'],"
                        "'places':['house cat']}",
                        "{'nodes':[{'name':'lynx','reason':'A kind.','action':'keep','to':''},"
                        "{'name':'Mog','reason':'Lives in a house.','action':'move',"
                        "'to':'house cat'}]}"},
    [TASK_REPAIR] = {"{'task':'scenarios','inputs':{" SAMPLE_COMMON "," SAMPLE_MIX ",'count':3},"
                     "'reply':'Sure: {','problem':'cut off'}",
                     "{'scenarios':['A lynx crosses a road.']}"},
};

/* The text with ' as ". Caller frees. */
static inline char *sample_text(const char *quoted)
{
    char *text = strdup(quoted);
    assert_non_null(text);
    for (char *at = text; *at != '\0'; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    return text;
}

static inline cJSON *sample_json(const char *quoted)
{
    char *text = sample_text(quoted);
    cJSON *v = cJSON_Parse(text);
    free(text);
    assert_non_null(v);
    return v;
}

static inline void sample_set(cJSON *object, const char *name, const char *quoted)
{
    cJSON_DeleteItemFromObjectCaseSensitive(object, name);
    cJSON_AddItemToObject(object, name, sample_json(quoted));
}

#endif
