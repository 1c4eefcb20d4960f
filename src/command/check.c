/*
 * check - usage lines, and whether one value is what its argument or option wants.
 *
 * Only what the tables know is checked: whether a node or a teacher of that name exists is the
 * session's business. Every refusal names what was expected and what was found.
 */
#include "command/check.h"

#include "base/mem.h"
#include "command/filter.h"
#include "command/settings.h"
#include "command/word.h"

#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MAX = 480 };

/* ------------------------------------------------------------------ usage */

static void usage_arg(const struct arg_spec *a, struct buf *out)
{
    if (a->min == 0) {
        buf_addc(out, '[');
    }
    buf_adds(out, a->name);
    for (int i = 1; i < a->min; i++) {
        buf_printf(out, " %s", a->name);
    }
    bool joined = a->type == ARG_TEXT || a->type == ARG_FILTER;
    if (a->max < 0 && !joined) {
        buf_adds(out, "...");
    }
    if (a->min == 0) {
        buf_addc(out, ']');
    }
}

void command_usage(const struct command *c, struct buf *out)
{
    buf_printf(out, "usage: %s", c->name);
    for (const struct arg_spec *a = c->args; a->name != NULL; a++) {
        buf_addc(out, ' ');
        usage_arg(a, out);
    }
    for (const struct opt_spec *o = c->opts; o->name != NULL; o++) {
        buf_printf(out, " [%s", o->letter != NULL ? o->letter : o->name);
        if (o->value != NULL) {
            buf_printf(out, " %s", o->value);
        }
        buf_addc(out, ']');
    }
    if ((c->flags & CMD_JOB) != 0) {
        buf_adds(out, " [--wait]");
    }
}

enum status check_usage(const struct command *c, const char *what, struct err *e)
{
    struct buf usage;
    buf_init(&usage, MESSAGE_MAX);
    command_usage(c, &usage);
    enum status st = err_set(e, ST_USAGE, "%.280s (%s)", what, usage.data);
    buf_free(&usage);
    return st;
}

/* ------------------------------------------------------------------ checking one value */

static enum status refuse(const struct expected *x, const char *want, const char *found,
                          struct err *e)
{
    struct buf what;
    buf_init(&what, MESSAGE_MAX);
    buf_printf(&what, "%s: expected %s, found \"%.80s\"", x->name, want, found);
    enum status st = check_usage(x->cmd, what.data, e);
    buf_free(&what);
    return st;
}

static enum status check_number(const struct expected *x, const char *value, struct err *e)
{
    int64_t whole = 0;
    double number = 0.0;
    bool good = word_number(value, &number);
    if (x->type == ARG_INT) {
        good = word_int(value, &whole);
        number = (double)whole;
    }
    if (good && (x->low >= x->high || (number >= x->low && number <= x->high))) {
        return ST_OK;
    }
    struct buf want;
    buf_init(&want, MESSAGE_MAX);
    buf_adds(&want, x->type == ARG_INT ? "a whole number " : "a number ");
    word_range_text(x->low, x->high, &want);
    enum status st = refuse(x, want.data, value, e);
    buf_free(&want);
    return st;
}

static enum status refuse_name(const struct expected *x, const char *what, const char *value,
                               const struct nearest *n, const char *hint, struct err *e)
{
    struct buf text;
    buf_init(&text, MESSAGE_MAX);
    buf_printf(&text, "unknown %s \"%.80s\"", what, value);
    if (n->count > 0) {
        nearest_text(n, &text);
    } else {
        buf_adds(&text, hint);
    }
    enum status st = check_usage(x->cmd, text.data, e);
    buf_free(&text);
    return st;
}

static enum status check_choice(const struct expected *x, const char *value, struct err *e)
{
    if (word_in(x->choices, value)) {
        return ST_OK;
    }
    struct buf want;
    struct nearest n;
    buf_init(&want, MESSAGE_MAX);
    word_list_text(x->choices, &want);
    nearest_init(&n, value);
    nearest_offer_all(&n, x->choices);
    struct buf found;
    buf_init(&found, MESSAGE_MAX);
    buf_printf(&found, "%s: expected %s, found \"%.60s\"", x->name, want.data, value);
    nearest_text(&n, &found);
    enum status st = check_usage(x->cmd, found.data, e);
    buf_free(&found);
    buf_free(&want);
    return st;
}

static enum status check_setting(const struct expected *x, const char *value, struct err *e)
{
    if (setting_find(value) != NULL) {
        return ST_OK;
    }
    struct nearest n;
    nearest_init(&n, value);
    for (int i = 0; i < SETTING_COUNT; i++) {
        const char *name = setting_at((enum setting_id)i)->name;
        nearest_offer(&n, name, strlen(name));
    }
    return refuse_name(x, "setting", value, &n, "; settings lists all", e);
}

static enum status check_role(const struct expected *x, const char *value, struct err *e)
{
    enum role_id role;
    if (role_by_name(value, &role)) {
        return ST_OK;
    }
    struct buf want;
    buf_init(&want, MESSAGE_MAX);
    for (int i = 0; i < ROLE_COUNT; i++) {
        buf_printf(&want, "%s%s",
                   i == 0                ? ""
                   : i == ROLE_COUNT - 1 ? " or "
                                         : ", ",
                   role_name((enum role_id)i));
    }
    enum status st = refuse(x, want.data, value, e);
    buf_free(&want);
    return st;
}

static enum status check_teacher_key(const struct expected *x, const char *key, const char *value,
                                     struct err *e)
{
    const struct setting *s = teacher_key_find(key, NULL);
    if (s == NULL) {
        struct nearest n;
        nearest_init(&n, key);
        for (int i = 0; i < TK_COUNT; i++) {
            const char *name = teacher_key_at((enum teacher_key_id)i)->name;
            nearest_offer(&n, name, strlen(name));
        }
        return refuse_name(x, "teacher key", key, &n, "; help teacher set lists all", e);
    }
    if (value[0] == '\0') {
        return ST_OK; /* back to the default */
    }
    struct err why;
    return setting_check(s, value, &why) == ST_OK ? ST_OK : check_usage(x->cmd, why.msg, e);
}

static enum status check_keyvalue(const struct expected *x, const char *value, struct err *e)
{
    const char *equals = strchr(value, '=');
    if (equals == NULL || equals == value) {
        return refuse(x, "KEY=VALUE", value, e);
    }
    char *key = xstrndup(value, (size_t)(equals - value));
    enum status st = ST_OK;
    if (x->choices == NULL) {
        st = check_teacher_key(x, key, equals + 1, e);
    } else if (!word_in(x->choices, key)) {
        struct nearest n;
        struct buf all;
        nearest_init(&n, key);
        nearest_offer_all(&n, x->choices);
        buf_init(&all, MESSAGE_MAX);
        buf_adds(&all, "; known are ");
        word_list_text(x->choices, &all);
        st = refuse_name(x, "key", key, &n, all.data, e);
        buf_free(&all);
    }
    free(key);
    return st;
}

static enum status check_id(const struct expected *x, const char *value, struct err *e)
{
    int64_t id = 0;
    if (word_int(value, &id) && id > 0 && value[0] != '+') {
        return ST_OK;
    }
    return refuse(x, x->type == ARG_CALL ? "a call's number" : "a point's number", value, e);
}

static enum status check_node(const struct expected *x, const char *value, struct err *e)
{
    int64_t id = 0;
    bool good = value[0] != '\0';
    if (value[0] == '@') {
        good = value[1] != '-' && value[1] != '+' && word_int(value + 1, &id) && id > 0;
    }
    return good ? ST_OK : refuse(x, "@ID or a path such as operation/division", value, e);
}

static enum status check_filter(const struct expected *x, const char *value, struct err *e)
{
    struct filter f;
    struct err why;
    if (filter_parse(value, x->cmd->id == CMD_CALLS, &f, &why) != ST_OK) {
        return check_usage(x->cmd, why.msg, e);
    }
    filter_free(&f);
    return ST_OK;
}

enum status check_value(const struct expected *x, const char *value, struct err *e)
{
    switch (x->type) {
    case ARG_INT:
    case ARG_NUMBER:
        return check_number(x, value, e);
    case ARG_CHOICE:
        return check_choice(x, value, e);
    case ARG_SETTING:
        return check_setting(x, value, e);
    case ARG_ROLE:
        return check_role(x, value, e);
    case ARG_KEYVALUE:
        return check_keyvalue(x, value, e);
    case ARG_POINT:
    case ARG_CALL:
        return check_id(x, value, e);
    case ARG_NODE:
        return check_node(x, value, e);
    case ARG_FILTER:
        return check_filter(x, value, e);
    case ARG_NAME:
    case ARG_TEACHER:
    case ARG_FACTOR:
    case ARG_STRATEGY:
        return value[0] != '\0' ? ST_OK : refuse(x, "a name", value, e);
    case ARG_JSON:
        return value[0] != '\0' ? ST_OK : refuse(x, "JSON text or @FILE", value, e);
    case ARG_FILE_IN:
    case ARG_FILE_OUT:
        return value[0] != '\0' ? ST_OK : refuse(x, "a file name", value, e);
    case ARG_TEXT:
    case ARG_COMMAND:
        return ST_OK;
    }
    return err_set(e, ST_INTERNAL, "argument of unknown type");
}
