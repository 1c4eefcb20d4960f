/*
 * Keys go prompt first, then text view, then panel, then "everywhere": whoever is in front gets
 * them. A key that means nothing, or that cannot act, says so in the message line.
 */
#include "ui/ui.h"
#include "ui/start.h"

#include "base/mem.h"
#include "base/text.h"
#include "ui/layout.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool send_over_link(struct ui *ui, const struct link_line *line)
{
    struct err why = {0};
    if (link_send(&ui->link, ui->model.file, line, &why) == ST_OK) {
        return true;
    }
    ui_say(ui, SAY_ERROR, "%s", why.msg);
    return false;
}

enum status ui_open(struct ui *ui, const char *file, struct err *e)
{
    memset(ui, 0, sizeof *ui);
    enum status st = model_open(&ui->model, file, e);
    if (st != ST_OK) {
        return st;
    }
    link_init(&ui->link);
    prompt_init(&ui->prompt);
    history_init(&ui->history);
    view_init(&ui->view);
    ui->send = send_over_link;
    ui->cols = 80;
    ui->rows = 24;
    ui->dirty = true;
    ui_go(ui, 0);
    return ST_OK;
}

void ui_close(struct ui *ui)
{
    while (ui->sheet_count > 0) {
        ui_sheet_close(ui);
    }
    for (size_t i = 0; i < panel_count(); i++) {
        if (ui->state[i] != NULL) {
            panel_at(i)->close(ui->state[i]);
        }
    }
    if (ui->start != NULL) {
        panel_start.close(ui->start);
    }
    link_close(&ui->link);
    prompt_end(&ui->prompt);
    history_free(&ui->history);
    view_free(&ui->view);
    words_free(ui->run_argc, ui->run_argv);
    free(ui->edit_text);
    if (ui->event > 0) { /* the panels' readers are gone by now */
        close(ui->event);
    }
    model_close(&ui->model);
}

void ui_resize(struct ui *ui, int cols, int rows)
{
    ui->cols = cols;
    ui->rows = rows;
    ui->dirty = true;
    /* reasons are read only for screens that have room for them */
    if (rows >= LAYOUT_REASONS && !ui->model.wants_last) {
        ui->model.wants_last = true;
        if (ui->model.has_tree) { /* the first frame does not wait for them */
            ui_refresh(ui);
        }
    }
}

void ui_go(struct ui *ui, size_t panel)
{
    const struct panel_ops *ops = panel_at(panel);
    if (ops == NULL) {
        return;
    }
    while (ui->sheet_count > 0) {
        ui_sheet_close(ui);
    }
    ui->panel = panel;
    bool more = (ops->wants_tree && !ui->model.wants_tree) ||
                (ops->wants_mix && !ui->model.wants_mix) ||
                (ops->wants_queues && !ui->model.wants_queues);
    ui->model.wants_tree = ui->model.wants_tree || ops->wants_tree;
    ui->model.wants_mix = ops->wants_mix;
    ui->model.wants_queues = ops->wants_queues;
    if (more) {
        ui_refresh(ui);
    }
    if (ui->state[panel] == NULL) {
        ui->state[panel] = ops->open(ui);
    }
    ui_rest_later(ui);
    ui->dirty = true;
}

void ui_changed(struct ui *ui, unsigned changed)
{
    if (changed == 0) {
        return;
    }
    if ((changed & CHANGED_SETTINGS) != 0) {
        ui->wishes |= WISH_THEME;
    }
    for (size_t i = 0; i < panel_count(); i++) {
        if (ui->state[i] != NULL && panel_at(i)->on_data != NULL) {
            panel_at(i)->on_data(ui->state[i], ui, changed);
        }
    }
    for (size_t i = 0; i < ui->sheet_count; i++) {
        if (ui->sheets[i].ops->on_data != NULL) {
            ui->sheets[i].ops->on_data(ui->sheets[i].state, ui, changed);
        }
    }
    ui->dirty = true;
}

static void tell_result(struct ui *ui, const struct live_event *e)
{
    size_t n = strlen(ui->message);
    if (n == 0 || ui->level != SAY_INFO || strncmp(e->text, ui->message, n) != 0 ||
        (e->text[n] != ':' && e->text[n] != ' ')) {
        return;
    }
    bool own = ui->message_is_own;
    ui_say(ui, SAY_INFO, "%s", e->text);
    ui->message_is_own = own;
}

void ui_status(struct ui *ui, const char *json, size_t n)
{
    struct live_status *live = &ui->model.live;
    struct live_event before = {.text = ""};
    bool known = live->known;
    if (live->event_count > 0) {
        before = live->events[live->event_count - 1];
    }
    ui_changed(ui, model_status(&ui->model, json, n));
    if (live->event_count > 0) { /* the first status may bring the end of what was just sent */
        const struct live_event *now = &live->events[live->event_count - 1];
        if (!known || strcmp(now->text, before.text) != 0 || strcmp(now->at, before.at) != 0) {
            tell_result(ui, now);
        }
    }
}

void ui_refresh(struct ui *ui)
{
    ui_changed(ui, model_refresh(&ui->model, false));
    model_settle(&ui->model);
}

void ui_rest_later(struct ui *ui)
{
    ui->rest_due = true;
}

void ui_rest(struct ui *ui)
{
    struct ui_sheet front = ui_front(ui);
    if (ui->rest_due && front.ops->rest != NULL) {
        front.ops->rest(front.state, ui);
    }
    ui->rest_due = false;
}

unsigned ui_take(struct ui *ui)
{
    unsigned changed = model_take(&ui->model);
    ui_changed(ui, changed);
    model_settle(&ui->model);
    return changed;
}

/* ---- contexts and what can work */

size_t ui_contexts(const struct ui *ui, enum key_context out[PANEL_CONTEXTS + 1])
{
    size_t n = 0;
    if (ui->view.open) {
        out[n++] = CTX_TEXT;
        out[n++] = CTX_MOVE;
    } else {
        struct ui_sheet front = ui_front(ui);
        n = front.ops->contexts(front.state, ui, out);
    }
    out[n++] = CTX_GLOBAL;
    return n;
}

static bool can_globally(const struct ui *ui, enum action a, char why[WHY_MAX])
{
    if (ui->start != NULL && (a == ACT_COMMAND || a == ACT_LOG)) {
        snprintf(why, WHY_MAX, "no session is open yet");
        return false;
    }
    if (a == ACT_UNDO && ui->model.undo[0] == '\0') {
        snprintf(why, WHY_MAX, "there is nothing to undo");
        return false;
    }
    if (a == ACT_REDO && ui->model.redo[0] == '\0') {
        snprintf(why, WHY_MAX, "there is nothing to redo");
        return false;
    }
    return true;
}

static bool can_in_view(const struct ui *ui, enum action a, char why[WHY_MAX])
{
    if ((a == ACT_LEFT || a == ACT_RIGHT) && ui->view.wrap) {
        snprintf(why, WHY_MAX, "long lines are wrapped (w lets them stand)");
        return false;
    }
    if ((a == ACT_NEXT_MATCH || a == ACT_PREV_MATCH) && ui->view.find == NULL) {
        snprintf(why, WHY_MAX, "nothing was looked for yet (/ does)");
        return false;
    }
    return true;
}

/* Whatever a panel is busy with: one can leave, ask for help, see the screen painted again. */
static bool is_no_panels_business(enum action a)
{
    return a == ACT_HELP || a == ACT_COMMAND || a == ACT_QUIT || a == ACT_SUSPEND ||
           a == ACT_REPAINT || a == ACT_LOG;
}

bool ui_can(const struct ui *ui, enum action a, char why[WHY_MAX])
{
    why[0] = '\0';
    if (!can_globally(ui, a, why)) {
        return false;
    }
    if (is_no_panels_business(a)) {
        return true;
    }
    if (ui->view.open) {
        return can_in_view(ui, a, why);
    }
    struct ui_sheet front = ui_front(ui);
    return front.ops->can(front.state, ui, a, why);
}

bool ui_can_run(const struct ui *ui, enum action a, char why[WHY_MAX])
{
    const char *run = model_run(&ui->model);
    bool running = strcmp(run, "running") == 0, paused = strcmp(run, "paused") == 0;
    if (a == ACT_GENERATE) {
        if (ui->model.description[0] == '\0') {
            snprintf(why, WHY_MAX, "the data is not described yet (1, then d)");
        } else if (ui->model.factors_accepted == 0 && ui->model.taxonomies == 0) {
            snprintf(why, WHY_MAX, "there is no taxonomy yet (2, then P or a)");
        } else {
            return true;
        }
        return false;
    }
    if (a == ACT_PAUSE && !running && !paused) {
        snprintf(why, WHY_MAX, "nothing runs (G starts a run)");
        return false;
    }
    if (a == ACT_STOP && !running && !paused) {
        snprintf(why, WHY_MAX, "nothing runs");
        return false;
    }
    return true;
}

/* ---- saying and asking */

void ui_say(struct ui *ui, enum say level, const char *fmt, ...)
{
    char text[2048];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    text_safe_copy(ui->message, sizeof ui->message, text);
    ui->level = level;
    ui->message_is_own = false;
    ui->dirty = true;
}

bool ui_do_words(struct ui *ui, int count, const char *const *words)
{
    const struct link_line line = {.argc = count, .argv = words};
    return ui->send(ui, &line);
}

void ui_ask(struct ui *ui, const char *label, const char *initial, prompt_done_fn *done, void *ctx)
{
    prompt_start(&ui->prompt, label, initial, done, ctx);
    ui->dirty = true;
}

void ui_ask_in_place(struct ui *ui, const char *label, const char *initial, prompt_done_fn *done,
                     void *ctx)
{
    ui_ask(ui, label, initial, done, ctx);
    ui->prompt.in_place = true;
}

void ui_ask_number(struct ui *ui, const char *label, const char *suggested, prompt_done_fn *done,
                   void *ctx)
{
    ui_ask(ui, label, suggested, done, ctx);
    prompt_suggest(&ui->prompt);
}

void ui_ask_file(struct ui *ui, const char *label, const char *initial, prompt_done_fn *done,
                 void *ctx)
{
    ui_ask(ui, label, initial, done, ctx);
    ui->prompt.files = true;
}

/* Names that live in the session, for completion at `:`. */
static void session_names(void *ctx, enum arg_type type, const char *prefix, complete_add_fn *add,
                          void *add_ctx);

void ui_ask_filter(struct ui *ui, const char *label, const char *initial, bool calls,
                   prompt_done_fn *done, void *ctx)
{
    ui_ask(ui, label, initial, done, ctx);
    ui->prompt.behind = calls ? "calls " : "points ";
    ui->prompt.names = session_names;
    ui->prompt.names_ctx = ui;
}

static void command_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    (void)ctx;
    if (accepted) {
        ui_command_line(ui, text);
    }
}

static bool add_node_names(struct ui *ui, const char *prefix, complete_add_fn *add, void *add_ctx)
{
    const struct tree *t = &ui->model.tree;
    struct buf path;
    buf_init(&path, TREE_PATH_MAX);
    size_t n = strlen(prefix), found = 0;
    for (uint32_t i = 1; ui->model.has_tree && i < t->count && found < 200; i++) {
        buf_clear(&path);
        tree_path(t, i, &path);
        if (strncmp(path.data, prefix, n) == 0) {
            add(add_ctx, path.data, NULL);
            found++;
        }
    }
    buf_free(&path);
    return true;
}

/* Names that live in the session, for completion at `:`. */
static void session_names(void *ctx, enum arg_type type, const char *prefix, complete_add_fn *add,
                          void *add_ctx)
{
    struct ui *ui = ctx;
    size_t n = strlen(prefix);
    if (type == ARG_NODE) {
        add_node_names(ui, prefix, add, add_ctx);
    }
    for (size_t i = 0; type == ARG_FACTOR && i < ui->model.proposal_count; i++) {
        if (strncmp(ui->model.proposals[i].name, prefix, n) == 0) {
            add(add_ctx, ui->model.proposals[i].name, ui->model.proposals[i].desc);
        }
    }
    struct teacher_config *teachers = NULL;
    int count = 0;
    if (type == ARG_TEACHER && ui->model.store != NULL &&
        store_teachers(ui->model.store, &teachers, &count, NULL) == ST_OK) {
        for (int i = 0; i < count; i++) {
            if (strncmp(teachers[i].name, prefix, n) == 0) {
                add(add_ctx, teachers[i].name, NULL);
            }
            teacher_config_free(&teachers[i]);
        }
        free(teachers);
    }
    struct strategy_row *rows = NULL;
    if (type == ARG_STRATEGY && ui->model.store != NULL &&
        store_strategies(ui->model.store, &rows, &count, NULL) == ST_OK) {
        for (int i = 0; i < count; i++) {
            if (strncmp(rows[i].name, prefix, n) == 0) {
                add(add_ctx, rows[i].name, NULL);
            }
        }
        strategy_rows_free(rows, count);
    }
}

void ui_ask_command(struct ui *ui, const char *initial)
{
    prompt_start(&ui->prompt, ":", initial, command_given, NULL);
    ui->prompt.history = &ui->history;
    ui->prompt.history_at = ui->history.count;
    ui->prompt.complete = true;
    ui->prompt.names = session_names;
    ui->prompt.names_ctx = ui;
    ui->dirty = true;
}

void ui_show(struct ui *ui, const char *title, const char *text)
{
    view_show(&ui->view, title, text);
    ui->dirty = true;
}

void ui_edit(struct ui *ui, const char *text, ui_edited_fn *edited, void *ctx)
{
    free(ui->edit_text);
    ui->edit_text = xstrdup(text);
    ui->edited = edited;
    ui->edit_ctx = ctx;
    ui->edit_always = false;
    ui->wishes |= WISH_EDIT;
}

void ui_edit_again(struct ui *ui, const char *text, ui_edited_fn *edited, void *ctx)
{
    ui_edit(ui, text, edited, ctx);
    ui->edit_always = true;
}

/* ---- command lines */

static void run_as_child(struct ui *ui, int argc, char **argv, ui_read_fn *done, void *ctx)
{
    if ((ui->wishes & WISH_RUN) != 0 && ui->run_done != NULL) {
        ui->run_done(ui, ui->run_ctx, 130, "");
    }
    words_free(ui->run_argc, ui->run_argv);
    ui->run_argc = argc;
    ui->run_argv = argv;
    ui->run_done = done;
    ui->run_ctx = ctx;
    ui->wishes |= WISH_RUN;
}

void ui_read(struct ui *ui, int count, const char *const *words, ui_read_fn *done, void *ctx)
{
    char **copy = xcalloc((size_t)count + 1, sizeof *copy);
    for (int i = 0; i < count; i++) {
        copy[i] = xstrdup(words[i]);
    }
    run_as_child(ui, count, copy, done, ctx);
}

static bool is_own_word(struct ui *ui, const char *line)
{
    if (strcmp(line, "q") == 0 || strcmp(line, "quit") == 0) {
        ui->wishes |= WISH_QUIT;
        return true;
    }
    return line[strspn(line, " ")] == '\0';
}

void ui_command_line(struct ui *ui, const char *line)
{
    if (is_own_word(ui, line)) {
        return;
    }
    int argc = 0, used = 0;
    char **argv = NULL;
    struct err why = {0};
    struct call call = {0};
    if (words_split(line, &argc, &argv, &why) != ST_OK) {
        ui_say(ui, SAY_ERROR, "%s", why.msg);
        return;
    }
    const char **words = xcalloc((size_t)argc + 1, sizeof *words);
    for (int i = 0; i < argc; i++) {
        words[i] = argv[i];
    }
    const struct command *cmd = command_find(argc, words, &used);
    if (call_parse(argc, words, &call, &why) != ST_OK) {
        ui_say(ui, SAY_ERROR, "%s", why.msg);
        words_free(argc, argv);
    } else if (cmd != NULL && (cmd->flags & (CMD_READS | CMD_NO_FILE)) != 0) {
        run_as_child(ui, argc, argv, NULL, NULL);
    } else {
        ui_do_words(ui, argc, words);
        words_free(argc, argv);
    }
    call_free(&call);
    free(words);
}

/* ---- actions that work on several panels */

static void generate_given(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    (void)ctx;
    if (accepted && text[0] != '\0') {
        ui_do(ui, "generate", text);
    }
}

void ui_ask_generate(struct ui *ui)
{
    char n[32];
    int64_t target = model_target(&ui->model);
    snprintf(n, sizeof n, "%lld", (long long)(target > 0 ? target : ui->model.points));
    ui_ask_number(ui, "accepted points wanted in all: ", n, generate_given, NULL);
}

void ui_pause_or_resume(struct ui *ui)
{
    ui_do(ui, strcmp(model_run(&ui->model), "paused") == 0 ? "resume" : "pause");
}

/* ---- keys */

static void find_in_view(struct ui *ui, void *ctx, bool accepted, const char *text)
{
    (void)ctx;
    struct err why = {0};
    if (accepted && text[0] != '\0' && view_find(&ui->view, text, &why) != ST_OK) {
        ui_say(ui, SAY_WARN, "%s", why.msg);
    }
}

static void act_in_view(struct ui *ui, enum action a)
{
    if (a == ACT_SEARCH) {
        ui_ask(ui, "/", "", find_in_view, NULL);
    } else if (a == ACT_NEXT_MATCH || a == ACT_PREV_MATCH) {
        view_find_next(&ui->view, a == ACT_NEXT_MATCH ? 1 : -1);
    } else {
        view_act(&ui->view, a);
    }
}

static void show_help(struct ui *ui)
{
    struct buf text;
    buf_init(&text, 1u << 18);
    ui_help_text(ui, &text);
    char title[128];
    snprintf(title, sizeof title, "Keys · %s", ui->view.open ? "text" : ui_front(ui).ops->name);
    ui_show(ui, title, text.data);
    ui->view.key_columns = 18;
    buf_free(&text);
}

static bool act_globally(struct ui *ui, enum action a)
{
    switch ((int)a) {
    case ACT_HELP:
        show_help(ui);
        return true;
    case ACT_COMMAND:
        ui_ask_command(ui, "");
        return true;
    case ACT_UNDO:
        ui_do(ui, "undo");
        return true;
    case ACT_REDO:
        ui_do(ui, "redo");
        return true;
    case ACT_LOG:
        ui_journal(ui);
        return true;
    case ACT_SUSPEND:
        ui->wishes |= WISH_SUSPEND;
        return true;
    case ACT_REPAINT:
        ui->wishes |= WISH_REPAINT;
        return true;
    case ACT_QUIT:
        ui->wishes |= WISH_QUIT;
        return true;
    default:
        return false;
    }
}

static void unknown_key(struct ui *ui, const struct key *k)
{
    char name[16];
    keys_name(name, k->code);
    if (k->code == K_PASTE) {
        ui_say(ui, SAY_WARN, "pasted text is not taken as keys; open a line for it first (: or a)");
    } else if (k->code >= '0' && k->code <= '9') {
        ui_say(ui, SAY_WARN,
               ui->start != NULL ? "%s: no session is open yet" : "there is no panel %s", name);
    } else {
        ui_say(ui, SAY_WARN, "%s does nothing here; ? shows what does", name);
    }
}

static void click(struct ui *ui, const struct key *k)
{
    struct ui_sheet front = ui_front(ui);
    if (k->y == 0) {
        for (size_t i = 0; i < panel_count(); i++) {
            if (k->x >= ui->tab_x[i] && k->x < ui->tab_x[i + 1]) {
                view_close(&ui->view);
                ui_go(ui, i);
            }
        }
        return;
    }
    if (!ui->view.open && front.ops->click != NULL) {
        front.ops->click(front.state, ui, k->x, k->y);
    }
}

/* What the action of a key does: whoever is in front, then everywhere. */
static void perform(struct ui *ui, const enum key_context *contexts, size_t n, enum action a,
                    uint32_t code)
{
    struct ui_sheet front = ui_front(ui);
    bool leaves = a == ACT_BACK || a == ACT_QUIT;
    if (ui->view.open && (keys_row(contexts, n - 1, a) != NULL || a == ACT_BACK)) {
        act_in_view(ui, a);
    } else if (!ui->view.open && ui->sheet_count > 0 && leaves) {
        ui_sheet_close(ui);
    } else if (!act_globally(ui, a)) {
        front.ops->act(front.state, ui, a, code);
    }
}

/* One step of the wheel: three rows. */
static void wheel(struct ui *ui, const enum key_context *contexts, size_t n, enum action a)
{
    char why[WHY_MAX];
    for (int i = 0; i < 3 && keys_row(contexts, n, a) != NULL && ui_can(ui, a, why); i++) {
        perform(ui, contexts, n, a, K_NONE);
    }
}

static void dispatch(struct ui *ui, const struct key *k)
{
    struct ui_sheet front = ui_front(ui);
    if (!ui->view.open && front.ops->key_first != NULL &&
        front.ops->key_first(front.state, ui, k)) {
        return;
    }
    if (k->code == K_CLICK) {
        click(ui, k);
        return;
    }
    size_t panel = panel_by_key(k->code);
    if (panel < panel_count() && ui->start == NULL) {
        view_close(&ui->view);
        ui_go(ui, panel);
        return;
    }
    enum key_context contexts[PANEL_CONTEXTS + 1];
    size_t n = ui_contexts(ui, contexts);
    enum action a = keys_action(contexts, n, k->code);
    char why[WHY_MAX];
    if (k->code == K_WHEEL_UP || k->code == K_WHEEL_DOWN) {
        wheel(ui, contexts, n, k->code == K_WHEEL_UP ? ACT_UP : ACT_DOWN);
    } else if (a == ACT_NONE) {
        unknown_key(ui, k);
    } else if (!ui_can(ui, a, why)) {
        char name[16];
        keys_name(name, k->code);
        ui_say(ui, SAY_WARN, "%s: %s", name, why);
    } else {
        perform(ui, contexts, n, a, k->code);
    }
}

void ui_key(struct ui *ui, const struct key *k)
{
    if (k->code == K_NONE) {
        return;
    }
    ui->dirty = true;
    if (layout_screen(ui->cols, ui->rows).too_small && !ui->prompt.active) {
        if (k->code == 'q') {
            ui->wishes |= WISH_QUIT;
        }
        return;
    }
    if (ui->prompt.active) {
        prompt_key(&ui->prompt, ui, k);
        return;
    }
    ui->message[0] = '\0';
    dispatch(ui, k);
}
