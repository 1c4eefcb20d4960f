/*
 * command_parse - words into a checked call.
 *
 * Everything that can be known without the session is checked here, in the caller's process: a
 * usage error starts no server. All strings of a call lie in one block, sized beforehand, so the
 * call can be handed on and freed as one.
 */
#include "base/mem.h"
#include "command/check.h"
#include "command/settings.h"
#include "command/word.h"

#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MAX = 480 };

/* ------------------------------------------------------------------ options and words */

struct parser {
    struct call *call;
    const char *const *argv;
    int argc, at;
    char *store_end; /* where the next string goes */
    int words;       /* positional words so far */
};

static char *keep(struct parser *p, const char *s)
{
    size_t n = strlen(s) + 1;
    char *kept = p->store_end;
    memcpy(kept, s, n);
    p->store_end += n;
    return kept;
}

/* Negative numbers, a lone "-" and the choices of `node sort` are words, not options. */
static bool is_option(const struct command *c, const char *word)
{
    double number = 0.0;
    if (word[0] != '-' || word[1] == '\0' || word_number(word, &number)) {
        return false;
    }
    for (const struct arg_spec *a = c->args; a->name != NULL; a++) {
        if (a->type == ARG_CHOICE && word_in(a->choices, word)) {
            return false;
        }
    }
    return true;
}

static enum status unknown_option(const struct command *c, const char *word, struct err *e)
{
    struct buf text;
    struct nearest n;
    buf_init(&text, MESSAGE_MAX);
    nearest_init(&n, word);
    for (const struct opt_spec *o = c->opts; o->name != NULL; o++) {
        nearest_offer(&n, o->name, strlen(o->name));
    }
    nearest_offer(&n, "--json", 6);
    if ((c->flags & CMD_JOB) != 0) {
        nearest_offer(&n, "--wait", 6);
    }
    for (const struct arg_spec *a = c->args; a->name != NULL; a++) {
        nearest_offer_all(&n, a->type == ARG_CHOICE ? a->choices : NULL);
    }
    buf_printf(&text, "unknown option %.60s", word);
    if (n.count > 0) {
        nearest_text(&n, &text);
    } else if (word[1] != '-') {
        buf_adds(&text, "; put -- in front of words that start with -");
    }
    enum status st = check_usage(c, text.data, e);
    buf_free(&text);
    return st;
}

static const struct opt_spec *find_option(const struct command *c, const char *word, size_t n)
{
    for (const struct opt_spec *o = c->opts; o->name != NULL; o++) {
        bool is_name = strlen(o->name) == n && memcmp(o->name, word, n) == 0;
        bool is_letter =
            o->letter != NULL && strlen(o->letter) == n && memcmp(o->letter, word, n) == 0;
        if (is_name || is_letter) {
            return o;
        }
    }
    return NULL;
}

/* --json and --wait. */
static bool common_option(struct call *call, const char *word)
{
    if (strcmp(word, "--json") == 0) {
        call->json = true;
        return true;
    }
    if (strcmp(word, "--wait") == 0 && (call->cmd->flags & CMD_JOB) != 0) {
        call->wait = true;
        return true;
    }
    return false;
}

static enum status option_error(const struct command *c, const char *name, const char *what,
                                struct err *e)
{
    struct buf text;
    buf_init(&text, MESSAGE_MAX);
    buf_printf(&text, "%s %s", name, what);
    enum status st = check_usage(c, text.data, e);
    buf_free(&text);
    return st;
}

/* At an option word; moves on past it and its value. */
static enum status parse_option(struct parser *p, struct err *e)
{
    struct call *call = p->call;
    const struct command *c = call->cmd;
    const char *word = p->argv[p->at++];
    if (common_option(call, word)) {
        return ST_OK;
    }
    const char *equals = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
    const struct opt_spec *o =
        find_option(c, word, equals != NULL ? (size_t)(equals - word) : strlen(word));
    if (o == NULL) {
        return unknown_option(c, word, e);
    }
    for (int i = 0; i < call->opt_count; i++) {
        if (call->opts[i].spec == o) {
            return option_error(c, o->name, "is given twice", e);
        }
    }
    const char *value = "";
    if (o->value == NULL && equals != NULL) {
        return option_error(c, o->name, "takes no value", e);
    }
    if (o->value != NULL) {
        if (equals == NULL && p->at == p->argc) {
            return option_error(c, o->name, "needs a value", e);
        }
        value = equals != NULL ? equals + 1 : p->argv[p->at++];
        struct expected x = {c, o->name, o->type, o->low, o->high, o->choices};
        enum status st = check_value(&x, value, e);
        if (st != ST_OK) {
            return st;
        }
    }
    call->opts[call->opt_count].spec = o;
    call->opts[call->opt_count].value = keep(p, value);
    call->opt_count++;
    return ST_OK;
}

static enum status parse_words(struct parser *p, struct err *e)
{
    bool options = true;
    while (p->at < p->argc) {
        const char *word = p->argv[p->at];
        if (options && strcmp(word, "--") == 0) {
            options = false;
            p->at++;
        } else if (options && is_option(p->call->cmd, word)) {
            enum status st = parse_option(p, e);
            if (st != ST_OK) {
                return st;
            }
        } else {
            p->call->word_list[p->words++] = keep(p, word);
            p->at++;
        }
    }
    return ST_OK;
}

/* ------------------------------------------------------------------ words to arguments */

/* How many of the words from `at` on this argument takes, leaving enough for those behind it. */
static int take_count(const struct call *call, int i, int at, int words)
{
    const struct arg_spec *a = &call->cmd->args[i];
    int behind = 0;
    for (const struct arg_spec *b = a + 1; b->name != NULL; b++) {
        behind += b->min;
    }
    int room = words - at - behind;
    if (a->max >= 0 && room > a->max) {
        room = a->max;
    }
    /* Points before a text (review): the numbers are points, the rest is text. */
    if (a->type == ARG_POINT && a->max < 0) {
        int numbers = 0;
        int64_t id = 0;
        while (numbers < room && word_int(call->word_list[at + numbers], &id)) {
            numbers++;
        }
        return numbers > a->min ? numbers : a->min < room ? a->min : room;
    }
    return room > 0 ? room : 0;
}

static bool is_filter_term(const char *s, size_t n)
{
    if (n == 3 && memcmp(s, "and", 3) == 0) {
        return true;
    }
    size_t i = n > 0 && s[0] == '!' ? 1 : 0;
    if (i < n && s[i] == '/') {
        return true;
    }
    size_t letters = 0;
    while (i + letters < n && s[i + letters] >= 'a' && s[i + letters] <= 'z') {
        letters++;
    }
    return letters > 0 && i + letters < n && strchr(":<>", s[i + letters]) != NULL;
}

/*
 * A word of a filter that was one word for the shell keeps its blanks: node:operation/with carrying
 * becomes node:"operation/with carrying". A whole filter in one word is left as it is.
 */
static bool needs_filter_quotes(const char *word)
{
    const char *value = strpbrk(word, ":/");
    const char *at = strpbrk(word, " \t");
    if (at == NULL || value == NULL || *value == '/' || value > at || strchr(word, '"') != NULL) {
        return false;
    }
    while (*at != '\0') {
        at += strspn(at, " \t");
        size_t n = strcspn(at, " \t");
        if (is_filter_term(at, n)) {
            return false;
        }
        at += n;
    }
    return true;
}

static char *put(char *to, const char *s, size_t n)
{
    memcpy(to, s, n);
    return to + n;
}

/* Joins the words of one argument with single blanks into one value. */
static void join_arg(struct parser *p, int i)
{
    struct call *call = p->call;
    char **words = call->args[i];
    bool filter = call->cmd->args[i].type == ARG_FILTER;
    char *joined = p->store_end;
    char *to = joined;
    for (int j = 0; j < call->arg_count[i]; j++) {
        const char *word = words[j];
        if (j > 0) {
            *to++ = ' ';
        }
        if (filter && needs_filter_quotes(word)) {
            size_t head = strcspn(word, ":") + 1;
            to = put(to, word, head);
            *to++ = '"';
            to = put(to, word + head, strlen(word + head));
            *to++ = '"';
        } else {
            to = put(to, word, strlen(word));
        }
    }
    *to++ = '\0';
    p->store_end = to;
    words[0] = joined;
    call->arg_count[i] = 1;
}

static enum status check_arg(struct parser *p, int i, struct err *e)
{
    struct call *call = p->call;
    const struct arg_spec *a = &call->cmd->args[i];
    bool joined = a->max < 0 && (a->type == ARG_TEXT || a->type == ARG_FILTER);
    if (joined && call->arg_count[i] > 0) {
        join_arg(p, i);
    }
    struct expected x = {call->cmd, a->name, a->type, a->low, a->high, a->choices};
    for (int j = 0; j < call->arg_count[i]; j++) {
        enum status st = check_value(&x, call->args[i][j], e);
        if (st != ST_OK) {
            return st;
        }
    }
    return ST_OK;
}

static enum status assign_args(struct parser *p, struct err *e)
{
    struct call *call = p->call;
    int at = 0;
    int wanted = 0;
    for (const struct arg_spec *a = call->cmd->args; a->name != NULL; a++) {
        wanted += a->min;
        if (wanted > p->words) {
            return option_error(call->cmd, a->name, "is missing", e);
        }
    }
    for (int i = 0; call->cmd->args[i].name != NULL; i++) {
        int n = take_count(call, i, at, p->words);
        call->args[i] = &call->word_list[at];
        call->arg_count[i] = n;
        at += n;
        enum status st = check_arg(p, i, e);
        if (st != ST_OK) {
            return st;
        }
    }
    if (at < p->words) {
        struct buf text;
        buf_init(&text, MESSAGE_MAX);
        buf_printf(&text, "\"%.80s\" is too much", call->word_list[at]);
        enum status st = check_usage(call->cmd, text.data, e);
        buf_free(&text);
        return st;
    }
    return ST_OK;
}

/* `set NAME VALUE`: the value can be judged by the table, without the session. */
static enum status check_set(const struct call *call, struct err *e)
{
    if (call->cmd->id != CMD_SET) {
        return ST_OK;
    }
    struct err why = {.code = ST_OK, .msg = ""};
    const struct setting *s = setting_find(call->args[0][0]);
    bool good = s != NULL && setting_check(s, call->args[1][0], &why) == ST_OK;
    return good ? ST_OK : err_set(e, ST_USAGE, "%s", why.msg);
}

static enum status reserve(struct call *call, int argc, const char *const *argv, struct err *e)
{
    size_t bytes = 1;
    for (int i = 0; i < argc; i++) {
        bytes += 2 * strlen(argv[i]) + 6; /* itself, and once more joined: blank and quotes */
    }
    call->words_store = mem_try_realloc(NULL, bytes);
    call->word_list = mem_try_realloc(NULL, ((size_t)argc + 1) * sizeof(char *));
    if (call->words_store == NULL || call->word_list == NULL) {
        return err_set(e, ST_LIMIT, "the command needs more memory than there is");
    }
    return ST_OK;
}

enum status call_parse(int argc, const char *const *argv, struct call *out, struct err *e)
{
    memset(out, 0, sizeof *out);
    /* --json may also come first, as people write it. */
    int skip = 0;
    while (skip < argc && strcmp(argv[skip], "--json") == 0) {
        skip++;
    }
    if (skip > 0) { /* argv may be NULL when there are no words */
        argv += skip;
        argc -= skip;
    }
    if (argc == 0) {
        return err_set(e, ST_USAGE, "no command is given; help lists all");
    }
    int used = 0;
    out->cmd = command_find(argc, argv, &used);
    if (out->cmd == NULL) {
        return check_unknown_command(argc, argv, e);
    }
    out->json = skip > 0;
    enum status st = reserve(out, argc, argv, e);
    struct parser p = {.call = out, .argv = argv, .argc = argc, .at = used};
    if (st == ST_OK) {
        p.store_end = out->words_store;
        st = parse_words(&p, e);
    }
    if (st == ST_OK) {
        st = assign_args(&p, e);
    }
    if (st == ST_OK) {
        st = check_set(out, e);
    }
    if (st != ST_OK) {
        call_free(out);
    }
    return st;
}

void call_free(struct call *c)
{
    free(c->words_store);
    free(c->word_list);
    memset(c, 0, sizeof *c);
}

/* ------------------------------------------------------------------ reading a call */

const char *call_arg(const struct call *c, int i)
{
    return i >= 0 && i < COMMAND_MAX_ARGS && c->arg_count[i] > 0 ? c->args[i][0] : NULL;
}

const char *call_opt(const struct call *c, const char *name)
{
    for (int i = 0; i < c->opt_count; i++) {
        const struct opt_spec *o = c->opts[i].spec;
        if (strcmp(o->name, name) == 0 || (o->letter != NULL && strcmp(o->letter, name) == 0)) {
            return c->opts[i].value;
        }
    }
    return NULL;
}

double call_opt_num(const struct call *c, const char *name, double otherwise)
{
    const char *value = call_opt(c, name);
    double v = 0.0;
    return value != NULL && word_number(value, &v) ? v : otherwise;
}

double call_arg_num(const struct call *c, int i, double otherwise)
{
    const char *value = call_arg(c, i);
    double v = 0.0;
    return value != NULL && word_number(value, &v) ? v : otherwise;
}
