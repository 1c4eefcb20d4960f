/*
 * A session as the script that builds it again. Order and form are fixed, so that building from the
 * script and saving gives the same text: what comes first is what later lines refer to.
 */
#include "base/file.h"
#include "base/mem.h"
#include "server/exec_table.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCRIPT_MAX (512u << 20)

struct script {
    struct exec *x;
    const struct tree *t;
    struct buf out, path;
    bool dashes; /* the line has its "--" */
};

/* Begin a line with the words of a command. */
static void begin(struct script *s, const char *command)
{
    buf_adds(&s->out, command);
    s->dashes = false;
}

/* An argument. One that begins with '-' would be taken for an option: "--" ends these first. */
static void word(struct script *s, const char *text)
{
    if (text[0] == '-' && !s->dashes) {
        buf_adds(&s->out, " --");
        s->dashes = true;
    }
    buf_addc(&s->out, ' ');
    words_quote(&s->out, text);
}

/* The value of an option, whatever it begins with. */
static void value(struct script *s, const char *text)
{
    buf_addc(&s->out, ' ');
    words_quote(&s->out, text);
}

static void number(struct script *s, double v)
{
    buf_addc(&s->out, ' ');
    json_number(&s->out, v);
}

static void end(struct script *s)
{
    buf_addc(&s->out, '\n');
}

static const char *path_of(struct script *s, uint32_t at)
{
    buf_clear(&s->path);
    tree_path(s->t, at, &s->path);
    return s->path.data;
}

static enum status save_texts(struct script *s, struct err *e)
{
    static const char *const keys[][2] = {{"description", "describe"}, {"schema", "schema"}};
    struct buf text;
    buf_init(&text, 8u << 20);
    enum status st = ST_OK;
    for (size_t i = 0; st == ST_OK && i < 2; i++) {
        buf_clear(&text);
        st = store_text(s->x->store, keys[i][0], &text, e);
        if (st == ST_OK && text.len > 0) {
            begin(s, keys[i][1]);
            word(s, text.data);
            end(s);
        }
    }
    buf_free(&text);
    cJSON *list = NULL;
    if (st == ST_OK) {
        st = store_examples(s->x->store, &list, e);
    }
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list)
    {
        char *json = json_text(cJSON_GetObjectItem(item, "record"));
        begin(s, "example add");
        word(s, json);
        end(s);
        free(json);
    }
    cJSON_Delete(list);
    return st;
}

static enum status save_settings(struct script *s, struct err *e)
{
    struct buf text;
    buf_init(&text, 65536);
    enum status st = ST_OK;
    for (int i = 0; st == ST_OK && i < SETTING_COUNT; i++) {
        enum setting_id id = (enum setting_id)i;
        buf_clear(&text);
        st = store_setting(s->x->store, id, &text, e);
        if (st == ST_OK && store_setting_is_set(s->x->store, id) &&
            strcmp(text.data, setting_at(id)->otherwise) != 0) {
            begin(s, "set");
            word(s, setting_at(id)->name);
            word(s, text.data);
            end(s);
        }
    }
    buf_free(&text);
    return st;
}

static void save_teacher(struct script *s, const struct teacher_config *c)
{
    struct buf pair;
    int keys = 0;
    buf_init(&pair, 65536);
    begin(s, "teacher add");
    word(s, c->name);
    for (int k = 0; k < TK_COUNT; k++) {
        const char *name = teacher_key_at((enum teacher_key_id)k)->name;
        int n = k == TK_BASE_URL ? c->base_url_count : c->key[k] != NULL ? 1 : 0;
        for (int i = 0; i < n; i++) {
            buf_clear(&pair);
            buf_printf(&pair, "%s=%s", name, k == TK_BASE_URL ? c->base_url[i] : c->key[k]);
            word(s, pair.data);
            keys++;
        }
    }
    if (keys == 0) {
        word(s, "dialect="); /* the command wants a key; an empty value is the default */
    }
    end(s);
    buf_free(&pair);
}

/* The built-in teacher as it is when nobody touched it needs no line. */
static bool is_built_in(const struct teacher_config *c)
{
    bool keys = false;
    for (int k = 0; k < TK_COUNT; k++) {
        keys = keys || (k != TK_DIALECT && c->key[k] != NULL);
    }
    return strcmp(c->name, "offline") == 0 && !keys && c->base_url_count == 0 &&
           strcmp(teacher_config_text(c, TK_DIALECT), "offline") == 0;
}

static enum status save_teachers(struct script *s, struct err *e)
{
    struct teacher_config *list = NULL;
    int count = 0;
    enum status st = store_teachers(s->x->store, &list, &count, e);
    for (int i = 0; i < count; i++) {
        if (!(count == 1 && is_built_in(&list[i]))) {
            save_teacher(s, &list[i]);
        }
    }
    struct buf name;
    buf_init(&name, 4096);
    for (int r = 0; st == ST_OK && r < ROLE_COUNT; r++) {
        buf_clear(&name);
        st = store_role(s->x->store, (enum role_id)r, &name, e);
        if (st == ST_OK && count > 0 && strcmp(name.data, list[0].name) != 0) {
            begin(s, "role");
            word(s, role_name((enum role_id)r));
            word(s, name.data);
            end(s);
        }
    }
    buf_free(&name);
    for (int i = 0; i < count; i++) {
        teacher_config_free(&list[i]);
    }
    free(list);
    return st;
}

static void add_factor(struct script *s, const char *name, const char *desc, bool proposed)
{
    begin(s, "factor add");
    if (proposed) {
        buf_adds(&s->out, " --proposed");
    }
    if (desc[0] != '\0' && name[0] == '-') { /* options do not go behind "--" */
        buf_adds(&s->out, " -d");
        value(s, desc);
    }
    word(s, name);
    if (desc[0] != '\0' && !s->dashes) {
        buf_adds(&s->out, " -d");
        value(s, desc);
    }
    end(s);
}

static bool save_factor(void *ctx, const struct factor_row *f)
{
    struct script *s = ctx;
    bool taken = tree_child(s->t, 0, f->name, strlen(f->name)) != TREE_NONE;
    if (f->state == FACTOR_ACCEPTED || taken) {
        return true; /* its taxonomy, if it was not deleted, says more */
    }
    add_factor(s, f->name, f->desc, true);
    if (f->state == FACTOR_REJECTED) {
        begin(s, "factor reject");
        word(s, f->name);
        end(s);
    }
    return !s->out.over;
}

/* A taxonomy is an accepted factor, in the order of the taxonomies; then those not accepted. */
static enum status save_factors(struct script *s, struct err *e)
{
    for (uint32_t at = s->t->nodes[0].first; at != TREE_NONE; at = s->t->nodes[at].next) {
        const struct node *n = &s->t->nodes[at];
        add_factor(s, n->name, n->desc, false);
    }
    return store_factors(s->x->store, save_factor, s, e);
}

static void node_options(struct script *s, const struct node *n)
{
    if (n->desc[0] != '\0') {
        buf_adds(&s->out, " -d");
        value(s, n->desc);
    }
    if (n->weight < 1 || n->weight > 1) {
        buf_adds(&s->out, " -w");
        number(s, n->weight);
    }
    if (n->origin == NODE_BY_MODEL) {
        buf_adds(&s->out, " --origin model");
    }
    if (n->state != NODE_EXPANDED) {
        buf_adds(&s->out, n->state == NODE_FAILED ? " --state failed" : " --state unexpanded");
    }
}

static void save_node(struct script *s, uint32_t at)
{
    const struct node *n = &s->t->nodes[at];
    const char *parent = path_of(s, n->parent);
    bool first = parent[0] == '-' || n->name[0] == '-'; /* options do not go behind "--" */
    begin(s, "node add");
    if (first) {
        node_options(s, n);
    }
    word(s, parent);
    word(s, n->name);
    if (!first) {
        node_options(s, n);
    }
    end(s);
}

static void save_taxonomy_extras(struct script *s, uint32_t at)
{
    const struct node *n = &s->t->nodes[at];
    if (n->weight < 1 || n->weight > 1) {
        begin(s, "node weight");
        word(s, path_of(s, at));
        number(s, n->weight);
        end(s);
    }
}

static void save_nodes(struct script *s)
{
    const struct tree *t = s->t;
    for (uint32_t at = tree_next(t, 0, 0); at != TREE_NONE; at = tree_next(t, 0, at)) {
        if (t->nodes[at].parent != 0) {
            save_node(s, at);
        } else {
            save_taxonomy_extras(s, at);
        }
    }
    for (uint32_t at = tree_next(t, 0, 0); at != TREE_NONE; at = tree_next(t, 0, at)) {
        if (t->nodes[at].locked) {
            begin(s, "node lock");
            word(s, path_of(s, at));
            end(s);
        }
    }
}

static void save_strategy(struct script *s, const struct strategy_row *row)
{
    if (row->taxonomy_count == 0) {
        return; /* all of them are deleted: it makes no points, and the command would refuse it */
    }
    begin(s, "strategy add");
    word(s, row->name);
    for (int k = 0; k < row->taxonomy_count; k++) {
        uint32_t at = tree_by_id(s->t, row->taxonomies[k]);
        if (at != TREE_NONE) {
            word(s, path_of(s, at));
        }
    }
    end(s);
    bool weight = row->weight < 1 || row->weight > 1;
    if (!weight && isnan(row->complexity) && row->levels == NULL) {
        return;
    }
    begin(s, "strategy set");
    word(s, row->name);
    if (weight) {
        buf_adds(&s->out, " weight=");
        json_number(&s->out, row->weight);
    }
    if (!isnan(row->complexity)) {
        buf_adds(&s->out, " complexity=");
        json_number(&s->out, row->complexity);
    }
    if (row->levels != NULL) {
        buf_printf(&s->out, " levels=%s", row->levels);
    }
    end(s);
}

static void save_exclusion(struct script *s, const struct exclusion_row *row,
                           const struct strategy_row *list, int count)
{
    uint32_t a = tree_by_id(s->t, row->a), b = tree_by_id(s->t, row->b);
    const struct strategy_row *only = NULL;
    for (int k = 0; k < count; k++) {
        only = list[k].id == row->strategy ? &list[k] : only;
    }
    /* Of a strategy that is not saved: without its name the pair would be excluded everywhere. */
    bool lost = row->strategy != 0 && (only == NULL || only->taxonomy_count == 0);
    if (a == TREE_NONE || b == TREE_NONE || lost) {
        return;
    }
    begin(s, "exclude add");
    if (only != NULL) {
        buf_adds(&s->out, " --strategy");
        value(s, only->name);
    }
    word(s, path_of(s, a));
    word(s, path_of(s, b));
    end(s);
}

static enum status save_mix(struct script *s, struct err *e)
{
    struct strategy_row *list = NULL;
    struct exclusion_row *rows = NULL;
    int count = 0, excluded = 0;
    enum status st = store_strategies(s->x->store, &list, &count, e);
    for (int i = 0; i < count; i++) {
        save_strategy(s, &list[i]);
    }
    if (st == ST_OK) {
        st = store_exclusions(s->x->store, &rows, &excluded, e);
    }
    for (int i = 0; i < excluded; i++) {
        save_exclusion(s, &rows[i], list, count);
    }
    free(rows);
    strategy_rows_free(list, count);
    return st;
}

enum status exec_save(struct exec *x, struct err *e)
{
    struct script s = {.x = x};
    buf_init(&s.out, SCRIPT_MAX);
    buf_init(&s.path, TREE_PATH_MAX);
    buf_adds(&s.out, "# A session of taxa: `taxa FILE.session` builds it.\n");
    enum status st = exec_tree(x, &s.t, e);
    if (st == ST_OK) {
        st = save_texts(&s, e);
    }
    if (st == ST_OK) {
        st = save_settings(&s, e);
    }
    if (st == ST_OK) {
        st = save_teachers(&s, e);
    }
    if (st == ST_OK) {
        st = save_factors(&s, e);
    }
    if (st == ST_OK) {
        save_nodes(&s);
        st = save_mix(&s, e);
    }
    if (st == ST_OK && s.out.over) {
        st = err_set(e, ST_LIMIT, "the session is too large for a script");
    }
    const char *file = call_arg(x->call, 0);
    if (st == ST_OK && strcmp(file, "-") == 0) {
        x->out(x->out_ctx, s.out.data, s.out.len);
    } else if (st == ST_OK) {
        char *path = exec_path(x, file);
        st = file_write(path, s.out.data, s.out.len, 0644, e);
        free(path);
    }
    buf_free(&s.out);
    buf_free(&s.path);
    return st;
}

enum status exec_backup(struct exec *x, struct err *e)
{
    char *path = exec_path(x, call_arg(x->call, 0));
    enum status st = store_backup(x->store, path, e);
    free(path);
    return st;
}
