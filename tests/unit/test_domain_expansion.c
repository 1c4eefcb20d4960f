/*
 * Tests of the record of an expansion: read beside the tree as it stands, whatever happened to the
 * nodes since, and whatever an older or broken record holds.
 */
#include "domain/expansion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int64_t plant(struct tree *t, int64_t parent, const char *name)
{
    static const int64_t first = 1;
    struct node model = {.id = first + t->count - 1, .weight = 1, .name = name, .desc = ""};
    assert_int_not_equal(tree_add(t, tree_by_id(t, parent), &model), TREE_NONE);
    return model.id;
}

static void read(const char *text, const struct tree *t, int64_t node, struct expansion *out)
{
    char *json = strdup(text);
    struct err e = {0};
    for (char *p = json; *p != '\0'; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    if (expansion_read(json, strlen(json), t, tree_by_id(t, node), out, &e) != ST_OK) {
        fail_msg("%s", e.msg);
    }
    free(json);
}

static void test_fates(void **state)
{
    (void)state;
    struct tree t;
    tree_init(&t);
    int64_t cats = plant(&t, 0, "cats");
    int64_t wild = plant(&t, cats, "wild");
    int64_t lynx = plant(&t, cats, "lynxes"); /* renamed since */
    (void)plant(&t, wild, "Ocelot");
    struct expansion x;
    read("{'proposals':[{'name':'lynx','description':'d','votes':2,'calls':[1,3]},"
         "{'name':'ocelot','description':'o','votes':1,'calls':[2]},"
         "{'name':'dog','votes':1},{'name':'manx','votes':1},{'name':'tiger','votes':1},"
         "{'name':'lion','votes':1}],"
         "'repeats':[{'name':'Cats','calls':[1]}],"
         "'lost':[{'call':2,'error':'refused'}],"
         "'children':[{'name':'lynx','description':'d','from':['lynx'],'id':3},"
         "{'name':'manx','from':['manx'],'id':99},{'name':'tiger','from':['tiger'],'id':98,"
         "'out':true},{'name':'lion','from':['lion'],'refused':'too long'}],"
         "'dropped':[{'name':'dog','reason':'no cat'},{'name':'ocelot','reason':'wild'}]}",
         &t, cats, &x);
    assert_int_equal(lynx, 3);
    assert_int_equal(x.count, 7);
    assert_int_equal(x.rows[0].fate, FATE_KEPT);
    assert_int_equal(x.rows[0].id, lynx);
    assert_string_equal(x.rows[0].calls, "1, 3");
    assert_int_equal(x.rows[0].votes, 2);
    assert_int_equal(x.rows[1].fate, FATE_GONE);
    assert_int_equal(x.rows[2].fate, FATE_DROPPED);
    assert_true(x.rows[2].by_person);
    assert_string_equal(x.rows[3].reason, "too long");
    const struct expansion_row *ocelot = expansion_find(&x, "OCELOT");
    assert_non_null(ocelot);
    assert_int_equal(ocelot->fate, FATE_DROPPED);
    assert_string_equal(ocelot->reason, "wild");
    assert_string_equal(ocelot->where, "cats/wild/Ocelot");
    assert_true(expansion_takes(ocelot));
    assert_false(expansion_takes(&x.rows[0]));
    assert_int_equal(x.rows[6].fate, FATE_REPEATS);
    assert_string_equal(x.rows[6].where, "cats");
    assert_false(expansion_takes(&x.rows[6]));
    assert_string_equal(x.lost, "call 2: refused");
    assert_null(expansion_find(&x, "horse"));
    expansion_free(&x);
    tree_free(&t);
}

/* Records of older files know neither calls nor ids; those of failures know no critic. */
static void test_old_records(void **state)
{
    (void)state;
    struct tree t;
    tree_init(&t);
    int64_t cats = plant(&t, 0, "cats");
    int64_t lynx = plant(&t, cats, "lynx");
    struct expansion x;
    read("{'proposals':[{'name':'lynx','votes':3}],'children':[{'name':'lynx','from':[]},"
         "{'name':'puma','from':[]}],'dropped':[]}",
         &t, cats, &x);
    assert_int_equal(x.rows[0].id, lynx);
    assert_int_equal(x.rows[1].fate, FATE_GONE);
    assert_int_equal(x.rows[0].votes, 3);
    expansion_free(&x);
    read("{'proposals':[{'name':'puma','votes':3}],'error':'refused'}", &t, cats, &x);
    assert_string_equal(x.error, "refused");
    assert_string_equal(x.rows[0].reason, "no critic looked at it");
    assert_true(expansion_takes(&x.rows[0]));
    expansion_free(&x);
    read("{'proposals':'what','children':[1,null,{'name':7}],'repeats':{},'dropped':3}", &t, cats,
         &x);
    expansion_free(&x);
    struct err e = {0};
    assert_int_equal(expansion_read("{", 1, &t, tree_by_id(&t, cats), &x, &e), ST_INVALID);
    assert_int_equal(x.count, 0);
    expansion_free(&x);
    assert_int_equal(expansion_read("", 0, &t, tree_by_id(&t, cats), &x, &e), ST_OK);
    expansion_free(&x);
    tree_free(&t);
}

static void test_name_key(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"The Tabby-cat", "tabby cat"},
        {"A lynx", "Lynx"},
        {"an_owl", "AnOwl"},
        {"\xC3\x89t\xC3\xA9", "\xC3\xA9t\xC3\xA9"},
        {"the", "The"},
    };
    char a[NAME_KEY_MAX], b[NAME_KEY_MAX], longest[2000];
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        name_key(same[i][0], a);
        name_key(same[i][1], b);
        assert_string_equal(a, b);
    }
    name_key("theory", a);
    name_key("ory", b);
    assert_string_not_equal(a, b);
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    name_key(longest, a);
    assert_true(strlen(a) < NAME_KEY_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fates),
        cmocka_unit_test(test_old_records),
        cmocka_unit_test(test_name_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
