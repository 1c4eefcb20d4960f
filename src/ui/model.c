/*
 * Three revision numbers of the store say what changed; each has its own reader here. Readers that
 * fail leave what was there: a screen that shows the state of a moment ago is better than none, and
 * the failure is shown by whoever asked.
 */
#include "ui/model.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX (1u << 20)

static void free_proposals(struct model *m)
{
    for (size_t i = 0; i < m->proposal_count; i++) {
        free(m->proposals[i].name);
        free(m->proposals[i].desc);
    }
    m->proposal_count = 0;
}

static void free_tree(struct model *m)
{
    if (m->has_tree) {
        tree_free(&m->tree);
    }
    m->has_tree = false;
    free(m->share);
    free(m->planned);
    free(m->accepted);
    m->share = NULL;
    m->planned = m->accepted = NULL;
}

/* ---- settings */

static void read_teacher(struct model *m)
{
    struct buf name;
    struct teacher_config *list = NULL;
    int count = 0;
    buf_init(&name, 4096);
    m->offline = false;
    snprintf(m->teacher, sizeof m->teacher, "none");
    if (store_role(m->store, ROLE_WRITER, &name, NULL) == ST_OK &&
        store_teachers(m->store, &list, &count, NULL) == ST_OK) {
        for (int i = 0; i < count; i++) {
            if (strcmp(list[i].name, name.data) != 0) {
                continue;
            }
            m->offline = strcmp(teacher_config_text(&list[i], TK_DIALECT), "offline") == 0;
            const char *model = teacher_config_text(&list[i], TK_MODEL);
            char shown[600];
            if (m->offline) {
                snprintf(shown, sizeof shown, "offline teacher (rule-based)");
            } else {
                snprintf(shown, sizeof shown, "%.100s%s%.200s", list[i].name,
                         model[0] != '\0' ? ": " : "", model);
            }
            text_safe_copy(m->teacher, sizeof m->teacher, shown);
        }
    }
    for (int i = 0; i < count; i++) {
        teacher_config_free(&list[i]);
    }
    free(list);
    buf_free(&name);
}

static void read_text_setting(struct model *m, enum setting_id id, char *out, size_t size)
{
    struct buf b;
    buf_init(&b, 4096);
    if (store_setting(m->store, id, &b, NULL) == ST_OK) {
        text_safe_copy(out, size, b.data);
    }
    buf_free(&b);
}

/* The names of the schema's properties, as a person reads them. */
static void read_fields(struct model *m, const struct buf *schema)
{
    cJSON *o = NULL;
    const cJSON *properties = NULL, *field = NULL;
    m->fields[0] = '\0';
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
    text_safe_copy(m->fields, sizeof m->fields, names.data);
    buf_free(&names);
    cJSON_Delete(o);
}

static void read_settings(struct model *m)
{
    struct buf b;
    buf_init(&b, TEXT_MAX);
    if (store_text(m->store, "description", &b, NULL) == ST_OK) {
        free(m->description);
        m->description = xstrdup(b.data);
    }
    buf_clear(&b);
    m->has_schema = store_text(m->store, "schema", &b, NULL) == ST_OK && b.len > 0;
    read_fields(m, &b);
    buf_free(&b);
    cJSON *examples = NULL;
    if (store_examples(m->store, &examples, NULL) == ST_OK) {
        m->examples = cJSON_GetArraySize(examples);
        cJSON_Delete(examples);
    }
    m->points = (int64_t)store_setting_num(m->store, SETTING_POINTS, 0);
    m->complexity = store_setting_num(m->store, SETTING_COMPLEXITY, 0);
    m->budget = store_setting_num(m->store, SETTING_BUDGET, 0);
    read_text_setting(m, SETTING_CONCURRENCY, m->concurrency, sizeof m->concurrency);
    read_text_setting(m, SETTING_THEME, m->theme, sizeof m->theme);
    m->mouse = store_setting_is(m->store, SETTING_MOUSE, "on");
    read_teacher(m);
}

/* ---- factors and trees */

static bool take_factor(void *ctx, const struct factor_row *row)
{
    struct model *m = ctx;
    if (row->state == FACTOR_ACCEPTED) {
        m->factors_accepted++;
    }
    if (row->state == FACTOR_PROPOSED) {
        m->proposals =
            vec_grow(m->proposals, &m->proposal_cap, m->proposal_count + 1, sizeof *m->proposals);
        struct proposal *p = &m->proposals[m->proposal_count++];
        p->id = row->id;
        p->name = xstrdup(row->name);
        p->desc = xstrdup(row->desc != NULL ? row->desc : "");
    }
    return true;
}

static void read_factors(struct model *m)
{
    free_proposals(m);
    m->factors_accepted = 0;
    (void)store_factors(m->store, take_factor, m, NULL);
}

static void count_nodes(struct model *m)
{
    m->taxonomies = m->unexpanded = m->failed_nodes = 0;
    for (uint32_t i = 1; i < m->tree.count; i++) {
        const struct node *n = &m->tree.nodes[i];
        m->taxonomies += n->depth == 1 ? 1u : 0u;
        m->unexpanded += n->state == NODE_UNEXPANDED ? 1u : 0u;
        m->failed_nodes += n->state == NODE_FAILED ? 1u : 0u;
    }
}

static bool read_tree(struct model *m)
{
    struct tree t;
    if (store_tree(m->store, false, &t, NULL) != ST_OK) {
        return false;
    }
    free_tree(m);
    m->tree = t;
    m->has_tree = true;
    m->share = xcalloc(t.count, sizeof *m->share);
    m->planned = xcalloc(t.count, sizeof *m->planned);
    m->accepted = xcalloc(t.count, sizeof *m->accepted);
    tree_shares(&m->tree, m->share);
    count_nodes(m);
    return true;
}

/* ---- points */

static void read_plan(struct model *m)
{
    struct plan_row row;
    if (store_plan(m->store, &row, NULL) != ST_OK) {
        return;
    }
    m->target = row.target;
    snprintf(m->run, sizeof m->run, "%s", row.run);
    free(m->run_reason);
    m->run_reason = xstrdup(row.reason != NULL ? row.reason : "");
    plan_row_clear(&row);
}

static void read_points(struct model *m)
{
    (void)store_point_counts(m->store, m->counts, NULL);
    (void)store_call_totals(m->store, &m->calls, NULL);
    read_plan(m);
}

/* What every node has and should have: after a change of the tree, the settings or the points. */
static void read_tallies(struct model *m)
{
    struct tally_row *rows = NULL;
    size_t n = 0;
    if (!m->has_tree || store_tallies(m->store, &rows, &n, NULL) != ST_OK) {
        return;
    }
    memset(m->accepted, 0, m->tree.count * sizeof *m->accepted);
    for (size_t i = 0; i < n; i++) {
        uint32_t at = rows[i].state == POINT_ACCEPTED && rows[i].node != 0
                          ? tree_by_id(&m->tree, rows[i].node)
                          : TREE_NONE;
        if (at != TREE_NONE) {
            m->accepted[at] += rows[i].n;
        }
    }
    tree_roll_up_i64(&m->tree, m->accepted);
    free(rows);
    model_plan(m);
}

/* ---- the whole */

static bool open_store(struct model *m, struct err *e)
{
    if (access(m->file, F_OK) != 0) {
        return true; /* it will be made by the first command that changes something */
    }
    return store_open(m->file, STORE_READ, false, &m->store, e) == ST_OK;
}

enum status model_open(struct model *m, const char *file, struct err *e)
{
    memset(m, 0, sizeof *m);
    m->file = xstrdup(file);
    m->description = xstrdup("");
    m->run_reason = xstrdup("");
    snprintf(m->teacher, sizeof m->teacher, "offline teacher (rule-based)");
    m->offline = true;
    snprintf(m->run, sizeof m->run, "idle");
    m->points = 1000;
    m->complexity = 0.5;
    if (!open_store(m, e)) {
        enum status st = e != NULL ? e->code : ST_IO;
        model_close(m);
        return st;
    }
    model_refresh(m);
    return ST_OK;
}

void model_close(struct model *m)
{
    free_proposals(m);
    free(m->proposals);
    free_tree(m);
    if (m->store != NULL) {
        store_close(m->store);
    }
    free(m->file);
    free(m->description);
    free(m->run_reason);
    memset(m, 0, sizeof *m);
}

static void read_journal(struct model *m)
{
    struct buf line;
    buf_init(&line, TEXT_MAX);
    m->undo[0] = m->redo[0] = '\0';
    if (store_undo_line(m->store, &line)) {
        text_safe_copy(m->undo, sizeof m->undo, line.data);
    }
    buf_clear(&line);
    if (store_redo_line(m->store, &line)) {
        text_safe_copy(m->redo, sizeof m->redo, line.data);
    }
    buf_free(&line);
}

unsigned model_refresh(struct model *m)
{
    if (m->store == NULL && (!open_store(m, NULL) || m->store == NULL)) {
        return 0;
    }
    struct store_revision now;
    if (store_revision(m->store, &now, NULL) != ST_OK) {
        return 0;
    }
    unsigned changed = 0;
    if (!m->fresh || now.settings != m->seen.settings) {
        read_settings(m);
        changed |= CHANGED_SETTINGS;
    }
    bool tree_due = m->wants_tree && !m->has_tree;
    if (!m->fresh || now.tree != m->seen.tree) {
        read_factors(m);
        changed |= CHANGED_TREE;
        tree_due = m->wants_tree;
    }
    if (tree_due && read_tree(m)) {
        changed |= CHANGED_TREE;
    }
    if (!m->fresh || now.points != m->seen.points) {
        read_points(m);
        changed |= CHANGED_POINTS;
        m->has_last = false;
    }
    if (m->wants_last && !m->has_last) {
        model_read_last(m);
        changed |= CHANGED_POINTS;
    }
    if (changed != 0) {
        read_tallies(m);
        read_journal(m);
    }
    m->seen = now;
    m->fresh = true;
    return changed;
}

bool model_is_stale(const struct model *m)
{
    return !m->fresh || m->live.revision_tree != m->seen.tree ||
           m->live.revision_points != m->seen.points ||
           m->live.revision_settings != m->seen.settings;
}

unsigned model_status(struct model *m, const char *json, size_t n)
{
    if (live_status_read(&m->live, json, n, NULL) != ST_OK) {
        return 0;
    }
    m->lost = false;
    snprintf(m->undo, sizeof m->undo, "%s", m->live.undo);
    snprintf(m->redo, sizeof m->redo, "%s", m->live.redo);
    return CHANGED_STATUS;
}

void model_lost(struct model *m)
{
    memset(&m->live, 0, sizeof m->live);
    m->lost = true;
}

const char *model_run(const struct model *m)
{
    if (m->live.known && m->live.run[0] != '\0') {
        return m->live.run;
    }
    /* what the file calls running does not run without a server */
    return m->lost && strcmp(m->run, "running") == 0 ? "interrupted" : m->run;
}

bool model_is_running(const struct model *m)
{
    return strcmp(model_run(m), "running") == 0;
}

int64_t model_accepted(const struct model *m)
{
    return m->live.known ? m->live.accepted : m->counts[POINT_ACCEPTED];
}

int64_t model_target(const struct model *m)
{
    return m->live.known ? m->live.target : m->target;
}
