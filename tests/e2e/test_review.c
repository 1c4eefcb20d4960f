/*
 * Judging on a real pseudo-terminal: some tens of flagged points of an offline run whose critics
 * err on purpose, decided by keys, taken back, done again, edited, marked. Then every count, quota
 * and share is compared with what the test worked out by itself from what it pressed.
 */
#include "base/file.h"
#include "base/json.h"

#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "pty_screen.h"
#include "ui_session.h"

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define MOST       400

static char file[128];

static char *taxa(const char *const *words, const char *input)
{
    int out[2];
    char *argv[24] = {strdup(getenv("TAXA_BIN")), strdup(file)};
    int n = 2;
    for (; words[n - 2] != NULL && n < 23; n++) {
        argv[n] = strdup(words[n - 2]);
    }
    assert_int_equal(pipe(out), 0);
    pid_t pid = fork();
    if (pid == 0) {
        int in = open(input != NULL ? input : "/dev/null", O_RDONLY);
        dup2(in, STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        dup2(out[1], STDERR_FILENO);
        close(out[0]);
        execv(argv[0], argv);
        _exit(127);
    }
    close(out[1]);
    struct buf b;
    char bytes[65536];
    buf_init(&b, 64u << 20);
    ssize_t got;
    while ((got = read(out[0], bytes, sizeof bytes)) > 0) {
        buf_add(&b, bytes, (size_t)got);
    }
    close(out[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fail_msg("%s: %s", words[0], b.data);
    }
    for (int i = 0; i < n; i++) {
        free(argv[i]);
    }
    char *text = xstrdup(b.data);
    buf_free(&b);
    return text;
}

static void does(const char *const *words)
{
    free(taxa(words, NULL));
}

static cJSON *asks(const char *const *words)
{
    char *text = taxa(words, NULL);
    cJSON *o = NULL;
    struct err e = {0};
    REQUIRE(json_parse(text, strlen(text), &json_limits_reply, &o, &e));
    free(text);
    return o;
}

static int figure(const char *const *words, const char *name)
{
    cJSON *o = asks(words);
    int v = (int)json_num_or(o, name, -1);
    cJSON_Delete(o);
    return v;
}

/* ---- what the test knows of each point */

enum mine { NOTHING, ACCEPTED, REJECTED, SKIPPED, EDITED };

static struct known {
    int id;
    bool correct, incorrect;
    char state[16]; /* before anything was decided */
    enum mine mine;
} known[MOST];
static int known_count;

static void take_kind(const char *kind)
{
    cJSON *list = asks(WORDS("queue", "--kind", kind, "--json"));
    const cJSON *o = NULL;
    cJSON_ArrayForEach(o, list)
    {
        const char *verdict = json_str_or(o, "verdict", "");
        const char *slash = strchr(verdict, '/');
        struct known *k = &known[known_count++];
        assert_true(known_count < MOST && slash != NULL);
        *k = (struct known){.id = (int)json_num_or(o, "point", 0),
                            .correct = strncmp(verdict, "yes", 3) == 0,
                            .incorrect = strcmp(slash, "/yes") == 0};
        snprintf(k->state, sizeof k->state, "%s", json_str_or(o, "state", ""));
    }
    cJSON_Delete(list);
}

static int mine_of(enum mine m)
{
    int n = 0;
    for (int i = 0; i < known_count; i++) {
        n += known[i].mine == m;
    }
    return n;
}

static int left_of(const char *state)
{
    int n = 0;
    for (int i = 0; i < known_count; i++) {
        n += known[i].mine == NOTHING && strcmp(known[i].state, state) == 0;
    }
    return n;
}

/* The ends of the 95 % interval by halving, from the equation that they solve. */
static double end_of(double k, double n, bool high)
{
    const double z = 1.959963984540054;
    double p = k / n, a = high ? p : 0, b = high ? 1 : p;
    for (int i = 0; i < 100; i++) {
        double x = (a + b) / 2;
        bool outside = (p - x) * (p - x) > z * z * x * (1 - x) / n;
        if (outside == high) {
            b = x;
        } else {
            a = x;
        }
    }
    return (a + b) / 2;
}

static void expect_share(const cJSON *all, const char *name, int k, int n)
{
    const cJSON *o = cJSON_GetObjectItemCaseSensitive(all, name);
    assert_int_equal((int)json_num_or(o, "agree", -1), k);
    assert_int_equal((int)json_num_or(o, "of", -1), n);
    assert_true(n > 0);
    assert_true(fabs(json_num_or(o, "low", -1) - end_of(k, n, false)) < 1e-9);
    assert_true(fabs(json_num_or(o, "high", -1) - end_of(k, n, true)) < 1e-9);
}

static void expect_agreement(void)
{
    cJSON *o = asks(WORDS("agreement", "--json"));
    int decided = 0, correct = 0, incorrect = 0, pair = 0, pairs = 0;
    for (int i = 0; i < known_count; i++) {
        const struct known *k = &known[i];
        bool right = k->mine == ACCEPTED;
        if (k->mine == NOTHING || k->mine == SKIPPED) {
            continue;
        }
        decided++;
        correct += k->correct == right;
        incorrect += k->incorrect != right;
        pairs += k->correct != k->incorrect;
        pair += k->correct != k->incorrect && k->correct == right;
    }
    assert_int_equal((int)json_num_or(o, "decided", -1), decided);
    assert_int_equal((int)json_num_or(o, "contradicted", -1), decided - pairs);
    expect_share(o, "correct", correct, decided);
    expect_share(o, "incorrect", incorrect, decided);
    expect_share(o, "pair", pair, pairs);
    cJSON_Delete(o);
}

static void expect_counts(int accepted_before)
{
    cJSON *o = asks(WORDS("queue", "--counts", "--json"));
    assert_int_equal((int)json_num_or(o, "disputed", -1), left_of("disputed"));
    assert_int_equal((int)json_num_or(o, "rejected", -1), left_of("rejected"));
    assert_int_equal((int)json_num_or(o, "skipped", -1), mine_of(SKIPPED));
    assert_int_equal((int)json_num_or(o, "done", -1),
                     mine_of(ACCEPTED) + mine_of(REJECTED) + mine_of(EDITED));
    cJSON_Delete(o);
    int accepted = accepted_before + mine_of(ACCEPTED) + mine_of(EDITED);
    assert_int_equal(figure(WORDS("status", "--json"), "accepted"), accepted);
    /* what a person accepted holds its places: less is planned */
    assert_int_equal(figure(WORDS("preview", "150", "--json"), "add"), 150 - accepted);
    o = asks(WORDS("tree", "--json"));
    const cJSON *taxonomy = NULL;
    cJSON_ArrayForEach(taxonomy, o)
    {
        int n = (int)json_num_or(taxonomy, "accepted", -1);
        assert_true(n <= accepted);
    }
    assert_int_equal((int)json_num_or(o->child, "accepted", -1), accepted);
    cJSON_Delete(o);
}

/* ---- keys */

static void wait_point(struct pty *p, int id)
{
    char text[32];
    snprintf(text, sizeof text, "\n #%d ", id);
    pty_wait(p, text);
}

static void press(struct pty *p, const char *keys, int at, enum mine m, int next)
{
    wait_point(p, known[at].id);
    pty_type(p, keys);
    known[at].mine = m;
    if (next < known_count) {
        wait_point(p, known[next].id);
    }
}

/* Disputed points in turn: accept, reject for a reason, skip. Returns how many there were. */
static int decide_disputed(struct pty *p)
{
    int n = 0;
    while (n < known_count && strcmp(known[n].state, "disputed") == 0) {
        n++;
    }
    assert_true(n >= 12);
    int decide = n - 2; /* two are left for later */
    for (int i = 0; i < decide; i++) {
        if (i % 3 == 0) {
            press(p, "a", i, ACCEPTED, i + 1);
        } else if (i % 3 == 1) {
            press(p, "r2", i, REJECTED, i + 1);
        } else {
            press(p, "s", i, SKIPPED, i + 1);
        }
    }
    return n;
}

/* The last four are taken back, each is under the cursor again; then two are done again. */
static void undo_and_redo(struct pty *p, int last)
{
    enum mine was[4];
    for (int i = 0; i < 4; i++) {
        pty_type(p, "u");
        wait_point(p, known[last - i].id);
        was[i] = known[last - i].mine;
        known[last - i].mine = NOTHING;
    }
    for (int i = 3; i > 1; i--) {
        char count[64];
        known[last - i].mine = was[i];
        pty_type(p, "\022");
        snprintf(count, sizeof count, " disputed %d ", left_of("disputed"));
        pty_wait(p, count);
    }
}

static void write_editor(void)
{
    static const char script[] = "#!/bin/sh\nsed -i 's/\"answer\":.*/\"answer\": 4242/' \"$1\"\n";
    char path[160];
    session_path(path, "editor");
    assert_int_equal(file_write(path, script, strlen(script), 0700, NULL), ST_OK);
    setenv("VISUAL", path, 1);
}

/* The first rejected one is edited, the next three are marked and accepted together. */
static void judge_rejected(struct pty *p, int first)
{
    pty_type(p, "\t");
    wait_point(p, known[first].id);
    pty_type(p, "e");
    known[first].mine = EDITED;
    wait_point(p, known[first + 1].id);
    pty_type(p, "   ");
    pty_wait(p, "3 marked");
    pty_type(p, "a");
    pty_wait(p, "accept 3 marked points");
    pty_type(p, "y\r");
    for (int i = 1; i <= 3; i++) {
        known[first + i].mine = ACCEPTED;
    }
    wait_point(p, known[first + 4].id);
    pty_type(p, "nsee the units\r");
    pty_wait(p, "see the units");
}

static void make_session(void)
{
    session_path(file, "review.taxa");
    free(taxa(WORDS("-"), "sessions/gsm8k.session"));
    does(WORDS("teacher", "set", "offline", "wrong=0.3", "correct-yes-on-wrong=0.3",
               "correct-no-on-right=0.15", "incorrect-yes-on-right=0.15",
               "incorrect-no-on-wrong=0.3"));
    does(WORDS("generate", "60", "--wait"));
    take_kind("disputed");
    take_kind("rejected");
}

static void flagged_points_are_judged_by_keys(void **state)
{
    (void)state;
    struct pty p;
    make_session();
    write_editor();
    int before = figure(WORDS("status", "--json"), "accepted");
    const char *const argv[] = {getenv("TAXA_BIN"), file, NULL};
    pty_start(&p, argv, 80, 24, false);
    pty_wait(&p, "1 OVER");
    pty_type(&p, "5");
    int disputed = decide_disputed(&p);
    pty_wait(&p, "one can read"); /* nobody is that quick */
    undo_and_redo(&p, disputed - 3);
    judge_rejected(&p, disputed);
    pty_type(&p, "q");
    assert_int_equal(pty_end(&p), 0);
    pty_free(&p);
    expect_counts(before);
    expect_agreement();
    assert_int_equal(figure(WORDS("queue", "--counts", "--json"), "noted"), 1);
    char id[24];
    snprintf(id, sizeof id, "%d", known[disputed].id);
    char *story = taxa(WORDS("show", id, "--json"), NULL);
    assert_non_null(strstr(story, "4242"));
    free(story);
    /* the place is kept */
    pty_start(&p, argv, 80, 24, false);
    pty_wait(&p, "1 OVER");
    pty_type(&p, "5");
    wait_point(&p, known[disputed + 4].id);
    pty_type(&p, "q");
    assert_int_equal(pty_end(&p), 0);
    pty_free(&p);
    /* the run goes on to exactly what is asked for */
    does(WORDS("generate", "150", "--wait"));
    assert_int_equal(figure(WORDS("status", "--json"), "accepted"), 150);
    assert_int_equal(figure(WORDS("preview", "150", "--json"), "add"), 0);
}

static int group_setup(void **state)
{
    (void)state;
    session_begin();
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    session_remove("review.taxa");
    session_remove("editor");
    session_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flagged_points_are_judged_by_keys),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
