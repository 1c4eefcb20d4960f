/*
 * Tests of grow: what a tree becomes depends on the teacher's answers, never on their order; what
 * is locked, expanded or failed is treated as it should be; a restart changes nothing.
 */
#include "engine_garden.h"

static const struct rule rough = {
    .malformed = 0.1, .malformed_twice = 0.5, .length = 0.1, .length_twice = 0.5, .refused = 0.25};
static const struct rule good = {.none = 0};

/* ---- one question at a time, answered by hand */

static struct question *waiting(struct garden *g, const char *key)
{
    for (size_t i = 0; i < g->post.count; i++) {
        if (strcmp(g->post.open[i]->key, key) == 0) {
            return g->post.open[i];
        }
    }
    fail_msg("%s is not open", key);
    return NULL;
}

static void answer_as(struct garden *g, const char *key, enum reply_outcome outcome,
                      const char *text)
{
    struct question *q = waiting(g, key);
    struct reply r = {.task = q->task, .final = true, .tries = 1, .outcome = outcome};
    snprintf(r.key, sizeof r.key, "%s", key);
    snprintf(r.error, sizeof r.error, "%s for %s", reply_outcome_name(outcome), key);
    r.text = xstrdup(text);
    for (size_t i = 0; i < g->post.count; i++) {
        if (g->post.open[i] == q) {
            g->post.open[i] = g->post.open[--g->post.count];
        }
    }
    question_free(q);
    garden_reply(g, &r);
}

static void answer(struct garden *g, const char *key, const char *text)
{
    answer_as(g, key, REPLY_OK, text);
}

#define CHILD(name) "{\"name\":\"" name "\",\"description\":\"about " name "\"}"
#define KEPT(name)  "{\"name\":\"" name "\",\"description\":\"about " name "\",\"from\":[]}"

/* The union of three proposals: same names in other spellings are one with more votes. */
static void test_union(void **state)
{
    (void)state;
    static const char *const said[3] = {
        "{\"children\":[" CHILD("Tabby cat") "," CHILD("Siamese") "]}",
        "{\"children\":[" CHILD("the tabby-cat") "," CHILD("Sphynx") "]}",
        "{\"children\":[" CHILD("A Tabby_Cat") "," CHILD("siamese") "," CHILD("cats") "]}"};
    static const int order[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                    {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (int o = 0; o < 6; o++) {
        struct garden g;
        garden_init(&g, &good, 1);
        garden_begin(&g);
        assert_int_equal(g.post.count, 3);
        for (int i = 0; i < 3; i++) {
            char key[64];
            snprintf(key, sizeof key, "j1.n1.propose.%d", order[o][i]);
            assert_int_equal(json_num_or(waiting(&g, key)->inputs, "variant", -1), order[o][i]);
            answer(&g, key, said[order[o][i]]);
        }
        char *text =
            json_text(cJSON_GetObjectItem(waiting(&g, "j1.n1.critic.0")->inputs, "proposals"));
        assert_string_equal(
            text, "[{\"name\":\"Tabby cat\",\"description\":\"about Tabby cat\",\"votes\":3},"
                  "{\"name\":\"Siamese\",\"description\":\"about Siamese\",\"votes\":2},"
                  "{\"name\":\"Sphynx\",\"description\":\"about Sphynx\",\"votes\":1}]");
        free(text);
        answer(&g, "j1.n1.critic.0",
               "{\"children\":[{\"name\":\"Tabby\",\"description\":\"striped\","
               "\"from\":[\"Tabby cat\"]}," KEPT(
                   "Manx") "],"
                           "\"dropped\":[{\"name\":\"Sphynx\",\"reason\":\"rare\"}]}");
        assert_true(g.ended && g.ok);
        assert_string_equal(g.message, "1 node expanded");
        assert_int_equal(g.tree.count, 4); /* the virtual root, cats, and what the critic said */
        assert_string_equal(node_at(&g, 2)->name, "Tabby");
        assert_string_equal(node_at(&g, 2)->desc, "striped");
        assert_string_equal(node_at(&g, 3)->name, "Manx");
        assert_int_equal(node_at(&g, 1)->state, NODE_EXPANDED);
        assert_int_equal(node_at(&g, 2)->state, NODE_UNEXPANDED);
        assert_non_null(strstr(g.expansion[1], "\"votes\":3"));
        assert_non_null(strstr(g.expansion[1], "{\"name\":\"Sphynx\",\"reason\":\"rare\"}"));
        garden_free(&g);
    }
}

/* What a question about a node is given. */
static void test_context(void **state)
{
    (void)state;
    struct garden g;
    garden_init(&g, &good, 1);
    plant(&g, 1, "wild");
    plant(&g, 1, "tame");
    plant(&g, 3, "house");
    plant(&g, 4, "tabby");
    g.root = 4;
    garden_begin(&g);
    const cJSON *in = waiting(&g, "j1.n4.propose.2")->inputs;
    char *text = json_text(in);
    assert_string_equal(text, "{\"description\":\"Questions for the test\","
                              "\"examples\":[{\"question\":\"is this one?\",\"answer\":\"a\"}],"
                              "\"taxonomy\":{\"name\":\"cats\",\"description\":\"planted\"},"
                              "\"node\":{\"name\":\"house\",\"description\":\"planted\"},"
                              "\"ancestors\":[\"cats\",\"tame\"],\"siblings\":[],"
                              "\"children\":[\"tabby\"],\"plan\":\"\",\"variant\":2}");
    free(text);
    g.root = 2;
    garden_begin(&g);
    text = json_text(cJSON_GetObjectItem(waiting(&g, "j1.n2.propose.0")->inputs, "siblings"));
    assert_string_equal(text, "[\"tame\"]");
    free(text);
    garden_free(&g);
}

/* Some proposals lost: the union of the others; all lost: failed, with the reason, no children. */
static void test_failed_node(void **state)
{
    (void)state;
    struct garden g;
    garden_init(&g, &good, 1);
    garden_begin(&g);
    answer_as(&g, "j1.n1.propose.1", REPLY_REFUSED, "");
    answer_as(&g, "j1.n1.propose.0", REPLY_TRANSPORT, "");
    answer(&g, "j1.n1.propose.2", "{\"children\":[" CHILD("Siamese") "]}");
    answer_as(&g, "j1.n1.critic.0", REPLY_REFUSED, "");
    assert_true(g.ended);
    assert_false(g.ok);
    assert_int_equal(node_at(&g, 1)->state, NODE_FAILED);
    assert_int_equal(g.tree.count, 2);
    assert_non_null(strstr(g.expansion[1], "Siamese")); /* what was proposed is not lost */
    assert_non_null(strstr(g.expansion[1], "refused for j1.n1.critic.0"));
    assert_non_null(strstr(g.message, "0 nodes expanded, 1 failed"));

    g.job = 2; /* tried again */
    garden_begin(&g);
    for (int i = 2; i >= 0; i--) {
        char key[64];
        snprintf(key, sizeof key, "j2.n1.propose.%d", i);
        answer_as(&g, key, i == 0 ? REPLY_REFUSED : REPLY_TRANSPORT, "");
    }
    assert_true(g.ended);
    assert_int_equal(node_at(&g, 1)->state, NODE_FAILED);
    assert_int_equal(g.tree.count, 2);
    assert_non_null(strstr(g.expansion[1], "refused for j2.n1.propose.0"));
    garden_free(&g);
}

/* A teacher that only repeats what is there proposes nothing: no leaf is made of that. */
static void test_nothing_new(void **state)
{
    (void)state;
    struct rule r = good;
    r.none = 1;
    for (int children = 0; children < 2; children++) {
        struct garden g;
        garden_init(&g, &r, 1);
        if (children > 0) {
            plant(&g, 1, "mine");
        }
        garden_finish(&g);
        assert_false(g.ok);
        assert_int_equal(node_at(&g, 1)->state, NODE_FAILED);
        assert_int_equal(node_at(&g, 1)->children, children);
        assert_non_null(strstr(g.expansion[1], "\"error\":\""));
        if (children > 0) {
            assert_non_null(strstr(g.expansion[1], "nothing that is not there already"));
        }
        garden_free(&g);
    }
}

/* An expanded node that is expanded again keeps what it has, also when nothing new is said. */
static void test_again(void **state)
{
    (void)state;
    struct garden g;
    garden_init(&g, &good, 1);
    garden_finish(&g);
    assert_true(g.ok);
    uint32_t before = g.tree.count;
    char *text = garden_text(&g);
    g.rule.none = 1;
    g.job = 2;
    garden_finish(&g);
    assert_true(g.ok);
    assert_string_equal(g.message, "0 nodes expanded, nothing new for 1 that was before");
    char *again = garden_text(&g);
    assert_same_text(text, again);
    g.rule.none = 0;
    g.job = 3;
    g.common.seed = 1234;
    garden_finish(&g);
    assert_true(g.ok);
    assert_true(g.tree.count > before); /* the others of the six */
    assert_int_equal(g.expanded[1], 2);
    assert_int_equal(node_at(&g, 1)->state, NODE_EXPANDED);
    free(text);
    free(again);
    garden_free(&g);
}

/* ---- levels and frontier */

/* Depth levels, each but the first with one plan that its nodes are asked with. */
static void test_levels(void **state)
{
    (void)state;
    for (int depth = 1; depth <= 3; depth++) {
        struct garden g;
        garden_init(&g, &good, depth);
        garden_begin(&g);
        int done = 0, failed = 0, waits = 0, level = 0, levels = 0;
        while (garden_step(&g)) {
            grow_progress(g.grow, &done, &failed, &waits, &level, &levels);
            assert_int_equal(levels, depth);
            for (size_t i = 0; i < g.post.count; i++) {
                char plan[64];
                snprintf(plan, sizeof plan, level > 1 ? "plan of j1.plan.%d" : "%.0d", level);
                const char *with = json_str_or(g.post.open[i]->inputs, "plan", NULL);
                assert_true(with == NULL || level == 1 ? with == NULL || with[0] == '\0'
                                                       : strcmp(with, plan) == 0);
            }
        }
        assert_true(g.ended && g.ok);
        assert_int_equal(count_keys(&g, ".plan."), depth - 1);
        assert_int_equal(count_state(&g, NODE_FAILED), 0);
        int deepest = 0, inner = 0;
        for (uint32_t i = 1; i < g.tree.count; i++) {
            const struct node *n = &g.tree.nodes[i];
            deepest = n->depth > deepest ? n->depth : deepest;
            inner += n->depth <= depth;
            assert_int_equal(n->state, n->depth <= depth ? NODE_EXPANDED : NODE_UNEXPANDED);
        }
        assert_int_equal(deepest, depth + 1);
        assert_int_equal(done, inner);
        assert_int_equal(count_keys(&g, ".propose."), inner * 3);
        assert_int_equal(count_keys(&g, ".critic."), inner);
        garden_free(&g);
    }
}

/* A plan that is not to be had does not stop the level. */
static void test_without_plan(void **state)
{
    (void)state;
    struct garden g;
    garden_init(&g, &good, 2);
    garden_begin(&g);
    while (count_keys(&g, ".plan.") == 0) {
        assert_true(garden_step(&g));
    }
    assert_int_equal(g.post.count, 1);
    answer_as(&g, "j1.plan.2", REPLY_TRANSPORT, "");
    assert_true(g.post.count > 0);
    assert_string_equal(json_str_or(g.post.open[0]->inputs, "plan", "none"), "");
    assert_true(garden_run(&g, 100000));
    assert_true(g.ended && g.ok);
    garden_free(&g);
}

/* B proposals, from 1 to the most that is possible. */
static void test_proposals(void **state)
{
    (void)state;
    static const int given[] = {0, 1, 5, 100}, used[] = {1, 1, 5, 8};
    for (int i = 0; i < 4; i++) {
        struct garden g;
        garden_init(&g, &good, 1);
        g.common.proposals = given[i];
        garden_finish(&g);
        assert_true(g.ok);
        assert_int_equal(count_keys(&g, ".propose."), used[i]);
        garden_free(&g);
    }
}

/*
 * cats > wild (expanded: a leaf by decision), tame (failed before), locked > cub, sly (has a child
 * of the person's): of level 2 only tame is asked about.
 */
static void test_frontier(void **state)
{
    (void)state;
    struct garden g;
    struct rule r = good;
    r.none = 1; /* cats itself gets nothing new */
    garden_init(&g, &r, 2);
    node_at(&g, 1)->state = NODE_EXPANDED;
    plant(&g, 1, "wild")->state = NODE_EXPANDED;
    plant(&g, 1, "tame")->state = NODE_FAILED;
    plant(&g, 1, "locked")->locked = true;
    plant(&g, 1, "sly");
    plant(&g, 4, "cub");
    plant(&g, 5, "fox");
    garden_begin(&g);
    while (count_keys(&g, ".plan.") == 0) {
        assert_true(garden_step(&g));
    }
    char *nodes = json_text(cJSON_GetObjectItem(waiting(&g, "j1.plan.2")->inputs, "nodes"));
    assert_string_equal(nodes, "[\"tame\"]");
    free(nodes);
    g.rule.none = 0;
    assert_true(garden_run(&g, 1000));
    assert_true(g.ended && g.ok);
    assert_int_equal(node_at(&g, 3)->state, NODE_EXPANDED);
    assert_true(node_at(&g, 3)->children > 0);
    assert_int_equal(node_at(&g, 2)->children, 0);
    assert_int_equal(node_at(&g, 5)->state, NODE_UNEXPANDED);
    assert_int_equal(node_at(&g, 6)->state, NODE_UNEXPANDED);
    assert_int_equal(count_keys(&g, ".propose.") - 3, 3);
    garden_free(&g);
}

/* A locked root is left alone, a deleted one ends the job. */
static void test_root(void **state)
{
    (void)state;
    struct garden g;
    garden_init(&g, &good, 3);
    node_at(&g, 1)->locked = true;
    garden_begin(&g);
    assert_true(g.ended);
    assert_int_equal(g.memory.count, 0);
    assert_int_equal(g.tree.count, 2);
    g.root = 77;
    garden_begin(&g);
    assert_true(g.ended);
    assert_false(g.ok);
    assert_string_equal(g.message, "the node was deleted meanwhile");
    garden_free(&g);
}

static void visit_count(void *ctx, int64_t node)
{
    assert_true(node > 0);
    ++*(int *)ctx;
}

/* At most GROW_AT_ONCE nodes are under way; those locked meanwhile are passed by, be they many. */
static void test_many_nodes(void **state)
{
    (void)state;
    struct garden g;
    struct rule r = good;
    r.none = 1;
    garden_init(&g, &r, 2);
    node_at(&g, 1)->state = NODE_EXPANDED;
    for (int i = 0; i < 300; i++) {
        char name[32];
        snprintf(name, sizeof name, "kind %d", i);
        plant(&g, 1, name);
    }
    garden_begin(&g);
    while (count_keys(&g, ".plan.") == 0) {
        assert_true(garden_step(&g));
    }
    assert_int_equal(
        cJSON_GetArraySize(cJSON_GetObjectItem(waiting(&g, "j1.plan.2")->inputs, "nodes")), 75);
    g.rule.none = 0;
    for (int64_t id = 2; id <= 201; id++) {
        node_at(&g, id)->locked = true;
    }
    garden_step(&g);
    int working = 0;
    grow_working(g.grow, visit_count, &working);
    assert_int_equal(working, GROW_AT_ONCE);
    assert_true(garden_run(&g, 100000));
    assert_true(g.ended && g.ok);
    assert_int_equal(g.most_open, GROW_AT_ONCE * 3);
    for (int64_t id = 2; id <= 301; id++) {
        assert_int_equal(node_at(&g, id)->state, id <= 201 ? NODE_UNEXPANDED : NODE_EXPANDED);
    }
    garden_free(&g);
}

/* All of a level locked meanwhile: the job ends, it does not wait for ever. */
static void test_all_locked(void **state)
{
    (void)state;
    struct garden g;
    garden_init(&g, &good, 2);
    g.rule.none = 1;
    node_at(&g, 1)->state = NODE_EXPANDED;
    for (int i = 0; i < 200; i++) {
        char name[32];
        snprintf(name, sizeof name, "kind %d", i);
        plant(&g, 1, name);
    }
    garden_begin(&g);
    while (count_keys(&g, ".plan.") == 0) {
        assert_true(garden_step(&g));
    }
    for (int64_t id = 2; id <= 201; id++) {
        node_at(&g, id)->locked = true;
    }
    garden_step(&g);
    assert_true(g.ended);
    garden_free(&g);
}

/* A fatal reply ends the job; what was finished before is kept. */
static void test_fatal(void **state)
{
    (void)state;
    struct garden g;
    garden_init(&g, &good, 2);
    garden_begin(&g);
    while (count_keys(&g, ".plan.") == 0) {
        assert_true(garden_step(&g));
    }
    assert_true(garden_step(&g));
    g.post.order = ORDER_REVERSED; /* the last node is finished, the first is not begun */
    while (count_keys(&g, ".critic.") < 2) {
        assert_true(garden_step(&g));
    }
    assert_true(garden_step(&g));
    answer_as(&g, "j1.n2.propose.0", REPLY_FATAL, "");
    assert_true(g.ended && g.fatal);
    assert_false(g.ok);
    assert_non_null(strstr(g.message, "fatal for j1.n2.propose.0"));
    assert_int_equal(count_state(&g, NODE_EXPANDED), 2); /* cats, and the last of its children */
    struct reply r = {.outcome = REPLY_OK, .final = true};
    snprintf(r.key, sizeof r.key, "j1.n2.propose.1");
    assert_false(grow_reply(g.grow, &r, &g.step)); /* it is over */
    garden_free(&g);
}

/* ---- the same in any order, after any restart */

static char *whole_tree(const struct rule *rule, enum order order, uint64_t dice, char **asked)
{
    struct garden g;
    garden_init(&g, rule, 3);
    g.post.order = order;
    g.post.dice = dice;
    garden_finish(&g);
    char *text = garden_text(&g);
    *asked = asked_text(&g.memory);
    garden_free(&g);
    return text;
}

static void test_any_order(void **state)
{
    (void)state;
    const struct rule *const rules[] = {&good, &rough};
    for (int i = 0; i < 2; i++) {
        char *asked = NULL, *asked_too = NULL;
        char *text = whole_tree(rules[i], ORDER_ASKED, 0, &asked);
        for (uint64_t dice = 1; dice <= 5; dice++) {
            enum order order = dice == 4   ? ORDER_REVERSED
                               : dice == 5 ? ORDER_PRIORITY
                                           : ORDER_RANDOM;
            char *other = whole_tree(rules[i], order, dice, &asked_too);
            assert_same_text(text, other);
            assert_same_text(asked, asked_too);
            free(other);
            free(asked_too);
        }
        free(text);
        free(asked);
    }
}

static void test_rough_is_rough(void **state)
{
    (void)state;
    struct garden g;
    garden_init(&g, &rough, 3);
    garden_finish(&g);
    assert_false(g.ok);
    assert_true(count_state(&g, NODE_FAILED) > 0);
    assert_true(count_state(&g, NODE_EXPANDED) > 5);
    for (uint32_t i = 1; i < g.tree.count; i++) {
        const struct node *n = &g.tree.nodes[i];
        assert_true(n->state != NODE_FAILED || n->children == 0);
        assert_true(n->state == NODE_EXPANDED || n->children == 0);
        assert_int_equal(g.expanded[n->id], n->state == NODE_EXPANDED);
    }
    garden_free(&g);
}

/* The job goes on under its number: nothing is asked twice, the tree is the same. */
static void restarts(const struct rule *rule, bool with_children)
{
    char *whole = NULL, *asked = NULL;
    for (uint64_t dice = 0; dice <= 6; dice++) { /* 0: without a restart */
        struct garden g;
        garden_init(&g, rule, 3);
        if (with_children) { /* a node that was expanded before the job */
            plant(&g, 1, "mine");
            plant(&g, 1, "cats part 3");
            node_at(&g, 1)->state = NODE_EXPANDED;
        }
        g.post.order = dice % 2 == 0 ? ORDER_RANDOM : ORDER_ASKED;
        g.post.dice = dice;
        garden_begin(&g);
        for (uint64_t life = 0; dice > 0 && life < 20; life++) {
            if (garden_run(&g, (int64_t)rng_below(dice, rng_id("die"), life, 90))) {
                break;
            }
            garden_begin(&g);
        }
        assert_true(garden_run(&g, 1000000));
        assert_true(g.ended);
        assert_true(dice == 0 || g.life > 4);
        char *text = garden_text(&g);
        char *keys = asked_text(&g.memory);
        if (whole == NULL) {
            whole = xstrdup(text);
            asked = xstrdup(keys);
        }
        assert_same_text(whole, text);
        assert_same_text(asked, keys);
        free(text);
        free(keys);
        garden_free(&g);
    }
    free(whole);
    free(asked);
}

static void test_restarts(void **state)
{
    (void)state;
    restarts(&good, false);
    restarts(&rough, false);
}

static void test_restarts_of_an_expanded_node(void **state)
{
    (void)state;
    restarts(&good, true);
}

/* ---- factors and strategies */

static void single_begin(struct garden *g, struct grow *grow)
{
    g->life++;
    g->ended = g->ok = false;
    buf_clear(&g->story);
    grow_free(g->grow);
    post_free(&g->post);
    g->grow = grow;
    assert_int_equal(grow_job(grow), 1);
    garden_turn(g);
    garden_turn(g); /* it begins once */
    assert_int_equal(g->post.count, 1);
}

#define FACTORS "{\"factors\":[" CHILD("breed") "," CHILD("mood") "]}"

static void test_factors(void **state)
{
    (void)state;
    struct garden g;
    garden_init(&g, &good, 1);
    single_begin(&g, grow_factors(1, &g.common));
    const cJSON *in = waiting(&g, "j1.factors.0")->inputs;
    assert_int_equal(json_num_or(in, "wanted_min", 0), 3);
    assert_int_equal(json_num_or(in, "wanted_max", 0), 6);
    answer(&g, "j1.factors.0", "what a question");
    answer(&g, "j1.factors.0.r", FACTORS);
    answer(&g, "j1.factor-critic.0",
           "{\"factors\":[{\"name\":\"mood\",\"reason\":\"too vague\",\"accept\":false},"
           "{\"name\":\"breed\",\"reason\":\"clear\",\"accept\":true}]}");
    assert_string_equal(g.story.data,
                        "+ breed (about breed): clear\n- mood (about mood): too vague\n");
    assert_true(g.ended && g.ok);
    assert_string_equal(g.message, "2 factors proposed, 1 of them dropped by the critic");

    /* Without the critic the person decides alone. */
    single_begin(&g, grow_factors(1, &g.common));
    answer(&g, "j1.factors.0", FACTORS);
    answer_as(&g, "j1.factor-critic.0", REPLY_REFUSED, "");
    assert_string_equal(g.story.data, "+ breed (about breed): not looked at by the critic\n"
                                      "+ mood (about mood): not looked at by the critic\n");
    assert_true(g.ended && g.ok);

    static const enum reply_outcome bad[] = {REPLY_REFUSED, REPLY_TRANSPORT, REPLY_FATAL};
    for (int i = 0; i < 3; i++) {
        single_begin(&g, grow_factors(1, &g.common));
        answer_as(&g, "j1.factors.0", bad[i], "");
        assert_true(g.ended);
        assert_false(g.ok);
        assert_non_null(strstr(g.message, "for j1.factors.0"));
        assert_int_equal(g.fatal, bad[i] == REPLY_FATAL);
        assert_string_equal(g.story.data, "");
    }
    garden_free(&g);
}

static void test_strategies(void **state)
{
    (void)state;
    static const int64_t ids[] = {11, 12, 13};
    struct garden g;
    garden_init(&g, &good, 1);
    const char *taxonomies = "[{\"name\":\"breed\",\"description\":\"\",\"children\":[\"manx\"]},"
                             "{\"name\":\"mood\",\"description\":\"\",\"children\":[]},"
                             "{\"name\":\"place\",\"description\":\"\",\"children\":[]}]";
    single_begin(&g, grow_strategies(1, &g.common, cJSON_Parse(taxonomies), ids, 3));
    answer(&g, "j1.strategies.0",
           "{\"strategies\":[{\"name\":\"calm\",\"description\":\"d\",\"weight\":2,"
           "\"taxonomies\":[\"place\",\"breed\"]},{\"name\":\"wild\",\"description\":\"d\","
           "\"weight\":0.5,\"taxonomies\":[\"mood\"]}]}");
    assert_string_equal(g.story.data, "calm 2.0 13 11\nwild 0.5 12\n");
    assert_true(g.ended && g.ok);
    assert_string_equal(g.message, "2 strategies proposed");

    single_begin(&g, grow_strategies(1, &g.common, cJSON_Parse(taxonomies), ids, 3));
    answer(&g, "j1.strategies.0", "none");
    answer(&g, "j1.strategies.0.r", "none");
    assert_true(g.ended);
    assert_false(g.ok);
    assert_string_equal(g.story.data, "");
    garden_free(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_union),
        cmocka_unit_test(test_context),
        cmocka_unit_test(test_failed_node),
        cmocka_unit_test(test_nothing_new),
        cmocka_unit_test(test_again),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_without_plan),
        cmocka_unit_test(test_proposals),
        cmocka_unit_test(test_frontier),
        cmocka_unit_test(test_root),
        cmocka_unit_test(test_many_nodes),
        cmocka_unit_test(test_all_locked),
        cmocka_unit_test(test_fatal),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_rough_is_rough),
        cmocka_unit_test(test_restarts),
        cmocka_unit_test(test_restarts_of_an_expanded_node),
        cmocka_unit_test(test_factors),
        cmocka_unit_test(test_strategies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
