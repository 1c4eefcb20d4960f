/*
 * The steps of a new session. Each only sends commands, so it can be left at any point and is taken
 * up where the session stands; what is done is read from the session, never remembered here. The
 * one exception is a look at the mix: its defaults are good, and looking at them is enough.
 */
#include "ui/panels/overview.h"

#include "base/json.h"
#include "base/mem.h"
#include "command/templates.h"
#include "ui/panels/factors.h"
#include "ui/panels/teachers_menu.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA_MAX (4u << 20)

static bool is_bare(const struct node *n)
{
    return n->children == 0 && n->state != NODE_EXPANDED;
}

uint32_t overview_bare(const struct ui *ui)
{
    const struct tree *t = &ui->model.tree;
    uint32_t n = 0;
    for (uint32_t i = ui->model.has_tree ? t->nodes[0].first : TREE_NONE; i != TREE_NONE;
         i = t->nodes[i].next) {
        n += is_bare(&t->nodes[i]) ? 1u : 0u;
    }
    return n;
}

bool overview_step_done(const struct overview *o, const struct ui *ui, enum step s)
{
    const struct model *m = &ui->model;
    bool factors = m->factors_accepted > 0 || m->taxonomies > 0;
    switch (s) {
    case STEP_DESCRIBE:
        return m->description[0] != '\0';
    case STEP_SCHEMA:
        return m->has_schema;
    case STEP_TEACHER: /* whoever went on without choosing has the built-in one */
        return m->teacher_chosen || factors || m->proposal_count > 0;
    case STEP_FACTORS:
        return factors && m->proposal_count == 0;
    case STEP_TREES:
        return m->taxonomies > 0 && overview_bare(ui) == 0;
    case STEP_MIX:
        return m->mix_set || o->mixed;
    case STEP_GENERATE:
    case STEPS:
        break;
    }
    return false;
}

enum step overview_next_step(const struct overview *o, const struct ui *ui)
{
    enum step s = STEP_DESCRIBE;
    while (s < STEP_GENERATE && overview_step_done(o, ui, s)) {
        s++;
    }
    return s;
}

bool overview_can_step(const struct ui *ui, enum step s, char why[WHY_MAX])
{
    const struct model *m = &ui->model;
    why[0] = '\0';
    if (s >= STEP_FACTORS && m->description[0] == '\0' && m->examples == 0 && m->taxonomies == 0) {
        snprintf(why, WHY_MAX, "the data is not described yet (step 1)");
    } else if (s >= STEP_TREES && m->factors_accepted == 0 && m->taxonomies == 0) {
        snprintf(why, WHY_MAX, "no factor is accepted yet (step 4)");
    } else if (s == STEP_GENERATE) {
        return ui_can_run(ui, ACT_GENERATE, why);
    }
    return why[0] == '\0';
}

/* ---- describing */

static void description_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    (void)ctx;
    if (accepted && text[0] != '\0') {
        ui_do(ui, "describe", text);
    }
}

static void description_edited(struct ui *ui, void *ctx, const char *text)
{
    description_given(ui, ctx, true, text);
}

static void describe(struct ui *ui)
{
    /* a line cannot show a text of several */
    if (strchr(ui->model.description, '\n') != NULL) {
        ui_edit(ui, ui->model.description, description_edited, NULL);
    } else {
        ui_ask(ui, "the data is: ", ui->model.description, description_given, NULL);
    }
}

/* ---- the shape of a record */

enum { SCHEMA_FILE = 1000, SCHEMA_EDITOR, SCHEMA_SHOW };

static void schema_file_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    (void)ctx;
    if (accepted && text[0] != '\0') {
        char *word = xasprintf("@%s", text);
        ui_do(ui, "schema", word);
        free(word);
    }
}

static void schema_answered(struct ui *ui, void *ctx, int code, const char *message,
                            const char *out)
{
    struct overview *o = ctx;
    (void)message;
    (void)out;
    if (code == 0) {
        free(o->draft);
        o->draft = NULL;
    } else if (o->draft != NULL) {
        ui_say(ui, SAY_ERROR, "%.300s (your text is kept: s, then the editor)", message);
    }
}

static void schema_edited(struct ui *ui, void *ctx, const char *text)
{
    struct overview *o = ctx;
    free(o->draft);
    o->draft = xstrdup(text);
    const char *const words[] = {"schema", o->draft};
    const struct link_line line = {.argc = 2, .argv = words, .ended = schema_answered, .ctx = o};
    (void)ui->send(ui, &line);
}

/* The schema in force, over several lines; a template when there is none. Caller frees. */
static char *schema_to_edit(const struct overview *o, const struct ui *ui)
{
    if (o->draft != NULL) {
        return xstrdup(o->draft);
    }
    size_t count = 0;
    struct buf text;
    cJSON *value = NULL;
    char *out = NULL;
    buf_init(&text, SCHEMA_MAX);
    if (ui->model.store == NULL || store_text(ui->model.store, "schema", &text, NULL) != ST_OK ||
        text.len == 0) {
        buf_clear(&text);
        buf_adds(&text, schema_templates(&count)[0].schema);
    }
    if (json_parse(text.data, text.len, &json_limits_reply, &value, NULL) == ST_OK) {
        char *pretty = cJSON_Print(value);
        out = xstrdup(pretty != NULL ? pretty : text.data);
        cJSON_free(pretty);
    }
    cJSON_Delete(value);
    buf_free(&text);
    return out != NULL ? out : xstrdup("");
}

static void edit_schema(struct overview *o, struct ui *ui)
{
    char *text = schema_to_edit(o, ui);
    ui_edit(ui, text, schema_edited, o);
    free(text);
}

static void schema_chosen(struct ui *ui, void *ctx, int64_t id)
{
    size_t count = 0;
    const struct schema_template *all = schema_templates(&count);
    if (id == SCHEMA_FILE) {
        ui_ask_file(ui, "JSON Schema in the file: ", "", schema_file_given, NULL);
    } else if (id == SCHEMA_EDITOR) {
        edit_schema(ctx, ui);
    } else if (id >= 0 && (size_t)id < count) {
        ui_do(ui, "schema", "--template", all[id].name);
    }
}

static void choose_schema(struct overview *o, struct ui *ui)
{
    size_t count = 0, n = 0;
    const struct schema_template *all = schema_templates(&count);
    struct ui_menu_row *rows = xcalloc(count + 2, sizeof *rows);
    for (size_t i = 0; i < count; i++) {
        rows[n++] = (struct ui_menu_row){(int64_t)i, all[i].name, all[i].summary};
    }
    rows[n++] = (struct ui_menu_row){SCHEMA_FILE, "a file of your own", "a JSON Schema"};
    rows[n++] = (struct ui_menu_row){SCHEMA_EDITOR, "in the editor",
                                     o->draft != NULL ? "the text that was refused, to put right"
                                     : ui->model.has_schema
                                         ? "change the one in force"
                                         : "start from the first of these and change it"};
    ui_menu(ui, "The shape of a record", rows, n, ui->model.has_schema ? SCHEMA_EDITOR : 0,
            schema_chosen, o);
    free(rows);
}

/* ---- factors, taxonomies, mix */

static bool is_under_way(const struct ui *ui, const char *what)
{
    return ui->model.live.known && strstr(ui->model.live.job, what) != NULL;
}

static void open_factors(struct ui *ui)
{
    const struct model *m = &ui->model;
    bool none = m->proposal_count == 0 && m->factors_accepted == 0 && m->taxonomies == 0;
    factors_sheet(ui);
    if (none && !is_under_way(ui, "factor propose")) {
        ui_do(ui, "factor", "propose");
    }
}

/* Every taxonomy that is still only a name grows; where all have grown, they are looked at. */
static void grow(struct ui *ui)
{
    const struct tree *t = &ui->model.tree;
    uint32_t bare = overview_bare(ui), sent = 0;
    if (bare == 0 || is_under_way(ui, "expand")) {
        ui_go(ui, panel_by_key('2'));
        return;
    }
    for (uint32_t i = t->nodes[0].first; i != TREE_NONE; i = t->nodes[i].next) {
        if (is_bare(&t->nodes[i])) {
            char node[TREE_REF_MAX];
            tree_ref(t->nodes[i].id, node);
            sent += ui_do(ui, "expand", node) ? 1u : 0u;
        }
    }
    if (sent > 0) {
        ui_say(ui, SAY_INFO, "%u taxonomies grow; 2 looks at them, nothing has to be waited for",
               sent);
    }
}

static void look_at_mix(struct overview *o, struct ui *ui)
{
    o->mixed = true;
    o->step = (size_t)overview_next_step(o, ui);
    ui_go(ui, panel_by_key('3'));
}

/* ---- doing */

void overview_do_step(struct overview *o, struct ui *ui, enum step s)
{
    switch (s) {
    case STEP_DESCRIBE:
        describe(ui);
        break;
    case STEP_SCHEMA:
        choose_schema(o, ui);
        break;
    case STEP_TEACHER:
        teachers_menu(ui);
        break;
    case STEP_FACTORS:
        open_factors(ui);
        break;
    case STEP_TREES:
        grow(ui);
        break;
    case STEP_MIX:
        look_at_mix(o, ui);
        break;
    case STEP_GENERATE:
        ui_ask_generate(ui);
        break;
    case STEPS:
        break;
    }
}

void overview_edit(struct overview *o, struct ui *ui)
{
    if (!overview_has_run(ui) && o->step == STEP_SCHEMA) {
        edit_schema(o, ui);
    } else {
        ui_edit(ui, ui->model.description, description_edited, o);
    }
}
