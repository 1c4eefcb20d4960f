/*
 * JSON for the scripts beside this file, which have no tool for it: `test_jsonq OPTION... FIELD...`
 * reads JSON values from standard input, one a line, and prints a line of fields for each. Without
 * arguments it tests itself.
 *
 *   -e PATH   the elements of the array at PATH instead of the value ("." is the value itself)
 *   -w NAME   each value and, below it, those of its array NAME, and so on: a tree, depth first
 *   -d NAME   without the member NAME, at the top (may be repeated)
 *   -s FILE   every value must fit this JSON Schema and have no other member; else exit code 1
 *   FIELD     a path such as calls.ok or mix[0].path; `mix[].path` joins all by "|"; `mix#` counts
 *
 * Without a FIELD the whole value is printed, compactly.
 */
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "domain/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MEMBERS = 8, DEPTH = 600, INPUT_MAX = 1 << 30 };

struct query {
    const char *elements, *walk, *schema_file;
    const char *without[MEMBERS];
    int without_count;
    const char *const *fields;
    int field_count;
    struct record_schema *schema;
    int unfit;
    struct buf out;
};

static const cJSON *member(const cJSON *v, const char *name, size_t n)
{
    const cJSON *m = cJSON_IsObject(v) ? v->child : NULL;
    while (m != NULL && (strlen(m->string) != n || strncmp(m->string, name, n) != 0)) {
        m = m->next;
    }
    return m;
}

static void print_value(struct buf *out, const cJSON *v)
{
    if (cJSON_IsString(v)) {
        buf_adds(out, v->valuestring);
        return;
    }
    char *text = v != NULL ? json_text(v) : xstrdup("null");
    buf_adds(out, text);
    free(text);
}

/* One step along the path; NULL when it leads nowhere. *path moves on. */
static const cJSON *step(const cJSON *v, const char **path)
{
    const char *p = *path;
    if (*p == '[') {
        char *end = NULL;
        long i = strtol(p + 1, &end, 10);
        *path = *end == ']' ? end + 1 : end;
        return cJSON_IsArray(v) && i >= 0 ? cJSON_GetArrayItem(v, (int)i) : NULL;
    }
    p += *p == '.' ? 1 : 0;
    size_t n = strcspn(p, ".[#");
    *path = p + n;
    return n > 0 ? member(v, p, n) : v;
}

static void print_path(struct buf *out, const cJSON *v, const char *path)
{
    while (*path != '\0' && *path != '#' && strncmp(path, "[]", 2) != 0) {
        v = step(v, &path);
    }
    if (*path == '#') {
        buf_printf(out, "%d", cJSON_IsArray(v) ? cJSON_GetArraySize(v) : 0);
    } else if (*path == '[') {
        const cJSON *item = NULL;
        cJSON_ArrayForEach(item, v)
        {
            buf_adds(out, item->prev != NULL && item != v->child ? "|" : "");
            const char *rest = path + 2;
            const cJSON *at = item;
            while (*rest != '\0') {
                at = step(at, &rest);
            }
            print_value(out, at);
        }
    } else {
        print_value(out, v);
    }
}

static void print_one(struct query *q, cJSON *v)
{
    struct err e = {0};
    for (int i = 0; i < q->without_count; i++) {
        cJSON_DeleteItemFromObjectCaseSensitive(v, q->without[i]);
    }
    if (q->schema != NULL) {
        const cJSON *m = NULL;
        bool foreign = false;
        cJSON_ArrayForEach(m, v)
        {
            int i = 0;
            while (i < record_schema_field_count(q->schema) &&
                   strcmp(record_schema_field(q->schema, i), m->string) != 0) {
                i++;
            }
            foreign = foreign || i == record_schema_field_count(q->schema);
        }
        if (foreign || record_schema_check(q->schema, v, &e) != ST_OK) {
            q->unfit++;
            buf_printf(&q->out, "unfit: %s ", foreign ? "a member that the schema has not" : e.msg);
        }
    }
    for (int i = 0; i < q->field_count; i++) {
        buf_adds(&q->out, i > 0 ? "\t" : "");
        print_path(&q->out, v, q->fields[i]);
    }
    if (q->field_count == 0) {
        print_value(&q->out, v);
    }
    buf_addc(&q->out, '\n');
}

static void print_walk(struct query *q, cJSON *root)
{
    cJSON *stack[DEPTH];
    int depth = 0;
    print_one(q, root);
    const cJSON *first = member(root, q->walk, strlen(q->walk));
    stack[0] = first != NULL ? first->child : NULL;
    while (depth >= 0) {
        cJSON *at = stack[depth];
        if (at == NULL) {
            depth--;
            continue;
        }
        stack[depth] = at->next;
        print_one(q, at);
        const cJSON *below = member(at, q->walk, strlen(q->walk));
        if (below != NULL && depth + 1 < DEPTH) {
            stack[++depth] = below->child;
        }
    }
}

static void query_value(struct query *q, cJSON *v)
{
    const char *path = q->elements;
    const cJSON *list = v;
    while (path != NULL && *path != '\0') {
        list = step(list, &path);
    }
    cJSON *item = q->elements != NULL && list != NULL ? list->child : NULL;
    if (q->elements == NULL) {
        q->walk != NULL ? print_walk(q, v) : print_one(q, v);
    }
    for (; item != NULL; item = item->next) {
        q->walk != NULL ? print_walk(q, item) : print_one(q, item);
    }
}

/* False: a line is no JSON. */
static bool query_text(struct query *q, const char *text, struct err *e)
{
    struct json_limits limits = json_limits_file;
    limits.depth = DEPTH; /* trees may be 256 levels deep */
    for (const char *p = text; *p != '\0';) {
        size_t n = strcspn(p, "\n");
        cJSON *v = NULL;
        if (n > 0 && json_parse(p, n, &limits, &v, e) != ST_OK) {
            return false;
        }
        if (v != NULL) {
            query_value(q, v);
        }
        cJSON_Delete(v);
        p += n + (p[n] == '\n' ? 1 : 0);
    }
    return true;
}

static bool read_options(struct query *q, int argc, char **argv)
{
    int i = 1;
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        char *value = argv[i + 1];
        if (strcmp(argv[i], "-e") == 0) {
            q->elements = value;
        } else if (strcmp(argv[i], "-w") == 0) {
            q->walk = value;
        } else if (strcmp(argv[i], "-s") == 0) {
            q->schema_file = value;
        } else if (strcmp(argv[i], "-d") == 0 && q->without_count < MEMBERS) {
            q->without[q->without_count++] = value;
        } else {
            return false;
        }
    }
    q->fields = (const char *const *)argv + i;
    q->field_count = argc - i;
    return true;
}

static enum status load_schema(struct query *q, struct err *e)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    enum status st = file_read(q->schema_file, &text, e);
    if (st == ST_OK) {
        st = record_schema_new(text.data, text.len, &q->schema, e);
    }
    buf_free(&text);
    return st;
}

static int run(int argc, char **argv)
{
    struct query q = {0};
    struct err e = {0};
    struct buf in;
    int code = 2;
    buf_init(&in, INPUT_MAX);
    buf_init(&q.out, INPUT_MAX);
    if (!read_options(&q, argc, argv)) {
        fputs("test_jsonq: what option is that?\n", stderr);
    } else if ((q.schema_file != NULL && load_schema(&q, &e) != ST_OK) ||
               file_read("-", &in, &e) != ST_OK || !query_text(&q, in.data, &e)) {
        fprintf(stderr, "test_jsonq: %s\n", e.msg);
    } else {
        code = q.unfit > 0 ? 1 : 0;
        fwrite(q.out.data, 1, q.out.len, stdout);
    }
    record_schema_free(q.schema);
    buf_free(&in);
    buf_free(&q.out);
    return code;
}

/* ---- its own tests */

static void expect(const char *text, struct query q, const char *wanted)
{
    struct err e = {0};
    buf_init(&q.out, 1 << 20);
    assert_true(query_text(&q, text, &e));
    assert_string_equal(q.out.data, wanted);
    buf_free(&q.out);
}

static void fields_lead_into_objects_and_arrays(void **state)
{
    (void)state;
    static const char *const fields[] = {"a.b", "list[1].x", "list[].x", "list#", "none.at.all"};
    expect("{\"a\":{\"b\":\"two words\"},\"list\":[{\"x\":1},{\"x\":2.5}]}\n{}\n",
           (struct query){.fields = fields, .field_count = 5},
           "two words\t2.5\t1|2.5\t2\tnull\nnull\tnull\t\t0\tnull\n");
}

static void elements_and_trees_are_listed(void **state)
{
    (void)state;
    static const char *const id[] = {"id"};
    expect("{\"n\":{\"l\":[{\"id\":1},{\"id\":2}]}}",
           (struct query){.elements = "n.l", .fields = id, .field_count = 1}, "1\n2\n");
    expect("[{\"id\":1,\"c\":[{\"id\":2,\"c\":[{\"id\":3}]},{\"id\":4}]},{\"id\":5}]",
           (struct query){.elements = ".", .walk = "c", .fields = id, .field_count = 1},
           "1\n2\n3\n4\n5\n");
}

static void members_are_left_out(void **state)
{
    (void)state;
    expect("{\"a\":1,\"times\":{\"x\":2}}",
           (struct query){.without = {"times"}, .without_count = 1}, "{\"a\":1}\n");
}

static void what_does_not_fit_the_schema_is_counted(void **state)
{
    (void)state;
    static const char schema[] =
        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"number\"}},"
        "\"required\":[\"a\"]}";
    struct query q = {0};
    struct err e = {0};
    assert_int_equal(record_schema_new(schema, strlen(schema), &q.schema, &e), ST_OK);
    buf_init(&q.out, 1 << 20);
    assert_true(query_text(&q, "{\"a\":1}\n{\"a\":\"x\"}\n{}\n{\"a\":1,\"b\":2}\n", &e));
    assert_int_equal(q.unfit, 3);
    assert_false(query_text(&q, "{\"a\":", &e));
    buf_free(&q.out);
    record_schema_free(q.schema);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        return run(argc, argv);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_lead_into_objects_and_arrays),
        cmocka_unit_test(elements_and_trees_are_listed),
        cmocka_unit_test(members_are_left_out),
        cmocka_unit_test(what_does_not_fit_the_schema_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
