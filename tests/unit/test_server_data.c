/*
 * The executors that list, show, export and review, on a session file of their own: exact bytes
 * where a format is promised, and what a person decides on top of the critics.
 */
#include "server_fixture.h"

#include "server/live.h"

#include <signal.h>
#include <sys/resource.h>

#define SCHEMA                                                                                     \
    "schema '{\"type\":\"object\",\"properties\":{\"question\":{\"type\":\"string\"},"             \
    "\"options\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"                            \
    "\"answer\":{\"type\":\"number\"}},\"required\":[\"question\",\"answer\"],"                    \
    "\"x-answer\":\"answer\"}'"
#define OFFLINE "offline teacher (rule-based)"

/* ------------------------------------------------------------------ a session with points */

struct made {
    int64_t id;
    enum point_state outcome;
    const char *record;              /* NULL: none */
    const char *correct, *incorrect; /* "yes", "no"; NULL: not asked */
    const char *model;               /* of its writer */
};

static int64_t put_call(struct fixture *f, int64_t point, const char *task, const char *suffix,
                        const char *model)
{
    static const char *const outcome = "ok";
    char key[96];
    snprintf(key, sizeof key, "p%lld.0.%s.0%s", (long long)point, task, suffix);
    struct call_row c = {.key = key,
                         .point = point,
                         .task = suffix[0] != '\0' ? "repair" : task,
                         .prompt = "0badcafe",
                         .teacher = "t",
                         .model = model,
                         .outcome = outcome,
                         .system = "the system prompt",
                         .user = "the user prompt",
                         .reply = "{\"raw\": \"reply\"}",
                         .http_status = 200,
                         .tries = 1,
                         .tokens_in = 100,
                         .tokens_out = 20,
                         .seconds = 0.25,
                         .started_us = 1700000000000000 + point};
    int64_t id = 0;
    OK(store_call_put(f->s, &c, &id, e));
    return id;
}

static void put_verdict(struct fixture *f, int64_t point, const char *critic, const char *answer,
                        int64_t call)
{
    char reason[64];
    snprintf(reason, sizeof reason, "because of %s", critic);
    struct verdict v = {.point = point,
                        .critic = critic,
                        .yes = strcmp(answer, "yes") == 0,
                        .reason = reason,
                        .teacher = "t",
                        .model = "m",
                        .prompt = "0badcafe",
                        .call = call};
    OK(store_verdict_put(f->s, &v, e));
}

/* backwards: the critics answer in the other order, as they may. */
static void put_story(struct fixture *f, const struct made *m, bool backwards, int64_t made_us)
{
    char scenario[] = "a market stall", plain[] = "a stall", reason[] = "it is said so";
    char *record = m->record != NULL ? xstrdup(m->record) : NULL;
    bool complexified = m->id % 2 == 0;
    struct point p = {.id = m->id,
                      .node = {2},
                      .nodes = 1,
                      .complexified = complexified,
                      .outcome = m->outcome,
                      .mix_hash = 77,
                      .serial = 1,
                      .made_us = made_us,
                      .seed = UINT64_MAX - (uint64_t)m->id,
                      .plain = complexified ? plain : NULL,
                      .scenario = scenario,
                      .record = record,
                      .reason = m->outcome == POINT_ACCEPTED ? NULL : reason};
    OK(store_point_put(f->s, &p, e));
    free(record);
    put_call(f, m->id, "generate", "", m->model);
    put_verdict(f, m->id, "requirements", m->correct != NULL ? "yes" : "no", 0);
    for (int i = 0; i < 2; i++) {
        bool correct = (i == 0) != backwards;
        const char *task = correct ? "critic-correct" : "critic-incorrect";
        const char *answer = correct ? m->correct : m->incorrect;
        if (answer != NULL) {
            int64_t call = put_call(f, m->id, task, "", "m");
            put_verdict(f, m->id, correct ? "correct" : "incorrect", answer, call);
        }
    }
}

static const struct made shop[] = {
    {1, POINT_ACCEPTED, "{\"answer\":7,\"question\":\"3 + 4?\"}", "yes", "no", OFFLINE},
    {2, POINT_ACCEPTED,
     "{\"question\":\"a \\\"b\\\",\\nc\",\"options\":[\"x\",\"y\"],\"answer\":1}", "yes", "no",
     OFFLINE},
    {3, POINT_REJECTED, "{\"question\":\"3?\",\"answer\":0}", "no", "yes", OFFLINE},
    {4, POINT_DISPUTED, "{\"question\":\"4?\",\"answer\":4}", "yes", "yes", OFFLINE},
    {5, POINT_DISPUTED, "{\"question\":\"5?\",\"answer\":5}", "no", "no", OFFLINE},
    {6, POINT_INVALID, NULL, NULL, NULL, OFFLINE},
    {7, POINT_REJECTED, "{\"question\":\"7?\",\"answer\":7}", NULL, NULL, OFFLINE},
    {8, POINT_DISPUTED, "{\"question\":\"8?\",\"answer\":8}", "yes", "yes", OFFLINE},
};
#define SHOP (sizeof shop / sizeof shop[0])

static void design(struct fixture *f)
{
    does(f, SCHEMA);
    does(f, "factor add operation");
    does(f, "factor accept operation");
    does(f, "node add operation 'adding/more'");
    OK(store_begin(f->s, e));
    OK(store_scenario_put(f->s, 77, 0, "a boat", 0, e));
    OK(store_scenario_put(f->s, 77, 1, "a market stall", 0, e));
    OK(store_scenario_put(f->s, 77, 2, "of a later batch", 2, e));
    OK(store_commit(f->s, e));
}

static struct fixture new_shop(void)
{
    struct fixture f = fixture_new();
    design(&f);
    for (size_t i = 0; i < SHOP; i++) {
        put_story(&f, &shop[i], false, 1700000000000000);
    }
    return f;
}

/* ------------------------------------------------------------------ points, show */

static void points_stream_as_json_lines(void **state)
{
    (void)state;
    struct fixture f = new_shop();
    char *text = run(&f, "points state:disputed --sort -id --limit 2 --json");
    char *second = strchr(text, '\n');
    assert_non_null(second);
    *second++ = '\0';
    cJSON *a = parsed(text), *b = parsed(second);
    assert_int_equal((int)json_num_or(a, "id", 0), 8);
    assert_int_equal((int)json_num_or(b, "id", 0), 5);
    assert_string_equal(json_str_or(a, "verdict", ""), "yes/yes");
    assert_string_equal(json_str_or(a, "strategy", ""), "everything");
    assert_true(json_bool_or(a, "complexified", false));
    assert_string_equal(json_str_or(cJSON_GetObjectItem(b, "record"), "question", ""), "5?");
    cJSON_Delete(a);
    cJSON_Delete(b);
    free(text);
    refuses(&f, ST_USAGE, "colour", "points colour:red");
    fixture_free(&f);
}

static void listed_points_stay_on_one_line(void **state)
{
    (void)state;
    struct fixture f = new_shop();
    does(&f, "strategy add 'ééééééééééééééééééééééééééé' operation");
    struct point p = {.id = 9, .strategy = 1, .node = {2}, .nodes = 1, .outcome = POINT_ACCEPTED};
    char record[] = "{\"question\":\"one\\ntwo\\u001b[31m\",\"answer\":1}";
    p.record = record;
    OK(store_point_put(f.s, &p, e));
    char *text = run(&f, "points id:9");
    char *end = strchr(text, '\n');
    assert_non_null(end);
    assert_string_equal(end, "\n");
    contains(text, "      9  accepted  éééééééééééééé  ");
    contains(text, "two"); /* what stands for the newline depends on the locale */
    assert_null(strchr(text, '\033'));
    free(text);
    fixture_free(&f);
}

static void show_tells_the_whole_story_as_json(void **state)
{
    (void)state;
    struct fixture f = new_shop();
    struct attempt a = {.point = 4, .number = 1, .task = "generate", .text = "{", .problem = "cut"};
    OK(store_attempt_put(f.s, &a, e));
    does(&f, "review note 4 'look at this'");
    cJSON *o = run_json(&f, "show 4 --json");
    static const char *const promised[] = {
        "id",           "state",    "record",   "strategy", "mix",    "scenario", "scenarios",
        "complexified", "attempts", "verdicts", "reviews",  "rating", "calls"};
    for (size_t i = 0; i < sizeof promised / sizeof promised[0]; i++) {
        if (!cJSON_HasObjectItem(o, promised[i])) {
            fail_msg("show has no \"%s\"", promised[i]);
        }
    }
    const cJSON *mix = cJSON_GetArrayItem(cJSON_GetObjectItem(o, "mix"), 0);
    assert_string_equal(json_str_or(mix, "taxonomy", ""), "operation");
    assert_string_equal(json_str_or(mix, "path", ""), "operation/adding\\/more");
    const cJSON *scenarios = cJSON_GetObjectItem(o, "scenarios");
    assert_int_equal(cJSON_GetArraySize(scenarios), 2); /* of its own batch */
    assert_false(json_bool_or(cJSON_GetArrayItem(scenarios, 0), "used", true));
    assert_true(json_bool_or(cJSON_GetArrayItem(scenarios, 1), "used", false));
    const cJSON *verdicts = cJSON_GetObjectItem(o, "verdicts");
    assert_int_equal(cJSON_GetArraySize(verdicts), 3);
    const cJSON *last = cJSON_GetArrayItem(verdicts, 2);
    assert_string_equal(json_str_or(last, "critic", ""), "incorrect");
    assert_string_equal(json_str_or(last, "answer", ""), "yes");
    assert_string_equal(json_str_or(last, "reason", ""), "because of incorrect");
    const cJSON *calls = cJSON_GetObjectItem(o, "calls");
    assert_int_equal(cJSON_GetArraySize(calls), 3);
    assert_true(cJSON_GetArrayItem(calls, 0)->valuedouble <
                cJSON_GetArrayItem(calls, 2)->valuedouble);
    cJSON_Delete(o);
    fixture_free(&f);
}

static void show_tells_the_whole_story_as_text(void **state)
{
    (void)state;
    struct fixture f = new_shop();
    struct attempt a = {
        .point = 4, .number = 1, .task = "generate", .text = "{oops", .problem = "it is cut off"};
    OK(store_attempt_put(f.s, &a, e));
    does(&f, "review note 4 'look at this'");
    char *text = run(&f, "show 4");
    static const char *const parts[] = {"point 4  disputed",
                                        "written by the offline teacher (rule-based)",
                                        "question     4?",
                                        "operation: operation/adding\\/more",
                                        "scenarios: ",
                                        "\n  a boat",
                                        "\n> a market stall",
                                        "complexified: ",
                                        "a {+market+} stall",
                                        "attempt 1: generate\n  {oops",
                                        "not good enough: it is cut off",
                                        "is it correct? yes: because of correct",
                                        "is it incorrect? yes: because of incorrect",
                                        "note by ",
                                        "look at this",
                                        "calls: ",
                                        "critic-correct "};
    const char *at = text; /* from top to bottom */
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        at = strstr(at, parts[i]);
        if (at == NULL) {
            fail_msg("\"%s\" is missing or in the wrong place in\n%s", parts[i], text);
        }
    }
    free(text);
    refuses(&f, ST_NOT_FOUND, "no point 99", "show 99");
    fixture_free(&f);
}

static void calls_are_listed_and_shown(void **state)
{
    (void)state;
    struct fixture f = new_shop();
    cJSON *o = run_json(&f, "calls task:generate point:3 --json");
    assert_string_equal(json_str_or(o, "key", ""), "p3.0.generate.0");
    assert_null(cJSON_GetObjectItem(o, "reply")); /* lists leave the long texts out */
    char line[64];
    snprintf(line, sizeof line, "call %.0f --json", json_num_or(o, "id", 0));
    cJSON_Delete(o);
    o = run_json(&f, line);
    assert_string_equal(json_str_or(o, "system", ""), "the system prompt");
    assert_string_equal(json_str_or(o, "user", ""), "the user prompt");
    assert_string_equal(json_str_or(o, "reply", ""), "{\"raw\": \"reply\"}");
    cJSON_Delete(o);
    char *text = run(&f, "calls point:3");
    contains(text, "p3.0.critic-correct.0");
    contains(text, "100 in");
    free(text);
    refuses(&f, ST_NOT_FOUND, "no call 999", "call 999");
    text = run(&f, "call 1");
    contains(text, "-- reply, laid out\n{\n\t\"raw\":");
    free(text);
    o = run_json(&f, "calls --totals --json");
    double all = json_num_or(o, "calls", 0), sum = 0;
    const cJSON *part = NULL;
    cJSON_ArrayForEach(part, cJSON_GetObjectItem(o, "by_task"))
    {
        sum += json_num_or(part, "calls", 0);
    }
    assert_true(all > 3 && sum > all - 0.5 && sum < all + 0.5);
    sum = 0;
    cJSON_ArrayForEach(part, cJSON_GetObjectItem(o, "latency"))
    {
        sum += json_num_or(part, "calls", 0);
    }
    assert_true(sum > all - 0.5 && sum < all + 0.5);
    cJSON_Delete(o);
    text = run(&f, "calls task:generate --totals");
    contains(text, "generate");
    contains(text, "latency");
    free(text);
    fixture_free(&f);
}

/* ------------------------------------------------------------------ export */

static void jsonl_has_the_fields_of_the_schema_in_its_order(void **state)
{
    (void)state;
    struct fixture f = new_shop();
    does(&f, "review accept 4");
    does(&f, "review reject 1");
    prints(&f,
           "{\"question\":\"a \\\"b\\\",\\nc\",\"options\":[\"x\",\"y\"],\"answer\":1}\n"
           "{\"question\":\"4?\",\"answer\":4}\n",
           "export -");
    prints(&f, "{\"question\":\"3 + 4?\",\"answer\":7}\n", "export - --where id:1");
    fixture_free(&f);
}

static void csv_and_chat_are_exact(void **state)
{
    (void)state;
    struct fixture f = new_shop();
    prints(&f,
           "question,options,answer\r\n3 + 4?,,7\r\n"
           "\"a \"\"b\"\",\nc\",\"[\"\"x\"\",\"\"y\"\"]\",1\r\n",
           "export - --format csv");
    prints(&f,
           "{\"messages\":[{\"role\":\"user\",\"content\":\"3 + 4?\"},"
           "{\"role\":\"assistant\",\"content\":\"7\"}]}\n"
           "{\"messages\":[{\"role\":\"user\",\"content\":\"a \\\"b\\\",\\nc\\nA. x\\nB. y\"},"
           "{\"role\":\"assistant\",\"content\":\"1\"}]}\n",
           "export - --format chat");
    fixture_free(&f);
}

/* One full export without its times. Caller frees. */
static char *full_without_times(bool backwards, int64_t made_us)
{
    struct fixture f = fixture_new();
    design(&f);
    if (backwards) {
        put_call(&f, 0, "factors", "", "m"); /* moves the numbers of all calls */
    }
    for (size_t i = 0; i < SHOP; i++) {
        put_story(&f, &shop[backwards ? SHOP - 1 - i : i], backwards, made_us);
    }
    does(&f, "review accept 4 'fine'");
    does(&f, "review note 4 'seen again'");
    char *text = run(&f, "export - --format full");
    struct buf out;
    buf_init(&out, 1u << 20);
    for (char *line = text, *end = NULL; *line != '\0'; line = end + 1) {
        end = strchr(line, '\n');
        assert_non_null(end);
        *end = '\0';
        cJSON *o = parsed(line);
        assert_non_null(cJSON_GetObjectItem(cJSON_GetObjectItem(o, "times"), "made"));
        cJSON_DeleteItemFromObject(o, "times");
        char *bytes = json_text(o);
        buf_printf(&out, "%s\n", bytes);
        free(bytes);
        cJSON_Delete(o);
    }
    free(text);
    fixture_free(&f);
    text = buf_take(&out);
    buf_free(&out);
    return text;
}

static void full_does_not_depend_on_the_order_of_arrival(void **state)
{
    (void)state;
    char *a = full_without_times(false, 1700000000000000);
    char *b = full_without_times(true, 1800000000000000);
    assert_string_equal(a, b);
    contains(a, "\"seed\":\"18446744073709551614\""); /* all digits */
    contains(a, "\"offline\":true");
    contains(a, "\"prompts\":{\"critic-correct\":\"0badcafe\",\"critic-incorrect\":\"0badcafe\","
                "\"generate\":\"0badcafe\"}");
    contains(a, "\"plain\":\"a stall\"");
    contains(a, "\"review\":null,\"rating\":null");
    contains(a, "\"review\":{\"decision\":\"accept\",\"who\":\"tester\",\"note\":\"fine\"");
    assert_null(strstr(a, "\"call\""));
    assert_null(strstr(a, "\"cost\""));
    free(a);
    free(b);
}

static void export_says_who_wrote_what_is_exported(void **state)
{
    (void)state;
    struct fixture f = new_shop();
    static const struct made other[] = {
        {20, POINT_ACCEPTED, "{\"question\":\"20?\",\"answer\":20}", "yes", "no", "qwen"},
        {21, POINT_ACCEPTED, "{\"question\":\"21?\",\"answer\":21}", "yes", "no", "qwen"}};
    notes(&f, "2 records, written by the offline teacher (rule-based)", "export a.jsonl");
    put_story(&f, &other[0], false, 1);
    put_story(&f, &other[1], false, 1);
    notes(&f, "4 records, 2 of them written by the offline teacher (rule-based)", "export a.jsonl");
    notes(&f, "1 record", "export a.jsonl --where id:20");
    /* A repair of the record by another teacher counts as its writing. */
    put_call(&f, 21, "generate", ".r", OFFLINE);
    notes(&f, "1 record, written by the offline teacher (rule-based)",
          "export a.jsonl --where id:21");
    /* A repaired scenario does not. */
    put_call(&f, 20, "scenarios", ".r", OFFLINE);
    notes(&f, "1 record", "export a.jsonl --where id:20 --format csv");
    fixture_free(&f);
}

static void what_does_not_fit_the_schema_is_left_out(void **state)
{
    (void)state;
    struct fixture f = new_shop();
    does(&f, "schema '{\"type\":\"object\",\"properties\":{\"question\":{\"type\":\"string\","
             "\"maxLength\":6},\"answer\":{\"type\":\"number\"}},\"required\":[\"answer\"],"
             "\"additionalProperties\":true}'");
    notes(&f,
          "1 record, written by the offline teacher (rule-based); "
          "1 left out: their records do not fit the schema",
          "export a.jsonl");
    reads(&f, "a.jsonl", "{\"question\":\"3 + 4?\",\"answer\":7}\n");
    fixture_free(&f);
    f = fixture_new();
    refuses(&f, ST_INVALID, "no record schema", "export a.jsonl");
    char *files = fixture_files(&f);
    assert_null(strstr(files, "jsonl"));
    free(files);
    fixture_free(&f);
}

static void an_export_replaces_the_file_whole(void **state)
{
    (void)state;
    struct fixture f = new_shop();
    write_text(&f, "a.jsonl", "old", 0600);
    char *link = fixture_name(&f, "link.jsonl"), *path = fixture_name(&f, "a.jsonl");
    assert_int_equal(symlink(path, link), 0);
    does(&f, "export link.jsonl --where id:1");
    reads(&f, "a.jsonl", "{\"question\":\"3 + 4?\",\"answer\":7}\n");
    struct stat sb;
    assert_int_equal(lstat(link, &sb), 0);
    assert_true(S_ISLNK(sb.st_mode)); /* followed, not replaced */
    assert_int_equal(stat(path, &sb), 0);
    assert_int_equal(sb.st_mode & 0777, 0600); /* a private file stays private */
    refuses(&f, ST_INVALID, "is a folder", "export .");
    refuses(&f, ST_NOT_FOUND, "missing", "export missing/a.jsonl");
    char *files = fixture_files(&f);
    assert_null(strstr(files, "jsonl."));
    free(files);
    free(link);
    free(path);
    fixture_free(&f);
}

/*
 * A pipe stands for /dev/null, /dev/stdout and the like: a failure of this test must not be able to
 * replace a device of the machine.
 */
static void special_files_are_written_to_and_stay(void **state)
{
    (void)state;
    struct fixture f = new_shop();
    char *path = fixture_name(&f, "pipe"), text[256];
    struct stat sb;
    assert_int_equal(mkfifo(path, 0600), 0);
    int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    assert_true(fd >= 0);
    does(&f, "export pipe --where id:1");
    assert_int_equal(stat(path, &sb), 0);
    assert_true(S_ISFIFO(sb.st_mode));
    ssize_t n = read(fd, text, sizeof text - 1);
    assert_true(n > 0);
    text[n] = '\0';
    assert_string_equal(text, "{\"question\":\"3 + 4?\",\"answer\":7}\n");
    assert_int_equal(close(fd), 0);
    free(path);
    fixture_free(&f);
}

/* A limit on the size of files stands for the full disk: both fail in the middle of a write. */
static void a_full_disk_leaves_what_was_there(void **state)
{
    (void)state;
    struct fixture f = new_shop();
    write_text(&f, "a.jsonl", "old", 0644);
    char *before = fixture_files(&f);
    struct rlimit was, low;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    low = was;
    low.rlim_cur = 20;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
    struct said said = run_with(&f, NULL, "export a.jsonl");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    (void)signal(SIGXFSZ, handler);
    assert_int_equal(said.st, ST_IO);
    contains(said.e.msg, "nothing was written");
    contains(said.e.msg, "a.jsonl");
    said_free(&said);
    reads(&f, "a.jsonl", "old");
    char *after = fixture_files(&f);
    assert_string_equal(after, before);
    free(before);
    free(after);
    fixture_free(&f);
}

/* ------------------------------------------------------------------ queue, review */

/* "8 0.9, ..." of the queue. Caller frees. */
static char *queue_order(struct fixture *f)
{
    struct buf b;
    buf_init(&b, 4096);
    cJSON *list = run_json(f, "queue --json");
    const cJSON *o = NULL;
    cJSON_ArrayForEach(o, list)
    {
        buf_printf(&b, "%s%.0f %.1f", b.len > 0 ? ", " : "", json_num_or(o, "point", 0),
                   json_num_or(o, "suspicion", 0));
    }
    cJSON_Delete(list);
    char *text = buf_take(&b);
    buf_free(&b);
    return text;
}

static void queue_is(struct fixture *f, const char *want)
{
    char *text = queue_order(f);
    assert_string_equal(text, want);
    free(text);
}

static void the_queue_is_most_suspicious_first(void **state)
{
    (void)state;
    struct fixture f = new_shop();
    queue_is(&f, "4 0.9, 8 0.9, 5 0.7, 7 0.4, 3 0.3, 6 0.2");
    char *text = run(&f, "queue");
    contains(text, "      4  0.90  yes/yes  it is said so\n");
    free(text);
    does(&f, "review skip 4");
    queue_is(&f, "8 0.9, 5 0.7, 7 0.4, 3 0.3, 6 0.2, 4 0.9");
    does(&f, "review accept 4");
    does(&f, "review reject 3 8");
    queue_is(&f, "5 0.7, 7 0.4, 6 0.2");
    does(&f, "review note 4 'a note decides nothing and undecides nothing'");
    does(&f, "review note 5 'nor here'");
    queue_is(&f, "5 0.7, 7 0.4, 6 0.2");
    struct buf line;
    buf_init(&line, 4096);
    OK(store_undo(f.s, &line, e));
    OK(store_undo(f.s, &line, e));
    OK(store_undo(f.s, &line, e)); /* the rejections */
    buf_free(&line);
    queue_is(&f, "8 0.9, 5 0.7, 7 0.4, 3 0.3, 6 0.2");
    fixture_free(&f);
    f = fixture_new();
    prints(&f, "nothing waits for you\n", "queue");
    fixture_free(&f);
}

static void decisions_lie_on_top_of_the_critics(void **state)
{
    (void)state;
    struct fixture f = new_shop();
    does(&f, "set reviewer 'Mira K.'");
    does(&f, "review accept 3 5 'both are right'");
    cJSON *o = run_json(&f, "show 3 --json");
    assert_string_equal(json_str_or(o, "state", ""), "accepted");
    assert_string_equal(json_str_or(o, "outcome", ""), "rejected");
    const cJSON *r = cJSON_GetArrayItem(cJSON_GetObjectItem(o, "reviews"), 0);
    assert_string_equal(json_str_or(r, "who", ""), "Mira K.");
    assert_string_equal(json_str_or(r, "note", ""), "both are right");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(o, "verdicts")), 3);
    cJSON_Delete(o);
    /* One point that does not exist: none is touched. */
    refuses(&f, ST_NOT_FOUND, "no point 99", "review reject 1 99");
    refuses(&f, ST_INVALID, "no record", "review accept 6");
    struct point p = {.id = 30, .node = {2}, .nodes = 1, .outcome = POINT_ASKED};
    OK(store_point_put(f.s, &p, e));
    refuses(&f, ST_BUSY, "still in work", "review reject 1 30");
    prints(&f, "{\"question\":\"3 + 4?\",\"answer\":7}\n",
           "export - --where 'state:accepted id:1'");
    fixture_free(&f);
}

static void an_edit_replaces_the_record_and_accepts_it(void **state)
{
    (void)state;
    struct fixture f = new_shop();
    refuses(&f, ST_INVALID, "answer", "review edit 4 '{\"question\":\"4?\"}'");
    refuses(&f, ST_USAGE, "one POINT", "review edit 4 5 '{\"question\":\"4?\",\"answer\":4}'");
    refuses(&f, ST_INVALID, "", "review edit 4 'no JSON'");
    write_text(&f, "new.json", "{\"question\": \"2 + 2?\", \"answer\": 4}\n", 0644);
    does(&f, "review edit 4 @new.json");
    prints(&f, "{\"question\":\"2 + 2?\",\"answer\":4}\n",
           "export - --where 'state:accepted id:4'");
    cJSON *o = run_json(&f, "show 4 --json");
    const cJSON *r = cJSON_GetArrayItem(cJSON_GetObjectItem(o, "reviews"), 0);
    assert_string_equal(json_str_or(r, "decision", ""), "edit");
    assert_string_equal(json_str_or(r, "before", ""), "{\"question\":\"4?\",\"answer\":4}");
    cJSON_Delete(o);
    struct buf line;
    buf_init(&line, 4096);
    OK(store_undo(f.s, &line, e)); /* edit and acceptance are one step */
    assert_string_equal(line.data, "review edit 4 @new.json");
    buf_free(&line);
    prints(&f, "{\"question\":\"4?\",\"answer\":4}\n", "export - --where 'state:disputed id:4'");
    fixture_free(&f);
}

static void a_retry_makes_a_point_new(void **state)
{
    (void)state;
    struct fixture f = new_shop();
    does(&f, "describe 'Grade-school maths word problems'");
    refuses(&f, ST_INTERNAL, "server", "review retry 4");
    struct live *live = NULL;
    OK(live_open(f.s, &live, e));
    struct said said = run_with(&f, live, "review retry 4 99");
    assert_int_equal(said.st, ST_NOT_FOUND);
    assert_false(live_running(live)); /* nothing was begun for the one that exists */
    said_free(&said);
    queue_is(&f, "4 0.9, 8 0.9, 5 0.7, 7 0.4, 3 0.3, 6 0.2");
    said = run_with(&f, live, "review retry 4 4");
    assert_int_equal(said.st, ST_OK);
    assert_true(live_running(live));
    said_free(&said);
    struct point p;
    OK(store_point(f.s, 4, &p, e));
    assert_int_equal(p.state, POINT_ASKED);
    assert_int_equal(p.epoch, 1); /* once, though it is named twice */
    assert_null(p.record);
    point_clear(&p);
    queue_is(&f, "8 0.9, 5 0.7, 7 0.4, 3 0.3, 6 0.2");
    live_close(live); /* closes the store */
    f.s = NULL;
    fixture_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_stream_as_json_lines),
        cmocka_unit_test(listed_points_stay_on_one_line),
        cmocka_unit_test(show_tells_the_whole_story_as_json),
        cmocka_unit_test(show_tells_the_whole_story_as_text),
        cmocka_unit_test(calls_are_listed_and_shown),
        cmocka_unit_test(jsonl_has_the_fields_of_the_schema_in_its_order),
        cmocka_unit_test(csv_and_chat_are_exact),
        cmocka_unit_test(full_does_not_depend_on_the_order_of_arrival),
        cmocka_unit_test(export_says_who_wrote_what_is_exported),
        cmocka_unit_test(what_does_not_fit_the_schema_is_left_out),
        cmocka_unit_test(an_export_replaces_the_file_whole),
        cmocka_unit_test(special_files_are_written_to_and_stay),
        cmocka_unit_test(a_full_disk_leaves_what_was_there),
        cmocka_unit_test(the_queue_is_most_suspicious_first),
        cmocka_unit_test(decisions_lie_on_top_of_the_critics),
        cmocka_unit_test(an_edit_replaces_the_record_and_accepts_it),
        cmocka_unit_test(a_retry_makes_a_point_new),
    };
    return cmocka_run_group_tests_name("server_data", tests, NULL, NULL);
}
