/*
 * settings - the second table: every setting, teacher key and offline rate.
 *
 * A setting knows its type, range, unit, default and help; `set` validates by it, `help`,
 * `settings`, the man page and the screen show it. Values are stored as text and read through the
 * typed getters below, which fall back to the default. Secrets are never settings: a teacher names
 * where its key is.
 */
#ifndef TAXA_COMMAND_SETTINGS_H
#define TAXA_COMMAND_SETTINGS_H

#include "base/buf.h"
#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* When a new value is felt. */
enum setting_applies {
    APPLIES_NOW,      /* at once */
    APPLIES_QUESTION, /* by questions asked from now on */
    APPLIES_PLAN,     /* by points planned from now on; a run that goes on plans anew at once */
    APPLIES_RUN       /* when the next run starts */
};

enum setting_type { SET_INT, SET_REAL, SET_CHOICE, SET_TEXT };

enum setting_id {
    SETTING_SEED,
    SETTING_POINTS,
    SETTING_COMPLEXITY,
    SETTING_SCENARIOS,
    SETTING_REFINEMENTS,
    SETTING_PROPOSALS,
    SETTING_DEPTH,
    SETTING_LEVELS,
    SETTING_DRAWS,
    SETTING_DISPUTED,
    SETTING_REJECTED,
    SETTING_CONCURRENCY,
    SETTING_BUDGET,
    SETTING_BUDGET_TOKENS,
    SETTING_MAX_ATTEMPTS,
    SETTING_REVIEWER,
    SETTING_REASONS,
    SETTING_AUDIT,
    SETTING_THEME,
    SETTING_MOUSE,
    SETTING_COUNT
};

struct setting {
    const char *name;
    const char *group; /* settings of a kind are shown together under this heading */
    enum setting_applies applies;
    enum setting_type type;
    double low, high;      /* numbers */
    const char *choices;   /* "a|b"; also special words beside a number, e.g. concurrency "auto",
                              levels "all|leaves" */
    const char *unit;      /* "" when none */
    const char *otherwise; /* the default, as text */
    const char *help;
};
const struct setting *setting_at(enum setting_id id);
const struct setting *setting_find(const char *name); /* NULL */
/* "now", "next question", "next plan", "next run". */
const char *setting_applies_text(enum setting_applies a);
/* "a whole number from 1 to 8 (calls)", "quota or independent": what a value may be. */
void setting_range(const struct setting *s, struct buf *out);
/* Is the value good? ST_INVALID says what was found and what is allowed. */
enum status setting_check(const struct setting *s, const char *value, struct err *e);

enum teacher_key_id {
    TK_DIALECT,
    TK_BASE_URL,
    TK_MODEL,
    TK_KEY_ENV,
    TK_KEY_FILE,
    TK_KEY_COMMAND,
    TK_TIMEOUT,
    TK_MAX_TOKENS,
    TK_TEMPERATURE,
    TK_TOP_P,
    TK_EFFORT,
    TK_REQUESTS_PER_MINUTE,
    TK_TOKENS_PER_MINUTE,
    TK_PRICE_IN,
    TK_PRICE_CACHED,
    TK_PRICE_OUT,
    TK_STRUCTURED,
    TK_FILE,
    /* the offline teacher's rates */
    TK_WRONG,
    TK_CORRECT_YES_ON_WRONG,
    TK_CORRECT_NO_ON_RIGHT,
    TK_INCORRECT_YES_ON_RIGHT,
    TK_INCORRECT_NO_ON_WRONG,
    TK_DUPLICATE,
    TK_MISPLACED,
    TK_REPEAT,
    TK_MALFORMED,
    TK_REFUSAL,
    TK_LIMITED,
    TK_SERVER_ERROR,
    TK_LATENCY,
    TK_COUNT
};
/* Same struct: name, type, range, unit, default, help. TK_BASE_URL may be repeated. */
const struct setting *teacher_key_at(enum teacher_key_id id);
const struct setting *teacher_key_find(const char *name, enum teacher_key_id *id);

#define TEACHER_BASE_URLS 8
/* One teacher entry with every key as text (NULL: default). Owner of the strings is whoever filled
 * it. */
struct teacher_config {
    char *name;
    char *key[TK_COUNT]; /* TK_BASE_URL: the first one */
    char *base_url[TEACHER_BASE_URLS];
    int base_url_count;
};
void teacher_config_free(struct teacher_config *c);
const char *teacher_config_text(const struct teacher_config *c,
                                enum teacher_key_id id); /* value or default */
double teacher_config_num(const struct teacher_config *c, enum teacher_key_id id);

enum role_id {
    ROLE_ARCHITECT,
    ROLE_WRITER,
    ROLE_CRITIC,
    ROLE_CRITIC_CORRECT,
    ROLE_CRITIC_INCORRECT,
    ROLE_JUDGE,
    ROLE_EMBEDDER,
    ROLE_COUNT
};
const char *role_name(enum role_id r);
bool role_by_name(const char *name, enum role_id *out);
const char *role_help(enum role_id r);

/* The states of a point, in the order of the funnel. Names are those of commands.md. */
enum point_state {
    POINT_PLANNED,
    POINT_ASKED,
    POINT_ACCEPTED,
    POINT_REJECTED,
    POINT_DISPUTED,
    POINT_INVALID,
    POINT_FAILED,
    POINT_STATES
};
const char *point_state_name(enum point_state s);
bool point_state_by_name(const char *name, enum point_state *out);
const char *point_state_help(enum point_state s);

#endif
