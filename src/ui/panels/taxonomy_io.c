/*
 * Trees that come in and go out: text that is pasted, files, a branch in the person's editor. What
 * a person wrote in the editor is never lost: a text that is refused opens again with the reason on
 * top, and one that is given up then is kept in a file.
 */
#include "ui/panels/taxonomy.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "domain/treefmt.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT_MAX  (64u << 20)
#define NAME_ROOM (2 * EDIT_NAME + 64)

/* ---- what can work */

bool io_can(const struct taxonomy *t, const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const struct node *n = taxonomy_node(t, ui);
    bool proposal = taxonomy_proposal(t, ui) != NULL;
    if ((a == ACT_EXPORT || a == ACT_BRANCH) && n == NULL) {
        snprintf(why, WHY_MAX,
                 proposal ? "this is a proposal: accept it first (y)"
                          : "there is no node under the cursor");
        return false;
    }
    if (a == ACT_EXPORT_ALL && ui->model.tree.count <= 1) {
        snprintf(why, WHY_MAX, "there is no taxonomy to write yet");
        return false;
    }
    return true;
}

/* ---- pasted text */

static size_t lines_in(const char *text)
{
    size_t n = 0;
    while (*text != '\0') {
        size_t len = strcspn(text, "\r\n");
        n += strspn(text, " \t") < len ? 1u : 0u;
        text += len + (text[len] != '\0' ? 1u : 0u);
    }
    return n;
}

/* What was refused, line by line, as a text. */
static void show_refused(struct ui *ui, const cJSON *o)
{
    const cJSON *list = NULL, *item = NULL;
    struct buf text;
    if (json_get_array(o, "refused", &list, NULL) != ST_OK || cJSON_GetArraySize(list) == 0) {
        return;
    }
    buf_init(&text, TEXT_MAX);
    cJSON_ArrayForEach(item, list)
    {
        buf_printf(&text, "line %.0f: %s\n    %s\n", json_num_or(item, "line", 0),
                   json_str_or(item, "expected", ""), json_str_or(item, "found", ""));
    }
    ui_show(ui, "Lines that were refused", text.data);
    buf_free(&text);
}

void io_say_taken(const struct taxonomy *t, struct ui *ui, const char *out, bool show)
{
    static const char *const names[] = {"added", "changed", "refused_count"};
    static const char *const words[] = {"added", "changed", "refused"};
    char text[160] = "";
    size_t at = 0;
    cJSON *o = NULL;
    if (json_parse(out, strlen(out), &json_limits_file, &o, NULL) != ST_OK) {
        return;
    }
    for (int i = 0; i < 3; i++) {
        double n = json_num_or(o, names[i], 0);
        if (n > 0) {
            at += (size_t)snprintf(text + at, sizeof text - at, "%s%.0f %s", at > 0 ? ", " : "", n,
                                   words[i]);
        }
    }
    bool any = json_num_or(o, "added", 0) + json_num_or(o, "changed", 0) > 0;
    bool refused = json_num_or(o, "refused_count", 0) > 0;
    ui_say(ui, any && !refused ? SAY_INFO : SAY_WARN, "%s: %s", t->edit.name,
           at > 0 ? text : "all of it is there already");
    ui->message_is_own = any;
    if (show) {
        show_refused(ui, o);
    }
    cJSON_Delete(o);
}

static void pasted(struct ui *ui, void *ctx, int code, const char *message, const char *out)
{
    edit_settle(ctx, ui, code);
    if (code != 0) {
        edit_say_failed(ui, message);
    } else {
        io_say_taken(ctx, ui, out, true);
    }
}

void io_paste(struct taxonomy *t, struct ui *ui, const char *text)
{
    const struct node *n = taxonomy_node(t, ui);
    const struct tree *tree = &ui->model.tree;
    char at[EDIT_NAME], name[NAME_ROOM], line[128], ref[TREE_REF_MAX];
    size_t lines = lines_in(text);
    if (n == NULL && taxonomy_proposal(t, ui) != NULL) {
        ui_say(ui, SAY_WARN, "this is a proposal: accept it first (y), then paste below it");
        return;
    }
    if (lines == 0) {
        ui_say(ui, SAY_WARN, "what was pasted is empty");
        return;
    }
    if (n == NULL) {
        snprintf(name, sizeof name, "paste %zu %s as taxonomies", lines,
                 lines == 1 ? "line" : "lines");
        snprintf(line, sizeof line, "tree import - --format auto --skip-refused --json\n");
        edit_go_behind(t, 0, 0);
    } else {
        edit_name(n, at);
        edit_ref(n->id, ref);
        snprintf(name, sizeof name, "paste %zu %s below %s", lines, lines == 1 ? "line" : "lines",
                 at);
        snprintf(line, sizeof line,
                 "tree import - --format auto --under %s --skip-refused --json\n", ref);
        edit_go_behind(t, n->id, n->last != TREE_NONE ? tree->nodes[n->last].id : 0);
    }
    t->edit.go.unfold = true;
    (void)edit_send_to(t, ui, name, line, text, pasted);
}

/* ---- formats */

static const struct {
    const char *name, *text, *detail;
} formats[] = {
    {"text", "text", "one node a line, indented"},
    {"md", "Markdown", "headings or nested lists"},
    {"json", "JSON", "name, description, weight, children"},
    {"csv", "CSV", "path, weight, description"},
    {"skos", "SKOS", "N-Triples"},
    {"opml", "OPML", "what outliners exchange"},
};

static void ask_format(struct ui *ui, const char *file, ui_chosen_fn *chosen, void *ctx)
{
    struct ui_menu_row rows[sizeof formats / sizeof formats[0]];
    char title[160];
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        rows[i] = (struct ui_menu_row){(int64_t)i, formats[i].text, formats[i].detail};
    }
    snprintf(title, sizeof title, "The ending of %.100s tells no format: which one?", file);
    ui_menu(ui, title, rows, sizeof formats / sizeof formats[0], 0, chosen, ctx);
}

static void keep_file(struct taxonomy *t, const char *file)
{
    char *copy = xstrdup(file);
    free(t->edit.file);
    t->edit.file = copy;
}

/* ---- files that come in */

static void import_format(struct ui *ui, void *ctx, int64_t id)
{
    struct taxonomy *t = ctx;
    import_sheet(t, ui, t->edit.file, formats[id].name, t->asked_node);
}

static void import_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct taxonomy *t = ctx;
    enum treefmt f = TREEFMT_TEXT;
    if (!accepted || text[0] == '\0') {
        return;
    }
    if (access(text, R_OK) != 0) {
        ui_say(ui, SAY_ERROR, "%s cannot be read", text);
    } else if (treefmt_by_file(text, &f)) {
        import_sheet(t, ui, text, treefmt_name(f), t->asked_node);
    } else {
        keep_file(t, text);
        ask_format(ui, text, import_format, t);
    }
}

static void ask_import(struct taxonomy *t, struct ui *ui, const struct node *n)
{
    char label[128], at[EDIT_NAME] = "";
    t->asked_node = n != NULL ? n->id : 0;
    if (n != NULL) {
        edit_name(n, at);
        snprintf(label, sizeof label, "import below %s from: ", at);
    } else {
        snprintf(label, sizeof label, "import taxonomies from: ");
    }
    ui_ask_file(ui, label, "", import_given, t);
}

/* ---- files that go out */

static void written(struct ui *ui, void *ctx, int code, const char *text)
{
    struct taxonomy *t = ctx;
    const struct tree *tree = &ui->model.tree;
    if (code != 0) {
        size_t n = strcspn(text, "\n");
        ui_say(ui, SAY_ERROR, "not written: %.*s", (int)(n < 900 ? n : 900), text);
        return;
    }
    uint32_t at = t->asked_node != 0 ? tree_by_id(tree, t->asked_node) : 0;
    size_t count = at != TREE_NONE ? edit_below(tree, at) + (at != 0 ? 1 : 0) : 0;
    char name[EDIT_NAME] = "all taxonomies";
    if (at != TREE_NONE && at != 0) {
        edit_name(&tree->nodes[at], name);
    }
    ui_say(ui, SAY_INFO, "%s: %zu %s written to %s (%s)", name, count,
           count == 1 ? "node" : "nodes", t->edit.file, t->edit.format);
}

static void write_file(struct taxonomy *t, struct ui *ui)
{
    char ref[TREE_REF_MAX];
    const char *words[6] = {"tree", "export", t->edit.file, "--format", t->edit.format, ref};
    edit_ref(t->asked_node, ref);
    ui_read(ui, t->asked_node != 0 ? 6 : 5, words, written, t);
}

static void export_given(struct ui *ui, void *ctx, bool accepted, const char *text);

static void ask_export(struct taxonomy *t, struct ui *ui, const char *initial)
{
    char label[128], what[EDIT_NAME] = "all taxonomies";
    uint32_t at = t->asked_node != 0 ? tree_by_id(&ui->model.tree, t->asked_node) : 0;
    if (at != TREE_NONE && at != 0) {
        edit_name(&ui->model.tree.nodes[at], what);
    }
    snprintf(label, sizeof label, "write %s to: ", what);
    ui_ask_file(ui, label, initial, export_given, t);
}

enum there { THERE_OTHER, THERE_OVERWRITE };

static void there_chosen(struct ui *ui, void *ctx, int64_t id)
{
    struct taxonomy *t = ctx;
    if (id == THERE_OVERWRITE) {
        write_file(t, ui);
    } else {
        ask_export(t, ui, t->edit.file);
    }
}

static void check_there(struct taxonomy *t, struct ui *ui)
{
    static const struct ui_menu_row rows[] = {
        {THERE_OTHER, "another name", "the file stays as it is"},
        {THERE_OVERWRITE, "overwrite it", "what is in it now is lost"},
    };
    struct stat st;
    char title[160];
    if (stat(t->edit.file, &st) != 0) {
        write_file(t, ui);
    } else if (S_ISDIR(st.st_mode)) {
        ui_say(ui, SAY_ERROR, "%s is a folder", t->edit.file);
    } else {
        snprintf(title, sizeof title, "%.120s is there already", t->edit.file);
        ui_menu(ui, title, rows, 2, THERE_OTHER, there_chosen, t);
    }
}

static void export_format(struct ui *ui, void *ctx, int64_t id)
{
    struct taxonomy *t = ctx;
    t->edit.format = formats[id].name;
    check_there(t, ui);
}

static void export_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    struct taxonomy *t = ctx;
    enum treefmt f = TREEFMT_TEXT;
    if (!accepted || text[0] == '\0') {
        return;
    }
    keep_file(t, text);
    if (treefmt_by_file(t->edit.file, &f)) {
        t->edit.format = treefmt_name(f);
        check_there(t, ui);
    } else {
        ask_format(ui, t->edit.file, export_format, t);
    }
}

/* ---- a branch in the editor */

static void branch_forget(struct edit *d)
{
    free(d->branch_was);
    free(d->branch_text);
    d->branch_was = d->branch_text = NULL;
    if (d->branch_file != NULL) {
        unlink(d->branch_file);
    }
    free(d->branch_file);
    d->branch_file = NULL;
}

/* Lines on top that say why a text was refused. */
static const char *without_reasons(const char *text)
{
    while (strncmp(text, "# ", 2) == 0) {
        text += strcspn(text, "\n");
        text += *text == '\n' ? 1 : 0;
    }
    return text;
}

static void keep_branch(struct taxonomy *t, struct ui *ui)
{
    struct buf path;
    struct err why = {0};
    buf_init(&path, PATH_MAX);
    enum status st = dir_state(&path, &why);
    if (st == ST_OK) {
        buf_printf(&path, "/branch-%lld-%lld.txt", (long long)t->edit.branch,
                   (long long)(clock_wall_us() / 1000000));
        st = file_write(path.data, t->edit.branch_text, strlen(t->edit.branch_text), 0600, &why);
    }
    if (st == ST_OK) {
        ui_say(ui, SAY_WARN, "nothing was changed; your text is kept in %s", path.data);
        branch_forget(&t->edit);
    } else {
        ui_say(ui, SAY_ERROR, "your text could not be kept: %s", why.msg);
    }
    buf_free(&path);
}

static void branch_edited(struct ui *ui, void *ctx, const char *text);

/* Open the editor again: the reasons on top, the person's text below. */
static void branch_refused(struct taxonomy *t, struct ui *ui, const char *message, const char *out)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    const char *said = out[0] != '\0' ? out : message;
    while (*said != '\0') {
        size_t n = strcspn(said, "\n");
        buf_printf(&text, "# %.*s\n", (int)n, said);
        said += n + (said[n] == '\n' ? 1u : 0u);
    }
    buf_adds(&text, "# These lines are not counted and need not be removed. Leave the text as it "
                    "is to give it up.\n");
    buf_adds(&text, t->edit.branch_text);
    while (text.len > 0 && text.data[text.len - 1] == '\n') { /* as the editor's text comes back */
        buf_cut(&text, text.len - 1);
    }
    free(t->edit.branch_was_shown);
    t->edit.branch_was_shown = xstrdup(text.data);
    ui_edit_again(ui, text.data, branch_edited, t);
    buf_free(&text);
}

static void branch_ended(struct ui *ui, void *ctx, int code, const char *message, const char *out)
{
    struct taxonomy *t = ctx;
    edit_settle(t, ui, code);
    if (code == 0) {
        branch_forget(&t->edit);
    } else if (t->edit.branch_text != NULL) {
        edit_say_failed(ui, message);
        branch_refused(t, ui, ui->message, out);
    }
}

static void branch_edited(struct ui *ui, void *ctx, const char *text)
{
    struct taxonomy *t = ctx;
    struct edit *d = &t->edit;
    uint32_t at = tree_by_id(&ui->model.tree, d->branch);
    char ref[TREE_REF_MAX], what[EDIT_NAME] = "a branch", name[NAME_ROOM];
    if (d->branch_was_shown != NULL && strcmp(text, d->branch_was_shown) == 0) {
        keep_branch(t, ui);
        return;
    }
    const char *plain = without_reasons(text);
    struct buf mine;
    buf_init(&mine, TEXT_MAX);
    buf_printf(&mine, "%s\n", plain);
    free(d->branch_text);
    d->branch_text = buf_take(&mine);
    buf_free(&mine);
    if (at != TREE_NONE) {
        edit_name(&ui->model.tree.nodes[at], what);
    }
    edit_ref(d->branch, ref);
    struct buf line;
    buf_init(&line, TEXT_MAX);
    buf_printf(&line, "tree edit %s -", ref);
    if (d->branch_file != NULL) {
        buf_adds(&line, " --was ");
        words_quote(&line, d->branch_file);
    }
    buf_addc(&line, '\n');
    snprintf(name, sizeof name, "edit %s as text", what);
    edit_go_ids(t, d->branch, 0, 0);
    if (!edit_send_to(t, ui, name, line.data, d->branch_text, branch_ended)) {
        keep_branch(t, ui);
    }
    buf_free(&line);
}

/* What it was before: so that only what the person changed is changed. */
static void keep_was(struct edit *d, const char *text)
{
    struct buf path;
    buf_init(&path, PATH_MAX);
    if (dir_runtime(&path, NULL) == ST_OK) {
        buf_printf(&path, "/branch-%ld.txt", (long)getpid());
        if (file_write(path.data, text, strlen(text), 0600, NULL) == ST_OK) {
            d->branch_file = xstrdup(path.data);
        }
    }
    buf_free(&path);
}

static void branch_read(struct ui *ui, void *ctx, int code, const char *text)
{
    struct taxonomy *t = ctx;
    if (code != 0) {
        size_t n = strcspn(text, "\n");
        ui_say(ui, SAY_ERROR, "%.*s", (int)(n < 900 ? n : 900), text);
        return;
    }
    branch_forget(&t->edit);
    free(t->edit.branch_was_shown);
    t->edit.branch_was_shown = NULL;
    keep_was(&t->edit, text);
    size_t n = strlen(text);
    while (n > 0 && text[n - 1] == '\n') {
        n--;
    }
    t->edit.branch_was = xstrndup(text, n);
    ui_edit(ui, t->edit.branch_was, branch_edited, t);
}

static void open_branch(struct taxonomy *t, struct ui *ui, const struct node *n)
{
    char ref[TREE_REF_MAX];
    if (t->edit.branch_text != NULL) {
        ui_say(ui, SAY_WARN, "a branch is on its way to the server");
        return;
    }
    edit_ref(n->id, ref);
    t->edit.branch = n->id;
    const char *words[] = {"tree", "export", "-", ref, "--format", "text", "--ids"};
    ui_read(ui, 7, words, branch_read, t);
}

void io_free(struct edit *d)
{
    branch_forget(d);
    free(d->branch_was_shown);
    free(d->file);
}

bool io_act(struct taxonomy *t, struct ui *ui, const struct node *n, enum action a)
{
    switch ((int)a) {
    case ACT_IMPORT:
        ask_import(t, ui, n);
        return true;
    case ACT_EXPORT:
    case ACT_EXPORT_ALL:
        t->asked_node = a == ACT_EXPORT ? n->id : 0;
        ask_export(t, ui, "");
        return true;
    case ACT_BRANCH:
        open_branch(t, ui, n);
        return true;
    default:
        return false;
    }
}
