/*
 * Tests of advise: what is asked, what becomes of the answers, and what is never suggested: repeats
 * of nodes that are there, changes to locked nodes, remedies that do not fit the tree.
 */
#include "engine/advise.h"
#include "engine_script.h"

struct desk {
    struct engine_common common;
    struct tree tree;
    struct advise *advise;
    struct step step;
    struct post post;
    struct buf said; /* suggestions as they came: "kind node target name text" */
    bool ended, ok;
    char message[1300];
};

static int64_t plant(struct desk *d, int64_t parent, const char *name, const char *desc)
{
    struct node model = {.id = d->tree.count, .weight = 1, .name = name, .desc = desc};
    uint32_t at = tree_add(&d->tree, tree_by_id(&d->tree, parent), &model);
    assert_int_not_equal(at, TREE_NONE);
    return model.id;
}

static struct node *node_at(struct desk *d, int64_t id)
{
    return &d->tree.nodes[tree_by_id(&d->tree, id)];
}

/* cats > wild > lynx, ocelot, the lynx; tame > tabby */
static void desk_init(struct desk *d)
{
    memset(d, 0, sizeof *d);
    common_init(&d->common, true);
    tree_init(&d->tree);
    step_init(&d->step);
    buf_init(&d->said, 1u << 20);
    plant(d, 0, "cats", "Which cat.");    /* 1 */
    plant(d, 1, "wild", "Not kept.");     /* 2 */
    plant(d, 1, "tame", "Kept.");         /* 3 */
    plant(d, 2, "lynx", "Of the north."); /* 4 */
    plant(d, 2, "ocelot", "Spotted.");    /* 5 */
    plant(d, 2, "the lynx", "");          /* 6 */
    plant(d, 3, "tabby", "Striped.");     /* 7 */
}

static void desk_free(struct desk *d)
{
    advise_free(d->advise);
    post_free(&d->post);
    step_free(&d->step);
    tree_free(&d->tree);
    buf_free(&d->said);
    common_clear(&d->common);
}

static void take_step(struct desk *d)
{
    for (size_t i = 0; i < d->step.change_count; i++) {
        const struct change *c = &d->step.changes[i];
        assert_false(d->ended);
        if (c->kind == CHANGE_JOB_END) {
            d->ended = true;
            d->ok = c->u.job_end.ok;
            snprintf(d->message, sizeof d->message, "%s", c->u.job_end.message);
            continue;
        }
        assert_int_equal(c->kind, CHANGE_SUGGESTION);
        const struct suggestion *g = &c->u.suggestion;
        buf_printf(&d->said, "%s %d %d [%s] [%s] %s\n", suggest_kind_name(g->kind), (int)g->node,
                   (int)g->target, g->name, g->text, g->reason);
    }
    d->step.change_count = 0;
    for (size_t i = 0; i < d->step.question_count; i++) {
        post_put(&d->post, d->step.questions[i]);
    }
    d->step.question_count = 0;
    step_reset(&d->step);
}

static void begin(struct desk *d, enum advice what, const int64_t *nodes, size_t count)
{
    d->advise = advise_new(4, &d->common, what, nodes, count);
    advise_turn(d->advise, &d->tree, &d->step);
    take_step(d);
}

static struct question *waiting(struct desk *d, const char *key)
{
    for (size_t i = 0; i < d->post.count; i++) {
        if (strcmp(d->post.open[i]->key, key) == 0) {
            return d->post.open[i];
        }
    }
    fail_msg("%s is not open", key);
    return NULL;
}

/* In the text ' stands for ". */
static void answer_as(struct desk *d, const char *key, enum reply_outcome outcome, const char *text)
{
    struct question *q = waiting(d, key);
    struct reply r = {.task = q->task, .final = true, .tries = 1, .outcome = outcome};
    snprintf(r.key, sizeof r.key, "%s", key);
    snprintf(r.error, sizeof r.error, "%s here", reply_outcome_name(outcome));
    r.text = xstrdup(text);
    for (char *p = r.text; *p != '\0'; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    for (size_t i = 0; i < d->post.count; i++) {
        if (d->post.open[i] == q) {
            d->post.open[i] = d->post.open[--d->post.count];
        }
    }
    question_free(q);
    assert_true(advise_reply(d->advise, &d->tree, &r, &d->step));
    reply_clear(&r);
    take_step(d);
    advise_turn(d->advise, &d->tree, &d->step);
    take_step(d);
}

static void answer(struct desk *d, const char *key, const char *text)
{
    answer_as(d, key, REPLY_OK, text);
}

static void test_missing(void **state)
{
    (void)state;
    struct desk d;
    const int64_t nodes[] = {2, 3, 2};
    desk_init(&d);
    d.advise = advise_new(4, &d.common, ADVISE_MISSING, nodes, 3);
    advise_turned_down(d.advise, 2, "puma");
    advise_turn(d.advise, &d.tree, &d.step);
    take_step(&d);
    assert_int_equal(d.post.count, 2); /* the one that was named twice is asked about once */
    char *in = json_text(waiting(&d, "j4.n2.missing.0")->inputs);
    assert_string_equal(in, "{\"description\":\"Questions for the test\","
                            "\"examples\":[{\"question\":\"is this one?\",\"answer\":\"a\"}],"
                            "\"taxonomy\":{\"name\":\"cats\",\"description\":\"Which cat.\"},"
                            "\"node\":{\"name\":\"wild\",\"description\":\"Not kept.\"},"
                            "\"ancestors\":[\"cats\"],\"siblings\":[\"tame\"],"
                            "\"children\":[\"lynx\",\"ocelot\",\"the lynx\"],"
                            "\"turned_down\":[\"puma\"]}");
    free(in);
    answer(&d, "j4.n3.missing.0", "{'children':[]}"); /* the later one first */
    assert_string_equal(d.said.data, "");
    answer(&d, "j4.n2.missing.0",
           "{'children':[{'name':'sand cat','description':'s','reason':'r'},"
           "{'name':'The Tabby','description':'t','reason':'r'},"
           "{'name':'Lynx','description':'l','reason':'r'}]}");
    assert_string_equal(d.said.data, "missing 2 0 [sand cat] [s] r\n");
    assert_true(d.ended && d.ok);
    assert_string_equal(d.message, "1 suggestion, 1 node complete, 2 not offered because they are "
                                   "there: \"The Tabby\" is cats/tame/tabby; \"Lynx\" is "
                                   "cats/wild/lynx");
    desk_free(&d);
}

static void test_describe(void **state)
{
    (void)state;
    struct desk d;
    const int64_t nodes[] = {5, 4, 7};
    desk_init(&d);
    node_at(&d, 3)->locked = true; /* above tabby */
    begin(&d, ADVISE_DESCRIBE, nodes, 3);
    assert_int_equal(d.post.count, 2);
    answer(&d, "j4.n4.describe.0", "{'reason':'fine','description':'Of the north.'}");
    answer(&d, "j4.n5.describe.0", "{'reason':'short','description':'Spotted, of America.'}");
    assert_string_equal(d.said.data, "describe 5 0 [] [Spotted, of America.] short\n");
    assert_string_equal(d.message, "1 suggestion, 1 node described well, 1 locked left alone");
    desk_free(&d);
}

#define VERDICT(name, action, to)                                                                  \
    "{'name':'" name "','reason':'r','action':'" action "','to':'" to "'}"

static void test_soundness(void **state)
{
    (void)state;
    struct desk d;
    const int64_t nodes[] = {4, 5, 6, 7, 1};
    desk_init(&d);
    begin(&d, ADVISE_SOUND, nodes, 5);
    assert_int_equal(d.post.count, 2); /* those of one parent together; the taxonomy not at all */
    const cJSON *in = waiting(&d, "j4.n2.sound.0")->inputs;
    char *places = json_text(cJSON_GetObjectItem(in, "places"));
    char *judged = json_text(cJSON_GetObjectItem(in, "judged"));
    assert_string_equal(places, "[\"cats\",\"tame\",\"lynx\",\"ocelot\",\"the lynx\"]");
    assert_string_equal(judged, "[\"lynx\",\"ocelot\",\"the lynx\"]");
    free(places);
    free(judged);
    answer(&d, "j4.n2.sound.0",
           "{'nodes':[" VERDICT("lynx", "merge", "the lynx") "," VERDICT(
               "ocelot", "move", "tame") "," VERDICT("the lynx", "merge", "lynx") "]}");
    answer(&d, "j4.n3.sound.0", "{'nodes':[" VERDICT("tabby", "rename", "tabby cat") "]}");
    /* two that are to be merged into each other: the first word counts */
    assert_string_equal(d.said.data, "merge 4 6 [] [] r\nmove 5 3 [] [] r\n"
                                     "rename 7 0 [tabby cat] [] r\n");
    assert_string_equal(d.message, "3 suggestions, 1 left out: they do not fit the tree");
    desk_free(&d);
}

/* What is locked while the question is out is not touched by its answer. */
static void test_locked_meanwhile(void **state)
{
    (void)state;
    struct desk d;
    const int64_t nodes[] = {4, 5, 6};
    desk_init(&d);
    begin(&d, ADVISE_SOUND, nodes, 3);
    node_at(&d, 5)->locked = true;
    answer(&d, "j4.n2.sound.0",
           "{'nodes':[" VERDICT("lynx", "keep", "") "," VERDICT("ocelot", "delete", "") "," VERDICT(
               "the lynx", "move", "ocelot") "]}");
    assert_string_equal(d.said.data, "");
    assert_string_equal(d.message,
                        "0 suggestions, 1 node sound, 2 left out: they do not fit the tree");
    desk_free(&d);
}

/* Bad replies are repaired once, then refused with the reason; the other nodes go on. */
static void test_failures(void **state)
{
    (void)state;
    struct desk d;
    const int64_t nodes[] = {4, 5, 7};
    desk_init(&d);
    begin(&d, ADVISE_DESCRIBE, nodes, 3);
    answer(&d, "j4.n4.describe.0", "I like cats.");
    answer(&d, "j4.n4.describe.0.r", "{'reason':'r','description':'lynx'}");
    answer_as(&d, "j4.n5.describe.0", REPLY_REFUSED, "");
    answer(&d, "j4.n7.describe.0", "{'reason':'r','description':'Striped, kept.'}");
    assert_true(d.ended);
    assert_false(d.ok);
    assert_string_equal(d.said.data, "describe 7 0 [] [Striped, kept.] r\n");
    assert_string_equal(d.message, "1 suggestion, 2 questions were not answered: refused: refused "
                                   "here");
    desk_free(&d);

    desk_init(&d);
    begin(&d, ADVISE_DESCRIBE, nodes, 3);
    answer(&d, "j4.n5.describe.0", "{'reason':'r','description':'Spotted cats.'}");
    answer_as(&d, "j4.n4.describe.0", REPLY_FATAL, "");
    assert_true(d.ended);
    assert_false(d.ok);
    assert_string_equal(d.said.data, "describe 5 0 [] [Spotted cats.] r\n"); /* it was paid for */
    assert_string_equal(d.message, "fatal here");
    desk_free(&d);
}

/* A node that is deleted while others are asked about does not hold them up. */
static void test_deleted_meanwhile(void **state)
{
    (void)state;
    struct desk d;
    enum { MANY = ADVISE_AT_ONCE + 20 };
    int64_t nodes[MANY];
    desk_init(&d);
    for (int i = 0; i < MANY; i++) {
        char name[32];
        snprintf(name, sizeof name, "cat %d", i);
        nodes[i] = plant(&d, 2, name, "");
    }
    nodes[ADVISE_AT_ONCE + 3] = 99999; /* is gone when its turn comes */
    nodes[5] = 99998;
    begin(&d, ADVISE_DESCRIBE, nodes, MANY);
    d.post.order = ORDER_RANDOM;
    d.post.dice = 7;
    int done = 0, failed = 0, left = 0;
    while (d.post.count > 0) {
        struct question *q = post_take(&d.post);
        char key[96];
        snprintf(key, sizeof key, "%s", q->key);
        post_put(&d.post, q);
        advise_progress(d.advise, &done, &failed, &left);
        assert_true(left > 0);
        answer(&d, key, "{'reason':'r','description':'A cat.'}");
    }
    assert_true(d.ended && d.ok);
    assert_string_equal(d.message, "82 suggestions");
    /* numbered in the order of the nodes, whatever the order of the replies */
    int64_t last = 0;
    for (const char *line = d.said.data; *line != '\0'; line = strchr(line, '\n') + 1) {
        int64_t id = strtoll(line + strlen("describe "), NULL, 10);
        assert_true(id > last);
        last = id;
    }
    desk_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_missing),   cmocka_unit_test(test_describe),
        cmocka_unit_test(test_soundness), cmocka_unit_test(test_locked_meanwhile),
        cmocka_unit_test(test_failures),  cmocka_unit_test(test_deleted_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
