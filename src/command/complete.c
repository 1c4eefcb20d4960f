/*
 * complete - see complete.h.
 *
 * The words before the cursor are split as the parser splits them; the last one may be half
 * quoted, so its quotes are closed for reading. What fits is collected without order and without
 * care for repeats, then sorted, made unique and cut.
 */
#include "command/complete.h"

#include "base/mem.h"
#include "command/settings.h"
#include "command/word.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ITEMS_MAX = 200, COLLECTED_MAX = 20000, LINE_BYTES = 1 << 20, HELP_BYTES = 100 };

struct item {
    char *word, *help;
    char *key; /* the word without quotes, to sort by */
};

struct completer {
    const char *partial; /* the word before the cursor, without its quotes */
    complete_names_fn *names;
    void *names_ctx;
    const char *before; /* put in front of a session's name: "node:", "--under=" */
    bool as_is;         /* words are not quoted */
    bool filter_quotes; /* a name with blanks needs the filter's own quotes */
    struct item *items;
    size_t count, cap;
};

static bool starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* First sentence of a help text, so that it fits beside the word. */
static char *short_help(const char *help)
{
    size_t n = strcspn(help, "\n");
    for (size_t i = 0; i < n; i++) {
        if (help[i] == '.' && (i + 1 == n || help[i + 1] == ' ')) {
            n = i;
        }
    }
    if (n > HELP_BYTES) {
        n = HELP_BYTES;
        while (n > 0 && ((unsigned char)help[n] & 0xC0u) == 0x80u) {
            n--;
        }
    }
    return xstrndup(help, n);
}

static void offer(struct completer *c, const char *word, const char *help)
{
    if (!starts_with(word, c->partial) || c->count == COLLECTED_MAX) {
        return;
    }
    struct buf quoted;
    buf_init(&quoted, LINE_BYTES);
    if (c->as_is) {
        buf_adds(&quoted, word);
    } else {
        words_quote(&quoted, word);
    }
    c->items = vec_grow(c->items, &c->cap, c->count + 1, sizeof *c->items);
    c->items[c->count].word = buf_take(&quoted);
    c->items[c->count].key = xstrdup(word);
    c->items[c->count].help = help != NULL ? short_help(help) : NULL;
    c->count++;
    buf_free(&quoted);
}

/* "before" + word. */
static void offer_after(struct completer *c, const char *before, const char *word, const char *help)
{
    char *whole = xasprintf("%s%s", before, word);
    offer(c, whole, help);
    free(whole);
}

static void offer_choices(struct completer *c, const char *before, const char *choices)
{
    size_t len = 0;
    const char *at = choices;
    const char *item = word_next(&at, &len);
    while (item != NULL) {
        char *word = xstrndup(item, len);
        offer_after(c, before, word, NULL);
        free(word);
        item = word_next(&at, &len);
    }
}

/* ------------------------------------------------------------------ names of the session */

static void add_name(void *ctx, const char *name, const char *help)
{
    struct completer *c = ctx;
    bool quotes = c->filter_quotes && strpbrk(name, " \t\"") != NULL;
    struct buf word;
    buf_init(&word, LINE_BYTES);
    buf_adds(&word, c->before);
    if (quotes) {
        buf_addc(&word, '"');
        for (const char *s = name; *s != '\0'; s++) {
            if (*s == '"' || *s == '\\') {
                buf_addc(&word, '\\');
            }
            buf_addc(&word, *s);
        }
        buf_addc(&word, '"');
    } else {
        buf_adds(&word, name);
    }
    /* With quotes the word no longer starts with what was typed: the callback has compared it. */
    const char *partial = c->partial;
    c->partial = quotes ? "" : partial;
    offer(c, word.data, help);
    c->partial = partial;
    buf_free(&word);
}

static void offer_names(struct completer *c, enum arg_type type, const char *before)
{
    if (c->names == NULL || !starts_with(c->partial, before)) {
        return;
    }
    const char *prefix = c->partial + strlen(before);
    if (c->filter_quotes && prefix[0] == '"') {
        prefix++;
    }
    c->before = before;
    c->names(c->names_ctx, type, prefix, add_name, c);
    c->before = "";
}

/* ------------------------------------------------------------------ files */

static void offer_file(struct completer *c, const char *before, const char *folder,
                       const char *name)
{
    struct stat sb;
    char *path = xasprintf("%s%s", folder, name);
    bool is_folder = stat(path, &sb) == 0 && S_ISDIR(sb.st_mode);
    char *word = xasprintf("%s%s%s", before, path, is_folder ? "/" : "");
    offer(c, word, NULL);
    free(word);
    free(path);
}

static const struct dirent *next_entry(DIR *dir)
{
    /* The stream is this thread's own. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    return dir != NULL ? readdir(dir) : NULL;
}

static void offer_files(struct completer *c, const char *before)
{
    if (!starts_with(c->partial, before)) {
        return;
    }
    const char *typed = c->partial + strlen(before);
    const char *slash = strrchr(typed, '/');
    const char *name = slash != NULL ? slash + 1 : typed;
    char *folder = xstrndup(typed, (size_t)(name - typed));
    DIR *dir = opendir(folder[0] != '\0' ? folder : ".");
    const struct dirent *entry = next_entry(dir);
    while (entry != NULL) {
        bool hidden = entry->d_name[0] == '.';
        bool dots = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        if (!dots && (!hidden || name[0] == '.') && starts_with(entry->d_name, name)) {
            offer_file(c, before, folder, entry->d_name);
        }
        entry = next_entry(dir);
    }
    if (dir != NULL) {
        (void)closedir(dir);
    }
    free(folder);
}

/* ------------------------------------------------------------------ what fits one type */

static void offer_settings(struct completer *c)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting *s = setting_at((enum setting_id)i);
        offer(c, s->name, s->help);
    }
}

static void offer_roles(struct completer *c)
{
    for (int i = 0; i < ROLE_COUNT; i++) {
        offer(c, role_name((enum role_id)i), role_help((enum role_id)i));
    }
}

/* Names of commands, word by word: those that go on from the words that are there. */
static void offer_commands(struct completer *c, int argc, char *const *argv)
{
    size_t count = 0;
    const struct command *rows = command_table(&count);
    if (argc > 1) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const char *name = rows[i].name;
        const char *second = strchr(name, ' ');
        size_t first = second != NULL ? (size_t)(second - name) : strlen(name);
        if (argc == 0) {
            char *word = xstrndup(name, first);
            offer(c, word, second != NULL ? NULL : rows[i].summary);
            free(word);
        } else if (second != NULL && strlen(argv[0]) == first &&
                   memcmp(name, argv[0], first) == 0) {
            offer(c, second + 1, rows[i].summary);
        }
    }
}

static void offer_teacher_keys(struct completer *c)
{
    const char *equals = strchr(c->partial, '=');
    for (int i = 0; i < TK_COUNT; i++) {
        const struct setting *s = teacher_key_at((enum teacher_key_id)i);
        char *key = xasprintf("%s=", s->name);
        if (equals == NULL) {
            offer(c, key, s->help);
        } else if (starts_with(c->partial, key)) {
            offer_choices(c, key, s->choices);
        }
        free(key);
    }
}

static void offer_strategy_keys(struct completer *c, const char *choices)
{
    if (starts_with(c->partial, "levels=")) {
        offer_choices(c, "levels=", setting_at(SETTING_LEVELS)->choices);
    } else if (starts_with(c->partial, "taxonomies=")) {
        const char *last = strrchr(c->partial, ',');
        const char *from = last != NULL ? last : strchr(c->partial, '=');
        char *before = xstrndup(c->partial, (size_t)(from + 1 - c->partial));
        offer_names(c, ARG_NODE, before);
        free(before);
    } else if (strchr(c->partial, '=') == NULL) {
        size_t len = 0;
        const char *at = choices;
        const char *item = word_next(&at, &len);
        while (item != NULL) {
            char *key = xasprintf("%.*s=", (int)len, item);
            offer(c, key, NULL);
            free(key);
            item = word_next(&at, &len);
        }
    }
}

static void offer_states(struct completer *c, const char *before)
{
    for (int i = 0; i < POINT_STATES; i++) {
        enum point_state s = (enum point_state)i;
        offer_after(c, before, point_state_name(s), point_state_help(s));
    }
}

static void offer_filter(struct completer *c, bool calls)
{
    /* A word after '!' is the same word. */
    bool negated = c->partial[0] == '!';
    static const char points[] =
        "state:|node:|strategy:|complex:yes|complex:no|verdict:yes/yes|"
        "verdict:yes/no|verdict:no/yes|verdict:no/no|reviewed:yes|reviewed:no|id:";
    static const char of_calls[] = "task:|teacher:|outcome:ok|outcome:length|outcome:refused|"
                                   "outcome:transport|outcome:fatal|point:|id:";
    offer_choices(c, negated ? "!" : "", calls ? of_calls : points);
    c->filter_quotes = true;
    if (calls) {
        offer_names(c, ARG_TEACHER, negated ? "!teacher:" : "teacher:");
    } else {
        offer_states(c, negated ? "!state:" : "state:");
        offer_names(c, ARG_NODE, negated ? "!node:" : "node:");
        offer_names(c, ARG_STRATEGY, negated ? "!strategy:" : "strategy:");
    }
    c->filter_quotes = false;
}

/* `before` is "--opt=" when the value stands in one word with its option. */
static void offer_type(struct completer *c, const struct command *cmd, enum arg_type type,
                       const char *choices, const char *before)
{
    switch (type) {
    case ARG_CHOICE:
        offer_choices(c, before, choices);
        break;
    case ARG_SETTING:
        offer_settings(c);
        break;
    case ARG_ROLE:
        offer_roles(c);
        break;
    case ARG_KEYVALUE:
        if (choices == NULL) {
            offer_teacher_keys(c);
        } else {
            offer_strategy_keys(c, choices);
        }
        break;
    case ARG_FILTER:
        if (before[0] == '\0') {
            offer_filter(c, cmd->id == CMD_CALLS);
        }
        break;
    case ARG_FILE_IN:
    case ARG_FILE_OUT:
        offer_files(c, before);
        break;
    case ARG_JSON:
        offer_files(c, "@");
        break;
    case ARG_NODE:
    case ARG_TEACHER:
    case ARG_FACTOR:
    case ARG_STRATEGY:
    case ARG_POINT:
    case ARG_CALL:
        offer_names(c, type, before);
        break;
    case ARG_TEXT:
    case ARG_NAME:
    case ARG_INT:
    case ARG_NUMBER:
    case ARG_COMMAND:
        break;
    }
}

/* ------------------------------------------------------------------ where the cursor stands */

static const struct opt_spec *option_named(const struct command *cmd, const char *word, size_t n)
{
    for (const struct opt_spec *o = cmd->opts; o->name != NULL; o++) {
        if ((strlen(o->name) == n && memcmp(o->name, word, n) == 0) ||
            (o->letter != NULL && strlen(o->letter) == n && memcmp(o->letter, word, n) == 0)) {
            return o;
        }
    }
    return NULL;
}

/* The words between a command's name and the cursor, seen from the parser's side. */
struct place {
    const struct opt_spec *value_of; /* the cursor stands at this option's value */
    int words;                       /* positional words before the cursor */
    bool options;                    /* no -- was met */
};

static struct place find_place(const struct command *cmd, int argc, char *const *argv)
{
    struct place p = {.value_of = NULL, .words = 0, .options = true};
    for (int i = 0; i < argc; i++) {
        const struct opt_spec *o = NULL;
        if (p.value_of != NULL) {
            p.value_of = NULL;
        } else if (p.options && strcmp(argv[i], "--") == 0) {
            p.options = false;
        } else if (p.options && argv[i][0] == '-' && argv[i][1] != '\0') {
            o = option_named(cmd, argv[i], strlen(argv[i]));
            p.value_of = o != NULL && o->value != NULL ? o : NULL;
        } else {
            p.words++;
        }
    }
    return p;
}

/* The argument that the next positional word belongs to; NULL when there is none. */
static const struct arg_spec *next_arg(const struct command *cmd, int words)
{
    for (const struct arg_spec *a = cmd->args; a->name != NULL; a++) {
        if (a->max < 0 || words < a->max) {
            return a;
        }
        words -= a->max;
    }
    return NULL;
}

static void offer_options(struct completer *c, const struct command *cmd)
{
    for (const struct opt_spec *o = cmd->opts; o->name != NULL; o++) {
        offer(c, o->name, o->help);
    }
    offer(c, "--json", "print JSON");
    if ((cmd->flags & CMD_JOB) != 0) {
        offer(c, "--wait", "show progress and end with the job");
    }
}

static void offer_for_command(struct completer *c, const struct command *cmd, int argc,
                              char *const *argv)
{
    struct place p = find_place(cmd, argc, argv);
    if (p.value_of != NULL) {
        offer_type(c, cmd, p.value_of->type, p.value_of->choices, "");
        return;
    }
    const char *equals = strchr(c->partial, '=');
    if (p.options && starts_with(c->partial, "--") && equals != NULL) {
        const struct opt_spec *o = option_named(cmd, c->partial, (size_t)(equals - c->partial));
        if (o != NULL) {
            char *before = xstrndup(c->partial, (size_t)(equals + 1 - c->partial));
            offer_type(c, cmd, o->type, o->choices, before);
            free(before);
        }
        return;
    }
    if (p.options && c->partial[0] == '-') {
        offer_options(c, cmd);
    }
    const struct arg_spec *a = next_arg(cmd, p.words);
    if (cmd->id == CMD_HELP) {
        offer_commands(c, argc, argv);
        if (argc == 0) {
            offer_settings(c);
        }
    } else if (cmd->id == CMD_SET && p.words == 1) {
        const struct setting *s = setting_find(argv[0]);
        offer_choices(c, "", s != NULL ? s->choices : NULL);
    } else if (a != NULL) {
        offer_type(c, cmd, a->type, a->choices, "");
    }
}

/* Where the last word starts: behind the last blank that stands in no quotes. */
static size_t last_word(const char *line)
{
    size_t start = 0;
    char quote = '\0';
    for (size_t i = 0; line[i] != '\0'; i++) {
        char ch = line[i];
        if (quote == '\0' && (ch == ' ' || ch == '\t')) {
            start = i + 1;
        } else if (ch == '\\' && quote != '\'' && line[i + 1] != '\0') {
            i++;
        } else if (quote != '\0') {
            quote = ch == quote ? '\0' : quote;
        } else if (ch == '"' || ch == '\'') {
            quote = ch;
        }
    }
    return start;
}

/* The word without quotes; an open quote is closed, a lone backslash dropped. */
static char *unquoted(const char *word)
{
    static const char *const ends[] = {"", "'", "\"", "\\"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        int argc = 0;
        char **argv = NULL;
        char *closed = xasprintf("%s%s", word, ends[i]);
        enum status st = words_split(closed, &argc, &argv, NULL);
        free(closed);
        if (st == ST_OK) {
            char *plain = xstrdup(argc > 0 ? argv[0] : "");
            words_free(argc, argv);
            return plain;
        }
    }
    return xstrdup(word);
}

/* ------------------------------------------------------------------ the result */

static int by_word(const void *a, const void *b)
{
    const struct item *x = a;
    const struct item *y = b;
    int order = strcmp(x->key, y->key);
    /* Of two that are the same, the one with help comes first and stays. */
    return order != 0 ? order : (x->help == NULL) - (y->help == NULL);
}

static void finish(struct completer *c, struct completion *out)
{
    if (c->count == 0) {
        free(c->items);
        return;
    }
    qsort(c->items, c->count, sizeof *c->items, by_word);
    out->items = xcalloc(ITEMS_MAX, sizeof *out->items);
    out->help = xcalloc(ITEMS_MAX, sizeof *out->help);
    for (size_t i = 0; i < c->count; i++) {
        free(c->items[i].key);
        bool again = out->count > 0 && strcmp(out->items[out->count - 1], c->items[i].word) == 0;
        if (again || out->count == ITEMS_MAX) {
            free(c->items[i].word);
            free(c->items[i].help);
            continue;
        }
        out->items[out->count] = c->items[i].word;
        out->help[out->count] = c->items[i].help;
        out->count++;
    }
    free(c->items);
}

void complete_line(const char *line, complete_names_fn *names, void *ctx, struct completion *out)
{
    memset(out, 0, sizeof *out);
    size_t n = strlen(line);
    out->from = n <= LINE_BYTES ? last_word(line) : n;
    out->typed = xstrdup(line + out->from);
    int argc = 0;
    char **argv = NULL;
    char *before = xstrndup(line, n <= LINE_BYTES ? out->from : 0);
    if (n > LINE_BYTES || words_split(before, &argc, &argv, NULL) != ST_OK) {
        free(before);
        return;
    }
    char *partial = unquoted(out->typed);
    struct completer c = {.partial = partial, .names = names, .names_ctx = ctx, .before = ""};
    int used = 0;
    const struct command *cmd = command_find(argc, (const char *const *)argv, &used);
    offer_commands(&c, argc, argv);
    if (cmd != NULL) {
        offer_for_command(&c, cmd, argc - used, argv + used);
    }
    finish(&c, out);
    free(partial);
    free(before);
    words_free(argc, argv);
}

void complete_file(const char *line, struct completion *out)
{
    memset(out, 0, sizeof *out);
    out->typed = xstrdup(line);
    struct completer c = {.partial = line, .before = "", .as_is = true};
    offer_files(&c, "");
    finish(&c, out);
}

void completion_free(struct completion *c)
{
    for (size_t i = 0; i < c->count; i++) {
        free(c->items[i]);
        free(c->help[i]);
    }
    free(c->items);
    free(c->help);
    free(c->typed);
    memset(c, 0, sizeof *c);
}

void completion_common(const struct completion *c, struct buf *out)
{
    if (c->count == 0) {
        return;
    }
    size_t same = strlen(c->items[0]);
    for (size_t i = 1; i < c->count; i++) {
        size_t j = 0;
        while (j < same && c->items[i][j] == c->items[0][j]) {
            j++;
        }
        same = j;
    }
    /* Never half a character. */
    while (same > 0 && ((unsigned char)c->items[0][same] & 0xC0u) == 0x80u) {
        same--;
    }
    size_t typed = strlen(c->typed);
    if (same > typed && starts_with(c->items[0], c->typed)) {
        buf_add(out, c->items[0] + typed, same - typed);
    }
}
