/*
 * ui - the state of one workbench, and what panels may ask of it.
 *
 * The same state runs on a terminal (app.c) and without one (dump.c, tests): keys go in by ui_key,
 * screens come out by ui_draw into cells, commands leave through `send`.
 */
#ifndef TAXA_UI_UI_H
#define TAXA_UI_UI_H

#include "base/status.h"
#include "ui/cells.h"
#include "ui/keys.h"
#include "ui/link.h"
#include "ui/model.h"
#include "ui/panel.h"
#include "ui/prompt.h"
#include "ui/view.h"

#define UI_PANELS 16
#define UI_SHEETS 4

enum say { SAY_INFO, SAY_WARN, SAY_ERROR };
enum ui_wish {
    WISH_QUIT = 1,
    WISH_SUSPEND = 2,
    WISH_REPAINT = 4,
    WISH_EDIT = 8,
    WISH_RUN = 16,
    WISH_THEME = 32
};

typedef void ui_edited_fn(struct ui *ui, void *ctx, const char *text);
/*
 * Output of a reading command, raw, and how it ended: its exit code, 130 when another one was
 * started before it was done.
 */
typedef void ui_read_fn(struct ui *ui, void *ctx, int code, const char *text);
/* One row of a list to choose from was taken; `id` as given. */
typedef void ui_chosen_fn(struct ui *ui, void *ctx, int64_t id);

struct ui_sheet {
    const struct panel_ops *ops;
    void *state;
};

struct ui {
    struct model model;
    struct link link;
    struct prompt prompt;
    struct history history;
    struct view view;    /* over the panel while view.open */
    struct start *start; /* before a session is open (start.h); NULL: one is */
    void *state[UI_PANELS];
    size_t panel;
    struct ui_sheet sheets[UI_SHEETS]; /* over the panel, the last one in front */
    size_t sheet_count;
    char message[1024];
    enum say level;
    bool message_is_own; /* of a command of ours that u takes back */
    bool rest_due;       /* the front wants to know when no key came for a moment */
    bool dirty;          /* the screen shows less than we know */
    int event;           /* of the panels' readers; 0: none */
    unsigned wishes;     /* enum ui_wish: what only the loop can do */
    int cols, rows;
    char preview[64];         /* theme that is being looked at; "": the session's */
    int colours;              /* of the terminal; 0: none */
    int tab_x[UI_PANELS + 1]; /* where the panels' titles stand in the header, for clicks */

    /* WISH_EDIT */
    char *edit_text;
    ui_edited_fn *edited;
    void *edit_ctx;
    bool edit_always; /* `edited` gets the text in any case */
    /* WISH_RUN: words of a reading command, run as a child process */
    char **run_argv;
    int run_argc;
    ui_read_fn *run_done; /* NULL: the output opens as a text */
    void *run_ctx;

    /*
     * Sends a command; false: it could not be sent and a message says why. Tests put their own
     * here.
     */
    bool (*send)(struct ui *ui, const struct link_line *line);
};

/* Opens the model; no terminal, no server. */
enum status ui_open(struct ui *ui, const char *file, struct err *e);
void ui_close(struct ui *ui);
void ui_resize(struct ui *ui, int cols, int rows);
void ui_key(struct ui *ui, const struct key *k);
void ui_draw(struct ui *ui, struct cells *c);
/* Tell the panels what changed. */
void ui_changed(struct ui *ui, unsigned changed);
/* Read the file again where it grew, and tell the panels; with a loader: ask for it. */
void ui_refresh(struct ui *ui);
/* No key came for UI_REST_MS: whoever asked for it by ui_rest_later may read what takes longer. */
#define UI_REST_MS 60
void ui_rest(struct ui *ui);
void ui_rest_later(struct ui *ui);
/* Take what the loader made, and tell the panels what changed. */
unsigned ui_take(struct ui *ui);

/* ---- for panels */
void ui_say(struct ui *ui, enum say level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Send a command: ui_do(ui, "node", "delete", "@31"). */
#define ui_do(ui, ...)                                                                             \
    ui_do_words((ui), (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)),    \
                (const char *const[]){__VA_ARGS__})
bool ui_do_words(struct ui *ui, int count, const char *const *words);
/*
 * Take a FRAME_STATUS. When it tells how what stands in the message line went on ("expand @3: 4
 * nodes expanded"), the message line says so, too.
 */
void ui_status(struct ui *ui, const char *json, size_t n);
/* Ask for a line. `done` is called with ui and ctx. */
void ui_ask(struct ui *ui, const char *label, const char *initial, prompt_done_fn *done, void *ctx);
/*
 * The same, edited where the text stands: the panel says where by ui->prompt.place when it draws.
 * Where that is not to be seen, the line is typed in the message line as any other.
 */
void ui_ask_in_place(struct ui *ui, const char *label, const char *initial, prompt_done_fn *done,
                     void *ctx);
/* Ask for a number: typing replaces the one suggested. */
void ui_ask_number(struct ui *ui, const char *label, const char *suggested, prompt_done_fn *done,
                   void *ctx);
/* Ask for the name of a file: Tab completes it. */
void ui_ask_file(struct ui *ui, const char *label, const char *initial, prompt_done_fn *done,
                 void *ctx);
/* Ask for a filter of points or of calls: its words complete. */
void ui_ask_filter(struct ui *ui, const char *label, const char *initial, bool calls,
                   prompt_done_fn *done, void *ctx);
/* Open the `:` line with something typed already. */
void ui_ask_command(struct ui *ui, const char *initial);
/*
 * For the readers of panels (reader.h): the descriptor that tells that answers wait, made when it
 * is first asked for; -1 while there is no loader either, and all is read where it is asked for.
 * ui_news hands the answers to the panels (panel_ops.news).
 */
int ui_event(struct ui *ui);
void ui_news(struct ui *ui);
/* A typed command line: reading commands run as a child and open as a text, others are sent. */
void ui_command_line(struct ui *ui, const char *line);
/*
 * Run a reading command ("tree export - @31") as a child and give its output to `done`. One runs at
 * a time, a new one ends it; `ctx` must live until `done` was called.
 */
void ui_read(struct ui *ui, int count, const char *const *words, ui_read_fn *done, void *ctx);
void ui_show(struct ui *ui, const char *title, const char *text);
/*
 * Lay a sheet over the panel; it owns `state` from now on (ops->close). False: too many lie there
 * already; state is closed.
 */
bool ui_sheet(struct ui *ui, const struct panel_ops *ops, void *state);
void ui_sheet_close(struct ui *ui); /* the one in front */
/* The panel or sheet that gets the keys. */
struct ui_sheet ui_front(const struct ui *ui);
/*
 * A list to choose from (menu.c). `text` of a row is shown, `detail` (may be NULL) dimmed behind
 * it; all is copied. `chosen` is called when one is taken, after the list has closed; `ctx` must
 * live that long.
 */
struct ui_menu_row {
    int64_t id;
    const char *text, *detail;
};
void ui_menu(struct ui *ui, const char *title, const struct ui_menu_row *rows, size_t count,
             int64_t at, ui_chosen_fn *chosen, void *ctx);
/* Edit a text in the person's editor; `edited` gets it when it changed. */
void ui_edit(struct ui *ui, const char *text, ui_edited_fn *edited, void *ctx);
/*
 * The same with a text that is not safe anywhere else yet: `edited` is called in any case, also
 * when it was not changed or the editor failed.
 */
void ui_edit_again(struct ui *ui, const char *text, ui_edited_fn *edited, void *ctx);
/*
 * A command line as a person reads it: the name behind each @ID of a node that is there, "expand @6
 * division".
 */
void ui_speak(const struct ui *ui, const char *line, struct buf *out);
void ui_journal(struct ui *ui);          /* the sheet of what was done (panels/journal.c) */
void ui_go(struct ui *ui, size_t panel); /* show a panel */
void ui_ask_generate(struct ui *ui);     /* G, on several panels */
void ui_pause_or_resume(struct ui *ui);
bool ui_can_run(const struct ui *ui, enum action a,
                char why[WHY_MAX]); /* for G, p, s: what stands in the way */
/* The contexts in force, and whether an action can work. */
size_t ui_contexts(const struct ui *ui, enum key_context out[PANEL_CONTEXTS + 1]);
bool ui_can(const struct ui *ui, enum action a, char why[WHY_MAX]);
void ui_help_text(const struct ui *ui, struct buf *out); /* help.c */

#endif
