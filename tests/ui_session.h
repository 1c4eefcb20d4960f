/*
 * ui_session - a session file for tests of the screens, the same each time: two taxonomies, a node
 * of every kind, 665 points; or a new one with three proposed factors.
 */
#ifndef TAXA_TESTS_UI_SESSION_H
#define TAXA_TESTS_UI_SESSION_H

#include "base/mem.h"
#include "store/store.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char session_folder[64];

static inline void session_require(enum status st, const struct err *e, const char *what)
{
    if (st != ST_OK) {
        fail_msg("%s: %s", what, e->msg);
    }
}
#define REQUIRE(call) session_require((call), &e, #call)

static inline int64_t session_node(struct store *s, int64_t parent, const char *name, double weight,
                                   enum node_state state, bool locked)
{
    struct err e = {0};
    struct node n = {.name = name,
                     .desc = "",
                     .weight = weight,
                     .state = (uint8_t)state,
                     .origin = NODE_BY_MODEL,
                     .locked = locked};
    int64_t id = 0;
    REQUIRE(store_node_add(s, parent, &n, 0, &id, &e));
    return id;
}

static inline int64_t session_taxonomy(struct store *s, const char *name)
{
    struct err e = {0};
    struct tree t;
    REQUIRE(store_factor_add(s, name, "one way in which the data varies", NODE_BY_MODEL, "", &e));
    REQUIRE(store_factor_set(s, name, FACTOR_ACCEPTED, "", &e));
    REQUIRE(store_tree(s, false, &t, &e));
    int64_t id = t.nodes[tree_child(&t, 0, name, strlen(name))].id;
    tree_free(&t);
    return id;
}

/* What the two critics said of a disputed point. */
static inline void session_verdicts(struct store *s, const struct point *p)
{
    struct err e = {0};
    if (p->state != POINT_DISPUTED) {
        return;
    }
    struct verdict v = {.point = p->id,
                        .critic = "correct",
                        .yes = false,
                        .reason = "A step seems to be missing.",
                        .teacher = "offline",
                        .model = "rules",
                        .prompt = "1"};
    REQUIRE(store_verdict_put(s, &v, &e));
    v.critic = "incorrect";
    v.reason = "Every step holds.";
    REQUIRE(store_verdict_put(s, &v, &e));
}

static inline void session_points(struct store *s, int64_t sharing, int64_t addition, int64_t shops,
                                  int64_t setting)
{
    struct err e = {0};
    REQUIRE(store_begin(s, &e));
    for (int i = 0; i < 665; i++) {
        struct point p = {.id = store_point_next_id(s),
                          .nodes = 2,
                          .complexified = i % 2 == 0,
                          .mix_hash = i + 1};
        p.node[0] = i % 3 != 0 ? sharing : addition;
        p.node[1] = i % 4 != 0 ? shops : setting;
        p.outcome = p.state = i < 612   ? POINT_ACCEPTED
                              : i < 626 ? POINT_DISPUTED
                              : i < 657 ? POINT_REJECTED
                              : i < 663 ? POINT_INVALID
                                        : POINT_FAILED;
        p.record = xstrdup("{\"question\":\"Mira packs 54 rolls in bags of 6. How many bags?\","
                           "\"answer\":9}");
        p.reason = p.state == POINT_ACCEPTED ? NULL : xstrdup("requirements: no \x1b[31msteps");
        REQUIRE(store_point_put(s, &p, &e));
        free(p.record);
        free(p.reason);
        session_verdicts(s, &p);
    }
    struct plan_row plan = {.target = 1000, .series = 1, .first = 1, .count = 1000, .started = 665};
    snprintf(plan.run, sizeof plan.run, "stopped");
    REQUIRE(store_plan_put(s, &plan, &e));
    REQUIRE(store_commit(s, &e));
}

static inline void session_trees(struct store *s)
{
    struct err e = {0};
    int64_t op = session_taxonomy(s, "operation"), set = session_taxonomy(s, "everyday setting");
    int64_t add = session_node(s, op, "addition and subtraction", 2, NODE_EXPANDED, false);
    session_node(s, add, "within 100", 1, NODE_EXPANDED, false);
    session_node(s, add, "with carrying", 1, NODE_EXPANDED, false);
    int64_t div = session_node(s, op, "division", 1, NODE_EXPANDED, false);
    int64_t sharing = session_node(s, div, "exact sharing", 1, NODE_EXPANDED, false);
    session_node(s, div, "long division", 1, NODE_UNEXPANDED, false);
    REQUIRE(store_node_describe(s, div, "Splitting a quantity into equal parts.\x1b[31m", &e));
    REQUIRE(store_expansion_set(
        s, div,
        "{\"proposals\":[{\"name\":\"exact sharing\",\"description\":\"Equal parts.\","
        "\"votes\":3,\"calls\":[1,2,3]},{\"name\":\"sharing equally\",\"description\":\"\","
        "\"votes\":1,\"calls\":[2]},{\"name\":\"bakery\",\"description\":\"Bread.\",\"votes\":1,"
        "\"calls\":[3]}],\"repeats\":[{\"name\":\"Operation\",\"calls\":[1]}],"
        "\"children\":[{\"name\":\"exact sharing\",\"description\":\"Equal parts.\","
        "\"from\":[\"exact sharing\",\"sharing equally\"]},"
        "{\"name\":\"long division\",\"description\":\"Digit by digit.\",\"from\":[]}],"
        "\"dropped\":[{\"name\":\"bakery\",\"reason\":\"A setting, no operation.\"}]}",
        &e));
    int64_t part = session_node(s, op, "fractions and percent", 1, NODE_EXPANDED, true);
    session_node(s, part, "छूट 日本 pizza", 1, NODE_EXPANDED, false);
    session_node(s, set, "home and family", 1, NODE_EXPANDED, false);
    int64_t shops = session_node(s, set, "shops and markets", 3, NODE_EXPANDED, false);
    session_node(s, shops, "bakery", 1, NODE_EXPANDED, false);
    session_node(s, shops, "flower shop", 1, NODE_FAILED, false);
    int64_t sports = session_node(s, set, "sports", 0, NODE_EXPANDED, false);
    session_node(s, sports, "chess club", 1, NODE_EXPANDED, false);
    REQUIRE(store_op_end(s, &e));
    session_points(s, sharing, add, shops, set);
}

static inline void session_make(const char *path, bool full)
{
    struct err e = {0};
    struct store *s = NULL;
    REQUIRE(store_open(path, STORE_WRITE, true, &s, &e));
    REQUIRE(store_op_begin(s, "tester", "made for a test", 0, &e));
    REQUIRE(store_text_set(s, "description",
                           "Grade-school maths word problems with a numeric answer", &e));
    if (full) {
        REQUIRE(store_text_set(
            s, "schema",
            "{\"type\":\"object\",\"properties\":{\"question\":{\"type\":\"string\"},"
            "\"answer\":{\"type\":\"number\"}}}",
            &e));
        session_trees(s);
    } else {
        static const char *const names[] = {"operation", "everyday setting", "steps"};
        for (size_t i = 0; i < 3; i++) {
            REQUIRE(store_factor_add(s, names[i], "one way in which the data varies", NODE_BY_MODEL,
                                     "", &e));
        }
        REQUIRE(store_op_end(s, &e));
    }
    store_close(s);
}

/* A folder of its own for the files of one test program; session_end removes it. */
static inline void session_begin(void)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(session_folder, sizeof session_folder, "%.40s/taxa-ui-XXXXXX",
             tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(session_folder) == NULL) {
        fail_msg("no folder %s", session_folder);
    }
}

static inline void session_path(char out[128], const char *name)
{
    snprintf(out, 128, "%s/%s", session_folder, name);
}

static inline void session_remove(const char *name)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-lock"};
    for (size_t i = 0; i < 4; i++) {
        char path[160];
        snprintf(path, sizeof path, "%s/%s%s", session_folder, name, endings[i]);
        unlink(path);
    }
}

static inline void session_end(void)
{
    rmdir(session_folder);
}

#endif
