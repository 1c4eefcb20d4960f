/*
 * command - the command table and what reads it.
 *
 * One table is the truth: parser, usage errors, completion, `help`, the man page section, the `?`
 * screen and a test that they agree derive from it. A row describes one command: its words, its
 * arguments and options with types, where it runs, and its help. Executors live in src/server
 * (run_*.c) and are found by enum command_id.
 */
#ifndef TAXA_COMMAND_COMMAND_H
#define TAXA_COMMAND_COMMAND_H

#include "base/buf.h"
#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>

enum command_id {
#define COMMAND(id) CMD_##id,
#include "command/command_ids.h"
#undef COMMAND
    CMD_COUNT
};

enum arg_type {
    ARG_TEXT,    /* any words */
    ARG_NAME,    /* a new name */
    ARG_NODE,    /* @ID or path */
    ARG_POINT,   /* a point's number */
    ARG_CALL,    /* a call's number */
    ARG_INT,     /* whole number with range */
    ARG_NUMBER,  /* real number with range */
    ARG_CHOICE,  /* one of `choices` ("a|b|c") */
    ARG_SETTING, /* name of a setting */
    ARG_TEACHER,
    ARG_ROLE,
    ARG_FACTOR,
    ARG_STRATEGY,
    ARG_KEYVALUE, /* KEY=VALUE */
    ARG_FILTER,   /* words of the FILTER language, the rest of the line */
    ARG_JSON,     /* JSON text or @FILE */
    ARG_FILE_IN,
    ARG_FILE_OUT, /* a path; "-" is standard input / output */
    ARG_COMMAND   /* words of a command's name */
};

struct arg_spec {
    const char *name; /* upper case in usage; NULL ends the list */
    enum arg_type type;
    int min, max;     /* how many: 1,1 required; 0,1 optional; 1,-1 one or more */
    double low, high; /* ARG_INT, ARG_NUMBER: range (both 0: none) */
    const char *choices;
    const char *help;
};
struct opt_spec {
    const char *name;   /* "--depth"; NULL ends the list */
    const char *letter; /* "-d" or NULL */
    const char *value;  /* name of its value in usage; NULL: a flag */
    enum arg_type type;
    double low, high;
    const char *choices;
    const char *help;
};

enum command_flags {
    CMD_READS = 1, /* changes nothing: runs in the caller on a read-only store, no server needed */
    CMD_JOB = 2,   /* long: starts a job, takes --wait */
    CMD_JOURNAL = 4,  /* one undo step */
    CMD_CREATES = 8,  /* may create the session file */
    CMD_CONTROL = 16, /* acts on the running server (pause, status, wait ...) */
    CMD_NO_FILE = 32  /* works without a session file (help, doctor) */
};

#define COMMAND_MAX_ARGS 4
#define COMMAND_MAX_OPTS 8

struct command {
    enum command_id id;
    const char *name;  /* "node add" */
    const char *group; /* "taxonomy": heading in help */
    unsigned flags;
    struct arg_spec args[COMMAND_MAX_ARGS + 1];
    struct opt_spec opts[COMMAND_MAX_OPTS + 1]; /* --json and (for jobs) --wait are understood
                                                   everywhere and not listed */
    const char *summary;                        /* one line, imperative */
    const char *help; /* a paragraph or more; examples start with two spaces */
};

const struct command *command_at(enum command_id id);
/* All rows in the order of help. */
const struct command *command_table(size_t *count);

/* A parsed command line. Strings belong to the call. Copy nothing out of it without xstrdup. */
struct call_opt {
    const struct opt_spec *spec;
    const char *value; /* "" for a flag */
};
struct call {
    const struct command *cmd;
    char **args[COMMAND_MAX_ARGS]; /* args[i][j]: j-th value of the i-th argument */
    int arg_count[COMMAND_MAX_ARGS];
    struct call_opt opts[COMMAND_MAX_OPTS];
    int opt_count;
    bool json, wait;
    char *words_store; /* private */
    char **word_list;  /* private */
};
/* Parse argv-like words (without the session file). ST_USAGE: what is wrong, and the usage line.
 * Owner calls call_free. */
enum status call_parse(int argc, const char *const *argv, struct call *out, struct err *e);
void call_free(struct call *c);
const char *call_arg(const struct call *c, int i); /* first value or NULL */
const char *call_opt(const struct call *c,
                     const char *name); /* value, "" for a flag, NULL when absent */
double call_opt_num(const struct call *c, const char *name, double otherwise);
double call_arg_num(const struct call *c, int i, double otherwise);

/* Split one line like a shell: quotes, backslash, # starts a comment at a word's start. Free with
 * words_free. */
enum status words_split(const char *line, int *argc, char ***argv, struct err *e);
void words_free(int argc, char **argv);
/* Quote one word so that words_split gives it back (newline and control characters inside double
 * quotes as \n, \t, \xHH). */
void words_quote(struct buf *out, const char *word);
void words_join(struct buf *out, int argc, const char *const *argv);

/* "usage: node add PARENT NAME [-d TEXT] [-w WEIGHT]" */
void command_usage(const struct command *c, struct buf *out);
/* Plain text of `help` (cmd NULL: overview by group) and of `help COMMAND`. */
void command_help(const struct command *cmd, struct buf *out);
/*
 * Plain text of `help WORD...`: no words: the overview; a command; the first word of several; a
 * setting or a teacher key. ST_USAGE names what was probably meant.
 */
enum status command_help_words(int argc, const char *const *argv, struct buf *out, struct err *e);
/* mdoc of the COMMANDS and SETTINGS sections of the man page. */
void command_man(struct buf *out);
void settings_man(struct buf *out);
/* The row for words like {"node","add"}; NULL. *used gets how many words name it. */
const struct command *command_find(int argc, const char *const *argv, int *used);

#endif
