/*
 * Every key of the Taxonomy panel that changes a tree, on a real pseudo-terminal with the real
 * program and its server: the screen shows it, the session file holds it, `u` names it and takes it
 * back, and then the export and the saved session are byte for byte what they were.
 */
#include "base/file.h"
#include "base/json.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pty_home.h"
#include "pty_screen.h"
#include "ui_session.h"

static char file[128];
static struct pty term;

/* ---- the program as a command */

static int taxa(struct buf *out, const char *const *words)
{
    char *argv[16] = {getenv("TAXA_BIN"), file};
    char bytes[65536];
    int pipes[2], status = 0;
    ssize_t n = 0;
    assert_int_equal(pipe(pipes), 0);
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 13 && words[i] != NULL; i++) {
            argv[i + 2] = strdup(words[i]);
        }
        dup2(pipes[1], STDOUT_FILENO);
        close(pipes[0]);
        close(pipes[1]);
        execv(argv[0], argv);
        _exit(127);
    }
    close(pipes[1]);
    buf_clear(out);
    while ((n = read(pipes[0], bytes, sizeof bytes)) > 0) {
        buf_add(out, bytes, (size_t)n);
    }
    close(pipes[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
#define TAXA(out, ...) taxa((out), (const char *const[]){__VA_ARGS__, NULL})

/* ---- what is stored, in one line: "operation(division*2!=what it is(exact sharing,...),...)" */

static void add_outline(struct buf *out, const cJSON *array, int depth)
{
    const cJSON *node = NULL;
    bool first = true;
    assert_true(depth < 20);
    cJSON_ArrayForEach(node, array)
    {
        double weight = json_num_or(node, "weight", 1);
        const char *text = json_str_or(node, "description", "");
        buf_printf(out, "%s%s", first ? "" : ",", json_str_or(node, "name", "?"));
        if (weight < 1 || weight > 1) {
            buf_printf(out, "*%g", weight);
        }
        buf_adds(out, json_bool_or(node, "locked", false) ? "!" : "");
        if (text[0] != '\0' && depth > 0) {
            buf_printf(out, "=%.12s", text);
        }
        const cJSON *children = cJSON_GetObjectItem(node, "children");
        if (cJSON_GetArraySize(children) > 0) {
            buf_addc(out, '(');
            add_outline(out, children, depth + 1);
            buf_addc(out, ')');
        }
        first = false;
    }
}

static void stored(struct buf *out)
{
    cJSON *o = NULL;
    struct err e = {0};
    struct buf json;
    buf_init(&json, 16u << 20);
    assert_int_equal(TAXA(&json, "tree", "--json"), 0);
    REQUIRE(json_parse(json.data, json.len, &json_limits_file, &o, &e));
    buf_clear(out);
    add_outline(out, o, 0);
    cJSON_Delete(o);
    buf_free(&json);
}

static void expect_stored(const char *part)
{
    struct buf now;
    buf_init(&now, 1u << 20);
    stored(&now);
    if (strstr(now.data, part) == NULL) {
        fail_msg("\"%s\" is not in what is stored:\n%s", part, now.data);
    }
    buf_free(&now);
}

/* The whole of it, for comparing: the export with and without numbers, and the saved session. */
static void whole(struct buf *out)
{
    struct buf part;
    char path[128];
    buf_init(&part, 16u << 20);
    buf_clear(out);
    assert_int_equal(TAXA(&part, "tree", "export", "-", "--format", "json"), 0);
    buf_add(out, part.data, part.len);
    assert_int_equal(TAXA(&part, "tree", "export", "-", "--ids"), 0);
    buf_add(out, part.data, part.len);
    session_path(path, "saved.session");
    unlink(path);
    assert_int_equal(TAXA(&part, "save", path), 0);
    buf_clear(&part);
    assert_int_equal(file_read(path, &part, NULL), ST_OK);
    buf_add(out, part.data, part.len);
    unlink(path);
    buf_free(&part);
}

/* ---- */

struct edit_case {
    const char *keys;
    const char *name;   /* what it is called: in the message line and in the journal */
    const char *screen; /* seen when it is done */
    const char *stored;
    const char *cursor; /* the end of the path in the details afterwards; NULL: not looked at */
};

static void run_case(const struct edit_case *c)
{
    struct buf before, after;
    char undone[512];
    buf_init(&before, 32u << 20);
    buf_init(&after, 32u << 20);
    whole(&before);
    pty_type(&term, c->keys);
    pty_wait(&term, c->name);
    pty_wait(&term, "u takes it back");
    pty_wait(&term, c->screen);
    if (c->cursor != NULL) {
        pty_wait(&term, c->cursor);
    }
    expect_stored(c->stored);
    pty_type(&term, "u");
    snprintf(undone, sizeof undone, "undone: %s", c->name);
    pty_wait(&term, undone);
    whole(&after);
    if (strcmp(before.data, after.data) != 0) {
        fail_msg("undoing \"%s\" leaves something else:\n%s\nwas\n%s", c->name, after.data,
                 before.data);
    }
    pty_type(&term, "U\033"); /* no marks, nothing looked for */
    buf_free(&before);
    buf_free(&after);
}

static void run_cases(const struct edit_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        run_case(&cases[i]);
    }
}
#define RUN(cases) run_cases((cases), sizeof(cases) / sizeof((cases)[0]))

static void nodes_are_made_named_and_deleted(void **state)
{
    (void)state;
    static const struct edit_case cases[] = {
        {"/^division\razebra\r", "add zebra below division", "● zebra",
         "(exact sharing,long division,zebra)", "division › zebra "},
        {"/exact\rAin between\r", "add in between below division", "● in between",
         "(exact sharing,in between,long division)", "division › in between "},
        {"gAsteps\r", "add the taxonomy steps", "○ steps", ",steps", NULL},
        {"/exact\re or not\r", "rename exact sharing to exact sharing or not",
         "● exact sharing or not", "(exact sharing or not,long", "› exact sharing or not "},
        {"/exact\rDno rest\r", "describe exact sharing", "no rest", "exact sharing=no rest,", NULL},
        {"/exact\r\005", "describe exact sharing", "written elsewhere",
         "exact sharing=written else,", NULL},
        {"/^division\rd", "delete division and 2 below", "▾ fractions and percent",
         "within 100,with carrying),fractions and", "› fractions and percent "},
        {"/exact\r /bakery\r d", "delete 2 marked nodes", "○ long division",
         "(long division),fractions and percent!", NULL},
        {"/^division\rSby hand, with a tool\r", "split division into 2", "○ with a tool",
         "by hand*0.5=Splitting a (exact sharing,long division),with a tool*0.5,", "› by hand "},
        {"/^addition\r /bakery\r /^division\r", "", "", "", NULL},
    };
    run_cases(cases, sizeof cases / sizeof cases[0] - 1);
}

/* Undo brings the cursor to where it was, whatever became of the node that it went to. */
static void undo_brings_the_cursor_back(void **state)
{
    (void)state;
    pty_type(&term, "/^division\razebra\r");
    pty_wait(&term, "operation › division › zebra ");
    pty_type(&term, "amane\r");
    pty_wait(&term, "division › zebra › mane ");
    pty_type(&term, "ka\025hoof\r"); /* and one that is refused */
    pty_wait(&term, "› zebra › hoof ");
    pty_type(&term, "e\025mane\r");
    pty_wait(&term, "in that place already");
    pty_type(&term, "u");
    pty_wait(&term, "operation › division › zebra  ");
    pty_type(&term, "j");
    pty_wait(&term, "division › zebra › mane ");
    pty_type(&term, "u");
    pty_wait(&term, "operation › division › zebra  ");
    pty_type(&term, "u");
    pty_wait(&term, "operation › division  ");
    pty_type(&term, "/bakery\rc/pizza\rv");
    pty_wait(&term, "pizza › bakery ");
    pty_type(&term, "gu");
    pty_wait(&term, "fractions and percent › छूट 日本 pizza  ");
    pty_type(&term, "\033");
}

static void weights_locks_and_order_change(void **state)
{
    (void)state;
    static const struct edit_case cases[] = {
        {"/^addition\r+", "weight of addition and subtraction: 3", "60.0%",
         "addition and subtraction*3(", NULL},
        {"/^addition\r-", "weight of addition and subtraction: 1", "33.3%",
         "addition and subtraction(", NULL},
        {"/^addition\r=0.5\r", "weight of addition and subtraction: 0.5", "20.0%",
         "addition and subtraction*0.5(", NULL},
        {"/^addition\ro", "switch addition and subtraction off", "✗ addition",
         "addition and subtraction*0(", NULL},
        {"/^sports\ro", "switch sports on", "▾ sports", "sports(chess club)", NULL},
        {"/^division\rL", "lock division", "Lh", "division!=Splitting", NULL},
        {"/^fractions\rL", "unlock fractions and percent", "▾ fractions and percent           ",
         "fractions and percent(", NULL},
        {"g~", "even out the children of operation", "33.3%", "operation(addition and subtraction(",
         NULL},
        {"/setting\r~", "even out the children of everyday setting", "▾ sports",
         "(home and family,shops and markets(bakery,flower shop),sports(chess club))", NULL},
        {"gsjjj\r", "sort the children of operation by name, Z to A", "▾ operation",
         "operation(fractions and percent!(", NULL},
        {"/within\r  +", "make 2 marked nodes heavier", "2 marked",
         "(within 100*2,with carrying*2)", NULL},
        {"/within\r  -", "make 2 marked nodes lighter", "2 marked",
         "(within 100*0.9,with carrying*0.9)", NULL},
        {"/within\r  =4\r", "weight of 2 marked nodes: 4", "2 marked",
         "(within 100*4,with carrying*4)", NULL},
        {"/within\r  o", "switch 2 marked nodes off", "✗ with carrying",
         "(within 100*0,with carrying*0)", NULL},
        {"/within\r  L", "lock 2 marked nodes", "2 marked", "(within 100!,with carrying!)", NULL},
    };
    RUN(cases);
}

static void nodes_move(void **state)
{
    (void)state;
    static const struct edit_case cases[] = {
        {"/^division\rK", "move division up", "▾ operation",
         "operation(division=Splitting a (exact sharing,long division),addition", "› division "},
        {"/^division\rJ", "move division down", "▾ operation",
         "),division=Splitting a (exact sharing,long division)),everyday", "› division "},
        {"/^division\r>", "move division in", "▾ operation", "with carrying,division=Splitting a (",
         "addition and subtraction › division "},
        {"/bakery\r<", "move bakery out", "● bakery",
         "shops and markets*3(flower shop),bakery,sports*0", "everyday setting › bakery "},
        {"/setting\rK", "move everyday setting up", "▾ everyday setting",
         "sports*0(chess club)),operation", NULL},
        {"/bakery\r  <", "move 2 marked nodes out", "2 marked",
         "shops and markets*3,bakery,flower shop,sports", NULL},
        {"/fractions\r /^division\r K", "move 2 marked nodes up", "2 marked",
         "operation(division=Splitting a (exact sharing,long division),fractions", NULL},
        {"/^division\rc/shops\rv", "move division below shops and markets", "▾ division",
         "(bakery,flower shop,division=Splitting a (", "shops and markets › division "},
        {"/^division\rc/bakery\r\026", "move division beside bakery", "▾ division",
         "(bakery,division=Splitting a (exact sharing,long division),flower shop)",
         "shops and markets › division "},
        {"/^division\rcc/pizza\rv", "move what is below division below", "● exact sharing",
         "pizza(exact sharing,long division)", "pizza › exact sharing "},
        {"/within\r  c/chess\rv", "move 2 nodes below chess club", "● with carrying",
         "chess club(within 100,with carrying)", "chess club › within 100 "},
    };
    RUN(cases);
}

static void nodes_go_to_the_other_side(void **state)
{
    (void)state;
    static const struct edit_case cases[] = {
        {"/bakery\r}", "move bakery below division", "● bakery",
         "(exact sharing,long division,bakery)", NULL},
        {"/bakery\r]", "copy bakery below division", "● bakery",
         "(exact sharing,long division,bakery)", NULL},
    };
    pty_type(&term, "/^division\r|\t");
    RUN(cases);
    pty_type(&term, "|");
    pty_wait(&term, "planned accepted");
}

static void nodes_are_copied_and_merged(void **state)
{
    (void)state;
    static const struct edit_case cases[] = {
        {"/shops\ry/pizza\rv", "copy shops and markets below", "▾ shops",
         "pizza(shops and markets*3(bakery,flower shop))", "pizza › shops and markets "},
        {"/bakery\ry/sports\r\026", "copy bakery beside sports", "● bakery",
         "sports*0(chess club),bakery)", "everyday setting › bakery "},
        {"/shops\ryy/chess\rv", "copy what is below shops and markets below chess club", "● bakery",
         "chess club(bakery,flower shop)", "chess club › bakery "},
        {"/bakery\r\004", "duplicate bakery", "bakery (2)", "(bakery,bakery (2),flower shop)",
         "› bakery (2)"},
        {"/^addition\r /fractions\r /^division\r&",
         "merge 2 nodes into division: 204 points, 3 children", "● with carrying",
         "operation(division*4", "operation › division "},
    };
    RUN(cases);
    /* points go with what is merged */
    struct buf out;
    buf_init(&out, 1u << 20);
    pty_wait(&term, "204 ████▏"); /* points are counted again after the undo */
    pty_type(&term, "/^addition\r /^division\r&");
    pty_wait(&term, "merge addition and subtraction into division: 204 points, 2 children");
    assert_int_equal(TAXA(&out, "tree", "operation/division", "--depth", "0"), 0);
    assert_non_null(strstr(out.data, "612/"));
    pty_type(&term, "u");
    pty_wait(&term, "undone: merge addition");
    pty_wait(&term, "▾ addition and subtraction");
    pty_type(&term, "U\033");
    buf_free(&out);
}

/* ---- texts and files */

static void text_that_is_pasted_is_one_operation(void **state)
{
    (void)state;
    static const struct edit_case cases[] = {
        {"/chess\r\033[200~blitz\r  one minute -- bullet\rcorrespondence\r\033[201~",
         "paste 3 lines below chess club", "● one minute",
         "chess club(blitz(one minute=bullet),correspondence)", "chess club › blitz "},
        {"/chess\r\033[200~# Openings\r\r- open\r  - Italian\r- closed\r\033[201~",
         "paste 4 lines below chess club", "● Italian",
         "chess club(Openings(open(Italian),closed))", "chess club › Openings "},
    };
    RUN(cases);
    /* what is refused can be seen, the rest is taken */
    pty_type(&term, "/chess\r\033[200~good\rbad [w=x]\r\033[201~");
    pty_wait(&term, "Lines that were refused");
    pty_wait(&term, "bad [w=x]");
    pty_wait(&term, "paste 2 lines below chess club: 1 added, 1 refused");
    pty_type(&term, "qu");
    pty_wait(&term, "undone: paste 2 lines below chess club");
    expect_stored("sports*0(chess club)");
}

static void files_come_in_and_go_out(void **state)
{
    (void)state;
    static const char csv[] = "path,weight,description\nblitz,2,fast\nblitz/bullet,,\nrapid,x,\n";
    char path[128], out[128], keys[256];
    struct buf text, want;
    buf_init(&text, 1u << 20);
    buf_init(&want, 1u << 20);
    session_path(path, "more.csv");
    session_path(out, "out.md");
    assert_int_equal(file_write(path, csv, strlen(csv), 0644, NULL), ST_OK);
    snprintf(keys, sizeof keys, "/chess\ri%s\r", path);
    pty_type(&term, keys);
    pty_wait(&term, "2 added · 0 changed · 1 refused");
    pty_wait(&term, "everyday setting/sports/chess club/blitz/bullet");
    expect_stored("sports*0(chess club)"); /* looking changes nothing */
    pty_type(&term, "q");
    pty_wait(&term, "› chess club ");
    snprintf(keys, sizeof keys, "/chess\ri%s\r", path);
    pty_type(&term, keys);
    pty_wait(&term, "Enter takes the rest");
    const struct edit_case import = {"\r", "import more.csv below chess club", "● bullet",
                                     "chess club(blitz*2=fast(bullet))", "chess club › blitz "};
    run_case(&import);

    snprintf(keys, sizeof keys, "/^division\rw%s\r", out);
    pty_type(&term, keys);
    pty_wait(&term, "division: 3 nodes written to");
    assert_int_equal(file_read(out, &text, NULL), ST_OK);
    assert_int_equal(TAXA(&want, "tree", "export", "-", "@6", "--format", "md"), 0);
    assert_string_equal(text.data, want.data);
    snprintf(keys, sizeof keys, "W%s\r", out);
    pty_type(&term, keys);
    pty_wait(&term, "is there already");
    pty_type(&term, "j\r");
    pty_wait(&term, "all taxonomies: 16 nodes written to");
    buf_clear(&text);
    assert_int_equal(file_read(out, &text, NULL), ST_OK);
    assert_int_equal(TAXA(&want, "tree", "export", "-", "--format", "md"), 0);
    assert_string_equal(text.data, want.data);
    unlink(path);
    unlink(out);
    buf_free(&text);
    buf_free(&want);
}

/* The editor of the tests works by two sed scripts: for a branch, and for one opened again. */
static void edit_by(const char *first, const char *again)
{
    char path[128];
    session_path(path, "edit.sed");
    assert_int_equal(file_write(path, first, strlen(first), 0644, NULL), ST_OK);
    session_path(path, "again.sed");
    assert_int_equal(file_write(path, again, strlen(again), 0644, NULL), ST_OK);
}

static void a_branch_is_edited_as_text(void **state)
{
    (void)state;
    edit_by("s/exact sharing/fair sharing/\ns/long division/by paper [w=3]/\n$a\\\n  by head\n",
            "");
    const struct edit_case good = {"/^division\rE", "edit division as text", "● by head",
                                   "(fair sharing,by paper*3,by head)", "operation › division "};
    struct buf before, after;
    buf_init(&before, 32u << 20);
    buf_init(&after, 32u << 20);
    whole(&before);
    pty_type(&term, good.keys);
    pty_wait(&term, good.screen);
    expect_stored(good.stored);
    assert_int_equal(TAXA(&after, "tree", "@7", "--depth", "0"), 0); /* the same node */
    assert_non_null(strstr(after.data, "fair sharing"));
    pty_type(&term, "u");
    pty_wait(&term, "undone: edit division as text");
    whole(&after);
    assert_string_equal(before.data, after.data);
    /* a text that is refused opens again with the reason on top: mended, it is taken */
    edit_by("s/long division/& [w=x]/\n", "s/w=x/w=4/\n");
    pty_type(&term, "/^division\rE");
    pty_wait(&term, "edited division: ");
    expect_stored("(exact sharing,long division*4)");
    pty_type(&term, "u");
    pty_wait(&term, "undone: edit division as text");
    /* left as it is, it changes nothing and is kept */
    edit_by("s/long division/& [w=x]/\n", "");
    pty_type(&term, "/^division\rE");
    pty_wait(&term, "nothing was changed; your text is kept in");
    whole(&after);
    assert_string_equal(before.data, after.data);
    buf_free(&before);
    buf_free(&after);
}

/* ---- going back to a point */

static void the_journal_goes_back_and_forward_to_a_point(void **state)
{
    (void)state;
    struct buf before, middle, now;
    buf_init(&before, 32u << 20);
    buf_init(&middle, 32u << 20);
    buf_init(&now, 32u << 20);
    whole(&before);
    pty_type(&term, "/bakery\rabread\r");
    pty_wait(&term, "bakery › bread ");
    whole(&middle);
    pty_type(&term, "abrown\r");
    pty_wait(&term, "bread › brown ");
    pty_type(&term, "dKd"); /* brown goes, bread has no place to go to, bread goes */
    pty_wait(&term, "delete bread");
    pty_wait(&term, "u takes it back");
    pty_type(&term, "\017");
    pty_wait(&term, "Journal");
    pty_wait(&term, "now →");
    pty_wait(&term, "add brown below bread");
    pty_type(&term, "jjj");
    pty_type(&term, "\r");
    pty_wait(&term, "3 steps undone");
    whole(&now);
    assert_string_equal(now.data, middle.data);
    pty_type(&term, "kk\r");
    pty_wait(&term, "2 steps redone");
    expect_stored("shops and markets*3(bakery(bread),flower shop)");
    pty_type(&term, "jjj\r");
    pty_wait(&term, "3 steps undone");
    whole(&now);
    assert_string_equal(now.data, before.data);
    pty_type(&term, "q");
    pty_wait(&term, "▾ shops and markets");
    buf_free(&before);
    buf_free(&middle);
    buf_free(&now);
}

/* What a teacher grew is one step, too, and is named. */
static void an_expansion_is_taken_back(void **state)
{
    (void)state;
    struct buf before, after;
    buf_init(&before, 32u << 20);
    buf_init(&after, 32u << 20);
    whole(&before);
    pty_type(&term, "/^long\rx");
    pty_wait(&term, "expand @8: ");
    pty_wait(&term, "u takes it back");
    whole(&after);
    assert_string_not_equal(after.data, before.data);
    pty_type(&term, "u");
    pty_wait(&term, "undone: expand @8 long division");
    whole(&after);
    assert_string_equal(after.data, before.data);
    pty_type(&term, "\033");
    buf_free(&before);
    buf_free(&after);
}

/* ---- quickly, and where it is not possible */

static void keys_that_come_quickly_all_count(void **state)
{
    (void)state;
    struct buf before, after;
    buf_init(&before, 32u << 20);
    buf_init(&after, 32u << 20);
    whole(&before);
    pty_type(&term, "/pizza\rc/sports\rv");
    pty_wait(&term, "sports › छूट 日本 pizza ");
    pty_type(&term, "KK<KK++---u\022"); /* the second is refused; out; two up */
    pty_wait(&term, "redone: weight of छूट 日本 pizza: 0.9");
    expect_stored("everyday setting(home and family,छूट 日本 pizza*0.9,shops and markets*3");
    pty_type(&term, "uuuuuuuuuu");
    pty_wait(&term, "undone: move छूट 日本 pizza below sports");
    whole(&after);
    assert_string_equal(after.data, before.data);
    buf_free(&before);
    buf_free(&after);
}

static void a_key_that_cannot_act_says_why(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *why;
    } cases[] = {
        {"gK", "K: it is the first of its siblings"},
        {"g<", "<: a taxonomy is outermost already"},
        {"gj<", "further out it would be a taxonomy"},
        {"g=", "a taxonomy has no weight"},
        {"gS", "a taxonomy cannot be split"},
        {"/exact\r&", "mark what shall become part of this node first"},
        {"/^division\rc/exact\rv", "a node cannot be moved into itself"},
        {"\033\033/exact\rv", "nothing was cut or copied yet"},
        {"/exact\r~", "this node has no children"},
        {"/exact\relong division\025long division\r", "in that place already"},
    };
    struct buf before, after;
    buf_init(&before, 32u << 20);
    buf_init(&after, 32u << 20);
    whole(&before);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pty_type(&term, cases[i].keys);
        pty_wait(&term, cases[i].why);
    }
    whole(&after);
    assert_string_equal(after.data, before.data);
    buf_free(&before);
    buf_free(&after);
}

/* ---- */

static int group_setup(void **state)
{
    (void)state;
    if (home_begin() != 0) {
        return 1;
    }
    session_path(file, "gsm8k.taxa");
    session_make(file, true);
    /* a description is replaced, a branch is changed by sed */
    char path[128], script[512];
    session_path(path, "editor");
    snprintf(script, sizeof script,
             "#!/bin/sh\nif grep -q '^# ' \"$1\"; then sed -i -f %s/again.sed \"$1\"\n"
             "elif grep -q '\\[@' \"$1\"; then sed -i -f %s/edit.sed \"$1\"\n"
             "else printf 'written elsewhere\\n' >\"$1\"; fi\n",
             session_folder, session_folder);
    assert_int_equal(file_write(path, script, strlen(script), 0700, NULL), ST_OK);
    setenv("EDITOR", path, 1);
    unsetenv("VISUAL");
    const char *const argv[] = {getenv("TAXA_BIN"), file, NULL};
    pty_start(&term, argv, 100, 40, false);
    pty_wait(&term, "1 OVER");
    pty_type(&term, "2");
    pty_wait(&term, "2 TAXO");
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    pty_type(&term, "q");
    int code = pty_end(&term);
    pty_free(&term);
    int failed = home_end();
    return code != 0 ? code : failed;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_are_made_named_and_deleted),
        cmocka_unit_test(undo_brings_the_cursor_back),
        cmocka_unit_test(weights_locks_and_order_change),
        cmocka_unit_test(nodes_move),
        cmocka_unit_test(nodes_go_to_the_other_side),
        cmocka_unit_test(nodes_are_copied_and_merged),
        cmocka_unit_test(text_that_is_pasted_is_one_operation),
        cmocka_unit_test(files_come_in_and_go_out),
        cmocka_unit_test(a_branch_is_edited_as_text),
        cmocka_unit_test(the_journal_goes_back_and_forward_to_a_point),
        cmocka_unit_test(an_expansion_is_taken_back),
        cmocka_unit_test(keys_that_come_quickly_all_count),
        cmocka_unit_test(a_key_that_cannot_act_says_why),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
