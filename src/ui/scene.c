/*
 * A scene begins as a copy of the one before, so readers that fail leave what was there. Three
 * revision numbers of the store say what grew. Small things are read again whenever anything did;
 * the tree, the tallies and the plan only when their own numbers say so, else they are shared.
 */
#include "ui/scene.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (1u << 20)

/* ---- what scenes share */

static void drop_trunk(struct scene_trunk *t)
{
    if (t != NULL && --t->refs == 0) {
        tree_free(&t->tree);
        order_free(t->order);
        free(t);
    }
}

static struct scene_counts *counts_new(const struct tree *t)
{
    struct scene_counts *c = xcalloc(1, sizeof *c);
    c->refs = 1;
    c->value = xcalloc(t->count, sizeof *c->value);
    return c;
}

static void drop_counts(struct scene_counts *c)
{
    if (c != NULL && --c->refs == 0) {
        free(c->value);
        free(c->share);
        free(c);
    }
}

static void drop_tallies(struct scene_tallies *t)
{
    if (t != NULL && --t->refs == 0) {
        free(t->rows);
        free(t);
    }
}

static void use_trunk(struct scene *s, struct scene_trunk *t)
{
    drop_trunk(s->trunk);
    s->trunk = t;
    s->has_tree = true;
    s->tree = t->tree;
    s->order = t->order;
    s->taxonomies = t->taxonomies;
    s->unexpanded = t->unexpanded;
    s->failed_nodes = t->failed_nodes;
}

static void use_wanted(struct scene *s, struct scene_counts *c)
{
    drop_counts(s->wanted);
    s->wanted = c;
    s->planned = c->value;
    s->share = c->share;
}

static void use_had(struct scene *s, struct scene_counts *c)
{
    drop_counts(s->had);
    s->had = c;
    s->accepted = c->value;
}

/* ---- settings */

static void read_teacher(struct store *s, struct scene *out)
{
    struct buf name;
    struct teacher_config *list = NULL;
    int count = 0;
    buf_init(&name, 4096);
    out->offline = false;
    snprintf(out->teacher, sizeof out->teacher, "none");
    if (store_role(s, ROLE_WRITER, &name, NULL) == ST_OK &&
        store_teachers(s, &list, &count, NULL) == ST_OK) {
        for (int i = 0; i < count; i++) {
            if (strcmp(list[i].name, name.data) != 0) {
                continue;
            }
            out->offline = strcmp(teacher_config_text(&list[i], TK_DIALECT), "offline") == 0;
            const char *model = teacher_config_text(&list[i], TK_MODEL);
            char shown[600];
            if (out->offline) {
                snprintf(shown, sizeof shown, "offline teacher (rule-based)");
            } else {
                snprintf(shown, sizeof shown, "%.100s%s%.200s", list[i].name,
                         model[0] != '\0' ? ": " : "", model);
            }
            text_safe_copy(out->teacher, sizeof out->teacher, shown);
        }
    }
    for (int i = 0; i < count; i++) {
        teacher_config_free(&list[i]);
    }
    free(list);
    buf_free(&name);
}

static void read_text_setting(struct store *s, enum setting_id id, char *out, size_t size)
{
    struct buf b;
    buf_init(&b, 4096);
    if (store_setting(s, id, &b, NULL) == ST_OK) {
        text_safe_copy(out, size, b.data);
    }
    buf_free(&b);
}

/* The names of the schema's properties, as a person reads them. */
static void read_fields(struct scene *out, const struct buf *schema)
{
    cJSON *o = NULL;
    const cJSON *properties = NULL, *field = NULL;
    out->fields[0] = '\0';
    if (schema->len == 0 ||
        json_parse(schema->data, schema->len, &json_limits_reply, &o, NULL) != ST_OK) {
        return;
    }
    struct buf names;
    buf_init(&names, 4096);
    if (json_get_object(o, "properties", &properties, NULL) == ST_OK) {
        cJSON_ArrayForEach(field, properties)
        {
            buf_printf(&names, "%s%s", names.len > 0 ? ", " : "", field->string);
        }
    }
    text_safe_copy(out->fields, sizeof out->fields, names.data);
    buf_free(&names);
    cJSON_Delete(o);
}

static bool is_mix_set(struct store *s)
{
    struct strategy_row *rows = NULL;
    int count = 0;
    bool set =
        store_setting_is_set(s, SETTING_POINTS) || store_setting_is_set(s, SETTING_COMPLEXITY);
    if (!set && store_strategies(s, &rows, &count, NULL) == ST_OK) {
        set = count > 0;
        strategy_rows_free(rows, count);
    }
    return set;
}

static void read_settings(struct store *s, struct scene *out)
{
    struct buf b;
    buf_init(&b, TEXT_MAX);
    if (store_text(s, "description", &b, NULL) == ST_OK) {
        free(out->description);
        out->description = xstrdup(b.data);
    }
    buf_clear(&b);
    out->has_schema = store_text(s, "schema", &b, NULL) == ST_OK && b.len > 0;
    read_fields(out, &b);
    buf_free(&b);
    cJSON *examples = NULL;
    if (store_examples(s, &examples, NULL) == ST_OK) {
        out->examples = cJSON_GetArraySize(examples);
        cJSON_Delete(examples);
    }
    out->points = (int64_t)store_setting_num(s, SETTING_POINTS, 0);
    out->complexity = store_setting_num(s, SETTING_COMPLEXITY, 0);
    out->budget = store_setting_num(s, SETTING_BUDGET, 0);
    read_text_setting(s, SETTING_CONCURRENCY, out->concurrency, sizeof out->concurrency);
    read_text_setting(s, SETTING_THEME, out->theme, sizeof out->theme);
    out->mouse = store_setting_is(s, SETTING_MOUSE, "on");
    read_teacher(s, out);
    out->teacher_chosen = store_teachers_chosen(s);
    out->mix_set = is_mix_set(s);
}

/* ---- factors and trees */

static void free_proposals(struct scene *s)
{
    for (size_t i = 0; i < s->proposal_count; i++) {
        free(s->proposals[i].name);
        free(s->proposals[i].desc);
    }
    free(s->proposals);
    s->proposals = NULL;
    s->proposal_count = s->proposal_cap = 0;
}

static void add_proposal(struct scene *s, int64_t id, const char *name, const char *desc)
{
    s->proposals =
        vec_grow(s->proposals, &s->proposal_cap, s->proposal_count + 1, sizeof *s->proposals);
    struct proposal *p = &s->proposals[s->proposal_count++];
    p->id = id;
    p->name = xstrdup(name);
    p->desc = xstrdup(desc != NULL ? desc : "");
}

static bool take_factor(void *ctx, const struct factor_row *row)
{
    struct scene *s = ctx;
    s->factors_accepted += row->state == FACTOR_ACCEPTED ? 1 : 0;
    if (row->state == FACTOR_PROPOSED) {
        add_proposal(s, row->id, row->name, row->desc);
    }
    return true;
}

static void read_factors(struct store *s, struct scene *out)
{
    free_proposals(out);
    out->factors_accepted = 0;
    (void)store_factors(s, take_factor, out, NULL);
    (void)store_suggest_waiting(s, &out->suggestions, NULL);
}

static struct scene_trunk *trunk_new(const struct tree *tree)
{
    struct scene_trunk *t = xcalloc(1, sizeof *t);
    t->refs = 1;
    t->tree = *tree;
    t->order = order_new(&t->tree);
    for (uint32_t i = 1; i < tree->count; i++) {
        const struct node *n = &tree->nodes[i];
        t->taxonomies += n->depth == 1 ? 1u : 0u;
        t->unexpanded += n->state == NODE_UNEXPANDED ? 1u : 0u;
        t->failed_nodes += n->state == NODE_FAILED ? 1u : 0u;
    }
    return t;
}

/* Does what is known of written nodes lead from the tree before to the one of now? */
static bool can_follow(const struct scene *before, const struct scene_touched *t,
                       const struct store_revision *now)
{
    return t != NULL && t->known && before->has_tree && t->from <= before->seen.tree &&
           t->to == now->tree;
}

/* *another: out has another tree than the scene before. */
static enum status read_tree(struct store *s, const struct scene *before,
                             const struct scene_touched *t, const struct store_revision *now,
                             struct scene *out, bool *another)
{
    struct tree tree;
    enum status st = ST_OK;
    *another = false;
    if (!can_follow(before, t, now)) {
        st = store_tree(s, false, &tree, NULL);
    } else if (t->count > 0) {
        tree_copy(&before->tree, &tree);
        st = store_tree_patch(s, false, &tree, t->id, t->count, NULL);
    } else {
        return ST_OK; /* a factor or a suggestion is another one */
    }
    if (st == ST_OK) {
        use_trunk(out, trunk_new(&tree));
        *another = true;
    } else {
        tree_free(&tree);
    }
    return st;
}

/* ---- points */

static void read_run(struct store *s, struct scene *out)
{
    struct plan_row row;
    if (store_plan(s, &row, NULL) != ST_OK) {
        return;
    }
    out->target = row.target;
    out->series = row.series;
    snprintf(out->run, sizeof out->run, "%s", row.run);
    free(out->run_reason);
    out->run_reason = xstrdup(row.reason != NULL ? row.reason : "");
    plan_row_clear(&row);
}

static void read_points(struct store *s, struct scene *out)
{
    (void)store_point_counts(s, out->counts, NULL);
    (void)store_call_totals(s, &out->calls, NULL);
    read_run(s, out);
}

static void read_tallies(struct store *s, struct scene *out)
{
    struct tally_row *rows = NULL;
    size_t n = 0;
    if (store_tallies(s, &rows, &n, NULL) != ST_OK) {
        return;
    }
    drop_tallies(out->tallies);
    out->tallies = xcalloc(1, sizeof *out->tallies);
    *out->tallies = (struct scene_tallies){1, rows, n};
}

/* What every node has. */
static void count_accepted(struct scene *out)
{
    struct scene_counts *had = counts_new(&out->tree);
    for (size_t i = 0; out->tallies != NULL && i < out->tallies->count; i++) {
        const struct tally_row *row = &out->tallies->rows[i];
        uint32_t at = row->state == POINT_ACCEPTED && row->node != 0
                          ? tree_by_id(&out->tree, row->node)
                          : TREE_NONE;
        if (at != TREE_NONE) {
            had->value[at] += row->n;
        }
    }
    tree_roll_up_i64(&out->tree, had->value);
    use_had(out, had);
}

static void read_journal(struct store *s, struct scene *out)
{
    struct buf line;
    buf_init(&line, TEXT_MAX);
    out->undo_line[0] = out->redo_line[0] = '\0';
    if (store_undo_line(s, &line)) {
        text_safe_copy(out->undo_line, sizeof out->undo_line, line.data);
    }
    buf_clear(&line);
    if (store_redo_line(s, &line)) {
        text_safe_copy(out->redo_line, sizeof out->redo_line, line.data);
    }
    buf_free(&line);
}

/* ---- the whole */

void scene_init(struct scene *s)
{
    memset(s, 0, sizeof *s);
    s->description = xstrdup("");
    s->run_reason = xstrdup("");
    snprintf(s->teacher, sizeof s->teacher, "offline teacher (rule-based)");
    s->offline = true;
    snprintf(s->run, sizeof s->run, "idle");
    s->points = 1000;
    s->complexity = 0.5;
}

void scene_free(struct scene *s)
{
    free_proposals(s);
    drop_trunk(s->trunk);
    drop_counts(s->wanted);
    drop_counts(s->had);
    drop_tallies(s->tallies);
    mix_free(s->mix);
    queues_drop(s->queues);
    free(s->description);
    free(s->run_reason);
    memset(s, 0, sizeof *s);
}

void scene_share(const struct scene *before, struct scene *out)
{
    *out = *before;
    out->description = xstrdup(before->description);
    out->run_reason = xstrdup(before->run_reason);
    out->proposals = NULL;
    out->proposal_count = out->proposal_cap = 0;
    for (size_t i = 0; i < before->proposal_count; i++) {
        add_proposal(out, before->proposals[i].id, before->proposals[i].name,
                     before->proposals[i].desc);
    }
    if (out->trunk != NULL) {
        out->trunk->refs++;
    }
    if (out->wanted != NULL) {
        out->wanted->refs++;
    }
    if (out->had != NULL) {
        out->had->refs++;
    }
    if (out->tallies != NULL) {
        out->tallies->refs++;
    }
    if (out->mix != NULL) {
        mix_hold(out->mix);
    }
    if (out->queues != NULL) {
        queues_hold(out->queues);
    }
}

/* What follows from the tree: `tree` it is another one, `settings` and `points` grew. */
static void fill_tree(struct store *s, const struct scene *before, struct scene *out, bool tree,
                      bool settings, bool points)
{
    if (points) {
        read_tallies(s, out);
    }
    if (tree || points || out->had == NULL) {
        count_accepted(out);
    }
    bool same_plan =
        scene_plan_in_force(before) && scene_plan_in_force(out) && out->series == before->series;
    if (tree || out->wanted == NULL || ((settings || points) && !same_plan)) {
        struct scene_counts *wanted = counts_new(&out->tree);
        wanted->share = xcalloc(out->tree.count, sizeof *wanted->share);
        scene_plan(s, out, wanted->value, wanted->share);
        use_wanted(out, wanted);
    }
}

/* Kept while nothing that it rests on grew; one that nobody wants any more would only get old. */
static void fill_mix(struct store *s, const struct scene_want *want, bool grew, struct scene *out)
{
    if (grew || !want->mix) {
        struct mix *fresh = want->mix && out->has_tree ? mix_read(s, &out->tree) : NULL;
        mix_free(out->mix);
        out->mix = fresh;
    } else if (out->mix == NULL && out->has_tree) {
        out->mix = mix_read(s, &out->tree);
    }
}

/* The same for what waits for a person. */
static void fill_queues(struct store *s, const struct scene_want *want, bool grew,
                        struct scene *out)
{
    if (grew || !want->queues || out->queues == NULL) {
        queues_drop(out->queues);
        out->queues = want->queues ? queues_read(s) : NULL;
    }
}

static void fill(struct store *s, const struct scene *before, const struct scene_want *want,
                 const struct store_revision *now, struct scene *out)
{
    bool settings = !before->fresh || now->settings != before->seen.settings;
    bool factors = !before->fresh || now->tree != before->seen.tree;
    bool points = !before->fresh || now->points != before->seen.points;
    bool tree = want->tree && (factors || !before->has_tree);
    bool wait = points && want->points_wait && before->fresh;
    out->seen = *now;
    out->fresh = true;
    if (settings) {
        read_settings(s, out);
    }
    if (factors) {
        read_factors(s, out);
    }
    if (tree && read_tree(s, before, want->touched, now, out, &tree) != ST_OK) {
        out->seen.tree = before->seen.tree; /* to be tried again */
    }
    if (wait) {
        points = false;
        out->seen.points = before->seen.points;
    }
    if (points) {
        read_points(s, out);
    }
    if (out->has_tree) {
        fill_tree(s, before, out, tree, settings, points || out->tallies == NULL);
    }
    fill_mix(s, want, tree || settings || points, out);
    fill_queues(s, want, settings || points, out);
    if (want->last && (points || !before->has_last)) {
        scene_read_last(s, out);
    }
    read_journal(s, out);
}

static bool is_due(const struct scene *before, const struct scene_want *want,
                   const struct store_revision *now)
{
    return !before->fresh || now->settings != before->seen.settings ||
           now->tree != before->seen.tree || (want->tree && !before->has_tree) ||
           (now->points != before->seen.points && !want->points_wait) ||
           (want->last && !before->has_last) || (want->queues && before->queues == NULL) ||
           (want->mix && before->mix == NULL && before->has_tree);
}

bool scene_make(struct store *s, const struct scene *before, const struct scene_want *want,
                struct scene *out)
{
    struct store_revision now;
    memset(out, 0, sizeof *out);
    store_reads_begin(s); /* all is of one moment */
    bool due = store_revision(s, &now, NULL) == ST_OK && is_due(before, want, &now);
    if (due) {
        scene_share(before, out);
        fill(s, before, want, &now, out);
    }
    store_reads_end(s);
    return due;
}
