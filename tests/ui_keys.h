/*
 * ui_keys - the workbench driven by keys, without a terminal: keys go in, screens and the state of
 * the Taxonomy panel come out. Commands that would be sent are written down in `sent`.
 */
#ifndef TAXA_TESTS_UI_KEYS_H
#define TAXA_TESTS_UI_KEYS_H

#include "ui/panels/taxonomy.h"
#include "ui/ui.h"
#include "ui_session.h"

static char full[128];
static char sent[8192];      /* the commands, one a line; those of a script without its name */
static char sent_name[512];  /* of the last script */
static char sent_input[512]; /* standard input of the last one */
static int answer_code;      /* what the server answers */
static const char *answer_message = "", *answer_out = "";

/* As if the server had answered at once. */
static inline bool keys_record(struct ui *ui, const struct link_line *what)
{
    struct buf line;
    buf_init(&line, sizeof sent - 1);
    buf_adds(&line, sent);
    if (what->script != NULL) {
        buf_adds(&line, what->script);
        snprintf(sent_name, sizeof sent_name, "%s", what->argv[0]);
    } else {
        words_join(&line, what->argc, what->argv);
        buf_addc(&line, '\n');
    }
    snprintf(sent_input, sizeof sent_input, "%s", what->input != NULL ? what->input : "");
    snprintf(sent, sizeof sent, "%s", line.data);
    buf_free(&line);
    if (what->ended != NULL) {
        what->ended(ui, what->ctx, answer_code, answer_message, answer_out);
    }
    return true;
}

static inline void screen_text(struct ui *ui, struct buf *out)
{
    struct cells c;
    cells_init(&c, ui->cols, ui->rows);
    ui_draw(ui, &c);
    cells_dump(&c, out);
    cells_free(&c);
}

static inline void expect_on_screen(struct ui *ui, const char *part, bool there)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    screen_text(ui, &b);
    if ((strstr(b.data, part) != NULL) != there) {
        fprintf(stderr, "%s", b.data); /* a failure's message has room for a part only */
        fail_msg("%s is %s on the screen above", part, there ? "missing" : "wrong");
    }
    buf_free(&b);
}

static inline void press(struct ui *ui, uint32_t code)
{
    struct key k = {.code = code};
    struct cells c; /* drawing sets the height of lists, as on a terminal */
    ui_key(ui, &k);
    cells_init(&c, ui->cols, ui->rows);
    ui_draw(ui, &c);
    cells_free(&c);
}

static inline void keys(struct ui *ui, const char *s)
{
    for (; *s != '\0'; s++) {
        press(ui, (uint32_t)(unsigned char)(*s == '\n' ? '\r' : *s));
    }
}

static inline void open_taxonomy(struct ui *ui, const char *file)
{
    struct err e = {0};
    if (ui_open(ui, file, &e) != ST_OK) {
        fail_msg("%s", e.msg);
    }
    ui->send = keys_record;
    sent[0] = '\0';
    keys(ui, "2");
}

static inline struct taxonomy *panel_of(struct ui *ui)
{
    assert_string_equal(panel_at(1)->name, "Taxonomy");
    return ui->state[1];
}

static inline void expect_cursor(struct ui *ui, const char *name)
{
    const struct node *n = taxonomy_node(panel_of(ui), ui);
    assert_string_equal(n != NULL ? n->name : "(none)", name);
}

/* Names of what is marked, in the order of the tree, joined by '|'. */
static inline void expect_marked(struct ui *ui, const char *want)
{
    char got[1024] = "";
    size_t at = 0;
    uint32_t *list = NULL;
    const struct tree *tree = &ui->model.tree;
    size_t n = marks_in_order(&panel_of(ui)->marks, tree, false, &list);
    for (size_t i = 0; i < n && at < sizeof got; i++) {
        at += (size_t)snprintf(got + at, sizeof got - at, "%s%s", i > 0 ? "|" : "",
                               tree->nodes[list[i]].name);
    }
    free(list);
    assert_string_equal(got, want);
}

static inline int begin_sessions(void **state)
{
    (void)state;
    session_begin();
    session_path(full, "full.taxa");
    session_make(full, true);
    return 0;
}

static inline int end_sessions(void **state)
{
    (void)state;
    session_remove("full.taxa");
    session_end();
    return 0;
}

#endif
