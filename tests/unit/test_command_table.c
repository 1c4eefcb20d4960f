/*
 * The command table: that it is whole, and that help and the manual agree with it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "command/command.h"
#include "command/settings.h"

#include <stdlib.h>
#include <string.h>

static bool has_example(const char *help)
{
    return strncmp(help, "  ", 2) == 0 || strstr(help, "\n  ") != NULL;
}

/* A text for people: not empty, and no accident at its ends. */
static void expect_prose(const char *text)
{
    assert_non_null(text);
    assert_true(strlen(text) >= 3);
    assert_int_not_equal(text[0], ' ');
    assert_int_not_equal(text[strlen(text) - 1], ' ');
}

static void expect_name(const char *name)
{
    assert_non_null(name);
    assert_true(name[0] != '\0' && strpbrk(name, "\t\n") == NULL);
}

static void rows_are_complete(void **state)
{
    (void)state;
    size_t count = 0;
    const struct command *rows = command_table(&count);
    assert_int_equal(count, CMD_COUNT);
    for (size_t i = 0; i < count; i++) {
        const struct command *c = &rows[i];
        assert_int_equal(c->id, i);
        assert_ptr_equal(command_at((enum command_id)i), c);
        expect_name(c->name);
        expect_prose(c->group);
        expect_prose(c->summary);
        assert_int_not_equal(c->summary[strlen(c->summary) - 1], '.');
        expect_prose(c->help);
        assert_true(has_example(c->help));
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(rows[j].name, c->name);
        }
    }
}

static void groups_stand_together(void **state)
{
    (void)state;
    size_t count = 0;
    const struct command *rows = command_table(&count);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(rows[i].group, rows[i - 1].group) == 0) {
            continue;
        }
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(rows[j].group, rows[i].group);
        }
    }
}

static void arguments_are_described(void **state)
{
    (void)state;
    for (int i = 0; i < CMD_COUNT; i++) {
        const struct command *c = command_at((enum command_id)i);
        int open_ended = 0;
        for (const struct arg_spec *a = c->args; a->name != NULL; a++) {
            expect_name(a->name);
            expect_prose(a->help);
            assert_true(a->max == -1 || a->max >= a->min);
            assert_true(a->type != ARG_CHOICE || a->choices != NULL);
            open_ended += a->max < 0 && a->type != ARG_POINT;
        }
        /* More than one would leave open which words are whose. */
        assert_true(open_ended <= 1);
        for (const struct opt_spec *o = c->opts; o->name != NULL; o++) {
            expect_prose(o->help);
            assert_memory_equal(o->name, "--", 2);
            assert_true(o->letter == NULL || (o->letter[0] == '-' && strlen(o->letter) == 2));
            assert_true(o->type != ARG_CHOICE || o->choices != NULL);
            assert_string_not_equal(o->name, "--json");
            assert_string_not_equal(o->name, "--wait");
            for (const struct opt_spec *p = c->opts; p != o; p++) {
                assert_string_not_equal(p->name, o->name);
            }
        }
    }
}

static void flags_do_not_contradict(void **state)
{
    (void)state;
    for (int i = 0; i < CMD_COUNT; i++) {
        unsigned flags = command_at((enum command_id)i)->flags;
        if ((flags & CMD_READS) != 0) {
            assert_int_equal(flags & (CMD_JOB | CMD_JOURNAL | CMD_CREATES), 0);
        }
        if ((flags & CMD_NO_FILE) != 0) {
            assert_int_not_equal(flags & CMD_READS, 0);
        }
    }
    static const enum command_id reads[] = {
        CMD_EXAMPLE_LIST,    CMD_GET,          CMD_SETTINGS,
        CMD_TEACHER_LIST,    CMD_FACTOR_LIST,  CMD_STRATEGY_LIST,
        CMD_EXCLUDE_LIST,    CMD_TREE,         CMD_TREE_EXPORT,
        CMD_PREVIEW,         CMD_POINTS,       CMD_SHOW,
        CMD_CALLS,           CMD_CALL,         CMD_EXPORT,
        CMD_QUEUE,           CMD_LOG,          CMD_SAVE,
        CMD_BACKUP,          CMD_HELP,         CMD_DOCTOR,
        CMD_STATUS,          CMD_TEACHER_TEST, CMD_SCHEMA_TEMPLATES,
        CMD_TEACHER_PRESETS, CMD_TEACHER_FIND, CMD_RECENT,
        CMD_RECENT_FORGET,   CMD_DRAW,         CMD_EXPANSION,
        CMD_SUGGEST_LIST,    CMD_TRIED,        CMD_SUMMARY,
        CMD_AGREEMENT,
    };
    int readers = 0;
    for (int i = 0; i < CMD_COUNT; i++) {
        readers += (command_at((enum command_id)i)->flags & CMD_READS) != 0;
    }
    assert_int_equal(readers, sizeof reads / sizeof reads[0]);
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++) {
        assert_int_not_equal(command_at(reads[i])->flags & CMD_READS, 0);
    }
    static const enum command_id jobs[] = {
        CMD_FACTOR_PROPOSE,  CMD_STRATEGY_PROPOSE, CMD_EXPAND,        CMD_GENERATE, CMD_RETRY,
        CMD_SUGGEST_MISSING, CMD_SUGGEST_DESCRIBE, CMD_SUGGEST_SOUND, CMD_TRY};
    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++) {
        assert_int_not_equal(command_at(jobs[i])->flags & CMD_JOB, 0);
    }
}

static void names_are_found(void **state)
{
    (void)state;
    int used = 0;
    for (int i = 0; i < CMD_COUNT; i++) {
        const struct command *c = command_at((enum command_id)i);
        int argc = 0;
        char **argv = NULL;
        assert_int_equal(words_split(c->name, &argc, &argv, NULL), ST_OK);
        assert_ptr_equal(command_find(argc, (const char *const *)argv, &used), c);
        assert_int_equal(used, argc);
        words_free(argc, argv);
    }
    const char *const tree[] = {"tree", "operation"};
    assert_ptr_equal(command_find(2, tree, &used), command_at(CMD_TREE));
    assert_int_equal(used, 1);
    const char *const half[] = {"node"};
    assert_null(command_find(1, half, &used));
    assert_int_equal(used, 0);
}

/* Every example of every help text is a command that the parser takes. */
static void examples_parse(void **state)
{
    (void)state;
    int examples = 0;
    for (int i = 0; i < CMD_COUNT + SETTING_COUNT + TK_COUNT; i++) {
        const char *help =
            i < CMD_COUNT ? command_at((enum command_id)i)->help
            : i < CMD_COUNT + SETTING_COUNT
                ? setting_at((enum setting_id)(i - CMD_COUNT))->help
                : teacher_key_at((enum teacher_key_id)(i - CMD_COUNT - SETTING_COUNT))->help;
        int here = 0;
        while (*help != '\0') {
            size_t n = strcspn(help, "\n");
            if (strncmp(help, "  ", 2) == 0) {
                char *line = strndup(help, n);
                int argc = 0;
                char **argv = NULL;
                struct call call;
                struct err e = {ST_OK, ""};
                assert_int_equal(words_split(line, &argc, &argv, &e), ST_OK);
                if (call_parse(argc, (const char *const *)argv, &call, &e) != ST_OK) {
                    fail_msg("example \"%s\": %s", line, e.msg);
                }
                if (i < CMD_COUNT) {
                    assert_int_equal(call.cmd->id, i);
                }
                call_free(&call);
                words_free(argc, argv);
                free(line);
                here++;
            }
            help += help[n] == '\n' ? n + 1 : n;
        }
        assert_true(here > 0);
        examples += here;
    }
    assert_true(examples > CMD_COUNT);
}

static void help_has_everything(void **state)
{
    (void)state;
    struct buf all;
    buf_init(&all, 1 << 20);
    command_help(NULL, &all);
    assert_false(all.over);
    for (int i = 0; i < CMD_COUNT; i++) {
        const struct command *c = command_at((enum command_id)i);
        assert_non_null(strstr(all.data, c->name));
        assert_non_null(strstr(all.data, c->summary));
        struct buf one;
        buf_init(&one, 1 << 20);
        command_help(c, &one);
        assert_memory_equal(one.data, "usage: ", 7);
        for (const struct opt_spec *o = c->opts; o->name != NULL; o++) {
            assert_non_null(strstr(one.data, o->name));
        }
        buf_free(&one);
    }
    buf_free(&all);
}

static void expect_topic(const char *line, const char *part)
{
    int argc = 0;
    char **argv = NULL;
    struct buf out;
    struct err e = {ST_OK, ""};
    buf_init(&out, 1 << 20);
    assert_int_equal(words_split(line, &argc, &argv, NULL), ST_OK);
    enum status st = command_help_words(argc, (const char *const *)argv, &out, &e);
    assert_non_null(strstr(st == ST_OK ? out.data : e.msg, part));
    words_free(argc, argv);
    buf_free(&out);
}

static void help_finds_topics(void **state)
{
    (void)state;
    expect_topic("", "taxa FILE");
    expect_topic("node add", "usage: node add PARENT NAME [-d TEXT] [-w WEIGHT]");
    expect_topic("node", "node unlock");
    expect_topic("complexity", "default 0.5");
    expect_topic("points", "usage: points [FILTER]");
    expect_topic("points", "points (setting)");
    expect_topic("correct-yes-on-wrong", "0.12");
    expect_topic("teacher set", "price-cached");
    expect_topic("complexty", "did you mean complexity?");
    expect_topic("node ad", "did you mean node add?");
}

/* The manual names every command, option, setting and key, and has no line that roff misreads. */
static void manual_has_everything(void **state)
{
    (void)state;
    struct buf man;
    buf_init(&man, 1 << 20);
    command_man(&man);
    settings_man(&man);
    assert_false(man.over);
    for (int i = 0; i < CMD_COUNT; i++) {
        struct buf item;
        buf_init(&item, 200);
        buf_printf(&item, ".It Ic %s", command_at((enum command_id)i)->name);
        assert_non_null(strstr(man.data, item.data));
        buf_free(&item);
    }
    assert_non_null(strstr(man.data, ".It Ic max\\-attempts\n"));
    assert_non_null(strstr(man.data, ".It Ic incorrect\\-no\\-on\\-wrong\n"));
    assert_non_null(strstr(man.data, ".It Fl d , Fl \\-description Ar TEXT\n"));
    int lists = 0;
    const char *line = man.data;
    while (*line != '\0') {
        size_t n = strcspn(line, "\n");
        assert_true(n > 0);
        assert_int_not_equal(line[0], '\'');
        if (line[0] == '.') {
            assert_true(line[1] >= 'A' && line[1] <= 'Z');
            lists += strncmp(line, ".Bl ", 4) == 0;
            lists -= strncmp(line, ".El", 3) == 0;
            assert_true(lists >= 0);
        }
        line += n + 1;
    }
    assert_int_equal(lists, 0);
    buf_free(&man);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_complete),       cmocka_unit_test(groups_stand_together),
        cmocka_unit_test(arguments_are_described), cmocka_unit_test(flags_do_not_contradict),
        cmocka_unit_test(names_are_found),         cmocka_unit_test(examples_parse),
        cmocka_unit_test(help_has_everything),     cmocka_unit_test(help_finds_topics),
        cmocka_unit_test(manual_has_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
